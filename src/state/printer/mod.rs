//! One printer: the way to it, how fresh its data is, and what it says.
//!
//! `bytes → Report → Printer::apply_report`. Every field of a [`Report`] may be absent, and absent keeps its value, in full reports
//! and deltas alike; AMS units and trays merge by `id`, and one that is not listed goes only with a full report (`msg: 0`). A
//! field of the wrong type is skipped, the rest of the report counts. Unknown keys are ignored, unknown codes kept as
//! numbers. Acknowledgements share the envelope and are never merged.
//!
//! A [`Printer`] keeps the **merged report as it was said**, and beside it **parts that are derived from it** ([`job`],
//! [`temps`], [`ams`], [`machine`]). Merging is one rule without meaning, the same for every field; filament alone has more
//! (what a mask says is gone, a tag that deltas leave out). Meaning (which of two generations of fields counts, whether a
//! progress is that of the last job, whether 5 °C is a sensor) is worked out anew from the whole, so it cannot depend on the
//! order in which deltas came. Only what changed is derived again, and only if it differs is a frame due.

pub mod alerts;
pub mod ams;
pub mod camera;
pub mod certificate;
pub mod connection;
pub mod danger;
pub mod error_texts;
pub mod fans;
pub mod flapping;
pub mod gap;
pub mod hotend;
pub mod impostor;
pub mod job;
pub mod job_news;
pub mod light;
pub mod machine;
pub mod model;
pub mod need;
pub mod notified;
pub mod objects;
pub mod reload;
pub mod status;
pub mod temperature_history;
pub mod temps;
pub mod transport;
pub mod watchdog;
pub mod whole;

use super::Now;
use crate::protocol::{
    codes::UNSIGNED_REFUSED,
    model::{CameraKind, Model, ModelSource},
    report::{Module, Report},
};
use crate::state::printer::connection::DisconnectReason;
use crate::state::{
    command::{
        action::{Action, PrintAction},
        tracker::CommandTracker,
    },
    printer::{
        ams::{Ams, Context},
        camera::Camera,
        certificate::{Certificate, Known},
        error_texts::PrinterTexts,
        gap::Gap,
        impostor::Impostor,
        job::{Heard, Job, JobEvent},
        job_news::JobNews,
        machine::{Machine, hotends},
        notified::Notified,
        objects::Objects,
        temperature_history::TemperatureHistory,
        temps::Temps,
        transport::{Transport, Transports},
        whole::Whole,
    },
};
use connection::ConnectionState;
pub use status::Status;
use std::{
    mem::discriminant,
    time::{Duration, Instant},
};
pub use watchdog::WatchdogTimeouts;

/// How far the values on the screen can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing was ever reported.
    Nothing,
    /// The link is up and reports come, but the whole picture has never come: what was told is live, the rest is unknown.
    Partial,
    /// The link is up, the whole picture came over it, and reports come.
    Live,
    /// The values are this old: the link is down or silent, or they are from before it and were not told anew.
    Stale(Duration),
}

/// What was counted of a printer since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Reports.
    pub reports: u64,
    /// Sessions, each of which but the first is a new connection.
    pub sessions: u32,
    /// When the session that is up began, in seconds since 1970.
    pub since: Option<i64>,
}

