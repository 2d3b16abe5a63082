//! The life of an order: asked → confirmed → sent → acknowledged → seen, or how else it ended.
//!
//! Sent is not done and acknowledged is not done: an order is done when a later report shows its effect. An order
//! belongs to the session it was confirmed for; it ends with that session and is never repeated.

pub(in crate::state) mod permission;

pub use crate::state::command::action::Action;
pub use permission::{LOCKED, Permission, SUSPECTED};

use crate::protocol::{
    codes::PrintError,
    command::{Command, Seq},
    report::Ack,
};
use crate::state::command::action::PrintAction;
use std::{
    fmt,
    time::{Duration, Instant},
};

/// Where an order is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Confirmed, on its way to the session.
    Confirmed,
    /// Written to the session.
    Sent,
    /// The printer accepted it.
    Acknowledged,
    /// A report shows the effect.
    Seen,
    /// The printer accepted it, and its reports have no field that could show the effect.
    Accepted,
    /// The first command did what it was for, a later one was not carried out; which and why, in words.
    Partly(String),
    /// The printer refused it; why, in words.
    Refused(String),
    /// The printer did not answer.
    NoAnswer,
    /// The printer accepted it, but no report shows an effect.
    NoEffect,
    /// It was not sent, or its connection ended before an answer; why, in words.
    Dropped(String),
}

impl Stage {
    /// Whether the order is still under way.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Confirmed | Self::Sent | Self::Acknowledged)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confirmed => f.write_str("sending"),
            Self::Sent => f.write_str("sent"),
            Self::Acknowledged => f.write_str("acknowledged"),
            Self::Seen => f.write_str("confirmed"),
            Self::Accepted => f.write_str("accepted (this printer does not report the result)"),
            Self::Partly(why) => write!(f, "done in part: {why}"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::NoAnswer => f.write_str("no answer from the printer; check it before you try again"),
            Self::NoEffect => f.write_str("accepted, but nothing changed; check the printer"),
            Self::Dropped(why) => write!(f, "dropped: {why}"),
        }
    }
}

/// An order to one printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What was ordered.
    pub action: Action,
    /// Its first command, which decides.
    pub first: CommandPart,
    /// Its other commands, in the order in which they go out.
    pub rest: Vec<CommandPart>,
    /// Whether a report can show the effect; else the acknowledgement is all there is.
    pub shows: bool,
    /// The session it belongs to.
    pub session: u32,
    /// The printer acknowledged it. Some firmware shows the effect without.
    pub acknowledged: bool,
    /// Why a later command was not carried out.
    complaint: Option<String>,
    /// Where it is.
    pub stage: Stage,
    /// When it came there.
    pub since: Instant,
    /// The code with which the printer refused it.
    pub code: Option<PrintError>,
}

/// One command of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandPart {
    /// Its number.
    pub seq: Seq,
    /// Its family and name, as the acknowledgement repeats them.
    pub wire_name: (&'static str, &'static str),
    /// The printer answered it, or the order does not wait for that any more. Counts for later commands only.
    answered: bool,
}

/// How long the printer may take to acknowledge (5–8 s were seen on a printing P1).
pub(in crate::state) const ACK_TIME: Duration = Duration::from_secs(10);
/// How long the effect may take to show after the acknowledgement.
const EFFECT_TIME: Duration = Duration::from_secs(30);
/// The same for what takes long: homing.
const LONG_EFFECT_TIME: Duration = Duration::from_secs(120);
/// How long an ended order stays on the screen.
const SHOW_GOOD: Duration = Duration::from_secs(4);
const SHOW_BAD: Duration = Duration::from_secs(20);
/// How long after a stop a failed job counts as cancelled.
const STOP_WINDOW: Duration = Duration::from_secs(30);

impl Order {
    fn due(&self) -> Instant {
        self.since
            + match self.stage {
                Stage::Confirmed | Stage::Sent => ACK_TIME,
                Stage::Acknowledged if self.is_partly_answered() => ACK_TIME,
                Stage::Acknowledged if self.action.takes_long() => LONG_EFFECT_TIME,
                Stage::Acknowledged => EFFECT_TIME,
                Stage::Seen | Stage::Accepted => SHOW_GOOD,
                _ => SHOW_BAD,
            }
    }

    /// Whether a later command still waits for its answer.
    fn is_partly_answered(&self) -> bool {
        self.stage == Stage::Acknowledged && self.rest.iter().any(|part| !part.answered)
    }

