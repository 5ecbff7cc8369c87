//! Encrypting a tree.

use super::cipher::{Cipher, Scratch};
use super::jobs::{Job, in_parallel, plan};
use super::kind::{Kind, Plaintext, plaintext};
use super::mac::Mac;
use super::path::{Aad, dotted};
use super::selection::{Rule, Selection};
use super::stash::Stash;
use super::token::list_comment;
use super::{DataKey, ListComments, Random, RandomError, SealError};
use crate::tree::{Body, Comment, Leaf, Node, NodeId, Secret, Tree};

/// Encrypts a tree: the sealed tree (same ids) and the MAC of its content. Encrypted comments in lists stay comments,
/// except those that were read as items.
///
/// # Errors
/// When something of the tree cannot be encrypted.
pub fn seal(
    plain: &Tree,
    key: &DataKey,
    selection: &Selection,
    stash: &Stash,
    random: &mut dyn Random,
) -> Result<(Tree, String), SealError> {
    seal_as(plain, key, selection, stash, ListComments::AsComments, random)
}

/// Encrypts a tree, as [`seal`] does, and says how encrypted comments in lists are written.
///
/// # Errors
/// When something of the tree cannot be encrypted.
pub fn seal_as(
    plain: &Tree,
    key: &DataKey,
    selection: &Selection,
    stash: &Stash,
    list_comments: ListComments,
    random: &mut dyn Random,
) -> Result<(Tree, String), SealError> {
    let jobs = plan(plain, selection, false).map_err(|id| SealError::Key {
        path: dotted(plain, id),
    })?;
    let sealer = Sealer {
        plain,
        selection,
        cipher: Cipher::new(key),
        stash,
        list_comments,
    };
    sealer.refuse_ambiguous(&jobs)?;
    let mac = sealer.mac(&jobs)?;
    let secret: Vec<NodeId> = jobs
        .iter()
        .filter(|job| job.encrypted && secret_of(plain.node(job.id)).is_some())
        .map(|job| job.id)
        .collect();
    let sources = sealer.sources(&secret, stash.serves(key), random)?;
    let work: Vec<(NodeId, Source)> = secret.into_iter().zip(sources).collect();
    let texts = in_parallel(&work, |piece| sealer.piece(piece));
    Ok((sealer.collect(&work, texts.into_iter().flatten(), random)?, mac))
}

/// Where the nonce of a leaf comes from.
#[derive(Clone, Copy)]
enum Source {
    Fresh([u8; 32]),
    /// The place of an entry in the stash.
    Stash(u32),
}

struct Sealer<'t> {
    plain: &'t Tree,
    selection: &'t Selection,
    cipher: Cipher,
    stash: &'t Stash,
    list_comments: ListComments,
}

