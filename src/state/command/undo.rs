//! Which orders ask first, and the way back from those that do not: the key that takes one back, for as long as it does.
//!
//! Some keys change a running print at once, because that is what they are for. A word that is typed into the wrong window
//! may begin with one of them, so what was done stays in sight together with that key.

use crate::protocol::command::{Seq, Speed};
use crate::state::{
    PrinterId, State,
    command::{
        action::{Action, Light, Print},
        control::Stage,
    },
    effect::Effect,
    printer::{Printer, job::JobKey},
    settings::ConfirmMode,
    view::{keymap::Intent, layout, question},
};

/// When an order asks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::state) enum Ask {
    /// A person has been asked already.
    Never,
    /// Where it is dangerous, or where every order is to ask.
    Danger,
    /// In any case.
    Always,
}

/// An order that one key takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    who: PrinterId,
    /// Number of the order.
    seq: Seq,
    /// The job it was for.
    job: JobKey,
    /// What was ordered, and whom, in words.
    what: String,
    /// What takes it back.
    back: Action,
    /// The key, and what it does.
    words: String,
    /// The order came to its end, and to a good one.
    done: bool,
}

/// What takes an order back, the key for it, and what that does, as the printer is before the order.
fn reverse(action: &Action, printer: &Printer) -> Option<(Action, Intent, &'static str)> {
    let speed = |to: Speed| Action::from(Print::Speed(to));
    Some(match action {
        Action::Print(Print::Pause) => (Print::Resume.into(), Intent::Resume, "resumes"),
        Action::Print(Print::Resume) => (Print::Pause.into(), Intent::Pause, "pauses again"),
        Action::Print(Print::Speed(to)) => {
            let now = printer.job.speed?;
            match *to as i64 - now as i64 {
                1 => (speed(now), Intent::SpeedDown, "slows down again"),
                -1 => (speed(now), Intent::SpeedUp, "speeds up again"),
                _ => return None,
            }
        }
        Action::Light(Light::Chamber(on)) => (Light::Chamber(!on).into(), Intent::Light, "switches it back"),
        _ => return None,
    })
}

impl State {
    /// What takes an order back, and the key for it in words; `None`: no key does.
    pub(in crate::state) fn way_back(&self, printer: &Printer, action: &Action) -> Option<(Action, String)> {
        let (back, intent, does) = reverse(action, printer)?;
        let key = self.keymap.key_of(intent)?;
        Some((back, format!("{key} {does}")))
    }

    /// Whether a key would act on what nobody can see.
    pub(in crate::state) fn is_blind(&self, meaning: Option<Intent>) -> bool {
        !layout::is_legible(self.view.size) && !meaning.is_some_and(Intent::leads_out)
    }

    /// Orders an action; where it `may_ask`, a dangerous one asks first.
    pub(in crate::state) fn order(&mut self, who: PrinterId, action: Action, may_ask: bool, effects: &mut Vec<Effect>) {
        self.undo = None;
        self.order_or_ask(who, action, if may_ask { Ask::Danger } else { Ask::Never }, effects);
    }

    /// An order by one key: also asks where no key takes it back.
    pub(in crate::state) fn order_by_key(&mut self, who: PrinterId, action: Action, effects: &mut Vec<Effect>) {
        let can_be_undone = self.printer(who).is_some_and(|printer| self.way_back(printer, &action).is_some());
        self.undo = None;
        self.order_or_ask(who, action, if can_be_undone { Ask::Danger } else { Ask::Always }, effects);
    }

    /// Whether a person is asked before this order goes out.
    pub(in crate::state) fn asks(&self, ask: Ask, printer: &Printer, action: &Action) -> bool {
        match ask {
            Ask::Never => false,
            Ask::Danger => {
                let all = self.settings.confirm == ConfirmMode::All || !question::has_room(self.view.size);
                all || action.risk(printer).is_some()
            }
            Ask::Always => true,
        }
    }

    /// Sends an order to one printer, and keeps the way back from it.
    pub(in crate::state) fn send_one_order(
        &mut self,
        who: PrinterId,
        action: &Action,
        session: u32,
        effects: &mut Vec<Effect>,
    ) {
        let Some(printer) = self.printer(who) else { return };
        let (way, job) = (self.way_back(printer, action), printer.job.key.clone());
        let what = format!("{action} → {}", printer.name);
        self.send(who, action, session, effects);
        let seq = self.printer(who).and_then(|printer| printer.orders.newest()).map(|order| order.first.seq);
        self.undo = way.zip(seq).map(|((back, words), seq)| Undo { who, seq, job, what, back, words, done: false });
    }

    /// An order has ended: what was not done need not be taken back.
    pub(in crate::state) fn settle_undo(&mut self, seq: Seq, stage: &Stage) {
        if let Some(undo) = self.undo.as_mut().filter(|undo| undo.seq == seq) {
            undo.done = matches!(stage, Stage::Seen | Stage::Accepted);
            if !undo.done {
                self.undo = None;
            }
        }
    }

    /// The way back from the last order to the selected printer, while that key would do it: what was done, and the key.
    pub fn undo(&self) -> Option<(&str, &str)> {
        let undo = self.undo.as_ref().filter(|undo| undo.done && self.view.selected == Some(undo.who))?;
        let printer = self.printer(undo.who).filter(|printer| printer.job.key == undo.job)?;
        let may = !self.settings.read_only && self.view.frozen.is_none() && self.view.marks.is_empty();
        (may && printer.allows(&undo.back, self.now.at, &self.patience).is_ok()).then_some((&undo.what, &undo.words))
    }
}
