//! What can go wrong with the cloud, each in one sentence that names the cure.

use super::Region;
use std::fmt;

/// A call that did not give what it was made for. Shows neither tokens nor signed addresses: the endpoint is a path, and
/// text of the server has been masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestError {
    /// Path of the call, without its query. Empty if none was made.
    pub endpoint: String,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub trouble: RestErrorKind,
    /// The setting of the configuration that it may come from.
    pub setting: Option<&'static str>,
    /// The region whose cloud was asked, if one was.
    pub region: Option<Region>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestErrorKind {
    /// There is no token to send.
    NoToken,
    /// The cloud said that the token is not good any more, or kept refusing it.
    Expired,
    /// 401 without the words that make it certain: often passes. The client asks again before it believes it.
    Unauthorized,
    /// What was pasted as a token cannot be one.
    BadToken,
    /// A token that somebody has pasted is not taken.
    TokenRefused,
    /// Account or password are wrong, or the account is locked; what the server said.
    LoginRefused(String),
    /// A part of a login was refused without a word: account, password or code are wrong.
    LoginWrong,
    /// More one-time codes were asked for than the server sends. Seconds until the next one, where that is known.
    TooManyCodes(Option<u64>),
    /// The one-time code was right once.
    CodeExpired,
    /// The one-time code is wrong.
    CodeWrong,
    /// The code of the authenticator is wrong.
    TfaWrong,
    /// The login that an authenticator code belongs to has grown too old.
    TfaExpired,
    /// The server wants a picture puzzle solved.
    Captcha,
    /// `code` 8: not for this account or client.
    Forbidden(String),
    /// 400 without a word: a kind of request that is kept for the vendor's own programs.
    NotOffered,
    /// The bot check in front of the server. Nothing is asked for so many seconds.
    Cloudflare {
        /// Seconds until the client asks again.
        wait_s: u64,
    },
    /// 429, or another status with a time to wait, or still within that time.
    RateLimited {
        /// Seconds until the client asks again.
        wait_s: u64,
    },
    /// The client's own limit for this kind of call: nothing was sent.
    Budget {
        /// Seconds until the next call is allowed.
        wait_s: u64,
    },
    /// 404: there is no such thing or no such endpoint.
    NotFound,
    /// 405: the endpoint knows no such method.
    Method,
    /// An error of the application, in an answer of any status.
    Refused {
        /// The server's number for it.
        code: Option<i64>,
        /// The server's words, which may be none.
        text: String,
    },
    /// 5xx.
    Server,
    /// A page for people where data was due.
    Html,
    /// The data ends in the middle.
    Truncated,
    /// The data is not JSON.
    NotJson,
    /// Nothing where data was due.
    Empty,
    /// More than the client is willing to read.
    TooBig,
    /// Good JSON that lacks what it was asked for.
    Lacks(&'static str),
    /// A redirect to another host, which is never followed: the token is not for it.
    Redirect {
        /// Where it led.
        host: String,
    },
    /// Another status than those above, or a redirect that cannot be followed.
    Status,
    /// No answer, or no whole answer, in time.
    Timeout,
    /// No connection, or one that was lost; how.
    Network(String),
    /// The certificate of the server is not good for its name; why.
    Certificate(String),
    /// No list of authorities on this machine; why.
    NoAuthorities(String),
    /// The client cannot be made as it is configured; why.
    Setup(String),
    /// The storage refused a file or its signed address has expired; what it said.
    Storage(String),
}

impl RestError {
    /// A problem before anything was sent.
    pub fn before(trouble: RestErrorKind) -> Self {
        Self::at("", None, trouble)
    }

    /// A problem with a call, by its path and the status of its answer.
    pub fn at(endpoint: impl Into<String>, status: Option<u16>, trouble: RestErrorKind) -> Self {
        Self { endpoint: endpoint.into(), status, trouble, setting: None, region: None }
    }

    /// The sentence for a person who asked for no endpoint: without its path.
    pub fn in_words(&self) -> String {
        Self { endpoint: String::new(), ..self.clone() }.to_string()
    }

    /// Whether only a new login helps.
    pub fn needs_login(&self) -> bool {
        use RestErrorKind::{BadToken, Expired, NoToken, Refused, TokenRefused, Unauthorized};
        matches!(
            self.trouble,
            NoToken | Expired | Unauthorized | BadToken | TokenRefused | Refused { code: Some(1001 | 1002), .. }
        )
    }

    /// Seconds until it makes sense to ask again, where that is known.
    pub fn wait_s(&self) -> Option<u64> {
        match self.trouble {
            RestErrorKind::Cloudflare { wait_s }
            | RestErrorKind::RateLimited { wait_s }
            | RestErrorKind::Budget { wait_s } => Some(wait_s),
            RestErrorKind::TooManyCodes(wait_s) => wait_s,
            _ => None,
        }
    }

    /// Whether it may pass by itself, so that old data may be shown on with its age.
    pub fn is_transient(&self) -> bool {
        use RestErrorKind::{Network, Server, Timeout, Truncated};
        self.wait_s().is_some() || matches!(self.trouble, Network(_) | Server | Timeout | Truncated)
    }

    /// Whether a feature should be hidden, since this account or client will never be given it.
    pub fn is_permanent(&self) -> bool {
        matches!(self.trouble, RestErrorKind::Forbidden(_) | RestErrorKind::NotOffered | RestErrorKind::Method)
    }
}

impl std::error::Error for RestError {}

/// `, said: …`, or nothing.
fn said(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" (it said: {text})") }
}

