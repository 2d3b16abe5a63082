//! Where everything is on a state's screen, and what the mouse points at.

pub use crate::state::view::layout::{
    Layout, LayoutKind, ams_columns, ams_lines, arrange, body, inner, is_legible, margin,
};

use crate::state::{
    PrinterId, State, printer::camera::PictureSize, screen::list::ListArea, settings::CameraMode, view::Pane,
};
use ratatui::layout::Position;

/// The layout of a state's screen.
pub fn of(state: &State) -> Layout {
    arrange(state.view.size, &state.view, state.shown().len())
}

/// Pixels that the visible camera pane has room for; `None`: nobody looks at a camera.
pub fn picture_size(state: &State, layout: &Layout) -> Option<PictureSize> {
    let zoomed = state.view.zoom == Some(Pane::Camera);
    if state.settings.camera == CameraMode::Off || state.settings.camera == CameraMode::Zoom && !zoomed {
        return None;
    }
    let room = inner(layout.camera?);
    Some(PictureSize { width: room.width, height: room.height * 2 })
}

/// What the mouse points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The pane.
    pub pane: Pane,
    /// In the list: the printer.
    pub printer: Option<PrinterId>,
}

/// What is at a place of the screen. While something lies on top, nothing below can be pointed at.
pub fn hit(state: &State, column: u16, row: u16) -> Option<Hit> {
    if !state.view.dialogs.is_empty() {
        return None;
    }
    let layout = of(state);
    let at = Position::new(column, row);
    let pane = Pane::ALL.into_iter().find(|pane| layout.rect(*pane).is_some_and(|rect| rect.contains(at)))?;
    let list = ListArea::of(&layout, &state.view).filter(|list| pane == Pane::Printers && list.rect.contains(at));
    Some(Hit { pane, printer: list.and_then(|list| list.entry_at(state, at)) })
}

/// Whether the whole dashboard is hidden by a dialog or because there is no printer.
pub fn is_covered(state: &State) -> bool {
    state.shown().is_empty() || state.view.dialogs.iter().any(|open| open.keys().covers_all())
}
