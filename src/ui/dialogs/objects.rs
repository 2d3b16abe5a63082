//! The objects of a print: a list to choose from, with a plan of the plate; and what the job needs of its filaments.

use super::frame;
use crate::{
    protocol::plate::{Object, ObjectBox, Plate},
    state::{
        key_action::KeyAction,
        printer::{
            Printer,
            ams::Content,
            objects::{CAME_PLAIN, JobFileState, Need},
        },
        view::dialogs::Picker,
    },
    ui::{painter::Painter, text, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Narrower lists have no plan of the plate.
const PLAN_FROM: u16 = 60;

pub(super) fn draw(p: &mut Painter, area: Rect, picker: &Picker) {
    let state = p.state;
    let Some(printer) = state.shown().get(usize::from(picker.who.0)) else { return };
    let width = area.width.min(100);
    let room = usize::from(width).saturating_sub(4).max(1);
    let title = format!("{}{}objects", printer.name, p.dot());
    match printer.plate() {
        Ok(plate) => list(p, area, &title, width, printer, plate, picker),
        Err(why) => {
            let mut lines = waiting(p, printer, &why, room);
            lines.push(Line::default());
            let missing = matches!(printer.objects.look, JobFileState::Missing(_));
            let keys = if missing { "R looks again, Esc closes" } else { "Esc closes" };
            lines.push(p.span(Role::Dim, keys).into());
            let inner = frame::place(p, area, &title, width, lines.len() as u16 + 2, Role::Focus);
            for (row, line) in lines.into_iter().enumerate() {
                p.line(inner, row as u16, line);
            }
        }
    }
}

/// Why there is no list, or not yet.
fn waiting(p: &Painter, printer: &Printer, why: &str, room: usize) -> Vec<Line<'static>> {
    let (role, words) = match &printer.objects.look {
        JobFileState::Asked => (Role::Active, "looking for the job's file on the printer".to_owned()),
        JobFileState::Coming { path, done, all } => (Role::Active, coming(path, *done, *all)),
        JobFileState::Missing(_) => (Role::Waiting, format!("no list of objects: {why}")),
        _ => (Role::Dim, why.to_owned()),
    };
    text::wrap(&words, room).into_iter().map(|line| p.span(role, line).into()).collect()
}

fn coming(path: &str, done: u64, all: u64) -> String {
    let mega = |bytes: u64| bytes as f64 / 1e6;
    format!("fetching {path}: {:.1} of {:.1} MB", mega(done), mega(all))
}

fn list(p: &mut Painter, area: Rect, title: &str, width: u16, printer: &Printer, plate: &Plate, picker: &Picker) {
    // The list, a line about the whole and a line of help, inside a border.
    let chrome = 4;
    let most = usize::from(area.height).saturating_sub(chrome).max(1);
    let least = if has_plan(plate, width.saturating_sub(4), most as u16) { 8 } else { 1 };
    let rows = plate.objects.len().clamp(least, most.max(least)).min(most);
    let inner = frame::place(p, area, title, width, (rows + chrome) as u16, Role::Focus);
    table(p, Rect { height: rows as u16, ..inner }, printer, plate, Some(picker));
    let about = about(p, printer, plate, picker, usize::from(inner.width));
    p.line(inner, rows as u16, about);
    let help = if inner.width >= 60 {
        "Space chooses, Enter skips what is chosen, Esc closes"
    } else {
        "Space, Enter skips, Esc"
    };
    p.line(inner, rows as u16 + 1, p.span(Role::Dim, help));
}

/// Whether there is something to draw a plan of, and room for it.
fn has_plan(plate: &Plate, width: u16, height: u16) -> bool {
    width >= PLAN_FROM && height >= 6 && plate.objects.iter().any(|object| object.place.is_some())
}

/// The objects, a line each, and a plan beside them. `picker`: where the cursor is and what is chosen.
fn table(p: &mut Painter, area: Rect, printer: &Printer, plate: &Plate, picker: Option<&Picker>) {
    let plan = if has_plan(plate, area.width, area.height) { area.width * 2 / 5 } else { 0 };
    let names = Rect { width: area.width - plan, ..area };
    let rows = usize::from(area.height);
    let last = plate.objects.len().saturating_sub(1);
    let first = picker.map_or(0, |picker| picker.at.first_shown(rows, last));
    for (row, (at, object)) in plate.objects.iter().enumerate().skip(first).take(rows).enumerate() {
        let line =
            row_line(p, printer, object, picker, picker.is_some_and(|p| p.at.at(last) == at), usize::from(names.width));
        p.line(names, row as u16, line);
    }
    if plan > 0 {
        let rect = Rect { x: area.x + names.width + 1, width: plan - 1, ..area };
        draw_plan(p, rect, printer, plate, picker);
    }
}

/// The objects below the facts of the zoomed job pane, where there is room for some of them.
pub(in crate::ui) fn overview(p: &mut Painter, area: Rect, printer: &Printer) {
    let Ok(plate) = printer.plate() else { return };
    if area.height < 4 || plate.objects.is_empty() || !printer.job.phase.is_active() {
        return;
    }
    let hidden = plate.objects.len().saturating_sub(usize::from(area.height));
    let table_area = Rect { height: area.height - u16::from(hidden > 0), ..area };
    table(p, table_area, printer, plate, None);
    if hidden > 0 {
        let key = p.state.keymap.key_of(KeyAction::Objects).map_or_else(String::new, |key| format!(" ({key})"));
        p.line(area, area.height - 1, p.span(Role::Dim, format!("and {} more{key}", hidden + 1)));
    }
}

fn row_line(
    p: &Painter,
    printer: &Printer,
    object: &Object,
    picker: Option<&Picker>,
    at: bool,
    room: usize,
) -> Line<'static> {
    let skipped = printer.skips(object);
    let chosen = picker.map(|picker| picker.chosen.contains(&object.id));
    let mark = match (at, picker) {
        (true, _) => p.theme.pick_text("► ", "> "),
        (false, Some(_)) => "  ",
        (false, None) => "",
    };
    let (tick, role) = match (skipped, chosen) {
        (true, Some(_)) => (" -  ", Role::Dim),
        (true, None) => ("", Role::Dim),
        (false, Some(true)) => ("[x] ", Role::Waiting),
        (false, Some(false)) => ("[ ] ", if at { Role::Accent } else { Role::Text }),
        (false, None) => ("", Role::Text),
    };
    let place = object.place.map(|place| place.middle()).filter(|_| room >= 44);
    let place = place.map_or_else(String::new, |(x, y)| format!("  x{x:>4} y{y:>4}"));
    let tail = if skipped { "  skipped".to_owned() } else { place };
    let id = format!("  #{}", object.id);
    let used = text::width(mark) + tick.len() + text::width(&id) + text::width(&tail);
    let name = if object.name.is_empty() { "without a name" } else { &object.name };
    vec![
        p.span(Role::Accent, mark),
        p.span(role, tick),
        p.span(role, p.fit(name, room.saturating_sub(used))),
        p.span(Role::Dim, id),
        p.span(Role::Dim, tail),
    ]
    .into()
}

