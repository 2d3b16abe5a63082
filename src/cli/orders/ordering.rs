//! The command while it runs: waiting for the printers, the question, the orders and their ends.

use super::{
    super::{
        headless::{self, Command, Step},
        output::{USAGE, note, print},
        status::has_reported,
    },
    NOT_A_TERMINAL, RequestedActions,
    report::{self, CommandResult},
};
use crate::{
    state::{
        PrinterId, State,
        command::{bulk::Item, tracker::Stage},
        printer::{Printer, connection::DisconnectReason},
        settings::ConfirmMode,
        view::dialogs::{
            Batch,
            bulk::{Mark, Shape},
        },
    },
    terminal,
    ui::text,
};
use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::mpsc;

/// How far the command is.
enum Phase {
    /// Waiting for the printers.
    Wait,
    /// The person is being asked; what they typed comes into the slot.
    Asked(Batch, Arc<Mutex<Option<String>>>),
    /// The orders have been given.
    Ordered,
}

pub(super) struct Ordering {
    wanted: RequestedActions,
    yes: bool,
    json: bool,
    phase: Phase,
    /// What became of each printer; `None`: not known yet.
    results: Vec<Option<CommandResult>>,
    /// The stage that was said last, of a single printer.
    said: Option<Stage>,
    wake_up: mpsc::Sender<()>,
}

impl Ordering {
    pub(super) fn new(
        wanted: RequestedActions,
        printers: usize,
        yes: bool,
        json: bool,
        wake_up: mpsc::Sender<()>,
    ) -> Self {
        Self { wanted, yes, json, phase: Phase::Wait, results: vec![None; printers], said: None, wake_up }
    }

    fn is_several(&self) -> bool {
        self.results.len() > 1
    }

    /// Keeps and prints what became of a printer.
    fn settle(&mut self, state: &State, who: PrinterId, result: CommandResult) -> io::Result<()> {
        let at = usize::from(who.0);
        let (Some(printer), Some(None)) = (state.printer(who), self.results.get(at)) else { return Ok(()) };
        report::print_result(&result, printer, &self.wanted.line(), self.is_several(), self.json)?;
        self.results[at] = Some(result);
        Ok(())
    }

    /// Goes on, or ends when everything is known.
    fn step(&self) -> Step {
        let known: Option<Vec<_>> = self.results.iter().cloned().collect();
        known.map_or(Step::Go, |results| Step::End(report::exit_code(&results)))
    }

    /// Waits until every printer has reported, or will not. A single one is given all the time there is; among several
    /// one that failed once holds up nobody.
    fn wait(&mut self, state: &State, timed_out: bool) -> io::Result<Step> {
        let several = self.is_several();
        let gone = |cause: &DisconnectReason| several || cause.needs_person();
        let missing = |p: &Printer| !has_reported(p);
        let given_up = |p: &Printer| p.last_cause.as_ref().is_some_and(gone) && !state.cloud_may_come(p);
        if !timed_out && state.fleet.printers.iter().any(|p| missing(p) && !given_up(p)) {
            return Ok(Step::Go);
        }
        // What is skipped is named by what the job's file says.
        let awaits = |p: &Printer| self.wanted.names_objects() && !missing(p) && p.awaits_plate();
        let coming: Vec<bool> = state.fleet.printers.iter().map(awaits).collect();
        if !timed_out && coming.contains(&true) {
            return Ok(Step::Go);
        }
        let mut whom = Vec::new();
        for (at, printer) in state.fleet.printers.iter().enumerate() {
            let who = PrinterId(at as u16);
            if missing(printer) {
                let why = headless::why_unreachable(state, at);
                self.settle(state, who, CommandResult::Unreachable(why))?;
            } else if coming[at] {
                let why = "the job's file has not come yet; wait longer with --timeout".to_owned();
                self.settle(state, who, CommandResult::Unreachable(why))?;
            } else {
                whom.push(who);
            }
        }
        self.plan(state, &whom)
    }

    /// Sorts out who can be ordered, and asks where that is needed.
    fn plan(&mut self, state: &State, whom: &[PrinterId]) -> io::Result<Step> {
        let mut unreadable = Vec::new();
        for who in whom {
            let Some(printer) = state.printer(*who) else { continue };
            // An object's name is not wrong because nothing is known of the objects now.
            let is_early = self.wanted.names_objects() && printer.plate().is_err();
            if !is_early && self.wanted.read(printer).is_err() {
                unreadable.push(*who);
            }
        }
        let batch = Batch::plan(
            &state.fleet.printers,
            (state.now.at, &state.fleet.watchdog_timeouts),
            whom,
            self.wanted.line(),
            |printer| self.wanted.read(printer),
        );
        for (who, why) in &batch.left_out {
            let result = if unreadable.contains(who) {
                CommandResult::Unreadable(why.clone())
            } else {
                CommandResult::NotApplicable(why.clone())
            };
            self.settle(state, *who, result)?;
        }
        if batch.items.is_empty() {
            return Ok(self.step());
        }
        let risky = |item: &Item| state.printer(item.who).is_some_and(|p| item.action.risk(p).is_some());
        let must_ask = self.is_several()
            || matches!(self.wanted, RequestedActions::Always(_))
            || state.settings.confirm == ConfirmMode::All
            || batch.items.iter().any(risky);
        if self.yes || !must_ask {
            return Ok(self.order(batch.items));
        }
        if !io::stdin().is_terminal() {
            note(NOT_A_TERMINAL);
            return Ok(Step::End(USAGE));
        }
        let answer = self.ask(state, &batch)?;
        self.phase = Phase::Asked(batch, answer);
        Ok(Step::Go)
    }

