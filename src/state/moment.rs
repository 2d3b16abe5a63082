//! Times of day and days in words, in local time.

use super::{Now, settings::Clock};

/// A time of day, in local time.
pub fn time_of_day(unix: i64, now: Now, style: Clock) -> String {
    let local = unix + i64::from(now.utc_offset);
    let minute = local.rem_euclid(86_400) / 60;
    let (h, m) = (minute / 60, minute % 60);
    match style {
        Clock::H24 => format!("{h:02}:{m:02}"),
        Clock::H12 => format!("{}:{m:02} {}", (h + 11) % 12 + 1, if h < 12 { "am" } else { "pm" }),
    }
}

/// A time of day with the day where it is not today: `22:41`, `Tue 06:10`, `3 Jun 06:10`.
pub fn moment(unix: i64, now: Now, style: Clock) -> String {
    let time = time_of_day(unix, now, style);
    match day(unix, now) - day(now.unix, now) {
        0 => time,
        1..=6 => format!("{} {time}", weekday(day(unix, now))),
        _ => format!("{} {time}", date(unix, now)),
    }
}

/// A day: `3 Jun`.
pub fn date(unix: i64, now: Now) -> String {
    let (month, date) = month_and_date(day(unix, now));
    format!("{date} {month}")
}

/// Whether a moment is on this day.
pub fn is_today(unix: i64, now: Now) -> bool {
    day(unix, now) == day(now.unix, now)
}

/// Days since 1970, in local time.
fn day(unix: i64, now: Now) -> i64 {
    (unix + i64::from(now.utc_offset)).div_euclid(86_400)
}

fn weekday(day: i64) -> &'static str {
    // 1 January 1970 was a Thursday.
    ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day.rem_euclid(7) as usize]
}

/// From days since 1970, by counting in years that begin in March: leap days come last there.
fn month_and_date(day: i64) -> (&'static str, i64) {
    let era_day = (day + 719_468).rem_euclid(146_097);
    let year = (era_day - era_day / 1460 + era_day / 36_524 - era_day / 146_096) / 365;
    let of_year = era_day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let names = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];
    (names[month as usize], of_year - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_name_the_day_when_it_is_not_today() {
        // 2026-05-28 22:26:40, two hours ahead of UTC.
        let now = crate::state::test_now();
        let at = |seconds: i64| moment(now.unix + seconds, now, Clock::H24);
        assert_eq!([at(0), at(5590), at(5620)], ["22:26", "23:59", "Fri 00:00"]);
        assert_eq!([at(-86_400), at(7 * 86_400)], ["27 May 22:26", "4 Jun 22:26"]);
        assert_eq!(time_of_day(now.unix, now, Clock::H12), "10:26 pm");
        assert_eq!(time_of_day(now.unix + 5620, now, Clock::H12), "12:00 am");
        assert_eq!(month_and_date(11_016), ("Feb", 29), "of the year 2000");
    }
}
