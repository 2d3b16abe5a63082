//! Files that only their owner may read: the one place that decides how they are made, changed and cleared away.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

/// Another program has a file for moments only; one that stands still does not stop everybody else for longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A file of a run that was killed is cleared away when it is this old: a younger one may just be made.
const LEFT_OVER: Duration = Duration::from_secs(2);
/// So many files of a folder are looked at when it is cleared.
const LOOKED_AT: usize = 10_000;

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

/// Makes a folder, and those above it, that only its owner may enter. An existing one keeps its permissions.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut make = fs::DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(folder)
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Opens a private file for appending, and makes its folder where there is none.
pub fn append(path: &Path) -> io::Result<File> {
    make_folder(folder_of(path))?;
    only_a_file(path)?;
    private().create(true).append(true).open(path)
}

/// Opens a file for reading, and nothing but a file.
pub fn open(path: &Path) -> io::Result<File> {
    only_a_file(path)?;
    File::open(path)
}

/// Whoever opens a named pipe may wait for ever, and what comes out of a device has no end.
fn only_a_file(path: &Path) -> io::Result<()> {
    let kind = match fs::metadata(path) {
        Ok(meta) if meta.is_file() => return Ok(()),
        Ok(meta) => meta.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let what = if kind.is_dir() { "a directory" } else { special(kind) };
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what} and not a file; move it away")))
}

#[cfg(unix)]
fn special(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_fifo() => "a named pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn special(_: fs::FileType) -> &'static str {
    "something else"
}

/// Tells whether so many bytes could be written into a folder: they are, into a file without a name. Blocks.
pub fn try_room(folder: &Path, bytes: usize) -> io::Result<()> {
    let mut file = scratch(folder)?;
    file.write_all(&vec![b'#'; bytes])?;
    file.sync_all()
}

/// Keeps other programs, and other threads of this one, from changing a file: reading, changing and replacing it is one
/// step for everybody who asks here first. Ends when it is dropped. Blocks, for a bounded time. The lock is on a file
/// beside it, for the file itself is replaced.
pub fn lock(path: &Path) -> io::Result<Lock> {
    let file = lock_file(path).map_err(|e| {
        // It is another file than the one that is asked for.
        io::Error::new(e.kind(), format!("{}: {e}", path.with_extension("lock").display()))
    })?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock(Some(file))),
            Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                // At odds with the others, so that nobody comes too late every time.
                let pause = Duration::from_micros(fastrand::u64(500..8000));
                sleep(pause);
                waited += pause;
            }
            Err(TryLockError::WouldBlock) => {
                let what = format!("another program has not let go of it for {} s", PATIENCE.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, what));
            }
            // A file system without locks has no second program on it, most likely.
            Err(TryLockError::Error(_)) => return Ok(Lock(None)),
        }
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    append(&path.with_extension("lock"))
}

/// A file that is one's own for as long as this lives.
#[derive(Debug)]
pub struct Lock(Option<File>);

/// The same for a file in a folder of a person, where nothing of ours stays: the file that holds the lock goes with it.
pub fn lock_and_leave_nothing(path: &Path) -> io::Result<Passing> {
    loop {
        let lock = lock(path)?;
        let beside = path.with_extension("lock");
        // Whoever had it before may have removed the file that was waited for; then it locks nobody out.
        if lock.0.as_ref().is_none_or(|file| is_at(file, &beside)) {
            return Ok(Passing { beside, _lock: lock });
        }
    }
}

/// A lock whose file goes with it.
#[derive(Debug)]
pub struct Passing {
    beside: PathBuf,
    _lock: Lock,
}

