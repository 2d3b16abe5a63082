//! Which threads do the work of the network.

use super::{
    broker::{Broker, Manner, Paper},
    *,
};
use crate::state::{
    effect::{Effect, NewPrinter},
    printer::{camera::PictureSize, objects::JobFileRequest},
};
use tokio::runtime::{Builder, Handle};

#[tokio::test]
async fn no_task_runs_where_the_loop_does() {
    let elsewhere = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (events, _seen) = mpsc::channel(64);
    let runtime = Some(elsewhere.handle().clone());
    let mut net = Net::new(NetOptions { runtime, trust_new: true, ..NetOptions::default() }, events);
    // A port that takes connections and says nothing: tasks last.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    net.add(ID, config(port));
    net.add_trusted(PrinterId(1), config(port), "00");
    net.reconfigure(ID, config(port));
    let wanted = JobFileRequest {
        turn: 1,
        paths: vec!["/cube.gcode.3mf".into()],
        started: None,
        plate: None,
        layers: None,
        fresh: false,
        plain: false,
    };
    let form = NewPrinter {
        name: "x".into(),
        host: format!("127.0.0.1:{port}"),
        serial: SERIAL.into(),
        access_code: CODE.into(),
        fingerprint: None,
    };
    for effect in [
        Effect::Reconnect(ID),
        Effect::Trust { who: ID, fingerprint: "00".into(), before: None },
        Effect::Watch { who: ID, size: Some(PictureSize { width: 8, height: 8 }) },
        Effect::FetchPlate { who: ID, wanted: Box::new(wanted) },
        Effect::Probe(form),
    ] {
        net.carry_out(effect);
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }
    assert!(elsewhere.metrics().num_alive_tasks() >= 5, "texts, two printers, a camera, a file, a test");
    net.close().await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    elsewhere.shutdown_background();
}

/// A report of about so many bytes.
fn report(percent: u8, bytes: usize) -> String {
    let padding = "x".repeat(bytes);
    format!(r#"{{"print":{{"command":"push_status","msg":1,"mc_percent":{percent},"padding":"{padding}"}}}}"#)
}

#[test]
fn a_large_message_of_one_printer_holds_up_no_other() {
    // The one thread for long work is taken, so what is done there waits; nothing else may.
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let brokers = [1, 2].map(|n| (n, format!("01P00A00000000{n}")));
        let (events, mut seen) = mpsc::channel(64);
        let mut net = Net::new(NetOptions { timing: Timing::fast(), trust_new: true, ..NetOptions::default() }, events);
        let mut next = async || {
            loop {
                match timeout(Duration::from_secs(30), seen.recv()).await.expect("an event").expect("a network") {
                    Event::Printer(id, PrinterEvent::Report(report)) => return (id.0, report.job.mc_percent),
                    Event::Printer(id, PrinterEvent::Link(ConnectionEvent::Up { .. })) => return (id.0, None),
                    _ => {}
                }
            }
        };
        let mut servers = Vec::new();
        for (n, serial) in brokers {
            let broker = Broker::start(Manner::of(Paper::of(&serial))).await;
            net.add(PrinterId(n), PrinterConfig { serial, ..config(broker.port) });
            assert_eq!(next().await, (n, None), "it is connected");
            servers.push(broker);
        }
        let (release, taken) = std::sync::mpsc::channel::<()>();
        let work = tokio::task::spawn_blocking(move || taken.recv());
        servers[0].report(report(50, 500_000));
        for percent in 2..30 {
            servers[1].report(report(percent, 0));
            assert_eq!(next().await, (2, Some(percent.into())));
        }
        drop(release);
        assert_eq!(next().await, (1, Some(50)));
        let _ = work.await;
        net.close().await;
    });
}
