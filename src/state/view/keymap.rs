//! Keys: one table makes dispatch, help, footer and the README's list.

use crate::state::key_action::KeyAction;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::{collections::BTreeMap, fmt};

/// When a key has its meaning, where no dialog is open: a dialog owns its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The dashboard.
    Normal,
    /// No printer is configured.
    Welcome,
    /// A filter or a search is being typed: only keys that edit or end it.
    Typing,
}

/// Groups of the help screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are the headings")]
pub enum Group {
    Control,
    Many,
    Move,
    Look,
    Camera,
    Program,
}

impl Group {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Control => "Control the printer",
            Self::Many => "Several printers at once",
            Self::Move => "Move",
            Self::Look => "Look",
            Self::Camera => "Camera",
            Self::Program => "Program",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Binding {
    /// What it means.
    pub key_action: KeyAction,
    /// Its name in `[keys]`.
    pub name: &'static str,
    /// The keys.
    pub keys: Vec<Key>,
    /// Where the help shows it.
    pub group: Group,
    /// What it does, for help and manual.
    pub text: &'static str,
    /// One word for the footer.
    pub short: &'static str,
}

/// A key with its modifiers, as it is written in configuration and help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// All but Shift, which shows in the character.
    pub modifiers: KeyModifiers,
}

impl Key {
    /// The key of an event. Shift counts only where it does not show in the character.
    pub fn of(event: &KeyEvent) -> Self {
        // With Super and its like a letter is another key, though none of ours.
        let mut modifiers = event.modifiers - KeyModifiers::SHIFT;
        let mut code = event.code;
        if let KeyCode::Char(c) = code
            && modifiers.contains(KeyModifiers::CONTROL)
        {
            code = KeyCode::Char(c.to_ascii_lowercase());
        }
        if code == KeyCode::BackTab {
            modifiers = KeyModifiers::NONE;
        }
        Self { code, modifiers }
    }

    /// Whether terminals send it with the bytes that begin (and one that ends) their replies.
    fn begins_sequences(self) -> bool {
        self.modifiers == KeyModifiers::ALT
            && matches!(self.code, KeyCode::Char('[' | ']' | 'N' | 'O' | 'P' | '_' | '^' | 'X' | '\\'))
    }

    /// Reads `p`, `ctrl-x`, `alt-f`, `space`, `f1`, `pgup` …
    pub fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            if let Some(tail) = rest.strip_prefix("ctrl-").filter(|t| !t.is_empty()) {
                modifiers |= KeyModifiers::CONTROL;
                rest = tail;
            } else if let Some(tail) = rest.strip_prefix("alt-").filter(|t| !t.is_empty()) {
                modifiers |= KeyModifiers::ALT;
                rest = tail;
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => NAMED.iter().find(|(_, name)| *name == rest).map(|(code, _)| *code).or_else(|| {
                let number: u8 = rest.strip_prefix('f')?.parse().ok()?;
                (1..=12).contains(&number).then_some(KeyCode::F(number))
            })?,
        };
        Some(Self { code, modifiers })
    }
}

const NAMED: &[(KeyCode, &str)] = &[
    (KeyCode::Char(' '), "space"),
    (KeyCode::Enter, "enter"),
    (KeyCode::Esc, "esc"),
    (KeyCode::Tab, "tab"),
    (KeyCode::BackTab, "shift-tab"),
    (KeyCode::Backspace, "backspace"),
    (KeyCode::Delete, "del"),
    (KeyCode::Up, "up"),
    (KeyCode::Down, "down"),
    (KeyCode::Left, "left"),
    (KeyCode::Right, "right"),
    (KeyCode::PageUp, "pgup"),
    (KeyCode::PageDown, "pgdn"),
    (KeyCode::Home, "home"),
    (KeyCode::End, "end"),
];

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modifiers.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        if self.modifiers.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        if let Some((_, name)) = NAMED.iter().find(|(code, _)| *code == self.code) {
            let mut chars = name.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            return write!(f, "{}{}", first.unwrap_or(' '), chars.as_str());
        }
        match self.code {
            KeyCode::Char(c) if !self.modifiers.is_empty() => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "F{n}"),
            _ => f.write_str("?"),
        }
    }
}

