//! How time passes for a printer: jobs, stages, heat, fans, and now and then a message.

use super::heat::AMBIENT;
use super::job::{Job, Step, Until, stage};
use super::spool::{AmsKind, Slot};
use super::{CANCELLED, Fans, Later, POWER_LOSS, Phase, SPAGHETTI, SimPrinter};
use crate::protocol::model::Model;

/// Longest step of the simulation, in seconds. Heat would bear more, jobs would lose events.
const STEP: f64 = 1.0;

impl SimPrinter {
    /// Lets simulated time pass. The result does not depend much on how it is cut into pieces, and no length hurts.
    pub fn advance(&mut self, dt: f64) {
        if !dt.is_finite() || dt <= 0.0 {
            return;
        }
        // Days in one go take longer steps: a laptop that slept must not stall the program.
        let steps = (dt / STEP).ceil().min(6_000.0);
        for _ in 0..steps as u32 {
            self.step(dt / steps);
        }
    }

    fn step(&mut self, dt: f64) {
        self.seconds += dt;
        self.events();
        let heats = self.nozzles.iter().chain([&self.bed, &self.chamber]).any(|heater| heater.target > 0.0);
        if self.still && !self.phase.is_active() && !heats {
            return;
        }
        self.work(dt);
        self.advance_change(dt);
        self.warm(dt);
        let mut rng = self.rng.clone();
        for unit in &mut self.ams {
            let before = unit.shown();
            unit.advance(dt, &mut rng);
            if before != unit.shown() {
                self.ams_revision += 1;
            }
        }
        if rng.f64() < dt / 9.0 {
            self.wifi = self.wifi_base + rng.i32(-3..=3);
        }
        self.rng = rng;
        self.incidents(dt);
    }

    fn events(&mut self) {
        let now = self.seconds;
        while let Some(at) = self.later.iter().position(|(due, _)| *due <= now) {
            let (_, what) = self.later.swap_remove(at);
            match what {
                Later::Cancelled if self.phase == Phase::Failed => {
                    self.set_error(CANCELLED);
                    if let Some(job) = &mut self.job {
                        // Firmware forgets how far a cancelled job had come.
                        job.done = 0.0;
                    }
                    self.after_real(5.0, Later::ClearError);
                }
                Later::ClearError if !self.phase.is_active() => self.set_error(0),
                Later::ClearHms(hms) => {
                    self.hms.retain(|h| *h != hms);
                    self.mark_dirty();
                }
                Later::NextJob if !self.phase.is_active() && self.restarts => self.start_next(),
                Later::Homed => {
                    self.homed = [true; 3];
                    self.mark_dirty();
                }
                Later::Switched => {
                    self.active = self.switching.take().unwrap_or(self.active);
                    self.wanted = self.loaded[self.active];
                    self.mark_dirty();
                }
                Later::Back(phase) if self.phase == Phase::Idle && self.job.is_some() => {
                    self.phase = phase;
                    self.set_error(0);
                }
                Later::Cancelled | Later::ClearError | Later::NextJob | Later::Back(_) => {}
            }
        }
    }

    fn work(&mut self, dt: f64) {
        let Some(mut job) = self.job.take() else { return };
        match self.phase {
            Phase::Prepare => {
                job.received = (job.received + dt * 9.0).min(100.0);
                if job.received >= 100.0 {
                    self.phase = Phase::Running;
                    self.mark_dirty();
                }
            }
            Phase::Running => self.run(&mut job, dt),
            _ => {}
        }
        self.job = Some(job);
    }

