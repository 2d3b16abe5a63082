//! The file server, seen by a client that knows FTP from a terminal.

use super::*;
use crate::protocol::model::Model;
use crate::simulator::tests::client::client_config;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

struct Visitor {
    control: BufReader<TlsStream<TcpStream>>,
    connector: TlsConnector,
    /// Whether the server ended the last upload with the goodbye of TLS, as some clients want it.
    goodbye: bool,
    /// Whether all of the last upload could be written.
    whole: bool,
}

async fn connect(connector: &TlsConnector, port: u16) -> std::io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
    connector.connect(ServerName::try_from("printer").unwrap(), tcp).await
}

impl Visitor {
    /// Logs in and asks for encrypted data connections; with a memory for TLS sessions or without.
    async fn new(demo: &crate::simulator::Simulation, resumes: bool) -> Self {
        let mut visitor = Self::unsaid(demo, resumes).await;
        for line in ["PBSZ 0", "PROT P"] {
            let answer = visitor.say(line).await;
            assert!(answer.starts_with("200"), "{line}: {answer}");
        }
        visitor
    }

    /// Logs in and says nothing of data connections.
    async fn unsaid(demo: &crate::simulator::Simulation, resumes: bool) -> Self {
        Self::unsaid_at(demo, 0, resumes).await
    }

    async fn unsaid_at(demo: &crate::simulator::Simulation, at: usize, resumes: bool) -> Self {
        let card = &demo.printers()[at];
        let mut config = client_config();
        config.resumption = if resumes { Resumption::in_memory_sessions(4) } else { Resumption::disabled() };
        let connector = TlsConnector::from(Arc::new(config));
        let control = BufReader::new(connect(&connector, card.ftps_port).await.unwrap());
        let mut visitor = Self { control, connector, goodbye: false, whole: false };
        assert!(visitor.answer().await.starts_with("220"));
        for (line, code) in [
            ("LIST".to_owned(), "530"),
            ("USER bblp".to_owned(), "331"),
            ("PASS wrong".to_owned(), "530"),
            ("USER root".to_owned(), "331"),
            (format!("PASS {}", card.access_code), "530"),
            ("USER bblp".to_owned(), "331"),
            (format!("PASS {}", card.access_code), "230"),
        ] {
            let answer = visitor.say(&line).await;
            assert!(answer.starts_with(code), "{line}: {answer}");
        }
        visitor
    }

    async fn answer(&mut self) -> String {
        let mut line = String::new();
        // Where the connection is cut, nothing is said.
        let _ = self.control.read_line(&mut line).await;
        line.trim_end().to_owned()
    }

    async fn say(&mut self, line: &str) -> String {
        self.control.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.control.flush().await.unwrap();
        self.answer().await
    }

    async fn port(&mut self) -> u16 {
        let answer = self.say("EPSV").await;
        answer.trim_end_matches("|)").rsplit('|').next().unwrap().parse().unwrap()
    }

    /// What a command sends over its data connection, and the last word about it.
    async fn receive(&mut self, line: &str) -> (Vec<u8>, String) {
        let port = self.port().await;
        self.control.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.control.flush().await.unwrap();
        let mut bytes = Vec::new();
        if let Ok(mut data) = connect(&self.connector, port).await {
            let _ = data.read_to_end(&mut bytes).await;
        }
        let first = self.answer().await;
        (bytes, if first.starts_with("150") { self.answer().await } else { first })
    }
}

impl Visitor {
    /// Stores a file; gives the last word about it.
    async fn store(&mut self, path: &str, bytes: &[u8]) -> String {
        let port = self.port().await;
        self.control.write_all(format!("STOR {path}\r\n").as_bytes()).await.unwrap();
        self.control.flush().await.unwrap();
        // The server answers when the connection is there, and encryption begins after its answer.
        let Ok(tcp) = TcpStream::connect(("127.0.0.1", port)).await else { return self.answer().await };
        let first = self.answer().await;
        if !first.starts_with("150") {
            return first;
        }
        if let Ok(mut data) = self.connector.connect(ServerName::try_from("printer").unwrap(), tcp).await {
            // Where the connection is cut, what follows cannot be written.
            self.whole = data.write_all(bytes).await.is_ok() && data.shutdown().await.is_ok();
            self.goodbye = matches!(data.read(&mut [0]).await, Ok(0));
        }
        self.answer().await
    }

