//! Messages by their kind, and notifications where the cloud tells of them.

use super::{Row, format_timestamp, page, rows, waiting};
use crate::{
    protocol::rest::messages::{Message, MessageKind},
    state::{
        cloud::resource::Resource,
        view::dialogs::{HistoryView, history::lines},
    },
    ui::{painter::Painter, theme::Role},
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Painter, area: Rect, open: &HistoryView) {
    let history = &p.state.cloud.history;
    if history.messages.values().all(|list| list.value().is_none()) {
        return p.line(area, 0, p.span(Role::Dim, waiting(p, open)));
    }
    if open.open
        && let Some(message) = open.message(history)
    {
        let rows = lines::message(message, area.width);
        return page(p, area, open, rows);
    }
    let list = listed(p, usize::from(area.width));
    rows(p, area, open, list);
}

fn listed(p: &Painter, width: usize) -> Vec<Row> {
    let history = &p.state.cloud.history;
    let unread = history.unread().map_or_else(|| "unknown".to_owned(), |n| n.to_string());
    let mut out: Vec<Row> = vec![(false, p.span(Role::Dim, format!("unread: {unread}")).into())];
    for kind in MessageKind::ALL {
        let Some(list) = history.messages.get(&kind.number()).and_then(Resource::value) else { continue };
        out.push((false, p.span(Role::Strong, format!("{} ({})", title(*kind), list.len())).into()));
        out.extend(list.iter().map(|message| (true, line(p, message, width))));
    }
    // The list is documented, and nobody has been seen using it: where it is empty there is nothing to say.
    let notes = history.notes();
    if !notes.is_empty() {
        out.push((false, p.span(Role::Strong, format!("notifications ({})", notes.len())).into()));
        let note =
            |note: &String| (true, p.span(Role::Text, format!("  {}", p.clip(note, width.saturating_sub(2)))).into());
        out.extend(notes.iter().map(note));
    }
    out
}

fn title(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::System => "from Bambu Lab",
        MessageKind::Comments => "comments",
        MessageKind::Likes => "likes",
        MessageKind::Follows => "follows",
        MessageKind::Prints => "prints",
    }
}

fn line(p: &Painter, message: &Message, width: usize) -> Line<'static> {
    let narrow = width < 60;
    let at = format_timestamp(p, message.created.map(|at| at.0), narrow);
    let mark = if message.read == Some(false) { p.theme.pick_text("● ", "* ") } else { "  " };
    let room = if narrow { 7 } else { 14 };
    vec![
        p.span(Role::Waiting, mark),
        p.span(Role::Dim, p.fit(&at, room)),
        p.span(Role::Text, p.clip(&lines::message_words(message).join(p.dot()), width.saturating_sub(room + 2))),
    ]
    .into()
}
