//! Looking through what the cloud remembers.

pub mod lines;

use super::{Dialog, DialogContext, DialogHelp, DialogKeys, Help, Hint, HintKey, KeyRole, Want};
use crate::{
    protocol::rest::{Id, messages::Message, tasks::Task},
    state::{
        Tone,
        cloud::{
            history::{History, HistoryTab},
            request::CloudRequest,
            totals::sums,
        },
        effect::Effect,
        key_action::KeyAction,
        view::scroll::Scroll,
    },
};
use crossterm::event::{KeyCode, KeyEvent};

/// What of it is looked at.
#[derive(Debug, Clone, Default)]
pub struct HistoryView {
    /// Which part.
    pub tab: HistoryTab,
    /// The chosen row of it.
    pub at: Scroll,
    /// Of this printer alone.
    pub only: Option<String>,
    /// The chosen row is shown alone, with everything about it.
    pub open: bool,
    /// The first line that shows of what is shown alone.
    pub scroll: Scroll,
    /// The person is asked whether to sign out.
    pub leaving: bool,
}

impl HistoryView {
    pub(in crate::state) fn turn(&mut self, by: usize) {
        let at = HistoryTab::ALL.iter().position(|tab| *tab == self.tab).unwrap_or(0);
        *self =
            Self { tab: HistoryTab::ALL[(at + by) % HistoryTab::ALL.len()], only: self.only.take(), ..Self::default() };
    }

    /// The chosen print.
    pub fn print<'a>(&self, history: &'a History) -> Option<&'a Task> {
        let tasks = history.shown(self.only.as_deref());
        tasks.get(self.at.at(tasks.len().saturating_sub(1)))
    }

    /// The chosen message.
    pub fn message<'a>(&self, history: &'a History) -> Option<&'a Message> {
        history.listed().nth(self.at.at(usize::MAX))
    }

    /// Why the last answer for what is looked at was none.
    pub fn trouble<'a>(&self, history: &'a History) -> Option<&'a str> {
        history.trouble(self.tab, self.only.as_deref())
    }

    /// The last row that can be chosen.
    pub(in crate::state) fn last_row(&self, history: &History) -> usize {
        self.rows(history).saturating_sub(1)
    }

    /// How many rows can be chosen.
    pub(in crate::state) fn rows(&self, history: &History) -> usize {
        match self.tab {
            HistoryTab::Prints => history.shown(self.only.as_deref()).len(),
            HistoryTab::Totals => sums(history.shown(self.only.as_deref()), 0).iter().map(Vec::len).sum(),
            HistoryTab::Printers => history.jobs.value().map_or(0, Vec::len),
            HistoryTab::Messages => history.listed().count() + history.notes().len(),
            HistoryTab::Projects if history.project.value().is_some() => history.plates().count(),
            HistoryTab::Projects => history.projects.value().map_or(0, Vec::len),
            HistoryTab::Account => 0,
        }
    }
}

/// From this width on the list of prints has a column beside it, for the chosen one.
const BESIDE: u16 = 100;
/// From this width on a picture has room beside words.
const PICTURE: u16 = 76;

/// Whether a list of prints has the chosen one beside it.
pub fn is_beside(width: u16) -> bool {
    width >= BESIDE
}

/// Whether a picture has room beside words.
pub fn has_picture(width: u16, height: u16) -> bool {
    width >= PICTURE && height >= 16
}

/// What it wants of what the cloud remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryWant {
    /// A project is opened.
    OpenProject(Id),
    /// The project that is open is closed.
    CloseProject,
    /// Prints before those that are there.
    Older,
    /// The part that is looked at is asked for again.
    AskAgain,
    /// What is looked at and was not asked for yet.
    Look,
}

impl HistoryView {
    /// Closes the project that is open, and goes back to it in the list.
    fn close_project(&mut self, history: &History) -> Option<Want> {
        let project = history.project.value().filter(|_| self.tab == HistoryTab::Projects)?;
        let list = history.projects.value().into_iter().flatten();
        self.at = Scroll::to(list.into_iter().position(|known| known.id == project.id).unwrap_or(0));
        Some(Want::History(HistoryWant::CloseProject))
    }

