//! The dashboard's front: a ratatui terminal, and what a person does at it.

mod keyboard;

pub use keyboard::keyboard;

use crate::{
    app::Frontend,
    state::{
        State,
        effect::Effect,
        event::Event,
        notify::notification::{EventKind, EventKinds, Notification, NotificationConfig},
    },
    terminal::{self, Abilities, Notices, NotificationForm},
    ui,
};
use crossterm::event::Event as TermEvent;
use futures_util::{Stream, StreamExt};
use ratatui::{Terminal, backend::Backend};
use std::{collections::VecDeque, io, mem::ManuallyDrop, sync::Arc};

/// A screen on any ratatui backend, fed by any stream of terminal events: the real ones, or those of a test.
pub struct Screen<B: Backend, I> {
    /// Never dropped: its drop tells of a terminal that is gone by an error message to it, which panics. The cursor is shown
    /// again where the terminal is given back.
    terminal: ManuallyDrop<Terminal<B>>,
    input: I,
    /// Events that this front makes itself.
    own: VecDeque<Event>,
    abilities: Abilities,
    mouse: bool,
    /// What is told at the terminal, and how.
    attention: (NotificationConfig, Notices),
    /// What is told after the next frame.
    told: PendingNotifications,
    /// A picture covers the screen until a key is pressed.
    viewing: Option<tokio::task::JoinHandle<Result<(), String>>>,
    /// A key was pressed: the picture goes as soon as it is out.
    leaving: bool,
    #[cfg(unix)]
    job_control: Option<JobControl>,
}

/// Signals of the shell's job control.
#[cfg(unix)]
struct JobControl {
    stop: tokio::signal::unix::Signal,
    go_on: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl JobControl {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kind = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
        Ok(Self {
            stop: signal(kind(rustix::process::Signal::TSTP))?,
            go_on: signal(kind(rustix::process::Signal::CONT))?,
        })
    }
}

impl<B, I> Screen<B, I>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<TermEvent>> + Unpin,
{
    /// A screen that is already taken.
    pub fn new(terminal: Terminal<B>, input: I, abilities: Abilities, mouse: bool) -> io::Result<Self> {
        let size = terminal.size().map_err(io::Error::other)?;
        Ok(Self {
            terminal: ManuallyDrop::new(terminal),
            input,
            own: VecDeque::from([Event::Resize(size)]),
            abilities,
            mouse,
            attention: (
                NotificationConfig { bell: EventKinds::NONE, terminal: EventKinds::NONE, code: None },
                Notices::default(),
            ),
            told: PendingNotifications::default(),
            viewing: None,
            leaving: false,
            #[cfg(unix)]
            job_control: None,
        })
    }

    /// Tells what deserves attention; for a real terminal.
    #[must_use]
    pub fn with_attention(mut self, attention: NotificationConfig, notices: Notices) -> Self {
        self.attention = (attention, notices);
        self
    }

    /// Listens to the shell's stop and continue signals; for a real terminal.
    #[cfg(unix)]
    pub fn with_job_control(mut self) -> io::Result<Self> {
        self.job_control = Some(JobControl::new()?);
        Ok(self)
    }

    /// Clears the screen and forgets what was on it. Not by the terminal's own `clear`: that one asks for the cursor's
    /// place, and a terminal that does not answer within two seconds would end the program.
    fn clear(&mut self) -> io::Result<ratatui::layout::Size> {
        let size = self.terminal.size().map_err(io::Error::other)?;
        self.terminal
            .resize(ratatui::layout::Rect::from((ratatui::layout::Position::ORIGIN, size)))
            .map_err(io::Error::other)?;
        Ok(size)
    }

    /// Draws everything anew: another program has been writing here.
    fn redraw(&mut self) -> io::Result<()> {
        let size = self.clear()?;
        self.own.extend([Event::Resize(size), Event::Returned]);
        Ok(())
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        if !terminal::can_come_back() {
            self.own.push_back(Event::NotSuspended);
            return Ok(());
        }
        terminal::restore();
        terminal::stop_until_continued()?;
        terminal::enter(self.mouse)?;
        self.redraw()
    }

    /// Covers the screen with a picture. Decoding and writing happen off the loop; until a key comes nothing is drawn.
    fn view(&mut self, jpeg: Arc<[u8]>) -> io::Result<()> {
        self.clear()?;
        let abilities = self.abilities;
        self.viewing = Some(tokio::task::spawn_blocking(move || {
            let result = crate::terminal::viewer::print(&jpeg, abilities, true);
            let text = result.as_ref().err().map_or("any key returns", String::as_str);
            write_last_line(text).map_err(|e| e.to_string())?;
            result
        }));
        Ok(())
    }

