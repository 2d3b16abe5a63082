//! Everything a printer says is wrong, below its job when that pane is zoomed; and the line that says what to do.

use crate::protocol::codes::{Code, Severity};
use crate::state::{
    command::{action::Action, advice::Advice, catalog},
    key_action::KeyAction,
    printer::{Printer, error_texts::DANGER},
    screen::alerts::{AlertRow, INDENT},
};
use crate::state::{screen::alerts, view::Pane};
use crate::ui::{
    painter::Painter,
    text,
    theme::{Role, Theme},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Draws the list as far as there is room, from where it is scrolled to.
pub(super) fn draw(p: &mut Painter, area: Rect, printer: &Printer) {
    let rows = alerts::rows(printer, usize::from(area.width), p.settings().links);
    let height = usize::from(area.height);
    let top = p.state.view.scroll[Pane::Job].at(rows.len().saturating_sub(height));
    let visible = &rows[top..rows.len().min(top + height)];
    for (at, row) in visible.iter().enumerate() {
        let line = line(p, printer, row, usize::from(area.width));
        p.line(area, at as u16, line);
    }
    for row in visible {
        if let AlertRow::Head(code, _) = row {
            p.link(area, &code.to_string(), &code.wiki());
        }
    }
    let below = rows.len() - top - visible.len();
    if below > 0 && height > 0 {
        let words = format!(" {}", p.more(0, below));
        p.line_right(area, area.height - 1, p.span(Role::Dim, words));
    }
}

fn line(p: &Painter, printer: &Printer, row: &AlertRow, width: usize) -> Line<'static> {
    let indented = |span: Span<'static>| Line::from(vec![Span::raw(" ".repeat(INDENT)), span]);
    match row {
        AlertRow::Head(code, seen) => head(p, printer, *code, *seen, width),
        AlertRow::Pause => p.span(Role::Waiting, "paused").into(),
        AlertRow::Text(words) => indented(p.span(Role::Strong, words.clone())),
        AlertRow::Step(words) => indented(p.span(Role::Text, words.clone())),
        AlertRow::Answers(actions) => {
            let mut line = indented(Span::raw(""));
            line.spans.extend(answers(p, printer, actions, width.saturating_sub(INDENT)));
            line
        }
        AlertRow::About(source) => {
            indented(p.span(Role::Dim, p.clip(&source.words(p.now.unix), width - INDENT.min(width))))
        }
        AlertRow::Link(words) | AlertRow::Internal(words) => p.span(Role::Dim, words.clone()).into(),
        AlertRow::Blank => Line::default(),
    }
}

/// `serious  HMS_0700_2000_0002_0001  first seen 21:03`
fn head(p: &Painter, printer: &Printer, code: Code, seen: i64, width: usize) -> Line<'static> {
    let (role, word) = match code {
        code if code.is_danger() => (Role::Danger, DANGER),
        Code::Error(error) if error.waits_for_person() => (Role::Waiting, "error, waits for you"),
        Code::Error(error) if error.is_cancellation() => (Role::Dim, "cancelled"),
        Code::Error(_) => (Role::Trouble, "error"),
        Code::Hms(hms) if hms.severity() == Severity::Unknown => (Role::Text, "message"),
        Code::Hms(hms) => (Theme::role_of_severity(hms.severity()), hms.severity().name()),
    };
    let role = if p.is_stale(printer) && role != Role::Danger { Role::Stale } else { role };
    let mut line: Line = vec![p.span(role, word), p.span(Role::Text, format!("  {code}"))].into();
    let seen = p.span(Role::Dim, format!("  first seen {}", p.format_timestamp(seen)));
    // Half of it would say nothing.
    if line.width() + seen.width() <= width {
        line.push_span(seen);
    }
    line
}

/// What to do about something, in one line; `None`: there is nothing to say.
pub(super) fn advice(p: &Painter, printer: &Printer, advice: &Advice, width: usize) -> Option<Line<'static>> {
    let mut spans = Vec::new();
    if let Some(step) = advice.step {
        spans.push(p.span(Role::Text, p.clip(step, width)));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    let gap = if spans.is_empty() { 0 } else { 3 };
    let answers = answers(p, printer, &advice.actions, width.saturating_sub(used + gap));
    if !answers.is_empty() && gap > 0 {
        spans.push(p.span(Role::Dim, p.dot()));
    }
    spans.extend(answers);
    (!spans.is_empty()).then(|| spans.into())
}

/// Orders with the keys that give them, as far as there is room; those without a key are in the palette.
fn answers(p: &Painter, printer: &Printer, actions: &[Action], width: usize) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    let mut used = 0;
    if p.settings().read_only {
        return out;
    }
    for entry in actions.iter().filter_map(|action| catalog::entry_of(action, printer)) {
        let key_action = entry.key_action.unwrap_or(KeyAction::Palette);
        let Some(key) = p.state.keymap.key_of(key_action) else { continue };
        let key = format!("{}{key}", if out.is_empty() { "" } else { "   " });
        let word = format!(" {}", entry.name);
        used += text::width(&key) + text::width(&word);
        if used > width {
            break;
        }
        out.extend([p.span(Role::Accent, key), p.span(Role::Text, word)]);
    }
    out
}
