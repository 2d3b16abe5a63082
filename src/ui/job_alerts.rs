//! What is in the way, in sentences with a next step: the link, errors and messages, refused control.

use super::{job::is_locked, messages, paint::Paint, text, theme::Role};
use crate::protocol::codes::Code;
use crate::state::{
    advice::Advice,
    control::LOCKED,
    event::Cause,
    job::Phase,
    keymap::Intent,
    printer::{Freshness, Link, Printer},
};
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
pub(super) fn lines(p: &Paint, printer: &Printer, width: usize, most: usize, codes: bool) -> Vec<Line<'static>> {
    let mut out: Vec<Line<'static>> = Vec::new();
    let alerts = alerts(p, printer, codes);
    let count = alerts.len();
    for (at, alert) in alerts.into_iter().enumerate() {
        if out.len() >= most {
            more(p, out.last_mut(), count - at, width);
            break;
        }
        let advice = messages::advice(p, &alert.advice, width);
        let room = (most - out.len()).saturating_sub(usize::from(advice.is_some())).max(1);
        out.extend(sentence(p, &alert, width, room));
        out.extend(advice.filter(|_| out.len() < most));
    }
    out
}

/// One sentence and its code, in at most so many lines; what is cut off leaves a mark.
fn sentence(p: &Paint, alert: &Alert, width: usize, room: usize) -> Vec<Line<'static>> {
    let mut wrapped = text::wrap(&alert.words, width);
    if wrapped.len() > room {
        let rest = wrapped.split_off(room - 1).join(" ");
        wrapped.push(p.clip(&rest, width));
    }
    let mut out: Vec<Line<'static>> = wrapped.iter().map(|line| p.span(alert.role, line.clone()).into()).collect();
    let last = wrapped.last().map_or(0, |line| text::width(line));
    let code = alert.code.map(|code| code.to_string()).unwrap_or_default();
    if code.is_empty() {
        return out;
    }
    if last + text::width(&code) + 2 <= width {
        if let Some(line) = out.last_mut() {
            line.push_span(p.span(Role::Dim, format!("  {code}")));
        }
    } else if out.len() < room {
        out.push(p.span(Role::Dim, code).into());
    }
    out
}

/// Says at the end of the last line that there is more to be said.
fn more(p: &Paint, line: Option<&mut Line<'static>>, count: usize, width: usize) {
    let mark = p.span(Role::Dim, format!("  +{count}"));
    if let Some(line) = line
        && line.width() + mark.width() <= width
    {
        line.push_span(mark);
    }
}

fn alerts(p: &Paint, printer: &Printer, codes: bool) -> Vec<Alert> {
    let mut out = Vec::new();
    link(p, printer, &mut out);
    if codes {
        trouble(printer, &mut out);
    }
    if let Some((count, why)) = &printer.unreadable {
        out.push(Alert::new(Role::Waiting, format!("{count} messages in a row could not be read: {why}")));
    }
    if is_locked(printer) && !p.settings().read_only {
        out.push(Alert::new(Role::Dim, LOCKED));
    }
    out
}

fn key(p: &Paint, intent: Intent) -> String {
    p.state.keymap.key_of(intent).map_or_else(|| "its key".to_owned(), |key| key.to_string())
}

fn link(p: &Paint, printer: &Printer, out: &mut Vec<Alert>) {
    match &printer.link {
        Link::Down { why, retry_at } => {
            out.push(Alert::new(Role::Trouble, why.to_string()));
            if let Cause::CertificateChanged { pinned, found } = why {
                let short = |print: &str| print.get(..16).unwrap_or(print).to_owned();
                let words = format!(
                    "if you know why (new mainboard, factory reset), press {} to accept the new one; \
                     if not, somebody else may be answering",
                    key(p, Intent::Trust)
                );
                // The fingerprints first: nobody shall accept what they cannot see.
                out.push(Alert::new(Role::Text, format!("was {}, is {}", short(pinned), short(found))));
                out.push(Alert::new(Role::Text, words));
                return;
            }
            let next = match retry_at {
                Some(at) => {
                    format!("next try in {}; press {} to try now", p.until(*at), key(p, Intent::Retry))
                }
                None => format!(
                    "not tried again by itself; correct the configuration and start anew, or press {} to try again",
                    key(p, Intent::Retry)
                ),
            };
            out.push(Alert::new(Role::Text, format!("{next} ({})", printer.host)));
        }
        Link::Waiting => {
            out.push(Alert::new(Role::Dim, format!("waits for its turn to connect to {}", printer.host)));
        }
        Link::Connecting { attempt: 0 | 1 } => {
            out.push(Alert::new(Role::Dim, format!("connecting to {}", printer.host)));
        }
        Link::Connecting { attempt } => {
            out.push(Alert::new(Role::Waiting, format!("connecting to {}, attempt {attempt}", printer.host)));
        }
        Link::Up { .. } => match p.freshness(printer) {
            Freshness::Live => {}
            Freshness::Nothing if printer.silent_for(p.now.at).is_some_and(|t| t >= p.state.patience.first_nudge()) => {
                out.push(Alert::new(Role::Waiting, "connected, but no data came yet; check the serial"));
            }
            Freshness::Nothing => {
                out.push(Alert::new(Role::Dim, "connected; waiting for the first report"));
            }
            Freshness::Stale(age) => {
                let words = format!("no report for {}; what you see may be old", text::age(age));
                out.push(Alert::new(Role::Waiting, words));
            }
        },
    }
}

fn trouble(printer: &Printer, out: &mut Vec<Alert>) {
    let job = &printer.job;
    let role = if job.waits_for_person() { Role::Waiting } else { Role::Trouble };
    if let Some((words, _)) = printer.trouble() {
        out.push(Alert { role, words, code: printer.worst(), advice: printer.advice_for_trouble() });
    } else if job.phase == Phase::Failed {
        out.push(Alert::new(role, "the printer gave no reason; its screen may say more"));
    }
    // Further messages; the first one is told above unless the error took its place.
    for hms in printer.messages().map(|message| message.code).filter(|hms| Some(Code::Hms(*hms)) != printer.worst()) {
        let role = if hms.severity() <= crate::protocol::codes::Severity::Serious { Role::Trouble } else { Role::Dim };
        let code = Code::Hms(hms);
        out.push(Alert { code: Some(code), ..Alert::new(role, printer.text(code).words) });
    }
}
