//! The filter of the list: whom it leaves, by every word that a row shows, and what is said when it leaves nobody.

use crate::state::key_action::KeyAction;
use crate::state::printer::{Printer, Status, connection::ConnectionState, job::Phase};
use crate::state::view::{View, keymap::Keymap};

impl Printer {
    /// Whether it is what a word of the filter, in lower case, asks for. Of its state every word counts that its row or
    /// its card shows: the status, what is wrong, what it does without a job, why it is offline.
    pub(in crate::state) fn matches(&self, word: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(word);
        let status = self.status();
        let at_rest = status == Status::Idle;
        has(&self.name)
            || has(self.model.short())
            || self.tags.iter().any(|tag| has(tag))
            || self.job.name.as_deref().is_some_and(has)
            || has(status.word())
            || status == Status::Waiting && self.job.phase == Phase::Paused && has(Status::Paused.word())
            || self.is_meant_by_need(word)
            || status == Status::Preparing && self.job.stage.as_deref().is_some_and(has)
            || at_rest
                && self.ams.changing
                && self.ams.activity.is_some_and(|what| has("changing filament") || has(what))
            || at_rest && self.ams.drying().is_some_and(|_| has("drying"))
            || matches!(&self.link, ConnectionState::Down { why, .. } if has(&why.to_string()))
            || self.trouble().is_some_and(|(words, _)| has(&words))
            || self.complaint().is_some_and(|words| has(&words))
    }
}

/// How the sentence about a filter that leaves nobody begins.
pub(in crate::state) const NO_MATCH: &str = "no printer matches";

/// Why there is no selected printer, and what brings one back.
pub(in crate::state) fn nobody(view: &View, printers: &[Printer], keymap: &Keymap) -> String {
    let filter = view.filter.value().trim();
    if filter.is_empty() || printers.is_empty() {
        return "no printer is selected".to_owned();
    }
    let key = keymap.key_of(KeyAction::Back).map_or_else(String::new, |key| format!("; {key} clears"));
    let mut shown: String = filter.chars().take(24).collect();
    if shown.len() < filter.len() {
        shown.push('…');
    }
    format!("{NO_MATCH} /{shown}{key}")
}
