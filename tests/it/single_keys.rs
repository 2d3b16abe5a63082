//! A name typed into the wrong window: what one key alone may do to a running print, and that it can be taken back.

use crate::{
    scripts::{Start, begin, expect_on},
    state_harness::StateHarness,
};
use bambu_tui::{
    protocol::command::{Command, LightMode, Speed},
    state::{
        effect::Effect,
        settings::ConfirmMode,
        view::{Dialog, keymap::Keymap},
    },
};
use std::collections::BTreeMap;

/// Every key that is one character, and some that are not.
fn keys() -> Vec<String> {
    let named =
        ["enter", "tab", "s-tab", "esc", "bs", "up", "down", "left", "right", "pgup", "pgdn", "home", "end", "f1"];
    let letters = (' '..='~').map(|c| if c == '<' { "<lt>".to_owned() } else { c.to_string() });
    letters.chain(named.map(|name| format!("<{name}>"))).collect()
}

fn is_asked(desk: &StateHarness) -> bool {
    desk.state.view.dialogs.iter().any(|layer| matches!(layer, Dialog::Confirm(_) | Dialog::Batch(_)))
}

/// A key that orders without a question: where, what the printer answers and reports, and how it is taken back.
struct Single {
    start: Start,
    key: &'static str,
    command: &'static str,
    report: &'static str,
    says: &'static str,
    back: &'static str,
    taken_back: fn(&Command) -> bool,
}

const SINGLES: &[Single] = &[
    Single {
        start: Start::Printing,
        key: "p",
        command: "pause",
        report: r#""gcode_state":"PAUSE","stg_cur":16"#,
        says: "pause → Workshop: sent … acknowledged … confirmed · r resumes",
        back: "r",
        taken_back: |command| matches!(command, Command::Resume),
    },
    Single {
        start: Start::Paused,
        key: "r",
        command: "resume",
        report: r#""gcode_state":"RUNNING""#,
        says: "confirmed · p pauses again",
        back: "p",
        taken_back: |command| matches!(command, Command::Pause),
    },
    Single {
        start: Start::Printing,
        key: "+",
        command: "print_speed",
        report: r#""spd_lvl":3"#,
        says: "speed sport → Workshop: sent … acknowledged … confirmed · - slows down again",
        back: "-",
        taken_back: |command| matches!(command, Command::Speed(Speed::Standard)),
    },
    Single {
        start: Start::Printing,
        key: "=",
        command: "print_speed",
        report: r#""spd_lvl":3"#,
        says: "confirmed · - slows down again",
        back: "-",
        taken_back: |command| matches!(command, Command::Speed(Speed::Standard)),
    },
    Single {
        start: Start::Printing,
        key: "-",
        command: "print_speed",
        report: r#""spd_lvl":1"#,
        says: "confirmed · + speeds up again",
        back: "+",
        taken_back: |command| matches!(command, Command::Speed(Speed::Standard)),
    },
    Single {
        start: Start::Printing,
        key: "L",
        command: "ledctrl",
        report: r#""lights_report":[{"node":"chamber_light","mode":"off"}]"#,
        says: "light off → Workshop: sent … acknowledged … confirmed · L switches it back",
        back: "L",
        taken_back: |command| matches!(command, Command::Light { mode: LightMode::On, .. }),
    },
];

