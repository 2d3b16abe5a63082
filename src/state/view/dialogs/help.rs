//! The help screen's lines: the key table in groups, filtered and wrapped. Scrolling counts what drawing draws.

use super::{Dialog, DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want, keys::edit};
use crate::state::view::{
    keymap::{Binding, Group, Keymap},
    scroll::Scroll,
    wrap::wrap,
};
use crate::state::{key_action::KeyAction, view::layout};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Size;
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
    Heading(&'static str),
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
    // Below the keys of the panes, which a large screen shows without scrolling, each where there is more room.
    for dialog in Dialog::HELP {
        let block = dialog_block(keymap, dialog, &wanted, room);
        if let Some(shortest) = columns.iter_mut().min_by_key(|column| column.len()) {
            shortest.extend(block);
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
        out.insert(0, HelpRow::Heading(group.title()));
        out.push(HelpRow::Blank);
    }
    out
}

/// The keys of a dialog: all of them where its name is looked for.
fn dialog_block(keymap: &Keymap, dialog: &'static DialogHelp, wanted: &str, room: usize) -> Vec<HelpRow> {
    let mut out = Vec::new();
    for (key, words) in dialog.keys {
        let Some(mut key) = key.shown(keymap) else { continue };
        let text = format!("{} {words}", dialog.title).to_lowercase();
        if wanted.split_whitespace().all(|word| text.contains(word) || key.to_lowercase() == word) {
            out.extend(wrap(words, room).into_iter().map(|words| HelpRow::Keys(std::mem::take(&mut key), words)));
        }
    }
    if !out.is_empty() {
        out.insert(0, HelpRow::Heading(dialog.title));
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

/// The room inside the help screen's border; its last line holds the search while it is typed.
pub fn room(size: Size, help: &Help) -> (u16, u16) {
    let body = layout::body(size);
    let typing = u16::from(help.typing && body.height > 3);
    (body.width.saturating_sub(4), body.height.saturating_sub(2 + typing))
}

/// How far the help screen can be scrolled.
pub fn limit(context: &DialogContext<'_>, help: &Help) -> u16 {
    let (width, height) = room(context.size(), help);
    limit_in(context.keymap, help, width, height)
}

/// Whether a key closes it.
fn closes(key: &KeyEvent, context: &DialogContext<'_>) -> bool {
    match context.keymap.bound(key) {
        Some(bound) => matches!(bound, KeyAction::Back | KeyAction::Quit | KeyAction::Help),
        None => key.code == KeyCode::Char('q'),
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "This help",
    keys: &[
        (HintKey::UpDown, "scroll"),
        (HintKey::Bound(KeyAction::Filter), "search"),
        (HintKey::Fixed("Enter"), "keep what was found"),
        (HintKey::Fixed("Esc"), "clear the search"),
        (HintKey::Bound(KeyAction::Back), "close"),
    ],
};

impl DialogKeys for Help {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        if self.typing {
            match key.code {
                KeyCode::Esc => {
                    self.typing = false;
                    self.search = Input::default();
                }
                KeyCode::Enter => self.typing = false,
                _ if edit(&mut self.search, key) => self.typed(),
                _ => {}
            }
        } else if closes(key, context) {
            return Some(vec![Want::Close]);
        } else {
            let key = context.keymap.bound(key)?;
            self.typing = key == KeyAction::Filter;
            return Some(self.wheel(key, context));
        }
        Some(Vec::new())
    }

    fn hints(&self, _context: &DialogContext<'_>) -> Vec<Hint> {
        if self.typing {
            return vec![Hint::new("Enter", "keep"), Hint::new("Esc", "clear")];
        }
        vec![Hint::bound(KeyAction::Back, "back", 5), Hint::bound(KeyAction::Filter, "search", 5)]
    }

    fn role_of(&self, key: &KeyEvent, context: &DialogContext<'_>) -> KeyRole {
        let leaves = if self.typing { key.code == KeyCode::Esc } else { closes(key, context) };
        if leaves { KeyRole::WayOut } else { KeyRole::Own }
    }

    fn input(&mut self) -> Option<&mut Input> {
        self.typing.then_some(&mut self.search)
    }

    fn typed(&mut self) {
        self.scroll = Scroll::default();
    }

    fn covers_all(&self) -> bool {
        true
    }

    fn wheel(&mut self, key: KeyAction, context: &DialogContext<'_>) -> Vec<Want> {
        let page = context.size().height.saturating_sub(4);
        self.scroll.press(key, page.into(), limit(context, self).into());
        Vec::new()
    }
}
