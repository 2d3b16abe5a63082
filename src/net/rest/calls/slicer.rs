use super::{DAY, HOUR};
use crate::{
    net::rest::{Cloud, limits::Class, send::Call},
    protocol::rest::{
        RestError, RestErrorKind, encode,
        slicer::{self, NewPreset, PresetMade, Presets},
    },
};
use serde_json::Value;

const SETTING: &str = "/v1/iot-service/api/slicer/setting";

impl Cloud {
    /// All presets of the slicer, about 1 MB; with `own_only` those of the person alone. Kept for a day. **C**
    ///
    /// `GET /v1/iot-service/api/slicer/setting?version=[&public=false]`; `version` is such as [`slicer::VERSION`].
    pub async fn presets(&self, version: &str, own_only: bool) -> Result<Presets, RestError> {
        if !slicer::is_version(version) {
            let what = "the version of the presets is not well-formed; write it as 02.04.00.70".to_owned();
            return Err(RestError::before(RestErrorKind::Setup(what)));
        }
        let own = if own_only { "&public=false" } else { "" };
        self.one(Call::get(format!("{SETTING}?version={version}{own}"), Class::Presets).kept(DAY)).await
    }

    /// One preset with all its settings; masked. Kept for an hour. If it is gone the server answers 400. **C**
    ///
    /// `GET /v1/iot-service/api/slicer/setting/{setting_id}`
    pub async fn preset(&self, id: &str) -> Result<Value, RestError> {
        self.untyped(Call::get(format!("{SETTING}/{}", encode(id)), Class::Preset).kept(HOUR)).await
    }

    /// Makes a preset. There is no changing one: delete it and make another. **C**
    ///
    /// `POST /v1/iot-service/api/slicer/setting`
    pub async fn create_preset(&self, preset: &NewPreset) -> Result<PresetMade, RestError> {
        let made = self.one(Call::post(SETTING, Class::Change, &preset.body())).await;
        self.0.state().cache.forget(SETTING);
        made
    }

    /// Deletes a preset for good. **C**
    ///
    /// `DELETE /v1/iot-service/api/slicer/setting/{setting_id}`
    pub async fn delete_preset(&self, id: &str) -> Result<(), RestError> {
        if id.trim().is_empty() {
            return Err(RestError::before(RestErrorKind::Setup("no preset is named; name one by its id".to_owned())));
        }
        self.change(Call::delete(format!("{SETTING}/{}", encode(id)), Class::Change), SETTING).await.map(drop)
    }

    /// Software that the slicer may download, in a form that nobody has written down; masked. Kept for a day. **C**
    ///
    /// `GET /v1/iot-service/api/slicer/resource?slicer/plugins/cloud=` with a version such as `01.01.00.00`
    pub async fn slicer_resources(&self, version: &str) -> Result<Value, RestError> {
        let path = format!("/v1/iot-service/api/slicer/resource?slicer/plugins/cloud={}", encode(version));
        self.untyped(Call::get(path, Class::Presets).kept(DAY)).await
    }
}
