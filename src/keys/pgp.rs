//! PGP keys through the `gpg` program, as sops does (spec §9.2).
//!
//! gpg asks for passphrases itself, through its agent and pinentry; the editor gives the terminal away meanwhile.

mod fingerprint;
mod keyring;
mod quiet;
mod words;

pub use keyring::{PublicKey, Trouble, keyring, own_keys};

use super::access::{Access, Refusal};
use super::child::{ChildError, Output, Program};
use fingerprint::Fingerprint;
use std::ffi::OsString;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long gpg may take when nobody is there for it to ask.
const LIMIT_ALONE: Duration = Duration::from_secs(30);

/// How long gpg may take when it may be asking somebody, who can stop it.
const LIMIT_ASKING: Duration = Duration::from_secs(600);

/// Variables that tell gpg's agent where to ask.
const PINENTRY_VARIABLES: &[&str] = &["GPG_TTY", "DISPLAY", "WAYLAND_DISPLAY", "PINENTRY_USER_DATA"];

/// Whether a text can be the fingerprint or the long id of a key.
#[must_use]
pub fn is_fingerprint(text: &str) -> bool {
    Fingerprint::parse(text).is_ok()
}

/// Encrypts a data key, or a share of it, for a fingerprint as written; the answer is armoured, without a line feed at its
/// end.
///
/// # Errors
/// When the fingerprint is none, gpg is missing, or has no usable public key for it.
pub fn encrypt(access: &Access<'_>, fingerprint: &str, secret: &[u8]) -> Result<String, Refusal> {
    let parsed = Fingerprint::parse(fingerprint)?;
    let arguments = [
        "--no-default-recipient",
        "--yes",
        "--encrypt",
        "-a",
        "-r",
        parsed.recipient(),
        "--trusted-key",
        &parsed.trusted(),
        "--no-encrypt-to",
    ];
    let output = run(access, &arguments, secret, LIMIT_ALONE)?;
    let armoured = std::str::from_utf8(&output.stdout).unwrap_or_default().trim();
    if !output.success || armoured.is_empty() {
        let known = keyring(access, Some(fingerprint)).unwrap_or_default();
        let trouble = known.iter().find_map(|key| key.trouble);
        return Err(words::cannot_encrypt(trouble, &output.stderr, fingerprint));
    }
    Ok(armoured.to_owned())
}

/// Decrypts what [`encrypt`] made. The fingerprint is for the words of the refusal only: gpg looks for itself which
/// secret key fits.
///
/// # Errors
/// When gpg is missing, has no secret key that fits, cannot ask for its passphrase, or gives nothing.
pub fn decrypt(
    access: &Access<'_>,
    fingerprint: &str,
    armoured: &str,
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    if quiet::is_needed(access) {
        return quiet::decrypt(access, fingerprint, armoured);
    }
    let asking = access.ask.present()
        || PINENTRY_VARIABLES
            .iter()
            .any(|name| access.environment.text(name).is_some());
    let limit = if asking { LIMIT_ASKING } else { LIMIT_ALONE };
    checked(run(access, &["-d"], armoured.as_bytes(), limit)?, fingerprint)
}

/// What gpg decrypted, or why it did not.
fn checked(output: Output, fingerprint: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    if !output.success {
        return Err(words::cannot_decrypt(&output.stderr, fingerprint));
    }
    if output.stdout.is_empty() {
        return Err(Refusal::new(format!("gpg decrypted nothing for {fingerprint}")));
    }
    Ok(output.stdout)
}

/// Runs gpg with these arguments.
fn run(access: &Access<'_>, arguments: &[&str], input: &[u8], limit: Duration) -> Result<Output, Refusal> {
    let chosen = access
        .environment
        .raw("SOPS_GPG_EXEC")
        .filter(|name| !name.is_empty());
    let program = Program {
        program: chosen.map_or_else(|| OsString::from("gpg"), OsString::from),
        arguments: arguments.iter().map(OsString::from).collect(),
        variables: variables(access),
        directory: access.environment.directory().to_owned(),
    };
    program.run(input, limit, access.cancel).map_err(|error| {
        let name = if chosen.is_some() {
            "the gpg that SOPS_GPG_EXEC names"
        } else {
            "gpg"
        };
        let refusal = Refusal::new(format!("{name} {error}"));
        match error {
            ChildError::Missing => {
                refusal.next("install GnuPG, or set SOPS_GPG_EXEC to the path of the program")
            }
            ChildError::TimedOut(_) => {
                refusal.next("see whether `gpg-agent` and its pinentry answer: `echo x | gpg --clear-sign`")
            }
            _ => refusal,
        }
    })
}

/// The variables gpg gets. Its messages are wanted in English, to be understood; `LANGUAGE` changes nothing else, so
/// pinentry still asks in the user's language.
fn variables(access: &Access<'_>) -> Vec<(OsString, OsString)> {
    let mut variables = access.variables_without_credentials();
    variables.retain(|(name, _)| name != "LANGUAGE");
    variables.push(("LANGUAGE".into(), "en".into()));
    variables
}
