//! Which keys mean which action, by context; keys may stand in a row (`g g`).

mod file;

use super::action::{Action, Context, ENTRIES};
use super::key::{Key, show};
pub use file::{Change, context_name};

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Where.
    pub context: Context,
    /// The keys in a row.
    pub keys: Vec<Key>,
    /// What they do.
    pub action: Action,
}

/// All bindings in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// What keys in a row mean so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// This.
    Action(Action),
    /// More keys must follow.
    Prefix,
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// The default keys of the list of actions.
    #[must_use]
    pub fn default_keys() -> Self {
        let mut bindings = Vec::new();
        for entry in ENTRIES {
            for (contexts, keys) in entry.keys {
                for context in *contexts {
                    bindings.extend(keys.iter().filter_map(|keys| {
                        Some(Binding {
                            context: *context,
                            keys: Key::parse_sequence(keys)?,
                            action: entry.action,
                        })
                    }));
                }
            }
        }
        Self { bindings }
    }

    /// What `keys` mean; contexts are asked in their order, the first that knows them decides.
    #[must_use]
    pub fn lookup(&self, contexts: &[Context], keys: &[Key]) -> Lookup {
        for context in contexts {
            let mut prefix = false;
            for binding in self.bindings.iter().filter(|binding| binding.context == *context) {
                if binding.keys == keys {
                    return Lookup::Action(binding.action);
                }
                prefix |= binding.keys.starts_with(keys);
            }
            if prefix {
                return Lookup::Prefix;
            }
        }
        Lookup::Nothing
    }

    /// The bindings of a context, in the order of the list of actions.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings
            .iter()
            .filter(move |binding| binding.context == context)
    }

    /// What may follow `keys`, for the hint.
    #[must_use]
    pub fn following(&self, contexts: &[Context], keys: &[Key]) -> Vec<(String, &'static str)> {
        contexts
            .iter()
            .flat_map(|context| self.of(*context))
            .filter_map(|binding| {
                let rest = binding
                    .keys
                    .strip_prefix(keys)
                    .filter(|rest| !rest.is_empty() && !keys.is_empty())?;
                Some((show(rest), binding.action.entry().doc))
            })
            .collect()
    }

    /// All keys of an action in these contexts, e.g. `j, Down`; empty where it is not bound.
    #[must_use]
    pub fn keys_of(&self, action: Action, contexts: &[Context]) -> Vec<String> {
        contexts
            .iter()
            .flat_map(|context| self.of(*context))
            .filter(|binding| binding.action == action)
            .map(|binding| show(&binding.keys))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Keymap, Lookup};
    use crate::tui::action::{Action, Context, ENTRIES};
    use crate::tui::key::Key;

    #[test]
    fn every_default_key_can_be_read_and_means_one_thing() {
        let keymap = Keymap::default_keys();
        let written: usize = ENTRIES
            .iter()
            .flat_map(|entry| entry.keys)
            .map(|(contexts, keys)| contexts.len() * keys.len())
            .sum();
        assert_eq!(keymap.bindings.len(), written);
        for binding in &keymap.bindings {
            for other in keymap.of(binding.context) {
                let clash = other != binding
                    && (other.keys.starts_with(&binding.keys) || binding.keys.starts_with(&other.keys));
                assert!(!clash, "{binding:?} {other:?}");
            }
        }
    }

    #[test]
    fn keys_in_a_row_wait_for_the_next() {
        let keymap = Keymap::default_keys();
        let g = Key::parse("g").unwrap();
        let contexts = [Context::Tree, Context::Everywhere];
        assert_eq!(keymap.lookup(&contexts, &[g]), Lookup::Prefix);
        assert_eq!(keymap.lookup(&contexts, &[g, g]), Lookup::Action(Action::Top));
        assert_eq!(
            keymap.lookup(&contexts, &[g, Key::parse("x").unwrap()]),
            Lookup::Nothing
        );
        assert_eq!(
            keymap.following(&contexts, &[g]),
            [
                ("g".to_owned(), "to the top"),
                ("r".to_owned(), "show the .sops.yaml, and what is wrong in it"),
                ("m".to_owned(), "what was told so far, in full")
            ]
        );
    }
}
