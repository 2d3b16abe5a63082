//! What the numbers of a printer mean in words: stages, print errors, health messages (HMS).
//!
//! The texts are our own. How codes are put together: an HMS is `attr` and `code`, two 32-bit numbers; its module is
//! `attr >> 24`, its severity `code >> 16`. A print error is one 32-bit number whose low half tells what kind it is.

use super::job::Hms;
use std::fmt;

/// Stage texts by id (`stg_cur`).
#[rustfmt::skip]
const STAGES: [&str; 78] = [
    "printing",
    "auto bed levelling",
    "preheating the bed",
    "vibration compensation",
    "changing filament",
    "paused by G-code (M400)",
    "paused: filament ran out",
    "heating the nozzle",
    "calibrating flow dynamics",
    "scanning the bed surface",
    "inspecting the first layer",
    "identifying the build plate",
    "calibrating micro lidar",
    "homing the tool head",
    "cleaning the nozzle tip",
    "checking the extruder temperature",
    "paused by the user",
    "paused: front cover fell off",
    "calibrating micro lidar",
    "calibrating extrusion flow",
    "paused: nozzle temperature fault",
    "paused: bed temperature fault",
    "unloading filament",
    "paused: motor steps lost",
    "loading filament",
    "motor noise calibration",
    "paused: AMS lost connection",
    "paused: heat-break fan too slow",
    "paused: chamber temperature control fault",
    "cooling the chamber",
    "paused by G-code in the file",
    "motor noise demonstration",
    "paused: filament clump on the nozzle",
    "paused: cutter fault",
    "paused: first-layer fault",
    "paused: nozzle clogged",
    "measuring motion precision",
    "improving motion precision",
    "measuring motion accuracy",
    "calibrating nozzle offset",
    "bed levelling at high temperature",
    "checking quick-release lever",
    "checking door and top cover",
    "laser calibration",
    "checking the platform",
    "confirming BirdsEye camera position",
    "calibrating BirdsEye camera",
    "bed levelling, phase 1",
    "bed levelling, phase 2",
    "heating the chamber",
    "adjusting (cooling) the bed temperature",
    "printing calibration lines",
    "checking the material",
    "calibrating the live-view camera",
    "waiting for the bed temperature",
    "checking material position",
    "calibrating cutting module offset",
    "measuring the surface",
    "thermal preconditioning",
    "homing the blade holder",
    "calibrating camera offset",
    "calibrating blade holder position",
    "hotend pick-and-place test",
    "waiting for the chamber to equalise",
    "preparing the hotend",
    "calibrating nozzle clumping detection",
    "purifying the chamber air",
    "measuring the rotary attachment",
    "moving tool head above the purge chute",
    "cooling the nozzle",
    "moving tool head to bed centre",
    "arc fitting",
    "detecting the hotend type",
    "checking build plate alignment",
    "checking the bed for foreign objects (some H2D firmware: generic preparation)",
    "checking under the bed for foreign objects",
    "pre-extrusion before printing",
    "preparing the AMS",
];

/// Ids of the stages that mean "paused, and why".
const PAUSE_STAGES: [i64; 15] = [5, 6, 16, 17, 20, 21, 23, 26, 27, 28, 30, 32, 33, 34, 35];

/// Text of a stage; `None` for "no stage" (-1 and 255).
pub fn stage(id: i64) -> Option<std::borrow::Cow<'static, str>> {
    match id {
        i64::MIN..=-1 | 255 => None,
        _ => Some(match usize::try_from(id).ok().and_then(|id| STAGES.get(id)) {
            Some(text) => (*text).into(),
            None => format!("stage {id}").into(),
        }),
    }
}

/// Whether a stage is a reason for a pause.
pub fn is_pause_stage(id: i64) -> bool {
    PAUSE_STAGES.contains(&id)
}

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are the vendor's names")]
pub enum Severity {
    Fatal,
    Serious,
    Common,
    Info,
}

impl Severity {
    /// The vendor's name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Serious => "serious",
            Self::Common => "common",
            Self::Info => "info",
        }
    }
}

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

    /// Whether the printer has paused and waits for a decision.
    pub fn waits_for_person(self) -> bool {
        matches!(self.0 & 0xFFFF, 0x8000..=0xBFFF)
    }

    /// What it means, in a sentence; for unknown codes a sentence that says what kind it is.
    pub fn text(self) -> String {
        if let Some(text) = known_error(self.0) {
            return text.to_owned();
        }
        let source = module_name((self.0 >> 24) as u8).map_or_else(|| "The printer".to_owned(), |m| format!("The {m}"));
        match self.0 & 0xFFFF {
            0x4000..=0x7FFF => format!("{source} stopped the job; the printer's screen says why"),
            0x8000..=0xBFFF => format!("{source} paused the job and waits; the printer's screen says why"),
            _ => format!("{source} has a question on the printer's screen"),
        }
    }
}

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}_{:04X}", self.0 >> 16, self.0 & 0xFFFF)
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