    /// How an order ends well, if nothing went wrong on the way.
    fn done(&mut self, stage: Stage) -> Stage {
        self.complaint.take().map_or(stage, Stage::Partly)
    }

    /// A later command was not carried out. Tells whether the order ends with that: it may have been done before.
    fn record_failure(&mut self, complaint: String, at: Instant) -> bool {
        match self.stage {
            Stage::Seen | Stage::Accepted => {
                self.set_stage(Stage::Partly(complaint), at);
                true
            }
            _ => {
                self.complaint.get_or_insert(complaint);
                false
            }
        }
    }

    fn set_stage(&mut self, stage: Stage, at: Instant) {
        self.stage = stage;
        self.since = at;
    }
}

/// The orders of one printer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandTracker {
    list: Vec<Order>,
    /// Commands in a row that were not answered although reports came.
    unanswered: u8,
    /// In this session a command was refused for want of a signature.
    learned: bool,
    /// In this session an order that firmware may refuse got no answer at all.
    dropped: bool,
    stop_acknowledged: Option<Instant>,
    /// What was accepted and no report shows, the last of each kind.
    unseen: Vec<Action>,
}

impl CommandTracker {
    /// All orders on the screen, oldest first.
    pub fn list(&self) -> &[Order] {
        &self.list
    }

    /// The newest one.
    pub fn newest(&self) -> Option<&Order> {
        self.list.last()
    }

    /// The order of the same kind that is under way.
    pub fn under_way(&self, action: &Action) -> Option<&Order> {
        self.list.iter().find(|o| o.action.kind() == action.kind() && o.stage.is_open())
    }

    /// Whether a stop order of this program was acknowledged lately.
    pub fn stop_acknowledged(&self, at: Instant) -> bool {
        self.stop_acknowledged.is_some_and(|then| at.saturating_duration_since(then) < STOP_WINDOW)
    }

    /// A new order; ended ones of the same kind leave the screen.
    pub fn add(&mut self, action: &Action, commands: &[(Seq, Command)], shows: bool, session: u32, at: Instant) {
        self.list.retain(|o| o.action.kind() != action.kind());
        let part = |(seq, command): &(Seq, Command)| CommandPart {
            seq: *seq,
            wire_name: command.wire_name(),
            answered: false,
        };
        let mut parts = commands.iter().map(part);
        let Some(first) = parts.next() else { return };
        let (action, rest) = (action.clone(), parts.collect());
        let stage = Stage::Confirmed;
        self.list.push(Order {
            action,
            first,
            rest,
            shows,
            session,
            acknowledged: false,
            complaint: None,
            code: None,
            stage,
            since: at,
        });
    }

    /// The order under way whose deciding command has this number.
    fn find(&mut self, seq: Seq) -> Option<&mut Order> {
        self.list.iter_mut().find(|o| o.first.seq == seq && o.stage.is_open())
    }

    /// The command was written.
    pub fn sent(&mut self, seq: Seq, at: Instant) -> bool {
        let Some(order) = self.find(seq).filter(|o| o.stage == Stage::Confirmed) else { return false };
        order.set_stage(Stage::Sent, at);
        true
    }

    /// The command was not written.
    pub fn not_sent(&mut self, seq: Seq, why: &str, at: Instant) -> Option<Order> {
        if let Some((order, part)) = self.find_followup(seq) {
            let complaint = format!("{} was not sent, {why}", part.wire_name.1);
            return order.record_failure(complaint, at).then(|| order.clone());
        }
        let order = self.find(seq)?;
        order.set_stage(Stage::Dropped(format!("{why}, nothing was sent")), at);
        Some(order.clone())
    }

    /// A later command that waits for its answer, with its order; it counts as answered from now on.
    fn find_followup(&mut self, seq: Seq) -> Option<(&mut Order, CommandPart)> {
        let order = self.list.iter_mut().find(|o| o.rest.iter().any(|part| part.seq == seq && !part.answered))?;
        let part = order.rest.iter_mut().find(|part| part.seq == seq)?;
        part.answered = true;
        let part = *part;
        Some((order, part))
    }

