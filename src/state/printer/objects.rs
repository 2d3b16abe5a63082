//! The objects of a running print. Their names and ids stand in the job's file alone, so it is fetched from the printer:
//! once a job, and only when somebody looks.

use crate::protocol::{
    flags::Fun2,
    ftp,
    machine::Storage,
    model::Model,
    plate::{Filament, Object, Plate, Sliced, Unreadable},
};
use crate::state::printer::{
    Printer,
    ams::{Content, Slot, Tray},
    connection::DisconnectReason,
    impostor::SideServer,
    job::Phase,
};
use std::sync::Arc;

/// What is known of the file of the running job.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum JobFileState {
    /// Nobody has looked yet.
    #[default]
    Closed,
    /// It is being looked for.
    Asked,
    /// It is being fetched.
    Coming {
        /// Its path on the printer.
        path: String,
        /// Bytes that came.
        done: u64,
        /// Bytes in all.
        all: u64,
    },
    /// It was read.
    Known(Arc<Found>),
    /// It could not be had.
    Missing(NoPlate),
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its path on the printer.
    pub path: String,
    /// What it says.
    pub sliced: Sliced,
    /// It came unencrypted: the printer's file server takes nothing else.
    pub plain: bool,
}

/// What is said of a file that came unencrypted.
pub const CAME_PLAIN: &str = "the job's file came unencrypted, for the printer refuses encryption for files";

/// The file of the running job, and how often that was another job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Objects {
    /// What is known of it.
    pub look: JobFileState,
    /// Counts jobs: news of an earlier one is no news.
    pub(in crate::state) turn: u32,
}

/// Why there is no list of objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlate {
    /// The printer's storage has none of the names it may have.
    #[error("the file of this job is not on the printer's storage, or not any more")]
    NotThere,
    /// What has its name is something else.
    #[error("{0} on the printer's storage belongs to another job")]
    OtherJob(String),
    /// It cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, Unreadable),
    /// It is too large.
    #[error("{path} has {} MB; more than {} MB are not fetched", size / 1_000_000, SIZE_MAX / 1_000_000)]
    TooLarge {
        /// Its path.
        path: String,
        /// Its size in bytes.
        size: u64,
    },
    /// There is no room for it here.
    #[error("the file cannot be kept while it is read: {0}")]
    NoRoom(String),
    /// The file server could not be reached, or did not do what it should.
    #[error("the printer's files cannot be read: {}", SideServer::Files.words(.0))]
    Link(#[from] DisconnectReason),
}

/// Larger files are not fetched.
pub const SIZE_MAX: u64 = 200_000_000;

/// What the network shall look for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFileRequest {
    /// Which job it is for.
    pub turn: u32,
    /// Where it may lie, most likely first.
    pub paths: Vec<String>,
    /// When the job began by the printer's own clock, in seconds since 1970.
    pub started: Option<i64>,
    /// The plate that is printed.
    pub plate: Option<u32>,
    /// Layers of the job.
    pub layers: Option<u32>,
    /// The job has just begun: the file may appear in a while.
    pub fresh: bool,
    /// The model may want to send files over plain connections.
    pub plain: bool,
}

impl JobFileRequest {
    /// Whether a file can be that of the job.
    pub fn fits(&self, sliced: &Sliced) -> bool {
        sliced.plate(self.plate).is_some_and(|plate| same_layers(plate.layers, self.layers)) || self.plate.is_none()
    }
}

/// Files of one name may be of different making: other layers tell. Counting may differ by one.
fn same_layers(of_file: Option<u32>, of_job: Option<u32>) -> bool {
    of_file.zip(of_job).is_none_or(|(a, b)| a.abs_diff(b) <= 1)
}

/// What the network has to say of it.
#[derive(Debug, Clone, PartialEq)]
pub enum JobFileEvent {
    /// It is there and comes.
    Coming {
        /// Its path on the printer.
        path: String,
        /// Bytes that came.
        done: u64,
        /// Bytes in all.
        all: u64,
    },
    /// The end of it.
    Ended(Result<Arc<Found>, NoPlate>),
}

/// The vendor's slicer offers skipping for so many objects at most.
const SKIP_MAX: usize = 64;

/// Something that a job needs of a filament.
#[derive(Debug, Clone, PartialEq)]
pub struct Need<'a> {
    /// The filament, with what the whole job takes.
    pub filament: &'a Filament,
    /// Where the printer takes it from, if it says so.
    pub tray: Option<&'a Tray>,
    /// About how much is still to be printed, in grams.
    pub to_go: Option<f64>,
    /// How much is on the spool, in grams.
    pub left: Option<u32>,
}

