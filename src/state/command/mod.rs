//! What can be ordered: every action, when it is possible, and the life of an order.

pub mod action;
pub mod advice;
pub mod batch;
pub mod catalog;
pub mod control;
pub mod undo;
