//! Health messages: what a printer says about itself, as long as it is so.

mod table;

use super::{AMS_LITE, find, is_ams, module_name, place};
use crate::protocol::job::Hms;
use std::fmt;
pub(super) use table::DANGER;
use table::{DANGER_IN_AMS, IN_AMS, IN_LITE, INTERNAL, MESSAGES, OUTSIDE, PARTS};

/// How bad a message is. The order is that in which messages are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are the vendor's names")]
pub enum Severity {
    Fatal,
    Serious,
    Common,
    /// A number without a name.
    Unknown,
    Info,
}

impl Severity {
    /// The vendor's name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Serious => "serious",
            Self::Common => "common",
            Self::Unknown => "unknown",
            Self::Info => "info",
        }
    }

    /// The same in a sentence.
    fn words(self) -> &'static str {
        if self == Self::Unknown { "severity unknown" } else { self.name() }
    }
}

/// A health message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HmsCode {
    /// Module, unit, part.
    pub attr: u32,
    /// Severity, number.
    pub code: u32,
}

/// For some minutes after a command without Bambu Lab's signature was refused (authorization control).
pub const UNSIGNED_REFUSED: HmsCode = HmsCode { attr: 0x0500_0500, code: 0x0001_0007 };

impl HmsCode {
    /// From a report's element; `None` when it lacks a half.
    pub fn new(hms: &Hms) -> Option<Self> {
        Some(Self { attr: hms.attr?.0, code: hms.code?.0 })
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self.code >> 16 {
            1 => Severity::Fatal,
            2 => Severity::Serious,
            3 => Severity::Common,
            4 => Severity::Info,
            _ => Severity::Unknown,
        }
    }

    /// The part of the printer that speaks: its name, or its number where that is not known.
    pub fn module(self) -> String {
        module_name((self.attr >> 24) as u8)
    }

    /// Attribute and code in one number: the key of tables.
    pub fn key(self) -> u64 {
        u64::from(self.attr) << 32 | u64::from(self.code)
    }

    /// Whether the vendor keeps it to itself, as far as the built-in table knows: its official text is empty.
    pub fn is_internal(self) -> bool {
        INTERNAL.contains(&self.key())
    }

    /// Whether it says that a slot of an AMS ran out.
    pub fn is_runout(self) -> bool {
        is_ams(self.module_number()) && matches!(self.part(), 0x20..=0x23) && self.code == 0x0002_0001
    }

    /// Whether there is smoke, fire, or heat out of control.
    pub fn is_danger(self) -> bool {
        let in_dryer =
            self.is_about_unit() && self.module_number() != AMS_LITE && (self.part(), self.code) == DANGER_IN_AMS;
        in_dryer || DANGER.contains(&self.key())
    }

    fn module_number(self) -> u8 {
        (self.attr >> 24) as u8
    }

    /// Which unit of its module.
    fn unit(self) -> u8 {
        (self.attr >> 16) as u8
    }

    /// Which part of it.
    fn part(self) -> u8 {
        (self.attr >> 8) as u8
    }

    /// Whether it speaks for a unit of an AMS, not for an external spool: the holder outside has no slots.
    fn is_about_unit(self) -> bool {
        is_ams(self.module_number()) && self.unit() < 0xFE
    }

    /// The slot it is about, from 0: by its part, or, of tags, by its last digits.
    fn slot(self) -> Option<u8> {
        let of_slots = match self.part() {
            0x10..=0x13 | 0x20..=0x23 | 0x30..=0x33 | 0x60..=0x63 | 0x70..=0x73 => true,
            0x80..=0x83 => self.module_number() == AMS_LITE,
            _ => false,
        };
        (of_slots && self.is_about_unit()).then_some(self.part() & 3)
    }

    /// Who speaks: `AMS B slot 3`, `mainboard`.
    fn speaker(self) -> String {
        let place = place(self.module_number(), self.unit());
        match self.slot() {
            Some(slot) => format!("{place} slot {}", slot + 1),
            None => place,
        }
    }

    /// What it means. Of codes without a text that none is known.
    pub fn text(self) -> String {
        self.known().unwrap_or_else(|| self.composed())
    }

