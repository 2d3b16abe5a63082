//! Printers whose file server has sent a file over TLS: from such a one nothing less is taken any more, also after a
//! restart. Serial numbers, one a line, in a file or in memory only.

use crate::storage::private_files;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A larger file is not ours.
const LARGEST: u64 = 1 << 20;
/// So many bytes more than the file has must find room: dozens of printers.
const ROOM: usize = 1 << 10;

/// Printers whose file server has sent a file over TLS. A clone is another handle to the same store.
#[derive(Debug, Clone, Default)]
pub struct Encrypted(Arc<Store>);

#[derive(Debug, Default)]
struct Store {
    /// Each with whether it stands in the file.
    serials: Mutex<BTreeMap<String, bool>>,
    file: Option<PathBuf>,
}

impl Encrypted {
    /// Reads the store; a missing file is an empty one. Whatever cannot be read may have been somebody's serial number: to
    /// go on without it would take their files over plain connections. Without a path it lives as long as the program.
    pub fn load(file: Option<PathBuf>) -> io::Result<Self> {
        let serials = file.as_deref().map(read).transpose()?.unwrap_or_default();
        let serials = serials.into_iter().map(|serial| (serial, true)).collect();
        Ok(Self(Arc::new(Store { serials: Mutex::new(serials), file })))
    }

    /// Whether the file can be read, and more be written to it. What it holds stays. Blocks.
    pub fn check(file: &Path) -> io::Result<()> {
        read(file)?;
        private_files::try_replace(file, LARGEST, ROOM).map_err(|e| unwritable(file, &e))
    }

    /// Whether the printer's file server has sent a file over TLS.
    pub(in crate::net) fn knows(&self, serial: &str) -> bool {
        self.serials().contains_key(serial)
    }

    /// Remembers that it has. Blocks until that is written. An error: it is known to this run alone; that is told once, and
    /// writing is tried again with every file.
    pub(in crate::net) fn learn(&self, serial: &str) -> io::Result<()> {
        let before = self.serials().get(serial).copied();
        if before == Some(true) {
            return Ok(());
        }
        // Known at once, whatever the disk says.
        self.serials().insert(serial.to_owned(), false);
        let written = self.0.file.as_deref().map_or(Ok(()), |file| add(file, serial));
        self.serials().insert(serial.to_owned(), written.is_ok());
        written.or_else(|error| {
            tracing::warn!(printer = crate::net::short(serial), %error, "that its files come over TLS is not remembered");
            if before.is_none() { Err(error) } else { Ok(()) }
        })
    }

    fn serials(&self) -> MutexGuard<'_, BTreeMap<String, bool>> {
        self.0.serials.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(file: &Path) -> io::Result<BTreeSet<String>> {
    let bytes = match private_files::read(file, LARGEST) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        read => read.map_err(|e| damaged(file, e.kind(), &format!(" cannot be read: {e}")))?,
    };
    let wrong = |what: &str| damaged(file, io::ErrorKind::InvalidData, what);
    let text = String::from_utf8(bytes).map_err(|_| wrong(" is not UTF-8 text"))?;
    let mut serials = BTreeSet::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let serial = line.trim();
        if !serial.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(wrong(&format!(":{}: this is no serial number", at + 1)));
        }
        serials.insert(serial.to_owned());
    }
    // The file is made with its first line.
    if serials.is_empty() { Err(wrong(" has lost its lines")) } else { Ok(serials) }
}

/// What is wrong with the file, and the cure.
fn damaged(file: &Path, kind: io::ErrorKind, what: &str) -> io::Error {
    let file = file.display();
    let cure = "correct it, or move it away: the program then learns again which printers send their files over TLS, and one that \
                never did so before may send them over plain connections";
    io::Error::new(kind, format!("{file}{what}; {cure}"))
}

/// Why the file could not be written, and the cure.
fn unwritable(file: &Path, error: &io::Error) -> io::Error {
    let what = "check the folder and its permissions; it holds which printers send their files over TLS";
    io::Error::new(error.kind(), format!("{} cannot be written: {error}; {what}", file.display()))
}

/// Another program may have added others meanwhile.
fn add(file: &Path, serial: &str) -> io::Result<()> {
    let _lock = private_files::lock(file).map_err(|e| unwritable(file, &e))?;
    let mut serials = read(file)?;
    serials.insert(serial.to_owned());
    let text: String = serials.iter().flat_map(|serial| [serial, "\n"]).collect();
    private_files::replace(file, text.as_bytes()).map_err(|e| unwritable(file, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_lasts_and_two_programs_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/encrypted_files");
        let (one, two) = (Encrypted::load(Some(file.clone())).unwrap(), Encrypted::load(Some(file.clone())).unwrap());
        std::thread::scope(|scope| {
            for n in 0..20 {
                let (one, two) = (one.clone(), two.clone());
                scope.spawn(move || one.learn(&format!("A{n}")).unwrap());
                scope.spawn(move || two.learn(&format!("B{n}")).unwrap());
            }
        });
        let again = Encrypted::load(Some(file)).unwrap();
        assert!((0..20).all(|n| again.knows(&format!("A{n}")) && again.knows(&format!("B{n}"))));
        assert!(!again.knows("C1") && !one.knows("B1"));
        // No file at all: known as long as the program runs.
        let store = Encrypted::load(None).unwrap();
        store.learn("A1").unwrap();
        assert!(store.knows("A1") && !store.knows("A2"));
    }

    #[test]
    fn what_cannot_be_written_is_told_once_known_all_the_same_and_written_when_it_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("encrypted_files");
        Encrypted::check(&file).unwrap();
        assert!(!file.exists(), "a check makes none");
        let lock = folder.path().join("encrypted_files.lock");
        std::fs::remove_file(&lock).unwrap();
        std::fs::create_dir(&lock).unwrap();
        let store = Encrypted::load(Some(file.clone())).unwrap();
        for said in [store.learn("A1").unwrap_err(), Encrypted::check(&file).unwrap_err()] {
            assert!(said.to_string().contains("encrypted_files cannot be written: "), "{said}");
        }
        store.learn("A1").unwrap();
        assert!(store.knows("A1") && !file.exists());
        std::fs::remove_dir(&lock).unwrap();
        store.learn("A1").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "A1\n");
        Encrypted::check(&file).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "A1\n");
    }

    #[test]
    fn a_damaged_file_is_named_and_neither_taken_for_an_empty_one_nor_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("encrypted_files");
        let store = Encrypted::load(Some(file.clone())).unwrap();
        for (bytes, says) in [
            (&b""[..], " has lost its lines"),
            (b"\n \n", " has lost its lines"),
            (b"01P1\nxx yy\n", ":2: this is no serial number"),
            (b"01P1\0\n", ":1: this is no serial number"),
            (b"\xff\xfe", " is not UTF-8 text"),
            (&vec![b'1'; LARGEST as usize + 1][..], " cannot be read: "),
        ] {
            std::fs::write(&file, bytes).unwrap();
            let said = Encrypted::load(Some(file.clone())).unwrap_err().to_string();
            assert!(said.contains(&format!("encrypted_files{says}")) && said.contains("move it away"), "{said}");
            let said = Encrypted::check(&file).unwrap_err().to_string();
            assert!(said.contains("encrypted_files"), "{said}");
            assert!(store.learn(&format!("01P{}", bytes.len())).is_err());
            assert_eq!(std::fs::read(&file).unwrap(), bytes);
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        let said = Encrypted::load(Some(file)).unwrap_err().to_string();
        assert!(said.contains("encrypted_files cannot be read: "), "{said}");
    }
}
