//! Data connections: opened, encrypted where they have to be, and what goes over them.

use super::super::drive::parent;
use super::super::fault::Fault;
use super::{Done, PATIENCE, Protection, Session};
use crate::protocol::model::Model;
use rustls::HandshakeKind;
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// What is read and written at a time.
const PIECE: usize = 64 << 10;
/// What a slow server takes or sends at a time, and how often.
const SLOW_PIECE: usize = 4 << 10;
const SLOW_PAUSE: Duration = Duration::from_millis(200);
/// How long a client is waited for that has yet to show whether it encrypts.
const HELLO: Duration = Duration::from_millis(500);
/// How long a client may take to close its end, once everything was sent.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long, and how much, is read from a client whose file does not fit: one whose data is left lying hears a broken
/// connection, and not why.
const UNHEARD: Duration = Duration::from_secs(30);
const UNHEARD_MAX: u64 = 1 << 30;
/// A card that is full takes this much.
const ALMOST_FULL: usize = 32 << 10;
/// Of what is stored, a connection that is cut at one percent has brought so much.
const PERCENT: usize = 1 << 10;

const NO_REUSE: &str = "522 SSL connection failed; session reuse required: see require_ssl_reuse option";

/// A data connection, encrypted or not.
pub(super) trait Pipe: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Pipe for T {}

/// Which way the data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

