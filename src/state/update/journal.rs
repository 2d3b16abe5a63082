//! The journal: what happened, to which printer, and of what kind.

use crate::protocol::{
    codes::{Code, PrintError, Severity},
    wire::clean,
};
use crate::state::cx::Cx;
use crate::state::notify::journal::{Entry, EntryKind, LATE, Prints, told};
use crate::state::{
    PrinterId, State, Tone,
    command::tracker::{Order, Stage},
    effect::Effect,
    printer::{
        Printer,
        job_news::{Fresh, Happened},
    },
};

impl State {
    /// The entries that the pane shows, oldest first: of one printer or of all, and those that hold every searched word.
    pub fn journal_entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        let only = self.view.selected.filter(|_| self.view.journal_of_one);
        let words: Vec<String> = self.view.search.value().split_whitespace().map(str::to_lowercase).collect();
        self.journal.entries().filter(move |entry| {
            (only.is_none() || entry.printer == only) && (words.is_empty() || self.holds(entry, &words))
        })
    }

    /// What the journal tells of a printer's jobs.
    pub fn prints_of(&self, printer: &Printer) -> Prints {
        let mut prints = Prints::default();
        let is_this = |who: PrinterId| self.printer(who).is_some_and(|p| p.serial == printer.serial);
        let jobs = self.journal.entries().filter(|e| e.kind == EntryKind::Print && e.printer.is_some_and(is_this));
        for entry in jobs {
            // The words are those of `told`.
            match entry.text.split(' ').next() {
                Some("started") => prints.started += 1,
                Some("finished") => prints.finished += 1,
                Some("failed") => prints.failed += 1,
                Some("cancelled") => prints.cancelled += 1,
                _ => {}
            }
        }
        prints
    }

    /// Whether every word stands in the text, in the printer's name, or is the kind.
    pub(in crate::state) fn holds(&self, entry: &Entry, words: &[String]) -> bool {
        let name = entry.printer.and_then(|who| self.printer(who)).map(|printer| printer.name.to_lowercase());
        let text = entry.text.to_lowercase();
        words.iter().all(|word| {
            text.contains(word) || name.as_ref().is_some_and(|name| name.contains(word)) || entry.kind.name() == word
        })
    }

    pub(crate) fn log(&mut self, who: PrinterId, kind: EntryKind, text: impl Into<String>, tone: Tone, cx: &mut Cx) {
        self.write(Some(who), kind, text, tone, cx);
    }

    /// A line about no printer.
    pub(crate) fn log_program(&mut self, kind: EntryKind, text: impl Into<String>, tone: Tone, cx: &mut Cx) {
        self.write(None, kind, text, tone, cx);
    }

    fn write(&mut self, who: Option<PrinterId>, kind: EntryKind, text: impl Into<String>, tone: Tone, cx: &mut Cx) {
        let entry = self.journal.add(cx.now.unix, who, kind, text, tone);
        cx.effects.extend(entry.map(|entry| Effect::Record(Box::new(entry))));
    }

    /// What happens is in memory alone from now on.
    pub(crate) fn not_kept(&mut self, why: &str, cx: &mut Cx) {
        let text = clean(&format!("nothing is kept: {why}"));
        // A command tells it too.
        let entry = self.journal.add(cx.now.unix, None, EntryKind::Other, text.clone(), Tone::Warning);
        cx.effects.extend(entry.map(|entry| Effect::Witness(Box::new(entry))));
        self.say(text, Tone::Warning, cx);
    }

    /// Codes that are new. `before` is the error that was told until then; `tells`: something is told that names its error
    /// itself. By which number a printer says that a person cancelled the job is no line: the job's end is.
    pub(in crate::state) fn log_codes(
        &mut self,
        who: PrinterId,
        fresh: &[Fresh],
        before: Option<PrintError>,
        tells: bool,
        cx: &mut Cx,
    ) {
        for Fresh { code, late } in fresh {
            let tone = if code.severity() <= Severity::Serious { Tone::Bad } else { Tone::Warning };
            self.log_code(who, Code::Hms(*code), if *late { LATE } else { "" }, tone, cx);
        }
        let Some(printer) = self.printer(who) else { return };
        let told = |error: Option<PrintError>| error.filter(|error| !error.is_cancellation());
        match (told(before), told(printer.job.error)) {
            (before, Some(error)) if before != Some(error) && (!tells || error.is_danger()) => {
                let late = printer.news.is_error_late();
                self.log_code(who, Code::Error(error), if late { LATE } else { "" }, Tone::Bad, cx);
            }
            (Some(gone), None) if printer.job.old_error() != Some(gone) => {
                self.log(who, EntryKind::Health, format!("the error is gone ({gone})"), Tone::Plain, cx);
            }
            _ => {}
        }
    }

    /// Something happened to a job.
    pub(in crate::state) fn log_job(&mut self, who: PrinterId, happened: &Happened, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        let (text, tone) = told(printer, happened);
        self.log(who, EntryKind::Print, text, tone, cx);
    }

    pub(in crate::state) fn log_code(&mut self, who: PrinterId, code: Code, late: &str, tone: Tone, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        let words = printer.text(code).words;
        self.log(who, EntryKind::Health, format!("{words} ({code}){late}"), tone, cx);
    }

    /// An order's beginning.
    pub(in crate::state) fn log_order(
        &mut self,
        who: PrinterId,
        action: &crate::state::command::action::Action,
        cx: &mut Cx,
    ) {
        self.log(who, EntryKind::Order, format!("{action} ordered"), Tone::Plain, cx);
    }

    /// An order's end. Tells how loud it is.
    pub(in crate::state) fn log_order_end(&mut self, who: PrinterId, order: &Order, cx: &mut Cx) -> Tone {
        let tone = match order.stage {
            Stage::Seen | Stage::Accepted => Tone::Good,
            Stage::Refused(_) | Stage::Dropped(_) => Tone::Bad,
            _ => Tone::Warning,
        };
        self.log(who, EntryKind::Order, format!("{} {}", order.action, order.stage), tone, cx);
        tone
    }
}

#[cfg(test)]
mod tests;
