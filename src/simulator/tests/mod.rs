//! The servers, seen by a client made by hand.

pub(super) mod client;
mod faults;
mod files;
mod reports;
mod scenario;

use super::{Fault, Plan, Scenario, start};
use crate::protocol::camera::{FrameReader, login};
use crate::protocol::command::{Command, Seq};
use client::{Client, tls, until};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{ConnectReturnCode, Packet};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn single() -> Plan {
    Plan { scenario: Scenario::Single, speed: 20.0, ..Plan::default() }
}

#[tokio::test]
async fn pushall_gives_a_full_report_and_deltas_follow() {
    let demo = start(&single()).await.unwrap();
    let mut client = Client::subscribed(&demo.printers()[0]).await;
    client.send(&Command::GetVersion, 20_001).await;
    let version = client.message(|m| m["info"]["command"] == "get_version").await;
    assert_eq!(version["info"]["module"][0]["product_name"], "Bambu Lab P1S");
    assert_eq!(version["info"]["module"][0]["sn"], demo.printers()[0].serial);
    client.send(&Command::PushAll, 20_002).await;
    let full = client.message(|m| m["print"]["msg"] == 0).await;
    assert_eq!(full["print"]["gcode_state"], "RUNNING");
    let delta = client.message(|m| m["print"]["msg"] == 1).await;
    assert!(delta["print"].as_object().unwrap().len() < 30, "{delta}");
    let requests = demo.control(0).unwrap().requests();
    assert_eq!(requests[1].payload, Command::PushAll.to_json(Seq(20_002)));
}

#[tokio::test]
async fn wrong_codes_and_strange_users_are_refused() {
    let demo = start(&single()).await.unwrap();
    let mut card = demo.printers()[0].clone();
    let right = std::mem::replace(&mut card.access_code, "00000000".into());
    assert_eq!(Client::login(&card, "bblp", "a").await.unwrap_err(), ConnectReturnCode::NotAuthorized);
    card.access_code = right;
    assert_eq!(Client::login(&card, "root", "a").await.unwrap_err(), ConnectReturnCode::NotAuthorized);
    assert!(Client::login(&card, "bblp", "a").await.is_ok());
}

#[tokio::test]
async fn commands_are_acknowledged_and_take_effect() {
    let demo = start(&single()).await.unwrap();
    let mut client = Client::subscribed(&demo.printers()[0]).await;
    client.send(&Command::Pause, 20_010).await;
    let ack = client.message(|m| m["print"]["command"] == "pause").await;
    assert_eq!((&ack["print"]["result"], &ack["print"]["sequence_id"]), (&"success".into(), &"20010".into()));
    let report = client.message(|m| m["print"]["gcode_state"].is_string()).await;
    assert_eq!((&report["print"]["gcode_state"], &report["print"]["stg_cur"]), (&"PAUSE".into(), &16.into()));
    client.send(&Command::Pause, 20_011).await;
    let ack = client.message(|m| m["print"]["command"] == "pause").await;
    assert_eq!(ack["print"]["result"], "fail");
}

#[tokio::test]
async fn requests_of_other_clients_are_taken_as_they_write_them() {
    let demo = start(&single()).await.unwrap();
    let mut client = Client::subscribed(&demo.printers()[0]).await;
    // Two families in one message, a number as a number, and none at all.
    let two = br#"{"info":{"command":"get_version","sequence_id":7},"pushing":{"command":"pushall"}}"#;
    client.raw(two, QoS::AtLeastOnce).await;
    let version = client.message(|m| m["info"]["command"] == "get_version").await;
    assert_eq!(version["info"]["sequence_id"], 7);
    assert_eq!(client.message(|m| m["print"]["msg"] == 0).await["print"]["command"], "push_status");
    // What is no request is acknowledged by the broker and disturbs nobody.
    for junk in [b"\xff{".as_slice(), b"[1,2]", b"", br#"{"print":7}"#] {
        client.raw(junk, QoS::AtLeastOnce).await;
        client.until_packet(|p| matches!(p, Packet::PubAck(_))).await;
    }
    client.raw(br#"{"print":{"command":"dance"}}"#, QoS::ExactlyOnce).await;
    client.until_packet(|p| matches!(p, Packet::PubRec(_))).await;
    client.packet(Packet::PubRel(rumqttc::mqttbytes::v4::PubRel::new(9))).await;
    client.until_packet(|p| matches!(p, Packet::PubComp(_))).await;
    client.raw(br#"{"print":{"command":"dance","sequence_id":"x1"}}"#, QoS::AtMostOnce).await;
    let ack = client.message(|m| m["print"]["sequence_id"] == "x1").await;
    assert_eq!(ack["print"]["result"], "fail");
}

#[tokio::test]
async fn a_frame_header_travels_in_a_record_of_its_own() {
    let demo = start(&single()).await.unwrap();
    let card = &demo.printers()[0];
    let mut stream = tls(card.camera_port).await;
    stream.write_all(&login(&card.access_code)).await.unwrap();
    stream.flush().await.unwrap();
    // Seen below TLS: a record's header is its kind, two bytes of version, and its length.
    let (mut tcp, _) = stream.into_inner();
    let mut record = [0; 5];
    tcp.read_exact(&mut record).await.unwrap();
    let length = u16::from_be_bytes([record[3], record[4]]);
    assert_eq!(record[0], 23, "application data");
    assert!((16..=48).contains(&length), "sixteen bytes and what encryption adds, not {length}");
}

#[tokio::test]
async fn the_same_client_id_kicks_and_the_request_topic_disconnects() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    let mut first = Client::login(card, "bblp", "same").await.unwrap();
    let mut second = Client::login(card, "bblp", "same").await.unwrap();
    assert!(first.is_closed().await);
    until(|| control.connections() == 1).await;
    second.subscribe(&format!("device/{}/request", card.serial)).await;
    assert!(second.is_closed().await);
    until(|| control.connections() == 0).await;
}

#[tokio::test]
async fn the_camera_shows_pictures_to_those_who_know_the_code() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    let mut stream = tls(card.camera_port).await;
    stream.write_all(&login("00000000")).await.unwrap();
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap_or(0), 0, "no byte for a wrong code");
    let mut stream = tls(card.camera_port).await;
    stream.write_all(&login(&card.access_code)).await.unwrap();
    let mut reader = FrameReader::default();
    let mut bytes = vec![0; 8192];
    let frame = loop {
        let n = stream.read(&mut bytes).await.unwrap();
        reader.feed(&bytes[..n]);
        if let Some(frame) = reader.next_frame().unwrap() {
            break frame;
        }
    };
    let picture = image::load_from_memory(&frame).unwrap();
    assert_eq!((picture.width(), picture.height()), (1280, 720));
    assert_eq!(control.camera_connections(), 1);
    drop(stream);
    until(|| control.camera_connections() == 0).await;
}

