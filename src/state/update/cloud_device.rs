//! What the account says of one of its printers: its name there, and the firmware that is on offer for it.

use crate::protocol::rest::{RestError, devices::DeviceVersion};
use crate::state::cx::Cx;
use crate::state::printer::cloud_device::{OFFER_AGAIN, OFFER_EVERY};
use crate::state::{Redraw, State, cloud::request::CloudRequest, effect::Effect, screen::layout, view::Pane};

impl State {
    /// Asks for the firmware of the printer whose device is looked at.
    pub(in crate::state) fn look_at_bound(&mut self, cx: &mut Cx) {
        if self.account.who().is_none() || self.view.frozen.is_some() || layout::of(self).rect(Pane::Device).is_none() {
            return;
        }
        let at = cx.now.at;
        let Some(who) = self.view.selected else { return };
        let Some(printer) = self.printers.get_mut(usize::from(who.0)).filter(|printer| printer.transports.in_account)
        else {
            return;
        };
        if printer.cloud_device.ask_at.is_none_or(|moment| moment <= at) {
            printer.cloud_device.ask_at = Some(at + OFFER_EVERY);
            cx.effects.push(Effect::AskCloud(CloudRequest::Versions(printer.serial.clone())));
        }
    }

    /// The firmware of a printer came, or not.
    pub(in crate::state) fn take_versions(
        &mut self,
        serial: &str,
        answer: Result<Vec<DeviceVersion>, RestError>,
        cx: &mut Cx,
    ) {
        let at = cx.now.at;
        let Some(printer) = self.printers.iter_mut().find(|printer| printer.serial == serial) else { return };
        let own = |list: Vec<DeviceVersion>| {
            let own = list.into_iter().find(|device| device.serial.as_deref().is_none_or(|found| found == serial));
            own.ok_or_else(|| "the cloud names no firmware for it".to_owned())
        };
        let found = answer.map_err(|why| why.in_words()).and_then(own);
        if found.is_err() {
            printer.cloud_device.ask_at = Some(at + OFFER_AGAIN);
        }
        printer.cloud_device.firmware = Some(found);
        cx.mark(Redraw::Soon);
    }
}
