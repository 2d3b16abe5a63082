//! The file server of one printer: FTP inside TLS from the first byte, as strict as the real one about data connections.

use super::fault::Fault;
use super::mqtt::drain;
use super::printer::Printer;
use super::tls;
use crate::protocol::camera::USER;
use crate::protocol::model::Model;
use rustls::HandshakeKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may be silent, and how long it may take to open a data connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest command line.
const LINE_MAX: u64 = 4096;
/// What a slow server sends at a time, and how often.
const SLOW_PIECE: usize = 4 << 10;
const SLOW_PAUSE: Duration = Duration::from_millis(200);

/// Serves one client until it goes.
pub(super) async fn serve(printer: Arc<Printer>, tcp: TcpStream) {
    let printer = &*printer;
    let _ = tcp.set_nodelay(true);
    if printer.has(Fault::Silent) {
        return drain(tcp).await;
    }
    let number = printer.certificates.load(Ordering::Relaxed);
    let (Ok(address), Ok(config)) = (tcp.local_addr(), tls::for_files(&printer.card.serial, number)) else { return };
    let acceptor = TlsAcceptor::from(config);
    let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(tcp)).await else { return };
    let mut session = Session {
        printer,
        control: BufReader::new(stream),
        acceptor,
        address: address.ip(),
        user: String::new(),
        known: false,
        folder: "/".to_owned(),
        protected: false,
        passive: None,
    };
    // A client that has gone needs no answer.
    let _ = session.talk().await;
}

struct Session<'a> {
    printer: &'a Printer,
    control: BufReader<TlsStream<TcpStream>>,
    /// Its cache of sessions is this session's own: a data connection can only resume this control connection.
    acceptor: TlsAcceptor,
    address: IpAddr,
    user: String,
    known: bool,
    folder: String,
    protected: bool,
    passive: Option<TcpListener>,
}

type Done = std::io::Result<()>;

