//! From the bytes of a message to what it says: a report, acknowledgements, a module list.

use super::{
    ams::AmsPart,
    codes::{NOT_SIGNED, PrintError},
    flags::Fun,
    job::{Code, HealthPart, JobPart},
    machine::MachinePart,
    temps::{Device, TempsPart},
    wire::{Key, Maybe, Read, Size, merge_field, sized, wire},
};
use serde::de::{IgnoredAny, MapAccess};
use std::borrow::Cow;

pub use super::module::Module;

/// What a printer says of itself: a full report or a delta. In either, an absent field keeps its value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// `msg: 0`, or all keys without a `msg`: lists of AMS units, trays and hotends in it are complete.
    pub full: bool,
    /// State, progress, names.
    pub job: JobPart,
    /// Errors and messages.
    pub health: HealthPart,
    /// Temperatures and fans, flat form.
    pub temps: TempsPart,
    /// Temperatures, hotends and fans, new form.
    pub device: Option<Device>,
    /// AMS and spools.
    pub ams: AmsPart,
    /// Lights, network, abilities.
    pub machine: MachinePart,
    /// The printer's clock, in ms since 1970. It moves with every report, so its change is none.
    pub clock: Option<i64>,
}

/// Which parts of a merged report took on a new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// [`Report::job`]
    pub job: bool,
    /// [`Report::health`]
    pub health: bool,
    /// [`Report::temps`] or [`Report::device`]
    pub temps: bool,
    /// [`Report::device`]
    pub device: bool,
    /// [`Report::ams`], or the slots of [`Report::device`]
    pub ams: bool,
    /// [`Report::machine`]
    pub machine: bool,
}

impl Changed {
    /// Whether any part did.
    pub fn any(self) -> bool {
        self.job || self.health || self.temps || self.ams || self.machine
    }
}

impl Report {
    /// Takes in a newer report.
    pub fn merge(&mut self, newer: Self) -> Changed {
        let full = newer.full;
        self.full |= full;
        self.clock = newer.clock.or(self.clock);
        let device = merge_field(&mut self.device, newer.device, full);
        let job = self.job.merge_fields(newer.job, full);
        let at_rest = self
            .job
            .gcode_state
            .as_deref()
            .is_none_or(|state| state.eq_ignore_ascii_case("IDLE") || state.eq_ignore_ascii_case("OFFLINE"));
        Changed {
            job,
            health: self.health.merge_fields(newer.health, full),
            temps: self.temps.merge_fields(newer.temps, full) | device,
            device,
            ams: self.ams.merge_with(newer.ams, full, at_rest) | device,
            machine: self.machine.merge_fields(newer.machine, full),
        }
    }

    /// Whether the report has any of the keys by which a status object without a `command` is known.
    fn looks_like_status(&self) -> bool {
        self.job.gcode_state.is_some()
            || self.job.mc_percent.is_some()
            || self.temps.nozzle.is_some()
            || self.temps.bed.is_some()
            || self.ams.group.is_some()
    }

    /// Whether it has everything that only a full report has. Some firmware of X1 and H2 does not say which reports are
    /// full; a delta never has all of this.
    fn has_everything(&self) -> bool {
        let Self { job, health, temps, machine, .. } = self;
        job.gcode_state.is_some()
            && job.mc_percent.is_some()
            && job.subtask_name.is_some()
            && job.stg_cur.is_some()
            && (temps.bed.is_some() || self.device.as_ref().is_some_and(|device| device.bed.is_some()))
            && health.hms.is_some()
            && machine.home_flag.is_some()
            && machine.lights.is_some()
            && machine.camera.is_some()
    }
}

wire! {
    /// The keys around a body: what it is, and, in an acknowledgement, how it went.
    pub struct Envelope {
        /// The command's name; `push_status` for reports.
        "command" => command: String,
        /// Echo of the request's number.
        "sequence_id" => seq: String,
        /// 0 full report, 1 delta.
        "msg" => msg: i64,
        /// `success` or some form of `fail`.
        "result" => result: String,
        /// Free text.
        "reason" => reason: String,
        /// Number of an error as in `print_error`.
        "err_code" => err_code: Code,
        /// A negative number of the command's own.
        "errno" => errno: i64,
        /// What the nozzle would have to have, in °C.
        "soft_temp" => soft_temp: i64,
    }
}

/// A printer's answer to a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ack {
    /// `print`, `system` …
    pub family: String,
    /// The command's name.
    pub command: String,
    /// The request's number.
    pub seq: String,
    /// Accepted. That does not mean done.
    pub ok: bool,
    /// Why not, in the printer's words; empty when it gave none.
    pub reason: String,
    /// Error number; 0 none.
    pub err_code: u32,
    /// Error number of the command's own, negative; 0 none.
    pub errno: i64,
    /// The nozzle temperature that the printer asks for, in °C.
    pub soft_temp: Option<i64>,
}

