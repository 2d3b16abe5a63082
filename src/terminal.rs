//! The terminal: taking and giving back the screen, and what it can do.

#[cfg(unix)]
mod background;
mod bytes;
mod notice;
/// From the bytes of a terminal to keys, mouse, pasted text and replies.
pub mod parser;
pub mod screen;
mod size;
#[cfg(unix)]
pub mod viewer;

#[cfg(unix)]
pub use background::{can_come_back, stood_still, stop_until_continued, watch_for_standstill};
#[cfg(unix)]
pub use bytes::read;
pub use notice::{Notices, NotificationForm, notices, notification};
pub use size::{Measured, size};

use crate::state::settings::ColorDepth;
use crossterm::{
    cursor, event,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::{Terminal, backend::CrosstermBackend};
use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Bytes of one frame, written at once between the marks of a synchronized update (mode 2026), so that no terminal shows
/// half of it. A frame without a changed cell writes nothing at all.
#[derive(Debug)]
pub struct FrameWriter<W: Write> {
    out: W,
    frame: Vec<u8>,
}

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// Codes that ratatui writes in every frame, changed or not: colours and attributes back to normal, cursor hidden.
const ALWAYS: [&[u8]; 5] = [b"\x1b[39m", b"\x1b[49m", b"\x1b[59m", b"\x1b[0m", b"\x1b[?25l"];

/// Whether a frame is made of these codes only: then no cell has changed.
fn says_nothing(mut frame: &[u8]) -> bool {
    while let Some(rest) = ALWAYS.iter().find_map(|code| frame.strip_prefix(*code)) {
        frame = rest;
    }
    frame.is_empty()
}

impl<W: Write> FrameWriter<W> {
    /// Frames go to `out`.
    pub fn new(out: W) -> Self {
        Self { out, frame: Vec::with_capacity(1 << 14) }
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !says_nothing(&self.frame) {
            self.out.write_all(BEGIN)?;
            self.out.write_all(&self.frame)?;
            self.out.write_all(END)?;
        }
        self.frame.clear();
        self.out.flush()
    }
}

/// The screen this program draws on.
pub type Screen = Terminal<Measured<CrosstermBackend<FrameWriter<io::BufWriter<io::Stdout>>>>>;

/// Whether the program has the screen now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Remembers whether the wheel is sent as arrow keys, and stops it: such a key may move a printer. Source: xterm's "Control
/// Sequences", XTSAVE and "alternate scroll mode".
const WHEEL_SAVE: &[u8] = b"\x1b[?1007s";
const WHEEL_NO_KEYS: &[u8] = b"\x1b[?1007l";
/// As it was; where nothing is remembered, on, as terminals without a memory have it.
const WHEEL_RESTORE: &[u8] = b"\x1b[?1007h\x1b[?1007r";

/// Takes the screen: raw keys, the alternate screen, bracketed paste, and the mouse if it is wanted. What was typed before was
/// meant for others.
pub fn enter(mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    drop_typed();
    crossterm::execute!(io::stdout(), EnterAlternateScreen, event::EnableBracketedPaste, cursor::Hide)?;
    if !TAKEN.swap(true, Ordering::Relaxed) {
        write(WHEEL_SAVE)?;
    }
    write(WHEEL_NO_KEYS)?;
    set_mouse(mouse)
}

/// Drops what was typed at the terminal and not read yet.
#[cfg(unix)]
pub fn drop_typed() {
    // First of all: a stop in between is noticed again.
    background::goes_on();
    // Where standard input is no terminal there is nothing to drop.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// Drops what was typed at the terminal and not read yet.
#[cfg(not(unix))]
pub fn drop_typed() {
    while event::poll(std::time::Duration::ZERO).unwrap_or(false) && event::read().is_ok() {}
}

/// A screen to draw on; call [`enter`] first.
pub fn screen() -> io::Result<Screen> {
    let out = io::BufWriter::with_capacity(1 << 16, io::stdout());
    Terminal::new(Measured(CrosstermBackend::new(FrameWriter::new(out))))
}

/// Gives the terminal back as it was. Safe to call twice, and from a panic hook.
pub fn restore() {
    let _ = set_mouse(false);
    if TAKEN.swap(false, Ordering::Relaxed) {
        let _ = write(WHEEL_RESTORE);
    }
    let _ = crossterm::execute!(io::stdout(), event::DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
}

/// Mouse clicks and wheel on or off. Never motion: it would flood the loop, and text selection with Shift stays possible.
pub fn set_mouse(on: bool) -> io::Result<()> {
    let codes: &[u8] = if on { b"\x1b[?1000h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1000l" };
    write(codes)
}

/// Writes codes between two frames.
pub fn write(codes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(codes)?;
    out.flush()
}

/// A panic on the loop gives the terminal back before its message is printed; a panic in a task is logged, and the
/// dashboard goes on (the task is started again and shows as a lost connection).
pub fn install_panic_hook(log: Option<std::path::PathBuf>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        tracing::error!("panic: {info}");
        if tokio::task::try_id().is_some() {
            return;
        }
        restore();
        before(info);
        if let Some(log) = &log {
            let _ = writeln!(io::stderr(), "bambu-tui has a bug; the log is {}", log.display());
        }
    }));
}

/// What the environment tells about the terminal, without asking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Colours.
    pub colors: ColorDepth,
    /// Plain ASCII only.
    pub ascii: bool,
    /// Reached over SSH.
    pub remote: bool,
    /// Shows pictures by the kitty protocol.
    pub kitty: bool,
    /// Shows pictures by the iTerm2 protocol.
    pub iterm: bool,
    /// Makes a link of a text that is written with an address (OSC 8).
    pub links: bool,
}

