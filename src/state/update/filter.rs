//! The filter of the list: whom it leaves, by every word that a row shows, and what is said when it leaves nobody.

use crate::state::view::filter::{NO_MATCH, nobody};
use crate::state::{PrinterId, State, printer::Printer};

impl State {
    /// Words of the filter, in lower case: a printer must match each.
    pub(in crate::state) fn filter_words(&self) -> Vec<String> {
        self.view.filter.value().split_whitespace().map(str::to_lowercase).collect()
    }

    /// Whether the filter leaves a printer.
    pub(in crate::state) fn passes(printer: &Printer, words: &[String]) -> bool {
        words.iter().all(|word| printer.matches(word))
    }

    /// Whether news of a printer let it through the filter, or keep it back.
    pub(in crate::state) fn has_crossed_filter(&self, who: PrinterId) -> bool {
        let words = self.filter_words();
        let passes = |printer: &Printer| Self::passes(printer, &words);
        !words.is_empty() && self.printer(who).is_some_and(|printer| passes(printer) != self.view.rows.contains(&who))
    }

    /// Takes back what was said of a filter that leaves somebody now, or is another one.
    pub(in crate::state) fn retract_nobody(&mut self) {
        let said = self.view.notice.as_ref().is_some_and(|notice| notice.text.starts_with(NO_MATCH));
        if said && (self.view.selected.is_some() || self.view.notice.as_ref().map(|n| &n.text) != Some(&self.nobody()))
        {
            self.view.notice = None;
        }
    }

