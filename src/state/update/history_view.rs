//! Looking through what the cloud remembers: what is asked for because somebody looks.

use crate::state::cx::Cx;
use crate::{
    protocol::rest::Link,
    state::{
        Redraw, State,
        cloud::history::{HistoryTab, plate_picture},
        effect::Effect,
        view::{
            Dialog,
            dialogs::{
                HistoryView,
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
        if self.cloud.identity().is_none() {
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
        self.browse().and_then(|open| self.cloud.history.due_at(open.tab, open.only.as_deref(), self.now.at))
    }

    /// Asks for what is looked at where that is due: it has grown old, or somebody has signed in anew.
    pub(in crate::state) fn look_again(&mut self, cx: &mut Cx) {
        if self.browse().is_some() {
            self.look_closer(cx);
        }
    }

    /// Asks for the part that is looked at: what is due of it, or all of it where the person wants that.
    pub(in crate::state) fn ask_part(&mut self, is_wanted: bool, cx: &mut Cx) {
        let (Some(open), Some(_)) = (self.browse().cloned(), self.cloud.identity()) else { return };
        let requests = self.cloud.history.ask(open.tab, open.only.as_deref(), cx.now.at, is_wanted);
        cx.effects.extend(requests.into_iter().map(Effect::AskCloud));
    }

    /// Asks for what is looked at: the part, if it is due, and the picture of the chosen row.
    pub(in crate::state) fn look_closer(&mut self, cx: &mut Cx) {
        self.ask_part(false, cx);
        let Some((of, from)) = self.picture_wanted() else { return };
        cx.effects.extend(self.cloud.history.ask_cover(of, from).map(Effect::AskCloud));
    }

    /// The picture that there is room for.
    pub(in crate::state) fn picture_wanted(&self) -> Option<(String, Link)> {
        let (open, size) = (self.browse()?, self.view.size);
        if !has_picture(size.width, size.height) {
            return None;
        }
        match open.tab {
            HistoryTab::Prints if open.open || is_beside(size.width) => {
                let task = open.print(&self.cloud.history)?;
                Some((task.id.as_ref()?.to_string(), task.cover.clone()?))
            }
            HistoryTab::Projects => {
                let (profile, plate) = self.cloud.history.plates().nth(open.at.at(usize::MAX))?;
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

    /// Asks for prints before those that are there.
    pub(in crate::state) fn ask_older(&mut self, cx: &mut Cx) {
        let Some(only) = self.browse().map(|open| open.only.clone()) else { return };
        cx.effects.extend(self.cloud.history.ask_older(only.as_deref()).map(Effect::AskCloud));
    }
}
