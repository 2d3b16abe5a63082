//! A task that panics is a bug of ours; it shows as a lost link and starts again.

use super::{
    camera::{self, Stand},
    cloud,
    printer::dial::Target,
    printer::mailbox::{self, Desk, answer},
    printer::task,
    timing::Timing,
};
use crate::state::{
    PrinterId,
    event::{Event, PrinterEvent},
    printer::connection::{Cause, LinkChange, Refusal},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, watch},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;

/// Keeps the task of a printer alive.
pub(super) async fn printer(
    desk: Desk,
    id: PrinterId,
    target: watch::Receiver<Arc<Target>>,
    timing: Arc<Timing>,
    delay: Duration,
) {
    let restart = timing.restart;
    let mut delay = Some(delay);
    keep(desk, restart, move |desk| {
        let (target, timing, delay) = (target.clone(), Arc::clone(&timing), delay.take().unwrap_or_default());
        async move { task::run(&mut *desk.lock().await, id, &target, &timing, delay).await }
    })
    .await;
}

/// Keeps the task of the account alive.
pub(super) async fn account(desk: Desk, wishes: cloud::Wishes, timing: Arc<Timing>) {
    let restart = timing.restart;
    keep(desk, restart, move |desk| {
        let (mut wishes, timing) = (wishes.clone(), Arc::clone(&timing));
        async move { cloud::run(&mut *desk.lock().await, &mut wishes, &timing).await }
    })
    .await;
}

/// Runs something on a desk until it ends without a panic. Orders survive the panic and are answered.
async fn keep<F, W>(desk: Desk, restart: Duration, mut work: F)
where
    F: FnMut(Arc<Mutex<Desk>>) -> W,
    W: Future<Output = ()> + Send + 'static,
{
    let desk = Arc::new(Mutex::new(desk));
    while panicked(work(Arc::clone(&desk))).await {
        let mut desk = desk.lock().await;
        let Desk { in_hand, outbox, .. } = &mut *desk;
        answer(in_hand, outbox, Some(Refusal::NotConnected));
        desk.link(LinkChange::Down { why: Cause::Internal, retry_in: Some(restart) });
        if desk.meanwhile(sleep(restart)).await == Err(mailbox::Interrupt::Close) {
            break;
        }
    }
    desk.lock().await.clear();
}

/// Keeps the task of a camera alive.
pub(super) async fn camera(stand: Stand) {
    while panicked(camera::run(stand.clone())).await {
        let restart = stand.timing.restart;
        let change = LinkChange::Down { why: Cause::Internal, retry_in: Some(restart) };
        mailbox::log(&stand.name, "camera", &change);
        let told = async {
            let _ = stand.events.send(Event::Printer(stand.id, PrinterEvent::Camera(change))).await;
            sleep(restart).await;
        };
        tokio::select! {
            () = stand.cancel.cancelled() => return,
            () = told => {}
        }
    }
}

/// Runs a task to its end and says whether that was a panic.
async fn panicked(work: impl Future<Output = ()> + Send + 'static) -> bool {
    match AbortOnDropHandle::new(tokio::spawn(work)).await {
        Ok(()) => false,
        Err(error) => {
            // The panic hook has logged where and why.
            if error.is_panic() {
                tracing::error!("a network task panicked");
            }
            error.is_panic()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::command::{Command, Seq};
    use std::collections::VecDeque;
    use tokio::sync::mpsc;

    #[tokio::test]
    async fn a_panic_is_a_lost_link_and_loses_no_order() {
        let (events, mut seen) = mpsc::channel(10);
        let (orders, waiting) = mpsc::channel(4);
        let desk = Desk {
            place: mailbox::Place::Printer(PrinterId(0)),
            name: "x".into(),
            events,
            orders: waiting,
            again: Arc::default(),
            cancel: tokio_util::sync::CancellationToken::new(),
            outbox: VecDeque::new(),
            afloat: 0,
            in_hand: None,
        };
        let order = |n| mailbox::Order { to: PrinterId(0), session: 1, seq: Seq(n), command: Command::Pause };
        orders.try_send(order(1)).unwrap();
        orders.try_send(order(2)).unwrap();
        let mut runs = 0;
        keep(desk, Duration::from_millis(5), |desk| {
            runs += 1;
            async move {
                let mut desk = desk.lock().await;
                if runs == 1 {
                    desk.in_hand = desk.orders.recv().await.map(|order| (order.to, order.seq));
                    panic!("a bug");
                }
            }
        })
        .await;
        assert_eq!(runs, 2);
        let mut texts = Vec::new();
        while let Some(event) = seen.recv().await {
            texts.push(format!("{event:?}"));
        }
        assert!(texts[0].contains("Refused(Seq(1)") && texts[1].contains("Internal"), "{texts:?}");
        assert!(texts[2].contains("Refused(Seq(2)") && texts.len() == 3, "{texts:?}");
    }
}
