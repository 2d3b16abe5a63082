//! The JPEG camera of one printer: TLS, login, then pictures for as long as somebody looks.

use super::fault::Fault;
use super::mqtt::{Count, drain};
use super::picture::{self, Scene};
use super::printer::Printer;
use crate::protocol::camera::{LOGIN_LEN, USER, frame_header, read_login};
use crate::protocol::model::CameraKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a client may take to log in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves one viewer until it goes.
pub(super) async fn serve(printer: Arc<Printer>, tcp: TcpStream) {
    let printer = &*printer;
    if printer.has(Fault::CameraRefuse) {
        return;
    }
    if printer.has(Fault::Silent) {
        return drain(tcp).await;
    }
    let Ok(Ok(mut stream)) = tokio::time::timeout(PATIENCE, TlsAcceptor::from(printer.tls(true)).accept(tcp)).await
    else {
        return;
    };
    // Newer models have another service on this port, which hangs up on strangers.
    if printer.card.model.camera() != CameraKind::Jpeg {
        let _ = stream.shutdown().await;
        return;
    }
    let mut packet = [0; LOGIN_LEN];
    if !matches!(tokio::time::timeout(PATIENCE, stream.read_exact(&mut packet)).await, Ok(Ok(_))) {
        return;
    }
    let refused = printer.faults(|f| f.refusal()).is_some();
    let known =
        !refused && read_login(&packet).is_some_and(|(user, code)| user == USER && code == printer.access_code());
    if !known {
        let _ = stream.shutdown().await;
        return;
    }
    let _count = Count::new(&printer.cameras);
    show(printer, stream).await;
}

async fn show(printer: &Printer, mut stream: TlsStream<TcpStream>) {
    // A real camera gives a picture in one to two seconds; a fast simulation is worth more, within reason.
    let period = Duration::from_secs_f64((2.0 / printer.speed.max(1.0)).clamp(0.1, 2.0));
    let mut unread = [0; 64];
    loop {
        // The header goes out by itself, in a TLS record of its own, as cameras send it.
        for piece in next_frame(printer).await {
            if stream.write_all(&piece).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
        tokio::select! {
            read = stream.read(&mut unread) => if !read.is_ok_and(|n| n > 0) { return },
            () = tokio::time::sleep(period) => {}
        }
    }
}

/// Header and picture, or what a fault makes of them; nothing sends nothing.
async fn next_frame(printer: &Printer) -> Vec<Vec<u8>> {
    let fault = printer.faults(|f| f.camera());
    let body = match fault {
        Some(Fault::CameraStall) => return Vec::new(),
        Some(Fault::CameraGarbage) => return vec![(0..4096_u32).map(|i| (i * 167 + 13) as u8).collect()],
        Some(Fault::CameraHugeHeader) => return vec![frame_header(2 << 30).to_vec()],
        Some(Fault::CameraGiantPicture) => picture::giant(),
        _ => {
            let scene = Scene::of(&printer.machine().sim, &printer.card.name);
            let Ok(mut jpeg) = tokio::task::spawn_blocking(move || picture::jpeg(&scene)).await else {
                return Vec::new();
            };
            if fault == Some(Fault::CameraTruncatedJpeg) {
                jpeg.truncate(jpeg.len() / 2);
            }
            jpeg
        }
    };
    vec![frame_header(body.len() as u32).to_vec(), body]
}
