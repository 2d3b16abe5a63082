//! The boards and units a printer is made of, as it lists them.

use super::wire::wire;

wire! {
    /// One hardware or firmware module of a `get_version` answer.
    pub struct Module (at most 128) {
        /// `ota`, `ams/0`, `n3f/0` …
        "name" => name: String,
        /// Firmware version.
        "sw_ver" => version: String,
        /// Board revision.
        "hw_ver" => hardware: String,
        /// `Bambu Lab P1S`, on newer firmware.
        "product_name" => product: String,
        /// `C12`, on newer firmware.
        "project_name" => project: String,
        /// Serial number; may be empty.
        "sn" => serial: String,
        /// An offered update.
        "new_ver" | "sw_new_ver" => new_version: String,
        /// `false`: a board inside that nobody has to know.
        "visible" => visible: bool,
    }
}

/// The module that stands for the printer's firmware as a whole.
const FIRMWARE: &str = "ota";
/// How modules of AMS units begin: AMS, AMS 2 Pro, AMS HT.
const AMS: [&str; 3] = ["ams", "n3f", "n3s"];

/// Whether a module's name stands for the printer's firmware as a whole.
pub(super) fn is_firmware(name: Option<&str>) -> bool {
    name == Some(FIRMWARE)
}

/// Whether a module's name is that of an AMS unit.
pub(super) fn is_ams(name: Option<&str>) -> bool {
    name.is_some_and(|name| AMS.iter().any(|kind| name.starts_with(kind)))
}

impl Module {
    /// Whether it stands for the printer's firmware as a whole, and not for a board or a unit.
    pub fn is_firmware(&self) -> bool {
        is_firmware(self.name.as_deref())
    }

    /// What it is called on a screen; `None`: it is the firmware as a whole, or has no name.
    pub fn title(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        let (kind, number) = match name.split_once('/') {
            Some((kind, number)) => (kind, number.parse::<u8>().ok().map(u16::from)),
            None => (name, None),
        };
        Some(match (kind, number) {
            (FIRMWARE, _) => return None,
            ("ams", Some(n)) => format!("AMS {}", n + 1),
            ("ams_f1", Some(n)) => format!("AMS Lite {}", n + 1),
            ("n3f", Some(n)) => format!("AMS 2 Pro {}", n + 1),
            ("n3s", Some(n @ 128..)) => format!("AMS HT {}", n - 127),
            ("wtm", Some(n @ 16..)) => format!("hotend {}", n - 15),
            ("ahb", None) => "AMS hub".to_owned(),
            _ => name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_have_the_names_that_people_know() {
        let title = |name: &str| Module { name: Some(name.into()), ..Module::default() }.title();
        for (name, told) in [
            ("ams/0", "AMS 1"),
            ("ams_f1/1", "AMS Lite 2"),
            ("n3f/0", "AMS 2 Pro 1"),
            ("n3s/128", "AMS HT 1"),
            ("wtm/17", "hotend 2"),
            ("ahb", "AMS hub"),
            ("mc", "mc"),
            ("n3s/4", "n3s/4"),
            ("ams/x", "ams/x"),
        ] {
            assert_eq!(title(name).as_deref(), Some(told));
        }
        assert_eq!((title("ota"), Module::default().title()), (None, None));
    }
}
