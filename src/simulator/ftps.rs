//! The file server of one printer: FTP inside TLS from the first byte, in the dialect of real ones. The words are those of
//! vsFTPd, what is missing is missing there too, and it is as strict about data connections.

mod listing;
mod transfer;

use super::drive::{Drive, resolve};
use super::fault::Fault;
use super::mqtt::drain;
use super::printer::Printer;
use super::report::Family;
use super::sim::SimPrinter;
use super::{tls, unix_now};
use crate::protocol::camera::USER;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake or a data connection may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client may say nothing.
const IDLE: Duration = Duration::from_secs(300);
/// Longest command line.
const LINE_MAX: u64 = 4096;

/// Serves one client until it goes.
pub(super) async fn serve(printer: Arc<Printer>, tcp: TcpStream) {
    let printer = &*printer;
    let _ = tcp.set_nodelay(true);
    if printer.has(Fault::Silent) {
        return drain(tcp).await;
    }
    let (serial, number) = printer.files_certificate();
    let (Ok(address), Ok(config)) = (tcp.local_addr(), tls::for_files(&serial, number)) else { return };
    let acceptor = TlsAcceptor::from(config);
    let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(tcp)).await else { return };
    let before = printer.visits.fetch_add(1, Ordering::Relaxed);
    let mut session = Session {
        printer,
        control: BufReader::new(stream),
        acceptor,
        address: address.ip(),
        user: String::new(),
        known: false,
        folder: "/".to_owned(),
        protection: Protection::Unsaid,
        passive: None,
        renamed: None,
        second: before > 0,
        _visit: OpenSession(&printer.visits),
    };
    // A client that has gone needs no answer.
    let _ = session.serve_session().await;
}

/// Counts a session for as long as it lasts.
struct OpenSession<'a>(&'a AtomicUsize);

impl Drop for OpenSession<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the client has said of its data connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// Nothing: it may encrypt all the same.
    Unsaid,
    Clear,
    Private,
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
    protection: Protection,
    passive: Option<TcpListener>,
    /// What is to have another name.
    renamed: Option<String>,
    /// Another session was there before.
    second: bool,
    _visit: OpenSession<'a>,
}

type Done = std::io::Result<()>;

