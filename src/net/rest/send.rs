//! One call: budget, attempts, redirects, the body within its bounds, and what the answer means.

use super::{
    Cloud, Inner,
    client::trouble,
    limits::{Class, Host},
};
use crate::{
    config::Secret,
    net::{backoff::Backoff, web},
    protocol::rest::{
        RestError, RestErrorKind,
        envelope::{self, Envelope, Purpose},
    },
};
use bytes::{Bytes, BytesMut};
use reqwest::{
    Method, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION},
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::sleep;

/// No answer is larger; the list of all presets has about 1 MB.
pub(super) const LARGEST: usize = 8 * 1024 * 1024;
/// After refusals of the token that are not certain, nothing is asked for this long.
const UNSURE: Duration = Duration::from_secs(600);
/// So many redirects within the same host are followed.
const REDIRECTS: usize = 3;

/// A call as it is made up by the methods of [`Cloud`]. No `Debug`: its body may hold a password.
pub(super) struct Call {
    method: Method,
    host: Host,
    /// Path and query.
    path: String,
    class: Class,
    /// An answer this young is given again.
    age: Duration,
    purpose: Purpose,
    /// What a reserve is for, where its kind has one for each: an address that codes go to.
    whom: String,
    /// A person begins anew: a bot check from before is tried once more.
    ignores_bot_check: bool,
    /// Send this token, and not the client's.
    token: Option<Secret>,
    body: Option<Vec<u8>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Call {
    fn new(method: Method, path: impl Into<String>, class: Class) -> Self {
        Self {
            method,
            host: Host::Api,
            path: path.into(),
            class,
            age: Duration::ZERO,
            purpose: Purpose::Data,
            whom: String::new(),
            ignores_bot_check: false,
            token: None,
            body: None,
            headers: Vec::new(),
        }
    }

    pub(super) fn get(path: impl Into<String>, class: Class) -> Self {
        Self::new(Method::GET, path, class)
    }

    pub(super) fn post(path: impl Into<String>, class: Class, body: &Value) -> Self {
        Self::new(Method::POST, path, class).body(body)
    }

    pub(super) fn put(path: impl Into<String>, class: Class, body: &Value) -> Self {
        Self::new(Method::PUT, path, class).body(body)
    }

    pub(super) fn patch(path: impl Into<String>, class: Class, body: &Value) -> Self {
        Self::new(Method::PATCH, path, class).body(body)
    }

    pub(super) fn delete(path: impl Into<String>, class: Class) -> Self {
        Self::new(Method::DELETE, path, class)
    }

    fn body(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self
    }

    /// For so many seconds the answer is given again without asking.
    pub(super) fn kept(mut self, seconds: u64) -> Self {
        self.age = Duration::from_secs(seconds);
        self
    }

    /// Sends no token.
    pub(super) fn login(mut self) -> Self {
        self.purpose = Purpose::Login;
        self
    }

    /// To the website, as a part of a login: it never gets a token.
    pub(super) fn website(mut self) -> Self {
        self.host = Host::Web;
        self.purpose = Purpose::Login;
        self
    }

    /// The authenticator's part of a login.
    pub(super) fn authenticator(mut self) -> Self {
        self.host = Host::Web;
        self.purpose = Purpose::Tfa;
        self
    }

    /// Counts for this address.
    pub(super) fn to(mut self, whom: &str) -> Self {
        self.whom = whom.to_ascii_lowercase();
        self
    }

    /// Is a new start of a person.
    pub(super) fn ignoring_bot_check(mut self) -> Self {
        self.ignores_bot_check = true;
        self
    }

    pub(super) fn with_token(mut self, token: Secret) -> Self {
        self.token = Some(token);
        self
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// For errors and the log: no query, which may hold a ticket.
    pub(super) fn endpoint(&self) -> String {
        crate::protocol::rest::mask::without_query(&self.path).to_owned()
    }

    fn needs_own_token(&self) -> bool {
        self.purpose == Purpose::Data && self.token.is_none()
    }

    fn may_be_kept(&self) -> bool {
        self.method == Method::GET && self.needs_own_token()
    }

    fn error(&self, status: Option<u16>, trouble: RestErrorKind) -> RestError {
        RestError::at(self.endpoint(), status, trouble)
    }
}

/// What came back. No `Debug`: it may be a token.
pub(super) struct RawResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// It came just now, and is not a kept answer that is still good.
    fresh: bool,
}

impl RawResponse {
    fn kept(body: Bytes) -> Self {
        Self { status: 200, headers: HeaderMap::new(), body, fresh: false }
    }

    fn retry_after(&self) -> Option<Duration> {
        web::retry_after(&self.headers)
    }

