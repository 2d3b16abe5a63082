//! Tests over loopback, against servers that do what a test tells them to.

mod broker;
mod camera;
mod identity;
mod links;
mod orders;
#[cfg(feature = "simulator")]
mod plate;
mod threads;

use super::{Authorities, Net, NetOptions, Pins, Timing};
use crate::{
    config::{PrinterConfig, Secret},
    state::{
        PrinterId,
        event::{Event, PrinterEvent},
        printer::connection::{ConnectionEvent, DisconnectReason},
    },
};
use broker::{Broker, CODE, Manner, Paper};
use std::time::Duration;
use tokio::{sync::mpsc, time::timeout};

const SERIAL: &str = "01P00A000000001";
const ID: PrinterId = PrinterId(0);
const MODULES: &str =
    r#"{"info":{"command":"get_version","module":[{"name":"ota","sw_ver":"01.08.02.00","project_name":"C12"}]}}"#;

fn config(port: u16) -> PrinterConfig {
    PrinterConfig {
        name: "Workshop".into(),
        host: "127.0.0.1".into(),
        serial: SERIAL.into(),
        access_code: Secret::new(CODE),
        mqtt_port: port,
        camera_port: port,
        ftps_port: port,
        model: None,
        fingerprint: None,
        tags: Vec::new(),
    }
}

/// Limits short enough to be reached in a test.
fn hasty() -> Timing {
    let ms = Duration::from_millis;
    Timing {
        tls: ms(150),
        login: ms(150),
        write: ms(150),
        keep_alive: ms(60),
        camera_silence: ms(150),
        camera_stall: ms(300),
        ..Timing::fast()
    }
}

/// A network with one printer, and what comes from it.
struct Bench {
    net: Net,
    events: mpsc::Receiver<Event>,
    pins: Pins,
}

impl Bench {
    fn new(config: PrinterConfig) -> Self {
        Self::with(config, Timing::fast(), Pins::default(), 64)
    }

    fn hasty(config: PrinterConfig) -> Self {
        Self::with(config, hasty(), Pins::default(), 64)
    }

    /// Certificates of tests are self-made: they are welcome where the test is about something else.
    fn with(config: PrinterConfig, timing: Timing, pins: Pins, room: usize) -> Self {
        Self::of(config, NetOptions { timing, pins, trust_new: true, ..NetOptions::default() }, room)
    }

    /// One to whom nobody is welcome but those whom these authorities vouch for.
    fn strict(config: PrinterConfig, pins: Pins, authorities: Authorities) -> Self {
        Self::of(config, NetOptions { timing: Timing::fast(), pins, authorities, ..NetOptions::default() }, 64)
    }

    fn of(config: PrinterConfig, options: NetOptions, room: usize) -> Self {
        let (sender, events) = mpsc::channel(room);
        let options = NetOptions { spread: Duration::ZERO, ..options };
        let pins = options.pins.clone();
        let mut net = Net::new(options, sender);
        net.add(ID, config);
        Self { net, events, pins }
    }

    async fn event(&mut self) -> Event {
        timeout(Duration::from_secs(3), self.events.recv()).await.expect("an event in time").expect("an open channel")
    }

    /// The next event, of whatever kind.
    async fn news(&mut self) -> PrinterEvent {
        match self.event().await {
            Event::Printer(ID, event) => event,
            other => panic!("unexpected {other:?}"),
        }
    }

    /// The next one that is not about the certificate.
    async fn next(&mut self) -> PrinterEvent {
        loop {
            match self.news().await {
                PrinterEvent::Certificate(..) => {}
                event => return event,
            }
        }
    }

    /// Skips events until one gives a value.
    async fn find<T>(&mut self, mut wanted: impl FnMut(PrinterEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.news().await) {
                return found;
            }
        }
    }

    async fn up(&mut self) -> u32 {
        self.find(|event| match event {
            PrinterEvent::Link(ConnectionEvent::Up { session }) => Some(session),
            _ => None,
        })
        .await
    }

    async fn down(&mut self) -> (DisconnectReason, Option<Duration>) {
        self.find(|event| match event {
            PrinterEvent::Link(ConnectionEvent::Down { why, retry_in }) => Some((why, retry_in)),
            _ => None,
        })
        .await
    }

    /// Whether nothing comes for some tens of milliseconds.
    async fn quiet(&mut self) -> bool {
        timeout(Duration::from_millis(90), self.events.recv()).await.is_err()
    }
}

/// A broker with a good certificate and a printer connected to it.
async fn connected(change: impl FnOnce(&mut Manner)) -> (Broker, Bench, u32) {
    let mut manner = Manner::of(Paper::of(SERIAL));
    change(&mut manner);
    let broker = Broker::start(manner).await;
    let mut bench = Bench::new(config(broker.port));
    let session = bench.up().await;
    (broker, bench, session)
}

#[test]
fn serials_in_the_log_are_shortened() {
    assert_eq!(super::short(SERIAL), "01P…0001");
    assert_eq!(super::short("01P12"), "01P…");
}
