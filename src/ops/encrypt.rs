//! Encrypt a plain file (spec §10, §12.1).

use super::audit::{self, Deed};
use super::caution::Caution;
use super::config::Located;
use super::like::{self, Like};
use super::rekey::cannot_wrap;
use super::sealed;
use super::style::style;
use super::terms::{Terms, terms};
use crate::failure::{Failure, Kind};
use crate::format::{self, EmitError, Format, LoadError, Loaded, Style};
use crate::host::{Environment, SystemRandom, clock};
use crate::keys;
use crate::metadata::{self, Group, Metadata, Recipient, SOPS_VERSION};
use crate::seal::selection::{Rule, Selection};
use crate::seal::{self, DataKey, ListComments, SealError, Stash};
use crate::tree::{Secret, Tree};
use std::path::Path;

/// A plain file.
#[derive(Clone, Debug)]
pub struct Plain<'p> {
    /// Its absolute path, or the name it is to be treated by: chooses the rule.
    pub path: &'p Path,
    /// What it is called in messages.
    pub name: &'p str,
    /// Its content.
    pub bytes: &'p [u8],
    /// The format it is in.
    pub input: Format,
    /// The format it becomes.
    pub output: Format,
}

/// What was asked for; it goes before what the rule says (spec §10.4).
#[derive(Clone, Debug, Default)]
pub struct Wish<'w> {
    /// Whose keys; replaces those of the rule.
    pub group: Option<Group>,
    /// How many key groups are needed.
    pub threshold: Option<u32>,
    /// Which values are encrypted.
    pub rule: Option<Rule>,
    /// Whether the MAC covers encrypted values only.
    pub mac_only_encrypted: bool,
    /// The indentation step.
    pub indent: Option<i64>,
    /// Whether the text of the file stays as it is, but for what is encrypted and the `sops` block.
    pub keep_layout: bool,
    /// The encrypted file this one is a later state of.
    pub like: Option<Like<'w>>,
}

/// Encrypts a file: in sops's own layout and with a data key of its own, unless it was wished otherwise. What is returned was read
/// back and opened.
///
/// # Errors
/// When no rule or no key is for it, when it cannot be read, encrypted or written in the format it is to become.
pub fn encrypt(
    plain: &Plain<'_>,
    wish: &Wish<'_>,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Vec<u8>, Failure> {
    let loaded = load(plain)?;
    refuse_reserved(&loaded.tree, plain)?;
    let means = match &wish.like {
        Some(old) => match like::means(plain, wish, old, &loaded.tree, environment, caution)? {
            Some(means) => means,
            None => return Ok(old.bytes.to_vec()),
        },
        None => fresh(plain, terms(plain, wish, config, caution)?, environment)?,
    };
    audit::note(Deed::Encrypt, plain.name, environment)?;
    if wish.keep_layout {
        match kept(plain, &loaded, &means)? {
            Ok(bytes) => return Ok(bytes),
            Err(reason) => caution.warn(format!("{}: its layout cannot be kept: {reason}", plain.name))?,
        }
    }
    let style = style(plain.output, wish.indent, config)?;
    sealed_anew(plain, &loaded.tree, &means, style)
}

/// The file in sops's layout; what is returned was read back and opened.
pub(super) fn sealed_anew(
    plain: &Plain<'_>,
    tree: &Tree,
    means: &Means,
    style: Style,
) -> Result<Vec<u8>, Failure> {
    let bytes = laid_out(plain, tree, means, style)?;
    if opened(plain, means, &bytes).is_some() {
        return Ok(bytes);
    }
    let text = format!(
        "{}: written as {}, it would not open to the same values",
        plain.name,
        plain.output.name()
    );
    Err(Failure::new(Kind::Serialise, text))
}

/// What a file is encrypted with.
#[derive(Clone, Debug)]
pub(super) struct Means {
    /// The data key.
    pub key: DataKey,
    /// Ciphertexts to be used again.
    pub stash: Stash,
    /// Which values are encrypted.
    pub selection: Selection,
    /// The `sops` block, but for the MAC and its time.
    pub metadata: Metadata,
}

impl Means {
    /// The encrypted tree, with its `sops` block.
    fn seal(&self, plain: &Plain<'_>, tree: &Tree, list_comments: ListComments) -> Result<Tree, Failure> {
        let mut random = SystemRandom;
        let (mut tree, mac) = seal::seal_as(
            tree,
            &self.key,
            &self.selection,
            &self.stash,
            list_comments,
            &mut random,
        )
        .map_err(|error| cannot_seal(plain.name, &error))?;
        let now = clock::now();
        let mac = seal::seal_mac(&mac, &self.key, &now, &mut random)
            .map_err(|error| Failure::new(Kind::EncryptMac, error.to_string()))?;
        let metadata = Metadata {
            last_modified: now,
            mac,
            ..self.metadata.clone()
        };
        metadata::attach(&mut tree, plain.output.sealed(), &metadata)
            .map_err(|error| Failure::new(Kind::Serialise, format!("{}: {error}", plain.name)))?;
        Ok(tree)
    }
}

