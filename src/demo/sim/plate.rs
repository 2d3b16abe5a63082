//! What stands on the plate of a job, and the 3MF that was sent for it.

use super::SimPrinter;
use super::job::{CATALOGUE, Job};
use serde_json::json;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Side of the bed that objects stand on, in millimetres.
const BED: f64 = 240.0;
/// Lines of G-code in a file: enough to be fetched in several pieces, few enough to be made in no time.
const LINES: usize = 6_000;

/// One object of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
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
pub(super) fn parts(entry: usize) -> Vec<Part> {
    let names = PARTS[entry % PARTS.len()].iter().flat_map(|(name, count)| (0..*count).map(|_| *name));
    let names: Vec<_> = names.collect();
    let columns = (names.len() as f64).sqrt().ceil().max(1.0);
    let side = BED / columns;
    let place = |at: usize| {
        let (x, y) = (at as f64 % columns, (at as f64 / columns).floor());
        let edge = |n: f64| n * side + side * 0.15;
        [edge(x), edge(y), edge(x) + side * 0.7, edge(y) + side * 0.7]
    };
    let part = |(at, name)| Part { id: 97 + 14 * at as u32, name, place: place(at) };
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
        let folder = if matches!(self.model, Model::X1 | Model::X1C | Model::X1E) { "/cache" } else { "" };
        Some(format!("{folder}/{title}"))
    }

    /// The job's file: a 3MF as the slicer makes it, with what clients read of it.
    pub fn file(&self) -> Option<Vec<u8>> {
        let job = self.job.as_ref()?;
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: &str, text: &str, method: CompressionMethod| {
            zip.start_file(name, SimpleFileOptions::default().compression_method(method))?;
            zip.write_all(text.as_bytes())?;
            Ok::<_, zip::result::ZipError>(())
        };
        let deflated = CompressionMethod::Deflated;
        let result = add("3D/3dmodel.model", "<model/>", deflated)
            // Stored, so that the file has some size.
            .and_then(|()| add("Metadata/plate_1.gcode", &gcode(job), CompressionMethod::Stored))
            .and_then(|()| add("Metadata/plate_1.json", &boxes(job), deflated))
            .and_then(|()| add("Metadata/slice_info.config", &self.slice_info(job), deflated));
        result.and_then(|()| zip.finish()).ok().map(Cursor::into_inner)
    }

    fn slice_info(&self, job: &Job) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<config>\n");
        xml += "  <header>\n    <header_item key=\"X-BBL-Client-Version\" value=\"02.04.00.70\"/>\n  </header>\n  <plate>\n";
        for (key, value) in [
            ("index", "1".to_owned()),
            ("nozzle_diameters", vec!["0.4"; self.nozzles.len()].join(",")),
            ("prediction", format!("{:.0}", job.length)),
            ("weight", format!("{:.2}", job.grams)),
            ("label_object_enabled", "true".to_owned()),
            ("filament_maps", vec!["1"; job.slots.len()].join(" ")),
        ] {
            let _ = writeln!(xml, "    <metadata key=\"{key}\" value=\"{value}\"/>");
        }
        for Part { id, name, .. } in &job.parts {
            let name = name.replace('&', "&amp;");
            let _ = writeln!(xml, "    <object identify_id=\"{id}\" name=\"{name}\" skipped=\"false\" />");
        }
        let grams = job.grams / job.slots.len().max(1) as f64;
        for (at, slot) in job.slots.iter().enumerate() {
            let spool = self.spool_at(*slot);
            let (code, kind) = spool.map_or(("GFL99", "PLA"), |spool| (&*spool.code, &*spool.kind));
            let color = spool.and_then(|spool| spool.color.get(..6)).unwrap_or("FFFFFF");
            let _ = writeln!(
                xml,
                "    <filament id=\"{}\" tray_info_idx=\"{code}\" type=\"{kind}\" color=\"#{color}\" \
                 used_m=\"{:.2}\" used_g=\"{grams:.2}\"/>",
                at + 1,
                grams / 3.0,
            );
        }
        xml + "  </plate>\n</config>\n"
    }
}

fn gcode(job: &Job) -> String {
    let mut text = format!("; HEADER_BLOCK_START\n; total layer number: {}\n; HEADER_BLOCK_END\n", job.layers);
    for line in 0..LINES {
        let _ = writeln!(text, "G1 X{} Y{} E.0421", line * 7 % 240, line * 13 % 240);
    }
    text
}

fn boxes(job: &Job) -> String {
    // These ids are not the ones by which objects are skipped.
    let one = |(at, part): (usize, &Part)| json!({"id": 210 + at, "name": part.name, "area": 400.0, "bbox": part.place, "layer_height": 0.2});
    let list: Vec<_> = job.parts.iter().enumerate().map(one).collect();
    json!({"bbox_all": [0.0, 0.0, BED, BED], "bbox_objects": list, "bed_type": "textured_plate", "version": 2})
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::sim::spool::Slot;

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
