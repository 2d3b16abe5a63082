//! Filament: every unit, every slot, the external spools; the slot in use is marked.

use crate::state::{
    printer::{
        Printer,
        ams::{Content, Filament, Rgba, Tray, Unit},
    },
    screen::layout,
    view::Pane,
};
use crate::ui::{
    painter::{Painter, width_of},
    text,
    theme::Role,
};
use ratatui::{
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, rect: Rect) {
    let Some(printer) = p.state.selected() else {
        return p.pane_of_nobody(rect, Pane::Ams, "AMS");
    };
    if p.state.view.zoom == Some(Pane::Ams) {
        return super::info_table::filament(p, rect);
    }
    let ams = &printer.ams;
    let total = layout::ams_lines(rect.width.saturating_sub(2), ams);
    let height = rect.height.saturating_sub(2);
    let scroll = p.state.view.scroll[Pane::Ams].at(total.saturating_sub(height).into()) as u16;
    let below = total.saturating_sub(scroll + height);
    let (title, mut right) = match &ams.units[..] {
        [unit] => {
            let title = format!("{} {}", unit.kind.name(), unit.label);
            let more = if total > height { 13 } else { 0 };
            let room = usize::from(rect.width).saturating_sub(9 + text::width(&title) + more);
            let facts = unit_facts(p, printer, unit, room);
            (title, facts)
        }
        [] => ("Filament".to_owned(), vec![]),
        _ => {
            let doing = ams.activity.filter(|_| ams.changing);
            ("AMS".to_owned(), doing.map(|doing| p.span(Role::Active, doing)).into_iter().collect())
        }
    };
    // An only unit without a letter of its own is named by its kind.
    let title = title.strip_suffix(" Lite").unwrap_or(&title).to_owned();
    if below > 0 || scroll > 0 {
        if !right.is_empty() {
            right.push(p.span(Role::Dim, p.dot()));
        }
        right.push(p.span(Role::Text, p.more(scroll.into(), below.into())));
    }
    let room = p.pane(rect, Pane::Ams, &title, right);
    if ams.units.is_empty() && ams.external.is_empty() {
        let words = if printer.whole.ever() { "no AMS, no external spool reported" } else { p.unknown() };
        p.line(room, 0, p.span(Role::Dim, format!(" {words}")));
        return;
    }
    let lines = lines(p, printer, room.width);
    for (row, line) in lines.into_iter().skip(usize::from(scroll)).take(usize::from(room.height)).enumerate() {
        p.line(room, row as u16, line);
    }
}

fn lines(p: &Painter, printer: &Printer, width: u16) -> Vec<Line<'static>> {
    let ams = &printer.ams;
    let columns = layout::ams_columns(width, ams);
    let column = usize::from(width) / columns;
    let heading = ams.units.len() > 1;
    let mut out = Vec::new();
    for band in ams.units.chunks(columns) {
        let rows = band.iter().map(|u| u.trays.len()).max().unwrap_or(0);
        if heading {
            let mut spans = Vec::new();
            for unit in band {
                spans.extend(filled(unit_heading(p, printer, unit, column), column));
            }
            out.push(spans.into());
        }
        for row in 0..rows {
            let mut spans = Vec::new();
            for unit in band {
                let line = unit.trays.get(row).map(|tray| tray_line(p, printer, tray, column)).unwrap_or_default();
                spans.extend(filled(line, column));
            }
            out.push(spans.into());
        }
    }
    out.extend(ams.external.iter().map(|tray| tray_line(p, printer, tray, column).into()));
    out
}