#[tokio::test]
async fn models_without_the_stream_hang_up() {
    let demo = start(&Plan { printers: Some(4), ..Plan::default() }).await.unwrap();
    let card = &demo.printers()[3];
    let mut stream = tls(card.camera_port).await;
    let _ = stream.write_all(&login(&card.access_code)).await;
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_puff_of_power_and_a_new_certificate() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    let mut client = Client::subscribed(card).await;
    assert_eq!(client.fingerprint, card.fingerprint);
    control.power_off().await;
    assert!(client.is_closed().await);
    assert!(tokio::net::TcpStream::connect((card.host.as_str(), card.mqtt_port)).await.is_err());
    control.power_on().await.unwrap();
    let fingerprint = control.new_certificate().unwrap();
    let mut client = Client::subscribed(card).await;
    assert_eq!(client.fingerprint, fingerprint);
    control.cut();
    assert!(client.is_closed().await);
    assert!(Client::login(card, "bblp", "again").await.is_ok());
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_demo() {
    let demo = start(&single()).await.unwrap();
    let card = demo.printers()[0].clone();
    let mut client = Client::subscribed(&card).await;
    let mut stream = tls(card.camera_port).await;
    drop(demo);
    assert!(client.is_closed().await);
    assert_eq!(stream.read(&mut [0; 16]).await.unwrap_or(0), 0);
    let port = || std::net::TcpStream::connect((card.host.as_str(), card.mqtt_port));
    until(|| port().is_err()).await;
}

#[tokio::test]
async fn json_and_debug_tell_what_they_should() {
    let demo = start(&Plan { printers: Some(2), ..Plan::default() }).await.unwrap();
    let json = demo.to_json();
    assert_eq!(json["printers"][1]["model"], "A1");
    assert_eq!(json["printers"][0]["access_code"], demo.printers()[0].access_code);
    let debug = format!("{demo:?}");
    assert!(!debug.contains(&demo.printers()[0].access_code) && debug.contains("Workshop P1S"));
}

#[tokio::test]
async fn pings_are_answered_unless_the_session_is_half_open() {
    let demo = start(&single()).await.unwrap();
    let mut client = Client::subscribed(&demo.printers()[0]).await;
    client.packet(Packet::PingReq).await;
    client.until_packet(|p| *p == Packet::PingResp).await;
    demo.control(0).unwrap().set_fault(Fault::HalfOpen);
    client.packet(Packet::PingReq).await;
    assert!(client.is_silent().await);
}

#[tokio::test]
async fn two_clients_hear_the_same_and_only_one_is_counted_out() {
    let demo = start(&single()).await.unwrap();
    let (card, control) = (&demo.printers()[0], demo.control(0).unwrap());
    let mut one = Client::subscribed(card).await;
    let mut two = Client::login(card, "bblp", "other").await.unwrap();
    two.subscribe(&format!("device/{}/report", card.serial)).await;
    two.until_packet(|p| matches!(p, Packet::SubAck(_))).await;
    assert_eq!(control.connections(), 2);
    one.send(&Command::GetVersion, 20_001).await;
    two.message(|m| m["info"]["sequence_id"] == "20001").await;
    drop(two);
    until(|| control.connections() == 1).await;
}

#[tokio::test]
async fn what_a_test_forces_is_reported_at_once() {
    let demo = start(&Plan { scenario: Scenario::Single, ..Plan::default() }).await.unwrap();
    let mut client = Client::subscribed(&demo.printers()[0]).await;
    demo.control(0).unwrap().with_printer(|p| p.pause_with(6, 0x0700_8011));
    let report = client.message(|m| m["print"]["print_error"].is_number()).await;
    assert_eq!((&report["print"]["print_error"], &report["print"]["stg_cur"]), (&0x0700_8011.into(), &6.into()));
    demo.control(0).unwrap().with_printer(super::sim::SimPrinter::finish);
    client.message(|m| m["print"]["gcode_state"] == "FINISH").await;
}

#[tokio::test]
async fn ports_run_out_with_words() {
    let plan = Plan { mqtt_port: 65_535, printers: Some(2), ..Plan::default() };
    let words = start(&plan).await.unwrap_err().to_string();
    assert!(words.contains("65535"), "{words}");
}
