//! Roles and how they look: panes name a role, never a colour. Only filaments and pictures bring their own colours.

mod depth;

use crate::protocol::codes::Severity;
use crate::state::{
    printer::{Status, need::Need},
    settings::{ColorDepth, Colour, OwnColours, Settings, ThemeName},
};
use depth::{ANSI, nearest_ansi, palette_index, readable_on};
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
    /// Something burns, or soon will: the colour of trouble turned inside out.
    Danger,
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

/// A colour: on terminals with many colours and on those with sixteen, or as the person chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    Pair(u32, Color),
    Own(Colour),
}

/// The colours of a theme. `None` leaves the terminal's own colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Palette {
    ground: Option<Ink>,
    text: Option<Ink>,
    dim: Option<Ink>,
    border: Option<Ink>,
    focus: Option<Ink>,
    ok: Option<Ink>,
    active: Option<Ink>,
    waiting: Option<Ink>,
    trouble: Option<Ink>,
    selected: Option<Ink>,
    heat: [Option<Ink>; 4],
}

impl Palette {
    /// No colour for anything: weight tells.
    const NONE: Self = Self {
        ground: None,
        text: None,
        dim: None,
        border: None,
        focus: None,
        ok: None,
        active: None,
        waiting: None,
        trouble: None,
        selected: None,
        heat: [None; 4],
    };

    fn of(name: ThemeName) -> Self {
        match name {
            ThemeName::Dark => DARK,
            ThemeName::Light => LIGHT,
            ThemeName::HighContrast => HIGH_CONTRAST,
            ThemeName::ColourBlind => COLOUR_BLIND,
            ThemeName::Mono => Self::NONE,
        }
    }

    /// With the person's own colours over it.
    fn with(self, own: &OwnColours) -> Self {
        let over = |base: Option<Ink>, own: Option<Colour>| own.map(Ink::Own).or(base);
        Self {
            ground: over(self.ground, own.ground),
            text: over(self.text, own.text),
            dim: over(self.dim, own.dim),
            border: over(self.border, own.border),
            focus: over(self.focus, own.focus),
            ok: over(self.ok, own.ok),
            active: over(self.active, own.active),
            waiting: over(self.waiting, own.waiting),
            trouble: over(self.trouble, own.trouble),
            selected: over(self.selected, own.selected),
            heat: [0, 1, 2, 3].map(|at| over(self.heat[at], own.heat[at])),
        }
    }
}

const fn ink(rgb: u32, ansi: Color) -> Ink {
    Ink::Pair(rgb, ansi)
}

const DARK: Palette = Palette {
    ground: None,
    text: None,
    dim: Some(ink(0x7F_868E, Color::DarkGray)),
    border: Some(ink(0x4B_525B, Color::DarkGray)),
    focus: Some(ink(0x7A_B8FF, Color::LightBlue)),
    ok: Some(ink(0x7C_C47F, Color::Green)),
    active: Some(ink(0x5F_D0C5, Color::Cyan)),
    waiting: Some(ink(0xF2_C14E, Color::Yellow)),
    trouble: Some(ink(0xFF_6B62, Color::LightRed)),
    selected: Some(ink(0x2E_3A48, Color::Blue)),
    heat: [
        Some(ink(0xFF_8A5B, Color::LightRed)),
        Some(ink(0xE0_8BD6, Color::LightMagenta)),
        Some(ink(0xF2_C14E, Color::Yellow)),
        Some(ink(0x74_B3E8, Color::LightBlue)),
    ],
};

const LIGHT: Palette = Palette {
    ground: None,
    text: None,
    dim: Some(ink(0x6A_7076, Color::DarkGray)),
    border: Some(ink(0xB4_BAC0, Color::Gray)),
    focus: Some(ink(0x0B_5FCC, Color::Blue)),
    ok: Some(ink(0x1F_7A33, Color::Green)),
    active: Some(ink(0x00_7A7A, Color::Cyan)),
    waiting: Some(ink(0x9A_6700, Color::Yellow)),
    trouble: Some(ink(0xC2_1F1F, Color::Red)),
    selected: Some(ink(0xD7_E5F5, Color::Gray)),
    heat: [
        Some(ink(0xC8_4A17, Color::Red)),
        Some(ink(0x9B_2F8F, Color::Magenta)),
        Some(ink(0x8F_6A00, Color::Yellow)),
        Some(ink(0x1E_6BB0, Color::Blue)),
    ],
};

const HIGH_CONTRAST: Palette = Palette {
    ground: Some(ink(0x00_0000, Color::Black)),
    text: Some(ink(0xFF_FFFF, Color::White)),
    dim: Some(ink(0xC8_C8C8, Color::Gray)),
    border: Some(ink(0x9A_9A9A, Color::Gray)),
    focus: Some(ink(0xFF_FF00, Color::LightYellow)),
    ok: Some(ink(0x00_FF5F, Color::LightGreen)),
    active: Some(ink(0x00_FFFF, Color::LightCyan)),
    waiting: Some(ink(0xFF_FF00, Color::LightYellow)),
    trouble: Some(ink(0xFF_6060, Color::LightRed)),
    selected: Some(ink(0x00_44AA, Color::Blue)),
    heat: [
        Some(ink(0xFF_8040, Color::LightRed)),
        Some(ink(0xFF_80FF, Color::LightMagenta)),
        Some(ink(0xFF_FF00, Color::LightYellow)),
        Some(ink(0x60_C0FF, Color::LightCyan)),
    ],
};

