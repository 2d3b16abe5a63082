//! The login to the Bambu cloud between two runs: kept in a file that only its owner may read, or found in an environment
//! variable or in what a program prints. Never a password.
//!
//! ```no_run
//! # use bambu_tui::{config::{CloudConfig, System}, net::rest::{self, Cloud}, storage::account};
//! # fn example(config: &CloudConfig, now: i64) -> Result<(), account::AccountError> {
//! # let path = std::path::Path::new("account.json");
//! if let Some((account, _)) = account::find(config, path, &System)? {
//!     if let Some(warning) = account.life(now).warning(config.token.setting()) {
//!         println!("{warning}");
//!     }
//!     let cloud = Cloud::new(rest::options(config, Some(account.token)));
//! }
//! # Ok(())
//! # }
//! ```

use crate::{
    config::{CloudConfig, Outside, Secret, TokenSource},
    protocol::{
        rest::{Region, mask, token},
        wire::clean,
    },
    storage::private_files,
};
use serde_json::{Value, json};
use std::{
    fmt, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The version of the file's form.
const VERSION: i64 = 1;
/// A file that is larger is not ours.
const LARGEST: u64 = 64 * 1024;
const DAY: i64 = 24 * 3600;
/// So many days before its end a login is warned about.
const WARN_DAYS: i64 = 7;

/// A login.
#[derive(Debug, Clone)]
pub struct Account {
    /// Where the account lives.
    pub region: Region,
    /// Base of the API that gave the token: no other gets it.
    pub api: String,
    /// E-mail address or phone number, if it is known. A person sees it through [`Account::shown`].
    pub name: Option<Secret>,
    /// The user's number.
    pub uid: Option<String>,
    /// The access token.
    pub token: Secret,
    /// When it ends, in seconds since 1970.
    pub expires_at: Option<i64>,
}

/// Where a login was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In the file.
    File(PathBuf),
    /// In an environment variable of this name.
    Env(String),
    /// In what this program printed.
    Command(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Env(name) => write!(f, "the variable {name}"),
            Self::Command(program) => write!(f, "the program {program}"),
        }
    }
}

/// How long a login will last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Nobody has said.
    Unknown,
    /// More than a week.
    Long {
        /// Whole days.
        days: i64,
    },
    /// A week or less: time to log in again.
    Short {
        /// Whole days.
        days: i64,
    },
    /// It is over.
    Over,
}

impl Life {
    /// What should be said about it; `setting`: the one that gives the token, where it is no login's.
    pub fn warning(self, setting: Option<&str>) -> Option<String> {
        let what = setting.map_or("the login to the Bambu cloud".to_owned(), |name| format!("the token of {name}"));
        let cure = if setting.is_some() { "have it give a new one" } else { "log in again" };
        let ends = match self {
            Self::Unknown | Self::Long { .. } => return None,
            Self::Over => return Some(format!("{what} has ended; {cure}")),
            Self::Short { days: 0 } => "within a day".to_owned(),
            Self::Short { days: 1 } => "in a day".to_owned(),
            Self::Short { days } => format!("in {days} days"),
        };
        Some(format!("{what} ends {ends}; {cure} before then"))
    }
}

impl Account {
    /// A login from a token alone, with what the token says about itself.
    pub fn from_token(config: &CloudConfig, token: Secret) -> Self {
        let claims = token::claims(token.expose_secret());
        Self {
            region: config.region(),
            api: config.api().to_owned(),
            name: config.account.as_deref().map(Secret::new),
            uid: claims.uid,
            token,
            expires_at: claims.expires_at,
        }
    }

    /// Its name, recognisable for its owner alone; or else the user's number.
    pub fn shown(&self) -> String {
        match (&self.name, &self.uid) {
            (Some(name), _) => mask::account(name.expose_secret()),
            (None, Some(uid)) => format!("user {uid}"),
            (None, None) => "an account without a name".to_owned(),
        }
    }

    /// How long it will last. `now` in seconds since 1970.
    pub fn life(&self, now: i64) -> Life {
        let Some(end) = self.expires_at else { return Life::Unknown };
        let days = end.saturating_sub(now).div_euclid(DAY);
        match days {
            _ if end <= now => Life::Over,
            0..=WARN_DAYS => Life::Short { days },
            _ => Life::Long { days },
        }
    }
}

/// Why there is no login although there should be one. Never quotes what a file or a program said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountError {
    /// A file, and what cannot be done with it.
    File(PathBuf, String),
    /// The file holds something else than a login.
    Damaged(PathBuf),
    /// A source gave no token, and why.
    NoToken(Source, String),
    /// The login is for another cloud than the configuration's: the kept one and the wanted one.
    Elsewhere(String, String),
    /// The login is another account's than the configuration's.
    SomebodyElse,
}

