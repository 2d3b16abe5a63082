use super::*;
use crate::protocol::codes::{Code, HmsCode};
use crate::protocol::texts::Language;
use crate::state::Now;
use crate::state::printer::error_texts::*;
use crate::{
    protocol::{
        codes::PrintError,
        report::parse,
        texts::{TextResponse, parse as parse_texts},
    },
    state::{
        event::{Event, PrinterEvent},
        printer::{Printer, connection::ConnectionEvent},
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    },
};
use std::sync::Arc;
use std::time::Duration;

const SPAGHETTI: Code = Code::Error(PrintError(0x0300_8003));
const UNKNOWN: Code = Code::Error(PrintError(0x0300_9999));

fn prefix() -> Prefix {
    Prefix::of("01P").expect("a prefix")
}

/// Texts of a language: eight digits are an error, sixteen a message.
fn sheet(language: Language, fetched: i64, rows: &[(&str, &str)]) -> Arc<TextTable> {
    let list = |digits: usize| -> Vec<_> {
        let rows = rows.iter().filter(|(code, _)| code.len() == digits);
        rows.map(|(code, text)| serde_json::json!({"ecode": code, "intro": text})).collect()
    };
    let name = language.name();
    let json = serde_json::json!({"data": {"device_hms": {name: list(16)}, "device_error": {name: list(8)}}});
    let Ok(TextResponse::New(table, version)) = parse_texts(json.to_string().as_bytes(), language) else {
        panic!("a table")
    };
    Arc::new(TextTable { prefix: prefix(), language, table, version, fetched })
}

struct Bench {
    state: State,
    now: Now,
}

impl Bench {
    fn new(language: Language) -> Self {
        let now = test_now();
        let printers = ["01P00A000000001", "01P00A000000002", "03900A000000003"];
        let printers = printers.map(|serial| Printer::new(serial, serial, "h", None, vec![]));
        let mut state = State::new(printers.to_vec(), Settings::default(), Keymap::default(), now, 1);
        state.error_texts = ErrorTexts::new(language, true, []);
        let mut bench = Self { state, now };
        for who in 0..3 {
            bench.event(Event::Printer(PrinterId(who), PrinterEvent::Link(ConnectionEvent::Up { session: 1 })));
        }
        bench
    }

    /// What is asked for because of an event: prefix and language.
    fn event(&mut self, event: Event) -> Vec<String> {
        let effects = update(&mut self.state, event, self.now).effects;
        let asks = effects.into_iter().filter_map(|effect| match effect {
            Effect::Texts(ask) => Some(format!("{} {}", ask.prefix, ask.language.name())),
            _ => None,
        });
        asks.collect()
    }

    fn report(&mut self, who: u16, fields: &str) -> Vec<String> {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        self.event(Event::Printer(PrinterId(who), PrinterEvent::Report(report)))
    }

    fn wait(&mut self, time: Duration) {
        self.now.at += time;
        self.now.unix += time.as_secs() as i64;
    }

    fn words(&self, who: usize) -> String {
        self.state.fleet.printers[who].trouble().map(|(words, _)| words).unwrap_or_default()
    }
}

const NONE: [&str; 0] = [];
const ERROR: &str = r#""gcode_state":"PAUSE","print_error":50364419"#;

