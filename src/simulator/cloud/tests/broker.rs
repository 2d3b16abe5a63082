//! The cloud's broker.

use super::{Browser, room, room_of};
use crate::protocol::command::Command;
use crate::simulator::cloud::{CloudControl, CloudFault, CloudPlan};
use crate::simulator::tests::client::{Client, until};
use crate::simulator::{Fault, Transport};
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{ConnectReturnCode, Packet, Subscribe, SubscribeReasonCode};
use serde_json::json;

async fn login(cloud: &CloudControl, browser: &Browser, id: &str) -> Result<Client, ConnectReturnCode> {
    enter(cloud, browser, &format!("u_{}", cloud.uid()), cloud.token(), id).await
}

async fn enter(
    cloud: &CloudControl,
    browser: &Browser,
    user: &str,
    password: &str,
    id: &str,
) -> Result<Client, ConnectReturnCode> {
    let stream = browser.connect(cloud.mqtt_port(), "us.mqtt.bambulab.com").await.unwrap();
    Client::enter(stream, user, password, id, &cloud.printers()[1].serial).await
}

/// Subscribes to printers; what the broker says to each.
async fn subscribe(client: &mut Client, topics: &[String]) -> Vec<SubscribeReasonCode> {
    let filters =
        topics.iter().map(|topic| rumqttc::mqttbytes::v4::SubscribeFilter::new(topic.clone(), QoS::AtLeastOnce));
    let mut packet = Subscribe::new_many(filters);
    packet.pkid = 5;
    client.packet(Packet::Subscribe(packet)).await;
    match client.until_packet(|p| matches!(p, Packet::SubAck(_))).await {
        Packet::SubAck(ack) => ack.return_codes,
        _ => unreachable!("asked for a SUBACK"),
    }
}

fn report(serial: &str) -> String {
    format!("device/{serial}/report")
}

#[tokio::test]
async fn user_and_token_open_and_nothing_else() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let user = format!("u_{}", cloud.uid());
    assert!(login(cloud, &browser, "a").await.is_ok());
    for (user, password) in [(user.as_str(), "x"), (&user[2..], cloud.token()), ("bblp", cloud.token())] {
        let refused = enter(cloud, &browser, user, password, "b").await.unwrap_err();
        assert_eq!(refused, ConnectReturnCode::NotAuthorized);
    }
    cloud.expire_tokens();
    assert_eq!(login(cloud, &browser, "c").await.unwrap_err(), ConnectReturnCode::NotAuthorized);
    cloud.set_fault(CloudFault::BrokerRefuse(4));
    assert_eq!(login(cloud, &browser, "c").await.unwrap_err(), ConnectReturnCode::BadUserNamePassword);
}

#[tokio::test]
async fn one_session_hears_all_printers_of_the_account_and_no_others() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let mut client = login(cloud, &browser, "a").await.unwrap();
    let serials: Vec<_> = cloud.printers().into_iter().map(|p| p.serial).collect();
    let strange = ["#", "device/+/report", "device/01P00A000000000/report", &format!("device/{}/request", serials[0])];
    let topics: Vec<_> = serials.iter().map(|s| report(s)).chain(strange.map(str::to_owned)).collect();
    let codes = subscribe(&mut client, &topics).await;
    let good = SubscribeReasonCode::Success(QoS::AtLeastOnce);
    assert_eq!(codes, [[good; 3].as_slice(), &[SubscribeReasonCode::Failure; 4]].concat());
    for serial in &serials {
        client.serial.clone_from(serial);
        client.send(&Command::PushAll, 20_001).await;
        client.message(|m| m["print"]["msg"] == 0).await;
    }
    // All of that is one connection, and none of it was on the LAN.
    assert_eq!((cloud.connections(), cloud.connects(), demo.control(0).unwrap().connections()), (1, 1, 0));
    drop(client);
    until(|| cloud.connections() == 0).await;
}

#[tokio::test]
async fn old_firmware_obeys_and_new_firmware_refuses() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let mut client = login(cloud, &browser, "a").await.unwrap();
    let serials: Vec<_> = cloud.printers().into_iter().map(|p| p.serial).collect();
    subscribe(&mut client, &[report(&serials[1]), report(&serials[2])]).await;
    client.send(&Command::Pause, 20_010).await;
    let ack = client.message(|m| m["print"]["command"] == "pause").await;
    assert_eq!(ack["print"]["result"], "success");
    client.message(|m| m["print"]["gcode_state"] == "PAUSE").await;
    client.serial.clone_from(&serials[2]);
    client.send(&Command::Pause, 20_011).await;
    let ack = client.message(|m| m["print"]["sequence_id"] == "20011").await;
    assert_eq!((&ack["print"]["result"], &ack["print"]["err_code"]), (&json!("failed"), &json!(84_033_543)));
    let asked = demo.control_of(&serials[1]).unwrap().requests();
    assert!(asked.len() == 1 && asked[0].transport == Transport::Cloud);
    // What goes to a printer of somebody else goes nowhere, and nobody is told.
    client.serial = "01P00A000000000".into();
    client.send(&Command::Pause, 20_012).await;
    client.until_packet(|p| matches!(p, Packet::PubAck(_))).await;
}

