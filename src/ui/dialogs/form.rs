//! The form that adds a printer of the network.

use super::{certificate::fingerprint, frame};
use crate::{
    state::{
        printer::certificate::Signer,
        view::dialogs::{Form, form::Test},
    },
    ui::{painter::Painter, text, text_field, theme::Role},
};
use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

pub(super) fn draw(p: &mut Painter, area: Rect, form: &Form) {
    let width = area.width.min(76);
    let room = usize::from(width).saturating_sub(4).max(1);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (at, (label, hint)) in Form::FIELDS.into_iter().enumerate() {
        let focused = form.at == at;
        let wrong = matches!(&form.test, Test::Wrong(field, _) if *field == at);
        let role = if wrong {
            Role::Trouble
        } else if focused {
            Role::Accent
        } else {
            Role::Text
        };
        let mark = if focused { p.theme.pick_text("► ", "> ") } else { "  " };
        let mut spans = vec![p.span(role, mark), p.span(role, p.fit(label, 13))];
        let input_room = room.saturating_sub(15).max(1);
        spans.extend(field(p, form, at, focused, input_room));
        lines.push(spans.into());
        lines.push(p.span(Role::Dim, format!("{}{}", " ".repeat(15), p.clip(hint, input_room))).into());
    }
    lines.push(Line::default());
    let result = result(p, &form.test, room);
    // Where there is no room, hints go before fields, and fields before a certificate that is to be judged.
    if lines.len() + result.len() + 2 > usize::from(area.height) {
        let mut at = 0;
        lines.retain(|_| {
            at += 1;
            at > 8 || at % 2 == 1
        });
        if matches!(form.test, Test::Met(_) | Test::Passed(_))
            && lines.len() + result.len() + 2 > usize::from(area.height)
        {
            lines.clear();
        }
    }
    lines.extend(result);
    let height = lines.len() as u16 + 2;
    let inner = frame::place(p, area, "Add a printer on your network", width, height, Role::Focus);
    for (row, line) in lines.into_iter().enumerate() {
        p.line(inner, row as u16, line);
    }
}

fn field(p: &Painter, form: &Form, at: usize, focused: bool, room: usize) -> Vec<Span<'static>> {
    let Some(input) = form.fields.get(at) else { return vec![] };
    let value = input.value();
    let (shown, cursor) = if at == Form::CODE {
        let dot = p.theme.pick_text("•", "*");
        (dot.repeat(value.chars().count()), input.cursor())
    } else {
        (value.to_owned(), input.visual_cursor())
    };
    if focused {
        let scroll = (cursor + 1).saturating_sub(room);
        return text_field::with_cursor(p, &shown, cursor, scroll, room).spans;
    }
    if shown.is_empty() {
        return vec![p.span(Role::Dim, p.theme.pick_text("……", ".."))];
    }
    vec![p.span(Role::Text, p.clip(&shown, room))]
}

fn result(p: &Painter, test: &Test, room: usize) -> Vec<Line<'static>> {
    let say = |role: Role, words: &str| -> Vec<Line<'static>> {
        text::wrap(words, room).into_iter().map(|line| p.span(role, line).into()).collect()
    };
    match test {
        Test::Open => say(Role::Dim, "Enter tests the connection; nothing is saved until it works."),
        Test::Wrong(field, why) => {
            let name = Form::FIELDS.get(*field).map_or("", |f| f.0);
            say(Role::Trouble, &format!("{name}: {why}"))
        }
        Test::Running => say(Role::Active, "testing the connection"),
        Test::Failed(why) => {
            let mut out = say(Role::Trouble, why);
            out.extend(say(Role::Dim, "fix the fields and press Enter to try again"));
            out
        }
        Test::Met(met) => {
            let trusted = met.pinned.is_none() && met.certificate.signer == Signer::Vendor;
            let role = if trusted { Role::Ok } else { Role::Waiting };
            let mut out = say(role, &met.certificate.signer.to_string());
            if let Some(pinned) = &met.pinned {
                out.extend(fingerprint(p, Role::Text, "before", pinned, room));
            }
            out.extend(fingerprint(p, role, "fingerprint", &met.certificate.fingerprint, room));
            if met.certificate.signer == Signer::Unknown && room >= 60 {
                out.extend(say(Role::Dim, "anybody on your network can make a certificate with this serial"));
            }
            out.extend(say(Role::Dim, "Enter sends the access code to it"));
            out
        }
        Test::Passed(probed) => {
            let firmware = probed.firmware.as_ref().map(|v| format!(", firmware {v}")).unwrap_or_default();
            let mut out = say(Role::Ok, &format!("connected: {}{firmware}", probed.model));
            // A long name in the certificate must not push out what is judged.
            let certificate = format!("certificate  {}, {}", probed.certificate_name, probed.certificate.signer.word());
            out.extend(say(Role::Text, &certificate).into_iter().take(2));
            out.extend(fingerprint(p, Role::Text, "fingerprint", &probed.certificate.fingerprint, room));
            if !probed.reported {
                out.extend(say(Role::Waiting, "it has not reported yet; check the serial"));
            }
            out.extend(say(
                Role::Dim,
                if room >= 60 {
                    "Enter saves it and trusts this certificate from now on"
                } else {
                    "Enter saves it, trusts this from now"
                },
            ));
            out
        }
        Test::Saving(_) => say(Role::Active, "saving"),
    }
}
