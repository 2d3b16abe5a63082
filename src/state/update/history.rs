//! What the cloud remembers of the account: prints, what they add up to, messages, projects. Asked for when somebody
//! looks at it.

use crate::state::cloud::request::CloudResponse;
use crate::state::{Redraw, State, cx::Cx};

impl State {
    /// The cloud answers.
    pub(in crate::state) fn cloud_response(&mut self, response: CloudResponse, cx: &mut Cx) {
        match response {
            CloudResponse::Login(event) => return self.login_news(&event, cx),
            CloudResponse::Devices(answer) => return self.take_devices(answer, cx),
            CloudResponse::Rename { serial, name, answer } => return self.renamed(answer.map(|()| (serial, name)), cx),
            CloudResponse::Versions(serial, answer) => return self.take_versions(&serial, answer, cx),
            response => {
                let has_project = matches!(&response, CloudResponse::Project(answer) if answer.is_ok());
                let takes_token = matches!(&response, CloudResponse::Preference(answer) if answer.is_ok());
                self.cloud.history.take(response, cx.now);
                if has_project {
                    self.first_plate();
                }
                if takes_token {
                    self.sign_in_good(cx);
                }
            }
        }
        self.look_closer(cx);
        cx.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests;
