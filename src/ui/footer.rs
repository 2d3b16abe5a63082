//! The last line: the keys that work now; in their place an order under way, or a notice.

use super::{
    painter::{Painter, width_of},
    panes::job::is_locked,
    text,
    theme::Role,
};
use crate::state::{
    command::{
        action::{Action, Light, PrintAction},
        tracker::{Order, Stage},
    },
    key_action::KeyAction,
    printer::{
        Printer,
        connection::{ConnectionState, DisconnectReason},
    },
    view::{
        Dialog, Pane,
        dialogs::{Hint, HintKey},
        keymap::Mode,
    },
};
use crate::{
    protocol::command::Speed,
    state::screen::layout::{Layout, LayoutKind},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, layout: &Layout) {
    let area = layout.footer;
    if area.height == 0 {
        return;
    }
    let message = message(p).or_else(|| {
        // Without keys to stand beside, it stands alone.
        let undo = p.state.undo().filter(|_| layout.kind == LayoutKind::Line);
        undo.map(|(what, words)| (Role::Ok, format!("{words}{}{what}", p.dot())))
    });
    if layout.kind == LayoutKind::Line && message.is_none() {
        return;
    }
    if let Some((role, words)) = message {
        // Where the way out stands nowhere but here, no message takes its place.
        let open = p.state.view.dialogs.last().map(Dialog::keys);
        let are_named = match open {
            Some(open) => open.names_its_keys(),
            None => p.state.mode() != Mode::Typing,
        };
        let keeps_keys = !are_named && area.y > 0;
        let last = if keeps_keys { area.y - 1 } else { area.y };
        let room = (last + 1).saturating_sub(p.covered);
        // What a person is asked is never answered by half a sentence about something else.
        let asks = open.is_some_and(|open| open.until().is_some());
        if room > 0 && sentence(p, Rect { y: last, ..area }, role, &words, room, !asks) && !keeps_keys {
            return;
        }
        p.clear(area);
    }
    let keys = match (p.state.view.dialogs.last(), p.state.mode()) {
        (Some(open), _) => hints(p, open.keys().hints(&p.state.around())),
        (None, Mode::Normal) => normal(p, layout),
        (None, Mode::Welcome) => {
            plain(p, &[KeyAction::Demo, KeyAction::AddPrinter, KeyAction::Account, KeyAction::Help, KeyAction::Quit])
        }
        (None, Mode::Typing) => hints(p, vec![Hint::new("Enter", "keep"), Hint::new("Esc", "clear")]),
    };
    let width = usize::from(area.width);
    let mut spans = way_back(p, width);
    // Between it and the keys stands a line, as between two groups.
    let taken = if spans.is_empty() { 0 } else { width_of(&spans) + 2 };
    let keys = shortened(keys, width.saturating_sub(taken + 1));
    let mut before = 0;
    for key in keys {
        if key.group != before && !spans.is_empty() {
            spans.push(p.span(Role::Dim, p.theme.pick_text(" │", " |")));
        }
        before = key.group;
        let (role, word) = if key.works { (Role::Accent, Role::Text) } else { (Role::Dim, Role::Dim) };
        spans.push(p.span(role, format!(" {}", key.key)));
        spans.push(p.span(word, format!(" {} ", key.word)));
    }
    p.line(area, 0, spans);
}

/// Whether keys act on the panes.
fn is_bare(p: &Painter) -> bool {
    p.state.view.dialogs.is_empty() && p.state.mode() == Mode::Normal
}

/// What was ordered last and which key takes it back, before the keys, of which some go for it.
fn way_back(p: &Painter, width: usize) -> Vec<Span<'static>> {
    let Some((what, words)) = p.state.undo().filter(|_| is_bare(p)) else { return Vec::new() };
    let whole = p.own(&format!(" {what}: done{}{words}", p.dot()));
    let words = if text::width(&whole) <= width / 2 { whole } else { p.own(&format!(" {words}")) };
    vec![p.span(Role::Ok, words)]
}

/// A key in the footer.
struct Shown {
    key: String,
    word: String,
    group: u8,
    /// Less important ones go first when there is no room.
    weight: u8,
    works: bool,
}

impl Shown {
    fn width(&self) -> usize {
        text::width(&self.key) + text::width(&self.word) + 3
    }
}

