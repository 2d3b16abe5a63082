//! A task that panics is a bug of ours; it shows as a lost link and starts again.

use super::{
    camera::{self, CameraTask},
    cloud::{Broker, BrokerInputs},
    printer::{
        dial::Target,
        mailbox::{self, TaskMailbox, answer},
        policy::Lan,
        task,
    },
    timing::Timing,
};
use crate::state::{
    PrinterId,
    event::{Event, PrinterEvent},
    printer::connection::{ConnectionEvent, DisconnectReason, Refusal},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, watch},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;

/// Keeps the task of a printer alive.
pub(super) async fn printer(
    mailbox: TaskMailbox,
    id: PrinterId,
    target: watch::Receiver<Arc<Target>>,
    timing: Arc<Timing>,
    delay: Duration,
) {
    let restart = timing.restart;
    let mut delay = Some(delay);
    restart_on_panic(mailbox, restart, move |mailbox| {
        let (target, timing, delay) = (target.clone(), Arc::clone(&timing), delay.take().unwrap_or_default());
        async move {
            let mut policy = Lan::new(id, target, Arc::clone(&timing));
            task::run(&mut *mailbox.lock().await, &mut policy, &timing, delay).await;
        }
    })
    .await;
}

/// Keeps the task of the account alive.
pub(super) async fn account(mailbox: TaskMailbox, inputs: BrokerInputs, timing: Arc<Timing>) {
    let restart = timing.restart;
    restart_on_panic(mailbox, restart, move |mailbox| {
        let (inputs, timing) = (inputs.clone(), Arc::clone(&timing));
        async move {
            let mut policy = Broker::new(inputs, Arc::clone(&timing));
            task::run(&mut *mailbox.lock().await, &mut policy, &timing, Duration::ZERO).await;
        }
    })
    .await;
}

/// Runs something on a mailbox until it ends without a panic. Orders survive the panic and are answered.
async fn restart_on_panic<F, W>(mailbox: TaskMailbox, restart: Duration, mut work: F)
where
    F: FnMut(Arc<Mutex<TaskMailbox>>) -> W,
    W: Future<Output = ()> + Send + 'static,
{
    let mailbox = Arc::new(Mutex::new(mailbox));
    while panicked(start(work(Arc::clone(&mailbox)))).await {
        let mut mailbox = mailbox.lock().await;
        let TaskMailbox { in_flight, outbox, .. } = &mut *mailbox;
        answer(in_flight, outbox, Some(Refusal::NotConnected));
        mailbox.link(ConnectionEvent::Down { why: DisconnectReason::Internal, retry_in: Some(restart) });
        if mailbox.while_offline(sleep(restart)).await == Err(mailbox::Interrupt::Close) {
            break;
        }
    }
    mailbox.lock().await.shut_down();
}

/// Keeps the task of a camera alive.
pub(super) async fn camera(camera_task: CameraTask) {
    while panicked(start(camera::run(camera_task.clone()))).await {
        let restart = camera_task.timing.restart;
        let change = ConnectionEvent::Down { why: DisconnectReason::Internal, retry_in: Some(restart) };
        mailbox::log(&camera_task.name, "camera", &change);
        let told = async {
            let _ = camera_task.events.send(Event::Printer(camera_task.id, PrinterEvent::Camera(change))).await;
            sleep(restart).await;
        };
        tokio::select! {
            () = camera_task.cancel.cancelled() => return,
            () = told => {}
        }
    }
}

/// Starts a task, which ends with its handle. Not where it is waited for: there all of its memory would be kept a second time.
fn start(work: impl Future<Output = ()> + Send + 'static) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(work))
}

/// Waits for the end of a task and says whether that was a panic.
async fn panicked(task: AbortOnDropHandle<()>) -> bool {
    match task.await {
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

    fn mailbox() -> (TaskMailbox, mpsc::Sender<mailbox::PublishRequest>, mpsc::Receiver<Event>) {
        let (events, seen) = mpsc::channel(10);
        let (orders, waiting) = mpsc::channel(4);
        let mailbox = TaskMailbox {
            owner: mailbox::LinkOwner::Printer(PrinterId(0)),
            name: "x".into(),
            events,
            orders: waiting,
            reconnect: Arc::default(),
            cancel: tokio_util::sync::CancellationToken::new(),
            outbox: VecDeque::new(),
            afloat: 0,
            in_flight: None,
        };
        (mailbox, orders, seen)
    }

    /// Two hundred printers have two hundred of them.
    #[test]
    fn who_watches_a_task_does_not_keep_its_memory_too() {
        const LARGE: usize = 16 << 10;
        let work = |_| async {
            let large = [0_u8; LARGE];
            tokio::task::yield_now().await;
            assert_eq!(large[LARGE - 1], 0);
        };
        let watching = restart_on_panic(mailbox().0, Duration::ZERO, work);
        assert!(size_of_val(&watching) < 2 << 10, "{} bytes", size_of_val(&watching));
    }

    #[tokio::test]
    async fn a_panic_is_a_lost_link_and_loses_no_order() {
        let (mailbox, orders, mut seen) = mailbox();
        let order = |n| mailbox::PublishRequest { to: PrinterId(0), session: 1, seq: Seq(n), command: Command::Pause };
        orders.try_send(order(1)).unwrap();
        orders.try_send(order(2)).unwrap();
        let mut runs = 0;
        restart_on_panic(mailbox, Duration::from_millis(5), |mailbox| {
            runs += 1;
            async move {
                let mut mailbox = mailbox.lock().await;
                if runs == 1 {
                    mailbox.in_flight = mailbox.orders.recv().await.map(|order| (order.to, order.seq));
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
