//! What is asked of the cloud again and again: what came, why nothing came, when it was asked for and when it is next.

use crate::{protocol::rest::RestError, state::Now};
use std::time::{Duration, Instant};

/// When something is asked for again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cadence {
    /// So long after it was asked for; `None`: only if a person wants it.
    every: Option<Duration>,
    /// So long after a failure, where that is sooner.
    after_error: Option<Duration>,
}

impl Cadence {
    /// Only if a person wants it.
    pub const ONCE: Self = Self { every: None, after_error: None };

    /// So many seconds after it was asked for.
    pub const fn every(seconds: u64) -> Self {
        Self { every: Some(Duration::from_secs(seconds)), after_error: None }
    }

    /// Besides, so many seconds after a failure.
    #[must_use]
    pub const fn after_error(self, seconds: u64) -> Self {
        Self { after_error: Some(Duration::from_secs(seconds)), ..self }
    }
}

/// Something that the cloud is asked for again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource<T> {
    /// The newest that came. A failure leaves it as it is.
    value: Option<T>,
    /// When that came, in seconds since 1970.
    received_at: Option<i64>,
    /// Why the last answer was none, in a sentence.
    error: Option<String>,
    /// When it was asked for last; `None`: it is due at once.
    asked_at: Option<Instant>,
    /// When it is due again; `None`: not by itself.
    next_at: Option<Instant>,
    /// An answer is being waited for.
    is_pending: bool,
    cadence: Cadence,
}

impl<T> Default for Resource<T> {
    fn default() -> Self {
        Self::new(Cadence::ONCE)
    }
}

impl<T> Resource<T> {
    /// Something that nobody has asked for yet.
    pub const fn new(cadence: Cadence) -> Self {
        Self { value: None, received_at: None, error: None, asked_at: None, next_at: None, is_pending: false, cadence }
    }

    /// The newest that came, however old it is and whatever failed since.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The same, to be changed.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// The last answer: what came or why nothing did; `None`: there was none yet.
    pub fn answer(&self) -> Option<Result<&T, &str>> {
        match (&self.error, &self.value) {
            (Some(why), _) => Some(Err(why)),
            (None, value) => value.as_ref().map(Ok),
        }
    }

    /// Why the last answer was none, in a sentence.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// When the value came, in seconds since 1970.
    pub fn received_at(&self) -> Option<i64> {
        self.received_at
    }

    /// Whether an answer is being waited for.
    pub fn is_pending(&self) -> bool {
        self.is_pending
    }

    /// When it is to be asked for: at `at` if it never was; `None`: not by itself.
    pub fn due_at(&self, at: Instant) -> Option<Instant> {
        if self.asked_at.is_none() { Some(at) } else { self.next_at }
    }

    /// Whether it is to be asked for.
    pub fn is_due(&self, at: Instant) -> bool {
        self.due_at(at).is_some_and(|due| due <= at)
    }

    /// It is asked for now.
    pub fn ask(&mut self, at: Instant) {
        self.asked_at = Some(at);
        self.next_at = self.cadence.every.map(|every| at + every);
        self.is_pending = true;
    }

    /// It has changed, as far as is known: it is due this long after it was asked for last, if not sooner.
    pub fn hasten(&mut self, after: Duration) {
        let soon = self.asked_at.map(|asked| asked + after);
        self.next_at = self.next_at.into_iter().chain(soon).min();
    }

    /// It is due at once; what is known stays.
    pub fn expire(&mut self) {
        self.asked_at = None;
        self.next_at = None;
        self.is_pending = false;
    }

    /// More of it is asked for: an answer is being waited for, and the times stay as they are.
    pub fn ask_more(&mut self) {
        self.is_pending = true;
    }

    /// Why a part of it did not come, or nothing more to say of that.
    pub fn set_error(&mut self, why: Option<String>) {
        self.error = why;
    }

    /// Takes in what came.
    pub fn receive(&mut self, value: T, now: Now) {
        self.value = Some(value);
        self.received_at = Some(now.unix);
        self.error = None;
        self.is_pending = false;
    }

    /// Takes in what came as a change of what is known.
    pub fn merge(&mut self, now: Now, change: impl FnOnce(&mut T))
    where
        T: Default,
    {
        let mut value = self.value.take().unwrap_or_default();
        change(&mut value);
        self.receive(value, now);
    }

    /// Nothing came; tells whether the reason is another one than before. What was known stays.
    pub fn fail(&mut self, why: String, at: Instant) -> bool {
        let soon = self.cadence.after_error.map(|after| at + after);
        // Where it is due at once it stays so.
        if self.asked_at.is_some() {
            self.next_at = self.next_at.into_iter().chain(soon).min();
        }
        self.is_pending = false;
        let is_news = self.error.as_ref() != Some(&why);
        self.error = Some(why);
        is_news
    }