/// A time to wait in words.
fn wait(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=119 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    }
}

/// Numbers that other clients have written down, without a proof that the server sends them.
fn known(code: Option<i64>) -> Option<(&'static str, &'static str)> {
    Some(match code? {
        1001 => ("the access token is not valid", "log in again"),
        1002 => ("the access token has expired", "log in again"),
        1003 => ("there is no such device in the account", "check the serial number"),
        1004 => ("the device is offline", "check that it is on and connected to the cloud"),
        1005 => ("the print job failed", "look at the printer"),
        1006 => ("the upload failed", "try again"),
        _ => return None,
    })
}

impl fmt::Display for RestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.endpoint.is_empty() { String::new() } else { format!(" to {}", self.endpoint) };
        let status = self.status.map_or_else(String::new, |status| format!(" (status {status})"));
        let there = self.region.map_or_else(String::new, |region| format!(" of the region {}", region.name()));
        match &self.trouble {
            RestErrorKind::NoToken => write!(f, "not logged in to the Bambu cloud; log in first"),
            RestErrorKind::Expired | RestErrorKind::Unauthorized => match self.setting {
                Some(setting) => write!(
                    f,
                    "the Bambu cloud{there} does not accept the token of {setting}: it may be of the other region, cut \
                     short, or ended; set the region of its account, have {setting} give a new one, or take it out of the \
                     configuration and log in"
                ),
                None => write!(
                    f,
                    "the Bambu cloud{there} does not accept the access token: it may be of the other region, cut short, or \
                     ended; log in again, with the region of the account"
                ),
            },
            RestErrorKind::TokenRefused => write!(
                f,
                "the cloud{there} does not take this token; it may be of the other region, cut short, or ended: choose the \
                 region of its website, or copy it again"
            ),
            RestErrorKind::BadToken => write!(
                f,
                "that is no access token; paste the value of the cookie named token, of the website where you are logged in"
            ),
            RestErrorKind::LoginRefused(text) if text.to_ascii_lowercase().contains("locked") => {
                write!(f, "the account is locked{}; unlock it on the website or in the official app", said(text))
            }
            RestErrorKind::LoginRefused(text) => {
                write!(f, "the login was refused{}; check account, password and region", said(text))
            }
            RestErrorKind::LoginWrong => write!(
                f,
                "the cloud{there} does not take this sign-in: account, password or code is wrong; check them, and the region"
            ),
            RestErrorKind::TooManyCodes(Some(wait_s)) => {
                write!(f, "too many codes were asked for; wait {} before the next one", wait(*wait_s))
            }
            RestErrorKind::TooManyCodes(None) => {
                write!(f, "too many codes were asked for; wait some minutes before the next one")
            }
            RestErrorKind::CodeExpired => write!(f, "the one-time code has expired; have a new one sent"),
            RestErrorKind::CodeWrong => write!(f, "the one-time code is wrong; type it again, or have a new one sent"),
            RestErrorKind::TfaWrong => write!(f, "the authenticator's code is wrong; type what the app shows now"),
            RestErrorKind::TfaExpired => write!(f, "the login took too long; start it again"),
            RestErrorKind::Captcha => write!(
                f,
                "the server wants a picture puzzle solved, which only a browser can show; log in on the website, then paste \
                 the token from there"
            ),
            RestErrorKind::Forbidden(text) => write!(
                f,
                "the answer{at} is not given to this account or to programs other than Bambu Lab's{}; use the official \
                 app for it",
                said(text)
            ),
            RestErrorKind::NotOffered => write!(
                f,
                "the cloud does not take the request{at} from programs other than Bambu Lab's; use the official app"
            ),
            RestErrorKind::Cloudflare { wait_s } => write!(
                f,
                "the cloud's bot check stopped the request{at}; wait {} before the next one; if it stays, log in by pasting \
                 a token from the browser",
                wait(*wait_s)
            ),
            RestErrorKind::RateLimited { wait_s } => {
                write!(f, "the cloud asks to be left alone; wait {} before the next request", wait(*wait_s))
            }
            RestErrorKind::Budget { wait_s } => write!(
                f,
                "so as not to annoy the cloud the request{at} is not sent yet; try again in {}",
                wait(*wait_s)
            ),
            RestErrorKind::NotFound => {
                write!(f, "the cloud knows nothing under the request{at}; it may have been removed")?;
                self.setting.map_or(Ok(()), |setting| write!(f, ", or {setting} leads to something else"))
            }
            RestErrorKind::Method => write!(f, "the cloud does not offer the request{at}; use the official app for it"),
            RestErrorKind::Refused { code, text } => {
                let number = code.map_or_else(String::new, |code| format!(" with code {code}"));
                match known(*code) {
                    Some((what, cure)) => {
                        write!(f, "the cloud refused the request{at}{number}: {what}{}; {cure}", said(text))
                    }
                    None => {
                        write!(f, "the cloud refused the request{at}{status}{number}{}; try again later", said(text))
                    }
                }
            }
            RestErrorKind::Server => write!(f, "the cloud has a problem of its own{status}; try again later"),
            RestErrorKind::Html => write!(
                f,
                "the answer{at} is a web page instead of data{status}; check api_url, and whether a network portal wants a \
                 login"
            ),
            RestErrorKind::Truncated => write!(f, "the answer{at} ends in the middle; try again"),
            RestErrorKind::NotJson => {
                write!(f, "the answer{at} is not JSON{status}; check api_url, or try again later")
            }
            RestErrorKind::Empty => write!(f, "the answer{at} is empty{status}; try again later"),
            RestErrorKind::TooBig => {
                write!(f, "the answer{at} is larger than is sensible and was not read; report this")
            }
            RestErrorKind::Lacks(what) => {
                write!(f, "the answer{at} has no {what}; the cloud may have changed: look for a newer version")
            }
            RestErrorKind::Redirect { host } => write!(
                f,
                "the cloud sends the request{at} on to {host}, which is not followed; check api_url and web_url"
            ),
            RestErrorKind::Status => {
                write!(f, "the cloud answered the request{at} in an unknown way{status}; try again later")
            }
            RestErrorKind::Timeout => write!(f, "the cloud did not answer in time; check the network, then try again"),
            RestErrorKind::Network(why) => {
                let there = self.setting.unwrap_or("the region");
                write!(f, "the cloud cannot be reached: {why}; check the network and {there}")
            }
            RestErrorKind::Certificate(why) => write!(
                f,
                "the server does not prove to be the cloud: {why}; if a proxy of your own stands between, name its \
                 authority with ca_file"
            ),
            RestErrorKind::NoAuthorities(why) => {
                write!(f, "no TLS: {why}; install the package ca-certificates, or name a file with ca_file")
            }
            RestErrorKind::Setup(why) => write!(f, "{why}"),
            RestErrorKind::Storage(why) => write!(
                f,
                "the file storage refused{status}{}; signed addresses live for minutes only: ask for a new one",
                said(why)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(trouble: RestErrorKind) -> RestError {
        RestError::at("/v1/x", Some(400), trouble)
    }

    #[test]
    fn every_sentence_names_a_cure() {
        let text = || "words".to_owned();
        let all = [
            RestErrorKind::NoToken,
            RestErrorKind::Expired,
            RestErrorKind::Unauthorized,
            RestErrorKind::BadToken,
            RestErrorKind::TokenRefused,
            RestErrorKind::LoginWrong,
            RestErrorKind::TooManyCodes(Some(120)),
            RestErrorKind::TooManyCodes(None),
            RestErrorKind::LoginRefused(text()),
            RestErrorKind::LoginRefused("Account locked".to_owned()),
            RestErrorKind::CodeExpired,
            RestErrorKind::CodeWrong,
            RestErrorKind::TfaWrong,
            RestErrorKind::TfaExpired,
            RestErrorKind::Captcha,
            RestErrorKind::Forbidden(text()),
            RestErrorKind::NotOffered,
            RestErrorKind::Cloudflare { wait_s: 600 },
            RestErrorKind::RateLimited { wait_s: 60 },
            RestErrorKind::Budget { wait_s: 1 },
            RestErrorKind::NotFound,
            RestErrorKind::Method,
            RestErrorKind::Refused { code: Some(1003), text: String::new() },
            RestErrorKind::Refused { code: None, text: text() },
            RestErrorKind::Server,
            RestErrorKind::Html,
            RestErrorKind::Truncated,
            RestErrorKind::NotJson,
            RestErrorKind::Empty,
            RestErrorKind::TooBig,
            RestErrorKind::Lacks("list"),
            RestErrorKind::Redirect { host: "h".into() },
            RestErrorKind::Status,
            RestErrorKind::Timeout,
            RestErrorKind::Network(text()),
            RestErrorKind::Certificate(text()),
            RestErrorKind::NoAuthorities(text()),
            RestErrorKind::Storage(text()),
        ];
        for trouble in all {
            let sentence = error(trouble).to_string();
            assert!(sentence.contains("; "), "no cure: {sentence}");
            assert!(!sentence.contains("  ") && !sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn what_helps_can_be_asked() {
        assert!(error(RestErrorKind::Expired).needs_login());
        assert!(error(RestErrorKind::Refused { code: Some(1002), text: String::new() }).needs_login());
        assert!(!error(RestErrorKind::Refused { code: Some(1003), text: String::new() }).needs_login());
        assert_eq!(error(RestErrorKind::Cloudflare { wait_s: 600 }).wait_s(), Some(600));
        assert!(error(RestErrorKind::Server).is_transient() && !error(RestErrorKind::Html).is_transient());
        assert!(error(RestErrorKind::Forbidden(String::new())).is_permanent());
        assert!(!error(RestErrorKind::Html).in_words().contains("/v1"));
        let sentence = error(RestErrorKind::Refused { code: Some(1004), text: String::new() }).to_string();
        assert_eq!(
            sentence,
            "the cloud refused the request to /v1/x with code 1004: the device is offline; check that it is on and \
             connected to the cloud"
        );
    }
}
