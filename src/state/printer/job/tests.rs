//! The life of a job, from what a printer says of it.

use super::*;
use crate::protocol::report::parse;
use std::time::Duration;

pub(super) struct Bench {
    pub(super) job: Job,
    report: Report,
    pub(super) now: Now,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self { job: Job::default(), report: Report::default(), now: crate::state::test_now() }
    }

    pub(super) fn send(&mut self, fields: &str) -> Option<JobEvent> {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        self.hear(&json, false)
    }

    /// The same, the first time after a gap.
    pub(super) fn send_blind(&mut self, fields: &str) -> Option<JobEvent> {
        self.hear(&format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#), true)
    }

    /// What is told of a report: by itself, or by the time that passes until its meaning is certain.
    pub(super) fn told(&mut self, fields: &str, blind: bool) -> Option<JobEvent> {
        let event = if blind { self.send_blind(fields) } else { self.send(fields) };
        event.or_else(|| {
            self.wait(15);
            self.job.decide(self.now)
        })
    }

    fn hear(&mut self, json: &str, blind: bool) -> Option<JobEvent> {
        let report = *parse(json.as_bytes()).expect("JSON").report.expect("a report");
        let heard = Heard { blind, said: report.job.clone(), ..Heard::default() };
        self.report.merge(report);
        self.job.apply_report(&mut self.report, self.now, heard)
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.now.at += Duration::from_secs(seconds);
        self.now.unix += seconds as i64;
    }
}

