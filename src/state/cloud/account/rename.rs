//! Another name for a printer of the account.

use super::Ask;
use crate::{
    protocol::{rest::RestError, wire::clean},
    state::{Redraw, State, effect::Effect, notify::notice::Tone, view::Layer},
};
use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

/// The longest name that is sent.
const LONGEST: usize = 64;

/// The line in which the new name is typed.
#[derive(Debug, Clone, Default)]
pub struct Rename {
    /// Serial number of the printer.
    pub serial: String,
    /// How the dashboard calls it.
    pub shown: String,
    /// The name comes from the configuration, and stays in the dashboard whatever the account calls it.
    pub configured: bool,
    /// The new name.
    pub input: Input,
    /// An answer is being waited for.
    pub busy: bool,
    /// What went wrong.
    pub mistake: Option<String>,
}

impl Rename {
    /// Keys that are no text. Tells whether this was one.
    pub(in crate::state) fn steer(&mut self, key: &KeyEvent, effects: &mut Vec<Effect>) -> bool {
        if key.code != KeyCode::Enter {
            return false;
        }
        let name = clean(self.input.value()).trim().to_owned();
        if self.busy {
        } else if name.is_empty() || name.chars().count() > LONGEST {
            self.mistake = Some(format!("a name has 1 to {LONGEST} letters"));
        } else {
            (self.busy, self.mistake) = (true, None);
            effects.push(Effect::Ask(Ask::Rename { serial: self.serial.clone(), name }));
        }
        true
    }
}

impl State {
    /// Opens the line that gives the selected printer another name in the account.
    pub(in crate::state) fn open_rename(&mut self) {
        let Some(printer) = self.selected() else { return self.say_nobody() };
        if self.account.who().is_none() || !printer.roads.in_account {
            let text = format!(
                "{} is not in an account that is signed in here; its name is set in the configuration",
                printer.name
            );
            return self.say(text, Tone::Warning);
        }
        let (serial, shown, configured) = (printer.serial.clone(), printer.name.clone(), printer.roads.lan.is_some());
        let name = printer.bound.name.clone().unwrap_or_else(|| shown.clone());
        let input = Input::new(name);
        self.view.layers.push(Layer::Rename(Box::new(Rename {
            serial,
            shown,
            configured,
            input,
            busy: false,
            mistake: None,
        })));
        self.mark(Redraw::AtOnce);
    }

    /// A printer of the account has another name now, or not.
    pub(in crate::state) fn renamed(&mut self, answer: Result<(String, String), RestError>) {
        let open = self.view.layers.iter_mut().position(|layer| matches!(layer, Layer::Rename(form) if form.busy));
        match answer {
            Ok((serial, name)) => {
                if let Some(open) = open {
                    self.view.layers.remove(open);
                }
                self.say(format!("the account calls it {name} now"), Tone::Good);
                if let Some(printer) = self.printers.iter_mut().find(|printer| printer.serial == serial) {
                    if printer.roads.lan.is_none() {
                        printer.name.clone_from(&name);
                    }
                    printer.bound.name = Some(name);
                }
                self.arrange_rows();
            }
            Err(why) => {
                let why = why.in_words();
                match open.and_then(|at| self.view.layers.get_mut(at)) {
                    Some(Layer::Rename(form)) => (form.busy, form.mistake) = (false, Some(why)),
                    _ => self.say(format!("not renamed: {why}"), Tone::Bad),
                }
            }
        }
        self.mark(Redraw::AtOnce);
    }
}
