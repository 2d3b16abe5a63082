//! Logging in: by password, by a one-time code, with an authenticator, or with a token that is pasted.

use super::{Cloud, limits::Class, send::Call};
use crate::{
    config::Secret,
    protocol::rest::{
        Hidden, RestError, RestErrorKind,
        account::{self, LoginAnswer, Next, Preference, TfaAnswer},
        envelope, region, token,
    },
};
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use serde_json::Value;

const LOGIN: &str = "/v1/user-service/user/login";
const CSRF_COOKIE: &str = "bbl_csrf_token";

/// A login that is complete. The client has the token already.
#[derive(Debug, Clone)]
pub struct Login {
    /// For every later call, and the password of the MQTT broker.
    pub token: Secret,
    /// The user's number; `u_` and it are the user name at the MQTT broker. `None` if the cloud did not tell: ask
    /// [`Cloud::preference`] later.
    pub uid: Option<String>,
    /// For how many seconds the token is good, if the cloud said so.
    pub expires_in_s: Option<i64>,
    /// When it ends in seconds since 1970, if the token itself says so.
    pub expires_at: Option<i64>,
}

impl Login {
    /// When the token ends, in seconds since 1970. `now` is the present moment in the same way.
    pub fn ends(&self, now: i64) -> Option<i64> {
        self.expires_at.or_else(|| Some(now.saturating_add(self.expires_in_s?)))
    }
}

/// What a login needs next.
#[derive(Debug, Clone)]
pub enum LoginStep {
    /// Nothing: it is complete.
    Done(Login),
    /// A one-time code: [`Cloud::send_code`], ask the person, [`Cloud::login_code`].
    NeedsCode,
    /// A code of the person's authenticator app: [`Cloud::login_tfa`].
    NeedsTfa(TfaKey),
}

/// What ties an authenticator code to its login. Good for a few minutes; a secret.
#[derive(Debug, Clone)]
pub struct TfaKey(Hidden);

impl Cloud {
    /// Logs in with a password. Mostly the cloud asks for a code next. **C**
    ///
    /// `POST /v1/user-service/user/login`. The password is sent and not kept. Errors: [`RestErrorKind::LoginRefused`],
    /// [`RestErrorKind::Captcha`], [`RestErrorKind::Cloudflare`].
    pub async fn login_password(&self, account: &str, password: &Secret) -> Result<LoginStep, RestError> {
        self.login(&account::with_password(account.trim(), password.expose_secret())).await
    }

    /// Has a one-time code sent: by e-mail, or for a phone number by SMS, which the website does. At most once a
    /// minute to the same address. Codes live for a few minutes. Errors: [`RestErrorKind::TooManyCodes`],
    /// [`RestErrorKind::LoginWrong`]. **C**
    ///
    /// `POST /v1/user-service/user/sendemail/code`, or on the website `POST /api/v1/user-service/user/sendsmscode`.
    pub async fn send_code(&self, account: &str) -> Result<(), RestError> {
        let account = account.trim();
        let call = if region::is_phone(account) {
            let path = "/api/v1/user-service/user/sendsmscode";
            Call::post(path, Class::Code, &account::send_sms(account)).website()
        } else {
            let path = "/v1/user-service/user/sendemail/code";
            Call::post(path, Class::Code, &account::send_mail(account)).login()
        };
        self.ask(call.to(account)).await.map(drop).map_err(|error| {
            let too_many = match &error.trouble {
                RestErrorKind::RateLimited { wait_s } => Some(Some(*wait_s)),
                RestErrorKind::LoginRefused(words) if is_too_often(words) => Some(None),
                _ => None,
            };
            RestError { trouble: too_many.map_or(error.trouble, RestErrorKind::TooManyCodes), ..error }
        })
    }

    /// Logs in with a one-time code; needs no password. **C**
    ///
    /// `POST /v1/user-service/user/login`. Errors: [`RestErrorKind::CodeWrong`], [`RestErrorKind::CodeExpired`], and those of
    /// [`Cloud::login_password`].
    pub async fn login_code(&self, account: &str, code: &Secret) -> Result<LoginStep, RestError> {
        let code = account::code(code.expose_secret()).ok_or(RestError::before(RestErrorKind::CodeWrong))?;
        self.login(&account::with_code(account.trim(), &code)).await
    }

