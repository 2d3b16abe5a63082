//! From the state to cells. Pure: it reads the state and changes nothing but the buffer.

mod ams;
mod camera;
mod chart;
mod compact;
mod dialog;
mod first;
mod footer;
mod form;
mod grid;
mod header;
mod help;
mod job;
mod job_alerts;
mod journal;
mod paint;
mod printers;
mod temps;
pub mod text;
pub mod theme;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use crate::state::{
    State,
    layout::{self, Kind},
    view::Layer,
};
use paint::Paint;
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Rect, Size},
};
use theme::Theme;

/// Draws the whole screen.
pub fn render(frame: &mut Frame, state: &State) {
    let area = frame.area();
    draw(frame.buffer_mut(), area, state);
}

/// Draws the whole screen into a part of a buffer that begins at its upper left corner.
pub fn draw(buf: &mut Buffer, area: Rect, state: &State) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let theme = Theme::new(&state.settings);
    buf.set_style(area, theme.ground());
    let layout = layout::arrange(Size::new(area.width, area.height), &state.view, state.shown().len());
    let mut p = Paint { state, theme, now: state.shown_now(), buf };
    let first = state.shown().is_empty();
    let body = Rect { y: 1, height: area.height.saturating_sub(2), ..area };
    match layout.kind {
        _ if first && layout.kind != Kind::Line => {
            header::draw(&mut p, layout.header);
            first::draw(&mut p, body);
        }
        Kind::Line => compact::one_line(&mut p, layout.header),
        Kind::Compact => compact::draw(&mut p, &layout),
        _ => {
            header::draw(&mut p, layout.header);
            panes(&mut p, &layout);
        }
    }
    let full = if layout.kind == Kind::Line { area } else { body };
    for layer in &state.view.layers {
        match layer {
            Layer::Confirm(confirm) => dialog::draw(&mut p, full, confirm),
            Layer::Help(help) => help::draw(&mut p, full, help),
            Layer::Form(form) => form::draw(&mut p, full, form),
        }
    }
    if layout.kind != Kind::Line {
        footer::draw(&mut p, &layout);
    }
}

fn panes(p: &mut Paint, layout: &layout::Layout) {
    if let Some(rect) = layout.printers {
        printers::draw(p, rect, layout);
    }
    let drawers: [(Option<Rect>, fn(&mut Paint, Rect)); 5] = [
        (layout.job, job::draw),
        (layout.temps, temps::draw),
        (layout.ams, ams::draw),
        (layout.camera, camera::draw),
        (layout.journal, journal::draw),
    ];
    for (rect, drawer) in drawers {
        if let Some(rect) = rect {
            drawer(p, rect);
        }
    }
}
