//! The one HTTP client, made when it is needed for the first time: whoever stays in the LAN needs no list of authorities.

use super::Inner;
use crate::{
    net::{
        tls::ca::{certificate, nobody},
        web::{user_agent, words},
    },
    protocol::{rest::RestErrorKind, wire::clean},
};
use reqwest::{Client, ClientBuilder, redirect::Policy};
use std::{error::Error, time::Duration};

impl Inner {
    /// The client, or why there is none.
    pub(super) async fn client(&self) -> Result<&Client, RestErrorKind> {
        self.client
            .get_or_try_init(|| async {
                let secure = [&self.api, &self.web].into_iter().flatten().any(|base| base.starts_with("https"));
                // Plain HTTP is for this machine alone; it needs neither authorities nor a proxy.
                let builder = self.builder();
                let builder = if secure {
                    builder.tls_backend_preconfigured(self.trust.config().await?)
                } else {
                    builder.no_proxy().tls_backend_preconfigured(nobody()?)
                };
                builder.build().map_err(|e| RestErrorKind::Setup(words(e)))
            })
            .await
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder()
            .user_agent(user_agent())
            .connect_timeout(self.pace.timeout.min(Duration::from_secs(10)))
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(2)
            .referer(false)
            // Redirects are looked at one by one: the token must not go elsewhere.
            .redirect(Policy::none())
    }
}

/// What an error of the library means.
pub(super) fn trouble(error: reqwest::Error) -> RestErrorKind {
    if error.is_timeout() {
        return RestErrorKind::Timeout;
    }
    let mut source: Option<&dyn Error> = Some(&error);
    while let Some(inner) = source {
        if let Some(tls) = tls(inner) {
            return tls;
        }
        source = inner.source();
    }
    if error.is_body() || error.is_decode() {
        return RestErrorKind::Truncated;
    }
    let broken = !error.is_connect() && error.is_request();
    let why = words(error);
    RestErrorKind::Network(if broken && why.is_empty() { "the connection was lost".to_owned() } else { why })
}

/// TLS errors travel inside I/O errors, whose `source` skips them; there may be several around each other.
fn tls(error: &(dyn Error + 'static)) -> Option<RestErrorKind> {
    if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        return tls(inner);
    }
    let found = error.downcast_ref::<rustls::Error>()?;
    Some(match found {
        rustls::Error::InvalidCertificate(why) => RestErrorKind::Certificate(certificate(why, "api_url and web_url")),
        other => RestErrorKind::Network(clean(&format!("no TLS connection: {other}"))),
    })
}
