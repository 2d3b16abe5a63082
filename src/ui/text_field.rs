//! A line that is typed into, in dialogs and below panes.

use super::{painter::Painter, text, theme::Role};
use ratatui::{
    layout::Rect,
    style::Modifier,
    text::{Line, Span},
};
use tui_input::Input;

/// A text that is being typed: scrolled, with the cursor's cell reversed.
pub(in crate::ui) fn with_cursor(p: &Painter, value: &str, cursor: usize, scroll: usize, room: usize) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut before = String::new();
    let mut at = 0;
    let mut drawn = false;
    for c in value.chars().chain([' ']) {
        let mut buffer = [0; 4];
        let w = text::width(c.encode_utf8(&mut buffer));
        let visible = at >= scroll && at + w <= scroll + room;
        if visible && at >= cursor && !drawn {
            spans.push(p.span(Role::Text, std::mem::take(&mut before)));
            let style = p.theme.style(Role::Text).add_modifier(Modifier::REVERSED);
            spans.push(Span::styled(c.to_string(), style));
            drawn = true;
        } else if visible {
            before.push(c);
        }
        at += w;
    }
    spans.push(p.span(Role::Text, before));
    spans.into()
}

/// The last line of a pane while something is looked for in it.
pub(in crate::ui) fn search_line(p: &mut Painter, room: Rect, input: &Input, typing: bool) {
    if (!typing && input.value().is_empty()) || room.height < 2 {
        return;
    }
    let width = usize::from(room.width).saturating_sub(3);
    let mut spans = vec![p.span(Role::Accent, " / ")];
    if typing {
        let scroll = input.visual_scroll(width.saturating_sub(1));
        spans.extend(with_cursor(p, input.value(), input.visual_cursor(), scroll, width).spans);
    } else {
        spans.push(p.span(Role::Text, p.clip(input.value(), width)));
    }
    p.line(room, room.height - 1, spans);
}
