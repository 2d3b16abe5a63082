//! The control panel: nothing moves before it is armed, and whatever changes disarms it.

use crate::{
    scripts::{Start, begin, check, expect_on},
    state_harness::StateHarness,
};
use bambu_tui::protocol::command::Command;

fn armed() -> StateHarness {
    check(Start::Idle, "CA", &["ARMED", "control panel"])
}

/// The line of G-code that was sent, if one was.
fn line(desk: &mut StateHarness) -> Option<String> {
    match desk.sent().pop() {
        Some((0, 1, Command::Gcode(lines))) => Some(lines),
        Some(other) => panic!("{other:?}"),
        None => None,
    }
}

#[test]
fn nothing_moves_before_it_is_armed() {
    let mut desk = check(Start::Idle, "C", &["not armed; A arms it", "Workshop"]);
    for key in ["<left>", "<up>", "a", "t", "e", "H", "x", "p", "L", "<enter>", "y"] {
        desk.keys(key);
        assert!(desk.sent().is_empty(), "{key}");
    }
    desk.keys("<esc>");
    expect_on(&mut desk, &["!control panel"]);
}

#[test]
fn armed_keys_move_one_step_each_and_wait_for_the_answer() {
    let mut desk = armed();
    desk.keys("<right>");
    assert!(line(&mut desk).is_some_and(|lines| lines.contains("G1 X1.0 ")));
    // The order before is still under way: keys that are held down do not queue.
    desk.keys("<right><right>");
    assert_eq!(line(&mut desk), None);
    desk.acknowledge(0, "gcode_line", true, "");
    desk.keys("sa");
    assert!(line(&mut desk).is_some_and(|lines| lines.contains("G1 Z10.0 F900")), "away from the bed is positive");
    desk.acknowledge(0, "gcode_line", true, "");
    // The bed of an A1 moves in Y: the arrow moves what is seen to move.
    desk.keys("<up>");
    assert!(line(&mut desk).is_some_and(|lines| lines.contains("G1 Y-10.0 ")));
    desk.acknowledge(0, "gcode_line", true, "");
    desk.keys("H");
    assert_eq!(line(&mut desk).as_deref(), Some("G28\n"));
    desk.acknowledge(0, "gcode_line", true, "");
    desk.report(0, r#""nozzle_temper":25.0"#);
    desk.keys("e");
    assert_eq!(line(&mut desk), None, "cold filament is not moved");
    expect_on(&mut desk, &["too cold"]);
}

#[test]
fn whatever_changes_disarms_it() {
    let disarmed = |mut desk: StateHarness, why: &str| {
        expect_on(&mut desk, &[why, "!ARMED"]);
        desk.keys("<right>H");
        assert!(desk.sent().is_empty(), "{why}");
    };
    let mut desk = armed();
    desk.wait(50);
    desk.keys("s");
    desk.report(0, r#""gcode_state":"IDLE""#);
    desk.wait(50);
    expect_on(&mut desk, &["ARMED"]);
    desk.wait(11);
    disarmed(desk, "no key for a minute");
    let mut desk = armed();
    desk.report(0, r#""gcode_state":"PREPARE""#);
    disarmed(desk, "a job is under way");
    let mut desk = armed();
    desk.drop_link(0);
    disarmed(desk, "the connection was lost");
    let mut desk = armed();
    desk.connect(0, 2);
    disarmed(desk, "the connection was lost");
    let mut desk = armed();
    desk.report(0, r#""print_error":50348039"#);
    disarmed(desk, "the printer shows an error");
    let mut desk = armed();
    desk.report(0, r#""ams_status":258"#);
    disarmed(desk, "filament is being changed");
    let mut desk = armed();
    desk.report(0, r#""upgrade_state":{"status":"FLASHING"}"#);
    disarmed(desk, "firmware is being updated");
    // Data that turned old, while its own motion is still under way.
    let mut desk = armed();
    desk.keys("sH");
    assert_eq!(desk.sent().len(), 1);
    expect_on(&mut desk, &["ARMED"]);
    desk.wait(45);
    desk.keys("s");
    desk.wait(20);
    disarmed(desk, "data is old");
    let mut desk = armed();
    desk.keys("<esc>C");
    expect_on(&mut desk, &["not armed"]);
}

#[test]
fn it_is_not_armed_where_nothing_may_move() {
    let mut desk = check(Start::Printing, "CA", &["not armed", "locked while a print is running"]);
    desk.keys("<right>");
    assert!(desk.sent().is_empty());
    check(Start::Locked, "CA", &["not armed"]);
    let mut desk = begin(Start::Idle);
    desk.state.settings.read_only = true;
    desk.keys("CA<right>");
    assert!(desk.sent().is_empty());
    expect_on(&mut desk, &["!ARMED"]);
}
