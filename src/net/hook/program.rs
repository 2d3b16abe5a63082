//! A program that gets the news on its standard input.

use crate::{
    config::{Hook, without_secrets},
    net::backoff::{Backoff, Delays},
    protocol::wire::clean,
};
use std::{
    io,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    task::JoinSet,
    time::{sleep, timeout},
};

/// So much of what a program prints is kept for the log.
const PRINTED: usize = 2048;
/// What a program printed last may still be on its way when it has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Runs a program, and again as often as the hook says.
pub(super) async fn run_again(hook: &Hook, program: &str, args: &[String], body: &[u8]) -> Result<(), String> {
    let mut delays = Backoff::new(Delays::default());
    for _ in 0..hook.retries {
        match run(hook, program, args, body).await {
            Ok(()) => return Ok(()),
            Err(why) => tracing::info!(%hook, %why, "a hook is tried again"),
        }
        sleep(delays.step(fastrand::f64())).await;
    }
    run(hook, program, args, body).await
}

async fn run(hook: &Hook, program: &str, args: &[String], body: &[u8]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    without_secrets(command.as_std_mut());
    // A group of its own: what the program has started ends with it, and job control of the terminal does not reach it.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(|e| format!("cannot be started: {e}"))?;
    #[cfg(unix)]
    let mut group = Group(child.id());
    let printed = Printed::default();
    let mut readers = JoinSet::new();
    if let Some(out) = child.stdout.take() {
        readers.spawn(printed.clone().read(out));
    }
    if let Some(err) = child.stderr.take() {
        readers.spawn(printed.clone().read(err));
    }
    let ended = timeout(hook.timeout, feed_and_wait(&mut child, body)).await;
    #[cfg(unix)]
    if ended.is_ok() {
        // Its number may belong to somebody else from now on.
        group.0 = None;
    } else {
        drop(group);
    }
    if ended.is_err() {
        let _ = child.kill().await;
    }
    // A process that the program left behind may hold its output open for ever.
    let _ = timeout(LAST_WORDS, async { while readers.join_next().await.is_some() {} }).await;
    let words = printed.text();
    if !words.is_empty() {
        tracing::info!(%hook, printed = %words, "a hook printed something");
    }
    match ended {
        Err(_) => Err(format!("ended: it took longer than {} s", hook.timeout.as_secs())),
        Ok(Err(e)) => Err(e.to_string()),
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) if words.is_empty() => Err(format!("failed ({status}) and printed nothing")),
        Ok(Ok(status)) => Err(format!("failed ({status}); the log has what it printed")),
    }
}

/// Writes the JSON and a line's end. A program that does not read it has still done its work.
async fn feed_and_wait(child: &mut Child, body: &[u8]) -> io::Result<ExitStatus> {
    let pipe = child.stdin.take();
    let feed = async {
        if let Some(mut pipe) = pipe {
            let _ = pipe.write_all(body).await;
            let _ = pipe.write_all(b"\n").await;
            let _ = pipe.shutdown().await;
        }
    };
    // The program may end without having read: then there is nobody to write to.
    let (status, ()) = tokio::join!(child.wait(), feed);
    status
}

/// The process group of a program; dropped, it is killed.
#[cfg(unix)]
struct Group(Option<u32>);

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let number = self.0.and_then(|number| i32::try_from(number).ok());
        if let Some(pid) = number.and_then(Pid::from_raw) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// The beginning of what a program prints; the rest is read and forgotten, so that the program does not stand still.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    async fn read(self, mut from: impl AsyncRead + Unpin) {
        let mut bytes = [0; 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let room = PRINTED.saturating_sub(kept.len()).min(count);
            kept.extend_from_slice(&bytes[..room]);
        }
    }

    fn text(&self) -> String {
        clean(&String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
