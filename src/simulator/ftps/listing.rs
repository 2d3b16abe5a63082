//! Listings as vsFTPd writes them, and in forms that other servers have.

use super::super::drive::Line;
use chrono::DateTime;
use std::fmt::Write as _;

/// Half a year: what is older, or of the future, has its year instead of the time of day.
const RECENT: i64 = 182 * 86_400;

/// `ls -l`.
pub(super) fn long(lines: &[Line], now: i64) -> String {
    let mut out = String::new();
    for line in lines {
        let (mode, links) = if line.folder { ("drwxr-xr-x", 2) } else { ("-rw-r--r--", 1) };
        let (size, date, name) = (line.size, date(line.at, now), &line.name);
        let _ = write!(out, "{mode} {links:>4} 0        0        {size:>8} {date} {name}\r\n");
    }
    out
}

fn date(at: i64, now: i64) -> String {
    let form = if (0..RECENT).contains(&(now - at)) { "%b %d %H:%M" } else { "%b %d  %Y" };
    DateTime::from_timestamp(at, 0).map_or_else(String::new, |time| time.format(form).to_string())
}

/// The time of a file, as MDTM tells it.
pub(super) fn stamp(at: i64) -> String {
    DateTime::from_timestamp(at, 0).map_or_else(String::new, |time| time.format("%Y%m%d%H%M%S").to_string())
}

/// Names alone, each behind `prefix`.
pub(super) fn names(lines: &[Line], prefix: &str) -> String {
    lines.iter().flat_map(|line| [prefix, &line.name, "\r\n"]).collect()
}

/// The same as [`long`] among lines that are none: a sum, links, devices, empty lines, line ends without a return, names
/// that begin or end with blanks, dates of either form, and lines as other systems write them.
pub(super) fn odd(lines: &[Line], now: i64) -> String {
    let mut out = String::from("total 4711\r\n\r\n");
    out += "lrwxrwxrwx    1 0        0              11 Jan 01  1970 sdcard -> /mnt/sdcard\r\n";
    out += "brw-rw----    1 0        6          179, 0 Feb 29  2024 mmcblk0\r\n";
    out += &long(lines, now).replace("0        0  ", "bambu users  ");
    out += "-rw-r--r--    1 0        0               7 Dec 31 23:59  two  blanks .gcode.3mf \n";
    out += "-rw-r--r--    1 0        0              12 Mar  7  2031 of the future.gcode.3mf\r\n";
    out += "-rw-r--r-- 1 0 0 18446744073709551615 Jun 31 25:61 no such date.3mf\r\n";
    out += "01-09-26  11:38AM       <DIR>          WINDOWS\r\n+i8388621.48594,m825718503,r,s280,\tof eplf.3mf\r\n";
    out + "type=file;size=5;modify=20260101000000; of mlsd.3mf\r\n-rw-r--r--    1 0        0        "
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_vsftpd() {
        let now = 1_795_000_000;
        let line = |name: &str, folder, size, at| Line { name: name.into(), folder, size, at };
        let lines = [line("cache", true, 4096, 1_767_268_800), line("a  b ", false, 11, now - 60)];
        assert_eq!(
            long(&lines, now),
            "drwxr-xr-x    2 0        0            4096 Jan 01  2026 cache\r\n\
             -rw-r--r--    1 0        0              11 Nov 18 11:05 a  b \r\n"
        );
        assert_eq!(names(&lines, "/x/"), "/x/cache\r\n/x/a  b \r\n");
        assert_eq!((stamp(1_767_268_800), date(now + 5, now)), ("20260101120000".into(), "Nov 18  2026".into()));
        assert!(odd(&lines, now).contains(" a  b \r\n") && odd(&[], now).contains(" -> /mnt/sdcard"));
    }
}
