//! What a printer's file server says, and where on its storage the file of a job may lie.

use super::{name::Name, wire::clean};

use chrono::NaiveDateTime;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use std::borrow::Cow;

/// Longest answer that is read, in bytes.
const REPLY_MAX: usize = 16 << 10;
/// Longest path that is asked for, in bytes.
const PATH_MAX: usize = 512;

/// One answer of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its three digits.
    pub code: u16,
    /// The words of its last line.
    pub text: String,
}

impl Reply {
    /// 1xx: something is about to begin, another answer follows.
    pub fn is_preliminary(&self) -> bool {
        self.code < 200
    }

    /// 2xx and 3xx: it was accepted.
    pub fn is_good(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

/// What is no answer of an FTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no FTP server")]
pub struct NoReply;

/// Puts answers together from the bytes that come.
#[derive(Debug, Default)]
pub struct Replies {
    bytes: Vec<u8>,
}

impl Replies {
    /// Takes in bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole answer; `None` until more bytes came.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, NoReply> {
        let mut at = 0;
        let mut open = None;
        while let Some(len) = self.bytes[at..].iter().position(|b| *b == b'\n') {
            let line = String::from_utf8_lossy(&self.bytes[at..at + len]);
            at += len + 1;
            let code = line.get(..3).and_then(|digits| digits.parse().ok()).filter(|code| (100..600).contains(code));
            let mark = line.as_bytes().get(3).copied();
            match (open, code) {
                // Between the first line and the last one of an answer anything may stand.
                (Some(first), code) if code != Some(first) || mark == Some(b'-') => {}
                (None, Some(first)) if mark == Some(b'-') => open = Some(first),
                (_, Some(code)) => {
                    let text = clean(line.get(4..).unwrap_or_default()).trim().to_owned();
                    self.bytes.drain(..at);
                    return Ok(Some(Reply { code, text }));
                }
                (_, None) => return Err(NoReply),
            }
        }
        if self.bytes.len() > REPLY_MAX { Err(NoReply) } else { Ok(None) }
    }
}

/// The port in an answer to `PASV`: the last two of its six numbers. The address before it may be wrong and is not used.
pub fn passive_port(text: &str) -> Option<u16> {
    let numbers: Vec<u8> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).filter_map(|n| n.parse().ok()).collect();
    match numbers[..] {
        [_, _, _, _, high, low] => Some(u16::from_be_bytes([high, low])).filter(|port| *port > 0),
        _ => None,
    }
}

/// The names of files in a listing in the manner of `ls -l`.
pub fn listed(listing: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(listing);
    let name = |line: &str| {
        let mut rest = line.strip_prefix('-')?;
        // Permissions, links, owner, group, size, month, day, time.
        for _ in 0..8 {
            rest = rest.trim_start();
            rest = &rest[rest.find(' ')?..];
        }
        // One blank parts the time from the name, which may begin with more of them.
        rest.strip_prefix(' ').map(str::to_owned)
    };
    text.lines().map(|line| line.trim_end_matches('\r')).filter_map(name).filter(|name| is_sound(name)).collect()
}

/// Whether a name may stand in a command: one line, without control characters.
fn is_sound(name: &str) -> bool {
    !name.is_empty() && name.len() <= PATH_MAX && !name.chars().any(char::is_control)
}

/// The time in an answer to `MDTM`, such as `20260131120000` (UTC, RFC 3659), in seconds since 1970.
pub fn modified(text: &str) -> Option<i64> {
    let digits = text.get(..14).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let time = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?;
    Some(time.and_utc().timestamp()).filter(|at| *at >= 0)
}

/// The folder in which files of jobs are collected that were sent from elsewhere.
pub const CACHE: &str = "/cache";
/// Where files of jobs lie.
pub const FOLDERS: [&str; 3] = [CACHE, "", "/model"];

/// Where the file of a job may lie, most likely first: `gcode_file` and `subtask_name` as the printer reports them, then
/// without the characters in them that nobody sees.
pub fn candidates(gcode_file: &Name, subtask_name: &Name) -> Vec<String> {
    let mut paths = Vec::new();
    suggest(gcode_file.said(), subtask_name.said(), &mut paths);
    suggest(gcode_file, subtask_name, &mut paths);
    paths
}

