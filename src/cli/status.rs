//! What the printers report, without a screen.

use super::{
    Global,
    headless::{self, Command, END_UNREACHABLE, Step},
    json::PrinterJson,
    output::{Failure, OK, note, print, print_json},
    select, table,
};
use crate::state::{
    State,
    cloud::device::KnownDevices,
    printer::{Printer, connection::ConnectionState},
    wants::Wanted,
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
        headless::run(global, selection, None, Box::new(Watch::default()), wake, Wanted::default()).await
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
        let done = headless::run(global, selection, timeouts, once, wake, Wanted::default()).await;
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
        if !timed_out && (state.fleet.printers.iter().any(open) || !state.error_texts.are_read()) {
            return Ok(Step::Go);
        }
        if self.json {
            let printers: Vec<_> =
                state.fleet.printers.iter().map(|printer| PrinterJson::new(printer, state)).collect();
            print_json(&printers)?;
        } else {
            print(&table::printers(state))?;
        }
        let missing: Vec<_> =
            (0..state.fleet.printers.len()).filter(|at| !has_reported(&state.fleet.printers[*at])).collect();
        for at in &missing {
            note(&headless::unreachable(state, *at));
        }
        Ok(if missing.is_empty() { Step::End(OK) } else { END_UNREACHABLE })
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
        self.last.resize(state.fleet.printers.len(), String::new());
        self.doubted.resize(state.fleet.printers.len(), false);
        for (at, told) in self.doubted.iter_mut().enumerate() {
            if !*told && state.fleet.printers[at].is_doubtful() && state.fleet.printers[at].session().is_none() {
                *told = true;
                note(&headless::unreachable(state, at));
            }
        }
        for (printer, last) in state.fleet.printers.iter().zip(&mut self.last) {
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
        let ends = !state.fleet.printers.is_empty() && state.fleet.printers.iter().all(hopeless);
        Ok(if ends { END_UNREACHABLE } else { Step::Go })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::report::parse,
        state::{
            printer::{Status, connection::ConnectionEvent, need::tests::state_of},
            test_now,
            view::Pane,
        },
    };
    use ratatui::{Terminal, backend::TestBackend, layout::Size};

    /// A screen as text.
    fn screen(state: &mut State, width: u16, height: u16) -> String {
        state.view.size = Size::new(width, height);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        let _ = terminal.draw(|frame| crate::ui::render(frame, state)).expect("drawn");
        terminal.backend().to_string()
    }

    /// A report, the place of the link, and the status they make.
    const STATES: [(&str, usize, Status); 12] = [
        (r#""gcode_state":"FAILED","print_error":83902475"#, 0, Status::Trouble),
        (r#""gcode_state":"PAUSE","print_error":50364419"#, 0, Status::Waiting),
        (r#""gcode_state":"RUNNING","mc_percent":40,"layer_num":4"#, 0, Status::Printing),
        (r#""gcode_state":"PREPARE""#, 0, Status::Preparing),
        (r#""gcode_state":"SLICING""#, 0, Status::Preparing),
        (r#""gcode_state":"PAUSE","stg_cur":16"#, 0, Status::Paused),
        (r#""gcode_state":"FINISH""#, 0, Status::Finished),
        (r#""gcode_state":"FAILED""#, 0, Status::Stopped),
        (r#""gcode_state":"FAILED","print_error":50348044"#, 0, Status::Cancelled),
        (r#""gcode_state":"IDLE""#, 0, Status::Idle),
        (r#""gcode_state":"ODD""#, 0, Status::Unknown),
        (r#""gcode_state":"IDLE""#, 1, Status::Offline),
    ];

    /// One state has one word in the list, the title of the job, the header, the table and the JSON.
    #[test]
    fn every_state_has_one_word_everywhere() {
        let running = r#""gcode_state":"RUNNING","subtask_name":"cube","mc_percent":40"#;
        for (report, link, status) in STATES {
            let before = if status == Status::Idle || status == Status::Unknown { report } else { running };
            let mut state = state_of(&[
                (vec![before.to_owned(), report.to_owned()], link),
                (vec![r#""gcode_state":"IDLE""#.to_owned()], 0),
            ]);
            let (printer, word) = (&state.fleet.printers[0], status.word());
            assert_eq!(printer.status(), status, "{report}");
            let json = serde_json::to_value(PrinterJson::new(printer, &state)).expect("JSON");
            let key = if status == Status::Offline { "connection" } else { "state" };
            assert_eq!(json[key], word, "{report}");
            let all = table::printers(&state);
            assert!(all.lines().any(|line| line.starts_with("Unit-A") && line.contains(word)), "{word} in\n{all}");
            state.view.selected = Some(crate::state::PrinterId(0));
            let text = screen(&mut state, 140, 40);
            let lines: Vec<_> = text.lines().collect();
            let count = match status {
                // Whatever they do, those that need somebody are counted together.
                Status::Trouble | Status::Waiting => "1 needs attention".to_owned(),
                Status::Idle => "2 idle".to_owned(),
                _ => format!("1 {word}"),
            };
            assert!(lines[0].contains(&count), "{count} in\n{text}");
            let title = |line: &&&str| line.contains("Unit-A ") && line.contains("──");
            assert!(lines.iter().find(title).is_some_and(|line| line.contains(word)), "{word} in\n{text}");
            let row = lines.iter().find(|line| line.contains("Unit-A  ")).expect("the row");
            // A bar stands for the word of a job that runs.
            let expected = if status == Status::Printing { "40%" } else { word };
            assert!(row.contains(expected), "{expected} in {row}");
            state.view.zoom = Some(Pane::Printers);
            if !matches!(status, Status::Waiting | Status::Offline) {
                let cards = screen(&mut state, 140, 40);
                assert!(cards.contains(word), "{word} in\n{cards}");
            }
        }
    }

    #[test]
    fn every_status_has_a_word_of_its_own() {
        for (at, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(status as usize, at);
            assert!(Status::ALL[..at].iter().all(|other| other.word() != status.word()), "{status:?}");
            assert!(status == Status::Connecting || STATES.iter().any(|(_, _, shown)| *shown == status), "{status:?}");
        }
    }

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