    fn run(&mut self, job: &mut Job, dt: f64) {
        self.nozzles[self.active].target = job.nozzle;
        self.bed.target = job.bed;
        if let Some(step) = job.steps.front_mut() {
            let over = match &mut step.until {
                Until::Seconds(left) => {
                    *left -= dt;
                    *left <= 0.0
                }
                Until::Bed => self.bed.ready(),
                Until::Nozzle => self.nozzles[self.active].ready(),
            };
            let stage = step.stage;
            if over {
                job.steps.pop_front();
                match stage {
                    stage::CHANGE_FILAMENT | stage::LOAD => self.load(job.slot()),
                    stage::HOMING => self.homed = [true; 3],
                    _ => {}
                }
                self.mark_dirty();
            }
            return;
        }
        let rate = self.rate();
        let before = job.layer();
        job.done = (job.done + dt * rate).min(job.length);
        self.consume(job.slot(), job.grams * dt * rate / job.length.max(1.0));
        if before <= 1 && job.layer() > 1 {
            self.job_fans(job);
        }
        if job.changes.front().is_some_and(|at| job.share() >= *at) {
            job.changes.pop_front();
            job.current = (job.current + 1) % job.slots.len().max(1);
            self.wanted = job.slot();
            job.steps.push_back(Step::timed(stage::CHANGE_FILAMENT, 42.0));
            self.mark_dirty();
        }
        if job.done >= job.length {
            self.end(Phase::Finish);
        }
    }

    fn consume(&mut self, slot: Slot, grams: f64) {
        if let Some(spool) = self.spool_at_mut(slot) {
            let before = spool.remain as i64;
            spool.use_grams(grams);
            if spool.remain as i64 != before {
                self.ams_revision += 1;
            }
        }
    }

    /// The hotend that a slot feeds; `None` for no slot.
    pub(super) fn hotend_of(&self, slot: Slot) -> Option<usize> {
        if slot.place() == 255 {
            return None;
        }
        let hotend = match slot.unit() {
            254 => 1,
            unit => self.ams.iter().find(|a| a.id == unit).map_or(0, |a| usize::from(a.hotend)),
        };
        Some(hotend.min(self.nozzles.len() - 1))
    }

    /// Puts filament into the hotend it belongs to, which becomes the active one.
    pub(super) fn load(&mut self, slot: Slot) {
        let Some(hotend) = self.hotend_of(slot) else { return };
        if hotend != self.active {
            // The other hotend waits, not quite cold.
            self.nozzles[self.active].target = 140.0;
            self.active = hotend;
        }
        self.loaded[hotend] = slot;
        self.wanted = slot;
    }

    fn end(&mut self, phase: Phase) {
        self.phase = phase;
        for nozzle in &mut self.nozzles {
            nozzle.target = 0.0;
        }
        self.bed.target = 0.0;
        self.chamber.target = 0.0;
        self.fans_off();
        self.mark_dirty();
        if self.restarts {
            let rest = match phase {
                _ if self.busy => 5.0,
                Phase::Finish => 75.0 + self.rng.f64() * 60.0,
                _ => 200.0,
            };
            self.after(rest, Later::NextJob);
        }
    }

    fn warm(&mut self, dt: f64) {
        let around = if self.is_open() { AMBIENT + 1.0 } else { AMBIENT + (self.bed.now - AMBIENT) * 0.3 };
        self.chamber.advance(dt, around);
        let air = self.chamber.now;
        for nozzle in &mut self.nozzles {
            nozzle.advance(dt, air.min(60.0));
        }
        self.bed.advance(dt, AMBIENT);
        self.fans.heatbreak = if self.nozzles.iter().any(|n| n.now > 50.0) { 100 } else { 0 };
    }

    /// The fans a job runs with after its first layer. Later the user's word stands.
    fn job_fans(&mut self, job: &Job) {
        let hot = job.nozzle > 240.0;
        self.fans.part = if hot { 40 } else { 100 };
        self.fans.aux = if self.is_open() || hot { 0 } else { 70 };
        self.fans.chamber = if self.is_open() { 0 } else { 30 };
    }

    fn fans_off(&mut self) {
        self.fans = Fans { heatbreak: self.fans.heatbreak, ..Fans::default() };
    }

