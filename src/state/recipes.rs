//! How to add something: which files it touches, in the order in which they are written. This page has no code.
//!
//! Every list was tried on paper with the example it names. What the compiler asks for by itself (an arm of a `match` that
//! has no `_`) is marked ▪.
//!
//! # A field of a report, shown in a pane (3 files)
//!
//! "How long an AMS unit still dries", as `dry_time` did:
//!
//! 1. `protocol/ams.rs`: a line in the `wire!` block of the unit, `"dry_time" => dry_time: i64`, with its unit and what
//!    absence means. Merging and bad types are the macro's business.
//! 2. `state/printer/ams.rs`: the typed field, and where it is derived from the merged report. Meaning belongs here: which of
//!    two generations counts, which number says "unknown".
//! 3. `ui/panes/ams.rs`: where it stands. What is not known is `—`, never 0.
//!
//! With it go a line in `cli/json/ams.rs` (its doc comment becomes the row in `docs/json.md`, and a test says so), and
//! `simulator/report/ams.rs`, so that the demo has it and a snapshot shows it.
//!
//! # An action (2 files)
//!
//! "Feed filament a little", in the area of filament:
//!
//! 1. `state/command/action/filament.rs`: a variant, and what has to be known of it ▪: its commands, when it is possible, how
//!    its effect shows in a report, and whether it asks first.
//! 2. `state/command/catalog/filament.rs`: a row with its name, what follows it, a sentence, and how the words become the
//!    action. Palette, `bambu-tui do`, its help and the manual's table come from the row; `docs/actions.md` is printed anew.
//!
//! A command that no printer was told before is a variant in `protocol/command/mod.rs`, written in `body.rs` ▪ and
//! read in `request.rs` beside it; the simulator obeys it in `simulator/sim/order/`.
//!
//! # A key (3 files)
//!
//! 1. [`key_action`](super::key_action): what it means.
//! 2. [`view::keymap`](super::view::keymap): a row with its name, its keys, its group and its words. Help, footer and the
//!    table in `docs/dashboard.md` come from it.
//! 3. `update/input.rs` ▪: what happens, where no dialog is open.
//!
//! # A dialog (4 files, two of them new)
//!
//! "A note on a printer":
//!
//! 1. `view/dialogs/note.rs`: its data, and [`DialogKeys`](super::view::dialogs::DialogKeys) for it: what a key does, what the
//!    footer and the help say of them, and, for a question, what a yes orders, whether all of it shows and when it is void. A function of its own
//!    data and of [`DialogContext`](super::view::dialogs::DialogContext); what it wants is [`Want`](super::view::dialogs::Want).
//! 2. [`view::dialogs`](super::view::dialogs): the variant, an arm in `keys` and `keys_mut` ▪, and its place in the help.
//! 3. `ui/dialogs/note.rs`: how it looks. `frame::place` draws the box.
//! 4. `ui/dialogs/mod.rs`: the arm that calls it ▪.
//!
//! Footer, sight, quiet, expiry, Esc, paste and wheel need nothing more; `ui/tests/dialogs.rs` tries them on it and does not
//! compile before it is listed there ▪. Something that no dialog wanted before is a variant of `Want` and an arm in
//! `update/dialogs.rs` ▪. What opens it is a key (above).
//!
//! # A pane (5 files, one of them new)
//!
//! "Spare parts":
//!
//! 1. [`view::panes`](super::view::panes): the variant, and its place in `ALL`, which is Tab's order. It has its own
//!    [`Scroll`](super::view::scroll::Scroll) by that.
//! 2. [`view::layout`](super::view::layout) ▪: where it lies on which screen. Zoomed it needs nothing.
//! 3. `screen/panes.rs` ▪: how far it scrolls. Keys, pages and the wheel ask there.
//! 4. `ui/panes/spares.rs`: how it looks. Words that wrap are made in `screen/`, where their number is needed too.
//! 5. `ui/panes/mod.rs`: the arm that calls it ▪.
//!
//! What else shows by itself and when is [`redraw_schedule`](super::screen::redraw_schedule); a key that zooms it is a key
//! (above).
//!
//! # A REST call that is shown (7 or 8 files)
//!
//! The page of [`cloud`](super::cloud) lists them: both enums, the worker, the part of the history that holds the answer.
