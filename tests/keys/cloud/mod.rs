//! The services over HTTPS with the program itself, against servers on this machine, and the real sops on the other end.

mod aws;
mod azure;
mod faults;
mod gcp;
mod huawei;
mod openbao;
mod roundtrip;
mod strangers;

use crate::support::emulators::Variables;
use crate::support::sandbox::{Outcome, Sandbox};
use std::path::Path;

const PLAIN: &str = "user: ops\npassword: canary\n";

/// A KMS key of cloudfake; it takes any.
const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

/// A sandbox with these variables and the plain file.
fn place(variables: &Variables) -> Sandbox {
    let place = variables
        .iter()
        .fold(Sandbox::without_keys(), |place, (name, value)| {
            place.variable(name, value)
        });
    place.write("plain.yaml", PLAIN);
    place
}

/// What a program printed, if it succeeded.
fn printed(outcome: Outcome) -> Vec<u8> {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome.stdout
}

/// Opens a file with us; it must be the plain one.
fn opens(place: &Sandbox, name: &str) {
    assert_eq!(printed(place.lazysops(["decrypt", name])), PLAIN.as_bytes());
}

/// Opens a file with the real sops.
fn opens_there(place: &Sandbox, sops: Option<&Path>, name: &str) {
    if let Some(sops) = sops {
        assert_eq!(printed(place.run(sops, ["decrypt", name], b"")), PLAIN.as_bytes());
    }
}

/// Encrypts the plain file with us.
fn encrypt(place: &Sandbox, key: &[&str], name: &str) {
    let sealed = printed(place.lazysops([&["encrypt"], key, &["plain.yaml"]].concat()));
    place.write(name, sealed);
}

/// The same file with another character in the first wrapped data key.
fn tampered(text: &str) -> String {
    let start = text.find(" enc: ").unwrap() + " enc: ".len();
    let end = start + text[start..].find('\n').unwrap();
    let at = start + (end - start) * 2 / 3;
    let at = at + text[at..end].find(|c: char| c.is_ascii_alphanumeric()).unwrap();
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}
