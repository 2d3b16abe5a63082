//! From the bytes of a message to what it says: a report, acknowledgements, a module list.

use super::{
    ams::AmsPart,
    codes::{NOT_SIGNED, PrintError},
    flags::Fun,
    job::{Code, HealthPart, JobPart},
    machine::MachinePart,
    temps::{Device, TempsPart},
    wire::{Key, Maybe, Read, Size, merge_field, sized, wire},
};
use serde::de::{IgnoredAny, MapAccess};
use std::borrow::Cow;

pub use super::module::Module;

/// What a printer says of itself: a full report or a delta. In either, an absent field keeps its value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// `msg: 0`, or all keys without a `msg`: lists of AMS units, trays and hotends in it are complete.
    pub full: bool,
    /// State, progress, names.
    pub job: JobPart,
    /// Errors and messages.
    pub health: HealthPart,
    /// Temperatures and fans, flat form.
    pub temps: TempsPart,
    /// Temperatures, hotends and fans, new form.
    pub device: Option<Device>,
    /// AMS and spools.
    pub ams: AmsPart,
    /// Lights, network, abilities.
    pub machine: MachinePart,
    /// The printer's clock, in ms since 1970. It moves with every report, so its change is none.
    pub clock: Option<i64>,
}

/// Which parts of a merged report took on a new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// [`Report::job`]
    pub job: bool,
    /// [`Report::health`]
    pub health: bool,
    /// [`Report::temps`] or [`Report::device`]
    pub temps: bool,
    /// [`Report::device`]
    pub device: bool,
    /// [`Report::ams`], or the slots of [`Report::device`]
    pub ams: bool,
    /// [`Report::machine`]
    pub machine: bool,
}

impl Changed {
    /// Whether any part did.
    pub fn any(self) -> bool {
        self.job || self.health || self.temps || self.ams || self.machine
    }
}

impl Report {
    /// Takes in a newer report.
    pub fn merge(&mut self, newer: Self) -> Changed {
        let full = newer.full;
        self.full |= full;
        self.clock = newer.clock.or(self.clock);
        let device = merge_field(&mut self.device, newer.device, full);
        let job = self.job.merge_fields(newer.job, full);
        let at_rest = self
            .job
            .gcode_state
            .as_deref()
            .is_none_or(|state| state.eq_ignore_ascii_case("IDLE") || state.eq_ignore_ascii_case("OFFLINE"));
        Changed {
            job,
            health: self.health.merge_fields(newer.health, full),
            temps: self.temps.merge_fields(newer.temps, full) | device,
            device,
            ams: self.ams.merge_with(newer.ams, full, at_rest) | device,
            machine: self.machine.merge_fields(newer.machine, full),
        }
    }

    /// Whether it is the whole picture: it says that it is full, and it says the job's state. What says only the first tells
    /// of everything else nothing.
    pub fn is_whole(&self) -> bool {
        self.full && self.job.gcode_state.is_some()
    }

    /// Whether the report has any of the keys by which a status object without a `command` is known.
    fn looks_like_status(&self) -> bool {
        self.job.gcode_state.is_some()
            || self.job.mc_percent.is_some()
            || self.temps.nozzle.is_some()
            || self.temps.bed.is_some()
            || self.ams.group.is_some()
    }

    /// Whether it has everything that only a full report has. Some firmware of X1 and H2 does not say which reports are
    /// full; a delta never has all of this.
    fn has_everything(&self) -> bool {
        let Self { job, health, temps, machine, .. } = self;
        job.gcode_state.is_some()
            && job.mc_percent.is_some()
            && job.subtask_name.is_some()
            && job.stg_cur.is_some()
            && (temps.bed.is_some() || self.device.as_ref().is_some_and(|device| device.bed.is_some()))
            && health.hms.is_some()
            && machine.home_flag.is_some()
            && machine.lights.is_some()
            && machine.camera.is_some()
    }
}

