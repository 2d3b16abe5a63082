//! One simulated printer: the machine and everything that its servers share.

use super::drive::Drive;
use super::fault::{Fault, Faults, garbage, huge, swollen};
use super::plan::Plan;
use super::report::{Family, Reporter};
use super::sessions::Sessions;
use super::sim::SimPrinter;
use super::tls;
use super::{Clock, PrinterInfo, RecordedRequest, Transport};
use crate::protocol::command::{Command, Request};
use bytes::Bytes;
use rustls::ServerConfig;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

/// Size of the report that [`Fault::Huge`] sends.
const HUGE: usize = 5 << 20;
/// Size of the reports that [`Fault::Swollen`] sends: a client takes them.
const SWOLLEN: usize = 1_000_000;
/// Numbers of certificates from here on, and just below, are those of somebody who poses as the printer.
const POSING: u64 = 1 << 32;
/// An idle printer says something at least this often.
const IDLE_PAUSE: Duration = Duration::from_secs(10);

/// Simulation and reporter, under one lock: a report must show one moment.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) sim: SimPrinter,
    pub(super) reporter: Reporter,
}

/// What the tasks of a printer share.
pub(super) struct Printer {
    pub(super) card: PrinterInfo,
    pub(super) speed: f64,
    pub(super) stop: CancellationToken,
    clock: Clock,
    machine: Mutex<Machine>,
    faults: Mutex<Faults>,
    reports: broadcast::Sender<Bytes>,
    tls: Mutex<Arc<ServerConfig>>,
    cuts: Mutex<CancellationToken>,
    pub(super) sessions: Sessions,
    /// Whether it is switched on, and whether it has a way to the cloud.
    uplink: Mutex<(bool, bool)>,
    /// Whether both hold.
    online: watch::Sender<bool>,
    requests: Mutex<Vec<RecordedRequest>>,
    pub(super) connections: AtomicUsize,
    pub(super) cameras: AtomicUsize,
    /// Files that were fetched.
    pub(super) fetched: AtomicUsize,
    /// Clients of the file server.
    pub(super) visits: AtomicUsize,
    drive: Mutex<Drive>,
    /// The code that lets somebody in now; the card has the first one.
    code: Mutex<String>,
    /// Certificates made after the first one.
    pub(super) certificates: AtomicU64,
    /// Certificates of somebody who shows another one each time.
    shown: AtomicU64,
}

