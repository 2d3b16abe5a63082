//! Sessions come up, carry reports, and end with a reason.

use super::*;
use crate::net::Delays;
use crate::protocol::model::Model;
use crate::state::{
    effect::{Effect, NewPrinter},
    printer::connection::ConnectStep,
};
use broker::Seen;

fn progress(percent: usize) -> String {
    format!(r#"{{"print":{{"command":"push_status","msg":1,"mc_percent":{percent}}}}}"#)
}

#[tokio::test]
async fn a_session_asks_reports_acknowledges_and_says_goodbye() {
    let mut broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::new(config(broker.port));
    assert!(matches!(bench.next().await, PrinterEvent::Link(ConnectionEvent::Connecting { attempt: 1 })));
    assert!(matches!(bench.next().await, PrinterEvent::Link(ConnectionEvent::Up { .. })));
    let Some(Seen::Connect(connect)) = broker.seen.recv().await else { panic!("no login") };
    assert!(connect.clean_session && connect.last_will.is_none());
    assert!(connect.client_id.starts_with("bambu-tui-") && connect.client_id.len() == 22);
    let Some(Seen::Subscribe(topics)) = broker.seen.recv().await else { panic!("no subscription") };
    assert_eq!(topics, [format!("device/{SERIAL}/report")]);
    let Some(Seen::Request(first)) = broker.seen.recv().await else { panic!("no question") };
    let Some(Seen::Request(second)) = broker.seen.recv().await else { panic!("no question") };
    assert!(first.contains("get_version") && second.contains("pushall"));
    broker.report(progress(7));
    broker.report(r#"{"system":{"command":"ledctrl","sequence_id":"9","result":"success"}}"#);
    broker.report(MODULES);
    assert!(matches!(bench.next().await, PrinterEvent::Report(r) if r.job.mc_percent == Some(7)));
    assert!(matches!(bench.next().await, PrinterEvent::Ack(ack) if ack.seq == "9"));
    assert!(matches!(bench.next().await, PrinterEvent::Modules(m) if m.len() == 1));
    bench.net.close().await;
    while !matches!(broker.seen.recv().await, Some(Seen::Disconnect)) {}
}

#[tokio::test]
async fn modules_are_asked_for_until_they_come_and_not_for_ever() {
    let (mut broker, bench, _) = connected(|_| {}).await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    let asked =
        |seen: &[Seen]| seen.iter().filter(|s| matches!(s, Seen::Request(t) if t.contains("get_version"))).count();
    assert_eq!(asked(&broker.so_far()), Timing::fast().version_tries as usize);
    drop(bench);
    let (mut broker, _bench, _) = connected(|manner| manner.greeting = vec![MODULES.into()]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(asked(&broker.so_far()), 1);
}

#[tokio::test]
async fn a_wrong_code_is_tried_again_seldom_or_when_a_person_asks() {
    let mut broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut wrong = config(broker.port);
    wrong.access_code = Secret::new("87654321");
    let refused = [1, 2, 4].map(|n| Duration::from_millis(300 * n));
    let timing = Timing { refused, ..Timing::fast() };
    let mut bench = Bench::with(wrong, timing, Pins::default(), 64);
    assert_eq!(bench.down().await, (DisconnectReason::WrongCode, Some(refused[0])));
    assert!(bench.quiet().await, "it must not try again so soon");
    bench.net.carry_out(Effect::Reconnect(ID));
    assert!(matches!(bench.next().await, PrinterEvent::Link(ConnectionEvent::Connecting { attempt: 1 })));
    for (attempt, pause) in [(2, refused[0]), (3, refused[1])] {
        assert_eq!(bench.down().await, (DisconnectReason::WrongCode, Some(pause)));
        let next = bench.next().await;
        assert!(
            matches!(next, PrinterEvent::Link(ConnectionEvent::Connecting { attempt: n }) if n == attempt),
            "{next:?}"
        );
    }
    assert_eq!(bench.down().await, (DisconnectReason::WrongCode, Some(refused[2])));
    assert_eq!(broker.so_far().iter().filter(|s| matches!(s, Seen::Connect(_))).count(), 4);
}

#[tokio::test]
async fn other_settings_end_the_wait_after_a_refused_code_and_a_session() {
    let mut broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let paper = Paper::of(SERIAL);
    let fingerprint = Some(paper.fingerprint());
    let other = Broker::start(Manner::of(paper)).await;
    let mut wrong = config(broker.port);
    wrong.access_code = Secret::new("87654321");
    let mut bench = Bench::new(wrong);
    let timing = Timing::fast();
    assert_eq!(bench.down().await, (DisconnectReason::WrongCode, Some(timing.refused[0])));
    bench.net.reconfigure(ID, config(broker.port));
    let first = bench.up().await;
    // The next one has another address, and another certificate that is the expected one there.
    bench.net.reconfigure(ID, PrinterConfig { fingerprint, ..config(other.port) });
    let second = bench.up().await;
    assert_ne!(first, second);
    // A code that is wrong again is a first one: the row of pauses begins anew.
    let mut wrong = config(broker.port);
    wrong.access_code = Secret::new("11111111");
    bench.net.reconfigure(ID, wrong);
    assert_eq!(bench.down().await, (DisconnectReason::WrongCode, Some(timing.refused[0])));
    assert_eq!(broker.so_far().iter().filter(|s| matches!(s, Seen::Connect(_))).count(), 3);
}

#[tokio::test]
async fn the_wait_after_a_refused_code_ends_when_somebody_else_is_there() {
    let paper = Paper::of(SERIAL);
    let mut broker = Broker::start(Manner::of(paper.clone())).await;
    let mut wrong = config(broker.port);
    wrong.access_code = Secret::new("87654321");
    let soon = Delays { first: Duration::from_millis(10), longest: Duration::from_millis(20), jitter: 0.0 };
    let timing = Timing { certificate: soon, ..Timing::fast() };
    let mut bench = Bench::with(wrong, timing, Pins::default(), 64);
    assert_eq!(bench.down().await.0, DisconnectReason::WrongCode);
    // The same one is looked at, and the code is not shown again.
    assert!(bench.quiet().await);
    let seen = broker.so_far();
    assert_eq!(seen.iter().filter(|s| matches!(s, Seen::Connect(_))).count(), 1);
    assert!(seen.iter().filter(|s| matches!(s, Seen::Gone)).count() > 2, "{seen:?}");
    // One that is off for a while and comes back is the same.
    broker.stop().await;
    let mut broker = Broker::at(broker.port, Manner::of(paper)).await;
    assert!(bench.quiet().await);
    broker.stop().await;
    let mut broker = Broker::at(broker.port, Manner::of(Paper::of(SERIAL))).await;
    assert!(matches!(bench.down().await.0, DisconnectReason::CertificateChanged { .. }));
    assert!(!broker.so_far().iter().any(|s| matches!(s, Seen::Connect(_))), "judged before the code is sent");
}

#[tokio::test]
async fn refusals_keep_their_numbers() {
    for (code, expected, soon) in
        [(3, DisconnectReason::LoginRefused(3), true), (5, DisconnectReason::WrongCode, false)]
    {
        let mut manner = Manner::of(Paper::of(SERIAL));
        manner.refuse = Some(code);
        let broker = Broker::start(manner).await;
        let (why, retry_in) = Bench::new(config(broker.port)).down().await;
        assert_eq!((why, retry_in.is_some_and(|pause| pause < Timing::fast().refused[0])), (expected, soon));
    }
}

#[tokio::test]
async fn every_silent_step_has_its_own_name() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut bench = Bench::hasty(config(silent.local_addr().unwrap().port()));
    let (why, retry_in) = bench.down().await;
    assert_eq!(why, DisconnectReason::TimedOut(ConnectStep::Tls));
    assert!(retry_in.is_some());
    for change in [|m: &mut Manner| m.connack = false, |m: &mut Manner| m.suback = false] {
        let mut manner = Manner::of(Paper::of(SERIAL));
        change(&mut manner);
        let broker = Broker::start(manner).await;
        assert_eq!(Bench::hasty(config(broker.port)).down().await.0, DisconnectReason::TimedOut(ConnectStep::Login));
    }
}

#[tokio::test]
async fn a_closed_port_is_refused_and_delays_grow() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut bench = Bench::new(config(port));
    let mut delays = Vec::new();
    for attempt in 1..=4 {
        let begun = bench
            .find(|event| match event {
                PrinterEvent::Link(ConnectionEvent::Connecting { attempt }) => Some(attempt),
                _ => None,
            })
            .await;
        assert_eq!(begun, attempt);
        let (why, retry_in) = bench.down().await;
        assert_eq!(why, DisconnectReason::ConnectionRefused);
        delays.push(retry_in.unwrap());
    }
    assert!(delays[0] < delays[1] && delays[1] < delays[2], "{delays:?}");
}

#[tokio::test]
async fn a_server_without_tls_and_a_name_without_address_say_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    assert!(matches!(Bench::new(config(port)).down().await.0, DisconnectReason::Tls(_)));
    let mut nowhere = config(port);
    nowhere.host = "no such host".into();
    assert_eq!(Bench::new(nowhere).down().await.0, DisconnectReason::UnknownHost("no such host".into()));
}

