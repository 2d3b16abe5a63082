//! What the manual says of the licences of what is linked in.

use std::{fs, path::Path, process::Command};

/// The table is made by a script that asks cargo; it needs no network.
#[test]
fn the_manual_names_the_licences_of_what_is_linked_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    let marked = page.split_once("<!-- licences -->").and_then(|(_, tail)| tail.split_once("<!-- /licences -->"));
    let (table, _) = marked.expect("docs/dependencies.md has a table of licences between its two marks");
    let script = root.join(".ci/licences");
    // The published package is without it, and so without anything to compare with.
    if !script.exists() {
        return;
    }
    let out =
        Command::new("bash").arg(script).env("CARGO", env!("CARGO")).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let now = String::from_utf8(out.stdout).unwrap();
    assert!(now.contains("| MPL-2.0 |") && now.contains("`ansi_colours`"), "{now}");
    assert_eq!(table.trim(), now.trim(), "run .ci/licences --write");
}
