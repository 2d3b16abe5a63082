//! Jobs: what is printed, in which steps, from which filament.

use super::plate::{self, PlateObject};
use super::spool::Slot;
use std::collections::VecDeque;

/// Stage numbers, as `stg_cur` has them.
pub mod stage {
    #![expect(missing_docs, reason = "the names say it")]
    pub const PRINTING: i32 = 0;
    pub const LEVELLING: i32 = 1;
    pub const BED_PREHEAT: i32 = 2;
    pub const CHANGE_FILAMENT: i32 = 4;
    pub const FILAMENT_OUT: i32 = 6;
    pub const NOZZLE_HEAT: i32 = 7;
    pub const FLOW: i32 = 8;
    pub const PLATE_CHECK: i32 = 11;
    pub const HOMING: i32 = 13;
    pub const CLEANING: i32 = 14;
    pub const USER_PAUSE: i32 = 16;
    pub const COVER_OFF: i32 = 17;
    pub const NOZZLE_FAULT: i32 = 20;
    pub const CLOGGED: i32 = 35;
    pub const UNLOAD: i32 = 22;
    pub const LOAD: i32 = 24;
    pub const LIDAR: i32 = 12;
    pub const VIBRATION: i32 = 3;
    pub const MOTOR_NOISE: i32 = 25;
    pub const NOZZLE_OFFSET: i32 = 39;
    pub const HOT_LEVELLING: i32 = 40;
    pub const CLUMP: i32 = 65;
}

/// When a step is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Until {
    /// After so many seconds.
    Seconds(f64),
    /// When the bed is warm.
    Bed,
    /// When the active nozzle is hot.
    Nozzle,
}

/// A step before or between the printing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Its stage number.
    pub stage: i32,
    /// When it ends.
    pub until: Until,
}

impl Step {
    /// A step of so many seconds.
    pub fn timed(stage: i32, seconds: f64) -> Self {
        Self { stage, until: Until::Seconds(seconds) }
    }

    /// About how long it still takes, for the estimate of the whole.
    pub fn estimate(&self) -> f64 {
        match self.until {
            Until::Seconds(seconds) => seconds,
            Until::Bed => 60.0,
            Until::Nozzle => 40.0,
        }
    }
}

/// A print job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// File name as it was sent.
    pub title: String,
    /// Sent through the cloud, or over the LAN.
    pub cloud: bool,
    /// The printer's own: a calibration.
    pub system: bool,
    /// Makes the ids of the job.
    pub number: u32,
    /// Layers in all.
    pub layers: u32,
    /// Seconds of printing at 100 % speed.
    pub length: f64,
    /// Seconds of printing done, at 100 % speed.
    pub done: f64,
    /// Nozzle temperature in °C.
    pub nozzle: f64,
    /// Bed temperature in °C.
    pub bed: f64,
    /// Filament it takes, in grams.
    pub grams: f64,
    /// Where its filaments come from.
    pub slots: Vec<Slot>,
    /// Which of them is printed with.
    pub current: usize,
    /// Shares of the whole at which the filament changes, ascending.
    pub changes: VecDeque<f64>,
    /// Percent of the file received.
    pub received: f64,
    /// What comes before printing goes on.
    pub steps: VecDeque<Step>,
    /// Every stage the job was planned with.
    pub planned: Vec<i32>,
    /// What it prints.
    pub parts: Vec<PlateObject>,
    /// Ids of those that are left out.
    pub skipped: Vec<u32>,
}

/// Title, minutes, layers, grams.
pub(super) const CATALOGUE: [(&str, f64, u32, f64); 16] = [
    ("bracket_v4.gcode.3mf", 96.0, 212, 61.0),
    ("Benchy (0.4 nozzle).gcode.3mf", 32.0, 240, 12.0),
    ("gridfinity_bin_3x2x6.gcode.3mf", 148.0, 210, 92.0),
    ("Articulated Dragon.3mf", 1082.0, 486, 388.0),
    ("cable_clip_x24.gcode.3mf", 7.0, 26, 6.0),
    ("Lampenschirm_grün .gcode.3mf", 611.0, 940, 214.0),
    ("fan_duct_rev-C.gcode.3mf", 54.0, 168, 27.0),
    ("Headphone Stand.3mf", 243.0, 655, 143.0),
    ("hinge_test_03.gcode.3mf", 11.0, 64, 5.0),
    ("planter_spiral_180mm.gcode.3mf", 187.0, 900, 118.0),
    ("SD card box 12x.gcode.3mf", 133.0, 140, 74.0),
    ("drawer_front_plate_2.gcode.3mf", 318.0, 96, 256.0),
    ("Tabletop Terrain - Ruins.3mf", 742.0, 512, 301.0),
    ("spacer_8mm_x40.gcode.3mf", 22.0, 40, 18.0),
    ("名札_pla.gcode.3mf", 17.0, 18, 9.0),
    ("wall_hook_v11_final_final.gcode.3mf", 39.0, 120, 22.0),
];

