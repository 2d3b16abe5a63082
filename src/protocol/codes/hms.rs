//! Health messages: what a printer says about itself, as long as it is so.

use super::{find, is_ams, module_name, place};
use crate::protocol::job::Hms;
use std::fmt;

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
}

/// A health message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HmsCode {
    /// Module, unit, part.
    pub attr: u32,
    /// Severity, number.
    pub code: u32,
}

/// For some minutes after a command without the vendor's signature was refused (authorization control).
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
        is_ams((self.attr >> 24) as u8) && matches!(self.attr >> 8 & 0xFF, 0x20..=0x23) && self.code == 0x0002_0001
    }

    /// Who speaks: `AMS B slot 3`, `mainboard`.
    fn speaker(self) -> String {
        let (module, part) = ((self.attr >> 24) as u8, (self.attr >> 8) as u8);
        let place = place(module, (self.attr >> 16) as u8);
        match part {
            // The holder outside has no slots.
            0x10..=0x13 | 0x20..=0x23 if is_ams(module) && self.attr >> 16 & 0xFF < 0xFE => {
                format!("{place} slot {}", (part & 3) + 1)
            }
            _ => place,
        }
    }

    /// What it means. Codes without a text name their module, unit, slot and number.
    pub fn text(self) -> String {
        self.known().unwrap_or_else(|| self.composed())
    }

    /// What it means by the built-in tables.
    pub(super) fn known(self) -> Option<String> {
        if !is_ams((self.attr >> 24) as u8) {
            let text = find(MESSAGES, self.key()).or_else(|| {
                // The electrical faults of each motor have many numbers and one meaning.
                find(MOTORS, self.attr).filter(|_| self.severity() == Severity::Fatal)
            });
            return text.map(str::to_owned);
        }
        let what = match ((self.attr >> 8) as u8, self.code) {
            (0x01, 0x0002_0002) => "assist motor overloaded",
            (0x10..=0x13, 0x0002_0002) => "slot motor overloaded, the spool may be tangled",
            (0x20..=0x23, 0x0002_0001) => "filament ran out",
            (0x20..=0x23, 0x0002_0002) => "slot is empty",
            (0x20..=0x23, 0x0002_0003) => "filament may be broken in the AMS",
            (0x20..=0x23, 0x0002_0004) => "filament may be broken in the tool head",
            (0x55, 0x0001_0003) => "went offline while starting",
            _ => return None,
        };
        Some(format!("{}: {what}", self.speaker()))
    }

    pub(super) fn composed(self) -> String {
        format!("{}: message {:04X}", self.speaker(), self.code & 0xFFFF)
    }
}

impl fmt::Display for HmsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attr, code } = self;
        write!(f, "HMS_{:04X}_{:04X}_{:04X}_{:04X}", attr >> 16, attr & 0xFFFF, code >> 16, code & 0xFFFF)
    }
}

/// Messages whose official text is empty.
const INTERNAL: &[u64] = &[0x0500_0600_0002_0070];

/// What fatal messages of these parts mean, whatever their number.
const MOTORS: &[(u32, &str)] = &[
    (0x0300_0600, "motor A: electrical fault"),
    (0x0300_0700, "motor B: electrical fault"),
    (0x0300_0800, "motor Z: electrical fault"),
];

const TAG: &str = "the tag in an AMS slot is not recognised";

