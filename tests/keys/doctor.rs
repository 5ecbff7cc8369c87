//! `lazysops doctor`: why a file opens or does not.

use super::gpg_home::{GpgHome, PGP1};
use super::pgp::{FP1, FP2};
use crate::support::AGE1;
use crate::support::sandbox::{Outcome, Sandbox};
use serde_json::Value;

/// Three groups, any two of which open: the user has the age key only.
fn rules() -> String {
    format!(
        "creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [{AGE1}]\n      - pgp: [{FP1}]\n      - pgp: [{FP2}]\n"
    )
}

/// A place with such a file, in which gpg uses another home than the one that sealed it.
fn place(home: &GpgHome) -> Sandbox {
    let place = Sandbox::with_key("age1.txt").variable("GNUPGHOME", home.path().to_str().unwrap());
    place.write(".sops.yaml", rules());
    place.write("a.yaml", "token: hunter2\n");
    let outcome = place.lazysops(["encrypt", "-i", "a.yaml"]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    place
}

fn text(outcome: &Outcome) -> String {
    String::from_utf8(outcome.stdout.clone()).unwrap()
}

#[test]
fn the_table_names_every_key_its_owner_why_it_failed_and_what_to_do() {
    let Some(home) = GpgHome::with_secrets(&[]) else {
        return;
    };
    let place = place(&home);
    let outcome = place.lazysops(["doctor", "a.yaml"]);
    let said = text(&outcome);
    assert_eq!(outcome.code, Some(1), "{said}");
    for expected in [
        "a.yaml: does not open",
        "1 of 3 groups opened, 2 are needed",
        "group 0: opened",
        &format!("  opened     age  {AGE1}  (you)"),
        "by SOPS_AGE_KEY_FILE",
        "group 1: closed",
        &format!("  failed     pgp  {FP1}  Test vectors pgp1"),
        &format!("no secret key for {FP1}"),
        "→ import it: `gpg --import FILE`",
        "group 2: closed",
    ] {
        assert!(said.contains(expected), "{expected}:\n{said}");
    }
    let outcome = place.lazysops(["doctor", "--json", "a.yaml"]);
    assert_eq!(outcome.code, Some(1));
    let json: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(json["opens"], false);
    assert_eq!(json["groups"]["needed"], 2);
    assert_eq!(json["groups"]["opened"], 1);
    assert_eq!(json["keys"][0]["result"], "opened");
    assert_eq!(json["keys"][0]["me"], true);
    assert_eq!(json["keys"][1]["result"], "failed");
    assert_eq!(json["keys"][1]["reasons"][0], format!("no secret key for {FP1}"));
}

#[test]
fn a_file_that_opens_is_clean_and_the_key_that_was_not_needed_was_not_tried() {
    let Some(home) = GpgHome::with_secrets(&[PGP1]) else {
        return;
    };
    let outcome = place(&home).lazysops(["doctor", "a.yaml"]);
    let said = text(&outcome);
    assert_eq!(outcome.code, Some(0), "{said}");
    for expected in [
        "a.yaml: opens",
        "2 of 3 groups opened, 2 are needed",
        "  not tried  pgp",
    ] {
        assert!(said.contains(expected), "{expected}:\n{said}");
    }
}

#[test]
fn what_cannot_be_checked_is_no_finding() {
    let place = Sandbox::without_keys();
    place.write("plain.yaml", "token: hunter2\n");
    for arguments in [
        &["doctor"][..],
        &["doctor", "missing.yaml"],
        &["doctor", "plain.yaml"],
    ] {
        let outcome = place.lazysops(arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains("hunter2"));
    }
}
