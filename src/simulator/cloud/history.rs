//! What was printed: a past that follows the seed, and what the printers do since. Pure: the time is an argument.

use crate::simulator::report::common;
use crate::simulator::sim::job::Job;
use crate::simulator::sim::spool::{Slot, Spool};
use crate::simulator::sim::{Phase, SimPrinter};
use crate::simulator::tls::fingerprint;
use chrono::DateTime;
use std::borrow::Cow;

/// How many prints the past has, and over how many days.
const PAST: i64 = 60;
const DAYS: i64 = 90;
/// Designs that others have published, by their place among the jobs.
const DESIGNS: [(usize, u64, &str); 4] = [
    (1, 22_001, "The little boat that tests printers"),
    (3, 310_442, "Articulated Dragon - print in place"),
    (7, 118_730, "Headphone Stand, no supports"),
    (12, 96_215, "Tabletop Terrain: Ruins"),
];

/// How a print went, as the numbers of the wire.
pub(super) mod status {
    pub(in super::super) const FINISHED: u8 = 2;
    pub(in super::super) const ABORTED: u8 = 3;
    pub(in super::super) const RUNNING: u8 = 4;
}

/// One filament of a print.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filament {
    pub(super) slot: Slot,
    pub(super) code: Cow<'static, str>,
    pub(super) kind: Cow<'static, str>,
    /// `RRGGBBAA`.
    pub(super) color: String,
    pub(super) grams: f64,
}

/// One print.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    pub(super) id: u64,
    pub(super) title: String,
    /// Number and name of a published design.
    pub(super) design: Option<(u64, &'static str)>,
    pub(super) project: u64,
    pub(super) profile: u64,
    pub(super) plate: u64,
    pub(super) serial: String,
    pub(super) status: u8,
    pub(super) start: i64,
    pub(super) end: i64,
    /// Estimated seconds.
    pub(super) cost: i64,
    pub(super) grams: f64,
    pub(super) filaments: Vec<Filament>,
    /// Sent through the cloud, or over the LAN with a record here.
    pub(super) cloud: bool,
}

impl Task {
    pub(super) fn is_over(&self) -> bool {
        self.status != status::RUNNING
    }

    /// The colour of its first filament, without alpha.
    pub(super) fn color(&self) -> &str {
        self.filaments.first().and_then(|f| f.color.get(..6)).unwrap_or("808080")
    }
}

/// Everything that was printed, oldest first.
#[derive(Debug, Default)]
pub(super) struct PrintHistory {
    tasks: Vec<Task>,
}

impl PrintHistory {
    /// The past of these printers.
    pub(super) fn past(serials: &[&str], now: i64, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed ^ 0x7A5C);
        let spacing = (DAYS - 1) * 86_400 / PAST;
        let mut id = 100_000_000;
        let task = |n: i64| {
            let entry = rng.usize(..Job::catalogue_len());
            let slots =
                if entry % 3 == 1 { vec![Slot::ams(0, 0), Slot::ams(0, 2)] } else { vec![Slot::ams(0, rng.u8(..4))] };
            let job = Job::from_catalogue(entry, 1, slots);
            let start = now - DAYS * 86_400 + n * spacing + rng.i64(0..spacing / 3);
            let aborted = rng.u8(..100) < 15;
            // Estimates are a little off; what fails, fails early or late.
            let share = if aborted { 0.03 + rng.f64() * 0.8 } else { 0.97 + rng.f64() * 0.13 };
            id += rng.u64(1000..900_000);
            let presets = rng.usize(..12);
            let cloud = n % 4 != 0;
            let filament = |(i, slot): (usize, &Slot)| {
                let spool = Spool::from_shelf(presets + i, &mut fastrand::Rng::with_seed(0));
                filament(*slot, &spool, job.grams / job.slots.len() as f64)
            };
            Task {
                id,
                title: common::bare_title(&job.title).to_owned(),
                design: DESIGNS.iter().find(|d| d.0 == entry).map(|d| (d.1, d.2)),
                project: if cloud { 40_000_000 + entry as u64 * 977 } else { 0 },
                profile: if cloud { 60_000_000 + entry as u64 * 977 } else { 0 },
                plate: 1 + (entry % 5 == 4) as u64,
                serial: serials[n as usize % serials.len().max(1)].to_owned(),
                status: if aborted { status::ABORTED } else { status::FINISHED },
                start,
                end: start + (job.length * share) as i64,
                cost: job.length as i64,
                grams: job.grams,
                filaments: job.slots.iter().enumerate().map(filament).collect(),
                cloud,
            }
        };
        Self { tasks: if serials.is_empty() { Vec::new() } else { (0..PAST).map(task).collect() } }
    }

    /// Looks at what a printer does, and writes down what is new.
    pub(super) fn observe(&mut self, sim: &SimPrinter, now: i64) {
        let job = sim.job.as_ref();
        let id = job.map(|job| task_id(sim, job));
        // Another job on the plate: the last one must have ended while nobody looked.
        for task in self.tasks.iter_mut().filter(|t| t.serial == sim.serial && !t.is_over() && Some(t.id) != id) {
            task.status = status::FINISHED;
            task.end = now;
        }
        let (Some(job), Some(id)) = (job, id) else { return };
        let over = match sim.phase {
            Phase::Finish => Some(status::FINISHED),
            Phase::Failed => Some(status::ABORTED),
            _ => None,
        };
        match self.tasks.iter_mut().rev().find(|task| task.id == id) {
            Some(task) if task.is_over() => {}
            Some(task) => {
                if let Some(status) = over {
                    task.status = status;
                    task.end = now;
                }
            }
            // A printer with nothing to do may still show what it did before the cloud looked.
            None => {
                let start = now - job.done as i64;
                let end = if over.is_some() { now } else { start + 30 };
                self.tasks.push(live(sim, job, id, (start, end), over.unwrap_or(status::RUNNING)));
            }
        }
    }

    /// All of it, newest first.
    pub(super) fn newest_first(&self) -> Vec<&Task> {
        let mut tasks: Vec<_> = self.tasks.iter().collect();
        tasks.sort_by_key(|task| std::cmp::Reverse((task.start, task.id)));
        tasks
    }

    /// The newest print of one printer.
    pub(super) fn newest_of(&self, serial: &str) -> Option<&Task> {
        self.newest_first().into_iter().find(|task| task.serial == serial)
    }

    pub(super) fn find(&self, id: u64) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }
}

