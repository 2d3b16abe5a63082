//! What lies over the panes: one file a dialog, and the list of them.

pub mod batch;
pub mod certificate;
pub mod confirm;
pub mod form;
pub mod help;
pub mod history;
pub mod login;
pub mod objects;
pub mod palette;
pub mod panel;
pub mod rename;
pub mod results;

pub use batch::Batch;
pub use certificate::CertificateQuestion;
pub use confirm::Confirm;
pub use form::Form;
pub use help::Help;
pub use history::HistoryView;
pub use login::Login;
pub use objects::Picker;
pub use palette::Palette;
pub use panel::Panel;
pub use rename::Rename;
pub use results::Results;

use std::time::Instant;

/// What lies over the panes; Esc closes the top one.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// A question before a dangerous order.
    Confirm(Confirm),
    /// A question before a printer's certificate is accepted.
    Certificate(CertificateQuestion),
    /// A question before an order to several printers.
    Batch(Batch),
    /// What became of such an order.
    Results(Results),
    /// The keys.
    Help(Help),
    /// The command palette.
    Palette(Palette),
    /// What the cloud remembers.
    History(Box<HistoryView>),
    /// The form that signs in to the cloud.
    Login(Box<Login>),
    /// The line that gives a printer another name in the account.
    Rename(Box<Rename>),
    /// The objects of a print, to be chosen from.
    Objects(Picker),
    /// The control panel.
    Panel(Panel),
    /// The form that adds a printer. Boxed: it is much larger than the others.
    Form(Box<Form>),
}

impl Dialog {
    /// When a question is void.
    pub fn until(&self) -> Option<Instant> {
        match self {
            Self::Confirm(question) => Some(question.until),
            Self::Batch(question) => Some(question.until),
            Self::Certificate(question) => Some(question.until),
            _ => None,
        }
    }

    /// When a control panel disarms itself.
    pub fn disarms_at(&self) -> Option<Instant> {
        match self {
            Self::Panel(panel) => panel.until(),
            _ => None,
        }
    }
}
