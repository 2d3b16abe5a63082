//! Whether a printer needs a person. One rule: the list and the cards mark by it, the header counts by it, the order by
//! need, the filter, `status --json` and the small screen ask it too.

use crate::protocol::codes::{Code, Severity, UNSIGNED_REFUSED};
use crate::state::printer::{Printer, Status, connection::DisconnectReason, job::PAUSED_BY_PERSON};

/// Why a printer needs somebody, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Fire, smoke, or heat out of control.
    Danger,
    /// The job failed.
    Failed,
    /// It has stopped by itself and waits for an answer.
    Waiting,
    /// It does what it did, but shows an error or a fatal message, or a part of it shows another certificate.
    Alarm,
    /// It cannot be reached before a person has set something right: a code, a certificate, a sign-in.
    Barred,
}

/// What a person can filter by.
const WORDS: &str = "needs attention";

impl Printer {
    /// Why it needs a person; `None`: it does not. A job that a person cancelled needs nobody.
    pub fn need(&self) -> Option<Need> {
        // A printer that said so and was silent ever after may be burning.
        if self.is_in_danger() {
            return Some(Need::Danger);
        }
        match self.status() {
            Status::Offline | Status::Connecting => self.is_barred().then_some(Need::Barred),
            Status::Trouble => Some(Need::Failed),
            Status::Waiting => Some(Need::Waiting),
            _ => (self.is_alarmed() || self.impostor().is_some()).then_some(Need::Alarm),
        }
    }

    /// Whether the last that it said was that something burns, smokes, or heats out of control; to an earlier run, where it
    /// has not told this one its state.
    pub fn is_in_danger(&self) -> bool {
        self.danger().is_some()
    }

    /// The code by which it says so.
    pub fn danger(&self) -> Option<Code> {
        let earlier = || self.earlier_danger().map(|(code, _)| code);
        self.codes().find(|code| code.is_danger()).or_else(earlier)
    }

    /// Whether it shows an error or a fatal health message; not those by which it tells what a person has done.
    fn is_alarmed(&self) -> bool {
        let fatal = |hms: &_| *hms != UNSIGNED_REFUSED;
        self.job.error.is_some_and(|error| !error.is_cancellation() && error != PAUSED_BY_PERSON)
            || self.messages().map(|message| message.code).filter(fatal).any(|hms| hms.severity() == Severity::Fatal)
    }

    /// Whether trying to connect is of no use, also while it is tried.
    fn is_barred(&self) -> bool {
        self.says_nothing() || self.last_cause.as_ref().is_some_and(DisconnectReason::needs_person)
    }

    /// What it needs a person for, in one line. Where no text is known for a code, the bare code stands there.
    pub fn complaint(&self) -> Option<String> {
        match (self.need()?, self.worst()) {
            (Need::Barred, _) => Some(self.last_cause.as_ref().unwrap_or(&DisconnectReason::NoData).to_string()),
            (_, Some(code)) => Some(self.text(code).brief(code)),
            (Need::Alarm, None) => self.impostor().map(ToString::to_string),
            _ => self.trouble().map(|(words, _)| words),
        }
    }

    /// Whether a word of the filter, in lower case, asks for those that need somebody.
    pub(in crate::state) fn is_meant_by_need(&self, word: &str) -> bool {
        self.need().is_some() && WORDS.contains(word) || self.is_in_danger() && "danger".contains(word)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        protocol::report::parse,
        state::{
            PrinterId, State,
            event::{Event, PrinterEvent},
            printer::{
                certificate::{Certificate, Signer},
                connection::ConnectionEvent,
            },
            settings::Settings,
            test_now,
            update::update,
            view::{keymap::Keymap, totals::Totals},
        },
    };
    use proptest::prelude::*;

    /// How a link can be, in the order in which it came to be so.
    pub(crate) const LINKS: usize = 8;

    fn stranger() -> Certificate {
        Certificate { fingerprint: "b".into(), signer: Signer::Unknown }
    }

