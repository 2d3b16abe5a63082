//! The form's connection test: first a look at the certificate, then one session of a few seconds. Nothing is remembered.

use crate::net::{
    printer::dial::{Target, dial},
    printer::session::Session,
    printer::task::{dispatch, printer_module},
    timing::Timing,
    tls::Policy,
    tls::pins::Pins,
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
        event::{Event, PrinterEvent, Probed},
        printer::{certificate::Met, connection::DisconnectReason},
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

/// What came of a connection test.
enum Came {
    /// A person has to see the certificate first.
    Met(Met),
    Tested(Probed),
}

/// Tests the connection and answers with [`Event::Probed`], or [`Event::Met`] where the certificate is neither the one
/// that the form names nor the one that is pinned for the serial. The access code goes only to one of these two.
pub(in crate::net) async fn run(
    printer: NewPrinter,
    known: (Pins, Policy),
    timing: Arc<Timing>,
    events: mpsc::Sender<Event>,
) {
    let name = crate::net::short(&printer.serial);
    // A task of its own, so that a panic is an answer too.
    let test =
        tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move { meet(printer, known, &timing).await }));
    let answer = test.await.unwrap_or(Err(DisconnectReason::Internal));
    let event = match answer {
        Ok(Came::Met(met)) => {
            tracing::info!(printer = name, certificate = %met.certificate, "met");
            Event::Met(met)
        }
        Ok(Came::Tested(found)) => {
            tracing::info!(printer = name, model = %found.model, reported = found.reported, "tested");
            Event::Probed(Ok(found))
        }
        Err(why) => {
            tracing::info!(printer = name, %why, "test failed");
            Event::Probed(Err(why))
        }
    };
    let _ = events.send(event).await;
}

/// Looks who is there, and goes on with the test if a person has accepted that certificate.
async fn meet(mut printer: NewPrinter, known: (Pins, Policy), timing: &Timing) -> Result<Came, DisconnectReason> {
    let (pins, policy) = known;
    if printer.fingerprint.is_none() {
        // Nobody who is only looked at needs the access code: it stays here.
        let nobody = NewPrinter { access_code: String::new(), ..printer.clone() };
        let any = Policy { trust_new: true, ..policy.clone() };
        let target = Target::new(config(nobody), Pins::default(), any, None);
        let (stream, peer) = dial(&target, target.mqtt_port, timing).await?;
        drop(stream);
        let pinned = pins.get(&target.serial).filter(|pinned| *pinned != peer.certificate.fingerprint);
        if pinned.is_some() || pins.get(&target.serial).is_none() {
            return Ok(Came::Met(Met { certificate: peer.certificate, pinned }));
        }
        printer.fingerprint = Some(peer.certificate.fingerprint);
    }
    test(printer, policy, timing).await.map(Came::Tested)
}

fn config(printer: NewPrinter) -> PrinterConfig {
    let (host, mqtt_port) = split_port(&printer.host, MQTT_PORT);
    PrinterConfig {
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
    }
}

/// Logs in to a printer whose certificate is the one that the form names.
async fn test(printer: NewPrinter, policy: Policy, timing: &Timing) -> Result<Probed, DisconnectReason> {
    let target = Target::new(config(printer), Pins::default(), policy, None);
    let opened = Session::open(&target, timing).await;
    // What this visit takes for configured is what the look before has shown.
    let mut session = opened.map_err(|cause| match cause {
        DisconnectReason::CertificateChanged { found, .. } => DisconnectReason::CertificateSwapped(found),
        other => other,
    })?;
    let mut heard = Heard::default();
    let listened = timeout(timing.probe, heard.listen(&target.serial, &mut session, timing)).await;
    let (model, firmware) = heard.model_and_firmware(&target.serial);
    let peer = session.peer.clone().ok_or(DisconnectReason::Internal)?;
    session.close(timing.goodbye).await;
    match listened {
        // Silence is an answer too: the serial may be wrong.
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(cause)) => return Err(cause),
    }
    let reported = heard.reported;
    Ok(Probed { model, firmware, certificate_name: peer.name, certificate: peer.certificate, reported })
}

/// What came within the time.
#[derive(Default)]
struct Heard {
    reported: bool,
    printer: Option<Module>,
}

impl Heard {
    /// Asks, and listens until both a report and the printer's own module are there.
    async fn listen(&mut self, serial: &str, session: &mut Session, timing: &Timing) -> Result<(), DisconnectReason> {
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
            dispatch(publish.payload, |news| match news {
                PrinterEvent::Report(_) => self.reported = true,
                PrinterEvent::Modules(modules) => {
                    self.printer = printer_module(&modules).cloned().or(self.printer.take());
                }
                _ => {}
            })
            .await;
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
