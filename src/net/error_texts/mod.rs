//! The vendor's texts for codes: read from where earlier runs have kept them, fetched where the state asks for them.
//!
//! One task does one thing after the other: if the server does not answer for one model, it does not for the next.

use crate::net::{
    Timing,
    backoff::Backoff,
    tasks::Tasks,
    web::{Clients, words},
};
use crate::{
    protocol::texts::{Language, Prefix, TextResponse, parse, query},
    state::{
        event::Event,
        printer::error_texts::{TextEvent, TextRequest, TextTable},
    },
    storage::error_texts::{LARGEST, Store},
};
use reqwest::{StatusCode, header::RETRY_AFTER};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::{sync::mpsc, task::spawn_blocking, time::sleep};
use tokio_util::sync::CancellationToken;

/// How texts are got.
#[derive(Debug, Clone, Default)]
pub struct TextOptions {
    /// The server; empty: none is asked.
    pub url: String,
    /// Languages that are read from where they are kept.
    pub languages: Vec<Language>,
    /// Where they are kept; `None`: only as long as the program runs.
    pub store: Option<Store>,
}

/// Where texts are asked for.
#[derive(Debug)]
pub(in crate::net) struct TextSources {
    /// As many as there are models and languages: the state asks for each once.
    queue: mpsc::UnboundedSender<Work>,
    keeps: bool,
    read: HashSet<Prefix>,
}

enum Work {
    Read(Prefix),
    Fetch(TextRequest),
}

impl TextSources {
    /// Starts the task. Must be called inside a tokio runtime.
    pub(in crate::net) fn start(
        options: TextOptions,
        (clients, timing, events): (Arc<Clients>, Arc<Timing>, mpsc::Sender<Event>),
        tasks: &mut Tasks,
        cancel: CancellationToken,
    ) -> Self {
        let (queue, mut work) = mpsc::unbounded_channel();
        let keeps = options.store.is_some();
        let fetcher = TextFetcher { options, clients, timing, events, held: HashMap::new() };
        tasks.spawn(async move {
            let mut fetcher = fetcher;
            let all = async {
                while let Some(one) = work.recv().await {
                    fetcher.carry_out(one).await;
                }
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                () = all => {}
            }
        });
        Self { queue, keeps, read: HashSet::new() }
    }

    /// A printer of this serial number will be shown: what is kept for its model is read, once.
    pub(in crate::net) fn read(&mut self, serial: &str) {
        if let Some(prefix) = Prefix::of(serial).filter(|prefix| self.keeps && self.read.insert(*prefix)) {
            let _ = self.queue.send(Work::Read(prefix));
        }
    }

    /// The state wants texts.
    pub(in crate::net) fn fetch(&self, ask: TextRequest) {
        let _ = self.queue.send(Work::Fetch(ask));
    }
}

/// Who carries it out.
struct TextFetcher {
    options: TextOptions,
    clients: Arc<Clients>,
    timing: Arc<Timing>,
    events: mpsc::Sender<Event>,
    held: HashMap<(Prefix, Language), Arc<TextTable>>,
}

/// Why an attempt brought nothing, and whether another one may.
struct Failed {
    why: String,
    passes: bool,
}

impl From<String> for Failed {
    fn from(why: String) -> Self {
        Self { why, passes: false }
    }
}

impl TextFetcher {
    async fn carry_out(&mut self, work: Work) {
        let news = match work {
            Work::Read(prefix) => {
                let mut sheets = Vec::new();
                for language in self.options.languages.clone() {
                    sheets.extend(self.kept(prefix, language).await);
                }
                TextEvent::Kept(prefix, sheets)
            }
            Work::Fetch(ask) => match self.fetch(ask).await {
                Some(sheet) => TextEvent::Fetched(sheet),
                None => TextEvent::Failed(ask),
            },
        };
        let _ = self.events.send(Event::Texts(news)).await;
    }

