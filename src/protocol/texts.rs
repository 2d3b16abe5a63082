//! The vendor's own texts for codes: what its server is asked, and the answer's bytes → a [`Table`].
//!
//! An answer has some six thousand texts, many of them the same for each slot of each AMS. A table keeps every text once,
//! in one piece of memory.

use super::{
    codes::Code,
    wire::{Key, Maybe, Merge, Read, clean_to, wire},
};
use serde::de::MapAccess;
use std::{collections::HashMap, fmt};

/// The first three characters of a serial number: texts differ per model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix([u8; 3]);

impl Prefix {
    /// From a serial number, or from the prefix itself. `None`: it has no three letters or digits at its beginning.
    pub fn of(serial: &str) -> Option<Self> {
        let first: [u8; 3] = serial.as_bytes().get(..3)?.try_into().ok()?;
        first.iter().all(u8::is_ascii_alphanumeric).then(|| Self(first.map(|b| b.to_ascii_uppercase())))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

/// Declares the languages with their names on the wire.
macro_rules! languages {
    ($( $(#[$meta:meta])* $variant:ident = $name:literal ),+ $(,)?) => {
        /// A language that the vendor's server has texts in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        #[expect(missing_docs, reason = "the names are those of the languages")]
        pub enum Language { $( $(#[$meta])* $variant ),+ }

        impl Language {
            /// Every language, in the order in which it is documented.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name on the wire and in the configuration.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

languages! {
    #[default]
    English = "en",
    German = "de",
    French = "fr",
    Spanish = "es",
    Italian = "it",
    Japanese = "ja",
    Dutch = "nl",
    Swedish = "sv",
    Hungarian = "hu",
    Polish = "pl",
    Portuguese = "pt-br",
    Korean = "ko",
    Russian = "ru",
    Chinese = "zh-cn",
}

/// Path and parameters of the question. With the version that is held, an unchanged table is not sent again.
pub fn query(prefix: Prefix, language: Language, held: Option<i64>) -> String {
    let version = held.map(|version| format!("&v={version}")).unwrap_or_default();
    format!("/query.php?lang={}&d={prefix}{version}", language.name())
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextResponse {
    /// What is held is the newest.
    Unchanged,
    /// Texts, and their version. In a language that the server does not have there are none.
    New(Table, Option<i64>),
}

/// So many texts are kept at most; the vendor has about six thousand.
const MOST: usize = 40_000;
/// A longer text is cut.
const LONGEST: usize = 2000;

/// A text of one line, longer than names and such may be.
#[derive(Debug, Clone, PartialEq)]
struct Long(String);

impl Read for Long {
    fn from_text(v: &str) -> Option<Self> {
        Some(Self(clean_to(v, LONGEST).trim().to_owned()))
    }
}
// Answers are read whole and never merged; the macro wants to know how, all the same.
impl Merge for Long {}
impl Merge for Group {}
impl Merge for Groups {}

wire! {
    struct Item {
        "ecode" => code: String,
        "intro" => text: Long,
    }
}

/// The lists of a group, each with its language; what else stands beside them is no list.
#[derive(Debug, Clone, Default, PartialEq)]
struct Group(Vec<(String, Vec<Item>)>);

impl Read for Group {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut out = Vec::new();
        while let Some(Key(language)) = map.next_key()? {
            if let Some(list) = map.next_value::<Maybe<Vec<Item>>>()?.0 {
                out.push((language.into_owned(), list));
            }
        }
        Ok(Some(Self(out)))
    }
}

wire! {
    struct Groups {
        "device_hms" => hms: Group,
        "device_error" => errors: Group,
    }
}

wire! {
    struct Envelope {
        "result" => result: i64,
        "ver" => version: i64,
        "data" => data: Groups,
    }
}

/// Reads an answer; why it cannot be used is said in words.
pub fn parse(bytes: &[u8], language: Language) -> Result<TextResponse, String> {
    let envelope = serde_json::from_slice::<Maybe<Envelope>>(bytes).map_err(|_| "the answer is not JSON")?.0;
    let Envelope { result, version, data } = envelope.ok_or("the answer is no object")?;
    match (result, data) {
        (Some(201), _) => Ok(TextResponse::Unchanged),
        (Some(0) | None, Some(data)) => Ok(TextResponse::New(Table::new(data, language), version)),
        (Some(0) | None, None) => Err("the answer holds no texts".to_owned()),
        (Some(result), _) => Err(format!("the server answered result {result}")),
    }
}

/// Where a text is in a table's one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    len: u32,
}

/// The texts of one model in one language.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Table {
    hms: Box<[(u64, Span)]>,
    errors: Box<[(u64, Span)]>,
    texts: Box<str>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} messages, {} errors)", self.hms.len(), self.errors.len())
    }
}

impl Table {
    fn new(data: Groups, language: Language) -> Self {
        let mut pool = Pool::default();
        let mut rows = |group: Option<Group>, digits: usize| {
            let wanted = |name: &str| name.replace('_', "-").eq_ignore_ascii_case(language.name());
            let lists = group.unwrap_or_default().0.into_iter().filter(|(name, _)| wanted(name));
            let mut rows: Vec<_> = lists
                .flat_map(|(_, list)| list)
                .take(MOST)
                .filter_map(|item| {
                    let code = item.code.filter(|code| code.len() == digits)?;
                    let code = u64::from_str_radix(&code, 16).ok()?;
                    Some((code, pool.keep(item.text?.0)))
                })
                .collect();
            rows.sort_by_key(|row| row.0);
            rows.dedup_by_key(|row| row.0);
            rows.into_boxed_slice()
        };
        let (hms, errors) = (rows(data.hms, 16), rows(data.errors, 8));
        Self { hms, errors, texts: pool.texts.into_boxed_str() }
    }

    /// A code's text; an empty one is that of a message which the vendor keeps to itself. `None`: the table does not have
    /// the code.
    pub fn get(&self, code: Code) -> Option<&str> {
        let (rows, key) = match code {
            Code::Hms(hms) => (&self.hms, hms.key()),
            Code::Error(error) => (&self.errors, u64::from(error.0)),
        };
        let Span { start, len } = rows[rows.binary_search_by_key(&key, |row| row.0).ok()?].1;
        self.texts.get(start as usize..(start + len) as usize)
    }

    /// Whether it is a list of health messages at all.
    pub fn has_messages(&self) -> bool {
        !self.hms.is_empty()
    }

    /// Number of codes.
    pub fn len(&self) -> usize {
        self.hms.len() + self.errors.len()
    }

    /// Whether it has no code at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Texts behind each other, every one once.
#[derive(Default)]
struct Pool {
    texts: String,
    known: HashMap<String, Span>,
}

impl Pool {
    fn keep(&mut self, text: String) -> Span {
        if let Some(span) = self.known.get(&text) {
            return *span;
        }
        let span = Span { start: self.texts.len() as u32, len: text.len() as u32 };
        self.texts.push_str(&text);
        self.known.insert(text, span);
        span
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codes::{HmsCode, PrintError};
    use proptest::prelude::*;

    const HMS: Code = Code::Hms(HmsCode { attr: 0x0300_0100, code: 0x0001_0001 });
    const ERROR: Code = Code::Error(PrintError(0x0300_400C));

    fn table(json: &str, language: Language) -> Table {
        match parse(json.as_bytes(), language) {
            Ok(TextResponse::New(table, _)) => table,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_becomes_a_table() {
        let json = r#"{"result":0,"t":1770000000,"ver":202605010001,"data":{
            "device_hms":{"ver":1,"en":[{"ecode":"0300010000010001","intro":"Bed heater\nshort."},
                {"ecode":"0500060000020070","intro":""},{"ecode":"0300010000010002","intro":"Bed heater short."}]},
            "device_error":{"ver":1,"en":[{"ecode":"0300400c","intro":"Cancelled."}]}}}"#;
        let Ok(TextResponse::New(table, version)) = parse(json.as_bytes(), Language::English) else {
            panic!("a table")
        };
        assert_eq!(version, Some(202_605_010_001));
        assert_eq!((table.len(), table.get(HMS), table.get(ERROR)), (4, Some("Bed heater short."), Some("Cancelled.")));
        let internal = HmsCode { attr: 0x0500_0600, code: 0x0002_0070 };
        assert_eq!(table.get(Code::Hms(internal)), Some(""));
        assert_eq!(table.get(Code::Error(PrintError(1))), None);
        // The same text is kept once.
        assert_eq!(table.texts.len(), "Bed heater short.Cancelled.".len());
        assert!(self::table(json, Language::German).is_empty(), "another language has no texts here");
    }

    #[test]
    fn an_answer_that_is_almost_right_loses_what_is_wrong_only() {
        let json = r#"{"result":"0","data":{"device_hms":{"en":[null,7,{"ecode":12},{"ecode":"0300010000010001"},
            {"ecode":"03_0","intro":"x"},{"ecode":"0300010000010001","intro":["x"]},
            {"ecode":"0300010000010001","intro":"Bed\u001b[31m heater","more":{"a":[1]}}],"ver":"x"},
            "device_error":[1,2],"other":{}},"x":[[]]}"#;
        let table = table(json, Language::English);
        assert_eq!((table.len(), table.get(HMS)), (1, Some("Bed[31m heater")));
        let names = r#"{"data":{"device_error":{"PT_BR":[{"ecode":"0300400C","intro":"Cancelado"}]}}}"#;
        assert_eq!(self::table(names, Language::Portuguese).get(ERROR), Some("Cancelado"));
    }

    #[test]
    fn unchanged_and_useless_answers_are_told_apart() {
        let parse = |text: &str| parse(text.as_bytes(), Language::English);
        assert_eq!(parse(r#"{"result":201,"t":1}"#), Ok(TextResponse::Unchanged));
        for (text, why) in [
            ("<html>", "not JSON"),
            ("[]", "no object"),
            ("{}", "no texts"),
            (r#"{"result":0,"data":null}"#, "no texts"),
            (r#"{"result":400}"#, "result 400"),
        ] {
            assert!(parse(text).is_err_and(|said| said.contains(why)), "{text}");
        }
    }

    #[test]
    fn the_question_names_prefix_language_and_version() {
        let prefix = Prefix::of("01p00A000000001").expect("a prefix");
        assert_eq!(query(prefix, Language::Portuguese, None), "/query.php?lang=pt-br&d=01P");
        assert_eq!(query(prefix, Language::English, Some(7)), "/query.php?lang=en&d=01P&v=7");
        for wrong in ["", "01", "0ü1", "../", "0 1"] {
            assert_eq!(Prefix::of(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes, Language::English);
        }

        #[test]
        fn every_text_is_found_again(list in proptest::collection::btree_map(any::<u64>(), "[a-zäß 。]{0,20}", 0..60)) {
            let items: Vec<_> = list
                .iter()
                .map(|(code, text)| serde_json::json!({"ecode": format!("{code:016x}"), "intro": text}))
                .collect();
            let json = serde_json::json!({"result": 0, "data": {"device_hms": {"en": items}}}).to_string();
            let table = table(&json, Language::English);
            prop_assert_eq!(table.len(), list.len());
            for (key, text) in &list {
                let code = Code::Hms(HmsCode { attr: (key >> 32) as u32, code: *key as u32 });
                prop_assert_eq!(table.get(code), Some(text.trim()));
            }
        }
    }
}
