//! The table of keys and its overrides.

use super::*;

fn press(text: &str) -> KeyEvent {
    let key = Key::parse(text).expect("a key");
    KeyEvent::new(key.code, key.modifiers)
}

#[test]
fn defaults_are_whole_and_no_key_is_bound_twice() {
    let map = Keymap::with_overrides(&BTreeMap::new()).expect("no double keys");
    assert!(map.rows().iter().all(|row| !row.keys.is_empty()), "every row has a key that parses");
}

#[test]
fn overrides_replace_and_every_mistake_is_named() {
    let keys = |list: &[&str], line| (list.iter().map(ToString::to_string).collect::<Vec<_>>(), line);
    let good = BTreeMap::from([("quit".to_owned(), keys(&["ctrl-x", "Q"], 3))]);
    let map = Keymap::with_overrides(&good).expect("good");
    assert_eq!(map.meaning(Mode::Normal, &press("Q")), Some(KeyAction::Quit));
    assert_eq!(map.meaning(Mode::Normal, &press("q")), None);
    let bad = BTreeMap::from([
        ("pause".to_owned(), keys(&["x", "3", "hyper-q", "alt-["], 4)),
        ("dance".to_owned(), keys(&["d"], 5)),
        ("force-quit".to_owned(), keys(&[], 6)),
    ]);
    let problems = Keymap::with_overrides(&bad).expect_err("problems");
    let all: Vec<_> = problems.iter().map(|p| p.1.as_str()).collect();
    for part in [
        "both \"pause\" and \"stop\"",
        "\"3\" chooses",
        "\"hyper-q\" is no key",
        "\"alt-[\" cannot",
        "unknown action \"dance\"",
    ] {
        assert!(all.iter().any(|text| text.contains(part)), "{part} in {all:?}");
    }
}

#[test]
fn control_c_quits_everywhere() {
    let map = Keymap::default();
    for mode in [Mode::Normal, Mode::Welcome, Mode::Typing] {
        assert_eq!(map.meaning(mode, &press("ctrl-c")), Some(KeyAction::ForceQuit), "{mode:?}");
    }
    assert_eq!(map.everywhere(&press("ctrl-c")), Some(KeyAction::ForceQuit));
    assert_eq!(map.everywhere(&press("x")), None);
    assert_eq!(map.meaning(Mode::Typing, &press("x")), None);
}

#[test]
fn keys_are_written_as_they_are_read() {
    for (text, shown) in [("ctrl-x", "Ctrl-X"), ("pgup", "Pgup"), ("G", "G"), ("space", "Space"), ("f1", "F1")] {
        assert_eq!(Key::parse(text).expect(text).to_string(), shown);
    }
    assert_eq!(Key::parse("ctrl-"), None);
    assert_eq!(Key::parse("f13"), None);
}

#[test]
fn a_letter_with_a_modifier_is_not_the_letter() {
    let map = Keymap::default();
    let more = [KeyModifiers::ALT, KeyModifiers::SUPER, KeyModifiers::HYPER, KeyModifiers::META];
    for modifiers in more.into_iter().flat_map(|one| [one, one | KeyModifiers::SHIFT]) {
        for c in ['p', 'x', '+', 'L', 'q'] {
            let event = KeyEvent::new(KeyCode::Char(c), modifiers);
            assert_eq!(map.meaning(Mode::Normal, &event), None, "{c} {modifiers:?}");
        }
    }
    assert_eq!(map.meaning(Mode::Normal, &KeyEvent::new(KeyCode::Char('P'), KeyModifiers::SHIFT)), None);
    assert_eq!(
        map.meaning(Mode::Normal, &KeyEvent::new(KeyCode::Char('L'), KeyModifiers::SHIFT)),
        Some(KeyAction::Light)
    );
}