    async fn fetch(&mut self, path: &str) -> Vec<u8> {
        self.receive(&format!("RETR {path}")).await.0
    }
}

#[tokio::test]
async fn files_are_stored_renamed_listed_and_removed() {
    let demo = start(&single()).await.unwrap();
    let mut visitor = Visitor::new(&demo, true).await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    assert!(visitor.store("/ my  part .gcode.3mf", &bytes).await.starts_with("226") && visitor.goodbye);
    assert_eq!(visitor.say("SIZE / my  part .gcode.3mf").await, "213 200000");
    assert_eq!(visitor.fetch("/ my  part .gcode.3mf").await, bytes);
    for (line, answer) in [
        ("MKD new", "257 \"/new\" created"),
        ("MKD a\"b", "550 Create directory operation failed."),
        ("MKD new", "550 Create directory operation failed."),
        ("RNTO x", "503 RNFR required first."),
        ("RNFR / my  part .gcode.3mf", "350 Ready for RNTO."),
        ("RNTO new/part.gcode.3mf", "250 Rename successful."),
        ("RNFR nothing", "550 RNFR command failed."),
        ("RMD new", "550 Remove directory operation failed."),
        ("CWD new", "250 Directory successfully changed."),
        ("PWD", "257 \"/new\" is the current directory"),
        ("CDUP", "250 Directory successfully changed."),
        ("MLSD", "500 Unknown command."),
        ("FEAT", "502 Command not implemented."),
        ("REST 5", "502 Command not implemented."),
        ("APPE x", "502 Command not implemented."),
        ("STOR x", "425 Use PORT or PASV first."),
        ("TYPE X", "500 Unrecognised TYPE command."),
    ] {
        assert_eq!(visitor.say(line).await, answer, "{line}");
    }
    let (listing, end) = visitor.receive("LIST -a /new").await;
    let listing = String::from_utf8(listing).unwrap();
    assert_eq!(end, "226 Directory send OK.");
    assert!(
        listing.starts_with("-rw-r--r--    1 0        0          200000 ") && listing.ends_with(" part.gcode.3mf\r\n")
    );
    assert!(
        visitor.receive("NLST /new").await.0 == b"part.gcode.3mf\r\n"
            && visitor.receive("LIST /gone").await.0.is_empty()
    );
    for bad in ["/gone/x", "/new", "/a\tb", "/q?.3mf"] {
        assert_eq!(visitor.store(bad, b"x").await, "553 Could not create file.", "{bad:?}");
    }
    // The job's own file obeys like any other, and a copy of it is one.
    let job = visitor.fetch("/bracket_v4.gcode.3mf").await;
    assert!(visitor.say("RNFR /bracket_v4.gcode.3mf").await.starts_with("350"));
    assert!(visitor.say("RNTO /cache/kept.gcode.3mf").await.starts_with("250"));
    assert_eq!(visitor.fetch("/cache/kept.gcode.3mf").await, job);
    assert!(visitor.say("SIZE /bracket_v4.gcode.3mf").await.starts_with("550"));
    for (line, code) in [("DELE /new/part.gcode.3mf", "250"), ("DELE /new/part.gcode.3mf", "550"), ("RMD /new", "250")]
    {
        assert!(visitor.say(line).await.starts_with(code), "{line}");
    }
}

