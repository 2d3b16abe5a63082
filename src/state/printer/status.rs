//! What a printer needs or does, in one word. Every list, card, title, header, filter, table and JSON object takes it from
//! here, so that one state has one word everywhere.

use crate::protocol::codes;
use crate::state::printer::{Printer, connection::ConnectionState, job::Phase};

/// What a printer needs or does: what lists sort and color by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The job failed.
    Trouble,
    /// It has stopped by itself and waits for a person.
    Waiting,
    /// Printing.
    Printing,
    /// Preparing, slicing or heating.
    Preparing,
    /// Paused by a person.
    Paused,
    /// The job is finished.
    Finished,
    /// Over before its time, and not yet known why.
    Stopped,
    /// Cancelled by a person.
    Cancelled,
    /// Nothing to do.
    Idle,
    /// It reported a state that is not known, or none yet.
    Unknown,
    /// The first connection is being made.
    Connecting,
    /// There is no connection.
    Offline,
}

impl Status {
    /// All of them, in their order.
    pub const ALL: [Self; 12] = [
        Self::Trouble,
        Self::Waiting,
        Self::Printing,
        Self::Preparing,
        Self::Paused,
        Self::Finished,
        Self::Stopped,
        Self::Cancelled,
        Self::Idle,
        Self::Unknown,
        Self::Connecting,
        Self::Offline,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trouble => "failed",
            Self::Waiting => "needs attention",
            Self::Printing => "printing",
            Self::Preparing => "preparing",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Idle => "idle",
            Self::Unknown => "unknown",
            Self::Connecting => "connecting",
            Self::Offline => "offline",
        }
    }
}

impl Printer {
    /// What it needs or does. A printer without a connection is offline, whatever it did before.
    pub fn status(&self) -> Status {
        match self.link {
            ConnectionState::Waiting | ConnectionState::Connecting { attempt: 0 | 1 } => Status::Connecting,
            ConnectionState::Down { .. } | ConnectionState::Connecting { .. } => Status::Offline,
            // What was known before this session is old, and what was not told in it is not known.
            ConnectionState::Up { .. } if self.whole.before().is_some() || self.last_report.is_none() => {
                Status::Connecting
            }
            ConnectionState::Up { .. } if !self.whole.came() && self.report.job.gcode_state.is_none() => {
                Status::Connecting
            }
            ConnectionState::Up { .. } => self.reported_status(),
        }
    }

    /// The same by its last report alone, however old that is and whatever the connection.
    pub fn reported_status(&self) -> Status {
        let job = &self.job;
        match job.phase {
            _ if self.waits_for_person() => Status::Waiting,
            Phase::Failed => Status::Trouble,
            // Its job did not come to its end, whatever it says of itself now.
            Phase::Idle if job.is_lost() => Status::Trouble,
            Phase::Slicing | Phase::Preparing => Status::Preparing,
            Phase::Running if job.layer.is_none() && job.stage_id.is_some_and(is_beside_printing) => Status::Preparing,
            Phase::Running => Status::Printing,
            Phase::Paused => Status::Paused,
            Phase::Finished => Status::Finished,
            Phase::Stopped => Status::Stopped,
            Phase::Cancelled => Status::Cancelled,
            Phase::Idle => Status::Idle,
            Phase::Unknown => Status::Unknown,
        }
    }
}

/// Whether a stage is something else than printing.
fn is_beside_printing(stage: i64) -> bool {
    codes::is_stage(stage) && stage != codes::PRINTING
}
