//! Real printers' reports: the machine, its options, what its camera watches, hotends, units and spools, against values
//! that were worked out from the files by hand. Like `captures`, only where their folder is.

use crate::captures::printer;
use bambu_tui::{
    protocol::{fans::FanPart, hotend::Flow, model::ModelSource},
    state::printer::{
        Printer,
        ams::{Content, DryState, Filament},
        fans::AirMode,
        hotend::{Health, Mount, RackPlace},
        job::Phase,
        machine::{Detector, LanView, UpdateStep},
    },
};

/// `on`, `off`, or `-` for what the printer does not have or say.
fn switch(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "on",
        Some(false) => "off",
        None => "-",
    }
}

fn options(p: &Printer) -> String {
    let o = p.machine.options;
    format!(
        "recovery {} sound {} tangle {} blob {} air {} refill {} estimate {} keep {} insert {} start {} door {}",
        switch(o.auto_recovery),
        switch(o.sound),
        switch(o.tangle),
        switch(o.blob),
        switch(o.air_print),
        switch(o.auto_refill),
        switch(o.estimates_remaining),
        switch(o.keeps_files),
        switch(o.reads_on_insert),
        switch(o.reads_at_start),
        o.door_check.map_or("-", bambu_tui::state::printer::machine::DoorCheck::name),
    )
}

fn body(p: &Printer) -> String {
    let m = &p.machine;
    let homed = m.homed.map_or("-".to_owned(), |h| format!("{}{}{}", u8::from(h.x), u8::from(h.y), u8::from(h.z)));
    format!(
        "homed {homed} {}V door {} storage {} filament {} update {} {}",
        m.supply_volts.unwrap_or(0),
        m.door_open.map_or("-", |open| if open { "open" } else { "closed" }),
        m.storage.map_or("-", bambu_tui::protocol::machine::Storage::name),
        switch(m.filament_at_extruder),
        m.update.step.as_ref().map_or("", UpdateStep::name),
        switch(m.update.available),
    )
}

fn detections(p: &Printer) -> String {
    let d = p.machine.detections;
    let one = |detector: Option<Detector>| match detector {
        None => "-".to_owned(),
        Some(d) => format!(
            "{}/{}",
            switch(Some(d.on)),
            d.sensitivity.map_or("-", bambu_tui::state::printer::machine::Sensitivity::name)
        ),
    };
    format!(
        "monitor {} spaghetti {} purge {} clump {} air {} layer {} marker {} plate {}",
        one(d.monitor),
        one(d.spaghetti),
        one(d.purge_pile),
        one(d.nozzle_clump),
        one(d.air_print),
        switch(d.first_layer),
        switch(d.plate_marker),
        switch(d.plate_alignment),
    )
}

fn video(p: &Printer) -> String {
    let v = &p.machine.video;
    format!(
        "records {} now {} timelapse {} {} lan {} cloud {}",
        switch(v.records),
        switch(v.recording),
        switch(v.timelapse),
        v.resolution.as_deref().unwrap_or("-"),
        v.lan_view.map_or("-", LanView::name),
        switch(v.cloud),
    )
}

fn network(p: &Printer) -> String {
    let n = p.machine.network;
    let text = |ip: Option<String>| ip.unwrap_or("-".to_owned());
    format!(
        "wired {} {} {} {}",
        switch(n.wired),
        text(n.ip.map(|ip| ip.to_string())),
        text(n.mask.map(|ip| ip.to_string())),
        n.quality().map_or("-", bambu_tui::state::printer::machine::Quality::name)
    )
}

fn has(p: &Printer) -> String {
    let a = p.machine.abilities;
    let list = [
        ("sensor", a.chamber_sensor),
        ("heater", a.chamber_heater),
        ("light2", a.second_light),
        ("rack", a.rack),
        ("aux", a.aux_fan),
        ("aux2", a.second_aux_fan),
        ("exhaust", a.chamber_fan),
        ("duct", a.air_duct),
        ("door", a.door_sensor),
        ("socket", a.wired_network),
        ("camera", a.camera),
    ];
    let names: Vec<_> = list.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect();
    format!("{} {}", a.hotends, names.join(" "))
}

fn firmware(p: &Printer) -> Vec<String> {
    p.ams.units.iter().map(|u| format!("{} {}", u.label, u.firmware.as_deref().unwrap_or("-"))).collect()
}

fn spool<'a>(p: &'a Printer, label: &str) -> &'a Filament {
    match &p.ams.trays().find(|tray| tray.label == label).expect("the tray").content {
        Content::Spool(spool) => spool,
        other => panic!("{label}: {other:?}"),
    }
}

