//! Small screens: the selected printer without borders, and below that one line.

use super::{
    header,
    painter::{Painter, width_of},
    panes::ams,
    panes::job,
    panes::job_alerts,
    panes::printers,
    panes::temps,
    panes::totals,
    text,
    theme::Role,
};
use crate::state::{
    printer::{Printer, Status, error_texts::DANGER},
    screen::layout::Layout,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, layout: &Layout) {
    head(p, layout.header);
    let top = layout.header.y + 1;
    let area = Rect { x: 1, y: top, width: layout.header.width.saturating_sub(2), height: layout.footer.y - top };
    let Some(printer) = p.state.selected() else {
        return p.say_nobody(Rect { x: 0, width: layout.header.width, ..area });
    };
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let value = p.value_role(printer);
    let what = printer.job.name.clone().or_else(|| printers::aside(printer)).unwrap_or_default();
    let mut first = job::state_words(p, printer);
    let room = width.saturating_sub(width_of(&first) + 3);
    if !what.is_empty() && room > 3 {
        first.extend([p.span(Role::Dim, p.dot()), p.span(value, p.clip(&what, room))]);
    }
    let mut lines: Vec<Line<'static>> = vec![first.into()];
    let bar = job::bar_line(p, printer, width);
    let rest = usize::from(bar.is_some()) + 2;
    lines.extend(job_alerts::lines(p, printer, width, height.saturating_sub(1 + rest).clamp(1, 3), true));
    lines.extend(bar);
    lines.extend(job_facts(p, printer, width));
    if printer.last_report.is_some() {
        lines.push(temps::one_line(p, printer, width));
        lines.push(ams::active_words(p, printer, width));
    }
    lines.extend(others(p, printer, width, height.saturating_sub(lines.len())));
    for (row, line) in lines.into_iter().enumerate() {
        p.line(area, row as u16, line);
    }
}

/// What the word about danger is worth beside the printer's name: more than anything.
const DANGER_WORTH: u8 = 10;

/// The printer's name, and beside it what there is room for: marks and filter, which change what keys do, before totals.
fn head(p: &mut Painter, area: Rect) {
    let state = p.state;
    let name = state.selected().map(|printer| printer.name.clone()).unwrap_or_default();
    let (filter, filtering) = (state.view.filter.value(), state.view.filtering);
    let is_filtered = filtering || !filter.is_empty();
    let need = state.shown().iter().filter(|printer| printer.need().is_some()).count();
    let danger = state.shown().iter().filter(|printer| printer.is_in_danger()).count();
    let needs = match (danger, need) {
        (0, _) => totals::need_attention(need),
        _ => format!("{danger} {DANGER}"),
    };
    let at = state.selected_row().map_or(0, |row| row + 1);
    // Each with how much it is worth; the last ones are what must not be missed.
    let mut right: Vec<(u8, Role, String)> = Vec::new();
    right.extend(header::count_of_marks(p).map(|words| (9, Role::Accent, words)));
    right.extend(header::sign_in(p).map(|words| (9, Role::Waiting, words)));
    // Without a list the filter stands here, and how many it leaves.
    if is_filtered {
        right.push((9, Role::Accent, format!("/{}{}", p.clip(filter, 12), if filtering { "_" } else { "" })));
    }
    if state.view.rows.len() > 1 || is_filtered {
        right.push((2, Role::Dim, format!("{at}/{}", state.view.rows.len())));
    }
    if danger > 0 {
        right.push((DANGER_WORTH, Role::Danger, needs));
    } else if need > 0 {
        right.push((1, Role::Waiting, needs));
    }
    for (worth, on, mark) in [
        (9, state.view.frozen.is_some(), "FROZEN"),
        (9, p.settings().read_only, "READ-ONLY"),
        (3, p.settings().demo, "DEMO"),
    ] {
        if on {
            right.push((worth, Role::Waiting, mark.to_owned()));
        }
    }
    let taken = |right: &[(u8, Role, String)]| {
        let words: usize = right.iter().map(|(_, _, words)| text::width(words) + 3).sum();
        words.saturating_sub(2)
    };
    // Before its mark, and behind it a blank.
    let room = |right: &[(u8, Role, String)]| usize::from(area.width).saturating_sub(taken(right) + 2);
    while room(&right) < text::width(&name).min(18) {
        let Some((at, _)) = right.iter().enumerate().min_by_key(|(_, (worth, ..))| *worth) else { break };
        match &mut right[at] {
            (9.., ..) => break,
            // Whom it is that needs somebody may stand below; that somebody is needed takes little room.
            (worth @ 1, _, words) => (*worth, *words) = (4, format!("{need} !")),
            _ => drop(right.remove(at)),
        }
    }
    // Where even that is too much, danger stays.
    while taken(&right) + 2 > usize::from(area.width)
        && let Some(at) = right.iter().position(|(worth, ..)| *worth < DANGER_WORTH)
    {
        right.remove(at);
    }
    let mut line: Vec<Span<'static>> = Vec::new();
    let name = p.clip(&name, room(&right));
    for (_, role, words) in right {
        if !line.is_empty() {
            line.push(p.span(Role::Dim, p.dot()));
        }
        line.push(p.span(role, words));
    }
    line.push(Span::raw(" "));
    let marked = state.view.selected.is_some_and(|who| state.view.marks.contains(who));
    let mark = if marked { p.theme.pick_text(printers::MARK.0, printers::MARK.1) } else { " " };
    p.line(area, 0, vec![p.span(Role::Accent, mark), p.span(Role::Strong, name)]);
    p.line_right(area, 0, line);
}

