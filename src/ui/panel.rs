//! The control panel: whether it is armed, what is known of the machine, and the keys.

use super::{dialog, paint::Paint, text, theme::Role};
use crate::state::{printer::temps::Gauge, view::panel::Panel};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Paint, area: Rect, panel: &Panel) {
    let Some(printer) = p.state.printer(panel.who) else { return };
    let width = area.width.min(72);
    let room = usize::from(width).saturating_sub(4).max(1);
    let armed = panel.armed.is_some();
    let mut lines: Vec<Line<'static>> = Vec::new();
    let (role, words) = match (armed, p.state.may_arm(panel.who)) {
        (true, _) => (Role::Trouble, format!("ARMED: keys move {}", printer.name)),
        (false, Ok(_)) => (Role::Waiting, "not armed; A arms it".to_owned()),
        (false, Err(why)) => (Role::Waiting, format!("not armed: {why}")),
    };
    lines.extend(text::wrap(&p.own(&words), room).into_iter().map(|line| p.span(role, line).into()));
    let homed = match printer.is_homed() {
        Some(true) => "axes homed",
        Some(false) => "axes not homed",
        None if p.theme.ascii => "axes --",
        None => "axes —",
    };
    let nozzle = printer.temps.active_nozzle();
    // Of two hotends the one in use is what is extruded from.
    let name = nozzle.filter(|_| printer.temps.nozzles.len() > 1).map_or("nozzle", |nozzle| nozzle.label);
    let now = format!(
        "{homed}{dot}{name} {}{dot}bed {}{dot}step {} mm",
        degrees(p, nozzle.map(|nozzle| nozzle.gauge).unwrap_or_default()),
        degrees(p, printer.temps.bed),
        panel.millimetres(),
        dot = p.dot(),
    );
    lines.extend(text::wrap(&now, room).into_iter().map(|line| p.span(Role::Text, line).into()));
    let arrows = if p.theme.ascii { "arrows" } else { "← → ↑ ↓" };
    let mut keys = vec![
        format!("{arrows}  move X and Y"),
        "a nozzle off the bed, t towards it".to_owned(),
        "e extrude, r retract, H home, s step".to_owned(),
    ];
    if printer.temps.nozzles.len() > 1 {
        keys.push("x other hotend".to_owned());
    }
    keys.push("Esc leaves and disarms".to_owned());
    let role = if armed { Role::Text } else { Role::Dim };
    let mut keys: Vec<_> = keys.iter().flat_map(|key| text::wrap(key, room)).collect();
    // The reason comes first, and the way out stays.
    while keys.len() > 1 && lines.len() + keys.len() + 2 > usize::from(area.height) {
        keys.remove(keys.len() - 2);
    }
    lines.extend(keys.into_iter().map(|line| p.span(role, line).into()));
    let title = format!("{}{}control panel", printer.name, p.dot());
    let border = if armed { Role::Trouble } else { Role::Focus };
    let inner = dialog::place(p, area, &title, width, lines.len() as u16 + 2, border);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

fn degrees(p: &Paint, gauge: Gauge) -> String {
    let (units, unit) = (p.settings().units, text::unit(p.settings().units, p.theme.ascii));
    gauge.now.map_or_else(|| p.unknown().to_owned(), |now| format!("{} {unit}", text::degrees(now, units)))
}