/// After Okabe and Ito: blue, orange, vermilion and sky blue stay apart with any kind of colour vision.
const COLOUR_BLIND: Palette = Palette {
    ground: None,
    text: None,
    dim: Some(ink(0x7F_868E, Color::DarkGray)),
    border: Some(ink(0x4B_525B, Color::DarkGray)),
    focus: Some(ink(0x56_B4E9, Color::LightBlue)),
    ok: Some(ink(0x56_B4E9, Color::LightBlue)),
    active: Some(ink(0x4F_A3FF, Color::LightBlue)),
    waiting: Some(ink(0xF0_E442, Color::LightYellow)),
    trouble: Some(ink(0xE6_7A1F, Color::LightRed)),
    selected: Some(ink(0x2E_3A48, Color::Blue)),
    heat: [
        Some(ink(0xE6_7A1F, Color::LightRed)),
        Some(ink(0xCC_79A7, Color::LightMagenta)),
        Some(ink(0xF0_E442, Color::LightYellow)),
        Some(ink(0x56_B4E9, Color::LightBlue)),
    ],
};

/// How roles look on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    palette: Palette,
    depth: ColorDepth,
    /// Plain ASCII only.
    pub ascii: bool,
}

impl Theme {
    /// The theme that the settings ask for.
    pub fn new(settings: &Settings) -> Self {
        let palette = match settings.colors {
            ColorDepth::Never => Palette::NONE,
            _ => Palette::of(settings.theme).with(&settings.own),
        };
        Self { palette, depth: settings.colors, ascii: settings.ascii }
    }

    /// Whether anything can be told by colour.
    pub fn has_colors(self) -> bool {
        self.depth != ColorDepth::Never
    }

    fn pick(self, ink: Ink) -> Option<Color> {
        match ink {
            Ink::Pair(_, ansi) if self.depth == ColorDepth::Ansi => Some(ansi),
            Ink::Pair(rgb, _) => {
                let [_, r, g, b] = rgb.to_be_bytes();
                self.color([r, g, b])
            }
            Ink::Own(Colour::Rgb(rgb)) => self.color(rgb),
            Ink::Own(Colour::Ansi(number)) => ANSI.get(usize::from(number)).map(|(_, color)| *color),
            Ink::Own(Colour::Default) => Some(Color::Reset),
        }
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
        Style {
            fg: self.palette.text.and_then(|ink| self.pick(ink)),
            bg: self.palette.ground.and_then(|ink| self.pick(ink)),
            ..Style::new()
        }
    }

