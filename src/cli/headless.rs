//! A frontend without a screen: a command looks at the state whenever it may have changed.

use super::{
    Global, dashboard,
    output::{Failure, UNREACHABLE, note},
    select::Selection,
};
use crate::{
    app::{App, Frontend, Outcome},
    net::AccountOptions,
    state::{
        State, Tone, command::bulk::Item, effect::Effect, event::Event, printer::connection::DisconnectReason,
        wants::Wanted,
    },
    storage::Database,
};
use std::{collections::VecDeque, io, pin::Pin, time::Duration};
use tokio::{sync::mpsc, time::Sleep};

/// What a command wants after it has looked at the state.
pub(super) enum Step {
    /// Go on.
    Go,
    /// These orders go out; a person has confirmed them.
    Order(Vec<Item>),
    /// It is done, with this exit code.
    End(u8),
}

/// A command's view of the state.
pub(super) trait Command {
    /// Looks at the state. `timed_out`: the time the person was ready to wait is over.
    fn on_change(&mut self, state: &State, timed_out: bool) -> io::Result<Step>;
}

/// The frontend around a command.
struct Headless {
    command: Box<dyn Command>,
    /// When the person has waited long enough; made once, since `input` is called and dropped again and again.
    deadline: Option<Pin<Box<Sleep>>>,
    timed_out: bool,
    /// What the command wants and the loop has not taken yet.
    said: VecDeque<Event>,
    /// Of the printers, as far as they were configured.
    names: Vec<String>,
    /// Lets others (an answer typed by the person) make the command look again.
    wake: mpsc::Receiver<()>,
}

impl Frontend for Headless {
    fn draw(&mut self, state: &State) -> io::Result<()> {
        // What it has said comes first: it would look at a state that does not know of it.
        if self.said.is_empty() {
            self.said.extend(match self.command.on_change(state, self.timed_out)? {
                Step::Go => None,
                Step::Order(items) => Some(Event::Order(items)),
                Step::End(code) => Some(Event::Exit(code)),
            });
        }
        Ok(())
    }

    async fn input(&mut self) -> Option<Event> {
        if let Some(event) = self.said.pop_front() {
            return Some(event);
        }
        let deadline = async {
            match &mut self.deadline {
                Some(deadline) if !self.timed_out => deadline.await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = deadline => self.timed_out = true,
            Some(()) = self.wake.recv() => {}
        }
        Some(Event::Look)
    }

    fn execute(&mut self, effect: Effect) -> io::Result<()> {
        if let Effect::Witness(entry) = effect
            && (entry.tone == Tone::Bad || entry.printer.is_none())
        {
            let name = entry.printer.and_then(|who| self.names.get(usize::from(who.0)));
            note(&name.map_or_else(|| entry.text.clone(), |name| format!("{name}: {}", entry.text)));
        }
        Ok(())
    }
}

/// Runs a command on some printers until it ends, or a signal does. No generics: the whole loop would be there once for
/// every command.
pub(super) async fn run(
    global: &Global,
    selection: Selection,
    timeouts: Option<Duration>,
    command: Box<dyn Command>,
    wake: mpsc::Receiver<()>,
    wanted: Wanted,
) -> Result<u8, Failure> {
    global.start_log();
    let Selection { mut config, account, listed } = selection;
    // Hooks are the dashboard's: a command beside it must not do everything twice.
    config.hooks.clear();
    // Nor does a command that is over in a moment ask for texts; those that were kept are enough.
    config.error_texts.fetch &= timeouts.is_none();
    let mut setup = dashboard::setup(global, config);
    setup.pins = Some(Global::state_file("known_printers")?);
    match Database::open(&Global::state_folder()?) {
        Ok(database) => setup.storage = Some(Ok(database)),
        Err(error) => note(&format!("nothing is kept: {error}")),
    }
    setup.texts = Some(super::cache_folder()?);
    setup.account = account.map(|account| AccountOptions { timeouts, ..account });
    setup.listed = listed;
    setup.wants = Some(Wanted { all_changes: true, ..wanted });
    let deadline = timeouts.map(|timeouts| Box::pin(tokio::time::sleep(timeouts)));
    let names = setup.config.printers.iter().map(|printer| printer.name.clone()).collect();
    let front = Headless { command, deadline, timed_out: false, said: VecDeque::new(), names, wake };
    match App::new(setup, front)?.run(Box::pin(super::stop_signal())).await? {
        Outcome::Exit(code) => Ok(code),
        Outcome::Quit | Outcome::StartDemo => Ok(super::output::OK),
    }
}

/// The sentence for a printer that cannot be reached.
pub(super) fn unreachable(state: &State, at: usize) -> String {
    let name = state.fleet.printers.get(at).map_or("", |printer| printer.name.as_str());
    format!("{name}: {}", why_unreachable(state, at))
}

/// The same without the printer's name.
pub(super) fn why_unreachable(state: &State, at: usize) -> String {
    use crate::state::printer::{connection::ConnectionState, transport::Transport};
    let Some(printer) = state.fleet.printers.get(at) else { return String::new() };
    let why = match (&printer.link, &printer.last_cause) {
        (ConnectionState::Down { why, .. }, _) | (_, Some(why)) => why.to_string(),
        (ConnectionState::Up { .. }, None) if printer.transport == Transport::Cloud => {
            "connected to the cloud, but the printer sends no full report there; is it on?".to_owned()
        }
        (ConnectionState::Up { .. }, None) if printer.silent_for(state.now.at).is_none() => {
            "connected, and changes come, but the full report was lost; try again".to_owned()
        }
        (ConnectionState::Up { .. }, None) => "connected, but no full report came; check the serial".to_owned(),
        _ => "no connection in time".to_owned(),
    };
    let why = match printer.transports.lan.as_ref() {
        Some(ConnectionState::Down { why: cause, .. }) if cause.to_string() == why => with_cure(why, cause),
        _ => why,
    };
    let other = match (printer.transport, &printer.transports.lan) {
        (Transport::Lan, _) => state.why_no_cloud(printer).map(|cloud| ("cloud", cloud)),
        (Transport::Cloud, Some(ConnectionState::Down { why, .. })) => Some(("LAN", why.to_string())),
        (Transport::Cloud, _) => None,
    };
    match other {
        Some((transport, other)) => then(&why, &format!("over the {transport}: {other}")),
        None => why,
    }
}

/// Why something failed, and what a script can do about it, if there is something.
pub(super) fn with_cure(why: String, cause: &DisconnectReason) -> String {
    match cure(cause) {
        Some(cure) => then(&why, &cure),
        None => why,
    }
}

/// What a script can do about a certificate: there is nobody to ask.
fn cure(cause: &DisconnectReason) -> Option<String> {
    match cause {
        DisconnectReason::SelfMade(_) => Some(
            "nothing was sent to it; if it is the printer's, write it into the configuration as fingerprint, accept it in \
             the dashboard, or use --trust-new"
                .to_owned(),
        ),
        DisconnectReason::CertificateChanged { pinned, found, configured } => {
            let cure = if *configured { "correct the configuration" } else { "accept it in the dashboard" };
            Some(format!("expected SHA-256 {pinned}, found {found}; {cure} if you know why it changed"))
        }
        _ => None,
    }
}

/// A sentence and what follows it. After a question it is a sentence of its own.
pub(super) fn then(first: &str, more: &str) -> String {
    if !first.ends_with('?') {
        return format!("{first}; {more}");
    }
    let mut letters = more.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first} {capital}{}", letters.as_str())
}

/// Ends with the exit code for unreachable printers.
pub(super) const END_UNREACHABLE: Step = Step::End(UNREACHABLE);
