//! One simulated printer: pure, seeded, and moved only by [`SimPrinter::advance`] and [`SimPrinter::handle`].

pub mod change;
pub mod gcode;
pub mod heat;
pub mod job;
mod md5;
pub mod odd;
pub mod options;
pub mod order;
pub mod plate;
pub mod shown;
pub mod spool;

mod run;
mod sliced;

use crate::protocol::{command::Speed, model::Model};
use change::Change;
use heat::Heater;
use job::{Job, stage};
use odd::Odd;
use options::SimulatedOptions;
use spool::{Ams, AmsKind, Slot, Spool};

/// What `gcode_state` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the words on the wire")]
pub enum Phase {
    Idle,
    Prepare,
    Running,
    Pause,
    Finish,
    Failed,
}

impl Phase {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Prepare => "PREPARE",
            Self::Running => "RUNNING",
            Self::Pause => "PAUSE",
            Self::Finish => "FINISH",
            Self::Failed => "FAILED",
        }
    }

    /// Whether a job is under way.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Prepare | Self::Running | Self::Pause)
    }
}

/// A health message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hms {
    /// Where: module, number, part.
    pub attr: u32,
    /// What: severity and message.
    pub code: u32,
}

/// Fans, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Fans {
    pub part: u8,
    pub aux: u8,
    pub aux2: u8,
    pub chamber: u8,
    pub heatbreak: u8,
}

/// Lights; `None` for those the model does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Lights {
    pub chamber: bool,
    pub flashing: bool,
    pub chamber2: Option<bool>,
    pub work: Option<bool>,
    /// No report shows it.
    pub heatbed: bool,
}

/// Something that happens by itself at a later time.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Later {
    /// The error that tells a cancelled job from a failed one.
    Cancelled,
    ClearError,
    ClearHms(Hms),
    NextJob,
    /// The axes have found where they are.
    Homed,
    /// The other hotend is in its place.
    Switched,
    /// A state that was left for a moment is back.
    Back(Phase),
}

/// `print_error` of a job that the user stopped.
pub const CANCELLED: u32 = 0x0300_400C;
/// `print_error` of a pause because the camera saw spaghetti.
pub const SPAGHETTI: u32 = 0x0300_8003;

/// `print_error` of a printer that could go on with a job after a power cut.
pub const POWER_LOSS: u32 = 0x0300_8007;

/// A simulated printer.
#[derive(Debug, Clone)]
pub struct SimPrinter {
    /// The model, which decides abilities and the shape of reports.
    pub model: Model,
    /// Serial number.
    pub serial: String,
    /// Simulated seconds in a real one. Times that belong to the protocol rather than to the machine, such as how
    /// long an error code stays, are stretched by it, or nobody would see them.
    pub pace: f64,
    /// Simulated seconds since the start.
    pub seconds: f64,
    /// Printer clock at the start, seconds since 1970.
    pub epoch: i64,
    /// What `gcode_state` says.
    pub phase: Phase,
    /// `stg_cur` of a pause.
    pub pause_stage: i32,
    /// The running or the last job.
    pub job: Option<Job>,
    /// Hotends: right or only one first.
    pub nozzles: Vec<Heater>,
    /// Which hotend prints.
    pub active: usize,
    /// The bed.
    pub bed: Heater,
    /// The chamber.
    pub chamber: Heater,
    /// Fans.
    pub fans: Fans,
    /// Lights.
    pub lights: Lights,
    /// AMS units.
    pub ams: Vec<Ams>,
    /// External spools: main first, then the deputy of dual printers.
    pub external: Vec<Spool>,
    /// What each hotend is loaded with.
    pub loaded: Vec<Slot>,
    /// What the active hotend is to be loaded with.
    pub wanted: Slot,
    /// A change of filament that somebody ordered.
    pub change: Option<Change>,
    /// The hotend that is being switched to.
    pub switching: Option<usize>,
    /// Which axes know where they are: X, Y, Z.
    pub homed: [bool; 3],
    /// Mode of the air duct: 0 cooling, 1 heating.
    pub air_mode: u8,
    /// Options.
    pub options: SimulatedOptions,
    /// The service that carries its video through the cloud, of a printer in an account: `tutk` or `agora`.
    pub cloud_video: Option<&'static str>,
    /// Speed profile.
    pub speed: Speed,
    /// Current `print_error`.
    pub error: u32,
    /// Current health messages.
    pub hms: Vec<Hms>,
    /// Wi-Fi signal in dBm.
    pub wifi: i32,
    /// Firmware demands signed commands.
    pub locked: bool,
    /// What is odd about its words and numbers.
    pub odd: Odd,
    /// There is no card or stick.
    pub no_card: bool,
    /// Starts another job some time after one ended.
    pub restarts: bool,
    /// Jobs take two minutes and follow each other after five seconds.
    pub busy: bool,
    /// Nothing changes by itself while it has nothing to do.
    pub still: bool,
    /// Counts changes of what the AMS holds, so that reports know without comparing.
    pub ams_revision: u64,
    later: Vec<(f64, Later)>,
    next_job: usize,
    next_number: u32,
    wifi_base: i32,
    calm_until: f64,
    dirty: bool,
    rng: fastrand::Rng,
}

