//! `config.toml`: a few values, each known with the place it comes from.

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::tui::toml_file::TomlFile;
use toml::de::DeValue;

/// A value, and where it was set.
#[derive(Clone, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// File and line, a variable, or that it is built in.
    pub from: String,
}

impl<T> Sourced<T> {
    fn built_in(value: T) -> Self {
        Self {
            value,
            from: "built in".to_owned(),
        }
    }

    /// What is wrong with the value.
    pub fn problem(&self, what: &str) -> Failure {
        Failure::new(Kind::Usage, format!("{}: {what}", self.from))
    }
}

impl Sourced<bool> {
    /// Whether there are colours.
    pub fn of_colors(environment: &Environment) -> Self {
        match environment.text("NO_COLOR") {
            Some(_) => Self {
                value: false,
                from: "NO_COLOR".to_owned(),
            },
            None => Self::built_in(true),
        }
    }

    /// Whether the locale is one without Unicode. One that is not set at all says nothing of the terminal.
    fn of_locale(environment: &Environment) -> Self {
        let set = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| Some((name, environment.text(name)?)));
        let Some((name, locale)) = set else {
            return Self::built_in(false);
        };
        let locale = locale.to_ascii_lowercase();
        Self {
            value: !locale.contains("utf-8") && !locale.contains("utf8"),
            from: name.to_owned(),
        }
    }
}

/// The values.
#[derive(Debug)]
pub struct Config {
    /// The name of the theme.
    pub theme: Sourced<String>,
    /// The name of the preset of keys.
    pub keymap: Sourced<String>,
    /// Whether signs are ASCII only.
    pub ascii: Sourced<bool>,
}

impl Config {
    /// What holds without a file.
    pub fn new(environment: &Environment) -> Self {
        Self {
            theme: Sourced::built_in("default".to_owned()),
            keymap: Sourced::built_in("default".to_owned()),
            ascii: Sourced::of_locale(environment),
        }
    }

    /// Puts a file over these values.
    ///
    /// # Errors
    /// With file and line: no TOML, an unknown setting, a value of another kind.
    pub fn layer(&mut self, file: &TomlFile<'_>) -> Result<(), Failure> {
        for (name, value) in &file.table()? {
            let at = name.span().start;
            let from = format!("{}:{}", file.name, file.line(at));
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("theme", DeValue::String(value)) => {
                    self.theme = Sourced {
                        value: value.to_string(),
                        from,
                    }
                }
                ("keymap", DeValue::String(value)) => {
                    self.keymap = Sourced {
                        value: value.to_string(),
                        from,
                    }
                }
                ("ascii", DeValue::Boolean(value)) => self.ascii = Sourced { value: *value, from },
                (name @ ("theme" | "keymap"), _) => {
                    return Err(file.problem(at, &format!("`{name}` is a text")));
                }
                ("ascii", _) => return Err(file.problem(at, "`ascii` is true or false")),
                _ => {
                    let text = "there is no such setting; there are theme, keymap, ascii";
                    return Err(file.problem(at, text));
                }
            }
        }
        Ok(())
    }
}