/// Fills a part of a line with blanks to the width of its column.
fn filled(mut spans: Vec<Span<'static>>, column: usize) -> Vec<Span<'static>> {
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push(Span::raw(" ".repeat(column.saturating_sub(used))));
    spans
}

fn unit_heading(p: &Painter, printer: &Printer, unit: &Unit, column: usize) -> Vec<Span<'static>> {
    let mut spans = vec![p.span(Role::Strong, format!(" {}  ", unit.label))];
    if !unit.label.starts_with("Lite") && column >= 48 {
        spans.push(p.span(Role::Dim, format!("{}  ", unit.kind.name())));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    spans.extend(unit_facts(p, printer, unit, column.saturating_sub(used + 1)));
    spans
}

/// Which nozzle it feeds, drying, dryness, humidity, temperature: as many as fit.
fn unit_facts(p: &Painter, printer: &Printer, unit: &Unit, room: usize) -> Vec<Span<'static>> {
    let role = p.value_role(printer);
    let mut facts: Vec<(Role, String)> = Vec::new();
    if let [_] = printer.ams.units[..]
        && let Some(doing) = printer.ams.activity.filter(|_| printer.ams.changing)
    {
        facts.push((Role::Active, doing.to_owned()));
    }
    if let Some(feeds) = unit.feeds {
        facts.push((Role::Active, format!("{}{feeds}", p.theme.pick_text("→ ", "> "))));
    }
    if let Some(minutes) = unit.drying {
        let left = if minutes > 0 { format!("drying {}", text::minutes(minutes)) } else { "drying".to_owned() };
        facts.push((Role::Active, left));
    }
    if let Some(dryness) = unit.dryness {
        // 1 and 2 are wet: worth a look.
        facts.push((if dryness <= 2 { Role::Waiting } else { role }, format!("dryness {dryness}/5")));
    }
    if let Some(humidity) = unit.humidity {
        facts.push((role, format!("{humidity} %")));
    }
    if let Some(temp) = unit.temp {
        let units = p.settings().units;
        facts.push((role, format!("{} {}", text::degrees(temp, units), text::unit(units, p.theme.ascii))));
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (role, fact) in facts {
        let used: usize = spans.iter().map(Span::width).sum();
        if used + 3 + text::width(&fact) > room {
            break;
        }
        if !spans.is_empty() {
            spans.push(p.span(Role::Dim, p.dot()));
        }
        spans.push(p.span(role, fact));
    }
    spans
}

fn tray_line(p: &Painter, printer: &Printer, tray: &Tray, width: usize) -> Vec<Span<'static>> {
    let ams = &printer.ams;
    let labels = ams.units.iter().flat_map(|u| &u.trays).chain(&ams.external).map(|t| text::width(&t.label));
    let label = labels.max().unwrap_or(0) + if width >= 50 { 2 } else { 1 };
    let value = p.value_role(printer);
    let mark = match (tray.active, tray.target) {
        (true, _) => p.theme.pick_text("►", ">"),
        (_, true) => p.theme.pick_text("◌", "~"),
        _ => " ",
    };
    let mut spans = vec![
        p.span(Role::Active, format!(" {mark} ")),
        p.span(if tray.active { Role::Strong } else { value }, p.fit(&tray.label, label)),
    ];
    let words = match &tray.content {
        Content::Empty => Some("empty"),
        Content::Reading(_) => Some("reading the tag"),
        Content::Unknown => Some("unknown filament"),
        Content::Spool(_) => None,
    };
    if let Some(words) = words {
        let blank = if tray.content == Content::Empty { p.unknown() } else { "?" };
        spans.push(p.span(Role::Dim, p.fit(blank, 5)));
        spans.push(p.span(Role::Dim, words));
        return spans;
    }
    let Content::Spool(filament) = &tray.content else { return spans };
    spans.extend(swatch(p, &filament.colors));
    spans.push(Span::raw(" "));
    // Name and colour share what is left beside the fixed columns.
    let with_nozzle = width >= 74;
    let with_hex = width >= 62;
    let with_grams = width >= 92;
    let with_use = width >= 50;
    let fixed = 3
        + label
        + 5
        + 6
        + if with_use { 8 } else { 0 }
        + if with_nozzle { 14 } else { 0 }
        + if with_grams { 8 } else { 0 };
    let free = width.saturating_sub(fixed);
    let (color_wish, name_least) = if with_hex { (20, 16) } else { (12, 9) };
    let color_room = free.saturating_sub(name_least).min(color_wish);
    let name_room = (free - color_room).min(26);
    spans.push(p.span(value, p.fit(&filament_name(filament), name_room.saturating_sub(1)) + " "));
    spans.push(p.span(Role::Dim, p.fit(&color_words(p, filament, with_hex), color_room.saturating_sub(1)) + " "));
    let remain = filament.remain.map_or_else(|| p.unknown().to_owned(), |r| format!("{r} %"));
    spans.push(p.span(if filament.remain.is_some() { value } else { Role::Dim }, p.fit_right(&remain, 5)));
    if with_grams {
        let grams = filament.grams.map_or_else(String::new, |g| format!("{g} g"));
        spans.push(p.span(Role::Dim, p.fit_right(&grams, 8)));
    }
    if with_nozzle {
        let units = p.settings().units;
        let dash = p.theme.pick_text("–", "-");
        let range = filament.nozzle().map(|(low, high)| {
            let unit = text::unit(units, p.theme.ascii);
            format!("{}{dash}{} {unit}", text::degrees(f64::from(low), units), text::degrees(f64::from(high), units))
        });
        spans.push(p.span(Role::Dim, format!("   {}", p.fit(&range.unwrap_or_default(), 11))));
    }
    let use_words = match (tray.active, tray.target) {
        _ if !with_use => "",
        (true, _) => "  in use",
        (_, true) => "  next",
        _ => "",
    };
    spans.push(p.span(Role::Active, use_words));
    spans
}

