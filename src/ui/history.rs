//! What the cloud remembers of the account: prints, totals, messages, projects, the account itself.

use super::{camera, paint::Paint, text, theme::Role};
use crate::{
    protocol::rest::{
        messages::MessageKind,
        tasks::{Task, TaskStatus},
    },
    state::{
        account::Account,
        history::{Browse, COVER, Sum, Tab, sums},
        keymap::Intent,
    },
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Paint, area: Rect, open: &Browse) {
    p.clear(area);
    let border = p.theme.style(Role::Focus);
    let room = crate::state::layout::margin(p.boxed(area, border, "Cloud", marks(p, open)));
    if room.height < 2 {
        return;
    }
    p.line(room, 0, tabs(p, open));
    let history = &p.state.history;
    let bottom = match &history.trouble {
        Some(why) => Some(p.span(Role::Trouble, p.clip(why, usize::from(room.width)))),
        None if history.busy => Some(p.span(Role::Active, "asking the cloud")),
        None => None,
    };
    let height = room.height - 1 - u16::from(bottom.is_some());
    if let Some(words) = bottom {
        p.line(room, room.height - 1, words);
    }
    let list = Rect { y: room.y + 1, height, ..room };
    match open.tab {
        Tab::Prints => prints(p, list, open),
        Tab::Totals => rows(p, list, open, totals(p, open)),
        Tab::Messages => rows(p, list, open, messages(p)),
        Tab::Projects => rows(p, list, open, projects(p)),
        Tab::Account => {
            let lines = account(p);
            for (row, line) in lines.into_iter().enumerate() {
                p.line(list, row as u16, line);
            }
        }
    }
}

fn marks(p: &Paint, open: &Browse) -> Vec<Span<'static>> {
    let history = &p.state.history;
    let mut out = Vec::new();
    if matches!(open.tab, Tab::Prints | Tab::Totals) && !history.tasks.is_empty() {
        let shown = history.shown(open.only.as_deref()).len();
        let of = history.total.filter(|total| *total > shown as i64 && open.only.is_none());
        let of = of.map_or_else(String::new, |total| format!(" of {total}"));
        out.push(p.span(Role::Dim, format!("{shown}{of} prints")));
    }
    if let Some(serial) = &open.only {
        let name = p.state.printers.iter().find(|printer| printer.serial == *serial).map(|printer| &printer.name);
        out.push(p.span(Role::Accent, format!(" {}", name.unwrap_or(serial))));
    }
    out
}

fn tabs(p: &Paint, open: &Browse) -> Line<'static> {
    let mut spans = Vec::new();
    for tab in Tab::ALL {
        let role = if tab == open.tab { Role::Accent } else { Role::Dim };
        let mark = if tab == open.tab { p.theme.pick_text("►", ">") } else { " " };
        spans.push(p.span(role, format!("{mark}{} ", tab.title())));
    }
    spans.into()
}

