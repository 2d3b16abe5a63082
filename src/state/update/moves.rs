//! Moving: the selection, the focus, scrolling, and what a click means.

use crate::state::cx::Cx;
use crate::state::{
    Redraw, State,
    key_action::KeyAction,
    screen::{layout, list, panes},
    view::{Pane, scroll::Scroll},
};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

impl State {
    /// Scrolls the list so that the selected printer is visible and no room is wasted below the last one.
    pub fn keep_selection_visible(&mut self) {
        let Some(list) = list::ListArea::on(self) else { return };
        let selected = self.selected_row().unwrap_or(0);
        let all = list::bands(&self.view, list.columns).count();
        let band = list::bands(&self.view, list.columns).position(|band| band.holds(selected)).unwrap_or(0);
        let mut top = Scroll::to(self.view.top.at(band));
        // The first entries of a group do not leave their heading behind.
        let above = top.at(band).checked_sub(1).and_then(|above| list::bands(&self.view, list.columns).nth(above));
        if matches!(above, Some(list::Band::Heading(_))) {
            top.by(1, false, band);
        }
        top.follow(band, all, |top| list.fitting(self, top));
        self.view.top = top;
    }

    /// The pane that moving keys act on.
    pub(in crate::state) fn moving_pane(&self) -> Pane {
        self.view.zoom.unwrap_or(self.view.focus)
    }

    pub(in crate::state) fn step(&mut self, key_action: KeyAction) {
        let forward = matches!(key_action, KeyAction::Down | KeyAction::Right);
        let sideways = matches!(key_action, KeyAction::Left | KeyAction::Right);
        if sideways && list::columns(self) == 1 {
            return self.turn_focus(if forward { 1 } else { -1 });
        }
        match (self.moving_pane(), self.selected_row()) {
            (pane, Some(row)) if panes::last_place(self, pane).is_none() && !sideways => {
                self.select_row(list::beside(self, row, forward));
            }
            _ => self.scroll(1, forward),
        }
    }

    pub(in crate::state) fn leap(&mut self, key_action: KeyAction) {
        let by = match key_action {
            KeyAction::PageUp | KeyAction::PageDown => panes::page(self, self.moving_pane()),
            _ => usize::MAX / 2,
        };
        self.scroll(by, matches!(key_action, KeyAction::PageDown | KeyAction::Bottom));
    }

    pub(in crate::state) fn scroll(&mut self, by: usize, forward: bool) {
        let pane = self.moving_pane();
        if let Some(last) = panes::last_place(self, pane) {
            return self.view.scroll[pane].by(by, forward, last);
        }
        let mut row = Scroll::to(self.selected_row().unwrap_or(0));
        let last = self.view.rows.len().saturating_sub(1);
        row.by(by, forward, last);
        self.select_row(row.at(last));
    }

    pub(in crate::state) fn select_row(&mut self, row: usize) {
        if let Some(who) = self.view.rows.get(row).copied() {
            if self.view.selected != Some(who) {
                for pane in [Pane::Ams, Pane::Job, Pane::Device] {
                    self.view.scroll[pane] = Scroll::default();
                }
            }
            self.view.selected = Some(who);
            self.view.settled = true;
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

    pub(in crate::state) fn mouse(&mut self, mouse: MouseEvent, cx: &mut Cx) {
        match mouse.kind {
            MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
                let up = mouse.kind == MouseEventKind::ScrollUp;
                let key = if up { KeyAction::Up } else { KeyAction::Down };
                if self.view.dialogs.is_empty() {
                    self.act(key, cx);
                } else {
                    self.wheel_in_dialog(key, cx);
                }
            }
            MouseEventKind::Down(MouseButton::Left) if self.view.dialogs.is_empty() => {
                let Some(hit) = layout::hit(self, mouse.column, mouse.row) else { return };
                self.view.focus = hit.pane;
                if let Some(row) = hit.printer.and_then(|who| self.view.rows.iter().position(|id| *id == who)) {
                    self.select_row(row);
                }
                cx.mark(Redraw::AtOnce);
            }
            _ => {}
        }
    }
}
