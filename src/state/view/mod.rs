//! What the person looks at: focus, selection, order and filter of the list, layers on top.

pub(in crate::state) mod filter;
pub mod form;
pub mod grouping;
pub mod help;
pub mod keymap;
pub mod marks;
pub mod panel;
pub mod quiet;
pub mod totals;

use super::{
    PrinterId,
    event::Probed,
    printer::{Printer, Status},
};
use crate::protocol::command::Seq;
use crate::state::{
    cloud::{account::Rename, history::HistoryView, login::Login},
    command::batch::{Batch, Item, Results},
    printer::{
        certificate::{Certificate, Met, Question},
        chart::Span,
        need::Need,
        objects::Picker,
    },
    view::{
        grouping::{Group, Grouping},
        marks::Marks,
        panel::Panel,
        quiet::Asked,
    },
};
use ratatui::layout::Size;
use std::time::Instant;
use tui_input::Input;

/// A pane of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "the variants are the panes' titles")]
pub enum Pane {
    #[default]
    Printers,
    Job,
    Temps,
    Ams,
    Camera,
    Device,
    Journal,
}

impl Pane {
    /// All panes in the order Tab walks through them.
    pub const ALL: [Self; 7] =
        [Self::Printers, Self::Job, Self::Temps, Self::Ams, Self::Camera, Self::Device, Self::Journal];
}

/// Order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Danger and whatever else needs a person, finishing soon, printing, idle, offline.
    #[default]
    Need,
    /// By name.
    Name,
    /// Least time left first; printers without a job last.
    TimeLeft,
}

impl Sort {
    /// The next one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Need => Self::Name,
            Self::Name => Self::TimeLeft,
            Self::TimeLeft => Self::Need,
        }
    }

    /// For the list's title: "by …".
    pub fn name(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Name => "name",
            Self::TimeLeft => "time left",
        }
    }
}

/// A question before a dangerous order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// Whom, what, and what must not change meanwhile.
    pub item: Item,
    /// When the question is void.
    pub until: Instant,
}

/// The help screen.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// Lines scrolled down.
    pub scroll: u16,
    /// Text to look for.
    pub search: Input,
    /// The search text is being typed.
    pub typing: bool,
}

/// The form that adds a LAN printer.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Name, address, serial, access code.
    pub fields: [Input; 4],
    /// Which field has the cursor.
    pub at: usize,
    /// How far the connection test is.
    pub test: Test,
}

impl Form {
    /// Place of the access code in [`Form::fields`]: shown as dots.
    pub const CODE: usize = 3;
    /// Titles of the fields and where a person finds each.
    pub const FIELDS: [(&'static str, &'static str); 4] = [
        ("name", "as you call it"),
        ("address", "printer's screen: Settings, WLAN: IP"),
        ("serial", "printer's screen: Settings, Device; or the sticker"),
        ("access code", "printer's screen: Settings, WLAN or LAN mode"),
    ];
}

/// The form's connection test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Test {
    /// Not done, or something was typed since.
    #[default]
    Open,
    /// A field is missing or wrong: which and why.
    Wrong(usize, String),
    /// Under way.
    Running,
    /// Nobody knows the certificate yet: the person judges it before the access code is sent.
    Met(Met),
    /// It failed; why, in words.
    Failed(String),
    /// It worked; what was found.
    Passed(Probed),
    /// It is being written, with the certificate that was tested.
    Saving(Certificate),
}

/// The command palette: one line to type in, and the actions that fit it.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// Which row is chosen.
    pub at: usize,
    /// Why the last line was not an order.
    pub mistake: Option<String>,
}

/// A layer over the panes; Esc closes the top one.
#[derive(Debug, Clone)]
pub enum Layer {
    /// A question before a dangerous order.
    Confirm(Confirm),
    /// A question before a printer's certificate is accepted.
    Certificate(Question),
    /// A question before an order to several printers.
    Batch(Batch),
    /// What became of such an order.
    Results(Results),
    /// The keys.
    Help(Help),
    /// The command palette.
    Palette(Palette),
    /// What the cloud remembers.
    History(Box<HistoryView>),
    /// The form that signs in to the cloud.
    Login(Box<Login>),
    /// The line that gives a printer another name in the account.
    Rename(Box<Rename>),
    /// The objects of a print, to be chosen from.
    Objects(Picker),
    /// The control panel.
    Panel(Panel),
    /// The form that adds a printer. Boxed: it is much larger than the others.
    Form(Box<Form>),
}

