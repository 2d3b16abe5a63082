//! A spool: what it is, what colour it has, and how much is left.

use crate::protocol::{
    ams::{Tray as RawTray, is_no_tag},
    filaments,
};

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

/// How the colours of a spool belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColorKind {
    /// One colour.
    Single,
    /// Several side by side.
    Several,
    /// One fades into the next.
    Gradient,
}

impl ColorKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Several => "several",
            Self::Gradient => "gradient",
        }
    }
}

/// A filament, as far as the printer knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Filament {
    /// `PLA`, `PETG`, `support (PLA)` …
    pub material: String,
    /// The printer's own word for the material: `PLA`, `PLA-S` …
    pub raw_material: String,
    /// Filament code, such as `GFA00`; empty when there is none.
    pub code: String,
    /// RFID tag; empty when there is none.
    pub tag: String,
    /// Identity of the spool, from its tag; empty when there is none.
    pub uuid: String,
    /// The vendor's article, such as `A00-K00`; empty when there is none.
    pub article: String,
    /// `PLA Basic`, `Generic PETG` …; the material where nothing better is known.
    pub name: String,
    /// One or several; empty when the printer has none.
    pub colors: Vec<Rgba>,
    /// How they belong together.
    pub color_kind: Option<ColorKind>,
    /// Left in percent.
    pub remain: Option<u8>,
    /// Left in grams.
    pub grams: Option<u32>,
    /// Left in mm.
    pub length: Option<u32>,
    /// Weight of a full spool in grams.
    pub weight: Option<u32>,
    /// Of the filament, in mm.
    pub diameter: Option<f64>,
    /// Lowest temperature of the nozzle in °C.
    pub nozzle_min: Option<u16>,
    /// Highest temperature of the nozzle in °C.
    pub nozzle_max: Option<u16>,
    /// Bed temperature in °C.
    pub bed: Option<u16>,
    /// Recommended drying in °C.
    pub dry_celsius: Option<u16>,
    /// Recommended drying in hours.
    pub dry_hours: Option<u16>,
    /// Pressure advance, where the printer tells it.
    pub k: Option<f64>,
    /// Calibration profile; `None`: the default.
    pub profile: Option<i64>,
    /// Has a readable tag of the vendor.
    pub tagged: bool,
}

impl Filament {
    /// Lowest and highest temperature of the nozzle in °C.
    pub fn nozzle(&self) -> Option<(u16, u16)> {
        self.nozzle_min.zip(self.nozzle_max)
    }

    /// Recommended drying: °C and hours.
    pub fn drying(&self) -> Option<(u16, u16)> {
        self.dry_celsius.zip(self.dry_hours)
    }
}

/// What is in a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// The tag is being read; what was known of the spool so far.
    Reading(Option<Filament>),
    /// A spool the printer knows nothing about.
    Unknown,
    /// A spool.
    Spool(Filament),
}

/// The spool that a tray describes; `None`: it describes none. `estimates`: the numbers for what is left count.
pub(super) fn filament(raw: &RawTray, estimates: bool) -> Option<Filament> {
    let material = raw.material.as_deref().filter(|m| !m.is_empty())?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let tag = |text: &Option<String>| text.clone().filter(|t| !is_no_tag(t)).unwrap_or_default();
    let (tag, uuid) = (tag(&raw.tag), tag(&raw.uuid));
    let tagged = !(tag.is_empty() && uuid.is_empty());
    let name = raw
        .product
        .as_deref()
        .map(str::trim)
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
    let color_kind = match (colors.len(), raw.color_kind) {
        (0, _) => None,
        (1, _) => Some(ColorKind::Single),
        (_, Some(1)) => Some(ColorKind::Gradient),
        _ => Some(ColorKind::Several),
    };
    // Without a tag, or with the estimate switched off, the number is a default and no fact.
    let remain = raw.remain.filter(|r| tagged && estimates && (0..=100).contains(r)).map(|r| r as u8);
    let real = |n: Option<i64>| n.filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok());
    let part = |whole: u32| remain.map(|r| (u64::from(r) * u64::from(whole) / 100) as u32);
    let (weight, length) = (real(raw.weight).filter(|g| *g <= HEAVIEST), real(raw.length).filter(|mm| *mm <= LONGEST));
    // The share is of one whole. Where weight and length cannot be those of one spool, nobody knows which it is.
    let wholes = weight.zip(length);
    let agree = wholes.is_none_or(|(grams, mm)| is_one_spool(grams, mm, raw.diameter, &material));
    let positive = |t: Option<i64>| t.filter(|t| *t > 0).and_then(|t| u16::try_from(t).ok());
    Some(Filament {
        name: name.unwrap_or_else(|| material.clone()),
        material,
        raw_material,
        code: text(&raw.code),
        tag,
        uuid,
        article: text(&raw.article),
        colors,
        color_kind,
        remain,
        grams: weight.filter(|_| agree).and_then(part),
        length: length.filter(|_| agree).and_then(part),
        weight,
        diameter: raw.diameter.filter(|d| *d > 0.0),
        nozzle_min: positive(raw.nozzle_min),
        nozzle_max: positive(raw.nozzle_max),
        bed: positive(raw.bed),
        dry_celsius: positive(raw.drying_temp),
        dry_hours: positive(raw.drying_hours),
        k: raw.k.filter(|k| *k > 0.0).map(|k| (k * 10_000.0).round() / 10_000.0),
        profile: raw.profile.filter(|p| *p >= 0),
        tagged,
    })
}

