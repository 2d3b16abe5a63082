//! The control panel: keys that move a printer, once it is armed. Armed is for one printer, one connection and one state of

use crate::state::cx::Cx;
use crate::state::{
    PrinterId, State, Tone,
    command::action::Motion,
    view::{
        Dialog,
        dialogs::{
            Panel,
            panel::{self, IDLE_TIME},
        },
    },
};

impl State {
    /// Opens the panel of the selected printer, not armed.
    pub(in crate::state) fn open_panel(&mut self, cx: &mut Cx) {
        match self.view.selected {
            Some(who) => self.view.dialogs.push(Dialog::Panel(Panel { who, armed: None, step: 0 })),
            None => self.say_nobody(cx),
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
            let why = panel::may_arm(&self.around(), who).map_or_else(|why| why, |_| "A arms it".to_owned());
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
        } else if !panel::shows_keys(&self.around(), who) {
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
            match printer.is_able(&Motion::Home.into(), cx.now.at, &self.fleet.watchdog_timeouts) {
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
