//! What codes mean in words: the vendor's texts where they are held, else the built-in ones, else what the number tells.
//!
//! A printer has the texts of its model at hand ([`PrinterTexts`]); here is decided which are asked for, and when. Nothing is
//! asked for as long as no printer shows a code.

use crate::protocol::{
    codes::{Code, HmsCode},
    texts::{Language, Prefix, Table},
};
use crate::state::Now;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

/// Texts are asked for again when they are older.
pub const DAY: Duration = Duration::from_secs(24 * 3600);
/// Where they could not be had, nothing is asked for this long.
pub(in crate::state) const REST: Duration = Duration::from_secs(3600);

/// Texts as they were fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTable {
    /// Which models they are for.
    pub prefix: Prefix,
    /// Their language.
    pub language: Language,
    /// The texts.
    pub table: Table,
    /// The vendor's version number.
    pub version: Option<i64>,
    /// When the vendor last said that they are the newest, in seconds since 1970.
    pub fetched: i64,
}

impl TextTable {
    /// Whether they need not be asked for at this time. What is from the future is not: the clock was wrong once.
    pub fn is_fresh(&self, unix: i64) -> bool {
        (0..DAY.as_secs() as i64).contains(&(unix - self.fetched))
    }
}

/// Whose words a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The vendor's.
    Vendor {
        /// In this language.
        language: Language,
        /// Seconds since 1970.
        fetched: i64,
    },
    /// Those of the built-in tables.
    BuiltIn,
    /// Nobody's: the sentence says what the number itself tells.
    Number,
}

impl Source {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vendor { .. } => "vendor",
            Self::BuiltIn => "built-in",
            Self::Number => "none",
        }
    }

    /// A clause about it, with the age where the texts are old.
    pub fn words(self, unix: i64) -> String {
        match self {
            Self::Vendor { language, fetched } => match (unix - fetched) / DAY.as_secs() as i64 {
                ..=0 => format!("Bambu Lab's text ({})", language.name()),
                1 => format!("Bambu Lab's text ({}), a day old", language.name()),
                days => format!("Bambu Lab's text ({}), {days} days old", language.name()),
            },
            Self::BuiltIn => "built-in text".to_owned(),
            Self::Number => "no text is known".to_owned(),
        }
    }
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// In words.
    pub words: String,
    /// Whose.
    pub source: Source,
}

/// What every text about fire, smoke, or heat out of control begins with, whosever it is.
pub const DANGER: &str = "DANGER";

impl Text {
    /// The words where the code does not stand beside them: without a text the bare code says more than its absence.
    pub fn brief(self, code: Code) -> String {
        match self.source {
            Source::Number => format!("{code}: {}", self.words),
            _ => self.words,
        }
    }
}

/// The texts for one model: in the configured language, and in English.
#[derive(Debug, Clone, Default)]
pub struct PrinterTexts {
    sheets: [Option<Arc<TextTable>>; 2],
}

impl PrinterTexts {
    /// Of texts in one or two languages, the better one first.
    pub fn new(sheets: impl IntoIterator<Item = Arc<TextTable>>) -> Self {
        let mut sheets = sheets.into_iter();
        Self { sheets: [sheets.next(), sheets.next()] }
    }

    /// The vendor's text for a code.
    fn vendor(&self, code: Code) -> Option<(&str, &TextTable)> {
        let mut texts = self.sheets.iter().flatten().filter_map(|sheet| Some((sheet.table.get(code)?, &**sheet)));
        texts.find(|(text, _)| !text.is_empty())
    }

    /// What a code means by the best source there is.
    pub fn text(&self, code: Code) -> Text {
        let mut text = match (self.vendor(code), code.known()) {
            (Some((words, sheet)), _) => {
                let source = Source::Vendor { language: sheet.language, fetched: sheet.fetched };
                Text { words: words.to_owned(), source }
            }
            (None, Some(words)) => Text { words, source: Source::BuiltIn },
            (None, None) => Text { words: code.composed(), source: Source::Number },
        };
        if code.is_danger() {
            text.words.insert_str(0, &format!("{DANGER}: "));
        }
        text
    }

