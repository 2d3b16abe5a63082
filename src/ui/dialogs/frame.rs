//! The box that every dialog stands in, and what stands there when the window has no room for it.

use crate::{
    state::screen::layout,
    ui::{
        painter::{Painter, width_of},
        theme::Role,
    },
};
use ratatui::{layout::Rect, text::Span};

/// How a question asks for a larger window, and what may be done without.
pub(super) const ENLARGE: ([&str; 2], [&str; 2]) = (["enlarge the window to answer", "enlarge to answer"], ["n", "no"]);

/// In place of what the window does not show whole: its keys do nothing but lead out.
pub(super) fn enlarge(p: &mut Painter, area: Rect, (words, [key, does]): ([&'static str; 2], [&'static str; 2])) {
    p.clear(area);
    p.covered = p.covered.max(area.bottom());
    let out = [p.span(Role::Accent, key), Span::raw(format!("  {does}"))];
    let [long, short] = words.map(|words| p.span(Role::Waiting, words));
    let beside = [&[long.clone(), Span::raw("   ")], &out[..]].concat();
    let below = area.height > 1;
    let beside = if below { vec![long.clone()] } else { beside };
    p.line(area, 0, first_that_fits([beside, vec![long], vec![short]], area.width.into()));
    if below {
        p.line(area, 1, out.to_vec());
    }
}

/// The first of some lines that fits, or else the last one.
pub(in crate::ui) fn first_that_fits<const N: usize>(
    lines: [Vec<Span<'static>>; N],
    width: usize,
) -> Vec<Span<'static>> {
    let mut lines = lines.into_iter();
    let last = lines.next_back();
    lines.find(|line| width_of(line) <= width).or(last).unwrap_or_default()
}

/// Clears a place in the middle and draws a border around it; returns the room inside, with a margin.
pub(super) fn place(p: &mut Painter, area: Rect, title: &str, width: u16, height: u16, role: Role) -> Rect {
    // A column or two of what lies below says nothing.
    let width = if area.width.saturating_sub(width) <= 4 { area.width } else { width };
    let height = height.min(area.height);
    let rect = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    p.clear(rect);
    p.covered = p.covered.max(rect.bottom());
    let border = p.theme.style(role);
    layout::margin(p.boxed(rect, border, title, vec![]))
}
