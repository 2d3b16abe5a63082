use super::HOUR;
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        Id, RestError, encode,
        makerworld::{Design, F3mf, F3mfKind, Page},
    },
};
use serde_json::Value;

impl Cloud {
    /// What else can be read of MakerWorld, `page` of it from an offset on and so many at most (the server's default is
    /// 20), in forms that nobody has written down; masked. Kept for an hour. **C** for the paths, methods partly inferred
    ///
    /// `GET` of [`Page::path`]
    pub async fn makerworld(&self, what: &Page, page: Option<(u32, u32)>) -> Result<Value, RestError> {
        self.untyped(Call::get(what.part(page), Class::Designs).kept(HOUR)).await
    }

    /// A design of MakerWorld: title, maker, print profiles. Kept for an hour. **C**, its form partly inferred
    ///
    /// `GET /v1/design-service/design/{designId}`
    pub async fn design(&self, id: &Id) -> Result<Design, RestError> {
        let path = format!("/v1/design-service/design/{}", encode(id.as_str()));
        self.one(Call::get(path, Class::Designs).kept(HOUR)).await
    }

    /// The 3MF of a print profile: what is in it, or its signed address. **C**, its form partly inferred
    ///
    /// `GET /v1/design-service/instance/{instanceId}/f3mf?type=preview` or `download`
    pub async fn design_file(&self, instance: &Id, kind: F3mfKind) -> Result<F3mf, RestError> {
        let path = format!("/v1/design-service/instance/{}/f3mf?type={}", encode(instance.as_str()), kind.name());
        self.one(Call::get(path, Class::Designs)).await
    }
}
