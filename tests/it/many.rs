//! Several printers at once, from the marks to the last result: who is asked about, who is ordered, who is left out.

use crate::{
    scripts::{Start, begin, check, expect_on},
    state_harness::StateHarness,
};
use bambu_tui::{
    protocol::command::{Command, Drying, Speed},
    state::{
        PrinterId, Redraw,
        event::{Event, PrinterEvent},
        printer::{Printer, connection::ConnectionEvent},
        settings::Settings,
        view::Dialog,
    },
};

/// Six printers, all in the middle of a print.
fn six() -> StateHarness {
    printing(6)
}

fn printing(count: u16) -> StateHarness {
    let printers =
        (0..count).map(|n| Printer::new(&format!("Unit {n:03}"), &format!("03900A{n:09}"), "h", None, vec![]));
    let mut desk = StateHarness::new(printers.collect(), Settings::default());
    for who in 0..count {
        desk.connect(who, 1);
        desk.report(
            who,
            &format!(
                r#""gcode_state":"RUNNING","subtask_name":"gear {who}","mc_percent":30,"mc_remaining_time":90,"spd_lvl":2,
                "lights_report":[{{"node":"chamber_light","mode":"on"}}]"#
            ),
        );
    }
    desk.wait(1);
    desk.effects.clear();
    desk
}

