//! Looking through what the cloud remembers: keys, and what is asked for because somebody looks.

use crate::{
    protocol::rest::Link,
    state::{
        Redraw, State, Tone,
        cloud::{
            history::{HistoryTab, plate_picture},
            request::CloudRequest,
            resource::Resource,
        },
        cx::Cx,
        effect::Effect,
        key_action::KeyAction,
        screen::history,
        view::{
            Dialog,
            dialogs::{
                Help, HistoryView,
                history::{has_picture, is_beside},
            },
            scroll::Scroll,
        },
    },
};
use std::time::Instant;

impl State {
    /// Opens the layer at a part, and asks for what it shows.
    pub(in crate::state) fn open_history(&mut self, tab: HistoryTab, cx: &mut Cx) {
        if self.account.who().is_none() {
            return self.account_key(cx);
        }
        self.view.dialogs.push(Dialog::History(Box::new(HistoryView { tab, ..HistoryView::default() })));
        self.look_closer(cx);
        cx.mark(Redraw::AtOnce);
    }

    pub(in crate::state) fn browse(&self) -> Option<&HistoryView> {
        self.view.dialogs.iter().rev().find_map(|layer| match layer {
            Dialog::History(open) => Some(&**open),
            _ => None,
        })
    }

    /// When what is looked at is asked for again by itself; `None`: nobody looks, or it does not change.
    pub(in crate::state) fn look_again_at(&self) -> Option<Instant> {
        self.browse().and_then(|open| self.history.due_at(open.tab, open.only.as_deref(), self.now.at))
    }

    /// Asks for what is looked at where that is due: it has grown old, or somebody has signed in anew.
    pub(in crate::state) fn look_again(&mut self, cx: &mut Cx) {
        if self.browse().is_some() {
            self.look_closer(cx);
        }
    }

    /// Asks for the part that is looked at: what is due of it, or all of it where the person wants that.
    pub(in crate::state) fn ask_part(&mut self, is_wanted: bool, cx: &mut Cx) {
        let (Some(open), Some(_)) = (self.browse().cloned(), self.account.who()) else { return };
        let requests = self.history.ask(open.tab, open.only.as_deref(), cx.now.at, is_wanted);
        cx.effects.extend(requests.into_iter().map(Effect::AskCloud));
    }

    /// Asks for what is looked at: the part, if it is due, and the picture of the chosen row.
    pub(in crate::state) fn look_closer(&mut self, cx: &mut Cx) {
        self.ask_part(false, cx);
        let Some((of, from)) = self.picture_wanted() else { return };
        cx.effects.extend(self.history.ask_cover(of, from).map(Effect::AskCloud));
    }

    /// The picture that there is room for.
    pub(in crate::state) fn picture_wanted(&self) -> Option<(String, Link)> {
        let (open, size) = (self.browse()?, self.view.size);
        if !has_picture(size.width, size.height) {
            return None;
        }
        match open.tab {
            HistoryTab::Prints if open.open || is_beside(size.width) => {
                let task = open.print(&self.history)?;
                Some((task.id.as_ref()?.to_string(), task.cover.clone()?))
            }
            HistoryTab::Projects => {
                let (profile, plate) = self.history.plates().nth(open.at.at(usize::MAX))?;
                Some((plate_picture(profile, plate), plate.thumbnail.as_ref()?.url.clone()?))
            }
            _ => None,
        }
    }

    /// A project has come: its first plate is chosen.
    pub(in crate::state) fn first_plate(&mut self) {
        if let Some(Dialog::History(open)) = self.view.dialogs.last_mut()
            && open.tab == HistoryTab::Projects
        {
            open.at = Scroll::default();
        }
    }

    /// Esc: what was opened is closed before the layer is.
    pub(in crate::state) fn close_in_history(&mut self) -> bool {
        let Some(Dialog::History(open)) = self.view.dialogs.last_mut() else { return false };
        if std::mem::take(&mut open.leaving) || std::mem::take(&mut open.open) {
            return true;
        }
        if open.tab != HistoryTab::Projects {
            return false;
        }
        let history = &mut self.history;
        let Some(project) = history.project.value() else { return false };
        let list = history.projects.value().into_iter().flatten();
        open.at = Scroll::to(list.into_iter().position(|known| known.id == project.id).unwrap_or(0));
        history.project = Resource::default();
        true
    }

