//! Before any printer is configured: what this is, and the two ways on.

use super::{painter::Painter, text, theme::Role};
use crate::state::{cloud::session::Account, key_action::KeyAction};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

/// Why no printer of the account is here, for who is signed in or should be.
fn account(p: &Painter, sign_in: &str, again: &str) -> Option<(Role, String)> {
    let state = p.state;
    match (&state.cloud.session.account, state.cloud.devices.list.error()) {
        (Account::Off | Account::SignedOut, _) => {
            Some((Role::Trouble, state.cloud.session.constraints.trouble.clone()?))
        }
        (Account::Expired(_), _) => {
            Some((Role::Trouble, format!("The sign-in to the cloud is over; {sign_in} signs in again.")))
        }
        (Account::SignedIn(_), Some(why)) => {
            Some((Role::Trouble, format!("You are signed in, but {why} ({again} asks again).")))
        }
        (Account::SignedIn(_), None) if state.cloud.devices.list.value().is_some() => {
            Some((Role::Dim, "You are signed in to the cloud; the account has no printer.".to_owned()))
        }
        (Account::SignedIn(_), None) => {
            Some((Role::Dim, "You are signed in; asking the cloud for the printers of the account.".to_owned()))
        }
    }
}

pub(super) fn draw(p: &mut Painter, area: Rect) {
    let key = |key_action| p.state.keymap.key_of(key_action).map_or_else(String::new, |key| key.to_string());
    let width = usize::from(area.width).saturating_sub(4).min(60);
    let mut lines: Vec<Line<'static>> = vec![];
    let about = "A dashboard for Bambu Lab printers in your network. No printer is configured yet.";
    lines.extend(text::wrap(about, width).into_iter().map(|line| p.span(Role::Text, line).into()));
    if let Some((role, words)) = account(p, &key(KeyAction::Account), &key(KeyAction::Retry)) {
        lines.extend(text::wrap(&words, width).into_iter().map(|line| p.span(role, line).into()));
    }
    lines.push(Line::default());
    for (key_action, words) in [
        (KeyAction::Demo, "start the demo with simulated printers"),
        (KeyAction::AddPrinter, "add a printer on your network"),
        (KeyAction::Account, "sign in to the Bambu Lab cloud"),
        (KeyAction::Help, "all keys"),
        (KeyAction::Quit, "quit"),
    ] {
        lines.push(
            vec![p.span(Role::Accent, p.fit_right(&key(key_action), 3)), Span::raw("   "), Span::raw(words)].into(),
        );
    }
    lines.push(Line::default());
    let hint =
        "To add one you need its address, its serial number and its access code; the form says where to find them.";
    lines.extend(text::wrap(hint, width).into_iter().map(|line| p.span(Role::Dim, line).into()));
    let top = area.height.saturating_sub(lines.len() as u16) / 3;
    let left = area.width.saturating_sub(width as u16) / 2;
    let place = Rect { x: area.x + left, y: area.y + top, width: area.width - left, height: area.height - top };
    for (row, line) in lines.into_iter().enumerate() {
        p.line(place, row as u16, line);
    }
}