impl Session<'_> {
    async fn serve_session(&mut self) -> Done {
        self.say("220 (vsFTPd 3.0.5)").await?;
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.control).take(LINE_MAX);
            match timeout(IDLE, limited.read_until(b'\n', &mut line)).await {
                Ok(Ok(len)) if len > 0 => {}
                Err(_) => return self.say("421 Timeout.").await,
                Ok(_) => return Ok(()),
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
            let command = command.to_ascii_uppercase();
            if command == "QUIT" {
                return self.say("221 Goodbye.").await;
            }
            if self.known {
                self.execute(&command, rest).await?;
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
                self.known = !refused && self.user == USER && rest == self.printer.access_code();
                self.say(if self.known { "230 Login successful." } else { "530 Login incorrect." }).await
            }
            "PBSZ" | "PROT" => self.protect(command, rest).await,
            "FEAT" => self.say("502 FEAT not implemented.").await,
            _ => self.say("530 Please login with USER and PASS.").await,
        }
    }

    async fn protect(&mut self, command: &str, rest: &str) -> Done {
        let words = match (command, rest.to_ascii_uppercase().as_str()) {
            ("PBSZ", _) => "200 PBSZ set to 0.",
            (_, "P") => {
                self.protection = Protection::Private;
                "200 PROT now Private."
            }
            (_, "C") if self.printer.has(Fault::FileNoData) => "534 Clear data connections are not allowed.",
            (_, "C") => {
                self.protection = Protection::Clear;
                "200 PROT now Clear."
            }
            (_, "S" | "E") => "536 PROT not supported.",
            _ => "504 PROT not recognized.",
        };
        self.say(words).await
    }

    async fn execute(&mut self, command: &str, rest: &str) -> Done {
        let words = match command {
            "PBSZ" | "PROT" => return self.protect(command, rest).await,
            "PASV" | "EPSV" => return self.listen(command == "EPSV").await,
            "LIST" | "NLST" => return self.list(command == "NLST", rest).await,
            "RETR" => return self.fetch(rest).await,
            "STOR" => return self.store(&self.resolve(rest)).await,
            "CWD" | "XCWD" | "CDUP" | "XCUP" => self.change_folder(if command.ends_with("UP") { ".." } else { rest }),
            "PWD" | "XPWD" => return self.say(&format!("257 {} is the current directory", quoted(&self.folder))).await,
            "SIZE" => match self.file(rest) {
                Some(file) => return self.say(&format!("213 {}", file.len())).await,
                None => "550 Could not get file size.",
            },
            "MDTM" => match self.written(rest) {
                Some(at) => return self.say(&format!("213 {}", listing::stamp(at))).await,
                None => "550 Could not get file modification time.",
            },
            "MKD" | "XMKD" => {
                let path = self.resolve(rest);
                if !rest.is_empty() && self.change(|drive, _| drive.make_folder(&path, unix_now())) {
                    return self.say(&format!("257 {} created", quoted(&path))).await;
                }
                "550 Create directory operation failed."
            }
            "RMD" | "XRMD" if self.change(|drive, _| drive.remove_folder(&self.resolve(rest))) => {
                "250 Remove directory operation successful."
            }
            "RMD" | "XRMD" => "550 Remove directory operation failed.",
            "DELE" if self.change(|drive, _| drive.remove_file(&self.resolve(rest))) => {
                "250 Delete operation successful."
            }
            "DELE" => "550 Delete operation failed.",
            "RNFR" => self.rename_from(rest),
            "RNTO" => self.rename_to(rest),
            "TYPE" => match rest.to_ascii_uppercase().as_str() {
                "I" | "L8" | "L 8" => "200 Switching to Binary mode.",
                "A" | "A N" => "200 Switching to ASCII mode.",
                _ => "500 Unrecognised TYPE command.",
            },
            "MODE" if rest.eq_ignore_ascii_case("S") => "200 Mode set to S.",
            "MODE" => "504 Bad MODE command.",
            "STRU" if rest.eq_ignore_ascii_case("F") => "200 Structure set to F.",
            "STRU" => "504 Bad STRU command.",
            "OPTS" if rest.eq_ignore_ascii_case("UTF8 ON") => "200 Always in UTF8 mode.",
            "OPTS" => "501 Option not understood.",
            "NOOP" => "200 NOOP ok.",
            "SYST" => "215 UNIX Type: L8",
            "STAT" => "211 End of status",
            "ALLO" => "202 ALLO command ignored.",
            "ABOR" => "225 No transfer to ABOR.",
            "USER" => "530 Can't change to another user.",
            "PASS" => "230 Already logged in.",
            "PORT" => "500 Illegal PORT command.",
            "EPRT" => "500 Illegal EPRT command.",
            "REST" | "APPE" | "FEAT" | "STOU" | "ACCT" | "SMNT" => "502 Command not implemented.",
            _ => "500 Unknown command.",
        };
        self.say(words).await
    }

    /// A path from the root, whatever folder the client is in.
    fn resolve(&self, path: &str) -> String {
        resolve(&self.folder, path)
    }

    fn drive<T>(&self, f: impl FnOnce(&mut Drive, &SimPrinter) -> T) -> T {
        self.printer.drive(f)
    }

    /// Whether there is nothing to store on.
    fn has_no_card(&self) -> bool {
        self.printer.has(Fault::NoCard)
    }

    /// A change of what is stored, which needs somewhere to store it.
    fn change(&self, f: impl FnOnce(&mut Drive, &SimPrinter) -> bool) -> bool {
        !self.has_no_card() && self.drive(f)
    }

    /// Whether it is another session beside one that the server allows.
    fn is_second(&self) -> bool {
        self.second && self.printer.has(Fault::FileBusy)
    }

    fn change_folder(&mut self, to: &str) -> &'static str {
        let path = self.resolve(to);
        let there =
            path == "/" || !to.is_empty() && !self.has_no_card() && self.drive(|drive, _| drive.is_folder(&path));
        if there && !(to.is_empty()) {
            self.folder = path;
            return "250 Directory successfully changed.";
        }
        "550 Failed to change directory."
    }

    fn rename_from(&mut self, rest: &str) -> &'static str {
        let path = self.resolve(rest);
        let there = path != "/" && self.change(|drive, _| drive.is_file(&path) || drive.is_folder(&path));
        self.renamed = there.then_some(path);
        if there { "350 Ready for RNTO." } else { "550 RNFR command failed." }
    }

    fn rename_to(&mut self, rest: &str) -> &'static str {
        let Some(from) = self.renamed.take() else { return "503 RNFR required first." };
        let to = self.resolve(rest);
        let done = !rest.is_empty() && self.change(|drive, sim| drive.rename(&from, &to, || sim.file()));
        if done { "250 Rename successful." } else { "550 Rename failed." }
    }

    fn file(&self, path: &str) -> Option<Arc<Vec<u8>>> {
        let path = self.resolve(path);
        if self.has_no_card() { None } else { self.drive(|drive, sim| drive.read(&path, || sim.file())) }
    }

    fn written(&self, path: &str) -> Option<i64> {
        let path = self.resolve(path);
        self.drive(|drive, _| drive.written(&path).filter(|_| drive.is_file(&path))).filter(|_| !self.has_no_card())
    }

    async fn fetch(&mut self, rest: &str) -> Done {
        let Some(file) = self.file(rest) else {
            self.passive = None;
            return self.say("550 Failed to open file.").await;
        };
        self.printer.fetched.fetch_add(1, Ordering::Relaxed);
        let words = format!("Opening BINARY mode data connection for {rest} ({} bytes).", file.len());
        self.send(&words, &file, "226 Transfer complete.").await
    }

    async fn list(&mut self, names: bool, rest: &str) -> Done {
        // Options of `ls` are taken and mean nothing.
        let (options, place) = match rest.split_once(' ') {
            Some((options, place)) if options.starts_with('-') => (options, place),
            None if rest.starts_with('-') => (rest, ""),
            _ => ("", rest),
        };
        tracing::trace!(options, "a listing");
        let path = self.resolve(place);
        let size = |sim: &SimPrinter| sim.file().map_or(0, |file| file.len());
        let lines = self.drive(|drive, sim| drive.list(&path, || size(sim)));
        let lines = if self.has_no_card() { Vec::new() } else { lines };
        let text = if names {
            let prefix = match (Family::of(self.printer.card.model), place) {
                // An X1 gives whole paths, the small ones bare names, the new ones what was asked for.
                (Family::X1, _) => format!("{}/", path.trim_end_matches('/')),
                (Family::New, place) if !place.is_empty() => format!("{}/", place.trim_end_matches('/')),
                _ => String::new(),
            };
            listing::names(&lines, &prefix)
        } else if self.printer.has(Fault::FileOddList) {
            listing::odd(&lines, unix_now())
        } else {
            listing::long(&lines, unix_now())
        };
        self.send("Here comes the directory listing.", text.as_bytes(), "226 Directory send OK.").await
    }
}

/// A path in quotation marks, those in it doubled.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('"', "\"\""))
}
