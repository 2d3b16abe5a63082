//! Temperatures: now and target of every heater, and how they went.

use super::temperature_history::{self, Series};
use crate::state::{
    printer::{Printer, temperature_history::Sample, temps::Gauge},
    screen::layout::margin,
    view::Pane,
};
use crate::ui::{
    dialogs::frame::first_that_fits,
    painter::{Painter, width_of},
    text,
    theme::Role,
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

pub(super) fn draw(p: &mut Painter, rect: Rect) {
    let Some(printer) = p.state.selected() else {
        return p.pane_of_nobody(rect, Pane::Temps, "Temperatures");
    };
    let with_chart = rect.height >= 8 && rect.width >= 60;
    let right = vec![p.span(Role::Dim, format!("last {}", temperature_history::ago(p.state.view.span.minutes())))];
    let room = margin(p.pane(rect, Pane::Temps, &p.title(Pane::Temps, "Temperatures"), right));
    let rows = rows(printer);
    if !with_chart {
        return narrow(p, printer, room, rows);
    }
    let zoomed = p.state.view.zoom == Some(Pane::Temps);
    let (width, gap) = if zoomed { (32, 2) } else { (23, 1) };
    let text = Rect { width, ..room };
    let chart = Rect { x: room.x + width + gap, width: room.width - width - gap, ..room };
    for (at, row) in rows.iter().enumerate() {
        let mut line = gauge_line(p, printer, row);
        if zoomed {
            line.extend(range(p, printer, row));
        }
        p.line(text, at as u16, line);
    }
    if zoomed {
        let below = Rect { y: text.y + rows.len() as u16, ..text };
        draw_others(p, printer, below.intersection(text), true);
    }
    let series: Vec<_> =
        rows.iter().map(|row| Series { role: row.role, aim: row.gauge.aim(), value: row.value }).collect();
    temperature_history::draw(p, chart, printer, &series);
}

/// The lowest and the highest value of the span that is shown.
fn range(p: &Painter, printer: &Printer, row: &Row) -> Vec<Span<'static>> {
    let from = printer.history.newest().unwrap_or(0).saturating_sub(p.state.view.span.minutes() * 60);
    let values =
        || printer.history.samples().filter(|sample| sample.at >= from).filter_map(|sample| (row.value)(&sample));
    let (low, high) = (values().reduce(f32::min), values().reduce(f32::max));
    let degrees = |value: f32| text::degrees(f64::from(value), p.settings().units);
    let Some((low, high)) = low.zip(high).map(|(low, high)| (degrees(low), degrees(high))) else { return vec![] };
    let text = if low == high { low } else { format!("{low}{}{high}", p.theme.pick_text("–", "-")) };
    vec![p.span(Role::Dim, format!("  {}", p.fit_right(&text, 7)))]
}

/// What has no line in the chart: fans, and the air of the AMS units. Headings with the lines below each.
fn others(p: &Painter, printer: &Printer) -> [(&'static str, Vec<Vec<Span<'static>>>); 2] {
    let value = p.value_role(printer);
    let unknown = || p.unknown().to_owned();
    let mut fans = fans(printer);
    fans.push(("hotend", printer.temps.fans.hotend));
    let fans = fans.into_iter().map(|(name, percent)| {
        let percent = percent.map_or_else(unknown, |percent| format!("{percent} %"));
        vec![p.span(Role::Text, p.fit(name, 8)), p.span(value, p.fit_right(&percent, 6))]
    });
    let units = printer.ams.units.iter().filter(|unit| unit.temp.is_some() || unit.humidity.is_some());
    let air = units.map(|unit| {
        let units = p.settings().units;
        let degrees = unit.temp.map_or_else(unknown, |temp| {
            format!("{} {}", text::degrees(temp, units), text::unit(units, p.theme.ascii))
        });
        let humidity = unit.humidity.map_or_else(unknown, |humidity| format!("{humidity} %"));
        vec![
            p.span(Role::Text, p.fit(&unit.label, 6)),
            p.span(value, p.fit_right(&degrees, 8)),
            p.span(value, p.fit_right(&humidity, 7)),
        ]
    });
    [("fans", fans.collect()), ("air of the AMS", air.collect())]
}

/// The same below the gauges, in as many columns as there is room for.
fn draw_others(p: &mut Painter, printer: &Printer, room: Rect, gap: bool) {
    let mut y = 0;
    for (heading, lines) in others(p, printer).into_iter().filter(|(_, lines)| !lines.is_empty()) {
        y += u16::from(gap);
        // A heading with nothing below it says nothing.
        if y + 1 >= room.height {
            break;
        }
        p.line(room, y, p.span(Role::Dim, heading));
        let wide = lines.iter().map(|line| width_of(line)).max().unwrap_or(0) + 3;
        for lines in lines.chunks(((usize::from(room.width) + 3) / wide).max(1)) {
            y += 1;
            for (at, line) in lines.iter().enumerate() {
                let place = Rect { x: room.x + (at * wide) as u16, ..room };
                p.line(place.intersection(room), y, line.clone());
            }
        }
        y += 1;
    }
}

