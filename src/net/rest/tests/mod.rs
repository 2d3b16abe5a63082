//! The client against small servers on loopback that answer what they are told, byte for byte.

mod answers;
mod budget;
mod every;
mod files;
mod logins;
mod redirects;
mod tls;

use super::*;
use crate::protocol::rest::RestErrorKind;
use std::sync::Mutex;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// Must never be seen anywhere but in the header it is for.
const TOKEN: &str = "AADt0kent0kent0kent0ken";

/// What the server does with a request.
#[derive(Debug, Clone)]
enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes and then nothing, without closing.
    Stall(Vec<u8>),
    /// Sends these bytes, and then as many others as are taken.
    Endless(Vec<u8>),
}

/// An answer as servers send them.
fn reply(status: &str, headers: &str, body: &str) -> Reply {
    let headers = headers.replace('\n', "\r\n");
    let length = body.len();
    Reply::Bytes(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .into_bytes(),
    )
}

fn ok(body: &str) -> Reply {
    reply("200 OK", "content-type: application/json\n", body)
}

fn refuse(status: &str) -> Reply {
    reply(status, "", "")
}

const DEVICES: &str =
    r#"{"message":"success","code":null,"error":null,"devices":[{"dev_id":"01P00A000000001","name":"A"}]}"#;

/// A server that gives one reply after the other and keeps what it was asked. After the last reply it answers 599.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn start(replies: Vec<Reply>) -> Self {
        Self::secured(replies, None).await
    }

    async fn secured(replies: Vec<Reply>, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, replies) = (Arc::clone(&asked), Arc::new(Mutex::new(replies.into_iter())));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, replies, tls) = (Arc::clone(&kept), Arc::clone(&replies), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            let Ok(stream) = tls.accept(stream).await else { return };
                            serve(stream, &kept, &replies, port).await;
                        }
                        None => serve(stream, &kept, &replies, port).await,
                    }
                });
            }
        });
        Self { port, asked, task }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").clone()
    }

    /// First lines of what was asked.
    fn lines(&self) -> Vec<String> {
        self.asked().iter().map(|text| text.lines().next().unwrap_or_default().replace(" HTTP/1.1", "")).collect()
    }

    /// A client of this server as API and website, with a token.
    fn cloud(&self) -> Cloud {
        self.cloud_with(|_| {})
    }

    fn cloud_with(&self, change: impl FnOnce(&mut RestOptions)) -> Cloud {
        let mut options = RestOptions {
            api_url: Some(self.url()),
            web_url: Some(self.url()),
            token: Some(Secret::new(TOKEN)),
            pace: HttpTimeouts::fast(),
            ..RestOptions::default()
        };
        change(&mut options);
        Cloud::new(options)
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    kept: &Mutex<Vec<String>>,
    replies: &Mutex<std::vec::IntoIter<Reply>>,
    port: u16,
) {
    let mut bytes = Vec::new();
    while !is_whole(&bytes) {
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(count @ 1..) => bytes.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    kept.lock().expect("lock").push(String::from_utf8_lossy(&bytes).into_owned());
    let next = replies.lock().expect("lock").next();
    let with_port = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => text.replace("PORT", &port.to_string()).into_bytes(),
        Err(e) => e.into_bytes(),
    };
    match next.unwrap_or_else(|| refuse("599 Too many questions")) {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&with_port(bytes)).await;
            let _ = stream.shutdown().await;
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&with_port(bytes)).await;
            std::future::pending::<()>().await;
        }
        Reply::Endless(bytes) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&[b' '; 8192]).await.is_ok() {}
        }
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// Whether a request has a header, as it was written.
fn has(request: &str, header: &str) -> bool {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().skip(1).any(|line| line.eq_ignore_ascii_case(header))
}

/// Whether a request has a header of this name.
fn names(request: &str, header: &str) -> bool {
    let head = request.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase();
    head.lines().skip(1).any(|line| line.starts_with(&format!("{header}:")))
}

/// What a failed call said, after a look at whether it shows what it must not.
fn trouble<T: fmt::Debug>(result: Result<T, RestError>) -> RestErrorKind {
    let error = result.expect_err("an error");
    for shown in [format!("{error:?}"), error.to_string()] {
        assert!(!shown.contains(TOKEN) && !shown.contains("s3cret"), "{shown}");
    }
    error.trouble
}
