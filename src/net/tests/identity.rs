//! The access code goes to the right printer or to nobody.

use super::*;
use crate::{
    net::{Delays, tls::vendor::tests::Authority},
    state::{
        effect::Effect,
        printer::{
            certificate::{Certificate, Known, Signer},
            objects::JobFileRequest,
        },
    },
};
use broker::Seen;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Each TLS version alone.
const BOTH: [&[&rustls::SupportedProtocolVersion]; 2] = [&[&rustls::version::TLS12], &[&rustls::version::TLS13]];

async fn refused_before_login(paper: Paper, pins: Pins) -> DisconnectReason {
    refused_by(Authorities::default(), paper, pins).await
}

async fn refused_by(authorities: Authorities, paper: Paper, pins: Pins) -> DisconnectReason {
    let mut broker = Broker::start(Manner::of(paper)).await;
    let mut bench = Bench::strict(config(broker.port), pins, authorities);
    let (why, _) = bench.down().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(broker.so_far().is_empty(), "nothing may be said to {why:?}");
    why
}

#[tokio::test]
async fn another_name_is_another_printer() {
    let why = refused_before_login(Paper::of("03900A000000002"), Pins::default()).await;
    assert_eq!(why, DisconnectReason::OtherPrinter { expected: SERIAL.into(), found: "03900A000000002".into() });
    let (_broker, bench, _) = connected(|manner| manner.paper = Paper::of(&SERIAL.to_lowercase())).await;
    assert!(bench.pins.get(SERIAL).is_some());
}

#[tokio::test]
async fn a_refused_certificate_is_not_pinned_and_is_looked_at_again_seldom() {
    let broker = Broker::start(Manner::of(Paper::of("someone else"))).await;
    let certificate = Delays { first: Duration::from_millis(300), longest: Duration::from_millis(500), jitter: 0.0 };
    let timing = Timing { certificate, ..Timing::fast() };
    let mut bench = Bench::with(config(broker.port), timing, Pins::default(), 64);
    assert_eq!(bench.down().await.1, Some(certificate.first));
    assert!(bench.quiet().await);
    assert_eq!(bench.down().await.1, Some(certificate.longest), "it looked again by itself");
    assert_eq!(bench.pins.get(SERIAL), None);
}

#[tokio::test]
async fn a_changed_certificate_stops_everything_until_it_is_trusted() {
    let (old, new) = (Paper::of(SERIAL), Paper::of(SERIAL));
    let pins = Pins::default();
    pins.learn(SERIAL, &old.fingerprint());
    let mut broker = Broker::start(Manner::of(new.clone())).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), pins, 64);
    let found = Certificate { fingerprint: new.fingerprint(), signer: Signer::Unknown };
    let changed = DisconnectReason::CertificateChanged { pinned: old.fingerprint(), found, configured: false };
    assert_eq!(bench.down().await, (changed, Some(Timing::fast().certificate.first)));
    assert!(bench.quiet().await);
    assert!(broker.so_far().is_empty(), "the access code must not be sent");
    bench.net.carry_out(Effect::Trust { who: ID, fingerprint: new.fingerprint(), before: Some(old.fingerprint()) });
    bench.up().await;
    assert_eq!(bench.pins.get(SERIAL), Some(new.fingerprint()));
}

#[tokio::test]
async fn the_fingerprint_of_the_configuration_goes_before_the_learned_one() {
    let (old, new) = (Paper::of(SERIAL), Paper::of("any name"));
    let pins = Pins::default();
    pins.learn(SERIAL, &old.fingerprint());
    let broker = Broker::start(Manner::of(new.clone())).await;
    let mut told = config(broker.port);
    told.fingerprint = Some(new.fingerprint());
    Bench::with(told, Timing::fast(), pins, 64).up().await;
    let broker = Broker::start(Manner::of(old.clone())).await;
    let mut told = config(broker.port);
    told.fingerprint = Some(new.fingerprint());
    let mut bench = Bench::new(told);
    assert!(matches!(bench.down().await.0, DisconnectReason::CertificateChanged { configured: true, .. }));
    // Nobody can accept another one against the configuration.
    bench.net.carry_out(Effect::Trust { who: ID, fingerprint: old.fingerprint(), before: None });
    assert!(matches!(bench.down().await.0, DisconnectReason::CertificateChanged { configured: true, .. }));
}

