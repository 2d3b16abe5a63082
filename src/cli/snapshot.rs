//! One camera picture: into a file as the camera sent it, or onto the terminal.

use super::{
    Global,
    headless::{self, Command, END_UNREACHABLE, Step},
    output::{FAILED, Failure, OK, note, print},
    select,
};
use crate::{
    protocol::model::{CameraKind, Model},
    state::{
        PrinterId, State,
        printer::{
            Printer,
            camera::{PictureSize, Stream},
            connection::{ConnectionState, DisconnectReason},
            impostor::SideServer,
        },
        wants::{Wanted, WantedCamera},
    },
    terminal::{self, viewer},
};
use clap::Args;
use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    time::Duration,
};

/// Which printer, and where the picture goes.
#[derive(Debug, Clone, Args)]
pub(super) struct SnapshotOptions {
    /// Name or serial
    #[arg(value_name = "PRINTER")]
    printer: String,
    /// File for the JPEG; an existing one is not replaced [default: show it in the terminal]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many seconds to wait for a picture
    #[arg(long, value_name = "S", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

pub(super) async fn run(global: &Global, options: SnapshotOptions) -> Result<u8, Failure> {
    if options.output.is_none() && !io::stdout().is_terminal() {
        return Err(Failure::usage("not a terminal: name a file with -o FILE"));
    }
    let selection = select::one(global.load()?.config, &options.printer).await?;
    let Some(printer) = selection.config.printers.first() else {
        return Err(Failure::new(
            FAILED,
            format!(
                "{}: only the account knows it, and pictures come over the LAN alone; add it to the configuration with \
                 its address and access code",
                options.printer
            ),
        ));
    };
    {
        let model = printer.model.or_else(|| Model::from_serial(&printer.serial)).unwrap_or_default();
        if model.camera() == CameraKind::Rtsp {
            return Err(Failure::new(
                FAILED,
                format!(
                    "{}: the {model} has no JPEG stream; its video is at rtsps://{}:322/streaming/live/1 and needs a \
                     video player",
                    printer.name, printer.host
                ),
            ));
        }
    }
    let (_keep, wake) = tokio::sync::mpsc::channel(1);
    let abilities = terminal::abilities(&Global::env);
    // Nobody looks at its pixels: the picture is taken as the camera sent it.
    let size = PictureSize { width: 32, height: 18 };
    let wanted = Wanted { camera: Some(WantedCamera { who: PrinterId(0), size }), ..Wanted::default() };
    let command = Box::new(OnePicture { output: options.output, abilities, timeout: options.timeout });
    headless::run(global, selection, Some(Duration::from_secs(options.timeout)), command, wake, wanted).await
}

struct OnePicture {
    output: Option<PathBuf>,
    abilities: terminal::Abilities,
    /// In seconds.
    timeout: u64,
}

impl Command for OnePicture {
    fn on_change(&mut self, state: &State, timed_out: bool) -> io::Result<Step> {
        let Some(printer) = state.fleet.printers.first() else { return Ok(END_UNREACHABLE) };
        if let Some((picture, _)) = &printer.camera.newest {
            match &self.output {
                Some(path) => {
                    let mut file = std::fs::OpenOptions::new()
                        .write(true)
                        .create_new(true)
                        .open(path)
                        .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
                    file.write_all(&picture.jpeg)?;
                    let (width, height) = (picture.source.width, picture.source.height);
                    print(&format!("{}: {width}x{height}, {} bytes", path.display(), picture.jpeg.len()))?;
                }
                None => viewer::print(&picture.jpeg, self.abilities, false).map_err(io::Error::other)?,
            }
            return Ok(Step::End(OK));
        }
        match self.failure(state, printer, timed_out) {
            Some(why) => {
                note(&format!("{}: no picture: {why}", printer.name));
                Ok(END_UNREACHABLE)
            }
            None => Ok(Step::Go),
        }
    }
}

impl OnePicture {
    /// Why there is no picture, as soon as that is certain: nobody is there to judge a certificate or to correct a code.
    fn failure(&self, state: &State, printer: &Printer, timed_out: bool) -> Option<String> {
        let lan = match &printer.transports.lan {
            Some(ConnectionState::Down { why, .. }) => Some(why),
            _ => None,
        };
        // The printer's own connection is judged first, and the camera's only where that one says nothing of it.
        if printer.is_doubtful() || lan.is_some_and(DisconnectReason::is_refused_code) {
            return Some(headless::why_unreachable(state, 0));
        }
        match &printer.camera.link {
            Stream::Down { why, .. } if printer.impostor().is_some() => Some(SideServer::Camera.words(why)),
            // Its own connection may yet prove it.
            Stream::Down { why, .. } if lan.is_some() && why.is_about_certificate() || timed_out => {
                Some(headless::with_cure(SideServer::Camera.words(why), why))
            }
            // The printer speaks, so it is the camera that does not.
            Stream::Connecting | Stream::Live if timed_out && printer.session().is_some() => {
                Some(format!("the camera has sent none within {} s", self.timeout))
            }
            _ => timed_out.then(|| headless::why_unreachable(state, 0)),
        }
    }
}