/// A printer.
#[derive(Debug, Clone, Default)]
pub struct Printer {
    /// The person's name for it.
    pub name: String,
    /// Serial number.
    pub serial: String,
    /// Address.
    pub host: String,
    /// For filtering.
    pub tags: Vec<String>,
    /// What it is, by the best source so far.
    pub model: Model,
    /// Where that is known from.
    pub model_source: ModelSource,
    /// The transport that counts.
    pub transport: Transport,
    /// The way to it on that transport.
    pub link: ConnectionState,
    /// Both transports.
    pub transports: Transports,
    /// The certificate that it proved to have on the LAN, and how that is known.
    pub certificate: Option<(Certificate, Known)>,
    /// What the account says of it.
    /// Merged reports.
    pub(in crate::state) report: Report,
    /// When the newest report came.
    pub last_report: Option<Instant>,
    /// When the values that are shown were true last, in seconds since 1970.
    pub told_unix: Option<i64>,
    /// Whether the whole picture came in this session.
    pub whole: Whole,
    /// Whether its state is followed without a gap.
    pub(super) gap: Gap,
    /// When it was last asked to report.
    pub(super) nudged: Option<Instant>,
    /// The job.
    pub job: Job,
    /// Temperatures and fans.
    pub temps: Temps,
    /// Temperatures of the last half day.
    pub history: TemperatureHistory,
    /// Filament.
    pub ams: Ams,
    /// What it can do, how it is set, and the rest of what it says.
    pub machine: Machine,
    /// Boards and units with their firmware, as it listed them last.
    pub modules: Vec<Module>,
    /// Firmware version.
    pub firmware: Option<String>,
    /// What was counted since the start.
    pub counts: Counts,
    /// Orders under way and what is known about permission.
    pub orders: CommandTracker,
    /// Its camera.
    pub camera: Camera,
    /// Objects of the running print.
    pub objects: Objects,
    /// A part of it that shows a certificate which is not the printer's.
    pub impostor: Option<Box<Impostor>>,
    /// Why the link was down last; until it is up again.
    pub last_cause: Option<DisconnectReason>,
    /// What happened and is not told yet.
    pub(super) news: JobNews,
    /// Danger beyond the end of the program.
    pub(super) dangers: danger::Dangers,
    /// The vendor's texts for this model, as far as they are held.
    pub(super) wording: PrinterTexts,
    /// That it sends more than any printer has was told.
    pub(super) told_excess: bool,
    /// The certificate that is to be judged and was told of while the cloud serves.
    pub(super) told_doubt: Option<DisconnectReason>,
    /// That its firmware refuses orders was told.
    pub(super) told_locked: bool,
    /// What was told of it before.
    pub(super) notified: Notified,
    /// Messages in a row that could not be read, and why the last one could not.
    pub unreadable: Option<(u32, String)>,
}

impl Printer {
    /// A printer of the configuration, before anything is known.
    pub fn new(name: &str, serial: &str, host: &str, configured_model: Option<Model>, tags: Vec<String>) -> Self {
        let (model, model_source) = match (configured_model, Model::from_serial(serial)) {
            (Some(model), _) => (model, ModelSource::Configured),
            (None, Some(model)) => (model, ModelSource::Serial),
            (None, None) => (Model::Unknown, ModelSource::Nothing),
        };
        Self {
            name: crate::protocol::wire::clean(name),
            serial: serial.to_owned(),
            host: crate::protocol::wire::clean(host),
            tags,
            model,
            model_source,
            machine: Machine::read(&Report::default(), model, None),
            ..Self::default()
        }
    }

    /// Takes in a report. Tells whether anything may look different, and what happened to the job.
    pub fn apply_report(&mut self, report: Report, now: Now) -> (bool, Option<JobEvent>) {
        let trust = |printer: &Self| discriminant(&printer.freshness(now.at, &WatchdogTimeouts::default()));
        let trusted = trust(self);
        if self.gap.has_slept(now) {
            // The chart's clock stood still too.
            self.history = TemperatureHistory::default();
        }
        let heard = Heard {
            stopped_here: self.orders.stop_acknowledged(now.at),
            paused_here: self.orders.under_way(&Action::Print(PrintAction::Pause)).is_some(),
            blind: self.gap.hear(&report, now),
            said: report.job.clone(),
        };
        self.last_report = Some(now.at);
        self.counts.reports += 1;
        self.last_cause.take_if(|cause| *cause == DisconnectReason::NoData);
        self.nudged = None;
        let was_unreadable = self.unreadable.take().is_some();
        self.whole.heard(report.is_whole(), now.at);
        if self.whole.before().is_none() {
            self.told_unix = Some(now.unix);
        }
        let context = Context::read(&self.report);
        let changed = self.report.merge(report);
        // The vendor gave two models with one and two hotends serial numbers that begin alike.
        let turned_out = self.model_source == ModelSource::Serial
            && self.model == Model::H2D
            && changed.device
            && hotends(&self.report) == Some(1);
        if turned_out {
            self.model = Model::H2S;
            self.model_source = ModelSource::Telemetry;
        }
        let mut event = None;
        if changed.job || changed.health {
            let key = self.job.key.clone();
            event = self.job.apply_report(&mut self.report, now, heard);
            // It stays for some minutes only; what it says does not.
            if self.job.hms.iter().any(|message| message.code == UNSIGNED_REFUSED) {
                self.orders.learn_refusal();
            }
            // Local jobs may all have the same key.
            if self.job.key != key || event == Some(JobEvent::Started) {
                self.objects.next_job();
            }
        }
        // Options of the AMS are the machine's too, and the flat fields of the nozzle stand among the machine's.
        if changed.machine || changed.device || changed.ams || turned_out {
            self.derive_machine();
        }
        if changed.temps || changed.machine || turned_out {
            self.derive_temps();
        }
        if changed.ams || turned_out || context != Context::read(&self.report) {
            self.derive_ams();
        }
        let sampled = self.history.record(&self.temps, now.at);
        (changed.any() || sampled || was_unreadable || trust(self) != trusted, event)
    }

