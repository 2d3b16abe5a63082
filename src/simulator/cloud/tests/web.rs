//! A web client of a few lines: it writes a request as text, reads to the end, and takes the answer apart.

use crate::simulator::cloud::CloudControl;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(super) struct Browser {
    config: Arc<ClientConfig>,
    pub(super) api: String,
    pub(super) web: String,
    pub(super) token: Option<String>,
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
    /// Whether as much came as was announced.
    pub(super) whole: bool,
}

impl Response {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Browser {
    pub(super) fn new(cloud: &CloudControl) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(cloud.ca_file()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let token = Some(cloud.token().to_owned());
        Self { config: Arc::new(config), api: cloud.api_url().into(), web: cloud.web_url().into(), token }
    }

    /// Connects to a port, and insists that this name is vouched for.
    pub(super) async fn connect(&self, port: u16, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        TlsConnector::from(Arc::clone(&self.config)).connect(name, tcp).await
    }

    /// One request on a connection of its own, with exactly these headers.
    pub(super) async fn bare(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let rest = url.strip_prefix("https://").expect("https");
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let port = host.rsplit_once(':').unwrap().1.parse().unwrap();
        let mut stream = self.connect(port, "127.0.0.1").await.unwrap();
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding")) {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        text += "\r\n";
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream.flush().await.unwrap();
        let mut bytes = Vec::new();
        // A server that breaks off leaves what it sent until then.
        let _ = stream.read_to_end(&mut bytes).await;
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut response = Response { status, head, body: bytes[end + 4..].to_vec(), whole: true };
        let announced = response.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
        response.whole = response.body.len() == announced;
        response
    }

    /// A request of the program, with its token if it has one.
    pub(super) async fn send(&self, method: &str, url: &str, body: &Value) -> Response {
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = vec![("User-Agent", "foreign/1.0"), ("Accept", "application/json")];
        headers.extend(bearer.as_deref().map(|value| ("Authorization", value)));
        if body.is_null() {
            return self.bare(method, url, &headers, b"").await;
        }
        headers.push(("Content-Type", "application/json"));
        self.bare(method, url, &headers, body.to_string().as_bytes()).await
    }

    /// What a path of the API answers.
    pub(super) async fn get(&self, path: &str) -> Response {
        self.send("GET", &format!("{}{path}", self.api), &Value::Null).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Response {
        self.send("POST", &format!("{}{path}", self.api), &body).await
    }
}
