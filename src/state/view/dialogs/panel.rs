//! The control panel: keys that move a printer, once it is armed. Armed is for one printer, one connection and one state of
//! its job; whatever changes, and a minute without a key, disarms it.

use super::{DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want, confirm::has_room};
use crate::{
    protocol::{codes::PrintError, command::Axis},
    state::{
        PrinterId,
        command::action::{Action, Motion},
        printer::{Printer, job::JobKey},
        view::{keymap::Key, layout, quiet::Asked, wrap::wrap},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;
use std::time::{Duration, Instant};

/// Without a key for this long it disarms itself.
pub const IDLE_TIME: Duration = Duration::from_secs(60);
/// The steps to choose from, in mm.
pub const STEPS: [i16; 3] = [1, 10, 50];

/// What it is armed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Armed {
    /// The session of the printer.
    pub(in crate::state) session: u32,
    /// The job that was over by then.
    pub(in crate::state) job: JobKey,
    /// The error that the printer showed, if it did.
    pub(in crate::state) error: Option<PrintError>,
    /// When the last key was pressed.
    pub(in crate::state) touched: Instant,
}

/// The open panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Which printer.
    pub who: PrinterId,
    /// `None`: keys move nothing.
    pub armed: Option<Armed>,
    /// Place of the step in [`STEPS`].
    pub step: usize,
}

impl Panel {
    /// The step in mm.
    pub fn millimetres(&self) -> i16 {
        STEPS.get(self.step).copied().unwrap_or(STEPS[0])
    }

    /// When it disarms itself.
    pub fn disarms_at(&self) -> Option<Instant> {
        self.armed.as_ref().map(|armed| armed.touched + IDLE_TIME)
    }
}

/// Whether a printer's panel can be armed, and for which session; why not.
pub fn may_arm(context: &DialogContext<'_>, who: PrinterId) -> Result<u32, String> {
    if context.settings.read_only {
        return Err("read-only: no command is sent".to_owned());
    }
    if context.view.frozen.is_some() {
        return Err("the screen is frozen; unfreeze it first".to_owned());
    }
    let printer = context.printer(who).ok_or("there is no such printer")?;
    // Homing is what every panel can begin with: what forbids it forbids all.
    let session = printer.allows(&Action::Motion(Motion::Home), context.now.at, context.watchdog_timeouts)?;
    // Nobody moves what they cannot see.
    if shows_keys(context, who) { Ok(session) } else { Err("the window is too small for its keys".to_owned()) }
}

/// Whether the window shows a printer's control panel whole.
pub(in crate::state) fn shows_keys(context: &DialogContext<'_>, who: PrinterId) -> bool {
    let size = context.size();
    let fits = |printer| needed(printer, context.settings.ascii, size) <= layout::body(size).height;
    has_room(size) && context.printer(who).is_some_and(fits)
}

impl Panel {
    /// Why it cannot be armed stands in the panel already.
    fn arm(&mut self, context: &DialogContext<'_>) {
        if let (Some(printer), Ok(session)) = (context.printer(self.who), may_arm(context, self.who)) {
            let (job, error) = (printer.job.key.clone(), printer.job.error);
            self.armed = Some(Armed { session, job, error, touched: context.now.at });
        }
    }