/// Lines of which one is chosen, scrolled so that it is visible.
fn rows(p: &mut Paint, area: Rect, open: &Browse, lines: Vec<(bool, Line<'static>)>) {
    // Headings cannot be chosen: the chosen row counts only the others.
    let chosen = lines.iter().enumerate().filter(|(_, (row, _))| *row).nth(open.at).map(|(at, _)| at);
    let height = usize::from(area.height).max(1);
    let top = chosen.map_or(0, |at| (at + 1).saturating_sub(height));
    for (at, (_, line)) in lines.into_iter().enumerate().skip(top).take(height) {
        let row = (at - top) as u16;
        if Some(at) == chosen {
            let place = Rect { y: area.y + row, height: 1, ..area };
            p.buf.set_style(place.intersection(p.buf.area), p.theme.style(Role::Selected));
        }
        p.line(area, row, line);
    }
}

fn prints(p: &mut Paint, area: Rect, open: &Browse) {
    let tasks: Vec<Task> = p.state.history.shown(open.only.as_deref()).into_iter().cloned().collect();
    if tasks.is_empty() {
        let words = if p.state.history.busy { "" } else { "the cloud remembers no prints" };
        return p.line(area, 0, p.span(Role::Dim, words));
    }
    let wide = area.width >= 100;
    let side = if wide { 40 } else { 0 };
    let left = Rect { width: area.width - side, ..area };
    let lines = tasks.iter().map(|task| (true, print_line(p, task, usize::from(left.width)))).collect();
    rows(p, left, open, lines);
    if !wide {
        return;
    }
    let task = &tasks[open.at.min(tasks.len() - 1)];
    let right = Rect { x: area.x + left.width + 2, width: side - 2, ..area };
    let picture = p.state.history.cover.clone().filter(|(id, _)| task.id.as_ref() == Some(id));
    let rows = COVER.height / 2;
    if let Some((_, picture)) = picture {
        camera::paint(p, Rect { height: rows.min(right.height), ..right }, &picture, false);
    }
    let below = Rect { y: right.y + rows + 1, height: right.height.saturating_sub(rows + 1), ..right };
    for (row, line) in detail(p, task).into_iter().enumerate() {
        p.line(below, row as u16, line);
    }
}

fn print_line(p: &Paint, task: &Task, width: usize) -> Line<'static> {
    let at = task.started.map_or_else(|| p.unknown().to_owned(), |at| p.moment(at.0));
    let (role, symbol) = match &task.status {
        Some(TaskStatus::Finished) => (Role::Ok, p.theme.pick_text("✓", "+")),
        Some(TaskStatus::Stopped) => (Role::Trouble, p.theme.pick_text("✗", "x")),
        Some(TaskStatus::Running) => (Role::Active, p.theme.pick_text("►", ">")),
        _ => (Role::Dim, p.theme.pick_text("·", ".")),
    };
    let took = task.took_s().map_or_else(|| p.unknown().to_owned(), |s| text::minutes((s / 60).max(0) as u32));
    let grams = task.grams.map_or_else(|| p.unknown().to_owned(), |g| format!("{g:.0} g"));
    let device = task.device_name.as_deref().unwrap_or(p.unknown());
    let joined = p.state.printers.iter().any(|printer| {
        printer.job.phase.is_active() && p.state.history.task_of(printer).is_some_and(|own| own.id == task.id)
    });
    let name_room = width.saturating_sub(2 + 14 + if width >= 70 { 18 } else { 0 } + 11 + 8).max(8);
    let mut spans = vec![
        p.span(role, format!("{symbol} ")),
        p.span(Role::Dim, p.fit(&at, 14)),
        p.span(Role::Text, p.fit(task.name().unwrap_or(p.unknown()), name_room)),
    ];
    if width >= 70 {
        spans.push(p.span(Role::Dim, p.fit(&format!(" {device}"), 18)));
    }
    let time = if joined { "now".to_owned() } else { took };
    spans.push(p.span(Role::Text, p.fit_right(&time, 11)));
    spans.push(p.span(Role::Dim, p.fit_right(&grams, 8)));
    spans.into()
}

fn detail(p: &Paint, task: &Task) -> Vec<Line<'static>> {
    let fact = |label: &str, value: String| -> Line<'static> {
        vec![p.span(Role::Dim, p.fit(label, 10)), p.span(Role::Text, value)].into()
    };
    let unknown = || p.unknown().to_owned();
    let status = task.status.as_ref().map_or_else(unknown, ToString::to_string);
    let mut out = vec![
        p.span(Role::Strong, task.name().unwrap_or(p.unknown()).to_owned()).into(),
        fact("ended", status),
        fact("slicer", task.estimate_s.map_or_else(unknown, |s| text::minutes((s / 60).max(0) as u32))),
        fact(
            "used",
            match (task.grams, task.metres()) {
                (Some(g), Some(m)) => format!("{g:.1} g, {m:.1} m"),
                (Some(g), None) => format!("{g:.1} g"),
                _ => unknown(),
            },
        ),
    ];
    out.extend(task.plate_name.clone().filter(|n| !n.is_empty()).map(|name| fact("plate", name)));
    out.extend(task.bed_type.clone().filter(|n| !n.is_empty()).map(|bed| fact("bed", bed)));
    for filament in task.filaments.iter().flatten().take(8) {
        let kind = filament.target_kind.as_deref().or(filament.kind.as_deref()).unwrap_or(p.unknown());
        let color = filament.target_color.as_deref().and_then(|c| c.get(..6)).unwrap_or("");
        let grams = filament.grams.map_or_else(String::new, |g| format!(" {g:.1} g"));
        out.push(fact("filament", format!("{kind} #{color}{grams}")));
    }
    out
}

