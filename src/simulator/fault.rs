//! Faults: what can go wrong between a printer and its clients, as data. They may be set and cleared at any time.

use super::sim::{
    odd::{Odd, OddName},
    shown::Shown,
};

/// One thing that is wrong with a printer's servers or firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every login is answered by this CONNACK code (1 to 5).
    RefuseLogin(u8),
    /// TCP connects, but the TLS handshake never begins.
    Silent,
    /// The session is up, and then nothing is sent any more: no reports, no acknowledgements, no ping answers.
    HalfOpen,
    /// Subscribed, but no data at all until the client sends `pushing.start`, which mends it.
    NoReports,
    /// So many requests for a full report are lost on their way; everything else goes on.
    LoseFullReports(u32),
    /// Its own broker keeps sessions alive but passes no reports on; over the cloud they come.
    NoReportsInLan,
    /// Publishes of quality 1 are taken in but get no PUBACK.
    NoPubAck,
    /// Commands are carried out but never acknowledged.
    NoAck,
    /// Commands are acknowledged but have no effect.
    IgnoreCommands,
    /// Firmware with authorization control and developer mode off.
    Locked,
    /// Every session is dropped after so many seconds.
    DropAfter(u32),
    /// The connection is closed right after a good CONNACK.
    CloseAfterConnect,
    /// Reports are replaced by broken ones: half JSON, not JSON, not UTF-8, nested too deep, wrong types.
    Garbage,
    /// Reports are replaced by one of five megabytes.
    Huge,
    /// Reports are replaced by ones of nearly a megabyte, with lists that no printer has so long, each with other numbers.
    Swollen,
    /// So many reports a second, each with a changed number.
    FloodPerSecond(u32),
    /// Names of jobs and filaments hold escape sequences, line breaks and bidirectional controls.
    ControlChars,
    /// The names of the job and its file are not plain letters.
    Named(OddName),
    /// Spools say a weight and a length that cannot both be true.
    SpoolMismatch,
    /// The next report is cut in the middle of its MQTT packet, and the connection is reset.
    CutMidFrame,
    /// The camera sends bytes that are no frames.
    CameraGarbage,
    /// The camera sends pictures that end in the middle.
    CameraTruncatedJpeg,
    /// The camera announces a frame of two gigabytes.
    CameraHugeHeader,
    /// The camera sends a tiny JPEG that claims 60000 by 60000 pixels.
    CameraGiantPicture,
    /// The camera takes the login and then sends nothing.
    CameraStall,
    /// The camera closes every connection without a byte.
    CameraRefuse,
    /// Its power fails once: connections end, and it is idle, has lost its job and does not say how.
    PowerCut,
    /// The same, and it asks whether to go on with the unfinished job (`0300_8007`).
    PowerCutUnfinished,
    /// Once, for a second: idle in the middle of its job, with an error and a health message. Then it is as before.
    Flicker,
    /// The file of the job is not on the storage.
    FileMissing,
    /// The file server sends a few kilobytes at a time.
    FileSlow,
    /// The file server takes plain data connections only, as some A1 do.
    FilePlain,
    /// The file server takes no file: the card is full or write-protected, by its one word for everything (553).
    FileRefused,
    /// A file that is stored fills the card before it is whole: this code, and what came stays.
    FileFull(u16),
    /// Connections break after so many percent of a file that is fetched, or so many KiB of one that is stored.
    FileCut(u8),
    /// What is fetched ends without the goodbye of TLS.
    FileNoGoodbye,
    /// No data connection works: TLS is refused there, and plain ones are too.
    FileNoData,
    /// Half of each file is lost, and nothing is said of it.
    FileShort,
    /// What is stored is whole, and is called broken (426).
    FileBroken,
    /// What is stored is half, and is called broken (426).
    FileBrokenShort,
    /// The word that a file was stored comes so many seconds after its last byte.
    FileLate(u32),
    /// That word never comes.
    FileNoAnswer,
    /// Data connections are for one session at a time; a second one gets 425.
    FileBusy,
    /// Listings have lines of other systems, links, blanks at the ends of names, dates of either form.
    FileOddList,
    /// There is no card or stick: no files, and nothing can be stored.
    NoCard,
    /// The printer itself is in trouble, and shows it: by an error, a health message, a pause.
    Shows(Shown),
    /// Somebody poses as the printer: another self-made certificate with its serial, on every port.
    OtherCertificate,
    /// The same with yet another certificate for every connection.
    ChangingCertificate,
    /// The certificate names another printer.
    OtherName,
    /// Somebody poses as the camera alone.
    CameraCertificate,
    /// Somebody poses as the file server alone.
    FileCertificate,
}

