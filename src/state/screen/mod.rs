//! What the screen shows and where: pure functions of the whole [`State`](super::State), for drawing, paging and clicking
//! alike.

pub mod alerts;
pub mod ams;
pub mod cloud_device;
pub mod device;
pub mod info_table;
pub mod layout;
pub mod list;
pub mod panes;
pub mod redraw_schedule;
pub mod wants;
