//! Printers whose file server has sent a file over TLS: from such a one nothing less is taken any more, also after a
//! restart. Serial numbers, one a line, in a file or in memory only.

use crate::storage::private_files;
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// A larger file is not ours.
const LARGEST: u64 = 1 << 20;

/// Known file servers. A clone is another handle to the same store.
#[derive(Debug, Clone, Default)]
pub(in crate::net) struct Encrypted(Arc<Store>);

#[derive(Debug, Default)]
struct Store {
    serials: Mutex<BTreeSet<String>>,
    file: Option<PathBuf>,
}

impl Encrypted {
    /// Reads the store. A file that is missing or cannot be read is an empty one: the next file over TLS is learned anew.
    pub(in crate::net) fn load(file: Option<PathBuf>) -> Self {
        let serials = file.as_deref().map(read).transpose();
        let serials = serials.inspect_err(|error| tracing::warn!(%error, "file servers with TLS are not known"));
        Self(Arc::new(Store { serials: Mutex::new(serials.ok().flatten().unwrap_or_default()), file }))
    }

    /// Whether the printer's file server has sent a file over TLS.
    pub(in crate::net) fn knows(&self, serial: &str) -> bool {
        self.0.serials.lock().unwrap_or_else(PoisonError::into_inner).contains(serial)
    }

    /// Remembers that it has. Blocks, and only the first time.
    pub(in crate::net) fn learn(&self, serial: &str) {
        let is_new = self.0.serials.lock().unwrap_or_else(PoisonError::into_inner).insert(serial.to_owned());
        if let Some(file) = self.0.file.as_deref().filter(|_| is_new)
            && let Err(error) = add(file, serial)
        {
            tracing::warn!(printer = crate::net::short(serial), %error, "that its files come over TLS is not remembered");
        }
    }
}

fn read(file: &Path) -> io::Result<BTreeSet<String>> {
    match private_files::read(file, LARGEST) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok(text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(e) => Err(e),
    }
}

/// Another program may have added others meanwhile.
fn add(file: &Path, serial: &str) -> io::Result<()> {
    let _lock = private_files::lock(file)?;
    let mut serials = read(file)?;
    serials.insert(serial.to_owned());
    let text: String = serials.iter().flat_map(|serial| [serial, "\n"]).collect();
    private_files::replace(file, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_lasts_and_two_programs_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/encrypted_files");
        let (one, two) = (Encrypted::load(Some(file.clone())), Encrypted::load(Some(file.clone())));
        std::thread::scope(|scope| {
            for n in 0..20 {
                let (one, two) = (one.clone(), two.clone());
                scope.spawn(move || one.learn(&format!("A{n}")));
                scope.spawn(move || two.learn(&format!("B{n}")));
            }
        });
        let again = Encrypted::load(Some(file));
        assert!((0..20).all(|n| again.knows(&format!("A{n}")) && again.knows(&format!("B{n}"))));
        assert!(!again.knows("C1") && !one.knows("B1"));
        // A folder in the file's place, and no file at all: known as long as the program runs.
        for store in [Encrypted::load(Some(folder.path().to_owned())), Encrypted::load(None)] {
            store.learn("A1");
            assert!(store.knows("A1") && !store.knows("A2"));
        }
    }
}