    fn open(&self, purpose: Purpose) -> Result<Value, RestErrorKind> {
        let text = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let answer = Envelope {
            status: self.status,
            html: text("content-type").to_ascii_lowercase().starts_with("text/html"),
            mitigated: self.headers.contains_key("cf-mitigated"),
            cf_ray: self.headers.contains_key("cf-ray"),
            retry_after: self.retry_after().map(|wait| wait.as_secs()),
            body: &self.body,
        };
        envelope::open(&answer, purpose)
    }
}

impl Cloud {
    /// Makes a call and gives the payload of its answer.
    pub(super) async fn ask(&self, call: Call) -> Result<Value, RestError> {
        self.exchange(call).await.map(|(value, _)| value)
    }

    /// The same for whoever needs headers too; a kept answer has none.
    pub(super) async fn exchange(&self, call: Call) -> Result<(Value, HeaderMap), RestError> {
        let inner = &*self.0;
        let explain = |error| inner.explain(error, call.host, call.needs_own_token());
        let (got, token_generation) = inner.perform(&call).await.map_err(explain)?;
        let value = got.open(call.purpose).map_err(|trouble| call.error(Some(got.status), trouble))?;
        if got.fresh && call.may_be_kept() {
            let etag = got.headers.get(ETAG).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let mut state = inner.state();
            if (call.age > Duration::ZERO || etag.is_some()) && state.token_generation == token_generation {
                state.cache.keep(call.path, got.body, etag, inner.clock.since());
            }
        }
        Ok((value, got.headers))
    }

    /// Makes a call for diagnosis, once: whatever its answer is, it comes back.
    pub(super) async fn send_raw(&self, call: Call) -> Result<RawResponse, RestError> {
        let inner = &*self.0;
        let _turn = inner.turns.acquire().await;
        let explain = |error| inner.explain(error, call.host, call.needs_own_token());
        let token_generation = inner.take(&call).map_err(explain)?;
        let got = inner.attempt(&call).await.map_err(explain)?;
        if let Some(trouble) = inner.note(&call, &got, token_generation) {
            tracing::debug!(?trouble, "asked for diagnosis");
        }
        Ok(got)
    }
}

impl Inner {
    /// A kept answer that is young enough.
    fn young(&self, call: &Call) -> Option<RawResponse> {
        if !call.may_be_kept() || call.age.is_zero() {
            return None;
        }
        self.state().cache.young(&call.path, call.age, self.clock.since()).map(RawResponse::kept)
    }

    /// Attempts until one has a good answer. With it comes whose it is: see [`super::Shared::token_generation`].
    async fn perform(&self, call: &Call) -> Result<(RawResponse, u64), RestError> {
        if let Some(got) = self.young(call) {
            return Ok((got, 0));
        }
        let _turn = self.turns.acquire().await;
        // Somebody else may have asked the same while this call waited for its turn.
        if let Some(got) = self.young(call) {
            return Ok((got, 0));
        }
        let token_generation = self.take(call)?;
        let mut delays = Backoff::new(self.pace.backoff);
        let mut left = if call.method == Method::GET { self.pace.retries } else { 0 };
        loop {
            let attempt = self.attempt(call).await;
            let trouble = match &attempt {
                Ok(got) => got.open(call.purpose).err(),
                Err(error) => Some(error.trouble.clone()),
            };
            let passes = matches!(
                trouble,
                Some(
                    RestErrorKind::Unauthorized
                        | RestErrorKind::Server
                        | RestErrorKind::Truncated
                        | RestErrorKind::Network(_)
                )
            );
            if passes && left > 0 && self.state().limits.again(call.host, self.clock.since()) {
                left -= 1;
                let pause = delays.step(fastrand::f64());
                tracing::debug!(endpoint = call.endpoint(), pause_ms = pause.as_millis() as u64, "asking again");
                sleep(pause).await;
                continue;
            }
            let got = attempt.inspect_err(|error| {
                tracing::info!(endpoint = call.endpoint(), why = ?error.trouble, "no answer of the cloud");
            })?;
            return match self.note(call, &got, token_generation) {
                None => Ok((got, token_generation)),
                Some(trouble) => Err(call.error(Some(got.status), trouble)),
            };
        }
    }

    /// One call out of the budget, if there is a token for it.
    fn take(&self, call: &Call) -> Result<u64, RestError> {
        let (now, mut state) = (self.clock.since(), self.state());
        if call.needs_own_token() {
            if state.token.is_none() {
                return Err(call.error(None, RestErrorKind::NoToken));
            }
            if state.refused_until.is_some_and(|until| now < until) {
                return Err(call.error(None, RestErrorKind::Expired));
            }
        }
        if call.ignores_bot_check {
            state.limits.try_anew(call.host, now);
        }
        let taken = state.limits.take(call.class, &call.whom, call.host, now);
        taken.map(|()| state.token_generation).map_err(|trouble| call.error(None, trouble))
    }

