//! The build plate that lies in a printer, and the one that its job wants.

use crate::state::printer::Printer;

/// Build plates, as the printer names them (`P0102`); `None`: it does not say, or there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BuildPlate<'a> {
    /// The one that lies there.
    pub current: Option<&'a str>,
    /// The one that the job wants.
    pub wanted: Option<&'a str>,
}

impl Printer {
    /// Its build plate, and the one that the job wants.
    pub fn build_plate(&self) -> BuildPlate<'_> {
        let plate = self.report.device.as_ref().and_then(|device| device.plate.as_ref());
        // Zeros stand for none.
        let named = |id: &'_ Option<String>| id.as_ref().is_some_and(|id| id.chars().any(|c| c != '0'));
        BuildPlate {
            current: plate.filter(|plate| named(&plate.current)).and_then(|plate| plate.current.as_deref()),
            wanted: plate.filter(|plate| named(&plate.wanted)).and_then(|plate| plate.wanted.as_deref()),
        }
    }
}
