//! Filament: AMS units, their trays, external spools, and which one is in use.

use crate::protocol::{
    ams::{AmsGroup, Tray as RawTray, Unit as RawUnit},
    filaments,
    model::Model,
    report::Report,
    wire::Hex,
};

/// A place for filament: unit id and slot. External spools are units 254 and 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct Slot {
    pub unit: i64,
    pub slot: i64,
}

/// A colour with transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct Rgba {
    pub r: u8,
    pub g: u8,
    pub b: u8,
    pub a: u8,
}

impl Rgba {
    /// From `RRGGBBAA` or `RRGGBB`; `None` for zeros, which mean "no colour".
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('#');
        if !text.is_ascii() || !matches!(text.len(), 6 | 8) {
            return None;
        }
        let byte = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
        let a = if text.len() == 8 { byte(6)? } else { 255 };
        let color = Self { r: byte(0)?, g: byte(2)?, b: byte(4)?, a };
        (color != Self { r: 0, g: 0, b: 0, a: 0 }).then_some(color)
    }

    /// Whether light passes through it.
    pub fn is_translucent(self) -> bool {
        self.a < 255
    }

    /// `#RRGGBBAA`
    pub fn hex8(self) -> String {
        format!("{}{:02X}", self.hex(), self.a)
    }

    /// `#RRGGBB`
    pub fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.r, self.g, self.b)
    }

    /// The everyday name nearest to it.
    pub fn name(self) -> &'static str {
        const NAMES: &[(u8, u8, u8, &str)] = &[
            (255, 255, 255, "white"),
            (0, 0, 0, "black"),
            (128, 128, 128, "grey"),
            (84, 84, 84, "dark grey"),
            (192, 192, 192, "silver"),
            (220, 30, 30, "red"),
            (130, 20, 30, "maroon"),
            (250, 110, 20, "orange"),
            (255, 176, 0, "amber"),
            (250, 225, 50, "yellow"),
            (245, 230, 180, "cream"),
            (210, 180, 140, "tan"),
            (120, 70, 35, "brown"),
            (160, 70, 45, "rust"),
            (120, 200, 40, "lime"),
            (20, 150, 60, "green"),
            (30, 80, 45, "dark green"),
            (128, 128, 40, "olive"),
            (20, 160, 150, "teal"),
            (110, 215, 245, "light blue"),
            (0, 140, 220, "sky blue"),
            (15, 45, 170, "blue"),
            (20, 30, 75, "navy"),
            (110, 50, 160, "purple"),
            (180, 150, 220, "lavender"),
            (230, 40, 140, "magenta"),
            (255, 130, 190, "pink"),
            (200, 160, 60, "gold"),
            (185, 115, 65, "bronze"),
        ];
        // Near the ends of brightness the eye sees no hue.
        match self.r.max(self.g).max(self.b) {
            0..=44 => return "black",
            236.. if self.r.min(self.g).min(self.b) > 232 => return "white",
            _ => {}
        }
        let distance = |&(r, g, b, _): &(u8, u8, u8, &str)| {
            // Weights of the eye: green differs most, blue least.
            let square = |a: u8, b: u8| (i32::from(a) - i32::from(b)).pow(2);
            3 * square(self.r, r) + 4 * square(self.g, g) + 2 * square(self.b, b)
        };
        NAMES.iter().min_by_key(|row| distance(row)).map_or("grey", |row| row.3)
    }
}

/// What kind of unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the variants are the product names")]
pub enum UnitKind {
    #[default]
    Ams,
    Lite,
    Ams2Pro,
    Ht,
}

impl UnitKind {
    /// The product's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ams => "AMS",
            Self::Lite => "AMS Lite",
            Self::Ams2Pro => "AMS 2 Pro",
            Self::Ht => "AMS HT",
        }
    }

    /// Highest drying temperature in °C; `None`: it cannot dry.
    pub fn drying_max(self) -> Option<u16> {
        match self {
            Self::Ams2Pro => Some(65),
            Self::Ht => Some(85),
            Self::Ams | Self::Lite => None,
        }
    }
}

