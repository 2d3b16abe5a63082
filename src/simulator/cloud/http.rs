//! The wire of the web servers: TLS, HTTP/1.1, and what can go wrong between them and a client.

use super::answer::{ApiRequest, ApiResponse, Site};
use super::control::Call;
use super::fault::CloudFault;
use super::{Cloud, lock, routes};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Largest body a client may send: room for a file to print.
const MAX_BODY: usize = 64 << 20;
/// How long a client may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Serves one connection until either side ends it.
pub(super) async fn serve(cloud: Arc<Cloud>, site: Site, tcp: TcpStream) {
    let _ = tcp.set_nodelay(true);
    let acceptor = TlsAcceptor::from(Arc::clone(&cloud.web_tls));
    let stop = cloud.stop.clone();
    let session = async {
        let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(tcp)).await else { return };
        let service = service_fn(|request| respond(Arc::clone(&cloud), site, request));
        // A client that goes, or talks nonsense, is its own affair.
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = session => {}
    }
}

async fn respond(cloud: Arc<Cloud>, site: Site, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(response(ApiResponse::empty(413), false)),
    };
    let target = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let ask = ApiRequest {
        site,
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(head.uri.query().unwrap_or("").as_bytes()).into_owned().collect(),
        method: head.method,
        headers: head.headers,
        body,
    };
    let (delay, fault) = lock(&cloud.fault_rules).take(&target);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let answer = match fault {
        // What goes wrong on the way back has been done all the same; what is refused has not.
        None => routes::answer(&cloud, &ask),
        Some(fault) if fault.spoils_answers() => routes::apply_fault(&cloud, fault, routes::answer(&cloud, &ask)),
        Some(fault) => routes::apply_fault(&cloud, fault, ApiResponse::empty(200)),
    };
    lock(&cloud.calls).push(Call {
        at: cloud.clock.elapsed(),
        method: ask.method.to_string(),
        target,
        status: answer.status,
    });
    Ok(response(answer, fault == Some(CloudFault::Cut)))
}

fn response(answer: ApiResponse, cut: bool) -> Response<Body> {
    let mut builder = Response::builder().status(answer.status).header(CONTENT_TYPE, answer.kind);
    for (name, value) in &answer.headers {
        builder = builder.header(*name, value);
    }
    let body = if cut {
        builder = builder.header(CONTENT_LENGTH, answer.body.len().max(2));
        torn(answer.body.slice(..answer.body.len() / 2))
    } else {
        Full::new(answer.body).map_err(|never| match never {}).boxed_unsync()
    };
    // Only a header that is none can fail, and all of them are ours.
    builder.body(body).unwrap_or_default()
}

/// A body that breaks off.
fn torn(half: Bytes) -> Body {
    let end = async {
        // What breaks must not overtake what is still on its way.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    StreamBody::new(stream::iter([Ok(Frame::data(half))]).chain(stream::once(end))).boxed_unsync()
}
