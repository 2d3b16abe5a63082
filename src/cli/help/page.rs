//! A page of the manual for a terminal: wrapped lines, tables in columns, bold headings, coloured code.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::iter::repeat_n;
use unicode_width::UnicodeWidthChar;

/// Columns between two columns of a table.
const GAP: usize = 2;
/// A word of a table longer than this may be cut.
const LONG_WORD: usize = 24;
/// What a block of code is moved to the right by.
const CODE_INDENT: usize = 4;

/// How a character looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CharStyle {
    Plain,
    Strong,
    Code,
}

impl CharStyle {
    /// The terminal's code for it, after a reset.
    fn sgr(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\x1b[1m",
            Self::Code => "\x1b[36m",
        }
    }
}

type Line = Vec<(char, CharStyle)>;

/// Lays a page out for lines of `width` columns. Without style, headings and code keep their Markdown marks.
pub(super) fn render(markdown: &str, width: usize, is_styled: bool) -> String {
    let mut page = Page {
        width: width.max(1),
        is_styled,
        out: String::new(),
        text: Line::new(),
        look: CharStyle::Plain,
        depth: 0,
        has_bullet: false,
        is_code: false,
        link: None,
        rows: Vec::new(),
    };
    Parser::new_ext(markdown, Options::ENABLE_TABLES).for_each(|event| page.take(event));
    page.out
}

/// A page while it is laid out.
struct Page<'a> {
    width: usize,
    is_styled: bool,
    out: String,
    /// Text of the paragraph or cell that is being read.
    text: Line,
    look: CharStyle,
    /// Lists inside lists.
    depth: usize,
    /// The next line begins an item.
    has_bullet: bool,
    is_code: bool,
    link: Option<CowStr<'a>>,
    rows: Vec<Vec<Line>>,
}

