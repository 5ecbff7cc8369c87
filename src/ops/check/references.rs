//! Things that name a secret and hold none; and files that name another through `secrets://`.

use super::blob::{Blob, LARGEST, Place, is_sealed};
use super::{Finding, Report};
use crate::failure::Failure;
use crate::host::{Environment, file};
use crate::ops::parallel;
use crate::ops::survey::{self, name_of};
use crate::policy::lint::Severity;
use crate::tree::{Leaf, NodeId, Tree};
use memchr::memmem;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// Kinds of Kubernetes manifests that point at secrets, or hold them encrypted in a way of their own.
const MANIFESTS: [&str; 12] = [
    "ExternalSecret",
    "ClusterExternalSecret",
    "SecretStore",
    "ClusterSecretStore",
    "PushSecret",
    "VaultStaticSecret",
    "VaultDynamicSecret",
    "VaultPKISecret",
    "VaultAuth",
    "VaultConnection",
    "SealedSecret",
    "SecretProviderClass",
];
/// How helm-secrets, ArgoCD and helmfile name an encrypted file; some put a way to get keys before the path.
const MARK: &[u8] = b"secrets://";

/// A file that names another through `secrets://`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The file that is named, as it is called.
    pub target: String,
    /// The file that names it.
    pub by: String,
    /// The 1-based line there.
    pub line: usize,
    /// Where the named file is.
    pub path: PathBuf,
}

/// Whether a value names a secret instead of being one: `ref+…` of vals, `<path:…>` of the ArgoCD Vault plugin, a value that is
/// one placeholder.
pub fn is_reference(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.starts_with(b"ref+")
        || value.starts_with(b"<path:")
        || value.starts_with(MARK)
        || (value.starts_with(b"{{") && value.ends_with(b"}}"))
        || (value.starts_with(b"${") && value.ends_with(b"}"))
}

/// Whether a document is a manifest that holds references only.
pub fn is_reference_manifest(tree: &Tree, root: NodeId) -> bool {
    kind(tree, root).is_some_and(|kind| MANIFESTS.iter().any(|known| known.as_bytes() == kind))
}

/// `kind` of a manifest.
pub fn kind(tree: &Tree, root: NodeId) -> Option<&[u8]> {
    let named = |id: &&NodeId| {
        let key = tree.node(**id).key.as_ref();
        key.and_then(|key| key.text()) == Some(b"kind")
    };
    let id = tree.children(root).iter().find(named)?;
    match tree.node(*id).leaf() {
        Some(Leaf::Text(text)) => Some(text.expose()),
        _ => None,
    }
}

/// The files that a text names. Helmfiles are templates, so they are read as lines, not as YAML.
pub fn mentions(blob: &Blob, bytes: &[u8]) -> Vec<Mention> {
    let name = blob.file_name();
    let is_yaml = [".yaml", ".yml", ".gotmpl"].iter().any(|end| name.ends_with(end));
    if !is_yaml || memmem::find(bytes, MARK).is_none() {
        return Vec::new();
    }
    let folder = blob.path.parent().unwrap_or(&blob.path);
    let mut found = Vec::new();
    for (line, text) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if text.trim_ascii_start().starts_with(b"#") {
            continue;
        }
        for at in memmem::find_iter(text, MARK) {
            let Some(rest) = text.get(at + MARK.len()..) else {
                continue;
            };
            let ends =
                |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b']' | b'}');
            let end = rest.iter().position(ends).unwrap_or(rest.len());
            let path = rest.get(..end).and_then(|path| std::str::from_utf8(path).ok());
            // A template, or an address elsewhere.
            let Some(path) =
                path.filter(|path| !path.is_empty() && !path.contains("{{") && !path.contains("://"))
            else {
                continue;
            };
            found.push(Mention {
                target: path.to_owned(),
                by: blob.name.clone(),
                line,
                path: joined(folder, path),
            });
        }
    }
    found
}

/// A path from a folder, with `.` and `..` taken out. What stands before `?` is the path.
fn joined(folder: &Path, path: &str) -> PathBuf {
    // `secrets+age-import:///path?values.yaml` and the like name the file last.
    let path = path.rsplit('?').next().unwrap_or(path);
    let mut clean = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// Finds the file that is meant; whether it is among these. ArgoCD names files from the folder of the chart, which may be elsewhere:
/// what is not found is looked for by the end of its path.
fn settle(mention: &mut Mention, paths: &[&Path], environment: &Environment) -> bool {
    let exact = paths.iter().find(|path| **path == mention.path);
    let found = exact.or_else(|| {
        let end = Path::new(&mention.target);
        let end = end.strip_prefix("..").unwrap_or(end);
        let mut same = paths.iter().filter(|path| path.ends_with(end));
        // Several are no answer.
        same.next().filter(|_| same.next().is_none())
    });
    let Some(path) = found else { return false };
    mention.path = path.to_path_buf();
    mention.target = name_of(path, environment);
    true
}

/// The files below some paths that name another one through `secrets://`, without anything else that a check looks for.
///
/// # Errors
/// When a path is not there.
pub fn mentions_below(paths: &[PathBuf], environment: &Environment) -> Result<Vec<Mention>, Failure> {
    let listing = survey::list(paths, environment)?;
    let found = parallel::map(&listing.paths, |path| {
        let blob = Blob {
            path: path.clone(),
            name: name_of(path, environment),
            place: Place::Worktree,
            content: None,
            was_sealed: false,
        };
        // What cannot be read is told by what looks for SOPS files.
        let bytes = file::read_marked(path, MARK, LARGEST).ok().flatten();
        bytes.map_or_else(Vec::new, |bytes| mentions(&blob, &bytes))
    });
    let paths: Vec<&Path> = listing.paths.iter().map(PathBuf::as_path).collect();
    let mut found: Vec<Mention> = found.into_iter().flatten().collect();
    for mention in &mut found {
        settle(mention, &paths, environment);
    }
    Ok(found)
}

/// Files that are named as encrypted, and are not.
pub fn check(report: &mut Report, blobs: &[Blob], environment: &Environment) {
    let by_path: HashMap<&Path, &Blob> = blobs.iter().map(|blob| (blob.path.as_path(), blob)).collect();
    let mut findings = Vec::new();
    let paths: Vec<&Path> = blobs.iter().map(|blob| blob.path.as_path()).collect();
    for mention in &mut report.mentions {
        if !settle(mention, &paths, environment) {
            continue;
        }
        let Some(blob) = by_path.get(mention.path.as_path()) else {
            continue;
        };
        let Some(bytes) = blob.bytes() else { continue };
        if !is_sealed(&bytes, &blob.path) {
            findings.push(Finding {
                path: blob.path.clone(),
                name: blob.name.clone(),
                line: None,
                severity: Severity::Error,
                code: "secrets-url-plain",
                text: format!(
                    "{}:{} names it through secrets://, and it is not encrypted",
                    mention.by, mention.line
                ),
                advice: "encrypt it, or name it without secrets://".to_owned(),
            });
        }
    }
    report.findings.extend(findings);
}
