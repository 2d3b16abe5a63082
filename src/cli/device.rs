//! Changes of the account's list of printers: another name for one, and one more.

use super::{
    Global,
    account::{SignedIn, failed, forget_printers, signed_in},
    output::{Failure, OK, REFUSED, note, print},
};
use crate::{
    protocol::{rest::devices::Device, wire::clean},
    terminal,
};
use clap::Args;
use std::io::{self, IsTerminal, Write};

/// A printer of the account will not be called longer than this.
const LONGEST: usize = 64;

/// Which printer, and what it is to be called.
#[derive(Debug, Clone, Args)]
pub(super) struct RenameOptions {
    /// Name or serial
    #[arg(value_name = "PRINTER")]
    printer: String,
    /// What the account is to call it
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
}

/// Which printer is to come into the account.
#[derive(Debug, Clone, Args)]
pub(super) struct BindOptions {
    /// The code that the printer's screen shows
    #[arg(value_name = "CODE")]
    code: String,
    /// Its serial number
    #[arg(long, value_name = "SERIAL")]
    serial: String,
    /// What the account is to call it [default: its serial number]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn name(text: &str) -> Result<String, String> {
    let name = clean(text.trim());
    match name.chars().count() {
        0 => Err("a name needs a letter".to_owned()),
        1..=LONGEST => Ok(name),
        _ => Err(format!("a name has at most {LONGEST} letters")),
    }
}

fn may_change(global: &Global) -> Result<SignedIn, Failure> {
    if global.read_only {
        return Err(Failure::usage("nothing is changed with --read-only"));
    }
    signed_in(global)
}

/// A printer as the account lists it now.
async fn listed(signed_in: &SignedIn, serial: &str) -> Result<Option<Device>, Failure> {
    let devices = signed_in.cloud.devices().await.map_err(|e| failed(&e))?;
    Ok(devices.into_iter().find(|device| device.serial.as_ref().is_some_and(|s| s.eq_ignore_ascii_case(serial))))
}

/// Gives a printer another name in the account, and looks whether it has it.
pub(super) async fn rename(global: &Global, options: &RenameOptions) -> Result<u8, Failure> {
    let signed_in = may_change(global)?;
    let (serial, known) = signed_in.printer(&options.printer).await?;
    forget_printers()?;
    signed_in.cloud.rename_device(&serial, &options.name).await.map_err(|e| failed(&e))?;
    let now = listed(&signed_in, &serial).await?.and_then(|device| device.name);
    if now.as_deref() == Some(options.name.as_str()) {
        print(&format!("the account calls {serial} {} now", options.name))?;
        if signed_in.config.printers.iter().any(|printer| printer.serial.eq_ignore_ascii_case(&serial)) {
            note(&format!("in the configuration it is still {known}"));
        }
        return Ok(OK);
    }
    let name = now.unwrap_or_else(|| "—".to_owned());
    note(&format!("the cloud took the request, but its list still says {name}; look again in a minute"));
    Ok(REFUSED)
}

const UNCONFIRMED: &str = "unconfirmed: nobody is known to have bound a printer like this; printers of today are bound in \
    the official app";

/// Asks the cloud to bind a printer, says what it answers, and looks whether the printer is there.
pub(super) async fn bind(global: &Global, options: &BindOptions) -> Result<u8, Failure> {
    let signed_in = may_change(global)?;
    let serial = clean(options.serial.trim()).to_ascii_uppercase();
    note(UNCONFIRMED);
    if listed(&signed_in, &serial).await?.is_some() {
        return Err(Failure::new(REFUSED, format!("{serial} is in the account already; nothing was sent")));
    }
    if !options.yes {
        if !io::stdin().is_terminal() {
            return Err(Failure::usage("not a terminal: add --yes to confirm"));
        }
        // What was typed before is no answer.
        terminal::drop_typed();
        write!(io::stderr(), "try to bind {serial} to the account? [y/N] ")?;
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        if !matches!(line.trim(), "y" | "Y" | "yes") {
            return Err(Failure::new(REFUSED, "not confirmed; nothing was sent"));
        }
    }
    let name = options.name.as_deref().unwrap_or(&serial);
    forget_printers()?;
    let answer = signed_in.cloud.bind_device(&serial, name, options.code.trim()).await.map_err(|e| failed(&e))?;
    print(&format!("the cloud answered: {answer}"))?;
    match listed(&signed_in, &serial).await? {
        Some(device) => {
            print(&format!("the account lists {serial} now, as {}", device.name.unwrap_or_else(|| "—".to_owned())))?;
            Ok(OK)
        }
        None => {
            note(&format!("the account does not list {serial}; it seems not to be bound"));
            Ok(REFUSED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_visible() {
        assert_eq!(name(" Shed\u{202e} "), Ok("Shed".to_owned()));
        for wrong in ["", "  ", "\u{200b}", &"x".repeat(65)] {
            assert!(name(wrong).is_err(), "{wrong:?}");
        }
    }
}
