//! Whatever is typed: a line makes nothing, or an order that the model can bear and that the printer can read.

use crate::actions::Pair;
use bambu_tui::{
    protocol::{
        command::{Command, Request, Seq},
        model::Model,
    },
    simulator::sim::gcode::{self, Line},
    state::{command::catalog, printer::Printer},
};
use proptest::prelude::*;

fn line() -> impl Strategy<Value = String> {
    let names: Vec<_> = catalog::entries().map(|entry| entry.name).collect();
    let words = [
        "on", "off", "A1", "A2", "HT1", "A", "ext", "extl", "left", "main", "PLA", "red", "x", "z", "rotate", "bed",
        "high", "190-240", "720p", "pause", "M104", "S999",
    ];
    let word = prop_oneof![
        3 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        3 => (-400_i32..400).prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => "\\PC{0,8}",
        1 => "[ -~\\n\\r\\t]{0,12}",
    ];
    (prop::sample::select(names), prop::collection::vec(word, 0..5))
        .prop_map(|(name, words)| format!("{name} {}", words.join(" ")))
}

/// What the model bears, as its servers read the lines.
fn is_bearable(text: &str, printer: &Printer) -> bool {
    let model = printer.model;
    let at_most = |celsius: f64, most: u16| (0.0..=f64::from(most)).contains(&celsius);
    gcode::parse(text).all(|line| match line {
        Line::Nozzle { target, .. } => at_most(target, model.nozzle_max()),
        Line::Bed(target) => at_most(target, model.bed_max(printer.machine.supply_volts)),
        Line::Chamber(target) => at_most(target, model.chamber_max().unwrap_or(0)),
        Line::Fan { percent, .. } => percent <= 100,
        _ => true,
    })
}

#[test]
fn any_line_is_refused_or_bearable() {
    let mut hot = Pair::new(Model::H2D);
    hot.sim.homed = [true; 3];
    let pairs =
        vec![Pair::new(Model::P1S), hot, Pair::new(Model::X2D), Pair::new(Model::X1E), Pair::printing(Model::A1)];
    proptest!(|(line in line())| {
        for pair in &pairs {
            let printer = &pair.printer;
            let Ok(action) = catalog::read(&line, printer) else { continue };
            prop_assert!(!action.to_string().is_empty());
            let _ = (action.risk(printer), action.is_seen(printer));
            if action.check_ready(printer).is_err() {
                continue;
            }
            let commands = action.commands(printer);
            prop_assert!(!commands.is_empty(), "{line}");
            for command in commands {
                prop_assert!(Request::parse(&command.to_json(Seq(1))).is_some(), "{line}");
                match command {
                    Command::Gcode(text) if line.starts_with("gcode") => {
                        prop_assert!(action.risk(printer).is_some(), "{line}: asks first");
                        prop_assert_eq!(text.find('\n'), Some(text.len() - 1), "one line: {}", line);
                    }
                    Command::Gcode(text) => prop_assert!(is_bearable(&text, printer), "{line}: {text}"),
                    Command::BedTemp(celsius) => prop_assert!(celsius <= 120, "{line}"),
                    Command::ChamberTemp(celsius) => prop_assert!(celsius == 0 || (40..=65).contains(&celsius), "{line}"),
                    _ => {}
                }
            }
        }
    });
}
