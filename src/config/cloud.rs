//! The account of the Bambu cloud: `[cloud]`.

use super::MQTT_PORT;
use crate::protocol::rest::Region;
use std::path::PathBuf;

/// `[cloud]`. Without a login it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudConfig {
    /// Whether the cloud is asked at all.
    pub enabled: bool,
    /// Where the account lives, if the file says so.
    pub region: Option<Region>,
    /// E-mail address or phone number, so that it need not be typed.
    pub account: Option<String>,
    /// Where the access token comes from.
    pub token: TokenSource,
    /// Another base of the API.
    pub api_url: Option<String>,
    /// Another website.
    pub web_url: Option<String>,
    /// Another MQTT broker.
    pub mqtt_host: Option<String>,
    /// Port of the MQTT broker.
    pub mqtt_port: u16,
    /// Authorities that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
}

/// Where the access token comes from. It is read when it is needed, not when the file is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TokenSource {
    /// The login that is kept.
    #[default]
    Login,
    /// An environment variable.
    Env(String),
    /// What a program prints.
    Command {
        /// The program.
        program: String,
        /// Its arguments.
        args: Vec<String>,
    },
}

impl TokenSource {
    /// The setting that names it; a login has none.
    pub fn setting(&self) -> Option<&'static str> {
        match self {
            Self::Login => None,
            Self::Env(_) => Some("token_env"),
            Self::Command { .. } => Some("token_command"),
        }
    }
}

impl Default for CloudConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            region: None,
            account: None,
            token: TokenSource::Login,
            api_url: None,
            web_url: None,
            mqtt_host: None,
            mqtt_port: MQTT_PORT,
            ca_file: None,
        }
    }
}

impl CloudConfig {
    /// The region: as the file says, or else the one that the account most likely belongs to.
    pub fn region(&self) -> Region {
        self.region.or_else(|| self.account.as_deref().map(Region::of_account)).unwrap_or_default()
    }

    /// Base of the API.
    pub fn api(&self) -> &str {
        self.api_url.as_deref().unwrap_or(self.region().api())
    }
}
