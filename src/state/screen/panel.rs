//! What the control panel says, and how much room that takes: arming asks here, and so does the drawing.

use crate::state::{printer::Printer, screen::layout, view::wrap::wrap};
use ratatui::layout::Size;

/// Columns for its words.
pub fn width(size: Size) -> usize {
    usize::from(layout::body(size).width.min(72)).saturating_sub(4).max(1)
}

/// What stands in it while it is armed.
pub fn armed_words(printer: &Printer) -> String {
    format!("ARMED: keys move {}", printer.name)
}

/// What its keys do, in lines; the way out last.
pub fn keys(printer: &Printer, ascii: bool, width: usize) -> Vec<String> {
    let arrows = if ascii { "arrows" } else { "← → ↑ ↓" };
    let mut keys = vec![
        format!("{arrows}  move X and Y"),
        "a nozzle off the bed, t towards it".to_owned(),
        "e extrude, r retract, H home, s step".to_owned(),
    ];
    if printer.temps.nozzles.len() > 1 {
        keys.push("x other hotend".to_owned());
    }
    keys.push("Esc leaves and disarms".to_owned());
    keys.iter().flat_map(|key| wrap(key, width)).collect()
}

/// Lines that it takes to show whom it moves and all of its keys, with the border.
pub(in crate::state) fn needed(printer: &Printer, ascii: bool, size: Size) -> u16 {
    let width = width(size);
    let lines = wrap(&armed_words(printer), width).len() + keys(printer, ascii, width).len();
    lines as u16 + 2
}
