//! Who can be added to a file: what somebody pastes, and the public keys that lie around on this machine.

use super::config::absolute;
use super::people::People;
use super::ruled::Known;
use super::unlock::identity;
use crate::host::{Environment, file};
use crate::keys::access::Access;
use crate::keys::{age, pgp};
use crate::metadata::Recipient;
use crate::policy::recipient;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The rule of the file has it.
    Rule,
    /// Another group of the file has it.
    File,
    /// The gpg keyring.
    Keyring,
    /// A public key in `~/.ssh`.
    Ssh,
}

/// Somebody who can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub recipient: Recipient,
    /// What is known of them.
    pub known: Option<Known>,
    /// Where it was found.
    pub origin: Origin,
    /// Why it cannot be encrypted for.
    pub trouble: Option<&'static str>,
}

/// Reads what somebody pasted: one public key of any kind, complete as far as that can be told here.
///
/// # Errors
/// Why it is none. The text is not in the reason: now and then it is a private key.
pub fn read(text: &str) -> Result<Recipient, String> {
    let found = recipient::any(text).map_err(|bad| bad.to_string())?;
    match &found {
        Recipient::Age { recipient } => age::check(recipient).map_err(|refusal| refusal.reason)?,
        Recipient::Pgp { fingerprint } if !pgp::is_fingerprint(fingerprint) => {
            return Err("the fingerprint of an OpenPGP key has 40 hexadecimal digits".to_owned());
        }
        _ => {}
    }
    Ok(found)
}

/// Whether a text that somebody types is meant as the path of a file with a public key. No key looks like one.
#[must_use]
pub fn is_path(text: &str) -> bool {
    text.starts_with(['/', '~', '.']) || text.ends_with(".pub")
}

/// The public key in a file, as it stands there: that of `ssh-keygen`, or any other on a line of its own.
///
/// # Errors
/// When it cannot be read, holds a private key, or no public one. Nothing of the content is in the reason.
pub fn read_file(typed: &str, environment: &Environment) -> Result<String, String> {
    let below_home = typed.strip_prefix("~/").zip(environment.home());
    let path = below_home.map_or_else(|| PathBuf::from(typed), |(rest, home)| home.join(rest));
    let (bytes, _) =
        file::read(&absolute(environment, &path)).map_err(|error| format!("{typed}: {error}"))?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{typed} is no text"))?;
    if is_private(text) {
        return Err(format!("{typed} holds a private key; the public one is wanted"));
    }
    let lines = text.lines().map(str::trim);
    let key = lines
        .filter(|line| !line.starts_with('#'))
        .find(|line| read(line).is_ok());
    key.map(str::to_owned)
        .ok_or_else(|| format!("{typed} holds no public key"))
}

/// Whether a text is a private key: it must not stay on screen.
#[must_use]
pub fn is_private(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY"]
        .iter()
        .any(|mark| upper.contains(mark))
}

/// What kind of key it is, for people.
#[must_use]
pub fn kind(recipient: &Recipient) -> &'static str {
    match recipient {
        Recipient::Age { recipient } => match age::kind_of(recipient) {
            Some(age::RecipientKind::Hybrid) => "post-quantum age key",
            Some(age::RecipientKind::Plugin) => "age key of a plugin",
            Some(age::RecipientKind::Ssh) => "SSH key",
            Some(age::RecipientKind::X25519) | None => "age key",
        },
        Recipient::Pgp { .. } => "OpenPGP key",
        Recipient::Kms { .. } => "AWS KMS key",
        Recipient::GcpKms { .. } => "GCP KMS key",
        Recipient::AzureKv { .. } => "Azure Key Vault key",
        Recipient::HcVault { .. } => "Vault transit key",
        Recipient::HcKms { .. } => "HuaweiCloud KMS key",
    }
}

/// The public keys of the gpg keyring and of `~/.ssh`. gpg is started only where it has a folder already.
#[must_use]
pub fn gather(environment: &Environment) -> Vec<Candidate> {
    let mut found = ssh(environment);
    found.extend(keyring(environment));
    let people = People::gather(&[], found.iter().map(|one| &one.recipient), environment);
    for one in &mut found {
        one.known = Some(Known {
            person: people.of(&one.recipient),
            source: people.source(&one.recipient),
        });
    }
    found
}

fn keyring(environment: &Environment) -> Vec<Candidate> {
    let named = environment.raw("GNUPGHOME").map(PathBuf::from);
    let folder = named.or_else(|| Some(environment.home()?.join(".gnupg")));
    if !folder.is_some_and(|folder| file::exists(&folder)) {
        return Vec::new();
    }
    let keys = pgp::keyring(&Access::of(environment), None).unwrap_or_default();
    keys.into_iter()
        .filter(|key| !key.fingerprint.is_empty())
        .map(|key| Candidate {
            recipient: Recipient::Pgp {
                fingerprint: key.fingerprint,
            },
            known: None,
            origin: Origin::Keyring,
            trouble: (!key.usable).then_some(match key.trouble {
                Some(pgp::Trouble::Expired(_)) => "expired",
                Some(pgp::Trouble::Revoked) => "revoked",
                Some(pgp::Trouble::Disabled) => "disabled",
                Some(pgp::Trouble::SignsOnly) | None => "cannot encrypt",
            }),
        })
        .collect()
}

