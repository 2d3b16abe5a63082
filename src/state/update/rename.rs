//! Another name for a printer of the account.

use crate::state::cx::Cx;
use crate::state::printer::Printer;
use crate::{
    protocol::rest::RestError,
    state::{
        PrinterId, Redraw, State, Tone,
        view::{Dialog, dialogs::Rename},
    },
};
use tui_input::Input;

impl State {
    /// A printer is called something else: who was asked about it read another name, so every question about it is void.
    pub(in crate::state) fn set_name(&mut self, who: PrinterId, name: String, cx: &mut Cx) {
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        let before = std::mem::replace(&mut printer.name, name);
        if before == printer.name {
            return;
        }
        let why = format!("the printer was called {before} until now");
        self.void_questions(who, &why, cx);
        let open = self.view.dialogs.len();
        self.view.dialogs.retain(|layer| !matches!(layer, Dialog::Certificate(question) if question.who == who));
        if self.view.dialogs.len() != open {
            self.say(format!("the question is void: {why}; nothing was sent"), Tone::Warning, cx);
        }
        let has_panel = |layer: &Dialog| matches!(layer, Dialog::Panel(panel) if panel.who == who);
        if self.view.dialogs.iter().any(has_panel) {
            self.disarm(&why, cx);
        }
    }

    /// Opens the line that gives the selected printer another name in the account.
    pub(in crate::state) fn open_rename(&mut self, cx: &mut Cx) {
        let Some(printer) = self.selected() else { return self.say_nobody(cx) };
        if self.cloud.identity().is_none() || !printer.transports.in_account {
            let text = format!(
                "{} is not in an account that is signed in here; its name is set in the configuration",
                printer.name
            );
            return self.say(text, Tone::Warning, cx);
        }
        let (serial, shown, configured) =
            (printer.serial.clone(), printer.name.clone(), printer.transports.lan.is_some());
        let known = self.cloud.devices.get(&serial).and_then(|device| device.name.clone());
        let name = known.unwrap_or_else(|| shown.clone());
        let input = Input::new(name);
        self.view.dialogs.push(Dialog::Rename(Box::new(Rename {
            serial,
            shown,
            configured,
            input,
            busy: false,
            mistake: None,
        })));
        cx.mark(Redraw::AtOnce);
    }

    /// A printer of the account has another name now, or not.
    pub(in crate::state) fn renamed(&mut self, answer: Result<(String, String), RestError>, cx: &mut Cx) {
        let open = self.view.dialogs.iter_mut().position(|layer| matches!(layer, Dialog::Rename(form) if form.busy));
        match answer {
            Ok((serial, name)) => {
                if let Some(open) = open {
                    self.view.dialogs.remove(open);
                }
                self.say(format!("the account calls it {name} now"), Tone::Good, cx);
                let renamed = |printer: &Printer| printer.serial == serial && printer.transports.lan.is_none();
                if let Some(place) = self.fleet.printers.iter().position(renamed) {
                    self.set_name(PrinterId(place as u16), name.clone(), cx);
                }
                self.cloud.devices.entry(&serial).name = Some(name);
                self.arrange_rows();
            }
            Err(why) => {
                let why = why.in_words();
                match open.and_then(|at| self.view.dialogs.get_mut(at)) {
                    Some(Dialog::Rename(form)) => (form.busy, form.mistake) = (false, Some(why)),
                    _ => self.say(format!("not renamed: {why}"), Tone::Bad, cx),
                }
            }
        }
        cx.mark(Redraw::AtOnce);
    }
}
