//! What the numbers of a printer mean in words: stages, print errors, health messages (HMS).
//!
//! The texts are our own; they stand in where the vendor's are not at hand ([`super::texts`]). How codes are put together:
//! an HMS is `attr` and `code`, two 32-bit numbers; its module is `attr >> 24`, its severity `code >> 16`. A print error is
//! one 32-bit number whose low half tells what kind it is.

mod error;
mod hms;
mod stage;

pub use error::{NOT_SIGNED, PrintError};
pub use hms::{HmsCode, Severity, UNSIGNED_REFUSED};
pub use stage::{FILAMENT_RAN_OUT, PAUSED_BY_USER, PRINTING, is_pause_stage, is_stage, stage};

use std::fmt;

/// A number that a printer shows: an error that it waits with, or one of its health messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// `0300_8003`
    Error(PrintError),
    /// `HMS_0C00_0300_0003_0007`
    Hms(HmsCode),
}

/// Where the vendor explains all health messages.
const WIKI: &str = "https://wiki.bambulab.com/en/hms/home";

impl Code {
    /// Reads a code as printers, apps and reports write it: `0300_8003`, `0300-8003`, `0x03008003`, `50364419` (decimal),
    /// `HMS_0C00_0300_0003_0007`, `0C00030000030007`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            let shown: String = super::wire::clean(text).chars().take(40).collect();
            format!("not an error code: \"{shown}\"; write one such as 0300_8003, HMS_0C00_0300_0003_0007 or 50364419")
        };
        let plain = text.trim().to_ascii_uppercase();
        let (marked, rest) = match plain.strip_prefix("HMS").or_else(|| plain.strip_prefix("0X")) {
            Some(rest) => (true, rest),
            None => (plain.contains(['_', '-', ' ']), plain.as_str()),
        };
        let digits: String = rest.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | ':')).collect();
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let hex = || u64::from_str_radix(&digits, 16).map_err(|_| wrong());
        match digits.len() {
            16 => hex().map(|n| Self::Hms(HmsCode { attr: (n >> 32) as u32, code: n as u32 })),
            // Eight digits may be either: the modules of printers are low numbers, so hexadecimal begins with 0 or 1, and
            // then the decimal number would belong to no module.
            8 if marked || digits.starts_with(['0', '1']) || digits.parse::<u32>().is_err() => {
                hex().map(|n| Self::Error(PrintError(n as u32)))
            }
            _ if marked => Err(wrong()),
            _ => {
                // No module has the number 0.
                let number = digits.parse().ok().filter(|n| *n > 0x00FF_FFFF);
                number.map(|n| Self::Error(PrintError(n))).ok_or_else(wrong)
            }
        }
    }

    /// The part of the printer that speaks.
    pub fn module(self) -> String {
        match self {
            Self::Error(error) => module_name((error.0 >> 24) as u8),
            Self::Hms(hms) => hms.module(),
        }
    }

    /// The vendor's page about it. A health message has a page of its own; errors have none, so theirs is the index.
    pub fn wiki(self) -> String {
        match self {
            Self::Error(_) => WIKI.to_owned(),
            Self::Hms(hms) => {
                let code = hms.to_string();
                let code = code.trim_start_matches("HMS_");
                format!("https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/{code}")
            }
        }
    }

    /// What it means by the built-in tables; `None`: they do not know it.
    pub fn known(self) -> Option<String> {
        match self {
            Self::Error(error) => error.known(),
            Self::Hms(hms) => hms.known(),
        }
    }

    /// Whether there is fire, smoke, or heat out of control: somebody has to act at once.
    pub fn is_danger(self) -> bool {
        match self {
            Self::Error(error) => error.is_danger(),
            Self::Hms(hms) => hms.is_danger(),
        }
    }

    /// That no text is known, with what the number itself tells: who speaks, and how bad it is. It never reads like a
    /// sentence about what happened.
    pub fn composed(self) -> String {
        match self {
            Self::Error(error) => error.composed(),
            Self::Hms(hms) => hms.composed(),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Hms(hms) => hms.fmt(f),
        }
    }
}

/// A module's name, or its number where the name is not known.
fn module_name(module: u8) -> String {
    match module {
        0x03 => "motion controller",
        0x05 => "mainboard",
        0x07 => "AMS",
        0x08 => "tool head",
        0x0C => "camera",
        0x12 => "AMS Lite",
        0x18 => "AMS HT",
        other => return format!("module {other:02X}"),
    }
    .to_owned()
}

/// The module of an AMS Lite.
const AMS_LITE: u8 = 0x12;

