//! The question before a printer's certificate is accepted, and fingerprints as the eye can compare them.

use super::frame;
use crate::{
    state::{printer::certificate::groups, view::dialogs::CertificateQuestion},
    ui::{painter::Painter, text, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// A fingerprint in groups of eight, four in a line.
const LINE: usize = 4 * 8 + 3;

pub(super) fn draw(p: &mut Painter, area: Rect, question: &CertificateQuestion) {
    if !p.state.shows_question() {
        return frame::enlarge(p, area, frame::ENLARGE);
    }
    let Some(printer) = p.state.printer(question.who) else { return };
    let width = usize::from(area.width.min(66)).saturating_sub(4).max(1);
    let (title, short, warning) = match question.pinned {
        Some(_) => (
            "Accept another certificate?",
            "Do you know why it changed?",
            "A firmware update, a factory reset or a new mainboard can change it. If you know of none of these, somebody \
             else may be answering: then say no.",
        ),
        None => (
            "Accept this certificate?",
            "Bambu Lab did not sign it: anybody on your network can make one.",
            "Bambu Lab did not sign it, and anybody on your network can make one with this printer's name. A yes sends \
             the access code to whoever holds it.",
        ),
    };
    let words = |role: Role, words: &str| -> Vec<Line<'static>> {
        text::wrap(&p.own(words), width).into_iter().map(|line| p.span(role, line).into()).collect()
    };
    let name: Line<'static> = p.span(Role::Strong, p.clip(&printer.name, width)).into();
    let mut prints = Vec::new();
    if let Some(pinned) = &question.pinned {
        prints.extend(fingerprint(p, Role::Text, "before", pinned, width));
    }
    let now = format!("now, {}", question.found.signer.word());
    prints.extend(fingerprint(p, Role::Waiting, &now, &question.found.fingerprint, width));
    let keys = Line::from(vec![
        p.span(Role::Accent, "y"),
        Span::raw("  accept it   "),
        p.span(Role::Accent, "Esc, n"),
        Span::raw("  no"),
    ]);
    let left = question.until.saturating_duration_since(p.state.now.at).as_secs().div_ceil(10) * 10;
    let until = words(Role::Dim, &format!("expires in {left} s, or if it shows another certificate"));
    let warning = words(Role::Text, warning);
    // The fingerprints and the keys come first: nobody shall accept what they cannot see.
    let room = usize::from(area.height).saturating_sub(2);
    let all = prints.len() + warning.len() + until.len() + 5;
    let mut lines = Vec::new();
    if all <= room {
        lines.push(name);
        lines.push(Line::default());
        lines.extend(prints);
        lines.push(Line::default());
        lines.extend(warning);
        lines.push(Line::default());
        lines.push(keys);
        lines.extend(until);
    } else {
        // The warning is whole or not there, and so is the limit.
        let short = words(Role::Waiting, short);
        let fits = |more: usize| prints.len() + 1 + more <= room;
        let (with_short, with_name) = (fits(short.len()), fits(short.len() + 1));
        let with_until = fits(short.len() + 1 + until.len());
        lines.extend(with_name.then_some(name));
        lines.extend(prints);
        lines.extend(short.into_iter().filter(|_| with_short));
        lines.push(keys);
        lines.extend(until.into_iter().filter(|_| with_until));
    }
    let inner = frame::place(p, area, title, width as u16 + 4, lines.len() as u16 + 2, Role::Waiting);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

/// A fingerprint, whole: beside its label where there is room, else below it.
pub(super) fn fingerprint(p: &Painter, role: Role, label: &str, print: &str, width: usize) -> Vec<Line<'static>> {
    let groups = groups(print);
    let per_line = if width >= LINE { 4 } else { (width + 1) / 9 };
    let rows = groups.chunks(per_line.max(1)).map(|groups| groups.join(" "));
    let beside = (text::width(label) + 2).max(13);
    if width >= beside + LINE {
        let label = |row: usize| p.fit(if row == 0 { label } else { "" }, beside);
        rows.enumerate().map(|(row, print)| vec![p.span(Role::Dim, label(row)), p.span(role, print)].into()).collect()
    } else {
        let label = Line::from(p.span(Role::Dim, p.clip(label, width)));
        std::iter::once(label).chain(rows.map(|print| p.span(role, print).into())).collect()
    }
}
