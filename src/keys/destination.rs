//! The services that `publish` puts files into. They share client, credentials and limits with the key services; which file goes
//! where is the business of [`crate::ops`].

#[cfg(feature = "gcp")]
mod gcs;
#[cfg(feature = "vault")]
mod kv;
#[cfg(feature = "aws")]
mod s3;

use super::access::{Access, Refusal};
use zeroize::Zeroizing;

/// Puts an object into a bucket of Amazon S3.
///
/// # Errors
/// When it is not there afterwards.
pub fn to_s3(access: &Access<'_>, bucket: &str, key: &str, content: &[u8]) -> Result<(), Refusal> {
    #[cfg(feature = "aws")]
    return s3::put(access, bucket, key, content);
    #[cfg(not(feature = "aws"))]
    {
        let _ = (access, bucket, key, content);
        Err(missing("Amazon S3", "aws"))
    }
}

/// Puts an object into a bucket of Google Cloud Storage.
///
/// # Errors
/// When it is not there afterwards.
pub fn to_gcs(access: &Access<'_>, bucket: &str, name: &str, content: &[u8]) -> Result<(), Refusal> {
    #[cfg(feature = "gcp")]
    return gcs::put(access, bucket, name, content);
    #[cfg(not(feature = "gcp"))]
    {
        let _ = (access, bucket, name, content);
        Err(missing("Google Cloud Storage", "gcp"))
    }
}

/// An entry of the key-value engine of Vault.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'e> {
    /// The address of the Vault.
    pub address: &'e str,
    /// Where the engine is mounted.
    pub mount: &'e str,
    /// Version 1 or 2 of the engine.
    pub version: u8,
    /// The path in the engine.
    pub path: &'e str,
}

/// What stands in an entry now: the answer of Vault, JSON; `None` when there is nothing.
///
/// # Errors
/// When Vault does not say.
pub fn in_vault(access: &Access<'_>, entry: &Entry<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
    #[cfg(feature = "vault")]
    return kv::read(access, entry);
    #[cfg(not(feature = "vault"))]
    {
        let _ = (access, entry);
        Err(missing("Vault", "vault"))
    }
}

/// Writes an entry: `values` is a JSON object.
///
/// # Errors
/// When it is not there afterwards.
pub fn to_vault(access: &Access<'_>, entry: &Entry<'_>, values: &[u8]) -> Result<(), Refusal> {
    #[cfg(feature = "vault")]
    return kv::write(access, entry, values);
    #[cfg(not(feature = "vault"))]
    {
        let _ = (access, entry, values);
        Err(missing("Vault", "vault"))
    }
}

#[cfg(not(all(feature = "aws", feature = "gcp", feature = "vault")))]
fn missing(service: &str, feature: &str) -> Refusal {
    Refusal::new(format!("this lazysops was built without {service}")).next(format!(
        "use a lazysops that was built with the feature {feature}"
    ))
}
