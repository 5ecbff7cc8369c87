//! Decrypting while the editor has the screen: a pinentry that draws on the same terminal would break it, so the editor
//! asks for the passphrase itself and hands it to gpg.

use super::{LIMIT_ALONE, checked, run, words};
use crate::keys::access::{Access, Refusal, Subject};
use crate::keys::locked::{Tried, ask};
use age::secrecy::ExposeSecret;
use std::io::Write as _;
use zeroize::Zeroizing;

/// Variables of a display, where a pinentry opens a window of its own.
const DISPLAYS: &[&str] = &["DISPLAY", "WAYLAND_DISPLAY"];

/// What gpg says when it would have to ask and may not.
const WOULD_ASK: &str = "No pinentry";

/// Whether gpg must not ask by itself.
pub fn is_needed(access: &Access<'_>) -> bool {
    let has_display = DISPLAYS
        .iter()
        .any(|name| access.environment.text(name).is_some());
    access.ask.owns_screen() && !has_display
}

/// Decrypts without a pinentry: as it is, or with the passphrase that is asked for here.
pub fn decrypt(
    access: &Access<'_>,
    fingerprint: &str,
    armoured: &str,
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let arguments = ["--batch", "--no-tty", "--pinentry-mode", "error", "-d"];
    let output = run(access, &arguments, armoured.as_bytes(), LIMIT_ALONE)?;
    if output.success || !output.stderr.contains(WOULD_ASK) {
        return checked(output, fingerprint);
    }
    // Standard input is for the passphrase then. What is encrypted is no secret.
    let unwritten = |_| Refusal::new("gpg cannot be given the wrapped key: no temporary file can be written");
    let mut file = tempfile::NamedTempFile::new().map_err(unwritten)?;
    file.write_all(armoured.as_bytes()).map_err(unwritten)?;
    let path = file
        .path()
        .to_str()
        .ok_or_else(|| Refusal::new("the folder of temporary files has a name that is no text"))?;
    let arguments = [
        "--batch",
        "--no-tty",
        "--pinentry-mode",
        "loopback",
        "--passphrase-fd",
        "0",
        "-d",
        path,
    ];
    ask(access, &Subject::Pgp(fingerprint.to_owned()), |passphrase| {
        let output = run(
            access,
            &arguments,
            passphrase.expose_secret().as_bytes(),
            LIMIT_ALONE,
        )?;
        if !output.success && output.stderr.contains(words::WRONG_PASSPHRASE) {
            return Ok(Tried::Wrong);
        }
        checked(output, fingerprint).map(Tried::Opened)
    })
}
