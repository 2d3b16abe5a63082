//! How large the terminal is, also where it does not say so.

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use std::io;

/// What is drawn for where nobody knows better: the size of the terminals of old.
const USUAL: Size = Size { width: 80, height: 24 };
/// More cells than any screen has; a terminal that claims more would cost memory without end.
const LARGEST: Size = Size { width: 1000, height: 500 };

/// The size of the terminal, in cells. One that gives none (a serial line, some containers) has what `COLUMNS` and `LINES`
/// say, or else 80x24.
pub fn size() -> io::Result<Size> {
    #[expect(clippy::disallowed_methods, reason = "what the terminal does not say comes in here")]
    let env = |name: &str| std::env::var(name).ok();
    let (width, height) = crossterm::terminal::size()?;
    Ok(known(Size { width, height }, &env))
}

/// Each side that the terminal gives, else the variable's, else the usual one; within bounds.
fn known(told: Size, env: &dyn Fn(&str) -> Option<String>) -> Size {
    let side = |told: u16, name: &str, usual: u16, largest: u16| {
        let variable =
            || env(name).and_then(|text| text.trim().parse().ok()).filter(|side| (1..=largest).contains(side));
        if told > 0 { told.min(largest) } else { variable().unwrap_or(usual) }
    };
    Size {
        width: side(told.width, "COLUMNS", USUAL.width, LARGEST.width),
        height: side(told.height, "LINES", USUAL.height, LARGEST.height),
    }
}

/// A backend whose size is that of [`size`].
#[derive(Debug)]
pub struct Measured<B>(pub B);

impl<B: Backend<Error = io::Error>> Backend for Measured<B> {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        self.0.draw(content)
    }

    fn append_lines(&mut self, count: u16) -> io::Result<()> {
        self.0.append_lines(count)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.0.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: size()?, ..self.0.window_size()? })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_that_the_terminal_does_not_give_is_known_all_the_same() {
        let env = |columns: &'static str, lines: &'static str| {
            move |name: &str| Some(if name == "COLUMNS" { columns } else { lines }.to_owned()).filter(|v| !v.is_empty())
        };
        let size = |width, height| Size { width, height };
        for (told, columns, lines, found) in [
            (size(120, 40), "50", "20", size(120, 40)),
            (size(0, 0), "", "", size(80, 24)),
            (size(80, 0), "", "", size(80, 24)),
            (size(0, 24), "132", "", size(132, 24)),
            (size(0, 0), "132", "50", size(132, 50)),
            (size(0, 0), "0", "-1", size(80, 24)),
            (size(0, 0), "wide", "99999", size(80, 24)),
            (size(1, 1), "132", "50", size(1, 1)),
            (size(u16::MAX, u16::MAX), "", "", LARGEST),
        ] {
            assert_eq!(known(told, &env(columns, lines)), found, "{told} {columns} {lines}");
        }
    }
}
