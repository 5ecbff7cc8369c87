//! Post-quantum age keys.

use age::armor::ArmoredReader;
use age::{Decryptor, Encryptor};
use lazysops::keys::hybrid::{Identity, Recipient};
use std::io::{Read, Write};

/// Made by age 1.3.1.
const IDENTITY: &str = include_str!("../data/keys/age-pq.key");
/// The `enc` field of a file that sops 3.13.2 sealed for it, and the data key inside.
const SEALED: &str = include_str!("../data/keys/age-pq.enc");
const DATA_KEY: &str = include_str!("../data/keys/age-pq.data-key");

fn line<'a>(text: &'a str, start: &str) -> &'a str {
    text.lines().find(|line| line.starts_with(start)).unwrap()
}

#[test]
fn a_data_key_that_sops_sealed_for_a_post_quantum_key_opens() {
    let identity: Identity = line(IDENTITY, "AGE-SECRET-KEY-PQ-").parse().unwrap();
    let decryptor = Decryptor::new(ArmoredReader::new(SEALED.as_bytes())).unwrap();
    let mut key = Vec::new();
    let mut reader = decryptor.decrypt(std::iter::once(&identity as _)).unwrap();
    reader.read_to_end(&mut key).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, DATA_KEY.trim());
}

#[test]
fn the_recipient_of_an_identity_is_the_one_age_names() {
    let identity: Identity = line(IDENTITY, "AGE-SECRET-KEY-PQ-").parse().unwrap();
    let named = line(IDENTITY, "# public key: ").trim_start_matches("# public key: ");
    assert_eq!(identity.to_recipient().to_string(), named);
}

#[test]
fn what_is_sealed_for_a_post_quantum_recipient_opens_again() {
    let identity: Identity = line(IDENTITY, "AGE-SECRET-KEY-PQ-").parse().unwrap();
    let recipient: Recipient = identity.to_recipient().to_string().parse().unwrap();
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
    writer.write_all(b"data key").unwrap();
    writer.finish().unwrap();
    let mut opened = Vec::new();
    let decryptor = Decryptor::new(&sealed[..]).unwrap();
    let mut reader = decryptor.decrypt(std::iter::once(&identity as _)).unwrap();
    reader.read_to_end(&mut opened).unwrap();
    assert_eq!(opened, b"data key");
}
