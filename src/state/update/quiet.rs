//! A yes to a question counts only after a moment of quiet: whoever types a printer's name into the list gives no order.

use crate::state::cx::Cx;
use crate::state::{
    Redraw, State, Tone,
    view::{
        dialogs::{KeyRole, confirm::has_room},
        quiet::{Asked, QUIET},
    },
};
use crossterm::event::KeyEvent;
use ratatui::layout::Size;

impl State {
    /// The question on top whose yes orders or trusts.
    pub(in crate::state) fn asked(&self) -> Option<Asked> {
        self.view.dialogs.last()?.keys().asks()
    }

    /// Whether the top of the screen is a question whose yes orders or trusts.
    #[cfg(any(test, feature = "internals"))]
    pub fn is_asking(&self) -> bool {
        self.asked().is_some()
    }

    /// The quiet of a question begins when it comes to the top and is whole on the screen. What was typed before was typed
    /// unseen.
    pub(in crate::state) fn watch_question(&mut self) {
        let asked = self.asked().filter(|_| self.shows_question()).map(|asked| (asked, self.question_text()));
        if asked.is_none() {
            self.forget_count();
        }
        if self.view.quiet.as_ref().map(|(asked, _)| asked) != asked.as_ref() {
            self.view.quiet = asked.map(|asked| (asked, self.now.at));
        }
    }

    fn forget_count(&mut self) {
        if let Some(open) = self.view.dialogs.last_mut() {
            open.keys_mut().forget_answer();
        }
    }

    /// A key is held down that does nothing so. At a question it is one that was pressed without reading.
    pub(in crate::state) fn note_held(&mut self, key: &KeyEvent, cx: &mut Cx) {
        if let Some(role) = self.view.dialogs.last().map(|open| open.keys().role_of(key, &self.around())) {
            self.is_hasty(role, cx);
        }
    }

    /// The window has another size.
    pub(in crate::state) fn resize(&mut self, size: Size) {
        let before = std::mem::replace(&mut self.view.size, size);
        // The first one is told at the start.
        if before != Size::ZERO && !has_room(before) && has_room(size) {
            self.view.seen_again = Some(self.now.at);
        }
    }

    /// The screen shows the program again: whatever is asked stands anew, and nothing stays armed.
    pub(in crate::state) fn returned(&mut self, cx: &mut Cx) {
        self.view.seen_again = Some(cx.now.at);
        self.view.quiet = None;
        self.forget_count();
        self.disarm("it was out of sight", cx);
        cx.mark(Redraw::AtOnce);
    }

    /// Whether the screen has not shown for long enough yet what an order is about.
    pub(in crate::state) fn is_just_seen(&self) -> bool {
        self.view.seen_again.is_some_and(|at| self.now.at < at + QUIET)
    }

