//! One program with all tests that look at the whole from outside; each module says what it proves.
//!
//! Pure tests stand beside what they test and build `Now` by hand: merging and reading (with random input: nothing panics),
//! orders, keys, layout. Panes and whole screens are snapshots in `ui/snapshots/`. The network is tried against brokers and
//! cameras that refuse, stall, cut and lie, with `Timing::fast`; tokio's clock is never paused around a real socket, because
//! every timeout would fire at once. The demo's servers are tried by a client that shares no code with them, and their
//! reports are held against lists of keys and types of real models. `.ci/run` is everything that must be true of a commit.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail, talk and read the clock"
)]

mod actions;
mod app_harness;
mod architecture;
mod captures;
mod captures_machine;
mod cases;
mod catalog_fuzz;
mod cloud;
mod cloud_devices;
mod cloud_errors;
mod cloud_form;
mod cloud_history;
mod cloud_login;
mod cloud_rest;
mod cloud_shell;
mod cloud_transport;
mod commands;
mod commands_many;
mod end_to_end;
mod end_to_end_faults;
mod end_to_end_many;
mod error_texts;
mod examples;
mod hooks;
mod left;
mod licences;
mod manual;
mod many;
mod objects;
mod oracle;
mod orders;
mod panel;
mod permission;
mod process_harness;
mod properties;
mod pty;
mod pty_harness;
mod reload;
mod scripts;
mod simulate;
mod single_keys;
mod state_harness;
mod state_laws;
mod storage;
mod trust;
mod typed;
mod wire;
