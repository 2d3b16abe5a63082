//! The certificates that were seen: serial → SHA-256, in a file like `known_hosts` or in memory only.

use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Known certificates. A clone is another handle to the same store.
#[derive(Debug, Clone, Default)]
pub struct Pins(Arc<Store>);

#[derive(Debug, Default)]
struct Store {
    known: Mutex<HashMap<String, String>>,
    /// Held while the file is rewritten. `None` keeps the pins in memory.
    file: Option<Mutex<PathBuf>>,
}

impl Pins {
    /// Reads the store; a missing file is an empty one. Without a path the pins live as long as the program.
    pub fn load(path: Option<PathBuf>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let mut known = HashMap::new();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (serial, fingerprint) = read_line(line).ok_or_else(|| {
                let what = format!("{}:{}: not a serial and a SHA-256", path.display(), at + 1);
                io::Error::new(io::ErrorKind::InvalidData, what)
            })?;
            known.insert(serial, fingerprint);
        }
        Ok(Self(Arc::new(Store { known: Mutex::new(known), file: Some(Mutex::new(path)) })))
    }

    /// The pinned certificate of a printer, SHA-256 in lower-case hexadecimal.
    pub fn get(&self, serial: &str) -> Option<String> {
        self.known().get(&serial.to_ascii_uppercase()).cloned()
    }

    /// Takes in a certificate unless one is known, and says which one is now. [`Pins::save`] makes it last.
    pub fn learn(&self, serial: &str, fingerprint: &str) -> String {
        self.known().entry(serial.to_ascii_uppercase()).or_insert_with(|| plain(fingerprint)).clone()
    }

    /// Takes in a certificate in place of the one that is known. [`Pins::save`] makes it last.
    pub fn replace(&self, serial: &str, fingerprint: &str) {
        self.known().insert(serial.to_ascii_uppercase(), plain(fingerprint));
    }

    /// Writes one printer's pin to the file: a new file beside it takes its place, so that a reader never sees half of
    /// it. Other lines stay as they are, also those another program run has written meanwhile. Blocks.
    pub fn save(&self, serial: &str) -> io::Result<()> {
        let (Some(file), Some(fingerprint)) = (&self.0.file, self.get(serial)) else { return Ok(()) };
        let path = file.lock().unwrap_or_else(PoisonError::into_inner);
        let serial = serial.to_ascii_uppercase();
        let before = match fs::read_to_string(&*path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let mut text = String::new();
        for line in before.lines().filter(|line| read_line(line).is_none_or(|(other, _)| other != serial)) {
            text += line;
            text.push('\n');
        }
        text += &format!("{serial} {fingerprint}\n");
        crate::files::replace(&path, text.as_bytes())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fingerprint as it is stored: lower case, no colons.
pub(super) fn plain(fingerprint: &str) -> String {
    fingerprint.chars().filter(|c| *c != ':' && !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}

fn read_line(line: &str) -> Option<(String, String)> {
    let (serial, fingerprint) = line.trim().split_once(char::is_whitespace)?;
    let fingerprint = plain(fingerprint);
    let sound = fingerprint.len() == 64 && fingerprint.chars().all(|c| c.is_ascii_hexdigit());
    sound.then(|| (serial.to_ascii_uppercase(), fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        pins.replace("01P1", B);
        pins.save("01P1").unwrap();
        let again = Pins::load(Some(path.clone())).unwrap();
        assert_eq!((again.get("01p1").as_deref(), again.get("0392").as_deref()), (Some(B), Some(B)));
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("# by hand\n0392 {B}\n01P1 {B}\n"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no leftovers");
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
        fs::write(&path, format!("01P1 {A}\n01P2 {}\n", &B[..60])).unwrap();
        let problem = Pins::load(Some(path)).unwrap_err().to_string();
        assert!(problem.contains(":2: not a serial"), "{problem}");
    }

    #[test]
    fn without_a_path_nothing_is_written() {
        let pins = Pins::load(None).unwrap();
        pins.learn("01P1", A);
        pins.save("01P1").unwrap();
        assert_eq!(pins.clone().get("01P1").as_deref(), Some(A));
    }
}
