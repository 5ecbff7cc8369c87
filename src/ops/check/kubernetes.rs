//! Manifests that the operator of their cluster could not use (isindir/sops-secrets-operator).

use super::Finding;
use super::blob::{Blob, line_of};
use super::references::kind;
use crate::metadata::Metadata;
use crate::ops::sealed::Sealed;
use crate::policy::lint::Severity;
use crate::seal::looks_encrypted;
use crate::seal::selection::Rule;
use crate::tree::{Key, NodeId, Tree};

/// Fields that Kubernetes reads before anybody decrypts.
const READ_BY_ALL: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Something in a SopsSecret that its cluster would refuse or drop.
struct Problem {
    /// Where, if it is one place.
    at: Option<NodeId>,
    code: &'static str,
    text: String,
    advice: &'static str,
}

/// What is found in the documents of a file that are SopsSecrets.
pub fn check(blob: &Blob, bytes: &[u8], sealed: &Sealed) -> Vec<Finding> {
    let problems = problems(&sealed.content, &sealed.metadata).into_iter();
    problems
        .map(|problem| {
            let line = problem.at.and_then(|id| line_of(&sealed.loaded, bytes, id));
            blob.finding(line, Severity::Error, problem.code, problem.text, problem.advice)
        })
        .collect()
}

/// Why the cluster could not use a file, in sentences; nothing where no document of it is a SopsSecret. `content` is still encrypted.
#[must_use]
pub fn unusable(content: &Tree, metadata: &Metadata) -> Vec<String> {
    let problems = problems(content, metadata).into_iter();
    problems
        .map(|problem| format!("{}; {}", problem.text, problem.advice))
        .collect()
}

fn problems(tree: &Tree, metadata: &Metadata) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut any = false;
    for root in tree
        .documents()
        .iter()
        .filter(|root| is_sops_secret(tree, **root))
    {
        any = true;
        for field in READ_BY_ALL {
            let Some(id) = child(tree, *root, field) else {
                continue;
            };
            let hidden = tree
                .walk_from(id)
                .any(|step| tree.node(step.id()).leaf().is_some_and(looks_encrypted));
            if hidden {
                found.push(Problem {
                    at: Some(id),
                    code: "sopssecret-encrypted-field",
                    text: format!("`{field}` of a SopsSecret is encrypted: the cluster refuses it"),
                    advice: "encrypt with --encrypted-suffix Templates",
                });
            }
        }
    }
    if any {
        found.extend(unknown(metadata));
    }
    found
}

/// By its kind or, where that is encrypted, by its templates.
fn is_sops_secret(tree: &Tree, root: NodeId) -> bool {
    if kind(tree, root) == Some(b"SopsSecret") {
        return true;
    }
    child(tree, root, "spec").is_some_and(|spec| {
        ["secretTemplates", "secret_templates"]
            .iter()
            .any(|name| child(tree, spec, name).is_some())
    })
}

fn child(tree: &Tree, map: NodeId, name: &str) -> Option<NodeId> {
    let named = |id: &&NodeId| tree.node(**id).key.as_ref().and_then(Key::text) == Some(name.as_bytes());
    tree.children(map).iter().find(named).copied()
}

/// What the definition of the resource has no field for: the cluster drops it, and the operator cannot decrypt.
fn unknown(metadata: &Metadata) -> Vec<Problem> {
    let mut unknown = Vec::new();
    if metadata.groups.len() > 1 {
        unknown.push("key_groups");
    }
    if let Some(rule) = &metadata.rule
        && !matches!(
            rule,
            Rule::EncryptedSuffix(_) | Rule::EncryptedRegex(_) | Rule::UnencryptedRegex(_)
        )
    {
        unknown.push(rule.field());
    }
    let problem = |field: &str| Problem {
        at: None,
        code: "sopssecret-unknown-metadata",
        text: format!(
            "the resource SopsSecret has no field for `sops.{field}`: the cluster drops it, and nobody can decrypt"
        ),
        advice: "use one group of keys and --encrypted-suffix Templates",
    };
    unknown.into_iter().map(problem).collect()
}
