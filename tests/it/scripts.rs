//! Scripts: a start, some keys, and what the screen then says.

use crate::state_harness::{StateHarness, named, with_report};
use bambu_tui::state::{effect::Effect, event::Event, printer::Printer, settings::Settings, view::Pane};
use crossterm::event::{KeyEventKind, KeyEventState};

pub(crate) const P1S: &str = include_str!("../fixtures/reports/p1s.json");
const A1: &str = include_str!("../fixtures/reports/a1.json");

/// What a script begins with.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    /// Nothing is configured.
    Nothing,
    /// One P1S that prints.
    Printing,
    /// One A1, paused by a person.
    Paused,
    /// One A1 that has stopped by itself.
    Waiting,
    /// One P1S that heats for a job that has not begun.
    Preparing,
    /// One printer that has nothing to do.
    Idle,
    /// One P1S whose firmware accepts signed commands only.
    Locked,
    /// Five printers: printing, waiting, done, idle, offline.
    Five,
    /// Sixty printers, all idle.
    Sixty,
}

const FIVE: [(&str, &str, &str); 5] = [
    (
        "Alpha",
        "01P00A000000001",
        r#""gcode_state":"RUNNING","subtask_name":"gear","mc_percent":30,"mc_remaining_time":90"#,
    ),
    (
        "Bravo",
        "03900A000000002",
        r#""gcode_state":"PAUSE","subtask_name":"lamp","mc_percent":60,"mc_remaining_time":20,"print_error":50364419"#,
    ),
    ("Charlie", "00M00A000000003", r#""gcode_state":"FINISH","subtask_name":"hook","mc_percent":100"#),
    ("Delta", "03000A000000004", r#""gcode_state":"IDLE""#),
    ("Echo", "01S00A000000005", ""),
];

pub(crate) fn begin(start: Start) -> StateHarness {
    let mut desk = match start {
        Start::Nothing => StateHarness::new(vec![], Settings::default()),
        Start::Printing | Start::Preparing | Start::Locked => with_report(P1S),
        Start::Paused | Start::Waiting | Start::Idle => with_report(A1),
        Start::Five | Start::Sixty => {
            let printers = if matches!(start, Start::Five) {
                FIVE.iter().map(|(n, s, _)| Printer::new(n, s, "192.168.1.9", None, vec![])).collect()
            } else {
                (1..=60)
                    .map(|n| Printer::new(&format!("Unit {n:02}"), &format!("03900A{n:09}"), "h", None, vec![]))
                    .collect()
            };
            StateHarness::new(printers, Settings::default())
        }
    };
    match start {
        Start::Preparing => {
            desk.report(0, r#""gcode_state":"PREPARE","mc_percent":0,"gcode_file_prepare_percent":"40""#);
        }
        Start::Idle => desk.report(0, r#""gcode_state":"IDLE","subtask_name":"","mc_percent":0"#),
        Start::Waiting => desk.report(0, r#""print_error":50364419"#),
        Start::Locked => desk.report(0, r#""fun":"20000000""#),
        Start::Five => {
            for (at, (.., fields)) in FIVE.into_iter().enumerate() {
                desk.connect(at as u16, 1);
                if fields.is_empty() {
                    desk.drop_link(at as u16);
                } else {
                    desk.report(at as u16, fields);
                }
            }
        }
        Start::Sixty => {
            for at in 0..60 {
                desk.connect(at, 1);
                desk.report(at, r#""gcode_state":"IDLE""#);
            }
        }
        _ => {}
    }
    desk.wait(1);
    desk.effects.clear();
    desk
}

/// Presses keys and looks for texts; `!` before a text: it must not be there.
#[track_caller]
pub(crate) fn check(start: Start, keys: &str, expect: &[&str]) -> StateHarness {
    let mut desk = begin(start);
    desk.keys(keys);
    expect_on(&mut desk, expect);
    desk
}

#[track_caller]
pub(crate) fn expect_on(desk: &mut StateHarness, expect: &[&str]) {
    let screen = desk.screen();
    for text in expect {
        match text.strip_prefix('!') {
            Some(text) => assert!(!screen.contains(text), "\"{text}\" is there:\n{screen}"),
            None => assert!(screen.contains(text), "no \"{text}\":\n{screen}"),
        }
    }
}

#[track_caller]
fn selects(start: Start, keys: &str, name: &str) {
    let mut desk = begin(start);
    desk.keys(keys);
    let selected = desk.state.selected().map(|p| p.name.clone());
    assert_eq!(selected.as_deref(), Some(name), "{keys}");
    let screen = desk.screen();
    assert!(screen.contains(name), "the selected printer is on the screen:\n{screen}");
}

#[test]
fn the_selection_moves_as_every_movement_key_says() {
    // By need: Bravo waits, Alpha prints, then done and idle, offline last.
    for (keys, name) in [
        ("g", "Bravo"),
        ("gj", "Alpha"),
        ("g<down>", "Alpha"),
        ("gjk", "Bravo"),
        ("gk", "Bravo"),
        ("G", "Echo"),
        ("Gj", "Echo"),
        ("<end>", "Echo"),
        ("G<home>", "Bravo"),
        ("G<up>", "Delta"),
        ("3", "Charlie"),
        ("G1", "Bravo"),
        ("g<pgdn>", "Echo"),
        ("G<pgup>", "Bravo"),
    ] {
        selects(Start::Five, keys, name);
    }
    // A number that the list does not have chooses nothing.
    selects(Start::Five, "G9", "Echo");
    selects(Start::Sixty, "G", "Unit 60");
    selects(Start::Sixty, "gjjj", "Unit 04");
    selects(Start::Sixty, "G<pgup><pgdn>", "Unit 60");
    let mut desk = begin(Start::Sixty);
    desk.keys("g<pgdn>");
    let page = desk.state.selected_row().unwrap();
    assert!(page > 5 && page < 59, "{page}");
    desk.keys("<c-b>");
    assert_eq!(desk.state.selected_row(), Some(0));
    // In the grid `l` and `h` go sideways, `j` and `k` by rows.
    desk.keys("zl");
    assert_eq!(desk.state.selected_row(), Some(1));
    desk.keys("hj");
    assert!(desk.state.selected_row().unwrap() > 1);
}

#[test]
fn typing_filters_and_escape_takes_it_back() {
    let desk = check(Start::Five, "/cha", &["Charlie", "1/5"]);
    assert_eq!(desk.state.view.rows.len(), 1);
    check(Start::Five, "/idle", &["Delta", "1/5"]);
    check(Start::Five, "/gear<enter>", &["1/5", "Alpha"]);
    check(Start::Five, "/x1c<esc>", &["!1/5", "Alpha", "Echo"]);
    check(Start::Five, "/cha<bs><bs><bs>", &["Alpha", "Echo", "!/5 "]);
    check(Start::Five, "/nosuch", &["no printer matches"]);
    // While typing, letters are letters: nothing is ordered and nothing quits.
    let desk = check(Start::Printing, "/pxqL", &["!Stop this print?"]);
    // The camera of a printer that the filter hides is not watched any more.
    let only_looks = desk.effects.iter().all(|effect| matches!(effect, Effect::Watch { size: None, .. }));
    assert!(only_looks && desk.state.view.filter.value() == "pxqL", "{:?}", desk.effects);
    let mut desk = begin(Start::Five);
    desk.keys("/");
    desk.raw(Event::Paste("del\u{1b}ta\n".into()));
    expect_on(&mut desk, &["Delta", "1/5"]);
}

#[test]
fn sorting_goes_round() {
    let names = |keys: &str| {
        let mut desk = begin(Start::Five);
        desk.keys(keys);
        let printers = &desk.state.fleet.printers;
        desk.state.view.rows.iter().map(|id| printers[usize::from(id.0)].name.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(""), "Bravo Alpha Charlie Delta Echo");
    assert_eq!(names("s"), "Alpha Bravo Charlie Delta Echo");
    assert_eq!(names("ss"), "Bravo Alpha Charlie Delta Echo");
    assert_eq!(names("sss"), names(""));
    check(Start::Five, "s", &["by name"]);
    check(Start::Five, "ss", &["by time left"]);
    check(Start::Five, "sss", &["by need"]);
}

#[test]
fn tab_walks_through_the_panes_and_back() {
    let mut desk = begin(Start::Five);
    let mut seen = vec![desk.state.view.focus];
    for _ in 0..6 {
        desk.keys("<tab>");
        seen.push(desk.state.view.focus);
    }
    let order: Vec<_> = Pane::ALL.into_iter().filter(|p| seen.contains(p)).collect();
    assert_eq!(seen[..order.len()], order, "in the order of the table");
    assert!(order.len() >= 5);
    let last = desk.state.view.focus;
    desk.keys("<tab><s-tab>");
    assert_eq!(desk.state.view.focus, last);
}

#[test]
fn escape_closes_one_layer_and_never_quits() {
    let mut desk = begin(Start::Five);
    desk.keys("/a<enter>jz?");
    for closed in [
        |d: &StateHarness| d.state.view.dialogs.is_empty(),
        |d: &StateHarness| d.state.view.filter.value().is_empty(),
        |d: &StateHarness| d.state.view.zoom.is_none(),
        |d: &StateHarness| d.state.view.focus == Pane::Printers,
    ] {
        assert!(desk.state.view.zoom.is_some() || desk.state.view.dialogs.is_empty());
        desk.keys("<esc>");
        assert!(closed(&desk));
    }
    for _ in 0..20 {
        desk.keys("<esc>");
    }
    assert!(!desk.effects.contains(&Effect::Quit));
    assert_eq!(desk.state.view.zoom, None);
    check(Start::Five, "<tab>z", &["Esc"]);
    check(Start::Five, "<tab>zz", &["Alpha", "Bravo", "Temperatures"]);
}

#[test]
fn help_shows_the_table_and_searches_in_it() {
    check(Start::Printing, "?", &["Control the printer", "pause the print", "Esc"]);
    check(Start::Printing, "<f1>", &["Control the printer"]);
    check(Start::Printing, "?/certificate", &["see a printer's new or changed certificate", "!pause the print"]);
    check(Start::Printing, "?/zzz<esc>", &["pause the print"]);
    // In help, the keys of orders order nothing, and q closes it.
    let desk = check(Start::Printing, "?pxL", &["Control the printer"]);
    assert!(desk.effects.is_empty());
    let desk = check(Start::Printing, "?q", &["!Control the printer"]);
    assert!(!desk.effects.contains(&Effect::Quit));
    let mut desk = begin(Start::Printing);
    desk.resize(80, 12);
    desk.keys("?G");
    expect_on(&mut desk, &["keep what was found"]);
    desk.keys("g");
    expect_on(&mut desk, &["Control the printer"]);
}

#[test]
fn quit_keys_quit_and_control_c_quits_from_everywhere_without_acting() {
    assert_eq!(check(Start::Printing, "q", &[]).effects, [Effect::Quit]);
    for keys in ["", "?", "?/x", "/x", "x", "z", "f", "a"] {
        let mut desk = begin(Start::Printing);
        desk.keys(keys);
        desk.effects.clear();
        desk.keys("<c-c>");
        assert_eq!(desk.effects, [Effect::Quit], "{keys}");
    }
    let mut desk = begin(Start::Nothing);
    desk.keys("a<c-c>");
    assert_eq!(desk.effects, [Effect::Quit]);
}

#[test]
fn the_first_screen_offers_the_demo_and_the_form() {
    check(Start::Nothing, "", &["printer is configured yet", "start the demo", "add a printer"]);
    assert_eq!(check(Start::Nothing, "d", &[]).effects, [Effect::StartDemo]);
    check(Start::Nothing, "a", &["Add a printer on your network", "access code", "serial"]);
    check(Start::Nothing, "pxrLzcTR", &["printer is configured yet"]);
    assert!(check(Start::Printing, "d", &[]).effects.is_empty(), "with printers d does nothing");
    // A form with mistakes tests nothing; each is named.
    let desk = check(Start::Nothing, "aShelf<tab>10.0.0.7<tab>0<tab>12345678<enter>", &["a serial number has 15"]);
    assert!(desk.effects.is_empty());
    let script = "aShelf<tab>10.0.0.7<tab>01P00A000000009<tab>s3cr3tXY<enter>";
    let desk = check(Start::Nothing, script, &["testing the connection", "!s3cr3tXY", "••••••••"]);
    assert!(matches!(desk.effects[..], [Effect::Probe(_)]));
    assert!(!format!("{:?}", desk.effects).contains("s3cr3tXY"), "effects are logged");
    check(Start::Nothing, "aShelf<esc>", &["!Shelf", "printer is configured yet"]);
}

#[test]
fn frozen_views_stand_still_and_order_nothing() {
    let mut desk = check(Start::Printing, "f", &["FROZEN"]);
    desk.report(0, r#""mc_percent":77"#);
    expect_on(&mut desk, &["45 %", "!77 %"]);
    desk.keys("p");
    expect_on(&mut desk, &["frozen; unfreeze it first"]);
    assert!(desk.sent().is_empty());
    desk.keys("f");
    expect_on(&mut desk, &["77 %", "!FROZEN"]);
    check(Start::Printing, "f<esc>", &["!FROZEN"]);
}

#[test]
fn a_released_key_is_no_key() {
    let mut desk = begin(Start::Printing);
    let mut key = named("c-c");
    key.kind = KeyEventKind::Release;
    key.state = KeyEventState::NONE;
    desk.raw(Event::Key(key));
    assert!(desk.effects.is_empty());
}
