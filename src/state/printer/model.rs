//! What a printer is, by the best source so far, and what follows from it: its reports are read by the model.

use crate::protocol::{
    model::{Model, ModelSource},
    report::Module,
};
use crate::state::printer::{
    Printer,
    ams::Ams,
    machine::{Abilities, Machine},
    temps::Temps,
};

impl Printer {
    pub(in crate::state) fn read_machine(&mut self) {
        self.machine = Machine::read(&self.report, self.model, self.firmware.as_deref());
    }

    /// A fan that may be fitted or not proves itself by running, so what is there is read anew with the temperatures.
    pub(in crate::state) fn read_temps(&mut self) {
        self.machine.abilities = Abilities::read(&self.report, self.model);
        self.temps = Temps::read(&self.report, self.model, self.machine.abilities);
    }

    pub(in crate::state) fn read_ams(&mut self) {
        self.ams = Ams::read(&self.report, self.model, &self.modules);
    }

    /// Takes in what it is, from a source that may be better or worse than the best so far. Tells whether that is news.
    pub fn hear_model(&mut self, model: Model, from: ModelSource) -> bool {
        if model == Model::Unknown || from > self.model_source {
            return false;
        }
        let news = self.model != model;
        (self.model, self.model_source) = (model, from);
        if news {
            self.read_machine();
            self.read_temps();
            self.read_ams();
        }
        news
    }

    /// Takes in the module list: what it is, its firmware version, and those of its units. A list without `ota` comes
    /// right after a start and is not complete.
    pub fn take_modules(&mut self, modules: &[Module]) -> bool {
        let Some(ota) = modules.iter().find(|m| m.name.as_deref() == Some("ota")) else { return false };
        let firmware = ota.version.clone().filter(|v| !v.is_empty());
        let news = Model::from_modules(modules).is_some_and(|(model, from)| {
            // An X1 has the boards of an X1 Carbon; its serial number tells them apart.
            let is_x1 = (model, self.model, from) == (Model::X1C, Model::X1, ModelSource::Hardware);
            self.hear_model(if is_x1 { Model::X1 } else { model }, from)
        });
        if (&self.firmware, &self.modules[..]) == (&firmware, modules) {
            return news;
        }
        self.firmware = firmware;
        self.modules = modules.to_vec();
        self.read_machine();
        self.read_temps();
        self.read_ams();
        true
    }
}