impl Session<'_> {
    async fn talk(&mut self) -> Done {
        self.say("220 (vsFTPd 3.0.5)").await?;
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.control).take(LINE_MAX);
            match timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await {
                Ok(Ok(len)) if len > 0 => {}
                _ => return Ok(()),
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
            let command = command.to_ascii_uppercase();
            if command == "QUIT" {
                return self.say("221 Goodbye.").await;
            }
            if self.known {
                self.obey(&command, rest).await?;
            } else {
                self.login(&command, rest).await?;
            }
        }
    }

    async fn say(&mut self, text: &str) -> Done {
        self.control.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.control.flush().await
    }

    async fn login(&mut self, command: &str, rest: &str) -> Done {
        match command {
            "USER" => {
                rest.clone_into(&mut self.user);
                self.say("331 Please specify the password.").await
            }
            "PASS" => {
                let refused = self.printer.faults(|f| f.refusal()).is_some();
                self.known = !refused && self.user == USER && rest == self.printer.card.access_code;
                self.say(if self.known { "230 Login successful." } else { "530 Login incorrect." }).await
            }
            _ => self.say("530 Please login with USER and PASS.").await,
        }
    }

    async fn obey(&mut self, command: &str, rest: &str) -> Done {
        match (command, rest) {
            ("PBSZ", _) => self.say("200 PBSZ set to 0.").await,
            ("PROT", "P" | "C") => {
                self.protected = rest == "P";
                let words = if self.protected { "200 PROT now Private." } else { "200 PROT now Clear." };
                self.say(words).await
            }
            ("TYPE", _) => self.say("200 Switching to Binary mode.").await,
            ("NOOP", _) => self.say("200 NOOP ok.").await,
            ("SYST", _) => self.say("215 UNIX Type: L8").await,
            ("PWD", _) => self.say(&format!("257 \"{}\" is the current directory", self.folder)).await,
            ("CWD", _) => {
                let path = self.resolve(rest);
                if matches!(path.as_str(), "/" | "/cache" | "/model" | "/timelapse") {
                    self.folder = path;
                    self.say("250 Directory successfully changed.").await
                } else {
                    self.say("550 Failed to change directory.").await
                }
            }
            ("PASV" | "EPSV", _) => self.listen(command == "EPSV").await,
            ("SIZE", _) => match self.file(rest) {
                Some(file) => self.say(&format!("213 {}", file.len())).await,
                None => self.say("550 Could not get file size.").await,
            },
            ("MDTM", _) => match self.file(rest) {
                Some(_) => self.say("213 20260101120000").await,
                None => self.say("550 Could not get file modification time.").await,
            },
            ("LIST" | "NLST", _) => {
                let listing = self.listing(rest, command == "NLST");
                self.send("Here comes the directory listing.", listing.as_bytes()).await
            }
            ("RETR", _) => match self.file(rest) {
                Some(file) => {
                    self.printer.fetched.fetch_add(1, Ordering::Relaxed);
                    self.send(&format!("Opening BINARY mode data connection for {rest}."), &file).await
                }
                None => {
                    self.passive = None;
                    self.say("550 Failed to open file.").await
                }
            },
            _ => self.say("502 Command not implemented.").await,
        }
    }

    /// A path from the root, whatever folder the client is in.
    fn resolve(&self, path: &str) -> String {
        let whole = if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", self.folder) };
        let parts: Vec<_> = whole.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        format!("/{}", parts.join("/"))
    }

    /// The path of the one file there is.
    fn there(&self) -> Option<String> {
        let missing = self.printer.has(Fault::FileMissing);
        self.printer.machine().sim.file_path().filter(|_| !missing)
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let path = self.resolve(path);
        self.there().filter(|there| *there == path)?;
        self.printer.machine().sim.file()
    }

    fn listing(&self, path: &str, names: bool) -> String {
        let folder = self.resolve(path);
        let mut out = String::new();
        if folder == "/" && !names {
            for name in ["cache", "model", "timelapse"] {
                out += &format!("drwxr-xr-x    2 0        0            4096 Jan 01 12:00 {name}\r\n");
            }
        }
        let file = self.there().and_then(|path| {
            let (parent, name) = path.rsplit_once('/')?;
            let parent = if parent.is_empty() { "/" } else { parent };
            (parent == folder).then(|| name.to_owned())
        });
        if let Some(name) = file {
            let size = self.printer.machine().sim.file().map_or(0, |file| file.len());
            if !names {
                out += &format!("-rw-r--r--    1 0        0        {size:>8} Jan 01 12:00 ");
            }
            out += &format!("{name}\r\n");
        }
        out
    }

    async fn listen(&mut self, extended: bool) -> Done {
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

    /// Sends something over the data connection that the client has opened.
    async fn send(&mut self, words: &str, bytes: &[u8]) -> Done {
        let Some(listener) = self.passive.take() else { return self.say("425 Use PORT or PASV first.").await };
        let Ok(Ok((tcp, _))) = timeout(PATIENCE, listener.accept()).await else {
            return self.say("425 Failed to establish connection.").await;
        };
        let plain_only = self.printer.has(Fault::FilePlain);
        let lenient = plain_only || matches!(self.printer.card.model, Model::A1 | Model::A1Mini);
        if !self.protected && !lenient {
            return self.say("522 Data connections must be encrypted.").await;
        }
        if self.protected && plain_only {
            return self.say("522 Data connections cannot be encrypted.").await;
        }
        self.say(&format!("150 {words}")).await?;
        if !self.protected {
            return self.finish(tcp, bytes).await;
        }
        match timeout(PATIENCE, self.acceptor.accept(tcp)).await {
            Ok(Ok(stream)) if stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed) => {
                self.finish(stream, bytes).await
            }
            Ok(Ok(_)) => {
                self.say("522 SSL connection failed; session reuse required: see require_ssl_reuse option").await
            }
            _ => self.say("522 SSL connection failed.").await,
        }
    }

    async fn finish(&mut self, mut data: impl AsyncWrite + Unpin, bytes: &[u8]) -> Done {
        let sent = async {
            if self.printer.has(Fault::FileSlow) {
                for piece in bytes.chunks(SLOW_PIECE) {
                    data.write_all(piece).await?;
                    data.flush().await?;
                    sleep(SLOW_PAUSE).await;
                }
            } else {
                data.write_all(bytes).await?;
            }
            data.shutdown().await
        };
        match sent.await {
            Ok(()) => self.say("226 Transfer complete.").await,
            Err(_) => self.say("426 Failure writing network stream.").await,
        }
    }
}
