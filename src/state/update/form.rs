//! The form that adds a printer: what came of its connection test, and of saving it.

use crate::state::cx::Cx;
use crate::state::{
    PrinterId, Redraw, State, Tone,
    printer::{Printer, connection::ConnectionState},
    view::{Dialog, dialogs::form::Test},
};

impl State {
    /// The form's connection test has come to something.
    pub(in crate::state) fn tested(&mut self, test: Test, cx: &mut Cx) {
        if let Some(Dialog::Form(form)) = self.view.dialogs.last_mut()
            && form.test == Test::Running
        {
            form.test = test;
            cx.mark(Redraw::AtOnce);
        }
    }

    /// The printer of the form was written to the configuration, or not (why).
    pub(in crate::state) fn added(&mut self, result: Result<(), String>, cx: &mut Cx) {
        let Some(Dialog::Form(form)) = self.view.dialogs.last_mut() else { return };
        match result {
            Ok(()) => {
                let printer = form.printer(None);
                let pinned = if let Test::Saving(certificate) = &form.test { Some(certificate.clone()) } else { None };
                self.view.dialogs.pop();
                self.say(format!("added {}", printer.name), Tone::Good, cx);
                let added = Printer::new(&printer.name, &printer.serial, &printer.host, None, Vec::new());
                // One that only the account knew keeps its place and what is known of it, and gets its second transport.
                let place = self.fleet.printers.iter().position(|known| known.serial == added.serial);
                let who = PrinterId(place.unwrap_or(self.fleet.printers.len()) as u16);
                match place.and_then(|place| self.fleet.printers.get_mut(place)) {
                    Some(known) => {
                        known.host = added.host;
                        self.set_name(who, added.name, cx);
                        self.change_transport(who, |transports| transports.lan = Some(ConnectionState::Waiting), cx);
                    }
                    None => {
                        self.fleet.printers.push(added);
                        self.word(usize::from(who.0));
                    }
                }
                if let Some(certificate) = pinned {
                    self.log_pin(who, &certificate, cx);
                }
                self.view.selected = Some(who);
                self.arrange_rows();
            }
            Err(why) => form.test = Test::Failed(why),
        }
        cx.mark(Redraw::AtOnce);
    }
}
