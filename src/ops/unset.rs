//! Remove one value from an encrypted file (spec §12.6).

use super::caution::Caution;
use super::config::Located;
use super::path::{Found, Step, step_into};
use super::rewrite::Rewritten;
use super::set::{Target, change};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::tree::Tree;

/// Removes the value at a path. `None` when there is none and that is fine.
///
/// # Errors
/// When the file cannot be opened, there is no such value, or the result cannot be written.
pub fn unset(
    target: &Target<'_>,
    path: &[Step],
    idempotent: bool,
    ignore_mac: bool,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Rewritten>, Failure> {
    change(target, ignore_mac, config, environment, caution, |tree| {
        remove(tree, path, idempotent)
    })
}

fn remove(tree: &mut Tree, path: &[Step], idempotent: bool) -> Result<(), Failure> {
    let Some(mut at) = tree.documents().first().copied() else {
        return Ok(());
    };
    for (depth, step) in path.iter().enumerate() {
        at = match (step_into(tree, at, step), step) {
            (Found::Node(id), _) => id,
            (Found::Missing, _) if idempotent => return Ok(()),
            (Found::Missing, Step::Key(_)) => return Err(missing(depth, "there is no such key")),
            (Found::Missing, Step::Index(_)) => return Err(missing(depth, "the index is out of bounds")),
            (Found::Mismatch, Step::Key(_)) => return Err(missing(depth, "what stands there is no map")),
            (Found::Mismatch, Step::Index(_)) => return Err(missing(depth, "what stands there is no list")),
        };
    }
    tree.unlink(at);
    Ok(())
}

fn missing(depth: usize, problem: &str) -> Failure {
    Failure::new(
        Kind::Generic,
        format!("component {} of the path: {problem}", depth + 1),
    )
}