    /// Takes in an answer of the cloud.
    pub fn take(&mut self, answer: Result<T, RestError>, now: Now) {
        match answer {
            Ok(value) => self.receive(value, now),
            Err(why) => drop(self.fail(why.in_words(), now.at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::rest::RestErrorKind, state::test_now};

    const S: Duration = Duration::from_secs(1);

    fn later(now: Now, seconds: u32) -> Now {
        Now { at: now.at + S * seconds, unix: now.unix + i64::from(seconds), ..now }
    }

    fn refusal() -> RestError {
        RestError::at("/v1/x", Some(500), RestErrorKind::Server)
    }

    #[test]
    fn what_nobody_asked_for_is_due_at_once_and_then_when_its_cadence_says() {
        let now = test_now();
        for (cadence, next) in [(Cadence::ONCE, None), (Cadence::every(60), Some(now.at + S * 60))] {
            let mut resource: Resource<u8> = Resource::new(cadence);
            assert_eq!((resource.due_at(now.at), resource.answer()), (Some(now.at), None));
            resource.ask(now.at);
            assert_eq!((resource.is_pending(), resource.due_at(now.at)), (true, next));
            resource.receive(1, now);
            assert_eq!((resource.is_pending(), resource.due_at(now.at)), (false, next), "an answer changes no time");
            assert_eq!(resource.is_due(now.at + S * 60), next.is_some());
            assert!(!resource.is_due(now.at + S * 59));
        }
    }

    #[test]
    fn a_failure_keeps_what_is_known_and_its_age_and_brings_the_next_time_forward_never_back() {
        let now = test_now();
        // Cadence, seconds from the question to the failure, and from the question to the next one.
        for (cadence, failed, next) in [
            (Cadence::every(300).after_error(60), 5, Some(65)),
            (Cadence::every(300).after_error(60), 290, Some(300)),
            (Cadence::every(300), 5, Some(300)),
            (Cadence::ONCE.after_error(60), 5, Some(65)),
            (Cadence::ONCE, 5, None),
        ] {
            let mut resource = Resource::new(cadence);
            resource.ask(now.at);
            resource.receive("old", now);
            resource.take(Err(refusal()), later(now, failed));
            assert_eq!(resource.due_at(now.at), next.map(|next| now.at + S * next), "{cadence:?} {failed}");
            assert_eq!((resource.value(), resource.received_at()), (Some(&"old"), Some(now.unix)));
            assert!(resource.answer().is_some_and(|answer| answer.is_err()), "the last answer was none");
            assert!(resource.error().is_some_and(|why| !why.contains("/v1")), "a sentence: {:?}", resource.error());
            resource.take(Ok("new"), later(now, 400));
            assert_eq!((resource.answer(), resource.error()), (Some(Ok(&"new")), None));
            assert_eq!(resource.received_at(), Some(now.unix + 400));
        }
    }

    #[test]
    fn the_same_failure_again_is_no_news() {
        let now = test_now();
        let mut resource: Resource<()> = Resource::default();
        assert!(resource.fail("no route".into(), now.at));
        assert!(!resource.fail("no route".into(), now.at));
        assert!(resource.fail("no answer".into(), now.at));
        resource.receive((), now);
        assert!(resource.fail("no answer".into(), now.at), "it had worked in between");
        resource.set_error(None);
        assert_eq!((resource.error(), resource.value()), (None, Some(&())));
    }

    #[test]
    fn what_expires_is_due_at_once_and_stays_so_when_an_old_answer_comes_late() {
        let now = test_now();
        let mut resource = Resource::new(Cadence::every(300).after_error(60));
        resource.ask(now.at);
        resource.receive(7, now);
        resource.expire();
        assert_eq!((resource.value(), resource.due_at(now.at)), (Some(&7), Some(now.at)));
        resource.take(Err(refusal()), now);
        assert!(resource.is_due(now.at));
    }

    #[test]
    fn what_has_changed_is_due_soon_but_not_sooner_than_that() {
        let now = test_now();
        let mut resource: Resource<u8> = Resource::new(Cadence::every(300));
        resource.hasten(S * 60);
        assert!(resource.is_due(now.at), "nobody has asked yet");
        resource.ask(now.at);
        resource.hasten(S * 60);
        assert_eq!(resource.due_at(now.at), Some(now.at + S * 60));
        resource.hasten(S * 90);
        assert_eq!(resource.due_at(now.at), Some(now.at + S * 60));
    }
}
