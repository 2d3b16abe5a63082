//! What deserves attention away from the screen: a bell, a desktop notification, a hook.
//!
//! These are facts of the same kind as the journal's lines, but fewer: nothing is told for the first state after a start,
//! retries are no news, messages that flap are told once, and a printer that flaps is told of in sums.

pub(in crate::state) mod pace;

pub(in crate::state) use pace::Pace;

use crate::protocol::codes::{Code, FILAMENT_RAN_OUT, PAUSED_BY_USER, PrintError};
use crate::state::{
    PrinterId,
    printer::{Printer, job::PAUSED_BY_PERSON},
};

/// Declares the kinds of events with their names in the configuration and in the JSON of hooks.
macro_rules! event_kinds {
    ($( $(#[$meta:meta])* $variant:ident = $text:literal ),+ $(,)?) => {
        /// Something that a person may want to be told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind { $( $(#[$meta])* $variant ),+ }

        impl EventKind {
            /// Every kind of event, in the order in which it is documented.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The kind of event of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

event_kinds! {
    /// A job began.
    PrintStarted = "print.started",
    /// A job was paused, by a person or by the printer.
    PrintPaused = "print.paused",
    /// A job is done.
    PrintFinished = "print.finished",
    /// A job failed.
    PrintFailed = "print.failed",
    /// A person cancelled a job.
    PrintCancelled = "print.cancelled",
    /// A health message appeared.
    HmsRaised = "hms.raised",
    /// Fire, smoke, or heat out of control.
    DangerRaised = "danger.raised",
    /// The filament ran out.
    FilamentRunout = "filament.runout",
    /// A printer can be reached again.
    DeviceOnline = "device.online",
    /// A printer that could be reached no longer can.
    DeviceOffline = "device.offline",
    /// The printer refused an order.
    CommandRefused = "command.refused",
}

/// A set of kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventKinds(u16);

impl EventKinds {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether a kind of event is in the set.
    pub fn contains(self, one: EventKind) -> bool {
        self.0 & (1 << one as u16) != 0
    }

    /// Whether a person who wants to be told of these is told of a kind of event. Danger is kept from nobody who wants to be
    /// told of anything.
    pub fn call_for(self, one: EventKind) -> bool {
        self.contains(one) || one == EventKind::DangerRaised && self != Self::NONE
    }
}

impl FromIterator<EventKind> for EventKinds {
    fn from_iter<T: IntoIterator<Item = EventKind>>(list: T) -> Self {
        Self(list.into_iter().fold(0, |set, one| set | 1 << one as u16))
    }
}

/// By which code a terminal notifies the desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoticeCode {
    /// By none that is known.
    #[default]
    None,
    /// OSC 9: iTerm2, `WezTerm`, Ghostty, Windows Terminal.
    Osc9,
    /// OSC 777: urxvt, foot and others.
    Osc777,
    /// OSC 99: kitty.
    Osc99,
}

impl NoticeCode {
    /// What a person may choose; `None`: as the environment tells.
    pub const CHOICES: &[Option<Self>] =
        &[None, Some(Self::Osc9), Some(Self::Osc777), Some(Self::Osc99), Some(Self::None)];

    /// The word for a choice.
    pub fn choice(chosen: Option<Self>) -> &'static str {
        match chosen {
            None => "auto",
            Some(Self::Osc9) => "osc9",
            Some(Self::Osc777) => "osc777",
            Some(Self::Osc99) => "osc99",
            Some(Self::None) => "none",
        }
    }
}

/// What is told at this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotificationConfig {
    /// What rings the bell.
    pub bell: EventKinds,
    /// What the terminal shows as a notification of the desktop.
    pub terminal: EventKinds,
    /// By which code; `None`: by the one that the environment tells of.
    pub code: Option<NoticeCode>,
}

impl NotificationConfig {
    /// What a person wants to come for: a print that ended or that waits, and danger.
    pub fn usual() -> EventKinds {
        use EventKind::{DangerRaised, FilamentRunout, PrintFailed, PrintFinished, PrintPaused};
        [PrintPaused, PrintFailed, PrintFinished, FilamentRunout, DangerRaised].into_iter().collect()
    }
}

impl Default for NotificationConfig {
    fn default() -> Self {
        Self { bell: Self::usual(), terminal: Self::usual(), code: None }
    }
}

/// Something that happened, with what was true of the printer at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What happened.
    pub event_kind: EventKind,
    /// The printer.
    pub who: PrinterId,
    /// Its name.
    pub printer: String,
    /// Its serial number.
    pub serial: String,
    /// Its model, in short.
    pub model: &'static str,
    /// The job, if there is one.
    pub job: Option<String>,
    /// The job's progress.
    pub percent: Option<u8>,
    /// Why, or what, in words.
    pub reason: Option<String>,
    /// The code behind the reason, as the printer's screen shows it.
    pub code: Option<String>,
    /// The printer is in danger at that moment.
    pub danger: bool,
    /// When it was noticed, in seconds since 1970.
    pub unix: i64,
    /// It happened before it was noticed, while nobody was connected: when, is not known.
    pub late: bool,
    /// A person at the printer or at this program wanted it: no reason to call one.
    pub by_person: bool,
    /// So many of the same kind came within seconds before it, and were not told.
    pub more: u32,
}

impl Notification {
    /// One sentence about it.
    pub fn sentence(&self) -> String {
        let job = self.job.as_deref().unwrap_or("the job");
        let because = self.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let at = self.percent.map(|percent| format!(" at {percent} %")).unwrap_or_default();
        let what = match self.event_kind {
            EventKind::PrintStarted => format!("started {job}"),
            EventKind::PrintPaused => format!("paused{at}{because}"),
            EventKind::PrintFinished => format!("finished {job}"),
            EventKind::PrintFailed => format!("{job} failed{at}{because}"),
            EventKind::PrintCancelled => format!("{job} was cancelled{at}"),
            EventKind::HmsRaised | EventKind::DangerRaised | EventKind::CommandRefused => {
                self.reason.clone().unwrap_or_default()
            }
            EventKind::FilamentRunout => format!("the filament ran out{at}{because}"),
            EventKind::DeviceOnline => "online again".to_owned(),
            EventKind::DeviceOffline => format!("offline{because}"),
        };
        let more = match self.more {
            0 => String::new(),
            more => format!(" ({more} more)"),
        };
        format!("{}: {what}{more}", self.printer)
    }
}

/// A hook that did not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFailure {
    /// The printer it was about.
    pub who: PrinterId,
    /// What it was about.
    pub event_kind: EventKind,
    /// The program or the host; never a whole address, which may hold a token.
    pub hook: String,
    /// Why, in words.
    pub why: String,
}

