//! What the prints add up to.

use super::Row;
use crate::{
    state::{
        cloud::totals::{Sum, sums},
        view::dialogs::HistoryView,
    },
    ui::{painter::Painter, theme::Role},
};
use ratatui::text::Line;

/// A column: its heading, its width, what stands in it.
type Column = (&'static str, usize, fn(&Sum) -> String);

const COLUMNS: [Column; 6] = [
    ("prints", 8, |sum| sum.prints.to_string()),
    ("success", 9, |sum| sum.success().map_or_else(String::new, |percent| format!("{percent} %"))),
    ("hours", 9, |sum| format!("{:.1}", sum.seconds as f64 / 3600.0)),
    ("grams", 9, |sum| format!("{:.0}", sum.grams)),
    ("metres", 9, |sum| format!("{:.1}", sum.metres)),
    ("failed", 9, |sum| sum.stopped.to_string()),
];

/// The label keeps at least this much.
const LABEL: usize = 10;

pub(super) fn rows(p: &Painter, open: &HistoryView, width: usize) -> Vec<Row> {
    let Some(prints) = p.state.cloud.history.of(open.only.as_deref()).filter(|prints| !prints.tasks.is_empty()) else {
        return Vec::new();
    };
    let [all, printers, months] = sums(&prints.tasks, p.now.utc_offset);
    let mut columns = &COLUMNS[..];
    while columns.iter().map(|(_, width, _)| width).sum::<usize>() + LABEL > width && !columns.is_empty() {
        columns = &columns[..columns.len() - 1];
    }
    let used: usize = columns.iter().map(|(_, width, _)| width).sum();
    let label = width.saturating_sub(used).min(24);
    let heading: String = columns.iter().map(|(title, width, _)| p.fit_right(title, *width)).collect();
    let mut out: Vec<Row> = vec![(false, p.span(Role::Dim, format!("{}{heading}", " ".repeat(label))).into())];
    let mut add = |title: &str, part: Vec<Sum>| {
        if !title.is_empty() {
            out.push((false, Line::default()));
            out.push((false, p.span(Role::Strong, title.to_owned()).into()));
        }
        out.extend(part.into_iter().map(|sum| (true, line(p, &sum, columns, label))));
    };
    add("", all);
    if open.only.is_none() {
        add("by printer", printers);
    }
    add("by month", months);
    out.push((false, Line::default()));
    let words = if prints.leads_on() {
        "of the prints fetched so far; the end of this list fetches more"
    } else {
        "hours are real, filament is the slicer's estimate; failed: or stopped"
    };
    for words in crate::ui::text::wrap(words, width.max(8)) {
        out.push((false, p.span(Role::Dim, words).into()));
    }
    out
}

fn line(p: &Painter, sum: &Sum, columns: &[Column], label: usize) -> Line<'static> {
    let cell = |(_, width, value): &Column| {
        let value = value(sum);
        p.fit_right(if value.is_empty() { p.unknown() } else { &value }, *width)
    };
    let figures: String = columns.iter().map(cell).collect();
    vec![p.span(Role::Text, p.fit(&sum.label, label)), p.span(Role::Text, figures)].into()
}