/// The number of a job in the history. One that was sent over the LAN has a record, but does not know its number.
fn task_id(sim: &SimPrinter, job: &Job) -> u64 {
    if job.cloud { number(&common::id(sim, 2)) } else { 170_000_000 + u64::from(job.number) }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

fn live(sim: &SimPrinter, job: &Job, id: u64, (start, end): (i64, i64), status: u8) -> Task {
    let grams = job.grams / job.slots.len().max(1) as f64;
    Task {
        id,
        title: common::subtask_name(sim).to_owned(),
        design: None,
        project: if job.cloud { number(&common::id(sim, 0)) } else { 0 },
        profile: if job.cloud { number(&common::id(sim, 1)) } else { 0 },
        plate: 1,
        serial: sim.serial.clone(),
        status,
        start,
        end,
        cost: job.length as i64,
        grams: job.grams,
        filaments: job.slots.iter().filter_map(|slot| Some(filament(*slot, sim.spool_at(*slot)?, grams))).collect(),
        cloud: job.cloud,
    }
}

fn filament(slot: Slot, spool: &Spool, grams: f64) -> Filament {
    Filament { slot, code: spool.code.clone(), kind: spool.kind.clone(), color: spool.color.clone(), grams }
}

/// A moment as the cloud writes it.
pub(super) fn iso(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(String::new, |t| t.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The id of a model, from the number of its project.
pub(super) fn model_id(project: u64) -> String {
    if project == 0 { String::new() } else { format!("US{}", &fingerprint(&project.to_be_bytes())[..14]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::model::Model;
    use std::collections::{HashMap, HashSet};

    const NOW: i64 = 1_790_000_000;

    #[test]
    fn the_past_is_plausible() {
        let serials = ["01P00A000000001", "03000A000000002", "22E00A000000003"];
        let history = PrintHistory::past(&serials, NOW, 1);
        let tasks = history.newest_first();
        assert_eq!(tasks.len(), 60);
        assert!(tasks.windows(2).all(|pair| pair[0].start >= pair[1].start));
        assert!(tasks[59].start > NOW - 91 * 86_400 && tasks.iter().all(|t| t.end < NOW && t.end > t.start));
        assert_eq!(tasks.iter().map(|t| t.id).collect::<HashSet<_>>().len(), 60);
        let aborted = tasks.iter().filter(|t| t.status == status::ABORTED).count();
        assert!((3..20).contains(&aborted), "{aborted}");
        assert!(tasks.iter().any(|t| t.design.is_some()) && tasks.iter().any(|t| t.filaments.len() == 2));
        // A printer prints one thing at a time.
        let mut busy: HashMap<&str, i64> = HashMap::new();
        for task in tasks.iter().rev() {
            let until = busy.insert(&task.serial, task.end).unwrap_or(0);
            assert!(until <= task.start, "{} overlaps", task.title);
        }
        assert_eq!(PrintHistory::past(&serials, NOW, 1).newest_first(), tasks, "the same seed, the same past");
    }

    #[test]
    fn what_a_printer_does_is_written_down_once() {
        let mut history = PrintHistory::default();
        let mut sim = SimPrinter::new(Model::P1S, "01P00A000000001".into(), 4);
        history.observe(&sim, NOW);
        assert!(history.newest_first().is_empty(), "nothing to do, nothing to tell");
        let mut job = sim.make_job(0);
        job.cloud = true;
        sim.put_into(job, 0.5);
        for _ in 0..3 {
            history.observe(&sim, NOW);
        }
        let [task] = history.newest_first()[..] else { panic!("one print") };
        assert_eq!((task.status, task.start), (status::RUNNING, NOW - 48 * 60));
        assert_eq!((task.title.as_str(), task.id.to_string()), ("bracket_v4", common::id(&sim, 2)));
        sim.finish();
        history.observe(&sim, NOW + 60);
        history.observe(&sim, NOW + 90);
        let task = history.newest_first()[0];
        assert_eq!((task.status, task.end), (status::FINISHED, NOW + 60));
        sim.start_next();
        history.observe(&sim, NOW + 100);
        sim.start_next();
        history.observe(&sim, NOW + 200);
        let statuses: Vec<_> = history.newest_first().iter().map(|t| t.status).collect();
        assert_eq!(statuses, [status::RUNNING, status::FINISHED, status::FINISHED], "two cannot run at once");
        sim.stop();
        history.observe(&sim, NOW + 300);
        assert_eq!(history.newest_first()[0].status, status::ABORTED);
    }
}
