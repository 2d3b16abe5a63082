//! The printers of a scenario, each put into the state in which the scenario begins.

use super::cloud::OWN_FILAMENT;
use super::fault::{Fault, Faults};
use super::plan::{Plan, Scenario};
use super::sim::job::{LONG_JOB, stage};
use super::sim::shown::Shown;
use super::sim::spool::{Slot, Spool};
use super::sim::{CANCELLED, SPAGHETTI, SimPrinter};
use crate::protocol::model::Model;

/// A printer of a plan.
#[derive(Debug, Clone)]
pub(super) struct SimulatedPrinter {
    pub(super) name: String,
    pub(super) access_code: String,
    pub(super) sim: SimPrinter,
    pub(super) faults: Faults,
    rng: fastrand::Rng,
}

/// Models in the order in which a longer list goes through them.
const MODELS: [Model; 7] = [Model::P1S, Model::A1, Model::X1C, Model::H2D, Model::P2S, Model::A1Mini, Model::P1P];
/// A farm is mostly small machines.
const FARM: [Model; 20] = {
    use Model::{A1, A1Mini, H2D, P1P, P1S, P2S, X1C};
    [P1S, A1, P1S, A1Mini, P1S, A1, P1P, P1S, A1, X1C, P1S, A1Mini, A1, P2S, P1S, P1P, A1, P1S, A1Mini, H2D]
};
/// Every model that differs from the others in what can be seen or done.
pub(super) const EVERY_MODEL: [Model; 11] = {
    use Model::{A1, A1Mini, H2C, H2D, H2S, P1P, P1S, P2S, X1C, X1E, X2D};
    [P1S, A1, A1Mini, X1C, P2S, H2D, H2C, X2D, H2S, X1E, P1P]
};
const PLACES: [&str; 12] = [
    "Workshop",
    "Garage",
    "Office",
    "Attic",
    "Basement",
    "Studio",
    "Lab",
    "Shed",
    "Library",
    "Kitchen",
    "Classroom",
    "Loft",
];

/// The printers of a plan on the LAN.
pub(super) fn of(plan: &Plan) -> Vec<SimulatedPrinter> {
    let count = plan.printers.unwrap_or(plan.scenario.size());
    let mut printers: Vec<_> = (0..count).map(|i| simulated(plan, i)).collect();
    if plan.cloud.is_some()
        && let Some(job) = printers.get_mut(on_both_transports(plan)).and_then(|simulated| simulated.sim.job.as_mut())
    {
        // Sent over the LAN, it has no task number: its place in the history is found by name and time.
        job.cloud = false;
    }
    printers
}

/// Which printer of the LAN also belongs to the account: one whose LAN is silent, in the scenario `faults`.
pub(super) fn on_both_transports(plan: &Plan) -> usize {
    if plan.scenario == Scenario::Faults { SILENT } else { 0 }
}

/// The printers of a plan's cloud: one that obeys, and one whose firmware takes orders from the vendor's software alone.
pub(super) fn cloud_only_printers(plan: &Plan) -> Vec<SimulatedPrinter> {
    if plan.cloud.is_none() {
        return Vec::new();
    }
    let simulated = |i: usize, name: &str, model, entry, share| {
        let mut simulated = SimulatedPrinter { name: name.to_owned(), ..blank(plan, 5000 + i, model) };
        let sim = &mut simulated.sim;
        match plan.scenario {
            Scenario::Quiet => (sim.restarts, sim.still) = (false, true),
            scenario => {
                sim.busy = scenario == Scenario::Busy;
                begin(sim, entry, share);
            }
        }
        sim.job.iter_mut().for_each(|job| job.cloud = true);
        simulated
    };
    let mut locked = simulated(1, "School P2S", Model::P2S, 5, 0.18);
    locked.faults.set(Fault::Locked);
    let mut obedient = simulated(0, "Cabin A1 mini", Model::A1Mini, 2, 0.62);
    if let Some(Some(spool)) = obedient.sim.ams.first_mut().and_then(|unit| unit.trays.last_mut()) {
        // A filament that only the account's own settings have a name for.
        *spool = Spool { code: OWN_FILAMENT.into(), color: "0E7C7BFF".to_owned(), remain: -1.0, ..Spool::external(0) };
    }
    vec![obedient, locked]
}