    /// The printers whose prints can be shown alone: the selected one first.
    pub(in crate::state) fn choices(&self) -> Vec<String> {
        let own =
            self.view.rows.iter().filter_map(|id| self.printer(*id)).filter(|printer| printer.transports.in_account);
        let mut out: Vec<String> = own.map(|printer| printer.serial.clone()).collect();
        for serial in self.history.every().filter_map(|task| task.serial.clone()) {
            if !out.contains(&serial) {
                out.push(serial);
            }
        }
        if let Some(first) = self.selected().and_then(|chosen| out.iter().position(|serial| *serial == chosen.serial)) {
            out.rotate_left(first);
        }
        out
    }

    pub(in crate::state) fn act_in_history(&mut self, key_action: KeyAction, cx: &mut Cx) {
        match key_action {
            KeyAction::Help => return self.view.dialogs.push(Dialog::Help(Help::default())),
            // Signed out there is nothing to look at until somebody signs in.
            KeyAction::Account if self.account.who().is_none() => {
                self.view.dialogs.pop();
                return self.account_key(cx);
            }
            _ => {}
        }
        let page = usize::from(self.view.size.height.saturating_sub(6));
        let limit = self.browse().map_or(0, |open| history::limit(self, open));
        let choices = self.choices();
        let at = cx.now.at;
        let Some(Dialog::History(open)) = self.view.dialogs.last_mut() else { return };
        let history = &mut self.history;
        let last = open.last_row(history);
        if (open.open || open.tab == HistoryTab::Account) && open.scroll.press(key_action, page, limit.into()) {
            return cx.mark(Redraw::AtOnce);
        }
        let goes_down = matches!(key_action, KeyAction::Down | KeyAction::PageDown | KeyAction::Bottom);
        match key_action {
            _ if open.at.press(key_action, page, last) => {}
            KeyAction::NextPane | KeyAction::Right => open.turn(1),
            KeyAction::PreviousPane | KeyAction::Left => open.turn(HistoryTab::ALL.len() - 1),
            KeyAction::Filter | KeyAction::OnlyThis if open.tab.source() == HistoryTab::Prints => {
                let now = open.only.take().and_then(|only| choices.iter().position(|serial| *serial == only));
                open.only = choices.into_iter().nth(now.map_or(0, |now| now + 1));
                **open = HistoryView {
                    tab: open.tab,
                    only: open.only.take(),
                    leaving: open.leaving,
                    ..HistoryView::default()
                };
            }
            KeyAction::Zoom => match open.tab {
                HistoryTab::Prints => {
                    open.scroll = Scroll::default();
                    open.open = !open.open && open.rows(history) > 0;
                    let id = open.print(history).and_then(|task| task.id.clone()).filter(|_| open.open);
                    cx.effects.extend(id.map(|id| Effect::AskCloud(CloudRequest::Task(id))));
                }
                HistoryTab::Messages => {
                    open.scroll = Scroll::default();
                    open.open = !open.open && open.message(history).is_some();
                }
                HistoryTab::Projects if history.project.value().is_some() => drop(self.close_in_history()),
                HistoryTab::Projects => {
                    let list = history.projects.value().into_iter().flatten();
                    let chosen = list.into_iter().nth(open.at.at(last)).and_then(|p| p.id.clone());
                    if let Some(id) = chosen {
                        history.project.ask(at);
                        cx.effects.push(Effect::AskCloud(CloudRequest::Project(id)));
                    }
                }
                HistoryTab::Account => return self.open_login(cx),
                HistoryTab::Totals | HistoryTab::Printers => return,
            },
            KeyAction::Stop if open.tab == HistoryTab::Account => {
                if std::mem::replace(&mut open.leaving, true) {
                    self.view.dialogs.pop();
                    cx.effects.push(Effect::AskCloud(CloudRequest::SignOut));
                    self.say("signing out", Tone::Plain, cx);
                }
                return cx.mark(Redraw::AtOnce);
            }
            KeyAction::Retry => {
                if open.tab == HistoryTab::Projects {
                    history.project = Resource::default();
                }
                let source = open.tab.source();
                if source == HistoryTab::Prints && history.of(open.only.as_deref()).is_some_and(|prints| prints.missed)
                {
                    cx.effects.extend(history.ask_older(open.only.as_deref()).map(Effect::AskCloud));
                } else {
                    self.ask_part(true, cx);
                }
                if self.account.who().is_some() {
                    self.say("asked again; the cloud's answers are good for a minute", Tone::Plain, cx);
                }
            }
            _ => return,
        }
        if goes_down
            && let Some(Dialog::History(open)) = self.view.dialogs.last()
            && open.tab.source() == HistoryTab::Prints
            && open.at.at(last) == last
        {
            cx.effects.extend(self.history.ask_older(open.only.as_deref()).map(Effect::AskCloud));
        }
        self.look_closer(cx);
        cx.mark(Redraw::AtOnce);
    }
}
