//! What the question and the results say, line by line, and how much of it fits: scrolling counts what drawing draws.

use crate::state::{
    PrinterId, Tone,
    command::{
        bulk::{Item, Outcome},
        tracker::Stage,
    },
    printer::Printer,
    view::{
        dialogs::{Batch, DialogContext, Results},
        layout,
        wrap::wrap,
    },
};
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// What a line tells, for its symbol and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It would be ordered.
    Goes,
    /// It would be ordered, and that may do harm.
    Care,
    /// It is left out.
    Out,
    /// Under way.
    Open,
    /// Done.
    Good,
    /// It did not come to its end.
    Bad,
}

/// A line about a printer. Further lines about the same one have no mark and no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it tells.
    pub mark: Option<Mark>,
    /// The printer.
    pub name: String,
    /// The job, or the reason, or how far the order came.
    pub words: String,
    /// At the right edge.
    pub figure: String,
}

/// The parts of the box on the present screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Columns inside the border and its margin.
    pub width: u16,
    /// Columns of the names.
    pub names: usize,
    /// The list, all of it.
    pub lines: Vec<Line>,
    /// Lines of the list that fit.
    pub rows: u16,
    /// What should be considered, as far as it fits; for results their sum.
    pub note: Vec<String>,
    /// When the question is void; empty where it does not fit.
    pub until: String,
    /// Blank lines between the parts.
    pub gaps: bool,
}

/// The widest box, inside its border and margin.
const WIDEST: u16 = 76;
/// Columns before the names: symbol and blank.
pub const LEAD: usize = 2;
/// Columns for a percentage, with a blank.
pub const FIGURE: usize = 5;

impl Shape {
    /// The shape of a question.
    pub fn of_question(context: &DialogContext<'_>, batch: &Batch) -> Self {
        Self::of_question_in(Room::of(context), context, batch)
    }

    /// The same as lines of text, as many as there are.
    pub fn of_list(context: &DialogContext<'_>, batch: &Batch) -> Self {
        Self::of_question_in(Room { width: WIDEST, height: u16::MAX }, context, batch)
    }

    fn of_question_in(room: Room, context: &DialogContext<'_>, batch: &Batch) -> Self {
        let asked = batch.items.iter().map(|item| item.who);
        let names = room.names(context, asked.chain(batch.left_out.iter().map(|(who, _)| *who)));
        let (mixed, risks) = (batch.is_mixed(), Risks::of(context, batch));
        let mut lines = Vec::new();
        for (item, warning) in batch.items.iter().zip(&risks.warnings) {
            if let Some(printer) = context.printer(item.who) {
                let care = warning.is_some() && !risks.is_shared();
                lines.push(asked_about(printer, item, mixed, care));
            }
            if let Some(warning) = warning.as_ref().filter(|_| risks.differ) {
                lines.extend(wrap(warning, room.words(names)).into_iter().map(further));
            }
        }
        for (who, why) in &batch.left_out {
            lines.extend(said_of(context, *who, Mark::Out, why, room.words(names)));
        }
        // In steps, so that the box is not drawn anew each second.
        let left = batch.until.saturating_duration_since(context.now.at).as_millis().div_ceil(5000) * 5;
        let until = match room.width {
            _ if batch.items.is_empty() => String::new(),
            0..50 => format!("expires in {left} s"),
            _ => format!("expires in {left} s; printers whose connection or job changes are skipped"),
        };
        let note = room.note(&risks.note());
        room.share(names, lines, note, until)
    }

    /// The shape of results: what went wrong first, then what is under way.
    pub fn of_results(context: &DialogContext<'_>, results: &Results) -> Self {
        let room = Room::of(context);
        let names = room.names(context, results.list.iter().map(|one| one.who));
        let mixed = results.list.windows(2).any(|two| two[0].action != two[1].action);
        let mut list: Vec<_> = results.list.iter().collect();
        list.sort_by_key(|one| match mark_of(&one.stage) {
            Mark::Bad => 0,
            Mark::Open => 1,
            _ => 2,
        });
        let words =
            |one: &Outcome| if mixed { format!("{}: {}", one.action, one.stage) } else { one.stage.to_string() };
        let lines = list
            .into_iter()
            .flat_map(|one| said_of(context, one.who, mark_of(&one.stage), &words(one), room.words(names)))
            .collect();
        let note = room.note(&sum(results));
        room.share(names, lines, note, String::new())
    }

    /// Columns inside its border and margin.
    pub fn width(context: &DialogContext<'_>) -> u16 {
        Room::of(context).width
    }

    /// How far the list can be scrolled.
    pub fn limit(&self) -> u16 {
        (self.lines.len() as u16).saturating_sub(self.rows)
    }

    /// Lines inside the border.
    pub fn height(&self) -> u16 {
        let parts = [self.rows, self.note.len() as u16, 1, u16::from(!self.until.is_empty())];
        parts.iter().sum::<u16>() + if self.gaps { 1 + u16::from(!self.note.is_empty()) } else { 0 }
    }
}

/// The room inside the border.
#[derive(Clone, Copy)]
struct Room {
    width: u16,
    height: u16,
}

impl Room {
    fn of(context: &DialogContext<'_>) -> Self {
        let Rect { width, height, .. } = layout::body(context.size());
        Self { width: width.saturating_sub(4).clamp(1, WIDEST), height: height.saturating_sub(2).max(1) }
    }

    /// Columns for these printers' names.
    fn names(self, context: &DialogContext<'_>, whom: impl Iterator<Item = PrinterId>) -> usize {
        let widest = whom.filter_map(|who| context.printer(who)).map(|printer| printer.name.width()).max().unwrap_or(0);
        widest.min(if self.width < 50 { 14 } else { 20 })
    }

