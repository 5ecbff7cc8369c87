//! Colours and marks. A theme is a TOML file that gives every role a style; built-in ones are in `themes/`.

mod built_in;
mod finish;

use super::toml_file::TomlFile;
use crate::failure::Failure;
use ratatui::style::{Color, Modifier, Style};
use toml::de::DeValue;

macro_rules! roles {
    ($($role:ident $name:literal)+) => {
        /// What a piece of the screen is; themes say what it looks like.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names are those of the theme files and say what they are")]
        pub enum Role { $($role),+ }

        /// All roles with their names in theme files.
        pub const ROLES: &[(Role, &str)] = &[$((Role::$role, $name)),+];
    };
}

roles! {
    Text "text" Dim "dim" Border "border" BorderFocused "border_focused" Title "title" TitleFocused "title_focused"
    Selected "selected" SelectedMatch "selected_match" SelectedUnfocused "selected_unfocused" Branch "branch" Key "key" KeyMatch "key_match"
    Arrow "arrow" Index "index" Comment "comment" Mask "mask" Clear "clear" Revealed "revealed" Type "type"
    Rule "rule" RuleClear "rule_clear" Added "added" Edited "edited" Deleted "deleted" Moved "moved" Ok "ok"
    Warning "warning" Error "error" Info "info" Match "match" Input "input" InputHidden "input_hidden"
    OverlayBorder "overlay_border" OverlayTitle "overlay_title" Button "button" ButtonSelected "button_selected"
    BarKey "bar_key" BarWord "bar_word"
}

/// Marks that say by shape what colours say too.
#[derive(Debug)]
pub struct Glyphs {
    /// A value that is not shown; always this, whatever its length.
    pub mask: &'static str,
    /// One hidden character of an input.
    pub dot: &'static str,
    /// A blank that would not be seen otherwise.
    pub blank: &'static str,
    /// A branch that is open.
    pub open: &'static str,
    /// A branch that is folded.
    pub folded: &'static str,
    /// Something was cut here.
    pub cut: &'static str,
    /// Good.
    pub ok: &'static str,
    /// Not good.
    pub failed: &'static str,
    /// Neither.
    pub neutral: &'static str,
    /// The current file.
    pub current: &'static str,
    /// A plain file that a rule is for.
    pub plain: &'static str,
    /// Between words of a line.
    pub separator: &'static str,
    /// Steps of the spinner.
    pub spinner: &'static [&'static str],
}

/// For terminals that show Unicode.
pub const UNICODE: Glyphs = Glyphs {
    mask: "••••••••",
    dot: "•",
    blank: "·",
    open: "▾",
    folded: "▸",
    cut: "…",
    ok: "✓",
    failed: "✗",
    neutral: "–",
    current: "●",
    plain: "○",
    separator: " · ",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

/// A theme in force.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: Vec<Style>,
    /// What stands behind everything, where it is not the terminal's own.
    background: Option<Color>,
    /// Whether the terminal shows ASCII only.
    ascii: bool,
    /// The marks.
    pub glyphs: &'static Glyphs,
}