#[tokio::test]
async fn data_connections_may_be_encrypted_without_a_word_and_plain_where_the_model_takes_that() {
    for (model, plain) in [(Model::P1S, false), (Model::A1, true), (Model::X1E, false)] {
        let scenario = Plan { scenario: Scenario::Models, ..single() };
        let demo = start(&scenario).await.unwrap();
        let at = demo.printers().iter().position(|card| card.model == model).unwrap();
        let mut visitor = Visitor::unsaid_at(&demo, at, true).await;
        assert!(visitor.store("/x.3mf", b"abc").await.starts_with("226"), "{model:?}");
        let (bytes, _) = visitor.receive("RETR /x.3mf").await;
        assert_eq!(bytes, b"abc", "{model:?}");
        let port = visitor.port().await;
        visitor.control.write_all(b"STOR /plain.3mf\r\n").await.unwrap();
        visitor.control.flush().await.unwrap();
        let mut data = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        assert!(visitor.answer().await.starts_with("150"));
        data.write_all(b"PK in the clear").await.unwrap();
        drop(data);
        assert_eq!(visitor.answer().await.starts_with("226"), plain, "{model:?}");
    }
}

#[tokio::test]
async fn every_fault_of_the_file_server_shows_as_it_is_described() {
    let demo = start(&single()).await.unwrap();
    let control = demo.control(0).unwrap();
    // More than lies in the buffers on the way.
    let bytes = vec![7; 12 << 20];
    for full in [Fault::FileFull(552), Fault::FileFull(452)] {
        let mut visitor = Visitor::new(&demo, true).await;
        control.set_fault(full);
        let said = visitor.store("/x.3mf", &bytes).await;
        assert!(visitor.whole && said.contains("Failure writing to local file"), "{full:?}: {said}");
        control.clear_faults();
        visitor.say("DELE /x.3mf").await;
    }
    let bytes = vec![7; 100_000];
    // The fault, the answer to an upload (empty: the connection ends without one), and what is kept of the file.
    for (fault, answer, kept) in [
        (Fault::FileRefused, "553", None),
        (Fault::NoCard, "553", None),
        (Fault::FileFull(552), "552", Some(32 << 10)),
        (Fault::FileFull(452), "452", Some(32 << 10)),
        (Fault::FileCut(50), "", Some(50 << 10)),
        (Fault::FileShort, "226", Some(50_000)),
        (Fault::FileBroken, "426", Some(100_000)),
        (Fault::FileBrokenShort, "426", Some(50_000)),
        (Fault::FileNoData, "522", Some(0)),
        (Fault::FileNoGoodbye, "226", Some(100_000)),
        (Fault::FileOddList, "226", Some(100_000)),
    ] {
        let mut visitor = Visitor::new(&demo, true).await;
        control.set_fault(fault);
        let said = visitor.store("/x.3mf", &bytes).await;
        assert!(said.starts_with(answer) && said.is_empty() == answer.is_empty(), "{fault:?}: {said}");
        assert_eq!(visitor.goodbye, answer == "226" && fault != Fault::FileNoGoodbye || answer == "426", "{fault:?}");
        control.clear_faults();
        let mut visitor = Visitor::new(&demo, true).await;
        let size = visitor.say("SIZE /x.3mf").await;
        let wanted = kept.map_or_else(|| "550 Could not get file size.".to_owned(), |kept| format!("213 {kept}"));
        assert_eq!(size, wanted, "{fault:?}");
        visitor.say("DELE /x.3mf").await;
    }
    let mut visitor = Visitor::new(&demo, true).await;
    assert!(visitor.store("/x.3mf", &bytes).await.starts_with("226"));
    for (fault, got) in [(Fault::FileCut(30), 30_000), (Fault::FileShort, 50_000), (Fault::FileNoGoodbye, 100_000)] {
        let mut visitor = Visitor::new(&demo, true).await;
        control.set_fault(fault);
        let (came, end) = visitor.receive("RETR /x.3mf").await;
        assert_eq!((came.len(), end.is_empty()), (got, fault == Fault::FileCut(30)), "{fault:?}: {end}");
        control.clear_faults();
    }
    control.set_fault(Fault::FileLate(1));
    let begun = crate::simulator::Clock::start();
    assert!(visitor.store("/late.3mf", &bytes).await.starts_with("226") && begun.elapsed() >= Duration::from_secs(1));
    control.clear_faults();
    control.set_fault(Fault::FileNoAnswer);
    let mut mute = Visitor::new(&demo, true).await;
    let unanswered = async { (mute.store("/mute.3mf", &bytes).await, mute.say("NOOP").await) };
    assert!(tokio::time::timeout(Duration::from_millis(500), unanswered).await.is_err());
    control.clear_faults();
    for name in ["late", "mute"] {
        assert_eq!(visitor.say(&format!("SIZE /{name}.3mf")).await, "213 100000", "the file is whole");
    }
    control.set_fault(Fault::FileBusy);
    let mut second = Visitor::new(&demo, true).await;
    assert!(second.receive("LIST /").await.1.starts_with("425"));
    assert!(visitor.receive("LIST /").await.1.starts_with("226"), "the first one goes on");
    control.clear_faults();
    control.set_fault(Fault::FileOddList);
    let odd = String::from_utf8(visitor.receive("LIST /").await.0).unwrap();
    assert!(odd.contains(" -> /mnt/sdcard\r\n") && odd.contains(" x.3mf\r\n"), "{odd}");
    control.clear_faults();
    control.set_fault(Fault::NoCard);
    assert!(visitor.receive("LIST /").await.0.is_empty());
    assert!(control.with_printer(|sim| sim.no_card));
    control.clear_faults();
    assert!(!control.with_printer(|sim| sim.no_card), "the card is back");
}

