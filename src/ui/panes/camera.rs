//! The camera's newest picture in half-blocks: a cell is one pixel wide and two high.

use crate::ui::{painter::Painter, text, theme::Role};
use crate::{
    protocol::model::CameraKind,
    state::{
        key_action::KeyAction,
        printer::{
            Printer,
            camera::{OLD, Picture, Stream},
            impostor::SideServer,
            transport::Transport,
        },
        screen::redraw_schedule,
        settings::CameraMode,
        view::Pane,
    },
};
use ratatui::{layout::Rect, style::Style};

pub(super) fn draw(p: &mut Painter, rect: Rect) {
    let Some(printer) = p.state.selected() else {
        return p.pane_of_nobody(rect, Pane::Camera, "Camera");
    };
    let zoomed = p.state.view.zoom == Some(Pane::Camera);
    let closed = p.settings().camera == CameraMode::Zoom && !zoomed;
    let picture = printer.camera.picture(p.now.at).filter(|_| p.settings().camera != CameraMode::Off && !closed);
    let lost = !matches!(printer.camera.link, Stream::Live);
    let live = redraw_schedule::live_picture(p.settings());
    let right = match &picture {
        Some((_, age)) if *age < live && !lost => vec![p.span(Role::Ok, "live")],
        Some((_, age)) if *age < live => vec![p.span(Role::Waiting, "last picture")],
        Some((_, age)) => vec![p.span(Role::Waiting, format!("{} ago", text::age(*age)))],
        None => vec![],
    };
    let mut room = p.pane(rect, Pane::Camera, &p.title(Pane::Camera, "Camera"), right);
    let words = words(p, printer, closed);
    let Some((picture, age)) = picture else {
        sentences(p, room, &words);
        return;
    };
    let dimmed = age >= OLD || matches!(printer.camera.link, Stream::Down { .. });
    if dimmed && !words.is_empty() && room.height > 4 {
        // The reason stays readable under the last picture.
        let lines = below(&words, usize::from(room.width).saturating_sub(2), if room.height >= 8 { 2 } else { 1 });
        room.height -= lines.len() as u16;
        for (row, line) in lines.into_iter().enumerate() {
            let below = Rect { y: room.y + room.height + row as u16, height: 1, ..room };
            p.line(below, 0, p.span(Role::Waiting, format!(" {line}")));
        }
    }
    paint(p, room, picture, dimmed);
}

/// As many whole sentences as there is room for; of the first one its beginning.
fn below(words: &[String], width: usize, room: usize) -> Vec<String> {
    let whole = (1..=words.len()).rev().map(|count| text::wrap(&words[..count].join("; "), width));
    let mut lines = whole
        .into_iter()
        .find(|lines| lines.len() <= room)
        .unwrap_or_else(|| words.first().map(|first| text::wrap(first, width)).unwrap_or_default());
    lines.truncate(room);
    lines
}

/// What to say instead of a picture, or about an old one.
fn words(p: &Painter, printer: &Printer, closed: bool) -> Vec<String> {
    let key = |key_action| p.state.keymap.key_of(key_action).map_or_else(String::new, |key| key.to_string());
    if !printer.has_camera() {
        return vec!["this printer reports no camera".into()];
    }
    if printer.transports.lan.is_none() {
        return vec![
            "this printer is reached over the cloud only".into(),
            remote(printer),
            "here pictures come over the LAN alone: add its address and access code".into(),
        ];
    }
    if printer.camera_kind() == CameraKind::Rtsp {
        return vec![
            format!("the {} has no picture stream that can be shown here", printer.model),
            "it sends video: rtsps, port 322, path /streaming/live/1, user bblp, the access code as password".into(),
            "switch on \"LAN Only Liveview\" at the printer and open it with a video player".into(),
        ];
    }
    if p.settings().camera == CameraMode::Off {
        return vec!["off by the settings".into()];
    }
    if closed {
        return vec![format!("{} shows the camera", key(KeyAction::Camera))];
    }
    if printer.session().is_none() {
        return vec!["offline".into()];
    }
    match &printer.camera.link {
        Stream::Down { .. } if printer.transport == Transport::Cloud => {
            vec!["pictures come over the LAN only; now it is reached over the cloud".into(), remote(printer)]
        }
        Stream::Off => vec!["off".into()],
        Stream::Connecting => vec!["connecting".into()],
        Stream::Live => vec!["connected; waiting for the first picture".into()],
        Stream::Down { why, retry_at } => {
            let mut out = vec![SideServer::Camera.words(why)];
            match retry_at {
                Some(at) => out.push(format!("next try in {}", p.until(*at))),
                None => out.push(format!("{} tries again", key(KeyAction::Retry))),
            }
            out
        }
    }
}

