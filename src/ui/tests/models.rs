//! The zoomed panes of printers of very different kinds, made from what the simulated ones report.

use super::snapshot;
use crate::{
    protocol::{model::Model, report::parse},
    simulator::{
        report::{Reporter, version},
        sim::SimPrinter,
    },
    state::{State, view::Pane},
    ui::fixture::*,
};

/// A printer in the middle of a job that has told everything of itself.
fn reported(model: Model, width: u16, height: u16) -> State {
    let mut sim = SimPrinter::new(model, format!("{}00A000000007", model.serial_prefix()), 7);
    let job = sim.make_job(5);
    sim.put_into(job, 0.4);
    sim.dry(1, 4.0);
    sim.advance(30.0);
    let mut f = Fixture::new();
    let now = f.now;
    let printer = f.connected(&format!("Studio {}", model.short()), &sim.serial);
    let bytes = |value| serde_json::to_vec(&value).expect("JSON");
    let modules = parse(&bytes(version::answer(&sim, &"1".into()))).expect("readable").modules.expect("modules");
    printer.take_modules(&modules);
    let full = parse(&bytes(Reporter::default().full(&sim))).expect("readable").report.expect("a report");
    printer.apply_report(*full, now);
    f.build(width, height)
}

#[test]
fn every_zoom_of_printers_of_different_kinds() {
    for model in [Model::P1S, Model::H2D, Model::H2C, Model::A1Mini] {
        for (w, h) in [(120, 40), (80, 24), (40, 12)] {
            let mut state = reported(model, w, h);
            let mut all = String::new();
            for pane in [Pane::Job, Pane::Temps, Pane::Ams, Pane::Device] {
                state.view.zoom = Some(pane);
                all += &shot(&state);
            }
            snapshot(format!("zoomed_{}_{w}x{h}", model.short().replace(' ', "_")), &all);
        }
    }
}
