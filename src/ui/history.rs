//! What the cloud remembers of the account: prints, totals, printers, messages, projects, the account itself.

mod account;
mod messages;
mod printers;
mod prints;
mod projects;
mod totals;

use super::{camera, paint::Paint, text, theme::Role};
use crate::state::{
    history::{Browse, COVER, Tab, has_picture, year},
    keymap::Intent,
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// A row of a list, and whether it can be chosen: headings cannot.
type Row = (bool, Line<'static>);

pub(super) fn draw(p: &mut Paint, area: Rect, open: &Browse) {
    p.clear(area);
    let border = p.theme.style(Role::Focus);
    let room = crate::state::layout::margin(p.boxed(area, border, "Cloud", marks(p, open)));
    if room.height < 2 {
        return;
    }
    let line = tabs(p, open, usize::from(room.width));
    p.line(room, 0, line);
    let bottom = bottom(p, open, usize::from(room.width));
    let height = room.height - 1 - (bottom.len() as u16).min(room.height - 1);
    let list = Rect { y: room.y + 1, height, ..room };
    for (row, line) in bottom.into_iter().enumerate() {
        p.line(room, 1 + height + row as u16, line);
    }
    match open.tab {
        Tab::Prints => prints::draw(p, list, open),
        Tab::Totals => {
            let lines = totals::rows(p, open, usize::from(list.width));
            rows(p, list, open, lines);
        }
        Tab::Printers => printers::draw(p, list, open),
        Tab::Messages => messages::draw(p, list, open),
        Tab::Projects => projects::draw(p, list, open),
        Tab::Account => account::draw(p, list, open),
    }
}

/// What stands at the right of the title: how many prints, and whose.
fn marks(p: &Paint, open: &Browse) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    if !matches!(open.tab, Tab::Prints | Tab::Totals) {
        return out;
    }
    if let Some(prints) = p.state.history.of(open.only.as_deref()).filter(|prints| !prints.tasks.is_empty()) {
        let shown = prints.tasks.len();
        let of = prints.total.filter(|total| *total > shown as i64);
        let of = of.map_or_else(String::new, |total| format!(" of {total}"));
        out.push(p.span(Role::Dim, format!("{shown}{of} prints")));
    }
    if let Some(serial) = &open.only {
        if !out.is_empty() {
            out.push(p.span(Role::Dim, p.dot()));
        }
        out.push(p.span(Role::Accent, name_of(p, serial)));
    }
    out
}

/// The name of a printer by its serial, or the serial where nobody has named it.
fn name_of(p: &Paint, serial: &str) -> String {
    let known = p.state.printers.iter().find(|printer| printer.serial == serial).map(|printer| printer.name.clone());
    let task = || p.state.history.shown(Some(serial)).iter().find_map(|task| task.device_name.clone());
    known.or_else(task).unwrap_or_else(|| serial.to_owned())
}

/// The parts; where they have no room, the one that is shown and how many there are.
fn tabs(p: &Paint, open: &Browse, width: usize) -> Line<'static> {
    let mark = p.theme.pick_text("►", ">");
    let wide: usize = Tab::ALL.iter().map(|tab| tab.title().len() + 2).sum();
    if wide > width {
        let at = Tab::ALL.iter().position(|tab| *tab == open.tab).unwrap_or(0) + 1;
        let of = format!("  {at} of {}, Tab goes on", Tab::ALL.len());
        return vec![p.span(Role::Accent, format!("{mark}{}", open.tab.title())), p.span(Role::Dim, of)].into();
    }
    let mut spans = Vec::new();
    for tab in Tab::ALL {
        let role = if tab == open.tab { Role::Accent } else { Role::Dim };
        let mark = if tab == open.tab { mark } else { " " };
        spans.push(p.span(role, format!("{mark}{} ", tab.title())));
    }
    spans.into()
}

