//! Questions to web servers: the client, how far it follows redirects, and what an answer or a failure says.

use super::tls::ca::{Trust, nobody};
use crate::protocol::wire::clean;
use chrono::DateTime;
use reqwest::{
    Client, StatusCode, Url,
    header::{DATE, HeaderMap, RETRY_AFTER},
    redirect,
};
use rustls::ClientConfig;
use std::{error::Error, io, time::Duration};
use tokio::sync::OnceCell;

/// The clients, made when they are needed for the first time: whoever asks nobody, or asks within the local network
/// without TLS, needs no list of authorities.
#[derive(Debug, Default)]
pub(super) struct Clients {
    tls: OnceCell<Client>,
    plain: OnceCell<Client>,
}

impl Clients {
    /// The client for an address.
    pub(super) async fn of(&self, url: &str) -> Result<&Client, String> {
        let secure = url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
        let cell = if secure { &self.tls } else { &self.plain };
        cell.get_or_try_init(|| async move {
            let config = if secure { Trust::default().config().await } else { nobody() };
            make(config.map_err(|e| format!("no TLS: {e}"))?)
        })
        .await
    }
}

fn make(config: ClientConfig) -> Result<Client, String> {
    Client::builder()
        .user_agent(user_agent())
        .pool_idle_timeout(Duration::from_secs(30))
        .redirect(redirect::Policy::custom(follow))
        .tls_backend_preconfigured(config)
        .build()
        .map_err(words)
}

/// Follows a redirect only to the same host, and only one that keeps method and body: the others turn a post into a question
/// without a body.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let keeps_body = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let same = attempt.previous().last().is_some_and(|before| same_origin(before, attempt.url()));
    if keeps_body && same && attempt.previous().len() <= 5 { attempt.follow() } else { attempt.stop() }
}

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
        if deepest.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::UnexpectedEof) {
            return "what answers there closed the connection without an answer".to_owned();
        }
    }
    clean(&deepest.to_string())
}
