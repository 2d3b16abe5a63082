//! What to do about a code: what to set right by hand, and which orders answer it.
//!
//! The printer's own sentence says what is wrong, often at length; this says what comes next, in few words.

use crate::protocol::{
    codes::{Code, HmsCode, PrintError},
    command::ChangeReply,
};
use crate::state::{
    command::action::{Action, ErrorAnswer, FilamentAction, PrintAction},
    printer::{
        Printer,
        error_texts::{PrinterTexts, Source},
    },
};

/// What a person can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Advice {
    /// What to set right first, or where to answer.
    pub step: Option<&'static str>,
    /// Orders that answer it and that the printer would take now, most likely first.
    pub actions: Vec<Action>,
}

/// What an error wants, which decides how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Fire, smoke, or heat out of control: nothing goes on.
    Danger,
    /// The job is over: there is only the message to close.
    Stopped,
    /// The job waits for a decision.
    Waiting,
    /// It waits in the middle of a filament change.
    WaitingForFilament,
    /// It asks whether filament comes out of the nozzle.
    WaitingForWord,
    /// It waits because file and printer do not fit together: a person may know better.
    Mismatch,
    /// The printer asks or hints; the job is as it was.
    Hint,
}

impl Kind {
    fn of(error: PrintError) -> Self {
        if error.is_danger() {
            return Self::Danger;
        }
        if error.stops_job() {
            return Self::Stopped;
        }
        match error.family().0 {
            _ if !error.waits_for_person() => Self::Hint,
            _ if error.asks_whether_it_comes_out() => Self::WaitingForWord,
            0x0700_8003..=0x0700_8007
            | 0x0700_8010
            | 0x0700_8013
            | 0x07FF_8003
            | 0x07FF_8006
            | 0x1200_8003..=0x1200_8007
            | 0x1200_8010
            | 0x1200_8013..=0x1200_8015
            | 0x12FF_8003
            | 0x12FF_8006 => Self::WaitingForFilament,
            0x0300_8011 | 0x0500_8036 | 0x0500_803C | 0x0500_8051 | 0x0500_8053 | 0x0C00_800A => Self::Mismatch,
            _ => Self::Waiting,
        }
    }

    /// Which orders answer it, most likely first; those that do not fit the printer at the moment are left out later. A
    /// pause may have no error that could be dismissed.
    fn answers(self, error: Option<PrintError>) -> Vec<Action> {
        let change = |reply| FilamentAction::Answer(reply, error).into();
        let ignore = error.map(|error| PrintAction::Answer(ErrorAnswer::Ignore, error).into());
        let first: Vec<Action> = match self {
            Self::Stopped | Self::Hint => vec![],
            // A job that is stopped heats no longer; only the power switch is sure.
            Self::Danger => vec![PrintAction::Stop.into()],
            Self::Mismatch => [Some(PrintAction::Resume.into()), ignore, Some(PrintAction::Stop.into())]
                .into_iter()
                .flatten()
                .collect(),
            Self::Waiting => vec![PrintAction::Resume.into(), PrintAction::Stop.into()],
            Self::WaitingForFilament => {
                vec![change(ChangeReply::Retry), PrintAction::Resume.into(), PrintAction::Stop.into()]
            }
            Self::WaitingForWord => {
                let answers = [ChangeReply::Done, ChangeReply::Retry].map(change);
                answers.into_iter().chain([PrintAction::Resume.into(), PrintAction::Stop.into()]).collect()
            }
        };
        first.into_iter().chain(error.map(|error| PrintAction::Answer(ErrorAnswer::Dismiss, error).into())).collect()
    }
}

/// Where an answer has to be given that cannot be given from here.
const AT_THE_SCREEN: &str = "answer at the printer's screen";
const LOCKED: &str = "answer at the printer's screen: its firmware blocks control from here";

impl Printer {
    /// What to do about a code it shows.
    pub fn advice(&self, code: Code) -> Advice {
        match code {
            Code::Error(error) if error.is_cancellation() => Advice::default(),
            Code::Error(error) => self.answered(self.step(code), Kind::of(error).answers(Some(error))),
            Code::Hms(_) => Advice { step: self.step(code), actions: Vec::new() },
        }
    }

