//! The AMS part of reports, and external spools.

use super::common::{revision, sub_brand, tray_now};
use super::delta::DeltaWriter;
use crate::protocol::model::Model;
use crate::simulator::sim::SimPrinter;
use crate::simulator::sim::odd::Odd;
use crate::simulator::sim::spool::{Ams, AmsKind, Slot, Spool};
use serde_json::{Map, Value, json};

/// Which keys a tray has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// A1 with first firmware: no `state`, no length.
    A1,
    /// P1 and later A1: pressure advance beside the tray.
    P1,
    /// X1, P2S, H2.
    New,
}

fn dialect(model: Model) -> Dialect {
    match model {
        Model::A1 => Dialect::A1,
        Model::A1Mini | Model::A2L | Model::P1P | Model::P1S => Dialect::P1,
        _ => Dialect::New,
    }
}

/// Everything about a filament but its id.
fn tray(spool: &Spool, odd: Odd, dialect: Dialect, in_ams: bool) -> Map<String, Value> {
    let weight = match (spool.article.is_empty(), odd.half_spools) {
        (true, _) => "0",
        (false, true) => "500",
        (false, false) => "1000",
    };
    let known = !spool.article.is_empty() || dialect == Dialect::New;
    let mut all = json!({
        "tag_uid": spool.tag,
        "tray_id_name": spool.article,
        "tray_info_idx": spool.code,
        "tray_type": spool.kind,
        "tray_sub_brands": sub_brand(spool, odd.nasty),
        "tray_color": spool.color,
        "tray_weight": weight,
        "tray_diameter": if known { "1.75" } else { "0.00" },
        "bed_temp_type": "0",
        "bed_temp": "0",
        "nozzle_temp_max": spool.nozzle_max.to_string(),
        "nozzle_temp_min": spool.nozzle_min.to_string(),
        "xcam_info": "000000000000000000000000",
        "tray_uuid": spool.uuid,
        "remain": spool.remain as i64,
        "cali_idx": -1,
    });
    let (temp, hours) = (spool.drying_temp.to_string(), spool.drying_hours.to_string());
    if dialect == Dialect::New {
        all["drying_temp"] = json!(temp);
        all["drying_time"] = json!(hours);
    } else {
        all["tray_temp"] = json!(temp);
        all["tray_time"] = json!(hours);
        all["k"] = json!(0.019_999_999_552_965_164);
        all["n"] = json!(1);
    }
    if in_ams || dialect == Dialect::New {
        all["ctype"] = json!(0);
        all["cols"] = json!([spool.color]);
    }
    if (in_ams && dialect != Dialect::A1) || dialect == Dialect::New {
        all["total_len"] = json!(330_000);
    }
    if in_ams && dialect != Dialect::A1 {
        all["state"] = json!(if dialect == Dialect::P1 { 3 } else { 11 });
    }
    if let Value::Object(map) = all { map } else { Map::new() }
}

/// A number that changes with what a spool is.
fn identity(spool: &Spool, odd: Odd) -> i64 {
    let words = [&*spool.tag, &spool.color, &spool.code, &spool.kind];
    let letters = words.into_iter().flat_map(str::bytes).map(i64::from);
    revision(letters.chain([spool.nozzle_min.into(), spool.nozzle_max.into(), odd.revision()]))
}

/// A number that changes with what the external spools are.
pub fn external_revision(sim: &SimPrinter) -> i64 {
    revision(sim.external.iter().map(|spool| identity(spool, sim.odd)))
}

/// An external spool with its id.
pub fn external(sim: &SimPrinter, number: usize, id: &str) -> Value {
    let mut object = sim.external.get(number).map(|s| tray(s, sim.odd, dialect(sim.model), false)).unwrap_or_default();
    object.insert("id".into(), json!(id));
    Value::Object(object)
}

/// A unit as P1 and A1 write it, whole.
fn whole_unit(sim: &SimPrinter, unit: &Ams) -> Value {
    let dialect = dialect(sim.model);
    let trays: Vec<Value> = unit
        .trays
        .iter()
        .enumerate()
        .map(|(i, spool)| {
            let mut object = spool.as_ref().map(|s| tray(s, sim.odd, dialect, true)).unwrap_or_default();
            object.insert("id".into(), json!(i.to_string()));
            Value::Object(object)
        })
        .collect();
    let (humidity, raw, temp) = air(unit);
    let mut object = json!({"id": unit.id.to_string(), "humidity": humidity, "temp": temp, "tray": trays});
    if dialect == Dialect::P1 {
        object["humidity_raw"] = json!(raw);
        object["dry_time"] = json!(unit.shown().2);
        object["info"] = json!(format!("{:x}", unit.info()));
        object["check"] = json!(i32::from(unit.kind != AmsKind::Lite));
        object["chip_id"] = json!(format!("5A{:030}", unit.id));
    }
    if dialect == Dialect::P1 && unit.kind != AmsKind::Lite {
        object["ams_id"] = json!(serial(sim, unit));
    }
    object
}

