//! One order to several printers: the question that lists them, and what became of each.
//!
//! Every printer keeps its own order with its own life; here they are only asked about and looked at together. A printer
//! that has changed since the question was asked is left out, and the others are not.

mod lines;

pub use lines::{FIGURE, LEAD, Line, Mark, Shape};

use crate::protocol::command::Seq;
use crate::state::{
    PrinterId, Redraw, State,
    command::{
        action::{Action, Answer, Print, Question},
        control::Stage,
    },
    effect::Effect,
    notify::{journal::Kind, notice::Tone},
    printer::{Printer, job::JobKey},
    view::{Layer, keymap::Intent},
};
use crossterm::event::{KeyCode, KeyEvent};
use std::time::{Duration, Instant};

/// How long a person has to answer: a list wants to be read.
pub const READING_TIME: Duration = Duration::from_secs(60);
/// Why a question is void whose printer is in other danger now than the one that was asked about.
const OTHERWISE: &str = "what was asked about has changed";

/// A printer that an order would go to, as it was when the question was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which printer.
    pub who: PrinterId,
    /// What it would be ordered.
    pub action: Action,
    /// The session it is meant for.
    pub session: u32,
    /// The job it is meant for.
    pub job: JobKey,
    /// What the question turns on; `None`: it is no dangerous order.
    asked: Option<Question>,
}

impl Item {
    /// An order to a printer as it is now.
    pub fn new(who: PrinterId, action: Action, printer: &Printer, session: u32) -> Self {
        let (job, asked) = (printer.job.key.clone(), action.question(printer));
        Self { who, action, session, job, asked }
    }

    /// Whether the printer is still in what the person was asked about.
    fn is_answered_for(&self, printer: &Printer) -> bool {
        self.asked == self.action.question(printer)
    }
}

/// A question about several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What would be ordered, in words.
    pub words: String,
    /// Whom, in the order of the list.
    pub items: Vec<Item>,
    /// Who cannot, or no longer, and why.
    pub left_out: Vec<(PrinterId, String)>,
    /// When the question is void.
    pub until: Instant,
    /// The number of printers, as far as it is typed.
    pub typed: String,
    /// Lines scrolled down.
    pub scroll: u16,
}

impl Batch {
    /// Sorts out who can be ordered what now. `read` makes a printer's order, or says why there is none.
    pub fn plan(
        state: &State,
        whom: &[PrinterId],
        words: impl Into<String>,
        read: impl Fn(&Printer) -> Result<Action, String>,
    ) -> Self {
        let (mut items, mut left_out): (Vec<Item>, _) = (Vec::new(), Vec::new());
        for who in whom.iter().copied() {
            let Some(printer) = state.printer(who) else { continue };
            let item = read(printer).and_then(|action| {
                let session = printer.allows(&action, state.now.at, &state.patience)?;
                Ok(Item::new(who, action, printer, session))
            });
            match item {
                Ok(item) => items.push(item),
                Err(why) => left_out.push((who, why)),
            }
        }
        let until = state.now.at + READING_TIME;
        let mut batch = Self { words: words.into(), items, left_out, until, typed: String::new(), scroll: 0 };
        if let Some(first) = batch.items.first().filter(|_| !batch.is_mixed()) {
            batch.words = first.action.to_string();
        }
        batch
    }

    /// What is asked: what, and of how many printers.
    pub fn title(&self) -> String {
        let (go, all) = (self.items.len(), self.items.len() + self.left_out.len());
        let whom = match go {
            0 => format!("none of {all} printers can"),
            _ if go < all => format!("{go} of {all} printers?"),
            1 => "1 printer?".to_owned(),
            _ => format!("{go} printers?"),
        };
        format!("{}: {whom}", capital(&self.words))
    }

    /// Whether the number of printers must be typed: a slip of a finger shall not stop a whole room.
    pub fn must_count(&self) -> bool {
        let ends = |action: &Action| matches!(action, Action::Print(Print::Stop | Print::Answer(Answer::Stop, _)));
        self.items.len() > 1 && self.items.iter().any(|item| ends(&item.action))
    }