    async fn kept(&mut self, prefix: Prefix, language: Language) -> Option<Arc<TextTable>> {
        let store = self.options.store.clone()?;
        let sheet = Arc::new(spawn_blocking(move || store.read(prefix, language)).await.ok()??);
        self.held.insert((prefix, language), Arc::clone(&sheet));
        Some(sheet)
    }

    /// Asks the server, a few times where that may help; one line of the log tells how it went.
    async fn fetch(&mut self, ask: TextRequest) -> Option<Arc<TextTable>> {
        let TextRequest { prefix, language, unix } = ask;
        let key = (prefix, language);
        let held = self.held.get(&key).cloned();
        if let Some(held) = held.as_ref().filter(|held| held.is_fresh(unix)) {
            return Some(Arc::clone(held));
        }
        let mut delays = Backoff::new(self.timing.backoff);
        let mut tries = 1;
        let (sheet, answer) = loop {
            match self.attempt(ask, held.as_deref()).await {
                Ok(got) => break got,
                Err(Failed { passes: true, .. }) if tries < self.timing.text_tries => {
                    tries += 1;
                    sleep(delays.step(fastrand::f64())).await;
                }
                Err(Failed { why, .. }) => {
                    tracing::warn!(%prefix, language = language.name(), tries, %why, "no texts for codes");
                    return None;
                }
            }
        };
        let (bytes, codes) = (answer.as_ref().map_or(0, Vec::len), sheet.table.len());
        let sheet = Arc::new(sheet);
        let stored = self.store(&sheet, answer).await;
        tracing::info!(%prefix, language = language.name(), tries, bytes, codes, stored, "texts for codes");
        self.held.insert(key, Arc::clone(&sheet));
        Some(sheet)
    }

    /// One question. The answer's bytes come with new texts.
    async fn attempt(
        &self,
        ask: TextRequest,
        held: Option<&TextTable>,
    ) -> Result<(TextTable, Option<Vec<u8>>), Failed> {
        let TextRequest { prefix, language, unix } = ask;
        let bytes = self.get(&query(prefix, language, held.and_then(|held| held.version))).await?;
        let read = spawn_blocking(move || (parse(&bytes, language), bytes)).await;
        let (answer, bytes) = read.map_err(|e| e.to_string())?;
        match (answer?, held) {
            (TextResponse::New(table, version), _) => {
                Ok((TextTable { prefix, language, table, version, fetched: unix }, Some(bytes)))
            }
            (TextResponse::Unchanged, Some(held)) => Ok((TextTable { fetched: unix, ..held.clone() }, None)),
            (TextResponse::Unchanged, None) => {
                Err("the server answered \"unchanged\" to a first question".to_owned().into())
            }
        }
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, Failed> {
        if self.options.url.is_empty() {
            return Err("no server is to be asked".to_owned().into());
        }
        let url = format!("{}{path}", self.options.url);
        let client = self.clients.of(&url).await?;
        let lost = |error: reqwest::Error| Failed { passes: true, why: words(error) };
        let mut answer = client.get(&url).timeout(self.timing.texts).send().await.map_err(lost)?;
        let status = answer.status();
        if status != StatusCode::OK {
            // A server that wants to be left alone is.
            let passes = status.is_server_error() && !answer.headers().contains_key(RETRY_AFTER);
            return Err(Failed { passes, why: format!("the server answered {status}") });
        }
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(lost)? {
            if bytes.len() + part.len() > LARGEST {
                return Err(format!("the answer has more than {} MiB", LARGEST >> 20).into());
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }

    /// Keeps texts for the next run; whether that went well.
    async fn store(&self, sheet: &Arc<TextTable>, answer: Option<Vec<u8>>) -> bool {
        let Some(store) = self.options.store.clone() else { return false };
        let sheet = Arc::clone(sheet);
        let written = spawn_blocking(move || store.write(&sheet, answer.as_deref())).await;
        match written.map_err(std::io::Error::other).flatten() {
            Ok(()) => true,
            Err(e) => {
                tracing::warn!("texts for codes are not kept: {e}");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;
