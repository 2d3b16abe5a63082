//! The account's connection to the cloud's broker, against the simulator's: who is followed, what comes, what ends it.

use bambu_tui::{
    config::Secret,
    net::{Access, Net, NetOptions, Timing, rest::Trust},
    protocol::command::{Command, Seq},
    simulator::{
        self, Plan, Simulation,
        cloud::{CloudFault, CloudPlan, TokenForm},
    },
    state::{
        PrinterId,
        effect::Effect,
        event::{CloudEvent, Event, PrinterEvent},
        printer::{
            connection::{ConnectionEvent, DisconnectReason, Refusal},
            transport::Transport,
        },
    },
};
use std::{collections::BTreeMap, time::Duration};
use tokio::{sync::mpsc, time::timeout};

const LONG: Duration = Duration::from_secs(20);

struct Bench {
    demo: Simulation,
    net: Net,
    events: mpsc::Receiver<Event>,
    serials: Vec<String>,
}

impl Bench {
    async fn new() -> Self {
        let plan = Plan { printers: Some(1), cloud: Some(CloudPlan::default()), ..Plan::default() };
        let demo = simulator::start(&plan).await.unwrap();
        let (sender, events) = mpsc::channel(256);
        let net = Net::new(NetOptions { timing: Timing::fast(), ..NetOptions::default() }, sender);
        let serials = demo.cloud().unwrap().printers().into_iter().filter(|p| !p.lan).map(|p| p.serial).collect();
        Self { demo, net, events, serials }
    }

    fn access(&self, token: &str) -> Access {
        let cloud = self.demo.cloud().unwrap();
        Access {
            host: cloud.mqtt_host(),
            port: cloud.mqtt_port(),
            trust: Trust::new(Some(cloud.ca_file().to_owned())),
            user: format!("u_{}", cloud.uid()),
            token: Secret::new(token.to_owned()),
        }
    }

    fn sign_in(&mut self) {
        let token = self.demo.cloud().unwrap().token().to_owned();
        let access = self.access(&token);
        self.net.sign_in(Some(access));
    }

    fn follow(&mut self, which: &[usize]) {
        let list: BTreeMap<_, _> = which.iter().map(|at| (PrinterId(*at as u16), self.serials[*at].clone())).collect();
        self.net.carry_out(Effect::Follow(list));
    }

    async fn find<T>(&mut self, what: &str, mut f: impl FnMut(Event) -> Option<T>) -> T {
        let found = async {
            loop {
                if let Some(found) = f(self.events.recv().await.expect("the network lives")) {
                    return found;
                }
            }
        };
        timeout(LONG, found).await.unwrap_or_else(|_| panic!("{what} did not come"))
    }

