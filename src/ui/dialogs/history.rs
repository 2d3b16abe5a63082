//! What the cloud remembers of the account: prints, totals, printers, messages, projects, the account itself.

mod messages;
mod printers;
mod prints;
mod projects;
mod totals;

use crate::{
    state::{
        Tone,
        cloud::{history::HistoryTab, totals::year},
        view::dialogs::{HistoryView, history::lines},
    },
    ui::{painter::Painter, panes::camera, text, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// A row of a list, and whether it can be chosen: headings cannot.
type Row = (bool, Line<'static>);

pub(super) fn draw(p: &mut Painter, area: Rect, open: &HistoryView) {
    p.clear(area);
    let border = p.theme.style(Role::Focus);
    let room = crate::state::screen::layout::margin(p.boxed(area, border, "Cloud", marks(p, open)));
    if room.height < 2 {
        return;
    }
    let line = tabs(p, open, usize::from(room.width));
    p.line(room, 0, line);
    let (list, tone, below) = lines::split(&p.state.around(), open, room);
    let role = match tone {
        Tone::Bad => Role::Trouble,
        Tone::Warning => Role::Waiting,
        Tone::Plain | Tone::Good => Role::Active,
    };
    for (row, words) in below.into_iter().enumerate() {
        p.line(room, 1 + list.height + row as u16, p.span(role, words));
    }
    match open.tab {
        HistoryTab::Prints => prints::draw(p, list, open),
        HistoryTab::Totals => {
            let lines = totals::rows(p, open, usize::from(list.width));
            rows(p, list, open, lines);
        }
        HistoryTab::Printers => printers::draw(p, list, open),
        HistoryTab::Messages => messages::draw(p, list, open),
        HistoryTab::Projects => projects::draw(p, list, open),
        HistoryTab::Account => {
            let rows = lines::account(&p.state.around(), list.width);
            page(p, list, open, rows);
        }
    }
}

/// What stands at the right of the title: how many prints, and whose.
fn marks(p: &Painter, open: &HistoryView) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    if !matches!(open.tab, HistoryTab::Prints | HistoryTab::Totals) {
        return out;
    }
    if let Some(prints) = p.state.cloud.history.of(open.only.as_deref()).filter(|prints| !prints.tasks.is_empty()) {
        let shown = prints.tasks.len();
        let of = prints.total.filter(|total| *total > shown as i64);
        let of = of.map_or_else(String::new, |total| format!(" of {total}"));
        out.push(p.span(Role::Dim, format!("{shown}{of} prints")));
    }
    if let Some(serial) = &open.only {
        if !out.is_empty() {
            out.push(p.span(Role::Dim, p.dot()));
        }
        out.push(p.span(Role::Accent, p.state.cloud.history.name_of(serial, &p.state.fleet.printers)));
    }
    out
}

/// The parts; where they have no room, the one that is shown and how many there are.
fn tabs(p: &Painter, open: &HistoryView, width: usize) -> Line<'static> {
    let mark = p.theme.pick_text("►", ">");
    let wide: usize = HistoryTab::ALL.iter().map(|tab| tab.title().len() + 2).sum();
    if wide > width {
        let at = HistoryTab::ALL.iter().position(|tab| *tab == open.tab).unwrap_or(0) + 1;
        let of = format!("  {at} of {}, Tab goes on", HistoryTab::ALL.len());
        return vec![p.span(Role::Accent, format!("{mark}{}", open.tab.title())), p.span(Role::Dim, of)].into();
    }
    let mut spans = Vec::new();
    for tab in HistoryTab::ALL {
        let role = if tab == open.tab { Role::Accent } else { Role::Dim };
        let mark = if tab == open.tab { mark } else { " " };
        spans.push(p.span(role, format!("{mark}{} ", tab.title())));
    }
    spans.into()
}

/// What a part says before its first answer came.
fn waiting(p: &Painter, open: &HistoryView) -> &'static str {
    let is_told = open.trouble(&p.state.cloud.history).is_some() || p.state.cloud.identity().is_none();
    if is_told { "" } else { "asking the cloud" }
}