impl HmsCode {
    /// From a report's element; `None` when it lacks a half.
    pub fn new(hms: &Hms) -> Option<Self> {
        Some(Self { attr: hms.attr?.0, code: hms.code?.0 })
    }

    /// How bad it is; unknown severities count as common.
    pub fn severity(self) -> Severity {
        match self.code >> 16 {
            1 => Severity::Fatal,
            2 => Severity::Serious,
            4 => Severity::Info,
            _ => Severity::Common,
        }
    }

    /// The part of the printer that speaks: its name, or its number where that is not known.
    pub fn module(self) -> String {
        let module = (self.attr >> 24) as u8;
        module_name(module).map_or_else(|| format!("{module:02X}"), str::to_owned)
    }

    /// What it means. Codes without a text name their module, unit, slot and number.
    pub fn text(self) -> String {
        let module = (self.attr >> 24) as u8;
        let unit = (self.attr >> 16) as u8;
        let part = (self.attr >> 8) as u8;
        let place = match module {
            0x07 | 0x12 if unit < 4 => format!("AMS {}", char::from(b'A' + unit)),
            0x18 if unit < 8 => format!("AMS HT {}", unit + 1),
            0x07 | 0x12 | 0x18 => "the external spool".to_owned(),
            _ => String::new(),
        };
        if matches!(module, 0x07 | 0x12 | 0x18) {
            let slot = match part {
                0x20..=0x23 => Some(part - 0x20 + 1),
                0x10..=0x13 => Some(part - 0x10 + 1),
                _ => None,
            };
            let what = match (part, self.code) {
                (0x20..=0x23, 0x0002_0001) => Some("filament ran out"),
                (0x20..=0x23, 0x0002_0002) => Some("slot is empty"),
                (0x20..=0x23, 0x0002_0003) => Some("filament may be broken in the AMS"),
                (0x20..=0x23, 0x0002_0004) => Some("filament may be broken in the tool head"),
                (0x10..=0x13, 0x0002_0002) => Some("slot motor overloaded, the spool may be tangled"),
                (0x01, 0x0002_0002) => Some("assist motor overloaded"),
                (0x55, 0x0001_0003) => Some("went offline while starting"),
                _ => None,
            };
            let at = slot.map_or_else(|| place.clone(), |slot| format!("{place} slot {slot}"));
            return what
                .map_or_else(|| format!("{at}: message {:04X}", self.code & 0xFFFF), |what| format!("{at}: {what}"));
        }
        if let Some(text) = known_hms(u64::from(self.attr) << 32 | u64::from(self.code)) {
            return text.to_owned();
        }
        let source = module_name(module).map_or_else(|| format!("module {module:02X}"), str::to_owned);
        format!("{source}: message {:04X}", self.code & 0xFFFF)
    }
}

impl fmt::Display for HmsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attr, code } = self;
        write!(f, "HMS_{:04X}_{:04X}_{:04X}_{:04X}", attr >> 16, attr & 0xFFFF, code >> 16, code & 0xFFFF)
    }
}

fn module_name(module: u8) -> Option<&'static str> {
    Some(match module {
        0x03 => "motion controller",
        0x05 => "mainboard",
        0x07 => "AMS",
        0x08 => "tool head",
        0x0C => "camera",
        0x12 => "AMS Lite",
        0x18 => "AMS HT",
        _ => return None,
    })
}