    /// Whether a key does nothing because a question is on top and there was no quiet before it.
    pub(in crate::state) fn is_hasty(&mut self, role: KeyRole, cx: &mut Cx) -> bool {
        let Some(asked) = self.asked() else { return false };
        let is_whole = self.shows_question();
        let asked = (asked, self.question_text());
        let is_early =
            self.view.quiet.as_ref().is_none_or(|(quiet, since)| *quiet != asked || self.now.at < *since + QUIET);
        let is_answer = role == KeyRole::Answer;
        if !is_whole {
            // The screen says what to do; the form has more to say.
            return is_answer && !matches!(asked.0, Asked::ToSend | Asked::ToSave);
        }
        if role == KeyRole::Stray || is_answer && is_early {
            self.view.quiet = Some((asked, self.now.at));
        }
        if is_answer && is_early {
            self.say("too soon after the question or another key: read it, then answer", Tone::Warning, cx);
        }
        is_answer && is_early
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::view::Dialog;
    use crossterm::event::KeyCode;

    use crate::state::{
        Now, PrinterId,
        cloud::request::CloudResponse,
        effect::Effect,
        event::{CloudEvent, Event, PrinterEvent},
        printer::{
            Printer,
            certificate::{Certificate, Met, Signer},
            connection::{ConnectionEvent, DisconnectReason},
            reload::{Changes, PrinterChange, ReloadRequest, ReloadResponse, Setting},
        },
        settings::Settings,
        test_now,
        update::update,
        view::{
            dialogs::{Form, Panel},
            keymap::Keymap,
        },
    };
    use crossterm::event::{KeyEventKind, KeyModifiers};
    use std::time::Duration;

    struct Bench {
        state: State,
        now: Now,
    }

    impl Bench {
        fn new(ask: fn(&mut Self)) -> Self {
            let bench = Self::asked(ask);
            assert!(bench.state.is_asking(), "a question");
            bench
        }

        fn asked(ask: fn(&mut Self)) -> Self {
            let printer = |n| Printer::new(&format!("P{n}"), &format!("01P00A00000000{n}"), "h", None, Vec::new());
            let now = test_now();
            let mut state = State::new(vec![printer(0), printer(1)], Settings::default(), Keymap::default(), now, 1);
            update(&mut state, Event::Resize(Size::new(80, 24)), now);
            let mut bench = Self { state, now };
            for who in [PrinterId(0), PrinterId(1)] {
                for change in [ConnectionEvent::Connecting { attempt: 1 }, ConnectionEvent::Up { session: 1 }] {
                    bench.tell(Event::Printer(who, PrinterEvent::Link(change)));
                }
                let report =
                    br#"{"print":{"command":"push_status","msg":0,"gcode_state":"RUNNING","subtask_name":"x"}}"#;
                let report = crate::protocol::report::parse(report).expect("sound").report.expect("a report");
                bench.tell(Event::Printer(who, PrinterEvent::Report(report)));
            }
            ask(&mut bench);
            bench
        }

        fn tell(&mut self, event: Event) -> Vec<Effect> {
            update(&mut self.state, event, self.now).effects
        }

        fn wait(&mut self, ms: u64) {
            self.now.at += Duration::from_millis(ms);
            self.tell(Event::Due);
        }

        /// Presses a key; tells whether anything was ordered, sent or trusted.
        fn answers(&mut self, key: KeyCode) -> bool {
            self.tell(Event::Key(key.into())).iter().any(|effect| {
                matches!(effect, Effect::Send { .. } | Effect::Trust { .. } | Effect::Probe(_) | Effect::Add(_))
            })
        }

        fn press(&mut self, keys: &str) {
            for key in keys.chars() {
                self.answers(KeyCode::Char(key));
            }
        }
    }

    fn found() -> Certificate {
        Certificate { fingerprint: "b".repeat(64), signer: Signer::Unknown }
    }

    fn certificate(b: &mut Bench) {
        let down = ConnectionEvent::Down { why: DisconnectReason::SelfMade(found()), retry_in: None };
        b.tell(Event::Printer(PrinterId(0), PrinterEvent::Link(down)));
        b.press("T");
    }

    fn form(b: &mut Bench) {
        let mut form = Form::default();
        for (field, text) in form.fields.iter_mut().zip(["new", "host", "01P00A000000009", "12345678"]) {
            *field = tui_input::Input::new(text.to_owned());
        }
        form.at = form.fields.len() - 1;
        b.state.view.dialogs.push(Dialog::Form(Box::new(form)));
        assert!(b.answers(KeyCode::Enter), "it looks at the printer");
        b.tell(Event::Met(Met { certificate: found(), pinned: None }));
    }

    const YES: KeyCode = KeyCode::Char('y');

    type Case = (fn(&mut Bench), KeyCode);

    /// Every question whose yes orders or trusts, and that yes.
    const QUESTIONS: [Case; 5] = [
        (certificate, YES),
        (|b| b.press("x"), YES),
        (
            |b| {
                b.press("A");
                b.press("p");
            },
            YES,
        ),
        (
            |b| {
                b.press("A");
                b.press("x");
                b.wait(1000);
                b.press("2");
            },
            KeyCode::Enter,
        ),
        (form, KeyCode::Enter),
    ];

    #[test]
    fn a_yes_counts_only_after_a_moment_of_quiet() {
        for (at, (ask, yes)) in QUESTIONS.into_iter().enumerate() {
            // The number of a room is typed after such a moment.
            if at != 3 {
                let mut b = Bench::new(ask);
                assert!(!b.answers(yes) && b.state.is_asking(), "{at}: at once");
                for _ in 0..9 {
                    b.wait(120);
                    assert!(!b.answers(yes) && b.state.is_asking(), "{at}: typed");
                }
                b.wait(QUIET.as_millis() as u64);
                assert!(b.answers(yes), "{at}: after the quiet");
            }
            let mut b = Bench::new(ask);
            b.wait(QUIET.as_millis() as u64);
            assert!(b.answers(yes), "{at}: the first key after the quiet");
        }
    }

    #[test]
    fn letters_of_a_word_begin_the_quiet_anew() {
        for (at, (ask, yes)) in QUESTIONS.into_iter().enumerate().take(4) {
            let mut b = Bench::new(ask);
            b.wait(5000);
            for letter in ['j', 'u', 'e'] {
                assert!(!b.answers(KeyCode::Char(letter)), "{at}");
                b.wait(120);
            }
            assert!(!b.answers(yes) && b.state.is_asking(), "{at}: a letter of a word");
        }
    }

    /// The file says of the two printers that each is the other.
    fn swap_by_file(b: &mut Bench) {
        let swapped = |who, name: &str| PrinterChange {
            who: PrinterId(who),
            settings: vec![Setting::Name],
            name: name.to_owned(),
            host: "h".to_owned(),
            tags: Vec::new(),
        };
        let changes = Changes { printers: vec![swapped(0, "P1"), swapped(1, "P0")], ..Changes::default() };
        b.tell(Event::Reloaded(ReloadRequest::IfModified, ReloadResponse::Loaded(changes)));
    }

    /// The account does; a printer that the configuration names too keeps its name.
    fn swap_by_account(b: &mut Bench) {
        for (who, name) in [(0, "P1"), (1, "P0")] {
            let lan = b.state.fleet.printers[who].transports.lan.take();
            let (serial, name) = (b.state.fleet.printers[who].serial.clone(), name.to_owned());
            b.tell(Event::Cloud(CloudEvent::Response(CloudResponse::Rename { serial, name, answer: Ok(()) })));
            b.state.fleet.printers[who].transports.lan = lan;
        }
    }

    #[test]
    fn whoever_was_asked_about_a_printer_by_another_name_has_answered_nothing() {
        for swap in [swap_by_file, swap_by_account] {
            for (at, (ask, yes)) in QUESTIONS.into_iter().enumerate().take(4) {
                let mut b = Bench::new(ask);
                b.wait(5000);
                swap(&mut b);
                assert!(!b.answers(yes), "{at}: at once");
                b.wait(5000);
                assert!(!b.answers(yes), "{at}: after a moment of quiet");
            }
        }
        let mut b = Bench::new(|b| b.press("C"));
        b.state.fleet.printers[0].job.phase = crate::state::printer::job::Phase::Idle;
        b.wait(5000);
        b.press("A");
        let is_armed =
            |b: &Bench| matches!(b.state.view.dialogs.last(), Some(Dialog::Panel(Panel { armed: Some(_), .. })));
        assert!(is_armed(&b), "it can be armed");
        swap_by_file(&mut b);
        assert!(!is_armed(&b), "an armed panel");
    }

    #[test]
    fn a_question_that_begins_to_say_something_else_is_another_one() {
        for (at, (ask, yes)) in QUESTIONS.into_iter().enumerate().take(4) {
            let mut b = Bench::new(ask);
            b.wait(5000);
            b.state.fleet.printers[0].name = "another".to_owned();
            b.wait(1);
            assert!(!b.answers(yes) && b.state.is_asking(), "{at}: at once");
            b.wait(QUIET.as_millis() as u64);
            assert!(b.answers(yes), "{at}: after a moment of quiet");
        }
    }

    /// What a key that is held down sends, where the terminal says so.
    fn held(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new_with_kind(code, modifiers, KeyEventKind::Repeat))
    }