/// The table as it stands without a configuration: key action, name, keys, group, sentence, word.
#[rustfmt::skip]
const DEFAULTS: &[(KeyAction, &str, &str, Group, &str, &str)] = &[
    (KeyAction::Pause, "pause", "p", Group::Control, "pause the print", "pause"),
    (KeyAction::Resume, "resume", "r", Group::Control, "resume the print; asks if it paused by itself", "resume"),
    (KeyAction::Stop, "stop", "x", Group::Control, "stop the print for good; asks first", "stop"),
    (KeyAction::Light, "light", "L", Group::Control, "switch the chamber light", "light"),
    (KeyAction::SpeedUp, "speed-up", "+ =", Group::Control, "faster speed profile", "faster"),
    (KeyAction::SpeedDown, "speed-down", "-", Group::Control, "slower speed profile", "slower"),
    (KeyAction::Palette, "palette", ": ctrl-p", Group::Control, "every action by name: heat, fans, drying …", "commands"),
    (KeyAction::Objects, "objects", "o", Group::Control, "objects of the print; skip some of them", "objects"),
    (KeyAction::Panel, "panel", "C", Group::Control, "control panel: move axes, home, extrude", "panel"),
    (KeyAction::Mark, "mark", "space", Group::Many, "mark, unmark; commands then go to all marked", "mark"),
    (KeyAction::MarkRange, "mark-range", "V", Group::Many, "mark what you move over, until pressed again", "range"),
    (KeyAction::MarkAll, "mark-all", "A", Group::Many, "mark all that the filter shows, or none", "all"),
    (KeyAction::Up, "up", "up k", Group::Move, "previous printer, or scroll up", ""),
    (KeyAction::Down, "down", "down j", Group::Move, "next printer, or scroll down", ""),
    (KeyAction::Left, "left", "left h", Group::Move, "left in the grid, or previous pane", ""),
    (KeyAction::Right, "right", "right l", Group::Move, "right in the grid, or next pane", ""),
    (KeyAction::PageUp, "page-up", "pgup ctrl-b", Group::Move, "a page up", ""),
    (KeyAction::PageDown, "page-down", "pgdn ctrl-f", Group::Move, "a page down", ""),
    (KeyAction::Top, "top", "g home", Group::Move, "first printer, or scroll to the top", ""),
    (KeyAction::Bottom, "bottom", "G end", Group::Move, "last printer, or scroll to the end", ""),
    (KeyAction::NextPane, "next-pane", "tab", Group::Move, "next pane", "pane"),
    (KeyAction::PreviousPane, "previous-pane", "shift-tab", Group::Move, "previous pane", ""),
    (KeyAction::Zoom, "zoom", "z enter", Group::Look, "zoom the pane to the full screen, and back", "zoom"),
    (KeyAction::Back, "back", "esc", Group::Look, "close one layer: dialog, marks, filter, zoom", "back"),
    (KeyAction::Filter, "filter", "/", Group::Look, "filter by name, model, tag, job or state; in the journal, search it", "filter"),
    (KeyAction::Sort, "sort", "s", Group::Look, "sort by need, name or time left", "sort"),
    (KeyAction::Group, "group", "t", Group::Look, "group the list by tag, by model, or not", "group"),
    (KeyAction::Freeze, "freeze", "f", Group::Look, "freeze / unfreeze the screen", "freeze"),
    (KeyAction::Device, "device", "i", Group::Look, "zoom what is known of the device, and back", "device"),
    (KeyAction::Journal, "journal", "J", Group::Look, "zoom the journal, and back", "journal"),
    (KeyAction::OnlyThis, "only-this", "e", Group::Look, "journal: this printer only, or every one", "every printer"),
    (KeyAction::SpanShorter, "span-shorter", "[", Group::Look, "shorter chart span", ""),
    (KeyAction::SpanLonger, "span-longer", "]", Group::Look, "longer chart span, up to 12 hours", "longer"),
    (KeyAction::Camera, "camera", "c", Group::Camera, "zoom the camera, and back", "camera"),
    (KeyAction::SavePicture, "save-picture", "S", Group::Camera, "save the picture as the camera sent it", "save"),
    (KeyAction::ShowPicture, "show-picture", "v", Group::Camera, "picture at full resolution; any key returns", "full picture"),
    (KeyAction::AddPrinter, "add-printer", "a", Group::Program, "add a printer on your network", "add printer"),
    (KeyAction::Account, "account", "U", Group::Program, "sign in to the cloud; who is signed in; sign out", "account"),
    (KeyAction::History, "history", "H", Group::Program, "what the cloud remembers: prints, messages …", "history"),
    (KeyAction::Rename, "rename", "N", Group::Program, "another name for a printer of the account", "rename"),
    (KeyAction::Retry, "retry", "R", Group::Program, "reconnect; reads the file again", "reconnect"),
    (KeyAction::Trust, "trust", "T", Group::Program, "see a printer's new or changed certificate, and accept it", "accept certificate"),
    (KeyAction::Mouse, "mouse", "m", Group::Program, "mouse on or off (off: text can be selected)", "mouse"),
    (KeyAction::Demo, "demo", "d", Group::Program, "without printers: start the demo", "demo"),
    (KeyAction::Help, "help", "? f1", Group::Program, "this help", "help"),
    (KeyAction::Suspend, "suspend", "ctrl-z", Group::Program, "to the background", ""),
    (KeyAction::Quit, "quit", "q", Group::Program, "quit", "quit"),
    (KeyAction::ForceQuit, "force-quit", "ctrl-c", Group::Program, "quit from anywhere; never acts on a printer", ""),
];

/// The table in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    rows: Vec<Binding>,
}

/// A wrong entry of `[keys]`: its line, what is wrong, the cure.
pub type KeyProblem = (usize, String, String);

