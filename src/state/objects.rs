//! The objects of a running print. Their names and ids stand in the job's file alone, so it is fetched from the printer:
//! once a job, and only when somebody looks.

use super::{
    event::Cause,
    job::{Job, Phase},
    printer::Printer,
};
use crate::protocol::{
    ftp,
    model::Model,
    plate::{Plate, Sliced, Unreadable},
};
use std::sync::Arc;

/// What is known of the file of the running job.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Look {
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
}

/// The file of the running job, and how often that was another job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Objects {
    /// What is known of it.
    pub look: Look,
    /// Counts jobs: news of an earlier one is no news.
    turn: u32,
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
    #[error("the printer's files cannot be read: {0}")]
    Link(#[from] Cause),
}

/// Larger files are not fetched.
pub const SIZE_MAX: u64 = 200_000_000;

/// What the network shall look for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
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

impl Wanted {
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
pub enum News {
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
