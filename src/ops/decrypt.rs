//! Decrypt a file, or one value of it (spec §5.5, §12.2, §12.7).

use super::audit::{self, Deed};
use super::caution::Caution;
use super::config::Located;
use super::encrypt::cannot_emit;
use super::rewrite::Base;
use super::sealed::Sealed;
use super::set::Target;
use super::style::style;
use super::{extract, sealed, subtree, unlock};
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::host::Environment;
use crate::metadata::Metadata;
use crate::seal::selection::{Rule, Selection};
use crate::seal::{self, DataKey, Opened};
use crate::tree::Tree;

/// What is to be decrypted, and how.
#[derive(Clone, Debug)]
pub struct Request<'r> {
    /// What the file is called in messages.
    pub name: &'r str,
    /// Its content.
    pub bytes: &'r [u8],
    /// Its format.
    pub input: Format,
    /// Whether `input` was asked for; else it is a guess from the name, and the content may know better.
    pub input_is_certain: bool,
    /// The format of the result; `None` for that of the file.
    pub output: Option<Format>,
    /// The path of a single value, as `--extract` takes it.
    pub extract: Option<&'r str>,
    /// Whether the result is wanted although the MAC does not fit.
    pub ignore_mac: bool,
    /// The indentation step.
    pub indent: Option<i64>,
}

/// Decrypts a file in sops's own layout.
///
/// # Errors
/// When it is not encrypted, no key opens it, a value or the MAC does not fit, or the format cannot hold the result.
pub fn decrypt(
    request: &Request<'_>,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Vec<u8>, Failure> {
    let path = request.extract.map(extract::parse).transpose()?;
    let target = Target {
        name: request.name,
        bytes: request.bytes,
        format: request.input,
        format_is_certain: request.input_is_certain,
        indent: request.indent,
    };
    let Unsealed {
        sealed, mut opened, ..
    } = unseal(&target, request.ignore_mac, environment, caution)?;
    // What sops prints has them above the value (spec §11.2).
    opened.drop_inline();
    let output = request.output.unwrap_or(sealed.format);
    let style = style(output, request.indent, config)?;
    if let Some(path) = path {
        return extract::extract(&opened.tree, &path, output, style, request.name);
    }
    let tree = whole(opened.tree, output, request.name, caution)?;
    format::emit(output, &tree, style).map_err(|error| cannot_emit(request.name, &error))
}

/// Reads an encrypted file; a wrong guess at its format is put right, with a warning.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    format: Format,
    certain: bool,
    caution: &mut Caution,
) -> Result<Sealed, Failure> {
    let result = if certain {
        sealed::read(bytes, format, false)
    } else {
        sealed::detect(bytes, format, false)
    };
    let sealed = result.map_err(|error| error.failure(name))?;
    if sealed.format != format {
        caution.warn(format!(
            "{name}: read as {}, which it is by its content",
            sealed.format.name()
        ))?;
    }
    Ok(sealed)
}

/// A file that was read and decrypted.
#[derive(Clone, Debug)]
pub(super) struct Unsealed {
    /// As it was read.
    pub sealed: Sealed,
    /// Its data key.
    pub key: DataKey,
    /// Its content.
    pub opened: Opened,
    /// Which values are encrypted.
    pub selection: Selection,
}

impl Unsealed {
    /// What a rewrite of the file starts from.
    pub fn base<'b>(&'b self, target: &Target<'b>) -> Base<'b> {
        Base {
            name: target.name,
            source: target.bytes,
            format: self.sealed.format,
            loaded: &self.sealed.loaded,
            detached: &self.sealed.detached,
            metadata: &self.sealed.metadata,
            selection: &self.selection,
            key: &self.key,
            stash: &self.opened.stash,
        }
    }
}

/// Reads a file and decrypts it with the keys at hand.
pub(super) fn unseal(
    target: &Target<'_>,
    ignore_mac: bool,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Unsealed, Failure> {
    let key = |metadata: &Metadata| unlock::data_key(metadata, target.name, environment).map(|(key, _)| key);
    unseal_by(target, ignore_mac, key, environment, caution)
}

/// Reads a file and decrypts it with the data key that is found for it.
pub(super) fn unseal_by(
    target: &Target<'_>,
    ignore_mac: bool,
    key: impl FnOnce(&Metadata) -> Result<DataKey, Failure>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Unsealed, Failure> {
    let name = target.name;
    let sealed = read(
        name,
        target.bytes,
        target.format,
        target.format_is_certain,
        caution,
    )?;
    let key = key(&sealed.metadata)?;
    let (opened, selection) = open(&sealed, &key, name, ignore_mac, caution)?;
    audit::note(Deed::Decrypt, name, environment)?;
    Ok(Unsealed {
        sealed,
        key,
        opened,
        selection,
    })
}

/// Decrypts the values and checks the MAC.
fn open(
    sealed: &Sealed,
    key: &DataKey,
    name: &str,
    ignore_mac: bool,
    caution: &mut Caution,
) -> Result<(Opened, Selection), Failure> {
    let Metadata {
        rule,
        mac_only_encrypted,
        ..
    } = &sealed.metadata;
    // What a file encrypts that names no rule (spec §6).
    let rule = rule.clone().unwrap_or_else(Rule::default_suffix);
    let (selection, bad) = Selection::for_reading(Some(rule), *mac_only_encrypted);
    if let Some(bad) = bad {
        caution.warn(format!("{name}: {bad}; it selects nothing"))?;
    }
    let opened = seal::open(&sealed.content, key, &selection)
        .map_err(|error| Failure::new(Kind::DecryptTree, format!("{name}: cannot decrypt: {error}")))?;
    for seal::Warning::CommentKept(_) in opened.warnings.iter().take(1) {
        caution.warn(format!(
            "{name}: a comment that should be encrypted is not, or does not decrypt; it is kept"
        ))?;
    }
    if !ignore_mac {
        check_mac(&sealed.metadata, key, &opened.mac, name)?;
    }
    Ok((opened, selection))
}

pub(super) fn check_mac(
    metadata: &Metadata,
    key: &DataKey,
    computed: &str,
    name: &str,
) -> Result<(), Failure> {
    seal::verify_mac(&metadata.mac, key, &metadata.last_modified, computed).map_err(|error| {
        Failure::new(Kind::MacMismatch, format!("{name}: {error}"))
            .hint("somebody changed the file without sops; compare it with its history, or with a copy from elsewhere")
            .hint(format!(
                "`lazysops repair --dry-run {name}` says what was changed; without --dry-run it makes the MAC new after a yes, --restore \
                 brings the last good version back"
            ))
            .hint("--ignore-mac goes on without the check: what the file says may be what somebody else put there")
    })
}

/// All documents, or the first where the format holds only one.
fn whole(tree: Tree, output: Format, name: &str, caution: &mut Caution) -> Result<Tree, Failure> {
    match (tree.documents(), output) {
        ([first, _, ..], Format::Json | Format::Dotenv | Format::Ini | Format::Binary) => {
            caution.warn(format!(
                "{name}: only the first document is written, {} holds no more",
                output.name()
            ))?;
            Ok(subtree::document_of(&tree, *first))
        }
        _ => Ok(tree),
    }
}
