//! Error codes and health messages as JSON.

use crate::{
    protocol::codes::{Code, HmsCode},
    state::{command::catalog, printer::Printer},
};
use serde::Serialize;

/// What to do about a code.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AdviceJson {
    /// What to set right; null where nothing is known.
    text: Option<&'static str>,
    /// [Names](actions.md#commands-by-name) of the actions that answer it now, most likely first.
    actions: Vec<&'static str>,
}

/// What there is to say about a code.
struct Meaning {
    code: String,
    danger: bool,
    text: String,
    text_source: &'static str,
    wiki: String,
    advice: AdviceJson,
}

impl Meaning {
    fn of(printer: &Printer, code: Code) -> Self {
        let (text, advice) = (printer.text(code), printer.advice(code));
        let name = |action| catalog::entry_of(action, printer).map(|entry| entry.name);
        Self {
            code: code.to_string(),
            danger: code.is_danger(),
            text: text.words,
            text_source: text.source.name(),
            wiki: code.wiki(),
            advice: AdviceJson { text: advice.step, actions: advice.actions.iter().filter_map(name).collect() },
        }
    }
}

/// The error that a printer shows.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ErrorJson {
    /// Such as `0300_8003`.
    code: Option<String>,
    /// It means [danger](troubleshooting.md#danger).
    danger: Option<bool>,
    /// Its meaning in words.
    text: Option<String>,
    /// [Whose words](troubleshooting.md#error-texts) the text is: `vendor`, `built-in`, `none` (no text is known; the
    /// words say so, and who speaks).
    text_source: Option<&'static str>,
    /// The vendor's index of errors.
    wiki: Option<String>,
    /// What to do about it.
    advice: Option<AdviceJson>,
}

impl From<&Printer> for ErrorJson {
    fn from(printer: &Printer) -> Self {
        let Some(error) = printer.job.error else { return Self::default() };
        let Meaning { code, danger, text, text_source, wiki, advice } = Meaning::of(printer, Code::Error(error));
        Self {
            code: Some(code),
            danger: Some(danger),
            text: Some(text),
            text_source: Some(text_source),
            wiki: Some(wiki),
            advice: Some(advice),
        }
    }
}

/// A health message.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct HmsJson {
    /// Such as `HMS_0C00_0300_0003_0007`.
    code: String,
    /// `fatal`, `serious`, `common`, `info`, `unknown`.
    severity: &'static str,
    /// Which part of the printer says it, in words.
    module: String,
    /// It means [danger](troubleshooting.md#danger).
    danger: bool,
    /// Its meaning in words.
    text: String,
    /// [Whose words](troubleshooting.md#error-texts) the text is: `vendor`, `built-in`, `none` (no text is known; the
    /// words say so, and who speaks).
    text_source: &'static str,
    /// The vendor's page.
    wiki: String,
    /// What to do about it.
    advice: AdviceJson,
    /// The vendor keeps its meaning to itself.
    internal: bool,
}

impl HmsJson {
    pub(super) fn new(printer: &Printer, hms: HmsCode) -> Self {
        let Meaning { code, danger, text, text_source, wiki, advice } = Meaning::of(printer, Code::Hms(hms));
        Self {
            code,
            severity: hms.severity().name(),
            module: hms.module(),
            danger,
            text,
            text_source,
            wiki,
            advice,
            internal: printer.is_internal(hms),
        }
    }
}
