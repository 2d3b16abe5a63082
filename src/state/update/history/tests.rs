use super::*;
use crate::protocol::rest::Id;
use crate::protocol::rest::RestError;
use crate::protocol::rest::tasks::Task;
use crate::protocol::rest::tasks::TaskPage;
use crate::protocol::rest::tasks::TaskQuery;
use crate::state::cloud::history::fixture::task;
use crate::state::cloud::history::*;
use crate::{
    protocol::rest::{Region, tasks::TaskStatus},
    state::{
        Tone,
        cloud::{
            request::{CloudRequest, CloudResponse, LoginEvent},
            session::{Account, Identity},
        },
        effect::Effect,
        event::{CloudEvent, Event},
        key_action::KeyAction,
        printer::Printer,
        settings::Settings,
        test_now,
        update::update,
        view::{Dialog, keymap::Keymap},
    },
};
use ratatui::layout::Size;
use std::time::Duration;

fn state() -> State {
    let mut printer = Printer::new("P", "A", "h", None, Vec::new());
    printer.transports.in_account = true;
    let mut state = State::new(vec![printer], Settings::default(), Keymap::default(), test_now(), 1);
    let who = Identity { account: None, uid: "7".into(), region: Region::Global, ends: None, lasts: None };
    state.cloud.session.account = Account::SignedIn(who);
    state.view.size = Size::new(120, 40);
    // What the account asks for by itself.
    later(&mut state, 0);
    state
}

fn act(state: &mut State, key_action: KeyAction) -> Vec<CloudRequest> {
    let mut cx = Cx::new(state.now);
    let key = state.keymap.key_of(key_action).expect("a key");
    state.press(&crossterm::event::KeyEvent::new(key.code, key.modifiers), &mut cx);
    asks(cx.effects)
}

fn asks(effects: Vec<Effect>) -> Vec<CloudRequest> {
    let ask = |effect| if let Effect::AskCloud(ask) = effect { Some(ask) } else { None };
    effects.into_iter().filter_map(ask).collect()
}

fn page(from: i64, count: i64, asked: &TaskQuery) -> TaskPage {
    let tasks = (0..count).map(|n| task("A", from - n, 5, TaskStatus::Finished)).collect();
    TaskPage::new(Some(60), tasks, asked)
}

fn tell(state: &mut State, response: CloudResponse) -> Vec<CloudRequest> {
    let now = state.now;
    asks(update(state, Event::Cloud(CloudEvent::Response(response)), now).effects)
}

/// Why what is looked at, or would be if it was opened, did not come.
fn trouble(state: &State) -> Option<&str> {
    state.browse().cloned().unwrap_or_default().trouble(&state.cloud.history)
}

fn later(state: &mut State, seconds: u64) -> Vec<CloudRequest> {
    let mut now = state.now;
    now.at += Duration::from_secs(seconds);
    now.unix += seconds as i64;
    asks(update(state, Event::Due, now).effects)
}

fn query(asks: &[CloudRequest]) -> TaskQuery {
    let found =
        asks.iter().find_map(|ask| if let CloudRequest::Tasks(query) = ask { Some(query.clone()) } else { None });
    found.expect("prints are asked for")
}

#[test]
fn pages_follow_at_the_end_and_a_new_first_page_keeps_them() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    assert_eq!((first.after.clone(), first.limit), (None, Some(PAGE)));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 50, &first))));
    assert!(state.cloud.history.of(None).is_some_and(Prints::leads_on));
    let second = query(&act(&mut state, KeyAction::Bottom));
    assert_eq!(second.after, Some(Id::new("951")));
    assert!(act(&mut state, KeyAction::Down).is_empty(), "it is on its way");
    tell(&mut state, CloudResponse::Tasks(second.clone(), Ok(page(950, 10, &second))));
    assert_eq!(state.cloud.history.shown(None).len(), 60);
    // A print more: the newest page again, joined to what is known.
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1001, 50, &first))));
    let ids: Vec<_> = state.cloud.history.shown(None).iter().filter_map(|task| task.id.clone()).collect();
    assert_eq!((ids.len(), &ids[0], &ids[60]), (61, &Id::new("1001"), &Id::new("941")));
    assert!(!state.cloud.history.of(None).is_some_and(Prints::leads_on));
}