    /// How a role looks. What has no colour is told by its weight.
    pub fn style(self, role: Role) -> Style {
        let palette = &self.palette;
        let ink = match role {
            Role::Text | Role::Strong => palette.text,
            Role::Dim | Role::Stale => palette.dim,
            Role::Border => palette.border,
            Role::Focus | Role::Accent => palette.focus,
            Role::Ok => palette.ok,
            Role::Active => palette.active,
            Role::Waiting => palette.waiting,
            Role::Trouble | Role::Danger => palette.trouble,
            Role::Selected => palette.selected,
            Role::Nozzle | Role::Serious => palette.heat[0],
            Role::SecondNozzle => palette.heat[1],
            Role::Bed => palette.heat[2],
            Role::Chamber | Role::Info => palette.heat[3],
        };
        let weight = match (role, ink) {
            (Role::Danger, _) => Modifier::BOLD.union(Modifier::REVERSED),
            (Role::Strong | Role::Focus | Role::Trouble | Role::Waiting, _) | (Role::Active | Role::Accent, None) => {
                Modifier::BOLD
            }
            (Role::Selected, None) => Modifier::REVERSED,
            (Role::Dim | Role::Border | Role::Stale, None) => Modifier::DIM,
            _ => Modifier::empty(),
        };
        let style = Style::new().add_modifier(weight);
        let color = ink.and_then(|ink| self.pick(ink));
        match (role, color) {
            (Role::Selected, Some(color)) => {
                // Of sixteen colours not every one can be read on the selection's: one for all of the entry.
                let fg = (self.depth == ColorDepth::Ansi).then(|| readable_on(color));
                Style { fg, bg: Some(color), ..style }
            }
            (_, Some(color)) => style.fg(color),
            // What is written over a dim border must not stay dim.
            (_, None) if *palette == Palette::NONE && !weight.contains(Modifier::DIM) => {
                style.remove_modifier(Modifier::DIM)
            }
            // The terminal's own colour, said aloud, for texts over a dim border.
            (Role::Text | Role::Strong, None) if *palette != Palette::NONE => style.fg(Color::Reset),
            (_, None) => style,
        }
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
            Status::Stopped | Status::Cancelled => ("-", "■"),
            Status::Idle => (".", "·"),
            Status::Unknown => ("?", "?"),
        };
        if self.ascii { plain } else { fine }
    }

    /// What marks a printer: why it needs somebody, else what it does.
    pub fn mark(self, need: Option<Need>, status: Status, stale: bool) -> &'static str {
        match need {
            Some(Need::Failed) => self.symbol(Status::Trouble, stale),
            Some(_) => self.symbol(Status::Waiting, stale),
            None => self.symbol(status, stale),
        }
    }

    /// The role of that mark.
    pub fn role_of_mark(need: Option<Need>, status: Status, stale: bool) -> Role {
        match need {
            Some(Need::Danger) => Role::Danger,
            Some(Need::Failed | Need::Alarm) => Role::Trouble,
            Some(Need::Waiting | Need::Barred) => Role::Waiting,
            None => Self::role_of(status, stale),
        }
    }

    /// A severity's role: red, orange, yellow, blue.
    pub fn role_of_severity(severity: Severity) -> Role {
        match severity {
            Severity::Fatal => Role::Trouble,
            Severity::Serious => Role::Serious,
            Severity::Common => Role::Waiting,
            Severity::Unknown => Role::Text,
            Severity::Info => Role::Info,
        }
    }

    /// A status' role.
    pub fn role_of(status: Status, stale: bool) -> Role {
        match status {
            Status::Trouble => Role::Trouble,
            Status::Waiting => Role::Waiting,
            Status::Offline | Status::Connecting => Role::Dim,
            _ if stale => Role::Stale,
            Status::Printing | Status::Preparing => Role::Active,
            Status::Paused => Role::Waiting,
            Status::Finished => Role::Ok,
            Status::Stopped | Status::Cancelled | Status::Idle | Status::Unknown => Role::Dim,
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
    fn own_colours_lie_over_a_theme_at_every_depth() {
        let own = OwnColours {
            ok: Some(Colour::Rgb([250, 90, 80])),
            dim: Some(Colour::Ansi(12)),
            text: Some(Colour::Default),
            ..OwnColours::default()
        };
        let theme = |theme, colors| Theme::new(&Settings { theme, own, colors, ..Settings::default() });
        let (dark, sixteen) = (theme(ThemeName::Dark, ColorDepth::True), theme(ThemeName::Dark, ColorDepth::Ansi));
        assert_eq!(dark.style(Role::Ok).fg, Some(Color::Rgb(250, 90, 80)));
        assert_eq!(sixteen.style(Role::Ok).fg, Some(Color::LightRed));
        assert_eq!([dark, sixteen].map(|theme| theme.style(Role::Dim).fg), [Some(Color::LightBlue); 2]);
        assert_eq!(dark.style(Role::Text).fg, Some(Color::Reset));
        // What is not changed is the base's; over mono the rest keeps its weight.
        assert_eq!(dark.style(Role::Trouble), Theme::new(&Settings::default()).style(Role::Trouble));
        let mono = theme(ThemeName::Mono, ColorDepth::True);
        assert_eq!(mono.style(Role::Ok).fg, Some(Color::Rgb(250, 90, 80)));
        assert!(mono.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
        assert_eq!(theme(ThemeName::Dark, ColorDepth::Never).style(Role::Ok).fg, None);
    }

    #[test]
    fn on_sixteen_colours_the_selected_entry_can_be_read() {
        for (name, fg) in [(ThemeName::Dark, Color::White), (ThemeName::Light, Color::Black)] {
            let settings = Settings { theme: name, colors: ColorDepth::Ansi, ..Settings::default() };
            assert_eq!(Theme::new(&settings).style(Role::Selected).fg, Some(fg), "{name:?}");
        }
        assert_eq!(
            [Color::LightYellow, Color::Blue, Color::LightCyan].map(readable_on),
            [Color::Black, Color::White, Color::Black]
        );
    }

    #[test]
    fn every_state_has_a_symbol_of_its_own_or_a_word_beside_it() {
        use Status::{
            Cancelled, Connecting, Finished, Idle, Offline, Paused, Preparing, Printing, Trouble, Unknown, Waiting,
        };
        let all =
            [Trouble, Waiting, Printing, Preparing, Paused, Finished, Cancelled, Idle, Unknown, Connecting, Offline];
        for ascii in [false, true] {
            let theme = Theme::new(&Settings { ascii, ..Settings::default() });
            let said: Vec<_> = all.map(|status| (theme.symbol(status, false), status.word())).to_vec();
            for (at, one) in said.iter().enumerate() {
                assert!(!said[..at].contains(one), "{one:?}");
                assert!(!ascii || one.0.is_ascii());
            }
        }
    }

    #[test]
    fn without_colours_no_role_has_one() {
        let theme = Theme::new(&Settings { colors: ColorDepth::Never, ..Settings::default() });
        for role in [Role::Text, Role::Trouble, Role::Danger, Role::Selected, Role::Bed, Role::Dim] {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }
}
