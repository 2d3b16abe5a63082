//! Words and figures: durations, times of day, temperatures, clipping by display width, bars.

use crate::state::{screen::redraw_schedule, settings::Units};
use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub use crate::state::datetime::{date, format_timestamp, is_today, time_of_day};
pub use crate::state::view::wrap::wrap;

/// `58 m`, `1 h 12 m`, `4 d 6 h`
pub fn minutes(total: u32) -> String {
    match (total / 60, total % 60) {
        (0, m) => format!("{m} m"),
        (h @ 0..100, m) => format!("{h} h {m:02} m"),
        (h, _) => format!("{} d {:02} h", h / 24, h % 24),
    }
}

/// `0:58`, `1:12`; from a hundred hours on in days.
pub fn hours(total: u32) -> String {
    match total / 60 {
        h @ 0..100 => format!("{h}:{:02}", total % 60),
        h => format!("{}d{:02}h", h / 24, h % 24),
    }
}

/// An age in coarse steps: `5 s`, `3 m`, `2 h`.
pub fn age(age: Duration) -> String {
    match redraw_schedule::step(age).as_secs() {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} m", s / 60),
        s @ 3600..172_800 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

/// Time left until something: `42 s`, `5 m`.
pub fn countdown(left: Duration) -> String {
    match redraw_schedule::countdown(left).as_secs() {
        s @ 0..100 => format!("{s} s"),
        s => format!("{} m", s / 60),
    }
}

/// A temperature in whole degrees.
pub fn degrees(celsius: f64, units: Units) -> String {
    units.figure(celsius)
}

/// The unit of temperatures.
pub fn unit(units: Units, ascii: bool) -> &'static str {
    let sign = units.sign();
    if ascii { sign.trim_start_matches('°') } else { sign }
}

/// One of our own sentences for a terminal that has nothing but ASCII.
pub fn plain(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '→' => out.push('>'),
            '·' | '–' | '−' | '—' => out.push('-'),
            '…' => out.push_str("..."),
            '°' => {}
            other => out.push(other),
        }
        out
    })
}

/// Columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Where the first of some words stands in a text, whatever the case of its letters; the words are in lower case.
pub fn find_first(text: &str, words: &[&str]) -> Option<(usize, usize)> {
    text.char_indices().find_map(|(start, _)| {
        words.iter().filter(|word| !word.is_empty()).find_map(|word| {
            let mut wanted = word.chars();
            let mut next = wanted.next();
            for (at, c) in text[start..].char_indices() {
                for low in c.to_lowercase() {
                    if next != Some(low) {
                        return None;
                    }
                    next = wanted.next();
                }
                if next.is_none() {
                    return Some((start, start + at + c.len_utf8()));
                }
            }
            None
        })
    })
}

/// Cuts a text to a display width; what is cut off leaves a mark.
pub fn clip(text: &str, room: usize, ascii: bool) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mark = if ascii { "~" } else { "…" };
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > room {
            break;
        }
        used += w;
        out.push(c);
    }
    if room > 0 {
        out.push_str(mark);
    }
    out
}

/// Clipped and filled with blanks to an exact display width.
pub fn fit(text: &str, room: usize, ascii: bool) -> String {
    let mut out = clip(text, room, ascii);
    let used = out.width();
    out.extend(std::iter::repeat_n(' ', room.saturating_sub(used)));
    out
}

/// The same, at the right edge.
pub fn fit_right(text: &str, room: usize, ascii: bool) -> String {
    let out = clip(text, room, ascii);
    " ".repeat(room.saturating_sub(out.width())) + &out
}

/// A bar in eighths of a cell: its full part and what stays empty, together `room` columns.
pub fn bar(percent: f64, room: usize, ascii: bool) -> (String, String) {
    let eighths = (percent.clamp(0.0, 100.0) / 100.0 * (room * 8) as f64).round() as usize;
    if ascii {
        let full = eighths / 8;
        return ("#".repeat(full), "-".repeat(room - full));
    }
    let (full, part) = (eighths / 8, eighths % 8);
    let mut out = "█".repeat(full);
    if part > 0 {
        out.push(['▏', '▎', '▍', '▌', '▋', '▊', '▉'][part - 1]);
    }
    (out, " ".repeat(room - full - usize::from(part > 0)))
}

/// A small bar of whole marks.
pub fn small_bar(percent: u8, room: usize, ascii: bool) -> (String, String) {
    // Full only when done, so that 99 % does not look finished.
    let full = usize::from(percent) * room / 100;
    let (on, off) = if ascii { ("#", "-") } else { ("▰", "▱") };
    (on.repeat(full), off.repeat(room - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let all = [0, 58, 72, 60, 6000].map(minutes);
        assert_eq!(all, ["0 m", "58 m", "1 h 12 m", "1 h 00 m", "4 d 04 h"]);
        assert_eq!([0, 58, 72, 5999, 6000].map(hours), ["0:00", "0:58", "1:12", "99:59", "4d04h"]);
        let s = Duration::from_secs;
        assert_eq!(
            [0, 7, 59, 61, 3599, 3600, 200_000].map(|n| age(s(n))),
            ["0 s", "5 s", "55 s", "1 m", "59 m", "1 h", "2 d"]
        );
        assert_eq!([0, 42, 99, 100, 121].map(|n| countdown(s(n))), ["0 s", "42 s", "99 s", "2 m", "3 m"]);
        assert_eq!(countdown(Duration::from_millis(41_200)), "42 s");
    }

    #[test]
    fn temperatures_in_both_units() {
        assert_eq!([219.6, -0.2].map(|t| degrees(t, Units::Celsius)), ["220", "0"]);
        assert_eq!(degrees(220.0, Units::Fahrenheit), "428");
    }

    #[test]
    fn clipping_counts_columns_not_letters() {
        assert_eq!(clip("bracket", 7, false), "bracket");
        assert_eq!(clip("bracket", 4, false), "bra…");
        assert_eq!(clip("部品部品", 5, false), "部品…");
        assert_eq!(fit("部品部品", 6, false), "部品… ");
        assert_eq!((clip("ab", 0, false).as_str(), clip("ab", 1, true).as_str()), ("", "~"));
        assert_eq!(fit_right("9", 3, false), "  9");
    }

    #[test]
    fn words_are_found_in_any_case() {
        let found = |text: &'static str, words: &[&str]| find_first(text, words).map(|(start, end)| &text[start..end]);
        assert_eq!(found("The Nozzle is hot", &["hot", "nozzle"]), Some("Nozzle"));
        assert_eq!(found("Über Größe", &["grö"]), Some("Grö"));
        assert_eq!(found("abcabd", &["abd"]), Some("abd"));
        assert_eq!(found("abc", &["abcd", ""]), None);
    }

    #[test]
    fn wrapping_keeps_every_word() {
        assert_eq!(wrap("check the nozzle, then resume", 12), ["check the", "nozzle, then", "resume"]);
        assert_eq!(wrap("0123456789", 4), ["0123", "4567", "89"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn bars_always_have_their_width() {
        assert_eq!(bar(45.0, 10, false).0, "████▌");
        assert_eq!(bar(45.0, 10, true), ("####".into(), "------".into()));
        for percent in 0..=100 {
            for room in 0..20 {
                let (full, empty) = bar(f64::from(percent), room, false);
                assert_eq!(width(&full) + width(&empty), room);
            }
        }
        assert_eq!(small_bar(99, 7, false).1, "▱");
    }
}