fn printing() -> StateHarness {
    let mut desk = begin(Start::Printing);
    desk.report(0, r#""spd_lvl":2,"lights_report":[{"node":"chamber_light","mode":"on"}]"#);
    desk
}

#[test]
fn one_key_orders_nothing_that_no_key_takes_back() {
    for key in keys() {
        let mut desk = printing();
        desk.keys(&key);
        let known = SINGLES.iter().any(|single| matches!(single.start, Start::Printing) && single.key == key);
        assert_eq!(!desk.sent().is_empty(), known, "{key}");
    }
    for key in keys() {
        let mut desk = begin(Start::Paused);
        desk.keys(&key);
        let sent = desk.sent();
        assert!(sent.is_empty() || ["r", "+", "=", "-", "L"].contains(&&*key), "{key}: {sent:?}");
    }
}

#[test]
fn what_one_key_did_names_the_key_that_takes_it_back_until_the_next_order() {
    for Single { start, key, command, report, says, back, taken_back } in SINGLES {
        let mut desk = if matches!(start, Start::Printing) { printing() } else { begin(*start) };
        desk.keys(key);
        assert_eq!(desk.sent().len(), 1, "{key}");
        let words = says.rsplit("· ").next().expect("words");
        expect_on(&mut desk, &[&format!("!{words}")]);
        desk.acknowledge(0, command, true, "");
        desk.report(0, report);
        expect_on(&mut desk, &[says]);
        // It stays, beside the keys, whatever is looked at.
        desk.wait(10);
        desk.report(0, r#""nozzle_temper":200"#);
        expect_on(&mut desk, &[words, "q quit"]);
        for width in 60..=120 {
            desk.resize(width, 30);
            let screen = desk.screen();
            let last = screen.trim_end().lines().last().unwrap_or_default();
            // Keys go for it, whole ones only.
            let is_whole = last.ends_with("? help") || last.ends_with("q quit");
            assert!(last.contains(words) && !last.contains("│ │") && is_whole, "{width}: {last}");
        }
        desk.resize(120, 40);
        desk.keys("i<tab>k");
        desk.report(0, r#""nozzle_temper":201"#);
        expect_on(&mut desk, &[words]);
        desk.resize(40, 12);
        expect_on(&mut desk, &[words]);
        desk.resize(30, 5);
        expect_on(&mut desk, &[words]);
        desk.resize(120, 40);
        desk.keys(back);
        let sent = desk.sent();
        assert!(matches!(&sent[..], [(_, _, command)] if taken_back(command)), "{key} {back}: {sent:?}");
        expect_on(&mut desk, &[&format!("!{words}")]);
    }
}

#[test]
fn the_way_back_is_named_only_while_it_is_one() {
    let paused = || {
        let mut desk = printing();
        desk.keys("p");
        desk.acknowledge(0, "pause", true, "");
        desk.report(0, r#""gcode_state":"PAUSE""#);
        desk.wait(5);
        desk.report(0, r#""nozzle_temper":200"#);
        expect_on(&mut desk, &["r resumes"]);
        desk
    };
    let mut desk = paused();
    desk.keys("<esc>");
    expect_on(&mut desk, &["!r resumes", "r resume"]);
    // What closes something else leaves it, and so does whatever orders nothing: a question that is not answered, an order
    // that is not possible.
    for keys in [
        "?<esc>",
        "i<esc>",
        "/<esc>",
        "/shed<enter><esc>",
        "a<esc>",
        ":<esc>",
        ":load A4<enter><esc>",
        "f<esc>",
        "A<esc>",
        "xn",
        "C<esc>",
        "o<esc>",
        "J<esc>",
        "z<esc>",
        "p",
    ] {
        let mut desk = paused();
        desk.keys(keys);
        desk.wait(10);
        expect_on(&mut desk, &["r resumes"]);
        desk.keys("<esc>");
        expect_on(&mut desk, &["!r resumes"]);
    }
    // What is said of something else stands beside it.
    for keys in ["m", "T", "S"] {
        let mut desk = paused();
        desk.keys(keys);
        assert!(desk.state.view.notice.is_some(), "{keys}");
        expect_on(&mut desk, &["r resumes"]);
    }
    // Resumed at the printer, another job, no connection, an order, nothing done.
    let mut desk = paused();
    desk.report(0, r#""gcode_state":"RUNNING""#);
    expect_on(&mut desk, &["!r resumes"]);
    let mut desk = paused();
    desk.report(0, r#""subtask_id":"999","subtask_name":"other""#);
    expect_on(&mut desk, &["!r resumes"]);
    let mut desk = paused();
    desk.drop_link(0);
    expect_on(&mut desk, &["!r resumes"]);
    let mut desk = paused();
    desk.keys("xy");
    expect_on(&mut desk, &["!r resumes"]);
    let mut desk = printing();
    desk.keys("p");
    desk.acknowledge(0, "pause", false, "busy");
    desk.report(0, r#""gcode_state":"PAUSE""#);
    expect_on(&mut desk, &["!r resumes"]);
}

#[test]
fn every_order_asks_where_that_is_wanted() {
    for start in [Start::Printing, Start::Paused, Start::Idle] {
        for key in keys() {
            let mut desk = begin(start);
            desk.state.settings.confirm = ConfirmMode::All;
            desk.keys(&key);
            assert!(desk.sent().is_empty(), "{key}");
        }
    }
    let mut desk = printing();
    desk.state.settings.confirm = ConfirmMode::All;
    desk.keys("p");
    expect_on(&mut desk, &["Do this?", "pause."]);
    desk.keys("n");
    assert!(desk.sent().is_empty());
    desk.keys("py");
    assert_eq!(desk.sent(), [(0, 1, Command::Pause)]);
    let mut desk = printing();
    desk.state.settings.confirm = ConfirmMode::All;
    desk.keys(":light off<enter>");
    assert!(desk.sent().is_empty() && is_asked(&desk));
}

#[test]
fn a_key_without_a_way_back_asks() {
    let overrides = BTreeMap::from([("resume".to_owned(), (Vec::new(), 1))]);
    let mut desk = printing();
    desk.state.keymap = Keymap::with_overrides(&overrides).expect("a table");
    desk.keys("p");
    assert!(desk.sent().is_empty() && is_asked(&desk));
    desk.keys("y");
    assert_eq!(desk.sent(), [(0, 1, Command::Pause)]);
}

#[test]
fn no_key_acts_on_a_screen_that_shows_nothing() {
    for (width, height) in [(0, 0), (1, 1), (19, 40), (120, 0), (10, 5)] {
        for key in keys() {
            let mut desk = printing();
            desk.resize(width, height);
            desk.keys(&key);
            // Nor does it open what an answer would be given to.
            desk.keys("y<enter>");
            assert!(desk.sent().is_empty() && desk.state.view.dialogs.is_empty(), "{key} at {width}x{height}");
        }
        // What was asked is not answered where it cannot be read; no is.
        let mut desk = printing();
        desk.keys("x");
        desk.resize(width, height);
        desk.keys("y");
        assert!(desk.sent().is_empty() && is_asked(&desk), "{width}x{height}");
        desk.keys("n");
        assert!(!is_asked(&desk));
        desk.resize(120, 40);
        desk.keys("py");
        assert_eq!(
            desk.sent(),
            [(0, 1, Command::Pause)],
            "keys act again, and ask as long as nobody has seen for whom"
        );
        // The ways out work.
        for key in ["q", "<c-c>"] {
            let mut desk = printing();
            desk.resize(width, height);
            desk.keys(key);
            assert!(desk.effects.contains(&Effect::Quit), "{key} at {width}x{height}");
        }
    }
    let mut desk = printing();
    desk.resize(19, 5);
    desk.keys("p");
    expect_on(&mut desk, &["small"]);
    // As small as it gets, printer and state are there.
    let mut desk = printing();
    desk.resize(20, 1);
    expect_on(&mut desk, &["Works", "print"]);
    // There is no room for the key that takes an order back, nor for a question.
    desk.keys("p");
    expect_on(&mut desk, &["enlarge"]);
    assert!(desk.sent().is_empty());
}
