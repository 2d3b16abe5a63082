//! Where a printer's task meets the program: orders come in, events go out, and neither can hold up the other.

use crate::{
    protocol::command::{Command, Seq},
    state::{
        PrinterId,
        event::{CloudEvent, Event, PrinterEvent},
        printer::connection::{ConnectionEvent, Refusal},
    },
};
use std::{collections::VecDeque, convert::identity, pin::pin, sync::Arc};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

/// So many events may wait in a task before it takes no more orders.
pub(in crate::net) const OUTBOX: usize = 64;

/// About so many bytes of reports of one task are under way to the program at most, and one message more.
pub(in crate::net) const AFLOAT: usize = 2 << 20;

/// A command for one printer on one session.
#[derive(Debug)]
pub(in crate::net) struct PublishRequest {
    pub(in crate::net) to: PrinterId,
    pub(in crate::net) session: u32,
    pub(in crate::net) seq: Seq,
    pub(in crate::net) command: Command,
}

/// Whose link a task keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::net) enum LinkOwner {
    /// The LAN connection of one printer.
    Printer(PrinterId),
    /// The cloud connection of the account.
    Account,
}

impl LinkOwner {
    fn change(self, change: ConnectionEvent) -> Event {
        match self {
            Self::Printer(id) => Event::Printer(id, PrinterEvent::Link(change)),
            Self::Account => Event::Cloud(CloudEvent::Link(change)),
        }
    }
}

/// Why a task was torn from its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::net) enum Interrupt {
    /// The program ends, or the printer is no longer wanted.
    Close,
    /// Connect anew, now.
    Reconnect,
}

/// The task's side. It outlives a panic of the task, so that no order stays without an answer.
#[derive(Debug)]
pub(in crate::net) struct TaskMailbox {
    pub(in crate::net) owner: LinkOwner,
    /// The serial, shortened for the log.
    pub(in crate::net) name: String,
    pub(in crate::net) events: mpsc::Sender<Event>,
    pub(in crate::net) orders: mpsc::Receiver<PublishRequest>,
    pub(in crate::net) reconnect: Arc<Notify>,
    pub(in crate::net) cancel: CancellationToken,
    /// Events on their way out, in order.
    pub(in crate::net) outbox: VecDeque<Event>,
    /// About so many bytes of reports were read since the program had taken everything in.
    pub(in crate::net) afloat: usize,
    /// The order that is being written.
    pub(in crate::net) in_flight: Option<(PrinterId, Seq)>,
}

/// Answers one order that is in hand; exactly once, because the hand is empty afterwards.
pub(in crate::net) fn answer(
    in_flight: &mut Option<(PrinterId, Seq)>,
    outbox: &mut VecDeque<Event>,
    refusal: Option<Refusal>,
) {
    if let Some((to, seq)) = in_flight.take() {
        let event = refusal.map_or(PrinterEvent::Sent(seq), |why| PrinterEvent::Refused(seq, why));
        outbox.push_back(Event::Printer(to, event));
    }
}

/// The answer to an order that was not taken in hand.
fn refused(order: &PublishRequest) -> Event {
    Event::Printer(order.to, PrinterEvent::Refused(order.seq, Refusal::NotConnected))
}

/// Sends the oldest event once there is room; false if nobody listens any more. Loses nothing when dropped half way.
pub(in crate::net) async fn deliver<T>(
    events: &mpsc::Sender<Event>,
    outbox: &mut VecDeque<T>,
    event: impl FnOnce(T) -> Event,
) -> bool {
    let Ok(permit) = events.reserve().await else { return false };
    if let Some(news) = outbox.pop_front() {
        permit.send(event(news));
    }
    true
}

/// Waits until the program has taken in every event that was sent so far; false if nobody listens any more.
pub(in crate::net) async fn taken_in(events: &mpsc::Sender<Event>) -> bool {
    events.reserve_many(events.max_capacity()).await.is_ok()
}

impl TaskMailbox {
    /// Puts a change of the link into the outbox, and one line into the log.
    pub(in crate::net) fn link(&mut self, change: ConnectionEvent) {
        log(&self.name, if self.owner == LinkOwner::Account { "cloud" } else { "printer" }, &change);
        self.outbox.push_back(self.owner.change(change));
    }

    /// Does something without a session: meanwhile events go out and orders are refused.
    pub(in crate::net) async fn while_offline<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Interrupt> {
        let Self { events, orders, reconnect, cancel, outbox, .. } = self;
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(Interrupt::Close),
                () = reconnect.notified() => return Err(Interrupt::Reconnect),
                open = deliver(events, outbox, identity), if !outbox.is_empty() => {
                    if !open {
                        return Err(Interrupt::Close);
                    }
                }
                order = orders.recv(), if outbox.len() < OUTBOX => {
                    let Some(order) = order else { return Err(Interrupt::Close) };
                    outbox.push_back(refused(&order));
                }
                out = &mut work => return Ok(out),
            }
        }
    }

    /// The last words of a task: what the program still has room for.
    pub(in crate::net) fn shut_down(&mut self) {
        answer(&mut self.in_flight, &mut self.outbox, Some(Refusal::NotConnected));
        self.orders.close();
        while let Ok(order) = self.orders.try_recv() {
            self.outbox.push_back(refused(&order));
        }
        for event in self.outbox.drain(..) {
            let _ = self.events.try_send(event);
        }
    }
}

/// One line a change.
pub(in crate::net) fn log(name: &str, what: &str, change: &ConnectionEvent) {
    match change {
        ConnectionEvent::Connecting { attempt } => tracing::info!(printer = name, attempt, "{what}: connecting"),
        ConnectionEvent::Up { session } => tracing::info!(printer = name, session, "{what}: up"),
        ConnectionEvent::Down { why, retry_in } => {
            tracing::warn!(printer = name, %why, ?retry_in, "{what}: down");
        }
        ConnectionEvent::Closed => tracing::info!(printer = name, "{what}: closed"),
    }
}
