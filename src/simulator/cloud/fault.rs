//! What can go wrong with the cloud, as data. Faults may be set and cleared at any time.

use serde_json::{Map, Value, json};
use std::time::Duration;

/// One thing that is wrong with the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloudFault {
    /// 401 with the words of a token that has really expired.
    Unauthorized,
    /// 401 with other words, as they come and go.
    Transient,
    /// 403 with a page of the bot check.
    Cloudflare,
    /// 403 with code 8: not for this account or client.
    Forbidden,
    /// 429, to come back after so many seconds.
    TooMany(u32),
    /// 429, to come back at a date so many seconds from now.
    TooManyUntil(u32),
    /// 429 without a word about when.
    TooManyBare,
    /// An error of the server, with this status.
    Server(u16),
    /// 200 with an HTML page.
    Html,
    /// 200 with JSON that ends in the middle.
    Truncated,
    /// The connection breaks in the middle of the answer.
    Cut,
    /// A redirect to another host.
    Redirect,
    /// 200, with a refusal inside that has this code.
    Inside(i64),
    /// Every value of the answer is null.
    Nulls,
    /// Numbers come as texts and texts of digits as numbers, and every object has a field more.
    Strange,
    /// Answers take so many milliseconds.
    Slow(u32),
    /// Logins are refused until a captcha is solved.
    Captcha,
    /// Logins are refused because the account is locked.
    Locked,
    /// One-time codes, and logins that wait for the authenticator, have expired before anybody can type.
    CodesLate,
    /// 401 as for a token that has expired: it is good in another region.
    OtherRegion,
    /// 400 without a word, whatever a login is lacking.
    LoginBare,
    /// One-time codes are not sent for so many seconds: 429.
    CodesTooMany(u32),
    /// The same without a word about how long.
    CodesTooManyBare,
    /// What a page is to follow is ignored: it is always the first one.
    PagesRepeat,
    /// Every page but the first begins with half of the page before.
    PagesOverlap,
    /// What is newer comes where older things were asked for.
    PagesBack,
    /// Every page but the first is empty, whatever the total.
    PagesEmpty,
    /// The total is what the page and those after it hold.
    TotalShrinks,
    /// The broker answers every login with this CONNACK code (1 to 5).
    BrokerRefuse(u8),
    /// The broker takes logins and is silent from then on.
    BrokerSilent,
}

impl CloudFault {
    /// Every fault, with the numbers it has on a command line.
    pub const ALL: [Self; 30] = [
        Self::Unauthorized,
        Self::Transient,
        Self::Cloudflare,
        Self::Forbidden,
        Self::TooMany(30),
        Self::TooManyUntil(30),
        Self::TooManyBare,
        Self::Server(500),
        Self::Html,
        Self::Truncated,
        Self::Cut,
        Self::Redirect,
        Self::Inside(1003),
        Self::Nulls,
        Self::Strange,
        Self::Slow(5000),
        Self::Captcha,
        Self::Locked,
        Self::CodesLate,
        Self::OtherRegion,
        Self::LoginBare,
        Self::CodesTooMany(120),
        Self::CodesTooManyBare,
        Self::PagesRepeat,
        Self::PagesOverlap,
        Self::PagesBack,
        Self::PagesEmpty,
        Self::TotalShrinks,
        Self::BrokerRefuse(5),
        Self::BrokerSilent,
    ];

