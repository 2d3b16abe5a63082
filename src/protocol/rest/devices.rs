//! The printers of the account. What is said about a job here is minutes old: reports of the printer go before it.

use super::{Hidden, Id, Link, Stamp};
use crate::protocol::{
    model::Model,
    wire::{Read, fields},
};
use serde_json::{Value, json};
use std::fmt;

fields! {
    /// A printer as `user/bind` lists it.
    pub struct Device {
        /// Serial number.
        "dev_id" => serial: String,
        /// The person's name for it.
        "name" | "dev_name" => name: String,
        /// Connected to the cloud.
        "online" | "dev_online" => online: bool,
        /// Coarse and minutes old.
        "print_status" => status: CloudStatus,
        /// Code of the model, such as `C12`; on newer accounts also a name.
        "dev_model_name" => model: String,
        /// Name of the model, such as `P1S`.
        "dev_product_name" => product: String,
        /// The access code for the LAN.
        "dev_access_code" => access_code: Hidden,
        /// In mm.
        "nozzle_diameter" => nozzle_diameter: f64,
        /// `I3` or `CoreXY`.
        "dev_structure" => structure: String,
        /// Task that is printing.
        "print_job" => job: Id,
    }
}

impl Device {
    /// The model: by its code, or else by its name.
    pub fn model(&self) -> Option<Model> {
        [&self.model, &self.product].into_iter().flatten().find_map(|text| Model::from_code(text))
    }
}

fields! {
    /// A printer and its job as `user/print` lists them; all parts of the job are absent when it does nothing.
    pub struct DeviceJob {
        /// Serial number.
        "dev_id" => serial: String,
        /// The person's name for it.
        "dev_name" | "name" => name: String,
        /// Connected to the cloud.
        "dev_online" | "online" => online: bool,
        /// Code of the model.
        "dev_model_name" => model: String,
        /// Name of the model.
        "dev_product_name" => product: String,
        /// The access code for the LAN.
        "dev_access_code" => access_code: Hidden,
        /// Task.
        "task_id" => task: Id,
        /// What is printed.
        "task_name" => task_name: String,
        /// Coarse and minutes old.
        "task_status" => status: CloudStatus,
        /// Ids of what is printed.
        "model_id" => model_id: Id,
        /// Project of the account.
        "project_id" => project: Id,
        /// Profile of the project.
        "profile_id" => profile: Id,
        /// When it began.
        "start_time" => started: Stamp,
        /// Whole duration by the slicer, in seconds.
        "prediction" => prediction_s: i64,
        /// Percent.
        "progress" => percent: f64,
        /// Picture; signed.
        "thumbnail" => thumbnail: Link,
    }
}

/// A status word of the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudStatus {
    /// Printing.
    Running,
    /// Finished, or idle since a print that succeeded: the cloud does not tell the two apart.
    Success,
    /// The last print failed or was stopped.
    Failed,
    /// Paused.
    Paused,
    /// Preparing a print.
    Preparing,
    /// Doing nothing.
    Idle,
    /// Not connected to the cloud.
    Offline,
    /// A word that is not known, as it came.
    Other(String),
}

impl Read for CloudStatus {
    fn from_text(v: &str) -> Option<Self> {
        let word = String::from_text(v.trim())?;
        Some(match word.to_ascii_uppercase().as_str() {
            "" => return None,
            "ACTIVE" | "RUNNING" => Self::Running,
            "SUCCESS" | "FINISH" | "FINISHED" => Self::Success,
            "FAILED" | "FAIL" => Self::Failed,
            "PAUSE" | "PAUSED" => Self::Paused,
            "PREPARE" => Self::Preparing,
            "IDLE" => Self::Idle,
            "OFFLINE" => Self::Offline,
            _ => Self::Other(word),
        })
    }
    fn from_int(v: i64) -> Option<Self> {
        Some(Self::Other(format!("status {v}")))
    }
}

impl fmt::Display for CloudStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "printing",
            Self::Success => "finished or idle",
            Self::Failed => "failed or stopped",
            Self::Paused => "paused",
            Self::Preparing => "preparing",
            Self::Idle => "idle",
            Self::Offline => "offline",
            Self::Other(word) => word,
        })
    }
}

fields! {
    /// Firmware of a printer, from `user/device/version`.
    pub struct DeviceVersion {
        /// Serial number.
        "dev_id" => serial: String,
        /// The version it has.
        "version" => version: String,
        /// Versions on offer.
        "firmware" => firmware: Vec<Firmware>,
        /// Versions on offer for its AMS units.
        "ams" => ams: Vec<AmsVersion>,
    }
}

fields! {
    /// Versions on offer for one AMS unit.
    pub struct AmsVersion {
        /// Serial number of the unit.
        "dev_id" | "device_id" | "sn" => serial: String,
        /// Number of the unit, as the printer counts them.
        "address" => address: i64,
        /// Code of its model.
        "dev_model_name" => model: String,
        /// The version it has.
        "version" => version: String,
        /// Versions on offer.
        "firmware" => firmware: Vec<Firmware>,
    }
}

fields! {
    /// A firmware version on offer.
    pub struct Firmware {
        /// Such as `01.08.00.00`.
        "version" => version: String,
        /// The vendor wants it installed.
        "force_update" => forced: bool,
        /// Where it is.
        "url" => url: Link,
        /// What is new.
        "description" => description: String,
    }
}