    fn links(which: usize) -> Vec<ConnectionEvent> {
        let down = |why| ConnectionEvent::Down { why, retry_in: None };
        let again = ConnectionEvent::Connecting { attempt: 2 };
        match which {
            0 => vec![],
            1 => vec![down(DisconnectReason::Closed)],
            2 => vec![down(DisconnectReason::Closed), again],
            3 => vec![down(DisconnectReason::WrongCode)],
            // Tried again, it still needs somebody.
            4 => vec![down(DisconnectReason::WrongCode), again],
            5 => vec![down(DisconnectReason::CertificateChanged {
                pinned: "a".into(),
                found: stranger(),
                configured: false,
            })],
            // It waits for an answer of a person.
            6 => vec![down(DisconnectReason::SelfMade(stranger()))],
            _ => vec![down(DisconnectReason::WrongCode), ConnectionEvent::Up { session: 2 }],
        }
    }

    /// What a printer says before and after a job began to go wrong.
    pub(crate) fn story() -> impl Strategy<Value = (Vec<String>, usize)> {
        let state = prop::sample::select(vec!["IDLE", "PREPARE", "RUNNING", "PAUSE", "FINISH", "FAILED", "", "ODD"]);
        let stage = prop::sample::select(vec![-1, 0, 2, 6, 16, 17, 255]);
        let error = prop::sample::select(vec![
            0,
            0x0300_8003,
            0x0300_400C,
            0x0500_400E,
            0x0300_8001,
            0x0300_806E,
            0x0300_C056,
            0x1000_C001,
            0x0500_400B,
            0x0300_9999,
            0x1200_8011,
        ]);
        let hms = prop::sample::select(vec![
            String::new(),
            message(0x0300_0100, 0x0001_0001),
            message(0x0C00_0300, 0x0001_001E),
            message(0x0500_0500, 0x0001_0007),
            message(0x0C00_0300, 0x0003_0006),
            message(0x0500_0400, 0x0002_0010),
        ]);
        let report = (state, stage, error, hms).prop_map(|(state, stage, error, hms)| {
            format!(r#""gcode_state":"{state}","stg_cur":{stage},"print_error":{error},"hms":[{hms}]"#)
        });
        (prop::collection::vec(report, 0..3), 0..LINKS)
    }

    fn message(attr: u32, code: u32) -> String {
        format!(r#"{{"attr":{attr},"code":{code}}}"#)
    }

    /// A state of printers with such stories: A, B, C …
    pub(crate) fn state_of(stories: &[(Vec<String>, usize)]) -> State {
        let name = |at: usize| format!("Unit-{}", char::from(b'A' + at as u8));
        let printers = (0..stories.len()).map(|at| Printer::new(&name(at), &format!("01P00A{at}"), "h", None, vec![]));
        let now = test_now();
        let mut state = State::new(printers.collect(), Settings::default(), Keymap::default(), now, 1);
        for (at, (reports, link)) in stories.iter().enumerate() {
            let who = PrinterId(at as u16);
            let mut tell = |event| drop(update(&mut state, Event::Printer(who, event), now));
            tell(PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
            for report in reports {
                let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{report}}}}}"#);
                tell(PrinterEvent::Report(parse(json.as_bytes()).expect("JSON").report.expect("a report")));
            }
            for change in links(*link) {
                tell(PrinterEvent::Link(change));
            }
        }
        state
    }

    fn need_of(report: &str, link: usize) -> Option<Need> {
        let running = r#""gcode_state":"RUNNING","subtask_name":"cube","mc_percent":40"#.to_owned();
        state_of(&[(vec![running, report.to_owned()], link)]).fleet.printers[0].need()
    }

    #[test]
    fn every_reason_is_known_and_what_a_person_did_is_none() {
        let smoke = format!(r#""gcode_state":"RUNNING","hms":[{}]"#, message(0x0C00_0300, 0x0001_001E));
        let short = format!(r#""gcode_state":"RUNNING","hms":[{}]"#, message(0x0300_0100, 0x0001_0001));
        let unsigned = format!(r#""gcode_state":"RUNNING","hms":[{}]"#, message(0x0500_0500, 0x0001_0007));
        let serious = format!(r#""gcode_state":"RUNNING","hms":[{}]"#, message(0x0500_0400, 0x0002_0010));
        let error = |state: &str, error: u32| format!(r#""gcode_state":"{state}","print_error":{error}"#);
        for (report, link, need) in [
            (smoke.clone(), 0, Some(Need::Danger)),
            (error("PAUSE", 0x0300_806E), 0, Some(Need::Danger)),
            // It may burn because it no longer speaks.
            (smoke, 1, Some(Need::Danger)),
            (short.clone(), 0, Some(Need::Alarm)),
            // What an unreachable printer said last is no alarm of now.
            (short, 1, None),
            (error("RUNNING", 0x1000_C001), 0, Some(Need::Alarm)),
            (error("PAUSE", 0x0300_8003), 0, Some(Need::Waiting)),
            (r#""gcode_state":"PAUSE","stg_cur":6"#.into(), 0, Some(Need::Waiting)),
            (error("FAILED", 0x0500_400B), 0, Some(Need::Failed)),
            (error("FINISH", 0x0300_9999), 0, Some(Need::Alarm)),
            (r#""gcode_state":"RUNNING""#.into(), 3, Some(Need::Barred)),
            (r#""gcode_state":"RUNNING""#.into(), 4, Some(Need::Barred)),
            (r#""gcode_state":"RUNNING""#.into(), 5, Some(Need::Barred)),
            (r#""gcode_state":"RUNNING""#.into(), 6, Some(Need::Barred)),
            (r#""gcode_state":"RUNNING""#.into(), 7, None),
            (error("FAILED", 0x0300_400C), 0, None),
            (error("FAILED", 0x0500_400E), 0, None),
            (error("IDLE", 0x0300_8001), 0, None),
            (r#""gcode_state":"PAUSE","stg_cur":16"#.into(), 0, None),
            (unsigned, 0, None),
            (serious, 0, None),
        ] {
            assert_eq!(need_of(&report, link), need, "{report}, link {link}");
        }
    }

    #[test]
    fn the_complaint_names_the_bare_code_where_no_text_is_known() {
        let of = |report: &str, link| state_of(&[(vec![report.to_owned()], link)]).fleet.printers[0].complaint();
        let unknown = format!(r#""gcode_state":"PAUSE","print_error":{}"#, 0x0300_9999);
        let words = "0300_9999: no text known (motion controller; it paused the job and waits)";
        assert_eq!(of(&unknown, 0).as_deref(), Some(words));
        let fire = format!(r#""gcode_state":"RUNNING","print_error":{}"#, 0x0300_8044);
        assert_eq!(of(&fire, 0).as_deref(), Some("DANGER: FIRE in the chamber; switch the power off now"));
        assert!(of(r#""gcode_state":"IDLE""#, 3).is_some_and(|words| words.contains("access code")));
        assert_eq!(of(r#""gcode_state":"RUNNING""#, 0), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        /// The number in the header, the order by need and the filter agree with the rule, whatever printers say.
        #[test]
        fn count_order_and_filter_agree(stories in prop::collection::vec(story(), 1..6)) {
            let mut state = state_of(&stories);
            let needs = |state: &State, who: &PrinterId| state.fleet.printers[usize::from(who.0)].need();
            let all: Vec<_> = (0..stories.len()).map(|at| PrinterId(at as u16)).collect();
            let needing: Vec<_> = all.iter().copied().filter(|who| needs(&state, who).is_some()).collect();
            let totals = Totals::of(&state.fleet.printers);
            prop_assert_eq!(usize::from(totals.danger + totals.attention), needing.len());
            let danger = all.iter().filter(|who| needs(&state, who) == Some(Need::Danger)).count();
            prop_assert_eq!(usize::from(totals.danger), danger);
            let order: Vec<_> = state.view.rows.iter().map(|who| needs(&state, who)).collect();
            let first: Vec<_> = order.iter().take_while(|need| need.is_some()).collect();
            prop_assert_eq!(first.len(), needing.len());
            prop_assert!(first.is_sorted());
            for (word, whom) in [("attention", needing.len()), ("needs attention", needing.len()), ("danger", danger)] {
                state.view.selected = None;
                state.view.filter = word.into();
                state.arrange_rows();
                prop_assert_eq!(state.view.rows.len(), whom, "{}", word);
            }
        }
    }
}
