//! Which camera is watched, and the newest picture of each printer.

use crate::state::cx::Cx;
use crate::state::printer::connection::ConnectionState;
use crate::state::update::Effect;
use crate::state::update::LOOK_TIME;
use crate::state::{State, Tone, wants::Next};

impl State {
    /// Opens the camera that is looked at and closes the one that no longer is.
    pub(in crate::state) fn watch_camera(&mut self, cx: &mut Cx) {
        let at = cx.now.at;
        let wanted = self.wants.wanted.camera.filter(|camera| {
            self.printer(camera.who).is_some_and(|p| {
                // The camera would show the printer the same wrong code again, every few seconds.
                p.gives_pictures() && !matches!(p.link, ConnectionState::Waiting) && !p.transports.lan_refuses()
            })
        });
        if let Some(open) = self.wants.open_camera
            && wanted.is_none_or(|new| new.who != open.who)
        {
            cx.effects.push(Effect::Watch { who: open.who, size: None });
            self.wants.open_camera = None;
        }
        let Some(new) = wanted else {
            self.wants.next_camera = None;
            return;
        };
        let is_open = self.wants.open_camera.is_some();
        let is_time = self.wants.next_camera.is_some_and(|next| next.who == new.who && next.at <= at);
        if is_open || is_time {
            self.wants.next_camera = self.wants.next_camera.filter(|_| is_open);
            if self.wants.open_camera != Some(new) {
                self.wants.open_camera = Some(new);
                cx.effects.push(Effect::Watch { who: new.who, size: Some(new.size) });
            }
        } else if self.wants.next_camera.is_none_or(|next| next.who != new.who) {
            self.wants.next_camera = Some(Next { who: new.who, at: at + LOOK_TIME });
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
