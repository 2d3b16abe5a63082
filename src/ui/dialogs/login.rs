//! The form that signs in to the cloud.

use super::frame;
use crate::{
    protocol::rest::Region,
    state::view::dialogs::{
        Login,
        login::{Step, Way},
    },
    ui::{painter::Painter, text, text_field::with_cursor, theme::Role},
};
use ratatui::{layout::Rect, text::Line};
use tui_input::Input;

pub(super) fn draw(p: &mut Painter, area: Rect, form: &Login) {
    let width = area.width.min(76);
    let room = usize::from(width).saturating_sub(4).max(1);
    let mut lines: Vec<Line<'static>> = Vec::new();
    let region = match form.region {
        Region::Global => "Global",
        Region::China => "China",
    };
    lines.push(fact(p, "region", region, "Ctrl-R changes", room));
    lines.push(fact(p, "method", form.way.words(), "Tab changes", room));
    lines.push(Line::default());
    let mut hints = Vec::new();
    let mut add = |(field, hint): (Line<'static>, Vec<Line<'static>>)| {
        lines.push(field);
        hints.extend(hint.iter().cloned());
        lines.extend(hint);
    };
    if form.way != Way::Token {
        add(field(p, Step::Account, form, &form.account, room));
    }
    if form.step != Step::Account {
        add(field(p, form.step, form, &form.secret, room));
    }
    lines.push(Line::default());
    let mut outcome = outcome(p, form, room);
    let tip = p.state.cloud.session.tip.as_deref().map(|words| text::wrap(words, room)).unwrap_or_default();
    let mut tip: Vec<Line<'static>> = tip.into_iter().map(|line| p.span(Role::Accent, line).into()).collect();
    // Where there is no room, empty lines and hints go before fields.
    let tall = |lines: usize| lines + 2 > usize::from(area.height);
    if tall(lines.len() + outcome.len() + tip.len()) {
        lines.retain(|line| line.width() > 0);
    }
    if !tip.is_empty() && tall(lines.len() + outcome.len() + tip.len()) {
        if form.busy || form.mistake.is_some() { tip.clear() } else { outcome.clear() }
    }
    if tall(lines.len() + outcome.len() + tip.len()) {
        lines.retain(|line| !hints.contains(line));
    }
    lines.append(&mut outcome);
    lines.append(&mut tip);
    let height = lines.len() as u16 + 2;
    let inner = frame::place(p, area, "Sign in to the Bambu Lab cloud", width, height, Role::Focus);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

fn fact(p: &Painter, label: &str, value: &str, hint: &str, room: usize) -> Line<'static> {
    let tail = room.saturating_sub(15 + text::width(value));
    vec![
        p.span(Role::Dim, format!("  {}", p.fit(label, 13))),
        p.span(Role::Text, value.to_owned()),
        p.span(Role::Dim, if tail > hint.len() + 3 { format!("   {hint}") } else { String::new() }),
    ]
    .into()
}

/// What is typed, and below it where a person finds it.
fn field(p: &Painter, step: Step, form: &Login, input: &Input, room: usize) -> (Line<'static>, Vec<Line<'static>>) {
    let focused = form.step == step;
    let role = if focused { Role::Accent } else { Role::Text };
    let mark = if focused { p.theme.pick_text("► ", "> ") } else { "  " };
    let (label, hint) = step.field();
    let room = room.saturating_sub(15).max(1);
    let (shown, cursor) = if step.is_secret() {
        // How long a token is helps nobody to read it, but shows that it has arrived.
        let dot = p.theme.pick_text("•", "*");
        (dot.repeat(input.value().chars().count()), input.cursor())
    } else {
        (input.value().to_owned(), input.visual_cursor())
    };
    let mut spans = vec![p.span(role, mark), p.span(role, p.fit(label, 13))];
    if focused {
        spans.extend(with_cursor(p, &shown, cursor, (cursor + 1).saturating_sub(room), room).spans);
    } else {
        spans.push(p.span(Role::Text, p.clip(&shown, room)));
    }
    let hint = text::wrap(hint, room).into_iter().map(|line| format!("{}{line}", " ".repeat(15)));
    (spans.into(), hint.map(|line| p.span(Role::Dim, line).into()).collect())
}

fn outcome(p: &Painter, form: &Login, room: usize) -> Vec<Line<'static>> {
    let say = |role: Role, words: &str| -> Vec<Line<'static>> {
        text::wrap(words, room).into_iter().map(|line| p.span(role, line).into()).collect()
    };
    if form.busy {
        return say(Role::Active, "asking the cloud");
    }
    if let Some(why) = form.mistake.as_ref().filter(|_| form.step != Step::Code) {
        return say(Role::Trouble, why);
    }
    let again = form.resend_at.filter(|at| *at > p.now.at).map(|at| p.until(at));
    let again = again
        .map_or_else(|| "Ctrl-S sends another code.".to_owned(), |left| format!("Another code can be sent in {left}."));
    say(
        Role::Dim,
        match (form.step, form.way) {
            (Step::Account, Way::Password) => "Enter goes on to the password.",
            (Step::Account, _) => "Enter sends you a code. No password is needed, and none is kept.",
            (Step::Password, _) => "Enter signs in; the cloud mostly asks for a code next.",
            (Step::Code, _) => {
                let mut out = form.mistake.as_deref().map(|why| say(Role::Trouble, why)).unwrap_or_default();
                out.extend(say(Role::Dim, &format!("Enter signs in. {again}")));
                return out;
            }
            (Step::Authenticator, _) => "Enter signs in.",
            (Step::Token, _) => "Enter checks the token. It opens the account: paste it nowhere else.",
        },
    )
}
