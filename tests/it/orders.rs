//! Orders from the key to the last word: what is asked, sent, refused, void, seen.

use crate::{
    scripts::{Start, begin, check, expect_on},
    state_harness::{StateHarness, with_report},
};
use bambu_tui::{
    protocol::command::{Command, LightMode, Reply, Speed},
    state::{
        Redraw,
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::connection::Refusal,
        view::Dialog,
    },
};

#[test]
fn the_dialog_says_no_by_itself() {
    let dialog = ["Stop this print?", "bracket_v4", "45 %", "cannot be continued"];
    let desk = check(Start::Printing, "x", &dialog);
    assert!(desk.effects.is_empty() && matches!(desk.state.view.dialogs[..], [Dialog::Confirm(_)]));
    for keys in ["x<enter>", "x ", "xx", "xj", "xz", "x<tab>", "x?"] {
        let desk = check(Start::Printing, keys, &["Stop this print?"]);
        assert!(desk.effects.is_empty(), "{keys} answers nothing");
    }
    for keys in ["x<esc>", "xn", "xN", "xq"] {
        let mut desk = check(Start::Printing, keys, &["!Stop this print?"]);
        assert!(desk.sent().is_empty(), "{keys}");
        desk.wait(60);
        assert!(desk.sent().is_empty());
    }
}

#[test]
fn a_question_on_an_idle_printer_says_that_nothing_is_printed() {
    check(
        Start::Idle,
        ":home<enter>",
        &["Home all axes?", "Workshop · nothing is being printed", "!time left", "!no name"],
    );
}

#[test]
fn yes_sends_exactly_one_stop() {
    let mut desk = check(Start::Printing, "xyyyy", &["!Stop this print?", "stop → Workshop: sending"]);
    assert_eq!(desk.sent(), [(0, 1, Command::Stop)]);
}

