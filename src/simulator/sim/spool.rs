//! Filament: spools, AMS units and the numbers by which printers name their places.

use std::borrow::Cow;

/// A place filament can come from, packed as `snow` and `mapping` have it: unit in the high byte, slot in the low.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(pub u16);

impl Slot {
    /// The external spool of the main (right) hotend.
    pub const EXTERNAL: Self = Self(0xFF00);
    /// Nothing loaded at the main hotend.
    pub const NONE: Self = Self(0xFFFF);
    /// Nothing loaded at the deputy (left) hotend.
    pub const NONE_LEFT: Self = Self(0xFEFF);

    /// A slot of an AMS unit.
    pub fn ams(unit: u8, slot: u8) -> Self {
        Self(u16::from(unit) << 8 | u16::from(slot))
    }

    /// The unit number.
    pub fn unit(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// The place in the unit; 255 is none.
    pub fn place(self) -> u8 {
        (self.0 & 0xFF) as u8
    }

    /// The flat number of `tray_now`.
    pub fn flat(self) -> i64 {
        match (self.unit(), self.place()) {
            (_, 255) => 255,
            (254 | 255, _) => 254,
            (unit @ 128.., _) => i64::from(unit),
            (unit, place) => i64::from(unit) * 4 + i64::from(place),
        }
    }
}

/// A roll of filament.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "named as the keys of a tray in a report, where they are explained")]
pub struct Spool {
    /// Filament code, such as `GFA00`.
    pub code: Cow<'static, str>,
    pub kind: Cow<'static, str>,
    pub sub_brand: &'static str,
    /// The vendor's article; empty for other makers' rolls.
    pub article: &'static str,
    /// `RRGGBBAA`.
    pub color: String,
    /// Percent left; negative is unknown.
    pub remain: f64,
    pub nozzle_min: u16,
    pub nozzle_max: u16,
    pub drying_temp: u8,
    pub drying_hours: u8,
    /// RFID tag; all zeros for rolls without.
    pub tag: String,
    pub uuid: String,
}

/// One row of the shelf: code, kind, brand, article, colour, nozzle range, drying.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, (u16, u16), (u8, u8));

const SHELF: [Row; 14] = [
    ("GFA00", "PLA", "PLA Basic", "A00-W1", "FFFFFFFF", (190, 230), (55, 8)),
    ("GFA00", "PLA", "PLA Basic", "A00-R0", "C12E1FFF", (190, 230), (55, 8)),
    ("GFA01", "PLA", "PLA Matte", "A01-K1", "000000FF", (190, 230), (55, 8)),
    ("GFG02", "PETG", "PETG HF", "G02-B0", "1F79E5FF", (230, 260), (65, 8)),
    ("GFA00", "PLA", "PLA Basic", "A00-A0", "FF6A13FF", (190, 230), (55, 8)),
    ("GFA00", "PLA", "PLA Basic", "A00-G1", "3F8E43FF", (190, 230), (55, 8)),
    ("GFL99", "PLA", "", "", "76D9F4FF", (190, 240), (0, 0)),
    ("GFB00", "ABS", "ABS", "B00-D1", "87909AFF", (240, 270), (80, 8)),
    ("GFB01", "ASA", "ASA", "B01-K0", "1C1C1EFF", (240, 270), (80, 8)),
    ("GFG99", "PETG", "", "", "FFF144FF", (220, 270), (0, 0)),
    ("GFN04", "PA-CF", "PAHT-CF", "N04-K0", "161616FF", (260, 290), (80, 12)),
    ("GFS05", "PLA-S", "Support for PLA/PETG", "S05-C0", "E8E8E8FF", (190, 240), (55, 8)),
    ("GFA05", "PLA", "PLA Silk", "A05-M4", "B39B84FF", (210, 240), (55, 8)),
    ("GFU01", "TPU", "TPU 95A", "U01-N0", "9B9EA0FF", (200, 250), (70, 8)),
];

impl Spool {
    /// A roll from the shelf. Numbers beyond its end begin again.
    pub fn from_shelf(number: usize, rng: &mut fastrand::Rng) -> Self {
        let (code, kind, sub_brand, article, color, (nozzle_min, nozzle_max), (drying_temp, drying_hours)) =
            SHELF[number % SHELF.len()];
        let tagged = !article.is_empty();
        let hex = |n: usize, rng: &mut fastrand::Rng| -> String {
            (0..n).map(|_| if tagged { char::from(b"0123456789ABCDEF"[rng.usize(..16)]) } else { '0' }).collect()
        };
        Self {
            code: code.into(),
            kind: kind.into(),
            sub_brand,
            article,
            color: color.to_owned(),
            remain: if tagged { rng.i32(15..=100).into() } else { -1.0 },
            nozzle_min,
            nozzle_max,
            drying_temp,
            drying_hours,
            tag: hex(16, rng),
            uuid: hex(32, rng),
        }
    }