    /// Takes in a change of the link over the LAN.
    #[cfg(any(test, feature = "internals"))]
    pub fn set_link(&mut self, change: connection::ConnectionEvent, at: Instant) {
        self.change_transports(|transports| transports.set_lan(ConnectionState::after(change, at)));
    }

    /// Takes in a change of a transport. Tells whether the transport that counts is another one now, or is otherwise.
    pub(super) fn change_transports(&mut self, change: impl FnOnce(&mut Transports)) -> bool {
        change(&mut self.transports);
        let (transport, link) = self.transports.choose();
        if (transport, &link) == (self.transport, &self.link) {
            return false;
        }
        self.transport = transport;
        self.link = link;
        self.whole.next_session(self.last_report);
        self.gap.open();
        self.nudged = None;
        true
    }

    /// Chooses the transport anew after a test has changed one; what was told before is as if told on it.
    #[cfg(test)]
    pub(crate) fn choose_transport_again(&mut self) {
        let whole = self.whole.clone();
        self.change_transports(|_| {});
        self.whole = whole;
    }

    /// The session that is up.
    pub fn session(&self) -> Option<u32> {
        match self.link {
            ConnectionState::Up { session, .. } => Some(session),
            _ => None,
        }
    }

    /// How far the values can be trusted.
    pub fn freshness(&self, at: Instant, timeouts: &WatchdogTimeouts) -> Freshness {
        let Some(last) = self.last_report else { return Freshness::Nothing };
        let up = matches!(self.link, ConnectionState::Up { .. }) && at.saturating_duration_since(last) < timeouts.stale;
        match self.whole.before() {
            // Changes alone do not make what was known before any younger: nobody knows what else has changed.
            Some(before) => Freshness::Stale(at.saturating_duration_since(before)),
            None if up && self.whole.came() => Freshness::Live,
            None if up => Freshness::Partial,
            None => Freshness::Stale(at.saturating_duration_since(last)),
        }
    }

    /// When the values that are shown were true last.
    pub fn told_at(&self) -> Option<Instant> {
        self.whole.before().or(self.last_report)
    }

    /// Whether the session that is up tells changes, and the whole picture is missing.
    pub fn awaits_whole(&self) -> bool {
        self.whole.due(&whole::ASK_AGAIN).is_some() && self.session().is_some()
    }

    /// The network in words: a cable, or a signal strength.
    pub fn network(&self) -> Option<String> {
        let network = self.machine.network;
        match network.wired {
            Some(true) => Some("wired".to_owned()),
            _ => network.wifi_dbm.map(|dbm| format!("{dbm} dBm")),
        }
    }

    /// What kind of pictures the model gives.
    pub fn camera_kind(&self) -> CameraKind {
        self.model.camera()
    }

    /// Whether the camera gives JPEG pictures.
    pub fn gives_pictures(&self) -> bool {
        // Only the LAN has pictures.
        self.camera_kind() != CameraKind::Rtsp && self.has_camera() && self.transports.lan.is_some()
    }

    /// Whether a camera is fitted, as far as the printer says.
    pub fn has_camera(&self) -> bool {
        self.machine.abilities.camera
    }
}
