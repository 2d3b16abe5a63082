//! Asking a person, or whoever stands in for them at the other end of standard input.

#[cfg(unix)]
use crate::{
    app::clock,
    terminal::{
        self,
        parser::{Input, Parser},
    },
};
use crate::{
    cli::output::{Failure, REFUSED},
    config::Secret,
};
use crossterm::{
    event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    terminal::{disable_raw_mode, enable_raw_mode},
};
use std::io::{self, IsTerminal, Write};

/// Whether somebody can be asked.
pub(super) fn is_person() -> bool {
    io::stdin().is_terminal()
}

fn show(question: &str) -> Result<(), Failure> {
    let mut out = io::stderr();
    write!(out, "{question}")?;
    out.flush()?;
    Ok(())
}

/// A line that a person types, or the next one of standard input. `None`: there is none.
pub(super) fn line(question: &str) -> Result<Option<String>, Failure> {
    if is_person() {
        show(question)?;
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(Some(line.trim().to_owned()).filter(|line| !line.is_empty()))
}

/// The same, unless nothing is given.
pub(super) fn needed(question: &str, what: &str) -> Result<String, Failure> {
    line(question)?.ok_or_else(|| Failure::usage(format!("no {what} was given; nothing was done")))
}

/// A line that does not show while it is typed; of standard input if that is no terminal. Only its line end is taken off.
pub(super) fn hidden(question: &str) -> Result<Secret, Failure> {
    let text = if is_person() {
        let typed = typed(question);
        show("\n")?;
        typed?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Some(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    match text {
        Some(text) if !text.is_empty() => Ok(Secret::new(text)),
        Some(_) => Err(Failure::usage("no password was given; nothing was done")),
        None => Err(Failure::new(REFUSED, "nothing was sent")),
    }
}

/// Gives the terminal back as it was.
struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}

/// What a person does at the terminal, one after the other. What the terminal says itself is no part of a password.
#[cfg(unix)]
#[derive(Default)]
struct Keyboard(Parser);

#[cfg(unix)]
impl Keyboard {
    fn next(&mut self) -> io::Result<Event> {
        loop {
            match self.0.pop() {
                Some(Input::Event(event)) => return Ok(event),
                Some(Input::Reply(_)) => continue,
                None => {}
            }
            let now = || clock().into_std();
            let wait = self.0.deadline().map(|deadline| deadline.saturating_duration_since(now()));
            let mut bytes = [0; 256];
            match terminal::read(&mut bytes, wait)? {
                Some(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some(count) => self.0.feed(&bytes[..count], now()),
                None => self.0.expire(now()),
            }
        }
    }
}

#[cfg(not(unix))]
#[derive(Default)]
struct Keyboard;

#[cfg(not(unix))]
impl Keyboard {
    fn next(&mut self) -> io::Result<Event> {
        crossterm::event::read()
    }
}

/// What is typed until Enter, unseen; `None`: the person thought better of it. The terminal shows nothing any more before
/// it is asked: who types at once is not seen either.
fn typed(question: &str) -> Result<Option<String>, Failure> {
    enable_raw_mode()?;
    let _raw = Raw;
    show(question)?;
    let (mut text, mut keyboard) = (String::new(), Keyboard::default());
    loop {
        match keyboard.next()? {
            Event::Key(KeyEvent { kind: KeyEventKind::Release, .. }) => {}
            Event::Key(key) if key.modifiers.contains(KeyModifiers::CONTROL) => match key.code {
                KeyCode::Char('u') => text.clear(),
                KeyCode::Char('c' | 'd') => return Ok(None),
                _ => {}
            },
            Event::Key(key) => match key.code {
                KeyCode::Char(c) => text.push(c),
                KeyCode::Backspace => drop(text.pop()),
                KeyCode::Enter => return Ok(Some(text)),
                KeyCode::Esc => return Ok(None),
                _ => {}
            },
            Event::Paste(pasted) => text.push_str(pasted.trim_end_matches(['\r', '\n'])),
            _ => {}
        }
    }
}
