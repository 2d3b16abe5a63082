//! Orders from a shell: the same machine as in the dashboard, and the same question first.

mod args;
mod ordering;
mod report;

use super::{Global, headless, output::Failure, select};
use crate::{
    config::Config,
    state::{
        PrinterId,
        command::{catalog, tracker::Action},
        printer::Printer,
        settings::ConfirmMode,
        view::wrap::wrap,
        wants::{self, WantedJobFile},
    },
    ui::text,
};
use clap::Args;
use ordering::Ordering;
use std::{
    io::{self, IsTerminal},
    time::Duration,
};
use tokio::sync::mpsc;

/// Whom beside those who are named, and how.
#[derive(Debug, Clone, Args)]
struct OrderOptions {
    /// Every configured printer
    #[arg(long)]
    all: bool,
    /// One more printer, also one that is called like an action
    #[arg(long = "printer", value_name = "PRINTER")]
    named: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// One JSON object for each printer, a line each, instead of words
    #[arg(long)]
    json: bool,
    /// How many seconds to wait for the printers
    #[arg(long, value_name = "S", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

/// Which printers.
#[derive(Debug, Clone, Args)]
pub(super) struct PrintOptions {
    /// Names, serials or tags
    #[arg(value_name = "PRINTER")]
    printers: Vec<String>,
    #[command(flatten)]
    options: OrderOptions,
}

/// Any action by its name.
#[derive(Debug, Clone, Args)]
#[command(after_help = actions())]
#[command(override_usage = "bambu-tui do [OPTIONS] <PRINTER>... <ACTION> [VALUE]...")]
pub(super) struct DoOptions {
    /// Names, serials or tags of printers, then the action and its values, such as: Shed Attic bed 60. The first word that
    /// names an action ends the printers
    #[arg(value_name = "PRINTER… ACTION", required = true)]
    words: Vec<String>,
    #[command(flatten)]
    options: OrderOptions,
}

/// Where the descriptions of actions begin, and how wide a line may be.
const DESCRIPTION: usize = 34;
const WIDTH: usize = 100;

/// Every action with what it does, by group. A long one has its description on the next line.
fn actions() -> String {
    let width = crate::terminal::size().map_or(WIDTH, |size| usize::from(size.width).clamp(60, WIDTH));
    let mut out = "Actions:".to_owned();
    for (title, entries) in catalog::GROUPS {
        out += &format!("\n\n  {title}");
        for entry in *entries {
            let action = format!("    {} {}", entry.name, entry.args);
            let action = action.trim_end();
            let fits = text::width(action) + 2 <= DESCRIPTION;
            out += &if fits { format!("\n{}", text::fit(action, DESCRIPTION, false)) } else { format!("\n{action}") };
            for (at, line) in wrap(entry.text, width - DESCRIPTION).iter().enumerate() {
                if at > 0 || !fits {
                    out += &format!("\n{:DESCRIPTION$}", "");
                }
                out += line;
            }
        }
    }
    out
}

/// What was asked for on the command line.
enum RequestedActions {
    /// Pause, resume, stop: always asked about.
    Always(Action),
    /// A line of the list: it can be read only when the printer's slots are known, and is asked about where the
    /// dashboard would ask.
    Line(String),
}

impl RequestedActions {
    fn read(&self, printer: &Printer) -> Result<Action, String> {
        match self {
            Self::Always(action) => Ok(action.clone()),
            Self::Line(line) => catalog::read(line, printer),
        }
    }

    /// Whether it can be read only when the objects of the print are known.
    fn names_objects(&self) -> bool {
        matches!(self, Self::Line(line) if line.split_whitespace().next() == Some("skip"))
    }

    /// As it was written.
    fn line(&self) -> String {
        match self {
            Self::Always(action) => action.to_string(),
            Self::Line(line) => line.clone(),
        }
    }
}

/// Pause, resume or stop.
pub(super) async fn run(global: &Global, options: PrintOptions, action: Action) -> Result<u8, Failure> {
    let PrintOptions { printers, options } = options;
    if !options.yes && !io::stdin().is_terminal() {
        return Err(Failure::usage(NOT_A_TERMINAL));
    }
    let config = global.load()?.config;
    order(global, config, &printers, options, RequestedActions::Always(action)).await
}

/// Any action.
pub(super) async fn run_any(global: &Global, options: DoOptions) -> Result<u8, Failure> {
    let DoOptions { words, options } = options;
    let config = global.load()?.config;
    let (printers, line) = args::split(&words, &config, !options.named.is_empty() || options.all)?;
    if config.ui.confirm == ConfirmMode::All && !options.yes && !io::stdin().is_terminal() {
        return Err(Failure::usage(NOT_A_TERMINAL));
    }
    order(global, config, printers, options, RequestedActions::Line(line)).await
}

/// What is said where a question is due and nobody can be asked.
const NOT_A_TERMINAL: &str = "not a terminal: add --yes to confirm";

async fn order(
    global: &Global,
    config: Config,
    printers: &[String],
    options: OrderOptions,
    wanted: RequestedActions,
) -> Result<u8, Failure> {
    if global.read_only {
        return Err(Failure::usage("no command can be sent with --read-only"));
    }
    let names = args::printer_names(printers, &options.named, options.all)?;
    let selection = select::printers(config, &names).await?;
    let count = selection.len();
    let several = count > 1;
    // Several are always asked about, as in the dashboard: a tag may be more printers than one thinks.
    if several && !options.yes && !io::stdin().is_terminal() {
        return Err(Failure::usage(NOT_A_TERMINAL));
    }
    if several && wanted.names_objects() {
        return Err(Failure::usage("objects belong to one print; name one printer"));
    }
    // What is skipped is named by what the job's file says.
    let job_file = wanted.names_objects().then_some(WantedJobFile { who: PrinterId(0), at_once: true });
    let wants = wants::Wanted { job_file, ..wants::Wanted::default() };
    let (wake_up, wake) = mpsc::channel(1);
    let ordering = Ordering::new(wanted, count, options.yes, options.json, wake_up);
    let timeouts = Some(Duration::from_secs(options.timeout));
    headless::run(global, selection, timeouts, Box::new(ordering), wake, wants).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Between an action and what it does there are two blanks at least, or the end of the line.
    #[test]
    fn help_separates_every_action_from_what_it_does() {
        let help = actions();
        for entry in catalog::entries() {
            let action = format!("    {} {}", entry.name, entry.args);
            let action = action.trim_end();
            let mut lines = help.lines().skip_while(|line| {
                *line != action && !line.strip_prefix(action).is_some_and(|rest| rest.starts_with("  "))
            });
            let first = lines.next().unwrap_or_else(|| panic!("{action} is not separated:\n{help}"));
            let word = entry.text.split_whitespace().next().expect("a word");
            let line = if first == action { lines.next().expect("another line") } else { first };
            let described: String = line.chars().skip(DESCRIPTION).collect();
            assert!(described.starts_with(word), "{action}: {line}");
        }
        assert!(help.lines().all(|line| text::width(line) <= WIDTH), "{help}");
    }
}
