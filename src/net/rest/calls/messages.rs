use super::MINUTE;
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        Id, RestError, encode,
        messages::{self, Message, MessageKind},
    },
};
use serde_json::{Value, json};

const MESSAGES: &str = "/v1/user-service/my/message";

impl Cloud {
    /// Messages of a kind, newest first: those that come after the one named. Kept for a minute. **C**
    ///
    /// `GET /v1/user-service/my/messages?type=&after=&limit=`
    pub async fn messages(
        &self,
        kind: MessageKind,
        after: Option<&Id>,
        limit: Option<u32>,
    ) -> Result<Vec<Message>, RestError> {
        let call = Call::get(format!("{MESSAGES}s{}", messages::page(kind, after, limit)), Class::Messages);
        self.list(call.kept(MINUTE), &["hits", "messages"], "list of messages").await
    }

    /// How many messages have not been read, in a form that nobody has written down; masked. Kept for a minute. **C**
    ///
    /// `GET /v1/user-service/my/message/count`
    pub async fn message_count(&self) -> Result<Value, RestError> {
        self.untyped(Call::get(format!("{MESSAGES}/count"), Class::Messages).kept(MINUTE)).await
    }

    /// The newest messages, in a form that nobody has written down; masked. Kept for a minute. **C**
    ///
    /// `GET /v1/user-service/my/message/latest`
    pub async fn latest_messages(&self) -> Result<Value, RestError> {
        self.untyped(Call::get(format!("{MESSAGES}/latest"), Class::Messages).kept(MINUTE)).await
    }

    /// Which prints there is news of, in a form that nobody has written down; masked. Kept for a minute. **C**
    ///
    /// `GET /v1/user-service/my/message/device/taskstatus`
    pub async fn task_news(&self) -> Result<Value, RestError> {
        self.untyped(Call::get(format!("{MESSAGES}/device/taskstatus"), Class::Messages).kept(MINUTE)).await
    }

    /// Marks all messages as read. How single ones are named is not known. **C**
    ///
    /// `POST /v1/user-service/my/message/read`
    pub async fn mark_messages_read(&self) -> Result<(), RestError> {
        self.change(Call::post(format!("{MESSAGES}/read"), Class::Change, &json!({})), MESSAGES).await.map(drop)
    }

    /// Marks all news of prints as read. **C**; its body is unconfirmed
    ///
    /// `POST /v1/user-service/my/message/device/tasks/read`
    pub async fn mark_tasks_read(&self) -> Result<(), RestError> {
        let call = Call::post(format!("{MESSAGES}/device/tasks/read"), Class::Change, &json!({}));
        self.change(call, MESSAGES).await.map(drop)
    }

    /// A ticket of the support, in a form that nobody has written down; masked. **C**
    ///
    /// `GET /v1/user-service/my/ticket/{id}`
    pub async fn support_ticket(&self, id: &Id) -> Result<Value, RestError> {
        let path = format!("/v1/user-service/my/ticket/{}", encode(id.as_str()));
        self.untyped(Call::get(path, Class::Messages).kept(MINUTE)).await
    }
}
