//! The help screen's lines: the key table in groups, filtered and wrapped. Scrolling counts what drawing draws.

use crate::state::view::{
    keymap::{Binding, Group, Keymap},
    scroll::Scroll,
    wrap::wrap,
};
use tui_input::Input;

/// The help screen.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// The first line that shows.
    pub scroll: Scroll,
    /// Text to look for.
    pub search: Input,
    /// The search text is being typed.
    pub typing: bool,
}

/// Columns of the keys, with a blank at both sides.
pub const KEYS: u16 = 13;

/// One line of the help screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpRow {
    /// A group's heading.
    Heading(Group),
    /// Keys and what they do; further lines of a long sentence have no keys.
    Keys(String, String),
    /// Between two groups.
    Blank,
}

const GROUPS: [Group; 6] = [Group::Control, Group::Many, Group::Move, Group::Look, Group::Camera, Group::Program];

/// Whether there is room for two columns.
pub fn is_wide(width: u16) -> bool {
    width >= 96
}

/// Width of a column of the help screen.
pub fn column_width(width: u16) -> u16 {
    if is_wide(width) { width / 2 - 1 } else { width }
}

/// The lines of each column.
pub fn arrange(keymap: &Keymap, help: &Help, width: u16) -> Vec<Vec<HelpRow>> {
    let wanted = help.search.value().to_lowercase();
    let room = usize::from(column_width(width).saturating_sub(KEYS));
    let blocks: Vec<_> = GROUPS.into_iter().map(|group| block(keymap, group, &wanted, room)).collect();
    let all: usize = blocks.iter().map(Vec::len).sum();
    let mut columns: Vec<Vec<HelpRow>> = vec![vec![]];
    for block in blocks {
        let last = columns.len() - 1;
        let full = columns[last].len() + block.len() / 2 > all / 2;
        if is_wide(width) && last == 0 && full && !columns[0].is_empty() {
            columns.push(block);
        } else {
            columns[last].extend(block);
        }
    }
    for column in &mut columns {
        // Nothing follows the last group.
        if column.last() == Some(&HelpRow::Blank) {
            column.pop();
        }
    }
    columns
}

fn block(keymap: &Keymap, group: Group, wanted: &str, room: usize) -> Vec<HelpRow> {
    let mut out = Vec::new();
    for row in keymap.rows().iter().filter(|row| row.group == group && matches(row, wanted)) {
        let keys: Vec<_> = row.keys.iter().map(ToString::to_string).collect();
        let mut keys = keys.join(" ");
        out.extend(wrap(row.text, room).into_iter().map(|words| HelpRow::Keys(std::mem::take(&mut keys), words)));
    }
    if group == Group::Move && wanted.is_empty() {
        out.push(HelpRow::Keys("1 to 9".to_owned(), "choose a printer of the list".to_owned()));
    }
    if !out.is_empty() {
        out.insert(0, HelpRow::Heading(group));
        out.push(HelpRow::Blank);
    }
    out
}

fn matches(row: &Binding, wanted: &str) -> bool {
    wanted.split_whitespace().all(|word| {
        row.text.to_lowercase().contains(word)
            || row.name.contains(word)
            || row.keys.iter().any(|key| key.to_string().to_lowercase() == word)
    })
}

/// How far the help screen can be scrolled in a room of this size.
pub fn limit_in(keymap: &Keymap, help: &Help, width: u16, height: u16) -> u16 {
    let longest = arrange(keymap, help, width).iter().map(Vec::len).max().unwrap_or(0);
    (longest as u16).saturating_sub(height)
}
