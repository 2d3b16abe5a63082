//! The machine as JSON: what it can do, how it is set, and the rest of what it says.

use crate::{
    protocol::{fans::FanPart, hotend::Flow},
    state::printer::{
        Printer,
        ams::{Ams, Rgba},
        fans::{AirDuct, AirMode},
        hotend::{FIRST_PLACE, Health, Place, Rack, Spec, TrackSwitch},
        machine::{
            Abilities, Detections, Detector, DoorCheck, Options, Quality, Sensitivity, Update, UpdateStep, Video,
            supports,
        },
    },
};
use serde_json::{Map, Value, json};

/// Keys of the printer's object.
pub(super) fn keys(printer: &Printer) -> Map<String, Value> {
    let machine = &printer.machine;
    let network = machine.network;
    let value = json!({
        "model_source": printer.model_source.name(),
        "abilities": abilities(machine.abilities),
        "supports": supports(&printer.report.machine).map(|(name, has)| (name.to_owned(), json!(has))).collect::<Map<_, _>>(),
        "build_plate": build_plate(printer),
        "air_duct": machine.air_duct.as_ref().map(air_duct),
        "switching": machine.switching.map(|s| json!({
            "state": s.state.name(), "active": s.active, "target": s.target, "loading": s.loading,
        })),
        "rack": machine.rack.as_ref().map(|one| rack(one, printer)),
        "tool": machine.tool.as_ref().map(|tool| json!({"name": tool.name, "mount": tool.mount.name()})),
        "track_switch": machine.track_switch.as_ref().map(|switch| track_switch(switch, &printer.ams)),
        "network": {
            "wired": network.wired, "ip": network.ip.map(|ip| ip.to_string()),
            "mask": network.mask.map(|mask| mask.to_string()), "wifi_dbm": network.wifi_dbm,
            "quality": network.quality().map(Quality::name),
        },
        "storage": machine.storage.map(crate::protocol::machine::Storage::name),
        "door_open": machine.door_open,
        "homed": machine.homed.map(|homed| json!({"x": homed.x, "y": homed.y, "z": homed.z})),
        "supply_volts": machine.supply_volts,
        "filament_at_extruder": machine.filament_at_extruder,
        "upgrade_kit": machine.upgrade_kit,
        "camera": camera(&machine.video),
        "ai": detections(machine.detections),
        "options": options(machine.options),
        "update": update(&machine.update),
        "boards": {
            "ams_hub": machine.boards.ams_hub, "tag_reader": machine.boards.tag_reader,
            "extension": machine.boards.extension,
        },
        "modules": modules(printer),
    });
    if let Value::Object(keys) = value { keys } else { Map::new() }
}

fn abilities(has: Abilities) -> Value {
    json!({
        "chamber_sensor": has.chamber_sensor, "chamber_heater": has.chamber_heater, "second_light": has.second_light,
        "hotends": has.hotends, "rack": has.rack, "aux_fan": has.aux_fan, "second_aux_fan": has.second_aux_fan,
        "chamber_fan": has.chamber_fan, "air_duct": has.air_duct, "door_sensor": has.door_sensor,
        "wired_network": has.wired_network, "camera": has.camera,
    })
}

fn air_duct(duct: &AirDuct) -> Value {
    // A number that is not known is no mode.
    let mode = |mode: AirMode| Some(mode.name()).filter(|_| !matches!(mode, AirMode::Other(_)));
    let names = |parts: &[FanPart]| parts.iter().map(|part| part.name()).collect::<Vec<_>>();
    json!({
        "mode": duct.mode.and_then(mode),
        "filters": duct.filters,
        "modes": duct.modes.iter().map(|row| json!({
            "mode": mode(row.mode), "controls": names(&row.controls), "off": names(&row.off),
        })).collect::<Vec<_>>(),
        "fans": duct.fans.iter().map(|fan| json!({
            "name": fan.part.name(), "percent": fan.now, "target": fan.target,
            "min": fan.range.map(|range| range.0), "max": fan.range.map(|range| range.1),
        })).collect::<Vec<_>>(),
    })
}

