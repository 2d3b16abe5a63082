//! The file server, seen by a client that knows FTP from a terminal.

use super::*;
use crate::demo::tests::client::client_config;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

struct Visitor {
    control: BufReader<TlsStream<TcpStream>>,
    connector: TlsConnector,
}

async fn connect(connector: &TlsConnector, port: u16) -> std::io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
    connector.connect(ServerName::try_from("printer").unwrap(), tcp).await
}

impl Visitor {
    /// Logs in; with a memory for TLS sessions or without.
    async fn new(demo: &crate::demo::Demo, resumes: bool) -> Self {
        let card = &demo.printers()[0];
        let mut config = client_config();
        config.resumption = if resumes { Resumption::in_memory_sessions(4) } else { Resumption::disabled() };
        let connector = TlsConnector::from(Arc::new(config));
        let control = BufReader::new(connect(&connector, card.ftps_port).await.unwrap());
        let mut visitor = Self { control, connector };
        assert!(visitor.answer().await.starts_with("220"));
        for (line, code) in [
            ("LIST".to_owned(), "530"),
            ("USER bblp".to_owned(), "331"),
            ("PASS wrong".to_owned(), "530"),
            ("USER root".to_owned(), "331"),
            (format!("PASS {}", card.access_code), "530"),
            ("USER bblp".to_owned(), "331"),
            (format!("PASS {}", card.access_code), "230"),
            ("PBSZ 0".to_owned(), "200"),
            ("PROT P".to_owned(), "200"),
        ] {
            let answer = visitor.say(&line).await;
            assert!(answer.starts_with(code), "{line}: {answer}");
        }
        visitor
    }

    async fn answer(&mut self) -> String {
        let mut line = String::new();
        self.control.read_line(&mut line).await.unwrap();
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
        ("SIZE ../bracket_v4.gcode.3mf", "550"),
        ("CWD /secret", "550"),
        ("RETR /nothing.3mf", "550"),
        ("DELE /bracket_v4.gcode.3mf", "502"),
        ("LIST", "425"),
        ("PROT C", "200"),
    ] {
        let answer = visitor.say(line).await;
        assert!(answer.starts_with(code), "{line}: {answer}");
    }
    let (nothing, end) = visitor.receive("LIST /").await;
    assert!(nothing.is_empty() && end.starts_with("522"), "a P1S sends nothing in the clear: {end}");
    demo.handle(0).unwrap().set_fault(Fault::FileMissing);
    assert!(visitor.say("SIZE /bracket_v4.gcode.3mf").await.starts_with("550"));
    assert!(visitor.say("QUIT").await.starts_with("221"));
}