    /// About once in an hour something harmless is worth a message.
    fn incidents(&mut self, dt: f64) {
        if self.seconds < self.calm_until || !self.phase.is_active() {
            return;
        }
        if self.rng.f64() < dt / 3600.0 {
            const HARMLESS: [(u32, u32); 4] = [
                (0x0C00_0300, 0x0003_0006),
                (0x0500_0100, 0x0003_0004),
                (0x0501_0400, 0x0003_0002),
                (0x0300_0100, 0x0003_0008),
            ];
            let (attr, code) = HARMLESS[self.rng.usize(..HARMLESS.len())];
            self.calm_until = self.seconds + 1200.0;
            let seconds = 60.0 + self.rng.f64() * 120.0;
            self.add_hms(attr, code, Some(seconds));
        }
    }

    /// Starts the next job of the catalogue.
    pub fn start_next(&mut self) {
        let entry = self.next_job;
        self.next_job += 5;
        let job = self.make_job(entry);
        self.start(job);
    }

    /// A job of the catalogue for the filament that is there.
    pub fn make_job(&mut self, entry: usize) -> Job {
        self.next_number += 1;
        let slots = self.filled_slots();
        let first = self.rng.usize(..slots.len());
        let mut used = vec![slots[first]];
        // Two colours now and then; two hotends always show both.
        if slots.len() > 1 && (self.nozzles.len() > 1 || entry % 3 == 1) {
            let other = match self.nozzles.len() {
                1 => (first + 1) % slots.len(),
                _ => slots.iter().position(|s| (s.unit() >= 128) != (slots[first].unit() >= 128)).unwrap_or(first),
            };
            used.push(slots[other]);
        }
        let mut job = Job::from_catalogue(entry, self.next_number, used);
        if self.busy {
            job.length = 120.0;
        }
        if let Some(spool) = self.spool_at(job.slot()) {
            // The filament decides how hot it gets, within what the model can do.
            job.nozzle =
                f64::from(u16::midpoint(spool.nozzle_min, spool.nozzle_max) + 10).min(self.model.nozzle_max().into());
            let bed = match &*spool.kind {
                "PLA" | "PLA-S" | "TPU" => 60.0,
                "PETG" => 70.0,
                _ => 95.0,
            };
            job.bed = f64::min(bed, self.model.bed_max(None).into());
        }
        job
    }

    /// Begins a job: file transfer first, then the steps of the model, then layers.
    pub fn start(&mut self, mut job: Job) {
        let family_steps: &[Step] =
            &[Step { stage: stage::BED_PREHEAT, until: Until::Bed }, Step::timed(stage::HOMING, 16.0)];
        job.steps.extend(family_steps);
        match self.model {
            Model::H2D | Model::H2DPro | Model::H2C | Model::X2D => {
                job.steps.push_back(Step::timed(stage::NOZZLE_OFFSET, 30.0));
            }
            Model::P2S => job.steps.push_back(Step::timed(stage::PLATE_CHECK, 10.0)),
            _ => {}
        }
        job.steps.push_back(Step { stage: stage::NOZZLE_HEAT, until: Until::Nozzle });
        if self.loaded.iter().all(|s| *s != job.slot()) {
            job.steps.push_back(Step::timed(stage::LOAD, 28.0));
        }
        job.steps.push_back(Step::timed(stage::CLEANING, 18.0));
        job.steps.push_back(Step::timed(stage::LEVELLING, 48.0));
        if !self.is_open() && self.model != Model::P1S {
            job.steps.push_back(Step::timed(stage::FLOW, 22.0));
        }
        job.planned = job.steps.iter().map(|s| s.stage).collect();
        self.wanted = job.slot();
        if self.loaded.contains(&job.slot()) {
            self.load(job.slot());
        }
        self.begin(job);
        self.phase = Phase::Prepare;
    }

