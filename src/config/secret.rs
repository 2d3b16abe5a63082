//! Secrets: how they are held, where they come from, and who may read their file.

use super::LARGEST;
use crate::storage::private_files;
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::BTreeSet,
    fmt,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
};

/// Text that never shows itself: `Debug` and `Display` print dots, and the memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself, for the place that sends or stores it.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

/// The machine around the configuration.
pub trait Outside {
    /// An environment variable.
    fn env(&self, name: &str) -> Option<String>;
    /// The text of a file.
    fn file(&self, path: &Path) -> Result<String, String>;
    /// What a program prints; it gets no input and ten seconds.
    fn run(&self, program: &str, args: &[String]) -> Result<String, String>;

    /// What each program prints, in their order; ten seconds are for all of them. Each is given with its arguments.
    fn run_all(&self, commands: &[Vec<String>]) -> Vec<Result<String, String>> {
        let one = |command: &Vec<String>| match command.split_first() {
            Some((program, args)) => self.run(program, args),
            None => Err("is not named".to_owned()),
        };
        commands.iter().map(one).collect()
    }

    /// An environment variable of this name holds a secret: no program that is started gets it.
    fn withhold(&self, _name: &str) {}
}

/// The real machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

/// Names of variables that hold secrets, by the word of the configuration and of options.
static WITHHELD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Takes variables that may hold secrets out of the environment of a program: those that the configuration names, and all
/// that are ours by their name.
pub fn without_secrets(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_for_a_secret) {
            command.env_remove(name);
        }
    }
    for name in WITHHELD.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        command.env_remove(name);
    }
}

/// `BAMBU_TOKEN`, `BAMBU_CODE_P1S`, `bambu_tui_p1s`: what is in it, its owner knows alone.
fn is_for_a_secret(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("BAMBU_"))
}

impl Outside for System {
    #[expect(clippy::disallowed_methods, reason = "the configuration names the variable that holds a secret")]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        let bytes = private_files::read(path, LARGEST).map_err(|e| e.to_string())?;
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
    }

    fn run(&self, program: &str, args: &[String]) -> Result<String, String> {
        let command = [&[program.to_owned()], args].concat();
        self.run_all(&[command]).pop().unwrap_or_else(|| Err("was not run".to_owned()))
    }

    fn run_all(&self, commands: &[Vec<String>]) -> Vec<Result<String, String>> {
        super::command::run_all(commands)
    }

    fn withhold(&self, name: &str) {
        WITHHELD.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    }
}

/// Whether group or others may read a file.
#[cfg(unix)]
pub(super) fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn readable_by_others(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn no_program_gets_a_variable_that_holds_a_secret() {
        System.withhold("SOME_NAME_OF_A_CODE");
        let mut command = Command::new("env");
        without_secrets(&mut command);
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(removed.contains(&"SOME_NAME_OF_A_CODE".as_ref()), "{removed:?}");
        // Everything else is there: a program needs its path, and a password manager its session.
        assert!(!removed.contains(&"PATH".as_ref()));
        for name in
            ["BAMBU_TOKEN", "BAMBU_ACCESS_CODE", "bambu_code_p1s", "BAMBU_TUI_PASSWORD", "BAMBU_LAB_KEY", "BAMBU_TUI_X"]
        {
            assert!(is_for_a_secret(name), "{name}");
        }
        for name in ["BAMBU", "BAMBUS_CODE", "MY_BAMBU_CODE", "TOKEN", "GITHUB_TOKEN", "HOME", "bambü_code"] {
            assert!(!is_for_a_secret(name), "{name}");
        }
    }
}