/// Place of the eighteen-hour job in the catalogue.
pub const LONG_JOB: usize = 3;

impl Job {
    /// A job of the catalogue; numbers beyond its end begin again.
    pub fn from_catalogue(entry: usize, number: u32, slots: Vec<Slot>) -> Self {
        let (title, minutes, layers, grams) = CATALOGUE[entry % CATALOGUE.len()];
        // A change of colour every so often, for jobs of more than one filament.
        let changes = (1..slots.len() * 3).map(|i| i as f64 / (slots.len() * 3) as f64).collect();
        Self {
            title: title.to_owned(),
            cloud: !number.is_multiple_of(3),
            system: false,
            number,
            layers,
            length: minutes * 60.0,
            done: 0.0,
            nozzle: 220.0,
            bed: 60.0,
            grams,
            changes: if slots.len() > 1 { changes } else { VecDeque::new() },
            slots,
            current: 0,
            received: 0.0,
            steps: VecDeque::new(),
            planned: Vec::new(),
            parts: plate::parts(entry),
            skipped: Vec::new(),
        }
    }

    /// A calibration: one step for each bit of the order.
    pub fn calibration(bits: u8, number: u32) -> Self {
        const STAGES: [(i32, f64); 7] = [
            (stage::LIDAR, 60.0),
            (stage::LEVELLING, 120.0),
            (stage::VIBRATION, 180.0),
            (stage::MOTOR_NOISE, 240.0),
            (stage::NOZZLE_OFFSET, 90.0),
            (stage::HOT_LEVELLING, 180.0),
            (stage::CLUMP, 60.0),
        ];
        let wanted = STAGES.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1);
        let steps: VecDeque<_> = [Step::timed(stage::HOMING, 16.0)]
            .into_iter()
            .chain(wanted.map(|(_, (stage, seconds))| Step::timed(*stage, *seconds)))
            .collect();
        Self {
            title: "auto_cali_for_user.gcode".to_owned(),
            cloud: false,
            system: true,
            number,
            layers: 0,
            length: 0.0,
            done: 0.0,
            nozzle: 0.0,
            bed: 0.0,
            grams: 0.0,
            slots: vec![Slot::NONE],
            current: 0,
            changes: VecDeque::new(),
            received: 100.0,
            parts: Vec::new(),
            skipped: Vec::new(),
            planned: steps.iter().map(|step| step.stage).collect(),
            steps,
        }
    }

    /// Number of jobs in the catalogue.
    pub fn catalogue_len() -> usize {
        CATALOGUE.len()
    }

    /// Skips to this share of the whole, with everything before it done.
    pub fn skip_to(&mut self, share: f64) {
        self.done = self.length * share.clamp(0.0, 1.0);
        self.received = 100.0;
        self.steps.clear();
        while self.changes.front().is_some_and(|at| *at <= share) {
            self.changes.pop_front();
            self.current = (self.current + 1) % self.slots.len().max(1);
        }
    }

    /// Share of the whole that is printed, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.length > 0.0 { (self.done / self.length).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// Whole percent, as the printer shows it.
    pub fn percent(&self) -> i64 {
        (self.share() * 100.0) as i64
    }

    /// The layer being printed; 0 before the first.
    pub fn layer(&self) -> i64 {
        if self.done <= 0.0 { 0 } else { ((self.share() * f64::from(self.layers)) as i64 + 1).min(self.layers.into()) }
    }

    /// Where the current filament comes from.
    pub fn slot(&self) -> Slot {
        self.slots.get(self.current).copied().unwrap_or(Slot::EXTERNAL)
    }

    /// Minutes to go at this rate (1 is 100 %).
    pub fn minutes_left(&self, rate: f64) -> i64 {
        let steps: f64 = self.steps.iter().map(Step::estimate).sum();
        ((((self.length - self.done) / rate.max(0.01)) + steps) / 60.0).ceil().max(0.0) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_layer_and_time_left_go_together() {
        let mut job = Job::from_catalogue(0, 1, vec![Slot::ams(0, 0), Slot::ams(0, 1)]);
        assert_eq!((job.percent(), job.layer(), job.minutes_left(1.0)), (0, 0, 96));
        job.skip_to(0.5);
        assert_eq!((job.percent(), job.layer(), job.minutes_left(1.0)), (50, 107, 48));
        assert_eq!(job.current, 1, "three of five changes are behind it");
        job.skip_to(1.0);
        assert_eq!((job.percent(), job.layer(), job.minutes_left(2.0)), (100, 212, 0));
    }

    #[test]
    fn job_lengths_go_from_minutes_to_eighteen_hours() {
        let lengths: Vec<f64> = CATALOGUE.iter().map(|row| row.1).collect();
        assert!(lengths.iter().any(|m| *m < 10.0));
        assert!((18.0 * 60.0..19.0 * 60.0).contains(&lengths[LONG_JOB]));
    }
}
