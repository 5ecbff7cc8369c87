//! Text that may be secret.

use std::fmt;
use std::sync::Arc;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The bytes of a value or comment. Wiped when dropped, never shown by `Debug`, compared in plain time (equality is
/// used on values of one user in one process, never against a remote party).
#[derive(Clone)]
pub struct Secret(Held);

#[derive(Clone)]
enum Held {
    Own(Box<[u8]>),
    /// Bytes of the file that was read, which are not secret: they are not copied, and not wiped.
    Part {
        start: u32,
        length: u32,
        source: Arc<Vec<u8>>,
    },
}

impl Secret {
    /// Takes bytes over without copying where capacity and length agree; a surplus is wiped.
    #[must_use]
    pub fn new(mut bytes: Vec<u8>) -> Self {
        if bytes.len() == bytes.capacity() {
            return Self(Held::Own(bytes.into_boxed_slice()));
        }
        let copy = Box::from(bytes.as_slice());
        bytes.zeroize();
        Self(Held::Own(copy))
    }

    /// Ciphertext where it stands in the text of a file, without a copy; `None` where the text has no such place.
    #[must_use]
    pub fn part_of(source: &Arc<Vec<u8>>, start: usize, length: usize) -> Option<Self> {
        source.get(start..start.checked_add(length)?)?;
        Some(Self(Held::Part {
            start: u32::try_from(start).ok()?,
            length: u32::try_from(length).ok()?,
            source: Arc::clone(source),
        }))
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        match &self.0 {
            Held::Own(bytes) => bytes,
            Held::Part {
                start,
                length,
                source,
            } => {
                let rest = source.get(*start as usize..).unwrap_or_default();
                rest.get(..*length as usize).unwrap_or_default()
            }
        }
    }

    /// The text, if the bytes are UTF-8.
    #[must_use]
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(self.expose()).ok()
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.expose().len()
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self(Held::Own(Box::default()))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl Zeroize for Secret {
    fn zeroize(&mut self) {
        if let Held::Own(bytes) = &mut self.0 {
            bytes.zeroize();
        }
        self.0 = Held::Own(Box::default());
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Secret {}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Held::Own(text.as_bytes().into()))
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        Self(Held::Own(bytes.into()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text.into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use std::sync::Arc;
    use zeroize::Zeroize as _;

    #[test]
    fn a_part_of_a_text_is_no_copy_and_equals_its_bytes() {
        let source = Arc::new(b"a: ENC[x]".to_vec());
        let part = Secret::part_of(&source, 3, 6).unwrap();
        assert_eq!(part, Secret::from("ENC[x]"));
        assert!(std::ptr::eq(part.expose(), &source[3..9]));
        assert!(Secret::part_of(&source, 3, 7).is_none());
        assert!(Secret::part_of(&source, usize::MAX, 2).is_none());
        drop(part);
        assert_eq!(*source, b"a: ENC[x]");
    }

    #[test]
    fn a_text_is_what_it_was_made_of_until_it_is_wiped() {
        let mut spare = Vec::with_capacity(100);
        spare.extend_from_slice(b"hunter2");
        let texts = [
            Secret::new(spare),
            Secret::new(b"hunter2".to_vec()),
            Secret::from("hunter2"),
            Secret::from(&b"hunter2"[..]),
            Secret::from("hunter2".to_owned()),
        ];
        for mut text in texts {
            assert_eq!(text.expose(), b"hunter2");
            assert_eq!(text.expose_str(), Some("hunter2"));
            assert_eq!((text.len(), text.is_empty()), (7, false));
            assert!(text == Secret::from("hunter2") && text != Secret::from("hunter3"));
            text.zeroize();
            assert_eq!((text.len(), text.is_empty()), (0, true));
        }
        assert_eq!(Secret::from(&b"\xff"[..]).expose_str(), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_dropped_text_is_no_more_in_the_memory_that_is_given_back() {
        use std::os::unix::fs::FileExt as _;
        let memory = std::fs::File::open("/proc/self/mem");
        let mark = b"dropped, not forgotten";
        let mut found = vec![0; 20 * mark.len()];
        let text = Secret::new(mark.repeat(20));
        let at = text.expose().as_ptr().addr() as u64;
        let Ok(memory) = memory.and_then(|memory| memory.read_exact_at(&mut found, at).map(|()| memory))
        else {
            eprintln!("skipped: the memory of this process may not be read here");
            return;
        };
        assert_eq!(found, text.expose());
        drop(text);
        memory.read_exact_at(&mut found, at).unwrap();
        assert!(memchr::memmem::find(&found, mark).is_none());
    }

    #[test]
    fn debug_output_never_shows_the_text() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "Secret(…)");
    }
}
