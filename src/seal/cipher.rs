//! AES-256-GCM with a 32-byte nonce over single values (spec §2.1).

use super::DataKey;
use super::kind::{Kind, Plain};
use super::token::{self, Token};
use crate::tree::Leaf;
use aes_gcm::aead::consts::U32;
use aes_gcm::aes::Aes256;
use aes_gcm::{AeadInOut, AesGcm, Key, KeyInit, Nonce, Tag};
use zeroize::Zeroizing;

/// The cipher of one data key. Setting it up costs more than a value does: make one for a whole file.
pub struct Cipher(AesGcm<Aes256, U32>);

/// Why an encrypted text gives no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CipherError {
    /// It does not have the form `ENC[…]`.
    Form,
    /// A field is no base64, or has a length that cannot be.
    Encoding,
    /// The type is unknown.
    Kind,
    /// Key, path, ciphertext and tag do not belong together.
    Authentic,
    /// The plaintext is not of the type the text claims.
    Plaintext,
}

impl CipherError {
    /// What is wrong, without any part of the text.
    #[must_use]
    pub const fn problem(self) -> &'static str {
        match self {
            Self::Form => "it does not match sops' data format",
            Self::Encoding => "a field of the encrypted value is damaged",
            Self::Kind => "the encrypted value has an unknown type",
            Self::Authentic => {
                "it does not decrypt: value, key name or place was changed, or the data key is another"
            }
            Self::Plaintext => "the decrypted value is not of the type the file says",
        }
    }
}

/// A decrypted text, and what of it is needed to write the same text again.
pub struct Decrypted {
    /// What it stands for.
    pub plain: Plain,
    /// Its type.
    pub kind: Kind,
    /// Its nonce.
    pub nonce: [u8; 32],
    /// Its tag.
    pub tag: [u8; 16],
    /// Whether encrypting it again gives the very same text.
    pub canonical: bool,
}

/// Working memory that is reused from value to value and wiped in the end.
#[derive(Default)]
pub struct Scratch(Zeroizing<Vec<u8>>);

impl Scratch {
    /// Room for `length` bytes. Growing wipes what was there before.
    fn room(&mut self, length: usize) -> &mut [u8] {
        if self.0.len() < length {
            self.0 = Zeroizing::new(vec![0; length.next_power_of_two().max(256)]);
        }
        self.0.get_mut(..length).unwrap_or_default()
    }

    /// The first `length` bytes.
    fn front(&mut self, length: usize) -> &mut [u8] {
        self.0.get_mut(..length).unwrap_or_default()
    }
}

impl Cipher {
    /// The cipher of a data key.
    #[must_use]
    pub fn new(key: &DataKey) -> Self {
        // By reference: the key must not be left behind on the stack.
        Self(AesGcm::new(<&Key<AesGcm<Aes256, U32>>>::from(key.expose())))
    }

    /// Decrypts a text under its path.
    ///
    /// # Errors
    /// When it is no encrypted text, or does not fit key and path.
    pub fn decrypt(&self, text: &[u8], aad: &[u8], scratch: &mut Scratch) -> Result<Decrypted, CipherError> {
        let token = Token::parse(text).ok_or(CipherError::Form)?;
        let kind = Kind::from_name(token.kind);
        let nonce = fixed(token.nonce).ok_or(CipherError::Encoding)?;
        let tag = fixed(token.tag).ok_or(CipherError::Encoding)?;
        let length =
            token::decode(token.data, scratch.room(token::room(token.data))).ok_or(CipherError::Encoding)?;
        let data = scratch.front(length);
        self.0
            .decrypt_inout_detached(&Nonce::from(nonce), aad, data.into(), &Tag::from(tag))
            .map_err(|_| CipherError::Authentic)?;
        let kind = kind.ok_or(CipherError::Kind)?;
        let plaintext = scratch.front(length);
        let plain = kind.read(plaintext).ok_or(CipherError::Plaintext)?;
        let same_bytes = match &plain {
            Plain::Leaf(leaf @ (Leaf::Int(_) | Leaf::Float(_) | Leaf::Bool(_) | Leaf::Time(_))) => {
                leaf.canonical().as_slice() == plaintext
            }
            _ => true,
        };
        let canonical = same_bytes
            && token.exact
            && token.kind == kind.name().as_bytes()
            && token.data.len() == length.div_ceil(3) * 4;
        Ok(Decrypted {
            plain,
            kind,
            nonce,
            tag,
            canonical,
        })
    }

