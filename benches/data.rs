//! From the bytes of a report to cells: what the dashboard does every second for every printer.
//!
//! `cargo bench` prints the times. The reports are those of the simulator, which have every key of real ones.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot prepare its data shall stop")]

use bambu_tui::{
    protocol::{
        model::Model,
        report::{Report, parse},
    },
    simulator::{report::Reporter, sim::SimPrinter},
    state::{
        Now, PrinterId, State,
        event::{Event, PrinterEvent},
        printer::{Printer, connection::ConnectionEvent},
        settings::Settings,
        update::update,
        view::{Pane, keymap::Keymap},
    },
    ui,
};
use crossterm::event::KeyCode;
use divan::{AllocProfiler, Bencher, counter::BytesCount};
use ratatui::{
    Terminal,
    backend::TestBackend,
    layout::{Rect, Size},
};
use std::time::{Duration, Instant};

/// Tells what each benchmark allocates.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A moment to count from.
#[expect(clippy::disallowed_methods, reason = "benchmarks need some moment to count from")]
fn now() -> Now {
    Now { at: Instant::now(), unix: 1_780_000_000, utc_offset: 7200 }
}

fn serial(model: Model, number: usize) -> String {
    format!("{}00A{number:09}", model.serial_prefix())
}

/// A printer in the middle of a job.
fn printing(model: Model, number: usize) -> SimPrinter {
    let mut sim = SimPrinter::new(model, serial(model, number), number as u64);
    let job = sim.make_job(number % 8);
    sim.put_into(job, 0.4);
    sim.advance(30.0);
    sim
}

/// The full report of an H2D with as many AMS units as make 16 KiB, as the demo's broker sends it.
fn large() -> Vec<u8> {
    let mut sim = printing(Model::H2D, 1);
    loop {
        let bytes = serde_json::to_vec(&Reporter::default().full(&sim)).unwrap();
        if bytes.len() >= 16 << 10 {
            return bytes;
        }
        let mut unit = sim.ams.first().unwrap().clone();
        unit.id = sim.ams.len() as u8;
        sim.ams.push(unit);
    }
}

/// A full report of a P1S and the delta a second later.
fn small() -> (Vec<u8>, Vec<u8>) {
    let mut sim = printing(Model::P1S, 2);
    let mut reporter = Reporter::default();
    let full = serde_json::to_vec(&reporter.full(&sim)).unwrap();
    loop {
        sim.advance(1.0);
        if let Some(delta) = reporter.delta(&sim) {
            return (full, serde_json::to_vec(&delta).unwrap());
        }
    }
}

fn report(bytes: &[u8]) -> Report {
    *parse(bytes).unwrap().report.unwrap()
}

/// A dashboard with `count` printers that have all reported, and one delta for each.
fn farm(count: usize) -> (State, Vec<Report>, Now) {
    let now = now();
    let models = [Model::P1S, Model::A1, Model::X1C, Model::H2D];
    let mut printers = Vec::new();
    let mut deltas = Vec::new();
    for number in 0..count {
        let mut sim = printing(models[number % models.len()], number);
        let mut reporter = Reporter::default();
        let full = report(&serde_json::to_vec(&reporter.full(&sim)).unwrap());
        let mut printer = Printer::new(&format!("Printer {number}"), &sim.serial, "127.0.0.1", None, Vec::new());
        printer.set_link(ConnectionEvent::Up { session: 1 }, now.at);
        printer.apply_report(full, now);
        printers.push(printer);
        sim.advance(5.0);
        deltas.push(report(&serde_json::to_vec(&reporter.nudge(&sim)).unwrap()));
    }
    let mut state = State::new(printers, Settings::default(), Keymap::default(), now, 1);
    update(&mut state, Event::Resize(Size::new(120, 40)), now);
    (state, deltas, now)
}

/// Bytes of a full report of 16 KiB → typed.
#[divan::bench]
fn parse_16k(bencher: Bencher<'_, '_>) {
    let bytes = large();
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| parse(divan::black_box(&bytes)));
}

/// The same, and into the merged report and the parts derived from it.
#[divan::bench]
fn parse_and_merge_16k(bencher: Bencher<'_, '_>) {
    let bytes = large();
    let now = now();
    let mut printer = Printer::new("H2D", &serial(Model::H2D, 1), "127.0.0.1", None, Vec::new());
    printer.apply_report(report(&bytes), now);
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| printer.apply_report(report(divan::black_box(&bytes)), now));
}

/// A delta of a printing P1S.
#[divan::bench]
fn parse_and_merge_delta(bencher: Bencher<'_, '_>) {
    let (full, delta) = small();
    let now = now();
    let mut printer = Printer::new("P1S", &serial(Model::P1S, 2), "127.0.0.1", None, Vec::new());
    printer.apply_report(report(&full), now);
    bencher
        .counter(BytesCount::of_slice(&delta))
        .bench_local(|| printer.apply_report(report(divan::black_box(&delta)), now));
}

/// One event for one printer of many: a second of a farm has as many of these as it has printers.
#[divan::bench(args = [1, 200])]
fn update_with_report(bencher: Bencher<'_, '_>, count: usize) {
    let (mut state, deltas, mut now) = farm(count);
    let mut turn = 0;
    bencher
        .with_inputs(|| {
            turn = (turn + 1) % count;
            now.at += Duration::from_millis(5);
            let event = PrinterEvent::Report(Box::new(deltas[turn].clone()));
            (Event::Printer(PrinterId(turn as u16), event), now)
        })
        .bench_local_values(|(event, now)| update(&mut state, event, now));
}

/// Drawing the whole screen into an empty buffer of 120x40 cells.
#[divan::bench(args = [1, 4, 200])]
fn render_120x40(bencher: Bencher<'_, '_>, count: usize) {
    let (state, _, _) = farm(count);
    let area = Rect::new(0, 0, 120, 40);
    let mut buffer = ratatui::buffer::Buffer::empty(area);
    bencher.bench_local(|| {
        buffer.reset();
        ui::draw(&mut buffer, area, &state);
    });
}

/// The same through a terminal, which compares each frame with the one before.
#[divan::bench(args = [1, 4, 200])]
fn frame_120x40(bencher: Bencher<'_, '_>, count: usize) {
    let (state, _, _) = farm(count);
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    bencher.bench_local(|| terminal.draw(|frame| ui::render(frame, &state)).map(|_| ()));
}

/// A key that moves on in the zoomed list of many printers, and the frame that follows.
#[divan::bench(args = [200, 1000])]
fn scroll_grid_120x40(bencher: Bencher<'_, '_>, count: usize) {
    let (mut state, _, now) = farm(count);
    state.view.zoom = Some(Pane::Printers);
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let mut row = 0;
    bencher.bench_local(|| {
        row = (row + 1) % count;
        let key = if row == 0 { KeyCode::Home } else { KeyCode::Right };
        update(&mut state, Event::Key(key.into()), now);
        terminal.draw(|frame| ui::render(frame, &state)).map(|_| ())
    });
}

/// Putting many printers in order, as reports that change a state do.
#[divan::bench(args = [200, 1000])]
fn arrange_rows(bencher: Bencher<'_, '_>, count: usize) {
    let (mut state, _, _) = farm(count);
    bencher.bench_local(|| state.arrange_rows());
}