fn totals(p: &Paint, open: &Browse) -> Vec<(bool, Line<'static>)> {
    let history = &p.state.history;
    let [all, printers, months] = sums(&history.shown(open.only.as_deref()), p.now.utc_offset);
    let heading = |words: &str| -> (bool, Line<'static>) { (false, p.span(Role::Strong, words.to_owned()).into()) };
    let mut out = vec![(
        false,
        Line::from(p.span(
            Role::Dim,
            format!("{}{:>8}{:>9}{:>10}{:>10}{:>9}", p.fit("", 20), "prints", "finished", "hours", "grams", "metres"),
        )),
    )];
    for (title, part) in [("", all), ("by printer", printers), ("by month", months)] {
        if !title.is_empty() {
            out.push(heading(title));
        }
        out.extend(part.into_iter().map(|sum| (true, sum_line(p, &sum))));
    }
    let rest =
        if history.leads_on() { "of the prints that were fetched; the end of the list fetches more" } else { "" };
    out.push((false, p.span(Role::Dim, rest).into()));
    out
}

fn sum_line(p: &Paint, sum: &Sum) -> Line<'static> {
    let success = sum.success().map_or_else(|| p.unknown().to_owned(), |percent| format!("{percent} %"));
    let figures = format!(
        "{:>8}{success:>9}{:>10.1}{:>10.0}{:>9.1}",
        sum.prints,
        sum.seconds as f64 / 3600.0,
        sum.grams,
        sum.metres
    );
    vec![p.span(Role::Text, p.fit(&sum.label, 20)), p.span(Role::Text, figures)].into()
}

fn messages(p: &Paint) -> Vec<(bool, Line<'static>)> {
    let history = &p.state.history;
    let unread = history.unread.map_or_else(|| p.unknown().to_owned(), |n| n.to_string());
    let mut out = vec![(false, Line::from(p.span(Role::Dim, format!("unread: {unread}"))))];
    for kind in MessageKind::ALL {
        let list = history.messages.get(&kind.number()).map_or(&[][..], Vec::as_slice);
        out.push((false, p.span(Role::Strong, format!("{kind:?} ({})", list.len()).to_lowercase()).into()));
        for message in list {
            let at = message.created.map_or_else(|| p.unknown().to_owned(), |at| p.moment(at.0));
            let task = message.task.as_ref();
            let words = [
                message.from.as_ref().and_then(|from| from.name.clone()),
                task.and_then(|task| task.title.clone()),
                task.and_then(|task| task.status.as_ref()).map(ToString::to_string),
                message.design.as_ref().and_then(|design| design.title.clone()),
                message.comment.as_ref().map(|comment| comment.0.clone()),
            ];
            let words: Vec<String> = words.into_iter().flatten().filter(|text| !text.is_empty()).collect();
            let mark = if message.read == Some(false) { "! " } else { "  " };
            out.push((
                true,
                vec![
                    p.span(Role::Waiting, mark),
                    p.span(Role::Dim, p.fit(&at, 14)),
                    p.span(Role::Text, words.join(p.dot())),
                ]
                .into(),
            ));
        }
    }
    out
}

