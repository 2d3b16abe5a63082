//! The life of an order: asked → confirmed → sent → acknowledged → seen, or how else it ended.
//!
//! Sent is not done and acknowledged is not done: an order is done when a later report shows its effect. An order
//! belongs to the session it was confirmed for; it ends with that session and is never repeated.

pub use super::action::Action;
use super::{
    action::Print,
    printer::{Freshness, Patience, Printer},
};
use crate::protocol::{
    codes::{NOT_SIGNED, PrintError},
    command::{Command, Seq},
    report::Ack,
};
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
    /// The printer refused it; why, in words.
    Refused(String),
    /// The printer did not answer.
    NoAnswer,
    /// The printer accepted it, but no report shows an effect.
    NoEffect,
    /// It was not sent, or its connection ended before an answer; why, in words.
    Void(String),
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
            Self::Confirmed => f.write_str("confirmed"),
            Self::Sent => f.write_str("sent"),
            Self::Acknowledged => f.write_str("acknowledged"),
            Self::Seen => f.write_str("seen"),
            Self::Accepted => f.write_str("accepted; its reports do not show the effect"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::NoAnswer => f.write_str("no answer from the printer; check it before you try again"),
            Self::NoEffect => f.write_str("accepted, but nothing changed; check the printer"),
            Self::Void(why) => write!(f, "void: {why}"),
        }
    }
}

/// An order to one printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What was ordered.
    pub action: Action,
    /// Its first command, which decides.
    pub first: Part,
    /// Its other commands, in the order in which they go out.
    pub rest: Vec<Part>,
    /// Whether a report can show the effect; else the acknowledgement is all there is.
    pub shows: bool,
    /// The session it belongs to.
    pub session: u32,
    /// Where it is.
    pub stage: Stage,
    /// The code with which the printer refused it.
    pub code: Option<PrintError>,
    /// When it came there.
    pub since: Instant,
}

/// One command of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its number.
    pub seq: Seq,
    /// Its family and name, as the acknowledgement repeats them.
    pub wire_name: (&'static str, &'static str),
}

/// How long the printer may take to acknowledge (5–8 s were seen on a printing P1).
const ACK_TIME: Duration = Duration::from_secs(10);
/// How long the effect may take to show after the acknowledgement.
const EFFECT_TIME: Duration = Duration::from_secs(30);
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
                Stage::Acknowledged => EFFECT_TIME,
                Stage::Seen | Stage::Accepted => SHOW_GOOD,
                _ => SHOW_BAD,
            }
    }

    fn go(&mut self, stage: Stage, at: Instant) {
        self.stage = stage;
        self.since = at;
    }
}

/// What is known about the printer's permission to control it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permission {
    /// Nothing tells; the first command will.
    #[default]
    Unknown,
    /// The firmware accepts commands: its report or its age says so.
    Open,
    /// The firmware's report says that commands must be signed by the vendor's software.
    Declared,
    /// A command was refused for that reason.
    Learned,
}

impl Permission {
    /// Whether control is known to be refused.
    pub fn is_locked(self) -> bool {
        matches!(self, Self::Declared | Self::Learned)
    }
}

/// A firmware version as four numbers.
fn version(text: &str) -> Option<[u8; 4]> {
    let parts: Vec<u8> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    parts.try_into().ok()
}

/// The sentence for firmware that refuses control, with its cure.
pub const LOCKED: &str = "this printer's firmware only accepts commands from the vendor's apps; to control it here, \
     switch on LAN-only mode and developer mode on the printer (the access code changes)";

/// The orders of one printer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    list: Vec<Order>,
    /// Commands in a row that were not answered although reports came.
    unanswered: u8,
    /// A command was refused for want of a signature.
    learned: bool,
    stop_acknowledged: Option<Instant>,
}

impl Orders {
    /// All orders on the screen, oldest first.
    pub fn list(&self) -> &[Order] {
        &self.list
    }

    /// The newest one.
    pub fn newest(&self) -> Option<&Order> {
        self.list.last()
    }

    /// Whether an order of the same kind is under way.
    pub fn is_under_way(&self, action: &Action) -> bool {
        self.list.iter().any(|o| o.action.kind() == action.kind() && o.stage.is_open())
    }

    /// Whether a stop order of this program was acknowledged lately.
    pub fn stop_acknowledged(&self, at: Instant) -> bool {
        self.stop_acknowledged.is_some_and(|then| at.saturating_duration_since(then) < STOP_WINDOW)
    }