/// How many there are, or why none can be skipped.
fn about(p: &Painter, printer: &Printer, plate: &Plate, picker: &Picker, room: usize) -> Line<'static> {
    // With any one object that is still printed the answer is about the printer and the file.
    let sample = plate.objects.iter().find(|object| !printer.skips(object)).map(|object| object.id);
    let ids = if picker.chosen.is_empty() { sample.into_iter().collect() } else { picker.ids() };
    if let Err(why) = printer.can_skip(&ids) {
        return p.span(Role::Waiting, p.clip(&why, room)).into();
    }
    let skipped = plate.objects.iter().filter(|object| printer.skips(object)).count();
    let mut words = vec![format!("{} objects", plate.objects.len())];
    if skipped > 0 {
        words.push(format!("{skipped} skipped"));
    }
    if !picker.chosen.is_empty() {
        words.push(format!("{} chosen", picker.chosen.len()));
    }
    p.span(Role::Text, p.clip(&words.join(p.dot()), room)).into()
}

/// The plate from above, its front at the bottom: the part of it on which something stands.
fn draw_plan(p: &mut Painter, rect: Rect, printer: &Printer, plate: &Plate, picker: Option<&Picker>) {
    let places = || plate.objects.iter().filter_map(|object| Some((object, object.place?)));
    let Some(all) = places().map(|(_, place)| place).reduce(around) else { return };
    let (wide, deep) = ((all.right - all.left).max(1.0), (all.back - all.front).max(1.0));
    // A cell is twice as high as it is wide.
    let scale = (wide / f64::from(rect.width)).max(deep / f64::from(rect.height) / 2.0);
    let cell = |from: f64, to: f64, step: f64, cells: u16| {
        let first = (from / step).floor().clamp(0.0, f64::from(cells - 1)) as u16;
        let last = ((to / step).ceil() - 1.0).clamp(f64::from(first), f64::from(cells - 1)) as u16;
        first..=last
    };
    let (columns, lines) = ((wide / scale).ceil() as u16, (deep / scale / 2.0).ceil() as u16);
    let (columns, lines) = (columns.clamp(1, rect.width), lines.clamp(1, rect.height));
    let under_cursor = picker.and_then(|picker| plate.objects.get(picker.at.at(usize::MAX))).map(|object| object.id);
    // What the cursor is on comes last, so that nothing hides it.
    let (mut order, last): (Vec<_>, Vec<_>) = places().partition(|(object, _)| Some(object.id) != under_cursor);
    order.extend(last);
    for (object, place) in order {
        let (symbol, role) = match () {
            () if Some(object.id) == under_cursor => (p.theme.pick_text("█", "@"), Role::Accent),
            () if printer.skips(object) => (p.theme.pick_text("·", "."), Role::Dim),
            () if picker.is_some_and(|picker| picker.chosen.contains(&object.id)) => {
                (p.theme.pick_text("▓", "x"), Role::Waiting)
            }
            () => (p.theme.pick_text("▒", "#"), Role::Border),
        };
        let style = p.theme.style(role);
        for line in cell(place.front - all.front, place.back - all.front, scale * 2.0, lines) {
            for column in cell(place.left - all.left, place.right - all.left, scale, columns) {
                p.cell(rect.x + column, rect.y + lines - 1 - line, symbol, style);
            }
        }
    }
}

