//! One order to several printers: the question that lists them, and what became of each.

use super::frame;
use crate::{
    state::view::{
        dialogs::{
            Batch, Results,
            bulk::{FIGURE, LEAD, Line, Mark, Shape},
        },
        scroll::Scroll,
    },
    ui::{painter::Painter, theme::Role},
};
use ratatui::{
    layout::Rect,
    style::Modifier,
    text::{self, Span},
};

pub(super) fn question(p: &mut Painter, area: Rect, batch: &Batch) {
    let shape = Shape::of_question(&p.state.around(), batch);
    if !p.state.shows_question() {
        return frame::enlarge(p, area, frame::ENLARGE);
    }
    let (go, title) = (batch.items.len(), batch.title());
    let keys = if go == 0 {
        vec![p.span(Role::Accent, "Esc"), Span::raw("  close")]
    } else if batch.must_count() {
        // Nobody stops a room by a slip of the finger, and nobody in a hurry must look for a word to type.
        let keys = |ask: String, esc: &'static str, no: &'static str| {
            let cursor = Span::styled(" ", p.theme.style(Role::Text).add_modifier(Modifier::REVERSED));
            let typed = p.span(Role::Strong, batch.typed.clone());
            vec![Span::raw(ask), typed, cursor, p.span(Role::Accent, esc), Span::raw(no)]
        };
        let ask = format!("Type {go}, then Enter: ");
        // What stays legible when there is no room: the number, and the way out.
        frame::first_that_fits(
            [
                keys(ask.clone(), "   Esc, n", "  cancel"),
                keys(ask, "  Esc", "  no"),
                keys(format!("{go}, Enter: "), "  Esc", "  no"),
                keys(format!("{go}? "), " Esc", ""),
            ],
            shape.width.into(),
        )
    } else {
        let yes = p.clip(&batch.words, usize::from(shape.width) / 2);
        let keys = |gap: &'static str, esc: &'static str, no: &'static str| {
            let yes = Span::raw(format!("  {yes}{gap}"));
            vec![p.span(Role::Accent, "y"), yes, p.span(Role::Accent, esc), Span::raw(no)]
        };
        frame::first_that_fits(
            [keys("        ", "Esc, n", "  cancel"), keys("   ", "Esc, n", "  cancel"), keys("  ", "Esc", "  no")],
            shape.width.into(),
        )
    };
    draw(p, area, &shape, batch.scroll, &title, keys, Role::Waiting);
}

pub(super) fn results(p: &mut Painter, area: Rect, results: &Results) {
    let shape = Shape::of_results(&p.state.around(), results);
    let printers = if results.list.len() == 1 { "printer" } else { "printers" };
    let is_mixed = results.list.windows(2).any(|two| two[0].action != two[1].action);
    let title = format!(
        "{} {} {printers}",
        crate::state::view::dialogs::batch::heading(&results.words, is_mixed),
        results.list.len()
    );
    let mut keys = vec![p.span(Role::Accent, "Esc"), Span::raw("  close")];
    if !results.is_over() && shape.width >= 48 {
        keys.push(p.span(Role::Dim, "; what is under way goes on"));
    }
    draw(p, area, &shape, results.scroll, &title, keys, Role::Focus);
}

fn draw(p: &mut Painter, area: Rect, shape: &Shape, scroll: Scroll, title: &str, keys: Vec<Span<'static>>, role: Role) {
    if area.height < 3 {
        p.clear(area);
        let mut line = vec![p.span(role, format!("{title} "))];
        line.extend(keys);
        p.line(area, 0, line);
        return;
    }
    let scroll = scroll.at(shape.limit().into());
    let inner = frame::place(p, area, title, shape.width + 4, shape.height() + 2, role);
    let mut row = 0;
    for line in shape.lines.iter().skip(scroll).take(usize::from(shape.rows)) {
        let line = entry(p, shape, line);
        p.line(inner, row, line);
        row += 1;
    }
    row += u16::from(shape.gaps && !shape.note.is_empty());
    for words in &shape.note {
        p.line(inner, row, p.span(Role::Strong, words.clone()));
        row += 1;
    }
    row += u16::from(shape.gaps);
    p.line(inner, row, keys);
    p.line(inner, row + 1, p.span(Role::Dim, shape.until.clone()));
    let below = usize::from(shape.limit()) - scroll;
    if below > 0 || scroll > 0 {
        let edge = Rect { y: inner.y + inner.height, height: 1, ..inner };
        p.line_right(edge, 0, p.span(Role::Text, format!(" {} ", p.more(scroll, below))));
    }
}

