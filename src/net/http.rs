//! What everything that speaks HTTP shares: the name of the program, the times a server asks for, errors in words.

use crate::protocol::wire::clean;
use chrono::DateTime;
use reqwest::{
    Url,
    header::{DATE, HeaderMap, RETRY_AFTER},
};
use std::{error::Error, time::Duration};

/// Who asks: name, version, and where the project is at home if that is known.
pub(super) fn user_agent() -> String {
    let name = concat!("bambu-tui/", env!("CARGO_PKG_VERSION"));
    match env!("CARGO_PKG_REPOSITORY") {
        "" => name.to_owned(),
        home => format!("{name} (+{home})"),
    }
}

/// Whether two addresses lead to the same server in the same way.
pub(super) fn same_origin(a: &Url, b: &Url) -> bool {
    (a.scheme(), a.host_str(), a.port_or_known_default()) == (b.scheme(), b.host_str(), b.port_or_known_default())
}

/// What the server asks for: seconds, or a moment, which is counted from the server's own time.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok();
    let then = date(text)?;
    let now = date(headers.get(DATE)?.to_str().ok()?)?;
    Some((then - now).to_std().unwrap_or_default())
}

/// An error in words, without the address, which may hold a token.
pub(super) fn words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut deepest: &dyn Error = &error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    clean(&deepest.to_string())
}
