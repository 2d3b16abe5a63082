//! Starts a simulated printer and a cloud inside this process, and lets something go wrong.
//!
//! ```sh
//! cargo run --example simulator
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use bambu_tui::simulator::{Fault, Plan, Scenario, cloud::CloudPlan, start};
use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let plan = Plan { scenario: Scenario::Single, cloud: Some(CloudPlan::default()), ..Plan::default() };
    // All servers listen when this returns, and stop when the value is dropped.
    let simulation = start(&plan).await?;
    for printer in simulation.printers() {
        // Everything that a client needs: address, ports, access code, fingerprint of the certificate.
        println!("{} {} mqtts://{}:{}", printer.name, printer.serial, printer.host, printer.mqtt_port);
    }
    if let Some(cloud) = simulation.cloud() {
        println!("cloud {} as {}", cloud.api_url(), cloud.account());
    }
    let printer = simulation.control(0).ok_or("no printer")?;
    printer.set_fault(Fault::Silent);
    println!("it is silent now, as a printer whose firmware hangs; {} sessions", printer.connections());
    printer.clear_faults();
    // The same as one line of JSON, for programs in other languages: `bambu-tui simulate` prints it.
    println!("{}", simulation.to_json());
    Ok(())
}