    async fn up(&mut self) -> u32 {
        self.find("a session", |event| match event {
            Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session })) => Some(session),
            _ => None,
        })
        .await
    }

    async fn report(&mut self, who: u16) {
        self.find("a report", |event| match event {
            Event::Cloud(CloudEvent::Printer(PrinterId(id), PrinterEvent::Report(_))) if id == who => Some(()),
            _ => None,
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_carries_every_followed_printer_and_their_orders() {
    let mut b = Bench::new().await;
    b.sign_in();
    b.follow(&[0]);
    let session = b.up().await;
    b.report(0).await;
    // Another printer joins the same session.
    b.follow(&[0, 1]);
    b.report(1).await;
    assert_eq!(b.demo.cloud().unwrap().connections(), 1);
    let send = |session, seq, command| Effect::Send {
        to: PrinterId(0),
        transport: Transport::Cloud,
        session,
        seq: Seq(seq),
        command,
    };
    b.net.carry_out(send(session, 7, Command::GetVersion));
    let answer = |event| match event {
        Event::Printer(_, PrinterEvent::Sent(seq)) => Some((seq.0, None)),
        Event::Printer(_, PrinterEvent::Refused(seq, why)) => Some((seq.0, Some(why))),
        _ => None,
    };
    assert_eq!(b.find("an answer", answer).await, (7, None));
    b.net.carry_out(send(session + 1, 8, Command::Stop));
    assert_eq!(b.find("an answer", answer).await, (8, Some(Refusal::NotConnected)), "another session's order");
    // Nobody to follow: no connection is kept.
    b.follow(&[]);
    b.find("the end", |event| matches!(event, Event::Cloud(CloudEvent::Link(ConnectionEvent::Closed))).then_some(()))
        .await;
    b.net.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_printer_that_leaves_the_cloud_and_comes_back_is_told() {
    let mut b = Bench::new().await;
    b.sign_in();
    b.follow(&[0, 1]);
    b.up().await;
    b.report(0).await;
    let serial = b.serials[0].clone();
    for online in [false, true] {
        b.demo.control_of(&serial).unwrap().set_uplink(online);
        b.find("the broker's word", |event| match event {
            Event::Cloud(CloudEvent::Printer(PrinterId(0), PrinterEvent::Online(now))) => (now == online).then_some(()),
            _ => None,
        })
        .await;
    }
    b.report(0).await;
    b.net.close().await;
}

/// Why the broker's session is down, and when it is tried again.
fn down(event: Event) -> Option<(DisconnectReason, Option<Duration>)> {
    match event {
        Event::Cloud(CloudEvent::Link(ConnectionEvent::Down { why, retry_in })) => Some((why, retry_in)),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_goes_is_not_taken_for_a_printer_and_is_found_again() {
    let mut b = Bench::new().await;
    b.sign_in();
    b.follow(&[0]);
    b.up().await;
    b.demo.cloud().unwrap().broker_down().await;
    assert_eq!(b.find("the end", down).await.0, DisconnectReason::BrokerClosed);
    assert_eq!(b.find("nobody there", down).await.0, DisconnectReason::BrokerAway);
    b.demo.cloud().unwrap().broker_up().await.unwrap();
    b.up().await;
    b.report(0).await;
    b.net.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_ends_the_attempts_until_there_is_another() {
    let mut b = Bench::new().await;
    b.demo.cloud().unwrap().expire_tokens();
    b.sign_in();
    b.follow(&[0]);
    let (why, retry_in) = b.find("a refusal", down).await;
    assert_eq!((why, retry_in.is_some()), (DisconnectReason::BrokerRefused, true), "and tells the next attempt");
    let connects = b.demo.cloud().unwrap().connects();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(b.demo.cloud().unwrap().connects(), connects, "nothing is tried with a refused token");
    let token = b.demo.cloud().unwrap().new_token(TokenForm::Opaque);
    let access = b.access(&token);
    b.net.sign_in(Some(access));
    b.up().await;
    b.net.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_refuses_is_tried_five_times_in_the_window_and_no_more() {
    let mut b = Bench::new().await;
    b.demo.cloud().unwrap().set_fault(CloudFault::BrokerRefuse(3));
    b.net = {
        let (sender, events) = mpsc::channel(256);
        b.events = events;
        let timing = Timing { cloud_window: Duration::from_secs(3600), ..Timing::fast() };
        Net::new(NetOptions { timing, ..NetOptions::default() }, sender)
    };
    b.sign_in();
    b.follow(&[0]);
    for _ in 0..5 {
        assert_eq!(b.find("a refusal", down).await.0, DisconnectReason::BrokerLogin(3));
    }
    // A person who asks again and again does not exceed the budget either.
    for _ in 0..5 {
        b.net.carry_out(Effect::ReconnectCloud);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(b.demo.cloud().unwrap().connects(), 5);
    let spent = |event: Event| down(event).filter(|(why, _)| *why == DisconnectReason::BrokerBudget(None));
    assert!(b.find("the budget", spent).await.1.is_some(), "it goes on by itself when its time has come");
    b.net.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_nobody_vouches_for_gets_no_token() {
    let mut b = Bench::new().await;
    let token = b.demo.cloud().unwrap().token().to_owned();
    let mut access = b.access(&token);
    access.trust = Trust::default();
    b.net.sign_in(Some(access));
    b.follow(&[0]);
    let (why, _) = b.find("a refusal", down).await;
    assert!(matches!(why, DisconnectReason::BrokerCertificate(_)), "{why:?}");
    assert!(!why.to_string().contains(&token));
    b.net.close().await;
}
