//! A question before a dangerous order.

use crate::state::command::bulk::Item;
use std::time::Instant;

/// A question before a dangerous order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// Whom, what, and what must not change meanwhile.
    pub item: Item,
    /// When the question is void.
    pub until: Instant,
}
