//! Everything that is known of a printer beyond its job: what the device pane shows. What a printer does not have, or has
//! not said, has no line; what everybody looks for is there even if it is not known.

use crate::protocol::{machine::Storage, model::CameraKind};
use crate::state::{
    State, Tone,
    command::tracker::Permission,
    datetime::format_timestamp,
    printer::{
        Printer,
        certificate::{Known, Signer, groups},
        connection::ConnectionState,
        hotend::{Health, RackPlace, Spec, SwitchState},
        machine::{Detector, DoorCheck, LanView, Space},
    },
    screen::info_table::{Section, degrees},
};

/// All sections, the most wanted first.
pub fn sections(state: &State, printer: &Printer) -> Vec<Section> {
    vec![
        identity(state, printer),
        connection(state, printer),
        super::cloud_device::section(state, printer),
        body(state, printer),
        nozzles(state, printer),
        camera(printer),
        detections(printer),
        options(printer),
        modules(printer),
    ]
}

fn identity(state: &State, printer: &Printer) -> Section {
    let mut out = Section::new("printer");
    out.add("model", format!("{} (by {})", printer.model.short(), printer.model_source.name()));
    out.add("serial", printer.serial.clone());
    out.add("address", printer.host.clone());
    if !printer.tags.is_empty() {
        out.add("tags", printer.tags.join(", "));
    }
    out.add("firmware", printer.firmware.clone().unwrap_or_default());
    let update = &printer.machine.update;
    let device = state.cloud.devices.get(&printer.serial);
    match (update.available, &update.version) {
        (Some(true), Some(version)) => out.add("update", format!("{version} is offered")).tone = Tone::Warning,
        (Some(true), None) => out.add("update", "one is offered").tone = Tone::Warning,
        // Both are said: the printer's own word, and in the account's section that of the cloud.
        (Some(false), _) if device.is_some_and(|device| device.offers_newer(printer.firmware.as_deref())) => {
            out.add("update", "none that the printer knows of").tone = Tone::Plain;
        }
        (Some(false), _) => out.add("update", "up to date").tone = Tone::Plain,
        (None, _) => {}
    }
    if let Some(version) = &update.ams_version {
        out.add("", format!("for the AMS: {version}")).tone = Tone::Warning;
    }
    if let Some(step) = update.under_way() {
        let row = out.add("updating", step.name());
        row.percent = update.percent;
        row.tone = Tone::Warning;
    }
    if let Some(why) = update.error {
        out.add("", format!("last time {why}")).tone = Tone::Bad;
    }
    if update.forced == Some(true) {
        out.add("", "the printer insists on it").tone = Tone::Warning;
    }
    if update.inconsistent == Some(true) {
        out.add("", "its modules do not match each other").tone = Tone::Warning;
    }
    let (control, tone) = match printer.permission() {
        Permission::Open => ("open: commands are accepted", Tone::Good),
        Permission::Unknown => ("unknown until the first command", Tone::Plain),
        Permission::Suspected => ("doubtful: a command got no answer", Tone::Warning),
        Permission::Declared => ("locked: it accepts commands from Bambu Lab's apps only", Tone::Warning),
        Permission::Learned => ("locked: it refused a command for that reason", Tone::Warning),
    };
    out.add("control", control).tone = tone;
    out
}

fn connection(state: &State, printer: &Printer) -> Section {
    let mut out = Section::new("connection");
    let link = match &printer.link {
        ConnectionState::Up { .. } => {
            let since = printer.counts.since.map(|unix| format_timestamp(unix, state.now, state.settings.clock));
            format!(
                "by {}{}",
                printer.transport.word(),
                since.map_or_else(String::new, |since| format!(", since {since}"))
            )
        }
        ConnectionState::Waiting => "not tried yet".to_owned(),
        ConnectionState::Connecting { .. } => "connecting".to_owned(),
        ConnectionState::Down { why, .. } => format!("none: {why}"),
    };
    out.add("connection", link);
    if printer.transports.in_account || printer.transports.lan.is_none() {
        out.add("LAN", printer.transports.lan_words());
        out.add("cloud", printer.transports.cloud_words());
    }
    if let Some((certificate, known)) = &printer.certificate {
        let known = match known {
            Known::New => "pinned at this start",
            Known::Pinned => "pinned before",
            Known::Configured => "named by the configuration",
        };
        let row = out.add("certificate", format!("{}; {known}", certificate.signer.word()));
        row.tone = if certificate.signer == Signer::Vendor { Tone::Good } else { Tone::Plain };
        out.add("SHA-256", groups(&certificate.fingerprint).join(" "));
    }
    let counts = printer.counts;
    let times = |count: String, one: &str| if count == "1" { format!("1 {one}") } else { format!("{count} {one}s") };
    let reconnects = counts.sessions.saturating_sub(1).to_string();
    out.add("", format!("{}, {}", times(about(counts.reports), "report"), times(reconnects, "reconnect")));
    let network = printer.machine.network;
    if network.wired == Some(true) {
        out.add("network", "cable");
    } else {
        let quality = network.quality().map_or_else(String::new, |quality| format!(" ({})", quality.name()));
        out.add("Wi-Fi", network.wifi_dbm.map_or_else(String::new, |dbm| format!("−{} dBm{quality}", -dbm)));
    }
    out.maybe("IP", network.ip.map(|ip| ip.to_string()));
    out.maybe("mask", network.mask.map(|mask| mask.to_string()));
    let prints = state.prints_of(printer);
    let parts = [
        (prints.started, "started"),
        (prints.finished, "finished"),
        (prints.failed, "failed"),
        (prints.cancelled, "cancelled"),
    ];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    out.add("prints", if parts.is_empty() { "none in the journal".to_owned() } else { parts.join(", ") });
    out
}

