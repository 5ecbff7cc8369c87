//! Unlocking whole files with identities that ask somebody, or that are written in an unusual way.

use super::person::Person;
use crate::support::data;
use crate::support::script::executable;
use age::Encryptor;
use age::secrecy::{ExposeSecret, SecretString};
use lazysops::host::{Environment, SystemRandom};
use lazysops::keys::{Outcome, Unlocked, unlock, wrap, wrap_missing};
use lazysops::metadata::{Group, KeyEntry, Metadata, Recipient};
use lazysops::seal::DataKey;
use lazysops::tree::{Secret, Time};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

fn data_key() -> DataKey {
    DataKey::new([42; 32])
}

fn entry(recipient: &str) -> KeyEntry {
    let recipient = Recipient::Age {
        recipient: recipient.to_owned(),
    };
    KeyEntry::new(recipient, &Time::from_unix(0))
}

/// A file sealed for these recipients.
fn sealed(recipients: &[&str]) -> Metadata {
    let group = Group {
        keys: recipients.iter().map(|recipient| entry(recipient)).collect(),
    };
    let environment = Environment::new([("HOME", "/nonexistent")], "/");
    Metadata {
        groups: wrap(&[group], None, &data_key(), &environment, &mut SystemRandom)
            .unwrap()
            .0,
        threshold: None,
        last_modified: Time::from_unix(0),
        mac: Secret::default(),
        rule: None,
        mac_only_encrypted: false,
        version: "3.13.3".to_owned(),
    }
}

fn unlocked(metadata: &Metadata, variable: &str, path: &Path, person: &Arc<Person>) -> Unlocked {
    let variables = [
        (variable, path.to_str().unwrap()),
        ("HOME", "/nonexistent"),
        ("PATH", "/usr/bin:/bin"),
    ];
    let environment = Environment::new(variables, "/").asking(Arc::clone(person) as _);
    unlock(metadata, &environment)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(data(name)).unwrap().trim().to_owned()
}

#[test]
fn an_ssh_recipient_with_a_comment_opens_with_its_private_key() {
    let recipient = read("spec/ssh-ed25519.key.pub");
    let metadata = sealed(&[&recipient]);
    let path = data("spec/ssh-ed25519.key");
    let unlocked = unlocked(&metadata, "SOPS_AGE_SSH_PRIVATE_KEY_FILE", &path, &Arc::default());
    assert_eq!(unlocked.key, Some(data_key()));
    let by = format!("SOPS_AGE_SSH_PRIVATE_KEY_FILE ({})", path.display());
    assert_eq!(unlocked.attempts[0].outcome, Outcome::Opened { by });
}

#[test]
fn the_passphrase_of_an_ssh_key_is_asked_only_for_its_own_files() {
    let path = data("keys/ssh-locked");
    let mine = sealed(&[&read("keys/ssh-locked.pub")]);
    let others = sealed(&[&read("spec/ssh-ed25519.key.pub")]);
    let person = Arc::<Person>::default();
    let unlocked_others = unlocked(&others, "SOPS_AGE_SSH_PRIVATE_KEY_FILE", &path, &person);
    assert_eq!((unlocked_others.key, person.seen().len()), (None, 0));
    let unlocked_mine = unlocked(&mine, "SOPS_AGE_SSH_PRIVATE_KEY_FILE", &path, &person);
    assert_eq!((unlocked_mine.key, person.seen().len()), (None, 1));
    let Outcome::Failed { reasons, next } = &unlocked_mine.attempts[0].outcome else {
        panic!()
    };
    assert!(
        reasons
            .iter()
            .any(|reason| reason.ends_with(": no passphrase was given")),
        "{reasons:?}"
    );
    assert!(next.as_ref().unwrap().contains("open the file again"));
}

#[test]
fn an_identity_file_behind_a_passphrase_is_asked_for_once() {
    let identity = age::x25519::Identity::generate();
    let own = identity.to_public().to_string();
    let other = age::x25519::Identity::generate().to_public().to_string();
    let mut passphrase = age::scrypt::Recipient::new(SecretString::from("right"));
    passphrase.set_work_factor(2);
    let encryptor = Encryptor::with_recipients(std::iter::once(&passphrase as _)).unwrap();
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).unwrap();
    writer
        .write_all(identity.to_string().expose_secret().as_bytes())
        .unwrap();
    writer.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.age");
    std::fs::write(&path, file).unwrap();
    let person = Arc::new(Person::with_passphrases(&["right"]));
    let unlocked = unlocked(&sealed(&[&other, &own]), "SOPS_AGE_KEY_FILE", &path, &person);
    assert_eq!(unlocked.key, Some(data_key()));
    assert_eq!(person.seen().len(), 1);
}

#[test]
fn the_output_of_an_identity_program_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program");
    executable(&path, "#!/bin/sh\necho canary-7\necho broken >&2\nexit 1\n");
    let metadata = sealed(&[&age::x25519::Identity::generate().to_public().to_string()]);
    let unlocked = unlocked(&metadata, "SOPS_AGE_KEY_CMD", &path, &Arc::default());
    let shown = format!("{unlocked:?}");
    assert!(
        shown.contains("SOPS_AGE_KEY_CMD: the program failed: broken"),
        "{shown}"
    );
    assert!(!shown.contains("canary"));
}

#[test]
fn a_new_recipient_leaves_the_wrapped_keys_of_the_others_as_they_are() {
    let [one, two] = [(); 2].map(|()| age::x25519::Identity::generate().to_public().to_string());
    let mut group = sealed(&[&one]).groups.remove(0);
    let before = group.keys[0].clone();
    group.keys.push(entry(&two));
    let environment = Environment::new([("HOME", "/nonexistent")], "/");
    let wrapped = wrap_missing(&[group], &data_key(), &environment)
        .unwrap()
        .unwrap();
    assert_eq!(wrapped[0].keys[0], before);
    assert!(
        wrapped[0].keys[1]
            .enc
            .starts_with("-----BEGIN AGE ENCRYPTED FILE-----")
    );
}

#[test]
fn an_rsa_key_in_an_old_form_opens_or_its_owner_reads_how_to_convert_it() {
    if !crate::support::installed("ssh-keygen") {
        crate::support::skipped("SSH keys in old forms", "ssh-keygen is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let make = |form: &str| {
        let path = folder.path().join(form);
        let arguments = ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-m", form, "-f"];
        let made = std::process::Command::new("ssh-keygen")
            .args(arguments)
            .arg(&path)
            .output();
        assert!(made.unwrap().status.success());
        let public = std::fs::read_to_string(path.with_extension("pub")).unwrap();
        (path, public.trim().to_owned())
    };
    let (path, public) = make("PEM");
    let variable = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";
    let opened = unlocked(&sealed(&[&public]), variable, &path, &Arc::default());
    assert_eq!(opened.key, Some(data_key()));
    let (path, public) = make("PKCS8");
    let refused = unlocked(&sealed(&[&public]), variable, &path, &Arc::default());
    assert_eq!(refused.key, None);
    let shown = format!("{refused:?}");
    for said in ["is a private key in PKCS#8 form", "ssh-keygen -p -f"] {
        assert!(shown.contains(said), "{shown}");
    }
    // The advice works.
    let converted = std::process::Command::new("ssh-keygen")
        .args(["-q", "-p", "-N", "", "-f"])
        .arg(&path)
        .output();
    assert!(converted.unwrap().status.success());
    let opened = unlocked(&sealed(&[&public]), variable, &path, &Arc::default());
    assert_eq!(opened.key, Some(data_key()));
}
