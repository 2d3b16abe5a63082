//! Filament as JSON: units, trays, and what the AMS does.

use crate::state::printer::{
    Printer,
    ams::{Ams, Content, DryState, Dryer, Rgba, Tray, Unit},
};
use serde_json::{Value, json};

/// What the AMS does, and which slots are concerned.
pub(super) fn activity(printer: &Printer) -> Value {
    let ams = &printer.ams;
    let first = |which: fn(&Tray) -> bool| ams.trays().find(|tray| which(tray)).map(|tray| &tray.label);
    json!({
        "activity": ams.activity,
        "tag_reader": ams.tag_activity,
        "changing": ams.changing,
        "setting_up": ams.setting_up,
        "active": first(|tray| tray.active),
        "target": first(|tray| tray.target),
        "previous": first(|tray| tray.previous),
    })
}

pub(super) fn units(ams: &Ams) -> Vec<Value> {
    ams.units.iter().map(unit).collect()
}

fn unit(unit: &Unit) -> Value {
    json!({
        "id": unit.id,
        "label": unit.label,
        "model": unit.kind.name(),
        "firmware": unit.firmware,
        "humidity_index": unit.dryness,
        "humidity_percent": unit.humidity,
        "temperature": unit.temp,
        "drying_minutes": unit.dry_minutes,
        "is_drying": unit.drying.is_some(),
        "drying": unit.kind.drying_max().map(|_| drying(&unit.dryer)),
        "hotend": unit.hotend,
        "switched": unit.switched,
        "trays": unit.trays.iter().map(tray).collect::<Vec<_>>(),
    })
}

fn drying(dryer: &Dryer) -> Value {
    json!({
        // A number that is not known is no state.
        "state": dryer.state.filter(|state| !matches!(state, DryState::Other(_))).map(DryState::name),
        "phase": dryer.phase.map(crate::state::printer::ams::DryPhase::name),
        "fans": dryer.fans,
        "target": dryer.celsius,
        "hours": dryer.hours,
        "filament": dryer.filament,
        "obstacles": dryer.obstacles_in_words().collect::<Vec<_>>(),
    })
}

pub(super) fn tray(tray: &Tray) -> Value {
    let spool = match &tray.content {
        Content::Spool(spool) => Some(spool),
        // What was known before; that it is being read stands beside it.
        Content::Reading(known) => known.as_ref(),
        Content::Empty | Content::Unknown => None,
    };
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut keys = json!({
        // An external spool is a unit with one slot: the unit's number is the tray's.
        "id": if tray.slot.unit >= 254 { tray.slot.unit } else { tray.slot.slot },
        "label": tray.label,
        "empty": tray.content == Content::Empty,
        "reading": matches!(tray.content, Content::Reading(_)),
        "active": tray.active,
        "target": tray.target,
        "previous": tray.previous,
        "moving": tray.moving,
        "tag_read": tray.tag_read,
        "at_outlet": tray.at_outlet,
    });
    let spool = json!({
        "material": spool.map(|s| &s.raw_material),
        "name": spool.map(|s| &s.name),
        "color": spool.and_then(|s| s.colors.first()).map(|c| c.hex8()),
        "colors": spool.map(|s| s.colors.iter().map(|c| c.hex8()).collect::<Vec<_>>()).unwrap_or_default(),
        "color_kind": spool.and_then(|s| s.color_kind).map(crate::state::printer::ams::ColorKind::name),
        "translucent": spool.filter(|s| !s.colors.is_empty()).map(|s| s.colors.iter().copied().any(Rgba::is_translucent)),
        "remain_percent": spool.and_then(|s| s.remain),
        "remain_grams": spool.and_then(|s| s.grams),
        "remain_mm": spool.and_then(|s| s.length),
        "spool_grams": spool.and_then(|s| s.weight),
        "diameter": spool.and_then(|s| s.diameter),
        "nozzle_min": spool.and_then(|s| s.nozzle_min),
        "nozzle_max": spool.and_then(|s| s.nozzle_max),
        "bed": spool.and_then(|s| s.bed),
        "dry_celsius": spool.and_then(|s| s.dry_celsius),
        "dry_hours": spool.and_then(|s| s.dry_hours),
        "k": spool.and_then(|s| s.k),
        "profile": spool.and_then(|s| s.profile),
        "filament_id": spool.and_then(|s| text(&s.code)),
        "article": spool.and_then(|s| text(&s.article)),
        "tagged": spool.map(|s| s.tagged),
        "uid": spool.and_then(|s| text(&s.tag)),
        "uuid": spool.and_then(|s| text(&s.uuid)),
    });
    if let (Value::Object(keys), Value::Object(spool)) = (&mut keys, spool) {
        keys.extend(spool);
    }
    keys
}
