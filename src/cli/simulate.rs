//! The simulator alone, for other clients.

mod orders;

use super::{
    Global, demo,
    output::{Failure, OK, print},
};
use crate::simulator::cloud::CloudPlan;
use clap::Args;
use std::net::IpAddr;

/// Which printers, and where they listen.
#[derive(Debug, Clone, Args)]
pub(super) struct SimulateOptions {
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
    /// First of the cloud's four ports (0: any free ones)
    #[arg(long, value_name = "P", default_value = "0", requires = "cloud")]
    cloud_port: u16,
    /// Take orders from standard input while it runs, a line each, and end with it; --help lists them
    #[arg(long, long_help = orders::help())]
    orders: bool,
}

pub(super) async fn run(global: &Global, options: &SimulateOptions) -> Result<u8, Failure> {
    let simulation = options.plan.simulation();
    let plan = crate::simulator::Plan {
        bind: options.bind,
        mqtt_port: options.mqtt_port,
        camera_port: options.camera_port,
        ftps_port: options.ftps_port,
        cloud: simulation.cloud.map(|cloud| CloudPlan { port: options.cloud_port, ..cloud }),
        ..simulation
    };
    // Signals count from the first moment: whoever started this may end it at once.
    let stop = super::stop_signal();
    let simulation = demo::start(global, plan).await?;
    print(&simulation.to_json().to_string())?;
    if options.orders {
        tokio::select! {
            () = stop => {}
            ended = orders::execute(&simulation) => ended?,
        }
    } else {
        stop.await;
    }
    Ok(OK)
}
