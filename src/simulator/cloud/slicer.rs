//! Slicer settings: the vendor's and the account's own.

use super::Cloud;
use super::answer::{ApiRequest, ApiResponse};
use serde_json::{Value, json};

/// A filament of the account's own, as a printer names it in `tray_info_idx`.
pub(in crate::simulator) const OWN_FILAMENT: &str = "P4d64c3f";

/// A setting of the account.
#[derive(Debug, Clone)]
struct Preset {
    id: String,
    kind: &'static str,
    name: String,
    filament: Option<(String, String)>,
    update: i64,
    setting: Value,
}

/// The account's settings.
#[derive(Debug)]
pub(super) struct PresetStore {
    presets: Vec<Preset>,
    count: u32,
}

impl PresetStore {
    pub(super) fn new(now: i64) -> Self {
        let own = |id: &str, kind, name: &str, filament: Option<&str>| Preset {
            id: id.to_owned(),
            kind,
            name: name.to_owned(),
            filament: filament.map(|id| (id.to_owned(), "PLA".to_owned())),
            update: now - 20 * 86_400,
            setting: json!({"inherits": "Generic PLA"}),
        };
        Self {
            presets: vec![
                own("PFUS5d1a6f2e0b9c41", "filament", "Harbour PLA Teal @BBL A1M", Some(OWN_FILAMENT)),
                own("PFUS7c0e2d9a1f3b52", "filament", "Harbour PLA Teal @BBL P1S", Some(OWN_FILAMENT)),
                own("PPUS1b8d4e6c2a7f63", "print", "0.20 mm strong", None),
                own("PMUS3f9a5c7e1d2b74", "printer", "Workshop P1S 0.4 nozzle", None),
            ],
            count: 0,
        }
    }
}

/// Answers below `iot-service/api/slicer`.
pub(super) fn answer(cloud: &Cloud, ask: &ApiRequest, path: &[&str]) -> ApiResponse {
    match (ask.method.as_str(), path) {
        ("GET", ["setting"]) => list(cloud, ask),
        ("POST", ["setting"]) => create(cloud, ask),
        ("GET", ["setting", id]) => {
            let found = cloud.presets(|presets| presets.presets.iter().find(|preset| preset.id == **id).cloned());
            let gone = || ApiResponse::refusal(400, 400, "The setting does not exist");
            found.map_or_else(gone, |preset| {
                let mut body = entry(&preset);
                body["type"] = preset.kind.into();
                body["public"] = false.into();
                body["setting"] = preset.setting;
                ApiResponse::flat(body)
            })
        }
        ("DELETE", ["setting", id]) => cloud.presets(|presets| {
            let before = presets.presets.len();
            presets.presets.retain(|preset| preset.id != **id);
            let gone = presets.presets.len() < before;
            if gone {
                ApiResponse::flat(json!({}))
            } else {
                ApiResponse::refusal(400, 400, "The setting does not exist")
            }
        }),
        ("GET", ["resource"]) => ApiResponse::flat(json!({"resources": [{
            "type": "slicer/plugins/cloud", "version": "01.01.00.05", "description": "", "force_update": false,
            "url": "https://public-cdn.example/plugins/01.01.00.05.zip",
        }]})),
        ("PUT", ["setting", _]) => ApiResponse::empty(405),
        ("PATCH", ["setting", _]) => ApiResponse::refusal(500, 500, "internal server error"),
        _ => ApiResponse::not_found(),
    }
}

/// Four groups of two digits.
fn is_version(text: &str) -> bool {
    let group = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    text.split('.').count() == 4 && text.split('.').all(group)
}

fn list(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    match ask.query("version") {
        None => return ApiResponse::refusal(400, 400, "field 'version' is not set"),
        Some(version) if !is_version(version) => return ApiResponse::refusal(422, 422, "field 'version' is not valid"),
        Some(_) => {}
    }
    let public = |kind: &str| match ask.query("public") {
        Some("false") => Vec::new(),
        _ => vendor(kind),
    };
    let own = |kind: &str| -> Vec<Value> {
        cloud.presets(|presets| presets.presets.iter().filter(|preset| preset.kind == kind).map(entry).collect())
    };
    let both = |kind: &str| json!({"public": public(kind), "private": own(kind)});
    ApiResponse::flat(json!({"print": both("print"), "printer": both("printer"), "filament": both("filament")}))
}

fn vendor(kind: &str) -> Vec<Value> {
    let plain = |id: &str, name: &str| {
        json!({
            "setting_id": id, "version": "02.00.00.00", "name": name, "update_time": "2026-01-05 08:00:00", "nickname": null,
            "base_id": null,
        })
    };
    match kind {
        "print" => vec![plain("GP004", "0.20mm Standard @BBL X1C")],
        "printer" => vec![plain("GM014", "Bambu Lab P1S 0.4 nozzle")],
        _ => [
            ("GFSA00", "GFA00", "Bambu PLA Basic @BBL X1C", "PLA"),
            ("GFSG02", "GFG02", "Bambu PETG HF @BBL X1C", "PETG"),
        ]
        .map(|(id, filament, name, kind)| {
            let mut body = plain(id, name);
            filament_fields(&mut body, filament, "Bambu Lab", kind);
            body
        })
        .to_vec(),
    }
}

fn filament_fields(body: &mut Value, id: &str, vendor: &str, kind: &str) {
    body["filament_id"] = id.into();
    body["filament_vendor"] = vendor.into();
    body["filament_type"] = kind.into();
    body["filament_is_support"] = false.into();
    body["nozzle_temperature"] = json!([190, 240]);
    body["nozzle_hrc"] = 3.into();
}

fn entry(preset: &Preset) -> Value {
    let mut body = json!({
        "setting_id": preset.id, "version": "02.00.00.00", "name": preset.name,
        "update_time": chrono::DateTime::from_timestamp(preset.update, 0)
            .map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M:%S").to_string()),
        "nickname": null, "base_id": "GFSL99",
    });
    if let Some((id, kind)) = &preset.filament {
        filament_fields(&mut body, id, "Harbour", kind);
    }
    body
}

fn create(cloud: &Cloud, ask: &ApiRequest) -> ApiResponse {
    let body = ask.json();
    let (kind, prefix) = match body["type"].as_str() {
        Some("filament") => ("filament", "PFUS"),
        Some("print") => ("print", "PPUS"),
        Some("printer") => ("printer", "PMUS"),
        _ => return ApiResponse::refusal(400, 400, "field 'type' is not valid"),
    };
    let name = ask.text("name");
    if name.is_empty() || !is_version(&ask.text("version")) || !body["setting"].is_object() {
        return ApiResponse::refusal(422, 422, "field 'name', 'version' or 'setting' is not valid");
    }
    let update = cloud.now();
    let preset = cloud.presets(|presets| {
        presets.count += 1;
        let filament = (kind == "filament").then(|| (format!("P{:07x}", presets.count), "PLA".to_owned()));
        let id = format!("{prefix}{:014x}", presets.count);
        let preset = Preset { id, kind, name, filament, update, setting: body["setting"].clone() };
        presets.presets.push(preset.clone());
        preset
    });
    let entry = entry(&preset);
    ApiResponse::flat(json!({"setting_id": entry["setting_id"], "update_time": entry["update_time"]}))
}
