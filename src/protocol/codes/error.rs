//! Print errors: the number that a printer shows in a dialog of its own.

mod table;

use super::{AMS_LITE, find, is_ams, place};
use std::fmt;
pub(super) use table::DANGER;
use table::ERRORS;

/// A print error number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrintError(pub u32);

/// Cancelled by a person; two numbers are in use.
const CANCELLED: [PrintError; 2] = [PrintError(0x0300_400C), PrintError(0x0500_400E)];
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

    /// Whether it tells that a person cancelled the job: nothing is wrong then, and nobody is asked anything.
    pub fn is_cancellation(self) -> bool {
        CANCELLED.contains(&self)
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
        matches!(self.family().0, 0x07FF_8007 | 0x12FF_8007)
    }

    /// Whether it is a prompt or a hint: nothing was stopped because of it.
    pub fn is_hint(self) -> bool {
        self.0 & 0xFFFF >= 0xC000
    }

    /// Whether there is fire, smoke, or heat out of control.
    pub fn is_danger(self) -> bool {
        DANGER.contains(&self.0)
    }

    /// The number that stands for it in tables: errors of every AMS unit are those of AMS A, and those of every external
    /// spool are those of the first one. An AMS HT uses the numbers of an AMS; an AMS Lite has its own.
    #[must_use]
    pub fn family(self) -> Self {
        let (module, unit, number) = ((self.0 >> 24) as u8, (self.0 >> 16) as u8, self.0 & 0xFFFF);
        if !is_ams(module) {
            return self;
        }
        let first = if module == AMS_LITE { 0x1200_0000 } else { 0x0700_0000 };
        // FE is FF for the left hotend.
        let unit = if unit >= 0xFE { 0x00FF_0000 } else { 0 };
        Self(first | unit | number)
    }

    /// What it means, in a sentence; for unknown codes that none is known, and what kind they are.
    pub fn text(self) -> String {
        self.known().unwrap_or_else(|| self.composed())
    }

    /// What it means by the built-in table.
    pub(super) fn known(self) -> Option<String> {
        let text = find(ERRORS, self.0).or_else(|| find(ERRORS, self.family().0))?;
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
        let (place, kind) = (place((self.0 >> 24) as u8, (self.0 >> 16) as u8), self.kind());
        format!("no text known ({place}; {kind})")
    }
}

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}_{:04X}", self.0 >> 16, self.0 & 0xFFFF)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        super::super::check(ERRORS);
        for (code, text) in ERRORS {
            let error = PrintError(*code);
            let alone = [0x1201_8005].contains(code);
            assert!(alone || error.family() == error, "{error} stands for its family");
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
        (0x0300, &[0x8006, 0x8011, 0x8014], "plate"),
        (0x0300, &[0x8013], "command in the file"),
        (0x0300, &[0x8017], "bed"),
        (0x0300, &[0x801A], "extrusion"),
        (0x0300, &[0x8044, 0xC056], "FIRE"),
        (0x0300, &[0x806E, 0x806F, 0x8070], "out of control"),
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
        (0x0500, &[0x4046], "not valid"),
        (0x0500, &[0x8053], "nozzle"),
        (0x0500, &[0x8062], "marker"),
        (0x0500, &[0xC059], "FIRE"),
        (0x0500, &[0xC04A, 0xC04B, 0xC04C, 0xC04D, 0xC04E, 0xC04F], "drying"),
        (0x0502, &[0x4007], "apps only"),
        (0x0502, &[0x4008], "used before"),
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
        (0x0C00, &[0x8009], "marker"),
        (0x0C00, &[0x800A], "build plate"),
        (0x0300, &[0x804F, 0x8053, 0x8054], "er"),
        (0x0500, &[0x8060], "module"),
        (0x0500, &[0x8063], "laser"),
        (0x0C00, &[0x8042, 0xC004], "spaghetti"),
        (0x1000, &[0xC001], "bed is hot"),
        (0x1001, &[0x4001], "spiral vase"),
    ];

    #[test]
    fn every_documented_error_has_a_text() {
        for (high, lows, word) in DOCUMENTED {
            for low in *lows {
                let error = PrintError(high << 16 | u32::from(*low));
                let text = error.known().unwrap_or_else(|| panic!("{error}"));
                assert!(text.contains(word), "{error}: {text}");
            }
        }
        assert_eq!(ERRORS.len(), 275, "a row that goes is missed");
        let pauses = ERRORS.iter().filter(|(code, _)| PrintError(*code).waits_for_person()).count();
        assert!(pauses >= 100, "the commonest hundred pauses: {pauses}");
    }

    /// These need somebody at once; nothing else does, however much of fire or power it speaks.
    #[test]
    fn fire_and_heat_out_of_control_are_danger() {
        for code in DANGER {
            let text = PrintError(code).known().expect("a text of our own, also offline");
            assert!(text.contains("FIRE") || text.contains("switch the power off now"), "{text}");
        }
        let danger: Vec<_> = ERRORS.iter().map(|row| row.0).filter(|code| PrintError(*code).is_danger()).collect();
        assert_eq!(danger, DANGER);
        for (code, word) in [
            (0x0300_4044, "flame sensor"),
            (0x0300_801B, "plug"),
            (0x0300_801D, "position sensor"),
            (0x0300_807D, "extinguisher"),
            (0x0300_807E, "extinguisher"),
            (0x0300_807F, "extinguisher"),
            (0x0300_8080, "extinguisher"),
            (0x0300_8081, "extinguisher"),
            (0x0300_8082, "extinguisher"),
            (0x0300_C070, "extinguisher"),
            (0x0500_40A1, "extinguisher"),
            (0x07FE_C010, "smoke"),
            (0x07FF_C010, "smoke"),
        ] {
            let error = PrintError(code);
            assert!(!error.is_danger() && error.known().is_some_and(|text| text.contains(word)), "{error}");
        }
    }

    #[test]
    fn an_ams_lite_speaks_for_itself() {
        let text = |code| PrintError(code).known().expect("a text");
        for unit in [0, 2, 3] {
            assert!(text(0x1200_8005 | unit << 16).contains("no filament is inserted"));
        }
        assert_eq!(text(0x1201_8005), "AMS Lite B: the filament could not be fed");
        assert_eq!(text(0x12FF_8011), "the AMS Lite ran out; new filament belongs into the same slot");
        assert_eq!(text(0x1203_8011), "AMS Lite D: a slot ran out of filament");
        // What only an AMS says is nothing that is known of an AMS Lite.
        for code in [0x1200_8017, 0x1200_C069, 0x12FF_8020, 0x12FE_C011] {
            assert_eq!(PrintError(code).known(), None, "{code:08X}");
        }
        for (code, _) in ERRORS.iter().filter(|(code, _)| code >> 24 == 0x12) {
            assert_eq!(PrintError(*code).family().0 >> 24, 0x12);
        }
    }

    #[test]
    fn errors_of_other_units_and_kinds_of_ams_share_the_texts() {
        let text = |code| PrintError(code).known().expect("a text");
        assert_eq!(text(0x0700_8011), "AMS A: a slot ran out of filament");
        assert_eq!(text(0x0703_8011), "AMS D: a slot ran out of filament");
        assert_eq!(text(0x1200_8010), "AMS Lite A: the filament or its spool is stuck");
        assert_eq!(text(0x1801_8005), "AMS HT 2: the AMS could not feed filament out");
        for code in [0x07FF_8011, 0x18FF_8011] {
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
        assert_eq!(text(0x0300_9999), "no text known (motion controller; it paused the job and waits)");
        assert_eq!(text(0x0701_4FFF), "no text known (AMS B; it stopped the job)");
        assert_eq!(text(0x07FF_C0FF), "no text known (external spool; a question or a hint on the printer's screen)");
        assert_eq!(text(0x4200_8001), "no text known (module 42; it paused the job and waits)");
        assert_eq!(text(0x0740_8099), "no text known (AMS unit 40; it paused the job and waits)");
    }

    #[test]
    fn errors_are_written_as_the_printer_writes_them() {
        let error = PrintError::new(50_348_044).expect("an error");
        assert_eq!(error.to_string(), "0300_400C");
        assert!(error.is_cancellation() && error.stops_job() && !error.waits_for_person());
        assert_eq!(PrintError::new(0), None);
        assert_eq!(PrintError::new(-5), None);
        assert_eq!(PrintError::new(0x0300_3FFF), None);
    }
}