    /// How a key moves the printer.
    fn motion(&self, code: KeyCode, printer: &Printer) -> Option<Motion> {
        let step = self.millimetres();
        let other = printer.temps.nozzles.iter().find(|nozzle| !nozzle.active);
        let (id, label) = other.map_or((0, "other"), |nozzle| (nozzle.id, nozzle.label));
        // An arrow moves what is seen to move: on a bed slinger that is the bed, against the axis.
        let away = if printer.is_bed_slinger() { -step } else { step };
        Some(match code {
            KeyCode::Left | KeyCode::Char('h') => Motion::Move { axis: Axis::X, millimetres: -step },
            KeyCode::Right | KeyCode::Char('l') => Motion::Move { axis: Axis::X, millimetres: step },
            KeyCode::Up | KeyCode::Char('k') => Motion::Move { axis: Axis::Y, millimetres: away },
            KeyCode::Down | KeyCode::Char('j') => Motion::Move { axis: Axis::Y, millimetres: -away },
            KeyCode::PageUp | KeyCode::Char('a') => Motion::Move { axis: Axis::Z, millimetres: step },
            KeyCode::PageDown | KeyCode::Char('t') => Motion::Move { axis: Axis::Z, millimetres: -step },
            KeyCode::Char('e') => Motion::Extrude(step),
            KeyCode::Char('r') => Motion::Extrude(-step),
            KeyCode::Char('H') => Motion::Home,
            KeyCode::Char('x') => Motion::Hotend { id, label },
            _ => return None,
        })
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "Control panel",
    keys: &[
        (HintKey::Fixed("A"), "arm it: keys move the printer then"),
        (HintKey::Fixed("s"), "step: 1, 10 or 50 mm"),
        (HintKey::Fixed("arrows"), "move X and Y"),
        (HintKey::Fixed("a t"), "nozzle off the bed, towards it"),
        (HintKey::Fixed("e r"), "extrude, retract"),
        (HintKey::Fixed("H"), "home"),
        (HintKey::Fixed("x"), "other hotend"),
        (HintKey::Fixed("Esc"), "leave and disarm, as q"),
    ],
};

/// Its keys are its own, whatever they mean elsewhere.
impl DialogKeys for Panel {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        if Key::of(key).code == KeyCode::Esc {
            return Some(vec![Want::Close]);
        }
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return None;
        }
        match key.code {
            KeyCode::Char('q') => return Some(vec![Want::Close]),
            KeyCode::Char('A') => self.arm(context),
            KeyCode::Char('s') => {
                self.step = (self.step + 1) % STEPS.len();
                if let Some(armed) = &mut self.armed {
                    armed.touched = context.now.at;
                }
            }
            code => return Some(vec![Want::Move(self.who, self.motion(code, context.printer(self.who)?)?)]),
        }
        Some(Vec::new())
    }

    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint> {
        let arms = self.armed.is_none() && may_arm(context, self.who).is_ok();
        let arm = arms.then(|| Hint::new("A", "arm"));
        arm.into_iter().chain([Hint::new("s", "step"), Hint::new("Esc", "leave")]).collect()
    }

    fn role_of(&self, key: &KeyEvent, _context: &DialogContext<'_>) -> KeyRole {
        match key.code {
            KeyCode::Esc => KeyRole::WayOut,
            // What moves the printer is asked by arming it.
            KeyCode::Char('A') => KeyRole::Answer,
            KeyCode::Char('s') => KeyRole::Own,
            _ => KeyRole::of_letter(key),
        }
    }

    fn asks(&self) -> Option<Asked> {
        self.armed.is_none().then_some(Asked::ToArm)
    }

    fn due(&self) -> Option<Instant> {
        self.disarms_at()
    }

    fn is_whole(&self, context: &DialogContext<'_>) -> bool {
        shows_keys(context, self.who)
    }

    fn names_its_keys(&self) -> bool {
        true
    }
}

/// Columns for its words.
pub fn width(size: Size) -> usize {
    usize::from(layout::body(size).width.min(72)).saturating_sub(4).max(1)
}

/// What stands in it while it is armed.
pub fn armed_words(printer: &Printer) -> String {
    format!("ARMED: keys move {}", printer.name)
}

/// What its keys do, in lines; the way out last.
pub fn keys(printer: &Printer, ascii: bool, width: usize) -> Vec<String> {
    let arrows = if ascii { "arrows" } else { "← → ↑ ↓" };
    let mut keys = vec![
        format!("{arrows}  move X and Y"),
        "a nozzle off the bed, t towards it".to_owned(),
        "e extrude, r retract, H home, s step".to_owned(),
    ];
    if printer.temps.nozzles.len() > 1 {
        keys.push("x other hotend".to_owned());
    }
    keys.push("Esc leaves and disarms".to_owned());
    keys.iter().flat_map(|key| wrap(key, width)).collect()
}

/// Lines that it takes to show whom it moves and all of its keys, with the border.
pub(in crate::state) fn needed(printer: &Printer, ascii: bool, size: Size) -> u16 {
    let width = width(size);
    let lines = wrap(&armed_words(printer), width).len() + keys(printer, ascii, width).len();
    lines as u16 + 2
}