fn simulated(plan: &Plan, i: usize) -> SimulatedPrinter {
    let model = match plan.scenario {
        Scenario::Farm => FARM[i % FARM.len()],
        Scenario::Models => EVERY_MODEL[i % EVERY_MODEL.len()],
        Scenario::Flood | Scenario::Single if i == 0 => Model::P1S,
        _ => MODELS[i % MODELS.len()],
    };
    let name = match plan.scenario {
        Scenario::Farm => format!("{}-{:02}", row_name(i / 20), i % 20 + 1),
        _ => match i / PLACES.len() {
            0 => format!("{} {}", PLACES[i], model.short()),
            again => format!("{} {} {}", PLACES[i % PLACES.len()], model.short(), again + 1),
        },
    };
    let SimulatedPrinter { mut sim, mut faults, access_code, mut rng, .. } = blank(plan, i, model);
    match plan.scenario {
        Scenario::Default => default_story(&mut sim, i, &mut rng),
        Scenario::Single => begin(&mut sim, 0, 0.45),
        Scenario::Quiet => (sim.restarts, sim.still) = (false, true),
        Scenario::Busy => {
            sim.busy = true;
            begin(&mut sim, i * 3, 0.15 + 0.2 * (i % 4) as f64);
        }
        Scenario::Faults => faulty(&mut sim, &mut faults, i),
        Scenario::Locked => {
            faults.set(Fault::Locked);
            default_story(&mut sim, i, &mut rng);
        }
        Scenario::Flood => {
            faults.set(Fault::FloodPerSecond(50));
            begin(&mut sim, 11, 0.2);
        }
        Scenario::Trouble => trouble(&mut sim, i),
        Scenario::Models => something_to_try(&mut sim, &mut faults),
        Scenario::Farm => farm(&mut sim, &mut rng),
    }
    SimulatedPrinter { name, access_code, sim, faults, rng }
}

/// A printer without a name and before any scenario. Every one has its own numbers, and the same ones with the same seed.
fn blank(plan: &Plan, i: usize, model: Model) -> SimulatedPrinter {
    let seed = plan.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i as u64);
    let mut rng = fastrand::Rng::with_seed(seed);
    let access_code = format!("{:08}", rng.u32(10_000_000..100_000_000));
    let number = (310_000_000 + plan.seed % 1000 * 400_009 + i as u64 * 97) % 1_000_000_000;
    let serial = format!("{}00A{number:09}", model.serial_prefix());
    let sim = SimPrinter::new(model, serial, seed);
    SimulatedPrinter { name: String::new(), access_code, sim, faults: Faults::default(), rng }
}

/// A to Z, then AA, AB …
fn row_name(row: usize) -> String {
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    if row < 26 { letter(row).to_string() } else { format!("{}{}", letter(row / 26 - 1), letter(row)) }
}

fn begin(sim: &mut SimPrinter, entry: usize, share: f64) {
    let job = sim.make_job(entry);
    sim.put_into(job, share);
}

fn default_story(sim: &mut SimPrinter, i: usize, rng: &mut fastrand::Rng) {
    match i {
        0 => begin(sim, 0, 0.45),
        1 => {
            begin(sim, 7, 0.67);
            sim.pause_with(stage::PRINTING, SPAGHETTI);
            sim.add_hms(0x0C00_0300, 0x0003_0008, Some(600.0));
        }
        2 => {
            let job = sim.make_job(8);
            sim.start(job);
        }
        3 => {
            begin(sim, LONG_JOB, 0.31);
            sim.dry(0, 3.0);
        }
        _ => farm(sim, rng),
    }
}

