//! Whether a file is encrypted (spec §12.11).

use super::sealed::{Unreadable, read};
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::metadata::MetadataError;

/// Whether a text has a usable `sops` block with a version and a MAC.
///
/// # Errors
/// When it is no text of the format.
pub fn is_encrypted(bytes: &[u8], format: Format, name: &str) -> Result<bool, Failure> {
    match read(bytes, format, false) {
        Ok(sealed) => Ok(!sealed.metadata.version.is_empty() && !sealed.metadata.mac.is_empty()),
        Err(Unreadable::Metadata(MetadataError::Missing | MetadataError::Invalid { .. })) => Ok(false),
        Err(Unreadable::Load(format::LoadError::Empty)) => Ok(false),
        Err(error) => Err(Failure::new(
            Kind::Generic,
            format!("cannot check file status: {name}: {error}"),
        )),
    }
}
