//! What the cloud remembers of the account: prints, what they add up to, messages, projects. Asked for when somebody

use crate::state::cloud::{
    history::{COVERS, HistoryTab},
    request::CloudResponse,
};
use crate::state::cx::Cx;
use crate::state::{Redraw, State};

impl State {
    /// The cloud answers.
    pub(in crate::state) fn cloud_response(&mut self, response: CloudResponse, cx: &mut Cx) {
        let unix = cx.now.unix;
        let history = &mut self.history;
        match response {
            CloudResponse::Login(event) => return self.login_news(&event, cx),
            CloudResponse::Devices(answer) => return self.take_devices(answer, cx),
            CloudResponse::Rename { serial, name, answer } => return self.renamed(answer.map(|()| (serial, name)), cx),
            CloudResponse::Versions(serial, answer) => return self.take_versions(&serial, answer, cx),
            CloudResponse::Tasks(asked, answer) => {
                let page = history.keep(HistoryTab::Prints, answer);
                let prints = history.prints.entry(asked.serial.clone()).or_default();
                prints.busy = false;
                if asked.after.is_some() {
                    prints.missed = page.is_none();
                }
                if let Some(page) = page {
                    prints.take(&asked, page);
                }
            }
            CloudResponse::Task(id, answer) => {
                if let Some(task) = history.keep(HistoryTab::Prints, *answer) {
                    let known = history.prints.values_mut().flat_map(|prints| &mut prints.tasks);
                    known.filter(|known| known.id.as_ref() == Some(&id)).for_each(|known| known.fill(&task));
                }
            }
            CloudResponse::Jobs(answer) => {
                if let Some(jobs) = history.keep(HistoryTab::Printers, answer) {
                    history.jobs = Some((jobs, unix));
                }
            }
            CloudResponse::Messages(kind, answer) => {
                if let Some(list) = history.keep(HistoryTab::Messages, answer) {
                    history.messages.insert(kind, list);
                }
            }
            // What nobody has written down may be refused or say nothing: that is unknown, and no trouble of anybody's.
            CloudResponse::MessageCount(answer) => history.unread = answer.ok().flatten(),
            CloudResponse::Notifications(answer) => history.notifications = answer.ok(),
            CloudResponse::Projects(answer) => {
                if let Some(list) = history.keep(HistoryTab::Projects, answer) {
                    history.projects = Some(list);
                }
            }
            CloudResponse::Project(answer) => {
                if let Some(project) = history.keep(HistoryTab::Projects, *answer) {
                    history.project = Some(project);
                    self.first_plate();
                }
            }
            CloudResponse::Profile(answer) => {
                if let Some(profile) = history.keep(HistoryTab::Account, *answer) {
                    history.profile = Some(profile);
                }
            }
            CloudResponse::Preference(answer) => {
                if let Some(preference) = history.keep(HistoryTab::Account, *answer) {
                    history.preference = Some(preference);
                    self.sign_in_good(cx);
                }
            }
            CloudResponse::Cover(of, picture) => {
                if history.cover_of.as_ref() == Some(&of) {
                    history.cover_of = None;
                }
                history.covers.push_back((of, picture));
                if history.covers.len() > COVERS {
                    history.covers.pop_front();
                }
            }
        }
        self.look_closer(cx);
        cx.mark(Redraw::Soon);
    }
}

#[cfg(test)]
mod tests;
