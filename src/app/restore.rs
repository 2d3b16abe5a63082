//! What earlier runs have kept, brought back at the start; from then on what happens is kept.

use crate::{
    state::{State, cx::Cx, event::Event, notify::journal::Journal},
    storage::{Database, StorageError, Writer},
};
use std::time::Duration;
use tokio::sync::mpsc;

/// Brings back when jobs began, who was in danger and, where the journal is `shown`, its newest lines. A database that is of no use is no
/// reason not to run: that is told, and everything stays in memory.
pub(super) fn restore(
    database: Result<Database, StorageError>,
    shown: bool,
    keep: Duration,
    state: &mut State,
    cx: &mut Cx,
    answers: &mpsc::Sender<Event>,
) -> Option<Writer> {
    let started = database.and_then(|database| {
        let records = if shown { database.newest(Journal::LONGEST)? } else { Vec::new() };
        let (starts, dangers) = (database.job_starts()?, database.dangers()?);
        let answers = answers.clone();
        // A loop that is busy or over need not hear it; the log has it too.
        let complain = move |error: StorageError| drop(answers.try_send(Event::NotKept(error.to_string())));
        let writer = Writer::start(database, keep, state.now.unix, complain)?;
        for record in records {
            let entry = record.entry(&state.fleet.printers);
            state.journal.keep(entry);
        }
        for start in starts {
            if let Some(printer) = state.fleet.printers.iter_mut().find(|printer| printer.serial == start.serial) {
                printer.job.remembered(start);
            }
        }
        for danger in dangers {
            if let Some(printer) = state.fleet.printers.iter_mut().find(|printer| printer.serial == danger.serial) {
                printer.was_in_danger(&danger);
            }
        }
        Ok(writer)
    });
    match started {
        Ok(writer) => Some(writer),
        Err(error) => {
            tracing::warn!(%error, "nothing is kept");
            state.not_kept(&error.to_string(), cx);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::now,
        protocol::report::parse,
        state::{
            PrinterId, Tone,
            effect::Effect,
            event::PrinterEvent,
            notify::journal::EntryKind,
            printer::connection::ConnectionEvent,
            printer::{
                Printer,
                job::{JobStart, JobStartChange},
            },
            settings::Settings,
            update::update,
            view::keymap::Keymap,
        },
        storage::{Change, FILE, Record},
    };
    use std::{fs, path::Path};

    const YEAR: Duration = Duration::from_secs(365 * 86_400);

    fn state() -> State {
        let printer = Printer::new("P1S", "01P00A000000001", "h", None, vec![]);
        State::new(vec![printer], Settings::default(), Keymap::default(), now(), 1)
    }

    fn begin(folder: &Path, shown: bool, state: &mut State) -> Option<Writer> {
        let (answers, _events) = mpsc::channel(1);
        restore(Database::open(folder), shown, YEAR, state, &mut Cx::new(now()), &answers)
    }

    #[test]
    fn what_happened_before_a_start_is_shown_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = state();
        let mut writer = begin(folder.path(), true, &mut first).expect("it is kept");
        let moment = first.now;
        let mut cx = Cx::new(moment);
        first.log(PrinterId(0), EntryKind::Print, "finished cube", Tone::Good, &mut cx);
        for effect in cx.effects {
            let Effect::Record(entry) = effect else { panic!("{effect:?}") };
            writer.write(Change::Journal(Record::new(&entry, &first.fleet.printers)));
        }
        writer.close();
        let mut second = state();
        let writer = begin(folder.path(), true, &mut second).expect("it is kept");
        assert!(second.journal.entries().eq(first.journal.entries()) && second.journal.entries().len() == 1);
        let moment = second.now;
        assert!(update(&mut second, Event::Due, moment).effects.is_empty(), "old lines are not written again");
        writer.close();
        let mut command = state();
        begin(folder.path(), false, &mut command).expect("it is kept").close();
        assert_eq!(command.journal.entries().len(), 0);
    }

    #[test]
    fn a_printer_that_was_in_danger_is_so_after_the_next_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = state();
        let mut writer = begin(folder.path(), true, &mut first).expect("it is kept");
        let moment = first.now;
        let smokes = br#"{"print":{"command":"push_status","msg":0,"gcode_state":"IDLE","hms":[{"attr":201327360,"code":65566}]}}"#;
        let report = parse(smokes).expect("JSON").report.expect("a report");
        let events = [PrinterEvent::Link(ConnectionEvent::Up { session: 1 }), PrinterEvent::Report(report)];
        for event in events {
            for effect in update(&mut first, Event::Printer(PrinterId(0), event), moment).effects {
                if let Effect::RememberDanger(memory) = effect {
                    writer.write(Change::Danger(memory));
                }
            }
        }
        writer.close();
        // Also for a command, which shows no journal.
        for shown in [true, false] {
            let mut second = state();
            begin(folder.path(), shown, &mut second).expect("it is kept").close();
            assert!(second.fleet.printers[0].is_in_danger());
            assert_eq!(second.fleet.printers[0].earlier_danger().map(|(_, unix)| unix), Some(moment.unix));
        }
    }

    #[test]
    fn when_a_job_began_is_known_after_the_next_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = begin(folder.path(), false, &mut state()).expect("it is kept");
        let unix = now().unix;
        let start = JobStart {
            serial: "01P00A000000001".into(),
            job: "box\u{1f}\u{1f}".into(),
            unix,
            percent: 1,
            done: unix + 60,
            lost: None,
        };
        writer.write(Change::JobStart(JobStartChange::Keep(start)));
        writer.close();
        let mut second = state();
        let writer = begin(folder.path(), false, &mut second).expect("it is kept");
        let report = r#"{"print":{"command":"push_status","msg":0,"gcode_state":"RUNNING","subtask_name":"box","mc_percent":2}}"#;
        let report = crate::protocol::report::parse(report.as_bytes()).expect("JSON").report.expect("a report");
        let event = crate::state::event::PrinterEvent::Report(report);
        let moment = second.now;
        update(&mut second, Event::Printer(PrinterId(0), event), moment);
        assert_eq!(second.fleet.printers[0].job.started, Some(unix));
        writer.close();
    }

    #[test]
    fn a_database_of_no_use_is_a_notice_and_the_program_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(FILE), "x".repeat(1000)).expect("written");
        let mut state = state();
        assert!(begin(folder.path(), true, &mut state).is_none());
        let told = |text: &str| text.starts_with("nothing is kept: ") && text.contains("is damaged");
        assert!(state.journal.entries().any(|entry| told(&entry.text)));
        assert!(state.view.notice.as_ref().is_some_and(|notice| told(&notice.text)), "{:?}", state.view.notice);
        // The same for a disk that fails later on.
        let moment = state.now;
        update(&mut state, Event::NotKept("/x: the disk is full; make\u{1b} room".into()), moment);
        let text = state.view.notice.as_ref().map(|notice| notice.text.as_str());
        assert_eq!(text, Some("nothing is kept: /x: the disk is full; make room"));
    }
}
