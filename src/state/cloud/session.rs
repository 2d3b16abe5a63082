//! Who is signed in to the cloud, and until when.

use crate::protocol::rest::Region;
use std::time::{Duration, Instant};

/// Seconds of a day.
pub(in crate::state) const DAY: i64 = 86_400;
/// Warnings begin so many days before a sign-in ends, and come once a day.
pub(in crate::state) const WARN_DAYS: i64 = 7;

/// The sign-in, and what is known about signing in.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// Who is signed in.
    pub account: Account,
    /// The account that the configuration names.
    pub hint: Option<String>,
    /// What the configuration says about signing in.
    pub constraints: AccountConstraints,
    /// What the form that signs in says besides: in the demo, what there is to type.
    pub tip: Option<String>,
    /// Whom a one-time code was sent to, and where that account lives.
    pub(in crate::state) code_for: Option<(Region, String)>,
    /// So many days before the end the last warning came.
    pub(in crate::state) warned: Option<i64>,
    /// Whether the sign-in is over is for the cloud to say, and not for a clock that may be wrong.
    pub(in crate::state) expiry: ExpiryCheck,
}

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

    /// The account for a person, as far as it is known.
    pub fn name(&self) -> String {
        self.account.clone().unwrap_or_else(|| format!("user {}", self.uid))
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
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::SignedIn(who) => Some(who),
            _ => None,
        }
    }
}

/// By the clock the sign-in is over. Is it?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::state) enum ExpiryCheck {
    /// It is not over by the clock.
    #[default]
    None,
    /// The cloud was asked; when it is asked again.
    Asked(Instant),
    /// The cloud takes it all the same.
    Settled,
}

/// What is said of a clock by which a sign-in is over that the cloud takes.
pub const CLOCK_OFF: &str =
    "by this machine's clock the sign-in to the cloud has ended, but the cloud takes it; check the clock";
/// Between two questions whether a sign-in is over, where the first had no answer.
pub(in crate::state) const DOUBT_AGAIN: Duration = Duration::from_secs(300);

/// Days until a sign-in ends, counting the one that has begun.
pub(in crate::state) fn days(left: i64) -> i64 {
    left.div_euclid(DAY) + i64::from(left.rem_euclid(DAY) > 0)
}