impl Need<'_> {
    /// Whether the spool has what is still to be printed; `None`: not known.
    pub fn is_met(&self) -> Option<bool> {
        self.to_go.zip(self.left).map(|(to_go, left)| f64::from(left) >= to_go)
    }
}

impl Objects {
    /// Another job has begun: what is known is about the last one.
    pub(in crate::state) fn next_job(&mut self) {
        *self = Self { look: JobFileState::Closed, turn: self.turn.wrapping_add(1) };
    }

    /// What could not be had is looked for once more.
    pub(in crate::state) fn try_again(&mut self) {
        if matches!(self.look, JobFileState::Missing(_)) {
            self.look = JobFileState::Closed;
        }
    }

    /// Takes in news; tells whether they are of the present job.
    pub(in crate::state) fn take(&mut self, turn: u32, news: JobFileEvent) -> bool {
        if turn != self.turn {
            return false;
        }
        self.look = match news {
            JobFileEvent::Coming { path, done, all } => JobFileState::Coming { path, done, all },
            JobFileEvent::Ended(Ok(found)) => JobFileState::Known(found),
            JobFileEvent::Ended(Err(why)) => JobFileState::Missing(why),
        };
        true
    }
}

impl Printer {
    /// Whether the file of the job can be fetched now. Some models have it only when they print.
    pub(in crate::state) fn has_file(&self) -> bool {
        let early = matches!(self.model, Model::P1P | Model::P1S | Model::A1 | Model::A1Mini);
        // The files are on the LAN, whatever transport the reports come.
        self.session().is_some()
            && self.transports.lan.is_some()
            && match self.job.phase {
                Phase::Running | Phase::Paused => true,
                Phase::Preparing => early,
                _ => false,
            }
    }

    pub(in crate::state) fn wanted(&self) -> JobFileRequest {
        let part = &self.report.job;
        let (file, job) = (part.gcode_file.clone().unwrap_or_default(), part.subtask_name.clone().unwrap_or_default());
        let printing = matches!(self.job.phase, Phase::Running | Phase::Paused);
        JobFileRequest {
            turn: self.objects.turn,
            paths: ftp::candidates(&file, &job),
            started: part.start_time.filter(|start| *start > 0),
            plate: self.job.plate,
            // Before that the number may be the previous job's.
            layers: self.job.layers.filter(|_| printing),
            fresh: self.job.layer.is_none_or(|layer| layer <= 1),
            plain: matches!(self.model, Model::A1 | Model::A1Mini),
        }
    }

    /// The plate that is printed; the sentence says why it is not known.
    pub fn plate(&self) -> Result<&Plate, String> {
        let found = match &self.objects.look {
            JobFileState::Known(found) => found,
            JobFileState::Missing(NoPlate::NotThere)
                if self.report.machine.storage.is_some_and(|s| s != Storage::Ok) =>
            {
                return Err(format!("{}; it reports no storage that can be used", NoPlate::NotThere));
            }
            JobFileState::Missing(NoPlate::NotThere)
                if self.report.machine.fun2.is_some_and(Fun2::internal_storage) =>
            {
                return Err(format!("{}; a print from its internal storage may not be shown there", NoPlate::NotThere));
            }
            JobFileState::Missing(why) => return Err(why.to_string()),
            JobFileState::Asked | JobFileState::Coming { .. } => {
                return Err("the job's file is being fetched".to_owned());
            }
            JobFileState::Closed if self.has_file() => {
                return Err("the objects are not known yet; look at them first".to_owned());
            }
            JobFileState::Closed if self.job.phase.is_active() && self.transports.lan.is_none() => {
                return Err(
                    "a job's file is read over the LAN only, and this printer is known to the cloud alone".to_owned()
                );
            }
            JobFileState::Closed if self.job.phase.is_active() => {
                return Err("the job's file can be read once the printer prints".to_owned());
            }
            JobFileState::Closed => return Err("nothing is being printed".to_owned()),
        };
        let Some(plate) = found.sliced.plate(self.job.plate) else {
            return Err(match self.job.plate {
                Some(number) => format!("{} has no plate {number}", found.path),
                None => format!(
                    "{} has {} plates, and the printer does not say which one it prints",
                    found.path,
                    found.sliced.plates.len()
                ),
            });
        };
        let printing = matches!(self.job.phase, Phase::Running | Phase::Paused);
        if printing && !same_layers(plate.layers, self.job.layers) {
            return Err(NoPlate::OtherJob(found.path.clone()).to_string());
        }
        Ok(plate)
    }

