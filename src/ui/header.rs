//! The first line: what there is, whether anything needs a person, what is done next.

use super::{
    paint::{Paint, needs_person},
    text,
    theme::Role,
};
use crate::state::{clock, printer::Status};
use ratatui::{layout::Rect, text::Span};

pub(super) fn draw(p: &mut Paint, area: Rect) {
    if area.height == 0 {
        return;
    }
    let width = usize::from(area.width);
    let mut right = marks(p);
    // A frozen view says its time already.
    if p.state.shows_clock() && p.state.view.frozen.is_none() {
        right.push(p.span(Role::Text, text::time_of_day(p.now.unix, p.now, p.settings().clock)));
    }
    let right_width: usize = right.iter().map(|s| s.width() + 2).sum();
    let mut spans = vec![];
    if width >= 90 || p.state.shown().len() < 2 {
        spans.push(p.span(Role::Accent, " bambu-tui  "));
    }
    let mut room = width.saturating_sub(right_width + spans.iter().map(Span::width).sum::<usize>());
    // What does not fit goes, the last part first.
    for (at, (role, part)) in counts(p).into_iter().enumerate() {
        let dot = if at == 0 { " " } else { p.dot() };
        let needed = text::width(dot) + text::width(&part);
        if needed > room {
            break;
        }
        room -= needed;
        spans.push(p.span(Role::Dim, dot));
        spans.push(p.span(role, part));
    }
    p.line(area, 0, spans);
    let mut line = Vec::new();
    for span in right {
        line.push(span);
        line.push(Span::raw("  "));
    }
    line.pop();
    line.push(Span::raw(" "));
    p.line_right(area, 0, line);
}

/// Marks that change what every key means.
fn marks(p: &Paint) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    out.extend(count_of_marks(p).map(|words| p.span(Role::Accent, words)));
    if let Some(frozen) = &p.state.view.frozen {
        let since = text::time_of_day(frozen.1, p.state.now, p.settings().clock);
        out.push(p.span(Role::Waiting, format!("FROZEN {since}")));
    }
    if p.settings().read_only {
        out.push(p.span(Role::Waiting, "READ-ONLY"));
    }
    if p.settings().demo {
        out.push(p.span(Role::Accent, "DEMO"));
    }
    out
}

/// `5 marked`, and how many of them the filter hides.
pub(super) fn count_of_marks(p: &Paint) -> Option<String> {
    let (all, hidden) = (p.state.view.marks.len(), p.state.hidden_marks());
    let hidden = if hidden > 0 { format!(" ({hidden} hidden)") } else { String::new() };
    (all > 0).then(|| format!("{all} marked{hidden}"))
}

fn counts(p: &Paint) -> Vec<(Role, String)> {
    let printers = p.state.shown();
    if printers.is_empty() {
        return vec![];
    }
    let count = |test: fn(Status) -> bool| printers.iter().filter(|printer| test(printer.status())).count();
    let all = printers.len();
    if all == 1 {
        let done = printers[0].job.done_at.filter(|_| clock::is_at_work(&printers[0]));
        return done.map(|at| (Role::Text, format!("done {}", p.moment(at)))).into_iter().collect();
    }
    let mut out = vec![(Role::Text, format!("{all} printers"))];
    let printing = count(|s| matches!(s, Status::Printing | Status::Preparing));
    if printing > 0 {
        out.push((Role::Active, format!("{printing} printing")));
    }
    let need = printers.iter().filter(|printer| needs_person(printer)).count();
    if need > 0 {
        out.push((Role::Waiting, format!("{need} {} you", if need == 1 { "needs" } else { "need" })));
    }
    let next = printers
        .iter()
        .filter(|printer| clock::is_at_work(printer))
        .filter_map(|printer| Some((printer.job.done_at?, printer)))
        .min_by_key(|(at, _)| *at);
    if let Some((at, printer)) = next {
        let words = if p.state.view.size.width >= 100 {
            format!("next: {} {}", printer.name, p.moment(at))
        } else {
            format!("next done {}", p.moment(at))
        };
        out.push((Role::Text, words));
    }
    for (test, word) in [
        ((|s| s == Status::Offline) as fn(Status) -> bool, "offline"),
        (|s| s == Status::Finished, "done"),
        (|s| s == Status::Idle, "idle"),
    ] {
        let n = count(test);
        if n > 0 {
            out.push((Role::Dim, format!("{n} {word}")));
        }
    }
    out
}
