//! Roles and how they look: panes name a role, never a colour. Only filaments and pictures bring their own colours.

use crate::protocol::codes::Severity;
use crate::state::{
    printer::Status,
    settings::{ColorDepth, Settings, ThemeName},
};
use ratatui::{
    style::{Color, Modifier, Style},
    symbols::border,
};

/// What a part of the screen says, or how much attention it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Values.
    Text,
    /// Names: the first thing to read.
    Strong,
    /// Labels, units, codes: there when looked for.
    Dim,
    /// Borders of panes: fainter than anything to read.
    Border,
    /// The border of the pane with the focus.
    Focus,
    /// Well, or done.
    Ok,
    /// At work.
    Active,
    /// Waits for a person.
    Waiting,
    /// Something is wrong.
    Trouble,
    /// A serious message: below a fatal one, above a common one.
    Serious,
    /// A message for information.
    Info,
    /// Values that are old.
    Stale,
    /// Keys and what can be chosen.
    Accent,
    /// The selected entry.
    Selected,
    /// Heat of the first hotend.
    Nozzle,
    /// Heat of the second hotend.
    SecondNozzle,
    /// Heat of the bed.
    Bed,
    /// Heat of the chamber.
    Chamber,
}

/// A colour on terminals with many colours, and on those with sixteen.
type Pair = (u32, Color);

/// The colours of a theme. `None` leaves the terminal's own colour.
struct Palette {
    ground: Option<Pair>,
    text: Option<Pair>,
    dim: Pair,
    border: Pair,
    focus: Pair,
    ok: Pair,
    active: Pair,
    waiting: Pair,
    trouble: Pair,
    selected: Pair,
    heat: [Pair; 4],
}

const DARK: Palette = Palette {
    ground: None,
    text: None,
    dim: (0x7F_868E, Color::DarkGray),
    border: (0x4B_525B, Color::DarkGray),
    focus: (0x7A_B8FF, Color::LightBlue),
    ok: (0x7C_C47F, Color::Green),
    active: (0x5F_D0C5, Color::Cyan),
    waiting: (0xF2_C14E, Color::Yellow),
    trouble: (0xFF_6B62, Color::LightRed),
    selected: (0x2E_3A48, Color::Blue),
    heat: [
        (0xFF_8A5B, Color::LightRed),
        (0xE0_8BD6, Color::LightMagenta),
        (0xF2_C14E, Color::Yellow),
        (0x74_B3E8, Color::LightBlue),
    ],
};

const LIGHT: Palette = Palette {
    ground: None,
    text: None,
    dim: (0x6A_7076, Color::DarkGray),
    border: (0xB4_BAC0, Color::Gray),
    focus: (0x0B_5FCC, Color::Blue),
    ok: (0x1F_7A33, Color::Green),
    active: (0x00_7A7A, Color::Cyan),
    waiting: (0x9A_6700, Color::Yellow),
    trouble: (0xC2_1F1F, Color::Red),
    selected: (0xD7_E5F5, Color::Gray),
    heat: [(0xC8_4A17, Color::Red), (0x9B_2F8F, Color::Magenta), (0x8F_6A00, Color::Yellow), (0x1E_6BB0, Color::Blue)],
};

const HIGH_CONTRAST: Palette = Palette {
    ground: Some((0x00_0000, Color::Black)),
    text: Some((0xFF_FFFF, Color::White)),
    dim: (0xC8_C8C8, Color::Gray),
    border: (0x9A_9A9A, Color::Gray),
    focus: (0xFF_FF00, Color::LightYellow),
    ok: (0x00_FF5F, Color::LightGreen),
    active: (0x00_FFFF, Color::LightCyan),
    waiting: (0xFF_FF00, Color::LightYellow),
    trouble: (0xFF_6060, Color::LightRed),
    selected: (0x00_44AA, Color::Blue),
    heat: [
        (0xFF_8040, Color::LightRed),
        (0xFF_80FF, Color::LightMagenta),
        (0xFF_FF00, Color::LightYellow),
        (0x60_C0FF, Color::LightCyan),
    ],
};

/// After Okabe and Ito: blue, orange, vermilion and sky blue stay apart with any kind of colour vision.
const COLOUR_BLIND: Palette = Palette {
    ground: None,
    text: None,
    dim: (0x7F_868E, Color::DarkGray),
    border: (0x4B_525B, Color::DarkGray),
    focus: (0x56_B4E9, Color::LightBlue),
    ok: (0x56_B4E9, Color::LightBlue),
    active: (0x4F_A3FF, Color::LightBlue),
    waiting: (0xF0_E442, Color::LightYellow),
    trouble: (0xE6_7A1F, Color::LightRed),
    selected: (0x2E_3A48, Color::Blue),
    heat: [
        (0xE6_7A1F, Color::LightRed),
        (0xCC_79A7, Color::LightMagenta),
        (0xF0_E442, Color::LightYellow),
        (0x56_B4E9, Color::LightBlue),
    ],
};

