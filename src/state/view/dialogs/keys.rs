//! What every dialog has, and what it can want.

use super::{Batch, CertificateQuestion, Dialog, DialogContext, history::HistoryWant};
use crate::protocol::command::Seq;
use crate::state::{
    PrinterId, Tone,
    command::{
        action::{Action, Motion},
        bulk::Item,
    },
    effect::Effect,
    key_action::KeyAction,
    view::{
        keymap::{Key, Keymap},
        quiet::Asked,
    },
};
use crossterm::event::{Event as TermEvent, KeyCode, KeyEvent};
use std::{borrow::Cow, time::Instant};
use tui_input::{Input, backend::crossterm::EventHandler};

/// The keys of a dialog, its hints and its end.
pub trait DialogKeys {
    /// What a key does: the dialog changes itself, and says what it wants besides. `None`: it is no key of this dialog.
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>>;

    /// The keys that work now, for the footer; the way out among them.
    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint>;

    /// What a key is to it, before it does anything.
    fn role_of(&self, key: &KeyEvent, _context: &DialogContext<'_>) -> KeyRole {
        if key.code == KeyCode::Esc { KeyRole::WayOut } else { KeyRole::Own }
    }

    /// What a yes orders or trusts now; `None`: nothing.
    fn asks(&self) -> Option<Asked> {
        None
    }

    /// Whether the screen shows whom and what a yes is about, and the keys for it.
    fn is_whole(&self, _context: &DialogContext<'_>) -> bool {
        true
    }

    /// When it is void by itself.
    fn until(&self) -> Option<Instant> {
        None
    }

    /// When something happens to it by itself.
    fn due(&self) -> Option<Instant> {
        self.until()
    }

    /// The moment that it shows the time to, second by second.
    fn counts_down_to(&self) -> Option<Instant> {
        None
    }

    /// Takes back what was typed of an answer: nobody has seen it.
    fn forget_answer(&mut self) {}

    /// The line that is typed into.
    fn input(&mut self) -> Option<&mut Input> {
        None
    }

    /// That line has changed.
    fn typed(&mut self) {}

    /// The wheel of the mouse: up or down.
    fn wheel(&mut self, _key: KeyAction, _context: &DialogContext<'_>) -> Vec<Want> {
        Vec::new()
    }

    /// Whether nothing of the panes is to be seen behind it.
    fn covers_all(&self) -> bool {
        false
    }

    /// Whether it names its keys itself. The hints of one that does not are never covered by a message.
    fn names_its_keys(&self) -> bool {
        false
    }
}

/// What a key is to a dialog. The rules of sight and quiet go by this alone, so they are the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// It closes or refuses something: possible at once and in any window.
    WayOut,
    /// A yes, or a part of one.
    Answer,
    /// A letter that means nothing here: perhaps somebody types a word, and the quiet begins anew.
    Stray,
    /// Any other.
    Own,
}

impl KeyRole {
    /// Of a key that answers nothing: stray, if somebody who types a word could press it.
    pub(super) fn of_letter(key: &KeyEvent) -> Self {
        if matches!(key.code, KeyCode::Char(_)) { Self::Stray } else { Self::Own }
    }
}

/// What a dialog wants, carried out when the key has done its work.
#[derive(Debug, Clone)]
pub enum Want {
    /// It closes.
    Close,
    /// Another one opens over it.
    Open(Box<Dialog>),
    /// A sentence is shown for a few seconds.
    Say(String, Tone),
    /// Something outside, such as a question to the cloud.
    Effect(Effect),
    /// An order, which asks first where it is dangerous.
    Order(PrinterId, Action),
    /// An order to several printers, which asks.
    AskAbout(Batch),
    /// A yes to an order.
    Confirmed(Item),
    /// A yes to an order to several printers: what, in words, and whom.
    BatchConfirmed(String, Vec<Item>),
    /// A yes to a certificate.
    Trust(CertificateQuestion),
    /// The printer is moved, if the panel is still armed.
    Move(PrinterId, Motion),
    /// The file of the printer's job is looked for again.
    FindJobFile(PrinterId),
    /// What these orders come to was told in a sentence.
    Acknowledge(Vec<(PrinterId, Seq)>),
    /// Of what the cloud remembers.
    History(HistoryWant),
    /// The form that signs in to the cloud.
    SignIn,
    /// What the account's key opens.
    Account,
}

/// What the help says of a dialog.
#[derive(Debug, PartialEq, Eq)]
pub struct DialogHelp {
    /// The heading.
    pub title: &'static str,
    /// Each key, and what it does.
    pub keys: &'static [(HintKey, &'static str)],
}

/// A key in the footer, and what it does in a word or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The key.
    pub key: HintKey,
    /// What it does.
    pub word: Cow<'static, str>,
    /// The lightest go first where there is no room for all.
    pub weight: u8,
}

/// A key as the footer shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintKey {
    /// Always this one.
    Fixed(&'static str),
    /// The arrows up and down.
    UpDown,
    /// The first one that the table of keys has for it.
    Bound(KeyAction),
}

impl HintKey {
    /// As it is written; `None`: the person has bound no key to it.
    pub fn shown(self, keymap: &Keymap) -> Option<String> {
        match self {
            Self::Fixed(key) => Some(key.to_owned()),
            Self::UpDown => Some("Up Down".to_owned()),
            Self::Bound(key_action) => keymap.key_of(key_action).map(|key| key.to_string()),
        }
    }
}

impl Hint {
    /// A key that is always the same. The way out goes last.
    pub fn new(key: &'static str, word: &'static str) -> Self {
        let weight = if key == "Esc" { 9 } else { 5 };
        Self { key: HintKey::Fixed(key), word: word.into(), weight }
    }

    /// The arrows, which scroll.
    pub fn scroll() -> Self {
        Self { key: HintKey::UpDown, word: "scroll".into(), weight: 5 }
    }

    /// A key of the table.
    pub fn bound(key_action: KeyAction, word: &'static str, weight: u8) -> Self {
        Self { key: HintKey::Bound(key_action), word: word.into(), weight }
    }
}

/// A yes or a no: `y`, or one of the ways out of a question; neither with a modifier.
pub(super) fn yes_or_no(key: &KeyEvent) -> Option<bool> {
    let key = Key::of(key);
    match key.code {
        _ if !key.modifiers.is_empty() => None,
        KeyCode::Char('y' | 'Y') => Some(true),
        KeyCode::Esc | KeyCode::Char('n' | 'N' | 'q') => Some(false),
        _ => None,
    }
}

/// The hints of a question that is answered by yes or no; there is no yes to what nobody can read.
pub(super) fn hints_of_question(is_whole: bool) -> Vec<Hint> {
    let yes = is_whole.then(|| Hint::new("y", "yes"));
    yes.into_iter().chain([Hint::new("Esc", "no")]).collect()
}

/// What a key is to a question that is answered by yes or no.
pub(super) fn role_in_question(key: &KeyEvent) -> KeyRole {
    match yes_or_no(key) {
        Some(true) => KeyRole::Answer,
        Some(false) => KeyRole::WayOut,
        None => KeyRole::of_letter(key),
    }
}

/// Types into a line. Tells whether it has changed.
pub(super) fn edit(input: &mut Input, key: &KeyEvent) -> bool {
    input.handle_event(&TermEvent::Key(*key)).is_some_and(|change| change.value)
}
