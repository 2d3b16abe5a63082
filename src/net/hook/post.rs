//! An address that the news is posted to.

use crate::{
    config::{Hook, Secret},
    net::{
        backoff::{Backoff, Delays},
        http::{retry_after, same_origin, user_agent, words},
    },
};
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{sync::Arc, time::Duration};
use tokio::{sync::OnceCell, time::sleep};

/// The clients, made when they are needed for the first time: whoever posts nothing, or posts within the local network
/// without TLS, needs no list of authorities.
#[derive(Default)]
pub(super) struct Clients {
    tls: OnceCell<Client>,
    plain: OnceCell<Client>,
}

impl Clients {
    async fn of(&self, secure: bool) -> Result<&Client, String> {
        let cell = if secure { &self.tls } else { &self.plain };
        cell.get_or_try_init(|| async move {
            // Reading the system's list of authorities takes a while.
            let made = tokio::task::spawn_blocking(move || make(secure)).await;
            made.map_err(|e| e.to_string())?
        })
        .await
    }
}

fn make(secure: bool) -> Result<Client, String> {
    let builder = Client::builder()
        .user_agent(user_agent())
        .pool_idle_timeout(Duration::from_secs(30))
        .redirect(redirect::Policy::custom(follow));
    let builder = if secure {
        // The library takes its provider from the process; a second call changes nothing.
        let _ = ring::default_provider().install_default();
        builder
    } else {
        // Trusts nobody, and is asked for nothing: the address has no TLS and redirects stay with their scheme.
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        builder.tls_backend_preconfigured(config)
    };
    builder.build().map_err(|e| format!("no TLS: {}; is the package ca-certificates installed?", words(e)))
}

/// Follows a redirect only to the same host, and only where the news is posted again: the others turn a post into a
/// question without a body.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let keeps_body = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let same = attempt.previous().last().is_some_and(|before| same_origin(before, attempt.url()));
    if keeps_body && same && attempt.previous().len() <= 5 { attempt.follow() } else { attempt.stop() }
}

/// How an attempt ended that did not do its work.
struct Failed {
    why: String,
    again: Again,
}

/// Whether and when it may go better.
#[derive(Clone, Copy)]
enum Again {
    Never,
    /// After a delay of ours.
    Later,
    /// After the time that the server asks for.
    After(Duration),
}

/// Posts the news, and again after failures that may pass.
pub(super) async fn send(
    hook: &Hook,
    clients: &Clients,
    url: &Secret,
    headers: &[(String, Secret)],
    body: &[u8],
) -> Result<(), String> {
    let secure = url.expose().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
    let client = clients.of(secure).await?;
    let headers = all_headers(headers)?;
    let mut delays = Backoff::new(Delays::default());
    let mut tries = 0;
    loop {
        let request = client.post(url.expose()).headers(headers.clone()).timeout(hook.timeout).body(body.to_vec());
        let Failed { why, again } = match judge(request.send().await) {
            Ok(()) => return Ok(()),
            Err(failed) => failed,
        };
        let pause = match again {
            Again::Never => return Err(why),
            _ if tries >= hook.retries => return Err(why),
            Again::After(wish) if wish > hook.timeout => {
                let seconds = wish.as_secs();
                return Err(format!("{why}, and asks to wait {seconds} s, which is longer than the hook's timeout"));
            }
            Again::After(wish) => wish,
            Again::Later => delays.step(fastrand::f64()),
        };
        tries += 1;
        tracing::info!(%hook, %why, pause_ms = pause.as_millis() as u64, "a hook is tried again");
        sleep(pause).await;
    }
}

fn all_headers(extra: &[(String, Secret)]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, value) in extra {
        let bad = || format!("the header {name} cannot be sent");
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

fn judge(answer: reqwest::Result<Response>) -> Result<(), Failed> {
    match answer {
        Ok(answer) => {
            let status = answer.status();
            if status.is_success() {
                return Ok(());
            }
            let passes = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            let why = if status.is_redirection() {
                format!("the server answered {status}: the address has moved; write the new one")
            } else {
                format!("the server answered {status}")
            };
            let again = || retry_after(answer.headers()).map_or(Again::Later, Again::After);
            Err(Failed { why, again: if passes { again() } else { Again::Never } })
        }
        Err(error) => {
            // After a time-out the news may have arrived: repeating it could tell it twice.
            let passes = error.is_connect() || error.is_request() && !error.is_timeout();
            Err(Failed { why: words(error), again: if passes { Again::Later } else { Again::Never } })
        }
    }
}
