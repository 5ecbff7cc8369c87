//! The themes that come with the program.

use super::Theme;
use crate::failure::Failure;
use crate::tui::toml_file::TomlFile;

/// Name, file and text of every theme; the first is the one without settings.
const FILES: &[(&str, &str, &str)] = &[
    (
        "default",
        "themes/default.toml",
        include_str!("../../../themes/default.toml"),
    ),
    (
        "dark",
        "themes/dark.toml",
        include_str!("../../../themes/dark.toml"),
    ),
    (
        "light",
        "themes/light.toml",
        include_str!("../../../themes/light.toml"),
    ),
    (
        "high-contrast",
        "themes/high-contrast.toml",
        include_str!("../../../themes/high-contrast.toml"),
    ),
    (
        "mono",
        "themes/mono.toml",
        include_str!("../../../themes/mono.toml"),
    ),
    (
        "catppuccin-mocha",
        "themes/catppuccin-mocha.toml",
        include_str!("../../../themes/catppuccin-mocha.toml"),
    ),
    (
        "gruvbox-dark",
        "themes/gruvbox-dark.toml",
        include_str!("../../../themes/gruvbox-dark.toml"),
    ),
];

impl Theme {
    /// The theme without settings.
    ///
    /// # Errors
    /// When its file is broken, which a test prevents.
    pub fn built_in() -> Result<Self, Failure> {
        let (name, text) = FILES.first().map_or(("", ""), |(_, name, text)| (*name, *text));
        Self::parse(TomlFile { name, text }, None)
    }

    /// The theme of a name, if it comes with the program.
    ///
    /// # Errors
    /// When its file is broken, which a test prevents.
    pub fn named(wanted: &str) -> Result<Option<Self>, Failure> {
        FILES
            .iter()
            .find(|(name, ..)| *name == wanted)
            .map(|(_, name, text)| Self::parse(TomlFile { name, text }, None))
            .transpose()
    }

    /// The names of the themes that come with the program.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        FILES.iter().map(|(name, ..)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, Theme};
    use crate::tui::testing::{Editor, gatus};
    use crate::tui::theme::{ROLES, Role};
    use ratatui::style::{Color, Modifier};

    /// How bright a colour is, from 0 to 1 (WCAG 2.2, relative luminance).
    fn luminance(color: Color) -> f64 {
        let Color::Rgb(red, green, blue) = color else {
            panic!("{color} depends on the terminal");
        };
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn contrast(one: Color, other: Color) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn all() -> impl Iterator<Item = (&'static str, Theme)> {
        FILES
            .iter()
            .map(|(name, ..)| (*name, Theme::named(name).unwrap().unwrap()))
    }

    #[test]
    fn every_text_of_every_theme_with_colours_of_its_own_can_be_read() {
        let mut checked = 0;
        for (name, theme) in all() {
            let Some(background) = theme.background else {
                continue;
            };
            checked += 1;
            for (role, called) in ROLES {
                let style = theme.style(*role);
                let text = style.fg.or(theme.style(Role::Text).fg).unwrap();
                let ratio = contrast(text, style.bg.unwrap_or(background));
                // WCAG 2.2: 7 for enhanced contrast, 4.5 for text, 3 for what is no text.
                let least = match (name, role) {
                    ("high-contrast", _) => 7.0,
                    (_, Role::Border) => 3.0,
                    _ => 4.5,
                };
                assert!(ratio >= least, "{name}: {called} has only {ratio:.2}");
            }
        }
        assert_eq!(checked, 5);
    }

    #[test]
    fn what_must_be_told_apart_looks_different_in_every_theme() {
        for (name, theme) in all() {
            for (one, other) in [
                (Role::Selected, Role::Text),
                (Role::SelectedUnfocused, Role::Text),
                (Role::ButtonSelected, Role::Button),
                (Role::BorderFocused, Role::Border),
                (Role::KeyMatch, Role::Key),
                (Role::Revealed, Role::Clear),
                (Role::Revealed, Role::Mask),
                (Role::Error, Role::Info),
                (Role::Added, Role::Deleted),
                (Role::Added, Role::Edited),
            ] {
                assert_ne!(theme.style(one), theme.style(other), "{name}: {one:?}, {other:?}");
            }
        }
    }

    #[test]
    fn mono_has_no_colours() {
        let theme = Theme::named("mono").unwrap().unwrap();
        for (role, name) in ROLES {
            let style = theme.style(*role);
            let plain = |color: Option<Color>| color.is_none_or(|color| color == Color::Reset);
            assert!(plain(style.fg) && plain(style.bg), "{name}");
        }
        let selected = theme.style(Role::Selected).add_modifier;
        assert!(selected.contains(Modifier::REVERSED));
    }

    #[test]
    fn a_background_fills_the_whole_screen_under_overlays_too() {
        for (name, theme) in all() {
            let background = theme.background;
            let mut editor = Editor::open(gatus(), 120, 30);
            editor.model.theme = theme;
            editor.keys("?");
            if background.is_some() {
                let open = |cell: &&ratatui::buffer::Cell| cell.bg == Color::Reset || cell.fg == Color::Reset;
                assert_eq!(editor.buffer().content.iter().filter(open).count(), 0, "{name}");
            }
        }
    }
}
