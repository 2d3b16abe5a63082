//! Changes of the way to a printer: what they void, and what is told of them.

use crate::state::cx::Cx;
use crate::state::{
    PrinterId, Redraw, State, Tone,
    cloud::{request::CloudRequest, session::Account},
    effect::Effect,
    event::PrinterEvent,
    notify::journal::EntryKind,
    printer::{
        connection::{ConnectionEvent, ConnectionState, DisconnectReason},
        transport::{Transport, Transports},
    },
};

impl State {
    /// The LAN connection of a printer changed.
    pub(in crate::state) fn lan_link(&mut self, who: PrinterId, change: ConnectionEvent, cx: &mut Cx) {
        let link = ConnectionState::after(change, cx.now.at);
        self.change_transport(who, |transports| transports.set_lan(link), cx);
        self.void_certificate(who, cx);
        self.tell_doubt(who, cx);
    }

    /// The account's connection to the cloud changed, and with it a transport of every printer that is followed there.
    pub(in crate::state) fn cloud_link(&mut self, change: ConnectionEvent, cx: &mut Cx) {
        let change = match change {
            // It closes because the sign-in is over, or the broker has noticed too.
            ConnectionEvent::Closed | ConnectionEvent::Down { why: DisconnectReason::BrokerRefused, .. }
                if matches!(self.cloud.session.account, Account::Expired(_)) =>
            {
                ConnectionEvent::Down { why: DisconnectReason::TokenExpired, retry_in: None }
            }
            // The broker may be the first to notice, or have a trouble of its own: the API knows whether the token is good.
            ConnectionEvent::Down { why: DisconnectReason::BrokerRefused, .. } => {
                cx.effects.push(Effect::AskCloud(CloudRequest::Check));
                change
            }
            change => change,
        };
        self.cloud.link = ConnectionState::after(change, cx.now.at);
        for at in 0..self.fleet.printers.len() {
            if self.fleet.printers[at].transports.cloud.is_some() {
                let link = self.cloud.link.clone();
                self.change_transport(PrinterId(at as u16), |transports| transports.cloud = Some(link), cx);
            }
        }
        cx.mark(Redraw::Soon);
    }

    /// A person wants a printer connected anew: over the LAN where it is there, and over the cloud where that is down or is
    /// the only way.
    pub(in crate::state) fn connect_anew(&mut self, who: PrinterId, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        let (lan, cloud) = (printer.transports.lan.is_some(), printer.transports.cloud.as_ref());
        if !lan && self.cloud.identity().is_none() {
            return self.say(DisconnectReason::SignedOut.to_string(), Tone::Warning, cx);
        }
        let over_cloud = cloud.is_some_and(|link| !lan || !matches!(link, ConnectionState::Up { .. }));
        if lan {
            self.reconnect_by_file(who, cx);
        }
        if over_cloud {
            cx.effects.push(Effect::ReconnectCloud);
        }
        self.say("reconnecting", Tone::Plain, cx);
    }

    /// A printer has news by way of the cloud. What it says there counts only while that is its transport.
    pub(in crate::state) fn cloud_printer(&mut self, who: PrinterId, event: PrinterEvent, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        match event {
            PrinterEvent::Online(online) => self.in_cloud(who, online, cx),
            event => {
                let speaks = matches!(event, PrinterEvent::Report(_));
                if speaks && printer.transports.cloud.is_some() && printer.transports.online == Some(false) {
                    self.in_cloud(who, true, cx);
                }
                if self.printer(who).is_some_and(|printer| printer.transport == Transport::Cloud) {
                    self.printer_event(who, event, true, cx);
                }
            }
        }
    }

