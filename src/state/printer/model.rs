//! What a printer is, by the best source so far, and what follows from it: its reports are read by the model.

use crate::protocol::{
    model::{Model, ModelSource},
    report::Module,
};
use crate::state::printer::{
    Printer,
    ams::Ams,
    machine::{Abilities, Machine, supports},
    temps::Temps,
};

impl Printer {
    pub(in crate::state) fn derive_machine(&mut self) {
        self.machine = Machine::read(&self.report, self.model, self.firmware.as_deref());
    }

    /// A fan that may be fitted or not proves itself by running, so what is there is read anew with the temperatures.
    pub(in crate::state) fn derive_temps(&mut self) {
        self.machine.abilities = Abilities::read(&self.report, self.model);
        self.temps = Temps::read(&self.report, self.model, self.machine.abilities);
    }

    pub(in crate::state) fn derive_ams(&mut self) {
        self.ams = Ams::read(&self.report, self.model, &self.modules);
    }

    /// Takes in what it is, from a source that may be better or worse than the best so far. Tells whether that is news.
    pub fn learn_model(&mut self, model: Model, from: ModelSource) -> bool {
        if model == Model::Unknown || from > self.model_source {
            return false;
        }
        let news = self.model != model;
        self.model = model;
        self.model_source = from;
        if news {
            self.derive_machine();
            self.derive_temps();
            self.derive_ams();
        }
        news
    }

    /// Takes in the module list: what it is, its firmware version, and those of its units. A list without the printer itself comes
    /// right after a start and is not complete.
    pub fn take_modules(&mut self, modules: &[Module]) -> bool {
        let Some(whole) = modules.iter().find(|module| module.is_firmware()) else { return false };
        let firmware = whole.version.clone().filter(|v| !v.is_empty());
        let news = Model::from_modules(modules).is_some_and(|(model, from)| {
            // An X1 has the boards of an X1 Carbon; its serial number tells them apart.
            let is_x1 = (model, self.model, from) == (Model::X1C, Model::X1, ModelSource::Hardware);
            self.learn_model(if is_x1 { Model::X1 } else { model }, from)
        });
        if (&self.firmware, &self.modules[..]) == (&firmware, modules) {
            return news;
        }
        self.firmware = firmware;
        self.modules = modules.to_vec();
        self.derive_machine();
        self.derive_temps();
        self.derive_ams();
        true
    }

    /// What it calls itself: its product's name, or its model's code.
    pub fn product(&self) -> Option<&str> {
        let whole = self.modules.iter().find(|module| module.is_firmware())?;
        filled(whole.product.as_ref()).or_else(|| filled(whole.project.as_ref()))
    }

    /// Boards and units that a person knows of.
    pub fn visible_modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.iter().filter(|module| module.visible != Some(false))
    }

    /// The version that is offered for a board or unit. P1 and A1 tell it in their state, not in the list of boards.
    pub fn offered_version<'a>(&'a self, module: &'a Module) -> Option<&'a str> {
        let listed = || {
            let list = self.report.machine.upgrade.as_ref()?.versions.as_ref()?;
            let row = list.iter().find(|row| row.name.is_some() && row.name == module.name)?;
            filled(row.new.as_ref())
        };
        filled(module.new_version.as_ref()).or_else(listed)
    }

    /// What the firmware says that it can do, by name; `None`: it does not say.
    pub fn firmware_supports(&self) -> impl Iterator<Item = (&'static str, Option<bool>)> {
        supports(&self.report.machine)
    }
}

/// A text that says something.
fn filled(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !matches!(*text, "" | "N/A"))
}
