//! The life of an order here: asked about, sent, seen, and the way back from it for as long as a key takes it back.

use super::ANSWER_TIME;
use crate::state::cx::Cx;
use crate::{
    protocol::command::Seq,
    state::{
        PrinterId, Redraw, State, Tone,
        command::{
            action::Action,
            bulk::Item,
            tracker::{Order, Stage},
            undo::{ConfirmPolicy, Undo, reverse},
        },
        effect::Effect,
        key_action::KeyAction,
        notify::journal::EntryKind,
        printer::{Printer, connection::DisconnectReason, transport::Transport},
        screen::layout,
        settings::ConfirmMode,
        view::{
            Dialog,
            dialogs::{Confirm, confirm},
        },
    },
};

impl State {
    /// An order's end goes to the journal, and to the notice line if it needs attention.
    pub(in crate::state) fn order_ended(&mut self, who: PrinterId, order: &Order, cx: &mut Cx) {
        let name = self.fleet.printers[usize::from(who.0)].name.clone();
        let tone = self.log_order_end(who, order, cx);
        self.settle_undo(order.first.seq, &order.stage);
        self.tell_order(who, order, cx);
        // What stands in the results need not be said again, for each of two hundred.
        if tone != Tone::Good && !self.is_in_results(who, order.first.seq) {
            self.say(format!("{} → {name}: {}", order.action, order.stage), tone, cx);
        }
        self.order_moved(who, cx);
    }

    /// The order that a person is looking at moves at once; those of others come as often as news do.
    pub(in crate::state) fn order_moved(&mut self, who: PrinterId, cx: &mut Cx) {
        cx.mark(if self.view.selected == Some(who) { Redraw::AtOnce } else { Redraw::Soon });
        self.follow_orders(who, cx);
    }

    pub(in crate::state) fn see_effects(&mut self, who: PrinterId, cx: &mut Cx) {
        let at = cx.now.at;
        let printer = &mut self.fleet.printers[usize::from(who.0)];
        if printer.orders.list().is_empty() {
            return;
        }
        let mut orders = std::mem::take(&mut printer.orders);
        let (ended, moved) = orders.advance(|action| action.is_seen(printer), at);
        printer.orders = orders;
        let half_dead = printer.orders.is_half_dead() && printer.session().is_some();
        if half_dead {
            printer.orders.reset_unanswered();
        }
        for order in ended {
            self.order_ended(who, &order, cx);
        }
        if moved {
            self.order_moved(who, cx);
        }
        if half_dead {
            self.fleet.printers[usize::from(who.0)].last_cause = Some(DisconnectReason::HalfDead);
            self.log(who, EntryKind::Link, DisconnectReason::HalfDead.to_string(), Tone::Warning, cx);
            let transport = self.fleet.printers[usize::from(who.0)].transport;
            cx.effects.push(if transport == Transport::Cloud {
                Effect::ReconnectCloud
            } else {
                Effect::Reconnect(who)
            });
        }
    }

    /// Orders an action: asks first, or says why it is not possible.
    pub(in crate::state) fn order_or_ask(&mut self, who: PrinterId, action: Action, ask: ConfirmPolicy, cx: &mut Cx) {
        if !self.may_order(cx) {
            return;
        }
        let Some(printer) = self.printer(who) else { return };
        let name = printer.name.clone();
        match printer.allows(&action, cx.now.at, &self.fleet.watchdog_timeouts) {
            Err(why) => self.say(format!("{action} → {name}: {why}"), Tone::Warning, cx),
            Ok(session) if self.asks(ask, printer, &action) => {
                let item = Item::new(who, action, printer, session);
                let until = cx.now.at + ANSWER_TIME;
                self.view.dialogs.push(Dialog::Confirm(Confirm { item, until }));
                cx.mark(Redraw::AtOnce);
            }
            Ok(session) => self.send_one_order(who, &action, session, cx),
        }
    }

    pub(in crate::state) fn send(&mut self, who: PrinterId, action: &Action, session: u32, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        let (commands, shows, transport) =
            (action.commands(printer), action.shows_in_reports(printer), printer.transport);
        let commands: Vec<_> = commands.into_iter().map(|command| (self.take_seq(), command)).collect();
        // What was said before would hide how this order goes, and the way back is one from the last order.
        self.view.notice = None;
        self.view.undo = None;
        let at = cx.now.at;
        self.fleet.printers[usize::from(who.0)].orders.add(action, &commands, shows, session, at);
        cx.effects.extend(commands.into_iter().map(|(seq, command)| Effect::Send {
            to: who,
            transport,
            session,
            seq,
            command,
        }));
        self.log_order(who, action, cx);
        cx.mark(Redraw::AtOnce);
    }