    /// Whether a yes is one: there is something to do, and the number is typed where it must be.
    pub fn is_answered(&self) -> bool {
        !self.items.is_empty() && (!self.must_count() || self.typed == self.items.len().to_string())
    }

    /// Whether not everybody is ordered the same.
    pub fn is_mixed(&self) -> bool {
        self.items.windows(2).any(|two| two[0].action != two[1].action)
    }

    /// A printer is asked about no longer.
    fn leave_out(&mut self, who: PrinterId, why: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.who != who);
        let was_in = self.items.len() != before;
        if was_in {
            self.left_out.push((who, why.to_owned()));
        }
        was_in
    }

    fn type_count(&mut self, code: KeyCode) {
        match code {
            KeyCode::Char(digit @ '0'..='9') if self.must_count() && self.typed.len() < 5 => self.typed.push(digit),
            KeyCode::Backspace => drop(self.typed.pop()),
            _ => {}
        }
    }
}

/// What became of an order to one of several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which printer.
    pub who: PrinterId,
    /// What it was ordered.
    pub action: Action,
    /// Number of the order; `None`: it was not sent.
    seq: Option<Seq>,
    /// How far it came.
    pub stage: Stage,
}

/// A title begins with a capital letter.
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What became of one order to several printers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// What was ordered, in words.
    pub words: String,
    /// One for each printer that was asked about.
    pub list: Vec<Outcome>,
    /// Lines scrolled down.
    pub scroll: u16,
}

impl Results {
    /// Whether nothing is under way any more.
    pub fn is_over(&self) -> bool {
        !self.list.iter().any(|one| one.stage.is_open())
    }
}

impl State {
    /// Whether orders are possible at all; says why not.
    pub(in crate::state) fn may_order(&mut self) -> bool {
        let why = if self.settings.read_only {
            "read-only: no command is sent"
        } else if self.view.frozen.is_some() {
            "the view is frozen; go on first, then order"
        } else {
            return true;
        };
        self.say(why, Tone::Warning);
        false
    }

    /// Whom an order is meant for: the marked printers, or the selected one.
    pub fn addressed(&self) -> Vec<PrinterId> {
        if self.view.marks.is_empty() { self.view.selected.into_iter().collect() } else { self.marked() }
    }

    /// Whether an order may go out now that was asked about earlier; why not, if something has changed since.
    pub fn still(&self, item: &Item) -> Result<u32, String> {
        let printer = self.printer(item.who).ok_or("there is no such printer")?;
        if printer.job.key != item.job {
            return Err("the job has changed".to_owned());
        }
        let session = printer.allows(&item.action, self.now.at, &self.patience)?;
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
    ) {
        self.ask_about(Batch::plan(self, &self.marked(), words, read));
    }

    /// Asks a question about several printers.
    pub(in crate::state) fn ask_about(&mut self, batch: Batch) {
        self.undo = None;
        if self.may_order() {
            self.view.layers.push(Layer::Batch(batch));
            self.mark(Redraw::AtOnce);
        }
    }

    /// A key in the question that is neither yes nor no.
    pub(in crate::state) fn type_count(&mut self, key: &KeyEvent, effects: &mut Vec<Effect>) {
        let Some(Layer::Batch(batch)) = self.view.layers.last_mut() else { return };
        if key.code == KeyCode::Enter && batch.must_count() {
            self.answer_batch(true, effects);
        } else {
            batch.type_count(key.code);
        }
        self.mark(Redraw::AtOnce);
    }

    /// The person said yes or no. Each printer is looked at again, and those that have changed are left out.
    pub(in crate::state) fn answer_batch(&mut self, yes: bool, effects: &mut Vec<Effect>) {
        let Some(Layer::Batch(batch)) = self.view.layers.last() else { return };
        if yes && !(batch.is_answered() && self.shows_question()) {
            return;
        }
        let Some(Layer::Batch(batch)) = self.view.layers.pop() else { return };
        if !yes {
            return;
        }
        let list = batch.items.into_iter().map(|item| self.send_one(item, effects)).collect();
        self.view.layers.push(Layer::Results(Results { words: batch.words, list, scroll: 0 }));
    }

