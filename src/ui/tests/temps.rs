//! Temperatures zoomed: longer times, every sensor, two hotends.

use super::snapshot;
use crate::{
    state::{
        State,
        printer::{
            temperature_history::{Span, TemperatureHistory},
            temps::Gauge,
        },
        view::Pane,
    },
    ui::fixture::*,
};

/// Some hours of a printer with two hotends: heated two hours ago, after a cold night, and a gap in it.
fn long(width: u16, height: u16, span: Span) -> State {
    let mut state = super::large(width, height);
    let printer = &mut state.fleet.printers[0];
    printer.history = TemperatureHistory::default();
    let mut temps = printer.temps.clone();
    for step in (0..8 * 360).rev() {
        if (900..1000).contains(&step) {
            continue;
        }
        let heat = |aim: f64, since: i64, pace: f64| {
            let run = (since - i64::from(step)).max(0) as f64;
            22.0 + (aim - 22.0) * (1.0 - (-run / pace).exp())
        };
        temps.nozzles[0].gauge.now = Some(heat(225.0, 720, 10.0));
        temps.nozzles[1].gauge.now = Some(heat(140.0, 300, 10.0));
        temps.bed.now = Some(heat(60.0, 720, 25.0));
        temps.chamber = Some(Gauge { now: Some(heat(45.0, 720, 200.0)), target: Some(0.0) });
        printer.history.record(&temps, ago(state.now, u64::from(step as u32) * 10).at);
    }
    state.view.zoom = Some(Pane::Temps);
    state.view.span = span;
    state
}

#[test]
fn the_temperatures_zoomed() {
    for (w, h) in [(200, 60), (120, 40), (80, 24), (40, 12)] {
        snapshot(format!("temps_{w}x{h}"), &shot(&long(w, h, Span::SixHours)));
    }
    snapshot("temps_half_an_hour", &shot(&long(120, 40, Span::HalfHour)));
    snapshot("temps_ascii", &shot(&super::plain(long(80, 24, Span::Hour))));
}

#[test]
fn the_chart_moves_on_by_whole_columns_only() {
    let mut state = long(120, 40, Span::TwelveHours);
    let mut temps = state.fleet.printers[0].temps.clone();
    let last = state.fleet.printers[0].history.samples().last().expect("samples");
    let now = |value: Option<f32>| value.map(f64::from);
    temps.nozzles[0].gauge.now = now(last.nozzles[0]);
    temps.nozzles[1].gauge.now = now(last.nozzles[1]);
    temps.bed.now = now(last.bed);
    temps.chamber = Some(Gauge { now: now(last.chamber), target: None });
    let (mut seen, mut before) = (1, shot(&state));
    for _ in 0..60 {
        state.now.at += seconds(10);
        state.fleet.printers[0].history.record(&temps, state.now.at);
        let now = shot(&state);
        seen += u32::from(now != before);
        before = now;
    }
    // Ten minutes, and a dot is more than four.
    assert!((2..=5).contains(&seen), "{seen} pictures in ten minutes");
}
