//! The task of a link to a broker, a printer's own or the cloud's: connect, subscribe, ask, forward; and write orders into the
//! session they were meant for. What differs between the two brokers is a [`Policy`]; the loop is written once.

use crate::net::{
    backoff::Retry,
    printer::{
        mailbox::{AFLOAT, Interrupt, OUTBOX, PublishRequest, TaskMailbox, answer, deliver, taken_in},
        policy::{Change, NotYet, Policy},
        session::Session,
    },
    timing::Timing,
};
use crate::{
    protocol::{
        command::{Command, Seq},
        report::{self, Module, ParseError},
    },
    state::{
        event::PrinterEvent,
        printer::connection::{ConnectStep, ConnectionEvent, DisconnectReason, Refusal},
    },
};
use bytes::Bytes;
use rumqttc::Packet;
use std::{
    convert::identity,
    future::ready,
    pin::{Pin, pin},
    time::Duration,
};
use tokio::{
    task::spawn_blocking,
    time::{Sleep, sleep},
};

/// Our own requests need no acknowledgement; orders have numbers of their own.
const OWN: Seq = Seq(0);

/// A message of more bytes is read on a thread of its own; full reports have half as many at most.
const READ_AT_ONCE: usize = 64 << 10;

/// How a session, or the attempt at one, ended.
pub(in crate::net) enum End {
    Lost(DisconnectReason),
    Interrupted(Interrupt),
    /// Nobody needs it any more.
    Idle,
}

/// Keeps a link up until told to close. The first attempt comes after `delay`.
pub(in crate::net) async fn run<P: Policy>(
    mailbox: &mut TaskMailbox,
    policy: &mut P,
    timing: &Timing,
    delay: Duration,
) {
    let mut retry = Retry::new(policy.backoff(), timing);
    let mut attempt = 0;
    let mut wait = Some(delay);
    loop {
        match mailbox.while_offline(policy.pause(wait)).await {
            Ok(false) => {}
            Ok(true) | Err(Interrupt::Reconnect) => (attempt, retry) = (0, Retry::new(policy.backoff(), timing)),
            Err(Interrupt::Close) => return,
        }
        match mailbox.while_offline(policy.admit()).await {
            Ok(Ok(())) => {}
            Ok(Err(NotYet { why, retry_in })) => {
                if let Some(why) = why {
                    mailbox.link(ConnectionEvent::Down { why, retry_in });
                }
                wait = retry_in;
                continue;
            }
            Err(Interrupt::Reconnect) => {
                wait = Some(Duration::ZERO);
                continue;
            }
            Err(Interrupt::Close) => return,
        }
        attempt += 1;
        mailbox.link(ConnectionEvent::Connecting { attempt });
        // Connecting takes more memory than being connected, and seldom lasts.
        let end = match mailbox.while_offline(Box::pin(policy.open())).await {
            Ok(Ok(mut session)) => {
                attempt = 0;
                let end = run_session(mailbox, policy, &mut session, timing, &mut retry).await;
                if !matches!(end, End::Lost(_)) {
                    Box::pin(session.close(timing.goodbye)).await;
                }
                end
            }
            Ok(Err(cause)) => End::Lost(cause),
            Err(interrupt) => End::Interrupted(interrupt),
        };
        wait = match end {
            End::Interrupted(Interrupt::Close) => return,
            End::Interrupted(Interrupt::Reconnect) => {
                attempt = 0;
                retry = Retry::new(policy.backoff(), timing);
                Some(Duration::ZERO)
            }
            End::Idle => {
                mailbox.link(ConnectionEvent::Closed);
                Some(Duration::ZERO)
            }
            End::Lost(why) => {
                let why = policy.explain(why);
                let retry_in = Some(retry.step(&why, fastrand::f64()).max(policy.soonest()));
                mailbox.link(ConnectionEvent::Down { why, retry_in });
                retry_in
            }
        };
    }
}

