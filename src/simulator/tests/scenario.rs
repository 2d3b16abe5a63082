//! The life of a job, the rules of commands, and the reports of them.

use crate::protocol::command::{Command, LightMode, LightNode, Request, Seq, Speed};
use crate::protocol::model::Model;
use crate::simulator::plan::{Plan, Scenario};
use crate::simulator::printers;
use crate::simulator::report::Reporter;
use crate::simulator::sim::job::stage;
use crate::simulator::sim::{CANCELLED, Phase, SPAGHETTI, SimPrinter};
use serde_json::Value;

fn printer(model: Model) -> SimPrinter {
    SimPrinter::new(model, format!("{}00A000000001", model.serial_prefix()), 11)
}

fn order(sim: &mut SimPrinter, command: &Command) -> Value {
    let request = Request::parse(&command.to_json(Seq(20_100))).unwrap();
    sim.handle(&request, &mut Reporter::default(), true).remove(0)
}

fn result(answer: &Value) -> (String, String) {
    let body = answer.as_object().unwrap().values().next().unwrap();
    assert_eq!(body["sequence_id"], "20100");
    (body["result"].as_str().unwrap().to_owned(), body["reason"].as_str().unwrap().to_owned())
}

#[test]
fn a_job_goes_through_its_stages_finishes_and_another_starts() {
    let mut sim = printer(Model::P1S);
    let job = sim.make_job(8);
    sim.start(job);
    let (mut stages, mut phases, mut percent) = (Vec::new(), vec![sim.phase], 0);
    while sim.phase != Phase::Finish {
        sim.advance(1.0);
        assert!(sim.seconds < 4000.0, "it never ends");
        let now = sim.job.as_ref().unwrap().percent();
        assert!(now >= percent);
        percent = now;
        if sim.stage() != stages.last().copied() {
            stages.extend(sim.stage());
        }
        if phases.last() != Some(&sim.phase) {
            phases.push(sim.phase);
        }
    }
    assert_eq!(phases, [Phase::Prepare, Phase::Running, Phase::Finish]);
    let expected = [stage::BED_PREHEAT, stage::HOMING, stage::NOZZLE_HEAT, stage::LOAD, stage::CLEANING];
    assert_eq!(stages[..5], expected);
    assert_eq!((percent, stages.last()), (100, Some(&stage::PRINTING)));
    assert_eq!(sim.nozzles[0].target, 0.0);
    sim.advance(140.0);
    assert!(sim.phase.is_active(), "the next job starts by itself");
}

#[test]
fn temperatures_stay_in_bounds_whatever_happens() {
    for (i, simulated) in printers::of(&Plan { printers: Some(7), ..Plan::default() }).into_iter().enumerate() {
        let mut sim = simulated.sim;
        for dt in [0.5, 30.0, 1000.0, 1e9, f64::NAN, -5.0, 1.0] {
            sim.advance(dt);
            assert!(sim.nozzles.iter().all(|n| (20.0..=300.0).contains(&n.now)), "{i} {dt}");
            assert!((20.0..=110.0).contains(&sim.bed.now) && (20.0..=70.0).contains(&sim.chamber.now));
            assert!(sim.fans.part <= 100 && sim.job.as_ref().is_none_or(|j| (0.0..=1.0).contains(&j.share())));
        }
    }
}

#[test]
fn the_rules_of_pause_resume_stop_and_speed() {
    let mut sim = printer(Model::P1S);
    for command in [Command::Pause, Command::Resume, Command::Stop, Command::Speed(Speed::Sport)] {
        let (result, reason) = result(&order(&mut sim, &command));
        assert!(result == "fail" && reason.contains("IDLE"), "{command:?}: {reason}");
    }
    let job = sim.make_job(0);
    sim.put_into(job, 0.3);
    assert_eq!(result(&order(&mut sim, &Command::Speed(Speed::Ludicrous))).0, "success");
    let before = sim.job.as_ref().unwrap().done;
    sim.advance(10.0);
    assert!((sim.job.as_ref().unwrap().done - before - 16.6).abs() < 0.1);
    assert_eq!(result(&order(&mut sim, &Command::Pause)).0, "success");
    assert_eq!((sim.phase, sim.stage()), (Phase::Pause, Some(stage::USER_PAUSE)));
    let before = sim.job.as_ref().unwrap().done;
    sim.advance(100.0);
    assert_eq!(sim.job.as_ref().unwrap().done, before);
    assert_eq!(result(&order(&mut sim, &Command::Resume)).0, "success");
    sim.advance(5.0);
    assert_eq!(sim.phase, Phase::Running);
    assert_eq!(result(&order(&mut sim, &Command::Stop)).0, "success");
    assert_eq!((sim.phase, sim.error), (Phase::Failed, 0));
    sim.advance(2.0);
    assert_eq!(sim.error, CANCELLED);
    sim.advance(6.0);
    assert_eq!(sim.error, 0);
}

