//! Which job it is.

use crate::protocol::job::JobPart;

/// What makes a job the same job: a confirmation is void when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobKey {
    pub(super) name: Option<String>,
    pub(super) subtask: Option<String>,
    pub(super) task: Option<String>,
}

impl JobKey {
    /// What a report says.
    pub(super) fn of(part: &JobPart) -> Self {
        Self {
            name: part.subtask_name.as_deref().filter(|n| !n.is_empty()).map(str::to_owned),
            subtask: real_id(part.subtask_id.as_ref()).map(str::to_owned),
            task: real_id(part.task_id.as_ref()).or(real_id(part.lan_task_id.as_ref())).map(str::to_owned),
        }
    }

    /// Whether both are known and not the same. An id that was missing and is said now makes no other job.
    pub(super) fn differs(&self, old: &Self) -> bool {
        differ(self.name.as_ref(), old.name.as_ref())
            || differ(self.subtask.as_ref(), old.subtask.as_ref())
            || differ(self.task.as_ref(), old.task.as_ref())
    }

    /// Whether this is certainly not the job of the `old` key. What was not `said` of that one may have been left over from
    /// the one before it: then it is only said late.
    pub(super) fn is_another(&self, old: &Self, said: &JobPart) -> bool {
        let task = said.task_id.is_some() || said.lan_task_id.is_some();
        said.subtask_name.is_some() && differ(self.name.as_ref(), old.name.as_ref())
            || said.subtask_id.is_some() && differ(self.subtask.as_ref(), old.subtask.as_ref())
            || task && differ(self.task.as_ref(), old.task.as_ref())
    }
}

fn differ(new: Option<&String>, old: Option<&String>) -> bool {
    new.zip(old).is_some_and(|(new, old)| new != old)
}

/// An id that stands for something: local jobs have "0" or nothing.
pub(super) fn real_id(id: Option<&String>) -> Option<&str> {
    id.map(String::as_str).filter(|id| !matches!(*id, "" | "0"))
}