impl Fault {
    /// Every fault, with the numbers it has when it is ordered by name.
    pub const ALL: [Self; 60] = [
        Self::RefuseLogin(5),
        Self::Silent,
        Self::HalfOpen,
        Self::NoReports,
        Self::LoseFullReports(1),
        Self::NoReportsInLan,
        Self::NoPubAck,
        Self::NoAck,
        Self::IgnoreCommands,
        Self::Locked,
        Self::DropAfter(20),
        Self::CloseAfterConnect,
        Self::Garbage,
        Self::Huge,
        Self::Swollen,
        Self::FloodPerSecond(50),
        Self::ControlChars,
        Self::Named(OddName::Blanks),
        Self::Named(OddName::Decomposed),
        Self::Named(OddName::Invisible),
        Self::SpoolMismatch,
        Self::CutMidFrame,
        Self::CameraGarbage,
        Self::CameraTruncatedJpeg,
        Self::CameraHugeHeader,
        Self::CameraGiantPicture,
        Self::CameraStall,
        Self::CameraRefuse,
        Self::PowerCut,
        Self::PowerCutUnfinished,
        Self::Flicker,
        Self::FileMissing,
        Self::FileSlow,
        Self::FilePlain,
        Self::FileRefused,
        Self::FileFull(552),
        Self::FileCut(50),
        Self::FileNoGoodbye,
        Self::FileNoData,
        Self::FileShort,
        Self::FileBroken,
        Self::FileBrokenShort,
        Self::FileLate(30),
        Self::FileNoAnswer,
        Self::FileBusy,
        Self::FileOddList,
        Self::NoCard,
        Self::Shows(Shown::Smoke),
        Self::Shows(Shown::Fire),
        Self::Shows(Shown::HeaterRunaway),
        Self::Shows(Shown::PlateMarker),
        Self::Shows(Shown::Clog),
        Self::Shows(Shown::WasteChute),
        Self::Shows(Shown::LiteRunout),
        Self::Shows(Shown::UnknownCode),
        Self::OtherCertificate,
        Self::ChangingCertificate,
        Self::OtherName,
        Self::CameraCertificate,
        Self::FileCertificate,
    ];

    /// The name by which it can be ordered.
    pub fn name(self) -> &'static str {
        match self {
            Self::RefuseLogin(_) => "refuse-login",
            Self::Silent => "silent",
            Self::HalfOpen => "half-open",
            Self::NoReports => "no-reports",
            Self::LoseFullReports(_) => "lose-full-report",
            Self::NoReportsInLan => "no-reports-in-lan",
            Self::NoPubAck => "no-puback",
            Self::NoAck => "no-ack",
            Self::IgnoreCommands => "ignore-commands",
            Self::Locked => "locked",
            Self::DropAfter(_) => "drop-after",
            Self::CloseAfterConnect => "close-after-connect",
            Self::Garbage => "garbage",
            Self::Huge => "huge",
            Self::Swollen => "swollen",
            Self::FloodPerSecond(_) => "flood",
            Self::ControlChars => "control-chars",
            Self::Named(name) => name.name(),
            Self::SpoolMismatch => "spool-mismatch",
            Self::CutMidFrame => "cut-mid-frame",
            Self::CameraGarbage => "camera-garbage",
            Self::CameraTruncatedJpeg => "camera-truncated",
            Self::CameraHugeHeader => "camera-huge-header",
            Self::CameraGiantPicture => "camera-giant-picture",
            Self::CameraStall => "camera-stall",
            Self::CameraRefuse => "camera-refuse",
            Self::PowerCut => "power-cut",
            Self::PowerCutUnfinished => "power-cut-unfinished",
            Self::Flicker => "flicker",
            Self::FileMissing => "file-missing",
            Self::FileSlow => "file-slow",
            Self::FilePlain => "file-plain",
            Self::FileRefused => "file-refused",
            Self::FileFull(_) => "file-full",
            Self::FileCut(_) => "file-cut",
            Self::FileNoGoodbye => "file-no-goodbye",
            Self::FileNoData => "file-no-data",
            Self::FileShort => "file-short",
            Self::FileBroken => "file-broken",
            Self::FileBrokenShort => "file-broken-short",
            Self::FileLate(_) => "file-late",
            Self::FileNoAnswer => "file-no-answer",
            Self::FileBusy => "file-busy",
            Self::FileOddList => "file-odd-list",
            Self::NoCard => "no-card",
            Self::Shows(shown) => shown.name(),
            Self::OtherCertificate => "other-certificate",
            Self::ChangingCertificate => "changing-certificate",
            Self::OtherName => "other-name",
            Self::CameraCertificate => "camera-certificate",
            Self::FileCertificate => "file-certificate",
        }
    }

    /// The fault of a name; where it has a number another one may follow: `lose-full-report:3`.
    pub fn from_name(name: &str) -> Option<Self> {
        let (name, number) = name.split_once(':').map_or((name, None), |(name, number)| (name, Some(number)));
        let fault = Self::ALL.into_iter().find(|fault| fault.name() == name)?;
        let Some(number) = number else { return Some(fault) };
        let number: u32 = number.parse().ok()?;
        match fault {
            Self::RefuseLogin(_) => {
                u8::try_from(number).ok().filter(|code| (1..=5).contains(code)).map(Self::RefuseLogin)
            }
            Self::LoseFullReports(_) => Some(Self::LoseFullReports(number)),
            Self::DropAfter(_) => Some(Self::DropAfter(number)),
            Self::FileLate(_) => Some(Self::FileLate(number)),
            Self::FloodPerSecond(_) => Some(Self::FloodPerSecond(number)),
            _ => None,
        }
    }
}