    /// The name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Transient => "transient",
            Self::Cloudflare => "cloudflare",
            Self::Forbidden => "forbidden",
            Self::TooMany(_) => "too-many",
            Self::TooManyUntil(_) => "too-many-until",
            Self::TooManyBare => "too-many-bare",
            Self::Server(_) => "server",
            Self::Html => "html",
            Self::Truncated => "truncated",
            Self::Cut => "cut",
            Self::Redirect => "redirect",
            Self::Inside(_) => "inside",
            Self::Nulls => "nulls",
            Self::Strange => "strange",
            Self::Slow(_) => "slow",
            Self::Captcha => "captcha",
            Self::Locked => "locked",
            Self::CodesLate => "codes-late",
            Self::OtherRegion => "other-region",
            Self::LoginBare => "login-bare",
            Self::CodesTooMany(_) => "codes-too-many",
            Self::CodesTooManyBare => "codes-too-many-bare",
            Self::PagesRepeat => "pages-repeat",
            Self::PagesOverlap => "pages-overlap",
            Self::PagesBack => "pages-back",
            Self::PagesEmpty => "pages-empty",
            Self::TotalShrinks => "total-shrinks",
            Self::BrokerRefuse(_) => "broker-refuse",
            Self::BrokerSilent => "broker-silent",
        }
    }

    /// The fault of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Whether it is about something else than requests to the web servers.
    fn is_elsewhere(self) -> bool {
        matches!(self, Self::CodesLate | Self::BrokerRefuse(_) | Self::BrokerSilent) || self.turns_pages()
    }

    /// Whether it is about which part of a list a page is.
    fn turns_pages(self) -> bool {
        matches!(self, Self::PagesRepeat | Self::PagesOverlap | Self::PagesBack | Self::PagesEmpty | Self::TotalShrinks)
    }

    /// Whether it strikes a request to this path, its query left out.
    fn concerns(self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let (login, code) = (path.ends_with("/user/login"), path.ends_with("/code") || path.ends_with("/sendsmscode"));
        match self {
            Self::Captcha | Self::Locked => login,
            Self::LoginBare => login || code || path.ends_with("/sign-in/tfa"),
            Self::CodesTooMany(_) | Self::CodesTooManyBare => code,
            // Nobody is asked for a token there.
            Self::OtherRegion => !login && !code,
            _ => true,
        }
    }

    /// Whether it is something that is made of a good answer.
    pub(super) fn spoils_answers(self) -> bool {
        matches!(self, Self::Cut | Self::Truncated | Self::Nulls | Self::Strange)
    }
}

/// Every value within is null.
pub(super) fn nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().map(|(key, inner)| (key, nulls(inner))).collect(),
        Value::Array(list) => list.into_iter().map(nulls).collect(),
        _ => Value::Null,
    }
}

/// Numbers as texts, texts of digits as numbers, a field more in every object.
pub(super) fn strange(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut out: Map<_, _> = fields.into_iter().map(|(key, inner)| (key, strange(inner))).collect();
            out.insert("unheardOf".to_owned(), json!({"of": [1, null, "x"]}));
            Value::Object(out)
        }
        Value::Array(list) => list.into_iter().map(strange).collect(),
        Value::Number(number) => Value::String(number.to_string()),
        Value::String(text) => match text.parse::<u64>() {
            Ok(number) if number.to_string() == text => json!(number),
            _ => Value::String(text),
        },
        other => other,
    }
}

/// A fault, where it strikes, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: CloudFault,
    /// Only for paths that begin like this, their queries with them; an empty one is everywhere.
    pub path: String,
    /// How many times more; `None` is until it is cleared.
    pub times: Option<u32>,
}

impl FaultRule {
    /// A fault that strikes everywhere, until it is cleared.
    pub fn always(fault: CloudFault) -> Self {
        Self { fault, path: String::new(), times: None }
    }

    /// Reads `NAME` or `NAME:/PATH`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, path) = text.split_once(':').unwrap_or((text, ""));
        Some(Self { path: path.to_owned(), ..Self::always(CloudFault::from_name(name)?) })
    }
}

/// The faults that are set.
#[derive(Debug, Default)]
pub(super) struct FaultRules(Vec<FaultRule>);

