//! What a plan says of one file.

use super::{Action, FilePlan};
#[cfg(test)]
use crate::host::file::Identity;

impl FilePlan {
    /// What happens to it, in words; nothing where it stays as it is.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.action {
            Action::Rotate => "new data key".to_owned(),
            Action::Rewrap if self.reshared && self.groups.len() > 1 => {
                "the data key stays; all groups get new shares of it, wrapped anew for everybody".to_owned()
            }
            Action::Rewrap if self.reshared => {
                "the data key stays; it is wrapped anew for everybody".to_owned()
            }
            Action::Rewrap => "rewrapped, the data key stays".to_owned(),
            Action::Impossible(failure) => format!("impossible: {}", failure.message),
            Action::Nothing => String::new(),
        }
    }
}

#[cfg(test)]
impl FilePlan {
    /// A file below a folder to which this happens, and nothing else is known.
    pub fn sample(folder: &std::path::Path, name: &str, action: Action) -> Self {
        Self {
            path: folder.join(name),
            name: name.to_owned(),
            action,
            changes: Vec::new(),
            suspicions: Vec::new(),
            exposed: Vec::new(),
            resumed: false,
            reshared: false,
            groups: Vec::new(),
            threshold: None,
            identity: Identity::default(),
        }
    }
}
