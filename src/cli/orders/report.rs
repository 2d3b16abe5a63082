//! What became of an order to each printer, in words or as JSON lines, and as an exit code.

use super::super::{
    headless::then,
    output::{OK, REFUSED, UNREACHABLE, USAGE, note, print, print_json},
};
use crate::state::{
    command::tracker::{Order, Stage},
    printer::Printer,
};
use serde::Serialize;
use std::io;

/// How it ended for one printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CommandResult {
    /// The order went out and came to this end; with the printer's code, if it gave one.
    Ended(Stage, Option<String>),
    /// The printer could not be reached.
    Unreachable(String),
    /// The line makes no order for this printer: a value is wrong, or none that this printer takes.
    Unreadable(String),
    /// It cannot do that now.
    NotApplicable(String),
    /// The person did not say yes.
    NotConfirmed,
    /// It has changed since the question was asked.
    Changed(String),
}

impl CommandResult {
    /// The end of an order; `None`: it is under way.
    pub(super) fn of(order: &Order) -> Option<Self> {
        let code = order.code.map(|code| code.to_string());
        (!order.stage.is_open()).then(|| Self::Ended(order.stage.clone(), code))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Ended(stage, _) => match stage {
                Stage::Seen => "confirmed",
                Stage::Accepted => "accepted",
                // A part that was refused is what a script has to look at; the reason says which.
                Stage::Refused(_) | Stage::Partly(_) => "refused",
                Stage::NoEffect => "no_effect",
                Stage::Dropped(_) => "dropped",
                Stage::NoAnswer | Stage::Confirmed | Stage::Sent | Stage::Acknowledged => "no_answer",
            },
            Self::Unreachable(_) => "unreachable",
            Self::Unreadable(_) => "wrong_value",
            Self::NotApplicable(_) => "not_applicable",
            Self::NotConfirmed => "not_confirmed",
            Self::Changed(_) => "dropped",
        }
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Ended(Stage::Seen | Stage::Accepted, _) => None,
            Self::Ended(Stage::Refused(why) | Stage::Dropped(why), _)
            | Self::Unreachable(why)
            | Self::Unreadable(why)
            | Self::NotApplicable(why)
            | Self::Changed(why) => Some(why.clone()),
            Self::Ended(stage, _) => Some(stage.to_string()),
            Self::NotConfirmed => Some("not confirmed".to_owned()),
        }
    }

    fn code(&self) -> Option<&str> {
        if let Self::Ended(_, code) = self { code.as_deref() } else { None }
    }

    fn exit(&self) -> u8 {
        match self {
            Self::Ended(Stage::Seen | Stage::Accepted, _) => OK,
            Self::Ended(Stage::Dropped(_), _) | Self::Unreachable(_) => UNREACHABLE,
            _ => REFUSED,
        }
    }
}

/// What became of an order to one printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct ResultJson<'a> {
    /// The printer's name.
    printer: &'a str,
    serial: &'a str,
    /// As it was written.
    action: &'a str,
    result: &'static str,
    /// Why, in words; null where there is nothing to say.
    reason: Option<String>,
    /// The printer's own code, such as `0500_4004`; null where it gave none.
    code: Option<&'a str>,
}

/// How several ended, as a number for the shell: the highest of all. A line that makes an order for nobody is wrong usage.
pub(super) fn exit_code(results: &[CommandResult]) -> u8 {
    if !results.is_empty() && results.iter().all(|result| matches!(result, CommandResult::Unreadable(_))) {
        return USAGE;
    }
    results.iter().map(CommandResult::exit).max().unwrap_or(OK)
}

/// Prints the result on a printer. `several`: others are printed too, so that each line must name its printer.
pub(super) fn print_result(
    result: &CommandResult,
    printer: &Printer,
    line: &str,
    several: bool,
    json: bool,
) -> io::Result<()> {
    if json {
        return print_json(&ResultJson {
            printer: &printer.name,
            serial: &printer.serial,
            action: line,
            result: result.name(),
            reason: result.reason(),
            code: result.code(),
        });
    }
    let name = &printer.name;
    match result {
        // Its stages were said one after the other.
        CommandResult::Ended(..) if !several => {}
        CommandResult::Ended(stage, _) => {
            let order = printer.orders.newest().map_or_else(|| line.to_owned(), |order| order.action.to_string());
            print(&format!("{order} → {name}: {stage}"))?;
        }
        CommandResult::Unreadable(why) if !several => note(why),
        CommandResult::Unreachable(why) => note(&format!("{name}: {}", then(why, "nothing was sent"))),
        other => {
            let whom = if several { format!("{line} → {name}") } else { line.to_owned() };
            let why = other.reason().unwrap_or_default();
            // Some reasons say it themselves.
            let why = if why.ends_with("nothing is sent") { why } else { then(&why, "nothing was sent") };
            note(&format!("{whom}: {why}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides_and_only_a_line_for_nobody_is_wrong_usage() {
        let seen = || CommandResult::Ended(Stage::Seen, None);
        let odd = || CommandResult::Unreadable("no unit".into());
        for (results, code) in [
            (vec![], OK),
            (vec![seen(), CommandResult::Ended(Stage::Accepted, None)], OK),
            (vec![seen(), CommandResult::Unreachable("off".into())], UNREACHABLE),
            (vec![CommandResult::NotApplicable("idle".into()), CommandResult::Unreachable("off".into())], REFUSED),
            (vec![seen(), CommandResult::Ended(Stage::NoAnswer, None)], REFUSED),
            (vec![CommandResult::NotConfirmed, CommandResult::NotConfirmed], REFUSED),
            (vec![seen(), odd()], REFUSED),
            (vec![odd(), odd()], USAGE),
        ] {
            assert_eq!(exit_code(&results), code, "{results:?}");
        }
    }
}