/// The printer answers its newest order, and its report shows the effect.
fn paused(desk: &mut StateHarness, who: u16) {
    let seq = desk.seq(usize::from(who));
    desk.of(who, PrinterEvent::Sent(seq));
    desk.acknowledge(who, "pause", true, "");
    desk.report(who, r#""gcode_state":"PAUSE","stg_cur":16"#);
}

fn whom(desk: &mut StateHarness) -> Vec<u16> {
    desk.sent().into_iter().map(|(who, ..)| who).collect()
}

#[test]
fn space_marks_and_moves_on_and_escape_closes_the_marks_before_filter_and_zoom() {
    let mut desk = begin(Start::Five);
    // By need: Bravo, Alpha, Charlie, Delta, Echo.
    desk.keys("g  ");
    expect_on(&mut desk, &["2 marked", "◆! Bravo", "◆► Alpha", "Space mark"]);
    assert_eq!(desk.state.marked(), [PrinterId(1), PrinterId(0)]);
    desk.keys("k ");
    expect_on(&mut desk, &["1 marked", "!◆► Alpha"]);
    desk.keys("z/b<enter>");
    expect_on(&mut desk, &["1 marked", "◆! Bravo"]);
    desk.keys("<esc>");
    expect_on(&mut desk, &["!marked", "1/5"]);
    desk.keys("<esc>");
    expect_on(&mut desk, &["!of 5"]);
    assert!(desk.state.view.zoom.is_some());
    desk.keys("<esc>");
    assert!(desk.state.view.zoom.is_none());
    // While the filter is typed Esc ends the typing; the marks stay.
    desk.keys(" /b<esc>");
    expect_on(&mut desk, &["1 marked", "!of 5"]);
}

#[test]
fn ranges_all_and_hidden_marks() {
    let mut desk = begin(Start::Sixty);
    desk.keys("gVjjj");
    expect_on(&mut desk, &["4 marked", "V end range"]);
    desk.keys("kVjjjj");
    expect_on(&mut desk, &["3 marked", "V range"]);
    desk.keys("GVkk<esc>");
    expect_on(&mut desk, &["3 marked"]);
    // All of what the filter shows: the fifteen units with a 5 in their name.
    desk.keys("/5<enter>A");
    expect_on(&mut desk, &["18 marked (3 hidden)"]);
    desk.keys("A");
    expect_on(&mut desk, &["3 marked (3 hidden)"]);
    // Sorting and filtering keep them.
    desk.keys("<esc>");
    assert!(desk.state.view.marks.is_empty());
    let mut desk = begin(Start::Five);
    desk.keys("g  s/zulu<enter>");
    assert_eq!(desk.state.marked(), [PrinterId(0), PrinterId(1)]);
}

#[test]
fn one_question_lists_everybody_and_no_is_the_default() {
    let mut desk = check(
        Start::Five,
        "Ap",
        &[
            "Pause 1 of 5 printers?",
            "• Alpha",
            "gear",
            "30 %",
            "– Bravo",
            "the print is paused already",
            "– Delta",
            "nothing is being printed",
            "– Echo",
            "not connected",
        ],
    );
    assert!(desk.sent().is_empty());
    for keys in ["<enter>", " ", "p", "x", "1", "<tab>", ":", "V"] {
        desk.keys(keys);
        expect_on(&mut desk, &["Pause 1 of 5 printers?"]);
    }
    desk.keys("n");
    expect_on(&mut desk, &["!Pause ", "5 marked"]);
    desk.keys("p");
    desk.wait(61);
    expect_on(&mut desk, &["!Pause ", "not confirmed in time"]);
    desk.report(0, r#""mc_percent":31"#);
    desk.keys("py");
    assert_eq!(desk.sent(), [(0, 1, Command::Pause)]);
    expect_on(&mut desk, &["Pause 1 printer", "1 under way"]);
    // Nobody can: the reasons, and no yes.
    let mut desk = check(Start::Five, "G k :home<enter>", &["Home 1 of 2 printers?"]);
    desk.keys("<esc>p");
    expect_on(&mut desk, &["Pause: not possible on any of 2 printers", "Esc  close"]);
    desk.keys("y");
    assert!(desk.sent().is_empty());
}

#[test]
fn a_stop_of_several_needs_their_number() {
    let mut desk = six();
    desk.keys("Ax");
    expect_on(&mut desk, &["Stop 6 printers?", "cannot be continued", "Type 6, then Enter"]);
    for keys in ["y", "<enter>", "5<enter>", "<bs>", "66<enter>", "<bs><bs>", "y"] {
        desk.keys(keys);
        assert!(desk.sent().is_empty(), "{keys}");
        expect_on(&mut desk, &["Stop 6 printers?"]);
    }
    desk.keys("6<enter>");
    assert_eq!(desk.sent().len(), 6);
    expect_on(&mut desk, &["Stop 6 printers", "6 under way"]);
    // So does ending several jobs because of their errors.
    let mut desk = six();
    for who in 0..6 {
        desk.report(who, r#""gcode_state":"PAUSE","print_error":50364419"#);
    }
    desk.keys("A:give-up<enter>");
    expect_on(&mut desk, &["6 printers?", "Type 6, then Enter"]);
    desk.keys("y<enter>");
    assert!(desk.sent().is_empty());
    desk.keys("6<enter>");
    assert_eq!(desk.sent().len(), 6);
    // One is no room full of printers.
    let mut desk = six();
    desk.keys(" xy");
    assert_eq!(desk.sent(), [(0, 1, Command::Stop)]);
}

#[test]
fn who_changes_is_left_out_and_the_others_are_not() {
    let mut desk = six();
    desk.keys("Ap");
    expect_on(&mut desk, &["Pause 6 printers?"]);
    // Seen while the question is open: another job, a lost connection.
    desk.report(1, r#""subtask_id":"77","subtask_name":"other""#);
    desk.drop_link(2);
    expect_on(&mut desk, &["Pause 4 of 6 printers?", "the job has changed", "the connection was lost"]);
    // Seen only at the yes: a session that was replaced without a word, a print that ended, one that paused.
    desk.of(3, PrinterEvent::Link(ConnectionEvent::Up { session: 9 }));
    desk.report(4, r#""gcode_state":"FINISH""#);
    desk.keys("y");
    assert_eq!(whom(&mut desk), [0, 5]);
    expect_on(&mut desk, &["2 under way", "nothing was sent"]);
    // A printer that comes back is not ordered afterwards.
    desk.connect(2, 2);
    desk.report(2, r#""gcode_state":"RUNNING""#);
    desk.wait(60);
    assert!(desk.sent().is_empty());
}

#[test]
fn who_gets_into_other_danger_is_left_out() {
    // Idle when the question is asked, nothing dangerous; then one begins a job of the same name.
    let mut desk = six();
    for who in 0..6 {
        desk.report(who, r#""gcode_state":"FINISH""#);
    }
    desk.keys("A:bed 60<enter>");
    expect_on(&mut desk, &["Bed 60 °C: 6 printers?", "!overrides"]);
    desk.report(1, r#""gcode_state":"RUNNING""#);
    expect_on(&mut desk, &["Bed 60 °C: 5 of 6 printers?", "– Unit 001"]);
    // Paused by a person when the question is asked; then one shows an error.
    desk.keys("y<esc>");
    assert_eq!(whom(&mut desk), [0, 2, 3, 4, 5]);
    let mut desk = six();
    for who in 0..6 {
        desk.report(who, r#""gcode_state":"PAUSE","stg_cur":16"#);
    }
    desk.keys("Ar");
    expect_on(&mut desk, &["Resume 6 printers?"]);
    desk.report(4, r#""print_error":50364419"#);
    expect_on(&mut desk, &["Resume 5 of 6 printers?", "what was asked about has changed"]);
    desk.keys("y");
    assert_eq!(whom(&mut desk), [0, 1, 2, 3, 5]);
}

#[test]
fn the_number_must_be_that_of_those_who_are_left() {
    let mut desk = six();
    desk.keys("Ax6");
    desk.drop_link(2);
    desk.keys("<enter>");
    assert!(desk.sent().is_empty());
    expect_on(&mut desk, &["Stop 5 of 6 printers?", "Type 5, then Enter: 6"]);
    desk.keys("<bs>5<enter>");
    assert_eq!(whom(&mut desk), [0, 1, 3, 4, 5]);
}

#[test]
fn every_order_has_its_own_life_and_the_results_stay() {
    let mut desk = six();
    desk.keys("gV3Vpy");
    assert_eq!(desk.sent().len(), 3);
    expect_on(&mut desk, &["Pause 3 printers", "3 under way", "Unit 002 sending"]);
    paused(&mut desk, 0);
    let seq = desk.seq(1);
    desk.of(1, PrinterEvent::Sent(seq));
    desk.acknowledge(1, "pause", false, "too hot");
    expect_on(&mut desk, &["✗ Unit 001 refused: too hot", "… Unit 002 sending", "✓ Unit 000 confirmed"]);
    assert_eq!(desk.state.view.notice, None, "the results say it");
    desk.wait(12);
    expect_on(&mut desk, &["no answer from the printer", "1 refused, 1 without an answer, 1 confirmed"]);
    desk.wait(30);
    expect_on(&mut desk, &["Pause 3 printers", "✓ Unit 000 confirmed"]);
    // Closed by hand; keys that order do nothing before.
    desk.keys("pxL");
    assert!(desk.sent().is_empty());
    desk.keys("q");
    expect_on(&mut desk, &["!Pause 3", "3 marked"]);
    let journal: Vec<_> = desk.state.journal.entries().map(|entry| entry.text.clone()).collect();
    for text in ["pause confirmed", "pause refused: too hot"] {
        assert!(journal.iter().any(|line| line == text), "{journal:?}");
    }
    // Closed early: what is under way goes on, and the end is said as for any order.
    let mut desk = six();
    desk.keys("  py<esc>");
    paused(&mut desk, 0);
    let seq = desk.seq(1);
    desk.of(1, PrinterEvent::Sent(seq));
    desk.acknowledge(1, "pause", false, "too hot");
    expect_on(&mut desk, &["pause → Unit 001: refused: too hot"]);
}

#[test]
fn light_speed_and_the_palette_go_to_all_marked() {
    let mut desk = six();
    desk.report(1, r#""spd_lvl":4,"lights_report":[{"node":"chamber_light","mode":"off"}]"#);
    desk.report(2, r#""spd_lvl":1"#);
    desk.keys("   ");
    desk.keys("L");
    expect_on(&mut desk, &["Light off: 3 printers?"]);
    desk.keys("y<esc>");
    assert_eq!(desk.sent().len(), 3);
    desk.keys("+");
    expect_on(
        &mut desk,
        &["Faster: 2 of 3 printers?", "speed sport", "speed standard", "ludicrous is the last profile"],
    );
    desk.keys("y");
    let speeds: Vec<_> = desk.sent().into_iter().map(|(who, _, command)| (who, command)).collect();
    assert_eq!(speeds, [(0, Command::Speed(Speed::Sport)), (2, Command::Speed(Speed::Standard))]);
    desk.keys("<esc>:bed 70<enter>");
    expect_on(&mut desk, &["Bed 70 °C: 3 printers?", "this overrides it"]);
    desk.keys("y<esc>");
    assert_eq!(desk.sent().len(), 3);
    // Who lacks the unit is left out; if all do, the line can be corrected.
    desk.keys(":dry-stop A<enter>");
    expect_on(&mut desk, &["3 marked printers", "no unit \"A\""]);
    desk.keys("<esc>");
    let ams = r#""ams":{"ams_exist_bits":"1","tray_exist_bits":"1","ams":[{"id":"0","info":"1003","tray":[{"id":"0","tray_type":"PLA"}]}]}"#;
    desk.report(2, ams);
    desk.keys(":dry A 55 8<enter>");
    expect_on(&mut desk, &["Dry A 55 °C 8 h: 1 of 3 printers?", "– Unit 000 no unit \"A\""]);
    desk.keys("y");
    assert!(matches!(
        desk.sent()[..],
        [(2, 1, Command::Dry { settings: Some(Drying { celsius: 55, hours: 8, .. }), .. })]
    ));
}

#[test]
fn read_only_frozen_and_locked_printers_are_ordered_nothing() {
    let mut desk = six();
    desk.report(1, r#""fun":"20000000""#);
    desk.keys("  p");
    expect_on(&mut desk, &["Pause 1 of 2 printers?", "– Unit 001 firmware blocks control", "developer"]);
    desk.keys("y<esc>");
    assert_eq!(whom(&mut desk), [0]);
    desk.keys("f");
    for keys in ["p", "x", "L", "+", ":bed 70<enter>"] {
        desk.keys(keys);
        expect_on(&mut desk, &["the screen is frozen", "!printers?"]);
        desk.keys("<esc>");
        desk.keys("A");
    }
    desk.keys("f");
    desk.state.settings.read_only = true;
    for keys in ["p", "r", "x", "L", "+", "-", ":bed 70<enter>"] {
        desk.keys(keys);
        expect_on(&mut desk, &["read-only: no command is sent", "!printers?"]);
    }
    assert!(desk.sent().is_empty());
}

#[test]
fn the_list_scrolls_by_keys_and_wheel_and_not_beyond_its_end() {
    let mut desk = printing(200);
    desk.keys("Ap");
    expect_on(&mut desk, &["Pause 200 printers?", "Unit 000", "!Unit 199"]);
    desk.keys("GGjjj");
    let end = desk.screen();
    assert!(end.contains("Unit 199") && end.contains("▴") && !end.contains("▾ 1 more"), "{end}");
    desk.keys("k");
    expect_on(&mut desk, &["▾ 1 more", "!Unit 199"]);
    desk.keys("g<pgdn><pgup>");
    expect_on(&mut desk, &["Unit 000"]);
    assert_eq!(desk.state.selected_row(), Some(0), "the list below stands still");
    let wheel = |kind| {
        Event::Mouse(crossterm::event::MouseEvent {
            kind,
            column: 5,
            row: 5,
            modifiers: crossterm::event::KeyModifiers::NONE,
        })
    };
    desk.raw(wheel(crossterm::event::MouseEventKind::ScrollDown));
    assert!(matches!(desk.state.view.dialogs[..], [Dialog::Batch(ref batch)] if batch.scroll.at(9) == 1));
}

#[test]
fn two_hundred_orders_at_once_make_no_more_frames_than_other_news() {
    let mut desk = printing(200);
    desk.keys("Ap");
    desk.keys("y");
    assert_eq!(desk.sent().len(), 200);
    let selected = desk.state.view.selected.unwrap().0;
    for step in 0..3 {
        for who in (0..200).filter(|who| *who != selected) {
            desk.redraw = Redraw::No;
            match step {
                0 => {
                    let seq = desk.seq(usize::from(who));
                    desk.of(who, PrinterEvent::Sent(seq));
                }
                1 => desk.acknowledge(who, "pause", who % 10 != 3, "busy"),
                _ => desk.report(who, r#""gcode_state":"PAUSE","stg_cur":16"#),
            }
            // `Soon`: at most ten frames a second, however many printers there are.
            assert!(desk.redraw <= Redraw::Soon, "{step} {who}");
        }
    }
    paused(&mut desk, selected);
    expect_on(&mut desk, &["20 refused, 180 confirmed", "✗ Unit 003 refused: busy"]);
}
