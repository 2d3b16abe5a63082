//! Times of day and days in words, in local time.

use super::{Now, settings::Clock};
use chrono::{DateTime, NaiveDateTime};

/// A time of day, in local time.
pub fn time_of_day(unix: i64, now: Now, style: Clock) -> String {
    let form = match style {
        Clock::H24 => "%H:%M",
        Clock::H12 => "%-I:%M %P",
    };
    words(unix, now, form)
}

/// A time of day with the day where it is not today: `22:41`, `Tue 06:10`, `3 Jun 06:10`.
pub fn format_timestamp(unix: i64, now: Now, style: Clock) -> String {
    let time = time_of_day(unix, now, style);
    let days = local(unix, now).zip(local(now.unix, now)).map(|(then, now)| (then.date() - now.date()).num_days());
    match days {
        Some(0) | None => time,
        Some(1..=6) => format!("{} {time}", words(unix, now, "%a")),
        Some(_) => format!("{} {time}", date(unix, now)),
    }
}

/// A day: `3 Jun`.
pub fn date(unix: i64, now: Now) -> String {
    words(unix, now, "%-d %b")
}

/// Whether a moment is on this day.
pub fn is_today(unix: i64, now: Now) -> bool {
    local(unix, now).is_some_and(|then| Some(then.date()) == local(now.unix, now).map(|now| now.date()))
}

/// What a clock on the wall shows; `None` beyond the calendar, some 262,000 years from now.
fn local(unix: i64, now: Now) -> Option<NaiveDateTime> {
    let at = unix.checked_add(i64::from(now.utc_offset))?;
    DateTime::from_timestamp(at, 0).map(|at| at.naive_utc())
}

fn words(unix: i64, now: Now, form: &str) -> String {
    local(unix, now).map_or_else(|| "—".to_owned(), |at| at.format(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_name_the_day_when_it_is_not_today() {
        // 2026-05-28 22:26:40, two hours ahead of UTC.
        let now = crate::state::test_now();
        let at = |seconds: i64| format_timestamp(now.unix + seconds, now, Clock::H24);
        assert_eq!([at(0), at(5590), at(5620)], ["22:26", "23:59", "Fri 00:00"]);
        assert_eq!([at(-86_400), at(7 * 86_400)], ["27 May 22:26", "4 Jun 22:26"]);
        assert_eq!(time_of_day(now.unix, now, Clock::H12), "10:26 pm");
        assert_eq!(time_of_day(now.unix + 5620, now, Clock::H12), "12:00 am");
        assert_eq!(time_of_day(now.unix - 36_000, now, Clock::H12), "12:26 pm");
        assert_eq!(date(951_782_400, now), "29 Feb", "of the year 2000");
        assert!(is_today(now.unix + 5590, now) && !is_today(now.unix + 5620, now));
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_unknown() {
        let now = crate::state::test_now();
        for unix in [i64::MIN, -9_000_000_000_000, 9_000_000_000_000, i64::MAX] {
            assert_eq!([format_timestamp(unix, now, Clock::H24), date(unix, now)], ["—", "—"]);
            assert!(!is_today(unix, now));
        }
    }
}
