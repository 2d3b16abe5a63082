//! The last half hour as lines of braille dots, and as one row of blocks where there is no room for more.

use super::{paint::Paint, text, theme::Role};
use crate::state::{
    printer::Printer,
    temps::{Gauge, History, Sample},
};
use ratatui::{layout::Rect, style::Stylize, text::Span};
use std::time::{Duration, Instant};

/// One line of the chart.
pub(super) struct Series {
    pub(super) role: Role,
    pub(super) aim: Option<f64>,
    pub(super) value: fn(&Sample) -> Option<f32>,
}

/// The right edge of the time axis: the newest sample, so that the picture moves only when there is a new one. After
/// a gap it moves on by whole minutes.
fn right_edge(printer: &Printer, now: Instant) -> Option<Instant> {
    let newest = printer.history.samples().next_back()?.at;
    let gap = now.saturating_duration_since(newest).as_secs() / 60 * 60;
    Some(newest + Duration::from_secs(gap))
}

/// The average in each column of the time axis; `None` where nothing was reported.
fn columns(printer: &Printer, value: fn(&Sample) -> Option<f32>, columns: usize, now: Instant) -> Vec<Option<f32>> {
    let mut sums = vec![(0.0, 0_u16); columns];
    let Some(edge) = right_edge(printer, now) else { return vec![None; columns] };
    for sample in printer.history.samples() {
        let ago = edge.saturating_duration_since(sample.at).as_secs_f64() / History::SPAN.as_secs_f64();
        let at = (columns as f64 * (1.0 - ago)).ceil() as i64 - 1;
        if let Ok(at) = usize::try_from(at)
            && let Some(value) = value(sample)
        {
            let sum = &mut sums[at.min(columns - 1)];
            *sum = (sum.0 + value, sum.1 + 1);
        }
    }
    let mut out: Vec<_> = sums.iter().map(|(sum, n)| (*n > 0).then(|| sum / f32::from(*n))).collect();
    // Columns narrower than the distance of two samples: the value before holds on.
    let step = (History::STEP.as_secs_f64() / History::SPAN.as_secs_f64() * columns as f64).ceil() as usize + 1;
    let mut last: Option<(usize, f32)> = None;
    for (at, value) in out.iter_mut().enumerate() {
        match (*value, last) {
            (Some(v), _) => last = Some((at, v)),
            (None, Some((since, v))) if at - since <= step => *value = Some(v),
            _ => {}
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

pub(super) fn draw(p: &mut Paint, area: Rect, printer: &Printer, series: &[Series]) {
    let label = 5;
    if area.width < label + 10 || area.height < 3 {
        return;
    }
    let (wide, high) = (usize::from(area.width - label), usize::from(area.height - 1));
    let stale = p.is_stale(printer);
    let all: Vec<_> = series.iter().map(|line| columns(printer, line.value, wide * 2, p.now.at)).collect();
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

fn axes(p: &mut Paint, area: Rect, top: f32) {
    let units = p.settings().units;
    let degrees = |t: f32| text::degrees(f64::from(t), units);
    let bottom = area.height - 1;
    p.line_right(area, 0, p.span(Role::Dim, degrees(top)));
    p.line_right(area, bottom - 1, p.span(Role::Dim, degrees(0.0)));
    let axis = Rect { y: area.y + bottom, width: area.width - 5, height: 1, ..area };
    p.line(axis, 0, p.span(Role::Dim, format!("{}30 min", p.theme.pick_text("−", "-"))));
    p.line_right(axis, 0, p.span(Role::Dim, "now"));
}

/// One row of blocks.
pub(super) fn spark(
    p: &Paint,
    printer: &Printer,
    role: Role,
    value: fn(&Sample) -> Option<f32>,
    gauge: Gauge,
    room: usize,
) -> Span<'static> {
    let room = room.min(60);
    let values = columns(printer, value, room, p.now.at);
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