/// Lines of which one is chosen, scrolled so that it is visible.
fn rows(p: &mut Painter, area: Rect, open: &HistoryView, lines: Vec<Row>) {
    // Headings cannot be chosen: the chosen row counts only the others.
    let choices = lines.iter().filter(|(row, _)| *row).count();
    let at = open.at.at(choices.saturating_sub(1));
    let chosen = lines.iter().enumerate().filter(|(_, (row, _))| *row).nth(at).map(|(at, _)| at);
    let height = usize::from(area.height).max(1);
    // After the last one, what stands below it is shown too.
    let last = if at + 1 >= choices { lines.len().saturating_sub(1) } else { chosen.unwrap_or(0) };
    let last = last.min(chosen.unwrap_or(0) + height - 1);
    let top = (last + 1).saturating_sub(height);
    for (at, (_, line)) in lines.into_iter().enumerate().skip(top).take(height) {
        let row = (at - top) as u16;
        if Some(at) == chosen {
            let place = Rect { y: area.y + row, height: 1, ..area };
            p.buf.set_style(place.intersection(p.buf.area), p.theme.style(Role::Selected));
        }
        p.line(area, row, line);
    }
}

/// A picture beside or above facts; returns the room that is left.
fn picture(p: &mut Painter, area: Rect, of: &str) -> Rect {
    let (room, place) = lines::picture(&p.state.around(), area, of);
    if let Some((place, picture)) = place.zip(p.state.cloud.history.cover(of).cloned()) {
        camera::paint(p, place, &picture, false);
    }
    room
}

/// Rows that scroll; how many are below is counted in the last row.
fn page(p: &mut Painter, area: Rect, open: &HistoryView, rows: Vec<lines::HistoryRow>) {
    let (all, height) = (rows.len(), usize::from(area.height));
    let from = open.scroll.at(all.saturating_sub(height));
    for (at, row) in rows.into_iter().skip(from).take(height).enumerate() {
        let line = line(p, row, usize::from(area.width));
        p.line(area, at as u16, line);
    }
    let below = all.saturating_sub(from + height);
    if below > 0 {
        let more = p.span(Role::Text, format!(" {} {below} more", p.theme.pick_text("▾", "v")));
        p.line_right(area, area.height.saturating_sub(1), more);
    }
}

fn line(p: &Painter, row: lines::HistoryRow, width: usize) -> Line<'static> {
    use lines::{HistoryRow, Value};
    let known = |text: String| if text.is_empty() { p.unknown().to_owned() } else { text };
    match row {
        HistoryRow::Title(text) => p.span(Role::Strong, p.clip(&known(text), width)).into(),
        HistoryRow::Text(text) => p.span(Role::Text, text).into(),
        HistoryRow::Hint(text) => p.span(Role::Dim, text).into(),
        HistoryRow::Said(at) => p.span(Role::Dim, format_timestamp(p, at, false)).into(),
        HistoryRow::Filament(filament) => prints::filament_line(p, &filament),
        HistoryRow::Blank => Line::default(),
        HistoryRow::Fact(label, value, tone) => {
            let role = match tone {
                Tone::Plain => Role::Text,
                Tone::Good => Role::Ok,
                Tone::Warning => Role::Waiting,
                Tone::Bad => Role::Trouble,
            };
            let value = match value {
                Value::Words(text) => known(text),
                Value::Moment(before, at) => format!("{before}{}", format_timestamp(p, at, false)),
                Value::Minutes(seconds) => minutes(p, seconds),
            };
            let room = usize::from(lines::label(width as u16));
            vec![p.span(Role::Dim, p.fit(label, room)), p.span(role, p.clip(&value, width.saturating_sub(room)))].into()
        }
    }
}

/// Minutes of a span of seconds, in words.
fn minutes(p: &Painter, seconds: Option<i64>) -> String {
    seconds.map_or_else(|| p.unknown().to_owned(), |s| text::minutes((s / 60).clamp(0, i64::from(u32::MAX)) as u32))
}

fn grams(p: &Painter, grams: Option<f64>) -> String {
    grams.map_or_else(|| p.unknown().to_owned(), |g| format!("{g:.0} g"))
}

/// A moment; narrow: the day alone where it is not today.
fn format_timestamp(p: &Painter, unix: Option<i64>, narrow: bool) -> String {
    let Some(unix) = unix else { return p.unknown().to_owned() };
    let full = p.format_timestamp(unix);
    // A print of another year is not told by its time of day.
    let (then, now) = (year(unix, p.now.utc_offset), year(p.now.unix, p.now.utc_offset));
    if let (Some(then), true, false) = (then, then != now, narrow) {
        return format!("{} {then}", text::date(unix, p.now));
    }
    match full.rsplit_once(' ') {
        Some((day, _)) if narrow && day.contains(' ') => day.to_owned(),
        _ => full,
    }
}