    /// Completes a login with a code of the authenticator app, on the website and with its protection against forged
    /// requests. **C**
    ///
    /// `GET /api/csrf`, then `POST /api/sign-in/tfa`. Errors: [`RestErrorKind::TfaWrong`], [`RestErrorKind::TfaExpired`] (start
    /// anew), [`RestErrorKind::Cloudflare`] (paste a token).
    pub async fn login_tfa(&self, key: &TfaKey, code: &Secret) -> Result<Login, RestError> {
        let code = account::code(code.expose_secret()).ok_or(RestError::before(RestErrorKind::TfaWrong))?;
        let lacks = |path: &str, what| RestError::at(path, None, RestErrorKind::Lacks(what));
        let (_, headers) = self.page("/api/csrf").await?;
        let csrf = cookie(&headers, CSRF_COOKIE).ok_or_else(|| lacks("/api/csrf", "cookie against forged requests"))?;
        let sensitive = |text: String| {
            let mut value = HeaderValue::from_str(&text).map_err(|_| lacks("/api/csrf", "usable cookie"))?;
            value.set_sensitive(true);
            Ok::<_, RestError>(value)
        };
        let path = "/api/sign-in/tfa";
        let call = Call::post(path, Class::Login, &account::with_authenticator(key.0.expose(), &code))
            .authenticator()
            .header(COOKIE, sensitive(format!("{CSRF_COOKIE}={}", csrf.expose()))?)
            .header(HeaderName::from_static("x-bbl-csrf-token"), sensitive(csrf.expose().to_owned())?);
        let (answer, headers) = self.exchange(call).await?;
        let body = envelope::one::<TfaAnswer>(answer).unwrap_or_default();
        let token = cookie(&headers, "token").or(body.token).ok_or_else(|| lacks(path, "access token"))?;
        Ok(self.complete(&token, body.expires_in_s).await)
    }

    /// Logs in with a token that the person pasted: the value of the cookie `token` of the website. It is tried before
    /// it is used. **C**
    ///
    /// `GET /v1/design-user-service/my/preference`. Errors: [`RestErrorKind::BadToken`], [`RestErrorKind::TokenRefused`].
    pub async fn login_token(&self, pasted: &Secret) -> Result<Login, RestError> {
        let text = pasted.expose_secret().trim();
        let text = ["Bearer ", "bearer ", "token="].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
        let text = text.trim().trim_end_matches(';');
        if !token::is_plausible(text) {
            return Err(RestError::before(RestErrorKind::BadToken));
        }
        let token = Secret::new(text);
        let call = Call::get(super::calls::PREFERENCE, Class::Login).with_token(token.clone()).ignoring_bot_check();
        let preference: Preference = self.one(call).await.map_err(|error| match error.trouble {
            // It was never known to be good: it need not have ended.
            RestErrorKind::Expired | RestErrorKind::Unauthorized => {
                RestError { trouble: RestErrorKind::TokenRefused, ..error }
            }
            _ => error,
        })?;
        let claims = token::claims(text);
        self.set_token(Some(token.clone()));
        let uid = preference.uid.map(|uid| uid.to_string()).or(claims.uid);
        Ok(Login { token, uid, expires_in_s: None, expires_at: claims.expires_at })
    }

    /// Asks for a new token in place of this one. The cloud answers 401 nowadays, so a program should warn before a
    /// token ends and have the person log in again. **C**, that it is refused
    ///
    /// `POST /v1/user-service/user/refreshtoken`
    pub async fn refresh_token(&self) -> Result<Login, RestError> {
        let token = self.token().ok_or(RestError::before(RestErrorKind::NoToken))?;
        let body = serde_json::json!({"refreshToken": token.expose_secret()});
        // The token goes along by name: that it cannot be refreshed does not mean that it is not good.
        let call = Call::post("/v1/user-service/user/refreshtoken", Class::Login, &body).with_token(token);
        let answer: LoginAnswer = self.one(call).await?;
        match answer.next() {
            Next::Done(token, seconds) => Ok(self.complete(&token, seconds).await),
            _ => Err(RestError::before(RestErrorKind::Expired)),
        }
    }

    async fn login(&self, body: &Value) -> Result<LoginStep, RestError> {
        let answer: LoginAnswer = self.one(Call::post(LOGIN, Class::Login, body).login()).await?;
        let refused = |trouble| Err(RestError::at(LOGIN, None, trouble));
        match answer.next() {
            Next::Done(token, seconds) => Ok(LoginStep::Done(self.complete(&token, seconds).await)),
            Next::Code => Ok(LoginStep::NeedsCode),
            Next::Authenticator(key) => Ok(LoginStep::NeedsTfa(TfaKey(key))),
            Next::Captcha => refused(RestErrorKind::Captcha),
            Next::Other(kind) if kind.is_empty() => refused(RestErrorKind::Lacks("access token")),
            Next::Other(kind) => refused(RestErrorKind::LoginRefused(format!("it wants the unknown step {kind}"))),
        }
    }

    /// A page of the website whose headers are wanted.
    async fn page(&self, path: &str) -> Result<(Value, HeaderMap), RestError> {
        self.exchange(Call::get(path, Class::Page).website()).await
    }

    /// Uses a new token, and finds out whose it is.
    async fn complete(&self, token: &Hidden, expires_in_s: Option<i64>) -> Login {
        let claims = token::claims(token.expose());
        let token = Secret::new(token.expose());
        self.set_token(Some(token.clone()));
        let uid = match claims.uid {
            Some(uid) => Some(uid),
            // The login has succeeded; that the name is not known yet does not change it.
            None => self.preference().await.ok().and_then(|preference| preference.uid).map(|uid| uid.to_string()),
        };
        Login { token, uid, expires_in_s: expires_in_s.filter(|s| *s > 0), expires_at: claims.expires_at }
    }
}

/// Whether words of the server are about the number of requests.
fn is_too_often(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["too many", "too often", "frequent", "limit"].iter().any(|sign| words.contains(sign))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<Hidden> {
    headers.get_all(SET_COOKIE).iter().find_map(|value| account::cookie(value.to_str().ok()?, name))
}
