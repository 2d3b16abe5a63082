use super::*;
use crate::protocol::rest::Region;
use crate::state::cloud::session::*;
use crate::state::cx::Cx;
use crate::{
    protocol::rest::{RestError, RestErrorKind, account::Preference, devices::Device},
    state::{
        Now, PrinterId,
        cloud::request::{CloudRequest, CloudResponse},
        effect::Effect,
        event::{CloudEvent, Event, PrinterEvent},
        printer::{
            Printer,
            connection::{ConnectionEvent, ConnectionState as Way, DisconnectReason},
            transport::Transport,
        },
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    },
};
use std::time::Duration;

pub(in crate::state) const DAY: i64 = 86_400;

struct Bench {
    state: State,
    now: Now,
}

impl Bench {
    /// Signed in, with so many seconds left.
    fn new(left: Option<i64>) -> Self {
        let now = test_now();
        let printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 1);
        state.view.size = ratatui::layout::Size::new(120, 40);
        let ends = left.map(|left| now.unix + left);
        state.cloud.session.account =
            Account::SignedIn(Identity { account: None, uid: "7".into(), region: Region::Global, ends, lasts: None });
        Self { state, now }
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        update(&mut self.state, event, self.now).effects
    }

    /// Time passes, in steps of what the state says is due; the effects of it.
    fn pass(&mut self, seconds: i64) -> Vec<Effect> {
        let (end, mut effects) = (self.now.unix + seconds, Vec::new());
        while self.now.unix < end {
            let due = self.state.account_due().expect("something is always due");
            let wait =
                due.saturating_duration_since(self.now.at).as_secs().clamp(1, (end - self.now.unix).unsigned_abs());
            self.now.at += Duration::from_secs(wait);
            self.now.unix += wait as i64;
            effects.extend(self.event(Event::Due));
            if self.state.cloud.identity().is_none() {
                break;
            }
        }
        effects
    }

    fn told(&self, words: &str) -> usize {
        self.state.journal.entries().filter(|entry| entry.text.contains(words)).count()
    }

    /// What the account calls a printer.
    fn account_name(&self, place: usize) -> Option<&str> {
        self.state.cloud.devices.get(&self.state.fleet.printers[place].serial)?.name.as_deref()
    }

    fn devices(&mut self, list: &[(&str, &str, bool)]) {
        let device = |(serial, name, online): &(&str, &str, bool)| Device {
            serial: Some((*serial).to_owned()),
            name: Some((*name).to_owned()),
            online: Some(*online),
            ..Device::default()
        };
        let list = list.iter().map(device).collect();
        self.event(Event::Cloud(CloudEvent::Response(CloudResponse::Devices(Ok(list)))));
    }
}

fn asks(effects: &[Effect], wanted: &CloudRequest) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::AskCloud(ask) if ask == wanted)).count()
}

#[test]
fn warnings_begin_a_week_before_the_end_and_come_once_a_day() {
    let mut b = Bench::new(Some(8 * DAY));
    b.event(Event::Due);
    assert_eq!(b.told("ends"), 0);
    b.pass(DAY);
    assert_eq!((b.told("ends in 7 days"), b.told("ends")), (1, 1));
    b.pass(DAY / 2);
    assert_eq!(b.told("ends"), 1);
    b.pass(DAY);
    assert_eq!((b.told("ends in 6 days"), b.told("ends")), (1, 2));
    b.pass(4 * DAY + DAY / 2);
    assert_eq!(b.told("ends within a day"), 1);
    assert!(b.state.cloud.identity().is_some());
    let effects = b.pass(2 * DAY);
    assert!(
        asks(&effects, &CloudRequest::Check) > 1 && b.state.cloud.identity().is_some(),
        "asked until there is an answer"
    );
    let effects = b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::Expired))));
    assert!(matches!(b.state.cloud.session.account, Account::Expired(_)), "{:?}", b.state.cloud.session.account);
    assert_eq!((asks(&effects, &CloudRequest::DropToken), b.told("no longer accepts the sign-in")), (1, 1));
    assert_eq!(b.state.account_due(), None, "an expired token asks nothing");
}

#[test]
fn a_kept_sign_in_warns_at_the_start_and_one_that_has_ended_is_asked_about_first() {
    let mut b = Bench::new(Some(3 * DAY));
    b.event(Event::Due);
    assert_eq!(b.told("ends in 3 days"), 1);
    let mut b = Bench::new(Some(-5));
    let effects = b.event(Event::Due);
    let asked = |effects: &[Effect]| {
        [&CloudRequest::Check, &CloudRequest::Devices, &CloudRequest::MessageCount].map(|ask| asks(effects, ask))
    };
    assert_eq!((asked(&effects), b.state.cloud.identity().is_some()), ([1, 0, 0], true));
    assert_eq!(asked(&b.event(Event::Due)), [0, 0, 0], "once");
    // The cloud takes it: the clock is wrong, and says so no more than once.
    let good = || Event::Cloud(CloudEvent::Response(CloudResponse::Preference(Box::new(Ok(Preference::default())))));
    assert_eq!(asked(&b.event(good())), [0, 1, 1], "everything goes on");
    assert_eq!(b.told("check the clock"), 1);
    b.event(good());
    assert_eq!(b.told("check the clock"), 1);
    assert!(b.state.account_due().is_some_and(|due| due > b.now.at), "and nothing is due at once for ever");
    let mut b = Bench::new(None);
    b.pass(400 * DAY / 100);
    assert_eq!(b.told("ends"), 0, "nobody knows when it ends");
}

