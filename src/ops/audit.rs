//! What is noted in the audit log of the administrator, if this build has one (feature `audit`).

use crate::failure::Failure;
use crate::host::Environment;

/// What was done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Its values were decrypted.
    Decrypt,
    /// It was encrypted.
    Encrypt,
    /// It got a new data key.
    Rotate,
}

/// Notes it.
///
/// # Errors
/// When there is a log and it does not take the event; as in sops, that is the end.
#[cfg(feature = "audit")]
pub fn note(deed: Deed, file: &str, environment: &Environment) -> Result<(), Failure> {
    use crate::failure::Kind;
    use crate::keys::access::Access;
    use crate::keys::audit::{self, Action};
    let action = match deed {
        Deed::Decrypt => Action::Decrypt,
        Deed::Encrypt => Action::Encrypt,
        Deed::Rotate => Action::Rotate,
    };
    audit::note(action, file, &Access::of(environment))
        .map_err(|error| Failure::new(Kind::Generic, error.to_string()))
}

/// This build has none.
#[cfg(not(feature = "audit"))]
pub fn note(_: Deed, _: &str, _: &Environment) -> Result<(), Failure> {
    Ok(())
}
