//! One order to several printers: the question that lists them, and what became of each.

use crate::state::cx::Cx;
use crate::{
    protocol::command::Seq,
    state::{
        PrinterId, Redraw, State, Tone,
        command::{
            action::Action,
            bulk::{Item, OTHERWISE, Outcome},
            tracker::Stage,
        },
        notify::journal::EntryKind,
        printer::Printer,
        view::{
            Dialog,
            dialogs::{Batch, Results},
            scroll::Scroll,
        },
    },
};

impl State {
    /// Whether orders are possible at all; says why not.
    pub(in crate::state) fn may_order(&mut self, cx: &mut Cx) -> bool {
        let why = if self.settings.read_only {
            "read-only: no command is sent"
        } else if self.view.frozen.is_some() {
            "the screen is frozen; unfreeze it first"
        } else {
            return true;
        };
        self.say(why, Tone::Warning, cx);
        false
    }

    /// Whom an order is meant for: the marked printers, or the selected one.
    pub fn addressed(&self) -> Vec<PrinterId> {
        self.view.addressed()
    }

    /// Whether an order may go out now that was asked about earlier; why not, if something has changed since.
    pub fn still(&self, item: &Item) -> Result<u32, String> {
        let printer = self.printer(item.who).ok_or("there is no such printer")?;
        if printer.job.key != item.job {
            return Err("the job has changed".to_owned());
        }
        let session = printer.allows(&item.action, self.now.at, &self.fleet.watchdog_timeouts)?;
        if session != item.session {
            return Err("the connection has changed".to_owned());
        }
        if item.is_answered_for(printer) { Ok(session) } else { Err(OTHERWISE.to_owned()) }
    }

    /// Asks about an order to all marked printers.
    pub(in crate::state) fn order_marked(
        &mut self,
        words: impl Into<String>,
        read: impl Fn(&Printer) -> Result<Action, String>,
        cx: &mut Cx,
    ) {
        self.ask_about(
            Batch::plan(
                &self.fleet.printers,
                (self.now.at, &self.fleet.watchdog_timeouts),
                &self.marked(),
                words,
                read,
            ),
            cx,
        );
    }

    /// Asks a question about several printers.
    pub(in crate::state) fn ask_about(&mut self, batch: Batch, cx: &mut Cx) {
        if self.may_order(cx) {
            self.view.dialogs.push(Dialog::Batch(batch));
            cx.mark(Redraw::AtOnce);
        }
    }

    /// The person said yes. Each printer is looked at again, and those that have changed are left out.
    pub(in crate::state) fn batch_confirmed(&mut self, words: String, items: Vec<Item>, cx: &mut Cx) {
        let list = items.into_iter().map(|item| self.send_one(item, cx)).collect();
        self.view.dialogs.push(Dialog::Results(Results { words, list, scroll: Scroll::default() }));
    }

    pub(in crate::state) fn send_one(&mut self, item: Item, cx: &mut Cx) -> Outcome {
        let still = self.still(&item);
        let Item { who, action, .. } = item;
        match still {
            Ok(session) => {
                self.send(who, &action, session, cx);
                let order = self.printer(who).and_then(|printer| printer.orders.newest());
                let seq = order.filter(|order| order.action == action).map(|order| order.first.seq);
                Outcome { who, action, seq, stage: Stage::Confirmed }
            }
            Err(why) => {
                let stage = Stage::Dropped(format!("{why}, nothing was sent"));
                self.log(who, EntryKind::Order, format!("{action} {stage}"), Tone::Bad, cx);
                Outcome { who, action, seq: None, stage }
            }
        }
    }

    /// A printer has reported: a question about what is no longer so is void before anybody can answer it.
    pub(in crate::state) fn void_stale_questions(&mut self, who: PrinterId, cx: &mut Cx) {
        let Some(printer) = self.fleet.printers.get(usize::from(who.0)) else { return };
        let stale = |item: &Item| item.who == who && !item.is_answered_for(printer);
        let found = self.view.dialogs.iter().any(|layer| match layer {
            Dialog::Confirm(question) => stale(&question.item),
            Dialog::Batch(batch) => batch.items.iter().any(stale),
            _ => false,
        });
        if found {
            self.void_questions(who, OTHERWISE, cx);
        }
    }

    /// A printer's job or connection has changed: it is asked about no longer.
    pub(in crate::state) fn leave_out(&mut self, who: PrinterId, why: &str, cx: &mut Cx) {
        let mut moved = false;
        for layer in &mut self.view.dialogs {
            if let Dialog::Batch(batch) = layer {
                moved |= batch.leave_out(who, why);
            }
        }
        if moved {
            cx.mark(Redraw::Soon);
        }
    }

    /// Whether the results of several orders are on the screen and this order is among them.
    pub(in crate::state) fn is_in_results(&self, who: PrinterId, seq: Seq) -> bool {
        self.view.dialogs.iter().any(|layer| match layer {
            Dialog::Results(results) => results.list.iter().any(|one| one.who == who && one.seq == Some(seq)),
            _ => false,
        })
    }

    /// A printer's orders may have moved: the results follow.
    pub(in crate::state) fn follow_orders(&mut self, who: PrinterId, cx: &mut Cx) {
        let results = self.view.dialogs.iter_mut().find_map(|layer| match layer {
            Dialog::Results(results) => Some(results),
            _ => None,
        });
        let one = results.and_then(|r| r.list.iter_mut().find(|one| one.who == who && one.stage.is_open()));
        let Some((one, printer)) = one.zip(self.fleet.printers.get(usize::from(who.0))) else { return };
        let order = printer.orders.list().iter().find(|order| Some(order.first.seq) == one.seq);
        if let Some(order) = order.filter(|order| order.stage != one.stage) {
            one.stage = order.stage.clone();
            cx.mark(Redraw::Soon);
        }
    }
}
