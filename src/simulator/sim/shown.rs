//! Troubles that a printer can be told to show: what its screen says, and what its job does about it.

use super::SimPrinter;
use super::job::stage;

/// A trouble with the codes that printers report for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The camera sees smoke; the print goes on.
    Smoke,
    /// Fire in the chamber.
    Fire,
    /// The nozzle heats out of control.
    HeaterRunaway,
    /// The marker of the build plate is not found.
    PlateMarker,
    /// The nozzle is clogged.
    Clog,
    /// Filament has piled up in the waste chute.
    WasteChute,
    /// A slot of an AMS Lite ran out.
    LiteRunout,
    /// An error and a message that nobody has a text for.
    UnknownCode,
}

impl Shown {
    /// Every trouble.
    pub const ALL: [Self; 8] = [
        Self::Smoke,
        Self::Fire,
        Self::HeaterRunaway,
        Self::PlateMarker,
        Self::Clog,
        Self::WasteChute,
        Self::LiteRunout,
        Self::UnknownCode,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Fire => "fire",
            Self::HeaterRunaway => "heater-runaway",
            Self::PlateMarker => "plate-marker",
            Self::Clog => "clog",
            Self::WasteChute => "waste-chute",
            Self::LiteRunout => "ams-lite-runout",
            Self::UnknownCode => "unknown-code",
        }
    }

    /// Its error (0: none), the stage of the pause it makes, if it makes one, and its health message.
    fn codes(self) -> (u32, Option<i32>, Option<(u32, u32)>) {
        match self {
            Self::Smoke => (0, None, Some((0x0C00_0300, 0x0001_001E))),
            Self::Fire => (0x0300_8044, Some(stage::PRINTING), None),
            Self::HeaterRunaway => (0x0300_806E, Some(stage::NOZZLE_FAULT), Some((0x0300_0200, 0x0001_0005))),
            Self::PlateMarker => (0x0300_8006, Some(stage::PRINTING), Some((0x0C00_0300, 0x0002_000C))),
            Self::Clog => (0x0300_8016, Some(stage::CLOGGED), Some((0x0300_1A00, 0x0002_0002))),
            Self::WasteChute => (0x0300_800A, Some(stage::PRINTING), Some((0x0C00_0300, 0x0003_0006))),
            Self::LiteRunout => (0x1200_8011, Some(stage::FILAMENT_OUT), Some((0x1200_2000, 0x0002_0001))),
            Self::UnknownCode => (0x0300_8FFE, Some(stage::PRINTING), Some((0x0700_1100, 0x0003_0099))),
        }
    }
}

impl SimPrinter {
    /// Shows a trouble from now on. Only a job that is under way can be paused by it.
    pub fn show(&mut self, shown: Shown) {
        let (error, pause, message) = shown.codes();
        if let Some((attr, code)) = message {
            self.add_hms(attr, code, None);
        }
        match pause.filter(|_| self.phase.is_active()) {
            Some(stage) => self.pause_with(stage, error),
            None if error != 0 => self.set_error(error),
            None => {}
        }
    }

    /// Ends every trouble it was told to show. A job that was paused stays so: that is for a person to resume.
    pub fn recover(&mut self) {
        for (error, _, message) in Shown::ALL.map(Shown::codes) {
            if error != 0 && self.error == error {
                self.set_error(0);
            }
            self.hms.retain(|hms| Some((hms.attr, hms.code)) != message);
        }
        self.mark_dirty();
    }
}
