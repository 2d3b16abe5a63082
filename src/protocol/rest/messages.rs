//! Messages of the account.

use super::{Id, Link, Stamp, query, tasks::TaskStatus};
use crate::protocol::wire::fields;

fields! {
    /// One message.
    pub struct Message {
        /// Message.
        "id" => id: Id,
        /// What it is about, as a number. A message about a print has 6, although such are asked for with 5.
        "type" => kind: i64,
        /// The print it is about.
        "taskMessage" => task: TaskMessage,
        /// Whom it is from.
        "from" => from: Sender,
        /// The design it is about.
        "design" => design: MessageDesign,
        /// What somebody wrote.
        "comment" => comment: Comment,
        /// When.
        "createTime" => created: Stamp,
        /// Has been read.
        "isread" | "isRead" | "read" => read: bool,
    }
}

impl Message {
    /// What it says, part by part: whom it is from, what it is about, and what they wrote.
    pub fn words(&self) -> Vec<String> {
        let task = self.task.as_ref();
        let words = [
            self.from.as_ref().and_then(|from| from.name.clone()),
            task.and_then(|task| task.title.clone()),
            task.and_then(|task| task.status.as_ref()).map(ToString::to_string),
            task.and_then(|task| task.device_name.clone()),
            self.design.as_ref().and_then(|design| design.title.clone()),
            self.comment.as_ref().map(|comment| comment.0.clone()),
        ];
        words.into_iter().flatten().filter(|text| !text.is_empty()).collect()
    }
}

fields! {
    /// The print that a message is about.
    pub struct TaskMessage {
        /// Task.
        "id" => id: Id,
        /// Its name.
        "title" => title: String,
        /// Picture; signed.
        "cover" => cover: Link,
        /// How it ended.
        "status" => status: TaskStatus,
        /// Serial number of the printer.
        "deviceId" => serial: String,
        /// Name of the printer.
        "deviceName" => device_name: String,
    }
}

fields! {
    /// Whom a message is from.
    pub struct Sender {
        /// The user's number.
        "uid" => uid: Id,
        /// Name.
        "name" => name: String,
        /// Picture.
        "avatar" => avatar: Link,
    }
}

fields! {
    /// The design that a message is about.
    pub struct MessageDesign {
        /// Design.
        "id" => id: Id,
        /// Title.
        "title" => title: String,
    }
}

/// What somebody wrote: text, or an object with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comment(pub String);

fields! {
    struct CommentParts {
        "content" | "text" | "comment" => content: String,
    }
}

impl crate::protocol::wire::Read for Comment {
    fn from_text(v: &str) -> Option<Self> {
        String::from_text(v).filter(|text| !text.is_empty()).map(Self)
    }
    fn from_map<'de, A: serde::de::MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Ok(CommentParts::from_map(map)?.and_then(|parts| parts.content).map(Self))
    }
}

/// Which messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MessageKind {
    System,
    Comments,
    Likes,
    Follows,
    Prints,
}

impl MessageKind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::System, Self::Comments, Self::Likes, Self::Follows, Self::Prints];

    /// Its name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Comments => "comments",
            Self::Likes => "likes",
            Self::Follows => "follows",
            Self::Prints => "prints",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// As in the address.
    pub fn number(self) -> u8 {
        match self {
            Self::System => 1,
            Self::Comments => 2,
            Self::Likes => 3,
            Self::Follows => 4,
            Self::Prints => 5,
        }
    }
}

/// Which part of the messages, as it stands in the address.
pub fn page(kind: MessageKind, after: Option<&Id>, limit: Option<u32>) -> String {
    query(&[
        ("type", Some(kind.number().to_string())),
        ("after", after.map(ToString::to_string)),
        ("limit", limit.map(|limit| limit.to_string())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::list;
    use serde_json::json;

    #[test]
    fn messages_are_read() {
        let answer = json!({"hits": [
            {"id": 1, "type": 6, "taskMessage": {"id": "9", "title": "cube", "status": 3, "deviceId": "01P"},
             "from": null, "createTime": "2026-02-26T21:10:57Z"},
            {"id": "2", "type": 2, "from": {"uid": 7, "name": "B\u{202e}ob"}, "comment": {"content": "well\u{7} done"}},
            {"id": 3, "type": 2, "comment": "plain", "taskMessage": []},
        ]});
        let messages: Vec<Message> = list(answer, &["hits"], "list of messages").expect("a list");
        let task = messages[0].task.as_ref().expect("about a print");
        assert_eq!((task.id.clone(), task.status.clone()), (Some(Id::new("9")), Some(TaskStatus::Stopped)));
        assert_eq!(messages[1].from.as_ref().and_then(|f| f.name.as_deref()), Some("Bob"));
        let words: Vec<_> = messages.iter().filter_map(|m| m.comment.as_ref()).map(|c| c.0.as_str()).collect();
        assert_eq!(words, ["well done", "plain"]);
        assert_eq!(page(MessageKind::Prints, Some(&Id::new("5")), Some(10)), "?type=5&after=5&limit=10");
    }
}