impl<'a> Page<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => {
                for line in text.lines() {
                    let line = line.chars().map(|c| (c, CharStyle::Code));
                    self.emit(&repeat_n((' ', CharStyle::Plain), CODE_INDENT).chain(line).collect::<Line>());
                }
            }
            Event::Text(text) => self.push(&text, self.look),
            Event::Code(text) if self.is_styled => self.push(&text, CharStyle::Code),
            Event::Code(text) => self.push(&format!("`{text}`"), CharStyle::Code),
            Event::SoftBreak | Event::HardBreak => self.push(" ", CharStyle::Plain),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.separate();
                self.look = CharStyle::Strong;
                if !self.is_styled {
                    self.push(&format!("{} ", marks(level)), CharStyle::Strong);
                }
            }
            Tag::Paragraph if self.has_bullet => {}
            Tag::Paragraph | Tag::Table(_) => self.separate(),
            Tag::List(_) => {
                if self.depth == 0 {
                    self.separate();
                }
                self.paragraph();
                self.depth += 1;
            }
            Tag::Item => self.has_bullet = true,
            Tag::CodeBlock(_) => {
                self.separate();
                self.is_code = true;
            }
            Tag::TableHead => {
                self.rows.push(Vec::new());
                self.look = CharStyle::Strong;
            }
            Tag::TableRow => self.rows.push(Vec::new()),
            Tag::Strong => self.look = CharStyle::Strong,
            Tag::Link { dest_url, .. } => self.link = Some(dest_url),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.paragraph();
                self.look = CharStyle::Plain;
            }
            TagEnd::Paragraph | TagEnd::Item => self.paragraph(),
            TagEnd::List(_) => self.depth -= 1,
            TagEnd::CodeBlock => self.is_code = false,
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                self.rows.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
            }
            TagEnd::TableHead | TagEnd::Strong => self.look = CharStyle::Plain,
            TagEnd::Table => self.table(),
            TagEnd::Link => self.target(),
            _ => {}
        }
    }

    fn push(&mut self, text: &str, look: CharStyle) {
        self.text.extend(text.chars().map(|c| (c, look)));
    }

    /// Says where a link leads: to another topic, or to the web.
    fn target(&mut self) {
        let target = self.link.take().unwrap_or(CowStr::Borrowed(""));
        if target.starts_with("http") {
            self.push(&format!(" ({target})"), CharStyle::Plain);
        } else if let Some((page, section)) = target.split_once(".md") {
            let topic = section.strip_prefix('#').unwrap_or(page);
            self.push(" (", CharStyle::Plain);
            self.take(Event::Code(format!("help {topic}").into()));
            self.push(")", CharStyle::Plain);
        }
    }

    /// A blank line between two blocks.
    fn separate(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Ends a paragraph, heading or item.
    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let indent = 2 * self.depth;
        for line in wrap(&text, self.width.saturating_sub(indent)) {
            let bullet = std::mem::take(&mut self.has_bullet);
            let before = (0..indent).map(|at| if bullet && at + 2 == indent { '-' } else { ' ' });
            self.emit(&before.map(|c| (c, CharStyle::Plain)).chain(line).collect::<Line>());
        }
    }

    /// Ends a table: columns as wide as their cells, and where that is too much the widest ones narrower.
    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |of: &dyn Fn(&Line) -> usize| -> Vec<usize> {
            (0..columns).map(|at| rows.iter().filter_map(|row| row.get(at)).map(of).max().unwrap_or(0)).collect()
        };
        let floors = widest(&|cell| longest_word(cell).min(LONG_WORD));
        let mut widths = widest(&|cell| width(cell));
        let room = self.width.saturating_sub(GAP * columns.saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let can_shrink = (0..columns).filter(|at| widths[*at] > floors[*at]);
            let Some(at) = can_shrink.max_by_key(|at| widths[*at]) else { break };
            widths[at] -= 1;
        }
        for (at, row) in rows.iter().enumerate() {
            self.row(row, &widths);
            if at == 0 {
                let rules: Vec<_> = widths.iter().map(|width| vec![('-', CharStyle::Plain); *width]).collect();
                self.row(&rules, &widths);
            }
        }
    }

    fn row(&mut self, row: &[Line], widths: &[usize]) {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let mut line = Line::new();
            let mut column = 0;
            for (cell, room) in cells.iter().zip(widths) {
                let part = cell.get(at).map_or(&[][..], Vec::as_slice);
                line.extend(repeat_n((' ', CharStyle::Plain), column - width(&line).min(column)));
                line.extend(part);
                column += room + GAP;
            }
            self.emit(&line);
        }
    }

    /// Writes a line, without blanks at its end.
    fn emit(&mut self, line: &[(char, CharStyle)]) {
        let end = line.iter().rposition(|(c, _)| *c != ' ').map_or(0, |at| at + 1);
        for part in line[..end].chunk_by(|(_, a), (_, b)| a == b) {
            let codes = if self.is_styled { part[0].1.sgr() } else { "" };
            self.out.push_str(codes);
            self.out.extend(part.iter().map(|(c, _)| c));
            self.out.push_str(if codes.is_empty() { "" } else { "\x1b[0m" });
        }
        self.out.push('\n');
    }
}

fn marks(level: HeadingLevel) -> &'static str {
    &"######"[..level as usize]
}

fn width(line: &[(char, CharStyle)]) -> usize {
    line.iter().map(|(c, _)| c.width().unwrap_or(0)).sum()
}

fn words(line: &[(char, CharStyle)]) -> impl Iterator<Item = &[(char, CharStyle)]> {
    line.split(|(c, _)| *c == ' ').filter(|word| !word.is_empty())
}

fn longest_word(line: &Line) -> usize {
    words(line).map(width).max().unwrap_or(0)
}

/// Breaks a text into lines at blanks; words longer than a line are cut.
fn wrap(text: &[(char, CharStyle)], room: usize) -> Vec<Line> {
    let (mut lines, mut line) = (Vec::new(), Line::new());
    for word in words(text) {
        if !line.is_empty() && width(&line) + 1 + width(word) > room {
            lines.push(std::mem::take(&mut line));
        } else if let Some((_, before)) = line.last() {
            // A blank inside code looks like code, one beside it does not.
            let look = if *before == word[0].1 { *before } else { CharStyle::Plain };
            line.push((' ', look));
        }
        for cell in word {
            if !line.is_empty() && width(&line) + cell.0.width().unwrap_or(0) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(*cell);
        }
    }
    lines.push(line);
    lines
}
