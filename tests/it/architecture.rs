//! The architecture: who may import whom, and how long a file may be. The laws of the state are in `state_laws`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What a module may use: of ours by prefix, and of others what it may not.
struct Wall {
    module: &'static str,
    ours: &'static [&'static str],
    not_ours: &'static [&'static str],
    never: &'static [&'static str],
}

const fn wall(
    module: &'static str,
    ours: &'static [&'static str],
    not_ours: &'static [&'static str],
    never: &'static [&'static str],
) -> Wall {
    Wall { module, ours, not_ours, never }
}

const EVERY: &[&str] =
    &["app", "cli", "cloud", "config", "logging", "net", "protocol", "simulator", "state", "storage", "terminal", "ui"];

/// The innermost row that holds a file counts.
const WALLS: &[Wall] = &[
    wall(
        "protocol",
        &["protocol"],
        &[],
        &["tokio", "std::net", "std::fs", "std::env", "std::time", "ratatui", "crossterm", "rumqttc", "rustls"],
    ),
    wall(
        "state",
        &["state", "protocol"],
        &[],
        &["tokio", "std::net", "std::fs", "std::env", "std::thread", "std::process", "rumqttc", "rustls", "image"],
    ),
    wall(
        "ui",
        &["ui", "state", "protocol"],
        &["state::update"],
        &["tokio", "std::net", "std::fs", "std::env", "std::thread", "crossterm", "rumqttc", "image"],
    ),
    wall(
        "config",
        &["config", "storage::private_files", "protocol", "state::settings", "state::notify::notification"],
        &[],
        &["tokio", "ratatui", "crossterm"],
    ),
    wall(
        "storage",
        &["protocol", "state", "storage"],
        &["state::update", "state::State"],
        &["tokio", "std::net", "ratatui", "crossterm"],
    ),
    wall(
        "storage::account",
        &["config", "protocol", "storage"],
        &[],
        &["tokio", "std::net", "std::env", "std::time", "ratatui", "crossterm"],
    ),
    wall(
        "storage::error_texts",
        &["protocol", "state::printer::error_texts", "storage"],
        &[],
        &["tokio", "std::net", "std::env", "ratatui", "crossterm"],
    ),
    wall(
        "storage::private_files",
        &["storage::private_files"],
        &[],
        &["tokio", "std::net", "std::env", "ratatui", "crossterm"],
    ),
    wall(
        "net",
        &["net", "protocol", "config", "state", "storage"],
        &["state::update", "state::State", "state::view"],
        &["ratatui", "crossterm", "std::time::SystemTime"],
    ),
    // What a library shows of the cloud's client, by name.
    wall("cloud", &["config::Secret", "net::Delays", "net::rest", "protocol::rest"], &[], &["tokio"]),
    wall("simulator", &["simulator", "protocol", "config"], &[], &["ratatui", "crossterm"]),
    wall(
        "terminal",
        &["state", "terminal"],
        &["state::update", "state::State", "terminal::screen", "terminal::viewer"],
        &["tokio::net", "std::net", "std::fs"],
    ),
    wall(
        "terminal::viewer",
        &["terminal", "state::settings"],
        &["terminal::screen"],
        &["tokio", "std::net", "std::fs"],
    ),
    // It reads of other processes what the system tells of them.
    wall("terminal::background", &["terminal::background"], &[], &["tokio", "std::net", "ratatui", "crossterm"]),
    wall("terminal::screen", &["app", "state", "terminal", "ui"], &["state::update"], &["std::net", "std::fs"]),
    wall("logging", &["storage::private_files"], &[], &["tokio", "ratatui", "crossterm"]),
    wall(
        "app",
        &["app", "config", "logging", "net", "protocol", "state", "storage", "terminal", "ui"],
        &["simulator", "cli"],
        &["std::net", "crossterm"],
    ),
    // Of the network the command line sees the cloud only; connections to printers belong to the app.
    wall(
        "cli",
        &[
            "app",
            "cli",
            "config",
            "logging",
            "net::rest",
            "net::AccountOptions",
            "net::Keeper",
            "net::Kept",
            "net::SignIn",
            "protocol",
            "simulator",
            "state",
            "storage",
            "terminal",
            "ui",
        ],
        // What a report means is the state's to say.
        &["protocol::ams", "protocol::flags", "protocol::job", "protocol::report", "protocol::temps", "state::update"],
        &["std::net::TcpStream", "tokio::net"],
    ),
];

/// Words of the wire that programs are tempted to compare with, and that `protocol` alone has names for. The simulator
/// writes them on its own.
const WIRE_WORDS: &[&str] = &[
    "\"ota\"",
    "\"chamber_light\"",
    "\"chamber_light2\"",
    "\"work_light\"",
    "\"RUNNING\"",
    "\"push_status\"",
    "\"get_version\"",
    "\"lights_report\"",
];