/// How roles look on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    name: ThemeName,
    depth: ColorDepth,
    /// Plain ASCII only.
    pub ascii: bool,
}

impl Theme {
    /// The theme that the settings ask for.
    pub fn new(settings: &Settings) -> Self {
        Self { name: settings.theme, depth: settings.colors, ascii: settings.ascii }
    }

    fn palette(self) -> Option<&'static Palette> {
        match self.name {
            _ if self.depth == ColorDepth::Never => None,
            ThemeName::Dark => Some(&DARK),
            ThemeName::Light => Some(&LIGHT),
            ThemeName::HighContrast => Some(&HIGH_CONTRAST),
            ThemeName::ColourBlind => Some(&COLOUR_BLIND),
            ThemeName::Mono => None,
        }
    }

    /// Whether anything can be told by colour.
    pub fn has_colors(self) -> bool {
        self.depth != ColorDepth::Never
    }

    fn pick(self, (rgb, ansi): Pair) -> Option<Color> {
        let [_, r, g, b] = rgb.to_be_bytes();
        if self.depth == ColorDepth::Ansi { Some(ansi) } else { self.color([r, g, b]) }
    }

    /// A free colour, of a filament or a picture, as near as the terminal can show it. `None`: no colours.
    pub fn color(self, [r, g, b]: [u8; 3]) -> Option<Color> {
        match self.depth {
            ColorDepth::True => Some(Color::Rgb(r, g, b)),
            ColorDepth::Palette => Some(Color::Indexed(palette_index([r, g, b]))),
            ColorDepth::Ansi => Some(nearest_ansi([r, g, b])),
            ColorDepth::Never => None,
        }
    }

    /// What the whole screen is filled with first.
    pub fn ground(self) -> Style {
        let Some(palette) = self.palette() else { return Style::new() };
        Style {
            fg: palette.text.and_then(|c| self.pick(c)),
            bg: palette.ground.and_then(|c| self.pick(c)),
            ..Style::new()
        }
    }

    /// How a role looks.
    pub fn style(self, role: Role) -> Style {
        let weight = match role {
            Role::Strong | Role::Focus | Role::Trouble | Role::Waiting => Modifier::BOLD,
            Role::Selected if self.palette().is_none() => Modifier::REVERSED,
            Role::Active | Role::Accent if self.palette().is_none() => Modifier::BOLD,
            Role::Dim | Role::Border | Role::Stale if self.palette().is_none() => Modifier::DIM,
            _ => Modifier::empty(),
        };
        let style = Style::new().add_modifier(weight);
        let Some(palette) = self.palette() else {
            // What is written over a dim border must not stay dim.
            return if weight.contains(Modifier::DIM) { style } else { style.remove_modifier(Modifier::DIM) };
        };
        let fg = match role {
            // The terminal's own colour, said aloud, for texts over a dim border.
            Role::Text | Role::Strong if palette.text.is_none() => return style.fg(Color::Reset),
            Role::Text | Role::Strong => palette.text,
            Role::Dim | Role::Stale => Some(palette.dim),
            Role::Border => Some(palette.border),
            Role::Focus | Role::Accent => Some(palette.focus),
            Role::Ok => Some(palette.ok),
            Role::Active => Some(palette.active),
            Role::Waiting => Some(palette.waiting),
            Role::Trouble => Some(palette.trouble),
            Role::Nozzle | Role::Serious => Some(palette.heat[0]),
            Role::SecondNozzle => Some(palette.heat[1]),
            Role::Bed => Some(palette.heat[2]),
            Role::Chamber | Role::Info => Some(palette.heat[3]),
            Role::Selected => {
                // Of sixteen colours not every one can be read on the selection's: one for all of the entry.
                let fg = (self.depth == ColorDepth::Ansi).then_some(if self.name == ThemeName::Light {
                    Color::Black
                } else {
                    Color::White
                });
                return Style { fg, bg: self.pick(palette.selected), ..style };
            }
        };
        Style { fg: fg.and_then(|c| self.pick(c)), ..style }
    }

    /// A status' symbol; the word beside it says the same.
    pub fn symbol(self, status: Status, stale: bool) -> &'static str {
        let (plain, fine) = match status {
            Status::Waiting => ("!", "!"),
            Status::Trouble => ("x", "✗"),
            Status::Offline | Status::Connecting => ("o", "○"),
            _ if stale => ("?", "~"),
            Status::Printing => (">", "►"),
            Status::Preparing => ("~", "◌"),
            Status::Paused => ("=", "‖"),
            Status::Finished => ("+", "✓"),
            Status::Cancelled => ("x", "✗"),
            Status::Idle => (".", "·"),
            Status::Unknown => ("?", "?"),
        };
        if self.ascii { plain } else { fine }
    }

    /// A severity's role: red, orange, yellow, blue.
    pub fn role_of_severity(self, severity: Severity) -> Role {
        match severity {
            Severity::Fatal => Role::Trouble,
            Severity::Serious => Role::Serious,
            Severity::Common => Role::Waiting,
            Severity::Unknown => Role::Text,
            Severity::Info => Role::Info,
        }
    }

    /// A status' role.
    pub fn role_of(self, status: Status, stale: bool) -> Role {
        match status {
            Status::Trouble => Role::Trouble,
            Status::Waiting => Role::Waiting,
            Status::Offline | Status::Connecting => Role::Dim,
            _ if stale => Role::Stale,
            Status::Printing | Status::Preparing => Role::Active,
            Status::Paused => Role::Waiting,
            Status::Finished => Role::Ok,
            Status::Cancelled | Status::Idle | Status::Unknown => Role::Dim,
        }
    }

    /// Lines around panes.
    pub fn border(self) -> border::Set<'static> {
        if self.ascii {
            border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            }
        } else {
            border::ROUNDED
        }
    }

    /// One of two texts, by what the terminal can show.
    pub fn pick_text<'a>(self, fine: &'a str, plain: &'a str) -> &'a str {
        if self.ascii { plain } else { fine }
    }
}