    fn step(&self, code: Code) -> Option<&'static str> {
        step(code, &self.wording)
    }

    /// What to do about a pause without a code.
    pub fn advice_for_pause(&self) -> Advice {
        self.answered(self.job.stage_id.and_then(step_for_stage), Kind::Waiting.answers(None))
    }

    /// What to do about what a person reads first ([`Printer::trouble`]).
    pub fn advice_for_trouble(&self) -> Advice {
        match self.worst() {
            Some(error @ Code::Error(_)) => self.advice(error),
            Some(code) if code.is_danger() => self.answered(self.advice(code).step, vec![PrintAction::Stop.into()]),
            Some(code) if self.waits_for_person() => {
                Advice { step: self.advice(code).step, actions: self.advice_for_pause().actions }
            }
            Some(code) => self.advice(code),
            None => match self.pause_code() {
                Some(code @ Code::Hms(_)) => {
                    Advice { step: self.advice(code).step, actions: self.advice_for_pause().actions }
                }
                _ => self.advice_for_pause(),
            },
        }
    }

    fn answered(&self, step: Option<&'static str>, answers: Vec<Action>) -> Advice {
        if self.permission().is_locked() {
            return Advice { step: step.or(Some(LOCKED)), actions: Vec::new() };
        }
        let actions: Vec<_> = answers.into_iter().filter(|action| action.check_ready(self).is_ok()).collect();
        let at_screen = self.job.resume_at_printer.then_some(AT_THE_SCREEN);
        Advice { step: step.or(at_screen), actions }
    }
}

/// What to set right about a code, whichever printer shows it. Of what nobody has words for, nothing is advised either.
pub fn step(code: Code, wording: &PrinterTexts) -> Option<&'static str> {
    if wording.text(code).source == Source::Number {
        return None;
    }
    match code {
        Code::Error(error) => step_for_error(error),
        Code::Hms(hms) => step_for_message(hms),
    }
}

const AIRWAY: &str = "close door and cover";
const CARD: &str = "try another memory card";
const CHUTE: &str = "clear the waste chute";
const CALL: &str = "look at once; if it burns, leave and call for help";
const COVER: &str = "put the front cover back";
const CUTTER: &str = "look at the filament cutter";
const EXTINGUISHER: &str = "look at the fire extinguisher before laser work";
const EXTRUDER: &str = "look whether extruder or nozzle is clogged, or the spool tangled";
const FAN: &str = "look whether something blocks the fan";
const FILE_PAUSE: &str = "do what the file pauses for";
const FIRST_LAYER: &str = "look at the first layer";
const FLAME_SENSOR: &str = "have the flame sensor repaired before laser work";
const HEAT: &str = "stay with it; if it comes again, switch the printer off";
const LOAD: &str = "load filament";
const MARKER: &str = "put the plate on straight, its marker clean and in sight";
const NOZZLE: &str = "clean the nozzle";
const PATH: &str = "look whether the filament runs freely from spool to extruder";
const PRINT: &str = "look at the print";
const RESTART: &str = "switch the printer off and on";
const ROOM: &str = "make room on the memory card";
const SEND_AGAIN: &str = "send the file again";
const SLICE_AGAIN: &str = "slice the file for this printer";
const STEPS_LOST: &str = "look for something in the way of the axes";
const UNPLUG: &str = "pull the plug, and do not use the printer before it is repaired";
const WIRES: &str = "switch the printer off; heater or sensor needs a repair";

