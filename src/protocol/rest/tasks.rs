//! The history of prints.

use super::{Id, Link, Stamp, paging, query};
use crate::protocol::wire::{Read, fields};
use std::{collections::HashSet, fmt};

fields! {
    /// A print of the history.
    pub struct Task {
        /// Task.
        "id" => id: Id,
        /// Name of the file or project.
        "title" => title: String,
        /// Name of the design, if it is from MakerWorld.
        "designTitle" => design_title: String,
        /// Design on MakerWorld.
        "designId" => design: Id,
        /// Model on MakerWorld.
        "modelId" => model: Id,
        /// Print profile on MakerWorld.
        "instanceId" => instance: Id,
        /// Picture; signed, and may expire soon: fetch it at once and without a token.
        "cover" => cover: Link,
        /// How it ended.
        "status" => status: TaskStatus,
        /// When it began.
        "startTime" => started: Stamp,
        /// When it ended; within a minute of the start while it runs.
        "endTime" => ended: Stamp,
        /// What the slicer thought it would take, in seconds. Not what it took: see [`Task::took_s`].
        "costTime" => estimate_s: i64,
        /// Filament by the slicer, in grams.
        "weight" => grams: f64,
        /// Filament by the slicer, in **centimetres**.
        "length" => centimetres: f64,
        /// Profile.
        "profileId" => profile: Id,
        /// Number of the plate.
        "plateIndex" => plate: i64,
        /// Name of the plate.
        "plateName" => plate_name: String,
        /// Kind of build plate.
        "bedType" => bed_type: String,
        /// `cloud_file`, `lan_file` …
        "mode" => mode: String,
        /// How often it was to be printed.
        "repetitions" => repetitions: i64,
        /// Printed from an AMS.
        "useAms" => use_ams: bool,
        /// Serial number of the printer.
        "deviceId" => serial: String,
        /// Name of the printer.
        "deviceName" => device_name: String,
        /// Model of the printer.
        "deviceModel" => device_model: String,
        /// Filaments.
        "amsDetailMapping" => filaments: Vec<TaskFilament>,
    }
}

fields! {
    /// A filament of a print.
    pub struct TaskFilament {
        /// Flat slot: from 128 on AMS HT, 254 and 255 external spools.
        "ams" => slot: i64,
        /// Unit.
        "amsId" => unit: i64,
        /// Slot within the unit.
        "slotId" => unit_slot: i64,
        /// Hotend.
        "nozzleId" => nozzle: i64,
        /// Colour in the file, RRGGBBAA.
        "sourceColor" => source_color: String,
        /// Colour of the filament that was used, RRGGBBAA.
        "targetColor" => target_color: String,
        /// Filament code, such as `GFL99`.
        "filamentId" => code: String,
        /// Kind in the file, such as `PLA`.
        "filamentType" => kind: String,
        /// Kind that was used.
        "targetFilamentType" => target_kind: String,
        /// In grams.
        "weight" => grams: f64,
    }
}

/// How a print ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskStatus {
    /// Created, not begun. Inferred, not observed.
    Waiting,
    /// To the end.
    Finished,
    /// Failed or stopped: the cloud does not tell the two apart.
    Stopped,
    /// Still running.
    Running,
    /// Another number or word, as it came.
    Other(String),
}

impl Read for TaskStatus {
    fn from_int(v: i64) -> Option<Self> {
        Some(match v {
            1 => Self::Waiting,
            2 => Self::Finished,
            3 => Self::Stopped,
            4 => Self::Running,
            _ => Self::Other(format!("status {v}")),
        })
    }
    fn from_text(v: &str) -> Option<Self> {
        if let Ok(number) = v.trim().parse() {
            return Self::from_int(number);
        }
        let word = String::from_text(v.trim())?;
        Some(match word.to_ascii_lowercase().as_str() {
            "" => return None,
            "completed" | "finished" | "success" => Self::Finished,
            "failed" | "cancelled" | "canceled" | "aborted" => Self::Stopped,
            "running" | "printing" => Self::Running,
            "waiting" | "created" | "pending" => Self::Waiting,
            _ => Self::Other(word),
        })
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Finished => "finished",
            Self::Stopped => "failed or stopped",
            Self::Running => "printing",
            Self::Other(word) => word,
        })
    }
}

impl Task {
    /// What a person calls it: the design's title, or else the file's.
    pub fn name(&self) -> Option<&str> {
        let shown = |text: &'_ Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        if shown(&self.design_title) {
            self.design_title.as_deref()
        } else {
            self.title.as_deref().filter(|t| !t.is_empty())
        }
    }

    /// When it ended; `None` while it runs, whatever the cloud has there by then.
    pub fn ended_unix(&self) -> Option<i64> {
        let over = matches!(self.status, Some(TaskStatus::Finished | TaskStatus::Stopped));
        self.ended.filter(|_| over).map(|at| at.0)
    }

    /// How long it took, in seconds; `None` while it runs or where the times make no sense.
    pub fn took_s(&self) -> Option<i64> {
        Some(self.ended_unix()? - self.started?.0).filter(|took| *took >= 0)
    }

    /// Filament by the slicer, in metres.
    pub fn metres(&self) -> Option<f64> {
        self.centimetres.map(|cm| cm / 100.0)
    }
}

