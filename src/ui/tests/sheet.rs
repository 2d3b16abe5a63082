//! The device, and everything about the filament where its pane is zoomed.

use super::snapshot;
use crate::state::view::scroll::Scroll;
use crate::{
    protocol::report::Module,
    state::{
        State,
        printer::Counts,
        screen::{info_table, layout},
        settings::Units,
        view::Pane,
    },
    ui::fixture::*,
};

/// A printer that tells all of itself: a camera that watches, an offered update, a unit that dries and one that cannot.
const RICH: &str = r#""gcode_state":"RUNNING","subtask_name":"vase","mc_percent":30,"mc_remaining_time":90,"stg_cur":0,
  "home_flag":7,"sdcard":true,"wifi_signal":"-52dBm","nozzle_diameter":"0.4","nozzle_type":"hardened_steel",
  "hw_switch_state":1,"net":{"conf":16,"info":[{"ip":838969536,"mask":16777215}]},
  "ipcam":{"ipcam_dev":"1","ipcam_record":"enable","timelapse":"disable","resolution":"1080p","tutk_server":"disable"},
  "xcam":{"printing_monitor":true,"spaghetti_detector":true,"first_layer_inspector":true,"allow_skip_parts":false,
    "buildplate_marker_detector":true,"halt_print_sensitivity":"medium"},
  "upgrade_state":{"status":"IDLE","new_version_state":1,"ota_new_version_number":"01.08.00.00","err_code":0},
  "ams":{"tray_now":"0","tray_exist_bits":"1000F","ams_exist_bits":"13","ams":[
    {"id":"0","humidity":"2","humidity_raw":"48","temp":"31","info":"1103","dry_time":200,
     "dry_setting":{"dry_filament":"PLA","dry_temperature":55,"dry_duration":8},"tray":[
      {"id":"0","tray_type":"PLA","tray_sub_brands":"PLA Basic","tray_info_idx":"GFA00","tray_id_name":"A00-B3","tray_color":"0A2CA5FF",
       "remain":85,"tray_weight":"1000","total_len":330000,"tag_uid":"A1B2C3","nozzle_temp_min":"190","nozzle_temp_max":"230",
       "bed_temp":"60","drying_temp":"55","drying_time":"8","k":0.02},
      {"id":"1","tray_type":"PETG","tray_color":"FFFFFF80","remain":-1,"nozzle_temp_min":"230","nozzle_temp_max":"260"},
      {"id":"2","tray_type":"PLA","tray_sub_brands":"PLA Silk Dual","tray_color":"E91E63FF","cols":["E91E63FF","1976D2FF"],"ctype":1,
       "remain":-1,"tag_uid":"D4"},
      {"id":"3"}]},
    {"id":"128","humidity":"4","humidity_raw":"20","temp":"27","info":"4","dry_sf_reason":[1],"tray":[{"id":"0","tray_type":"TPU","tray_color":"000000FF"}]}]},
  "vir_slot":[{"id":"254","tray_type":""}]"#;

fn rich(width: u16, height: u16, pane: Pane) -> State {
    let mut f = Fixture::new();
    let since = f.now.unix - 3600;
    let printer = f.printer("Workshop X1C", "00M00A000000003", RICH);
    printer.firmware = Some("01.07.00.00".into());
    printer.counts = Counts { reports: 12_345, sessions: 3, since: Some(since) };
    let module = |name: &str, version: &str, new: Option<&str>| Module {
        name: Some(name.into()),
        version: Some(version.into()),
        new_version: new.map(Into::into),
        ..Module::default()
    };
    printer.modules = vec![
        module("ota", "01.07.00.00", None),
        module("mc", "00.00.14.74", None),
        module("n3f/0", "03.00.21.29", Some("03.01.00.00")),
    ];
    let mut state = with_journal(f.build(width, height));
    state.view.zoom = Some(pane);
    state
}

#[test]
fn the_device_zoomed() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        snapshot(format!("device_{w}x{h}"), &shot(&rich(w, h, Pane::Device)));
    }
    snapshot("device_ascii", &shot(&super::plain(rich(80, 40, Pane::Device))));
    // Nothing has been said yet: what everybody looks for has its line, and nothing is made up.
    let mut silent = Fixture::new();
    silent.connected("New P1S", "01P00A000000009");
    let mut state = silent.build(80, 24);
    state.view.zoom = Some(Pane::Device);
    snapshot("device_silent", &shot(&state));
}

#[test]
fn the_filament_zoomed() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        snapshot(format!("filament_{w}x{h}"), &shot(&rich(w, h, Pane::Ams)));
    }
    let mut warm = rich(80, 24, Pane::Ams);
    warm.settings.units = Units::Fahrenheit;
    assert!(shot(&warm).contains("374–446 °F"), "{}", shot(&warm));
    let mut large = super::large(120, 40);
    large.view.zoom = Some(Pane::Ams);
    snapshot("filament_large_120x40", &shot(&large));
}

#[test]
fn both_scroll_to_their_end_and_no_further() {
    for pane in [Pane::Device, Pane::Ams] {
        for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
            let mut state = rich(w, h, pane);
            let limit = info_table::limit(&state, pane);
            let scroll = |state: &mut State, by: u16| state.view.scroll[pane] = Scroll::to(by.into());
            scroll(&mut state, limit);
            let end = shot(&state);
            assert!(!end.contains("more ─"), "{pane:?} {w}x{h}:\n{end}");
            scroll(&mut state, limit + 99);
            assert_eq!(shot(&state), end, "{pane:?} {w}x{h}");
            if limit > 0 {
                scroll(&mut state, limit - 1);
                assert!(shot(&state).contains("1 more"), "{pane:?} {w}x{h}");
            }
        }
    }
}

#[test]
fn a_very_large_screen_has_a_column_for_the_device() {
    let mut state = seven_at(200, 60);
    assert!(layout::of(&state).device.is_some());
    assert!(shot(&state).contains("Device"));
    resize(&mut state, 120, 40);
    assert!(layout::of(&state).device.is_none());
}
