//! The X-Wing key encapsulation (draft-connolly-cfrg-xwing-kem, HPKE KEM 0x647a): ML-KEM-768 and X25519, of which an
//! attacker has to break both.

use ml_kem::kem::Decapsulate;
use ml_kem::{B32, Ciphertext, EncapsulateDeterministic, EncodedSizeUser, KemCore, MlKem768};
use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Digest, Sha3_256, Shake256};
use x25519_dalek::{PublicKey as Point, StaticSecret, X25519_BASEPOINT_BYTES, x25519};
use zeroize::{Zeroize, Zeroizing};

type Lattice = <MlKem768 as KemCore>::EncapsulationKey;
type LatticeSecret = <MlKem768 as KemCore>::DecapsulationKey;

/// Bytes of an ML-KEM-768 public key.
const LATTICE_PUBLIC: usize = 1184;

/// Bytes of an ML-KEM-768 ciphertext.
const LATTICE_CIPHERTEXT: usize = 1088;

/// Bytes of a public key.
const PUBLIC: usize = LATTICE_PUBLIC + 32;

/// Bytes of an encapsulated key.
pub const ENCAPSULATED: usize = LATTICE_CIPHERTEXT + 32;

/// Random bytes an encapsulation takes: 32 for ML-KEM, 32 for X25519.
pub const RANDOM: usize = 64;

/// The drawing that ends the hashed text: `\./` over `/^\`.
const LABEL: &[u8] = b"\\.//^\\";

/// A public key in its encoding, which is known to be a valid one.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

/// A private key: its seed. The rest is computed from it where it is used, so that only 32 bytes have to be wiped.
#[derive(Clone)]
pub struct PrivateKey(Zeroizing<[u8; 32]>);

/// What a seed stands for.
struct Expanded {
    lattice: LatticeSecret,
    lattice_public: Lattice,
    curve: StaticSecret,
}

impl PublicKey {
    /// Checks the encoding.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (lattice, _) = split(bytes, PUBLIC, LATTICE_PUBLIC)?;
        let decoded = Lattice::from_bytes(lattice.try_into().ok()?);
        // FIPS 203, 7.2: every coefficient must be below the modulus.
        (decoded.as_bytes().as_slice() == lattice).then(|| Self(bytes.to_vec()))
    }

    /// The encoding.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A shared secret, and what lets the owner of the private key find it.
    pub fn encapsulate(&self, random: &[u8; RANDOM]) -> Option<(Zeroizing<[u8; 32]>, Vec<u8>)> {
        let (lattice, curve) = split(&self.0, PUBLIC, LATTICE_PUBLIC)?;
        let (for_lattice, for_curve) = random.split_first_chunk::<32>()?;
        let mut message = B32::from(*for_lattice);
        let encapsulated = Lattice::from_bytes(lattice.try_into().ok()?).encapsulate_deterministic(&message);
        message.zeroize();
        let (ciphertext, mut lattice_shared) = encapsulated.ok()?;
        let ephemeral = Zeroizing::new(<[u8; 32]>::try_from(for_curve).ok()?);
        let curve = <[u8; 32]>::try_from(curve).ok()?;
        let ephemeral_public = x25519(*ephemeral, X25519_BASEPOINT_BYTES);
        let curve_shared = Zeroizing::new(x25519(*ephemeral, curve));
        if is_zero(&curve_shared) {
            return None;
        }
        let shared = combine(&lattice_shared, &curve_shared, &ephemeral_public, &curve);
        lattice_shared.zeroize();
        let mut encapsulated = ciphertext.to_vec();
        encapsulated.extend_from_slice(&ephemeral_public);
        Some((shared, encapsulated))
    }
}

impl PrivateKey {
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*seed))
    }

    pub fn seed(&self) -> &[u8; 32] {
        &self.0
    }

    pub fn public_key(&self) -> PublicKey {
        let expanded = self.expand();
        let mut bytes = expanded.lattice_public.as_bytes().to_vec();
        bytes.extend_from_slice(Point::from(&expanded.curve).as_bytes());
        PublicKey(bytes)
    }

    /// The shared secret; another one where it was encapsulated for another key. `None` where the point of X25519 is of
    /// low order, so that the secret would not depend on the key.
    pub fn decapsulate(&self, encapsulated: &[u8; ENCAPSULATED]) -> Option<Zeroizing<[u8; 32]>> {
        let (ciphertext, point) = split(encapsulated, ENCAPSULATED, LATTICE_CIPHERTEXT)?;
        let point = <[u8; 32]>::try_from(point).ok()?;
        let ciphertext: &Ciphertext<MlKem768> = ciphertext.try_into().ok()?;
        let expanded = self.expand();
        let mut lattice_shared = expanded.lattice.decapsulate(ciphertext).ok()?;
        let curve_shared = expanded.curve.diffie_hellman(&Point::from(point));
        let public = Point::from(&expanded.curve);
        let shared = curve_shared.was_contributory().then(|| {
            combine(
                &lattice_shared,
                curve_shared.as_bytes(),
                &point,
                public.as_bytes(),
            )
        });
        lattice_shared.zeroize();
        shared
    }

    fn expand(&self) -> Expanded {
        let mut reader = Shake256::default().chain(self.0.as_slice()).finalize_xof();
        let mut parts = Zeroizing::new([[0; 32]; 3]);
        for part in parts.iter_mut() {
            reader.read(part);
        }
        let [d, z, curve] = &*parts;
        let (mut d, mut z) = (B32::from(*d), B32::from(*z));
        let (lattice, lattice_public) = MlKem768::generate_deterministic(&d, &z);
        d.zeroize();
        z.zeroize();
        Expanded {
            lattice,
            lattice_public,
            curve: StaticSecret::from(*curve),
        }
    }
}

/// Both parts of an encoding that has the right length.
fn split(bytes: &[u8], length: usize, first: usize) -> Option<(&[u8], &[u8])> {
    (bytes.len() == length)
        .then(|| bytes.split_at_checked(first))
        .flatten()
}

/// Whether a shared secret of X25519 is the one that every key gets.
fn is_zero(bytes: &[u8; 32]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

/// The combiner of X-Wing.
fn combine(lattice: &[u8], curve: &[u8; 32], ephemeral: &[u8; 32], public: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut hash = Sha3_256::default();
    for part in [lattice, curve, ephemeral, public, LABEL] {
        Digest::update(&mut hash, part);
    }
    Zeroizing::new(hash.finalize().into())
}