/// Level, percent and temperature as strings; an AMS Lite has no sensor.
fn air(unit: &Ams) -> (String, String, String) {
    if unit.kind == AmsKind::Lite {
        return ("5".into(), "0".into(), "0.0".into());
    }
    // Some AMS HT give no level.
    let level = if unit.kind == AmsKind::Ht { 0 } else { unit.level() };
    let (humidity, temp, _) = unit.shown();
    (level.to_string(), humidity.to_string(), format!("{:.1}", temp as f64 / 10.0))
}

/// Serial number of a unit.
pub fn serial(sim: &SimPrinter, unit: &Ams) -> String {
    let prefix = match unit.kind {
        AmsKind::Ams => "006",
        AmsKind::Lite => "03C",
        AmsKind::Ams2Pro => "19C",
        AmsKind::Ht => "19F",
    };
    let tail: String = sim.serial.chars().skip(3).take(9).collect();
    format!("{prefix}{tail}{:03}", unit.id)
}

/// The `ams` object of P1 and A1: a change repeats the whole list, and an A1 mini lists only in full reports.
pub fn write_old(writer: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    writer.object("ams", |s| {
        let list = || sim.ams.iter().map(|unit| whole_unit(sim, unit)).collect::<Value>();
        if sim.model == Model::A1Mini {
            s.fixed("ams", list);
        } else {
            s.when("ams", sim.ams_revision as i64, list);
        }
        write_group(s, sim);
    });
}

/// The `ams` object of X1, P2S and H2: deltas hold parts of units and trays.
pub fn write_new(writer: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    writer.object("ams", |s| {
        s.list(
            "ams",
            &sim.ams,
            |_, unit| json!(unit.id.to_string()),
            |s, at, unit| {
                let (humidity, temp, minutes) = unit.shown();
                s.when("humidity", unit.level().into(), || json!(air(unit).0));
                s.digits("humidity_raw", humidity);
                s.when("temp", temp, || json!(format!("{:.1}", temp as f64 / 10.0)));
                s.int("dry_time", minutes);
                s.when("info", unit.info().into(), || json!(format!("{:x}", unit.info())));
                s.all_when(
                    revision(
                        unit.dry_order
                            .iter()
                            .flatten()
                            .map(|o| i64::from(o.celsius))
                            .chain([unit.dry_order.is_some().into()]),
                    ),
                    || dry_setting(unit),
                );
                if newest(sim) && unit.can_dry() {
                    let reasons = sim.drying_obstacles(at);
                    s.when("dry_sf_reason", revision(reasons.iter().map(|r| i64::from(*r))), || json!(reasons));
                }
                s.list(
                    "tray",
                    &unit.trays,
                    |i, _| json!(i.to_string()),
                    |s, _, spool| {
                        if let Some(spool) = spool {
                            let identity = identity(spool, sim.odd);
                            s.all_when(identity, || Value::Object(tray(spool, sim.odd, Dialect::New, true)));
                            s.int("remain", spool.remain as i64);
                        } else {
                            s.all_when(-1, || json!({"state": 10}));
                            s.skip();
                        }
                    },
                );
            },
        );
        write_group(s, sim);
        s.fixed_all(|| {
            let bits = format!("{:x}", sim.ams.iter().fold(0, |b, a| b | 1_u32 << a.bit()));
            json!({"ams_exist_bits_raw": bits, "cali_id": 0, "cali_stat": 0, "unbind_ams_stat": 0})
        });
    });
}

/// What a unit was told about drying, once it was told anything.
fn dry_setting(unit: &Ams) -> Value {
    match &unit.dry_order {
        None => json!({}),
        Some(None) => json!({"dry_setting": {"dry_filament": "", "dry_temperature": -1, "dry_duration": -1}}),
        Some(Some(order)) => json!({"dry_setting": {
            "dry_filament": order.filament, "dry_temperature": order.celsius, "dry_duration": order.hours,
        }}),
    }
}

/// Models whose firmware says why drying cannot start.
fn newest(sim: &SimPrinter) -> bool {
    matches!(sim.model, Model::X2D | Model::H2S | Model::H2DPro | Model::H2C)
}

fn write_group(s: &mut DeltaWriter<'_>, sim: &SimPrinter) {
    let units = sim.ams.iter().fold(0, |bits, a| bits | 1_i64 << a.bit());
    let trays = sim.ams.iter().fold(0, |bits, a| bits | a.tray_bits() as i64);
    s.when("ams_exist_bits", units, || json!(format!("{units:x}")));
    for key in ["tray_exist_bits", "tray_is_bbl_bits", "tray_read_done_bits"] {
        s.when(key, trays, || json!(format!("{trays:x}")));
    }
    let now = sim.loaded.get(sim.active).copied().unwrap_or(Slot::NONE);
    s.digits("tray_now", tray_now(sim, now));
    s.digits("tray_pre", tray_now(sim, now));
    s.digits("tray_tar", if super::common::changes(sim) { tray_now(sim, sim.wanted) } else { tray_now(sim, now) });
    let reading = sim.ams.iter().fold(0, |bits, a| bits | a.reading_bits() as i64);
    s.when("tray_reading_bits", reading, || json!(format!("{reading:x}")));
    s.flag("insert_flag", sim.options.on_insert);
    s.flag("power_on_flag", sim.options.at_start);
    s.fixed("version", || json!(12));
}
