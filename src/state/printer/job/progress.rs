//! How far a job is: its figures, each by the rules that the raw fields need.

use super::{Job, Phase, plain_name};
use crate::{
    protocol::{codes, command::Speed, flags::Cfg, job::JobPart, name::Name, report::Report},
    state::{
        Now,
        printer::ams::{Slot, unpack},
    },
};

use super::JobTransition;

/// Stages in which nothing is printed yet, if the job stands at 0 %: heating, levelling, homing, checking. (Purging,
/// loading filament and looking at the first layer go on later too.)
fn is_preparatory(stage: i64) -> bool {
    matches!(stage, 1..=3 | 7..=9 | 11..=15 | 18 | 19 | 25 | 29 | 36..=51 | 53..=65 | 67..=77)
}

/// So many percent are done in the last minute of a job, at least.
const NEARLY_DONE: u8 = 80;

/// Plate, plates, percent, layer, layers.
type Counts = (Option<u32>, Option<u32>, Option<u8>, Option<u32>, Option<u32>);

/// What is known of a job.
pub(super) struct Figures {
    name: Option<String>,
    counts: Counts,
    started: Option<i64>,
    filaments: Vec<Option<Slot>>,
}

impl Job {
    pub(super) fn derive_progress(&mut self, report: &Report, now: Now) {
        let part = &report.job;
        let active = self.phase.is_active();
        let has_job = active || self.phase.is_over();
        let name = part.subtask_name.as_deref().filter(|n| !n.is_empty());
        let filled = |text: &Option<Name>| text.clone().filter(|text| !text.is_empty());
        // What was not said since it began may be of the job before. A name may be the same again, and is believed once
        // the job really runs.
        let preparing = self.phase.is_preparing();
        let named = [&self.said.subtask_name, &self.said.gcode_file, &self.said.file].iter().any(|name| name.is_some());
        let path = filled(&part.gcode_file).or_else(|| filled(&part.file));
        let file = path.as_deref().filter(|f| !f.contains("Metadata/"));
        let name = name
            .or_else(|| file.map(|f| f.rsplit('/').next().unwrap_or(f)))
            .filter(|_| has_job && (named || !preparing))
            .map(|n| plain_name(n).to_owned());
        let over = self.phase.is_over();
        // With the end of a job its name may be cleared, and for a moment in the midst of it.
        self.name = name.or_else(|| self.remembered.0.clone().filter(|_| has_job));
        let named_plate = || {
            let (_, tail) = path.as_deref()?.rsplit_once("plate_")?;
            tail.split('.').next()?.parse().ok()
        };
        let positive = |n: Option<i64>| n.filter(|n| *n > 0).and_then(|n| u32::try_from(n).ok());
        self.plate = positive(part.plate_idx).or_else(|| positive(part.plate_id)).or_else(named_plate);
        let plated = self.said.plate_idx.or(self.said.plate_id).or(self.said.plate_cnt).is_some();
        let own_plate = has_job && (plated || named || !preparing);
        self.plate = self.plate.filter(|_| own_plate);
        self.plates = positive(part.plate_cnt).filter(|_| own_plate);
        self.origin = match part.print_type.as_deref() {
            Some("cloud") => Some("cloud"),
            Some("local") => Some("local"),
            Some("system") => Some("calibration"),
            _ => None,
        };
        let new = super::percent(part).filter(|_| has_job);
        // With the end of a job the firmware may reset percent and layer to 0: how far it came is what a person wants to know.
        self.percent = if over && new.unwrap_or(0) == 0 { self.remembered.1.or(new) } else { new };
        let download = part.prepare_percent.or(part.prepare_per).map(|percent| percent.clamp(0, 100) as u8);
        self.download = download.filter(|_| self.phase == Phase::Preparing);
        self.derive_layers(part, has_job);
        if active {
            // The firmware may reset the percent before it says that the job is over.
            let percent = self.percent.filter(|percent| *percent > 0).or(self.remembered.1).or(self.percent);
            self.remembered = (self.name.clone().or(self.remembered.0.take()), percent);
        }
        let left = part.mc_remaining_time.or(part.remain_time).and_then(|n| u32::try_from(n).ok());
        // Less than a minute is left only where nearly all is done; else there is no estimate yet.
        let some_left = |left: &u32| *left != 0 || self.percent.is_some_and(|percent| percent >= NEARLY_DONE);
        self.minutes_left = left.filter(|left| active && some_left(left));
        let done = self.minutes_left.filter(|_| self.phase != Phase::Paused).map(|m| now.unix + i64::from(m) * 60);
        // The estimate jitters: a shift within a minute is no news.
        if !matches!((self.done_at, done), (Some(old), Some(new)) if (old - new).abs() <= 60) {
            self.done_at = done;
        }
        let told = self.said.start_time.filter(|t| *t > 0 && *t <= now.unix + 60);
        self.started = told.or(self.started);
        if !has_job {
            self.started = None;
        }
        self.stage_id = part.stage.as_ref().and_then(|s| s.id).or(part.stg_cur);
        // 0 means printing only while a job runs; idle P1 and A1 report it too. A printer at rest may still be at
        // something (it cools, or purifies its air), but is not paused.
        let idle = part.print_type.as_deref() == Some("idle");
        let is_stage = |id: &i64| match *id {
            codes::PRINTING => self.phase == Phase::Running && !idle,
            id if codes::is_pause_stage(id) => active,
            _ => self.phase != Phase::Unknown,
        };
        self.stage = self.stage_id.filter(is_stage).and_then(codes::stage);
        self.stage_seconds = positive(part.stg_cd).filter(|_| self.stage.is_some());
        let planned = |id: &i64| active && codes::is_stage(*id);
        self.stages = part.stages.iter().flat_map(|list| &list.0).copied().filter(planned).collect();
        self.failure = self.failure.filter(|_| over && self.phase != Phase::Finished);
        self.turn = part.job.as_ref().and_then(|job| job.job_state).and_then(JobTransition::from_wire);
        let mapping = part.mapping.iter().flatten().filter(|_| self.said.mapping.is_some() || !preparing);
        self.filaments = mapping.map(|packed| unpack(*packed)).collect();
        let cfg = report.machine.cfg.filter(|_| report.machine.is_new()).map(Cfg::speed_level);
        self.speed = part.speed_level.or(cfg).and_then(Speed::from_level);
        self.speed_percent = part.speed_percent.and_then(|p| u16::try_from(p).ok());
        self.resume_at_printer = self.phase == Phase::Paused && part.job_attr.is_some_and(|a| a >> 4 & 0xF > 1);
    }