/// Whether an error says that filament ran out. `0300_8011` is about the build plate.
fn is_runout(error: PrintError) -> bool {
    matches!(error.family().0, 0x0700_8011 | 0x07FF_8011 | 0x1200_8011 | 0x12FF_8011 | 0x0300_8004 | 0x0300_8015)
}

/// What that stage says.
const RAN_OUT_WORDS: &str = "filament ran out";

/// That filament is missing, in words and with its code.
pub(in crate::state) fn runout(printer: &Printer) -> Option<(String, Option<String>)> {
    let job = &printer.job;
    let says_so = |code: &Code| match code {
        Code::Error(error) => is_runout(*error),
        Code::Hms(hms) => hms.is_runout(),
    };
    match printer.codes().find(says_so) {
        Some(code) => Some((printer.text(code).words, Some(code.to_string()))),
        // The printer may show another message beside its stage.
        None => {
            (job.phase.is_active() && job.stage_id == Some(FILAMENT_RAN_OUT)).then(|| (RAN_OUT_WORDS.to_owned(), None))
        }
    }
}

/// Whether a person asked for the pause. A pause whose reason is not known is told: a bell too many is the lesser harm.
pub(in crate::state) fn paused_by_person(printer: &Printer) -> bool {
    let job = &printer.job;
    job.error.map_or(job.stage_id == Some(PAUSED_BY_USER), |error| error == PAUSED_BY_PERSON)
        || job.error.is_none() && job.paused_here
}
