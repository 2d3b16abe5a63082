//! Projects of the account, and the plates of one.

use super::{Row, format_timestamp, grams, minutes, picture, rows, waiting};
use crate::{
    protocol::rest::projects::{Plate, Project, ProjectProfile},
    state::{cloud::history::plate_picture, printer::ams::Rgba, view::dialogs::HistoryView},
    ui::{painter::Painter, panes::ams, text, theme::Role},
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Painter, area: Rect, open: &HistoryView) {
    let width = usize::from(area.width);
    if p.state.cloud.history.project.value().is_some() {
        return plates(p, area, open);
    }
    let Some(list) = p.state.cloud.history.projects.value() else {
        return p.line(area, 0, p.span(Role::Dim, waiting(p, open)));
    };
    let mut list: Vec<Row> = list.iter().map(|project| (true, line(p, project, width))).collect();
    if list.is_empty() {
        list.push((false, p.span(Role::Dim, "the account has no projects").into()));
    }
    rows(p, area, open, list);
}

fn line(p: &Painter, project: &Project, width: usize) -> Line<'static> {
    let narrow = width < 60;
    let at = format_timestamp(p, project.updated.or(project.created).map(|at| at.0), narrow);
    let date = if narrow { 7 } else { 14 };
    let status = project.status.as_deref().unwrap_or_default().to_lowercase();
    // What is as it should be needs no word.
    let status = if status == "active" { String::new() } else { status };
    let name = p.clip(project.name.as_deref().unwrap_or(p.unknown()), width.saturating_sub(date + 10));
    vec![p.span(Role::Dim, p.fit(&at, date)), p.span(Role::Text, name), p.span(Role::Waiting, format!("  {status}"))]
        .into()
}

fn plates(p: &mut Painter, area: Rect, open: &HistoryView) {
    let history = &p.state.cloud.history;
    let chosen = history.plates().nth(open.at.at(usize::MAX)).map(|(profile, plate)| plate_picture(profile, plate));
    let room = picture(p, area, &chosen.unwrap_or_default());
    let width = usize::from(room.width);
    let history = &p.state.cloud.history;
    let project = history.project.value();
    let name = project.and_then(|project| project.name.as_deref()).unwrap_or(p.unknown());
    let mut list: Vec<Row> = vec![(false, p.span(Role::Strong, p.clip(name, width)).into())];
    let made = project.and_then(|project| project.created).map(|at| at.0);
    list.push((false, p.span(Role::Dim, format!("made {}", format_timestamp(p, made, false))).into()));
    let mut before: Option<&ProjectProfile> = None;
    for (profile, plate) in history.plates() {
        if before.is_none_or(|before| before.id != profile.id) {
            let lines = text::wrap(&profile_words(profile), width);
            list.extend(lines.into_iter().map(|line| (false, p.span(Role::Accent, line).into())));
        }
        before = Some(profile);
        let lines = text::wrap(&plate_words(p, plate), width.saturating_sub(4));
        list.extend(lines.into_iter().enumerate().map(|(at, line)| {
            let indent = if at == 0 { "  " } else { "    " };
            (at == 0, p.span(Role::Text, format!("{indent}{line}")).into())
        }));
        list.extend(plate.filaments.iter().flatten().map(|filament| {
            let mut spans = vec![p.span(Role::Dim, "    ")];
            spans.extend(
                filament.color.as_deref().and_then(Rgba::parse).map(|c| ams::swatch(p, &[c])).into_iter().flatten(),
            );
            let used = match (filament.grams, filament.metres) {
                (Some(g), Some(m)) => format!(", {g:.1} g, {m:.1} m"),
                (Some(g), None) => format!(", {g:.1} g"),
                _ => String::new(),
            };
            let kind = filament.kind.as_deref().unwrap_or(p.unknown());
            spans.push(p.span(Role::Dim, format!(" {kind}{used}")));
            (false, Line::from(spans))
        }));
    }
    if before.is_none() {
        list.push((false, p.span(Role::Dim, "nothing sliced in it yet").into()));
    }
    rows(p, room, open, list);
}

fn profile_words(profile: &ProjectProfile) -> String {
    let known = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
    let title = known(&profile.name).or(known(&profile.filename)).unwrap_or_else(|| "sliced".to_owned());
    let fits = profile.context.as_ref().and_then(|context| context.compatibility.as_ref());
    let model = fits.and_then(|fits| known(&fits.product).or(known(&fits.model))).map(|model| format!(" for {model}"));
    let nozzle = fits.and_then(|fits| fits.nozzle_diameter).map(|mm| format!(", {mm} mm nozzle"));
    format!("{title}{}{}", model.unwrap_or_default(), nozzle.unwrap_or_default())
}

fn plate_words(p: &Painter, plate: &Plate) -> String {
    let index = plate.index.map_or_else(|| p.unknown().to_owned(), |n| n.to_string());
    let objects = match plate.objects.as_ref().map(Vec::len) {
        Some(1) => format!("{}1 object", p.dot()),
        Some(count) => format!("{}{count} objects", p.dot()),
        None => String::new(),
    };
    let dot = p.dot();
    format!("plate {index}{dot}{}{dot}{}{objects}", minutes(p, plate.prediction_s), grams(p, plate.grams))
}
