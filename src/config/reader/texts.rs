//! `[texts]`.

use super::{DeTable, DeValue, Walk, attention::host};
use crate::{
    config::Config,
    protocol::{texts::Language, wire::clean},
};

const TEXTS_KEYS: &[&str] = &["language", "fetch", "url"];

impl Walk<'_> {
    pub(super) fn vendor_texts(&mut self, table: &DeTable<'_>, config: &mut Config) {
        let Some(table) = self.table(table, "texts") else { return };
        self.unknown_keys(table, " in [texts]", TEXTS_KEYS);
        let texts = &mut config.texts;
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
            let url = url.trim_end_matches('/');
            if is_server(url) {
                url.clone_into(&mut texts.url);
            } else {
                let line = self.key_line(table, "url", 1);
                self.problem(line, "url in [texts] is no server that can be asked", "write it as https://host");
            }
        }
    }
}

/// A server by TLS, or one on this machine: what comes over a network without TLS could be anybody's words.
fn is_server(url: &str) -> bool {
    let Some(host) = host(url) else { return false };
    let secure = url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
    let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
    (secure || local) && !url.contains(['@', '?', '#', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_that_can_be_trusted_are_asked() {
        for good in
            ["https://e.bambulab.com", "HTTPS://mirror.lan:8443/texts", "http://127.0.0.1:8080", "http://[::1]:1"]
        {
            assert!(is_server(good), "{good}");
        }
        for bad in ["", "e.bambulab.com", "ftp://x", "http://mirror.lan", "https://u:p@x", "https://x?d=1", "https://"]
        {
            assert!(!is_server(bad), "{bad}");
        }
    }
}