fn ssh(environment: &Environment) -> Vec<Candidate> {
    let Some(folder) = environment.home().map(|home| home.join(".ssh")) else {
        return Vec::new();
    };
    let files = file::list(&folder).unwrap_or_default().into_iter();
    let public = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "pub");
    let mut found: Vec<Candidate> = Vec::new();
    for path in files.map(|(path, _)| path).filter(public) {
        let Ok((bytes, _)) = file::read(&path) else {
            continue;
        };
        let Some(line) = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.lines().next())
        else {
            continue;
        };
        let Ok(recipient) = recipient::any(line) else {
            continue;
        };
        let Recipient::Age { recipient: written } = &recipient else {
            continue;
        };
        let there = |one: &Candidate| identity(&one.recipient) == identity(&recipient);
        if !written.starts_with("ssh-") || found.iter().any(there) {
            continue;
        }
        let trouble = age::check(written)
            .is_err()
            .then_some("of a kind that age does not take");
        found.push(Candidate {
            recipient,
            known: None,
            origin: Origin::Ssh,
            trouble,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Origin, gather, is_path, is_private, kind, read, read_file};
    use crate::host::Environment;

    const KEY: &str = "age1xtm5tgwf82v6jssfeu86h935f6vr4xd4355hgc0m30k0tzd2waysqsekz9";
    const SSH: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN ops@laptop";

    #[test]
    fn a_pasted_key_is_told_by_its_form_and_an_incomplete_one_is_refused() {
        for (text, what) in [
            (KEY, "age key"),
            (SSH, "SSH key"),
            ("85D77543B3D624B63CEA9E6DBC17301B491B3F21", "OpenPGP key"),
            ("arn:aws:kms:eu-west-1:111122223333:key/a", "AWS KMS key"),
            ("projects/p/locations/l/keyRings/r/cryptoKeys/k", "GCP KMS key"),
            ("https://v.vault.azure.net/keys/k/0a", "Azure Key Vault key"),
            (
                "https://vault.example:8200/v1/transit/keys/k",
                "Vault transit key",
            ),
        ] {
            assert_eq!(read(&format!(" {text}\n")).as_ref().map(kind), Ok(what), "{text}");
        }
        let cut = read(&KEY[..40]).unwrap_err();
        assert_eq!(cut, "it is not a complete age recipient");
        let private = read("AGE-SECRET-KEY-1QQ").unwrap_err();
        assert!(private.contains("private key") && !private.contains("1QQ"));
        assert!(is_private("AGE-SECRET-KEY-1QQ") && !is_private(KEY));
        assert!(read("somebody").is_err());
    }

    #[test]
    fn a_public_key_is_read_from_a_file_and_a_private_one_is_not() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::new([("HOME", home.path())], home.path());
        for (name, content) in [
            ("ci.pub", format!("{SSH}\n")),
            ("age.txt", format!("# of ci\n\n{KEY}\n")),
            ("id", "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n".to_owned()),
            ("other.pub", "canary\n".to_owned()),
        ] {
            std::fs::write(home.path().join(name), content).unwrap();
        }
        let file = |typed: &str| read_file(typed, &environment);
        assert_eq!(file("ci.pub").as_deref(), Ok(SSH));
        assert_eq!(file("~/ci.pub").as_deref(), Ok(SSH));
        assert_eq!(file("./age.txt").as_deref(), Ok(KEY));
        for (typed, why) in [
            ("./id", "a private key"),
            ("other.pub", "no public key"),
            ("/no.pub", "/no.pub: "),
        ] {
            let told = file(typed).unwrap_err();
            assert!(told.contains(why) && !told.contains("canary"), "{told}");
            assert!(is_path(typed));
        }
        assert!(!is_path(SSH) && !is_path(KEY) && !is_path("https://v.vault.azure.net/keys/k/0a"));
    }

    #[test]
    fn public_ssh_keys_of_the_home_folder_are_offered_with_their_names() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".ssh");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("id_ed25519.pub"), format!("{SSH}\n")).unwrap();
        std::fs::write(folder.join("copy.pub"), format!("{SSH}\n")).unwrap();
        std::fs::write(folder.join("id_ecdsa.pub"), "ecdsa-sha2-nistp256 AAAA x\n").unwrap();
        std::fs::write(folder.join("id_ed25519"), "not read\n").unwrap();
        let environment = Environment::new([("HOME", home.path())], home.path());
        let found = gather(&environment);
        assert_eq!(found.len(), 1);
        let known = found[0].known.as_ref().unwrap();
        assert_eq!(known.person.name.as_deref(), Some("ops@laptop"));
        assert_eq!((found[0].origin, found[0].trouble), (Origin::Ssh, None));
        assert!(!home.path().join(".gnupg").exists(), "gpg was not started");
    }
}
