//! A terminal dashboard for Bambu Lab 3D printers. This page is the map of the house; `README.md` and `docs/` are for users.
//!
//! # The idea in six sentences
//!
//! 1. Everything that happens is an [`Event`]: a key, a report, a picture, a deadline, a signal. The enum is closed.
//! 2. One pure function decides: [`update`]`(&mut State, Event, Now) -> `[`Cx`](state::cx::Cx). Time is an argument, and all
//!    that leaves is in the `Cx`: effects, and whether the screen is out of date.
//! 3. One pure function shows: [`render`]`(&mut Frame, &State)`. It changes nothing.
//! 4. Everything that touches the world is an [`Effect`], plain data. It answers later, and only as an `Event`.
//! 5. [`app`] holds the only loop and awaits only its own `select!`: no handler ever waits for a network.
//! 6. Simulated printers are real servers on loopback. Nothing above the socket can tell the difference.
//!
//! ```text
//!  keys, resize ────┐                             ┌──► ui::render ──► terminal
//!  MQTT reports ────┤ Event  ┌────────────────┐   │ &State
//!  pictures ────────┼──────► │ state::update  │ ──┤
//!  deadlines, stop ─┘ + Now  │ pure, no I/O   │   │ Cx: effects
//!        ▲                   └────────────────┘   └──► net, terminal ──► printers
//!        └───────────── every answer is an Event ────────────┘
//! ```
//!
//! # What you see, and where it is made
//!
//! ```text
//!  ui/header.rs                          how many print, who needs a person ◄─ state/view/totals.rs
//! ╭ ui/panes/printers.rs ───╮╭ ui/panes/job.rs ───────────────────────────────────────────────────────╮
//! │ order, filter, groups   ││ the job and what is wrong ◄─ state/printer/job.rs                      │
//! │ ◄─ state/screen/list.rs ││ ◄─ protocol/job.rs ◄─ net/printer/session.rs                           │
//! │                         │╰────────────────────────────────────────────────────────────────────────╯
//! │ many:                   │╭ ui/panes/temps.rs ─────────────────────────────────────────────────────╮
//! │ ui/panes/grid.rs        ││ ◄─ state/printer/temps.rs ◄─ protocol/temps.rs                         │
//! │                         │╰────────────────────────────────────────────────────────────────────────╯
//! ╰─────────────────────────╯╭ ui/panes/ams.rs ───────────────────────────────────────────────────────╮
//! ╭ ui/panes/camera.rs ─────╮│ ◄─ state/printer/ams.rs ◄─ protocol/ams.rs                             │
//! │ half-blocks             │╰────────────────────────────────────────────────────────────────────────╯
//! │ ◄─ net/camera/          │╭ ui/panes/journal.rs ───────────────────────────────────────────────────╮
//! │                         ││ ◄─ state/notify/journal.rs ◄─ storage/ keeps it                        │
//! ╰─────────────────────────╯╰────────────────────────────────────────────────────────────────────────╯
//!  ui/footer.rs            keys ◄─ state/view/keymap.rs; pressed: state/update/input.rs
//!
//!  where a pane lies: state/view/layout.rs      an order: state/command/, sent by net/printer/task.rs
//!  dialogs: ui/dialogs/, state/view/dialogs/    the account, its history: state/cloud/, net/cloud/, net/rest/
//!  without a screen: cli/, one file a command   printers that are not there: simulator/
//! ```
//!
//! **One word per feature:** it has the same file name in every layer. `ls src/*/ams.rs src/*/*/ams.rs` is the whole AMS.
//! The first line of every file says what it is for; each folder's page says how its part works: [`app`] the loop, time and
//! redraw, [`net`] and its `printer` the network, [`state`] its rooms, [`state::printer`] from reports to typed state,
//! [`state::command`] orders, [`ui`] drawing. `tests/it/` is the one integration test program.
//!
//! **To add something** (a field of a report, an action, a key, a dialog, a pane, a REST call): [`state::recipes`] lists the files.
//!
//! # Import rules
//!
//! | module | of ours | of others | never |
//! |---|---|---|---|
//! | [`protocol`] | – | `serde`, `serde_json`, `base64`, `zip`, `roxmltree`, `icu_normalizer`, `percent_encoding`, dates of `chrono` | tokio, sockets, files, environment, clock, ratatui |
//! | [`state`] | `protocol` | `tui_input`, crossterm's key and mouse events, `ratatui::layout`, dates of `chrono` | tokio, sockets, files, environment, clock |
//! | [`ui`] | `state`, `protocol` | ratatui, `unicode_width`, `tui_input` | tokio, clock, files, any `&mut State` |
//! | [`private_files`](storage::private_files) | – | – | everything but files |
//! | [`account`](storage::account) | `storage`, `protocol`, `config` | `serde_json` | tokio, sockets, environment, clock, ratatui |
//! | [`storage`] | `protocol`, plain types of `state` | `rusqlite`, `serde_json` | tokio, sockets, ratatui |
//! | [`error_texts`](storage::error_texts) | `storage`, `protocol`, `state::printer::error_texts` | – | tokio, sockets, ratatui |
//! | [`config`] | `storage`, `protocol`, `state::settings`, `state::notify::notification` | toml, secrecy | tokio, ratatui |
//! | [`net`] | `storage`, `protocol`, `config`, types of `state` | tokio, rustls, x509-cert, rumqttc's packets and codec, image, reqwest | `update`, `ui`, `app`, `simulator`, the wall clock |
//! | [`cloud`] | `net::rest`, `net::Delays`, `protocol::rest`, `config::Secret` | – | everything |
//! | [`simulator`] | `protocol` | tokio, rustls, hyper, rumqttc's codec, image, rcgen, zip | `net`, `state`, `ui`, `app` |
//! | [`terminal`] | types of `state` | ratatui, crossterm | `net`, `protocol` |
//! | [`viewer`](terminal::viewer) | `terminal`, `state::settings` | viuer, image | `net`, `protocol`, `ui` |
//! | [`screen`](mod@terminal::screen) | `app`, `state`, `terminal`, `ui`, `viewer` | ratatui, crossterm, tokio, rustix | `net`, `protocol`, `simulator` |
//! | [`app`] | `config`, `net`, `state` | tokio | `simulator`, `ui`, `screen` |
//! | [`cli`] | everything; of `ui` only `text`, of `net` only `rest` and the account's options | clap | – |
//!
//! `.clippy.toml` forbids `Instant::now`, `SystemTime::now` and `env::var`; the few places where time and environment
//! come in say so with `#[expect(.., reason = "..")]`. [`simulator`] may not see [`net`]: it is an honest counterpart, not a
//! mirror, so that a misreading of ours cannot confirm itself.
//!
//! # Vocabulary
//!
//! A noun for state ([`Printer`], `Tray`), a fact for an event (`Report`, `Refused`), an order for an effect (`Send`,
//! `Watch`). A [`KeyAction`](state::key_action::KeyAction) is what a key means, an [`Action`](state::command::tracker::Action) what a
//! person orders, a [`Command`](protocol::command::Command) what a printer is told. There is no `Manager`, `Handler`,
//! `Helper` or `Util`.
//!
//! [`Event`]: state::event::Event
//! [`Effect`]: state::effect::Effect
//! [`update`]: state::update::update
//! [`render`]: ui::render
//! [`State`]: state::State
//! [`Now`]: state::Now
//! [`Printer`]: state::printer::Printer