/// Any state a printer of a busy room may be in.
fn farm(sim: &mut SimPrinter, rng: &mut fastrand::Rng) {
    let (entry, share) = (rng.usize(..16), rng.f64() * 0.96);
    match rng.u8(..100) {
        0..62 => begin(sim, entry, share),
        62..70 => {
            let job = sim.make_job(entry);
            sim.start(job);
            sim.advance(rng.f64() * 120.0);
        }
        70..82 => {
            begin(sim, entry, share);
            sim.finish();
            sim.advance(rng.f64() * 60.0);
        }
        82..86 => {
            begin(sim, entry, share);
            sim.pause_with(stage::USER_PAUSE, 0);
        }
        86..89 => {
            begin(sim, entry, share);
            sim.pause_with(stage::FILAMENT_OUT, 0x0700_8011);
        }
        89..92 => {
            begin(sim, entry, share);
            sim.fail_with(0x0300_4006);
        }
        _ => sim.restarts = rng.bool(),
    }
}

/// What a person may want to try with each model.
fn something_to_try(sim: &mut SimPrinter, faults: &mut Faults) {
    match sim.model {
        // Objects to skip.
        Model::P1S => begin(sim, 0, 0.45),
        // An error that is answered by a new spool and "retry".
        Model::A1 => {
            begin(sim, 7, 0.67);
            sim.pause_with(stage::FILAMENT_OUT, 0x0700_8011);
            sim.add_hms(0x0700_2000, 0x0002_0001, None);
        }
        // Filament to load and unload, axes to move.
        Model::A1Mini => sim.restarts = false,
        // Two AMS units.
        Model::X1C => begin(sim, 11, 0.2),
        // Dries without a job.
        Model::P2S => {
            sim.restarts = false;
            sim.dry(0, 5.0);
        }
        // Two hotends, and a unit for each: one dries while it prints.
        Model::H2D => {
            begin(sim, LONG_JOB, 0.31);
            sim.dry(1, 3.0);
        }
        // A rack of hotends.
        Model::H2C => begin(sim, 5, 0.08),
        // Filament is being changed, and a person has to push it in.
        Model::X2D => {
            sim.restarts = false;
            sim.begin_change(Slot::EXTERNAL);
        }
        // An error with an answer of its own.
        Model::H2S => {
            begin(sim, 3, 0.52);
            sim.pause_with(stage::COVER_OFF, 0x0300_8005);
        }
        // Orders are refused.
        Model::X1E => {
            faults.set(Fault::Locked);
            begin(sim, 8, 0.74);
        }
        // An error to dismiss.
        _ => {
            begin(sim, 9, 0.4);
            sim.fail_with(0x0300_4006);
        }
    }
}

/// The printer that never answers, in the scenario `faults`.
const SILENT: usize = 4;

/// A healthy printer, and beside it what goes wrong in the field: one kind a printer.
fn faulty(sim: &mut SimPrinter, faults: &mut Faults, i: usize) {
    begin(sim, i * 2, 0.2 + 0.08 * (i % 7) as f64);
    match i % 7 {
        1 => faults.set(Fault::RefuseLogin(5)),
        2 => faults.set(Fault::Locked),
        3 => faults.set(Fault::DropAfter(20)),
        SILENT => faults.set(Fault::Silent),
        5 => sim.pause_with(stage::PRINTING, SPAGHETTI),
        6 => {
            sim.pause_with(stage::FILAMENT_OUT, 0x0700_8011);
            sim.add_hms(0x0700_2000, 0x0002_0001, None);
        }
        _ => {}
    }
}

