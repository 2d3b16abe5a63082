//! An order goes out on its own session or not at all, and always has exactly one answer.

use super::*;
use crate::{
    protocol::command::{Command, Seq},
    state::{
        effect::Effect,
        printer::{connection::Refusal, transport::Transport},
    },
};
use broker::Seen;

fn send(session: u32, seq: u32, command: Command) -> Effect {
    Effect::Send { to: ID, transport: Transport::Lan, session, seq: Seq(seq), command }
}

impl Bench {
    async fn answer(&mut self) -> (u32, Option<Refusal>) {
        self.find(|event| match event {
            PrinterEvent::Sent(seq) => Some((seq.0, None)),
            PrinterEvent::Refused(seq, why) => Some((seq.0, Some(why))),
            _ => None,
        })
        .await
    }
}

#[tokio::test]
async fn orders_are_written_in_turn_and_need_no_acknowledgement() {
    let (mut broker, mut bench, session) = connected(|manner| manner.puback = false).await;
    for seq in 1..=10 {
        bench.net.carry_out(send(session, seq, Command::Gcode(format!("M140 S{seq}\n"))));
    }
    for seq in 1..=10 {
        assert_eq!(bench.answer().await, (seq, None));
        assert!(broker.order().await.contains(&format!("M140 S{seq}\\n")));
    }
}

#[tokio::test]
async fn an_order_for_an_older_session_is_refused() {
    let (mut broker, mut bench, session) = connected(|_| {}).await;
    bench.net.carry_out(Effect::Reconnect(ID));
    let next = bench.up().await;
    bench.net.carry_out(send(session, 1, Command::Stop));
    bench.net.carry_out(send(next, 2, Command::Pause));
    assert_eq!(bench.answer().await, (1, Some(Refusal::NotConnected)));
    assert_eq!(bench.answer().await, (2, None));
    assert!(broker.order().await.contains("pause"));
}

#[tokio::test]
async fn an_order_without_a_session_is_refused_and_never_delivered() {
    let paper = Paper::of(SERIAL);
    let mut broker = Broker::start(Manner::of(paper.clone())).await;
    let mut bench = Bench::new(config(broker.port));
    let session = bench.up().await;
    broker.stop().await;
    bench.down().await;
    bench.net.carry_out(send(session, 1, Command::Stop));
    bench.net.carry_out(send(session + 1, 2, Command::Stop));
    assert_eq!(bench.answer().await, (1, Some(Refusal::NotConnected)));
    assert_eq!(bench.answer().await, (2, Some(Refusal::NotConnected)));
    let mut broker = Broker::at(broker.port, Manner::of(paper)).await;
    bench.up().await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(!broker.so_far().iter().any(|seen| matches!(seen, Seen::Request(text) if text.contains("stop"))));
}

#[tokio::test]
async fn an_order_for_an_unknown_printer_is_refused() {
    let (_broker, mut bench, session) = connected(|_| {}).await;
    let to = PrinterId(9);
    bench.net.carry_out(Effect::Send { to, transport: Transport::Lan, session, seq: Seq(1), command: Command::Stop });
    let Event::Printer(who, PrinterEvent::Refused(Seq(1), Refusal::NotConnected)) = bench.event().await else {
        panic!("no refusal")
    };
    assert_eq!(who, to);
}

#[tokio::test]
async fn every_order_of_a_flood_has_one_answer() {
    let (mut broker, mut bench, session) = connected(|_| {}).await;
    for seq in 0..200 {
        bench.net.carry_out(send(session, seq, Command::Pause));
    }
    let mut answers = Vec::new();
    while answers.len() < 200 {
        answers.push(bench.answer().await);
    }
    assert!(bench.quiet().await);
    let sent = answers.iter().filter(|(_, refusal)| refusal.is_none()).count();
    assert!(sent >= super::super::WAITING_ORDERS, "{sent}");
    answers.sort_by_key(|(seq, _)| *seq);
    assert!(answers.iter().map(|(seq, _)| *seq).eq(0..200));
    let seen = broker.so_far();
    assert_eq!(seen.iter().filter(|s| matches!(s, Seen::Request(t) if t.contains("pause"))).count(), sent);
}

#[tokio::test]
async fn a_stuck_connection_refuses_and_ends() {
    let timing = Timing { keep_alive: Duration::from_secs(5), order_gap: Duration::ZERO, ..hasty() };
    let manner = Manner { deaf_after: 2, ..Manner::of(Paper::of(SERIAL)) };
    let broker = Broker::start(manner).await;
    let mut bench =
        Bench::with(config(broker.port), Timing { gcode_gap: Duration::ZERO, ..timing }, Pins::default(), 256);
    let session = bench.up().await;
    // More than the buffers of the system hold.
    let large = "M117 x\n".repeat(30_000);
    let mut stuck = None;
    for seq in 0..200 {
        bench.net.carry_out(send(session, seq, Command::Gcode(large.clone())));
        let (answered, refusal) = bench.answer().await;
        assert_eq!(answered, seq);
        if refusal.is_some() {
            stuck = refusal;
            break;
        }
    }
    assert_eq!(stuck, Some(Refusal::Stuck));
    let (why, _) = bench.down().await;
    assert_eq!(why, DisconnectReason::TimedOut(crate::state::printer::connection::ConnectStep::Write));
}

#[tokio::test]
async fn a_printer_without_power_leaves_no_order_unanswered() {
    let broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::hasty(config(broker.port));
    let session = bench.up().await;
    broker.hang();
    bench.net.carry_out(send(session, 1, Command::Pause));
    assert_eq!(bench.answer().await, (1, None), "written, but nobody reads it");
    assert!(matches!(bench.down().await.0, DisconnectReason::TimedOut(_)));
    bench.net.carry_out(send(session, 2, Command::Pause));
    assert_eq!(bench.answer().await, (2, Some(Refusal::NotConnected)));
}
