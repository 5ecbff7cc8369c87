//! Somebody who came to a file or went from it, for people.

use crate::host::Environment;
use crate::metadata::Recipient;
use crate::ops::people::People;
use crate::ops::rulebook::Rulebook;
use crate::ops::unlock::identity;
use std::path::{Path, PathBuf};

/// Somebody who came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientChange {
    /// Whether they came.
    pub came: bool,
    /// Who.
    pub recipient: Recipient,
    /// What people call them, once that was looked up.
    pub name: Option<String>,
}

impl RecipientChange {
    /// Without a name.
    #[must_use]
    pub const fn new(came: bool, recipient: Recipient) -> Self {
        Self {
            came,
            recipient,
            name: None,
        }
    }

    /// `+` or `-`, and what identifies them.
    #[must_use]
    pub fn identified(&self) -> String {
        format!("{}{}", self.mark(), identity(&self.recipient))
    }

    const fn mark(&self) -> char {
        if self.came { '+' } else { '-' }
    }
}

/// Who came and went, by name where there is one; a name that several have is told apart by the key.
#[must_use]
pub fn words(changes: &[RecipientChange]) -> Vec<String> {
    let is_alone = |name: &String| {
        let same = changes.iter().filter(|other| other.name.as_ref() == Some(name));
        same.count() < 2
    };
    let told = changes.iter().map(|change| match &change.name {
        Some(name) if is_alone(name) => format!("{}{name}", change.mark()),
        Some(name) => format!("{}{name} ({})", change.mark(), identity(&change.recipient)),
        None => change.identified(),
    });
    told.collect()
}

/// Looks up what people call those who came to these files or went; the names count that are written where the files are.
pub fn name<'c>(
    paths: &[PathBuf],
    changes: impl IntoIterator<Item = &'c mut RecipientChange>,
    environment: &Environment,
) {
    let changes: Vec<&mut RecipientChange> = changes.into_iter().collect();
    if changes.is_empty() {
        return;
    }
    let book = Rulebook::new(crate::ops::rulebook::Source::default(), environment);
    for path in paths {
        // Rules that cannot be read give no names; that is all they are for here.
        let _ = book.of(path);
    }
    let configs: Vec<PathBuf> = book.read().iter().map(|located| located.path.clone()).collect();
    let folder = paths.first().and_then(|path| path.parent());
    let environment = environment.clone().within(folder.unwrap_or(Path::new("/")));
    let known = changes.iter().map(|change| &change.recipient);
    let people = People::gather(&configs, known, &environment);
    for change in changes {
        change.name = people.of(&change.recipient).name;
    }
}

#[cfg(test)]
mod tests {
    use super::{RecipientChange, words};
    use crate::metadata::Recipient;

    #[test]
    fn a_name_that_two_keys_have_is_told_apart_by_the_key() {
        let change = |came, recipient: &str, name: Option<&str>| RecipientChange {
            name: name.map(str::to_owned),
            ..RecipientChange::new(
                came,
                Recipient::Age {
                    recipient: recipient.to_owned(),
                },
            )
        };
        let changes = [
            change(true, "age1a", Some("ops-laptop")),
            change(true, "age1b", Some("ci")),
            change(false, "age1c", Some("ops-laptop")),
            change(false, "age1d", None),
        ];
        assert_eq!(
            words(&changes),
            ["+ops-laptop (age1a)", "+ci", "-ops-laptop (age1c)", "-age1d"]
        );
        assert_eq!(changes[1].identified(), "+age1b");
    }
}