    /// What it means by the built-in tables.
    pub(super) fn known(self) -> Option<String> {
        if let Some(slot) = self.tagged_slot() {
            let (unit, slot) = (char::from(b'A' + slot / 4), slot % 4 + 1);
            return Some(format!("AMS {unit} slot {slot}: the tag is not recognised"));
        }
        if !is_ams(self.module_number()) {
            let text = find(MESSAGES, self.key()).or_else(|| {
                // The faults of each of these parts have many numbers and one meaning.
                find(PARTS, self.attr).filter(|_| self.severity() == Severity::Fatal)
            });
            return text.map(str::to_owned);
        }
        let rows = match self.module_number() {
            _ if !self.is_about_unit() => OUTSIDE,
            AMS_LITE => IN_LITE,
            _ => IN_AMS,
        };
        let part = self.part() - self.slot().unwrap_or(0);
        find(rows, (part, self.code)).map(|what| format!("{}: {what}", self.speaker()))
    }

    /// The slot whose tag the mainboard does not recognise, counted through all units.
    fn tagged_slot(self) -> Option<u8> {
        const TAGS: u64 = 0x0500_0400_0002_0010;
        self.key().checked_sub(TAGS).and_then(|slot| u8::try_from(slot).ok()).filter(|slot| *slot < 16)
    }

    pub(super) fn composed(self) -> String {
        format!("no text known ({}, {})", self.speaker(), self.severity().words())
    }
}

