//! A camera or file server that shows another certificate than the printer: somebody may be between.

use crate::state::cx::Cx;
use crate::state::printer::impostor::{Impostor, SideServer};
use crate::state::{
    PrinterId, Redraw, State, Tone,
    printer::{
        connection::{ConnectionEvent, DisconnectReason},
        objects::{JobFileEvent, NoPlate},
    },
};

impl State {
    /// The camera's connection has changed.
    pub(in crate::state) fn judge_camera(&mut self, who: PrinterId, change: &ConnectionEvent, cx: &mut Cx) {
        match change {
            ConnectionEvent::Down { why, .. } => self.judge_part(who, SideServer::Camera, Some(why), cx),
            ConnectionEvent::Up { .. } => self.judge_part(who, SideServer::Camera, None, cx),
            ConnectionEvent::Connecting { .. } | ConnectionEvent::Closed => {}
        }
    }

    /// The file server has answered, or not.
    pub(in crate::state) fn judge_files(&mut self, who: PrinterId, news: &JobFileEvent, cx: &mut Cx) {
        match news {
            JobFileEvent::Ended(Err(NoPlate::Link(why))) => self.judge_part(who, SideServer::Files, Some(why), cx),
            _ => self.judge_part(who, SideServer::Files, None, cx),
        }
    }