fn trouble(sim: &mut SimPrinter, i: usize) {
    begin(sim, i * 3 + 1, 0.12 + 0.09 * i as f64 % 0.8);
    sim.restarts = false;
    match i % 11 {
        0 => sim.pause_with(stage::PRINTING, SPAGHETTI),
        1 => sim.show(Shown::LiteRunout),
        2 => sim.pause_with(stage::COVER_OFF, 0x0300_8005),
        3 => {
            sim.pause_with(stage::LOAD, 0x0700_8010);
            sim.add_hms(0x1800_1000, 0x0001_0003, None);
        }
        4 => sim.fail_with(0x0300_4006),
        5 => sim.fail_with(0x0500_400B),
        6 => {
            sim.fail_with(CANCELLED);
            sim.set_error(0);
        }
        7 => sim.pause_with(stage::USER_PAUSE, 0),
        // Prints on.
        9 => sim.show(Shown::Smoke),
        10 => sim.show(Shown::PlateMarker),
        // Prints on, with a message of every severity.
        _ => {
            for (attr, severity) in [(0x0300_0100, 1), (0x0500_0200, 2), (0x0C00_0300, 3), (0x0700_4500, 4)] {
                sim.add_hms(attr, severity << 16 | 7, None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::cloud::CloudPlan;
    use crate::simulator::sim::Phase;
    use std::collections::HashSet;

    #[test]
    fn the_default_cast_has_its_four_stories() {
        let printers = of(&Plan::default());
        let names: Vec<_> = printers.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["Workshop P1S", "Garage A1", "Office X1C", "Attic H2D"]);
        let phases: Vec<_> = printers.iter().map(|p| p.sim.phase).collect();
        assert_eq!(phases, [Phase::Running, Phase::Pause, Phase::Prepare, Phase::Running]);
        let percents: Vec<_> = printers.iter().map(|p| p.sim.job.as_ref().unwrap().percent()).collect();
        assert_eq!((percents[0], percents[1], percents[3]), (45, 67, 31));
        assert_eq!(printers[1].sim.error, SPAGHETTI);
        assert_eq!((printers[3].sim.nozzles.len(), printers[3].sim.ams.len()), (2, 2));
    }

    #[test]
    fn every_scenario_plays_and_the_plan_decides_how_many() {
        for scenario in Scenario::ALL {
            for simulated in of(&Plan { scenario, printers: Some(10), ..Plan::default() }) {
                let mut sim = simulated.sim;
                sim.advance(30.0);
                let report = crate::simulator::report::Reporter::default().full(&sim);
                assert!(report["print"]["gcode_state"].is_string());
                assert!(scenario != Scenario::Locked || simulated.faults.has(Fault::Locked));
                if scenario == Scenario::Quiet {
                    let full = |sim: &SimPrinter| {
                        let mut report = crate::simulator::report::Reporter::default().full(sim);
                        // The printer's clock goes on.
                        report["print"].as_object_mut().unwrap().remove("t_utc");
                        report
                    };
                    let before = full(&sim);
                    sim.advance(4000.0);
                    assert!(full(&sim) == before, "nothing changes");
                }
            }
        }
        let faults = of(&Plan { scenario: Scenario::Faults, ..Plan::default() });
        let has = |i: usize, fault| faults[i].faults.has(fault);
        assert!(
            has(1, Fault::RefuseLogin(5))
                && has(2, Fault::Locked)
                && has(3, Fault::DropAfter(20))
                && has(4, Fault::Silent)
        );
        assert_eq!((faults.len(), faults[5].sim.error, faults[6].sim.error), (7, SPAGHETTI, 0x0700_8011));
        let mut busy = of(&Plan { scenario: Scenario::Busy, ..Plan::default() }).remove(0).sim;
        let first = busy.job.as_ref().unwrap().number;
        busy.advance(1200.0);
        assert!(busy.job.as_ref().unwrap().number > first, "another job has begun");
        let trouble = of(&Plan { scenario: Scenario::Trouble, ..Plan::default() });
        let errors = trouble.iter().filter(|p| p.sim.error != 0).count();
        let (paused, failed) =
            [Phase::Pause, Phase::Failed].map(|f| trouble.iter().filter(|p| p.sim.phase == f).count()).into();
        assert_eq!((trouble.len(), errors, paused, failed), (11, 7, 6, 3));
        let smokes =
            trouble.iter().filter(|p| p.sim.hms.iter().any(|h| (h.attr, h.code) == (0x0C00_0300, 0x0001_001E)));
        assert!(smokes.count() == 1 && trouble[1].sim.error == 0x1200_8011, "danger, and an AMS Lite's own code");
        let tangled = &trouble[3].sim;
        assert_eq!(
            (tangled.stage(), tangled.error),
            (Some(stage::LOAD), 0x0700_8010),
            "stage and error belong together"
        );
        assert_eq!(of(&Plan { scenario: Scenario::Flood, ..Plan::default() })[0].faults.flood(), Some(50));
    }

    #[test]
    fn the_cloud_brings_two_printers_and_changes_none_of_the_others() {
        for scenario in Scenario::ALL {
            let alone = Plan { scenario, ..Plan::default() };
            let plan = Plan { cloud: Some(CloudPlan::default()), ..alone.clone() };
            let serials =
                |printers: &[SimulatedPrinter]| printers.iter().map(|p| p.sim.serial.clone()).collect::<Vec<_>>();
            assert_eq!(serials(&of(&plan)), serials(&of(&alone)));
            assert!(cloud_only_printers(&alone).is_empty());
            let more = cloud_only_printers(&plan);
            assert_eq!(
                (more.len(), more[0].faults.has(Fault::Locked), more[1].faults.has(Fault::Locked)),
                (2, false, true)
            );
            let prints = more.iter().all(|p| p.sim.phase == Phase::Running && p.sim.job.as_ref().unwrap().cloud);
            assert_eq!(prints, scenario != Scenario::Quiet);
            let both = &of(&plan)[on_both_transports(&plan)];
            assert_eq!(both.faults.has(Fault::Silent), scenario == Scenario::Faults);
            assert!(both.sim.job.as_ref().is_none_or(|job| !job.cloud));
        }
    }

    #[test]
    fn every_model_has_something_to_try() {
        let printers = of(&Plan { scenario: Scenario::Models, ..Plan::default() });
        let of_model = |model| printers.iter().find(|p| p.sim.model == model).unwrap();
        assert_eq!(printers.iter().map(|p| p.sim.model.short()).collect::<HashSet<_>>().len(), EVERY_MODEL.len());
        assert!(of_model(Model::X1E).faults.has(Fault::Locked));
        assert!(of_model(Model::P2S).sim.ams[0].drying > 0.0 && of_model(Model::H2D).sim.ams[1].drying > 0.0);
        assert_eq!((of_model(Model::A1).sim.error, of_model(Model::H2S).sim.phase), (0x0700_8011, Phase::Pause));
        let mut x2d = of_model(Model::X2D).sim.clone();
        x2d.advance(300.0);
        assert!(x2d.change.is_some() && x2d.error != 0, "it waits for a person");
        let report = crate::simulator::report::Reporter::default().full(&of_model(Model::H2C).sim);
        let nozzles = report["print"]["device"]["nozzle"]["info"].as_array().unwrap();
        assert_eq!(nozzles.iter().filter(|nozzle| nozzle["id"].as_i64() >= Some(16)).count(), 4);
    }

    #[test]
    fn a_farm_has_unique_names_and_serials_of_the_right_model() {
        for count in [200, 600] {
            let printers = of(&Plan { scenario: Scenario::Farm, printers: Some(count), ..Plan::default() });
            assert_eq!(printers.iter().map(|p| &p.name).collect::<HashSet<_>>().len(), count);
            assert_eq!(printers.iter().map(|p| &p.sim.serial).collect::<HashSet<_>>().len(), count);
            assert!(printers.iter().all(|p| Model::from_serial(&p.sim.serial) == Some(p.sim.model)));
            assert_eq!((printers[0].name.as_str(), printers[199].name.as_str()), ("A-01", "J-20"));
        }
    }
}
