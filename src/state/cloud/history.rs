//! What the cloud remembers of the account: prints, what they add up to, messages, projects. Asked for when somebody
//! looks, and kept; never part of what a printer says of itself.

mod join;

use super::{
    request::{CloudRequest, CloudResponse},
    resource::{Cadence, Resource},
};
use crate::{
    protocol::rest::{
        Id, Link, RestError,
        account::{Preference, Profile},
        devices::DeviceJob,
        messages::{Message, MessageKind},
        paging,
        projects::{Plate, Project, ProjectProfile},
        tasks::{Task, TaskPage, TaskQuery},
    },
    state::{
        Now,
        printer::camera::{Picture, PictureSize},
    },
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

/// Prints a page of the history.
pub(in crate::state) const PAGE: u32 = 50;
/// The prints, while somebody looks at them.
const PRINTS: Cadence = Cadence::every(300);
/// They are asked for no sooner after a job has begun or ended.
const JOB_CHANGED: Duration = Duration::from_secs(60);
/// What the printers do, while somebody looks at it.
const JOBS: Cadence = Cadence::every(120);
/// How many messages are not read, as long as somebody is signed in.
const UNREAD: Cadence = Cadence::every(1800);
/// Room for a cover, in pixels.
pub const COVER: PictureSize = PictureSize { width: 36, height: 36 };
/// So many pictures are kept.
const COVERS: usize = 32;

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
    /// Older prints were asked for, and did not come.
    pub missed: bool,
    /// Older prints were asked for, and those that are known came again.
    again: bool,
}

impl Prints {
    /// Whether older prints can be asked for.
    pub fn leads_on(&self) -> bool {
        self.next.is_some()
    }

    /// Why these are not all, although nothing leads on, as a clause.
    pub fn shortfall(&self) -> Option<String> {
        if self.leads_on() { None } else { paging::shortfall(self.tasks.len(), self.total, self.again) }
    }

    /// What leads on from the oldest of them.
    fn onward(&self, asked: &TaskQuery) -> Option<TaskQuery> {
        let last = self.tasks.last()?.id.clone()?;
        Some(TaskQuery { after: Some(last), ..asked.clone() })
    }

    /// Takes in a page: the next one, or the newest one, whose prints go before those that are known.
    fn take(&mut self, asked: &TaskQuery, page: TaskPage) {
        if asked.after.is_some() {
            self.missed = false;
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
#[derive(Debug, Clone)]
pub struct History {
    /// Prints by the printer that was asked for; `None`: of all.
    pub prints: BTreeMap<Option<String>, Resource<Prints>>,
    /// What the printers do, as the cloud has it.
    pub jobs: Resource<Vec<DeviceJob>>,
    /// Messages by the cloud's number for their type.
    pub messages: BTreeMap<u8, Resource<Vec<Message>>>,
    /// Messages that are not read; a value of `None`: the answer could not be understood.
    pub unread: Resource<Option<u64>>,
    /// Notifications that are not read, as lines.
    pub notifications: Resource<Vec<String>>,
    /// Projects.
    pub projects: Resource<Vec<Project>>,
    /// The project that was opened.
    pub project: Resource<Project>,
    /// The person's profile.
    pub profile: Resource<Profile>,
    /// How the person shows up for others.
    pub preference: Resource<Preference>,
    /// Pictures by what they are of; none: there is none to be had. The newest last.
    covers: VecDeque<(String, Option<Arc<Picture>>)>,
    /// The picture that was asked for last and has not come.
    cover_of: Option<String>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            prints: BTreeMap::new(),
            jobs: Resource::new(JOBS),
            messages: BTreeMap::new(),
            unread: Resource::new(UNREAD),
            notifications: Resource::default(),
            projects: Resource::default(),
            project: Resource::default(),
            profile: Resource::default(),
            preference: Resource::default(),
            covers: VecDeque::new(),
            cover_of: None,
        }
    }
}

/// Adds a request for something that is due or that a person wants.
fn ask<T>(out: &mut Vec<CloudRequest>, of: &mut Resource<T>, at: Instant, is_wanted: bool, request: CloudRequest) {
    if is_wanted || of.is_due(at) {
        of.ask(at);
        out.push(request);
    }
}

impl History {
    /// The prints of a printer, or of all, if they were asked for.
    pub fn list(&self, only: Option<&str>) -> Option<&Resource<Prints>> {
        self.prints.get(&only.map(str::to_owned))
    }

