//! Moving: the selection, the focus, scrolling, and what a click means.

use crate::state::screen::alerts;
use crate::state::{
    Redraw, State,
    effect::Effect,
    key_action::Intent,
    screen::{info_table, layout, list},
    view::Pane,
};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

impl State {
    /// Scrolls the list so that the selected printer is visible and no room is wasted below the last one.
    pub fn keep_selection_visible(&mut self) {
        let Some(list) = list::ListArea::on(self) else { return };
        let selected = self.selected_row().unwrap_or(0);
        let all = list::bands(&self.view, list.columns).count();
        let band = list::bands(&self.view, list.columns).position(|band| band.holds(selected)).unwrap_or(0);
        let mut top = self.view.top.min(band);
        // The first entries of a group do not leave their heading behind.
        if top > 0 && matches!(list::bands(&self.view, list.columns).nth(top - 1), Some(list::Band::Heading(_))) {
            top -= 1;
        }
        while top < band && top + list.fitting(self, top) <= band {
            top += 1;
        }
        while top > 0 && top - 1 + list.fitting(self, top - 1) >= all {
            top -= 1;
        }
        self.view.top = top;
    }

    /// The pane that moving keys act on.
    pub(in crate::state) fn moving_pane(&self) -> Pane {
        self.view.zoom.unwrap_or(self.view.focus)
    }

    pub(in crate::state) fn step(&mut self, intent: Intent) {
        let forward = matches!(intent, Intent::Down | Intent::Right);
        let sideways = matches!(intent, Intent::Left | Intent::Right);
        if sideways && list::columns(self) == 1 {
            return self.turn_focus(if forward { 1 } else { -1 });
        }
        match (self.moving_pane(), self.selected_row()) {
            (Pane::Ams | Pane::Device | Pane::Journal, _) | (_, None) => self.scroll(1, forward),
            (Pane::Job, _) if alerts::scroll_limit(self) > 0 => self.scroll(1, forward),
            (_, Some(_)) if sideways => self.scroll(1, forward),
            (_, Some(row)) => self.select_row(list::beside(self, row, forward)),
        }
    }

    pub(in crate::state) fn leap(&mut self, intent: Intent) {
        let by = match intent {
            Intent::PageUp | Intent::PageDown => self.page(),
            _ => usize::MAX / 2,
        };
        self.scroll(by, matches!(intent, Intent::PageDown | Intent::Bottom));
    }

    /// What a page moves by: what is visible of the pane.
    pub(in crate::state) fn page(&self) -> usize {
        let layout = layout::of(self);
        let lines = |rect: Option<Rect>| rect.map_or(1, |rect| usize::from(layout::inner(rect).height)).max(1);
        match self.moving_pane() {
            Pane::Ams => lines(layout.ams),
            Pane::Device => lines(layout.device),
            Pane::Journal => lines(layout.journal),
            Pane::Job if alerts::scroll_limit(self) > 0 => lines(layout.job) / 2,
            _ => list::page(self),
        }
    }

    pub(in crate::state) fn scroll(&mut self, by: usize, forward: bool) {
        let (limits, messages) = (layout::scroll_limits(self), alerts::scroll_limit(self));
        let lines = u16::try_from(by).unwrap_or(u16::MAX);
        let moved = |at: u16, limit: u16| {
            let at = at.min(limit);
            if forward { at.saturating_add(lines).min(limit) } else { at.saturating_sub(lines) }
        };
        match self.moving_pane() {
            Pane::Ams => self.view.scroll_ams = moved(self.view.scroll_ams, limits.0),
            Pane::Device => {
                self.view.scroll_device = moved(self.view.scroll_device, info_table::limit(self, Pane::Device));
            }
            Pane::Journal => self.view.scroll_journal = moved(self.view.scroll_journal, limits.1),
            Pane::Job if messages > 0 => self.view.scroll_job = moved(self.view.scroll_job, messages),
            _ => {
                let last = self.view.rows.len().saturating_sub(1);
                let row = self.selected_row().unwrap_or(0);
                let row = if forward { row.saturating_add(by).min(last) } else { row.saturating_sub(by) };
                self.select_row(row);
            }
        }
    }

    pub(in crate::state) fn select_row(&mut self, row: usize) {
        if let Some(who) = self.view.rows.get(row).copied() {
            if self.view.selected != Some(who) {
                (self.view.scroll_ams, self.view.scroll_job, self.view.scroll_device) = (0, 0, 0);
            }
            (self.view.selected, self.view.settled) = (Some(who), true);
            self.view.marks.stretch(&self.view.rows, who);
            self.keep_selection_visible();
        }
    }

    /// Panes that can have the focus: those the layout shows, or all of them while one fills the screen.
    pub(in crate::state) fn panes_on_screen(&self) -> Vec<Pane> {
        if self.view.zoom.is_some() {
            return Pane::ALL.to_vec();
        }
        let layout = layout::of(self);
        Pane::ALL.into_iter().filter(|pane| layout.rect(*pane).is_some()).collect()
    }

    pub(in crate::state) fn turn_focus(&mut self, by: isize) {
        let visible = self.panes_on_screen();
        // A pane that is not on the screen stands before the first one, or behind the last.
        let at = visible
            .iter()
            .position(|pane| *pane == self.moving_pane())
            .map_or(if by > 0 { -1 } else { 0 }, |at| at as isize);
        let Some(pane) = visible.get((at + by).rem_euclid(visible.len().max(1) as isize) as usize) else {
            return;
        };
        self.view.focus = *pane;
        if self.view.zoom.is_some() {
            self.view.zoom = Some(*pane);
        }
    }

    pub(in crate::state) fn mouse(&mut self, mouse: MouseEvent, effects: &mut Vec<Effect>) {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.act(Intent::Up, effects),
            MouseEventKind::ScrollDown => self.act(Intent::Down, effects),
            MouseEventKind::Down(MouseButton::Left) if self.view.layers.is_empty() => {
                let Some(hit) = layout::hit(self, mouse.column, mouse.row) else { return };
                self.view.focus = hit.pane;
                if let Some(row) = hit.printer.and_then(|who| self.view.rows.iter().position(|id| *id == who)) {
                    self.select_row(row);
                }
                self.mark(Redraw::AtOnce);
            }
            _ => {}
        }
    }
}
