//! What is told of a job is about that job, and has the time at which it was seen to happen, or none.

use super::{tests::Bench, *};

/// What a person sees of a job's figures: percent, minutes, layer, layers, download.
fn figures_of(b: &Bench) -> [Option<u32>; 5] {
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
    assert_eq!((figures_of(&b), b.job.started), ([None; 5], Some(b.now.unix)));
    // One that says figures says them of the new job; but the layer may still be the old one.
    let mut b = bench();
    b.send(&format!(
        r#"{second},"mc_percent":0,"mc_remaining_time":16,"total_layer_num":69,"layer_num":37,"gcode_file_prepare_percent":"3""#
    ));
    assert_eq!(figures_of(&b), [Some(0), Some(16), None, Some(69), Some(3)]);
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
    assert_eq!(figures_of(&b), [None, None, None, Some(94), None]);
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
        assert_eq!((b.told(&last, blind), b.job.late), (Some(event), blind), "{first} {last}");
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
    assert_eq!(b.told(&format!(r#""gcode_state":"IDLE",{CLEARED}"#), true), Some(JobEvent::Unseen));
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
        let over = matches!(event, Some(JobEvent::Finished | JobEvent::Failed | JobEvent::Cancelled));
        assert_eq!(b.job.ended_before, over.then_some(b.now.unix), "{first} {last}");
        let kept = b.job.memory("01P");
        assert!(!matches!(kept, Some(JobStartChange::Keep(JobStart { unix: 1.., .. }))), "{first} {last}: {kept:?}");
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
    assert_eq!(b.job.ended_before, Some(b.now.unix));
    // What is seen has a time of its own, and the next job knows nothing of it.
    b.send(other);
    b.send(finish);
    assert_eq!((b.job.ended, b.job.ended_before), (Some(b.now.unix), None));
}

#[test]
fn a_job_lost_while_the_program_did_not_run_is_told_too() {
    let unseen = r#""gcode_state":"RUNNING","mc_percent":48"#;
    let bare = format!(r#"{unseen},"subtask_name":"bracket""#);
    let idle = format!(r#""gcode_state":"IDLE",{CLEARED}"#);
    let power = format!(r#"{idle},"print_error":50364423"#);
    let (finish, lid) = (RUNNING.replace("RUNNING", "FINISH"), RUNNING.replace("bracket", "lid"));
    let named = r#""gcode_file":"/cache/bracket.3mf","#;
    let (failed, unsaid) = (Some(JobEvent::Failed), Some(JobEvent::Unseen));
    // What was said, whether it was seen to begin, how long afterwards the program starts, what it hears, what it tells.
    for (first, begins, later, fields, event, replaced) in [
        (RUNNING, true, 600, &*idle, failed, false),
        (RUNNING, false, 600, &idle, failed, false),
        (&*bare, true, 600, &idle, failed, false),
        (&bare, false, 20_000, &idle, failed, false),
        (&format!("{named}{unseen}"), false, 600, &idle, failed, false),
        (&RUNNING.replace("RUNNING", "PAUSE"), true, 600, &idle, failed, false),
        // By then it may be done and cleared away; a printer that lost its power says so.
        (RUNNING, true, 31 * 60, &idle, unsaid, false),
        (&bare, false, 2 * 86_400, &idle, unsaid, false),
        (&bare.replace("48", "100"), false, 60, &idle, unsaid, false),
        (RUNNING, false, 31 * 60, &power, failed, false),
        // Its own end is told once; that of one in whose place another stands was seen by nobody.
        (RUNNING, true, 600, &finish, Some(JobEvent::Finished), false),
        (RUNNING, true, 600, &finish.replace("FINISH", "FAILED"), failed, false),
        (RUNNING, true, 600, r#""gcode_state":"FAILED","print_error":50348044"#, Some(JobEvent::Cancelled), false),
        (RUNNING, true, 600, r#""gcode_state":"FINISH","subtask_name":"""#, Some(JobEvent::Finished), false),
        (RUNNING, true, 600, r#""gcode_state":"FINISH","subtask_name":"lid""#, None, true),
        (RUNNING, false, 600, &lid, None, true),
        (RUNNING, true, 600, &RUNNING.replace("48", "7"), None, true),
        (RUNNING, true, 600, RUNNING, None, false),
    ] {
        let mut old = Bench::new();
        if begins {
            old.send(r#""gcode_state":"IDLE""#);
        }
        old.send(first);
        let Some(JobStartChange::Keep(start)) = old.job.memory("01P") else { panic!("to be remembered: {first}") };
        let mut b = Bench::new();
        b.wait(later);
        b.job.remembered(start.clone());
        assert_eq!(b.send_blind(fields), event, "{first} {fields}");
        let gone = b.job.take_replaced();
        assert_eq!(gone.is_some(), replaced, "{first} {fields}");
        let late = gone.as_ref().map_or(b.job.late, |gone| gone.late);
        let told = gone.map(|gone| (gone.name, gone.percent));
        let told = told.or_else(|| event.map(|_| (b.job.told().0.map(str::to_owned), b.job.told().1)));
        if let Some(told) = told {
            assert_eq!((told, late), ((Some("bracket".into()), Some(start.percent)), true), "{first} {fields}");
        }
        if event.is_some() {
            let lost = event == failed && b.job.phase == Phase::Idle;
            assert_eq!(b.job.is_lost(), lost);
            match b.job.memory("01P") {
                Some(JobStartChange::Keep(start)) if lost => assert!(start.lost.is_some_and(|lost| !lost.told)),
                memory => assert_eq!((memory, lost), (Some(JobStartChange::Forget { serial: "01P".into() }), false)),
            }
        }
    }
}

/// Every program that hears the printer says the same of it, for as long as that is so; only one tells of it.
#[test]
fn a_lost_job_has_failed_for_every_program_until_it_is_dismissed_or_another_comes() {
    let idle = format!(r#""gcode_state":"IDLE",{CLEARED},"print_error":0"#);
    let power = idle.replace(r#""print_error":0"#, r#""print_error":50364423"#);
    let started = |b: &mut Bench, start: &JobStart| {
        let mut next = Bench::new();
        next.wait(b.now.unix as u64 - next.now.unix as u64);
        next.job.remembered(start.clone());
        next
    };
    let kept = |b: &mut Bench, tells| match b.job.memory("01P").map(|memory| memory.made_by(tells)) {
        Some(JobStartChange::Keep(start)) => Some(start),
        other => panic!("{other:?}"),
    };
    for fields in [&idle, &power] {
        for tells in [true, false] {
            let mut b = Bench::new();
            b.send(RUNNING);
            let start = kept(&mut b, tells).expect("under way");
            assert_eq!(start.lost, None);
            // The next program, of either kind, finds it lost.
            b.wait(600);
            let mut b = started(&mut b, &start);
            assert_eq!(b.send_blind(fields), Some(JobEvent::Failed));
            assert_eq!(b.job.outcome(), Some("failed"));
            let start = kept(&mut b, tells).expect("lost");
            assert_eq!(b.job.memory("01P"), None, "once");
            // Long after it was to be done, and again and again.
            for _ in 0..2 {
                b.wait(3 * 86_400);
                b = started(&mut b, &start);
                assert_eq!(b.send_blind(r#""gcode_state":"IDLE""#), (!tells).then_some(JobEvent::Failed));
                b.send_blind(fields);
                assert_eq!((b.job.outcome(), b.job.told()), (Some("failed"), (Some("bracket"), Some(48))), "{fields}");
                if let Some(JobStartChange::Keep(again)) = b.job.memory("01P") {
                    assert_eq!((again.lost, again.percent), (start.lost, 48), "{fields}");
                }
            }
            // Dismissed, while a program runs or while none does.
            if *fields == power {
                let mut next = started(&mut b, &start);
                assert_eq!((next.send_blind(&idle), next.job.outcome()), (None, None));
                assert_eq!(next.job.take_replaced().is_some(), !tells, "told once");
                assert!(matches!(next.job.memory("01P"), Some(JobStartChange::Forget { .. })));
                b.send(&idle);
                assert_eq!(b.job.outcome(), None);
                assert!(matches!(b.job.memory("01P"), Some(JobStartChange::Forget { .. })));
            }
            // Another job comes.
            let mut next = started(&mut b, &start);
            assert_eq!(next.send_blind(&RUNNING.replace("bracket", "lid")), None);
            assert_eq!(next.job.take_replaced().map(|end| end.event), (!tells).then_some(JobEvent::Failed));
            assert_eq!((next.job.outcome(), kept(&mut next, tells).expect("a job").lost), (None, None));
        }
    }
}

/// A program that tells nobody, and has seen how a job ended, leaves no job behind that seems to be lost.
#[test]
fn a_job_whose_end_was_seen_is_not_lost_once_the_printer_is_cleared() {
    let mut b = Bench::new();
    b.send(RUNNING);
    let Some(JobStartChange::Keep(start)) = b.job.memory("01P") else { panic!("under way") };
    let ended = JobStart { done: 0, ..start };
    let mut b = Bench::new();
    b.job.remembered(ended);
    assert_eq!(b.send_blind(&format!(r#""gcode_state":"IDLE",{CLEARED}"#)), Some(JobEvent::Unseen));
    assert_eq!(b.job.outcome(), None);
}

/// Also one that a printer pauses with: it is said of the job that failed, and of the next one only if that pauses too.
#[test]
fn the_error_of_a_job_that_failed_is_none_of_the_next() {
    let (feeder, other) = (50_364_426, 50_364_419);
    let job =
        |state: &str, name: &str, error: &str| format!(r#""gcode_state":"{state}","subtask_name":"{name}"{error}"#);
    let says = |error: i64| format!(r#","print_error":{error}"#);
    for (first, ends) in [
        (job("RUNNING", "a", ""), job("FAILED", "a", &says(feeder))),
        (job("PAUSE", "a", &says(feeder)), job("FAILED", "a", "")),
        (job("RUNNING", "a", ""), job("IDLE", "", &says(feeder))),
    ] {
        let begun = |wait| {
            let mut b = Bench::new();
            b.send(&first);
            b.send(&ends);
            b.wait(wait);
            b.job.decide(b.now);
            assert_eq!(b.job.error, PrintError::new(feeder));
            b.send(&job("PREPARE", "b", ""));
            b
        };
        for wait in [4, 20] {
            let mut b = begun(wait);
            for state in ["PREPARE", "RUNNING"] {
                b.send(&job(state, "b", ""));
                assert_eq!((b.job.error, b.job.waits_for_person()), (None, false), "{ends} {state}");
            }
            b.send(r#""gcode_state":"PAUSE""#);
            assert_eq!((b.job.error, b.job.waits_for_person()), (PrintError::new(feeder), true), "{ends}");
        }
        let mut b = begun(4);
        b.send(&says(other)[1..]);
        assert_eq!(b.job.error, PrintError::new(other), "{ends}");
    }
    // What it shows beside a job that came to its end is not that job's.
    let mut b = Bench::new();
    b.send(&job("RUNNING", "a", &says(feeder)));
    b.send(&job("FINISH", "a", ""));
    b.send(&job("PREPARE", "b", ""));
    assert_eq!(b.job.error, PrintError::new(feeder));
}

#[test]
fn nothing_of_the_old_job_is_shown_until_it_was_said_of_the_new_one() {
    let old = r#""gcode_state":"FINISH","subtask_name":"first","mc_percent":100,"mc_remaining_time":5,"layer_num":100,
        "total_layer_num":100,"plate_idx":2,"plate_cnt":3,"mapping":[1],"gcode_start_time":"1700000000""#;
    let shown = |b: &Bench| {
        let job = &b.job;
        (job.name.clone(), job.plate, job.plates, job.filaments.len(), job.layers, job.percent)
    };
    for running in [false, true] {
        let mut b = Bench::new();
        b.send(old);
        assert_eq!(b.send(r#""gcode_state":"PREPARE""#), Some(JobEvent::Started));
        assert_eq!(shown(&b), (None, None, None, 0, None, None));
        b.send(r#""subtask_name":"second","plate_idx":1,"mapping":[2,3]"#);
        assert_eq!((b.job.name.as_deref(), b.job.plate, b.job.filaments.len()), (Some("second"), Some(1), 2));
        if running {
            b.send(r#""gcode_state":"RUNNING""#);
            b.send(r#""mc_percent":0,"layer_num":1"#);
        }
        assert_eq!((b.job.layers, b.job.layer, b.job.percent), (None, None, running.then_some(0)));
        b.send(r#""total_layer_num":69"#);
        assert_eq!((b.job.layers, b.job.layer), (Some(69), running.then_some(1)));
    }
    // The same job once more need not say its name again.
    let mut b = Bench::new();
    b.send(old);
    b.send(r#""gcode_state":"PREPARE""#);
    b.send(r#""gcode_state":"RUNNING""#);
    assert_eq!(b.job.name.as_deref(), Some("first"));
}

#[test]
fn a_name_that_comes_before_its_state_is_not_shown_beside_the_old_figures() {
    let figures = r#""mc_percent":100,"layer_num":100,"total_layer_num":100"#;
    let cancelled = r#","print_error":50348044"#;
    for (state, rest, phase) in
        [("FINISH", "", Phase::Finished), ("FAILED", "", Phase::Stopped), ("FAILED", cancelled, Phase::Cancelled)]
    {
        let mut b = Bench::new();
        b.send(r#""gcode_state":"RUNNING","subtask_name":"first","subtask_id":"1","mc_percent":40"#);
        b.send(&format!(r#""gcode_state":"{state}",{figures}{rest}"#));
        let shown = |b: &Bench| (b.job.name.clone(), b.job.percent, b.job.layer, b.job.layers, b.job.phase);
        let before = shown(&b);
        assert_eq!((before.0.as_deref(), before.4), (Some("first"), phase));
        for early in [
            r#""subtask_name":"second","gcode_file":"second.3mf","subtask_id":"2""#,
            r#""mc_percent":0,"layer_num":0"#,
            r#""total_layer_num":69"#,
            r#""wifi_signal":"-40dBm""#,
        ] {
            b.send(early);
            assert_eq!(shown(&b), before, "{early}");
        }
        assert_eq!(b.send(r#""gcode_state":"PREPARE""#), Some(JobEvent::Started));
        assert_eq!((b.job.name.as_deref(), figures_of(&b)), (Some("second"), [None, None, None, Some(69), None]));
    }
    // After a gap a job may have come and gone, and what is reported is about one job.
    let mut b = Bench::new();
    b.send(r#""gcode_state":"FINISH","subtask_name":"first","mc_percent":100,"total_layer_num":100,"layer_num":100"#);
    b.send_blind(r#""gcode_state":"FAILED","subtask_name":"second","mc_percent":0,"total_layer_num":0,"layer_num":0"#);
    assert_eq!((b.job.name.as_deref(), figures_of(&b)), (Some("second"), [Some(0), None, None, None, None]));
}

#[test]
fn the_end_of_a_job_in_whose_place_another_one_stands_was_not_seen() {
    let other = r#""gcode_state":"RUNNING","subtask_name":"other","mc_percent":3"#;
    let name = |state: &str| other.replace("RUNNING", state);
    for (first, next, blind, event, told) in [
        (RUNNING, other.to_owned(), true, Some(JobEvent::Started), true),
        (RUNNING, other.to_owned(), false, Some(JobEvent::Started), true),
        (RUNNING, name("PAUSE"), true, Some(JobEvent::Paused), true),
        (RUNNING, name("FINISH"), true, Some(JobEvent::Finished), true),
        (RUNNING, name("FAILED"), true, None, true),
        (&RUNNING.replace("RUNNING", "PREPARE"), name("PREPARE"), true, Some(JobEvent::Started), true),
        // Names come one after the other while a job is prepared.
        (&RUNNING.replace("RUNNING", "PREPARE"), name("PREPARE"), false, None, false),
        // An idle printer has lost it, or had another one since.
        (RUNNING, name("IDLE"), true, Some(JobEvent::Unseen), false),
        (RUNNING, r#""subtask_id":"7""#.to_owned(), true, None, false),
        (&RUNNING.replace("RUNNING", "FINISH"), other.to_owned(), true, Some(JobEvent::Started), false),
    ] {
        let mut b = Bench::new();
        b.send(first);
        assert_eq!(if blind { b.send_blind(&next) } else { b.send(&next) }, event, "{first} {next}");
        let gone = b.job.take_replaced().map(|gone| (gone.name, gone.percent));
        assert_eq!(gone, told.then(|| (Some("bracket".to_owned()), Some(48))), "{first} {next}");
        assert_eq!(b.job.take_replaced(), None, "told once");
    }
}

#[test]
fn a_lost_job_counts_as_failed_until_it_is_dismissed_or_another_one_comes() {
    let idle = format!(r#""gcode_state":"IDLE",{CLEARED}"#);
    let lost = |rest: &str| {
        let mut b = Bench::new();
        b.send(RUNNING);
        b.told(&format!("{idle}{rest}"), true);
        assert!(b.job.is_lost(), "{rest}");
        b
    };
    let power = r#","print_error":50364423"#;
    for (rest, next, lasts) in [
        ("", r#""wifi_signal":"-40dBm""#, true),
        ("", r#""print_error":0"#, true),
        (power, r#""mc_percent":0"#, true),
        (power, r#""print_error":0"#, false),
        (power, r#""gcode_state":"PREPARE","subtask_name":"next""#, false),
        ("", r#""gcode_state":"RUNNING","subtask_name":"bracket""#, false),
    ] {
        let mut b = lost(rest);
        b.send(next);
        assert_eq!(b.job.is_lost(), lasts, "{rest} {next}");
    }
    for end in [r#""print_error":50348044"#, r#""wifi_signal":"-40dBm""#] {
        let mut b = Bench::new();
        b.send(RUNNING);
        b.send(&format!(r#""gcode_state":"IDLE",{end}"#));
        assert!(!b.job.is_lost(), "a person may have wanted it");
    }
}