    fn send_one(&mut self, item: Item, effects: &mut Vec<Effect>) -> Outcome {
        let still = self.still(&item);
        let Item { who, action, .. } = item;
        match still {
            Ok(session) => {
                self.send(who, &action, session, effects);
                let order = self.printer(who).and_then(|printer| printer.orders.newest());
                let seq = order.filter(|order| order.action == action).map(|order| order.first.seq);
                Outcome { who, action, seq, stage: Stage::Confirmed }
            }
            Err(why) => {
                let stage = Stage::Void(format!("{why}, nothing was sent"));
                self.log(who, Kind::Order, format!("{action} {stage}"), Tone::Bad);
                Outcome { who, action, seq: None, stage }
            }
        }
    }

    /// A printer has reported: a question about what is no longer so is void before anybody can answer it.
    pub(in crate::state) fn void_stale_questions(&mut self, who: PrinterId) {
        let Some(printer) = self.printers.get(usize::from(who.0)) else { return };
        let stale = |item: &Item| item.who == who && !item.is_answered_for(printer);
        let found = self.view.layers.iter().any(|layer| match layer {
            Layer::Confirm(question) => stale(&question.item),
            Layer::Batch(batch) => batch.items.iter().any(stale),
            _ => false,
        });
        if found {
            self.void_questions(who, OTHERWISE);
        }
    }

    /// A printer's job or connection has changed: it is asked about no longer.
    pub(in crate::state) fn leave_out(&mut self, who: PrinterId, why: &str) {
        let mut moved = false;
        for layer in &mut self.view.layers {
            if let Layer::Batch(batch) = layer {
                moved |= batch.leave_out(who, why);
            }
        }
        if moved {
            self.mark(Redraw::Soon);
        }
    }

    /// The results were closed: what they said in a line, and no more of each.
    pub(in crate::state) fn close_results(&mut self, results: &Results) {
        let (words, tone) = results.in_short();
        self.view.summed = results.list.iter().filter_map(|one| Some((one.who, one.seq?))).collect();
        self.say(words, tone);
    }

    /// Whether the results of several orders are on the screen and this order is among them.
    pub(in crate::state) fn is_in_results(&self, who: PrinterId, seq: Seq) -> bool {
        self.view.layers.iter().any(|layer| match layer {
            Layer::Results(results) => results.list.iter().any(|one| one.who == who && one.seq == Some(seq)),
            _ => false,
        })
    }

    /// A printer's orders may have moved: the results follow.
    pub(in crate::state) fn follow_orders(&mut self, who: PrinterId) {
        let results = self.view.layers.iter_mut().find_map(|layer| match layer {
            Layer::Results(results) => Some(results),
            _ => None,
        });
        let one = results.and_then(|r| r.list.iter_mut().find(|one| one.who == who && one.stage.is_open()));
        let Some((one, printer)) = one.zip(self.printers.get(usize::from(who.0))) else { return };
        let order = printer.orders.list().iter().find(|order| Some(order.first.seq) == one.seq);
        if let Some(order) = order.filter(|order| order.stage != one.stage) {
            one.stage = order.stage.clone();
            self.mark(Redraw::Soon);
        }
    }

    /// Scrolls the question or the results. Tells whether one of them lies on top.
    pub(in crate::state) fn scroll_batch(&mut self, intent: Intent) -> bool {
        let shape = match self.view.layers.last() {
            Some(Layer::Batch(batch)) => Shape::of_question(self, batch),
            Some(Layer::Results(results)) => Shape::of_results(self, results),
            _ => return false,
        };
        let (limit, page) = (shape.limit(), shape.rows.max(1));
        let Some(Layer::Batch(Batch { scroll, .. }) | Layer::Results(Results { scroll, .. })) =
            self.view.layers.last_mut()
        else {
            return false;
        };
        let at = (*scroll).min(limit);
        *scroll = match intent {
            Intent::Up => at.saturating_sub(1),
            Intent::Down => (at + 1).min(limit),
            Intent::PageUp => at.saturating_sub(page),
            Intent::PageDown => at.saturating_add(page).min(limit),
            Intent::Top => 0,
            Intent::Bottom => limit,
            _ => at,
        };
        true
    }
}