#[test]
fn pages_that_do_not_go_on_are_the_end_and_it_is_said_until_they_do() {
    // What comes for the second page, how many prints are known then, whether that is the end, and whether it is told.
    for (name, from, count, known, ends, told) in [
        ("the first page again", 1000, 50, 50, true, true),
        ("newer ones", 1050, 50, 50, true, true),
        ("half of them known", 975, 50, 75, false, false),
        ("nothing, and a larger total", 950, 0, 50, true, true),
        ("the rest", 950, 10, 60, true, false),
        ("fewer than the rest", 950, 4, 54, true, true),
    ] {
        let mut state = state();
        let first = query(&act(&mut state, KeyAction::History));
        tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 50, &first))));
        let second = query(&act(&mut state, KeyAction::Bottom));
        tell(&mut state, CloudResponse::Tasks(second.clone(), Ok(page(from, count, &second))));
        let prints = state.cloud.history.of(None).expect("prints");
        assert_eq!((prints.tasks.len(), !prints.leads_on()), (known, ends), "{name}");
        assert_eq!(prints.shortfall().is_some(), told, "{name}: {:?}", prints.shortfall());
        let all: std::collections::HashSet<_> = prints.tasks.iter().filter_map(|task| task.id.clone()).collect();
        assert_eq!(all.len(), known, "{name}: none twice");
        let Some(Dialog::History(open)) = state.view.dialogs.last() else { panic!("the history is open") };
        let (_, tone, words) = crate::state::view::dialogs::history::lines::split(
            &state.around(),
            open,
            ratatui::layout::Rect::new(0, 0, 80, 20),
        );
        assert_eq!((tone == Tone::Warning, words.concat().contains("not all: ")), (told, told), "{name}: {words:?}");
        if name == "the first page again" {
            // Asked once more, the cloud may go on.
            tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1001, 50, &first))));
            let again = query(&act(&mut state, KeyAction::Bottom));
            assert_eq!(again.after, Some(Id::new("951")));
            tell(&mut state, CloudResponse::Tasks(again.clone(), Ok(page(950, 10, &again))));
            assert_eq!(state.cloud.history.of(None).and_then(Prints::shortfall), None);
        }
    }
}

#[test]
fn a_total_that_shrinks_from_page_to_page_is_not_believed() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 50, &first))));
    let second = query(&act(&mut state, KeyAction::Bottom));
    let short = TaskPage { total: Some(4), ..page(950, 4, &second) };
    tell(&mut state, CloudResponse::Tasks(second, Ok(short)));
    let prints = state.cloud.history.of(None).expect("prints");
    assert_eq!((prints.total, prints.shortfall().is_some()), (Some(60), true));
}

#[test]
fn after_signing_in_anew_everything_is_asked_for_again_and_nothing_is_forgotten() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 50, &first))));
    let refused = || RestError::at("/x", Some(401), crate::protocol::rest::RestErrorKind::Expired);
    act(&mut state, KeyAction::Retry);
    tell(&mut state, CloudResponse::Tasks(first.clone(), Err(refused())));
    let mut cx = Cx::new(state.now);
    state.sign_in_over(&mut cx);
    assert!(act(&mut state, KeyAction::Retry).is_empty(), "nothing is asked with a token that is over");
    // The key that signs in works from here, and brings the screen back afterwards.
    act(&mut state, KeyAction::Account);
    assert!(matches!(state.view.dialogs[..], [Dialog::Login(_)]), "{:?}", state.view.dialogs);
    state.view.dialogs.clear();
    let who = Identity { account: None, uid: "7".into(), region: Region::Global, ends: None, lasts: None };
    let now = state.now;
    update(&mut state, Event::Cloud(CloudEvent::Response(CloudResponse::Login(LoginEvent::SignedIn(who)))), now);
    assert_eq!(trouble(&state), None);
    assert_eq!(query(&act(&mut state, KeyAction::History)), first);
    assert_eq!(state.cloud.history.shown(None).len(), 50, "what was known is still there");
    act(&mut state, KeyAction::Help);
    assert!(matches!(state.view.dialogs[..], [Dialog::History(_), Dialog::Help(_)]));
    act(&mut state, KeyAction::Help);
    assert!(matches!(state.view.dialogs[..], [Dialog::History(_)]));
}