#[tokio::test]
async fn a_session_that_hears_nothing_for_two_keep_alives_is_dead() {
    let manner = Manner { pong: false, puback: false, ..Manner::of(Paper::of(SERIAL)) };
    let mut broker = Broker::start(manner).await;
    let mut bench = Bench::hasty(config(broker.port));
    assert_eq!(bench.down().await.0, DisconnectReason::TimedOut(ConnectStep::Read));
    assert!(broker.so_far().iter().any(|seen| matches!(seen, Seen::Ping)));
    let broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::hasty(config(broker.port));
    bench.up().await;
    assert!(bench.quiet().await && bench.quiet().await, "pings keep a silent printer connected");
}

#[tokio::test]
async fn a_huge_message_ends_the_session_with_its_size() {
    let (broker, mut bench, first) = connected(|_| {}).await;
    // A publish that announces 2 MiB.
    broker.bytes(vec![0x30, 0x80, 0x80, 0x80, 0x01, 0, 0, 0]);
    let (why, _) = bench.down().await;
    assert_eq!(why.to_string(), "unexpected answer: a message of 2097152 bytes is larger than 1 MiB");
    assert_ne!(bench.up().await, first);
}

#[tokio::test]
async fn a_flood_arrives_whole_and_in_order_through_a_small_channel() {
    let broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), Pins::default(), 4);
    bench.up().await;
    for percent in 0..2000 {
        broker.report(progress(percent));
    }
    for percent in 0..2000 {
        let PrinterEvent::Report(report) = bench.next().await else { panic!("no report") };
        assert_eq!(report.job.mc_percent, Some(percent));
    }
}

