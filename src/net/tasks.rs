//! The tasks of the network, all on one runtime.

use tokio::{
    runtime::Handle,
    task::{AbortHandle, JoinError, JoinSet},
};

/// The tasks of the network. Whoever starts one, it runs where all of them run: the program's loop is on a runtime of its own,
/// and reading what printers send must not keep its keys and timers waiting.
#[derive(Debug)]
pub(super) struct Tasks {
    runtime: Handle,
    set: JoinSet<()>,
}

impl Tasks {
    pub(super) fn on(runtime: Handle) -> Self {
        Self { runtime, set: JoinSet::new() }
    }

    pub(super) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        self.set.spawn_on(task, &self.runtime)
    }

    /// Forgets the tasks that have ended.
    pub(super) fn forget_ended(&mut self) {
        while self.set.try_join_next().is_some() {}
    }

    /// Waits until the next task ends; `None` when all have.
    pub(super) async fn ended(&mut self) -> Option<Result<(), JoinError>> {
        self.set.join_next().await
    }
}