    /// Encrypts a plaintext under its path. With `expected`, gives a text only if its tag comes out the same: then the
    /// nonce was used for exactly this plaintext and path before.
    #[must_use]
    pub fn encrypt(
        &self,
        value: (Kind, &[u8]),
        aad: &[u8],
        nonce: &[u8; 32],
        expected: Option<&[u8; 16]>,
        scratch: &mut Scratch,
    ) -> Option<Vec<u8>> {
        let (kind, plaintext) = value;
        let data = scratch.room(plaintext.len());
        data.copy_from_slice(plaintext);
        let tag = self
            .0
            .encrypt_inout_detached(&Nonce::from(*nonce), aad, data.into())
            .ok()?;
        if expected.is_some_and(|expected| tag.as_slice() != expected) {
            return None;
        }
        Some(token::write(
            scratch.front(plaintext.len()),
            nonce,
            &tag.into(),
            kind,
        ))
    }
}

/// Decodes a field that must have exactly this many bytes.
fn fixed<const N: usize>(field: &[u8]) -> Option<[u8; N]> {
    let mut buffer = [0; 48];
    let length = token::decode(field, &mut buffer)?;
    buffer.get(..length)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Cipher, CipherError, Scratch};
    use crate::seal::DataKey;
    use crate::seal::kind::{Kind, Plain};

    const TEXT: &str = "ENC[AES256_GCM,data:BQ==,iv:ePhtXVD50+ec8YCsRaRZLeE0q0gwDOlSeGtsBlEUR0s=,tag:29ai9wqMCMwquNLpGk3rgQ==,type:str]";

    fn cipher() -> Cipher {
        let hex = "39322d0c88eaea202e94d3762db6255eb184e95a84c47de4b283d7d782e1b4b9";
        Cipher::new(&DataKey::new(std::array::from_fn(|i| {
            u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()
        })))
    }

    fn error(text: &str, aad: &str) -> CipherError {
        cipher()
            .decrypt(text.as_bytes(), aad.as_bytes(), &mut Scratch::default())
            .err()
            .unwrap()
    }

    #[test]
    fn the_worked_example_of_the_specification_decrypts_and_encrypts_to_the_same_text() {
        let (cipher, mut scratch) = (cipher(), Scratch::default());
        let opened = cipher.decrypt(TEXT.as_bytes(), b"list:", &mut scratch).unwrap();
        let Plain::Leaf(leaf) = opened.plain else { panic!() };
        assert_eq!(leaf.canonical().as_slice(), b"a");
        let text = cipher.encrypt(
            (Kind::Str, b"a"),
            b"list:",
            &opened.nonce,
            Some(&opened.tag),
            &mut scratch,
        );
        assert_eq!(text.unwrap(), TEXT.as_bytes());
    }

    /// Made once with OpenSSL, through Python's `cryptography`, from the same inputs: an implementation that shares no code.
    #[test]
    fn a_thousand_tags_of_another_implementation_come_out() {
        use sha2::{Digest, Sha256};
        let bytes =
            |what: &str, i: usize, j: usize| -> [u8; 32] { Sha256::digest(format!("{what} {i} {j}")).into() };
        let mut scratch = Scratch::default();
        for (i, line) in include_str!("../../tests/data/gcm-tags.txt").lines().enumerate() {
            let tag: [u8; 16] =
                std::array::from_fn(|k| u8::from_str_radix(&line[2 * k..2 * k + 2], 16).unwrap());
            let length = 1 + i * 7 % 301;
            let mut plaintext: Vec<u8> = (0..=length / 32).flat_map(|j| bytes("plaintext", i, j)).collect();
            plaintext.truncate(length);
            let cipher = Cipher::new(&DataKey::new(bytes("key", i, 0)));
            let aad = &bytes("path", i, 0)[..i % 33];
            let text = cipher
                .encrypt(
                    (Kind::Str, &plaintext),
                    aad,
                    &bytes("nonce", i, 0),
                    Some(&tag),
                    &mut scratch,
                )
                .unwrap_or_else(|| panic!("vector {i}"));
            let Plain::Leaf(leaf) = cipher.decrypt(&text, aad, &mut scratch).unwrap().plain else {
                panic!()
            };
            assert_eq!(leaf.canonical().as_slice(), plaintext, "vector {i}");
        }
    }

    #[test]
    fn a_nonce_is_never_given_to_another_plaintext_or_path() {
        let (cipher, mut scratch) = (cipher(), Scratch::default());
        let opened = cipher.decrypt(TEXT.as_bytes(), b"list:", &mut scratch).unwrap();
        for (plaintext, aad) in [
            (b"b".as_slice(), b"list:".as_slice()),
            (b"a", b"other:"),
            (b"ab", b"list:"),
            (b"", b"list:"),
        ] {
            let text = cipher.encrypt(
                (Kind::Str, plaintext),
                aad,
                &opened.nonce,
                Some(&opened.tag),
                &mut scratch,
            );
            assert_eq!(text, None);
        }
    }

    #[test]
    fn a_value_that_was_moved_or_changed_is_refused() {
        assert_eq!(error(TEXT, "list:x:"), CipherError::Authentic);
        assert_eq!(
            error(&TEXT.replace("BQ==", "BA=="), "list:"),
            CipherError::Authentic
        );
        assert_eq!(error(&TEXT.replace("BQ==", "B"), "list:"), CipherError::Encoding);
        assert_eq!(
            error(&TEXT.replace("iv:ePht", "iv:"), "list:"),
            CipherError::Encoding
        );
        assert_eq!(
            error(&TEXT.replace("29ai", "29ai29ai"), "list:"),
            CipherError::Encoding
        );
        assert_eq!(error(&TEXT.replace("str", "other"), "list:"), CipherError::Kind);
        assert_eq!(
            error(&TEXT.replace("str", "int"), "list:"),
            CipherError::Plaintext
        );
        assert_eq!(error("plain", "list:"), CipherError::Form);
    }

    #[test]
    fn a_text_that_would_be_written_otherwise_is_not_kept() {
        let (cipher, mut scratch) = (cipher(), Scratch::default());
        let mut is_kept = |text: &[u8]| cipher.decrypt(text, b"list:", &mut scratch).unwrap().canonical;
        assert!(is_kept(TEXT.as_bytes()));
        for (was, is) in [
            ("type:str]", "type:str] x"),
            ("type:str", "type:bytes"),
            ("BQ==", "BQ=\r="),
        ] {
            assert!(!is_kept(TEXT.replace(was, is).as_bytes()), "{is}");
        }
        for (kind, written, other) in [
            (Kind::Int, "7", "007"),
            (Kind::Float, "1.5", "1.50"),
            (Kind::Bool, "True", "true"),
            (Kind::Time, "2024-05-06T07:08:09Z", "2024-05-06T07:08:09.000Z"),
        ] {
            let sealed = |plaintext: &str| {
                let value = (kind, plaintext.as_bytes());
                cipher
                    .encrypt(value, b"list:", &[7; 32], None, &mut Scratch::default())
                    .unwrap()
            };
            let (written, other) = (sealed(written), sealed(other));
            assert!(is_kept(&written), "{kind:?}");
            assert!(!is_kept(&other), "{kind:?}");
        }
    }

    #[test]
    fn the_type_bytes_of_old_files_is_text() {
        let text = TEXT.replace("str", "bytes");
        let opened = cipher()
            .decrypt(text.as_bytes(), b"list:", &mut Scratch::default())
            .unwrap();
        assert_eq!(opened.kind, Kind::Str);
    }
}