fn step_for_error(error: PrintError) -> Option<&'static str> {
    Some(match error.family().0 {
        0x0300_806E..=0x0300_8070 => UNPLUG,
        0x0300_8044 | 0x0300_C056 | 0x0500_C059 => CALL,
        0x0300_4044 => FLAME_SENSOR,
        0x0300_807D..=0x0300_8082 | 0x0500_40A1 => EXTINGUISHER,
        0x0300_4000 | 0x0300_4002 | 0x0300_4009 => "clear the bed and the way of the tool head, then start again",
        0x0300_4005 | 0x0300_8010 => FAN,
        0x0300_4006 | 0x0300_8016 | 0x0300_801A | 0x0700_8007 | 0x0700_8013 | 0x0C00_803F | 0x0C00_8040
        | 0x0C00_8043 | 0x1200_8007 | 0x1200_8013 => NOZZLE,
        0x0300_800D | 0x0300_801C | 0x0300_801E | 0x0700_8016 | 0x1200_8016 => EXTRUDER,
        0x0300_8006 | 0x0500_8062 | 0x0C00_8009 => MARKER,
        0x0300_8019 | 0x0500_8061 => "put a build plate on",
        0x0300_801B => "switch the printer off before you touch the plug of the hotend",
        0x0300_801D => "switch the printer off, then look at the cable of the extruder motor",
        0x0300_4008 | 0x0700_8005 | 0x0700_8006 | 0x1200_8006 => PATH,
        0x0700_800A => "put the tube back on",
        0x0700_C008 => "look at the cable of the AMS",
        0x07FF_C010 => "push filament in until it is gripped, then close door and cover",
        0x0300_4013 => "stop the drying first",
        0x0300_404B | 0x0300_800F | 0x0300_8042 => AIRWAY,
        0x0300_8002 | 0x0C00_8001 | 0x0C00_C003 => FIRST_LAYER,
        0x0300_8003 | 0x0C00_8042 | 0x0C00_C004 => PRINT,
        0x0300_8004 | 0x0300_8015 | 0x07FF_8011 | 0x1200_8005 | 0x12FF_8005 => LOAD,
        0x0300_8005 | 0x0500_8040 => COVER,
        0x0300_8007 => "look whether the part still holds to the plate",
        0x0300_8008 | 0x0300_8009 | 0x0300_8018 => HEAT,
        0x0300_800A | 0x0C00_8005 | 0x0C00_C006 => CHUTE,
        0x0300_800B | 0x0700_8001 | 0x0700_8002 | 0x07FF_8001 | 0x07FF_8002 | 0x1200_8001 | 0x1200_8002
        | 0x12FF_8001 | 0x12FF_8002 => CUTTER,
        0x0300_800C => STEPS_LOST,
        0x0300_8062..=0x0300_8064 => "let the chamber cool: open door and cover",
        0x0300_800E | 0x0500_8013 => "put the memory card back",
        0x0300_8011 | 0x0500_8051 | 0x0C00_800A => "put the right build plate on",
        0x0300_8013 => FILE_PAUSE,
        0x0300_8014 => "look at the nozzle and the plate",
        0x0300_8017 | 0x0500_806E | 0x0C00_8015 | 0x0C00_8017 => "clear the bed",
        0x0500_4002 | 0x0500_400A => "give the file another name",
        0x0500_4003 | 0x0500_400B => SEND_AGAIN,
        0x0500_4004 => "wait until the job is done",
        0x0500_4005 => "wait until the update is done",
        0x0500_4006 | 0x0500_4015 => ROOM,
        0x0500_4008 => RESTART,
        0x0500_400C => "put a memory card in",
        0x0500_4014 | 0x0500_4037 | 0x0500_4038 | 0x0500_8036 => SLICE_AGAIN,
        0x0500_803C | 0x0500_8053 => "fit the right nozzle, or correct the setting at the printer's screen",
        0x0500_C010 => CARD,
        0x0500_C04A..=0x0500_C04F | 0x0700_C069..=0x0700_C06E => {
            "wait until the unit is idle, with nothing in its outlet"
        }
        0x0502_4007 => "switch on LAN-only mode and developer mode at the printer",
        0x0700_8003 | 0x0700_8004 | 0x07FF_8003 | 0x07FF_C003 | 0x07FF_C008 | 0x1200_8003 | 0x1200_8004
        | 0x1200_8015 | 0x12FF_8003 | 0x12FF_C003 => "pull the filament out by hand",
        0x0700_8010 | 0x07FF_8010 | 0x1200_8010 | 0x12FF_8010 => "untangle the spool",
        0x0700_8011 | 0x1200_8011 => "put a new spool in",
        0x12FF_8011 => "put filament into the same slot",
        0x07FF_8006 | 0x07FF_C006 | 0x07FF_C009 | 0x12FF_8006 | 0x12FF_C006 => "push filament in until it is gripped",
        0x07FF_8007 | 0x07FF_C00A | 0x12FF_8007 => "look at the nozzle",
        0x1000_C001 => "open the door",
        _ => return None,
    })
}

