//! Which print of the history a printer's running job is.

use super::History;
use crate::{
    protocol::rest::tasks::{Task, TaskStatus},
    state::printer::Printer,
};

/// A running job and a print of the history belong together if their starts are no further apart, in seconds.
const SAME_START: i64 = 600;

impl History {
    /// The print of the history that a printer's job is: by its task, else by name and start.
    pub fn task_of(&self, printer: &Printer) -> Option<&Task> {
        let own = |task: &&Task| task.serial.as_deref() == Some(printer.serial.as_str());
        let tasks = || self.every().filter(own);
        let id = printer.job_ids().task;
        if let Some(id) = id
            && let Some(task) = tasks().find(|task| task.id.as_ref().is_some_and(|t| t.as_str() == id))
        {
            return Some(task);
        }
        let name = printer.job.name.as_deref()?;
        tasks().find(|task| {
            let same_name = [&task.title, &task.design_title].into_iter().flatten().any(|title| {
                let title = title.trim();
                title == name || title.strip_suffix(".3mf").or(title.strip_suffix(".gcode.3mf")) == Some(name)
            });
            // Where nobody saw it begin, both must say that it runs now.
            same_name
                && match printer.job.started {
                    Some(started) => task.started.is_some_and(|at| (at.0 - started).abs() <= SAME_START),
                    None => printer.job.phase.is_active() && task.status == Some(TaskStatus::Running),
                }
        })
    }

    /// The printer whose running job a print is.
    pub fn printer_of<'a>(&self, task: &Task, printers: &'a [Printer]) -> Option<&'a Printer> {
        task.id.as_ref()?;
        printers.iter().find(|printer| {
            let active = printer.session().is_some() && printer.job.phase.is_active();
            active && self.task_of(printer).is_some_and(|own| own.id == task.id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Prints, fixture::task},
        *,
    };
    use crate::state::{cloud::resource::Resource, printer::job::Phase};

    #[test]
    fn a_job_is_joined_by_its_task_or_by_name_and_start() {
        let mut history = History::default();
        let prints = Prints { tasks: vec![task("A", 1000, 5, TaskStatus::Running)], ..Prints::default() };
        let mut known = Resource::default();
        known.receive(prints, crate::state::test_now());
        history.prints.insert(None, known);
        let mut printer = Printer::new("P", "A", "h", None, Vec::new());
        assert!(history.task_of(&printer).is_none());
        printer.report.job.task_id = Some("1000".into());
        assert!(history.task_of(&printer).is_some());
        printer.report.job.task_id = Some("0".into());
        printer.job.name = Some("cube".into());
        printer.job.started = Some(1000 + SAME_START);
        assert!(history.task_of(&printer).is_some());
        printer.job.started = None;
        printer.job.phase = Phase::Running;
        assert!(history.task_of(&printer).is_some(), "both run now");
        printer.job.started = Some(1001 + SAME_START);
        assert!(history.task_of(&printer).is_none());
        printer.serial = "B".into();
        printer.job.started = Some(1000);
        assert!(history.task_of(&printer).is_none(), "another printer's");
    }
}
