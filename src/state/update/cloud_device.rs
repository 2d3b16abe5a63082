//! What the account says of one of its printers: its name there, and the firmware that is on offer for it.

use crate::protocol::rest::{RestError, devices::DeviceVersion};
use crate::state::cx::Cx;
use crate::state::{Redraw, State, cloud::request::CloudRequest, effect::Effect};

impl State {
    /// Asks for the firmware of the printer for which that is wanted.
    pub(in crate::state) fn look_at_cloud_device(&mut self, cx: &mut Cx) {
        let Some(who) = self.wants.wanted.firmware.filter(|_| self.cloud.identity().is_some()) else { return };
        let Some(printer) = self.printer(who).filter(|printer| printer.transports.in_account) else { return };
        let serial = printer.serial.clone();
        let firmware = &mut self.cloud.devices.entry(&serial).firmware;
        if firmware.is_due(cx.now.at) {
            firmware.ask(cx.now.at);
            cx.effects.push(Effect::AskCloud(CloudRequest::Versions(serial)));
        }
    }

    /// The firmware of a printer came, or not.
    pub(in crate::state) fn take_versions(
        &mut self,
        serial: &str,
        answer: Result<Vec<DeviceVersion>, RestError>,
        cx: &mut Cx,
    ) {
        let own = |list: Vec<DeviceVersion>| {
            let own = list.into_iter().find(|device| device.serial.as_deref().is_none_or(|found| found == serial));
            own.ok_or_else(|| "the cloud names no firmware for it".to_owned())
        };
        let firmware = &mut self.cloud.devices.entry(serial).firmware;
        match answer.map_err(|why| why.in_words()).and_then(own) {
            Ok(found) => firmware.receive(found, cx.now),
            Err(why) => drop(firmware.fail(why, cx.now.at)),
        }
        cx.mark(Redraw::Soon);
    }
}