fn around(a: ObjectBox, b: ObjectBox) -> ObjectBox {
    ObjectBox {
        left: a.left.min(b.left),
        front: a.front.min(b.front),
        right: a.right.max(b.right),
        back: a.back.max(b.back),
    }
}

/// What the job's file says of the job: filament needs, objects, the slicer's warnings. For the zoomed job pane.
pub(in crate::ui) fn facts(p: &Painter, printer: &Printer, width: usize) -> Vec<Line<'static>> {
    if !(printer.job.phase.is_active() || printer.job.phase.is_over()) {
        return Vec::new();
    }
    let plate = match (printer.plate(), &printer.objects.look) {
        (Ok(plate), _) => plate,
        (Err(_), JobFileState::Closed) => return Vec::new(),
        (Err(why), _) => return waiting(p, printer, &why, width),
    };
    let mut out: Vec<Line<'static>> = printer.needs().iter().map(|need| need_line(p, need, width)).collect();
    let skipped = plate.objects.iter().filter(|object| printer.skips(object)).count();
    let key = p.state.keymap.key_of(KeyAction::Objects).map_or_else(String::new, |key| format!(" ({key})"));
    let mut words = vec![match plate.objects.len() {
        1 => format!("1 object{key}"),
        many => format!("{many} objects{key}"),
    }];
    if skipped > 0 {
        words.push(format!("{skipped} skipped"));
    }
    if let Some(grams) = plate.grams {
        words.push(format!("{grams:.0} g"));
    }
    if let Some(seconds) = plate.seconds {
        words.push(format!("sliced for {}", text::minutes(seconds.div_ceil(60))));
    }
    out.push(p.span(Role::Dim, p.clip(&words.join(p.dot()), width)).into());
    if matches!(&printer.objects.look, JobFileState::Known(found) if found.plain) {
        out.push(p.span(Role::Waiting, p.clip(CAME_PLAIN, width)).into());
    }
    for warning in &plate.warnings {
        let words = format!("the slicer warned: {} {}", warning.name.replace('_', " "), warning.code);
        out.push(p.span(Role::Waiting, p.clip(words.trim_end(), width)).into());
    }
    out
}