/// Texts of common print errors. AMS codes are looked up as those of AMS A and of the external spool.
fn known_error(code: u32) -> Option<&'static str> {
    let (module, unit) = (code >> 24, code >> 16 & 0xFF);
    let code = match (module, unit) {
        // AMS Lite and AMS HT use the numbers of the AMS; FE is FF for the left hotend.
        (0x07 | 0x12 | 0x18, 0xFE | 0xFF) => 0x07FF_0000 | code & 0xFFFF,
        (0x07 | 0x12 | 0x18, _) => 0x0700_0000 | code & 0xFFFF,
        _ => code,
    };
    Some(match code {
        0x0300_4000 => "homing Z failed, the job was stopped",
        0x0300_4002 => "bed levelling failed, the job was stopped",
        0x0300_4005 => "the hotend fan does not turn as it should",
        0x0300_4006 => "the nozzle is clogged",
        0x0300_4008 => "the AMS could not change the filament",
        0x0300_4009 => "homing X and Y failed",
        0x0300_400C => "the job was cancelled",
        0x0300_400D => "the job could not be resumed after a power loss",
        0x0300_4013 => "printing is not possible while the AMS is drying",
        0x0300_404B => "the job was aborted because a door or the cover is open",
        0x0300_8000 => "paused for an unknown reason",
        0x0300_8001 => "paused by a person",
        0x0300_8002 => "the lidar saw first-layer defects; check the print",
        0x0300_8003 => "the camera suspects spaghetti; check the print, then resume or stop",
        0x0300_8004 => "the filament ran out; load a new spool, then resume",
        0x0300_8005 => "the front cover of the tool head fell off; put it back, then resume",
        0x0300_8007 => "a job was interrupted by a power loss; resume it or stop it",
        0x0300_8008 => "the nozzle temperature is out of control",
        0x0300_8009 => "the bed temperature is out of control",
        0x0300_800A => "filament piled up in the waste chute; clear it, then resume",
        0x0300_800B => "the filament cutter is stuck",
        0x0300_800C => "the motors lost steps several times",
        0x0300_800E => "the print file is gone; was the memory card removed?",
        0x0300_800F | 0x0300_8042 => "paused because the door is open; close it, then resume",
        0x0300_8011 => "the build plate is not the one the file was sliced for",
        0x0300_8013 => "paused by a command in the file",
        0x0300_8014 => "the nozzle is covered with plastic, or the plate lies wrong",
        0x0300_8016 => "the nozzle is clogged; clean it, then resume",
        0x0300_8017 => "something lies on the bed; remove it, then resume",
        0x0300_8018 => "the chamber temperature is out of control",
        0x0300_801A => "extrusion is not as it should be; check nozzle and filament",
        0x0500_4001 => "no connection to the cloud",
        0x0500_4002 => "the path or file name is not supported",
        0x0500_4003 => "the file could not be read",
        0x0500_4004 => "busy, a new job cannot start now",
        0x0500_4005 => "no printing during a firmware update",
        0x0500_4006 => "not enough storage",
        0x0500_4008 => "the start failed; switch the printer off and on",
        0x0500_400A => "the file name is not supported",
        0x0500_400B => "the download failed",
        0x0500_400C => "no memory card; insert one",
        0x0500_400E => "printing was cancelled",
        0x0500_4014 => "slicing failed",
        0x0500_4015 => "the memory card is full",
        0x0500_4037 => "the file was made for another printer",
        0x0500_4038 => "the file was made for another nozzle size",
        0x0500_803C => "the nozzle setting differs from the file",
        0x0500_8036 => "the file is for another model; continue?",
        0x0500_8051 => "the plate differs from the file",
        0x0500_8053 => "the nozzle does not fit the print",
        0x0500_C010 => "the memory card cannot be read or written",
        0x0500_C04A..=0x0500_C04F | 0x0700_C069..=0x0700_C06E => "drying cannot start or failed",
        0x0502_4007 => "the firmware accepts commands of the vendor's own apps only",
        0x0502_4009 => "the command's envelope or its cloud task is not valid",
        0x0700_8001 => "cutting the filament failed",
        0x0700_8002 => "the cutter is stuck",
        0x0700_8003 => "the filament could not be pulled out of the extruder",
        0x0700_8004 => "the filament could not be pulled back into the AMS",
        0x0700_8005 => "the AMS could not feed filament out",
        0x0700_8006 => "the filament could not be fed into the extruder",
        0x0700_8007 => "extruding failed, the nozzle may be clogged",
        0x0700_8010 => "the AMS motor is overloaded; the spool may be tangled",
        0x0700_8011 => "the AMS slot ran out; insert filament, then resume",
        0x0700_8012 | 0x07FF_8012 => "the filament mapping could not be read",
        0x0700_8013 => "purging timed out",
        0x07FF_8003 => "pull the external filament out by hand, then resume",
        0x07FF_8006 => "push the external filament in, then resume",
        0x07FF_8007 => "confirm that filament comes out of the nozzle",
        0x0300_8015 | 0x07FF_8011 => "the external spool ran out; load filament, then resume",
        0x0C00_8001 => "first-layer defects were seen; check the print",
        0x0C00_C003 => "possible first-layer defects",
        0x0C00_8042 => "spaghetti was seen; check the print",
        0x0C00_C004 => "possible spaghetti",
        0x1000_C001 => "the bed is hot; open the door to keep the filament from softening",
        0x1001_4001 => "time-lapse is not possible with spiral vase",
        _ => return None,
    })
}

