//! Decrypting a tree.

use super::cipher::{Cipher, CipherError, Decrypted, Scratch};
use super::jobs::{Job, in_parallel, plan};
use super::kind::{Kind, Plain};
use super::mac::Mac;
use super::path::{Aad, dotted};
use super::selection::Selection;
use super::stash::{Entry, Stash};
use super::token::Token;
use super::{DataKey, OpenError, Opened, Warning};
use crate::tree::{Body, Comment, Leaf, Node, NodeId, Tree};

/// How many comments of a file are tried under the paths of their neighbours.
const MOST_ORPHANS: usize = 1000;
/// How many enclosing levels, and how many levels of the preceding entry, are tried.
const MOST_LEVELS: usize = 16;

/// What became of one leaf.
enum Found {
    /// It stays as it is.
    Kept,
    /// It was decrypted.
    Decrypted { body: Body, entry: Entry, odd: bool },
    /// A comment that does not decrypt under its path.
    Orphan,
}

/// How many leaves are opened before what they were is let go of, where a tree is opened in place.
const AT_ONCE: usize = 8192;

/// Decrypts a tree.
///
/// # Errors
/// When a leaf cannot be decrypted.
pub fn open(sealed: &Tree, key: &DataKey, selection: &Selection) -> Result<Opened, OpenError> {
    open_into(sealed, key, selection, Stash::for_key(key))
}

/// Decrypts a tree, as [`open`] does, so that its stash can be added to the one of another version of the same file.
///
/// # Errors
/// When a leaf cannot be decrypted.
pub fn open_beside(
    sealed: &Tree,
    key: &DataKey,
    selection: &Selection,
    other: &Stash,
) -> Result<Opened, OpenError> {
    open_into(sealed, key, selection, other.sibling(key))
}

fn open_into(sealed: &Tree, key: &DataKey, selection: &Selection, stash: Stash) -> Result<Opened, OpenError> {
    let jobs = jobs(sealed, selection)?;
    let mut collector = Collector::new(key, selection, stash, sealed.len());
    let mut bodies: Vec<Option<Body>> = Vec::new();
    bodies.resize_with(sealed.len(), || None);
    collector.take(sealed, &jobs, |id, body| {
        if let Some(slot) = bodies.get_mut(id.index()) {
            *slot = Some(body);
        }
    })?;
    Ok(collector.finish(sealed.with_bodies(bodies)))
}

/// Decrypts a tree that nobody needs any more as it is: the memory of its ciphertexts is free while the rest is opened. Of a large
/// one, `tell` hears now and then how many of its values are open.
///
/// # Errors
/// When a leaf cannot be decrypted; the tree is gone then.
pub fn open_in_place(
    mut tree: Tree,
    key: &DataKey,
    selection: &Selection,
    tell: &dyn Fn(usize, usize),
) -> Result<Opened, OpenError> {
    let jobs = jobs(&tree, selection)?;
    let mut collector = Collector::new(key, selection, Stash::for_key(key), tree.len());
    let all = jobs.len();
    for (round, jobs) in jobs.chunks(AT_ONCE).enumerate() {
        if all > AT_ONCE {
            tell(round * AT_ONCE, all);
        }
        let mut bodies = Vec::with_capacity(jobs.len());
        collector.take(&tree, jobs, |id, body| bodies.push((id, body)))?;
        for (id, body) in bodies {
            tree.set_body(id, body);
        }
    }
    Ok(collector.finish(tree))
}

