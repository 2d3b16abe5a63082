//! The account: who may log in and how, the codes on their way, and the tokens that were given out. Pure: the time is an
//! argument, in seconds since 1970.

use super::plan::TokenForm;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// How long a one-time code holds.
const CODE_LIFE: i64 = 300;
/// How long a login may wait for the authenticator code.
const TFA_LIFE: i64 = 300;

/// What a login leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The person is in.
    In(Grant),
    /// A one-time code is wanted.
    Code,
    /// An authenticator code is wanted; this names the login it belongs to.
    Tfa(String),
}

/// A new access token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) token: String,
    pub(super) lifetime: u32,
}

/// Why a login fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The code was right once, or was never asked for.
    Expired,
    /// The code is wrong.
    WrongCode,
    /// Account or password is wrong.
    WrongPassword,
}

/// The one account of the cloud. Its addresses differ in what a password alone is good for.
pub(super) struct Account {
    pub(super) uid: u64,
    /// A password brings a one-time code.
    pub(super) address: String,
    /// A password asks for the authenticator.
    pub(super) tfa_address: String,
    /// A password is enough.
    pub(super) plain_address: String,
    /// Like the first address, by text message.
    pub(super) phone: String,
    pub(super) password: String,
    /// The one-time code, the same every time, so that it can be shown beside the form it is typed into.
    pub(super) code: String,
    pub(super) tfa_code: String,
    pub(super) form: TokenForm,
    lifetime: u32,
    code_until: Option<i64>,
    tfa_until: HashMap<String, i64>,
    csrf: HashSet<String>,
    /// Tokens and the end of each.
    tokens: Vec<(String, i64)>,
    rng: fastrand::Rng,
}

