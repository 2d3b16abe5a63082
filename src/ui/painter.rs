//! The brush that every pane draws with: the state, the theme and the buffer in one hand.

use super::{
    text,
    theme::{Role, Theme},
};
use crate::state::{
    Now, State, Tone,
    printer::{Freshness, Printer, Status, transport::Transport},
    settings::Settings,
    view::Pane,
};
use ratatui::{
    buffer::{Buffer, CellDiffOption},
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Clear, Widget},
};
use std::num::NonZeroU16;

/// What stands behind the name of a printer that is reached over the cloud; and the same in ASCII.
const CLOUD: (&str, &str) = ("☁", "@");

/// What panes draw with.
pub(super) struct Painter<'a> {
    pub(super) state: &'a State,
    pub(super) theme: Theme,
    /// The moment that is shown: not the present one while the view is frozen.
    pub(super) now: Now,
    pub(super) buf: &'a mut Buffer,
    /// The row below the lowest dialog: no notice is written over what a dialog says.
    pub(super) covered: u16,
}

impl Painter<'_> {
    pub(super) fn settings(&self) -> &Settings {
        &self.state.settings
    }

    /// A text in a role.
    pub(super) fn span(&self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.theme.style(role))
    }

    pub(super) fn clip(&self, text: &str, room: usize) -> String {
        text::clip(text, room, self.theme.ascii)
    }

    pub(super) fn fit(&self, text: &str, room: usize) -> String {
        text::fit(text, room, self.theme.ascii)
    }

    pub(super) fn fit_right(&self, text: &str, room: usize) -> String {
        text::fit_right(text, room, self.theme.ascii)
    }

    /// One of our own sentences, as the terminal can show it.
    pub(super) fn own(&self, text: &str) -> String {
        if self.theme.ascii { text::plain(text) } else { text.to_owned() }
    }

    /// ` · `
    pub(super) fn dot(&self) -> &'static str {
        self.theme.pick_text(" · ", " - ")
    }

    /// How much lies above and below what is seen of something that scrolls: `▴ 3 ▾ 4`; nothing where all is seen.
    pub(super) fn arrows(&self, above: usize, below: usize) -> String {
        let part = |count: usize, mark| if count > 0 { format!("{mark} {count}") } else { String::new() };
        let (above, below) = (part(above, self.theme.pick_text("▴", "^")), part(below, self.theme.pick_text("▾", "v")));
        let gap = if above.is_empty() || below.is_empty() { "" } else { " " };
        format!("{above}{gap}{below}")
    }

    /// The same in full: `▴ 3 ▾ 4 more`.
    pub(super) fn more(&self, above: usize, below: usize) -> String {
        self.arrows(above, below) + if below > 0 { " more" } else { "" }
    }

    /// What is written where nothing is known.
    pub(super) fn unknown(&self) -> &'static str {
        self.theme.pick_text("—", "--")
    }

    /// What marks a printer, and in which role: the same in the list, on a card and on small screens.
    pub(super) fn mark(&self, printer: &Printer) -> (&'static str, Role) {
        let (need, status, stale) = (printer.need(), printer.status(), self.is_stale(printer));
        (self.theme.mark(need, status, stale), Theme::role_of_mark(need, status, stale))
    }

    /// The title of a pane about the selected printer: zoomed, it names the printer, which nothing else does then.
    pub(super) fn title(&self, pane: Pane, title: &str) -> String {
        match self.state.selected().filter(|_| self.state.view.zoom == Some(pane)) {
            Some(printer) => format!("{title}{}{}", self.dot(), printer.name),
            None => title.to_owned(),
        }
    }

    /// Draws a pane's border with a title at the left and one at the right; returns the room inside.
    pub(super) fn pane(&mut self, rect: Rect, pane: Pane, title: &str, right: Vec<Span<'static>>) -> Rect {
        let focused = self.state.view.zoom.unwrap_or(self.state.view.focus) == pane;
        let border = self.theme.style(if focused { Role::Focus } else { Role::Border });
        self.boxed(rect, border, title, right)
    }

    /// The same for anything with a border.
    pub(super) fn boxed(&mut self, rect: Rect, border: Style, title: &str, right: Vec<Span<'static>>) -> Rect {
        let rect = rect.intersection(self.buf.area);
        let room = usize::from(rect.width.saturating_sub(4));
        let mut block = Block::bordered().border_set(self.theme.border()).border_style(border);
        let mut right = Line::from(right);
        // The last part of the right title is the most important one; beside it the title keeps some room.
        let title_room = text::width(title).min(10) + 1;
        while !right.spans.is_empty() {
            let wanted = right.width() + 2 + if right.spans.len() > 1 { title_room } else { 0 };
            if wanted <= room {
                break;
            }
            right.spans.remove(0);
            if right.spans.first().is_some_and(|span| span.content.trim() == self.dot().trim()) {
                right.spans.remove(0);
            }
        }
        let used = if right.width() == 0 { 0 } else { right.width() + 3 };
        let title = text::clip(title, room.saturating_sub(used), self.theme.ascii);
        if !title.is_empty() {
            block = block.title_top(Span::styled(format!(" {title} "), self.theme.style(Role::Strong)));
        }
        if right.width() > 0 {
            right.spans.insert(0, Span::raw(" "));
            right.spans.push(Span::raw(" "));
            block = block.title_top(right.right_aligned());
        }
        let inner = block.inner(rect);
        block.render(rect, self.buf);
        inner
    }

    /// In place of what there would be to say about the selected printer: nobody is, and why.
    pub(super) fn say_nobody(&mut self, room: Rect) {
        let words = self.own(&self.state.nobody());
        let width = usize::from(room.width).saturating_sub(2);
        for (row, line) in text::wrap(&words, width).into_iter().enumerate() {
            let line = self.span(Role::Dim, format!(" {line}"));
            self.line(room, row as u16, line);
        }
    }

    /// A pane about the selected printer where nobody is selected; the job's, or the zoomed one, says so.
    pub(super) fn pane_of_nobody(&mut self, rect: Rect, pane: Pane, title: &str) {
        let room = self.pane(rect, pane, title, vec![]);
        if pane == Pane::Job || self.state.view.zoom == Some(pane) {
            self.say_nobody(room);
        }
    }

    /// Clears a place for something that lies on top.
    pub(super) fn clear(&mut self, rect: Rect) {
        let rect = rect.intersection(self.buf.area);
        Clear.render(rect, self.buf);
        self.buf.set_style(rect, self.theme.ground());
    }

    /// Writes a line at a row of an area, cut at its edge.
    pub(super) fn line(&mut self, area: Rect, row: u16, line: impl Into<Line<'static>>) {
        if row < area.height {
            self.buf.set_line(area.x, area.y + row, &line.into(), area.width);
        }
    }

    /// Writes one of our own symbols into one cell. Text from outside never comes here.
    pub(super) fn cell(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.buf.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// Makes a link of a text that was drawn in an area, where the terminal can. Each cell is a link of its own, so that
    /// frames may redraw any of them; the terminal joins them by the text, which is their id.
    pub(super) fn link(&mut self, area: Rect, text: &str, url: &str) {
        let width = text::width(text) as u16;
        // Nothing from outside may end the code early: these are texts and addresses of our own.
        let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b';');
        if !self.settings().links || !is_plain(text) || !is_plain(url) {
            return;
        }
        let area = area.intersection(self.buf.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..(area.right() + 1).saturating_sub(width) {
                let at = |(i, c): (u16, char)| self.buf[(x + i, y)].symbol().chars().eq([c]);
                if (0..).zip(text.chars()).all(at) {
                    for i in x..x + width {
                        let cell = &mut self.buf[(i, y)];
                        let linked = format!("\x1b]8;id={text};{url}\x1b\\{}\x1b]8;;\x1b\\", cell.symbol());
                        cell.set_symbol(&linked).set_diff_option(CellDiffOption::ForcedWidth(NonZeroU16::MIN));
                    }
                }
            }
        }
    }

    /// Writes something at the right edge of a row.
    pub(super) fn line_right(&mut self, area: Rect, row: u16, line: impl Into<Line<'static>>) {
        let line = line.into();
        let width = (line.width() as u16).min(area.width);
        if row < area.height {
            self.buf.set_line(area.x + area.width - width, area.y + row, &line, width);
        }
    }

    /// How far a printer's values can be trusted.
    pub(super) fn freshness(&self, printer: &Printer) -> Freshness {
        printer.freshness(self.now.at, &self.state.fleet.watchdog_timeouts)
    }

    pub(super) fn is_stale(&self, printer: &Printer) -> bool {
        // Of a picture that is not whole, what is shown was told just now.
        !matches!(self.freshness(printer), Freshness::Live | Freshness::Partial)
    }

    /// The role of a printer's values.
    pub(super) fn value_role(&self, printer: &Printer) -> Role {
        if self.is_stale(printer) { Role::Stale } else { Role::Text }
    }

    /// `live`, `connecting`, `stale 3 m`, `offline`.
    pub(super) fn link_word(&self, printer: &Printer) -> Span<'static> {
        use crate::state::printer::connection::ConnectionState;
        match (&printer.link, self.freshness(printer)) {
            (ConnectionState::Down { .. }, _) => self.span(Role::Trouble, Status::Offline.word()),
            (ConnectionState::Connecting { attempt: 2.. }, _) => self.span(Role::Waiting, "offline, trying again"),
            (ConnectionState::Waiting | ConnectionState::Connecting { .. }, _) | (_, Freshness::Nothing) => {
                self.span(Role::Waiting, Status::Connecting.word())
            }
            (_, Freshness::Live) => self.span(Role::Ok, "live"),
            (_, Freshness::Partial) => self.span(Role::Waiting, "incomplete"),
            (_, Freshness::Stale(age)) => self.span(Role::Waiting, format!("stale {}", text::age(age))),
        }
    }

    /// Which transport counts, for a printer that has two or only the other one; and how the link is.
    pub(super) fn transport_and_connection(&self, printer: &Printer) -> Vec<Span<'static>> {
        let mut out = Vec::new();
        if printer.session().is_some() && (printer.transports.in_account || printer.transport == Transport::Cloud) {
            out.push(self.span(Role::Text, printer.transport.word()));
            out.push(self.span(Role::Dim, self.dot()));
        }
        out.push(self.link_word(printer));
        out
    }

    /// A printer's name in a fixed room, with a mark where the cloud is its transport.
    pub(super) fn name(&self, printer: &Printer, room: usize) -> String {
        if printer.transport == Transport::Cloud && printer.session().is_some() && room > 6 {
            return format!("{} {}", self.fit(&printer.name, room - 2), self.theme.pick_text(CLOUD.0, CLOUD.1));
        }
        self.fit(&printer.name, room)
    }

    /// A time of day, with the day where it is not today.
    pub(super) fn format_timestamp(&self, unix: i64) -> String {
        text::format_timestamp(unix, self.now, self.settings().clock)
    }

    /// What a printer needs a person for, in one line; with the time where that was said before this program began.
    pub(super) fn complaint(&self, printer: &Printer) -> Option<String> {
        let words = printer.complaint()?;
        Some(match printer.earlier_danger() {
            Some((_, unix)) => format!("said {}: {words}", self.format_timestamp(unix)),
            None => words,
        })
    }

    /// Minutes since something began. Both count in whole minutes of the clock, so they change together with it.
    pub(super) fn minutes_since(&self, unix: i64) -> u32 {
        (self.now.unix.div_euclid(60) - unix.div_euclid(60)).max(0) as u32
    }

    /// Time until a moment, as it is shown.
    pub(super) fn until(&self, at: std::time::Instant) -> String {
        text::countdown(at.saturating_duration_since(self.now.at))
    }
}

impl From<Tone> for Role {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Plain => Self::Text,
            Tone::Good => Self::Ok,
            Tone::Warning => Self::Waiting,
            Tone::Bad => Self::Trouble,
        }
    }
}

/// Columns that parts of a line take together.
pub(super) fn width_of(spans: &[Span<'static>]) -> usize {
    spans.iter().map(Span::width).sum()
}