#[test]
fn a_question_is_void_when_the_world_has_changed() {
    let asked = || {
        let mut desk = begin(Start::Printing);
        desk.keys("x");
        desk
    };
    let none = |mut desk: StateHarness, why: &str| {
        expect_on(&mut desk, &["!Stop this print?", why]);
        desk.keys("y");
        assert!(desk.sent().is_empty(), "{why}");
    };
    let mut desk = asked();
    desk.wait(21);
    none(desk, "not confirmed in time");
    let mut desk = asked();
    desk.drop_link(0);
    none(desk, "the connection was lost");
    let mut desk = asked();
    desk.report(0, r#""subtask_id":"999","subtask_name":"other""#);
    none(desk, "the job has changed");
    // The session is replaced without a word in between.
    let mut desk = asked();
    desk.connect(0, 2);
    none(desk, "nothing was sent");
    // Another error than the one that was asked about: a yes would answer what nobody has read.
    let mut desk = check(Start::Waiting, "r", &["Resume this print?", "spaghetti"]);
    desk.report(0, r#""print_error":50348039"#);
    none(desk, "what was asked about has changed");
    // A danger that was not there when the question was asked.
    let mut desk = check(Start::Paused, ":unload<enter>", &["Change filament during a job?"]);
    desk.report(0, r#""gcode_state":"FINISH""#);
    none(desk, "what was asked about has changed");
    // What no longer fits is refused at the last moment.
    let mut desk = asked();
    desk.report(0, r#""gcode_state":"FINISH""#);
    desk.keys("y");
    assert!(desk.sent().is_empty());
    expect_on(&mut desk, &["nothing is being printed"]);
}

#[test]
fn orders_go_out_where_the_state_of_the_job_allows_them() {
    for (start, keys, command) in [
        (Start::Printing, "p", Command::Pause),
        (Start::Paused, "r", Command::Resume),
        (Start::Printing, "+", Command::Speed(Speed::Sport)),
        (Start::Printing, "=", Command::Speed(Speed::Sport)),
        (Start::Printing, "-", Command::Speed(Speed::Silent)),
        (Start::Preparing, "xy", Command::Stop),
        (Start::Paused, "xy", Command::Stop),
        // What the printer shows an error for is answered with that error.
        (Start::Waiting, "ry", Command::Reply { reply: Reply::Retry, error: 0x0300_8003, job: "0".into() }),
    ] {
        let mut desk = begin(start);
        desk.keys(keys);
        assert_eq!(desk.sent(), [(0, 1, command)], "{keys}");
    }
    let mut desk = begin(Start::Printing);
    desk.keys("L");
    assert!(matches!(desk.sent()[..], [(0, 1, Command::Light { mode: LightMode::Off, .. })]));
    check(Start::Waiting, "r", &["Resume this print?", "spaghetti"]);
}

#[test]
fn what_is_not_possible_is_refused_with_the_reason() {
    for (start, keys, words) in [
        (Start::Paused, "p", "the print is paused already"),
        (Start::Printing, "r", "the print is running"),
        (Start::Preparing, "p", "it can be stopped"),
        (Start::Idle, "x", "nothing is being printed"),
        (Start::Idle, "p", "nothing is being printed"),
        (Start::Idle, "+", "only while printing"),
        (Start::Five, "Gp", "Echo is not connected; nothing is sent"),
        (Start::Printing, "T", "this printer's certificate is in no doubt"),
        (Start::Printing, "S", "no picture to save"),
        (Start::Locked, "p", "developer mode"),
        (Start::Locked, "x", "developer mode"),
    ] {
        let mut desk = check(start, keys, &[words]);
        assert!(desk.sent().is_empty(), "{keys}");
    }
    // Lights are open on every firmware seen.
    let mut desk = check(Start::Locked, "L", &["light off → Workshop"]);
    assert_eq!(desk.sent().len(), 1);
}

#[test]
fn firmware_that_is_being_written_is_left_alone() {
    let mut desk = begin(Start::Idle);
    desk.report(0, r#""upgrade_state":{"status":"FLASHING","progress":"40"}"#);
    for keys in ["L", ":bed 60<enter>", ":home<enter>", ":gcode M115<enter>"] {
        desk.keys(keys);
        expect_on(&mut desk, &["firmware is being updated"]);
        desk.keys("<esc>");
    }
    assert!(desk.sent().is_empty());
    desk.report(0, r#""upgrade_state":{"status":"UPGRADE_SUCCESS"}"#);
    desk.keys(":bed 60<enter>");
    assert_eq!(desk.sent().len(), 1);
}

#[test]
fn read_only_sends_nothing_and_says_so() {
    let mut desk = begin(Start::Printing);
    desk.state.settings.read_only = true;
    expect_on(&mut desk, &["READ-ONLY"]);
    for key in ["p", "r", "x", "L", "+", "-"] {
        desk.keys(key);
        expect_on(&mut desk, &["read-only: no command is sent", "!Stop this print?"]);
    }
    assert!(desk.sent().is_empty() && desk.state.view.dialogs.is_empty());
}

#[test]
fn old_data_allows_no_orders() {
    let mut desk = begin(Start::Printing);
    desk.wait(65);
    desk.keys("p");
    expect_on(&mut desk, &["data is old"]);
    assert!(desk.sent().is_empty());
}

#[test]
fn the_life_of_an_order_stands_in_the_footer() {
    let mut desk = check(Start::Printing, "p", &["pause → Workshop: sending"]);
    let seq = desk.seq(0);
    desk.event(PrinterEvent::Sent(seq));
    expect_on(&mut desk, &["pause → Workshop: sent …", "!confirmed"]);
    desk.acknowledge(0, "pause", true, "");
    expect_on(&mut desk, &["sent … acknowledged …", "!confirmed"]);
    desk.report(0, r#""gcode_state":"PAUSE","stg_cur":16"#);
    expect_on(&mut desk, &["sent … acknowledged … confirmed"]);
    desk.wait(5);
    expect_on(&mut desk, &["!acknowledged …", "resume"]);
    assert_eq!(desk.sent().len(), 1);
}

#[test]
fn an_order_can_end_in_other_ways() {
    let sent = || {
        let mut desk = begin(Start::Printing);
        desk.keys("p");
        let seq = desk.seq(0);
        desk.event(PrinterEvent::Sent(seq));
        desk
    };
    let mut desk = sent();
    desk.acknowledge(0, "pause", false, "too hot to pause");
    expect_on(&mut desk, &["refused: too hot to pause"]);
    let mut desk = sent();
    desk.acknowledge(0, "pause", false, "mqtt message verify failed");
    expect_on(&mut desk, &["refused", "developer mode"]);
    desk.keys("p");
    assert_eq!(desk.sent().len(), 1, "refused once for want of a signature is refused for good");
    let mut desk = sent();
    desk.wait(11);
    expect_on(&mut desk, &["no answer from the printer"]);
    let mut desk = sent();
    desk.acknowledge(0, "pause", true, "");
    for _ in 0..7 {
        desk.wait(5);
        desk.report(0, r#""mc_percent":46"#);
    }
    expect_on(&mut desk, &["accepted, but nothing changed"]);
    let mut desk = sent();
    desk.drop_link(0);
    expect_on(&mut desk, &["dropped", "check the printer"]);
    let mut desk = begin(Start::Printing);
    desk.keys("p");
    let seq = desk.seq(0);
    desk.event(PrinterEvent::Refused(seq, Refusal::NotConnected));
    expect_on(&mut desk, &["dropped: not connected, nothing was sent"]);
}

/// An A1 mini with an AMS Lite, two of whose spools have no tag.
const A1_MINI: &str = r#"{"serial":"03000A000000001","print":{"command":"push_status","msg":0,"gcode_state":"IDLE",
    "nozzle_temper":25,"bed_temper":25,"ams":{"ams_exist_bits":"1","tray_exist_bits":"f","ams":[{"id":"0","tray":[
    {"id":"0","tray_type":"PLA","tray_color":"FFFFFFFF"},{"id":"1","tray_type":"PETG","tray_color":"000000FF"},
    {"id":"2"},{"id":"3"}]}]}}}"#;

#[test]
fn an_a1_mini_is_asked_what_is_in_a_slot_once_it_was_told() {
    let whole = |desk: &mut StateHarness| {
        let sends = desk.effects.drain(..);
        sends.filter(|effect| matches!(effect, Effect::Send { command: Command::PushAll, .. })).count()
    };
    let ordered = |state: &str| {
        let mut desk = with_report(A1_MINI);
        desk.report(0, state);
        desk.keys(":slot A2 PLA red<enter>");
        let seq = desk.seq(0);
        desk.event(PrinterEvent::Sent(seq));
        assert_eq!(whole(&mut desk), 0);
        desk.acknowledge(0, "ams_filament_setting", true, "");
        desk
    };
    // Its deltas never list the AMS: it is asked for everything, once, and shows it then.
    let mut desk = ordered(r#""gcode_state":"IDLE""#);
    assert_eq!(whole(&mut desk), 1);
    expect_on(&mut desk, &["acknowledged …", "!accepted"]);
    desk.report(
        0,
        r#""ams":{"ams":[{"id":"0","tray":[{"id":"1","tray_info_idx":"GFL99","tray_type":"PLA","tray_color":"DC1E1EFF"}]}]}"#,
    );
    expect_on(&mut desk, &["acknowledged … confirmed"]);
    assert_eq!(whole(&mut desk), 0);
    // In the middle of a job nobody asks, and nothing is said of an effect that cannot be seen.
    let mut desk = ordered(r#""gcode_state":"RUNNING""#);
    assert_eq!(whole(&mut desk), 0);
    expect_on(&mut desk, &["accepted (this printer does not report the result)"]);
}

#[test]
fn what_is_still_under_way_is_named_by_its_own_words() {
    let mut desk = with_report(&A1_MINI.replace("03000A", "01P00A"));
    desk.keys(":slot A2 PLA red<enter>:slot A2 ABS white");
    expect_on(&mut desk, &["slot A2: PLA #DC1E1E 190–240 °C is still under way"]);
    desk.keys("<enter>");
    expect_on(&mut desk, &["slot A2: PLA #DC1E1E 190–240 °C is still under way", "!slot A2: ABS"]);
    desk.keys("<esc>:slot-clear A2");
    expect_on(&mut desk, &["slot A2: PLA #DC1E1E 190–240 °C is still under way", "!clear slot"]);
    // Other slots are free.
    desk.keys("<bs>3");
    expect_on(&mut desk, &["forget what is in a slot", "!still under way"]);
    desk.keys("<enter>");
    assert_eq!(desk.sent().len(), 2);
}

#[test]
fn the_same_key_twice_sends_once() {
    for keys in ["pp", "LL", "++", "xyxy"] {
        let mut desk = begin(Start::Printing);
        desk.keys(keys);
        assert_eq!(desk.sent().len(), 1, "{keys}");
        expect_on(&mut desk, &["sending"]);
    }
}

#[test]
fn news_asks_for_a_frame_only_where_it_can_be_seen() {
    let mut desk = begin(Start::Five);
    let mut mark = |who: u16, fields: &str| {
        desk.redraw = Redraw::No;
        desk.report(who, fields);
        desk.redraw
    };
    assert_eq!(mark(0, r#""mc_percent":30"#), Redraw::No, "the same number");
    assert_eq!(mark(0, r#""mc_percent":31"#), Redraw::Soon);
    assert_eq!(mark(0, r#""mc_percent":31"#), Redraw::No, "nothing new, and the full report has never come");
    // A temperature of a printer that is not selected is nowhere on the screen.
    let selected = desk.state.view.selected.unwrap();
    let other = if selected.0 == 3 { 0 } else { 3 };
    desk.redraw = Redraw::No;
    desk.report(other, r#""bed_temper":33"#);
    assert_eq!(desk.redraw, Redraw::No);
    desk.keys("j");
    assert_eq!(desk.redraw, Redraw::AtOnce);
    // The full report came once; then another session tells changes without one.
    let mut desk = begin(Start::Printing);
    let mark = |desk: &mut StateHarness, change: &mut dyn FnMut(&mut StateHarness)| {
        desk.redraw = Redraw::No;
        change(desk);
        desk.redraw
    };
    let same = &mut |desk: &mut StateHarness| desk.report(0, r#""mc_percent":45"#);
    assert_eq!(mark(&mut desk, same), Redraw::No, "live");
    let unreadable = &mut |desk: &mut StateHarness| desk.event(PrinterEvent::Unreadable("not JSON".into()));
    assert_eq!(mark(&mut desk, unreadable), Redraw::Soon);
    assert_eq!(mark(&mut desk, same), Redraw::Soon, "readable again");
    assert_eq!(mark(&mut desk, same), Redraw::No);
    mark(&mut desk, &mut |desk| desk.drop_link(0));
    desk.wait_ms(100);
    assert_eq!(mark(&mut desk, &mut |desk| desk.connect(0, 2)), Redraw::Soon);
    assert_eq!(mark(&mut desk, same), Redraw::Soon, "no longer silent");
    assert_eq!(mark(&mut desk, same), Redraw::No, "stale as before");
}

#[test]
fn an_idle_screen_waits_for_the_watchdog_only() {
    let mut desk = begin(Start::Idle);
    // Whatever shows an age or a notice at first has settled after this.
    desk.wait(16);
    desk.report(0, r#""bed_temper":24"#);
    desk.wait_ms(500);
    desk.raw(Event::Due);
    desk.redraw = Redraw::No;
    let printer = &desk.state.fleet.printers[0];
    let watchdog = printer.next_due(desk.now.at, &desk.state.fleet.watchdog_timeouts);
    assert!(watchdog.is_some());
    assert_eq!(desk.state.next_due(), watchdog);
    let before = desk.screen();
    desk.wait_ms(20_000);
    assert_eq!((desk.redraw, desk.screen()), (Redraw::No, before));
}

#[test]
fn the_palette_orders_by_name_and_says_what_is_wrong() {
    let mut desk =
        check(Start::Printing, ":fan-part 80<enter>", &["!fan-chamber", "part fan 80 % → Workshop: sending"]);
    assert_eq!(desk.sent(), [(0, 1, Command::Gcode("M106 P1 S204\n".into()))]);
    // A row that wants a value gets its name written, and nothing is sent.
    let mut desk = check(Start::Printing, ":bed<enter>", &[": bed"]);
    assert!(desk.sent().is_empty());
    let mut desk = check(Start::Printing, ":bed 200<enter>", &["at most 100"]);
    assert!(desk.sent().is_empty());
    let mut desk = check(Start::Printing, ":home<enter>", &["locked while a print is running"]);
    assert!(desk.sent().is_empty());
    check(Start::Printing, ":bed<esc>", &["!CELSIUS"]);
}

#[test]
fn a_temperature_during_a_job_asks_first() {
    let mut desk = check(Start::Printing, ":bed 80<enter>", &["Change a temperature during a job?", "bed 80"]);
    assert!(desk.sent().is_empty());
    desk.keys("y");
    assert_eq!(desk.sent(), [(0, 1, Command::Gcode("M140 S80\n".into()))]);
}
