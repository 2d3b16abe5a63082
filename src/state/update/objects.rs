//! Choosing objects: the layer in which it is done, and the moment at which a job's file is fetched for it.

use crate::state::cx::Cx;
use crate::state::printer::objects::{CAME_PLAIN, JobFileEvent, JobFileState};
use crate::state::{
    PrinterId, Redraw, State, Tone,
    effect::Effect,
    notify::journal::EntryKind,
    view::{Dialog, dialogs::Picker, scroll::Scroll},
    wants::Next,
};
use std::time::Duration;

/// A zoomed job pane fetches the file of a printer that has been selected this long: moving through the list fetches none.
const LOOK_TIME: Duration = Duration::from_millis(300);

impl State {
    /// Opens the layer of objects. What could not be had before is tried again: a person asks for it.
    pub(in crate::state) fn open_objects(&mut self, cx: &mut Cx) {
        let Some(who) = self.view.selected else { return self.say_nobody(cx) };
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        printer.objects.try_again();
        let picker = Picker::new(who, printer);
        self.view.dialogs.push(Dialog::Objects(picker));
    }

    /// Fetches the file of a job that somebody looks at.
    pub(in crate::state) fn fetch_plate(&mut self, cx: &mut Cx) {
        let at = cx.now.at;
        let has_one = |who| self.printer(who).is_some_and(|p| p.objects.look == JobFileState::Closed && p.has_file());
        let Some(wanted) = self.wants.wanted.job_file.filter(|wanted| has_one(wanted.who)) else {
            self.wants.next_job_file = None;
            return;
        };
        let who = wanted.who;
        let begun = self.wants.next_job_file.filter(|next| next.who == who);
        let next = begun.unwrap_or(Next { who, at: at + LOOK_TIME });
        if !wanted.at_once && next.at > at {
            self.wants.next_job_file = Some(next);
            return;
        }
        self.wants.next_job_file = None;
        let printer = &mut self.fleet.printers[usize::from(who.0)];
        let wanted = Box::new(printer.wanted());
        printer.objects.look = JobFileState::Asked;
        cx.mark(Redraw::Soon);
        cx.effects.push(Effect::FetchPlate { who, wanted });
    }

    /// News of a job's file.
    pub(in crate::state) fn plate_news(&mut self, who: PrinterId, turn: u32, news: JobFileEvent, cx: &mut Cx) {
        self.judge_files(who, &news, cx);
        let printer = &mut self.fleet.printers[usize::from(who.0)];
        let came_plain = matches!(&news, JobFileEvent::Ended(Ok(found)) if found.plain);
        if !printer.objects.take(turn, news) {
            return;
        }
        if came_plain {
            self.log(who, EntryKind::Other, CAME_PLAIN, Tone::Warning, cx);
            cx.mark(Redraw::Soon);
        }
        if self.view.selected == Some(who) || self.wants.wanted.all_changes {
            cx.mark(Redraw::Soon);
        }
    }

    /// What was chosen for one job is not chosen for the next, nor what has been skipped meanwhile.
    pub(in crate::state) fn forget_choice(&mut self, who: PrinterId) {
        let Self { view, fleet, .. } = self;
        let Some(printer) = fleet.printers.get(usize::from(who.0)) else { return };
        for layer in &mut view.dialogs {
            let Dialog::Objects(picker) = layer else { continue };
            if picker.who == who && picker.turn != printer.objects.turn {
                picker.at = Scroll::default();
                picker.turn = printer.objects.turn;
                picker.chosen.clear();
            }
            if picker.who == who
                && !picker.chosen.is_empty()
                && let Ok(plate) = printer.plate()
            {
                let skipped = |id: &u32| plate.objects.iter().any(|o| o.id == *id && printer.skips(o));
                picker.chosen.retain(|id| !skipped(id));
            }
        }
    }
}
