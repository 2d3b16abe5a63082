//! What the person looks at: focus, selection, order and filter of the list, layers on top.

use crate::state::{
    PrinterId, State,
    printer::{Printer, connection::ConnectionState},
};
use crate::state::{
    screen::list,
    view::{Sort, need},
};

impl State {
    /// The printers to show: live, or as they were when the view was frozen.
    pub fn shown(&self) -> &[Printer] {
        self.view.frozen.as_ref().map_or(&self.fleet.printers, |frozen| &frozen.0)
    }

    /// The selected printer, as it is shown.
    pub fn selected(&self) -> Option<&Printer> {
        self.shown().get(usize::from(self.view.selected?.0))
    }

    /// Puts the list in order and through the filter again. Tells whether it looks different.
    pub fn arrange_rows(&mut self) -> bool {
        let words = self.filter_words();
        // News alone never take the selected printer from the list: the next key would act on another one.
        let kept = self.view.selected.filter(|id| words == self.view.arranged_by && self.view.rows.contains(id));
        let shown = self.shown();
        let mut rows: Vec<_> = shown
            .iter()
            .enumerate()
            .map(|(at, printer)| (PrinterId(at as u16), printer))
            .filter(|(id, printer)| Some(*id) == kept || Self::passes(printer, &words))
            .map(|(id, _)| id)
            .collect();
        let printer = |id: &PrinterId| &shown[usize::from(id.0)];
        match self.view.sort {
            Sort::Need => rows.sort_by_key(|id| need(printer(id))),
            Sort::Name => rows.sort_by_cached_key(|id| printer(id).name.to_lowercase()),
            Sort::TimeLeft => rows.sort_by_key(|id| printer(id).job.minutes_left.unwrap_or(u32::MAX)),
        }
        let groups = list::group(&mut rows, shown, self.view.grouping);
        let changed = rows != self.view.rows || groups != self.view.groups;
        self.view.rows = rows;
        self.view.groups = groups;
        self.view.arranged_by = words;
        let still_there = self.view.selected.filter(|id| self.view.rows.contains(id));
        // Nobody is selected whom the filter hides: keys act only on whom the list shows.
        let selected = still_there.or_else(|| self.view.rows.first().copied());
        let mut moved = std::mem::replace(&mut self.view.selected, selected) != selected;
        self.retract_nobody();
        moved |= self.follow_need();
        if changed || moved {
            self.keep_selection_visible();
        }
        changed || moved
    }

    /// A long list begins with what needs a person, and not where the first printer of the file has landed: as long as
    /// nobody has pressed a key, the one on top is selected when it needs somebody, and once when all have reported.
    /// Not for every new order of the list: with the selection a camera begins and another ends.
    pub(in crate::state) fn follow_need(&mut self) -> bool {
        if self.view.settled {
            return false;
        }
        self.view.settled =
            self.shown().iter().all(|p| p.last_report.is_some() || matches!(p.link, ConnectionState::Down { .. }));
        let top = self.view.rows.first().copied();
        let needs_somebody = |printer: &Printer| printer.need().is_some();
        let is_time = self.view.settled || top.and_then(|id| self.printer(id)).is_some_and(needs_somebody);
        let is_long = is_time && list::visible_at_once(self) < self.view.rows.len();
        is_long && std::mem::replace(&mut self.view.selected, top) != top
    }

    /// Place of the selected printer in the list.
    pub fn selected_row(&self) -> Option<usize> {
        self.view.rows.iter().position(|id| Some(*id) == self.view.selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::{
        protocol::report::parse,
        state::{
            event::{Event, PrinterEvent},
            printer::connection::ConnectionEvent,
            settings::Settings,
            test_now,
            update::update,
            view::keymap::Keymap,
        },
    };
    use crossterm::event::KeyCode;
    use ratatui::layout::Size;

    fn report(state: &mut State, who: u16, fields: &str) {
        let json = format!(r#"{{"print":{{"command":"push_status","msg":0,{fields}}}}}"#);
        let report = parse(json.as_bytes()).expect("JSON").report.expect("a report");
        let now = state.now;
        for event in [PrinterEvent::Link(ConnectionEvent::Up { session: 1 }), PrinterEvent::Report(report)] {
            update(state, Event::Printer(PrinterId(who), event), now);
        }
    }

    const PAUSED: &str = r#""gcode_state":"PAUSE","print_error":50364419"#;
    const IDLE: &str = r#""gcode_state":"IDLE""#;

    fn starting(printers: usize) -> State {
        let printers = (0..printers).map(|n| Printer::new(&format!("P{n}"), &format!("01P00A{n}"), "h", None, vec![]));
        let mut state = State::new(printers.collect(), Settings::default(), Keymap::default(), test_now(), 1);
        let now = state.now;
        update(&mut state, Event::Resize(Size::new(120, 40)), now);
        state
    }

    #[test]
    fn a_long_list_begins_with_what_needs_a_person_and_then_stays() {
        let mut state = starting(60);
        assert_eq!(state.view.selected, Some(PrinterId(0)));
        (0..59).for_each(|who| report(&mut state, who, if who == 40 { PAUSED } else { IDLE }));
        assert_eq!(
            (state.view.selected, state.view.top),
            (Some(PrinterId(40)), crate::state::view::scroll::Scroll::default())
        );
        report(&mut state, 59, IDLE);
        // Everybody has reported: further trouble moves nothing away from under the person's keys.
        report(&mut state, 50, PAUSED);
        report(&mut state, 40, IDLE);
        assert_eq!(state.view.selected, Some(PrinterId(40)));
        // Nor does it once a key was pressed.
        let mut state = starting(60);
        report(&mut state, 7, IDLE);
        let (first, now) = (state.view.selected, state.now);
        update(&mut state, Event::Key(KeyCode::Char('?').into()), now);
        report(&mut state, 40, PAUSED);
        assert_eq!(state.view.selected, first);
        // Where the whole list is visible the first printer of the file keeps the selection.
        let mut state = starting(4);
        (0..4).for_each(|who| report(&mut state, who, if who == 2 { PAUSED } else { IDLE }));
        assert_eq!(state.view.selected, Some(PrinterId(0)));
    }
}
