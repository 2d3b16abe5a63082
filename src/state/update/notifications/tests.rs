use super::*;
use crate::state::Printer;
use crate::state::notify::notification::*;
use crate::state::test_order;
use crate::{
    protocol::{
        command::Seq,
        report::{Ack, parse},
    },
    state::{
        Now,
        command::action::PrintAction,
        event::{Event, PrinterEvent},
        printer::connection::{ConnectionEvent, DisconnectReason},
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    },
};
use std::time::Duration;

const ID: PrinterId = PrinterId(0);

struct Bench {
    state: State,
    now: Now,
    effects: Vec<Effect>,
}

impl Bench {
    /// A printer that is connected and has said nothing yet.
    fn new() -> Self {
        let mut now = test_now();
        now.at += Duration::from_secs(1000);
        let printer = Printer::new("P1S", "01P00A000000001", "h", None, vec![]);
        let state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 1);
        Self { state, now, effects: Vec::new() }
    }

    fn event(&mut self, event: PrinterEvent) -> Vec<Notification> {
        let mut effects = update(&mut self.state, Event::Printer(ID, event), self.now).effects;
        // What lasts is told two seconds later.
        self.wait(2);
        effects.extend(update(&mut self.state, Event::Due, self.now).effects);
        effects.retain(|effect| !matches!(effect, Effect::Remember(_)));
        let told = effects.iter().filter_map(|e| if let Effect::Tell(one) = e { Some((**one).clone()) } else { None });
        let told = told.collect();
        self.effects = effects;
        told
    }

    fn link(&mut self, change: ConnectionEvent) -> Vec<&'static str> {
        self.event(PrinterEvent::Link(change)).iter().map(|one| one.event_kind.name()).collect()
    }

    fn send(&mut self, fields: &str) -> Vec<Notification> {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        self.event(PrinterEvent::Report(report))
    }

    fn names(&mut self, fields: &str) -> Vec<&'static str> {
        self.send(fields).iter().map(|one| one.event_kind.name()).collect()
    }

    /// Connected, and a full report has come.
    fn settled(fields: &str) -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.link(ConnectionEvent::Up { session: 1 }), [""; 0]);
        assert_eq!(bench.names(&format!(r#""msg":0,{fields}"#)), [""; 0]);
        bench
    }

    fn wait(&mut self, seconds: u64) {
        self.now.at += Duration::from_secs(seconds);
        self.now.unix += seconds as i64;
    }
}

/// An AMS slot that ran out, as the printers send it.
const SLOT: &str = r#""hms":[{"attr":117448704,"code":131073}]"#;

fn down() -> ConnectionEvent {
    ConnectionEvent::Down { why: DisconnectReason::Closed, retry_in: None }
}

#[test]
fn a_job_is_told_from_its_start_to_its_end() {
    let mut b = Bench::settled(r#""gcode_state":"IDLE""#);
    assert_eq!(b.names(r#""gcode_state":"PREPARE","subtask_name":"cube.3mf""#), ["print.started"]);
    assert_eq!(b.names(r#""gcode_state":"RUNNING","mc_percent":10"#), [""; 0]);
    let paused = b.send(r#""gcode_state":"PAUSE","stg_cur":17,"mc_percent":42"#);
    assert_eq!((paused.len(), paused[0].event_kind, paused[0].by_person), (1, EventKind::PrintPaused, false));
    assert_eq!(paused[0].sentence(), "P1S: paused at 42 %: front cover fell off");
    assert_eq!((paused[0].job.as_deref(), paused[0].unix), (Some("cube"), b.now.unix));
    assert_eq!(b.names(r#""gcode_state":"RUNNING","stg_cur":0"#), [""; 0], "going on is no call");
    let finished = b.send(r#""gcode_state":"FINISH","mc_percent":100"#);
    assert_eq!(finished[0].sentence(), "P1S: finished cube");
    assert_eq!(b.names(r#""nozzle_temper":30"#), [""; 0], "told once");
}

#[test]
fn a_failure_has_its_reason_and_code_and_a_cancel_is_none() {
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    let failed = b.send(r#""gcode_state":"FAILED","print_error":50348038"#);
    assert_eq!((failed[0].event_kind, failed[0].code.as_deref()), (EventKind::PrintFailed, Some("0300_4006")));
    assert_eq!(failed[0].reason.as_deref(), Some("the nozzle is clogged"));
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    assert_eq!(b.names(r#""gcode_state":"FAILED","print_error":50348044"#), ["print.cancelled"]);
}

#[test]
fn a_pause_that_a_person_asked_for_calls_nobody() {
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    assert!(b.send(r#""gcode_state":"PAUSE","stg_cur":16"#)[0].by_person, "at the printer or by another program");
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    assert!(b.send(r#""gcode_state":"PAUSE","print_error":50364417"#)[0].by_person, "0300_8001");
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    let order = test_order(&b.state, ID, PrintAction::Pause);
    let order = update(&mut b.state, order, b.now).effects;
    assert!(matches!(order[..], [Effect::Send { .. }, ..]));
    assert!(b.send(r#""gcode_state":"PAUSE""#)[0].by_person, "by this program");
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    assert!(!b.send(r#""gcode_state":"PAUSE""#)[0].by_person, "nobody knows");
}

#[test]
fn what_is_true_at_the_start_is_no_news() {
    let mut b = Bench::new();
    b.link(ConnectionEvent::Up { session: 1 });
    // A delta before the first full report, then the report itself.
    assert_eq!(b.names(r#""wifi_signal":"-40dBm""#), [""; 0]);
    assert_eq!(
        b.names(&format!(r#""msg":0,"gcode_state":"PAUSE","stg_cur":6,"print_error":117473297,{SLOT}"#)),
        [""; 0]
    );
    assert_eq!(b.names(r#""wifi_signal":"-41dBm""#), [""; 0]);
    assert!(b.effects.is_empty(), "{:?}", b.effects);
}

#[test]
fn a_printer_without_full_reports_is_known_after_a_while() {
    let mut b = Bench::new();
    b.link(ConnectionEvent::Up { session: 1 });
    assert_eq!(b.names(r#""gcode_state":"IDLE""#), [""; 0]);
    b.wait(40);
    assert_eq!(b.names(r#""wifi_signal":"-41dBm""#), [""; 0]);
    assert_eq!(b.names(SLOT), ["hms.raised", "filament.runout"]);
}

#[test]
fn health_messages_that_flap_are_told_once() {
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    let raised = b.send(r#""hms":[{"attr":50331904,"code":65537}]"#);
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0].code.as_deref(), Some("HMS_0300_0100_0001_0001"));
    assert_eq!(b.names(r#""hms":[]"#), [""; 0]);
    b.wait(10);
    assert_eq!(b.names(r#""hms":[{"attr":50331904,"code":65537}]"#), [""; 0]);
    assert_eq!(b.names(r#""hms":[]"#), [""; 0]);
    b.wait(40);
    assert_eq!(b.names(r#""hms":[{"attr":50331904,"code":65537}]"#), ["hms.raised"]);
}

#[test]
fn every_sign_of_a_runout_is_one_and_is_told_once() {
    for fields in [
        r#""print_error":117473297"#, // 0700_8011
        r#""print_error":134184977"#, // 07FF_8011
        r#""print_error":302022673"#, // 1200_8011
        r#""print_error":50364420"#,  // 0300_8004
        r#""print_error":50364437"#,  // 0300_8015
        r#""stg_cur":6"#,
    ] {
        let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
        let told = b.names(&format!(r#""gcode_state":"PAUSE",{fields}"#));
        assert_eq!(told, ["print.paused", "filament.runout"], "{fields}");
        assert_eq!(b.names(r#""wifi_signal":"-41dBm""#), [""; 0]);
        // The health message comes later than the pause it belongs to.
        b.wait(100);
        assert_eq!(b.names(SLOT), ["hms.raised"], "{fields}");
    }
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    assert_eq!(b.names(r#""gcode_state":"PAUSE","print_error":50364433"#), ["print.paused"], "0300_8011 is the plate");
}

/// Whatever else is told of the same moment: all of it has no time, or all of it has.
#[test]
fn what_came_in_a_gap_is_told_as_late_all_of_it() {
    let error = r#""print_error":50364420"#;
    for sign in [r#""stg_cur":6"#, error, SLOT] {
        for (gap, full) in [(true, true), (false, true), (false, false)] {
            let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
            if gap {
                b.link(down());
                b.wait(60);
                b.link(ConnectionEvent::Up { session: 2 });
            }
            let msg = if full { r#""msg":0,"# } else { "" };
            let fields = format!(r#"{msg}"gcode_state":"PAUSE","subtask_name":"cube",{sign}"#);
            let mut told = Vec::new();
            let report = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
            for report in [report.as_str(), r#"{"print":{"command":"push_status","wifi_signal":"-41dBm"}}"#] {
                // The next report comes before it is told.
                let report = parse(report.as_bytes()).expect("JSON").report.expect("a report");
                told.extend(update(&mut b.state, Event::Printer(ID, PrinterEvent::Report(report)), b.now).effects);
                b.wait(1);
            }
            b.wait(10);
            told.extend(update(&mut b.state, Event::Due, b.now).effects);
            let told: Vec<_> = told
                .into_iter()
                .filter_map(|e| if let Effect::Tell(one) = e { Some((one.event_kind.name(), one.late)) } else { None })
                .collect();
            assert!(
                told.contains(&("filament.runout", gap)) && told.contains(&("print.paused", gap)),
                "{sign} {told:?}"
            );
            assert!(told.iter().all(|(_, late)| *late == gap), "{sign} {told:?}");
        }
    }
}

#[test]
fn offline_is_told_when_a_printer_goes_and_not_for_each_attempt() {
    let mut b = Bench::new();
    assert_eq!(b.link(ConnectionEvent::Connecting { attempt: 1 }), [""; 0]);
    assert_eq!(b.link(down()), [""; 0], "it was off at the start");
    assert_eq!(b.link(ConnectionEvent::Connecting { attempt: 2 }), [""; 0]);
    assert_eq!(b.link(down()), [""; 0]);
    assert_eq!(b.link(ConnectionEvent::Up { session: 1 }), ["device.online"]);
    assert_eq!(b.link(down()), ["device.offline"]);
    for attempt in 1..5 {
        assert_eq!(b.link(ConnectionEvent::Connecting { attempt }), [""; 0]);
        assert_eq!(b.link(ConnectionEvent::Down { why: DisconnectReason::WrongCode, retry_in: None }), [""; 0]);
    }
    b.wait(6);
    assert_eq!(b.link(ConnectionEvent::Up { session: 2 }), ["device.online"]);
    // The watchdog renews a session: as long as it comes back at once nothing has happened.
    assert_eq!(b.link(ConnectionEvent::Connecting { attempt: 1 }), [""; 0]);
    assert_eq!(b.link(ConnectionEvent::Up { session: 3 }), [""; 0]);
}

#[test]
fn a_refused_order_is_told() {
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    let order = test_order(&b.state, ID, PrintAction::Pause);
    let sent = update(&mut b.state, order, b.now).effects;
    let Some(Effect::Send { seq: Seq(seq), .. }) = sent.first() else { panic!("nothing was sent") };
    let json = format!(
        r#"{{"print":{{"command":"pause","sequence_id":"{seq}","result":"fail","reason":"mqtt message verify failed"}}}}"#
    );
    let ack: Ack = parse(json.as_bytes()).expect("JSON").ack.expect("an acknowledgement");
    let told = b.event(PrinterEvent::Ack(ack));
    assert_eq!((told.len(), told[0].event_kind), (1, EventKind::CommandRefused));
    assert!(told[0].sentence().starts_with("P1S: pause refused"), "{}", told[0].sentence());
}

#[test]
fn journal_lines_become_effects_in_their_order_once() {
    let mut b = Bench::settled(r#""gcode_state":"IDLE""#);
    b.send(r#""gcode_state":"RUNNING","subtask_name":"cube""#);
    let texts: Vec<_> = b
        .effects
        .iter()
        .filter_map(|e| if let Effect::Record(entry) = e { Some(entry.text.as_str()) } else { None })
        .collect();
    assert_eq!(texts, ["started cube"]);
    assert_eq!(b.names(r#""wifi_signal":"-41dBm""#), [""; 0]);
    assert!(b.effects.is_empty());
    let failure = HookFailure {
        who: ID,
        event_kind: EventKind::PrintStarted,
        hook: "example.org".into(),
        why: "no answer".into(),
    };
    let effects = update(&mut b.state, Event::Hook(Box::new(failure)), b.now).effects;
    let [Effect::Record(entry)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(entry.text, "hook example.org for print.started: no answer");
}

#[test]
fn names_are_the_documented_ones_and_sets_hold_them() {
    for one in EventKind::ALL {
        assert_eq!(EventKind::from_name(one.name()), Some(*one));
        assert!(EventKinds::ALL.contains(*one) && !EventKinds::NONE.contains(*one));
        assert!([*one].into_iter().collect::<EventKinds>().contains(*one));
    }
    assert_eq!(EventKind::ALL.len(), 11);
    assert!(NotificationConfig::default().bell.contains(EventKind::FilamentRunout));
    assert!(!NotificationConfig::default().terminal.contains(EventKind::PrintStarted));
}

/// Danger is told to whoever wants to be told of anything, and to nobody who wants nothing.
#[test]
fn danger_calls_everybody_who_can_be_called() {
    for one in EventKind::ALL {
        let only: EventKinds = [*one].into_iter().collect();
        assert!(only.call_for(EventKind::DangerRaised), "{}", one.name());
        assert_eq!(only.call_for(EventKind::PrintStarted), *one == EventKind::PrintStarted);
    }
    assert!(NotificationConfig::default().bell.contains(EventKind::DangerRaised));
    assert!(!EventKinds::NONE.call_for(EventKind::DangerRaised));
}

/// Smoke during a print.
const SMOKE: &str = r#""hms":[{"attr":201327360,"code":65566}]"#;

#[test]
fn danger_is_told_once_also_by_the_first_report() {
    let mut b = Bench::new();
    b.link(ConnectionEvent::Up { session: 1 });
    let told = b.send(&format!(r#""msg":0,"gcode_state":"RUNNING",{SMOKE}"#));
    let [danger] = &told[..] else { panic!("{told:?}") };
    assert_eq!((danger.event_kind, danger.danger), (EventKind::DangerRaised, true));
    assert_eq!(danger.code.as_deref(), Some("HMS_0C00_0300_0001_001E"));
    assert_eq!(danger.sentence(), "P1S: DANGER: SMOKE was detected; switch the power off now");
    let said = b.state.view.notice.as_ref().map(|notice| notice.text.clone());
    assert_eq!(said.as_deref(), Some("P1S: DANGER: SMOKE was detected; switch the power off now"));
    let recorded = |b: &Bench| {
        b.effects.iter().any(|e| matches!(e, Effect::Record(entry) if entry.text.starts_with("DANGER: SMOKE")))
    };
    assert!(recorded(&b), "{:?}", b.effects);
    // It flaps; that is no news for half a minute, and then it is.
    assert_eq!(b.names(r#""hms":[]"#), [""; 0]);
    assert_eq!(b.names(SMOKE), [""; 0]);
    // As long as it lasts it is one danger, however seldom the printer reports.
    b.wait(300);
    assert_eq!(b.names(r#""mc_percent":41"#), [""; 0]);
    b.names(r#""hms":[]"#);
    b.wait(31);
    assert_eq!(b.names(SMOKE), ["danger.raised", "hms.raised"]);
}

#[test]
fn an_error_of_danger_is_told_beside_the_pause_it_makes() {
    let mut b = Bench::settled(r#""gcode_state":"RUNNING","subtask_name":"x","mc_percent":40"#);
    let error = 0x0300_806E;
    let mut told = b.send(&format!(r#""gcode_state":"PAUSE","print_error":{error}"#));
    b.wait(2);
    told.extend(b.send(r#""mc_percent":41"#));
    let names: Vec<_> = told.iter().map(|one| (one.event_kind.name(), one.danger)).collect();
    assert_eq!(names, [("danger.raised", true), ("print.paused", true)]);
    assert_eq!(told[1].reason.as_deref(), Some("DANGER: the nozzle heats out of control; switch the power off now"));
    // Another one is told for itself.
    b.wait(5);
    assert_eq!(b.names(SMOKE), ["danger.raised", "hms.raised"]);
    let over = b.send(r#""gcode_state":"RUNNING","print_error":0,"hms":[]"#);
    assert!(over.iter().all(|one| !one.danger), "{over:?}");
}

#[test]
fn a_stop_from_elsewhere_is_told_once_it_is_known_what_it_was() {
    let running = r#""gcode_state":"RUNNING","subtask_name":"x""#;
    // A person's stop: the number comes some seconds later, and no failure is told before.
    let mut bench = Bench::settled(running);
    assert_eq!(bench.names(r#""gcode_state":"FAILED""#), [""; 0]);
    bench.wait(5);
    assert_eq!(bench.names(r#""print_error":50348044"#), ["print.cancelled"]);
    // Without a number, and without another report, time decides.
    let mut bench = Bench::settled(running);
    assert_eq!(bench.names(r#""gcode_state":"FAILED""#), [""; 0]);
    let due = bench.state.fleet.printers[0].job.decides_at().expect("a moment");
    assert!(bench.state.next_due().is_some_and(|next| next <= due));
    bench.wait(15);
    let told = update(&mut bench.state, Event::Due, bench.now).effects;
    let told: Vec<_> = told
        .iter()
        .filter_map(|e| if let Effect::Tell(one) = e { Some(one.event_kind.name()) } else { None })
        .collect();
    assert_eq!(told, ["print.failed"]);
    assert_eq!(bench.state.fleet.printers[0].status(), crate::state::printer::Status::Trouble);
}

#[test]
fn a_printer_that_flaps_is_told_of_in_sums() {
    let mut b = Bench::settled(r#""gcode_state":"IDLE""#);
    let mut told = Vec::new();
    let is_told = |effect| if let Effect::Tell(one) = effect { Some(*one) } else { None };
    // Half a minute of a link that goes and comes twice a second, and then silence.
    for n in 0..120 {
        let change = if n % 2 == 0 { down() } else { ConnectionEvent::Up { session: 1 + n } };
        let event = Event::Printer(ID, PrinterEvent::Link(change));
        told.extend(update(&mut b.state, event, b.now).effects.into_iter().filter_map(is_told));
        b.now.at += Duration::from_millis(250);
    }
    while let Some(due) = b.state.notifications.next_due() {
        assert!(b.state.next_due().is_some_and(|at| at <= due), "the loop wakes for it");
        b.now.at = b.now.at.max(due);
        told.extend(update(&mut b.state, Event::Due, b.now).effects.into_iter().filter_map(is_told));
    }
    for kind in [EventKind::DeviceOffline, EventKind::DeviceOnline] {
        let of: Vec<_> = told.iter().filter(|one| one.event_kind == kind).collect();
        assert!((2..=8).contains(&of.len()), "{} times {} in 30 s", of.len(), kind.name());
        // What was not told is counted.
        assert_eq!(of.iter().map(|one| 1 + one.more).sum::<u32>(), 60);
        assert!(of[1].sentence().ends_with(" more)"), "{}", of[1].sentence());
    }
    // Another kind does not wait, and neither does the same one after a while.
    assert_eq!(b.names(r#""gcode_state":"RUNNING""#), ["print.started"]);
    b.wait(6);
    assert_eq!(b.link(down()), ["device.offline"]);
}
