//! The zoomed list: small cards side by side, for many printers at once.

use super::printers::{self, LEAD};
use crate::state::{
    PrinterId,
    printer::{Printer, Status, need::Need},
};
use crate::ui::{painter::Painter, text, theme::Role};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Cards side by side, each in a cell of this width.
pub(super) fn row(p: &mut Painter, ids: &[PrinterId], cell: u16, area: Rect) {
    for (at, id) in ids.iter().enumerate() {
        let Some(printer) = p.state.shown().get(usize::from(id.0)) else { continue };
        // A fourth line is the gap, as are the last two columns.
        let place = Rect { x: area.x + at as u16 * cell, width: cell - 2, height: area.height.min(3), ..area };
        card(p, printer, place.intersection(area));
        printers::select(p, *id, place.intersection(area));
    }
}

fn card(p: &mut Painter, printer: &Printer, area: Rect) {
    let (status, stale) = (printer.status(), p.is_stale(printer));
    let (_, role) = p.mark(printer);
    let needed = printer.need().is_some();
    let figures = if stale { Role::Stale } else { Role::Text };
    let width = usize::from(area.width);
    let mut first = printers::lead(p, printer);
    let name_role = if stale { Role::Stale } else { Role::Strong };
    let model = printer.model.short();
    if area.height >= 3 {
        let room = width.saturating_sub(LEAD + 1 + text::width(model));
        first.extend([p.span(name_role, p.name(printer, room)), p.span(Role::Dim, format!(" {model}"))]);
        p.line(area, 0, first);
        let words = p.clip(&words(p, printer, status), width.saturating_sub(LEAD));
        let words = p.span(if needed { role } else { Role::Dim }, words);
        p.line(area, 1, vec![Span::raw("   "), words]);
        let third = figures_line(p, printer, status, stale, width);
        p.line(area, 2, third);
        return;
    }
    // Two lines: name and figures, then what there is to say.
    let time = if status == Status::Offline { printers::retry(p, printer) } else { printers::time_left(p, printer) };
    first.extend([
        p.span(name_role, p.name(printer, width.saturating_sub(LEAD + 5 + 6))),
        p.span(figures, p.fit_right(&printers::percent(p, printer), 5)),
        p.span(figures, p.fit_right(&time, 6)),
    ]);
    p.line(area, 0, first);
    let mut line = Line::from(Span::raw("   "));
    match (status, printer.job.percent) {
        (Status::Printing, Some(_)) if !needed => {
            line.spans.extend(printers::bar_or_word(p, printer, width.saturating_sub(LEAD)));
        }
        _ => line.push_span(p.span(role, p.clip(&words(p, printer, status), width.saturating_sub(LEAD)))),
    }
    p.line(area, 1, line);
}

fn figures_line(p: &Painter, printer: &Printer, status: Status, stale: bool, width: usize) -> Line<'static> {
    let figures = if stale { Role::Stale } else { Role::Text };
    let mut spans = vec![Span::raw("   ")];
    let time = if status == Status::Offline { printers::retry(p, printer) } else { printers::time_left(p, printer) };
    let room = width.saturating_sub(LEAD + 5 + 6);
    // The state is said in words above.
    match printer.job.percent.filter(|_| printer.job.phase.is_active()) {
        Some(percent) => {
            let (full, empty) = text::small_bar(percent, room.saturating_sub(1), p.theme.ascii);
            let (_, role) = p.mark(printer);
            // A bar turned inside out would be empty.
            let role = if role == Role::Danger { Role::Trouble } else { role };
            spans.extend([p.span(role, full), p.span(Role::Dim, empty + " ")]);
        }
        None => spans.push(Span::raw(" ".repeat(room))),
    }
    spans.push(p.span(figures, p.fit_right(&printers::percent(p, printer), 5)));
    spans.push(p.span(figures, p.fit_right(&time, 6)));
    spans.into()
}

/// The most useful words about a printer.
fn words(p: &Painter, printer: &Printer, status: Status) -> String {
    let done = printer.job.done_at.map(|at| format!("done {}", p.format_timestamp(at)));
    match (printer.need(), p.complaint(printer)) {
        // These say it themselves.
        (Some(Need::Danger | Need::Waiting | Need::Alarm | Need::Barred), Some(what)) => return what,
        (Some(_), Some(what)) => return format!("{}{}{what}", status.word(), p.dot()),
        _ => {}
    }
    match status {
        Status::Printing => done.unwrap_or_else(|| status.word().to_owned()),
        Status::Preparing => printer.job.stage.as_deref().unwrap_or(status.word()).to_owned(),
        Status::Offline => match &printer.link {
            crate::state::printer::connection::ConnectionState::Down { why, .. } => why.to_string(),
            _ => status.word().to_owned(),
        },
        Status::Finished | Status::Stopped | Status::Cancelled | Status::Paused => match &printer.job.name {
            Some(name) => format!("{}{}{name}", status.word(), p.dot()),
            None => status.word().to_owned(),
        },
        Status::Idle => printers::aside(printer).unwrap_or_else(|| status.word().to_owned()),
        other => other.word().to_owned(),
    }
}