/// The product's name, with the material before it where it does not say it.
fn filament_name(filament: &Filament) -> String {
    if filament.name.contains(&filament.material) {
        filament.name.clone()
    } else {
        format!("{} {}", filament.material, filament.name)
    }
}

fn color_words(p: &Painter, filament: &Filament, hex: bool) -> String {
    let mut words = match &filament.colors[..] {
        [] => return p.unknown().to_owned(),
        [one] if hex => format!("{} {}", one.hex(), one.name()),
        [one] => one.name().to_owned(),
        many => match (many.len(), hex) {
            (2, true) => format!("{}, {}", many[0].name(), many[1].name()),
            (count, _) => format!("{count} colours"),
        },
    };
    if filament.colors.iter().any(|c| c.is_translucent()) {
        words = if hex { words + " clear" } else { format!("clear {words}") };
    }
    words
}

/// Two cells of colour between thin edges, which keep black visible on black and white on white. Several colours
/// share the cells; translucent ones are hatched.
pub(in crate::ui) fn swatch(p: &Painter, colors: &[Rgba]) -> Vec<Span<'static>> {
    if !p.theme.has_colors() || colors.is_empty() {
        return vec![p.span(Role::Dim, if colors.is_empty() { " ?  " } else { "    " })];
    }
    let color = |c: &Rgba| p.theme.color([c.r, c.g, c.b]);
    let style = |front: Option<&Rgba>, back: Option<&Rgba>| Style {
        fg: front.and_then(color),
        bg: back.and_then(color),
        ..Style::new()
    };
    let hatched = colors.iter().any(|c| c.is_translucent());
    let (full, half) = match (p.theme.ascii, hatched) {
        (true, false) => ("#", "#"),
        (true, true) => (":", ":"),
        (false, true) => ("▒", "▒"),
        (false, false) => ("█", "▌"),
    };
    let cell = |pair: &[Rgba]| match pair {
        [one] => Span::styled(full, style(Some(one), None)),
        [left, right, ..] if half == "▌" => Span::styled(half, style(Some(left), Some(right))),
        [left, ..] => Span::styled(full, style(Some(left), None)),
        [] => Span::raw(" "),
    };
    let (left, right) = match colors {
        [one] => (std::slice::from_ref(one), std::slice::from_ref(one)),
        [a, b] => (std::slice::from_ref(a), std::slice::from_ref(b)),
        many => many.split_at(many.len().min(4).div_ceil(2)),
    };
    vec![
        p.span(Role::Dim, p.theme.pick_text("▕", "[")),
        cell(left),
        cell(right),
        p.span(Role::Dim, p.theme.pick_text("▏", "]")),
    ]
}

/// The slot in use in a few words, for screens without room for the pane.
pub(in crate::ui) fn active_words(p: &Painter, printer: &Printer, width: usize) -> Line<'static> {
    let value = p.value_role(printer);
    let Some(tray) = printer.ams.active() else {
        return p.span(Role::Dim, "no filament in use").into();
    };
    let mut spans = vec![p.span(value, format!("{} ", tray.label))];
    if let Content::Spool(filament) = &tray.content {
        if p.theme.has_colors() {
            spans.extend(swatch(p, &filament.colors));
            spans.push(Span::raw(" "));
        }
        let remain = filament.remain.map(|r| format!("  {r} %")).unwrap_or_default();
        let room = width.saturating_sub(width_of(&spans) + text::width(&remain));
        let (name, color) = (filament_name(filament), format!(" {}", color_words(p, filament, false)));
        // How much is left is said whole; the colour, which is seen, only beside a name that can be read.
        let color = Some(color).filter(|color| room >= text::width(color) + text::width(&name).min(10));
        let name = p.clip(&name, room - color.as_deref().map_or(0, text::width));
        spans.push(p.span(value, name));
        spans.extend(color.map(|color| p.span(Role::Dim, color)));
        spans.push(p.span(value, remain));
    }
    spans.into()
}