wire! {
    /// The keys around a body: what it is, and, in an acknowledgement, how it went.
    pub struct Envelope {
        /// The command's name; `push_status` for reports.
        "command" => command: String,
        /// Echo of the request's number.
        "sequence_id" => seq: String,
        /// 0 full report, 1 delta.
        "msg" => msg: i64,
        /// `success` or some form of `fail`.
        "result" => result: String,
        /// Free text.
        "reason" => reason: String,
        /// Number of an error as in `print_error`.
        "err_code" => err_code: Code,
        /// A negative number of the command's own.
        "errno" => errno: i64,
        /// What the nozzle would have to have, in °C.
        "soft_temp" => soft_temp: i64,
    }
}

/// A printer's answer to a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ack {
    /// `print`, `system` …
    pub family: String,
    /// The command's name.
    pub command: String,
    /// The request's number.
    pub seq: String,
    /// Accepted. That does not mean done.
    pub ok: bool,
    /// Why not, in the printer's words; empty when it gave none.
    pub reason: String,
    /// Error number; 0 none.
    pub err_code: u32,
    /// Error number of the command's own, negative; 0 none.
    pub errno: i64,
    /// The nozzle temperature that the printer asks for, in °C.
    pub soft_temp: Option<i64>,
}

impl Ack {
    /// Whether the printer refused because it accepts signed commands only (authorization control).
    pub fn wants_signature(&self) -> bool {
        !self.ok && (self.err_code == NOT_SIGNED.0 || self.reason.contains("verify failed"))
    }

    /// Why the printer does not do it, in words.
    pub fn refusal(&self) -> String {
        if let Some(error) = PrintError::new(i64::from(self.err_code)) {
            return format!("{} ({error})", error.text());
        }
        match (self.command.as_str(), self.errno) {
            (_, 0) if self.reason.is_empty() => "the printer gave no reason".to_owned(),
            (_, 0) => self.reason.clone(),
            ("set_ctt", -2) => "the loaded filament cannot be printed with a hot chamber".to_owned(),
            ("set_ctt", -4) => "below 40 °C the chamber heater stays off".to_owned(),
            ("ams_change_filament", -2) => self.nozzle_is("cold"),
            ("ams_change_filament", -4) => self.nozzle_is("hot"),
            (_, number) if self.reason.is_empty() => format!("the printer gives only a number: {number}"),
            (_, number) => format!("{} ({number})", self.reason),
        }
    }

    fn nozzle_is(&self, how: &str) -> String {
        let wanted = self.soft_temp.map_or_else(String::new, |celsius| format!("; it should have {celsius} °C"));
        format!("the nozzle is too {how} for this filament{wanted}")
    }
}

wire! {
    struct Versions {
        "command" => command: String,
        "module" => modules: Vec<Module>,
    }
}

wire! {
    /// A cloud broker's word about the printer's own connection.
    struct Happened {
        "event" => event: String,
    }
}

/// What one message holds. Usually one of these, never an error: unknown families are no news.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    /// A full report or delta.
    pub report: Option<Box<Report>>,
    /// An acknowledgement, of ours or of somebody else's command.
    pub ack: Option<Ack>,
    /// The answer to `get_version`.
    pub modules: Option<Vec<Module>>,
    /// Elements of lists that no printer has so many of: they were dropped.
    pub dropped: usize,
    /// About so many bytes this takes in memory.
    pub weight: usize,
    /// Cloud only: the printer came to the cloud (`client.connected`), or left it.
    pub online: Option<bool>,
}

/// Why a message could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The bytes are no JSON object.
    #[error("not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
}

/// Reads a message. Bytes that are not UTF-8 (file names may hold them) are replaced, not refused.
pub fn parse(bytes: &[u8]) -> Result<Payload, ParseError> {
    let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
    let mut reader = serde_json::Deserializer::from_str(&text);
    let (read, Size { kept, dropped }) = sized(|| <Maybe<Payload> as serde::Deserialize>::deserialize(&mut reader));
    let payload = read?.0.unwrap_or_default();
    reader.end()?;
    // No text takes more than the message did.
    Ok(Payload { dropped, weight: size_of::<Report>() + text.len() + kept, ..payload })
}