fn suggest(gcode_file: &str, subtask_name: &str, paths: &mut Vec<String>) {
    let mut add_one = |path: String| {
        // A name from a report goes into a command: one line, and no way out of its folder.
        let sound = is_sound(&path) && !path.contains("/../");
        if sound && !paths.contains(&path) {
            paths.push(path);
        }
    };
    // Letters with marks are one character or two, as the computer writes them that sent the file.
    let mut add = |path: String| {
        let composed = composed(&path).into_owned();
        let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&path).into_owned();
        [path, composed, decomposed].into_iter().for_each(&mut add_one);
    };
    let in_folders = |add: &mut dyn FnMut(String), name: &str| {
        for folder in FOLDERS {
            add(format!("{folder}/{name}"));
        }
    };
    // On newer models it names the unpacked G-code, which is no file of ours.
    for given in as_given_then_trimmed(gcode_file) {
        let name = given.rsplit('/').next().unwrap_or_default();
        if !given.contains("Metadata") && is_3mf(name) {
            // What G-code calls the card is the root here.
            let path = given.strip_prefix("/sdcard").unwrap_or(given);
            add(if path.starts_with('/') { path.to_owned() } else { format!("/{path}") });
            in_folders(&mut add, name);
        }
    }
    for given in as_given_then_trimmed(subtask_name) {
        let job = given.replace('/', "_");
        let names = |job: &str| {
            if is_3mf(job) { vec![job.to_owned()] } else { vec![format!("{job}.gcode.3mf"), format!("{job}.3mf")] }
        };
        for name in names(&job).into_iter().chain(names(&job.replace(' ', "_"))) {
            in_folders(&mut add, &name);
        }
    }
}

/// A blank at the edge of a name is a part of it, as long as no file says otherwise.
fn as_given_then_trimmed(name: &str) -> impl Iterator<Item = &str> {
    let trimmed = name.trim();
    let given = Some(name).filter(|name| !trimmed.is_empty() && *name != trimmed);
    given.into_iter().chain(Some(trimmed).filter(|name| !name.is_empty()))
}

/// A path as a person reads it: the same in whatever way letters with marks are written, with or without characters that
/// nobody sees, and blanks at the edges of the name.
pub fn reading(path: &str) -> String {
    let path = clean(path);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = if is_3mf(name) { &name[..name.len() - 4] } else { name };
    let stem = stem.strip_suffix(".gcode").unwrap_or(stem);
    composed(&format!("{folder}/{}{}", stem.trim(), &name[stem.len()..])).into_owned()
}

