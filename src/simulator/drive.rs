//! The card or stick of a simulated printer: folders and files in memory, bounded, with no way out of it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// All files together, in bytes.
const ROOM: usize = 64 << 20;
/// So many files and folders.
const ENTRIES: usize = 1000;
/// Longest path and longest name, in bytes.
const PATH: usize = 512;
const NAME: usize = 255;
/// Folders within folders.
const DEPTH: usize = 16;
/// What a card's file system has in no name.
const FORBIDDEN: &[char] = &['\\', ':', '*', '?', '"', '<', '>', '|'];
/// When the firmware made what was there before: 2026-01-01 12:00.
const MADE: i64 = 1_767_268_800;
/// The folders of a printer's own.
const FOLDERS: [&str; 6] = ["/cache", "/image", "/ipcam", "/model", "/timelapse", "/timelapse/thumbnail"];

/// What lies at a path.
#[derive(Debug, Clone, PartialEq)]
enum Entry {
    Folder,
    /// Somebody stored it.
    File(Arc<Vec<u8>>),
    /// The file of the job: made when it is asked for.
    Job,
}

/// A line of a listing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) folder: bool,
    pub(super) size: usize,
    /// Seconds since 1970.
    pub(super) at: i64,
}

/// The storage. Paths begin with `/` and end without one; see [`resolve`].
#[derive(Debug, Default)]
pub(super) struct Drive {
    entries: BTreeMap<String, (Entry, i64)>,
    /// Path and number of the job whose file is known.
    job: Option<(String, u32)>,
}

/// The path that a client means, from the folder it is in. It cannot lead above the root.
pub(super) fn resolve(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let start = if path.starts_with('/') { "" } else { folder };
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The folder that a path is in.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(parent, _)| if parent.is_empty() { "/" } else { parent })
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

impl Drive {
    /// Takes notice of the job's file, which lies there unless somebody has removed it.
    pub(super) fn know(&mut self, job: Option<(String, u32)>) {
        if self.entries.is_empty() {
            self.entries.extend(FOLDERS.map(|path| (path.to_owned(), (Entry::Folder, MADE))));
        }
        if self.job == job {
            return;
        }
        self.entries.retain(|_, (entry, _)| *entry != Entry::Job);
        if let Some((path, _)) = &job {
            self.entries.entry(path.clone()).or_insert((Entry::Job, MADE));
        }
        self.job = job;
    }

    fn entry(&self, path: &str) -> Option<&Entry> {
        if path == "/" { Some(&Entry::Folder) } else { self.entries.get(path).map(|(entry, _)| entry) }
    }

    pub(super) fn is_folder(&self, path: &str) -> bool {
        self.entry(path) == Some(&Entry::Folder)
    }

    pub(super) fn is_file(&self, path: &str) -> bool {
        self.entry(path).is_some_and(|entry| *entry != Entry::Folder)
    }

    /// What a file holds; `job` makes the job's.
    pub(super) fn read(&self, path: &str, job: impl FnOnce() -> Option<Vec<u8>>) -> Option<Arc<Vec<u8>>> {
        match self.entry(path)? {
            Entry::Folder => None,
            Entry::File(bytes) => Some(Arc::clone(bytes)),
            Entry::Job => job().map(Arc::new),
        }
    }

    /// When something was written, in seconds since 1970.
    pub(super) fn written(&self, path: &str) -> Option<i64> {
        self.entries.get(path).map(|(_, at)| *at)
    }

    /// What lies in a folder, by name; or the one file of that path. `job` is the size of the job's file.
    pub(super) fn list(&self, path: &str, job: impl Fn() -> usize) -> Vec<Line> {
        let line = |path: &String, (entry, at): &(Entry, i64)| {
            let (folder, size) = match entry {
                Entry::Folder => (true, 4096),
                Entry::File(bytes) => (false, bytes.len()),
                Entry::Job => (false, job()),
            };
            Line { name: name(path).to_owned(), folder, size, at: *at }
        };
        if self.is_file(path) {
            return self.entries.get_key_value(path).map(|(path, entry)| line(path, entry)).into_iter().collect();
        }
        self.below(path).filter(|(inner, _)| parent(inner) == path).map(|(path, entry)| line(path, entry)).collect()
    }

    /// Everything within a folder, at any depth.
    fn below(&self, folder: &str) -> impl Iterator<Item = (&String, &(Entry, i64))> {
        let start = if folder == "/" { "/".to_owned() } else { format!("{folder}/") };
        let from = (Bound::Excluded(start.clone()), Bound::Unbounded);
        self.entries.range::<String, _>(from).take_while(move |(path, _)| path.starts_with(&start))
    }