/// A number that grows all the time, in steps: a screen that changes with every report tells no more.
fn about(count: u64) -> String {
    match count {
        0..100 => count.to_string(),
        100..1000 => format!("over {}", count / 100 * 100),
        1000..100_000 => format!("over {} 000", count / 1000),
        _ => "over 100 000".to_owned(),
    }
}

fn body(state: &State, printer: &Printer) -> Section {
    let machine = &printer.machine;
    let mut out = Section::new("machine");
    out.maybe("door", machine.door_open.map(|open| if open { "open" } else { "closed" }));
    if let Some(storage) = machine.storage {
        let row = out.add("storage", storage.name());
        row.tone = if matches!(storage, Storage::Abnormal | Storage::ReadOnly) { Tone::Warning } else { Tone::Plain };
    }
    out.maybe("supply", machine.supply_volts.map(|volts| format!("{volts} V")));
    out.maybe(
        "homed",
        machine.homed.map(|homed| {
            let axes: String = [(homed.x, 'X'), (homed.y, 'Y'), (homed.z, 'Z')]
                .iter()
                .filter(|(on, _)| *on)
                .map(|(_, c)| *c)
                .collect();
            if axes.is_empty() { "no axis".to_owned() } else { axes }
        }),
    );
    out.maybe("extruder", machine.filament_at_extruder.map(|there| if there { "loaded" } else { "no filament" }));
    if let Some(duct) = &machine.air_duct {
        let mode = duct.mode.map_or("not known", |mode| mode.name());
        let filter = match duct.filters {
            Some(true) => ", filtered",
            Some(false) => ", not filtered",
            None => "",
        };
        out.add("air duct", format!("{mode}{filter}"));
    }
    if let Some(chamber) = printer.temps.chamber.and_then(|gauge| gauge.now) {
        out.add("chamber", degrees(chamber, state.settings.units));
    }
    out.maybe("tool", machine.tool.as_ref().map(|tool| format!("{} ({})", tool.name, tool.mount.name())));
    if machine.track_switch.is_some() {
        out.add("track switch", "fitted");
    }
    if machine.upgrade_kit == Some(true) {
        out.add("kit", "upgraded to a P1S");
    }
    out
}

fn nozzles(state: &State, printer: &Printer) -> Section {
    let mut out = Section::new("nozzles");
    for nozzle in &printer.temps.nozzles {
        let spec = Spec {
            diameter: nozzle.diameter,
            material: nozzle.material,
            flow: nozzle.flow,
            max: nozzle.max,
            reliable: nozzle.reliable,
            health: nozzle.health,
        };
        let used = if nozzle.active && printer.temps.nozzles.len() > 1 { ", in use" } else { "" };
        let row = out.add(format!("{}{used}", nozzle.label), words(state, &spec));
        row.tone = tone(&spec);
    }
    let switching = printer.machine.switching.filter(|switching| switching.state != SwitchState::Idle);
    if let Some(switching) = switching.filter(|_| printer.temps.nozzles.len() > 1) {
        out.add("switching", switching.state.name());
    }
    if let Some(rack) = &printer.machine.rack {
        for (at, place) in rack.places.iter().enumerate() {
            let label = format!("rack {}", at + 1);
            match place {
                RackPlace::Unknown => out.add(label, "").tone = Tone::Plain,
                RackPlace::Empty => out.add(label, "empty").tone = Tone::Plain,
                RackPlace::Hotend(spec) => out.add(label, words(state, spec)).tone = tone(spec),
            }
        }
        out.maybe("", rack.reading.map(|(at, of)| format!("reading hotend {at} of {of}")));
    }
    out
}

