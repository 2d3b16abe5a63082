//! Rows about the print.

use super::{Entry, Make, words::speed};
use crate::{
    protocol::{codes::PrintError, command::Speed},
    state::{
        command::action::{Action, Answer, Print},
        key_action::Intent,
        printer::Printer,
    },
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "pause", args: "", text: "pause the print", intent: Some(Intent::Pause), make: Make::Plain(|| Print::Pause.into()) },
    Entry { name: "resume", args: "", text: "resume the print", intent: Some(Intent::Resume), make: Make::Plain(|| Print::Resume.into()) },
    Entry { name: "stop", args: "", text: "stop the print for good", intent: Some(Intent::Stop), make: Make::Plain(|| Print::Stop.into()) },
    Entry { name: "speed", args: "silent|standard|sport|ludicrous", text: "speed profile", intent: Some(Intent::SpeedUp), make: Make::With(|w, _| Ok(Print::Speed(speed(w)?).into()), |_| Ok(Print::Speed(Speed::Standard).into())) },
    Entry { name: "retry", args: "", text: "answer the error: its cause is removed, go on", intent: None, make: Make::Shown(|p| answer(Answer::Retry, p)) },
    Entry { name: "ignore", args: "", text: "answer the error: go on as if nothing were wrong", intent: None, make: Make::Shown(|p| answer(Answer::Ignore, p)) },
    Entry { name: "give-up", args: "", text: "answer the error: end the job", intent: None, make: Make::Shown(|p| answer(Answer::Stop, p)) },
    Entry { name: "dismiss", args: "", text: "close the error that the printer shows; repairs nothing", intent: None, make: Make::Shown(|p| answer(Answer::Dismiss, p)) },
];

/// An answer to the error that is shown now; to none, which cannot be ordered, where none is.
fn answer(answer: Answer, printer: &Printer) -> Action {
    Print::Answer(answer, printer.job.error.unwrap_or(PrintError(0))).into()
}
