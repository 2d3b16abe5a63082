//! Hooks end to end: programs that write down what they get, and a small web server on loopback.

use super::*;
use crate::{
    config::Secret,
    net::{Net, NetOptions, Timing},
    state::{
        PrinterId,
        effect::Effect,
        notify::notification::{EventKind, EventKinds},
    },
};
use std::{sync::Mutex, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};

fn news(event_kind: EventKind) -> Notification {
    Notification {
        event_kind,
        who: PrinterId(0),
        printer: "Workshop \"P1S\"".into(),
        serial: "01P00A000000001".into(),
        model: "P1S",
        job: Some("cube".into()),
        percent: Some(100),
        reason: None,
        code: None,
        unix: 1_780_000_000,
        late: false,
        by_person: false,
        more: 0,
        danger: false,
    }
}

fn hook(carrier: Carrier) -> Hook {
    let on = [EventKind::PrintFinished].into_iter().collect();
    Hook { on, carrier, serials: vec![], timeout: Duration::from_secs(5), retries: 0 }
}

fn run(program: &str, args: &[&str]) -> Hook {
    hook(Carrier::Run { program: program.into(), args: args.iter().map(ToString::to_string).collect() })
}

fn post(url: String, retries: u32) -> Hook {
    let headers = vec![("Authorization".to_owned(), Secret::new("Bearer sEcr3t"))];
    Hook { retries, ..hook(Carrier::Post { url: Secret::new(url), host: "127.0.0.1".into(), headers }) }
}

fn net(hooks: Vec<Hook>) -> (Net, mpsc::Receiver<Event>) {
    let (sender, events) = mpsc::channel(64);
    let options = NetOptions { timing: Timing::fast(), hooks, ..NetOptions::default() };
    (Net::new(options, sender), events)
}

async fn failure(events: &mut mpsc::Receiver<Event>) -> HookFailure {
    match timeout(Duration::from_secs(20), events.recv()).await.expect("in time") {
        Some(Event::Hook(failure)) => *failure,
        other => panic!("{other:?}"),
    }
}

