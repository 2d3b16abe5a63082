//! The filter of the list: whom it leaves, by every word that a row shows, and what is said when it leaves nobody.

use crate::state::printer::{Printer, Status, connection::ConnectionState, error_texts::DANGER, job::Phase};

impl Printer {
    /// The state in one word, as rows of the list say it: more exact than the status where there is one.
    pub fn list_status(&self) -> &'static str {
        let stage = self.job.stage.as_deref().unwrap_or("");
        match self.status() {
            _ if self.is_in_danger() => DANGER,
            Status::Preparing if stage.contains("heating") => "heating",
            Status::Preparing => "prepares",
            Status::Waiting if self.job.phase == Phase::Paused => "paused",
            Status::Connecting => "connects",
            Status::Stopped | Status::Cancelled => "stopped",
            Status::Idle if self.ams.changing => "filament",
            Status::Idle if self.ams.drying().is_some() => "drying",
            other => other.word(),
        }
    }

    /// Whether it is what a word of the filter, in lower case, asks for. Of its state every word counts that its row or
    /// its card shows: the status, the word in its place, what is wrong, what it does beside, why it is offline.
    pub(in crate::state) fn matches(&self, word: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(word);
        let status = self.status();
        let at_rest = status == Status::Idle;
        has(&self.name)
            || has(self.model.short())
            || self.tags.iter().any(|tag| has(tag))
            || self.job.name.as_deref().is_some_and(has)
            || has(status.word())
            || has(self.list_status())
            || self.is_meant_by_need(word)
            || status == Status::Preparing && self.job.stage.as_deref().is_some_and(has)
            || at_rest
                && self.ams.changing
                && self.ams.activity.is_some_and(|what| has("changing filament") || has(what))
            || at_rest && self.ams.drying().is_some_and(|_| has("dries"))
            || matches!(&self.link, ConnectionState::Down { why, .. } if has(&why.to_string()))
            || self.trouble().is_some_and(|(words, _)| has(&words))
            || self.complaint().is_some_and(|words| has(&words))
    }
}

/// How the sentence about a filter that leaves nobody begins.
pub(in crate::state) const NO_MATCH: &str = "no printer matches";
