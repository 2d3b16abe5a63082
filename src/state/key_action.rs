//! What a key means. The table of keys gives each its keys, its name and its words.

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is explained by its row in the table")]
pub enum KeyAction {
    Pause,
    Resume,
    Stop,
    Light,
    SpeedUp,
    SpeedDown,
    Palette,
    Panel,
    Objects,
    Mark,
    MarkRange,
    MarkAll,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Printer(u8),
    Filter,
    Sort,
    Group,
    NextPane,
    PreviousPane,
    Zoom,
    Back,
    Camera,
    SavePicture,
    ShowPicture,
    AddPrinter,
    Account,
    History,
    Rename,
    Retry,
    Trust,
    Freeze,
    Device,
    Journal,
    OnlyThis,
    SpanShorter,
    SpanLonger,
    Mouse,
    Demo,
    Help,
    Suspend,
    Quit,
    ForceQuit,
}

impl KeyAction {
    /// Whether it ends or closes something.
    pub(in crate::state) fn leads_out(self) -> bool {
        matches!(self, Self::Quit | Self::ForceQuit | Self::Suspend | Self::Back)
    }

    /// Whether a key that is held down does it again and again: it only moves, or quits at any cost.
    pub(in crate::state) fn may_repeat(self) -> bool {
        let turns = matches!(self, Self::Left | Self::Right | Self::NextPane | Self::PreviousPane);
        turns || self.moves_vertically() || self == Self::ForceQuit
    }

    /// Whether it scrolls a list.
    pub(in crate::state) fn moves_vertically(self) -> bool {
        matches!(self, Self::Up | Self::Down | Self::PageUp | Self::PageDown | Self::Top | Self::Bottom)
    }
}