#[test]
fn a_life_of_a_job_from_start_to_finish() {
    let mut b = Bench::new();
    assert_eq!(b.send(r#""gcode_state":"IDLE""#), None);
    let start = b.now.unix;
    assert_eq!(b.send(r#""gcode_state":"PREPARE","subtask_name":"box.gcode.3mf""#), Some(JobEvent::Started));
    b.wait(60);
    assert_eq!(b.send(r#""gcode_state":"RUNNING","mc_percent":1,"mc_remaining_time":90"#), None);
    assert_eq!((b.job.name.as_deref(), b.job.started), (Some("box"), Some(start)));
    assert_eq!(b.job.done_at, Some(b.now.unix + 90 * 60));
    assert_eq!(b.send(r#""gcode_state":"PAUSE","stg_cur":16"#), Some(JobEvent::Paused));
    assert!(!b.job.waits_for_person());
    assert_eq!(b.send(r#""gcode_state":"RUNNING","stg_cur":0"#), Some(JobEvent::Resumed));
    assert_eq!(b.send(r#""gcode_state":"FINISH","mc_percent":100"#), Some(JobEvent::Finished));
    assert_eq!(b.job.name.as_deref(), Some("box"));
}

#[test]
fn the_first_state_is_no_news_and_has_no_start_time() {
    let mut b = Bench::new();
    assert_eq!(b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#), None);
    assert_eq!(b.job.started, None);
    b.send(r#""gcode_start_time":"1700000000""#);
    assert_eq!(b.job.started, Some(1_700_000_000));
}

#[test]
fn cancelled_is_told_from_failed_even_when_the_number_comes_late() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x","mc_percent":44,"layer_num":7,"total_layer_num":9"#);
    assert_eq!(b.send(r#""gcode_state":"FAILED","print_error":0"#), None);
    assert_eq!((b.job.phase, b.job.percent), (Phase::Stopped, Some(44)));
    b.wait(5);
    assert_eq!(b.job.decide(b.now), None);
    assert_eq!(b.send(r#""print_error":50348044"#), Some(JobEvent::Cancelled));
    assert_eq!(b.send(r#""print_error":0,"mc_percent":0,"layer_num":0"#), None);
    assert_eq!((b.job.phase, b.job.percent, b.job.layer), (Phase::Cancelled, Some(44), Some(7)));
    assert_eq!(b.send(r#""gcode_state":"IDLE""#), None);
}

#[test]
fn what_the_printer_remembers_of_a_failure_tells_too_that_it_was_cancelled() {
    // The first state is a failure, and the error is gone already.
    let mut b = Bench::new();
    b.send(r#""gcode_state":"FAILED","fail_reason":"50348044","print_error":0"#);
    assert_eq!(b.job.phase, Phase::Cancelled);
    // The reason of the job before is none for this one.
    assert_eq!(b.send(r#""gcode_state":"RUNNING","subtask_name":"next""#), Some(JobEvent::Started));
    assert_eq!(b.send(r#""gcode_state":"FAILED""#), None);
    assert_eq!((b.job.phase, b.job.failure.map(|e| e.0)), (Phase::Stopped, Some(0x0300_400C)));
    b.wait(15);
    assert_eq!(b.send(r#""fail_reason":"0""#), Some(JobEvent::Failed));
    b.send(r#""gcode_state":"RUNNING","subtask_name":"third""#);
    assert_eq!(b.send(r#""gcode_state":"FAILED","fail_reason":"83902478""#), Some(JobEvent::Cancelled));
    b.send(r#""gcode_state":"RUNNING","subtask_name":"fourth""#);
    assert_eq!(b.send(r#""gcode_state":"FAILED","mc_print_error_code":"16396""#), Some(JobEvent::Cancelled));
}

#[test]
fn a_number_that_comes_after_the_window_changes_nothing() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#);
    assert_eq!((b.send(r#""gcode_state":"FAILED""#), b.job.decides_at()), (None, Some(b.now.at + CANCEL_WINDOW)));
    assert!(!b.job.never_began);
    b.wait(16);
    assert_eq!((b.job.decide(b.now), b.job.decide(b.now), b.job.decides_at()), (Some(JobEvent::Failed), None, None));
    assert_eq!(b.send(r#""print_error":50348044"#), None);
    assert_eq!(b.job.phase, Phase::Failed);
}

#[test]
fn a_stop_without_a_word_is_judged_by_what_comes_next() {
    let stopped = || {
        let mut b = Bench::new();
        b.send(r#""gcode_state":"PAUSE","subtask_name":"x","print_error":50364419"#);
        // What it was paused over is no reason of its end.
        assert_eq!((b.send(r#""gcode_state":"FAILED""#), b.job.phase), (None, Phase::Stopped));
        b
    };
    assert_eq!(stopped().send(r#""print_error":50348033"#), Some(JobEvent::Failed), "another error says why");
    assert_eq!(stopped().send(r#""gcode_state":"IDLE""#), Some(JobEvent::Failed), "cleared away before it was known");
    let mut b = stopped();
    assert_eq!(
        (b.send(r#""gcode_state":"RUNNING","subtask_name":"y""#), b.job.decides_at()),
        (Some(JobEvent::Started), None)
    );
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#);
    assert_eq!(
        b.send(r#""gcode_state":"FAILED","print_error":50348033"#),
        Some(JobEvent::Failed),
        "at once with a reason"
    );
}

#[test]
fn a_pause_over_an_error_waits_for_a_person_although_the_error_is_dismissed() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#);
    assert_eq!(b.send(r#""gcode_state":"PAUSE","stg_cur":16,"print_error":50364419"#), Some(JobEvent::Paused));
    b.send(r#""print_error":0"#);
    assert!(b.job.waits_for_person() && b.job.paused_over.is_some());
    b.send(r#""gcode_state":"RUNNING""#);
    b.send(r#""gcode_state":"PAUSE","stg_cur":16,"print_error":50364417"#);
    b.send(r#""print_error":0"#);
    assert!(!b.job.waits_for_person(), "a person paused this one");
}

#[test]
fn a_job_that_fails_while_it_is_prepared_never_began() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"IDLE""#);
    b.send(r#""gcode_state":"PREPARE","subtask_name":"x""#);
    assert_eq!(b.send(r#""gcode_state":"FAILED","err2":{"err_code":83902475}"#), Some(JobEvent::Failed));
    assert_eq!((b.job.never_began, b.job.error.map(|e| e.0)), (true, Some(0x0500_400B)));
    b.send(r#""gcode_state":"PREPARE","subtask_name":"y","err2":{"err_code":0}"#);
    assert_eq!((b.job.never_began, b.job.error), (false, None));
}

#[test]
fn other_ends_and_unknown_words() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#);
    assert_eq!(b.send(r#""gcode_state":"IDLE","print_error":50348044"#), Some(JobEvent::Cancelled), "aborted");
    let next = r#""gcode_state":"running","print_error":0"#;
    b.wait(3);
    assert_eq!(b.send(next), Some(JobEvent::Started), "in any case of letters");
    assert_eq!(b.send(r#""gcode_state":"SOMETHING""#), None);
    assert_eq!(b.send(r#""gcode_state":"FINISH""#), Some(JobEvent::Finished), "an unknown word is no transition");
    assert_eq!(b.send(r#""gcode_state":"IDLE""#), None, "the plate was cleared");
}

#[test]
fn stages_plates_slots_and_turns() {
    let mut b = Bench::new();
    b.send(
        r#""gcode_state":"RUNNING","subtask_name":"x","stg":[[29,2],13,255,-1],"stg_cur":1,"stage":{"_id":2},"stg_cd":40,
           "plate_idx":0,"plate_id":"2","plate_cnt":3,"mapping":[258,65535,32768,65024],"job":{"job_state":6},
           "print_type":"system","3D":{"layer_num":7,"total_layer_num":9},"percent":12,"remain_time":5"#,
    );
    let job = &b.job;
    assert_eq!((&job.stages[..], job.stage_id, job.stage_seconds), (&[29, 2, 13][..], Some(2), Some(40)));
    assert_eq!((job.plate, job.plates, job.turn), (Some(2), Some(3), Some(JobTransition::Pausing)));
    let slot = |unit, slot| Some(Slot { unit, slot });
    assert_eq!(job.filaments, [slot(1, 2), None, slot(128, 0), slot(254, 0)]);
    assert_eq!((job.origin, job.layer, job.layers), (Some("calibration"), Some(7), Some(9)));
    assert_eq!((job.percent, job.minutes_left), (Some(12), Some(5)));
    b.send(r#""gcode_state":"PREPARE","gcode_file_prepare_percent":"99","file":"/data/Metadata/plate_4.gcode","plate_id":0"#);
    assert_eq!((b.job.download, b.job.plate), (Some(99), Some(4)));
}

#[test]
fn the_beginning_of_a_job_is_known_again_after_a_restart() {
    let job = r#""gcode_state":"RUNNING","subtask_name":"box","mc_percent":42,"mc_remaining_time":60"#;
    let mut first = Bench::new();
    first.send(r#""gcode_state":"IDLE""#);
    let began = first.now.unix;
    first.send(r#""gcode_state":"PREPARE","subtask_name":"box""#);
    assert!(matches!(first.job.memory("01P"), Some(JobStartChange::Keep(JobStart { percent: 0, .. }))));
    assert_eq!(first.job.memory("01P"), None, "nothing new");
    first.wait(3000);
    first.send(job);
    let Some(JobStartChange::Keep(start)) = first.job.memory("01P") else { panic!("another tenth") };
    assert_eq!((start.unix, start.percent, start.done), (began, 42, began + 3000 + 3600));

    let again = |fields: &str, later: u64| {
        let mut b = Bench::new();
        b.wait(3000 + later);
        b.job.remembered(start.clone());
        b.send(r#""mc_percent":42"#);
        b.send(fields);
        (b.job.started, b.job.memory("01P"))
    };
    assert_eq!(again(job, 600).0, Some(began));
    // Another name, less progress, or a time when it must be over: another job.
    for (fields, later) in [
        (job.replace("box", "lid"), 600),
        (job.replace("42", "7"), 600),
        (job.to_owned(), 20_000),
        (r#""gcode_state":"FINISH","subtask_name":"box""#.to_owned(), 600),
    ] {
        let (started, kept) = again(&fields, later);
        assert!(
            started.is_none() && !matches!(kept, Some(JobStartChange::Keep(JobStart { unix: 1.., .. }))),
            "{fields}: {kept:?}"
        );
    }
    // The printer's own word counts more.
    assert_eq!(again(&format!(r#"{job},"gcode_start_time":"1700000000""#), 600).0, Some(1_700_000_000));
}

#[test]
fn a_pause_by_the_printer_waits_for_a_person() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x""#);
    assert_eq!(b.send(r#""gcode_state":"PAUSE","print_error":50364419"#), Some(JobEvent::Paused));
    assert!(b.job.waits_for_person());
}

#[test]
fn messages_are_sorted_by_severity_and_then_by_when_they_were_seen() {
    let mut b = Bench::new();
    let start = b.now.unix;
    b.send(r#""print_error":50364419,"hms":[{"attr":50332928,"code":196609},{"attr":50333184,"code":262145}]"#);
    b.wait(60);
    b.send(r#""hms":[{"attr":50332928,"code":196609},{"attr":50333184,"code":262145},{"attr":7,"code":196609},{"attr":8,"code":65537}]"#);
    let seen: Vec<_> = b.job.hms.iter().map(|m| (m.code.attr, m.seen - start)).collect();
    assert_eq!(seen, [(8, 60), (7, 60), (50_332_928, 0), (50_333_184, 0)]);
    assert_eq!(b.job.error_seen, Some(start));
    b.send(r#""print_error":50364420,"hms":[]"#);
    assert_eq!((b.job.hms.len(), b.job.error_seen), (0, Some(start + 60)));
    b.send(r#""print_error":0"#);
    assert_eq!(b.job.error_seen, None);
}

#[test]
fn stale_layers_and_odd_numbers_are_not_shown() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","layer_num":750,"total_layer_num":94,"mc_percent":101"#);
    assert_eq!((b.job.layer, b.job.layers, b.job.percent), (None, Some(94), Some(100)));
    b.send(r#""total_layer_num":0"#);
    assert_eq!((b.job.layer, b.job.layers), (None, None), "it may still be the layer of the job before");
    b.send(r#""gcode_state":"SOMETHING""#);
    assert_eq!((b.job.phase, b.job.unknown_word.as_deref()), (Phase::Unknown, Some("SOMETHING")));
}

#[test]
fn a_printer_at_rest_may_be_at_something() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"FINISH","stg_cur":66"#);
    assert_eq!(b.job.stage.as_deref(), Some("purifying the chamber air"));
    for (fields, stage) in [
        (r#""stg_cur":16"#, None),
        (r#""stg_cur":0"#, None),
        (r#""stg_cur":255"#, None),
        (r#""stg_cur":-1,"gcode_state":"RUNNING""#, None),
        (r#""stg_cur":"0""#, Some("printing")),
        (r#""print_type":"idle""#, None),
        (r#""stage":{"_id":13}"#, Some("homing the tool head")),
    ] {
        b.send(fields);
        assert_eq!(b.job.stage.as_deref(), stage, "{fields}");
    }
}

#[test]
fn half_a_number_names_no_error() {
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"x","fail_reason":"0""#);
    // 16396 = 0x400C, the low half of "cancelled"; 16390 that of a clogged nozzle.
    assert_eq!(b.send(r#""gcode_state":"FAILED","fail_reason":"16396""#), Some(JobEvent::Cancelled));
    assert_eq!(b.job.failure, None);
    b.send(r#""gcode_state":"RUNNING","subtask_name":"y""#);
    assert_eq!(b.send(r#""gcode_state":"FAILED","fail_reason":"16390""#), None);
    assert_eq!((b.job.failure, b.job.phase), (None, Phase::Stopped));
    b.send(r#""print_error":"0300400C""#);
    assert_eq!((b.job.error.map(|e| e.0), b.job.phase), (Some(0x0300_400C), Phase::Cancelled));
}
