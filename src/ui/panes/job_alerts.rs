//! What is in the way, in sentences with a next step: the link, errors and messages, refused control.

use super::alerts;
use crate::protocol::codes::Code;
use crate::state::{
    command::{
        advice::Advice,
        tracker::{Permission, SUSPECTED},
    },
    key_action::KeyAction,
    printer::{
        Freshness, Printer,
        connection::{ConnectionState, DisconnectReason},
        job::Phase,
        need::Need,
        transport::Transport,
    },
};
use crate::ui::{painter::Painter, text, theme::Role};
use ratatui::text::Line;

/// Something to be said.
struct Alert {
    role: Role,
    words: String,
    /// The code behind it.
    code: Option<Code>,
    /// What to do about it: said even where there is no room for all of the words.
    advice: Advice,
}

impl Alert {
    fn new(role: Role, words: impl Into<String>) -> Self {
        Self { role, words: words.into(), code: None, advice: Advice::default() }
    }
}

/// The sentences, most important first, wrapped into at most so many lines. `codes`: errors and messages too.
pub(in crate::ui) fn lines(
    p: &Painter,
    printer: &Printer,
    width: usize,
    most: usize,
    codes: bool,
) -> Vec<Line<'static>> {
    let mut out: Vec<Line<'static>> = Vec::new();
    let alerts = alerts(p, printer, codes);
    let count = alerts.len();
    for (at, alert) in alerts.into_iter().enumerate() {
        if out.len() >= most {
            append(p, out.last_mut(), &format!("+{}", count - at), width);
            break;
        }
        let advice = alerts::advice(p, printer, &alert.advice, width);
        let room = (most - out.len()).saturating_sub(usize::from(advice.is_some())).max(1);
        let mut lines = sentence(p, &alert, width, room);
        // The code stands behind the sentence, else on a line of its own, else behind the advice.
        let code = alert.code.map(|code| code.to_string());
        let code = code.filter(|code| !append(p, lines.last_mut(), code, width));
        let code = code.filter(|code| {
            let free = lines.len() < room;
            lines.extend(free.then(|| Line::from(p.span(Role::Dim, code.clone()))));
            !free
        });
        out.extend(lines);
        out.extend(advice.filter(|_| out.len() < most).map(|mut line| {
            if let Some(code) = code {
                append(p, Some(&mut line), &code, width);
            }
            line
        }));
    }
    out
}

/// One sentence in at most so many lines; what is cut off leaves a mark.
fn sentence(p: &Painter, alert: &Alert, width: usize, room: usize) -> Vec<Line<'static>> {
    let mut wrapped = text::wrap(&alert.words, width);
    if wrapped.len() > room {
        let rest = wrapped.split_off(room - 1).join(" ");
        wrapped.push(p.clip(&rest, width));
    }
    wrapped.into_iter().map(|line| p.span(alert.role, line).into()).collect()
}

/// Writes something small behind a line, if there is room. Tells whether there was.
fn append(p: &Painter, line: Option<&mut Line<'static>>, words: &str, width: usize) -> bool {
    match line.filter(|line| line.width() + text::width(words) + 2 <= width) {
        Some(line) => {
            line.push_span(p.span(Role::Dim, format!("  {words}")));
            true
        }
        None => false,
    }
}

fn alerts(p: &Painter, printer: &Printer, codes: bool) -> Vec<Alert> {
    let mut out = Vec::new();
    // What burns goes before why the printer cannot be reached.
    let danger_first = codes && printer.is_in_danger();
    if danger_first {
        trouble(printer, &mut out);
        out.extend(printer.earlier_danger().map(|(_, unix)| {
            Alert::new(Role::Waiting, format!("said {}; it has not reported its state since", p.format_timestamp(unix)))
        }));
    }
    link(p, printer, &mut out);
    if codes && !danger_first {
        trouble(printer, &mut out);
    }
    if let Some((count, why)) = &printer.unreadable {
        out.push(Alert::new(Role::Waiting, format!("{count} messages in a row could not be read: {why}")));
    }
    match printer.permission() {
        _ if p.settings().read_only => {}
        Permission::Suspected => out.push(Alert::new(Role::Dim, SUSPECTED)),
        permission if permission.is_locked() => out.push(Alert::new(Role::Dim, printer.locked_words())),
        _ => {}
    }
    out
}

fn key(p: &Painter, key_action: KeyAction) -> String {
    p.state.keymap.key_of(key_action).map_or_else(|| "its key".to_owned(), |key| key.to_string())
}

