//! The keys, as the table has them.

use super::{form, paint::Paint, text, theme::Role};
use crate::state::{
    keymap::{Binding, Group},
    view::Help,
};
use ratatui::{layout::Rect, text::Line};

const GROUPS: [Group; 5] = [Group::Control, Group::Move, Group::Look, Group::Camera, Group::Program];

pub(super) fn draw(p: &mut Paint, area: Rect, help: &Help) {
    p.clear(area);
    let border = p.theme.style(Role::Focus);
    let search = help.search.value();
    let right =
        if search.is_empty() || help.typing { vec![] } else { vec![p.span(Role::Accent, format!("/{search}"))] };
    let mut room = super::job::margin(p.boxed(area, border, "Keys", right));
    if help.typing && room.height > 1 {
        room.height -= 1;
        let width = usize::from(room.width).saturating_sub(2);
        let scroll = help.search.visual_scroll(width.saturating_sub(1));
        let typed = form::with_cursor(p, search, help.search.visual_cursor(), scroll, width);
        let mut spans = vec![p.span(Role::Accent, "/ ")];
        spans.extend(typed.spans);
        p.line(Rect { y: room.y + room.height, height: 1, ..room }, 0, spans);
    }
    let wide = room.width >= 96;
    let column = if wide { room.width / 2 - 1 } else { room.width };
    let blocks: Vec<_> = GROUPS.into_iter().map(|group| block(p, group, search, usize::from(column))).collect();
    let mut blocks: Vec<_> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    if blocks.is_empty() {
        blocks.push(vec![p.span(Role::Dim, "no key matches").into()]);
    }
    let all: usize = blocks.iter().map(Vec::len).sum();
    let mut columns: Vec<Vec<Line<'static>>> = vec![vec![]];
    for block in blocks {
        let last = columns.len() - 1;
        // The second column begins where the first has its half.
        if wide && columns.len() == 1 && !columns[last].is_empty() && columns[last].len() + block.len() / 2 > all / 2 {
            columns.push(block);
        } else {
            columns[last].extend(block);
        }
    }
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    // The last line of a block is a blank one.
    let most = longest.saturating_sub(usize::from(room.height) + 1);
    let scroll = usize::from(help.scroll).min(most);
    let below = most - scroll;
    for (at, lines) in columns.into_iter().enumerate() {
        let place = Rect { x: room.x + at as u16 * (column + 2), width: column, ..room };
        for (row, line) in lines.into_iter().skip(scroll).take(usize::from(room.height)).enumerate() {
            p.line(place, row as u16, line);
        }
    }
    if below > 0 {
        let more = p.span(Role::Text, format!(" {} {below} more ", p.theme.pick_text("▾", "v")));
        let bottom = Rect { y: area.y + area.height - 1, height: 1, width: area.width.saturating_sub(2), ..area };
        p.line_right(bottom, 0, more);
    }
}

fn block(p: &Paint, group: Group, search: &str, width: usize) -> Vec<Line<'static>> {
    let wanted = search.to_lowercase();
    let rows: Vec<_> = p.state.keymap.rows().iter().filter(|row| row.group == group && matches(row, &wanted)).collect();
    if rows.is_empty() {
        return vec![];
    }
    let mut out = vec![p.span(Role::Strong, group.title()).into()];
    for row in rows {
        let keys: Vec<_> = row.keys.iter().map(ToString::to_string).collect();
        let keys = p.fit(&keys.join(" "), 15);
        let texts = text::wrap(row.text, width.saturating_sub(17));
        for (at, words) in texts.into_iter().enumerate() {
            let keys = if at == 0 { keys.clone() } else { " ".repeat(15) };
            out.push(vec![p.span(Role::Accent, format!(" {keys} ")), p.span(Role::Text, words)].into());
        }
    }
    if group == Group::Move && wanted.is_empty() {
        let keys = p.fit(p.theme.pick_text("1 … 9", "1 ... 9"), 15);
        out.push(vec![p.span(Role::Accent, format!(" {keys} ")), p.span(Role::Text, "choose a printer")].into());
    }
    out.push(Line::default());
    out
}

fn matches(row: &Binding, wanted: &str) -> bool {
    wanted.split_whitespace().all(|word| {
        row.text.to_lowercase().contains(word)
            || row.name.contains(word)
            || row.keys.iter().any(|key| key.to_string().to_lowercase() == word)
    })
}
