//! Looking at an answer as it is, for diagnosis.

use super::{Cloud, limits::Class, send::Call};
use crate::protocol::rest::{RestError, RestErrorKind, mask};
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

/// Whether a path may be asked for. What is judged is what goes out: a path of plain parts reads the same for every
/// parser on its way, so nothing in it can be resolved, decoded or folded into another host or another call.
fn judge(path: &str) -> Result<(), RestErrorKind> {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let is_plain = |part: &str| {
        !part.is_empty()
            && !matches!(part, "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:,".contains(&b))
    };
    let rest = place.strip_prefix("/v1/").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    let sound = rest.is_some_and(|rest| rest.split('/').all(is_plain))
        && query.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\');
    if !sound {
        let what = "the path is no path of the API; write it as /v1/service/…".to_owned();
        return Err(RestErrorKind::Setup(what));
    }
    // Keys for signing are the vendor's own.
    if place.split('/').any(|part| part.eq_ignore_ascii_case("applications")) {
        return Err(RestErrorKind::NotOffered);
    }
    Ok(())
}

impl Cloud {
    /// `GET` of any path of the API (`/v1/…`, with its query), for diagnosis. Access codes, tokens, passwords and keys
    /// are masked in the answer, accounts mostly, and addresses lose their signatures. Not kept, not repeated.
    pub async fn raw_get(&self, path: &str) -> Result<RawAnswer, RestError> {
        let path = path.trim();
        judge(path).map_err(RestError::before)?;
        let got = self.send_raw(Call::get(path, Class::Raw)).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::Url;

    #[test]
    fn nothing_but_a_plain_path_goes_out() {
        for path in [
            "/v1/iot-service/api/user/bind",
            "/v1/user-service/my/tasks?limit=20&after=a%20b&who=x@y",
            "/v1/design-user-service/my/preference/",
            "/v1/iot-service/api/slicer/resource?slicer/plugins/cloud=02.00.00.00",
        ] {
            assert_eq!(judge(path), Ok(()), "{path}");
        }
        for path in [
            "",
            "/",
            "v1/x",
            "/v1",
            "/v1/",
            "/v2/x",
            "//evil.example/v1/x",
            "/v1//x",
            "/v1/x//y",
            "/v1/./x",
            "/v1/../x",
            "/v1/x/..",
            "/v1/%2e%2e/x",
            "/v1/%2E./x",
            "/v1/x%2fy",
            "/v1/%61pplications/x",
            "/v1/x\\y",
            "/v1/x?y\\z",
            "/v1/x#y",
            "/v1/x?y#z",
            "/v1/@evil.example/x",
            "/v1/x;y=1/z",
            "@evil.example/v1/x",
            ".evil.example/v1/x",
            ":80/v1/x",
            "/v1/x y",
            "/v1/x\ty",
            "/v1/x\r\nHost: evil",
            "/v1/ü",
            "https://evil.example/v1/x",
            "/v1/x/\u{2025}/y",
        ] {
            assert!(matches!(judge(path), Err(RestErrorKind::Setup(_))), "{path:?}");
        }
        for path in ["/v1/iot-service/api/user/applications/x/cert", "/v1/x/Applications/y", "/v1/x/applications?y"] {
            assert_eq!(judge(path), Err(RestErrorKind::NotOffered), "{path}");
        }
    }

    proptest! {
        /// What is let through is what a parser makes of it: the same host, the same path.
        #[test]
        fn what_goes_out_is_what_was_judged(
            path in prop_oneof![
                "/v1/[ -~]{0,24}",
                "[/v1.%2eEfF\\\\@:?#;applications]{1,32}".prop_map(|rest| format!("/v1/{rest}")),
                ".{0,24}",
            ],
        ) {
            if judge(&path).is_ok() {
                let url = Url::parse(&format!("https://api.example.org{path}")).expect("an address");
                let place = path.split('?').next().unwrap_or_default();
                prop_assert_eq!((url.host_str(), url.path()), (Some("api.example.org"), place));
                prop_assert!(url.username().is_empty() && url.fragment().is_none() && url.port().is_none());
                prop_assert!(!url.path().to_ascii_lowercase().contains("/applications/"), "{}", path);
            }
        }
    }
}
