//! Texts over real sockets: a small web server on loopback that gives prepared answers.

use super::*;
use crate::net::{Net, NetOptions};
use crate::state::effect::Effect;
use std::{path::Path, sync::Mutex, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};

const NOW: i64 = 1_780_000_000;

/// A web server that gives one answer after the other and keeps the first line of each question.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let mut bytes = Vec::new();
                while !bytes.ends_with(b"\r\n\r\n") {
                    let mut part = [0; 4096];
                    match stream.read(&mut part).await {
                        Ok(count @ 1..) => bytes.extend_from_slice(&part[..count]),
                        _ => break,
                    }
                }
                let text = String::from_utf8_lossy(&bytes);
                kept.lock().expect("lock").push(text.lines().next().unwrap_or_default().to_owned());
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").clone()
    }
}

fn ok(body: &str) -> Vec<u8> {
    status("200 OK", body)
}

fn status(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

const ANSWER: &str =
    r#"{"result":0,"ver":7,"data":{"device_error":{"en":[{"ecode":"03008003","intro":"Spaghetti."}]}}}"#;

fn ask(unix: i64) -> TextRequest {
    TextRequest { prefix: Prefix::of("01P").expect("a prefix"), language: Language::English, unix }
}

struct Bench {
    net: Net,
    events: mpsc::Receiver<Event>,
}

impl Bench {
    fn new(url: &str, folder: Option<&Path>) -> Self {
        let (sender, events) = mpsc::channel(64);
        let store = folder.map(|folder| Store::new(folder.to_owned(), url));
        let texts = TextOptions { url: url.to_owned(), languages: vec![Language::English], store };
        let net = Net::new(NetOptions { timing: Timing::fast(), texts, ..NetOptions::default() }, sender);
        Self { net, events }
    }

    async fn news(&mut self) -> TextEvent {
        match timeout(Duration::from_secs(20), self.events.recv()).await.expect("in time") {
            Some(Event::Texts(news)) => news,
            other => panic!("{other:?}"),
        }
    }

    async fn fetch(&mut self, unix: i64) -> TextEvent {
        self.net.carry_out(Effect::Texts(ask(unix)));
        self.news().await
    }

    async fn fetched(&mut self, unix: i64) -> Arc<TextTable> {
        match self.fetch(unix).await {
            TextEvent::Fetched(sheet) => sheet,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn texts_are_fetched_once_a_day_kept_and_confirmed_by_their_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(vec![ok(ANSWER), ok(r#"{"result":201}"#)]).await;
    let mut bench = Bench::new(&server.url, Some(folder.path()));
    let sheet = bench.fetched(NOW).await;
    assert_eq!((sheet.table.len(), sheet.version, sheet.fetched), (1, Some(7), NOW));
    assert_eq!(bench.fetched(NOW + 80_000).await.fetched, NOW, "not asked again on the same day");
    let confirmed = bench.fetched(NOW + 90_000).await;
    assert_eq!((confirmed.fetched, &confirmed.table), (NOW + 90_000, &sheet.table));
    assert_eq!(server.asked(), ["GET /query.php?lang=en&d=01P HTTP/1.1", "GET /query.php?lang=en&d=01P&v=7 HTTP/1.1"]);
    bench.net.close().await;
    // The next run finds them, with the time they were confirmed, and has nothing to ask.
    let mut next = Bench::new(&server.url, Some(folder.path()));
    next.net.texts.read("01P00A000000001");
    next.net.texts.read("01P00A000000002");
    let TextEvent::Kept(_, kept) = next.news().await else { panic!("kept") };
    assert_eq!(kept, [Arc::clone(&confirmed)]);
    assert_eq!(next.fetched(NOW + 100_000).await, confirmed);
    assert_eq!(server.asked().len(), 2);
    next.net.close().await;
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
    let server = Server::start(vec![status("503 Service Unavailable", ""), b"HTTP".to_vec(), ok(ANSWER)]).await;
    let mut bench = Bench::new(&server.url, None);
    assert_eq!(bench.fetched(NOW).await.table.len(), 1);
    assert_eq!(server.asked().len(), 3);
    for answer in [
        status("404 Not Found", ""),
        status("403 Forbidden", "<html>Just a moment</html>"),
        status("429 Too Many Requests", ""),
        status("503 Busy\r\nretry-after: 900", ""),
        status("302 Found\r\nlocation: http://127.0.0.1:9/", ""),
        status("307 Temporary Redirect\r\nlocation: http://localhost:9/", ""),
        ok("<html>"),
        ok(r#"{"result":500}"#),
        ok(r#"{"result":201}"#),
    ] {
        let server = Server::start(vec![answer.clone(), answer.clone()]).await;
        let mut bench = Bench::new(&server.url, None);
        assert_eq!(bench.fetch(NOW).await, TextEvent::Failed(ask(NOW)), "{}", String::from_utf8_lossy(&answer));
        assert_eq!(server.asked().len(), 1, "{}", String::from_utf8_lossy(&answer));
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off_and_a_dead_server_given_up() {
    let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(LARGEST + 100_000, b' ');
    let server = Server::start(vec![endless]).await;
    let mut bench = Bench::new(&server.url, None);
    assert_eq!(bench.fetch(NOW).await, TextEvent::Failed(ask(NOW)));
    let mut nowhere = Bench::new("http://127.0.0.1:1", None);
    assert_eq!(nowhere.fetch(NOW).await, TextEvent::Failed(ask(NOW)));
    let mut nobody = Bench::new("", None);
    assert_eq!(nobody.fetch(NOW).await, TextEvent::Failed(ask(NOW)));
}
