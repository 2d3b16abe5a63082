//! What is odd about the words and numbers of a printer, without anything being wrong with it.

use super::SimPrinter;

/// Names of the job and its file that are not plain letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddName {
    /// They begin and end with a blank.
    Blanks,
    /// Letters with marks are two characters each in the report, as a Mac sends them, and one on the storage.
    Decomposed,
    /// They hold characters that nobody sees: a variation selector and a soft hyphen.
    Invisible,
}

impl OddName {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Blanks, Self::Decomposed, Self::Invisible];

    /// Its name as a fault.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blanks => "name-blanks",
            Self::Decomposed => "name-decomposed",
            Self::Invisible => "name-invisible",
        }
    }

    /// What a report says, and what lies on the storage.
    pub fn said_and_stored(self) -> (&'static str, &'static str) {
        match self {
            Self::Blanks => (" pod fix .3mf", " pod fix .3mf"),
            Self::Decomposed => ("wu\u{308}rfel.gcode.3mf", "w\u{fc}rfel.gcode.3mf"),
            Self::Invisible => {
                ("heart\u{2764}\u{fe0f} so\u{ad}ft.gcode.3mf", "heart\u{2764}\u{fe0f} so\u{ad}ft.gcode.3mf")
            }
        }
    }
}

/// A job name as a hostile sender would choose it.
const NASTY_JOB: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;cm0gLXJmIC8=\u{7}plate\r\n\u{202e}fdp.exe\u{202c}\u{0}\u{9b}31m\u{200b}e\u{301}";
/// A filament name of the same kind.
pub const NASTY_TRAY: &str = "PLA\u{1b}[31m\n\u{2066}Basic\u{2069}\t\u{85}";

/// Everything that is odd about a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Odd {
    /// Names are hostile.
    pub nasty: bool,
    /// Names of the job and its file.
    pub name: Option<OddName>,
    /// Spools with a tag weigh half a kilogram and are as long as those of a whole one.
    pub half_spools: bool,
}

impl Odd {
    /// A number that changes with it.
    pub fn revision(self) -> i64 {
        let name = self.name.map_or(0, |name| name as i64 + 1);
        name << 2 | i64::from(self.half_spools) << 1 | i64::from(self.nasty)
    }
}

impl SimPrinter {
    /// Makes names and numbers odd, or plain again.
    pub fn set_odd(&mut self, odd: Odd) {
        if self.odd != odd {
            self.odd = odd;
            self.ams_revision += 1;
            self.mark_dirty();
        }
    }

    /// The name of the job as its sender gave it.
    pub fn title(&self) -> &str {
        match (self.odd.nasty, self.odd.name, &self.job) {
            (true, ..) => NASTY_JOB,
            (_, Some(name), Some(_)) => name.said_and_stored().0,
            (.., job) => job.as_ref().map_or("", |job| job.title.as_str()),
        }
    }
}
