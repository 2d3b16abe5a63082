//! How temperatures went, as lines of braille dots, and as one row of blocks where there is no room for more.

use crate::state::printer::{Printer, temperature_history::Sample, temps::Gauge};
use crate::ui::{painter::Painter, text, theme::Role};
use ratatui::{layout::Rect, style::Stylize, text::Span};

/// One line of the chart.
pub(super) struct Series {
    pub(super) role: Role,
    pub(super) aim: Option<f64>,
    pub(super) value: fn(&Sample) -> Option<f32>,
}

/// The average in each column of the time axis; `None` where nothing was reported.
///
/// The limits of the columns stand still: the picture moves on by whole columns, and no value changes behind the newest.
/// After a gap it moves on by whole minutes.
fn columns(p: &Painter, printer: &Printer, value: fn(&Sample) -> Option<f32>, columns: usize) -> Vec<Option<f32>> {
    let mut sums = vec![(0.0, 0_u16, 0_u32); columns];
    let Some(newest) = printer.history.newest() else { return vec![None; columns] };
    let width = f64::from(p.state.view.span.minutes() * 60) / columns as f64;
    let gap = printer.history.age(p.now.at).as_secs() / 60 * 60;
    let place = |seconds: u64| (seconds as f64 / width).floor() as i64;
    let edge = place(u64::from(newest) + gap);
    let mut before = None;
    for sample in printer.history.samples() {
        let Some(value) = value(&sample) else { continue };
        let at = columns as i64 - 1 - (edge - place(u64::from(sample.at)));
        match usize::try_from(at) {
            Ok(at) => {
                let sum = &mut sums[at.min(columns - 1)];
                *sum = (sum.0 + value, sum.1 + 1, sample.lasts);
            }
            // What lies just before the left edge leads into the picture.
            Err(_) => before = Some((at, value, sample.lasts)),
        }
    }
    let known: Vec<_> = sums.iter().map(|(sum, n, lasts)| (*n > 0).then(|| (sum / f32::from(*n), *lasts))).collect();
    let mut out = vec![None; columns];
    let reach = |lasts: u32| (f64::from(lasts) * 1.5 / width).ceil() as i64;
    let mut last: Option<(i64, f32, u32)> = before;
    for (at, found) in known.into_iter().enumerate() {
        let Some((value, lasts)) = found else { continue };
        out[at] = Some(value);
        // Columns narrower than the distance of two samples lie on the line between them.
        if let Some((since, from, lasted)) = last
            && at as i64 - since <= reach(lasted)
        {
            for between in (since + 1).max(0)..at as i64 {
                let share = (between - since) as f32 / (at as i64 - since) as f32;
                out[between as usize] = Some(from + (value - from) * share);
            }
        }
        last = Some((at as i64, value, lasts));
    }
    // The newest one holds until the next may come.
    if let Some((at, value, lasts)) = last {
        let end = (at + reach(lasts)).clamp(-1, columns as i64 - 1);
        for place in (at + 1).max(0)..=end {
            out[place as usize] = Some(value);
        }
    }
    out
}

/// A cell of the chart: its dots and the role that drew last.
#[derive(Clone, Copy)]
struct Cell {
    dots: u8,
    role: Role,
}

