//! The account: who is signed in to the cloud, its printers, and what is asked of the cloud and when.

use crate::state::cx::Cx;
use crate::state::{
    Redraw, State, Tone,
    cloud::{
        history::{History, HistoryTab},
        request::LoginEvent,
        session::Account,
    },
    notify::journal::EntryKind,
    view::{Dialog, dialogs::Login},
};

impl State {
    /// Somebody signed in or out, or a step of that went well or did not.
    pub(in crate::state) fn login_news(&mut self, news: &LoginEvent, cx: &mut Cx) {
        match news {
            LoginEvent::SignedIn(who) => {
                self.cloud.session.constraints.trouble = None;
                self.cloud.session.constraints.token_in_use = None;
                self.signed_in(who.clone().at(cx.now.unix), cx);
            }
            LoginEvent::SignedOut => self.signed_out(cx),
            LoginEvent::Expired => self.sign_in_over(cx),
            LoginEvent::NotKept(why) => {
                let text = format!("the sign-in is not kept as it should be: {why}");
                self.log_program(EntryKind::Link, text.clone(), Tone::Bad, cx);
                return self.say(text, Tone::Bad, cx);
            }
            LoginEvent::CodeSent { .. }
            | LoginEvent::WantsAuthenticator
            | LoginEvent::Failed(_)
            | LoginEvent::TooLate(_) => {}
        }
        self.login_form(news, cx);
        cx.mark(Redraw::AtOnce);
    }

    /// The account's key: the form that signs in, or who is signed in.
    pub(in crate::state) fn account_key(&mut self, cx: &mut Cx) {
        match &self.cloud.session.account {
            Account::Off if self.settings.demo => {
                self.say("this demo has no cloud; `bambu-tui demo --cloud` has one", Tone::Warning, cx);
            }
            Account::Off => self.say("the cloud is switched off in the configuration", Tone::Warning, cx),
            Account::SignedIn(_) => self.open_history(HistoryTab::Account, cx),
            Account::SignedOut | Account::Expired(_) => self.open_login(cx),
        }
    }

    /// Opens the form that signs in; for who is signed in already, to do so anew.
    pub(in crate::state) fn open_login(&mut self, cx: &mut Cx) {
        let last = match &self.cloud.session.account {
            Account::SignedIn(who) | Account::Expired(who) => Some(who.region),
            Account::Off | Account::SignedOut => None,
        };
        let region = self.cloud.session.constraints.region().or(last).unwrap_or_default();
        // Closed and opened again, the form knows whom the code is for that is on its way.
        let mut form = match &self.cloud.session.code_for {
            Some((region, account)) => Login { region_chosen: true, ..Login::new(*region, Some(account)) },
            None => Login::new(region, self.cloud.session.hint.as_deref()),
        };
        form.terms.clone_from(&self.cloud.session.constraints);
        self.view.dialogs.push(Dialog::Login(Box::new(form)));
        cx.mark(Redraw::AtOnce);
    }

    /// What was remembered of somebody is nobody else's business.
    pub(in crate::state) fn forget_history(&mut self) {
        *self.cloud.history = History::default();
        self.view.dialogs.retain(|layer| !matches!(layer, Dialog::History(_)));
    }

    /// The form that signs in, if it is open.
    pub(in crate::state) fn login_form(&mut self, news: &LoginEvent, cx: &mut Cx) {
        let now = cx.now.at;
        let code_for = &mut self.cloud.session.code_for;
        let open = self.view.dialogs.iter_mut().position(|layer| match layer {
            Dialog::Login(form) => {
                match news {
                    LoginEvent::CodeSent { .. } => {
                        *code_for = Some((form.region, form.account.value().trim().to_owned()));
                    }
                    LoginEvent::SignedIn(_) | LoginEvent::TooLate(_) => *code_for = None,
                    _ => {}
                }
                form.take(news, now)
            }
            _ => false,
        });
        if let Some(done) = open {
            self.view.dialogs.remove(done);
            match self.cloud.session.constraints.goes_before() {
                Some(but) => {
                    self.say(format!("signed in to the cloud, but at the next start {but}"), Tone::Warning, cx);
                }
                None => self.say("signed in to the cloud", Tone::Good, cx),
            }
        }
    }
}

#[cfg(test)]
mod tests;
