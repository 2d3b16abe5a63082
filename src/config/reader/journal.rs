//! `[journal]`.

use super::{DeTable, Reader};
use crate::{config::Config, protocol::wire::clean};
use std::time::Duration;

const JOURNAL_KEYS: &[&str] = &["keep"];
/// Days in each unit that a span may have.
const UNITS: [(&str, u64); 4] = [("day", 1), ("week", 7), ("month", 30), ("year", 365)];
/// The longest span, in days.
const LONGEST: u64 = 10 * 365;

impl Reader<'_> {
    pub(super) fn journal(&mut self, table: &DeTable<'_>, config: &mut Config) {
        let Some(table) = self.table(table, "journal") else { return };
        self.unknown_keys(table, " in [journal]", JOURNAL_KEYS);
        let Some(text) = self.text(table, "keep") else { return };
        match span(&text) {
            Some(keep) => config.journal.keep = keep,
            None => {
                let line = self.key_line(table, "keep", 1);
                let what = format!("keep = \"{}\" is not a span of time", clean(&text));
                self.problem(
                    line,
                    what,
                    "write a number of days, weeks, months or years, such as \"1 year\"; at most 10 years",
                );
            }
        }
    }
}

/// A number and its unit, in the singular or the plural.
fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_once(char::is_whitespace)?;
    let unit = unit.trim();
    let (_, days) = UNITS.iter().find(|(name, _)| unit.strip_suffix('s').unwrap_or(unit) == *name)?;
    let days = number.parse::<u64>().ok()?.checked_mul(*days)?;
    (1..=LONGEST).contains(&days).then(|| Duration::from_secs(days * 86_400))
}
