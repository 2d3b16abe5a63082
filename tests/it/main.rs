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
mod architecture;
mod captures;
mod captures_machine;
mod cases;
mod cloud;
mod cloud_devices;
mod cloud_form;
mod cloud_history;
mod cloud_login;
mod cloud_rest;
mod cloud_road;
mod cloud_shell;
mod cloud_troubles;
mod commands;
mod commands_many;
mod desk;
mod examples;
mod hooks;
mod laws;
mod left;
mod licences;
mod lines;
mod machine;
mod manual;
mod many;
mod objects;
mod oracle;
mod orders;
mod panel;
mod permission;
mod pty;
mod reload;
mod room;
mod scripts;
mod simulate;
mod single_keys;
mod storage;
mod texts;
mod trust;
mod typed;
mod whole;
mod whole_faults;
mod whole_many;
mod window;
mod wire;