/// A server that shows a certificate and writes down whatever is said to it afterwards, on any transport.
async fn spy(paper: Paper) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (acceptor, all) = (paper.acceptor(rustls::ALL_VERSIONS), Arc::clone(&all));
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(tcp).await else { return };
                // A file server speaks first; the others do not mind.
                let _ = stream.write_all(b"220 ready\r\n331 go on\r\n").await;
                let mut buffer = [0; 1024];
                while let Ok(len @ 1..) = stream.read(&mut buffer).await {
                    all.lock().unwrap().extend_from_slice(&buffer[..len]);
                }
            });
        }
    });
    (port, heard)
}

/// Goes every transport there is to a printer, long enough for each to say something.
async fn every_transport(bench: &mut Bench) {
    let size = Some(crate::state::printer::camera::PictureSize { width: 8, height: 8 });
    bench.net.carry_out(Effect::Watch { who: ID, size });
    let wanted = JobFileRequest { turn: 1, plain: true, paths: vec!["/a.3mf".into()], ..JobFileRequest::default() };
    bench.net.carry_out(Effect::FetchPlate { who: ID, wanted: Box::new(wanted) });
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test]
async fn who_makes_a_certificate_with_the_right_name_hears_nothing_on_any_transport() {
    let (vendor, posing) = (Authority::new("BBL CA"), Authority::new("BBL CA"));
    let trusted = Authority::trusted(&[&vendor]);
    let other = Paper::signed(&vendor, "03900A000000002");
    let own_key = rcgen::KeyPair::generate().unwrap();
    let stolen = Paper { key: own_key.serialize_der(), ..Paper::signed(&vendor, SERIAL) };
    let chained = Paper { beside: vec![other.certificate.clone()], ..Paper::of(SERIAL) };
    for paper in [Paper::of(SERIAL), Paper::signed(&posing, SERIAL), other, stolen, chained] {
        let (port, heard) = spy(paper).await;
        let mut bench = Bench::strict(config(port), Pins::default(), trusted.clone());
        every_transport(&mut bench).await;
        assert_eq!(heard.lock().unwrap().len(), 0, "nothing may be said");
        assert_eq!(bench.pins.get(SERIAL), None, "nor anything be pinned");
    }
    // The spy does hear what is said, once a person has accepted it.
    let paper = Paper::of(SERIAL);
    let (port, heard) = spy(paper.clone()).await;
    let mut bench = Bench::strict(config(port), Pins::default(), trusted);
    assert!(
        matches!(bench.down().await, (DisconnectReason::SelfMade(found), Some(_)) if found.fingerprint == paper.fingerprint())
    );
    bench.net.carry_out(Effect::Trust { who: ID, fingerprint: paper.fingerprint(), before: None });
    while bench.pins.get(SERIAL).is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    every_transport(&mut bench).await;
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
    assert!(heard.matches(CODE).count() >= 3 && heard.contains("PASS"), "{heard:?}");
}

#[tokio::test]
async fn the_one_that_the_vendor_signed_is_pinned_and_told_once() {
    let vendor = Authority::new("BBL CA");
    let trusted = Authority::trusted(&[&vendor]);
    let paper = Paper::signed(&vendor, SERIAL);
    let broker = Broker::start(Manner::of(paper.clone())).await;
    let pins = Pins::default();
    for known in [Known::New, Known::Pinned] {
        let mut bench = Bench::strict(config(broker.port), pins.clone(), trusted.clone());
        let told = bench.find(|event| match event {
            PrinterEvent::Certificate(certificate, known) => Some((certificate, known)),
            _ => None,
        });
        let certificate = Certificate { fingerprint: paper.fingerprint(), signer: Signer::Vendor };
        assert_eq!(told.await, (certificate, known));
        bench.up().await;
        assert_eq!(pins.get(SERIAL), Some(paper.fingerprint()));
        bench.net.carry_out(Effect::Reconnect(ID));
        let again = bench.find(|event| match event {
            PrinterEvent::Certificate(..) => Some(true),
            PrinterEvent::Link(ConnectionEvent::Up { .. }) => Some(false),
            _ => None,
        });
        assert!(!again.await, "the same is no news");
    }
    // Another one that the vendor signed for the same serial is a changed one.
    let why = refused_by(trusted, Paper::signed(&vendor, SERIAL), pins).await;
    assert!(matches!(why, DisconnectReason::CertificateChanged { found, .. } if found.signer == Signer::Vendor));
}

