//! The printers of the account: asked for, and taken in among those of the configuration.

use crate::state::cloud::{
    device::{DeviceScope, KnownDevices, from_account},
    request::CloudRequest,
};
use crate::state::cx::Cx;
use crate::{
    protocol::{
        model::ModelSource,
        rest::{RestError, devices::Device},
    },
    state::{
        PrinterId, Redraw, State, Tone,
        effect::Effect,
        notify::journal::EntryKind,
        printer::{connection::ConnectionState, transport::Transport},
    },
};

impl State {
    /// Asks for the printers of the account.
    pub(in crate::state) fn ask_devices(&mut self, cx: &mut Cx) {
        self.cloud.devices.list.ask(cx.now.at);
        cx.effects.push(Effect::AskCloud(CloudRequest::Devices));
    }

    /// A person wants the printers of the account asked for again.
    pub(in crate::state) fn ask_devices_again(&mut self, cx: &mut Cx) {
        if self.cloud.identity().is_some() {
            self.ask_devices(cx);
            self.say("asking the cloud for the printers of the account", Tone::Plain, cx);
        }
    }

    /// Begins with printers of the account that somebody has chosen; no others appear then.
    pub fn begin_with(&mut self, listed: KnownDevices, cx: &mut Cx) {
        match listed {
            KnownDevices::Later => return,
            KnownDevices::NotAsked => {}
            KnownDevices::Now(devices) => {
                self.cloud.devices.list.ask(cx.now.at);
                self.take_devices(Ok(devices), cx);
            }
        }
        self.cloud.devices.scope = DeviceScope::Known;
    }

    /// The account's printers: known ones get a second transport, new ones appear, those that are gone lose theirs.
    pub(in crate::state) fn take_devices(&mut self, answer: Result<Vec<Device>, RestError>, cx: &mut Cx) {
        let devices = match answer {
            Ok(devices) => devices,
            Err(why) => {
                // The list that is there stays; the connection to the broker tells for itself.
                let text = format!("the cloud's list of printers: {}", why.in_words());
                if self.cloud.devices.list.fail(text.clone(), cx.now.at) {
                    self.log_program(EntryKind::Link, text, Tone::Warning, cx);
                }
                cx.mark(Redraw::Soon);
                return;
            }
        };
        self.cloud.devices.list.receive((), cx.now);
        let mut listed = vec![false; self.fleet.printers.len()];
        for device in devices {
            let Some(serial) = device.serial.clone().filter(|serial| !serial.is_empty()) else { continue };
            let serial = serial.to_ascii_uppercase();
            let known = self.fleet.printers.iter().position(|printer| printer.serial == serial);
            if known.is_none() && self.cloud.devices.scope == DeviceScope::Known {
                continue;
            }
            let place = known.unwrap_or_else(|| {
                self.fleet.printers.push(from_account(&device, &serial));
                listed.push(true);
                self.fleet.printers.len() - 1
            });
            listed[place] = true;
            let online = device.online;
            // While a printer is followed the broker's own word is newer than the list; but it has none about a printer that
            // left before.
            let is_silent = self.is_silent_in_cloud(place);
            self.change_transport(
                PrinterId(place as u16),
                |transports| {
                    transports.in_account = true;
                    if transports.online.is_none()
                        || is_silent
                        || !matches!(transports.cloud, Some(ConnectionState::Up { .. }))
                    {
                        transports.online = online.or(transports.online);
                    }
                },
                cx,
            );
            let in_account_only = self.fleet.printers[place].transports.lan.is_none();
            if let Some(name) = device.name.clone().filter(|name| !name.is_empty() && in_account_only) {
                self.set_name(PrinterId(place as u16), name, cx);
            }
            let printer = &mut self.fleet.printers[place];
            if let Some(model) = device.model() {
                printer.learn_model(model, ModelSource::Code);
            }
            self.cloud.devices.entry(&serial).name = device.name;
        }
        for (place, listed) in listed.into_iter().enumerate() {
            if !listed && self.fleet.printers[place].transports.in_account {
                self.log(PrinterId(place as u16), EntryKind::Link, "is no longer in the account", Tone::Warning, cx);
                self.change_transport(PrinterId(place as u16), |transports| transports.in_account = false, cx);
            }
        }
        self.arrange_rows();
        cx.mark(Redraw::Soon);
    }

    /// Whether a printer is waited for at the cloud's broker for longer than one takes that is there.
    pub(in crate::state) fn is_silent_in_cloud(&self, place: usize) -> bool {
        let printer = &self.fleet.printers[place];
        let silence = printer.silent_for(self.now.at).filter(|_| printer.transport == Transport::Cloud);
        silence.is_some_and(|silence| silence >= self.fleet.watchdog_timeouts.silence())
    }
}