    /// The person said yes: the order goes out if everything is still as it was when the question was asked.
    pub(in crate::state) fn confirmed(&mut self, item: &Item, cx: &mut Cx) {
        if !self.may_order(cx) {
            return;
        }
        let Item { who, action, .. } = item;
        let Some(printer) = self.printer(*who) else { return };
        let name = printer.name.clone();
        match self.still(item) {
            Ok(session) => self.send_one_order(*who, action, session, cx),
            Err(why) => self.say(format!("{action} → {name}: nothing was sent; {why}"), Tone::Warning, cx),
        }
    }

    pub(in crate::state) fn void_questions(&mut self, who: PrinterId, why: &str, cx: &mut Cx) {
        self.leave_out(who, why, cx);
        let before = self.view.dialogs.len();
        self.view.dialogs.retain(|layer| !matches!(layer, Dialog::Confirm(question) if question.item.who == who));
        if self.view.dialogs.len() != before {
            self.say(format!("question closed: {why}; nothing was sent"), Tone::Warning, cx);
        }
    }

    /// The number for the next command.
    pub(in crate::state) fn take_seq(&mut self) -> Seq {
        let seq = Seq(self.fleet.next_seq);
        self.fleet.next_seq = if self.fleet.next_seq >= 29_999 { 20_000 } else { self.fleet.next_seq + 1 };
        seq
    }

    /// What takes an order back, and the key for it in words; `None`: no key does.
    pub(in crate::state) fn way_back(&self, printer: &Printer, action: &Action) -> Option<(Action, String)> {
        let (back, key_action, does) = reverse(action, printer)?;
        let key = self.keymap.key_of(key_action)?;
        Some((back, format!("{key} {does}")))
    }

    /// Whether a key would act on what nobody can see.
    pub(in crate::state) fn is_blind(&self, meaning: Option<KeyAction>) -> bool {
        !layout::is_legible(self.view.size) && !meaning.is_some_and(KeyAction::leads_out)
    }

    /// Orders an action; where it `may_ask`, a dangerous one asks first.
    pub(in crate::state) fn order(&mut self, who: PrinterId, action: Action, may_ask: bool, cx: &mut Cx) {
        self.order_or_ask(who, action, if may_ask { ConfirmPolicy::Danger } else { ConfirmPolicy::Never }, cx);
    }

    /// An order by one key: also asks where no key takes it back.
    pub(in crate::state) fn order_by_key(&mut self, who: PrinterId, action: Action, cx: &mut Cx) {
        let can_be_undone = self.printer(who).is_some_and(|printer| self.way_back(printer, &action).is_some());
        self.order_or_ask(who, action, if can_be_undone { ConfirmPolicy::Danger } else { ConfirmPolicy::Always }, cx);
    }

    /// Whether a person is asked before this order goes out.
    pub(in crate::state) fn asks(&self, ask: ConfirmPolicy, printer: &Printer, action: &Action) -> bool {
        match ask {
            ConfirmPolicy::Never => false,
            ConfirmPolicy::Danger => {
                let all = self.settings.confirm == ConfirmMode::All;
                let unseen = !confirm::has_room(self.view.size) || self.is_just_seen();
                all || unseen || action.risk(printer).is_some()
            }
            ConfirmPolicy::Always => true,
        }
    }

    /// Sends an order to one printer, and keeps the way back from it.
    pub(in crate::state) fn send_one_order(&mut self, who: PrinterId, action: &Action, session: u32, cx: &mut Cx) {
        let Some(printer) = self.printer(who) else { return };
        let (way, job) = (self.way_back(printer, action), printer.job.key.clone());
        let what = format!("{action} → {}", printer.name);
        self.send(who, action, session, cx);
        let seq = self.printer(who).and_then(|printer| printer.orders.newest()).map(|order| order.first.seq);
        self.view.undo =
            way.zip(seq).map(|((back, words), seq)| Undo { who, seq, job, what, back, words, done: false });
    }

    /// An order has ended: what was not done need not be taken back.
    pub(in crate::state) fn settle_undo(&mut self, seq: Seq, stage: &Stage) {
        if let Some(undo) = self.view.undo.as_mut().filter(|undo| undo.seq == seq) {
            undo.done = matches!(stage, Stage::Seen | Stage::Accepted);
            if !undo.done {
                self.view.undo = None;
            }
        }
    }

    /// The way back from the last order to the selected printer, while that key would do it: what was done, and the key.
    pub fn undo(&self) -> Option<(&str, &str)> {
        let undo = self.view.undo.as_ref().filter(|undo| undo.done && self.view.selected == Some(undo.who))?;
        let printer = self.printer(undo.who).filter(|printer| printer.job.key == undo.job)?;
        let may = !self.settings.read_only && self.view.frozen.is_none() && self.view.marks.is_empty();
        (may && printer.allows(&undo.back, self.now.at, &self.fleet.watchdog_timeouts).is_ok())
            .then_some((&undo.what, &undo.words))
    }
}
