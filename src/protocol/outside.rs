//! Texts from outside, by every door they come in: none keeps a character that could steer a terminal or a reader.

use super::{
    ftp::Replies,
    plate, report,
    rest::{
        RestError, devices,
        envelope::{self, Purpose},
        makerworld, mask, messages, notes, projects, slicer, tasks,
    },
    texts::{self, Language},
    wire::{Maybe, Read, clean, is_hidden},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fmt::Debug;

/// Every character that is hidden, and some that are not.
fn foul() -> impl Strategy<Value = String> {
    let hidden: Vec<char> = ('\0'..=char::MAX).filter(|c| is_hidden(*c)).collect();
    let piece = prop_oneof![
        prop::sample::select(hidden).prop_map(String::from),
        Just("\u{1b}]52;c;cm0=\u{7}".to_owned()),
        Just("\u{9b}31m".to_owned()),
        "[a-zA-Z0-9 ü]{1,3}",
    ];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn what_unicode_calls_ignorable_is_hidden_and_letters_are_not() {
    use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let also = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}');
    let wrong: Vec<_> = ('\0'..=char::MAX).filter(|c| is_hidden(*c) != (ignorable.contains(*c) || also(*c))).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(clean("a\u{115F}b\u{3164}c\u{FFA0}d\u{17B4}e\u{2764}\u{FE0F}f\u{E0100}g"), "abcde\u{2764}fg");
}

/// `Debug` writes a character that is not printable as an escape, so whatever a value holds, its `Debug` tells.
fn is_clean(value: &impl Debug) -> bool {
    let text = format!("{value:?}");
    !["\\u{", "\\r", "\\n", "\\t", "\\0"].iter().any(|escape| text.contains(escape)) && !text.contains(is_hidden)
}

/// The same JSON with a text in the place of each text.
fn spoil(value: &Value, text: &str) -> Value {
    match value {
        Value::String(_) => Value::String(text.to_owned()),
        Value::Array(list) => list.iter().map(|value| spoil(value, text)).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), spoil(value, text))).collect(),
        other => other.clone(),
    }
}

/// An object with every key that a source file names, each with this value.
fn every_key(source: &str, value: &Value) -> Value {
    let keys = source.lines().filter(|line| line.contains("=> ")).flat_map(|line| line.split('"').skip(1).step_by(2));
    Value::Object(keys.map(|key| (key.to_owned(), value.clone())).collect())
}

/// What a type makes of fields that are texts, of those that are objects or lists of them, and of objects in these.
fn read<T: Read + Debug>(source: &str, text: &str) -> Vec<T> {
    let texts = every_key(source, &json!(text));
    let lists = every_key(source, &json!([texts]));
    let deep = every_key(source, &json!([every_key(source, &texts)]));
    let values = [lists, deep, every_key(source, &texts), texts];
    let read = |value| serde_json::from_value::<Maybe<T>>(value).expect("readable").0;
    let out: Vec<T> = values.into_iter().filter_map(read).collect();
    assert!(!out.is_empty(), "{source}");
    out
}

const REPORTS: [&str; 3] = [
    include_str!("../../tests/fixtures/reports/a1.json"),
    include_str!("../../tests/fixtures/reports/h2d.json"),
    include_str!("../../tests/fixtures/reports/p1s.json"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn nothing_hidden_comes_in_by_a_report(text in foul()) {
        for report in REPORTS {
            let json: Value = serde_json::from_str(report).expect("a fixture");
            let payload = report::parse(spoil(&json, &text).to_string().as_bytes()).expect("JSON");
            prop_assert!(is_clean(&payload.report), "{:?}", text);
        }
        let modules = json!({"info": {"command": "get_version", "module": [
            {"name": text, "sw_ver": text, "hw_ver": text, "sn": text, "product_name": text},
        ]}});
        let payload = report::parse(modules.to_string().as_bytes()).expect("JSON");
        prop_assert!(payload.modules.is_some() && is_clean(&payload.modules));
        let answer = json!({"print": {"command": text, "result": "FAIL", "reason": text, "sequence_id": text, "param": text}});
        let payload = report::parse(answer.to_string().as_bytes()).expect("JSON");
        prop_assert!(payload.ack.as_ref().is_some_and(|ack| is_clean(ack) && is_clean(&ack.refusal())));
    }

    #[test]
    fn nothing_hidden_comes_in_by_the_cloud(text in foul()) {
        macro_rules! each {
            ($( $source:literal: $($kind:ty),+; )+) => { $($(
                prop_assert!(is_clean(&read::<$kind>(include_str!($source), &text)), "{} {:?}", stringify!($kind), text);
            )+)+ };
        }
        each! {
            "rest/devices.rs": devices::Device, devices::DeviceVersion, devices::Firmware;
            "rest/tasks.rs": tasks::Task;
            "rest/messages.rs": messages::Message;
            "rest/projects.rs": projects::Project, projects::NewProject, projects::UploadUrl;
            "rest/makerworld.rs": makerworld::Design;
            "rest/slicer.rs": slicer::Presets;
        }
        let body = json!({"code": 8, "error": text, "message": text, text.as_str(): text});
        prop_assert!(is_clean(&mask::value(&body).to_string()) && is_clean(&mask::text(&text)));
        let list = json!([text, {"title": text}]);
        prop_assert!(is_clean(&notes::lines(&body)) && is_clean(&notes::lines(&list)));
        for status in [400, 401, 403, 404, 418, 429, 500] {
            for body in [body.to_string(), text.clone(), format!("<html>{text}")] {
                for purpose in [Purpose::Data, Purpose::Login, Purpose::Tfa] {
                    let answer = envelope::Envelope { status, body: body.as_bytes(), ..envelope::Envelope::default() };
                    let trouble = envelope::open(&answer, purpose).expect_err("a refusal");
                    prop_assert!(is_clean(&trouble), "{:?}", trouble);
                    prop_assert!(!RestError::before(trouble).to_string().contains(is_hidden));
                }
            }
        }
    }

    #[test]
    fn nothing_hidden_comes_in_by_texts_files_and_servers(text in foul()) {
        let answer = json!({"result": 0, "ver": 7, "data": {"device_error": {"en": [{"ecode": "03008003", "intro": text}]}}});
        let texts = texts::parse(answer.to_string().as_bytes(), Language::English);
        prop_assert!(texts.is_ok_and(|answer| is_clean(&answer)));
        // XML holds few control characters, but all the others.
        let quoted: String = text.chars().filter(|c| !c.is_control()).collect();
        let info = plate::tests::INFO.replace("Cylinder", &quoted).replace("PLA", &quoted).replace("bed_temp", &quoted);
        prop_assert!(is_clean(&plate::read_info(info.as_bytes()).expect("readable")));
        let mut replies = Replies::default();
        let line: String = text.chars().filter(|c| *c != '\n').collect();
        replies.feed(format!("550 {line}\r\n").as_bytes());
        prop_assert!(is_clean(&replies.next_reply().expect("an answer")));
    }

    #[test]
    fn cleaning_leaves_nothing_hidden_and_nothing_else_out(text in foul()) {
        let cleaned = clean(&text);
        prop_assert!(!cleaned.contains(is_hidden));
        let seen = |text: &str| text.chars().filter(|c| !is_hidden(*c) && *c != ' ').collect::<String>();
        prop_assert_eq!(seen(&cleaned), seen(&text));
        prop_assert_eq!(clean(&cleaned), cleaned.clone());
    }
}