    /// Why there is no selected printer, and what brings one back.
    pub fn nobody(&self) -> String {
        nobody(&self.view, &self.fleet.printers, &self.keymap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::{
        protocol::report::parse,
        state::{
            effect::Effect,
            event::{Event, PrinterEvent},
            printer::connection::ConnectionEvent,
            settings::Settings,
            test_now,
            update::update,
            view::{Dialog, keymap::Keymap},
        },
    };
    use crossterm::event::KeyCode;
    use ratatui::layout::Size;

    fn report(state: &mut State, who: u16, fields: &str) {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        let now = state.now;
        update(state, Event::Printer(PrinterId(who), PrinterEvent::Report(report)), now);
    }

    /// Five printers, each in another state.
    fn state() -> State {
        let printers = ["Alpha", "Bravo", "Charlie", "Delta", "Echo"];
        let printers = printers.map(|name| Printer::new(name, &format!("01P00A{name}"), "h", None, vec![])).to_vec();
        let mut state = State::new(printers, Settings::default(), Keymap::default(), test_now(), 1);
        let now = state.now;
        update(&mut state, Event::Resize(Size::new(80, 24)), now);
        for who in 0..5 {
            let up = PrinterEvent::Link(ConnectionEvent::Up { session: 1 });
            update(&mut state, Event::Printer(PrinterId(who), up), now);
        }
        let dries = r#""ams":{"ams_exist_bits":"1","ams":[{"id":"0","dry_time":120,"tray":[]}]}"#;
        report(&mut state, 0, r#""gcode_state":"RUNNING","subtask_name":"vase","mc_percent":40"#);
        report(&mut state, 1, r#""gcode_state":"PAUSE","print_error":50364419"#);
        report(&mut state, 2, &format!(r#""gcode_state":"IDLE",{dries}"#));
        report(&mut state, 3, r#""gcode_state":"PREPARE","stg_cur":7"#);
        report(&mut state, 4, r#""gcode_state":"IDLE""#);
        state
    }

    fn press(state: &mut State, keys: &str) -> Vec<Effect> {
        let now = state.now;
        let code = |c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        keys.chars().flat_map(|c| update(state, Event::Key(code(c).into()), now).effects).collect()
    }

    fn left(state: &mut State, filter: &str) -> Vec<u16> {
        state.view.filter = filter.into();
        state.arrange_rows();
        let mut left: Vec<_> = state.view.rows.iter().map(|who| who.0).collect();
        left.sort_unstable();
        left
    }

    #[test]
    fn it_knows_every_word_that_a_row_shows_for_the_state() {
        let mut state = state();
        for who in 0..5 {
            let printer = state.printer(PrinterId(who)).expect("a printer");
            let status = printer.status().word().to_owned();
            let trouble = printer.trouble().map(|(words, _)| words);
            for word in [status].into_iter().chain(trouble) {
                assert!(left(&mut state, &word).contains(&who), "{who}: {word}");
            }
        }
        for (filter, whom) in [
            ("paused", vec![1]),
            ("needs attention", vec![1]),
            ("drying", vec![2]),
            ("heating", vec![3]),
            ("vase print", vec![0]),
        ] {
            assert_eq!(left(&mut state, filter), whom, "{filter}");
        }
        report(&mut state, 4, r#""gcode_state":"IDLE","ams_status":260"#);
        assert_eq!(left(&mut state, "filament"), [4]);
    }

    #[test]
    fn whoever_begins_or_ends_to_match_comes_and_goes_at_once() {
        let mut state = state();
        assert_eq!(left(&mut state, "drying"), [2]);
        report(&mut state, 4, r#""ams":{"ams_exist_bits":"1","ams":[{"id":"0","dry_time":60,"tray":[]}]}"#);
        assert_eq!(state.view.rows.len(), 2);
        report(&mut state, 4, r#""ams":{"ams_exist_bits":"1","ams":[{"id":"0","dry_time":0,"tray":[]}]}"#);
        assert_eq!(state.view.rows, [PrinterId(2)]);
    }

    #[test]
    fn news_never_take_the_selected_printer_from_under_a_key() {
        let mut state = state();
        assert_eq!(left(&mut state, "idle"), [2, 4]);
        state.view.selected = Some(PrinterId(4));
        report(&mut state, 4, r#""gcode_state":"RUNNING","subtask_name":"cube""#);
        assert_eq!(
            (state.view.selected, state.view.rows.len()),
            (Some(PrinterId(4)), 2),
            "it stays until a person moves on"
        );
        press(&mut state, "g");
        assert_eq!(state.view.selected, Some(PrinterId(4)), "the printing one stands first");
        press(&mut state, "j");
        report(&mut state, 4, r#""mc_percent":3"#);
        assert_eq!((state.view.selected, state.view.rows.len()), (Some(PrinterId(2)), 1));
        // What a person types counts for the selected one too.
        assert_eq!(left(&mut state, "cube"), [4]);
    }

    #[test]
    fn where_it_leaves_nobody_no_key_acts_on_anybody() {
        let mut state = state();
        press(&mut state, "/zzz\n");
        assert_eq!((state.view.selected, state.selected().map(|p| p.name.clone())), (None, None));
        assert_eq!(state.nobody(), "no printer matches /zzz; Esc clears");
        for key in ["p", "r", "x", "L", "+", "-", ":", "o", "C", "R", "T", "N", "S", "v", " "] {
            state.view.notice = None;
            let effects = press(&mut state, key);
            let only_view = effects.iter().all(|effect| matches!(effect, Effect::Watch { .. }));
            assert!(only_view && state.view.dialogs.is_empty(), "{key}: {effects:?}, {:?}", state.view.dialogs);
            assert!(state.view.notice.take().is_some_and(|notice| notice.text.contains("/zzz")), "{key}");
        }
        assert!(state.view.marks.is_empty());
        press(&mut state, "xA5jG");
        assert!(state.view.notice.is_some());
        assert!(state.view.marks.is_empty() && state.view.selected.is_none());
        let now = state.now;
        update(&mut state, Event::Key(KeyCode::Esc.into()), now);
        assert_eq!((state.view.rows.len(), state.view.selected), (5, state.view.rows.first().copied()));
        assert!(state.view.notice.is_none(), "it is true no longer");
        // An open palette whose printer goes says so instead of ordering.
        press(&mut state, "/bravo\n:pause");
        report(&mut state, 1, r#""gcode_state":"PAUSE""#);
        state.view.filter = "zzz".into();
        state.arrange_rows();
        assert!(press(&mut state, "\n").is_empty());
        let Some(Dialog::Palette(palette)) = state.view.dialogs.last() else { panic!("{:?}", state.view.dialogs) };
        assert!(palette.mistake.as_deref().is_some_and(|why| why.contains("/zzz")), "{palette:?}");
    }
}
