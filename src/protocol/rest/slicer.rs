//! Presets of the slicer that the account keeps. They give names to a person's own filaments.

use super::Stamp;
use crate::protocol::wire::fields;
use serde_json::{Value, json};

/// A version that the list can be asked for with; any well-formed one will do.
pub const VERSION: &str = "02.04.00.70";

fields! {
    /// All presets.
    pub struct Presets {
        /// Processes.
        "print" => process: PresetGroup,
        /// Machines.
        "printer" => machine: PresetGroup,
        /// Filaments.
        "filament" => filament: PresetGroup,
    }
}

fields! {
    /// Presets of one kind.
    pub struct PresetGroup {
        /// The vendor's.
        "public" => public: Vec<Preset>,
        /// The person's own.
        "private" => private: Vec<Preset>,
    }
}

fields! {
    /// A preset, without its settings.
    pub struct Preset {
        /// Such as `PFUS…` for a filament of the person's own.
        "setting_id" => id: String,
        /// Version.
        "version" => version: String,
        /// Such as `My PLA @Bambu Lab P1S 0.4 nozzle`.
        "name" => name: String,
        /// When it was changed.
        "update_time" => updated: Stamp,
        /// Another name.
        "nickname" => nickname: String,
        /// The preset it is based on.
        "base_id" => base: String,
        /// What reports of printers call it.
        "filament_id" => filament: String,
        /// Who makes it.
        "filament_vendor" => vendor: String,
        /// Such as `PLA`.
        "filament_type" => kind: String,
        /// For supports.
        "filament_is_support" => support: bool,
        /// Lowest and highest, in °C.
        "nozzle_temperature" => nozzle_temperature: Vec<f64>,
        /// Hardness the nozzle needs.
        "nozzle_hrc" => nozzle_hrc: i64,
    }
}

fields! {
    /// What was made.
    pub struct PresetMade {
        /// Its id.
        "setting_id" => id: String,
        /// When.
        "update_time" => updated: Stamp,
    }
}

/// A preset that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPreset {
    /// `filament`, `print` or `printer`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Version of its settings, such as [`VERSION`].
    pub version: String,
    /// The preset it is based on.
    pub base: String,
    /// The settings that differ.
    pub setting: Value,
}

impl NewPreset {
    /// The body that makes it.
    pub fn body(&self) -> Value {
        json!({"type": self.kind, "name": self.name, "version": self.version, "base_id": self.base, "setting": self.setting})
    }
}

impl Presets {
    /// Name of the filament that reports call by `code`: up to the ` @` before the printer. The person's own go first.
    pub fn filament_name(&self, code: &str) -> Option<&str> {
        let group = self.filament.as_ref()?;
        let all = [&group.private, &group.public].into_iter().flatten().flatten();
        let preset = all.into_iter().find(|preset| !code.is_empty() && preset.filament.as_deref() == Some(code))?;
        let name = preset.name.as_deref()?;
        Some(name.split_once(" @").map_or(name, |(name, _)| name).trim()).filter(|name| !name.is_empty())
    }
}

/// Whether the server would take it: two digits, four times, with dots.
pub fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::envelope::one;

    #[test]
    fn a_code_of_a_report_gets_the_name_of_its_preset() {
        let presets: Presets =
            one(json!({"message": "success", "print": {"public": [], "private": []}, "printer": null,
            "filament": {"public": [{"filament_id": "GFL99", "name": "Generic PLA @base"}],
                "private": [{"setting_id": "PFUS1", "filament_id": "P1234567", "nozzle_temperature": ["190", 230],
                    "name": "My PLA @Bambu Lab P1S 0.4 nozzle", "update_time": "2026-02-26 21:10:57"}]}}))
            .expect("one");
        assert_eq!(presets.filament_name("P1234567"), Some("My PLA"));
        assert_eq!(presets.filament_name("GFL99"), Some("Generic PLA"));
        assert_eq!((presets.filament_name("GFX"), presets.filament_name("")), (None, None));
        assert!(is_version(VERSION));
        assert!(!is_version("2.4.0.70") && !is_version("02.04.00") && !is_version("02.04.00.xx"));
    }
}
