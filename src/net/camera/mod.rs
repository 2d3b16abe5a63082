//! The camera of one printer, connected only while somebody watches. Pictures are latest-wins.
//!
//! A model without a JPEG stream is known in `protocol/model.rs` and shown as such; it is no error.

pub(in crate::net) mod picture;

use crate::net::{
    backoff::Backoff,
    camera::picture::{Decoder, NoPicture},
    printer::dial::{Target, dial},
    printer::mailbox,
    printer::session::new_number,
    timing::Timing,
    tls,
};
use crate::{
    protocol::camera::{FrameError, FrameReader, login},
    state::{
        PrinterId,
        event::{Event, PrinterEvent},
        printer::{
            camera::{Picture, PictureSize},
            connection::{ConnectStep, ConnectionEvent, DisconnectReason},
        },
    },
};
use std::{
    collections::VecDeque,
    future::pending,
    hash::{DefaultHasher, Hash, Hasher},
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, mpsc, watch},
    time::{sleep, timeout},
};
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

/// So many unreadable pictures in a row end the stream.
const BAD_IN_A_ROW: u32 = 2;
const READ: usize = 16 << 10;

/// What the task of a camera works with.
#[derive(Debug, Clone)]
pub(in crate::net) struct CameraTask {
    pub(in crate::net) id: PrinterId,
    /// The serial, shortened for the log.
    pub(in crate::net) name: String,
    pub(in crate::net) target: watch::Receiver<Arc<Target>>,
    pub(in crate::net) timing: Arc<Timing>,
    pub(in crate::net) decoder: Decoder,
    pub(in crate::net) events: mpsc::Sender<Event>,
    /// `None`: nobody watches.
    pub(in crate::net) wanted: watch::Receiver<Option<PictureSize>>,
    /// Try again now.
    pub(in crate::net) retry: Arc<Notify>,
    pub(in crate::net) cancel: CancellationToken,
}

/// Streams while somebody watches, until told to close.
pub(in crate::net) async fn run(mut task: CameraTask) {
    let cancel = task.cancel.clone();
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        () = task.live() => {}
    }
}

impl CameraTask {
    async fn live(&mut self) {
        while self.wanted.wait_for(Option::is_some).await.is_ok() {
            let mut wanted = self.wanted.clone();
            let unwatched = async {
                let _ = wanted.wait_for(Option::is_none).await;
            };
            let session = self.keep_streaming();
            tokio::select! {
                biased;
                () = unwatched => {}
                () = session => return,
            }
            if !self.tell(ConnectionEvent::Closed).await {
                return;
            }
        }
    }

    /// Reports a change; false if nobody listens any more.
    async fn tell(&self, change: ConnectionEvent) -> bool {
        mailbox::log(&self.name, "camera", &change);
        self.events.send(Event::Printer(self.id, PrinterEvent::Camera(change))).await.is_ok()
    }

    /// Connects again and again; ends when nobody listens any more.
    async fn keep_streaming(&mut self) {
        let timing = Arc::clone(&self.timing);
        let mut attempt = 0;
        let mut certificate = Backoff::new(timing.certificate);
        loop {
            attempt += 1;
            if !self.tell(ConnectionEvent::Connecting { attempt }).await {
                return;
            }
            let why = match self.open().await {
                Ok(stream) => match self.stream(stream, &mut attempt).await {
                    Some(why) => why,
                    None => return,
                },
                Err(why) => why,
            };
            if self.target.has_changed().is_ok_and(|changed| changed) {
                attempt = 0;
                continue;
            }
            let pause = if attempt <= timing.camera_tries { timing.camera_retry } else { timing.camera_retry_slow };
            let pause = if why.needs_person() { certificate.step(fastrand::f64()) } else { pause };
            let retry_in = Some(pause);
            if !self.tell(ConnectionEvent::Down { why, retry_in }).await {
                return;
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = self.retry.notified() => attempt = 0,
            }
        }
    }

