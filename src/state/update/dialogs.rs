//! The dialog on top: its keys, and what it wants when one has done its work.

use crate::state::{
    Redraw, State, Tone,
    cloud::{request::CloudRequest, resource::Resource},
    cx::Cx,
    effect::Effect,
    key_action::KeyAction,
    view::{
        dialogs::{DialogContext, DialogKeys, KeyRole, Want, history::HistoryWant},
        layout,
    },
};
use crossterm::event::KeyEvent;

impl State {
    /// A key, while a dialog is open.
    pub(in crate::state) fn press_in_dialog(&mut self, key: &KeyEvent, cx: &mut Cx) {
        let Some(open) = self.view.dialogs.last() else { return };
        let role = open.keys().role_of(key, &self.around());
        if !layout::is_legible(self.view.size) && role != KeyRole::WayOut {
            return self.say_too_small(cx);
        }
        if !self.is_hasty(role, cx) {
            self.in_dialog(|open, context| open.press(key, context), cx);
        }
    }

    /// The wheel of the mouse, while a dialog is open.
    pub(in crate::state) fn wheel_in_dialog(&mut self, key: KeyAction, cx: &mut Cx) {
        self.in_dialog(|open, context| Some(open.wheel(key, context)), cx);
    }

    /// The dialog on top changes itself, and what it wants is carried out; without an answer it was none of its keys.
    fn in_dialog(
        &mut self,
        act: impl FnOnce(&mut dyn DialogKeys, &DialogContext<'_>) -> Option<Vec<Want>>,
        cx: &mut Cx,
    ) {
        let Some(mut open) = self.view.dialogs.pop() else { return };
        let wants = act(open.keys_mut(), &self.around());
        self.view.dialogs.push(open);
        let Some(wants) = wants else { return };
        for want in wants {
            self.carry_out(want, cx);
        }
        cx.mark(Redraw::AtOnce);
    }

    fn carry_out(&mut self, want: Want, cx: &mut Cx) {
        match want {
            Want::Close => {
                self.view.dialogs.pop();
                self.keep_selection_visible();
            }
            Want::Open(dialog) => self.view.dialogs.push(*dialog),
            Want::Say(text, tone) => self.say(text, tone, cx),
            Want::Effect(effect) => cx.effects.push(effect),
            Want::Order(who, action) => self.order(who, action, true, cx),
            Want::AskAbout(batch) => self.ask_about(batch, cx),
            Want::Confirmed(item) => self.confirmed(&item, cx),
            Want::BatchConfirmed(words, items) => self.batch_confirmed(words, items, cx),
            Want::Trust(question) => self.trust(question, cx),
            Want::Move(who, motion) => self.move_in_panel(who, motion, cx),
            Want::FindJobFile(who) => {
                if let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) {
                    printer.objects.try_again();
                }
            }
            Want::Acknowledge(orders) => self.view.summed = orders,
            Want::History(HistoryWant::CloseProject) => self.cloud.history.project = Resource::default(),
            Want::History(HistoryWant::OpenProject(id)) => {
                self.cloud.history.project.ask(cx.now.at);
                cx.effects.push(Effect::AskCloud(CloudRequest::Project(id)));
            }
            Want::History(HistoryWant::Older) => self.ask_older(cx),
            Want::History(HistoryWant::AskAgain) => self.ask_part(true, cx),
            Want::History(HistoryWant::Look) => self.look_closer(cx),
            Want::SignIn => self.open_login(cx),
            Want::Account => self.account_key(cx),
        }
    }

    /// Whatever a key does, nobody could see it.
    pub(in crate::state) fn say_too_small(&mut self, cx: &mut Cx) {
        self.say("the screen is too small: no key acts", Tone::Warning, cx);
    }
}
