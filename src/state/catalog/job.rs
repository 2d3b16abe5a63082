//! Rows about the print.

use super::{Entry, Make, words::speed};
use crate::{
    protocol::command::Speed,
    state::{action::Print, keymap::Intent},
};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "pause", args: "", text: "pause the print", intent: Some(Intent::Pause), make: Make::Plain(|| Print::Pause.into()) },
    Entry { name: "resume", args: "", text: "resume the print", intent: Some(Intent::Resume), make: Make::Plain(|| Print::Resume.into()) },
    Entry { name: "stop", args: "", text: "stop the print for good", intent: Some(Intent::Stop), make: Make::Plain(|| Print::Stop.into()) },
    Entry { name: "speed", args: "silent|standard|sport|ludicrous", text: "speed profile", intent: Some(Intent::SpeedUp), make: Make::With(|w, _| Ok(Print::Speed(speed(w)?).into()), |_| Ok(Print::Speed(Speed::Standard).into())) },
    Entry { name: "dismiss", args: "", text: "close the error that the printer shows", intent: None, make: Make::Plain(|| Print::Dismiss.into()) },
];
