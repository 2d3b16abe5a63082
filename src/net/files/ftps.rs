//! A client for a printer's file server: FTP inside TLS from the first byte on. It reads and never writes.

use crate::net::{
    printer::dial::{Target, dial_with},
    timing::Timing,
    tls,
};
use crate::{
    protocol::ftp::{self, Replies, Reply},
    state::printer::{
        connection::{ConnectStep, DisconnectReason},
        objects::NoPlate,
    },
};
use rustls::ClientConfig;
use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// The one user there is.
const USER: &str = "bblp";
/// Longest listing that is read, in bytes.
const LISTING_MAX: u64 = 1 << 20;
const READ: usize = 64 << 10;
/// Progress is told after so many bytes, or after a fiftieth of the whole.
const TELL_EVERY: u64 = 256 << 10;

/// A login at the file server. It ends when it is dropped.
pub(in crate::net) struct FtpsSession<'a> {
    target: &'a Target,
    timing: &'a Timing,
    /// Made for this visit: data connections resume the control connection's session.
    config: Arc<ClientConfig>,
    control: TlsStream<TcpStream>,
    address: IpAddr,
    replies: Replies,
    /// Whether plain data connections are an option: not for a server that has ever sent something over TLS.
    may_be_plain: bool,
    /// An answer is still missing: the next one would be taken for another.
    out_of_step: bool,
}

/// How many bytes may come.
#[derive(Debug, Clone, Copy)]
struct Limits {
    most: u64,
    /// Neither more nor fewer.
    exact: bool,
}

/// What came of opening a data connection.
enum Data {
    Open(Box<dyn AsyncRead + Unpin + Send>),
    /// What was asked for does not exist.
    NotThere,
    /// The encrypted connection was refused before it began.
    NoTls(DisconnectReason),
}

fn refused(reply: &Reply) -> DisconnectReason {
    DisconnectReason::Protocol(format!("{} {}", reply.code, reply.text).trim().to_owned())
}

/// 425, 426 and 522 are said where the data connection is at fault.
fn blames_connection(reply: &Reply) -> bool {
    matches!(reply.code, 425 | 426 | 522)
}

impl<'a> FtpsSession<'a> {
    /// Connects and logs in. `may_be_plain`: if encrypted data connections fail, plain ones will do.
    pub(in crate::net) async fn begin(
        target: &'a Target,
        timing: &'a Timing,
        may_be_plain: bool,
    ) -> Result<Self, DisconnectReason> {
        let config = target.identity.file_config().map_err(|e| DisconnectReason::Tls(e.to_string()))?;
        let (control, _) = dial_with(target, &config, target.ftps_port, timing).await.inspect_err(|why| {
            let connected = !matches!(
                why,
                DisconnectReason::UnknownHost(_)
                    | DisconnectReason::ConnectionRefused
                    | DisconnectReason::Network(_)
                    | DisconnectReason::TimedOut(ConnectStep::Tcp)
            );
            target.files_stumbled.fetch_or(connected, Ordering::Relaxed);
        })?;
        let address = control.get_ref().0.peer_addr().map_err(|e| DisconnectReason::Network(e.to_string()))?.ip();
        let replies = Replies::default();
        let mut session = Self { target, timing, config, control, address, replies, may_be_plain, out_of_step: false };
        let hello = session.reply().await?;
        if !hello.is_good() {
            return Err(refused(&hello));
        }
        session.demand(&format!("USER {USER}")).await?;
        let login = session.command(&format!("PASS {}", target.access_code.expose_secret())).await?;
        match login.code {
            530 => return Err(DisconnectReason::WrongCode),
            _ if !login.is_good() => return Err(refused(&login)),
            _ => {}
        }
        session.demand("PBSZ 0").await?;
        session.demand(if session.is_plain() { "PROT C" } else { "PROT P" }).await?;
        session.demand("TYPE I").await?;
        Ok(session)
    }

    /// The size of a file in bytes; `None`: it does not exist.
    pub(in crate::net) async fn size(&mut self, path: &str) -> Result<Option<u64>, DisconnectReason> {
        let reply = self.command(&format!("SIZE {path}")).await?;
        match (reply.code, reply.text.parse()) {
            (213, Ok(size)) => Ok(Some(size)),
            (550, _) => Ok(None),
            _ => Err(refused(&reply)),
        }
    }