    /// What is wrong with an answer, and what follows from it for later calls.
    fn note(&self, call: &Call, got: &RawResponse, token_generation: u64) -> Option<RestErrorKind> {
        let trouble = got.open(call.purpose).err();
        let (now, mut state) = (self.clock.since(), self.state());
        let endpoint = call.endpoint();
        match trouble {
            None => {
                state.limits.good(call.host);
                if call.needs_own_token() && state.token_generation == token_generation {
                    state.refused_until = None;
                }
                None
            }
            Some(RestErrorKind::RateLimited { .. }) => {
                let wait_s = state.limits.busy(call.host, got.retry_after(), now);
                tracing::warn!(endpoint, wait_s, "the cloud asks for fewer requests");
                Some(RestErrorKind::RateLimited { wait_s })
            }
            Some(RestErrorKind::Cloudflare { wait_s }) => {
                state.limits.bot_check(call.host, Duration::from_secs(wait_s), now);
                tracing::warn!(endpoint, status = got.status, "the cloud's bot check");
                Some(RestErrorKind::Cloudflare { wait_s })
            }
            Some(trouble @ (RestErrorKind::Expired | RestErrorKind::Unauthorized)) => {
                if call.needs_own_token() && state.token_generation == token_generation {
                    // Without the words that make it certain it may yet pass.
                    let sure = trouble == RestErrorKind::Expired;
                    state.refused_until = Some(if sure { Duration::MAX } else { now + UNSURE });
                }
                tracing::warn!(endpoint, "the cloud refuses the access token");
                Some(RestErrorKind::Expired)
            }
            Some(other) => {
                tracing::info!(endpoint, status = got.status, "the cloud refused");
                Some(other)
            }
        }
    }

    /// One attempt, with the redirects that stay with the host.
    async fn attempt(&self, call: &Call) -> Result<RawResponse, RestError> {
        let fail = |trouble| call.error(None, trouble);
        let base = self.base(call.host)?;
        let client = self.client().await.map_err(fail)?;
        let mut url = Url::parse(&format!("{base}{}", call.path))
            .map_err(|e| fail(RestErrorKind::Setup(format!("the address cannot be made: {e}; check api_url"))))?;
        let home = url.clone();
        let headers = self.headers(call).map_err(fail)?;
        for hop in 0.. {
            let mut request =
                client.request(call.method.clone(), url.clone()).headers(headers.clone()).timeout(self.pace.timeout);
            if let Some(body) = &call.body {
                request = request.body(body.clone());
            }
            let response = request.send().await.map_err(|e| fail(trouble(e)))?;
            let status = response.status();
            if status == reqwest::StatusCode::NOT_MODIFIED
                && let Some(body) = self.state().cache.confirm(&call.path, self.clock.since())
            {
                return Ok(RawResponse::kept(body));
            }
            if !status.is_redirection() {
                return read(response, LARGEST).await.map_err(|trouble| call.error(Some(status.as_u16()), trouble));
            }
            let fail = |trouble| call.error(Some(status.as_u16()), trouble);
            let to = target(&response, &url).ok_or_else(|| fail(RestErrorKind::Status))?;
            if !web::same_origin(&to, &home) {
                let host = crate::protocol::wire::clean(to.host_str().unwrap_or("nowhere"));
                return Err(fail(RestErrorKind::Redirect { host }));
            }
            if call.method != Method::GET || hop >= REDIRECTS {
                return Err(fail(RestErrorKind::Status));
            }
            url = to;
        }
        Err(fail(RestErrorKind::Status))
    }

    fn headers(&self, call: &Call) -> Result<HeaderMap, RestErrorKind> {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let state = self.state();
        if call.purpose == Purpose::Data {
            let token = call.token.as_ref().or(state.token.as_ref()).ok_or(RestErrorKind::NoToken)?;
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                .map_err(|_| RestErrorKind::BadToken)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if call.may_be_kept()
            && let Some(etag) = state.cache.etag(&call.path)
            && let Ok(value) = HeaderValue::from_str(etag)
        {
            headers.insert(IF_NONE_MATCH, value);
        }
        headers.extend(call.headers.iter().cloned());
        Ok(headers)
    }
}

/// Where a redirect leads.
fn target(response: &Response, from: &Url) -> Option<Url> {
    from.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()
}

/// The whole body, if it is not larger than `largest`.
pub(super) async fn read(mut response: Response, largest: usize) -> Result<RawResponse, RestErrorKind> {
    if response.content_length().is_some_and(|length| length > largest as u64) {
        return Err(RestErrorKind::TooBig);
    }
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(part) = response.chunk().await.map_err(trouble)? {
        if body.len() + part.len() > largest {
            return Err(RestErrorKind::TooBig);
        }
        body.extend_from_slice(&part);
    }
    Ok(RawResponse { status, headers, body: body.freeze(), fresh: true })
}
