use super::*;
use crate::state::Printer;
use crate::state::WatchdogTimeouts;
use crate::state::command::tracker::Action;
use crate::state::command::tracker::permission::*;
use crate::state::test_order;
use crate::state::update::Transport;
use crate::{
    protocol::{
        codes::PrintError,
        command::{Axis, ChangeReply, Seq, Speed},
        report::parse,
    },
    state::{
        Now,
        command::{
            action::{ErrorAnswer, FilamentAction, Light, Motion, PrintAction, ThermalAction},
            tracker::ACK_TIME,
        },
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::connection::ConnectionEvent,
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    },
};

const ID: PrinterId = PrinterId(0);
const RUNNING: &str = r#""gcode_state":"RUNNING","lights_report":[{"node":"chamber_light","mode":"on"}]"#;

struct Bench {
    state: State,
    now: Now,
}

impl Bench {
    fn new(serial: &str, firmware: &str) -> Self {
        let mut printer = Printer::new("P", serial, "h", None, Vec::new());
        printer.firmware = Some(firmware.to_owned());
        let now = test_now();
        let mut bench = Self { state: State::new(vec![printer], Settings::default(), Keymap::default(), now, 1), now };
        bench.event(PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
        bench.report(RUNNING);
        bench
    }

    fn event(&mut self, event: PrinterEvent) {
        update(&mut self.state, Event::Printer(ID, event), self.now);
    }

    fn report(&mut self, fields: &str) {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        self.event(PrinterEvent::Report(parse(json.as_bytes()).expect("JSON").report.expect("a report")));
    }

    fn order(&mut self, action: Action) -> Seq {
        let order = test_order(&self.state, ID, action);
        update(&mut self.state, order, self.now);
        let seq = self.printer().orders.newest().expect("an order").first.seq;
        self.event(PrinterEvent::Sent(seq));
        seq
    }

    /// The acknowledgement of a pause with some number.
    fn refuse(&mut self, seq: &str) {
        let json = format!(
            r#"{{"print":{{"command":"pause","sequence_id":"{seq}","result":"failed","reason":"mqtt message verify failed","err_code":84033543}}}}"#
        );
        self.event(PrinterEvent::Ack(parse(json.as_bytes()).expect("JSON").ack.expect("an acknowledgement")));
    }

    fn printer(&self) -> &Printer {
        &self.state.fleet.printers[0]
    }

    fn permission(&self) -> Permission {
        self.printer().permission()
    }

    fn allows(&self, action: impl Into<Action>) -> Result<u32, String> {
        self.printer().allows(&action.into(), self.now.at, &WatchdogTimeouts::default())
    }

    /// Lines of the journal about what the firmware refuses or takes.
    fn told(&self) -> Vec<&str> {
        let lines = self.state.journal.entries().map(|entry| entry.text.as_str());
        lines.filter(|text| [LOCKED, HYBRID, CLOUD].contains(text) || text.contains("accepts commands")).collect()
    }
}

const P1S: &str = "01P00A000000000";

#[test]
fn the_printers_word_counts_before_the_first_order_and_is_told_once() {
    let mut b = Bench::new("00M00A000000000", "01.09.00.00");
    b.report(r#""fun":"20000000""#);
    b.report(r#""mc_percent":5"#);
    assert_eq!((b.permission(), b.told()), (Permission::Declared, vec![LOCKED]));
    assert_eq!(b.allows(PrintAction::Pause), Err(LOCKED.to_owned()));
    assert!(b.allows(Light::Chamber(false)).is_ok(), "lights are open");
    // Somebody switches developer mode on.
    b.report(r#""fun":"0""#);
    assert_eq!((b.permission(), b.told().len()), (Permission::Open, 2));
    assert!(b.allows(PrintAction::Pause).is_ok());
}

#[test]
fn old_firmware_is_open_and_new_firmware_without_a_word_is_tried() {
    let open = Bench::new(P1S, "01.07.00.00");
    assert_eq!((open.permission(), open.told().len()), (Permission::Open, 0));
    let mut b = Bench::new(P1S, "01.08.02.00");
    assert_eq!(b.permission(), Permission::Unknown);
    let seq = b.order(PrintAction::Pause.into());
    b.refuse(&seq.to_string());
    assert_eq!((b.permission(), b.told()), (Permission::Learned, vec![LOCKED]));
    assert_eq!(b.allows(PrintAction::Stop), Err(LOCKED.to_owned()));
    assert!(b.allows(Light::Chamber(false)).is_ok());
    // A new session begins without prejudice: what opens a printer ends the old one. It is not told again.
    b.event(PrinterEvent::Link(ConnectionEvent::Down {
        why: crate::state::printer::connection::DisconnectReason::ConnectionRefused,
        retry_in: None,
    }));
    b.event(PrinterEvent::Link(ConnectionEvent::Up { session: 2 }));
    b.report(RUNNING);
    assert_eq!(b.permission(), Permission::Unknown);
    let seq = b.order(PrintAction::Pause.into());
    b.refuse(&seq.to_string());
    assert_eq!((b.permission(), b.told().len()), (Permission::Learned, 1));
}

#[test]
fn the_printers_message_and_answers_to_other_clients_tell_too() {
    let mut b = Bench::new(P1S, "01.08.02.00");
    b.report(r#""hms":[{"attr":83887360,"code":65543}]"#);
    b.report(r#""hms":[]"#);
    assert_eq!(b.permission(), Permission::Learned, "the message goes after some minutes, the lock does not");
    let mut b = Bench::new(P1S, "01.08.02.00");
    b.refuse("99");
    assert_eq!(b.permission(), Permission::Learned);
}

#[test]
fn an_order_that_is_dropped_silently_makes_suspicious_and_nothing_more() {
    let mut b = Bench::new(P1S, "01.08.02.00");
    b.order(PrintAction::Pause.into());
    b.now.at += ACK_TIME;
    update(&mut b.state, Event::Due, b.now);
    assert_eq!((b.permission(), b.told().len()), (Permission::Suspected, 0));
    b.report(RUNNING);
    assert!(b.allows(PrintAction::Pause).is_ok(), "it may have been lost on the way");
    // Firmware from before the rule has no reason to drop anything; neither has anybody to drop a light.
    let mut old = Bench::new(P1S, "01.07.00.00");
    old.order(PrintAction::Pause.into());
    let mut light = Bench::new(P1S, "01.08.02.00");
    light.order(Light::Chamber(false).into());
    for b in [&mut old, &mut light] {
        b.now.at += ACK_TIME;
        update(&mut b.state, Event::Due, b.now);
        assert_ne!(b.permission(), Permission::Suspected);
    }
}

#[test]
fn the_words_name_the_cure_that_there_is() {
    let mut b = Bench::new(P1S, "01.07.00.00");
    b.refuse("99");
    assert_eq!((b.permission(), b.told()), (Permission::Learned, vec![HYBRID]));
    b.state.fleet.printers[0].transport = Transport::Cloud;
    assert_eq!(b.printer().locked_words(), CLOUD);
}

/// Whatever tells of it, and whatever the printer does meanwhile, by whichever transport the order comes.
#[test]
fn nothing_goes_on_heats_or_moves_in_danger() {
    let error = PrintError(0x0300_806E);
    let smoke = r#""print_error":0,"hms":[{"attr":201327360,"code":65566}]"#;
    let dryer = r#""print_error":0,"hms":[{"attr":117478912,"code":65537}]"#;
    let fire = format!(r#""print_error":{}"#, 0x0300_8044);
    let nozzle = format!(r#""print_error":{}"#, error.0);
    for (danger, state) in [&*nozzle, &*fire, smoke, dryer]
        .into_iter()
        .flat_map(|danger| ["PAUSE", "RUNNING", "IDLE"].map(|s| (danger, s)))
    {
        let mut b = Bench::new(P1S, "01.07.00.00");
        b.report(&format!(r#""gcode_state":"{state}","nozzle_temper":25,"bed_temper":25,{danger}"#));
        let shown = b.printer().job.error.unwrap_or(error);
        let forward: [Action; 12] = [
            PrintAction::Resume.into(),
            PrintAction::Speed(Speed::Ludicrous).into(),
            PrintAction::Answer(ErrorAnswer::Retry, shown).into(),
            PrintAction::Answer(ErrorAnswer::Ignore, shown).into(),
            ThermalAction::Nozzle { hotend: 0, label: "", celsius: 200 }.into(),
            ThermalAction::Bed(60).into(),
            FilamentAction::Unload.into(),
            FilamentAction::Answer(ChangeReply::Retry, None).into(),
            FilamentAction::Answer(ChangeReply::Done, None).into(),
            Motion::Home.into(),
            Motion::Move { axis: Axis::X, millimetres: 10 }.into(),
            Motion::Gcode("G28".into()).into(),
        ];
        for action in forward {
            let why = b.allows(action.clone()).expect_err("a refusal");
            assert!(why.starts_with("DANGER") && why.contains("dismiss it there"), "{danger} {state} {action}: {why}");
            let order = test_order(&b.state, ID, action.clone());
            let effects = update(&mut b.state, order, b.now).effects;
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::Send { .. })), "{danger} {state} {action}");
        }
        let rows = crate::state::view::dialogs::palette::rows(&b.state.around(), "");
        for name in ["resume", "retry", "ignore", "home", "gcode", "unload", "speed"] {
            let row = rows.iter().find(|row| row.entry.name == name).expect(name);
            assert!(row.obstacle.is_some(), "{danger} {state} {name}");
        }
        let mut harmless: Vec<Action> = vec![
            ThermalAction::Nozzle { hotend: 0, label: "", celsius: 0 }.into(),
            ThermalAction::Bed(0).into(),
            Light::Chamber(false).into(),
        ];
        harmless.extend((state != "IDLE").then(|| PrintAction::Stop.into()));
        harmless.extend((state == "RUNNING").then(|| PrintAction::Pause.into()));
        harmless.extend(b.printer().job.error.map(|error| PrintAction::Answer(ErrorAnswer::Dismiss, error).into()));
        for action in harmless {
            assert!(b.allows(action.clone()).is_ok(), "{danger} {state} {action}");
        }
        // Over, by the printer's word.
        b.report(r#""gcode_state":"PAUSE","print_error":0,"hms":[]"#);
        assert!(b.allows(PrintAction::Resume).is_ok(), "{danger}");
    }
}
