//! Encrypt a plain file where it lies, by the rule that is for it: what the editor offers for a file that is not encrypted.

use super::caution::Caution;
use super::config::{self, read_input};
use super::encrypt::{Plain, Wish, encrypt};
use super::save::not_written;
use crate::failure::Failure;
use crate::format::Format;
use crate::host::Environment;
use crate::host::file::{self, Place};
use std::path::Path;
use zeroize::Zeroizing;

/// Encrypts a file in place, keeping its layout. Rules are looked for from the folder of the file upwards. What is returned
/// are warnings.
///
/// # Errors
/// When no rule is for it, when it cannot be encrypted, or when somebody changed it meanwhile; it is as it was then.
pub fn adopt(path: &Path, environment: &Environment) -> Result<Vec<String>, Failure> {
    let name = path.display().to_string();
    let (bytes, identity) = read_input(path)?;
    let bytes = Zeroizing::new(bytes);
    let mut caution = Caution::new(false, environment);
    let folder = path.parent().unwrap_or(environment.directory());
    let environment = environment.clone().within(folder);
    let config = config::find_believed(path, &environment, &mut caution)?;
    let format = Format::from_path(path);
    let plain = Plain {
        path,
        name: &name,
        bytes: &bytes,
        input: format,
        output: format,
    };
    let wish = Wish {
        keep_layout: true,
        ..Wish::default()
    };
    environment.tell("step 1 of 2: encrypting");
    let sealed = encrypt(&plain, &wish, config.as_ref(), &environment, &mut caution)?;
    environment.tell("step 2 of 2: writing");
    file::write(path, &sealed, Some(&identity), Place::Replace)
        .map_err(|error| not_written(&name, &error))?;
    Ok(caution.warnings().to_vec())
}
