//! A terminal window: the real program in a pseudo-terminal, its bytes read as a terminal reads them.

use crate::process_harness::{Home, LONG, send};
use bambu_tui::state::view::quiet::QUIET;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What came out of the program so far.
struct Output {
    screen: vt100::Parser,
    raw: Vec<u8>,
}

/// A window with the program in it.
pub(crate) struct PtyHarness {
    output: Arc<Mutex<Output>>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl PtyHarness {
    pub(crate) fn open(home: &Home, args: &[&str], width: u16, height: u16) -> Self {
        Self::run(home, env!("CARGO_BIN_EXE_bambu-tui"), args, width, height)
    }

    /// A window whose own program is another one, which starts ours.
    pub(crate) fn run(home: &Home, program: &str, args: &[&str], width: u16, height: u16) -> Self {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (name, value) in home.env() {
            command.env(name, value);
        }
        command.cwd(home.path(""));
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        // What has no size is drawn for the usual one.
        let (rows, columns) = (if height > 0 { height } else { 24 }, if width > 0 { width } else { 80 });
        let output = Arc::new(Mutex::new(Output { screen: vt100::Parser::new(rows, columns, 0), raw: Vec::new() }));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let sink = Arc::clone(&output);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                let mut output = sink.lock().unwrap();
                output.screen.process(&bytes[..n]);
                output.raw.extend_from_slice(&bytes[..n]);
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { output, master: pair.master, keyboard, child }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        self.bytes(keys.as_bytes());
    }

    /// Answers a question that is on the screen, as a person who has read it does.
    pub(crate) fn answer(&mut self, keys: &str) {
        std::thread::sleep(QUIET + Duration::from_millis(100));
        self.keys(keys);
    }

    /// The same for what may be no text.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
    }

    pub(crate) fn resize(&self, width: u16, height: u16) {
        // The emulator panics where text wraps on a single row or column.
        self.output.lock().unwrap().screen.screen_mut().set_size(height.max(2), width.max(2));
        self.master.resize(PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    pub(crate) fn text(&self) -> String {
        self.output.lock().unwrap().screen.screen().contents()
    }

    /// Bytes written so far.
    pub(crate) fn written(&self) -> usize {
        self.output.lock().unwrap().raw.len()
    }

    /// Whether the bytes from a place on hold a code.
    pub(crate) fn wrote(&self, from: usize, code: &str) -> bool {
        let output = self.output.lock().unwrap();
        output.raw[from.min(output.raw.len())..].windows(code.len()).any(|bytes| bytes == code.as_bytes())
    }

    /// Waits until the screen shows all of these; `!` before a text: until it is gone.
    #[track_caller]
    pub(crate) fn shows(&self, texts: &[&str]) {
        let end = Instant::now() + LONG;
        loop {
            let screen = self.text();
            let is_there = |text: &&str| match text.strip_prefix('!') {
                Some(text) => !screen.contains(text),
                None => screen.contains(*text),
            };
            if texts.iter().all(is_there) {
                return;
            }
            assert!(Instant::now() < end, "{texts:?} in:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[track_caller]
    pub(crate) fn until(&mut self, mut test: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + LONG;
        while !test(self) {
            assert!(Instant::now() < end, "it never came true:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the program's end; gives the exit code.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> u32 {
        let mut code = None;
        self.until(|window| {
            code = window.child.try_wait().unwrap().map(|status| status.exit_code());
            code.is_some()
        });
        code.unwrap()
    }

    /// The program has given the terminal back: the normal screen, a cursor, nothing switched on.
    #[track_caller]
    pub(crate) fn is_restored(&mut self, from: usize) {
        for code in ["\x1b[?1049l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1000l", "\x1b[?1007h\x1b[?1007r"] {
            self.until(|window| window.wrote(from, code));
        }
    }
}

impl Drop for PtyHarness {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            send("KILL", self.pid());
            let _ = self.child.wait();
        }
    }
}
