//! From the state to cells. Pure: it reads the state and changes nothing but the buffer.
//!
//! - **Pictures** come decoded and scaled to the size the pane asked for, and are painted as half-blocks into the buffer. viuer
//!   writes to standard output itself, so it runs only on a suspended screen and in `snapshot`, and the terminal is never
//!   asked what it can do: nobody may answer.
//! - **Keys:** one table (`state/view/keymap.rs`) has meaning, keys, name, group and words. Dispatch, footer, help and the
//!   manual's table come from it. Ctrl-C always quits; Esc closes one layer and never the program.
//! - **Theme:** panes name roles, never colours. Only filaments and pictures bring their own.
//! - **Text from outside** loses its control characters once, where it enters, and is measured by display width.

mod compact;
mod dialogs;
mod first;
mod footer;
mod header;
mod painter;
mod panes;
pub mod text;
mod text_field;
pub mod theme;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use crate::state::{
    State,
    screen::layout::{self, LayoutKind},
};
use painter::Painter;
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
    let mut p = Painter { state, theme, now: state.shown_now(), buf, covered: 0 };
    let first = state.shown().is_empty();
    let body = layout::body(Size::new(area.width, area.height));
    match layout.kind {
        _ if first && layout.kind != LayoutKind::Line => {
            header::draw(&mut p, layout.header);
            if state.view.dialogs.is_empty() {
                first::draw(&mut p, body);
            }
        }
        LayoutKind::Line => compact::one_line(&mut p, layout.header),
        LayoutKind::Compact => compact::draw(&mut p, &layout),
        _ => {
            header::draw(&mut p, layout.header);
            panes::draw(&mut p, &layout);
        }
    }
    for layer in &state.view.dialogs {
        dialogs::draw(&mut p, body, layer);
    }
    // A question on a very small screen has all of it.
    if layout.kind != LayoutKind::Line || state.view.dialogs.is_empty() {
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
