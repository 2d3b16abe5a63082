//! The certificates that were seen: serial → SHA-256, in a file like `known_hosts` or in memory only.

use crate::storage::private_files;
use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Largest file, in bytes: ten thousand printers.
const LONGEST: usize = 1 << 20;
/// So many bytes more than the file has must find room: dozens of printers.
const ROOM: usize = 8 << 10;

/// Known certificates. A clone is another handle to the same store.
#[derive(Debug, Clone, Default)]
pub struct Pins(Arc<Store>);

#[derive(Debug, Default)]
struct Store {
    known: Mutex<HashMap<String, String>>,
    /// `None` keeps the pins in memory.
    file: Option<PathBuf>,
    /// Held while the file is rewritten.
    turn: Mutex<()>,
}

impl Pins {
    /// Reads the store; a missing file is an empty one. Without a path the pins live as long as the program.
    pub fn load(path: Option<PathBuf>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = read(&path)?;
        let mut known = HashMap::new();
        // Whatever cannot be read may have been somebody's pin: to go on without it would trust anew.
        let damaged = |at: usize, what: &str| {
            let cure = "correct the line, or delete it to be asked about that printer's certificate again";
            let problem = format!("{}:{}: {what}; {cure}", path.display(), at + 1);
            Err(io::Error::new(io::ErrorKind::InvalidData, problem))
        };
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((serial, fingerprint)) = read_line(line) else {
                return damaged(at, "this is not a serial and a SHA-256");
            };
            if known.insert(serial, fingerprint.clone()).is_some_and(|before| before != fingerprint) {
                return damaged(at, "this printer has another certificate in a line before");
            }
        }
        Ok(Self(Arc::new(Store { known: Mutex::new(known), file: Some(path), turn: Mutex::default() })))
    }

    /// Whether pins could be written, with room for more. What the file holds stays, and nothing is made but the folder and
    /// the lock. Blocks.
    pub fn check(path: &Path) -> io::Result<()> {
        Self::load(Some(path.to_owned()))?;
        private_files::try_replace(path, LONGEST as u64, ROOM).map_err(|e| named(path, &e, "cannot be written"))
    }

    /// The file whose lock is waited for when they are written; `None`: they are kept in memory.
    pub(super) fn lock_path(&self) -> Option<PathBuf> {
        self.0.file.as_ref().map(|file| file.with_extension("lock"))
    }

    /// The pinned certificate of a printer, SHA-256 in lower-case hexadecimal.
    pub fn get(&self, serial: &str) -> Option<String> {
        self.known().get(&serial.to_ascii_uppercase()).cloned()
    }

    /// Takes in a certificate unless one is known, and says which one is now. [`Pins::save`] makes it last.
    pub fn learn(&self, serial: &str, fingerprint: &str) -> String {
        self.known().entry(serial.to_ascii_uppercase()).or_insert_with(|| plain(fingerprint)).clone()
    }

    /// Takes in a certificate in place of the one that was known, and makes it last, unless another program has pinned one
    /// for this printer meanwhile: then that one is taken in and given back. `before` is the pin that was known when the
    /// person judged. An error: it is known, and was not written. Blocks.
    pub fn accept(&self, serial: &str, fingerprint: &str, before: Option<&str>) -> io::Result<Option<String>> {
        let written = self.write(serial, &plain(fingerprint), before);
        if !matches!(written, Ok(Some(_))) {
            self.known().insert(serial.to_ascii_uppercase(), plain(fingerprint));
        }
        written
    }

    /// Makes what was learned last. Like [`Pins::accept`] where no pin was known before.
    pub fn save(&self, serial: &str) -> io::Result<Option<String>> {
        match self.get(serial) {
            Some(fingerprint) => self.write(serial, &fingerprint, None),
            None => Ok(None),
        }
    }

    /// Writes one printer's pin to the file: a new file beside it takes its place, so that a reader never sees half of
    /// it. Other lines stay as they are, also those another program run has written meanwhile.
    fn write(&self, serial: &str, fingerprint: &str, before: Option<&str>) -> io::Result<Option<String>> {
        let Some(path) = &self.0.file else { return Ok(None) };
        let _turn = self.0.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = private_files::lock(path).map_err(|e| named(path, &e, "cannot be written"))?;
        let serial = serial.to_ascii_uppercase();
        let kept = read(path)?;
        let mut text = String::new();
        for line in kept.lines() {
            match read_line(line) {
                Some((other, theirs)) if other == serial => {
                    if theirs != fingerprint && Some(theirs.as_str()) != before.map(plain).as_deref() {
                        self.known().insert(serial, theirs.clone());
                        return Ok(Some(theirs));
                    }
                }
                _ => {
                    text += line;
                    text.push('\n');
                }
            }
        }
        text += &format!("{serial} {fingerprint}\n");
        private_files::replace(path, text.as_bytes()).map_err(|e| named(path, &e, "cannot be written"))?;
        Ok(None)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text of the file; none where there is no file.
fn read(path: &Path) -> io::Result<String> {
    let bytes = match private_files::read(path, LONGEST as u64) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        read => read.map_err(|e| named(path, &e, "cannot be read"))?,
    };
    String::from_utf8(bytes).map_err(|_| {
        let why = io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
        named(path, &why, "cannot be read")
    })
}