#[test]
fn a_page_that_did_not_come_is_asked_for_again_and_those_before_it_stay() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 50, &first))));
    let second = query(&act(&mut state, KeyAction::Bottom));
    let why = RestError::at("/v1/x", Some(500), crate::protocol::rest::RestErrorKind::Server);
    tell(&mut state, CloudResponse::Tasks(second.clone(), Err(why)));
    assert_eq!((state.cloud.history.shown(None).len(), trouble(&state).is_some()), (50, true));
    act(&mut state, KeyAction::Up);
    assert_eq!(query(&act(&mut state, KeyAction::Retry)), second, "that page, not the newest");
    assert!(act(&mut state, KeyAction::Retry).is_empty(), "it is on its way");
    tell(&mut state, CloudResponse::Tasks(second.clone(), Ok(page(950, 10, &second))));
    assert_eq!((state.cloud.history.shown(None).len(), trouble(&state).is_some()), (60, false));
    assert_eq!(query(&act(&mut state, KeyAction::Retry)), first, "everything is there: the newest");
}

#[test]
fn a_part_that_fails_is_not_asked_for_again_by_itself() {
    let mut state = state();
    act(&mut state, KeyAction::History);
    for _ in 0..4 {
        act(&mut state, KeyAction::NextPane);
    }
    let why = || RestError::at("/v1/x", Some(403), crate::protocol::rest::RestErrorKind::Server);
    assert!(tell(&mut state, CloudResponse::Projects(Err(why()))).is_empty());
    assert!(trouble(&state).is_some_and(|why| !why.contains("/v1")));
    assert!(later(&mut state, 5).iter().all(|ask| !matches!(ask, CloudRequest::Projects)));
    assert_eq!(act(&mut state, KeyAction::Retry), [CloudRequest::Projects]);
}

#[test]
fn the_prints_are_asked_for_again_while_they_are_looked_at_and_sooner_when_a_job_ends() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 3, &first))));
    let prints = |asks: Vec<CloudRequest>| asks.iter().filter(|ask| matches!(ask, CloudRequest::Tasks(_))).count();
    assert_eq!(prints(later(&mut state, 100)), 0);
    state.cloud.history.job_changed();
    assert_eq!(prints(later(&mut state, 1)), 1);
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 3, &first))));
    state.cloud.history.job_changed();
    assert_eq!(prints(later(&mut state, 30)), 0, "not more than once a minute");
    assert_eq!(prints(later(&mut state, 31)), 1);
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 3, &first))));
    act(&mut state, KeyAction::Back);
    assert_eq!(prints(later(&mut state, 3600)), 0, "nobody looks");
}

#[test]
fn one_printer_alone_is_a_list_of_its_own() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 3, &first))));
    let own = query(&act(&mut state, KeyAction::Filter));
    assert_eq!(own.serial.as_deref(), Some("A"));
    tell(&mut state, CloudResponse::Tasks(own.clone(), Ok(page(1000, 1, &own))));
    assert_eq!((state.cloud.history.shown(Some("A")).len(), state.cloud.history.shown(None).len()), (1, 3));
    assert!(act(&mut state, KeyAction::Filter).is_empty(), "all of them are known");
}

