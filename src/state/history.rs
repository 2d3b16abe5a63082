//! What the cloud remembers of the account: prints, what they add up to, messages, projects. Asked for when somebody
//! looks, and kept; never part of what a printer says of itself.

use super::{
    Redraw, State,
    account::Ask,
    camera::{Picture, PictureSize},
    effect::Effect,
    keymap::Intent,
    printer::Printer,
    view::Layer,
};
use crate::protocol::rest::{
    Id, RestError,
    account::Profile,
    messages::{Message, MessageKind},
    projects::Project,
    tasks::{Task, TaskPage, TaskQuery, TaskStatus},
};
use chrono::{DateTime, Datelike};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// Prints a page of the history.
const PAGE: u32 = 50;
/// The history is not asked for again by itself within this time.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// A running job and a print of the history belong together if their starts are no further apart, in seconds.
const SAME_START: i64 = 600;
/// Room for a cover, in pixels.
pub const COVER: PictureSize = PictureSize { width: 36, height: 36 };

/// A part of what the cloud remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// The prints, newest first.
    #[default]
    Prints,
    /// What they add up to.
    Totals,
    /// Messages.
    Messages,
    /// Projects of the account.
    Projects,
    /// The account itself.
    Account,
}

impl Tab {
    /// All of them, in the order Tab walks through them.
    pub const ALL: [Self; 5] = [Self::Prints, Self::Totals, Self::Messages, Self::Projects, Self::Account];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Prints => "Prints",
            Self::Totals => "Totals",
            Self::Messages => "Messages",
            Self::Projects => "Projects",
            Self::Account => "Account",
        }
    }
}

/// The layer in which a person looks through it.
#[derive(Debug, Clone, Default)]
pub struct Browse {
    /// Which part.
    pub tab: Tab,
    /// The chosen row of it.
    pub at: usize,
    /// Of this printer alone.
    pub only: Option<String>,
}

/// What was received so far.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Prints, newest first.
    pub tasks: Vec<Task>,
    /// How many there are in all, by the cloud's word.
    pub total: Option<i64>,
    /// What leads on from the oldest of them; `None`: nothing does.
    next: Option<TaskQuery>,
    /// Of which printer they are; `None`: of all.
    of: Option<String>,
    /// An answer is being waited for.
    pub busy: bool,
    /// Why the last answer was none.
    pub trouble: Option<String>,
    /// When prints were asked for last.
    asked: Option<Instant>,
    /// Messages by kind.
    pub messages: BTreeMap<u8, Vec<Message>>,
    /// Messages that are not read, if the cloud's answer could be understood.
    pub unread: Option<u64>,
    /// Projects.
    pub projects: Option<Vec<Project>>,
    /// The project that was opened.
    pub project: Option<Project>,
    /// The person's profile.
    pub profile: Option<Profile>,
    /// The newest cover, and whose it is.
    pub cover: Option<(Id, Arc<Picture>)>,
    /// Whose cover was asked for last.
    cover_of: Option<Id>,
}

/// What the cloud answers about the past.
#[derive(Debug)]
pub enum Memory {
    /// A page of prints for a query.
    Prints(TaskQuery, Result<TaskPage, RestError>),
    /// Messages of a kind.
    Messages(u8, Result<Vec<Message>, RestError>),
    /// Messages that are not read; `None`: the answer could not be understood.
    Unread(Result<Option<u64>, RestError>),
    /// Projects.
    Projects(Result<Vec<Project>, RestError>),
    /// One project.
    Project(Box<Result<Project, RestError>>),
    /// The profile.
    Profile(Box<Result<Profile, RestError>>),
    /// The cover of a print.
    Cover(Id, Option<Arc<Picture>>),
}

/// What prints add up to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sum {
    /// What they have in common.
    pub label: String,
    /// How many.
    pub prints: u32,
    /// To the end.
    pub finished: u32,
    /// Failed or stopped.
    pub stopped: u32,
    /// Seconds that those that are over really took.
    pub seconds: i64,
    /// Filament in grams, by the slicer.
    pub grams: f64,
    /// Filament in metres, by the slicer.
    pub metres: f64,
}

