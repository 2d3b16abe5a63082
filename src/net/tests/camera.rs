//! Pictures come while somebody watches, and bad streams end with a reason.

use super::*;
use crate::{
    net::camera::picture::tests::jpeg,
    protocol::camera::{LOGIN_LEN, frame_header, read_login},
    state::{
        effect::Effect,
        printer::camera::{Picture, PictureSize},
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// What a camera does after the login.
#[derive(Clone)]
enum Act {
    Send(Vec<u8>),
    Wait(u64),
    /// Says nothing more, but stays.
    Stay,
}

fn frame(picture: &[u8]) -> Act {
    Act::Send([&frame_header(picture.len() as u32)[..], picture].concat())
}

/// A camera that does the same on every connection; the count says how many there were.
async fn camera(acts: Vec<Act>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let logins = Arc::clone(&count);
    tokio::spawn(async move {
        let acceptor = Paper::of(SERIAL).acceptor(rustls::ALL_VERSIONS);
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let (acceptor, acts, logins) = (acceptor.clone(), acts.clone(), Arc::clone(&logins));
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut packet = [0; LOGIN_LEN];
                // The session's task connects to the same port and says no login.
                if stream.read_exact(&mut packet).await.is_err() || read_login(&packet).is_none() {
                    return;
                }
                assert_eq!(read_login(&packet), Some(("bblp".into(), CODE.into())));
                logins.fetch_add(1, Ordering::SeqCst);
                for act in acts {
                    match act {
                        Act::Send(bytes) => {
                            for piece in bytes.chunks(4096) {
                                if stream.write_all(piece).await.is_err() || stream.flush().await.is_err() {
                                    return;
                                }
                            }
                        }
                        Act::Wait(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                        Act::Stay => {
                            let _ = stream.read(&mut [0]).await;
                        }
                    }
                }
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, count)
}

const SIZE: PictureSize = PictureSize { width: 40, height: 40 };

fn watch(size: Option<PictureSize>) -> Effect {
    Effect::Watch { who: ID, size }
}

/// A bench whose printer has a camera and a closed MQTT port.
async fn watching(acts: Vec<Act>, timing: Timing) -> (Bench, Arc<AtomicUsize>) {
    let (port, count) = camera(acts).await;
    let mut config = config(1);
    config.camera_port = port;
    let mut bench = Bench::with(config, timing, Pins::default(), 64);
    bench.net.carry_out(watch(Some(SIZE)));
    (bench, count)
}

impl Bench {
    async fn picture(&mut self) -> Arc<Picture> {
        self.find(|event| if let PrinterEvent::Picture(picture) = event { Some(picture) } else { None }).await
    }

    async fn camera(&mut self) -> ConnectionEvent {
        self.find(|event| if let PrinterEvent::Camera(change) = event { Some(change) } else { None }).await
    }

    async fn camera_down(&mut self) -> (DisconnectReason, Option<Duration>) {
        loop {
            if let ConnectionEvent::Down { why, retry_in } = self.camera().await {
                return (why, retry_in);
            }
        }
    }

    /// Pictures that come within some tens of milliseconds.
    async fn pictures(&mut self) -> usize {
        let mut count = 0;
        let _ = timeout(Duration::from_millis(80), async {
            loop {
                self.picture().await;
                count += 1;
            }
        })
        .await;
        count
    }
}

#[tokio::test]
async fn pictures_come_in_the_wanted_size_until_nobody_watches() {
    let acts = vec![frame(&jpeg(64, 36, 1)), Act::Wait(60), frame(&jpeg(64, 36, 200)), Act::Stay];
    let (mut bench, count) = watching(acts, Timing::fast()).await;
    assert_eq!(bench.camera().await, ConnectionEvent::Connecting { attempt: 1 });
    assert!(matches!(bench.camera().await, ConnectionEvent::Up { .. }));
    let first = bench.picture().await;
    assert_eq!((first.size.width, first.size.height, first.source.width), (40, 23, 64));
    let second = bench.picture().await;
    assert_ne!(first.pixels, second.pixels);
    // Another size: the last picture again, at once.
    bench.net.carry_out(watch(Some(PictureSize { width: 16, height: 90 })));
    let small = bench.picture().await;
    assert_eq!((small.size.width, small.size.height), (16, 9));
    assert_eq!(small.jpeg, second.jpeg);
    bench.net.carry_out(watch(None));
    assert_eq!(bench.camera().await, ConnectionEvent::Closed);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    // Watched again, connected again.
    bench.net.carry_out(watch(Some(SIZE)));
    assert_eq!(bench.camera().await, ConnectionEvent::Connecting { attempt: 1 });
    bench.picture().await;
}

#[tokio::test]
async fn a_camera_nobody_watches_is_left_alone() {
    let (port, count) = camera(vec![Act::Stay]).await;
    let mut config = config(1);
    config.camera_port = port;
    let mut bench = Bench::new(config);
    bench.net.carry_out(watch(None));
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_same_picture_is_not_decoded_twice_but_confirmed() {
    let same = frame(&jpeg(64, 36, 1));
    let timing = Timing { picture_still: Duration::from_millis(120), ..Timing::fast() };
    let mut acts = vec![same.clone(); 4];
    acts.extend([Act::Wait(60), same.clone(), same, Act::Stay]);
    let (mut bench, _) = watching(acts, timing).await;
    let first = bench.picture().await;
    assert_eq!(bench.pictures().await, 0);
    assert!(Arc::ptr_eq(&first, &bench.picture().await), "the same picture, still true");
}

#[tokio::test]
async fn the_gap_between_pictures_is_kept_and_the_newest_wins() {
    let mut acts: Vec<_> = (0..20).map(|n| frame(&jpeg(64, 36, n * 10))).collect();
    acts.push(Act::Stay);
    let (mut bench, _) = watching(acts, Timing { picture_gap: Duration::from_millis(40), ..Timing::fast() }).await;
    bench.picture().await;
    let last = bench.picture().await;
    assert!(bench.pictures().await <= 1);
    assert_eq!(*last.jpeg, jpeg(64, 36, 190)[..]);
}

#[tokio::test]
async fn one_bad_picture_is_skipped_and_two_in_a_row_end_the_stream() {
    let cut = jpeg(64, 36, 9);
    // Begins and ends like a JPEG, but its middle is gone.
    let cut = [&cut[..30], &[0xFF, 0xD9]].concat();
    let good = frame(&jpeg(64, 36, 1));
    let acts = vec![frame(&cut), Act::Wait(30), good, Act::Wait(30), frame(b"not a picture"), Act::Stay];
    let (mut bench, _) = watching(acts, Timing::fast()).await;
    bench.picture().await;
    assert!(bench.quiet_camera().await);
    for bad in [frame(&cut), frame(b"not a picture")] {
        let (mut bench, count) = watching(vec![bad.clone(), Act::Wait(30), bad, Act::Stay], Timing::fast()).await;
        let (why, retry_in) = bench.camera_down().await;
        assert_eq!(why, DisconnectReason::Protocol("two pictures in a row could not be read".into()));
        assert!(retry_in.is_some());
        bench.camera_down().await;
        assert!(count.load(Ordering::SeqCst) >= 2, "it connects again");
    }
}

impl Bench {
    async fn quiet_camera(&mut self) -> bool {
        timeout(Duration::from_millis(70), self.camera()).await.is_err()
    }
}

#[tokio::test]
async fn lies_about_the_size_end_the_stream() {
    for (header, words) in [
        (frame_header(0x8000_0000).to_vec(), "a frame claims 2147483648 bytes"),
        (frame_header(0).to_vec(), "a frame claims 0 bytes"),
        (b"HTTP/1.1 400 Bad Request\r\n".to_vec(), "a frame claims 1347703880 bytes"),
    ] {
        let (mut bench, _) = watching(vec![Act::Send(header), Act::Stay], Timing::fast()).await;
        assert_eq!(bench.camera_down().await.0, DisconnectReason::Protocol(words.into()));
    }
}

#[tokio::test]
async fn a_camera_that_closes_without_a_byte_is_busy_and_retries_slow_down() {
    let (mut bench, _) = watching(Vec::new(), Timing::fast()).await;
    let mut pauses = Vec::new();
    for _ in 0..5 {
        let (why, retry_in) = bench.camera_down().await;
        assert_eq!(why, DisconnectReason::CameraBusy);
        pauses.push(retry_in.unwrap().as_millis());
    }
    assert_eq!(pauses, [20, 20, 20, 60, 60]);
    let (mut bench, _) = watching(vec![frame(&jpeg(16, 16, 1)), Act::Wait(30)], Timing::fast()).await;
    assert_eq!(bench.camera_down().await.0, DisconnectReason::Closed);
}

#[tokio::test]
async fn silence_and_stalls_end_the_stream() {
    let (mut bench, _) = watching(vec![Act::Stay], hasty()).await;
    assert_eq!(bench.camera_down().await.0, DisconnectReason::CameraSilent);
    // Bytes keep trickling in, but no picture is ever whole.
    let mut acts = vec![Act::Send(frame_header(1 << 20).to_vec())];
    acts.extend((0..20).flat_map(|_| [Act::Send(vec![0; 10]), Act::Wait(30)]));
    acts.push(Act::Stay);
    let (mut bench, _) = watching(acts, hasty()).await;
    assert_eq!(bench.camera_down().await.0, DisconnectReason::CameraSilent);
}
