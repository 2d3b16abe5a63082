//! The one place where state changes: an event and the moment in, effects out.

mod account;
mod bulk;
mod camera;
mod certificate;
mod cloud_device;
mod commands;
mod devices;
mod dialogs;
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
    cx::Cx,
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
    screen::{self, redraw_schedule},
};
use std::{sync::Arc, time::Duration};

/// A camera is opened only when a printer has been selected this long: moving through the list opens none.
pub(in crate::state) const LOOK_TIME: Duration = Duration::from_millis(300);
/// How long a person has to answer a dangerous question.
pub const ANSWER_TIME: Duration = Duration::from_secs(20);

/// Takes in an event.
pub fn update(state: &mut State, event: Event, now: Now) -> Cx {
    let mut whole = Cx::new(now);
    let cx = &mut whole;
    let changes_by_itself = redraw_schedule::next_change(state).is_some_and(|at| at <= now.at);
    state.now = now;
    if changes_by_itself {
        cx.mark(Redraw::Soon);
    }
    let is_due = matches!(event, Event::Due);
    match event {
        Event::Key(key) => state.press(&key, cx),
        Event::Mouse(mouse) => state.mouse(mouse, cx),
        Event::Paste(text) => state.paste(&text, cx),
        Event::Resize(size) => {
            state.resize(size);
            state.keep_selection_visible();
            cx.mark(Redraw::AtOnce);
        }
        Event::Returned => state.returned(cx),
        Event::NotSuspended => {
            state.say("not in the background: no shell is there to bring it back", Tone::Warning, cx);
        }
        Event::Printer(who, event) => state.printer_event(who, event, false, cx),
        Event::Cloud(CloudEvent::Link(change)) => state.cloud_link(change, cx),
        Event::Cloud(CloudEvent::Printer(who, event)) => state.cloud_printer(who, event, cx),
        Event::Cloud(CloudEvent::Response(response)) => state.cloud_response(response, cx),
        Event::Order(items) => items.iter().for_each(|item| state.confirmed(item, cx)),
        Event::Look => cx.mark(Redraw::AtOnce),
        Event::Exit(code) => cx.effects.push(Effect::Exit(code)),
        Event::Met(met) => state.tested(Test::Met(met), cx),
        Event::Probed(Ok(found)) => state.tested(Test::Passed(found), cx),
        Event::Probed(Err(why)) => state.tested(Test::Failed(why.to_string()), cx),
        Event::Added(result) => state.added(result, cx),
        Event::Reloaded(request, response) => state.reloaded(request, response, cx),
        Event::Saved(result) => state.picture_saved(result, cx),
        Event::NotKept(why) => state.not_kept(&why, cx),
        Event::Hook(failure) => state.hook_failed(&failure, cx),
        Event::Texts(news) => state.take_texts(news, cx),
        Event::Due => {}
        Event::Stop => cx.effects.push(Effect::Quit),
    }
    state.pass_time(is_due, cx);
    state.watch_panel(cx);
    state.watch_question();
    state.tick_account(cx);
    if !state.wants.is_fixed {
        state.wants.wanted = screen::wants::of_view(state);
    }
    state.look_at_cloud_device(cx);
    state.follow(cx);
    state.watch_camera(cx);
    state.fetch_plate(cx);
    if is_due {
        state.look_at_file(cx);
    }
    state.bundle(cx);
    whole
}

/// What a row of the list shows of a printer: a change of anything else needs no new frame unless it is selected.
type Row = ((Status, bool, Option<Need>), Option<u8>, Option<u32>, Option<(String, String)>);

fn row(printer: &Printer) -> Row {
    let is_busy = printer.ams.changing || printer.ams.drying().is_some();
    let what = (printer.status(), is_busy, printer.need());
    (what, printer.job.percent, printer.job.minutes_left, printer.trouble())
}

impl State {
    /// Shows a sentence for a few seconds.
    pub(super) fn say(&mut self, text: impl Into<String>, tone: Tone, cx: &mut Cx) {
        self.view.notice = Some(Notice::new(text, tone, cx.now.at));
        cx.mark(Redraw::AtOnce);
    }

