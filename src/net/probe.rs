//! The form's connection test: one session, a few seconds, nothing remembered.

use super::{
    dial::Target,
    mqtt::{forward, printer_module},
    pins::Pins,
    session::Session,
    timing::Timing,
};
use crate::{
    config::{CAMERA_PORT, FTPS_PORT, MQTT_PORT, PrinterConfig, Secret},
    protocol::{
        command::{Command, Seq},
        model::Model,
        report::Module,
    },
    state::{
        effect::NewPrinter,
        event::{Cause, Event, PrinterEvent, Probed},
    },
};
use rumqttc::Packet;
use std::sync::Arc;
use tokio::{sync::mpsc, time::timeout};

/// Host and port of `host`, `host:port` or `[address]:port`; the port is `usual` where none is written. An IPv6 address
/// without brackets is all host.
pub fn split_port(text: &str, usual: u16) -> (&str, u16) {
    let text = text.trim();
    let bare = |host: &str| host.starts_with('[') && host.ends_with(']') && host.len() > 2;
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && (!host.contains(':') || bare(host)) => match port.parse() {
            Ok(port) => (host.trim_start_matches('[').trim_end_matches(']'), port),
            Err(_) => (text, usual),
        },
        _ if bare(text) => (&text[1..text.len() - 1], usual),
        _ => (text, usual),
    }
}

/// Tests the connection and answers with [`Event::Probed`].
///
/// The certificate must be the one the form names; if it names none, the one that is pinned for the serial; if none is
/// pinned, one with the serial as its name. The access code goes out only after that.
pub(super) async fn run(printer: NewPrinter, pins: Pins, timing: Arc<Timing>, events: mpsc::Sender<Event>) {
    let name = super::short(&printer.serial);
    // A task of its own, so that a panic is an answer too.
    let test =
        tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move { test(printer, pins, &timing).await }));
    let answer = test.await.unwrap_or(Err(Cause::Internal));
    match &answer {
        Ok(found) => tracing::info!(printer = name, model = %found.model, reported = found.reported, "tested"),
        Err(why) => tracing::info!(printer = name, %why, "test failed"),
    }
    let _ = events.send(Event::Probed(answer)).await;
}

async fn test(printer: NewPrinter, pins: Pins, timing: &Timing) -> Result<Probed, Cause> {
    let (host, mqtt_port) = split_port(&printer.host, MQTT_PORT);
    let config = PrinterConfig {
        host: host.to_owned(),
        mqtt_port,
        name: printer.name,
        serial: printer.serial.trim().to_ascii_uppercase(),
        access_code: Secret::new(printer.access_code),
        camera_port: CAMERA_PORT,
        ftps_port: FTPS_PORT,
        model: None,
        fingerprint: printer.fingerprint,
        tags: Vec::new(),
    };
    let target = Target::new(config, pins, false);
    let mut session = Session::open(&target, timing).await?;
    let mut heard = Heard::default();
    let listened = timeout(timing.probe, heard.listen(&target.serial, &mut session, timing)).await;
    let (model, firmware) = heard.model_and_firmware(&target.serial);
    let peer = session.peer.clone();
    session.close(timing.goodbye).await;
    match listened {
        // Silence is an answer too: the serial may be wrong.
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(cause)) => return Err(cause),
    }
    Ok(Probed { model, firmware, certificate_name: peer.name, fingerprint: peer.fingerprint, reported: heard.reported })
}

/// What came within the time.
#[derive(Default)]
struct Heard {
    reported: bool,
    printer: Option<Module>,
}

impl Heard {
    /// Asks, and listens until both a report and the printer's own module are there.
    async fn listen(&mut self, serial: &str, session: &mut Session, timing: &Timing) -> Result<(), Cause> {
        for command in [Command::GetVersion, Command::PushAll] {
            if let Some(packet) = session.request(serial, &command, Seq(0)) {
                session.send(packet, timing.write).await?;
            }
        }
        while !self.reported || self.printer.is_none() {
            let Packet::Publish(publish) = session.next().await? else { continue };
            if !session.is_report(&publish) {
                continue;
            }
            forward(&publish.payload, |news| match news {
                PrinterEvent::Report(_) => self.reported = true,
                PrinterEvent::Modules(modules) => {
                    self.printer = printer_module(&modules).cloned().or(self.printer.take());
                }
                _ => {}
            });
        }
        Ok(())
    }

    fn model_and_firmware(&self, serial: &str) -> (Model, Option<String>) {
        let module = self.printer.as_ref();
        let said = |text: Option<&String>| text.and_then(|text| Model::from_code(text));
        let model = said(module.and_then(|m| m.project.as_ref()))
            .or_else(|| said(module.and_then(|m| m.product.as_ref())))
            .or_else(|| Model::from_serial(serial))
            .unwrap_or_default();
        (model, module.and_then(|m| m.version.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_carry_a_port() {
        for (text, host, port) in [
            ("192.0.2.7", "192.0.2.7", 8883),
            (" 192.0.2.7:18883 ", "192.0.2.7", 18883),
            ("printer.lan:1", "printer.lan", 1),
            ("printer.lan:", "printer.lan:", 8883),
            ("printer.lan:99999", "printer.lan:99999", 8883),
            ("fe80::1", "fe80::1", 8883),
            ("::1", "::1", 8883),
            ("[::1]", "::1", 8883),
            ("[::1]:18883", "::1", 18883),
            ("", "", 8883),
            (":5", ":5", 8883),
        ] {
            assert_eq!(split_port(text, 8883), (host, port), "{text}");
        }
    }
}