#[tokio::test]
async fn a_data_connection_must_resume_the_session_of_the_control_connection() {
    let demo = start(&single()).await.unwrap();
    let mut visitor = Visitor::new(&demo, true).await;
    let (listing, end) = visitor.receive("LIST /").await;
    assert!(end.starts_with("226"), "{end}");
    assert!(String::from_utf8(listing).unwrap().contains(" bracket_v4.gcode.3mf\r\n"));
    let (file, _) = visitor.receive("RETR /bracket_v4.gcode.3mf").await;
    assert_eq!(visitor.say("SIZE bracket_v4.gcode.3mf").await, format!("213 {}", file.len()));
    assert_eq!(&file[..2], b"PK");
    let mut stranger = Visitor::new(&demo, false).await;
    let (nothing, end) = stranger.receive("LIST /").await;
    assert!(nothing.is_empty() && end.starts_with("522"), "{end}");
}

#[tokio::test]
async fn folders_files_and_plain_connections_are_as_the_models_have_them() {
    let demo = start(&single()).await.unwrap();
    let mut visitor = Visitor::new(&demo, true).await;
    for (line, code) in [
        ("PWD", "257"),
        ("CWD cache", "250"),
        ("SIZE bracket_v4.gcode.3mf", "550"),
        ("SIZE ../bracket_v4.gcode.3mf", "213"),
        ("SIZE ../../../bracket_v4.gcode.3mf", "213"),
        ("CWD /secret", "550"),
        ("RETR /nothing.3mf", "550"),
        ("DELE /nothing.3mf", "550"),
        ("LIST", "425"),
        ("PROT C", "200"),
    ] {
        let answer = visitor.say(line).await;
        assert!(answer.starts_with(code), "{line}: {answer}");
    }
    let (nothing, end) = visitor.receive("LIST /").await;
    assert!(nothing.is_empty() && end.starts_with("522"), "a P1S sends nothing in the clear: {end}");
    demo.control(0).unwrap().set_fault(Fault::FileMissing);
    assert!(visitor.say("SIZE /bracket_v4.gcode.3mf").await.starts_with("550"));
    assert!(visitor.say("QUIT").await.starts_with("221"));
}
