//! An address that the news is posted to.

use crate::{
    config::{Hook, Secret},
    net::{
        backoff::{Backoff, Delays},
        web::{Clients, retry_after, words},
    },
};
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use std::time::Duration;
use tokio::time::sleep;

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
    let client = clients.of(url.expose_secret()).await?;
    let headers = all_headers(headers)?;
    let mut delays = Backoff::new(Delays::default());
    let mut tries = 0;
    loop {
        let request =
            client.post(url.expose_secret()).headers(headers.clone()).timeout(hook.timeout).body(body.to_vec());
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
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| bad())?;
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
