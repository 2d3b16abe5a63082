//! The one place where state changes: an event and the moment in, effects out.

mod account;
mod bulk;
mod camera;
mod certificate;
mod cloud_device;
mod commands;
mod devices;
mod due;
mod error_texts;
mod filter;
mod form;
mod history;
mod history_view;
mod impostor;
mod input;
mod journal;
mod link;
mod moves;
mod notifications;
mod objects;
mod panel;
mod permission;
mod question;
mod quiet;
mod reload;
mod rename;
mod selection;
mod session;
mod transport;
mod view;
pub mod watchdog;

use super::{
    Now, PrinterId, Redraw, State,
    effect::Effect,
    event::{CloudEvent, Event, PrinterEvent},
    printer::{Printer, Status},
    view::{Dialog, dialogs::form::Test},
};
use crate::protocol::{command::Command, report::Report};
use crate::state::{
    Tone,
    notify::{journal::EntryKind, notice::Notice},
    printer::{
        job::JobEvent,
        need::Need,
        transport::{Transport, Transports},
    },
    screen::redraw_schedule,
};
use std::{sync::Arc, time::Duration};

/// A camera is opened only when a printer has been selected this long: moving through the list opens none.
pub(in crate::state) const LOOK_TIME: Duration = Duration::from_millis(300);
/// How long a person has to answer a dangerous question.
pub const ANSWER_TIME: Duration = Duration::from_secs(20);

/// Takes in an event.
pub fn update(state: &mut State, event: Event, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    let changes_by_itself = redraw_schedule::next_change(state).is_some_and(|at| at <= now.at);
    state.now = now;
    if changes_by_itself {
        state.mark(Redraw::Soon);
    }
    let is_due = matches!(event, Event::Due);
    match event {
        Event::Key(key) => state.press(&key, &mut effects),
        Event::Mouse(mouse) => state.mouse(mouse, &mut effects),
        Event::Paste(text) => state.paste(&text),
        Event::Resize(size) => {
            state.resize(size);
            state.keep_selection_visible();
            state.mark(Redraw::AtOnce);
        }
        Event::Returned => state.returned(),
        Event::NotSuspended => state.say("not in the background: no shell is there to bring it back", Tone::Warning),
        Event::Printer(who, event) => state.printer_event(who, event, false, &mut effects),
        Event::Cloud(CloudEvent::Link(change)) => state.cloud_link(change, &mut effects),
        Event::Cloud(CloudEvent::Printer(who, event)) => state.cloud_printer(who, event, &mut effects),
        Event::Cloud(CloudEvent::Response(response)) => state.cloud_response(response, &mut effects),
        Event::Order(who, action) => state.order(who, action, false, &mut effects),
        Event::Met(met) => state.tested(Test::Met(met)),
        Event::Probed(Ok(found)) => state.tested(Test::Passed(found)),
        Event::Probed(Err(why)) => state.tested(Test::Failed(why.to_string())),
        Event::Added(result) => state.added(result),
        Event::Reloaded(request, response) => state.reloaded(request, response, &mut effects),
        Event::Saved(result) => state.picture_saved(result),
        Event::NotKept(why) => state.not_kept(&why),
        Event::Hook(failure) => state.hook_failed(&failure),
        Event::Texts(news) => state.take_texts(news, &mut effects),
        Event::Due => {}
        Event::Stop => effects.push(Effect::Quit),
    }
    state.pass_time(is_due, &mut effects);
    state.watch_panel();
    state.watch_question();
    state.tend_account(&mut effects);
    state.look_at_bound(&mut effects);
    if std::mem::take(&mut state.roads_changed) {
        state.follow(&mut effects);
    }
    state.watch_camera(&mut effects);
    state.fetch_plate(&mut effects);
    if is_due {
        state.look_at_file(&mut effects);
    }
    state.flush(&mut effects);
    effects
}

