//! What is written into the journal, what is shown of it, and what is summed up.

use super::*;
use crate::state::notify::journal::*;
use crate::{
    protocol::report::parse,
    state::{
        Now,
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::{
            Printer,
            connection::{ConnectionEvent, DisconnectReason, Refusal},
        },
        settings::Settings,
        test_now,
        update::update,
        view::{
            Pane,
            keymap::{Key, Keymap},
        },
    },
};
use crossterm::event::KeyEvent;
use ratatui::layout::Size;

struct Bench {
    state: State,
    now: Now,
}

impl Bench {
    fn new() -> Self {
        let now = test_now();
        let printers = ["One", "Two"].map(|name| Printer::new(name, &format!("01P00A{name}"), "h", None, vec![]));
        let mut state = State::new(printers.to_vec(), Settings::default(), Keymap::default(), now, 1);
        state.view.size = Size::new(120, 40);
        let mut bench = Self { state, now };
        bench.event(PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
        bench
    }

    fn event(&mut self, event: PrinterEvent) -> Vec<Effect> {
        let mut effects = update(&mut self.state, Event::Printer(PrinterId(0), event), self.now).effects;
        // What lasts is told two seconds later.
        self.now.at += crate::state::printer::job_news::FLICKER;
        effects.extend(update(&mut self.state, Event::Due, self.now).effects);
        effects
    }

    fn send(&mut self, fields: &str) {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        self.event(PrinterEvent::Report(report));
    }

    fn keys(&mut self, keys: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for key in keys.split(' ') {
            let key = Key::parse(key).expect("a key");
            let event = Event::Key(KeyEvent::new(key.code, key.modifiers));
            effects = update(&mut self.state, event, self.now).effects;
        }
        effects
    }

    /// Kind and text of the newest entries, oldest first.
    fn newest(&self, count: usize) -> Vec<(EntryKind, &str)> {
        let mut all: Vec<_> = self.state.journal.entries().rev().take(count).map(|e| (e.kind, &*e.text)).collect();
        all.reverse();
        all
    }
}

#[test]
fn connections_states_errors_and_orders_are_written_down() {
    let mut b = Bench::new();
    assert_eq!(b.newest(1), [(EntryKind::Link, "connected")]);
    b.send(r#""msg":0,"gcode_state":"IDLE""#);
    b.send(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    assert_eq!(b.newest(1), [(EntryKind::Print, "started cube")]);
    // An error that stops nothing has a line of its own, and another when it is gone.
    b.send(r#""print_error":50364419"#);
    let [(EntryKind::Health, error)] = b.newest(1)[..] else { panic!("{:?}", b.newest(1)) };
    assert!(error.ends_with("(0300_8003)"), "{error}");
    let count = b.state.journal.entries().len();
    b.send(r#""print_error":50364419,"mc_percent":3"#);
    assert_eq!(b.state.journal.entries().len(), count, "once is enough");
    b.send(r#""print_error":0"#);
    assert_eq!(b.newest(1), [(EntryKind::Health, "the error is gone (0300_8003)")]);
    // One that pauses the job is told by the pause.
    b.send(r#""gcode_state":"PAUSE","print_error":50364419"#);
    let [(EntryKind::Health, before), (EntryKind::Print, paused)] = b.newest(2)[..] else {
        panic!("{:?}", b.newest(2))
    };
    assert!(paused.starts_with("paused: ") && before.starts_with("the error is gone"), "{before}, {paused}");
    b.send(r#""gcode_state":"RUNNING","print_error":0"#);
    assert!(b.newest(2).contains(&(EntryKind::Print, "resumed cube")));
    let sent = b.keys("p");
    assert_eq!(b.newest(1), [(EntryKind::Order, "pause ordered")]);
    let seq = sent.iter().find_map(|e| if let Effect::Send { seq, .. } = e { Some(*seq) } else { None });
    b.event(PrinterEvent::Refused(seq.expect("sent"), Refusal::Stuck));
    let [(EntryKind::Order, end)] = b.newest(1)[..] else { panic!("{:?}", b.newest(1)) };
    assert!(end.starts_with("pause dropped: "), "{end}");
    b.event(PrinterEvent::Link(ConnectionEvent::Down { why: DisconnectReason::ConnectionRefused, retry_in: None }));
    let [(EntryKind::Link, offline)] = b.newest(1)[..] else { panic!("{:?}", b.newest(1)) };
    assert!(offline.starts_with("offline: connection refused"), "{offline}");
}

#[test]
fn no_printer_pushes_the_others_out() {
    let mut journal = Journal::default();
    let mut written = Vec::new();
    let add = |journal: &mut Journal, written: &mut Vec<Entry>, unix, who, kind, text: &str| {
        written.extend(journal.add(unix, Some(PrinterId(who)), kind, text, Tone::Plain));
    };
    for n in 0..20 {
        add(&mut journal, &mut written, n, 1, EntryKind::Print, "quiet");
    }
    // Half a day of a printer that flaps three times a second, in two kinds.
    for n in 0..130_000_i64 {
        add(&mut journal, &mut written, 100 + n / 3, 0, EntryKind::Link, "offline");
        add(&mut journal, &mut written, 100 + n / 3, 0, EntryKind::Health, "hot");
    }
    let count = |journal: &Journal, who| journal.entries().filter(|e| e.printer == Some(PrinterId(who))).count();
    assert_eq!((journal.entries().len(), count(&journal, 1)), (Journal::LONGEST, 20));
    let hours = 130_000 / 3 / 3600;
    assert!(written.len() < 20 + 2 * (60 + 60 * (hours + 1)), "{} lines for the file", written.len());
    // Nothing is left out without a word.
    let told: u64 =
        written.iter().filter_map(|e| e.text.split(" (").nth(1)?.split(' ').next()?.parse::<u64>().ok()).sum();
    assert!(told as usize + written.len() + 2 * 200 > 260_000, "{told} and {}", written.len());
    // Its other kinds, orders, and the program itself are not concerned.
    written.clear();
    add(&mut journal, &mut written, 50_000, 0, EntryKind::Print, "failed cube");
    for _ in 0..100 {
        add(&mut journal, &mut written, 50_000, 0, EntryKind::Order, "pause ordered");
        written.extend(journal.add(50_000, None, EntryKind::Other, "started", Tone::Plain));
    }
    assert_eq!(written.len(), 201);
    assert_eq!(count(&journal, 1), 20);
}

#[test]
fn a_clock_that_jumps_neither_silences_nor_frees_a_printer() {
    let mut allowance = Allowance::new(PrinterId(0), EntryKind::Link, 1_000_000);
    let take =
        |allowance: &mut Allowance, unix, tries: u32| (0..tries).filter(|_| allowance.take(unix).is_some()).count();
    assert_eq!(take(&mut allowance, 1_000_000, 100), 60);
    assert_eq!(take(&mut allowance, 0, 100), 0, "back");
    assert_eq!(take(&mut allowance, i64::MAX, 1000), 60, "far ahead");
    assert_eq!(take(&mut allowance, i64::MIN, 10), 0);
}

#[test]
fn a_search_is_typed_live_and_escape_takes_it_away() {
    let mut b = Bench::new();
    let shown = |b: &Bench| b.state.journal_entries().map(|e| e.text.clone()).collect::<Vec<_>>();
    b.state.journal.add(1, Some(PrinterId(1)), EntryKind::Order, "light on confirmed", Tone::Good);
    b.keys("J / L i g h");
    assert_eq!(b.state.view.zoom, Some(Pane::Journal));
    assert_eq!(shown(&b), ["light on confirmed"]);
    b.keys("enter");
    assert!(!b.state.view.searching);
    // Now the keys are keys again; the first Escape ends the search, the second the zoom.
    b.keys("e");
    assert!(shown(&b).is_empty(), "the other printer's line is not this one's");
    b.keys("esc");
    assert_eq!(shown(&b), ["connected"]);
    b.keys("e esc");
    assert_eq!((shown(&b).len(), b.state.view.zoom), (2, None));
    // Without the focus on the journal the same key filters the list.
    b.keys("/ t w o enter");
    assert_eq!(b.state.view.rows, [PrinterId(1)]);
    assert_eq!(shown(&b).len(), 2);
}

/// Whoever cancels a job knows it: one line, in no color of trouble, and nothing is to be dismissed.
#[test]
fn a_cancelled_job_is_one_neutral_line_and_needs_nobody() {
    use crate::state::printer::Status;
    let job = r#""subtask_name":"cube","mc_percent":40"#;
    let running = format!(r#""msg":0,"gcode_state":"RUNNING",{job}"#);
    let stories: [&[&str]; 4] = [
        // The number comes with the state, seconds later, with the state of rest, and goes again.
        &[r#""gcode_state":"FAILED","print_error":50348044"#, r#""print_error":0"#],
        &[r#""gcode_state":"FAILED""#, r#""print_error":50348044"#, r#""print_error":0"#, r#""gcode_state":"IDLE""#],
        &[r#""gcode_state":"IDLE","print_error":83902478"#, r#""print_error":0"#],
        &[r#""gcode_state":"FAILED","print_error":83902478"#],
    ];
    for story in stories {
        let mut bench = Bench::new();
        bench.send(&running);
        let before = bench.state.journal.entries().len();
        let mut shown = Vec::new();
        for fields in story {
            bench.send(fields);
            let printer = &bench.state.fleet.printers[0];
            assert_eq!((printer.need(), printer.trouble(), printer.worst()), (None, None, None), "{fields}");
            assert!(printer.advice_for_trouble().actions.is_empty(), "{fields}");
            for code in printer.codes() {
                assert_eq!(printer.advice(code), crate::state::command::advice::Advice::default(), "{fields}");
            }
            shown.push(printer.status());
        }
        assert!(shown.iter().all(|status| *status != Status::Trouble), "{story:?}: {shown:?}");
        let entries: Vec<_> = bench.state.journal.entries().skip(before).collect();
        let [entry] = entries[..] else { panic!("{story:?}: {entries:?}") };
        assert_eq!((entry.text.as_str(), entry.kind, entry.tone), ("cancelled cube", EntryKind::Print, Tone::Plain));
    }
}
