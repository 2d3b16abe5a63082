//! The printers of the account and their jobs, as the cloud has them.

use super::{Row, format_timestamp, rows, waiting};
use crate::{
    protocol::rest::devices::DeviceJob,
    state::view::dialogs::HistoryView,
    ui::{painter::Painter, text, theme::Role},
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Painter, area: Rect, open: &HistoryView) {
    let jobs = &p.state.cloud.history.jobs;
    let Some((jobs, came)) = jobs.value().zip(jobs.received_at()) else {
        return p.line(area, 0, p.span(Role::Dim, waiting(p, open)));
    };
    let width = usize::from(area.width);
    let mut list: Vec<Row> = jobs.iter().flat_map(|job| entry(p, job, width)).collect();
    if list.is_empty() {
        list.push((false, p.span(Role::Dim, "the account has no printers").into()));
    }
    let mut note = format!("As the cloud had it at {}: coarse, and minutes old.", p.format_timestamp(came));
    if width >= 60 {
        note += " What the dashboard shows comes from the printers themselves.";
    }
    list.push((false, Line::default()));
    list.extend(text::wrap(&note, width.max(8)).into_iter().map(|line| (false, p.span(Role::Dim, line).into())));
    rows(p, area, open, list);
}

/// A printer in a line, and what it does behind it, or below where that has no room.
fn entry(p: &Painter, job: &DeviceJob, width: usize) -> Vec<Row> {
    let (role, word) = match job.online {
        Some(true) => (Role::Ok, "online"),
        Some(false) => (Role::Dim, "offline"),
        None => (Role::Dim, p.unknown()),
    };
    let name = job.name.as_deref().or(job.serial.as_deref()).unwrap_or(p.unknown());
    let name_room = if width >= 60 { 20 } else { 14 };
    let mut words = Vec::new();
    if job.task.is_some() || job.task_name.is_some() {
        words.extend(job.status.as_ref().map(ToString::to_string));
        words.extend(job.percent.map(|percent| format!("{percent:.0} %")));
        words.extend(job.task_name.clone().filter(|name| !name.is_empty()));
        words.extend(job.started.map(|at| format!("since {}", format_timestamp(p, Some(at.0), false))));
        let whole = job.prediction_s.filter(|seconds| *seconds > 0);
        words.extend(whole.map(|seconds| format!("about {} in all", text::minutes((seconds / 60) as u32))));
    } else {
        words.push("no job".to_owned());
    }
    let mut spans = vec![p.span(Role::Text, p.fit(name, name_room)), p.span(role, p.fit(&format!(" {word}"), 10))];
    if width >= 60 {
        let model = job.product.as_deref().or(job.model.as_deref()).unwrap_or(p.unknown());
        spans.push(p.span(Role::Dim, p.fit(model, 9)));
    }
    let words = words.join(p.dot());
    if crate::ui::painter::width_of(&spans) + text::width(&words) <= width {
        spans.push(p.span(Role::Text, words));
        return vec![(true, spans.into())];
    }
    let below = text::wrap(&words, width.saturating_sub(2).max(8)).into_iter();
    let below = below.map(|line| (false, p.span(Role::Dim, format!("  {line}")).into()));
    [(true, Line::from(spans))].into_iter().chain(below).collect()
}
