//! What a printer says is wrong: its error, its health messages, the reason of its pause. In which order they are told, and
//! in whose words, is decided here.

pub use crate::state::printer::error_texts::Source;

use crate::protocol::codes::{self, Code, HmsCode, Severity};
use crate::state::printer::{
    Printer,
    error_texts::{DANGER, Text},
    job::{JobEvent, Message, Phase},
    job_news::Happened,
};

/// A health message that was there so many seconds before a pause is not what it is about.
const BEFORE_PAUSE: i64 = 60;

/// The job is done, and the printer purifies its air: common by its number, and no reason of a pause.
const PURIFYING: HmsCode = HmsCode { attr: 0x0500_0400, code: 0x0003_0057 };

/// A pause of which no more is known.
const PAUSED: &str = "paused";

impl Printer {
    /// What a code means at this printer.
    pub fn text(&self, code: Code) -> Text {
        self.wording.text(code)
    }

    /// The codes it shows: its error, then its health messages, worst first.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.job.error.map(Code::Error).into_iter().chain(self.job.hms.iter().map(|message| Code::Hms(message.code)))
    }

    /// Its health messages, worst first, without those that the vendor keeps to itself.
    pub fn messages(&self) -> impl Iterator<Item = Message> {
        self.job.hms.iter().copied().filter(|message| !self.is_internal(message.code))
    }

    /// Whether the vendor keeps a health message to itself. What paused the job is nobody's secret.
    pub fn is_internal(&self, code: HmsCode) -> bool {
        self.wording.is_internal(code)
            && (self.job.phase != Phase::Paused || self.pause_code() != Some(Code::Hms(code)))
    }

    /// The health message that a person should see first, if one is fatal or serious.
    pub fn worst_hms(&self) -> Option<HmsCode> {
        self.messages().map(|message| message.code).next().filter(|hms| hms.severity() <= Severity::Serious)
    }

    /// The code that says what is wrong: what a person should read first. Danger goes before everything. That a person
    /// cancelled the job is nothing wrong.
    pub fn worst(&self) -> Option<Code> {
        let error = self.job.error.filter(|error| !error.is_cancellation());
        let usual = || error.map(Code::Error).or_else(|| self.worst_hms().map(Code::Hms));
        self.danger().or_else(usual)
    }

    /// The sentence about what is wrong, with its code.
    pub fn trouble(&self) -> Option<(String, String)> {
        match self.worst() {
            Some(code) => Some((self.text(code).words, code.to_string())),
            None if self.job.is_lost() => Some((self.failure_reason(), String::new())),
            None => self.waits_for_person().then(|| {
                let code = self.pause_code().filter(|code| matches!(code, Code::Hms(_)));
                (self.pause_reason(), code.map_or_else(String::new, |code| code.to_string()))
            }),
        }
    }

    /// Whether it has stopped by itself, in a job or in a filament change without one, and a person must decide.
    pub fn waits_for_person(&self) -> bool {
        let asked = || self.job.error.is_some_and(|error| error.waits_for_person() && error.is_about_filament());
        let by_message =
            || self.job.phase == Phase::Paused && self.pause_code().is_some_and(|code| matches!(code, Code::Hms(_)));
        self.job.waits_for_person() || by_message() || (self.ams.changing && asked())
    }

    /// The code over which the job is paused: its error, also once it was dismissed, or else the worst health message. A
    /// person's pause has none.
    pub fn pause_code(&self) -> Option<Code> {
        let job = &self.job;
        if job.phase != Phase::Paused {
            return job.error.map(Code::Error);
        }
        let stage = job.stage_id.filter(|id| codes::is_pause_stage(*id));
        // A stage of its own says more than an error that was dismissed; "paused by a person" does not.
        let dismissed = job.paused_over.filter(|_| stage.is_none_or(|id| id == codes::PAUSED_BY_USER));
        let error = job.error.or(dismissed).map(Code::Error);
        let by_person = stage == Some(codes::PAUSED_BY_USER) || job.paused_here;
        error.or_else(|| self.pausing_hms(stage.is_some()).filter(|_| !by_person).map(Code::Hms))
    }

    /// The health message that paused the job, if one did: the worst, and one that the vendor's list does not have only where
    /// no other explains it. Where the printer names a stage, what is not serious,
    /// or was there long before, explains nothing.
    fn pausing_hms(&self, has_stage: bool) -> Option<HmsCode> {
        let paused = self.job.paused_seen?;
        let explains = |message: &Message| match message.code.severity() {
            Severity::Fatal => true,
            Severity::Serious => !has_stage || message.seen + BEFORE_PAUSE >= paused,
            Severity::Common if message.code == PURIFYING => false,
            Severity::Common => !has_stage && message.seen + BEFORE_PAUSE >= paused,
            _ => false,
        };
        // Without words only what is serious is told, by its number, and where nothing else says why; but not what the vendor
        // keeps to itself.
        let grave = |code: HmsCode| code.severity() <= Severity::Serious && !self.wording.is_secret(code);
        let speaks = |message: &Message| Code::Hms(message.code).known().is_some() || !has_stage && grave(message.code);
        let of = |listed: bool| {
            let mut those = self.job.hms.iter().filter(move |message| self.wording.is_internal(message.code) != listed);
            those.find(|message| explains(message) && (listed || speaks(message)))
        };
        of(true).or_else(|| of(false)).map(|message| message.code)
    }

    /// Why the job is paused, in words.
    pub fn pause_reason(&self) -> String {
        self.known_pause_reason().unwrap_or_else(|| PAUSED.to_owned())
    }

    /// The same, if the printer tells.
    pub fn known_pause_reason(&self) -> Option<String> {
        if let Some(code) = self.pause_code() {
            let words = self.text(code).brief(code);
            // One that was dismissed is the reason still, but no danger any more.
            let past = words.strip_prefix(DANGER).and_then(|words| words.strip_prefix(": "));
            return past.filter(|_| !self.is_in_danger()).map(str::to_owned).or(Some(words));
        }
        let text = self.job.stage_id.filter(|id| codes::is_pause_stage(*id)).and_then(codes::stage)?;
        if self.job.paused_here && self.job.stage_id == Some(codes::PAUSED_BY_USER) {
            return Some("paused by you".to_owned());
        }
        Some(text.strip_prefix("paused: ").unwrap_or(&text).to_owned()).filter(|why| why != PAUSED)
    }

    /// Why the job failed, in words.
    pub fn failure_reason(&self) -> String {
        self.failure(&self.job.happened(JobEvent::Failed)).0
    }

    /// Why a job failed, in words, and the code that says so.
    pub fn failure(&self, end: &Happened) -> (String, Option<Code>) {
        let job = &self.job;
        let shown =
            || if end.gone { job.error.map(Code::Error) } else { self.worst().or(job.failure.map(Code::Error)) };
        let code = if end.past { None } else { shown() };
        let code = code.or(end.cause.map(Code::Error));
        let why = match code {
            Some(code) => self.text(code).brief(code),
            None if end.gone => "the printer restarted; the job is gone".to_owned(),
            None => "the printer gave no reason".to_owned(),
        };
        let why = if end.never_began && !end.gone { format!("could not start: {why}") } else { why };
        (why, code)
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
        printer.apply_report(*parse(json.as_bytes()).expect("JSON").report.expect("a report"), test_now());
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
        assert_eq!(printer.pause_reason(), "bed heater: short circuit", "the worst message says more than a stage");
        assert_eq!(printer.failure_reason(), "bed heater: short circuit");
        tell(&mut printer, r#""hms":[{"attr":201327360,"code":196614}]"#);
        assert_eq!(read_first(&printer), "filament ran out ");
        tell(&mut printer, r#""stg_cur":16"#);
        assert_eq!(read_first(&printer), "the camera suspects spaghetti ", "dismissing it repaired nothing");
        assert_eq!(printer.failure_reason(), "the printer gave no reason");
        tell(&mut printer, r#""gcode_state":"RUNNING""#);
        tell(&mut printer, r#""gcode_state":"PAUSE""#);
        assert_eq!((read_first(&printer).as_str(), printer.pause_reason().as_str()), ("", "paused by a person"));
    }

    #[test]
    fn the_reason_of_a_pause_may_stand_in_the_messages_alone() {
        let cover = r#"{"attr":50336256,"code":131073}"#; // serious: the front cover
        let chute = r#"{"attr":201327360,"code":196614}"#; // common: the waste chute
        let info = r#"{"attr":83887104,"code":262231}"#;
        let purifying = r#"{"attr":83887104,"code":196695}"#; // common: it purifies the air
        let hidden = r#"{"attr":83887616,"code":131184}"#; // serious, and the vendor keeps it to itself
        let off = "the front cover of the tool head is off";
        // What came with the pause, its stage, its error; what is said, and whether it waits for a person.
        for (messages, stage, error, reason, waits) in [
            (vec![cover], 0, 0, off, true),
            (vec![cover], 255, 0, off, true),
            (vec![chute, cover], 0, 0, off, true),
            (vec![cover], 6, 0, off, true),
            (vec![chute], 0, 0, "filament may have piled up in the waste chute", true),
            (vec![chute], 6, 0, "filament ran out", true),
            (vec![info], 0, 0, "paused", false),
            (vec![purifying], 0, 0, "paused", false),
            (vec![], 0, 50_364_417, "paused by a person", false),
            (vec![hidden], 0, 0, "paused", false),
            (vec![cover], 16, 0, "paused by a person", false),
            (vec![cover], 0, 50_364_419, "the camera suspects spaghetti", true),
            (vec![], 0, 0, "paused", false),
        ] {
            let mut printer = printer(r#""gcode_state":"RUNNING","stg_cur":0,"hms":[]"#);
            let hms = messages.join(",");
            tell(
                &mut printer,
                &format!(r#""gcode_state":"PAUSE","stg_cur":{stage},"print_error":{error},"hms":[{hms}]"#),
            );
            assert_eq!(
                (&*printer.pause_reason(), printer.waits_for_person()),
                (reason, waits),
                "{hms} {stage} {error}"
            );
            let resume =
                crate::state::command::action::Action::from(crate::state::command::action::PrintAction::Resume);
            assert_eq!(resume.risk(&printer).is_some(), waits, "resuming asks: {hms} {stage} {error}");
            // Over again when it prints.
            tell(&mut printer, r#""gcode_state":"RUNNING","stg_cur":0,"print_error":0"#);
            assert!(!printer.waits_for_person());
        }
    }

    #[test]
    fn a_message_that_was_there_long_before_does_not_explain_what_a_stage_explains() {
        let internet = r#""hms":[{"attr":83886592,"code":131073}]"#; // serious: no internet
        let mut printer = printer(&format!(r#""gcode_state":"RUNNING","stg_cur":0,{internet}"#));
        let mut now = test_now();
        now.unix += 600;
        let json = r#"{"print":{"command":"push_status","gcode_state":"PAUSE","stg_cur":30}}"#;
        printer.apply_report(*parse(json.as_bytes()).expect("JSON").report.expect("a report"), now);
        assert_eq!(printer.pause_reason(), "paused by G-code in the file");
    }

    /// Where the vendor's list is at hand and has neither, built-in words are told of what paused the job alone.
    #[test]
    fn what_the_list_does_not_have_is_told_only_where_it_explains_the_pause() {
        use crate::protocol::texts::{Language, Prefix, TextResponse, parse as parse_texts};
        use crate::state::printer::error_texts::{PrinterTexts, TextTable};
        let list = br#"{"data":{"device_hms":{"en":[{"ecode":"0C00010000010004","intro":"The lens is dirty."}]}}}"#;
        let Ok(TextResponse::New(table, version)) = parse_texts(list, Language::English) else { panic!("texts") };
        let prefix = Prefix::of("01P").expect("a prefix");
        let sheet = std::sync::Arc::new(TextTable { prefix, language: Language::English, table, version, fetched: 0 });
        let cover = r#""hms":[{"attr":50336256,"code":131073}]"#;
        let smoke = r#""hms":[{"attr":201327360,"code":65566}]"#;
        let unlisted = r#""hms":[{"attr":83887616,"code":131156}]"#;
        for (fields, shown) in [
            (format!(r#""gcode_state":"RUNNING",{cover}"#), 0),
            (format!(r#""gcode_state":"IDLE",{cover}"#), 0),
            (format!(r#""gcode_state":"PAUSE","stg_cur":0,{cover}"#), 1),
            (format!(r#""gcode_state":"PAUSE","stg_cur":16,{cover}"#), 0),
            (format!(r#""gcode_state":"RUNNING",{smoke}"#), 1),
            (r#""gcode_state":"PAUSE","hms":[{"attr":83887616,"code":131184}]"#.to_owned(), 0),
            // One that neither has is told by its number, but only for want of anything else.
            (format!(r#""gcode_state":"PAUSE","stg_cur":255,{unlisted}"#), 1),
            (format!(r#""gcode_state":"PAUSE","stg_cur":6,{unlisted}"#), 0),
            (format!(r#""gcode_state":"RUNNING","stg_cur":0,{unlisted}"#), 0),
        ] {
            let mut printer = printer(r#""gcode_state":"RUNNING","stg_cur":0,"hms":[]"#);
            printer.wording = PrinterTexts::new([sheet.clone()]);
            tell(&mut printer, &fields);
            assert_eq!(printer.messages().count(), shown, "{fields}");
            assert_eq!(printer.settle(test_now().at, false).fresh.len(), shown, "{fields}");
        }
    }

    #[test]
    fn what_the_vendor_keeps_to_itself_is_in_no_view_but_still_a_code() {
        let mut printer = printer(HMS);
        assert_eq!((printer.messages().count(), printer.codes().count()), (2, 3));
        assert_eq!(printer.settle(test_now().at, false).fresh.len(), 2);
        tell(&mut printer, r#""hms":[{"attr":83887616,"code":131184}]"#);
        assert_eq!((printer.worst_hms(), printer.need()), (None, None));
    }
}
