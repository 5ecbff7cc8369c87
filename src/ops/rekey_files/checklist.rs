//! The secrets that somebody knows who does not read any more, as a list to work through.

use super::Plan;
use crate::failure::{Failure, Kind};
use crate::host::file;
use crate::ops::people::{People, Person};
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

/// What no change of recipients or keys can do.
pub const NOT_UNDONE: &str = "What they read they know, and old versions in git stay readable for them: change the secrets listed above, too.";

/// A list in Markdown: who goes, and a box for each value they could read; paths, never values. `None` where nobody could read anything.
#[must_use]
pub fn checklist(plan: &Plan, people: &People) -> Option<String> {
    if plan.exposed() == 0 {
        return None;
    }
    let mut text = String::from("# Secrets to change\n\n");
    let leavers = plan.leavers(people);
    if leavers.is_empty() {
        text.push_str("Whoever could read these files and left knows these values:\n");
    } else {
        text.push_str("These could read the values below:\n\n");
        for person in &leavers {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "- {}", who(person));
        }
    }
    for file in plan.files.iter().filter(|file| !file.exposed.is_empty()) {
        let _ = writeln!(text, "\n## {}\n", file.name);
        for path in &file.exposed {
            let _ = writeln!(text, "- [ ] `{path}`");
        }
    }
    text.push_str(
        "\nNew recipients and new data keys do not undo what was read: old versions in git stay readable for them, and what they read\nthey know. A secret is safe again when it was changed where it is used, and here.\n",
    );
    Some(text)
}

/// Somebody with name, kind and key.
#[must_use]
pub fn who(person: &Person) -> String {
    match &person.name {
        Some(name) => format!("{name} ({} {})", person.kind, person.identity),
        None => format!("{} {}", person.kind, person.identity),
    }
}

/// Writes a list to a new file; nothing is ever written over.
///
/// # Errors
/// When there is something of this name, or it cannot be written.
pub fn write_list(path: &Path, text: &str) -> Result<(), Failure> {
    file::create(path, text.as_bytes()).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::AlreadyExists => "there is a file of this name".to_owned(),
            _ => error.to_string(),
        };
        Failure::new(Kind::Write, format!("{}: {reason}", path.display()))
    })
}
