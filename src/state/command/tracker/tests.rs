//! Orders on their way, with time passed by hand.

use super::*;
use crate::state::{
    command::action::{Light, Motion},
    printer::Printer,
};

const PAUSE: Action = Action::Print(PrintAction::Pause);
const RESUME: Action = Action::Print(PrintAction::Resume);
const STOP: Action = Action::Print(PrintAction::Stop);

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
        ..Ack::default()
    }
}

fn sent(action: &Action) -> (CommandTracker, Instant) {
    let at = crate::state::test_now().at;
    let mut orders = CommandTracker::default();
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
    assert_eq!((&ended[0].stage, ended[0].acknowledged), (&Stage::Seen, true));
    orders.advance(|_| true, at + SHOW_GOOD);
    assert!(orders.list().is_empty());
}

#[test]
fn an_acknowledgement_that_nobody_gave_is_not_told() {
    let (mut orders, at) = sent(&PAUSE);
    let (ended, _) = orders.advance(|_| true, at);
    assert_eq!((&ended[0].stage, ended[0].acknowledged), (&Stage::Seen, false));
    assert_eq!(orders.acknowledged(&ack(&PAUSE, 7, true, "", 0), at), None, "it has ended");
    assert!(orders.list()[0].acknowledged, "the effect was faster");
}

#[test]
fn homing_may_take_two_minutes_and_shows_nothing_where_the_axes_are_homed_already() {
    let home = Action::Motion(Motion::Home);
    let (mut orders, at) = sent(&home);
    orders.acknowledged(&ack(&home, 7, true, "", 0), at);
    assert!(orders.advance(|_| false, at + Duration::from_secs(90)).0.is_empty());
    assert_eq!(orders.advance(|_| true, at + Duration::from_secs(91)).0[0].stage, Stage::Seen);
    let mut orders = CommandTracker::default();
    orders.add(&home, &[(Seq(7), command(&home))], false, 1, at);
    orders.sent(Seq(7), at);
    orders.acknowledged(&ack(&home, 7, true, "", 0), at);
    assert_eq!(orders.advance(|_| true, at).0[0].stage, Stage::Accepted, "a state that was there before is no effect");
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
fn a_later_command_that_is_refused_is_told_and_the_first_one_decides() {
    let light = Action::Light(Light::Chamber(true));
    let at = crate::state::test_now().at;
    let both = || {
        let mut orders = CommandTracker::default();
        orders.add(&light, &[(Seq(7), command(&light)), (Seq(8), command(&light))], true, 1, at);
        orders.sent(Seq(7), at);
        orders.acknowledged(&ack(&light, 7, true, "", 0), at);
        assert!(orders.advance(|_| true, at).0.is_empty(), "the second answer is still to come");
        orders
    };
    let mut orders = both();
    assert_eq!(orders.acknowledged(&ack(&light, 8, true, "", 0), at), None);
    assert_eq!(orders.advance(|_| true, at).0[0].stage, Stage::Seen);
    let mut orders = both();
    orders.acknowledged(&ack(&light, 8, false, "did not find the valid led", 0), at);
    let ended = orders.advance(|_| true, at).0.remove(0);
    assert!(ended.stage.to_string().contains("done in part: ledctrl was refused: did not find"), "{}", ended.stage);
    let mut orders = both();
    assert_eq!(orders.advance(|_| true, at + ACK_TIME).0[0].stage, Stage::Seen, "it never answers");
    let late = orders.acknowledged(&ack(&light, 8, false, "no", 0), at + ACK_TIME);
    assert_eq!(late, None, "too late to matter");
}

#[test]
fn what_no_report_shows_is_done_with_its_acknowledgement_and_remembered() {
    let at = crate::state::test_now().at;
    let home = Action::Motion(crate::state::command::action::Motion::Home);
    let mut orders = CommandTracker::default();
    orders.add(&home, &[(Seq(7), command(&home))], false, 1, at);
    orders.sent(Seq(7), at);
    assert_eq!(orders.last_unseen(&home), None);
    orders.acknowledged(&ack(&home, 7, true, "", 0), at);
    assert_eq!(orders.advance(|_| false, at).0[0].stage, Stage::Accepted);
    assert_eq!(orders.last_unseen(&home), Some(&home));
}

#[test]
fn a_lost_connection_voids_and_says_what_is_not_known() {
    let (mut orders, at) = sent(&STOP);
    let ended = orders.session_ended(at);
    let Stage::Dropped(why) = &ended[0].stage else { panic!("void") };
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
