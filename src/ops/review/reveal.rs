//! One value of a review in clear, on request: a review itself holds none.

use super::{Reviewed, Stored, digest};
use crate::failure::{Failure, Kind};
use crate::format::{Format, sealed_format};
use crate::host::{Environment, Repository, file};
use crate::ops::compare::{Version, matched};
use crate::ops::keyring::Keyring;
use crate::tree::{Body, NodeId, Secret, Tree};
use std::path::Path;

/// A value on both sides; `None` where there is none.
#[derive(Clone, Debug, Default)]
pub struct Revealed {
    /// What it was.
    pub old: Option<Secret>,
    /// What it is.
    pub new: Option<Secret>,
}

/// Decrypts the value of one change, by its number in the comparison.
///
/// # Errors
/// When a version is not any more what was reviewed, or no key here opens it.
pub fn reveal(
    repository: &Repository,
    file: &Reviewed,
    number: usize,
    environment: &Environment,
) -> Result<Revealed, Failure> {
    let failure = |text: &str| Failure::new(Kind::Usage, format!("{}: {text}", file.path));
    let keyring = Keyring::new(environment);
    let version = |side: &Option<Stored>, path: &str| -> Result<Option<Version>, Failure> {
        let Some(side) = side else { return Ok(None) };
        let bytes = match &side.object {
            Some(object) => repository
                .contents(&[object.clone().into_bytes()])
                .pop()
                .flatten(),
            None => file::read(&repository.root().join(path))
                .ok()
                .map(|(bytes, _)| bytes),
        };
        let bytes = bytes
            .filter(|bytes| digest(bytes) == side.digest)
            .ok_or_else(|| failure("it changed meanwhile; look at the changes again"))?;
        let suggested = Format::from_path(Path::new(path));
        let format = sealed_format(&bytes, suggested).unwrap_or(suggested);
        let version = Version::read_with(&bytes, format, path, &keyring)?;
        if version.is_locked() {
            return Err(failure("no key here opens it"));
        }
        Ok(Some(version))
    };
    let old = version(&file.sides.0, file.old_path.as_ref().unwrap_or(&file.path))?;
    let new = version(&file.sides.1, &file.path)?;
    let nothing = Tree::new();
    let was = old.as_ref().map_or(&nothing, Version::content);
    let is = new.as_ref().map_or(&nothing, Version::content);
    let found = matched(was, is).differences.get(number).copied();
    let found = found.ok_or_else(|| failure("everybody can read this value already"))?;
    Ok(Revealed {
        old: found.old.and_then(|id| value(was, id)),
        new: found.new.and_then(|id| value(is, id)),
    })
}

fn value(tree: &Tree, id: NodeId) -> Option<Secret> {
    match &tree.node(id).body {
        Body::Leaf(leaf) => Some(Secret::from(leaf.canonical().as_slice())),
        Body::Comment(comment) => Some(comment.text.clone()),
        Body::Map(_) | Body::List(_) => None,
    }
}
