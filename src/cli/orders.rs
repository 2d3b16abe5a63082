//! Orders from a shell: the same machine as in the dashboard, and the same question first.

use super::{
    Global,
    lines::{self, END_UNREACHABLE, Watcher},
    outcome::{Failure, OK, REFUSED, UNREACHABLE, USAGE, note, say},
    status::has_reported,
};
use crate::{
    app::{Outcome, Step},
    state::{
        PrinterId, State, catalog,
        control::{Action, Stage},
        job::JobKey,
        printer::Printer,
        view::Pane,
    },
};
use clap::Args;
use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::mpsc;

/// Which printer.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Name or serial
    #[arg(value_name = "PRINTER")]
    printer: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// How many seconds to wait for the printer
    #[arg(long, value_name = "S", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

/// Any action by its name.
#[derive(Debug, Clone, Args)]
#[command(after_help = actions())]
pub(super) struct DoOptions {
    #[command(flatten)]
    options: Options,
    /// The action and its values, such as: bed 60
    #[arg(value_name = "ACTION", required = true)]
    action: Vec<String>,
}

fn actions() -> String {
    let rows = catalog::entries().map(|e| format!("  {:<38}{}", format!("{} {}", e.name, e.args), e.text));
    format!("Actions:\n{}", rows.collect::<Vec<_>>().join("\n"))
}

/// What was asked for on the command line.
enum Wanted {
    /// Pause, resume, stop: always asked about.
    Always(Action),
    /// A line of the list: it can be read only when the printer's slots are known, and is asked about where the
    /// dashboard would ask.
    Line(String),
}

impl Wanted {
    /// Whether it can be read only when the objects of the print are known.
    fn names_objects(&self) -> bool {
        matches!(self, Self::Line(line) if line.split_whitespace().next() == Some("skip"))
    }

    fn read(&self, printer: &Printer) -> Result<(Action, bool), String> {
        match self {
            Self::Always(action) => Ok((action.clone(), true)),
            Self::Line(line) => catalog::read(line, printer).map(|action| {
                let dangerous = action.risk(printer).is_some();
                (action, dangerous)
            }),
        }
    }
}

/// Pause, resume or stop.
pub(super) async fn run(global: &Global, options: Options, action: Action) -> Result<u8, Failure> {
    if !options.yes && !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("nobody can be asked here; {action} needs --yes")));
    }
    order(global, options, Wanted::Always(action)).await
}

/// Any action.
pub(super) async fn run_any(global: &Global, options: DoOptions) -> Result<u8, Failure> {
    order(global, options.options, Wanted::Line(options.action.join(" "))).await
}

async fn order(global: &Global, options: Options, wanted: Wanted) -> Result<u8, Failure> {
    if global.read_only {
        return Err(Failure::usage("no order is possible with --read-only"));
    }
    let mut config = global.load()?.config;
    lines::choose_one(&mut config, &options.printer)?;
    let (wake_up, wake) = mpsc::channel(1);
    let phase = if options.yes { Phase::Ready } else { Phase::Wait };
    // The zoomed job pane is what fetches the job's file.
    let zoom = wanted.names_objects().then_some(Pane::Job);
    let watcher = Ordering { wanted, phase, shown: None, wake_up };
    lines::run(global, config, Some(Duration::from_secs(options.timeout)), watcher, wake, |setup| setup.zoom = zoom)
        .await
}

/// How far the command is.
enum Phase {
    /// Waiting for the printer, then ask.
    Wait,
    /// The person is being asked; what they typed comes into the slot.
    Asked { action: Action, answer: Arc<Mutex<Option<String>>>, session: u32, job: JobKey },
    /// Waiting for the printer; the order needs no question any more.
    Ready,
    /// The order has been given.
    Ordered,
}

struct Ordering {
    wanted: Wanted,
    phase: Phase,
    shown: Option<Stage>,
    wake_up: mpsc::Sender<()>,
}

const ONLY: PrinterId = PrinterId(0);

/// The end of a command that sends nothing.
fn refuse(action: &Action, why: &str) -> Step {
    note(&format!("{action}: {why}; nothing was sent"));
    Step::End(Outcome::Exit(REFUSED))
}