impl FaultRules {
    pub(super) fn set(&mut self, rule: FaultRule) {
        // One of a kind at a place: a second delay replaces the first.
        let kind = std::mem::discriminant(&rule.fault);
        self.0.retain(|o| o.path != rule.path || std::mem::discriminant(&o.fault) != kind);
        self.0.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What strikes a request to this path: a delay, and what else goes wrong.
    pub(super) fn take(&mut self, path: &str) -> (Duration, Option<CloudFault>) {
        let (mut delay, mut other) = (Duration::ZERO, None);
        for rule in &mut self.0 {
            if rule.fault.is_elsewhere() || !path.starts_with(&rule.path) || rule.times == Some(0) {
                continue;
            }
            match rule.fault {
                fault if !fault.concerns(path) => continue,
                CloudFault::Slow(millis) => delay += Duration::from_millis(millis.into()),
                _ if other.is_some() => continue,
                fault => other = Some(fault),
            }
            rule.times = rule.times.map(|n| n - 1);
        }
        self.0.retain(|rule| rule.times != Some(0));
        (delay, other)
    }

    /// The CONNACK code that every login at the broker gets.
    pub(super) fn refusal(&self) -> Option<u8> {
        self.0.iter().find_map(|o| if let CloudFault::BrokerRefuse(code) = o.fault { Some(code) } else { None })
    }

    /// What is wrong with the pages of a list.
    pub(super) fn pages(&self, path: &str) -> Option<CloudFault> {
        self.0.iter().find(|o| o.fault.turns_pages() && path.starts_with(&o.path)).map(|o| o.fault)
    }

    /// Whether a fault is set that strikes elsewhere than at requests.
    pub(super) fn has(&self, fault: CloudFault) -> bool {
        self.0.iter().any(|o| o.fault == fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for fault in CloudFault::ALL {
            assert_eq!(FaultRule::parse(fault.name()), Some(FaultRule::always(fault)));
        }
        let rule = FaultRule::parse("html:/v1/user-service").unwrap();
        assert_eq!((rule.fault, rule.path.as_str()), (CloudFault::Html, "/v1/user-service"));
        assert_eq!(FaultRule::parse("rain"), None);
    }

    #[test]
    fn a_fault_strikes_where_and_as_often_as_it_was_ordered() {
        let mut rules = FaultRules::default();
        rules.set(FaultRule { fault: CloudFault::Html, path: "/a".into(), times: Some(2) });
        rules.set(FaultRule::always(CloudFault::Slow(7)));
        rules.set(FaultRule::always(CloudFault::BrokerRefuse(4)));
        let delay = Duration::from_millis(7);
        assert_eq!(rules.take("/b"), (delay, None));
        assert_eq!(rules.take("/a/x"), (delay, Some(CloudFault::Html)));
        assert_eq!(rules.take("/a"), (delay, Some(CloudFault::Html)));
        assert_eq!(rules.take("/a"), (delay, None), "twice is twice");
        assert_eq!(rules.refusal(), Some(4));
        rules.set(FaultRule::always(CloudFault::Slow(9)));
        assert_eq!(rules.take("/b").0, Duration::from_millis(9));
        rules.clear();
        assert_eq!((rules.take("/a"), rules.refusal()), ((Duration::ZERO, None), None));
    }

    #[test]
    fn answers_are_spoiled_all_the_way_down() {
        let good = json!({"id": "12", "n": 5, "t": "1a", "list": [{"on": true}]});
        assert_eq!(nulls(good.clone()), json!({"id": null, "n": null, "t": null, "list": [{"on": null}]}));
        let odd = strange(good);
        assert_eq!((&odd["id"], &odd["n"], &odd["t"]), (&json!(12), &json!("5"), &json!("1a")));
        assert!(odd["list"][0]["on"] == true && odd["list"][0]["unheardOf"].is_object());
    }

    #[test]
    fn a_captcha_and_a_lock_stand_before_the_login_alone() {
        for fault in [CloudFault::Captcha, CloudFault::Locked] {
            let mut rules = FaultRules::default();
            rules.set(FaultRule::always(fault));
            assert_eq!(rules.take("/v1/user-service/my/tasks").1, None);
            assert_eq!(rules.take("/v1/user-service/user/login").1, Some(fault));
        }
    }
}
