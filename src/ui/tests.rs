//! Screens and panes as they look.

mod aside;
mod cloud;
mod dialogs;
mod farm;
mod journal;
mod login;
mod messages;
#[cfg(feature = "simulator")]
mod models;
mod need;
mod sheet;
mod sight;
mod temps;
mod themes;
mod tight;

use super::{
    fixture::*,
    theme::{Role, Theme},
};
use crate::state::{screen::panes, view::scroll::Scroll};
use crate::{
    protocol::{command::Seq, model::Model},
    state::{
        PrinterId, State, Tone,
        command::{
            action::{PrintAction, ThermalAction},
            bulk::Item,
            tracker::LOCKED,
        },
        event::Probed,
        notify::notice::Notice,
        printer::{
            camera::Stream,
            certificate::{Certificate, Met, Signer},
            connection::{ConnectionEvent, DisconnectReason},
        },
        screen::{layout, redraw_schedule},
        settings::{CameraMode, ColorDepth},
        view::{
            Dialog, Pane,
            dialogs::{CertificateQuestion, Confirm, Form, Help, Palette, Panel, form::Test},
        },
    },
};
use insta::assert_snapshot;
use ratatui::style::Color;
use std::time::Duration;

#[test]
fn seven_printers_at_every_size() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (60, 18), (40, 12), (30, 5)] {
        assert_snapshot!(format!("seven_{w}x{h}"), shot(&seven_at(w, h)));
    }
}

#[test]
fn one_printer_at_every_size() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (60, 18), (40, 12), (30, 5)] {
        assert_snapshot!(format!("one_{w}x{h}"), shot(&alone_at(w, h)));
    }
}

fn plain(mut state: State) -> State {
    state.settings.ascii = true;
    state.settings.colors = ColorDepth::Never;
    state
}

