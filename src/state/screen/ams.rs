//! Everything that is known of the AMS, unit by unit and slot by slot: what the zoomed pane shows.

use crate::state::printer::ams::{ColorKind, Content, DryPhase, DryState, Filament, Tray, Unit};
use crate::state::{
    Tone,
    printer::Printer,
    screen::info_table::{Section, degrees, minutes},
    settings::Units,
};

/// A section a unit, and one for the external spools.
pub fn sections(printer: &Printer, units: Units) -> Vec<Section> {
    let ams = &printer.ams;
    let mut out = Vec::new();
    let mut whole = Section::new("AMS");
    whole.maybe("doing", ams.activity);
    whole.maybe("tag reader", ams.tag_activity);
    if ams.setting_up {
        whole.add("", "it is being set up");
    }
    out.push(whole);
    out.extend(ams.units.iter().map(|unit| section(unit, units)));
    let mut external = Section::new("external spools");
    for tray in &ams.external {
        slot(&mut external, tray, units);
    }
    out.push(external);
    out
}

/// `humidity 19 % (level 5 of 5, driest)`, as far as either is known.
fn humidity(unit: &Unit) -> Option<String> {
    let end = |level| match level {
        1 => ", wettest",
        5 => ", driest",
        _ => "",
    };
    let level = unit.dryness.map(|level| format!("level {level} of 5{}", end(level)));
    match (unit.humidity, level) {
        (Some(percent), Some(level)) => Some(format!("humidity {percent} % ({level})")),
        (Some(percent), None) => Some(format!("humidity {percent} %")),
        (None, Some(level)) => Some(format!("humidity {level}")),
        (None, None) => None,
    }
}

fn section(unit: &Unit, units: Units) -> Section {
    let feeds = unit.feeds.map_or_else(String::new, |feeds| format!(" → {feeds}"));
    let switched = if unit.switched { " · by the track switch" } else { "" };
    let mut out = Section::new(format!("{} · {}{feeds}{switched}", unit.label, unit.kind.name()));
    let air: Vec<_> = [humidity(unit), unit.temp.map(|temp| degrees(temp, units))].into_iter().flatten().collect();
    let row = out.add("air", air.join(" · "));
    // 1 and 2 are wet: worth a look.
    if unit.dryness.is_some_and(|level| level <= 2) {
        row.tone = Tone::Warning;
    }
    if unit.kind.drying_max().is_some() {
        drying(&mut out, unit, units);
    }
    out.maybe("firmware", unit.firmware.as_deref());
    for tray in &unit.trays {
        slot(&mut out, tray, units);
    }
    out
}

fn drying(out: &mut Section, unit: &Unit, units: Units) {
    let dryer = &unit.dryer;
    let aim: Vec<_> = [
        dryer.celsius.map(|aim| degrees(f64::from(aim), units)),
        dryer.hours.map(|hours| format!("for {hours} h")),
        dryer.filament.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let Some(left) = unit.drying else {
        let why: Vec<_> = dryer.obstacles_in_words().collect();
        let off = dryer.state.map_or(if unit.dry_minutes == Some(0) { "off" } else { "" }, DryState::name);
        out.add("dryer", off);
        if !why.is_empty() {
            out.add("", format!("cannot start: {}", why.join("; "))).tone = Tone::Warning;
        }
        return;
    };
    let phase = match (dryer.phase, dryer.state) {
        (Some(phase), _) if phase != DryPhase::Idle => phase.name(),
        (_, None | Some(DryState::Off)) => "drying",
        (_, Some(state)) => state.name(),
    };
    let row = out.add("dryer", if left > 0 { format!("{phase}, {} left", minutes(left)) } else { phase.to_owned() });
    row.tone = match dryer.state {
        Some(DryState::Error | DryState::HeaterStuck) => Tone::Bad,
        _ => Tone::Good,
    };
    // How far it is can only be told where both ends are known.
    let whole = dryer.hours.map(|hours| u32::from(hours) * 60).filter(|whole| left > 0 && *whole >= left);
    row.percent = whole.map(|whole| ((whole - left) * 100 / whole.max(1)) as u8);
    if !aim.is_empty() {
        out.add("", aim.join(" · "));
    }
}

fn slot(out: &mut Section, tray: &Tray, units: Units) {
    let state = match (tray.active, tray.target, tray.previous) {
        (true, ..) => ", in use",
        (_, true, _) => ", next",
        (_, _, true) => ", before",
        _ => "",
    };
    let label = format!("{}{state}", tray.label);
    let moving = if tray.moving { " · moving" } else { "" };
    let filament = match &tray.content {
        Content::Spool(filament) => filament,
        other => {
            let words = match other {
                Content::Empty => "empty",
                Content::Reading(_) => "reading the tag",
                Content::Unknown | Content::Spool(_) => "unknown filament",
            };
            out.add(label, format!("{words}{moving}"));
            return;
        }
    };
    let row = out.add(label, format!("{}{moving}", name(filament)));
    row.colors.clone_from(&filament.colors);
    if tray.active {
        row.tone = Tone::Good;
    }
    out.maybe("", colours(filament));
    let spool = filament.weight.map(|weight| format!("{weight} g"));
    let grams = filament.grams.map(|grams| match &spool {
        Some(spool) => format!("{grams} of {spool}"),
        None => format!("{grams} g"),
    });
    let left: Vec<_> = [
        filament.remain.map(|percent| format!("{percent} %")),
        grams,
        filament.length.map(|mm| format!("{} m", mm / 1000)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if left.is_empty() {
        out.maybe("full spool", spool);
    } else {
        out.add("left", left.join(" · "));
    }
    let range = |(low, high): (u16, u16)| {
        format!("nozzle {}–{}", units.figure(f64::from(low)), degrees(f64::from(high), units))
    };
    let heat: Vec<_> = [
        filament.nozzle().map(range),
        filament.bed.map(|bed| format!("bed {}", degrees(f64::from(bed), units))),
        filament.drying().map(|(temp, hours)| format!("dry at {} for {hours} h", degrees(f64::from(temp), units))),
        filament.k.map(|k| format!("k {k}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !heat.is_empty() {
        out.add("", heat.join(" · "));
    }
    let source = if filament.tagged { "RFID" } else { "no RFID" };
    let codes: Vec<_> =
        [filament.code.as_str(), filament.article.as_str()].into_iter().filter(|c| !c.is_empty()).collect();
    out.add("", [vec![source], codes].concat().join(" · "));
}

/// The product's name, with the material before it where it does not say it.
fn name(filament: &Filament) -> String {
    if filament.name.contains(&filament.material) {
        filament.name.clone()
    } else {
        format!("{} {}", filament.material, filament.name)
    }
}

fn colours(filament: &Filament) -> Option<String> {
    let all: Vec<_> = filament.colors.iter().map(|color| format!("{} {}", color.hex(), color.name())).collect();
    let mut words = all.join(", ");
    if filament.color_kind == Some(ColorKind::Gradient) {
        words += " · gradient";
    }
    if filament.colors.iter().any(|color| color.is_translucent()) {
        words += " · translucent";
    }
    (!words.is_empty()).then_some(words)
}
