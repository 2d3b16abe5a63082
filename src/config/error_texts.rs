//! Where the vendor's texts for codes come from, and in which language: `[error_texts]`.

use crate::protocol::texts::Language;

/// `[error_texts]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorTexts {
    /// The language that texts are shown in; what it lacks is shown in English.
    pub language: Language,
    /// Whether texts are fetched at all. What was kept is shown either way.
    pub fetch: bool,
    /// Scheme and host of the server, without a slash at the end.
    pub url: String,
}

impl Default for ErrorTexts {
    fn default() -> Self {
        Self { language: Language::default(), fetch: true, url: "https://e.bambulab.com".to_owned() }
    }
}