/// A tree that was opened as far as it goes.
#[derive(Clone, Debug)]
pub struct Partly {
    /// The content, with the ids of the sealed tree; what does not decrypt is as it stands.
    pub tree: Tree,
    /// The leaves that do not decrypt, in order, and why.
    pub failed: Vec<(NodeId, &'static str)>,
}

/// Decrypts what can be decrypted, to say what cannot. The result is for comparing and showing: nothing vouches for it.
///
/// # Errors
/// When a key of the tree is no text.
pub fn open_partly(sealed: &Tree, key: &DataKey, selection: &Selection) -> Result<Partly, OpenError> {
    let jobs = jobs(sealed, selection)?;
    let collector = Collector::new(key, selection, Stash::for_key(key), sealed.len());
    let opener = collector.opener(sealed);
    let (mut aad, mut scratch) = (Aad::default(), Scratch::default());
    let mut bodies: Vec<Option<Body>> = Vec::new();
    bodies.resize_with(sealed.len(), || None);
    let mut failed = Vec::new();
    for job in jobs.iter().filter(|job| job.encrypted) {
        match opener.leaf(job.id, aad.of(sealed, job.id), &mut scratch) {
            Ok(Found::Decrypted { body, .. }) => {
                if let Some(slot) = bodies.get_mut(job.id.index()) {
                    *slot = Some(body);
                }
            }
            Ok(Found::Kept | Found::Orphan) => {}
            Err(problem) => failed.push((job.id, problem)),
        }
    }
    Ok(Partly {
        tree: sealed.with_bodies(bodies),
        failed,
    })
}

fn jobs(tree: &Tree, selection: &Selection) -> Result<Vec<Job>, OpenError> {
    plan(tree, selection, true).map_err(|id| OpenError::Key {
        path: dotted(tree, id),
    })
}

/// What is known of the tree so far, in order.
struct Collector {
    cipher: Cipher,
    stash: Stash,
    mac: Mac,
    /// Whether the MAC covers encrypted values only.
    only_encrypted: bool,
    warnings: Vec<Warning>,
    comments: Vec<NodeId>,
    orphans: usize,
}

impl Collector {
    fn new(key: &DataKey, selection: &Selection, mut stash: Stash, nodes: usize) -> Self {
        stash.expect(nodes);
        Self {
            cipher: Cipher::new(key),
            stash,
            mac: Mac::new(selection.mac_only_encrypted()),
            only_encrypted: selection.mac_only_encrypted(),
            warnings: Vec::new(),
            comments: Vec::new(),
            orphans: 0,
        }
    }

    /// Opens the next leaves; `opened` gets what those were that were encrypted.
    fn take(
        &mut self,
        sealed: &Tree,
        jobs: &[Job],
        mut opened: impl FnMut(NodeId, Body),
    ) -> Result<(), OpenError> {
        let opener = self.opener(sealed);
        let found = in_parallel(jobs, |piece| opener.piece(piece));
        for (job, found) in jobs.iter().zip(found.into_iter().flatten()) {
            let failed = |problem| OpenError::Leaf {
                problem,
                path: dotted(sealed, job.id),
            };
            let mut found = found.map_err(failed)?;
            if matches!(found, Found::Orphan) {
                self.orphans += 1;
                found = self.opener(sealed).orphan(job.id, self.orphans);
            }
            let mut new = None;
            match found {
                Found::Kept => {}
                Found::Orphan => self.warnings.push(Warning::CommentKept(job.id)),
                Found::Decrypted { body, entry, odd } => {
                    let text = if odd { text_of(sealed.node(job.id)) } else { None };
                    self.stash.push(job.id, entry, text);
                    if matches!(body, Body::Comment(_)) {
                        self.comments.push(job.id);
                    }
                    new = Some(body);
                }
            }
            let body = new.as_ref().unwrap_or(&sealed.node(job.id).body);
            if let (Body::Leaf(leaf), true) = (body, job.encrypted || !self.only_encrypted) {
                if matches!(leaf, Leaf::Uint(_)) {
                    return Err(failed("an integer beyond 64 bits cannot be authenticated"));
                }
                self.mac.feed(leaf);
            }
            if let Some(body) = new {
                opened(job.id, body);
            }
        }
        Ok(())
    }

    fn opener<'t>(&'t self, sealed: &'t Tree) -> Opener<'t> {
        Opener {
            sealed,
            cipher: &self.cipher,
            stash: &self.stash,
        }
    }

    fn finish(self, tree: Tree) -> Opened {
        Opened {
            tree,
            stash: self.stash,
            mac: self.mac.finish(),
            warnings: self.warnings,
            decrypted_comments: self.comments,
        }
    }
}

struct Opener<'t> {
    sealed: &'t Tree,
    cipher: &'t Cipher,
    stash: &'t Stash,
}

