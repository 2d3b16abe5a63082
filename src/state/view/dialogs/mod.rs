//! What lies over the panes. A dialog owns its keys, its hints and its end: its file holds its data and a pure function from
//! a key to what is [wanted](Want). The file of the same name in `ui/dialogs` draws it; this one lists them all.
//!
//! A yes that orders or trusts goes by two rules more, which are the same for every dialog ([`quiet`](super::quiet)): it
//! counts only while what is asked [is whole](DialogKeys::is_whole) on the screen, and only after a moment of quiet.

pub mod batch;
pub mod bulk;
pub mod certificate;
pub mod confirm;
mod context;
pub mod form;
pub mod help;
pub mod history;
mod keys;
pub mod login;
pub mod objects;
pub mod palette;
pub mod panel;
pub mod rename;
pub mod results;

pub use batch::Batch;
pub use certificate::CertificateQuestion;
pub use confirm::Confirm;
pub use context::DialogContext;
pub use form::Form;
pub use help::Help;
pub use history::HistoryView;
pub use keys::{DialogHelp, DialogKeys, Hint, HintKey, KeyRole, Want};
pub use login::Login;
pub use objects::Picker;
pub use palette::Palette;
pub use panel::Panel;
pub use rename::Rename;
pub use results::Results;

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
    /// The keys of all of them, in the help's order.
    pub const HELP: [&DialogHelp; 12] = [
        &confirm::HELP,
        &batch::HELP,
        &results::HELP,
        &palette::HELP,
        &panel::HELP,
        &objects::HELP,
        &form::HELP,
        &certificate::HELP,
        &login::HELP,
        &history::HELP,
        &rename::HELP,
        &help::HELP,
    ];

    /// Its keys, hints and end.
    pub fn keys(&self) -> &dyn DialogKeys {
        match self {
            Self::Confirm(open) => open,
            Self::Certificate(open) => open,
            Self::Batch(open) => open,
            Self::Results(open) => open,
            Self::Help(open) => open,
            Self::Palette(open) => open,
            Self::History(open) => &**open,
            Self::Login(open) => &**open,
            Self::Rename(open) => &**open,
            Self::Objects(open) => open,
            Self::Panel(open) => open,
            Self::Form(open) => &**open,
        }
    }

    /// The same, to press one.
    pub(in crate::state) fn keys_mut(&mut self) -> &mut dyn DialogKeys {
        match self {
            Self::Confirm(open) => open,
            Self::Certificate(open) => open,
            Self::Batch(open) => open,
            Self::Results(open) => open,
            Self::Help(open) => open,
            Self::Palette(open) => open,
            Self::History(open) => &mut **open,
            Self::Login(open) => &mut **open,
            Self::Rename(open) => &mut **open,
            Self::Objects(open) => open,
            Self::Panel(open) => open,
            Self::Form(open) => &mut **open,
        }
    }
}
