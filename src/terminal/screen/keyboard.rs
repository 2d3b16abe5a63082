//! What a person does at the terminal, as a stream: bytes of the terminal through our own parser.

use super::TermEvent;
use futures_util::Stream;
use std::{io, pin::Pin};

/// Keys, mouse, pasted text and changes of size; it ends with the terminal.
type Keyboard = Pin<Box<dyn Stream<Item = io::Result<TermEvent>>>>;

/// Reads the terminal on standard input. Must be called inside a tokio runtime, and only once at a time: two readers
/// would take each other's bytes.
#[cfg(unix)]
pub fn keyboard() -> io::Result<Keyboard> {
    let tty = unix::Tty::new()?;
    Ok(Box::pin(futures_util::stream::unfold(tty, |mut tty| async {
        let event = tty.next().await.transpose()?;
        Some((event, tty))
    })))
}

/// Windows tells keys as records, not as bytes that could be mistaken.
#[cfg(not(unix))]
pub fn keyboard() -> io::Result<Keyboard> {
    Ok(Box::pin(crossterm::event::EventStream::new()))
}

#[cfg(unix)]
mod unix {
    use super::TermEvent;
    use crate::{
        app::clock,
        terminal::{
            self,
            parser::{Input, Parser},
        },
    };
    use std::{
        io::{self, Stdin},
        thread,
        time::Duration,
    };
    use tokio::{
        io::unix::AsyncFd,
        signal::unix::{Signal, SignalKind, signal},
        time::sleep_until,
    };

    /// Bytes read at once.
    const PIECE: usize = 1024;

    pub(super) struct Tty {
        stdin: AsyncFd<Stdin>,
        resized: Signal,
        parser: Parser,
    }

    impl Tty {
        pub(super) fn new() -> io::Result<Self> {
            #[allow(
                deprecated,
                reason = "its heir is unsafe, lest somebody close the file: nobody closes standard input"
            )]
            let stdin = AsyncFd::with_interest(io::stdin(), tokio::io::Interest::READABLE)?;
            let resized = signal(SignalKind::window_change())?;
            terminal::watch_for_standstill()?;
            Ok(Self { stdin, resized, parser: Parser::default() })
        }

        /// The next event; `None` when the terminal is gone.
        pub(super) async fn next(&mut self) -> io::Result<Option<TermEvent>> {
            loop {
                match self.parser.pop() {
                    Some(Input::Event(event)) => return Ok(Some(event)),
                    // The program has asked nothing: an answer is to somebody else's question.
                    Some(Input::Reply(_)) => continue,
                    None => {}
                }
                let deadline = self.parser.deadline().map(tokio::time::Instant::from_std);
                // What can be read goes before what is over: a program that was late shall not cut sequences.
                tokio::select! {
                    biased;
                    ready = self.stdin.readable() => {
                        let mut ready = ready?;
                        let mut bytes = [0; PIECE];
                        match terminal::read(&mut bytes, Some(Duration::ZERO))? {
                            Some(0) => return Ok(None),
                            Some(count) => {
                                // The signal that ends a standstill may be another thread's to handle: it goes first.
                                thread::yield_now();
                                if terminal::stood_still() {
                                    terminal::drop_typed();
                                    continue;
                                }
                                self.parser.feed(&bytes[..count], clock().into_std());
                                // Bytes that say nothing, without end, shall not hold up the rest of the program.
                                tokio::task::yield_now().await;
                            }
                            None => ready.clear_ready(),
                        }
                    }
                    _ = self.resized.recv() => {
                        let size = terminal::size()?;
                        return Ok(Some(TermEvent::Resize(size.width, size.height)));
                    }
                    () = async {
                        match deadline {
                            Some(deadline) => sleep_until(deadline).await,
                            None => std::future::pending().await,
                        }
                    } => self.parser.expire(clock().into_std()),
                }
            }
        }
    }
}