impl Ack {
    /// Whether the printer refused because it accepts signed commands only (authorization control).
    pub fn wants_signature(&self) -> bool {
        !self.ok && (self.err_code == NOT_SIGNED.0 || self.reason.contains("verify failed"))
    }

    /// Why the printer does not do it, in words.
    pub fn refusal(&self) -> String {
        if let Some(error) = PrintError::new(i64::from(self.err_code)) {
            return format!("{} ({error})", error.text());
        }
        match (self.command.as_str(), self.errno) {
            (_, 0) if self.reason.is_empty() => "the printer gave no reason".to_owned(),
            (_, 0) => self.reason.clone(),
            ("set_ctt", -2) => "the filament that is loaded does not bear a hot chamber".to_owned(),
            ("set_ctt", -4) => "below 40 °C the chamber heater stays off".to_owned(),
            ("ams_change_filament", -2) => self.nozzle_is("cold"),
            ("ams_change_filament", -4) => self.nozzle_is("hot"),
            (_, number) if self.reason.is_empty() => format!("the printer gives only a number: {number}"),
            (_, number) => format!("{} ({number})", self.reason),
        }
    }

    fn nozzle_is(&self, how: &str) -> String {
        let wanted = self.soft_temp.map_or_else(String::new, |celsius| format!("; it should have {celsius} °C"));
        format!("the nozzle is too {how} for this filament{wanted}")
    }
}

wire! {
    struct Versions {
        "command" => command: String,
        "module" => modules: Vec<Module>,
    }
}

wire! {
    /// A cloud broker's word about the printer's own connection.
    struct Happened {
        "event" => event: String,
    }
}

/// What one message holds. Usually one of these, never an error: unknown families are no news.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    /// A full report or delta.
    pub report: Option<Box<Report>>,
    /// An acknowledgement, of ours or of somebody else's command.
    pub ack: Option<Ack>,
    /// The answer to `get_version`.
    pub modules: Option<Vec<Module>>,
    /// Elements of lists that no printer has so many of: they were dropped.
    pub dropped: usize,
    /// About so many bytes this takes in memory.
    pub weight: usize,
    /// Cloud only: the printer came to the cloud (`client.connected`), or left it.
    pub online: Option<bool>,
}

/// Why a message could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The bytes are no JSON object.
    #[error("not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
}

/// Reads a message. Bytes that are not UTF-8 (file names may hold them) are replaced, not refused.
pub fn parse(bytes: &[u8]) -> Result<Payload, ParseError> {
    let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
    let mut reader = serde_json::Deserializer::from_str(&text);
    let (read, Size { kept, dropped }) = sized(|| <Maybe<Payload> as serde::Deserialize>::deserialize(&mut reader));
    let payload = read?.0.unwrap_or_default();
    reader.end()?;
    // No text takes more than the message did.
    Ok(Payload { dropped, weight: size_of::<Report>() + text.len() + kept, ..payload })
}

impl Read for Payload {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut out = Self::default();
        let (mut fun, mut clock) = (None, None);
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "print" => {
                    if let Some(body) = map.next_value::<Maybe<Body>>()?.0 {
                        body.sort_into(&mut out);
                    }
                }
                "info" => {
                    let versions = map.next_value::<Maybe<Versions>>()?.0.unwrap_or_default();
                    if versions.command.as_deref() == Some("get_version") {
                        out.modules = versions.modules.or(out.modules);
                    }
                }
                "system" | "camera" | "xcam" | "upgrade" | "pushing" => {
                    if let Some(envelope) = map.next_value::<Maybe<Envelope>>()?.0 {
                        out.ack = envelope.into_ack(&key).or(out.ack);
                    }
                }
                "event" => {
                    let event = map.next_value::<Maybe<Happened>>()?.0.and_then(|e| e.event);
                    out.online = match event.as_deref() {
                        Some("client.connected") => Some(true),
                        Some("client.disconnected") => Some(false),
                        _ => out.online,
                    };
                }
                // Some firmware puts it beside `print`.
                "fun" => fun = map.next_value::<Maybe<Fun>>()?.0,
                "t_utc" => clock = map.next_value::<Maybe<i64>>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some(report) = &mut out.report {
            report.machine.fun = report.machine.fun.or(fun);
            report.clock = report.clock.or(clock);
        }
        Ok(Some(out))
    }
}

