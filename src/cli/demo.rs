//! The dashboard on simulated printers that live in this process.

use super::{Global, dashboard, outcome::Failure};
use crate::{
    app::{Outcome, Setup},
    config::{Config, PrinterConfig, Secret},
    demo::{self, Scenario},
};
use clap::Args;

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
}

impl Default for Plan {
    fn default() -> Self {
        Self { printers: None, speed: 1.0, seed: 1, scenario: Scenario::Default }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.1..=1000.0).contains(&speed) { Ok(speed) } else { Err("choose from 0.1 to 1000".to_owned()) }
}

fn scenario(text: &str) -> Result<Scenario, String> {
    Scenario::from_name(text).ok_or_else(|| {
        let names: Vec<_> = Scenario::ALL.iter().map(|s| s.name()).collect();
        format!("choose from {}", names.join(", "))
    })
}

fn scenarios() -> String {
    let lines: Vec<_> = Scenario::ALL.iter().map(|s| format!("{}: {}", s.name(), s.description())).collect();
    format!("What happens on the printers:\n{}", lines.join("\n"))
}

impl Plan {
    /// The simulator's plan, on loopback and any free ports.
    pub(super) fn simulation(&self) -> demo::Plan {
        demo::Plan {
            printers: self.printers.map(usize::from),
            speed: self.speed,
            seed: self.seed,
            scenario: self.scenario,
            ..demo::Plan::default()
        }
    }
}

pub(super) async fn run(global: &Global, plan: &Plan) -> Result<u8, Failure> {
    dashboard::need_terminal()?;
    let simulation = demo::start(&plan.simulation())
        .await
        .map_err(|e| Failure::new(super::outcome::FAILED, format!("the simulator did not start: {e}")))?;
    // Choices of the person hold in the demo too; the printers are the simulated ones.
    let loaded = global.load()?;
    // Hooks do not: what happens to a simulated printer is nobody's business outside.
    let mut config = Config { printers: printers(&simulation), hooks: Vec::new(), ..loaded.config };
    // Nor is the vendor asked about them: the simulation has texts of its own.
    config.texts.url = simulation.texts_url();
    let mut setup: Setup = dashboard::setup(global, config)?;
    setup.settings.demo = true;
    let outcome = dashboard::show(global, setup).await?;
    drop(simulation);
    Ok(if let Outcome::Exit(code) = outcome { code } else { super::outcome::OK })
}

/// The configuration that points at the simulated printers.
fn printers(simulation: &demo::Demo) -> Vec<PrinterConfig> {
    let printer = |p: &demo::DemoPrinter| PrinterConfig {
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
