//! Print errors: the number that a printer shows in a dialog of its own.

use super::{find, is_ams, place};
use std::fmt;

/// A print error number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrintError(pub u32);

/// Cancelled by a person; two numbers are in use.
pub const CANCELLED: [PrintError; 2] = [PrintError(0x0300_400C), PrintError(0x0500_400E)];
/// A command without the vendor's signature was refused (authorization control).
pub const NOT_SIGNED: PrintError = PrintError(0x0502_4007);

impl PrintError {
    /// From `print_error`; `None` for 0 and for numbers that are no error dialog (low half below 0x4000).
    pub fn new(raw: i64) -> Option<Self> {
        let code = u32::try_from(raw).ok()?;
        (code & 0xFFFF >= 0x4000).then_some(Self(code))
    }

    /// Whether the printer has stopped the job, or cannot start it.
    pub fn stops_job(self) -> bool {
        matches!(self.0 & 0xFFFF, 0x4000..=0x7FFF)
    }

    /// Whether the printer has paused and waits for a decision.
    pub fn waits_for_person(self) -> bool {
        matches!(self.0 & 0xFFFF, 0x8000..=0xBFFF)
    }

    /// Whether it comes from an AMS or a spool.
    pub fn is_about_filament(self) -> bool {
        is_ams((self.0 >> 24) as u8)
    }

    /// Whether a filament change asks if filament comes out of the nozzle.
    pub fn asks_whether_it_comes_out(self) -> bool {
        self.family().0 == 0x07FF_8007
    }

    /// Whether it is a prompt or a hint: nothing was stopped because of it.
    pub fn is_hint(self) -> bool {
        self.0 & 0xFFFF >= 0xC000
    }

    /// The number that stands for it in tables: errors of every AMS unit are those of AMS A, and those of every external
    /// spool are those of the first one. AMS Lite and AMS HT use the numbers of the AMS.
    #[must_use]
    pub fn family(self) -> Self {
        let (module, unit, number) = ((self.0 >> 24) as u8, (self.0 >> 16) as u8, self.0 & 0xFFFF);
        match (is_ams(module), unit) {
            // FE is FF for the left hotend.
            (true, 0xFE | 0xFF) => Self(0x07FF_0000 | number),
            (true, _) => Self(0x0700_0000 | number),
            _ => self,
        }
    }

    /// What it means, in a sentence; for unknown codes a sentence that says what kind it is.
    pub fn text(self) -> String {
        self.known().unwrap_or_else(|| self.composed())
    }

    /// What it means by the built-in table.
    pub(super) fn known(self) -> Option<String> {
        let text = find(ERRORS, self.family().0)?;
        let (module, unit) = ((self.0 >> 24) as u8, (self.0 >> 16) as u8);
        Some(match (is_ams(module), unit) {
            (true, 0xFF) | (false, _) => text.to_owned(),
            (true, 0xFE) => format!("left hotend: {text}"),
            (true, _) => format!("{}: {text}", place(module, unit)),
        })
    }

    /// What kind of error it is, in words: the low half of its number tells.
    pub fn kind(self) -> &'static str {
        match self.0 & 0xFFFF {
            0x0000..=0x3FFF => "no error dialog",
            0x4000..=0x7FFF => "it stopped the job",
            0x8000..=0xBFFF => "it paused the job and waits",
            _ => "a question or a hint on the printer's screen",
        }
    }

    pub(super) fn composed(self) -> String {
        let kind = self.kind();
        format!("{}: message {:04X}; {kind}", place((self.0 >> 24) as u8, (self.0 >> 16) as u8), self.0 & 0xFFFF)
    }
}

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}_{:04X}", self.0 >> 16, self.0 & 0xFFFF)
    }
}

const DRYING: &str = "drying cannot start or failed";
const DOOR_OPEN: &str = "paused because the door is open";
const NO_MAPPING: &str = "the filament mapping could not be read";
const SPOOL_RAN_OUT: &str = "the external spool ran out";