/// Without the lightest keys, where there is no room for all. Between two groups stands a line; the blank behind the last
/// key needs no room.
fn shortened(mut keys: Vec<Shown>, room: usize) -> Vec<Shown> {
    let width = |keys: &[Shown]| {
        let lines = keys.windows(2).filter(|pair| pair[0].group != pair[1].group).count();
        keys.iter().map(Shown::width).sum::<usize>() + 2 * lines
    };
    while width(&keys) > room + 1 {
        let lightest = keys.iter().enumerate().min_by_key(|(at, key)| (key.weight, usize::MAX - at));
        let Some((at, _)) = lightest else { break };
        keys.remove(at);
    }
    keys
}

fn shown(p: &Painter, key_action: KeyAction, group: u8, weight: u8) -> Option<Shown> {
    let row = p.state.keymap.rows().iter().find(|row| row.key_action == key_action)?;
    let key = row.keys.first()?.to_string();
    let key = match key.as_str() {
        "Down" if !p.theme.ascii => "↓".to_owned(),
        _ => key,
    };
    Some(Shown { key, word: row.short.to_owned(), group, weight, works: true })
}

fn plain(p: &Painter, intents: &[KeyAction]) -> Vec<Shown> {
    intents.iter().filter_map(|key_action| shown(p, *key_action, 1, 5)).collect()
}

/// Keys that a dialog names.
fn hints(p: &Painter, hints: Vec<Hint>) -> Vec<Shown> {
    let shown = |hint: Hint| {
        let Hint { key, word, weight } = hint;
        let key = match key {
            HintKey::Fixed(key) => key.to_owned(),
            HintKey::UpDown => p.theme.pick_text("↑↓", "Up Down").to_owned(),
            HintKey::Bound(key_action) => shown(p, key_action, 1, weight)?.key,
        };
        Some(Shown { key, word: word.into_owned(), group: 1, weight, works: true })
    };
    hints.into_iter().filter_map(shown).collect()
}

fn normal(p: &Painter, layout: &Layout) -> Vec<Shown> {
    let mut keys = Vec::new();
    let printer = p.state.selected();
    if !p.state.view.marks.is_empty() {
        keys.extend(marked(p));
    } else if let Some(printer) = printer {
        if !p.settings().read_only {
            controls(p, printer, &mut keys);
        }
        if let ConnectionState::Down { why, .. } = &printer.link {
            if matches!(
                why,
                DisconnectReason::CertificateChanged { configured: false, .. } | DisconnectReason::SelfMade(_)
            ) {
                keys.extend(shown(p, KeyAction::Trust, 1, 9));
            }
            let signs_in = matches!(why, DisconnectReason::TokenExpired | DisconnectReason::SignedOut);
            let sign_in = shown(p, KeyAction::Account, 1, 9).map(|key| Shown { word: "sign in".into(), ..key });
            keys.extend(if signs_in { sign_in } else { shown(p, KeyAction::Retry, 1, 9) });
        }
    }
    if layout.kind == LayoutKind::Zoom(Pane::Camera)
        && printer.is_some_and(|printer| printer.camera.picture(p.now.at).is_some())
    {
        keys.extend(shown(p, KeyAction::SavePicture, 2, 7));
        keys.extend(shown(p, KeyAction::ShowPicture, 2, 6));
    }
    if layout.kind == LayoutKind::Zoom(Pane::Job) && printer.is_some_and(|printer| printer.job.phase.is_active()) {
        keys.extend(shown(p, KeyAction::Objects, 2, 3));
    }
    if layout.kind == LayoutKind::Zoom(Pane::Temps)
        && let (Some(shorter), Some(longer)) =
            (shown(p, KeyAction::SpanShorter, 2, 7), shown(p, KeyAction::SpanLonger, 2, 7))
    {
        keys.push(Shown { key: format!("{} {}", shorter.key, longer.key), word: "shorter, longer".into(), ..longer });
    }
    let on_journal = p.state.view.zoom.unwrap_or(p.state.view.focus) == Pane::Journal && layout.journal.is_some();
    if on_journal {
        keys.extend(shown(p, KeyAction::Filter, 2, 8).map(|key| Shown { word: "search".into(), ..key }));
        let word = if p.state.view.journal_of_one { "every printer" } else { "only this printer" };
        let several = p.state.fleet.printers.len() > 1;
        keys.extend(
            shown(p, KeyAction::OnlyThis, 2, 7).filter(|_| several).map(|key| Shown { word: word.into(), ..key }),
        );
    }
    let zoomed = matches!(layout.kind, LayoutKind::Zoom(_));
    // Esc closes one layer: this is the next one.
    let next = match (on_journal && !p.state.view.search.value().is_empty(), p.state.view.filter.value()) {
        (true, _) => Some("clear search"),
        (false, "") => zoomed.then_some("back"),
        (false, _) => Some("clear filter"),
    };
    if let Some(word) = next.filter(|_| p.state.view.marks.is_empty()) {
        keys.extend(shown(p, KeyAction::Back, 2, 8).map(|key| Shown { word: word.into(), ..key }));
    }
    if !zoomed {
        keys.extend(shown(p, KeyAction::NextPane, 2, 3).filter(|_| layout.kind != LayoutKind::Compact));
        keys.extend(shown(p, KeyAction::Zoom, 2, 4));
    }
    if layout.kind == LayoutKind::Compact && p.state.view.rows.len() > 1 {
        keys.extend(shown(p, KeyAction::Down, 2, 8).map(|key| Shown { word: "next".into(), ..key }));
    }
    if layout.printers.is_some() && p.state.shown().len() > 1 {
        keys.extend(shown(p, KeyAction::Filter, 2, 4).filter(|_| !on_journal));
        keys.extend(shown(p, KeyAction::Sort, 2, 2));
        keys.extend(shown(p, KeyAction::Group, 2, 1));
    }
    if layout.camera.is_none() && !zoomed && layout.kind != LayoutKind::Line {
        keys.extend(shown(p, KeyAction::Camera, 2, 5));
    }
    if p.state.view.frozen.is_some() {
        keys.extend(shown(p, KeyAction::Freeze, 2, 8).map(|key| Shown { word: "go on".into(), ..key }));
    }
    keys.extend(shown(p, KeyAction::Help, 3, 8));
    keys.extend(shown(p, KeyAction::Quit, 3, 7));
    keys
}

