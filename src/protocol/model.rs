//! Printer models: what a serial number, a model code or a product name says about the machine.
//!
//! The table is a default for the time before the first full report; telemetry that proves otherwise wins
//! (see `state::machine`). Sources: the vendor's slicer resources and public clients, as collected in the
//! protocol notes of this crate ([`crate::protocol`]).

use super::report::Module;
use std::fmt;

/// A Bambu Lab printer model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "the variants are the product names")]
pub enum Model {
    A1Mini,
    A1,
    A2L,
    P1P,
    P1S,
    P2S,
    X1,
    X1C,
    X1E,
    X2D,
    H2S,
    H2D,
    H2DPro,
    H2C,
    /// Not in the table: shown with what it reports, with no ability taken for granted.
    #[default]
    Unknown,
}

/// How a model gives pictures over the LAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraKind {
    /// Single JPEG pictures over TLS on port 6000.
    Jpeg,
    /// H.264 over RTSPS on port 322.
    Rtsp,
    /// The model is not known, so the JPEG stream is tried.
    Unknown,
}

/// Where the door's sensor is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorSensor {
    /// In `home_flag`, from this firmware on.
    HomeFlag {
        /// The first firmware.
        from: [u8; 4],
    },
    /// In `stat`.
    Stat,
}

/// Where it is known from what a printer is; a lower one is more to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ModelSource {
    /// A person said so in the configuration.
    Configured,
    /// The product name that the printer gives itself.
    Product,
    /// A model code: of the printer, of its announcement in the network, or of the account.
    Code,
    /// Boards of firmware that gives no name yet.
    Hardware,
    /// The serial number, and reports that fit only one of two models with the same beginning.
    Telemetry,
    /// The beginning of the serial number.
    Serial,
    /// It is not known.
    #[default]
    Nothing,
}

impl ModelSource {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configured => "configuration",
            Self::Product => "product name",
            Self::Code => "model code",
            Self::Hardware => "hardware",
            Self::Telemetry => "telemetry",
            Self::Serial => "serial number",
            Self::Nothing => "unknown",
        }
    }
}

