//! What a person looks at, and what therefore is to be fetched.

use super::layout;
use crate::state::{
    State,
    view::{Dialog, Pane},
    wants::{Wanted, WantedCamera, WantedJobFile},
};

/// What is wanted by what the screen shows.
pub fn of_view(state: &State) -> Wanted {
    let (view, layout) = (&state.view, layout::of(state));
    let camera = view.selected.zip(layout::picture_size(state, &layout)).map(|(who, size)| WantedCamera { who, size });
    let expressly = view.dialogs.iter().find_map(|dialog| match dialog {
        Dialog::Objects(picker) => Some(picker.who),
        Dialog::Palette(palette) if palette.input.value().trim_start().starts_with("skip") => view.selected,
        _ => None,
    });
    let zoomed = view.selected.filter(|_| view.zoom == Some(Pane::Job));
    let job_file = expressly.map(|who| WantedJobFile { who, at_once: true });
    let shows_device = view.frozen.is_none() && layout.rect(Pane::Device).is_some();
    Wanted {
        camera,
        job_file: job_file.or(zoomed.map(|who| WantedJobFile { who, at_once: false })),
        firmware: view.selected.filter(|_| shows_device),
        all_changes: false,
    }
}