    #[test]
    fn a_key_that_is_held_down_answers_orders_and_opens_nothing() {
        let keys: Vec<_> =
            (' '..='~').map(KeyCode::Char).chain([KeyCode::Enter, KeyCode::Esc, KeyCode::F(1)]).collect();
        let normal: fn(&mut Bench) = |b| b.press("xn");
        let form: fn(&mut Bench) = form;
        let asks = QUESTIONS.map(|(ask, _)| ask).into_iter().chain([form, normal, |b| b.press("C"), |b| b.press(":")]);
        for (at, ask) in asks.enumerate() {
            let mut b = Bench::asked(ask);
            b.wait(5000);
            let open = b.state.view.dialogs.len();
            for key in &keys {
                for modifiers in [KeyModifiers::NONE, KeyModifiers::CONTROL] {
                    let quits = modifiers == KeyModifiers::CONTROL && matches!(key, KeyCode::Char('c' | 'C'));
                    let effects = b.tell(held(*key, modifiers));
                    assert_eq!(effects.is_empty(), !quits, "{at}: {key:?} {effects:?}");
                    assert_eq!(b.state.view.dialogs.len(), open, "{at}: {key:?}");
                }
            }
        }
    }

    #[test]
    fn a_key_that_is_held_down_moves_and_types() {
        let mut b = Bench::asked(|b| b.press("g"));
        b.tell(held(KeyCode::Down, KeyModifiers::NONE));
        assert_eq!(b.state.view.selected, Some(PrinterId(1)));
        b.press("/");
        for _ in 0..3 {
            b.tell(held(KeyCode::Char('p'), KeyModifiers::NONE));
        }
        b.tell(held(KeyCode::Backspace, KeyModifiers::NONE));
        assert_eq!(b.state.view.filter.value(), "pp");
    }

    #[test]
    fn a_no_counts_at_once() {
        for (at, (ask, _)) in QUESTIONS.into_iter().enumerate() {
            let mut b = Bench::new(ask);
            assert!(!b.answers(KeyCode::Esc) && !b.state.is_asking(), "{at}");
        }
    }
}
