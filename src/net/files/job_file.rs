//! The file of a running job: found on the printer's storage, fetched into a file without a name, read, and forgotten.

use crate::net::{files::encrypted::Encrypted, files::ftps::FtpsSession, printer::dial::Target, timing::Timing};
use crate::{
    protocol::{
        ftp::{CACHE, FOLDERS, is_3mf, reading},
        plate,
        wire::clean,
    },
    state::{
        PrinterId,
        event::{Event, PrinterEvent},
        printer::{
            connection::DisconnectReason,
            objects::{Found, JobFileEvent, JobFileRequest, NoPlate, SIZE_MAX},
        },
    },
    storage::private_files,
};
use std::{
    collections::BTreeSet,
    io::Seek,
    ops::RangeInclusive,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};
use tokio::{sync::mpsc, task::spawn_blocking, time::sleep};
use tokio_util::task::AbortOnDropHandle;

/// Seconds from the start of a job within which its file was written, if it was sent for this job.
const WRITTEN: RangeInclusive<i64> = -600..=120;
/// So many files of the cache are asked for their time.
const CACHED_MAX: usize = 200;

/// So many files are tried whose names read like one that is wanted.
const ALIKE_MAX: usize = 8;

/// What the task works with.
#[derive(Debug)]
pub(in crate::net) struct JobFileFetch {
    pub(in crate::net) id: PrinterId,
    pub(in crate::net) target: Arc<Target>,
    pub(in crate::net) timing: Arc<Timing>,
    pub(in crate::net) events: mpsc::Sender<Event>,
    /// Where a file may lie while it is read.
    pub(in crate::net) folder: PathBuf,
    /// Whose files come over TLS.
    pub(in crate::net) encrypted: Encrypted,
    pub(in crate::net) wanted: JobFileRequest,
}

/// Looks for the file and answers with [`JobFileEvent`].
pub(in crate::net) async fn run(fetch: JobFileFetch) {
    let (id, turn, events) = (fetch.id, fetch.wanted.turn, fetch.events.clone());
    let name = crate::net::short(&fetch.target.serial);
    // A task of its own, so that a panic is an answer too.
    let work = AbortOnDropHandle::new(tokio::spawn(async move { fetch.run().await }));
    let answer = work.await.unwrap_or(Err(NoPlate::Link(DisconnectReason::Internal)));
    match &answer {
        Ok(found) => tracing::info!(printer = name, plates = found.sliced.plates.len(), "the job's file was read"),
        Err(why) => tracing::info!(printer = name, %why, "no file of the job"),
    }
    let _ = events.send(Event::Printer(id, PrinterEvent::Plate(turn, JobFileEvent::Ended(answer)))).await;
}

impl JobFileFetch {
    /// The file of a job that has just begun may take a while to appear.
    async fn run(&self) -> Result<Arc<Found>, NoPlate> {
        let tries = if self.wanted.fresh { self.timing.file_tries.max(1) } else { 1 };
        for _ in 1..tries {
            match self.visit().await {
                Err(NoPlate::NotThere) => sleep(self.timing.file_retry).await,
                other => return other,
            }
        }
        self.visit().await
    }

    /// One visit at a time. After a handshake that failed the server is left alone for a while: repeated attempts keep it
    /// stuck.
    async fn visit(&self) -> Result<Arc<Found>, NoPlate> {
        let turn = Arc::clone(&self.target.files_turn).lock_owned().await;
        let result = self.look_there().await;
        if self.target.files_stumbled.swap(false, Ordering::Relaxed) {
            let rest = self.timing.file_rest;
            tokio::spawn(async move {
                sleep(rest).await;
                drop(turn);
            });
        }
        result
    }

    async fn look_there(&self) -> Result<Arc<Found>, NoPlate> {
        let may_be_plain = self.wanted.plain && !self.encrypted.knows(&self.target.serial);
        let mut session = FtpsSession::begin(&self.target, &self.timing, may_be_plain).await?;
        let found = self.look(&mut session).await;
        session.end().await;
        if self.target.encrypted_files.load(Ordering::Relaxed) {
            let (encrypted, serial) = (self.encrypted.clone(), self.target.serial.clone());
            // Before anything else is said: a command ends as soon as it has its answer.
            if let Ok(Err(why)) = spawn_blocking(move || encrypted.learn(&serial)).await {
                let news = PrinterEvent::EncryptedNotKept(why.to_string());
                let _ = self.events.send(Event::Printer(self.id, news)).await;
            }
        }
        found
    }

