//! What every key service can do, and which service a recipient belongs to.

use super::access::{Access, Refusal};
use super::age::AgeService;
use super::cloud::Cloud;
use super::pgp;
use crate::metadata::{KeyEntry, Recipient};
use zeroize::Zeroizing;

/// Wraps and unwraps data keys (or shares of one) for one kind of recipient.
pub trait KeyService {
    /// The recipient as it is stored, with what its service knows better: the version of an Azure key that was named without
    /// one.
    ///
    /// # Errors
    /// When the service does not tell.
    fn complete(&self, recipient: &Recipient) -> Result<Recipient, Refusal> {
        Ok(recipient.clone())
    }

    /// Encrypts a secret for a recipient; gives the text of the entry's `enc`.
    ///
    /// # Errors
    /// Why not, and what to do next.
    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal>;

    /// Decrypts what an entry holds.
    ///
    /// # Errors
    /// Why not: one reason for each way that was tried.
    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied>;
}

/// An unwrapped secret, and what opened it.
pub struct Unwrapped {
    /// The data key, or a share of it.
    pub secret: Zeroizing<Vec<u8>>,
    /// The name of the source of the identity; never the identity.
    pub by: String,
}

/// Why an entry did not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// One line for each source that was tried.
    pub reasons: Vec<String>,
    /// What to do next.
    pub next: Option<String>,
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self {
            reasons: vec![refusal.reason],
            next: refusal.next,
        }
    }
}

/// All services, each set up when it is first used. Made for one unlocking or wrapping.
pub struct Services<'a> {
    age: AgeService<'a>,
    pgp: PgpService<'a>,
    cloud: Cloud<'a>,
}

impl<'a> Services<'a> {
    /// The services, with access to what they may use.
    #[must_use]
    pub fn new(access: Access<'a>) -> Self {
        Self {
            age: AgeService::new(access),
            pgp: PgpService(access),
            cloud: Cloud::new(access),
        }
    }

    /// The service for a recipient.
    ///
    /// # Errors
    /// When this build has none for its kind.
    pub fn of(&self, recipient: &Recipient) -> Result<&dyn KeyService, Refusal> {
        match recipient {
            Recipient::Age { .. } => Ok(&self.age),
            Recipient::Pgp { .. } => Ok(&self.pgp),
            other => self.cloud.of(other),
        }
    }
}

/// What people call the service that a recipient belongs to.
#[must_use]
pub const fn title(recipient: &Recipient) -> &'static str {
    match recipient {
        Recipient::Age { .. } => "age",
        Recipient::Pgp { .. } => "PGP",
        Recipient::Kms { .. } => "AWS KMS",
        Recipient::GcpKms { .. } => "GCP KMS",
        Recipient::AzureKv { .. } => "Azure Key Vault",
        Recipient::HcVault { .. } => "Vault transit",
        Recipient::HcKms { .. } => "HuaweiCloud KMS",
    }
}

/// OpenPGP through gpg.
struct PgpService<'a>(Access<'a>);

impl KeyService for PgpService<'_> {
    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal> {
        pgp::encrypt(&self.0, fingerprint(recipient)?, secret)
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let secret = pgp::decrypt(&self.0, fingerprint(&entry.recipient)?, &entry.enc)?;
        Ok(Unwrapped {
            secret,
            by: "gpg".to_owned(),
        })
    }
}

fn fingerprint(recipient: &Recipient) -> Result<&str, Refusal> {
    match recipient {
        Recipient::Pgp { fingerprint } => Ok(fingerprint),
        _ => Err(Refusal::new("this is no PGP key")),
    }
}
