//! What an access token says about itself. Nothing is verified: the server does that.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

/// The longest token that is looked into.
const LONGEST: usize = 16 * 1024;

/// What could be read from a token; an opaque one says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// The user's number, without the `u_` before it.
    pub uid: Option<String>,
    /// When it ends, in seconds since 1970.
    pub expires_at: Option<i64>,
}

/// Reads the claims of a token that is a JWT.
pub fn claims(token: &str) -> Claims {
    payload(token).map(|payload| from(&payload)).unwrap_or_default()
}

fn payload(token: &str) -> Option<Value> {
    if token.len() > LONGEST {
        return None;
    }
    let mut parts = token.trim().split('.');
    let (_, body, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&FORM.decode(body).ok()?).ok()
}

fn from(payload: &Value) -> Claims {
    let uid = ["username", "preferred_username"].into_iter().find_map(|key| uid(payload.get(key)?.as_str()?));
    let expires_at = match payload.get("exp") {
        Some(Value::Number(n)) => n.as_i64().or_else(|| n.as_f64().map(|n| n as i64)),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    Claims { uid, expires_at: expires_at.filter(|at| *at > 0) }
}

/// The number in `u_12345`.
pub fn uid(name: &str) -> Option<String> {
    let digits = name.trim();
    let digits = digits.strip_prefix("u_").unwrap_or(digits);
    let sound = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| digits.to_owned())
}

/// The user name at the cloud's MQTT broker; the password is the whole token.
pub fn mqtt_user(uid: &str) -> String {
    format!("u_{uid}")
}

/// Whether text can be an access token at all: one word of plain characters. It goes into a header.
pub fn is_plausible(text: &str) -> bool {
    (16..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"',;\\".contains(&b))
}

/// The alphabet for addresses, with or without padding.
const FORM: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `{"alg":"RS256"}.{claims}.x`
    fn jwt(payload: &str) -> String {
        let text = FORM.encode(payload);
        format!("eyJhbGciOiJSUzI1NiJ9.{text}.c2ln")
    }

    #[test]
    fn a_jwt_names_its_user_and_its_end() {
        let claims = claims(&jwt(r#"{"username":"u_1234567","exp":1780000000,"x":"ü?>"}"#));
        assert_eq!(claims, Claims { uid: Some("1234567".into()), expires_at: Some(1_780_000_000) });
        let older = super::claims(&jwt(r#"{"username":"somebody","preferred_username":"u_7","exp":"1780000000"}"#));
        assert_eq!(older, Claims { uid: Some("7".into()), expires_at: Some(1_780_000_000) });
    }

    #[test]
    fn an_opaque_or_broken_token_says_nothing() {
        for text in ["", "AADbcdef", "a.b", "a.b.c", "a.b.c.d", "..", "eyJ.!!.x", &jwt("[1]"), &jwt("{")] {
            assert_eq!(claims(text), Claims::default(), "{text}");
        }
        assert_eq!(mqtt_user("1234567"), "u_1234567");
    }

    #[test]
    fn a_token_is_one_plain_word() {
        assert!(is_plausible("AADbcdefghijklmnop") && is_plausible(&jwt("{}")));
        for text in ["short", "two words of some length", "token=\"abcdefghijkl\"", "abcdefghijklmno\u{e9}"] {
            assert!(!is_plausible(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_token_panics(text in ".{0,200}", payload in ".{0,100}", seconds in 0_i64..=i64::MAX) {
            let _ = (claims(&text), claims(&jwt(&payload)), is_plausible(&text));
            prop_assert_eq!(claims(&jwt(&format!("{{\"exp\":{seconds}}}"))).expires_at, Some(seconds).filter(|s| *s > 0));
        }
    }
}
