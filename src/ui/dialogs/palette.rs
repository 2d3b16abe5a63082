//! The command palette: a line to type in, and under it the actions that fit, with their key or why they do not apply.

use super::frame;
use crate::{
    state::view::dialogs::{
        Palette,
        palette::{self, PaletteRow},
    },
    ui::{painter::Painter, text, text_field, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Columns for names.
const NAMES: usize = 19;

pub(super) fn draw(p: &mut Painter, area: Rect, open: &Palette) {
    let width = area.width.min(84);
    let room = usize::from(width).saturating_sub(4).max(1);
    let rows = palette::rows(&p.state.around(), open.input.value());
    let below: Vec<Line<'static>> = match &open.mistake {
        Some(why) => text::wrap(&p.own(why), room).into_iter().map(|line| p.span(Role::Trouble, line).into()).collect(),
        None => Vec::new(),
    };
    // The input line, the rows, and a mistake or a hint, inside a border.
    let list = usize::from(area.height).saturating_sub(3 + below.len().max(1)).clamp(1, 14);
    let shown = rows.len().clamp(1, list);
    let last = rows.len().saturating_sub(1);
    let (at, first) = (open.at.at(last), open.at.first_shown(list, last));

    let input_room = room.saturating_sub(2);
    let scroll = open.input.visual_scroll(input_room.saturating_sub(1));
    let mut typed = vec![p.span(Role::Accent, ": ")];
    typed.extend(text_field::with_cursor(p, open.input.value(), open.input.visual_cursor(), scroll, input_room).spans);
    let mut lines: Vec<Line<'static>> = vec![typed.into()];
    let seen = &rows[first.min(rows.len())..(first + list).min(rows.len())];
    let columns = Columns::of(p, seen, room);
    match seen {
        [] => lines.push(p.span(Role::Dim, "no action fits").into()),
        // What is being typed is told in full.
        [only] if text::width(&words(p, only)) > columns.words => {
            lines.push(line(p, only, true, &Columns { words: 0, ..columns }));
            let style = if only.obstacle.is_none() { Role::Text } else { Role::Dim };
            let told = text::wrap(&words(p, only), room.saturating_sub(2).max(1));
            lines.extend(told.into_iter().map(|told| p.span(style, format!("  {told}")).into()));
        }
        seen => lines.extend(seen.iter().enumerate().map(|(row, entry)| line(p, entry, first + row == at, &columns))),
    }
    if !below.is_empty() {
        lines.extend(below);
    } else if rows.len() > first + shown {
        lines.push(p.span(Role::Dim, p.more(first, rows.len() - first - shown)).into());
    } else {
        let hint = if room < 40 { "Enter runs, Esc closes" } else { "Enter runs, Tab completes, Esc closes" };
        lines.push(p.span(Role::Dim, hint).into());
    }
    let title = match p.state.view.marks.len() {
        0 => p.state.selected().map_or_else(|| "Commands".to_owned(), |printer| printer.name.clone()),
        1 => "1 marked printer".to_owned(),
        n => format!("{n} marked printers"),
    };
    let inner = frame::place(p, area, &title, width, lines.len() as u16 + 2, Role::Focus);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

/// Columns of a row: where there is little room, names and keys take no more than those that are shown need.
#[derive(Clone, Copy)]
struct Columns {
    names: usize,
    words: usize,
    keys: usize,
}

impl Columns {
    fn of(p: &Painter, rows: &[PaletteRow], room: usize) -> Self {
        let wide = room >= 60;
        let longest = rows.iter().map(|row| text::width(row.entry.name)).max().unwrap_or(0);
        let names = if wide { NAMES } else { longest.min(NAMES) + 1 };
        let keys = if wide || rows.iter().any(|row| !key_of(p, row).is_empty()) { 5 } else { 0 };
        Self { names, words: room.saturating_sub(2 + names + keys), keys }
    }
}

/// The key that orders the same.
fn key_of(p: &Painter, row: &PaletteRow) -> String {
    row.entry
        .key_action
        .and_then(|key_action| p.state.keymap.key_of(key_action))
        .map_or_else(String::new, |key| key.to_string())
}

/// What a row says behind its name.
fn words(p: &Painter, row: &PaletteRow) -> String {
    let entry = row.entry;
    let words = match (&row.obstacle, &row.last) {
        (Some(why), _) => why.clone(),
        (None, Some(last)) => format!("{}  {} (last: {last})", entry.args, entry.text),
        (None, None) if entry.args.is_empty() => entry.text.to_owned(),
        (None, None) => format!("{}  {}", entry.args, entry.text),
    };
    p.own(&words)
}

fn line(p: &Painter, row: &PaletteRow, chosen: bool, columns: &Columns) -> Line<'static> {
    let entry = row.entry;
    let works = row.obstacle.is_none();
    let mark = if chosen { p.theme.pick_text("► ", "> ") } else { "  " };
    let name = match (chosen, works) {
        (true, _) => Role::Accent,
        (false, true) => Role::Text,
        (false, false) => Role::Dim,
    };
    let mut spans = vec![
        p.span(Role::Accent, mark),
        p.span(name, p.fit(entry.name, columns.names)),
        p.span(if works { Role::Text } else { Role::Dim }, p.fit(&words(p, row), columns.words)),
    ];
    if columns.keys > 0 {
        spans.extend([Span::raw(" "), p.span(Role::Accent, p.fit_right(&key_of(p, row), columns.keys - 1))]);
    }
    spans.into()
}
