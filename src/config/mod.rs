//! The configuration file: TOML → [`Config`], or every problem at once with its place and its cure.
//!
//! Values of secret keys never appear in a message. Reading files, the environment and programs that print a secret goes
//! through [`Outside`], so that tests can stand in for the machine.

mod cloud;
mod command;
mod error_texts;
mod hook;
mod journal;
mod reader;
mod secret;

pub use cloud::{CloudConfig, TokenSource};
pub use command::end_programs;
pub use error_texts::ErrorTexts;
pub use hook::{Carrier, Hook};
pub use journal::Journal;
pub use secret::{Outside, Secret, System, without_secrets};

use crate::{
    protocol::model::Model,
    state::{
        notify::notification::NotificationConfig,
        settings::{CameraMode, Clock, ConfirmMode, MouseMode, OwnColours, ThemeName, Units},
    },
    storage::private_files,
};
use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::{Duration, SystemTime},
};

/// The commented example: printed by `config example`, loaded by a test.
pub const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Port of a printer's MQTT broker.
pub const MQTT_PORT: u16 = 8883;
/// Port of the JPEG camera.
pub const CAMERA_PORT: u16 = 6000;
/// Port of the file server.
pub const FTPS_PORT: u16 = 990;

/// A pipe has so long to give its text.
const PATIENCE: Duration = Duration::from_secs(10);
/// A larger file was not written by a person.
const LARGEST: u64 = 4 << 20;

/// Everything the file can say.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `[[printer]]`, in the file's order.
    pub printers: Vec<PrinterConfig>,
    /// `[ui]`
    pub ui: Ui,
    /// `[keys]`: action name → keys. What the names mean is `state::keymap`'s business.
    pub keys: Keys,
    /// `[notifications]`
    pub notifications: NotificationConfig,
    /// `[[hook]]`, in the file's order.
    pub hooks: Vec<Hook>,
    /// `[journal]`
    pub journal: Journal,
    /// `[error_texts]`
    pub error_texts: ErrorTexts,
    /// `[cloud]`
    pub cloud: CloudConfig,
}

/// `[keys]` as written, with the line of each entry.
pub type Keys = BTreeMap<String, (Vec<String>, usize)>;

/// `[ui]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "named as in the file and explained in its example")]
pub struct Ui {
    /// A built-in theme, or the one that the chosen theme is based on.
    pub theme: ThemeName,
    /// What the chosen theme changes of it.
    pub own: OwnColours,
    pub temperature: Units,
    pub clock: Clock,
    pub mouse: MouseMode,
    pub camera: CameraMode,
    pub confirm: ConfirmMode,
}

/// One `[[printer]]`.
#[derive(Debug, Clone)]
pub struct PrinterConfig {
    /// How the person calls it; unique.
    pub name: String,
    /// Name or address.
    pub host: String,
    /// Serial number, upper case.
    pub serial: String,
    /// The code on the printer's screen.
    pub access_code: Secret,
    /// MQTT port.
    pub mqtt_port: u16,
    /// JPEG camera port.
    pub camera_port: u16,
    /// File server port.
    pub ftps_port: u16,
    /// Overrides what serial and reports say.
    pub model: Option<Model>,
    /// SHA-256 of the certificate, hexadecimal without colons, lower case: checked instead of the one learned.
    pub fingerprint: Option<String>,
    /// For grouping and filtering.
    pub tags: Vec<String>,
}

/// Something wrong in the file, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line from 1; `None` when it concerns the whole file.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl Problem {
    /// A problem at a line.
    pub fn at(line: usize, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { line: Some(line), what: what.into(), cure: cure.into() }
    }

    fn whole(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { line: None, what: what.into(), cure: cure.into() }
    }
}

/// Problems of one file; shown one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, in the file's order.
    pub list: Vec<Problem>,
    /// `[keys]` as far as it could be read: what the names mean is judged elsewhere, and told together with the rest.
    pub keys: Keys,
}

impl Problems {
    /// Problems of a file.
    pub fn new(path: &Path, list: Vec<Problem>, keys: Keys) -> Self {
        Self { path: path.to_owned(), list: Vec::new(), keys }.and(list)
    }

    /// With others of the same file.
    #[must_use]
    pub fn and(mut self, others: Vec<Problem>) -> Self {
        self.list.extend(others);
        self.list.sort_by_key(|problem| problem.line);
        self
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.list.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", self.path.display())?;
            if let Some(line) = problem.line {
                write!(f, ":{line}")?;
            }
            write!(f, ": {}; {}", problem.what, problem.cure)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A configuration and what should be said about it although it can be used.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// What the file says; the default if there is no file.
    pub config: Config,
    /// Sentences with a cure, such as "others can read this file".
    pub warnings: Vec<String>,
    /// What is wrong with hooks, and concerns those alone who carry them out.
    pub of_hooks: Vec<Problem>,
    /// Whether there was a file.
    pub exists: bool,
    /// Which file it was, to be told from a later one; `None`: nothing that can be read twice.
    pub stamp: Option<Stamp>,
}

/// When a file was written last, and how long it is. Links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: SystemTime,
    size: u64,
}

impl Stamp {
    /// The stamp of a file; `None` where there is none, or something that is no file. Blocks.
    pub fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Self { modified: meta.modified().ok()?, size: meta.len() })
    }
}