/// A firmware version as four numbers: `01.08.02.00`.
pub fn version(text: &str) -> Option<[u8; 4]> {
    let mut parts = text.trim().split('.').map(|part| part.parse().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

/// One row of the model table.
struct Row {
    model: Model,
    name: &'static str,
    /// Short name for lists and command lines.
    short: &'static str,
    /// `dev_model_name`, SSDP `DevModel` and what else was seen for it.
    codes: &'static [&'static str],
    /// First three characters of the serial number.
    prefixes: &'static [&'static str],
    camera: CameraKind,
    chamber_sensor: bool,
    hotends: u8,
    /// Highest bed temperature in °C; an X1 at 110 V reaches more.
    bed_max: u16,
    /// Highest nozzle temperature in °C.
    nozzle_max: u16,
    /// First firmware with authorization control; `None`: every firmware of the model has it.
    signed_from: Option<[u8; 4]>,
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row { model: Model::A1Mini, name: "A1 mini", short: "A1 mini", codes: &["N1"], prefixes: &["030"], camera: CameraKind::Jpeg, chamber_sensor: false, hotends: 1, bed_max: 80, nozzle_max: 300, signed_from: Some([1, 5, 0, 0]) },
    Row { model: Model::A1, name: "A1", short: "A1", codes: &["N2S"], prefixes: &["039"], camera: CameraKind::Jpeg, chamber_sensor: false, hotends: 1, bed_max: 100, nozzle_max: 300, signed_from: Some([1, 5, 0, 0]) },
    Row { model: Model::A2L, name: "A2L", short: "A2L", codes: &["N9"], prefixes: &["26A"], camera: CameraKind::Jpeg, chamber_sensor: false, hotends: 1, bed_max: 80, nozzle_max: 300, signed_from: None },
    Row { model: Model::P1P, name: "P1P", short: "P1P", codes: &["C11"], prefixes: &["01S"], camera: CameraKind::Jpeg, chamber_sensor: false, hotends: 1, bed_max: 100, nozzle_max: 300, signed_from: Some([1, 8, 2, 0]) },
    Row { model: Model::P1S, name: "P1S", short: "P1S", codes: &["C12"], prefixes: &["01P"], camera: CameraKind::Jpeg, chamber_sensor: false, hotends: 1, bed_max: 100, nozzle_max: 300, signed_from: Some([1, 8, 2, 0]) },
    Row { model: Model::P2S, name: "P2S", short: "P2S", codes: &["N7"], prefixes: &["22E"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 1, bed_max: 110, nozzle_max: 300, signed_from: None },
    Row { model: Model::X1, name: "X1", short: "X1", codes: &["BL-P002", "3DPrinter-X1"], prefixes: &["00W"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 1, bed_max: 110, nozzle_max: 300, signed_from: Some([1, 8, 50, 32]) },
    Row { model: Model::X1C, name: "X1 Carbon", short: "X1C", codes: &["BL-P001", "3DPrinter-X1-Carbon"], prefixes: &["00M"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 1, bed_max: 110, nozzle_max: 300, signed_from: Some([1, 8, 50, 32]) },
    Row { model: Model::X1E, name: "X1E", short: "X1E", codes: &["C13", "BL-P003"], prefixes: &["03W"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 1, bed_max: 110, nozzle_max: 320, signed_from: None },
    Row { model: Model::X2D, name: "X2D", short: "X2D", codes: &["N6"], prefixes: &["20P"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 2, bed_max: 120, nozzle_max: 300, signed_from: None },
    Row { model: Model::H2S, name: "H2S", short: "H2S", codes: &["O1S"], prefixes: &["093"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 1, bed_max: 120, nozzle_max: 350, signed_from: None },
    Row { model: Model::H2D, name: "H2D", short: "H2D", codes: &["O1D"], prefixes: &["094"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 2, bed_max: 120, nozzle_max: 350, signed_from: Some([1, 1, 0, 0]) },
    Row { model: Model::H2DPro, name: "H2D Pro", short: "H2D Pro", codes: &["O1E", "O2D"], prefixes: &["239"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 2, bed_max: 120, nozzle_max: 350, signed_from: Some([1, 1, 0, 0]) },
    Row { model: Model::H2C, name: "H2C", short: "H2C", codes: &["O1C", "O1C2"], prefixes: &["31B", "109"], camera: CameraKind::Rtsp, chamber_sensor: true, hotends: 2, bed_max: 120, nozzle_max: 350, signed_from: None },
];

impl Model {
    /// Every model of the table, in the table's order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.model)
    }

    /// The model that the first three characters of a serial number stand for.
    pub fn from_serial(serial: &str) -> Option<Self> {
        let prefix = serial.get(..3)?;
        TABLE.iter().find(|row| row.prefixes.iter().any(|p| p.eq_ignore_ascii_case(prefix))).map(|row| row.model)
    }

    /// The model behind a model code (`C12`), an SSDP name (`3DPrinter-X1-Carbon`) or a product name
    /// (`Bambu Lab P1S`). Codes go first; then names, ignoring case, spaces, dashes and the maker's name. A `-V2`
    /// suffix is cut off.
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.trim();
        let code = code.strip_suffix("-V2").unwrap_or(code);
        let by_code = TABLE.iter().find(|row| row.codes.iter().any(|c| c.eq_ignore_ascii_case(code)));
        by_code
            .or_else(|| {
                let plain = squash(code);
                let plain = plain.strip_prefix("bambulab").unwrap_or(&plain);
                TABLE.iter().find(|row| squash(row.name) == plain || squash(row.short) == plain)
            })
            .map(|row| row.model)
    }

    /// The model that a module list speaks of, and which of its words said so: the product's name, the model code, or
    /// the boards of firmware that gives neither.
    pub fn from_modules(modules: &[Module]) -> Option<(Self, ModelSource)> {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty() && text != "N/A");
        let ota = modules.iter().find(|m| m.name.as_deref() == Some("ota"))?;
        if let Some(product) = said(&ota.product) {
            // A name that is not known is a new model, whatever its boards are.
            let code = || Some((said(&ota.project).and_then(|code| Self::from_code(&code))?, ModelSource::Code));
            return Self::from_code(&product).map(|model| (model, ModelSource::Product)).or_else(code);
        }
        let code = modules.iter().filter_map(|m| said(&m.project)).find_map(|code| Self::from_code(&code));
        if let Some(model) = code {
            return Some((model, ModelSource::Code));
        }
        let board = |names: &[&str]| {
            let module = modules.iter().find(|m| m.name.as_deref().is_some_and(|name| names.contains(&name)))?;
            module.hardware.as_deref()
        };
        match board(&["ap", "rv1126"])? {
            // An X1 has the same board.
            "AP05" => Some((Self::X1C, ModelSource::Hardware)),
            "AP02" => Some((Self::X1E, ModelSource::Hardware)),
            _ => None,
        }
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.model == self)
    }

    /// Short product name, as a list shows it; `—` for an unknown model.
    pub fn short(self) -> &'static str {
        self.row().map_or("—", |row| row.short)
    }

    /// The vendor's model code, such as `C12`.
    pub fn code(self) -> &'static str {
        self.row().and_then(|row| row.codes.first()).copied().unwrap_or("")
    }

    /// First three characters of the serial numbers of this model.
    pub fn serial_prefix(self) -> &'static str {
        self.row().and_then(|row| row.prefixes.first()).copied().unwrap_or("")
    }

    /// What kind of LAN pictures the model gives.
    pub fn camera(self) -> CameraKind {
        self.row().map_or(CameraKind::Unknown, |row| row.camera)
    }

    /// Whether the model has a chamber thermometer. A1, A2L and P1 report a constant 5 °C without one.
    pub fn has_chamber_sensor(self) -> bool {
        self.row().is_some_and(|row| row.chamber_sensor)
    }

    /// Whether an auxiliary fan is fitted; `None`: it is an accessory, or the model is not known.
    pub fn has_aux_fan(self) -> Option<bool> {
        match self {
            Self::A1Mini | Self::A1 | Self::A2L => Some(false),
            Self::P1P | Self::Unknown => None,
            _ => Some(true),
        }
    }

    /// Whether a fan blows air out of the chamber; `None`: it is an accessory, or the model is not known.
    pub fn has_chamber_fan(self) -> Option<bool> {
        match self {
            Self::A1Mini | Self::A1 | Self::A2L => Some(false),
            Self::P1P | Self::P2S | Self::Unknown => None,
            _ => Some(true),
        }
    }

    /// Whether its air duct has modes.
    pub fn has_air_duct(self) -> bool {
        matches!(self, Self::P2S | Self::X2D | Self::H2S | Self::H2D | Self::H2DPro | Self::H2C)
    }

    /// How its door is reported; `None`: it has no sensor there.
    pub fn door_sensor(self) -> Option<DoorSensor> {
        match self {
            Self::X1 | Self::X1C => Some(DoorSensor::HomeFlag { from: [1, 7, 0, 0] }),
            Self::X1E => Some(DoorSensor::HomeFlag { from: [1, 1, 2, 0] }),
            Self::P2S | Self::X2D | Self::H2S | Self::H2D | Self::H2DPro | Self::H2C => Some(DoorSensor::Stat),
            Self::A1Mini | Self::A1 | Self::A2L | Self::P1P | Self::P1S | Self::Unknown => None,
        }
    }

    /// Whether it has a second chamber light.
    pub fn has_second_light(self) -> bool {
        matches!(self, Self::H2S | Self::H2D | Self::H2DPro | Self::H2C)
    }

    /// Whether it has a rack of hotends.
    pub fn has_rack(self) -> bool {
        self == Self::H2C
    }

    /// Whether it has a socket for a cable, as far as the model tells.
    pub fn has_socket(self) -> bool {
        matches!(self, Self::X1E | Self::H2DPro)
    }

    /// Number of hotends.
    pub fn hotends(self) -> u8 {
        self.row().map_or(1, |row| row.hotends)
    }

    /// Highest bed temperature in °C; an X1 at 110 V reaches more.
    pub fn bed_max(self, volts: Option<u16>) -> u16 {
        match self {
            Self::X1 | Self::X1C if volts == Some(110) => 120,
            _ => self.row().map_or(120, |row| row.bed_max),
        }
    }

    /// Highest chamber temperature in °C; `None`: the chamber is not heated.
    pub fn chamber_max(self) -> Option<u16> {
        match self {
            Self::X1E => Some(60),
            Self::X2D | Self::H2S | Self::H2D | Self::H2DPro | Self::H2C => Some(65),
            _ => None,
        }
    }

    /// Highest nozzle temperature in °C.
    pub fn nozzle_max(self) -> u16 {
        self.row().map_or(350, |row| row.nozzle_max)
    }

    /// Whether a firmware version demands signed commands unless developer mode is on; `None` when it cannot be
    /// told from model and version.
    pub fn wants_signature(self, firmware: [u8; 4]) -> Option<bool> {
        match self {
            Self::Unknown | Self::X1E => None,
            _ => Some(self.row()?.signed_from.is_none_or(|from| firmware >= from)),
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().map_or("unknown model", |row| row.name))
    }
}

fn squash(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_names_and_serials_find_their_model() {
        for model in Model::all() {
            assert_eq!(Model::from_code(model.code()), Some(model));
            assert_eq!(Model::from_code(&model.to_string()), Some(model), "{model}");
            assert_eq!(Model::from_serial(&format!("{}00A000000000", model.serial_prefix())), Some(model));
        }
        for (text, model) in [
            ("Bambu Lab X1-Carbon", Model::X1C),
            ("3DPrinter-X1", Model::X1),
            ("O1D-V2", Model::H2D),
            ("h2d pro", Model::H2DPro),
            ("Bambu Lab A1 mini", Model::A1Mini),
        ] {
            assert_eq!(Model::from_code(text), Some(model), "{text}");
        }
        assert_eq!(Model::from_code("N8"), None);
        assert_eq!(Model::from_serial("0"), None);
        assert_eq!(Model::from_serial("ü1P"), None);
    }

    #[test]
    fn module_lists_name_their_printer() {
        let list = |json: &str| {
            let json = format!(r#"{{"info":{{"command":"get_version","module":{json}}}}}"#);
            Model::from_modules(
                &crate::protocol::report::parse(json.as_bytes()).expect("JSON").modules.expect("modules"),
            )
        };
        let (product, code, hardware) = (ModelSource::Product, ModelSource::Code, ModelSource::Hardware);
        for (json, found) in [
            (
                r#"[{"name":"ota","product_name":"Bambu Lab H2D"},{"name":"ap","hw_ver":"AP05"}]"#,
                Some((Model::H2D, product)),
            ),
            // A new model is not taken for an old one because of its board.
            (r#"[{"name":"ota","product_name":"Bambu Lab Z9"},{"name":"ap","hw_ver":"AP05"}]"#, None),
            (
                r#"[{"name":"ota","project_name":"N2S"},{"name":"esp32","hw_ver":"AP05","project_name":"N2S"}]"#,
                Some((Model::A1, code)),
            ),
            (
                r#"[{"name":"ota","product_name":""},{"name":"esp32","hw_ver":"AP04","project_name":"C12"}]"#,
                Some((Model::P1S, code)),
            ),
            (r#"[{"name":"ota"},{"name":"esp32","hw_ver":"AP05","project_name":"N1"}]"#, Some((Model::A1Mini, code))),
            (r#"[{"name":"ota","project_name":""},{"name":"rv1126","hw_ver":"AP05"}]"#, Some((Model::X1C, hardware))),
            (r#"[{"name":"ota"},{"name":"ap","hw_ver":"AP02"}]"#, Some((Model::X1E, hardware))),
            (r#"[{"name":"ota"},{"name":"ap","hw_ver":"AP04"}]"#, None),
            (r#"[{"name":"ap","hw_ver":"AP05"}]"#, None),
        ] {
            assert_eq!(list(json), found, "{json}");
        }
    }

    #[test]
    fn versions_have_four_numbers() {
        assert_eq!(version("01.08.02.00"), Some([1, 8, 2, 0]));
        for text in ["", "1.2.3", "1.2.3.4.5", "1.2.3.x", "1.2.3.999"] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn authorization_control_starts_with_a_firmware() {
        assert_eq!(Model::P1S.wants_signature([1, 7, 0, 0]), Some(false));
        assert_eq!(Model::P1S.wants_signature([1, 8, 2, 0]), Some(true));
        assert_eq!(Model::P2S.wants_signature([1, 0, 0, 0]), Some(true));
        assert_eq!(Model::X1E.wants_signature([9, 0, 0, 0]), None);
    }

    /// The README's table of models is that of the program.
    #[test]
    fn the_readme_says_what_each_model_can_do() {
        let readme = include_str!("../../README.md");
        let rows: Vec<Vec<_>> = readme.lines().map(|row| row.trim_matches('|').split(" | ").collect()).collect();
        for model in Model::all() {
            let name = model.short();
            let row = rows.iter().find(|row| row.len() == 5 && row[0].trim().split(", ").any(|other| other == name));
            let row = row.unwrap_or_else(|| panic!("README lacks {name}"));
            let control = match (model.wants_signature([0; 4]), model.row().and_then(|row| row.signed_from)) {
                (None, _) => "not known".to_owned(),
                (_, None) => "no".to_owned(),
                (_, Some([a, b, c, d])) => format!("firmware before {a:02}.{b:02}.{c:02}.{d:02}"),
            };
            let camera = if model.camera() == CameraKind::Jpeg { "JPEG" } else { "not shown (RTSPS)" };
            assert_eq!((row[2], row[3]), (control.as_str(), camera), "{name}");
        }
    }
}
