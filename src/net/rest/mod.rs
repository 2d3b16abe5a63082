//! The client of the Bambu cloud's REST API; [`crate::cloud`] shows it to the outside, and says how it behaves.
//!
//! The cloud is asked by one client, seldom: young answers are given again, each kind of call has a budget, a server that asks
//! for quiet gets it. Only `GET` is repeated. The token goes to the API's host alone, redirects elsewhere are errors, and an
//! answer is read from whatever form it has. How long ago something was asked is the one thing that `net` reads a clock for.

mod cache;
mod calls;
mod client;
pub(super) mod clock;
mod limits;
mod login;
mod raw;
mod send;
mod storage;

pub use login::{Login, LoginStep, TfaKey};
pub use raw::RawAnswer;

pub use super::tls::ca::Trust;

use super::backoff::Delays;
use crate::{
    config::{CloudConfig, Secret},
    protocol::rest::{Region, RestError, RestErrorKind, region},
};
use cache::Cache;
use clock::Clock;
use limits::{Host, Limits};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{OnceCell, Semaphore};

/// So many calls are under way at once.
const AT_ONCE: usize = 2;

/// Where the cloud is and who asks it.
#[derive(Debug, Clone, Default)]
pub struct RestOptions {
    /// Decides the hosts.
    pub region: Region,
    /// Another base of the API: `https`, or `http` on this machine.
    pub api_url: Option<String>,
    /// Another website: likewise.
    pub web_url: Option<String>,
    /// Which servers are believed.
    pub trust: Trust,
    /// The access token, if there is one already.
    pub token: Option<Secret>,
    /// The setting that gives this token, where it is no login's.
    pub token_setting: Option<&'static str>,
    /// Durations.
    pub pace: HttpTimeouts,
}

/// What the configuration says of the cloud, with a token if there is one.
pub fn options(config: &CloudConfig, token: Option<Secret>) -> RestOptions {
    RestOptions {
        region: config.region(),
        api_url: config.api_url.clone(),
        web_url: config.web_url.clone(),
        trust: Trust::new(config.ca_file.clone()),
        token_setting: token.as_ref().and(config.token.setting()),
        token,
        pace: HttpTimeouts::default(),
    }
}

/// How long things may take, and how far apart attempts are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HttpTimeouts {
    /// One attempt, from its beginning to the last byte of its answer.
    pub timeout: Duration,
    /// One file into or out of the storage.
    pub storage: Duration,
    /// Between attempts.
    pub backoff: Delays,
    /// So often is a `GET` repeated.
    pub retries: u32,
    /// Between two one-time codes.
    pub code_gap: Duration,
}

impl Default for HttpTimeouts {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            storage: Duration::from_secs(600),
            backoff: Delays { first: Duration::from_secs(1), longest: Duration::from_secs(8), jitter: 0.5 },
            retries: 2,
            code_gap: Duration::from_secs(60),
        }
    }
}

impl HttpTimeouts {
    /// For tests over loopback.
    #[cfg(any(test, feature = "internals"))]
    pub fn fast() -> Self {
        let ms = Duration::from_millis;
        Self {
            timeout: ms(2000),
            storage: ms(2000),
            backoff: Delays { first: ms(5), longest: ms(20), jitter: 0.5 },
            ..Self::default()
        }
    }
}

/// A handle to the cloud. Clones share everything.
#[derive(Clone)]
pub struct Cloud(Arc<Inner>);

struct Inner {
    region: Region,
    /// Bases, or what is wrong with them.
    api: Result<String, String>,
    web: Result<String, String>,
    trust: Trust,
    /// The addresses that are not the region's own are the configuration's.
    set: [bool; 2],
    pace: HttpTimeouts,
    clock: Clock,
    client: OnceCell<reqwest::Client>,
    turns: Semaphore,
    state: Mutex<Shared>,
}

struct Shared {
    token: Option<Secret>,
    /// The setting that gives it.
    token_setting: Option<&'static str>,
    /// The server does not take the token, and is not asked with it before this moment.
    refused_until: Option<Duration>,
    /// Counts the tokens there have been, so that a late answer to one is not taken for an answer to the next.
    token_generation: u64,
    limits: Limits,
    cache: Cache,
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = |base: &Result<String, String>| base.clone().unwrap_or_else(|e| e);
        f.debug_struct("Cloud")
            .field("region", &self.0.region)
            .field("api", &host(&self.0.api))
            .field("web", &host(&self.0.web))
            .field("token", &self.has_token())
            .finish_non_exhaustive()
    }
}

impl Cloud {
    /// A client. Opens nothing yet; what is wrong with the options, the first call says.
    pub fn new(options: RestOptions) -> Self {
        let RestOptions { region, api_url, web_url, trust, token, token_setting, pace } = options;
        let set = [api_url.is_some(), web_url.is_some()];
        let base = |given: Option<String>, usual: &str, key: &str| match given {
            None => Ok(usual.to_owned()),
            Some(text) => region::base(&text).map_err(|why| format!("{key} {why}; write it as https://host")),
        };
        Self(Arc::new(Inner {
            region,
            api: base(api_url, region.api(), "api_url"),
            web: base(web_url, region.web(), "web_url"),
            trust,
            set,
            pace,
            clock: Clock::start(),
            client: OnceCell::new(),
            turns: Semaphore::new(AT_ONCE),
            state: Mutex::new(Shared {
                token,
                token_setting,
                refused_until: None,
                token_generation: 0,
                limits: Limits::new(pace.code_gap),
                cache: Cache::default(),
            }),
        }))
    }

    /// The region whose account is used.
    pub fn region(&self) -> Region {
        self.0.region
    }

    /// Base of the API that is asked; empty if the options name none that can be.
    pub fn api(&self) -> String {
        self.0.api.clone().unwrap_or_default()
    }

    /// Uses another token from now on, or none. Kept answers are forgotten: they were somebody else's.
    pub fn set_token(&self, token: Option<Secret>) {
        let mut state = self.0.state();
        state.token = token;
        state.token_setting = None;
        state.refused_until = None;
        state.token_generation += 1;
        state.cache.forget("");
    }

    /// Whether there is a token; it may have expired.
    pub fn has_token(&self) -> bool {
        self.0.state().token.is_some()
    }

    /// The token, for the place that keeps it or logs in to the MQTT broker with it.
    pub fn token(&self) -> Option<Secret> {
        self.0.state().token.clone()
    }

    /// Forgets the kept answers, so that the next calls ask the server.
    pub fn forget(&self) {
        self.0.state().cache.forget("");
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, Shared> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same error with the setting that it may come from.
    fn explain(&self, error: RestError, host: Host, own_token: bool) -> RestError {
        let (of, name) = match host {
            Host::Api => (0, "api_url"),
            Host::Web => (1, "web_url"),
        };
        let setting = match error.trouble {
            RestErrorKind::Expired if own_token => self.state().token_setting,
            RestErrorKind::Network(_) | RestErrorKind::NotFound => self.set[of].then_some(name),
            _ => None,
        };
        RestError { setting, region: Some(self.region), ..error }
    }

    fn base(&self, host: Host) -> Result<&str, RestError> {
        let base = match host {
            Host::Api => &self.api,
            Host::Web => &self.web,
        };
        base.as_deref().map_err(|why| RestError::before(RestErrorKind::Setup(why.clone())))
    }
}

#[cfg(test)]
mod tests;