#[test]
fn an_a1_has_little() {
    let Some(p) = printer("A1-ha-bambulab.json") else { return };
    assert_eq!(p.model_source, ModelSource::Code, "its firmware gives a code and no product");
    assert_eq!(has(&p), "1 camera");
    // home_flag 0x337D459F
    assert_eq!(body(&p), "homed 111 220V door - storage ok filament off update idle off");
    assert_eq!(
        options(&p),
        "recovery on sound off tangle on blob on air on refill on estimate on keep off insert on start off door -"
    );
    assert_eq!(detections(&p), "monitor - spaghetti - purge - clump - air - layer - marker on plate -");
    assert_eq!(video(&p), "records off now off timelapse off 1080p lan - cloud off");
    assert_eq!(network(&p), "wired off 192.0.2.10 255.255.255.0 excellent");
    assert_eq!(firmware(&p), ["A 00.00.07.94"]);
    assert!((p.machine.air_duct.is_none() && p.machine.rack.is_none()) && p.machine.switching.is_none());
    let own = spool(&p, "A1");
    assert_eq!((own.tagged, own.weight, own.nozzle(), own.k), (false, None, Some((190, 240)), Some(0.02)));
}

#[test]
fn an_a1_mini_without_a_camera_still_tells_its_options() {
    let Some(p) = printer("A1mini-pushall-bambu-rs.json") else { return };
    // home_flag 0x327F4590
    assert_eq!(body(&p), "homed 000 110V door - storage ok filament off update idle off");
    assert_eq!(
        options(&p),
        "recovery on sound on tangle on blob off air on refill on estimate on keep off insert on start off door -"
    );
    assert_eq!(network(&p), "wired - - - -");
    let translucent = spool(&p, "A3");
    assert_eq!((translucent.colors[0].a, translucent.drying()), (0x80, Some((65, 8))));
    assert_eq!((translucent.k, translucent.article.as_str()), (Some(0.04), "G01-P0"));
}

#[test]
fn an_h2c_with_its_rack() {
    let Some(p) = printer("H2C-ha-bambulab.json") else { return };
    assert_eq!((p.model_source, p.job.phase), (ModelSource::Product, Phase::Cancelled));
    assert_eq!(has(&p), "2 sensor heater light2 rack aux exhaust duct door camera");
    // home_flag 0xC067549E, stat bit 23 clear
    assert_eq!(body(&p), "homed 011 220V door closed storage none filament off update idle off");
    assert_eq!(
        options(&p),
        "recovery on sound - tangle - blob - air - refill on estimate on keep off insert on start on door warn"
    );
    // xcam.cfg 0x1B6DB7 with bits 42 to 45 of fun
    assert_eq!(
        detections(&p),
        "monitor on/medium spaghetti on/medium purge on/medium clump on/medium air on/medium layer on marker on plate on"
    );
    assert_eq!(video(&p), "records on now off timelapse off 1080p lan disabled cloud off");
    assert_eq!(network(&p), "wired off 192.0.2.10 255.255.255.0 excellent");
    let rack = p.machine.rack.expect("a rack");
    let places: Vec<_> = rack
        .places
        .iter()
        .map(|place| match place {
            RackPlace::Hotend(spec) => format!("{} {}", spec.diameter.unwrap_or(0.0), spec.material.unwrap_or("-")),
            RackPlace::Empty => "empty".to_owned(),
            RackPlace::Unknown => "?".to_owned(),
        })
        .collect();
    let (hard, stainless) = ("hardened steel", "stainless steel");
    assert_eq!(
        places,
        [
            format!("0.2 {stainless}"),
            format!("0.4 {hard}"),
            format!("0.6 {hard}"),
            format!("0.4 {hard}"),
            "empty".to_owned(),
            format!("0.4 {hard}")
        ]
    );
    assert_eq!((rack.position, rack.state), (Some(3), Some(0)));
    let tool = p.machine.tool.as_ref().expect("a tool");
    assert_eq!((tool.name.as_str(), tool.mount), ("enhanced cooling fan", Mount::Mounted));
    let right = p.temps.nozzles.iter().find(|n| n.id == 0).expect("the right one");
    assert_eq!((right.diameter, right.flow, right.max), (Some(0.4), Some(Flow::Standard), Some(350)));
    // info 1545 = 0x609
    assert_eq!((right.health, right.filament, right.fitted), (Some(Health::Normal), Some(false), Some(true)));
    let duct = p.machine.air_duct.as_ref().expect("a duct");
    assert_eq!((duct.mode, duct.filters, duct.modes.len()), (Some(AirMode::Cooling), Some(true), 3));
    assert_eq!((duct.controls(FanPart::Chamber), duct.controls(FanPart::InnerLoop)), (Some(true), Some(false)));
    // info 1023: an AMS 2 Pro that dries for the right hotend
    let unit = &p.ams.units[0];
    assert_eq!((unit.dryer.state, unit.dryer.fans, unit.hotend), (Some(DryState::Drying), Some([false; 2]), Some(0)));
    assert_eq!(firmware(&p), ["A 03.00.21.29"]);
    let slots: Vec<_> = p.job.filaments.iter().map(|slot| slot.map(|s| (s.unit, s.slot))).collect();
    assert_eq!(slots, [None, None, Some((0, 0)), Some((0, 1))]);
    assert_eq!((p.job.plates, p.job.failure.map(|e| e.0)), (Some(1), Some(0x0300_400C)));
}

