//! `[error_texts]`.

use super::{DeTable, DeValue, Reader};
use crate::{
    config::Config,
    protocol::{rest::region, texts::Language, wire::clean},
};

const ERROR_TEXTS_KEYS: &[&str] = &["language", "fetch", "url"];

impl Reader<'_> {
    pub(super) fn error_texts(&mut self, table: &DeTable<'_>, config: &mut Config) {
        let Some(table) = self.table(table, "error_texts") else { return };
        self.unknown_keys(table, " in [error_texts]", ERROR_TEXTS_KEYS);
        let texts = &mut config.error_texts;
        if let Some(text) = self.text(table, "language") {
            match Language::ALL.iter().find(|language| language.name() == text) {
                Some(language) => texts.language = *language,
                // Names of two letters are all alike: a guess at what was meant would mislead.
                None => {
                    let names: Vec<_> = Language::ALL.iter().map(|language| language.name()).collect();
                    let line = self.key_line(table, "language", 1);
                    let what = format!("there are no texts in the language \"{}\"", clean(&text));
                    self.problem(line, what, format!("choose from {}", names.join(", ")));
                }
            }
        }
        if let Some(value) = table.get("fetch") {
            match value.get_ref() {
                DeValue::Boolean(on) => texts.fetch = *on,
                _ => self.wrong_type(value, "fetch", "true or false"),
            }
        }
        if let Some(url) = self.text(table, "url") {
            // What comes over a network without TLS could be anybody's words.
            if let Ok(url) = region::base(&url) {
                texts.url = url;
            } else {
                let line = self.key_line(table, "url", 1);
                self.problem(line, "url in [error_texts] is not an https address", "write it as https://host");
            }
        }
    }
}
