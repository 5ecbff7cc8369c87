//! `config.toml`: a few values, each known with the place it comes from.

use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::tui::guard::Limits;
use crate::tui::toml_file::TomlFile;
use std::ops::RangeInclusive;
use std::time::Duration;
use toml::de::DeValue;

/// All settings, in the order in which they are shown.
const NAMES: &str = "theme, keymap, ascii, mouse, reveal_seconds, clipboard_seconds, lock_seconds";

/// How long a value may stay in view or on the clipboard, in seconds: a day at most.
const SECONDS: RangeInclusive<u64> = 1..=24 * 60 * 60;

/// How long nobody may do anything before the editor locks, in seconds; 0 is for ever.
const IDLE: RangeInclusive<u64> = 0..=24 * 60 * 60;

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

    /// Takes a value from a place, if it is one.
    fn set<E>(&mut self, value: Result<T, E>, from: String) -> Result<(), E> {
        *self = Self { value: value?, from };
        Ok(())
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
    /// Whether the editor takes the mouse; otherwise the terminal keeps it.
    pub mouse: Sourced<bool>,
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
            mouse: Sourced::built_in(true),
            reveal_seconds: Sourced::built_in(limits.reveal.as_secs()),
            clipboard_seconds: Sourced::built_in(limits.clipboard.as_secs()),
            lock_seconds: Sourced::built_in(limits.idle.map_or(0, |idle| idle.as_secs())),
        }
    }

    /// Puts a file over these values.
    ///
    /// # Errors
    /// With file and line: no TOML, an unknown setting, a value of another kind or out of bounds.
    pub fn layer(&mut self, file: &TomlFile<'_>) -> Result<(), Failure> {
        for (name, value) in &file.table()? {
            let at = name.span().start;
            let name = name.get_ref().as_ref();
            let from = format!("{}:{}", file.name, file.line(at));
            let value = value.get_ref();
            let set = match name {
                "theme" => self.theme.set(text(value), from),
                "keymap" => self.keymap.set(text(value), from),
                "ascii" => self.ascii.set(yes_or_no(value), from),
                "mouse" => self.mouse.set(yes_or_no(value), from),
                "reveal_seconds" => self.reveal_seconds.set(number(value, &SECONDS), from),
                "clipboard_seconds" => self.clipboard_seconds.set(number(value, &SECONDS), from),
                "lock_seconds" => self.lock_seconds.set(number(value, &IDLE), from),
                _ => {
                    let text = format!("there is no such setting; there are {NAMES}");
                    return Err(file.problem(at, &text));
                }
            };
            set.map_err(|wanted| file.problem(at, &format!("`{name}` is {wanted}")))?;
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

/// A text, or what is wanted instead of this value.
fn text(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        _ => Err("a text".to_owned()),
    }
}

/// True or false, or what is wanted instead of this value.
fn yes_or_no(value: &DeValue<'_>) -> Result<bool, String> {
    match value {
        DeValue::Boolean(value) => Ok(*value),
        _ => Err("true or false".to_owned()),
    }
}

/// A number within bounds, or what is wanted instead of this value.
fn number(value: &DeValue<'_>, bounds: &RangeInclusive<u64>) -> Result<u64, String> {
    let number = match value {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    number
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| format!("a number of seconds from {} to {}", bounds.start(), bounds.end()))
}