    /// Ends the picture view. Two writers on one terminal would mix their codes: waits until the picture is out.
    async fn leave_view(&mut self) {
        if let Some(writing) = &mut self.viewing {
            let _ = writing.await;
        }
        self.viewing = None;
        self.leaving = false;
        let _ = self.redraw();
    }
}

/// So many texts are told after one frame; more would bury the desktop when a farm loses its power.
const TEXTS: usize = 3;

/// What is told after the next frame.
#[derive(Debug, Default)]
struct PendingNotifications {
    bell: bool,
    texts: Vec<Notification>,
    /// Texts beyond those.
    more: usize,
}

impl PendingNotifications {
    fn add(&mut self, news: Notification, attention: NotificationConfig) {
        // Nobody needs to be called for what a person has just done; hooks are told all the same.
        if news.by_person && news.event_kind == EventKind::PrintPaused {
            return;
        }
        self.bell |= attention.bell.call_for(news.event_kind);
        // A message about danger is told as danger already.
        let same = |one: &Notification| one.serial == news.serial && one.code == news.code;
        let twice = news.code.is_some() && news.event_kind == EventKind::HmsRaised && self.texts.iter().any(same);
        if twice || !attention.terminal.call_for(news.event_kind) {
            return;
        }
        if news.event_kind == EventKind::DangerRaised {
            // Before all others, whatever it displaces.
            self.texts.insert(0, news);
            self.more += self.texts.split_off(self.texts.len().min(TEXTS)).len();
            return;
        }
        // That the filament ran out says more than the pause that comes with it.
        let pause = |one: &Notification| one.event_kind == EventKind::PrintPaused && one.serial == news.serial;
        if news.event_kind == EventKind::FilamentRunout {
            self.texts.retain(|one| !pause(one));
        }
        if self.texts.len() < TEXTS {
            self.texts.push(news);
        } else {
            self.more += 1;
        }
    }

    fn codes(self, notices: Notices) -> Vec<u8> {
        let mut codes = if self.bell { terminal::notification(NotificationForm::Bell, "") } else { Vec::new() };
        let mut texts: Vec<_> = self.texts.iter().map(Notification::sentence).collect();
        if self.more > 0 {
            texts.push(format!("and {} more; see the journal", self.more));
        }
        codes.extend(texts.iter().flat_map(|text| terminal::notification(NotificationForm::Text(notices), text)));
        codes
    }
}

/// What a terminal event is to the state; changes of the terminal window's focus are nothing.
fn event_of(event: TermEvent) -> Option<Event> {
    Some(match event {
        TermEvent::Key(key) => Event::Key(key),
        TermEvent::Mouse(mouse) => Event::Mouse(mouse),
        TermEvent::Paste(text) => Event::Paste(text),
        TermEvent::Resize(width, height) => Event::Resize(ratatui::layout::Size { width, height }),
        TermEvent::FocusGained | TermEvent::FocusLost => return None,
    })
}

/// Writes a line at the bottom of the screen.
fn write_last_line(text: &str) -> io::Result<()> {
    let size = terminal::size()?;
    crossterm::execute!(
        io::stdout(),
        crossterm::cursor::MoveTo(0, size.height.saturating_sub(1)),
        crossterm::style::Print(text)
    )
}

