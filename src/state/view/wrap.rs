//! Breaking words into lines: scrolling counts the lines that drawing draws.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks a text into lines at blanks; words longer than a line are cut.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let used = lines.last().map_or(0, |line| line.width());
        if used > 0 && used + 1 + word.width() > room {
            lines.push(String::new());
        } else if used > 0
            && let Some(line) = lines.last_mut()
        {
            line.push(' ');
        }
        for c in word.chars() {
            let used = lines.last().map_or(0, |line| line.width());
            if used > 0 && used + c.width().unwrap_or(0) > room {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    lines
}
