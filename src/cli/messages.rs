//! Messages of the account, and the notifications that are documented and of which nobody knows the form.

use super::{
    Global,
    account::{failed, signed_in},
    history::format_timestamp,
    output::{FAILED, Failure, OK, note, print, print_json},
    table::columns,
};
use crate::{
    net::rest::Cloud,
    protocol::rest::{
        Id,
        messages::{Message, MessageKind},
        notes, paging,
    },
    state::view::dialogs::history::lines::message_words,
};
use clap::Args;
use serde::Serialize;
use std::collections::HashSet;

/// Which messages, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct MessagesOptions {
    /// Only these: system, comments, likes, follows, prints; several with commas [default: all]
    #[arg(long, value_name = "KIND", value_parser = kind, value_delimiter = ',')]
    kind: Vec<MessageKind>,
    /// So many of each kind at most
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Go on after this message, with older ones; takes one kind
    #[arg(long, value_name = "ID", requires = "kind")]
    after: Option<String>,
    /// The notifications that have not been read, instead: documented, and unconfirmed
    #[arg(long, conflicts_with_all = ["kind", "limit", "after"])]
    notifications: bool,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
}

fn kind(text: &str) -> Result<MessageKind, String> {
    MessageKind::from_name(text).ok_or_else(|| {
        let names: Vec<_> = MessageKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("must be one of {}", names.join(", "))
    })
}

pub(super) async fn run(global: &Global, options: &MessagesOptions) -> Result<u8, Failure> {
    if options.after.is_some() && options.kind.len() != 1 {
        return Err(Failure::usage("--after goes on in one kind of messages; name one with --kind"));
    }
    let cloud = signed_in(global)?.cloud;
    if options.notifications {
        let body = cloud.unread_notifications().await.map_err(|e| failed(&e))?;
        if options.json {
            print_json(&body)?;
        } else {
            note("unconfirmed: the list is documented, and nobody is known to use it");
            let lines = notes::lines(&body);
            if lines.is_empty() {
                note("the cloud answered, and there is none that could be read; --json prints the answer");
            } else {
                print(&lines.join("\n"))?;
            }
        }
        return Ok(OK);
    }
    let kinds = if options.kind.is_empty() { MessageKind::ALL } else { &options.kind };
    let after = options.after.as_deref().map(Id::new);
    let mut found = Vec::new();
    // Whether a page came back that was to be followed, and whether the last one has as many as were wanted.
    let (mut again, mut full) = (false, false);
    for kind in kinds {
        let mut list = cloud.messages(*kind, after.as_ref(), Some(options.limit)).await.map_err(|e| failed(&e))?;
        full = list.len() >= options.limit as usize;
        if let Some(after) = &after {
            let came = !list.is_empty();
            let mut known = newer(&cloud, *kind, after, options.limit).await;
            list = paging::fresh(list, Some(after), &mut known, |message| message.id.as_ref());
            again = came && list.is_empty();
        }
        found.extend(list.into_iter().map(|message| (*kind, message)));
    }
    // A count that does not come or cannot be understood is unknown.
    let unread = cloud.message_count().await.ok().and_then(|body| notes::unread(&body));
    if options.json {
        let messages = found.iter().map(|(kind, message)| MessageJson::new(*kind, message)).collect();
        print_json(&MessagesJson { unread, messages })?;
    }
    if let Some(after) = after.filter(|_| again) {
        note(&format!("not all: the cloud did not go on after {after}; it gave newer messages again"));
        return Ok(FAILED);
    }
    if options.json {
        return Ok(OK);
    }
    if found.is_empty() {
        note("there are no messages");
    } else {
        let row = |(kind, message): &(MessageKind, Message)| {
            let mark = if message.read == Some(false) { "!" } else { "" };
            let at = format_timestamp(message.created.map(|at| at.0));
            let words = message_words(message).join(" · ");
            [mark.to_owned(), at, kind.name().to_owned(), words]
        };
        let rows: Vec<_> = found.iter().map(row).collect();
        print(&columns(&rows).join("\n"))?;
    }
    if let ([_], true, Some(last)) = (kinds, full, found.last().and_then(|(_, last)| last.id.as_ref())) {
        note(&format!("older ones with --after {last}"));
    }
    note(&format!("unread: {}", unread.map_or_else(|| "unknown".to_owned(), |n| n.to_string())));
    Ok(OK)
}

/// What comes before a message, and itself, as far as the newest page of its kind tells.
async fn newer(cloud: &Cloud, kind: MessageKind, after: &Id, limit: u32) -> HashSet<Id> {
    let newest = cloud.messages(kind, None, Some(limit)).await.unwrap_or_default();
    let ids = newest.into_iter().filter_map(|message| message.id);
    ids.take_while(|id| id != after).chain([after.clone()]).collect()
}

/// Messages of an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct MessagesJson<'a> {
    /// How many have not been read; null: the cloud does not tell.
    unread: Option<u64>,
    messages: Vec<MessageJson<'a>>,
}

/// A message. Null where the cloud does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct MessageJson<'a> {
    id: Option<&'a str>,
    /// `system`, `comments`, `likes`, `follows`, `prints`.
    kind: &'static str,
    /// In seconds since 1970.
    created_unix: Option<i64>,
    read: Option<bool>,
    /// Who it is from.
    from: Option<&'a str>,
    /// The print it is about.
    print: Option<MessagePrintJson<'a>>,
    /// Title of the design it is about.
    design: Option<&'a str>,
    text: Option<&'a str>,
}

/// The print that a message is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct MessagePrintJson<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    serial: Option<&'a str>,
    /// The printer's name.
    printer: Option<&'a str>,
    status: Option<String>,
}

impl<'a> MessageJson<'a> {
    fn new(kind: MessageKind, message: &'a Message) -> Self {
        Self {
            id: message.id.as_ref().map(Id::as_str),
            kind: kind.name(),
            created_unix: message.created.map(|at| at.0),
            read: message.read,
            from: message.from.as_ref().and_then(|from| from.name.as_deref()),
            print: message.task.as_ref().map(|task| MessagePrintJson {
                id: task.id.as_ref().map(Id::as_str),
                name: task.title.as_deref(),
                serial: task.serial.as_deref(),
                printer: task.device_name.as_deref(),
                status: task.status.as_ref().map(ToString::to_string),
            }),
            design: message.design.as_ref().and_then(|design| design.title.as_deref()),
            text: message.comment.as_ref().map(|comment| comment.0.as_str()),
        }
    }
}