impl Drop for Passing {
    fn drop(&mut self) {
        // While it is still held: nobody else's is removed.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Whether an open file is the one that a path leads to.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |meta: fs::Metadata| (meta.dev(), meta.ino());
        match (file.metadata(), fs::metadata(path)) {
            (Ok(own), Ok(there)) => id(own) == id(there),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}

/// A file without a name, for what is needed only for a while: private, in a folder that only its owner may enter, and
/// gone as soon as it is closed. A folder that is a link is refused: its target is nothing of ours.
pub fn scratch(folder: &Path) -> io::Result<File> {
    let mut options = private();
    options.read(true).write(true).create_new(true);
    // FILE_FLAG_DELETE_ON_CLOSE
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
    if folder.is_symlink() {
        let what = format!("{} is a link, which is not followed; remove it", folder.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    make_folder(folder)?;
    let path = folder.join(format!(".{:016x}.scratch", fastrand::u64(..)));
    let file = options.open(&path)?;
    #[cfg(unix)]
    fs::remove_file(&path)?;
    Ok(file)
}

/// Tells whether [`replace`] would work, with so much room more than the file has: the file is put there anew with what it
/// holds. Nothing less tells: it may be immutable, somebody else's, or mounted there. Where there is none, none is made.
/// Takes the [`lock`]. Blocks.
pub fn try_replace(path: &Path, most: u64, room: usize) -> io::Result<()> {
    let _lock = lock(path)?;
    let bytes = match read(path, most) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return try_room(folder_of(path), room),
        read => read?,
    };
    try_room(folder_of(path), bytes.len() + room)?;
    replace(path, &bytes)
}

/// Puts a private file in the place of `path`, so that a reader never sees half of it, and makes its folder where there is
/// none. A link stays, and what it leads to is replaced. Whoever reads the file first and changes it holds its [`lock`]
/// meanwhile.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &target(path)?;
    let folder = folder_of(path);
    make_folder(folder)?;
    let beside = folder.join(format!(".{:016x}.new", fastrand::u64(..)));
    let written = private().write(true).create_new(true).open(&beside).and_then(|mut file| {
        // As long as this is held the file is not left over.
        let _ = file.try_lock();
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    written.inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// Where links lead, also those to a file that is not there yet: a file that a person has put elsewhere is replaced there,
/// and the link to it stays.
pub fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // As many as an operating system follows.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "its links lead in a circle"))
}

/// Clears a folder of this program from what a killed run has left, and takes the right to enter it from everybody but its
/// owner. Blocks.
pub fn tidy(folder: &Path) {
    if close(folder).is_ok() {
        clear(folder);
    }
}

/// Clears a folder from what a killed run has left. Nothing is touched that has another name than [`replace`] and
/// [`scratch`] give, that is still written, or that is a moment old only. Blocks.
pub fn clear(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.take(LOOKED_AT).flatten() {
        let path = entry.path();
        if entry.file_name().to_str().is_some_and(is_ours_for_a_while) && is_left_over(&path) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// `.0123456789abcdef.new` and the like.
fn is_ours_for_a_while(name: &str) -> bool {
    let number = name.strip_prefix('.').and_then(|name| {
        let number = name.strip_suffix(".new").or_else(|| name.strip_suffix(".scratch"))?;
        (number.len() == 16).then_some(number)
    });
    number.is_some_and(|number| number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

fn is_left_over(path: &Path) -> bool {
    let meta = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    let age = meta.and_then(|meta| meta.modified().ok()?.elapsed().ok());
    // Whoever writes it holds it.
    age.is_some_and(|age| age >= LEFT_OVER) && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// The whole of a file, or an error if it has more than so many bytes.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has more than {} KiB", most >> 10)));
    }
    Ok(bytes)
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

/// Where a file of bounded size goes when a new one begins: `bambu-tui.log` → `bambu-tui.old.log`.
pub fn old(path: &Path) -> PathBuf {
    let ending = path.extension().map_or_else(|| "old".into(), |e| format!("old.{}", e.to_string_lossy()));
    path.with_extension(ending)
}

/// A private file of bounded size: beyond it the file starts anew, and the one before is kept beside it. Several programs
/// may add to it at the same time.
#[derive(Debug)]
pub struct Rolling {
    path: PathBuf,
    file: File,
    max: u64,
}

impl Rolling {
    /// Opens the file, or makes it; it starts anew once it has `max` bytes.
    pub fn open(path: &Path, max: u64) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: append(path)?, max })
    }

    /// Adds a line, in one piece. Waits for no other program.
    pub fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if !self.is_current() {
            self.file = append(&self.path)?;
        }
        if self.file.metadata()?.len() >= self.max {
            self.begin_anew()?;
        }
        self.file.write_all(line)
    }

    /// Another program may have put the file aside. It is let go of at once: putting aside once more would lose it.
    fn is_current(&self) -> bool {
        is_at(&self.file, &self.path)
    }

    fn begin_anew(&mut self) -> io::Result<()> {
        let lock = lock_file(&self.path)?;
        // Somebody else is at it: the line still goes where it would have gone a moment ago.
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            return Ok(());
        }
        // Another process may have begun a new file already: then that one is gone on with.
        if fs::metadata(&self.path).is_ok_and(|meta| meta.len() >= self.max) {
            fs::rename(&self.path, old(&self.path))?;
        }
        self.file = append(&self.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
