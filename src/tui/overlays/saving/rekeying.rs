//! What a save for other recipients means: what becomes of the data key and why, and what removing somebody cannot undo.

use crate::metadata::Recipient;
use crate::ops::counted::counted;
use crate::ops::readers::{Fate, KeyChange, Opens};
use crate::ops::ruled::Should;
use crate::tui::open_file::OpenFile;
use crate::tui::theme::Role;

/// The consequences, as they are when the list is opened.
#[derive(Clone, Debug)]
pub struct Rekeying {
    /// What should become of the data key.
    pub fate: Fate,
    /// Whether it stays nevertheless.
    pub keep: bool,
    /// Who is removed.
    leavers: Vec<String>,
    /// Who comes without being in the rule.
    unruled: Vec<String>,
    /// Who is removed and still in the rule.
    ruled: Vec<String>,
    /// Paths of all encrypted values, as they were read; empty where nobody is removed.
    values: Vec<String>,
    opens: Opens,
    /// Whether everybody's entry is made anew although the data key stays.
    reshared: bool,
    /// Whether there will be several groups.
    shared: bool,
}

impl Rekeying {
    /// Nothing where the same people can read the file.
    #[must_use]
    pub fn of(file: &OpenFile) -> Option<Self> {
        if file.key_changes().is_empty() {
            return None;
        }
        let fate = file.readers().fate_since(file.readers_before());
        let called = |keys: Vec<&Recipient>| keys.into_iter().map(|key| file.labels().of(key)).collect();
        let changes = || file.key_changes().iter();
        let gone = changes().filter_map(|change| match change {
            KeyChange::Removed { recipient, .. } => Some(recipient),
            _ => None,
        });
        let come = changes().filter_map(|change| match change {
            KeyChange::Added { recipient, .. } => Some(recipient),
            _ => None,
        });
        let has = |key: &Recipient| match &file.should {
            Some(should @ Should::Rule { .. }) => Some(should.group_of(key).is_some()),
            Some(Should::Unsaid(_)) | None => None,
        };
        Some(Self {
            fate,
            keep: false,
            unruled: called(come.filter(|key| has(key) == Some(false)).collect()),
            ruled: called(gone.clone().filter(|key| has(key) == Some(true)).collect()),
            leavers: called(gone.collect()),
            values: if fate == Fate::Removed {
                file.encrypted_paths()
            } else {
                Vec::new()
            },
            opens: file.opens_for(file.readers()),
            reshared: file.readers().rewraps_since(file.readers_before()),
            shared: file.readers().groups().len() > 1,
        })
    }

    /// Whether there is a choice between the old data key and a new one.
    #[must_use]
    pub fn has_choice(&self) -> bool {
        self.fate != Fate::Kept
    }

    fn who(&self) -> String {
        all_of(&self.leavers)
    }

    /// The lines below the list.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, Role)> {
        let mut lines = Vec::new();
        lines.push(match (self.fate, self.keep) {
            (Fate::Kept, _) if self.reshared && self.shared => (
                "The data key stays. All groups get new shares of it: it is wrapped anew for everybody."
                    .to_owned(),
                Role::Info,
            ),
            (Fate::Kept, _) if self.reshared => (
                "The data key stays; it is wrapped anew for everybody.".to_owned(),
                Role::Info,
            ),
            (Fate::Kept, _) => (
                "The data key stays; it is wrapped for those who come.".to_owned(),
                Role::Info,
            ),
            (Fate::Removed, false) => (
                format!(
                    "New data key, because {} {} removed: every value is encrypted anew.",
                    self.who(),
                    if self.leavers.len() == 1 { "is" } else { "are" }
                ),
                Role::Info,
            ),
            (Fate::Stricter, false) => (
                "New data key, because more is needed than before: every value is encrypted anew.".to_owned(),
                Role::Info,
            ),
            (Fate::Removed, true) => (
                format!(
                    "The data key stays: with an old version of the file, {} can open this and later ones.",
                    self.who()
                ),
                Role::Warning,
            ),
            (Fate::Stricter, true) => (
                "The data key stays: with an old version of the file, what was enough before still is."
                    .to_owned(),
                Role::Warning,
            ),
        });
        if self.fate == Fate::Removed {
            let count = self.values.len();
            let values = counted(count, "value");
            let line = format!("What was read stays known: {values}. Change those secrets.");
            lines.push((line, Role::Warning));
        }
        for (names, what) in [
            (&self.unruled, "Not in the rule"),
            (&self.ruled, "Still in the rule"),
        ] {
            if !names.is_empty() {
                let line = format!(
                    "{what}: {}. Following the rule (R) would undo this.",
                    all_of(names)
                );
                lines.push((line, Role::Warning));
            }
        }
        if self.opens == Opens::No {
            let line = "The keys in hand would not open the file any more.";
            lines.push((line.to_owned(), Role::Error));
        }
        lines
    }

    /// All of it, to be read.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let mut text: Vec<String> = self.lines().into_iter().map(|(line, _)| line).collect();
        if self.has_choice() {
            text.push(String::new());
            text.push("r in the list chooses between a new data key and the old one.".to_owned());
        }
        if self.fate == Fate::Removed {
            text.push(String::new());
            text.push(
                "What this cannot undo: old versions of the file, in git and in copies, open as before."
                    .to_owned(),
            );
            text.push(format!("Values that {} could read:", self.who()));
            text.extend(self.values.iter().map(|path| format!("  {path}")));
        }
        text
    }
}

fn all_of(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        several => format!("{} recipients", several.len()),
    }
}
