//! The manual in the terminal: pages of `docs/` by their names, and the help of commands.

mod page;

use super::{
    Global,
    output::{Failure, OK, print},
};
use crate::{
    state::settings::ColorDepth,
    terminal,
    ui::text::{plain, width},
};
use clap::{Args, Command};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use std::io::{self, IsTerminal, Write};

/// Longer lines are hard to read, however wide the window is.
const LONGEST_LINE: u16 = 110;
/// So many names are offered in place of an unknown one.
const OFFERED: usize = 3;

/// A page of the manual.
struct Page {
    name: &'static str,
    summary: &'static str,
    text: &'static str,
}

macro_rules! pages {
    ($($name:literal: $summary:literal,)*) => {
        &[$(Page { name: $name, summary: $summary, text: include_str!(concat!("../../docs/", $name, ".md")) }),*]
    };
}

/// The manual, in the order in which a newcomer needs it.
const PAGES: &[Page] = pages! {
    "getting-started": "install the program, add the first printer, developer mode",
    "dashboard": "keys, panes, several printers at once, the journal, terminals",
    "actions": "every action by name, what is asked before, objects, the control panel",
    "configuration": "the configuration file, themes, files that are kept",
    "command-line": "commands, options, exit codes",
    "json": "the output of status --json",
    "notifications": "bell, desktop notifications, hooks",
    "cloud": "the Bambu Lab account: sign in, what works, privacy",
    "camera": "pictures of the camera",
    "security": "access codes, certificates, what is not protected",
    "troubleshooting": "messages and what to do, error codes, danger",
    "simulator": "simulated printers, their faults, the simulated cloud",
    "performance": "measured times, memory, CPU",
    "library": "protocol, cloud and simulator for other programs, examples",
    "dependencies": "crates, licences, what is written by hand",
};

/// What is asked about.
#[derive(Debug, Clone, Args)]
pub(super) struct HelpOptions {
    /// A page of the manual, a section of one, or a command
    #[arg(value_name = "TOPIC")]
    topic: Vec<String>,
}

pub(super) fn run(global: &Global, options: &HelpOptions) -> Result<u8, Failure> {
    let mut program = super::program();
    program.build();
    if options.topic.is_empty() {
        program.print_help()?;
        print(&format!("\nTopics of the manual, for `bambu-tui help TOPIC`:\n{}", topics()))?;
        return Ok(OK);
    }
    let name = options.topic.join("-").to_lowercase();
    let page = PAGES.iter().find(|page| page.name == name).map(|page| page.text);
    if page.is_none()
        && let Some(command) = command(&mut program, &options.topic)
    {
        command.print_long_help()?;
        return Ok(OK);
    }
    match page.or_else(|| PAGES.iter().find_map(|page| section(page.text, &name))) {
        Some(text) => show(global, text)?,
        None => return Err(Failure::usage(unknown(&name, &program))),
    }
    Ok(OK)
}

/// The names of all pages with what they are about, one a line.
fn topics() -> String {
    let room = PAGES.iter().map(|page| width(page.name)).max().unwrap_or(0);
    let lines: Vec<_> = PAGES.iter().map(|page| format!("  {:room$}  {}", page.name, page.summary)).collect();
    lines.join("\n")
}

/// The command that some words lead to, such as `config check`.
fn command<'a>(program: &'a mut Command, words: &[String]) -> Option<&'a mut Command> {
    words.iter().try_fold(program, |command, word| command.find_subcommand_mut(word))
}

/// A heading as it is written in links: lower case, blanks as hyphens, letters and digits only.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// The headings of a page: where they begin, their level and their words.
fn headings(text: &str) -> Vec<(usize, HeadingLevel, String)> {
    let (mut found, mut open) = (Vec::new(), false);
    for (event, place) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                found.push((place.start, level, String::new()));
                open = true;
            }
            Event::End(TagEnd::Heading(_)) => open = false,
            Event::Text(words) | Event::Code(words) if open => {
                found.last_mut().into_iter().for_each(|(.., heading)| heading.push_str(&words));
            }
            _ => {}
        }
    }
    found
}

/// The part of a page that a heading begins, with all that is below it.
fn section<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let headings = headings(text);
    let which = headings.iter().position(|(.., words)| anchor(words) == name)?;
    let (start, level, _) = &headings[which];
    let end = headings[which + 1..].iter().find(|(_, other, _)| other <= level).map_or(text.len(), |(at, ..)| *at);
    Some(&text[*start..end])
}

/// Writes a text for a person to a terminal, and as it is to a file or another program.
fn show(global: &Global, text: &str) -> io::Result<()> {
    let abilities = terminal::abilities(&Global::env);
    let mut out = io::stdout().lock();
    let shown = match terminal::size() {
        Ok(size) if out.is_terminal() => {
            let is_styled = global.color.0.unwrap_or(abilities.colors) != ColorDepth::Never;
            let text = if global.ascii || abilities.ascii { plain(text) } else { text.to_owned() };
            page::render(&text, usize::from(size.width.min(LONGEST_LINE)), is_styled)
        }
        _ => text.trim_end().to_owned() + "\n",
    };
    out.write_all(shown.as_bytes())?;
    out.flush()
}

/// What is said of a topic that does not exist.
fn unknown(name: &str, program: &Command) -> String {
    let sections = PAGES.iter().flat_map(|page| headings(page.text)).map(|(.., words)| anchor(&words));
    let commands = program.get_subcommands().map(|command| command.get_name().to_owned());
    let mut known: Vec<_> = PAGES.iter().map(|page| page.name.to_owned()).chain(commands).chain(sections).collect();
    // Stable: of equally near names pages come first, then commands.
    known.sort_by_key(|known| (!known.starts_with(name), strsim::osa_distance(name, known)));
    let mut offered: Vec<String> = Vec::new();
    for known in known {
        if offered.len() < OFFERED && !offered.contains(&known) {
            offered.push(known);
        }
    }
    format!("no help on \"{name}\"; closest: {}. `bambu-tui help` lists every topic", offered.join(", "))
}

#[cfg(test)]
mod tests;