/// A new data key, wrapped for everybody who is to read the file.
pub(super) fn fresh(plain: &Plain<'_>, terms: Terms, environment: &Environment) -> Result<Means, Failure> {
    let selection = Selection::new(terms.rule.clone(), terms.mac_only_encrypted)
        .map_err(|bad| Failure::new(Kind::Generic, format!("{}: {bad}", plain.name)))?;
    let mut random = SystemRandom;
    let key =
        DataKey::generate(&mut random).map_err(|error| Failure::new(Kind::Generic, error.to_string()))?;
    let now = clock::now();
    let mut groups = terms.groups;
    for entry in groups.iter_mut().flat_map(|group| &mut group.keys) {
        if !matches!(entry.recipient, Recipient::Age { .. }) {
            entry.created_at = Some(now.to_string());
        }
    }
    let (groups, _) = keys::wrap(&groups, terms.threshold, &key, environment, &mut random)
        .map_err(|error| cannot_wrap(plain.name, &error))?;
    Ok(Means {
        key,
        stash: Stash::default(),
        selection,
        metadata: Metadata {
            groups,
            threshold: terms.threshold,
            last_modified: now,
            mac: Secret::default(),
            rule: terms.rule,
            mac_only_encrypted: terms.mac_only_encrypted,
            version: SOPS_VERSION.to_owned(),
        },
    })
}

/// The text of the file with only what is encrypted replaced and the `sops` block added, or why that cannot be.
fn kept(plain: &Plain<'_>, loaded: &Loaded, means: &Means) -> Result<Result<Vec<u8>, String>, Failure> {
    if plain.input != plain.output || plain.input == Format::Binary {
        return Ok(Err("the result is of another format".to_owned()));
    }
    let tree = means.seal(plain, &loaded.tree, ListComments::AsComments)?;
    Ok(match format::patch(plain.bytes, loaded, &tree) {
        Ok(bytes)
            if opened(plain, means, &bytes).is_some_and(|tree| tree.same_content(&loaded.tree, false)) =>
        {
            Ok(bytes)
        }
        Ok(_) => Err("the text would not open to the same values".to_owned()),
        Err(error) => Err(error.to_string()),
    })
}

/// The file in sops's layout.
fn laid_out(plain: &Plain<'_>, tree: &Tree, means: &Means, style: Style) -> Result<Vec<u8>, Failure> {
    let tree = means.seal(plain, tree, ListComments::AsItems)?;
    format::emit(plain.output.sealed(), &tree, style).map_err(|error| cannot_emit(plain.name, &error))
}

/// What a text opens to, under a MAC that fits. Numbers in clear may have changed their type on the way: sops writes the float 1.0 as
/// 1, and the MAC does not tell them apart.
fn opened(plain: &Plain<'_>, means: &Means, bytes: &[u8]) -> Option<Tree> {
    let again = sealed::read(bytes, plain.output, false).ok()?;
    let opened = seal::open(&again.content, &means.key, &means.selection).ok()?;
    let Metadata {
        mac, last_modified, ..
    } = &again.metadata;
    seal::verify_mac(mac, &means.key, last_modified, &opened.mac).ok()?;
    Some(opened.tree)
}

fn load(plain: &Plain<'_>) -> Result<Loaded, Failure> {
    let empty = || {
        let text = "a file cannot be completely empty, it must contain at least one document";
        Failure::new(Kind::EmptyFile, format!("{}: {text}", plain.name))
    };
    match format::load(plain.input, plain.bytes) {
        Ok(loaded) if loaded.tree.documents().is_empty() => Err(empty()),
        Ok(loaded) => Ok(loaded),
        Err(LoadError::Empty) if plain.bytes.is_empty() && plain.input == Format::Yaml => Err(empty()),
        Err(error) => Err(Failure::new(Kind::Read, format!("{}: {error}", plain.name))),
    }
}

/// Refuses a file that uses the name of the `sops` block: most often it is encrypted already.
fn refuse_reserved(tree: &Tree, plain: &Plain<'_>) -> Result<(), Failure> {
    if metadata::reserved(tree, plain.output.sealed()) != Some(0) {
        return Ok(());
    }
    let text = format!(
        "{}: the file has a top-level entry that is reserved for sops's metadata",
        plain.name
    );
    Err(Failure::new(Kind::AlreadyEncrypted, text)
        .hint("is it encrypted already? `decrypt`, `set` and the editor take encrypted files"))
}

pub(super) fn cannot_seal(name: &str, error: &SealError) -> Failure {
    Failure::new(Kind::EncryptTree, format!("{name}: cannot encrypt: {error}"))
}

pub(super) fn cannot_emit(name: &str, error: &EmitError) -> Failure {
    Failure::new(Kind::Serialise, format!("{name}: cannot be written: {error}"))
}
