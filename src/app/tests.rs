//! The loop under a flood.

#![cfg(unix)]

use super::*;
use crate::{
    protocol::report::{Report, parse},
    state::{
        event::PrinterEvent,
        printer::{Printer, connection::ConnectionEvent},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use futures_util::FutureExt;
use std::{
    io::Write,
    os::unix::net::UnixStream,
    sync::atomic::{AtomicUsize, Ordering},
};

/// A person whose keys come as those of a terminal do: by a file that the runtime watches.
struct Typist(tokio::net::UnixStream);

impl Frontend for Typist {
    fn draw(&mut self, _: &State) -> io::Result<()> {
        Ok(())
    }

    async fn input(&mut self) -> Option<Event> {
        loop {
            self.0.readable().await.expect("a socket");
            match self.0.try_read(&mut [0]) {
                Ok(_) => return Some(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn execute(&mut self, _: Effect) -> io::Result<()> {
        Ok(())
    }
}

fn report(fields: &str) -> Report {
    let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
    *parse(json.as_bytes()).expect("JSON").report.expect("a report")
}

/// A list with as many entries as are taken in, other ones each time.
fn list(key: &str, turn: usize) -> String {
    match key {
        "hms" => {
            let entry =
                |i: usize| format!(r#"{{"attr":{},"code":{}}}"#, 0x0300_0000 + (i << 8), 0x0001_0000 + turn * 300 + i);
            format!(r#""hms":[{}]"#, (0..256).map(entry).collect::<Vec<_>>().join(","))
        }
        "ams" => {
            let tray = |i: usize| format!(r#"{{"id":"{i}","tray_type":"PLA{turn}","remain":{}}}"#, (turn + i) % 100);
            let trays = (0..8).map(tray).collect::<Vec<_>>().join(",");
            let unit = |i: usize| format!(r#"{{"id":"{i}","humidity":"{}","tray":[{trays}]}}"#, (turn + i) % 5);
            format!(r#""ams":{{"ams":[{}]}}"#, (0..24).map(unit).collect::<Vec<_>>().join(","))
        }
        _ => unreachable!(),
    }
}

/// News that never end, each of them much work, keep nobody's key waiting: not by more than what waits already.
#[tokio::test]
async fn ctrl_c_ends_the_program_under_any_flood() {
    const ALL: usize = 6000;
    for key in ["hms", "ams"] {
        let (mut keyboard, terminal) = UnixStream::pair().expect("sockets");
        terminal.set_nonblocking(true).expect("a socket");
        let typist = Typist(tokio::net::UnixStream::from_std(terminal).expect("a socket"));
        let mut app = App::new(Setup::default(), typist).expect("a program");
        app.state.fleet.printers.push(Printer::new("P", "01P00A000000001", "h", None, Vec::new()));
        let news = app.answers.clone();
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        let flood = std::thread::spawn(move || {
            let reports: Vec<_> = (0..20).map(|turn| report(&list(key, turn))).collect();
            let of = |event| Event::Printer(PrinterId(0), event);
            let up = of(PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
            let reports = reports.iter().cycle().take(ALL).map(|one| of(PrinterEvent::Report(Box::new(one.clone()))));
            for event in std::iter::once(up).chain(reports) {
                if news.blocking_send(event).is_err() {
                    return;
                }
                if count.fetch_add(1, Ordering::Relaxed) == CHANNEL + BATCH {
                    keyboard.write_all(b"c").expect("a socket");
                }
            }
            // The program has taken in everything, and not the key.
        });
        let outcome = app.run(std::future::pending::<()>().boxed()).await.expect("an end");
        assert_eq!(outcome, Outcome::Quit);
        let _ = flood.join();
        assert!(sent.load(Ordering::Relaxed) < ALL / 2, "{key}: the key waited for {sent:?} news");
    }
}
