//! Answers that are kept: while they are young they are given again without asking, and later the server is asked only
//! whether they have changed. Pure: the time is an argument.

use bytes::Bytes;
use std::{collections::HashMap, time::Duration};

/// So many bytes are kept at most; the oldest answers go first.
const MOST: usize = 2 * 1024 * 1024;

#[derive(Debug)]
struct Kept {
    body: Bytes,
    etag: Option<String>,
    at: Duration,
}

/// The kept answers, by path and query.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: HashMap<String, Kept>,
}

impl Cache {
    /// An answer that is not older than `age`.
    pub(super) fn young(&self, key: &str, age: Duration, now: Duration) -> Option<Bytes> {
        let kept = self.kept.get(key)?;
        (now.saturating_sub(kept.at) < age).then(|| kept.body.clone())
    }

    /// What to show the server, so that it need not send again what has not changed.
    pub(super) fn etag(&self, key: &str) -> Option<&str> {
        self.kept.get(key)?.etag.as_deref()
    }

    /// The server says that nothing has changed: the answer is as good as new.
    pub(super) fn confirm(&mut self, key: &str, now: Duration) -> Option<Bytes> {
        let kept = self.kept.get_mut(key)?;
        kept.at = now;
        Some(kept.body.clone())
    }

    /// Keeps an answer.
    pub(super) fn keep(&mut self, key: String, body: Bytes, etag: Option<String>, now: Duration) {
        self.kept.insert(key, Kept { body, etag, at: now });
        while self.kept.values().map(|kept| kept.body.len()).sum::<usize>() > MOST {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.at).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.kept.remove(&oldest);
        }
    }

    /// Forgets everything, or what begins with a path.
    pub(super) fn forget(&mut self, path: &str) {
        self.kept.retain(|key, _| !key.starts_with(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn answers_are_young_for_a_while_and_can_be_confirmed() {
        let mut cache = Cache::default();
        cache.keep("/a".into(), "1".into(), Some("\"x\"".into()), at(10));
        assert_eq!(cache.young("/a", at(5), at(14)).as_deref(), Some(&b"1"[..]));
        assert_eq!(cache.young("/a", at(5), at(15)), None);
        assert_eq!((cache.etag("/a"), cache.etag("/b")), (Some("\"x\""), None));
        assert!(cache.confirm("/a", at(20)).is_some() && cache.young("/a", at(5), at(24)).is_some());
        assert_eq!(cache.confirm("/b", at(20)), None);
        cache.keep("/b/1".into(), "2".into(), None, at(20));
        cache.forget("/b");
        assert!(cache.young("/b/1", at(99), at(20)).is_none() && cache.young("/a", at(99), at(20)).is_some());
    }

    #[test]
    fn the_oldest_answers_make_room() {
        let mut cache = Cache::default();
        let large = Bytes::from(vec![b' '; MOST / 2]);
        for second in 0..5 {
            cache.keep(format!("/{second}"), large.clone(), None, at(second));
        }
        let left = |path| cache.young(path, at(99), at(5)).is_some();
        assert!(left("/4") && left("/3") && !left("/2"));
        cache.keep("/huge".into(), Bytes::from(vec![b' '; MOST + 1]), None, at(9));
        assert!(cache.kept.is_empty(), "what cannot be kept is not");
    }
}