/// A lock is only held for pure work: a panic in a test's closure must not silence the printer for good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Printer {
    pub(super) fn new(
        card: PrinterInfo,
        mut sim: SimPrinter,
        faults: Faults,
        plan: &Plan,
        tls: Arc<ServerConfig>,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        let speed = if plan.speed.is_finite() { plan.speed.clamp(0.0, 100_000.0) } else { 1.0 };
        sim.pace = speed;
        sim.locked |= faults.has(Fault::Locked);
        Self {
            code: Mutex::new(card.access_code.clone()),
            card,
            speed,
            clock,
            machine: Mutex::new(Machine { sim, reporter: Reporter::default() }),
            faults: Mutex::new(faults),
            reports: broadcast::channel(256).0,
            tls: Mutex::new(tls),
            cuts: Mutex::new(stop.child_token()),
            stop,
            sessions: Sessions::default(),
            online: watch::Sender::new(true),
            uplink: Mutex::new((true, true)),
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            cameras: AtomicUsize::new(0),
            fetched: AtomicUsize::new(0),
            visits: AtomicUsize::new(0),
            drive: Mutex::default(),
            certificates: AtomicU64::new(0),
            shown: AtomicU64::new(0),
        }
    }

    /// The access code as it is now.
    pub(super) fn access_code(&self) -> String {
        lock(&self.code).clone()
    }

    /// Another access code. Whoever is connected has to show it.
    pub(super) fn set_access_code(&self, code: &str) {
        code.clone_into(&mut lock(&self.code));
        self.cut();
    }

    pub(super) fn machine(&self) -> MutexGuard<'_, Machine> {
        lock(&self.machine)
    }

    /// Its storage, on which the job's file lies.
    pub(super) fn drive<T>(&self, f: impl FnOnce(&mut Drive, &SimPrinter) -> T) -> T {
        let missing = self.has(Fault::FileMissing);
        let sim = &self.machine().sim;
        let mut drive = lock(&self.drive);
        drive.know(sim.file_path().zip(sim.job.as_ref().map(|job| job.number)).filter(|_| !missing));
        f(&mut drive, sim)
    }

    /// What its broker, or its camera, shows new clients.
    pub(super) fn tls(&self, camera: bool) -> Arc<ServerConfig> {
        let own = || Arc::clone(&lock(&self.tls));
        let Some((serial, number)) =
            self.posing(if camera { Fault::CameraCertificate } else { Fault::OtherCertificate })
        else {
            return own();
        };
        tls::certificate(&serial, number).map_or_else(|_| own(), |(config, _)| config)
    }

    /// Serial and number of the certificate of its file server.
    pub(super) fn files_certificate(&self) -> (String, u64) {
        let own = || (self.card.serial.clone(), self.certificates.load(Ordering::Relaxed));
        self.posing(Fault::FileCertificate).unwrap_or_else(own)
    }

    /// The certificate that stands in the place of its own, if one of the faults is set that change it: one that concerns
    /// a single server, or those that concern all of them.
    fn posing(&self, single: Fault) -> Option<(String, u64)> {
        let number = self.certificates.load(Ordering::Relaxed);
        let serial = self.card.serial.clone();
        if self.has(Fault::OtherName) {
            Some((serial.chars().rev().collect(), number))
        } else if self.has(Fault::ChangingCertificate) {
            Some((serial, POSING + self.shown.fetch_add(1, Ordering::Relaxed)))
        } else {
            (self.has(Fault::OtherCertificate) || self.has(single)).then_some((serial, POSING - 1 - number))
        }
    }

    pub(super) fn set_tls(&self, config: Arc<ServerConfig>) {
        *lock(&self.tls) = config;
    }

    /// Read or change the faults.
    pub(super) fn faults<T>(&self, f: impl FnOnce(&mut Faults) -> T) -> T {
        f(&mut lock(&self.faults))
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults(|f| f.has(fault))
    }

    /// Resolves when a session that drops by itself has to; never for others.
    pub(super) async fn drop_time(&self) {
        match self.faults(|f| f.drop_after()) {
            Some(seconds) => {
                // Sessions end together, at whole multiples on the simulation's clock.
                let period = Duration::from_secs(u64::from(seconds.max(1)));
                let since = self.clock.elapsed().as_millis() % period.as_millis();
                tokio::time::sleep(period.saturating_sub(Duration::from_millis(since as u64))).await;
            }
            None => std::future::pending().await,
        }
    }

    /// A token that ends with the next cut, the end of power, or the end of the simulation.
    pub(super) fn cut_token(&self) -> CancellationToken {
        lock(&self.cuts).clone()
    }

    /// Drops every connection there is.
    pub(super) fn cut(&self) {
        std::mem::replace(&mut *lock(&self.cuts), self.stop.child_token()).cancel();
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Bytes> {
        self.reports.subscribe()
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).clone()
    }

    /// Switched on or off.
    pub(super) fn set_power(&self, on: bool) {
        self.change_uplink(|uplink| uplink.0 = on);
    }

    /// With or without a way to the cloud.
    pub(super) fn set_uplink(&self, there: bool) {
        self.change_uplink(|uplink| uplink.1 = there);
    }

    fn change_uplink(&self, change: impl FnOnce(&mut (bool, bool))) {
        let mut uplink = lock(&self.uplink);
        change(&mut uplink);
        let online = uplink.0 && uplink.1;
        self.online.send_if_modified(|was| std::mem::replace(was, online) != online);
    }

    /// Whether the cloud can see it.
    pub(super) fn is_online(&self) -> bool {
        *self.online.borrow()
    }

    /// Tells when it comes to the cloud and goes.
    pub(super) fn watch_online(&self) -> watch::Receiver<bool> {
        self.online.subscribe()
    }

    pub(super) fn publish_raw(&self, bytes: Bytes) {
        // Nobody listening is no error.
        let _ = self.reports.send(bytes);
    }

    fn publish(&self, value: &Value) {
        if self.reports.receiver_count() > 0 {
            self.publish_raw(Bytes::from(value.to_string()));
        }
    }

    /// Takes in a request, answers it on the report topic, and reports what it changed.
    pub(super) fn request(&self, payload: &Bytes, transport: Transport) {
        lock(&self.requests).push(RecordedRequest { at: self.clock.elapsed(), transport, payload: payload.to_vec() });
        for request in Request::parse_all(payload) {
            self.execute(&request);
        }
    }

    fn execute(&self, request: &Request) {
        if self.has(Fault::NoReports) {
            if request.command != Some(Command::PushStart) {
                return;
            }
            self.faults(|f| f.remove(Fault::NoReports));
        }
        if request.command == Some(Command::PushAll) && self.faults(Faults::loses_full_report) {
            return;
        }
        let asks = matches!(request.family.as_str(), "pushing" | "info");
        let (effective, silent) = self.faults(|f| (!f.has(Fault::IgnoreCommands), f.has(Fault::NoAck)));
        let (answers, delta) = {
            let machine = &mut *self.machine();
            let answers = machine.sim.handle(request, &mut machine.reporter, effective);
            let dirty = machine.sim.take_dirty();
            let delta = if dirty && !self.is_muted() { Self::report_now(machine) } else { None };
            (answers, delta)
        };
        if asks || !silent {
            for answer in &answers {
                self.publish(answer);
            }
        }
        if let Some(delta) = delta {
            self.publish(&delta);
        }
    }

    /// Whether honest reports are held back.
    fn is_muted(&self) -> bool {
        self.faults(|f| f.has(Fault::NoReports) || f.has(Fault::Garbage) || f.has(Fault::Huge) || f.has(Fault::Swollen))
    }

    /// Reports what was changed from outside, without waiting for the next turn.
    pub(super) fn report_change(&self) {
        let delta = {
            let machine = &mut *self.machine();
            let dirty = machine.sim.take_dirty();
            let wanted = dirty || Family::of(machine.sim.model) != Family::X1;
            if wanted && !self.is_muted() && self.reports.receiver_count() > 0 {
                Self::report_now(machine)
            } else {
                None
            }
        };
        if let Some(delta) = delta {
            self.publish(&delta);
        }
    }

    fn report_now(machine: &mut Machine) -> Option<Value> {
        match Family::of(machine.sim.model) {
            Family::X1 => Some(machine.reporter.full(&machine.sim)),
            _ => machine.reporter.delta(&machine.sim),
        }
    }

    /// The life of the printer: time passes, reports go out, from `begin` on the simulation's clock.
    pub(super) async fn run(self: Arc<Self>, begin: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => return,
            () = tokio::time::sleep(begin.saturating_sub(self.clock.elapsed())) => {}
        }
        let mut last = self.clock.elapsed();
        let mut due = begin;
        let mut quiet = Duration::ZERO;
        for turn in 0_u64.. {
            // A fast simulation reports more often, up to ten times a second.
            let calm = Duration::from_secs_f64((1.0 / self.speed.max(0.1)).clamp(0.1, 1.0));
            let flood = self.faults(|f| f.flood());
            let period = flood.map_or(calm, |n| Duration::from_secs(1) / n);
            // Counted from the last due time, not from now, so that the printers of a group stay together. One that
            // is late starts afresh.
            due = (due + period).max(last);
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(due.saturating_sub(self.clock.elapsed())) => {}
            }
            let now = self.clock.elapsed();
            let passed = now.saturating_sub(last);
            last = now;
            quiet += passed;
            if self.tick(passed, quiet, flood.is_some(), turn) {
                quiet = Duration::ZERO;
            }
        }
    }

    /// One turn; true when something was reported.
    fn tick(&self, passed: Duration, quiet: Duration, flood: bool, turn: u64) -> bool {
        let heard = self.reports.receiver_count() > 0;
        let report = {
            let machine = &mut *self.machine();
            machine.sim.advance(passed.as_secs_f64() * self.speed);
            let dirty = machine.sim.take_dirty();
            let sim = &machine.sim;
            let busy = sim.phase.is_active() || sim.bed.target > 0.0 || sim.nozzles.iter().any(|n| n.target > 0.0);
            let due = match (Family::of(sim.model), busy) {
                (Family::X1, true) => Duration::from_secs_f64((2.0 / self.speed.max(1.0)).max(0.2)),
                (Family::X1, false) => IDLE_PAUSE / 2,
                (_, true) => Duration::ZERO,
                (_, false) => IDLE_PAUSE,
            };
            // A tick a hair too early must not wait for the next.
            let due = quiet + Duration::from_millis(50) >= due;
            if !heard || !(flood || dirty || due) {
                // What was dirty while nobody listened shows in the next delta all the same.
                return false;
            }
            if flood {
                Some(machine.reporter.flood(&machine.sim, turn))
            } else {
                // An idle printer with nothing to tell still gives a sign of life.
                Self::report_now(machine).or_else(|| (!busy).then(|| machine.reporter.nudge(&machine.sim)))
            }
        };
        if self.has(Fault::NoReports) {
            return true;
        }
        if self.has(Fault::Garbage) {
            self.publish_raw(garbage(turn as usize).into());
        } else if self.has(Fault::Huge) {
            // One buffer for all: several megabytes for every message in every queue would add up.
            static BYTES: OnceLock<Bytes> = OnceLock::new();
            self.publish_raw(BYTES.get_or_init(|| huge(HUGE).into()).clone());
        } else if self.has(Fault::Swollen) {
            self.publish_raw(swollen(turn as usize, SWOLLEN).into());
        } else if let Some(report) = &report {
            self.publish(report);
        }
        true
    }
}