#[test]
fn the_cloud_is_asked_seldom_and_no_more_when_the_sign_in_is_over() {
    let mut b = Bench::new(None);
    let effects = b.pass(3600);
    let (devices, unread) = (asks(&effects, &CloudRequest::Devices), asks(&effects, &CloudRequest::MessageCount));
    assert!((11..=13).contains(&devices) && (2..=3).contains(&unread), "{devices} {unread}");
    assert!(effects.len() <= devices + unread, "nothing else: {effects:?}");
    let effects = b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::Expired))));
    assert_eq!(asks(&effects, &CloudRequest::DropToken), 1);
    b.now.at += Duration::from_secs(7200);
    assert!(b.event(Event::Due).iter().all(|effect| !matches!(effect, Effect::AskCloud(_))));
}

#[test]
fn the_brokers_refusal_ends_the_sign_in_only_with_the_apis_word_and_the_next_one_goes_on() {
    let mut b = Bench::new(None);
    b.devices(&[("03000A000000009", "Cabin", true)]);
    let who = PrinterId(1);
    b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 3 })));
    assert_eq!(b.state.fleet.printers[1].session(), Some(3));
    let refused = || {
        Event::Cloud(CloudEvent::Link(ConnectionEvent::Down { why: DisconnectReason::BrokerRefused, retry_in: None }))
    };
    let effects = b.event(refused());
    assert_eq!(
        (asks(&effects, &CloudRequest::Check), asks(&effects, &CloudRequest::DropToken)),
        (1, 0),
        "the API is asked"
    );
    assert!(b.state.cloud.identity().is_some() && b.state.fleet.printers[1].session().is_none());
    let effects = b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::Expired))));
    assert_eq!(asks(&effects, &CloudRequest::DropToken), 1);
    let over = |b: &Bench| {
        matches!(&b.state.printer(who).expect("it").link, Way::Down { why: DisconnectReason::TokenExpired, .. })
    };
    assert!(over(&b));
    b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Closed)));
    assert!(over(&b), "closed because it is over, not because nobody wants it");
    assert_eq!(asks(&b.event(refused()), &CloudRequest::Check), 0, "what is known is not asked");
    assert!(over(&b));
    let again = Identity { account: None, uid: "7".into(), region: Region::Global, ends: None, lasts: Some(90 * DAY) };
    let effects = b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::SignedIn(again)))));
    assert_eq!(asks(&effects, &CloudRequest::Devices), 1);
    assert_eq!(b.state.cloud.identity().and_then(|who| who.ends), Some(b.now.unix + 90 * DAY));
    b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 4 })));
    assert_eq!(b.state.fleet.printers[1].session(), Some(4));
}

#[test]
fn what_was_remembered_of_somebody_is_not_shown_to_the_next() {
    let mut b = Bench::new(None);
    b.state.cloud.history.unread.receive(Some(5), b.now);
    let who = |uid: &str| Identity { account: None, uid: uid.into(), region: Region::Global, ends: None, lasts: None };
    b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::SignedIn(who("7"))))));
    assert_eq!(b.state.cloud.history.unread(), Some(5), "the same person");
    b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::SignedIn(who("8"))))));
    assert_eq!(b.state.cloud.history.unread(), None);
    b.state.cloud.history.unread.receive(Some(1), b.now);
    b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::SignedOut))));
    let said = b.state.view.notice.as_ref().map(|notice| notice.text.as_str());
    assert_eq!(said, Some("signed out of the cloud"), "and no longer that it is on its way");
    assert_eq!(b.state.cloud.history.unread(), None);
}