/// A filament, as far as the printer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filament {
    /// `PLA`, `PETG`, `support (PLA)` …
    pub material: String,
    /// The printer's own word for the material: `PLA`, `PLA-S` …
    pub raw_material: String,
    /// Filament code, such as `GFA00`; empty when there is none.
    pub code: String,
    /// RFID tag; empty when there is none.
    pub tag: String,
    /// `PLA Basic`, `Generic PETG` …; the material where nothing better is known.
    pub name: String,
    /// One or several; empty when the printer has none.
    pub colors: Vec<Rgba>,
    /// Left in percent.
    pub remain: Option<u8>,
    /// Left in grams.
    pub grams: Option<u32>,
    /// Nozzle temperatures in °C.
    pub nozzle: Option<(u16, u16)>,
    /// Has a readable tag of the vendor.
    pub tagged: bool,
}

/// What is in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// The tag is being read.
    Reading,
    /// A spool the printer knows nothing about.
    Unknown,
    /// A spool.
    Spool(Filament),
}

/// A slot of a unit, or an external spool holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tray {
    /// `A1`, `HT2`, `Ext`, `Ext L` …
    pub label: String,
    /// Where it is.
    pub slot: Slot,
    /// What is in it.
    pub content: Content,
    /// In use by the nozzle that works.
    pub active: bool,
    /// Being loaded or unloaded.
    pub target: bool,
}

/// One AMS unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// As the printer numbers it.
    pub id: i64,
    /// `A`…`D`, `HT1` …, `Lite`.
    pub label: String,
    /// What kind it is.
    pub kind: UnitKind,
    /// Dryness level 1 (wet) to 5 (dry).
    pub dryness: Option<u8>,
    /// Relative humidity in percent.
    pub humidity: Option<u8>,
    /// Air temperature in °C.
    pub temp: Option<f64>,
    /// Drying time left in minutes; `None`: not drying.
    pub drying: Option<u32>,
    /// The same as the printer reports it: 0 is not drying, `None` not said.
    pub dry_minutes: Option<u32>,
    /// On printers with two nozzles: the one it feeds.
    pub feeds: Option<&'static str>,
    /// Its slots.
    pub trays: Vec<Tray>,
}

/// All filament of one printer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ams {
    /// The units, in the order of their ids.
    pub units: Vec<Unit>,
    /// External spools.
    pub external: Vec<Tray>,
    /// Filament is being changed.
    pub changing: bool,
}

impl Ams {
    /// Reads the merged report.
    pub fn read(report: &Report, model: Model) -> Self {
        let part = &report.ams;
        let group = part.group.clone().unwrap_or_default();
        let two_nozzles = hotends(report) > 1;
        let estimates = estimates_remaining(report);
        let (now, target) = (slot_in_use(report, &group, false), slot_in_use(report, &group, true));
        let target = target.filter(|t| Some(*t) != now);
        let mut units: Vec<_> = group.units.iter().flat_map(|list| &list.0).filter(|u| exists(u, &group)).collect();
        units.sort_by_key(|u| u.id);
        let units = units.into_iter().filter_map(|u| unit(u, &group, model, two_nozzles, estimates)).collect();
        let spools: Vec<&RawTray> = match &part.externals {
            // The list wins: with it `vt_tray` is the same spool again.
            Some(list) => list.0.iter().collect(),
            None => part.external.iter().collect(),
        };
        let external = spools
            .into_iter()
            .map(|raw| {
                let id = raw.id.unwrap_or(254);
                let label = match (two_nozzles, id) {
                    (true, 254) => "Ext L",
                    (true, _) => "Ext R",
                    _ => "Ext",
                };
                let content = filament(raw, estimates).map_or(Content::Empty, Content::Spool);
                Tray { label: label.into(), slot: Slot { unit: id, slot: 0 }, content, active: false, target: false }
            })
            .collect();
        let mut ams = Self { units, external, changing: part.status.is_some_and(|s| s >> 8 == 1) };
        let same = |tray: &Tray, slot: Option<Slot>| match slot {
            // With one nozzle both numbers mean the one external spool.
            Some(Slot { unit: 254 | 255, .. }) if !two_nozzles => matches!(tray.slot.unit, 254 | 255),
            other => Some(tray.slot) == other,
        };
        for tray in ams.units.iter_mut().flat_map(|u| &mut u.trays).chain(&mut ams.external) {
            tray.active = same(tray, now);
            tray.target = same(tray, target);
        }
        ams
    }

