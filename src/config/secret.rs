//! Secrets: how they are held, where they come from, and who may read their file.

use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
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
    pub fn expose(&self) -> &str {
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
}

/// The real machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

/// How long a program may take to print a secret.
const PATIENCE: Duration = Duration::from_secs(10);

impl Outside for System {
    #[expect(clippy::disallowed_methods, reason = "the configuration names the variable that holds a secret")]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|e| e.to_string())
    }

    fn run(&self, program: &str, args: &[String]) -> Result<String, String> {
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("cannot be started: {e}"))?;
        let step = Duration::from_millis(20);
        let mut waited = Duration::ZERO;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if waited < PATIENCE => {
                    std::thread::sleep(step);
                    waited += step;
                }
                Ok(None) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!("took longer than {} s", PATIENCE.as_secs()));
                }
                Err(e) => return Err(e.to_string()),
            }
        };
        if !status.success() {
            return Err(format!("failed ({status})"));
        }
        let mut text = String::new();
        if let Some(mut out) = child.stdout.take() {
            use std::io::Read;
            out.read_to_string(&mut text).map_err(|e| e.to_string())?;
        }
        Ok(text)
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
