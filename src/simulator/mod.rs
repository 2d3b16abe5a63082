//! Printers that are not there: simulated machines behind real servers on the loopback.
//!
//! [`start`] brings up an MQTT broker and a camera server for every printer of a [`Plan`], with real sockets, real TLS
//! and the reports real printers send. A client cannot tell the difference, which is the point: the simulation and the
//! tests go through the same doors as the printers in the next room. [`Fault`]s make them misbehave.

mod camera;
pub mod cloud;
mod control;
mod drive;
mod fault;
mod font;
mod ftps;
mod mqtt;
mod picture;
mod plan;
mod printer;
mod printers;
#[cfg(not(feature = "internals"))]
pub(crate) mod report;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod report;
mod sessions;
#[cfg(not(feature = "internals"))]
pub(crate) mod sim;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod sim;
mod texts;
mod tls;

pub use control::PrinterControl;
pub use fault::Fault;
pub use plan::{Plan, Scenario};
pub use sim::odd::OddName;

use crate::protocol::model::Model;
use cloud::CloudControl;
use printer::Printer;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Why the simulation could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A port is taken, or the address is not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
    /// More printers than ports above the first one.
    #[error("there are not enough ports above {0} for every printer")]
    Ports(u16),
}

/// What a client must know to connect to a printer of the simulation.
#[derive(Clone, PartialEq, Eq)]
pub struct PrinterInfo {
    /// Name that its owner gave it.
    pub name: String,
    /// Model.
    pub model: Model,
    /// Serial number.
    pub serial: String,
    /// Access code: the password of all servers.
    pub access_code: String,
    /// Address of all servers.
    pub host: String,
    /// Port of the broker.
    pub mqtt_port: u16,
    /// Port of the camera.
    pub camera_port: u16,
    /// Port of the file server.
    pub ftps_port: u16,
    /// SHA-256 of the certificate it started with, in hexadecimal digits.
    pub fingerprint: String,
}

impl fmt::Debug for PrinterInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrinterInfo")
            .field("name", &self.name)
            .field("model", &self.model)
            .field("serial", &self.serial)
            .field("host", &self.host)
            .field("mqtt_port", &self.mqtt_port)
            .field("camera_port", &self.camera_port)
            .field("ftps_port", &self.ftps_port)
            .finish_non_exhaustive()
    }
}

/// How a client reaches a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Its own servers.
    Lan,
    /// The cloud's broker.
    Cloud,
}

/// A request that reached a printer, known to it or not.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// Time since the start of the simulation.
    pub at: Duration,
    /// Which way it came.
    pub transport: Transport,
    /// What was published.
    pub payload: Vec<u8>,
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.at, String::from_utf8_lossy(&self.payload))
    }
}

/// Real time since the start of the simulation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the simulation is a counterpart with a clock of its own")]
    fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "printers tell the time in their reports and pictures")]
fn unix_now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Running printers. Dropping it stops them all.
#[derive(Debug)]
pub struct Simulation {
    cards: Vec<PrinterInfo>,
    /// Those of the printers on the LAN, in order, then those that only the cloud reaches.
    controls: Vec<PrinterControl>,
    texts: texts::Texts,
    cloud: Option<CloudControl>,
    _stop: DropGuard,
}

impl Simulation {
    /// The printers on the LAN, in order.
    pub fn printers(&self) -> &[PrinterInfo] {
        &self.cards
    }

    /// The printers as JSON, with everything needed to connect.
    pub fn to_json(&self) -> serde_json::Value {
        let printers: Vec<_> = self
            .cards
            .iter()
            .map(|p| {
                serde_json::json!({
                    "name": p.name, "model": p.model.short(), "serial": p.serial, "access_code": p.access_code,
                    "host": p.host, "mqtt_port": p.mqtt_port, "camera_port": p.camera_port,
                    "ftps_port": p.ftps_port, "fingerprint": p.fingerprint,
                })
            })
            .collect();
        let mut json = serde_json::json!({ "printers": printers, "texts_url": self.texts_url() });
        if let Some(cloud) = &self.cloud {
            json["cloud"] = cloud.to_json();
        }
        json
    }

    /// Where texts for codes are served: what the vendor's server is for real printers.
    pub fn texts_url(&self) -> String {
        format!("http://{}", self.texts.address)
    }

    /// Every question for texts that was asked, as path and parameters.
    pub fn texts_asked(&self) -> Vec<String> {
        self.texts.asked()
    }

    /// The control of a printer.
    pub fn control(&self, index: usize) -> Option<&PrinterControl> {
        self.controls.get(index)
    }

    /// The control of the printer of a serial number, however it is reached.
    pub fn control_of(&self, serial: &str) -> Option<&PrinterControl> {
        self.controls.iter().find(|control| control.printer().card.serial == serial)
    }

