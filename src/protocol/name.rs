//! The name of a job or of its file, as a printer says it.

use super::wire::{Merge, Read, clean};

/// Longer than any name of a file, in bytes.
const LONGEST: usize = 512;

/// A name in two forms: what a person reads, without characters that nobody sees, and what a file server is asked for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Name {
    shown: String,
    /// As it was said, where that is another text.
    said: Option<Box<str>>,
}

impl Name {
    /// Exactly what the printer said, for a command to its file server; never shown. Where that was too long it is what is
    /// shown.
    pub fn said(&self) -> &str {
        self.said.as_deref().unwrap_or(&self.shown)
    }
}

/// What is shown.
impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.shown
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.shown.fmt(f)
    }
}

impl From<&str> for Name {
    fn from(said: &str) -> Self {
        let shown = clean(said);
        let said = (said != shown && said.len() <= LONGEST).then(|| said.into());
        Self { shown, said }
    }
}

impl Read for Name {
    fn from_text(v: &str) -> Option<Self> {
        Some(v.into())
    }
    fn from_int(v: i64) -> Option<Self> {
        String::from_int(v).map(|text| text.as_str().into())
    }
    fn from_float(v: f64) -> Option<Self> {
        String::from_float(v).map(|text| text.as_str().into())
    }
}
impl Merge for Name {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_clean_and_what_is_asked_for_is_what_was_said() {
        for (said, shown) in [
            ("box.3mf", "box.3mf"),
            (" box ", " box "),
            ("so\u{ad}ft", "soft"),
            ("\u{2764}\u{fe0f}", "\u{2764}"),
            ("a\nb", "a b"),
            ("", ""),
        ] {
            let name = Name::from(said);
            assert_eq!((&*name, name.said()), (shown, said));
            assert_eq!(format!("{name:?}"), format!("{shown:?}"), "never as it was said");
        }
        let long = format!("{}\u{ad}", "x".repeat(LONGEST));
        let name = Name::from(long.as_str());
        assert!(name.said() == &*name && name.len() <= LONGEST);
    }
}
