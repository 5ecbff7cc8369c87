//! What every key service can do, and which service a recipient belongs to.

use super::access::{Access, Refusal, plain_line};
use super::age::AgeService;
use super::channels::{Channels, Way};
use super::cloud::Cloud;
use super::{pgp, remote};
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
    access: Access<'a>,
    channels: Channels,
    age: AgeService<'a>,
    pgp: PgpService<'a>,
    cloud: Cloud<'a>,
}

impl<'a> Services<'a> {
    /// The services, with access to what they may use.
    #[must_use]
    pub fn new(access: Access<'a>) -> Self {
        Self {
            access,
            channels: Channels::of(access.environment),
            age: AgeService::new(access),
            pgp: PgpService(access),
            cloud: Cloud::new(access),
        }
    }

    /// Encrypts a secret for a recipient, this way; gives the text of the entry's `enc`.
    ///
    /// # Errors
    /// Why nobody did it, and what to do next.
    pub fn wrap_by(&self, recipient: &Recipient, secret: &[u8], way: Way) -> Result<String, Refusal> {
        let mut refusals = Vec::new();
        if self.channels.here && way != Way::There {
            match self
                .of(recipient)
                .and_then(|service| service.wrap(recipient, secret))
            {
                Ok(enc) if enc.is_empty() => refusals.push(Refusal::new("the service answered with nothing")),
                Ok(enc) => return Ok(enc),
                Err(refusal) => refusals.push(refusal),
            }
        }
        for address in self.there(way) {
            match remote::wrap(&self.access, address, recipient, secret) {
                Ok(enc) => return Ok(enc),
                Err(refusal) => refusals.push(refusal),
            }
        }
        let reasons: Vec<&str> = refusals.iter().map(|refusal| refusal.reason.as_str()).collect();
        if reasons.is_empty() {
            return Err(nobody());
        }
        Err(Refusal {
            reason: reasons.join("; "),
            next: refusals.into_iter().find_map(|refusal| refusal.next),
        })
    }

    /// Decrypts what an entry holds, this way.
    ///
    /// # Errors
    /// Why nobody did it: one reason for each way that was tried.
    pub fn unwrap_by(&self, entry: &KeyEntry, way: Way) -> Result<Unwrapped, Denied> {
        let mut denied = Denied {
            reasons: Vec::new(),
            next: None,
        };
        if self.channels.here && way != Way::There {
            let service = self.of(&entry.recipient).map_err(Denied::from);
            match service.and_then(|service| service.unwrap(entry)) {
                Ok(unwrapped) => return Ok(unwrapped),
                Err(reasons) => denied = reasons,
            }
        }
        for address in self.there(way) {
            match remote::unwrap(&self.access, address, entry) {
                Ok(secret) => {
                    let by = format!("the key service at {}", plain_line(address));
                    return Ok(Unwrapped { secret, by });
                }
                Err(Refusal { reason, next }) => {
                    denied.reasons.push(reason);
                    denied.next = denied.next.or(next);
                }
            }
        }
        if denied.reasons.is_empty() {
            return Err(nobody().into());
        }
        Err(denied)
    }

    fn there(&self, way: Way) -> &[String] {
        match way {
            Way::Here => &[],
            Way::There | Way::Anywhere => &self.channels.there,
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

fn nobody() -> Refusal {
    Refusal::new("no key service is enabled")
        .next("leave out --enable-local-keyservice=false, or name a --keyservice")
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
