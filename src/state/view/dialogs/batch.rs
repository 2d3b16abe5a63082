//! A question about one order to several printers.

use super::{
    DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want, bulk::Shape, confirm::has_room,
    keys::yes_or_no,
};
use crate::state::{
    PrinterId, WatchdogTimeouts,
    command::{
        action::{Action, ErrorAnswer, PrintAction},
        bulk::{Item, capital},
    },
    key_action::KeyAction,
    printer::Printer,
    view::{quiet::Asked, scroll::Scroll},
};
use crossterm::event::{KeyCode, KeyEvent};
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// How long a person has to answer: a list wants to be read.
pub const READING_TIME: Duration = Duration::from_secs(60);

/// What is ordered, before the number of printers: a single verb makes one sentence with it, as in `Pause 3 printers?`.
pub fn heading(words: &str, is_mixed: bool) -> String {
    let colon = if is_mixed || words.contains(' ') { ":" } else { "" };
    format!("{}{colon}", capital(words))
}

/// A question about several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What would be ordered, in words.
    pub words: String,
    /// Whom, in the order of the list.
    pub items: Vec<Item>,
    /// Who cannot, or no longer, and why.
    pub left_out: Vec<(PrinterId, String)>,
    /// When the question is void.
    pub until: Instant,
    /// The number of printers, as far as it is typed.
    pub typed: String,
    /// The first line that shows.
    pub scroll: Scroll,
}

impl Batch {
    /// Sorts out who can be ordered what now. `read` makes a printer's order, or says why there is none.
    pub fn plan(
        printers: &[Printer],
        (now, timeouts): (Instant, &WatchdogTimeouts),
        whom: &[PrinterId],
        words: impl Into<String>,
        read: impl Fn(&Printer) -> Result<Action, String>,
    ) -> Self {
        let (mut items, mut left_out): (Vec<Item>, _) = (Vec::new(), Vec::new());
        for who in whom.iter().copied() {
            let Some(printer) = printers.get(usize::from(who.0)) else { continue };
            let item = read(printer).and_then(|action| {
                let session = printer.allows(&action, now, timeouts)?;
                Ok(Item::new(who, action, printer, session))
            });
            match item {
                Ok(item) => items.push(item),
                Err(why) => left_out.push((who, why)),
            }
        }
        let until = now + READING_TIME;
        let mut batch =
            Self { words: words.into(), items, left_out, until, typed: String::new(), scroll: Scroll::default() };
        if let Some(first) = batch.items.first().filter(|_| !batch.is_mixed()) {
            batch.words = first.action.to_string();
        }
        batch
    }

    /// What is asked: what, and of how many printers.
    pub fn title(&self) -> String {
        let (go, all) = (self.items.len(), self.items.len() + self.left_out.len());
        let whom = match go {
            0 => return format!("{}: not possible on any of {all} printers", capital(&self.words)),
            _ if go < all => format!("{go} of {all} printers?"),
            1 => "1 printer?".to_owned(),
            _ => format!("{go} printers?"),
        };
        format!("{} {whom}", heading(&self.words, self.is_mixed()))
    }

    /// Whether the number of printers must be typed: a slip of a finger shall not stop a whole room.
    pub fn must_count(&self) -> bool {
        let ends = |action: &Action| {
            matches!(action, Action::Print(PrintAction::Stop | PrintAction::Answer(ErrorAnswer::Stop, _)))
        };
        self.items.len() > 1 && self.items.iter().any(|item| ends(&item.action))
    }

    /// Whether a yes is one: there is something to do, and the number is typed where it must be.
    pub fn is_answered(&self) -> bool {
        !self.items.is_empty() && (!self.must_count() || self.typed == self.items.len().to_string())
    }

    /// Whether not everybody is ordered the same.
    pub fn is_mixed(&self) -> bool {
        self.items.windows(2).any(|two| two[0].action != two[1].action)
    }

    /// A printer is asked about no longer.
    pub(in crate::state) fn leave_out(&mut self, who: PrinterId, why: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.who != who);
        let was_in = self.items.len() != before;
        if was_in {
            self.left_out.push((who, why.to_owned()));
        }
        was_in
    }

    pub(in crate::state) fn type_count(&mut self, code: KeyCode) {
        match code {
            KeyCode::Char(digit @ '0'..='9') if self.must_count() && self.typed.len() < 5 => self.typed.push(digit),
            KeyCode::Backspace => drop(self.typed.pop()),
            _ => {}
        }
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "A question about several printers",
    keys: &[
        (HintKey::Fixed("y"), "yes"),
        (HintKey::Fixed("Enter"), "confirm, once the number is typed"),
        (HintKey::UpDown, "scroll"),
        (HintKey::Fixed("Esc"), "no, as n and q"),
    ],
};

impl DialogKeys for Batch {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let yes = yes_or_no(key).or((key.code == KeyCode::Enter && self.must_count()).then_some(true));
        match yes {
            Some(false) => return Some(vec![Want::Close]),
            Some(true) if self.is_answered() => {
                let (words, items) = (self.words.clone(), self.items.clone());
                return Some(vec![Want::Close, Want::BatchConfirmed(words, items)]);
            }
            Some(true) => {}
            None => match context.keymap.bound(key).filter(|key| key.moves_vertically()) {
                Some(key) => return Some(self.wheel(key, context)),
                None => self.type_count(key.code),
            },
        }
        Some(Vec::new())
    }

    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint> {
        if self.items.is_empty() {
            return vec![Hint::new("Esc", "close"), Hint::scroll()];
        }
        if !self.is_whole(context) {
            return vec![Hint::new("Esc", "no")];
        }
        let yes = if self.must_count() { Hint::new("Enter", "confirm") } else { Hint::new("y", "yes") };
        vec![yes, Hint::new("Esc", "no"), Hint::scroll()]
    }

    fn role_of(&self, key: &KeyEvent, context: &DialogContext<'_>) -> KeyRole {
        let moves = context.keymap.bound(key).is_some_and(KeyAction::moves_vertically);
        match yes_or_no(key) {
            Some(true) => KeyRole::Answer,
            Some(false) => KeyRole::WayOut,
            None if moves => KeyRole::of_letter(key),
            None => match key.code {
                // The number is a part of the yes.
                KeyCode::Char('0'..='9') | KeyCode::Backspace | KeyCode::Enter => KeyRole::Answer,
                _ => KeyRole::Stray,
            },
        }
    }

    fn asks(&self) -> Option<Asked> {
        Some(Asked::Until(self.until, self.items.len()))
    }

    fn is_whole(&self, context: &DialogContext<'_>) -> bool {
        has_room(context.size()) && self.title().width() <= usize::from(Shape::width(context))
    }

    fn until(&self) -> Option<Instant> {
        Some(self.until)
    }

    fn forget_answer(&mut self) {
        self.typed.clear();
    }

    fn wheel(&mut self, key: KeyAction, context: &DialogContext<'_>) -> Vec<Want> {
        let shape = Shape::of_question(context, self);
        self.scroll.press(key, shape.rows.into(), shape.limit().into());
        Vec::new()
    }

    fn names_its_keys(&self) -> bool {
        true
    }
}
