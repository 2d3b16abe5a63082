//! The life of a sign-in: its beginning, warnings before its end, and its end.

use crate::state::cloud::{
    device::DeviceScope,
    request::CloudRequest,
    session::{Account, CLOCK_OFF, DAY, DOUBT_AGAIN, ExpiryCheck, Identity, WARN_DAYS, days},
};
use crate::state::cx::Cx;
use crate::state::{
    PrinterId, State, Tone,
    effect::Effect,
    notify::journal::EntryKind,
    printer::{
        connection::{ConnectionEvent, ConnectionState, DisconnectReason},
        transport::Transport,
    },
};
use std::time::{Duration, Instant};

impl State {
    pub(in crate::state) fn signed_in(&mut self, who: Identity, cx: &mut Cx) {
        let text = format!("signed in to the cloud as {}", who.name());
        self.log_program(EntryKind::Link, text, Tone::Good, cx);
        let same = match &self.cloud.session.account {
            Account::SignedIn(before) | Account::Expired(before) => before.uid == who.uid,
            Account::Off | Account::SignedOut => false,
        };
        if same {
            self.cloud.history.ask_anew();
        } else {
            self.forget_history();
        }
        self.cloud.session.account = Account::SignedIn(who);
        self.cloud.session.warned = None;
        self.cloud.session.expiry = ExpiryCheck::None;
        self.cloud.devices.list.expire();
        self.cloud.devices.silent_on = None;
    }

    pub(in crate::state) fn signed_out(&mut self, cx: &mut Cx) {
        self.log_program(EntryKind::Link, "signed out of the cloud", Tone::Plain, cx);
        self.say("signed out of the cloud", Tone::Good, cx);
        self.cloud.session.account = Account::SignedOut;
        self.forget_history();
        for at in 0..self.fleet.printers.len() {
            self.change_transport(
                PrinterId(at as u16),
                |transports| {
                    transports.in_account = false;
                    transports.online = None;
                },
                cx,
            );
        }
    }

    /// The cloud takes the token no longer: nothing is tried with it again, and a person is asked to sign in. The screen
    /// stays as it is: a form that came up by itself would swallow keys that are meant for a printer.
    pub(in crate::state) fn sign_in_over(&mut self, cx: &mut Cx) {
        let Account::SignedIn(who) = &self.cloud.session.account else { return };
        self.cloud.session.account = Account::Expired(who.clone());
        let text = match self.cloud.session.constraints.token_in_use {
            Some(setting) => {
                format!("the cloud no longer accepts the token of {setting}; have it give a new one, or sign in")
            }
            None => DisconnectReason::TokenExpired.to_string(),
        };
        self.log_program(EntryKind::Link, text.clone(), Tone::Bad, cx);
        self.say(text, Tone::Bad, cx);
        self.cloud_link(ConnectionEvent::Closed, cx);
        cx.effects.push(Effect::AskCloud(CloudRequest::DropToken));
    }

    /// Asks whether a sign-in is over that is so by the clock. Until there is an answer nothing else is asked.
    pub(in crate::state) fn is_in_doubt(&mut self, cx: &mut Cx) -> bool {
        let at = cx.now.at;
        match self.cloud.session.expiry {
            ExpiryCheck::Settled => return false,
            ExpiryCheck::Asked(again) if again > at => {}
            ExpiryCheck::None | ExpiryCheck::Asked(_) => {
                self.cloud.session.expiry = ExpiryCheck::Asked(at + DOUBT_AGAIN);
                cx.effects.push(Effect::AskCloud(CloudRequest::Check));
            }
        }
        true
    }

    /// The cloud takes the sign-in.
    pub(in crate::state) fn sign_in_good(&mut self, cx: &mut Cx) {
        if matches!(self.cloud.session.expiry, ExpiryCheck::Asked(_)) {
            self.cloud.session.expiry = ExpiryCheck::Settled;
            self.log_program(EntryKind::Link, CLOCK_OFF, Tone::Warning, cx);
            self.say(CLOCK_OFF, Tone::Warning, cx);
        }
    }

    /// What only time brings about for an account.
    pub(in crate::state) fn tick_account(&mut self, cx: &mut Cx) {
        let Some(who) = self.cloud.identity() else { return };
        if let Some(left) = who.ends.map(|ends| ends - cx.now.unix) {
            if left <= 0 && self.is_in_doubt(cx) {
                return;
            }
            let days = days(left);
            if left > 0 && days <= WARN_DAYS && self.cloud.session.warned.is_none_or(|warned| days < warned) {
                self.cloud.session.warned = Some(days);
                let when = if days == 1 { "within a day".to_owned() } else { format!("in {days} days") };
                let text = match self.cloud.session.constraints.token_in_use {
                    Some(setting) => format!("the token of {setting} ends {when}; have it give a new one before"),
                    None => format!("the sign-in to the cloud ends {when}; sign in again before"),
                };
                self.log_program(EntryKind::Link, text.clone(), Tone::Warning, cx);
                self.say(text, Tone::Warning, cx);
            }
        }
        let at = cx.now.at;
        let silent = self.silence().filter(|(_, until)| *until <= at);
        if let Some((session, _)) = silent {
            self.cloud.devices.silent_on = Some(session);
        }
        if silent.is_some() || self.needs_devices() && self.cloud.devices.list.is_due(at) {
            self.ask_devices(cx);
        }
        if self.cloud.devices.scope == DeviceScope::All && self.cloud.history.unread.is_due(at) {
            self.cloud.history.unread.ask(at);
            cx.effects.push(Effect::AskCloud(CloudRequest::MessageCount));
        }
        self.look_again(cx);
    }

    /// A session at the cloud's broker on which a printer that should be there says nothing, and until when that is borne:
    /// the broker is silent about those that are away, and a list of some minutes ago is wrong about those that left since.
    pub(in crate::state) fn silence(&self) -> Option<(u32, Instant)> {
        let silent = self.fleet.printers.iter().filter_map(|printer| match printer.link {
            ConnectionState::Up { session, since }
                if printer.transport == Transport::Cloud
                    && printer.transports.online == Some(true)
                    && self.cloud.devices.silent_on != Some(session)
                    && printer.silent_for(since).is_some() =>
            {
                Some((session, since + self.fleet.watchdog_timeouts.silence()))
            }
            _ => None,
        });
        silent.min_by_key(|(_, until)| *until)
    }

    /// When something is due for the account, by itself.
    pub(in crate::state) fn account_due(&self) -> Option<Instant> {
        let who = self.cloud.identity()?;
        let now = self.now.at;
        let left = who.ends.map(|ends| ends - self.now.unix);
        if left.is_some_and(|left| left <= 0) {
            match self.cloud.session.expiry {
                ExpiryCheck::None => return Some(now),
                ExpiryCheck::Asked(again) => return Some(again),
                ExpiryCheck::Settled => {}
            }
        }
        let ends = left.filter(|left| *left > 0).map(|left| {
            let next = left - (days(left) - 1).min(WARN_DAYS) * DAY;
            now + Duration::from_secs(next.max(0).unsigned_abs())
        });
        let devices = self.needs_devices().then(|| self.cloud.devices.list.due_at(now));
        let counts = self.cloud.devices.scope == DeviceScope::All;
        let unread = counts.then(|| self.cloud.history.unread.due_at(now));
        [devices, unread]
            .into_iter()
            .flatten()
            .flatten()
            .chain(ends)
            .chain(self.look_again_at())
            .chain(self.silence().map(|(_, until)| until))
            .min()
    }
}
