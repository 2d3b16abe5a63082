//! From the bytes of a terminal to what a person did.
//!
//! A terminal sends on one line what a person types and what it answers to questions, also to those of other programs:
//! colours, titles, versions, capabilities. A key here may stop a print, so bytes that nobody typed must never become one.
//! This parser therefore knows the frames of ECMA-48 rather than a list of messages: control strings (OSC, DCS, APC, PM,
//! SOS) and control sequences (CSI) are taken whole, whatever stands in them, and those that are no key are a `Reply`.
//!
//! Sequences get cut: by a slow line, by a program that died, by a terminal that never ends what it began. So time is an
//! argument: whoever reads calls `Parser::expire` when `Parser::deadline` has passed and there is nothing to read.
//! What was begun is dropped then, and keys are keys again: after a second of quiet, whatever it was and however long it
//! has lasted. Until then all that comes belongs to it, in whatever pieces: bytes that drip cannot be told from keys by
//! their rhythm. Ctrl-C is a key at any time. Ctrl-Z is one only if it comes alone: amid other bytes it is noise.

mod csi;
mod text;

#[cfg(test)]
mod tests;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// An escape character that nothing follows in this time is the Esc key.
const ESCAPE_TIME: Duration = Duration::from_millis(50);
/// For so long after the Esc key a cut sequence may go on: the line was slow, and the key was none.
const SPLIT_TIME: Duration = Duration::from_secs(1);
/// A sequence is dropped when nothing has come for this long: its pieces come faster, also over a bad line. Whoever began
/// one by hand waits so long.
const SEQUENCE_QUIET: Duration = Duration::from_secs(1);
/// A shorter pause is enough behind a key that was perhaps not the whole of what came.
const SHORT_QUIET: Duration = Duration::from_millis(200);
/// Ctrl-Z was typed if this much before it and behind it is quiet.
const ALONE: Duration = Duration::from_millis(50);
/// A control sequence is shorter, in bytes; a longer one says nothing here.
const LONGEST_SEQUENCE: usize = 64;
/// Of a control string so much is kept, in bytes; a longer one is swallowed all the same.
const LONGEST_STRING: usize = 1024;
/// A longer text, in bytes, is not pasted at all: half of it would be something else.
const LONGEST_PASTE: usize = 16 * 1024;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CTRL_C: u8 = 0x03;
/// Both break off what was begun.
const CAN: u8 = 0x18;
/// Also Ctrl-Z.
const SUB: u8 = 0x1a;
/// String terminator, as a C1 control.
const C1_ST: u8 = 0x9c;
const PASTE_END: &[u8] = b"\x1b[201~";

/// What the bytes were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A person did something.
    Event(Event),
    /// The terminal said something.
    Reply(Reply),
}

/// What a terminal said by itself or in answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its frame.
    pub kind: ReplyKind,
    /// What stood in the frame, without it: of a CSI the parameters and the final byte.
    pub body: Vec<u8>,
}

/// Frames of replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// Device attributes, cursor position, modes, keyboard flags …
    Csi,
    /// Colours, titles, the clipboard …
    Osc,
    /// Names and versions of terminals, capabilities, settings …
    Dcs,
    /// Kitty's graphics.
    Apc,
    /// Nothing in use.
    Pm,
    /// Nothing in use.
    Sos,
}

/// What the bytes before mean for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Ground,
    /// An escape character, or two.
    Escape { twice: bool },
    /// The Esc key, a moment ago.
    AfterEscape,
    /// After the Esc key, a character that can begin a sequence: a key if it stays alone.
    Held(u8),
    /// An escape character and an intermediate byte, which may be Alt and a key; `more`: two such bytes, which may not.
    Intermediate { first: u8, more: bool },
    /// A character of several bytes.
    Utf8 { bytes: [u8; 4], len: u8, of: u8, alt: bool },
    /// A control sequence; its parameters are in the buffer.
    Csi { alt: bool },
    /// `ESC O`; what is before its last byte is in the buffer.
    Ss3 { alt: bool },
    /// `CSI [`, the Linux console's function keys.
    Console,
    /// `CSI M`, before its three bytes.
    Mouse,
    /// A control string. `escape`: the byte before was an escape character. `c1`: it began with a C1 control; `inside`: so
    /// many bytes of a character are still to come.
    Text { kind: ReplyKind, escape: bool, c1: bool, inside: u8 },
    /// Pasted text.
    Paste,
    /// What comes behind a damaged sequence.
    Rest,
    /// What comes right behind a key or click that may have had more bytes.
    Tail,
    /// Ctrl-Z, if it stays alone.
    Suspend,
    /// `ESC N`: the next character is one of another set.
    SingleShift,
}

