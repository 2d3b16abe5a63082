//! The keys, as the table has them.

use crate::{
    state::view::dialogs::{
        Help,
        help::{self, HelpRow},
    },
    ui::{painter::Painter, text_field, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, area: Rect, open: &Help) {
    p.clear(area);
    let border = p.theme.style(Role::Focus);
    let search = open.search.value();
    let right =
        if search.is_empty() || open.typing { vec![] } else { vec![p.span(Role::Accent, format!("/{search}"))] };
    let mut room = crate::state::screen::layout::margin(p.boxed(area, border, "Keys", right));
    if open.typing && room.height > 1 {
        room.height -= 1;
        let width = usize::from(room.width).saturating_sub(2);
        let scroll = open.search.visual_scroll(width.saturating_sub(1));
        let mut spans = vec![p.span(Role::Accent, "/ ")];
        spans.extend(text_field::with_cursor(p, search, open.search.visual_cursor(), scroll, width).spans);
        p.line(Rect { y: room.y + room.height, height: 1, ..room }, 0, spans);
    }
    let keymap = &p.state.keymap;
    let columns = help::arrange(keymap, open, room.width);
    let most = help::limit_in(keymap, open, room.width, room.height);
    let scroll = open.scroll.at(most.into());
    if columns.iter().all(Vec::is_empty) {
        p.line(room, 0, p.span(Role::Dim, "no key matches"));
    }
    let column = help::column_width(room.width);
    for (at, rows) in columns.into_iter().enumerate() {
        let place = Rect { x: room.x + at as u16 * (column + 2), width: column, ..room };
        for (y, row) in rows.into_iter().skip(scroll).enumerate() {
            let line = line(p, row);
            p.line(place, y as u16, line);
        }
    }
    if most > 0 {
        let more = p.span(Role::Text, format!(" {} ", p.more(scroll, usize::from(most) - scroll)));
        let bottom =
            Rect { y: area.y + area.height.saturating_sub(1), height: 1, width: area.width.saturating_sub(2), ..area };
        p.line_right(bottom, 0, more);
    }
}

fn line(p: &Painter, row: HelpRow) -> Line<'static> {
    match row {
        HelpRow::Heading(title) => p.span(Role::Strong, title).into(),
        HelpRow::Keys(keys, words) => {
            let keys = p.fit(&keys, usize::from(help::KEYS) - 2);
            vec![p.span(Role::Accent, format!(" {keys} ")), Span::raw(p.own(&words))].into()
        }
        HelpRow::Blank => Line::default(),
    }
}