impl Read for Payload {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut out = Self::default();
        let (mut fun, mut clock) = (None, None);
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "print" => {
                    if let Some(body) = map.next_value::<Maybe<Body>>()?.0 {
                        body.sort_into(&mut out);
                    }
                }
                "info" => {
                    let versions = map.next_value::<Maybe<Versions>>()?.0.unwrap_or_default();
                    if versions.command.as_deref() == Some("get_version") {
                        out.modules = versions.modules.or(out.modules);
                    }
                }
                "system" | "camera" | "xcam" | "upgrade" | "pushing" => {
                    if let Some(envelope) = map.next_value::<Maybe<Envelope>>()?.0 {
                        out.ack = envelope.into_ack(&key).or(out.ack);
                    }
                }
                "event" => {
                    let event = map.next_value::<Maybe<Happened>>()?.0.and_then(|e| e.event);
                    out.online = match event.as_deref() {
                        Some("client.connected") => Some(true),
                        Some("client.disconnected") => Some(false),
                        _ => out.online,
                    };
                }
                // Some firmware puts it beside `print`.
                "fun" => fun = map.next_value::<Maybe<Fun>>()?.0,
                "t_utc" => clock = map.next_value::<Maybe<i64>>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some(report) = &mut out.report {
            report.machine.fun = report.machine.fun.or(fun);
            report.clock = report.clock.or(clock);
        }
        Ok(Some(out))
    }
}

/// The `print` object: a report and an envelope share its keys.
#[derive(Default)]
struct Body {
    envelope: Envelope,
    report: Box<Report>,
}

impl Read for Body {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut body = Self::default();
        while let Some(Key(key)) = map.next_key()? {
            let Self { envelope, report } = &mut body;
            let known = report.job.read_field(&key, &mut map)?
                || report.temps.read_field(&key, &mut map)?
                || report.health.read_field(&key, &mut map)?
                || report.machine.read_field(&key, &mut map)?
                || report.ams.read_field(&key, &mut map)?
                || envelope.read_field(&key, &mut map)?;
            if known {
                continue;
            }
            match &*key {
                "device" => report.device = map.next_value::<Maybe<Device>>()?.0,
                "t_utc" => report.clock = map.next_value::<Maybe<i64>>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(body))
    }
}

impl Body {
    fn sort_into(self, out: &mut Payload) {
        let Self { envelope, mut report } = self;
        let is_report = match envelope.command.as_deref() {
            Some(command) => command == "push_status",
            None => envelope.result.is_none() && envelope.reason.is_none() && report.looks_like_status(),
        };
        if is_report {
            report.full = envelope.msg.map_or_else(|| report.has_everything(), |msg| msg == 0);
            out.report = Some(report);
        } else {
            out.ack = envelope.into_ack("print");
        }
    }
}

impl Envelope {
    /// An acknowledgement has a result; without one the message is somebody's announcement.
    fn into_ack(self, family: &str) -> Option<Ack> {
        let result = self.result?;
        Some(Ack {
            family: family.to_owned(),
            command: self.command?,
            seq: self.seq.unwrap_or_default(),
            // Some commands are answered with success, and a negative number that says otherwise.
            ok: !result.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("fail"))
                && self.errno.is_none_or(|number| number >= 0),
            reason: self.reason.filter(|reason| !reason.eq_ignore_ascii_case("success")).unwrap_or_default(),
            err_code: self.err_code.unwrap_or_default().0,
            errno: self.errno.unwrap_or_default(),
            soft_temp: self.soft_temp.filter(|celsius| *celsius > 0),
        })
    }
}

#[cfg(test)]
mod tests;