/// Bytes in, input out. Its memory is bounded.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// What the state collects.
    buffer: Vec<u8>,
    /// More came than the buffer takes.
    overlong: bool,
    /// When the state was entered, and when the last byte came; `None`: before the first.
    times: Option<(Instant, Instant)>,
    /// When the byte before the next one came.
    heard: Option<Instant>,
    /// Within a string or pasted text: what may become Ctrl-C as a control sequence.
    interrupting: Vec<u8>,
    out: VecDeque<Input>,
}

impl Parser {
    /// Takes in bytes that were read now.
    pub fn feed(&mut self, bytes: &[u8], at: Instant) {
        for byte in bytes {
            if self.state == State::Ground {
                self.times = Some((at, at));
            }
            self.times = self.times.map(|(begun, _)| (begun, at));
            // A byte that ends a state without being part of it is looked at again in the next one.
            while self.take(*byte, at) {}
            self.heard = Some(at);
        }
    }

    /// The next input, in the order of the bytes.
    pub fn pop(&mut self) -> Option<Input> {
        self.out.pop_front()
    }

    /// When what was begun is given up if nothing more comes; `None`: nothing was.
    pub fn deadline(&self) -> Option<Instant> {
        let (begun, last) = self.times?;
        Some(match self.state {
            State::Ground => return None,
            State::Escape { .. } | State::Intermediate { .. } => begun + ESCAPE_TIME,
            State::AfterEscape | State::Held(_) => begun + SPLIT_TIME,
            State::Suspend => begun + ALONE,
            State::Tail => last + SHORT_QUIET,
            _ => last + SEQUENCE_QUIET,
        })
    }

    /// Time has passed and there is nothing to read: a lone escape character is the Esc key, anything else that was begun
    /// is dropped.
    pub fn expire(&mut self, at: Instant) {
        if self.deadline().is_none_or(|deadline| at < deadline) {
            return;
        }
        match self.state {
            State::Escape { twice } => {
                (0..=u8::from(twice)).for_each(|_| self.key(KeyCode::Esc, KeyModifiers::NONE));
                self.enter(State::AfterEscape, at);
            }
            State::Held(byte) => {
                self.enter(State::Ground, at);
                self.character(char::from(byte), false);
            }
            State::Intermediate { first, more } => {
                self.enter(State::Ground, at);
                if !more {
                    self.character(char::from(first), true);
                }
            }
            State::Suspend => {
                self.enter(State::Ground, at);
                self.key(KeyCode::Char('z'), KeyModifiers::CONTROL);
            }
            _ => self.enter(State::Ground, at),
        }
    }

    fn enter(&mut self, state: State, at: Instant) {
        self.state = state;
        // A long paste is no reason to hold its room for ever.
        self.buffer.clear();
        self.buffer.shrink_to(LONGEST_STRING);
        self.overlong = false;
        self.times = Some((at, at));
    }

    fn event(&mut self, event: Event) {
        self.out.push_back(Input::Event(event));
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.event(Event::Key(KeyEvent::new(code, modifiers)));
    }

    fn character(&mut self, c: char, alt: bool) {
        let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        let alt = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        self.key(KeyCode::Char(c), shift | alt);
    }

    /// Keeps a byte, as long as there is room.
    fn keep(&mut self, byte: u8, room: usize) {
        if self.buffer.len() < room {
            self.buffer.push(byte);
        } else {
            self.overlong = true;
        }
    }