    /// Whether the vendor keeps a message to itself: then it is not worth a person's attention. Its text is empty, or the
    /// list, once it is at hand, does not have it; the printer's own screen shows neither. The built-in words are for want of
    /// the list: where it is at hand, only danger is told by them against it.
    pub fn is_internal(&self, hms: HmsCode) -> bool {
        let code = Code::Hms(hms);
        // What a translation lacks the English list may have.
        let lacks = |sheet: &TextTable| {
            sheet.language == Language::English && sheet.table.has_messages() && sheet.table.get(code).is_none()
        };
        let unlisted = || self.sheets.iter().flatten().any(|sheet| lacks(sheet));
        self.is_secret(hms) || unlisted() && self.vendor(code).is_none() && !hms.is_danger()
    }

    /// Whether the vendor knows a message, and has no words for it.
    pub fn is_secret(&self, hms: HmsCode) -> bool {
        let code = Code::Hms(hms);
        let mut texts = self.sheets.iter().flatten().filter_map(|sheet| sheet.table.get(code));
        (hms.is_internal() || texts.any(str::is_empty)) && self.vendor(code).is_none() && !hms.is_danger()
    }

    /// Whether the vendor's words for a message are still to come, if it has any.
    pub(in crate::state) fn may_come(&self, hms: HmsCode) -> bool {
        let code = Code::Hms(hms);
        self.vendor(code).is_none() && code.known().is_none() && !self.is_internal(hms)
    }
}

/// An order to get texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRequest {
    /// For these models.
    pub prefix: Prefix,
    /// In this language.
    pub language: Language,
    /// When it is asked, in seconds since 1970.
    pub unix: i64,
}

/// What became of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextEvent {
    /// What an earlier run has kept of a model's texts.
    Kept(Prefix, Vec<Arc<TextTable>>),
    /// Texts that were asked for.
    Fetched(Arc<TextTable>),
    /// They could not be had; the log says why.
    Failed(TextRequest),
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::state) enum Asked {
    /// There is no answer yet.
    Open,
    /// There was one; not again before this moment.
    Until(Instant),
}

/// All texts of the program.
#[derive(Debug, Clone, Default)]
pub struct ErrorTexts {
    language: Language,
    /// Whether any are asked for.
    pub(in crate::state) fetch: bool,
    pub(in crate::state) held: BTreeMap<(Prefix, Language), Arc<TextTable>>,
    pub(in crate::state) asked: BTreeMap<(Prefix, Language), Asked>,
    /// Models whose kept texts are being read.
    pub(in crate::state) unread: BTreeSet<Prefix>,
}

impl ErrorTexts {
    /// None yet. `unread`: models for which a [`TextEvent::Kept`] will come.
    pub fn new(language: Language, fetch: bool, unread: impl IntoIterator<Item = Prefix>) -> Self {
        Self { language, fetch, unread: unread.into_iter().collect(), ..Self::default() }
    }

    /// Whether what earlier runs have kept has been read.
    pub fn are_read(&self) -> bool {
        self.unread.is_empty()
    }

    /// The languages that texts are shown in, best first.
    pub fn languages(&self) -> impl Iterator<Item = Language> + Clone + use<> {
        let english = (self.language != Language::English).then_some(Language::English);
        std::iter::once(self.language).chain(english)
    }

    pub(in crate::state) fn wording(&self, serial: &str) -> PrinterTexts {
        let Some(prefix) = Prefix::of(serial) else { return PrinterTexts::default() };
        PrinterTexts::new(self.languages().filter_map(|language| self.held.get(&(prefix, language)).cloned()))
    }

    /// What to ask for so that a printer's codes have texts that are not old.
    pub(in crate::state) fn wanted(&self, prefix: Prefix, codes: &[Code], now: Now) -> Option<TextRequest> {
        for language in self.languages() {
            let key = (prefix, language);
            let sheet = self.held.get(&key);
            let may_ask = match self.asked.get(&key) {
                // English is the second choice: what the first one has is not known yet.
                Some(Asked::Open) => return None,
                Some(Asked::Until(at)) => *at <= now.at,
                None => true,
            };
            if may_ask && !sheet.is_some_and(|sheet| sheet.is_fresh(now.unix)) {
                return Some(TextRequest { prefix, language, unix: now.unix });
            }
            if sheet.is_some_and(|sheet| codes.iter().all(|code| sheet.table.get(*code).is_some())) {
                return None;
            }
        }
        None
    }
}