/// Parts of crates that a module may use, where it may not use the whole.
const ONLY: &[(&str, &str, &[&str])] = &[
    ("state", "ratatui", &["layout"]),
    ("state", "crossterm", &["event"]),
    ("terminal", "ratatui", &["Terminal", "backend", "buffer", "layout"]),
];

/// Calls that read the clock: the only places that may.
const CLOCK: &[&str] = &["Instant::now", "SystemTime::now", "Local::now", "Utc::now"];
/// Programs that print a secret run before there is a loop, and may never end.
const CLOCK_READERS: &[&str] =
    &["src/app.rs", "src/config/command.rs", "src/simulator/mod.rs", "src/net/rest/clock.rs"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn rust_files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Code without comments and without what only tests compile.
pub(crate) fn code(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let mut next = lines.peek().copied().unwrap_or("");
            while next.trim_start().starts_with("#[") {
                lines.next();
                next = lines.peek().copied().unwrap_or("");
            }
            // A declaration of a file is one line; anything longer stands at the end of its file.
            if next.trim_end().ends_with(';') {
                lines.next();
                continue;
            }
            break;
        }
        let cut = if line.trim_start().starts_with("//") { Some(0) } else { line.find(" // ") };
        out.push_str(&line[..cut.unwrap_or(line.len())]);
        out.push('\n');
    }
    out
}

pub(crate) fn is_test_file(name: &str) -> bool {
    name.contains("/tests/")
        || name.ends_with("/tests.rs")
        || name.ends_with("/fixture.rs")
        || name.ends_with("/bench.rs")
}

/// Every path that begins with `root::`, with the trees of `use` written out.
pub(crate) fn paths(code: &str, root: &str) -> Vec<String> {
    let start = format!("{root}::");
    let mut out = Vec::new();
    for (at, _) in code.match_indices(&start) {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        // `::std::` is the same crate, `a_std::` and `x::std::` are not.
        if before.is_alphanumeric() || before == '_' || (before == ':' && !code[..at].ends_with(" ::")) {
            continue;
        }
        tree(&code[at + start.len()..], "", &mut out);
    }
    out
}

/// Writes out one tree; returns how much of the text it took.
fn tree(text: &str, prefix: &str, out: &mut Vec<String>) -> usize {
    if let Some(inside) = text.strip_prefix('{') {
        let mut at = 0;
        loop {
            at += inside[at..].len() - inside[at..].trim_start_matches([' ', '\n', ',']).len();
            match inside[at..].chars().next() {
                Some('}') | None => return at + 2,
                Some(_) => at += tree(&inside[at..], prefix, out).max(1),
            }
        }
    }
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*')).collect();
    let whole = if prefix.is_empty() { name.clone() } else { format!("{prefix}::{name}") };
    let rest = &text[name.len()..];
    if let Some(deeper) = rest.strip_prefix("::")
        && !name.is_empty()
        && !deeper.starts_with('<')
    {
        return name.len() + 2 + tree(deeper, &whole, out);
    }
    out.push(whole);
    // An alias belongs to the name before it.
    let alias = rest
        .strip_prefix(" as ")
        .map_or(0, |tail| 4 + tail.chars().take_while(|c| c.is_alphanumeric() || *c == '_').count());
    name.len() + alias
}

pub(crate) fn under(path: &str, prefix: &str) -> bool {
    path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::"))
}

#[test]
fn trees_of_use_are_written_out() {
    let code = "use crate::{a::{b as x, c::{self, D}}, e};\nlet y = crate::f::g(1); mycrate::h(); use ::std::fs;";
    assert_eq!(paths(code, "crate"), ["a::b", "a::c::self", "a::c::D", "e", "f::g"]);
    assert_eq!(paths(code, "std"), ["fs"]);
    let text = "a\n// bambu_tui::simulator\nb // crate::net\n#[cfg(test)]\nmod tests {\n}\n";
    assert_eq!(super::architecture::code(text), "a\n\nb\n");
}

