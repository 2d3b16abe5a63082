//! Hooks: programs that get the news on their standard input, and addresses that it is posted to.
//!
//! A few run at once, a bounded number waits, and each has a time limit. What fails is told by an event, never by an end.

mod post;
mod program;

use crate::net::{tasks::Tasks, web::Clients};
use crate::{
    config::{Carrier, Hook},
    state::{
        event::Event,
        notify::notification::{HookFailure, Notification},
    },
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

/// So many hooks run at once.
const AT_ONCE: usize = 4;
/// So many wait for their turn; more are not carried out, and the journal says so.
const WAITING: usize = 64;

/// Where notifications are handed in. Without hooks it costs nothing.
#[derive(Debug)]
pub(in crate::net) struct Hooks {
    list: Vec<Arc<Hook>>,
    queue: Option<mpsc::Sender<Call>>,
    events: mpsc::Sender<Event>,
}

/// One hook to be carried out.
struct Call {
    hook: Arc<Hook>,
    news: Arc<Notification>,
    body: Arc<[u8]>,
}

impl Hooks {
    /// Starts the task that carries out hooks, if there are any. Must be called inside a tokio runtime.
    pub(in crate::net) fn start(
        list: Vec<Hook>,
        clients: Arc<Clients>,
        events: mpsc::Sender<Event>,
        tasks: &mut Tasks,
        (cancel, goodbye): (CancellationToken, Duration),
    ) -> Self {
        let queue = (!list.is_empty()).then(|| {
            let (queue, calls) = mpsc::channel(WAITING);
            tasks.spawn(work(calls, clients, events.clone(), cancel, goodbye));
            queue
        });
        Self { list: list.into_iter().map(Arc::new).collect(), queue, events }
    }

    /// Hands a notification to the hooks that want it. Never blocks.
    pub(in crate::net) fn tell(&self, news: Box<Notification>) {
        let Some(queue) = &self.queue else { return };
        let (news, mut body): (Arc<Notification>, Option<Arc<[u8]>>) = (Arc::from(news), None);
        for hook in self.list.iter().filter(|hook| hook.wants(news.event_kind, &news.serial)) {
            let body =
                body.get_or_insert_with(|| serde_json::to_vec(&NewsJson::from(&*news)).unwrap_or_default().into());
            let call = Call { hook: Arc::clone(hook), news: Arc::clone(&news), body: Arc::clone(body) };
            if queue.try_send(call).is_err() {
                let failure = failure(hook, &news, "left out: too many hooks are waiting".to_owned());
                // With a full event channel the log alone knows: waiting here would stop the loop that empties it.
                let _ = self.events.try_send(failure);
            }
        }
    }
}

/// What a hook gets. Keys are only ever added.
#[derive(Debug, Serialize)]
struct NewsJson<'a> {
    /// What happened: `print.finished` …
    event: &'static str,
    /// When, in seconds since 1970.
    time: i64,
    printer: NewsPrinterJson<'a>,
    /// All null without one.
    job: NewsJobJson<'a>,
    /// Why, in words.
    reason: Option<&'a str>,
    /// The printer's code for that.
    code: Option<&'a str>,
    /// It was noticed later than it happened.
    late: bool,
    /// So many more of the kind are told of by this one.
    more: u32,
    /// Fire, smoke, or heat out of control.
    danger: bool,
}

/// The printer that a hook is told of.
#[derive(Debug, Serialize)]
struct NewsPrinterJson<'a> {
    name: &'a str,
    serial: &'a str,
    model: &'a str,
}

/// The job that a hook is told of.
#[derive(Debug, Serialize)]
struct NewsJobJson<'a> {
    name: Option<&'a str>,
    percent: Option<u8>,
}

impl<'a> From<&'a Notification> for NewsJson<'a> {
    fn from(news: &'a Notification) -> Self {
        Self {
            event: news.event_kind.name(),
            time: news.unix,
            printer: NewsPrinterJson { name: &news.printer, serial: &news.serial, model: news.model },
            job: NewsJobJson { name: news.job.as_deref(), percent: news.percent },
            reason: news.reason.as_deref(),
            code: news.code.as_deref(),
            late: news.late,
            more: news.more,
            danger: news.danger,
        }
    }
}

/// A failure for the log and for the journal.
fn failure(hook: &Hook, news: &Notification, why: String) -> Event {
    let (hook, event) = (hook.to_string(), news.event_kind.name());
    tracing::warn!(%hook, event, printer = crate::net::short(&news.serial), %why, "a hook failed");
    Event::Hook(Box::new(HookFailure { who: news.who, event_kind: news.event_kind, hook, why }))
}

/// Takes calls until the end; those that run then have a short time left.
async fn work(
    mut calls: mpsc::Receiver<Call>,
    clients: Arc<Clients>,
    events: mpsc::Sender<Event>,
    cancel: CancellationToken,
    goodbye: Duration,
) {
    let mut running = JoinSet::new();
    loop {
        let has_room = running.len() < AT_ONCE;
        tokio::select! {
            () = cancel.cancelled() => break,
            Some(_) = running.join_next() => {}
            call = calls.recv(), if has_room => match call {
                Some(call) => {
                    running.spawn(carry_out(call, Arc::clone(&clients), events.clone()));
                }
                None => break,
            },
        }
    }
    let _ = timeout(goodbye, async { while running.join_next().await.is_some() {} }).await;
    // Waited for, so that no program outlives this one.
    running.shutdown().await;
}

async fn carry_out(call: Call, clients: Arc<Clients>, events: mpsc::Sender<Event>) {
    let Call { hook, news, body } = call;
    let result = match &hook.carrier {
        Carrier::Run { program, args } => program::run_again(&hook, program, args, &body).await,
        Carrier::Post { url, headers, .. } => post::send(&hook, &clients, url, headers, &body).await,
    };
    match result {
        Ok(()) => tracing::info!(%hook, event = news.event_kind.name(), "a hook is done"),
        Err(why) => {
            let _ = events.send(failure(&hook, &news, why)).await;
        }
    }
}

#[cfg(test)]
mod tests;
