//! The form that adds a printer of the network.

use crate::state::{
    effect::NewPrinter,
    event::Probed,
    printer::certificate::{Certificate, Met},
};
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