/// What kind of video the printer has for who is far away. Nobody but the vendor can show it.
fn remote(printer: &Printer) -> String {
    let video = &printer.machine.video;
    let kind = match (video.cloud_view.as_deref(), video.cloud) {
        (Some("none"), _) => return "it has no video for the cloud".into(),
        (_, Some(false)) => return "its video for the cloud is switched off".into(),
        (Some("tutk"), _) | (None, Some(true)) => "TUTK",
        (Some("agora"), _) => "Agora",
        (Some("tutk_agaro" | "tutk_agora"), _) => "TUTK or Agora",
        (Some(_), _) => "a kind that is not known here",
        (None, None) => return "live view over the cloud works in Bambu Lab's apps only".into(),
    };
    format!("its video for the cloud ({kind}) can be shown by Bambu Lab's apps only")
}

/// Words in the middle of the pane.
fn sentences(p: &mut Painter, room: Rect, words: &[String]) {
    let width = usize::from(room.width).saturating_sub(4).min(64);
    let lines: Vec<_> = words.iter().flat_map(|sentence| text::wrap(sentence, width)).collect();
    let top = usize::from(room.height).saturating_sub(lines.len()) / 2;
    for (at, line) in lines.into_iter().enumerate() {
        let left = (usize::from(room.width).saturating_sub(text::width(&line))) / 2;
        p.line(room, (top + at) as u16, p.span(Role::Dim, " ".repeat(left) + &line));
    }
}

pub(in crate::ui) fn paint(p: &mut Painter, room: Rect, picture: &Picture, dimmed: bool) {
    let (from_width, from_height) = (usize::from(picture.size.width), usize::from(picture.size.height));
    if from_width == 0
        || from_height == 0
        || picture.pixels.len() < from_width * from_height
        || room.width == 0
        || room.height == 0
    {
        return;
    }
    let (most_width, most_height) = (usize::from(room.width), usize::from(room.height) * 2);
    // Pictures come in the size that was asked for. Only one from before a resize is larger: then pixels are skipped.
    let scale = (from_width as f64 / most_width as f64).max(from_height as f64 / most_height as f64).max(1.0);
    let (width, height) = (
        ((from_width as f64 / scale) as usize).clamp(1, most_width),
        ((from_height as f64 / scale) as usize).clamp(1, most_height),
    );
    // An even row to begin with, so that the picture's edge is a cell's edge.
    let (left, top) = ((most_width - width) / 2, (most_height - height) / 4 * 2);
    let pixel = |column: usize, row: usize| {
        let column = ((column as f64 * scale) as usize).min(from_width - 1);
        let row = ((row as f64 * scale) as usize).min(from_height - 1);
        let rgb = picture.pixels[row * from_width + column];
        if dimmed { rgb.map(|v| v / 2) } else { rgb }
    };
    let plain = !p.theme.has_colors() || p.theme.ascii;
    for row in 0..height.div_ceil(2) {
        for column in 0..width {
            let upper = pixel(column, row * 2);
            let lower = (row * 2 + 1 < height).then(|| pixel(column, row * 2 + 1));
            let (symbol, style) = if plain {
                let light = (brightness(upper) + lower.map_or(0, brightness)) / if lower.is_some() { 2 } else { 1 };
                let style = p.theme.color(upper).map_or_else(Style::new, |fg| Style::new().fg(fg));
                (RAMP[usize::from(light) * (RAMP.len() - 1) / 255], style)
            } else {
                let (fg, bg) = (p.theme.color(upper), lower.and_then(|c| p.theme.color(c)));
                // Two equal halves are one blank: fewer bytes for plain areas.
                if fg == bg { (" ", Style { bg, ..Style::new() }) } else { ("▀", Style { fg, bg, ..Style::new() }) }
            };
            p.cell(room.x + (left + column) as u16, room.y + (top / 2 + row) as u16, symbol, style);
        }
    }
}

/// From dark to bright, for screens without colours.
const RAMP: [&str; 10] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"];

fn brightness([r, g, b]: [u8; 3]) -> u16 {
    (u16::from(r) * 3 + u16::from(g) * 6 + u16::from(b)) / 10
}