    /// A new order; ended ones of the same kind leave the screen.
    pub fn add(&mut self, action: &Action, commands: &[(Seq, Command)], shows: bool, session: u32, at: Instant) {
        self.list.retain(|o| o.action.kind() != action.kind());
        let mut parts = commands.iter().map(|(seq, command)| Part { seq: *seq, wire_name: command.wire_name() });
        let Some(first) = parts.next() else { return };
        let (action, rest) = (action.clone(), parts.collect());
        self.list.push(Order { action, first, rest, shows, session, stage: Stage::Confirmed, code: None, since: at });
    }

    /// The order under way whose deciding command has this number.
    fn find(&mut self, seq: Seq) -> Option<&mut Order> {
        self.list.iter_mut().find(|o| o.first.seq == seq && o.stage.is_open())
    }

    /// The command was written.
    pub fn sent(&mut self, seq: Seq, at: Instant) -> bool {
        let Some(order) = self.find(seq).filter(|o| o.stage == Stage::Confirmed) else { return false };
        order.go(Stage::Sent, at);
        true
    }

    /// The command was not written.
    pub fn not_sent(&mut self, seq: Seq, why: &str, at: Instant) -> Option<Order> {
        let order = self.find(seq)?;
        order.go(Stage::Void(format!("{why}, nothing was sent")), at);
        Some(order.clone())
    }

    /// An acknowledgement; those of other clients match no order. Returns the order when it moved.
    pub fn acknowledged(&mut self, ack: &Ack, at: Instant) -> Option<Order> {
        let seq = ack.seq.parse().ok().map(Seq)?;
        let order = self.list.iter_mut().find(|o| o.first.seq == seq && o.stage.is_open())?;
        let ours = order.first.wire_name == (ack.family.as_str(), ack.command.as_str());
        if !ours || order.stage == Stage::Acknowledged {
            return None;
        }
        self.unanswered = 0;
        order.code = PrintError::new(i64::from(ack.err_code)).filter(|_| !ack.ok);
        if ack.ok {
            if order.action == Action::Print(Print::Stop) {
                self.stop_acknowledged = Some(at);
            }
            order.go(if order.shows { Stage::Acknowledged } else { Stage::Accepted }, at);
        } else if ack.wants_signature() || ack.err_code == NOT_SIGNED.0 {
            self.learned = true;
            order.go(Stage::Refused(LOCKED.to_owned()), at);
        } else {
            let why = PrintError::new(i64::from(ack.err_code)).map(|e| format!("{} ({e})", e.text()));
            let words = why.unwrap_or_else(|| {
                if ack.reason.is_empty() { "the printer gave no reason".to_owned() } else { ack.reason.clone() }
            });
            order.go(Stage::Refused(words), at);
        }
        Some(order.clone())
    }

    /// The session ended: what was under way is void. Whether it reached the printer is not known once it was sent.
    pub fn session_ended(&mut self, at: Instant) -> Vec<Order> {
        self.unanswered = 0;
        let mut ended = Vec::new();
        for order in self.list.iter_mut().filter(|o| o.stage.is_open()) {
            let why = match order.stage {
                Stage::Confirmed => "the connection was lost, nothing was sent",
                Stage::Sent => "the connection was lost before an answer; check the printer",
                _ => "the connection was lost before the effect was seen; check the printer",
            };
            order.go(Stage::Void(why.to_owned()), at);
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
            let stage = match order.stage {
                // An effect without an acknowledgement counts: some firmware never acknowledges some commands.
                Stage::Sent | Stage::Acknowledged if seen(&order.action) => Stage::Seen,
                Stage::Confirmed | Stage::Sent if late => {
                    self.unanswered += 1;
                    Stage::NoAnswer
                }
                Stage::Acknowledged if late => Stage::NoEffect,
                _ => continue,
            };
            order.go(stage, at);
            moved = true;
            ended.push(order.clone());
        }
        self.list.retain(|o| o.stage.is_open() || at < o.due());
        (ended, moved || before != self.list.len())
    }

    /// Whether the session answers no commands although reports come: two in a row.
    pub fn is_half_dead(&self) -> bool {
        self.unanswered >= 2
    }

    /// The session is being renewed for it: count anew.
    pub fn forgive(&mut self) {
        self.unanswered = 0;
    }

    /// When an order changes by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.list.iter().map(Order::due).min()
    }
}

impl Printer {
    /// Whether the printer lets itself be controlled, as far as its reports or earlier answers tell. Bit 29 of `fun`
    /// is the printer's word; without `fun` a refused command is.
    pub fn permission(&self) -> Permission {
        match self.report.machine.fun {
            Some(fun) if fun.bit(29) => Permission::Declared,
            Some(_) => Permission::Open,
            None if self.orders.learned => Permission::Learned,
            None => match self.firmware.as_deref().and_then(version).map(|v| self.model.wants_signature(v)) {
                Some(Some(false)) => Permission::Open,
                _ => Permission::Unknown,
            },
        }
    }

