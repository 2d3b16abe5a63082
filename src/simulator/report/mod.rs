//! Reports in the shape that printers of each model family send: keys, nesting, and which numbers are strings.
//!
//! A family writes its report once, as a walk over a [`delta::DeltaWriter`]. The same walk makes the full report and the
//! deltas, so the two cannot disagree, and a delta costs one comparison a value instead of a whole report.

pub mod ams;
pub mod common;
pub mod delta;
pub mod new;
pub mod old;
pub mod version;

use super::sim::SimPrinter;
use crate::protocol::model::Model;
use delta::{DeltaWriter, FieldState};
use serde_json::{Map, Value, json};

/// How a model reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// P1 and A1: plain fields, deltas.
    Old,
    /// X1: plain and packed fields, whole reports all the time.
    X1,
    /// P2S and H2: packed fields, deltas.
    New,
}

impl Family {
    /// The family of a model.
    pub fn of(model: Model) -> Self {
        match model {
            Model::A1 | Model::A1Mini | Model::A2L | Model::P1P | Model::P1S => Self::Old,
            Model::X1 | Model::X1C | Model::X1E => Self::X1,
            _ => Self::New,
        }
    }
}

/// Makes the reports of one printer and remembers what was sent last.
#[derive(Debug, Clone, Default)]
pub struct Reporter {
    fields: Vec<FieldState>,
    /// Number of units, slots and spools of the last walk: another number moves every place behind it.
    shape: usize,
    sequence: u64,
}

impl Reporter {
    /// A full report, `msg: 0`.
    pub fn full(&mut self, sim: &SimPrinter) -> Value {
        let body = self.walk(sim, true);
        self.envelope(body, 0)
    }

    /// What changed since the last report, `msg: 1`; `None` when nothing did.
    pub fn delta(&mut self, sim: &SimPrinter) -> Option<Value> {
        let body = self.walk(sim, self.fields.is_empty());
        (!body.is_empty()).then(|| self.envelope(body, 1))
    }

    /// The answer to `pushing.start`, and a sign of life: a report even when nothing changed.
    pub fn nudge(&mut self, sim: &SimPrinter) -> Value {
        if Family::of(sim.model) == Family::X1 {
            return self.full(sim);
        }
        let mut body = self.walk(sim, false);
        body.insert("wifi_signal".into(), json!(format!("{}dBm", sim.wifi)));
        self.envelope(body, 1)
    }

    /// A delta that always has something new, for a flood: the line number, and a nozzle that trembles.
    pub fn flood(&mut self, sim: &SimPrinter, turn: u64) -> Value {
        let mut body = self.walk(sim, false);
        let tremble = sim.nozzles[sim.active].now + (turn % 5) as f64 - 2.0;
        body.insert("nozzle_temper".into(), json!((tremble * 32.0).round() / 32.0));
        body.insert("mc_print_line_number".into(), json!(turn.to_string()));
        // The nozzle is the first place of every family: forget it, so that the next honest delta corrects it.
        if let Some(first) = self.fields.first_mut() {
            *first = FieldState::Word("");
        }
        self.envelope(body, 1)
    }

    fn walk(&mut self, sim: &SimPrinter, full: bool) -> Map<String, Value> {
        let shape = sim.external.len() + sim.ams.iter().map(|a| 16 + a.trays.len()).sum::<usize>() * 16;
        if std::mem::replace(&mut self.shape, shape) != shape {
            self.fields.clear();
        }
        let mut writer = DeltaWriter::new(&mut self.fields, full);
        match Family::of(sim.model) {
            Family::Old => old::write(&mut writer, sim),
            Family::X1 | Family::New => new::write(&mut writer, sim),
        }
        writer.finish()
    }

    fn envelope(&mut self, mut body: Map<String, Value>, msg: u8) -> Value {
        self.sequence += 1;
        body.insert("command".into(), json!("push_status"));
        body.insert("msg".into(), json!(msg));
        body.insert("sequence_id".into(), json!(self.sequence.to_string()));
        json!({ "print": body })
    }
}
