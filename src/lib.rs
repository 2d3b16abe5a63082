//! A terminal dashboard for Bambu Lab 3D printers. This page is its architecture document; `README.md` and `docs/` are for users.
//!
//! # The idea in six sentences
//!
//! 1. Everything that happens is an [`Event`]: a key, a report, a picture, a deadline, a signal. The enum is closed.
//! 2. One pure function decides: [`update`]`(&mut State, Event, Now) -> Vec<Effect>`. Time is an argument.
//! 3. One pure function shows: [`render`]`(&mut Frame, &State)`. It changes nothing.
//! 4. Everything that touches the world is an [`Effect`], plain data. It answers later, and only as an `Event`.
//! 5. [`app`] holds the only loop and awaits only its own `select!`: no handler ever waits for a network.
//! 6. Simulated printers are real servers on loopback. Nothing above the socket can tell the difference.
//!
//! ```text
//!  keys, resize ────┐                             ┌──► ui::render ──► terminal
//!  MQTT reports ────┤ Event  ┌────────────────┐   │ &State
//!  pictures ────────┼──────► │ state::update  │ ──┤
//!  deadlines, stop ─┘ + Now  │ pure, no I/O   │   │ Vec<Effect>
//!        ▲                   └────────────────┘   └──► net, terminal ──► printers
//!        └───────────── every answer is an Event ────────────┘
//! ```
//!
//! # Module map
//!
//! **One word per feature:** a feature has the same file name in every layer it lives in. `ls src/*/ams.rs src/*/*/ams.rs`
//! is the whole AMS. No file is longer than
//! 700 lines.
//!
//! | file | purpose |
//! |---|---|
//! | `main.rs` | calls [`run`] and nothing else |
//! | **[`cloud`]** | **the client of the cloud as a library shows it: names of [`net::rest`] and [`protocol::rest`]** |
//! | [`cli`] | one file a command (`dashboard`, `demo`, `simulate`, `status`, `orders/`, `objects`, `snapshot`, `journal`, `explain`, `ams`, `account`, `history`, `projects`, `messages`, `printers`, `firmware`, `device`, `camera`, `config`): arguments → the same app → words or JSON. `headless` is the front without a screen, `json` the JSON interface, `select` which printers are meant and how they are reached (`resolve`: by which word), `table` lines up cells, `output` prints and has the exit codes |
//! | [`config`] | TOML → [`Config`](config::Config); every problem at once, with line and cure; `secret` holds what must not be shown |
//! | [`private_files`](storage::private_files) | files that only their owner may read, those of bounded size, those without a name, and the lock under which they are changed |
//! | [`account`](storage::account) | the login to the cloud between two runs: its file, or a variable, or a program; when it ends |
//! | [`logging`] | tracing to a file in the state directory, never to the screen |
//! | [`storage`] | the database: journal, when jobs began and how far they are, the account's list of printers, connections to the broker; a thread writes |
//! | [`error_texts`](storage::error_texts) | the vendor's texts for codes on disk: a file for each model and language |
//! | [`app`] | [`App`](app::App)`<F: `[`Front`](app::Front)`>`: wait, stamp the time, update, carry out effects, show |
//! | [`screen`](mod@terminal::screen) | the dashboard's front: a ratatui terminal, a stream of input, job control; `keyboard` reads the terminal |
//! | [`terminal`] | taking and giving back the screen, synchronized frames, what the terminal can do, its `size`; `parser`: its bytes → keys, mouse, replies (pure); `background`: who could bring the program back |
//! | [`viewer`](terminal::viewer) | one picture at full resolution on a screen nobody else draws on (kitty, or viuer) |
//! | **[`protocol`]** | **what travels on the wire; pure; the only place that knows JSON keys and byte offsets** |
//! | `report` | bytes of a message → reports, acknowledgements, module lists |
//! | `job`, `temps`, `fans`, `hotend`, `ams`, `machine` | the parts of a report, each with its oddities noted beside the field |
//! | `module` | a board or unit of a printer's list, and what people call it |
//! | `flags` | bit fields, each bit by its name |
//! | `wire` | reading JSON that is almost right, and merging what was read |
//! | `command/` | commands ⇄ JSON |
//! | `camera` | login packet, frame header, a reader that is fed bytes |
//! | `plate`, `ftp` | a sliced 3MF → plates, objects, filament; answers of a file server, and where a job's file may lie |
//! | `rest/` | the cloud's REST API: one file by what a person knows, its errors in words, tokens, masks, answers of unknown form |
//! | `name` | the name of a job or file: as it is shown, and as a file server is asked for it |
//! | `model`, `codes`, `filaments`, `materials` | what serials, error numbers (`codes/`: stages, errors, health messages, which of them mean danger) and filament codes mean |
//! | `texts` | the vendor's own texts for error numbers: question and answer |
//! | **[`state`]** | **what is true now; pure. Its rooms stand one upon the other: each knows those before it in this list, and only `screen` and `update` know the whole [`State`]. Only `update` changes it.** |
//! | `base` | [`PrinterId`](state::PrinterId), [`Now`], [`Redraw`](state::Redraw), [`Tone`](state::Tone): what every room knows |
//! | `event`, `effect`, `key_action` | the two enums, a sentence a variant; what a key means |
//! | `moment`, `settings` | times of day in words; choices of the person and abilities of the terminal |
//! | *`printer/`* | *what is known of one printer* |
//! | `mod`, `connection`, `watchdog` | one printer: freshness, status; its connection, and why there is none; how long silence may last |
//! | `certificate`, `impostor` | who signed a printer's certificate; a camera or file server that shows another one |
//! | `gap`, `whole` | whether a printer was heard all the time, and whether the whole picture came on this connection |
//! | `model`, `machine` | what a printer is, what it can do, how it is set: door, storage, network, camera, updates |
//! | `job`, `temps`, `fans`, `hotend`, `ams`, `camera` | the parts of a printer, derived from its merged report; `job/life`: from one state of a job to the next |
//! | `objects`, `chart` | objects of the running print; temperatures of the last half day, in little room |
//! | `road`, `cloud_device` | two roads to a printer, LAN and cloud; what the account says of it |
//! | `messages`, `texts`, `danger`, `need` | what is wrong, in whose words; danger that was told last; whether a person is needed, by one rule |
//! | `news`, `flapping`, `notified` | what happened, held back until it is certain; what goes and comes back; what was told before |
//! | `reload` | the configuration file, read again: what is asked, what comes back, when it is looked at |
//! | *`command/`* | *what can be ordered, and the life of an order: `action/`, `catalog/` (every action by its name), `control`, `batch` (one order to several), `undo` (the way back), `advice` (what to do about a code)* |
//! | *`cloud/`* | *who is signed in (`account/`), the form (`login`), what the cloud remembers (`history/`), what it is asked and what it answers (`request`)* |
//! | *`notify/`* | *what happened and who is told: `journal`, `attention`, `notice`* |
//! | *`view/`* | *what the person looks at: selection, filter, layers; `keymap` (the one table of keys), `grouping`, `form`, `help`, `marks`, `panel`, `quiet`, `totals`* |
//! | *`screen/`* | *what the screen shows and where, from the whole state: `layout`, `list`, `info_table`, `device`, `palette`, `question` (whether it is shown whole), `redraw_schedule` (what changes by itself)* |
//! | *`update/`* | *where state changes: `mod` dispatches an event and the moment, the others are named after what they change; `input` and `moves` are the keys, `commands` the orders* |
//! | **[`net`]** | **the only place that opens a connection** |
//! | `mod` | [`Net`](net::Net): the tasks of each printer, `carry_out(Effect)` |
//! | *`printer/`* | *the link to one printer* |
//! | `task`, `policy`, `session`, `dial` | the task that lives through many sessions, over the LAN and to the cloud's broker; what differs between these two; one MQTT session; address → TLS stream |
//! | `mailbox`, `probe` | where a task meets the program; the form's connection test |
//! | *`cloud/`* | *the account: one connection to the broker, `budget` of its attempts, `worker` for questions to the REST API* |
//! | *`camera/`* | *the JPEG stream; `picture`: JPEG → [`Picture`](state::printer::camera::Picture) of the wanted size, off the loop* |
//! | *`files/`* | *`ftps`: a client for the printer's file server; `job_file`: the job's file found, fetched, read and forgotten; `encrypted`: whose files come over TLS* |
//! | *`tls/`* | *the certificate rule; `x509`: what is read from a certificate; `vendor`: whether the vendor signed it; `pins`: the learned fingerprints; `ca`: who vouches for servers with public names* |
//! | `tasks`, `supervise` | on which runtime tasks run; restarts after a panic |
//! | *`hook/`* | *programs and webhooks that are told what happens* |
//! | [`rest`](net::rest) | the client of the cloud's REST API: [`Cloud`](net::rest::Cloud), its calls, logins, budget and kept answers |
//! | `texts` | the vendor's texts: read where they are kept, fetched where the state asks for them |
//! | `web` | the client for web servers, made when it is needed for the first time |
//! | `timing`, `backoff` | every duration in one place; delays with jitter (pure) |
//! | **[`ui`]** | **`&State` → cells; pure** |
//! | `mod`, `paint`, `theme`, `text`, `text_field` | `render`; the brush of every pane; roles → styles; figures and words; a line that is typed into |
//! | *`panes/`* | *one file a pane, and the parts they share* |
//! | *`dialogs/`* | *one file a dialog: what lies over the panes; `frame`: the box around it* |
//! | `header`, `footer`, `first`, `compact` | around the panes, and instead of them |
//! | **[`simulator`]** | **printers that are not there; a cargo feature, on by default (`cli/no_simulator` is there without it)** |
//! | `mod`, `plan`, `printers`, `fault` | [`start`](simulator::start)`(&Plan) -> Simulation`; scenarios; what can go wrong, as data |
//! | `sim/` | the simulation: pure, seeded, advanced by seconds |
//! | `report/` | what each generation of models reports, every key, type and shape |
//! | `printer`, `mqtt`, `sessions`, `camera`, `ftps`, `drive`, `picture`, `font`, `tls`, `control` | a printer and its servers; what its camera sees; control of a running one |
//! | [`cloud/`](simulator::cloud) | the cloud that is not there: web servers, broker, an account and what happens to it; the same printers on another road |
//! | `texts` | the vendor's server for texts, with a few sentences of our own |
//!
//! Outside `src/`: `examples/` use the library as another program would, `tests/it/` is the one integration test program,
//! `benches/` holds benchmarks, `docs/` the manual, `assets/` the pictures of the README and the scripts that make them and
//! measure the figures.
//!
//! **To add a feature** ("drying time of an AMS"): a field in `protocol/ams.rs` → `state/printer/ams.rs` → `ui/panes/ams.rs` → one
//! snapshot. A new order: a variant in its area of `state/command/action/`
//! and a row in `state/command/catalog/`. If it needs a key: a row in `state/view/keymap.rs` and an arm in `state/update/input.rs`.
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
//! | [`error_texts`](storage::error_texts) | `storage`, `protocol`, `state::printer::texts` | – | tokio, sockets, ratatui |
//! | [`config`] | `storage`, `protocol`, `state::settings`, `state::notify::attention` | toml, secrecy | tokio, ratatui |
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
//! `Watch`). An [`Intent`](state::key_action::Intent) is what a key means, an [`Action`](state::command::control::Action) what a
//! person orders, a [`Command`](protocol::command::Command) what a printer is told. There is no `Manager`, `Handler`,
//! `Helper` or `Util`.
//!
//! # The loop, time and redraw
//!
//! The loop waits, biased, for: stop signal, input, frame deadline, deadline of the state, a batch of at most 256 events.
//! Input and frames come before reports, so neither starves under a flood.
//!
//! - **Time** is read once a wake, in [`app`], and passed on as [`Now`]. Clients report durations, never instants.
//! - **There is no tick.** `State::next_due` is the earliest moment at which the picture changes by itself (a notice
//!   expires, a link turns stale, a visible minute rolls over). The loop sleeps until then; `None` is for ever.
//! - **Redraw.** [`update`] marks [`Redraw`](state::Redraw) `No`, `Soon` or `AtOnce`, and only if something looks
//!   different. `AtOnce` (a person's input): at most one frame in 5 ms, which is faster than anyone types. `Soon`
//!   (data): at most one in 100 ms; the first after a quiet spell goes out at once. No mark, no timer, no bytes.
//! - **Bytes.** A frame is collected and written at once between the marks of a synchronized update; one without a
//!   changed cell writes nothing.
//! - **Threads.** The loop has the main thread and a runtime of its own: keyboard, timers, signals and drawing wait for
//!   nobody. Clients (and the simulator) share one other thread. Large messages, pictures (two at a time) and files are
//!   worked on in the blocking pool. A terminal that stalls stalls nothing else.
//!
//! A [`Front`](app::Front) is the screen or, for commands such as `status` and `pause`, lines of text or JSON made from
//! the same [`State`]: one loop, one truth.
//!
//! # Network
//!
//! - **One event channel**, bounded and filled with `send().await`: a slow loop slows the sockets. A delta is never
//!   dropped, for a lost delta is a wrong screen. Only pictures are latest-wins.
//! - **One task a printer:** connect → subscribe → ask for a full report → read and forward. A lost link is an event
//!   with a reason and a delay; delays grow, with jitter. Where a person has to do something (wrong code, changed
//!   certificate) the attempts are minutes to an hour apart, for printers bear few wrong codes; none is the last one.
//! - **Our own session on rumqttc's packets and codec.** Its event loop would deliver after a reconnect what was queued
//!   while offline (a stop for a printer that was switched off), and publishing hangs once its queue is full. A packet
//!   may have 1 MiB: full reports of larger machines exceed the library's default of 10 KiB.
//! - **Failure is data.** No error leaves a task. A task that panics shows as a lost link and starts again.
//! - **Watchdog.** Silence is noticed in [`state`] with [`Patience`](state::printer::Patience): 30 s brings a request to
//!   report, 60 s stale values, 75 s a new connection; a session that never reported is closed after 30 s.
//! - **Identity.** One rustls provider (ring). Printers show X.509 version 1, which webpki refuses, so the rule is our
//!   own: a pinned fingerprint is let in; of a new certificate it is looked whether the vendor's keys signed it for this
//!   serial. If not, a person is asked, for a right name proves nothing. The handshake signature is checked with the
//!   certificate's own key, always; what is not let in ends the handshake, before the access code is sent.
//! - **The cloud** is asked by one client, seldom: young answers are given again, each kind of call has a budget, a server
//!   that asks for quiet gets it. Only `GET` is repeated. The token goes to the API's host alone, redirects elsewhere are
//!   errors, and an answer is read from whatever form it has. How long ago something was asked is the one thing that
//!   `net` reads a clock for.
//! - **Cameras** are connected only while watched. A model without a JPEG stream is known in `protocol/model.rs` and
//!   shown as such; it is no error.
//!
//! # From deltas to typed state
//!
//! `bytes → Report → Printer::take_in`. Every field of a [`Report`](protocol::report::Report) may be absent, and absent
//! keeps its value, in full reports and deltas alike; AMS units and trays merge by `id`, and one that is not listed goes
//! only with a full report (`msg: 0`). A field of the wrong type is skipped, the rest of the report counts. Unknown keys
//! are ignored, unknown codes kept as numbers. Acknowledgements share the envelope and are never merged.
//!
//! A [`Printer`] keeps the **merged report as it was said**, and beside it **parts that are derived from it**
//! ([`Job`](state::printer::job::Job), [`Temps`](state::printer::temps::Temps), [`Ams`](state::printer::ams::Ams),
//! [`Machine`](state::printer::machine::Machine)). Merging is one rule without meaning, the same for every field; filament alone
//! has more (what a mask says is gone, a tag that deltas leave out). Meaning (which of two generations of fields counts, when a progress is that of the
//! last job, whether 5 °C is a sensor) is worked out anew from the whole, so it cannot depend on the order in which deltas
//! came. Only what changed is derived again, and only if it differs is a frame due.
//!
//! # Orders to a printer
//!
//! [`control`](state::command::control) is a small machine per order: confirmed → sent → acknowledged → **seen in a report**, which
//! alone is done; or refused, no answer, no effect, void. Every stage has a deadline and is shown. An order needs a link
//! that is up and fresh; it carries the number of the session it was confirmed for, and the network refuses it on any
//! other. It is written at most once, never queued while offline and never sent again. Dangerous ones ask first, name the
//! printer, expire, and are void if the link drops or the job changes meanwhile.
//!
//! An order to several printers is one question ([`Batch`](state::command::batch::Batch)) and as many orders: each printer is looked
//! at again at the yes, and one that has changed is left out, never all.
//!
//! # Two hundred printers
//!
//! One `Vec<Printer>`; a [`PrinterId`](state::PrinterId) is a place in it. Only visible rows are built; order and filter are
//! recomputed when something they depend on changed, not per frame; a report that does not change its row asks for no frame
//! unless its printer is selected. A task a printer, no threads; from the ninth printer on first connects are spread over
//! two seconds; one camera at a time. The zoomed list is a grid of cards, sorted by need, in groups if wanted.
//!
//! # Pictures, keys, theme, configuration, logs
//!
//! - **Pictures** are decoded and scaled to the size the pane asked for, and painted as half-blocks into the buffer. viuer
//!   writes to standard output itself, so it runs only on a suspended screen and in `snapshot`, and the terminal is never
//!   asked what it can do: nobody may answer.
//! - **Keys:** one table has intent, keys, name, group and words. Dispatch, footer, help and the manual's table come from
//!   it. Ctrl-C always quits and never acts on a printer; Esc closes one layer and never the program.
//! - **Theme:** panes name roles, never colours. Only filaments and pictures bring their own. A person's theme changes a built-in one.
//! - **Text from outside** loses its control characters once, where it enters, and is measured by display width.
//! - **Configuration:** unknown keys are errors. All problems are listed before the screen is taken. Messages never quote
//!   the value of a secret. `config.example.toml` is compiled in and loaded by a test.
//! - **Logs** hold one line per change of a link; access codes are [`Secret`](config::Secret), serials shortened.
//! - **Bugs:** a panic on the loop gives the terminal back first, then come the message and the place of the log; a panic
//!   in a task is logged, and the dashboard goes on.
//!
//! # Tests
//!
//! Pure tests stand beside what they test and build [`Now`] by hand: merging and reading (with random input: nothing
//! panics), orders, keys, layout. Panes and whole screens are snapshots in `ui/snapshots/`. The network is tried against
//! brokers and cameras that refuse, stall, cut and lie, with `Timing::fast`; tokio's clock is never
//! paused around a real socket, because every timeout would fire at once. The demo's servers are tried by a client that
//! shares no code with them, and their reports are held against lists of keys and types of real models. `.ci/run` is
//! everything that must be true of a commit: format, clippy, documentation, tests, each with warnings denied.
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
