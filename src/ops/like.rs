//! Encrypt a file as a later state of one that is encrypted already: unchanged values keep their ciphertext.

use super::caution::Caution;
use super::decrypt::{self, Unsealed};
use super::encrypt::{Means, Plain, Wish};
use super::set::Target;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::seal::selection::Selection;
use crate::tree::Tree;

/// The encrypted file that the new one is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Like<'l> {
    /// What it is called in messages.
    pub name: &'l str,
    /// Its content.
    pub bytes: &'l [u8],
}

/// What the old file is encrypted with: its data key, recipients and rule. `None` when nothing changed, and the old file is the
/// result.
pub(super) fn means(
    plain: &Plain<'_>,
    wish: &Wish<'_>,
    old: &Like<'_>,
    tree: &Tree,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Means>, Failure> {
    if wish.group.is_some() || wish.rule.is_some() || wish.threshold.is_some() || wish.mac_only_encrypted {
        caution.warn(format!(
            "{}: keys and rules are those of {}; others that were asked for are ignored",
            plain.name, old.name
        ))?;
    }
    let target = Target {
        name: old.name,
        bytes: old.bytes,
        format: plain.output,
        format_is_certain: true,
        indent: None,
    };
    let Unsealed {
        sealed,
        key,
        mut opened,
        selection,
    } = decrypt::unseal(&target, false, environment, caution)?;
    let same = opened.tree.same_content(tree, true);
    // A file that was decrypted to be edited has its comments above the values.
    opened.drop_inline();
    if same || opened.tree.same_content(tree, true) {
        return Ok(None);
    }
    Selection::new(selection.rule().cloned(), selection.mac_only_encrypted())
        .map_err(|bad| Failure::new(Kind::Generic, format!("{}: {bad}", old.name)))?;
    opened.stash.forget_nodes();
    Ok(Some(Means {
        key,
        stash: opened.stash,
        selection,
        metadata: sealed.metadata,
    }))
}
