//! What happened, as the dashboard has written it down.

use super::{
    Global,
    outcome::{Failure, OK, note, say},
};
use crate::{
    journal::{self, Record},
    protocol::wire::clean,
};
use clap::Args;
use std::time::Duration;

/// Which lines, and how they are printed.
#[derive(Debug, Clone, Args)]
pub(super) struct Options {
    /// Only this printer: its name or serial
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// Only what happened in this time: 90s, 30m, 24h, 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    since: Option<Duration>,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// A span of time with its unit.
fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number with s, m, h or d, such as 24h".to_owned();
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].trim().parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

pub(super) fn run(global: &Global, options: &Options) -> Result<u8, Failure> {
    let path = Global::state_file("journal.jsonl")?;
    let records = journal::read(&path)
        .map_err(|e| Failure::new(super::outcome::FAILED, format!("{} cannot be read: {e}", path.display())))?;
    if let Some(name) = &options.printer
        && !records.iter().any(|record| is_of(record, name))
    {
        known(global, name, &records)?;
    }
    let now = crate::app::now();
    let from = options.since.map_or(i64::MIN, |since| now.unix.saturating_sub(since.as_secs() as i64));
    let chosen: Vec<_> = records
        .iter()
        .filter(|record| record.unix >= from && options.printer.as_ref().is_none_or(|name| is_of(record, name)))
        .collect();
    if options.json {
        for record in chosen {
            say(&record.json().to_string())?;
        }
    } else if chosen.is_empty() {
        note("nothing happened, as far as the dashboard has seen");
    } else {
        say(&table(&chosen, &|unix| {
            chrono::DateTime::from_timestamp(unix, 0)
                .map(|time| time.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S").to_string())
                .unwrap_or_default()
        }))?;
    }
    Ok(OK)
}

fn is_of(record: &Record, name: &str) -> bool {
    record.printer.eq_ignore_ascii_case(name) || record.serial.eq_ignore_ascii_case(name)
}

/// A printer may be configured although nothing happened to it yet; any other name is a mistake.
fn known(global: &Global, name: &str, records: &[Record]) -> Result<(), Failure> {
    let config = global.load().map(|loaded| loaded.config).unwrap_or_default();
    if config.printers.iter().any(|p| p.name.eq_ignore_ascii_case(name) || p.serial.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let mut names: Vec<&str> = records.iter().map(|record| record.printer.as_str()).collect();
    names.extend(config.printers.iter().map(|p| p.name.as_str()));
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(Failure::usage(format!("no printer \"{}\" in the journal; known are {names}", clean(name))))
}

/// Time, printer, what happened; oldest first, as in a log.
fn table(records: &[&Record], time: &dyn Fn(i64) -> String) -> String {
    use crate::ui::text::width;
    let name = |record: &Record| if record.printer.is_empty() { "—".to_owned() } else { record.printer.clone() };
    let widest = records.iter().map(|record| width(&name(record))).max().unwrap_or(0);
    let line = |record: &&Record| {
        let name = name(record);
        let gap = " ".repeat(widest - width(&name) + 2);
        format!("{}  {name}{gap}{}", time(record.unix), record.text)
    };
    records.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::notice::Tone;

    #[test]
    fn spans_of_time_have_a_unit() {
        assert_eq!(span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(span(" 7d"), Ok(Duration::from_secs(604_800)));
        for wrong in ["", "24", "h", "-1h", "1w", "1.5h", "é"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_table_lines_up() {
        let record = |printer: &str, text: &str| Record {
            unix: 1,
            printer: printer.into(),
            serial: String::new(),
            tone: Tone::Plain,
            text: text.into(),
        };
        let (one, two) = (record("P1S", "started"), record("", "hello"));
        assert_eq!(table(&[&one, &two], &|_| "T".to_owned()), "T  P1S  started\nT  —    hello");
    }
}
