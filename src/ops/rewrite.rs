//! Sealing an edited file again, so that only what changed changes (`set`, `unset`, the editor).

use super::encrypt::{cannot_emit, cannot_seal};
use super::sealed::{self, Sealed};
use crate::failure::{Failure, Kind};
use crate::format::{self, Format, Loaded, Style};
use crate::host::{SystemRandom, clock};
use crate::metadata::{self, Detached, Metadata, SOPS_VERSION};
use crate::seal::selection::Selection;
use crate::seal::{self, DataKey, ListComments, Opened, Stash};
use crate::tree::{Time, Tree};

/// An encrypted file and what opened it.
#[derive(Clone, Copy, Debug)]
pub struct Base<'b> {
    /// What it is called in messages.
    pub name: &'b str,
    /// Its bytes.
    pub source: &'b [u8],
    /// Its format.
    pub format: Format,
    /// Its sealed tree and layout.
    pub loaded: &'b Loaded,
    /// Where its `sops` block stands.
    pub detached: &'b Detached,
    /// What its `sops` block says.
    pub metadata: &'b Metadata,
    /// Which leaves are encrypted.
    pub selection: &'b Selection,
    /// The data key.
    pub key: &'b DataKey,
    /// Ciphertexts of unchanged values.
    pub stash: &'b Stash,
}

/// The text of the edited file.
#[derive(Clone, Debug)]
pub struct Rewritten {
    /// Its bytes: read back, opened and compared with what was meant.
    pub bytes: Vec<u8>,
    /// Why the whole text had to be laid out anew, if it had.
    pub relaid: Option<String>,
    /// What was read back.
    pub sealed: Sealed,
    /// What it opened to.
    pub opened: Opened,
}

/// Seals `edited` (a clone of the opened content with edits): only the lines of changed values, `lastmodified` and `mac` differ
/// where the layout allows it, else all is laid out anew in `style`.
///
/// # Errors
/// When it cannot be sealed, or the result would not open to what was meant.
pub fn rewrite(base: &Base<'_>, edited: &Tree, style: Style) -> Result<Rewritten, Failure> {
    reseal(base, base, edited, style)
}

/// Seals `edited` under the data key and the recipients of `after`, which is `base` in everything else.
///
/// # Errors
/// As [`rewrite`].
pub(super) fn reseal(
    base: &Base<'_>,
    after: &Base<'_>,
    edited: &Tree,
    style: Style,
) -> Result<Rewritten, Failure> {
    // A rule that selects nothing because it does not compile would write secrets in clear.
    Selection::new(
        base.selection.rule().cloned(),
        base.selection.mac_only_encrypted(),
    )
    .map_err(|bad| Failure::new(Kind::Generic, format!("{}: {bad}", base.name)))?;
    let (bytes, reason) = match patched(base, after, edited)? {
        Ok(bytes) => match opened_as_meant(after, &bytes, edited) {
            Some((sealed, opened)) => {
                return Ok(Rewritten {
                    bytes,
                    relaid: None,
                    sealed,
                    opened,
                });
            }
            None => (
                relaid(after, edited, style)?,
                "the edited text would not open again".to_owned(),
            ),
        },
        Err(reason) => (relaid(after, edited, style)?, reason),
    };
    if let Some((sealed, opened)) = opened_as_meant(after, &bytes, edited) {
        return Ok(Rewritten {
            bytes,
            relaid: Some(reason),
            sealed,
            opened,
        });
    }
    Err(Failure::new(
        Kind::Serialise,
        format!(
            "{}: the result would not open to what was meant; nothing was written",
            base.name
        ),
    ))
}

/// The source with the edits in their places, or why that cannot be.
fn patched(base: &Base<'_>, after: &Base<'_>, edited: &Tree) -> Result<Result<Vec<u8>, String>, Failure> {
    let (mut tree, mac) = seal::seal(edited, after.key, after.selection, after.stash, &mut SystemRandom)
        .map_err(|error| cannot_seal(base.name, &error))?;
    let metadata = renewed(after, &mac)?;
    // What sops would refuse is written anew even where its meaning stays.
    let odd = is_odd(base).then(|| Metadata {
        last_modified: Time::from_unix(0),
        version: String::new(),
        ..base.metadata.clone()
    });
    let old = odd.as_ref().unwrap_or(base.metadata);
    metadata::update(&mut tree, base.format.sealed(), base.detached, old, &metadata);
    Ok(format::patch(base.source, base.loaded, &tree).map_err(|error| error.to_string()))
}

/// The whole file in sops's layout.
fn relaid(base: &Base<'_>, edited: &Tree, style: Style) -> Result<Vec<u8>, Failure> {
    let (mut tree, mac) = seal::seal_as(
        edited,
        base.key,
        base.selection,
        base.stash,
        ListComments::AsItems,
        &mut SystemRandom,
    )
    .map_err(|error| cannot_seal(base.name, &error))?;
    let metadata = renewed(base, &mac)?;
    metadata::attach(&mut tree, base.format.sealed(), &metadata)
        .map_err(|error| Failure::new(Kind::Serialise, format!("{}: {error}", base.name)))?;
    format::emit(base.format.sealed(), &tree, style).map_err(|error| cannot_emit(base.name, &error))
}

fn renewed(base: &Base<'_>, mac: &str) -> Result<Metadata, Failure> {
    let now = clock::now();
    let mac = seal::seal_mac(mac, base.key, &now, &mut SystemRandom)
        .map_err(|error| Failure::new(Kind::EncryptMac, format!("{}: {error}", base.name)))?;
    let version = if is_odd(base) {
        SOPS_VERSION.to_owned()
    } else {
        base.metadata.version.clone()
    };
    Ok(Metadata {
        last_modified: now,
        mac,
        version,
        ..base.metadata.clone()
    })
}

/// Whether the `sops` block is one that the editor accepts with a warning, and that a save writes right.
fn is_odd(base: &Base<'_>) -> bool {
    metadata::read(&base.loaded.tree, base.format.sealed(), false).is_err()
}

/// What a text opens to with the data key, if those are the values and recipients that were meant, under a MAC that fits.
fn opened_as_meant(base: &Base<'_>, bytes: &[u8], edited: &Tree) -> Option<(Sealed, Opened)> {
    let again = sealed::read(bytes, base.format, true).ok()?;
    let opened = seal::open(&again.content, base.key, base.selection).ok()?;
    let Metadata {
        mac,
        last_modified,
        rule,
        mac_only_encrypted,
        ..
    } = &again.metadata;
    let same_rules = *rule == base.metadata.rule && *mac_only_encrypted == base.metadata.mac_only_encrypted;
    let is_meant = same_rules
        && seal::verify_mac(mac, base.key, last_modified, &opened.mac).is_ok()
        && opened.tree.same_content(edited, false);
    is_meant.then_some((again, opened))
}
