//! How a command ends: words on standard error, a number for the shell.

use crate::protocol::wire::is_hidden;
use serde::Serialize;
use std::{borrow::Cow, fmt, io, io::Write, process::ExitCode};

/// Everything went well.
pub(super) const OK: u8 = 0;
/// It failed.
pub(super) const FAILED: u8 = 1;
/// Wrong usage or configuration.
pub(super) const USAGE: u8 = 2;
/// A printer could not be reached.
pub(super) const UNREACHABLE: u8 = 3;
/// The printer refused, or did not confirm.
pub(super) const REFUSED: u8 = 4;

/// Why a command did not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    pub(super) fn new(code: u8, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self::new(USAGE, text)
    }

    /// The same failure, with words before it that say of what.
    pub(super) fn of(self, what: &str) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever reads our output has gone: that is the end, not an error.
        let code = if error.kind() == io::ErrorKind::BrokenPipe { OK } else { FAILED };
        Self::new(code, error.to_string())
    }
}

impl From<crate::config::Problems> for Failure {
    fn from(problems: crate::config::Problems) -> Self {
        Self::usage(problems.to_string())
    }
}

/// Prints the failure, if there is one, and gives the exit code.
pub(super) fn report(result: Result<u8, Failure>) -> ExitCode {
    let code = result.unwrap_or_else(|failure| {
        if failure.code != OK {
            note(&failure.text);
        }
        failure.code
    });
    ExitCode::from(code)
}

/// A line on standard error.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "bambu-tui: {}", harmless(text));
}

/// Lines without anything that could steer a terminal. Texts from outside are cleaned where they come in; this is for
/// what comes another way: words of the operating system, of a library, of an argument, of a file's name.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
    if text.contains(is_harmful) { text.replace(is_harmful, "").into() } else { text.into() }
}

/// A line of JSON on standard output.
pub(super) fn print_json(shape: &impl Serialize) -> io::Result<()> {
    print(&serde_json::to_string(shape)?)
}

/// A line on standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", harmless(text))?;
    out.flush()
}