impl Sealer<'_> {
    fn error(&self, problem: &'static str, id: NodeId) -> SealError {
        SealError::Leaf {
            problem,
            path: dotted(self.plain, id),
        }
    }

    /// Under a comment rule, a clear list item that has the form of an encrypted comment would be taken for one.
    fn refuse_ambiguous(&self, jobs: &[Job]) -> Result<(), SealError> {
        if !self.selection.rule().is_some_and(Rule::reads_comments) {
            return Ok(());
        }
        let ambiguous = |job: &&Job| {
            let node = self.plain.node(job.id);
            !job.encrypted && node.key.is_none() && node.leaf().and_then(list_comment).is_some()
        };
        jobs.iter().find(ambiguous).map_or(Ok(()), |job| {
            Err(self.error(
                "an item that looks like an encrypted comment would be read as a comment",
                job.id,
            ))
        })
    }

    fn mac(&self, jobs: &[Job]) -> Result<String, SealError> {
        let only_encrypted = self.selection.mac_only_encrypted();
        let mut mac = Mac::new(only_encrypted);
        for job in jobs.iter().filter(|job| job.encrypted || !only_encrypted) {
            match &self.plain.node(job.id).body {
                Body::Leaf(Leaf::Uint(_)) => {
                    return Err(self.error("an integer beyond 64 bits cannot be encrypted", job.id));
                }
                Body::Leaf(leaf) => mac.feed(leaf),
                _ => {}
            }
        }
        Ok(mac.finish())
    }

    /// Decides for every leaf whether it takes over an old nonce or gets a fresh one.
    fn sources(
        &self,
        secret: &[NodeId],
        known: bool,
        random: &mut dyn Random,
    ) -> Result<Vec<Source>, RandomError> {
        let claims = if known {
            let fingerprints = in_parallel(secret, |piece| self.fingerprints(piece));
            self.stash.claim(&fingerprints.concat())
        } else {
            vec![None; secret.len()]
        };
        let mut nonces = vec![[0; 32]; claims.iter().filter(|claim| claim.is_none()).count()];
        random.fill(nonces.as_flattened_mut())?;
        let mut nonces = nonces.into_iter();
        claims
            .into_iter()
            .map(|claim| match claim {
                Some(place) => Ok(Source::Stash(place)),
                None => nonces.next().map(Source::Fresh).ok_or(RandomError),
            })
            .collect()
    }

    fn fingerprints(&self, piece: &[NodeId]) -> Vec<Option<(NodeId, [u8; 8])>> {
        let mut aad = Aad::default();
        let fingerprint = |id: &NodeId| {
            let (kind, plaintext) = secret_of(self.plain.node(*id))?;
            Some((
                *id,
                self.stash.fingerprint(aad.of(self.plain, *id), kind, &plaintext),
            ))
        };
        piece.iter().map(fingerprint).collect()
    }

    /// Encrypts consecutive leaves; `None` where a fingerprint promised an old nonce and the tag said no.
    fn piece(&self, piece: &[(NodeId, Source)]) -> Vec<Option<Secret>> {
        let (mut aad, mut scratch) = (Aad::default(), Scratch::default());
        piece
            .iter()
            .map(|(id, source)| self.leaf(*id, *source, aad.of(self.plain, *id), &mut scratch))
            .collect()
    }

    fn leaf(&self, id: NodeId, source: Source, aad: &[u8], scratch: &mut Scratch) -> Option<Secret> {
        let (kind, plaintext) = secret_of(self.plain.node(id))?;
        let value = (kind, &*plaintext);
        let text = match source {
            Source::Fresh(nonce) => self.cipher.encrypt(value, aad, &nonce, None, scratch),
            Source::Stash(place) => match self.stash.odd(place) {
                Some(text) => Some(text.to_vec()),
                None => {
                    let entry = self.stash.entry(place)?;
                    self.cipher
                        .encrypt(value, aad, &entry.nonce, Some(&entry.tag), scratch)
                }
            },
        };
        text.map(Secret::new)
    }

    /// Puts the sealed tree together.
    fn collect(
        &self,
        work: &[(NodeId, Source)],
        texts: impl Iterator<Item = Option<Secret>>,
        random: &mut dyn Random,
    ) -> Result<Tree, SealError> {
        let mut bodies: Vec<Option<Body>> = Vec::new();
        bodies.resize_with(self.plain.len(), || None);
        for ((id, _), text) in work.iter().zip(texts) {
            let text = match text {
                Some(text) => text,
                None => self.anew(*id, random)?,
            };
            let body = self.body(*id, text)?;
            if let Some(slot) = bodies.get_mut(id.index()) {
                *slot = Some(body);
            }
        }
        Ok(self.plain.with_bodies(bodies))
    }

    fn anew(&self, id: NodeId, random: &mut dyn Random) -> Result<Secret, SealError> {
        let mut nonce = [0; 32];
        random.fill(&mut nonce)?;
        let (mut aad, mut scratch) = (Aad::default(), Scratch::default());
        self.leaf(id, Source::Fresh(nonce), aad.of(self.plain, id), &mut scratch)
            .ok_or_else(|| self.error("the value is too large to be encrypted", id))
    }

    /// What a leaf becomes: a comment stays one, unless it is to stand in its list as an item.
    fn body(&self, id: NodeId, text: Secret) -> Result<Body, SealError> {
        let node = self.plain.node(id);
        let Body::Comment(comment) = &node.body else {
            return Ok(Body::Leaf(Leaf::Text(text)));
        };
        if self.selection.reads_as_clear(text.expose()) {
            return Err(self.error(
                "the encrypted comment would be read as one that is not encrypted",
                id,
            ));
        }
        let in_list = node
            .parent
            .is_some_and(|parent| matches!(self.plain.node(parent).body, Body::List(_)));
        let as_item = self.list_comments == ListComments::AsItems || self.stash.was_item(id);
        Ok(if in_list && as_item {
            Body::Leaf(Leaf::Text(text))
        } else {
            Body::Comment(Comment {
                text,
                inline: comment.inline,
            })
        })
    }
}

/// What of a selected leaf is encrypted: everything but null and empty texts.
fn secret_of(node: &Node) -> Option<(Kind, Plaintext<'_>)> {
    match &node.body {
        Body::Comment(comment) if comment.text.is_empty() => None,
        Body::Comment(comment) => Some((Kind::Comment, Plaintext::Borrowed(comment.text.expose()))),
        Body::Leaf(Leaf::Text(text)) if text.is_empty() => None,
        Body::Leaf(leaf) => Some((Kind::of(leaf)?, plaintext(leaf))),
        Body::Map(_) | Body::List(_) => None,
    }
}