    pub(super) fn printer_event(&mut self, who: PrinterId, event: PrinterEvent, from_cloud: bool, cx: &mut Cx) {
        let at = cx.now.at;
        let place = usize::from(who.0);
        if self.fleet.printers.get(place).is_none() {
            return;
        }
        let is_selected = self.view.selected == Some(who);
        let printer = &mut self.fleet.printers[place];
        match event {
            PrinterEvent::Report(report) => {
                if !from_cloud && printer.transport == Transport::Cloud && printer.whole.came() && !report.is_whole() {
                    // The cloud knows the whole: the LAN takes over once it does too.
                    return;
                }
                if !from_cloud && (printer.transport == Transport::Cloud || printer.transports.lan_silent > 0) {
                    // The LAN is back, and proved it.
                    self.change_transport(who, Transports::heard_lan, cx);
                } else if !from_cloud {
                    printer.transports.lan_heard = true;
                }
                self.report(who, *report, cx);
            }
            PrinterEvent::Link(change) => self.lan_link(who, change, cx),
            PrinterEvent::Certificate(certificate, known) => self.take_certificate(who, certificate, known, cx),
            PrinterEvent::PinTaken(pinned) => self.pin_taken(who, &pinned, cx),
            PrinterEvent::PinNotKept(why) => self.pin_not_kept(who, &why, cx),
            PrinterEvent::EncryptedNotKept(why) => self.encrypted_not_kept(who, &why, cx),
            PrinterEvent::PinWaits(file) => self.pin_waits(who, &file, cx),
            // Only the cloud says so.
            PrinterEvent::Online(_) => {}
            PrinterEvent::Modules(modules) => {
                let before = printer.firmware.clone();
                if printer.take_modules(&modules) {
                    if let (Some(old), Some(new)) = (before, printer.firmware.clone())
                        && old != new
                    {
                        self.log(who, EntryKind::Other, format!("firmware {new}, before {old}"), Tone::Plain, cx);
                    }
                    self.arrange_rows();
                    cx.mark(Redraw::Soon);
                }
            }
            PrinterEvent::Unreadable(why) => {
                let count = printer.unreadable.as_ref().map_or(0, |(count, _)| *count);
                printer.unreadable = Some((count.saturating_add(1), why.clone()));
                if count == 0 {
                    self.log(
                        who,
                        EntryKind::Link,
                        format!("sent a message that cannot be read: {why}"),
                        Tone::Warning,
                        cx,
                    );
                }
                if is_selected {
                    cx.mark(Redraw::Soon);
                }
            }
            PrinterEvent::Excess(dropped) => {
                if !std::mem::replace(&mut printer.told_excess, true) {
                    let text =
                        format!("a message held {dropped} entries more than any printer has; they were left out");
                    // A command tells it too: what it shows is not all that the printer said.
                    self.log_trust(who, text, Tone::Bad, cx);
                }
            }
            PrinterEvent::Ack(ack) => {
                if let Some(order) = printer.orders.acknowledged(&ack, at) {
                    let (session, transport) = (order.session, printer.transport);
                    if !order.stage.is_open() {
                        self.order_ended(who, &order, cx);
                    } else if order.action.needs_whole_report(printer) {
                        let (seq, command) = (self.take_seq(), Command::PushAll);
                        cx.effects.push(Effect::Send { to: who, transport, session, seq, command });
                    }
                    self.order_moved(who, cx);
                }
                self.log_permission(who, cx);
                self.see_effects(who, cx);
            }
            PrinterEvent::Sent(seq) => {
                if printer.orders.sent(seq, at) {
                    self.order_moved(who, cx);
                }
            }
            PrinterEvent::Refused(seq, why) => {
                if let Some(order) = printer.orders.not_sent(seq, &why.to_string(), at) {
                    self.order_ended(who, &order, cx);
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
                    cx.mark(Redraw::Soon);
                }
            }
            PrinterEvent::Plate(turn, news) => self.plate_news(who, turn, news, cx),
            PrinterEvent::Camera(change) => {
                self.judge_camera(who, &change, cx);
                self.fleet.printers[place].camera.set_link(change, at);
                if is_selected {
                    cx.mark(Redraw::Soon);
                }
            }
        }
    }

    pub(in crate::state) fn report(&mut self, who: PrinterId, report: Report, cx: &mut Cx) {
        let now = cx.now;
        let is_selected = self.view.selected == Some(who);
        let printer = &mut self.fleet.printers[usize::from(who.0)];
        let (before, key) = (row(printer), printer.job.key.clone());
        let was_silent = printer.silent_for(now.at).is_some();
        let (changed, event) = printer.hear(report, now);
        let is_news = printer.notified.heard(printer.whole.came(), now.at);
        let after = row(printer);
        let new_job = printer.job.key != key;
        self.tell_news(who, is_news, cx);
        let danger = self.fleet.printers[usize::from(who.0)].danger_to_keep(now.unix);
        cx.effects.extend(danger.map(Effect::RememberDanger));
        if new_job {
            self.void_questions(who, "the job has changed", cx);
        } else {
            self.void_stale_questions(who, cx);
        }
        let moves = before.0 != after.0 || before.2 != after.2 || new_job || self.has_crossed_filter(who);
        let moved = moves && self.arrange_rows();
        // Others show only their row; the journal and the totals in the header change with it.
        let looked_at = is_selected || self.wants.wanted.all_changes;
        if before != after || moved || event.is_some() || was_silent || (looked_at && changed) {
            cx.mark(Redraw::Soon);
        }
        self.log_permission(who, cx);
        self.forget_choice(who);
        self.see_effects(who, cx);
        self.want_texts(who, cx);
    }