impl Layer {
    /// When a question is void.
    pub fn until(&self) -> Option<Instant> {
        match self {
            Self::Confirm(question) => Some(question.until),
            Self::Batch(question) => Some(question.until),
            Self::Certificate(question) => Some(question.until),
            _ => None,
        }
    }

    /// When a control panel disarms itself.
    pub fn disarms_at(&self) -> Option<Instant> {
        match self {
            Self::Panel(panel) => panel.until(),
            _ => None,
        }
    }
}

/// What the person looks at.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Size of the screen in cells.
    pub size: Size,
    /// The pane that has the focus.
    pub focus: Pane,
    /// The pane that fills the screen.
    pub zoom: Option<Pane>,
    /// The selected printer; nobody where the filter leaves nobody.
    pub selected: Option<PrinterId>,
    /// The marked printers.
    pub marks: Marks,
    /// Printers that pass the filter, in their order.
    pub rows: Vec<PrinterId>,
    /// The headings among them, in their order; none without a grouping.
    pub groups: Vec<Group>,
    /// What the list is grouped by.
    pub grouping: Grouping,
    /// Order of the list, within each group.
    pub sort: Sort,
    /// The person has pressed a key, or every printer has said something: from now on the selection stays.
    pub settled: bool,
    /// Text the list is filtered by.
    pub filter: Input,
    /// The filter by which the list was arranged last.
    pub(super) arranged_by: Vec<String>,
    /// The filter is being typed.
    pub filtering: bool,
    /// First visible band of the list: entries side by side, or a heading.
    pub top: usize,
    /// How far back the temperature chart looks.
    pub span: Span,
    /// Lines scrolled down in AMS and journal.
    pub scroll_ams: u16,
    /// Lines scrolled down in the list of messages of the zoomed job.
    pub scroll_job: u16,
    /// Lines scrolled down in the device pane.
    pub scroll_device: u16,
    /// Entries scrolled back in the journal.
    pub scroll_journal: u16,
    /// The journal tells of the selected printer only.
    pub journal_of_one: bool,
    /// Text the journal is searched for.
    pub search: Input,
    /// The search is being typed.
    pub searching: bool,
    /// What lies on top, topmost last.
    pub layers: Vec<Layer>,
    /// The question on top, if it is whole on the screen, and since when that is so and no other key was pressed at it.
    pub(super) quiet: Option<(Asked, Instant)>,
    /// When the screen showed again what orders are about, after a time when it did not.
    pub(super) seen_again: Option<Instant>,
    /// The printers as they were when the view was frozen, and when, in seconds since 1970.
    pub frozen: Option<Box<(Vec<Printer>, i64)>>,
    /// Mouse reports are on.
    pub mouse: bool,
    /// Orders to several printers whose results were closed: their sum was said.
    pub summed: Vec<(PrinterId, Seq)>,
    /// Every change of every printer is looked at: a command without a screen.
    pub every_change: bool,
}

/// Order by need: what needs a person first, then what finishes soon.
pub(in crate::state) fn need(printer: &Printer) -> (bool, Option<Need>, Status, u32) {
    let status = match printer.status() {
        // Preparing and printing share a place: both are at work.
        Status::Preparing => Status::Printing,
        // So do all that have nothing to do.
        Status::Finished | Status::Stopped | Status::Cancelled | Status::Unknown => Status::Idle,
        other => other,
    };
    let need = printer.need();
    (need.is_none(), need, status, printer.job.minutes_left.unwrap_or(u32::MAX))
}

impl Status {
    /// The word for lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trouble => "failed",
            Self::Waiting => "waiting",
            Self::Printing => "printing",
            Self::Preparing => "preparing",
            Self::Paused => "paused",
            Self::Finished => "done",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Idle => "idle",
            Self::Unknown => "unknown",
            Self::Connecting => "connecting",
            Self::Offline => "offline",
        }
    }
}