impl Session<'_> {
    pub(super) async fn listen(&mut self, extended: bool) -> Done {
        let listener = TcpListener::bind(SocketAddr::new(self.address, 0)).await?;
        let port = listener.local_addr()?.port();
        self.passive = Some(listener);
        match self.address {
            _ if extended => self.say(&format!("229 Entering Extended Passive Mode (|||{port}|)")).await,
            IpAddr::V4(address) => {
                let ([a, b, c, d], [high, low]) = (address.octets(), port.to_be_bytes());
                self.say(&format!("227 Entering Passive Mode ({a},{b},{c},{d},{high},{low}).")).await
            }
            IpAddr::V6(_) => self.say("522 Bad network protocol.").await,
        }
    }

    /// Whether data may go in the clear.
    fn is_lenient(&self) -> bool {
        self.printer.has(Fault::FilePlain) || matches!(self.printer.card.model, Model::A1 | Model::A1Mini)
    }

    /// The data connection that the client opens; none where it was refused, which has been said.
    async fn open(&mut self, words: &str, way: Way) -> std::io::Result<Option<Box<dyn Pipe>>> {
        let listener = self.passive.take();
        let refusal = match &listener {
            None => Some("425 Use PORT or PASV first."),
            _ if self.is_second() => Some("425 Failed to establish connection."),
            _ if self.protection == Protection::Clear && !self.is_lenient() => {
                Some("522 Data connections must be encrypted.")
            }
            _ if self.protection == Protection::Private && self.printer.has(Fault::FilePlain) => {
                Some("522 Data connections cannot be encrypted.")
            }
            _ => None,
        };
        let (Some(listener), None) = (listener, refusal) else {
            self.say(refusal.unwrap_or_default()).await?;
            return Ok(None);
        };
        let Ok(Ok((tcp, _))) = timeout(PATIENCE, listener.accept()).await else {
            self.say("425 Failed to establish connection.").await?;
            return Ok(None);
        };
        self.say(&format!("150 {words}")).await?;
        let encrypted = match self.protection {
            Protection::Private => true,
            Protection::Clear => false,
            Protection::Unsaid => self.begins_tls(&tcp, way).await,
        };
        if !encrypted && self.is_lenient() {
            return Ok(Some(Box::new(tcp)));
        }
        let refusal = if !encrypted {
            "522 Data connections must be encrypted."
        } else if self.printer.has(Fault::FilePlain) || self.printer.has(Fault::FileNoData) {
            drop(tcp);
            NO_REUSE
        } else {
            match timeout(PATIENCE, self.acceptor.accept(tcp)).await {
                Ok(Ok(stream)) if stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed) => {
                    return Ok(Some(Box::new(stream)));
                }
                Ok(Ok(_)) => NO_REUSE,
                _ => "522 SSL connection failed.",
            }
        };
        self.say(refusal).await?;
        Ok(None)
    }

    /// Whether a client that has not said so encrypts: it speaks first then. One that sends nothing has nothing to send.
    async fn begins_tls(&self, tcp: &TcpStream, way: Way) -> bool {
        let timeouts = if way == Way::Down && self.is_lenient() { HELLO } else { PATIENCE };
        let mut first = [0];
        matches!(timeout(timeouts, tcp.peek(&mut first)).await, Ok(Ok(1)) if first == [22])
    }

    /// Sends something. The last word comes after the client has closed its end.
    pub(super) async fn send(&mut self, words: &str, bytes: &[u8], end: &str) -> Done {
        let Some(mut data) = self.open(words, Way::Down).await? else { return Ok(()) };
        let cut = self.printer.faults(|f| f.file_cut());
        let short = self.printer.has(Fault::FileShort);
        let most = match cut {
            Some(percent) => bytes.len() * usize::from(percent) / 100,
            None if short => bytes.len() / 2,
            None => bytes.len(),
        };
        let slow = self.printer.has(Fault::FileSlow);
        let sent = async {
            for piece in bytes[..most].chunks(if slow { SLOW_PIECE } else { PIECE }) {
                data.write_all(piece).await?;
                if slow {
                    data.flush().await?;
                    sleep(SLOW_PAUSE).await;
                }
            }
            data.flush().await
        };
        let sent = sent.await;
        if cut.is_some() {
            return Err(Error::from(ErrorKind::ConnectionAborted));
        }
        if sent.is_err() {
            return self.say("426 Failure writing network stream.").await;
        }
        if !self.printer.has(Fault::FileNoGoodbye) && data.shutdown().await.is_ok() {
            let mut rest = [0; 512];
            let gone = async { while matches!(data.read(&mut rest).await, Ok(1..)) {} };
            let _ = timeout(GOODBYE, gone).await;
        }
        drop(data);
        self.say(end).await
    }

    /// Takes a file in. What came before something went wrong stays.
    pub(super) async fn store(&mut self, path: &str) -> Done {
        if self.passive.is_some() {
            let refused = self.printer.has(Fault::FileRefused) || self.has_no_card();
            if refused || !self.drive(|drive, _| drive.begin(path, super::super::unix_now())) {
                self.passive = None;
                return self.say("553 Could not create file.").await;
            }
        }
        let Some(mut data) = self.open("Ok to send data.", Way::Up).await? else { return Ok(()) };
        let slow = self.printer.has(Fault::FileSlow);
        let full = self.printer.faults(|f| f.file_full());
        let cut = self.printer.faults(|f| f.file_cut()).map(|percent| usize::from(percent) * PERCENT);
        let most = full.map(|_| ALMOST_FULL).or(cut).unwrap_or(usize::MAX);
        let mut buffer = vec![0; if slow { SLOW_PIECE } else { PIECE }];
        let mut len = 0;
        let trouble = loop {
            let got = match timeout(PATIENCE * 2, data.read(&mut buffer)).await {
                Ok(Ok(0)) => break None,
                Ok(Ok(got)) => got.min(most - len),
                // Like the real one it takes an end without a goodbye for the end.
                Ok(Err(e)) if e.kind() == ErrorKind::UnexpectedEof => break None,
                _ => break Some("426 Failure reading network stream.".to_owned()),
            };
            if !self.drive(|drive, _| drive.add(path, &buffer[..got])) {
                break Some("552 Storage is full.".to_owned());
            }
            len += got;
            if len == most {
                match full {
                    Some(code) => break Some(format!("{code} Failure writing to local file.")),
                    None => return Err(Error::from(ErrorKind::ConnectionAborted)),
                }
            }
            if slow {
                sleep(SLOW_PAUSE).await;
            }
        };
        if trouble.as_ref().is_some_and(|words| !words.starts_with("426")) {
            let mut rest = (&mut data).take(UNHEARD_MAX);
            let unheard = async { while matches!(rest.read(&mut buffer).await, Ok(1..)) {} };
            let _ = timeout(UNHEARD, unheard).await;
        }
        // Some clients wait for this goodbye.
        if trouble.is_none() && !self.printer.has(Fault::FileNoGoodbye) {
            let _ = data.shutdown().await;
        }
        drop(data);
        tracing::debug!(folder = parent(path), len, "a file was stored");
        if let Some(words) = trouble {
            return self.say(&words).await;
        }
        // A file that is smaller than what fills the card does not fit either.
        if let Some(code) = full {
            return self.say(&format!("{code} Failure writing to local file.")).await;
        }
        if self.printer.has(Fault::FileShort) || self.printer.has(Fault::FileBrokenShort) {
            self.drive(|drive, _| drive.shorten(path, len / 2));
        }
        if self.printer.has(Fault::FileNoAnswer) {
            // Whatever else the client says gets no answer either.
            let mut rest = [0; 512];
            while matches!(self.control.read(&mut rest).await, Ok(1..)) {}
            return Ok(());
        }
        if let Some(seconds) = self.printer.faults(|f| f.file_late()) {
            sleep(Duration::from_secs(seconds.into())).await;
        }
        if self.printer.has(Fault::FileBroken) || self.printer.has(Fault::FileBrokenShort) {
            return self.say("426 Failure reading network stream.").await;
        }
        self.say("226 Transfer complete.").await
    }
}