/// What errors mean, by [`PrintError::family`].
#[rustfmt::skip]
const ERRORS: &[(u32, &str)] = &[
    (0x0300_4000, "homing Z failed, the job was stopped"),
    (0x0300_4002, "bed levelling failed, the job was stopped"),
    (0x0300_4005, "the hotend fan does not turn as it should"),
    (0x0300_4006, "the nozzle is clogged"),
    (0x0300_4008, "the AMS could not change the filament"),
    (0x0300_4009, "homing X and Y failed"),
    (0x0300_400C, "the job was cancelled"),
    (0x0300_400D, "the job could not be resumed after a power loss"),
    (0x0300_4013, "printing is not possible while the AMS is drying"),
    (0x0300_404B, "the job was aborted because a door or the cover is open"),
    (0x0300_8000, "paused for an unknown reason"),
    (0x0300_8001, "paused by a person"),
    (0x0300_8002, "the lidar saw first-layer defects"),
    (0x0300_8003, "the camera suspects spaghetti"),
    (0x0300_8004, "the filament ran out"),
    (0x0300_8005, "the front cover of the tool head fell off"),
    (0x0300_8007, "a job was interrupted by a power loss"),
    (0x0300_8008, "the nozzle temperature is out of control"),
    (0x0300_8009, "the bed temperature is out of control"),
    (0x0300_800A, "filament piled up in the waste chute"),
    (0x0300_800B, "the filament cutter is stuck"),
    (0x0300_800C, "the motors lost steps several times"),
    (0x0300_800E, "the print file is gone; was the memory card removed?"),
    (0x0300_800F, DOOR_OPEN),
    (0x0300_8011, "the build plate is not the one the file was sliced for"),
    (0x0300_8013, "paused by a command in the file"),
    (0x0300_8014, "the nozzle is covered with plastic, or the plate lies wrong"),
    (0x0300_8015, SPOOL_RAN_OUT),
    (0x0300_8016, "the nozzle is clogged"),
    (0x0300_8017, "something lies on the bed"),
    (0x0300_8018, "the chamber temperature is out of control"),
    (0x0300_801A, "extrusion is not as it should be"),
    (0x0300_8042, DOOR_OPEN),
    (0x0500_4001, "no connection to the cloud"),
    (0x0500_4002, "the path or file name is not supported"),
    (0x0500_4003, "the file could not be read"),
    (0x0500_4004, "busy, a new job cannot start now"),
    (0x0500_4005, "no printing during a firmware update"),
    (0x0500_4006, "not enough storage"),
    (0x0500_4008, "the start failed"),
    (0x0500_400A, "the file name is not supported"),
    (0x0500_400B, "the download failed"),
    (0x0500_400C, "there is no memory card"),
    (0x0500_400E, "printing was cancelled"),
    (0x0500_4014, "slicing failed"),
    (0x0500_4015, "the memory card is full"),
    (0x0500_4037, "the file was made for another printer"),
    (0x0500_4038, "the file was made for another nozzle size"),
    (0x0500_8036, "the file was made for another model"),
    (0x0500_803C, "the nozzle setting differs from the file"),
    (0x0500_8051, "the plate differs from the file"),
    (0x0500_8053, "the nozzle does not fit the print"),
    (0x0500_C010, "the memory card cannot be read or written"),
    (0x0500_C04A, DRYING),
    (0x0500_C04B, DRYING),
    (0x0500_C04C, DRYING),
    (0x0500_C04D, DRYING),
    (0x0500_C04E, DRYING),
    (0x0500_C04F, DRYING),
    (0x0502_4007, "the firmware accepts commands of the vendor's own apps only"),
    (0x0502_4009, "the command's envelope or its cloud task is not valid"),
    (0x0700_8001, "cutting the filament failed"),
    (0x0700_8002, "the cutter is stuck"),
    (0x0700_8003, "the filament could not be pulled out of the extruder"),
    (0x0700_8004, "the filament could not be pulled back into the AMS"),
    (0x0700_8005, "the AMS could not feed filament out"),
    (0x0700_8006, "the filament could not be fed into the extruder"),
    (0x0700_8007, "extruding failed, the nozzle may be clogged"),
    (0x0700_8010, "the motor is overloaded; the spool may be tangled"),
    (0x0700_8011, "a slot ran out of filament"),
    (0x0700_8012, NO_MAPPING),
    (0x0700_8013, "purging timed out"),
    (0x0700_C069, DRYING),
    (0x0700_C06A, DRYING),
    (0x0700_C06B, DRYING),
    (0x0700_C06C, DRYING),
    (0x0700_C06D, DRYING),
    (0x0700_C06E, DRYING),
    (0x07FF_8003, "the external filament must be pulled out by hand"),
    (0x07FF_8006, "the external filament must be pushed in"),
    (0x07FF_8007, "does filament come out of the nozzle?"),
    (0x07FF_8011, SPOOL_RAN_OUT),
    (0x07FF_8012, NO_MAPPING),
    (0x0C00_8001, "first-layer defects were seen"),
    (0x0C00_8042, "spaghetti was seen"),
    (0x0C00_C003, "possible first-layer defects"),
    (0x0C00_C004, "possible spaghetti"),
    (0x1000_C001, "the bed is hot; an open door keeps the filament from softening"),
    (0x1001_4001, "time-lapse is not possible with spiral vase"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        super::super::check(ERRORS);
        for (code, text) in ERRORS {
            let error = PrintError(*code);
            assert_eq!(error.family(), error, "{error} stands for its family");
            assert!(error.known().is_some_and(|known| known.ends_with(text)), "{error}");
            assert!(PrintError::new(i64::from(*code)).is_some(), "{error} is a dialog");
        }
    }

    /// Every code of the public lists that clients keep, with a word of what it means.
    #[rustfmt::skip]
    const DOCUMENTED: &[(u32, &[u16], &str)] = &[
        (0x0300, &[0x4000, 0x4009], "homing"),
        (0x0300, &[0x4002], "levelling"),
        (0x0300, &[0x4005], "fan"),
        (0x0300, &[0x4006, 0x8016], "clogged"),
        (0x0300, &[0x4008], "change the filament"),
        (0x0300, &[0x400C], "cancelled"),
        (0x0300, &[0x400D, 0x8007], "power loss"),
        (0x0300, &[0x4013], "drying"),
        (0x0300, &[0x404B, 0x800F, 0x8042], "door"),
        (0x0300, &[0x8000], "unknown"),
        (0x0300, &[0x8001], "person"),
        (0x0300, &[0x8002], "first-layer"),
        (0x0300, &[0x8003], "spaghetti"),
        (0x0300, &[0x8004, 0x8015], "ran out"),
        (0x0300, &[0x8005], "cover"),
        (0x0300, &[0x8008, 0x8009, 0x8018], "temperature"),
        (0x0300, &[0x800A], "chute"),
        (0x0300, &[0x800B], "cutter"),
        (0x0300, &[0x800C], "steps"),
        (0x0300, &[0x800E], "file is gone"),
        (0x0300, &[0x8011, 0x8014], "plate"),
        (0x0300, &[0x8013], "command in the file"),
        (0x0300, &[0x8017], "bed"),
        (0x0300, &[0x801A], "extrusion"),
        (0x0500, &[0x4001], "cloud"),
        (0x0500, &[0x4002, 0x4003, 0x400A, 0x4037, 0x4038, 0x8036, 0x803C, 0x8051], "file"),
        (0x0500, &[0x4004], "busy"),
        (0x0500, &[0x4005], "update"),
        (0x0500, &[0x4006], "storage"),
        (0x0500, &[0x4008], "start failed"),
        (0x0500, &[0x400B], "download"),
        (0x0500, &[0x400C, 0x4015, 0xC010], "memory card"),
        (0x0500, &[0x400E], "cancelled"),
        (0x0500, &[0x4014], "slicing"),
        (0x0500, &[0x8053], "nozzle"),
        (0x0500, &[0xC04A, 0xC04B, 0xC04C, 0xC04D, 0xC04E, 0xC04F], "drying"),
        (0x0502, &[0x4007], "apps only"),
        (0x0502, &[0x4009], "not valid"),
        (0x0700, &[0x8001, 0x8002], "cut"),
        (0x0700, &[0x8003, 0x8004], "pulled"),
        (0x0700, &[0x8005, 0x8006], "f"),
        (0x0700, &[0x8007], "clogged"),
        (0x0700, &[0x8010], "overloaded"),
        (0x0700, &[0x8011], "ran out"),
        (0x0700, &[0x8012], "mapping"),
        (0x0700, &[0x8013], "purging"),
        (0x0700, &[0xC069, 0xC06A, 0xC06B, 0xC06C, 0xC06D, 0xC06E], "drying"),
        (0x07FF, &[0x8003, 0x8006, 0x8007], "filament"),
        (0x07FF, &[0x8011], "ran out"),
        (0x07FF, &[0x8012], "mapping"),
        (0x0C00, &[0x8001, 0xC003], "first-layer"),
        (0x0C00, &[0x8042, 0xC004], "spaghetti"),
        (0x1000, &[0xC001], "bed is hot"),
        (0x1001, &[0x4001], "spiral vase"),
    ];

    #[test]
    fn every_documented_error_has_a_text_and_the_table_has_no_other() {
        let mut count = 0;
        for (high, lows, word) in DOCUMENTED {
            for low in *lows {
                let error = PrintError(high << 16 | u32::from(*low));
                let text = error.known().unwrap_or_else(|| panic!("{error}"));
                assert!(text.contains(word), "{error}: {text}");
                count += 1;
            }
        }
        assert_eq!(count, ERRORS.len());
    }

    #[test]
    fn errors_of_other_units_and_kinds_of_ams_share_the_texts() {
        let text = |code| PrintError(code).known().expect("a text");
        assert_eq!(text(0x0700_8011), "AMS A: a slot ran out of filament");
        assert_eq!(text(0x0703_8011), "AMS D: a slot ran out of filament");
        assert_eq!(text(0x1200_8010), "AMS Lite A: the motor is overloaded; the spool may be tangled");
        assert_eq!(text(0x1801_8005), "AMS HT 2: the AMS could not feed filament out");
        for code in [0x07FF_8011, 0x18FF_8011, 0x12FF_8011] {
            assert_eq!(text(code), "the external spool ran out");
        }
        for code in [0x07FE_8011, 0x18FE_8011] {
            assert_eq!(text(code), "left hotend: the external spool ran out");
        }
        assert_eq!(text(0x0701_C06A), "AMS B: drying cannot start or failed");
    }

    #[test]
    fn an_unknown_error_says_who_speaks_and_what_kind_it_is() {
        let text = |code| {
            let error = PrintError(code);
            assert_eq!(error.known(), None);
            error.composed()
        };
        assert_eq!(text(0x0300_9999), "motion controller: message 9999; it paused the job and waits");
        assert_eq!(text(0x0701_4FFF), "AMS B: message 4FFF; it stopped the job");
        assert_eq!(text(0x07FF_C0FF), "external spool: message C0FF; a question or a hint on the printer's screen");
        assert_eq!(text(0x4200_8001), "module 42: message 8001; it paused the job and waits");
        assert_eq!(text(0x0740_8099), "AMS unit 40: message 8099; it paused the job and waits");
    }

    #[test]
    fn errors_are_written_as_the_printer_writes_them() {
        let error = PrintError::new(50_348_044).expect("an error");
        assert_eq!(error.to_string(), "0300_400C");
        assert!(CANCELLED.contains(&error) && error.stops_job() && !error.waits_for_person());
        assert_eq!(PrintError::new(0), None);
        assert_eq!(PrintError::new(-5), None);
        assert_eq!(PrintError::new(0x0300_3FFF), None);
    }
}