fn entry(p: &Painter, shape: &Shape, line: &Line) -> text::Line<'static> {
    let (symbol, role) = match line.mark {
        None => (" ", Role::Text),
        Some(Mark::Goes) => (p.theme.pick_text("•", "*"), Role::Accent),
        Some(Mark::Care) => ("!", Role::Waiting),
        Some(Mark::Out) => (p.theme.pick_text("–", "-"), Role::Dim),
        Some(Mark::Open) => (p.theme.pick_text("…", "."), Role::Active),
        Some(Mark::Good) => (p.theme.pick_text("✓", "+"), Role::Ok),
        Some(Mark::Bad) => (p.theme.pick_text("✗", "x"), Role::Trouble),
    };
    let words = match line.mark {
        Some(Mark::Out) => Role::Dim,
        _ => Role::Text,
    };
    let figure = if line.figure.is_empty() { 0 } else { FIGURE };
    let room = usize::from(shape.width).saturating_sub(LEAD + shape.names + 1 + figure);
    vec![
        p.span(role, format!("{symbol} ")),
        p.span(if words == Role::Dim { Role::Dim } else { Role::Strong }, p.fit(&line.name, shape.names)),
        p.span(words, format!(" {}", p.fit(&line.words, room))),
        p.span(Role::Text, p.fit_right(&line.figure, figure)),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use crate::{
        protocol::{command::Seq, report::parse},
        state::{
            PrinterId, State, Tone,
            event::{Event, PrinterEvent},
            printer::connection::{ConnectionEvent, DisconnectReason},
            update::update,
            view::{Dialog, quiet::QUIET},
        },
        ui::fixture::{many, resize, seven_at, shot},
    };
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use insta::assert_snapshot;

    const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

    fn press(state: &mut State, keys: &str) {
        let mut now = state.now;
        for c in keys.chars() {
            if state.is_asking() {
                now.at += QUIET;
            }
            let code = match c {
                '\n' => KeyCode::Enter,
                c => KeyCode::Char(c),
            };
            update(state, Event::Key(KeyEvent::new(code, KeyModifiers::NONE)), now);
        }
    }

    fn at_sizes(name: &str, state: &mut State) {
        for (width, height) in SIZES {
            resize(state, width, height);
            assert_snapshot!(format!("{name}_{width}x{height}"), shot(state));
        }
    }

    #[test]
    fn marks_in_list_and_grid() {
        let mut state = seven_at(120, 40);
        press(&mut state, "gV");
        press(&mut state, "jjV");
        press(&mut state, "G ");
        at_sizes("marks", &mut state);
        resize(&mut state, 120, 40);
        press(&mut state, "z");
        assert_snapshot!("marks_grid_120x40", shot(&state));
        state.settings.ascii = true;
        assert_snapshot!("marks_grid_ascii_120x40", shot(&state));
    }

    #[test]
    fn questions_about_several_printers() {
        let mut state = seven_at(120, 40);
        press(&mut state, "A");
        let marked = state.clone();
        press(&mut state, "x2");
        at_sizes("many_stop", &mut state);
        for (name, keys) in
            [("pause", "p"), ("resume", "r"), ("faster", "+"), ("heat", ":bed 70\n"), ("palette", ":load A4\n")]
        {
            let mut state = marked.clone();
            press(&mut state, keys);
            resize(&mut state, 80, 24);
            assert_snapshot!(format!("many_{name}_80x24"), shot(&state));
        }
        let mut none = seven_at(80, 24);
        press(&mut none, "G ");
        press(&mut none, "kk p");
        assert_snapshot!("many_none_80x24", shot(&none));
        let mut farm = many(200).build(80, 24);
        press(&mut farm, "AxjjG");
        at_sizes("many_farm_stop", &mut farm);
        resize(&mut farm, 30, 5);
        assert_snapshot!("many_farm_stop_30x5", shot(&farm));
    }

    #[test]
    fn results_of_several_orders() {
        let mut state = seven_at(120, 40);
        press(&mut state, "Ap");
        press(&mut state, "y");
        let whom: Vec<_> = match state.view.dialogs.last() {
            Some(Dialog::Results(results)) => results.list.iter().map(|one| one.who).collect(),
            other => panic!("{other:?}"),
        };
        assert_eq!(whom, [0, 3, 2].map(PrinterId));
        let now = state.now;
        let mut news = |who: u16, event| drop(update(&mut state, Event::Printer(PrinterId(who), event), now));
        for (who, seq) in [(0, 20_001), (3, 20_002), (2, 20_003)] {
            news(who, PrinterEvent::Sent(Seq(seq)));
        }
        let paused = br#"{"print":{"command":"push_status","gcode_state":"PAUSE"}}"#;
        let report = parse(paused).expect("JSON").report.expect("a report");
        news(0, PrinterEvent::Report(report));
        news(3, PrinterEvent::Link(ConnectionEvent::Down { why: DisconnectReason::Closed, retry_in: None }));
        at_sizes("many_results", &mut state);
        // Closed, they leave their sum, and no word about the one that happens to be selected.
        let now = state.now;
        update(&mut state, Event::Key(KeyCode::Esc.into()), now);
        let said = state.view.notice.take().expect("a notice");
        assert_eq!((said.text.as_str(), said.tone), ("pause: 1 under way, 1 dropped, 1 confirmed", Tone::Warning));
        resize(&mut state, 80, 24);
        assert!(!shot(&state).contains("confirmed"), "{}", shot(&state));
        press(&mut state, "A");
        press(&mut state, "A");
        press(&mut state, "L");
        assert!(shot(&state).contains("light"), "an order to this one alone is told: {}", shot(&state));
    }
}