/// The faults of one printer.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn set(&mut self, fault: Fault) {
        // Only one of a kind: a second flood replaces the first.
        self.0.retain(|f| std::mem::discriminant(f) != std::mem::discriminant(&fault));
        self.0.push(fault);
    }

    pub(super) fn remove(&mut self, fault: Fault) {
        self.0.retain(|f| *f != fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Whether this request for a full report is lost; one less will be.
    pub(super) fn loses_full_report(&mut self) -> bool {
        let left = self.0.iter_mut().find_map(|f| if let Fault::LoseFullReports(left) = f { Some(left) } else { None });
        let lost = left.is_some_and(|left| {
            let lost = *left > 0;
            *left = left.saturating_sub(1);
            lost
        });
        self.0.retain(|f| *f != Fault::LoseFullReports(0));
        lost
    }

    /// The CONNACK code that every login gets.
    pub(super) fn refusal(&self) -> Option<u8> {
        self.0.iter().find_map(|f| if let Fault::RefuseLogin(code) = f { Some(*code) } else { None })
    }

    /// Seconds after which a session is dropped.
    pub(super) fn drop_after(&self) -> Option<u32> {
        self.0.iter().find_map(|f| if let Fault::DropAfter(seconds) = f { Some(*seconds) } else { None })
    }

    /// Reports a second under a flood.
    pub(super) fn flood(&self) -> Option<u32> {
        self.0.iter().find_map(|f| if let Fault::FloodPerSecond(n) = f { Some((*n).max(1)) } else { None })
    }

    /// What is odd about names and numbers.
    pub(super) fn odd(&self) -> Odd {
        let name = self.0.iter().find_map(|f| if let Fault::Named(name) = f { Some(*name) } else { None });
        Odd { nasty: self.has(Fault::ControlChars), name, half_spools: self.has(Fault::SpoolMismatch) }
    }

    /// Seconds that the word about a stored file is late.
    pub(super) fn file_late(&self) -> Option<u32> {
        self.0.iter().find_map(|f| if let Fault::FileLate(seconds) = f { Some(*seconds) } else { None })
    }

    /// The code for a full card.
    pub(super) fn file_full(&self) -> Option<u16> {
        self.0.iter().find_map(|f| if let Fault::FileFull(code) = f { Some(*code) } else { None })
    }

    /// Percent or KiB after which a transfer breaks.
    pub(super) fn file_cut(&self) -> Option<u8> {
        self.0.iter().find_map(|f| if let Fault::FileCut(percent) = f { Some((*percent).min(100)) } else { None })
    }

    /// What the camera does wrong.
    pub(super) fn camera(&self) -> Option<Fault> {
        self.0.iter().copied().find(|f| {
            matches!(
                f,
                Fault::CameraGarbage
                    | Fault::CameraTruncatedJpeg
                    | Fault::CameraHugeHeader
                    | Fault::CameraGiantPicture
                    | Fault::CameraStall
                    | Fault::CameraRefuse
            )
        })
    }
}

/// A broken report payload; each number gives another kind of breakage.
pub(super) fn garbage(turn: usize) -> Vec<u8> {
    match turn % 8 {
        0 => br#"{"print":{"nozzle_temper":21"#.to_vec(),
        1 => b"<html>busy</html>".to_vec(),
        2 => vec![0xFF, 0xFE, 0x00, 0xC3, 0x28, 0x80],
        3 => [br#"{"print":{"command":"push_status","x":"#.as_slice(), "[".repeat(20_000).as_bytes()].concat(),
        4 => br#"{"print":{"command":"push_status","nozzle_temper":{"a":1},"bed_temper":[],"gcode_state":7,
            "mc_percent":"many","ams":"none","hms":{},"layer_num":1e308,"device":[1],"stg":{"0":null}}}"#
            .to_vec(),
        5 => Vec::new(),
        6 => br#"[{"print":null},null,1]"#.to_vec(),
        _ => br#"{"print":{"command":"push_status","msg":1,"subtask_name":"caf\u00e9 \xff\xfe","mc_percent":-1}}"#
            .to_vec(),
    }
}