#[test]
fn an_h2d_that_dries_and_was_updated() {
    let Some(p) = printer("H2D-drying-ha-bambulab.json") else { return };
    assert_eq!(has(&p), "2 sensor heater light2 aux exhaust duct door camera");
    // home_flag 0xC067DD98
    assert_eq!(body(&p), "homed 000 220V door closed storage ok filament off update done off");
    assert_eq!(
        options(&p),
        "recovery on sound - tangle - blob - air - refill on estimate on keep on insert on start off door warn"
    );
    // fun has none of the new detections
    assert_eq!(
        detections(&p),
        "monitor on/medium spaghetti on/medium purge - clump - air - layer on marker on plate -"
    );
    // 0x00FCFFFF, lowest byte first
    assert_eq!(network(&p), "wired off 192.0.2.10 255.255.252.0 good");
    assert_eq!(firmware(&p), ["A 00.01.06.62", "B 02.00.19.68", "HT1 02.00.19.67"]);
    let states: Vec<_> = p.ams.units.iter().map(|u| (u.dryer.state, u.dryer.fans, u.hotend)).collect();
    assert_eq!(
        states,
        [
            (Some(DryState::Off), Some([false; 2]), Some(0)),
            (Some(DryState::Drying), Some([false; 2]), Some(1)),
            (Some(DryState::Drying), Some([true; 2]), Some(0)),
        ]
    );
    let spool = spool(&p, "A2");
    assert_eq!((spool.grams, spool.length, spool.weight), (Some(350), Some(115_500), Some(1000)));
    assert_eq!((p.temps.fans.filter, p.temps.fans.hotend), (Some(0), Some(0)));
}

#[test]
fn an_h2d_in_the_middle_of_a_print() {
    let Some(p) = printer("H2D-extspool-ha-bambulab.json") else { return };
    assert_eq!(body(&p), "homed 111 110V door closed storage none filament on update done off");
    let switching = p.machine.switching.expect("two hotends");
    assert_eq!((switching.active, switching.target, switching.loading), (Some(0), Some(0), None));
    // info 75 = 0x4B and 88 = 0x58
    let filament: Vec<_> = p.temps.nozzles.iter().map(|n| (n.label, n.filament, n.buffer, n.fitted)).collect();
    assert_eq!(
        filament,
        [("left", Some(false), Some(false), Some(true)), ("right", Some(true), Some(false), Some(true))]
    );
    assert_eq!((p.ams.activity, p.ams.changing), (Some("feeding with the extruder"), false));
    assert_eq!(p.job.stages, [29, 13, 4, 8, 14, 1, 3, 39]);
    // snow 65280 = 0xFF00 and 65279 = 0xFEFF
    let loaded = |hotend| p.ams.loaded_in(hotend).map(|slot| (slot.unit, slot.slot));
    assert_eq!((loaded(0), loaded(1)), (Some((255, 0)), None));
    assert_eq!(p.job.filaments.iter().flatten().map(|s| s.unit).collect::<Vec<_>>(), [255]);
    assert_eq!(p.ams.units.iter().filter_map(|u| u.hotend).collect::<Vec<_>>(), [1, 1, 1, 1, 0, 0]);
    let spool = spool(&p, "B2");
    assert_eq!((spool.tagged, spool.bed, spool.drying()), (true, Some(35), Some((55, 8))));
}