fn step_for_message(hms: HmsCode) -> Option<&'static str> {
    if hms.is_runout() {
        return Some(LOAD);
    }
    Some(match hms.key() {
        0x0C00_0300_0001_001E => CALL,
        _ if hms.is_danger() => UNPLUG,
        0x0300_0100_0001_0000..=0x0300_0100_0001_FFFF | 0x0300_0200_0001_0000..=0x0300_0200_0001_FFFF => WIRES,
        0x0300_0300_0001_0001 | 0x0300_0400_0002_0001 => FAN,
        0x0300_0900_0002_0001..=0x0300_0900_0002_0005 => EXTRUDER,
        0x0300_1A00_0002_0002 | 0x0C00_0300_0002_000E | 0x0C00_0300_0002_001C => NOZZLE,
        0x0300_A500_0001_0000..=0x0300_A500_0001_FFFF => FLAME_SENSOR,
        0x0C00_0300_0002_000C => MARKER,
        0x0C00_0300_0002_0010 => "clear the bed",
        0x0300_0D00_0001_0003..=0x0300_0D00_0001_000A | 0x0300_0D00_0002_0003..=0x0300_0D00_0002_000A => {
            "put the build plate on straight"
        }
        0x0300_1000_0002_0001 | 0x0300_1100_0002_0001 => "tighten the belt",
        0x0300_1200_0002_0001 => COVER,
        0x0300_9600_0001_0001 | 0x0300_9600_0003_0001 | 0x0300_9700_0001_0001 | 0x0300_9700_0003_0001 => AIRWAY,
        0x0500_0100_0003_0004 => ROOM,
        0x0500_0100_0003_0005 => CARD,
        0x0500_0300_0001_0001..=0x0500_0300_0001_0003 => RESTART,
        0x0500_0400_0001_0001 => SEND_AGAIN,
        0x0500_0500_0001_0007 => "switch on LAN-only mode and developer mode at the printer",
        0x0501_0400_0003_0002 => "grease the rods",
        0x0C00_0100_0001_0004 => "clean the lens",
        0x0C00_0300_0003_0006 => CHUTE,
        0x0C00_0300_0003_0007 => FIRST_LAYER,
        0x0C00_0300_0003_0008 | 0x0C00_0300_0003_001B => PRINT,
        _ => return None,
    })
}

