//! What a printer without a job does all the same.

use crate::{
    state::{printer::connection::ConnectionEvent, view::Pane},
    ui::fixture::*,
};

/// Idle, with a unit that dries or a change of filament.
fn idle(more: &str) -> String {
    let mut f = Fixture::new();
    f.printer("Shelf P2S", "22E00A000000007", &format!(r#""gcode_state":"IDLE",{more}"#));
    f.printer("Other P1S", "01P00A000000009", r#""gcode_state":"IDLE""#);
    let mut state = f.build(120, 40);
    let dashboard = shot(&state);
    state.view.zoom = Some(Pane::Printers);
    dashboard + &shot(&state)
}

#[test]
fn an_idle_printer_that_dries_or_changes_filament_says_so_everywhere() {
    let drying = idle(
        r#""ams":{"ams_exist_bits":"1","tray_exist_bits":"0","ams":[{"id":"0","info":"1103","dry_time":200,"tray":[{"id":"0"}]}]}"#,
    );
    for words in ["· Shelf P2S       idle", "A drying, 3 h 20 m left", "drying 3 h 20 m"] {
        assert!(drying.contains(words), "{words} in\n{drying}");
    }
    let changing = idle(r#""ams_status":258,"ams":{"ams_exist_bits":"1","ams":[{"id":"0","tray":[{"id":"0"}]}]}"#);
    for words in ["· Shelf P2S       idle", "changing filament: heating the nozzle", " heating the nozzle"] {
        assert!(changing.contains(words), "{words} in\n{changing}");
    }
    assert!(!idle("\"wifi_signal\":\"-50dBm\"").contains("filament:"));
}

#[test]
fn an_end_that_nobody_saw_is_told_by_when_it_was_found() {
    for (seen, words, json) in [(true, "ended", true), (false, "ended       before", false)] {
        let mut f = Fixture::new();
        let now = f.now;
        let printer = f.printer("Shelf P1S", "01P00A000000007", &printing("cube", 40, 20));
        if !seen {
            // The connection was lost meanwhile.
            for session in [None, Some(2)] {
                let change = session.map_or(ConnectionEvent::Closed, |session| ConnectionEvent::Up { session });
                printer.set_link(change, now.at);
            }
        }
        tell(printer, r#""msg":0,"gcode_state":"FINISH","subtask_name":"cube","mc_percent":100"#, now);
        assert_eq!(printer.job.ended.is_some(), json);
        let text = shot(&f.build(120, 40));
        assert!(text.contains(words) && text.contains("before") != seen, "{text}");
    }
}