impl Sum {
    fn add(&mut self, task: &Task) {
        self.prints += 1;
        match task.status {
            Some(TaskStatus::Finished) => self.finished += 1,
            Some(TaskStatus::Stopped) => self.stopped += 1,
            _ => {}
        }
        self.seconds += task.took_s().unwrap_or(0);
        self.grams += task.grams.unwrap_or(0.0);
        self.metres += task.metres().unwrap_or(0.0);
    }

    /// Finished ones among those that are over, in percent.
    pub fn success(&self) -> Option<u32> {
        let over = self.finished + self.stopped;
        (over > 0).then(|| (self.finished * 100 + over / 2) / over)
    }
}

/// Sums by printer (most prints first), by month (newest first), and of all. `utc_offset` decides where months begin.
pub fn sums(tasks: &[&Task], utc_offset: i32) -> [Vec<Sum>; 3] {
    let mut printers: BTreeMap<String, Sum> = BTreeMap::new();
    let mut months: BTreeMap<(i32, u32), Sum> = BTreeMap::new();
    let mut all = Sum { label: "all".to_owned(), ..Sum::default() };
    for task in tasks {
        all.add(task);
        let name = task.device_name.clone().or_else(|| task.serial.clone()).unwrap_or_else(|| "unknown".to_owned());
        let key = task.serial.clone().unwrap_or_else(|| name.clone());
        let printer = printers.entry(key).or_insert_with(|| Sum { label: name, ..Sum::default() });
        printer.add(task);
        if let Some(at) = task.started.and_then(|at| DateTime::from_timestamp(at.0 + i64::from(utc_offset), 0)) {
            let key = (at.year(), at.month());
            let label = format!("{:04}-{:02}", key.0, key.1);
            months.entry(key).or_insert_with(|| Sum { label, ..Sum::default() }).add(task);
        }
    }
    let mut printers: Vec<_> = printers.into_values().collect();
    printers.sort_by_key(|sum| std::cmp::Reverse(sum.prints));
    [vec![all], printers, months.into_values().rev().collect()]
}

impl History {
    /// The prints of a printer, or all.
    pub fn shown(&self, only: Option<&str>) -> Vec<&Task> {
        let fits = |task: &&Task| only.is_none_or(|serial| task.serial.as_deref() == Some(serial));
        self.tasks.iter().filter(fits).collect()
    }

    /// Whether older prints can be asked for.
    pub fn leads_on(&self) -> bool {
        self.next.is_some()
    }

    /// The print of the history that a printer's job is: by its task, else by name and start.
    pub fn task_of(&self, printer: &Printer) -> Option<&Task> {
        let id = printer.report.job.task_id.as_deref().filter(|id| !id.is_empty() && *id != "0");
        let of = |task: &&Task| task.serial.as_deref() == Some(printer.serial.as_str());
        if let Some(id) = id
            && let Some(task) =
                self.tasks.iter().filter(of).find(|task| task.id.as_ref().is_some_and(|t| t.as_str() == id))
        {
            return Some(task);
        }
        let (name, started) = (printer.job.name.as_deref()?, printer.job.started?);
        self.tasks.iter().filter(of).find(|task| {
            let same_name = [&task.title, &task.design_title].into_iter().flatten().any(|title| {
                let title = title.trim();
                title == name || title.strip_suffix(".3mf").or(title.strip_suffix(".gcode.3mf")) == Some(name)
            });
            same_name && task.started.is_some_and(|at| (at.0 - started).abs() <= SAME_START)
        })
    }

    fn rows(&self, open: &Browse) -> usize {
        match open.tab {
            Tab::Prints => self.shown(open.only.as_deref()).len(),
            Tab::Totals => {
                let [all, printers, months] = sums(&self.shown(open.only.as_deref()), 0);
                all.len() + printers.len() + months.len()
            }
            Tab::Messages => self.messages.values().map(Vec::len).sum(),
            Tab::Projects => match &self.project {
                Some(project) => project.profiles.iter().flatten().count(),
                None => self.projects.as_ref().map_or(0, Vec::len),
            },
            Tab::Account => 1,
        }
    }
}

impl State {
    /// Opens the layer, and asks for what it shows.
    pub(super) fn open_history(&mut self, effects: &mut Vec<Effect>) {
        if self.account.who().is_none() {
            return self.account_key();
        }
        self.view.layers.push(Layer::History(Box::default()));
        self.ask_prints(effects, false);
        self.look_closer(effects);
    }