/// Without room for a chart: a line a heater with its history in one row.
fn narrow(p: &mut Painter, printer: &Printer, room: Rect, rows: Vec<Row>) {
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
            line.push_span(temperature_history::spark(
                p,
                printer,
                row.role,
                row.value,
                row.gauge,
                usize::from(room.width - used),
            ));
        }
        p.line(room, y, line);
        y += 1;
    }
    if p.state.view.zoom == Some(Pane::Temps) {
        let below = Rect { y: room.y + y, ..room }.intersection(room);
        draw_others(p, printer, below, false);
    } else if fans {
        let line = fans_line(p, printer, usize::from(room.width));
        p.line(room, y, line);
    }
}

/// The fans that it has, hotend aside; one that has not reported is not known.
pub(super) fn fans(printer: &Printer) -> Vec<(&'static str, Option<u8>)> {
    let (has, fans) = (printer.machine.abilities, printer.temps.fans);
    let all = [(true, "part", fans.part), (has.aux_fan, "aux", fans.aux), (has.chamber_fan, "chamber", fans.chamber)];
    all.into_iter().filter(|(has, ..)| *has).map(|(_, name, percent)| (name, percent)).collect()
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
    // Without a thermometer there is no value that is not known.
    if printer.machine.abilities.chamber_sensor {
        let chamber = temps.chamber.unwrap_or_default();
        rows.push(Row { label: "chamber", gauge: chamber, role: Role::Chamber, active: false, value: |s| s.chamber });
    }
    rows
}

/// `nozzle   220 → 220 °C`
fn gauge_line(p: &Painter, printer: &Printer, row: &Row) -> Line<'static> {
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
    let aim = row.gauge.aim().map(|aim| text::degrees(aim, units));
    let unit = p.span(Role::Dim, format!(" {}", text::unit(units, p.theme.ascii)));
    match aim {
        Some(aim) => {
            let aim = p.span(value, p.fit_right(&aim, 3));
            spans.extend([p.span(Role::Dim, p.theme.pick_text(" → ", " > ")), aim, unit]);
        }
        None => {
            // The unit belongs to the only figure.
            let off = if row.gauge.target.is_some() { "off" } else { "" };
            spans.extend([unit, p.span(Role::Dim, p.fit_right(off, 6))]);
        }
    }
    spans.into()
}

/// `nozzle 220→220`
pub(super) fn short(p: &Painter, label: &str, gauge: Gauge, role: Role) -> Vec<Span<'static>> {
    let units = p.settings().units;
    let now = gauge.now.map_or_else(|| p.unknown().to_owned(), |t| text::degrees(t, units));
    let arrow = p.theme.pick_text("→", ">");
    let aim = gauge.aim().map_or_else(String::new, |aim| format!("{arrow}{}", text::degrees(aim, units)));
    vec![p.span(Role::Dim, format!("{label} ")), p.span(role, now), p.span(role, aim)]
}

/// Hotends and bed in one line. A number that is cut is a wrong number: what is too long loses blanks, then letters of
/// names, then whole gauges.
pub(in crate::ui) fn one_line(p: &Painter, printer: &Printer, width: usize) -> Line<'static> {
    let value = p.value_role(printer);
    let temps = &printer.temps;
    let several = temps.nozzles.len() > 1;
    let line = |gap: &'static str, whole: bool, most: usize| {
        let nozzles = temps.nozzles.iter().take(2).map(|nozzle| {
            let label = if whole || !several { nozzle.label } else { nozzle.label.get(..1).unwrap_or("") };
            short(p, label, nozzle.gauge, value)
        });
        let mut spans = Vec::new();
        for gauge in nozzles.chain([short(p, "bed", temps.bed, value)]).take(most) {
            if !spans.is_empty() {
                spans.push(Span::raw(gap));
            }
            spans.extend(gauge);
        }
        spans
    };
    let least = [line("  ", false, 2), line("  ", false, 1), Vec::new()];
    let [two, one, none] = least;
    let tries = [line("   ", true, 3), line("  ", true, 3), line(" ", true, 3), line("  ", false, 3), two, one, none];
    first_that_fits(tries, width).into()
}

fn short_gauge(p: &Painter, printer: &Printer, row: &Row) -> Vec<Span<'static>> {
    let mut spans = short(p, row.label, row.gauge, p.value_role(printer));
    spans.push(Span::raw("   "));
    spans
}

fn fans_line(p: &Painter, printer: &Printer, width: usize) -> Line<'static> {
    let value = p.value_role(printer);
    let mut line = Line::from(p.span(Role::Dim, "fans    "));
    for (name, percent) in fans(printer) {
        let percent = percent.map_or_else(|| p.unknown().to_owned(), |v| format!("{v} %"));
        if line.width() + name.len() + 1 + 5 > width {
            break;
        }
        line.push_span(p.span(Role::Dim, format!("{name} ")));
        line.push_span(p.span(value, p.fit(&percent, 8)));
    }
    line
}