impl SimPrinter {
    /// A cold, idle printer with the AMS units such a model usually has.
    pub fn new(model: Model, serial: String, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let shelf = rng.usize(..16);
        let units: &[(u8, AmsKind, u8, u8)] = match model {
            Model::A1 | Model::A1Mini | Model::A2L => &[(0, AmsKind::Lite, 0, 0)],
            Model::P1P => &[],
            Model::P2S => &[(0, AmsKind::Ams2Pro, 0, 0)],
            Model::X1 | Model::X1C | Model::X1E => &[(0, AmsKind::Ams, 0, 0), (1, AmsKind::Ams, 0, 0b0100)],
            Model::H2D | Model::H2DPro | Model::H2C | Model::X2D => {
                &[(0, AmsKind::Ams2Pro, 0, 0b0010), (128, AmsKind::Ht, 1, 0)]
            }
            _ => &[(0, AmsKind::Ams, 0, 0)],
        };
        let ams = units
            .iter()
            .enumerate()
            .map(|(i, (id, kind, hotend, empty))| {
                let mut unit = Ams::new(*id, *kind, shelf + i * 4, *empty, &mut rng);
                unit.hotend = *hotend;
                unit
            })
            .collect();
        let hotends = usize::from(model.hotends());
        let second_light = matches!(model, Model::H2S | Model::H2D | Model::H2DPro | Model::H2C);
        let head_light = !matches!(model, Model::A1 | Model::A1Mini | Model::A2L | Model::P1P | Model::P1S);
        let wifi_base = -rng.i32(38..72);
        Self {
            model,
            serial,
            pace: 1.0,
            seconds: 0.0,
            epoch: 1_760_000_000,
            phase: Phase::Idle,
            pause_stage: -1,
            job: None,
            nozzles: vec![Heater::nozzle(); hotends],
            active: 0,
            bed: Heater::bed(),
            chamber: Heater::chamber(),
            fans: Fans::default(),
            lights: Lights {
                chamber: rng.bool(),
                flashing: false,
                chamber2: second_light.then_some(true),
                work: head_light.then_some(true),
                heatbed: false,
            },
            ams,
            external: (0..hotends).map(|i| Spool::external(shelf + 6 + i)).collect(),
            loaded: [Slot::NONE, Slot::NONE_LEFT][..hotends.min(2)].to_vec(),
            wanted: Slot::NONE,
            change: None,
            switching: None,
            homed: [matches!(model, Model::A1 | Model::A1Mini | Model::A2L); 3],
            air_mode: 0,
            options: SimulatedOptions::new(model),
            cloud_video: None,
            speed: Speed::Standard,
            error: 0,
            hms: Vec::new(),
            wifi: wifi_base,
            locked: false,
            odd: Odd::default(),
            no_card: false,
            restarts: true,
            busy: false,
            still: false,
            ams_revision: 0,
            later: Vec::new(),
            next_job: rng.usize(..Job::catalogue_len()),
            next_number: rng.u32(1000..900_000),
            wifi_base,
            calm_until: 120.0,
            dirty: false,
            rng,
        }
    }

