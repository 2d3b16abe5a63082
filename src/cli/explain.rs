//! What a code means: from the texts that were kept, else from those that are built in. Asks nobody.

use super::{
    Global,
    output::{Failure, OK, print, print_json},
    select,
};
use crate::{
    config::Config,
    protocol::{
        codes::{Code, Severity},
        texts::Prefix,
    },
    state::{
        command::advice,
        printer::error_texts::{ErrorTexts, PrinterTexts, Source},
    },
    storage::error_texts::Store,
};
use clap::Args;
use serde::Serialize;
use std::{borrow::Cow, sync::Arc};

/// How a code can be written.
const FORMS: &str =
    "The code: 0300_8003, HMS_0C00_0300_0003_0007, 0C00030000030007, or a print_error as a decimal number";

/// Which code, and whose texts.
#[derive(Debug, Clone, Args)]
pub(super) struct ExplainOptions {
    /// The code as printers, apps or reports write it
    #[arg(value_name = "CODE", help = FORMS)]
    code: String,
    /// The printer that shows it: name or serial [default: any configured one whose texts have it]
    #[arg(long, value_name = "PRINTER", conflicts_with = "prefix")]
    printer: Option<String>,
    /// The first three characters of its serial number, such as 01P
    #[arg(long, value_name = "PREFIX")]
    prefix: Option<String>,
    /// A JSON object instead of words
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(global: &Global, options: &ExplainOptions) -> Result<u8, Failure> {
    let code = Code::parse(&options.code).map_err(Failure::usage)?;
    let config = global.load()?.config;
    let prefixes = match &options.printer {
        Some(name) => {
            let selection = select::one(config.clone(), name).await?;
            selection.serials().filter_map(Prefix::of).collect()
        }
        None => prefixes(options.prefix.as_deref(), &config)?,
    };
    let (prefix, wording) = best(&prefixes, &config, code)?;
    let now = crate::app::now().unix;
    if options.json {
        print_json(&ExplanationJson::new(code, prefix, &wording, now))?;
    } else {
        print(&words(code, &wording, now))?;
    }
    Ok(OK)
}

/// The models that are meant: the one whose serial numbers begin so, or those of the configured printers.
fn prefixes(named: Option<&str>, config: &Config) -> Result<Vec<Prefix>, Failure> {
    if let Some(named) = named {
        let prefix = Prefix::of(named).filter(|_| named.len() == 3);
        let wrong = || Failure::usage("--prefix takes the first three characters of a serial number, such as 01P");
        return Ok(vec![prefix.ok_or_else(wrong)?]);
    }
    let mut prefixes: Vec<_> = config.printers.iter().filter_map(|printer| Prefix::of(&printer.serial)).collect();
    prefixes.dedup();
    Ok(prefixes)
}

/// The first model whose texts have the code; else the built-in ones.
fn best(prefixes: &[Prefix], config: &Config, code: Code) -> Result<(Option<Prefix>, PrinterTexts), Failure> {
    let store = Store::new(super::cache_folder()?, &config.error_texts.url);
    let languages = ErrorTexts::new(config.error_texts.language, false, []).languages();
    let wordings = prefixes.iter().map(|prefix| {
        let sheets = languages.clone().filter_map(|language| store.read(*prefix, language));
        (*prefix, PrinterTexts::new(sheets.map(Arc::new)))
    });
    let mut first = None;
    for (prefix, wording) in wordings {
        if matches!(wording.text(code).source, Source::Vendor { .. }) {
            return Ok((Some(prefix), wording));
        }
        first.get_or_insert((Some(prefix), wording));
    }
    Ok(first.unwrap_or_default())
}

/// What kind of thing it is.
fn kind(code: Code) -> String {
    match code {
        Code::Error(error) => format!("print error; {}", error.kind()),
        Code::Hms(hms) if hms.severity() == Severity::Unknown => "health message".to_owned(),
        Code::Hms(hms) => format!("health message, {}", hms.severity().name()),
    }
}

fn is_internal(code: Code, wording: &PrinterTexts) -> bool {
    matches!(code, Code::Hms(hms) if wording.is_internal(hms))
}

fn words(code: Code, wording: &PrinterTexts, now: i64) -> String {
    let text = wording.text(code);
    let mut out = format!("{code}  {}\n  {}\n", kind(code), text.words);
    if is_internal(code, wording) {
        out += "  Bambu Lab does not publish its meaning\n";
    }
    if let Some(step) = advice::step(code, wording) {
        out += &format!("  what to do: {step}\n");
    }
    out += &format!("  {}\n  {}", text.source.words(now), code.wiki());
    out
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ExplanationJson<'a> {
    /// Such as `0300_8003`, `HMS_0C00_0300_0003_0007`.
    code: String,
    /// `error`, `hms`.
    kind: &'static str,
    /// Of a health message: `fatal`, `serious`, `common`, `info`, `unknown`.
    severity: Option<&'static str>,
    /// Which part of the printer says it, in words.
    module: String,
    /// It means fire, smoke, or heat out of control.
    danger: bool,
    text: String,
    /// `vendor`, `built-in`, `none`.
    text_source: &'static str,
    /// Of the vendor's text.
    text_language: Option<&'static str>,
    /// How long ago the vendor's text was fetched.
    text_age_seconds: Option<i64>,
    /// The vendor does not publish its meaning.
    internal: bool,
    /// What to set right.
    advice: Option<Cow<'a, str>>,
    wiki: String,
    /// First three characters of the serial numbers of the model whose texts they are.
    prefix: Option<String>,
}

impl<'a> ExplanationJson<'a> {
    fn new(code: Code, prefix: Option<Prefix>, wording: &'a PrinterTexts, now: i64) -> Self {
        let text = wording.text(code);
        let (text_language, text_age_seconds) = match text.source {
            Source::Vendor { language, fetched } => (Some(language.name()), Some((now - fetched).max(0))),
            Source::BuiltIn | Source::Number => (None, None),
        };
        let (kind, severity) = match code {
            Code::Error(_) => ("error", None),
            Code::Hms(hms) => ("hms", Some(hms.severity().name())),
        };
        Self {
            code: code.to_string(),
            kind,
            severity,
            module: code.module(),
            danger: code.is_danger(),
            text_source: text.source.name(),
            text: text.words,
            text_language,
            text_age_seconds,
            internal: is_internal(code, wording),
            advice: advice::step(code, wording).map(Into::into),
            wiki: code.wiki(),
            prefix: prefix.map(|prefix| prefix.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained_in_words_and_in_json() {
        let code = Code::parse("0300_8003").expect("a code");
        let expected = "0300_8003  print error; it paused the job and waits\n  the camera suspects spaghetti\n  \
            what to do: look at the print\n  built-in text\n  https://wiki.bambulab.com/en/hms/home";
        assert_eq!(words(code, &PrinterTexts::default(), 0), expected);
        let internal = Code::parse("0500060000020070").expect("a code");
        assert!(words(internal, &PrinterTexts::default(), 0).contains("does not publish its meaning"));
        let wording = PrinterTexts::default();
        let value = ExplanationJson::new(internal, Prefix::of("01P"), &wording, 0);
        assert_eq!((value.kind, value.internal, value.prefix.as_deref()), ("hms", true, Some("01P")));
        assert_eq!((value.text_source, value.severity), ("none", Some("serious")));
    }

    #[test]
    fn a_prefix_is_three_characters() {
        let config = Config::default();
        assert_eq!(prefixes(Some("01p"), &config).expect("a prefix"), [Prefix::of("01P").expect("a prefix")]);
        for wrong in ["01", "01P0", "0/P", ""] {
            assert!(prefixes(Some(wrong), &config).is_err(), "{wrong}");
        }
    }
}