/// No spool holds more, in g …
const HEAVIEST: u32 = 20_000;
/// … and in mm: 20 kg of a light material.
const LONGEST: u32 = 10_000_000;

/// Weight of a material in g/cm³, of the plain kinds; what is mixed in changes it by some percent.
fn density(material: &str) -> f64 {
    let base = material.trim_start_matches("support (").split(['-', ' ', ')', '+']).next().unwrap_or_default();
    match base {
        "ABS" | "HIPS" => 1.04,
        "ASA" => 1.07,
        "PA" | "PA6" | "PA12" | "PAHT" | "PPA" => 1.12,
        "PP" | "PE" => 0.93,
        "PC" | "PVA" | "TPU" => 1.2,
        "PET" | "PPS" => 1.35,
        // PLA, PETG, PCTG, and what is not known.
        _ => 1.25,
    }
}

/// Whether a weight in grams and a length in mm can be those of one spool: 330 m of PLA are a kilogram, and no half of one.
fn is_one_spool(grams: u32, mm: u32, diameter: Option<f64>, material: &str) -> bool {
    let radius_cm = diameter.filter(|d| (1.0..=4.0).contains(d)).unwrap_or(1.75) / 20.0;
    let weighs = std::f64::consts::PI * radius_cm * radius_cm * f64::from(mm) / 10.0 * density(material);
    (0.8..=1.25).contains(&(f64::from(grams) / weighs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_and_length_are_of_one_spool_or_neither_is_told() {
        for (grams, mm, diameter, material, one) in [
            (1000, 330_000, None, "PLA", true),
            (1000, 330_000, Some(1.75), "PETG", true),
            (1000, 330_000, Some(0.0), "ABS", true),
            (1000, 330_000, None, "PA6-CF", true),
            (500, 330_000, None, "support (PLA)", false),
            (500, 165_000, None, "support (PLA)", true),
            (750, 330_000, None, "PLA", false),
            (250, 82_000, None, "PLA", true),
            (250, 330_000, None, "TPU", false),
            (3000, 330_000, None, "PLA", false),
            (1000, 125_000, Some(2.85), "PLA", true),
            (1000, 330_000, Some(2.85), "PLA", false),
            (1, u32::MAX, None, "", false),
            (u32::MAX, 1, None, "", false),
        ] {
            assert_eq!(is_one_spool(grams, mm, diameter, material), one, "{grams} g, {mm} mm, {material}");
        }
    }

    #[test]
    fn what_no_spool_holds_is_unknown() {
        let spool = |weight: i64, length: i64| {
            let (material, tag) = (Some("PLA".to_owned()), Some("A1".to_owned()));
            let (remain, weight, length) = (Some(50), Some(weight), Some(length));
            let raw = RawTray { material, remain, weight, length, tag, ..RawTray::default() };
            let filament = filament(&raw, true).expect("filament");
            (filament.weight, filament.grams, filament.length)
        };
        assert_eq!(spool(1000, 330_000), (Some(1000), Some(500), Some(165_000)));
        for (weight, length, is) in [
            (99_999_999, 0, (None, None, None)),
            (20_001, 330_000, (None, None, Some(165_000))),
            (20_000, 0, (Some(20_000), Some(10_000), None)),
            (1000, 4_000_000_000, (Some(1000), Some(500), None)),
            (i64::MAX, i64::MAX, (None, None, None)),
            (-5, -5, (None, None, None)),
        ] {
            assert_eq!(spool(weight, length), is, "{weight} g, {length} mm");
        }
    }
}