    /// The printer came to the cloud or left it. What it said before it came back is old.
    pub(in crate::state) fn in_cloud(&mut self, who: PrinterId, online: bool, cx: &mut Cx) {
        let at = cx.now.at;
        self.change_transport(
            who,
            |transports| {
                if let Some(ConnectionState::Up { since, .. }) = &mut transports.cloud
                    && online
                    && transports.online == Some(false)
                {
                    *since = at;
                }
                transports.online = Some(online);
            },
            cx,
        );
    }

    /// Changes a transport of a printer. If the transport that counts is another one then, or is otherwise, orders and questions
    /// of the old session are void, and the journal tells.
    pub(in crate::state) fn change_transport(
        &mut self,
        who: PrinterId,
        change: impl FnOnce(&mut Transports),
        cx: &mut Cx,
    ) {
        let at = cx.now.at;
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        let (transport, session) = (printer.transport, printer.session());
        if !printer.change_transports(change) {
            return;
        }
        let was_up = session.is_some();
        let up = printer.session().is_some();
        let down = if let ConnectionState::Down { why, .. } = &printer.link { Some(why.clone()) } else { None };
        // The reason is kept between attempts: the same again is no news.
        let same_again = down.is_some() && down == printer.last_cause;
        if up {
            // A session alone does not speak.
            printer.last_cause.take_if(|cause| *cause != DisconnectReason::NoData);
        } else if down.is_some() {
            printer.last_cause.clone_from(&down);
        }
        let other_transport = printer.transport != transport;
        let story = match (was_up, up, &down) {
            (true, true, _) if other_transport && printer.transport == Transport::Cloud => {
                Some(("the LAN connection was lost: now over the cloud".to_owned(), Tone::Warning))
            }
            (true, true, _) if other_transport => Some(("back on the LAN".to_owned(), Tone::Good)),
            (false, true, _) if printer.transport == Transport::Cloud => {
                Some(("connected over the cloud".to_owned(), Tone::Good))
            }
            (false, true, _) => Some(("connected".to_owned(), Tone::Good)),
            (_, _, Some(why)) => Some((format!("offline: {}", why.with_fingerprint()), Tone::Bad)),
            _ => None,
        };
        let session_ended = session != printer.session();
        if session_ended {
            printer.counts.since = up.then_some(cx.now.unix);
            printer.counts.sessions += u32::from(up);
        }
        let ended = if session_ended { printer.orders.session_ended(at) } else { Vec::new() };
        for order in ended {
            self.order_ended(who, &order, cx);
        }
        if was_up && session_ended {
            self.void_questions(who, if up { "the connection has changed" } else { "the connection was lost" }, cx);
        }
        if let Some((text, tone)) = story
            && (was_up || !same_again)
        {
            self.log(who, EntryKind::Link, text, tone, cx);
        }
        if up || down.is_some() {
            self.tell_link(who, up, down.map(|why| why.to_string()), cx);
        }
        self.arrange_rows();
        cx.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{command::Command, report::parse};
    use crate::state::{
        Now,
        command::action::PrintAction,
        event::{CloudEvent, Event},
        printer::{Freshness, Printer, Status, WatchdogTimeouts},
        settings::Settings,
        test_order,
        update::update,
        view::keymap::Keymap,
    };
    use std::{collections::BTreeMap, time::Duration};

    const ID: PrinterId = PrinterId(0);

    struct Bench {
        state: State,
        now: Now,
    }

    impl Bench {
        fn new() -> Self {
            let mut printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
            printer.transports.in_account = true;
            let now = crate::state::test_now();
            Self { state: State::new(vec![printer], Settings::default(), Keymap::default(), now, 1), now }
        }

        fn event(&mut self, event: Event) -> Vec<Effect> {
            self.now.at += Duration::from_secs(1);
            update(&mut self.state, event, self.now).effects
        }

        fn lan(&mut self, change: ConnectionEvent) -> Vec<Effect> {
            self.event(Event::Printer(ID, PrinterEvent::Link(change)))
        }

        fn lose_lan(&mut self) -> Vec<Effect> {
            self.lan(ConnectionEvent::Down {
                why: DisconnectReason::ConnectionRefused,
                retry_in: Some(Duration::from_secs(1)),
            })
        }

        fn report(&mut self, cloud: bool, percent: u8) {
            let json = format!(
                r#"{{"print":{{"command":"push_status","msg":0,"gcode_state":"RUNNING","mc_percent":{percent}}}}}"#
            );
            let report = PrinterEvent::Report(parse(json.as_bytes()).expect("JSON").report.expect("a report"));
            self.event(if cloud { Event::Cloud(CloudEvent::Printer(ID, report)) } else { Event::Printer(ID, report) });
        }

        fn delta(&mut self, cloud: bool, fields: &str) {
            let json = format!(r#"{{"print":{{"command":"push_status","msg":1,{fields}}}}}"#);
            let report = PrinterEvent::Report(parse(json.as_bytes()).expect("JSON").report.expect("a report"));
            self.event(if cloud { Event::Cloud(CloudEvent::Printer(ID, report)) } else { Event::Printer(ID, report) });
        }

        fn printer(&self) -> &Printer {
            &self.state.fleet.printers[0]
        }

        fn fresh(&self) -> bool {
            self.printer().freshness(self.now.at, &WatchdogTimeouts::default()) == Freshness::Live
        }
    }

    #[test]
    fn the_cloud_takes_over_and_gives_back_without_showing_old_values_as_live() {
        let mut b = Bench::new();
        b.lan(ConnectionEvent::Connecting { attempt: 1 });
        b.lan(ConnectionEvent::Up { session: 1 });
        b.report(false, 40);
        assert!(b.fresh() && b.state.cloud.followed.is_empty());
        let effects = b.lose_lan();
        let follow = Effect::Follow(BTreeMap::from([(ID, "01P00A000000000".to_owned())]));
        assert!(effects.contains(&follow), "{effects:?}");
        b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 2 })));
        assert_eq!((b.printer().transport, b.printer().session()), (Transport::Cloud, Some(2)));
        assert!(!b.fresh(), "what the LAN said is old until the cloud has spoken");
        assert_eq!(b.printer().job.percent, Some(40), "and is kept");
        b.report(true, 41);
        assert!(b.fresh() && b.printer().job.percent == Some(41));
        // The LAN connects again, but the cloud goes on until it has reported.
        b.lan(ConnectionEvent::Up { session: 3 });
        assert_eq!(b.printer().transport, Transport::Cloud);
        b.report(false, 42);
        assert_eq!((b.printer().transport, b.printer().session()), (Transport::Lan, Some(3)));
        assert!(b.fresh() && b.printer().job.percent == Some(42));
        assert!(b.state.cloud.followed.is_empty(), "the cloud is no longer needed");
        b.report(true, 7);
        assert_eq!(b.printer().job.percent, Some(42), "late news of the other transport do not count");
    }

    #[test]
    fn changes_without_the_full_report_make_nothing_live() {
        for cloud in [false, true] {
            let mut b = Bench::new();
            let up = |b: &mut Bench, session| {
                let change = ConnectionEvent::Up { session };
                if cloud {
                    b.lose_lan();
                    b.event(Event::Cloud(CloudEvent::Link(change)));
                } else {
                    b.lan(change);
                }
            };
            let pause = |b: &mut Bench| b.event(test_order(&b.state, ID, PrintAction::Pause));
            let freshness = |b: &Bench| b.printer().freshness(b.now.at, &WatchdogTimeouts::default());
            // Nothing is known from before: what the change says counts, and it is not the whole.
            up(&mut b, 1);
            b.delta(cloud, r#""nozzle_temper":200.0"#);
            assert_eq!(freshness(&b), Freshness::Partial);
            assert_eq!((b.printer().status(), b.printer().temps.active_nozzle().is_some()), (Status::Connecting, true));
            assert!(pause(&mut b).is_empty(), "the job is not known");
            b.delta(cloud, r#""gcode_state":"RUNNING""#);
            assert_eq!((freshness(&b), b.printer().status()), (Freshness::Partial, Status::Printing));
            assert!(pause(&mut b).is_empty(), "of the job only a part is known");
            b.report(cloud, 40);
            assert!(b.fresh() && !pause(&mut b).is_empty());
            // The next session: what was known before is old, whatever changes come.
            if cloud {
                b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Down {
                    why: DisconnectReason::BrokerClosed,
                    retry_in: None,
                })));
            } else {
                b.lose_lan();
            }
            up(&mut b, 2);
            for _ in 0..3 {
                b.delta(cloud, r#""nozzle_temper":201.0"#);
                assert!(
                    matches!(freshness(&b), Freshness::Stale(age) if age >= Duration::from_secs(3)),
                    "{:?}",
                    freshness(&b)
                );
                assert_eq!(b.printer().status(), Status::Connecting, "{cloud}");
                assert!(pause(&mut b).iter().all(|e| !matches!(e, Effect::Send { .. })));
            }
            b.report(cloud, 41);
            assert!(b.fresh());
        }
    }

    #[test]
    fn a_lost_full_report_is_asked_for_again_on_the_transport_that_counts() {
        let mut b = Bench::new();
        b.lan(ConnectionEvent::Up { session: 1 });
        b.delta(false, r#""nozzle_temper":200.0"#);
        let mut asked = Vec::new();
        for second in 1..=400 {
            let due = b.event(Event::Due);
            let asks = |e: &&Effect| matches!(e, Effect::Send { session: 1, command: Command::PushAll, .. });
            if due.iter().any(|e| asks(&e)) {
                asked.push(second);
            }
            // The printer goes on telling changes.
            b.now.at -= Duration::from_secs(1);
            b.delta(false, r#""nozzle_temper":201.0"#);
        }
        assert_eq!(asked, [5, 35, 335]);
        let told = b.state.journal.entries().filter(|entry| entry.text.contains("asked for it again")).count();
        assert_eq!(told, 1, "one line, however often it is asked");
    }

    #[test]
    fn an_order_ends_with_the_transport_it_was_confirmed_for() {
        let mut b = Bench::new();
        b.lan(ConnectionEvent::Up { session: 1 });
        b.report(false, 40);
        let effects = b.event(test_order(&b.state, ID, PrintAction::Pause));
        assert!(matches!(effects[..], [Effect::Send { transport: Transport::Lan, session: 1, .. }, ..]), "{effects:?}");
        b.lose_lan();
        let order = b.printer().orders.newest().expect("an order");
        assert!(!order.stage.is_open(), "{:?}", order.stage);
        b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 2 })));
        b.report(true, 41);
        // One that was confirmed for the transport before never goes out on this one.
        let late = test_order(&b.state, ID, PrintAction::Stop);
        b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 3 })));
        b.report(true, 42);
        let effects = b.event(late);
        assert!(!effects.iter().any(|e| matches!(e, Effect::Send { .. })), "{effects:?}");
        let effects = b.event(test_order(&b.state, ID, PrintAction::Stop));
        assert!(
            effects.iter().any(|e| matches!(e, Effect::Send { transport: Transport::Cloud, session: 3, .. })),
            "{effects:?}"
        );
    }

    #[test]
    fn a_printer_that_leaves_the_cloud_is_offline_at_once() {
        let mut b = Bench::new();
        b.lose_lan();
        b.event(Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 2 })));
        b.report(true, 10);
        b.event(Event::Cloud(CloudEvent::Printer(ID, PrinterEvent::Online(false))));
        assert_eq!(b.printer().session(), None);
        b.event(Event::Cloud(CloudEvent::Printer(ID, PrinterEvent::Online(true))));
        assert_eq!(b.printer().session(), Some(2));
        assert!(!b.fresh());
    }
}
