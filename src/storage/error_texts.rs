//! The vendor's texts on disk: one file for each model and language, in the cache directory, readable by its owner only.
//!
//! A file is a line about the texts and then the server's answer as it came. What cannot be read, or came from another
//! server, is as good as not there, and is replaced by the next answer.

use crate::{
    protocol::texts::{Language, Prefix, TextResponse, parse},
    state::printer::error_texts::TextTable,
    storage::private_files,
};
use std::{
    io::{self, Read},
    path::PathBuf,
};

/// The largest answer that is read, from the server or from a file; real ones have about one megabyte.
pub const LARGEST: usize = 8 << 20;
/// The first line has at most so many bytes.
const LINE: usize = 1024;
const MARK: &str = "bambu-tui texts 1";

/// Where texts are kept.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    /// The server that they are from.
    url: String,
}

impl Store {
    /// Texts of a server, in a folder that is made when it is needed.
    pub fn new(folder: PathBuf, url: &str) -> Self {
        Self { folder, url: url.to_owned() }
    }

    fn path(&self, prefix: Prefix, language: Language) -> PathBuf {
        self.folder.join(format!("texts-{prefix}-{}", language.name()))
    }

    /// The texts of a model in a language, and the answer they were read from. Blocks.
    fn load(&self, prefix: Prefix, language: Language) -> Option<(TextTable, Vec<u8>)> {
        let file = private_files::open(&self.path(prefix, language)).ok()?;
        let mut bytes = Vec::new();
        file.take((LARGEST + LINE) as u64).read_to_end(&mut bytes).ok()?;
        let end = bytes.iter().take(LINE).position(|b| *b == b'\n')?;
        let answer = bytes.split_off(end + 1);
        let line = std::str::from_utf8(&bytes).ok()?.trim_end().strip_prefix(MARK)?;
        let [fetched, version, url] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        let Ok(TextResponse::New(table, _)) = parse(&answer, language) else { return None };
        let (fetched, version) = (fetched.parse().ok()?, version.parse().ok());
        (url == self.url).then_some((TextTable { prefix, language, table, version, fetched }, answer))
    }

    /// The texts of a model in a language, if they are kept. Blocks.
    pub fn read(&self, prefix: Prefix, language: Language) -> Option<TextTable> {
        self.load(prefix, language).map(|(sheet, _)| sheet)
    }

    /// Keeps texts with the answer that they were read from. Without an answer the one that is kept stays: it is still the
    /// newest. Blocks.
    pub fn write(&self, sheet: &TextTable, answer: Option<&[u8]>) -> io::Result<()> {
        let path = self.path(sheet.prefix, sheet.language);
        let _lock = private_files::lock(&path)?;
        let kept;
        let answer = match answer {
            Some(answer) => answer,
            None => match self.load(sheet.prefix, sheet.language) {
                Some((_, bytes)) => {
                    kept = bytes;
                    &kept
                }
                None => return Ok(()),
            },
        };
        let version = sheet.version.map_or_else(|| "-".to_owned(), |version| version.to_string());
        let mut bytes = format!("{MARK} {} {version} {}\n", sheet.fetched, self.url).into_bytes();
        bytes.extend_from_slice(answer);
        private_files::replace(&path, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codes::{Code, PrintError};

    const ANSWER: &[u8] =
        br#"{"result":0,"ver":7,"data":{"device_error":{"de":[{"ecode":"03008003","intro":"Spaghetti gesehen"}]}}}"#;
    const ERROR: Code = Code::Error(PrintError(0x0300_8003));

    fn sheet(fetched: i64) -> TextTable {
        let Ok(TextResponse::New(table, version)) = parse(ANSWER, Language::German) else { panic!("a table") };
        let prefix = Prefix::of("01P").expect("a prefix");
        TextTable { prefix, language: Language::German, table, version, fetched }
    }

    #[test]
    fn texts_are_kept_with_their_age_and_version_for_their_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path().join("new"), "https://e.example.org");
        let old = sheet(5);
        assert_eq!(store.read(old.prefix, old.language), None);
        store.write(&old, Some(ANSWER)).expect("written");
        assert_eq!(store.read(old.prefix, old.language), Some(old.clone()));
        assert_eq!(store.read(old.prefix, Language::English), None);
        // Unchanged: only the time is new.
        store.write(&sheet(9), None).expect("written");
        let read = store.read(old.prefix, old.language).expect("still there");
        assert_eq!((read.fetched, read.version, read.table.get(ERROR)), (9, Some(7), Some("Spaghetti gesehen")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = store.path(old.prefix, old.language);
            assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        }
        let other = Store::new(folder.path().join("new"), "http://127.0.0.1:1");
        assert_eq!(other.read(old.prefix, old.language), None, "those of another server");
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none_and_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path().to_owned(), "https://e.example.org");
        let sheet = sheet(5);
        let path = store.path(sheet.prefix, sheet.language);
        let good = [b"bambu-tui texts 1 5 7 https://e.example.org\n", ANSWER].concat();
        std::fs::write(&path, &good).expect("written");
        assert_eq!(store.read(sheet.prefix, sheet.language), Some(sheet.clone()), "the form of the file");
        for cut in [0, 1, 20, 44, 60, good.len() - 1] {
            std::fs::write(&path, &good[..cut]).expect("written");
            assert_eq!(store.read(sheet.prefix, sheet.language), None, "{cut} bytes of it");
            store.write(&sheet, None).expect("nothing to write");
        }
        std::fs::write(&path, [0xFF; 3000]).expect("written");
        assert_eq!(store.read(sheet.prefix, sheet.language), None);
        store.write(&sheet, Some(ANSWER)).expect("replaced");
        assert_eq!(std::fs::read(&path).expect("readable"), good);
    }
}