/// The `print` object: a report and an envelope share its keys.
#[derive(Default)]
struct Body {
    envelope: Envelope,
    report: Box<Report>,
}

impl Read for Body {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut body = Self::default();
        while let Some(Key(key)) = map.next_key()? {
            let Self { envelope, report } = &mut body;
            let known = report.job.read_field(&key, &mut map)?
                || report.temps.read_field(&key, &mut map)?
                || report.health.read_field(&key, &mut map)?
                || report.machine.read_field(&key, &mut map)?
                || report.ams.read_field(&key, &mut map)?
                || envelope.read_field(&key, &mut map)?;
            if known {
                continue;
            }
            match &*key {
                "device" => report.device = map.next_value::<Maybe<Device>>()?.0,
                "t_utc" => report.clock = map.next_value::<Maybe<i64>>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(body))
    }
}

impl Body {
    fn sort_into(self, out: &mut Payload) {
        let Self { envelope, mut report } = self;
        let is_report = match envelope.command.as_deref() {
            Some(command) => command == "push_status",
            None => envelope.result.is_none() && envelope.reason.is_none() && report.looks_like_status(),
        };
        if is_report {
            report.full = envelope.msg.map_or_else(|| report.has_everything(), |msg| msg == 0);
            out.report = Some(report);
        } else {
            out.ack = envelope.into_ack("print");
        }
    }
}

