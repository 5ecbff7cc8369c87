//! How long a value is what it is, by the history of its file.

use crate::host::Environment;
use crate::ops::history::{self, Entry, Subject, Value, What};
use crate::ops::rulebook::Rulebook;
use crate::tree::NodeId;
use std::path::Path;

/// When a value became what it is, in seconds since 1970; `None` where nothing tells, or it is not committed yet.
pub fn since(
    path: &Path,
    bytes: &[u8],
    node: NodeId,
    book: &Rulebook<'_>,
    environment: &Environment,
) -> Option<i64> {
    let subject = Subject {
        path,
        bytes: Some(bytes),
        value: &Value::Node(node),
    };
    let mut when = None;
    let mut found = |entry: Entry| match entry.what {
        What::Changed | What::Added => {
            when = entry.commit.map(|commit| commit.when);
            false
        }
        // It is the same value still.
        What::Renamed | What::Encrypted | What::Exposed => true,
        What::Removed | What::Untold => false,
    };
    // Where there is no repository, nothing tells.
    history::history(&subject, book, environment, &mut found).ok()?;
    when
}
