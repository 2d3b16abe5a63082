//! The form that signs in to the cloud: what is asked in which order, and what the answers make of it.

use super::{DialogContext, DialogHelp, DialogKeys, Hint, HintKey, Want, keys::edit};
use crate::protocol::rest::{Hidden, Region, account, region, token};
use crate::state::cloud::{
    request::{CloudRequest, LoginEvent},
    session::AccountConstraints,
};
use crate::state::effect::Effect;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Instant;
use tui_input::Input;

/// The way a person proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// A one-time code, by e-mail or SMS.
    #[default]
    Code,
    /// The password; a code may follow.
    Password,
    /// A token copied from the website's cookie.
    Token,
}

impl Way {
    /// All of them, in the order Tab walks through them.
    pub const ALL: [Self; 3] = [Self::Code, Self::Password, Self::Token];

    /// For the form.
    pub fn words(self) -> &'static str {
        match self {
            Self::Code => "one-time code",
            Self::Password => "password",
            Self::Token => "token from the browser",
        }
    }
}

/// What is typed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// E-mail address or phone number, and for the token way the token.
    #[default]
    Account,
    /// The password.
    Password,
    /// The one-time code that was sent.
    Code,
    /// The code of the authenticator.
    Authenticator,
    /// The token.
    Token,
}

impl Step {
    /// Title of the field, and where a person finds what belongs in it.
    pub fn field(self) -> (&'static str, &'static str) {
        match self {
            Self::Account => ("account", "e-mail address, or phone number (China)"),
            Self::Password => ("password", "it is sent once and not kept"),
            Self::Code => ("code", "six digits, from the e-mail or SMS"),
            Self::Authenticator => ("code", "six digits, from your authenticator app"),
            Self::Token => ("token", "the cookie `token` of the website where you are signed in"),
        }
    }

    /// Whether what is typed is shown as dots.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Token)
    }
}

/// The form.
#[derive(Debug, Clone, Default)]
pub struct Login {
    /// Where the account lives.
    pub region: Region,
    /// The person has chosen the region; else it follows from the account.
    pub region_chosen: bool,
    /// The way.
    pub way: Way,
    /// What is typed now.
    pub step: Step,
    /// E-mail address or phone number.
    pub account: Input,
    /// What is typed in the other steps.
    pub secret: Input,
    /// An answer is being waited for.
    pub busy: bool,
    /// What went wrong.
    pub mistake: Option<String>,
    /// When a code can be sent again.
    pub resend_at: Option<Instant>,
    /// What the configuration says.
    pub terms: AccountConstraints,
}

impl Login {
    /// A form for a region and perhaps an account of the configuration.
    pub fn new(region: Region, account: Option<&str>) -> Self {
        Self { region, account: Input::new(account.unwrap_or_default().to_owned()), ..Self::default() }
    }

    /// The field that is typed into.
    pub fn field(&mut self) -> &mut Input {
        if self.step == Step::Account { &mut self.account } else { &mut self.secret }
    }

    /// The other region.
    pub(in crate::state) fn turn_region(&mut self) {
        self.region = match self.region {
            Region::Global => Region::China,
            Region::China => Region::Global,
        };
        self.region_chosen = true;
        self.mistake = self.terms.objection(self.region, None);
    }

    /// Why a sign-in as it stands here would be of no use.
    fn objection(&self) -> Option<String> {
        let account = (self.way != Way::Token).then(|| self.account.value());
        self.terms.objection(self.region, account)
    }

    /// The next way; begins from the start.
    pub(in crate::state) fn turn_way(&mut self, by: usize) {
        let at = Way::ALL.iter().position(|way| *way == self.way).unwrap_or(0);
        self.way = Way::ALL[(at + by) % Way::ALL.len()];
        self.step = if self.way == Way::Token { Step::Token } else { Step::Account };
        self.secret = Input::default();
        self.busy = false;
        self.mistake = None;
    }

    fn account_text(&self) -> Hidden {
        Hidden::new(self.account.value())
    }

