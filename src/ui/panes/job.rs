//! The job of the selected printer: what, how far, done when, and whether anything is in the way.

use super::{job_alerts, temps};
use crate::protocol::codes;
use crate::state::screen::alerts;
use crate::state::{
    printer::{Printer, Status, error_texts::DANGER, job::Phase, need::Need},
    screen::layout::margin,
    view::Pane,
};
use crate::ui::{
    dialogs::objects,
    painter::{Painter, width_of},
    text,
    theme::{Role, Theme},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, rect: Rect) {
    let Some(printer) = p.state.selected() else {
        return p.pane_of_nobody(rect, Pane::Job, "");
    };
    let title = match printer.model {
        crate::protocol::model::Model::Unknown => printer.name.clone(),
        model if rect.width >= 70 && !printer.name.contains(model.short()) => {
            format!("{}{}{model}", printer.name, p.dot())
        }
        _ => printer.name.clone(),
    };
    let right = state_title(p, printer, usize::from(rect.width).saturating_sub(4 + text::width(&title).min(10) + 3));
    let room = p.pane(rect, Pane::Job, &title, right);
    let room = margin(room);
    let zoomed = p.state.view.zoom == Some(Pane::Job);
    let list = alerts::area(room, printer).filter(|_| zoomed);
    let job = list.map_or(room, |list| Rect { height: list.y - room.y, ..room });
    let lines = lines(p, printer, job, list.is_none());
    let used = lines.len() as u16 + 1;
    for (row, line) in lines.into_iter().enumerate() {
        p.line(job, row as u16, line);
    }
    if zoomed {
        objects::overview(p, Rect { y: job.y + used, height: job.height.saturating_sub(used), ..job }, printer);
    }
    if let Some(list) = list {
        super::alerts::draw(p, list, printer);
    } else {
        for code in printer.codes() {
            p.link(job, &code.to_string(), &code.wiki());
        }
    }
}

/// The same for a title with so much room: where it does not fit, danger stays, and how old it is before what it is doing.
fn state_title(p: &Painter, printer: &Printer, room: usize) -> Vec<Span<'static>> {
    let whole = state_words(p, printer);
    if !printer.is_in_danger() || width_of(&whole) <= room {
        return whole;
    }
    let danger = || p.span(Role::Danger, DANGER);
    let mut short = vec![danger(), p.span(Role::Dim, p.dot())];
    short.extend(p.transport_and_connection(printer));
    if width_of(&short) <= room { short } else { vec![danger()] }
}

/// `printing · live`; a printer that cannot be reached is only that.
pub(in crate::ui) fn state_words(p: &Painter, printer: &Printer) -> Vec<Span<'static>> {
    let status = printer.status();
    let mut out = vec![];
    if printer.is_in_danger() {
        out.extend([p.span(Role::Danger, DANGER), p.span(Role::Dim, p.dot())]);
    }
    // The word for the link may begin with the same.
    if !p.link_word(printer).content.starts_with(status.word()) {
        out.push(p.span(Theme::role_of(status, p.is_stale(printer)), status.word()));
        out.push(p.span(Role::Dim, p.dot()));
    }
    out.extend(p.transport_and_connection(printer));
    out
}

fn lines(p: &Painter, printer: &Printer, room: Rect, codes: bool) -> Vec<Line<'static>> {
    let (width, height) = (usize::from(room.width), usize::from(room.height));
    let facts = facts(p, printer, width);
    let bar = bar_line(p, printer, width);
    // Name, bar and two lines of facts come first; words about trouble get what is left.
    let must = 1 + usize::from(bar.is_some()) + facts.len().min(if height > 6 { 3 } else { 2 });
    let alerts = job_alerts::lines(p, printer, width, height.saturating_sub(must).max(1), codes);
    let spare = height.saturating_sub(1 + alerts.len() + usize::from(bar.is_some()) + facts.len());
    let mut out = vec![name_line(p, printer, width)];
    out.extend(alerts);
    if spare > 1 || (spare > 0 && bar.is_none()) {
        out.push(Line::default());
    }
    if let Some(bar) = bar {
        out.push(bar);
        if spare > 0 {
            out.push(Line::default());
        }
    }
    out.extend(facts);
    if p.state.view.zoom == Some(Pane::Job) {
        out.extend(planned(p, printer, width));
        let more = objects::facts(p, printer, width);
        out.extend((!more.is_empty()).then(Line::default));
        out.extend(more);
    }
    out.truncate(height);
    out
}