    /// Takes one byte; `true`: it is not used up, the state has changed.
    fn take(&mut self, byte: u8, at: Instant) -> bool {
        if byte == CTRL_C && self.state != State::Ground || self.ends_interrupt(byte) {
            return self.interrupt(at);
        }
        match self.state {
            State::Ground => self.begin(byte, false, at),
            State::Escape { twice } => self.after_escape(byte, twice, at),
            // No terminal says anything that begins with `ESC N`; who types that means two keys.
            State::AfterEscape if opens(byte).is_some() && byte != b'N' => self.enter(State::Held(byte), at),
            State::AfterEscape | State::Suspend => {
                self.enter(State::Ground, at);
                return true;
            }
            // It may be a sequence after all, in pieces: what would be an order is not risked.
            State::Held(first) => {
                self.enter(opens(first).unwrap_or_default(), at);
                return true;
            }
            // Nobody types so fast: it chooses a character set or the like.
            State::Intermediate { first, .. } if is_intermediate(byte) => {
                self.state = State::Intermediate { first, more: true };
            }
            State::Intermediate { .. } if matches!(byte, b'0'..=b'~') => self.enter(State::Ground, at),
            State::Intermediate { first, more } => {
                self.enter(State::Ground, at);
                if !more {
                    self.character(char::from(first), true);
                }
                return true;
            }
            State::Utf8 { bytes, len, of, alt } => return self.utf8(byte, (bytes, len, of), alt, at),
            State::Text { kind, escape, c1, inside } => self.text(byte, (kind, escape, c1, inside), at),
            State::Paste => self.paste(byte, at),
            // What follows is cut short by the next sequence.
            _ if byte == ESC => self.enter(State::Escape { twice: false }, at),
            State::Rest | State::Tail => {}
            State::SingleShift => self.enter(State::Ground, at),
            State::Csi { .. } | State::Ss3 { .. } | State::Console | State::Mouse if matches!(byte, CAN | SUB) => {
                self.enter(State::Rest, at);
            }
            // A terminal acts on controls within a sequence and goes on with it; bytes that cannot be there are damage.
            State::Csi { .. } | State::Ss3 { .. } | State::Console if !matches!(byte, b' '..=b'~') => {}
            State::Csi { alt } => self.csi(byte, alt, at),
            State::Ss3 { .. } if matches!(byte, b'0'..=b'9' | b';' | b':') => self.keep(byte, LONGEST_SEQUENCE),
            State::Ss3 { alt } => {
                let parameters = self.buffer.clone();
                self.enter(State::Ground, at);
                self.out.extend(csi::ss3(&parameters, byte, alt).map(Input::Event));
            }
            State::Console => {
                self.enter(State::Ground, at);
                if let b'A'..=b'E' = byte {
                    self.key(KeyCode::F(byte - b'A' + 1), KeyModifiers::NONE);
                }
            }
            // A coordinate is never less.
            State::Mouse if byte < 0x20 => self.enter(State::Rest, at),
            State::Mouse => {
                self.buffer.push(byte);
                if let [button, x, y] = self.buffer[..] {
                    // Some write large coordinates as characters, of two bytes each.
                    let may_go_on = x >= 0x80 || y >= 0x80;
                    self.enter(if may_go_on { State::Tail } else { State::Ground }, at);
                    self.out.extend(csi::x10_mouse(button, x, y).map(Input::Event));
                }
            }
        }
        false
    }

    /// Whether this byte ends Ctrl-C, as newer terminals write it, within what may hold any bytes.
    fn ends_interrupt(&mut self, byte: u8) -> bool {
        let is_within = matches!(self.state, State::Text { .. } | State::Paste);
        match (byte, self.interrupting.len()) {
            (ESC, _) if is_within => self.interrupting = vec![ESC],
            (b'[', 1) | (b'0'..=b'9' | b';' | b':', 2..LONGEST_SEQUENCE) if is_within => self.interrupting.push(byte),
            (_, 0) => {}
            (_, length) => {
                let sequence = std::mem::take(&mut self.interrupting);
                return is_within && length > 2 && csi::is_interrupt(&sequence[2..], byte);
            }
        }
        false
    }

    /// Ctrl-C goes through everything. A string or paste is still not typed afterwards.
    fn interrupt(&mut self, at: Instant) -> bool {
        if let State::Held(byte) = self.state {
            self.character(char::from(byte), false);
        }
        if !matches!(self.state, State::Text { .. } | State::Paste | State::Rest | State::Tail) {
            self.enter(State::Ground, at);
        }
        self.key(KeyCode::Char('c'), KeyModifiers::CONTROL);
        false
    }

    /// A byte that begins something; `alt`: after an escape character.
    fn begin(&mut self, byte: u8, alt: bool, at: Instant) {
        let with = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        let ctrl = with | KeyModifiers::CONTROL;
        match byte {
            ESC => self.enter(State::Escape { twice: false }, at),
            b'\r' => self.key(KeyCode::Enter, with),
            b'\t' => self.key(KeyCode::Tab, with),
            0x7f => self.key(KeyCode::Backspace, with),
            0 => self.key(KeyCode::Char(' '), ctrl),
            SUB if !alt => self.suspend(at),
            0x01..=0x1a => self.key(KeyCode::Char(char::from(byte - 1 + b'a')), ctrl),
            0x1c..=0x1f => self.key(KeyCode::Char(char::from(byte - 0x1c + b'4')), ctrl),
            b' '..=b'~' => self.character(char::from(byte), alt),
            0x80..=0x9f => self.c1(byte, at),
            0xc2..=0xf4 => {
                let of = if byte < 0xe0 { 2 } else { 3 + u8::from(byte >= 0xf0) };
                self.enter(State::Utf8 { bytes: [byte, 0, 0, 0], len: 1, of, alt }, at);
            }
            // No text begins with it.
            _ => {}
        }
    }