impl Opener<'_> {
    /// Opens consecutive leaves, up to the first that cannot be.
    fn piece(&self, jobs: &[Job]) -> Vec<Result<Found, &'static str>> {
        let (mut aad, mut scratch) = (Aad::default(), Scratch::default());
        let mut results = Vec::with_capacity(jobs.len());
        for job in jobs {
            let result = if job.encrypted {
                self.leaf(job.id, aad.of(self.sealed, job.id), &mut scratch)
            } else {
                Ok(Found::Kept)
            };
            let failed = result.is_err();
            results.push(result);
            if failed {
                break;
            }
        }
        results
    }

    fn leaf(&self, id: NodeId, aad: &[u8], scratch: &mut Scratch) -> Result<Found, &'static str> {
        let node = self.sealed.node(id);
        match &node.body {
            Body::Comment(comment) if comment.text.is_empty() => Ok(Found::Kept),
            Body::Comment(comment) => Ok(self
                .comment(comment, aad, scratch)
                .map_or(Found::Orphan, |decrypted| self.found(node, aad, decrypted))),
            Body::Leaf(Leaf::Null) => Ok(Found::Kept),
            Body::Leaf(Leaf::Text(text)) if text.is_empty() => Ok(Found::Kept),
            Body::Leaf(Leaf::Text(text)) => {
                let decrypted = self
                    .cipher
                    .decrypt(text.expose(), aad, scratch)
                    .map_err(CipherError::problem)?;
                if decrypted.kind == Kind::Comment && node.key.is_some() {
                    return Err("a comment stands where a value is expected");
                }
                Ok(self.found(node, aad, decrypted))
            }
            Body::Leaf(leaf) => Err(match leaf.type_name() {
                "bool" => "expected an encrypted value as a string, but got bool",
                "int" => "expected an encrypted value as a string, but got int",
                "float" => "expected an encrypted value as a string, but got float",
                _ => "expected an encrypted value as a string, but got time",
            }),
            Body::Map(_) | Body::List(_) => Ok(Found::Kept),
        }
    }

    fn comment(&self, comment: &Comment, aad: &[u8], scratch: &mut Scratch) -> Option<Decrypted> {
        let decrypted = self.cipher.decrypt(comment.text.expose(), aad, scratch).ok()?;
        (decrypted.kind == Kind::Comment).then_some(decrypted)
    }

    fn found(&self, node: &Node, aad: &[u8], decrypted: Decrypted) -> Found {
        let Decrypted {
            plain,
            kind,
            nonce,
            tag,
            canonical,
        } = decrypted;
        let (body, fingerprint, item) = match plain {
            Plain::Leaf(leaf) => {
                let fingerprint = self.stash.fingerprint(aad, kind, &super::kind::plaintext(&leaf));
                (Body::Leaf(leaf), fingerprint, false)
            }
            Plain::Comment(text) => {
                let fingerprint = self.stash.fingerprint(aad, kind, text.expose());
                let inline = node.comment().is_some_and(|comment| comment.inline);
                (
                    Body::Comment(Comment { text, inline }),
                    fingerprint,
                    node.comment().is_none(),
                )
            }
        };
        Found::Decrypted {
            body,
            entry: Entry {
                fingerprint,
                nonce,
                tag,
                item,
            },
            odd: !canonical,
        }
    }

    /// Tries a comment under the paths of the levels around it and of the entry before it: rewriting by other tools can
    /// move a comment to a neighbouring level (quirk 13).
    fn orphan(&self, id: NodeId, count: usize) -> Found {
        let node = self.sealed.node(id);
        let Some(comment) = node
            .comment()
            .filter(|comment| Token::parse(comment.text.expose()).is_some())
        else {
            return Found::Orphan;
        };
        if count > MOST_ORPHANS {
            return Found::Orphan;
        }
        let (mut aad, mut scratch) = (Aad::default(), Scratch::default());
        for level in self.neighbours(id) {
            // The path of what stands in a container is what its first child would have without a key.
            let path = aad.inside(self.sealed, level);
            if let Some(decrypted) = self.comment(comment, path, &mut scratch) {
                return self.found(node, path, decrypted);
            }
        }
        Found::Orphan
    }

    /// The containers around a node from the second on, then those that the entry before it ends with.
    fn neighbours(&self, id: NodeId) -> Vec<NodeId> {
        let parent = self.sealed.node(id).parent;
        let mut levels = Vec::new();
        let mut at = parent.and_then(|parent| self.sealed.node(parent).parent);
        while let Some(level) = at.filter(|_| levels.len() < MOST_LEVELS) {
            levels.push(level);
            at = self.sealed.node(level).parent;
        }
        let siblings = parent.map_or(&[][..], |parent| self.sealed.children(parent));
        let index = siblings.iter().position(|sibling| *sibling == id).unwrap_or(0);
        let mut last = self.last_branch(siblings.get(..index).unwrap_or_default());
        while let Some(level) = last.filter(|_| levels.len() < 2 * MOST_LEVELS) {
            levels.push(level);
            last = self.last_branch(self.sealed.children(level));
        }
        levels
    }

    /// The last of these nodes that is no comment, if it is a map or list.
    fn last_branch(&self, nodes: &[NodeId]) -> Option<NodeId> {
        let mut values = nodes
            .iter()
            .rev()
            .filter(|id| self.sealed.node(**id).comment().is_none());
        values
            .next()
            .copied()
            .filter(|id| self.sealed.node(*id).is_branch())
    }
}

fn text_of(node: &Node) -> Option<&[u8]> {
    match &node.body {
        Body::Comment(comment) => Some(comment.text.expose()),
        Body::Leaf(Leaf::Text(text)) => Some(text.expose()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