    /// The slot in use.
    pub fn active(&self) -> Option<&Tray> {
        self.units.iter().flat_map(|u| &u.trays).chain(&self.external).find(|t| t.active)
    }
}

/// Whether the printer estimates what is left on its spools. With that option off it reports 0 for every spool (seen on
/// an X1C); without the flags nothing speaks against the numbers.
pub fn estimates_remaining(report: &Report) -> bool {
    report.machine.home_flag.is_none_or(|flags| flags >> 7 & 1 == 1)
}

fn hotends(report: &Report) -> usize {
    let info = report.device.as_ref().and_then(|d| d.extruder.as_ref()).and_then(|e| e.info.as_ref());
    info.map_or(1, |list| list.0.len())
}

/// Whether the unit's bit is set; without the bits the unit's own presence in the list counts.
fn exists(unit: &RawUnit, group: &AmsGroup) -> bool {
    let bit = match unit.id {
        Some(id @ 0..=3) => id,
        Some(16) => 12,
        Some(id @ 128..=135) => id - 124,
        _ => return unit.id.is_some(),
    };
    // All bits zero at once is a printer that shuts down; the picture stays (seen on P1).
    group.units_exist.is_none_or(|Hex(bits)| bits == 0 || Hex(bits).bit(bit as u32))
}

fn unit(raw: &RawUnit, group: &AmsGroup, model: Model, two_nozzles: bool, estimates: bool) -> Option<Unit> {
    let id = raw.id?;
    let info = raw.info.unwrap_or_default();
    let kind = match info.bits(0, 4) {
        1 => UnitKind::Ams,
        2 | 5 => UnitKind::Lite,
        3 => UnitKind::Ams2Pro,
        4 => UnitKind::Ht,
        _ if id >= 128 => UnitKind::Ht,
        _ if id == 16 || matches!(model, Model::A1 | Model::A1Mini) => UnitKind::Lite,
        _ => UnitKind::Ams,
    };
    let label = match id {
        0..=3 => char::from(b'A' + id as u8).to_string(),
        16 => "Lite".to_owned(),
        128..=135 => format!("HT{}", id - 127),
        _ => format!("unit {id}"),
    };
    // AMS Lite has no sensor: level 5 with 0.0 °C and no percentage.
    let temp = raw.temp.filter(|t| *t > 0.0);
    let humidity = raw.humidity.filter(|h| (1..=100).contains(h)).map(|h| h as u8);
    let blind = temp.is_none() && humidity.is_none();
    let dryness = raw.humidity_level.filter(|l| (1..=5).contains(l) && !blind).map(|l| l as u8);
    let drying_state = info.bits(4, 4);
    let dry_minutes = raw.dry_minutes.and_then(|m| u32::try_from(m).ok());
    let minutes = dry_minutes.unwrap_or(0);
    let drying = (minutes > 0 || matches!(drying_state, 1 | 2 | 5 | 6)).then_some(minutes);
    let feeds = match (two_nozzles, raw.info.map(|i| i.bits(8, 4))) {
        (true, Some(0)) => Some("right"),
        (true, Some(1)) => Some("left"),
        _ => None,
    };
    let mut trays: Vec<_> = raw.trays.iter().flat_map(|list| &list.0).collect();
    trays.sort_by_key(|t| t.id);
    let trays = trays.into_iter().filter_map(|t| tray(t, id, &label, group, estimates)).collect();
    Some(Unit { id, label, kind, dryness, humidity, temp, drying, dry_minutes, feeds, trays })
}

