//! A new age key where sops looks for keys.

use super::config::absolute;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, SystemRandom, file};
use crate::keys::age::default_identity_file;
use crate::keys::generate::{age_key, hybrid_age_key};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A key that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Where its private half is.
    pub path: PathBuf,
    /// Its public half.
    pub recipient: String,
}

/// Where a key would be written.
///
/// # Errors
/// When there is no home to write to, or something is there already.
pub fn place(output: Option<&Path>, environment: &Environment) -> Result<PathBuf, Failure> {
    let path = match output {
        Some(path) => absolute(environment, path),
        None => default_identity_file(environment).ok_or_else(|| {
            let text = "there is no home directory to keep the key in";
            Failure::new(Kind::Usage, text).hint("--output FILE names another place")
        })?,
    };
    if file::occupied(&path) {
        return Err(taken(&path));
    }
    Ok(path)
}

fn taken(path: &Path) -> Failure {
    let text = format!(
        "{}: there is a key already, and it is not overwritten",
        path.display()
    );
    Failure::new(Kind::Usage, text)
        .hint("--output FILE names another place; SOPS_AGE_KEY_FILE makes sops look there")
}

/// Makes a key; `post_quantum` says which kind.
///
/// # Errors
/// When it cannot be written, or no randomness can be had.
pub fn make(output: Option<&Path>, post_quantum: bool, environment: &Environment) -> Result<Made, Failure> {
    let path = place(output, environment)?;
    let pair = if post_quantum {
        hybrid_age_key(&mut SystemRandom).map_err(|error| Failure::new(Kind::Usage, error.to_string()))?
    } else {
        age_key()
    };
    file::create_private(&path, pair.secret.expose()).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => taken(&path),
        _ => Failure::new(
            Kind::Write,
            format!("{}: cannot be written: {error}", path.display()),
        ),
    })?;
    Ok(Made {
        path,
        recipient: pair.recipient,
    })
}
