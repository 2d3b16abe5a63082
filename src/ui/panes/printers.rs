//! The list of printers: a line each, or, zoomed, a grid of small cards.

use super::totals;
use crate::state::{
    PrinterId,
    printer::{Printer, Status, connection::ConnectionState, error_texts::DANGER},
    screen::{
        layout::Layout,
        list::{Band, ListArea},
    },
    view::Pane,
};
use crate::ui::{
    painter::{Painter, width_of},
    text, text_field,
    theme::Role,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Columns of [`lead`].
pub(super) const LEAD: usize = 3;
/// Columns of the second half of an entry: bar or word, percent, time.
const WORD: usize = 8;
const PERCENT: usize = 4;
const TIME: usize = 5;
const SECOND_HALF: usize = WORD + PERCENT + 1 + TIME;
/// What stands before a marked printer, in the blank that every entry begins with; and the same in ASCII.
pub(in crate::ui) const MARK: (&str, &str) = ("◆", "*");

pub(super) fn draw(p: &mut Painter, rect: Rect, layout: &Layout) {
    let view = &p.state.view;
    let Some(list) = ListArea::of(layout, view) else { return };
    let visible = list.visible(p.state);
    let (rows, all) = (view.rows.len(), p.state.shown().len());
    let mut right = vec![];
    let below = rows.saturating_sub(visible.end);
    let filtered = if rows < all { format!("{rows}/{all}") } else { String::new() };
    let by = if rect.width >= 30 { "by " } else { "" };
    let grouped = view.grouping.name().map_or_else(String::new, |name| format!("{name}, "));
    right.push(p.span(Role::Dim, format!("{by}{grouped}{}", view.sort.name())));
    if below > 0 || visible.start > 0 {
        let (above, wide) = (visible.start, rect.width >= 30);
        let more = if wide { p.more(above, below) } else { p.arrows(above, below) };
        right.extend([p.span(Role::Dim, p.dot()), p.span(Role::Text, more)]);
    }
    let title = match filtered.is_empty() {
        true => "Printers".to_owned(),
        // How many are left is worth more than what they are.
        false if rect.width < 30 => filtered,
        false => format!("Printers {filtered}"),
    };
    let room = p.pane(rect, Pane::Printers, &title, right);
    for placed in list.placed(p.state) {
        let area = Rect { y: list.rect.y + placed.y, height: placed.height, ..list.rect };
        match placed.band {
            Band::Heading(group) => {
                if let Some(group) = p.state.view.groups.get(group) {
                    let line = totals::heading(p, &group.name, &group.totals, usize::from(area.width));
                    p.line(area, 0, line);
                }
            }
            Band::Entries { first, count, .. } => {
                let Some(ids) = p.state.view.rows.get(first..first + count) else { continue };
                if list.columns > 1 {
                    super::grid::row(p, ids, list.cell_width(), area);
                } else {
                    for id in ids {
                        entry(p, *id, area);
                    }
                }
            }
        }
    }
    if rows == 0 {
        p.say_nobody(list.rect);
    }
    text_field::search_line(p, room, &p.state.view.filter, p.state.view.filtering);
}

/// An entry of the list: a line, and a second one for what is wrong.
fn entry(p: &mut Painter, id: PrinterId, area: Rect) {
    let Some(printer) = p.state.shown().get(usize::from(id.0)) else { return };
    let line = entry_line(p, printer, usize::from(area.width));
    p.line(area, 0, line);
    if let Some(words) = p.complaint(printer).filter(|_| area.height > 1) {
        let words = p.clip(&words, usize::from(area.width).saturating_sub(LEAD));
        let role = if printer.is_in_danger() { Role::Danger } else { Role::Waiting };
        p.line(area, 1, vec![Span::raw("   "), p.span(role, words)]);
    }
    select(p, id, area);
}

/// How every entry and card begins: what the printer does, as a symbol between two blanks.
pub(super) fn lead(p: &Painter, printer: &Printer) -> Vec<Span<'static>> {
    let (mark, role) = p.mark(printer);
    vec![p.span(role, format!(" {mark} "))]
}

/// Shows whether an entry is marked, and whether it is the selected one.
pub(super) fn select(p: &mut Painter, id: PrinterId, area: Rect) {
    if p.state.view.marks.contains(id) && !area.is_empty() {
        let (symbol, style) = (p.theme.pick_text(MARK.0, MARK.1), p.theme.style(Role::Accent));
        p.cell(area.x, area.y, symbol, style);
    }
    if p.state.view.selected == Some(id) {
        p.buf.set_style(area, p.theme.style(Role::Selected));
    }
}

