//! What a printer says is wrong: its error, its health messages, the reason of its pause. In which order they are told, and
//! in whose words, is decided here.

mod rows;

pub use super::texts::Source;
pub use rows::{INDENT, Row, area, rows, scroll_limit};

use super::{
    job::{Message, PAUSED_BY_USER},
    printer::Printer,
    texts::Text,
};
use crate::protocol::codes::{self, Code, HmsCode, Severity};
use std::time::{Duration, Instant};

impl Printer {
    /// What a code means at this printer.
    pub fn text(&self, code: Code) -> Text {
        self.wording.text(code)
    }

    /// The codes it shows, the one to be read first at the beginning: its error, then its health messages.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.job.error.map(Code::Error).into_iter().chain(self.job.hms.iter().map(|message| Code::Hms(message.code)))
    }

    /// Its health messages, worst first, without those that the vendor keeps to itself.
    pub fn messages(&self) -> impl Iterator<Item = Message> {
        self.job.hms.iter().copied().filter(|message| !self.is_internal(message.code))
    }

    /// Whether the vendor keeps a health message to itself.
    pub fn is_internal(&self, code: HmsCode) -> bool {
        self.wording.is_internal(code)
    }

    /// The health message that a person should see first, if one is fatal or serious.
    pub fn worst_hms(&self) -> Option<HmsCode> {
        self.messages().map(|message| message.code).next().filter(|hms| hms.severity() <= Severity::Serious)
    }

    /// Whether it shows an error or a fatal health message.
    pub fn is_alarmed(&self) -> bool {
        self.job.error.is_some() || self.worst_hms().is_some_and(|hms| hms.severity() == Severity::Fatal)
    }

    /// The code that says what is wrong: what a person should read first.
    pub fn worst(&self) -> Option<Code> {
        self.job.error.map(Code::Error).or_else(|| self.worst_hms().map(Code::Hms))
    }

    /// The sentence about what is wrong, with its code.
    pub fn trouble(&self) -> Option<(String, String)> {
        match self.worst() {
            Some(code) => Some((self.text(code).words, code.to_string())),
            None => self.waits_for_person().then(|| (self.pause_reason(), String::new())),
        }
    }

    /// Why the job is paused, in words.
    pub fn pause_reason(&self) -> String {
        let stage = self.job.stage_id.filter(|id| codes::is_pause_stage(*id));
        // A stage of its own says more than an error that was dismissed; "paused by the user" does not.
        let dismissed = self.job.paused_over.filter(|_| stage.is_none_or(|id| id == PAUSED_BY_USER));
        if let Some(error) = self.job.error.or(dismissed) {
            return self.text(Code::Error(error)).words;
        }
        match stage.and_then(codes::stage) {
            Some(text) => text.strip_prefix("paused: ").unwrap_or(&text).to_owned(),
            None => "paused".to_owned(),
        }
    }

    /// Why the job failed, in words.
    pub fn failure_reason(&self) -> String {
        let code = self.worst().or_else(|| self.job.failure.map(Code::Error));
        let why = code.map_or_else(|| "the printer gave no reason".to_owned(), |code| self.text(code).words);
        if self.job.never_began { format!("could not start: {why}") } else { why }
    }

    /// Health messages worth a line of the journal that were not active within `quiet`: they flap.
    pub fn new_messages(&mut self, at: Instant, quiet: Duration) -> Vec<HmsCode> {
        self.recent_hms.retain(|(_, seen)| at.saturating_duration_since(*seen) < quiet);
        let mut fresh = Vec::new();
        let active: Vec<_> = self.messages().map(|message| message.code).collect();
        for hms in active.into_iter().filter(|hms| hms.severity() != Severity::Info) {
            match self.recent_hms.iter_mut().find(|(code, _)| *code == hms) {
                Some((_, seen)) => *seen = at,
                None => {
                    self.recent_hms.push((hms, at));
                    fresh.push(hms);
                }
            }
        }
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::report::parse, state::test_now};

    fn printer(fields: &str) -> Printer {
        let mut printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        tell(&mut printer, fields);
        printer
    }

    fn tell(printer: &mut Printer, fields: &str) {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        printer.take_in(*parse(json.as_bytes()).expect("JSON").report.expect("a report"), test_now());
    }

    /// A fatal message about the bed heater, a common one about the chute, and one that the vendor keeps to itself.
    const HMS: &str =
        r#""hms":[{"attr":201327360,"code":196614},{"attr":50331904,"code":65537},{"attr":83887616,"code":131184}]"#;

    fn read_first(printer: &Printer) -> String {
        printer.trouble().map(|(words, code)| format!("{words} {code}")).unwrap_or_default()
    }

    #[test]
    fn the_error_is_read_first_then_the_worst_message_then_the_reason_of_the_pause() {
        let paused = r#""gcode_state":"PAUSE","stg_cur":6"#;
        let mut printer = printer(&format!(r#"{paused},"print_error":50364419,{HMS}"#));
        assert_eq!(read_first(&printer), "the camera suspects spaghetti 0300_8003");
        tell(&mut printer, r#""print_error":0"#);
        assert_eq!(read_first(&printer), "bed heater: short circuit HMS_0300_0100_0001_0001");
        assert_eq!(printer.pause_reason(), "filament ran out");
        assert_eq!(printer.failure_reason(), "bed heater: short circuit");
        tell(&mut printer, r#""hms":[{"attr":201327360,"code":196614}]"#);
        assert_eq!(read_first(&printer), "filament ran out ");
        tell(&mut printer, r#""stg_cur":16"#);
        assert_eq!(read_first(&printer), "the camera suspects spaghetti ", "dismissing it repaired nothing");
        assert_eq!(printer.failure_reason(), "the printer gave no reason");
        tell(&mut printer, r#""gcode_state":"RUNNING""#);
        tell(&mut printer, r#""gcode_state":"PAUSE""#);
        assert_eq!((read_first(&printer).as_str(), printer.pause_reason().as_str()), ("", "paused by the user"));
    }

    #[test]
    fn what_the_vendor_keeps_to_itself_is_in_no_view_but_still_a_code() {
        let mut printer = printer(HMS);
        assert_eq!((printer.messages().count(), printer.codes().count()), (2, 3));
        assert_eq!(printer.new_messages(test_now().at, Duration::from_secs(30)).len(), 2);
        tell(&mut printer, r#""hms":[{"attr":83887616,"code":131184}]"#);
        assert_eq!((printer.worst_hms(), printer.is_alarmed()), (None, false));
    }
}