#[tokio::test]
async fn nobody_is_asked_about_a_certificate_whose_key_is_not_held() {
    let own_key = rcgen::KeyPair::generate().unwrap();
    let stolen = Paper { key: own_key.serialize_der(), ..Paper::of(SERIAL) };
    let pinned = Pins::default();
    pinned.learn(SERIAL, &"ab".repeat(32));
    for pins in [Pins::default(), pinned] {
        let why = refused_before_login(stolen.clone(), pins).await;
        assert!(matches!(&why, DisconnectReason::Tls(words) if words.contains("does not hold the key")), "{why:?}");
    }
}

#[tokio::test]
async fn a_pin_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let pins = Pins::load(Some(folder.path().join("file/known_printers"))).unwrap();
    std::fs::write(folder.path().join("file"), "in the way").unwrap();
    let broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), pins, 64);
    bench.find(|event| matches!(event, PrinterEvent::PinNotKept(why) if !why.is_empty()).then_some(())).await;
}

#[tokio::test]
async fn a_pin_that_waits_for_another_program_is_told_before_anybody_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("known_printers");
    let held = crate::storage::private_files::lock(&path).unwrap();
    let broker = Broker::start(Manner::of(Paper::of(SERIAL))).await;
    let mut bench = Bench::with(config(broker.port), Timing::default(), Pins::load(Some(path.clone())).unwrap(), 64);
    let waits = timeout(Duration::from_secs(60), async {
        loop {
            match bench.events.recv().await.expect("a network") {
                Event::Printer(_, PrinterEvent::PinWaits(lock)) => return lock,
                Event::Printer(_, PrinterEvent::Link(ConnectionEvent::Up { .. })) => panic!("the pin was not written"),
                _ => {}
            }
        }
    });
    assert_eq!(waits.await.expect("a word"), path.with_extension("lock").display().to_string());
    drop(held);
    bench.up().await;
}

#[tokio::test]
async fn version_1_is_accepted_after_a_real_check_on_both_tls_versions() {
    for versions in BOTH {
        let (_broker, bench, _) = connected(|manner| {
            manner.paper = Paper::version_1();
            manner.versions = versions;
        })
        .await;
        assert_eq!(bench.pins.get(SERIAL), Some(Paper::version_1().fingerprint()));
    }
}

#[tokio::test]
async fn a_replayed_certificate_without_its_key_is_refused() {
    let stolen =
        Paper { key: include_bytes!("../../../tests/fixtures/tls/other.key.der").to_vec(), ..Paper::version_1() };
    for versions in BOTH {
        for pinned in [true, false] {
            let pins = Pins::default();
            if pinned {
                pins.learn(SERIAL, &stolen.fingerprint());
            }
            let mut broker = Broker::start(Manner { versions, ..Manner::of(stolen.clone()) }).await;
            let mut bench = Bench::with(config(broker.port), Timing::fast(), pins, 64);
            let (why, _) = bench.down().await;
            assert_eq!(why, DisconnectReason::Tls("the other end does not hold the key of its certificate".into()));
            assert!(!broker.so_far().iter().any(|seen| matches!(seen, Seen::Connect(_))));
            assert_eq!(bench.pins.get(SERIAL).is_some(), pinned, "what was not proved is not pinned");
        }
    }
    let vendor = Authority::new("BBL CA");
    let ecdsa = Paper { key: Paper::of("x").key, ..Paper::signed(&vendor, SERIAL) };
    let why = refused_by(Authority::trusted(&[&vendor]), ecdsa, Pins::default()).await;
    assert!(matches!(why, DisconnectReason::Tls(_)), "{why:?}");
}