    /// Asks for the newest prints, not more often than every minute unless a person wants it.
    pub(super) fn ask_prints(&mut self, effects: &mut Vec<Effect>, wanted: bool) {
        let young = self.history.asked.is_some_and(|at| self.now.at.saturating_duration_since(at) < AGAIN_AFTER);
        if self.account.who().is_none() || self.history.busy || (young && !wanted) {
            return;
        }
        self.history.asked = Some(self.now.at);
        self.history.busy = true;
        let serial = self.browse().and_then(|open| open.only.clone());
        effects.push(Effect::Ask(Ask::Tasks(TaskQuery { serial, after: None, limit: Some(PAGE) })));
    }

    fn browse(&self) -> Option<&Browse> {
        self.view.layers.iter().rev().find_map(|layer| match layer {
            Layer::History(open) => Some(&**open),
            _ => None,
        })
    }

    /// What the cloud remembers has come, or not.
    pub(super) fn remembered(&mut self, memory: Memory, effects: &mut Vec<Effect>) {
        let history = &mut self.history;
        let mut trouble = None;
        match memory {
            Memory::Prints(asked, answer) => {
                history.busy = false;
                match answer {
                    Ok(page) => {
                        history.total = page.total;
                        if asked.after.is_none() {
                            history.tasks.clear();
                            history.of.clone_from(&asked.serial);
                        }
                        if history.of == asked.serial {
                            history.tasks.extend(page.tasks);
                            history.next = page.next;
                        }
                    }
                    Err(why) => trouble = Some(format!("prints: {why}")),
                }
            }
            Memory::Messages(kind, answer) => match answer {
                Ok(list) => drop(history.messages.insert(kind, list)),
                Err(why) => trouble = Some(format!("messages: {why}")),
            },
            // A count that is refused or cannot be understood is unknown; that is no trouble of anybody's.
            Memory::Unread(answer) => history.unread = answer.ok().flatten(),
            Memory::Projects(answer) => match answer {
                Ok(list) => history.projects = Some(list),
                Err(why) => trouble = Some(format!("projects: {why}")),
            },
            Memory::Project(answer) => match *answer {
                Ok(project) => history.project = Some(project),
                Err(why) => trouble = Some(format!("project: {why}")),
            },
            Memory::Profile(answer) => match *answer {
                Ok(profile) => history.profile = Some(profile),
                Err(why) => trouble = Some(format!("profile: {why}")),
            },
            Memory::Cover(task, picture) => {
                if history.cover_of.as_ref() == Some(&task) {
                    history.cover = picture.map(|picture| (task, picture));
                }
            }
        }
        history.trouble = trouble;
        self.look_closer(effects);
        self.mark(Redraw::Soon);
    }

    /// Asks for what the chosen row shows beyond the list.
    fn look_closer(&mut self, effects: &mut Vec<Effect>) {
        let Some(open) = self.browse().cloned() else { return };
        match open.tab {
            Tab::Prints => {
                let tasks = self.history.shown(open.only.as_deref());
                let Some(task) = tasks.get(open.at.min(tasks.len().saturating_sub(1))) else { return };
                let (Some(id), Some(from)) = (task.id.clone(), task.cover.clone()) else { return };
                if self.history.cover_of.as_ref() != Some(&id) {
                    self.history.cover_of = Some(id.clone());
                    effects.push(Effect::Ask(Ask::Cover { task: id, from }));
                }
            }
            Tab::Messages if self.history.messages.is_empty() => {
                effects.extend(MessageKind::ALL.iter().map(|kind| Effect::Ask(Ask::Messages(kind.number()))));
            }
            Tab::Projects if self.history.projects.is_none() => effects.push(Effect::Ask(Ask::Projects)),
            Tab::Account if self.history.profile.is_none() => effects.push(Effect::Ask(Ask::Profile)),
            Tab::Totals | Tab::Messages | Tab::Projects | Tab::Account => {}
        }
    }

