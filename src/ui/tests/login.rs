//! The form that signs in, with what the demo says besides.

use super::snapshot;
use crate::{
    protocol::rest::Region,
    state::{
        State,
        view::{
            Dialog,
            dialogs::{Login, login::Step},
        },
    },
    ui::fixture::*,
};

fn asked_for_the_code(width: u16, height: u16) -> (State, Login) {
    let mut state = seven_at(width, height);
    state.cloud.session.tip = Some("Simulated: code 959207, password simulated-2510, authenticator 995487".into());
    let form = Login { step: Step::Code, ..Login::new(Region::Global, Some("maker@example.com")) };
    (state, form)
}

#[test]
fn the_tip_of_the_demo_stands_under_the_form() {
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        let (mut state, form) = asked_for_the_code(w, h);
        state.view.dialogs.push(Dialog::Login(Box::new(form)));
        let text = shot(&state);
        assert!(text.contains("959207"), "{text}");
        snapshot(format!("login_tip_{w}x{h}"), &text);
    }
}

#[test]
fn a_mistake_is_worth_more_than_the_tip() {
    let (mut state, mut form) = asked_for_the_code(40, 12);
    form.mistake = Some("the code is wrong, or it was sent too long ago; Ctrl-S sends another".into());
    state.view.dialogs.push(Dialog::Login(Box::new(form)));
    let text = shot(&state);
    assert!(text.contains("the code is wrong") && !text.contains("959207"), "{text}");
}
