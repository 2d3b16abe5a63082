//! What is in the way, in sentences with a next step: the link, errors and messages, refused control.

use super::{job::is_locked, paint::Paint, text, theme::Role};
use crate::protocol::codes::Code;
use crate::state::{
    action::Print,
    control::LOCKED,
    event::Cause,
    job::Phase,
    keymap::Intent,
    printer::{Freshness, Link, Printer},
};
use ratatui::text::Line;

/// The sentences, most important first, wrapped into at most so many lines.
pub(super) fn lines(p: &Paint, printer: &Printer, width: usize, most: usize) -> Vec<Line<'static>> {
    let mut out: Vec<Line<'static>> = Vec::new();
    let mut cut = false;
    for (role, words, code) in alerts(p, printer) {
        let wrapped = text::wrap(&words, width);
        let last = wrapped.len() - 1;
        for (at, line) in wrapped.into_iter().enumerate() {
            let room = width.saturating_sub(text::width(&line));
            let mut spans = vec![p.span(role, line)];
            let beside = at == last && !code.is_empty() && room > text::width(&code) + 2;
            if beside {
                spans.push(p.span(Role::Dim, format!("  {code}")));
            }
            out.push(spans.into());
            if at == last && !code.is_empty() && !beside && out.len() < most {
                out.push(p.span(Role::Dim, code.clone()).into());
            }
        }
        cut |= out.len() > most;
    }
    if cut {
        out.truncate(most);
        if let Some(line) = out.last_mut() {
            let text = format!("{line} ");
            let mark = p.theme.pick_text("…", "...");
            let style = line.spans.first().map(|s| s.style).unwrap_or_default();
            let room = width.saturating_sub(text::width(mark));
            let clipped: String = p.fit(&text, room.min(text::width(&text))).trim_end_matches(['…', '~', ' ']).into();
            *line = ratatui::text::Span::styled(clipped + mark, style).into();
        }
    }
    out
}

/// Role, sentence, code.
type Alert = (Role, String, String);

fn alerts(p: &Paint, printer: &Printer) -> Vec<Alert> {
    let mut out = Vec::new();
    link(p, printer, &mut out);
    trouble(p, printer, &mut out);
    if let Some((count, why)) = &printer.unreadable {
        out.push((Role::Waiting, format!("{count} messages in a row could not be read: {why}"), String::new()));
    }
    if is_locked(printer) && !p.settings().read_only {
        out.push((Role::Dim, LOCKED.to_owned(), String::new()));
    }
    out
}

fn key(p: &Paint, intent: Intent) -> String {
    p.state.keymap.key_of(intent).map_or_else(|| "its key".to_owned(), |key| key.to_string())
}

fn link(p: &Paint, printer: &Printer, out: &mut Vec<Alert>) {
    let none = String::new();
    match &printer.link {
        Link::Down { why, retry_at } => {
            out.push((Role::Trouble, why.to_string(), none.clone()));
            if let Cause::CertificateChanged { pinned, found } = why {
                let short = |print: &str| print.get(..16).unwrap_or(print).to_owned();
                let words = format!(
                    "if you know why (new mainboard, factory reset), press {} to accept the new one; \
                     if not, somebody else may be answering",
                    key(p, Intent::Trust)
                );
                let code = format!("was {}, is {}", short(pinned), short(found));
                // The fingerprints first: nobody shall accept what they cannot see.
                out.push((Role::Text, code, none));
                out.push((Role::Text, words, String::new()));
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
            out.push((Role::Text, format!("{next} ({})", printer.host), none));
        }
        Link::Waiting => {
            out.push((Role::Dim, format!("waits for its turn to connect to {}", printer.host), none));
        }
        Link::Connecting { attempt: 0 | 1 } => {
            out.push((Role::Dim, format!("connecting to {}", printer.host), none));
        }
        Link::Connecting { attempt } => {
            out.push((Role::Waiting, format!("connecting to {}, attempt {attempt}", printer.host), none));
        }
        Link::Up { .. } => match p.freshness(printer) {
            Freshness::Live => {}
            Freshness::Nothing if printer.silent_for(p.now.at).is_some_and(|t| t >= p.state.patience.first_nudge()) => {
                out.push((Role::Waiting, "connected, but no data came yet; check the serial".to_owned(), none));
            }
            Freshness::Nothing => {
                out.push((Role::Dim, "connected; waiting for the first report".to_owned(), none));
            }
            Freshness::Stale(age) => {
                let words = format!("no report for {}; what you see may be old", text::age(age));
                out.push((Role::Waiting, words, none));
            }
        },
    }
}

fn trouble(p: &Paint, printer: &Printer, out: &mut Vec<Alert>) {
    let job = &printer.job;
    let role = if job.waits_for_person() { Role::Waiting } else { Role::Trouble };
    if let Some((words, code)) = printer.trouble() {
        let mut words = words;
        let says_how = words.contains("resume");
        if says_how {
            // The footer shows the key.
        } else if printer.allows(&Print::Resume.into(), p.now.at, &p.state.patience).is_ok() && !p.settings().read_only
        {
            words += &format!("; set it right, then {} resumes", key(p, Intent::Resume));
        } else if job.resume_at_printer {
            words += "; go on at the printer's screen";
        }
        out.push((role, words, code));
    } else if job.phase == Phase::Failed {
        out.push((role, "the printer gave no reason; its screen may say more".to_owned(), String::new()));
    }
    // Further messages; the first one is told above unless the error took its place.
    let told = usize::from(job.error.is_none() && printer.worst_hms().is_some());
    for hms in printer.messages().map(|message| message.code).skip(told) {
        let role = if hms.severity() <= crate::protocol::codes::Severity::Serious { Role::Trouble } else { Role::Dim };
        out.push((role, printer.text(Code::Hms(hms)).words, hms.to_string()));
    }
}
