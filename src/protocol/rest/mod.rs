//! The REST API of the Bambu cloud: what its answers say and what its requests carry. Pure; `net::rest` does the asking.
//!
//! One file by what a person knows: [`account`], [`devices`], [`tasks`] (the history of prints), [`projects`] (and
//! uploads), [`messages`] (and [`notes`]), [`slicer`] (filament presets), [`makerworld`]. Around them: [`region`] knows the hosts,
//! [`token`] reads what an access token says about itself, [`envelope`] takes answers out of their many wrappings,
//! [`error`] turns what went wrong into one sentence, [`mask`] makes unknown JSON fit to be shown.
//!
//! The API is private and undocumented. So every field is an `Option` and is read from whatever type it comes as; ids
//! are [`Id`]s, text or number; secrets are [`Hidden`] and addresses [`Link`]s, neither of which shows itself in `Debug`.

pub mod account;
pub mod devices;
pub mod envelope;
pub mod error;
pub mod makerworld;
pub mod mask;
pub mod messages;
pub mod notes;
pub mod paging;
pub mod projects;
pub mod region;
pub mod slicer;
pub mod tasks;
pub mod token;
mod value;

pub use error::{RestError, RestErrorKind};
pub use region::Region;
pub use value::{Hidden, Id, Link, Stamp};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is written as `%XX` in an address: all but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Text as a part of a path or of a query: everything but letters, digits and `-._~` as `%XX`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A query from what is given: `?a=1&b=2`, or nothing.
pub(crate) fn query(parts: &[(&str, Option<String>)]) -> String {
    let mut out = String::new();
    for (key, value) in parts {
        if let Some(value) = value {
            out.push(if out.is_empty() { '?' } else { '&' });
            out += &format!("{key}={}", encode(value));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_an_address_cannot_change_it() {
        assert_eq!(encode("01P00A/../x?y=1&z#ä"), "01P00A%2F..%2Fx%3Fy%3D1%26z%23%C3%A4");
        assert_eq!(query(&[("a", None), ("b", Some("x y".into())), ("c", Some("1".into()))]), "?b=x%20y&c=1");
        assert_eq!(query(&[]), "");
    }
}