/// Keys of a nozzle that say what it is.
pub(super) fn spec(spec: Spec) -> Map<String, Value> {
    let pairs = [
        ("diameter", json!(spec.diameter)),
        ("material", json!(spec.material.map(|m| m.replace(' ', "_")))),
        ("flow", json!(spec.flow.map(Flow::name))),
        ("max", json!(spec.max)),
        ("reliable", json!(spec.reliable)),
        ("health", json!(spec.health.map(Health::name))),
    ];
    pairs.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

/// Keys of a nozzle that say which filament was in it last.
pub(super) fn last_filament(printer: &Printer, nozzle: i64) -> Map<String, Value> {
    let nozzles = printer.report.device.as_ref().and_then(|device| device.nozzle.as_ref());
    let raw = nozzles.and_then(|n| n.info.as_ref()).and_then(|list| list.0.iter().find(|n| n.id == Some(nozzle)));
    let color = raw.and_then(|raw| raw.color.as_deref()).and_then(Rgba::parse).map(Rgba::hex8);
    let code = raw.and_then(|raw| raw.filament.clone()).filter(|code| !code.is_empty());
    let pairs = [("last_color", json!(color)), ("last_filament_id", json!(code))];
    pairs.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

fn rack(rack: &Rack, printer: &Printer) -> Value {
    let place = |(at, place): (usize, &Place)| {
        let (state, spec) = match place {
            Place::Unknown => ("unknown", None),
            Place::Empty => ("empty", None),
            Place::Hotend(found) => ("hotend", Some(*found)),
        };
        let hotend = spec.map(|spec| {
            let mut keys = self::spec(spec);
            keys.extend(last_filament(printer, FIRST_PLACE + at as i64));
            keys
        });
        json!({"place": at + 1, "state": state, "hotend": hotend})
    };
    json!({
        "places": rack.places.iter().enumerate().map(place).collect::<Vec<_>>(),
        "position": rack.position,
        "state": rack.state,
        "reading": rack.reading.map(|(place, count)| json!({"hotend": place, "of": count})),
    })
}

fn track_switch(switch: &TrackSwitch, ams: &Ams) -> Value {
    let inlets = switch.inlets.iter().map(|slot| slot.map(|slot| ams.label(slot)));
    json!({"inlets": inlets.collect::<Vec<_>>(), "outlets": switch.outlets})
}

/// The plate that lies in the printer and the one that the job wants, as the printer names them.
fn build_plate(printer: &Printer) -> Value {
    let plate = printer.report.device.as_ref().and_then(|device| device.plate.as_ref());
    let named = |id: &Option<String>| id.clone().filter(|id| id.chars().any(|c| c != '0'));
    json!({
        "current": plate.and_then(|plate| named(&plate.current)),
        "wanted": plate.and_then(|plate| named(&plate.wanted)),
    })
}

fn camera(video: &Video) -> Value {
    let space = |space: Option<crate::state::printer::machine::Space>| json!({"free_kib": space.map(|s| s.free), "total_kib": space.map(|s| s.total)});
    json!({
        "fitted": video.fitted,
        "recording": video.recording,
        "records_prints": video.records,
        "timelapse": video.timelapse,
        "timelapse_kit": video.timelapse_kit,
        "resolution": video.resolution,
        "resolutions": video.resolutions,
        "lan_view": video.lan_view.map(crate::state::printer::machine::LanView::name),
        "cloud_view": video.cloud_view,
        "cloud": video.cloud,
        "internal": space(video.internal),
        "external": space(video.external),
    })
}

fn detections(ai: Detections) -> Value {
    let detector = |detector: Option<Detector>| {
        json!({
            "on": detector.map(|d| d.on),
            "sensitivity": detector.and_then(|d| d.sensitivity).map(Sensitivity::name),
        })
    };
    json!({
        "monitor": detector(ai.monitor),
        "spaghetti": detector(ai.spaghetti),
        "purge_pile": detector(ai.purge_pile),
        "nozzle_clump": detector(ai.nozzle_clump),
        "air_print": detector(ai.air_print),
        "first_layer": ai.first_layer,
        "plate_marker": ai.plate_marker,
        "plate_alignment": ai.plate_alignment,
        "halts": ai.halts,
        "skips_parts": ai.skips_parts,
    })
}

fn options(options: Options) -> Value {
    json!({
        "auto_recovery": options.auto_recovery,
        "sound": options.sound,
        "tangle": options.tangle,
        "blob": options.blob,
        "air_print": options.air_print,
        "auto_refill": options.auto_refill,
        "estimates_remaining": options.estimates_remaining,
        "reads_on_insert": options.reads_on_insert,
        "reads_at_start": options.reads_at_start,
        "keeps_files": options.keeps_files,
        "door_check": options.door_check.map(DoorCheck::name),
        "idle_heating_protection": options.idle_heating_protection,
        "air_purification": options.air_purification,
        "snapshot": options.snapshot,
    })
}

fn update(update: &Update) -> Value {
    json!({
        "state": update.step.as_ref().map(UpdateStep::name),
        "percent": update.percent,
        "message": update.message,
        "module": update.module,
        "available": update.available,
        "version": update.version,
        "ams_version": update.ams_version,
        "forced": update.forced,
        "inconsistent": update.inconsistent,
        "error": update.error,
    })
}

/// Boards and units that a person knows of.
fn modules(printer: &Printer) -> Vec<Value> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty() && text != "N/A");
    let visible = printer.modules.iter().filter(|module| module.visible != Some(false));
    // P1 and A1 tell in their state what is offered for which board, not in the list of boards.
    let listed = printer.report.machine.upgrade.as_ref().and_then(|upgrade| upgrade.versions.as_ref());
    let offered = |name: &Option<String>| {
        let row = listed.into_iter().flatten().find(|row| row.name.is_some() && row.name == *name)?;
        filled(&row.new)
    };
    visible
        .map(|module| {
            json!({
                "name": module.name, "product": filled(&module.product), "version": filled(&module.version),
                "hardware": filled(&module.hardware),
                "new_version": filled(&module.new_version).or_else(|| offered(&module.name)),
            })
        })
        .collect()
}