fn words(state: &State, spec: &Spec) -> String {
    let parts: Vec<_> = [
        spec.diameter.map(|diameter| format!("{diameter} mm")),
        spec.material.map(str::to_owned),
        spec.flow.map(|flow| flow.name().to_owned()),
        spec.max.map(|max| format!("up to {}", degrees(f64::from(max), state.settings.units))),
        (spec.health == Some(Health::Abnormal)).then(|| "not in order".to_owned()),
        (spec.reliable == Some(false)).then(|| "not read reliably".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join(", ")
}

fn tone(spec: &Spec) -> Tone {
    if spec.health == Some(Health::Abnormal) || spec.reliable == Some(false) { Tone::Warning } else { Tone::Plain }
}

fn camera(printer: &Printer) -> Section {
    let video = &printer.machine.video;
    let mut out = Section::new("camera");
    if !printer.has_camera() {
        out.add("camera", "none fitted");
        return out;
    }
    let kind = match printer.camera_kind() {
        CameraKind::Rtsp => "video over RTSPS",
        _ => "JPEG stills",
    };
    out.add("camera type", kind);
    out.switch("recording", video.recording);
    out.switch("auto-record", video.records);
    out.switch("time-lapse", video.timelapse);
    out.maybe("resolution", video.resolution.as_deref());
    out.maybe(
        "LAN view",
        video.lan_view.map(|view| match view {
            LanView::None => "not with this printer",
            LanView::Off => "off",
            LanView::Pictures => "JPEG stills",
            LanView::Stream => "video",
            LanView::SafeStream => "encrypted video",
        }),
    );
    out.switch("cloud view", video.cloud);
    for (label, space) in [("inside", video.internal), ("on storage", video.external)] {
        out.maybe(label, space.map(room));
    }
    out
}

/// Room in GB, as storages are sold.
fn room(space: Space) -> String {
    let gigabytes = |kib: u64| kib as f64 * 1024.0 / 1e9;
    format!("{:.1} of {:.1} GB free", gigabytes(space.free), gigabytes(space.total))
}

fn detections(printer: &Printer) -> Section {
    let found = printer.machine.detections;
    let mut out = Section::new("what the camera watches");
    let words = |detector: Detector| match (detector.on, detector.sensitivity) {
        (true, Some(sensitivity)) => format!("on, {}", sensitivity.name().replace('_', " ")),
        (true, None) => "on".to_owned(),
        (false, _) => "off".to_owned(),
    };
    for (label, detector) in [
        ("the print", found.monitor),
        ("spaghetti", found.spaghetti),
        ("purge pile", found.purge_pile),
        ("nozzle clump", found.nozzle_clump),
        ("air print", found.air_print),
    ] {
        out.maybe(label, detector.map(words));
    }
    out.switch("first layer", found.first_layer);
    out.switch("plate marker", found.plate_marker);
    out.switch("alignment", found.plate_alignment);
    out.switch("halts", found.halts);
    out.switch("skips parts", found.skips_parts);
    out
}

fn options(printer: &Printer) -> Section {
    let options = printer.machine.options;
    let mut out = Section::new("options");
    out.switch("recovery", options.auto_recovery);
    out.switch("sound", options.sound);
    out.switch("tangle check", options.tangle);
    out.switch("blob check", options.blob);
    out.switch("air print", options.air_print);
    out.switch("auto refill", options.auto_refill);
    out.switch("estimates", options.estimates_remaining);
    out.switch("tag at insert", options.reads_on_insert);
    out.switch("tag at start", options.reads_at_start);
    out.switch("keeps files", options.keeps_files);
    out.maybe("door check", options.door_check.map(DoorCheck::name));
    let level = |level: u8| if level == 0 { "off".to_owned() } else { format!("level {level}") };
    out.maybe("idle heating", options.idle_heating_protection.map(level));
    out.maybe("purification", options.air_purification.map(level));
    out
}

fn modules(printer: &Printer) -> Section {
    let mut out = Section::new("modules");
    for module in printer.visible_modules() {
        let Some(name) = module.title() else { continue };
        let version = module.version.clone().unwrap_or_default();
        let new = printer.offered_version(module).filter(|new| *new != version);
        let row = out.add(name, new.map_or_else(|| version.clone(), |new| format!("{version}, {new} is offered")));
        if new.is_some() {
            row.tone = Tone::Warning;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_counts_are_told_in_steps() {
        let told = [0, 99, 100, 250, 999, 1000, 54_321, 100_000].map(about);
        assert_eq!(told, ["0", "99", "over 100", "over 200", "over 900", "over 1 000", "over 54 000", "over 100 000"]);
        assert_eq!(room(Space { free: 15_000_000, total: 31_250_000 }), "15.4 of 32.0 GB free");
    }
}
