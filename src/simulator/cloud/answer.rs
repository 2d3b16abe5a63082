//! What the web servers are asked, and what they answer.

use bytes::Bytes;
use hyper::header::{AUTHORIZATION, COOKIE};
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};

/// Which of the web servers is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// `api.bambulab.com`.
    Api,
    /// `bambulab.com`.
    Web,
    /// Where pictures and files lie, behind links that are their own permission.
    Storage,
}

/// A request.
#[derive(Debug)]
pub(super) struct ApiRequest {
    pub(super) site: Site,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl ApiRequest {
    /// A parameter of the query; one without characters counts as absent.
    pub(super) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub(super) fn header(&self, name: impl hyper::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null if it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A text of the body's object.
    pub(super) fn text(&self, key: &str) -> String {
        self.json().get(key).and_then(Value::as_str).unwrap_or("").to_owned()
    }

    pub(super) fn bearer(&self) -> Option<&str> {
        self.header(AUTHORIZATION)?.strip_prefix("Bearer ")
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.header(COOKIE)?.split(';').filter_map(|pair| pair.trim().split_once('='));
        cookies.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The parts of the path.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').collect()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct ApiResponse {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

impl ApiResponse {
    fn new(status: u16, kind: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status, kind, headers: Vec::new(), body: body.into() }
    }

    /// JSON without an envelope.
    pub(super) fn bare(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An object with the envelope's fields among its own.
    pub(super) fn flat(mut body: Value) -> Self {
        body["message"] = "success".into();
        body["code"] = Value::Null;
        body["error"] = Value::Null;
        Self::bare(200, &body)
    }

    /// A refusal in words.
    pub(super) fn refusal(status: u16, code: i64, error: &str) -> Self {
        Self::bare(status, &json!({"message": error, "code": code, "error": error}))
    }

    /// The one answer that says for certain that the token is no good.
    pub(super) fn please_login() -> Self {
        Self::bare(401, &json!({"code": 4, "error": "Please login.", "message": ""}))
    }

    /// Code 8: not for this account or client.
    pub(super) fn forbidden() -> Self {
        Self::refusal(403, 8, "Resource forbidden")
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "text/plain", "404 page not found")
    }

    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, "text/plain", "")
    }

    pub(super) fn html(status: u16, page: &'static str) -> Self {
        Self::new(status, "text/html; charset=UTF-8", page)
    }

    pub(super) fn xml(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        Self::new(status, "application/xml", body)
    }

    pub(super) fn bytes(kind: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(200, kind, body)
    }

    /// The same with another header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