/// Lives through one session.
async fn run_session<P: Policy>(
    mailbox: &mut TaskMailbox,
    policy: &mut P,
    session: &mut Session,
    timing: &Timing,
    retry: &mut Retry,
) -> End {
    mailbox.link(ConnectionEvent::Up { session: session.number });
    policy.begin();
    let keep_alive = policy.keep_alive();
    let mut ping = pin!(sleep(keep_alive));
    let mut dead = pin!(sleep(keep_alive * 2));
    let mut stable = pin!(sleep(timing.stable));
    let mut pause = Pause { over: pin!(sleep(Duration::ZERO)), lasts: false };
    let mut young = true;
    loop {
        // Reports are read only when the last ones are out: a slow program slows the printer, and nothing is dropped.
        // Pings, orders and the end of the session do not wait for that.
        let (sent, calm) = (mailbox.outbox.is_empty(), mailbox.afloat < AFLOAT);
        let read = sent && calm;
        let TaskMailbox { events, orders, reconnect, cancel, outbox, .. } = &mut *mailbox;
        let done = tokio::select! {
            biased;
            () = cancel.cancelled() => return End::Interrupted(Interrupt::Close),
            () = reconnect.notified() => return End::Interrupted(Interrupt::Reconnect),
            open = deliver(events, outbox, identity), if !sent => {
                if !open {
                    return End::Interrupted(Interrupt::Close);
                }
                if mailbox.outbox.is_empty() {
                    dead.set(sleep(keep_alive * 2));
                }
                Ok(())
            }
            // Large reports come by bytes, not only by their number.
            open = taken_in(events), if sent && !calm => {
                if !open {
                    return End::Interrupted(Interrupt::Close);
                }
                mailbox.afloat = 0;
                dead.set(sleep(keep_alive * 2));
                Ok(())
            }
            order = orders.recv(), if !pause.lasts && outbox.len() < OUTBOX => {
                let Some(order) = order else { return End::Interrupted(Interrupt::Close) };
                let serial = policy.serial(order.to).map(str::to_owned);
                let written = send_order(mailbox, session, serial.as_deref(), order, timing).await;
                written.map(|gap| if let Some(gap) = gap { pause.begin(gap) })
            }
            () = pause.over.as_mut(), if pause.lasts => {
                pause.lasts = false;
                Ok(())
            }
            change = policy.changed() => match change {
                Change::Questions => Ok(()),
                Change::End(end) => Err(end),
                Change::Topics { more, fewer } => {
                    let packets = session.resubscribe(more, fewer);
                    write_all(mailbox, session, packets, timing).await
                }
            },
            () = ready(()), if !pause.lasts && policy.has_questions() => {
                let Some((serial, command)) = policy.question() else { continue };
                let packet = session.request(&serial, &command, OWN);
                pause.begin(policy.question_gap());
                write_all(mailbox, session, packet, timing).await
            }
            // Whatever else is sent: a printer need not answer that, but it answers a ping.
            () = &mut ping => {
                ping.set(sleep(keep_alive));
                write_all(mailbox, session, [Packet::PingReq], timing).await
            }
            () = &mut stable, if young => {
                young = false;
                retry.reset();
                Ok(())
            }
            packet = session.next(), if read => {
                dead.set(sleep(keep_alive * 2));
                match packet {
                    Ok(Packet::Publish(publish)) => {
                        mailbox.afloat += policy.forward(&publish, &mut mailbox.outbox).await;
                        write_all(mailbox, session, Session::answer_to(&publish), timing).await
                    }
                    Ok(_) => Ok(()),
                    Err(cause) => Err(End::Lost(cause)),
                }
            }
            () = &mut dead, if read => Err(End::Lost(DisconnectReason::TimedOut(ConnectStep::Read))),
        };
        if let Err(end) = done {
            return end;
        }
    }
}

/// A pause after an order or a question, which the next one waits for.
struct Pause<'a> {
    over: Pin<&'a mut Sleep>,
    lasts: bool,
}

impl Pause<'_> {
    fn begin(&mut self, length: Duration) {
        self.lasts = !length.is_zero();
        self.over.set(sleep(length));
    }
}