    /// Begins a job at its steps: whatever else was under way is over.
    pub(super) fn begin(&mut self, job: Job) {
        self.speed = crate::protocol::command::Speed::Standard;
        self.fans_off();
        self.error = 0;
        self.change = None;
        self.switching = None;
        self.later.retain(|(_, l)| matches!(l, Later::ClearHms(_)));
        self.job = Some(job);
        self.phase = Phase::Running;
        self.mark_dirty();
    }

    /// Puts the printer into the middle of a job, warm and loaded.
    pub fn put_into(&mut self, job: Job, share: f64) {
        self.start(job);
        let Some(mut job) = self.job.take() else { return };
        job.skip_to(share);
        self.load(job.slot());
        self.nozzles[self.active].settle_at(job.nozzle);
        self.bed.settle_at(job.bed);
        self.chamber.now = if self.is_open() { AMBIENT + 1.0 } else { AMBIENT + (job.bed - AMBIENT) * 0.3 };
        self.job_fans(&job);
        self.job = Some(job);
        self.phase = Phase::Running;
        self.lights.chamber = true;
        self.homed = [true; 3];
        self.warm(0.0);
        self.mark_dirty();
    }

    /// Pauses with a stage and an error, as the printer does by itself.
    pub fn pause_with(&mut self, stage: i32, error: u32) {
        self.phase = Phase::Pause;
        self.pause_stage = stage;
        self.set_error(error);
    }

    /// Ends the job as failed, with an error that stays.
    pub fn fail_with(&mut self, error: u32) {
        self.end(Phase::Failed);
        self.set_error(error);
    }

    /// Loses its power and starts again: idle, and without the job, whose names are gone too. `unfinished`: it asks
    /// whether to go on with it.
    pub fn restart(&mut self, unfinished: bool) {
        let had_job = self.phase.is_active();
        self.end(Phase::Idle);
        self.later.retain(|(_, what)| !matches!(what, Later::Back(_) | Later::Cancelled | Later::NextJob));
        self.job = None;
        self.hms.clear();
        self.homed = [false; 3];
        self.set_error(if unfinished && had_job { POWER_LOSS } else { 0 });
    }

    /// Says for a second that it is idle and has an error and a message, and then is as it was.
    pub fn flicker(&mut self) {
        if !self.phase.is_active() {
            return;
        }
        self.after_real(1.0, Later::Back(self.phase));
        self.add_hms(0x0300_1200, 0x0002_0001, Some(self.pace.max(1.0)));
        self.phase = Phase::Idle;
        self.set_error(SPAGHETTI);
    }

    /// Ends the job as done.
    pub fn finish(&mut self) {
        if let Some(job) = &mut self.job {
            job.skip_to(1.0);
        }
        self.end(Phase::Finish);
    }

    /// Goes on after a pause, heating up again first if need be.
    pub fn resume(&mut self) {
        self.phase = Phase::Running;
        self.error = 0;
        if let Some(job) = &mut self.job
            && job.steps.is_empty()
            && !self.nozzles[self.active].ready()
        {
            job.steps.push_back(Step { stage: stage::NOZZLE_HEAT, until: Until::Nozzle });
        }
        self.mark_dirty();
    }

    /// Stops the job for good. The code that says "cancelled" follows a moment later, and goes again.
    pub fn stop(&mut self) {
        self.end(Phase::Failed);
        self.error = 0;
        let moment = if matches!(self.model, Model::P2S) { 5.0 } else { 1.0 };
        self.after_real(moment, Later::Cancelled);
    }

    /// Starts drying in a unit that can.
    pub fn dry(&mut self, unit: usize, hours: f64) {
        if let Some(unit) = self.ams.get_mut(unit).filter(|u| matches!(u.kind, AmsKind::Ams2Pro | AmsKind::Ht)) {
            unit.drying = hours * 3600.0;
            unit.temp = unit.dry_target;
            self.ams_revision += 1;
            self.mark_dirty();
        }
    }
}