    /// What is known of the job and not of the printer.
    pub(super) fn figures(&self) -> Figures {
        let Self { name, plate, plates, percent, layer, layers, started, filaments, .. } = self;
        let counts = (*plate, *plates, *percent, *layer, *layers);
        Figures { name: name.clone(), counts, started: *started, filaments: filaments.clone() }
    }

    /// The job is what it was, whatever is reported.
    pub(super) fn set_figures(&mut self, old: Figures) {
        (self.plate, self.plates, self.percent, self.layer, self.layers) = old.counts;
        self.name = old.name;
        self.started = old.started;
        self.filaments = old.filaments;
    }

    /// The layer and how many there are. Until a job really prints, the layer is that of the job before (seen on a P2S: 750
    /// of 94; on a P1S: 37 of 69 at 0 %).
    fn derive_layers(&mut self, part: &JobPart, has_job: bool) {
        let over = self.phase.is_over();
        let three_d = part.three_d.as_ref();
        let count = |flat: Option<i64>, nested: Option<i64>| {
            flat.filter(|n| *n > 0).or(nested.filter(|n| *n > 0)).and_then(|n| u32::try_from(n).ok())
        };
        let preparing = self.phase.is_preparing();
        let all = count(part.total_layer_num, three_d.and_then(|l| l.total_layer_num)).filter(|_| has_job);
        // Old firmware resets it with the end of the job.
        self.layers = if over { all.or(self.layers) } else { all };
        let raw = count(part.layer_num, three_d.and_then(|l| l.layer_num));
        self.raw_layer = raw;
        let stage = part.stage.as_ref().and_then(|s| s.id).or(part.stg_cur).unwrap_or(-1);
        let at_zero = self.percent.unwrap_or(0) == 0;
        let far = |raw: u32| self.layers.is_some_and(|all| raw > 1 + all / 10);
        // Nothing can be printed yet, or not so much of it.
        let none_yet =
            preparing || (self.phase == Phase::Running && at_zero && (is_preparatory(stage) || raw.is_some_and(far)));
        let just_begun = std::mem::take(&mut self.just_begun);
        if none_yet || just_begun {
            self.carried_layer = raw;
        } else if self.carried_layer != raw {
            self.carried_layer = None;
        }
        if self.phase.is_over() && self.phase != Phase::Finished {
            return;
        }
        let printing = matches!(self.phase, Phase::Running | Phase::Paused | Phase::Finished);
        let ends = self.phase == Phase::Finished || self.percent.is_some_and(|percent| percent >= 99);
        let within = |layer: u32| match self.layers? {
            all if layer <= all => Some(layer),
            // At the end one more is counted than there are.
            all if ends && layer == all + 1 => Some(all),
            _ => None,
        };
        let layer = raw.filter(|_| printing && self.carried_layer.is_none()).and_then(within);
        self.layer = if self.phase == Phase::Finished { layer.or(self.layer) } else { layer };
    }
}