    /// An acknowledgement; those of other clients match no order. Returns the order when it moved.
    pub fn acknowledged(&mut self, ack: &Ack, at: Instant) -> Option<Order> {
        self.learned |= ack.wants_signature();
        let seq = ack.seq.parse().ok().map(Seq)?;
        let ours =
            |part: &CommandPart| part.seq == seq && part.wire_name == (ack.family.as_str(), ack.command.as_str());
        if self.list.iter().any(|o| o.rest.iter().any(ours)) {
            let (order, part) = self.find_followup(seq)?;
            let complaint = format!("{} was refused: {}", part.wire_name.1, ack.refusal());
            return (!ack.ok && order.record_failure(complaint, at)).then(|| order.clone());
        }
        let is_waited_for = |o: &Order| o.stage.is_open() || o.stage == Stage::Seen;
        let order = self.list.iter_mut().find(|o| ours(&o.first) && is_waited_for(o))?;
        if order.stage == Stage::Seen {
            // Its effect was faster.
            order.acknowledged |= ack.ok;
            return None;
        }
        if order.stage == Stage::Acknowledged {
            return None;
        }
        self.unanswered = 0;
        order.code = PrintError::new(i64::from(ack.err_code)).filter(|_| !ack.ok);
        if ack.ok {
            self.dropped &= !order.action.is_protected();
            if order.action == Action::Print(PrintAction::Stop) {
                self.stop_acknowledged = Some(at);
            }
            order.acknowledged = true;
            order.set_stage(Stage::Acknowledged, at);
        } else if ack.wants_signature() {
            order.set_stage(Stage::Refused(LOCKED.to_owned()), at);
        } else {
            order.set_stage(Stage::Refused(ack.refusal()), at);
        }
        Some(order.clone())
    }

    /// A command was refused for want of a signature, whoever sent it.
    pub fn learn_refusal(&mut self) {
        self.learned = true;
    }

    /// The session ended: what was under way is void. Whether it reached the printer is not known once it was sent. What
    /// was learned of its permission is forgotten, for a printer is opened by what ends every session.
    pub fn session_ended(&mut self, at: Instant) -> Vec<Order> {
        self.unanswered = 0;
        self.learned = false;
        self.dropped = false;
        let mut ended = Vec::new();
        for order in self.list.iter_mut().filter(|o| o.stage.is_open()) {
            let why = match order.stage {
                Stage::Confirmed => "the connection was lost, nothing was sent",
                Stage::Sent => "the connection was lost before an answer; check the printer",
                _ => "the connection was lost before the effect was confirmed; check the printer",
            };
            order.set_stage(Stage::Dropped(why.to_owned()), at);
            ended.push(order.clone());
        }
        ended
    }

    /// Moves orders along whose effect a report shows, or whose time is up. Returns those that ended, and whether
    /// anything on the screen changed.
    pub fn advance(&mut self, seen: impl Fn(&Action) -> bool, at: Instant) -> (Vec<Order>, bool) {
        let mut ended = Vec::new();
        let before = self.list.len();
        let mut moved = false;
        for order in &mut self.list {
            let late = at >= order.due();
            if late && order.is_partly_answered() {
                // Whoever does not answer the rest by now never will; the first command decides.
                order.rest.iter_mut().for_each(|part| part.answered = true);
            }
            let late = at >= order.due();
            let whole = !order.is_partly_answered();
            let stage = match order.stage {
                // An effect without an acknowledgement counts: some firmware never acknowledges some commands.
                Stage::Sent | Stage::Acknowledged if whole && order.shows && seen(&order.action) => {
                    order.done(Stage::Seen)
                }
                Stage::Acknowledged if whole && !order.shows => {
                    self.unseen.retain(|action| action.kind() != order.action.kind());
                    self.unseen.push(order.action.clone());
                    order.done(Stage::Accepted)
                }
                Stage::Confirmed | Stage::Sent if late => {
                    self.dropped |= order.stage == Stage::Sent && order.action.is_protected();
                    self.unanswered += 1;
                    Stage::NoAnswer
                }
                Stage::Acknowledged if late => Stage::NoEffect,
                _ => continue,
            };
            order.set_stage(stage, at);
            moved = true;
            ended.push(order.clone());
        }
        self.list.retain(|o| o.stage.is_open() || at < o.due());
        (ended, moved || before != self.list.len())
    }

    /// The last order of the same kind that was accepted and that no report shows: all that is known of such a thing.
    pub fn last_unseen(&self, action: &Action) -> Option<&Action> {
        self.unseen.iter().find(|known| known.kind() == action.kind())
    }

    /// Whether the session answers no commands although reports come: two in a row.
    pub fn is_half_dead(&self) -> bool {
        self.unanswered >= 2
    }

    /// The session is being renewed for it: count anew.
    pub fn reset_unanswered(&mut self) {
        self.unanswered = 0;
    }

    /// When an order changes by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.list.iter().map(Order::due).min()
    }
}

#[cfg(test)]
mod tests;
