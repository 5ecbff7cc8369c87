//! One version of a file, opened as far as it has to be.

use crate::format::{self, Format, sealed_format};
use crate::metadata::Metadata;
use crate::ops::keyring::Keyring;
use crate::ops::sealed;
use crate::seal;
use crate::seal::selection::Selection;
use crate::tree::{Body, Leaf, NodeId, Tree};
use std::cell::OnceCell;
use std::path::Path;

/// A version.
#[derive(Debug)]
pub struct State {
    /// What git calls its content; empty for the file as it is now.
    pub object: String,
    content: Content,
    opened: OnceCell<Option<Tree>>,
}

#[derive(Debug)]
enum Content {
    /// There is no file.
    Nothing,
    /// It cannot be read.
    Broken,
    /// Not encrypted.
    Clear(Tree),
    /// Encrypted.
    Sealed { tree: Tree, metadata: Box<Metadata> },
}

impl State {
    /// Reads a version; `None` for one where the file is not there.
    pub fn read(object: String, bytes: Option<&[u8]>, path: &Path) -> Self {
        let suggested = Format::from_path(path);
        let content = match bytes {
            None => Content::Nothing,
            Some(bytes) if sealed_format(bytes, suggested).is_some() => {
                match sealed::hold(bytes, suggested) {
                    Ok(held) => Content::Sealed {
                        tree: held.content,
                        metadata: Box::new(held.metadata),
                    },
                    Err(_) => Content::Broken,
                }
            }
            Some(bytes) => match format::load(suggested, bytes) {
                Ok(loaded) => Content::Clear(loaded.tree),
                Err(_) => Content::Broken,
            },
        };
        Self {
            object,
            content,
            opened: OnceCell::new(),
        }
    }

    /// Whether there is a file, and it cannot be read.
    pub const fn is_broken(&self) -> bool {
        matches!(self.content, Content::Broken)
    }

    /// Whether there is no file.
    pub const fn is_nothing(&self) -> bool {
        matches!(self.content, Content::Nothing)
    }

    /// Whether it is readable by everybody.
    pub const fn is_clear(&self) -> bool {
        matches!(self.content, Content::Clear(_))
    }

    /// What its `sops` block says.
    pub fn metadata(&self) -> Option<&Metadata> {
        match &self.content {
            Content::Sealed { metadata, .. } => Some(metadata),
            _ => None,
        }
    }

    /// Its content as it is stored.
    pub const fn stored(&self) -> Option<&Tree> {
        match &self.content {
            Content::Clear(tree) | Content::Sealed { tree, .. } => Some(tree),
            Content::Nothing | Content::Broken => None,
        }
    }

    /// All of its content, decrypted; `None` where no key opens it.
    pub fn opened(&self, ring: &Keyring<'_>) -> Option<&Tree> {
        match &self.content {
            Content::Clear(tree) => Some(tree),
            Content::Sealed { tree, metadata } => {
                let open = || {
                    let opened = seal::open(tree, &ring.key(metadata)?, &selection(metadata)).ok()?;
                    Some(opened.tree)
                };
                self.opened.get_or_init(open).as_ref()
            }
            Content::Nothing | Content::Broken => None,
        }
    }

    /// One value, decrypted, and nothing else where that is possible; `None` where no key opens it.
    pub fn value(&self, id: NodeId, ring: &Keyring<'_>) -> Option<Leaf> {
        let Content::Sealed { tree, metadata } = &self.content else {
            return self.stored()?.node(id).leaf().cloned();
        };
        if let Some(opened) = self.opened.get() {
            return opened.as_ref()?.node(id).leaf().cloned();
        }
        let by_comments = metadata.rule.as_ref().is_some_and(|rule| rule.reads_comments());
        if by_comments {
            return self.opened(ring)?.node(id).leaf().cloned();
        }
        let (alone, at) = way_to(tree, id);
        let opened = seal::open(&alone, &ring.key(metadata)?, &selection(metadata)).ok()?;
        opened.tree.node(at).leaf().cloned()
    }
}

fn selection(metadata: &Metadata) -> Selection {
    Selection::for_reading(Some(metadata.effective_rule()), metadata.mac_only_encrypted).0
}

/// A tree with nothing but the way to one value: the ciphertext of a value depends on the keys above it only.
fn way_to(tree: &Tree, id: NodeId) -> (Tree, NodeId) {
    let mut way = vec![id];
    while let Some(parent) = way.last().and_then(|at| tree.node(*at).parent) {
        way.push(parent);
    }
    let mut alone = Tree::new();
    way.pop();
    let mut at = alone.push_document();
    while let Some(next) = way.pop() {
        let node = tree.node(next);
        let body = match &node.body {
            Body::Map(_) => Body::Map(Vec::new()),
            Body::List(_) => Body::List(Vec::new()),
            other => other.clone(),
        };
        at = alone.push(at, node.key.clone(), body);
    }
    (alone, at)
}
