//! A question before a dangerous order. Nobody says yes to what the window does not show: drawing and answering both ask here.

use super::{
    DialogContext, DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want,
    keys::{hints_of_question, role_in_question, yes_or_no},
};
use crate::state::{
    command::{
        action::{Action, Confirmation},
        bulk::Item,
    },
    view::{layout, quiet::Asked, wrap::wrap},
};
use crossterm::event::KeyEvent;
use ratatui::layout::Size;
use std::time::Instant;
use unicode_width::UnicodeWidthStr;

/// The smallest window that shows whom an order is for, what it does and the keys for yes and no. In a smaller one no order
/// goes out at once either: the line with the key that takes it back would have no room.
pub const SMALLEST: Size = Size { width: 30, height: 5 };

/// Whether a window has room for a question at all.
pub(in crate::state) fn has_room(size: Size) -> bool {
    size.width >= SMALLEST.width && size.height >= SMALLEST.height
}

/// Columns for the words of a question to one printer.
pub fn width(size: Size) -> usize {
    usize::from(layout::body(size).width.min(66)).saturating_sub(4).max(1)
}

/// A question before a dangerous order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// Whom, what, and what must not change meanwhile.
    pub item: Item,
    /// When the question is void.
    pub until: Instant,
}

impl Confirm {
    /// What the order does, in lines: where the title does not say it, or not whole. Others than those about the print have
    /// values, which no title tells.
    pub fn beside_title(&self, risk: &Confirmation, width: usize) -> Vec<String> {
        let action = &self.item.action;
        let told = matches!(action, Action::Print(_)) && *risk != Confirmation::plain(action);
        let says = told && risk.title.width() <= width;
        if says { Vec::new() } else { wrap(&action.to_string(), width) }
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "A question",
    keys: &[
        (HintKey::Fixed("y"), "yes; not before it has stood for a moment"),
        (HintKey::Fixed("Esc"), "no, as n and q"),
    ],
};

impl DialogKeys for Confirm {
    fn press(&mut self, key: &KeyEvent, _context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let yes = yes_or_no(key)?.then(|| Want::Confirmed(self.item.clone()));
        Some([Want::Close].into_iter().chain(yes).collect())
    }

    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint> {
        hints_of_question(self.is_whole(context))
    }

    fn role_of(&self, key: &KeyEvent, _context: &DialogContext<'_>) -> KeyRole {
        role_in_question(key)
    }

    fn asks(&self) -> Option<Asked> {
        Some(Asked::Until(self.until, 1))
    }

    fn is_whole(&self, context: &DialogContext<'_>) -> bool {
        let size = context.size();
        let Some(printer) = context.printer(self.item.who).filter(|_| has_room(size)) else { return false };
        let action = &self.item.action;
        let risk = action.risk(printer).unwrap_or_else(|| Confirmation::plain(action));
        let lines = self.beside_title(&risk, width(size)).len();
        // The border, the printer's name and the keys.
        lines + 4 <= usize::from(layout::body(size).height)
    }

    fn until(&self) -> Option<Instant> {
        Some(self.until)
    }

    fn names_its_keys(&self) -> bool {
        true
    }
}