impl std::error::Error for AccountError {}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, why) => {
                write!(f, "the login in {} {why}; check the path and its permissions", path.display())
            }
            Self::Damaged(path) => {
                write!(f, "{} is no login of this program; log in again, which replaces it", path.display())
            }
            Self::NoToken(source, why) => write!(f, "no access token from {source}: {why}; check that it gives one"),
            Self::Elsewhere(kept, wanted) => write!(
                f,
                "the login that is kept is for {kept}, the configuration wants {wanted}; log in again, or change [cloud]"
            ),
            // Masked they may look the same.
            Self::SomebodyElse => write!(
                f,
                "the login that is kept is another account's than the configuration wants; log in again, or change \
                 account in [cloud]"
            ),
        }
    }
}

/// The login that the configuration means: from its variable or program, or else the kept one. `None` if nobody has
/// logged in, or the cloud is switched off. May wait ten seconds for a program.
pub fn find(
    config: &CloudConfig,
    path: &Path,
    outside: &dyn Outside,
) -> Result<Option<(Account, Source)>, AccountError> {
    if !config.enabled {
        return Ok(None);
    }
    let (source, got) = match &config.token {
        TokenSource::Login => {
            let Some(account) = load(path)? else { return Ok(None) };
            fits(&account, config)?;
            return Ok(Some((account, Source::File(path.to_owned()))));
        }
        TokenSource::Env(name) => {
            (Source::Env(name.clone()), outside.env(name).ok_or_else(|| "it is not set".to_owned()))
        }
        TokenSource::Command { program, args } => (Source::Command(program.clone()), outside.run(program, args)),
    };
    let text = got.map_err(|why| AccountError::NoToken(source.clone(), why))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(AccountError::NoToken(source, "it is empty".to_owned()));
    }
    if !token::is_plausible(text) {
        return Err(AccountError::NoToken(source, "what it gives is no access token".to_owned()));
    }
    Ok(Some((Account::from_token(config, Secret::new(text)), source)))
}

/// Whether a kept login is the one that the configuration means.
fn fits(account: &Account, config: &CloudConfig) -> Result<(), AccountError> {
    let region = config.region.or(config.account.as_ref().map(|_| config.region())).unwrap_or(account.region);
    if region != account.region {
        let name = |region: Region| format!("the region {}", region.name());
        return Err(AccountError::Elsewhere(name(account.region), name(region)));
    }
    let api = config.api_url.as_deref().unwrap_or(region.api());
    if !api.eq_ignore_ascii_case(&account.api) {
        return Err(AccountError::Elsewhere(account.api.clone(), api.to_owned()));
    }
    match (&account.name, &config.account) {
        (Some(kept), Some(wanted)) if !kept.expose_secret().trim().eq_ignore_ascii_case(wanted.trim()) => {
            Err(AccountError::SomebodyElse)
        }
        _ => Ok(()),
    }
}

/// Reads the kept login; a missing file is none. A file that others may read is closed to them.
pub fn load(path: &Path) -> Result<Option<Account>, AccountError> {
    let fail = |e: &io::Error| AccountError::File(path.to_owned(), format!("cannot be read: {e}"));
    let file = match private_files::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|e| fail(&e))?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| fail(&e))?;
    if private_files::close(path).is_err() {
        tracing::warn!("the file of the login can be read by others, and that cannot be changed");
    }
    let account = if bytes.len() as u64 > LARGEST { None } else { parse(&bytes) };
    account.map(Some).ok_or_else(|| AccountError::Damaged(path.to_owned()))
}

/// Keeps a login in place of the one before: a new file takes the place of the old one. Blocks.
pub fn save(path: &Path, account: &Account) -> Result<(), AccountError> {
    let json = json!({
        "version": VERSION,
        "region": account.region.name(),
        "api": account.api,
        "account": account.name.as_ref().map(Secret::expose_secret),
        "uid": account.uid,
        "token": account.token.expose_secret(),
        "expires_at": account.expires_at,
    });
    let text = format!("{json:#}\n");
    private_files::lock(path)
        .and_then(|_lock| private_files::replace(path, text.as_bytes()))
        .map_err(|e| AccountError::File(path.to_owned(), format!("cannot be written: {e}")))
}

/// Forgets the kept login; tells whether there was one. The token itself lives on at the vendor's until it ends.
pub fn forget(path: &Path) -> Result<bool, AccountError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(AccountError::File(path.to_owned(), format!("cannot be removed: {e}"))),
    }
}

fn parse(bytes: &[u8]) -> Option<Account> {
    let json: Value = serde_json::from_slice(bytes).ok()?;
    let text = |key: &str| json.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty());
    let region = Region::from_name(text("region")?)?;
    let token = text("token").filter(|token| token::is_plausible(token))?;
    Some(Account {
        region,
        api: text("api").map_or_else(|| region.api().to_owned(), clean),
        name: text("account").map(clean).map(Secret::new),
        uid: text("uid").and_then(token::uid),
        token: Secret::new(token),
        expires_at: json.get("expires_at").and_then(Value::as_i64).filter(|at| *at > 0),
    })
}

#[cfg(test)]
mod tests;