    /// The control of the printer that is called so, by its serial number or its name in any case.
    pub fn control_named(&self, word: &str) -> Option<&PrinterControl> {
        let called = |control: &&PrinterControl| control.printer().card.name.to_lowercase() == word.to_lowercase();
        self.control_of(word).or_else(|| self.controls.iter().find(called))
    }

    /// The names of all printers, those that only the cloud reaches at the end.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.controls.iter().map(|control| control.printer().card.name.as_str())
    }

    /// The cloud, if the plan has one.
    pub fn cloud(&self) -> Option<&CloudControl> {
        self.cloud.as_ref()
    }
}

/// Starts the printers of a plan, and the cloud if it has one; returns when all servers listen.
///
/// Fails when a port cannot be had. Must be called within a tokio runtime.
pub async fn start(plan: &Plan) -> Result<Simulation, SimulationError> {
    let stop = CancellationToken::new();
    let guard = stop.clone().drop_guard();
    let (clock, epoch) = (Clock::start(), unix_now());
    let texts = texts::Texts::start(plan.bind, stop.child_token()).await?;
    let printer = |simulated: printers::SimulatedPrinter, [mqtt_port, camera_port, ftps_port]: [u16; 3]| {
        let (tls, fingerprint) = tls::certificate(&simulated.sim.serial, 0)?;
        let mut sim = simulated.sim;
        sim.epoch = epoch;
        let card = PrinterInfo {
            name: simulated.name,
            model: sim.model,
            serial: sim.serial.clone(),
            access_code: simulated.access_code,
            host: plan.bind.to_string(),
            mqtt_port,
            camera_port,
            ftps_port,
            fingerprint,
        };
        let printer = Printer::new(card, sim, simulated.faults, plan, tls, clock, stop.child_token());
        Ok::<_, SimulationError>(PrinterControl::new(Arc::new(printer), plan.bind))
    };
    let mut controls = Vec::new();
    let simulated = printers::of(plan);
    make_room(simulated.len());
    for (i, simulated) in simulated.into_iter().enumerate() {
        let port = |first: u16| match first {
            0 => Ok(0),
            first => u16::try_from(i).ok().and_then(|i| first.checked_add(i)).ok_or(SimulationError::Ports(first)),
        };
        let (mqtt, mqtt_port) = control::listen((plan.bind, port(plan.mqtt_port)?).into()).await?;
        let (camera, camera_port) = control::listen((plan.bind, port(plan.camera_port)?).into()).await?;
        let (ftps, ftps_port) = control::listen((plan.bind, port(plan.ftps_port)?).into()).await?;
        let control = printer(simulated, [mqtt_port, camera_port, ftps_port])?;
        control.open(mqtt, camera, ftps);
        controls.push(control);
    }
    let on_lan = controls.len();
    for simulated in printers::cloud_only_printers(plan) {
        controls.push(printer(simulated, [0, 0, 0])?);
    }
    let cloud = match &plan.cloud {
        None => None,
        Some(cloud) => {
            let devices = controls.iter().enumerate().map(|(i, control)| cloud::DeviceSpec {
                printer: Arc::clone(control.printer()),
                lan: i < on_lan,
                bound: i >= on_lan || i == printers::on_both_transports(plan),
            });
            let devices: Vec<cloud::DeviceSpec> = devices.collect();
            for device in devices.iter().filter(|device| device.bound) {
                let sim = &mut device.printer.machine().sim;
                sim.cloud_video =
                    Some(if report::Family::of(sim.model) == report::Family::New { "agora" } else { "tutk" });
            }
            Some(cloud::start(cloud, plan, devices, (clock, epoch), stop.child_token()).await?)
        }
    };
    // Reports of a farm come in ten groups a second: all at once would be a burst, and each by itself would wake the
    // program two hundred times a second, which costs several times what the reports cost. The groups begin together.
    let begin = clock.elapsed();
    for (i, control) in controls.iter().enumerate() {
        let slot = Duration::from_millis((10 * i / controls.len()) as u64 * 100);
        tokio::spawn(Arc::clone(control.printer()).run(begin + slot));
    }
    let cards = controls[..on_lan].iter().map(|h| h.printer().card.clone()).collect();
    Ok(Simulation { cards, controls, cloud, texts, _stop: guard })
}

/// Each printer has three listeners and, in the simulation, both ends of its connections: many of them need more files than a
/// process may open by default.
fn make_room(printers: usize) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let wanted = Some(256 + 8 * printers as u64);
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        // `None` is no limit. What cannot be had shows when a port cannot be opened.
        if current.is_some() && current < wanted {
            let current = maximum.map_or(wanted, |most| wanted.map(|wanted| wanted.min(most)));
            let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
        }
    }
    #[cfg(not(unix))]
    let _ = printers;
}

#[cfg(test)]
mod tests;
