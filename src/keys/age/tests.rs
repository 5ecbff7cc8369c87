//! Wrapping and unlocking with age keys, through the whole of `keys`.

use crate::host::Environment;
use crate::host::script::executable;
use crate::keys::{Outcome, Unlocked, WrapError, unlock, wrap};
use crate::metadata::{Group, KeyEntry, Metadata, Recipient};
use crate::seal::{DataKey, Random, RandomError};
use crate::tree::{Secret, Time};
use age::secrecy::ExposeSecret;

struct Fixed;

impl Random for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        bytes.fill(7);
        Ok(())
    }
}

struct Key {
    identity: String,
    recipient: String,
}

fn key() -> Key {
    let identity = age::x25519::Identity::generate();
    Key {
        identity: identity.to_string().expose_secret().to_owned(),
        recipient: identity.to_public().to_string(),
    }
}

fn group(recipients: &[&Key]) -> Group {
    let entry = |key: &&Key| {
        KeyEntry::new(
            Recipient::Age {
                recipient: key.recipient.clone(),
            },
            &Time::from_unix(0),
        )
    };
    Group {
        keys: recipients.iter().map(entry).collect(),
    }
}

fn data_key() -> DataKey {
    DataKey::new([42; 32])
}

fn nothing() -> Environment {
    Environment::new([("HOME", "/nonexistent")], "/")
}

fn having(name: &str, value: &str) -> Environment {
    Environment::new(
        [(name, value), ("HOME", "/nonexistent"), ("PATH", "/usr/bin:/bin")],
        "/",
    )
}

fn sealed(groups: Vec<Group>, threshold: Option<u32>) -> Metadata {
    Metadata {
        groups: wrap(&groups, threshold, &data_key(), &nothing(), &mut Fixed)
            .unwrap()
            .0,
        threshold,
        last_modified: Time::from_unix(0),
        mac: Secret::default(),
        rule: None,
        mac_only_encrypted: false,
        version: "3.13.3".into(),
    }
}