#[tokio::test]
async fn reports_that_overtake_the_subscription_are_not_lost() {
    let (_broker, mut bench, _) = connected(|m| m.greeting = vec![progress(1).into(), progress(2).into()]).await;
    for percent in 1..=2 {
        assert!(matches!(bench.next().await, PrinterEvent::Report(r) if r.job.mc_percent == Some(percent)));
    }
}

#[tokio::test]
async fn reports_before_the_subscription_are_bounded_by_bytes() {
    // Three of a megabyte are too much; a thousand small ones are not.
    let padding = "x".repeat((1 << 20) - 200);
    let large = format!(r#"{{"print":{{"command":"push_status","msg":1,"mc_percent":1,"padding":"{padding}"}}}}"#);
    let (_broker, mut bench, _) = connected(|m| m.greeting = vec![progress(1).into(); 1200]).await;
    for _ in 0..1200 {
        assert!(matches!(bench.next().await, PrinterEvent::Report(_)));
    }
    let mut manner = Manner::of(Paper::of(SERIAL));
    manner.greeting = vec![large.into_bytes(); 3];
    let broker = Broker::start(manner).await;
    let why = Bench::new(config(broker.port)).down().await.0;
    assert_eq!(why.to_string(), "unexpected answer: reports flood in before the subscription");
}

#[tokio::test]
async fn packets_that_mean_nothing_end_the_link_when_they_flood() {
    // Answers to pings that nobody sent, acknowledgements of nothing, empty messages on the printer's topic.
    let topic = format!("device/{SERIAL}/report");
    let mut empty = vec![0x30, topic.len() as u8 + 2, 0, topic.len() as u8];
    empty.extend_from_slice(topic.as_bytes());
    for packet in [vec![0xd0, 0], vec![0x40, 2, 0, 9], empty] {
        let (broker, mut bench, first) = connected(|_| {}).await;
        // A few are nobody's fault, and a report among them begins the count anew.
        for _ in 0..3 {
            broker.bytes(packet.repeat(200));
            broker.report(progress(7));
            bench.find(|event| matches!(event, PrinterEvent::Report(_)).then_some(())).await;
        }
        broker.bytes(packet.repeat(10_000));
        let (why, _) = bench.down().await;
        assert_eq!(why.to_string(), "unexpected answer: a flood of packets that mean nothing", "{packet:?}");
        assert_ne!(bench.up().await, first);
    }
}

#[tokio::test]
async fn what_is_under_way_to_a_program_that_does_not_listen_is_bounded_by_bytes() {
    let broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), Pins::default(), 1024);
    bench.up().await;
    let name = "x".repeat(100_000);
    for _ in 0..100 {
        broker.report(format!(r#"{{"print":{{"command":"push_status","msg":1,"subtask_name":"{name}"}}}}"#));
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let waiting = bench.events.len();
    assert!((1..=(2 << 20) / 100_000 + 1).contains(&waiting), "{waiting} of 100 were read ahead");
    for turn in 0..100 {
        assert!(matches!(bench.next().await, PrinterEvent::Report(_)), "{turn}");
    }
}

#[tokio::test]
async fn garbage_is_reported_without_its_bytes_and_the_session_stays() {
    let (broker, mut bench, _) = connected(|_| {}).await;
    broker.report("{\"secret\":1,oops");
    broker.report(progress(3));
    let PrinterEvent::Unreadable(why) = bench.next().await else { panic!("no complaint") };
    assert!(why.contains("16 bytes") && !why.contains("oops") && !why.contains("secret"), "{why}");
    assert!(matches!(bench.next().await, PrinterEvent::Report(_)));
}

#[tokio::test]
async fn a_broker_that_restarts_is_found_again_with_a_new_number_and_client_id() {
    let paper = Paper::of(SERIAL);
    let mut broker = Broker::start(Manner::of(paper.clone())).await;
    let mut bench = Bench::new(config(broker.port));
    let first = bench.up().await;
    let id = |seen: Vec<Seen>| {
        seen.into_iter().find_map(|s| if let Seen::Connect(c) = s { Some(c.client_id) } else { None })
    };
    let before = id(broker.so_far()).unwrap();
    broker.stop().await;
    assert_eq!(bench.down().await.0, DisconnectReason::Closed);
    let mut broker = Broker::at(broker.port, Manner::of(paper)).await;
    assert!(bench.up().await > first);
    assert_ne!(id(broker.so_far()).unwrap(), before);
}

#[tokio::test]
async fn a_full_channel_does_not_hold_up_reconnect_or_close() {
    let mut broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), Pins::default(), 1);
    let first = bench.up().await;
    for percent in 0..50 {
        broker.report(progress(percent));
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    broker.so_far();
    bench.net.carry_out(Effect::Reconnect(ID));
    let connect = async { while !matches!(broker.seen.recv().await, Some(Seen::Connect(_))) {} };
    timeout(Duration::from_secs(1), connect).await.expect("a new connection although nobody takes events");
    assert!(bench.up().await > first);
    timeout(Duration::from_millis(400), bench.net.close()).await.expect("a quick end");
}

fn form(port: u16) -> NewPrinter {
    NewPrinter {
        name: "x".into(),
        host: format!("127.0.0.1:{port}"),
        serial: SERIAL.into(),
        access_code: CODE.into(),
        fingerprint: None,
    }
}

/// What a connection test comes to, and whether it asked for a person's judgement.
async fn ask(printer: NewPrinter, pins: &Pins) -> Event {
    let (sender, mut events) = mpsc::channel(1);
    let options =
        NetOptions { timing: Timing::fast(), pins: pins.clone(), spread: Duration::ZERO, ..NetOptions::default() };
    let mut net = Net::new(options, sender);
    net.carry_out(Effect::Probe(printer));
    timeout(Duration::from_secs(2), events.recv()).await.unwrap().unwrap()
}

/// The same, by somebody who accepts every certificate.
async fn probe(printer: NewPrinter, pins: &Pins) -> Result<crate::state::event::Probed, DisconnectReason> {
    match ask(printer.clone(), pins).await {
        Event::Probed(answer) => answer,
        Event::Met(met) => {
            let printer = NewPrinter { fingerprint: Some(met.certificate.fingerprint), ..printer };
            match ask(printer, pins).await {
                Event::Probed(answer) => answer,
                other => panic!("unexpected {other:?}"),
            }
        }
        other => panic!("unexpected {other:?}"),
    }
}

#[tokio::test]
async fn a_connection_test_says_nothing_to_a_certificate_that_nobody_has_seen() {
    use crate::state::printer::certificate::{Certificate, Met, Signer};
    let paper = Paper::of(SERIAL);
    let mut broker = Broker::start(Manner::of(paper.clone())).await;
    let certificate = Certificate { fingerprint: paper.fingerprint(), signer: Signer::Unknown };
    let pins = Pins::default();
    let Event::Met(met) = ask(form(broker.port), &pins).await else { panic!("a question") };
    assert_eq!(met, Met { certificate: certificate.clone(), pinned: None });
    // So it is where another one is pinned, and both are shown.
    pins.accept(SERIAL, &"ab".repeat(32), None).unwrap();
    let Event::Met(met) = ask(form(broker.port), &pins).await else { panic!("a question") };
    assert_eq!(met, Met { certificate, pinned: Some("ab".repeat(32)) });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!broker.so_far().iter().any(|seen| matches!(seen, Seen::Connect(_))), "no login");
    // The one that is pinned needs no judgement.
    pins.accept(SERIAL, &paper.fingerprint(), None).unwrap();
    assert!(matches!(ask(form(broker.port), &pins).await, Event::Probed(Ok(_))));
    let other = Broker::start(Manner::of(Paper::of("03900A000000002"))).await;
    assert!(matches!(ask(form(other.port), &pins).await, Event::Probed(Err(DisconnectReason::OtherPrinter { .. }))));
}

