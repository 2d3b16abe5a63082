//! Which pane is where: from the size of the screen and what the person looks at. Keys that page or scroll ask here,
//! and so does the drawing, so the two cannot disagree.

use crate::state::{
    printer::ams::Ams,
    view::{Pane, View},
};
use ratatui::layout::{Rect, Size};

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutKind {
    /// One line.
    Line,
    /// The selected printer only.
    Compact,
    /// Two columns without chart.
    Medium,
    /// Everything.
    Wide,
    /// One pane fills the space between header and footer.
    Zoom(Pane),
}

/// Where everything is. A pane without a rectangle is not visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the parts of the screen")]
pub struct Layout {
    pub kind: LayoutKind,
    pub header: Rect,
    pub footer: Rect,
    pub printers: Option<Rect>,
    pub job: Option<Rect>,
    pub temps: Option<Rect>,
    pub ams: Option<Rect>,
    pub camera: Option<Rect>,
    pub device: Option<Rect>,
    pub journal: Option<Rect>,
}

impl Layout {
    /// A pane's rectangle.
    pub fn rect(&self, pane: Pane) -> Option<Rect> {
        match pane {
            Pane::Printers => self.printers,
            Pane::Job => self.job,
            Pane::Temps => self.temps,
            Pane::Ams => self.ams,
            Pane::Camera => self.camera,
            Pane::Device => self.device,
            Pane::Journal => self.journal,
        }
    }

    fn place(&mut self, pane: Pane, rect: Rect) {
        // Borders and one line inside, else it says nothing.
        let rect = (rect.width >= 8 && rect.height >= 3).then_some(rect);
        match pane {
            Pane::Printers => self.printers = rect,
            Pane::Job => self.job = rect,
            Pane::Temps => self.temps = rect,
            Pane::Ams => self.ams = rect,
            Pane::Camera => self.camera = rect,
            Pane::Device => self.device = rect,
            Pane::Journal => self.journal = rect,
        }
    }
}

/// What lies between header and footer; on a screen of one line, everything.
pub fn body(size: Size) -> Rect {
    let whole = Rect::new(0, 0, size.width, size.height);
    if is_line(size) { whole } else { Rect { y: 1, height: size.height - 2, ..whole } }
}

/// Whether the screen has room for a printer's name and state, in one line.
pub fn is_legible(size: Size) -> bool {
    size.width >= 20 && size.height >= 1
}

fn is_line(size: Size) -> bool {
    size.width < 36 || size.height < 9
}

/// Gives room by importance: job, temperatures, AMS, camera, journal.
pub fn arrange(size: Size, view: &View, printers: usize) -> Layout {
    let (w, h) = (size.width, size.height);
    let mut out = Layout {
        kind: LayoutKind::Line,
        header: Rect::new(0, 0, w, h.min(1)),
        footer: Rect::new(0, h.saturating_sub(1), w, u16::from(h > 1)),
        printers: None,
        job: None,
        temps: None,
        ams: None,
        camera: None,
        device: None,
        journal: None,
    };
    if is_line(size) {
        return out;
    }
    let body = body(size);
    if let Some(pane) = view.zoom {
        out.kind = LayoutKind::Zoom(pane);
        out.place(pane, body);
        return out;
    }
    if w < 60 || h < 16 {
        out.kind = LayoutKind::Compact;
        return out;
    }
    out.kind = if w >= 100 && h >= 30 { LayoutKind::Wide } else { LayoutKind::Medium };
    if printers == 1 {
        alone(&mut out, body);
    } else {
        with_list(&mut out, body);
    }
    out
}

/// Rows that a picture of 16:9 takes in so many columns, with the pane's borders; a cell is two pixels high.
fn camera_rows(columns: u16) -> u16 {
    (columns.saturating_sub(2) * 9).div_ceil(32) + 2
}