    /// Whether the job's file is still being looked for, or will be as soon as somebody looks.
    pub fn awaits_plate(&self) -> bool {
        match self.objects.look {
            JobFileState::Closed => self.has_file(),
            JobFileState::Asked | JobFileState::Coming { .. } => true,
            JobFileState::Known(_) | JobFileState::Missing(_) => false,
        }
    }

    /// `#125 bracket, #139 washer`
    pub fn names_of(&self, ids: &[u32]) -> String {
        let plate = self.plate().ok();
        let name = |id: &u32| plate.and_then(|plate| plate.objects.iter().find(|object| object.id == *id));
        let all = ids.iter().map(|id| format!("#{id} {}", name(id).map_or("", |object| object.name.as_str())));
        all.map(|text| text.trim_end().to_owned()).collect::<Vec<_>>().join(", ")
    }

    /// Whether an object is left out, by the printer's word or from the beginning.
    pub fn skips(&self, object: &Object) -> bool {
        let said = self.skipped_objects().unwrap_or_default();
        object.skipped || said.contains(&i64::from(object.id))
    }

    /// The numbers of the objects that are skipped, as the report has them; `None`: it does not say.
    pub fn skipped_objects(&self) -> Option<&[i64]> {
        self.report.job.skipped.as_deref()
    }

    /// Whether the report has all of these among the skipped ones.
    pub(in crate::state) fn reports_skipped(&self, ids: &[u32]) -> bool {
        let said = self.skipped_objects().unwrap_or_default();
        ids.iter().all(|id| said.contains(&i64::from(*id)))
    }

    /// Whether these objects can be skipped now; the sentence says why not.
    pub fn can_skip(&self, ids: &[u32]) -> Result<(), String> {
        if !matches!(self.job.phase, Phase::Running | Phase::Paused) {
            return Err("objects can be skipped only while printing".to_owned());
        }
        if self.report.machine.fun.is_some_and(|fun| !fun.skips_objects()) {
            return Err("this printer's firmware cannot skip objects".to_owned());
        }
        let plate = self.plate()?;
        match plate.labelled {
            Some(true) => {}
            Some(false) => return Err("the file was sliced without object labels; none can be skipped".to_owned()),
            None => return Err("the file does not say that its objects are labelled; none can be skipped".to_owned()),
        }
        if plate.objects.len() > SKIP_MAX {
            return Err(format!("the plate has {} objects; at most {SKIP_MAX} can be told apart", plate.objects.len()));
        }
        for id in ids {
            match plate.objects.iter().find(|object| object.id == *id) {
                None => return Err(format!("there is no object {id} on this plate")),
                Some(object) if self.skips(object) => return Err(format!("object {id} is skipped already")),
                Some(_) => {}
            }
        }
        if ids.is_empty() {
            return Err("choose an object first".to_owned());
        }
        let remains = |object: &&Object| !self.skips(object) && !ids.contains(&object.id);
        if !plate.objects.iter().any(|object| remains(&object)) {
            return Err("this is the only object; stop the print instead".to_owned());
        }
        Ok(())
    }

    /// What the job needs of its filaments, in the file's order; nothing where the file is not known.
    pub fn needs(&self) -> Vec<Need<'_>> {
        let Ok(plate) = self.plate() else { return Vec::new() };
        let only = plate.filaments.len() == 1;
        let share = self.job.percent.filter(|_| self.job.phase.is_active()).map(|p| 1.0 - f64::from(p) / 100.0);
        let need = |filament| {
            let tray = self.tray_of(filament, only);
            let left = match tray.map(|tray| &tray.content) {
                Some(Content::Spool(spool)) => spool.grams,
                _ => None,
            };
            Need { filament, tray, to_go: filament.grams.zip(share).map(|(grams, share)| grams * share), left }
        };
        plate.filaments.iter().map(need).collect()
    }

    /// Where a filament of the file comes from: the printer's own table says it; without one, the only filament of a job
    /// is the one in use.
    fn tray_of(&self, filament: &Filament, only: bool) -> Option<&Tray> {
        let Some(mapping) = &self.report.job.mapping else {
            return self.ams.active().filter(|_| only);
        };
        let packed = *mapping.get(usize::try_from(filament.id).ok()?.checked_sub(1)?)?;
        let slot = Slot { unit: packed >> 8 & 0xFF, slot: packed & 0xFF };
        let same = |tray: &&Tray| match slot.is_external() {
            // With one spool holder both numbers mean that one.
            true if self.ams.external.len() == 1 => tray.slot.is_external(),
            true => tray.slot.unit == slot.unit,
            false => tray.slot == slot,
        };
        let mut trays = self.ams.units.iter().flat_map(|unit| &unit.trays).chain(&self.ams.external);
        trays.find(same)
    }
}

#[cfg(test)]
mod tests;
