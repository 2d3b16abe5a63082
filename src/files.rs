//! Files that only their owner may read: the one place that decides how they are made.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Options for a file that, if it has to be made, only its owner may read and write. An existing file keeps its permissions.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Opens a private file for appending, and makes its folder where there is none.
pub fn append(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    private().create(true).append(true).open(path)
}

/// A file without a name, for what is needed only for a while: private, in a folder that only its owner may enter, and
/// gone as soon as it is closed.
pub fn scratch(folder: &Path) -> io::Result<File> {
    let mut make = fs::DirBuilder::new();
    make.recursive(true);
    let mut options = private();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    // FILE_FLAG_DELETE_ON_CLOSE
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
    make.create(folder)?;
    let path = folder.join(format!(".{:016x}.scratch", fastrand::u64(..)));
    let file = options.open(&path)?;
    #[cfg(unix)]
    fs::remove_file(&path)?;
    Ok(file)
}

/// Puts a private file in the place of `path`, so that a reader never sees half of it, and makes its folder where there is
/// none.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let beside = folder.join(format!(".{:016x}.new", fastrand::u64(..)));
    let written = private().write(true).create_new(true).open(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// Takes the right to read a file from everybody but its owner, if anybody else has it.
pub fn close(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Where a file of bounded size goes when a new one begins: `journal.jsonl` → `journal.old.jsonl`.
pub fn old(path: &Path) -> PathBuf {
    let ending = path.extension().map_or_else(|| "old".into(), |e| format!("old.{}", e.to_string_lossy()));
    path.with_extension(ending)
}

/// A private file of bounded size: beyond it the file starts anew, and the one before is kept beside it.
#[derive(Debug)]
pub struct Rolling {
    path: PathBuf,
    file: File,
    size: u64,
    max: u64,
}

impl Rolling {
    /// Opens the file, or makes it; it starts anew once it has `max` bytes.
    pub fn open(path: &Path, max: u64) -> io::Result<Self> {
        let file = append(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size, max })
    }

    /// Adds a line.
    pub fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size >= self.max {
            // Another process may have begun a new file already: then that one is gone on with.
            if fs::metadata(&self.path).is_ok_and(|meta| meta.len() >= self.max) {
                fs::rename(&self.path, old(&self.path))?;
            }
            *self = Self::open(&self.path.clone(), self.max)?;
        }
        self.size += line.len() as u64;
        self.file.write_all(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_file_has_no_name_and_a_private_folder() {
        use std::io::{Read, Seek};
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("deep/scratch");
        let (mut one, mut two) = (scratch(&place).expect("made"), scratch(&place).expect("made"));
        one.write_all(b"one").expect("written");
        two.write_all(b"two").expect("written");
        let mut text = String::new();
        one.rewind().and_then(|()| one.read_to_string(&mut text)).expect("readable");
        assert_eq!(text, "one");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&place).expect("metadata").permissions().mode() & 0o777, 0o700);
            assert_eq!(fs::read_dir(&place).expect("a folder").count(), 0);
        }
    }

    #[test]
    fn a_file_of_bounded_size_is_private_and_starts_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/some.log");
        let mut file = Rolling::open(&path, 8).expect("opened");
        let mut other = Rolling::open(&path, 8).expect("opened by another process");
        file.append(b"the first\n").expect("written");
        file.append(b"one\n").expect("written");
        // The other one thinks that the file is full; it is new already.
        other.size = 8;
        other.append(b"two\n").expect("written");
        let text = |path: &Path| fs::read_to_string(path).expect("readable");
        assert_eq!((text(&path).as_str(), text(&old(&path)).as_str()), ("one\ntwo\n", "the first\n"));
        assert_eq!(old(Path::new("a/b.jsonl")), Path::new("a/b.old.jsonl"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).expect("metadata").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
