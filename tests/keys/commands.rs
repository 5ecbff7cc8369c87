//! The commands with every kind of key, and the same done by the real sops.

use super::gpg_home::{GpgHome, PGP1, PGP2};
use super::pgp::{FP1, FP2};
use crate::support::passphrase::locked_identity;
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::terminal::{Size, Terminal};
use crate::support::{AGE1, data, sops};
use std::path::Path;

const PLAIN: &str = "user: ops\npassword: canary\n";

/// A sandbox in which gpg uses this home.
fn beside(home: &GpgHome) -> Sandbox {
    Sandbox::without_keys().variable("GNUPGHOME", home.path().to_str().unwrap())
}

/// What a program printed, if it succeeded.
fn printed(outcome: Outcome) -> Vec<u8> {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome.stdout
}

#[test]
fn a_file_for_pgp_keys_goes_there_and_back_and_through_the_real_sops() {
    let Some(home) = GpgHome::with_secrets(&[PGP1, PGP2]) else {
        return;
    };
    let place = beside(&home);
    place.write("plain.yaml", PLAIN);
    let real = sops("PGP files through the real sops");
    for fingerprint in [FP1, FP2] {
        let arguments = ["encrypt", "--pgp", fingerprint, "plain.yaml"];
        let sealed = printed(place.lazysops(arguments));
        assert!(String::from_utf8_lossy(&sealed).contains(fingerprint));
        place.write("ours.yaml", &sealed);
        assert_eq!(
            printed(place.lazysops(["decrypt", "ours.yaml"])),
            PLAIN.as_bytes()
        );
        if let Some(real) = &real {
            assert_eq!(
                printed(place.run(real, ["decrypt", "ours.yaml"], b"")),
                PLAIN.as_bytes()
            );
            let sealed = printed(place.run(real, arguments, b""));
            place.write("theirs.yaml", &sealed);
            assert_eq!(
                printed(place.lazysops(["decrypt", "theirs.yaml"])),
                PLAIN.as_bytes()
            );
        }
    }
}

#[test]
fn who_lacks_the_secret_key_reads_which_and_what_to_do() {
    let (Some(home), Some(other)) = (GpgHome::with_secrets(&[PGP1]), GpgHome::with_secrets(&[PGP2])) else {
        return;
    };
    let place = beside(&home);
    place.write("plain.yaml", PLAIN);
    let sealed = printed(place.lazysops(["encrypt", "--pgp", FP1, "plain.yaml"]));
    let place = beside(&other);
    place.write("sealed.yaml", sealed);
    let outcome = place.lazysops(["decrypt", "sealed.yaml"]);
    assert_eq!(outcome.code, Some(128));
    assert!(
        outcome.stderr.contains(&format!("no secret key for {FP1}")),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("gpg --import"), "{}", outcome.stderr);
}

#[test]
fn a_missing_public_key_keeps_the_file_from_being_written() {
    let Some(home) = GpgHome::with_secrets(&[PGP1]) else {
        return;
    };
    let place = beside(&home);
    place.write("plain.yaml", PLAIN);
    let unknown = "0123456789ABCDEF0123456789ABCDEF01234567";
    let recipients = format!("{FP1},{unknown}");
    let outcome = place.lazysops(["encrypt", "-i", "--pgp", &recipients, "plain.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains(unknown), "{}", outcome.stderr);
    assert_eq!(place.read("plain.yaml"), PLAIN.as_bytes());
}

#[test]
fn a_passphrase_is_asked_on_the_terminal_and_not_shown() {
    let place = Sandbox::without_keys();
    place.write("plain.yaml", PLAIN);
    let sealed = printed(place.lazysops(["encrypt", "--age", AGE1, "plain.yaml"]));
    place.write("sealed.yaml", sealed);
    let key = place.write("keys.age", locked_identity());
    let place = place.variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap());
    let decrypt = || {
        Terminal::start(
            Path::new(env!("CARGO_BIN_EXE_lazysops")),
            ["decrypt", "sealed.yaml"],
            place.environment(),
            &place.path(""),
            Size(200, 24),
        )
    };
    let mut terminal = decrypt();
    terminal.wait_for("Enter passphrase for identity");
    terminal.send("ww\x15rigth\x7f\x7fht\r");
    terminal.wait_for("password: canary");
    assert_eq!(terminal.wait_for_exit(), 0);
    assert!(!terminal.text().contains("rig"), "what is typed is not shown");
    let mut terminal = decrypt();
    terminal.wait_for("Enter passphrase for identity");
    terminal.send("wrong\r");
    terminal.wait_for("incorrect passphrase");
    assert_eq!(terminal.wait_for_exit(), 128);
    // Without a terminal nobody can be asked, and nothing hangs.
    let outcome = place.run(
        Path::new("setsid"),
        ["-w", env!("CARGO_BIN_EXE_lazysops"), "decrypt", "sealed.yaml"],
        b"",
    );
    assert_eq!(outcome.code, Some(128));
    assert!(
        outcome.stderr.contains("needs a passphrase"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_post_quantum_recipient_works_on_the_command_line() {
    let key = data("keys/age-pq.key");
    let text = std::fs::read_to_string(&key).unwrap();
    let recipient = text
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "))
        .unwrap();
    let place = Sandbox::with_key("age-pq.key");
    place.write("plain.yaml", PLAIN);
    let sealed = printed(place.lazysops(["encrypt", "--age", recipient, "plain.yaml"]));
    place.write("sealed.yaml", sealed);
    assert_eq!(
        printed(place.lazysops(["decrypt", "sealed.yaml"])),
        PLAIN.as_bytes()
    );
}