    /// Ctrl-Z, or noise.
    fn suspend(&mut self, at: Instant) {
        if self.heard.is_none_or(|heard| at >= heard + ALONE) {
            self.enter(State::Suspend, at);
        }
    }

    /// A C1 control: an escape character and a letter in one.
    fn c1(&mut self, byte: u8, at: Instant) {
        if let Some(state) = opens(byte - 0x40) {
            let state = match state {
                State::Text { kind, .. } => State::Text { kind, escape: false, c1: true, inside: 0 },
                state => state,
            };
            self.enter(state, at);
        }
    }

    fn after_escape(&mut self, byte: u8, twice: bool, at: Instant) {
        let state = match opens(byte) {
            // `ESC ESC [`: how rxvt says Alt.
            Some(State::Csi { .. }) => return self.enter(State::Csi { alt: twice }, at),
            Some(State::Ss3 { .. }) => return self.enter(State::Ss3 { alt: twice }, at),
            state => state,
        };
        if byte == ESC && !twice {
            return self.enter(State::Escape { twice: true }, at);
        }
        if twice {
            self.key(KeyCode::Esc, KeyModifiers::NONE);
        }
        match state {
            _ if byte == ESC => self.enter(State::Escape { twice: true }, at),
            Some(state) => self.enter(state, at),
            None if is_intermediate(byte) => self.enter(State::Intermediate { first: byte, more: false }, at),
            None => {
                self.enter(State::Ground, at);
                // The end of a string whose beginning was given up.
                if byte != b'\\' {
                    self.begin(byte, true, at);
                }
            }
        }
    }

    fn utf8(&mut self, byte: u8, (mut bytes, mut len, of): ([u8; 4], u8, u8), alt: bool, at: Instant) -> bool {
        if !(0x80..0xc0).contains(&byte) {
            self.enter(State::Ground, at);
            return true;
        }
        bytes[usize::from(len)] = byte;
        len += 1;
        if len < of {
            self.state = State::Utf8 { bytes, len, of, alt };
            return false;
        }
        self.enter(State::Ground, at);
        let text = std::str::from_utf8(&bytes[..usize::from(of)]).unwrap_or_default();
        match text.chars().next() {
            // Some terminals write their C1 controls as characters.
            Some(c @ '\u{80}'..='\u{9f}') => self.c1(c as u32 as u8, at),
            Some(c) => self.character(c, alt),
            None => {}
        }
        false
    }

    fn csi(&mut self, byte: u8, alt: bool, at: Instant) {
        match byte {
            b'[' if self.buffer.is_empty() => self.enter(State::Console, at),
            b'M' if self.buffer.is_empty() => self.enter(State::Mouse, at),
            // With this intermediate byte rxvt ends its keys; in replies there is more than one number before it.
            b'$' if !self.buffer.is_empty() && self.buffer.iter().all(u8::is_ascii_digit) => {
                self.csi_end(byte, alt, at);
                // If it was none of those keys, its last byte is still to come.
                self.enter(State::Tail, at);
            }
            b' '..=b'?' => self.keep(byte, LONGEST_SEQUENCE),
            b'@'..=b'~' => self.csi_end(byte, alt, at),
            _ => {}
        }
    }

    fn csi_end(&mut self, last: u8, alt: bool, at: Instant) {
        let (mut body, overlong) = (self.buffer.clone(), self.overlong);
        self.enter(State::Ground, at);
        if overlong {
            return;
        }
        match csi::meaning(&body, last, alt) {
            csi::Meaning::Event(event) => self.event(event),
            csi::Meaning::Paste => self.enter(State::Paste, at),
            csi::Meaning::Nothing => {}
            csi::Meaning::Reply => {
                body.push(last);
                self.out.push_back(Input::Reply(Reply { kind: ReplyKind::Csi, body }));
            }
        }
    }
}

/// Whether a byte stands between an escape character and the last one of its sequence.
fn is_intermediate(byte: u8) -> bool {
    matches!(byte, b' '..=b'/')
}

/// What begins with an escape character and this byte.
fn opens(byte: u8) -> Option<State> {
    let text = |kind| State::Text { kind, escape: false, c1: false, inside: 0 };
    Some(match byte {
        b'[' => State::Csi { alt: false },
        b'O' => State::Ss3 { alt: false },
        b']' => text(ReplyKind::Osc),
        b'P' => text(ReplyKind::Dcs),
        b'_' => text(ReplyKind::Apc),
        b'^' => text(ReplyKind::Pm),
        b'X' => text(ReplyKind::Sos),
        b'N' => State::SingleShift,
        _ => return None,
    })
}
