//! The first line: what there is, whether anything needs a person, what is done next.

use super::{
    painter::{Painter, width_of},
    panes::totals,
    text,
    theme::Role,
};
use crate::state::{
    cloud::session::Account, key_action::KeyAction, printer::error_texts::DANGER, screen::redraw_schedule,
    view::totals::Totals,
};
use ratatui::{layout::Rect, text::Span};

pub(super) fn draw(p: &mut Painter, area: Rect) {
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
    spans.push(Span::raw(" "));
    let room = width.saturating_sub(right_width + width_of(&spans));
    spans.extend(counts(p, room));
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
fn marks(p: &Painter) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    out.extend(count_of_marks(p).map(|words| p.span(Role::Accent, words)));
    if let Some(frozen) = &p.state.view.frozen {
        let since = text::time_of_day(frozen.1, p.state.now, p.settings().clock);
        out.push(p.span(Role::Waiting, format!("FROZEN {since}")));
    }
    out.extend(sign_in(p).map(|words| p.span(Role::Waiting, words)));
    if let (Account::SignedIn(_), Some(unread @ 1..)) = (&p.state.cloud.session.account, p.state.cloud.history.unread())
    {
        out.push(p.span(Role::Text, format!("{unread} unread")));
    }
    if p.settings().read_only {
        out.push(p.span(Role::Waiting, "READ-ONLY"));
    }
    if p.settings().demo {
        out.push(p.span(Role::Accent, "DEMO"));
    }
    out
}

/// `U: SIGN IN`, once the cloud takes the token no longer.
pub(super) fn sign_in(p: &Painter) -> Option<String> {
    let key = p.state.keymap.key_of(KeyAction::Account).map_or_else(String::new, |key| format!("{key}: "));
    matches!(p.state.cloud.session.account, Account::Expired(_)).then(|| format!("{key}SIGN IN"))
}

/// `5 marked`, and how many of them the filter hides.
pub(super) fn count_of_marks(p: &Painter) -> Option<String> {
    let (all, hidden) = (p.state.view.marks.len(), p.state.hidden_marks());
    let hidden = if hidden > 0 { format!(" ({hidden} hidden)") } else { String::new() };
    (all > 0).then(|| format!("{all} marked{hidden}"))
}

/// What stands at the left: for several printers their totals, for a single one when it is done.
fn counts(p: &Painter, room: usize) -> Vec<Span<'static>> {
    let printers = p.state.shown();
    match printers {
        [] => vec![],
        [only] if only.is_in_danger() => vec![p.span(Role::Danger, DANGER)],
        [only] => {
            let done = only.job.done_at.filter(|_| redraw_schedule::is_at_work(only));
            done.map(|at| p.span(Role::Text, format!("done {}", p.format_timestamp(at)))).into_iter().collect()
        }
        _ => {
            let at_work = printers.iter().filter(|printer| redraw_schedule::is_at_work(printer));
            let next = at_work.filter_map(|printer| Some((printer.job.done_at?, printer))).min_by_key(|(at, _)| *at);
            let next = next.map(|(at, printer)| (printer.name.as_str(), p.format_timestamp(at)));
            totals::line(p, &Totals::of(printers), next.as_ref(), room)
        }
    }
}