fn step_for_stage(id: i64) -> Option<&'static str> {
    Some(match id {
        5 | 30 => FILE_PAUSE,
        6 => LOAD,
        17 => COVER,
        20 | 21 | 28 => HEAT,
        23 => STEPS_LOST,
        26 => "look at the cable of the AMS",
        27 => FAN,
        32 | 35 => NOZZLE,
        33 => CUTTER,
        34 => FIRST_LAYER,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{codes::is_pause_stage, report::parse},
        state::test_now,
    };

    fn printer(fields: &str) -> Printer {
        let mut printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        printer.apply_report(*parse(json.as_bytes()).expect("JSON").report.expect("a report"), test_now());
        printer
    }

    fn says(advice: &Advice) -> String {
        let actions: Vec<_> = advice.actions.iter().map(ToString::to_string).collect();
        format!("{}: {}", advice.step.unwrap_or("-"), actions.join(", "))
    }

    fn trouble(fields: &str) -> String {
        says(&printer(fields).advice_for_trouble())
    }

    #[test]
    fn an_error_is_answered_by_what_fits_its_kind_and_the_printer() {
        let paused = |error: u32| format!(r#""gcode_state":"PAUSE","print_error":{error},"vt_tray":{{"id":"254"}}"#);
        assert_eq!(trouble(&paused(0x0300_8003)), "look at the print: resume, stop, dismiss error 0300_8003");
        assert_eq!(trouble(&paused(0x0702_8011)), "put a new spool in: resume, stop, dismiss error 0702_8011");
        assert_eq!(
            trouble(&paused(0x1200_8010)),
            "untangle the spool: retry the filament change, resume, stop, dismiss error 1200_8010"
        );
        assert_eq!(
            trouble(&paused(0x0300_8ABC)),
            "-: resume, stop, dismiss error 0300_8ABC",
            "no step is better than a guess"
        );
        let changing = |error: u32| format!(r#""gcode_state":"IDLE","ams_status":262,"print_error":{error}"#);
        for (error, says) in [
            (0x07FF_8006, "push filament in until it is gripped: retry the filament change, dismiss error 07FF_8006"),
            (0x07FE_8007, "look at the nozzle: filament comes out, retry the filament change, dismiss error 07FE_8007"),
        ] {
            assert_eq!(trouble(&changing(error)), says);
        }
        let plate = trouble(&paused(0x0500_8051));
        assert_eq!(
            plate,
            "put the right build plate on: resume, ignore error 0500_8051, stop, dismiss error 0500_8051"
        );
        let failed = format!(r#""gcode_state":"FAILED","print_error":{}"#, 0x0500_400B);
        assert_eq!(trouble(&failed), "send the file again: dismiss error 0500_400B");
        let hint = format!(r#""gcode_state":"RUNNING","print_error":{}"#, 0x1000_C001);
        assert_eq!(trouble(&hint), "open the door: dismiss error 1000_C001");
    }

    /// Whatever its low half says: a printer that burns is neither resumed nor told to retry.
    #[test]
    fn danger_is_answered_by_stopping() {
        for (error, step) in [(0x0300_806E, UNPLUG), (0x0300_8070, UNPLUG), (0x0300_8044, CALL), (0x0300_C056, CALL)] {
            let code = PrintError(error);
            for state in ["PAUSE", "RUNNING"] {
                let said = trouble(&format!(r#""gcode_state":"{state}","print_error":{error}"#));
                assert_eq!(said, format!("{step}: stop, dismiss error {code}"), "{state}");
            }
        }
        let smoke = format!(r#""hms":[{{"attr":{},"code":{}}}]"#, 0x0C00_0300, 0x0001_001E);
        assert_eq!(trouble(&format!(r#""gcode_state":"RUNNING",{smoke}"#)), format!("{CALL}: stop"));
        let paused = format!(r#""gcode_state":"PAUSE","stg_cur":6,"print_error":{},{smoke}"#, 0x0300_8003);
        assert_eq!(trouble(&paused), format!("{CALL}: stop"), "the smoke is read first");
    }

    #[test]
    fn of_what_nobody_has_words_for_nothing_is_advised() {
        for code in
            ["HMS_0300_0100_0001_0099", "HMS_0300_0200_0001_0FFF", "HMS_0300_A500_0001_0077", "HMS_0300_0D00_0001_000A"]
        {
            let code = Code::parse(code).expect("a code");
            let is_known = PrinterTexts::default().text(code).source != Source::Number;
            assert_eq!(step(code, &PrinterTexts::default()).is_some(), is_known, "{code}");
        }
        let short = Code::parse("HMS_0300_0100_0001_0001").expect("a code");
        assert_eq!(step(short, &PrinterTexts::default()), Some(WIRES));
    }

    #[test]
    fn where_no_order_helps_it_says_where_to_answer() {
        let paused = format!(r#""gcode_state":"PAUSE","print_error":{}"#, 0x0300_8ABC);
        let locked = printer(&format!(r#"{paused},"fun":"20000000""#));
        assert_eq!(says(&locked.advice_for_trouble()), format!("{LOCKED}: "));
        let at_screen = printer(&format!(r#"{paused},"job_attr":33"#));
        assert_eq!(says(&at_screen.advice_for_trouble()), format!("{AT_THE_SCREEN}: stop, dismiss error 0300_8ABC"));
    }

    #[test]
    fn a_pause_without_an_error_is_answered_by_its_stage() {
        assert_eq!(trouble(r#""gcode_state":"PAUSE","stg_cur":17"#), "put the front cover back: resume, stop");
        let message = r#""hms":[{"attr":117448704,"code":131073}]"#;
        assert_eq!(trouble(&format!(r#""gcode_state":"PAUSE","stg_cur":6,{message}"#)), "load filament: resume, stop");
        assert_eq!(trouble(&format!(r#""gcode_state":"RUNNING",{message}"#)), "load filament: ");
        for id in (0..90).filter(|id| is_pause_stage(*id) && *id != 16) {
            assert!(step_for_stage(id).is_some(), "{id}");
        }
    }
}