/// What a row of the list shows of a printer: a change of anything else needs no new frame unless it is selected.
type Row = ((Status, &'static str, Option<Need>), Option<u8>, Option<u32>, Option<(String, String)>);

fn row(printer: &Printer) -> Row {
    let what = (printer.status(), printer.list_status(), printer.need());
    (what, printer.job.percent, printer.job.minutes_left, printer.trouble())
}

impl State {
    /// Asks for a frame; the soonest wish wins.
    pub fn mark(&mut self, redraw: Redraw) {
        self.redraw = self.redraw.max(redraw);
    }

    /// Shows a sentence for a few seconds.
    pub(super) fn say(&mut self, text: impl Into<String>, tone: Tone) {
        self.notice = Some(Notice::new(text, tone, self.now.at));
        self.mark(Redraw::AtOnce);
    }

    pub(super) fn printer_event(
        &mut self,
        who: PrinterId,
        event: PrinterEvent,
        from_cloud: bool,
        effects: &mut Vec<Effect>,
    ) {
        let at = self.now.at;
        let place = usize::from(who.0);
        if self.printers.get(place).is_none() {
            return;
        }
        let is_selected = self.view.selected == Some(who);
        let printer = &mut self.printers[place];
        match event {
            PrinterEvent::Report(report) => {
                if !from_cloud && printer.transport == Transport::Cloud && printer.whole.came() && !report.is_whole() {
                    // The cloud knows the whole: the LAN takes over once it does too.
                    return;
                }
                if !from_cloud && (printer.transport == Transport::Cloud || printer.transports.lan_silent > 0) {
                    // The LAN is back, and proved it.
                    self.change_transport(who, Transports::heard_lan);
                } else if !from_cloud {
                    printer.transports.lan_heard = true;
                }
                self.report(who, *report, effects);
            }
            PrinterEvent::Link(change) => self.lan_link(who, change),
            PrinterEvent::Certificate(certificate, known) => self.take_certificate(who, certificate, known),
            PrinterEvent::PinTaken(pinned) => self.pin_taken(who, &pinned),
            PrinterEvent::PinNotKept(why) => self.pin_not_kept(who, &why),
            PrinterEvent::PinWaits(file) => self.pin_waits(who, &file),
            // Only the cloud says so.
            PrinterEvent::Online(_) => {}
            PrinterEvent::Modules(modules) => {
                let before = printer.firmware.clone();
                if printer.take_modules(&modules) {
                    if let (Some(old), Some(new)) = (before, printer.firmware.clone())
                        && old != new
                    {
                        self.log(who, EntryKind::Other, format!("firmware {new}, before {old}"), Tone::Plain);
                    }
                    self.arrange_rows();
                    self.mark(Redraw::Soon);
                }
            }
            PrinterEvent::Unreadable(why) => {
                let count = printer.unreadable.as_ref().map_or(0, |(count, _)| *count);
                printer.unreadable = Some((count.saturating_add(1), why.clone()));
                if count == 0 {
                    self.log(who, EntryKind::Link, format!("sent a message that cannot be read: {why}"), Tone::Warning);
                }
                if is_selected {
                    self.mark(Redraw::Soon);
                }
            }
            PrinterEvent::Excess(dropped) => {
                if !std::mem::replace(&mut printer.told_excess, true) {
                    let text =
                        format!("a message held {dropped} entries more than any printer has; they were left out");
                    self.log(who, EntryKind::Link, text, Tone::Warning);
                }
            }
            PrinterEvent::Ack(ack) => {
                if let Some(order) = printer.orders.acknowledged(&ack, at) {
                    let (session, transport) = (order.session, printer.transport);
                    if !order.stage.is_open() {
                        self.order_ended(who, &order);
                    } else if order.action.needs_whole_report(printer) {
                        let (seq, command) = (self.take_seq(), Command::PushAll);
                        effects.push(Effect::Send { to: who, transport, session, seq, command });
                    }
                    self.order_moved(who);
                }
                self.log_permission(who);
                self.see_effects(who, effects);
            }
            PrinterEvent::Sent(seq) => {
                if printer.orders.sent(seq, at) {
                    self.order_moved(who);
                }
            }
            PrinterEvent::Refused(seq, why) => {
                if let Some(order) = printer.orders.not_sent(seq, &why.to_string(), at) {
                    self.order_ended(who, &order);
                }
            }
            PrinterEvent::Picture(picture) => {
                // The same one again only says that it is up to date.
                let live = redraw_schedule::live_picture(&self.settings);
                let same = printer.camera.newest.as_ref().is_some_and(|(old, came)| {
                    Arc::ptr_eq(old, &picture) && at.saturating_duration_since(*came) < live
                });
                printer.camera.newest = Some((picture, at));
                if is_selected && !same {
                    self.mark(Redraw::Soon);
                }
            }
            PrinterEvent::Plate(turn, news) => self.plate_news(who, turn, news),
            PrinterEvent::Camera(change) => {
                self.judge_camera(who, &change);
                self.printers[place].camera.set_link(change, at);
                if is_selected {
                    self.mark(Redraw::Soon);
                }
            }
        }
    }

    pub(in crate::state) fn report(&mut self, who: PrinterId, report: Report, effects: &mut Vec<Effect>) {
        let now = self.now;
        let is_selected = self.view.selected == Some(who);
        let printer = &mut self.printers[usize::from(who.0)];
        let (before, key) = (row(printer), printer.job.key.clone());
        let was_silent = printer.silent_for(now.at).is_some();
        let (changed, event) = printer.hear(report, now);
        let is_news = printer.notified.heard(printer.whole.came(), now.at);
        let after = row(printer);
        let new_job = printer.job.key != key;
        self.tell_news(who, is_news, effects);
        let danger = self.printers[usize::from(who.0)].danger_to_keep(now.unix);
        effects.extend(danger.map(Effect::RememberDanger));
        if new_job {
            self.void_questions(who, "the job has changed");
        } else {
            self.void_stale_questions(who);
        }
        let moves = before.0 != after.0 || before.2 != after.2 || new_job || self.has_crossed_filter(who);
        let moved = moves && self.arrange_rows();
        // Others show only their row; the journal and the totals in the header change with it.
        let looked_at = is_selected || self.view.every_change;
        if before != after || moved || event.is_some() || was_silent || (looked_at && changed) {
            self.mark(Redraw::Soon);
        }
        self.log_permission(who);
        self.forget_choice(who);
        self.see_effects(who, effects);
        self.want_texts(who, effects);
    }

    /// What is certain by now goes to the journal and to whom it is told.
    pub(in crate::state) fn tell_news(&mut self, who: PrinterId, is_news: bool, effects: &mut Vec<Effect>) {
        let at = self.now.at;
        let printer = &mut self.printers[usize::from(who.0)];
        let told = printer.settle(at, is_news);
        if !printer.news.is_unsettled() {
            effects.extend(printer.job.memory(&printer.serial).map(Effect::Remember));
        }
        let tells = |event| matches!(event, JobEvent::Paused | JobEvent::Failed | JobEvent::Cancelled);
        let tells = told.happened.iter().any(|one| tells(one.event));
        if !told.happened.is_empty() {
            self.prints_changed();
            self.mark(Redraw::Soon);
        }
        if told.left_out > 0 {
            let text = format!("{} events of jobs in a few seconds were left out", told.left_out);
            self.log(who, EntryKind::Print, text, Tone::Warning);
        }
        self.log_codes(who, &told.fresh, told.error, tells);
        for happened in &told.happened {
            self.log_job(who, happened);
            self.tell_job(who, happened);
        }
        self.tell_codes(who, &told.fresh, is_news);
    }

    /// Everything that only time brings about.
    pub(in crate::state) fn pass_time(&mut self, is_due: bool, effects: &mut Vec<Effect>) {
        let at = self.now.at;
        if self.notice.as_ref().is_some_and(|notice| notice.until <= at) {
            self.notice = None;
            self.mark(Redraw::Soon);
        }
        let expired = |layer: &Dialog| layer.until().is_some_and(|until| until <= at);
        if self.view.dialogs.iter().any(expired) {
            self.view.dialogs.retain(|layer| !expired(layer));
            self.say("nobody answered: the question is void, nothing was sent", Tone::Warning);
        }
        // `next_due` brings a wake for these: there is no need to look at every printer with every report.
        let printers = if is_due { self.printers.len() } else { 0 };
        for place in 0..printers {
            let who = PrinterId(place as u16);
            let printer = &mut self.printers[place];
            if printer.orders.next_due().is_some_and(|due| due <= at) {
                self.see_effects(who, effects);
            }
            let now = self.now;
            let printer = &mut self.printers[place];
            if let Some(event) = printer.job.decide(now) {
                printer.news.push(printer.job.happened(event));
                self.tell_news(who, true, effects);
                self.arrange_rows();
                self.mark(Redraw::Soon);
            } else if printer.news.next_due().is_some_and(|due| due <= at) {
                let is_news = printer.notified.is_settled();
                self.tell_news(who, is_news, effects);
            }
            let printer = &mut self.printers[place];
            if printer.transports.lan_silent_until(&self.watchdog_timeouts).is_some_and(|until| until <= at) {
                self.change_transport(who, Transports::close_silent_lan);
                effects.push(Effect::Reconnect(who));
            }
            self.guard(who, effects);
        }
    }

    /// The earliest moment at which something happens or looks different by itself; `None` is for ever.
    pub fn next_due(&self) -> Option<std::time::Instant> {
        let at = self.now.at;
        let questions = self.view.dialogs.iter().filter_map(|layer| layer.until().or(layer.disarms_at()));
        let printer = |p: &Printer| {
            [p.next_due(at, &self.watchdog_timeouts), p.orders.next_due(), p.job.decides_at(), p.news.next_due()]
        };
        let printers = self.printers.iter().flat_map(printer);
        printers
            .flatten()
            .chain(questions)
            .chain(self.notice.as_ref().map(|n| n.until))
            .chain(self.watch_from.map(|(_, from)| from))
            .chain(self.pace.next_due())
            .chain(self.account_due())
            .chain(self.look_due())
            .chain(self.reload_due())
            .chain(redraw_schedule::next_change(self))
            .min()
    }
}
