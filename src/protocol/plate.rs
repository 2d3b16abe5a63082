//! What a sliced file says of its plates: objects with their names and ids, filament, time.
//!
//! It stands in `Metadata/slice_info.config`, an XML file inside the 3MF. The ids that a printer knows are in that file and
//! nowhere else: neither reports nor the boxes in `plate_<n>.json` have them.

mod archive;
mod bounds;

pub use archive::open;

use super::wire::{Maybe, Read, clean, wire};
use roxmltree::{Document, Node, ParsingOptions};

/// Largest `slice_info.config` that is read, in bytes; real ones have a few thousand.
const INFO_MAX: usize = 2 << 20;
/// So many nodes may an XML file have.
const NODES_MAX: u32 = 200_000;
/// So many plates of a file are kept (the slicer makes at most 36) …
const PLATES_MAX: usize = 64;
/// … and so many objects, filaments and warnings of a plate.
const LIST_MAX: usize = 1000;

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No ZIP archive, a damaged one, or one beyond all bounds.
    #[error("it is no intact 3MF")]
    Archive,
    /// There is no description of plates in it.
    #[error("it was not sliced")]
    NotSliced,
    /// The description is no XML, or has no plate.
    #[error("its description of plates cannot be read")]
    Info,
}

/// A sliced file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sliced {
    /// Its plates, in the file's order.
    pub plates: Vec<Plate>,
}

/// One plate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plate {
    /// Its number, from 1.
    pub index: u32,
    /// How long it prints, in seconds.
    pub seconds: Option<u32>,
    /// What it weighs, in grams.
    pub grams: Option<f64>,
    /// Whether the objects are labelled in the G-code: without labels none can be skipped.
    pub labelled: Option<bool>,
    /// Diameters of the nozzles it was sliced for, in millimetres.
    pub nozzles: Vec<f64>,
    /// The hotend of each filament of the project: 1 left, 2 right.
    pub hotends: Vec<u8>,
    /// Layers, by the G-code's own header.
    pub layers: Option<u32>,
    /// What stands on it.
    pub objects: Vec<Object>,
    /// The filaments that are used.
    pub filaments: Vec<Filament>,
    /// What the slicer warned of.
    pub warnings: Vec<Warning>,
}

/// One object of a plate. Several may have the same name.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The id that the printer knows (`identify_id`).
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Left out from the beginning.
    pub skipped: bool,
    /// Where it stands.
    pub place: Option<ObjectBox>,
}

/// A box on the bed, in millimetres from its front left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the fields are the edges")]
pub struct ObjectBox {
    pub left: f64,
    pub front: f64,
    pub right: f64,
    pub back: f64,
}

impl ObjectBox {
    /// The middle, in whole millimetres.
    pub fn middle(&self) -> (i32, i32) {
        (f64::midpoint(self.left, self.right).round() as i32, f64::midpoint(self.front, self.back).round() as i32)
    }
}

/// A filament of a plate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filament {
    /// Its number in the project, from 1.
    pub id: u32,
    /// Filament code, such as `GFA00`; empty when there is none.
    pub code: String,
    /// `PLA`, `PETG` …
    pub material: String,
    /// `#RRGGBB` or `#RRGGBBAA`, as it was written.
    pub color: String,
    /// Length in metres.
    pub metres: Option<f64>,
    /// Weight in grams.
    pub grams: Option<f64>,
}

/// Something the slicer warned of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its name in the slicer, such as `bed_temperature_too_high_than_filament`.
    pub name: String,
    /// The code a printer shows for it.
    pub code: String,
}