/// Whether a module is a kind of AMS: their messages repeat for each unit and slot.
fn is_ams(module: u8) -> bool {
    matches!(module, 0x07 | AMS_LITE | 0x18)
}

/// The speaking part with its unit: `AMS B`, `AMS HT 1`, `external spool`, `mainboard`.
fn place(module: u8, unit: u8) -> String {
    let name = module_name(module);
    match (module, unit) {
        // A printer takes eight units of the newer kinds.
        (0x07 | 0x12, 0..=7) => format!("{name} {}", char::from(b'A' + unit)),
        (0x18, 0..=7) => format!("{name} {}", unit + 1),
        (0x07 | 0x12 | 0x18, 0xFF) => "external spool".to_owned(),
        (0x07 | 0x12 | 0x18, 0xFE) => "left external spool".to_owned(),
        (0x07 | 0x12 | 0x18, _) => format!("{name} unit {unit:02X}"),
        _ => name,
    }
}

/// The text of a row in a table that is sorted by its codes.
fn find<K: Ord + Copy>(rows: &[(K, &'static str)], code: K) -> Option<&'static str> {
    rows.binary_search_by_key(&code, |row| row.0).ok().map(|at| rows[at].1)
}

/// What every table must be: sorted, without doubles, each text one plain clause.
#[cfg(test)]
fn check<K: Ord + Copy + fmt::Debug>(rows: &[(K, &'static str)]) {
    assert!(rows.windows(2).all(|two| two[0].0 < two[1].0), "sorted, no code twice");
    for (code, text) in rows {
        assert!(text.len() > 5 && !text.ends_with(['.', ' ']) && !text.contains(". "), "{code:?}: {text}");
        assert_eq!(find(rows, *code), Some(*text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_in_every_form_it_is_written_in() {
        let error = Code::Error(PrintError(0x0300_8003));
        for text in ["0300_8003", "0300-8003", " 0300 8003 ", "03008003", "0x03008003", "50364419"] {
            assert_eq!(Code::parse(text), Ok(error), "{text}");
        }
        assert_eq!(Code::parse("117473282"), Ok(Code::Error(PrintError(0x0700_8002))));
        assert_eq!(Code::parse("1200_8010"), Code::parse("12008010"));
        let hms = Code::Hms(HmsCode { attr: 0x0C00_0300, code: 0x0003_0007 });
        for text in ["HMS_0C00_0300_0003_0007", "hms_0c00_0300_0003_0007", "0C00030000030007", "0C00-0300-0003-0007"] {
            assert_eq!(Code::parse(text), Ok(hms), "{text}");
        }
        for text in ["", "HMS", "0300", "0300_80", "spaghetti", "0x", "99999999999", "0300_8003_1", "-1", "é"] {
            assert!(Code::parse(text).is_err_and(|why| why.contains("such as")), "{text}");
        }
    }

    #[test]
    fn a_message_has_a_page_and_an_error_has_the_index() {
        let hms = Code::Hms(HmsCode { attr: 0x0300_0100, code: 0x0001_0007 });
        assert!(hms.wiki().ends_with("/hmscode/0300_0100_0001_0007"));
        assert_eq!(Code::Error(PrintError(0x0300_8003)).wiki(), WIKI);
    }

    /// The manual's table of danger is that of the program.
    #[test]
    fn the_manual_names_every_code_of_danger() {
        let manual = include_str!("../../docs/troubleshooting.md");
        let codes = error::DANGER.map(|code| Code::Error(PrintError(code))).into_iter();
        let messages = hms::DANGER.map(|key| Code::Hms(HmsCode { attr: (key >> 32) as u32, code: key as u32 }));
        for code in codes.chain(messages) {
            assert!(code.is_danger() && manual.contains(&format!("`{code}`")), "{code}");
        }
        for dryers in ["`HMS_07xx_9600_0001_0001`", "`HMS_18xx_9600_0001_0001`"] {
            let one = Code::parse(&dryers.trim_matches('`').replace("xx", "02")).expect("a code");
            assert!(one.is_danger() && manual.contains(dryers));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(attr in any::<u32>(), code in any::<u32>()) {
            for code in [Code::Hms(HmsCode { attr, code }), Code::Error(PrintError(code))] {
                prop_assert_eq!(Code::parse(&code.to_string()), Ok(code));
                prop_assert!(code.composed().starts_with("no text known ("));
                prop_assert!(!code.is_danger() || code.known().is_some());
            }
        }

        #[test]
        fn nothing_typed_panics(text in "\\PC*") {
            let _ = Code::parse(&text);
        }
    }
}
