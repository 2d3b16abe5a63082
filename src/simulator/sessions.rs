//! Who is connected to a broker under which client id: a second session of the same id ends the first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// The sessions of one broker.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    count: u64,
    by_client: HashMap<String, (u64, CancellationToken)>,
}

impl Sessions {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a client id: an older session of the same id ends. Gives the session's number, and what ends it.
    pub(super) fn take(&self, client: &str) -> (u64, CancellationToken) {
        let mut book = self.book();
        book.count += 1;
        let (number, token) = (book.count, CancellationToken::new());
        // Clients without an id are all different ones.
        if !client.is_empty()
            && let Some((_, old)) = book.by_client.insert(client.to_owned(), (number, token.clone()))
        {
            old.cancel();
        }
        (number, token)
    }

    /// Gives a client id back, unless a newer session has it.
    pub(super) fn leave(&self, client: &str, number: u64) {
        let mut book = self.book();
        if book.by_client.get(client).is_some_and(|(n, _)| *n == number) {
            book.by_client.remove(client);
        }
    }
}
