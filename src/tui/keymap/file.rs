//! Keymaps in TOML: a table a context, keys in a row to the name of an action, or to `none`.

use super::{Binding, Keymap};
use crate::failure::Failure;
use crate::tui::action::{Action, Context, ENTRIES};
use crate::tui::key::{Key, show};
use crate::tui::toml_file::TomlFile;
use std::borrow::Cow;
use toml::Spanned;
use toml::de::DeValue;

/// Keymaps that come with the program.
const PRESETS: &[(&str, &str, &str)] = &[
    (
        "vim",
        "keymaps/vim.toml",
        include_str!("../../../keymaps/vim.toml"),
    ),
    (
        "helix",
        "keymaps/helix.toml",
        include_str!("../../../keymaps/helix.toml"),
    ),
];

/// What stands for no action.
const NONE: &str = "none";

/// One line of a keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub context: Context,
    /// The keys in a row.
    pub keys: Vec<Key>,
    /// What they do now; nothing, if they were unbound.
    pub action: Option<Action>,
    /// Where it stands in its file, in bytes.
    at: usize,
    /// The line of its file, from 1.
    pub line: usize,
}

impl Change {
    /// The name of the action as keymaps write it.
    #[must_use]
    pub fn action_name(&self) -> &'static str {
        self.action.map_or(NONE, Action::name)
    }
}

/// The name of a context in keymaps: its title in small letters, without number, words joined by dashes.
#[must_use]
pub fn context_name(context: Context) -> String {
    let title = context.title().split(" (").next().unwrap_or_default();
    title.to_lowercase().replace(' ', "-")
}

impl Keymap {
    /// The default keys with a preset over them; nothing if there is no preset of this name.
    ///
    /// # Errors
    /// When the file of the preset is broken, which a test prevents.
    pub fn preset(wanted: &str) -> Result<Option<Self>, Failure> {
        let mut keymap = Self::default_keys();
        if wanted == "default" {
            return Ok(Some(keymap));
        }
        let Some((_, name, text)) = PRESETS.iter().find(|(name, ..)| *name == wanted) else {
            return Ok(None);
        };
        keymap.layer(&TomlFile { name, text })?;
        Ok(Some(keymap))
    }

    /// The names of the presets.
    #[must_use]
    pub fn presets() -> Vec<&'static str> {
        ["default"]
            .into_iter()
            .chain(PRESETS.iter().map(|(name, ..)| *name))
            .collect()
    }

    /// Puts a keymap file over these keys and tells what it said.
    ///
    /// # Errors
    /// With file and line: no TOML, a context, key or action that is not there, keys that clash.
    pub fn layer(&mut self, file: &TomlFile<'_>) -> Result<Vec<Change>, Failure> {
        let mut changes = Vec::new();
        for (name, value) in &file.table()? {
            let at = name.span().start;
            let context = Context::ALL
                .iter()
                .find(|context| context_name(**context) == name.get_ref().as_ref())
                .ok_or_else(|| file.problem(at, &no_context()))?;
            let DeValue::Table(keys) = value.get_ref() else {
                return Err(file.problem(at, "keys stand in a table of their context, like [tree]"));
            };
            for (keys, action) in keys {
                changes.push(read(file, *context, keys, action)?);
            }
        }
        changes.sort_by_key(|change| change.at);
        // What is replaced goes first, so that two actions can change their keys.
        for change in &changes {
            let before = self.bindings.len();
            let (context, keys) = (change.context, &change.keys);
            self.bindings
                .retain(|binding| binding.context != context || binding.keys != *keys);
            if change.action.is_none() && self.bindings.len() == before {
                return Err(file.problem(change.at, "nothing is bound to these keys here"));
            }
        }
        // Own keys come first in lists, as they are the ones that somebody chose.
        let mut bindings = Vec::with_capacity(changes.len() + self.bindings.len());
        for change in &changes {
            let Some(action) = change.action else { continue };
            let clash = bindings.iter().chain(&self.bindings).find(|other: &&Binding| {
                other.context == change.context
                    && (other.keys.starts_with(&change.keys) || change.keys.starts_with(&other.keys))
            });
            if let Some(other) = clash {
                let text = format!(
                    "these keys clash with `{}`, which is {} here; unbind that with \"none\" first",
                    show(&other.keys),
                    other.action.name()
                );
                return Err(file.problem(change.at, &text));
            }
            bindings.push(Binding {
                context: change.context,
                keys: change.keys.clone(),
                action,
            });
        }
        bindings.append(&mut self.bindings);
        self.bindings = bindings;
        Ok(changes)
    }
}

fn no_context() -> String {
    let names: Vec<_> = Context::ALL.iter().copied().map(context_name).collect();
    format!("there is no such context; there are {}", names.join(", "))
}

fn read(
    file: &TomlFile<'_>,
    context: Context,
    name: &Spanned<Cow<'_, str>>,
    action: &Spanned<DeValue<'_>>,
) -> Result<Change, Failure> {
    let at = name.span().start;
    let keys = Key::parse_sequence(name.get_ref()).ok_or_else(|| file.problem(at, "there is no such key"))?;
    let DeValue::String(action) = action.get_ref() else {
        return Err(file.problem(at, "an action is a text, like \"edit\""));
    };
    if types(context) && keys.first().is_some_and(|key| key.typed().is_some()) {
        return Err(file.problem(at, "here this key types a character"));
    }
    let action = match ENTRIES.iter().find(|entry| entry.name == action.as_ref()) {
        Some(entry) if has_meaning(entry.action, context) => Some(entry.action),
        Some(_) => return Err(file.problem(at, "this action has no meaning here")),
        None if action.as_ref() == NONE => None,
        None => return Err(file.problem(at, "there is no such action")),
    };
    Ok(Change {
        context,
        keys,
        action,
        at,
        line: file.line(at),
    })
}

