//! The account: who is signed in to the cloud, its printers, and what is asked of the cloud and when.

use super::{
    PrinterId, Redraw, State,
    effect::Effect,
    event::{Cause, LoginNews},
    journal::Kind,
    login::Login,
    notice::Tone,
    printer::Printer,
    road::{Listing, Roads},
    view::Layer,
};
use crate::protocol::{
    model::Model,
    rest::{Hidden, Id, Link, Region, RestError, devices::Device, tasks::TaskQuery},
};
use std::time::{Duration, Instant};

/// Whose account it is. Nothing here is secret, and the account's name is masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// E-mail address or phone number, masked.
    pub account: Option<String>,
    /// The user's number.
    pub uid: String,
    /// Where the account lives.
    pub region: Region,
    /// When the sign-in ends, seconds since 1970.
    pub ends: Option<i64>,
    /// For how many seconds from the sign-in it is good, where the token itself does not say when it ends.
    pub lasts: Option<i64>,
}

impl Who {
    /// With the end of a sign-in that happened at `unix`.
    #[must_use]
    pub fn at(mut self, unix: i64) -> Self {
        self.ends = self.ends.or(self.lasts.take().map(|seconds| unix.saturating_add(seconds)));
        self
    }
}

/// Whether somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Account {
    /// The cloud is not used.
    #[default]
    Off,
    /// Nobody.
    SignedOut,
    /// Somebody.
    SignedIn(Who),
    /// The cloud no longer accepts the token.
    Expired(Who),
}

impl Account {
    /// Who is signed in.
    pub fn who(&self) -> Option<&Who> {
        match self {
            Self::SignedIn(who) => Some(who),
            _ => None,
        }
    }
}

/// Warnings begin this long before a sign-in ends.
pub const WARN_BEFORE: i64 = 7 * 86_400;

/// How long the list of printers is taken for good.
pub const DEVICES_EVERY: Duration = Duration::from_secs(300);

/// What is asked of the cloud. Answers come as [`super::event::CloudEvent`]s.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Send a one-time code by e-mail or SMS.
    SendCode {
        /// Where the account lives.
        region: Region,
        /// E-mail address or phone number.
        account: Hidden,
    },
    /// Sign in with a one-time code.
    Code {
        /// Where the account lives.
        region: Region,
        /// E-mail address or phone number.
        account: Hidden,
        /// The code.
        code: Hidden,
    },
    /// Sign in with the password.
    Password {
        /// Where the account lives.
        region: Region,
        /// E-mail address or phone number.
        account: Hidden,
        /// The password; it is sent and not kept.
        password: Hidden,
    },
    /// The code of an authenticator, after a password.
    Authenticator(Hidden),
    /// Sign in with a token that a person has copied.
    Token {
        /// Where the account lives.
        region: Region,
        /// The token.
        token: Hidden,
    },
    /// Forget the token.
    SignOut,
    /// The account's printers.
    Devices,
    /// Call a printer something else.
    Rename {
        /// Serial number.
        serial: String,
        /// The new name.
        name: String,
    },
    /// A page of the history.
    Tasks(TaskQuery),
    /// The cover of a print.
    Cover {
        /// Whose.
        task: Id,
        /// Where it is; signed.
        from: Link,
    },
    /// Messages of a type, by the cloud's number for it.
    Messages(u8),
    /// How many messages are unread.
    MessageCount,
    /// The person's profile.
    Profile,
    /// Projects of the account.
    Projects,
    /// One project with its plates.
    Project(Id),
    /// Firmware of a printer: what it has, what is on offer.
    Versions(String),
}

impl State {
    /// Somebody signed in or out, or a step of that went well or did not.
    pub(super) fn login_news(&mut self, news: &LoginNews, effects: &mut Vec<Effect>) {
        match news {
            LoginNews::SignedIn(who) => {
                let name = who.account.clone().unwrap_or_else(|| format!("user {}", who.uid));
                self.journal.add(
                    self.now.unix,
                    None,
                    Kind::Link,
                    format!("signed in to the cloud as {name}"),
                    Tone::Good,
                );
                self.account = Account::SignedIn(who.clone().at(self.now.unix));
                self.warn_of_expiry();
                self.ask_devices(effects);
                self.ask_prints(effects, true);
                effects.push(Effect::Ask(Ask::MessageCount));
            }
            LoginNews::SignedOut => {
                self.journal.add(self.now.unix, None, Kind::Link, "signed out of the cloud", Tone::Plain);
                self.account = Account::SignedOut;
                self.leave_account();
            }
            LoginNews::Expired => {
                if let Account::SignedIn(who) = &self.account {
                    self.account = Account::Expired(who.clone());
                    let text = Cause::TokenExpired.to_string();
                    self.journal.add(self.now.unix, None, Kind::Link, text.clone(), Tone::Bad);
                    self.say(text, Tone::Bad);
                }
            }
            LoginNews::CodeSent | LoginNews::WantsCode | LoginNews::WantsAuthenticator | LoginNews::Failed(_) => {}
        }
        self.login_form(news);
        self.mark(Redraw::AtOnce);
    }

    /// Warns from a week before the sign-in ends.
    fn warn_of_expiry(&mut self) {
        let Some(ends) = self.account.who().and_then(|who| who.ends) else { return };
        let left = ends - self.now.unix;
        if (0..WARN_BEFORE).contains(&left) {
            let days = left / 86_400;
            let when = match days {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                _ => format!("in {days} days"),
            };
            let text = format!("the sign-in to the cloud ends {when}; sign in again before");
            self.journal.add(self.now.unix, None, Kind::Link, text, Tone::Warning);
        }
    }