impl Account {
    pub(super) fn new(seed: u64, form: TokenForm, lifetime: u32) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0xC10D);
        Self {
            uid: rng.u64(1_000_000_000..4_000_000_000),
            address: "maker@example.com".into(),
            tfa_address: "maker+tfa@example.com".into(),
            plain_address: "maker+plain@example.com".into(),
            phone: "13800138000".into(),
            password: format!("simulated-{:04}", rng.u32(..10_000)),
            code: format!("{:06}", rng.u32(100_000..1_000_000)),
            tfa_code: format!("{:06}", rng.u32(100_000..1_000_000)),
            form,
            lifetime,
            code_until: None,
            tfa_until: HashMap::new(),
            csrf: HashSet::new(),
            tokens: Vec::new(),
            rng,
        }
    }

    fn knows(&self, account: &str) -> bool {
        [&self.address, &self.tfa_address, &self.plain_address, &self.phone].iter().any(|a| a.as_str() == account)
    }

    /// Logs in with a password.
    pub(super) fn password_login(&mut self, account: &str, password: &str, now: i64) -> Result<Step, Refusal> {
        if !self.knows(account) || password != self.password {
            return Err(Refusal::WrongPassword);
        }
        if account == self.plain_address {
            return Ok(Step::In(self.grant(now)));
        }
        if account != self.tfa_address {
            return Ok(Step::Code);
        }
        let key = self.random(24);
        self.tfa_until.insert(key.clone(), now + TFA_LIFE);
        Ok(Step::Tfa(key))
    }

    /// Sends the one-time code; false if nobody lives there.
    pub(super) fn send_code(&mut self, account: &str, now: i64) -> bool {
        let known = self.knows(account);
        if known {
            self.code_until = Some(now + CODE_LIFE);
        }
        known
    }

    /// Logs in with a one-time code.
    pub(super) fn code_login(&mut self, account: &str, code: &str, now: i64) -> Result<Step, Refusal> {
        if !self.knows(account) || code != self.code {
            return Err(Refusal::WrongCode);
        }
        // Taken: each code is good for one login.
        match self.code_until.take() {
            Some(until) if now <= until => Ok(Step::In(self.grant(now))),
            _ => Err(Refusal::Expired),
        }
    }

    /// The second half of a login with an authenticator.
    pub(super) fn tfa_login(&mut self, key: &str, code: &str, now: i64) -> Result<Grant, Refusal> {
        if self.tfa_until.get(key).is_none_or(|until| now > *until) {
            return Err(Refusal::Expired);
        }
        if code != self.tfa_code {
            return Err(Refusal::WrongCode);
        }
        self.tfa_until.remove(key);
        Ok(self.grant(now))
    }

    /// A new value for the cookie that has to come back in a header.
    pub(super) fn new_csrf(&mut self) -> String {
        let value = self.random(32);
        self.csrf.insert(value.clone());
        value
    }

    pub(super) fn knows_csrf(&self, value: &str) -> bool {
        self.csrf.contains(value)
    }

    /// The user name at the broker, and in tokens.
    pub(super) fn user(&self) -> String {
        format!("u_{}", self.uid)
    }

    /// Gives out another token.
    pub(super) fn grant(&mut self, now: i64) -> Grant {
        let until = now + i64::from(self.lifetime);
        let claim = match self.form {
            TokenForm::Jwt => Some("username"),
            TokenForm::OldJwt => Some("preferred_username"),
            TokenForm::Opaque => None,
        };
        let token = match claim {
            Some(claim) => {
                let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
                let head = part(json!({"alg": "RS256", "typ": "JWT"}));
                // Two tokens of the same second must differ.
                let number = self.rng.u32(..);
                let body = part(json!({claim: self.user(), "iat": now, "exp": until, "jti": number.to_string()}));
                format!("{head}.{body}.{}", self.random(256))
            }
            None => format!("AAD{}", self.random(120)),
        };
        self.tokens.push((token.clone(), until));
        Grant { token, lifetime: self.lifetime }
    }

    /// Whether a token is one of ours, and still holds.
    pub(super) fn holds(&self, token: &str, now: i64) -> bool {
        self.tokens.iter().any(|(known, until)| known == token && now < *until)
    }

    /// Ends every token that was given out.
    pub(super) fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Ends the codes that are on their way, and the logins that wait for the authenticator.
    pub(super) fn expire_codes(&mut self) {
        self.code_until = None;
        self.tfa_until.clear();
    }

    fn random(&mut self, bytes: usize) -> String {
        let bytes: Vec<u8> = (0..bytes).map(|_| self.rng.u8(..)).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(form: TokenForm) -> Account {
        Account::new(1, form, 1000)
    }

    #[test]
    fn a_code_is_sent_works_once_and_not_for_ever() {
        let mut account = account(TokenForm::Jwt);
        let (address, code) = (account.address.clone(), account.code.clone());
        assert_eq!(account.code_login(&address, &code, 0), Err(Refusal::Expired), "nobody asked for it");
        assert!(account.send_code(&address, 0) && !account.send_code("nobody@example.com", 0));
        assert_eq!(account.code_login(&address, "000000", 1), Err(Refusal::WrongCode));
        let Ok(Step::In(grant)) = account.code_login(&address, &code, 1) else { panic!("refused") };
        assert!(account.holds(&grant.token, 1000) && !account.holds(&grant.token, 1001));
        assert_eq!(account.code_login(&address, &code, 2), Err(Refusal::Expired));
        account.send_code(&address, 10);
        assert_eq!(account.code_login(&address, &code, 10 + CODE_LIFE + 1), Err(Refusal::Expired));
    }

    #[test]
    fn the_address_decides_what_a_password_is_good_for() {
        let mut account = account(TokenForm::Jwt);
        let password = account.password.clone();
        assert_eq!(account.password_login(&account.address.clone(), &password, 0), Ok(Step::Code));
        assert!(matches!(account.password_login(&account.plain_address.clone(), &password, 0), Ok(Step::In(_))));
        let tfa = account.tfa_address.clone();
        assert_eq!(account.password_login(&tfa, "wrong", 0), Err(Refusal::WrongPassword));
        let Ok(Step::Tfa(key)) = account.password_login(&tfa, &password, 0) else { panic!("refused") };
        let code = account.tfa_code.clone();
        assert_eq!(account.tfa_login(&key, "000000", 1), Err(Refusal::WrongCode));
        assert_eq!(account.tfa_login(&key, &code, TFA_LIFE + 1), Err(Refusal::Expired));
        assert!(account.tfa_login(&key, &code, 1).is_ok());
        assert_eq!(account.tfa_login(&key, &code, 1), Err(Refusal::Expired), "used");
    }

    #[test]
    fn tokens_look_as_they_should_and_end_on_demand() {
        for (form, claim) in [(TokenForm::Jwt, "username"), (TokenForm::OldJwt, "preferred_username")] {
            let mut account = account(form);
            let token = account.grant(5).token;
            let parts: Vec<_> = token.split('.').collect();
            let body = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((parts.len(), &body[claim], &body["exp"]), (3, &account.user().into(), &1005.into()));
            account.expire_tokens();
            assert!(!account.holds(&token, 5));
        }
        let token = account(TokenForm::Opaque).grant(5).token;
        assert!(token.starts_with("AAD") && !token.contains('.'));
    }
}
