//! Rows about the print.

use super::{Builder, Entry, words::speed};
use crate::{
    protocol::{codes::PrintError, command::Speed},
    state::{
        command::action::{Action, ErrorAnswer, PrintAction},
        key_action::KeyAction,
        printer::Printer,
    },
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "pause", args: "", text: "pause the print", key_action: Some(KeyAction::Pause), make: Builder::NoArgs(|| PrintAction::Pause.into()) },
    Entry { name: "resume", args: "", text: "resume the print", key_action: Some(KeyAction::Resume), make: Builder::NoArgs(|| PrintAction::Resume.into()) },
    Entry { name: "stop", args: "", text: "stop the print for good", key_action: Some(KeyAction::Stop), make: Builder::NoArgs(|| PrintAction::Stop.into()) },
    Entry { name: "speed", args: "silent|standard|sport|ludicrous", text: "speed profile", key_action: Some(KeyAction::SpeedUp), make: Builder::WithArgs(|w, _| Ok(PrintAction::Speed(speed(w)?).into()), |_| Ok(PrintAction::Speed(Speed::Standard).into())) },
    Entry { name: "retry", args: "", text: "answer the error: its cause is removed, go on", key_action: None, make: Builder::FromPrinter(|p| answer(ErrorAnswer::Retry, p)) },
    Entry { name: "ignore", args: "", text: "answer the error: go on as if nothing were wrong", key_action: None, make: Builder::FromPrinter(|p| answer(ErrorAnswer::Ignore, p)) },
    Entry { name: "give-up", args: "", text: "answer the error: end the job", key_action: None, make: Builder::FromPrinter(|p| answer(ErrorAnswer::Stop, p)) },
    Entry { name: "dismiss", args: "", text: "close the error that the printer shows; repairs nothing", key_action: None, make: Builder::FromPrinter(|p| answer(ErrorAnswer::Dismiss, p)) },
];

/// An answer to the error that is shown now; to none, which cannot be ordered, where none is.
fn answer(answer: ErrorAnswer, printer: &Printer) -> Action {
    PrintAction::Answer(answer, printer.job.error.unwrap_or(PrintError(0))).into()
}
