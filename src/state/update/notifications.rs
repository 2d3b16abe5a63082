//! What deserves attention away from the screen: a bell, a desktop notification, a hook.

use crate::protocol::codes::Code;
use crate::state::cx::Cx;
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

/// What a notification says besides the printer's own values.
struct News<'a> {
    event_kind: EventKind,
    /// The job it is about; `None`: the one that the printer has.
    of: Option<&'a Happened>,
    late: bool,
    reason: Option<String>,
    code: Option<String>,
}

impl State {
    /// Tells of something; what is too much leaves at the end of the update as one.
    fn tell(&mut self, who: PrinterId, news: News<'_>, cx: &mut Cx) {
        let News { event_kind, of, late, reason, code } = news;
        let Some(printer) = self.printer(who) else { return };
        let (job, percent) = match of {
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
            unix: cx.now.unix,
            by_person: match event_kind {
                EventKind::PrintPaused => paused_by_person(printer),
                EventKind::PrintCancelled => true,
                _ => false,
            },
            more: 0,
        };
        cx.effects.push(Effect::Tell(Box::new(notification)));
        // Whatever is told is told between two frames.
        cx.mark(Redraw::Soon);
    }

    /// Something happened to a job.
    pub(in crate::state) fn tell_job(&mut self, who: PrinterId, happened: &Happened, cx: &mut Cx) {
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
        let (late, code) = (happened.late, code.map(|code| code.to_string()));
        self.tell(who, News { event_kind, of: Some(happened), late, reason: why, code }, cx);
    }

    /// Codes that are new, and filament that ran out. Where that is `no news` it is noted only.
    pub(in crate::state) fn tell_codes(&mut self, who: PrinterId, fresh: &[Fresh], is_news: bool, cx: &mut Cx) {
        let at = cx.now.at;
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        let shown: Vec<_> = printer.codes().filter(|code| code.is_danger()).collect();
        let late = printer.gap.is_blind();
        let dangers = printer.notified.dangers.news(&shown, at, QUIET);
        let dangers: Vec<_> = dangers.into_iter().map(|code| (printer.text(code).words, code.to_string())).collect();
        let runout = runout(printer);
        let missing = runout.is_some();
        let lasts = printer.news.runs_out(missing, late, at) || printer.notified.missing || !is_news;
        let ran_out = printer.notified.ran_out(missing && lasts, at);
        let runout_late = printer.news.is_runout_late();
        let text = |hms: &Fresh| printer.text(Code::Hms(hms.code)).brief(Code::Hms(hms.code));
        let texts: Vec<_> = fresh.iter().map(text).collect();
        let name = printer.name.clone();
        // At once, and also by the first report after a start: whoever sees it first may be the only one.
        for (words, code) in dangers {
            self.say(format!("{name}: {words}"), Tone::Bad, cx);
            let event_kind = EventKind::DangerRaised;
            self.tell(who, News { event_kind, of: None, late, reason: Some(words), code: Some(code) }, cx);
        }
        if !is_news {
            return;
        }
        for (hms, words) in fresh.iter().zip(texts) {
            let (event_kind, code) = (EventKind::HmsRaised, Some(hms.code.to_string()));
            self.tell(who, News { event_kind, of: None, late: hms.late, reason: Some(words), code }, cx);
        }
        if let Some((why, code)) = runout.filter(|_| ran_out) {
            let event_kind = EventKind::FilamentRunout;
            self.tell(who, News { event_kind, of: None, late: runout_late, reason: Some(why), code }, cx);
        }
    }

    /// The link of a printer went up, or down for a reason.
    pub(in crate::state) fn tell_link(&mut self, who: PrinterId, up: bool, why: Option<String>, cx: &mut Cx) {
        let Some(printer) = self.fleet.printers.get_mut(usize::from(who.0)) else { return };
        if printer.notified.link(up) {
            let event_kind = if up { EventKind::DeviceOnline } else { EventKind::DeviceOffline };
            self.tell(who, News { event_kind, of: None, late: false, reason: why, code: None }, cx);
        }
    }

    /// An order ended; only a refusal is told.
    pub(in crate::state) fn tell_order(&mut self, who: PrinterId, order: &Order, cx: &mut Cx) {
        if matches!(order.stage, Stage::Refused(_)) {
            let (event_kind, reason) = (EventKind::CommandRefused, Some(format!("{} {}", order.action, order.stage)));
            self.tell(who, News { event_kind, of: None, late: false, reason, code: None }, cx);
        }
    }

    /// Lets notifications out, at the end of an update, as often as anybody wants to be told.
    pub(in crate::state) fn bundle(&mut self, cx: &mut Cx) {
        let at = cx.now.at;
        let mut told = self.notifications.due(at);
        for effect in cx.effects.extract_if(.., |effect| matches!(effect, Effect::Tell(_))) {
            if let Effect::Tell(one) = effect {
                told.extend(self.notifications.admit(*one, at));
            }
        }
        cx.effects.extend(told.into_iter().map(|one| Effect::Tell(Box::new(one))));
    }

    /// A hook failed: for the record, and never told again by a hook.
    pub(in crate::state) fn hook_failed(&mut self, failure: &HookFailure, cx: &mut Cx) {
        let HookFailure { who, event_kind, hook, why } = failure;
        let text = format!("hook {hook} for {}: {why}", event_kind.name());
        self.log(*who, EntryKind::Other, text, Tone::Warning, cx);
        cx.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests;
