//! Identities behind a passphrase.

use super::person::{Person, with_access};
use crate::support::data;
use age::Encryptor;
use age::secrecy::SecretString;
use lazysops::keys::access::Nobody;
use lazysops::keys::locked::{self, LockedSsh, SshKey, WithAccess};
use std::io::{Read, Write};

const IDENTITIES: &str = "# ops\nAGE-SECRET-KEY-1EXAMPLE\n";

/// An identity file behind the passphrase `right`.
fn identity_file(armoured: bool) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("right"));
    recipient.set_work_factor(2);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
    let mut file = Vec::new();
    if armoured {
        let armour = age::armor::ArmoredWriter::wrap_output(&mut file, age::armor::Format::AsciiArmor);
        let mut writer = encryptor.wrap_output(armour.unwrap()).unwrap();
        writer.write_all(IDENTITIES.as_bytes()).unwrap();
        writer.finish().unwrap().finish().unwrap();
    } else {
        let mut writer = encryptor.wrap_output(&mut file).unwrap();
        writer.write_all(IDENTITIES.as_bytes()).unwrap();
        writer.finish().unwrap();
    }
    file
}

#[test]
fn a_wrong_passphrase_can_be_corrected() {
    for armoured in [false, true] {
        let file = identity_file(armoured);
        assert!(locked::is_locked(&file));
        let person = Person::with_passphrases(&["wrong", "", "right"]);
        let text = with_access(&[], &person, |access| locked::open(access, "keys.age", &file)).unwrap();
        assert_eq!(text.as_str(), IDENTITIES);
        assert_eq!(
            person.seen(),
            [0, 1, 2].map(|attempt| format!("Enter passphrase for identity 'keys.age' ({attempt})"))
        );
    }
}

#[test]
fn without_a_passphrase_the_reason_is_told() {
    let file = identity_file(false);
    let nobody = Nobody { drop_in: true };
    let refusal = with_access(&[], &nobody, |access| locked::open(access, "k", &file)).unwrap_err();
    assert_eq!(refusal.reason, "needs a passphrase");
    let person = Person::with_passphrases(&["wrong"]);
    let refusal = with_access(&[], &person, |access| locked::open(access, "k", &file)).unwrap_err();
    assert_eq!(refusal.reason, "incorrect passphrase");
}

#[test]
fn a_damaged_or_hostile_identity_file_is_refused_without_asking() {
    let for_a_key = std::fs::read(data("keys/age-pq.enc")).unwrap();
    let mut too_much = identity_file(false);
    // The end of the line: the salt before it may begin with a 2.
    let work = too_much.windows(3).position(|end| end == b" 2\n").unwrap();
    too_much.splice(work + 1..work + 2, *b"40");
    let person = Person::default();
    for file in [
        &for_a_key[..],
        b"age-encryption.org/v1\n",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
    ] {
        assert!(with_access(&[], &person, |access| locked::open(access, "k", file)).is_err());
    }
    assert!(person.seen().is_empty());
    let person = Person::with_passphrases(&["right"]);
    let refusal = with_access(&[], &person, |access| locked::open(access, "k", &too_much)).unwrap_err();
    assert!(refusal.reason.contains("too much work"), "{}", refusal.reason);
}

/// The locked SSH key of this name, and something sealed for it.
fn ssh(name: &str) -> (LockedSsh, Vec<u8>) {
    let read = |name: String| std::fs::read_to_string(data("keys").join(name)).unwrap();
    let SshKey::Locked(key) = SshKey::read(&read(name.to_owned()), name).unwrap_or_else(|_| panic!()) else {
        panic!("{name} is behind a passphrase");
    };
    let recipient: age::ssh::Recipient = read(format!("{name}.pub")).trim().parse().unwrap();
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
    writer.write_all(b"data key").unwrap();
    writer.finish().unwrap();
    (key, sealed)
}

fn open(sealed: &[u8], identity: &WithAccess<'_>) -> Option<Vec<u8>> {
    let decryptor = age::Decryptor::new(sealed).unwrap();
    let mut opened = Vec::new();
    let mut reader = decryptor.decrypt(std::iter::once(identity as _)).ok()?;
    reader.read_to_end(&mut opened).unwrap();
    Some(opened)
}

#[test]
fn an_ssh_key_asks_for_its_passphrase_once() {
    for name in ["ssh-locked", "ssh-rsa-locked"] {
        let (key, sealed) = ssh(name);
        let person = Person::with_passphrases(&["wrong", "test-passphrase"]);
        with_access(&[], &person, |access| {
            let identity = WithAccess::new(&key, *access);
            assert_eq!(open(&sealed, &identity).unwrap(), b"data key");
            assert_eq!(open(&sealed, &identity).unwrap(), b"data key");
            assert_eq!(identity.refusal(), None);
        });
        let question = format!("Enter passphrase for key '{name}'");
        assert_eq!(
            person.seen(),
            [format!("{question} (0)"), format!("{question} (1)")]
        );
    }
}

#[test]
fn an_ssh_key_that_does_not_fit_is_never_asked_for() {
    let (key, _) = ssh("ssh-locked");
    let (_, other) = ssh("ssh-rsa-locked");
    let person = Person::with_passphrases(&["test-passphrase"]);
    with_access(&[], &person, |access| {
        let identity = WithAccess::new(&key, *access);
        assert!(open(&other, &identity).is_none());
        assert_eq!(identity.refusal(), None);
    });
    assert!(person.seen().is_empty());
}

#[test]
fn an_ssh_key_without_its_passphrase_says_so() {
    let (key, sealed) = ssh("ssh-locked");
    with_access(&[], &Nobody { drop_in: true }, |access| {
        let identity = WithAccess::new(&key, *access);
        assert!(open(&sealed, &identity).is_none());
        assert_eq!(identity.refusal().unwrap().reason, "needs a passphrase");
    });
}
