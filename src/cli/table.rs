//! Printers as a table, for people without a screen.

use crate::state::{
    State,
    printer::{Freshness, Printer, error_texts::DANGER, transport::Transport},
};
use crate::ui::text;
use std::time::Duration;

/// One row a printer: name, model, state, progress, time left, temperatures, filament in use, trouble.
pub(super) fn printers(state: &State) -> String {
    let head = ["printer", "model", "state", "done", "left", "nozzle", "bed", "filament", "job"].map(str::to_owned);
    let mut rows = vec![head];
    // Who is in danger comes first; the others stand as they were configured.
    let mut printers: Vec<_> = state.fleet.printers.iter().collect();
    printers.sort_by_key(|printer| !printer.is_in_danger());
    rows.extend(printers.iter().map(|p| row(p, state)));
    let mut out = String::new();
    for (at, line) in columns(&rows).iter().enumerate() {
        out += line;
        out.push('\n');
        if let Some((what, code)) = at.checked_sub(1).and_then(|at| printers[at].trouble()) {
            out += format!("  ! {what} {code}").trim_end();
            out.push('\n');
        }
    }
    out.pop();
    out
}

/// Rows as lines whose cells stand below each other.
pub(super) fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: [usize; N] =
        std::array::from_fn(|c| rows.iter().map(|row| text::width(&row[c])).max().unwrap_or_default());
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line += cell;
            line += &" ".repeat(width - text::width(cell) + 2);
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn row(printer: &Printer, state: &State) -> [String; 9] {
    let unknown = || "—".to_owned();
    let job = &printer.job;
    let status = match printer.freshness(state.now.at, &state.fleet.watchdog_timeouts) {
        Freshness::Stale(age) => format!("{} (stale, {} old)", printer.status().word(), text::age(age)),
        Freshness::Partial => format!("{} (incomplete)", printer.status().word()),
        _ => printer.status().word().to_owned(),
    };
    let status = match (printer.session(), printer.transport) {
        (Some(_), Transport::Cloud) => format!("{status}, by cloud"),
        _ => status,
    };
    let status = match printer.earlier_danger() {
        Some((_, unix)) => {
            let ago = Duration::from_secs(state.now.unix.saturating_sub(unix).try_into().unwrap_or(0));
            format!("{DANGER} (said {} ago), {status}", text::age(ago))
        }
        None if printer.is_in_danger() => format!("{DANGER}, {status}"),
        None => status,
    };
    let heat = |gauge: crate::state::printer::temps::Gauge| match (gauge.now, gauge.aim()) {
        (None, _) => unknown(),
        (Some(now), None) => format!("{now:.0} °C"),
        (Some(now), Some(aim)) => format!("{now:.0}→{aim:.0} °C"),
    };
    let filament = printer.ams.active().map_or_else(unknown, |tray| match &tray.content {
        crate::state::printer::ams::Content::Spool(spool) => format!("{} {}", tray.label, spool.name),
        _ => tray.label.clone(),
    });
    [
        printer.name.clone(),
        printer.model.short().to_owned(),
        status,
        job.percent.map_or_else(unknown, |p| format!("{p} %")),
        job.minutes_left.map_or_else(unknown, text::hours),
        printer.temps.active_nozzle().map_or_else(unknown, |n| heat(n.gauge)),
        heat(printer.temps.bed),
        filament,
        job.name.clone().unwrap_or_else(unknown),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::printer::need::tests::state_of;

    #[test]
    fn danger_stands_first_and_is_the_first_word_of_the_state() {
        let calm = (vec![r#""gcode_state":"RUNNING","mc_percent":40"#.to_owned()], 0);
        let smoke = r#""hms":[{"attr":201327360,"code":65566}]"#;
        let told = |state: &str, link| (vec![format!(r#""gcode_state":"{state}",{smoke}"#)], link);
        for (burning, state) in [
            (told("RUNNING", 0), "DANGER, printing"),
            (told("FINISH", 0), "DANGER, finished"),
            (told("IDLE", 1), "DANGER, offline"),
        ] {
            let table = printers(&state_of(&[calm.clone(), burning, calm.clone()]));
            let lines: Vec<_> = table.lines().collect();
            let [_, first, words, second, third] = lines[..] else { panic!("{table}") };
            assert!(first.starts_with("Unit-B") && first.contains(state), "{table}");
            assert!(words.starts_with("  ! DANGER: SMOKE"), "{table}");
            assert!(second.starts_with("Unit-A") && third.starts_with("Unit-C"), "{table}");
        }
    }
}
