//! Choices of the person and abilities of the terminal: plain data that rendering depends on.

/// Declares an enum whose variants have names in the configuration and on the command line.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $text:literal ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name { $( $(#[$variant_meta])* $variant ),+ }

        impl $name {
            /// Every choice, in the order in which it is documented.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in configuration and flags.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

choice! {
    /// Colours for roles.
    ThemeName {
        /// For dark backgrounds.
        #[default] Dark = "dark",
        /// For light backgrounds.
        Light = "light",
        /// Strong contrast on black.
        HighContrast = "high-contrast",
        /// Roles told apart with any kind of colour vision.
        ColourBlind = "colour-blind",
        /// No colours but those of filaments; weight and symbols tell the rest.
        Mono = "mono",
    }
}

impl ThemeName {
    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

choice! {
    /// Unit of temperatures.
    Units {
        /// °C
        #[default] Celsius = "celsius",
        /// °F
        Fahrenheit = "fahrenheit",
    }
}

impl Units {
    /// A temperature in whole degrees.
    pub fn figure(self, celsius: f64) -> String {
        let value = match self {
            Self::Celsius => celsius,
            Self::Fahrenheit => celsius * 1.8 + 32.0,
        };
        format!("{:.0}", value.clamp(-999.0, 9999.0).round() + 0.0)
    }

    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Celsius => "°C",
            Self::Fahrenheit => "°F",
        }
    }
}

choice! {
    /// How times of day are written.
    Clock {
        /// 21:29
        #[default] H24 = "24h",
        /// 9:29 pm
        H12 = "12h",
    }
}

choice! {
    /// Whether the mouse is used.
    MouseMode {
        /// On at a local terminal, off over SSH.
        #[default] Auto = "auto",
        /// On.
        On = "on",
        /// Off.
        Off = "off",
    }
}

choice! {
    /// When camera streams are opened.
    CameraMode {
        /// Live while the camera pane is visible; over SSH a picture every five seconds.
        #[default] Auto = "auto",
        /// Every picture.
        Live = "live",
        /// A picture every five seconds.
        Slow = "slow",
        /// Only when the camera pane is zoomed.
        Zoom = "zoom",
        /// Never.
        Off = "off",
    }
}

choice! {
    /// Which orders ask before they go out.
    ConfirmMode {
        /// Those that can ruin a print or the printer.
        #[default] Dangerous = "dangerous",
        /// Every one.
        All = "all",
    }
}

choice! {
    /// How many colours the terminal has.
    ColorDepth {
        /// 24 bit.
        #[default] True = "true",
        /// The 256-colour palette.
        Palette = "256",
        /// The sixteen ANSI colours.
        Ansi = "16",
        /// None.
        Never = "never",
    }
}

impl ColorDepth {
    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// A colour of a theme of the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Red, green, blue; as near as the terminal can show it.
    Rgb([u8; 3]),
    /// One of the terminal's sixteen, as the terminal shows it.
    Ansi(u8),
    /// What the terminal writes with by itself.
    Default,
}

impl Colour {
    /// Names of the sixteen colours, in their order.
    pub const NAMES: [&'static str; 16] = [
        "black",
        "red",
        "green",
        "yellow",
        "blue",
        "magenta",
        "cyan",
        "grey",
        "dark-grey",
        "light-red",
        "light-green",
        "light-yellow",
        "light-blue",
        "light-magenta",
        "light-cyan",
        "white",
    ];

    /// Reads `#rrggbb`, the name of one of the sixteen, or `default`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(digits) = text.strip_prefix('#') {
            let good = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let [_, r, g, b] = u32::from_str_radix(digits, 16).ok().filter(|_| good)?.to_be_bytes();
            return Some(Self::Rgb([r, g, b]));
        }
        if text == "default" {
            return Some(Self::Default);
        }
        let name = text.replace("gray", "grey");
        Self::NAMES.iter().position(|known| *known == name).map(|at| Self::Ansi(at as u8))
    }
}

/// What a theme of the person's own changes of the one it is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "named as in the file and explained in the manual")]
pub struct OwnColours {
    pub ground: Option<Colour>,
    pub text: Option<Colour>,
    pub dim: Option<Colour>,
    pub border: Option<Colour>,
    pub focus: Option<Colour>,
    pub ok: Option<Colour>,
    pub active: Option<Colour>,
    pub waiting: Option<Colour>,
    pub trouble: Option<Colour>,
    pub selected: Option<Colour>,
    /// First hotend, second hotend, bed, chamber.
    pub heat: [Option<Colour>; 4],
}

/// Time between two pictures over a slow line.
pub const SLOW_PICTURES: std::time::Duration = std::time::Duration::from_secs(5);

impl Settings {
    /// Whether pictures come at the pace of a slow line.
    pub fn slow_pictures(&self) -> bool {
        self.camera == CameraMode::Slow || self.camera == CameraMode::Auto && self.remote
    }
}

/// What rendering depends on besides the state of the printers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Colours for roles.
    pub theme: ThemeName,
    /// What the person changed of them.
    pub own: OwnColours,
    /// Colours the terminal has.
    pub colors: ColorDepth,
    /// Plain ASCII only: the terminal or its locale has nothing else.
    pub ascii: bool,
    /// Unit of temperatures.
    pub units: Units,
    /// How times of day are written.
    pub clock: Clock,
    /// When camera streams are opened.
    pub camera: CameraMode,
    /// Which orders ask.
    pub confirm: ConfirmMode,
    /// The terminal is reached over SSH: fewer bytes, slower pictures.
    pub remote: bool,
    /// The terminal makes a link of a text that is written with an address.
    pub links: bool,
    /// No control command may be sent.
    pub read_only: bool,
    /// The printers are simulated; the header says so.
    pub demo: bool,
}