impl Envelope {
    /// An acknowledgement has a result; without one the message is somebody's announcement.
    fn into_ack(self, family: &str) -> Option<Ack> {
        let result = self.result?;
        Some(Ack {
            family: family.to_owned(),
            command: self.command?,
            seq: self.seq.unwrap_or_default(),
            // Some commands are answered with success, and a negative number that says otherwise.
            ok: !result.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("fail"))
                && self.errno.is_none_or(|number| number >= 0),
            reason: self.reason.filter(|reason| !reason.eq_ignore_ascii_case("success")).unwrap_or_default(),
            err_code: self.err_code.unwrap_or_default().0,
            errno: self.errno.unwrap_or_default(),
            soft_temp: self.soft_temp.filter(|celsius| *celsius > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(json: &str) -> Report {
        *parse(json.as_bytes()).expect("readable").report.expect("a report")
    }

    #[test]
    fn a_delta_keeps_what_it_does_not_name() {
        let mut state = report(
            r#"{"print":{"command":"push_status","msg":0,"gcode_state":"RUNNING","mc_percent":"7","nozzle_temper":219.9}}"#,
        );
        let changed = state.merge(report(r#"{"print":{"command":"push_status","msg":1,"mc_percent":8}}"#));
        assert_eq!(changed, Changed { job: true, ..Changed::default() });
        assert_eq!((state.job.mc_percent, state.temps.nozzle), (Some(8), Some(219.9)));
        let same = report(r#"{"print":{"command":"push_status","msg":1,"mc_percent":8}}"#);
        assert!(!state.merge(same).any());
    }

    #[test]
    fn trays_merge_by_id_and_empty_by_their_id_alone() {
        let mut state = report(
            r#"{"print":{"command":"push_status","msg":0,"ams":{"tray_now":"1","ams":[{"id":"0","temp":"24.0","tray":[
               {"id":"0","tray_type":"PLA","remain":40},{"id":"1","tray_type":"PETG"}]}]}}}"#,
        );
        state.merge(report(r#"{"print":{"command":"push_status","msg":1,"ams":{"tray_now":"0"}}}"#));
        state.merge(report(
            r#"{"print":{"command":"push_status","msg":1,"ams":{"ams":[{"id":"0","tray":[{"id":"1"},{"id":"0","remain":39}]}]}}}"#,
        ));
        let group = state.ams.group.expect("a group");
        let unit = &group.units.expect("units").0[0];
        assert_eq!((group.tray_now, unit.temp), (Some(0), Some(24.0)));
        let trays = &unit.trays.as_ref().expect("trays").0;
        assert_eq!((trays[0].material.as_deref(), trays[0].remain), (Some("PLA"), Some(39)));
        assert_eq!((trays[1].id, trays[1].material.as_deref()), (Some(1), None));
    }

    #[test]
    fn of_two_trays_with_one_id_the_first_counts_in_every_message() {
        let twice = r#"{"print":{"ams":{"ams":[{"id":"0","tray":[{"id":"0","tray_type":"PLA"},{"id":"0"}]}]}}}"#;
        let mut merged = report(twice);
        let once = merged.clone();
        merged.merge(report(twice));
        assert_eq!(merged, once);
        assert_eq!(once.ams.group.unwrap().units.unwrap().0[0].trays.as_ref().unwrap().0.len(), 1);
    }

    #[test]
    fn acknowledgements_are_never_merged() {
        let payload = parse(
            br#"{"print":{"command":"gcode_line","sequence_id":"9","param":"x","result":"FAIL","reason":"mqtt message verify failed","err_code":84033543,"mc_percent":3}}"#,
        )
        .expect("readable");
        let ack = payload.ack.expect("an acknowledgement");
        assert!(payload.report.is_none() && !ack.ok && ack.wants_signature());
        let light =
            parse(br#"{"system":{"command":"ledctrl","sequence_id":"5","result":"success"}}"#).expect("readable");
        assert!(light.ack.is_some_and(|ack| ack.ok && ack.seq == "5" && ack.reason.is_empty()));
    }

    #[test]
    fn refusals_are_words_whatever_number_they_come_as() {
        let why = |json: &str| {
            let ack = parse(json.as_bytes()).expect("readable").ack.expect("an acknowledgement");
            assert!(!ack.ok, "{json}");
            ack.refusal()
        };
        let hot = why(r#"{"print":{"command":"set_ctt","result":"success","errno":-2}}"#);
        assert!(hot.contains("hot chamber"), "{hot}");
        let cold = r#"{"print":{"command":"ams_change_filament","result":"fail","errno":-2,"soft_temp":220}}"#;
        assert_eq!(why(cold), "the nozzle is too cold for this filament; it should have 220 °C");
        assert!(why(r#"{"print":{"command":"x","result":"FAIL","err_code":83902468}}"#).contains("0500_4004"));
        let led =
            r#"{"system":{"command":"ledctrl","result":"fail","reason":"did not find the valid led: work_light"}}"#;
        assert_eq!(why(led), "did not find the valid led: work_light");
        assert_eq!(why(r#"{"print":{"command":"x","result":"fail"}}"#), "the printer gave no reason");
    }

    #[test]
    fn a_status_without_command_counts_and_bytes_may_be_no_utf8() {
        assert!(parse(br#"{"print":{"bed_temper":20}}"#).expect("readable").report.is_some());
        assert!(parse(br#"{"print":{"ams_id":0}}"#).expect("readable").report.is_none());
        let named = parse(b"{\"print\":{\"command\":\"push_status\",\"subtask_name\":\"caf\xe9\"}}").expect("readable");
        assert_eq!(named.report.and_then(|r| r.job.subtask_name).as_deref(), Some("caf\u{fffd}"));
    }

    #[test]
    fn a_report_with_every_key_is_full_without_saying_so() {
        let fields = r#""gcode_state":"IDLE","mc_percent":0,"subtask_name":"","stg_cur":-1,"bed_temper":20,"hms":[],
            "home_flag":1,"lights_report":[],"ipcam":{}"#;
        let with = |more: &str| report(&format!(r#"{{"print":{{"command":"push_status",{fields}{more}}}}}"#)).full;
        assert!(with("") && with(r#","msg":0"#) && with(r#","msg":"0""#));
        assert!(!with(r#","msg":1"#), "its own word goes first");
        assert!(!report(r#"{"print":{"command":"push_status","gcode_state":"IDLE","bed_temper":20}}"#).full);
    }

    #[test]
    fn deep_nesting_and_cut_messages_are_no_news() {
        let deep = format!("{{\"print\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse(deep.as_bytes()).is_ok_and(|payload| payload.report.is_none() && payload.ack.is_none()));
        assert!(parse(b"").is_err() && parse(b"{\"print\":").is_err());
        assert!(parse(b"[1]").expect("readable").report.is_none());
    }

    /// Every list of a report or module list: where it stands, an element with a number, its bound, and how many there are.
    type Bound = (&'static str, &'static str, usize, fn(&Payload) -> usize);

    fn units(payload: &Payload) -> &[crate::protocol::ams::Unit] {
        let group = payload.report.as_ref().and_then(|report| report.ams.group.as_ref());
        group.and_then(|group| group.units.as_ref()).map_or(&[], |units| &units.0)
    }

    const BOUNDS: [Bound; 9] = [
        (r#""ams":{"ams":[#]}"#, r#"{"id":"@"}"#, 24, |p| units(p).len()),
        (r#""ams":{"ams":[{"id":"0","tray":[#]}]}"#, r#"{"id":"@"}"#, 8, |p| {
            units(p).first().and_then(|unit| unit.trays.as_ref()).map_or(0, |trays| trays.0.len())
        }),
        (r#""vir_slot":[#]"#, r#"{"id":"@"}"#, 8, |p| {
            p.report.as_ref().and_then(|r| r.ams.externals.as_ref()).map_or(0, |list| list.0.len())
        }),
        (r#""device":{"extruder":{"info":[#]}}"#, r#"{"id":@}"#, 16, |p| {
            let device = p.report.as_ref().and_then(|r| r.device.as_ref());
            device.and_then(|d| d.extruder.as_ref()).and_then(|e| e.info.as_ref()).map_or(0, |list| list.0.len())
        }),
        (r#""device":{"nozzle":{"info":[#]}}"#, r#"{"id":@}"#, 32, |p| {
            let device = p.report.as_ref().and_then(|r| r.device.as_ref());
            device.and_then(|d| d.nozzle.as_ref()).and_then(|e| e.info.as_ref()).map_or(0, |list| list.0.len())
        }),
        (r#""lights_report":[#]"#, r#"{"node":"n@"}"#, 16, |p| {
            p.report.as_ref().and_then(|r| r.machine.lights.as_ref()).map_or(0, Vec::len)
        }),
        (r#""hms":[#]"#, r#"{"attr":@,"code":65537}"#, 256, |p| {
            p.report.as_ref().and_then(|r| r.health.hms.as_ref()).map_or(0, Vec::len)
        }),
        (r#""stg":[#]"#, "@", 256, |p| {
            p.report.as_ref().and_then(|r| r.job.stages.as_ref()).map_or(0, |stages| stages.0.len())
        }),
        (r#""s_obj":[#]"#, "@", 4096, |p| p.report.as_ref().and_then(|r| r.job.skipped.as_ref()).map_or(0, Vec::len)),
    ];

    fn with_list(place: &str, element: &str, from: usize, len: usize) -> String {
        let list: Vec<_> = (from..from + len).map(|n| element.replace('@', &n.to_string())).collect();
        format!(r#"{{"print":{{"command":"push_status","msg":1,"gcode_state":"IDLE",{}}}}}"#, place.replace('#', &list.join(",")))
    }

    #[test]
    fn no_list_is_longer_than_any_printer_has_it_and_what_is_dropped_is_counted() {
        for (place, element, most, count) in BOUNDS {
            let read = |len| parse(with_list(place, element, 0, len).as_bytes()).expect("readable");
            let (fits, over) = (read(most), read(most + 1000));
            assert_eq!((count(&fits), fits.dropped), (most, 0), "{place}");
            assert_eq!((count(&over), over.dropped), (most, 1000), "{place}");
        }
        let modules: Vec<_> = (0..1128).map(|n| format!(r#"{{"name":"ams/{n}"}}"#)).collect();
        let json = format!(r#"{{"info":{{"command":"get_version","module":[{}]}}}}"#, modules.join(","));
        let read = parse(json.as_bytes()).expect("readable");
        assert_eq!((read.modules.expect("modules").len(), read.dropped), (128, 1000));
    }

    #[test]
    fn changes_do_not_grow_a_list_beyond_its_bound() {
        for (place, element, most, count) in BOUNDS {
            let mut merged = Payload::default();
            for turn in 0..8 {
                let more = parse(with_list(place, element, turn * most, most).as_bytes()).expect("readable").report;
                merged.report.get_or_insert_default().merge(*more.expect("a report"));
            }
            assert!(count(&merged) <= most, "{place}: {}", count(&merged));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn a_report_weighs_no_more_than_a_few_times_its_message(at in 0..BOUNDS.len(), len in 0_usize..3000) {
            let (place, element, most, count) = BOUNDS[at];
            let message = with_list(place, element, 7, len);
            let read = parse(message.as_bytes()).expect("readable");
            prop_assert_eq!((count(&read), read.dropped), (len.min(most), len.saturating_sub(most)));
            prop_assert!(read.weight <= message.len() + (256 << 10), "{}", read.weight);
        }

        #[test]
        fn wrong_types_never_lose_the_neighbour(junk in prop_oneof![
            Just("null".to_owned()), Just("[[1,{}]]".to_owned()), Just("{\"a\":{}}".to_owned()), Just("true".to_owned()),
            Just("\"x\"".to_owned()), Just("-1e300".to_owned()), Just("18446744073709551615".to_owned())],
            key in prop::sample::select(vec!["gcode_state", "ams", "device", "hms", "lights_report", "stg_cur", "vir_slot",
                "mc_percent", "fun", "net", "sdcard", "info", "3D", "print_error", "upgrade_state"])) {
            let json = format!(r#"{{"print":{{"command":"push_status","{key}":{junk},"bed_temper":61.5}}}}"#);
            prop_assert_eq!(report(&json).temps.bed, Some(61.5));
        }
    }
}
