//! Which camera is watched, and the newest picture of each printer.

use crate::state::cx::Cx;
use crate::state::printer::connection::ConnectionState;
use crate::state::screen::layout;
use crate::state::update::Effect;
use crate::state::update::LOOK_TIME;
use crate::state::{State, Tone};

impl State {
    /// Opens the camera that is looked at and closes the one that no longer is.
    pub(in crate::state) fn watch_camera(&mut self, cx: &mut Cx) {
        let at = cx.now.at;
        let wanted = self.view.selected.zip(layout::picture_size(self)).filter(|(who, _)| {
            self.printer(*who).is_some_and(|p| {
                // The camera would show the printer the same wrong code again, every few seconds.
                p.gives_pictures() && !matches!(p.link, ConnectionState::Waiting) && !p.transports.lan_refuses()
            })
        });
        if let Some((old, _)) = self.watching
            && wanted.is_none_or(|(who, _)| who != old)
        {
            cx.effects.push(Effect::Watch { who: old, size: None });
            self.watching = None;
        }
        match (wanted, self.watch_from) {
            (None, _) => self.watch_from = None,
            (Some(new), _) if self.watching.is_some() => {
                if self.watching != Some(new) {
                    self.watching = Some(new);
                    cx.effects.push(Effect::Watch { who: new.0, size: Some(new.1) });
                }
            }
            (Some(new), Some((who, from))) if who == new.0 => {
                if from <= at {
                    self.watching = Some(new);
                    self.watch_from = None;
                    cx.effects.push(Effect::Watch { who, size: Some(new.1) });
                }
            }
            (Some((who, _)), _) => self.watch_from = Some((who, at + LOOK_TIME)),
        }
    }

    /// A picture was written (its path), or not (why).
    pub(in crate::state) fn picture_saved(&mut self, result: Result<String, String>, cx: &mut Cx) {
        match result {
            Ok(path) => self.say(format!("saved {path}"), Tone::Good, cx),
            Err(why) => self.say(format!("the picture could not be saved: {why}"), Tone::Bad, cx),
        }
    }
}