    /// The file of the job; else why the last one of a right name is not it.
    async fn look(&self, session: &mut FtpsSession<'_>) -> Result<Arc<Found>, NoPlate> {
        let mut tried = self.wanted.paths.clone();
        let mut why = match self.try_paths(session, &tried).await {
            Err(why) if is_no_match(&why) => why,
            other => return other,
        };
        if why == NoPlate::NotThere {
            let alike = self.alike(session).await?;
            why = match self.try_paths(session, &alike).await {
                Err(why) if is_no_match(&why) => why,
                other => return other,
            };
            tried.extend(alike);
        }
        match self.sent_for_the_job(session, &tried).await? {
            Some(path) => self.try_path(session, &path).await,
            None => Err(why),
        }
    }

    /// The first file that fits the job; else why the last one that is there does not.
    async fn try_paths(&self, session: &mut FtpsSession<'_>, paths: &[String]) -> Result<Arc<Found>, NoPlate> {
        let mut why = NoPlate::NotThere;
        for path in paths {
            match self.try_path(session, path).await {
                Err(NoPlate::NotThere) => {}
                Err(other) if is_no_match(&other) => why = other,
                other => return other,
            }
        }
        Err(why)
    }

    /// Files that are listed by a name that is not one of those asked for, but reads like one: as they are listed.
    async fn alike(&self, session: &mut FtpsSession<'_>) -> Result<Vec<String>, NoPlate> {
        let wanted = &self.wanted.paths;
        let readings: BTreeSet<_> = wanted.iter().map(|path| reading(path)).collect();
        let mut found = Vec::new();
        for folder in FOLDERS.into_iter().filter(|_| !wanted.is_empty()) {
            let names = session.list(if folder.is_empty() { "/" } else { folder }).await?;
            let paths = names.iter().filter(|name| is_3mf(name)).map(|name| format!("{folder}/{name}"));
            found.extend(paths.filter(|path| !wanted.contains(path) && readings.contains(&reading(path))));
        }
        found.truncate(ALIKE_MAX);
        Ok(found)
    }

    /// The one 3MF of the cache that was written when the job began, by the printer's own clock.
    async fn sent_for_the_job(
        &self,
        session: &mut FtpsSession<'_>,
        tried: &[String],
    ) -> Result<Option<String>, NoPlate> {
        let Some(started) = self.wanted.started else { return Ok(None) };
        let names = session.list(CACHE).await?;
        let mut found = Vec::new();
        for name in names.into_iter().filter(|name| is_3mf(name)).take(CACHED_MAX) {
            let path = format!("{CACHE}/{name}");
            let written = session.modified(&path).await?;
            if !tried.contains(&path) && written.is_some_and(|at| WRITTEN.contains(&(at - started))) {
                found.push(path);
            }
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    async fn try_path(&self, session: &mut FtpsSession<'_>, path: &str) -> Result<Arc<Found>, NoPlate> {
        let size = session.size(path).await?.ok_or(NoPlate::NotThere)?;
        if size > SIZE_MAX {
            return Err(NoPlate::TooLarge { path: clean(path), size });
        }
        let no_room = |e: std::io::Error| NoPlate::NoRoom(e.to_string());
        let lost = |_| NoPlate::Link(DisconnectReason::Internal);
        let folder = self.folder.clone();
        let file = spawn_blocking(move || private_files::scratch(&folder)).await.map_err(lost)?.map_err(no_room)?;
        let mut file = tokio::fs::File::from_std(file);
        // Asked for as it is, shown as a person may read it.
        let shown = clean(path);
        let told = |done| {
            let news = JobFileEvent::Coming { path: shown.clone(), done, all: size };
            // Progress is worth no waiting: the next word of it is as good.
            let _ = self.events.try_send(Event::Printer(self.id, PrinterEvent::Plate(self.wanted.turn, news)));
        };
        told(0);
        session.fetch(path, size, &mut file, told).await?.ok_or(NoPlate::NotThere)?;
        let mut file = file.into_std().await;
        file.rewind().map_err(no_room)?;
        let read = spawn_blocking(move || plate::open(std::io::BufReader::new(file))).await.map_err(lost)?;
        let sliced = read.map_err(|why| NoPlate::Unreadable(shown.clone(), why))?;
        if !self.wanted.fits(&sliced) {
            return Err(NoPlate::OtherJob(shown));
        }
        Ok(Arc::new(Found { path: shown, sliced, plain: self.target.plain_files.load(Ordering::Relaxed) }))
    }
}

/// Whether another file may be the right one.
fn is_no_match(why: &NoPlate) -> bool {
    matches!(why, NoPlate::NotThere | NoPlate::OtherJob(_) | NoPlate::Unreadable(..))
}
