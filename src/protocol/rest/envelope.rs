//! Answers and their wrappings: flat objects with `message`, `code` and `error`, `{"code":0,"data":…}`, bare objects and
//! lists, lists under several names and depths, nothing at all, and pages for people.

use super::{RestErrorKind, mask};
use crate::protocol::wire::{Maybe, Read};
use serde::de::Deserialize;
use serde_json::Value;

/// Longest text of the server in an error, in characters.
const WORDS: usize = 200;
/// A bot check is not bothered again for this long, in seconds.
pub const BOT_CHECK_PAUSE_S: u64 = 600;
/// What is waited after 429 if the server names no time, in seconds.
pub const BUSY_PAUSE_S: u64 = 60;

/// An answer of the server, as far as its meaning goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Envelope<'a> {
    /// HTTP status.
    pub status: u16,
    /// `content-type` says HTML.
    pub html: bool,
    /// There is a `cf-mitigated` header: the bot check has acted.
    pub mitigated: bool,
    /// There is a `cf-ray` header: it came through Cloudflare, or from it.
    pub cf_ray: bool,
    /// Seconds of `retry-after`.
    pub retry_after: Option<u64>,
    /// The whole body.
    pub body: &'a [u8],
}

/// What a call is for: refusals of a login mean something else than those of other calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// With a token.
    #[default]
    Data,
    /// Without a token, to get one.
    Login,
    /// The authenticator's part of a login, on the website.
    Tfa,
}

/// What the server said was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Fault {
    code: Option<i64>,
    text: String,
    captcha: bool,
}

/// The payload of an answer, or what is wrong with it. An empty body of a good status is [`Value::Null`].
pub fn open(answer: &Envelope<'_>, purpose: Purpose) -> Result<Value, RestErrorKind> {
    let Envelope { status, body, .. } = *answer;
    let page = answer.html || is_page(body);
    if answer.mitigated
        || page && (status == 403 || is_challenge(body))
        || status == 418
        || status == 503 && answer.cf_ray
    {
        return Err(RestErrorKind::Cloudflare { wait_s: answer.retry_after.unwrap_or(0).max(BOT_CHECK_PAUSE_S) });
    }
    let parsed = parse(body);
    let fault = parsed.as_ref().map(fault).unwrap_or_default();
    match status {
        200..=299 => {
            if page && parsed.is_err() {
                return Err(RestErrorKind::Html);
            }
            let value = parsed?;
            match fault {
                Some(fault) => Err(meaning(status, fault, purpose)),
                None => Ok(unwrap(value)),
            }
        }
        429 => Err(RestErrorKind::RateLimited { wait_s: answer.retry_after.unwrap_or(BUSY_PAUSE_S) }),
        300..=399 => Err(RestErrorKind::Status),
        400 if fault.is_none() && purpose == Purpose::Tfa => Err(RestErrorKind::TfaWrong),
        400 | 401 if fault.is_none() && purpose == Purpose::Login => Err(RestErrorKind::LoginWrong),
        400 if body.iter().all(u8::is_ascii_whitespace) => Err(RestErrorKind::NotOffered),
        404 if fault.is_none() => Err(RestErrorKind::NotFound),
        405 => Err(RestErrorKind::Method),
        500..=599 => {
            Err(answer.retry_after.map_or(RestErrorKind::Server, |wait_s| RestErrorKind::RateLimited { wait_s }))
        }
        _ => Err(meaning(status, fault.unwrap_or_default(), purpose)),
    }
}

/// Reads one object. [`Value::Null`] and other things than objects are no such thing.
pub(crate) fn one<T: Read>(value: Value) -> Result<T, RestErrorKind> {
    if value.is_null() {
        return Err(RestErrorKind::Empty);
    }
    maybe(value).ok_or(RestErrorKind::NotJson)
}

/// Reads a list, wherever it stands; elements that cannot be read are left out. `what` names it for the error.
pub(crate) fn list<T: Read>(value: Value, names: &[&str], what: &'static str) -> Result<Vec<T>, RestErrorKind> {
    if value.is_null() {
        return Err(RestErrorKind::Empty);
    }
    let list = elements(value, names).ok_or(RestErrorKind::Lacks(what))?;
    Ok(list.into_iter().filter_map(maybe).collect())
}