    /// What is certain by now goes to the journal and to whom it is told.
    pub(in crate::state) fn tell_news(&mut self, who: PrinterId, is_news: bool, cx: &mut Cx) {
        let at = cx.now.at;
        let printer = &mut self.fleet.printers[usize::from(who.0)];
        let told = printer.settle(at, is_news);
        if !printer.news.is_unsettled() {
            cx.effects.extend(printer.job.memory(&printer.serial).map(Effect::Remember));
        }
        let tells = |event| matches!(event, JobEvent::Paused | JobEvent::Failed | JobEvent::Cancelled);
        let tells = told.happened.iter().any(|one| tells(one.event));
        if !told.happened.is_empty() {
            self.cloud.history.job_changed();
            cx.mark(Redraw::Soon);
        }
        if told.left_out > 0 {
            let text = format!("{} events of jobs in a few seconds were left out", told.left_out);
            self.log(who, EntryKind::Print, text, Tone::Warning, cx);
        }
        self.log_codes(who, &told.fresh, told.error, tells, cx);
        for happened in &told.happened {
            self.log_job(who, happened, cx);
            self.tell_job(who, happened, cx);
        }
        self.tell_codes(who, &told.fresh, is_news, cx);
    }

    /// Everything that only time brings about.
    pub(in crate::state) fn pass_time(&mut self, is_due: bool, cx: &mut Cx) {
        let at = cx.now.at;
        if self.view.notice.as_ref().is_some_and(|notice| notice.until <= at) {
            self.view.notice = None;
            cx.mark(Redraw::Soon);
        }
        let expired = |open: &Dialog| open.keys().until().is_some_and(|until| until <= at);
        if self.view.dialogs.iter().any(expired) {
            self.view.dialogs.retain(|open| !expired(open));
            self.say("not confirmed in time; nothing was sent", Tone::Warning, cx);
        }
        // `next_due` brings a wake for these: there is no need to look at every printer with every report.
        let printers = if is_due { self.fleet.printers.len() } else { 0 };
        for place in 0..printers {
            let who = PrinterId(place as u16);
            let printer = &mut self.fleet.printers[place];
            if printer.orders.next_due().is_some_and(|due| due <= at) {
                self.see_effects(who, cx);
            }
            let now = cx.now;
            let printer = &mut self.fleet.printers[place];
            if let Some(event) = printer.job.decide(now) {
                printer.news.push(printer.job.happened(event));
                self.tell_news(who, true, cx);
                self.arrange_rows();
                cx.mark(Redraw::Soon);
            } else if printer.news.next_due().is_some_and(|due| due <= at) {
                let is_news = printer.notified.is_settled();
                self.tell_news(who, is_news, cx);
            }
            let printer = &mut self.fleet.printers[place];
            if printer.transports.lan_silent_until(&self.fleet.watchdog_timeouts).is_some_and(|until| until <= at) {
                self.change_transport(who, Transports::close_silent_lan, cx);
                cx.effects.push(Effect::Reconnect(who));
            }
            self.guard(who, cx);
        }
    }

    /// The earliest moment at which something happens or looks different by itself; `None` is for ever.
    pub fn next_due(&self) -> Option<std::time::Instant> {
        let at = self.now.at;
        let questions = self.view.dialogs.iter().filter_map(|open| open.keys().due());
        let printer = |p: &Printer| {
            [p.next_due(at, &self.fleet.watchdog_timeouts), p.orders.next_due(), p.job.decides_at(), p.news.next_due()]
        };
        let printers = self.fleet.printers.iter().flat_map(printer);
        printers
            .flatten()
            .chain(questions)
            .chain(self.view.notice.as_ref().map(|n| n.until))
            .chain(self.wants.next_due())
            .chain(self.notifications.next_due())
            .chain(self.account_due())
            .chain(self.reload_due())
            .chain(redraw_schedule::next_change(self))
            .min()
    }
}
