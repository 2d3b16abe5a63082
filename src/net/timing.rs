//! Every duration of the network layer in one place, so that tests can shrink them all.

use super::backoff::Delays;
use std::time::Duration;

/// How long things may take and how far apart they are. The default is the documented practice of real clients.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// Name lookup and TCP connection.
    pub tcp: Duration,
    /// TLS handshake.
    pub tls: Duration,
    /// Login and subscription, each.
    pub login: Duration,
    /// Writing one packet.
    pub write: Duration,
    /// Between two pings. After twice as long without a packet received the session counts as dead.
    pub keep_alive: Duration,
    /// Delays between attempts to connect.
    pub backoff: Delays,
    /// After a refused code: before the second, the third, and every further attempt. Printers bear few wrong codes.
    pub refused: [Duration; 3],
    /// Delays between attempts after a wrong certificate, which is judged before the code is sent.
    pub certificate: Delays,
    /// A session this old makes the delays start anew.
    pub stable: Duration,
    /// Between requests for the module list, until the printer's own module is in an answer.
    pub version_every: Duration,
    /// How often the module list is asked for.
    pub version_tries: u32,
    /// At least this much between two orders.
    pub order_gap: Duration,
    /// At least this much after an order that carries G-code.
    pub gcode_gap: Duration,
    /// The vendor's server may take this long for an answer.
    pub texts: Duration,
    /// How often it is asked before nobody asks for a while.
    pub text_tries: u32,
    /// A connection test waits this long for reports and modules.
    pub probe: Duration,
    /// Delays between attempts to reach the cloud's broker.
    pub cloud_backoff: Delays,
    /// Within this time the cloud's broker is tried five times at most.
    pub cloud_window: Duration,
    /// Between two pings to the cloud's broker.
    pub cloud_keep_alive: Duration,
    /// Between two requests for a full report of the same printer over the cloud.
    pub cloud_full_gap: Duration,
    /// Saying goodbye may take this long.
    pub goodbye: Duration,
    /// A task that panicked starts again after this.
    pub restart: Duration,
    /// Smallest time between two decoded pictures; zero decodes every picture.
    pub picture_gap: Duration,
    /// A picture that does not change is confirmed this often.
    pub picture_still: Duration,
    /// A camera that sends no byte for this long is connected anew.
    pub camera_silence: Duration,
    /// A camera that sends bytes but no whole picture for this long is connected anew.
    pub camera_stall: Duration,
    /// Between the first attempts to reach a camera …
    pub camera_retry: Duration,
    /// … which are this many …
    pub camera_tries: u32,
    /// … and between the later ones.
    pub camera_retry_slow: Duration,
    /// A file that is being fetched may pause this long.
    pub file_silence: Duration,
    /// After a handshake with the file server that failed it is left alone for this long.
    pub file_rest: Duration,
    /// Between looks for the file of a job that has just begun …
    pub file_retry: Duration,
    /// … which are this many.
    pub file_tries: u32,
}

impl Default for Timing {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self {
            tcp: s(5),
            tls: s(10),
            login: s(10),
            write: s(5),
            keep_alive: s(30),
            backoff: Delays::default(),
            refused: [s(300), s(900), s(3600)],
            // One minute at the least and five at the most.
            certificate: Delays { first: s(75), longest: s(250), jitter: 0.2 },
            stable: s(60),
            version_every: s(2),
            version_tries: 10,
            order_gap: Duration::from_millis(200),
            gcode_gap: Duration::from_millis(500),
            texts: s(20),
            text_tries: 4,
            probe: s(6),
            cloud_backoff: Delays { first: s(5), longest: s(300), jitter: 0.2 },
            cloud_window: s(300),
            cloud_keep_alive: s(60),
            cloud_full_gap: s(60),
            goodbye: Duration::from_millis(500),
            restart: s(5),
            picture_gap: Duration::ZERO,
            picture_still: s(3),
            camera_silence: s(10),
            camera_stall: s(30),
            camera_retry: s(2),
            camera_tries: 12,
            camera_retry_slow: s(60),
            file_silence: s(30),
            file_rest: s(60),
            file_retry: s(5),
            file_tries: 12,
        }
    }
}

impl Timing {
    /// For tests over loopback: what always has to be waited for takes tens of milliseconds; limits that only a failure
    /// reaches leave room for a busy machine.
    #[cfg(any(test, feature = "internals"))]
    pub fn fast() -> Self {
        let (ms, s) = (Duration::from_millis, Duration::from_secs);
        Self {
            tcp: ms(1000),
            tls: ms(1000),
            login: ms(1000),
            write: ms(1000),
            keep_alive: ms(500),
            backoff: Delays { first: ms(10), longest: ms(40), jitter: 0.2 },
            refused: [s(30); 3],
            certificate: Delays { first: s(30), longest: s(60), jitter: 0.0 },
            stable: ms(300),
            version_every: ms(40),
            version_tries: 4,
            order_gap: ms(5),
            gcode_gap: ms(10),
            texts: ms(2000),
            text_tries: 3,
            probe: ms(400),
            cloud_backoff: Delays { first: ms(20), longest: ms(80), jitter: 0.2 },
            cloud_window: ms(400),
            cloud_keep_alive: ms(500),
            cloud_full_gap: ms(100),
            goodbye: ms(100),
            restart: ms(20),
            picture_gap: Duration::ZERO,
            picture_still: ms(100),
            camera_silence: ms(1000),
            camera_stall: ms(2000),
            camera_retry: ms(20),
            camera_tries: 3,
            camera_retry_slow: ms(60),
            file_silence: ms(2000),
            file_rest: ms(20),
            file_retry: ms(20),
            file_tries: 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{
        screen::redraw_schedule::live_picture,
        settings::{CameraMode, SLOW_PICTURES, Settings},
    };

    #[test]
    fn a_picture_that_is_confirmed_or_slow_stays_live_until_the_next_one() {
        let still = Timing::default().picture_still;
        for (camera, remote) in
            [(CameraMode::Live, false), (CameraMode::Auto, false), (CameraMode::Auto, true), (CameraMode::Slow, false)]
        {
            let settings = Settings { camera, remote, ..Settings::default() };
            let pace = if settings.slow_pictures() { SLOW_PICTURES } else { Duration::from_secs(2) };
            let live = live_picture(&settings);
            assert!(
                live > pace + Duration::from_secs(1) && live > still + Duration::from_secs(1),
                "{camera:?} {remote}"
            );
        }
    }
}
