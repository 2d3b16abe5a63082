use super::HOUR;
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        Id, RestError, encode,
        makerworld::{Design, F3mf, F3mfKind},
    },
};

impl Cloud {
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