impl Ordering {
    /// Asks without holding up the loop: the printer goes on reporting meanwhile.
    fn ask(&self, action: &Action, printer: &Printer) -> io::Result<Arc<Mutex<Option<String>>>> {
        let job = printer.job.name.as_deref().unwrap_or("no job name");
        let percent = printer.job.percent.map_or_else(String::new, |p| format!(", {p} %"));
        let mut out = io::stderr();
        let what = match action {
            Action::Skip(skip) => format!("{action}: {}", printer.names_of(&skip.0)),
            _ => action.to_string(),
        };
        write!(out, "{what} → {} ({job}{percent})? [y/N] ", printer.name)?;
        out.flush()?;
        let answer = Arc::new(Mutex::new(None));
        let (slot, wake_up) = (answer.clone(), self.wake_up.clone());
        tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            let _ = io::stdin().read_line(&mut line);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
            let _ = wake_up.blocking_send(());
        });
        Ok(answer)
    }
}

impl Watcher for Ordering {
    fn look(&mut self, state: &State, late: bool) -> io::Result<Step> {
        let Some(printer) = state.printer(ONLY) else { return Ok(END_UNREACHABLE) };
        match &self.phase {
            Phase::Wait | Phase::Ready => {
                if !has_reported(printer) {
                    let hopeless = printer.last_cause.as_ref().is_some_and(crate::state::event::Cause::needs_person);
                    if late || hopeless {
                        note(&format!("{}; nothing was sent", lines::unreachable(state, 0)));
                        return Ok(END_UNREACHABLE);
                    }
                    return Ok(Step::Go);
                }
                if self.wanted.names_objects() && printer.awaits_plate() {
                    if late {
                        note("the job's file has not come yet; wait longer with --timeout; nothing was sent");
                        return Ok(END_UNREACHABLE);
                    }
                    return Ok(Step::Go);
                }
                let (action, dangerous) = match self.wanted.read(printer) {
                    Ok(wanted) => wanted,
                    Err(why) => {
                        note(&why);
                        return Ok(Step::End(Outcome::Exit(USAGE)));
                    }
                };
                match printer.allows(&action, state.now.at, &state.patience) {
                    Err(why) => Ok(refuse(&action, &why)),
                    Ok(session) if dangerous && matches!(self.phase, Phase::Wait) => {
                        if !io::stdin().is_terminal() {
                            note(&format!("nobody can be asked here; {action} needs --yes"));
                            return Ok(Step::End(Outcome::Exit(USAGE)));
                        }
                        let answer = self.ask(&action, printer)?;
                        self.phase = Phase::Asked { action, answer, session, job: printer.job.key.clone() };
                        Ok(Step::Go)
                    }
                    Ok(_) => {
                        self.phase = Phase::Ordered;
                        Ok(Step::Order(ONLY, action))
                    }
                }
            }
            Phase::Asked { action, answer, session, job } => {
                let Some(line) = answer.lock().unwrap_or_else(PoisonError::into_inner).take() else {
                    return Ok(Step::Go);
                };
                if !matches!(line.trim(), "y" | "Y" | "yes") {
                    return Ok(refuse(action, "not confirmed"));
                }
                if printer.job.key != *job {
                    return Ok(refuse(action, "the job has changed meanwhile"));
                }
                if printer.session() != Some(*session) {
                    return Ok(refuse(action, "the connection has changed meanwhile"));
                }
                let action = action.clone();
                self.phase = Phase::Ordered;
                Ok(Step::Order(ONLY, action))
            }
            Phase::Ordered => {
                let Some(order) = printer.orders.newest() else { return Ok(Step::Go) };
                if self.shown.as_ref() != Some(&order.stage) {
                    say(&format!("{} → {}: {}", order.action, printer.name, order.stage))?;
                    self.shown = Some(order.stage.clone());
                }
                Ok(match order.stage {
                    Stage::Seen | Stage::Accepted => Step::End(Outcome::Exit(OK)),
                    Stage::Refused(_) | Stage::NoAnswer | Stage::NoEffect => Step::End(Outcome::Exit(REFUSED)),
                    Stage::Void(_) => Step::End(Outcome::Exit(UNREACHABLE)),
                    _ => Step::Go,
                })
            }
        }
    }
}
