//! Bytes of the terminal on standard input.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{io, time::Duration};

/// Reads what the terminal sends, and waits so long for it; without a limit for ever. `None`: nothing came; `0`: the
/// terminal is gone. It is asked first, for it stays one that blocks: other programs share it.
pub fn read(bytes: &mut [u8], wait: Option<Duration>) -> io::Result<Option<usize>> {
    let stdin = io::stdin();
    let wait = wait.map(|wait| Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: wait.subsec_nanos().into() });
    loop {
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], wait.as_ref()) {
            Ok(0) | Err(Errno::AGAIN) => return Ok(None),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(e) => return Err(e.into()),
        }
        return match rustix::io::read(&stdin, &mut *bytes) {
            Ok(count) => Ok(Some(count)),
            Err(Errno::INTR) => continue,
            Err(Errno::AGAIN) => Ok(None),
            // The window was closed.
            Err(Errno::IO) => Ok(Some(0)),
            Err(e) => Err(e.into()),
        };
    }
}