/// Writes an order if it was meant for this session; tells the pause after it, if it was written. `serial`: whom it is for,
/// if that printer is reached over this session.
async fn send_order(
    mailbox: &mut TaskMailbox,
    session: &mut Session,
    serial: Option<&str>,
    order: PublishRequest,
    timing: &Timing,
) -> Result<Option<Duration>, End> {
    mailbox.in_flight = Some((order.to, order.seq));
    let refusal;
    let mut end = None;
    let serial = serial.filter(|_| order.session == session.number);
    let Some(serial) = serial else {
        answer(&mut mailbox.in_flight, &mut mailbox.outbox, Some(Refusal::NotConnected));
        return Ok(None);
    };
    if let Some(packet) = session.request(serial, &order.command, order.seq) {
        end = write(mailbox, session, packet, timing).await.err();
        refusal = end.as_ref().map(|end| match end {
            End::Lost(DisconnectReason::TimedOut(_)) | End::Interrupted(_) | End::Idle => Refusal::Stuck,
            End::Lost(_) => Refusal::NotConnected,
        });
    } else {
        tracing::warn!(printer = mailbox.name, "an order is too large to be sent");
        refusal = Some(Refusal::Stuck);
    }
    answer(&mut mailbox.in_flight, &mut mailbox.outbox, refusal);
    let gap = if matches!(order.command, Command::Gcode(_)) { timing.gcode_gap } else { timing.order_gap };
    end.map_or(Ok(refusal.is_none().then_some(gap)), Err)
}

async fn write_all(
    mailbox: &TaskMailbox,
    session: &mut Session,
    packets: impl IntoIterator<Item = Packet>,
    timing: &Timing,
) -> Result<(), End> {
    for packet in packets {
        write(mailbox, session, packet, timing).await?;
    }
    Ok(())
}

async fn write(mailbox: &TaskMailbox, session: &mut Session, packet: Packet, timing: &Timing) -> Result<(), End> {
    tokio::select! {
        biased;
        () = mailbox.cancel.cancelled() => Err(End::Interrupted(Interrupt::Close)),
        sent = session.send(packet, timing.write) => sent.map_err(End::Lost),
        () = mailbox.reconnect.notified() => Err(End::Interrupted(Interrupt::Reconnect)),
    }
}

/// What came of a message.
pub(in crate::net) struct Dispatched {
    /// The printer's own module was in it.
    pub(in crate::net) complete: bool,
    /// About so many bytes its news take.
    pub(in crate::net) weight: usize,
}

/// Hands on what a message says. A large one is read on a thread of its own: orders to other printers, and what these report,
/// do not wait for it.
pub(in crate::net) async fn dispatch(message: Bytes, mut news: impl FnMut(PrinterEvent)) -> Dispatched {
    let size = message.len();
    let parsed = if size <= READ_AT_ONCE {
        report::parse(&message)
    } else {
        match spawn_blocking(move || report::parse(&message)).await {
            Ok(parsed) => parsed,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The program ends.
            Err(_) => return Dispatched { complete: false, weight: 0 },
        }
    };
    let payload = match parsed {
        Ok(payload) => payload,
        Err(ParseError::Json(error)) => {
            // The parser's own words may quote the message.
            let (line, column) = (error.line(), error.column());
            let why = format!("{size} bytes are not JSON from line {line}, column {column}");
            news(PrinterEvent::Unreadable(why));
            return Dispatched { complete: false, weight: 0 };
        }
    };
    let weight = payload.weight;
    let complete = payload.modules.as_ref().is_some_and(|modules| printer_module(modules).is_some());
    let dropped = payload.dropped;
    let said = [
        (dropped > 0).then_some(PrinterEvent::Excess(dropped)),
        payload.modules.map(PrinterEvent::Modules),
        payload.report.map(PrinterEvent::Report),
        payload.ack.map(PrinterEvent::Ack),
        payload.online.map(PrinterEvent::Online),
    ];
    said.into_iter().flatten().for_each(&mut news);
    Dispatched { complete, weight }
}

/// The module that stands for the printer as a whole.
pub(in crate::net) fn printer_module(modules: &[Module]) -> Option<&Module> {
    modules.iter().find(|module| module.is_firmware())
}