/// The nearest colour of the 6x6x6 cube or the grey ramp.
fn palette_index(rgb: [u8; 3]) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |v: u8| (0..6_u8).min_by_key(|i| STEPS[usize::from(*i)].abs_diff(v)).unwrap_or(0);
    let [r, g, b] = rgb.map(nearest);
    let cube = [r, g, b].map(|i| STEPS[usize::from(i)]);
    let mean = ((u16::from(rgb[0]) + u16::from(rgb[1]) + u16::from(rgb[2])) / 3) as u8;
    let grey_step = (mean.saturating_sub(3) / 10).min(23);
    let grey = [8 + 10 * grey_step; 3];
    if distance(rgb, grey) < distance(rgb, cube) { 232 + grey_step } else { 16 + 36 * r + 6 * g + b }
}

fn nearest_ansi(rgb: [u8; 3]) -> Color {
    const ANSI: [([u8; 3], Color); 16] = [
        ([0, 0, 0], Color::Black),
        ([170, 0, 0], Color::Red),
        ([0, 150, 0], Color::Green),
        ([170, 110, 0], Color::Yellow),
        ([0, 0, 170], Color::Blue),
        ([150, 0, 150], Color::Magenta),
        ([0, 150, 150], Color::Cyan),
        ([190, 190, 190], Color::Gray),
        ([100, 100, 100], Color::DarkGray),
        ([255, 85, 85], Color::LightRed),
        ([85, 255, 85], Color::LightGreen),
        ([255, 255, 85], Color::LightYellow),
        ([85, 85, 255], Color::LightBlue),
        ([255, 85, 255], Color::LightMagenta),
        ([85, 255, 255], Color::LightCyan),
        ([255, 255, 255], Color::White),
    ];
    ANSI.iter().min_by_key(|(known, _)| distance(rgb, *known)).map_or(Color::White, |(_, color)| *color)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> i32 {
    // Weights of the eye: green differs most, blue least.
    let square = |i: usize| (i32::from(a[i]) - i32::from(b[i])).pow(2);
    3 * square(0) + 4 * square(1) + 2 * square(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_brought_down_to_what_the_terminal_has() {
        assert_eq!([[0, 0, 0], [255, 255, 255], [255, 0, 0], [128, 128, 128]].map(palette_index), [16, 231, 196, 244]);
        assert_eq!(nearest_ansi([250, 250, 250]), Color::White);
        let theme = |colors| Theme::new(&Settings { colors, ..Settings::default() });
        assert_eq!(theme(ColorDepth::True).color([1, 2, 3]), Some(Color::Rgb(1, 2, 3)));
        assert_eq!(theme(ColorDepth::Never).color([1, 2, 3]), None);
    }

    #[test]
    fn without_colours_no_role_has_one() {
        let theme = Theme::new(&Settings { colors: ColorDepth::Never, ..Settings::default() });
        for role in [Role::Text, Role::Trouble, Role::Selected, Role::Bed, Role::Dim] {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }
}
