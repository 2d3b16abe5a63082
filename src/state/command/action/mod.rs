//! What a person can order a printer to do, by which commands, when, and how its effect shows.
//!
//! Each file is one area: an enum of its orders, and for each of them all that has to be known to carry it through
//! (`PrinterAction`). Everything about an order stands in one place, and keys, palette and scripts use the same.

pub mod filament;
pub mod job;
pub mod light;
pub mod motion;
pub mod objects;
pub mod options;
pub mod thermal;

pub use self::{
    filament::FilamentAction,
    job::{ErrorAnswer, PrintAction},
    light::Light,
    motion::{CALIBRATIONS, Motion},
    objects::SkipObjects,
    options::{AmsOption, Buzzer, Level, Setting},
    thermal::ThermalAction,
};

use crate::protocol::{codes::PrintError, command::Command};
use crate::state::printer::{Printer, error_texts::DANGER};
use std::fmt;

/// An order. Values are checked against the model's limits by [`Action::check_ready`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The running print, and the errors of the printer.
    Print(PrintAction),
    /// Heaters and fans.
    Heat(ThermalAction),
    /// Lights.
    Light(Light),
    /// Filament and its dryers.
    Feed(FilamentAction),
    /// Options.
    Setting(Setting),
    /// Axes and extruders.
    Motion(Motion),
    /// Objects of the running print.
    Skip(SkipObjects),
}