fn projects(p: &Paint) -> Vec<(bool, Line<'static>)> {
    let history = &p.state.history;
    if let Some(project) = &history.project {
        let name = project.name.as_deref().unwrap_or(p.unknown()).to_owned();
        let mut out = vec![(false, Line::from(p.span(Role::Strong, name)))];
        for profile in project.profiles.iter().flatten() {
            let title = profile.name.as_deref().or(profile.filename.as_deref()).unwrap_or(p.unknown()).to_owned();
            out.push((true, p.span(Role::Accent, title).into()));
            for plate in profile.context.iter().flat_map(|context| context.plates.iter().flatten()) {
                let minutes =
                    plate.prediction_s.map_or_else(|| p.unknown().to_owned(), |s| text::minutes((s / 60) as u32));
                let grams = plate.grams.map_or_else(|| p.unknown().to_owned(), |g| format!("{g:.1} g"));
                let kinds: Vec<String> = plate
                    .filaments
                    .iter()
                    .flatten()
                    .map(|f| {
                        let kind = f.kind.clone().unwrap_or_default();
                        f.grams.map_or(kind.clone(), |g| format!("{kind} {g:.1} g"))
                    })
                    .collect();
                let index = plate.index.map_or_else(|| p.unknown().to_owned(), |n| n.to_string());
                let objects = plate.objects.as_ref().map_or(0, Vec::len);
                let words = format!(
                    "  plate {index}{d}{minutes}{d}{grams}{d}{objects} objects{d}{}",
                    kinds.join(", "),
                    d = p.dot()
                );
                out.push((false, p.span(Role::Text, words).into()));
            }
        }
        return out;
    }
    match &history.projects {
        None => vec![(false, p.span(Role::Dim, "asking the cloud").into())],
        Some(list) if list.is_empty() => vec![(false, p.span(Role::Dim, "the account has no projects").into())],
        Some(list) => list
            .iter()
            .map(|project| {
                let at =
                    project.updated.or(project.created).map_or_else(|| p.unknown().to_owned(), |at| p.moment(at.0));
                let name = project.name.as_deref().unwrap_or(p.unknown()).to_owned();
                let status = project.status.clone().unwrap_or_default();
                (
                    true,
                    Line::from(vec![
                        p.span(Role::Dim, p.fit(&at, 14)),
                        p.span(Role::Text, name),
                        p.span(Role::Dim, format!("  {status}")),
                    ]),
                )
            })
            .collect(),
    }
}

fn account(p: &Paint) -> Vec<Line<'static>> {
    let fact = |label: &str, value: String| -> Line<'static> {
        vec![p.span(Role::Dim, p.fit(label, 14)), p.span(Role::Text, value)].into()
    };
    let unknown = || p.unknown().to_owned();
    let mut out = Vec::new();
    if let Account::SignedIn(who) | Account::Expired(who) = &p.state.account {
        out.push(fact("account", who.account.clone().unwrap_or_else(unknown)));
        out.push(fact("user number", who.uid.clone()));
        out.push(fact("region", who.region.name().to_owned()));
        out.push(fact("signed in until", who.ends.map_or_else(unknown, |at| p.moment(at))));
    }
    if let Some(profile) = &p.state.history.profile {
        out.push(fact("name", profile.name.clone().unwrap_or_else(unknown)));
        if let Some(models) = profile.models.as_ref().filter(|models| !models.is_empty()) {
            out.push(fact("printers", models.join(", ")));
        }
    }
    let link = match &p.state.cloud_link {
        crate::state::printer::Link::Up { .. } => "connected".to_owned(),
        crate::state::printer::Link::Down { why, .. } => why.to_string(),
        crate::state::printer::Link::Connecting { .. } => "connecting".to_owned(),
        crate::state::printer::Link::Waiting => "not needed: every printer is reached over the LAN".to_owned(),
    };
    out.push(fact("broker", link));
    let key = |intent| p.state.keymap.key_of(intent).map_or_else(String::new, |key| key.to_string());
    out.push(Line::default());
    let hint = format!("`bambu-tui logout` signs out; {} asks again", key(Intent::Retry));
    out.push(p.span(Role::Dim, hint).into());
    out
}