    async fn open(&mut self) -> Result<TlsStream<TcpStream>, DisconnectReason> {
        let target = Arc::clone(&self.target.borrow_and_update());
        let (mut stream, _) = dial(&target, target.camera_port, &self.timing).await?;
        let packet = login(target.access_code.expose_secret());
        let write = async {
            stream.write_all(&packet).await?;
            stream.flush().await
        };
        let sent =
            timeout(self.timing.write, write).await.map_err(|_| DisconnectReason::TimedOut(ConnectStep::Write))?;
        sent.map_err(|e| if tls::gone(&e) { DisconnectReason::CameraBusy } else { tls::cause(&e) })?;
        Ok(stream)
    }

    /// Takes pictures from a stream until it fails; `None` when nobody listens any more.
    async fn stream(&mut self, mut stream: TlsStream<TcpStream>, attempt: &mut u32) -> Option<DisconnectReason> {
        let timing = Arc::clone(&self.timing);
        let mut frames = Frames::default();
        let mut pipeline = FramePipeline::default();
        let mut buffer = vec![0; READ];
        let mut heard = false;
        let mut silence = pin!(sleep(timing.camera_silence));
        let mut stall = pin!(sleep(timing.camera_stall));
        let mut gap = pin!(sleep(Duration::ZERO));
        let mut confirm = pin!(sleep(timing.picture_still));
        // A retry asked for earlier is fulfilled.
        let retry = Arc::clone(&self.retry);
        loop {
            pipeline.start(&self.decoder, *self.wanted.borrow_and_update());
            tokio::select! {
                biased;
                open = mailbox::deliver(&self.events, &mut pipeline.outbox, |news| Event::Printer(self.id, news)), if !pipeline.outbox.is_empty() => {
                    if !open {
                        return None;
                    }
                }
                // A new size: the last picture is decoded for it at once.
                changed = self.wanted.changed() => {
                    if changed.is_err() {
                        return None;
                    }
                }
                () = retry.notified() => {}
                // What comes from another address now is another stream.
                Ok(()) = self.target.changed() => return Some(DisconnectReason::Closed),
                decoded = working(&mut pipeline.decoding), if pipeline.decoding.is_some() => {
                    pipeline.decoding = None;
                    pipeline.take(decoded);
                    pipeline.resting = true;
                    gap.set(sleep(timing.picture_gap));
                    confirm.set(sleep(timing.picture_still));
                    if pipeline.bad >= BAD_IN_A_ROW {
                        return Some(unreadable());
                    }
                }
                () = &mut gap, if pipeline.resting => pipeline.resting = false,
                () = &mut confirm, if pipeline.confirmed => {
                    pipeline.confirm();
                    confirm.set(sleep(timing.picture_still));
                }
                read = stream.read(&mut buffer) => {
                    let bytes = match read {
                        Ok(len) if len > 0 => &buffer[..len],
                        Err(error) if !tls::gone(&error) => return Some(tls::cause(&error)),
                        // The printer says nothing about a wrong code, nor about another viewer.
                        _ if !heard => return Some(DisconnectReason::CameraBusy),
                        _ => return Some(DisconnectReason::Closed),
                    };
                    heard = true;
                    silence.set(sleep(timing.camera_silence));
                    match frames.feed(bytes) {
                        Ok(None) => {}
                        Ok(Some(frame)) => {
                            stall.set(sleep(timing.camera_stall));
                            if !pipeline.up {
                                pipeline.up = true;
                                *attempt = 0;
                                let change = ConnectionEvent::Up { session: new_number() };
                                mailbox::log(&self.name, "camera", &change);
                                pipeline.outbox.push_back(PrinterEvent::Camera(change));
                            }
                            pipeline.offer(frame);
                        }
                        Err(why) => return Some(why),
                    }
                }
                () = &mut silence => return Some(DisconnectReason::CameraSilent),
                () = &mut stall => return Some(DisconnectReason::CameraSilent),
            }
        }
    }
}

fn unreadable() -> DisconnectReason {
    DisconnectReason::Protocol("two pictures in a row could not be read".to_owned())
}

/// Cuts pictures out of the stream and counts the broken ones.
#[derive(Default)]
struct Frames {
    reader: FrameReader,
    bad: u32,
}