#[tokio::test]
async fn a_connection_test_finds_model_firmware_and_certificate_and_pins_nothing() {
    let paper = Paper::of(SERIAL);
    let mut manner = Manner::of(paper.clone());
    manner.greeting = vec![progress(1).into(), MODULES.into()];
    let broker = Broker::start(manner).await;
    let pins = Pins::default();
    let found = probe(form(broker.port), &pins).await.unwrap();
    assert_eq!((found.model, found.firmware.as_deref(), found.reported), (Model::P1S, Some("01.08.02.00"), true));
    assert_eq!((found.certificate_name.as_str(), found.certificate.fingerprint), (SERIAL, paper.fingerprint()));
    assert_eq!(pins.get(SERIAL), None);
}

#[tokio::test]
async fn a_connection_test_tells_silence_from_refusal() {
    let mut broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let found = probe(form(broker.port), &Pins::default()).await.unwrap();
    assert_eq!((found.model, found.firmware, found.reported), (Model::P1S, None, false));
    let wrong = NewPrinter { access_code: "0".into(), ..form(broker.port) };
    assert_eq!(probe(wrong, &Pins::default()).await, Err(DisconnectReason::WrongCode));
    broker.so_far();
    let pinned = NewPrinter { fingerprint: Some("0".repeat(64)), ..form(broker.port) };
    assert!(matches!(probe(pinned, &Pins::default()).await, Err(DisconnectReason::CertificateSwapped(_))));
    assert!(
        !broker.so_far().iter().any(|seen| matches!(seen, Seen::Connect(_))),
        "no login before the certificate is right"
    );
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(probe(form(closed), &Pins::default()).await, Err(DisconnectReason::ConnectionRefused));
}