/// What is wrong, or that an answer is being waited for.
fn bottom(p: &Paint, open: &Browse, width: usize) -> Vec<Line<'static>> {
    let history = &p.state.history;
    let source = open.tab.source();
    if open.leaving {
        let words = format!("{} again signs out and forgets the token here; Esc keeps it", key(p, Intent::Stop));
        return text::wrap(&words, width.max(8)).into_iter().map(|line| p.span(Role::Waiting, line).into()).collect();
    }
    if let Some(why) = history.trouble.get(&source) {
        let lines = text::wrap(why, width.max(8)).into_iter().take(3);
        return lines.map(|line| p.span(Role::Trouble, line).into()).collect();
    }
    let busy = source == Tab::Prints && history.of(open.only.as_deref()).is_some_and(|prints| prints.busy);
    if busy { vec![p.span(Role::Active, "asking the cloud").into()] } else { Vec::new() }
}

/// What a part says before its first answer came.
fn waiting(p: &Paint, tab: Tab) -> &'static str {
    if p.state.history.trouble.contains_key(&tab) { "" } else { "asking the cloud" }
}

/// Lines of which one is chosen, scrolled so that it is visible.
fn rows(p: &mut Paint, area: Rect, open: &Browse, lines: Vec<Row>) {
    // Headings cannot be chosen: the chosen row counts only the others.
    let choices = lines.iter().filter(|(row, _)| *row).count();
    let at = open.at.min(choices.saturating_sub(1));
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

/// A fact, its value wrapped behind its label.
fn fact(p: &Paint, label: &str, value: &str, role: Role, width: usize) -> Vec<Line<'static>> {
    let label_width = if width >= 40 { 13 } else { 10 };
    let value = if value.is_empty() { p.unknown() } else { value };
    let lines = text::wrap(value, width.saturating_sub(label_width).max(8)).into_iter().enumerate();
    let label = |at: usize| if at == 0 { p.fit(label, label_width) } else { " ".repeat(label_width) };
    lines.map(|(at, line)| vec![p.span(Role::Dim, label(at)), p.span(role, line)].into()).collect()
}

/// A picture beside or above facts; returns the room that is left.
fn picture(p: &mut Paint, area: Rect, of: &str) -> Rect {
    let (width, height) = (COVER.width, COVER.height / 2);
    let size = p.state.view.size;
    let Some(picture) = p.state.history.cover(of).cloned().filter(|_| has_picture(size.width, size.height)) else {
        return area;
    };
    if area.width >= width + 36 {
        let place = Rect { x: area.x + area.width - width, width, height: height.min(area.height), ..area };
        camera::paint(p, place, &picture, false);
        return Rect { width: area.width - width - 2, ..area };
    }
    let place = Rect { height: height.min(area.height), ..area };
    camera::paint(p, place, &picture, false);
    let used = (height + 1).min(area.height);
    Rect { y: area.y + used, height: area.height - used, ..area }
}

/// Lines that scroll; what is below is counted in the last row.
fn lines(p: &mut Paint, area: Rect, open: &Browse, lines: Vec<Line<'static>>) {
    let (all, height) = (lines.len(), usize::from(area.height));
    let from = usize::from(open.scroll).min(all.saturating_sub(height));
    for (row, line) in lines.into_iter().skip(from).take(height).enumerate() {
        p.line(area, row as u16, line);
    }
    let below = all.saturating_sub(from + height);
    if below > 0 {
        let more = p.span(Role::Text, format!(" {} {below} more", p.theme.pick_text("▾", "v")));
        p.line_right(area, area.height.saturating_sub(1), more);
    }
}

/// Minutes of a span of seconds, in words.
fn minutes(p: &Paint, seconds: Option<i64>) -> String {
    seconds.map_or_else(|| p.unknown().to_owned(), |s| text::minutes((s / 60).clamp(0, i64::from(u32::MAX)) as u32))
}

fn grams(p: &Paint, grams: Option<f64>) -> String {
    grams.map_or_else(|| p.unknown().to_owned(), |g| format!("{g:.0} g"))
}

/// The first key of an intent.
fn key(p: &Paint, intent: Intent) -> String {
    p.state.keymap.key_of(intent).map_or_else(String::new, |key| key.to_string())
}

/// A moment; narrow: the day alone where it is not today.
fn moment(p: &Paint, unix: Option<i64>, narrow: bool) -> String {
    let Some(unix) = unix else { return p.unknown().to_owned() };
    let full = p.moment(unix);
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