fn failed(unlocked: &Unlocked, index: usize) -> (String, String) {
    match &unlocked.attempts[index].outcome {
        Outcome::Failed { reasons, next } => (reasons.join("\n"), next.clone().unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_recipient_opens_and_the_source_is_named() {
    let (one, two) = (key(), key());
    let metadata = sealed(vec![group(&[&one, &two])], None);
    assert!(
        metadata.groups[0].keys[0]
            .enc
            .starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n")
    );
    assert!(
        metadata.groups[0].keys[0]
            .enc
            .ends_with("-----END AGE ENCRYPTED FILE-----\n")
    );
    let unlocked = unlock(&metadata, &having("SOPS_AGE_KEY", &two.identity));
    assert_eq!(unlocked.key, Some(data_key()));
    assert!(matches!(unlocked.attempts[0].outcome, Outcome::Failed { .. }));
    assert_eq!(
        unlocked.attempts[1].outcome,
        Outcome::Opened {
            by: "SOPS_AGE_KEY".into()
        }
    );
    let unlocked = unlock(&metadata, &having("SOPS_AGE_KEY", &one.identity));
    assert_eq!(unlocked.attempts[1].outcome, Outcome::NotTried);
}

#[test]
fn every_source_of_identities_is_used() {
    let one = key();
    let metadata = sealed(vec![group(&[&one])], None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.txt");
    let text = format!("# created: today\r\n\r\n{} \r\n", one.identity);
    std::fs::write(&path, &text).unwrap();
    let config = folder.path().join("sops/age");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("keys.txt"), &text).unwrap();
    let program = folder.path().join("print key");
    executable(
        &program,
        &format!(
            "#!/bin/sh\ntest \"$SOPS_AGE_RECIPIENT\" = {} && cat keys.txt\n",
            one.recipient
        ),
    );
    let path = path.to_str().unwrap();
    let home = folder.path().to_str().unwrap();
    for (name, value, by) in [
        ("SOPS_AGE_KEY_FILE", path, format!("SOPS_AGE_KEY_FILE ({path})")),
        ("XDG_CONFIG_HOME", home, format!("{home}/sops/age/keys.txt")),
        ("SOPS_AGE_KEY_CMD", "'./print key'", "SOPS_AGE_KEY_CMD".to_owned()),
    ] {
        let environment = Environment::new(
            [(name, value), ("PATH", "/usr/bin:/bin"), ("HOME", "/nonexistent")],
            folder.path(),
        );
        let unlocked = unlock(&metadata, &environment);
        assert_eq!(unlocked.attempts[0].outcome, Outcome::Opened { by }, "{name}");
    }
}

#[test]
fn who_has_no_key_reads_what_was_tried_and_what_to_do() {
    let (one, two) = (key(), key());
    let metadata = sealed(vec![group(&[&one])], None);
    let unlocked = unlock(&metadata, &nothing());
    assert_eq!(unlocked.key, None);
    let (reasons, next) = failed(&unlocked, 0);
    assert_eq!(
        reasons,
        "/nonexistent/.config/sops/age/keys.txt: there is no such file\n\
         not set: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD"
    );
    assert!(next.contains("SOPS_AGE_KEY_FILE") && next.contains(&one.recipient));
    let (reasons, next) = failed(&unlock(&metadata, &having("SOPS_AGE_KEY", &two.identity)), 0);
    assert!(
        reasons.starts_with("SOPS_AGE_KEY: its identity is not the one this was sealed for\n"),
        "{reasons}"
    );
    assert!(next.contains(&two.recipient));
}

#[test]
fn no_identity_and_no_broken_part_of_one_is_ever_shown() {
    let (one, two) = (key(), key());
    let metadata = sealed(vec![group(&[&one])], None);
    let cut = &two.identity[..60];
    for (name, value, said) in [
        (
            "SOPS_AGE_KEY",
            format!("{cut}\n"),
            "SOPS_AGE_KEY: line 1 is not a complete identity",
        ),
        (
            "SOPS_AGE_KEY",
            two.recipient.clone(),
            "SOPS_AGE_KEY: line 1 is a public key, not an identity",
        ),
        (
            "SOPS_AGE_KEY",
            two.identity.to_lowercase(),
            "SOPS_AGE_KEY: line 1 is no age identity",
        ),
        (
            "SOPS_AGE_KEY",
            "# only".to_owned(),
            "SOPS_AGE_KEY: there is no identity in it",
        ),
        (
            "SOPS_AGE_KEY_CMD",
            "echo 'canary".to_owned(),
            "SOPS_AGE_KEY_CMD: a quote in it is not closed",
        ),
        (
            "SOPS_AGE_KEY_CMD",
            "false".to_owned(),
            "SOPS_AGE_KEY_CMD: the program failed",
        ),
        (
            "SOPS_AGE_KEY_CMD",
            "no-such-program-here".to_owned(),
            "SOPS_AGE_KEY_CMD: the program is not installed",
        ),
    ] {
        let unlocked = unlock(&metadata, &having(name, &value));
        let shown = format!("{unlocked:?}");
        assert!(shown.contains(said), "{shown}");
        assert!(
            !shown.contains("AGE-SECRET-KEY") && !shown.contains("canary"),
            "{shown}"
        );
    }
}

#[test]
fn a_broken_word_does_not_cost_the_good_identities() {
    let one = key();
    let metadata = sealed(vec![group(&[&one])], None);
    let text = format!("nonsense {}", one.identity);
    assert!(unlock(&metadata, &having("SOPS_AGE_KEY", &text)).key.is_some());
}

#[test]
fn a_damaged_wrapped_key_is_told_from_a_foreign_one() {
    let one = key();
    let mut metadata = sealed(vec![group(&[&one])], None);
    let enc = &mut metadata.groups[0].keys[0].enc;
    *enc = enc.replace("BEGIN AGE", "BEGIN");
    let (reasons, _) = failed(&unlock(&metadata, &having("SOPS_AGE_KEY", &one.identity)), 0);
    assert_eq!(reasons, "the wrapped key is no readable age file");
}

#[test]
fn groups_hold_shares_and_enough_of_them_open() {
    let keys = [key(), key(), key()];
    let groups = keys.iter().map(|key| group(&[key])).collect::<Vec<_>>();
    let metadata = sealed(groups.clone(), Some(2));
    let having = |chosen: &[usize]| {
        let text: Vec<&str> = chosen
            .iter()
            .map(|index| keys[*index].identity.as_str())
            .collect();
        unlock(&metadata, &having("SOPS_AGE_KEY", &text.join("\n")))
    };
    for chosen in [&[0, 1][..], &[1, 2], &[0, 1, 2]] {
        assert_eq!(having(chosen).key, Some(data_key()), "{chosen:?}");
    }
    let unlocked = having(&[2]);
    assert_eq!(unlocked.key, None);
    assert!(matches!(unlocked.attempts[2].outcome, Outcome::Opened { .. }));
    assert_eq!(
        wrap(&groups, Some(4), &data_key(), &nothing(), &mut Fixed)
            .unwrap_err()
            .to_string(),
        "parts cannot be less than threshold"
    );
    assert_eq!(
        wrap(&groups, Some(1), &data_key(), &nothing(), &mut Fixed)
            .unwrap_err()
            .to_string(),
        "threshold must be at least 2"
    );
}

#[test]
fn one_recipient_that_fails_fails_all() {
    let one = key();
    let mut bad = group(&[&one]);
    bad.keys.push(KeyEntry::new(
        Recipient::Age {
            recipient: "age1nobody".into(),
        },
        &Time::from_unix(0),
    ));
    let error = wrap(&[bad], None, &data_key(), &nothing(), &mut Fixed).unwrap_err();
    assert_eq!(
        error.to_string(),
        "age recipient age1nobody: it is not a complete age recipient"
    );
    assert_eq!(
        wrap(&[Group::default()], None, &data_key(), &nothing(), &mut Fixed).unwrap_err(),
        WrapError::EmptyGroup
    );
    assert_eq!(
        wrap(&[], None, &data_key(), &nothing(), &mut Fixed).unwrap_err(),
        WrapError::EmptyGroup
    );
}

#[test]
fn kinds_without_a_service_say_so() {
    let recipient = Recipient::HcKms {
        key_id: "region:id".into(),
    };
    let keys = vec![KeyEntry {
        enc: "x".into(),
        ..KeyEntry::new(recipient, &Time::from_unix(0))
    }];
    let mut metadata = sealed(vec![group(&[&key()])], None);
    metadata.groups = vec![Group { keys: keys.clone() }];
    let (reasons, _) = failed(&unlock(&metadata, &nothing()), 0);
    assert_eq!(
        reasons,
        "lazysops does not speak with HuaweiCloud KMS; the entry is kept as it is"
    );
    assert!(wrap(&[Group { keys }], None, &data_key(), &nothing(), &mut Fixed).is_err());
}