impl Firmware {
    /// Whether it is newer than the version that is installed, number by number. Where nothing can be compared it is taken
    /// for an offer, unless it is the same.
    pub fn is_newer_than(&self, installed: Option<&str>) -> bool {
        let numbers =
            |text: &str| text.trim().split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>();
        let (Some(offered), Some(installed)) = (self.version.as_deref(), installed) else { return true };
        match (numbers(offered), numbers(installed)) {
            (Some(offered), Some(installed)) => offered > installed,
            _ => offered.trim() != installed.trim(),
        }
    }
}

fields! {
    /// Credentials for the vendor's camera relay. Only the vendor's own libraries can use them; what can be told a person
    /// is the kind.
    pub struct CameraAccess {
        /// `tutk` or `agora`.
        "type" => kind: String,
        /// Region of the relay.
        "region" => region: String,
        /// Name of the session.
        "ttcode" => ttcode: Hidden,
        /// Key of the session.
        "authkey" => authkey: Hidden,
        /// Password of the session.
        "passwd" => password: Hidden,
        /// Of newer servers.
        "stream_key" => stream_key: Hidden,
        /// Of newer servers.
        "stream_salt" => stream_salt: Hidden,
        /// Of newer servers.
        "channel_name" => channel: Hidden,
        /// Of newer servers.
        "app_id" => app_id: Hidden,
    }
}

/// Body that gives a printer another name.
pub fn rename(serial: &str, name: &str) -> Value {
    json!({"dev_id": serial, "name": name})
}

/// Body that binds a printer with the code on its screen.
pub fn bind(serial: &str, name: &str, code: &str) -> Value {
    json!({"device_id": serial, "device_name": name, "bind_code": code})
}

/// Body that asks for camera credentials.
pub fn camera(serial: &str) -> Value {
    json!({"dev_id": serial})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::{list, one};

    #[test]
    fn a_bound_printer_is_read() {
        let answer = json!({"message": "success", "code": null, "error": null, "devices": [
            {"dev_id": "01P00A000000000", "name": "Workshop", "online": true, "print_status": "SUCCESS",
             "dev_model_name": "C12", "dev_product_name": "P1S", "dev_access_code": "12345678\n",
             "nozzle_diameter": "0.4", "dev_structure": "CoreXY", "print_job": 0, "new": {"a": []}},
            {"dev_id": "00M", "online": null, "print_status": "SLICING"}, 5, null,
        ]});
        let devices: Vec<Device> = list(answer, &["devices"], "list of devices").expect("a list");
        assert_eq!(devices.len(), 2);
        assert_eq!(devices[0].access_code, Some(Hidden::new("12345678")));
        assert_eq!((devices[0].nozzle_diameter, devices[0].job.clone()), (Some(0.4), None));
        assert_eq!(devices[0].status.as_ref().map(ToString::to_string), Some("finished or idle".into()));
        assert_eq!((devices[0].model(), devices[1].model()), (Model::from_code("P1S"), None));
        assert_eq!(devices[1].status, Some(CloudStatus::Other("SLICING".into())));
        assert!(!format!("{devices:?}").contains("12345678"));
    }

    #[test]
    fn an_idle_printer_has_no_job() {
        let answer = json!({"dev_id": "01P", "dev_online": true, "task_id": null, "progress": null, "start_time": ""});
        let idle: DeviceJob = one(answer).expect("one");
        assert_eq!((idle.online, idle.task, idle.percent, idle.started), (Some(true), None, None, None));
        let busy: DeviceJob =
            one(json!({"task_id": "12", "progress": "55", "prediction": 3600.0, "task_status": "RUNNING",
            "start_time": "2026-02-26T21:10:57Z", "thumbnail": "https://x.example/y?sig=1"}))
            .expect("one");
        assert_eq!((busy.task, busy.percent, busy.prediction_s), (Some(Id::new("12")), Some(55.0), Some(3600)));
        assert_eq!(busy.started, Some(Stamp(1_772_140_257)));
    }

    #[test]
    fn only_what_is_newer_is_an_offer() {
        let offer = |version: &str| Firmware { version: Some(version.into()), ..Firmware::default() };
        for (offered, installed, newer) in [
            ("01.08.00.00", Some("01.07.99.00"), true),
            ("01.08.00.00", Some("1.8.0.0"), false),
            ("01.07.00.00", Some("01.08.00.00"), false),
            ("beta", Some("01.08.00.00"), true),
            ("beta", Some("beta"), false),
            ("01.08.00.00", None, true),
        ] {
            assert_eq!(offer(offered).is_newer_than(installed), newer, "{offered} {installed:?}");
        }
        assert!(Firmware::default().is_newer_than(Some("1")));
    }

    #[test]
    fn camera_credentials_do_not_show() {
        let access: CameraAccess =
            one(json!({"ttcode": "t0", "authkey": "k0", "passwd": "p0", "region": "us", "type": "tutk",
            "stream_key": null}))
            .expect("one");
        let shown = format!("{access:?}");
        assert!(shown.contains("tutk") && !["t0", "k0", "p0"].iter().any(|s| shown.contains(s)), "{shown}");
    }
}
