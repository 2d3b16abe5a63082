use super::{DAY, MINUTE};
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        RestError,
        account::{Preference, Profile},
    },
};
use serde_json::Value;

pub(in crate::net::rest) const PREFERENCE: &str = "/v1/design-user-service/my/preference";

impl Cloud {
    /// Whose token it is: number and name. The cheapest test of a token. Kept for five minutes. **C**
    ///
    /// `GET /v1/design-user-service/my/preference`
    pub async fn preference(&self) -> Result<Preference, RestError> {
        self.one(Call::get(PREFERENCE, Class::Account).kept(5 * MINUTE)).await
    }

    /// The account: number, name, e-mail address or phone number. Kept for five minutes. **C**
    ///
    /// `GET /v1/user-service/my/profile`
    pub async fn profile(&self) -> Result<Profile, RestError> {
        self.one(Call::get("/v1/user-service/my/profile", Class::Account).kept(5 * MINUTE)).await
    }

    /// What the account wants to be notified of, in a form that nobody has written down; masked. Kept for five
    /// minutes. **C**
    ///
    /// `GET /v1/user-service/my/setting`
    pub async fn notification_settings(&self) -> Result<Value, RestError> {
        self.untyped(Call::get("/v1/user-service/my/setting", Class::Account).kept(5 * MINUTE)).await
    }

    /// The newest version of the vendor's app, in a form that nobody has written down; masked. Kept for a day. **C**, of
    /// use to the app only
    ///
    /// `GET /v1/user-service/latest/app`
    pub async fn latest_app(&self) -> Result<Value, RestError> {
        self.untyped(Call::get("/v1/user-service/latest/app", Class::Account).kept(DAY)).await
    }

    /// Settings of the vendor's app, in a form that nobody has written down; masked. Kept for a day. **C**, of use to the
    /// app only
    ///
    /// `GET /v1/user-service/general/config`
    pub async fn general_config(&self) -> Result<Value, RestError> {
        self.untyped(Call::get("/v1/user-service/general/config", Class::Account).kept(DAY)).await
    }
}
