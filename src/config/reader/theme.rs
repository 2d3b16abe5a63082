//! `[theme.NAME]`: themes of the person's own, and which theme is chosen.

use super::{super::Ui, Reader, Value, nearest};
use crate::state::settings::{Colour, OwnColours, ThemeName};
use toml::de::{DeTable, DeValue};

const THEME_KEYS: &[&str] =
    &["base", "ground", "text", "dim", "border", "focus", "ok", "active", "waiting", "trouble", "selected", "heat"];
/// What is written in each place of `heat`.
const HEATS: usize = 4;

/// A theme of the file.
struct Own {
    name: String,
    base: ThemeName,
    colours: OwnColours,
}

impl Reader<'_> {
    /// Reads every theme of the file, and which one `[ui]` chooses.
    pub(super) fn theme(&mut self, table: &DeTable<'_>, ui: &mut Ui) {
        let mut own = Vec::new();
        for (key, value) in self.table(table, "theme").into_iter().flatten() {
            let name: &str = key.get_ref();
            if ThemeName::from_name(name).is_some() {
                let line = self.line_of(key);
                self.problem(line, format!("the theme \"{name}\" is built in"), "give yours another name");
            }
            match value.get_ref() {
                DeValue::Table(table) => own.push(self.own_theme(name, table)),
                _ => self.wrong_type(value, name, "a table: write [theme.NAME]"),
            }
        }
        let Some(DeValue::Table(chosen)) = table.get("ui").map(toml::Spanned::get_ref) else { return };
        let Some(text) = self.text(chosen, "theme") else { return };
        if let Some(name) = ThemeName::from_name(&text) {
            ui.theme = name;
        } else if let Some(own) = own.iter().find(|own| own.name == text) {
            ui.theme = own.base;
            ui.own = own.colours;
        } else {
            let names: Vec<_> =
                ThemeName::ALL.iter().map(|name| name.name()).chain(own.iter().map(|own| &*own.name)).collect();
            let choice = format!("choose from {}, or write a [theme.{text}]", names.join(", "));
            let cure = nearest(&text, &names)
                .map_or_else(|| choice.clone(), |near| format!("did you mean \"{near}\"? Otherwise {choice}"));
            let line = self.key_line(chosen, "theme", 1);
            self.problem(line, format!("theme = \"{text}\" is not known"), cure);
        }
    }

    fn own_theme(&mut self, name: &str, table: &DeTable<'_>) -> Own {
        self.unknown_keys(table, &format!(" in [theme.{name}]"), THEME_KEYS);
        let mut base = ThemeName::default();
        self.choice(table, "base", &mut base, ThemeName::ALL, ThemeName::name);
        let mut colour = |key: &str| table.get(key).and_then(|value| self.colour(value, key));
        let mut colours = OwnColours {
            ground: colour("ground"),
            text: colour("text"),
            dim: colour("dim"),
            border: colour("border"),
            focus: colour("focus"),
            ok: colour("ok"),
            active: colour("active"),
            waiting: colour("waiting"),
            trouble: colour("trouble"),
            selected: colour("selected"),
            heat: [None; HEATS],
        };
        if let Some(value) = table.get("heat") {
            match value.get_ref() {
                DeValue::Array(list) if list.len() == HEATS => {
                    for (place, item) in colours.heat.iter_mut().zip(list) {
                        *place = self.colour(item, "heat");
                    }
                }
                _ => {
                    let line = self.line_of(value);
                    let cure = "write four: first nozzle, second nozzle, bed, chamber";
                    self.problem(line, "\"heat\" is not a list of four colours", cure);
                }
            }
        }
        Own { name: name.to_owned(), base, colours }
    }

    fn colour(&mut self, value: &Value<'_>, key: &str) -> Option<Colour> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(value, key, "a colour such as \"#7fc4ff\" or \"light-blue\"");
            return None;
        };
        let colour = Colour::parse(text.trim());
        if colour.is_none() {
            let choice = format!("write \"#rrggbb\", default, or one of {}", Colour::NAMES.join(", "));
            let cure = nearest(text, &Colour::NAMES)
                .map_or_else(|| choice.clone(), |near| format!("did you mean \"{near}\"? Otherwise {choice}"));
            self.problem(self.line_of(value), format!("{key} = \"{text}\" is not a colour"), cure);
        }
        colour
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{super::Config, read},
        *,
    };
    use crate::config::System;
    use proptest::prelude::*;
    use std::path::Path;

    fn check(text: &str) -> Result<Config, Vec<String>> {
        read(text, Path::new("/"), None, &System).into_result()
    }

    #[test]
    fn a_theme_changes_the_one_it_is_based_on() {
        let text = "[ui]\ntheme = 'sea'\n[theme.sea]\nbase = 'light'\nok = '#00FF7f'\ndim = 'dark-gray'\ntext = 'default'\n\
                    heat = ['red', '#102030', 'yellow', 'blue']\n[theme.other]\nok = 'green'\n";
        let ui = check(text).expect("no problems").ui;
        assert_eq!(ui.theme, ThemeName::Light);
        assert_eq!((ui.own.ok, ui.own.dim), (Some(Colour::Rgb([0, 255, 127])), Some(Colour::Ansi(8))));
        assert_eq!((ui.own.text, ui.own.border), (Some(Colour::Default), None));
        assert_eq!(ui.own.heat[1], Some(Colour::Rgb([16, 32, 48])));
        // A theme that nobody chose changes nothing.
        let ui = check("[theme.sea]\nok = 'red'\n").expect("no problems").ui;
        assert_eq!((ui.theme, ui.own), (ThemeName::Dark, OwnColours::default()));
    }

    #[test]
    fn every_mistake_is_named_with_line_and_cure() {
        let text = "[ui]\ntheme = 'see'\n[theme.sea]\nbase = 'drak'\nok = '#12345'\nactive = 'light-bleu'\nwating = 'red'\n\
                    trouble = 7\nheat = ['red']\n[theme.dark]\nok = 'green'\n";
        let problems = check(text).expect_err("problems");
        for part in [
            "2: theme = \"see\" is not known; did you mean \"sea\"?",
            "4: base = \"drak\" is not known; did you mean \"dark\"?",
            "5: ok = \"#12345\" is not a colour; write \"#rrggbb\"",
            "6: active = \"light-bleu\" is not a colour; did you mean \"light-blue\"?",
            "7: unknown key \"wating\" in [theme.sea]; did you mean \"waiting\"?",
            "8: \"trouble\" cannot be a TOML integer",
            "9: \"heat\" is not a list of four colours",
            "10: the theme \"dark\" is built in",
        ] {
            assert!(problems.iter().any(|problem| problem.starts_with(part)), "{part} in {problems:#?}");
        }
        assert_eq!(problems.len(), 8, "{problems:#?}");
        assert!(check("theme = 'dark'\n").is_err_and(|list| list[0].contains("it must be a table")));
        assert!(check("[theme]\nsea = 'red'\n").is_err_and(|list| list[0].contains("[theme.NAME]")));
    }

    proptest! {
        #[test]
        fn any_text_is_a_colour_or_none(text in ".{0,12}") {
            let _ = Colour::parse(&text);
        }

        #[test]
        fn every_hexadecimal_colour_is_read(rgb in any::<[u8; 3]>()) {
            let [r, g, b] = rgb;
            prop_assert_eq!(Colour::parse(&format!("#{r:02x}{g:02X}{b:02x}")), Some(Colour::Rgb(rgb)));
        }
    }
}
