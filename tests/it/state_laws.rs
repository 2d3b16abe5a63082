//! The laws of the state: what its rooms know, where it changes, how an update ends, and what crosses to the world.

use super::architecture::{code, is_test_file, paths, root, rust_files, under};
use std::fs;

/// The rooms of the state, from the ground up: each knows those before it. From `screen` on they know the whole `State`.
const ROOMS: [&str; 7] = ["printer", "command", "cloud", "notify", "view", "screen", "update"];
/// A printer carries its orders: the one way up that is left.
const WAYS_UP: [(&str, &str); 2] =
    [("state::printer", "state::command::action"), ("state::printer", "state::command::tracker")];

/// Law 1: rooms of data know neither `State` nor a room above them.
#[test]
fn rooms_of_data_know_no_room_above_them() {
    let mut wrong = Vec::new();
    for (name, text) in rust_files("src/state") {
        let Some((room, _)) = name.trim_start_matches("src/state/").split_once('/') else { continue };
        let Some(floor) = ROOMS.iter().position(|known| *known == room) else { continue };
        if is_test_file(&name) {
            continue;
        }
        let here = format!("state::{room}");
        for path in paths(&code(&text), "crate") {
            let above = ROOMS[floor + 1..].iter().any(|other| under(&path, &format!("state::{other}")));
            let whole = floor < 5 && path == "state::State";
            let is_known = WAYS_UP.iter().any(|(from, to)| *from == here && under(&path, to));
            if (above || whole) && !is_known {
                wrong.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "up the stairs:\n{}", wrong.join("\n"));
}

/// Law 2: only `state/update/` changes state. Its one caller holds the loop; what was kept comes back before there is one.
#[test]
fn only_update_changes_state() {
    let may = |name: &str| name.starts_with("src/state/update/") || name == "src/app/restore.rs";
    let mut wrong = Vec::new();
    for (name, text) in rust_files("src") {
        if is_test_file(&name) || may(&name) {
            continue;
        }
        let code = code(&text);
        if code.contains("&mut State") {
            wrong.push(format!("{name}: &mut State"));
        }
        if let Some((_, methods)) = code.split_once("impl State {")
            && (name != "src/state/mod.rs" || methods.split("\n}\n").next().unwrap().contains("&mut self"))
        {
            wrong.push(format!("{name}: impl State"));
        }
    }
    assert!(wrong.is_empty(), "changes state elsewhere: {wrong:?}");
}

/// Law 5, and what will let a socket stand between the state and the world: what happens, what is ordered, what the cloud is
/// asked and what it answers are plain data.
#[test]
fn what_crosses_to_the_world_is_plain_data() {
    const HANDLES: [&str; 8] = ["Instant", "Sender", "Receiver", "Mutex", "Notify", "dyn ", "Fn(", "fn("];
    let mut wrong = Vec::new();
    for name in ["src/state/event.rs", "src/state/effect.rs", "src/state/cloud/request.rs"] {
        let code = code(&fs::read_to_string(root().join(name)).unwrap());
        wrong.extend(HANDLES.iter().filter(|handle| code.contains(**handle)).map(|handle| format!("{name}: {handle}")));
    }
    assert!(wrong.is_empty(), "no plain data: {wrong:?}");
}

/// Law 3: what an update brings about leaves through its `Cx`, and by no other way.
#[test]
fn an_update_has_one_door_out() {
    let mut wrong = Vec::new();
    for (name, text) in rust_files("src/state") {
        if is_test_file(&name) || name == "src/state/cx.rs" {
            continue;
        }
        for way in ["Vec<Effect>", "Redraw>", "&mut Redraw", "redraw: Redraw"] {
            wrong.extend(code(&text).contains(way).then(|| format!("{name}: {way}")));
        }
    }
    assert!(wrong.is_empty(), "another way out: {wrong:?}");
}

/// Law 4: what is fetched is said. No command pretends to be a screen of some size, or to have a pane zoomed.
#[test]
fn a_command_says_what_it_wants() {
    let mut wrong = Vec::new();
    for (name, text) in rust_files("src/cli") {
        if is_test_file(&name) {
            continue;
        }
        for pretence in ["Event::Resize", "SIZE", "zoom", "Pane::", "settings.camera"] {
            wrong.extend(code(&text).contains(pretence).then(|| format!("{name}: {pretence}")));
        }
    }
    assert!(wrong.is_empty(), "pretends to be a screen: {wrong:?}");
}

/// A reader holds the parts of the state in the head: ten at most.
#[test]
fn the_state_has_few_parts() {
    let text = fs::read_to_string(root().join("src/state/mod.rs")).unwrap();
    let (_, fields) = text.split_once("pub struct State {").expect("the state");
    let (fields, _) = fields.split_once("\n}").expect("its end");
    let fields: Vec<_> = fields.lines().filter(|line| !line.trim().starts_with("//") && line.contains(": ")).collect();
    assert!((1..=10).contains(&fields.len()), "{fields:#?}");
}
