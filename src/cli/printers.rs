//! The account's printers and their jobs by the cloud's word, without a connection to any of them.

use super::{
    Global,
    account::{failed, signed_in},
    history::format_timestamp,
    output::{Failure, OK, note, print, print_json},
    table::columns,
};
use crate::{
    protocol::{
        model::Model,
        rest::{
            Id,
            devices::{Device, DeviceJob},
        },
    },
    ui::text,
};
use clap::Args;
use serde::Serialize;

/// How they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct PrintersOptions {
    /// JSON instead of a table: an array, one object a printer
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(global: &Global, options: &PrintersOptions) -> Result<u8, Failure> {
    let cloud = signed_in(global)?.cloud;
    let devices = cloud.devices().await.map_err(|e| failed(&e))?;
    // Jobs are a bonus: whose printers they are is known without.
    let jobs = cloud.device_jobs().await.inspect_err(|e| note(&e.to_string())).unwrap_or_default();
    let both: Vec<_> = devices.iter().map(|device| (device, job_of(device, &jobs))).collect();
    if options.json {
        let list: Vec<_> = both.iter().map(|(device, job)| DeviceJson::new(device, *job)).collect();
        print_json(&list)?;
        return Ok(OK);
    }
    if both.is_empty() {
        note("the account has no printers");
        return Ok(OK);
    }
    let head = ["printer", "model", "cloud", "state", "done", "began", "job", "serial"].map(str::to_owned);
    let rows: Vec<_> = [head].into_iter().chain(both.iter().map(|(device, job)| row(device, *job))).collect();
    print(&columns(&rows).join("\n"))?;
    note("by the cloud's word, which is coarse and minutes old; `bambu-tui status` asks the printers");
    Ok(OK)
}

fn job_of<'a>(device: &Device, jobs: &'a [DeviceJob]) -> Option<&'a DeviceJob> {
    jobs.iter().find(|job| job.serial.is_some() && job.serial == device.serial)
}

fn row(device: &Device, job: Option<&DeviceJob>) -> [String; 8] {
    let unknown = || "—".to_owned();
    let word = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned().unwrap_or_else(unknown);
    let online = match device.online {
        Some(true) => "connected",
        Some(false) => "not connected",
        None => "—",
    };
    [
        word(device.name.as_ref()),
        device
            .model()
            .map_or_else(|| word(device.product.as_ref().or(device.model.as_ref())), |m| m.short().to_owned()),
        online.to_owned(),
        device.status.as_ref().map_or_else(unknown, ToString::to_string),
        job.and_then(|job| job.percent).map_or_else(unknown, |percent| format!("{percent:.0} %")),
        format_timestamp(job.and_then(|job| job.started).map(|at| at.0)),
        text::clip(&word(job.and_then(|job| job.task_name.as_ref())), 40, false),
        word(device.serial.as_ref()),
    ]
}

/// A printer of the account, by the cloud's word. Null where it does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DeviceJson<'a> {
    serial: Option<&'a str>,
    name: Option<&'a str>,
    model: Option<&'a str>,
    /// It is connected to the cloud.
    online: Option<bool>,
    status: Option<String>,
    /// In mm.
    nozzle_diameter: Option<f64>,
    /// `cloud`: where all this is from.
    source: &'static str,
    /// Null: none that the cloud knows of.
    job: Option<DeviceJobJson<'a>>,
}

/// The job of a printer, by the cloud's word.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct DeviceJobJson<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    status: Option<String>,
    percent: Option<f64>,
    /// In seconds since 1970.
    started_unix: Option<i64>,
    estimate_seconds: Option<i64>,
    project: Option<&'a str>,
}

impl<'a> DeviceJson<'a> {
    fn new(device: &'a Device, job: Option<&'a DeviceJob>) -> Self {
        let job = job.filter(|job| job.task.is_some() || job.task_name.is_some());
        Self {
            serial: device.serial.as_deref(),
            name: device.name.as_deref(),
            model: device.model().map(Model::short).or(device.product.as_deref()),
            online: device.online,
            status: device.status.as_ref().map(ToString::to_string),
            nozzle_diameter: device.nozzle_diameter,
            source: "cloud",
            job: job.map(|job| DeviceJobJson {
                id: job.task.as_ref().map(Id::as_str),
                name: job.task_name.as_deref(),
                status: job.status.as_ref().map(ToString::to_string),
                percent: job.percent,
                started_unix: job.started.map(|at| at.0),
                estimate_seconds: job.prediction_s,
                project: job.project.as_ref().map(Id::as_str),
            }),
        }
    }
}