#[test]
fn what_is_open_closes_before_the_layer_does() {
    let mut state = state();
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 3, &first))));
    assert_eq!(act(&mut state, KeyAction::Zoom), [CloudRequest::Task(Id::new("1000"))]);
    let more = Task { bed_type: Some("cool_plate".into()), ..Task::default() };
    tell(&mut state, CloudResponse::Task(Id::new("1000"), Box::new(Ok(more))));
    let known = &state.cloud.history.shown(None)[0];
    assert_eq!((known.bed_type.as_deref(), known.title.as_deref()), (Some("cool_plate"), Some("cube.3mf")));
    act(&mut state, KeyAction::Back);
    assert_eq!(state.view.dialogs.len(), 1);
    act(&mut state, KeyAction::Back);
    assert!(state.view.dialogs.is_empty());
}

#[test]
fn signing_out_wants_the_key_twice() {
    let mut state = state();
    act(&mut state, KeyAction::Account);
    assert!(act(&mut state, KeyAction::Stop).is_empty());
    act(&mut state, KeyAction::Back);
    assert!(act(&mut state, KeyAction::Stop).is_empty(), "Esc took it back");
    assert_eq!(act(&mut state, KeyAction::Stop), [CloudRequest::SignOut]);
}

/// How far what is open is scrolled after a key was pressed so many times.
fn scrolled(state: &mut State, key_action: KeyAction, times: usize) -> usize {
    for _ in 0..times {
        act(state, key_action);
    }
    let Some(crate::state::view::Dialog::History(open)) = state.view.dialogs.last() else { panic!("open") };
    open.scroll.at(usize::MAX)
}

#[test]
fn what_is_open_scrolls_to_its_last_line_and_back_at_once() {
    let mut state = state();
    state.view.size = Size::new(40, 12);
    let first = query(&act(&mut state, KeyAction::History));
    tell(&mut state, CloudResponse::Tasks(first.clone(), Ok(page(1000, 3, &first))));
    act(&mut state, KeyAction::Zoom);
    // Seven rows of room, and as many facts: title, state, printer, began, ended, took, estimate, filament.
    let rows = crate::state::view::dialogs::history::lines::print(
        &state.around(),
        &state.cloud.history.shown(None)[0].clone(),
        36,
    )
    .len();
    assert!(rows > 7);
    for end in [KeyAction::Down, KeyAction::PageDown, KeyAction::Bottom] {
        assert_eq!(scrolled(&mut state, end, 99), rows - 7, "{end:?}");
        assert_eq!(scrolled(&mut state, KeyAction::Up, 1), rows - 8, "one key, one line");
    }
    // More room, and less to scroll, since the last key.
    scrolled(&mut state, KeyAction::Bottom, 1);
    state.view.size = Size::new(40, 12 + (rows - 7) as u16);
    assert_eq!(scrolled(&mut state, KeyAction::Down, 1), 0);
    state.view.size = Size::new(40, 12);
    act(&mut state, KeyAction::Back);
    act(&mut state, KeyAction::Back);
    act(&mut state, KeyAction::Account);
    let rows = crate::state::view::dialogs::history::lines::account(&state.around(), 36).len();
    assert_eq!(scrolled(&mut state, KeyAction::Bottom, 9), rows - 7);
    // A question takes two lines of the room.
    act(&mut state, KeyAction::Stop);
    assert_eq!(scrolled(&mut state, KeyAction::Bottom, 9), rows - 5);
    state.view.size = Size::new(120, 40);
    assert_eq!(scrolled(&mut state, KeyAction::PageDown, 9), 0, "everything is there");
}

#[test]
fn what_failed_of_a_part_is_said_until_that_comes_whatever_else_is_answered() {
    let mut state = state();
    act(&mut state, KeyAction::History);
    for _ in 0..3 {
        act(&mut state, KeyAction::NextPane);
    }
    let why = || RestError::at("/v1/x", Some(500), crate::protocol::rest::RestErrorKind::Server);
    tell(&mut state, CloudResponse::Messages(1, Err(why())));
    tell(&mut state, CloudResponse::Messages(2, Ok(Vec::new())));
    assert!(trouble(&state).is_some(), "another kind of messages came");
    tell(&mut state, CloudResponse::MessageCount(Err(why())));
    tell(&mut state, CloudResponse::Messages(1, Ok(Vec::new())));
    assert_eq!(trouble(&state), None, "how many are not read is no trouble where it is not told");
}