fn name_line(p: &Painter, printer: &Printer, width: usize) -> Line<'static> {
    let job = &printer.job;
    let Some(name) = &job.name else {
        let at_rest = matches!(printer.status(), Status::Idle | Status::Trouble);
        if let Some(gone) = job.gone.as_ref().filter(|gone| at_rest && (gone.failed || gone.name.is_some())) {
            let at = gone.percent.map_or_else(String::new, |percent| format!(" at {percent} %"));
            let (ended, role) = if job.is_lost() { ("failed", Role::Trouble) } else { ("ended", Role::Dim) };
            let name = gone.name.as_deref().unwrap_or("the job");
            return p.span(role, p.clip(&format!("{name} {ended}{at}: the printer has it no longer"), width)).into();
        }
        let words = match printer.status() {
            Status::Idle => "idle",
            Status::Unknown => return p.span(Role::Dim, unknown_words(printer)).into(),
            Status::Offline | Status::Connecting if printer.last_report.is_none() => "no data yet",
            _ => "no job",
        };
        let aside = super::printers::aside(printer).map(|aside| p.clip(&aside, width));
        return aside.map_or_else(|| p.span(Role::Dim, words), |aside| p.span(p.value_role(printer), aside)).into();
    };
    let of = job.plates.filter(|all| *all > 1).map_or_else(String::new, |all| format!(" of {all}"));
    let plate = job.plate.map(|plate| format!("{}plate {plate}{of}", p.dot()));
    let origin = job.origin.map(|origin| {
        let words = match origin {
            "cloud" => "from the cloud",
            "local" => "sent over LAN",
            other => other,
        };
        format!("{}{words}", p.dot())
    });
    let mut tail = String::new();
    for part in [plate, origin].into_iter().flatten() {
        // The name goes first; what does not fit beside it is left out whole.
        if text::width(name) + text::width(&tail) + text::width(&part) <= width {
            tail += &part;
        }
    }
    let role = if p.is_stale(printer) { Role::Stale } else { Role::Strong };
    let name = p.clip(name, width);
    vec![p.span(role, name), p.span(Role::Dim, tail)].into()
}

fn unknown_words(printer: &Printer) -> String {
    match &printer.job.unknown_word {
        Some(word) => format!("unknown state \"{word}\""),
        None => "the printer has not reported its state yet".to_owned(),
    }
}

/// Bar and percent at a fixed place; while preparing, the stage in words.
pub(in crate::ui) fn bar_line(p: &Painter, printer: &Printer, width: usize) -> Option<Line<'static>> {
    let job = &printer.job;
    let stale = p.is_stale(printer);
    let percent = job.percent.filter(|_| job.phase.is_active() || job.phase.is_over())?;
    let role = match (job.phase, printer.status()) {
        _ if stale => Role::Stale,
        (_, Status::Waiting) => Role::Waiting,
        _ if printer.need() == Some(Need::Alarm) || printer.is_in_danger() => Role::Trouble,
        (Phase::Finished, _) => Role::Ok,
        (Phase::Failed, _) | (_, Status::Trouble) => Role::Trouble,
        (Phase::Paused, _) => Role::Waiting,
        (Phase::Stopped | Phase::Cancelled, _) => Role::Dim,
        _ => Role::Active,
    };
    let room = width.saturating_sub(7);
    let mut spans = Vec::new();
    let preparing = printer.status() == Status::Preparing;
    let download = job.download.filter(|d| *d < 100 && job.phase == Phase::Preparing);
    let shown = download.unwrap_or(percent);
    match (&job.stage, preparing) {
        (Some(what), true) if download.is_none() => {
            let symbol = p.theme.symbol(Status::Preparing, false);
            spans.push(p.span(role, p.fit(&format!("{symbol} {what}"), room)));
        }
        _ => {
            let words = if download.is_some() { "downloading " } else { "" };
            let words = if room > 30 { words } else { "" };
            let (full, empty) = text::bar(f64::from(shown), room - words.len(), p.theme.ascii);
            spans.push(p.span(role, words));
            spans.push(p.span(role, full));
            // An unfilled track shows where the end is.
            let track = if p.theme.ascii { empty } else { "·".repeat(text::width(&empty)) };
            spans.push(p.span(Role::Dim, track));
        }
    }
    let value = if stale { Role::Stale } else { Role::Strong };
    spans.push(p.span(value, format!("  {shown:>3}")));
    spans.push(p.span(Role::Dim, " %"));
    Some(spans.into())
}

/// A fact: label, value.
type Fact = (&'static str, String);

/// Facts in rows of three, or, where that is too tight, of two, the most important first.
fn facts(p: &Painter, printer: &Printer, width: usize) -> Vec<Line<'static>> {
    if printer.last_report.is_none() {
        return vec![];
    }
    let (wide, tight) = (width >= 70, width < 48);
    let unknown = || p.unknown().to_owned();
    let mut all: Vec<Fact> = Vec::new();
    job_facts(p, printer, wide, &mut all);
    let fan = |value: Option<u8>| value.map_or_else(unknown, |v| format!("{v} %"));
    let light = printer.light_word().map_or_else(unknown, str::to_owned);
    let minus = p.theme.pick_text("−", "-");
    let network = printer.network().map_or_else(unknown, |n| n.replace('-', minus));
    if wide {
        all.extend(temps::fans(printer).into_iter().map(|(name, percent)| {
            let label = match name {
                "aux" => "aux fan",
                "chamber" => "chamber fan",
                _ => "part fan",
            };
            (label, fan(percent))
        }));
        let firmware = printer.firmware.clone().unwrap_or_else(unknown);
        all.extend([("light", light), ("network", network), ("firmware", firmware)]);
    } else {
        all.extend([("fan", fan(printer.temps.fans.part)), ("light", light), ("", network)]);
    }
    if tight {
        // Time left and the end come before layer and stage.
        all.sort_by_key(|(label, _)| !matches!(*label, "left" | "done"));
    }
    let role = p.value_role(printer);
    all.chunks(if tight { 2 } else { 3 }).map(|row| columns(p, row, role, width)).collect()
}

