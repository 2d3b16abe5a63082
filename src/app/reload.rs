//! The configuration file, read again while the program runs. What it says of a printer waits here until the state wants it
//! taken over: the state hears what has changed, and no secret.

use crate::{
    config::{self, PrinterConfig, Problems, Stamp, System},
    state::{
        PrinterId,
        printer::reload::{Changes, PrinterChange, ReloadRequest, ReloadResponse, Setting},
    },
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The file. A clone is another handle to the same one.
#[derive(Debug, Clone)]
pub(super) struct Reloader {
    path: PathBuf,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    /// The file that was read last; `None`: there was none.
    stamp: Option<Stamp>,
    /// What the program works with.
    current: BTreeMap<PrinterId, PrinterConfig>,
    /// What the file said last, where that is something else.
    offered: BTreeMap<PrinterId, PrinterConfig>,
}

impl Reloader {
    /// A file whose printers are known as it was read with `stamp`.
    pub(super) fn new(path: PathBuf, stamp: Option<Stamp>, printers: &[PrinterConfig]) -> Self {
        let current = printers.iter().enumerate().map(|(at, printer)| (PrinterId(at as u16), printer.clone()));
        let known = Known { stamp, current: current.collect(), ..Known::default() };
        Self { path, known: Arc::new(Mutex::new(known)) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A printer that was added while the program ran.
    pub(super) fn added(&self, who: PrinterId, config: PrinterConfig) {
        self.known().current.insert(who, config);
    }

    /// What the file said of a printer last, for whoever takes it over now.
    pub(super) fn take(&self, who: PrinterId) -> Option<PrinterConfig> {
        let mut known = self.known();
        let config = known.offered.remove(&who)?;
        known.current.insert(who, config.clone());
        Some(config)
    }

    /// Reads the file. Blocks, also for programs that print access codes.
    pub(super) fn read(&self, request: ReloadRequest) -> ReloadResponse {
        let stamp = Stamp::of(&self.path);
        match request {
            // A file that is gone for a moment is being written by an editor.
            ReloadRequest::IfModified if stamp.is_none() || stamp == self.known().stamp => ReloadResponse::Unmodified,
            ReloadRequest::IfModified => {
                let read = config::reload(&self.path, None, &System);
                if Stamp::of(&self.path) != stamp {
                    // It is still being written: the next look finds the whole.
                    return ReloadResponse::Unmodified;
                }
                self.known().stamp = stamp;
                match read {
                    Ok(printers) => ReloadResponse::Loaded(self.known().compare(printers)),
                    Err(problems) => ReloadResponse::Failed(first(&problems)),
                }
            }
            ReloadRequest::For(who) => {
                let Some(serial) = self.known().current.get(&who).map(|printer| printer.serial.clone()) else {
                    return ReloadResponse::Unmodified;
                };
                match config::reload(&self.path, Some(&serial), &System) {
                    Ok(mut printers) => {
                        let names: Vec<_> = printers.iter().map(|p| (p.name.clone(), p.serial.clone())).collect();
                        printers.retain(|printer| printer.serial == serial);
                        let mut known = self.known();
                        let Changes { printers, .. } = known.compare(printers);
                        let (added, removed) = known.others(&names);
                        ReloadResponse::Loaded(Changes { printers, added, removed })
                    }
                    Err(problems) => ReloadResponse::Failed(first(&problems)),
                }
            }
        }
    }
}

/// The first problem, which is the one to begin with. The file is named without its folder, so that there is room for it.
fn first(problems: &Problems) -> String {
    let file = problems.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let Some(problem) = problems.list.first() else { return file };
    let line = problem.line.map_or_else(String::new, |line| format!(":{line}"));
    let more = match problems.list.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more: `bambu-tui config check`)"),
    };
    format!("{file}{line}: {}; {}{more}", problem.what, problem.cure)
}

impl Known {
    /// What the file says otherwise than what the program works with.
    fn compare(&mut self, printers: Vec<PrinterConfig>) -> Changes {
        let names: Vec<_> = printers.iter().map(|p| (p.name.clone(), p.serial.clone())).collect();
        let (added, removed) = self.others(&names);
        let mut changes = Changes { printers: Vec::new(), added, removed };
        for printer in printers {
            let Some((who, before)) = self.current.iter().find(|(_, known)| known.serial == printer.serial) else {
                continue;
            };
            let (who, settings) = (*who, differences(before, &printer));
            self.offered.remove(&who);
            if !settings.is_empty() {
                let (name, host, tags) = (printer.name.clone(), printer.host.clone(), printer.tags.clone());
                changes.printers.push(PrinterChange { who, settings, name, host, tags });
                self.offered.insert(who, printer);
            }
        }
        changes
    }

    /// Names of the printers that only the file has, and of those that only the program has.
    fn others(&self, file: &[(String, String)]) -> (Vec<String>, Vec<String>) {
        let known = |serial: &str| self.current.values().any(|printer| printer.serial == serial);
        let added = file.iter().filter(|(_, serial)| !known(serial)).map(|(name, _)| name.clone());
        let removed = self.current.values().filter(|p| !file.iter().any(|(_, serial)| *serial == p.serial));
        (added.collect(), removed.map(|printer| printer.name.clone()).collect())
    }
}

fn differences(before: &PrinterConfig, now: &PrinterConfig) -> Vec<Setting> {
    let ports = |p: &PrinterConfig| (p.mqtt_port, p.camera_port, p.ftps_port);
    let changed = [
        (Setting::Name, before.name != now.name),
        (Setting::Address, before.host != now.host),
        (Setting::Port, ports(before) != ports(now)),
        (Setting::AccessCode, before.access_code.expose_secret() != now.access_code.expose_secret()),
        (Setting::Fingerprint, before.fingerprint != now.fingerprint),
        (Setting::Tags, before.tags != now.tags),
        (Setting::Model, before.model != now.model),
    ];
    changed.into_iter().filter(|(_, changed)| *changed).map(|(setting, _)| setting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    const ONE: PrinterId = PrinterId(0);
    const TWO: PrinterId = PrinterId(1);

    fn block(name: &str, host: &str, serial: &str, code: &str) -> String {
        format!("[[printer]]\nname = '{name}'\nhost = '{host}'\nserial = '{serial}'\n{code}\n")
    }

    fn one(host: &str, code: &str) -> String {
        block("One", host, "01P00A000000001", code)
    }

    fn two(code: &str) -> String {
        block("Two", "b", "01P00A000000002", code)
    }

    fn begin(path: &Path, text: &str) -> Reloader {
        fs::write(path, text).expect("written");
        let loaded = config::load(path, true, &System).expect("it loads");
        Reloader::new(path.to_owned(), loaded.stamp, &loaded.config.printers)
    }

    fn changes(response: ReloadResponse) -> Vec<(PrinterId, Vec<Setting>)> {
        let ReloadResponse::Loaded(changes) = response else { panic!("{response:?}") };
        changes.printers.into_iter().map(|change| (change.who, change.settings)).collect()
    }

    #[test]
    fn only_a_modified_file_is_read_and_only_what_is_taken_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("real.toml");
        let link = folder.path().join("config.toml");
        #[cfg(unix)]
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        #[cfg(not(unix))]
        let link = path.clone();
        fs::write(&path, "").expect("written");
        let code = "access_code = '12345678'";
        let reloader = begin(&link, &(one("a", code) + &two(code)));
        assert_eq!(reloader.read(ReloadRequest::IfModified), ReloadResponse::Unmodified);
        // Every setting by itself.
        let other = |change: &str| one("a", code).replace("host = 'a'", change) + &two(code);
        for (text, settings) in [
            (other("host = 'other'"), vec![Setting::Address]),
            (other("host = 'a'\ncamera_port = 6001"), vec![Setting::Port]),
            (other("host = 'a'").replacen("12345678", "876543210", 1), vec![Setting::AccessCode]),
            (other(&format!("host = 'a'\nfingerprint = '{}'", "ab".repeat(32))), vec![Setting::Fingerprint]),
            (other("host = 'a'").replacen("'One'", "'First'", 1), vec![Setting::Name]),
            (other("host = 'a'\ntags = ['x']"), vec![Setting::Tags]),
            (other("host = 'a'\nmodel = 'P1S'"), vec![Setting::Model]),
        ] {
            fs::write(&path, &text).expect("written");
            assert_eq!(changes(reloader.read(ReloadRequest::IfModified)), [(ONE, settings)], "{text}");
            assert_eq!(reloader.read(ReloadRequest::IfModified), ReloadResponse::Unmodified);
        }
        fs::write(&path, other("host = 'other'").replace("'b'", "'there'")).expect("written");
        let both = changes(reloader.read(ReloadRequest::IfModified));
        assert_eq!(both, [(ONE, vec![Setting::Address]), (TWO, vec![Setting::Address])]);
        assert_eq!(reloader.take(ONE).expect("an offer").host, "other");
        assert!(reloader.take(ONE).is_none(), "taken once");
        // What nobody has taken is offered again.
        assert_eq!(changes(reloader.read(ReloadRequest::For(TWO))), [(TWO, vec![Setting::Address])]);
        assert_eq!(changes(reloader.read(ReloadRequest::For(ONE))), []);
    }

    #[test]
    fn a_file_that_is_gone_or_wrong_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        let code = "access_code = '12345678'";
        let reloader = begin(&path, &one("a", code));
        fs::write(&path, one("other", "access_code = 'SECRET WORDS'\nacces = 1")).expect("written");
        for request in [ReloadRequest::IfModified, ReloadRequest::For(ONE)] {
            let ReloadResponse::Failed(why) = reloader.read(request) else { panic!("{request:?}") };
            assert!(why.starts_with("config.toml:") && why.contains("and 1 more"), "{why}");
            assert!(!why.contains("SECRET"), "{why}");
            assert!(reloader.take(ONE).is_none());
        }
        assert_eq!(reloader.read(ReloadRequest::IfModified), ReloadResponse::Unmodified, "it is said once");
        fs::remove_file(&path).expect("removed");
        assert_eq!(reloader.read(ReloadRequest::IfModified), ReloadResponse::Unmodified);
        let why = reloader.read(ReloadRequest::For(ONE));
        assert!(matches!(&why, ReloadResponse::Failed(why) if why.contains("cannot be read")), "{why:?}");
    }

    #[test]
    fn printers_that_come_and_go_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        let code = "access_code = '12345678'";
        let reloader = begin(&path, &one("a", code));
        fs::write(&path, two(code)).expect("written");
        for request in [ReloadRequest::IfModified, ReloadRequest::For(ONE)] {
            let ReloadResponse::Loaded(changes) = reloader.read(request) else { panic!("{request:?}") };
            let (added, removed) = (vec!["Two".to_owned()], vec!["One".to_owned()]);
            assert_eq!(changes, Changes { printers: Vec::new(), added, removed });
        }
        // The form's own entry is no news.
        let added = config::reload(&path, None, &System).expect("it loads").remove(0);
        reloader.added(TWO, added);
        fs::write(&path, one("a", code) + &two(code)).expect("written");
        assert_eq!(reloader.read(ReloadRequest::IfModified), ReloadResponse::Loaded(Changes::default()));
    }

    #[test]
    #[cfg(unix)]
    fn the_program_for_a_code_runs_for_the_printer_that_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        let program = |name: &str| {
            let (code, ran) = (folder.path().join(name), folder.path().join(format!("{name}.ran")));
            fs::write(&code, "12345678").expect("written");
            format!("access_code_command = ['sh', '-c', 'echo x >> {}; cat {}']", ran.display(), code.display())
        };
        let reloader = begin(&path, &(one("a", &program("one")) + &two(&program("two"))));
        fs::write(folder.path().join("one"), "87654321").expect("written");
        fs::write(folder.path().join("two"), "87654321").expect("written");
        assert_eq!(reloader.read(ReloadRequest::IfModified), ReloadResponse::Unmodified, "the file is the same");
        assert_eq!(changes(reloader.read(ReloadRequest::For(ONE))), [(ONE, vec![Setting::AccessCode])]);
        let runs = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it ran").lines().count();
        assert_eq!((runs("one.ran"), runs("two.ran")), (2, 1));
        assert_eq!(reloader.take(ONE).expect("an offer").access_code.expose_secret(), "87654321");
        let shown = format!("{reloader:?}");
        assert!(!shown.contains("87654321") && !shown.contains("12345678"), "{shown}");
    }
}
