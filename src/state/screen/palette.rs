//! The rows of the command palette.

use crate::state::command::catalog::{Builder, Entry, entries, read};
use crate::state::{State, command::action::Action, printer::Printer};

impl Entry {
    /// An action of this row with a value that would do, to see whether the row applies at all now.
    fn sample(&self, printer: &Printer) -> Result<Action, String> {
        match self.make {
            Builder::NoArgs(make) => Ok(make()),
            Builder::FromPrinter(make) => Ok(make(printer)),
            Builder::WithArgs(_, sample) => sample(printer),
        }
    }

    /// What was ordered last, where no report shows it. A step is no state: it would say nothing about now.
    fn last(&self, printer: &Printer) -> Option<String> {
        let action =
            self.sample(printer).ok().filter(|action| matches!(action, Action::Light(_) | Action::Setting(_)))?;
        printer.orders.last_unseen(&action).map(ToString::to_string)
    }

    /// Why it does not apply to a printer now. Which order it would be, and so whether another of its kind is under
    /// way, only the whole line tells where values follow.
    fn obstacle(&self, typed: &str, printer: &Printer, state: &State) -> Option<String> {
        let applies = self.sample(printer).and_then(|sample| {
            printer.is_able(&sample, state.now.at, &state.watchdog_timeouts)?;
            let meant = match self.make {
                Builder::WithArgs(..) => read(typed, printer).ok(),
                Builder::NoArgs(_) | Builder::FromPrinter(_) => Some(sample),
            };
            meant.map_or(Ok(()), |action| printer.is_free_for(&action))
        });
        applies.err()
    }
}

/// A row of the palette as it is shown.
#[derive(Debug)]
pub struct PaletteRow {
    /// The row.
    pub entry: &'static Entry,
    /// Why it does not apply now.
    pub obstacle: Option<String>,
    /// The last order of its kind that was accepted and that no report shows: all that is known of it.
    pub last: Option<String>,
}

/// The rows that fit what was typed so far: the one of just that name, then those that apply before those that do not,
/// best match first. Names fit by letters in order; what a row does, only by what is written there: letters in order
/// are found in nearly every sentence.
pub fn rows(state: &State, typed: &str) -> Vec<PaletteRow> {
    use nucleo_matcher::{
        Config, Matcher, Utf32Str,
        pattern::{AtomKind, CaseMatching, Normalization, Pattern},
    };
    let printers: Vec<_> = state.addressed().into_iter().filter_map(|who| state.printer(who)).collect();
    let typed = typed.trim_start();
    let word = typed.split_whitespace().next().unwrap_or("");
    // Behind the name stand its values: the row is settled.
    let settled = typed.contains(' ');
    let pattern = Pattern::parse(word, CaseMatching::Ignore, Normalization::Smart);
    let written = Pattern::new(word, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<_> = entries()
        .filter_map(|entry| {
            if settled {
                return entry.name.eq_ignore_ascii_case(word).then_some((0, entry));
            }
            let name = pattern.score(Utf32Str::new(entry.name, &mut buffer), &mut matcher).map(|score| score + 1000);
            let text = || written.score(Utf32Str::new(entry.text, &mut buffer), &mut matcher);
            name.or_else(text).map(|score| (score, entry))
        })
        .map(|(score, entry)| {
            let obstacle = if state.settings.read_only {
                Some("read-only".to_owned())
            } else {
                let mut obstacles = printers.iter().map(|printer| entry.obstacle(typed, printer, state));
                // For several printers a row applies if it does to one of them.
                let first = obstacles.next().flatten();
                first.filter(|_| obstacles.all(|obstacle| obstacle.is_some()))
            };
            let last = match printers[..] {
                [printer] => entry.last(printer),
                _ => None,
            };
            (score, PaletteRow { entry, obstacle, last })
        })
        .collect();
    found.sort_by_key(|(score, row)| {
        (!row.entry.name.eq_ignore_ascii_case(word), row.obstacle.is_some(), std::cmp::Reverse(*score))
    });
    found.into_iter().map(|(_, row)| row).collect()
}