/// What is marked, and what can be done about it; the question says to whom it applies.
fn marked(p: &Painter) -> Vec<Shown> {
    // The way out stays, whatever else goes.
    let clear = shown(p, KeyAction::Back, 2, 10).map(|key| Shown { word: "unmark".into(), ..key });
    let range = shown(p, KeyAction::MarkRange, 2, 5);
    let range = range
        .map(|key| if p.state.view.marks.is_range_open() { Shown { word: "end range".into(), ..key } } else { key });
    let marks = [shown(p, KeyAction::Mark, 2, 7), clear, range, shown(p, KeyAction::MarkAll, 2, 4)];
    let orders: &[(KeyAction, u8)] = if p.settings().read_only {
        &[]
    } else {
        &[
            (KeyAction::Pause, 9),
            (KeyAction::Resume, 8),
            (KeyAction::Stop, 9),
            (KeyAction::Light, 6),
            (KeyAction::Palette, 3),
        ]
    };
    let orders = orders.iter().filter_map(|(key_action, weight)| shown(p, *key_action, 1, *weight));
    orders.chain(marks.into_iter().flatten()).collect()
}

/// Only what the printer allows now; greyed where its firmware refuses control.
fn controls(p: &Painter, printer: &Printer, keys: &mut Vec<Shown>) {
    let locked = is_locked(printer) && printer.session().is_some();
    let first = keys.len();
    let allowed = |action: &Action| printer.allows(action, p.now.at, &p.state.fleet.watchdog_timeouts).is_ok();
    for (order, key_action) in [
        (PrintAction::Pause, KeyAction::Pause),
        (PrintAction::Resume, KeyAction::Resume),
        (PrintAction::Stop, KeyAction::Stop),
    ] {
        let action = Action::from(order);
        if allowed(&action) || (locked && action.check_ready(printer).is_ok()) {
            keys.extend(shown(p, key_action, 1, 9).map(|key| Shown { works: !locked, ..key }));
        }
    }
    let on = printer.light().unwrap_or(false);
    if allowed(&Light::Chamber(!on).into()) && printer.light().is_some() {
        keys.extend(shown(p, KeyAction::Light, 1, 6));
    }
    let speed = Action::Print(PrintAction::Speed(Speed::Standard));
    if (allowed(&speed) || (locked && speed.check_ready(printer).is_ok()))
        && let (Some(up), Some(down)) = (shown(p, KeyAction::SpeedUp, 1, 3), shown(p, KeyAction::SpeedDown, 1, 3))
    {
        keys.push(Shown { key: format!("{}/{}", up.key, down.key), word: "speed".into(), works: !locked, ..up });
    }
    keys[first..].sort_by_key(|key| !key.works);
    if let Some(grey) = keys.iter().position(|key| !key.works) {
        // Why they are grey, also where there are no colours; those that work stand before it.
        let why = Shown { key: "refused:".into(), word: String::new(), group: 1, weight: 9, works: false };
        keys.insert(grey, why);
    }
    if printer.session().is_some() {
        keys.extend(shown(p, KeyAction::Palette, 1, 3));
    }
}