fn job_facts(p: &Painter, printer: &Printer, width: usize) -> Vec<Line<'static>> {
    let job = &printer.job;
    if !job.phase.is_active() {
        return vec![];
    }
    let value = p.value_role(printer);
    let left = job.minutes_left.map_or_else(|| p.unknown().to_owned(), text::minutes);
    let done = job.done_at.map_or_else(|| p.unknown().to_owned(), |at| p.format_timestamp(at));
    let half = width / 2;
    let mut out = vec![];
    let layer = match (job.layer, job.layers) {
        (Some(layer), Some(all)) => format!("{layer}/{all}"),
        _ => p.unknown().to_owned(),
    };
    let stage = job.stage.as_deref().unwrap_or("").to_owned();
    out.push(
        vec![
            p.span(Role::Dim, "left "),
            p.span(value, p.fit(&left, half.saturating_sub(5))),
            p.span(Role::Dim, "done "),
            p.span(value, done),
        ]
        .into(),
    );
    out.push(
        vec![
            p.span(Role::Dim, "layer "),
            p.span(value, p.fit(&layer, half.saturating_sub(6))),
            p.span(value, p.clip(&stage, width - half)),
        ]
        .into(),
    );
    out
}

/// Other printers that need a person, as far as there is room.
fn others(p: &Painter, selected: &Printer, width: usize, room: usize) -> Vec<Line<'static>> {
    if room < 2 {
        return vec![];
    }
    let mut out = vec![Line::default()];
    let shown = p.state.view.rows.iter().filter_map(|id| p.state.shown().get(usize::from(id.0)));
    for other in shown.filter(|other| other.need().is_some() && other.serial != selected.serial).take(room - 1) {
        let (mark, role) = p.mark(other);
        let word = other.status().word();
        let text = match p.complaint(other) {
            // It begins with the word that counts.
            Some(words) if other.is_in_danger() => format!("{mark} {} {words}", other.name),
            // That it needs somebody is why it stands here.
            Some(words) if other.status() == Status::Waiting => format!("{mark} {}: {words}", other.name),
            Some(words) => format!("{mark} {} {word}: {words}", other.name),
            None => format!("{mark} {} {word}", other.name),
        };
        out.push(p.span(role, p.clip(&text, width)).into());
    }
    out
}

/// Everything in one line: danger, whosever it is, state, name, percent, time left.
pub(super) fn one_line(p: &mut Painter, area: Rect) {
    let danger = p.state.shown().iter().filter(|printer| printer.is_in_danger()).count();
    let own = p.state.selected().is_some_and(Printer::is_in_danger);
    let alarm = match danger {
        0 => String::new(),
        1 if own => format!("{DANGER} "),
        _ => format!("{danger} {DANGER} "),
    };
    let width = usize::from(area.width).saturating_sub(text::width(&alarm));
    let mut spans = vec![p.span(Role::Danger, alarm.trim_end().to_owned())];
    spans.extend((danger > 0).then(|| Span::raw(" ")));
    let Some(printer) = p.state.selected() else {
        let words = if p.state.shown().is_empty() { "no printer".to_owned() } else { p.own(&p.state.nobody()) };
        spans.push(p.span(Role::Text, p.clip(&words, width)));
        return p.line(area, 0, spans);
    };
    let (mark, role) = p.mark(printer);
    let mut tail = String::new();
    if printer.job.phase.is_active() && printer.session().is_some() {
        tail = format!("{} {}", p.fit_right(&printers::percent(p, printer), 5), printers::time_left(p, printer));
    }
    // Its own danger is said already.
    let mut word = if own { String::new() } else { format!(" {}", printer.status().word()) };
    if text::width(&word) + 6 > width {
        // Its mark says the same.
        word.clear();
    }
    let left = |tail: &str| width.saturating_sub(2 + text::width(&word) + text::width(tail));
    // A number that is cut is a wrong number: where it does not fit beside a few letters of the name it goes.
    if left(&tail) < 4 {
        tail.clear();
    }
    let name_room = left(&tail).max(width.min(12) / 2);
    spans.extend([
        p.span(role, format!("{mark} ")),
        p.span(Role::Text, p.clip(&printer.name, name_room)),
        p.span(role, word),
        p.span(p.value_role(printer), tail),
    ]);
    p.line(area, 0, spans);
}
