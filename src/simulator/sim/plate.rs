//! What stands on the plate of a job, and where its file lies.

use super::SimPrinter;
use super::job::{CATALOGUE, Job};

/// Side of the bed that objects stand on, in millimetres.
pub(super) const BED: f64 = 240.0;

/// One object of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateObject {
    /// The id it is skipped by.
    pub id: u32,
    /// Its name; several may have the same.
    pub name: &'static str,
    /// Left, front, right and back edge in millimetres.
    pub place: [f64; 4],
}

/// Names and how often each, for the jobs of the catalogue.
const PARTS: [&[(&str, u32)]; CATALOGUE.len()] = [
    &[("bracket", 2), ("washer", 4)],
    &[("3DBenchy", 1)],
    &[("bin 3x2x6", 1)],
    &[("Dragon", 1), ("Egg", 2)],
    &[("cable clip", 24)],
    &[("Schirm", 1), ("Fassung", 1)],
    &[("duct", 1), ("clip", 2)],
    &[("Base", 1), ("Arm", 1), ("Hook", 1)],
    &[("hinge leaf", 4), ("pin", 2)],
    &[("planter", 1)],
    &[("SD card box", 12)],
    &[("drawer front", 2)],
    &[("Wall", 3), ("Arch", 2), ("Tower", 1), ("Rubble & stones", 4)],
    &[("spacer 8mm", 40)],
    &[("名札", 6)],
    &[("wall hook", 3)],
];

/// The objects of a job of the catalogue, in rows on the bed.
pub(super) fn parts(entry: usize) -> Vec<PlateObject> {
    let names = PARTS[entry % PARTS.len()].iter().flat_map(|(name, count)| (0..*count).map(|_| *name));
    let names: Vec<_> = names.collect();
    let columns = (names.len() as f64).sqrt().ceil().max(1.0);
    let side = BED / columns;
    let place = |at: usize| {
        let (x, y) = (at as f64 % columns, (at as f64 / columns).floor());
        let edge = |n: f64| n * side + side * 0.15;
        [edge(x), edge(y), edge(x) + side * 0.7, edge(y) + side * 0.7]
    };
    let part = |(at, name)| PlateObject { id: 97 + 14 * at as u32, name, place: place(at) };
    names.into_iter().enumerate().map(part).collect()
}

impl Job {
    /// Leaves objects out. What is left takes less time and filament.
    pub(super) fn skip(&mut self, ids: &[u32]) -> Result<(), String> {
        let known = |id: &u32| self.parts.iter().any(|part| part.id == *id);
        if ids.is_empty() || !ids.iter().all(known) {
            return Err("invalid object id".to_owned());
        }
        let before = self.parts.len() - self.skipped.len();
        let mut skipped = self.skipped.clone();
        skipped.extend(ids.iter().filter(|id| !self.skipped.contains(id)));
        let after = self.parts.len().saturating_sub(skipped.len());
        if after == 0 {
            return Err("no object would be left".to_owned());
        }
        let share = after as f64 / before.max(1) as f64;
        let (done, printed) = (self.done, self.grams * self.share());
        self.grams = printed + (self.grams - printed) * share;
        self.length = done + (self.length - done) * share;
        self.skipped = skipped;
        Ok(())
    }
}

impl SimPrinter {
    /// The path of the job's file on the printer's storage.
    pub fn file_path(&self) -> Option<String> {
        use crate::protocol::model::Model;
        let title = &self.job.as_ref()?.title;
        let title = self.odd.name.map_or(title.as_str(), |name| name.said_and_stored().1);
        let folder = if matches!(self.model, Model::X1 | Model::X1C | Model::X1E) { "/cache" } else { "" };
        // As a Mac sends it: letters with marks are two characters. The report has them as one.
        let title = if self.odd.name.is_none() { title.replace('ü', "u\u{308}") } else { title.to_owned() };
        Some(format!("{folder}/{title}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::sim::spool::Slot;

    #[test]
    fn what_is_skipped_takes_no_more_time_and_something_is_always_left() {
        let mut job = Job::from_catalogue(0, 1, vec![Slot::ams(0, 0)]);
        job.skip_to(0.5);
        let (length, grams, id) = (job.length, job.grams, job.parts[0].id);
        assert!(job.skip(&[7]).is_err() && job.skip(&[]).is_err());
        job.skip(&[id, job.parts[1].id, job.parts[2].id]).expect("known ones");
        assert_eq!((job.length, job.grams), (length * 0.75, grams * 0.75));
        job.skip(&[id]).expect("again is no harm");
        assert_eq!((job.length, job.skipped.len()), (length * 0.75, 3));
        let all: Vec<_> = job.parts.iter().map(|part| part.id).collect();
        assert!(job.skip(&all).is_err());
    }
}
