//! The running print: pause, resume, stop, speed, and answers to an error.

use super::{Confirmation, Kind, PrinterAction};
use crate::{
    protocol::{
        codes::{Code, PrintError},
        command::{Command, Reply, Speed},
    },
    state::printer::{Printer, job::Phase},
};
use std::fmt;

/// What a person answers to an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorAnswer {
    /// The cause is removed: try again.
    Retry,
    /// Go on as if nothing were wrong.
    Ignore,
    /// End the job because of it.
    Stop,
    /// Close the message. It repairs nothing.
    Dismiss,
}

/// An order about the print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintAction {
    /// Pause the running print.
    Pause,
    /// Resume the paused print.
    Resume,
    /// Stop the print for good.
    Stop,
    /// Choose the speed profile.
    Speed(Speed),
    /// Answer an error: this one, and no other that may have taken its place.
    Answer(ErrorAnswer, PrintError),
}

impl fmt::Display for PrintAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause => f.write_str("pause"),
            Self::Resume => f.write_str("resume"),
            Self::Stop => f.write_str("stop"),
            Self::Speed(speed) => write!(f, "speed {}", speed.name()),
            Self::Answer(answer, error) => {
                let verb = match answer {
                    ErrorAnswer::Retry => "retry after",
                    ErrorAnswer::Ignore => "ignore",
                    ErrorAnswer::Stop => "stop because of",
                    ErrorAnswer::Dismiss => "dismiss",
                };
                match error.0 {
                    0 => write!(f, "{verb} error"),
                    _ => write!(f, "{verb} error {error}"),
                }
            }
        }
    }
}