    /// What was opened is closed before the dialog is.
    fn back(&mut self, history: &History) -> Vec<Want> {
        if std::mem::take(&mut self.leaving) || std::mem::take(&mut self.open) {
            return Vec::new();
        }
        vec![self.close_project(history).unwrap_or(Want::Close)]
    }

    /// Opens the chosen row, or closes it.
    fn zoom(&mut self, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let history = context.history;
        let request = match self.tab {
            HistoryTab::Prints => {
                self.scroll = Scroll::default();
                self.open = !self.open && self.rows(history) > 0;
                let id = self.print(history).and_then(|task| task.id.clone()).filter(|_| self.open);
                id.map(CloudRequest::Task)
            }
            HistoryTab::Messages => {
                self.scroll = Scroll::default();
                self.open = !self.open && self.message(history).is_some();
                None
            }
            HistoryTab::Projects if history.project.value().is_some() => {
                return Some(self.close_project(history).into_iter().collect());
            }
            HistoryTab::Projects => {
                let mut list = history.projects.value().into_iter().flatten();
                let chosen = list.nth(self.at.at(self.last_row(history)));
                let id = chosen.and_then(|project| project.id.clone());
                return Some(id.map(|id| Want::History(HistoryWant::OpenProject(id))).into_iter().collect());
            }
            HistoryTab::Account => return Some(vec![Want::SignIn]),
            HistoryTab::Totals | HistoryTab::Printers => return None,
        };
        Some(request.into_iter().map(|request| Want::Effect(Effect::AskCloud(request))).collect())
    }

    /// What is looked at, asked for again.
    fn retry(&self, context: &DialogContext<'_>) -> Vec<Want> {
        let close = (self.tab == HistoryTab::Projects).then_some(HistoryWant::CloseProject);
        let missed = context.history.of(self.only.as_deref()).is_some_and(|prints| prints.missed);
        let older = self.tab.source() == HistoryTab::Prints && missed;
        let ask = if older { HistoryWant::Older } else { HistoryWant::AskAgain };
        let said = "asked again; the cloud's answers are good for a minute";
        let say = context.account.identity().map(|_| Want::Say(said.to_owned(), Tone::Plain));
        close.into_iter().chain([ask]).map(Want::History).chain(say).collect()
    }

    /// The prints of the next printer alone, or again of all.
    fn turn_printer(&mut self, context: &DialogContext<'_>) {
        let choices = choices(context);
        let now = self.only.take().and_then(|only| choices.iter().position(|serial| *serial == only));
        let only = choices.into_iter().nth(now.map_or(0, |now| now + 1));
        *self = Self { tab: self.tab, only, leaving: self.leaving, ..Self::default() };
    }

    /// What a key does, by its meaning.
    fn act(&mut self, key: KeyAction, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        let history = context.history;
        let page = usize::from(context.size().height.saturating_sub(6));
        let is_alone = self.open || self.tab == HistoryTab::Account;
        if is_alone && self.scroll.press(key, page, lines::limit(context, self).into()) {
            return Some(Vec::new());
        }
        let last = self.last_row(history);
        let mut wants = match key {
            KeyAction::Back => return Some(self.back(history)),
            KeyAction::Help => return Some(vec![Want::Open(Box::new(Dialog::Help(Help::default())))]),
            // Signed out there is nothing to look at until somebody signs in.
            KeyAction::Account if context.account.identity().is_none() => {
                return Some(vec![Want::Close, Want::Account]);
            }
            KeyAction::Stop if self.tab == HistoryTab::Account => {
                if !std::mem::replace(&mut self.leaving, true) {
                    return Some(Vec::new());
                }
                let sign_out = Want::Effect(Effect::AskCloud(CloudRequest::SignOut));
                return Some(vec![Want::Close, sign_out, Want::Say("signing out".to_owned(), Tone::Plain)]);
            }
            KeyAction::NextPane | KeyAction::Right => {
                self.turn(1);
                Vec::new()
            }
            KeyAction::PreviousPane | KeyAction::Left => {
                self.turn(HistoryTab::ALL.len() - 1);
                Vec::new()
            }
            KeyAction::Filter | KeyAction::OnlyThis if self.tab.source() == HistoryTab::Prints => {
                self.turn_printer(context);
                Vec::new()
            }
            KeyAction::Zoom if self.tab == HistoryTab::Account => return self.zoom(context),
            KeyAction::Zoom => self.zoom(context)?,
            KeyAction::Retry => self.retry(context),
            _ if self.at.press(key, page, last) => {
                let goes_down = matches!(key, KeyAction::Down | KeyAction::PageDown | KeyAction::Bottom);
                let older = goes_down && self.tab.source() == HistoryTab::Prints && self.at.at(last) == last;
                older.then_some(Want::History(HistoryWant::Older)).into_iter().collect()
            }
            _ => return None,
        };
        wants.push(Want::History(HistoryWant::Look));
        Some(wants)
    }
}

