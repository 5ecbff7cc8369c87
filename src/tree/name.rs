//! The bytes of a text key.

use std::fmt;
use std::ops::Deref;

/// How many bytes a key has at most that stands in its node, without memory of its own: as many as cost nothing.
const SHORT: usize = 22;

/// The bytes of a text key. Short ones need no memory of their own, which is what most keys are.
#[derive(Clone)]
pub struct Name(Held);

#[derive(Clone)]
enum Held {
    /// The first `len` of the bytes; the others are 0.
    Short {
        len: u8,
        bytes: [u8; SHORT],
    },
    Long(Box<[u8]>),
}

impl From<&[u8]> for Name {
    fn from(name: &[u8]) -> Self {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..name.len()), u8::try_from(name.len())) {
            (Some(place), Ok(len)) => {
                place.copy_from_slice(name);
                Self(Held::Short { len, bytes })
            }
            _ => Self(Held::Long(name.into())),
        }
    }
}

impl Deref for Name {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Short { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Held::Long(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Name {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, SHORT};
    use crate::tree::{Key, Node};

    #[test]
    fn names_of_every_length_are_what_they_were_made_of() {
        for length in [0, 1, SHORT - 1, SHORT, SHORT + 1, 255, 256, 300] {
            let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
            let name = Name::from(bytes.as_slice());
            assert_eq!(&*name, bytes.as_slice(), "{length}");
            assert_eq!(name, name.clone());
            assert_ne!(name, Name::from([bytes.as_slice(), b"x"].concat().as_slice()));
        }
    }

    /// 100,000 of them are what a large file costs.
    #[test]
    fn a_node_stays_small() {
        assert_eq!(size_of::<Option<Key>>(), 24);
        assert!(size_of::<Node>() <= 64, "{}", size_of::<Node>());
    }
}