/// A web server that gives one answer after the other and keeps what it was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let mut bytes = Vec::new();
                while !is_whole(&bytes) {
                    let mut part = [0; 4096];
                    match stream.read(&mut part).await {
                        Ok(count @ 1..) => bytes.extend_from_slice(&part[..count]),
                        _ => break,
                    }
                }
                kept.lock().expect("lock").push(String::from_utf8_lossy(&bytes).into_owned());
                let answer = answer.replace("PORT", &port.to_string());
                let head = format!("HTTP/1.1 {answer}content-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(head.as_bytes()).await;
            }
        });
        Self { port, asked }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks/t0ken", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").clone()
    }

    async fn has_been_asked(&self, times: usize) {
        timeout(Duration::from_secs(20), async {
            while self.asked().len() < times {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("in time");
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

const OK: &str = "204 No Content\r\n";

fn answers(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_gets_the_json_on_its_standard_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, done) = (folder.path().join("news"), folder.path().join("done"));
    let script = format!("cat > {} && touch {}", file.display(), done.display());
    let mut other = run("sh", &["-c", "exit 1"]);
    other.serials = vec!["another".into()];
    let (mut net, mut events) = net(vec![run("sh", &["-c", &script]), other]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintStarted))));
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    timeout(Duration::from_secs(20), async {
        while !done.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("in time");
    net.close().await;
    assert!(events.try_recv().is_err(), "no failure");
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(text.ends_with("}\n"), "one line: {text}");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let expected = serde_json::json!({
        "event": "print.finished",
        "time": 1_780_000_000,
        "printer": {"name": "Workshop \"P1S\"", "serial": "01P00A000000001", "model": "P1S"},
        "job": {"name": "cube", "percent": 100},
        "reason": null,
        "code": null,
        "late": false,
        "more": 0,
        "danger": false,
    });
    assert_eq!(json, expected);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_fails_or_is_missing_is_named_without_its_arguments() {
    let (mut net, mut events) = net(vec![run("/bin/sh", &["-c", "echo t0ken; exit 3"])]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let failed = failure(&mut events).await;
    assert_eq!((failed.hook.as_str(), failed.event_kind), ("sh", EventKind::PrintFinished));
    assert!(failed.why.contains("exit status: 3") && !failed.why.contains("t0ken"), "{}", failed.why);
    net.close().await;
    let (mut net, mut events) = self::net(vec![run("/nonexistent/program", &[])]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let failed = failure(&mut events).await;
    assert!(failed.why.starts_with("cannot be started"), "{}", failed.why);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_takes_too_long_ends_with_all_it_has_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; wait", pid.display());
    let slow = Hook { timeout: Duration::from_millis(500), ..run("sh", &["-c", &script]) };
    let (mut net, mut events) = net(vec![slow]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    assert!(failure(&mut events).await.why.contains("took longer"));
    let child: i32 = std::fs::read_to_string(pid).expect("written").trim().parse().expect("a number");
    let child = rustix::process::Pid::from_raw(child).expect("a process");
    timeout(Duration::from_secs(10), async {
        // Killed and taken in by its new parent, or at least on its way there.
        while rustix::process::test_kill_process(child).is_ok() && !is_zombie(child.as_raw_nonzero().get()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the child has ended too");
}

#[cfg(unix)]
fn is_zombie(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_bounded_and_what_is_left_out_is_told() {
    let slow = Hook { timeout: Duration::from_secs(30), ..run("sleep", &["30"]) };
    let (mut net, mut events) = net(vec![slow]);
    for _ in 0..WAITING + AT_ONCE + 10 {
        net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    }
    assert!(failure(&mut events).await.why.contains("too many hooks"));
    // The end does not wait for them.
    timeout(Duration::from_secs(10), net.close()).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_json_is_posted_with_its_headers() {
    let server = Server::start(answers(&[OK])).await;
    let (mut net, mut events) = net(vec![post(server.url(), 0)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    server.has_been_asked(1).await;
    net.close().await;
    assert!(events.try_recv().is_err(), "no failure");
    let asked = server.asked().remove(0);
    let (head, body) = asked.split_once("\r\n\r\n").expect("head and body");
    assert!(head.starts_with("POST /hooks/t0ken HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("content-type: application/json") && head.contains("user-agent: bambu-tui/"), "{head}");
    assert!(head.contains("authorization: bearer secr3t"), "{head}");
    let json: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!((json["event"].as_str(), json["job"]["percent"].as_i64()), (Some("print.finished"), Some(100)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
    let busy = answers(&["429 Too Many Requests\r\nretry-after: 0\r\n", "503 Down\r\nretry-after: 0\r\n", OK]);
    let server = Server::start(busy).await;
    let (mut net, mut events) = net(vec![post(server.url(), 2)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    server.has_been_asked(3).await;
    net.close().await;
    assert!(events.try_recv().is_err(), "no failure");

    let server = Server::start(answers(&["404 Not Found\r\n", OK])).await;
    let (mut net, mut events) = self::net(vec![post(server.url(), 2)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let failed = failure(&mut events).await;
    assert_eq!((failed.hook.as_str(), failed.why.as_str()), ("127.0.0.1", "the server answered 404 Not Found"));
    assert_eq!(server.asked().len(), 1);

    let date = "date: Mon, 01 Jun 2026 10:00:00 GMT\r\nretry-after: Mon, 01 Jun 2026 11:00:00 GMT\r\n";
    let server = Server::start(vec![format!("503 Down\r\n{date}"), OK.to_owned()]).await;
    let (mut net, mut events) = self::net(vec![post(server.url(), 2)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let failed = failure(&mut events).await;
    assert!(failed.why.contains("asks to wait 3600 s"), "{}", failed.why);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_stays_at_its_host_and_keeps_the_body() {
    let moved = "307 Moved\r\nlocation: http://127.0.0.1:PORT/new\r\n";
    let server = Server::start(answers(&[moved, OK])).await;
    let (mut net, _events) = net(vec![post(server.url(), 0)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    server.has_been_asked(2).await;
    assert!(server.asked()[1].starts_with("POST /new") && server.asked()[1].contains("print.finished"));

    let away = "307 Moved\r\nlocation: http://localhost:PORT/new\r\n";
    let server = Server::start(answers(&[away, OK])).await;
    let (mut net, mut events) = self::net(vec![post(server.url(), 2)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    assert!(failure(&mut events).await.why.contains("307"), "another host");
    let empty = "302 Found\r\nlocation: /new\r\n";
    let server = Server::start(answers(&[empty, OK])).await;
    let (mut net, mut events) = self::net(vec![post(server.url(), 2)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    assert!(failure(&mut events).await.why.contains("the address has moved"), "it would lose the body");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_told_without_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let (mut net, mut events) = net(vec![post(format!("http://127.0.0.1:{port}/t0ken"), 1)]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let failed = failure(&mut events).await;
    assert!(failed.why.to_lowercase().contains("refused") && !failed.why.contains("t0ken"), "{}", failed.why);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_no_server_for_https() {
    // Also where the machine has no authorities at all: a failure in words, never a panic.
    let server = Server::start(answers(&[OK])).await;
    let secure = post(server.url().replace("http:", "https:"), 0);
    let (mut net, mut events) = net(vec![Hook { timeout: Duration::from_millis(500), ..secure }]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let failed = failure(&mut events).await;
    assert!(!failed.why.contains("t0ken"), "{}", failed.why);
    assert!(server.asked().iter().all(|asked| !asked.contains("print.finished")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_started_without_hooks() {
    let (mut net, _events) = net(vec![]);
    net.carry_out(Effect::Tell(Box::new(news(EventKind::PrintFinished))));
    let everything = Hook { on: EventKinds::ALL, ..run("true", &[]) };
    assert!(EventKind::ALL.iter().all(|one| everything.wants(*one, "any")));
}