    /// Whether something may be made there.
    fn may_be(&self, path: &str) -> bool {
        let name = name(path);
        self.is_folder(parent(path))
            && !name.is_empty()
            && name.len() <= NAME
            && path.len() <= PATH
            && path.matches('/').count() <= DEPTH
            && !name.contains(|c: char| c.is_control() || FORBIDDEN.contains(&c))
            && (self.entries.len() < ENTRIES || self.entries.contains_key(path))
    }

    /// Makes a folder.
    pub(super) fn make_folder(&mut self, path: &str, now: i64) -> bool {
        let may = self.entry(path).is_none() && self.may_be(path);
        if may {
            self.entries.insert(path.to_owned(), (Entry::Folder, now));
        }
        may
    }

    /// Removes a folder, which must be empty.
    pub(super) fn remove_folder(&mut self, path: &str) -> bool {
        path != "/" && self.is_folder(path) && self.below(path).next().is_none() && self.entries.remove(path).is_some()
    }

    /// Removes a file.
    pub(super) fn remove_file(&mut self, path: &str) -> bool {
        self.is_file(path) && self.entries.remove(path).is_some()
    }

    /// Gives a file or a folder another name, or another place. A file there is replaced.
    pub(super) fn rename(&mut self, from: &str, to: &str, job: impl FnOnce() -> Option<Vec<u8>>) -> bool {
        let Some(entry) = self.entry(from).filter(|_| from != "/").cloned() else { return false };
        let folder = entry == Entry::Folder;
        let inside = to == from || folder && to.starts_with(&format!("{from}/"));
        let taken = self.is_folder(to) || folder && self.is_file(to);
        if inside || taken || !self.may_be(to) {
            return to == from;
        }
        // A copy of the job's file stays when the job is gone.
        let entry = match entry {
            Entry::Job => {
                job().filter(|bytes| self.room(from) >= bytes.len()).map(|bytes| Entry::File(Arc::new(bytes)))
            }
            entry => Some(entry),
        };
        let Some(entry) = entry else { return false };
        let inner: Vec<String> =
            if folder { self.below(from).map(|(path, _)| path.clone()).collect() } else { Vec::new() };
        let at = self.entries.remove(from).map_or(MADE, |(_, at)| at);
        self.entries.insert(to.to_owned(), (entry, at));
        for path in inner {
            if let Some(moved) = self.entries.remove(&path) {
                self.entries.insert(format!("{to}{}", &path[from.len()..]), moved);
            }
        }
        true
    }

    /// Begins a file anew; false: it cannot be made.
    pub(super) fn begin(&mut self, path: &str, now: i64) -> bool {
        let may = !self.is_folder(path) && self.may_be(path);
        if may {
            self.entries.insert(path.to_owned(), (Entry::File(Arc::default()), now));
        }
        may
    }

    /// Room left for a file of this path, what it holds now left out.
    fn room(&self, path: &str) -> usize {
        let size = |(at, (entry, _)): (&String, &(Entry, i64))| match entry {
            Entry::File(bytes) if at != path => bytes.len(),
            _ => 0,
        };
        ROOM.saturating_sub(self.entries.iter().map(size).sum())
    }

    /// Adds to a file; false: there is no room for it. What somebody has removed meanwhile is written to nowhere.
    pub(super) fn add(&mut self, path: &str, more: &[u8]) -> bool {
        let room = self.room(path);
        let Some((Entry::File(bytes), _)) = self.entries.get_mut(path) else { return true };
        let fits = bytes.len() + more.len() <= room;
        if fits {
            Arc::make_mut(bytes).extend_from_slice(more);
        }
        fits
    }

