//! The command palette: one line to type in, and the rows that fit it.

use super::{Batch, DialogContext, DialogHelp, DialogKeys, Hint, HintKey, Want, keys::edit};
use crate::state::{
    command::{
        action::Action,
        catalog::{self, Builder, Entry, entries, read},
    },
    printer::Printer,
    view::scroll::Scroll,
};
use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

/// The command palette: one line to type in, and the actions that fit it.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// Which row is chosen.
    pub at: Scroll,
    /// Why the last line was not an order.
    pub mistake: Option<String>,
}

impl Palette {
    /// Enter orders the chosen row, or writes its name when a value must follow; Tab only writes it.
    fn choose(&mut self, order: bool, context: &DialogContext<'_>) -> Vec<Want> {
        let typed = self.input.value().trim_start().to_owned();
        let rows = rows(context, &typed);
        let row = rows.get(self.at.at(rows.len().saturating_sub(1)));
        let line = match row {
            // A name whose value is missing: go on typing behind it.
            Some(row) if !typed.contains(' ') && (!row.entry.args.is_empty() || !order) => {
                let name = format!("{} ", row.entry.name);
                *self = Self { input: Input::new(name), ..Self::default() };
                return Vec::new();
            }
            Some(row) if !typed.contains(' ') => row.entry.name.to_owned(),
            _ => typed,
        };
        let (time, whom) = ((context.now.at, context.watchdog_timeouts), context.view.addressed());
        let batch = Batch::plan(context.printers, time, &whom, &line, |printer| catalog::read(&line, printer));
        // What cannot be ordered is said in the palette, so that the line can be corrected.
        let Some(item) = batch.items.first() else {
            let why = batch.left_out.first().map(|(_, why)| why.clone());
            self.mistake = Some(why.unwrap_or_else(|| context.nobody()));
            return Vec::new();
        };
        let order = if context.view.marks.is_empty() {
            Want::Order(item.who, item.action.clone())
        } else {
            Want::AskAbout(batch)
        };
        vec![Want::Close, order]
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "Commands",
    keys: &[
        (HintKey::UpDown, "choose"),
        (HintKey::Fixed("Enter"), "order what is chosen"),
        (HintKey::Fixed("Tab"), "complete its name"),
        (HintKey::Fixed("Esc"), "close"),
    ],
};

impl DialogKeys for Palette {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        match key.code {
            KeyCode::Esc => return Some(vec![Want::Close]),
            KeyCode::Enter | KeyCode::Tab => return Some(self.choose(key.code == KeyCode::Enter, context)),
            KeyCode::Up | KeyCode::Down => {
                let last = rows(context, self.input.value()).len().saturating_sub(1);
                self.at.by(1, key.code == KeyCode::Down, last);
            }
            _ if edit(&mut self.input, key) => self.typed(),
            _ => {}
        }
        Some(Vec::new())
    }

    fn hints(&self, _context: &DialogContext<'_>) -> Vec<Hint> {
        vec![Hint::new("Enter", "run"), Hint::new("Tab", "complete"), Hint::new("Esc", "close")]
    }

    fn input(&mut self) -> Option<&mut Input> {
        Some(&mut self.input)
    }

    fn typed(&mut self) {
        self.at = Scroll::default();
        self.mistake = None;
    }
}

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
    fn obstacle(&self, typed: &str, printer: &Printer, context: &DialogContext<'_>) -> Option<String> {
        let applies = self.sample(printer).and_then(|sample| {
            printer.is_able(&sample, context.now.at, context.watchdog_timeouts)?;
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
pub fn rows(context: &DialogContext<'_>, typed: &str) -> Vec<PaletteRow> {
    use nucleo_matcher::{
        Config, Matcher, Utf32Str,
        pattern::{AtomKind, CaseMatching, Normalization, Pattern},
    };
    let printers: Vec<_> = context.view.addressed().into_iter().filter_map(|who| context.printer(who)).collect();
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
            let obstacle = if context.settings.read_only {
                Some("read-only".to_owned())
            } else {
                let mut obstacles = printers.iter().map(|printer| entry.obstacle(typed, printer, context));
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
