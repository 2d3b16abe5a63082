//! No theme hides what the symbols and words say.

use crate::{
    state::{
        State,
        settings::{ColorDepth, Colour, OwnColours, ThemeName},
        view::Pane,
    },
    ui::fixture::*,
};
use ratatui::style::{Color, Modifier};

/// One colour for everything: whoever sees none has this.
const GREY: OwnColours = {
    let grey = Some(Colour::Ansi(7));
    OwnColours {
        ground: None,
        text: grey,
        dim: grey,
        border: grey,
        focus: grey,
        ok: grey,
        active: grey,
        waiting: grey,
        trouble: grey,
        selected: Some(Colour::Ansi(8)),
        heat: [grey; 4],
    }
};

/// Seven printers in every theme, with every number of colours.
fn in_every_theme(look: impl Fn(&State, &str)) {
    let mut state = seven_at(120, 40);
    for zoom in [None, Some(Pane::Printers), Some(Pane::Job), Some(Pane::Ams), Some(Pane::Journal)] {
        for theme in ThemeName::ALL {
            for own in [OwnColours::default(), GREY] {
                for colors in [ColorDepth::True, ColorDepth::Palette, ColorDepth::Ansi, ColorDepth::Never] {
                    state.settings.theme = *theme;
                    state.settings.own = own;
                    state.settings.colors = colors;
                    state.view.zoom = zoom;
                    look(&state, &format!("{zoom:?} {theme:?} {colors:?} own: {}", own == GREY));
                }
            }
        }
    }
}

#[test]
fn every_state_is_told_by_symbol_and_word_in_every_theme() {
    in_every_theme(|state, what| {
        let text = shot(state);
        let rows = match state.view.zoom {
            None => [
                "! Garage A1",
                "needs attention",
                "► Office X1C",
                "◌ Attic H2D",
                "preparing",
                "✓ Shelf mini",
                "finished",
                "○ Lab P2S",
            ]
            .as_slice(),
            Some(Pane::Printers) => [
                "! Garage A1",
                "the camera sus",
                "► Office X1C",
                "◌ Attic H2D",
                "✓ Shelf mini",
                "○ Lab P2S",
                "no answer",
            ]
            .as_slice(),
            _ => &["1 needs attention", "2 printing", "1 preparing", "○1"],
        };
        for part in rows {
            assert!(text.contains(part), "{part} in {what}:\n{text}");
        }
    });
}

#[test]
fn what_is_drawn_can_be_seen_in_every_theme() {
    in_every_theme(|state, what| {
        // Swatches and pictures bring colours of their own, which may be those of the ground.
        let buffer = buffer(state);
        for cell in buffer.content.iter().filter(|cell| cell.symbol().chars().all(char::is_alphanumeric)) {
            let plain = (cell.fg, cell.bg) == (Color::Reset, Color::Reset);
            assert!(plain || cell.fg != cell.bg, "{} is invisible in {what}", cell.symbol());
        }
    });
}

#[test]
fn the_selected_entry_is_marked_in_every_theme() {
    in_every_theme(|state, what| {
        if !matches!(state.view.zoom, None | Some(Pane::Printers)) {
            return;
        }
        let (mut marked, mut others) = (false, 0);
        let buffer = buffer(state);
        let ground = buffer[(0, 1)].bg;
        for cell in &buffer.content {
            let set_off = cell.bg != ground || cell.modifier.contains(Modifier::REVERSED);
            marked |= set_off;
            others += u32::from(!set_off);
        }
        assert!(marked && others > 2000, "{what}");
    });
}

#[test]
fn terminals_get_only_colours_they_have() {
    for theme in ThemeName::ALL {
        for (colors, fits) in [
            (ColorDepth::Ansi, (|c| !matches!(c, Color::Rgb(..) | Color::Indexed(_))) as fn(Color) -> bool),
            (ColorDepth::Palette, |c| !matches!(c, Color::Rgb(..))),
        ] {
            let mut state = seven_at(120, 40);
            state.settings.theme = *theme;
            state.settings.colors = colors;
            assert!(buffer(&state).content.iter().all(|cell| fits(cell.fg) && fits(cell.bg)), "{theme:?} {colors:?}");
        }
    }
}
