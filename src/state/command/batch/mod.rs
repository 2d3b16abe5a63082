//! One order to several printers: the question that lists them, and what became of each.
//!
//! Every printer keeps its own order with its own life; here they are only asked about and looked at together. A printer
//! that has changed since the question was asked is left out, and the others are not.

use crate::protocol::command::Seq;
use crate::state::Patience;
use crate::state::{
    PrinterId,
    command::{
        action::{Action, Answer, Print, Question},
        control::Stage,
    },
    printer::{Printer, job::JobKey},
};
use crossterm::event::KeyCode;
use std::time::{Duration, Instant};

/// How long a person has to answer: a list wants to be read.
pub const READING_TIME: Duration = Duration::from_secs(60);
/// Why a question is void whose printer is in other danger now than the one that was asked about.
pub(in crate::state) const OTHERWISE: &str = "what was asked about has changed";

/// A printer that an order would go to, as it was when the question was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which printer.
    pub who: PrinterId,
    /// What it would be ordered.
    pub action: Action,
    /// The session it is meant for.
    pub session: u32,
    /// The job it is meant for.
    pub job: JobKey,
    /// What the question turns on; `None`: it is no dangerous order.
    asked: Option<Question>,
}

impl Item {
    /// An order to a printer as it is now.
    pub fn new(who: PrinterId, action: Action, printer: &Printer, session: u32) -> Self {
        let (job, asked) = (printer.job.key.clone(), action.question(printer));
        Self { who, action, session, job, asked }
    }

    /// Whether the printer is still in what the person was asked about.
    pub(in crate::state) fn is_answered_for(&self, printer: &Printer) -> bool {
        self.asked == self.action.question(printer)
    }
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
    /// Lines scrolled down.
    pub scroll: u16,
}

impl Batch {
    /// Sorts out who can be ordered what now. `read` makes a printer's order, or says why there is none.
    pub fn plan(
        printers: &[Printer],
        (now, patience): (Instant, &Patience),
        whom: &[PrinterId],
        words: impl Into<String>,
        read: impl Fn(&Printer) -> Result<Action, String>,
    ) -> Self {
        let (mut items, mut left_out): (Vec<Item>, _) = (Vec::new(), Vec::new());
        for who in whom.iter().copied() {
            let Some(printer) = printers.get(usize::from(who.0)) else { continue };
            let item = read(printer).and_then(|action| {
                let session = printer.allows(&action, now, patience)?;
                Ok(Item::new(who, action, printer, session))
            });
            match item {
                Ok(item) => items.push(item),
                Err(why) => left_out.push((who, why)),
            }
        }
        let until = now + READING_TIME;
        let mut batch = Self { words: words.into(), items, left_out, until, typed: String::new(), scroll: 0 };
        if let Some(first) = batch.items.first().filter(|_| !batch.is_mixed()) {
            batch.words = first.action.to_string();
        }
        batch
    }

    /// What is asked: what, and of how many printers.
    pub fn title(&self) -> String {
        let (go, all) = (self.items.len(), self.items.len() + self.left_out.len());
        let whom = match go {
            0 => format!("none of {all} printers can"),
            _ if go < all => format!("{go} of {all} printers?"),
            1 => "1 printer?".to_owned(),
            _ => format!("{go} printers?"),
        };
        format!("{}: {whom}", capital(&self.words))
    }

    /// Whether the number of printers must be typed: a slip of a finger shall not stop a whole room.
    pub fn must_count(&self) -> bool {
        let ends = |action: &Action| matches!(action, Action::Print(Print::Stop | Print::Answer(Answer::Stop, _)));
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

/// What became of an order to one of several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which printer.
    pub who: PrinterId,
    /// What it was ordered.
    pub action: Action,
    /// Number of the order; `None`: it was not sent.
    pub(in crate::state) seq: Option<Seq>,
    /// How far it came.
    pub stage: Stage,
}

/// A title begins with a capital letter.
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What became of one order to several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// What was ordered, in words.
    pub words: String,
    /// One for each printer that was asked about.
    pub list: Vec<Outcome>,
    /// Lines scrolled down.
    pub scroll: u16,
}

impl Results {
    /// Whether nothing is under way any more.
    pub fn is_over(&self) -> bool {
        !self.list.iter().any(|one| one.stage.is_open())
    }
}
