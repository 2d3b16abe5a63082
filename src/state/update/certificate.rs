//! The certificate of a printer: who signed it, how it came to be known, and the question before another one is accepted.

use crate::state::cx::Cx;
use crate::state::{
    PrinterId, State, Tone,
    effect::Effect,
    key_action::KeyAction,
    notify::journal::EntryKind,
    printer::{
        certificate::{Certificate, Known, doubt},
        connection::{ConnectionState, DisconnectReason},
        transport::Transport,
    },
    view::{
        Dialog,
        dialogs::{
            CertificateQuestion,
            certificate::{COMPARE_TIME, no_room, shows_fingerprints},
        },
    },
};

impl State {
    /// Opens the question about the selected printer's certificate, or says why there is none.
    pub(in crate::state) fn ask_about_certificate(&mut self, cx: &mut Cx) {
        let Some(who) = self.view.selected else { return self.say_nobody(cx) };
        let Some(printer) = self.printer(who) else { return };
        let lan = printer.transports.lan.as_ref();
        let question = doubt(lan).map(|(pinned, found)| CertificateQuestion {
            who,
            pinned: pinned.cloned(),
            found: found.clone(),
            until: cx.now.at + COMPARE_TIME,
        });
        match (question, lan) {
            (Some(_), _) if !shows_fingerprints(self.view.size) => self.say(no_room(), Tone::Warning, cx),
            (Some(question), _) => self.view.dialogs.push(Dialog::Certificate(question)),
            (None, Some(ConnectionState::Down { why: DisconnectReason::CertificateChanged { .. }, .. })) => self.say(
                "the configuration names this printer's certificate: correct its fingerprint there",
                Tone::Warning, cx,),
            (None, _) => match printer.impostor().map(|impostor| impostor.part) {
                Some(part) => self.say(
                    format!(
                        "the {part} shows another certificate than the printer: check whether a proxy intercepts TLS; there is nothing to accept"
                    ),
                    Tone::Warning, cx,),
                None => self.say("this printer's certificate is in no doubt", Tone::Plain, cx),
            },
        }
    }

    /// The person accepts a certificate.
    pub(in crate::state) fn trust(&mut self, question: CertificateQuestion, cx: &mut Cx) {
        let CertificateQuestion { who, pinned, found, .. } = question;
        let text = match &pinned {
            Some(pinned) => format!("the changed certificate was accepted: {found}; before, SHA-256 {pinned}"),
            None => format!("the certificate was accepted: {found}"),
        };
        self.log_trust(who, text, Tone::Warning, cx);
        cx.effects.push(Effect::Trust { who, fingerprint: found.fingerprint, before: pinned });
    }

    /// The LAN connection of a printer changed: a question about another certificate than the one it shows is void. An
    /// attempt that is under way has found nothing yet.
    pub(in crate::state) fn void_certificate(&mut self, who: PrinterId, cx: &mut Cx) {
        let Some(printer) = self.fleet.printers.get(usize::from(who.0)) else { return };
        let lan = printer.transports.lan.as_ref();
        if matches!(lan, Some(ConnectionState::Connecting { .. })) {
            return;
        }
        let now = doubt(lan);
        let before = self.view.dialogs.len();
        self.view.dialogs.retain(|layer| match layer {
            Dialog::Certificate(question) if question.who == who => {
                now == Some((question.pinned.as_ref(), &question.found))
            }
            _ => true,
        });
        if self.view.dialogs.len() != before {
            self.say("question closed: the printer no longer shows that certificate", Tone::Warning, cx);
        }
    }