#[test]
fn no_module_looks_over_its_wall() {
    let mut wrong = Vec::new();
    for (name, text) in rust_files("src") {
        if is_test_file(&name) {
            continue;
        }
        let code = code(&text);
        let inside =
            name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        let module = inside.split("::").next().unwrap().to_owned();
        if matches!(module.as_str(), "lib" | "main") {
            let own = [paths(&code, "bambu_tui"), paths(&code, "crate")].concat();
            wrong.extend(own.into_iter().filter(|p| p != "run").map(|p| format!("{name}: {p}")));
            continue;
        }
        let wall = WALLS
            .iter()
            .filter(|w| under(&inside, w.module))
            .max_by_key(|w| w.module.len())
            .unwrap_or_else(|| panic!("no wall for {inside}"));
        for path in paths(&code, "crate") {
            // Macros and other names of the crate's root are nobody's secret.
            if !EVERY.iter().any(|m| under(&path, m)) {
                continue;
            }
            let allowed = wall.ours.iter().any(|p| under(&path, p)) && !wall.not_ours.iter().any(|p| under(&path, p));
            if !allowed {
                wrong.push(format!("{name}: crate::{path}"));
            }
        }
        // The back door: climbing out of the own module, or through the own crate's name.
        let depth = name.matches('/').count() - usize::from(name.ends_with("/mod.rs"));
        let climb = "super::".repeat(depth);
        for (at, _) in code.match_indices(&climb) {
            let mut out = Vec::new();
            tree(&code[at + climb.len()..], "", &mut out);
            let out = out.into_iter().filter(|p| EVERY.iter().any(|m| under(p, m) && *m != module));
            wrong.extend(out.map(|p| format!("{name}: {climb}{p}")));
        }
        wrong.extend(paths(&code, "bambu_tui").into_iter().map(|p| format!("{name}: bambu_tui::{p}")));
        for never in wall.never {
            let (first, rest) = never.split_once("::").unwrap_or((never, ""));
            let used = paths(&code, first).into_iter().filter(|p| rest.is_empty() || under(p, rest));
            wrong.extend(used.map(|p| format!("{name}: {first}::{p}")));
        }
        for (_, of, parts) in ONLY.iter().filter(|(m, ..)| *m == module) {
            let used = paths(&code, of).into_iter().filter(|p| !parts.iter().any(|part| under(p, part)));
            wrong.extend(used.map(|p| format!("{name}: {of}::{p}")));
        }
        if module == "ui" && code.contains("&mut State") {
            wrong.push(format!("{name}: &mut State"));
        }
        if !CLOCK_READERS.contains(&name.as_str()) {
            wrong.extend(CLOCK.iter().filter(|call| code.contains(**call)).map(|call| format!("{name}: {call}")));
        }
    }
    assert!(wrong.is_empty(), "over the wall:\n{}", wrong.join("\n"));
}

#[test]
fn words_of_the_wire_stay_where_it_is_read() {
    let mut wrong = Vec::new();
    for (name, text) in rust_files("src") {
        // The one word that state knows too: what the printer calls the states of its job.
        let is_home = name.starts_with("src/protocol/") || name.starts_with("src/simulator/");
        if is_home || is_test_file(&name) || name.starts_with("src/state/printer/job") {
            continue;
        }
        let code = code(&text);
        wrong.extend(WIRE_WORDS.iter().filter(|word| code.contains(**word)).map(|word| format!("{name}: {word}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_wall_stands_around_a_module_that_exists() {
    let code = code(&fs::read_to_string(root().join("src/lib.rs")).unwrap());
    let mut modules: Vec<_> = code
        .lines()
        .filter_map(|l| l.trim().trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    modules.sort_unstable();
    // Those of the house stand there twice, inside and, for tests, outside.
    modules.dedup();
    let mut walls: Vec<_> = WALLS.iter().map(|w| w.module).filter(|module| !module.contains("::")).collect();
    walls.sort_unstable();
    assert_eq!(modules, walls);
}

#[test]
fn no_file_is_longer_than_500_lines() {
    let files = rust_files("src").into_iter().chain(rust_files("tests"));
    let long: Vec<_> =
        files.map(|(name, text)| (name, text.lines().count())).filter(|(_, lines)| *lines > 500).collect();
    assert!(long.is_empty(), "{long:?}");
}

/// The drawn screen of the crate's page leads to files and folders that are there.
#[test]
fn the_drawn_screen_leads_to_what_exists() {
    let page = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let drawn = page.split("//! # What you see").nth(1).unwrap().split("//! # ").next().unwrap();
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.');
    let named: Vec<_> = drawn
        .split("```")
        .nth(1)
        .unwrap()
        .lines()
        .flat_map(|line| line.trim_start_matches("//!").split(|c| !is_path(c)))
        .filter(|word| word.contains('/'))
        .collect();
    assert!(named.len() > 20, "{named:?}");
    let lost: Vec<_> = named.iter().filter(|name| !root().join("src").join(name).exists()).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let length = page.lines().filter(|line| line.starts_with("//!")).count();
    assert!(length <= 120, "{length} lines");
}

#[test]
fn every_public_module_says_what_it_is() {
    let mut silent = Vec::new();
    for (name, text) in rust_files("src") {
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(module) = line.trim().strip_prefix("pub mod ") else { continue };
            let documented_here = at > 0 && lines[at - 1].trim_start().starts_with("///");
            let file = module.trim_end_matches(';');
            let path = Path::new(&name);
            // Of `x.rs` the files lie in `x/`; of `mod.rs` and `lib.rs` beside it.
            let folder = match path.file_stem().unwrap().to_str().unwrap() {
                "mod" | "lib" => path.parent().unwrap().to_owned(),
                stem => path.with_file_name(stem),
            };
            let begins = [folder.join(format!("{file}.rs")), folder.join(file).join("mod.rs")]
                .iter()
                .find_map(|path| fs::read_to_string(root().join(path)).ok())
                .is_some_and(|text| text.starts_with("//! "));
            if !documented_here && !begins {
                silent.push(format!("{name}: {module}"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:?}");
}
