//! PGP keys through gpg.

use super::gpg_home::{GpgHome, PGP1, PGP2};
use super::person::{Person, with_access};
use crate::support::script::executable;
use lazysops::host::Environment;
use lazysops::keys::access::{Access, Cancel, Nobody};
use lazysops::keys::pgp;

pub const FP1: &str = "3E64C4863C9A4FC967D1D42BAB4FED3D060A32BA";
pub const FP2: &str = "29DEBD26FEA087C58275080174516A1B5A4CD0B4";
const DATA_KEY: [u8; 32] = [42; 32];

/// Calls `use_it` with access to what the variables say, and nobody to ask.
fn with<T>(variables: Vec<(String, String)>, use_it: impl FnOnce(&Access<'_>) -> T) -> T {
    let environment = Environment::new(variables, "/");
    let cancel = Cancel::default();
    use_it(&Access {
        environment: &environment,
        ask: &Nobody { drop_in: false },
        cancel: &cancel,
    })
}

#[test]
fn a_data_key_goes_to_gpg_and_back() {
    let Some(home) = GpgHome::with_secrets(&[PGP1, PGP2]) else {
        return;
    };
    with(home.variables(), |access| {
        for fingerprint in [FP1.to_owned(), FP2.to_lowercase(), format!("0x{}", &FP1[24..])] {
            let armoured = pgp::encrypt(access, &fingerprint, &DATA_KEY).unwrap();
            assert!(armoured.starts_with("-----BEGIN PGP MESSAGE-----"));
            assert!(
                armoured.ends_with("-----END PGP MESSAGE-----"),
                "no line feed at the end"
            );
            let opened = pgp::decrypt(access, &fingerprint, &armoured).unwrap();
            assert_eq!(opened.as_slice(), DATA_KEY);
        }
    });
}

#[test]
fn the_editor_asks_for_the_passphrase_itself() {
    let Some(home) = GpgHome::with_secrets(&[]) else {
        return;
    };
    let fingerprint = home.locked_key("open sesame");
    let variables = home.variables();
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let armoured = with(home.variables(), |access| {
        pgp::encrypt(access, &fingerprint, &DATA_KEY).unwrap()
    });
    let editor = |passphrases: &[&'static str]| Person {
        owns_screen: true,
        ..Person::with_passphrases(passphrases)
    };
    let silent = editor(&[]);
    let refusal = with_access(&variables, &silent, |access| {
        pgp::decrypt(access, &fingerprint, &armoured).unwrap_err()
    });
    assert_eq!(refusal.reason, "no passphrase was given");
    let person = editor(&["wrong", "open sesame"]);
    let opened = with_access(&variables, &person, |access| {
        pgp::decrypt(access, &fingerprint, &armoured).unwrap()
    });
    assert_eq!(opened.as_slice(), DATA_KEY);
    let question = format!("Enter passphrase for PGP key {fingerprint}");
    assert_eq!(
        person.seen(),
        [format!("{question} (0)"), format!("{question} (1)")]
    );
}

#[test]
fn a_missing_secret_key_is_named_with_the_way_out() {
    let Some(home) = GpgHome::with_secrets(&[PGP2]) else {
        return;
    };
    with(home.variables(), |access| {
        let armoured = pgp::encrypt(access, FP1, &DATA_KEY).unwrap();
        let refusal = pgp::decrypt(access, FP1, &armoured).unwrap_err();
        assert_eq!(refusal.reason, format!("no secret key for {FP1}"));
        assert!(refusal.next.unwrap().contains("gpg --import"));
    });
}

#[test]
fn an_unknown_recipient_is_refused_not_left_out() {
    let Some(home) = GpgHome::with_secrets(&[]) else {
        return;
    };
    with(home.variables(), |access| {
        let unknown = "0123456789ABCDEF0123456789ABCDEF01234567";
        let refusal = pgp::encrypt(access, unknown, &DATA_KEY).unwrap_err();
        assert_eq!(
            refusal.reason,
            format!("no public key for {unknown} in the gpg keyring")
        );
    });
}

#[test]
fn a_key_that_expired_is_told_with_the_day() {
    let Some(home) = GpgHome::with_secrets(&[]) else {
        return;
    };
    let fingerprint = home.expired_key();
    with(home.variables(), |access| {
        let refusal = pgp::encrypt(access, &fingerprint, &DATA_KEY).unwrap_err();
        assert_eq!(
            refusal.reason,
            format!("the key {fingerprint} expired on 2020-01-02")
        );
        assert!(refusal.next.unwrap().contains("extend it"));
    });
}

#[test]
fn the_language_of_the_user_changes_nothing_in_what_is_understood() {
    let Some(home) = GpgHome::with_secrets(&[PGP2]) else {
        return;
    };
    let unknown = "0123456789ABCDEF0123456789ABCDEF01234567";
    for language in ["de", "fr", "ja", "cs"] {
        let mut variables = home.variables();
        for (name, value) in [("LC_ALL", "C.UTF-8"), ("LANGUAGE", language)] {
            variables.push((name.to_owned(), value.to_owned()));
        }
        with(variables, |access| {
            let refusal = pgp::encrypt(access, unknown, &DATA_KEY).unwrap_err();
            assert_eq!(
                refusal.reason,
                format!("no public key for {unknown} in the gpg keyring")
            );
            let armoured = pgp::encrypt(access, FP1, &DATA_KEY).unwrap();
            let refusal = pgp::decrypt(access, FP1, &armoured).unwrap_err();
            assert_eq!(refusal.reason, format!("no secret key for {FP1}"), "{language}");
        });
    }
}

#[test]
fn a_message_that_was_tampered_with_does_not_open() {
    let Some(home) = GpgHome::with_secrets(&[PGP2]) else {
        return;
    };
    with(home.variables(), |access| {
        let armoured = pgp::encrypt(access, FP2, &DATA_KEY).unwrap();
        let middle = armoured.len() / 2;
        let other = if &armoured[middle..=middle] == "A" {
            "B"
        } else {
            "A"
        };
        let tampered = format!("{}{other}{}", &armoured[..middle], &armoured[middle + 1..]);
        assert!(pgp::decrypt(access, FP2, &tampered).is_err());
        assert!(pgp::decrypt(access, FP2, "").is_err());
    });
}

#[test]
fn fingerprints_get_the_names_of_the_keyring() {
    let Some(home) = GpgHome::with_secrets(&[]) else {
        return;
    };
    with(home.variables(), |access| {
        assert_eq!(pgp::keyring(access, None).unwrap().len(), 2);
        let found = pgp::keyring(access, Some(FP1)).unwrap();
        assert!(found[0].is(FP1) && found[0].usable && !found[0].user_ids.is_empty());
        let unknown = "0123456789ABCDEF0123456789ABCDEF01234567";
        assert_eq!(pgp::keyring(access, Some(unknown)).unwrap(), []);
    });
}

#[test]
fn without_gpg_the_message_says_what_to_install() {
    let variables = vec![("PATH".to_owned(), "/nowhere".to_owned())];
    let refusal = with(variables, |access| pgp::decrypt(access, FP1, "x").unwrap_err());
    assert_eq!(refusal.reason, "gpg is not installed");
    assert!(refusal.next.unwrap().contains("SOPS_GPG_EXEC"));
}

#[test]
fn gpg_gets_the_arguments_of_sops_in_their_order_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("my gpg");
    let script = "#!/bin/sh\n{ printf '%s\\n' \"$@\"; env | grep -c SECRET; cat; } | sed 's/^/| /'\n";
    executable(&program, script);
    let variables = [
        ("PATH", "/usr/bin:/bin"),
        ("SOPS_GPG_EXEC", program.to_str().unwrap()),
        ("SOPS_AGE_KEY", "AGE-SECRET-KEY-1"),
        ("VAULT_TOKEN", "SECRET"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let said = with(variables.to_vec(), |access| {
        pgp::encrypt(access, &format!("{FP1}!"), b"key").unwrap()
    });
    let lines: Vec<&str> = said.lines().collect();
    let trusted = format!("| {}!", &FP1[24..]);
    let recipient = format!("| {FP1}!");
    assert_eq!(
        lines,
        [
            "| --no-default-recipient",
            "| --yes",
            "| --encrypt",
            "| -a",
            "| -r",
            &recipient,
            "| --trusted-key",
            &trusted,
            "| --no-encrypt-to",
            "| 0",
            "| key"
        ]
    );
}
