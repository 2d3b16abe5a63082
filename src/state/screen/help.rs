//! The help screen: its room, and how far it can be scrolled.

use crate::state::{
    State,
    screen::layout,
    view::{
        Dialog,
        dialogs::{Help, help::limit_in},
    },
};

/// The room inside the help screen's border; its last line holds the search while it is typed.
pub fn room(state: &State, help: &Help) -> (u16, u16) {
    let body = layout::body(state.view.size);
    let typing = u16::from(help.typing && body.height > 3);
    (body.width.saturating_sub(4), body.height.saturating_sub(2 + typing))
}

/// How far the open help screen can be scrolled; 0 without one.
pub fn limit(state: &State) -> u16 {
    let open = state.view.dialogs.iter().rev().find_map(|layer| match layer {
        Dialog::Help(help) => Some(help),
        _ => None,
    });
    open.map_or(0, |help| {
        let (width, height) = room(state, help);
        limit_in(&state.keymap, help, width, height)
    })
}