/// `A1  PLA Basic  12 g, about 5 g to go, 850 g left`
fn need_line(p: &Painter, need: &Need<'_>, width: usize) -> Line<'static> {
    let label = need.tray.map_or_else(|| format!("filament {}", need.filament.id), |tray| tray.label.clone());
    let name = match need.tray.map(|tray| &tray.content) {
        Some(Content::Spool(spool)) => &spool.name,
        _ => &need.filament.material,
    };
    let mut words = vec![match need.filament.grams {
        Some(grams) => format!("needs {}", weight(grams)),
        None => format!("needs {}", p.unknown()),
    }];
    words.extend(need.to_go.map(|grams| format!("about {} to go", weight(grams))));
    words.push(match need.left {
        Some(grams) => format!("{grams} g left"),
        None => format!("{} left", p.unknown()),
    });
    let (role, verdict) = match need.is_met() {
        Some(true) => (Role::Ok, "  enough"),
        Some(false) => (Role::Waiting, "  not enough"),
        None => (Role::Dim, ""),
    };
    let label = p.fit(&label, if width >= 60 { 11 } else { 4 });
    let name_room = match width {
        0..60 => 0,
        60..84 => 16,
        _ => 18,
    };
    let room = width.saturating_sub(text::width(&label) + name_room + verdict.len());
    if text::width(&words.join(", ")) > room {
        for words in &mut words {
            *words = words.replacen("about ", "~", 1);
        }
    }
    // Where all of it does not fit, what is to be printed and what is there are enough.
    while words.len() > 2 && text::width(&words.join(", ")) > room {
        words.remove(0);
    }
    let spans: Vec<Span<'static>> = vec![
        p.span(Role::Dim, label),
        p.span(Role::Text, p.fit(name, name_room)),
        p.span(Role::Text, p.clip(&words.join(", "), room)),
        p.span(role, verdict),
    ];
    spans.into()
}

/// Grams: small ones with a digit behind the point.
fn weight(grams: f64) -> String {
    if grams < 10.0 { format!("{grams:.1} g") } else { format!("{grams:.0} g") }
}

#[cfg(test)]
mod tests {
    use crate::{
        protocol::plate::{ObjectBox, Sliced, read_info},
        state::{
            State,
            event::{Event, PrinterEvent},
            printer::objects::{Found, JobFileEvent, NoPlate},
            update::update,
            view::Pane,
        },
        ui::fixture::{alone_at, shot, tell},
    };
    use crossterm::event::KeyCode;
    use insta::assert_snapshot;
    use std::sync::Arc;

    fn press(state: &mut State, keys: &str) {
        for key in keys.chars() {
            let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
            let now = state.now;
            update(state, Event::Key(code.into()), now);
        }
    }