/// The printers whose prints can be shown alone: the selected one first.
fn choices(context: &DialogContext<'_>) -> Vec<String> {
    let own =
        context.view.rows.iter().filter_map(|id| context.printer(*id)).filter(|printer| printer.transports.in_account);
    let mut out: Vec<String> = own.map(|printer| printer.serial.clone()).collect();
    for serial in context.history.every().filter_map(|task| task.serial.clone()) {
        if !out.contains(&serial) {
            out.push(serial);
        }
    }
    let selected = context.view.selected.and_then(|who| context.printer(who));
    if let Some(first) = selected.and_then(|chosen| out.iter().position(|serial| *serial == chosen.serial)) {
        out.rotate_left(first);
    }
    out
}

/// What a key means here: what the table has for it; what would quit closes.
fn meaning(key: &KeyEvent, context: &DialogContext<'_>) -> Option<KeyAction> {
    match context.keymap.bound(key) {
        Some(KeyAction::Quit) => Some(KeyAction::Back),
        None if key.code == KeyCode::Char('q') => Some(KeyAction::Back),
        bound => bound,
    }
}

/// Its keys, for the help.
pub(super) const HELP: DialogHelp = DialogHelp {
    title: "The cloud",
    keys: &[
        (HintKey::Bound(KeyAction::NextPane), "next part"),
        (HintKey::Fixed("Enter"), "open or close what is chosen; sign in anew"),
        (HintKey::Bound(KeyAction::Filter), "prints of one printer, of the next one"),
        (HintKey::Bound(KeyAction::Retry), "ask again"),
        (HintKey::Bound(KeyAction::Stop), "in the account: sign out, pressed twice"),
        (HintKey::Bound(KeyAction::Back), "back"),
    ],
};

impl DialogKeys for HistoryView {
    fn press(&mut self, key: &KeyEvent, context: &DialogContext<'_>) -> Option<Vec<Want>> {
        self.act(meaning(key, context)?, context)
    }

    fn hints(&self, context: &DialogContext<'_>) -> Vec<Hint> {
        let enter = |word: &'static str| Some(Hint { weight: 7, ..Hint::new("Enter", word) });
        let opened = self.open || self.tab == HistoryTab::Projects && context.history.project.value().is_some();
        let open = if opened { "list" } else { "open" };
        let one = if self.only.is_some() { "next printer" } else { "one printer" };
        let own = match self.tab {
            HistoryTab::Prints => [enter(open), Some(Hint::bound(KeyAction::Filter, one, 6))],
            HistoryTab::Totals => [Some(Hint::bound(KeyAction::Filter, one, 6)), None],
            HistoryTab::Messages | HistoryTab::Projects => [enter(open), None],
            HistoryTab::Account => [enter("sign in again"), Some(Hint::bound(KeyAction::Stop, "sign out", 6))],
            HistoryTab::Printers => [None, None],
        };
        // What did not come is asked for again by a key that is easily found.
        let retry = if self.trouble(context.history).is_some() { 7 } else { 3 };
        let around = [
            Hint::bound(KeyAction::NextPane, "next part", 5),
            Hint::bound(KeyAction::Retry, "ask again", retry),
            Hint::bound(KeyAction::Back, "back", 8),
        ];
        own.into_iter().flatten().chain(around).collect()
    }

    fn role_of(&self, key: &KeyEvent, context: &DialogContext<'_>) -> KeyRole {
        if meaning(key, context) == Some(KeyAction::Back) { KeyRole::WayOut } else { KeyRole::Own }
    }

    fn wheel(&mut self, key: KeyAction, context: &DialogContext<'_>) -> Vec<Want> {
        self.act(key, context).unwrap_or_default()
    }
}
