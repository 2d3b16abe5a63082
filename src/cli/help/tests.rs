use super::*;
use std::{collections::BTreeSet, fs, path::Path};

fn program() -> Command {
    let mut program = crate::cli::program();
    program.build();
    program
}

/// A page that is written and not compiled in could not be read in a terminal.
#[test]
fn every_page_of_the_manual_is_a_topic() {
    let docs = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).expect("docs/");
    let names = docs.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let files: BTreeSet<_> = names.filter_map(|name| Some(name.strip_suffix(".md")?.to_owned())).collect();
    assert_eq!(files, PAGES.iter().map(|page| page.name.to_owned()).collect());
    for page in PAGES {
        assert!(topics().contains(&format!("  {} ", page.name)) && page.text.starts_with("# "), "{}", page.name);
        // A command of that name would hide the page's own help, or the page that of the command.
        assert!(program().find_subcommand(page.name).is_none(), "{}", page.name);
    }
}

#[test]
fn the_help_of_every_command_is_found() {
    fn walk(command: &Command, words: &[String]) {
        for sub in command.get_subcommands() {
            let words = [words, &[sub.get_name().to_owned()]].concat();
            let mut program = program();
            let found = super::command(&mut program, &words).expect("the command");
            let usage = found.render_usage().to_string();
            assert!(usage.contains(&format!("bambu-tui {}", words.join(" "))), "{usage}");
            walk(sub, &words);
        }
    }
    walk(&program(), &[]);
    let mut program = program();
    let config = super::command(&mut program, &["config".to_owned()]).expect("the command");
    assert!(config.find_subcommand("help").is_some(), "`config help check` works as well");
}

/// Every command and every option stands on the page about them, or on that about the simulator.
#[test]
fn the_manual_names_every_command_and_option() {
    let page = |name| PAGES.iter().find(|page| page.name == name).expect("the page").text;
    let manual = [page("command-line"), page("simulator")].concat();
    for command in program().get_subcommands() {
        assert!(manual.contains(&format!("`bambu-tui {}", command.get_name())), "{}", command.get_name());
        let options = command.get_arguments().filter_map(|option| option.get_long());
        for option in options.filter(|option| *option != "help") {
            assert!(manual.contains(&format!("--{option}")), "{} --{option}", command.get_name());
        }
    }
}

#[test]
fn a_section_ends_where_the_next_one_begins() {
    let text = "# A\na\n## B b\nb\n```\n## no heading\n```\n### `C` and d\nc\n## E\ne\n";
    assert_eq!(section(text, "b-b"), Some("## B b\nb\n```\n## no heading\n```\n### `C` and d\nc\n"));
    assert_eq!(section(text, "c-and-d"), Some("### `C` and d\nc\n"));
    assert_eq!(section(text, "e"), Some("## E\ne\n"));
    assert_eq!(section(text, "a"), Some(text));
    assert_eq!(section(text, "no-heading"), None);
}

#[test]
fn an_unknown_topic_names_the_closest_three() {
    for (name, near) in
        [("simulater", "simulator"), ("notif", "notifications"), ("statsu", "status"), ("hoks", "hooks")]
    {
        let said = unknown(name, &program());
        let offered = said.split_once("closest: ").and_then(|(_, tail)| tail.split_once(". ")).expect("names").0;
        let offered: Vec<_> = offered.split(", ").collect();
        assert!(offered.len() == OFFERED && offered[0] == near, "{said}");
    }
}

#[test]
fn a_page_is_wrapped_and_styled() {
    let text = "# Title\n\nSome `code here` and **weight** in a\nlong line, [there](json.md#tray), [here](#title).\n\n- one\n  two\n- three\n  - four\n\n```sh\nls # all\n```\n";
    let styled = "\x1b[1mTitle\x1b[0m\n\nSome \x1b[36mcode here\x1b[0m and\n\x1b[1mweight\x1b[0m in a long line,\nthere (\x1b[36mhelp tray\x1b[0m), here.\n\n\
        - one two\n- three\n  - four\n\n    \x1b[36mls # all\x1b[0m\n";
    assert_eq!(page::render(text, 24, true), styled);
    let plain = "# Title\n\nSome `code here` and\nweight in a long line,\nthere (`help tray`),\nhere.\n\n- one two\n- three\n  - four\n\n    ls # all\n";
    assert_eq!(page::render(text, 24, false), plain);
}

#[test]
fn a_table_takes_the_room_that_there_is() {
    let text = "| key | what |\n|---|---|\n| `a\\|b` | one two three four five |\n| `c` | six |\n<!-- mark -->\n";
    let wide = "key    what\n-----  -----------------------\n`a|b`  one two three four five\n`c`    six\n";
    assert_eq!(page::render(text, 80, false), wide);
    let narrow = "key    what\n-----  -------------\n`a|b`  one two three\n       four five\n`c`    six\n";
    assert_eq!(page::render(text, 20, false), narrow);
    // Narrower than its words it is too wide, and whole.
    assert!(page::render(text, 3, false).contains("`a|b`  one\n"));
}

/// No line of any page is wider than the window, but for code and tables whose words do not fit.
#[test]
fn pages_fit_into_the_window() {
    for page in PAGES {
        for room in [60, 80, 110] {
            let laid_out = page::render(page.text, room, false);
            let wide = laid_out.lines().find(|line| !line.starts_with("    ") && width(line) > room);
            assert_eq!(wide, None, "{} {room}", page.name);
        }
    }
}

/// Code of the README and the manual that calls the program.
fn calls() -> Vec<String> {
    let readme = include_str!("../../../README.md");
    let mut calls = Vec::new();
    for text in PAGES.iter().map(|page| page.text).chain([readme]) {
        let mut in_block = false;
        for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_block = true,
                Event::End(TagEnd::CodeBlock) => in_block = false,
                Event::Code(code) => calls.extend(code.strip_prefix("bambu-tui ").map(str::to_owned)),
                Event::Text(code) if in_block => {
                    let lines = code.lines().filter_map(|line| line.split("bambu-tui ").nth(1));
                    calls.extend(lines.map(|call| call.split(" #").next().unwrap_or(call).to_owned()));
                }
                _ => {}
            }
        }
    }
    calls
}

/// The manual calls no command, and gives it no option, that the program does not have.
#[test]
fn what_the_manual_calls_exists() {
    let program = program();
    let calls = calls();
    assert!(calls.len() > 50, "{calls:?}");
    for call in calls {
        let mut command = &program;
        let mut words = call.split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '|' | '(' | ')')).peekable();
        while let Some(sub) = words.peek().and_then(|word| command.find_subcommand(word)) {
            command = sub;
            words.next();
        }
        let is_command = command.get_name() != program.get_name() || call.starts_with(['-', '…']);
        assert!(is_command, "`bambu-tui {call}`");
        for option in words.filter_map(|word| word.strip_prefix("--")).filter(|option| !option.is_empty()) {
            let known = command.get_arguments().any(|argument| argument.get_long() == Some(option));
            assert!(known || option == "help", "`bambu-tui {call}`");
        }
    }
}

#[test]
#[cfg(feature = "simulator")]
fn the_manual_names_every_scenario() {
    let manual = PAGES.iter().find(|page| page.name == "simulator").expect("the page").text;
    for scenario in crate::simulator::Scenario::ALL {
        assert!(manual.contains(&format!("\n| `{}` | ", scenario.name())), "{scenario:?}");
    }
}