/// What is wrong with the file, and the cure.
fn named(path: &Path, error: &io::Error, what: &str) -> io::Error {
    use io::ErrorKind::{NotADirectory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let why = error.to_string();
    let cure = match error.kind() {
        StorageFull | QuotaExceeded => "make room on the disk",
        PermissionDenied | ReadOnlyFilesystem | NotADirectory => "check the folder and its permissions",
        _ if what == "cannot be written" => "check the folder and its disk",
        _ => "correct it, or move it away to be asked about every printer's certificate again",
    };
    let cure = if why.ends_with("move it away") { String::new() } else { format!("; {cure}") };
    let path = path.display();
    io::Error::new(error.kind(), format!("{path} {what}: {why}{cure}; it holds the certificates of known printers"))
}

/// A fingerprint as it is stored: lower case, no colons.
pub(in crate::net) fn plain(fingerprint: &str) -> String {
    fingerprint.chars().filter(|c| *c != ':' && !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}

fn read_line(line: &str) -> Option<(String, String)> {
    let (serial, fingerprint) = line.trim().split_once(char::is_whitespace)?;
    let fingerprint = plain(fingerprint);
    let sound = fingerprint.len() == 64
        && fingerprint.chars().all(|c| c.is_ascii_hexdigit())
        && serial.chars().all(|c| c.is_ascii_alphanumeric());
    sound.then(|| (serial.to_ascii_uppercase(), fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn pins_last_in_a_private_file_and_keep_their_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/pins");
        let pins = Pins::load(Some(path.clone())).unwrap();
        assert_eq!(pins.learn("01p1", &A.to_uppercase()), A);
        assert_eq!(pins.learn("01P1", B), A, "the first one stays");
        pins.save("01P1").unwrap();
        fs::write(&path, format!("# by hand\n{}0392 {B}\n", fs::read_to_string(&path).unwrap())).unwrap();
        assert_eq!(pins.accept("01P1", B, Some(A)).unwrap(), None);
        let again = Pins::load(Some(path.clone())).unwrap();
        assert_eq!((again.get("01p1").as_deref(), again.get("0392").as_deref()), (Some(B), Some(B)));
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("# by hand\n0392 {B}\n01P1 {B}\n"));
        let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut files: Vec<_> = files.collect();
        files.sort();
        assert_eq!(files, ["pins", "pins.lock"], "no leftovers");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_line_is_an_error_and_not_a_forgotten_pin() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pins");
        for (bytes, says) in [
            (format!("01P1 {A}\n01P2 {}\n", &B[..60]).into_bytes(), ":2: this is not a serial"),
            (format!("01P1 {A}\n01P\0 {B}\n").into_bytes(), ":2: this is not a serial"),
            (format!("01P1 {A}\n01p1 {B}\n").into_bytes(), ":2: this printer has another certificate"),
            (format!("01P1{A}\n").into_bytes(), "or delete it to be asked"),
            (vec![0xFF; 9], "not UTF-8 text; correct it, or move it away"),
            (vec![b'#'; LONGEST + 1], "move it away"),
        ] {
            fs::write(&path, bytes).unwrap();
            for problem in [Pins::load(Some(path.clone())).err(), Pins::check(&path).err()] {
                let problem = problem.expect("a problem").to_string();
                assert!(problem.contains(says) && problem.contains("pins"), "{problem}");
            }
        }
        fs::write(&path, format!("01P1 {A}\n\n# twice\n01p1 {A}\n")).unwrap();
        assert!(Pins::load(Some(path)).is_ok(), "the same twice is no contradiction");
    }

    #[test]
    fn a_check_changes_nothing_and_finds_what_would_fail() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/pins");
        Pins::check(&path).unwrap();
        let files = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(files.collect::<Vec<_>>(), ["pins.lock"]);
        fs::write(&path, format!("# mine\n01P1 {A}\n")).unwrap();
        Pins::check(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("# mine\n01P1 {A}\n"));
        let problem = Pins::check(&path.join("below a file")).unwrap_err().to_string();
        assert!(problem.contains("below a file cannot be"), "{problem}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_pins_stays_and_what_it_leads_to_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pins");
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("real"), &path).unwrap();
        let pins = Pins::load(Some(path.clone())).unwrap();
        pins.learn("01P1", A);
        pins.save("01P1").unwrap();
        Pins::check(&path).unwrap();
        assert!(path.is_symlink() && !elsewhere.join("real").is_symlink());
        assert_eq!(fs::read_to_string(elsewhere.join("real")).unwrap(), format!("01P1 {A}\n"));
    }

    #[test]
    fn the_pin_of_another_program_is_not_overwritten() {
        const C: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pins");
        let open = || Pins::load(Some(path.clone())).unwrap();
        // (what the other program has pinned meanwhile, what was known before, what comes of accepting B)
        for (theirs, before, comes) in [
            (None, None, None),
            (Some(A), None, Some(A)),
            (Some(A), Some(A), None),
            (Some(A), Some(C), Some(A)),
            (Some(B), None, None),
        ] {
            let _ = fs::remove_file(&path);
            let pins = open();
            if let Some(theirs) = theirs {
                let other = open();
                other.learn("01P1", theirs);
                other.save("01P1").unwrap();
            }
            assert_eq!(pins.accept("01p1", B, before).unwrap().as_deref(), comes, "{theirs:?} {before:?}");
            let now = comes.unwrap_or(B);
            assert_eq!((pins.get("01P1").as_deref(), open().get("01P1").as_deref()), (Some(now), Some(now)));
            let pins = open();
            pins.learn("01P1", now);
            assert_eq!(pins.save("01P1").unwrap(), None);
        }
    }

    #[test]
    fn two_programs_lose_no_pin() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known_printers");
        std::thread::scope(|scope| {
            for program in 0..2 {
                // Each has its own memory of the file, as two programs do, and many connections.
                let pins = Pins::load(Some(path.clone())).unwrap();
                for printer in 0..40 {
                    let pins = pins.clone();
                    scope.spawn(move || {
                        let serial = format!("{program}P{printer}");
                        pins.learn(&serial, A);
                        pins.save(&serial).unwrap();
                    });
                }
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 80);
    }

    #[test]
    fn without_a_path_nothing_is_written() {
        let pins = Pins::load(None).unwrap();
        pins.learn("01P1", A);
        pins.save("01P1").unwrap();
        assert_eq!(pins.clone().get("01P1").as_deref(), Some(A));
    }
}
