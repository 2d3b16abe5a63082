//! What the cloud remembers of the account: prints, what they add up to, messages, projects. Asked for when somebody
//! looks, and kept; never part of what a printer says of itself.

pub(in crate::state) mod browse;
mod join;
/// What is shown alone, line by line.
pub(in crate::state) mod sums;

pub use browse::plate_picture;
pub use sums::{Sum, sums, year};

use crate::protocol::rest::{
    RestError,
    account::{Preference, Profile},
    devices::DeviceJob,
    messages::Message,
    paging,
    projects::Project,
    tasks::{Task, TaskPage, TaskQuery},
};
use crate::state::printer::camera::{Picture, PictureSize};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

/// Prints a page of the history.
pub(in crate::state) const PAGE: u32 = 50;
/// Nothing is asked for again within this time, unless a person wants it.
pub(in crate::state) const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Room for a cover, in pixels.
pub const COVER: PictureSize = PictureSize { width: 36, height: 36 };
/// So many pictures are kept.
pub(in crate::state) const COVERS: usize = 32;

/// A part of what the cloud remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum HistoryTab {
    /// The prints, newest first.
    #[default]
    Prints,
    /// What they add up to.
    Totals,
    /// The printers and their jobs, as the cloud has them.
    Printers,
    /// Messages.
    Messages,
    /// Projects of the account.
    Projects,
    /// The account itself.
    Account,
}

impl HistoryTab {
    /// All of them, in the order Tab walks through them.
    pub const ALL: [Self; 6] =
        [Self::Prints, Self::Totals, Self::Printers, Self::Messages, Self::Projects, Self::Account];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Prints => "Prints",
            Self::Totals => "Totals",
            Self::Printers => "Printers",
            Self::Messages => "Messages",
            Self::Projects => "Projects",
            Self::Account => "Account",
        }
    }

    /// Where what it shows comes from: totals are made of the prints.
    #[must_use]
    pub fn source(self) -> Self {
        if self == Self::Totals { Self::Prints } else { self }
    }

    /// How long what is shown is taken for good while somebody looks at it.
    pub(in crate::state) fn refresh(self) -> Option<Duration> {
        match self.source() {
            Self::Prints => Some(Duration::from_secs(300)),
            Self::Printers => Some(Duration::from_secs(120)),
            _ => None,
        }
    }
}

/// Prints of one printer, or of all.
#[derive(Debug, Clone, Default)]
pub struct Prints {
    /// Newest first.
    pub tasks: Vec<Task>,
    /// How many there are in all, by the cloud's word.
    pub total: Option<i64>,
    /// What leads on from the oldest of them; `None`: nothing does.
    next: Option<TaskQuery>,
    /// An answer is being waited for.
    pub busy: bool,
    /// Older prints were asked for, and did not come.
    pub missed: bool,
    /// Older prints were asked for, and those that are known came again.
    again: bool,
    /// When they were asked for last.
    pub(in crate::state) asked: Option<Instant>,
}

impl Prints {
    /// Whether older prints can be asked for.
    pub fn leads_on(&self) -> bool {
        self.next.is_some()
    }

    /// Why these are not all, although nothing leads on, as a clause.
    pub fn shortfall(&self) -> Option<String> {
        if self.leads_on() || self.busy { None } else { paging::shortfall(self.tasks.len(), self.total, self.again) }
    }

    /// What leads on from the oldest of them.
    fn onward(&self, asked: &TaskQuery) -> Option<TaskQuery> {
        let last = self.tasks.last()?.id.clone()?;
        Some(TaskQuery { after: Some(last), ..asked.clone() })
    }

    /// Takes in a page: the next one, or the newest one, whose prints go before those that are known.
    pub(in crate::state) fn take(&mut self, asked: &TaskQuery, page: TaskPage) {
        if asked.after.is_some() {
            // Whoever is told less on a later page does not know more.
            self.total = self.total.max(page.total);
            let came = !page.tasks.is_empty();
            let mut known = self.tasks.iter().filter_map(|task| task.id.clone()).collect();
            let full = page.next.is_some();
            let new = page.fresh(asked, self.tasks.first(), &mut known);
            self.again = came && new.is_empty();
            self.tasks.extend(new);
            self.next = if full && !self.again { self.onward(asked) } else { None };
            return;
        }
        self.total = page.total;
        let joint = page.tasks.last().and_then(|last| {
            last.id.as_ref()?;
            self.tasks.iter().position(|task| task.id == last.id)
        });
        match joint {
            Some(at) => {
                drop(self.tasks.splice(..=at, page.tasks));
                // What did not go on may do so now.
                if std::mem::take(&mut self.again) {
                    self.next = self.onward(asked);
                }
            }
            None => (self.tasks, self.next, self.again) = (page.tasks, page.next, false),
        }
    }
}