/// Texts of common health messages outside the AMS.
fn known_hms(code: u64) -> Option<&'static str> {
    Some(match code {
        0x0300_0100_0001_0001 => "bed heater: short circuit",
        0x0300_0100_0001_0002 => "bed heater: broken wire",
        0x0300_0100_0001_0003 => "bed heater: too hot",
        0x0300_0100_0001_0006 => "bed sensor: short circuit",
        0x0300_0100_0001_0007 => "bed sensor: broken wire",
        0x0300_0100_0001_0008 => "the bed heats abnormally",
        0x0300_0100_0003_0008 => "the bed is limited to its highest temperature",
        0x0300_0200_0001_0001 => "nozzle heater: short circuit",
        0x0300_0200_0001_0002 => "nozzle heater: broken wire",
        0x0300_0200_0001_0003 => "nozzle heater: too hot",
        0x0300_0200_0001_0006 => "nozzle sensor: short circuit",
        0x0300_0200_0001_0007 => "nozzle sensor: broken wire",
        0x0300_0200_0001_0009 => "nozzle heating fault; is the hotend missing?",
        0x0300_0300_0001_0001 => "the hotend fan is slow or stopped",
        0x0300_0400_0002_0001 => "the part fan is slow or stopped",
        0x0300_0500_0001_0001 => "the motor driver is too hot",
        0x0300_0900_0002_0001 => "the extruder motor is overloaded; is the nozzle clogged?",
        0x0300_0D00_0001_0003 => "the build plate lies wrong",
        0x0300_1000_0002_0001 => "low resonance in X; is the belt loose?",
        0x0300_1100_0002_0001 => "low resonance in Y; is the belt loose?",
        0x0300_1200_0002_0001 => "the front cover of the tool head is off",
        0x0300_9600_0001_0001 => "the front door is open",
        0x0300_9700_0003_0001 => "the top cover is open",
        0x0500_0100_0003_0004 => "the memory card is nearly full, nothing is recorded",
        0x0500_0100_0003_0005 => "the memory card is read-only",
        0x0500_0200_0002_0001 => "no internet",
        0x0500_0200_0002_0002 => "the printer could not log in to its account",
        0x0500_0300_0001_0001 => "the motion controller is faulty; switch off and on",
        0x0500_0300_0001_0002 => "the tool head is faulty; switch off and on",
        0x0500_0300_0001_0003 => "the AMS module is faulty; switch off and on",
        0x0500_0400_0001_0001 => "the job could not be downloaded",
        0x0500_0400_0002_0010..=0x0500_0400_0002_001F => "the tag in an AMS slot is not recognised",
        0x0500_0400_0003_0057 => "job done, purifying the air",
        0x0500_0500_0001_0007 => "a command without the vendor's signature was refused",
        0x0501_0400_0003_0002 => "the threaded rods need grease",
        0x0C00_0100_0001_0004 => "the lidar lens is dirty",
        0x0C00_0300_0003_0006 => "filament may have piled up in the waste chute",
        0x0C00_0300_0003_0007 => "possible first-layer defect",
        0x0C00_0300_0003_0008 => "possible spaghetti",
        0x0C00_0300_0001_001E => "SMOKE DETECTED: switch the power off",
        _ => {
            return match code >> 32 {
                0x0300_0600 => Some("motor A: electrical fault"),
                0x0300_0700 => Some("motor B: electrical fault"),
                0x0300_0800 => Some("motor Z: electrical fault"),
                _ => None,
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_the_printer_writes_them() {
        let hms = HmsCode { attr: 201_327_360, code: 196_615 };
        assert_eq!(hms.to_string(), "HMS_0C00_0300_0003_0007");
        assert_eq!((hms.severity(), hms.text().as_str()), (Severity::Common, "possible first-layer defect"));
        let error = PrintError::new(50_348_044).expect("an error");
        assert_eq!(error.to_string(), "0300_400C");
        assert!(CANCELLED.contains(&error) && !error.waits_for_person());
        assert_eq!(PrintError::new(0), None);
        assert_eq!(PrintError::new(-5), None);
    }

    #[test]
    fn ams_messages_name_unit_and_slot_even_when_unknown() {
        let text = |attr, code| HmsCode { attr, code }.text();
        assert_eq!(text(0x0701_2200, 0x0002_0001), "AMS B slot 3: filament ran out");
        assert_eq!(text(0x0702_1100, 0x0003_0099), "AMS C slot 2: message 0099");
        assert_eq!(text(0x1800_5500, 0x0001_0003), "AMS HT 1: went offline while starting");
        assert_eq!(text(0x4200_0000, 0x0003_0001), "module 42: message 0001");
    }

    #[test]
    fn errors_of_other_ams_kinds_share_the_texts() {
        let text = |code| PrintError(code).text();
        assert_eq!(text(0x0703_8011), text(0x0700_8011));
        assert_eq!(text(0x1200_8010), text(0x0700_8010));
        assert_eq!(text(0x07FE_8011), text(0x07FF_8011));
        assert!(text(0x0300_9999).contains("waits"));
    }

    #[test]
    fn stages_end_at_the_table_and_none_is_none() {
        assert_eq!(stage(0).as_deref(), Some("printing"));
        assert_eq!(stage(77).as_deref(), Some("preparing the AMS"));
        assert_eq!(stage(78).as_deref(), Some("stage 78"));
        assert_eq!((stage(-1), stage(255)), (None, None));
    }
}
