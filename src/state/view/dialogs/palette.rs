//! The command palette.

use crate::state::view::scroll::Scroll;
use tui_input::Input;

/// The command palette: one line to type in, and the actions that fit it.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What was typed.
    pub input: Input,
    /// Which row is chosen.
    pub at: Scroll,
    /// Why the last line was not an order.
    pub mistake: Option<String>,
}