/// Reads a file. A missing file is an empty configuration unless `must_exist`.
pub fn load(path: &Path, must_exist: bool, outside: &dyn Outside) -> Result<Loaded, Problems> {
    let fail = |problem| Problems::new(path, vec![problem], Keys::new());
    // Before it is read: a later change is then a change.
    let stamp = Stamp::of(path);
    // What somebody names may be a pipe of the shell; where a file is only looked for, nothing else is read.
    let read = if must_exist { read_named(path, PATIENCE) } else { private_files::read(path, LARGEST) };
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound && !must_exist => return Ok(Loaded::default()),
        Err(e) => {
            return Err(fail(Problem::whole(format!("cannot be read: {e}"), "check the path and its permissions")));
        }
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| fail(Problem::whole("is not UTF-8 text", "save it as UTF-8 in your editor")))?;
    let mut warnings = Vec::new();
    let read = reader::read(&text, path.parent().unwrap_or(Path::new(".")), None, outside);
    if !read.problems.is_empty() {
        return Err(Problems::new(path, read.problems, read.config.keys).and(read.of_hooks));
    }
    if read.holds_secret && secret::readable_by_others(path) {
        warnings.push(format!(
            "{} holds secrets and can be read by others; run: chmod 600 {}",
            path.display(),
            path.display()
        ));
    }
    warnings.extend(read.warnings);
    Ok(Loaded { config: read.config, warnings, of_hooks: read.of_hooks, exists: true, stamp })
}

/// The printers of a file that was read before. With `codes_of` only the access code of that serial is asked for, and those
/// of the other printers stay empty. Blocks.
pub fn reload(path: &Path, codes_of: Option<&str>, outside: &dyn Outside) -> Result<Vec<PrinterConfig>, Problems> {
    let fail = |what: String, cure: &str| Problems::new(path, vec![Problem::whole(what, cure)], Keys::new());
    let bytes = private_files::read(path, LARGEST)
        .map_err(|e| fail(format!("cannot be read: {e}"), "check the path and its permissions"))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| fail("is not UTF-8 text".to_owned(), "save it as UTF-8 in your editor"))?;
    let read = reader::read(&text, path.parent().unwrap_or(Path::new(".")), codes_of, outside);
    if read.problems.is_empty() {
        return Ok(read.config.printers);
    }
    Err(Problems::new(path, read.problems, read.config.keys))
}

/// The whole of what somebody has named: a file, or a pipe or device that gives all it has within a time.
fn read_named(path: &Path, timeouts: Duration) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_file() {
        return private_files::read(path, LARGEST);
    }
    let (done, came) = mpsc::sync_channel(1);
    let named = path.to_owned();
    // Nobody can be called back from opening a pipe that has no other end: then the thread ends with the program.
    thread::Builder::new().name("config".to_owned()).spawn(move || {
        let mut bytes = Vec::new();
        let read = File::open(named).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        let _ = done.send(read.map(|_| bytes));
    })?;
    let fail = |kind, what: String| Err(io::Error::new(kind, what));
    match came.recv_timeout(timeouts) {
        Ok(Ok(bytes)) if bytes.len() as u64 > LARGEST => {
            fail(io::ErrorKind::InvalidData, format!("it gives more than {} KiB", LARGEST >> 10))
        }
        Ok(read) => read,
        Err(_) => {
            let seconds = timeouts.as_secs();
            fail(io::ErrorKind::TimedOut, format!("it is not a file, and did not give its text within {seconds} s"))
        }
    }
}

/// Adds a printer at the end of a file without touching what stands there, or makes a new file. A reader sees all of the
/// entry or nothing of it; a link to the file stays one. Afterwards only its owner may read the file, for it holds a code.
/// Nothing is written to a file that its owner has made read-only, nor to one that the program could not read afterwards.
pub fn add_printer(path: &Path, printer: &PrinterConfig) -> io::Result<()> {
    let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut entry = format!(
        "\n[[printer]]\nname = {}\nhost = {}\nserial = {}\naccess_code = {}\n",
        quote(&printer.name),
        quote(&printer.host),
        quote(&printer.serial),
        quote(printer.access_code.expose_secret()),
    );
    if printer.mqtt_port != MQTT_PORT {
        entry += &format!("mqtt_port = {}\n", printer.mqtt_port);
    }
    if printer.camera_port != CAMERA_PORT {
        entry += &format!("camera_port = {}\n", printer.camera_port);
    }
    if printer.ftps_port != FTPS_PORT {
        entry += &format!("ftps_port = {}\n", printer.ftps_port);
    }
    if let Some(fingerprint) = &printer.fingerprint {
        entry += &format!("fingerprint = {}\n", quote(fingerprint));
    }
    let path = private_files::target(path)?;
    let _lock = private_files::lock_and_leave_nothing(&path)?;
    let before = match private_files::read(&path, LARGEST) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read?,
    };
    if std::fs::metadata(&path).is_ok_and(|meta| meta.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only; make it writable (chmod u+w)"));
    }
    let bytes = [before, entry.into_bytes()].concat();
    // Somebody may have broken it since it was read. No access code is asked for.
    let read = String::from_utf8(bytes).map_err(|_| vec![Problem::whole("is not UTF-8 text", "save it as UTF-8")]);
    let read = read.and_then(|text| {
        let read = reader::read(&text, private_files::folder_of(&path), Some(""), &System);
        if read.problems.is_empty() { Ok(text) } else { Err(read.problems) }
    });
    match read {
        Ok(text) => private_files::replace(&path, text.as_bytes()),
        Err(problems) => {
            let problem = problems.first().map_or_else(String::new, |Problem { line, what, cure }| {
                line.map_or_else(String::new, |line| format!("line {line}: ")) + &format!("{what}; {cure}")
            });
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("nothing was added, for it is not sound: {problem}"),
            ))
        }
    }
}

#[cfg(test)]
mod tests;
