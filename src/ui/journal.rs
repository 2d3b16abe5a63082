//! What happened, newest first.

use super::{paint::Paint, text, theme::Role};
use crate::state::{
    notice::{Entry, Tone},
    settings::Clock,
    view::Pane,
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Paint, rect: Rect) {
    let entries = p.state.journal.entries();
    let scroll = usize::from(p.state.view.scroll_journal);
    let (total, height) = (entries.len(), usize::from(rect.height.saturating_sub(2)));
    let below = total.saturating_sub(scroll + height);
    let right = match (below, scroll) {
        (0, 0) => vec![p.span(Role::Dim, "newest first")],
        (0, up) => vec![p.span(Role::Text, format!("{} {up}", p.theme.pick_text("▴", "^")))],
        (below, _) => vec![p.span(Role::Text, format!("{} {below} more", p.theme.pick_text("▾", "v")))],
    };
    let room = p.pane(rect, Pane::Journal, "Journal", right);
    if total == 0 {
        p.line(room, 0, p.span(Role::Dim, " nothing happened yet"));
        return;
    }
    let wrap = p.state.view.zoom == Some(Pane::Journal);
    let mut y = 0;
    for entry in p.state.journal.entries().rev().skip(scroll) {
        if y >= room.height {
            break;
        }
        for line in lines(p, entry, usize::from(room.width), wrap) {
            p.line(room, y, line);
            y += 1;
        }
    }
}

fn lines(p: &Paint, entry: &Entry, width: usize, wrap: bool) -> Vec<Line<'static>> {
    let clock = match (wrap, text::is_today(entry.unix, p.now)) {
        (false, false) => text::date(entry.unix, p.now),
        _ => p.moment(entry.unix),
    };
    let clock_room = match (wrap, p.settings().clock) {
        (true, _) => 14,
        (false, Clock::H24) => 6,
        (false, Clock::H12) => 8,
    };
    let clock = format!(" {}  ", p.fit(&clock, clock_room));
    let name = entry.printer.and_then(|id| p.state.printer(id)).map_or("", |printer| printer.name.as_str());
    let name_room = if p.state.printers.len() > 1 { (width / 5).clamp(8, 16) } else { 0 };
    let name = if name_room > 0 { p.fit(name, name_room) + " " } else { String::new() };
    let role = match entry.tone {
        Tone::Plain => Role::Text,
        Tone::Good => Role::Ok,
        Tone::Warning => Role::Waiting,
        Tone::Bad => Role::Trouble,
    };
    let before = text::width(&clock) + text::width(&name);
    let room = width.saturating_sub(before + 1);
    let texts = if wrap { text::wrap(&entry.text, room) } else { vec![p.clip(&entry.text, room)] };
    let mut out: Vec<Line<'static>> = Vec::new();
    for (at, text) in texts.into_iter().enumerate() {
        out.push(if at == 0 {
            vec![p.span(Role::Dim, clock.clone()), p.span(Role::Text, name.clone()), p.span(role, text)].into()
        } else {
            p.span(role, " ".repeat(before) + &text).into()
        });
    }
    out
}
