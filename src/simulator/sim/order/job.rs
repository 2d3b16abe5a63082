//! Orders about the job and its errors.

use super::{Body, Outcome, Refusal};
use crate::protocol::command::Speed;
use crate::simulator::sim::job::stage;
use crate::simulator::sim::{Phase, SimPrinter};

/// A new job cannot start: the printer is busy.
const BUSY: u32 = 0x0500_4004;

impl SimPrinter {
    pub(super) fn order_job(&mut self, name: &str, body: Body<'_>) -> Outcome {
        let printing = matches!(self.phase, Phase::Running | Phase::Pause);
        match name {
            "pause" => {
                self.demand(self.phase == Phase::Running, "pause")?;
                self.pause_with(stage::USER_PAUSE, 0);
            }
            "resume" => {
                self.demand(self.phase == Phase::Pause, "resume")?;
                self.same_error(body)?;
                self.resume();
            }
            // Goes on at once: nothing was set right, so nothing is heated up for it.
            "ignore" => {
                self.demand(self.phase == Phase::Pause, "ignore")?;
                self.same_error(body)?;
                self.phase = Phase::Running;
                self.error = 0;
            }
            "idle_ignore" => {
                self.same_error(body)?;
                self.set_error(0);
            }
            "stop" => {
                self.demand(self.phase.is_active(), "stop")?;
                self.same_error(body)?;
                self.stop();
            }
            "print_speed" => {
                self.demand(printing, "change the speed")?;
                let level = body.text("param").parse().ok().and_then(Speed::from_level);
                self.speed = level.ok_or("invalid param")?;
            }
            "clean_print_error" => self.set_error(0),
            "skip_objects" => {
                self.demand(printing, "skip objects")?;
                let ids = body.numbers("obj_list").ok_or("invalid obj_list")?;
                self.job.as_mut().ok_or("no job")?.skip(&ids)?;
            }
            _ => self.start_file(body)?,
        }
        Ok(())
    }

    /// An answer to an error must be to the one that is shown.
    fn same_error(&self, body: Body<'_>) -> Outcome {
        let meant = body.has("err").then(|| body.text("err"));
        match meant {
            Some(error) if error != self.error.to_string() => Err("the error has changed".into()),
            _ => Ok(()),
        }
    }

    fn start_file(&mut self, body: Body<'_>) -> Outcome {
        if self.phase.is_active() {
            return Err(Refusal { err_code: BUSY, ..Refusal::from("busy") });
        }
        let name = ["subtask_name", "file", "param"].map(|key| body.text(key)).into_iter().find(|n| !n.is_empty());
        let title = name.ok_or("file name missing")?.to_owned();
        self.start_next();
        if let Some(job) = &mut self.job {
            job.title = title;
        }
        Ok(())
    }
}