#[test]
fn ascii_without_colours() {
    assert_snapshot!("ascii_120x40", shot(&plain(seven_at(120, 40))));
    assert_snapshot!("ascii_80x24", shot(&plain(seven_at(80, 24))));
    assert_snapshot!("ascii_40x12", shot(&plain(seven_at(40, 12))));
    let buffer = buffer(&plain(seven_at(120, 40)));
    assert!(buffer.content.iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
    let panel = Panel { who: PrinterId(0), armed: None, step: 0 };
    for layer in [
        Dialog::Help(Help::default()),
        Dialog::Palette(Palette { input: "".into(), at: Scroll::default(), mistake: None }),
        Dialog::Panel(panel),
    ] {
        let mut state = plain(seven_at(120, 60));
        state.view.dialogs.push(layer);
        state.view.notice = Some(Notice::new("bed 60 °C → Workshop P1S: confirmed", Tone::Plain, state.now.at));
        let screen = shot(&state);
        assert!(screen.is_ascii() && screen.contains("bed 60 C > Workshop"), "{screen}");
    }
}

/// For the files in `tests/`: their snapshots lie with the others.
fn snapshot(name: impl Into<String>, screen: &str) {
    assert_snapshot!(name.into(), screen);
}

/// One pane, filling a screen of this size.
fn zoomed(mut state: State, pane: Pane) -> String {
    state.view.zoom = Some(pane);
    shot(&state)
}

#[test]
fn the_job_pane_tells_what_is_in_the_way() {
    for (name, printer) in [
        ("paused", "Garage A1"),
        ("preparing", "Attic H2D"),
        ("finished", "Shelf mini"),
        ("idle", "Spare P1P"),
        ("offline", "Lab P2S"),
    ] {
        let mut state = seven_at(80, 13);
        select(&mut state, printer);
        assert_snapshot!(format!("job_{name}"), zoomed(state, Pane::Job));
    }
    let mut changed = alone_at(80, 13);
    let at = changed.now.at;
    let found = Certificate { fingerprint: "99ffee00".repeat(8), signer: Signer::Unknown };
    let why = DisconnectReason::CertificateChanged { pinned: "ab12cd34".repeat(8), found, configured: false };
    changed.fleet.printers[0].set_link(ConnectionEvent::Down { why, retry_in: None }, at);
    changed.arrange_rows();
    assert_snapshot!("job_certificate", zoomed(changed, Pane::Job));
    let mut locked = alone_at(80, 13);
    tell(&mut locked.fleet.printers[0], r#""fun":"20000000""#, locked.now);
    assert_snapshot!("job_locked", zoomed(locked, Pane::Job));
    let mut stale = alone_at(80, 13);
    stale.now.at += seconds(200);
    stale.now.unix += 200;
    assert_snapshot!("job_stale", zoomed(stale, Pane::Job));
    let mut silent = Fixture::new();
    silent.connected("New P1S", "01P00A000000009");
    assert_snapshot!("job_silent", zoomed(silent.build(80, 13), Pane::Job));
}

/// Two hotends, four units, two external spools.
fn large(width: u16, height: u16) -> State {
    let mut f = Fixture::new();
    let unit = |id: u16, info: &str, extra: &str| {
        let trays: Vec<_> = (0..if id >= 128 { 1 } else { 4 })
            .map(|n| format!(r#"{{"id":"{n}","tray_type":"PLA","tray_sub_brands":"PLA Matte","tray_color":"{:02X}40{:02X}FF","remain":{},"tag_uid":"A1"}}"#, n * 60, 200 - n * 50, n * 20))
            .collect();
        format!(
            r#"{{"id":"{id}","humidity":"2","humidity_raw":"61","temp":"31","info":"{info}"{extra},"tray":[{}]}}"#,
            trays.join(",")
        )
    };
    let units =
        [unit(0, "1003", ""), unit(1, "1103", r#","dry_time":200"#), unit(2, "1103", ""), unit(128, "2004", "")];
    let fields = format!(
        r#""gcode_state":"RUNNING","subtask_name":"two_colours_部品","mc_percent":7,"mc_remaining_time":1500,"stg_cur":0,
        "ams":{{"tray_now":"0","tray_exist_bits":"10FFF","ams_exist_bits":"17","ams":[{}]}},
        "vir_slot":[{{"id":"254","tray_type":""}},{{"id":"255","tray_type":"TPU","tray_color":"000000FF"}}],
        "device":{{"extruder":{{"state":274,"info":[{{"id":0,"temp":26,"snow":65535}},{{"id":1,"temp":14745864,"snow":258}}]}},
        "bed":{{"info":{{"temp":3932208}}}},"ctc":{{"info":{{"temp":47}}}}}}"#,
        units.join(",")
    );
    f.printer("Big H2D", "09400A000000004", &fields);
    f.build(width, height)
}

#[test]
fn many_units_and_two_hotends() {
    assert_snapshot!("large_200x60", shot(&large(200, 60)));
    assert_snapshot!("large_120x40", shot(&large(120, 40)));
    assert_snapshot!("large_80x24", shot(&large(80, 24)));
    assert_snapshot!("large_40x12", shot(&large(40, 12)));
    let mut state = large(80, 24);
    let last = panes::last_place(&state, Pane::Ams).expect("it scrolls");
    state.view.scroll[Pane::Ams] = Scroll::to(last);
    assert_snapshot!("large_80x24_scrolled", shot(&state));
}

#[test]
fn the_camera_pane_says_why_there_is_no_picture() {
    let mut rtsp = seven_at(100, 14);
    select(&mut rtsp, "Office X1C");
    assert_snapshot!("camera_rtsp", zoomed(rtsp, Pane::Camera));
    let mut lost = alone_at(60, 14);
    let at = lost.now.at;
    lost.fleet.printers[0].camera.link =
        Stream::Down { why: DisconnectReason::CameraBusy, retry_at: Some(at + seconds(12)) };
    assert_snapshot!("camera_lost", zoomed(lost.clone(), Pane::Camera));
    lost.fleet.printers[0].camera.newest = None;
    assert_snapshot!("camera_none", zoomed(lost.clone(), Pane::Camera));
    lost.settings.camera = CameraMode::Off;
    assert_snapshot!("camera_off", zoomed(lost, Pane::Camera));
    assert_snapshot!("camera_ascii", zoomed(plain(alone_at(60, 14)), Pane::Camera));
}

#[test]
fn the_control_panel_says_whether_it_is_armed() {
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        let mut state = seven_at(w, h);
        select(&mut state, "Attic H2D");
        let who = state.view.selected.expect("selected");
        state.view.dialogs.push(Dialog::Panel(Panel { who, armed: None, step: 1 }));
        assert_snapshot!(format!("panel_{w}x{h}"), shot(&state));
    }
}

#[test]
fn layers_lie_on_top() {
    let confirm = |name: &str, action, (width, height): (u16, u16)| {
        let mut state = seven_at(width, height);
        select(&mut state, name);
        let who = state.view.selected.expect("selected");
        let item = Item::new(who, action, state.printer(who).expect("a printer"), 1);
        state.view.dialogs.push(Dialog::Confirm(Confirm { item, until: state.now.at + seconds(20) }));
        shot(&state)
    };
    assert_snapshot!("confirm_stop", confirm("Workshop P1S", PrintAction::Stop.into(), (80, 24)));
    assert_snapshot!("confirm_resume", confirm("Garage A1", PrintAction::Resume.into(), (80, 24)));
    assert_snapshot!("confirm_30x5", confirm("Workshop P1S", PrintAction::Stop.into(), (30, 5)));
    assert_snapshot!("confirm_40x12", confirm("Garage A1", PrintAction::Resume.into(), (40, 12)));
    assert_snapshot!("confirm_heat", confirm("Workshop P1S", ThermalAction::Bed(80).into(), (80, 24)));
    let palette = |typed: &str, mistake: Option<&str>, (width, height): (u16, u16)| {
        let mut state = seven_at(width, height);
        select(&mut state, "Workshop P1S");
        let mistake = mistake.map(str::to_owned);
        state.view.dialogs.push(Dialog::Palette(Palette { input: typed.into(), at: Scroll::to(1), mistake }));
        shot(&state)
    };
    assert_snapshot!("palette_120x40", palette("", None, (120, 40)));
    assert_snapshot!("palette_80x24", palette("fan", None, (80, 24)));
    assert_snapshot!("palette_40x12", palette("bed 200", Some("bed: at most 100 °C on this model"), (40, 12)));
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        let mut state = seven_at(w, h);
        state.view.dialogs.push(Dialog::Help(Help::default()));
        assert_snapshot!(format!("help_{w}x{h}"), shot(&state));
    }
    let mut help = seven_at(80, 24);
    help.view.dialogs.push(Dialog::Help(Help { scroll: Scroll::to(999), ..Help::default() }));
    let end = shot(&help);
    assert!(end.contains("search") && end.contains("close") && !end.contains("more"), "{end}");
    let Some(Dialog::Help(open)) = help.view.dialogs.last() else { panic!("the help") };
    let limit = crate::state::view::dialogs::help::limit(&help.around(), open);
    help.view.dialogs = vec![Dialog::Help(Help { scroll: Scroll::to(limit.into()), ..Help::default() })];
    assert_eq!(shot(&help), end);
    help.view.dialogs = vec![Dialog::Help(Help { scroll: Scroll::to(usize::from(limit) - 1), ..Help::default() })];
    assert!(shot(&help).contains("1 more"));
    let mut search = seven_at(80, 24);
    search.view.dialogs.push(Dialog::Help(Help { search: "camera".into(), typing: true, ..Help::default() }));
    assert_snapshot!("help_search", shot(&search));
}

#[test]
fn a_certificate_is_judged_by_whole_fingerprints_at_every_size() {
    let whole = |screen: &str, fingerprint: &str| {
        let kept: String = screen.chars().filter(|c| c.is_ascii_hexdigit() || *c == ' ' || *c == '\n').collect();
        let joined: Vec<_> = kept.split_whitespace().filter(|word| word.len() == 8).collect();
        joined.join("").contains(fingerprint)
    };
    let (old, new): (String, String) =
        (0..64).map(|at| (char::from(b'a' + at % 6), char::from(b'0' + at % 10))).unzip();
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        for pinned in [Some(old.clone()), None] {
            let mut state = seven_at(w, h);
            let found = Certificate { fingerprint: new.clone(), signer: Signer::Unknown };
            let (who, until) = (PrinterId(0), state.now.at + seconds(120));
            state.view.dialogs =
                vec![Dialog::Certificate(CertificateQuestion { who, pinned: pinned.clone(), found, until })];
            let screen = shot(&state);
            assert!(whole(&screen, &new) && screen.contains("self-signed") && screen.contains("y  accept"), "{screen}");
            let warning = if pinned.is_none() { "Bambu Lab did not sign it" } else { "why it changed" };
            assert!((w, h) != (40, 12) || screen.contains(warning), "{screen}");
            assert!(pinned.is_none_or(|pinned| whole(&screen, &pinned)), "{screen}");
            let name = if whole(&screen, &old) { "changed" } else { "new" };
            snapshot(format!("certificate_{name}_{w}x{h}"), &screen);
        }
        for (signer, pinned) in [(Signer::Vendor, None), (Signer::Unknown, Some(old.clone()))] {
            let mut state = Fixture::new().build(w, h);
            let certificate = Certificate { fingerprint: new.clone(), signer };
            let form = Form { test: Test::Met(Met { certificate, pinned: pinned.clone() }), ..Form::default() };
            state.view.dialogs = vec![Dialog::Form(Box::new(form))];
            let screen = shot(&state);
            assert!(whole(&screen, &new) && screen.contains("Enter sends the access code"), "{screen}");
            assert!(screen.contains("Bambu Lab"), "{screen}");
            assert!(pinned.is_none_or(|pinned| whole(&screen, &pinned)), "{screen}");
            snapshot(format!("form_met_{}_{w}x{h}", if signer == Signer::Vendor { "vendor" } else { "self" }), &screen);
        }
    }
}

#[test]
fn the_form_and_the_first_screen() {
    let mut state = Fixture::new().build(80, 24);
    assert_snapshot!("first_80x24", shot(&state));
    state.cloud.session.constraints.trouble = Some("the login that is kept is of no use; log in again".to_owned());
    assert!(shot(&state).contains("the login that is kept is of no use; log in again"));
    state.cloud.session.constraints.trouble = None;
    let fields = ["Workshop", "192.168.1.20", "01P00A000000001", "12345678"].map(tui_input::Input::from);
    let mut form = Form { fields, at: Form::CODE, ..Form::default() };
    state.view.dialogs = vec![Dialog::Form(Box::new(form.clone()))];
    assert_snapshot!("form_open", shot(&state));
    form.test = Test::Passed(Probed {
        model: Model::P1S,
        firmware: Some("01.07.00.00".into()),
        certificate_name: "01P00A000000001".into(),
        certificate: Certificate { fingerprint: "ab12cd34".repeat(8), signer: Signer::Unknown },
        reported: true,
    });
    state.view.dialogs = vec![Dialog::Form(Box::new(form.clone()))];
    assert_snapshot!("form_passed", shot(&state));
    // What Enter saves is seen, also where there is little room.
    let mut small = state.clone();
    resize(&mut small, 40, 12);
    let screen = shot(&small);
    assert_eq!(screen.matches("ab12cd34").count(), 8, "{screen}");
    assert!(screen.contains("Enter saves it, trusts this from now"), "{screen}");
    form.test = Test::Failed(DisconnectReason::WrongCode.to_string());
    state.view.dialogs = vec![Dialog::Form(Box::new(form))];
    resize(&mut state, 40, 12);
    assert_snapshot!("form_failed_40x12", shot(&state));
}

#[test]
fn the_footer_follows_orders_and_notices() {
    let last = |state: &State| shot(state).lines().last().map(str::to_owned).expect("a line");
    let mut state = alone_at(80, 24);
    let at = state.now.at;
    state.fleet.printers[0].orders.add(
        &PrintAction::Stop.into(),
        &[(Seq(7), crate::protocol::command::Command::Stop)],
        true,
        1,
        at,
    );
    assert_eq!(last(&state), " stop → Workshop P1S: sending …");
    state.fleet.printers[0].orders.sent(Seq(7), at);
    assert_eq!(last(&state), " stop → Workshop P1S: sent …");
    state.fleet.printers[0].orders.session_ended(at);
    assert!(shot(&state).contains("the connection was lost before an answer"), "{}", shot(&state));
    let mut state = alone_at(80, 24);
    state.view.notice = Some(Notice::new(LOCKED, Tone::Bad, state.now.at));
    assert_snapshot!("notice_long", shot(&state));
    let mut frozen = seven_at(80, 24);
    frozen.settings.read_only = true;
    frozen.settings.demo = true;
    frozen.view.frozen = Some(Box::new((frozen.fleet.printers.clone(), frozen.now.unix - 300)));
    frozen.fleet.printers.truncate(7);
    assert_snapshot!("frozen_read_only", shot(&frozen));
}

#[test]
fn the_filter_and_an_empty_list() {
    let mut state = seven_at(120, 40);
    state.view.filtering = true;
    state.view.filter = "p1".into();
    state.arrange_rows();
    assert_snapshot!("filter_120x40", shot(&state));
    state.view.filter = "nothing".into();
    state.arrange_rows();
    assert_snapshot!("filter_nobody_120x40", shot(&state));
    resize(&mut state, 80, 24);
    assert_snapshot!("filter_nobody_80x24", shot(&state));
    state.view.filtering = false;
    resize(&mut state, 40, 12);
    assert_snapshot!("filter_nobody_40x12", shot(&state));
    resize(&mut state, 60, 8);
    assert!(shot(&state).starts_with("no printer matches /nothing; Esc clears"), "{}", shot(&state));
    state.view.filtering = true;
    // Without a list it stands in the first line; and whatever there is to say, the way out stays.
    state.view.notice = Some(Notice::new("there is no picture to save", Tone::Warning, state.now.at));
    resize(&mut state, 40, 12);
    assert_snapshot!("filter_40x12", shot(&state));
    state.view.filtering = false;
    state.view.notice = None;
    assert!(shot(&state).contains("Esc clear filter"), "{}", shot(&state));
    state.view.dialogs.push(Dialog::Help(Help::default()));
    state.view.notice = Some(Notice::new(LOCKED, Tone::Bad, state.now.at));
    assert_snapshot!("help_and_notice_40x12", shot(&state));
}

/// A letter for the role of every cell, so that a change of colours shows.
fn roles(state: &State) -> String {
    let theme = Theme::new(&state.settings);
    let all = [
        ('.', Role::Text),
        ('S', Role::Strong),
        ('d', Role::Dim),
        ('B', Role::Border),
        ('F', Role::Focus),
        ('k', Role::Ok),
        ('a', Role::Active),
        ('w', Role::Waiting),
        ('T', Role::Trouble),
        ('K', Role::Accent),
        ('n', Role::Nozzle),
        ('b', Role::Bed),
        ('c', Role::Chamber),
    ];
    let buffer = buffer(state);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let same = |role: Role| {
                let style = theme.style(role);
                style.fg.unwrap_or(Color::Reset) == cell.fg && style.add_modifier == cell.modifier
            };
            let found = all.iter().find(|(_, role)| same(*role)).map_or('*', |(letter, _)| *letter);
            line.push(if cell.symbol() == " " { ' ' } else { found });
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

#[test]
fn roles_of_a_screen() {
    assert_snapshot!("roles_80x24", roles(&seven_at(80, 24)));
}

#[test]
fn no_size_panics() {
    let mut states =
        vec![seven_at(1, 1), alone_at(1, 1), large(1, 1), many(60).build(1, 1), Fixture::new().build(1, 1)];
    states.push(plain(seven_at(1, 1)));
    let mut zoomed = seven_at(1, 1);
    zoomed.view.zoom = Some(Pane::Printers);
    states.push(zoomed.clone());
    zoomed.view.zoom = Some(Pane::Camera);
    states.push(zoomed.clone());
    zoomed.view.zoom = Some(Pane::Journal);
    zoomed.view.dialogs = vec![Dialog::Form(Box::default()), Dialog::Help(Help::default())];
    states.push(zoomed);
    for state in &mut states {
        for w in (1..=220).step_by(13) {
            for h in (1..=70).step_by(6) {
                resize(state, w, h);
                buffer(state);
                layout::hit(state, w / 2, h / 2);
                for pane in Pane::ALL {
                    panes::last_place(state, pane);
                }
                layout::picture_size(state, &layout::of(state));
                redraw_schedule::next_change(state);
            }
        }
    }
    let mut small = seven_at(1, 1);
    for w in 1..70 {
        for h in (1..20).step_by(2) {
            resize(&mut small, w, h);
            buffer(&small);
        }
    }
}

#[test]
fn a_still_screen_never_wakes_and_countdowns_do() {
    let mut f = Fixture::new();
    f.printer("Spare P1P", "01S00A000000006", r#""gcode_state":"IDLE""#);
    let mut state = f.build(120, 40);
    assert_eq!(redraw_schedule::next_change(&state), None);
    assert!(!shot(&state).contains("22:26"));
    let at = state.now.at;
    let why = DisconnectReason::ConnectionRefused;
    state.fleet.printers[0].set_link(ConnectionEvent::Down { why, retry_in: Some(Duration::from_millis(41_500)) }, at);
    // The next second of the countdown.
    assert_eq!(redraw_schedule::next_change(&state), Some(at + Duration::from_millis(500)));
    let printing = alone_at(120, 40);
    // The picture stops being live.
    assert_eq!(redraw_schedule::next_change(&printing), Some(printing.now.at + seconds(2)));
    let mut blind = printing.clone();
    blind.fleet.printers[0].camera.newest = None;
    // The minute, at 22:27:00.
    assert_eq!(redraw_schedule::next_change(&blind), Some(blind.now.at + seconds(20)));
    blind.view.frozen = Some(Box::new((blind.fleet.printers.clone(), blind.now.unix)));
    assert_eq!(redraw_schedule::next_change(&blind), None);
}

#[test]
fn the_mouse_finds_what_is_drawn() {
    let mut state = seven_at(120, 40);
    let text = shot(&state);
    for (row, line) in text.lines().enumerate().take(12) {
        let found = layout::hit(&state, 4, row as u16).and_then(|hit| hit.printer);
        if let Some(printer) =
            state.fleet.printers.iter().position(|p| line.get(..24).is_some_and(|l| l.contains(&p.name)))
        {
            assert_eq!(found, Some(PrinterId(printer as u16)), "{line}");
        }
    }
    assert_eq!(layout::hit(&state, 80, 4).map(|hit| hit.pane), Some(Pane::Job));
    state.view.zoom = Some(Pane::Printers);
    let second = state.view.rows[1];
    assert_eq!(layout::hit(&state, 40, 2).and_then(|hit| hit.printer), Some(second));
    assert_eq!(layout::picture_size(&state, &layout::of(&state)), None);
}