const fn is_pane(context: Context) -> bool {
    matches!(
        context,
        Context::Tree | Context::Files | Context::Changes | Context::Recipients | Context::Groups
    )
}

/// Whether letters are text there.
const fn types(context: Context) -> bool {
    !is_pane(context)
        && !matches!(
            context,
            Context::Everywhere
                | Context::Saving
                | Context::Choice
                | Context::Review
                | Context::History
                | Context::Merge
                | Context::Matrix
                | Context::Plan
                | Context::Dialog
                | Context::Pager
        )
}

/// Whether an action does something in a context.
fn has_meaning(action: Action, context: Context) -> bool {
    let mut known = action.entry().keys.iter().flat_map(|(contexts, _)| *contexts);
    known.any(|known| *known == context || (*known == Context::Everywhere && is_pane(context)))
}

#[cfg(test)]
mod tests {
    use super::{Keymap, context_name};
    use crate::tui::action::{Action, Context};
    use crate::tui::key::Key;
    use crate::tui::keymap::Lookup;
    use crate::tui::toml_file::TomlFile;

    fn layered(text: &str) -> Result<Keymap, String> {
        let mut keymap = Keymap::default_keys();
        let file = TomlFile { name: "k.toml", text };
        keymap.layer(&file).map_err(|failure| failure.message)?;
        Ok(keymap)
    }

    fn meaning(keymap: &Keymap, keys: &str) -> Lookup {
        let contexts = [Context::Tree, Context::Everywhere];
        keymap.lookup(&contexts, &Key::parse_sequence(keys).unwrap())
    }

    #[test]
    fn keys_can_be_given_taken_and_exchanged() {
        let keymap = layered(
            "[tree]\ne = \"add-sibling\"\na = \"edit\"\nd = \"none\"\n\"d d\" = \"delete\"\nS = \"save\"\n",
        )
        .unwrap();
        assert_eq!(meaning(&keymap, "a"), Lookup::Action(Action::Edit));
        assert_eq!(meaning(&keymap, "e"), Lookup::Action(Action::AddSibling));
        assert_eq!(meaning(&keymap, "d"), Lookup::Prefix);
        assert_eq!(meaning(&keymap, "d d"), Lookup::Action(Action::Delete));
        assert_eq!(meaning(&keymap, "S"), Lookup::Action(Action::Save));
        assert_eq!(meaning(&keymap, "j"), Lookup::Action(Action::Down));
    }

    #[test]
    fn what_is_wrong_in_a_keymap_is_told_by_line() {
        for (text, problem) in [
            ("[tree]\nS = \"sav\"\n", "k.toml:2: there is no such action"),
            (
                "[tree]\n\nctrl-- = 1\n",
                "k.toml:3: an action is a text, like \"edit\"",
            ),
            ("[tree]\nEntre = \"edit\"\n", "k.toml:2: there is no such key"),
            (
                "[files]\nx = \"edit\"\n",
                "k.toml:2: this action has no meaning here",
            ),
            (
                "[tree]\n\"ctrl-x\" = \"none\"\n",
                "k.toml:2: nothing is bound to these keys here",
            ),
            (
                "[one-line-field]\nx = \"accept\"\n",
                "k.toml:2: here this key types a character",
            ),
            (
                "[tree]\ng = \"top\"\n",
                "k.toml:2: these keys clash with `g g`, which is top here; unbind that with \"none\" first",
            ),
            (
                "[tree]\n\"ctrl-x\" = \"edit\"\n\"ctrl-X\" = \"delete\"\n",
                "k.toml:3: these keys clash with `ctrl-x`, which is edit here; unbind that with \"none\" first",
            ),
        ] {
            assert_eq!(layered(text).err().as_deref(), Some(problem));
        }
        let failure = layered("[forest]\n").err().unwrap();
        assert!(failure.starts_with("k.toml:1: there is no such context; there are everywhere, tree,"));
    }

    #[test]
    fn every_preset_fits_the_actions_there_are() {
        for name in Keymap::presets() {
            assert!(Keymap::preset(name).unwrap().is_some(), "{name}");
        }
        let vim = Keymap::preset("vim").unwrap().unwrap();
        assert_eq!(meaning(&vim, "d d"), Lookup::Action(Action::Delete));
        assert_eq!(meaning(&vim, "Z Z"), Lookup::Action(Action::SaveAndQuit));
        let helix = Keymap::preset("helix").unwrap().unwrap();
        assert_eq!(meaning(&helix, "g e"), Lookup::Action(Action::Bottom));
        assert!(Keymap::preset("emacs").unwrap().is_none());
    }

    #[test]
    fn contexts_have_names_that_can_be_written_without_quotes() {
        let mut names = std::collections::HashSet::new();
        for context in Context::ALL {
            let name = context_name(*context);
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert!(names.insert(name));
        }
    }
}