#[test]
fn printers_are_merged_by_serial_and_keep_the_configurations_name() {
    let mut b = Bench::new(None);
    b.devices(&[("01p00a000000000", "Cloud name", true), ("03000A000000009", "Cabin", false)]);
    let names: Vec<_> = b.state.fleet.printers.iter().map(|printer| printer.name.as_str()).collect();
    assert_eq!(names, ["P", "Cabin"]);
    assert_eq!(b.account_name(0), Some("Cloud name"));
    assert!(b.state.fleet.printers[0].transports.in_account && b.state.fleet.printers[1].transport == Transport::Cloud);
    // The list is newer than nothing; once the broker serves, its own word counts.
    b.devices(&[("01P00A000000000", "Cloud name", true), ("03000A000000009", "Hut", true)]);
    assert_eq!(
        (b.state.fleet.printers[1].name.as_str(), b.state.fleet.printers[1].transports.online),
        ("Hut", Some(true))
    );
    b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 1 })));
    b.devices(&[("01P00A000000000", "Cloud name", true), ("03000A000000009", "Hut", false)]);
    assert_eq!(b.state.fleet.printers[1].transports.online, Some(true));
    b.devices(&[("01P00A000000000", "Cloud name", true)]);
    assert!(!b.state.fleet.printers[1].transports.in_account && b.told("is no longer in the account") == 1);
}

#[test]
fn a_new_name_is_sent_once_and_a_refusal_stays_in_the_form() {
    let mut b = Bench::new(None);
    b.state.open_rename(&mut Cx::new(b.now));
    assert!(b.state.view.dialogs.is_empty(), "it is in no account");
    b.devices(&[("01P00A000000000", "Old", true)]);
    b.state.open_rename(&mut Cx::new(b.now));
    let press = |b: &mut Bench, code| b.event(Event::Key(crossterm::event::KeyEvent::from(code)));
    press(&mut b, crossterm::event::KeyCode::Char('!'));
    let ask = CloudRequest::Rename { serial: "01P00A000000000".into(), name: "Old!".into() };
    let effects = press(&mut b, crossterm::event::KeyCode::Enter);
    assert_eq!(asks(&effects, &ask), 1);
    assert!(press(&mut b, crossterm::event::KeyCode::Enter).is_empty(), "it is on its way");
    let why = RestError::at("/v1/x", Some(500), RestErrorKind::Server);
    let rename = |answer| {
        CloudEvent::Response(CloudResponse::Rename { serial: "01P00A000000000".into(), name: "Old!".into(), answer })
    };
    b.event(Event::Cloud(rename(Err(why))));
    let Some(Dialog::Rename(form)) = b.state.view.dialogs.last() else { panic!("the form") };
    assert!(form.mistake.as_deref().is_some_and(|why| why.contains("problem of its own")) && !form.busy);
    press(&mut b, crossterm::event::KeyCode::Enter);
    b.event(Event::Cloud(rename(Ok(()))));
    assert!(b.state.view.dialogs.is_empty());
    assert_eq!((b.state.fleet.printers[0].name.as_str(), b.account_name(0)), ("P", Some("Old!")));
}

#[test]
fn a_printer_of_the_account_gets_its_second_transport_from_the_form() {
    let mut b = Bench::new(None);
    b.devices(&[("03000A000000009", "Cabin", true)]);
    b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 1 })));
    let fields = ["Hut", "192.168.1.9", "03000A000000009", "12345678"].map(tui_input::Input::from);
    let form = crate::state::view::dialogs::Form { fields, ..crate::state::view::dialogs::Form::default() };
    b.state.view.dialogs.push(Dialog::Form(Box::new(form)));
    b.event(Event::Added(Ok(())));
    assert_eq!(b.state.fleet.printers.len(), 2, "it is the same printer");
    let cabin = &b.state.fleet.printers[1];
    assert_eq!((cabin.name.as_str(), cabin.host.as_str(), cabin.transport), ("Hut", "192.168.1.9", Transport::Cloud));
    assert!(cabin.transports.lan.is_some() && b.state.view.selected == Some(PrinterId(1)));
}

#[test]
fn a_sign_in_that_cannot_be_kept_is_told() {
    let mut b = Bench::new(None);
    b.event(Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::NotKept("no space left".into())))));
    assert_eq!(b.told("no space left"), 1);
    assert!(b.state.cloud.identity().is_some());
}

#[test]
fn a_printer_that_is_silent_at_the_broker_is_looked_up_once_more() {
    let mut b = Bench::new(None);
    let up = |session| Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session }));
    b.devices(&[("A", "Hut", true)]);
    b.event(up(3));
    assert_eq!(b.state.fleet.printers[1].session(), Some(3));
    b.state.cloud.devices.list.ask(b.now.at);
    let effects = b.pass(20);
    assert_eq!(
        asks(&effects, &CloudRequest::Devices),
        1,
        "the list is some minutes old, and the broker tells only of changes"
    );
    b.devices(&[("A", "Hut", false)]);
    assert_eq!(b.state.fleet.printers[1].last_cause, Some(DisconnectReason::NotInCloud));
    // It comes back: a list that is older than that does not count.
    b.event(Event::Cloud(CloudEvent::Printer(PrinterId(1), PrinterEvent::Online(true))));
    b.devices(&[("A", "Hut", false)]);
    assert_eq!(b.state.fleet.printers[1].session(), Some(3));
    assert_eq!(asks(&b.pass(60), &CloudRequest::Devices), 0, "once for a session");
}