/// Orders of one kind follow each other; they never run at the same time. The number tells several of one name apart.
pub type Kind = (&'static str, i64);

/// What a question turns on: its title, and the error that it speaks of. If it is another one when the answer comes, the
/// answer was to something else.
pub type Question = (&'static str, Option<PrintError>);

/// Why a person is asked first: the words of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The question.
    pub title: &'static str,
    /// What may go wrong, in sentences.
    pub warning: String,
    /// What a yes does.
    pub yes: &'static str,
    /// What a no does.
    pub no: &'static str,
}

/// All that has to be known of an order to carry it through.
trait PrinterAction: fmt::Display {
    /// Which orders it excludes while it is under way.
    fn kind(&self) -> Kind;

    /// What the printer is told, in this order; the first command stands for the order.
    fn commands(&self, printer: &Printer) -> Vec<Command>;

    /// Whether its values are such as this printer takes, whatever it does at the moment; the sentence says which are.
    fn validate(&self, _printer: &Printer) -> Result<(), String> {
        Ok(())
    }

    /// Whether the printer can do it now, its values being such as it takes; the sentence says why not.
    fn check_ready(&self, printer: &Printer) -> Result<(), String>;

    /// Whether the printer's report shows the effect; `None`: no report can.
    fn is_applied(&self, printer: &Printer) -> Option<bool>;

    /// Whether a report can show the effect of what is ordered now.
    fn is_observable(&self, printer: &Printer) -> bool {
        self.is_applied(printer).is_some()
    }

    /// Whether the effect takes a minute or more to show.
    fn takes_long(&self) -> bool {
        false
    }

    /// Whether only a whole report shows what it did, and the printer gives one when it is asked.
    fn needs_whole_report(&self, _printer: &Printer) -> bool {
        false
    }

    /// Why a person must be asked first.
    fn risk(&self, printer: &Printer) -> Option<Confirmation>;

    /// Whether it can make nothing worse while something burns, smokes, or heats out of control: it ends or holds what is
    /// done, switches heat off, or touches neither heat nor motion.
    fn is_harmless_in_danger(&self) -> bool {
        false
    }

    /// Whether firmware with authorization control refuses it.
    fn is_protected(&self) -> bool {
        true
    }
}

impl Action {
    fn order(&self) -> &dyn PrinterAction {
        match self {
            Self::Print(order) => order,
            Self::Heat(order) => order,
            Self::Light(order) => order,
            Self::Feed(order) => order,
            Self::Setting(order) => order,
            Self::Motion(order) => order,
            Self::Skip(order) => order,
        }
    }

    /// Orders of one kind follow each other; they never run at the same time.
    pub(in crate::state) fn kind(&self) -> Kind {
        self.order().kind()
    }

    /// What the printer is told, in this order; the first command stands for the action.
    pub fn commands(&self, printer: &Printer) -> Vec<Command> {
        self.order().commands(printer)
    }

    /// Whether firmware with authorization control refuses it.
    pub(in crate::state) fn is_protected(&self) -> bool {
        self.order().is_protected()
    }

    /// Whether the job decides if it may be ordered: lights and options are all the same to it.
    pub(in crate::state) fn is_about_job(&self) -> bool {
        !matches!(self, Self::Light(_) | Self::Setting(_))
    }

    /// Whether its values are such as this printer takes, whatever it does at the moment; the sentence says which are.
    pub fn validate(&self, printer: &Printer) -> Result<(), String> {
        self.order().validate(printer)
    }

    /// Whether the printer can do it now; the sentence says why not.
    pub fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        self.validate(printer)?;
        match printer.danger() {
            Some(code) if !self.order().is_harmless_in_danger() => Err(format!(
                "{DANGER} {code}: nothing goes on, heats or moves until the printer no longer shows it; look at it, and \
                 dismiss it there"
            )),
            _ => self.order().check_ready(printer),
        }
    }

    /// Whether a report can show the effect of what is ordered now; else the acknowledgement is all there is.
    pub fn shows_in_reports(&self, printer: &Printer) -> bool {
        self.order().is_observable(printer)
    }

    /// Whether the effect takes a minute or more to show.
    pub(in crate::state) fn takes_long(&self) -> bool {
        self.order().takes_long()
    }

    /// Whether the printer's report shows the effect.
    pub fn is_seen(&self, printer: &Printer) -> bool {
        self.order().is_applied(printer) == Some(true)
    }

    /// Whether only a whole report shows what it did, and the printer gives one when it is asked.
    pub(in crate::state) fn needs_whole_report(&self, printer: &Printer) -> bool {
        self.order().needs_whole_report(printer)
    }

    /// What a question about it turns on now; `None`: nobody is asked.
    pub(in crate::state) fn question(&self, printer: &Printer) -> Option<Question> {
        // Other answers carry their error along.
        let error = printer.job.error.filter(|_| matches!(self, Self::Print(PrintAction::Resume)));
        self.risk(printer).map(|risk| (risk.title, error))
    }

    /// Why a person must be asked first: it can ruin a print, or the printer. `None`: nobody is asked.
    pub fn risk(&self, printer: &Printer) -> Option<Confirmation> {
        self.order().risk(printer)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.order().fmt(f)
    }
}

impl From<PrintAction> for Action {
    fn from(order: PrintAction) -> Self {
        Self::Print(order)
    }
}

impl From<ThermalAction> for Action {
    fn from(order: ThermalAction) -> Self {
        Self::Heat(order)
    }
}

impl From<Light> for Action {
    fn from(order: Light) -> Self {
        Self::Light(order)
    }
}

impl From<FilamentAction> for Action {
    fn from(order: FilamentAction) -> Self {
        Self::Feed(order)
    }
}

impl From<Setting> for Action {
    fn from(order: Setting) -> Self {
        Self::Setting(order)
    }
}

impl From<Motion> for Action {
    fn from(order: Motion) -> Self {
        Self::Motion(order)
    }
}

impl From<SkipObjects> for Action {
    fn from(order: SkipObjects) -> Self {
        Self::Skip(order)
    }
}

impl Confirmation {
    /// What is asked about an order whose own question no longer applies.
    pub fn plain(action: &Action) -> Self {
        Self { title: "Do this?", warning: format!("{action}."), yes: "yes", no: "no" }
    }
}

/// G-code lines as a command.
fn gcode(lines: String) -> Vec<Command> {
    vec![Command::Gcode(lines)]
}