#[test]
fn nothing_is_asked_for_before_a_printer_shows_a_code_and_then_once() {
    let mut b = Bench::new(Language::English);
    assert_eq!(b.report(0, r#""gcode_state":"RUNNING""#), NONE);
    assert_eq!(b.report(0, ERROR), ["01P en"]);
    assert_eq!(b.report(0, r#""mc_percent":5"#), NONE);
    assert_eq!(b.report(1, ERROR), NONE, "the same model");
    assert_eq!(b.report(2, ERROR), ["039 en"]);
    let texts = sheet(Language::English, b.now.unix, &[("03008003", "Spaghetti, says the vendor.")]);
    assert_eq!(b.words(0), "the camera suspects spaghetti");
    assert_eq!(b.event(Event::Texts(TextEvent::Fetched(texts))), NONE);
    // Every printer of the model, and no other, has them now.
    assert_eq!([0, 1].map(|who| b.words(who)), ["Spaghetti, says the vendor."; 2]);
    assert_eq!(b.words(2), "the camera suspects spaghetti");
    assert_eq!(b.report(0, r#""mc_percent":6,"print_error":50370969"#), NONE, "a code that the vendor does not have");
    b.wait(DAY);
    assert_eq!(b.report(0, r#""mc_percent":7"#), ["01P en"], "a day later");
    let mut quiet = Bench::new(Language::English);
    quiet.state.error_texts.fetch = false;
    assert_eq!(quiet.report(0, ERROR), NONE);
}

#[test]
fn a_failure_is_tried_again_after_an_hour_and_old_texts_stay() {
    let mut b = Bench::new(Language::English);
    let old = sheet(Language::English, b.now.unix - 3 * 86_400, &[("03008003", "Old words.")]);
    b.event(Event::Texts(TextEvent::Kept(prefix(), vec![old])));
    assert_eq!(b.report(0, ERROR), ["01P en"]);
    let ask = TextRequest { prefix: prefix(), language: Language::English, unix: b.now.unix };
    assert_eq!(b.event(Event::Texts(TextEvent::Failed(ask))), NONE);
    assert_eq!(b.words(0), "Old words.");
    b.wait(Duration::from_secs(3500));
    assert_eq!(b.report(0, r#""mc_percent":5"#), NONE);
    b.wait(Duration::from_secs(200));
    assert_eq!(b.report(0, r#""mc_percent":6"#), ["01P en"]);
}

#[test]
fn english_is_asked_for_only_where_the_other_language_has_no_text() {
    let mut b = Bench::new(Language::German);
    assert_eq!(b.report(0, ERROR), ["01P de"]);
    let german = sheet(Language::German, b.now.unix, &[("03008003", "Spaghetti!")]);
    assert_eq!(b.event(Event::Texts(TextEvent::Fetched(german))), NONE);
    assert_eq!(b.report(0, r#""print_error":50370969"#), ["01P en"]);
    let english = sheet(Language::English, b.now.unix, &[("03009999", "English only.")]);
    assert_eq!(b.event(Event::Texts(TextEvent::Fetched(english))), NONE);
    assert_eq!(b.words(0), "English only.");
    assert_eq!(b.report(0, r#""print_error":50364419"#), NONE);
    assert_eq!(b.words(0), "Spaghetti!");
}

#[test]
fn nothing_is_asked_for_while_what_was_kept_is_being_read() {
    let mut b = Bench::new(Language::English);
    b.state.error_texts = ErrorTexts::new(Language::English, true, [prefix()]);
    assert_eq!(b.report(0, ERROR), NONE);
    assert!(!b.state.error_texts.are_read());
    assert_eq!(b.event(Event::Texts(TextEvent::Kept(prefix(), vec![]))), ["01P en"]);
    assert!(b.state.error_texts.are_read());
}

#[test]
fn the_best_source_is_taken_and_named_with_its_age() {
    let unix = 1_780_000_000;
    let german = sheet(Language::German, unix - 86_400, &[("03008003", "Spaghetti!"), ("03008004", "")]);
    let english = sheet(Language::English, unix - 20 * 86_400, &[("03008004", "Ran out."), ("03008003", "no")]);
    let both = PrinterTexts::new([german, english]);
    let says = |wording: &PrinterTexts, code: Code| {
        let Text { words, source } = wording.text(code);
        format!("{words} [{}: {}]", source.name(), source.words(unix))
    };
    assert_eq!(says(&both, SPAGHETTI), "Spaghetti! [vendor: Bambu Lab's text (de), a day old]");
    let runout = Code::Error(PrintError(0x0300_8004));
    assert_eq!(says(&both, runout), "Ran out. [vendor: Bambu Lab's text (en), 20 days old]");
    let none = PrinterTexts::default();
    assert_eq!(says(&none, SPAGHETTI), "the camera suspects spaghetti [built-in: built-in text]");
    let words = "no text known (motion controller; it paused the job and waits) [none: no text is known]";
    assert_eq!(says(&none, UNKNOWN), words);
    let brief = |code| both.text(code).brief(code);
    assert_eq!((brief(runout), brief(UNKNOWN).starts_with("0300_9999: no text known")), ("Ran out.".to_owned(), true));
}

/// Whosever the words are, and also where the vendor has none.
#[test]
fn every_text_of_danger_begins_with_the_word() {
    let rows = &[("0300806E", "Pull the plug."), ("0C0003000001001E", ""), ("03008044", "")];
    let wording = PrinterTexts::new([sheet(Language::English, 0, rows)]);
    let words = |wording: &PrinterTexts, code: &str| wording.text(Code::parse(code).expect("a code")).words;
    assert_eq!(words(&wording, "0300_806E"), "DANGER: Pull the plug.");
    assert_eq!(words(&wording, "0300_8044"), "DANGER: FIRE in the chamber; switch the power off now");
    let smoke = HmsCode { attr: 0x0C00_0300, code: 0x0001_001E };
    assert!(!wording.is_internal(smoke));
    assert_eq!(words(&wording, &smoke.to_string()), "DANGER: SMOKE was detected; switch the power off now");
    assert!(words(&PrinterTexts::default(), "0703_9600_0001_0001").starts_with("DANGER: AMS D: the dryer"));
    assert!(!words(&wording, "0300_8003").contains("DANGER"));
}

#[test]
fn an_empty_text_of_the_vendor_means_internal() {
    let hms = |attr, code| HmsCode { attr, code };
    let rows = &[("0500060000020070", ""), ("0800010000030001", ""), ("0300010000010001", "")];
    let wording = PrinterTexts::new([sheet(Language::English, 0, rows)]);
    assert!(wording.is_internal(hms(0x0500_0600, 0x0002_0070)));
    assert!(wording.is_internal(hms(0x0800_0100, 0x0003_0001)));
    assert!(!PrinterTexts::default().is_internal(hms(0x0800_0100, 0x0003_0001)), "not known to be");
    assert!(wording.is_internal(hms(0x0300_0100, 0x0001_0001)), "also where the built-in table has words");
    assert!(!PrinterTexts::default().is_internal(hms(0x0300_0100, 0x0001_0001)));
    let told = sheet(Language::English, 0, &[("0500060000020070", "Now it has words.")]);
    assert!(!PrinterTexts::new([told]).is_internal(hms(0x0500_0600, 0x0002_0070)));
}

#[test]
fn a_message_that_the_vendor_does_not_list_is_internal_once_the_list_is_at_hand() {
    let unlisted = HmsCode { attr: 0x0500_0600, code: 0x0002_0054 };
    let known = HmsCode { attr: 0x0300_0100, code: 0x0001_0001 };
    let other: &[(&str, &str)] = &[("0C00010000010004", "The lens is dirty.")];
    let errors: &[(&str, &str)] = &[("03008003", "Spaghetti.")];
    // Which lists are at hand, and whether the message is internal then.
    for (lists, internal) in [
        (vec![], false),
        (vec![sheet(Language::English, 0, other)], true),
        (vec![sheet(Language::English, 0, &[])], false),
        (vec![sheet(Language::English, 0, errors)], false),
        (vec![sheet(Language::German, 0, other)], false),
        (vec![sheet(Language::German, 0, other), sheet(Language::English, 0, other)], true),
        (vec![sheet(Language::German, 0, other), sheet(Language::English, 0, &[("0500060000020054", "Now.")])], false),
        (vec![sheet(Language::German, 0, &[("0500060000020054", "")])], true),
    ] {
        let wording = PrinterTexts::new(lists.clone());
        assert_eq!(wording.is_internal(unlisted), internal, "{lists:?}");
        // Words of our own are no reason to tell what the printer's own screen does not.
        let full = lists.iter().any(|sheet| sheet.language == Language::English && sheet.table.has_messages());
        assert_eq!(wording.is_internal(known), full, "{lists:?}");
        for danger in ["HMS_0C00_0300_0001_001E", "HMS_0300_0100_0001_0005", "HMS_0702_9600_0001_0001"] {
            let Ok(Code::Hms(hms)) = Code::parse(danger) else { panic!("{danger}") };
            assert!(!wording.is_internal(hms), "{danger}: {lists:?}");
        }
    }
}

#[test]
fn texts_from_the_future_are_not_fresh() {
    assert!(sheet(Language::English, 1000, &[]).is_fresh(1000));
    assert!(!sheet(Language::English, 1000, &[]).is_fresh(999));
    assert!(!sheet(Language::English, 1000, &[]).is_fresh(1000 + 86_400));
}