// `pub` in a private module means "to the whole house"; where the house is open, the lint looks at it.
#![allow(rustdoc::private_intra_doc_links, reason = "the map leads through the whole house")]
#![cfg_attr(
    not(feature = "internals"),
    allow(
        unreachable_pub,
        unfulfilled_lint_expectations,
        reason = "lints of what is public are checked where everything is"
    )
)]

// The house behind the library. Whatever nothing here uses is a warning, for nobody outside can use it either; tests and
// benchmarks get in by the feature `internals`, which the package's dev-dependency on itself switches on.
#[cfg(not(feature = "internals"))]
mod app;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod app;
#[cfg(not(feature = "internals"))]
mod cli;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod cli;
#[cfg(not(feature = "internals"))]
mod config;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod config;
#[cfg(not(feature = "internals"))]
mod logging;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod logging;
#[cfg(not(feature = "internals"))]
mod net;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod net;
#[cfg(not(feature = "internals"))]
mod state;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod state;
#[cfg(not(feature = "internals"))]
mod storage;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod storage;
#[cfg(not(feature = "internals"))]
mod terminal;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod terminal;
#[cfg(not(feature = "internals"))]
mod ui;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod ui;

pub mod cloud;
pub mod protocol;
#[cfg(feature = "simulator")]
pub mod simulator;

/// The whole program: what `main` does.
#[doc(hidden)]
pub fn run() -> std::process::ExitCode {
    cli::run()
}
