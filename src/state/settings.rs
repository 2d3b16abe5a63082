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

            /// The choice of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.name() == name)
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

choice! {
    /// Unit of temperatures.
    Units {
        /// °C
        #[default] Celsius = "celsius",
        /// °F
        Fahrenheit = "fahrenheit",
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

/// What rendering depends on besides the state of the printers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Colours for roles.
    pub theme: ThemeName,
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
    /// The terminal is reached over SSH: fewer bytes, slower pictures.
    pub remote: bool,
    /// The terminal makes a link of a text that is written with an address.
    pub links: bool,
    /// No control command may be sent.
    pub read_only: bool,
    /// The printers are simulated; the header says so.
    pub demo: bool,
}
