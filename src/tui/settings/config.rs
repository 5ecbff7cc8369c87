//! `config.toml`: a few values, each known with the place it comes from.

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::tui::guard::Limits;
use crate::tui::toml_file::TomlFile;
use std::borrow::Cow;
use std::time::Duration;
use toml::Spanned;
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

/// All settings by name, for messages.
const NAMES: &str = "theme, keymap, ascii, reveal_seconds, clipboard_seconds, lock_seconds";

/// The longest time that can be set, in seconds: a day.
const LONGEST: u64 = 24 * 60 * 60;

/// The values.
#[derive(Debug)]
pub struct Config {
    /// The name of the theme.
    pub theme: Sourced<String>,
    /// The name of the preset of keys.
    pub keymap: Sourced<String>,
    /// Whether signs are ASCII only.
    pub ascii: Sourced<bool>,
    /// How long a value is shown.
    pub reveal_seconds: Sourced<u64>,
    /// How long a value stays on the clipboard.
    pub clipboard_seconds: Sourced<u64>,
    /// How long nobody may do anything before the editor locks; 0 is for ever.
    pub lock_seconds: Sourced<u64>,
}

impl Config {
    /// What holds without a file.
    pub fn new(environment: &Environment) -> Self {
        let limits = Limits::default();
        Self {
            theme: Sourced::built_in("default".to_owned()),
            keymap: Sourced::built_in("default".to_owned()),
            ascii: Sourced::of_locale(environment),
            reveal_seconds: Sourced::built_in(limits.reveal.as_secs()),
            clipboard_seconds: Sourced::built_in(limits.clipboard.as_secs()),
            lock_seconds: Sourced::built_in(limits.idle.map_or(0, |idle| idle.as_secs())),
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
                ("reveal_seconds", value) => {
                    self.reveal_seconds = seconds(1, value, file, name, from)?;
                }
                ("clipboard_seconds", value) => {
                    self.clipboard_seconds = seconds(1, value, file, name, from)?;
                }
                ("lock_seconds", value) => self.lock_seconds = seconds(0, value, file, name, from)?,
                ("ascii", _) => return Err(file.problem(at, "`ascii` is true or false")),
                _ => {
                    return Err(file.problem(at, &format!("there is no such setting; there are {NAMES}")));
                }
            }
        }
        Ok(())
    }

    /// How long secrets are within reach.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            reveal: Duration::from_secs(self.reveal_seconds.value),
            clipboard: Duration::from_secs(self.clipboard_seconds.value),
            idle: Some(Duration::from_secs(self.lock_seconds.value)).filter(|idle| !idle.is_zero()),
        }
    }
}

/// A time in seconds, of at least `least`.
fn seconds(
    least: u64,
    value: &DeValue<'_>,
    file: &TomlFile<'_>,
    name: &Spanned<Cow<'_, str>>,
    from: String,
) -> Result<Sourced<u64>, Failure> {
    let number = match value {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    match number.filter(|number| (least..=LONGEST).contains(number)) {
        Some(value) => Ok(Sourced { value, from }),
        None => {
            let text = format!(
                "`{}` is a number of seconds from {least} to {LONGEST}",
                name.get_ref()
            );
            Err(file.problem(name.span().start, &text))
        }
    }
}
