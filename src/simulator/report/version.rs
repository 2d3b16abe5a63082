//! The answer to `get_version`: modules with their firmware.

use super::ams::serial;
use crate::protocol::model::Model;
use crate::simulator::sim::SimPrinter;
use crate::simulator::sim::spool::AmsKind;
use serde_json::{Value, json};

/// The firmware the user knows. Printers whose reports do not say whether they want signed commands have a version
/// from before that rule, unless they are locked.
pub fn firmware(sim: &SimPrinter) -> &'static str {
    match (sim.model, sim.locked) {
        (Model::A1 | Model::A1Mini, false) => "01.04.00.00",
        (Model::A1 | Model::A1Mini, true) => "01.05.00.00",
        (Model::P1P | Model::P1S, false) => "01.08.01.00",
        (Model::P1P | Model::P1S, true) => "01.08.02.00",
        (Model::X1 | Model::X1C, _) => "01.09.00.01",
        (Model::H2D | Model::H2DPro, _) => "01.01.02.08",
        _ => "01.01.00.00",
    }
}

/// The answer, in family `info`.
pub fn answer(sim: &SimPrinter, seq: &Value) -> Value {
    let old = super::Family::of(sim.model) == super::Family::Old;
    let product = match sim.model {
        Model::X1C => "Bambu Lab X1-Carbon".to_owned(),
        model => format!("Bambu Lab {model}"),
    };
    let mut modules = vec![json!({
        "name": "ota", "sw_ver": firmware(sim), "hw_ver": if old { "OTA" } else { "N/A" },
        "loader_ver": "00.00.00.00", "sn": sim.serial, "product_name": product, "visible": true, "flag": 3,
    })];
    let ams = sim.ams.iter().enumerate().map(|(i, unit)| {
        let (name, hw, sw, product) = match unit.kind {
            AmsKind::Ams => ("ams", "AMS08", "00.00.06.75", "AMS"),
            AmsKind::Lite => ("ams_f1", "AMS_F102", "00.00.07.94", "AMS Lite"),
            AmsKind::Ams2Pro => ("n3f", "N3F05", "02.00.19.68", "AMS 2 Pro"),
            AmsKind::Ht => ("n3s", "N3S05", "02.00.19.67", "AMS HT"),
        };
        let number = if unit.kind == AmsKind::Ht { usize::from(unit.id - 127) } else { i + 1 };
        json!({
            "name": format!("{name}/{}", unit.id), "sw_ver": sw, "hw_ver": hw, "loader_ver": "00.00.00.00",
            "sn": serial(sim, unit), "visible": true, "flag": 0,
            "product_name": if unit.kind == AmsKind::Lite { product.to_owned() } else { format!("{product} ({number})") },
        })
    });
    let boards: &[(&str, &str, &str, &str)] = match sim.model {
        Model::A1 | Model::A1Mini | Model::A2L => &[
            ("esp32", "AP05", "01.13.33.99", "00.00.00.00"),
            ("mc", "MC02", "00.01.29.83", "00.00.00.32"),
            ("th", "TH01", "00.00.07.69", "00.00.00.26"),
        ],
        Model::P1P | Model::P1S => &[
            ("esp32", "AP04", "01.11.35.64", "00.00.00.00"),
            ("mc", "MC07", "00.01.32.85", "00.00.00.23"),
            ("th", "TH09", "00.00.09.95", "00.00.00.14"),
        ],
        Model::X1 | Model::X1C | Model::X1E => &[
            ("ahb", "AHB01", "00.00.00.43", "00.00.00.00"),
            ("mc", "MC07", "00.00.32.89", "00.00.00.28"),
            ("mc-sub", "N/A", "00.00.32.89", "00.00.00.00"),
            ("th", "TH09", "00.00.07.12", "00.00.00.14"),
            // The board tells an X1E from the others.
            ("ap", if sim.model == Model::X1E { "AP02" } else { "AP05" }, "00.00.50.76", "00.00.01.08"),
        ],
        Model::P2S => &[
            ("ahb", "AHB-N703", "01.00.11.61", "00.00.05.29"),
            ("th", "TH03", "02.00.20.82", "00.00.00.10"),
            ("smc", "SMC01", "02.00.13.93", "00.00.06.03"),
            ("mc", "MC06", "01.00.69.85", "00.01.02.07"),
            ("ap", "AP04", "00.00.69.32", "00.00.01.11"),
        ],
        _ => &[
            ("ahb", "AHB02", "02.00.09.67", "00.00.00.21"),
            ("mc", "MC09", "02.05.57.52", "02.05.57.52"),
            ("mc-sub", "N/A", "02.05.57.52", "02.05.57.52"),
            ("th", "TH08", "02.01.17.55", "00.00.17.22"),
            ("ext", "EXT07", "00.00.08.18", "00.00.01.00"),
            ("smc", "SMC09", "02.01.12.00", "00.00.09.26"),
            ("ap", "AP05", "00.00.51.98", "00.00.01.11"),
        ],
    };
    let boards = boards.iter().enumerate().map(|(i, (name, hw, sw, loader))| {
        json!({
            "name": name, "sw_ver": sw, "hw_ver": hw, "loader_ver": loader, "product_name": "",
            "sn": format!("09{i}{}", sim.serial.get(3..).unwrap_or("")), "visible": false, "flag": 0,
        })
    });
    if old {
        modules.extend(boards);
        modules.extend(ams);
    } else {
        modules.extend(ams);
        modules.extend(boards);
    }
    let mut info = json!({"command": "get_version", "sequence_id": seq, "module": modules});
    if old {
        info["result"] = json!("success");
        info["reason"] = json!("");
    }
    json!({ "info": info })
}
