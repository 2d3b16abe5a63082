//! The line that gives a printer another name in the account.

use super::frame;
use crate::{
    state::view::dialogs::Rename,
    ui::{painter::Painter, text, text_field::with_cursor, theme::Role},
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Painter, area: Rect, form: &Rename) {
    let width = area.width.min(64);
    let room = usize::from(width).saturating_sub(4).max(1);
    let mark = p.theme.pick_text("► ", "> ");
    let input = &form.input;
    let field = room.saturating_sub(8).max(1);
    let mut spans = vec![p.span(Role::Accent, mark), p.span(Role::Accent, "name  ")];
    spans.extend(with_cursor(p, input.value(), input.visual_cursor(), input.visual_scroll(field), field).spans);
    let (role, words) = match &form.mistake {
        _ if form.busy => (Role::Active, "asking the cloud".to_owned()),
        Some(why) => (Role::Trouble, why.clone()),
        None if form.configured => {
            let words = format!(
                "For the account, Bambu Lab's apps and other people who use it. Here it stays {}: the configuration names it.",
                form.shown
            );
            (Role::Dim, words)
        }
        None => (Role::Dim, "For the account, Bambu Lab's apps, and here.".to_owned()),
    };
    let mut lines: Vec<Line<'static>> = vec![spans.into(), Line::default()];
    lines.extend(text::wrap(&words, room).into_iter().map(|line| Line::from(p.span(role, line))));
    let height = lines.len() as u16 + 2;
    let title = format!("Rename {}", form.shown);
    let inner = frame::place(p, area, &title, width, height, Role::Focus);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}
