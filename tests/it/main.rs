//! One program with all tests that look at the whole from outside; each module says what it proves.

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
