//! The 3MF that was sent for a job: as the slicer makes it, with every member that clients read, and small.

use super::SimPrinter;
use super::job::Job;
use super::md5::md5;
use super::plate::{BED, PlateObject};
use image::ImageEncoder;
use image::codecs::png::PngEncoder;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::{CompressionMethod, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// Lines of G-code in a file: enough to be fetched in several pieces, few enough to be made in no time.
const LINES: usize = 6_000;
/// Edges of its pictures; the slicer's are twice as large.
const EDGE: u32 = 256;
const SMALL: u32 = 128;

const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"model\" ContentType=\"application/vnd.ms-package.3dmanufacturing-3dmodel+xml\"/>\
    <Default Extension=\"png\" ContentType=\"image/png\"/><Default Extension=\"gcode\" ContentType=\"text/x.gcode\"/></Types>\n";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Target=\"/3D/3dmodel.model\" Id=\"rel-1\" Type=\"http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel\"/>\
    <Relationship Target=\"/Metadata/plate_1.png\" Id=\"rel-2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail\"/>\
    </Relationships>\n";
const MODEL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\
    <resources/><build/></model>\n";

/// What a picture of the plate shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum View {
    /// Objects in the colour of the filament, lit or not.
    Top { light: u32 },
    /// Each object in the colour that is its id.
    Pick,
}

/// A filament of the job, as its file has it.
struct Filament<'a> {
    code: &'a str,
    kind: &'a str,
    /// `RRGGBB`.
    color: &'a str,
    grams: f64,
    /// 0 right, 1 left.
    hotend: usize,
}

impl SimPrinter {
    /// The job's file.
    pub fn file(&self) -> Option<Vec<u8>> {
        let job = self.job.as_ref()?;
        self.pack(job).ok()
    }

