//! Every fault does what it says.

use super::client::{Client, tls, until};
use super::{Fault, single, start};
use crate::protocol::camera::login;
use crate::protocol::command::Command;
use crate::simulator::OddName;
use rumqttc::mqttbytes::v4::{ConnectReturnCode, Packet};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn faults_of_the_login() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    control.set_fault(Fault::RefuseLogin(3));
    assert_eq!(Client::login(card, "bblp", "a").await.unwrap_err(), ConnectReturnCode::ServiceUnavailable);
    control.clear_faults();
    control.set_fault(Fault::CloseAfterConnect);
    assert!(Client::login(card, "bblp", "a").await.unwrap().is_closed().await);
    control.clear_faults();
    control.set_fault(Fault::Silent);
    let mut tcp = tokio::net::TcpStream::connect((card.host.as_str(), card.mqtt_port)).await.unwrap();
    tcp.write_all(&[22, 3, 1, 0, 5]).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(200), tcp.read_u8()).await.is_err());
}

#[tokio::test]
async fn faults_of_commands() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    let mut client = Client::subscribed(card).await;
    control.set_fault(Fault::IgnoreCommands);
    client.send(&Command::Pause, 20_001).await;
    assert_eq!(client.message(|m| m["print"]["command"] == "pause").await["print"]["result"], "success");
    assert_eq!(control.with_printer(|p| p.phase.name()), "RUNNING");
    control.clear_faults();
    control.set_fault(Fault::NoAck);
    client.send(&Command::Pause, 20_002).await;
    let first = client.message(|m| m["print"]["command"] == "pause" || m["print"]["gcode_state"] == "PAUSE").await;
    assert_eq!(first["print"]["gcode_state"], "PAUSE");
    control.clear_faults();
    control.set_fault(Fault::Locked);
    client.send(&Command::Resume, 20_003).await;
    let ack = client.message(|m| m["print"]["command"] == "resume").await;
    assert_eq!(ack["print"]["reason"], "mqtt message verify failed");
    assert_eq!((&ack["print"]["result"], &ack["print"]["err_code"]), (&"failed".into(), &84_033_543.into()));
    control.clear_faults();
    control.set_fault(Fault::NoPubAck);
    client.send(&Command::Resume, 20_004).await;
    let next = client.until_packet(|p| matches!(p, Packet::PubAck(_)) || is_report(p, "RUNNING")).await;
    assert!(matches!(next, Packet::Publish(_)));
}

fn is_report(packet: &Packet, text: &str) -> bool {
    matches!(packet, Packet::Publish(p) if String::from_utf8_lossy(&p.payload).contains(text))
}

#[tokio::test]
async fn no_reports_until_they_are_asked_for() {
    let demo = start(&single()).await.unwrap();
    let control = demo.control(0).unwrap();
    control.set_fault(Fault::NoReports);
    let mut client = Client::subscribed(&demo.printers()[0]).await;
    client.send(&Command::PushAll, 20_001).await;
    client.until_packet(|p| matches!(p, Packet::PubAck(_))).await;
    assert!(client.is_silent().await);
    client.send(&Command::PushStart, 20_002).await;
    client.message(|m| m["print"]["command"] == "push_status").await;
}

#[tokio::test]
async fn faults_of_reports() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    let mut client = Client::subscribed(card).await;
    control.set_fault(Fault::FloodPerSecond(200));
    let mut last = String::new();
    for _ in 0..40 {
        let line = client.message(|m| m["print"]["mc_print_line_number"].is_string()).await;
        let line = line["print"]["mc_print_line_number"].to_string();
        assert_ne!(line, last);
        last = line;
    }
    control.clear_faults();
    control.set_fault(Fault::ControlChars);
    let report = client.message(|m| m["print"]["subtask_name"].is_string()).await;
    assert!(report["print"]["subtask_name"].as_str().unwrap().contains('\u{1b}'));
    control.clear_faults();
    for odd in OddName::ALL {
        control.set_fault(Fault::Named(odd));
        let (said, stored) = odd.said_and_stored();
        let report = client.message(|m| m["print"]["gcode_file"] == said).await;
        assert!(
            report["print"]["subtask_name"].as_str().is_some_and(|name| !name.is_empty() && said.starts_with(name))
        );
        assert_eq!(control.with_printer(|sim| sim.file_path()), Some(format!("/{stored}")));
        control.clear_faults();
    }
    client.message(|m| m["print"]["subtask_name"] == "bracket_v4").await;
    control.set_fault(Fault::SpoolMismatch);
    let half = |tray: &serde_json::Value| tray["tray_weight"] == "500" && tray["total_len"] == 330_000;
    let trays = |m: &serde_json::Value| m["print"]["ams"]["ams"][0]["tray"].as_array().cloned().unwrap_or_default();
    client.message(|m| trays(m).iter().any(half)).await;
    control.clear_faults();
    client.message(|m| trays(m).iter().any(|tray| tray["tray_weight"] == "1000")).await;
    control.set_fault(Fault::Garbage);
    while serde_json::from_slice::<serde_json::Value>(&client.payload().await).is_ok() {}
    control.clear_faults();
    control.publish_raw(b"anything".to_vec());
    while client.payload().await != b"anything" {}
    control.set_fault(Fault::Huge);
    while client.payload().await.len() != 5 << 20 {}
    control.clear_faults();
    control.set_fault(Fault::CutMidFrame);
    assert!(client.is_closed().await);
    assert!(Client::login(card, "bblp", "b").await.is_ok());
}

#[tokio::test]
async fn faults_of_the_camera() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    for (fault, start) in [
        (Fault::CameraHugeHeader, vec![0, 0, 0, 0x80]),
        (Fault::CameraGarbage, vec![13, 180, 91, 2]),
        (Fault::CameraStall, vec![]),
        (Fault::CameraTruncatedJpeg, vec![]),
        (Fault::CameraGiantPicture, vec![]),
    ] {
        control.clear_faults();
        control.set_fault(fault);
        let mut stream = tls(card.camera_port).await;
        stream.write_all(&login(&card.access_code)).await.unwrap();
        let mut header = [0; 4];
        if fault == Fault::CameraStall {
            assert!(tokio::time::timeout(Duration::from_millis(300), stream.read_exact(&mut header)).await.is_err());
            continue;
        }
        stream.read_exact(&mut header).await.unwrap();
        if start.is_empty() {
            let mut body = vec![0; 12 + u32::from_le_bytes(header) as usize];
            stream.read_exact(&mut body).await.unwrap();
            assert_eq!(body[12..14], [0xFF, 0xD8]);
            assert_eq!(body.ends_with(&[0xFF, 0xD9]), fault == Fault::CameraGiantPicture);
        } else {
            assert_eq!(header.to_vec(), start);
        }
    }
    control.clear_faults();
    control.set_fault(Fault::CameraRefuse);
    until(|| control.camera_connections() == 0).await;
    let tcp = tokio::net::TcpStream::connect((card.host.as_str(), card.camera_port)).await;
    assert_eq!(tcp.unwrap().read(&mut [0; 4]).await.unwrap_or(0), 0);
}
