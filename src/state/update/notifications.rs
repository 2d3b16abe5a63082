//! What deserves attention away from the screen: a bell, a desktop notification, a hook.

use crate::protocol::codes::Code;
use crate::state::{
    PrinterId, Redraw, State, Tone,
    command::tracker::{Order, Stage},
    effect::Effect,
    notify::journal::EntryKind,
    printer::{
        job::JobEvent,
        job_news::{Fresh, Happened},
    },
};
use crate::state::{
    notify::notification::{EventKind, HookFailure, Notification, paused_by_person, runout},
    printer::notified::QUIET,
};

impl State {
    pub(in crate::state) fn tell(
        &mut self,
        who: PrinterId,
        event_kind: EventKind,
        reason: Option<String>,
        code: Option<String>,
    ) {
        self.tell_of(who, event_kind, None, false, reason, code);
    }

    /// Keeps a notification until the end of the update, where it becomes an effect. `happened`: it is about a job.
    pub(in crate::state) fn tell_of(
        &mut self,
        who: PrinterId,
        event_kind: EventKind,
        happened: Option<&Happened>,
        late: bool,
        reason: Option<String>,
        code: Option<String>,
    ) {
        let Some(printer) = self.printer(who) else { return };
        let (job, percent) = match happened {
            Some(happened) => (happened.name.clone(), happened.percent),
            None => (printer.job.name.clone(), printer.job.percent),
        };
        let notification = Notification {
            event_kind,
            who,
            printer: printer.name.clone(),
            serial: printer.serial.clone(),
            model: printer.model.short(),
            job,
            percent,
            late,
            reason,
            code,
            danger: printer.is_in_danger(),
            unix: self.now.unix,
            by_person: match event_kind {
                EventKind::PrintPaused => paused_by_person(printer),
                EventKind::PrintCancelled => true,
                _ => false,
            },
            more: 0,
        };
        self.told.push(notification);
        // Whatever is told is told between two frames.
        self.mark(Redraw::Soon);
    }

    /// Something happened to a job.
    pub(in crate::state) fn tell_job(&mut self, who: PrinterId, happened: &Happened) {
        let Some(printer) = self.printer(who) else { return };
        let (event_kind, why, code) = match happened.event {
            JobEvent::Started => (EventKind::PrintStarted, None, None),
            JobEvent::Paused => (EventKind::PrintPaused, Some(printer.pause_reason()), printer.pause_code()),
            JobEvent::Finished => (EventKind::PrintFinished, None, None),
            JobEvent::Failed => {
                let (why, code) = printer.failure(happened);
                (EventKind::PrintFailed, Some(why), code.filter(|code| matches!(code, Code::Error(_))))
            }
            JobEvent::Cancelled => (EventKind::PrintCancelled, None, None),
            JobEvent::Resumed | JobEvent::Unseen => return,
        };
        self.tell_of(who, event_kind, Some(happened), happened.late, why, code.map(|code| code.to_string()));
    }

    /// Codes that are new, and filament that ran out. Where that is `no news` it is noted only.
    pub(in crate::state) fn tell_codes(&mut self, who: PrinterId, fresh: &[Fresh], is_news: bool) {
        let at = self.now.at;
        let Some(printer) = self.printers.get_mut(usize::from(who.0)) else { return };
        let shown: Vec<_> = printer.codes().filter(|code| code.is_danger()).collect();
        let late = printer.gap.is_blind();
        let dangers = printer.notified.dangers.news(&shown, at, QUIET);
        let dangers: Vec<_> = dangers.into_iter().map(|code| (printer.text(code).words, code.to_string())).collect();
        let runout = runout(printer);
        let missing = runout.is_some();
        let lasts = printer.news.runs_out(missing, at) || printer.notified.missing || !is_news;
        let ran_out = printer.notified.ran_out(missing && lasts, at);
        let text = |hms: &Fresh| printer.text(Code::Hms(hms.code)).brief(Code::Hms(hms.code));
        let texts: Vec<_> = fresh.iter().map(text).collect();
        let name = printer.name.clone();
        // At once, and also by the first report after a start: whoever sees it first may be the only one.
        for (words, code) in dangers {
            self.say(format!("{name}: {words}"), Tone::Bad);
            self.tell_of(who, EventKind::DangerRaised, None, late, Some(words), Some(code));
        }
        if !is_news {
            return;
        }
        for (hms, words) in fresh.iter().zip(texts) {
            self.tell_of(who, EventKind::HmsRaised, None, hms.late, Some(words), Some(hms.code.to_string()));
        }
        if let Some((why, code)) = runout.filter(|_| ran_out) {
            self.tell(who, EventKind::FilamentRunout, Some(why), code);
        }
    }

    /// The link of a printer went up, or down for a reason.
    pub(in crate::state) fn tell_link(&mut self, who: PrinterId, up: bool, why: Option<String>) {
        let Some(printer) = self.printers.get_mut(usize::from(who.0)) else { return };
        if printer.notified.link(up) {
            let event_kind = if up { EventKind::DeviceOnline } else { EventKind::DeviceOffline };
            self.tell(who, event_kind, why, None);
        }
    }

    /// An order ended; only a refusal is told.
    pub(in crate::state) fn tell_order(&mut self, who: PrinterId, order: &Order) {
        if matches!(order.stage, Stage::Refused(_)) {
            self.tell(who, EventKind::CommandRefused, Some(format!("{} {}", order.action, order.stage)), None);
        }
    }

    /// What was told and what was written in the journal since the last time, as effects.
    pub(in crate::state) fn flush(&mut self, effects: &mut Vec<Effect>) {
        effects.extend(
            std::mem::take(&mut self.journal.witness).into_iter().map(|entry| Effect::Witness(Box::new(entry))),
        );
        effects.extend(self.journal.take_new().into_iter().map(|entry| Effect::Record(Box::new(entry))));
        let at = self.now.at;
        let mut told = self.pace.due(at);
        told.extend(self.told.drain(..).filter_map(|one| self.pace.admit(one, at)));
        effects.extend(told.into_iter().map(|one| Effect::Tell(Box::new(one))));
    }

    /// A hook failed: for the record, and never told again by a hook.
    pub(in crate::state) fn hook_failed(&mut self, failure: &HookFailure) {
        let HookFailure { who, event_kind, hook, why } = failure;
        let text = format!("hook {hook} for {}: {why}", event_kind.name());
        self.log(*who, EntryKind::Other, text, Tone::Warning);
        self.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests;