    /// The LAN connection found a certificate to be judged while the cloud serves: nothing else on the screen says so.
    pub(in crate::state) fn tell_doubt(&mut self, who: PrinterId, cx: &mut Cx) {
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)).filter(|p| p.transport == Transport::Cloud)
        else {
            return;
        };
        let Some(ConnectionState::Down { why, .. }) =
            printer.transports.lan.as_ref().filter(|lan| doubt(Some(lan)).is_some())
        else {
            return;
        };
        if printer.told_doubt.as_ref() == Some(why) {
            return;
        }
        let (why, name) = (why.clone(), printer.name.clone());
        printer.told_doubt = Some(why.clone());
        let key =
            self.keymap.key_of(KeyAction::Trust).map_or_else(String::new, |key| format!("; {key} shows it and asks"));
        self.log(who, EntryKind::Link, format!("not over the LAN: {why}"), Tone::Warning, cx);
        self.say(format!("{name}: its certificate on the LAN is to be judged{key}"), Tone::Warning, cx);
    }

    /// A line of the journal about whom is trusted, which commands keep too. It is as bounded as any other.
    pub(in crate::state) fn log_trust(&mut self, who: PrinterId, text: impl Into<String>, tone: Tone, cx: &mut Cx) {
        let entry = self.journal.add(cx.now.unix, Some(who), EntryKind::Link, text, tone);
        cx.effects.extend(entry.map(|entry| Effect::Witness(Box::new(entry))));
    }

    /// A certificate was pinned for a printer, without a question or by the form.
    pub(in crate::state) fn log_pin(&mut self, who: PrinterId, certificate: &Certificate, cx: &mut Cx) {
        self.log_trust(who, format!("its certificate was pinned: {certificate}"), Tone::Plain, cx);
    }

    /// A printer proved to have a certificate that is accepted.
    pub(in crate::state) fn take_certificate(
        &mut self,
        who: PrinterId,
        certificate: Certificate,
        known: Known,
        cx: &mut Cx,
    ) {
        if known == Known::New {
            self.log_pin(who, &certificate, cx);
        }
        if let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) {
            printer.certificate = Some((certificate, known));
        }
        cx.mark(crate::state::Redraw::Soon);
    }

    /// A pin could not be written.
    pub(in crate::state) fn pin_not_kept(&mut self, who: PrinterId, why: &str, cx: &mut Cx) {
        self.tell_trust(
            who,
            format!("its certificate could not be remembered: {why}; `bambu-tui config check` tests the file"),
            cx,
        );
    }

    /// That its files come over TLS could not be written.
    pub(in crate::state) fn encrypted_not_kept(&mut self, who: PrinterId, why: &str, cx: &mut Cx) {
        self.tell_trust(
            who,
            format!(
                "that its files come encrypted could not be remembered: {why}; `bambu-tui config check` tests the file"
            ),
            cx,
        );
    }

    /// A pin waits to be written, and the connection with it.
    pub(in crate::state) fn pin_waits(&mut self, who: PrinterId, lock: &str, cx: &mut Cx) {
        let why = format!("another program holds {lock}, or the disk is slow");
        self.tell_trust(who, format!("not connected yet, for its certificate waits to be remembered: {why}"), cx);
    }

    fn tell_trust(&mut self, who: PrinterId, text: String, cx: &mut Cx) {
        let name = self.printer(who).map_or_else(String::new, |printer| printer.name.clone());
        self.say(format!("{name}: {text}"), Tone::Bad, cx);
        self.log_trust(who, text, Tone::Bad, cx);
    }

    /// Another program has pinned another certificate while this one was judged.
    pub(in crate::state) fn pin_taken(&mut self, who: PrinterId, pinned: &str, cx: &mut Cx) {
        let text = format!(
            "not accepted: another program has pinned another certificate meanwhile, SHA-256 {pinned}; nothing was sent"
        );
        self.tell_trust(who, text, cx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Printer;
    use crate::state::printer::certificate::*;
    use crate::state::{
        Now,
        event::{CloudEvent, Event, PrinterEvent},
        printer::connection::ConnectionEvent,
        settings::Settings,
        test_now,
        update::update,
        view::{keymap::Keymap, quiet::QUIET},
    };
    use crossterm::event::KeyCode;
    use ratatui::layout::Size;

    const WHO: PrinterId = PrinterId(0);

    fn certificate(letter: &str) -> Certificate {
        Certificate { fingerprint: letter.repeat(64), signer: Signer::Unknown }
    }

    struct Bench {
        state: State,
        now: Now,
    }

    impl Bench {
        fn new() -> Self {
            let printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
            let now = test_now();
            let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), now, 1);
            update(&mut state, Event::Resize(Size::new(80, 24)), now);
            Self { state, now }
        }

        fn link(&mut self, change: ConnectionEvent) {
            update(&mut self.state, Event::Printer(WHO, PrinterEvent::Link(change)), self.now);
        }

        fn down(&mut self, why: DisconnectReason) {
            self.link(ConnectionEvent::Down { why, retry_in: None });
        }

        fn key(&mut self, key: char) -> Vec<Effect> {
            if key == 'y' {
                self.now.at += QUIET;
            }
            update(&mut self.state, Event::Key(KeyCode::Char(key).into()), self.now).effects
        }

        fn asks(&self) -> bool {
            matches!(self.state.view.dialogs[..], [Dialog::Certificate(_)])
        }

        fn notice(&self) -> &str {
            self.state.view.notice.as_ref().map_or("", |notice| &notice.text)
        }
    }

    fn changed(found: &str) -> DisconnectReason {
        DisconnectReason::CertificateChanged { pinned: "a".repeat(64), found: certificate(found), configured: false }
    }

    /// What could not be kept or taken in is told wherever somebody looks: journal, database, and standard error of commands.
    #[test]
    fn what_is_not_kept_or_left_out_goes_to_everybody() {
        let why = || "the file cannot be written".to_owned();
        let one = |event| Event::Printer(WHO, event);
        for (event, says) in [
            (one(PrinterEvent::PinNotKept(why())), "certificate could not be remembered: the file"),
            (one(PrinterEvent::EncryptedNotKept(why())), "come encrypted could not be remembered: the file"),
            (one(PrinterEvent::PinWaits(why())), "waits to be remembered"),
            (one(PrinterEvent::Excess(7)), "a message held 7 entries more"),
            (Event::NotKept(why()), "nothing is kept: the file"),
        ] {
            let mut b = Bench::new();
            let now = b.now;
            let effects = update(&mut b.state, event, now).effects;
            let told = |effect: &Effect| match effect {
                Effect::Witness(entry) => {
                    entry.text.contains(says) && (entry.tone == Tone::Bad || entry.printer.is_none())
                }
                _ => false,
            };
            assert_eq!(effects.iter().filter(|effect| told(effect)).count(), 1, "{says}: {effects:?}");
            assert!(b.state.journal.entries().any(|entry| entry.text.contains(says)), "{says}");
        }
    }

    #[test]
    fn only_a_yes_to_what_is_shown_accepts_and_the_journal_has_both() {
        for (why, pinned) in [(changed("b"), true), (DisconnectReason::SelfMade(certificate("b")), false)] {
            let mut b = Bench::new();
            assert!(b.key('T').is_empty() && !b.asks(), "there is nothing to judge yet");
            b.down(why);
            assert!(b.key('T').is_empty() && b.asks());
            for key in ['T', 'p', '1', 'a', ' '] {
                assert!(b.key(key).is_empty() && b.asks(), "{key}");
            }
            assert!(b.key('n').is_empty() && !b.asks(), "no is an answer");
            b.key('T');
            let yes = b.key('y');
            let trusted = |effect: &Effect| {
                let before = pinned.then(|| "a".repeat(64));
                *effect == Effect::Trust { who: WHO, fingerprint: "b".repeat(64), before }
            };
            assert!(yes.iter().any(trusted) && !b.asks());
            let told = b.state.journal.entries().any(|entry| {
                entry.text.contains(&"b".repeat(64))
                    && entry.text.contains(&"a".repeat(64)) == pinned
                    && entry.text.contains("accepted")
            });
            assert!(told);
        }
    }

    #[test]
    fn the_question_is_void_when_the_printer_shows_another_one_or_nobody_answers() {
        type Change = fn(&mut Bench);
        let cases: [(Change, bool); 7] = [
            (|b| b.link(ConnectionEvent::Connecting { attempt: 2 }), true),
            (|b| b.down(changed("b")), true),
            (|b| b.down(changed("c")), false),
            (|b| b.down(DisconnectReason::SelfMade(certificate("b"))), false),
            (|b| b.down(DisconnectReason::ConnectionRefused), false),
            (|b| b.link(ConnectionEvent::Up { session: 1 }), false),
            (
                |b| {
                    b.now.at += COMPARE_TIME;
                    update(&mut b.state, Event::Due, b.now);
                },
                false,
            ),
        ];
        for (at, (change, stays)) in cases.into_iter().enumerate() {
            let mut b = Bench::new();
            b.down(changed("b"));
            b.key('T');
            change(&mut b);
            assert_eq!(b.asks(), stays, "{at}");
            assert!(
                stays || b.notice().contains("question closed") || b.notice().contains("not confirmed in time"),
                "{at}: {}",
                b.notice()
            );
            let effects = b.key('y');
            assert_eq!(effects.iter().any(|effect| matches!(effect, Effect::Trust { .. })), stays, "{at}");
        }
    }

    #[test]
    fn nobody_accepts_what_is_not_shown_whole_or_what_the_configuration_rules_out() {
        let mut b = Bench::new();
        b.down(changed("b"));
        for size in [Size::new(39, 12), Size::new(40, 11)] {
            update(&mut b.state, Event::Resize(size), b.now);
            b.key('T');
            assert!(!b.asks() && b.notice().contains("40x12"));
            update(&mut b.state, Event::Resize(SMALLEST), b.now);
            b.key('T');
            update(&mut b.state, Event::Resize(size), b.now);
            assert!(b.key('y').is_empty() && b.asks());
            update(&mut b.state, Event::Resize(SMALLEST), b.now);
            b.key('n');
        }
        let pinned = "a".repeat(64);
        b.down(DisconnectReason::CertificateChanged { pinned, found: certificate("b"), configured: true });
        b.key('T');
        assert!(!b.asks() && b.notice().contains("configuration"));
    }

    #[test]
    fn a_doubt_on_the_lan_is_told_once_while_the_cloud_serves() {
        let mut b = Bench::new();
        b.state.fleet.printers[0].transports.in_account = true;
        update(&mut b.state, Event::Cloud(CloudEvent::Link(ConnectionEvent::Up { session: 9 })), b.now);
        b.state.fleet.printers[0].transports.cloud = Some(ConnectionState::Up { session: 9, since: b.now.at });
        let told = |b: &Bench| b.state.journal.entries().filter(|e| e.text.contains("not over the LAN")).count();
        for _ in 0..2 {
            b.link(ConnectionEvent::Connecting { attempt: 1 });
            b.down(DisconnectReason::SelfMade(certificate("b")));
        }
        assert_eq!((b.state.fleet.printers[0].transport, told(&b)), (Transport::Cloud, 1));
        assert!(b.notice().contains("T shows it"), "{}", b.notice());
        b.key('T');
        assert!(b.asks());
    }

    #[test]
    fn the_first_pin_is_a_line_of_the_journal_and_a_known_one_is_not() {
        for (known, lines) in [(Known::New, 1), (Known::Pinned, 0), (Known::Configured, 0)] {
            let mut b = Bench::new();
            let event = PrinterEvent::Certificate(certificate("b"), known);
            update(&mut b.state, Event::Printer(WHO, event), b.now);
            let told = b.state.journal.entries().filter(|e| e.text.contains("pinned: self-signed")).count();
            assert_eq!(told, lines);
            assert_eq!(b.state.fleet.printers[0].certificate, Some((certificate("b"), known)));
        }
    }
}