    /// When a file was written, in seconds since 1970 by the printer's clock; `None` where it does not say.
    pub(in crate::net) async fn modified(&mut self, path: &str) -> Result<Option<i64>, DisconnectReason> {
        let reply = self.command(&format!("MDTM {path}")).await?;
        Ok(ftp::modified(&reply.text).filter(|_| reply.code == 213))
    }

    /// The names of the files in a folder; none where there is no such folder.
    pub(in crate::net) async fn list(&mut self, folder: &str) -> Result<Vec<String>, NoPlate> {
        let mut listing = Vec::new();
        let limits = Limits { most: LISTING_MAX, exact: false };
        self.transfer(&format!("LIST {folder}"), &mut listing, limits, |_| {}).await?;
        Ok(ftp::listed(&listing))
    }

    /// Fetches a file of a known size, and tells how far it is now and then. `None`: it does not exist any more.
    pub(in crate::net) async fn fetch(
        &mut self,
        path: &str,
        size: u64,
        out: &mut (impl AsyncWrite + Unpin),
        told: impl FnMut(u64),
    ) -> Result<Option<u64>, NoPlate> {
        self.transfer(&format!("RETR {path}"), out, Limits { most: size, exact: true }, told).await
    }

    /// One data connection, or two: where the server itself refuses the encrypted one, over the encrypted control
    /// connection and before a handshake, and plain ones are an option, these are tried, and that is remembered. A handshake
    /// that fails is no such refusal: anybody on the way can break it.
    async fn transfer(
        &mut self,
        command: &str,
        out: &mut (impl AsyncWrite + Unpin),
        limits: Limits,
        mut told: impl FnMut(u64),
    ) -> Result<Option<u64>, NoPlate> {
        loop {
            let why = match self.open(command).await? {
                Data::NotThere => return Ok(None),
                Data::Open(data) => {
                    let len = self.read(data, out, limits, &mut told).await?;
                    if !self.is_plain() {
                        self.target.encrypted_files.store(true, Ordering::Relaxed);
                    }
                    return Ok(Some(len));
                }
                Data::NoTls(why) => why,
            };
            let has_worked = self.target.encrypted_files.load(Ordering::Relaxed);
            if !self.may_be_plain || has_worked || self.is_plain() {
                return Err(why.into());
            }
            tracing::info!(printer = crate::net::short(&self.target.serial), %why, "files: plain data connections");
            self.target.plain_files.store(true, Ordering::Relaxed);
            self.demand("PROT C").await?;
        }
    }

    /// Connects to the port the server names, at the address it is known by, and gives the command.
    async fn open(&mut self, command: &str) -> Result<Data, DisconnectReason> {
        let passive = self.command("PASV").await?;
        let port = ftp::passive_port(&passive.text).filter(|_| passive.code == 227).ok_or_else(|| refused(&passive))?;
        let tcp = timeout(self.timing.tcp, TcpStream::connect((self.address, port)))
            .await
            .map_err(|_| DisconnectReason::TimedOut(ConnectStep::Tcp))?
            .map_err(|e| tls::cause(&e))?;
        self.send(command).await?;
        // The handshake waits for the word that the data comes: a refusal is then one from before it, and not a matter of
        // which of the two was noticed first. A handshake that begins earlier leaves some servers hanging.
        if let Some(obstacle) = obstacle(&self.reply().await?)? {
            return Ok(obstacle);
        }
        if self.is_plain() {
            return Ok(Data::Open(Box::new(tcp)));
        }
        let connector = TlsConnector::from(Arc::clone(&self.config));
        let shaken = timeout(self.timing.tls, connector.connect(self.target.identity.server_name(), tcp)).await;
        let why = match shaken {
            Ok(Ok(stream)) => return Ok(Data::Open(Box::new(stream))),
            Ok(Err(error)) => tls::cause(&error),
            Err(_) => DisconnectReason::TimedOut(ConnectStep::Tls),
        };
        self.target.files_stumbled.store(true, Ordering::Relaxed);
        // Another certificate is no reason to do without one.
        if why.is_about_certificate() {
            return Err(why);
        }
        // The server has its own word for the failure, unless it waits as well.
        match self.reply().await {
            Ok(reply) if blames_connection(&reply) => Err(refused(&reply)),
            _ => Err(why),
        }
    }

