//! The configuration file is read again: for a printer that a person wants reconnected, and while one waits for what has to
//! be put right in it.

use crate::protocol::wire::clean;
use crate::state::cx::Cx;
use crate::state::{
    PrinterId, Redraw, State, Tone,
    effect::Effect,
    notify::journal::EntryKind,
    printer::{
        connection::{ConnectionState, DisconnectReason},
        reload::{Changes, PrinterChange, ReloadRequest, ReloadResponse, Setting},
    },
};
use std::time::Instant;

/// Whether the file may be what is wrong: a refused code, a wrong certificate, an address that does not exist.
fn waits_for_file(link: Option<&ConnectionState>) -> bool {
    let Some(ConnectionState::Down { why, .. }) = link else { return false };
    why.needs_person() || matches!(why, DisconnectReason::UnknownHost(_))
}

impl State {
    /// When the file is looked at next; `None` while no printer waits for it.
    pub(in crate::state) fn reload_due(&self) -> Option<Instant> {
        let waits = self.fleet.reload.available
            && self.fleet.printers.iter().any(|p| waits_for_file(p.transports.lan.as_ref()));
        self.fleet.reload.due(waits, self.now.at)
    }

    /// Looks at the file, where it is time for that.
    pub(in crate::state) fn look_at_file(&mut self, cx: &mut Cx) {
        if self.reload_due().is_some_and(|due| due <= cx.now.at) {
            self.fleet.reload.begin_look(cx.now.at);
            cx.effects.push(Effect::Reload(ReloadRequest::IfModified));
        }
    }

    /// A person wants the LAN connection of a printer anew: with what the file says of it now.
    pub(in crate::state) fn reconnect_by_file(&mut self, who: PrinterId, cx: &mut Cx) {
        if !self.fleet.reload.available {
            cx.effects.push(Effect::Reconnect(who));
        } else if self.fleet.reload.ask_for(who) {
            cx.effects.push(Effect::Reload(ReloadRequest::For(who)));
        }
    }

    /// The file was read again, or could not be.
    pub(in crate::state) fn reloaded(&mut self, request: ReloadRequest, response: ReloadResponse, cx: &mut Cx) {
        self.fleet.reload.answered(request);
        let changes = match response {
            ReloadResponse::Unmodified => Changes::default(),
            ReloadResponse::Loaded(changes) => changes,
            ReloadResponse::Failed(why) => {
                let text = format!("the configuration cannot be used, nothing of it was taken over: {why}");
                self.log_program(EntryKind::Other, text.clone(), Tone::Warning, cx);
                self.say(text, Tone::Warning, cx);
                Changes::default()
            }
        };
        if let Some(text) = self.fleet.reload.needs_start(&changes) {
            self.log_program(EntryKind::Other, text.clone(), Tone::Warning, cx);
            self.say(text, Tone::Warning, cx);
        }
        let connects = |change: &PrinterChange| change.settings.iter().any(|setting| setting.is_for_connecting());
        if let ReloadRequest::For(who) = request
            && !changes.printers.iter().any(|change| change.who == who && connects(change))
        {
            cx.effects.push(Effect::Reconnect(who));
        }
        for change in changes.printers {
            self.take_over(change, cx);
        }
    }