fn job_facts(p: &Painter, printer: &Printer, wide: bool, out: &mut Vec<Fact>) {
    let unknown = || p.unknown().to_owned();
    let job = &printer.job;
    let layers = match (job.layer, job.layers) {
        (Some(layer), Some(all)) => format!("{layer} / {all}"),
        (None, Some(all)) => format!("{} / {all}", p.unknown()),
        (Some(layer), None) => layer.to_string(),
        (None, None) => unknown(),
    };
    if job.phase.is_active() {
        let left = job.minutes_left.map_or_else(unknown, text::minutes);
        let done = job.done_at.map_or_else(unknown, |at| {
            let today = if wide && text::is_today(at, p.now) { " (today)" } else { "" };
            p.format_timestamp(at) + today
        });
        let elapsed = job.started.map_or_else(unknown, |at| text::minutes(p.minutes_since(at)));
        let speed = match (job.speed, job.speed_percent) {
            (Some(speed), Some(percent)) => format!("{} {percent} %", speed.name()),
            (Some(speed), None) => speed.name().to_owned(),
            _ => unknown(),
        };
        // While preparing, the stage stands in the bar's place.
        let stage = job.stage.as_deref().filter(|_| printer.status() != Status::Preparing);
        let stage = stage.unwrap_or_else(|| printer.status().word());
        let stage = stage.strip_prefix("paused: ").unwrap_or(stage);
        // What it is about to do is news; how long a stage takes, only a wide pane has room for.
        let stage = job.turn.map_or_else(|| stage.to_owned(), |turn| turn.name().to_owned());
        let stage = match job.stage_seconds.filter(|_| wide && job.turn.is_none()) {
            Some(seconds) => format!("{stage}, {}", text::minutes(seconds.div_ceil(60))),
            None => stage,
        };
        out.extend([("layer", layers), ("left", left), (if wide { "done at" } else { "done" }, done)]);
        let (stage_label, speed_label) = if wide { ("stage", "speed") } else { ("", "") };
        out.extend([(stage_label, stage), ("elapsed", elapsed), (speed_label, speed)]);
    } else if job.phase.is_over() && job.name.is_some() {
        let before = || job.ended_before.map(|at| format!("before {}", p.format_timestamp(at)));
        let ended = job.ended.map(|at| p.format_timestamp(at)).or_else(before).unwrap_or_else(unknown);
        let took = job.started.zip(job.ended).map_or_else(unknown, |(start, end)| {
            text::minutes((end.div_euclid(60) - start.div_euclid(60)).max(0) as u32)
        });
        out.extend([("layer", layers), ("took", took), ("ended", ended)]);
    }
}

/// What the printer plans to do after the present stage. Where that is not in its plan, the plan may be done.
fn planned(p: &Painter, printer: &Printer, width: usize) -> Option<Line<'static>> {
    let job = &printer.job;
    let here = job.stages.iter().position(|id| Some(*id) == job.stage_id)?;
    let names: Vec<_> = job.stages[here + 1..].iter().filter_map(|id| codes::stage(*id)).collect();
    let words = p.clip(&names.join(", "), width.saturating_sub(9));
    let label = p.span(Role::Dim, p.fit("then", 9));
    (!names.is_empty()).then(|| vec![label, p.span(p.value_role(printer), words)].into())
}

fn columns(p: &Painter, row: &[Fact], role: Role, width: usize) -> Line<'static> {
    let wide = width >= 70;
    let count = if width < 48 { 2 } else { 3 };
    // Of a wide pane the first column gets the most, for the sentences of stages; figures need little.
    let rooms = if wide {
        let (middle, right) = ((width / 4).max(19), (width * 7 / 20).max(27));
        [width - middle - right, middle, right]
    } else {
        [width / count; 3]
    };
    let mut spans: Vec<Span<'static>> = Vec::new();
    // In a wide pane the values of a column begin at the same place.
    let label_room = if wide { 9 } else { 0 };
    let last = count - 1;
    for (at, (label, value)) in row.iter().enumerate() {
        let label = match *label {
            "" => String::new(),
            label if label_room > 0 => p.fit(label, if at == last { 12 } else { label_room }),
            label => format!("{label} "),
        };
        let room = if at == last { width - rooms[..last].iter().sum::<usize>() } else { rooms[at] };
        let used = text::width(&label);
        spans.push(p.span(Role::Dim, label));
        let value = p.clip(value, room.saturating_sub(used + usize::from(at != last)));
        spans.push(p.span(role, p.fit(&value, room.saturating_sub(used))));
    }
    spans.into()
}

/// Whether orders to a printer are refused by its firmware.
pub(in crate::ui) fn is_locked(printer: &Printer) -> bool {
    printer.permission().is_locked()
}
