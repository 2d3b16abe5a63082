//! Values that many answers share: secrets, ids, addresses, moments.

use crate::protocol::wire::{Read, clean, is_hidden};
use chrono::{DateTime, NaiveDateTime};
use std::fmt;

/// Longest secret or address that is kept, in bytes. Tokens have about 1 KB, signed addresses up to 2 KB.
const LONG: usize = 16 * 1024;

/// Text of an answer that nobody may see: an access token, an access code, a key. `Debug` shows dots. Unlike other text
/// it is kept to the letter, apart from white space around it: access codes may end with a line break.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Hidden(String);

impl Hidden {
    /// Takes the text in.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, for the place that sends or stores it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl Read for Hidden {
    fn from_text(v: &str) -> Option<Self> {
        let v = v.trim();
        (!v.is_empty() && v.len() <= LONG).then(|| Self(v.to_owned()))
    }
    fn from_int(v: i64) -> Option<Self> {
        // An access code of eight digits may come as a number.
        Some(Self(v.to_string()))
    }
}

/// An id: text or number on the wire, text here. Nought and the empty text mean "none" and are not read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// An id that a person or another answer named.
    pub fn new(text: &str) -> Self {
        Self(clean(text.trim()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Read for Id {
    fn from_text(v: &str) -> Option<Self> {
        let v = clean(v.trim());
        (!v.is_empty() && v != "0").then_some(Self(v))
    }
    fn from_int(v: i64) -> Option<Self> {
        (v != 0).then(|| Self(v.to_string()))
    }
    fn from_float(v: f64) -> Option<Self> {
        i64::from_float(v).and_then(Self::from_int)
    }
}

/// An address. Those of pictures and files are signed and say whose they are, so `Debug` shows the host alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// The whole address, signature and all, for the place that fetches it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", super::mask::host(&self.0).unwrap_or_default())
    }
}

impl Read for Link {
    fn from_text(v: &str) -> Option<Self> {
        let v = v.trim();
        let sound = v.contains("://") && v.len() <= LONG && !v.contains(|c: char| c.is_whitespace() || is_hidden(c));
        sound.then(|| Self(v.to_owned()))
    }
}

/// A moment in seconds since 1970, from `2026-02-26T21:10:57Z`, `2026-02-26 21:10:57` (UTC), or a number of seconds or
/// milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub i64);

impl Read for Stamp {
    fn from_text(v: &str) -> Option<Self> {
        let v = v.trim();
        let zoned = DateTime::parse_from_rfc3339(v).ok().map(|at| at.timestamp());
        let plain = |form| NaiveDateTime::parse_from_str(v, form).ok().map(|at| at.and_utc().timestamp());
        zoned
            .or_else(|| plain("%Y-%m-%d %H:%M:%S"))
            .or_else(|| plain("%Y-%m-%dT%H:%M:%S"))
            .or_else(|| v.parse().ok().and_then(Self::from_int).map(|at| at.0))
            // The zero of the server's language: no moment.
            .filter(|at| *at > 0)
            .map(Self)
    }
    fn from_int(v: i64) -> Option<Self> {
        // From the year 5138 on in seconds, from 1973 on in milliseconds: nobody prints in between.
        let seconds = if v >= 100_000_000_000 { v / 1000 } else { v };
        (seconds > 0).then_some(Self(seconds))
    }
    fn from_float(v: f64) -> Option<Self> {
        i64::from_float(v).and_then(Self::from_int)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::wire::Maybe;
    use proptest::prelude::*;

    fn read<T: Read>(json: &str) -> Option<T> {
        serde_json::from_str::<Maybe<T>>(json).expect("JSON").0
    }

    #[test]
    fn ids_are_the_same_as_text_and_as_number() {
        assert_eq!(read::<Id>("9223372036854775807"), read("\"9223372036854775807\""));
        for none in ["0", "\"0\"", "\"\"", "null", "{}", "[1]", "1e300"] {
            assert_eq!(read::<Id>(none), None, "{none}");
        }
    }

    #[test]
    fn moments_are_read_from_every_form() {
        let at = Some(Stamp(1_772_140_257));
        for form in [
            "\"2026-02-26T21:10:57Z\"",
            "\"2026-02-26T22:10:57+01:00\"",
            "\"2026-02-26 21:10:57\"",
            "\"2026-02-26T21:10:57\"",
            "1772140257",
            "\"1772140257\"",
            "1772140257000",
        ] {
            assert_eq!(read::<Stamp>(form), at, "{form}");
        }
        for none in ["\"0001-01-01T00:00:00Z\"", "\"\"", "\"soon\"", "0", "-5", "true"] {
            assert_eq!(read::<Stamp>(none), None, "{none}");
        }
    }

    #[test]
    fn secrets_and_signatures_do_not_show() {
        let code: Hidden = read("\" 12345678\\n\"").expect("text");
        assert_eq!((code.expose(), format!("{code:?}").as_str()), ("12345678", "••••"));
        assert_eq!(read::<Hidden>("12345678"), Some(code));
        let link: Link = read("\"https://s3.example/x.png?X-Amz-Signature=abc\"").expect("an address");
        assert_eq!(format!("{link:?}"), "s3.example/…");
        assert!(link.expose().ends_with("abc"));
        assert_eq!(read::<Link>("\"not an address\""), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,64}", number in any::<f64>()) {
            let json = serde_json::to_string(&text).expect("JSON");
            let _ = (read::<Id>(&json), read::<Stamp>(&json), read::<Link>(&json), read::<Hidden>(&json));
            let _ = (Id::from_float(number), Stamp::from_float(number));
        }
    }
}
