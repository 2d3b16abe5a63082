//! The account's printers between two runs, so that a command in a loop does not ask the cloud every time: serial number,
//! name and model of each, and whether it was connected. Never access codes, never the token.

use crate::{
    files,
    protocol::rest::{Region, devices::Device, envelope},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Read},
    path::Path,
};

/// The version of the file's form.
const VERSION: i64 = 1;
/// A file that is larger is not ours.
const LARGEST: u64 = 1024 * 1024;
/// A list is taken for good for so many seconds.
const LIFE: i64 = 300;
/// That a printer is not connected keeps a command from waiting for it, so it is believed for less long.
const LIFE_AWAY: i64 = 60;

/// Whose printers they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Where the account lives.
    pub region: Region,
    /// Base of the API that gave the list.
    pub api: String,
    /// The account's number.
    pub uid: String,
}

impl Whose {
    fn to_json(&self) -> Value {
        json!({"region": self.region.name(), "api": self.api, "uid": self.uid})
    }
}

/// Keeps a list that has just come. `now` in seconds since 1970. Blocks.
pub fn save(path: &Path, whose: &Whose, devices: &[Device], now: i64) -> io::Result<()> {
    let device = |device: &Device| {
        json!({
            "dev_id": device.serial, "name": device.name, "online": device.online,
            "dev_model_name": device.model, "dev_product_name": device.product,
        })
    };
    let devices: Vec<_> = devices.iter().map(device).collect();
    let json = json!({"version": VERSION, "of": whose.to_json(), "at": now, "devices": devices});
    let _lock = files::lock(path)?;
    files::replace(path, format!("{json}\n").as_bytes())
}

/// The kept list, if it is this account's and young enough. Anything else is as good as none.
pub fn load(path: &Path, whose: &Whose, now: i64) -> Option<Vec<Device>> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    let json: Value = serde_json::from_slice(&bytes).ok()?;
    let is_ours =
        json.get("version").and_then(Value::as_i64) == Some(VERSION) && json.get("of") == Some(&whose.to_json());
    let age = now.checked_sub(json.get("at").and_then(Value::as_i64)?)?;
    let devices: Vec<Device> = envelope::list(json, &["devices"], "list of printers").ok()?;
    let life = if devices.iter().any(|device| device.online == Some(false)) { LIFE_AWAY } else { LIFE };
    // A list of the future was written by another clock.
    (is_ours && (0..life).contains(&age)).then_some(devices)
}

/// Forgets the kept list: it is no longer true, or nobody's any more.
pub fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::rest::Hidden;
    use proptest::prelude::*;

    fn whose() -> Whose {
        Whose { region: Region::Global, api: Region::Global.api().to_owned(), uid: "7".to_owned() }
    }

    fn device(online: bool) -> Device {
        Device {
            serial: Some("01P00A000000000".to_owned()),
            name: Some("Workshop".to_owned()),
            online: Some(online),
            model: Some("C12".to_owned()),
            product: Some("P1S".to_owned()),
            access_code: Some(Hidden::new("s3cr3t00")),
            ..Device::default()
        }
    }

    #[test]
    fn a_list_comes_back_without_its_secrets_and_not_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/printers.json");
        assert_eq!(load(&path, &whose(), 1000), None);
        save(&path, &whose(), &[device(true)], 1000).expect("kept");
        assert!(!fs::read_to_string(&path).expect("text").contains("s3cr3t00"));
        let back = Device { access_code: None, ..device(true) };
        for now in [1000, 1299] {
            assert_eq!(load(&path, &whose(), now), Some(vec![back.clone()]), "{now}");
        }
        for now in [999, 1300, i64::MIN, i64::MAX] {
            assert_eq!(load(&path, &whose(), now), None, "{now}");
        }
        save(&path, &whose(), &[device(true), device(false)], 1000).expect("kept");
        assert!(load(&path, &whose(), 1059).is_some() && load(&path, &whose(), 1060).is_none(), "one is away");
        forget(&path).expect("forgotten");
        forget(&path).expect("it was already");
        assert_eq!(load(&path, &whose(), 1000), None);
    }

    #[test]
    fn nobody_gets_the_list_of_somebody_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("printers.json");
        save(&path, &whose(), &[device(true)], 1000).expect("kept");
        for other in [
            Whose { uid: "8".to_owned(), ..whose() },
            Whose { region: Region::China, ..whose() },
            Whose { api: "https://127.0.0.1:1".to_owned(), ..whose() },
        ] {
            assert_eq!(load(&path, &other, 1000), None, "{other:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("printers.json");
        save(&path, &whose(), &[], 1000).expect("kept");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }

    proptest! {
        #[test]
        fn a_damaged_file_is_no_list(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..200) {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("printers.json");
            fs::write(&path, &bytes).expect("written");
            prop_assert_eq!(load(&path, &whose(), 1000), None);
            save(&path, &whose(), &[device(true)], 1000).expect("kept");
            let whole = fs::read(&path).expect("there");
            fs::write(&path, &whole[..cut.min(whole.len() - 2)]).expect("written");
            prop_assert_eq!(load(&path, &whose(), 1000), None);
        }
    }
}
