use super::{DAY, MINUTE};
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        RestError,
        devices::{self, CameraAccess, Device, DeviceJob, DeviceVersion},
        encode, mask,
    },
};
use serde_json::Value;

const BIND: &str = "/v1/iot-service/api/user/bind";
const PRINT: &str = "/v1/iot-service/api/user/print";
const INFO: &str = "/v1/iot-service/api/user/device/info";

impl Cloud {
    /// The printers of the account, with their access codes for the LAN. Kept for a minute; ask every five. **C**
    ///
    /// `GET /v1/iot-service/api/user/bind`
    pub async fn devices(&self) -> Result<Vec<Device>, RestError> {
        self.list(Call::get(BIND, Class::Devices).kept(MINUTE), &["devices"], "list of printers").await
    }

    /// The printers and their jobs, minutes old. Kept for a minute. **C**
    ///
    /// `GET /v1/iot-service/api/user/print?force=true`
    pub async fn device_jobs(&self) -> Result<Vec<DeviceJob>, RestError> {
        let call = Call::get(format!("{PRINT}?force=true"), Class::Devices).kept(MINUTE);
        self.list(call, &["devices"], "list of printers").await
    }

    /// Firmware of a printer and of its AMS units, and what is on offer. Kept for a day. **C**
    ///
    /// `GET /v1/iot-service/api/user/device/version?dev_id=`
    pub async fn device_version(&self, serial: &str) -> Result<Vec<DeviceVersion>, RestError> {
        let path = format!("/v1/iot-service/api/user/device/version?dev_id={}", encode(serial));
        self.list(Call::get(path, Class::Versions).kept(DAY), &["devices"], "list of firmware versions").await
    }

    /// What the cloud knows of one printer, in a form that nobody has written down; masked. **S**
    ///
    /// `GET /v1/iot-service/api/user/device/info?device_id=`
    pub async fn device_info(&self, serial: &str) -> Result<Value, RestError> {
        let path = format!("{INFO}?device_id={}", encode(serial));
        self.untyped(Call::get(path, Class::Devices).kept(MINUTE)).await
    }

    /// Gives a printer another name. **C**
    ///
    /// `PATCH /v1/iot-service/api/user/device/info`
    pub async fn rename_device(&self, serial: &str, name: &str) -> Result<(), RestError> {
        let call = Call::patch(INFO, Class::Change, &devices::rename(serial, name));
        self.change(call, "/v1/iot-service/api/user/").await.map(drop)
    }

    /// Binds a printer to the account with the code on its screen. Unconfirmed: printers of today are bound by a ticket
    /// that they ask for themselves. What it answers is masked. **S**
    ///
    /// `POST /v1/iot-service/api/user/bind`
    pub async fn bind_device(&self, serial: &str, name: &str, code: &str) -> Result<Value, RestError> {
        let call = Call::post(BIND, Class::Change, &devices::bind(serial, name, code));
        self.change(call, "/v1/iot-service/api/user/").await.map(|answer| mask::value(&answer))
    }

    /// Credentials for the camera relay. Only the vendor's own libraries can use them; do not ask routinely. **C**
    ///
    /// `POST /v1/iot-service/api/user/ttcode`
    pub async fn camera_access(&self, serial: &str) -> Result<CameraAccess, RestError> {
        self.one(Call::post("/v1/iot-service/api/user/ttcode", Class::Camera, &devices::camera(serial))).await
    }
}