    pub(super) fn act_in_history(&mut self, intent: Intent, effects: &mut Vec<Effect>) {
        let page = usize::from(self.view.size.height.saturating_sub(6).max(1));
        let selected = self.selected().map(|printer| printer.serial.clone());
        let Some(Layer::History(open)) = self.view.layers.last_mut() else { return };
        let last = self.history.rows(open).saturating_sub(1);
        match intent {
            Intent::Up => open.at = open.at.saturating_sub(1),
            Intent::Down => open.at = (open.at + 1).min(last),
            Intent::PageUp => open.at = open.at.saturating_sub(page),
            Intent::PageDown => open.at = (open.at + page).min(last),
            Intent::Top => open.at = 0,
            Intent::Bottom => open.at = last,
            Intent::NextPane | Intent::Right => open.turn(1),
            Intent::PreviousPane | Intent::Left => open.turn(Tab::ALL.len() - 1),
            Intent::Filter => {
                open.only = if open.only.is_some() { None } else { selected };
                open.at = 0;
            }
            Intent::Zoom if open.tab == Tab::Projects => match self.history.project.take() {
                Some(_) => open.at = 0,
                None => {
                    let chosen = self.history.projects.iter().flatten().nth(open.at).and_then(|p| p.id.clone());
                    effects.extend(chosen.map(|id| Effect::Ask(Ask::Project(id))));
                }
            },
            Intent::Retry => match open.tab {
                Tab::Prints | Tab::Totals => return self.ask_prints(effects, true),
                Tab::Messages => self.history.messages.clear(),
                Tab::Projects => (self.history.projects, self.history.project) = (None, None),
                Tab::Account => self.history.profile = None,
            },
            _ => return,
        }
        // At the end of what is there, older prints are asked for.
        let at_end = matches!(open.tab, Tab::Prints | Tab::Totals) && open.at >= last && intent != Intent::Filter;
        let goes_down = matches!(intent, Intent::Down | Intent::PageDown | Intent::Bottom);
        if at_end
            && goes_down
            && !self.history.busy
            && let Some(next) = self.history.next.clone()
        {
            self.history.busy = true;
            effects.push(Effect::Ask(Ask::Tasks(next)));
        }
        self.look_closer(effects);
        self.mark(Redraw::AtOnce);
    }
}

impl Browse {
    fn turn(&mut self, by: usize) {
        let at = Tab::ALL.iter().position(|tab| *tab == self.tab).unwrap_or(0);
        self.tab = Tab::ALL[(at + by) % Tab::ALL.len()];
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::Stamp;

    fn task(serial: &str, started: i64, took: i64, status: TaskStatus) -> Task {
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

    #[test]
    fn sums_count_what_is_over_and_what_was_used() {
        let month = 1_767_225_600; // 2026-01-01
        let tasks = [
            task("A", month + 10, 3600, TaskStatus::Finished),
            task("A", month + 20, 600, TaskStatus::Stopped),
            task("B", month - 10, 60, TaskStatus::Finished),
            task("B", month + 30, 5, TaskStatus::Running),
        ];
        let list: Vec<&Task> = tasks.iter().collect();
        let [all, printers, months] = sums(&list, 0);
        assert_eq!((all[0].prints, all[0].finished, all[0].stopped, all[0].seconds), (4, 2, 1, 4260));
        assert_eq!((all[0].success(), all[0].grams, all[0].metres), (Some(67), 40.0, 12.0));
        assert_eq!(printers.iter().map(|s| (s.label.as_str(), s.prints)).collect::<Vec<_>>(), [("P A", 2), ("P B", 2)]);
        assert_eq!(months.iter().map(|s| s.label.as_str()).collect::<Vec<_>>(), ["2026-01", "2025-12"]);
        assert_eq!(Sum::default().success(), None);
    }

    #[test]
    fn a_job_is_joined_by_its_task_or_by_name_and_start() {
        let history = History { tasks: vec![task("A", 1000, 5, TaskStatus::Running)], ..History::default() };
        let mut printer = Printer::new("P", "A", "h", None, Vec::new());
        assert!(history.task_of(&printer).is_none());
        printer.report.job.task_id = Some("1000".into());
        assert!(history.task_of(&printer).is_some());
        printer.report.job.task_id = Some("0".into());
        (printer.job.name, printer.job.started) = (Some("cube".into()), Some(1000 + SAME_START));
        assert!(history.task_of(&printer).is_some());
        printer.job.started = Some(1001 + SAME_START);
        assert!(history.task_of(&printer).is_none());
        printer.serial = "B".into();
        printer.job.started = Some(1000);
        assert!(history.task_of(&printer).is_none(), "another printer's");
    }
}