    /// Reads a data connection to its end. Some servers end it without a goodbye, or call it broken although everything
    /// came, so the size decides where it is known.
    async fn read(
        &mut self,
        mut data: Box<dyn AsyncRead + Unpin + Send>,
        out: &mut (impl AsyncWrite + Unpin),
        limits: Limits,
        told: &mut impl FnMut(u64),
    ) -> Result<u64, NoPlate> {
        let no_room = |e: std::io::Error| NoPlate::NoRoom(e.to_string());
        let mut buffer = vec![0; READ];
        let step = (limits.most / 50).max(TELL_EVERY);
        let (mut len, mut tell) = (0, step);
        loop {
            let read = timeout(self.timing.file_silence, data.read(&mut buffer)).await;
            match read.map_err(|_| DisconnectReason::TimedOut(ConnectStep::Read))? {
                Ok(0) | Err(_) => break,
                Ok(n) => {
                    len += n as u64;
                    if len > limits.most {
                        return Err(DisconnectReason::Protocol("more bytes than were announced".to_owned()).into());
                    }
                    out.write_all(&buffer[..n]).await.map_err(no_room)?;
                }
            }
            if len >= tell {
                told(len);
                tell = len + step;
            }
        }
        out.flush().await.map_err(no_room)?;
        drop(data);
        let complete = limits.exact && len == limits.most;
        let reply = match self.reply().await {
            Ok(reply) => reply,
            Err(_) if complete => {
                self.out_of_step = true;
                return Ok(len);
            }
            Err(why) => return Err(why.into()),
        };
        if complete || (!limits.exact && reply.is_good()) {
            Ok(len)
        } else if reply.is_good() {
            Err(DisconnectReason::Protocol("the file ended early".to_owned()).into())
        } else {
            Err(refused(&reply).into())
        }
    }

    fn is_plain(&self) -> bool {
        self.target.plain_files.load(Ordering::Relaxed)
    }

    /// A command that has to succeed.
    async fn demand(&mut self, command: &str) -> Result<(), DisconnectReason> {
        let reply = self.command(command).await?;
        if reply.is_good() { Ok(()) } else { Err(refused(&reply)) }
    }

    async fn command(&mut self, command: &str) -> Result<Reply, DisconnectReason> {
        self.send(command).await?;
        self.reply().await
    }

    async fn send(&mut self, command: &str) -> Result<(), DisconnectReason> {
        if self.out_of_step {
            return Err(DisconnectReason::Closed);
        }
        // A line break would begin another command.
        if command.contains(['\r', '\n']) {
            return Err(DisconnectReason::Internal);
        }
        let line = format!("{command}\r\n");
        let write = async {
            self.control.write_all(line.as_bytes()).await?;
            self.control.flush().await
        };
        let written =
            timeout(self.timing.write, write).await.map_err(|_| DisconnectReason::TimedOut(ConnectStep::Write))?;
        written.map_err(|e| tls::cause(&e))
    }

    async fn reply(&mut self) -> Result<Reply, DisconnectReason> {
        let (control, replies) = (&mut self.control, &mut self.replies);
        let read = async {
            let mut buffer = [0; 1024];
            loop {
                if let Some(reply) = replies.next_reply().map_err(|e| DisconnectReason::Protocol(e.to_string()))? {
                    return Ok(reply);
                }
                match control.read(&mut buffer).await {
                    Ok(0) => return Err(DisconnectReason::Closed),
                    Ok(len) => replies.feed(&buffer[..len]),
                    Err(error) => return Err(tls::cause(&error)),
                }
            }
        };
        timeout(self.timing.login, read).await.map_err(|_| DisconnectReason::TimedOut(ConnectStep::Read))?
    }

    /// Says goodbye.
    pub(in crate::net) async fn end(mut self) {
        let _ = timeout(self.timing.goodbye, self.command("QUIT")).await;
    }
}

/// What an answer to a command with a data connection says against it; `None`: the data comes.
fn obstacle(reply: &Reply) -> Result<Option<Data>, DisconnectReason> {
    match reply.code {
        _ if reply.is_preliminary() => Ok(None),
        550 => Ok(Some(Data::NotThere)),
        425 | 522 => Ok(Some(Data::NoTls(refused(reply)))),
        _ => Err(refused(reply)),
    }
}
