//! What comes and goes within two seconds is told nobody; what lasts is told once, two seconds later.

use super::*;
use crate::state::{
    bench::Bench,
    notify::notification::{EventKind, Notification},
    printer::{Status, need::Need},
};

const RUNNING: &str = r#""gcode_state":"RUNNING","subtask_name":"cube","mc_percent":40,"mc_remaining_time":30,
    "layer_num":12,"total_layer_num":100,"stg_cur":0,"print_error":0,"hms":[],"s_obj":[97]"#;
const COVER: &str = r#""hms":[{"attr":50336256,"code":131073}]"#;

#[test]
fn what_is_out_and_back_within_two_seconds_is_told_nobody() {
    let idle = r#""gcode_state":"IDLE""#;
    let cleared = r#""gcode_state":"IDLE","subtask_name":"","mc_percent":0,"layer_num":0"#;
    for (first, out, back) in [
        (RUNNING, r#""gcode_state":"PAUSE""#, r#""gcode_state":"RUNNING""#),
        (RUNNING, r#""gcode_state":"PAUSE","stg_cur":6,"print_error":50364420"#, RUNNING),
        (RUNNING, idle, r#""gcode_state":"RUNNING""#),
        (RUNNING, cleared, RUNNING),
        (RUNNING, r#""gcode_state":"FINISH""#, r#""gcode_state":"RUNNING""#),
        (RUNNING, r#""gcode_state":"FAILED","print_error":50348044"#, RUNNING),
        (RUNNING, r#""gcode_state":"","subtask_name":"""#, RUNNING),
        (RUNNING, r#""print_error":50364419"#, r#""print_error":0"#),
        (RUNNING, COVER, r#""hms":[]"#),
        (idle, r#""gcode_state":"RUNNING""#, idle),
        (r#""gcode_state":"FINISH""#, r#""gcode_state":"PREPARE""#, r#""gcode_state":"FINISH""#),
        (r#""gcode_state":"FAILED","print_error":50348038"#, r#""gcode_state":"PREPARE""#, r#""gcode_state":"FAILED""#),
        (
            r#""gcode_state":"PAUSE","stg_cur":6,"print_error":50364420"#,
            r#""print_error":0"#,
            r#""print_error":50364420"#,
        ),
    ] {
        let mut b = Bench::new(first);
        let before = b.state.fleet.printers[0].clone();
        b.send(out);
        b.wait(1500);
        b.send(back);
        b.wait(20_000);
        assert_eq!((&b.told, &b.written), (&vec![], &vec![]), "{out}");
        // The job goes on as if nothing had been.
        let after = &b.state.fleet.printers[0];
        let said = |job: &Job| (job.phase, job.name.clone(), job.percent, job.layer, job.started, job.ended, job.error);
        assert_eq!(said(&after.job), said(&before.job), "{out}");
        assert_eq!((&after.objects, &after.report.job.skipped), (&before.objects, &before.report.job.skipped), "{out}");
        assert_eq!(b.state.fleet.printers[0].news.next_due(), None, "{out}");
    }
}

#[test]
fn what_lasts_is_told_once_and_no_sooner() {
    for (first, out, told) in [
        (r#""gcode_state":"IDLE""#, RUNNING, vec!["print.started"]),
        (RUNNING, r#""gcode_state":"PAUSE","stg_cur":16"#, vec!["print.paused"]),
        (RUNNING, r#""gcode_state":"PAUSE","stg_cur":6"#, vec!["print.paused", "filament.runout"]),
        (RUNNING, r#""gcode_state":"FINISH""#, vec!["print.finished"]),
        (RUNNING, r#""gcode_state":"FAILED","print_error":50348044"#, vec!["print.cancelled"]),
        (RUNNING, r#""gcode_state":"IDLE","subtask_name":"","print_error":50364423"#, vec!["print.failed"]),
        (RUNNING, COVER, vec!["hms.raised"]),
    ] {
        let mut b = Bench::new(first);
        b.send(out);
        b.wait(1900);
        assert!(b.told.is_empty() && b.written.is_empty(), "{out}: {:?} {:?}", b.told, b.written);
        b.wait(200);
        assert_eq!(b.told, told, "{out}");
        b.send(r#""wifi_signal":"-40dBm""#);
        b.wait(20_000);
        assert_eq!(b.told, told, "{out}: told once");
    }
}

#[test]
fn what_came_in_a_gap_is_told_as_seen_late() {
    let mut b = Bench::new(RUNNING);
    for _ in 0..2 {
        b.connect();
        b.wait(60_000);
        b.written.clear();
        b.send(&format!(r#""msg":0,{}"#, RUNNING.replace(r#""hms":[]"#, COVER)));
        b.wait(5000);
        b.send(r#""hms":[]"#);
        b.wait(60_000);
        b.send(COVER);
        b.wait(5000);
        let code = "the front cover of the tool head is off (HMS_0300_1200_0002_0001)";
        assert_eq!(b.written, [format!("{code} (noticed late; it happened earlier)"), code.to_owned()]);
        b.send(r#""hms":[]"#);
        b.wait(60_000);
    }
}

#[test]
fn the_error_that_ended_a_job_is_not_the_next_ones() {
    let failed = r#""gcode_state":"FAILED","subtask_name":"cube","print_error":50348038"#;
    let prepare = r#""gcode_state":"PREPARE","subtask_name":"lid""#;
    for (next, error) in [
        (prepare.to_owned(), false),
        // A whole report repeats it, or says another one.
        (format!(r#"{prepare},"print_error":50348038"#), false),
        (format!(r#"{prepare},"print_error":83902475"#), true),
        (r#""gcode_state":"IDLE""#.to_owned(), true),
    ] {
        let mut b = Bench::new(failed);
        b.send(&next);
        b.send(r#""wifi_signal":"-40dBm""#);
        b.send(r#""mc_percent":1"#);
        assert_eq!(b.job().error.is_some(), error, "{next}");
        b.wait(20_000);
        let gone = |b: &Bench| b.written.iter().any(|line| line.contains("is gone"));
        assert!(!gone(&b), "{next}: {:?}", b.written);
        b.send(r#""print_error":0"#);
        b.wait(20_000);
        assert!(gone(&b), "{next}");
        // From now on it would be the new one's.
        b.send(r#""print_error":50348038"#);
        assert!(b.job().error.is_some(), "{next}");
    }
    // A program that starts now sees the same.
    for (state, error) in [("PREPARE", false), ("RUNNING", false), ("FINISH", false), ("FAILED", true), ("IDLE", true)]
    {
        let b = Bench::new(&failed.replace("FAILED", state));
        assert_eq!((b.job().error.is_some(), b.state.fleet.printers[0].need().is_some()), (error, error), "{state}");
    }
    // One that waits for a person is no end, and stays until the printer takes it back.
    let mut b = Bench::new(&failed.replace("50348038", "50364419"));
    b.send(prepare);
    assert!(b.job().error.is_some());
}

#[test]
fn a_lost_job_is_told_shown_and_counted_alike() {
    let mut b = Bench::new(RUNNING);
    b.send(r#""gcode_state":"IDLE","subtask_name":"","mc_percent":0,"layer_num":0"#);
    b.wait(20_000);
    let printer = &b.state.fleet.printers[0];
    assert_eq!(
        (&*b.told, printer.status(), printer.need()),
        (&["print.failed".to_owned()][..], Status::Trouble, Some(Need::Failed))
    );
    assert_eq!(printer.complaint().as_deref(), Some("the printer restarted; the job is gone"));
    b.send(&RUNNING.replace("cube", "lid"));
    assert_eq!(b.state.fleet.printers[0].need(), None);
}

#[test]
fn the_journal_says_that_the_end_of_a_job_was_not_seen() {
    let mut b = Bench::new(RUNNING);
    b.send(&RUNNING.replace("cube", "lid"));
    b.wait(20_000);
    let line = "lost track of cube at 40 %: it is over, and how it ended is unknown";
    assert_eq!(
        (&*b.told, &*b.written),
        (&["print.started".to_owned()][..], &[line.to_owned(), "started lid".to_owned()][..])
    );
    // The name of a job may come a moment after its state; what is told waits for it.
    let mut b = Bench::new(r#""gcode_state":"FINISH","subtask_name":"first","mc_percent":100"#);
    b.send(r#""gcode_state":"PREPARE""#);
    b.wait(1000);
    b.send(r#""subtask_name":"second""#);
    b.wait(20_000);
    assert_eq!(b.written, ["started second"]);
}

#[test]
fn several_states_within_two_seconds_are_told_as_what_came_of_them() {
    let mut b = Bench::new(r#""gcode_state":"IDLE""#);
    b.send(&RUNNING.replace("RUNNING", "PREPARE"));
    b.wait(500);
    b.send(RUNNING);
    b.wait(600);
    b.send(r#""gcode_state":"PAUSE","print_error":83918908"#);
    b.wait(5000);
    assert_eq!(b.told, ["print.started", "print.paused"]);
    // A pause that led to the end within the time was none; the end is told although the plate is cleared at once.
    let mut b = Bench::new(RUNNING);
    b.send(r#""gcode_state":"PAUSE""#);
    b.wait(300);
    b.send(r#""gcode_state":"FINISH""#);
    b.wait(300);
    b.send(r#""gcode_state":"IDLE","subtask_name":"""#);
    b.wait(20_000);
    assert_eq!(b.told, ["print.finished"]);
    assert_eq!(b.written, ["finished cube"]);
    // One that flickers without an end is told when it stays.
    let mut b = Bench::new(RUNNING);
    for _ in 0..10 {
        b.send(r#""gcode_state":"PAUSE""#);
        b.wait(900);
        b.send(r#""gcode_state":"RUNNING""#);
        b.wait(900);
    }
    assert!(b.told.is_empty());
    b.send(r#""gcode_state":"PAUSE""#);
    b.wait(2100);
    assert_eq!(b.told, ["print.paused"]);
}

#[test]
fn the_reason_of_a_pause_may_come_a_moment_after_it() {
    let mut b = Bench::new(RUNNING);
    b.send(r#""gcode_state":"PAUSE""#);
    b.wait(1000);
    b.send(COVER);
    b.wait(5000);
    assert_eq!(
        b.written[0], "paused: the front cover of the tool head is off (HMS_0300_1200_0002_0001)",
        "{:?}",
        b.written
    );
}

/// Fire, smoke, heat out of control: told and written at once, however short it is, and however it is shown.
#[test]
fn danger_has_its_line_at_once_and_once() {
    let smoke = r#""hms":[{"attr":201327360,"code":65566}]"#;
    let fire = r#""print_error":50364484"#;
    let pause = r#""gcode_state":"PAUSE","print_error":50364526"#;
    let over = r#""gcode_state":"RUNNING","print_error":0,"hms":[]"#;
    for (danger, code) in [(smoke, "HMS_0C00_0300_0001_001E"), (fire, "0300_8044"), (pause, "0300_806E")] {
        for (shown, pause) in [(50, 0), (1000, 0), (1200, 700), (5000, 0)] {
            let mut b = Bench::new(RUNNING);
            b.send(danger);
            let lines =
                |b: &Bench| b.written.iter().filter(|text| text.starts_with("DANGER: ") && text.contains(code)).count();
            assert_eq!(lines(&b), 1, "at once: {danger}: {:?}", b.written);
            assert!(b.told.iter().any(|told| told == "danger.raised"), "{danger}: {:?}", b.told);
            b.wait(shown);
            if pause > 0 {
                // It flaps.
                for _ in 0..3 {
                    b.send(over);
                    b.wait(pause);
                    b.send(danger);
                    b.wait(shown);
                }
            }
            b.send(over);
            b.wait(20_000);
            assert_eq!(lines(&b), 1, "{danger} {shown}: {:?}", b.written);
            assert_eq!(b.told.iter().filter(|told| *told == "danger.raised").count(), 1, "{danger}: {:?}", b.told);
        }
    }
}

/// What is certain to have become of a job, however the printer goes about it.
#[test]
fn a_job_has_one_end_and_it_is_the_right_one() {
    const CLEARED: &str = r#""gcode_state":"IDLE","subtask_name":"","mc_percent":0,"layer_num":0"#;
    const IDLE: &str = r#""gcode_state":"IDLE""#;
    const FAILED: &str = r#""gcode_state":"FAILED""#;
    const OVER: &str = r#""gcode_state":"FAILED","print_error":50348038"#;
    const FINISH: &str = r#""gcode_state":"FINISH","subtask_name":"cube","mc_percent":100"#;
    const NEXT: &str = r#""gcode_state":"PREPARE","subtask_name":"lid","print_error":0,"mc_percent":0"#;
    const WAITS: &str = r#""gcode_state":"PAUSE","subtask_name":"cube","mc_percent":40,"print_error":50364423"#;
    let both = ["print.failed", "print.started"];
    for (steps, told) in [
        // It comes to its end after all, and at once or later.
        (&[(IDLE, 50), (FINISH, 0)][..], &["print.finished"][..]),
        (&[(IDLE, 800), (FINISH, 0)], &["print.finished"]),
        (&[(IDLE, 5000), (FINISH, 0)], &["print.finished"]),
        (&[(IDLE, 10_000), (FINISH, 0)], &["print.finished"]),
        (&[(CLEARED, 800), (FINISH, 0)], &["print.finished"]),
        (&[(CLEARED, 5000), (FINISH, 0)], &["print.finished"]),
        (&[(r#""gcode_state":"PAUSE""#, 500), (IDLE, 500), (FINISH, 0)], &["print.finished"]),
        (&[(FAILED, 5000), (FINISH, 0)], &["print.finished"]),
        (&[(FINISH, 500), (IDLE, 0)], &["print.finished"]),
        // It failed after all.
        (&[(IDLE, 800), (OVER, 0)], &["print.failed"]),
        (&[(IDLE, 5000), (OVER, 0)], &["print.failed"]),
        (&[(IDLE, 5000), (FAILED, 0)], &["print.failed"]),
        (&[(CLEARED, 0)], &["print.failed"]),
        (&[(IDLE, 0)], &["print.failed"]),
        (&[(FAILED, 5000), (IDLE, 5000), (FAILED, 0)], &["print.failed"]),
        (&[(IDLE, 5000), (r#""gcode_state":"FAILED","print_error":50348044"#, 0)], &["print.cancelled"]),
        // Another one comes before it is known.
        (&[(FAILED, 500), (NEXT, 0)], &both),
        (&[(FAILED, 5000), (NEXT, 0)], &both),
        (&[(FAILED, 5000), (IDLE, 4000), (NEXT, 0)], &both),
        (&[(IDLE, 1500), (NEXT, 0)], &both),
        (&[(IDLE, 4000), (NEXT, 0)], &both),
        (&[(OVER, 500), (NEXT, 0)], &both),
        (&[(OVER, 5000), (NEXT, 0)], &both),
        (&[(IDLE, 4000), (r#""gcode_state":"PREPARE","print_error":0,"mc_percent":0"#, 0)], &both),
        // It goes on.
        (&[(IDLE, 5000), (r#""gcode_state":"RUNNING""#, 0)], &[]),
        (&[(CLEARED, 1000), (WAITS, 0)], &["print.paused"]),
        (&[(CLEARED, 5000), (WAITS, 0)], &["print.paused"]),
        (&[(OVER, 1000), (WAITS, 0)], &["print.paused"]),
        // Its name flickers.
        (&[(r#""subtask_name":"x""#, 600), (r#""subtask_name":"cube""#, 0)], &[]),
        (&[(r#""subtask_name":"x","subtask_id":"5""#, 1000), (r#""subtask_name":"cube","subtask_id":"0""#, 0)], &[]),
        (&[(r#""subtask_name":"""#, 1000), (r#""subtask_name":"cube""#, 0)], &[]),
    ] {
        for gap in [false, true] {
            let mut b = Bench::new(r#""gcode_state":"IDLE","subtask_name":"""#);
            b.send(RUNNING);
            b.wait(60_000);
            let began = b.job().started;
            b.forget();
            for (at, (fields, wait)) in steps.iter().enumerate() {
                if gap && at == 0 {
                    b.cut();
                    b.wait(1000);
                    b.connect();
                    b.send(&format!(r#""msg":0,{fields}"#));
                } else {
                    b.send(fields);
                }
                b.wait(*wait);
            }
            b.wait(30_000);
            let prints: Vec<_> = b.told.iter().filter(|told| told.starts_with("print.")).collect();
            assert_eq!(prints, told, "{gap} {steps:?} {:?}", b.written);
            let of_it = |one: &&Notification| {
                one.event_kind != EventKind::PrintStarted && one.event_kind.name().starts_with("print.")
            };
            let named = b.news.iter().filter(of_it).all(|one| one.job.as_deref() == Some("cube"));
            assert!(named, "{gap} {steps:?} {:?}", b.news);
            if told.iter().all(|told| *told == "print.paused" || *told == "print.finished") {
                assert_eq!(b.job().started, began.filter(|_| b.job().phase != Phase::Idle), "{gap} {steps:?}");
            }
        }
    }
}

#[test]
fn a_job_that_flickers_while_it_is_prepared_keeps_its_name() {
    let mut b = Bench::new(r#""gcode_state":"FINISH","subtask_name":"first","subtask_id":"1","mc_percent":100"#);
    b.send(r#""gcode_state":"PREPARE","subtask_name":"second","subtask_id":"2""#);
    b.wait(800);
    b.send(r#""gcode_state":"IDLE""#);
    b.wait(500);
    b.send(r#""gcode_state":"PREPARE""#);
    b.wait(20_000);
    assert_eq!((&*b.written, b.job().name.as_deref()), (&["started second".to_owned()][..], Some("second")));
    // It fails before it says how far it is: what stands there is the job's before.
    b.send(r#""gcode_state":"FAILED","print_error":83902470"#);
    b.wait(20_000);
    let end = b.news.last().expect("an end");
    assert_eq!((end.event_kind.name(), end.job.as_deref(), end.percent), ("print.failed", Some("second"), None));
}

#[test]
fn only_what_says_the_state_is_the_whole_picture() {
    for (fields, whole) in
        [(r#""nozzle_temper":99"#, false), (r#""mc_percent":41,"hms":[]"#, false), (r#""gcode_state":"RUNNING""#, true)]
    {
        let mut b = Bench::new(RUNNING);
        b.cut();
        b.wait(1000);
        b.connect();
        b.send(&format!(r#""msg":0,{fields}"#));
        assert_eq!((b.printer().whole.came(), b.printer().awaits_whole()), (whole, !whole), "{fields}");
    }
}

#[test]
fn what_a_change_says_after_a_gap_has_changed_now() {
    let smoke = r#""hms":[{"attr":201327360,"code":65566}]"#;
    for (full, late) in [(false, false), (true, true)] {
        let mut b = Bench::new(RUNNING);
        b.cut();
        b.wait(1000);
        b.connect();
        let state = if full { r#""msg":0,"gcode_state":"RUNNING","# } else { "" };
        b.send(&format!("{state}{smoke}"));
        b.wait(10_000);
        for event_kind in [EventKind::DangerRaised, EventKind::HmsRaised] {
            let one = b.news.iter().find(|one| one.event_kind == event_kind);
            assert_eq!(one.map(|one| one.late), Some(late), "{event_kind:?}");
        }
    }
}

#[test]
fn an_error_asks_only_where_the_printer_waits() {
    let old = RUNNING.replace("RUNNING", "FAILED").replace(r#""print_error":0"#, r#""print_error":50364419"#);
    let next = r#""gcode_state":"PREPARE","subtask_name":"lid""#;
    let mut b = Bench::new(&old);
    b.send(next);
    assert!(!b.printer().waits_for_person(), "that of the job before");
    b.wait(5000);
    b.send(r#""print_error":83918902"#);
    assert!(b.printer().waits_for_person(), "one of its own");
    b.send(r#""gcode_state":"RUNNING""#);
    assert!(!b.printer().waits_for_person(), "it prints");
    b.send(r#""gcode_state":"PAUSE""#);
    assert!(b.printer().waits_for_person());
    b.send(r#""print_error":50364417"#);
    b.send(r#""gcode_state":"RUNNING""#);
    b.send(r#""gcode_state":"PAUSE""#);
    assert!(!b.printer().waits_for_person(), "a person paused it");
}

#[test]
fn filament_that_ran_out_is_told_as_that_whatever_else_is_shown() {
    let mut b = Bench::new(RUNNING);
    b.send(&format!(r#""gcode_state":"PAUSE","stg_cur":6,{COVER}"#));
    b.wait(5000);
    let one = b.news.iter().find(|one| one.event_kind == EventKind::FilamentRunout).expect("it ran out");
    assert_eq!(one.reason.as_deref(), Some("filament ran out"));
}

/// A printer that begins a job with every message is told of as far as anybody can read it; the rest is counted.
#[test]
fn a_flood_of_jobs_is_bounded_and_counted() {
    let mut b = Bench::new(r#""gcode_state":"IDLE""#);
    for job in 0..2000 {
        b.send(&format!(r#""gcode_state":"RUNNING","subtask_name":"j{job}","task_id":"{job}","subtask_id":"{job}""#));
    }
    assert!(b.told.len() <= MOST_HELD, "{}", b.told.len());
    b.wait(30_000);
    assert!(b.told.len() <= 2 * MOST_HELD, "{}", b.told.len());
    assert_eq!(b.written.iter().filter(|line| line.contains("were left out")).count(), 1, "{:?}", b.written);
}
