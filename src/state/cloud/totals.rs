//! What prints add up to: of all, by printer, by month.

use crate::protocol::rest::tasks::{Task, TaskStatus};
use chrono::{DateTime, Datelike};
use std::collections::BTreeMap;

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

/// The year of a moment, in local time.
pub fn year(unix: i64, utc_offset: i32) -> Option<i32> {
    Some(DateTime::from_timestamp(unix + i64::from(utc_offset), 0)?.year())
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
pub fn sums<'a>(tasks: impl IntoIterator<Item = &'a Task>, utc_offset: i32) -> [Vec<Sum>; 3] {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::cloud::history::fixture::task;

    #[test]
    fn sums_count_what_is_over_and_what_was_used() {
        let month = 1_767_225_600; // 2026-01-01
        let tasks = [
            task("A", month + 10, 3600, TaskStatus::Finished),
            task("A", month + 20, 600, TaskStatus::Stopped),
            task("B", month - 10, 60, TaskStatus::Finished),
            task("B", month + 30, 5, TaskStatus::Running),
        ];
        let [all, printers, months] = sums(&tasks, 0);
        assert_eq!((all[0].prints, all[0].finished, all[0].stopped, all[0].seconds), (4, 2, 1, 4260));
        assert_eq!((all[0].success(), all[0].grams, all[0].metres), (Some(67), 40.0, 12.0));
        assert_eq!(printers.iter().map(|s| (s.label.as_str(), s.prints)).collect::<Vec<_>>(), [("P A", 2), ("P B", 2)]);
        assert_eq!(months.iter().map(|s| s.label.as_str()).collect::<Vec<_>>(), ["2026-01", "2025-12"]);
        assert_eq!(Sum::default().success(), None);
    }
}
