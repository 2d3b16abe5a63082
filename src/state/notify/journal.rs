//! The journal: what happened, to which printer, and of what kind.

use crate::protocol::codes::Code;
use crate::state::{
    PrinterId, Tone,
    printer::{Printer, job::JobEvent, job_news::Happened},
};
use std::collections::VecDeque;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A job: begun, paused, done …
    Print,
    /// An error or a health message.
    Health,
    /// An order of a person and how it ended.
    Order,
    /// The connection.
    Link,
    /// Anything else: hooks, firmware, the program itself.
    Other,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Print, Self::Health, Self::Order, Self::Link, Self::Other];

    /// The word for files, JSON and searches.
    pub fn name(self) -> &'static str {
        match self {
            Self::Print => "print",
            Self::Health => "health",
            Self::Order => "order",
            Self::Link => "link",
            Self::Other => "other",
        }
    }

    /// The kind of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds since 1970.
    pub unix: i64,
    /// Which printer; `None`: the program itself.
    pub printer: Option<PrinterId>,
    /// What it is about.
    pub kind: EntryKind,
    /// What happened.
    pub text: String,
    /// How loud.
    pub tone: Tone,
}

/// Jobs of a printer that the journal tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields say what became of them")]
pub struct Prints {
    pub started: u32,
    pub finished: u32,
    pub failed: u32,
    pub cancelled: u32,
}

/// What happened, newest last, of bounded length. No printer can push the others out of it, nor out of its file: of each
/// printer and kind only so much is written, and where there is no room the printer with the most lines makes it.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    allowances: Vec<Allowance>,
}

/// How much a printer may still write of a kind.
#[derive(Debug, Clone)]
pub(in crate::state) struct Allowance {
    printer: PrinterId,
    kind: EntryKind,
    lines: u32,
    /// Up to this moment lines have been granted, in seconds since 1970.
    granted: i64,
    /// Lines since the last one that was written.
    left_out: u32,
}

impl Allowance {
    /// So many lines may come at once …
    const MOST: u32 = 60;
    /// … and then one in so many seconds.
    const EVERY: i64 = 60;

    pub(in crate::state) fn new(printer: PrinterId, kind: EntryKind, unix: i64) -> Self {
        Self { printer, kind, lines: Self::MOST, granted: unix, left_out: 0 }
    }

    /// Whether a line may be written now; how many were not since the one before.
    pub(in crate::state) fn take(&mut self, unix: i64) -> Option<u32> {
        // A clock that went back grants nothing, and does not keep what was granted by it.
        let granted = unix.saturating_sub(self.granted).max(0) / Self::EVERY;
        let room = i64::from(Self::MOST - self.lines);
        self.lines += granted.min(room) as u32;
        self.granted = if granted >= room { unix } else { self.granted + granted * Self::EVERY };
        match self.lines.checked_sub(1) {
            Some(left) => {
                self.lines = left;
                Some(std::mem::take(&mut self.left_out))
            }
            None => {
                self.left_out = self.left_out.saturating_add(1);
                None
            }
        }
    }
}

impl Journal {
    /// So many lines are kept.
    pub const LONGEST: usize = 500;

    /// Adds a line. Of a printer that writes without end only some are kept, and those say how many were left out; what
    /// people ordered is kept whole. Returns the line as it is to be kept on disk; `None`: it was left out.
    pub fn add(
        &mut self,
        unix: i64,
        printer: Option<PrinterId>,
        kind: EntryKind,
        text: impl Into<String>,
        tone: Tone,
    ) -> Option<Entry> {
        let mut entry = Entry { unix, printer, kind, text: text.into(), tone };
        if let Some(printer) = printer.filter(|_| kind != EntryKind::Order) {
            let left_out = self.allowance(printer, kind, unix).take(unix)?;
            if left_out > 0 {
                entry.text += &format!(" ({left_out} more lines of this kind were left out before)");
            }
        }
        self.keep(entry.clone());
        Some(entry)
    }

    fn allowance(&mut self, printer: PrinterId, kind: EntryKind, unix: i64) -> &mut Allowance {
        let at = self.allowances.iter().position(|one| one.printer == printer && one.kind == kind);
        let at = at.unwrap_or_else(|| {
            self.allowances.push(Allowance::new(printer, kind, unix));
            self.allowances.len() - 1
        });
        &mut self.allowances[at]
    }

    /// Adds a line that an earlier run of the program has written.
    pub fn keep(&mut self, entry: Entry) {
        if self.entries.len() >= Self::LONGEST {
            self.make_room();
        }
        self.entries.push_back(entry);
    }

    /// Forgets the oldest line of whoever has the most.
    fn make_room(&mut self) {
        let mut counts: Vec<(Option<PrinterId>, u16)> = Vec::new();
        for entry in &self.entries {
            match counts.iter_mut().find(|(who, _)| *who == entry.printer) {
                Some((_, count)) => *count += 1,
                None => counts.push((entry.printer, 1)),
            }
        }
        // Among equals the one whose oldest line is the oldest of all.
        let most = counts.iter().map(|(_, count)| *count).max();
        let whose = counts.iter().find(|(_, count)| Some(*count) == most).map(|(who, _)| *who);
        if let Some(at) = whose.and_then(|whose| self.entries.iter().position(|entry| entry.printer == whose)) {
            self.entries.remove(at);
        }
    }

    /// Oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator {
        self.entries.iter()
    }
}

/// What happened in a gap has no time of its own: the line stands at the moment at which it was noticed.
pub(in crate::state) const LATE: &str = " (noticed late; it happened earlier)";

/// A change of a job in words.
pub(in crate::state) fn told(printer: &Printer, happened: &Happened) -> (String, Tone) {
    let name = happened.name.as_deref().unwrap_or("the job");
    let lost = happened.gone || happened.event == JobEvent::Unseen;
    let at = happened.percent.filter(|_| lost).map_or_else(String::new, |percent| format!(" at {percent} %"));
    // A reason without a text is the code itself.
    let with_code = |why: String, code: Option<Code>| {
        let code = code.map(|code| code.to_string()).filter(|code| !why.starts_with(code));
        code.map_or_else(|| why.clone(), |code| format!("{why} ({code})"))
    };
    let (text, tone) = match happened.event {
        JobEvent::Started => (format!("started {name}"), Tone::Plain),
        JobEvent::Paused => {
            let tone = if printer.waits_for_person() { Tone::Bad } else { Tone::Warning };
            (format!("paused: {}", with_code(printer.pause_reason(), printer.pause_code())), tone)
        }
        JobEvent::Resumed => (format!("resumed {name}"), Tone::Plain),
        JobEvent::Finished => (format!("finished {name}"), Tone::Good),
        JobEvent::Failed => {
            let (why, code) = printer.failure(happened);
            let why = with_code(why, code.filter(|code| matches!(code, Code::Error(_))));
            (format!("failed {name}{at}: {why}"), Tone::Bad)
        }
        JobEvent::Cancelled => (format!("cancelled {name}"), Tone::Plain),
        JobEvent::Unseen => {
            (format!("lost track of {name}{at}: it is over, and how it ended is unknown"), Tone::Warning)
        }
    };
    if happened.late { (text + LATE, tone) } else { (text, tone) }
}
