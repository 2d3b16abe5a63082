//! The account: who is signed in to the cloud, its printers, and what is asked by itself and when.

pub(in crate::state) mod devices;
pub(in crate::state) mod lifetime;

pub use lifetime::{CLOCK_OFF, PollSchedule};

use crate::protocol::rest::Region;

/// Whose account it is. Nothing here is secret, and the account's name is masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// E-mail address or phone number, masked.
    pub account: Option<String>,
    /// The user's number.
    pub uid: String,
    /// Where the account lives.
    pub region: Region,
    /// When the sign-in ends, seconds since 1970.
    pub ends: Option<i64>,
    /// For how many seconds from the sign-in it is good, where the token itself does not say when it ends.
    pub lasts: Option<i64>,
}

impl Identity {
    /// With the end of a sign-in that happened at `unix`.
    #[must_use]
    pub fn at(mut self, unix: i64) -> Self {
        self.ends = self.ends.or(self.lasts.take().map(|seconds| unix.saturating_add(seconds)));
        self
    }
}

/// Whether somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Account {
    /// The cloud is not used.
    #[default]
    Off,
    /// Nobody.
    SignedOut,
    /// Somebody.
    SignedIn(Identity),
    /// The cloud no longer accepts the token.
    Expired(Identity),
}

impl Identity {
    /// The account for a person, as far as it is known.
    pub fn name(&self) -> String {
        self.account.clone().unwrap_or_else(|| format!("user {}", self.uid))
    }
}

/// What the configuration says about signing in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountConstraints {
    /// Where the account lives.
    pub region: Option<Region>,
    /// The account's name.
    pub account: Option<String>,
    /// The setting whose token is used instead of a sign-in that is kept.
    pub token: Option<&'static str>,
    /// The setting whose token is used now: there was no sign-in since the start.
    pub token_in_use: Option<&'static str>,
    /// Why nobody is signed in although there should be somebody.
    pub trouble: Option<String>,
}

impl AccountConstraints {
    /// The region of the account that is meant, if one is.
    pub fn region(&self) -> Option<Region> {
        self.region.or_else(|| self.account.as_deref().map(Region::of_account))
    }

    /// Why a sign-in would be kept in vain: the configuration means another one. Names the setting, and no account.
    pub fn objection(&self, region: Region, account: Option<&str>) -> Option<String> {
        match (self.region, self.region()) {
            (Some(wanted), _) if wanted != region => {
                let name = wanted.name();
                return Some(format!(
                    "the configuration wants the region {name}; choose that, or change region in [cloud]"
                ));
            }
            (None, Some(wanted)) if wanted != region => {
                let name = wanted.name();
                return Some(format!(
                    "the configuration names an account of the region {name}; choose that, or set region in [cloud]"
                ));
            }
            _ => {}
        }
        let other = |wanted: &String| account.is_some_and(|name| !name.trim().eq_ignore_ascii_case(wanted.trim()));
        let words = "the configuration names another account; sign in with that, or change account in [cloud]";
        self.account.as_ref().filter(|wanted| other(wanted)).map(|_| words.to_owned())
    }

    /// What is said of a sign-in that is kept, but not used at the next start.
    pub fn goes_before(&self) -> Option<String> {
        let setting = self.token?;
        Some(format!("{setting} of the configuration goes before it: as long as it is there, its token is used"))
    }
}

impl Account {
    /// Who is signed in.
    pub fn who(&self) -> Option<&Identity> {
        match self {
            Self::SignedIn(who) => Some(who),
            _ => None,
        }
    }
}