    /// The file says something else of a printer than before.
    fn take_over(&mut self, change: PrinterChange, cx: &mut Cx) {
        let PrinterChange { who, settings, name, host, tags } = change;
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        let words = settings.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        printer.host = clean(&host);
        printer.tags = tags;
        let reconnect = settings.iter().any(|setting| setting.is_for_connecting());
        cx.effects.push(Effect::Reconfigure { who, reconnect });
        let mut text = format!("changed in the configuration: {words}");
        if reconnect {
            text += "; reconnecting";
        }
        if settings.contains(&Setting::Model) {
            text += "; the model counts after a restart";
        }
        self.say(format!("{name}: {text}"), Tone::Good, cx);
        self.log(who, EntryKind::Link, text, Tone::Plain, cx);
        self.set_name(who, name, cx);
        self.arrange_rows();
        cx.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{
        Now,
        event::{Event, PrinterEvent},
        printer::{
            Printer,
            certificate::{Certificate, Signer},
            connection::ConnectionEvent,
        },
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    };
    use crossterm::event::KeyCode;
    use ratatui::layout::Size;
    use std::time::Duration;

    const WHO: PrinterId = PrinterId(0);
    const EVERY: Duration = Duration::from_secs(5);

    struct Bench {
        state: State,
        now: Now,
    }

    impl Bench {
        fn new() -> Self {
            let printer = |name, serial| Printer::new(name, serial, "h", None, Vec::new());
            let printers = vec![printer("P", "01P00A000000000"), printer("Q", "01P00A000000001")];
            let now = test_now();
            let mut state = State::new(printers, Settings::default(), Keymap::default(), now, 1);
            state.fleet.reload.available = true;
            update(&mut state, Event::Resize(Size::new(80, 24)), now);
            state.view.selected = Some(WHO);
            Self { state, now }
        }

        fn event(&mut self, event: Event) -> Vec<Effect> {
            update(&mut self.state, event, self.now).effects
        }

        fn down(&mut self, why: DisconnectReason) {
            let retry_in = Some(Duration::from_secs(300));
            self.event(Event::Printer(WHO, PrinterEvent::Link(ConnectionEvent::Down { why, retry_in })));
        }

        /// The looks at the file within a minute, each answered at once.
        fn looks(&mut self) -> usize {
            let mut looks = 0;
            let end = self.now.at + Duration::from_secs(60);
            while let Some(due) = self.state.reload_due().filter(|due| *due < end) {
                self.now.at = due.max(self.now.at);
                let effects = self.event(Event::Due);
                assert!(effects.contains(&Effect::Reload(ReloadRequest::IfModified)), "{effects:?}");
                assert_eq!(self.state.reload_due(), None, "one look at a time");
                looks += 1;
                let answer = Event::Reloaded(ReloadRequest::IfModified, ReloadResponse::Unmodified);
                self.now.at += Duration::from_secs(1);
                assert_eq!(update(&mut self.state, answer, self.now), Cx::new(self.now), "no news, no frame");
            }
            looks
        }

        fn reloaded(&mut self, request: ReloadRequest, response: ReloadResponse) -> Vec<Effect> {
            self.event(Event::Reloaded(request, response))
        }

        fn notice(&self) -> &str {
            self.state.view.notice.as_ref().map_or("", |notice| &notice.text)
        }
    }

    fn change(settings: &[Setting]) -> ReloadResponse {
        let (name, host) = ("P".to_owned(), "other\u{1b}".to_owned());
        let change = PrinterChange { who: WHO, settings: settings.to_vec(), name, host, tags: vec!["t".to_owned()] };
        ReloadResponse::Loaded(Changes { printers: vec![change], ..Changes::default() })
    }

    #[test]
    fn the_file_is_looked_at_while_a_printer_waits_for_it_and_never_else() {
        let found = Certificate { fingerprint: "b".repeat(64), signer: Signer::Unknown };
        let changed = |configured| DisconnectReason::CertificateChanged {
            pinned: "a".repeat(64),
            found: found.clone(),
            configured,
        };
        let other = DisconnectReason::OtherPrinter { expected: "A".into(), found: "B".into() };
        for (why, looks) in [
            (DisconnectReason::WrongCode, 12),
            (changed(true), 12),
            (changed(false), 12),
            (DisconnectReason::SelfMade(found.clone()), 12),
            (other, 12),
            (DisconnectReason::UnknownHost("h".into()), 12),
            (DisconnectReason::ConnectionRefused, 0),
            (DisconnectReason::Closed, 0),
            (DisconnectReason::NoData, 0),
        ] {
            let mut b = Bench::new();
            assert_eq!(b.looks(), 0, "nobody waits");
            b.down(why.clone());
            assert_eq!(b.looks(), looks, "{why}");
            b.event(Event::Printer(WHO, PrinterEvent::Link(ConnectionEvent::Up { session: 1 })));
            assert_eq!(b.looks(), 0, "nobody waits any more");
            b.state.fleet.reload.available = false;
            b.down(why);
            assert_eq!(b.looks(), 0, "there is no file");
        }
        assert_eq!(EVERY * 12, Duration::from_secs(60));
    }

    #[test]
    fn what_connections_are_made_with_reconnects_and_the_rest_does_not() {
        for (settings, reconnect) in [
            (vec![Setting::Address], true),
            (vec![Setting::Port], true),
            (vec![Setting::AccessCode], true),
            (vec![Setting::Fingerprint], true),
            (vec![Setting::Name, Setting::AccessCode], true),
            (vec![Setting::Name], false),
            (vec![Setting::Tags], false),
            (vec![Setting::Model], false),
        ] {
            for request in [ReloadRequest::IfModified, ReloadRequest::For(WHO)] {
                let mut b = Bench::new();
                b.down(DisconnectReason::WrongCode);
                let effects = b.reloaded(request, change(&settings));
                assert!(effects.contains(&Effect::Reconfigure { who: WHO, reconnect }), "{effects:?}");
                let plain = effects.contains(&Effect::Reconnect(WHO));
                assert_eq!(plain, !reconnect && request != ReloadRequest::IfModified, "{settings:?} {request:?}");
                let p = &b.state.fleet.printers[0];
                assert_eq!((p.host.as_str(), &p.tags[..]), ("other", &["t".to_owned()][..]));
                assert!(b.notice().contains(&settings[0].to_string()), "{}", b.notice());
                assert!(b.state.journal.entries().any(|entry| entry.text.contains("changed in the configuration")));
            }
        }
    }

    #[test]
    fn the_key_reads_the_file_first_and_reconnects_whatever_came_of_it() {
        let mut b = Bench::new();
        b.down(DisconnectReason::WrongCode);
        let key = |b: &mut Bench| b.event(Event::Key(KeyCode::Char('R').into()));
        let asks = Effect::Reload(ReloadRequest::For(WHO));
        for response in [
            ReloadResponse::Unmodified,
            ReloadResponse::Loaded(Changes::default()),
            ReloadResponse::Failed("config.toml:3: unknown key; write host".to_owned()),
        ] {
            assert_eq!(key(&mut b), std::slice::from_ref(&asks));
            assert!(key(&mut b).is_empty(), "it is being read");
            let failed = matches!(response, ReloadResponse::Failed(_));
            assert!(b.reloaded(ReloadRequest::For(WHO), response).contains(&Effect::Reconnect(WHO)));
            assert_eq!(b.notice().contains("config.toml:3: unknown key; write host"), failed, "{}", b.notice());
        }
        b.state.fleet.reload.available = false;
        assert_eq!(key(&mut b), [Effect::Reconnect(WHO)], "there is nothing to read");
    }

    #[test]
    fn printers_that_come_or_go_need_a_restart_which_is_said_once() {
        let mut b = Bench::new();
        let news = |added: &[&str], removed: &[&str]| {
            let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let (added, removed) = (names(added), names(removed));
            ReloadResponse::Loaded(Changes { printers: Vec::new(), added, removed })
        };
        for (added, removed, said) in [
            (&["New"][..], &[][..], Some("adds New: restart")),
            (&["New"], &[], None),
            (&["New"], &["Q"], Some("adds New and no longer has Q: restart")),
            (&[], &[], None),
            (&[], &["Q"], Some("no longer has Q: restart")),
        ] {
            b.state.view.notice = None;
            let effects = b.reloaded(ReloadRequest::IfModified, news(added, removed));
            assert!(effects.iter().all(|effect| matches!(effect, Effect::Record(_))), "{effects:?}");
            match said {
                Some(said) => assert!(b.notice().contains(said), "{}", b.notice()),
                None => assert_eq!(b.notice(), ""),
            }
        }
        assert_eq!(b.state.fleet.printers.len(), 2);
    }
}