    /// Loses the end of a file.
    pub(super) fn shorten(&mut self, path: &str, len: usize) {
        if let Some((Entry::File(bytes), _)) = self.entries.get_mut(path) {
            Arc::make_mut(bytes).truncate(len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drive() -> Drive {
        let mut drive = Drive::default();
        drive.know(Some(("/cache/job.3mf".to_owned(), 1)));
        drive
    }

    fn names(drive: &Drive, path: &str) -> Vec<String> {
        drive.list(path, || 7).into_iter().map(|line| line.name).collect()
    }

    #[test]
    fn files_are_stored_moved_and_removed() {
        let mut drive = drive();
        assert!(drive.make_folder("/a", 1) && !drive.make_folder("/a", 1) && !drive.make_folder("/x/y", 1));
        assert!(
            drive.begin("/a/ part  1 ", 2) && drive.add("/a/ part  1 ", b"one") && drive.add("/a/ part  1 ", b"two")
        );
        assert!(!drive.begin("/a", 2) && !drive.begin("/no/x", 2) && !drive.begin("/", 2));
        assert_eq!(drive.read("/a/ part  1 ", || None).as_deref().map(Vec::as_slice), Some(&b"onetwo"[..]));
        assert!(!drive.remove_folder("/a") && !drive.remove_file("/a"), "it is not empty, and no file");
        assert!(!drive.rename("/a", "/a/b", || None) && !drive.rename("/a", "/model", || None));
        assert!(drive.rename("/a", "/cache/b", || None));
        assert_eq!(names(&drive, "/cache"), ["b", "job.3mf"]);
        assert_eq!(names(&drive, "/cache/b"), [" part  1 "]);
        assert!(drive.rename("/cache/b/ part  1 ", "/c", || None) && drive.remove_folder("/cache/b"));
        assert!(drive.remove_file("/c") && !drive.remove_file("/c"));
        assert!(!drive.remove_folder("/") && !drive.rename("/", "/z", || None));
    }

    #[test]
    fn the_jobs_file_lies_there_until_it_is_removed_or_the_job_is_another() {
        let mut drive = drive();
        let made = || Some(b"made".to_vec());
        assert_eq!(drive.list("/cache", || 4), [Line { name: "job.3mf".into(), folder: false, size: 4, at: MADE }]);
        assert!(drive.rename("/cache/job.3mf", "/kept.3mf", made));
        drive.know(Some(("/cache/job.3mf".to_owned(), 1)));
        assert!(!drive.is_file("/cache/job.3mf") && drive.is_file("/kept.3mf"), "moved is moved");
        drive.know(Some(("/cache/job.3mf".to_owned(), 2)));
        assert_eq!(drive.read("/cache/job.3mf", made).as_deref().map(Vec::as_slice), Some(&b"made"[..]));
        assert!(drive.begin("/cache/job.3mf", 5));
        drive.know(None);
        assert!(drive.is_file("/cache/job.3mf") && drive.is_file("/kept.3mf"), "what was stored stays");
    }

    #[test]
    fn names_of_another_kind_and_more_than_there_is_room_for_are_refused() {
        let mut drive = drive();
        for bad in ["/a\nb", "/a\u{1b}b", "/a\\b", "/c:", "/<>", "/q?", &format!("/{}", "x".repeat(256))] {
            assert!(!drive.begin(bad, 0) && !drive.make_folder(bad, 0), "{bad:?}");
        }
        for good in ["/ a ", "/Lampenschirm_groß.3mf", "/e\u{301}.3mf", "/名札", "/a'b;c&d"] {
            assert!(drive.begin(good, 0), "{good:?}");
        }
        assert!(drive.begin("/big", 0) && drive.add("/big", &vec![0; ROOM - 1]));
        assert!(!drive.add("/big", b"xx") && drive.add("/big", b"x") && !drive.add("/ a ", b"x"));
        drive.shorten("/big", 5);
        assert!(drive.add("/ a ", b"x"));
        let deep = (0..40).map(|n| format!("/{}", vec!["d"; n + 1].join("/")));
        assert_eq!(deep.filter(|path| drive.make_folder(path, 0)).count(), DEPTH);
        let made = (0..2 * ENTRIES).filter(|n| drive.make_folder(&format!("/model/{n}"), 0)).count();
        assert!(made < ENTRIES && drive.entries.len() == ENTRIES);
    }

    #[test]
    fn no_path_leads_out() {
        for (folder, path, whole) in [
            ("/", "a", "/a"),
            ("/cache", "../a", "/a"),
            ("/", "../../etc/passwd", "/etc/passwd"),
            ("/a/b", ".././../c//d/.", "/c/d"),
            ("/a", "/", "/"),
            ("/a", "", "/a"),
            ("/a", " x ", "/a/ x "),
        ] {
            assert_eq!(resolve(folder, path), whole, "{path} in {folder}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_done_paths_stay_inside_and_have_their_folders(
            orders in prop::collection::vec((0_u8..6, "[ab./ ]{0,8}", "[ab./ ]{0,8}"), 0..60),
        ) {
            let mut drive = drive();
            for (order, one, other) in orders {
                let (one, other) = (resolve("/", &one), resolve("/cache", &other));
                match order {
                    0 => drop(drive.make_folder(&one, 0)),
                    1 => drop(drive.begin(&one, 0)),
                    2 => drop(drive.add(&one, b"xyz")),
                    3 => drop(drive.rename(&one, &other, || Some(Vec::new()))),
                    4 => drop(drive.remove_folder(&one)),
                    _ => drop(drive.remove_file(&one)),
                }
                for path in drive.entries.keys() {
                    prop_assert!(path.starts_with('/') && !path.ends_with('/') && !path.contains("//"));
                    prop_assert!(!path.split('/').any(|part| matches!(part, "." | "..")));
                    prop_assert!(drive.is_folder(parent(path)), "{path} has no folder");
                }
            }
        }
    }
}
