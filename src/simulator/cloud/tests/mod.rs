//! The cloud, seen by clients made by hand: HTTP as text, MQTT as packets, and certificates checked as everybody does.

mod broker;
mod devices;
mod faults;
mod history;
mod login;
mod projects;
mod web;

use super::CloudPlan;
use crate::simulator::{Plan, Scenario, Simulation, start};
use web::Browser;

/// One printer on the LAN, two in the cloud, and a fast clock.
fn plan(cloud: CloudPlan) -> Plan {
    Plan { scenario: Scenario::Single, speed: 20.0, cloud: Some(cloud), ..Plan::default() }
}

async fn room() -> (Simulation, Browser) {
    room_of(CloudPlan::default()).await
}

async fn room_of(cloud: CloudPlan) -> (Simulation, Browser) {
    let demo = start(&plan(cloud)).await.unwrap();
    let browser = Browser::new(demo.cloud().unwrap());
    (demo, browser)
}
