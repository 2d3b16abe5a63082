//! What is listed of what the cloud remembers, and in which order.

use super::{History, Prints};
use crate::{
    protocol::rest::{
        Id,
        messages::{Message, MessageKind},
        projects::{Plate, ProjectProfile},
    },
    state::cloud::request::CloudRequest,
};
use std::time::Instant;

impl History {
    /// Messages in the order they are listed in.
    pub fn listed(&self) -> impl Iterator<Item = &Message> {
        MessageKind::ALL.iter().filter_map(|kind| self.messages.get(&kind.number())).flatten()
    }

    /// Plates of the project that is open, each with its profile.
    pub fn plates(&self) -> impl Iterator<Item = (&ProjectProfile, &Plate)> {
        let profiles = self.project.iter().flat_map(|project| project.profiles.iter().flatten());
        profiles.flat_map(|profile| {
            let plates = profile.context.iter().flat_map(|context| context.plates.iter().flatten());
            plates.map(move |plate| (profile, plate))
        })
    }
}

/// By what name the picture of a plate is kept.
pub fn plate_picture(profile: &ProjectProfile, plate: &Plate) -> String {
    let id = profile.id.as_ref().map_or("", Id::as_str);
    format!("plate {id}/{}", plate.index.unwrap_or_default())
}

/// Older prints of a printer, or of all, than those that are there, unless they are on their way.
pub(in crate::state) fn older(history: &mut History, of: Option<&str>, at: Instant) -> Option<CloudRequest> {
    let prints: &mut Prints = history.prints.get_mut(&of.map(str::to_owned))?;
    let next = prints.next.clone().filter(|_| !prints.busy)?;
    (prints.busy, prints.asked) = (true, Some(at));
    Some(CloudRequest::Tasks(next))
}
