//! Logging in, and what the cloud says about the account.

use super::{Hidden, Id, Link};
use crate::protocol::wire::fields;
use serde_json::{Value, json};

fields! {
    /// The answer to a login.
    pub struct LoginAnswer {
        /// Empty until the login is complete.
        "accessToken" => access_token: Hidden,
        /// The same text as the access token.
        "refreshToken" => refresh_token: Hidden,
        /// Seconds; about 90 days.
        "expiresIn" => expires_in_s: i64,
        /// Seconds.
        "refreshExpiresIn" => refresh_expires_in_s: i64,
        /// Belongs to the authenticator code that is asked for.
        "tfaKey" => tfa_key: Hidden,
        /// How the token is to be used; not needed.
        "accessMethod" => access_method: String,
        /// `verifyCode`, `tfa`, or empty.
        "loginType" => login_type: String,
        /// There if the server wants a picture puzzle solved.
        "captchaId" => captcha: Hidden,
    }
}

/// What a login needs next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Nothing: here is the token, and for how many seconds it is good.
    Done(Hidden, Option<i64>),
    /// A one-time code, by e-mail or SMS; it must be sent first.
    Code,
    /// A code of the person's authenticator app.
    Authenticator(Hidden),
    /// A picture puzzle.
    Captcha,
    /// Something else, by its name on the wire.
    Other(String),
}

impl LoginAnswer {
    /// What to do next.
    pub fn next(self) -> Next {
        if let Some(token) = self.access_token {
            return Next::Done(token, self.expires_in_s.filter(|s| *s > 0));
        }
        let kind = self.login_type.unwrap_or_default();
        match (kind.as_str(), self.tfa_key) {
            ("verifyCode", _) => Next::Code,
            ("tfa", Some(key)) => Next::Authenticator(key),
            _ if self.captcha.is_some() => Next::Captcha,
            _ => Next::Other(kind),
        }
    }
}

fields! {
    /// The answer to an authenticator code, where it has a body.
    pub struct TfaAnswer {
        /// The token, in either of two places; mostly it is in a cookie.
        "accessToken" | "token" => token: Hidden,
        /// Seconds.
        "expiresIn" => expires_in_s: i64,
    }
}

fields! {
    /// `my/preference`: the cheapest way to learn whose token it is.
    pub struct Preference {
        /// The user's number.
        "uid" => uid: Id,
        /// Name for others.
        "name" => name: String,
        /// Short name, such as `@somebody`.
        "handle" => handle: String,
        /// Picture.
        "avatar" => avatar: Link,
        /// About the person, in their own words.
        "bio" => bio: String,
        /// Picture behind the profile.
        "backgroundUrl" => background: Link,
    }
}

fields! {
    /// `my/profile`
    pub struct Profile {
        /// The user's number.
        "uid" => uid: Id,
        /// Name for others.
        "name" => name: String,
        /// E-mail address or phone number: show it through [`super::mask::account`].
        "account" => account: Hidden,
        /// Picture.
        "avatar" => avatar: Link,
        /// Models the person has printers of.
        "productModels" => models: Vec<String>,
    }
}

/// Body of a login with a password.
pub fn with_password(account: &str, password: &str) -> Value {
    json!({"account": account, "password": password, "apiError": ""})
}

/// Body of a login with a one-time code.
pub fn with_code(account: &str, code: &str) -> Value {
    json!({"account": account, "code": code})
}

/// Body that has a one-time code sent by e-mail …
pub fn send_mail(email: &str) -> Value {
    json!({"email": email, "type": "codeLogin"})
}

/// … or by SMS.
pub fn send_sms(phone: &str) -> Value {
    json!({"phone": phone, "type": "codeLogin"})
}

/// Body of the authenticator's part of a login.
pub fn with_authenticator(key: &str, code: &str) -> Value {
    json!({"tfaKey": key, "tfaCode": code})
}

/// The value of a cookie in a `set-cookie` header.
pub fn cookie(header: &str, name: &str) -> Option<Hidden> {
    let (key, value) = header.split(';').next()?.split_once('=')?;
    let value = value.trim().trim_matches('"');
    // It goes back into a header.
    let sound = !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic());
    (key.trim() == name && sound).then(|| Hidden::new(value))
}

/// A one-time code as it is typed: six digits, perhaps with spaces among them.
pub fn code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::one;

    fn next(answer: Value) -> Next {
        one::<LoginAnswer>(answer).expect("an object").next()
    }

    #[test]
    fn a_login_says_what_it_needs_next() {
        let token = json!({"accessToken": "AADx", "refreshToken": "AADx", "expiresIn": "7776000", "loginType": ""});
        assert_eq!(next(token), Next::Done(Hidden::new("AADx"), Some(7_776_000)));
        assert_eq!(next(json!({"accessToken": "", "loginType": "verifyCode", "tfaKey": ""})), Next::Code);
        let tfa = json!({"accessToken": null, "loginType": "tfa", "tfaKey": "k", "expiresIn": 0});
        assert_eq!(next(tfa), Next::Authenticator(Hidden::new("k")));
        assert_eq!(next(json!({"loginType": "tfa", "tfaKey": ""})), Next::Other("tfa".into()));
        assert_eq!(next(json!({"captchaId": "x"})), Next::Captcha);
        assert_eq!(next(json!({})), Next::Other(String::new()));
    }

    #[test]
    fn the_answer_to_a_login_does_not_show_its_token() {
        let answer = one::<LoginAnswer>(json!({"accessToken": "AADx", "tfaKey": "k3y"})).expect("an object");
        let shown = format!("{answer:?} {:?}", answer.clone().next());
        assert!(!shown.contains("AADx") && !shown.contains("k3y"), "{shown}");
    }

    #[test]
    fn cookies_are_found_by_their_name() {
        let header = "bbl_csrf_token=abc=1; Path=/; Secure; HttpOnly";
        assert_eq!(cookie(header, "bbl_csrf_token"), Some(Hidden::new("abc=1")));
        for (header, name) in [(header, "token"), ("token=", "token"), ("token", "token"), ("token=a\r\nb", "token")] {
            assert_eq!(cookie(header, name), None, "{header}");
        }
    }

    #[test]
    fn a_code_may_be_typed_with_spaces() {
        assert_eq!(code(" 123 456 "), Some("123456".into()));
        for wrong in ["12345", "1234567", "12345a", "", "١٢٣٤٥٦"] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_profile_is_read_from_either_type_of_id() {
        let profile: Profile =
            one(json!({"uid": "7", "account": "a@b.org", "productModels": ["P1S", null]})).expect("one");
        assert_eq!((profile.uid, profile.models), (Some(Id::new("7")), Some(vec!["P1S".into()])));
        let preference: Preference = one(json!({"uid": 7, "name": "A\u{1b}", "avatar": ""})).expect("one");
        assert_eq!((preference.uid, preference.name, preference.avatar), (Some(Id::new("7")), Some("A".into()), None));
    }
}