fn tray(raw: &RawTray, unit: i64, unit_label: &str, group: &AmsGroup, estimates: bool) -> Option<Tray> {
    let slot = raw.id?;
    let bit = match unit {
        0..=3 => unit * 4 + slot,
        16 => 24 + slot,
        128..=135 => unit - 112,
        _ => 127,
    };
    let bit = u32::try_from(bit).unwrap_or(127);
    let present = match (group.trays_exist, raw.state) {
        (Some(bits), _) => bits.bit(bit),
        (None, Some(state)) => state & 1 == 1,
        (None, None) => raw.material.as_deref().is_some_and(|m| !m.is_empty()),
    };
    let reading = group.trays_reading.is_some_and(|bits| bits.bit(bit));
    let content = match filament(raw, estimates) {
        _ if reading => Content::Reading,
        _ if !present => Content::Empty,
        Some(filament) => Content::Spool(filament),
        None => Content::Unknown,
    };
    let label = if unit >= 128 || unit_label.len() > 1 && unit != 16 {
        unit_label.to_owned()
    } else {
        format!("{unit_label}{}", slot + 1)
    };
    Some(Tray { label, slot: Slot { unit, slot }, content, active: false, target: false })
}

fn filament(raw: &RawTray, estimates: bool) -> Option<Filament> {
    let material = raw.material.as_deref().filter(|m| !m.is_empty())?;
    let zero = |text: &Option<String>| text.as_deref().is_none_or(|t| t.chars().all(|c| c == '0'));
    let tagged = !(zero(&raw.tag) && zero(&raw.uuid));
    let name = raw
        .product
        .as_deref()
        .filter(|p| !p.is_empty())
        .or_else(|| raw.code.as_deref().and_then(filaments::name))
        .map(str::to_owned);
    let raw_material = material.to_owned();
    let material = match material.strip_suffix("-S") {
        Some(base) => format!("support ({base})"),
        None => material.to_owned(),
    };
    let mut colors: Vec<_> = raw.colors.iter().flatten().filter_map(|c| Rgba::parse(c)).collect();
    if colors.len() < 2 {
        colors = raw.color.as_deref().and_then(Rgba::parse).or(colors.first().copied()).into_iter().collect();
    }
    // Without a tag, or with the estimate switched off, the number is a default and no fact.
    let remain = raw.remain.filter(|r| tagged && estimates && (0..=100).contains(r)).map(|r| r as u8);
    let grams = remain.zip(raw.weight.filter(|w| *w > 0)).map(|(r, w)| (i64::from(r) * w / 100) as u32);
    let celsius = |t: Option<i64>| t.filter(|t| *t > 0).and_then(|t| u16::try_from(t).ok());
    Some(Filament {
        name: name.unwrap_or_else(|| material.clone()),
        material,
        raw_material,
        code: raw.code.clone().unwrap_or_default(),
        tag: raw.tag.clone().filter(|_| !zero(&raw.tag)).unwrap_or_default(),
        colors,
        remain,
        grams,
        nozzle: celsius(raw.nozzle_min).zip(celsius(raw.nozzle_max)),
        tagged,
    })
}

