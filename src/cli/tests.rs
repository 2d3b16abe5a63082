//! Where the program runs.

use super::*;
use crate::{
    app::{App, Frontend, Outcome, Setup},
    config::{Config, PrinterConfig, Secret},
    state::{
        PrinterId, State,
        effect::Effect,
        event::Event,
        printer::camera::PictureSize,
        view::Dialog,
        wants::{Wanted, WantedCamera},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;
use std::{
    io::Write,
    os::unix::net::UnixStream as Hand,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};
use tokio::{io::AsyncReadExt, net::UnixStream};

/// A person at a pipe, who looks at the help and leaves.
struct Person {
    keys: UnixStream,
    /// The size of the screen, until it has been told.
    size: Option<Size>,
    /// Types once they have seen the first frame.
    hand: Option<Hand>,
    /// The help has been shown.
    reads: bool,
}

impl Frontend for Person {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        if let Some(mut hand) = self.hand.take() {
            hand.write_all(b"?")?;
        }
        self.reads = state.view.dialogs.iter().any(|layer| matches!(layer, Dialog::Help(_)));
        Ok(())
    }

    async fn input(&mut self) -> Option<Event> {
        if let Some(size) = self.size.take() {
            return Some(Event::Resize(size));
        }
        if self.reads {
            return Some(Event::Exit(7));
        }
        // The hand has typed all it will; what comes next is the end.
        let Ok(key) = self.keys.read_u8().await else { std::future::pending().await };
        Some(Event::Key(KeyEvent::new(KeyCode::Char(key.into()), KeyModifiers::NONE)))
    }

    fn execute(&mut self, _: Effect) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the thread of the network busy until the sender is dropped.
fn occupy(network: &Handle) -> std::sync::mpsc::Sender<()> {
    let (release, end) = channel::<()>();
    let (begun, begins) = channel();
    network.spawn(async move {
        let _ = begun.send(());
        let _ = end.recv();
    });
    assert_eq!(begins.recv(), Ok(()), "the network runs");
    release
}

/// What came within a time that is no limit of anything: without an end, the test itself would have none.
fn at_last<T>(results: &Receiver<T>) -> T {
    let Ok(found) = results.recv_timeout(Duration::from_secs(60)) else { panic!("nothing waits for the network") };
    found
}

#[test]
fn neither_keys_nor_frames_nor_timers_wait_for_a_busy_network() {
    let Runtimes { main, network } = Runtimes::new().unwrap();
    let busy = occupy(network.handle());
    let (done, results) = channel();
    let handle = network.handle().clone();
    thread::spawn(move || {
        let outcome = main.block_on(async {
            // A timer of the loop's own thread.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let (hand, keys) = Hand::pair()?;
            keys.set_nonblocking(true)?;
            let person = Person {
                keys: UnixStream::from_std(keys)?,
                size: Some(Size::new(80, 24)),
                hand: Some(hand),
                reads: false,
            };
            let printer = PrinterConfig {
                name: "Busy".into(),
                host: "127.0.0.1".into(),
                serial: "01P00A000000001".into(),
                access_code: Secret::new("12345678"),
                mqtt_port: 1,
                camera_port: 1,
                ftps_port: 1,
                model: None,
                fingerprint: None,
                tags: Vec::new(),
            };
            let size = PictureSize { width: 80, height: 45 };
            let camera = WantedCamera { who: PrinterId(0), size };
            let config = Config { printers: vec![printer], ..Config::default() };
            let setup = Setup {
                config,
                network: Some(handle),
                wants: Some(Wanted { camera: Some(camera), ..Wanted::default() }),
                ..Setup::default()
            };
            App::new(setup, person)?.run(Box::pin(std::future::pending())).await
        });
        let _ = done.send(outcome);
    });
    let outcome = at_last(&results);
    drop(busy);
    network.shutdown_background();
    assert_eq!(outcome.unwrap(), Outcome::Exit(7));
}
