//! Rows about motion.

use super::{Entry, Make};
use crate::state::action::Motion;

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    Entry { name: "home", args: "", text: "home all axes", intent: None, make: Make::Plain(|| Motion::Home.into()) },
];
