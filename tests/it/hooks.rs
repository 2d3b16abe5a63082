//! Every kind of event that hooks are told, from the printer's report to a program and to a web server on loopback.

use crate::app_harness::{AppHarness, until};
use bambu_tui::{
    config::{Carrier, Hook, Secret},
    simulator::{
        Fault, Plan, Scenario,
        sim::{SPAGHETTI, SimPrinter, job::stage},
    },
    state::notify::notification::EventKind,
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Two hooks on one kind of event: a program that writes down what it reads, and an address.
struct Listeners {
    _folder: tempfile::TempDir,
    file: PathBuf,
    posted: Arc<Mutex<Vec<Value>>>,
    hooks: Vec<Hook>,
}

impl Listeners {
    async fn on(event_kind: EventKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("told");
        let posted: Arc<Mutex<Vec<Value>>> = Arc::default();
        let port = serve(Arc::clone(&posted)).await;
        let url = Secret::new(format!("http://127.0.0.1:{port}/hook"));
        let hook = |carrier| Hook {
            on: [event_kind].into_iter().collect(),
            carrier,
            serials: vec![],
            timeout: Duration::from_secs(15),
            retries: 0,
        };
        // `tee` is a program that does nothing but write down its standard input.
        let args = vec!["-a".to_owned(), file.display().to_string()];
        let hooks = vec![
            hook(Carrier::Run { program: "tee".into(), args }),
            hook(Carrier::Post { url, host: "127.0.0.1".into(), headers: vec![] }),
        ];
        Self { _folder: folder, file, posted, hooks }
    }

    /// What both were told, once both were; it is the same.
    async fn told(&self) -> Value {
        until(|| !written(&self.file).is_empty() && !self.posted.lock().unwrap().is_empty()).await;
        let (written, posted) = (written(&self.file), self.posted.lock().unwrap().clone());
        assert_eq!(written, posted);
        assert_eq!(written.len(), 1, "told once: {written:?}");
        written[0].clone()
    }
}

fn written(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// A web server that keeps the JSON it is sent.
async fn serve(posted: Arc<Mutex<Vec<Value>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
            let body = loop {
                match stream.read(&mut part).await {
                    Ok(count @ 1..) => bytes.extend_from_slice(&part[..count]),
                    _ => break None,
                }
                let text = String::from_utf8_lossy(&bytes);
                if let Some(body) = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok()) {
                    break Some(body);
                }
            };
            posted.lock().unwrap().extend(body);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        }
    });
    port
}

/// Lets a story happen at a printer in mid print; gives what was told of it.
async fn told(event_kind: EventKind, story: impl AsyncFnOnce(&AppHarness)) -> Value {
    let listeners = Listeners::on(event_kind).await;
    let hooks = listeners.hooks.clone();
    let plan = Plan { scenario: Scenario::Single, ..Plan::default() };
    let room = AppHarness::with(plan, |demo, setup| {
        setup.config.hooks = hooks;
        demo.control(0).unwrap().with_printer(|sim| sim.restarts = false);
    })
    .await;
    room.shows(&["· live", "p pause"]).await;
    story(&room).await;
    let news = listeners.told().await;
    room.quit().await;
    assert_eq!(news["event"], event_kind.name());
    assert_eq!((&news["printer"]["name"], &news["printer"]["model"]), (&"Workshop P1S".into(), &"P1S".into()));
    assert!(news["time"].is_i64(), "{news}");
    news
}

/// The job of the story.
fn is_job(news: &Value) -> bool {
    news["job"]["name"] == "bracket_v4"
}

#[tokio::test]
async fn print_started() {
    let news = told(EventKind::PrintStarted, async |room| {
        room.handle(0).with_printer(SimPrinter::finish);
        room.shows(&["finished bracket_v4"]).await;
        room.handle(0).with_printer(|sim| {
            let job = sim.make_job(7);
            sim.start(job);
        });
    })
    .await;
    assert!(news["job"]["name"].is_string() && !is_job(&news), "{news}");
}

#[tokio::test]
async fn print_paused() {
    let news = told(EventKind::PrintPaused, async |room| {
        room.handle(0).with_printer(|sim| sim.pause_with(stage::PRINTING, SPAGHETTI));
    })
    .await;
    assert!(is_job(&news) && news["job"]["percent"] == 45, "{news}");
    assert_eq!(news["code"], "0300_8003");
    assert!(news["reason"].is_string(), "{news}");
}

#[tokio::test]
async fn print_finished() {
    let news = told(EventKind::PrintFinished, async |room| {
        room.handle(0).with_printer(SimPrinter::finish);
    })
    .await;
    assert!(is_job(&news) && news["job"]["percent"] == 100, "{news}");
}

#[tokio::test]
async fn print_failed() {
    let news = told(EventKind::PrintFailed, async |room| {
        room.handle(0).with_printer(|sim| sim.fail_with(0x0300_4006));
    })
    .await;
    assert!(is_job(&news) && news["code"] == "0300_4006", "{news}");
}

#[tokio::test]
async fn a_power_cut_is_a_failure_with_the_name_of_the_job_and_a_flicker_is_none() {
    for fault in [Fault::PowerCut, Fault::PowerCutUnfinished] {
        let news = told(EventKind::PrintFailed, async |room| {
            room.handle(0).set_fault(Fault::Flicker);
            until(|| room.handle(0).with_printer(|sim| sim.phase.name() == "RUNNING")).await;
            room.handle(0).set_fault(fault);
        })
        .await;
        assert!(is_job(&news) && news["job"]["percent"] == 45, "{news}");
        let code = if fault == Fault::PowerCut { Value::Null } else { "0300_8007".into() };
        assert_eq!(news["code"], code, "{news}");
    }
}

#[tokio::test]
async fn print_cancelled() {
    let news = told(EventKind::PrintCancelled, async |room| {
        room.keys("x");
        room.shows(&["Stop this print?"]).await;
        room.keys("y");
    })
    .await;
    assert!(is_job(&news), "{news}");
}

#[tokio::test]
async fn hms_raised() {
    let news = told(EventKind::HmsRaised, async |room| {
        room.handle(0).with_printer(|sim| sim.add_hms(0x0300_0100, 0x0001_0007, None));
    })
    .await;
    assert_eq!(news["code"], "HMS_0300_0100_0001_0007");
    assert!(news["reason"].is_string(), "{news}");
}

#[tokio::test]
async fn filament_runout() {
    let news = told(EventKind::FilamentRunout, async |room| {
        room.handle(0).with_printer(|sim| sim.pause_with(stage::FILAMENT_OUT, 0x0700_8011));
    })
    .await;
    assert!(is_job(&news) && news["code"] == "0700_8011", "{news}");
}

#[tokio::test]
async fn device_offline() {
    let news = told(EventKind::DeviceOffline, async |room| room.handle(0).power_off().await).await;
    assert!(news["reason"].is_string(), "{news}");
}

#[tokio::test]
async fn device_online() {
    told(EventKind::DeviceOnline, async |room| {
        room.handle(0).power_off().await;
        room.shows(&["next try in"]).await;
        room.handle(0).power_on().await.expect("the ports are free");
    })
    .await;
}

#[tokio::test]
async fn command_refused() {
    let news = told(EventKind::CommandRefused, async |room| {
        // Firmware of this age does not tell beforehand.
        room.handle(0).set_fault(Fault::Locked);
        room.keys("p");
    })
    .await;
    assert!(news["reason"].as_str().is_some_and(|why| why.starts_with("pause refused")), "{news}");
}