impl Frames {
    /// Takes in bytes; the newest whole picture in them, if there is one.
    fn feed(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, DisconnectReason> {
        self.reader.feed(bytes);
        let mut newest = None;
        loop {
            match self.reader.next_frame() {
                Ok(None) => return Ok(newest),
                Ok(frame) => (newest, self.bad) = (frame, 0),
                Err(error @ FrameError::Size(_)) => return Err(DisconnectReason::Protocol(error.to_string())),
                Err(FrameError::NotJpeg) => {
                    self.bad += 1;
                    if self.bad >= BAD_IN_A_ROW {
                        return Err(unreadable());
                    }
                }
            }
        }
    }
}

type Decoding = Pin<Box<dyn Future<Output = Result<Picture, NoPicture>> + Send>>;

/// What happens to the pictures: decode one at a time, always the newest, never the same one twice.
#[derive(Default)]
struct FramePipeline {
    up: bool,
    outbox: VecDeque<PrinterEvent>,
    /// Waits to be decoded.
    newest: Option<Arc<[u8]>>,
    /// What was decoded last, or is being decoded.
    last: Option<Arc<[u8]>>,
    last_hash: Option<(usize, u64)>,
    /// What the program was shown last.
    shown: Option<Arc<Picture>>,
    decoding: Option<Decoding>,
    /// The last picture came too recently to decode another one.
    resting: bool,
    /// The size that the last picture was decoded for.
    sized: Option<PictureSize>,
    /// The last picture came again.
    confirmed: bool,
    /// Pictures in a row that could not be decoded.
    bad: u32,
}

async fn working(decoding: &mut Option<Decoding>) -> Result<Picture, NoPicture> {
    match decoding {
        Some(work) => work.await,
        None => pending().await,
    }
}

impl FramePipeline {
    /// Takes in a picture from the camera.
    fn offer(&mut self, frame: Vec<u8>) {
        let mut hasher = DefaultHasher::new();
        frame.hash(&mut hasher);
        let hash = Some((frame.len(), hasher.finish()));
        if hash == self.last_hash {
            self.confirmed = self.newest.is_none();
            return;
        }
        self.last_hash = hash;
        self.newest = Some(frame.into());
    }

    /// Starts to decode if there is something to decode and nothing in the way.
    fn start(&mut self, decoder: &Decoder, size: Option<PictureSize>) {
        let Some(size) = size else { return };
        let resized = self.sized.is_some_and(|last| last != size);
        if self.decoding.is_some() || (self.resting && !resized) {
            return;
        }
        let jpeg = match self.newest.take() {
            Some(jpeg) => jpeg,
            None if resized => match &self.last {
                Some(jpeg) => Arc::clone(jpeg),
                None => return,
            },
            None => return,
        };
        self.sized = Some(size);
        self.confirmed = false;
        self.last = Some(Arc::clone(&jpeg));
        self.decoding = Some(Box::pin(decoder.clone().decode(jpeg, size)));
    }

    /// Takes in a decoded picture. One that still waits to go out is out of date.
    fn take(&mut self, decoded: Result<Picture, NoPicture>) {
        match decoded {
            Ok(picture) => {
                self.bad = 0;
                let picture = Arc::new(picture);
                self.shown = Some(Arc::clone(&picture));
                self.send(picture);
            }
            Err(NoPicture) => {
                // It may have come once more while it was being decoded.
                self.bad += 1 + u32::from(self.confirmed);
                self.last_hash = None;
                self.confirmed = false;
                self.last = self.shown.as_ref().map(|picture| Arc::clone(&picture.jpeg));
            }
        }
    }

    /// The camera keeps sending the same picture: it is up to date although it does not change.
    fn confirm(&mut self) {
        self.confirmed = false;
        if let Some(picture) = self.shown.clone() {
            self.send(picture);
        }
    }

    fn send(&mut self, picture: Arc<Picture>) {
        self.outbox.retain(|event| !matches!(event, PrinterEvent::Picture(_)));
        self.outbox.push_back(PrinterEvent::Picture(picture));
    }
}