/// Reads a `slice_info.config`. What is wrong in it loses its own part only.
pub fn read_info(bytes: &[u8]) -> Result<Sliced, Unreadable> {
    if bytes.len() > INFO_MAX {
        return Err(Unreadable::Info);
    }
    let text = String::from_utf8_lossy(bytes);
    if !bounds::hold(&text) {
        return Err(Unreadable::Info);
    }
    let options = ParsingOptions { nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(|_| Unreadable::Info)?;
    let plates: Vec<_> = children(document.root_element(), "plate").take(PLATES_MAX).filter_map(plate).collect();
    if plates.is_empty() { Err(Unreadable::Info) } else { Ok(Sliced { plates }) }
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// A plate without a number cannot be told from the others.
fn plate(node: Node<'_, '_>) -> Option<Plate> {
    let mut plate = Plate::default();
    for entry in children(node, "metadata") {
        let (Some(key), Some(value)) = (entry.attribute("key"), entry.attribute("value")) else { continue };
        match key {
            "index" => plate.index = number(value).unwrap_or(0),
            "prediction" => plate.seconds = number(value),
            "weight" => plate.grams = amount(value),
            "label_object_enabled" => plate.labelled = bool::from_text(value),
            "nozzle_diameters" => plate.nozzles = value.split([',', ' ']).filter_map(amount).take(8).collect(),
            "filament_maps" => {
                plate.hotends = value.split([',', ' ']).filter_map(|n| n.parse().ok()).take(LIST_MAX).collect();
            }
            _ => {}
        }
    }
    plate.objects = children(node, "object").take(LIST_MAX).filter_map(object).collect();
    plate.filaments = children(node, "filament").take(LIST_MAX).filter_map(filament).collect();
    plate.warnings = children(node, "warning").take(LIST_MAX).filter_map(warning).collect();
    (plate.index > 0).then_some(plate)
}

fn object(node: Node<'_, '_>) -> Option<Object> {
    Some(Object {
        id: number(node.attribute("identify_id")?)?,
        name: clean(node.attribute("name").unwrap_or_default()).trim().to_owned(),
        skipped: node.attribute("skipped").and_then(bool::from_text) == Some(true),
        place: None,
    })
}

fn filament(node: Node<'_, '_>) -> Option<Filament> {
    let text = |key| clean(node.attribute(key).unwrap_or_default());
    Some(Filament {
        id: number(node.attribute("id")?).filter(|id| *id > 0)?,
        code: text("tray_info_idx"),
        material: text("type"),
        color: text("color"),
        metres: node.attribute("used_m").and_then(amount),
        grams: node.attribute("used_g").and_then(amount),
    })
}

fn warning(node: Node<'_, '_>) -> Option<Warning> {
    let name = clean(node.attribute("msg")?);
    Some(Warning { name, code: clean(node.attribute("error_code").unwrap_or_default()) })
}

/// A whole number that is not negative.
fn number(text: &str) -> Option<u32> {
    i64::from_text(text).and_then(|n| u32::try_from(n).ok())
}

/// A measure that can be one: finite and not negative.
fn amount(text: &str) -> Option<f64> {
    f64::from_text(text).filter(|n| *n >= 0.0)
}

wire! {
    /// `plate_<n>.json`
    struct Boxes {
        "bbox_objects" => objects: Vec<RawBox>,
    }
}

wire! {
    /// One of its boxes. Its `id` is another one than the printer's.
    struct RawBox {
        "name" => name: String,
        "bbox" => edges: Vec<f64>,
    }
}

impl Plate {
    /// Takes in where the objects stand, from the plate's `plate_<n>.json`. The boxes come in the order of the objects,
    /// followed by a prime tower; they count only if all names agree, since nothing else ties the two lists together.
    fn take_places(&mut self, json: &[u8]) {
        let Ok(Maybe(Some(boxes))) = serde_json::from_slice::<Maybe<Boxes>>(json) else { return };
        let boxes = boxes.objects.unwrap_or_default();
        let agree = |(object, found): (&Object, &RawBox)| found.name.as_deref().map(str::trim) == Some(&object.name);
        if boxes.len() < self.objects.len() || !self.objects.iter().zip(&boxes).all(agree) {
            return;
        }
        for (object, found) in self.objects.iter_mut().zip(boxes) {
            object.place = match found.edges.as_deref() {
                Some(&[left, front, right, back]) if left <= right && front <= back => {
                    Some(ObjectBox { left, front, right, back })
                }
                _ => None,
            };
        }
    }
}

/// The number of layers in the head of a G-code file.
fn layers(head: &[u8]) -> Option<u32> {
    let text = String::from_utf8_lossy(head);
    let line = text.lines().find_map(|line| line.trim_start_matches([';', ' ']).strip_prefix("total layer number:"))?;
    line.trim().parse().ok()
}

impl Sliced {
    /// The plate that is printed: the one with the job's number, or, where the printer does not say a number, the only
    /// one there is.
    pub fn plate(&self, number: Option<u32>) -> Option<&Plate> {
        match (number, &self.plates[..]) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(number), plates) => plates.iter().find(|plate| plate.index == number),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Two plates as slicers write them.
    pub(crate) const INFO: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<config>
  <header><header_item key="X-BBL-Client-Version" value="02.04.00.70"/></header>
  <plate>
    <metadata key="index" value="1"/><metadata key="prediction" value="4223"/><metadata key="weight" value="17.51"/>
    <metadata key="nozzle_diameters" value="0.4,0.4"/><metadata key="label_object_enabled" value="true"/>
    <metadata key="filament_maps" value="2 2 1"/>
    <object identify_id="125" name="Cylinder" skipped="false" />
    <object identify_id="136" name="Cylinder" skipped="true" />
    <object identify_id="x" name="lost" skipped="false" />
    <object identify_id="180" name="Cube&#9;&amp; [31m" skipped="false" />
    <filament id="1" tray_info_idx="GFA00" type="PLA" color="#8E9089" used_m="1.74" used_g="5.28" group_id="0"/>
    <filament id="3" tray_info_idx="GFG02" type="PETG" color="#FFFFFF" used_m="0.1" used_g="nan"/>
    <warning msg="bed_temperature_too_high_than_filament" level="3" error_code="1000C001"/>
  </plate>
  <plate><metadata key="index" value="3"/><metadata key="label_object_enabled" value="false"/></plate>
  <plate><metadata key="prediction" value="1"/></plate>
</config>"##;

    #[test]
    fn plates_are_read_with_what_is_right_in_them() {
        let sliced = read_info(INFO.as_bytes()).expect("readable");
        assert_eq!(sliced.plates.iter().map(|p| p.index).collect::<Vec<_>>(), [1, 3]);
        let plate = sliced.plate(Some(1)).expect("plate 1");
        assert_eq!((plate.seconds, plate.grams, plate.labelled), (Some(4223), Some(17.51), Some(true)));
        assert_eq!((&plate.nozzles[..], &plate.hotends[..]), (&[0.4, 0.4][..], &[2, 2, 1][..]));
        let objects: Vec<_> = plate.objects.iter().map(|o| (o.id, o.name.as_str(), o.skipped)).collect();
        assert_eq!(objects, [(125, "Cylinder", false), (136, "Cylinder", true), (180, "Cube & [31m", false)]);
        assert_eq!(plate.filaments.iter().map(|f| (f.id, f.grams)).collect::<Vec<_>>(), [(1, Some(5.28)), (3, None)]);
        assert_eq!(plate.warnings[0].code, "1000C001");
    }

    #[test]
    fn the_plate_of_a_job_is_never_guessed() {
        let two = read_info(INFO.as_bytes()).expect("readable");
        assert_eq!((two.plate(None), two.plate(Some(2))), (None, None));
        let one = Sliced { plates: two.plates[..1].to_vec() };
        assert_eq!(one.plate(None).map(|p| p.index), Some(1));
        assert_eq!(one.plate(Some(2)), None, "another plate than the one in the file");
    }

    #[test]
    fn boxes_count_only_where_all_names_agree() {
        let mut plate = read_info(INFO.as_bytes()).expect("readable").plates.remove(0);
        let json = |last: &str| {
            format!(
                r#"{{"bbox_objects":[{{"id":1,"name":"Cylinder","bbox":[10,20,30,41]}},{{"name":"Cylinder","bbox":[9,8,7]}},
                {{"name":"{last}","bbox":[100.5,0,120.5,10]}},{{"id":1000,"name":"Wipe tower","bbox":[1,2,3,4]}}]}}"#
            )
        };
        plate.take_places(json("Cone").as_bytes());
        assert!(plate.objects.iter().all(|o| o.place.is_none()));
        plate.take_places(json("Cube & [31m").as_bytes());
        let places: Vec<_> = plate.objects.iter().map(|o| o.place.map(|p| p.middle())).collect();
        assert_eq!(places, [Some((20, 31)), None, Some((111, 5))]);
    }

    #[test]
    fn what_is_no_description_is_refused() {
        assert_eq!(read_info(b"{}"), Err(Unreadable::Info));
        assert_eq!(read_info(b"<config/>"), Err(Unreadable::Info));
        assert_eq!(read_info(&vec![b' '; INFO_MAX + 1]), Err(Unreadable::Info));
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><config>&b;</config>"#;
        assert_eq!(read_info(bomb.as_bytes()), Err(Unreadable::Info));
        let many = (0..257).fold(String::new(), |text, n| text + &format!(" a{n}=''"));
        let info = INFO.replace("<object ", &format!("<object{many} "));
        assert_eq!(read_info(info.as_bytes()), Err(Unreadable::Info), "more attributes than any slicer writes");
    }

    #[test]
    fn layers_stand_in_the_head_of_the_g_code() {
        assert_eq!(layers(b"; HEADER_BLOCK_START\n; total layer number: 212\n"), Some(212));
        assert_eq!(layers(b"; total layer number: many\n"), None);
        assert_eq!(layers(b"G28\n"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0..INFO.len(), flip: u8) {
            let _ = read_info(&bytes);
            let mut info = INFO.as_bytes().to_vec();
            info[cut] = flip;
            if let Ok(mut sliced) = read_info(&info) {
                sliced.plates[0].take_places(&bytes);
            }
            let _ = read_info(&info[..cut]);
            let _ = layers(&bytes);
        }
    }
}
