//! Set one value of an encrypted file (spec §12.6).

use super::audit::{self, Deed};
use super::caution::Caution;
use super::config::Located;
use super::decrypt::{self, Unsealed};
use super::path::{self, Found, Step, step_into};
use super::rewrite::{Rewritten, rewrite};
use super::style::style;
use super::subtree;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::host::Environment;
use crate::metadata;
use crate::tree::{Body, Key, Leaf, NodeId, Tree};
use zeroize::Zeroizing;

/// The file to be changed.
#[derive(Clone, Debug)]
pub struct Target<'t> {
    /// What it is called in messages.
    pub name: &'t str,
    /// Its content.
    pub bytes: &'t [u8],
    /// Its format.
    pub format: Format,
    /// Whether the format was asked for, not guessed from the name.
    pub format_is_certain: bool,
    /// The indentation step, should the file have to be laid out anew.
    pub indent: Option<i64>,
}

/// Reads the path of `set` and `unset`.
///
/// # Errors
/// When it has no meaning.
pub fn parse_path(text: &str) -> Result<Vec<Step>, Failure> {
    path::parse(text).map_err(|error| Failure::new(Kind::SetArgument, format!("invalid index: {error}")))
}

/// Reads a value: JSON, but no list. A whole number stays one.
///
/// # Errors
/// When it is no JSON, or a list.
pub fn parse_value(json: &[u8]) -> Result<Tree, Failure> {
    let refuse = |text: &str| Failure::new(Kind::SetArgument, text);
    let not_json = || refuse("the value is not valid JSON").hint("a text is written in quotes: '\"text\"'");
    // Only a whole JSON value may go between the braces below.
    serde_json::from_slice::<serde::de::IgnoredAny>(json).map_err(|_| not_json())?;
    let wrapped = Zeroizing::new([b"{\"value\":", json, b"}"].concat());
    let loaded = format::load(Format::Json, &wrapped).map_err(|_| not_json())?;
    let value = loaded
        .tree
        .documents()
        .first()
        .and_then(|root| loaded.tree.children(*root).first())
        .copied()
        .ok_or_else(not_json)?;
    match loaded.tree.node(value).body {
        Body::List(_) => Err(refuse("the value must not be a list").hint("set its items one by one")),
        _ => Ok(subtree::document_of(&loaded.tree, value)),
    }
}

/// Sets a value: replaces what stands at the path, or puts it there with all that is missing on the way. `None` when it is
/// there already.
///
/// # Errors
/// When the file cannot be opened, the path does not fit it, or the result cannot be written.
pub fn set(
    target: &Target<'_>,
    path: &[Step],
    value: &Tree,
    ignore_mac: bool,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Rewritten>, Failure> {
    change(target, ignore_mac, config, environment, caution, |tree| {
        put(tree, path, value)
    })
}

/// Opens a file, lets `edit` change its content, and seals it again; `None` when nothing changed.
pub(super) fn change(
    target: &Target<'_>,
    ignore_mac: bool,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
    edit: impl FnOnce(&mut Tree) -> Result<(), Failure>,
) -> Result<Option<Rewritten>, Failure> {
    let unsealed = decrypt::unseal(target, ignore_mac, environment, caution)?;
    let mut edited = unsealed.opened.tree.clone();
    edit(&mut edited)?;
    let rewritten = put_back(target, &unsealed, &edited, config, caution)?;
    if rewritten.is_some() {
        audit::note(Deed::Encrypt, target.name, environment)?;
    }
    Ok(rewritten)
}

/// Seals the edited content of a file again; `None` when nothing changed.
pub(super) fn put_back(
    target: &Target<'_>,
    unsealed: &Unsealed,
    edited: &Tree,
    config: Option<&Located>,
    caution: &mut Caution,
) -> Result<Option<Rewritten>, Failure> {
    let name = target.name;
    if edited.same_content(&unsealed.opened.tree, true) {
        return Ok(None);
    }
    let format = unsealed.sealed.format;
    if metadata::reserved(edited, format.sealed()) == Some(0) {
        let text = format!("{name}: the name is reserved for sops's metadata");
        return Err(Failure::new(Kind::AlreadyEncrypted, text));
    }
    let rewritten = rewrite(
        &unsealed.base(target),
        edited,
        style(format, target.indent, config)?,
    )?;
    if let Some(reason) = &rewritten.relaid {
        caution.warn(format!("{name}: the whole file is laid out anew: {reason}"))?;
    }
    Ok(Some(rewritten))
}

fn put(tree: &mut Tree, path: &[Step], value: &Tree) -> Result<(), Failure> {
    let Some(mut at) = tree.documents().first().copied() else {
        return Err(Failure::new(
            Kind::SetArgument,
            "there is no document to set a value in",
        ));
    };
    for (depth, step) in path.iter().enumerate() {
        at = match step_into(tree, at, step) {
            Found::Node(id) => id,
            Found::Missing => add(tree, at, step),
            // A value in the way is replaced by what the path asks for; a map or list is not.
            Found::Mismatch if !tree.node(at).is_branch() => {
                tree.set_body(at, branch_for(step));
                add(tree, at, step)
            }
            Found::Mismatch => return Err(misfit(depth, step)),
        };
    }
    let Some(root) = value.documents().first() else {
        return Ok(());
    };
    replace(tree, at, value, *root);
    Ok(())
}

fn branch_for(step: &Step) -> Body {
    match step {
        Step::Key(_) => Body::Map(Vec::new()),
        Step::Index(_) => Body::List(Vec::new()),
    }
}

fn add(tree: &mut Tree, parent: NodeId, step: &Step) -> NodeId {
    let key = match step {
        Step::Key(key) => Some(Key::from(key.as_str())),
        Step::Index(_) => None,
    };
    tree.push(parent, key, Body::Leaf(Leaf::Null))
}

fn misfit(depth: usize, step: &Step) -> Failure {
    let text = match step {
        Step::Key(_) => "is a key, but what stands there is a list",
        Step::Index(_) => "is an index, but what stands there is a map",
    };
    Failure::new(
        Kind::SetArgument,
        format!("component {} of the path {text}", depth + 1),
    )
}

/// Gives a node the content of another tree's node; what already is the same stays, with its place in the text.
fn replace(tree: &mut Tree, id: NodeId, value: &Tree, from: NodeId) {
    if subtree::document_of(tree, id).same_content(value, true) {
        return;
    }
    let copy = subtree::copy(value, from, tree);
    let body = tree.node(copy).body.clone();
    let children = body_children(&body);
    tree.set_children(copy, Vec::new());
    tree.set_children(id, Vec::new());
    match body {
        Body::Map(_) => tree.set_body(id, Body::Map(Vec::new())),
        Body::List(_) => tree.set_body(id, Body::List(Vec::new())),
        other => tree.set_body(id, other),
    }
    tree.set_children(id, children);
}

fn body_children(body: &Body) -> Vec<NodeId> {
    match body {
        Body::Map(children) | Body::List(children) => children.clone(),
        Body::Leaf(_) | Body::Comment(_) => Vec::new(),
    }
}
