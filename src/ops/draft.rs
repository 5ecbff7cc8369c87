//! Unsaved values, sealed with the data key of their file: what stays in memory of a locked editor. Nothing of this is ever
//! written to a file.

use super::open::{self, Access, Document};
use crate::failure::{Failure, Kind};
use crate::host::file::Identity;
use crate::host::{Environment, SystemRandom};
use crate::seal::selection::Selection;
use crate::seal::{self, DataKey, Stash};
use crate::tree::{Body, Comment, Leaf, Secret, Time, Tree};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A file that was open, without anything that opens it: its bytes as they were read, and values under its data key.
#[derive(Clone, Debug)]
pub struct Kept {
    path: PathBuf,
    source: Arc<Vec<u8>>,
    identity: Identity,
    /// The values in one ciphertext; `None` where there are none.
    values: Option<Tree>,
    count: usize,
    /// Whether the user accepted the file as it stands.
    accepted: bool,
}

/// What [`Kept`] opened to.
#[derive(Debug)]
pub struct Reopened {
    /// The file as it was read, with the ids that it had.
    pub document: Document,
    /// The values that were kept, in their order; `None` when no key at hand opens the file any more.
    pub values: Option<Vec<Body>>,
}

impl Kept {
    /// Seals values and comments that belong to a file; what is none is kept as null.
    ///
    /// # Errors
    /// When there are values and the file is not open to changes, or there are no random numbers.
    pub fn seal(document: &Document, values: &[Body]) -> Result<Self, Failure> {
        let sealed = match (&document.access, values) {
            (_, []) => None,
            (Access::Open(unsealed), values) => Some(seal_all(values, &unsealed.key)?),
            (Access::ReadOnly(failure) | Access::Locked(failure), _) => return Err(failure.clone()),
        };
        Ok(Self {
            path: document.path.clone(),
            source: Arc::clone(&document.source),
            identity: document.identity.clone(),
            values: sealed,
            count: values.len(),
            accepted: document.accepted.is_some(),
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file again, from the bytes that were read, as it was opened first: with the keys at hand, which may ask for
    /// passphrases. What is on disk is not looked at; a save does that.
    ///
    /// # Errors
    /// When the values do not open to what they were.
    pub fn open(&self, environment: &Environment) -> Result<Reopened, Failure> {
        let mut document = open::reopen(
            &self.path,
            Arc::clone(&self.source),
            self.identity.clone(),
            environment,
        )?;
        if self.accepted {
            document.accept();
        }
        let values = match (&self.values, &document.access) {
            (None, _) => Some(Vec::new()),
            (Some(sealed), Access::Open(unsealed)) => {
                let values = open_all(sealed, &unsealed.key).filter(|values| values.len() == self.count);
                Some(values.ok_or_else(|| {
                    let text = format!("{}: the unsaved values do not open", self.path.display());
                    Failure::new(Kind::DecryptTree, text)
                })?)
            }
            (Some(_), _) => None,
        };
        Ok(Reopened { document, values })
    }
}

fn everything() -> Selection {
    Selection::for_reading(None, false).0
}

/// All values in one text, in one encrypted leaf.
fn seal_all(values: &[Body], key: &DataKey) -> Result<Tree, Failure> {
    let length = values.iter().map(|body| text_of(body).len() + HEAD).sum();
    let mut packed = Zeroizing::new(Vec::with_capacity(length));
    for body in values {
        let text = text_of(body);
        packed.push(kind_of(body));
        packed.extend_from_slice(&(text.len() as u64).to_le_bytes());
        packed.extend_from_slice(&text);
    }
    let mut tree = Tree::new();
    let root = tree.push_document();
    let leaf = Leaf::Text(Secret::from(packed.as_slice()));
    tree.push(root, Some("unsaved".into()), Body::Leaf(leaf));
    let sealed = seal::seal(&tree, key, &everything(), &Stash::default(), &mut SystemRandom);
    let (sealed, _) = sealed.map_err(|error| Failure::new(Kind::EncryptTree, error.to_string()))?;
    Ok(sealed)
}

fn open_all(sealed: &Tree, key: &DataKey) -> Option<Vec<Body>> {
    let opened = seal::open(sealed, key, &everything()).ok()?.tree;
    let root = opened.documents().first()?;
    let Leaf::Text(packed) = opened.node(*opened.children(*root).first()?).leaf()? else {
        return None;
    };
    let mut rest = packed.expose();
    let mut values = Vec::new();
    while let Some((kind, tail)) = rest.split_first() {
        let (length, tail) = tail.split_first_chunk::<8>()?;
        let (text, tail) = tail.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        values.push(body_of(*kind, text)?);
        rest = tail;
    }
    Some(values)
}

/// A kind and a length stand before each text.
const HEAD: usize = 9;

const NULL: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const UINT: u8 = 3;
const FLOAT: u8 = 4;
const TIME: u8 = 5;
const TEXT: u8 = 6;
const COMMENT: u8 = 7;
const INLINE: u8 = 8;

const fn kind_of(body: &Body) -> u8 {
    match body {
        Body::Leaf(Leaf::Bool(_)) => BOOL,
        Body::Leaf(Leaf::Int(_)) => INT,
        Body::Leaf(Leaf::Uint(_)) => UINT,
        Body::Leaf(Leaf::Float(_)) => FLOAT,
        Body::Leaf(Leaf::Time(_)) => TIME,
        Body::Leaf(Leaf::Text(_)) => TEXT,
        Body::Comment(comment) if comment.inline => INLINE,
        Body::Comment(_) => COMMENT,
        Body::Leaf(Leaf::Null) | Body::Map(_) | Body::List(_) => NULL,
    }
}

/// What comes back as the same value, to the last bit.
fn text_of(body: &Body) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(match body {
        Body::Leaf(Leaf::Bool(value)) => vec![u8::from(*value)],
        Body::Leaf(Leaf::Int(number)) => number.to_le_bytes().to_vec(),
        Body::Leaf(Leaf::Uint(number)) => number.to_le_bytes().to_vec(),
        Body::Leaf(Leaf::Float(number)) => number.to_bits().to_le_bytes().to_vec(),
        Body::Leaf(Leaf::Time(time)) => time.to_string().into_bytes(),
        Body::Leaf(Leaf::Text(text)) | Body::Comment(Comment { text, .. }) => text.expose().to_vec(),
        Body::Leaf(Leaf::Null) | Body::Map(_) | Body::List(_) => Vec::new(),
    })
}

fn body_of(kind: u8, text: &[u8]) -> Option<Body> {
    let number = || text.try_into().ok();
    Some(match kind {
        NULL => Body::Leaf(Leaf::Null),
        BOOL => Body::Leaf(Leaf::Bool(text == [1])),
        INT => Body::Leaf(Leaf::Int(i64::from_le_bytes(number()?))),
        UINT => Body::Leaf(Leaf::Uint(u64::from_le_bytes(number()?))),
        FLOAT => Body::Leaf(Leaf::Float(f64::from_bits(u64::from_le_bytes(number()?)))),
        TIME => Body::Leaf(Leaf::Time(Time::parse_rfc3339(std::str::from_utf8(text).ok()?)?)),
        TEXT => Body::Leaf(Leaf::Text(Secret::from(text))),
        COMMENT | INLINE => Body::Comment(Comment {
            text: Secret::from(text),
            inline: kind == INLINE,
        }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{open_all, seal_all};
    use crate::seal::DataKey;
    use crate::tree::{Body, Comment, Leaf, Secret, Time};

    fn values() -> Vec<Body> {
        let comment = |inline| {
            Body::Comment(Comment {
                text: Secret::from(" hunter2"),
                inline,
            })
        };
        let mut values: Vec<Body> = [
            Leaf::Null,
            Leaf::Bool(true),
            Leaf::Bool(false),
            Leaf::Int(-5),
            Leaf::Uint(u64::MAX),
            Leaf::Float(-0.0),
            Leaf::Float(f64::NAN),
            Leaf::Time(Time::from_unix(1_700_000_000)),
            Leaf::text(""),
            Leaf::text("hunter2"),
            Leaf::Text(Secret::new(vec![0xff, 0, 0x80])),
        ]
        .map(Body::Leaf)
        .to_vec();
        values.extend([comment(false), comment(true)]);
        values
    }

    #[test]
    fn every_kind_of_value_comes_back_as_it_was() {
        let key = DataKey::new([7; 32]);
        let sealed = seal_all(&values(), &key).unwrap();
        assert_eq!(open_all(&sealed, &key).unwrap(), values());
    }

    #[test]
    fn without_the_data_key_nothing_of_them_is_there() {
        let sealed = seal_all(&values(), &DataKey::new([7; 32])).unwrap();
        assert!(open_all(&sealed, &DataKey::new([8; 32])).is_none());
        let texts = sealed
            .walk()
            .filter_map(|step| match sealed.node(step.id()).leaf() {
                Some(Leaf::Text(text)) => Some(text.expose().to_vec()),
                _ => None,
            });
        let text = texts.flatten().collect::<Vec<u8>>();
        assert!(text.starts_with(b"ENC[AES256_GCM,"));
        assert!(!text.windows(7).any(|window| window == b"hunter2"));
    }
}
