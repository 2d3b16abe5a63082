//! Facts in sections: what the device pane and the zoomed AMS show. Scrolling counts what drawing draws, so the lines are
//! made here and only get their looks elsewhere.

use crate::state::{
    State, Tone,
    printer::ams::Rgba,
    screen::{
        device,
        layout::{self, LayoutKind},
    },
    settings::Units,
    view::{Pane, wrap::wrap},
};

/// Columns of the labels, with the blank behind them.
pub const LABEL: u16 = 14;
/// A column of sections is at least so wide.
const COLUMN: u16 = 54;

/// A fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What it is; empty: it belongs to the row above.
    pub label: String,
    /// The value; empty: not known.
    pub value: String,
    /// How loud.
    pub tone: Tone,
    /// Colours to show before the value.
    pub colors: Vec<Rgba>,
    /// How far something is, as a bar before the value.
    pub percent: Option<u8>,
}

/// Facts under a heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The facts.
    pub rows: Vec<Field>,
}

impl Section {
    /// A section without facts.
    pub(in crate::state) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new() }
    }

    /// Adds a fact.
    pub(in crate::state) fn add(&mut self, label: impl Into<String>, value: impl Into<String>) -> &mut Field {
        let row =
            Field { label: label.into(), value: value.into(), tone: Tone::Plain, colors: Vec::new(), percent: None };
        self.rows.push(row);
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }

    /// Adds a fact that may not be known, where it is left out then.
    pub(in crate::state) fn maybe(&mut self, label: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }

    /// Adds a switch, where the printer has it.
    pub(in crate::state) fn switch(&mut self, label: &str, on: Option<bool>) {
        self.maybe(label, on.map(|on| if on { "on" } else { "off" }));
    }
}

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A heading.
    Title(String),
    /// A fact, or the part of its value that goes on in another line.
    Fact(Field),
    /// Between two sections.
    Blank,
}

/// Columns that a swatch takes, with the blank behind it.
pub const SWATCH: u16 = 5;
/// Columns that a bar takes, with the blank behind it.
pub const BAR: u16 = 11;

/// Columns of sections in a room of this width.
fn columns(width: u16, sections: usize) -> usize {
    usize::from(width / COLUMN).clamp(1, 3).min(sections.max(1))
}

/// Width of a column, without the gap behind it.
pub fn column_width(width: u16, columns: usize) -> u16 {
    (width / columns.max(1) as u16).saturating_sub(if columns > 1 { 2 } else { 0 })
}

/// The lines of each column.
pub fn arrange(sections: &[Section], width: u16) -> Vec<Vec<Line>> {
    let count = columns(width, sections.len());
    let room = column_width(width, count);
    let blocks: Vec<_> = sections.iter().filter(|section| !section.rows.is_empty()).map(|s| block(s, room)).collect();
    let all: usize = blocks.iter().map(|block| block.len() + 1).sum();
    let mut out: Vec<Vec<Line>> = vec![Vec::new()];
    let mut before = 0;
    for block in blocks {
        let column = out.len();
        // A new column begins where more than its share would stand before it.
        let full = (before + block.len() / 2) * count >= all * column;
        if full && column < count && out.last().is_some_and(|lines| !lines.is_empty()) {
            out.push(Vec::new());
        }
        before += block.len() + 1;
        if let Some(lines) = out.last_mut() {
            if !lines.is_empty() {
                lines.push(Line::Blank);
            }
            lines.extend(block);
        }
    }
    out
}

fn block(section: &Section, room: u16) -> Vec<Line> {
    let mut lines = vec![Line::Title(section.title.clone())];
    for row in &section.rows {
        let swatch = if row.colors.is_empty() { 0 } else { SWATCH };
        let bar = if row.percent.is_some() { BAR } else { 0 };
        let room = room.saturating_sub(LABEL + swatch + bar);
        for (at, value) in wrap(&row.value, usize::from(room).max(8)).into_iter().enumerate() {
            lines.push(Line::Fact(if at == 0 {
                Field { value, ..row.clone() }
            } else {
                Field { label: String::new(), value, tone: row.tone, colors: Vec::new(), percent: None }
            }));
        }
    }
    lines
}

/// The sections that a pane shows; `None`: it shows no sheet.
pub fn sections(state: &State, pane: Pane) -> Option<Vec<Section>> {
    let printer = state.selected()?;
    match pane {
        Pane::Device => Some(device::sections(state, printer)),
        Pane::Ams if layout::of(state).kind == LayoutKind::Zoom(Pane::Ams) => {
            Some(super::ams::sections(printer, state.settings.units))
        }
        _ => None,
    }
}

/// How far a pane's sheet can be scrolled.
pub fn limit(state: &State, pane: Pane) -> u16 {
    let room = layout::of(state).rect(pane).map(|rect| layout::margin(layout::inner(rect)));
    let Some((room, sections)) = room.zip(sections(state, pane)) else { return 0 };
    longest(&arrange(&sections, room.width)).saturating_sub(room.height)
}

/// Lines of the longest column.
pub fn longest(columns: &[Vec<Line>]) -> u16 {
    columns.iter().map(Vec::len).max().unwrap_or(0) as u16
}

/// A temperature with its unit.
pub(in crate::state) fn degrees(celsius: f64, units: Units) -> String {
    format!("{} {}", units.figure(celsius), units.sign())
}

/// A span of minutes.
pub(in crate::state) fn minutes(total: u32) -> String {
    match (total / 60, total % 60) {
        (0, minutes) => format!("{minutes} m"),
        (hours, minutes) => format!("{hours} h {minutes:02} m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(title: &str, rows: usize) -> Section {
        let mut section = Section::new(title);
        (0..rows).for_each(|row| {
            section.add(format!("row {row}"), "a value");
        });
        section
    }

    #[test]
    fn every_line_is_in_one_column_in_its_order() {
        let sections = [section("a", 9), section("b", 2), section("none", 0), section("c", 7), section("d", 1)];
        for width in [20, 60, 120, 200, 400] {
            let columns = arrange(&sections, width);
            let lines = columns.concat();
            let titles: Vec<_> = lines
                .iter()
                .filter_map(|line| if let Line::Title(title) = line { Some(&**title) } else { None })
                .collect();
            assert_eq!(titles, ["a", "b", "c", "d"], "at {width}");
            assert_eq!(lines.iter().filter(|line| matches!(line, Line::Fact(_))).count(), 19, "at {width}");
            assert!(columns.iter().all(|column| !column.is_empty() && column[0] != Line::Blank));
        }
        assert_eq!(arrange(&sections, 60).len(), 1);
        assert_eq!(arrange(&sections, 120).len(), 2);
    }

    #[test]
    fn a_long_value_goes_on_below_without_its_label() {
        let mut section = Section::new("t");
        section.add("label", "one two three four five six seven").percent = Some(40);
        let lines = arrange(&[section], 40).concat();
        let facts: Vec<_> =
            lines.into_iter().filter_map(|l| if let Line::Fact(row) = l { Some(row) } else { None }).collect();
        assert!(facts.len() > 1);
        assert_eq!((facts[0].percent, facts[1].percent, facts[1].label.as_str()), (Some(40), None, ""));
    }
}
