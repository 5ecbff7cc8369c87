//! Whose keys are in the gpg keyring: names to show beside fingerprints, keys to pick a recipient from.

use crate::keys::access::{Access, Refusal, plain_line};
use std::time::Duration;

/// Listing never asks anybody.
const LIMIT: Duration = Duration::from_secs(20);

/// A public key of the keyring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicKey {
    /// Of the primary key, upper case.
    pub fingerprint: String,
    /// Fingerprints of all its subkeys, upper case.
    pub subkeys: Vec<String>,
    /// Its user ids that are not revoked, first the main one; safe to print.
    pub user_ids: Vec<String>,
    /// Whether it can encrypt today: neither expired, revoked nor disabled, with a key for encryption.
    pub usable: bool,
    /// Why not, where gpg knows a reason.
    pub trouble: Option<Trouble>,
}

/// Why a key cannot encrypt today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It, or its subkey for encryption, expired at this time (seconds since 1970).
    Expired(i64),
    /// It was revoked.
    Revoked,
    /// The user disabled it.
    Disabled,
    /// It has no subkey for encryption.
    SignsOnly,
}

impl PublicKey {
    /// Whether a fingerprint or long id, as written in a file, means this key or one of its subkeys.
    #[must_use]
    pub fn is(&self, written: &str) -> bool {
        let bare: String = written
            .trim_end_matches('!')
            .chars()
            .filter(|character| *character != ' ')
            .collect();
        let upper = bare.to_ascii_uppercase();
        let digits = upper.strip_prefix("0X").unwrap_or(&upper);
        digits.len() >= 16
            && std::iter::once(&self.fingerprint)
                .chain(&self.subkeys)
                .any(|fingerprint| fingerprint.ends_with(digits))
    }
}

/// The keys of the keyring that have a secret half.
///
/// # Errors
/// When gpg is missing or fails.
pub fn own_keys(access: &Access<'_>) -> Result<Vec<PublicKey>, Refusal> {
    let arguments = [
        "--batch",
        "--no-tty",
        "--no-auto-check-trustdb",
        "--fixed-list-mode",
        "--with-colons",
        "--with-subkey-fingerprints",
        "--list-secret-keys",
    ];
    let output = super::run(access, &arguments, b"", LIMIT)?;
    if !output.success {
        return Err(Refusal::new("gpg cannot list its keys"));
    }
    Ok(read(&String::from_utf8_lossy(&output.stdout)))
}

