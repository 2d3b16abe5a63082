//! What can be ordered: every action, when it is possible, and the life of an order.
//!
//! [`tracker`] is a small machine per order: confirmed → sent → acknowledged → **seen in a report**, which alone is done; or
//! refused, no answer, no effect, void. Every stage has a deadline and is shown. An order needs a link that is up and fresh;
//! it carries the number of the session it was confirmed for, and the network refuses it on any other. It is written at most
//! once, never queued while offline and never sent again. Dangerous ones ask first, name the printer, expire, and are void if
//! the link drops or the job changes meanwhile.
//!
//! An order to several printers is one question ([`bulk`]) and as many orders: each printer is looked at again at the yes,
//! and one that has changed is left out, never all.

pub mod action;
pub mod advice;
pub mod bulk;
pub mod catalog;
pub mod tracker;
pub mod undo;