/// What was received so far.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Prints by the printer that was asked for; `None`: of all.
    pub prints: BTreeMap<Option<String>, Prints>,
    /// What the printers do, as the cloud has it, and when that came in seconds since 1970.
    pub jobs: Option<(Vec<DeviceJob>, i64)>,
    /// Messages by kind.
    pub messages: BTreeMap<u8, Vec<Message>>,
    /// Messages that are not read, if the cloud's answer could be understood.
    pub unread: Option<u64>,
    /// Notifications that are not read; `None`: the cloud does not tell.
    pub notifications: Option<Vec<String>>,
    /// Projects.
    pub projects: Option<Vec<Project>>,
    /// The project that was opened.
    pub project: Option<Project>,
    /// The person's profile.
    pub profile: Option<Profile>,
    /// How the person shows up for others.
    pub preference: Option<Preference>,
    /// Why the last answer for a part was none.
    pub trouble: BTreeMap<HistoryTab, String>,
    /// When a part was asked for last.
    pub(in crate::state) asked: BTreeMap<HistoryTab, Instant>,
    /// A job has begun or ended since the prints were asked for.
    pub(in crate::state) job_changed: bool,
    /// Pictures by what they are of; none: there is none to be had. The newest last.
    pub(in crate::state) covers: VecDeque<(String, Option<Arc<Picture>>)>,
    /// The picture that was asked for last and has not come.
    pub(in crate::state) cover_of: Option<String>,
}

impl History {
    /// The prints of a printer, or of all, if they were asked for.
    pub fn of(&self, only: Option<&str>) -> Option<&Prints> {
        self.prints.get(&only.map(str::to_owned))
    }

    /// The prints that are known of a printer, or of all.
    pub fn shown(&self, only: Option<&str>) -> &[Task] {
        self.of(only).map_or(&[], |prints| &prints.tasks)
    }

    /// Every print that is known; some more than once.
    pub(in crate::state) fn every(&self) -> impl Iterator<Item = &Task> {
        self.prints.values().flat_map(|prints| &prints.tasks)
    }

    /// A picture, if it has come.
    pub fn cover(&self, of: &str) -> Option<&Arc<Picture>> {
        self.covers.iter().find(|(known, _)| known == of)?.1.as_ref()
    }

    /// A picture that has come.
    #[cfg(test)]
    pub(crate) fn put_cover(&mut self, of: &str, picture: Arc<Picture>) {
        self.covers.push_back((of.to_owned(), Some(picture)));
    }

    /// Somebody has signed in anew: what failed before may work now, and all of it is asked for again when it is looked at.
    pub(in crate::state) fn ask_anew(&mut self) {
        self.trouble.clear();
        self.asked.clear();
        for prints in self.prints.values_mut() {
            (prints.asked, prints.busy, prints.missed) = (None, false, false);
        }
    }

    /// Takes in an answer, or remembers why there is none.
    pub(in crate::state) fn keep<T>(&mut self, part: HistoryTab, answer: Result<T, RestError>) -> Option<T> {
        match answer {
            Ok(found) => {
                self.trouble.remove(&part);
                Some(found)
            }
            Err(why) => {
                self.trouble.insert(part, why.in_words());
                None
            }
        }
    }
}

#[cfg(test)]
pub(in crate::state) mod fixture {
    use super::*;
    use crate::protocol::rest::{Id, Stamp, tasks::TaskStatus};

    /// A print of the past, as the cloud lists it.
    pub(in crate::state) fn task(serial: &str, started: i64, took: i64, status: TaskStatus) -> Task {
        Task {
            id: Some(Id::new(&started.to_string())),
            title: Some("cube.3mf".into()),
            serial: Some(serial.into()),
            device_name: Some(format!("P {serial}")),
            started: Some(Stamp(started)),
            ended: Some(Stamp(started + took)),
            status: Some(status),
            grams: Some(10.0),
            centimetres: Some(300.0),
            ..Task::default()
        }
    }
}
