//! The vendor's server for texts that is not there: a small web server with a few sentences of our own, a version, and
//! "unchanged" for those who have it already.

use super::SimulationError;
use super::control::listen;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Version of the texts.
const VERSION: i64 = 202_601_010_001;
/// A question has at most so many bytes and comes within this time.
const HEAD: usize = 8 << 10;
const PATIENCE: Duration = Duration::from_secs(5);

/// The running server.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Texts {
    /// Starts it on any free port.
    pub(super) async fn start(bind: IpAddr, stop: CancellationToken) -> Result<Self, SimulationError> {
        let (listener, port) = listen((bind, 0).into()).await?;
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        tokio::spawn(serve(listener, Arc::clone(&asked), stop));
        Ok(Self { address: (bind, port).into(), asked })
    }

    /// Every question so far: path and parameters.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(listener: TcpListener, asked: Arc<Mutex<Vec<String>>>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            client = listener.accept() => match client {
                Ok((stream, _)) => {
                    tokio::spawn(timeout(PATIENCE, serve_session(stream, Arc::clone(&asked))));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn serve_session(mut stream: TcpStream, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 1024];
        match stream.read(&mut part).await {
            Ok(count @ 1..) if head.len() < HEAD => head.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    let (status, body) = match answer(path) {
        Some(body) => ("200 OK", body.to_string()),
        None => ("404 Not Found", String::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// What is said to a question; `None`: there is nothing at this path.
fn answer(path: &str) -> Option<Value> {
    let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
    if path != "/query.php" {
        return None;
    }
    let of = |name: &str| {
        let pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
    };
    if of("d").is_none_or(|prefix| prefix.len() != 3) {
        return Some(json!({"result": 400, "t": super::unix_now()}));
    }
    if of("v") == Some(VERSION.to_string().as_str()) {
        return Some(json!({"result": 201, "t": super::unix_now()}));
    }
    // A language that is not there is answered in English, under the name of English.
    let language = if of("lang") == Some("de") { "de" } else { "en" };
    let rows = |digits: usize| -> Vec<Value> {
        let rows = sentences(language).into_iter().filter(|(code, _)| code.len() == digits);
        rows.map(|(code, text)| json!({"ecode": code, "intro": text})).collect()
    };
    Some(json!({"result": 0, "t": super::unix_now(), "ver": VERSION, "data": {
        "device_hms": {"ver": VERSION, language: rows(16)},
        "device_error": {"ver": VERSION, language: rows(8)},
    }}))
}

/// Code and sentence.
type Sentence = (String, String);

fn sentences(language: &str) -> Vec<Sentence> {
    let plain: &[(&str, &str)] = if language == "de" { GERMAN } else { ENGLISH };
    let mut out: Vec<Sentence> = plain.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect();
    // As the vendor's do, those of the AMS repeat for every unit and slot.
    for unit in 0..4_u8 {
        let letter = char::from(b'A' + unit);
        out.push((format!("07{unit:02X}8011"), runout(language, letter, None)));
        for slot in 0..4_u8 {
            let code = format!("07{unit:02X}2{slot}0000020001");
            out.push((code, runout(language, letter, Some(slot + 1))));
        }
    }
    out
}

fn runout(language: &str, unit: char, slot: Option<u8>) -> String {
    match (language, slot) {
        ("de", None) => {
            format!("In AMS {unit} ist das Filament ausgegangen.\nLegen Sie eine neue Spule derselben Sorte ein.")
        }
        ("de", Some(slot)) => format!("AMS {unit}: Fach {slot} hat kein Filament mehr."),
        (_, None) => format!("AMS {unit} has used up its filament.\nPut in a new spool of the same kind to go on."),
        (_, Some(slot)) => format!("AMS {unit}: there is no filament left in slot {slot}."),
    }
}

/// The sentences of the simulated vendor; an empty one is a message that it keeps to itself.
#[rustfmt::skip]
const ENGLISH: &[(&str, &str)] = &[
    ("03008003", "Loose strands were noticed that look like spaghetti, not like the part.\nLook at the plate: stop the job if the part has come off, or let it go on."),
    ("03008005", "The cover at the front of the tool head is not in its place.\nPut it back before you go on."),
    ("03004006", "Nothing comes out of the nozzle any more. Clean it before the next job."),
    ("0500400B", "The job could not be fetched. Check the printer's connection and send the job again."),
    ("07008010", "The motor of the AMS works too hard.\nSee whether the filament is tangled on its spool."),
    ("0500050000010007", "A command came without the signature that this firmware asks for, and was not carried out."),
    ("0C00030000030007", "The first layer may not be as it should."),
    ("0300010000010007", "The sensor of the bed's temperature does not read as it should."),
    ("0300010000030008", "The bed is a little slower to get warm than it should be."),
    ("0300120000020001", "The cover at the front of the tool head has come off."),
    ("03001A0000020002", "Nothing or too little comes out of the nozzle: it may be clogged."),
    ("0500010000030004", "There is little room left on the memory card."),
    ("0501040000030002", "It is time to grease the rods."),
    ("0C0003000001001E", "Smoke was seen in the chamber. Switch the printer off."),
    ("0C0003000002000C", "The marker of the build plate was not found."),
    ("0C00030000030006", "Waste filament may have piled up in the chute."),
    ("0C00030000030008", "The print may be failing: strands were seen."),
    ("1200200000020001", "The AMS Lite has no filament left in its first slot."),
    ("1800100000010003", "The first slot of the AMS HT does not turn as it should."),
    ("0500060000020070", ""),
];

#[rustfmt::skip]
const GERMAN: &[(&str, &str)] = &[
    ("03008003", "Lose Fäden deuten auf einen misslungenen Druck hin.\nSehen Sie nach dem Teil: Auftrag abbrechen, wenn es sich gelöst hat, sonst fortsetzen."),
    ("03008005", "Die vordere Abdeckung des Werkzeugkopfs sitzt nicht an ihrem Platz.\nSetzen Sie sie ein, bevor es weitergeht."),
    ("0500060000020070", ""),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codes::{Code, HmsCode, PrintError};
    use crate::protocol::texts::{Language, Prefix, TextResponse, parse, query};

    fn ask(path: &str) -> Vec<u8> {
        answer(path).expect("an answer").to_string().into_bytes()
    }

    #[test]
    fn the_server_answers_as_the_vendor_does() {
        let prefix = Prefix::of("01P").expect("a prefix");
        let first = ask(&query(prefix, Language::English, None));
        let Ok(TextResponse::New(table, Some(VERSION))) = parse(&first, Language::English) else { panic!("texts") };
        let spaghetti = table.get(Code::Error(PrintError(0x0300_8003))).expect("a text");
        assert!(spaghetti.contains("strands") && spaghetti.contains(". Look"), "{spaghetti}");
        assert_eq!(table.get(Code::Hms(HmsCode { attr: 0x0500_0600, code: 0x0002_0070 })), Some(""));
        let slot = table.get(Code::Hms(HmsCode { attr: 0x0702_2100, code: 0x0002_0001 }));
        assert_eq!(slot, Some("AMS C: there is no filament left in slot 2."));
        let again = ask(&query(prefix, Language::English, Some(VERSION)));
        assert_eq!(parse(&again, Language::English), Ok(TextResponse::Unchanged));
        let german = ask(&query(prefix, Language::German, Some(1)));
        assert!(matches!(parse(&german, Language::German), Ok(TextResponse::New(table, _)) if !table.is_empty()));
        let dutch = ask(&query(prefix, Language::Dutch, None));
        assert!(matches!(parse(&dutch, Language::Dutch), Ok(TextResponse::New(table, _)) if table.is_empty()));
        assert!(parse(&ask("/query.php?lang=en"), Language::English).is_err());
        assert_eq!(answer("/elsewhere"), None);
    }
}