/// Which part of the history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskQuery {
    /// Of one printer.
    pub serial: Option<String>,
    /// What comes after this task, that is before it in time.
    pub after: Option<Id>,
    /// So many at most; the server's default is 20.
    pub limit: Option<u32>,
}

impl TaskQuery {
    /// As it stands in the address.
    pub fn query(&self) -> String {
        query(&[
            ("deviceId", self.serial.clone()),
            ("after", self.after.as_ref().map(ToString::to_string)),
            ("limit", self.limit.map(|limit| limit.to_string())),
        ])
    }
}

/// A page of the history, newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskPage {
    /// How many there are in all.
    pub total: Option<i64>,
    /// This page's.
    pub tasks: Vec<Task>,
    /// What to ask for next; `None` after the last page.
    pub next: Option<TaskQuery>,
}

impl TaskPage {
    /// A page that came for a query. It is the last one if it is short, or if its end does not lead on.
    pub fn new(total: Option<i64>, tasks: Vec<Task>, asked: &TaskQuery) -> Self {
        let limit = asked.limit.unwrap_or(20) as usize;
        let last = tasks.last().and_then(|task| task.id.clone());
        let repeats = last.is_some() && last == asked.after;
        let next = last.filter(|_| tasks.len() >= limit.max(1) && !repeats);
        Self { total, next: next.map(|after| TaskQuery { after: Some(after), ..asked.clone() }), tasks }
    }

    /// What of this page is new to somebody who knows prints with these ids, `newest` the newest of them. What began after
    /// that one was not asked for: it belongs on the first page.
    pub(crate) fn fresh(self, asked: &TaskQuery, newest: Option<&Task>, known: &mut HashSet<Id>) -> Vec<Task> {
        let mut tasks = self.tasks;
        if let Some(latest) = newest.and_then(|task| task.started) {
            tasks.retain(|task| task.started.is_none_or(|at| at.0 <= latest.0));
        }
        paging::fresh(tasks, asked.after.as_ref(), known, |task| task.id.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::{list, total};
    use serde_json::{Value, json};

    fn tasks(value: Value) -> Vec<Task> {
        list(value, &["hits", "tasks"], "list of prints").expect("a list")
    }

    #[test]
    fn a_print_is_read_from_every_wrapping() {
        let task = json!({"id": 788_462_557, "title": "cube.3mf", "designTitle": " ", "designId": 0, "status": 2,
            "startTime": "2026-02-26T21:10:57Z", "endTime": "2026-02-26T22:10:57Z", "costTime": 3000, "weight": 12.5,
            "length": 412, "cover": "https://x.example/c.png?s=1", "useAms": true, "deviceId": "01P",
            "amsDetailMapping": [{"ams": 254, "targetColor": "FF0000FF", "filamentType": "PLA", "weight": 12.5}, null]});
        let wrappings = [
            json!({"total": 1, "hits": [task]}),
            json!({"total": {"value": 1}, "hits": {"hits": [task]}}),
            json!({"hits": {"total": {"value": "1"}, "hits": [task]}}),
            json!({"total": "1", "tasks": [task]}),
        ];
        for wrapping in wrappings {
            assert_eq!(total(&wrapping), Some(1));
            let [task] = &tasks(wrapping)[..] else { panic!("one task") };
            assert_eq!((task.name(), task.took_s(), task.metres()), (Some("cube.3mf"), Some(3600), Some(4.12)));
            assert_eq!(task.design, None);
            assert_eq!(task.filaments.as_ref().map(Vec::len), Some(1));
        }
        assert!(tasks(json!({"total": 0, "hits": null})).is_empty());
        assert!(list::<Task>(json!({"message": "success"}), &["hits"], "list").is_err());
    }

    #[test]
    fn a_running_print_has_taken_no_time_yet() {
        for (status, word) in [
            (json!(1), "waiting"),
            (json!(2), "finished"),
            (json!("3"), "failed or stopped"),
            (json!(4), "printing"),
            (json!("completed"), "finished"),
            (json!(9), "status 9"),
            (json!("odd"), "odd"),
        ] {
            let times = ("2026-02-26T21:10:57Z", "2026-02-26T21:11:00Z");
            let [task] = &tasks(json!([{"status": status, "startTime": times.0, "endTime": times.1}]))[..] else {
                panic!("one task")
            };
            let over = matches!(word, "finished" | "failed or stopped");
            assert_eq!(
                (task.status.as_ref().map(ToString::to_string), task.took_s()),
                (Some(word.into()), over.then_some(3))
            );
        }
    }

    #[test]
    fn pages_end_where_the_history_does() {
        let some = |from: i64, count: i64| tasks(Value::Array((0..count).map(|at| json!({"id": from - at})).collect()));
        let first = TaskQuery { serial: Some("01P".into()), limit: Some(3), after: None };
        assert_eq!(first.query(), "?deviceId=01P&limit=3");
        let next = TaskPage::new(None, some(9, 3), &first).next.expect("another page");
        assert_eq!(next.query(), "?deviceId=01P&after=7&limit=3");
        assert_eq!(TaskPage::new(None, some(6, 2), &next).next, None);
        assert_eq!(TaskPage::new(None, some(9, 3), &next).next, None, "the same page again");
        assert_eq!(TaskPage::new(None, vec![], &first).next, None);
    }
}