impl Default for Keymap {
    fn default() -> Self {
        let rows = DEFAULTS
            .iter()
            .map(|&(key_action, name, keys, group, text, short)| Binding {
                key_action,
                name,
                keys: keys.split(' ').filter_map(Key::parse).collect(),
                group,
                text,
                short,
            })
            .collect();
        Self { rows }
    }
}

impl Keymap {
    /// The table with the person's overrides; every wrong entry at once.
    pub fn with_overrides(overrides: &BTreeMap<String, (Vec<String>, usize)>) -> Result<Self, Vec<KeyProblem>> {
        let mut map = Self::default();
        let mut problems = Vec::new();
        for (name, (keys, line)) in overrides {
            let Some(row) = map.rows.iter_mut().find(|row| row.name == name) else {
                let names: Vec<_> = DEFAULTS.iter().map(|row| row.1).collect();
                problems.push((
                    *line,
                    format!("unknown action \"{name}\" in [keys]"),
                    format!("known actions are {}", names.join(", ")),
                ));
                continue;
            };
            row.keys.clear();
            for text in keys {
                match Key::parse(text) {
                    // Digits choose printers.
                    Some(Key { code: KeyCode::Char('0'..='9'), .. }) => problems.push((
                        *line,
                        format!("\"{text}\" chooses a printer and cannot be \"{name}\""),
                        "choose another key".into(),
                    )),
                    Some(key) if key.begins_sequences() => problems.push((
                        *line,
                        format!("\"{text}\" cannot be told from what terminals say by themselves"),
                        "choose another key, such as the small letter".into(),
                    )),
                    Some(key) => row.keys.push(key),
                    None => problems.push((
                        *line,
                        format!("\"{text}\" is no key"),
                        "write one such as p, P, ctrl-p, f5, space, pgup".into(),
                    )),
                }
            }
        }
        let force = Key { code: KeyCode::Char('c'), modifiers: KeyModifiers::CONTROL };
        if let Some(row) = map.rows.iter_mut().find(|row| row.key_action == KeyAction::ForceQuit)
            && !row.keys.contains(&force)
        {
            row.keys.push(force);
        }
        for (at, row) in map.rows.iter().enumerate() {
            for key in &row.keys {
                if let Some(other) = map.rows[..at].iter().find(|other| other.keys.contains(key)) {
                    let line =
                        [row.name, other.name].iter().find_map(|n| overrides.get(*n)).map_or(1, |(_, line)| *line);
                    problems.push((
                        line,
                        format!("the key {key} is both \"{}\" and \"{}\"", other.name, row.name),
                        "give one of them another key".into(),
                    ));
                }
            }
        }
        if problems.is_empty() { Ok(map) } else { Err(problems) }
    }

    /// The rows in the table's order.
    pub fn rows(&self) -> &[Binding] {
        &self.rows
    }

    /// The first key of a key action, as the footer shows it.
    pub fn key_of(&self, key_action: KeyAction) -> Option<Key> {
        self.rows.iter().find(|row| row.key_action == key_action)?.keys.first().copied()
    }

    /// What the table has for a key.
    pub fn bound(&self, event: &KeyEvent) -> Option<KeyAction> {
        let key = Key::of(event);
        self.rows.iter().find(|row| row.keys.contains(&key)).map(|row| row.key_action)
    }

    /// What a key means everywhere, also in a dialog: the way out of the program and to the background.
    pub fn everywhere(&self, event: &KeyEvent) -> Option<KeyAction> {
        self.bound(event).filter(|key_action| matches!(key_action, KeyAction::ForceQuit | KeyAction::Suspend))
    }

    /// What a key means where no dialog is open.
    pub fn meaning(&self, mode: Mode, event: &KeyEvent) -> Option<KeyAction> {
        let key = Key::of(event);
        let bound = self.bound(event);
        match mode {
            Mode::Typing => self.everywhere(event),
            Mode::Welcome => bound.filter(|key_action| {
                use KeyAction::{Account, AddPrinter, Back, Demo, ForceQuit, Help, Mouse, Quit, Retry, Suspend};
                matches!(
                    key_action,
                    Account | AddPrinter | Back | Demo | ForceQuit | Help | Mouse | Quit | Retry | Suspend
                )
            }),
            Mode::Normal => match key.code {
                KeyCode::Char(c @ '1'..='9') if key.modifiers.is_empty() => Some(KeyAction::Printer(c as u8 - b'0')),
                _ => bound.filter(|key_action| *key_action != KeyAction::Demo),
            },
        }
    }

    /// The key table of the manual, as Markdown.
    #[cfg(any(test, feature = "internals"))]
    pub fn markdown(&self) -> String {
        let mut out = String::from("| keys | what they do | name in `[keys]` |\n|---|---|---|\n");
        for row in &self.rows {
            let keys: Vec<_> = row.keys.iter().map(|key| format!("`{key}`")).collect();
            out += &format!("| {} | {} | `{}` |\n", keys.join(" "), row.text, row.name);
        }
        out += "| `1` … `9` | choose a printer of the list | |\n";
        out
    }
}

#[cfg(test)]
mod tests;
