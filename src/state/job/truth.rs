//! What is told of a job is about that job, and has the time at which it was seen to happen, or none.

use super::{tests::Bench, *};

/// What a person sees of a job's figures: percent, minutes, layer, layers, download.
fn figures(b: &Bench) -> [Option<u32>; 5] {
    let job = &b.job;
    [job.percent.map(u32::from), job.minutes_left, job.layer, job.layers, job.download.map(u32::from)]
}

#[test]
fn a_new_job_shows_no_figure_of_the_one_before() {
    let old = r#""gcode_state":"FINISH","subtask_name":"first","mc_percent":100,"mc_remaining_time":5,"layer_num":37,
        "total_layer_num":36,"gcode_file_prepare_percent":"100","gcode_start_time":"1700000000""#;
    let bench = || {
        let mut b = Bench::new();
        b.send(old);
        assert_eq!((b.job.layer, b.job.layers), (Some(36), Some(36)), "one more than all are all");
        b
    };
    let second = r#""gcode_state":"PREPARE","subtask_name":"second""#;
    // A message that says the state alone says nothing else.
    let mut b = bench();
    assert_eq!(b.send(second), Some(JobEvent::Started));
    assert_eq!((figures(&b), b.job.started), ([None; 5], Some(b.now.unix)));
    // One that says figures says them of the new job; but the layer may still be the old one.
    let mut b = bench();
    b.send(&format!(
        r#"{second},"mc_percent":0,"mc_remaining_time":16,"total_layer_num":69,"layer_num":37,"gcode_file_prepare_percent":"3""#
    ));
    assert_eq!(figures(&b), [Some(0), Some(16), None, Some(69), Some(3)]);
    for (fields, layer) in [
        (r#""gcode_state":"RUNNING","stg_cur":2"#, None),
        (r#""stg_cur":0,"mc_percent":1"#, None),
        (r#""layer_num":0"#, None),
        (r#""layer_num":1"#, Some(1)),
        (r#""layer_num":37"#, Some(37)),
    ] {
        b.send(fields);
        assert_eq!(b.job.layer, layer, "{fields}");
    }
    // At once in print, and with another stale layer than the old job's last.
    let mut b = bench();
    b.send(r#""gcode_state":"RUNNING","subtask_name":"second","layer_num":30,"total_layer_num":94"#);
    assert_eq!(figures(&b), [None, None, None, Some(94), None]);
    b.send(r#""mc_percent":2,"layer_num":2"#);
    assert_eq!((b.job.percent, b.job.layer), (Some(2), Some(2)));
}

#[test]
fn a_layer_is_believed_of_a_job_in_print_only() {
    for (fields, layer) in [
        // The first that is heard of a job is somewhere in it.
        (r#""stg_cur":2,"mc_percent":0,"layer_num":37"#, None),
        (r#""stg_cur":13,"mc_percent":0,"layer_num":1"#, None),
        (r#""stg_cur":0,"mc_percent":0,"layer_num":37"#, None),
        (r#""stg_cur":0,"mc_percent":0,"layer_num":1"#, Some(1)),
        (r#""stg_cur":4,"mc_percent":0,"layer_num":2"#, Some(2)),
        (r#""stg_cur":0,"mc_percent":45,"layer_num":37"#, Some(37)),
        // Levelling again in the middle of a job is rare, but it has its layer.
        (r#""stg_cur":13,"mc_percent":45,"layer_num":37"#, Some(37)),
        (r#""stg_cur":0,"mc_percent":45,"layer_num":70"#, None),
        (r#""stg_cur":0,"mc_percent":99,"layer_num":70"#, Some(69)),
        (r#""stg_cur":0,"mc_percent":99,"layer_num":71"#, None),
    ] {
        let mut b = Bench::new();
        b.send(&format!(r#""gcode_state":"RUNNING","total_layer_num":69,{fields}"#));
        assert_eq!(b.job.layer, layer, "{fields}");
    }
    // What was seen while nothing was printed is not believed afterwards either, until there is another number.
    let mut b = Bench::new();
    b.send(r#""gcode_state":"RUNNING","total_layer_num":69,"stg_cur":2,"mc_percent":0,"layer_num":37"#);
    b.send(r#""stg_cur":0,"mc_percent":1"#);
    assert_eq!(b.job.layer, None);
    b.send(r#""layer_num":1"#);
    assert_eq!(b.job.layer, Some(1));
}

const RUNNING: &str = r#""gcode_state":"RUNNING","subtask_name":"bracket","mc_percent":48,"mc_remaining_time":30"#;
const CLEARED: &str = r#""subtask_name":"","gcode_file":"","mc_percent":0,"mc_remaining_time":0,"layer_num":0"#;

#[test]
fn a_job_that_vanishes_has_failed_unless_somebody_cancelled_it() {
    let idle = |rest: &str| format!(r#""gcode_state":"IDLE",{CLEARED}{rest}"#);
    let power = r#","print_error":50364423"#;
    let cancelled = r#","print_error":50348044"#;
    for (blind, first, last, event) in [
        (false, RUNNING.to_owned(), idle(""), JobEvent::Failed),
        (false, RUNNING.to_owned(), idle(power), JobEvent::Failed),
        (false, RUNNING.to_owned(), idle(cancelled), JobEvent::Cancelled),
        (true, RUNNING.to_owned(), idle(""), JobEvent::Failed),
        (true, RUNNING.to_owned(), idle(power), JobEvent::Failed),
        (true, RUNNING.to_owned(), idle(cancelled), JobEvent::Cancelled),
        (true, RUNNING.replace("RUNNING", "PAUSE"), idle(""), JobEvent::Failed),
        (false, RUNNING.replace("RUNNING", "PREPARE"), idle(""), JobEvent::Failed),
        (true, RUNNING.to_owned(), r#""gcode_state":"IDLE""#.to_owned(), JobEvent::Failed),
        // The names may go before the state does, or with a state that is none.
        (false, format!("{RUNNING}\u{0}"), idle(""), JobEvent::Failed),
        // The printer may also say it.
        (false, RUNNING.to_owned(), idle(",\"print_error\":50348038").replace("IDLE", "FAILED"), JobEvent::Failed),
        (false, RUNNING.to_owned(), idle("").replace("IDLE", "FINISH"), JobEvent::Finished),
    ] {
        let mut b = Bench::new();
        let (first, restarts) = (first.trim_end_matches('\0'), first.ends_with('\0'));
        b.send(first);
        if restarts {
            assert_eq!(b.send(&format!(r#""gcode_state":"",{CLEARED}"#)), None);
        }
        b.wait(40);
        let told = if blind { b.send_blind(&last) } else { b.send(&last) };
        assert_eq!((told, b.job.late), (Some(event), blind), "{first} {last}");
        assert_eq!(b.job.told(), (Some("bracket"), Some(48)), "{first} {last}");
        assert_eq!(b.job.phase == Phase::Idle, last.contains("IDLE"), "{last}");
        // Told once, and forgotten with the next job.
        b.wait(60);
        assert_eq!((b.job.decide(b.now), b.send(r#""wifi_signal":"-40dBm""#)), (None, None));
        b.send(r#""gcode_state":"PREPARE","subtask_name":"next","print_error":0"#);
        assert_eq!((b.job.told(), &b.job.gone), ((Some("next"), None), &None));
    }
}

#[test]
fn a_job_that_leaves_its_name_may_have_been_cancelled() {
    // The number that says so may come seconds later.
    let mut b = Bench::new();
    b.send(RUNNING);
    assert_eq!(b.send(r#""gcode_state":"IDLE","mc_percent":0"#), None);
    b.wait(5);
    assert_eq!(b.send(r#""print_error":50348044"#), Some(JobEvent::Cancelled));
    assert_eq!((b.job.told(), b.job.decides_at()), ((Some("bracket"), Some(48)), None));
    // Without one time decides.
    let mut b = Bench::new();
    b.send(RUNNING);
    assert_eq!(b.send(r#""gcode_state":"IDLE","mc_percent":0"#), None);
    assert_eq!(b.job.decides_at(), Some(b.now.at + CANCEL_WINDOW));
    b.wait(15);
    assert_eq!((b.job.decide(b.now), b.job.phase), (Some(JobEvent::Failed), Phase::Idle));
    assert_eq!((b.job.told(), b.job.decides_at()), ((Some("bracket"), Some(48)), None));
}

#[test]
fn a_job_that_may_have_come_to_its_end_is_not_said_to_have_failed() {
    let mut b = Bench::new();
    b.send(RUNNING);
    b.wait(31 * 60);
    assert_eq!(b.send_blind(&format!(r#""gcode_state":"IDLE",{CLEARED}"#)), Some(JobEvent::Unseen));
    assert_eq!(b.job.told(), (Some("bracket"), Some(48)));
}

#[test]
fn what_happened_in_a_gap_has_no_time() {
    let idle = r#""gcode_state":"IDLE""#;
    let other = r#""gcode_state":"RUNNING","subtask_name":"lid","mc_percent":35,"layer_num":30,"total_layer_num":90"#;
    let finish = r#""gcode_state":"FINISH","mc_percent":100,"mc_remaining_time":0"#;
    for (first, last, event) in [
        (RUNNING, finish, Some(JobEvent::Finished)),
        (RUNNING, r#""gcode_state":"FAILED","print_error":50348038"#, Some(JobEvent::Failed)),
        (RUNNING, r#""gcode_state":"FAILED","print_error":50348044"#, Some(JobEvent::Cancelled)),
        (RUNNING, r#""gcode_state":"PAUSE","print_error":50364419"#, Some(JobEvent::Paused)),
        (RUNNING, other, Some(JobEvent::Started)),
        (idle, other, Some(JobEvent::Started)),
        (idle, r#""gcode_state":"PREPARE","subtask_name":"lid""#, Some(JobEvent::Started)),
        (idle, r#""gcode_state":"FINISH","subtask_name":"lid""#, None),
    ] {
        let mut b = Bench::new();
        b.send(first);
        b.wait(70);
        assert_eq!((b.send_blind(last), b.job.late), (event, true), "{first} {last}");
        assert_eq!((b.job.started, b.job.ended), (None, None), "{first} {last}");
        let kept = b.job.memory("01P");
        assert!(!matches!(kept, Some(Memory::Keep(_))), "{first} {last}: {kept:?}");
    }
    // Its figures are its own all the same, and the printer's word for the beginning counts.
    let mut b = Bench::new();
    b.send(idle);
    b.send_blind(&format!(r#"{other},"gcode_start_time":"1700000000""#));
    assert_eq!((b.job.percent, b.job.layer, b.job.started), (Some(35), Some(30), Some(1_700_000_000)));
    // What was seen to begin before the gap has begun then.
    let mut b = Bench::new();
    b.send(idle);
    let began = b.now.unix;
    b.send(RUNNING);
    b.wait(70);
    b.send_blind(finish);
    assert_eq!((b.job.started, b.job.ended), (Some(began), None));
}

#[test]
fn a_job_lost_while_the_program_did_not_run_is_told_too() {
    let mut first = Bench::new();
    first.send(r#""gcode_state":"IDLE""#);
    first.send(RUNNING);
    let Some(Memory::Keep(start)) = first.job.memory("01P") else { panic!("to be remembered") };
    let idle = format!(r#""gcode_state":"IDLE",{CLEARED}"#);
    for (later, fields, event) in [
        (600, &*idle, Some(JobEvent::Failed)),
        // By then it may be done and cleared away.
        (31 * 60, &*idle, None),
        (600, r#""gcode_state":"FINISH","subtask_name":"bracket""#, None),
        (600, r#""gcode_state":"RUNNING","subtask_name":"lid""#, None),
        (600, RUNNING, None),
    ] {
        let mut b = Bench::new();
        b.wait(later);
        b.job.remembered(start.clone());
        assert_eq!(b.send_blind(fields), event, "{fields}");
        if event.is_some() {
            assert_eq!((b.job.told(), b.job.late), ((Some("bracket"), Some(48)), true));
            assert_eq!(b.job.memory("01P"), Some(Memory::Forget { serial: "01P".into() }));
        }
    }
}