    /// An external spool: settings of the user, no sensor, no tag.
    pub fn external(number: usize) -> Self {
        let mut spool = Self::from_shelf(number, &mut fastrand::Rng::with_seed(0));
        spool.remain = 0.0;
        spool.tag = "0".repeat(16);
        spool.uuid = "0".repeat(32);
        spool.article = "";
        spool.sub_brand = "";
        spool.drying_temp = 0;
        spool.drying_hours = 0;
        spool
    }

    /// Whether it has the vendor's tag; its data cannot be changed then.
    pub fn is_tagged(&self) -> bool {
        !self.article.is_empty()
    }

    /// Red, green and blue of the colour.
    pub fn rgb(&self) -> [u8; 3] {
        let part = |at: usize| self.color.get(at..at + 2).and_then(|h| u8::from_str_radix(h, 16).ok()).unwrap_or(128);
        [part(0), part(2), part(4)]
    }

    /// What a gram costs in percent of the roll.
    pub fn use_grams(&mut self, grams: f64) {
        if self.remain > 0.0 {
            self.remain = (self.remain - grams / 10.0).max(0.0);
        }
    }
}

/// Kinds of AMS, as the low digit of a unit's `info` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the product names")]
pub enum AmsKind {
    Ams = 1,
    Lite = 2,
    Ams2Pro = 3,
    Ht = 4,
}

/// How a unit was told to dry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say it")]
pub struct DryOrder {
    pub celsius: u8,
    pub hours: u8,
    pub filament: String,
}

/// An AMS unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Ams {
    /// 0 to 3, or 128 to 135 for an AMS HT.
    pub id: u8,
    /// The kind.
    pub kind: AmsKind,
    /// Connected hotend: 0 right or only, 1 left.
    pub hotend: u8,
    /// Relative humidity in percent.
    pub humidity: f64,
    /// Air temperature in °C.
    pub temp: f64,
    /// Seconds of drying left.
    pub drying: f64,
    /// Air temperature to dry at, in °C.
    pub dry_target: f64,
    /// How it was told to dry last; `Some(None)` once that is over.
    #[allow(clippy::option_option, reason = "never told, told that it is over, told how; public, it is not looked at")]
    pub dry_order: Option<Option<DryOrder>>,
    /// The slot whose tag is being read, and for how many seconds more.
    pub reading: Option<(u8, f64)>,
    /// The slots; `None` is empty.
    pub trays: Vec<Option<Spool>>,
}

impl Ams {
    /// A unit with rolls from the shelf, starting at `first`. `empty` slots are left out by their bit.
    pub fn new(id: u8, kind: AmsKind, first: usize, empty: u8, rng: &mut fastrand::Rng) -> Self {
        let slots = if kind == AmsKind::Ht { 1 } else { 4 };
        let trays = (0..slots).map(|i| (empty >> i & 1 == 0).then(|| Spool::from_shelf(first + i, rng))).collect();
        let humidity = rng.f64() * 22.0 + 9.0;
        let temp = 26.0 + rng.f64() * 4.0;
        Self {
            id,
            kind,
            hotend: 0,
            humidity,
            temp,
            drying: 0.0,
            dry_target: 55.0,
            dry_order: None,
            reading: None,
            trays,
        }
    }

    /// Whether it has a heater.
    pub fn can_dry(&self) -> bool {
        matches!(self.kind, AmsKind::Ams2Pro | AmsKind::Ht)
    }

    /// Begins to dry.
    pub fn start_drying(&mut self, order: DryOrder) {
        self.drying = f64::from(order.hours) * 3600.0;
        self.dry_target = f64::from(order.celsius);
        self.dry_order = Some(Some(order));
    }

    /// Ends drying.
    pub fn stop_drying(&mut self) {
        self.drying = 0.0;
        self.dry_order = self.dry_order.take().map(|_| None);
    }