#[test]
fn a_p2s_whose_second_fan_is_not_fitted() {
    let Some(p) = printer("P2S-ha-bambulab.json") else { return };
    assert_eq!(has(&p), "1 sensor aux duct door camera");
    // home_flag 0xC06555BF
    assert_eq!(body(&p), "homed 111 220V door closed storage ok filament on update idle off");
    assert_eq!(
        options(&p),
        "recovery on sound - tangle - blob - air - refill on estimate on keep off insert on start off door warn"
    );
    // Bits 42 to 44 of fun, not 45.
    assert_eq!(
        detections(&p),
        "monitor on/medium spaghetti on/medium purge on/medium clump on/medium air - layer on marker on plate -"
    );
    assert_eq!(video(&p), "records on now on timelapse on 1080p lan disabled cloud off");
    assert_eq!(p.machine.options.idle_heating_protection, Some(1), "bit 32 of cfg 10017DAB9, bit 62 of fun");
    let duct = p.machine.air_duct.as_ref().expect("a duct");
    assert_eq!((duct.controls(FanPart::SecondAux), duct.fans.len()), (Some(true), 2));
    assert_eq!(p.temps.fans.second_aux, None, "it may be set, and is not there");
    assert_eq!(p.temps.chamber.map(|c| c.target), Some(None), "no heater, no target");
    let nozzle = p.temps.nozzles[0];
    assert_eq!((nozzle.filament, nozzle.buffer, nozzle.fitted), (Some(true), Some(true), Some(true)));
    assert_eq!(p.job.stages, [29, 2, 13, 11, 4, 8, 14, 3, 54, 1, 51]);
    assert_eq!((p.job.origin, p.job.plate, p.job.plates), (Some("local"), Some(1), Some(1)));
    assert_eq!(network(&p), "wired off 192.0.2.10 255.255.255.0 fair");
}

#[test]
fn an_x1c_of_new_firmware() {
    let Some(p) = printer("X1C-multiams-ha-bambulab.json") else { return };
    assert_eq!(has(&p), "1 sensor aux exhaust door camera");
    // home_flag 0xC065CD90; the door of an X1 is bit 23 there, although stat has its own bit 23 set.
    assert_eq!(body(&p), "homed 000 110V door closed storage ok filament off update done off");
    assert_eq!(
        options(&p),
        "recovery on sound - tangle - blob - air - refill on estimate on keep on insert on start off door off"
    );
    assert_eq!(detections(&p), "monitor on/low spaghetti on/low purge - clump - air - layer on marker off plate -");
    assert_eq!(network(&p), "wired off 192.0.2.10 255.255.254.0 fair");
    assert_eq!(firmware(&p), ["A 00.01.06.62", "B 00.01.06.62", "C 02.00.19.68", "HT1 02.00.19.67"]);
    assert_eq!(p.temps.nozzles[0].flow, Some(Flow::Standard), "HX01");
    assert_eq!(p.job.filaments.iter().flatten().map(|s| (s.unit, s.slot)).collect::<Vec<_>>(), [(1, 2)]);
    assert_eq!(spool(&p, "HT1").drying(), Some((80, 12)));
}

#[test]
fn a_p1p_with_the_kit_and_a_p1s() {
    let Some(p) = printer("P1P-noams-ha-bambulab.json") else { return };
    assert_eq!(has(&p), "1 aux exhaust camera", "by its upgrade kit");
    // home_flag 0x0D614118
    assert_eq!(body(&p), "homed 000 220V door - storage ok filament on update done off");
    assert_eq!(
        options(&p),
        "recovery on sound - tangle - blob - air - refill off estimate off keep off insert on start off door -"
    );
    assert_eq!((p.machine.upgrade_kit, p.ams.tag_activity), (Some(true), Some("loaded")));
    let Some(p) = printer("P1S-ams-spoolman-filamentstatus.json") else { return };
    // The file has no module list, so the model is not known and nothing is taken for granted.
    assert_eq!((has(&p).as_str(), p.model_source), ("1 camera", ModelSource::Nothing));
    // home_flag 0x00634598
    assert_eq!(body(&p), "homed 000 220V door - storage ok filament off update idle -");
    assert_eq!(
        options(&p),
        "recovery on sound - tangle - blob - air - refill on estimate on keep off insert on start off door -"
    );
    let spool = spool(&p, "A1");
    assert_eq!((spool.k, spool.profile, spool.grams, spool.length), (Some(0.01), Some(667), Some(130), Some(42_900)));
}

#[test]
fn an_old_x1c_without_a_name() {
    let Some(p) = printer("X1C-mercury-BambuBoard.json") else { return };
    assert_eq!(p.model_source, ModelSource::Nothing);
    // home_flag 0x00E1C52F; of a model that is not known the door is not known either.
    assert_eq!(body(&p), "homed 111 220V door - storage ok filament on update idle off");
    assert_eq!(video(&p), "records on now on timelapse off 1080p lan rtsps cloud off");
    assert_eq!(
        detections(&p),
        "monitor on/medium spaghetti on/medium purge - clump - air - layer on marker on plate -"
    );
    assert_eq!((p.ams.activity, p.ams.tag_activity), (Some("feeding with the extruder"), Some("waiting for G-code")));
    let nozzle = p.temps.nozzles[0];
    assert_eq!((nozzle.diameter, nozzle.material, nozzle.flow), (Some(0.4), Some("hardened steel"), None));
}
