//! Looking through what the cloud remembers: keys, and what is asked for because somebody looks.

use super::{History, HistoryTab, Prints, sums};
use crate::{
    protocol::rest::{
        Id,
        messages::{Message, MessageKind},
        projects::{Plate, ProjectProfile},
        tasks::Task,
    },
    state::cloud::request::CloudRequest,
};
use std::time::Instant;

/// From this width on the list of prints has a column beside it, for the chosen one.
const BESIDE: u16 = 100;
/// From this width on a picture has room beside words.
const PICTURE: u16 = 76;

/// The layer in which a person looks through it.
#[derive(Debug, Clone, Default)]
pub struct HistoryView {
    /// Which part.
    pub tab: HistoryTab,
    /// The chosen row of it.
    pub at: usize,
    /// Of this printer alone.
    pub only: Option<String>,
    /// The chosen row is shown alone, with everything about it.
    pub open: bool,
    /// Lines scrolled down in what is shown alone.
    pub scroll: u16,
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
        tasks.get(self.at.min(tasks.len().saturating_sub(1)))
    }

    /// The chosen message.
    pub fn message<'a>(&self, history: &'a History) -> Option<&'a Message> {
        history.listed().nth(self.at)
    }
}

/// Whether a list of prints has the chosen one beside it.
pub fn is_beside(width: u16) -> bool {
    width >= BESIDE
}

/// Whether a picture has room beside words.
pub fn has_picture(width: u16, height: u16) -> bool {
    width >= PICTURE && height >= 16
}

impl History {
    /// Messages in the order they are listed in.
    pub fn listed(&self) -> impl Iterator<Item = &Message> {
        MessageKind::ALL.iter().filter_map(|kind| self.messages.get(&kind.number())).flatten()
    }

    /// Plates of the project that is open, each with its profile.
    pub fn plates(&self) -> impl Iterator<Item = (&ProjectProfile, &Plate)> {
        let profiles = self.project.iter().flat_map(|project| project.profiles.iter().flatten());
        profiles.flat_map(|profile| {
            let plates = profile.context.iter().flat_map(|context| context.plates.iter().flatten());
            plates.map(move |plate| (profile, plate))
        })
    }

    /// Rows that can be chosen.
    pub(in crate::state) fn rows(&self, open: &HistoryView) -> usize {
        match open.tab {
            HistoryTab::Prints => self.shown(open.only.as_deref()).len(),
            HistoryTab::Totals => sums(self.shown(open.only.as_deref()), 0).iter().map(Vec::len).sum(),
            HistoryTab::Printers => self.jobs.as_ref().map_or(0, |(jobs, _)| jobs.len()),
            HistoryTab::Messages => self.listed().count() + self.notifications.as_ref().map_or(0, Vec::len),
            HistoryTab::Projects if self.project.is_some() => self.plates().count(),
            HistoryTab::Projects => self.projects.as_ref().map_or(0, Vec::len),
            HistoryTab::Account => 0,
        }
    }
}

/// By what name the picture of a plate is kept.
pub fn plate_picture(profile: &ProjectProfile, plate: &Plate) -> String {
    let id = profile.id.as_ref().map_or("", Id::as_str);
    format!("plate {id}/{}", plate.index.unwrap_or_default())
}

/// Older prints than those that are there, unless they are on their way.
pub(in crate::state) fn older(history: &mut History, open: &HistoryView, at: Instant) -> Option<CloudRequest> {
    if open.tab.source() != HistoryTab::Prints {
        return None;
    }
    let prints: &mut Prints = history.prints.get_mut(&open.only)?;
    let next = prints.next.clone().filter(|_| !prints.busy)?;
    (prints.busy, prints.asked) = (true, Some(at));
    Some(CloudRequest::Tasks(next))
}
