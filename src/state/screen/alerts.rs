//! The list of everything a printer says is wrong, line by line: what the zoomed job pane shows below the job.
//!
//! It is made here, where paging asks for its length too, so that what is drawn and what is scrolled cannot disagree.

use crate::{
    protocol::codes::Code,
    state::{
        State,
        command::{action::Action, advice::Advice},
        printer::{Printer, alerts::Source},
        screen::layout,
        view::{Pane, wrap::wrap},
    },
};
use ratatui::layout::Rect;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertRow {
    /// A code begins, and when it was first seen, in seconds since 1970.
    Head(Code, i64),
    /// A pause without a code begins.
    Pause,
    /// A line of what it means.
    Text(String),
    /// A line of what to set right.
    Step(String),
    /// Orders that answer it.
    Answers(Vec<Action>),
    /// Whose words they are.
    About(Source),
    /// A line of the vendor's page.
    Link(String),
    /// A line about the messages that follow, which the vendor keeps to itself.
    Internal(String),
    /// Nothing.
    Blank,
}

/// Texts stand this far to the right of their heads.
pub const INDENT: usize = 2;

/// The whole list for a width. `links`: the terminal can make a link of the code, so the address need not be shown.
pub fn rows(printer: &Printer, width: usize, links: bool) -> Vec<AlertRow> {
    let room = width.saturating_sub(INDENT);
    let mut out = Vec::new();
    let worst = printer.worst();
    if worst.is_none() && printer.waits_for_person() {
        out.push(AlertRow::Pause);
        out.extend(wrap(&printer.pause_reason(), room).into_iter().map(AlertRow::Text));
        advise(printer.advice_for_pause(), room, &mut out);
        out.push(AlertRow::Blank);
    }
    let error = printer.job.error.zip(printer.job.error_seen).map(|(error, seen)| (Code::Error(error), seen));
    let messages = printer.messages().map(|message| (Code::Hms(message.code), message.seen));
    let mut codes: Vec<_> = printer.earlier_danger().into_iter().chain(error).chain(messages).collect();
    codes.sort_by_key(|(code, _)| !code.is_danger());
    for (code, seen) in codes {
        let text = printer.text(code);
        out.push(AlertRow::Head(code, seen));
        out.extend(wrap(&text.words, room).into_iter().map(AlertRow::Text));
        let advice = if Some(code) == worst { printer.advice_for_trouble() } else { printer.advice(code) };
        advise(advice, room, &mut out);
        out.push(AlertRow::About(text.source));
        if !links {
            // Not indented: where it fits into one line it can be copied.
            out.extend(wrap(&code.wiki(), width).into_iter().map(AlertRow::Link));
        }
        out.push(AlertRow::Blank);
    }
    let internal: Vec<_> = printer.job.hms.iter().filter(|one| printer.is_internal(one.code)).collect();
    if !internal.is_empty() {
        out.extend(wrap("messages that Bambu Lab does not publish:", width).into_iter().map(AlertRow::Internal));
        out.extend(internal.into_iter().map(|message| AlertRow::Head(Code::Hms(message.code), message.seen)));
    }
    if out.last() == Some(&AlertRow::Blank) {
        out.pop();
    }
    out
}

fn advise(advice: Advice, room: usize, out: &mut Vec<AlertRow>) {
    out.extend(advice.step.into_iter().flat_map(|step| wrap(step, room)).map(AlertRow::Step));
    if !advice.actions.is_empty() {
        out.push(AlertRow::Answers(advice.actions));
    }
}

/// Where the list is in the zoomed job pane: below the job, which keeps what it needs. `None`: there is nothing to list.
pub fn area(room: Rect, printer: &Printer) -> Option<Rect> {
    let has_rows = printer.codes().next().is_some() || printer.waits_for_person();
    // Name, bar and facts, and a blank line.
    let job = if room.height >= 18 { 9 } else { room.height / 2 };
    has_rows.then(|| Rect { y: room.y + job, height: room.height - job, ..room })
}

/// How far the list can be scrolled; 0 where there is none.
pub fn scroll_limit(state: &State) -> u16 {
    if state.view.zoom != Some(Pane::Job) {
        return 0;
    }
    let pane = layout::of(state).job.map(|rect| layout::margin(layout::inner(rect)));
    let Some((printer, room)) = state.selected().zip(pane) else { return 0 };
    let Some(list) = area(room, printer) else { return 0 };
    let rows = rows(printer, usize::from(list.width), state.settings.links).len();
    u16::try_from(rows).unwrap_or(u16::MAX).saturating_sub(list.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::report::parse, state::test_now};

    fn printer(fields: &str) -> Printer {
        let mut printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        printer.apply_report(*parse(json.as_bytes()).expect("JSON").report.expect("a report"), test_now());
        printer
    }

    #[test]
    fn every_code_is_listed_with_all_there_is_to_say() {
        let hms = r#""hms":[{"attr":201327360,"code":196614},{"attr":83887616,"code":131184}]"#;
        let printer = printer(&format!(r#""gcode_state":"PAUSE","print_error":50364419,{hms}"#));
        let seen = test_now().unix;
        let Some(error) = printer.worst() else { panic!("an error") };
        let codes: Vec<_> = printer.codes().collect();
        let answers = printer.advice(error).actions;
        let expected = vec![
            AlertRow::Head(error, seen),
            AlertRow::Text("the camera suspects spaghetti".into()),
            AlertRow::Step("look at the print".into()),
            AlertRow::Answers(answers),
            AlertRow::About(Source::BuiltIn),
            AlertRow::Blank,
            AlertRow::Head(codes[2], seen),
            AlertRow::Text("filament may have piled up in the waste chute".into()),
            AlertRow::Step("clear the waste chute".into()),
            AlertRow::About(Source::BuiltIn),
            AlertRow::Blank,
            AlertRow::Internal("messages that Bambu Lab does not publish:".into()),
            AlertRow::Head(codes[1], seen),
        ];
        assert_eq!(rows(&printer, 80, true), expected);
        // Without links the address stands there, however many lines it takes.
        let plain = rows(&printer, 40, false);
        let address: String = plain
            .iter()
            .filter_map(|row| match row {
                AlertRow::Link(part) => Some(part.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(address, codes[0].wiki() + &codes[2].wiki());
    }

    #[test]
    fn a_pause_without_a_code_is_listed_and_a_healthy_printer_has_no_list() {
        let room = Rect::new(0, 0, 60, 20);
        let paused = printer(r#""gcode_state":"PAUSE","stg_cur":17"#);
        assert!(matches!(
            &rows(&paused, 60, true)[..],
            [AlertRow::Pause, AlertRow::Text(_), AlertRow::Step(_), AlertRow::Answers(_)]
        ));
        assert_eq!(area(room, &paused), Some(Rect::new(0, 9, 60, 11)));
        let healthy = printer(r#""gcode_state":"PAUSE","stg_cur":16"#);
        assert_eq!((rows(&healthy, 60, true), area(room, &healthy)), (vec![], None));
    }
}
