//! The control panel: whether it is armed, what is known of the machine, and the keys.

use super::frame;
use crate::{
    state::{
        printer::temps::Gauge,
        view::dialogs::{Panel, panel},
    },
    ui::{painter::Painter, text, theme::Role},
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Painter, area: Rect, open: &Panel) {
    let Some(printer) = p.state.printer(open.who) else { return };
    // Without room for a border and a line in it.
    if area.height < 3 {
        return frame::enlarge(p, area, (["enlarge the window to use the panel", "enlarge it"], ["Esc", "leave"]));
    }
    let (width, room) = (area.width.min(72), panel::width(p.state.view.size));
    let armed = open.armed.is_some();
    let mut lines: Vec<Line<'static>> = Vec::new();
    let (role, words) = match (armed, panel::may_arm(&p.state.around(), open.who)) {
        (true, _) => (Role::Trouble, panel::armed_words(printer)),
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
        open.millimetres(),
        dot = p.dot(),
    );
    let now = text::wrap(&now, room);
    let role = if armed { Role::Text } else { Role::Dim };
    let mut keys = panel::keys(printer, p.theme.ascii, room);
    let fits = |lines: usize, keys: usize| lines + keys + 2 <= usize::from(area.height);
    // What keys do goes before what is known of the machine. Where there is no room even for them nothing is armed: the
    // reason comes first, and the way out stays.
    if fits(lines.len() + now.len(), if armed { keys.len() } else { 1 }) {
        lines.extend(now.into_iter().map(|line| p.span(Role::Text, line).into()));
    }
    while keys.len() > 1 && !fits(lines.len(), keys.len()) {
        keys.remove(keys.len() - 2);
    }
    lines.extend(keys.into_iter().map(|line| p.span(role, line).into()));
    let title = format!("{}{}control panel", printer.name, p.dot());
    let border = if armed { Role::Trouble } else { Role::Focus };
    let inner = frame::place(p, area, &title, width, lines.len() as u16 + 2, border);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

fn degrees(p: &Painter, gauge: Gauge) -> String {
    let (units, unit) = (p.settings().units, text::unit(p.settings().units, p.theme.ascii));
    gauge.now.map_or_else(|| p.unknown().to_owned(), |now| format!("{} {unit}", text::degrees(now, units)))
}