    pub(in crate::state) fn judge_part(
        &mut self,
        who: PrinterId,
        part: SideServer,
        cause: Option<&DisconnectReason>,
        cx: &mut Cx,
    ) {
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        // Where nothing is pinned yet a self-made certificate is no other one than the printer's: nobody knows that one.
        let found =
            cause.filter(|cause| cause.is_about_certificate() && !matches!(cause, DisconnectReason::SelfMade(_)));
        let Some(cause) = found else {
            // That it did not answer says nothing about who it is.
            let answered = cause.is_none() && printer.impostor.as_ref().is_some_and(|known| known.part == part);
            if answered {
                printer.impostor = None;
                cx.mark(Redraw::Soon);
            }
            return;
        };
        let impostor = Impostor { part, cause: cause.clone() };
        if printer.impostor.as_deref() == Some(&impostor) {
            return;
        }
        printer.impostor = Some(Box::new(impostor));
        if let Some(text) = printer.impostor().map(ToString::to_string) {
            self.log_trust(who, format!("{text}; nothing was sent to it"), Tone::Warning, cx);
        }
        cx.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Printer;
    use crate::state::printer::impostor::*;
    use crate::state::{
        effect::Effect,
        event::{Event, PrinterEvent},
        printer::{
            camera::Stream,
            certificate::{Certificate, Signer},
        },
        settings::Settings,
        test_now,
        update::update,
        view::keymap::Keymap,
    };
    use crossterm::event::KeyCode;

    const WHO: PrinterId = PrinterId(0);

    fn cause(found: &str) -> DisconnectReason {
        let found = Certificate { fingerprint: found.repeat(64), signer: Signer::Unknown };
        DisconnectReason::CertificateChanged { pinned: "a".repeat(64), found, configured: false }
    }

    fn bench() -> State {
        let printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), test_now(), 1);
        update(&mut state, Event::Resize(ratatui::layout::Size::new(80, 24)), test_now());
        tell(&mut state, PrinterEvent::Link(ConnectionEvent::Up { session: 1 }));
        let report = br#"{"print":{"command":"push_status","msg":0,"gcode_state":"RUNNING","subtask_name":"x"}}"#;
        let report = crate::protocol::report::parse(report).expect("sound").report.expect("a report");
        tell(&mut state, PrinterEvent::Report(report));
        state
    }

    fn tell(state: &mut State, event: PrinterEvent) {
        let now = state.now;
        update(state, Event::Printer(WHO, event), now);
    }

    fn show(state: &mut State, part: SideServer, cause: DisconnectReason) {
        match part {
            SideServer::Camera => {
                tell(state, PrinterEvent::Camera(ConnectionEvent::Down { why: cause, retry_in: None }));
            }
            SideServer::Files => {
                state.judge_files(WHO, &JobFileEvent::Ended(Err(NoPlate::Link(cause))), &mut Cx::new(state.now));
            }
        }
    }

    fn lines(state: &State, part: SideServer) -> usize {
        let says = format!("the {part}: the certificate has changed");
        state
            .journal
            .entries()
            .filter(|entry| entry.text.contains(&says) && entry.text.contains(&"b".repeat(64)))
            .count()
    }

    #[test]
    fn a_part_with_another_certificate_is_told_once_needs_somebody_and_is_not_to_be_accepted() {
        for part in [SideServer::Camera, SideServer::Files] {
            let mut state = bench();
            assert_eq!(state.fleet.printers[0].need(), None);
            for _ in 0..3 {
                show(&mut state, part, cause("b"));
                show(&mut state, part, DisconnectReason::ConnectionRefused);
            }
            assert_eq!(lines(&state, part), 1, "{part}");
            assert!(state.fleet.printers[0].need().is_some(), "{part}");
            assert!(state.fleet.printers[0].complaint().is_some_and(|why| why.contains(&"b".repeat(64))));
            let now = state.now;
            let effects = update(&mut state, Event::Key(KeyCode::Char('T').into()), now).effects;
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::Trust { .. })));
            assert!(state.view.dialogs.is_empty());
            let notice = state.view.notice.as_ref().map_or("", |notice| &notice.text).to_owned();
            assert!(notice.contains(&format!("the {part} shows another certificate than the printer")), "{notice}");
            match part {
                SideServer::Camera => tell(&mut state, PrinterEvent::Camera(ConnectionEvent::Up { session: 1 })),
                SideServer::Files => {
                    state.judge_files(WHO, &JobFileEvent::Ended(Err(NoPlate::NotThere)), &mut Cx::new(state.now));
                }
            }
            assert_eq!((state.fleet.printers[0].need(), state.fleet.printers[0].impostor()), (None, None));
        }
    }

    #[test]
    fn a_certificate_seen_for_the_first_time_is_none_of_an_impostor() {
        let printer = Printer::new("P", "01P00A000000000", "h", None, Vec::new());
        let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), test_now(), 1);
        tell(
            &mut state,
            PrinterEvent::Link(ConnectionEvent::Down { why: DisconnectReason::ConnectionRefused, retry_in: None }),
        );
        for part in [SideServer::Camera, SideServer::Files] {
            let found = Certificate { fingerprint: "b".repeat(64), signer: Signer::Unknown };
            let cause = DisconnectReason::SelfMade(found);
            let words = part.words(&cause);
            assert!(words.contains(&"b".repeat(64)) && !words.contains("proxy"), "{words}");
            show(&mut state, part, cause);
            assert_eq!(state.fleet.printers[0].impostor(), None, "{part}");
            assert!(!state.journal.entries().any(|entry| entry.text.contains("nothing was sent")), "{part}");
        }
    }

    #[test]
    fn the_pane_names_what_the_camera_shows_and_a_changed_printer_is_no_impostor() {
        let mut state = bench();
        show(&mut state, SideServer::Camera, cause("b"));
        let Stream::Down { why, .. } = &state.fleet.printers[0].camera.link else { panic!("down") };
        let why = SideServer::Camera.words(why);
        assert!(why.contains("the camera: the certificate has changed") && why.contains(&"b".repeat(64)), "{why}");
        tell(&mut state, PrinterEvent::Link(ConnectionEvent::Down { why: cause("b"), retry_in: None }));
        assert_eq!(state.fleet.printers[0].impostor(), None);
        let now = state.now;
        update(&mut state, Event::Key(KeyCode::Char('T').into()), now);
        assert_eq!(state.view.dialogs.len(), 1, "that one is asked about");
    }
}