/// What messages outside the AMS mean.
#[rustfmt::skip]
const MESSAGES: &[(u64, &str)] = &[
    (0x0300_0100_0001_0001, "bed heater: short circuit"),
    (0x0300_0100_0001_0002, "bed heater: broken wire"),
    (0x0300_0100_0001_0003, "bed heater: too hot"),
    (0x0300_0100_0001_0006, "bed sensor: short circuit"),
    (0x0300_0100_0001_0007, "bed sensor: broken wire"),
    (0x0300_0100_0001_0008, "the bed heats abnormally"),
    (0x0300_0100_0003_0008, "the bed is limited to its highest temperature"),
    (0x0300_0200_0001_0001, "nozzle heater: short circuit"),
    (0x0300_0200_0001_0002, "nozzle heater: broken wire"),
    (0x0300_0200_0001_0003, "nozzle heater: too hot"),
    (0x0300_0200_0001_0006, "nozzle sensor: short circuit"),
    (0x0300_0200_0001_0007, "nozzle sensor: broken wire"),
    (0x0300_0200_0001_0009, "nozzle heating fault; is the hotend missing?"),
    (0x0300_0300_0001_0001, "the hotend fan is slow or stopped"),
    (0x0300_0400_0002_0001, "the part fan is slow or stopped"),
    (0x0300_0500_0001_0001, "the motor driver is too hot"),
    (0x0300_0900_0002_0001, "the extruder motor is overloaded; is the nozzle clogged?"),
    (0x0300_0D00_0001_0003, "the build plate lies wrong"),
    (0x0300_1000_0002_0001, "low resonance in X; is the belt loose?"),
    (0x0300_1100_0002_0001, "low resonance in Y; is the belt loose?"),
    (0x0300_1200_0002_0001, "the front cover of the tool head is off"),
    (0x0300_9600_0001_0001, "the front door is open"),
    (0x0300_9700_0003_0001, "the top cover is open"),
    (0x0500_0100_0003_0004, "the memory card is nearly full, nothing is recorded"),
    (0x0500_0100_0003_0005, "the memory card is read-only"),
    (0x0500_0200_0002_0001, "no internet"),
    (0x0500_0200_0002_0002, "the printer could not log in to its account"),
    (0x0500_0300_0001_0001, "the motion controller is faulty"),
    (0x0500_0300_0001_0002, "the tool head is faulty"),
    (0x0500_0300_0001_0003, "the AMS module is faulty"),
    (0x0500_0400_0001_0001, "the job could not be downloaded"),
    (0x0500_0400_0002_0010, TAG),
    (0x0500_0400_0002_0011, TAG),
    (0x0500_0400_0002_0012, TAG),
    (0x0500_0400_0002_0013, TAG),
    (0x0500_0400_0002_0014, TAG),
    (0x0500_0400_0002_0015, TAG),
    (0x0500_0400_0002_0016, TAG),
    (0x0500_0400_0002_0017, TAG),
    (0x0500_0400_0002_0018, TAG),
    (0x0500_0400_0002_0019, TAG),
    (0x0500_0400_0002_001A, TAG),
    (0x0500_0400_0002_001B, TAG),
    (0x0500_0400_0002_001C, TAG),
    (0x0500_0400_0002_001D, TAG),
    (0x0500_0400_0002_001E, TAG),
    (0x0500_0400_0002_001F, TAG),
    (0x0500_0400_0003_0057, "job done, purifying the air"),
    (0x0500_0500_0001_0007, "a command without the vendor's signature was refused"),
    (0x0501_0400_0003_0002, "the threaded rods need grease"),
    (0x0C00_0100_0001_0004, "the lidar lens is dirty"),
    (0x0C00_0300_0001_001E, "SMOKE DETECTED: switch the power off"),
    (0x0C00_0300_0003_0006, "filament may have piled up in the waste chute"),
    (0x0C00_0300_0003_0007, "possible first-layer defect"),
    (0x0C00_0300_0003_0008, "possible spaghetti"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn hms(key: u64) -> HmsCode {
        HmsCode { attr: (key >> 32) as u32, code: key as u32 }
    }

    #[test]
    fn the_tables_are_sound() {
        super::super::check(MESSAGES);
        super::super::check(MOTORS);
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
        (0x0500_0400, 2, &[0x10, 0x11, 0x1F], "tag"),
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
        let named = |key: &u64| {
            DOCUMENTED.iter().any(|(attr, severity, numbers, _)| {
                let hms = hms(*key);
                (hms.attr, hms.code >> 16) == (*attr, *severity)
                    && (numbers.contains(&(hms.code as u16)) || find(MESSAGES, *key) == Some(TAG))
            })
        };
        assert!(MESSAGES.iter().all(|(key, _)| named(key)), "the table has no other");
    }

    #[test]
    fn every_unit_slot_and_kind_of_ams_has_the_texts() {
        let text = |attr, code| HmsCode { attr, code }.known().expect("a text");
        assert_eq!(text(0x0701_2200, 0x0002_0001), "AMS B slot 3: filament ran out");
        assert_eq!(text(0x1200_2300, 0x0002_0002), "AMS Lite A slot 4: slot is empty");
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
                assert_eq!(motor.composed(), format!("AMS {letter} slot {number}: message 0099"));
            }
        }
    }

    #[test]
    fn an_unknown_message_names_module_unit_and_number() {
        let text = |attr, code| {
            let hms = HmsCode { attr, code };
            assert_eq!(hms.known(), None);
            hms.composed()
        };
        assert_eq!(text(0x4200_0000, 0x0003_0001), "module 42: message 0001");
        assert_eq!(text(0x0800_0100, 0x0002_0045), "tool head: message 0045");
        assert_eq!(text(0x18FE_7000, 0x0002_0001), "left external spool: message 0001");
        // A warning about a motor is not its electrical fault.
        assert_eq!(text(0x0300_0600, 0x0003_0001), "motion controller: message 0001");
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