/// A report of `len` bytes, valid JSON.
pub(super) fn huge(len: usize) -> Vec<u8> {
    let mut bytes = br#"{"print":{"command":"push_status","msg":1,"padding":""#.to_vec();
    bytes.resize(len.saturating_sub(3).max(bytes.len()), b'x');
    bytes.extend_from_slice(br#""}}"#);
    bytes
}

/// A report of about `len` bytes whose lists are longer than any printer has them; each turn has other numbers.
pub(super) fn swollen(turn: usize, len: usize) -> Vec<u8> {
    let share = len / 4;
    let list = |element: &dyn Fn(usize) -> String| {
        let mut out = String::with_capacity(share);
        // Numbers of one turn are those of no other.
        let mut number = turn.wrapping_mul(100_000) % 10_000_000;
        while out.len() + 200 < share {
            if !out.is_empty() {
                out.push(',');
            }
            out += &element(number);
            number += 1;
        }
        out
    };
    let trays: Vec<_> = (0..8).map(|n| format!(r#"{{"id":"{n}"}}"#)).collect();
    let (hms, units, lights, hotends) = (
        list(&|n| format!(r#"{{"attr":{},"code":131073}}"#, 0x0300_0000 + n)),
        list(&|n| format!(r#"{{"id":"{n}","tray":[{}]}}"#, trays.join(","))),
        list(&|n| format!(r#"{{"node":"light{n}","mode":"on"}}"#)),
        list(&|n| format!(r#"{{"id":{n},"temp":{n}}}"#)),
    );
    format!(
        r#"{{"print":{{"command":"push_status","msg":0,"gcode_state":"RUNNING","mc_percent":{},"hms":[{hms}],"ams":{{"ams":[{units}]}},"lights_report":[{lights}],"device":{{"extruder":{{"info":[{hotends}]}}}}}}}}"#,
        turn % 100
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_of_a_kind_and_each_can_be_taken_back() {
        let mut faults = Faults::default();
        faults.set(Fault::FloodPerSecond(5));
        faults.set(Fault::FloodPerSecond(9));
        faults.set(Fault::CameraStall);
        assert_eq!((faults.flood(), faults.camera()), (Some(9), Some(Fault::CameraStall)));
        faults.remove(Fault::CameraStall);
        assert_eq!(faults.camera(), None);
        faults.clear();
        assert_eq!(faults.flood(), None);
    }

    #[test]
    fn names_read_back() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_name(fault.name()), Some(fault));
        }
        for shown in Shown::ALL {
            assert_eq!(Fault::from_name(shown.name()), Some(Fault::Shows(shown)), "each can be ordered");
        }
        for name in OddName::ALL {
            assert_eq!(Fault::from_name(name.name()), Some(Fault::Named(name)), "each can be ordered");
        }
        let numbers = [
            ("lose-full-report:3", Some(Fault::LoseFullReports(3))),
            ("file-late:2", Some(Fault::FileLate(2))),
            ("refuse-login:4", Some(Fault::RefuseLogin(4))),
            ("refuse-login:9", None),
            ("silent:3", None),
            ("flood:", None),
        ];
        for (name, fault) in numbers {
            assert_eq!(Fault::from_name(name), fault, "{name}");
        }
        assert_eq!(Fault::from_name("rain"), None);
    }

    #[test]
    fn the_manual_has_every_fault() {
        let manual = include_str!("../../docs/simulator.md");
        for fault in Fault::ALL {
            let (alone, with_number) = (format!("`{}`", fault.name()), format!("`{}[:", fault.name()));
            assert!(manual.contains(&alone) || manual.contains(&with_number), "{fault:?}");
        }
    }

    #[test]
    fn so_many_requests_are_lost_and_no_more() {
        let mut faults = Faults::default();
        faults.set(Fault::LoseFullReports(2));
        let lost: Vec<_> = (0..4).map(|_| faults.loses_full_report()).collect();
        assert_eq!(lost, [true, true, false, false]);
        assert!(faults.0.is_empty());
    }

    #[test]
    fn a_huge_report_is_valid_and_garbage_is_mostly_not() {
        let bytes = huge(5 << 20);
        assert_eq!(bytes.len(), 5 << 20);
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok());
        let bytes = swollen(7, 1_000_000);
        assert!((900_000..1_000_000).contains(&bytes.len()), "{}", bytes.len());
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() && bytes != swollen(8, 1_000_000));
        for turn in [0, 1, 2, 3, 5] {
            assert!(serde_json::from_slice::<serde_json::Value>(&garbage(turn)).is_err(), "{turn}");
        }
    }
}
