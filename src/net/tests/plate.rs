//! The file of a job: found, fetched and read from servers that are strict, odd, slow or empty.

use super::*;
use crate::{
    protocol::{ftp::candidates, name::Name, wire::clean},
    simulator::{self, Fault, OddName, Plan, Scenario, Simulation},
    state::{
        effect::Effect,
        printer::objects::{Found, JobFileEvent, JobFileRequest, NoPlate},
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

const TURN: u32 = 7;

async fn demo(models: usize) -> Simulation {
    simulator::start(&Plan { scenario: Scenario::Busy, printers: Some(models), ..Plan::default() }).await.unwrap()
}

/// The network with one printer of a demo.
fn bench(demo: &Simulation, at: usize) -> Bench {
    let card = &demo.printers()[at];
    Bench::new(PrinterConfig {
        serial: card.serial.clone(),
        access_code: Secret::new(card.access_code.clone()),
        ftps_port: card.ftps_port,
        ..config(card.mqtt_port)
    })
}

fn wanted(demo: &Simulation, at: usize) -> JobFileRequest {
    let path = demo.control(at).unwrap().with_printer(|sim| sim.file_path().unwrap());
    JobFileRequest {
        turn: TURN,
        paths: vec!["/cache/other.3mf".into(), path],
        plate: Some(1),
        ..JobFileRequest::default()
    }
}

async fn fetch(bench: &mut Bench, wanted: JobFileRequest) -> (Result<Arc<Found>, NoPlate>, usize) {
    bench.net.carry_out(Effect::FetchPlate { who: ID, wanted: Box::new(wanted) });
    let mut steps = 0;
    let ended = bench.find(|event| match event {
        PrinterEvent::Plate(TURN, JobFileEvent::Ended(ended)) => Some(ended),
        PrinterEvent::Plate(TURN, JobFileEvent::Coming { done, all, .. }) => {
            assert!(done <= all);
            steps += 1;
            None
        }
        _ => None,
    });
    (ended.await, steps)
}

#[tokio::test]
async fn the_file_is_found_fetched_and_read_from_a_server_that_demands_session_reuse() {
    let demo = demo(4).await;
    for at in 0..4 {
        let mut bench = bench(&demo, at);
        let (found, steps) = fetch(&mut bench, wanted(&demo, at)).await;
        let found = found.unwrap_or_else(|why| panic!("{at}: {why}"));
        let parts = demo.control(at).unwrap().with_printer(|sim| sim.job.clone().unwrap().parts);
        let plate = found.sliced.plate(Some(1)).unwrap();
        let ids = |plate: &crate::protocol::plate::Plate| plate.objects.iter().map(|o| o.id).collect::<Vec<_>>();
        assert_eq!(ids(plate), parts.iter().map(|part| part.id).collect::<Vec<_>>());
        assert!(plate.labelled == Some(true) && plate.layers.is_some() && steps > 0);
        assert!(plate.objects.iter().all(|object| object.place.is_some()));
        assert_eq!(demo.control(at).unwrap().fetched(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_had_has_a_reason() {
    let demo = demo(1).await;
    let handle = demo.control(0).unwrap();
    let mut bench = bench(&demo, 0);
    let layers = handle.with_printer(|sim| sim.job.as_ref().unwrap().layers);
    let other = JobFileRequest { layers: Some(layers + 2), ..wanted(&demo, 0) };
    assert!(matches!(fetch(&mut bench, other).await.0, Err(NoPlate::OtherJob(_))));
    let near = JobFileRequest { layers: Some(layers + 1), ..wanted(&demo, 0) };
    assert!(fetch(&mut bench, near).await.0.is_ok());
    handle.set_fault(Fault::FileMissing);
    assert_eq!(fetch(&mut bench, wanted(&demo, 0)).await.0, Err(NoPlate::NotThere));
    handle.clear_faults();
    handle.set_fault(Fault::RefuseLogin(5));
    assert_eq!(fetch(&mut bench, wanted(&demo, 0)).await.0, Err(NoPlate::Link(DisconnectReason::WrongCode)));
    handle.clear_faults();
    let text =
        fetch(&mut bench, JobFileRequest { paths: vec!["/cache/a\r\nDELE b".into()], ..wanted(&demo, 0) }).await.0;
    assert_eq!(text, Err(NoPlate::Link(DisconnectReason::Internal)), "no line breaks in commands");
    handle.power_off().await;
    assert_eq!(fetch(&mut bench, wanted(&demo, 0)).await.0, Err(NoPlate::Link(DisconnectReason::ConnectionRefused)));
}

#[tokio::test]
async fn a_file_that_appears_late_is_waited_for() {
    let demo = demo(1).await;
    let handle = demo.control(0).unwrap();
    handle.set_fault(Fault::FileMissing);
    let mut bench = bench(&demo, 0);
    bench.net.carry_out(Effect::FetchPlate {
        who: ID,
        wanted: Box::new(JobFileRequest { fresh: true, ..wanted(&demo, 0) }),
    });
    assert!(bench.up().await > 0);
    handle.clear_faults();
    let ended = bench.find(|event| match event {
        PrinterEvent::Plate(TURN, JobFileEvent::Ended(ended)) => Some(ended),
        _ => None,
    });
    assert!(ended.await.is_ok());
}

#[tokio::test]
async fn the_file_of_a_job_without_a_known_name_is_the_one_written_when_the_job_began() {
    // The third model keeps its files in the cache.
    let demo = demo(3).await;
    let mut bench = bench(&demo, 2);
    let written = 1_767_268_800;
    let nameless = |started| JobFileRequest { paths: Vec::new(), started: Some(started), ..wanted(&demo, 2) };
    assert!(fetch(&mut bench, nameless(written + 60)).await.0.is_ok());
    assert_eq!(fetch(&mut bench, nameless(written + 3600)).await.0, Err(NoPlate::NotThere));
}

#[tokio::test]
async fn a_file_is_found_whatever_is_odd_about_its_name() {
    let demo = demo(3).await;
    // One keeps its files in the root, the other one in the cache.
    for at in [0, 2] {
        let (handle, mut bench) = (demo.control(at).unwrap(), bench(&demo, at));
        for odd in OddName::ALL {
            handle.set_fault(Fault::Named(odd));
            let path = handle.with_printer(|sim| sim.file_path().unwrap());
            let (said, stored) = odd.said_and_stored();
            assert!(path.ends_with(stored) && path.contains('/'));
            let stem = |name: &str| name.trim_end_matches(".3mf").trim_end_matches(".gcode").to_owned();
            // As it is said, as a person reads it, and without the blanks; with the file's name or the job's alone.
            let texts = [said.to_owned(), clean(said), said.replace(&stem(said), stem(said).trim())];
            let names = texts.iter().flat_map(|text| {
                [(Name::from(text.as_str()), Name::default()), (Name::default(), Name::from(&*stem(text)))]
            });
            for (file, job) in names {
                let wanted = JobFileRequest { paths: candidates(&file, &job), ..wanted(&demo, at) };
                let found = fetch(&mut bench, wanted).await.0;
                assert_eq!(found.map(|found| found.path.clone()), Ok(clean(&path)), "{at} {odd:?} {file:?} {job:?}");
            }
        }
        handle.clear_faults();
    }
}

#[tokio::test]
async fn plain_data_connections_are_a_last_resort_of_models_that_need_them() {
    let demo = demo(1).await;
    demo.control(0).unwrap().set_fault(Fault::FilePlain);
    let mut bench = bench(&demo, 0);
    let (refused, _) = fetch(&mut bench, wanted(&demo, 0)).await;
    assert!(matches!(refused, Err(NoPlate::Link(_))), "{refused:?}");
    let plain = || JobFileRequest { plain: true, ..wanted(&demo, 0) };
    for _ in 0..2 {
        let found = fetch(&mut bench, plain()).await.0.expect("and remembered");
        assert!(found.plain, "and told");
    }
    // Where TLS has worked once, a refusal is a refusal.
    demo.control(0).unwrap().clear_faults();
    let mut other = self::bench(&demo, 0);
    assert!(!fetch(&mut other, plain()).await.0.expect("over TLS").plain);
    demo.control(0).unwrap().set_fault(Fault::FilePlain);
    let (refused, _) = fetch(&mut other, plain()).await;
    assert!(matches!(refused, Err(NoPlate::Link(DisconnectReason::Protocol(_)))), "{refused:?}");
}

/// What an odd server does.
#[derive(Debug, Clone, Copy)]
struct Odd {
    /// Bytes it sends of those it announced.
    sends: usize,
    /// What it says afterwards.
    says: &'static str,
    /// It refuses to encrypt the data connection, before anything goes over it or after a while, in these words.
    refuses: &'static str,
    /// It waits for ever when a data connection is to be encrypted.
    hangs: bool,
    /// Somebody on the way breaks the handshake of the data connection, and it says so with these words.
    broken: &'static str,
}

impl Default for Odd {
    fn default() -> Self {
        Self { sends: FILE.len(), says: "226 done", refuses: "", hangs: false, broken: "" }
    }
}

const FILE: &[u8] = b"no archive, but of a known size";

/// A server that shows one certificate and gives one file in its own way.
async fn odd(odd: Odd) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let acceptor = Paper::of(SERIAL).acceptor(rustls::ALL_VERSIONS);
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(serve(tcp, acceptor.clone(), odd));
        }
    });
    port
}

async fn serve(tcp: TcpStream, acceptor: tokio_rustls::TlsAcceptor, odd: Odd) {
    let Ok(stream) = acceptor.accept(tcp).await else { return };
    let mut control = BufReader::new(stream);
    let data = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let [high, low] = data.local_addr().unwrap().port().to_be_bytes();
    control.write_all(b"220-Hello\r\n 1\r\n220 you\r\n").await.unwrap();
    let (mut line, mut plain) = (String::new(), false);
    while control.read_line(&mut line).await.is_ok_and(|n| n > 0) {
        let (answer, last) = match line.split_whitespace().next() {
            Some("USER") => ("331 go on".to_owned(), ""),
            // Another address than its own, as behind a router.
            Some("PASV") => (format!("227 here (10,9,8,7,{high},{low})"), ""),
            Some("SIZE") => (format!("213 {}", FILE.len()), ""),
            Some("RETR") => ("150 it comes".to_owned(), odd.says),
            _ => ("200 fine".to_owned(), ""),
        };
        plain |= line.starts_with("PROT C");
        if last.is_empty() {
            control.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        } else {
            let (tcp, _) = data.accept().await.unwrap();
            if !odd.refuses.is_empty() && !plain {
                // Long enough for whatever a client begins by itself; then its data connection breaks before the word comes.
                tokio::time::sleep(Duration::from_millis(30)).await;
                drop(tcp);
                tokio::time::sleep(Duration::from_millis(30)).await;
                control.write_all(format!("{}\r\n", odd.refuses).as_bytes()).await.unwrap();
                control.flush().await.unwrap();
                line.clear();
                continue;
            }
            control.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            control.flush().await.unwrap();
            if !odd.broken.is_empty() && !plain {
                drop(tcp);
                control.write_all(format!("{}\r\n", odd.broken).as_bytes()).await.unwrap();
                control.flush().await.unwrap();
                line.clear();
                continue;
            }
            if odd.hangs && !plain {
                std::future::pending::<()>().await;
            }
            let bytes = &FILE.repeat(2)[..odd.sends];
            if plain {
                let mut tcp = tcp;
                tcp.write_all(bytes).await.unwrap();
                drop(tcp);
                control.write_all(format!("{last}\r\n").as_bytes()).await.unwrap();
                control.flush().await.unwrap();
                line.clear();
                continue;
            }
            let Ok(mut stream) = acceptor.accept(tcp).await else { return };
            stream.write_all(bytes).await.unwrap();
            stream.flush().await.unwrap();
            // No goodbye of TLS.
            drop(stream);
            control.write_all(format!("{last}\r\n").as_bytes()).await.unwrap();
        }
        control.flush().await.unwrap();
        line.clear();
    }
}

#[tokio::test]
async fn the_size_decides_whether_a_file_is_whole() {
    let all = FILE.len();
    for (sends, says, whole) in [
        (all, "226 done", true),
        (all, "426 broken", true),
        (all - 1, "226 done", false),
        (all - 1, "426 broken", false),
        (all + 1, "226 done", false),
    ] {
        let port = odd(Odd { sends, says, ..Odd::default() }).await;
        let mut bench = Bench::new(PrinterConfig { ftps_port: port, ..config(1) });
        let wanted = JobFileRequest { turn: TURN, paths: vec!["/a.3mf".into()], ..JobFileRequest::default() };
        let (got, _) = fetch(&mut bench, wanted).await;
        // A whole file is looked into, and is no archive.
        let looked_into = matches!(got, Err(NoPlate::Unreadable(..)));
        assert_eq!(looked_into, whole, "{says} after {sends} bytes: {got:?}");
        assert!(whole || matches!(got, Err(NoPlate::Link(DisconnectReason::Protocol(_)))), "{got:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_anybody_can_break_is_no_reason_to_do_without() {
    let port = odd(Odd { hangs: true, ..Odd::default() }).await;
    let mut bench = Bench::hasty(PrinterConfig { ftps_port: port, ..config(1) });
    let wanted =
        |plain| JobFileRequest { turn: TURN, paths: vec!["/a.3mf".into()], plain, ..JobFileRequest::default() };
    for plain in [false, true] {
        let (got, _) = fetch(&mut bench, wanted(plain)).await;
        assert!(matches!(got, Err(NoPlate::Link(DisconnectReason::TimedOut(_)))), "{got:?}");
    }
    for broken in ["522 SSL connection failed", "425 no connection", "426 broken"] {
        let port = odd(Odd { broken, ..Odd::default() }).await;
        let mut bench = Bench::hasty(PrinterConfig { ftps_port: port, ..config(1) });
        for _ in 0..2 {
            let (got, _) = fetch(&mut bench, wanted(true)).await;
            assert!(matches!(got, Err(NoPlate::Link(_))), "{broken}: {got:?}");
        }
    }
}

#[tokio::test]
async fn after_a_handshake_that_failed_the_file_server_is_left_alone_for_a_while() {
    let wanted =
        || JobFileRequest { turn: TURN, paths: vec!["/a.3mf".into()], fresh: true, ..JobFileRequest::default() };
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let visits = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&visits);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((tcp, _)) = silent.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            held.push(tcp);
        }
    });
    // The handshake of the control connection, that of the data connection, a wrong certificate: each leaves a server stuck.
    let hangs = odd(Odd { hangs: true, ..Odd::default() }).await;
    let broken = odd(Odd { broken: "426 broken", ..Odd::default() }).await;
    let long = Duration::from_secs(600);
    for (port, rests) in [(port, true), (hangs, true), (broken, true), (1, false)] {
        let timing = Timing { file_rest: long, ..hasty() };
        let config = PrinterConfig { ftps_port: port, ..config(1) };
        let mut bench = Bench::with(config.clone(), timing, Pins::default(), 64);
        let (first, _) = fetch(&mut bench, wanted()).await;
        assert!(matches!(first, Err(NoPlate::Link(_))), "{first:?}");
        // A newer job does not get there sooner.
        let again = timeout(Duration::from_millis(300), fetch(&mut bench, wanted())).await;
        assert_eq!(again.is_err(), rests, "{port}: {again:?}");
        // Another address is another server.
        if rests {
            bench.net.reconfigure(ID, config);
            let (other, _) = fetch(&mut bench, wanted()).await;
            assert!(matches!(other, Err(NoPlate::Link(_))), "{other:?}");
        }
    }
    assert_eq!(visits.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_refusal_before_the_transfer_is_one_however_late_it_comes() {
    for (refuses, plain, read) in [
        ("522 no", true, true),
        ("425 TLS session of data connection not resumed", true, true),
        ("522 no", false, false),
        ("426 broken", true, false),
        ("451 no", true, false),
    ] {
        let port = odd(Odd { refuses, ..Odd::default() }).await;
        let mut bench = Bench::new(PrinterConfig { ftps_port: port, ..config(1) });
        let wanted = JobFileRequest { turn: TURN, paths: vec!["/a.3mf".into()], plain, ..JobFileRequest::default() };
        let (got, _) = fetch(&mut bench, wanted).await;
        assert_eq!(matches!(got, Err(NoPlate::Unreadable(..))), read, "{refuses}: {got:?}");
    }
}

#[tokio::test]
async fn another_certificate_ends_the_visit_before_the_code_is_sent() {
    let port = odd(Odd::default()).await;
    let pins = Pins::default();
    pins.learn(SERIAL, &"ab".repeat(32));
    let mut bench = Bench::with(PrinterConfig { ftps_port: port, ..config(1) }, Timing::fast(), pins, 64);
    let wanted = JobFileRequest { turn: TURN, plain: true, paths: vec!["/a.3mf".into()], ..JobFileRequest::default() };
    let (got, _) = fetch(&mut bench, wanted).await;
    assert!(matches!(got, Err(NoPlate::Link(DisconnectReason::CertificateChanged { .. }))), "{got:?}");
}