    /// The account's key: the form that signs in, or who is signed in.
    pub(super) fn account_key(&mut self) {
        match &self.account {
            Account::Off if self.settings.demo => {
                self.say("this demo has no cloud; `bambu-tui demo --cloud` has one", Tone::Warning);
            }
            Account::Off => self.say("the cloud is switched off in the configuration", Tone::Warning),
            Account::SignedIn(who) => {
                let name = who.account.clone().unwrap_or_else(|| format!("user {}", who.uid));
                self.say(format!("signed in to the cloud as {name}; `bambu-tui logout` signs out"), Tone::Plain);
            }
            Account::SignedOut => self.open_login(Region::Global),
            Account::Expired(who) => self.open_login(who.region),
        }
    }

    fn open_login(&mut self, region: Region) {
        let form = Login::new(region, self.account_hint.as_deref());
        self.view.layers.push(Layer::Login(Box::new(form)));
        self.mark(Redraw::AtOnce);
    }

    fn ask_devices(&mut self, effects: &mut Vec<Effect>) {
        self.devices_due = Some(self.now.at + DEVICES_EVERY);
        effects.push(Effect::Ask(Ask::Devices));
    }

    /// Asks again for the printers of the account when the last list has grown old.
    pub(super) fn keep_devices_young(&mut self, effects: &mut Vec<Effect>) {
        if self.account.who().is_some() && self.needs_devices() && self.devices_due.is_none_or(|due| due <= self.now.at)
        {
            self.ask_devices(effects);
        }
    }

    /// When the cloud is asked again by itself.
    pub(super) fn cloud_due(&self) -> Option<Instant> {
        self.account.who().filter(|_| self.needs_devices())?;
        self.devices_due.or(Some(self.now.at))
    }

    /// A printer of the account has another name now, or not.
    pub(super) fn renamed(&mut self, answer: Result<(String, String), RestError>) {
        match answer {
            Ok((serial, name)) => {
                self.say(format!("the account calls it {name} now"), Tone::Good);
                if let Some(printer) = self.printers.iter_mut().find(|p| p.serial == serial && p.roads.lan.is_none()) {
                    printer.name = name;
                }
                self.arrange_rows();
            }
            Err(why) => self.say(format!("not renamed: {why}"), Tone::Bad),
        }
    }

    /// Begins with printers of the account that somebody has chosen, if any; no others appear. `None`: nobody has.
    pub fn begin_with(&mut self, devices: Option<Vec<Device>>) {
        let Some(devices) = devices else { return };
        if !devices.is_empty() {
            self.devices_due = Some(self.now.at + DEVICES_EVERY);
            self.take_devices(Ok(devices));
        }
        self.listing = Listing::Known;
    }

    fn leave_account(&mut self) {
        for at in 0..self.printers.len() {
            self.change_road(PrinterId(at as u16), |roads| {
                roads.in_account = false;
                roads.online = None;
            });
        }
    }

    /// The account's printers: known ones get a second road, new ones appear, those that are gone lose theirs.
    pub(super) fn take_devices(&mut self, answer: Result<Vec<Device>, RestError>) {
        let devices = match answer {
            Ok(devices) => devices,
            Err(why) => {
                // The list that is there stays; the connection to the broker tells for itself.
                let text = format!("the cloud's list of printers: {why}");
                if self.cloud_trouble.as_ref() != Some(&text) {
                    self.journal.add(self.now.unix, None, Kind::Link, text.clone(), Tone::Warning);
                    self.cloud_trouble = Some(text);
                }
                self.mark(Redraw::Soon);
                return;
            }
        };
        self.cloud_trouble = None;
        self.devices_known = true;
        let mut listed = vec![false; self.printers.len()];
        for device in devices {
            let Some(serial) = device.serial.clone().filter(|serial| !serial.is_empty()) else { continue };
            let serial = serial.to_ascii_uppercase();
            let known = self.printers.iter().position(|printer| printer.serial == serial);
            if known.is_none() && self.listing == Listing::Known {
                continue;
            }
            let place = known.unwrap_or_else(|| {
                self.printers.push(from_account(&device, &serial));
                listed.push(true);
                self.printers.len() - 1
            });
            listed[place] = true;
            let online = device.online;
            self.change_road(PrinterId(place as u16), |roads| {
                roads.in_account = true;
                // The broker's own word is newer than the list.
                roads.online = roads.online.or(online);
            });
            if let Some(name) = device.name.filter(|_| self.printers[place].roads.lan.is_none()) {
                self.printers[place].name = name;
            }
        }
        for (place, listed) in listed.into_iter().enumerate() {
            if !listed && self.printers[place].roads.in_account {
                self.log(PrinterId(place as u16), Kind::Link, "is no longer in the account", Tone::Warning);
                self.change_road(PrinterId(place as u16), |roads| roads.in_account = false);
            }
        }
        self.arrange_rows();
        self.mark(Redraw::Soon);
    }

    /// The top layer, if it is the form that signs in.
    fn login_form(&mut self, news: &LoginNews) {
        let now = self.now.at;
        let done = match self.view.layers.last_mut() {
            Some(Layer::Login(form)) => form.take(news, now),
            _ => false,
        };
        if done {
            self.view.layers.pop();
            self.say("signed in to the cloud", Tone::Good);
        }
    }
}

/// A printer that only the account knows.
fn from_account(device: &Device, serial: &str) -> Printer {
    let named = [&device.model, &device.product].into_iter().flatten().find_map(|text| Model::from_code(text));
    let name = device.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| serial.to_owned());
    let mut printer = Printer::new(&name, serial, "", None, Vec::new());
    printer.roads = Roads::of_account();
    if let Some(model) = named {
        printer.model = model;
    }
    printer.change_roads(|_| {});
    printer
}
