//! The dashboard on simulated printers that live in this process.

use super::{
    Global, account, dashboard,
    output::{FAILED, Failure, OK},
};
use crate::{
    app::{Outcome, Setup},
    config::{CloudConfig, Config, PrinterConfig, Secret},
    simulator::{
        self, Scenario,
        cloud::{CloudControl, CloudFault, CloudPlan, FaultRule},
    },
};
use clap::Args;
use std::fmt::Display;
use tokio::runtime::Handle;

/// Which printers are simulated and how.
#[derive(Debug, Clone, Args)]
pub(super) struct Plan {
    /// Number of printers [default: the scenario's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) printers: Option<u16>,
    /// How much faster than real time the printers live
    #[arg(long, value_name = "X", default_value = "1", value_parser = speed)]
    pub(super) speed: f64,
    /// Seed of everything random: the same seed gives the same printers
    #[arg(long, value_name = "S", default_value = "1")]
    pub(super) seed: u64,
    /// What happens on the printers
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = scenario, long_help = scenarios())]
    pub(super) scenario: Scenario,
    /// Simulate the cloud too: its web servers, its broker, an account, and two printers that only it reaches
    #[arg(long)]
    pub(super) cloud: bool,
    /// What goes wrong in the cloud, everywhere or for paths that begin with PATH; may be repeated
    #[arg(long, value_name = "NAME[:PATH]", requires = "cloud", value_parser = fault, long_help = faults())]
    pub(super) cloud_fault: Vec<FaultRule>,
}

impl Default for Plan {
    fn default() -> Self {
        Self { printers: None, speed: 1.0, seed: 1, scenario: Scenario::Default, cloud: false, cloud_fault: Vec::new() }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.1..=1000.0).contains(&speed) { Ok(speed) } else { Err("must be from 0.1 to 1000".to_owned()) }
}

fn scenario(text: &str) -> Result<Scenario, String> {
    Scenario::from_name(text).ok_or_else(|| {
        let names: Vec<_> = Scenario::ALL.iter().map(|s| s.name()).collect();
        format!("must be one of {}", names.join(", "))
    })
}

fn scenarios() -> String {
    let lines: Vec<_> = Scenario::ALL.iter().map(|s| format!("{}: {}", s.name(), s.description())).collect();
    format!("What happens on the printers:\n{}", lines.join("\n"))
}

fn fault(text: &str) -> Result<FaultRule, String> {
    FaultRule::parse(text).ok_or_else(|| format!("must be one of {}", fault_names()))
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

impl Plan {
    /// The simulator's plan, on loopback and any free ports.
    pub(super) fn simulation(&self) -> simulator::Plan {
        simulator::Plan {
            printers: self.printers.map(usize::from),
            speed: self.speed,
            seed: self.seed,
            scenario: self.scenario,
            cloud: self.cloud.then(|| CloudPlan { faults: self.cloud_fault.clone(), ..CloudPlan::default() }),
            ..simulator::Plan::default()
        }
    }
}

pub(super) async fn run(global: &Global, plan: &Plan) -> Result<u8, Failure> {
    dashboard::need_terminal()?;
    let simulation = start(global, plan.simulation()).await?;
    // Choices of the person hold in the demo too; the printers are the simulated ones.
    let loaded = global.load()?;
    // Hooks do not: what happens to a simulated printer is nobody's business outside.
    let mut config = Config { printers: printers(&simulation), hooks: Vec::new(), ..loaded.config };
    // Nor is the vendor asked about them: the simulation has texts of its own.
    config.error_texts.url = simulation.texts_url();
    // And the person's own account stays out of it.
    config.cloud = simulation.cloud().map_or(CloudConfig { enabled: false, ..CloudConfig::default() }, cloud);
    let mut setup: Setup = dashboard::setup(global, config);
    if let Some(cloud) = simulation.cloud() {
        account::use_simulated_cloud(&mut setup);
        setup.account_tip = Some(how_to_sign_in(cloud));
    }
    setup.settings.demo = true;
    let outcome = dashboard::show(global, setup).await?;
    drop(simulation);
    Ok(if let Outcome::Exit(code) = outcome { code } else { OK })
}

/// Starts the simulated printers where the network runs: their servers must not wait for the program's loop, nor it for them.
pub(super) async fn start(global: &Global, plan: simulator::Plan) -> Result<simulator::Simulation, Failure> {
    let not_started = |e: &dyn Display| Failure::new(FAILED, format!("the simulator did not start: {e}"));
    let network = global.network.clone().unwrap_or_else(Handle::current);
    let started = network.spawn(async move { simulator::start(&plan).await }).await;
    started.map_err(|e| not_started(&e))?.map_err(|e| not_started(&e))
}

/// The configuration that points at the simulated cloud.
fn cloud(cloud: &CloudControl) -> CloudConfig {
    CloudConfig {
        account: Some(cloud.account()),
        api_url: Some(cloud.api_url().to_owned()),
        web_url: Some(cloud.web_url().to_owned()),
        mqtt_host: Some(cloud.mqtt_host()),
        mqtt_port: cloud.mqtt_port(),
        ca_file: Some(cloud.ca_file().to_owned()),
        ..CloudConfig::default()
    }
}

/// What a person has to type; secrets of nobody.
fn how_to_sign_in(cloud: &CloudControl) -> String {
    let (code, password, tfa) = (cloud.code(), cloud.password(), cloud.tfa_code());
    let address = cloud.tfa_account();
    format!("Simulated: code {code}, password {password}; {address} asks for the authenticator's {tfa}")
}

/// The configuration that points at the simulated printers.
fn printers(simulation: &simulator::Simulation) -> Vec<PrinterConfig> {
    let printer = |p: &simulator::PrinterInfo| PrinterConfig {
        name: p.name.clone(),
        host: p.host.clone(),
        serial: p.serial.clone(),
        access_code: Secret::new(p.access_code.clone()),
        mqtt_port: p.mqtt_port,
        camera_port: p.camera_port,
        ftps_port: p.ftps_port,
        model: None,
        fingerprint: Some(p.fingerprint.clone()),
        // On a farm the names begin with the row.
        tags: p.name.split_once('-').map(|(row, _)| format!("row {row}")).into_iter().collect(),
    };
    simulation.printers().iter().map(printer).collect()
}