/// A text with each letter and its marks as one character, where there is one.
fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Whether a name is that of a 3MF.
pub fn is_3mf(name: &str) -> bool {
    name.len() > 4 && name.as_bytes()[name.len() - 4..].eq_ignore_ascii_case(b".3mf")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(gcode_file: &str, subtask_name: &str) -> Vec<String> {
        candidates(&gcode_file.into(), &subtask_name.into())
    }

    fn all(bytes: &[u8]) -> Result<Vec<(u16, String)>, NoReply> {
        let mut replies = Replies::default();
        let mut out = Vec::new();
        for byte in bytes {
            replies.feed(&[*byte]);
            while let Some(reply) = replies.next_reply()? {
                out.push((reply.code, reply.text));
            }
        }
        Ok(out)
    }

    #[test]
    fn answers_of_one_and_of_several_lines() {
        let bytes = b"220-Welcome\r\n 230 not yet\r\n220-still not\r\n220 here\r\n331 Password\n230\r\n";
        let texts = [(220, "here"), (331, "Password"), (230, "")].map(|(code, text)| (code, text.to_owned()));
        assert_eq!(all(bytes), Ok(texts.to_vec()));
        assert_eq!(all(b"HTTP/1.1 400 Bad Request\r\n"), Err(NoReply));
        assert_eq!(all(b"999 x\r\n"), Err(NoReply));
        assert_eq!(all(&vec![b'2'; REPLY_MAX + 1]), Err(NoReply));
    }

    #[test]
    fn ports_names_and_times_are_read() {
        assert_eq!(passive_port("Entering Passive Mode (10,0,0,1,200,10)."), Some(51_210));
        assert_eq!(passive_port("Entering Passive Mode (10,0,0,1,0,0)."), None);
        assert_eq!(passive_port("Entering Passive Mode (10,0,0,1,2)."), None);
        let listing = b"drwxr-xr-x    2 0  0     4096 Jan 01  2024 cache\r\n\
            -rw-r--r--    1 0        0         1234567 Mar 07 12:34 a b  c.gcode.3mf\r\n-rw-r--r-- 1 0 0 9 Mar 7 12:34 x\n-rw";
        assert_eq!(listed(listing), ["a b  c.gcode.3mf", "x"]);
        assert_eq!(modified("19700102000001"), Some(86_401));
        assert_eq!(modified("20240229235959"), Some(1_709_251_199));
        assert_eq!(modified("20240229235959.25"), Some(1_709_251_199));
        for odd in ["20241301000000", "20230229000000", "20240101250000", "19691231235959", "+0240101000000", "2024"] {
            assert_eq!(modified(odd), None, "{odd}");
        }
        assert_eq!(modified("yesterday"), None);
    }

    #[test]
    fn a_file_given_by_name_comes_before_the_names_a_job_suggests() {
        let paths = found("/sdcard/part one.gcode.3mf", "part one");
        assert_eq!(paths[..3], ["/part one.gcode.3mf", "/cache/part one.gcode.3mf", "/model/part one.gcode.3mf"]);
        assert!(paths.contains(&"/cache/part_one.3mf".to_owned()));
        let paths = found("/data/Metadata/plate_1.gcode", "Box.gcode.3mf");
        assert_eq!(paths, ["/cache/Box.gcode.3mf", "/Box.gcode.3mf", "/model/Box.gcode.3mf"]);
        // Blanks at the edge of a name belong to it.
        let paths = found("/data/Metadata/plate_1.gcode", "pod fix ");
        assert_eq!(paths[3..4], ["/cache/pod fix .3mf"]);
        let at = |path: &str| paths.iter().position(|one| one == path);
        assert!(at("/cache/pod fix .3mf") < at("/cache/pod fix.3mf") && at("/cache/pod fix.3mf").is_some());
        assert_eq!(found(" a.3mf ", "")[..2], ["/a.3mf", "/cache/a.3mf"], "no file has such an ending");
        assert_eq!(found(" a.3mf", "")[..2], ["/ a.3mf", "/cache/ a.3mf"]);
        for blank in [" ", "\u{a0}", "  "] {
            assert_eq!(found(blank, blank), [""; 0]);
        }
        // An é may be one character or two.
        let (one, two) = ("caf\u{e9}", "cafe\u{301}");
        for name in [one, two] {
            let paths = found("", name);
            assert_eq!(paths[0], format!("/cache/{name}.gcode.3mf"), "as given first");
            assert!([one, two].iter().all(|form| paths.contains(&format!("/model/{form}.3mf"))), "{paths:?}");
        }
        assert_eq!(found("", ""), [""; 0]);
        assert!(found("a\u{9b}\u{7f}DELE x.3mf", "")[0] == "/aDELE x.3mf", "controls are in no command");
        assert!(found("a\r\nDELE x.3mf", "b\nc").iter().all(|path| !path.contains(char::is_control)));
        // What nobody sees is asked for first, for it is in the name.
        let paths = found("/sdcard/so\u{ad}ft.3mf", "\u{2764}\u{fe0f}");
        assert_eq!(paths[..2], ["/so\u{ad}ft.3mf", "/cache/so\u{ad}ft.3mf"]);
        let at = |path: &str| paths.iter().position(|one| one == path);
        assert!(at("/cache/\u{2764}\u{fe0f}.gcode.3mf") < at("/cache/\u{2764}.gcode.3mf") && at("/soft.3mf").is_some());
        assert!(found("", "a/../../b").iter().all(|path| !path.contains("/../")));
    }

    #[test]
    fn names_are_one_that_a_person_reads_as_one() {
        let name = "/cache/caf\u{e9} soft \u{2764}.gcode.3mf";
        for other in [
            "/cache/cafe\u{301} soft \u{2764}.gcode.3mf",
            "/cache/caf\u{e9} so\u{ad}ft \u{2764}\u{fe0f}.gcode.3mf",
            "/cache/ caf\u{e9} soft \u{2764} .gcode.3mf",
            "/cache/ cafe\u{301} s\u{200b}oft \u{2764}\u{fe0f} .gcode.3mf",
        ] {
            assert_eq!(reading(other), name, "{other:?}");
        }
        for other in [
            "/model/caf\u{e9} soft \u{2764}.gcode.3mf",
            "/cache/caf\u{e9} soft \u{2764}.3mf",
            "/cache/cafe soft \u{2764}.gcode.3mf",
            "/cache/caf\u{e9}  soft \u{2764}.gcode.3mf",
            "",
            "/",
            ".3mf",
        ] {
            assert_ne!(reading(other), name, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn no_words_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200), text: String) {
            let _ = all(&bytes);
            let _ = (listed(&bytes), passive_port(&text), modified(&text));
            prop_assert_eq!(reading(&reading(&text)), reading(&text));
            for path in found(&text, &text) {
                prop_assert!(path.starts_with('/') && !path.contains(['\r', '\n']));
            }
        }
    }
}
