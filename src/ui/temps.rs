//! Temperatures: now and target of every heater, and how they went.

use super::{
    chart::{self, Series},
    paint::Paint,
    text,
    theme::Role,
};
use crate::state::{
    layout::margin,
    printer::Printer,
    temps::{Gauge, Sample},
    view::Pane,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// A heater's place in the pane.
struct Row {
    label: &'static str,
    gauge: Gauge,
    role: Role,
    active: bool,
    value: fn(&Sample) -> Option<f32>,
}

pub(super) fn draw(p: &mut Paint, rect: Rect) {
    let Some(printer) = p.state.selected() else {
        p.pane(rect, Pane::Temps, "Temperatures", vec![]);
        return;
    };
    let with_chart = rect.height >= 8 && rect.width >= 60;
    let right = if with_chart { vec![p.span(Role::Dim, "last 30 min")] } else { vec![] };
    let room = margin(p.pane(rect, Pane::Temps, "Temperatures", right));
    let rows = rows(printer);
    if with_chart {
        let [text, chart] = [Rect { width: 23, ..room }, Rect { x: room.x + 24, width: room.width - 24, ..room }];
        for (at, row) in rows.iter().enumerate() {
            let line = gauge_line(p, printer, row);
            p.line(text, at as u16, line);
        }
        let series: Vec<_> =
            rows.iter().map(|row| Series { role: row.role, aim: row.gauge.aim(), value: row.value }).collect();
        chart::draw(p, chart, printer, &series);
        return;
    }
    narrow(p, printer, room, rows);
}

/// Without room for a chart: a line a heater with its history in one row.
fn narrow(p: &mut Paint, printer: &Printer, room: Rect, rows: Vec<Row>) {
    let fans = usize::from(room.height) > rows.len();
    let mut y = 0;
    let mut rows = rows.into_iter().peekable();
    // Two hotends share a line where there is none to spare.
    let tight = rows.len() > usize::from(room.height);
    if tight && rows.len() > 2 {
        let mut spans = Vec::new();
        for row in rows.by_ref().take(2) {
            spans.extend(short_gauge(p, printer, &row));
        }
        p.line(room, y, spans);
        y += 1;
    }
    for row in rows {
        let mut line = gauge_line(p, printer, &row);
        let used = line.width() as u16 + 2;
        if room.width > used + 8 {
            line.push_span(Span::raw("  "));
            line.push_span(chart::spark(p, printer, row.role, row.value, row.gauge, usize::from(room.width - used)));
        }
        p.line(room, y, line);
        y += 1;
    }
    if fans {
        let line = fans_line(p, printer, usize::from(room.width));
        p.line(room, y, line);
    }
}

fn rows(printer: &Printer) -> Vec<Row> {
    let temps = &printer.temps;
    let mut rows: Vec<Row> = temps
        .nozzles
        .iter()
        .take(2)
        .enumerate()
        .map(|(at, nozzle)| Row {
            label: nozzle.label,
            gauge: nozzle.gauge,
            role: if at == 0 { Role::Nozzle } else { Role::SecondNozzle },
            active: nozzle.active && temps.nozzles.len() > 1,
            value: if at == 0 { |s| s.nozzles[0] } else { |s| s.nozzles[1] },
        })
        .collect();
    if rows.is_empty() {
        let gauge = Gauge::default();
        rows.push(Row { label: "nozzle", gauge, role: Role::Nozzle, active: false, value: |s| s.nozzles[0] });
    }
    rows.push(Row { label: "bed", gauge: temps.bed, role: Role::Bed, active: false, value: |s| s.bed });
    let chamber = temps.chamber.unwrap_or_default();
    rows.push(Row { label: "chamber", gauge: chamber, role: Role::Chamber, active: false, value: |s| s.chamber });
    rows
}

/// `nozzle   220 → 220 °C`
fn gauge_line(p: &Paint, printer: &Printer, row: &Row) -> Line<'static> {
    let stale = p.is_stale(printer);
    let value = if stale { Role::Stale } else { Role::Text };
    let label = if stale { Role::Stale } else { row.role };
    let mark = if row.active { p.theme.pick_text("►", ">") } else { " " };
    let units = p.settings().units;
    let now = row.gauge.now.map_or_else(|| p.unknown().to_owned(), |t| text::degrees(t, units));
    let mut spans =
        vec![p.span(label, p.fit(row.label, 7)), p.span(Role::Active, mark), p.span(value, p.fit_right(&now, 4))];
    if row.gauge.now.is_none() {
        return spans.into();
    }
    let aim = match (row.gauge.aim(), row.gauge.target) {
        (Some(aim), _) => Some(text::degrees(aim, units)),
        (None, Some(_)) => Some("off".to_owned()),
        (None, None) => None,
    };
    let arrow = p.theme.pick_text(" → ", " > ");
    match aim {
        Some(aim) => {
            spans.push(p.span(Role::Dim, arrow));
            let role = if aim == "off" { Role::Dim } else { value };
            spans.push(p.span(role, p.fit_right(&aim, 3)));
        }
        None => spans.push(Span::raw(" ".repeat(6))),
    }
    spans.push(p.span(Role::Dim, format!(" {}", text::unit(units, p.theme.ascii))));
    spans.into()
}

/// `nozzle 220→220`
pub(super) fn short(p: &Paint, label: &str, gauge: Gauge, role: Role) -> Vec<Span<'static>> {
    let units = p.settings().units;
    let now = gauge.now.map_or_else(|| p.unknown().to_owned(), |t| text::degrees(t, units));
    let arrow = p.theme.pick_text("→", ">");
    let aim = gauge.aim().map_or_else(String::new, |aim| format!("{arrow}{}", text::degrees(aim, units)));
    vec![p.span(Role::Dim, format!("{label} ")), p.span(role, now), p.span(role, aim)]
}

fn short_gauge(p: &Paint, printer: &Printer, row: &Row) -> Vec<Span<'static>> {
    let mut spans = short(p, row.label, row.gauge, p.value_role(printer));
    spans.push(Span::raw("   "));
    spans
}

fn fans_line(p: &Paint, printer: &Printer, width: usize) -> Line<'static> {
    let value = p.value_role(printer);
    let fans = printer.temps.fans;
    let mut line = Line::from(p.span(Role::Dim, "fans    "));
    for (name, percent) in [("part", fans.part), ("aux", fans.aux), ("chamber", fans.chamber)] {
        let percent = percent.map_or_else(|| p.unknown().to_owned(), |v| format!("{v} %"));
        if line.width() + name.len() + 1 + 5 > width {
            break;
        }
        line.push_span(p.span(Role::Dim, format!("{name} ")));
        line.push_span(p.span(value, p.fit(&percent, 8)));
    }
    line
}
