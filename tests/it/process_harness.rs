//! The real program as a child process: its own home, a simulator to talk to, output line by line.

use bambu_tui::storage::FILE;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Long enough for a machine with other work to do.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A home of its own for every test.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the program's environment is: nothing of ours.
    pub(crate) fn env(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.path("")),
            ("XDG_CONFIG_HOME", self.path("config")),
            ("XDG_STATE_HOME", self.path("state")),
            ("XDG_DATA_HOME", self.path("data")),
            ("XDG_CACHE_HOME", self.path("cache")),
            // A simulator that is killed cannot clear up after itself.
            ("TMPDIR", self.path("")),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default().into()),
        ]
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bambu-tui"));
        command.args(args).env_clear().envs(self.env()).stdin(Stdio::null()).current_dir(self.path(""));
        command
    }

    /// Runs a command to its end; it must come to one. How often the broker was connected to before does not count.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let path = self.path("state/bambu-tui").join(FILE);
        if let Ok(database) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            // A test may have damaged it.
            let _ = database.execute("DELETE FROM broker_attempt", []);
        }
        self.run_on(args)
    }

    /// The same, without a pardon.
    pub(crate) fn run_on(&self, args: &[&str]) -> Ran {
        ran(self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap(), args)
    }

    /// Writes the configuration file that the program looks for.
    pub(crate) fn configure(&self, text: &str) -> PathBuf {
        let path = self.path("config/bambu-tui/config.toml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        private(&path);
        path
    }

    /// What the program keeps, as another program sees it.
    pub(crate) fn database(&self) -> Connection {
        Connection::open(self.path("state/bambu-tui").join(FILE)).unwrap()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("state/bambu-tui/bambu-tui.log")).unwrap_or_default()
    }
}

/// Only the owner may read it.
pub(crate) fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// How a command ended that must come to an end.
fn ran(child: Child, what: &[&str]) -> Ran {
    let output = wait(child, what);
    Ran {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn wait(mut child: Child, what: &[&str]) -> Output {
    // Pipes are read by threads of their own, so that a talkative child never blocks.
    let out = read(child.stdout.take().unwrap());
    let err = read(child.stderr.take().unwrap());
    let end = Instant::now() + LONG * 2;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > end {
            let _ = child.kill();
            panic!("{what:?} did not end: {}", String::from_utf8_lossy(&err.join().unwrap()));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Output { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() }
}

fn read(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        bytes
    })
}

/// A running simulator; ends with the test.
pub(crate) struct Simulator {
    pub(crate) child: Child,
    pub(crate) printers: Vec<Value>,
    pub(crate) texts_url: String,
    /// What it says about its cloud; null without one.
    pub(crate) cloud: Value,
    out: BufReader<ChildStdout>,
}

impl Simulator {
    pub(crate) fn start(home: &Home, args: &[&str]) -> Self {
        let args: Vec<_> = ["simulate"].iter().chain(args).copied().collect();
        let mut child =
            home.command(&args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let json: Value = serde_json::from_str(&line).expect("one line of JSON");
        let texts_url = json["texts_url"].as_str().unwrap().to_owned();
        let printers = json["printers"].as_array().unwrap().clone();
        Self { child, printers, texts_url, cloud: json["cloud"].clone(), out }
    }

    /// Gives an order to one that takes them; gives its answer.
    pub(crate) fn order(&mut self, line: &str) -> Value {
        self.order_bytes(line.as_bytes())
    }

    /// The same for what may be no text.
    pub(crate) fn order_bytes(&mut self, line: &[u8]) -> Value {
        self.child.stdin.as_ref().unwrap().write_all(&[line, b"\n"].concat()).unwrap();
        let mut answer = String::new();
        self.out.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{line:?}: {e}: {answer}"))
    }

    pub(crate) fn text(&self, printer: usize, key: &str) -> String {
        match &self.printers[printer][key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// The configuration that points at its printers and its texts.
    pub(crate) fn config(&self) -> String {
        let block = |at: usize| {
            let text = |key| self.text(at, key);
            format!(
                "[[printer]]\nname = \"{}\"\nhost = \"{}\"\nserial = \"{}\"\naccess_code = \"{}\"\nmqtt_port = {}\ncamera_port = {}\nftps_port = {}\nfingerprint = \"{}\"\n",
                text("name"),
                text("host"),
                text("serial"),
                text("access_code"),
                text("mqtt_port"),
                text("camera_port"),
                text("ftps_port"),
                text("fingerprint"),
            )
        };
        let texts = format!("[error_texts]\nurl = \"{}\"\n", self.texts_url);
        (0..self.printers.len()).map(block).chain([texts]).collect()
    }

    /// Ends it by a signal; gives the exit code.
    pub(crate) fn end(self, signal: &str) -> Option<i32> {
        send(signal, self.child.id());
        self.ended()
    }

    /// Ends its standard input, and with it one that takes orders; gives the exit code.
    pub(crate) fn close(mut self) -> Option<i32> {
        drop(self.child.stdin.take());
        self.ended()
    }

    fn ended(mut self) -> Option<i32> {
        let end = Instant::now() + LONG;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the simulator did not end");
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process stands still.
pub(crate) fn is_stopped(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
}

/// Sends a signal to one process.
pub(crate) fn send(signal: &str, pid: u32) {
    let status = Command::new("kill").args([format!("-{signal}"), pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

impl Home {
    /// Runs a command with lines on its standard input.
    pub(crate) fn tell(&self, args: &[&str], input: &str) -> Ran {
        self.tell_with(args, input, &[])
    }

    /// The same, with variables in its environment.
    pub(crate) fn tell_with(&self, args: &[&str], input: &str, env: &[(&str, &str)]) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).envs(env.iter().copied());
        let mut child = command.spawn().unwrap();
        // A command that wants nothing has ended before everything was written.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        ran(child, args)
    }

    /// Signs in to a simulator's cloud and points the configuration at it; `printers`: those of its LAN too.
    pub(crate) fn sign_in(&self, simulator: &Simulator, printers: bool) {
        let lan = if printers { simulator.config() } else { String::new() };
        self.sign_in_to(&simulator.cloud, &lan);
    }

    /// Signs in to a cloud, by what it says of itself, with this before its part of the configuration.
    pub(crate) fn sign_in_to(&self, cloud: &Value, config: &str) {
        self.configure(&(config.to_owned() + &cloud_config(cloud)));
        let ran = self.tell(&["login", "--token"], cloud["token"].as_str().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

impl Simulator {
    /// The configuration that points at its cloud.
    pub(crate) fn cloud_config(&self) -> String {
        cloud_config(&self.cloud)
    }
}

/// The configuration that points at a cloud, by what the cloud says of itself.
pub(crate) fn cloud_config(cloud: &Value) -> String {
    let text = |key: &str| cloud[key].as_str().unwrap().to_owned();
    format!(
        "[cloud]\napi_url = \"{}\"\nweb_url = \"{}\"\nmqtt_host = \"{}\"\nmqtt_port = {}\nca_file = \"{}\"\n",
        text("api_url"),
        text("web_url"),
        text("mqtt_host"),
        cloud["mqtt_port"],
        text("ca_file"),
    )
}
