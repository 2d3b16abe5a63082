//! The simulator alone, for other clients.

use super::{
    demo,
    outcome::{FAILED, Failure, OK, say},
};
use crate::demo::cloud::{CloudFault, CloudPlan, Order};
use clap::Args;
use std::net::IpAddr;

/// Which printers, and where they listen.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    #[command(flatten)]
    plan: demo::Plan,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// First MQTT port; each printer takes the next one (0: any free ports)
    #[arg(long, value_name = "P", default_value = "0")]
    mqtt_port: u16,
    /// First camera port; each printer takes the next one (0: any free ports)
    #[arg(long, value_name = "P", default_value = "0")]
    camera_port: u16,
    /// First port of the file servers; each printer takes the next one (0: any free ports)
    #[arg(long, value_name = "P", default_value = "0")]
    ftps_port: u16,
    #[command(flatten)]
    cloud: Cloud,
}

/// The cloud beside the printers.
#[derive(Debug, Clone, Args)]
struct Cloud {
    /// Simulate the cloud too: its web servers, its broker, an account, and two printers that only it reaches
    #[arg(id = "cloud", long)]
    wanted: bool,
    /// First of the cloud's four ports (0: any free ones)
    #[arg(long = "cloud-port", value_name = "P", default_value = "0", requires = "cloud")]
    port: u16,
    /// What goes wrong in the cloud, everywhere or for paths that begin with PATH; may be repeated
    #[arg(long = "cloud-fault", value_name = "NAME[:PATH]", requires = "cloud", value_parser = fault, long_help = faults())]
    faults: Vec<Order>,
}

fn fault(text: &str) -> Result<Order, String> {
    Order::parse(text).ok_or_else(|| format!("choose from {}", fault_names()))
}

fn fault_names() -> String {
    CloudFault::ALL.map(CloudFault::name).join(", ")
}

fn faults() -> String {
    format!(
        "What goes wrong in the cloud, everywhere or for paths that begin with PATH; may be repeated: {}",
        fault_names()
    )
}

impl Cloud {
    fn plan(&self) -> Option<CloudPlan> {
        self.wanted.then(|| CloudPlan { port: self.port, faults: self.faults.clone(), ..CloudPlan::default() })
    }
}

pub(super) async fn run(options: &Options) -> Result<u8, Failure> {
    let plan = crate::demo::Plan {
        bind: options.bind,
        mqtt_port: options.mqtt_port,
        camera_port: options.camera_port,
        ftps_port: options.ftps_port,
        cloud: options.cloud.plan(),
        ..options.plan.simulation()
    };
    // Signals count from the first moment: whoever started this may end it at once.
    let stop = super::stop_signal();
    let simulation = crate::demo::start(&plan)
        .await
        .map_err(|e| Failure::new(FAILED, format!("the simulator did not start: {e}")))?;
    say(&simulation.to_json().to_string())?;
    stop.await;
    Ok(OK)
}
