//! Before any printer is configured: what this is, and the two ways on.

use super::{paint::Paint, text, theme::Role};
use crate::state::keymap::Intent;
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Paint, area: Rect) {
    let key = |intent| p.state.keymap.key_of(intent).map_or_else(String::new, |key| key.to_string());
    let width = usize::from(area.width).saturating_sub(4).min(60);
    let mut lines: Vec<Line<'static>> = vec![];
    let about = "A dashboard for Bambu Lab printers in your network. No printer is configured yet.";
    lines.extend(text::wrap(about, width).into_iter().map(|line| p.span(Role::Text, line).into()));
    if let Some(why) = p.state.why_no_account() {
        lines.extend(text::wrap(why, width).into_iter().map(|line| p.span(Role::Trouble, line).into()));
    }
    lines.push(Line::default());
    for (intent, words) in [
        (Intent::Demo, "start the demo with simulated printers"),
        (Intent::AddPrinter, "add a printer of your network"),
        (Intent::Account, "sign in to the Bambu Lab cloud"),
        (Intent::Help, "all keys"),
        (Intent::Quit, "quit"),
    ] {
        lines.push(vec![p.span(Role::Accent, p.fit_right(&key(intent), 3)), Span::raw("   "), Span::raw(words)].into());
    }
    lines.push(Line::default());
    let hint =
        "To add one you need its address, its serial number and its access code; the form says where to find them.";
    lines.extend(text::wrap(hint, width).into_iter().map(|line| p.span(Role::Dim, line).into()));
    let top = area.height.saturating_sub(lines.len() as u16) / 3;
    let left = area.width.saturating_sub(width as u16) / 2;
    let place = Rect { x: area.x + left, y: area.y + top, width: area.width - left, height: area.height - top };
    for (row, line) in lines.into_iter().enumerate() {
        p.line(place, row as u16, line);
    }
}