#[test]
fn a_pause_with_an_error_waits_for_a_person() {
    let mut sim = printers::of(&Plan::default()).remove(1).sim;
    sim.advance(100_000.0);
    assert_eq!((sim.phase, sim.error), (Phase::Pause, SPAGHETTI));
    assert_eq!(result(&order(&mut sim, &Command::Resume)).0, "success");
    assert_eq!((sim.phase, sim.error), (Phase::Running, 0));
}

#[test]
fn lights_gcode_and_unknown_commands() {
    let mut sim = printer(Model::P1S);
    let chamber2 = Command::Light { node: LightNode::Chamber2, mode: LightMode::On };
    let refused = ("fail".to_owned(), "did not find the valid led: chamber_light2".to_owned());
    assert_eq!(result(&order(&mut sim, &chamber2)), refused);
    assert_eq!(result(&order(&mut printer(Model::H2D), &chamber2)).0, "success");
    let on = !sim.lights.chamber;
    order(&mut sim, &Command::Light { node: LightNode::Chamber, mode: on.into() });
    assert_eq!(sim.lights.chamber, on);
    order(&mut sim, &Command::Gcode("M104 S230\nM140 S999\nM106 P2 S255\n".into()));
    assert_eq!((sim.nozzles[0].target, sim.bed.target, sim.fans.aux), (230.0, 100.0, 100));
    let mut dual = printer(Model::H2D);
    order(&mut dual, &Command::Gcode("M104 T1 S210\nM141 S50\n".into()));
    assert_eq!((dual.nozzles[0].target, dual.nozzles[1].target, dual.chamber.target), (0.0, 210.0, 50.0));
    let raw = |sim: &mut SimPrinter, text: &str| {
        let request = Request::parse(text.as_bytes()).unwrap();
        result(&sim.handle(&request, &mut Reporter::default(), true)[0]).0
    };
    let load = r#"{"print":{"command":"ams_change_filament","sequence_id":"20100","ams_id":0,"slot_id":2}}"#;
    assert_eq!((raw(&mut sim, load).as_str(), sim.loaded[0].flat()), ("success", 255));
    sim.advance(200.0);
    assert_eq!(sim.loaded[0].flat(), 2, "heating and feeding take their time");
    let file =
        r#"{"print":{"command":"project_file","sequence_id":"20100","subtask_name":"part","url":"ftp://part.3mf"}}"#;
    assert_eq!((raw(&mut sim, file).as_str(), sim.phase), ("success", Phase::Prepare));
    assert_eq!((raw(&mut sim, file).as_str(), sim.job.as_ref().unwrap().title.as_str()), ("fail", "part"));
    let dance = Request::parse(br#"{"print":{"command":"dance","sequence_id":"20100"}}"#).unwrap();
    assert_eq!(result(&sim.handle(&dance, &mut Reporter::default(), true)[0]).0, "fail");
}

#[test]
fn two_hotends_take_turns() {
    let mut sim = printers::of(&Plan::default()).remove(3).sim;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..60 {
        sim.advance(600.0);
        seen.insert(sim.active);
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let events = || {
        let mut lines = Vec::new();
        for simulated in printers::of(&Plan { printers: Some(7), scenario: Scenario::Farm, ..Plan::default() }) {
            let (mut sim, mut reporter) = (simulated.sim, Reporter::default());
            lines.push(reporter.full(&sim).to_string());
            for _ in 0..50 {
                sim.advance(7.5);
                lines.extend(reporter.delta(&sim).map(|d| d.to_string()));
            }
        }
        lines
    };
    assert_eq!(events(), events());
}
