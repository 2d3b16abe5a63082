//! What the simulated cloud is like, as far as it can be chosen.

use super::fault::{CloudFault, FaultRule};
use crate::simulator::Scenario;

/// A plan for the cloud of a demo.
#[derive(Debug, Clone, PartialEq)]
pub struct CloudPlan {
    /// What its access tokens look like.
    pub token: TokenForm,
    /// Seconds for which a token holds.
    pub token_lifetime: u32,
    /// Where the answer to an authenticator code carries the token.
    pub tfa_token: TokenPlace,
    /// How many connections the broker takes within five minutes; `None` does not count.
    pub connection_limit: Option<usize>,
    /// What goes wrong from the beginning.
    pub faults: Vec<FaultRule>,
    /// First of four ports (API, website, storage, broker); 0 takes any free ones.
    pub port: u16,
}

impl Default for CloudPlan {
    fn default() -> Self {
        Self {
            token: TokenForm::Jwt,
            token_lifetime: 7_776_000,
            tfa_token: TokenPlace::Cookie,
            connection_limit: None,
            faults: Vec::new(),
            port: 0,
        }
    }
}

/// What goes wrong in the cloud by the scenario alone. Most of it is over after once or twice.
pub(super) fn scenario_faults(scenario: Scenario) -> Vec<FaultRule> {
    if scenario != Scenario::Faults {
        return Vec::new();
    }
    let rule = |fault, path: &str, times| FaultRule { fault, path: path.to_owned(), times };
    vec![
        rule(CloudFault::Transient, "/v1/iot-service/api/user/bind", Some(1)),
        rule(CloudFault::TooMany(10), "/v1/user-service/my/tasks", Some(1)),
        rule(CloudFault::Server(500), "/v1/user-service/my/message", Some(2)),
        rule(CloudFault::Truncated, "/v1/iot-service/api/user/device/version", Some(1)),
        rule(CloudFault::Forbidden, "/v1/iot-service/api/user/project", None),
    ]
}

/// What an access token looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenForm {
    /// Three parts; the claim `username` names the account.
    Jwt,
    /// Three parts; the claim is `preferred_username`.
    OldJwt,
    /// Characters without a meaning.
    Opaque,
}

/// Where the website puts the token after an authenticator code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPlace {
    /// A cookie named `token`.
    Cookie,
    /// The body's field `accessToken`.
    AccessToken,
    /// The body's field `token`.
    Token,
}
