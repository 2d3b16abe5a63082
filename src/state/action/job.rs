//! The running print: pause, resume, stop, speed, and closing an error.

use super::{Kind, Orderable, Risk};
use crate::{
    protocol::command::{Command, Speed},
    state::{job::Phase, printer::Printer},
};
use std::fmt;

/// An order about the print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Print {
    /// Pause the running print.
    Pause,
    /// Resume the paused print.
    Resume,
    /// Stop the print for good.
    Stop,
    /// Choose the speed profile.
    Speed(Speed),
    /// Close the error that the printer shows.
    Dismiss,
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause => f.write_str("pause"),
            Self::Resume => f.write_str("resume"),
            Self::Stop => f.write_str("stop"),
            Self::Speed(speed) => write!(f, "speed {}", speed.name()),
            Self::Dismiss => f.write_str("dismiss error"),
        }
    }
}

impl Orderable for Print {
    fn kind(&self) -> Kind {
        let name = match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
            Self::Speed(_) => "speed",
            Self::Dismiss => "error",
        };
        (name, 0)
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        vec![match self {
            Self::Pause => Command::Pause,
            Self::Resume => Command::Resume,
            Self::Stop => Command::Stop,
            Self::Speed(speed) => Command::Speed(*speed),
            Self::Dismiss => Command::ClearError {
                error: printer.job.error.map_or(0, |e| e.0),
                subtask: printer
                    .report
                    .job
                    .subtask_id
                    .clone()
                    .filter(|id| !id.is_empty())
                    .unwrap_or_else(|| "0".into()),
            },
        }]
    }

    fn fits(&self, printer: &Printer) -> Result<(), String> {
        let job = &printer.job;
        let fits = match self {
            Self::Resume if job.resume_at_printer => {
                return Err("this pause can only be ended at the printer's screen".to_owned());
            }
            Self::Pause => job.phase == Phase::Running,
            Self::Resume => job.phase == Phase::Paused,
            Self::Stop => job.phase.is_active(),
            Self::Speed(_) => matches!(job.phase, Phase::Running | Phase::Paused),
            Self::Dismiss => return job.error.map(|_| ()).ok_or_else(|| "the printer shows no error".to_owned()),
        };
        if fits {
            return Ok(());
        }
        let why = match (self, job.phase) {
            (_, Phase::Unknown) => "the printer's state is not known",
            (Self::Pause, Phase::Paused) => "the print is paused already",
            (Self::Pause, Phase::Preparing | Phase::Slicing) => "the print has not begun; it can be stopped",
            (Self::Resume, Phase::Running) => "the print is running",
            (Self::Speed(_), _) => "the speed can be changed only while printing",
            _ => "nothing is being printed",
        };
        Err(why.to_owned())
    }

    fn effect(&self, printer: &Printer) -> Option<bool> {
        let job = &printer.job;
        Some(match self {
            Self::Pause => job.phase == Phase::Paused,
            Self::Resume => job.phase == Phase::Running,
            Self::Stop => !job.phase.is_active() && job.phase != Phase::Unknown,
            Self::Speed(speed) => job.speed == Some(*speed),
            Self::Dismiss => job.error.is_none(),
        })
    }

    fn risk(&self, printer: &Printer) -> Option<Risk> {
        match self {
            Self::Stop => Some(Risk {
                title: "Stop this print?",
                warning: "The print cannot be continued afterwards.".to_owned(),
                yes: "stop the print",
                no: "keep printing",
            }),
            // Resuming what the printer paused by itself can ruin what the pause has saved.
            Self::Resume if printer.job.waits_for_person() => {
                let why = printer.trouble().map_or_else(|| printer.pause_reason(), |(words, _)| words);
                Some(Risk {
                    title: "Resume this print?",
                    warning: format!("The printer paused by itself: {why}. Is that set right?"),
                    yes: "resume",
                    no: "stay paused",
                })
            }
            _ => None,
        }
    }
}
