//! Check, find or explain the configuration file.

use super::{
    Global,
    output::{FAILED, Failure, OK, print},
};
use crate::{app::check_pins, config::EXAMPLE, storage::Database};
use clap::Subcommand;

/// What to do about the configuration.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Verb {
    /// Name every problem at once, with its line and its cure, also of the files that the program keeps
    Check,
    /// Print where the file is looked for
    Path,
    /// Print a commented example
    Example,
}

pub(super) fn run(global: &Global, verb: Verb) -> Result<u8, Failure> {
    match verb {
        Verb::Path => print(&global.config_path()?.display().to_string())?,
        Verb::Example => print(EXAMPLE.trim_end())?,
        Verb::Check => {
            let path = global.config_path()?;
            let pins = Global::state_file("known_printers")?;
            let loaded = global.load_with_hooks()?;
            for warning in &loaded.warnings {
                print(&format!("warning: {warning}"))?;
            }
            if loaded.exists {
                let printers = loaded.config.printers.len();
                let noun = if printers == 1 { "printer" } else { "printers" };
                print(&format!("{}: good, {printers} {noun}", path.display()))?;
            } else {
                print(&format!("{}: there is no file; `bambu-tui config example` prints one", path.display()))?;
            }
            let database = Database::open(&Global::state_folder()?).and_then(|database| database.check());
            let database = database.err().map(|error| format!("nothing can be kept: {error}"));
            let problems: Vec<_> =
                database.into_iter().chain(check_pins(&pins).iter().map(ToString::to_string)).collect();
            if !problems.is_empty() {
                return Err(Failure::new(FAILED, problems.join("\n")));
            }
        }
    }
    Ok(OK)
}