    fn note(self, words: &str) -> Vec<String> {
        if words.is_empty() { Vec::new() } else { wrap(words, usize::from(self.width)) }
    }

    /// Columns for the words behind them.
    fn words(self, names: usize) -> usize {
        usize::from(self.width).saturating_sub(LEAD + names + 1).max(1)
    }

    /// What does not fit goes, the least needed first; the keys always stay, and a line of the list.
    fn share(self, names: usize, lines: Vec<Line>, note: Vec<String>, until: String) -> Shape {
        let all = lines.len() as u16;
        let mut shape = Shape { width: self.width, names, lines, rows: all, note, until, gaps: true };
        let too_high = |shape: &Shape| {
            let others = shape.height() - shape.rows;
            others + all.min(3) > self.height
        };
        if too_high(&shape) || shape.height() > self.height {
            shape.gaps = false;
        }
        if too_high(&shape) {
            shape.until.clear();
        }
        if too_high(&shape) {
            shape.note.truncate(1);
        }
        if too_high(&shape) && self.height < 4 {
            shape.note.clear();
        }
        let others = shape.height() - shape.rows;
        shape.rows = all.min(self.height.saturating_sub(others)).max(1);
        shape
    }
}

/// A printer that would be ordered: its job and progress.
fn asked_about(printer: &Printer, item: &Item, mixed: bool, care: bool) -> Line {
    let job = &printer.job;
    let active = job.phase.is_active();
    let what = if active { job.name.as_deref().unwrap_or("no name") } else { printer.status().word() };
    let words = if mixed { format!("{}, {what}", item.action) } else { what.to_owned() };
    let figure = job.percent.filter(|_| active).map_or_else(String::new, |percent| format!("{percent} %"));
    let mark = Some(if care { Mark::Care } else { Mark::Goes });
    Line { mark, name: printer.name.clone(), words, figure }
}

/// What may go wrong, printer by printer.
struct Risks {
    /// In the order of the question.
    warnings: Vec<Option<String>>,
    /// Not all warnings say the same: each stands below its printer.
    differ: bool,
}

impl Risks {
    fn of(context: &DialogContext<'_>, batch: &Batch) -> Self {
        let warning = |item: &Item| Some(item.action.risk(context.printer(item.who)?)?.warning);
        let warnings: Vec<_> = batch.items.iter().map(warning).collect();
        let mut said = warnings.iter().flatten();
        let first = said.next();
        let differ = said.any(|other| Some(other) != first);
        Self { warnings, differ }
    }

    /// Whether the same may go wrong at everybody's.
    fn is_shared(&self) -> bool {
        !self.differ && self.warnings.iter().all(Option::is_some)
    }

    /// What stands below the list.
    fn note(&self) -> String {
        let count = self.warnings.iter().flatten().count();
        match self.warnings.iter().flatten().next() {
            None => String::new(),
            Some(warning) if self.is_shared() => warning.clone(),
            Some(_) if self.differ => format!("Look at {count} of them first (!)."),
            Some(warning) => format!("{count} of them (!): {warning}"),
        }
    }
}

/// A printer and a sentence about it.
fn said_of(context: &DialogContext<'_>, who: PrinterId, mark: Mark, words: &str, room: usize) -> Vec<Line> {
    let name = context.printer(who).map_or_else(String::new, |printer| printer.name.clone());
    // The name stands before it already.
    let words = words.strip_prefix(&name).and_then(|rest| rest.strip_prefix(" is ")).unwrap_or(words);
    let mut lines: Vec<_> = wrap(words, room).into_iter().map(further).collect();
    if let Some(first) = lines.first_mut() {
        first.mark = Some(mark);
        first.name = name;
    }
    lines
}

fn further(words: String) -> Line {
    Line { mark: None, name: String::new(), words, figure: String::new() }
}

impl Results {
    /// All of it in a line: `light off: 70 of 70 seen`.
    pub(in crate::state) fn in_short(&self) -> (String, Tone) {
        let (all, sum) = (self.list.len(), sum(self));
        let sum = if sum.contains(',') || all == 1 { sum } else { sum.replacen(' ', &format!(" of {all} "), 1) };
        let any = |mark| self.list.iter().any(|one| mark_of(&one.stage) == mark);
        let tone = match (any(Mark::Bad), any(Mark::Open)) {
            (true, _) => Tone::Warning,
            (_, true) => Tone::Plain,
            _ => Tone::Good,
        };
        (format!("{}: {sum}", self.words), tone)
    }
}

/// `12 confirmed, 1 refused, 3 under way`
fn sum(results: &Results) -> String {
    let count = |test: fn(&Stage) -> bool| results.list.iter().filter(|one| test(&one.stage)).count();
    let parts: [(usize, &str); 7] = [
        (count(Stage::is_open), "under way"),
        (count(|s| matches!(s, Stage::Refused(_))), "refused"),
        (count(|s| matches!(s, Stage::NoAnswer)), "without an answer"),
        (count(|s| matches!(s, Stage::NoEffect)), "without effect"),
        (count(|s| matches!(s, Stage::Dropped(_))), "dropped"),
        (count(|s| matches!(s, Stage::Accepted)), "accepted"),
        (count(|s| matches!(s, Stage::Seen)), "confirmed"),
    ];
    let said: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    said.join(", ")
}

fn mark_of(stage: &Stage) -> Mark {
    match stage {
        Stage::Seen | Stage::Accepted => Mark::Good,
        stage if stage.is_open() => Mark::Open,
        _ => Mark::Bad,
    }
}