pub(super) fn draw(p: &mut Painter, area: Rect, printer: &Printer, series: &[Series]) {
    let label = 5;
    if area.width < label + 10 || area.height < 3 {
        return;
    }
    let (wide, high) = (usize::from(area.width - label), usize::from(area.height - 1));
    let stale = p.is_stale(printer);
    let all: Vec<_> = series.iter().map(|line| columns(p, printer, line.value, wide * 2)).collect();
    if all.iter().flatten().flatten().next().is_none() {
        p.line(area, (high / 2) as u16, p.span(Role::Dim, "no temperatures yet"));
        return;
    }
    let known = all.iter().flatten().flatten().copied();
    let highest = known.chain(series.iter().filter_map(|line| line.aim.map(|aim| aim as f32))).fold(0.0_f32, f32::max);
    // In steps, so that the scale does not move with every degree.
    let top =
        [50.0_f32, 100.0, 150.0, 200.0, 250.0, 300.0, 350.0].into_iter().find(|top| highest <= *top).unwrap_or(500.0);
    let row_of = |value: f32| ((1.0 - (value / top).clamp(0.0, 1.0)) * (high * 4 - 1) as f32).round() as usize;
    let mut grid = vec![Cell { dots: 0, role: Role::Dim }; wide * high];
    let mut dot = |x: usize, y: usize, role: Role| {
        let bits = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let cell = &mut grid[y / 4 * wide + x / 2];
        cell.dots |= bits[y % 4][x % 2];
        cell.role = role;
    };
    for (line, values) in series.iter().zip(&all).rev() {
        if let Some(aim) = line.aim {
            let y = row_of(aim as f32);
            (0..wide * 2).filter(|x| x % 6 < 2).for_each(|x| dot(x, y, line.role));
        }
        let mut before: Option<usize> = None;
        for (x, value) in values.iter().enumerate() {
            let Some(y) = value.map(row_of) else {
                before = None;
                continue;
            };
            let from = before.unwrap_or(y);
            (from.min(y)..=from.max(y))
                .filter(|row| *row != from || before.is_none())
                .for_each(|row| dot(x, row, line.role));
            dot(x, y, line.role);
            before = Some(y);
        }
    }
    for (at, cell) in grid.iter().enumerate() {
        if cell.dots == 0 {
            continue;
        }
        let symbol = match (p.theme.ascii, cell.dots & 0x1B != 0) {
            (true, true) => '\'',
            (true, false) => '.',
            (false, _) => char::from_u32(0x2800 + u32::from(cell.dots)).unwrap_or(' '),
        };
        let look = p.theme.style(if stale { Role::Stale } else { cell.role });
        let (x, y) = (area.x + (at % wide) as u16, area.y + (at / wide) as u16);
        p.cell(x, y, symbol.encode_utf8(&mut [0; 4]), look);
    }
    axes(p, area, top);
}

fn axes(p: &mut Painter, area: Rect, top: f32) {
    let units = p.settings().units;
    let degrees = |t: f32| text::degrees(f64::from(t), units);
    let bottom = area.height - 1;
    // Round figures, as many as have two rows each; at least those at the ends.
    let fifties = (top / 50.0) as u16;
    let steps = if bottom > fifties * 2 { fifties } else { 1 };
    for step in 0..=steps {
        let row = (f32::from(bottom - 1) * f32::from(step) / f32::from(steps)).round();
        let value = top * (1.0 - f32::from(step) / f32::from(steps));
        p.line_right(area, row as u16, p.span(Role::Dim, degrees(value)));
    }
    let axis = Rect { y: area.y + bottom, width: area.width - 5, height: 1, ..area };
    let minutes = p.state.view.span.minutes();
    let minus = p.theme.pick_text("−", "-");
    let ago = |minutes| format!("{minus}{}", ago(minutes));
    p.line(axis, 0, p.span(Role::Dim, ago(minutes)));
    if axis.width >= 40 {
        let middle = ago(minutes / 2);
        let place = Rect { x: axis.x + axis.width / 2 - text::width(&middle) as u16 / 2, ..axis };
        p.line(place.intersection(axis), 0, p.span(Role::Dim, middle));
    }
    p.line_right(axis, 0, p.span(Role::Dim, "now"));
}

/// A span of time: `30 min`, `3 h`, `1.5 h`.
pub(super) fn ago(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours}.{} h", rest * 10 / 60),
    }
}

/// One row of blocks.
pub(super) fn spark(
    p: &Painter,
    printer: &Printer,
    role: Role,
    value: fn(&Sample) -> Option<f32>,
    gauge: Gauge,
    room: usize,
) -> Span<'static> {
    let room = room.min(60);
    let values = columns(p, printer, value, room);
    // A scale of its own for every kind of heater, so that a cold one looks cold.
    let usual = match role {
        Role::Bed => 60.0,
        Role::Chamber => 50.0,
        _ => 200.0,
    };
    let highest = values.iter().flatten().copied().fold(gauge.aim().unwrap_or(0.0) as f32, f32::max).max(usual);
    let steps = if p.theme.ascii { ['.', '.', '-', '-', '=', '='] } else { ['▁', '▂', '▃', '▄', '▅', '▆'] };
    let text: String = values
        .into_iter()
        .map(|value| value.map_or(' ', |v| steps[((v / highest).clamp(0.0, 1.0) * 5.0).round() as usize]))
        .collect();
    // A filled row of colour would be louder than it is worth.
    p.span(if p.is_stale(printer) { Role::Stale } else { role }, text).dim()
}
