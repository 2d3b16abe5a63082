//! Facts in sections: the device, and the filament where its pane fills the screen.

use crate::state::{
    Tone,
    screen::{
        info_table::{self, LABEL, Line},
        layout::margin,
    },
    view::Pane,
};
use crate::ui::{painter::Painter, text, theme::Role};
use ratatui::{
    layout::Rect,
    text::{Line as Spans, Span},
};

pub(super) fn device(p: &mut Painter, rect: Rect) {
    draw(p, rect, Pane::Device, "Device");
}

pub(super) fn filament(p: &mut Painter, rect: Rect) {
    draw(p, rect, Pane::Ams, "Filament");
}

fn draw(p: &mut Painter, rect: Rect, pane: Pane, title: &str) {
    let Some(printer) = p.state.selected() else { return p.pane_of_nobody(rect, pane, title) };
    let room = margin(crate::state::screen::layout::inner(rect));
    let sections = info_table::sections(p.state, pane).unwrap_or_default();
    let columns = info_table::arrange(&sections, room.width);
    let longest = info_table::longest(&columns);
    let scroll = p.state.view.scroll[pane].at(longest.saturating_sub(room.height).into()) as u16;
    let below = longest.saturating_sub(scroll + room.height);
    let more = p.more(scroll.into(), below.into());
    let right = if more.is_empty() { vec![] } else { vec![p.span(Role::Text, more)] };
    p.pane(rect, pane, &p.title(pane, title), right);
    let value = p.value_role(printer);
    let width = info_table::column_width(room.width, columns.len());
    for (at, lines) in columns.into_iter().enumerate() {
        let x = room.x + at as u16 * (width + 2);
        let place = Rect { x, width, ..room }.intersection(room);
        for (y, line) in lines.into_iter().skip(usize::from(scroll)).take(usize::from(room.height)).enumerate() {
            let line = spans(p, line, value);
            p.line(place, y as u16, line);
        }
    }
}

fn spans(p: &Painter, line: Line, value: Role) -> Spans<'static> {
    let row = match line {
        Line::Blank => return Spans::default(),
        Line::Title(title) => return p.span(Role::Strong, p.own(&title)).into(),
        Line::Fact(row) => row,
    };
    let role = match row.tone {
        Tone::Plain => value,
        // What is old is not well.
        _ if value == Role::Stale => Role::Stale,
        tone => tone.into(),
    };
    let mut spans = vec![p.span(Role::Dim, format!("{} ", p.fit(&p.own(&row.label), usize::from(LABEL) - 1)))];
    if !row.colors.is_empty() {
        spans.extend(super::ams::swatch(p, &row.colors));
        spans.push(Span::raw(" "));
    }
    if let Some(percent) = row.percent {
        let (full, empty) = text::small_bar(percent, usize::from(info_table::BAR) - 1, p.theme.ascii);
        spans.extend([p.span(role, full), p.span(Role::Dim, empty + " ")]);
    }
    let words = if row.value.is_empty() { p.span(Role::Dim, p.unknown()) } else { p.span(role, p.own(&row.value)) };
    spans.push(words);
    spans.into()
}
