//! Cases that were seen to go wrong: reports step by step, and what must be told of them and shown.
//!
//! The cases are not part of the repository. Where their folder is missing, the tests say so and pass; the kinds they stand
//! for have tests of their own beside the code.

use bambu_tui::{
    protocol::{
        codes::HmsCode,
        report::parse,
        texts::{Language, Prefix, TextResponse, parse as parse_texts},
    },
    state::{
        Now, PrinterId, State,
        effect::Effect,
        event::{Event, PrinterEvent},
        notify::notification::{EventKind, Notification},
        printer::{
            Printer,
            connection::{ConnectionEvent, DisconnectReason},
            error_texts::{TextEvent, TextTable},
            job::JobStartChange,
        },
        settings::Settings,
        update::update,
        view::keymap::Keymap,
    },
};
use serde_json::{Value, json};
use std::{
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

const ID: PrinterId = PrinterId(0);

/// A case by the number at the beginning of its name.
fn case(number: &str) -> Option<Value> {
    let named = std::env::var_os("BAMBU_TUI_CASES").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"));
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("no cases at {}; nothing was compared", folder.display());
        return None;
    };
    let is_it = |name: &str| name.strip_suffix(".json").is_some_and(|name| name.split('-').next() == Some(number));
    let path = entries.flatten().map(|entry| entry.path());
    let path = path.into_iter().find(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_it))?;
    serde_json::from_str(&fs::read_to_string(path).expect("the case")).expect("JSON")
}

/// A printer that is listened to, and what is told of it.
struct Bench {
    state: State,
    now: Now,
    session: u32,
    told: Vec<Notification>,
    remembered: Vec<JobStartChange>,
}

impl Bench {
    fn new(case: &Value) -> Self {
        let now = Now { at: Instant::now(), unix: 1_780_000_000, utc_offset: 0 };
        let serial = case["serial"].as_str().expect("a serial");
        let printer = Printer::new("x", serial, "h", None, vec![]);
        let state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 1);
        let mut bench = Self { state, now, session: 0, told: vec![], remembered: vec![] };
        bench.connect();
        bench.say(&case["status"], true);
        bench.wait(4);
        bench
    }

    fn event(&mut self, event: Event) {
        for effect in update(&mut self.state, event, self.now).effects {
            match effect {
                Effect::Tell(one) => self.told.push(*one),
                Effect::Remember(memory) => self.remembered.push(memory),
                _ => {}
            }
        }
    }

    fn connect(&mut self) {
        self.session += 1;
        let up = ConnectionEvent::Up { session: self.session };
        self.event(Event::Printer(ID, PrinterEvent::Link(up)));
    }

    fn say(&mut self, fields: &Value, full: bool) {
        let mut print = fields.clone();
        print["command"] = json!("push_status");
        print["msg"] = json!(u8::from(!full));
        let report = parse(json!({ "print": print }).to_string().as_bytes()).expect("JSON").report.expect("a report");
        self.event(Event::Printer(ID, PrinterEvent::Report(report)));
    }

    fn wait(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now.at += Duration::from_secs(1);
            self.now.unix += 1;
            self.event(Event::Due);
        }
    }

    /// Carries out a step of a case.
    fn step(&mut self, step: &Value) {
        self.wait(step["after_s"].as_u64().expect("a time"));
        if step["broker"].is_string() {
            let down = ConnectionEvent::Down { why: DisconnectReason::Closed, retry_in: None };
            self.event(Event::Printer(ID, PrinterEvent::Link(down)));
        } else if step["full"].is_object() {
            // The whole state is what it was, and what is new.
            let before = self.session;
            self.connect();
            assert!(self.session > before);
            self.say(&step["full"], true);
        } else {
            self.say(&step["print"], false);
        }
    }

    fn printer(&self) -> &Printer {
        &self.state.fleet.printers[0]
    }

    /// What was told of prints.
    fn prints(&mut self) -> Vec<Notification> {
        self.wait(4);
        let told = std::mem::take(&mut self.told);
        told.into_iter().filter(|one| one.event_kind.name().starts_with("print.")).collect()
    }
}