fn entry_line(p: &Painter, printer: &Printer, width: usize) -> Line<'static> {
    let (status, stale) = (printer.status(), p.is_stale(printer));
    let mut spans = lead(p, printer);
    let name_role = if stale { Role::Stale } else { Role::Text };
    if width < 30 {
        if printer.is_in_danger() {
            // There is one line, and nothing else on it matters.
            let room = width.saturating_sub(LEAD + DANGER.len() + 1);
            spans.extend([p.span(name_role, p.name(printer, room)), Span::raw(" "), p.span(Role::Danger, DANGER)]);
            return spans.into();
        }
        let room = width.saturating_sub(LEAD + TIME + 1);
        spans.push(p.span(name_role, p.name(printer, room)));
        let figure = if status == Status::Offline { retry(p, printer) } else { percent(p, printer) };
        spans.push(p.span(figure_role(stale), p.fit_right(&figure, TIME)));
        return spans.into();
    }
    let half = second_half(p, printer, status);
    let wider = width_of(&half) - SECOND_HALF;
    let mut free = width.saturating_sub(LEAD + 1 + SECOND_HALF + 1);
    let name = free.min(if free >= 34 { 18 } else { 16 });
    free = free.saturating_sub(name);
    // Whatever comes before it gives the columns that it has too many.
    let name = if free == 0 { name.saturating_sub(wider) } else { name };
    spans.push(p.span(name_role, p.name(printer, name)));
    if free >= 9 {
        spans.push(p.span(Role::Dim, format!(" {}", p.fit(printer.model.short(), 8))));
        free -= 9;
    }
    free = free.saturating_sub(wider);
    if free >= 9 {
        let job = printer.job.name.clone().or_else(|| aside(printer)).unwrap_or_default();
        spans.push(p.span(Role::Dim, format!(" {}", p.fit(&job, free - 1))));
    } else {
        spans.push(Span::raw(" ".repeat(free)));
    }
    spans.push(Span::raw(" "));
    spans.extend(half);
    spans.into()
}

/// Bar or word, percent and time. A word that is longer than the bar takes the blanks before the figures, else the place of
/// the time, which tells nothing of a job that stands still; it may be two columns wider than others.
fn second_half(p: &Painter, printer: &Printer, status: Status) -> Vec<Span<'static>> {
    let role = figure_role(p.is_stale(printer));
    let (percent, time) =
        (percent(p, printer), if status == Status::Offline { retry(p, printer) } else { time_left(p, printer) });
    let both = format!("{} {}", p.fit_right(&percent, PERCENT), p.fit_right(&time, TIME));
    let is_bar = status == Status::Printing && printer.job.percent.is_some();
    let word = text::width(state_word(printer));
    if is_bar || word <= WORD {
        let mut spans = bar_or_word(p, printer, WORD);
        spans.push(p.span(role, both));
        return spans;
    }
    let figures =
        if word + text::width(both.trim_start()) < SECOND_HALF { both.trim_start().to_owned() } else { percent };
    let room = (word + 1).max(SECOND_HALF.saturating_sub(text::width(&figures)));
    let mut spans = bar_or_word(p, printer, room);
    spans.push(p.span(role, figures));
    spans
}

/// What a printer does or needs, in the one word that there is room for.
fn state_word(printer: &Printer) -> &'static str {
    if printer.is_in_danger() { DANGER } else { printer.status().word() }
}

fn figure_role(stale: bool) -> Role {
    if stale { Role::Stale } else { Role::Text }
}

/// A small bar while printing, else the state in a word.
pub(super) fn bar_or_word(p: &Painter, printer: &Printer, room: usize) -> Vec<Span<'static>> {
    let (_, role) = p.mark(printer);
    match (printer.status(), printer.job.percent) {
        _ if printer.is_in_danger() => {
            vec![p.span(role, DANGER), Span::raw(" ".repeat(room.saturating_sub(DANGER.len())))]
        }
        (Status::Printing, Some(percent)) => {
            let (full, empty) = text::small_bar(percent, room - 1, p.theme.ascii);
            vec![p.span(role, full), p.span(Role::Dim, empty + " ")]
        }
        _ => vec![p.span(role, p.fit(state_word(printer), room))],
    }
}

/// What a printer without a job does all the same: it changes filament, or dries some.
pub(in crate::ui) fn aside(printer: &Printer) -> Option<String> {
    let ams = &printer.ams;
    if let Some(what) = ams.activity.filter(|_| ams.changing) {
        return Some(format!("changing filament: {what}"));
    }
    ams.drying().map(|(unit, minutes)| match minutes {
        0 => format!("{} drying", unit.label),
        left => format!("{} drying, {} left", unit.label, text::minutes(left)),
    })
}

pub(in crate::ui) fn percent(p: &Painter, printer: &Printer) -> String {
    let shown = printer.job.percent.filter(|_| printer.job.phase.is_active() && is_known(printer));
    shown.map_or_else(|| p.unknown().to_owned(), |percent| format!("{percent}%"))
}

/// Whether what it does is known: it is connected, and said so on this connection.
fn is_known(printer: &Printer) -> bool {
    printer.session().is_some() && printer.status() != Status::Connecting
}

pub(in crate::ui) fn time_left(p: &Painter, printer: &Printer) -> String {
    let left = printer.job.minutes_left.filter(|_| is_known(printer));
    left.map_or_else(|| p.unknown().to_owned(), text::hours)
}

/// When the next attempt to connect follows.
pub(super) fn retry(p: &Painter, printer: &Printer) -> String {
    match printer.link {
        // The next attempt helps nobody while a person has to do something.
        ConnectionState::Down { ref why, .. } if why.needs_person() => "!".to_owned(),
        ConnectionState::Down { retry_at: Some(at), .. } => {
            format!("{}{}", p.theme.pick_text("↻", ""), p.until(at).replace(' ', ""))
        }
        ConnectionState::Down { retry_at: None, .. } => "!".to_owned(),
        _ => p.theme.pick_text("…", "...").to_owned(),
    }
}
