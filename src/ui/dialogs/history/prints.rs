//! The prints, newest first; the chosen one beside the list, or alone.

use super::{Row, format_timestamp, grams, minutes, page, picture, rows};
use crate::{
    protocol::rest::tasks::{Task, TaskFilament, TaskStatus},
    state::{
        printer::ams::Rgba,
        view::dialogs::{
            HistoryView,
            history::{is_beside, lines},
        },
    },
    ui::{painter::Painter, panes::ams, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Columns beside the list.
const BESIDE: u16 = 42;

pub(super) fn draw(p: &mut Painter, area: Rect, open: &HistoryView) {
    let Some(task) = open.print(&p.state.cloud.history).cloned() else {
        let history = &p.state.cloud.history;
        let prints = history.list(open.only.as_deref()).filter(|prints| !prints.is_pending());
        // Without an answer nobody knows whether there are any.
        let none = prints.is_some_and(|prints| matches!(prints.answer(), Some(Ok(_))));
        let words = if none { "the cloud remembers no prints" } else { "" };
        return p.line(area, 0, p.span(Role::Dim, words));
    };
    if open.open {
        return alone(p, area, &task, open);
    }
    let beside = is_beside(p.state.view.size.width);
    let left = if beside { Rect { width: area.width - BESIDE, ..area } } else { area };
    let mut list: Vec<Row> = Vec::new();
    if area.height >= 12 {
        list.push((false, heading(p, usize::from(left.width), open)));
    }
    let tasks = p.state.cloud.history.shown(open.only.as_deref());
    list.extend(tasks.iter().map(|task| (true, line(p, task, usize::from(left.width), open))));
    rows(p, left, open, list);
    if beside {
        let right = Rect { x: area.x + left.width + 2, width: BESIDE - 2, ..area };
        alone(p, right, &task, open);
    }
}

/// Widths of the columns: name, printer, time, weight. One that has no room is 0.
fn columns(width: usize, open: &HistoryView) -> [usize; 4] {
    let printer = if width >= 66 && open.only.is_none() { 17 } else { 0 };
    let weight = if width >= 44 { 7 } else { 0 };
    let fixed = 2 + date(width) + printer + 11 + weight;
    [width.saturating_sub(fixed).max(8), printer, 11, weight]
}

fn date(width: usize) -> usize {
    if width >= 60 { 14 } else { 7 }
}

fn heading(p: &Painter, width: usize, open: &HistoryView) -> Line<'static> {
    let [name, printer, time, weight] = columns(width, open);
    let words = [
        "  ".to_owned(),
        p.fit("began", date(width)),
        p.fit("print", name),
        if printer > 0 { p.fit(" printer", printer) } else { String::new() },
        p.fit_right("took", time),
        if weight > 0 { p.fit_right("used", weight) } else { String::new() },
    ];
    p.span(Role::Dim, words.concat()).into()
}

fn line(p: &Painter, task: &Task, width: usize, open: &HistoryView) -> Line<'static> {
    let [name, printer, time, weight] = columns(width, open);
    let (role, symbol) = match &task.status {
        Some(TaskStatus::Finished) => (Role::Ok, p.theme.pick_text("✓", "+")),
        Some(TaskStatus::Stopped) => (Role::Trouble, p.theme.pick_text("✗", "x")),
        Some(TaskStatus::Running) => (Role::Active, p.theme.pick_text("►", ">")),
        _ => (Role::Dim, p.theme.pick_text("·", ".")),
    };
    let now = p.state.cloud.history.printer_of(task, &p.state.fleet.printers).is_some();
    let took = match &task.status {
        _ if now => "now".to_owned(),
        Some(TaskStatus::Running) => "running".to_owned(),
        _ => minutes(p, task.took_s()),
    };
    let began = format_timestamp(p, task.started.map(|at| at.0), width < 60);
    let mut spans = vec![
        p.span(role, format!("{symbol} ")),
        p.span(Role::Dim, p.fit(&began, date(width))),
        p.span(Role::Text, p.fit(task.name().unwrap_or(p.unknown()), name)),
    ];
    if printer > 0 {
        let device = p.state.cloud.history.device_of(task, &p.state.fleet.printers);
        let device = device.as_deref().unwrap_or(p.unknown());
        spans.push(p.span(Role::Dim, p.fit(&format!(" {device}"), printer)));
    }
    spans.push(p.span(if now { Role::Active } else { Role::Text }, p.fit_right(&took, time)));
    if weight > 0 {
        spans.push(p.span(Role::Dim, p.fit_right(&grams(p, task.grams), weight)));
    }
    spans.into()
}

/// Everything about one print.
fn alone(p: &mut Painter, area: Rect, task: &Task, open: &HistoryView) {
    let room = picture(p, area, &lines::picture_of(task));
    let rows = lines::print(&p.state.around(), task, room.width);
    page(p, room, open, rows);
}

/// A filament: its colour, kind, weight and slot.
pub(super) fn filament_line(p: &Painter, filament: &TaskFilament) -> Line<'static> {
    let known = |value: &'_ Option<String>| value.clone().filter(|value| !value.is_empty());
    let kind = known(&filament.target_kind).or(known(&filament.kind)).unwrap_or_else(|| p.unknown().to_owned());
    let color = known(&filament.target_color).or(known(&filament.source_color));
    let mut spans = Vec::new();
    match color.as_deref().and_then(Rgba::parse) {
        Some(color) => spans.extend(ams::swatch(p, &[color])),
        None => spans.push(Span::raw("    ")),
    }
    let words = filament.grams.map_or_else(|| format!(" {kind}"), |grams| format!(" {kind}, {grams:.1} g"));
    spans.push(p.span(Role::Text, words));
    spans.extend(filament.slot.and_then(slot).map(|slot| p.span(Role::Dim, format!("  {slot}"))));
    spans.into()
}

/// Where a filament was: a flat slot number in words.
fn slot(flat: i64) -> Option<String> {
    let letter = |n: i64| char::from(b'A' + n as u8);
    match flat {
        0..=103 => Some(format!("slot {}{}", letter(flat / 4), flat % 4 + 1)),
        128..=153 => Some(format!("AMS HT {}", letter(flat - 128))),
        254 | 255 => Some("external spool".to_owned()),
        _ => None,
    }
}
