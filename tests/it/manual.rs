//! The README and the pages of the manual: their links lead somewhere, what they say is true, and the README stays short.

use bambu_tui::{
    config::{Config, EXAMPLE, Outside},
    state::view::keymap::Keymap,
};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A README that is longer is not read.
const LONGEST_README: usize = 200;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|file| file.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.chain(["README.md", "CHANGELOG.md"].map(|name| root().join(name))).collect()
}

/// Where links and pictures of a page lead, and what its headings can be linked as.
fn links_and_anchors(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut links, mut anchors, mut heading) = (Vec::new(), BTreeSet::new(), None::<String>);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let words = heading.take().unwrap().to_lowercase().replace(' ', "-");
                anchors.insert(words.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect());
            }
            Event::Text(words) | Event::Code(words) => heading.iter_mut().for_each(|heading| heading.push_str(&words)),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.into_string());
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                links.extend(html.split("src=\"").skip(1).filter_map(|tail| Some(tail.split_once('"')?.0.to_owned())));
            }
            _ => {}
        }
    }
    (links, anchors)
}

/// A link of a page that leads nowhere, if it is one of ours.
fn is_broken(page: &Path, link: &str) -> bool {
    if link.contains("://") {
        return false;
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let target = if file.is_empty() { page.to_owned() } else { page.parent().unwrap().join(file) };
    match anchor {
        None => !target.exists(),
        Some(anchor) => fs::read_to_string(target).map_or(true, |text| !links_and_anchors(&text).1.contains(anchor)),
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut checked = 0;
    for page in pages() {
        let (links, _) = links_and_anchors(&fs::read_to_string(&page).unwrap());
        checked += links.len();
        let broken: Vec<_> = links.iter().filter(|link| is_broken(&page, link)).collect();
        assert!(broken.is_empty(), "{}: {broken:?}", page.display());
    }
    assert!(checked > 50, "{checked}");
    let readme = root().join("README.md");
    for link in ["docs/nothing.md", "#no-such-heading", "docs/json.md#no-such-heading", "assets/none.svg"] {
        assert!(is_broken(&readme, link), "{link}");
    }
}

#[test]
fn the_readme_is_short_and_leads_to_every_page() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= LONGEST_README, "{}", readme.lines().count());
    let (links, _) = links_and_anchors(&readme);
    for page in pages() {
        let name = page.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        assert!(name == "README.md" || links.contains(&name), "no link to {name}");
    }
}

#[test]
fn the_keys_of_the_readme_are_some_of_all_keys() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let page = fs::read_to_string(root().join("docs/dashboard.md")).unwrap();
    let table = readme.split_once("<!-- keys -->").unwrap().1.split_once("<!-- /keys -->").unwrap().0;
    let rows: Vec<_> = table.trim().lines().collect();
    assert_eq!(rows.len(), 2 + 20);
    for row in rows.iter().skip(2) {
        assert!(page.lines().any(|full| full.starts_with(row)), "not in docs/dashboard.md: {row}");
    }
}

#[test]
fn the_manual_says_what_each_crate_is_for() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse::<toml::Table>().unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let real = |(name, how): (&String, &toml::Value)| {
        how.get("package").and_then(toml::Value::as_str).unwrap_or(name.as_str()).to_owned()
    };
    let crates: BTreeSet<_> = dependencies.iter().map(real).collect();
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let table = page.split_once("<!-- crates -->").unwrap().1.split_once("<!-- /crates -->").unwrap().0;
    let named = table.lines().filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0.to_owned()));
    assert_eq!(named.collect::<BTreeSet<_>>(), crates);
}

/// Lines of two branches are merged without a question, so an old wording may come back beside a new one.
#[test]
fn the_changelog_has_each_change_once_and_in_one_line() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let mut seen = BTreeSet::new();
    for line in changelog.lines().filter(|line| line.starts_with(['-', ' '])) {
        assert!(line.starts_with("- ") && line.chars().count() <= 150, "not one short line in CHANGELOG.md: {line}");
        assert!(seen.insert(line), "twice in CHANGELOG.md: {line}");
    }
}

/// Files of the source that the manual names are there.
#[test]
fn the_sources_that_the_manual_names_exist() {
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let named: Vec<_> =
        page.split('`').filter(|code| Path::new(code).extension().is_some_and(|kind| kind == "rs")).collect();
    assert!(named.len() > 5, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !root().join("src").join(name).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Between its two marks the manual has the key table as the program knows it.
#[test]
fn the_manual_has_the_key_table() {
    let page = fs::read_to_string(root().join("docs/dashboard.md")).unwrap();
    let marked = page.split_once("<!-- keys -->").and_then(|(_, tail)| tail.split_once("<!-- /keys -->"));
    let (table, _) = marked.expect("docs/dashboard.md has the key table between its two marks");
    assert_eq!(table.trim(), Keymap::default().markdown().trim());
}

/// A machine without files, variables or programs.
struct Nowhere;

impl Outside for Nowhere {
    fn env(&self, _: &str) -> Option<String> {
        None
    }
    fn file(&self, _: &Path) -> Result<String, String> {
        Err("no files here".into())
    }
    fn run(&self, _: &str, _: &[String]) -> Result<String, String> {
        Err("no programs here".into())
    }
}

#[test]
fn the_example_configuration_loads() {
    assert_eq!(EXAMPLE, fs::read_to_string(root().join("config.example.toml")).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, EXAMPLE).unwrap();
    let loaded = bambu_tui::config::load(&path, true, &Nowhere).expect("no problems");
    let Config { printers, keys, .. } = loaded.config;
    assert_eq!(printers.len(), 1);
    assert!(Keymap::with_overrides(&keys).is_ok());
}

#[test]
fn the_manual_names_every_action() {
    let page = fs::read_to_string(root().join("docs/actions.md")).unwrap();
    for row in bambu_tui::state::command::catalog::markdown().lines() {
        assert!(page.contains(&format!("{row}\n")), "docs/actions.md lacks the row: {row}");
    }
}