    /// Lets time pass: the air drifts, a heater dries.
    pub fn advance(&mut self, dt: f64, rng: &mut fastrand::Rng) {
        let (temp, humidity) = if self.drying > 0.0 { (self.dry_target, 9.0) } else { (28.0, 19.0) };
        if self.drying > 0.0 && self.drying <= dt {
            self.stop_drying();
        }
        self.drying = (self.drying - dt).max(0.0);
        self.reading = self.reading.map(|(slot, left)| (slot, left - dt)).filter(|(_, left)| *left > 0.0);
        let towards = 1.0 - (-dt / 1500.0).exp();
        let wander = dt.min(60.0) * 0.004;
        self.temp += (temp - self.temp) * towards + (rng.f64() - 0.5) * wander;
        self.humidity += (humidity - self.humidity) * towards * 0.2 + (rng.f64() - 0.5) * wander;
        self.humidity = self.humidity.clamp(3.0, 80.0);
    }

    /// What a report shows of the air: percent, tenths of a degree, minutes of drying left.
    pub fn shown(&self) -> (i64, i64, i64) {
        (self.humidity as i64, (self.temp * 10.0).round() as i64, (self.drying / 60.0).ceil() as i64)
    }

    /// Dryness from 5 (dry) down to 1 (wet).
    pub fn level(&self) -> u8 {
        match self.humidity as u32 {
            0..20 => 5,
            20..26 => 4,
            26..32 => 3,
            32..40 => 2,
            _ => 1,
        }
    }

    /// The `info` word: kind, drying, hotend, and the fans while they run.
    pub fn info(&self) -> u32 {
        let dries = self.drying > 0.0;
        let fans = if dries { 0x14_0020 } else { 0 };
        let newer = if self.can_dry() { 0x2000 } else { 0x1000 };
        newer | self.kind as u32 | u32::from(self.hotend) << 8 | fans
    }

    /// Bit of this unit in `ams_exist_bits`.
    pub fn bit(&self) -> u32 {
        if self.id >= 128 { 4 + u32::from(self.id - 128) } else { u32::from(self.id) }
    }

    /// Bit of its first slot in `tray_exist_bits`.
    fn first_tray_bit(&self) -> u32 {
        if self.id >= 128 { 16 + u32::from(self.id - 128) } else { u32::from(self.id) * 4 }
    }

    /// The bit in `tray_reading_bits` while a tag is being read.
    pub fn reading_bits(&self) -> u64 {
        self.reading.map_or(0, |(slot, _)| 1 << (self.first_tray_bit() + u32::from(slot)))
    }

    /// Bits of the filled slots in `tray_exist_bits`.
    pub fn tray_bits(&self) -> u64 {
        let first = self.first_tray_bit();
        self.trays.iter().enumerate().fold(0, |bits, (i, tray)| bits | u64::from(tray.is_some()) << (first + i as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_have_the_numbers_printers_give_them() {
        assert_eq!(Slot::ams(1, 3), Slot(259));
        assert_eq!((Slot::ams(1, 3).flat(), Slot::ams(128, 0).flat()), (7, 128));
        assert_eq!((Slot::EXTERNAL.flat(), Slot::NONE.flat(), Slot::NONE_LEFT.flat()), (254, 255, 255));
    }

    #[test]
    fn unit_bits_follow_the_layout() {
        let mut rng = fastrand::Rng::with_seed(3);
        let ht = Ams::new(128, AmsKind::Ht, 0, 0, &mut rng);
        let second = Ams::new(1, AmsKind::Ams, 0, 0b0010, &mut rng);
        assert_eq!((ht.bit(), ht.tray_bits(), ht.info()), (4, 0x1_0000, 0x2004));
        assert_eq!((second.bit(), second.tray_bits(), second.info()), (1, 0xD0, 0x1001));
    }

    #[test]
    fn the_air_stays_plausible_for_any_step() {
        let mut rng = fastrand::Rng::with_seed(3);
        let mut unit = Ams::new(0, AmsKind::Ams2Pro, 0, 0, &mut rng);
        unit.drying = 3600.0;
        for dt in [1.0, 0.1, 900.0, 1e7, 1.0] {
            unit.advance(dt, &mut rng);
            assert!((20.0..60.0).contains(&unit.temp) && (3.0..=80.0).contains(&unit.humidity));
        }
    }
}
