//! What of the history is shown alone, line by line, and the room it has. It is made here, where scrolling asks for its
//! length too, so that what is drawn and what is scrolled cannot disagree.

use crate::{
    protocol::{
        model::Model,
        rest::{
            Id, mask,
            messages::Message,
            tasks::{Task, TaskFilament, TaskStatus},
        },
    },
    state::{
        Tone,
        cloud::{
            history::{COVER, History, HistoryTab, Prints},
            session::Account,
        },
        key_action::KeyAction,
        printer::{Printer, connection::ConnectionState},
        view::{
            dialogs::{DialogContext, HistoryView, history::has_picture},
            layout,
            wrap::wrap,
        },
    },
};
use ratatui::layout::Rect;

/// So many filaments of a print are listed.
const FILAMENTS: usize = 16;
/// A sentence about what is wrong has no more lines than this.
const TROUBLE: usize = 3;
/// Facts beside a picture need so many columns.
const BESIDE: u16 = 36;

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub enum HistoryRow {
    /// What it is about.
    Title(String),
    /// A fact, or a further line of one without its label.
    Fact(&'static str, Value, Tone),
    /// Words.
    Text(String),
    /// What can be done here.
    Hint(String),
    /// When something was said.
    Said(Option<i64>),
    /// A filament of a print.
    Filament(Box<TaskFilament>),
    /// Nothing.
    Blank,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// In words; empty: it is not known.
    Words(String),
    /// A moment in seconds since 1970, behind these words.
    Moment(&'static str, Option<i64>),
    /// A span of seconds, as minutes.
    Minutes(Option<i64>),
}

/// Columns of the labels.
pub fn label(width: u16) -> u16 {
    if width >= 40 { 13 } else { 10 }
}

/// The room of a part within that of all of them, and what stands below it: a question, what is wrong, or that an answer is
/// being waited for.
pub fn split(context: &DialogContext<'_>, open: &HistoryView, room: Rect) -> (Rect, Tone, Vec<String>) {
    let (tone, mut lines) = below(context, open, room.width);
    let height = room.height.saturating_sub(1);
    lines.truncate(usize::from(height));
    (Rect { y: room.y + 1, height: height - lines.len() as u16, ..room }, tone, lines)
}

fn below(context: &DialogContext<'_>, open: &HistoryView, width: u16) -> (Tone, Vec<String>) {
    let (history, source) = (context.history, open.tab.source());
    let lines = |words: &str| wrap(words, usize::from(width).max(8));
    if open.leaving {
        let words =
            format!("{} again signs out and forgets the token here; Esc keeps it", key(context, KeyAction::Stop));
        return (Tone::Warning, lines(&words));
    }
    if context.account.identity().is_none() {
        let words = format!("the sign-in to the cloud is over; {} signs in again", key(context, KeyAction::Account));
        return (Tone::Bad, lines(&words));
    }
    if let Some(why) = open.trouble(history) {
        return (Tone::Bad, lines(why).into_iter().take(TROUBLE).collect());
    }
    let Some(prints) = history.list(open.only.as_deref()).filter(|_| source == HistoryTab::Prints) else {
        return (Tone::Plain, Vec::new());
    };
    if prints.is_pending() {
        return (Tone::Plain, lines("asking the cloud"));
    }
    match prints.value().and_then(Prints::shortfall) {
        Some(why) if !open.open => {
            (Tone::Warning, lines(&format!("not all: {why}")).into_iter().take(TROUBLE).collect())
        }
        _ => (Tone::Plain, Vec::new()),
    }
}

/// Room for facts and, where it has come, for the picture beside or above them.
pub fn picture(context: &DialogContext<'_>, room: Rect, of: &str) -> (Rect, Option<Rect>) {
    let (width, height) = (COVER.width, COVER.height / 2);
    let size = context.size();
    if !has_picture(size.width, size.height) || context.history.cover(of).is_none() {
        return (room, None);
    }
    let high = height.min(room.height);
    if room.width >= width + BESIDE {
        let place = Rect { x: room.x + room.width - width, width, height: high, ..room };
        return (Rect { width: room.width - width - 2, ..room }, Some(place));
    }
    let used = (height + 1).min(room.height);
    (Rect { y: room.y + used, height: room.height - used, ..room }, Some(Rect { height: high, ..room }))
}

/// By what name the picture of a print is kept.
pub fn picture_of(task: &Task) -> String {
    task.id.as_ref().map(Id::to_string).unwrap_or_default()
}

/// How far what is shown alone can be scrolled; 0 where nothing is.
pub(in crate::state) fn limit(context: &DialogContext<'_>, open: &HistoryView) -> u16 {
    let room = layout::margin(layout::inner(layout::body(context.size())));
    let (room, ..) = split(context, open, room);
    let history = context.history;
    let (rows, room) = match open.tab {
        HistoryTab::Account => (account(context, room.width), room),
        HistoryTab::Prints if open.open => {
            let Some(task) = open.print(history) else { return 0 };
            let (room, _) = picture(context, room, &picture_of(task));
            (print(context, task, room.width), room)
        }
        HistoryTab::Messages if open.open => {
            let Some(message) = open.message(history) else { return 0 };
            (self::message(message, room.width), room)
        }
        _ => return 0,
    };
    u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_sub(room.height)
}

/// The first key of an action.
fn key(context: &DialogContext<'_>, key_action: KeyAction) -> String {
    context.keymap.key_of(key_action).map_or_else(String::new, |key| key.to_string())
}

/// Facts that are collected for a width.
struct Facts {
    rows: Vec<HistoryRow>,
    width: u16,
}

impl Facts {
    fn add(&mut self, label: &'static str, value: Value, tone: Tone) {
        let Value::Words(words) = value else { return self.rows.push(HistoryRow::Fact(label, value, tone)) };
        let room = self.width.saturating_sub(self::label(self.width)).max(8);
        let lines = wrap(&words, usize::from(room)).into_iter().enumerate();
        let fact = |(at, line)| HistoryRow::Fact(if at == 0 { label } else { "" }, Value::Words(line), tone);
        self.rows.extend(lines.map(fact));
    }

    fn words(&mut self, label: &'static str, words: impl Into<String>) {
        self.add(label, Value::Words(words.into()), Tone::Plain);
    }

    /// A fact that is left out where it is not known.
    fn maybe(&mut self, label: &'static str, words: Option<String>) {
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            self.words(label, words);
        }
    }
}

/// Everything about one print.
pub fn print(context: &DialogContext<'_>, task: &Task, width: u16) -> Vec<HistoryRow> {
    let known = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
    let mut facts = Facts { rows: vec![HistoryRow::Title(task.name().unwrap_or_default().to_owned())], width };
    if task.title.as_deref() != task.name() {
        facts.words("file", known(&task.title).unwrap_or_default());
    }
    facts.words("state", task.status.as_ref().map(ToString::to_string).unwrap_or_default());
    if let Some(printer) = context.history.printer_of(task, context.printers) {
        let percent = printer.job.percent.map_or_else(String::new, |percent| format!(", {percent} %"));
        facts.words("now", format!("the job at {}{percent} by its own report", printer.name));
    }
    facts.words("printer", context.history.device_of(task, context.printers).unwrap_or_default());
    facts.add("began", Value::Moment("", task.started.map(|at| at.0)), Tone::Plain);
    if matches!(task.status, Some(TaskStatus::Finished | TaskStatus::Stopped)) {
        facts.add("ended", Value::Moment("", task.ended_unix()), Tone::Plain);
        facts.add("took", Value::Minutes(task.took_s()), Tone::Plain);
    }
    facts.add("estimate", Value::Minutes(task.estimate_s), Tone::Plain);
    let used = match (task.grams, task.metres()) {
        (Some(g), Some(m)) => format!("{g:.1} g, {m:.1} m"),
        (Some(g), None) => format!("{g:.1} g"),
        _ => String::new(),
    };
    facts.words("filament", used);
    let plate = [task.plate.filter(|plate| *plate > 0).map(|plate| plate.to_string()), known(&task.plate_name)];
    facts.maybe("plate", Some(plate.into_iter().flatten().collect::<Vec<_>>().join(", ")));
    facts.maybe("bed", task.bed_type.as_ref().map(|bed| bed.replace('_', " ")));
    let came_by = |mode: &String| match mode.as_str() {
        "cloud_file" => "cloud".to_owned(),
        "lan_file" => "LAN".to_owned(),
        other => other.to_owned(),
    };
    facts.maybe("sent over", task.mode.as_ref().map(came_by));
    facts.maybe("times", task.repetitions.filter(|times| *times > 1).map(|times| times.to_string()));
    let filaments = task.filaments.iter().flatten().take(FILAMENTS);
    facts.rows.extend(filaments.map(|filament| HistoryRow::Filament(Box::new(filament.clone()))));
    facts.rows
}

/// What a message says, part by part.
pub fn message_words(message: &Message) -> Vec<String> {
    let words = message.words();
    if words.is_empty() { vec!["only Bambu Lab's app shows its content".to_owned()] } else { words }
}

/// Everything of one message.
pub fn message(message: &Message, width: u16) -> Vec<HistoryRow> {
    let words = message_words(message);
    let lines = words.iter().flat_map(|part| wrap(part, usize::from(width).max(8)));
    [HistoryRow::Said(message.created.map(|at| at.0))].into_iter().chain(lines.map(HistoryRow::Text)).collect()
}

/// The account itself.
pub fn account(context: &DialogContext<'_>, width: u16) -> Vec<HistoryRow> {
    let mut facts = Facts { rows: Vec::new(), width };
    let (profile, preference) = (context.history.profile.value(), context.history.preference.value());
    let (Account::SignedIn(who) | Account::Expired(who)) = context.account else { return Vec::new() };
    let full = profile.and_then(|profile| profile.account.as_ref()).map(|name| mask::account(name.expose()));
    facts.words("account", who.account.clone().or(full).unwrap_or_default());
    facts.words("number", who.uid.clone());
    facts.words("region", who.region.name());
    let over = "no longer: the cloud does not take the token any more";
    match (context.account, who.ends) {
        (Account::Expired(_), _) => facts.add("signed in", Value::Words(over.to_owned()), Tone::Bad),
        (_, Some(ends)) => facts.add("signed in", Value::Moment("until ", Some(ends)), Tone::Plain),
        (_, None) => facts.words("signed in", "the token does not say until when"),
    }
    let name = preference.and_then(|found| found.name.clone());
    let name = name.or_else(|| profile.and_then(|found| found.name.clone()));
    let handle = preference.and_then(|found| found.handle.clone()).filter(|handle| !handle.is_empty());
    let handle = handle.map_or_else(String::new, |handle| format!(" (@{})", handle.trim_start_matches('@')));
    facts.words("name", name.map_or_else(String::new, |name| format!("{name}{handle}")));
    facts.maybe("about", preference.and_then(|found| found.bio.clone()));
    let models = profile.and_then(|found| found.models.as_ref()).map(|models| {
        let name =
            |code: &String| Model::from_code(code).map_or_else(|| code.clone(), |model| model.short().to_owned());
        models.iter().map(name).collect::<Vec<_>>().join(", ")
    });
    facts.maybe("printers", models);
    facts.words("unread", context.history.unread().map(|n| n.to_string()).unwrap_or_default());
    let (link, tone) = match context.cloud_link {
        ConnectionState::Up { .. } => ("connected".to_owned(), Tone::Good),
        ConnectionState::Down { why, .. } => (why.to_string(), Tone::Bad),
        ConnectionState::Connecting { .. } => ("connecting".to_owned(), Tone::Warning),
        ConnectionState::Waiting => ("not needed: every printer is reached over the LAN".to_owned(), Tone::Plain),
    };
    facts.add("broker", Value::Words(link), tone);
    facts.rows.push(HistoryRow::Blank);
    let words = format!(
        "Enter signs in again, {} signs out. Bambu Lab keeps the token valid until it expires.",
        key(context, KeyAction::Stop)
    );
    facts.rows.extend(wrap(&words, usize::from(width).max(8)).into_iter().map(HistoryRow::Hint));
    facts.rows
}

impl History {
    /// The name of a printer by its serial, or the serial where nobody has named it.
    pub fn name_of(&self, serial: &str, printers: &[Printer]) -> String {
        let known = printers.iter().find(|printer| printer.serial == serial).map(|printer| printer.name.clone());
        let task = || self.shown(Some(serial)).iter().find_map(|task| task.device_name.clone());
        known.or_else(task).unwrap_or_else(|| serial.to_owned())
    }

    /// The name of the printer that made a print.
    pub fn device_of(&self, task: &Task, printers: &[Printer]) -> Option<String> {
        let named = task.device_name.clone().filter(|name| !name.is_empty());
        named.or_else(|| task.serial.as_deref().map(|serial| self.name_of(serial, printers)))
    }
}