    /// Whether an action may be ordered now; the sentence says why not, and what to do.
    pub fn allows(&self, action: &Action, at: Instant, patience: &Patience) -> Result<u32, String> {
        let Some(session) = self.session() else {
            return Err(format!("{} is not connected; nothing is sent", self.name));
        };
        match self.freshness(at, patience) {
            Freshness::Live => {}
            Freshness::Nothing => return Err("no report came yet; wait for the first one".to_owned()),
            Freshness::Stale(_) => return Err("the printer's data is old; wait until it is live again".to_owned()),
        }
        if self.permission().is_locked() && action.is_protected() {
            return Err(LOCKED.to_owned());
        }
        action.fits(self)?;
        if self.orders.is_under_way(action) {
            return Err(format!("{action} is still under way"));
        }
        Ok(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::action::Light;

    const PAUSE: Action = Action::Print(Print::Pause);
    const RESUME: Action = Action::Print(Print::Resume);
    const STOP: Action = Action::Print(Print::Stop);

    fn command(action: &Action) -> Command {
        action.commands(&Printer::default()).remove(0)
    }

    fn ack(action: &Action, seq: u32, ok: bool, reason: &str, err_code: u32) -> Ack {
        let (family, command) = command(action).wire_name();
        Ack {
            family: family.into(),
            command: command.into(),
            seq: seq.to_string(),
            ok,
            reason: reason.into(),
            err_code,
        }
    }

    fn sent(action: &Action) -> (Orders, Instant) {
        let at = crate::state::test_now().at;
        let mut orders = Orders::default();
        orders.add(action, &[(Seq(7), command(action))], true, 1, at);
        assert!(orders.sent(Seq(7), at));
        (orders, at)
    }

    #[test]
    fn an_order_is_done_only_when_its_effect_is_seen() {
        let (mut orders, at) = sent(&PAUSE);
        assert_eq!(orders.acknowledged(&ack(&PAUSE, 8, true, "", 0), at), None, "not our number");
        assert_eq!(orders.acknowledged(&ack(&STOP, 7, true, "", 0), at), None, "not our command");
        assert!(orders.acknowledged(&ack(&PAUSE, 7, true, "", 0), at).is_some());
        assert!(orders.advance(|_| false, at).0.is_empty());
        let (ended, _) = orders.advance(|_| true, at);
        assert_eq!(ended[0].stage, Stage::Seen);
        orders.advance(|_| true, at + SHOW_GOOD);
        assert!(orders.list().is_empty());
    }

    #[test]
    fn silence_and_missing_effect_are_told_apart() {
        let (mut orders, at) = sent(&STOP);
        assert_eq!(orders.advance(|_| false, at + ACK_TIME).0[0].stage, Stage::NoAnswer);
        let (mut orders, at) = sent(&STOP);
        orders.acknowledged(&ack(&STOP, 7, true, "", 0), at);
        assert!(orders.stop_acknowledged(at + Duration::from_secs(5)));
        assert_eq!(orders.advance(|_| false, at + EFFECT_TIME).0[0].stage, Stage::NoEffect);
    }

    #[test]
    fn two_unanswered_commands_make_a_half_dead_session() {
        let (mut orders, at) = sent(&PAUSE);
        let light = Action::Light(Light::Chamber(true));
        orders.add(&light, &[(Seq(8), command(&light))], true, 1, at);
        orders.sent(Seq(8), at);
        assert!(!orders.is_half_dead());
        orders.advance(|_| false, at + ACK_TIME);
        assert!(orders.is_half_dead());
        orders.session_ended(at + ACK_TIME);
        assert!(!orders.is_half_dead());
    }

    #[test]
    fn a_lost_connection_voids_and_says_what_is_not_known() {
        let (mut orders, at) = sent(&STOP);
        let ended = orders.session_ended(at);
        let Stage::Void(why) = &ended[0].stage else { panic!("void") };
        assert!(why.contains("check the printer"));
        assert_eq!(orders.acknowledged(&ack(&STOP, 7, true, "", 0), at), None, "too late");
    }

    #[test]
    fn a_refusal_says_why_in_words() {
        let (mut orders, at) = sent(&RESUME);
        let refused = orders.acknowledged(&ack(&RESUME, 7, false, "", 0x0500_4004), at).expect("moved");
        assert!(refused.stage.to_string().contains("busy"), "{}", refused.stage);
        let (mut orders, at) = sent(&RESUME);
        let refused = orders.acknowledged(&ack(&RESUME, 7, false, "mqtt message verify failed", 0), at);
        assert!(refused.is_some_and(|o| o.stage.to_string().contains("developer mode")) && orders.learned);
    }
}
