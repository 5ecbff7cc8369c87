//! What is said where this build has no key services.

use super::{Gate, Listen};
use crate::host::Environment;
use crate::keys::access::{Access, Refusal};
use crate::metadata::{KeyEntry, Recipient};
use std::sync::Arc;
use zeroize::Zeroizing;

fn missing(address: &str) -> Refusal {
    super::at(
        address,
        "this lazysops was built without key services in other processes",
    )
    .next("use a lazysops that was built with the feature keyservice")
}

/// Cannot wrap.
///
/// # Errors
/// Always.
pub fn wrap(_: &Access<'_>, address: &str, _: &Recipient, _: &[u8]) -> Result<String, Refusal> {
    Err(missing(address))
}

/// Cannot unwrap.
///
/// # Errors
/// Always.
pub fn unwrap(_: &Access<'_>, address: &str, _: &KeyEntry) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    Err(missing(address))
}

/// Cannot serve.
///
/// # Errors
/// Always.
pub fn serve(listen: Listen<'_>, _: &Environment, _: Arc<dyn Gate>) -> Result<(), Refusal> {
    let (Listen::Tcp(address) | Listen::Unix(address)) = listen;
    Err(missing(address))
}
