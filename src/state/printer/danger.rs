//! The danger that a printer told of last, beyond the end of the program: one that fell silent then may still be burning.

use super::Printer;
use crate::protocol::codes::Code;

/// That a printer was in danger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Danger {
    /// Its serial number.
    pub serial: String,
    /// The code by which it said so.
    pub code: Code,
    /// When it did so last, in seconds since 1970.
    pub unix: i64,
}

/// What is to be remembered of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DangerChange {
    /// This, instead of what was known of the printer.
    Keep(Danger),
    /// Nothing of this printer any more.
    Forget {
        /// Its serial number.
        serial: String,
    },
}

/// While a danger lasts, it is written again after so many seconds, so that its age is right after an end without warning.
const KEEP_AGAIN: i64 = 60;

/// What an earlier run knew, and what is kept for a later one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::state) struct Dangers {
    earlier: Option<(Code, i64)>,
    kept: Option<(Code, i64)>,
}

impl Printer {
    /// Takes in what an earlier run knew.
    pub fn was_in_danger(&mut self, danger: &Danger) {
        let known = Some((danger.code, danger.unix));
        self.dangers = Dangers { earlier: known, kept: known };
    }

    /// The danger that it told an earlier run of, and when; `None`: none, or this run knows its whole state.
    pub fn earlier_danger(&self) -> Option<(Code, i64)> {
        self.dangers.earlier.filter(|_| !self.whole.ever())
    }

    /// What is to be kept after a report that came now.
    pub(in crate::state) fn danger_to_keep(&mut self, unix: i64) -> Option<DangerChange> {
        let shown = self.codes().find(|code| code.is_danger());
        let serial = self.serial.clone();
        match (shown, self.dangers.kept) {
            (Some(code), Some((kept, at))) if code == kept && (at..at + KEEP_AGAIN).contains(&unix) => None,
            (Some(code), _) => {
                self.dangers.kept = Some((code, unix));
                Some(DangerChange::Keep(Danger { serial, code, unix }))
            }
            (None, Some(_)) if self.whole.ever() => {
                self.dangers = Dangers::default();
                Some(DangerChange::Forget { serial })
            }
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{codes::HmsCode, report::parse},
        state::{
            PrinterId, State,
            effect::Effect,
            event::{Event, PrinterEvent},
            printer::{connection::ConnectionEvent, need::Need},
            settings::Settings,
            test_now,
            update::update,
            view::keymap::Keymap,
        },
    };

    const SMOKE: Code = Code::Hms(HmsCode { attr: 0x0C00_0300, code: 0x0001_001E });
    const SMOKES: &str = r#""hms":[{"attr":201327360,"code":65566}]"#;

    fn state() -> State {
        let printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        State::new(vec![printer], Settings::default(), Keymap::default(), test_now(), 1)
    }

    /// What is to be kept after each of some reports, a number of seconds after the one before.
    fn hear(state: &mut State, reports: &[(u64, bool, &str)]) -> Vec<Option<DangerChange>> {
        let mut now = state.now;
        let up = PrinterEvent::Link(ConnectionEvent::Up { session: 1 });
        update(state, Event::Printer(PrinterId(0), up), now);
        let mut hear = |(later, full, fields): &(u64, bool, &str)| {
            now.at += std::time::Duration::from_secs(*later);
            now.unix += *later as i64;
            let json = format!(
                r#"{{"print":{{"command":"push_status","msg":{},"gcode_state":"IDLE",{fields}}}}}"#,
                u8::from(!full)
            );
            let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
            let effects = update(state, Event::Printer(PrinterId(0), PrinterEvent::Report(report)), now).effects;
            let kept: Vec<_> = effects
                .into_iter()
                .filter_map(|effect| if let Effect::RememberDanger(memory) = effect { Some(memory) } else { None })
                .collect();
            assert!(kept.len() <= 1, "{kept:?}");
            kept.into_iter().next()
        };
        reports.iter().map(&mut hear).collect()
    }

    #[test]
    fn danger_is_kept_while_it_lasts_and_forgotten_when_it_is_over() {
        let mut state = state();
        let (serial, unix) = (state.fleet.printers[0].serial.clone(), state.now.unix);
        let keep =
            |later: i64| Some(DangerChange::Keep(Danger { serial: serial.clone(), code: SMOKE, unix: unix + later }));
        let kept = hear(
            &mut state,
            &[
                (0, true, r#""hms":[]"#),
                (5, false, SMOKES),
                (5, false, r#""mc_percent":1"#),
                (60, false, r#""mc_percent":2"#),
                (5, false, r#""hms":[]"#),
                (5, false, r#""hms":[]"#),
                (5, false, SMOKES),
            ],
        );
        let forget = Some(DangerChange::Forget { serial: serial.clone() });
        assert_eq!(kept, [None, keep(5), None, keep(70), forget, None, keep(85)]);
    }

    #[test]
    fn what_an_earlier_run_knew_counts_until_the_whole_state_is_known() {
        let begun = || {
            let mut state = state();
            let serial = state.fleet.printers[0].serial.clone();
            let unix = state.now.unix - 7200;
            state.fleet.printers[0].was_in_danger(&Danger { serial, code: SMOKE, unix });
            assert_eq!(state.fleet.printers[0].need(), Some(Need::Danger));
            assert_eq!(state.fleet.printers[0].earlier_danger(), Some((SMOKE, unix)));
            assert!(state.fleet.printers[0].complaint().is_some_and(|words| words.contains("SMOKE")));
            state
        };
        // A part of the state says nothing of the rest.
        let mut still = begun();
        assert_eq!(hear(&mut still, &[(1, false, r#""mc_percent":1"#)]), [None]);
        assert_eq!(still.fleet.printers[0].need(), Some(Need::Danger));
        let mut over = begun();
        let kept = hear(&mut over, &[(1, true, r#""hms":[]"#)]);
        assert!(matches!(kept[..], [Some(DangerChange::Forget { .. })]), "{kept:?}");
        assert_eq!((over.fleet.printers[0].need(), over.fleet.printers[0].earlier_danger()), (None, None));
        let mut lasting = begun();
        let unix = lasting.now.unix;
        let kept = hear(&mut lasting, &[(1, true, SMOKES)]);
        assert!(matches!(&kept[..], [Some(DangerChange::Keep(danger))] if danger.unix == unix + 1), "{kept:?}");
        assert_eq!(
            (lasting.fleet.printers[0].need(), lasting.fleet.printers[0].earlier_danger()),
            (Some(Need::Danger), None)
        );
    }
}