    /// Asks without holding up the loop: the printers go on reporting meanwhile.
    fn ask(&self, state: &State, batch: &Batch) -> io::Result<Arc<Mutex<Option<String>>>> {
        // What was typed before is no answer to it.
        terminal::drop_typed();
        let mut out = io::stderr();
        write!(out, "{}", question(state, batch, self.is_several()))?;
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

    /// The person has answered: everybody is looked at again.
    fn answered(&mut self, state: &State, mut batch: Batch, line: &str) -> io::Result<Step> {
        line.trim().clone_into(&mut batch.typed);
        let yes = if batch.must_count() { batch.is_answered() } else { matches!(line.trim(), "y" | "Y" | "yes") };
        let mut items = Vec::new();
        for item in batch.items {
            match state.still(&item) {
                _ if !yes => self.settle(state, item.who, CommandResult::NotConfirmed)?,
                Ok(_) => items.push(item),
                Err(why) => self.settle(state, item.who, CommandResult::Changed(why))?,
            }
        }
        Ok(if items.is_empty() { self.step() } else { self.order(items) })
    }

    fn order(&mut self, items: Vec<Item>) -> Step {
        self.phase = Phase::Ordered;
        Step::Order(items)
    }

    /// Follows the orders to their ends.
    fn follow(&mut self, state: &State) -> io::Result<Step> {
        for (at, printer) in state.fleet.printers.iter().enumerate() {
            if self.results[at].is_some() {
                continue;
            }
            let who = PrinterId(at as u16);
            let Some(order) = printer.orders.newest() else {
                // Nothing lies between the look and the order; if it was not taken, it will never go out.
                self.settle(state, who, CommandResult::Changed("the order was not accepted".to_owned()))?;
                continue;
            };
            if !self.json && !self.is_several() && self.said.as_ref() != Some(&order.stage) {
                print(&format!("{} → {}: {}", order.action, printer.name, order.stage))?;
                self.said = Some(order.stage.clone());
            }
            if let Some(result) = CommandResult::of(order) {
                self.settle(state, who, result)?;
            }
        }
        Ok(self.step())
    }
}

impl Command for Ordering {
    fn on_change(&mut self, state: &State, timed_out: bool) -> io::Result<Step> {
        match std::mem::replace(&mut self.phase, Phase::Wait) {
            Phase::Wait => self.wait(state, timed_out),
            Phase::Asked(batch, answer) => {
                let line = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
                match line {
                    Some(line) => self.answered(state, batch, &line),
                    None => {
                        self.phase = Phase::Asked(batch, answer);
                        Ok(Step::Go)
                    }
                }
            }
            Phase::Ordered => {
                self.phase = Phase::Ordered;
                self.follow(state)
            }
        }
    }
}

/// The question in words: for one printer a line, for several a list.
fn question(state: &State, batch: &Batch, several: bool) -> String {
    if let (false, Some(item)) = (several, batch.items.first())
        && let Some(printer) = state.printer(item.who)
    {
        let job = if printer.job.phase.is_at_rest() {
            "nothing is being printed".to_owned()
        } else {
            let percent = printer.job.percent.map_or_else(String::new, |p| format!(", {p} %"));
            format!("{}{percent}", printer.job.name.as_deref().unwrap_or("no job name"))
        };
        return format!("{} → {} ({job})? [y/N] ", item.action, printer.name);
    }
    let shape = Shape::of_list(&state.around(), batch);
    let count = batch.items.len();
    let mut out = format!("{} → {count} {}:\n", batch.words, if count == 1 { "printer" } else { "printers" });
    for line in &shape.lines {
        let mark = match line.mark {
            Some(Mark::Out) => "-",
            Some(Mark::Care) => "!",
            _ => " ",
        };
        let name = text::fit(&line.name, shape.names, false);
        out += format!("{mark} {name}  {}  {}", line.words, line.figure).trim_end();
        out.push('\n');
    }
    for words in &shape.note {
        out += words;
        out.push('\n');
    }
    out + &if batch.must_count() { format!("Type {count} to confirm: ") } else { "[y/N] ".to_owned() }
}