/// The public keys of the keyring, or those that match a fingerprint.
///
/// # Errors
/// When gpg is missing or fails; no matching key is an empty list.
pub fn keyring(access: &Access<'_>, fingerprint: Option<&str>) -> Result<Vec<PublicKey>, Refusal> {
    let mut arguments = vec![
        "--batch",
        "--no-tty",
        "--no-auto-check-trustdb",
        "--fixed-list-mode",
        "--with-colons",
        "--with-subkey-fingerprints",
        "--list-keys",
    ];
    let parsed;
    if let Some(fingerprint) = fingerprint {
        parsed = super::Fingerprint::parse(fingerprint)?;
        arguments.extend(["--", parsed.recipient()]);
    }
    let output = super::run(access, &arguments, b"", LIMIT)?;
    if !output.success && !output.stderr.contains("No public key") {
        let said = output.stderr.lines().last().unwrap_or_default();
        return Err(Refusal::new(format!(
            "gpg cannot list its keys: {}",
            plain_line(said)
        )));
    }
    Ok(read(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads gpg's listing with colons.
fn read(listing: &str) -> Vec<PublicKey> {
    let mut keys: Vec<PublicKey> = Vec::new();
    let mut in_primary = false;
    for line in listing.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let field = |index: usize| fields.get(index).copied().unwrap_or_default();
        match field(0) {
            "pub" | "sec" => {
                let bad = matches!(field(1), "e" | "r" | "d" | "i" | "n");
                let capabilities = field(11);
                let usable = !bad && capabilities.contains('E') && !capabilities.contains('D');
                let trouble = match field(1) {
                    "e" => field(6).parse().ok().map(Trouble::Expired),
                    "r" => Some(Trouble::Revoked),
                    _ if capabilities.contains('D') => Some(Trouble::Disabled),
                    _ if !capabilities.contains('E') => Some(Trouble::SignsOnly),
                    _ => None,
                };
                keys.push(PublicKey {
                    usable,
                    trouble: trouble.filter(|_| !usable),
                    ..PublicKey::default()
                });
                in_primary = true;
            }
            "sub" | "ssb" => {
                in_primary = false;
                // Without a subkey that works, one that did is the reason.
                if let Some(key) = keys.last_mut()
                    && key.trouble == Some(Trouble::SignsOnly)
                    && field(1) == "e"
                    && field(11).contains('e')
                {
                    key.trouble = field(6).parse().ok().map(Trouble::Expired);
                }
            }
            record => {
                if let Some(key) = keys.last_mut() {
                    match record {
                        "fpr" if in_primary && key.fingerprint.is_empty() => {
                            key.fingerprint = field(9).to_ascii_uppercase();
                        }
                        "fpr" if !in_primary => key.subkeys.push(field(9).to_ascii_uppercase()),
                        "uid" if field(1) != "r" => key.user_ids.push(user_id(field(9))),
                        _ => {}
                    }
                }
            }
        }
    }
    keys
}

/// A user id, its `\xNN` taken back, safe to print.
fn user_id(written: &str) -> String {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(..2);
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.extend_from_slice(b"\\x");
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    plain_line(&String::from_utf8_lossy(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "tru::1:1700000000:0:3:1:5
pub:u:255:22:94F5D5ABC60CD3A6:1600000000:::u:::cESC:::::ed25519:::0:
fpr:::::::::AAAAAAAAAAAAAAAAAAAAAAAA94F5D5ABC60CD3A6:
uid:r::::1600000000::X::old <old@example.invalid>::::::::::0:
uid:u::::1600000000::X::Ops\\x3a team <ops@example.invalid>::::::::::0:
sub:u:255:18:674E0C75BCCFC307:1600000000::::::e:::::cv25519::
fpr:::::::::BBBBBBBBBBBBBBBBBBBBBBBB674E0C75BCCFC307:
pub:e:2048:1:1111111111111111:1500000000:1510000000::-:::sc::::::23::0:
fpr:::::::::CCCCCCCCCCCCCCCCCCCCCCCC1111111111111111:
uid:e::::1500000000::Y::ci::::::::::0:
";

    #[test]
    fn fingerprints_get_their_names() {
        let keys = read(LISTING);
        let [ops, ci] = keys.as_slice() else {
            panic!("two keys");
        };
        assert_eq!(ops.user_ids, ["Ops: team <ops@example.invalid>"]);
        assert!(ops.usable && !ci.usable);
        assert_eq!(
            (ops.trouble, ci.trouble),
            (None, Some(Trouble::Expired(1_510_000_000)))
        );
        assert!(ops.is("0x674e0c75bccfc307!") && ops.is("AAAAAAAAAAAAAAAAAAAAAAAA94F5D5ABC60CD3A6"));
        assert!(!ops.is("CD3A6") && !ops.is("1111111111111111"));
    }

    #[test]
    fn the_reason_of_a_key_that_cannot_encrypt_is_known_in_every_language() {
        let trouble = |listing: &str| read(listing).first().and_then(|key| key.trouble);
        assert_eq!(trouble("pub:r:255:22:1:1::::::sc:\n"), Some(Trouble::Revoked));
        assert_eq!(trouble("pub:u:255:22:1:1::::::scED:\n"), Some(Trouble::Disabled));
        assert_eq!(trouble("pub:u:255:22:1:1::::::sc:\n"), Some(Trouble::SignsOnly));
        let subkey = "pub:u:255:22:1:1::::::sc:\nsub:e:255:18:2:1:77:::::e:\n";
        assert_eq!(trouble(subkey), Some(Trouble::Expired(77)));
    }

    #[test]
    fn a_broken_listing_is_no_panic() {
        assert_eq!(read("fpr:x\nuid\n::::\n"), []);
        assert_eq!(user_id("a\\x"), "a\\x");
        assert_eq!(user_id("a\\x1"), "a\\x1");
        assert_eq!(user_id("\\xü"), "\\xü");
        assert_eq!(user_id("\\x0a\\x1b[2J"), "\\u{1b}[2J");
    }
}
