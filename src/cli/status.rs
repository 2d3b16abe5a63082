//! What the printers report, without a screen.

use super::{
    Global,
    headless::{self, Command, END_UNREACHABLE},
    json::PrinterJson,
    output::{Failure, OK, note, print, print_json},
    select, table,
};
use crate::{
    app::{Outcome, Step},
    state::{
        State,
        printer::{Printer, connection::ConnectionState, transport::KnownDevices},
    },
};
use clap::Args;
use std::{
    io,
    time::{Duration, Instant},
};

/// Which printers, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct StatusOptions {
    /// Names, serials or tags [default: all printers]
    #[arg(value_name = "PRINTER")]
    printers: Vec<String>,
    /// JSON instead of a table: an array, one object a printer
    #[arg(long)]
    json: bool,
    /// Go on: one line of JSON whenever a printer changes
    #[arg(long)]
    watch: bool,
    /// How many seconds to wait for full reports
    #[arg(long, value_name = "S", default_value = "15", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

pub(super) async fn run(global: &Global, options: StatusOptions) -> Result<u8, Failure> {
    let loaded = global.load()?;
    for warning in &loaded.warnings {
        note(warning);
    }
    let mut selection = select::printers(loaded.config, &options.printers).await?;
    let timeouts = Some(Duration::from_secs(options.timeout)).filter(|_| !options.watch);
    let (keep, wake) = tokio::sync::mpsc::channel(1);
    if options.watch {
        if options.printers.is_empty() {
            // Printers that come to the account later are told of too.
            selection.listed = KnownDevices::Later;
        }
        // A signal is the way to end it; nobody wakes it.
        drop(keep);
        headless::run(global, selection, None, Box::new(Watch::default()), wake, &|setup| setup.every_change = true)
            .await
    } else {
        // That nothing more comes is no event.
        let bell = tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEELS / 2).await;
                if keep.send(()).await.is_err() {
                    return;
                }
            }
        });
        let once = Box::new(Once { json: options.json });
        let done = headless::run(global, selection, timeouts, once, wake, &|_| {}).await;
        bell.abort();
        done
    }
}

/// Whether a printer has said everything once.
pub(super) fn has_reported(printer: &Printer) -> bool {
    printer.session().is_some() && printer.whole.came()
}

/// How long a session may take to name its firmware and units, and to come to rest, once it is up.
const GRACE: Duration = Duration::from_secs(2);
/// What follows a full report within this time belongs to it.
const HEELS: Duration = Duration::from_millis(300);

/// Whether a printer that has reported is still about to say more: what it is, or what has changed meanwhile.
fn is_talking(printer: &Printer, at: Instant) -> bool {
    let age = |then: Instant| at.saturating_duration_since(then);
    let is_young = matches!(printer.link, ConnectionState::Up { since, .. } if age(since) < GRACE);
    is_young && (printer.firmware.is_none() || printer.last_report.is_some_and(|last| age(last) < HEELS))
}

/// Prints once every printer has reported, cannot be reached, or took too long.
struct Once {
    json: bool,
}

impl Command for Once {
    fn on_change(&mut self, state: &State, timed_out: bool) -> io::Result<Step> {
        let at = state.now.at;
        let open = |p: &Printer| {
            if has_reported(p) { is_talking(p, at) } else { p.last_cause.is_none() || state.cloud_may_come(p) }
        };
        if !timed_out && (state.printers.iter().any(open) || !state.error_texts.are_read()) {
            return Ok(Step::Go);
        }
        if self.json {
            let printers: Vec<_> = state.printers.iter().map(|printer| PrinterJson::new(printer, state)).collect();
            print_json(&printers)?;
        } else {
            print(&table::printers(state))?;
        }
        let missing: Vec<_> = (0..state.printers.len()).filter(|at| !has_reported(&state.printers[*at])).collect();
        for at in &missing {
            note(&headless::unreachable(state, *at));
        }
        Ok(if missing.is_empty() { Step::End(Outcome::Exit(OK)) } else { END_UNREACHABLE })
    }
}

/// Prints a line whenever a printer looks different; ages alone are no change.
#[derive(Default)]
struct Watch {
    /// What was said of each printer last, without its age.
    last: Vec<String>,
    /// Whose certificate was told to need a person's judgement.
    doubted: Vec<bool>,
}

impl Command for Watch {
    fn on_change(&mut self, state: &State, _: bool) -> io::Result<Step> {
        self.last.resize(state.printers.len(), String::new());
        self.doubted.resize(state.printers.len(), false);
        for (at, told) in self.doubted.iter_mut().enumerate() {
            if !*told && state.printers[at].is_doubtful() && state.printers[at].session().is_none() {
                *told = true;
                note(&headless::unreachable(state, at));
            }
        }
        for (printer, last) in state.printers.iter().zip(&mut self.last) {
            let now = PrinterJson::new(printer, state);
            let line = serde_json::to_string(&now)?;
            let ageless = serde_json::to_string(&now.without_age())?;
            if ageless != *last {
                *last = ageless;
                print(&line)?;
            }
        }
        // Nobody is there to judge certificates: if that is all there is to wait for, nothing ever comes.
        let hopeless = |printer: &Printer| printer.is_doubtful() && !state.cloud_may_come(printer);
        let ends = !state.printers.is_empty() && state.printers.iter().all(hopeless);
        Ok(if ends { END_UNREACHABLE } else { Step::Go })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::report::parse,
        state::{printer::connection::ConnectionEvent, test_now},
    };

    #[test]
    fn a_printer_may_take_a_moment_to_say_everything() {
        let now = test_now();
        let mut printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        assert!(!is_talking(&printer, now.at), "nobody waits for one without a session");
        printer.set_link(ConnectionEvent::Up { session: 1 }, now.at);
        assert!(is_talking(&printer, now.at), "it has not named its firmware");
        assert!(!is_talking(&printer, now.at + GRACE), "and never does");
        let list = br#"{"info":{"command":"get_version","module":[{"name":"ota","sw_ver":"01.08.02.00"}]}}"#;
        printer.take_modules(&parse(list).expect("JSON").modules.expect("modules"));
        assert!(!is_talking(&printer, now.at));
        let full = br#"{"print":{"command":"push_status","msg":0,"gcode_state":"IDLE"}}"#;
        printer.apply_report(*parse(full).expect("JSON").report.expect("a report"), now);
        assert!(is_talking(&printer, now.at), "a delta may be on the heels of the report");
        assert!(!is_talking(&printer, now.at + HEELS));
    }
}
