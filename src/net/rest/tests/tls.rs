//! Who is at the other end.

use super::*;
use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// A server with a certificate for `name`, and its authority as PEM.
async fn server(name: &str, change: impl FnOnce(&mut CertificateParams)) -> (Server, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    change(&mut params);
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .expect("a server");
    let server = Server::secured(vec![ok(DEVICES)], Some(TlsAcceptor::from(Arc::new(config)))).await;
    let text = STANDARD.encode(authority.der());
    (server, format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"))
}

fn cloud(server: &Server, host: &str, ca: Option<&str>) -> (Cloud, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = ca.map(|pem| {
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, pem).expect("written");
        path
    });
    let cloud = server.cloud_with(|options| {
        options.api_url = Some(format!("https://{host}:{}", server.port));
        options.trust = Trust::new(file);
        options.pace.retries = 0;
    });
    (cloud, folder)
}

async fn said(cloud: &Cloud) -> String {
    let error = cloud.devices().await.expect_err("refused");
    assert!(matches!(error.trouble, RestErrorKind::Certificate(_)), "{error:?}");
    error.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_of_ones_own_is_trusted_where_it_is_named() {
    let (server, pem) = server("localhost", |_| {}).await;
    let (cloud, _folder) = cloud(&server, "localhost", Some(&pem));
    assert_eq!(cloud.devices().await.expect("devices").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_get_no_token() {
    let (unknown, _) = server("localhost", |_| {}).await;
    let (other, pem) = server("api.example.org", |_| {}).await;
    let year = rcgen::date_time_ymd;
    let (old, old_pem) = server("localhost", |params| params.not_after = year(2020, 1, 1)).await;
    let (young, young_pem) = server("localhost", |params| params.not_before = year(2999, 1, 1)).await;
    let (authority, authority_pem) = server("localhost", |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    })
    .await;
    for (server, ca, words) in [
        (&unknown, Some(pem.as_str()), "an authority that this machine does not know"),
        (&other, Some(pem.as_str()), "for another name"),
        (&old, Some(old_pem.as_str()), "has expired, or the clock of this machine is wrong"),
        (&authority, Some(authority_pem.as_str()), "that of an authority and not of a server"),
        (&young, Some(young_pem.as_str()), "not valid yet; the clock of this machine may be wrong"),
    ] {
        let (cloud, _folder) = cloud(server, "localhost", ca);
        let sentence = said(&cloud).await;
        assert!(sentence.contains(words) && sentence.contains("ca_file"), "{sentence}");
        assert!(server.asked().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_file_of_authorities_is_named() {
    let (server, _) = server("localhost", |_| {}).await;
    for pem in ["", "nothing", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        let (cloud, _folder) = cloud(&server, "localhost", Some(pem));
        let sentence = cloud.devices().await.expect_err("refused").to_string();
        assert!(sentence.contains("ca.pem") && sentence.contains("must be a file of PEM certificates"), "{sentence}");
    }
    let missing = Cloud::new(RestOptions {
        api_url: Some("https://localhost:1".to_owned()),
        token: Some(Secret::new(TOKEN)),
        trust: Trust::new(Some("/nowhere/ca.pem".into())),
        ..RestOptions::default()
    });
    let sentence = missing.devices().await.expect_err("refused").to_string();
    assert!(sentence.contains("/nowhere/ca.pem"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_no_cloud() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody");
        let mut bytes = vec![0; 4096];
        let count = stream.read(&mut bytes).await.expect("bytes");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.expect("written");
        bytes.truncate(count);
        bytes
    });
    let cloud = Cloud::new(RestOptions {
        api_url: Some(format!("https://localhost:{port}")),
        token: Some(Secret::new(TOKEN)),
        pace: HttpTimeouts { retries: 0, ..HttpTimeouts::fast() },
        ..RestOptions::default()
    });
    let error = cloud.devices().await.expect_err("refused");
    assert!(matches!(&error.trouble, RestErrorKind::Network(why) if why.contains("no TLS connection")), "{error:?}");
    let heard = String::from_utf8_lossy(&heard.await.expect("heard")).into_owned();
    assert!(!heard.contains(TOKEN));
}
