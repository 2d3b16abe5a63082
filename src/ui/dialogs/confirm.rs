//! The question before a dangerous order.

use super::frame;
use crate::{
    state::{
        command::action::Confirmation,
        view::dialogs::{Confirm, confirm},
    },
    ui::{painter::Painter, text, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, area: Rect, open: &Confirm) {
    if !p.state.shows_question() {
        return frame::enlarge(p, area, frame::ENLARGE);
    }
    let Some(printer) = p.state.printer(open.item.who) else { return };
    let job = &printer.job;
    let width = confirm::width(p.state.view.size);
    let mut what = format!("{}{}", printer.name, p.dot());
    if job.phase.is_at_rest() {
        what += "nothing is being printed";
    } else {
        what += &format!("{}{}", p.clip(job.name.as_deref().unwrap_or("no name"), 40), p.dot());
        what += &job.percent.map_or_else(String::new, |percent| format!("{percent} %, "));
        what += &job.minutes_left.map_or_else(|| "time left unknown".into(), |m| format!("{} left", text::minutes(m)));
    }
    let risk = open.item.action.risk(printer).unwrap_or_else(|| Confirmation::plain(&open.item.action));
    let beside = open.beside_title(&risk, width);
    let Confirmation { title, warning, yes, no } = risk;
    // The limit in steps, so that the dialog is not drawn anew each second.
    let left = open.until.saturating_duration_since(p.state.now.at).as_millis().div_ceil(5000) * 5;
    let until = format!("expires in {left} s, or if the connection or job changes");
    let wrapped = |role: Role, text: &str| -> Vec<Line<'static>> {
        text::wrap(&p.own(text), width).into_iter().map(|line| p.span(role, line).into()).collect()
    };
    let keys = |yes: &str, gap: &'static str, esc: &'static str, no: &str| {
        let esc = p.span(Role::Accent, esc);
        vec![p.span(Role::Accent, "y"), Span::raw(format!("  {yes}{gap}")), esc, Span::raw(format!("  {no}"))]
    };
    // What a no means goes without saying; what a yes does is legible as long as there is room, and the way out always.
    let gap = if width >= 48 { "        " } else { "   " };
    let keys = [keys(yes, gap, "Esc, n", no), keys(yes, "  ", "n", "no"), keys("yes", "  ", "n", "no")];
    let keys = Line::from(frame::first_that_fits(keys, width));
    let (what, warning, until) =
        (wrapped(Role::Strong, &what), wrapped(Role::Text, &warning), wrapped(Role::Dim, &until));
    let all = what.len() + warning.len() + until.len() + 5;
    let mut lines = what;
    if all <= usize::from(area.height) {
        lines.push(Line::default());
        lines.extend(warning);
        lines.push(Line::default());
        lines.push(keys);
        lines.extend(until);
    } else {
        // Without room for all of it the keys must stay visible.
        let room = usize::from(area.height).saturating_sub(2).max(1);
        lines.truncate(room.saturating_sub(1 + beside.len()));
        lines.extend(beside.into_iter().map(|line| Line::from(p.span(Role::Strong, line))));
        lines.push(keys);
        lines.extend(warning);
        lines.extend(until);
    }
    let inner = frame::place(p, area, title, width as u16 + 4, lines.len() as u16 + 2, Role::Waiting);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}