    fn pack(&self, job: &Job) -> ZipResult<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let filaments = self.filaments(job);
        let gcode = self.gcode(job, &filaments);
        let color = filaments.first().map_or("FFFFFF", |filament| filament.color);
        let texts = [
            ("[Content_Types].xml", TYPES.to_owned()),
            ("_rels/.rels", RELATIONS.to_owned()),
            ("3D/3dmodel.model", MODEL.to_owned()),
            ("Metadata/plate_1.gcode.md5", md5(gcode.as_bytes())),
            ("Metadata/plate_1.json", boxes(job, &filaments)),
            ("Metadata/slice_info.config", self.slice_info(job, &filaments)),
            ("Metadata/model_settings.config", model_settings(job)),
            ("Metadata/project_settings.config", self.project_settings(&filaments)),
        ];
        let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, text) in texts {
            zip.start_file(name, deflated)?;
            zip.write_all(text.as_bytes())?;
        }
        for (name, edge, view) in [
            ("plate_1", EDGE, View::Top { light: 100 }),
            ("plate_1_small", SMALL, View::Top { light: 100 }),
            ("plate_no_light_1", EDGE, View::Top { light: 60 }),
            ("top_1", EDGE, View::Top { light: 100 }),
            ("pick_1", EDGE, View::Pick),
        ] {
            zip.start_file(format!("Metadata/{name}.png"), stored)?;
            zip.write_all(&picture(job, color, edge, view))?;
        }
        // Stored, so that the file has some size.
        zip.start_file("Metadata/plate_1.gcode", stored)?;
        zip.write_all(gcode.as_bytes())?;
        zip.finish().map(Cursor::into_inner)
    }

    fn filaments(&self, job: &Job) -> Vec<Filament<'_>> {
        let grams = job.grams / job.slots.len().max(1) as f64;
        let filament = |slot| {
            let spool = self.spool_at(slot);
            let (code, kind) = spool.map_or(("GFL99", "PLA"), |spool| (&*spool.code, &*spool.kind));
            let color = spool.and_then(|spool| spool.color.get(..6)).unwrap_or("FFFFFF");
            Filament { code, kind, color, grams, hotend: 0 }
        };
        job.slots.iter().map(|slot| filament(*slot)).collect()
    }

    /// The nozzle of each hotend, in millimetres.
    fn nozzle_sizes(&self) -> Vec<&'static str> {
        vec!["0.4"; self.nozzles.len()]
    }

    fn slice_info(&self, job: &Job, filaments: &[Filament<'_>]) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<config>\n");
        xml += "  <header>\n    <header_item key=\"X-BBL-Client-Type\" value=\"slicer\"/>\n";
        xml += "    <header_item key=\"X-BBL-Client-Version\" value=\"02.04.00.70\"/>\n  </header>\n  <plate>\n";
        for (key, value) in [
            ("index", "1".to_owned()),
            ("extruder_type", vec!["0"; self.nozzles.len()].join(" ")),
            ("nozzle_volume_type", vec!["0"; self.nozzles.len()].join(" ")),
            ("printer_model_id", self.model.code().to_owned()),
            ("nozzle_diameters", self.nozzle_sizes().join(",")),
            ("timelapse_type", "0".to_owned()),
            ("prediction", format!("{:.0}", job.length)),
            ("weight", format!("{:.2}", job.grams)),
            ("outside", "false".to_owned()),
            ("support_used", "false".to_owned()),
            ("label_object_enabled", "true".to_owned()),
            ("filament_maps", vec!["1"; job.slots.len()].join(" ")),
        ] {
            let _ = writeln!(xml, "    <metadata key=\"{key}\" value=\"{value}\"/>");
        }
        for PlateObject { id, name, .. } in &job.parts {
            let name = name.replace('&', "&amp;");
            let _ = writeln!(xml, "    <object identify_id=\"{id}\" name=\"{name}\" skipped=\"false\" />");
        }
        for (at, Filament { code, kind, color, grams, hotend }) in filaments.iter().enumerate() {
            let _ = writeln!(
                xml,
                "    <filament id=\"{}\" tray_info_idx=\"{code}\" type=\"{kind}\" color=\"#{color}\" used_m=\"{:.2}\" \
                 used_g=\"{grams:.2}\" group_id=\"{hotend}\" nozzle_diameter=\"0.40\"/>",
                at + 1,
                grams / 3.0,
            );
        }
        xml + "  </plate>\n</config>\n"
    }

    fn project_settings(&self, filaments: &[Filament<'_>]) -> String {
        let of = |get: fn(&Filament<'_>) -> String| filaments.iter().map(get).collect::<Vec<_>>();
        let hotends: Vec<_> = (0..self.nozzles.len()).rev().map(|at| at.to_string()).collect();
        json!({
            "name": "project_settings", "from": "project", "version": "02.04.00.70",
            "printer_model": format!("Bambu Lab {}", self.model.short()), "curr_bed_type": "Textured PEI Plate",
            "filament_ids": of(|f| f.code.to_owned()), "filament_type": of(|f| f.kind.to_owned()),
            "filament_colour": of(|f| format!("#{}", f.color)), "nozzle_diameter": self.nozzle_sizes(),
            "physical_extruder_map": hotends, "layer_height": "0.2",
        })
        .to_string()
    }

    fn gcode(&self, job: &Job, filaments: &[Filament<'_>]) -> String {
        let (minutes, list) = (job.length as u64 / 60, |words: Vec<String>| words.join(","));
        let mut text = format!(
            "; HEADER_BLOCK_START\n; BambuStudio 02.04.00.70\n; model printing time: {0}h {1}m 0s; total estimated time: \
             {0}h {1}m 0s\n; total layer number: {2}\n; total filament weight [g] : {3}\n; model label id: {4}\n\
             ; HEADER_BLOCK_END\n\n; CONFIG_BLOCK_START\n; printer_model = Bambu Lab {5}\n; nozzle_diameter = {6}\n\
             ; curr_bed_type = Textured PEI Plate\n; CONFIG_BLOCK_END\n\n",
            minutes / 60,
            minutes % 60,
            job.layers,
            list(filaments.iter().map(|filament| format!("{:.2}", filament.grams)).collect()),
            list(job.parts.iter().map(|part| part.id.to_string()).collect()),
            self.model.short(),
            self.nozzle_sizes().join(","),
        );
        for line in 0..LINES {
            let _ = writeln!(text, "G1 X{} Y{} E.0421", line * 7 % 240, line * 13 % 240);
        }
        text
    }
}

fn boxes(job: &Job, filaments: &[Filament<'_>]) -> String {
    // These ids are not the ones by which objects are skipped.
    let one = |(at, part): (usize, &PlateObject)| json!({"id": 210 + at, "name": part.name, "area": 400.0, "bbox": part.place, "layer_height": 0.2});
    let list: Vec<_> = job.parts.iter().enumerate().map(one).collect();
    let colors: Vec<_> = filaments.iter().map(|filament| format!("#{}", filament.color)).collect();
    json!({
        "bbox_all": [0.0, 0.0, BED, BED], "bbox_objects": list, "bed_type": "textured_plate", "version": 2,
        "filament_colors": colors, "filament_ids": (0..filaments.len()).collect::<Vec<_>>(), "first_extruder": 0,
        "is_seq_print": false, "nozzle_diameter": 0.4,
    })
    .to_string()
}

fn model_settings(job: &Job) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<config>\n");
    for (at, part) in job.parts.iter().enumerate() {
        let name = part.name.replace('&', "&amp;");
        let _ =
            writeln!(xml, "  <object id=\"{}\">\n    <metadata key=\"name\" value=\"{name}\"/>\n  </object>", at + 1);
    }
    xml += "  <plate>\n";
    for (key, value) in [
        ("plater_id", "1"),
        ("plater_name", ""),
        ("locked", "false"),
        ("gcode_file", "Metadata/plate_1.gcode"),
        ("thumbnail_file", "Metadata/plate_1.png"),
        ("thumbnail_no_light_file", "Metadata/plate_no_light_1.png"),
        ("top_file", "Metadata/top_1.png"),
        ("pick_file", "Metadata/pick_1.png"),
        ("pattern_bbox_file", "Metadata/plate_1.json"),
    ] {
        let _ = writeln!(xml, "    <metadata key=\"{key}\" value=\"{value}\"/>");
    }
    for (at, part) in job.parts.iter().enumerate() {
        let _ = writeln!(
            xml,
            "    <model_instance>\n      <metadata key=\"object_id\" value=\"{}\"/>\n      \
             <metadata key=\"identify_id\" value=\"{}\"/>\n    </model_instance>",
            at + 1,
            part.id
        );
    }
    xml + "  </plate>\n</config>\n"
}

/// The plate from above, on nothing: left is left and the back of the bed is the top.
fn picture(job: &Job, color: &str, edge: u32, view: View) -> Vec<u8> {
    let part = |at: usize| color.get(at..at + 2).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(255);
    let mut pixels = vec![0; (edge * edge * 4) as usize];
    let scale = f64::from(edge) / BED;
    for object in &job.parts {
        let [left, front, right, back] = object.place.map(|mm| ((mm * scale) as u32).min(edge));
        let [r, g, b, _] = object.id.to_le_bytes();
        let rgba = match view {
            View::Pick => [r, g, b, 255],
            View::Top { light } => {
                let [r, g, b] = [part(0), part(2), part(4)].map(|c| (c * light / 100) as u8);
                [r, g, b, 255]
            }
        };
        for y in edge - back..edge - front {
            let row = ((y * edge + left) * 4) as usize..((y * edge + right) * 4) as usize;
            pixels[row].chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&rgba));
        }
    }
    let mut bytes = Vec::new();
    // Writing into memory cannot fail; an empty picture would be noticed by every client.
    let _ = PngEncoder::new(&mut bytes).write_image(&pixels, edge, edge, image::ExtendedColorType::Rgba8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::model::Model;
    use crate::simulator::sim::spool::Slot;
    use std::io::Read;
    use zip::ZipArchive;

    fn members(model: Model) -> (SimPrinter, ZipArchive<Cursor<Vec<u8>>>) {
        let mut sim = SimPrinter::new(model, format!("{}00A000000001", model.serial_prefix()), 4);
        sim.put_into(Job::from_catalogue(0, 1, vec![Slot::ams(0, 0), Slot::ams(0, 1)]), 0.5);
        let file = sim.file().expect("a file");
        assert!(file.len() < 400_000, "{}", file.len());
        (sim, ZipArchive::new(Cursor::new(file)).expect("a ZIP"))
    }

    fn member(zip: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        zip.by_name(name).expect(name).read_to_end(&mut bytes).expect(name);
        bytes
    }

    #[test]
    fn a_file_has_every_member_that_clients_read_and_they_agree() {
        for model in [Model::P1S, Model::X1E, Model::H2D] {
            let (sim, mut zip) = members(model);
            let gcode = member(&mut zip, "Metadata/plate_1.gcode");
            assert_eq!(member(&mut zip, "Metadata/plate_1.gcode.md5"), md5(&gcode).as_bytes());
            let project: serde_json::Value =
                serde_json::from_slice(&member(&mut zip, "Metadata/project_settings.config")).expect("JSON");
            assert_eq!(project["filament_ids"].as_array().map(Vec::len), Some(2));
            assert_eq!(project["nozzle_diameter"].as_array().map(Vec::len), Some(sim.nozzles.len()));
            let info = String::from_utf8(member(&mut zip, "Metadata/slice_info.config")).expect("text");
            assert!(info.contains(&format!("key=\"printer_model_id\" value=\"{}\"", model.code())));
            let settings = String::from_utf8(member(&mut zip, "Metadata/model_settings.config")).expect("text");
            let named = settings.split('"').filter(|word| word.starts_with("Metadata/"));
            assert_eq!(named.filter(|name| zip.by_name(name).is_ok()).count(), 6, "{settings}");
            for name in ["[Content_Types].xml", "_rels/.rels", "3D/3dmodel.model"] {
                assert!(!member(&mut zip, name).is_empty());
            }
        }
    }

    #[test]
    fn a_pixel_of_the_pick_picture_is_the_id_of_what_stands_there() {
        let (sim, mut zip) = members(Model::P1S);
        let job = sim.job.as_ref().expect("a job");
        let pick = image::load_from_memory(&member(&mut zip, "Metadata/pick_1.png")).expect("a PNG").to_rgba8();
        for part in &job.parts {
            let [left, front, right, back] = part.place;
            let at = |mm: f64| (mm * f64::from(EDGE) / BED) as u32;
            let middle = pick.get_pixel(at(f64::midpoint(left, right)), EDGE - at(f64::midpoint(front, back)));
            assert_eq!(u32::from_le_bytes(middle.0), part.id | 0xFF00_0000, "{}", part.name);
        }
        assert_eq!(pick.get_pixel(0, 0).0[3], 0, "nothing stands in the corner");
        for (name, edge) in [("plate_1", EDGE), ("plate_1_small", SMALL), ("top_1", EDGE), ("plate_no_light_1", EDGE)] {
            let picture = image::load_from_memory(&member(&mut zip, &format!("Metadata/{name}.png"))).expect(name);
            assert_eq!((picture.width(), picture.height()), (edge, edge), "{name}");
        }
    }
}