/// What stands in the keys' place: an order of the selected printer that is under way or went wrong, then a notice.
fn message(p: &Painter) -> Option<(Role, String)> {
    // The results say it already.
    let results = matches!(p.state.view.dialogs.last(), Some(Dialog::Results(_)));
    let order = p.state.selected().filter(|_| !results).and_then(|printer| Some((printer, printer.orders.newest()?)));
    // Of orders to several printers the sum was said.
    let who = p.state.view.selected;
    let order =
        order.filter(|(_, o)| !p.state.view.summed.iter().any(|one| (Some(one.0), one.1) == (who, o.first.seq)));
    let told = |(printer, order): (&Printer, &Order)| {
        let undo = p.state.undo().filter(|_| matches!(order.stage, Stage::Seen | Stage::Accepted));
        let undo = undo.map(|(_, words)| format!("{}{words}", p.dot())).unwrap_or_default();
        (order_role(order), order_words(p, printer, order) + &undo)
    };
    match (order, &p.state.view.notice) {
        (Some(found), _) if found.1.stage.is_open() => Some(told(found)),
        (_, Some(notice)) if notice.until > p.state.now.at => {
            // What is said of something else leaves the way back in sight.
            let undo = p.state.undo().filter(|_| is_bare(p));
            let undo = undo.map(|(_, words)| format!("{}{words}", p.dot())).unwrap_or_default();
            Some((notice.tone.into(), notice.text.clone() + &undo))
        }
        (Some(found), _) => Some(told(found)),
        _ => None,
    }
}

fn order_role(order: &Order) -> Role {
    match order.stage {
        Stage::Seen | Stage::Accepted => Role::Ok,
        Stage::Partly(_) => Role::Waiting,
        ref stage if stage.is_open() => Role::Active,
        _ => Role::Trouble,
    }
}

/// `stop → Garage A1: sent … acknowledged … confirmed`
fn order_words(p: &Painter, printer: &Printer, order: &Order) -> String {
    let (arrow, dots) = (p.theme.pick_text("→", "to"), p.theme.pick_text("…", "..."));
    let stage = match &order.stage {
        Stage::Confirmed => format!("sending {dots}"),
        Stage::Sent => format!("sent {dots}"),
        Stage::Acknowledged => format!("sent {dots} acknowledged {dots}"),
        Stage::Seen if order.acknowledged => format!("sent {dots} acknowledged {dots} confirmed"),
        Stage::Seen => format!("sent {dots} confirmed"),
        other => other.to_string(),
    };
    format!("{} {arrow} {}: {stage}", order.action, printer.name)
}

/// A sentence; a long one grows upwards over the panes, because half a sentence helps nobody; but over no dialog. Tells
/// whether it was written: with `cut` in any case, else only as a whole.
fn sentence(p: &mut Painter, area: Rect, role: Role, words: &str, room: u16, cut: bool) -> bool {
    let width = usize::from(area.width).saturating_sub(2);
    let mut lines = text::wrap(&p.own(words), width);
    let most = usize::from(area.y / 2 + 1).min(5).min(room.into());
    if lines.len() > most && !cut {
        return false;
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = p.clip(&format!("{last} {}", " ".repeat(width)), width);
        }
    }
    let rows = lines.len() as u16;
    let area = Rect { y: (area.y + 1).saturating_sub(rows), height: rows, ..area };
    p.clear(area);
    for (row, line) in lines.into_iter().enumerate() {
        let line: Line<'static> = vec![Span::raw(" "), p.span(role, line)].into();
        p.line(area, row as u16, line);
    }
    true
}
