//! Looking at an answer as it is, for diagnosis.

use super::{Cloud, limits::Class, send::Call};
use crate::protocol::rest::{RestError, Trouble, mask};
use serde_json::Value;

/// An answer as it came, except that secrets are masked.
#[derive(Debug, Clone, PartialEq)]
pub struct RawAnswer {
    /// HTTP status.
    pub status: u16,
    /// The body: JSON, or the beginning of what else came as text; `null` if nothing came.
    pub body: Value,
}

/// So many characters of a body that is not JSON.
const TEXT: usize = 400;

impl Cloud {
    /// `GET` of any path of the API (`/v1/…`, with its query), for diagnosis. Access codes, tokens, passwords and keys
    /// are masked in the answer, accounts mostly, and addresses lose their signatures. Not kept, not repeated.
    pub async fn raw_get(&self, path: &str) -> Result<RawAnswer, RestError> {
        let path = path.trim();
        let sound = path.starts_with("/v1/")
            && path.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\')
            && !path.split(['?', '/']).any(|part| part == "..");
        if !sound {
            let what = "the path is no path of the API; write it as /v1/service/…".to_owned();
            return Err(RestError::before(Trouble::Setup(what)));
        }
        // Keys for signing are the vendor's own.
        if path.contains("/applications/") {
            return Err(RestError::before(Trouble::NotOffered));
        }
        let got = self.whatever(Call::get(path, Class::Raw)).await?;
        let body = if got.body.trim_ascii().is_empty() {
            Value::Null
        } else {
            match serde_json::from_slice(&got.body) {
                Ok(json) => mask::value(&json),
                Err(_) => {
                    let text: String = String::from_utf8_lossy(&got.body).chars().take(TEXT).collect();
                    Value::String(mask::text(&text))
                }
            }
        };
        Ok(RawAnswer { status: got.status, body })
    }
}