fn link(p: &Painter, printer: &Printer, out: &mut Vec<Alert>) {
    match &printer.link {
        ConnectionState::Down { why, retry_at } => {
            if certificate(p, why, out) {
                out.extend(retry_at.map(|at| Alert::new(Role::Dim, format!("looks again in {}", p.until(at)))));
                return;
            }
            out.push(Alert::new(Role::Trouble, why.to_string()));
            let next = match retry_at {
                _ if matches!(why, DisconnectReason::TokenExpired | DisconnectReason::SignedOut) => {
                    format!("{} signs in", key(p, KeyAction::Account))
                }
                _ if *why == DisconnectReason::BrokerRefused => {
                    let (retry, account) = (key(p, KeyAction::Retry), key(p, KeyAction::Account));
                    let next = retry_at
                        .map_or_else(|| "no automatic retry".to_owned(), |at| format!("next try in {}", p.until(at)));
                    format!("{next}; {retry} tries now, {account} signs in again")
                }
                None if *why == DisconnectReason::NotInCloud => "it comes back by itself".to_owned(),
                Some(at) if matches!(why, DisconnectReason::BrokerBudget(_)) => {
                    format!("the next is possible in {}", p.until(*at))
                }
                Some(at) if why.needs_person() && p.state.fleet.reload.available => format!(
                    "next try in {}; correct the file (no restart needed), or press {} to try now",
                    p.until(*at),
                    key(p, KeyAction::Retry)
                ),
                Some(at) => {
                    format!("next try in {}; press {} to try now", p.until(*at), key(p, KeyAction::Retry))
                }
                None => format!("no automatic retry; press {} to try again", key(p, KeyAction::Retry)),
            };
            let host = if printer.transport == Transport::Lan { format!(" ({})", printer.host) } else { String::new() };
            out.push(Alert::new(Role::Text, next + &host));
        }
        ConnectionState::Waiting => {
            out.push(Alert::new(Role::Dim, format!("waiting to connect to {}", aim(printer))));
        }
        ConnectionState::Connecting { attempt: 0 | 1 } => {
            out.push(Alert::new(Role::Dim, format!("connecting to {}", aim(printer))));
        }
        ConnectionState::Connecting { attempt } => {
            out.push(Alert::new(Role::Waiting, format!("connecting to {}, attempt {attempt}", aim(printer))));
        }
        ConnectionState::Up { .. } => match p.freshness(printer) {
            Freshness::Live => {}
            Freshness::Nothing
                if printer.says_nothing()
                    || printer
                        .silent_for(p.now.at)
                        .is_some_and(|t| t >= p.state.fleet.watchdog_timeouts.first_nudge()) =>
            {
                out.push(Alert::new(Role::Waiting, "connected, but no data came yet; check the serial"));
            }
            Freshness::Nothing => {
                out.push(Alert::new(Role::Dim, "connected; waiting for the first report"));
            }
            Freshness::Partial => {
                let words = "the full report has not come yet; what the printer has not said since is unknown";
                out.push(Alert::new(Role::Waiting, words));
            }
            Freshness::Stale(age) if printer.awaits_whole() => {
                let words = format!("the full report has not come yet; what you see is {} old", text::age(age));
                out.push(Alert::new(Role::Waiting, words));
            }
            Freshness::Stale(age) => {
                let words = format!("no report for {}; what you see may be old", text::age(age));
                out.push(Alert::new(Role::Waiting, words));
            }
        },
    }
}

/// A certificate that a person has to judge. Tells whether it is about one.
fn certificate(p: &Painter, why: &DisconnectReason, out: &mut Vec<Alert>) -> bool {
    let short = |print: &str| print.get(..16).unwrap_or(print).to_owned();
    let trust = key(p, KeyAction::Trust);
    let (problem, seen, next) = match why {
        DisconnectReason::CertificateChanged { pinned, found, configured } => (
            why.to_string(),
            format!("was {}, is {} ({})", short(pinned), short(&found.fingerprint), found.signer.word()),
            if *configured {
                "correct fingerprint in the configuration, if you know why it changed; if not, somebody else may be \
                 answering"
                    .to_owned()
            } else {
                format!(
                    "if you know why (new mainboard, factory reset), press {trust} to compare and accept it; if not, \
                     somebody else may be answering"
                )
            },
        ),
        DisconnectReason::SelfMade(found) => (
            "first connection: the certificate is self-signed".to_owned(),
            format!("SHA-256 {}…, not signed by Bambu Lab", short(&found.fingerprint)),
            format!("nothing was sent to it; press {trust} to view and accept it"),
        ),
        _ => return false,
    };
    out.push(Alert::new(Role::Trouble, problem));
    out.push(Alert::new(Role::Text, seen));
    out.push(Alert::new(Role::Text, next));
    true
}

/// What is connected to: the printer's address, or the cloud's broker.
fn aim(printer: &Printer) -> &str {
    if printer.transport == Transport::Lan { &printer.host } else { "the cloud's broker" }
}

fn trouble(printer: &Printer, out: &mut Vec<Alert>) {
    let job = &printer.job;
    let role = match printer.need() {
        Some(Need::Danger) => Role::Danger,
        _ if printer.waits_for_person() => Role::Waiting,
        _ => Role::Trouble,
    };
    if let Some((words, _)) = printer.trouble() {
        out.push(Alert { role, words, code: printer.worst(), advice: printer.advice_for_trouble() });
    } else if job.phase == Phase::Failed {
        out.push(Alert::new(role, "the printer gave no reason; its screen may say more"));
    } else if job.phase == Phase::Stopped {
        out.push(Alert::new(Role::Dim, "stopped; the printer has not said yet whether it failed or was cancelled"));
    }
    // What is not told above: an error where something worse took its place, and further messages.
    let error = job.error.filter(|error| !error.is_cancellation()).map(|error| (Code::Error(error), Role::Trouble));
    let messages = printer.messages().map(|message| {
        let grave = message.code.severity() <= crate::protocol::codes::Severity::Serious;
        (Code::Hms(message.code), if grave { Role::Trouble } else { Role::Dim })
    });
    for (code, role) in error.into_iter().chain(messages).filter(|(code, _)| Some(*code) != printer.worst()) {
        let role = if code.is_danger() { Role::Danger } else { role };
        out.push(Alert { code: Some(code), ..Alert::new(role, printer.text(code).words) });
    }
}