fn steps(case: &Value) -> &[Value] {
    case["steps"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn a_new_job_shows_nothing_of_the_old_one() {
    let Some(case) = case("06") else { return };
    for from in 0..2 {
        // From its beginning, and as somebody sees it who comes in the middle.
        let mut seen = Vec::new();
        let mut b = Bench::new(&case);
        let mut whole = case["status"].clone();
        for (at, step) in steps(&case).iter().enumerate() {
            for (key, value) in step["print"].as_object().expect("fields") {
                whole[key] = value.clone();
            }
            match (from, at) {
                (1, 0) => continue,
                (1, 1) => b = Bench::new(&json!({"serial": case["serial"], "status": whole})),
                _ => b.step(step),
            }
            let job = &b.printer().job;
            seen.push((job.layer, job.percent));
        }
        let right = [(None, Some(0)), (None, Some(0)), (None, Some(0)), (Some(1), Some(0))];
        assert_eq!(seen, right[from..]);
        assert_eq!((b.printer().job.layers, b.printer().job.name.as_deref()), (Some(69), Some("second")));
    }
}

#[test]
fn a_pause_that_the_messages_alone_explain() {
    let Some(case) = case("13") else { return };
    for by_person in [false, true] {
        let mut b = Bench::new(&case);
        let mut step = steps(&case)[0].clone();
        if by_person {
            step["print"]["stg_cur"] = json!(16);
        }
        b.step(&step);
        let told = b.prints();
        let [paused] = &told[..] else { panic!("{told:?}") };
        assert_eq!((paused.event_kind, paused.by_person), (EventKind::PrintPaused, by_person));
        assert_eq!(b.printer().waits_for_person(), !by_person);
        if !by_person {
            let off = "the front cover of the tool head is off";
            assert_eq!((paused.reason.as_deref(), &*b.printer().pause_reason()), (Some(off), off));
            assert_eq!(paused.code.as_deref(), Some("HMS_0300_1200_0002_0001"));
        }
    }
}

#[test]
fn messages_that_the_vendor_does_not_list() {
    let Some(case) = case("14") else { return };
    let mut b = Bench::new(&case);
    let table = |key: &str| -> Vec<Value> {
        let rows = case["texts"][key].as_array().into_iter().flatten();
        rows.map(|row| json!({"ecode": row[0], "intro": row[1]})).collect()
    };
    let list =
        json!({"data": {"device_hms": {"en": table("device_hms")}, "device_error": {"en": table("device_error")}}});
    let Ok(TextResponse::New(table, version)) = parse_texts(list.to_string().as_bytes(), Language::English) else {
        panic!("texts")
    };
    let prefix = Prefix::of(case["serial"].as_str().expect("a serial")).expect("a prefix");
    let sheet = TextTable { prefix, language: Language::English, table, version, fetched: b.now.unix };
    b.event(Event::Texts(TextEvent::Fetched(Arc::new(sheet))));
    assert_eq!((b.printer().job.hms.len(), b.printer().messages().count()), (2, 0));
    for (attr, code) in [(0x0500_0600, 0x0002_0054), (0x0500_0100, 0x0002_000B)] {
        assert!(b.printer().is_internal(HmsCode { attr, code }));
    }
    // They go and come again, and ring nothing.
    b.say(&json!({"hms": []}), false);
    b.wait(60);
    b.say(&json!({"hms": case["status"]["hms"]}), false);
    b.wait(10);
    assert_eq!(b.told, []);
}

#[test]
fn a_power_cut_in_the_middle_of_a_print() {
    let Some(case) = case("35") else { return };
    let list = steps(&case);
    for (gap, error) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut b = Bench::new(&case);
        let mut step = list.last().expect("a step").clone();
        if !error {
            step["full"]["print_error"] = json!(0);
        }
        if gap {
            for step in &list[..list.len() - 1] {
                b.step(step);
            }
        } else {
            step["print"] = step["full"].take();
        }
        b.step(&step);
        // Without a sign of the power cut the job may still go on for a moment.
        b.wait(16);
        let told = b.prints();
        let [failed] = &told[..] else { panic!("{told:?}") };
        assert_eq!((failed.event_kind, failed.late), (EventKind::PrintFailed, gap));
        assert_eq!((failed.job.as_deref(), failed.percent), (Some("bracket"), Some(48)));
        let code = error.then_some("0300_8007");
        assert_eq!(failed.code.as_deref(), code);
        assert!(failed.reason.as_deref().is_some_and(|why| error || why.contains("the job is gone")), "{failed:?}");
    }
}

#[test]
fn an_end_that_nobody_saw_has_no_time() {
    let Some(case) = case("36") else { return };
    let mut b = Bench::new(&case);
    for step in steps(&case) {
        b.step(step);
    }
    assert_eq!(b.printer().job.ended, None);
    let told = b.prints();
    assert_eq!(
        told.iter().map(|one| (one.event_kind, one.late)).collect::<Vec<_>>(),
        [(EventKind::PrintFinished, true)]
    );
    // And a beginning.
    let mut idle = case["status"].clone();
    idle["gcode_state"] = json!("IDLE");
    idle["subtask_name"] = json!("");
    idle["mc_percent"] = json!(0);
    let mut b = Bench::new(&json!({"serial": case["serial"], "status": idle}));
    b.step(&steps(&case)[0]);
    b.step(&json!({"after_s": 73, "full": {"gcode_state": "RUNNING", "subtask_name": "lid", "mc_percent": 35, "layer_num": 30}}));
    b.wait(4);
    assert_eq!((b.printer().job.started, b.printer().job.layer), (None, Some(30)));
    // What is kept of it knows no beginning either.
    let began = |memory: &JobStartChange| matches!(memory, JobStartChange::Keep(start) if start.unix != 0);
    assert!(!b.remembered.iter().any(began), "{:?}", b.remembered);
}

#[test]
fn a_half_kilo_spool_has_no_figures_that_contradict_each_other() {
    let Some(case) = case("58") else { return };
    let b = Bench::new(&case);
    let tray = &b.printer().ams.units[0].trays[0];
    let bambu_tui::state::printer::ams::Content::Spool(spool) = &tray.content else { panic!("{tray:?}") };
    assert_eq!((spool.remain, spool.grams, spool.length), (Some(43), None, None));
}

#[test]
fn a_file_name_keeps_its_blanks() {
    let Some(case) = case("47") else { return };
    let name = |key: &str| case["status"][key].as_str().expect("a name").into();
    let paths = bambu_tui::protocol::ftp::candidates(&name("gcode_file"), &name("subtask_name"));
    let (file, _) = case["ftps"].as_object().and_then(|files| files.iter().next()).expect("a file");
    let at = paths.iter().position(|path| path == file);
    assert!(at.is_some_and(|at| at < 6), "as given first: {paths:?}");
}
