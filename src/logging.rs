//! Logs: to a file in the state directory, never to the screen.

use crate::storage::private_files::Rolling;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tracing::Level;
use tracing_subscriber::{filter::Targets, fmt::MakeWriter, layer::SubscriberExt};

/// A log file starts anew at this size; the one before it is kept beside it.
const MAX_SIZE: u64 = 2 << 20;

/// Opens the log and sends every `tracing` event of this program to it. Returns the file's path.
pub fn start(path: &Path) -> io::Result<PathBuf> {
    let writer = LogFile(Arc::new(Mutex::new(Rolling::open(path, MAX_SIZE)?)));
    let subscriber = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_target(true)
        .with_max_level(Level::DEBUG)
        .finish()
        // What libraries do in detail would drown what this program does.
        .with(Targets::new().with_target("bambu_tui", Level::DEBUG).with_default(Level::WARN));
    // A second call in one process (tests) keeps the first log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(path.to_owned())
}

#[derive(Clone)]
struct LogFile(Arc<Mutex<Rolling>>);

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // A full disk must not stop the dashboard: the line is lost, the program goes on.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).append(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
