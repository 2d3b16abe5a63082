//! How many printers do what, in as many words as fit.

use crate::state::{
    printer::{Status, error_texts::DANGER},
    view::totals::Totals,
};
use crate::ui::{
    painter::{Painter, width_of},
    text,
    theme::Role,
};
use ratatui::text::Span;

/// A part of a line that lists several.
type Part = (Role, String);

/// [`Status::Waiting`] of several printers.
const NEED_ATTENTION: &str = "need attention";

/// The numbers in words: `141 printing`, `3 need attention` …
fn words(totals: &Totals) -> Vec<Part> {
    parts(totals).map(|(_, n, role, word)| (role, said(n, word))).collect()
}

/// The numbers behind their symbols, as the entries of the list have them.
fn symbols(p: &Painter, totals: &Totals) -> Vec<Part> {
    let short = |status: Option<Status>, n, word| match status {
        Some(status) => format!("{}{n}", symbol(p, status)),
        // No symbol says it loud enough.
        None => said(n, word),
    };
    parts(totals).map(|(status, n, role, word)| (role, short(status, n, word))).collect()
}

/// What is at work or needs somebody in words, everything else by symbols; `brief`: what prepares, too.
fn mixed(p: &Painter, totals: &Totals, brief: bool) -> Vec<Part> {
    let is_loud = |status, role| role != Role::Dim && !(brief && status == Some(Status::Preparing));
    let (loud, quiet): (Vec<_>, Vec<_>) = parts(totals).partition(|(status, _, role, _)| is_loud(*status, *role));
    let mut out: Vec<Part> = loud.into_iter().map(|(_, n, role, word)| (role, said(n, word))).collect();
    let quiet: Vec<_> =
        quiet.into_iter().filter_map(|(status, n, ..)| Some(format!("{}{n}", symbol(p, status?)))).collect();
    if !quiet.is_empty() {
        out.push((Role::Dim, quiet.join(" ")));
    }
    out
}

/// A status' symbol as the entries of the list have it; there a printer that connects looks like one that is offline.
fn symbol(p: &Painter, status: Status) -> &'static str {
    match status {
        Status::Connecting => p.theme.pick_text("…", "..."),
        status => p.theme.symbol(status, false),
    }
}

/// `1 needs attention`, `3 need attention`.
pub(in crate::ui) fn need_attention(n: usize) -> String {
    format!("{n} {}", if n == 1 { Status::Waiting.word() } else { NEED_ATTENTION })
}

fn said(n: u16, word: &str) -> String {
    if word == NEED_ATTENTION { need_attention(usize::from(n)) } else { format!("{n} {word}") }
}

/// The numbers that are not zero, each with a state whose symbol can stand for its word, if one can.
fn parts(totals: &Totals) -> impl Iterator<Item = (Option<Status>, u16, Role, &'static str)> {
    let by_status = [
        (Status::Printing, Role::Active),
        (Status::Preparing, Role::Active),
        (Status::Waiting, Role::Waiting),
        (Status::Paused, Role::Text),
        (Status::Finished, Role::Dim),
        (Status::Cancelled, Role::Dim),
        (Status::Stopped, Role::Dim),
        (Status::Idle, Role::Dim),
        (Status::Offline, Role::Dim),
        (Status::Connecting, Role::Dim),
        (Status::Unknown, Role::Dim),
    ];
    let by_status = by_status.map(|(status, role)| match status {
        // Whatever they do, and for whatever reason.
        Status::Waiting => (Some(status), totals.attention, role, NEED_ATTENTION),
        _ => (Some(status), totals.count(status), role, status.word()),
    });
    let danger = (None, totals.danger, Role::Danger, DANGER);
    std::iter::once(danger).chain(by_status).filter(|(_, n, ..)| *n > 0)
}

/// Parts with something between them.
fn joined(p: &Painter, parts: &[Part], between: &'static str) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (role, part) in parts {
        if !spans.is_empty() {
            spans.push(p.span(Role::Dim, between));
        }
        spans.push(p.span(*role, part.clone()));
    }
    spans
}

/// The totals in words, else by symbols; parts that do not fit even then go, the last one first.
fn fitting(p: &Painter, totals: &Totals, room: usize) -> Vec<Span<'static>> {
    let long = joined(p, &words(totals), p.dot());
    if width_of(&long) <= room {
        return long;
    }
    let mut short = symbols(p, totals);
    while !short.is_empty() && width_of(&joined(p, &short, " ")) > room {
        short.pop();
    }
    joined(p, &short, " ")
}

/// The whole line of the header: all printers, what they do, and which is done next and when. The fullest form that fits.
pub(in crate::ui) fn line(
    p: &Painter,
    totals: &Totals,
    next: Option<&(&str, String)>,
    room: usize,
) -> Vec<Span<'static>> {
    let all = totals.all;
    let long = next.map(|(name, at)| format!("next done: {name} {at}"));
    let short = next.map(|(_, at)| format!("next done {at}"));
    let least = next.map(|(_, at)| format!("done {at}"));
    let forms = [
        (format!("{all} printers"), words(totals), p.dot(), &long),
        (format!("{all} printers"), words(totals), p.dot(), &short),
        (format!("{all} printers"), mixed(p, totals, false), p.dot(), &short),
        (format!("{all}:"), mixed(p, totals, true), p.dot(), &least),
        (format!("{all} printers"), symbols(p, totals), " ", &short),
        (format!("{all}:"), symbols(p, totals), " ", &least),
        (format!("{all}:"), symbols(p, totals), " ", &None),
    ];
    let mut spans = Vec::new();
    for (head, parts, between, next) in forms {
        let gap = if head.ends_with(':') { " " } else { p.dot() };
        spans = vec![p.span(Role::Text, head), p.span(Role::Dim, gap)];
        spans.extend(joined(p, &parts, between));
        if let Some(next) = next {
            spans.extend([p.span(Role::Dim, p.dot()), p.span(Role::Text, next.clone())]);
        }
        if width_of(&spans) <= room {
            return spans;
        }
    }
    while width_of(&spans) > room {
        spans.pop();
    }
    spans
}

/// The heading of a group: its name, a line, its totals.
pub(super) fn heading(p: &Painter, name: &str, totals: &Totals, width: usize) -> Vec<Span<'static>> {
    let rule = p.theme.border().horizontal_top;
    // The name keeps at least half of the line.
    let facts = fitting(p, totals, (width / 2).max(width.saturating_sub(text::width(name) + 7)));
    let name = p.clip(name, width.saturating_sub(width_of(&facts) + 6).max(4));
    let fill = width.saturating_sub(text::width(&name) + width_of(&facts) + 5);
    let mut spans = vec![
        p.span(Role::Border, rule),
        p.span(Role::Strong, format!(" {name} ")),
        p.span(Role::Border, rule.repeat(fill)),
        p.span(Role::Border, " "),
    ];
    spans.extend(facts);
    spans
}