#[tokio::test]
async fn a_printer_that_goes_is_announced_and_silent_until_it_comes() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let mut client = login(cloud, &browser, "a").await.unwrap();
    let serial = client.serial.clone();
    subscribe(&mut client, &[report(&serial)]).await;
    demo.control_of(&serial).unwrap().power_off().await;
    let gone = client.message(|m| m.get("event").is_some()).await;
    assert_eq!(gone, json!({"event": {"event": "client.disconnected"}}));
    client.send(&Command::PushAll, 20_001).await;
    client.until_packet(|p| matches!(p, Packet::PubAck(_))).await;
    assert!(client.is_silent().await);
    demo.control_of(&serial).unwrap().power_on().await.unwrap();
    let back = client.message(|m| m.get("event").is_some()).await;
    assert_eq!(back["event"]["event"], "client.connected");
    client.message(|m| m.get("print").is_some()).await;
}

#[tokio::test]
async fn one_printer_has_two_transports_and_either_may_be_closed() {
    let (demo, browser) = room().await;
    let (cloud, card) = (demo.cloud().unwrap(), &demo.printers()[0]);
    let mut far = login(cloud, &browser, "a").await.unwrap();
    subscribe(&mut far, &[report(&card.serial)]).await;
    let mut near = Client::subscribed(card).await;
    far.message(|m| m["print"].is_object()).await;
    near.message(|m| m["print"].is_object()).await;
    // The cloud loses it, the LAN does not.
    demo.control(0).unwrap().set_uplink(false);
    far.message(|m| m["event"]["event"] == "client.disconnected").await;
    near.message(|m| m["print"].is_object()).await;
    demo.control(0).unwrap().set_uplink(true);
    far.message(|m| m["event"]["event"] == "client.connected").await;
    // The LAN loses it, the cloud does not: unplugged, or only silent.
    demo.control(0).unwrap().lan_off().await;
    assert!(near.is_closed().await);
    assert!(tokio::net::TcpStream::connect((card.host.as_str(), card.mqtt_port)).await.is_err());
    far.message(|m| m["print"].is_object()).await;
    demo.control(0).unwrap().lan_on().await.unwrap();
    assert!(Client::login(card, "bblp", "again").await.is_ok());
    demo.control(0).unwrap().set_fault(Fault::Silent);
    far.message(|m| m["print"].is_object()).await;
}

#[tokio::test]
async fn the_broker_can_be_down_silent_or_drop_everybody() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let mut client = login(cloud, &browser, "a").await.unwrap();
    cloud.broker_down().await;
    assert!(client.is_closed().await);
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", cloud.mqtt_port())).await.is_err());
    cloud.broker_up().await.unwrap();
    let mut client = login(cloud, &browser, "a").await.unwrap();
    let mut other = login(cloud, &browser, "a").await.unwrap();
    assert!(client.is_closed().await, "the same id again");
    cloud.set_fault(CloudFault::BrokerSilent);
    other.packet(Packet::PingReq).await;
    assert!(other.is_silent().await);
    cloud.clear_faults();
    other.packet(Packet::PingReq).await;
    other.until_packet(|p| *p == Packet::PingResp).await;
    cloud.drop_sessions();
    assert!(other.is_closed().await);
    assert!(login(cloud, &browser, "b").await.is_ok());
}

#[tokio::test]
async fn too_many_connections_are_closed_without_a_word() {
    let (demo, browser) = room_of(CloudPlan { connection_limit: Some(2), ..CloudPlan::default() }).await;
    let cloud = demo.cloud().unwrap();
    for id in ["a", "b"] {
        assert!(login(cloud, &browser, id).await.is_ok());
    }
    let stream = browser.connect(cloud.mqtt_port(), "us.mqtt.bambulab.com").await.unwrap();
    assert!(Client::is_turned_away(stream).await);
    assert_eq!(cloud.connects(), 3);
}

#[tokio::test]
async fn an_unsubscribed_printer_is_not_heard() {
    let (demo, browser) = room().await;
    let cloud = demo.cloud().unwrap();
    let mut client = login(cloud, &browser, "a").await.unwrap();
    let topic = report(&client.serial);
    subscribe(&mut client, std::slice::from_ref(&topic)).await;
    client.message(|m| m["print"].is_object()).await;
    let mut packet = rumqttc::mqttbytes::v4::Unsubscribe::new(topic);
    packet.pkid = 6;
    client.packet(Packet::Unsubscribe(packet)).await;
    client.until_packet(|p| matches!(p, Packet::UnsubAck(_))).await;
    assert!(client.is_silent().await);
}
