//! Unlocking while a key service hangs or is down.

use super::hands::{self, ENTER, FILE};
use crate::keys::gpg_home::{GpgHome, PGP1};
#[cfg(feature = "keyservice")]
use crate::keys::keyservice::Server;
use crate::keys::pgp::FP1;
#[cfg(feature = "keyservice")]
use crate::support::AGE1;
use crate::support::passphrase::locked_identity;
use crate::support::sandbox::Sandbox;
use crate::support::script::executable;
use crate::support::terminal::{Size, Terminal};
#[cfg(feature = "keyservice")]
use std::net::TcpListener;
use std::path::Path;

const SIZE: Size = Size(120, 40);
const LAZYSOPS: &str = env!("CARGO_BIN_EXE_lazysops");
const ESC: &str = "\x1b";

/// Starts the editor on `FILE`, which does not open by itself.
fn start(place: &Sandbox) -> Terminal {
    let arguments = [FILE];
    Terminal::start(
        Path::new(LAZYSOPS),
        arguments,
        place.environment(),
        &place.path(""),
        SIZE,
    )
}

/// Esc stops the opening; the file is shown as far as it goes without a key.
fn stop_and_look(terminal: &mut Terminal) {
    terminal.send(ESC);
    terminal.wait_for(" Locked ");
    // Not: given up after the time that a call or gpg has.
    terminal.wait_for("cancelled");
    terminal.send(ENTER);
    terminal.wait_without(" Locked ");
    terminal.wait_for("gatus");
    terminal.wait_for("••••");
    terminal.wait_for("Recipients");
    hands::quit(terminal);
}

#[cfg(feature = "keyservice")]
#[test]
fn esc_during_a_hanging_service_shows_the_file_locked_at_once() {
    let place = hands::place_with(hands::PLAINTEXT);
    let sealed = place.read(FILE);
    // Somebody who takes the call and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", silent.local_addr().unwrap());
    let place = Sandbox::without_keys().variable("SOPS_KEYSERVICE", &address);
    place.write(FILE, &sealed);
    let mut terminal = start(&place);
    terminal.wait_for("waiting for the key service");
    stop_and_look(&mut terminal);
    assert_eq!(place.read(FILE), sealed);
}

/// A gpg that never answers.
fn hanging_gpg(place: &Sandbox) -> String {
    let path = place.path("gpg");
    executable(&path, "#!/bin/sh\nexec sleep 600\n");
    path.to_str().unwrap().to_owned()
}

#[test]
fn esc_during_a_hanging_gpg_ends_it() {
    let Some(home) = GpgHome::with_secrets(&[PGP1]) else {
        return;
    };
    let place = Sandbox::without_keys().variable("GNUPGHOME", home.path().to_str().unwrap());
    place.write(FILE, hands::PLAINTEXT);
    let outcome = place.lazysops(["encrypt", "-i", "--pgp", FP1, FILE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let gpg = hanging_gpg(&place);
    let place = place.variable("SOPS_GPG_EXEC", &gpg);
    let mut terminal = start(&place);
    terminal.wait_for("opening");
    stop_and_look(&mut terminal);
}

#[cfg(feature = "keyservice")]
#[test]
fn the_threshold_is_reached_although_one_key_service_is_down() {
    let Some(home) = GpgHome::with_secrets(&[PGP1]) else {
        return;
    };
    let other = Sandbox::with_key("age2.txt");
    let age2 = std::fs::read_to_string(crate::support::data("keys/age2.txt")).unwrap();
    let age2 = age2
        .lines()
        .find_map(|line| line.strip_prefix("# public key: "))
        .unwrap();
    let server = Server::start(Path::new(LAZYSOPS), &other, true, &[]);
    let place = Sandbox::with_key("age1.txt")
        .variable("GNUPGHOME", home.path().to_str().unwrap())
        .variable("SOPS_KEYSERVICE", &server.address);
    let rules = format!(
        "creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - pgp: [{FP1}]\n      - age: [{age2}]\n      - age: [{AGE1}]\n"
    );
    place.write(".sops.yaml", rules);
    place.write(FILE, hands::PLAINTEXT);
    let outcome = place.lazysops(["encrypt", "-i", FILE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let gpg = hanging_gpg(&place);
    let place = place.variable("SOPS_GPG_EXEC", &gpg);
    let mut terminal = hands::open(&place, SIZE, "slack_webhook");
    terminal.wait_for("2 of 3 groups needed");
    assert!(!terminal.text().contains("ENC["), "{}", terminal.text());
    hands::quit(&mut terminal);
}

#[test]
fn the_passphrase_of_a_pgp_key_is_asked_on_the_screen_of_the_editor() {
    let Some(home) = GpgHome::with_secrets(&[]) else {
        return;
    };
    let fingerprint = home.locked_key("open sesame");
    let place = Sandbox::without_keys().variable("GNUPGHOME", home.path().to_str().unwrap());
    place.write(FILE, hands::PLAINTEXT);
    let outcome = place.lazysops(["encrypt", "-i", "--pgp", &fingerprint, FILE]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let mut terminal = hands::open(&place, SIZE, "A key is locked");
    terminal.wait_for(&fingerprint);
    terminal.send(&format!("wrong{ENTER}"));
    terminal.wait_for("wrong, try again");
    terminal.send(&format!("open sesame{ENTER}"));
    terminal.wait_without("A key is locked");
    terminal.wait_for("password_sops_cypher");
    // The recipient is called by its user id.
    terminal.wait_for("locked (you)");
    let output = String::from_utf8_lossy(terminal.output()).into_owned();
    assert!(!output.contains("sesame"), "it was on the screen");
    hands::quit(&mut terminal);
}

#[test]
fn a_passphrase_that_was_wrong_twice_is_asked_for_again() {
    let place = hands::place_with(hands::PLAINTEXT);
    let key = place.write("keys.age", locked_identity());
    let place = place.variable("SOPS_AGE_KEY_FILE", key.to_str().unwrap());
    let mut terminal = hands::open(&place, SIZE, "A key is locked");
    for (wrong, said) in [("one", "wrong, try again"), ("two", "wrong 2 times, try again")] {
        terminal.send(&format!("{wrong}{ENTER}"));
        terminal.wait_for(said);
    }
    terminal.send(&format!("right{ENTER}"));
    terminal.wait_without("A key is locked");
    terminal.wait_for("password_sops_cypher");
    hands::quit(&mut terminal);
}
