//! Keys of the keyboard, as keymaps name them: `j`, `G`, `ctrl-d`, `shift-tab`, `space`, `F1`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt;

/// One key press. Shift is part of the character where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Control, alt, and for keys without a character, shift.
    pub modifiers: KeyModifiers,
}

const NAMES: &[(&str, KeyCode)] = &[
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Space", KeyCode::Char(' ')),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PageUp", KeyCode::PageUp),
    ("PageDown", KeyCode::PageDown),
];

impl Key {
    /// What a keymap writes: modifiers, then a name or a character.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            let (prefix, modifier) = if has_prefix(rest, "ctrl-") {
                ("ctrl-", KeyModifiers::CONTROL)
            } else if has_prefix(rest, "alt-") {
                ("alt-", KeyModifiers::ALT)
            } else if has_prefix(rest, "shift-") {
                ("shift-", KeyModifiers::SHIFT)
            } else {
                break;
            };
            modifiers |= modifier;
            rest = rest.get(prefix.len()..)?;
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            (Some('F' | 'f'), Some(digit)) if digit.is_ascii_digit() => {
                KeyCode::F(rest.get(1..)?.parse().ok()?)
            }
            _ => NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(rest))?.1,
        };
        Some(Self { code, modifiers }.normal())
    }

    /// Several keys in a row, parted by blanks.
    #[must_use]
    pub fn parse_sequence(text: &str) -> Option<Vec<Self>> {
        let keys: Option<Vec<_>> = text.split_whitespace().map(Self::parse).collect();
        keys.filter(|keys| !keys.is_empty())
    }

    /// The character that a text field takes from this key.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.modifiers.difference(KeyModifiers::SHIFT).is_empty() => Some(c),
            _ => None,
        }
    }

    /// One spelling for keys that terminals report in two ways.
    fn normal(mut self) -> Self {
        self.modifiers &= KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        match self.code {
            KeyCode::BackTab => {
                self.code = KeyCode::Tab;
                self.modifiers |= KeyModifiers::SHIFT;
            }
            KeyCode::Char(c) => {
                if self.modifiers.contains(KeyModifiers::CONTROL) {
                    self.code = KeyCode::Char(c.to_ascii_lowercase());
                } else if self.modifiers.contains(KeyModifiers::SHIFT) {
                    self.code = KeyCode::Char(c.to_uppercase().next().unwrap_or(c));
                }
                self.modifiers.remove(KeyModifiers::SHIFT);
            }
            _ => {}
        }
        self
    }
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.len() > prefix.len()
        && text
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        Self {
            code: event.code,
            modifiers: event.modifiers,
        }
        .normal()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(number)) => write!(f, "F{number}"),
            (None, _) => f.write_str("?"),
        }
    }
}

/// Keys in a row as a person reads them: `g g`, `ctrl-d`.
#[must_use]
pub fn show(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn names_read_back_as_they_are_written() {
        for name in [
            "j",
            "G",
            "ctrl-d",
            "shift-Tab",
            "Space",
            "alt-x",
            "F12",
            "-",
            "ctrl--",
            "?",
            "Enter",
        ] {
            assert_eq!(Key::parse(name).unwrap().to_string(), name);
        }
        for name in ["", "ctrl-", "Entre", "Fx", "jj"] {
            assert_eq!(Key::parse(name), None, "{name}");
        }
    }
}
