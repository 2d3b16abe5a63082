use super::MINUTE;
use crate::{
    config::Secret,
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        Id, RestError, encode,
        projects::{self, NewProject, Processing, Project, ProjectProfile, UploadState},
        query,
    },
};
use serde_json::Value;

const PROJECT: &str = "/v1/iot-service/api/user/project";
const NOTIFICATION: &str = "/v1/iot-service/api/user/notification";

impl Cloud {
    /// The projects of the account. Kept for a minute. **C**; pages (from 1, of `limit`) **S**
    ///
    /// `GET /v1/iot-service/api/user/project?page=&limit=`
    pub async fn projects(&self, page: Option<(u32, u32)>) -> Result<Vec<Project>, RestError> {
        let (page, limit) = page.map(|(page, limit)| (page.to_string(), limit.to_string())).unzip();
        let call = Call::get(format!("{PROJECT}{}", query(&[("page", page), ("limit", limit)])), Class::Projects);
        self.list(call.kept(MINUTE), &["projects"], "list of projects").await
    }

    /// A project with its profiles, plates and filaments. Addresses in it are signed and live for minutes. **C**
    ///
    /// `GET /v1/iot-service/api/user/project/{id}`
    pub async fn project(&self, id: &Id) -> Result<Project, RestError> {
        self.one(Call::get(format!("{PROJECT}/{}", encode(id.as_str())), Class::Projects).kept(MINUTE)).await
    }

    /// One profile of a model: name, MD5 and signed address of its 3MF. **C**
    ///
    /// `GET /v1/iot-service/api/user/profile/{profile_id}?model_id=`
    pub async fn project_profile(&self, profile: &Id, model: &Id) -> Result<ProjectProfile, RestError> {
        let (profile, model) = (encode(profile.as_str()), encode(model.as_str()));
        let path = format!("/v1/iot-service/api/user/profile/{profile}?model_id={model}");
        self.one(Call::get(path, Class::Projects).kept(MINUTE)).await
    }

    /// Makes a project and says where its file goes: [`Cloud::put`] it there. **C**
    ///
    /// `POST /v1/iot-service/api/user/project`
    pub async fn create_project(&self, file_name: &str) -> Result<NewProject, RestError> {
        let call = Call::post(PROJECT, Class::Upload, &projects::create(file_name));
        let made = self.one(call).await;
        self.0.state().cache.forget(PROJECT);
        made
    }

    /// Finishes a project. **C**
    ///
    /// `PATCH /v1/iot-service/api/user/project/{id}`
    pub async fn finish_project(&self, id: &Id, name: &str, profile: &Id) -> Result<(), RestError> {
        let path = format!("{PROJECT}/{}", encode(id.as_str()));
        self.change(Call::patch(path, Class::Upload, &projects::finish(name, profile)), PROJECT).await.map(drop)
    }

    /// Says that the upload of a new project is complete. **C**
    ///
    /// `PUT /v1/iot-service/api/user/notification`
    pub async fn uploaded(&self, ticket: &Secret, file_name: &str) -> Result<(), RestError> {
        let body = projects::uploaded(ticket.expose_secret(), file_name);
        self.ask(Call::put(NOTIFICATION, Class::Upload, &body)).await.map(drop)
    }

    /// How the cloud gets on with an upload. **C**
    ///
    /// `GET /v1/iot-service/api/user/notification?action=&ticket=`
    pub async fn processing(&self, what: Processing, ticket: &Secret) -> Result<UploadState, RestError> {
        let path = format!("{NOTIFICATION}{}", projects::processing_query(what, ticket.expose_secret()));
        self.one(Call::get(path, Class::Upload)).await
    }

    /// Notifications that have not been read, in a form that nobody has written down; masked. **S**
    ///
    /// `GET /v1/iot-service/api/user/notification?unread=true`
    pub async fn unread_notifications(&self) -> Result<Value, RestError> {
        self.untyped(Call::get(format!("{NOTIFICATION}?unread=true"), Class::Messages).kept(MINUTE)).await
    }
}
