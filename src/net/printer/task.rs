//! The task of one printer: connect, subscribe, ask, forward; and write orders into the session they were meant for.

use crate::net::{
    backoff::Retry,
    printer::dial::Target,
    printer::mailbox::{AFLOAT, Desk, Interrupt, OUTBOX, Order, answer, deliver, taken_in},
    printer::session::Session,
    timing::Timing,
};
use crate::{
    protocol::{
        command::{Command, Seq},
        report::{self, Module, ParseError},
    },
    state::{
        PrinterId,
        event::{Event, PrinterEvent},
        printer::connection::{Cause, LinkChange, Refusal, Step},
    },
};
use rumqttc::Packet;
use std::{convert::identity, future::pending, pin::pin, sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

/// Our own requests need no acknowledgement; orders have numbers of their own.
pub(in crate::net) const OWN: Seq = Seq(0);

/// How a session, or the attempt at one, ended.
pub(in crate::net) enum End {
    Lost(Cause),
    Torn(Interrupt),
    /// Nobody needs it any more.
    Idle,
}

/// Keeps a printer connected until told to close. Each attempt is made with the settings as they are then.
pub(in crate::net) async fn run(
    desk: &mut Desk,
    id: PrinterId,
    target: &watch::Receiver<Arc<Target>>,
    timing: &Timing,
    delay: Duration,
) {
    let mut backoff = Retry::new(timing.backoff, timing);
    let mut attempt = 0;
    let mut wait = Some(delay);
    loop {
        let pause = async {
            match wait {
                Some(delay) if delay.is_zero() => {}
                Some(delay) => sleep(delay).await,
                None => pending().await,
            }
        };
        match desk.meanwhile(pause).await {
            Ok(()) => {}
            Err(Interrupt::Close) => return,
            Err(Interrupt::Again) => (attempt, backoff) = (0, Retry::new(timing.backoff, timing)),
        }
        attempt += 1;
        desk.link(LinkChange::Connecting { attempt });
        let target = Arc::clone(&target.borrow());
        let end = match desk.meanwhile(Session::open(&target, timing)).await {
            Ok(Ok(mut session)) => {
                attempt = 0;
                let end = hold(desk, id, &target.serial, &mut session, timing, &mut backoff).await;
                if matches!(end, End::Torn(_)) {
                    session.close(timing.goodbye).await;
                }
                end
            }
            Ok(Err(cause)) => End::Lost(cause),
            Err(interrupt) => End::Torn(interrupt),
        };
        wait = match end {
            End::Torn(Interrupt::Close) => return,
            End::Idle | End::Torn(Interrupt::Again) => {
                (attempt, backoff) = (0, Retry::new(timing.backoff, timing));
                Some(Duration::ZERO)
            }
            End::Lost(why) => {
                let retry_in = Some(backoff.step(&why, fastrand::f64()));
                desk.link(LinkChange::Down { why, retry_in });
                retry_in
            }
        };
    }
}

/// Lives through one session.
async fn hold(
    desk: &mut Desk,
    id: PrinterId,
    serial: &str,
    session: &mut Session,
    timing: &Timing,
    backoff: &mut Retry,
) -> End {
    desk.link(LinkChange::Up { session: session.number });
    for command in [Command::GetVersion, Command::PushAll] {
        if let Err(end) = ask(desk, session, serial, &command, timing).await {
            return end;
        }
    }
    let (mut versions, mut know_version) = (1, false);
    let mut ping = pin!(sleep(timing.keep_alive));
    let mut dead = pin!(sleep(timing.keep_alive * 2));
    let mut version = pin!(sleep(timing.version_every));
    let mut stable = pin!(sleep(timing.stable));
    let (mut young, mut free) = (true, true);
    let mut gap = pin!(sleep(Duration::ZERO));
    loop {
        // Reports are read only when the last ones are out: a slow program slows the printer, and nothing is dropped.
        // Pings, orders and the end of the session do not wait for that.
        let (sent, calm) = (desk.outbox.is_empty(), desk.afloat < AFLOAT);
        let read = sent && calm;
        let Desk { events, orders, again, cancel, outbox, .. } = &mut *desk;
        tokio::select! {
            biased;
            () = cancel.cancelled() => return End::Torn(Interrupt::Close),
            () = again.notified() => return End::Torn(Interrupt::Again),
            open = deliver(events, outbox, identity), if !sent => {
                if !open {
                    return End::Torn(Interrupt::Close);
                }
                if desk.outbox.is_empty() {
                    dead.set(sleep(timing.keep_alive * 2));
                }
            }
            // Large reports come by bytes, not only by their number.
            open = taken_in(events), if sent && !calm => {
                if !open {
                    return End::Torn(Interrupt::Close);
                }
                desk.afloat = 0;
                dead.set(sleep(timing.keep_alive * 2));
            }
            order = orders.recv(), if free && outbox.len() < OUTBOX => {
                let Some(order) = order else { return End::Torn(Interrupt::Close) };
                match carry(desk, session, Some(serial), order, timing).await {
                    Ok(None) => {}
                    Ok(Some(pause)) => {
                        free = false;
                        gap.set(sleep(pause));
                    }
                    Err(end) => return end,
                }
            }
            () = &mut gap, if !free => free = true,
            // Whatever else is sent: a printer need not answer that, but it answers a ping.
            () = &mut ping => {
                if let Err(end) = write(desk, session, Packet::PingReq, timing).await {
                    return end;
                }
                ping.set(sleep(timing.keep_alive));
            }
            () = &mut version, if !know_version && versions < timing.version_tries => {
                versions += 1;
                if let Err(end) = ask(desk, session, serial, &Command::GetVersion, timing).await {
                    return end;
                }
                version.set(sleep(timing.version_every));
            }
            () = &mut stable, if young => {
                young = false;
                backoff.reset();
            }
            packet = session.next(), if read => {
                dead.set(sleep(timing.keep_alive * 2));
                let publish = match packet {
                    Ok(Packet::Publish(publish)) => publish,
                    Ok(_) => continue,
                    Err(cause) => return End::Lost(cause),
                };
                if session.is_report(&publish) {
                    let read = forward(&publish.payload, |news| desk.outbox.push_back(Event::Printer(id, news)));
                    know_version |= read.complete;
                    desk.afloat += read.weight;
                }
                if let Some(packet) = Session::answer_to(&publish)
                    && let Err(end) = write(desk, session, packet, timing).await
                {
                    return end;
                }
            }
            () = &mut dead, if read => return End::Lost(Cause::TimedOut(Step::Read)),
        }
    }
}

/// Writes an order if it was meant for this session; tells the pause after it, if it was written.
pub(in crate::net) async fn carry(
    desk: &mut Desk,
    session: &mut Session,
    serial: Option<&str>,
    order: Order,
    timing: &Timing,
) -> Result<Option<Duration>, End> {
    desk.in_hand = Some((order.to, order.seq));
    let refusal;
    let mut end = None;
    let serial = serial.filter(|_| order.session == session.number);
    let Some(serial) = serial else {
        answer(&mut desk.in_hand, &mut desk.outbox, Some(Refusal::NotConnected));
        return Ok(None);
    };
    if let Some(packet) = session.request(serial, &order.command, order.seq) {
        end = write(desk, session, packet, timing).await.err();
        refusal = end.as_ref().map(|end| match end {
            End::Lost(Cause::TimedOut(_)) | End::Torn(_) | End::Idle => Refusal::Stuck,
            End::Lost(_) => Refusal::NotConnected,
        });
    } else {
        tracing::warn!(printer = desk.name, "an order is too large to be sent");
        refusal = Some(Refusal::Stuck);
    }
    answer(&mut desk.in_hand, &mut desk.outbox, refusal);
    let pause = if matches!(order.command, Command::Gcode(_)) { timing.gcode_gap } else { timing.order_gap };
    end.map_or(Ok(refusal.is_none().then_some(pause)), Err)
}

/// Asks for something on our own account.
async fn ask(desk: &Desk, session: &mut Session, serial: &str, command: &Command, timing: &Timing) -> Result<(), End> {
    match session.request(serial, command, OWN) {
        Some(packet) => write(desk, session, packet, timing).await,
        None => Ok(()),
    }
}

pub(in crate::net) async fn write(
    desk: &Desk,
    session: &mut Session,
    packet: Packet,
    timing: &Timing,
) -> Result<(), End> {
    tokio::select! {
        biased;
        () = desk.cancel.cancelled() => Err(End::Torn(Interrupt::Close)),
        sent = session.send(packet, timing.write) => sent.map_err(End::Lost),
        () = desk.again.notified() => Err(End::Torn(Interrupt::Again)),
    }
}

/// What came of a message.
pub(in crate::net) struct Forwarded {
    /// The printer's own module was in it.
    pub(in crate::net) complete: bool,
    /// About so many bytes its news take.
    pub(in crate::net) weight: usize,
}

/// Hands on what a message says.
pub(in crate::net) fn forward(message: &[u8], mut news: impl FnMut(PrinterEvent)) -> Forwarded {
    let payload = match report::parse(message) {
        Ok(payload) => payload,
        Err(ParseError::Json(error)) => {
            // The parser's own words may quote the message.
            let (size, line, column) = (message.len(), error.line(), error.column());
            let why = format!("{size} bytes are not JSON from line {line}, column {column}");
            news(PrinterEvent::Unreadable(why));
            return Forwarded { complete: false, weight: 0 };
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
    Forwarded { complete, weight }
}

/// The module that stands for the printer as a whole.
pub(in crate::net) fn printer_module(modules: &[Module]) -> Option<&Module> {
    modules.iter().find(|module| module.is_firmware())
}