impl PrinterAction for PrintAction {
    fn kind(&self) -> Kind {
        let name = match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
            Self::Speed(_) => "speed",
            Self::Answer(..) => "error",
        };
        (name, 0)
    }

    fn commands(&self, printer: &Printer) -> Vec<Command> {
        match *self {
            Self::Pause => vec![Command::Pause],
            Self::Resume => vec![match printer.job.error {
                Some(error) => reply(Reply::Retry, error, printer),
                None => Command::Resume,
            }],
            // Always the plain form: it is the one that every firmware is known to obey.
            Self::Stop => vec![Command::Stop],
            Self::Speed(speed) => vec![Command::Speed(speed)],
            Self::Answer(ErrorAnswer::Retry, error) => vec![reply(Reply::Retry, error, printer)],
            Self::Answer(ErrorAnswer::Ignore, error) if printer.job.phase == Phase::Paused => {
                vec![reply(Reply::Ignore, error, printer)]
            }
            Self::Answer(ErrorAnswer::Ignore, error) => vec![Command::IgnoreIdle { error: error.0 }],
            Self::Answer(ErrorAnswer::Stop, error) => vec![reply(Reply::Stop, error, printer)],
            Self::Answer(ErrorAnswer::Dismiss, error) => {
                let subtask = named(printer.job_ids().subtask);
                let mut commands = vec![Command::ClearError { error: error.0, subtask }];
                // A hint has a dialog of its own, on the printer's screen and in other clients.
                if error.is_hint() {
                    commands.push(Command::CloseDialog { error: error.0 });
                }
                commands
            }
        }
    }

    fn check_ready(&self, printer: &Printer) -> Result<(), String> {
        let job = &printer.job;
        let fits = match self {
            Self::Resume if job.resume_at_printer => {
                return Err("this pause can only be ended at the printer's screen".to_owned());
            }
            Self::Pause => job.phase == Phase::Running,
            Self::Resume => job.phase == Phase::Paused,
            Self::Stop => job.phase.is_active(),
            Self::Speed(_) => matches!(job.phase, Phase::Running | Phase::Paused),
            Self::Answer(answer, error) => return fits_error(*answer, *error, printer),
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

    fn is_applied(&self, printer: &Printer) -> Option<bool> {
        let job = &printer.job;
        Some(match self {
            Self::Pause => job.phase == Phase::Paused,
            Self::Resume => job.phase == Phase::Running,
            Self::Stop | Self::Answer(ErrorAnswer::Stop, _) => !job.phase.is_active() && job.phase != Phase::Unknown,
            Self::Speed(speed) => job.speed == Some(*speed),
            Self::Answer(_, error) => job.error != Some(*error),
        })
    }

    fn is_harmless_in_danger(&self) -> bool {
        matches!(self, Self::Pause | Self::Stop | Self::Answer(ErrorAnswer::Stop | ErrorAnswer::Dismiss, _))
    }

    fn risk(&self, printer: &Printer) -> Option<Confirmation> {
        match self {
            Self::Stop | Self::Answer(ErrorAnswer::Stop, _) => Some(Confirmation {
                title: "Stop this print?",
                warning: "The print cannot be continued afterwards.".to_owned(),
                yes: "stop the print",
                no: "keep printing",
            }),
            // Resuming what the printer paused by itself can ruin what the pause has saved.
            Self::Resume | Self::Answer(ErrorAnswer::Retry, _) if printer.waits_for_person() => {
                let why = printer.complaint().unwrap_or_else(|| printer.pause_reason());
                Some(Confirmation {
                    title: "Resume this print?",
                    warning: format!("The printer paused by itself: {} Is that set right?", sentence(&why)),
                    yes: "resume",
                    no: "stay paused",
                })
            }
            Self::Answer(ErrorAnswer::Ignore, error) => Some(Confirmation {
                title: "Ignore this error?",
                warning: format!(
                    "{} The printer goes on as if nothing were wrong.",
                    sentence(&printer.text(Code::Error(*error)).words)
                ),
                yes: "ignore it",
                no: "leave it",
            }),
            _ => None,
        }
    }
}

/// Words with a stop at their end; the vendor's texts bring one, ours do not.
fn sentence(words: &str) -> String {
    let words = words.trim_end();
    if words.ends_with(['.', '!', '?', '…', '。', '！', '？']) { words.to_owned() } else { format!("{words}.") }
}

/// An answer to the error of a job.
fn reply(reply: Reply, error: PrintError, printer: &Printer) -> Command {
    Command::Reply { reply, error: error.0, job: named(printer.job_ids().job) }
}

/// An id as commands repeat it: "0" where the job has none.
fn named(id: Option<&str>) -> String {
    id.unwrap_or("0").to_owned()
}

/// Which answers an error takes: one that ended the job can only be dismissed, one that paused it can be retried or
/// ignored, a hint can be ignored.
fn fits_error(answer: ErrorAnswer, error: PrintError, printer: &Printer) -> Result<(), String> {
    let job = &printer.job;
    match job.error {
        None => return Err("the printer shows no error".to_owned()),
        Some(other) if other != error => return Err(format!("the printer shows another error now: {other}")),
        Some(_) => {}
    }
    let paused = job.phase == Phase::Paused;
    let why = match answer {
        ErrorAnswer::Retry | ErrorAnswer::Ignore if error.stops_job() => {
            "this error has ended the job; it can only be dismissed"
        }
        ErrorAnswer::Retry if !paused => "nothing is paused; there is nothing to try again",
        ErrorAnswer::Retry if job.resume_at_printer => "this pause can only be ended at the printer's screen",
        ErrorAnswer::Ignore if !paused && job.phase.is_active() && !error.is_hint() => {
            "the job is not paused; there is nothing to ignore"
        }
        ErrorAnswer::Stop if !job.phase.is_active() => "nothing is being printed",
        _ => return Ok(()),
    };
    Err(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_sentence_has_one_stop() {
        for (words, told) in [("let it go on.", "let it go on."), ("spaghetti", "spaghetti."), ("sure? ", "sure?")] {
            assert_eq!(sentence(words), told);
        }
    }
}
