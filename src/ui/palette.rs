//! The command palette: a line to type in, and under it the actions that fit, with their key or why they do not apply.

use super::{dialog, form, paint::Paint, theme::Role};
use crate::state::{
    catalog::{self, Row},
    view::Palette,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Columns for names.
const NAMES: usize = 19;

pub(super) fn draw(p: &mut Paint, area: Rect, open: &Palette) {
    let width = area.width.min(84);
    let room = usize::from(width).saturating_sub(4).max(1);
    let rows = catalog::rows(p.state, open.input.value());
    // The input line, a blank, the rows, and a line for a mistake, inside a border.
    let list = usize::from(area.height).saturating_sub(5).clamp(1, 14);
    let shown = rows.len().clamp(1, list);
    let at = open.at.min(rows.len().saturating_sub(1));
    let first = (at + 1).saturating_sub(list);

    let input_room = room.saturating_sub(2);
    let scroll = open.input.visual_scroll(input_room.saturating_sub(1));
    let mut typed = vec![p.span(Role::Accent, ": ")];
    typed.extend(form::with_cursor(p, open.input.value(), open.input.visual_cursor(), scroll, input_room).spans);
    let mut lines: Vec<Line<'static>> = vec![typed.into()];
    lines.extend(rows.iter().enumerate().skip(first).take(list).map(|(row, entry)| line(p, entry, row == at, room)));
    if rows.is_empty() {
        lines.push(p.span(Role::Dim, "no action fits").into());
    }
    let below = match &open.mistake {
        Some(why) => p.span(Role::Trouble, p.clip(why, room)),
        None if rows.len() > first + shown => {
            p.span(Role::Dim, format!("{} {} more", p.theme.pick_text("▾", "v"), rows.len() - first - shown))
        }
        None => p.span(Role::Dim, "Enter orders, Tab completes, Esc closes"),
    };
    lines.push(below.into());
    let title = match p.state.view.marks.len() {
        0 => p.state.selected().map_or_else(|| "Commands".to_owned(), |printer| printer.name.clone()),
        1 => "1 marked printer".to_owned(),
        n => format!("{n} marked printers"),
    };
    let inner = dialog::place(p, area, &title, width, lines.len() as u16 + 2, Role::Focus);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

fn line(p: &Paint, row: &Row, chosen: bool, room: usize) -> Line<'static> {
    let entry = row.entry;
    let works = row.obstacle.is_none();
    let mark = if chosen { p.theme.pick_text("► ", "> ") } else { "  " };
    let name = match (chosen, works) {
        (true, _) => Role::Accent,
        (false, true) => Role::Text,
        (false, false) => Role::Dim,
    };
    let key = entry.intent.and_then(|intent| p.state.keymap.key_of(intent)).map_or_else(String::new, |k| k.to_string());
    let words = match &row.obstacle {
        Some(why) => why.clone(),
        None if row.last.is_some() => {
            let last = row.last.as_deref().unwrap_or_default();
            format!("{}  {} (last ordered: {last})", entry.args, entry.text)
        }
        None if entry.args.is_empty() => entry.text.to_owned(),
        None => format!("{}  {}", entry.args, entry.text),
    };
    let words_room = room.saturating_sub(NAMES + 2 + 5);
    vec![
        p.span(Role::Accent, mark),
        p.span(name, p.fit(entry.name, NAMES)),
        p.span(if works { Role::Text } else { Role::Dim }, p.fit(&words, words_room)),
        Span::raw(" "),
        p.span(Role::Accent, p.fit_right(&key, 4)),
    ]
    .into()
}
