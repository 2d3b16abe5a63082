//! Making answers fit to be shown: secrets become dots, addresses lose their signatures, accounts most of their letters.

use crate::protocol::wire::clean;
use serde_json::{Map, Value};

/// What stands in the place of a secret.
const DOTS: &str = "••••";

/// Parts of keys whose values are secret, without case and without what stands between words: `access_code`, `Access-Code` and
/// `accessCode` are one.
const SECRET_KEYS: &[&str] = &[
    "token",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "salt",
    "ticket",
    "signature",
    "cookie",
    "csrf",
    "credential",
    "authorization",
    "captcha",
    "phone",
    "jwt",
    "sessionid",
    // Keys that open something; those of tables and settings do not.
    "accesskey",
    "aeskey",
    "apikey",
    "authkey",
    "channelkey",
    "encryptionkey",
    "privatekey",
    "sessionkey",
    "signingkey",
    "streamkey",
    "tfakey",
    // Codes that prove something; those of errors, countries and colours do not.
    "accesscode",
    "authcode",
    "bindcode",
    "emailcode",
    "lancode",
    "logincode",
    "otpcode",
    "passcode",
    "pincode",
    "smscode",
    "tfacode",
    "ttcode",
    "verificationcode",
    "verifycode",
];

/// Secret where they are a word of their own: inside others they mean nothing (`footprint`, `spinning`).
const SECRET_WORDS: &[&str] = &["otp", "totp", "pin"];

/// A JSON value without secrets and without characters that steer a terminal.
pub fn value(value: &Value) -> Value {
    walk(value, false)
}

fn walk(value: &Value, secret: bool) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| entry(key, value, secret)).collect::<Map<_, _>>())
        }
        Value::Array(list) => Value::Array(list.iter().map(|item| walk(item, secret)).collect()),
        Value::Null | Value::Bool(_) => value.clone(),
        Value::String(text) if text.is_empty() => value.clone(),
        _ if secret => Value::String(DOTS.to_owned()),
        Value::Number(_) => value.clone(),
        Value::String(text) => Value::String(string(text)),
    }
}

/// A text that may be JSON itself: also there nothing secret is left.
fn string(text: &str) -> String {
    if !text.trim_start().starts_with(['{', '[']) {
        return words(text);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(inner) => walk(&inner, false).to_string(),
        Err(_) => self::text(text),
    }
}

fn entry(key: &str, value: &Value, secret: bool) -> (String, Value) {
    (clean(key), walk(value, secret || is_secret(key)))
}

fn is_secret(key: &str) -> bool {
    let plain: String = key.chars().filter(|c| !is_between(*c)).map(|c| c.to_ascii_lowercase()).collect();
    // Tickets of the support have numbers, which are no secret.
    SECRET_KEYS.iter().any(|part| plain.contains(part)) && plain != "ticketid" || has_secret_word(key)
}

/// What stands between the words of a key.
fn is_between(c: char) -> bool {
    matches!(c, '_' | '-' | '.' | ' ')
}

fn has_secret_word(key: &str) -> bool {
    let mut spaced = String::new();
    for c in key.chars() {
        // `smsOtp` has two words.
        if c.is_ascii_uppercase() && spaced.ends_with(|before: char| before.is_ascii_lowercase()) {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    spaced.split(is_between).any(|word| SECRET_WORDS.iter().any(|secret| word.eq_ignore_ascii_case(secret)))
}

/// Text in which there may be keys and values, such as JSON that ends in the middle: as [`words`], and what stands behind
/// the key of a secret is masked too.
pub fn text(text: &str) -> String {
    let text = clean(text);
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(from) = rest.find(is_of_a_key) {
        let length = rest[from..].find(|c| !is_of_a_key(c)).unwrap_or(rest.len() - from);
        let (key, behind) = rest[from..].split_at(length);
        let value = if is_secret(key) { value_behind(behind) } else { None };
        let kept = value.map_or(from + length, |value| from + length + value);
        out += &rest[..kept];
        rest = &rest[kept..];
        if value.is_some() {
            out += DOTS;
            rest = &rest[end_of_value(rest)..];
        }
    }
    out += rest;
    out.split_inclusive(BETWEEN).map(piece).collect()
}

/// What stands between words in JSON, pages and forms.
const BETWEEN: &[char] = &[' ', '"', '\'', ',', ';', '<', '>', '(', ')', '[', ']', '{', '}'];

fn piece(piece: &str) -> String {
    let bare = piece.trim_end_matches(BETWEEN);
    word(bare) + &piece[bare.len()..]
}

fn is_of_a_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Where the value begins behind a key: past its quotation mark, spaces, and the colon or equals sign.
fn value_behind(behind: &str) -> Option<usize> {
    let sign = behind.trim_start_matches(['"', '\'', '\\', ' ']);
    let value = sign.strip_prefix([':', '='])?.trim_start();
    Some(behind.len() - value.len())
}

/// Where a value ends: a quoted one at its mark, a list or an object with the text, another one at what ends it.
fn end_of_value(value: &str) -> usize {
    // As deep as JSON stands in texts of JSON, so many backslashes are before a mark; of one inside the text there are more.
    let quoted = value.trim_start_matches('\\');
    let before = value.len() - quoted.len();
    match quoted.chars().next() {
        Some('[' | '{') => value.len(),
        Some(mark @ ('"' | '\'')) => {
            let mut run = 0;
            let end = quoted.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == mark && if before == 0 { run % 2 == 0 } else { run <= before };
                run = if *c == '\\' { run + 1 } else { 0 };
                ends
            });
            end.map_or(value.len(), |(at, _)| before + at + 1)
        }
        _ => value.find([',', '&', ';', '}', ']', '<', '"', '\'']).unwrap_or(value.len()),
    }
}

