//! From the state to cells. Pure: it reads the state and changes nothing but the buffer.

mod ams;
mod batch;
mod camera;
mod certificate;
mod chart;
mod compact;
mod dialog;
mod first;
mod footer;
mod form;
mod grid;
mod header;
mod help;
mod history;
mod job;
mod job_alerts;
mod journal;
mod login;
mod messages;
mod objects;
mod paint;
mod palette;
mod panel;
mod printers;
mod sheet;
mod temps;
pub mod text;
pub mod theme;
mod totals;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use crate::state::{
    State,
    screen::layout::{self, Kind},
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
    let mut p = Paint { state, theme, now: state.shown_now(), buf, covered: 0 };
    let first = state.shown().is_empty();
    let body = layout::body(Size::new(area.width, area.height));
    match layout.kind {
        _ if first && layout.kind != Kind::Line => {
            header::draw(&mut p, layout.header);
            if state.view.layers.is_empty() {
                first::draw(&mut p, body);
            }
        }
        Kind::Line => compact::one_line(&mut p, layout.header),
        Kind::Compact => compact::draw(&mut p, &layout),
        _ => {
            header::draw(&mut p, layout.header);
            panes(&mut p, &layout);
        }
    }
    for layer in &state.view.layers {
        match layer {
            Layer::Confirm(confirm) => dialog::draw(&mut p, body, confirm),
            Layer::Certificate(question) => certificate::draw(&mut p, body, question),
            Layer::Batch(question) => batch::question(&mut p, body, question),
            Layer::Results(results) => batch::results(&mut p, body, results),
            Layer::Help(help) => help::draw(&mut p, body, help),
            Layer::Objects(picker) => objects::draw(&mut p, body, picker),
            Layer::Panel(open) => panel::draw(&mut p, body, open),
            Layer::Form(form) => form::draw(&mut p, body, form),
            Layer::History(open) => history::draw(&mut p, body, open),
            Layer::Rename(form) => login::rename(&mut p, body, form),
            Layer::Login(form) => login::draw(&mut p, body, form, state.account_tip.as_deref()),
            Layer::Palette(open) => palette::draw(&mut p, body, open),
        }
    }
    // A question on a very small screen has all of it.
    if layout.kind != Kind::Line || state.view.layers.is_empty() {
        footer::draw(&mut p, &layout);
    }
    if theme.ascii {
        only_ascii(buf, area);
    }
}

/// Whatever symbol is left that a terminal without it would show as something else. Letters of names stay.
fn only_ascii(buf: &mut Buffer, area: Rect) {
    for position in area.positions() {
        let cell = &mut buf[position];
        let symbol = cell.symbol();
        if !symbol.is_ascii() && !symbol.chars().any(char::is_alphanumeric) {
            let plain = text::plain(symbol);
            let one = plain.get(..1).filter(|one| one.is_ascii());
            let ascii = if plain.is_empty() { " " } else { one.unwrap_or("?") };
            cell.set_symbol(ascii);
        }
    }
}

fn panes(p: &mut Paint, layout: &layout::Layout) {
    if let Some(rect) = layout.printers {
        printers::draw(p, rect, layout);
    }
    let pane = |p: &mut Paint, rect: Option<Rect>, draw: fn(&mut Paint, Rect)| {
        if let Some(rect) = rect {
            draw(p, rect);
        }
    };
    pane(p, layout.job, job::draw);
    pane(p, layout.temps, temps::draw);
    pane(p, layout.ams, ams::draw);
    pane(p, layout.camera, camera::draw);
    pane(p, layout.device, sheet::device);
    pane(p, layout.journal, journal::draw);
}