/// The slot in use, or aimed at. `device.extruder` knows it; `tray_now` counts only where that is missing, because
/// newer models report "0" there while an AMS HT or the external spool is in use.
fn slot_in_use(report: &Report, group: &AmsGroup, target: bool) -> Option<Slot> {
    let extruders = report.device.as_ref().and_then(|d| d.extruder.as_ref());
    let info = extruders.and_then(|e| e.info.as_ref()).map_or(&[][..], |list| &list.0);
    if info.iter().any(|e| e.slot_now.is_some()) {
        let active = extruders.and_then(|e| e.state).map_or(0, |state| state >> 4 & 0xF);
        let extruder = if info.len() == 1 { info.first() } else { info.iter().find(|e| e.id == Some(active)) }?;
        let packed = if target { extruder.slot_target } else { extruder.slot_now }?;
        let (unit, slot) = (packed >> 8 & 0xFF, packed & 0xFF);
        return (slot != 255).then_some(Slot { unit, slot });
    }
    match if target { group.tray_target } else { group.tray_now }? {
        n @ 0..=15 => Some(Slot { unit: n / 4, slot: n % 4 }),
        n @ 64..=67 => Some(Slot { unit: 16, slot: n - 64 }),
        n @ 128..=135 => Some(Slot { unit: n, slot: 0 }),
        254 => Some(Slot { unit: 254, slot: 0 }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::report::parse;

    fn read(fields: &str, model: Model) -> Ams {
        let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
        Ams::read(&parse(json.as_bytes()).expect("JSON").report.expect("a report"), model)
    }

    #[test]
    fn trays_are_empty_unknown_or_spools() {
        let ams = read(
            r#""ams":{"tray_now":"1","tray_exist_bits":"7","ams_exist_bits":"1","ams":[{"id":"0","humidity":"4","humidity_raw":"22","temp":"24.5","info":"1001","tray":[
              {"id":"0","tray_type":"PLA","tray_sub_brands":"PLA Basic","tray_color":"0A2CA5FF","remain":85,"tray_weight":"1000","tag_uid":"A1B2","nozzle_temp_min":"190","nozzle_temp_max":"230"},
              {"id":"1","tray_type":"PETG","tray_info_idx":"GFG02","tray_color":"FFFFFFFF","remain":100,"tag_uid":"0000"},
              {"id":"2","tray_type":""},{"id":"3"}]}]}"#,
            Model::P1S,
        );
        let unit = &ams.units[0];
        assert_eq!((unit.label.as_str(), unit.dryness, unit.humidity, unit.temp), ("A", Some(4), Some(22), Some(24.5)));
        let Content::Spool(first) = &unit.trays[0].content else { panic!("a spool") };
        assert_eq!((first.remain, first.grams, first.nozzle), (Some(85), Some(850), Some((190, 230))));
        assert_eq!(first.colors[0].name(), "blue");
        let Content::Spool(second) = &unit.trays[1].content else { panic!("a spool") };
        assert_eq!((second.name.as_str(), second.remain), ("Bambu PETG HF", None));
        assert_eq!((&unit.trays[2].content, &unit.trays[3].content), (&Content::Unknown, &Content::Empty));
        assert_eq!(ams.active().map(|t| t.label.as_str()), Some("A2"));
    }

    #[test]
    fn snow_tells_the_tray_where_tray_now_lies() {
        let fields = |snow: i64| {
            format!(
                r#""ams":{{"tray_now":"0","ams_exist_bits":"11","ams":[{{"id":"0","tray":[{{"id":"0","tray_type":"PLA"}}]}},{{"id":"128","info":"2004","tray":[{{"id":"0","tray_type":"ABS"}}]}}]}},
                "vir_slot":[{{"id":"254","tray_type":""}},{{"id":"255","tray_type":"TPU"}}],
                "device":{{"extruder":{{"state":2,"info":[{{"id":0,"snow":{snow}}},{{"id":1,"snow":65279}}]}}}}"#
            )
        };
        for (snow, label) in [(0x8000, Some("HT1")), (0xFF00, Some("Ext R")), (0, Some("A1")), (0xFFFF, None)] {
            assert_eq!(read(&fields(snow), Model::H2D).active().map(|t| t.label.clone()).as_deref(), label, "{snow:x}");
        }
    }

    #[test]
    fn one_external_spool_has_two_numbers() {
        let ams = read(r#""ams":{"tray_now":"254"},"vir_slot":[{"id":"255","tray_type":"TPU"}]"#, Model::P2S);
        assert_eq!(ams.active().map(|t| t.label.as_str()), Some("Ext"));
    }

    #[test]
    fn ams_lite_shows_no_humidity_it_cannot_measure() {
        let ams = read(r#""ams":{"ams":[{"id":"0","humidity":"5","temp":"0.0","tray":[]}]}"#, Model::A1);
        assert_eq!((ams.units[0].kind, ams.units[0].dryness, ams.units[0].temp), (UnitKind::Lite, None, None));
    }

    #[test]
    fn colours_read_and_refuse() {
        assert_eq!(Rgba::parse("00000000"), None);
        assert_eq!(Rgba::parse("FF6A13"), Some(Rgba { r: 255, g: 106, b: 19, a: 255 }));
        assert_eq!(Rgba::parse("öööö"), None);
        assert_eq!(Rgba::parse("FFFFFFFF").map(Rgba::name), Some("white"));
        assert_eq!(Rgba::parse("000000FF").map(Rgba::name), Some("black"));
    }
}
