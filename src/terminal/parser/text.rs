//! What may hold any bytes: control strings and pasted text.

use super::{BEL, C1_ST, ESC, Input, LONGEST_PASTE, LONGEST_STRING, PASTE_END, Parser, Reply, ReplyKind, State};
use crossterm::event::Event;
use std::time::Instant;

impl Parser {
    pub(super) fn text(&mut self, byte: u8, (kind, escape, c1, inside): (ReplyKind, bool, bool, u8), at: Instant) {
        // The others may hold a bell, as commands do that a multiplexer passes on. Where a bell or CAN was meant as the end,
        // quiet follows.
        let bell = byte == BEL && kind == ReplyKind::Osc;
        if bell || escape && byte == b'\\' || c1 && byte == C1_ST && inside == 0 {
            return self.text_end(kind, at);
        }
        let inside = match byte {
            // Behind 0xc2 it is the control as a character.
            0xc3..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            0x80..=0xbf => inside.saturating_sub(1),
            _ => 0,
        };
        // tmux writes an escape character twice in what it passes on: what ends there is the string inside.
        let doubled = escape && byte == ESC && kind == ReplyKind::Dcs && self.buffer.starts_with(b"tmux;");
        self.state = State::Text { kind, escape: byte == ESC && !doubled, c1, inside };
        if byte != ESC {
            self.keep(byte, LONGEST_STRING);
        }
    }

    fn text_end(&mut self, kind: ReplyKind, at: Instant) {
        let (body, overlong) = (std::mem::take(&mut self.buffer), self.overlong);
        self.enter(State::Ground, at);
        if !overlong {
            self.out.push_back(Input::Reply(Reply { kind, body }));
        }
    }

    pub(super) fn paste(&mut self, byte: u8, at: Instant) {
        self.buffer.push(byte);
        if self.buffer.ends_with(PASTE_END) {
            let mut bytes = std::mem::take(&mut self.buffer);
            bytes.truncate(bytes.len() - PASTE_END.len());
            let overlong = self.overlong;
            self.enter(State::Ground, at);
            if !overlong {
                self.event(Event::Paste(String::from_utf8_lossy(&bytes).into_owned()));
            }
        } else if self.buffer.len() >= LONGEST_PASTE + PASTE_END.len() {
            // From here on only the end is looked for.
            self.overlong = true;
            self.buffer.drain(..self.buffer.len() - PASTE_END.len());
        }
    }
}
