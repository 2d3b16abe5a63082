//! The access code goes to the right printer or to nobody.

use super::*;
use crate::state::effect::Effect;
use broker::Seen;

/// Each TLS version alone.
const BOTH: [&[&rustls::SupportedProtocolVersion]; 2] = [&[&rustls::version::TLS12], &[&rustls::version::TLS13]];

async fn refused_before_login(paper: Paper, pins: Pins) -> Cause {
    let mut broker = Broker::start(Manner::of(paper)).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), pins, 64);
    let (why, _) = bench.down().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(broker.so_far().is_empty(), "nothing may be said to {why:?}");
    why
}

#[tokio::test]
async fn another_name_is_another_printer() {
    let why = refused_before_login(Paper::of("03900A000000002"), Pins::default()).await;
    assert_eq!(why, Cause::OtherPrinter { expected: SERIAL.into(), found: "03900A000000002".into() });
    let (_broker, bench, _) = connected(|manner| manner.paper = Paper::of(&SERIAL.to_lowercase())).await;
    assert!(bench.pins.get(SERIAL).is_some());
}

#[tokio::test]
async fn a_refused_certificate_is_not_pinned_and_waits_for_a_person() {
    let broker = Broker::start(Manner::of(Paper::of("someone else"))).await;
    let mut bench = Bench::new(config(broker.port));
    assert_eq!(bench.down().await.1, None);
    assert!(bench.quiet().await);
    assert_eq!(bench.pins.get(SERIAL), None);
}

#[tokio::test]
async fn a_changed_certificate_stops_everything_until_it_is_trusted() {
    let (old, new) = (Paper::of(SERIAL), Paper::of(SERIAL));
    let pins = Pins::default();
    pins.learn(SERIAL, &old.fingerprint());
    let mut broker = Broker::start(Manner::of(new.clone())).await;
    let mut bench = Bench::with(config(broker.port), Timing::fast(), pins, 64);
    let changed = Cause::CertificateChanged { pinned: old.fingerprint(), found: new.fingerprint() };
    assert_eq!(bench.down().await, (changed, None));
    assert!(bench.quiet().await);
    assert!(broker.so_far().is_empty(), "the access code must not be sent");
    bench.net.carry_out(Effect::Trust { who: ID, fingerprint: new.fingerprint() });
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
    assert!(matches!(bench.down().await.0, Cause::CertificateChanged { .. }));
    bench.net.carry_out(Effect::Trust { who: ID, fingerprint: old.fingerprint() });
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
            assert_eq!(why, Cause::Tls("the other end does not hold the key of its certificate".into()));
            assert!(!broker.so_far().iter().any(|seen| matches!(seen, Seen::Connect(_))));
            assert_eq!(bench.pins.get(SERIAL).is_some(), pinned, "what was not proved is not pinned");
        }
    }
    let ecdsa = Paper { key: Paper::of("x").key, ..Paper::of(SERIAL) };
    assert!(matches!(refused_before_login(ecdsa, Pins::default()).await, Cause::Tls(_)));
}