    /// The prints of a printer, or of all, if they came.
    pub fn of(&self, only: Option<&str>) -> Option<&Prints> {
        self.list(only)?.value()
    }

    /// The prints that are known of a printer, or of all.
    pub fn shown(&self, only: Option<&str>) -> &[Task] {
        self.of(only).map_or(&[], |prints| &prints.tasks)
    }

    /// Every print that is known; some more than once.
    pub(in crate::state) fn every(&self) -> impl Iterator<Item = &Task> {
        self.prints.values().filter_map(Resource::value).flat_map(|prints| &prints.tasks)
    }

    /// How many messages are not read, if the cloud says so in a form that is understood.
    pub fn unread(&self) -> Option<u64> {
        self.unread.answer()?.ok().copied().flatten()
    }

    /// Messages in the order they are listed in.
    pub fn listed(&self) -> impl Iterator<Item = &Message> {
        MessageKind::ALL.iter().filter_map(|kind| self.messages.get(&kind.number())?.value()).flatten()
    }

    /// Notifications, where the cloud tells of them.
    pub fn notes(&self) -> &[String] {
        self.notifications.answer().and_then(Result::ok).map_or(&[], Vec::as_slice)
    }

    /// Plates of the project that is open, each with its profile.
    pub fn plates(&self) -> impl Iterator<Item = (&ProjectProfile, &Plate)> {
        let profiles = self.project.value().into_iter().flat_map(|project| project.profiles.iter().flatten());
        profiles.flat_map(|profile| {
            let plates = profile.context.iter().flat_map(|context| context.plates.iter().flatten());
            plates.map(move |plate| (profile, plate))
        })
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

    /// What is asked because somebody looks at a part: what is due of it, or all of it where the person wants that.
    pub(in crate::state) fn ask(
        &mut self,
        tab: HistoryTab,
        only: Option<&str>,
        at: Instant,
        is_wanted: bool,
    ) -> Vec<CloudRequest> {
        let mut out = Vec::new();
        match tab {
            HistoryTab::Prints | HistoryTab::Totals => {
                let only = only.map(str::to_owned);
                let prints = self.prints.entry(only.clone()).or_insert(Resource::new(PRINTS));
                if !prints.is_pending() {
                    let query = TaskQuery { serial: only, after: None, limit: Some(PAGE) };
                    ask(&mut out, prints, at, is_wanted, CloudRequest::Tasks(query));
                }
            }
            HistoryTab::Printers => ask(&mut out, &mut self.jobs, at, is_wanted, CloudRequest::Jobs),
            HistoryTab::Messages => {
                for number in MessageKind::ALL.iter().map(|kind| kind.number()) {
                    let list = self.messages.entry(number).or_default();
                    ask(&mut out, list, at, is_wanted, CloudRequest::Messages(number));
                }
                // Their number goes with them.
                let with_them = !out.is_empty();
                if with_them {
                    ask(&mut out, &mut self.unread, at, true, CloudRequest::MessageCount);
                }
                ask(&mut out, &mut self.notifications, at, with_them, CloudRequest::Notifications);
            }
            HistoryTab::Projects => ask(&mut out, &mut self.projects, at, is_wanted, CloudRequest::Projects),
            HistoryTab::Account => {
                ask(&mut out, &mut self.profile, at, is_wanted, CloudRequest::Profile);
                ask(&mut out, &mut self.preference, at, is_wanted, CloudRequest::Preference);
            }
        }
        out
    }

    /// When a part that is looked at is due to be asked for; `None`: not by itself.
    pub(in crate::state) fn due_at(&self, tab: HistoryTab, only: Option<&str>, at: Instant) -> Option<Instant> {
        match tab.source() {
            HistoryTab::Prints => self.list(only).filter(|prints| !prints.is_pending())?.due_at(at),
            HistoryTab::Printers => self.jobs.due_at(at),
            _ => None,
        }
    }

    /// Older prints than those that are there, unless they are on their way.
    pub(in crate::state) fn ask_older(&mut self, only: Option<&str>) -> Option<CloudRequest> {
        let prints = self.prints.get_mut(&only.map(str::to_owned)).filter(|prints| !prints.is_pending())?;
        let next = prints.value()?.next.clone()?;
        prints.ask_more();
        Some(CloudRequest::Tasks(next))
    }

    /// A picture that was not asked for yet; one at a time.
    pub(in crate::state) fn ask_cover(&mut self, of: String, from: Link) -> Option<CloudRequest> {
        if self.cover_of.is_some() || self.covers.iter().any(|(known, _)| *known == of) {
            return None;
        }
        self.cover_of = Some(of.clone());
        Some(CloudRequest::Cover { of, from })
    }

    /// Why the last answer for what is looked at was none.
    pub fn trouble(&self, tab: HistoryTab, only: Option<&str>) -> Option<&str> {
        match tab {
            HistoryTab::Prints | HistoryTab::Totals => self.list(only)?.error(),
            HistoryTab::Printers => self.jobs.error(),
            // How many are not read, and notifications, nobody has written down: where they are refused that is unknown,
            // and no trouble of anybody's.
            HistoryTab::Messages => self.messages.values().find_map(Resource::error),
            HistoryTab::Projects => self.projects.error().or(self.project.error()),
            HistoryTab::Account => self.profile.error().or(self.preference.error()),
        }
    }

    /// Takes in an answer that is about the past; others are not.
    pub(in crate::state) fn take(&mut self, response: CloudResponse, now: Now) {
        match response {
            CloudResponse::Tasks(asked, answer) => {
                let prints = self.prints.entry(asked.serial.clone()).or_insert(Resource::new(PRINTS));
                match answer {
                    Ok(page) => prints.merge(now, |prints| prints.take(&asked, page)),
                    Err(why) => {
                        if let Some(known) = prints.value_mut().filter(|_| asked.after.is_some()) {
                            known.missed = true;
                        }
                        prints.fail(why.in_words(), now.at);
                    }
                }
            }
            CloudResponse::Task(id, answer) => {
                for prints in self.prints.values_mut() {
                    let known = prints.value_mut().into_iter().flat_map(|prints| &mut prints.tasks);
                    let mut known = known.filter(|known| known.id.as_ref() == Some(&id)).peekable();
                    if known.peek().is_none() {
                        continue;
                    }
                    if let Ok(task) = &*answer {
                        known.for_each(|known| known.fill(task));
                    }
                    prints.set_error(answer.as_ref().as_ref().err().map(RestError::in_words));
                }
            }
            CloudResponse::Jobs(answer) => self.jobs.take(answer, now),
            CloudResponse::Messages(number, answer) => self.messages.entry(number).or_default().take(answer, now),
            CloudResponse::MessageCount(answer) => self.unread.take(answer, now),
            CloudResponse::Notifications(answer) => self.notifications.take(answer, now),
            CloudResponse::Projects(answer) => self.projects.take(answer, now),
            CloudResponse::Project(answer) => self.project.take(*answer, now),
            CloudResponse::Profile(answer) => self.profile.take(*answer, now),
            CloudResponse::Preference(answer) => self.preference.take(*answer, now),
            CloudResponse::Cover(of, picture) => {
                self.cover_of.take_if(|asked| *asked == of);
                self.covers.push_back((of, picture));
                if self.covers.len() > COVERS {
                    self.covers.pop_front();
                }
            }
            CloudResponse::Login(_)
            | CloudResponse::Devices(_)
            | CloudResponse::Rename { .. }
            | CloudResponse::Versions(..) => {}
        }
    }

    /// A job has begun or ended: the prints are no longer what they were.
    pub(in crate::state) fn job_changed(&mut self) {
        self.prints.values_mut().for_each(|prints| prints.hasten(JOB_CHANGED));
    }

    /// Somebody has signed in anew: what failed before may work now, and all of it is asked for again when it is looked at.
    pub(in crate::state) fn ask_anew(&mut self) {
        fn anew<T>(resource: &mut Resource<T>) {
            resource.expire();
            resource.set_error(None);
        }
        for prints in self.prints.values_mut() {
            anew(prints);
            if let Some(prints) = prints.value_mut() {
                prints.missed = false;
            }
        }
        self.messages.values_mut().for_each(anew);
        anew(&mut self.jobs);
        anew(&mut self.unread);
        anew(&mut self.notifications);
        anew(&mut self.projects);
        anew(&mut self.project);
        anew(&mut self.profile);
        anew(&mut self.preference);
    }
}

/// By what name the picture of a plate is kept.
pub fn plate_picture(profile: &ProjectProfile, plate: &Plate) -> String {
    let id = profile.id.as_ref().map_or("", Id::as_str);
    format!("plate {id}/{}", plate.index.unwrap_or_default())
}

#[cfg(test)]
pub(in crate::state) mod fixture {
    use super::*;
    use crate::protocol::rest::{Stamp, tasks::TaskStatus};

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
