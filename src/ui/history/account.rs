//! The account itself.

use super::{fact, key, lines};
use crate::{
    protocol::{model::Model, rest::mask},
    state::{account::Account, history::Browse, keymap::Intent, printer::Link},
    ui::{paint::Paint, text, theme::Role},
};
use ratatui::{layout::Rect, text::Line};

pub(super) fn draw(p: &mut Paint, area: Rect, open: &Browse) {
    let width = usize::from(area.width);
    let mut out: Vec<Line<'static>> = Vec::new();
    let mut add = |label: &str, value: &str, role: Role| out.extend(fact(p, label, value, role, width));
    let (profile, preference) = (&p.state.history.profile, &p.state.history.preference);
    let (Account::SignedIn(who) | Account::Expired(who)) = &p.state.account else { return };
    let full = profile.as_ref().and_then(|profile| profile.account.as_ref()).map(|name| mask::account(name.expose()));
    add("account", &who.account.clone().or(full).unwrap_or_default(), Role::Text);
    add("number", &who.uid, Role::Text);
    add("region", who.region.name(), Role::Text);
    match (&p.state.account, who.ends) {
        (Account::Expired(_), _) => {
            add("signed in", "no longer: the cloud does not take the token any more", Role::Trouble);
        }
        (_, Some(ends)) => add("signed in", &format!("until {}", p.moment(ends)), Role::Text),
        (_, None) => add("signed in", "the token does not say until when", Role::Text),
    }
    let name = preference.as_ref().and_then(|found| found.name.clone());
    let name = name.or_else(|| profile.as_ref().and_then(|found| found.name.clone()));
    let handle = preference.as_ref().and_then(|found| found.handle.clone()).filter(|handle| !handle.is_empty());
    let handle = handle.map_or_else(String::new, |handle| format!(" (@{})", handle.trim_start_matches('@')));
    add("name", &name.map_or_else(String::new, |name| format!("{name}{handle}")), Role::Text);
    if let Some(bio) = preference.as_ref().and_then(|found| found.bio.clone()).filter(|bio| !bio.is_empty()) {
        add("about", &bio, Role::Text);
    }
    if let Some(models) = profile.as_ref().and_then(|found| found.models.as_ref()).filter(|models| !models.is_empty()) {
        let name =
            |code: &String| Model::from_code(code).map_or_else(|| code.clone(), |model| model.short().to_owned());
        add("printers", &models.iter().map(name).collect::<Vec<_>>().join(", "), Role::Text);
    }
    let unread = p.state.history.unread.map(|n| n.to_string()).unwrap_or_default();
    add("unread", &unread, Role::Text);
    let (link, role) = match &p.state.cloud_link {
        Link::Up { .. } => ("connected".to_owned(), Role::Ok),
        Link::Down { why, .. } => (why.to_string(), Role::Trouble),
        Link::Connecting { .. } => ("connecting".to_owned(), Role::Waiting),
        Link::Waiting => ("not needed: every printer is reached over the LAN".to_owned(), Role::Text),
    };
    add("broker", &link, role);
    out.push(Line::default());
    let words = format!(
        "Enter signs in anew, {} signs out. At the vendor's the token stays good until it ends.",
        key(p, Intent::Stop)
    );
    out.extend(text::wrap(&words, width.max(8)).into_iter().map(|line| Line::from(p.span(Role::Dim, line))));
    lines(p, area, open, out);
}