/// Text of the server for a person: cleaned; each word that could be a token, an address with a signature or an account
/// is masked.
pub fn words(text: &str) -> String {
    clean(text).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn word(word: &str) -> String {
    if word.contains("://") {
        let bare = without_query(word);
        return if bare.len() == word.len() { word.to_owned() } else { format!("{bare}?{DOTS}") };
    }
    if is_account(word) {
        return account(word);
    }
    if looks_like_a_token(word) { DOTS.to_owned() } else { word.to_owned() }
}

fn is_account(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// Long words without anything that names or hashes have: names have spaces or dots, hashes are hexadecimal.
fn looks_like_a_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let jwt = parts.len() == 3 && word.len() > 40 && parts[0].starts_with("eyJ");
    let plain = word.len() >= 48
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_+/=".contains(&b))
        && !word.bytes().all(|b| b.is_ascii_hexdigit());
    jwt || plain
}

/// An address without user name, query and fragment.
pub fn without_query(address: &str) -> &str {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    &address[..end]
}

/// The host of an address.
pub fn host(address: &str) -> Option<String> {
    let (_, rest) = without_query(address).split_once("://")?;
    let place = rest.split('/').next()?.rsplit('@').next()?;
    (!place.is_empty()).then(|| clean(place))
}

/// An account, recognisable for its owner alone: `al•••@example.org`, `13•••00`.
pub fn account(account: &str) -> String {
    let account = clean(account.trim());
    let (name, host) = account.split_once('@').map_or((account.as_str(), None), |(name, host)| (name, Some(host)));
    let count = name.chars().count();
    let start: String = name.chars().take(if count > 4 { 2 } else { 1 }).collect();
    match host {
        Some(host) => format!("{start}•••@{host}"),
        None if count > 6 => format!("{start}•••{}", name.chars().skip(count - 2).collect::<String>()),
        None if count == 0 => String::new(),
        None => format!("{start}•••"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn nothing_secret_is_left() {
        let shown = value(&json!({
            "devices": [{"dev_id": "01P00A000000000", "dev_access_code": "12345678", "name": "A\u{1b}[31m"}],
            "accessToken": "AADx", "refreshToken": null, "passwd": 5, "authkey": "k", "tfaKey": "", "stream_salt": ["s"],
            "upload_ticket": "t", "token": {"value": "v"},
            "account": "alice@example.org", "message": "mail to bob@example.org sent",
            "cover": "https://s3.example/x.png?X-Amz-Signature=abc",
            "text": "Bearer eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6InVfMSJ9.c2lnbmF0dXJl",
            "md5": "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
        }));
        assert_eq!(
            shown,
            json!({
                "devices": [{"dev_id": "01P00A000000000", "dev_access_code": "••••", "name": "A[31m"}],
                "accessToken": "••••", "refreshToken": null, "passwd": "••••", "authkey": "••••", "tfaKey": "",
                "stream_salt": ["••••"], "upload_ticket": "••••", "token": {"value": "••••"},
                "account": "al•••@example.org", "message": "mail to b•••@example.org sent",
                "cover": "https://s3.example/x.png?••••",
                "text": "Bearer ••••",
                "md5": "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
            })
        );
    }

    #[test]
    fn nothing_secret_is_left_in_text_that_is_no_json() {
        for (came, shown) in [
            (
                r#"{"devices":[{"dev_access_code":"79879333","dev_id":"01P00A","name":"Shed"},{"dev_access_code":"4599"#,
                r#"{"devices":[{"dev_access_code":••••,"dev_id":"01P00A","name":"Shed"},{"dev_access_code":••••"#,
            ),
            (r#"{"passwd": "a\"b", "n": 1}"#, r#"{"passwd": ••••, "n": 1}"#),
            (r#"{"token": {"value": "v", "n"#, r#"{"token": ••••"#),
            (r#"{"ticketId": 5, "authkey": 77, "n": 1"#, r#"{"ticketId": 5, "authkey": ••••, "n": 1"#),
            ("a=1&access_token=abc&b=2", "a=1&access_token=••••&b=2"),
            (r#"{\"passwd\":\"abc\",\"n\":1}"#, r#"{\"passwd\":••••,\"n\":1}"#),
            ("Cookie: token=abc; b=2", "Cookie: ••••; b=2"),
            (
                r#"{"account":"alice@example.org","to":"bob@example.org""#,
                r#"{"account":"al•••@example.org","to":"b•••@example.org""#,
            ),
            (r#"{"url":"https://s3.example/x.png?X-Amz-Signature=abc"}"#, r#"{"url":"https://s3.example/x.png?••••"}"#),
            ("<html><body>Forget your password? Go on.</body>", "<html><body>Forget your password? Go on.</body>"),
        ] {
            assert_eq!(text(came), shown);
        }
    }

    /// However a name is spelled, alone and inside another, in JSON, in JSON inside a text, and in what is none.
    #[test]
    fn a_secret_is_known_by_its_name_in_every_spelling() {
        let names = [
            "access code",
            "verify code",
            "tfa key",
            "tfa code",
            "bind code",
            "sms code",
            "lan code",
            "private key",
            "api key",
            "auth key",
            "aes key",
            "stream key",
            "channel key",
            "jwt",
            "session id",
            "otp",
            "pin",
            "passwd",
            "pwd",
            "token",
            "secret",
            "credential",
            "cookie",
            "signature",
            "captcha",
            "user otp",
        ];
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        for name in names {
            let words: Vec<&str> = name.split(' ').collect();
            let camel = words[0].to_owned() + &words[1..].iter().map(|word| capital(word)).collect::<String>();
            let mut spellings = vec![
                words.join("_"),
                words.join("-"),
                words.join("_").to_uppercase(),
                words.join("-").to_uppercase(),
                words.iter().map(|word| capital(word)).collect::<Vec<_>>().join("-"),
                capital(&camel),
                format!("dev_{camel}"),
                camel,
                format!("my-{}", words.join("-")),
                format!("{}_2", words.join("_")),
            ];
            if !name.ends_with("otp") {
                spellings.push(words.concat());
            }
            for key in spellings {
                let mut json = json!({ key.as_str(): "HUSH", "n": 1, "name": "box" });
                for _ in 0..4 {
                    let shown = value(&json).to_string();
                    assert!(!shown.contains("HUSH") && shown.contains("box"), "{key}: {shown}");
                    let cut = json.to_string();
                    let shown = text(&cut[..cut.len() - 1]);
                    assert!(!shown.contains("HUSH"), "{key}: {shown}");
                    json = json!({ "list": [json.to_string()], "name": "box" });
                }
            }
        }
        for key in [
            "ticketId",
            "ticket_id",
            "code",
            "error_code",
            "countryCode",
            "colorCode",
            "key",
            "footprint",
            "spinning",
            "pingTime",
            "opinion",
            "keyboard",
            "name",
            "sessions",
            "monkey",
        ] {
            assert_eq!(value(&json!({ key: "seen" })), json!({ key: "seen" }));
        }
        // What is no JSON after all is masked like an answer that ends in the middle.
        assert_eq!(value(&json!({"a": "{\"token\": \"HUSH\", \"b"})), json!({"a": "{\"token\": ••••, \"b"}));
    }

    #[test]
    fn a_host_is_shown_without_what_is_around_it() {
        assert_eq!(host("https://user:pw@s3.example:9/a/b?c=d").as_deref(), Some("s3.example:9"));
        assert_eq!((host("x"), host("https://?a")), (None, None));
    }

    #[test]
    fn accounts_keep_what_their_owner_recognises() {
        for (whole, shown) in [
            ("alice@example.org", "al•••@example.org"),
            ("a@example.org", "a•••@example.org"),
            ("13800001234", "13•••34"),
            ("bob", "b•••"),
            ("", ""),
        ] {
            assert_eq!(account(whole), shown);
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_masked(any in ".{0,100}") {
            let _ = (words(&any), text(&any), account(&any), host(&any));
        }

        #[test]
        fn an_answer_that_ends_anywhere_keeps_its_secrets(secret in "[0-9A-Za-z]{8}", end in 0_usize..200) {
            let whole = json!({"list": [{"id": 7, "access_code": secret, "name": "x"}, {"authkey": secret}]}).to_string();
            let cut: String = whole.chars().take(end).collect();
            prop_assert!(!text(&cut).contains(&secret));
        }
    }
}