fn with_list(out: &mut Layout, body: Rect) {
    let left = match body.width {
        0..100 => 24,
        w => (w / 3).clamp(40, 72),
    };
    let [mut list, main] = columns_of(body, left);
    let camera = camera_rows(left);
    // The list keeps room for eight printers.
    if left >= 30 && body.height >= camera + 10 {
        let at = body.height - camera;
        out.place(Pane::Camera, Rect { y: body.y + at, height: camera, ..list });
        list.height = at;
    }
    out.place(Pane::Printers, list);
    let [job, mut temps, mut ams, journal] = stack(main, true);
    // On a very large screen the device has a column beside temperatures and filament.
    if main.width >= 128 && temps.height + ams.height >= 24 {
        let [rest, side] = columns_of(main, main.width - 50);
        temps.width = rest.width;
        ams.width = rest.width;
        out.place(Pane::Device, Rect { y: temps.y, height: temps.height + ams.height, ..side });
    }
    for (pane, rect) in [(Pane::Job, job), (Pane::Temps, temps), (Pane::Ams, ams), (Pane::Journal, journal)] {
        out.place(pane, rect);
    }
}

/// One printer: no list; the job has the whole width, the camera a column of its own.
fn alone(out: &mut Layout, body: Rect) {
    let job = Rect { height: job_rows(body.height), ..body };
    let rest = Rect { y: body.y + job.height, height: body.height - job.height, ..body };
    let [_, temps, ams, _] = stack(rest, false);
    // As wide as the height allows a picture of 16:9, within reason.
    let most = (rest.height.saturating_sub(2) * 32 / 9).min(rest.width * 9 / 20);
    let side = most.max(rest.width * 2 / 5).min(rest.width / 2);
    let [left, right] = columns_of(rest, rest.width - side);
    let camera = camera_rows(right.width).min(rest.height);
    let camera = if rest.height - camera < 3 { rest.height } else { camera };
    out.place(Pane::Job, job);
    out.place(Pane::Temps, Rect { width: left.width, ..temps });
    out.place(Pane::Ams, Rect { width: left.width, ..ams });
    out.place(Pane::Camera, Rect { height: camera, ..right });
    out.place(Pane::Journal, Rect { y: right.y + camera, height: right.height - camera, ..right });
}

fn columns_of(area: Rect, left: u16) -> [Rect; 2] {
    let left = left.min(area.width);
    [Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area }]
}

fn job_rows(height: u16) -> u16 {
    match height {
        0..20 => 7,
        20..34 => 8,
        _ => 10,
    }
}

/// Job, temperatures, AMS and journal on top of each other; without `job` its room is not there to give.
fn stack(area: Rect, job: bool) -> [Rect; 4] {
    let job = if job { job_rows(area.height).min(area.height) } else { 0 };
    let rest = area.height - job;
    let (temps_least, ams_least) = if rest >= 14 { (6, 8) } else { (5, 4) };
    let journal = if job > 0 && area.height >= 34 { 5 + (area.height - 34) / 4 } else { 0 };
    let free = rest - journal;
    let ams = if free < temps_least + 3 {
        0
    } else {
        // From 120x40 on, two units and their spools are there without scrolling.
        let wanted = (area.height * 3 / 10).clamp(9.max(ams_least), 14);
        wanted.min(free - temps_least)
    };
    let mut y = area.y;
    [job, free - ams, ams, journal].map(|height| {
        let place = Rect { y, height, ..area };
        y += height;
        place
    })
}

/// What is inside a pane's borders.
pub fn inner(rect: Rect) -> Rect {
    Rect { x: rect.x + 1, y: rect.y + 1, width: rect.width.saturating_sub(2), height: rect.height.saturating_sub(2) }
}

/// A blank column at both sides.
pub fn margin(room: Rect) -> Rect {
    Rect { x: room.x + 1, width: room.width.saturating_sub(2), ..room }
}

/// Units side by side in a pane of this inner width.
pub fn ams_columns(width: u16, ams: &Ams) -> usize {
    usize::from(width / 52).clamp(1, ams.units.len().max(1))
}

/// Lines that a printer's AMS pane would fill: a heading a unit where there are several, a line a slot.
pub fn ams_lines(width: u16, ams: &Ams) -> u16 {
    let heading = usize::from(ams.units.len() > 1);
    let bands = ams.units.chunks(ams_columns(width, ams));
    let units: usize = bands.map(|band| heading + band.iter().map(|u| u.trays.len()).max().unwrap_or(0)).sum();
    (units + ams.external.len()) as u16
}
