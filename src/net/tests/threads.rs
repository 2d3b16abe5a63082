//! Which threads do the work of the network.

use super::*;
use crate::state::{
    effect::{Effect, NewPrinter},
    printer::{camera::PictureSize, objects::Wanted},
};
use tokio::runtime::{Builder, Handle};

#[tokio::test]
async fn no_task_runs_where_the_loop_does() {
    let elsewhere = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (events, _seen) = mpsc::channel(64);
    let runtime = Some(elsewhere.handle().clone());
    let mut net = Net::new(Options { runtime, trust_new: true, ..Options::default() }, events);
    // A port that takes connections and says nothing: tasks last.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    net.add(ID, config(port));
    net.add_trusted(PrinterId(1), config(port), "00");
    net.reconfigure(ID, config(port));
    let wanted = Wanted {
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
