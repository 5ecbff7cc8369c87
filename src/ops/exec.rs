//! The values of a file as variables of a command (spec §12.8).

use super::caution::Caution;
use super::decrypt;
use super::set::Target;
use crate::failure::{Failure, Kind};
use crate::format::flat::text_of;
use crate::host::Environment;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// The top-level values of the first document, as variables.
///
/// # Errors
/// When the file cannot be opened, or something in it can be no variable.
pub fn variables(
    target: &Target<'_>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Vec<(OsString, OsString)>, Failure> {
    let name = target.name;
    let unsealed = decrypt::unseal(target, false, environment, caution)?;
    let tree = &unsealed.opened.tree;
    let mut variables = Vec::new();
    let root = tree.documents().first();
    for id in root.map(|root| tree.children(*root)).unwrap_or_default() {
        let node = tree.node(*id);
        if node.comment().is_some() {
            continue;
        }
        let refuse = |problem: &str| {
            let key = node.key.as_ref().map(|key| key.display().into_owned());
            let text = format!("{name}: {problem}: {}", key.unwrap_or_default());
            Failure::new(Kind::Generic, text)
        };
        let leaf = node
            .leaf()
            .ok_or_else(|| refuse("a map or list cannot be a variable"))?;
        let key = node.key.as_ref().and_then(|key| key.text()).unwrap_or_default();
        if key.is_empty() || key.contains(&b'=') || key.contains(&0) {
            return Err(refuse("this cannot be the name of a variable"));
        }
        let value = text_of(leaf);
        if value.contains(&0) {
            return Err(refuse("a value with a zero byte cannot be a variable"));
        }
        variables.push((
            OsString::from_vec(key.to_vec()),
            OsString::from_vec(value.to_vec()),
        ));
    }
    Ok(variables)
}