impl<B, I> Frontend for Screen<B, I>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
    I: Stream<Item = io::Result<TermEvent>> + Unpin,
{
    fn draw(&mut self, state: &State) -> io::Result<()> {
        self.mouse = state.view.mouse;
        if self.viewing.is_none() {
            self.terminal.draw(|frame| ui::render(frame, state)).map_err(io::Error::other)?;
            // Another writer's codes are never cut in two: while a picture is shown, this waits.
            let codes = std::mem::take(&mut self.told).codes(self.attention.1);
            if !codes.is_empty() {
                terminal::write(&codes)?;
            }
        }
        Ok(())
    }

    async fn input(&mut self) -> Option<Event> {
        loop {
            // Dropped while it waits here, it comes back to the same place: the flag stays.
            if self.leaving {
                self.leave_view().await;
            }
            if let Some(event) = self.own.pop_front() {
                return Some(event);
            }
            #[cfg(unix)]
            let event = match &mut self.job_control {
                // What was typed before the program came back is not read: the signals go first.
                Some(job) => tokio::select! {
                    biased;
                    _ = job.go_on.recv() => {
                        let _ = terminal::enter(self.mouse);
                        let _ = self.redraw();
                        continue;
                    }
                    _ = job.stop.recv() => {
                        let _ = self.suspend();
                        continue;
                    }
                    event = self.input.next() => event,
                },
                None => self.input.next().await,
            };
            #[cfg(not(unix))]
            let event = self.input.next().await;
            // The terminal is gone: nobody can see or order anything any more.
            let Some(Ok(event)) = event else { return Some(Event::Stop) };
            if self.viewing.is_some() {
                self.leaving = matches!(event, TermEvent::Key(_) | TermEvent::Resize(..));
                continue;
            }
            if let Some(event) = event_of(event) {
                return Some(event);
            }
        }
    }

    fn execute(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            #[cfg(unix)]
            Effect::Suspend => self.suspend(),
            Effect::Mouse(on) => {
                self.mouse = on;
                terminal::set_mouse(on)
            }
            Effect::ShowPicture(jpeg) => self.view(jpeg),
            Effect::Tell(news) => {
                self.told.add(*news, self.attention.0);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{PrinterId, notify::notification::NoticeCode};

    fn news(event_kind: EventKind, name: &str) -> Notification {
        Notification {
            event_kind,
            who: PrinterId(0),
            printer: name.to_owned(),
            serial: name.to_owned(),
            model: "P1S",
            job: Some("cube".to_owned()),
            percent: Some(50),
            reason: None,
            code: None,
            unix: 0,
            late: false,
            by_person: false,
            more: 0,
            danger: false,
        }
    }

    fn codes(list: &[Notification], attention: NotificationConfig) -> String {
        let mut told = PendingNotifications::default();
        for one in list {
            told.add(one.clone(), attention);
        }
        String::from_utf8(told.codes(Notices { code: NoticeCode::Osc9, tmux: false })).expect("UTF-8")
    }

    #[test]
    fn one_frame_rings_once_and_shows_few_texts() {
        let farm: Vec<_> = (0..200).map(|n| news(EventKind::PrintFinished, &format!("P{n}"))).collect();
        let all = codes(&farm, NotificationConfig::default());
        assert!(
            all.starts_with("\x07\x1b]9;P0: finished cube\x07") && all.ends_with("and 197 more; see the journal\x07")
        );
        assert_eq!(all.matches("\x1b]9;").count(), TEXTS + 1);
    }

    #[test]
    fn only_what_was_asked_for_is_told() {
        assert_eq!(codes(&[news(EventKind::PrintStarted, "A")], NotificationConfig::default()), "");
        let quiet = NotificationConfig { bell: EventKinds::NONE, terminal: EventKinds::NONE, code: None };
        assert_eq!(codes(&[news(EventKind::PrintFailed, "A")], quiet), "");
        let by_person = Notification { by_person: true, ..news(EventKind::PrintPaused, "A") };
        assert_eq!(codes(&[by_person], NotificationConfig::default()), "");
        let danger = Notification { code: Some("HMS_X".into()), ..news(EventKind::DangerRaised, "Z") };
        let message = Notification { event_kind: EventKind::HmsRaised, ..danger.clone() };
        let all = NotificationConfig { bell: EventKinds::NONE, terminal: EventKinds::ALL, code: None };
        let text = codes(&[danger.clone(), message], all);
        assert_eq!(text.matches("\x1b]9;").count(), 1, "one fact, one text: {text:?}");
        // Among many it is the first, and nobody who wants to be told of anything misses it.
        let mut many: Vec<_> = ["A", "B", "C", "D"].map(|name| news(EventKind::PrintFailed, name)).to_vec();
        many.push(danger.clone());
        let text = codes(&many, NotificationConfig::default());
        assert!(text.starts_with("\x07\x1b]9;Z: ") && text.contains("and 2 more"), "{text:?}");
        let few = NotificationConfig { terminal: [EventKind::DeviceOnline].into_iter().collect(), ..quiet };
        assert!(codes(std::slice::from_ref(&danger), few).contains("Z: "));
        assert_eq!(codes(&[danger], quiet), "");
        let runout = [news(EventKind::PrintPaused, "A"), news(EventKind::FilamentRunout, "A")];
        assert_eq!(codes(&runout, NotificationConfig::default()), "\x07\x1b]9;A: the filament ran out at 50 %\x07");
    }
}
