//! `[notifications]` and `[[hook]]`.

use super::{DeTable, DeValue, Reader, Spanned, Value, nearest};
use crate::{
    config::{Carrier, Config, Hook, PrinterConfig, Problem, Secret},
    protocol::wire::clean,
    state::notify::notification::{EventKind, EventKinds, NoticeCode, NotificationConfig},
};
use std::time::Duration;

const NOTIFICATION_KEYS: &[&str] = &["bell", "terminal", "code"];
const HOOK_KEYS: &[&str] = &["on", "run", "url", "printers", "timeout", "retries", "header_env"];
/// A hook may take this many seconds unless it says otherwise …
const TIMEOUT: i64 = 10;
/// … and never more than these.
const LONGEST: i64 = 300;
/// A post that fails is repeated so often unless the hook says otherwise.
const RETRIES: i64 = 2;
const MOST_RETRIES: i64 = 10;

impl Reader<'_> {
    /// Reads both; the printers must be there already, since hooks name them.
    pub(super) fn notifications(&mut self, table: &DeTable<'_>, config: &mut Config) {
        if let Some(table) = self.table(table, "notifications") {
            self.unknown_keys(table, " in [notifications]", NOTIFICATION_KEYS);
            self.told(table, "bell", &mut config.notifications.bell);
            self.told(table, "terminal", &mut config.notifications.terminal);
            self.choice(table, "code", &mut config.notifications.code, NoticeCode::CHOICES, NoticeCode::choice);
        }
        let Some(value) = table.get("hook") else { return };
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(value, "hook", "a list of tables: write [[hook]]");
            return;
        };
        for entry in entries {
            match entry.get_ref() {
                DeValue::Table(table) => {
                    let line = self.line_of(entry);
                    config.hooks.extend(self.hook(table, line, &config.printers));
                }
                _ => self.wrong_type(entry, "hook", "a table: write [[hook]]"),
            }
        }
    }

    fn told(&mut self, table: &DeTable<'_>, key: &str, to: &mut EventKinds) {
        let Some(value) = table.get(key) else { return };
        match value.get_ref() {
            DeValue::Boolean(on) => *to = if *on { NotificationConfig::usual() } else { EventKinds::NONE },
            DeValue::Array(_) => *to = self.event_kinds(table, key),
            _ => self.wrong_type(value, key, "true, false, or a list such as [\"print.failed\"]"),
        }
    }

    /// A list of kinds of events; `"*"` is all of them.
    fn event_kinds(&mut self, table: &DeTable<'_>, key: &str) -> EventKinds {
        let line = self.key_line(table, key, 1);
        let words = self.texts(table, key);
        let known: Vec<_> = EventKind::ALL.iter().map(|one| one.name()).collect();
        for word in words.iter().filter(|word| *word != "*" && EventKind::from_name(word).is_none()) {
            let cure = nearest(word, &known).map_or_else(
                || format!("choose from {}, or \"*\" for all", known.join(", ")),
                |near| format!("did you mean \"{near}\"?"),
            );
            self.problem(line, format!("\"{word}\" in {key} is not an event"), cure);
        }
        if words.iter().any(|word| word == "*") {
            return EventKinds::ALL;
        }
        words.iter().filter_map(|word| EventKind::from_name(word)).collect()
    }

    fn hook(&mut self, table: &DeTable<'_>, line: usize, printers: &[PrinterConfig]) -> Option<Hook> {
        let before = self.problems.len();
        self.unknown_keys(table, " in [[hook]]", HOOK_KEYS);
        let on = self.event_kinds(table, "on");
        if on == EventKinds::NONE && self.problems.len() == before {
            let line = self.key_line(table, "on", line);
            self.problem(line, "the hook is for nothing", "add on = [\"print.finished\"], or on = [\"*\"] for all");
        }
        let carrier = match (table.get("run"), table.get("url")) {
            (Some(value), None) => self.program(table, value),
            (None, Some(_)) => self.post(table, line),
            (found, _) => {
                let what = if found.is_some() { "the hook has both run and url" } else { "the hook does nothing" };
                self.problem(line, what, "give it one of run = [\"program\", \"argument\"] and url = \"https://…\"");
                None
            }
        };
        let is_post = matches!(carrier, Some(Carrier::Post { .. }));
        let timeout = self.number(table, "timeout", TIMEOUT, 1, LONGEST);
        let retries = self.number(table, "retries", if is_post { RETRIES } else { 0 }, 0, MOST_RETRIES);
        let serials = self.serials(table, printers);
        if self.problems.len() > before {
            return None;
        }
        Some(Hook {
            on,
            carrier: carrier?,
            serials,
            timeout: Duration::from_secs(timeout.unsigned_abs()),
            retries: retries as u32,
        })
    }

    fn program(&mut self, table: &DeTable<'_>, value: &Value<'_>) -> Option<Carrier> {
        let line = self.line_of(value);
        if let Some(headers) = table.get("header_env") {
            let line = self.line_of(headers);
            self.problem(line, "header_env is for url only", "a program can read its environment itself");
        }
        let before = self.problems.len();
        let mut parts = self.texts(table, "run").into_iter();
        match parts.next().filter(|program| !program.trim().is_empty()) {
            Some(program) => Some(Carrier::Run { program, args: parts.collect() }),
            None => {
                if self.problems.len() == before {
                    self.problem(line, "run names no program", "write run = [\"program\", \"argument\"]");
                }
                None
            }
        }
    }

    /// An address is never quoted: it may hold a token.
    fn post(&mut self, table: &DeTable<'_>, line: usize) -> Option<Carrier> {
        let line = self.key_line(table, "url", line);
        let headers = self.headers(table);
        let url = self.text(table, "url")?;
        self.holds_secret = true;
        match host(&url) {
            Some(host) => Some(Carrier::Post { host, url: Secret::new(url), headers }),
            None => {
                self.problem(line, "the url is not a web address", "write it as https://host/path");
                None
            }
        }
    }

    /// Headers whose values stand in environment variables.
    fn headers(&mut self, table: &DeTable<'_>) -> Vec<(String, Secret)> {
        let mut headers = Vec::new();
        let Some(table) = self.table(table, "header_env") else { return headers };
        for (key, value) in table {
            let (name, line): (&str, _) = (key.get_ref(), self.line_of(key));
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&b)) {
                self.problem(line, format!("\"{name}\" is not a header name"), "write for example Authorization");
                continue;
            }
            let Some(variable) = value.get_ref().as_str() else {
                self.wrong_type(value, name, "the name of an environment variable in quotes");
                continue;
            };
            match self.outside.env(variable).map(|text| text.trim().to_owned()) {
                Some(text) if !text.is_empty() && text.bytes().all(|b| matches!(b, b' '..=b'~')) => {
                    headers.push((name.to_owned(), Secret::new(text)));
                }
                Some(_) => {
                    let what = format!("the variable {variable} for the header {name} is empty or not one plain line");
                    self.of_hooks.push(Problem::at(line, what, "set it to the header's value"));
                }
                None => {
                    let what = format!("the variable {variable} for the header {name} is not set");
                    self.of_hooks.push(Problem::at(line, what, "set it before the program starts"));
                }
            }
        }
        headers
    }

    /// The printers that are meant by names, serials or tags.
    fn serials(&mut self, table: &DeTable<'_>, printers: &[PrinterConfig]) -> Vec<String> {
        let Some(value) = table.get("printers") else { return Vec::new() };
        let (line, mut serials) = (self.line_of(value), Vec::new());
        let before = self.problems.len();
        for word in self.texts(table, "printers") {
            let fits = |printer: &&PrinterConfig| {
                printer.name.eq_ignore_ascii_case(&word)
                    || printer.serial.eq_ignore_ascii_case(&word)
                    || printer.tags.contains(&word)
            };
            let found: Vec<_> = printers.iter().filter(fits).map(|printer| printer.serial.clone()).collect();
            // While other things are wrong, the printer that is meant may be among them.
            if found.is_empty() && self.problems.is_empty() {
                let names: Vec<_> = printers.iter().map(|printer| printer.name.as_str()).collect();
                let cure = nearest(&word, &names).map_or_else(
                    || format!("names are {}", names.join(", ")),
                    |near| format!("did you mean \"{near}\"?"),
                );
                self.problem(line, format!("no printer has the name, serial or tag \"{}\"", clean(&word)), cure);
            }
            serials.extend(found);
        }
        if serials.is_empty() && self.problems.len() == before && self.problems.is_empty() {
            self.problem(line, "printers is an empty list", "name some, or remove the key for all printers");
        }
        serials
    }

    fn number(&mut self, table: &DeTable<'_>, key: &str, default: i64, least: i64, most: i64) -> i64 {
        let Some(value) = table.get(key) else { return default };
        let number = match Spanned::get_ref(value) {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        number.filter(|n| (least..=most).contains(n)).unwrap_or_else(|| {
            let line = self.line_of(value);
            self.problem(line, format!("{key} is out of range"), format!("write a number from {least} to {most}"));
            default
        })
    }
}

/// The host of a web address, if it is one.
fn host(url: &str) -> Option<String> {
    if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let place = rest.split(['/', '?', '#', '\\']).next()?;
    let place = place.rsplit('@').next()?;
    let host = match place.strip_prefix('[') {
        Some(v6) => v6.split(']').next()?,
        None => place.split(':').next()?,
    };
    (!host.is_empty()).then(|| clean(host))
}
