//! A picture at full resolution on a screen that nobody else is drawing on.
//!
//! kitty, iTerm2 or half-blocks, chosen from the environment: the terminal is never asked, because nobody may answer. For
//! blocks and iTerm2 the work is viuer's. Its kitty printer asks the terminal and waits for ever, so the few lines that
//! the kitty protocol needs are here.

use crate::terminal::Abilities;
#[cfg(feature = "viuer")]
use std::io;

/// Prints a JPEG: from the top left corner of a cleared screen, or below the cursor.
#[cfg(feature = "viuer")]
pub fn print(jpeg: &[u8], abilities: Abilities, whole_screen: bool) -> Result<(), String> {
    // The camera's client has decoded these very bytes within its limits before.
    let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).map_err(|e| e.to_string())?;
    let size = crate::terminal::size().map_err(|e| e.to_string())?;
    // A cell is about twice as high as wide; one row stays free for the line below.
    let rows = size.height.saturating_sub(2).max(1);
    let (width, height) = (u32::from(size.width), u32::from(rows) * 2);
    let scale = (f64::from(width) / f64::from(picture.width())).min(f64::from(height) / f64::from(picture.height()));
    let columns = (f64::from(picture.width()) * scale).max(1.0) as u32;
    let rows = (f64::from(picture.height()) * scale / 2.0).max(1.0) as u32;
    if abilities.kitty {
        return print_kitty(&picture, columns, rows).map_err(|e| e.to_string());
    }
    let config = viuer::Config {
        absolute_offset: whole_screen,
        width: Some(columns),
        height: Some(rows),
        truecolor: abilities.colors == crate::state::settings::ColorDepth::True,
        use_kitty: false,
        use_iterm: abilities.iterm,
        ..viuer::Config::default()
    };
    viuer::print(&picture, &config).map(|_| ()).map_err(|e| e.to_string())
}

/// Without viuer there is nothing to print with.
#[cfg(not(feature = "viuer"))]
pub fn print(_: &[u8], _: Abilities, _: bool) -> Result<(), String> {
    Err("this build has no picture viewer (cargo feature \"viuer\"); save the picture instead".to_owned())
}

/// Sends a PNG through the kitty graphics protocol, in pieces of at most 4096 bytes; `q=2` asks for no answer.
#[cfg(feature = "viuer")]
fn print_kitty(picture: &image::DynamicImage, columns: u32, rows: u32) -> io::Result<()> {
    use base64::Engine;
    use std::io::Write;
    let mut png = Vec::new();
    picture.write_to(&mut io::Cursor::new(&mut png), image::ImageFormat::Png).map_err(io::Error::other)?;
    let text = base64::engine::general_purpose::STANDARD.encode(&png);
    let mut out = io::stdout().lock();
    let pieces = text.as_bytes().chunks(4096);
    let last = pieces.len().saturating_sub(1);
    for (at, piece) in pieces.enumerate() {
        let more = u8::from(at < last);
        if at == 0 {
            write!(out, "\x1b_Ga=T,f=100,q=2,c={columns},r={rows},m={more};")?;
        } else {
            write!(out, "\x1b_Gm={more};")?;
        }
        out.write_all(piece)?;
        out.write_all(b"\x1b\\")?;
    }
    writeln!(out)?;
    out.flush()
}
