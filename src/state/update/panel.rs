//! The control panel: keys that move a printer, once it is armed. Armed is for one printer, one connection and one state of

use crate::state::cx::Cx;
use crate::{
    protocol::command::Axis,
    state::{
        PrinterId, Redraw, State, Tone,
        command::action::{Action, Motion},
        view::{
            Dialog,
            dialogs::{
                Panel,
                panel::{Armed, IDLE_TIME, STEPS},
            },
        },
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

impl State {
    /// Opens the panel of the selected printer, not armed.
    pub(in crate::state) fn open_panel(&mut self, cx: &mut Cx) {
        match self.view.selected {
            Some(who) => self.view.dialogs.push(Dialog::Panel(Panel { who, armed: None, step: 0 })),
            None => self.say_nobody(cx),
        }
    }

    /// A key that has no other meaning while the panel is open.
    pub(in crate::state) fn press_in_panel(&mut self, key: &KeyEvent, cx: &mut Cx) {
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return;
        }
        let Some(Dialog::Panel(panel)) = self.view.dialogs.last() else { return };
        let (who, step) = (panel.who, panel.millimetres());
        match key.code {
            KeyCode::Char('q') => {
                self.view.dialogs.pop();
            }
            KeyCode::Char('A') => self.arm_panel(),
            KeyCode::Char('s') => {
                if let Some(Dialog::Panel(panel)) = self.view.dialogs.last_mut() {
                    panel.step = (panel.step + 1) % STEPS.len();
                }
                self.touch_panel();
            }
            code => {
                let Some(printer) = self.printer(who) else { return };
                let other = printer.temps.nozzles.iter().find(|nozzle| !nozzle.active);
                let (id, label) = other.map_or((0, "other"), |nozzle| (nozzle.id, nozzle.label));
                // An arrow moves what is seen to move: on a bed slinger that is the bed, against the axis.
                let away = if printer.is_bed_slinger() { -step } else { step };
                let motion = match code {
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
                    _ => return,
                };
                self.move_in_panel(who, motion, cx);
            }
        }
        cx.mark(Redraw::AtOnce);
    }

    /// Whether a printer's panel can be armed, and for which session; why not.
    pub fn may_arm(&self, who: PrinterId) -> Result<u32, String> {
        if self.settings.read_only {
            return Err("read-only: no command is sent".to_owned());
        }
        if self.view.frozen.is_some() {
            return Err("the view is frozen; go on first".to_owned());
        }
        let printer = self.printer(who).ok_or("there is no such printer")?;
        // Homing is what every panel can begin with: what forbids it forbids all.
        let session = printer.allows(&Action::Motion(Motion::Home), self.now.at, &self.watchdog_timeouts)?;
        // Nobody moves what they cannot see.
        if self.shows_panel(who) { Ok(session) } else { Err("the window is too small for its keys".to_owned()) }
    }

    pub(in crate::state) fn arm_panel(&mut self) {
        let Some(Dialog::Panel(panel)) = self.view.dialogs.last() else { return };
        let Some(printer) = self.printer(panel.who) else { return };
        let (job, error, touched) = (printer.job.key.clone(), printer.job.error, self.now.at);
        // Why it cannot be armed stands in the panel already.
        if let Ok(session) = self.may_arm(panel.who)
            && let Some(Dialog::Panel(panel)) = self.view.dialogs.last_mut()
        {
            panel.armed = Some(Armed { session, job, error, touched });
        }
    }

    pub(in crate::state) fn touch_panel(&mut self) {
        let at = self.now.at;
        if let Some(Dialog::Panel(Panel { armed: Some(armed), .. })) = self.view.dialogs.last_mut() {
            armed.touched = at;
        }
    }

    pub(in crate::state) fn move_in_panel(&mut self, who: PrinterId, motion: Motion, cx: &mut Cx) {
        self.watch_panel(cx);
        let armed = matches!(self.view.dialogs.last(), Some(Dialog::Panel(Panel { armed: Some(_), .. })));
        if !armed {
            let why = self.may_arm(who).map_or_else(|why| why, |_| "A arms it".to_owned());
            self.say(format!("the panel is not armed; {why}"), Tone::Warning, cx);
            return;
        }
        self.touch_panel();
        // Arming was the question.
        self.order(who, motion.into(), false, cx);
    }

    /// Disarms the panel when what it was armed for is no longer so.
    pub(in crate::state) fn watch_panel(&mut self, cx: &mut Cx) {
        let top = self.view.dialogs.len().saturating_sub(1);
        let found = self.view.dialogs.iter().enumerate().find_map(|(at, layer)| match layer {
            Dialog::Panel(Panel { who, armed: Some(armed), .. }) => Some((at, *who, armed)),
            _ => None,
        });
        let Some((at, who, armed)) = found else { return };
        let Some(printer) = self.printer(who) else { return };
        let why = if at != top {
            "something else was opened".to_owned()
        } else if !self.shows_panel(who) {
            "the window is too small for its keys".to_owned()
        } else if self.view.selected != Some(who) {
            "it is selected no longer".to_owned()
        } else if printer.session() != Some(armed.session) {
            "the connection was lost".to_owned()
        } else if printer.job.key != armed.job || printer.job.phase.is_active() {
            "a job is under way".to_owned()
        } else if printer.job.error.is_some_and(|error| armed.error != Some(error)) {
            "the printer shows an error".to_owned()
        } else if cx.now.at >= armed.touched + IDLE_TIME {
            "no key for a minute".to_owned()
        } else {
            // What forbids homing forbids all.
            match printer.is_able(&Motion::Home.into(), cx.now.at, &self.watchdog_timeouts) {
                Err(why) => why,
                Ok(_) => return,
            }
        };
        self.disarm(&why, cx);
    }

    /// Disarms an armed panel, and says why.
    pub(in crate::state) fn disarm(&mut self, why: &str, cx: &mut Cx) {
        let armed = self.view.dialogs.iter_mut().find_map(|layer| match layer {
            Dialog::Panel(panel) => panel.armed.take(),
            _ => None,
        });
        if armed.is_some() {
            self.say(format!("the control panel is disarmed: {why}"), Tone::Warning, cx);
        }
    }
}
