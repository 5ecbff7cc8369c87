//! Publish a file: take it where the destination rule says (spec §12.9).

use super::caution::Caution;
use super::config::Located;
use super::decrypt::{self, Unsealed};
use super::encrypt::{Plain, cannot_emit, fresh, sealed_anew};
use super::set::Target;
use super::style::style;
use super::terms::Terms;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format, Style};
use crate::host::Environment;
use crate::keys::access::{Access, Refusal};
use crate::keys::destination::{self, Entry};
use crate::metadata;
use crate::policy::{CreationRule, Destination, PolicyError};
use crate::seal::selection::Rule;
use crate::tree::{Body, Leaf, NodeId, Tree};
use std::path::Path;
use zeroize::Zeroizing;

/// Where Vault is when nothing says so.
const VAULT: &str = "https://127.0.0.1:8200";

/// A file, ready to be taken to where it goes.
#[derive(Debug)]
pub struct Publication {
    name: String,
    destination: Destination,
    object: String,
    vault: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// An encrypted file.
    File(Vec<u8>),
    /// Decrypted values, as JSON.
    Values(Zeroizing<Vec<u8>>),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is there now.
    Uploaded,
    /// The same values were there already.
    SameAlready,
}

/// Prepares a file. `given` is its path as the user wrote it, which chooses the rule; `object` what it is called at its destination.
///
/// # Errors
/// When no rule is for it, it is not encrypted, or it cannot be opened where that is needed.
pub fn prepare(
    target: &Target<'_>,
    given: &Path,
    object: &Path,
    omit_extensions: bool,
    config: &Located,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Publication, Failure> {
    let failure = |error: PolicyError| config.failure(&error);
    let rule = config
        .config
        .destination_for(given.as_os_str().as_encoded_bytes())
        .map_err(failure)?;
    let destination = rule.destination().map_err(failure)?;
    let object = if omit_extensions || rule.omit_extensions {
        object.with_extension("")
    } else {
        object.to_owned()
    };
    let recreation = match &rule.recreation {
        Some(recreation)
            if recreation
                .groups()
                .map_err(failure)?
                .iter()
                .any(|it| !it.keys.is_empty()) =>
        {
            Some(recreation)
        }
        _ => None,
    };
    let content = match (&destination, recreation) {
        (Destination::Vault { .. }, _) => {
            let unsealed = decrypt::unseal(target, false, environment, caution)?;
            Content::Values(values(target.name, &unsealed.opened.tree)?)
        }
        (_, Some(recreation)) => {
            let unsealed = decrypt::unseal(target, false, environment, caution)?;
            let terms = terms(recreation).map_err(failure)?;
            Content::File(recreated(target, &unsealed, terms, config, environment)?)
        }
        (_, None) => {
            decrypt::read(
                target.name,
                target.bytes,
                target.format,
                target.format_is_certain,
                caution,
            )?;
            Content::File(target.bytes.to_vec())
        }
    };
    Ok(Publication {
        name: target.name.to_owned(),
        destination,
        object: object.to_string_lossy().into_owned(),
        vault: environment.text("VAULT_ADDR").unwrap_or(VAULT).to_owned(),
        content,
    })
}

/// The first document, as the map of values that Vault keeps.
fn values(name: &str, tree: &Tree) -> Result<Zeroizing<Vec<u8>>, Failure> {
    format::emit(Format::Json, tree, Style::default())
        .map(Zeroizing::new)
        .map_err(|error| cannot_emit(name, &error))
}

fn terms(rule: &CreationRule) -> Result<Terms, PolicyError> {
    let groups = rule.groups()?;
    let threshold = rule
        .shamir_threshold
        .as_ref()
        .and_then(|claim| u32::try_from(claim.value).ok());
    let all = u32::try_from(groups.len()).ok().filter(|groups| *groups > 1);
    Ok(Terms {
        groups,
        threshold: threshold.filter(|number| *number != 0).or(all),
        // All of what the rule says, not only suffixes: what sops leaves out does not open again.
        rule: Some(rule.selection()?.cloned().unwrap_or_else(Rule::default_suffix)),
        mac_only_encrypted: rule.mac_only_encrypted,
    })
}

fn recreated(
    target: &Target<'_>,
    unsealed: &Unsealed,
    terms: Terms,
    config: &Located,
    environment: &Environment,
) -> Result<Vec<u8>, Failure> {
    let format = unsealed.sealed.format;
    let plain = Plain {
        path: Path::new(target.name),
        name: target.name,
        bytes: &[],
        input: format,
        output: format,
    };
    let means = fresh(&plain, terms, environment)?;
    if metadata::reserved(&unsealed.opened.tree, format.sealed()) == Some(0) {
        let text = format!("{}: the name is reserved for sops's metadata", target.name);
        return Err(Failure::new(Kind::AlreadyEncrypted, text));
    }
    let style = style(format, target.indent, Some(config))?;
    sealed_anew(&plain, &unsealed.opened.tree, &means, style)
}

impl Publication {
    /// Where it goes, as an address for people.
    #[must_use]
    pub fn to(&self) -> String {
        let object = &self.object;
        match &self.destination {
            Destination::S3 { bucket, prefix } => format!("s3://{bucket}/{prefix}{object}"),
            Destination::Gcs { bucket, prefix } => format!("gcs://{bucket}/{prefix}{object}"),
            Destination::Vault {
                address,
                mount,
                version,
                ..
            } => {
                let address = address.as_deref().unwrap_or(&self.vault).trim_end_matches('/');
                let data = if *version == 1 { "" } else { "data/" };
                format!("{address}/v1/{mount}/{data}{}", self.path())
            }
        }
    }

    /// The path in the engine of Vault.
    fn path(&self) -> String {
        match &self.destination {
            Destination::Vault { path, .. } if !path.is_empty() => format!("{path}/{}", self.object),
            _ => self.object.clone(),
        }
    }

    /// Takes it there. Values that Vault has already are not written again.
    ///
    /// # Errors
    /// When it is not there afterwards.
    pub fn upload(&self, environment: &Environment) -> Result<Published, Failure> {
        let access = Access::of(environment);
        let failure = |refusal: Refusal| {
            let text = format!("{}: not published: {}", self.name, refusal.reason);
            let failure = Failure::new(Kind::Generic, text);
            match refusal.next {
                Some(next) => failure.hint(next),
                None => failure,
            }
        };
        match (&self.destination, &self.content) {
            (Destination::S3 { bucket, prefix }, Content::File(bytes)) => {
                destination::to_s3(&access, bucket, &format!("{prefix}{}", self.object), bytes)
                    .map_err(failure)?;
            }
            (Destination::Gcs { bucket, prefix }, Content::File(bytes)) => {
                destination::to_gcs(&access, bucket, &format!("{prefix}{}", self.object), bytes)
                    .map_err(failure)?;
            }
            (
                Destination::Vault {
                    address,
                    mount,
                    version,
                    ..
                },
                Content::Values(values),
            ) => {
                let path = self.path();
                let entry = Entry {
                    address: address.as_deref().unwrap_or(&self.vault),
                    mount,
                    version: *version,
                    path: &path,
                };
                let there = destination::in_vault(&access, &entry).map_err(failure)?;
                if there.is_some_and(|answer| is_same(&answer, *version, values)) {
                    return Ok(Published::SameAlready);
                }
                destination::to_vault(&access, &entry, values).map_err(failure)?;
            }
            _ => {}
        }
        Ok(Published::Uploaded)
    }
}

/// Whether the answer of Vault holds these values.
fn is_same(answer: &[u8], version: u8, values: &[u8]) -> bool {
    let load = |bytes| format::load(Format::Json, bytes).ok().map(|loaded| loaded.tree);
    let (Some(answer), Some(values)) = (load(answer), load(values)) else {
        return false;
    };
    let keys: &[&[u8]] = if version == 1 {
        &[b"data"]
    } else {
        &[b"data", b"data"]
    };
    let mut at = answer.documents().first().copied();
    for key in keys {
        at = at.and_then(|map| child(&answer, map, key));
    }
    match (at, values.documents().first()) {
        (Some(there), Some(ours)) => same(&answer, there, &values, *ours),
        _ => false,
    }
}

fn child(tree: &Tree, map: NodeId, key: &[u8]) -> Option<NodeId> {
    let named = |id: &&NodeId| tree.node(**id).key.as_ref().and_then(|key| key.text()) == Some(key);
    tree.children(map).iter().find(named).copied()
}

/// Whether two values are the same, in whatever order the keys of their maps are.
fn same(a: &Tree, first: NodeId, b: &Tree, second: NodeId) -> bool {
    let mut waiting = vec![(first, second)];
    while let Some((x, y)) = waiting.pop() {
        let (left, right) = (a.children(x), b.children(y));
        match (&a.node(x).body, &b.node(y).body) {
            (Body::Map(_), Body::Map(_)) if left.len() == right.len() => {
                for id in left {
                    let key = a.node(*id).key.as_ref().and_then(|key| key.text());
                    match key.and_then(|key| child(b, y, key)) {
                        Some(other) => waiting.push((*id, other)),
                        None => return false,
                    }
                }
            }
            (Body::List(_), Body::List(_)) if left.len() == right.len() => {
                waiting.extend(left.iter().copied().zip(right.iter().copied()));
            }
            (Body::Leaf(x), Body::Leaf(y)) if same_leaf(x, y) => {}
            _ => return false,
        }
    }
    true
}

/// JSON knows one kind of number.
fn same_leaf(a: &Leaf, b: &Leaf) -> bool {
    let number = |leaf: &Leaf| matches!(leaf, Leaf::Int(_) | Leaf::Uint(_) | Leaf::Float(_));
    a == b || (number(a) && number(b) && a.canonical() == b.canonical())
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn values_that_are_there_are_recognised_in_any_order() {
        let ours = br#"{"a": "x", "b": {"c": [1, 2.0]}}"#;
        let two = br#"{"data": {"data": {"b": {"c": [1, 2]}, "a": "x"}, "metadata": {"version": 1}}}"#;
        assert!(is_same(two, 2, ours));
        assert!(!is_same(two, 1, ours));
        assert!(is_same(br#"{"data": {"a": "x"}}"#, 1, br#"{"a": "x"}"#));
        for other in [
            r#"{"a": "y"}"#,
            r#"{"a": "x", "b": 1}"#,
            r#"{"b": "x"}"#,
            r#"{"a": ["x"]}"#,
        ] {
            assert!(
                !is_same(br#"{"data": {"a": "x"}}"#, 1, other.as_bytes()),
                "{other}"
            );
        }
    }
}
