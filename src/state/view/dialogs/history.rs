//! Looking through what the cloud remembers.

use crate::{
    protocol::rest::{messages::Message, tasks::Task},
    state::{
        cloud::{
            history::{History, HistoryTab},
            totals::sums,
        },
        view::scroll::Scroll,
    },
};

/// What of it is looked at.
#[derive(Debug, Clone, Default)]
pub struct HistoryView {
    /// Which part.
    pub tab: HistoryTab,
    /// The chosen row of it.
    pub at: Scroll,
    /// Of this printer alone.
    pub only: Option<String>,
    /// The chosen row is shown alone, with everything about it.
    pub open: bool,
    /// The first line that shows of what is shown alone.
    pub scroll: Scroll,
    /// The person is asked whether to sign out.
    pub leaving: bool,
}

impl HistoryView {
    pub(in crate::state) fn turn(&mut self, by: usize) {
        let at = HistoryTab::ALL.iter().position(|tab| *tab == self.tab).unwrap_or(0);
        *self =
            Self { tab: HistoryTab::ALL[(at + by) % HistoryTab::ALL.len()], only: self.only.take(), ..Self::default() };
    }

    /// The chosen print.
    pub fn print<'a>(&self, history: &'a History) -> Option<&'a Task> {
        let tasks = history.shown(self.only.as_deref());
        tasks.get(self.at.at(tasks.len().saturating_sub(1)))
    }

    /// The chosen message.
    pub fn message<'a>(&self, history: &'a History) -> Option<&'a Message> {
        history.listed().nth(self.at.at(usize::MAX))
    }

    /// Why the last answer for what is looked at was none.
    pub fn trouble<'a>(&self, history: &'a History) -> Option<&'a str> {
        history.trouble(self.tab, self.only.as_deref())
    }

    /// The last row that can be chosen.
    pub(in crate::state) fn last_row(&self, history: &History) -> usize {
        self.rows(history).saturating_sub(1)
    }

    /// How many rows can be chosen.
    pub(in crate::state) fn rows(&self, history: &History) -> usize {
        match self.tab {
            HistoryTab::Prints => history.shown(self.only.as_deref()).len(),
            HistoryTab::Totals => sums(history.shown(self.only.as_deref()), 0).iter().map(Vec::len).sum(),
            HistoryTab::Printers => history.jobs.value().map_or(0, Vec::len),
            HistoryTab::Messages => history.listed().count() + history.notes().len(),
            HistoryTab::Projects if history.project.value().is_some() => history.plates().count(),
            HistoryTab::Projects => history.projects.value().map_or(0, Vec::len),
            HistoryTab::Account => 0,
        }
    }
}

/// From this width on the list of prints has a column beside it, for the chosen one.
const BESIDE: u16 = 100;
/// From this width on a picture has room beside words.
const PICTURE: u16 = 76;

/// Whether a list of prints has the chosen one beside it.
pub fn is_beside(width: u16) -> bool {
    width >= BESIDE
}

/// Whether a picture has room beside words.
pub fn has_picture(width: u16, height: u16) -> bool {
    width >= PICTURE && height >= 16
}
