//! Logs: to a file in the state directory, never to the screen.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

/// A log file starts anew at this size; the one before it is kept beside it.
const MAX_SIZE: u64 = 2 << 20;

/// Opens the log and sends every `tracing` event of this program to it. Returns the file's path.
pub fn start(path: &Path) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let writer = LogFile(Arc::new(Mutex::new(Rolling::open(path)?)));
    let subscriber = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_target(true)
        .with_max_level(Level::DEBUG)
        .finish();
    // A second call in one process (tests) keeps the first log.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(path.to_owned())
}

/// A file of bounded size.
struct Rolling {
    path: PathBuf,
    file: File,
    size: u64,
}

impl Rolling {
    fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size })
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size > MAX_SIZE {
            std::fs::rename(&self.path, self.path.with_extension("old.log"))?;
            *self = Self::open(&self.path.clone())?;
        }
        self.size += line.len() as u64;
        self.file.write_all(line)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_private_and_starts_anew_when_it_is_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bambu-tui.log");
        let mut log = Rolling::open(&path).expect("opened");
        log.append(b"first\n").expect("written");
        log.size = MAX_SIZE + 1;
        log.append(b"second\n").expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "second\n");
        assert_eq!(std::fs::read_to_string(path.with_extension("old.log")).expect("read"), "first\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("metadata").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
