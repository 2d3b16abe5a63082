//! The form that adds a printer of the network.

use super::{
    DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want,
    certificate::{no_room, shows_fingerprints},
    keys::edit,
};
use crate::state::view::quiet::Asked;
use crate::state::{
    Tone,
    effect::{Effect, NewPrinter},
    event::Probed,
    printer::certificate::{Certificate, Met},
};
use crossterm::event::{KeyCode, KeyEvent};
use tui_input::Input;

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
        ("name", "any name, e.g. \"Workshop\" (optional)"),
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

impl Form {
    pub(in crate::state) fn text(&self, field: usize) -> String {
        self.fields[field].value().trim().to_owned()
    }

    /// The printer that the form describes.
    pub(in crate::state) fn printer(&self, fingerprint: Option<String>) -> NewPrinter {
        let host = self.text(1);
        let name = Some(self.text(0)).filter(|name| !name.is_empty()).unwrap_or_else(|| host.clone());
        let serial = self.text(2).to_ascii_uppercase();
        NewPrinter { name, host, serial, access_code: self.text(Self::CODE), fingerprint }
    }

    /// The first field that cannot be right, and why.
    pub(in crate::state) fn mistake(&self, known: &[(String, String)]) -> Option<(usize, String)> {
        let printer = self.printer(None);
        if printer.host.is_empty() || printer.host.contains(char::is_whitespace) {
            return Some((1, "write the printer's name or IP address".to_owned()));
        }
        if printer.serial.len() < 8 || !printer.serial.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Some((2, "a serial number has 15 letters and digits".to_owned()));
        }
        if known.iter().any(|(_, serial)| *serial == printer.serial) {
            return Some((2, "this printer is configured already".to_owned()));
        }
        if known.iter().any(|(name, _)| *name == printer.name.to_lowercase()) {
            return Some((0, "another printer has this name".to_owned()));
        }
        if printer.access_code.is_empty() || printer.access_code.contains(char::is_whitespace) {
            return Some((Self::CODE, "the access code has 8 letters and digits".to_owned()));
        }
        None
    }
}

impl Form {
    /// Enter: the next empty field, then the connection test, then saving.
    fn submit(&mut self, context: &DialogContext<'_>) -> Vec<Want> {
        // What the person has seen is what is tested, and what was tested is what is saved.
        let (fingerprint, tested) = match &self.test {
            Test::Running | Test::Saving(_) => return Vec::new(),
            Test::Met(_) | Test::Passed(_) if !shows_fingerprints(context.size()) => {
                return vec![Want::Say(no_room(), Tone::Warning)];
            }
            Test::Met(met) => (Some(met.certificate.fingerprint.clone()), None),
            Test::Passed(found) => (Some(found.certificate.fingerprint.clone()), Some(found.certificate.clone())),
            _ => (None, None),
        };
        if self.at + 1 < self.fields.len() && self.fields[self.at + 1].value().is_empty() {
            self.at += 1;
            return Vec::new();
        }
        // A printer that only the account knows gets its second transport this way.
        let configured = context.printers.iter().filter(|printer| printer.transports.lan.is_some());
        let known: Vec<_> = configured.map(|p| (p.name.to_lowercase(), p.serial.clone())).collect();
        let printer = self.printer(fingerprint);
        if let Some((field, why)) = self.mistake(&known) {
            self.at = field;
            self.test = Test::Wrong(field, why);
            return Vec::new();
        }
        match tested {
            Some(certificate) => {
                self.test = Test::Saving(certificate);
                vec![Want::Effect(Effect::Add(printer))]
            }
            None => {
                self.test = Test::Running;
                vec![Want::Effect(Effect::Probe(printer))]
            }
        }
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "Adding a printer",
    keys: &[
        (HintKey::Fixed("Tab"), "next field"),
        (HintKey::Fixed("Enter"), "go on: test, then save"),
        (HintKey::Fixed("Esc"), "close"),
    ],
};

impl DialogKeys for Form {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let count = self.fields.len();
        match key.code {
            KeyCode::Esc => return Some(vec![Want::Close]),
            KeyCode::Enter => return Some(self.submit(context)),
            KeyCode::Tab | KeyCode::Down => self.at = (self.at + 1) % count,
            KeyCode::BackTab | KeyCode::Up => self.at = (self.at + count - 1) % count,
            _ => {
                if self.fields.get_mut(self.at).is_some_and(|field| edit(field, key)) {
                    self.typed();
                }
            }
        }
        Some(Vec::new())
    }

    fn hints(&self, _context: &DialogContext<'_>) -> Vec<Hint> {
        vec![Hint::new("Tab", "field"), Hint::new("Enter", "go on"), Hint::new("Esc", "close")]
    }

    fn role_of(&self, key: &KeyEvent, _context: &DialogContext<'_>) -> KeyRole {
        match key.code {
            KeyCode::Esc => KeyRole::WayOut,
            KeyCode::Enter => KeyRole::Answer,
            // What is typed takes the question back.
            _ => KeyRole::Own,
        }
    }

    fn asks(&self) -> Option<Asked> {
        match self.test {
            Test::Met(_) => Some(Asked::ToSend),
            Test::Passed(_) => Some(Asked::ToSave),
            _ => None,
        }
    }

    fn is_whole(&self, context: &DialogContext<'_>) -> bool {
        self.asks().is_none() || shows_fingerprints(context.size())
    }

    fn input(&mut self) -> Option<&mut Input> {
        self.fields.get_mut(self.at)
    }

    fn typed(&mut self) {
        self.test = Test::Open;
    }
}