/// How many there are beyond this page: `total`, as a number or as `{"value": n}`, also within `hits`.
pub(crate) fn total(value: &Value) -> Option<i64> {
    let total = value.get("total").or_else(|| value.get("hits")?.get("total"))?;
    number(Some(total)).or_else(|| number(total.get("value")))
}

fn maybe<T: Read>(value: Value) -> Option<T> {
    Maybe::deserialize(value).ok()?.0
}

fn parse(body: &[u8]) -> Result<Value, RestErrorKind> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|e| if e.is_eof() { RestErrorKind::Truncated } else { RestErrorKind::NotJson })
}

fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

fn is_challenge(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(64 * 1024)]);
    text.contains("Just a moment") || text.contains("challenges.cloudflare.com")
}

fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(n) => n.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Words in `value`: text, or an object or list with text in it.
fn text(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        Value::Object(map) => ["message", "msg", "error", "detail"].iter().find_map(|key| text(map.get(*key))),
        Value::Array(list) => list.iter().find_map(|item| text(Some(item))),
        _ => None,
    }
}

/// What is wrong by the answer's own words; `None` if it claims to be good.
fn fault(value: &Value) -> Option<Fault> {
    let map = value.as_object()?;
    let code = number(map.get("code")).filter(|code| !matches!(code, 0 | 200));
    let error = text(map.get("error"));
    let detail = if map.len() == 1 { text(map.get("detail")) } else { None };
    let captcha = text(map.get("captchaId")).is_some();
    if code.is_none() && error.is_none() && detail.is_none() && !captcha {
        return None;
    }
    let message = text(map.get("message")).filter(|text| !text.eq_ignore_ascii_case("success"));
    let words = error.or(message).or(detail).or_else(|| text(map.get("detail"))).unwrap_or_default();
    let text = mask::words(&words.chars().take(WORDS).collect::<String>());
    Some(Fault { code, text, captcha })
}

/// `{"code":0,"data":…}` gives the data. Other objects may have a `data` of their own, beside other things.
fn unwrap(mut value: Value) -> Value {
    const WRAPPING: &[&str] = &["data", "code", "message", "msg", "error", "success", "detail", "captchaId"];
    let wrapped = value
        .as_object()
        .is_some_and(|map| map.contains_key("data") && map.keys().all(|key| WRAPPING.contains(&key.as_str())));
    if wrapped && let Some(data) = value.get_mut("data") {
        return data.take();
    }
    value
}

fn meaning(status: u16, fault: Fault, purpose: Purpose) -> RestErrorKind {
    let Fault { code, text, captcha } = fault;
    let small = text.to_ascii_lowercase();
    if captcha {
        return RestErrorKind::Captcha;
    }
    if purpose == Purpose::Login {
        return match code {
            Some(1) => RestErrorKind::CodeExpired,
            Some(2) if !small.contains("password") => RestErrorKind::CodeWrong,
            _ => RestErrorKind::LoginRefused(text),
        };
    }
    if purpose == Purpose::Tfa {
        return match code {
            _ if small.contains("csrf") => RestErrorKind::LoginRefused(text),
            _ if small.contains("expired") => RestErrorKind::TfaExpired,
            Some(2) => RestErrorKind::TfaWrong,
            _ if small.contains("code") => RestErrorKind::TfaWrong,
            _ => RestErrorKind::LoginRefused(text),
        };
    }
    match (status, code) {
        (401 | 200..=299, Some(4)) => RestErrorKind::Expired,
        (401, _) if small.contains("please login") => RestErrorKind::Expired,
        (401, _) => RestErrorKind::Unauthorized,
        (403, _) | (_, Some(8)) => RestErrorKind::Forbidden(text),
        (404, _) => RestErrorKind::NotFound,
        _ => RestErrorKind::Refused { code, text },
    }
}

/// The elements of a list, which stands bare, under one of several names, or under `hits` within such an object.
/// `None` if there is no list anywhere; a name with `null` is an empty one.
fn elements(value: Value, names: &[&str]) -> Option<Vec<Value>> {
    match value {
        Value::Array(list) => Some(list),
        Value::Object(mut map) => {
            let found = names.iter().chain(&["hits"]).find_map(|name| map.remove(*name))?;
            if found.is_null() { Some(Vec::new()) } else { elements(found, names) }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
