//! What earlier runs left in files, brought back at the start and kept from then on.

use crate::{
    job,
    journal::{self, Keeper},
    state::{
        State,
        journal::{Journal, Kind},
        notice::Tone,
    },
};
use std::path::{Path, PathBuf};

/// Brings back what happened in earlier runs, and keeps what happens now. A journal that cannot be kept is no reason not
/// to run.
pub(super) fn journal(path: &Path, state: &mut State) -> Option<Keeper> {
    // More than is kept, so that the newest lines of a printer that wrote many are not all there is.
    let kept = journal::newest(path, Journal::LONGEST * 4).map(|records| {
        for record in records {
            let entry = record.entry(&state.printers);
            state.journal.keep(entry);
        }
    });
    match kept.and_then(|()| Keeper::start(path)) {
        Ok(keeper) => Some(keeper),
        Err(e) => {
            let text = format!("the journal is not kept: {}: {e}", path.display());
            state.journal.add(state.now.unix, None, Kind::Other, text, Tone::Warning);
            None
        }
    }
}

/// Brings back when jobs began that an earlier run saw begin, and keeps what is seen now. Without the file the beginning
/// is not known, which is no reason not to run.
pub(super) fn jobs(path: PathBuf, state: &mut State) -> Option<job::Keeper> {
    let kept = job::read(&path).map(|starts| {
        for start in starts {
            if let Some(printer) = state.printers.iter_mut().find(|printer| printer.serial == start.serial) {
                printer.job.remembered(start);
            }
        }
    });
    let keeper = kept.and_then(|()| job::Keeper::start(path));
    keeper.inspect_err(|error| tracing::warn!(%error, "when jobs began is not kept")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::now,
        journal::Record,
        state::{
            PrinterId, effect::Effect, event::Event, keymap::Keymap, printer::Printer, settings::Settings,
            update::update,
        },
    };

    #[test]
    fn what_happened_before_a_start_is_shown_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.jsonl");
        let printer = Printer::new("P1S", "01P00A000000001", "h", None, vec![]);
        let state = || State::new(vec![printer.clone()], Settings::default(), Keymap::default(), now(), 1);
        let mut first = state();
        let mut keeper = journal(&path, &mut first).expect("it is kept");
        first.journal.add(7, Some(PrinterId(0)), Kind::Print, "finished cube", Tone::Good);
        let moment = first.now;
        for effect in update(&mut first, Event::Due, moment) {
            let Effect::Record(entry) = effect else { panic!("{effect:?}") };
            keeper.write(Record::new(&entry, &first.printers));
        }
        keeper.close();
        let mut second = state();
        let keeper = journal(&path, &mut second).expect("it is kept");
        assert!(second.journal.entries().eq(first.journal.entries()) && second.journal.entries().len() == 1);
        let moment = second.now;
        assert!(update(&mut second, Event::Due, moment).is_empty(), "old lines are not written again");
        keeper.close();
        // A folder in the file's place: told, and no reason not to run.
        let mut third = state();
        assert!(journal(folder.path(), &mut third).is_none());
        assert!(third.journal.entries().any(|entry| entry.text.starts_with("the journal is not kept")));
    }
}