    /// Twelve objects in three rows, filament, and a warning.
    fn sliced() -> Sliced {
        let mut xml = r##"<config><plate><metadata key="index" value="1"/><metadata key="label_object_enabled" value="true"/>
            <metadata key="prediction" value="4223"/><metadata key="weight" value="61.3"/>
            <filament id="1" type="PLA" color="#FF6A13" used_g="41.8"/><filament id="2" type="PETG" color="#FFFFFF" used_g="19.5"/>
            <warning msg="bed_temperature_too_high_than_filament" error_code="1000C001"/>"##
            .to_owned();
        for at in 0..12 {
            let name = ["bracket", "washer 8 mm", "a spacer with quite a long name that says a lot"][at % 3];
            xml += &format!(r#"<object identify_id="{}" name="{name}"/>"#, 97 + at * 14);
        }
        let mut sliced = read_info((xml + "</plate></config>").as_bytes()).expect("readable");
        for (at, object) in sliced.plates[0].objects.iter_mut().enumerate() {
            let (left, front) = ((at % 4 * 50 + 20) as f64, (at / 4 * 60 + 30) as f64);
            object.place = Some(ObjectBox { left, front, right: left + 32.0, back: front + 40.0 });
        }
        sliced
    }

    fn news(state: &mut State, news: JobFileEvent) {
        let (who, now) = (state.view.selected.expect("a printer"), state.now);
        // The fixture's printer has had one job so far.
        update(state, Event::Printer(who, PrinterEvent::Plate(1, news)), now);
    }

    fn known(width: u16, height: u16) -> State {
        let mut state = alone_at(width, height);
        let found = Found { path: "/bracket_v4.gcode.3mf".into(), sliced: sliced(), plain: false };
        news(&mut state, JobFileEvent::Ended(Ok(Arc::new(found))));
        let now = state.now;
        tell(&mut state.fleet.printers[0], r#""s_obj":[111],"mapping":[0,2]"#, now);
        state
    }

    #[test]
    fn objects_are_chosen_from_a_list_with_a_plan_of_the_plate() {
        for (w, h) in [(120, 40), (80, 24), (40, 12)] {
            let mut state = known(w, h);
            press(&mut state, "ojj  j");
            assert_snapshot!(format!("objects_{w}x{h}"), shot(&state));
        }
        let mut ascii = known(80, 24);
        ascii.settings.ascii = true;
        press(&mut ascii, "ojj  j");
        assert_snapshot!("objects_ascii_80x24", shot(&ascii));
        let mut asked = known(80, 24);
        press(&mut asked, "ojj  \n");
        assert_snapshot!("objects_asked_80x24", shot(&asked));
    }

    #[test]
    fn without_a_list_there_is_a_reason() {
        let mut state = alone_at(80, 24);
        press(&mut state, "o");
        news(
            &mut state,
            JobFileEvent::Coming { path: "/cache/bracket_v4.gcode.3mf".into(), done: 1_240_000, all: 9_000_000 },
        );
        assert_snapshot!("objects_coming_80x24", shot(&state));
        news(&mut state, JobFileEvent::Ended(Err(NoPlate::NotThere)));
        assert_snapshot!("objects_missing_80x24", shot(&state));
        state.view.size = ratatui::layout::Size::new(40, 12);
        assert_snapshot!("objects_missing_40x12", shot(&state));
    }

    #[test]
    fn the_zoomed_job_tells_what_it_needs() {
        for (w, h) in [(120, 40), (80, 24), (40, 16)] {
            let mut state = known(w, h);
            state.view.zoom = Some(Pane::Job);
            assert_snapshot!(format!("objects_job_{w}x{h}"), shot(&state));
        }
        let mut missing = alone_at(80, 24);
        missing.view.zoom = Some(Pane::Job);
        news(&mut missing, JobFileEvent::Ended(Err(NoPlate::OtherJob("/bracket_v4.3mf".into()))));
        assert_snapshot!("objects_job_missing_80x24", shot(&missing));
    }
}