    /// Whether something happened that a printer reports at once, since this was last asked.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Marks that something happened which is to be reported at once.
    pub fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    /// Whether the printer is a bed slinger without a housing.
    pub fn is_open(&self) -> bool {
        matches!(self.model, Model::A1 | Model::A1Mini | Model::A2L | Model::P1P)
    }

    /// The stage number; `None` when there is no stage.
    pub fn stage(&self) -> Option<i32> {
        match (self.phase, &self.job) {
            (Phase::Running, Some(job)) => Some(job.steps.front().map_or(stage::PRINTING, |s| s.stage)),
            (Phase::Pause, _) => Some(self.pause_stage),
            _ => None,
        }
    }

    /// The filament that the active hotend is loaded with.
    pub fn spool(&self) -> Option<&Spool> {
        self.spool_at(self.loaded.get(self.active).copied()?)
    }

    /// The filament at a place.
    pub fn spool_at(&self, slot: Slot) -> Option<&Spool> {
        match slot.unit() {
            _ if slot.place() == 255 => None,
            255 => self.external.first(),
            254 => self.external.get(1),
            unit => self.ams.iter().find(|a| a.id == unit)?.trays.get(usize::from(slot.place()))?.as_ref(),
        }
    }

    fn spool_at_mut(&mut self, slot: Slot) -> Option<&mut Spool> {
        match slot.unit() {
            255 => return self.external.first_mut(),
            254 => return self.external.get_mut(1),
            _ => {}
        }
        let unit = self.ams.iter_mut().find(|a| a.id == slot.unit())?;
        unit.trays.get_mut(usize::from(slot.place()))?.as_mut()
    }

    /// Every filled AMS slot, or the external spool when there is none.
    pub fn filled_slots(&self) -> Vec<Slot> {
        let mut slots: Vec<_> = self
            .ams
            .iter()
            .flat_map(|unit| {
                let filled = unit.trays.iter().enumerate().filter(|(_, t)| t.is_some());
                filled.map(|(i, _)| Slot::ams(unit.id, i as u8))
            })
            .collect();
        if slots.is_empty() {
            slots.push(Slot::EXTERNAL);
        }
        slots
    }

    /// Printer clock, milliseconds since 1970.
    pub fn clock_ms(&self) -> i64 {
        // A fast simulation must not run into the next century: the clock is the real one.
        self.epoch * 1000 + (self.seconds / self.pace.max(1e-6) * 1000.0) as i64
    }

    /// Rate of progress: 1 is 100 %.
    pub fn rate(&self) -> f64 {
        f64::from(self.speed.percent()) / 100.0
    }

    /// Shows an error code.
    pub fn set_error(&mut self, error: u32) {
        self.error = error;
        self.mark_dirty();
    }

    /// Shows a health message, for so many seconds if they are given.
    pub fn add_hms(&mut self, attr: u32, code: u32, seconds: Option<f64>) {
        let hms = Hms { attr, code };
        if !self.hms.contains(&hms) {
            self.hms.push(hms);
            self.mark_dirty();
        }
        if let Some(seconds) = seconds {
            self.after(seconds, Later::ClearHms(hms));
        }
    }

    fn after(&mut self, seconds: f64, what: Later) {
        self.later.push((self.seconds + seconds, what));
    }

    /// Like [`Self::after`], for times that a client lives through in real seconds.
    fn after_real(&mut self, seconds: f64, what: Later) {
        self.after(seconds * self.pace.max(1.0), what);
    }
}
