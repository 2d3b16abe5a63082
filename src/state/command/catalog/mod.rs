//! Every action by its name: one list for the command palette and for `bambu-tui do`.

mod filament;
mod heat;
mod job;
mod motion;
mod objects;
mod options;
mod words;

use crate::state::{command::action::Action, key_action::KeyAction, printer::Printer};

/// One row of the list.
#[derive(Debug)]
pub struct Entry {
    /// What is typed.
    pub name: &'static str,
    /// What follows it; empty when nothing does.
    pub args: &'static str,
    /// What it does.
    pub text: &'static str,
    /// The key that does the same.
    pub key_action: Option<KeyAction>,
    /// How an action is made of it.
    pub(in crate::state) make: Builder,
}

/// Reads the words behind a name.
type Read = fn(&[&str], &Printer) -> Result<Action, String>;

/// How a row becomes an action.
#[derive(Debug, Clone, Copy)]
pub(in crate::state) enum Builder {
    /// The name alone is enough.
    NoArgs(fn() -> Action),
    /// The name and what the printer shows at the moment are enough.
    FromPrinter(fn(&Printer) -> Action),
    /// Words must follow it. The second function makes an action with values that would do, to see whether the row
    /// applies at all now.
    WithArgs(Read, fn(&Printer) -> Result<Action, String>),
}

/// The rows by area, most wanted first.
pub const GROUPS: &[(&str, &[Entry])] = &[
    ("Print", job::ENTRIES),
    ("Objects", objects::ENTRIES),
    ("Heat, air, light", heat::ENTRIES),
    ("Filament", filament::ENTRIES),
    ("Options", options::ENTRIES),
    ("Motion", motion::ENTRIES),
];

/// All rows.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    GROUPS.iter().flat_map(|(_, entries)| *entries)
}

/// The row that orders an action by its name alone.
pub fn entry_of(action: &Action, printer: &Printer) -> Option<&'static Entry> {
    entries().find(|entry| match entry.make {
        Builder::NoArgs(make) => make() == *action,
        Builder::FromPrinter(make) => make(printer) == *action,
        Builder::WithArgs(..) => false,
    })
}

/// Reads a whole line, such as `bed 60`, whose values are such as the printer takes.
pub fn read(line: &str, printer: &Printer) -> Result<Action, String> {
    // A line break would be taken for a space, and two lines for one.
    if line.chars().any(char::is_control) {
        return Err("an action is one line without control characters".to_owned());
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some((name, rest)) = words.split_first() else { return Err("missing action".to_owned()) };
    // On a small keyboard a line begins with a capital.
    let Some(entry) = entries().find(|entry| entry.name.eq_ignore_ascii_case(name)) else {
        return Err(unknown(name));
    };
    match entry.make {
        Builder::NoArgs(make) if rest.is_empty() => Ok(make()),
        Builder::FromPrinter(make) if rest.is_empty() => Ok(make(printer)),
        Builder::NoArgs(_) | Builder::FromPrinter(_) => Err(format!("{} takes no value", entry.name)),
        Builder::WithArgs(read, _) => {
            let action = read(rest, printer)?;
            action.validate(printer)?;
            Ok(action)
        }
    }
}

/// So many names are offered in place of an unknown one.
const OFFERED: usize = 3;

/// What is said of a word that is no action: which names are closest to it.
pub fn unknown(word: &str) -> String {
    let plain = word.to_lowercase();
    let mut names: Vec<_> = entries().map(|entry| entry.name).collect();
    // Stable: of equally near names the most wanted one comes first.
    names.sort_by_key(|name| (!name.starts_with(&plain), strsim::osa_distance(name, &plain)));
    names.truncate(OFFERED);
    format!("no action \"{word}\"; closest: {}", names.join(", "))
}

/// The table of the manual, as Markdown.
#[cfg(any(test, feature = "internals"))]
pub fn markdown() -> String {
    let mut out = String::from("| line | does |\n|---|---|\n");
    for (title, entries) in GROUPS {
        out += &format!("| **{title}** | |\n");
        for entry in *entries {
            let line = format!("{} {}", entry.name, entry.args);
            out += &format!("| `{}` | {} |\n", line.trim().replace('|', "\\|"), entry.text);
        }
    }
    out
}

#[cfg(test)]
mod tests;