impl Theme {
    /// Reads a theme file; roles that it does not name are those of `base`.
    ///
    /// # Errors
    /// With file and line, when it is no TOML, a role is unknown or missing, or a style means nothing.
    pub fn parse(file: TomlFile<'_>, base: Option<&Self>) -> Result<Self, Failure> {
        let mut styles: Vec<Option<Style>> = match base {
            Some(base) => base.styles.iter().copied().map(Some).collect(),
            None => vec![None; ROLES.len()],
        };
        let mut background = base.and_then(|base| base.background);
        for (name, value) in &file.table()? {
            let at = name.span().start;
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("name", DeValue::String(_)) => {}
                ("background", DeValue::String(color)) => {
                    let color =
                        parse_color(color).ok_or_else(|| file.problem(at, "`background` is no colour"))?;
                    background = Some(color).filter(|color| *color != Color::Reset);
                }
                ("roles", DeValue::Table(roles)) => {
                    for (name, value) in roles {
                        let at = name.span().start;
                        let (role, _) = ROLES
                            .iter()
                            .find(|(_, known)| *known == name.get_ref().as_ref())
                            .ok_or_else(|| file.problem(at, "there is no such role"))?;
                        let DeValue::String(style) = value.get_ref() else {
                            return Err(file.problem(at, "a style is a text, like \"yellow on blue bold\""));
                        };
                        let style = parse_style(style).map_err(|word| {
                            file.problem(at, &format!("`{word}` is no colour and no attribute"))
                        })?;
                        if let Some(slot) = styles.get_mut(*role as usize) {
                            *slot = Some(style);
                        }
                    }
                }
                _ => return Err(file.problem(at, "a theme has `name`, `background` and `[roles]` only")),
            }
        }
        let styles = styles
            .into_iter()
            .zip(ROLES)
            .map(|(style, (_, name))| {
                style.ok_or_else(|| file.problem(file.text.len(), &format!("the role `{name}` is missing")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            styles,
            background,
            ascii: false,
            glyphs: &UNICODE,
        })
    }

    /// The same theme without colours, as `NO_COLOR` asks. Bold, underline and the like stay; what told itself by its
    /// background alone is reversed.
    #[must_use]
    pub fn without_colors(mut self) -> Self {
        for style in &mut self.styles {
            if style.bg.is_some() {
                style.add_modifier |= Modifier::REVERSED;
            }
            style.fg = None;
            style.bg = None;
        }
        self.background = None;
        self
    }

    /// What a role looks like.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

/// `yellow on blue bold`; on an error, the word that means nothing.
fn parse_style(text: &str) -> Result<Style, &str> {
    let mut style = Style::new();
    let mut background = false;
    for word in text.split_whitespace() {
        let modifier = match word {
            "on" => {
                background = true;
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            "strike" => Modifier::CROSSED_OUT,
            _ => Modifier::empty(),
        };
        if !modifier.is_empty() {
            style = style.add_modifier(modifier);
            continue;
        }
        let color = parse_color(word).ok_or(word)?;
        style = match (background, color) {
            (true, color) => style.bg(color),
            (false, color) => style.fg(color),
        };
    }
    Ok(style)
}

fn parse_color(word: &str) -> Option<Color> {
    Some(match word {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-black" => Color::DarkGray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-blue" => Color::LightBlue,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        _ => {
            let hex = word.strip_prefix('#').filter(|hex| hex.len() == 6)?;
            let number = u32::from_str_radix(hex, 16).ok()?;
            let [_, red, green, blue] = number.to_be_bytes();
            Color::Rgb(red, green, blue)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Role, Theme};
    use crate::tui::toml_file::TomlFile;
    use ratatui::style::{Color, Modifier};

    #[test]
    fn the_built_in_theme_is_complete() {
        let theme = Theme::built_in().unwrap();
        assert_eq!(theme.style(Role::KeyMatch).fg, Some(Color::Yellow));
        assert_eq!(
            theme.without_colors().style(Role::Selected).add_modifier,
            Modifier::REVERSED
        );
    }

    #[test]
    fn a_broken_theme_is_told_with_file_and_line() {
        for (text, message) in [
            (
                "name = \"x\"\n[roles]\nblink = \"red\"\n",
                "t.toml:3: there is no such role",
            ),
            (
                "[roles]\ntext = \"purplish\"\n",
                "t.toml:2: `purplish` is no colour and no attribute",
            ),
            (
                "[roles]\n\ntext = 1\n",
                "t.toml:3: a style is a text, like \"yellow on blue bold\"",
            ),
            ("[roles]\ntext = \"red\"\n", "t.toml:3: the role `dim` is missing"),
        ] {
            let file = TomlFile { name: "t.toml", text };
            assert_eq!(Theme::parse(file, None).unwrap_err().message, message);
        }
        let file = TomlFile {
            name: "t.toml",
            text: "[roles\n",
        };
        let failure = Theme::parse(file, None).unwrap_err();
        assert!(failure.message.starts_with("t.toml:1: "));
    }

    #[test]
    fn a_theme_of_the_user_may_say_little() {
        let base = Theme::built_in().unwrap();
        let file = TomlFile {
            name: "t.toml",
            text: "background = \"#000000\"\n[roles]\nkey = \"#ff0000\"\n",
        };
        let theme = Theme::parse(file, Some(&base)).unwrap();
        assert_eq!(theme.style(Role::Key).fg, Some(Color::Rgb(255, 0, 0)));
        assert_eq!(theme.style(Role::KeyMatch), base.style(Role::KeyMatch));
        assert_eq!(theme.background, Some(Color::Rgb(0, 0, 0)));
    }
}
