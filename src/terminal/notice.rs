//! Notices for a person who is not looking: the bell, and the escape codes by which terminals notify the desktop. Both
//! travel over SSH. Which code a terminal knows is chosen from the environment; asking could hang.

use crate::state::notify::{notice::is_hidden, notification::NoticeCode};

/// How this terminal is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notices {
    /// The code for a text.
    pub code: NoticeCode,
    /// tmux is in between: it hands a code on only in an envelope.
    pub tmux: bool,
}

impl Notices {
    /// The same with the code that a person chose.
    #[must_use]
    pub fn with(self, chosen: Option<NoticeCode>) -> Self {
        Self { code: chosen.unwrap_or(self.code), ..self }
    }
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationForm {
    /// A sound.
    Bell,
    /// A text.
    Text(Notices),
}

/// A longer text is cut: some terminals drop what is too long, and nobody reads it.
const LONGEST: usize = 200;

/// The way to tell, from environment variables.
pub fn notices(env: &dyn Fn(&str) -> Option<String>) -> Notices {
    let get = |name: &str| env(name).unwrap_or_default();
    let set = |name: &str| !get(name).is_empty();
    let (term, program) = (get("TERM"), get("TERM_PROGRAM"));
    let tmux = set("TMUX");
    // GNU screen hands nothing on.
    if set("STY") && !tmux || term == "linux" || term == "dumb" {
        return Notices::default();
    }
    let osc9 = matches!(program.as_str(), "iTerm.app" | "WezTerm" | "ghostty")
        || get("LC_TERMINAL") == "iTerm2"
        || ["ITERM_SESSION_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "WT_SESSION"].into_iter().any(set)
        || ["wezterm", "xterm-ghostty", "ghostty"].contains(&term.as_str());
    let code = if term == "xterm-kitty" || set("KITTY_WINDOW_ID") {
        NoticeCode::Osc99
    } else if term.starts_with("foot") || term.starts_with("rxvt") {
        NoticeCode::Osc777
    } else if osc9 {
        NoticeCode::Osc9
    } else {
        NoticeCode::None
    };
    Notices { code, tmux }
}

/// The bytes that tell something. Characters that could steer it are left out of the text, so that no text can end the code early.
pub fn notification(kind: NotificationForm, text: &str) -> Vec<u8> {
    let NotificationForm::Text(Notices { code, tmux }) = kind else { return b"\x07".to_vec() };
    let text: String = text.chars().filter(|c| !is_hidden(*c)).take(LONGEST).collect();
    let bytes = match code {
        NoticeCode::None => return Vec::new(),
        // A number at the beginning would be another code of the same family (9;4 is a progress bar).
        NoticeCode::Osc9 if text.starts_with(|c: char| c.is_ascii_digit()) => format!("\x1b]9;Printer {text}\x07"),
        NoticeCode::Osc9 => format!("\x1b]9;{text}\x07"),
        NoticeCode::Osc777 => format!("\x1b]777;notify;bambu-tui;{text}\x07"),
        NoticeCode::Osc99 => format!("\x1b]99;;{text}\x1b\\"),
    };
    if tmux {
        return format!("\x1bPtmux;{}\x1b\\", bytes.replace('\x1b', "\x1b\x1b")).into_bytes();
    }
    bytes.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Notices {
        notices(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    fn text(code: NoticeCode, tmux: bool, text: &str) -> String {
        String::from_utf8(notification(NotificationForm::Text(Notices { code, tmux }), text)).expect("UTF-8")
    }

    #[test]
    fn each_terminal_is_told_by_the_code_it_knows() {
        for (pairs, code) in [
            (&[("TERM", "xterm-kitty")][..], NoticeCode::Osc99),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], NoticeCode::Osc9),
            (&[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], NoticeCode::Osc9),
            (&[("TERM", "xterm-ghostty")], NoticeCode::Osc9),
            (&[("TERM", "xterm-256color"), ("WT_SESSION", "1")], NoticeCode::Osc9),
            (&[("TERM", "foot-extra")], NoticeCode::Osc777),
            (&[("TERM", "rxvt-unicode-256color")], NoticeCode::Osc777),
            (&[("TERM", "xterm-256color")], NoticeCode::None),
            (&[("TERM", "screen.xterm-256color"), ("STY", "1"), ("KITTY_WINDOW_ID", "1")], NoticeCode::None),
            (&[("TERM", "linux")], NoticeCode::None),
        ] {
            assert_eq!(of(pairs), Notices { code, tmux: false }, "{pairs:?}");
        }
        let inside = of(&[("TERM", "tmux-256color"), ("TMUX", "socket,1,0"), ("WEZTERM_PANE", "0")]);
        assert_eq!(inside, Notices { code: NoticeCode::Osc9, tmux: true });
        assert_eq!((inside.with(None), inside.with(Some(NoticeCode::Osc777)).code), (inside, NoticeCode::Osc777));
    }

    #[test]
    fn the_bytes_are_those_of_the_codes() {
        assert_eq!(notification(NotificationForm::Bell, "x"), b"\x07");
        assert_eq!(text(NoticeCode::None, false, "x"), "");
        assert_eq!(text(NoticeCode::Osc9, false, "P1S: done"), "\x1b]9;P1S: done\x07");
        assert_eq!(text(NoticeCode::Osc9, false, "4;1;50"), "\x1b]9;Printer 4;1;50\x07");
        assert_eq!(text(NoticeCode::Osc777, false, "P1S: done"), "\x1b]777;notify;bambu-tui;P1S: done\x07");
        assert_eq!(text(NoticeCode::Osc99, false, "P1S: done"), "\x1b]99;;P1S: done\x1b\\");
    }

    #[test]
    fn tmux_gets_an_envelope_with_doubled_escapes() {
        assert_eq!(text(NoticeCode::Osc9, true, "x"), "\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\");
        assert_eq!(text(NoticeCode::Osc99, true, "x"), "\x1bPtmux;\x1b\x1b]99;;x\x1b\x1b\\\x1b\\");
    }

    #[test]
    fn a_text_cannot_break_out_of_its_code() {
        let bad = "a\x1b]52;c;x\x07b\u{9c}c\u{202e}\nd";
        assert_eq!(text(NoticeCode::Osc9, false, bad), "\x1b]9;a]52;c;xbcd\x07");
        assert_eq!(text(NoticeCode::Osc777, false, &"x".repeat(5000)).len(), LONGEST + 24);
    }
}
