//! The values of a request, read as leniently as firmware does.

use serde_json::{Map, Value};

/// The body of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Body<'a> {
    pub(super) fn number(self, key: &str) -> Option<f64> {
        let value = self.0.get(key)?;
        value.as_f64().or_else(|| value.as_str()?.parse().ok())
    }

    /// A small whole number; anything else is none.
    pub(super) fn small(self, key: &str) -> Option<u8> {
        let number = self.number(key)?;
        (number.fract() == 0.0 && (0.0..=255.0).contains(&number)).then_some(number as u8)
    }

    pub(super) fn text(self, key: &str) -> &'a str {
        self.0.get(key).and_then(Value::as_str).unwrap_or("")
    }

    pub(super) fn flag(self, key: &str) -> Option<bool> {
        self.0.get(key)?.as_bool()
    }

    /// A list of whole numbers; anything else in it makes it none.
    pub(super) fn numbers(self, key: &str) -> Option<Vec<u32>> {
        let list = self.0.get(key)?.as_array()?;
        list.iter().map(|number| number.as_u64().and_then(|number| u32::try_from(number).ok())).collect()
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}
