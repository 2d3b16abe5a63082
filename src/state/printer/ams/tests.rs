//! What the merged report says of filament.

use super::*;
use crate::protocol::report::parse;

fn read(fields: &str, model: Model) -> Ams {
    let json = format!(r#"{{"print":{{"command":"push_status",{fields}}}}}"#);
    Ams::read(&parse(json.as_bytes()).expect("JSON").report.expect("a report"), model, &[])
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
    assert_eq!((first.remain, first.grams, first.nozzle()), (Some(85), Some(850), Some((190, 230))));
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
    // An AMS measures its level also where old firmware gives no temperature.
    let ams = read(r#""ams":{"ams":[{"id":"0","humidity":"3","temp":"0.0","tray":[]}]}"#, Model::P1P);
    assert_eq!((ams.units[0].kind, ams.units[0].dryness, ams.units[0].temp), (UnitKind::Ams, Some(3), None));
}

#[test]
fn colours_read_and_refuse() {
    assert_eq!(Rgba::parse("00000000"), None);
    assert_eq!(Rgba::parse("FF6A13"), Some(Rgba { r: 255, g: 106, b: 19, a: 255 }));
    assert_eq!(Rgba::parse("öööö"), None);
    assert_eq!(Rgba::parse("FFFFFFFF").map(Rgba::name), Some("white"));
    assert_eq!(Rgba::parse("000000FF").map(Rgba::name), Some("black"));
}