impl fmt::Display for HmsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attr, code } = self;
        write!(f, "HMS_{:04X}_{:04X}_{:04X}_{:04X}", attr >> 16, attr & 0xFFFF, code >> 16, code & 0xFFFF)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hms(key: u64) -> HmsCode {
        HmsCode { attr: (key >> 32) as u32, code: key as u32 }
    }

    #[test]
    fn the_tables_are_sound() {
        super::super::check(MESSAGES);
        super::super::check(PARTS);
        [IN_AMS, IN_LITE, OUTSIDE].into_iter().for_each(super::super::check);
        let rows = [MESSAGES.len(), IN_AMS.len(), IN_LITE.len(), OUTSIDE.len()];
        assert_eq!(rows, [159, 60, 18, 4], "a row that goes is missed");
        for (key, text) in MESSAGES {
            let hms = hms(*key);
            assert_eq!((hms.key(), hms.known().as_deref()), (*key, Some(*text)));
            assert_ne!(hms.severity(), Severity::Unknown, "{hms}");
            assert!(!hms.is_internal());
        }
    }

    /// Every message of the public lists that clients keep: attribute, severity, numbers, a word of what it means.
    #[rustfmt::skip]
    const DOCUMENTED: &[(u32, u32, &[u16], &str)] = &[
        (0x0300_0100, 1, &[1, 2, 3], "bed heater"),
        (0x0300_0100, 1, &[6, 7], "bed sensor"),
        (0x0300_0100, 1, &[5], "bed heats out of control"),
        (0x0300_0200, 1, &[5], "nozzle heats out of control"),
        (0x0300_9100, 1, &[5], "chamber heats out of control"),
        (0x0300_9000, 1, &[7], "too hot"),
        (0x0300_0100, 1, &[8], "abnormally"),
        (0x0300_0100, 3, &[8], "limited"),
        (0x0300_0200, 1, &[1, 2, 3], "nozzle heater"),
        (0x0300_0200, 1, &[6, 7], "nozzle sensor"),
        (0x0300_0200, 1, &[9], "hotend missing"),
        (0x0300_0300, 1, &[1], "hotend fan"),
        (0x0300_0400, 2, &[1], "part fan"),
        (0x0300_0500, 1, &[1], "driver"),
        (0x0300_0600, 1, &[1, 2, 3], "motor A"),
        (0x0300_0700, 1, &[1, 2, 3], "motor B"),
        (0x0300_0800, 1, &[1, 2, 3], "motor Z"),
        (0x0300_0900, 2, &[1], "extruder motor"),
        (0x0300_0D00, 1, &[3], "plate"),
        (0x0300_1000, 2, &[1], "in X"),
        (0x0300_1100, 2, &[1], "in Y"),
        (0x0300_1200, 2, &[1], "front cover"),
        (0x0300_9600, 1, &[1], "door"),
        (0x0300_9700, 3, &[1], "top cover"),
        (0x0500_0100, 3, &[4, 5], "memory card"),
        (0x0500_0200, 2, &[1], "internet"),
        (0x0500_0200, 2, &[2], "account"),
        (0x0500_0300, 1, &[1], "motion controller"),
        (0x0500_0300, 1, &[2], "tool head"),
        (0x0500_0300, 1, &[3], "AMS module"),
        (0x0500_0400, 1, &[1], "downloaded"),
        (0x0500_0400, 2, &[0x10, 0x11, 0x1F], "slot"),
        (0x0500_0400, 3, &[0x57], "purifying"),
        (0x0500_0500, 1, &[7], "signature"),
        (0x0501_0400, 3, &[2], "grease"),
        (0x0700_0100, 2, &[2], "AMS A: assist motor"),
        (0x0700_1000, 2, &[2], "AMS A slot 1: slot motor"),
        (0x0700_2000, 2, &[1], "AMS A slot 1: filament ran out"),
        (0x0700_2100, 2, &[1], "AMS A slot 2: filament ran out"),
        (0x0700_2300, 2, &[1], "AMS A slot 4: filament ran out"),
        (0x0700_2000, 2, &[2], "AMS A slot 1: slot is empty"),
        (0x0700_2000, 2, &[3], "broken in the AMS"),
        (0x0700_2000, 2, &[4], "broken in the tool head"),
        (0x0700_5500, 1, &[3], "AMS A: went offline"),
        (0x0C00_0100, 1, &[4], "lens"),
        (0x0C00_0300, 1, &[0x1E], "SMOKE"),
        (0x0C00_0300, 3, &[6], "chute"),
        (0x0C00_0300, 3, &[7], "first-layer"),
        (0x0C00_0300, 3, &[8], "spaghetti"),
    ];

    #[test]
    fn every_documented_message_has_a_text() {
        for (attr, severity, numbers, word) in DOCUMENTED {
            for number in *numbers {
                let hms = HmsCode { attr: *attr, code: severity << 16 | u32::from(*number) };
                let text = hms.known().unwrap_or_else(|| panic!("{hms}"));
                assert!(text.contains(word), "{hms}: {text}");
            }
        }
    }

    #[test]
    fn every_unit_slot_and_kind_of_ams_has_the_texts() {
        let text = |attr, code| HmsCode { attr, code }.known().expect("a text");
        assert_eq!(text(0x0701_2200, 0x0002_0001), "AMS B slot 3: filament ran out");
        assert_eq!(text(0x1200_2300, 0x0002_0002), "AMS Lite A slot 4: slot is empty");
        assert_eq!(text(0x0704_6100, 0x0002_0001), "AMS E slot 2: overloaded, the spool may be tangled");
        assert_eq!(text(0x1800_5500, 0x0001_0003), "AMS HT 1: went offline while starting");
        assert_eq!(text(0x07FF_2000, 0x0002_0001), "external spool: filament ran out");
        for unit in 0..4_u32 {
            for slot in 0..4_u32 {
                let (letter, number) = (char::from(b'A' + unit as u8), slot + 1);
                let at = 0x0700_0000 | unit << 16;
                let runout = HmsCode { attr: at | (0x20 + slot) << 8, code: 0x0002_0001 };
                assert_eq!(runout.known(), Some(format!("AMS {letter} slot {number}: filament ran out")));
                assert!(runout.is_runout());
                let motor = HmsCode { attr: at | (0x10 + slot) << 8, code: 0x0003_0099 };
                assert_eq!((motor.known(), motor.is_runout()), (None, false));
                assert_eq!(motor.composed(), format!("no text known (AMS {letter} slot {number}, common)"));
            }
        }
    }

    /// The last digits count the slots of all four units.
    #[test]
    fn a_tag_that_is_not_recognised_names_its_slot() {
        for (number, place) in
            [(0x10, "AMS A slot 1"), (0x13, "AMS A slot 4"), (0x16, "AMS B slot 3"), (0x1F, "AMS D slot 4")]
        {
            let tag = HmsCode { attr: 0x0500_0400, code: 0x0002_0000 | number };
            assert_eq!(tag.known(), Some(format!("{place}: the tag is not recognised")));
        }
        for number in [0x0F, 0x20] {
            assert_eq!(HmsCode { attr: 0x0500_0400, code: 0x0002_0000 | number }.known(), None);
        }
    }

    /// An AMS Lite's numbers look like those of an AMS, but mean what its own list says.
    #[test]
    fn an_ams_lite_speaks_for_itself() {
        let text = |attr, code| HmsCode { attr, code }.known();
        assert_eq!(
            text(0x1200_2100, 0x0002_0003).as_deref(),
            Some("AMS Lite A slot 2: filament may be broken in the PTFE tube")
        );
        assert_eq!(text(0x0700_2100, 0x0002_0003).as_deref(), Some("AMS A slot 2: filament may be broken in the AMS"));
        assert_eq!(
            text(0x1200_8200, 0x0002_0001).as_deref(),
            Some("AMS Lite A slot 3: filament may be tangled or stuck")
        );
        assert_eq!(text(0x0700_8000, 0x0001_0003).as_deref(), Some("AMS A: heater 1: short circuit"));
        for (attr, code) in [(0x1200_0100, 0x0002_0002), (0x1200_5500, 0x0001_0003), (0x1200_9600, 0x0001_0001)] {
            assert_eq!(text(attr, code), None);
            assert!(!HmsCode { attr, code }.is_danger());
        }
    }

    #[test]
    fn smoke_and_heat_out_of_control_are_danger() {
        let danger: Vec<_> = MESSAGES.iter().map(|row| row.0).filter(|key| hms(*key).is_danger()).collect();
        assert_eq!(danger, DANGER);
        let dryers = [0x0700_9600, 0x0703_9600, 0x0707_9600, 0x1800_9600, 0x1807_9600];
        let dryers = dryers.map(|attr| HmsCode { attr, code: 0x0001_0001 });
        for hms in DANGER.map(hms).into_iter().chain(dryers) {
            let text = hms.known().expect("a text of our own, also offline");
            assert!(hms.is_danger() && text.contains("power off now"), "{hms}: {text}");
            assert!(!HmsCode { code: hms.code ^ 0x8000, ..hms }.is_danger());
        }
        assert!(!HmsCode { attr: 0x07FF_9600, code: 0x0001_0001 }.is_danger());
        // These speak of fire and power, but nobody has to run.
        for (attr, code) in [(0x0300_A500, 0x0001_0003), (0x0300_D500, 0x0002_0005), (0x0300_D300, 0x0002_0001)] {
            let hms = HmsCode { attr, code };
            assert!(!hms.is_danger() && hms.known().is_some(), "{hms}");
        }
    }

    #[test]
    fn an_unknown_message_says_so_and_names_module_unit_and_severity() {
        let text = |attr, code| {
            let hms = HmsCode { attr, code };
            assert_eq!(hms.known(), None);
            hms.composed()
        };
        assert_eq!(text(0x4200_0000, 0x0003_0001), "no text known (module 42, common)");
        assert_eq!(text(0x0800_0100, 0x0002_0045), "no text known (tool head, serious)");
        assert_eq!(text(0x18FE_7000, 0x0002_0001), "no text known (left external spool, serious)");
        assert_eq!(text(0x0700_9900, 0x0009_0001), "no text known (AMS A, severity unknown)");
        // A warning about a motor is not its electrical fault.
        assert_eq!(text(0x0300_0600, 0x0003_0001), "no text known (motion controller, common)");
    }

    #[test]
    fn messages_are_written_as_the_printer_writes_them() {
        let spaghetti = HmsCode { attr: 201_327_360, code: 196_615 };
        assert_eq!(
            (spaghetti.to_string().as_str(), spaghetti.severity()),
            ("HMS_0C00_0300_0003_0007", Severity::Common)
        );
        assert_eq!(spaghetti.module(), "camera");
        let of = |severity: u32| HmsCode { attr: 1, code: severity << 16 }.severity();
        assert_eq!([0, 1, 2, 4, 5].map(|n| of(n).name()), ["unknown", "fatal", "serious", "info", "unknown"]);
        assert!(Severity::Fatal < Severity::Serious && Severity::Common < Severity::Info);
        assert!(hms(0x0500_0600_0002_0070).is_internal() && UNSIGNED_REFUSED.known().is_some());
    }
}