/// Reads the abilities from environment variables.
pub fn abilities(env: &dyn Fn(&str) -> Option<String>) -> Abilities {
    let get = |name: &str| env(name).unwrap_or_default();
    let term = get("TERM");
    let program = get("TERM_PROGRAM");
    let multiplexed = !get("TMUX").is_empty() || term.starts_with("screen") || term.starts_with("tmux");
    let old = term == "linux" || term.starts_with("vt") || term == "dumb";
    let colors = if !get("NO_COLOR").is_empty() || term == "dumb" {
        ColorDepth::Never
    } else if matches!(get("COLORTERM").as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
        ColorDepth::True
    } else if term.contains("256color") || term.contains("kitty") || term.contains("alacritty") {
        ColorDepth::Palette
    } else {
        ColorDepth::Ansi
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().map(get).find(|v| !v.is_empty()).unwrap_or_default();
    let utf8 = locale.to_ascii_lowercase().replace('-', "").contains("utf8");
    Abilities {
        colors,
        ascii: old || !utf8,
        remote: !get("SSH_CONNECTION").is_empty() || !get("SSH_TTY").is_empty(),
        // Through a multiplexer the picture protocols do not arrive.
        kitty: !multiplexed && (term.contains("kitty") || !get("KITTY_WINDOW_ID").is_empty() || program == "ghostty"),
        iterm: !multiplexed && matches!(program.as_str(), "iTerm.app" | "WezTerm"),
        // Multiplexers hand links on only where they are told to; then the address itself is of more use.
        links: !multiplexed && !old && makes_links(&get),
    }
}

/// Terminals that are known to make links. Others ignore the code, and some old ones print it.
fn makes_links(get: &dyn Fn(&str) -> String) -> bool {
    let (term, program) = (get("TERM"), get("TERM_PROGRAM"));
    let set = |name: &str| !get(name).is_empty();
    // GNOME Terminal and its relatives, from 0.50 on.
    get("VTE_VERSION").parse().is_ok_and(|version: u32| version >= 5000)
        || ["kitty", "alacritty", "foot", "wezterm", "ghostty"].into_iter().any(|name| term.contains(name))
        || matches!(program.as_str(), "iTerm.app" | "WezTerm" | "ghostty" | "vscode" | "Hyper" | "rio")
        || ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID"].into_iter().any(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn with(pairs: &[(&str, &str)]) -> Abilities {
        let map: HashMap<_, _> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        abilities(&|name| map.get(name).cloned())
    }

    #[test]
    fn colours_and_characters_are_chosen_from_the_environment() {
        let xterm = with(&[("TERM", "xterm-256color"), ("LANG", "en_US.UTF-8")]);
        assert_eq!((xterm.colors, xterm.ascii, xterm.remote), (ColorDepth::Palette, false, false));
        let truecolor = with(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "de_DE.utf8")]);
        assert_eq!((truecolor.colors, truecolor.ascii), (ColorDepth::True, false));
        let console = with(&[("TERM", "linux"), ("LANG", "C.UTF-8")]);
        assert_eq!((console.colors, console.ascii), (ColorDepth::Ansi, true));
        assert_eq!(with(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).colors, ColorDepth::Never);
        assert!(with(&[("TERM", "xterm"), ("LANG", "C")]).ascii);
        assert!(with(&[("SSH_CONNECTION", "x")]).remote);
    }

    #[test]
    fn picture_protocols_are_not_used_through_a_multiplexer() {
        assert!(with(&[("TERM", "xterm-kitty")]).kitty);
        assert!(!with(&[("TERM", "tmux-256color"), ("KITTY_WINDOW_ID", "1")]).kitty);
        assert!(with(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]).iterm);
    }

    #[test]
    fn links_are_made_where_the_terminal_is_known_to_make_them() {
        assert!(with(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7600")]).links);
        assert!(with(&[("TERM", "xterm-kitty")]).links && with(&[("TERM", "xterm"), ("WT_SESSION", "x")]).links);
        for pairs in [
            &[("TERM", "xterm-256color")][..],
            &[("TERM", "xterm-256color"), ("VTE_VERSION", "4600")],
            &[("TERM", "tmux-256color"), ("TMUX", "x"), ("VTE_VERSION", "7600")],
            &[("TERM", "linux"), ("KONSOLE_VERSION", "x")],
        ] {
            assert!(!with(pairs).links, "{pairs:?}");
        }
    }

    #[derive(Clone, Default)]
    struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_frame_without_changes_writes_no_byte() {
        let out = Shared::default();
        let bytes = || out.0.borrow().len();
        let text = |terminal: &mut Terminal<_>, text: &'static str| {
            terminal.draw(|frame| frame.render_widget(text, frame.area())).expect("drawn");
        };
        let size = ratatui::layout::Rect::new(0, 0, 20, 3);
        let options = ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(size) };
        let backend = CrosstermBackend::new(FrameWriter::new(out.clone()));
        let mut terminal = Terminal::with_options(backend, options).expect("a terminal");
        text(&mut terminal, "one");
        let first = bytes();
        assert!(first > 0);
        text(&mut terminal, "one");
        assert_eq!(bytes(), first);
        text(&mut terminal, "two");
        assert!(bytes() > first);
    }
}
