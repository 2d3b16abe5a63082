use super::MINUTE;
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        Id, RestError, encode,
        envelope::{list, total},
        tasks::{Task, TaskPage, TaskQuery},
    },
};
use serde_json::Value;

impl Cloud {
    /// A page of the history, newest first; [`TaskPage::next`] asks for the next one. Kept for a minute. Weights are
    /// grams, lengths **centimetres**, estimates seconds. **C**
    ///
    /// `GET /v1/user-service/my/tasks?deviceId=&after=&limit=`
    pub async fn tasks(&self, query: &TaskQuery) -> Result<TaskPage, RestError> {
        let call = Call::get(format!("/v1/user-service/my/tasks{}", query.query()), Class::Tasks).kept(MINUTE);
        self.typed(call, |value| {
            let total = total(&value);
            let tasks = list(value, &["hits", "tasks"], "list of prints")?;
            Ok(TaskPage::new(total, tasks, query))
        })
        .await
    }

    /// One print. **C**
    ///
    /// `GET /v1/user-service/my/task/{id}`
    pub async fn task(&self, id: &Id) -> Result<Task, RestError> {
        let path = format!("/v1/user-service/my/task/{}", encode(id.as_str()));
        self.one(Call::get(path, Class::Tasks).kept(MINUTE)).await
    }

    /// One print as the device service knows it. Other programs than the vendor's get [`super::RestErrorKind::Forbidden`];
    /// masked. **C**, that it is refused
    ///
    /// `GET /v1/iot-service/api/user/task/{id}`
    pub async fn device_task(&self, id: &Id) -> Result<Value, RestError> {
        let path = format!("/v1/iot-service/api/user/task/{}", encode(id.as_str()));
        self.untyped(Call::get(path, Class::Tasks)).await
    }

    /// Which plates of a MakerWorld profile were printed, in a form that nobody has written down; masked. **C**
    ///
    /// `GET /v1/user-service/my/task/printedplates?instanceId=`
    pub async fn printed_plates(&self, instance: &Id) -> Result<Value, RestError> {
        let path = format!("/v1/user-service/my/task/printedplates?instanceId={}", encode(instance.as_str()));
        self.untyped(Call::get(path, Class::Tasks).kept(MINUTE)).await
    }
}
