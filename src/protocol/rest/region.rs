//! The two clouds and their hosts.

/// Where an account lives. It belongs to exactly one region, and its token is good there alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Region {
    /// Everywhere but China.
    #[default]
    Global,
    /// Mainland China.
    China,
}

impl Region {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Global, Self::China];

    /// As in the configuration and in the file of the account.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::China => "china",
        }
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|region| region.name() == name)
    }

    /// The region an account most likely belongs to: a phone number means China.
    pub fn of_account(account: &str) -> Self {
        if is_phone(account) { Self::China } else { Self::Global }
    }

    /// Base of the REST API, without a slash at its end.
    pub fn api(self) -> &'static str {
        match self {
            Self::Global => "https://api.bambulab.com",
            Self::China => "https://api.bambulab.cn",
        }
    }

    /// The website, which does authenticator logins and one-time codes by SMS.
    pub fn web(self) -> &'static str {
        match self {
            Self::Global => "https://bambulab.com",
            Self::China => "https://bambulab.cn",
        }
    }

    /// The cloud's MQTT broker; its port is 8883.
    pub fn mqtt_host(self) -> &'static str {
        match self {
            Self::Global => "us.mqtt.bambulab.com",
            Self::China => "cn.mqtt.bambulab.com",
        }
    }
}

/// Whether an account is a phone number and not an e-mail address: its codes come by SMS.
pub fn is_phone(account: &str) -> bool {
    let account = account.trim();
    !account.contains('@')
        && account.bytes().filter(u8::is_ascii_digit).count() >= 5
        && account.bytes().all(|b| b.is_ascii_digit() || b"+- ()".contains(&b))
}

/// A base address as it is used: without slashes at its end. Tokens go there, so it must be `https`; plain `http` is
/// for this machine alone. No user name, query or fragment.
pub fn base(text: &str) -> Result<String, &'static str> {
    let text = text.trim().trim_end_matches('/');
    if text.chars().any(|c| "?#@".contains(c)) {
        return Err("has something in it that does not belong there");
    }
    check(text)?;
    Ok(text.to_owned())
}

/// Whether something may be sent to a whole address or fetched from it: `https`, or `http` on this machine.
pub fn is_safe(address: &str) -> bool {
    check(address).is_ok()
}

fn check(text: &str) -> Result<(), &'static str> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("has something in it that does not belong there");
    }
    let (scheme, rest) = text.split_once("://").ok_or("is no web address")?;
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit('@').next().unwrap_or_default();
    let host = match place.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() {
        return Err("names no host");
    }
    let here = host.eq_ignore_ascii_case("localhost")
        || host.parse::<core::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(()),
        "http" if here => Ok(()),
        "http" => Err("is not encrypted, and the access token goes there"),
        _ => Err("is no web address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_phone_number_means_china() {
        for (account, region) in [
            ("a@example.org", Region::Global),
            ("13800000000", Region::China),
            ("+86 138-0000-0000", Region::China),
            ("123@example.org", Region::Global),
            ("name", Region::Global),
            ("", Region::Global),
        ] {
            assert_eq!(Region::of_account(account), region, "{account}");
        }
        assert_eq!(Region::from_name("china"), Some(Region::China));
        assert_eq!(Region::from_name("mars"), None);
    }

    #[test]
    fn tokens_go_only_where_nobody_can_read_along() {
        assert_eq!(base(" https://api.example.org/ ").as_deref(), Ok("https://api.example.org"));
        assert_eq!(base("http://127.0.0.1:8080/x").as_deref(), Ok("http://127.0.0.1:8080/x"));
        for good in ["http://[::1]:9", "http://localhost:9", "HTTPS://mirror.lan:8443/texts", "https://[fe80::1]"] {
            assert!(base(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.example.org",
            "http://127.0.0.1.example.org",
            "ftp://x",
            "api.example.org",
            "https://",
            "https://u:p@x",
            "https://x?a=b",
            "https://a b",
            "http://127.0.0.1\\@evil.example",
            "http://127.0.0.1@evil.example",
        ] {
            assert!(base(bad).is_err(), "{bad}");
        }
        assert!(is_safe("https://s3.example/a?b=c@d") && is_safe("http://127.0.0.1:8/a?b"));
        assert!(!is_safe("http://127.0.0.1@evil.example/") && !is_safe("http://s3.example/a?x=https://y"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,64}") {
            let _ = (base(&text), is_phone(&text));
        }
    }
}
