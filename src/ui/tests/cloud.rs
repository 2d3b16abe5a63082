//! What the cloud remembers, part by part; printers on two transports; what is said when a sign-in is over.

use super::snapshot;
use crate::state::view::scroll::Scroll;
use crate::{
    protocol::{
        model::Model,
        rest::{
            Id, Region,
            envelope::{list, one},
        },
    },
    state::{
        PrinterId, State,
        cloud::{
            history::{History, HistoryTab, Prints},
            session::{Account, Identity},
        },
        printer::{
            connection::{ConnectionState, DisconnectReason},
            transport::Transports,
        },
        view::{
            Dialog, Pane,
            dialogs::{
                HistoryView, Login, Rename,
                login::{Step, Way},
            },
        },
    },
    ui::fixture::*,
};
use serde_json::{Value, json};
use std::sync::Arc;

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];
const CABIN: &str = "03000A000000009";

/// The seven, one of them in the account too, and one that only the account reaches.
fn signed_in(width: u16, height: u16) -> State {
    let mut f = seven();
    let cabin = f.printer("Cabin mini", CABIN, &(printing("gridfinity_bin", 63, 55) + r#","task_id":"812""#));
    cabin.transports = Transports { cloud: Some(cabin.link.clone()), online: Some(true), ..Transports::of_account() };
    cabin.choose_transport_again();
    let both = &mut f.printers[0];
    both.transports.in_account = true;
    both.transports.lan = Some(both.link.clone());
    both.transports.lan_heard = true;
    let mut state = f.build(width, height);
    let ends = Some(state.now.unix + 50 * 86_400);
    let who = Identity {
        account: Some("ma•••@example.com".into()),
        uid: "3011269554".into(),
        region: Region::Global,
        ends,
        lasts: None,
    };
    state.cloud.session.account = Account::SignedIn(who);
    state.cloud.link = ConnectionState::Up { session: 4, since: state.now.at };
    *state.cloud.history = history(state.now);
    state.cloud.history.unread.receive(Some(3), state.now);
    select(&mut state, "Cabin mini");
    state
}

fn iso(unix: i64) -> String {
    chrono::DateTime::from_timestamp(unix, 0).expect("in range").format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn history(moment: crate::state::Now) -> History {
    let now = moment.unix;
    let day = 86_400;
    let print = |id: u32,
                 title: &str,
                 design: &str,
                 serial: &str,
                 name: &str,
                 began: i64,
                 took: i64,
                 status: u8,
                 grams: f64| {
        json!({"id": id, "title": title, "designTitle": design, "status": status, "startTime": iso(now - began),
            "endTime": iso(now - began + took), "costTime": took + 300, "weight": grams, "length": grams * 33.5,
            "plateIndex": 1, "bedType": "textured_plate", "mode": "cloud_file", "deviceId": serial, "deviceName": name,
            "cover": "https://x.example/c.png?s=1", "amsDetailMapping": [
                {"ams": 0, "targetColor": "0A2CA5FF", "filamentType": "PLA", "weight": grams * 0.9},
                {"ams": 254, "targetColor": "FF6A13FF", "filamentType": "PETG", "weight": grams * 0.1}]})
    };
    let p1s = ("01P00A000000001", "Workshop P1S");
    let tasks = json!([
        print(812, "gridfinity_bin", "", CABIN, "Cabin mini", 5400, 30, 4, 92.4),
        print(811, "bracket_v4", "", p1s.0, p1s.1, day + 300, 5800, 2, 61.0),
        print(810, "Lampenschirm_groß_mit_einem_sehr_langen_Namen", "", CABIN, "Cabin mini", 3 * day, 18_000, 3, 214.0),
        print(809, "boat.3mf", "The little boat that tests printers", p1s.0, p1s.1, 400 * day, 1900, 2, 12.0),
    ]);
    let mut history = History::default();
    let mut prints = Prints::default();
    prints.tasks = list(tasks, &["hits"], "list").expect("tasks");
    prints.total = Some(4);
    history.prints.entry(None).or_default().receive(prints, moment);
    let jobs = json!([
        {"dev_id": CABIN, "dev_name": "Cabin mini", "dev_product_name": "A1 mini", "dev_online": true, "task_id": "812",
         "task_name": "gridfinity_bin", "task_status": "RUNNING", "progress": 61, "prediction": 9000, "start_time": iso(now - 5400)},
        {"dev_id": p1s.0, "dev_name": p1s.1, "dev_product_name": "P1S", "dev_online": false, "task_id": null}]);
    history
        .jobs
        .receive(list(jobs, &["devices"], "list").expect("jobs"), crate::state::Now { unix: now - 60, ..moment });
    let messages = |value: Value| list(value, &["hits"], "list").expect("messages");
    let mut tell = |kind: u8, list| history.messages.entry(kind).or_default().receive(messages(list), moment);
    tell(1, json!([{"id": 1, "type": 1, "isread": 0, "createTime": iso(now - 7200)}]));
    tell(
        2,
        json!([{"id": 2, "type": 2, "isread": 1, "createTime": iso(now - 2 * day),
        "from": {"name": "Ada"}, "design": {"title": "Headphone Stand"},
        "comment": {"content": "Printed well, thank you! Any chance of a larger one?"}}]),
    );
    tell(
        5,
        json!([{"id": 3, "type": 6, "isread": 0, "createTime": iso(now - day),
        "taskMessage": {"title": "bracket_v4", "status": 2, "deviceName": "Workshop P1S"}}]),
    );
    history.notifications.receive(vec!["part.3mf, Plate is ready".into()], moment);
    let projects = json!([{"project_id": "5", "name": "gridfinity_bin", "status": "ACTIVE", "create_time": "2026-05-20 10:00:00"},
        {"project_id": "6", "name": "part.3mf", "status": "PENDING", "create_time": "2026-05-19 10:00:00"}]);
    history.projects.receive(list(projects, &["projects"], "list").expect("projects"), moment);
    history.profile.receive(one(json!({"uid": "1", "productModels": ["C12", "N1"]})).expect("a profile"), moment);
    history
        .preference
        .receive(one(json!({"uid": 1, "name": "Maker", "handle": "maker"})).expect("a preference"), moment);
    history
}

fn with_project(history: &mut History, moment: crate::state::Now) {
    let plate = |index: u8| {
        json!({"index": index, "prediction": 8880, "weight": 92.4, "objects": [{}, {}, {}], "thumbnail": {"url": "https://x.example/p"},
            "filaments": [{"id": "1", "type": "PLA", "color": "#0A2CA5", "used_g": "92.4", "used_m": "30.9"}]})
    };
    let project = json!({"project_id": "5", "name": "gridfinity_bin", "create_time": "2026-05-20 10:00:00", "profiles": [
        {"profile_id": "9", "filename": "gridfinity_bin.3mf", "context": {"plates": [plate(1), plate(2)],
         "compatibility": {"dev_product_name": "A1 mini", "nozzle_diameter": 0.4}}}]});
    history.project.receive(one(project).expect("a project"), moment);
}

fn show(state: &mut State, open: HistoryView) {
    state.view.dialogs.push(Dialog::History(Box::new(open)));
}

fn tab_shots(name: &str, tab: HistoryTab, change: impl Fn(&mut State, &mut HistoryView)) {
    for (w, h) in SIZES {
        let mut state = signed_in(w, h);
        let mut open = HistoryView { tab, ..HistoryView::default() };
        change(&mut state, &mut open);
        show(&mut state, open);
        snapshot(format!("cloud_{name}_{w}x{h}"), &shot(&state));
    }
}

#[test]
fn every_part_of_what_the_cloud_remembers() {
    tab_shots("prints", HistoryTab::Prints, |state, _| {
        state.cloud.history.put_cover("812", Arc::new(picture(crate::state::cloud::history::COVER)));
    });
    tab_shots("print", HistoryTab::Prints, |state, open| {
        open.open = true;
        state.cloud.history.put_cover("812", Arc::new(picture(crate::state::cloud::history::COVER)));
    });
    tab_shots("totals", HistoryTab::Totals, |_, _| {});
    tab_shots("printers", HistoryTab::Printers, |_, _| {});
    tab_shots("messages", HistoryTab::Messages, |_, _| {});
    tab_shots("message", HistoryTab::Messages, |_, open| (open.at, open.open) = (Scroll::to(1), true));
    tab_shots("projects", HistoryTab::Projects, |_, _| {});
    tab_shots("project", HistoryTab::Projects, |state, open| {
        let now = state.now;
        with_project(&mut state.cloud.history, now);
        open.at = Scroll::to(1);
    });
    tab_shots("account", HistoryTab::Account, |_, _| {});
    tab_shots("leaving", HistoryTab::Account, |_, open| open.leaving = true);
}

#[test]
fn without_a_printer_it_is_said_what_became_of_the_account() {
    for (w, h) in SIZES {
        let mut state = signed_in(w, h);
        state.fleet.printers.clear();
        let why = "the cloud's list of printers: the cloud answered with a web page; try again";
        state.cloud.devices.list.set_error(Some(why.into()));
        snapshot(format!("cloud_no_printers_{w}x{h}"), &shot(&state));
    }
    let mut state = signed_in(80, 24);
    state.fleet.printers.clear();
    assert!(shot(&state).contains("asking the cloud for the printers"));
    let now = state.now;
    state.cloud.devices.list.receive((), now);
    assert!(shot(&state).contains("the account has no printer"));
}

#[test]
fn a_part_that_failed_says_why_and_one_that_is_empty_says_so() {
    for (w, h) in SIZES {
        let mut state = signed_in(w, h);
        *state.cloud.history = History::default();
        let why = "the cloud asks to be left alone; wait 2 min before the next request";
        state.cloud.history.projects.set_error(Some(why.into()));
        show(&mut state, HistoryView { tab: HistoryTab::Projects, ..HistoryView::default() });
        snapshot(format!("cloud_trouble_{w}x{h}"), &shot(&state));
    }
    let mut state = signed_in(80, 24);
    *state.cloud.history = History::default();
    let now = state.now;
    state.cloud.history.prints.entry(None).or_default().receive(Prints::default(), now);
    show(&mut state, HistoryView::default());
    assert!(shot(&state).contains("the cloud remembers no prints"));
    let why = "the cloud did not answer in time; check the network";
    state.cloud.history.prints.entry(None).or_default().set_error(Some(why.into()));
    let shown = shot(&state);
    assert!(shown.contains("did not answer in time") && !shown.contains("remembers no prints"), "{shown}");
}

#[test]
fn the_transport_is_shown_in_the_list_and_in_words() {
    for (w, h) in SIZES {
        let mut state = signed_in(w, h);
        snapshot(format!("cloud_transport_{w}x{h}"), &shot(&state));
        state.view.zoom = Some(Pane::Device);
        snapshot(format!("cloud_device_{w}x{h}"), &shot(&state));
        state.view.zoom = Some(Pane::Camera);
        snapshot(format!("cloud_camera_{w}x{h}"), &shot(&state));
    }
    let mut state = signed_in(120, 40);
    select(&mut state, "Workshop P1S");
    assert!(shot(&state).contains("printing · LAN · live"));
    state.view.zoom = Some(Pane::Printers);
    assert!(shot(&state).contains("Cabin mini"));
    state.settings.ascii = true;
    assert!(!shot(&state).contains('☁'));
}

#[test]
fn a_sign_in_that_is_over_says_so_on_every_screen() {
    for (w, h) in SIZES {
        let mut state = signed_in(w, h);
        let Account::SignedIn(who) = state.cloud.session.account.clone() else { panic!("signed in") };
        state.cloud.session.account = Account::Expired(who);
        let cabin = state.view.selected.expect("a printer");
        assert!(cabin != PrinterId(0));
        state.fleet.printers[usize::from(cabin.0)].transports.cloud =
            Some(ConnectionState::Down { why: DisconnectReason::TokenExpired, retry_at: None });
        state.fleet.printers[usize::from(cabin.0)].choose_transport_again();
        let text = shot(&state);
        assert!(text.contains("U: SIGN IN"), "{text}");
        snapshot(format!("cloud_expired_{w}x{h}"), &text);
    }
}

#[test]
fn the_forms_of_the_account() {
    for (w, h) in SIZES {
        let mut state = signed_in(w, h);
        let mut form = Login { step: Step::Code, ..Login::new(Region::Global, Some("maker@example.com")) };
        form.resend_at = Some(state.now.at + seconds(42));
        form.mistake = Some("the one-time code is wrong; type it again, or have a new one sent".into());
        state.view.dialogs.push(Dialog::Login(Box::new(form)));
        snapshot(format!("login_wrong_{w}x{h}"), &shot(&state));
        state.view.dialogs.clear();
        let mut form = Login { way: Way::Token, step: Step::Token, ..Login::new(Region::Global, None) };
        form.secret = tui_input::Input::new("AAD".repeat(30));
        state.view.dialogs.push(Dialog::Login(Box::new(form)));
        let text = shot(&state);
        assert!(!text.contains("AADAAD"));
        snapshot(format!("login_token_{w}x{h}"), &text);
        state.view.dialogs.clear();
        let rename =
            Rename { shown: "Workshop P1S".into(), configured: true, input: "Workbench".into(), ..Rename::default() };
        state.view.dialogs.push(Dialog::Rename(Box::new(rename)));
        snapshot(format!("rename_{w}x{h}"), &shot(&state));
    }
}

#[test]
fn a_job_is_joined_to_its_print_by_the_task() {
    let state = signed_in(120, 40);
    let task = &state.cloud.history.shown(None)[0];
    assert_eq!(task.id, Some(Id::new("812")));
    let printer = state.cloud.history.printer_of(task, &state.fleet.printers).expect("its printer");
    assert_eq!((printer.serial.as_str(), printer.model), (CABIN, Model::A1Mini));
}
