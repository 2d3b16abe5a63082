//! What happened, newest first; of all printers or one, and with what is searched for set off.

use crate::state::{notify::journal::Entry, screen::layout, settings::Clock, view::Pane};
use crate::ui::{
    painter::{Painter, width_of},
    text, text_field,
    theme::Role,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, rect: Rect) {
    let view = &p.state.view;
    let entries: Vec<&Entry> = p.state.journal_entries().rev().collect();
    let searched = !view.search.value().is_empty();
    let mut list = layout::inner(rect);
    if searched || view.searching {
        list.height -= u16::from(list.height > 1);
    }
    let scroll = view.scroll[Pane::Journal].at(entries.len().saturating_sub(1));
    let wrap = view.zoom == Some(Pane::Journal);
    let width = usize::from(list.width);
    let mut drawn: Vec<Line<'static>> = Vec::new();
    let mut whole = 0;
    for entry in &entries[scroll.min(entries.len())..] {
        if drawn.len() >= usize::from(list.height) {
            break;
        }
        drawn.extend(lines(p, entry, width, wrap));
        whole += usize::from(drawn.len() <= usize::from(list.height));
    }
    let mut right = Vec::new();
    let below = entries.len().saturating_sub(scroll + whole);
    let place = match (below, scroll) {
        (0, 0) => p.span(Role::Dim, "newest first"),
        (below, above) => p.span(Role::Text, p.more(above, below)),
    };
    if searched {
        right.push(p.span(Role::Text, format!("{} found", entries.len())));
        if (below, scroll) != (0, 0) {
            right.extend([p.span(Role::Dim, p.dot()), place]);
        }
    } else {
        right.push(place);
    }
    let title = match p.state.selected() {
        Some(printer) if view.journal_of_one => format!("Journal{}{}", p.dot(), printer.name),
        _ => "Journal".to_owned(),
    };
    let room = p.pane(rect, Pane::Journal, &title, right);
    if entries.is_empty() {
        let words = if searched { " nothing found" } else { " nothing happened yet" };
        p.line(room, 0, p.span(Role::Dim, words));
    }
    for (row, line) in drawn.into_iter().enumerate() {
        p.line(list, row as u16, line);
    }
    text_field::search_line(p, room, &p.state.view.search, p.state.view.searching);
}

/// A text in a role, with what is searched for set off.
fn found(p: &Painter, text: &str, role: Role) -> Vec<Span<'static>> {
    let value = p.state.view.search.value().to_lowercase();
    let words: Vec<&str> = value.split_whitespace().collect();
    let mut spans: Vec<Span<'static>> = Vec::new();
    let style = p.theme.style(role).patch(p.theme.style(Role::Selected));
    let mut rest = text;
    while let Some((start, end)) = text::find_first(rest, &words) {
        spans.push(p.span(role, &rest[..start]));
        spans.push(Span::styled(rest[start..end].to_owned(), style));
        rest = &rest[end..];
    }
    spans.push(p.span(role, rest));
    spans
}

fn lines(p: &Painter, entry: &Entry, width: usize, wrap: bool) -> Vec<Line<'static>> {
    // A narrow screen has no room for a day beside the time.
    let wide = wrap && width >= 60;
    let clock = match (wide, text::is_today(entry.unix, p.now)) {
        (false, false) => text::date(entry.unix, p.now),
        _ => p.format_timestamp(entry.unix),
    };
    let clock_room = match (wide, p.settings().clock) {
        (true, _) => 14,
        (false, Clock::H24) => 6,
        (false, Clock::H12) => 8,
    };
    let clock = format!(" {}  ", p.fit(&clock, clock_room));
    let name = entry.printer.and_then(|id| p.state.printer(id)).map_or("", |printer| printer.name.as_str());
    let several = p.state.fleet.printers.len() > 1 && !p.state.view.journal_of_one;
    let name_room = if several { if wrap && !wide { 20 } else { (width / 5).clamp(8, 16) } } else { 0 };
    let name = if name_room > 0 { p.fit(name, name_room) + " " } else { String::new() };
    let role = Role::from(entry.tone);
    let mut first = vec![p.span(Role::Dim, clock)];
    first.extend(found(p, &name, Role::Text));
    let used: usize = width_of(&first);
    if wrap && !wide {
        // When and who, and below it what.
        let rest = text::wrap(&entry.text, width.saturating_sub(4));
        let rest = rest.into_iter().map(|text| indented(3, found(p, &text, role)));
        return std::iter::once(first.into()).chain(rest).collect();
    }
    let room = width.saturating_sub(used + 1);
    let texts = if wrap { text::wrap(&entry.text, room) } else { vec![p.clip(&entry.text, room)] };
    let mut out: Vec<Line<'static>> = Vec::new();
    for text in texts {
        let text = found(p, &text, role);
        if out.is_empty() {
            first.extend(text);
            out.push(std::mem::take(&mut first).into());
        } else {
            out.push(indented(used, text));
        }
    }
    out
}

fn indented(by: usize, mut spans: Vec<Span<'static>>) -> Line<'static> {
    spans.insert(0, Span::raw(" ".repeat(by)));
    spans.into()
}