    /// Enter: the next question, or what is asked of the cloud.
    pub(in crate::state) fn submit(&mut self) -> Option<CloudRequest> {
        if self.busy {
            return None;
        }
        let region = self.region;
        let typed = self.secret.value().trim().to_owned();
        let ask = match self.step {
            Step::Account => {
                let text = self.account.value().trim();
                if !(text.contains('@') || region::is_phone(text)) {
                    self.mistake = Some("write the account's e-mail address, or its phone number".to_owned());
                    return None;
                }
                self.mistake = self.objection();
                if self.mistake.is_some() {
                    return None;
                }
                if self.way == Way::Password {
                    self.step = Step::Password;
                    return None;
                }
                CloudRequest::SendCode { region, account: self.account_text() }
            }
            Step::Password if typed.is_empty() => return None,
            Step::Password => {
                CloudRequest::Password { region, account: self.account_text(), password: Hidden::new(&typed) }
            }
            Step::Code | Step::Authenticator => {
                let Some(code) = account::code(&typed) else {
                    self.mistake = Some("a code has six digits".to_owned());
                    return None;
                };
                let code = Hidden::new(&code);
                if self.step == Step::Authenticator {
                    CloudRequest::Authenticator(code)
                } else {
                    CloudRequest::Code { region, account: self.account_text(), code }
                }
            }
            Step::Token => {
                if !token::is_plausible(&typed) {
                    self.mistake = Some("this is no token: it is one long word of letters, digits and dots".to_owned());
                    return None;
                }
                self.mistake = self.objection();
                if self.mistake.is_some() {
                    return None;
                }
                CloudRequest::Token { region, token: Hidden::new(&typed) }
            }
        };
        self.busy = true;
        self.mistake = None;
        Some(ask)
    }

    /// Sends the code again, if its time has come.
    pub(in crate::state) fn resend(&mut self, at: Instant) -> Option<CloudRequest> {
        if self.busy || self.step != Step::Code || self.resend_at.is_some_and(|from| at < from) {
            return None;
        }
        self.busy = true;
        Some(CloudRequest::SendCode { region: self.region, account: self.account_text() })
    }

    /// Takes in an answer; tells whether the form has done its work.
    pub(in crate::state) fn take(&mut self, event: &LoginEvent, at: Instant) -> bool {
        if !std::mem::take(&mut self.busy) {
            // An answer to what was asked before the person chose another way.
            return matches!(event, LoginEvent::SignedIn(_));
        }
        self.mistake = match event {
            LoginEvent::CodeSent { again_in } => {
                self.step = Step::Code;
                self.resend_at = Some(at + *again_in);
                None
            }
            LoginEvent::WantsAuthenticator => {
                self.step = Step::Authenticator;
                None
            }
            LoginEvent::Failed(why) => Some(why.clone()),
            LoginEvent::TooLate(why) => {
                self.step = if self.way == Way::Password { Step::Password } else { Step::Account };
                Some(why.clone())
            }
            LoginEvent::SignedIn(_) => return true,
            LoginEvent::NotKept(_) | LoginEvent::SignedOut | LoginEvent::Expired => return false,
        };
        // What was sent is of no use any more: what is typed next must not be added to it.
        self.secret = Input::default();
        false
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "Signing in",
    keys: &[
        (HintKey::Fixed("Enter"), "go on"),
        (HintKey::Fixed("Tab"), "another way: code, password, token"),
        (HintKey::Fixed("Ctrl-R"), "the other region"),
        (HintKey::Fixed("Ctrl-S"), "send another code"),
        (HintKey::Fixed("Esc"), "close"),
    ],
};

impl DialogKeys for Login {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let request = match key.code {
            KeyCode::Esc => return Some(vec![Want::Close]),
            KeyCode::Enter => self.submit(),
            KeyCode::Char('s') if control => self.resend(context.now.at),
            KeyCode::Char('r') if control => {
                self.turn_region();
                None
            }
            KeyCode::Tab => {
                self.turn_way(1);
                None
            }
            KeyCode::BackTab => {
                self.turn_way(Way::ALL.len() - 1);
                None
            }
            _ => {
                if edit(self.field(), key) {
                    self.typed();
                }
                None
            }
        };
        Some(request.into_iter().map(|request| Want::Effect(Effect::AskCloud(request))).collect())
    }

    fn hints(&self, _context: &DialogContext<'_>) -> Vec<Hint> {
        vec![Hint::new("Enter", "go on"), Hint::new("Tab", "method"), Hint::new("Esc", "close")]
    }

    fn counts_down_to(&self) -> Option<Instant> {
        self.resend_at.filter(|_| self.step == Step::Code)
    }

    fn input(&mut self) -> Option<&mut Input> {
        Some(self.field())
    }

    fn typed(&mut self) {
        self.mistake = None;
        if self.step == Step::Account && !self.region_chosen && region::is_phone(self.account.value()) {
            self.region = Region::China;
        }
    }
}
