//! Who can read a file: `rotate`, `updatekeys`, `groups`.

use super::{PLAIN, ok, sealed};
use crate::support::AGE1;

/// Somebody else's public key.
const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

#[test]
fn rotate_keeps_the_layout_and_no_ciphertext() {
    let place = sealed();
    place.write(
        "b.yaml",
        String::from_utf8(place.read("a.yaml"))
            .unwrap()
            .replace("user:", "\nuser:  "),
    );
    let before = String::from_utf8(place.read("b.yaml")).unwrap();
    ok(&place.lazysops(["rotate", "-i", "--add-age", OTHER, "--add-age", OTHER, "b.yaml"]));
    let after = String::from_utf8(place.read("b.yaml")).unwrap();
    assert!(after.contains("\n\nuser:   ENC["), "{after}");
    assert_eq!(after.matches("recipient:").count(), 2);
    for line in before.lines().filter(|line| line.contains("ENC[")) {
        assert!(!after.contains(line), "{line}");
    }
    let opened = place.lazysops(["decrypt", "b.yaml"]);
    assert_eq!(opened.stdout, PLAIN.as_bytes());
    ok(&place.lazysops(["rotate", "-i", "--add-age", AGE1, "b.yaml"]));
    let again = String::from_utf8(place.read("b.yaml")).unwrap();
    assert_eq!(again.matches("recipient:").count(), 2, "nobody stands twice");
}

#[test]
fn rotate_that_leaves_nobody_or_has_no_file_changes_nothing() {
    let place = sealed();
    let before = place.read("a.yaml");
    let alone = place.lazysops(["rotate", "-i", "--rm-age", AGE1, "a.yaml"]);
    assert_eq!(alone.code, Some(1));
    assert_eq!(place.read("a.yaml"), before);
    assert_eq!(
        place.lazysops(["rotate", "--rm-age", AGE1, "none.yaml"]).code,
        Some(49)
    );
}

#[test]
fn updatekeys_changes_nothing_but_the_entries_that_differ() {
    let place = sealed();
    place.write(
        ".sops.yaml",
        format!("creation_rules:\n  - age: {AGE1},{OTHER}\n"),
    );
    let before = String::from_utf8(place.read("a.yaml")).unwrap();
    let done = place.lazysops(["updatekeys", "--yes", "a.yaml"]);
    assert_eq!(done.code, Some(0));
    let shown = String::from_utf8(done.stdout).unwrap();
    assert!(shown.contains(&format!("    {AGE1}\n+++ {OTHER}\n")), "{shown}");
    let after = String::from_utf8(place.read("a.yaml")).unwrap();
    assert!(
        before.lines().all(|line| after.contains(line)),
        "a line of the file is gone:\n{after}"
    );
    let again = place.lazysops(["updatekeys", "--yes", "a.yaml"]);
    assert!(again.stderr.contains("already up to date"), "{}", again.stderr);
}

#[test]
fn a_group_change_that_would_lock_everybody_out_is_refused() {
    let place = sealed();
    let before = place.read("a.yaml");
    for (arguments, expected) in [
        (&["add", "-i", "-f", "a.yaml"][..], "empty key group"),
        (
            &[
                "add",
                "-i",
                "-f",
                "a.yaml",
                "--age",
                OTHER,
                "--shamir-secret-sharing-threshold",
                "3",
            ],
            "nobody could open",
        ),
        (&["delete", "-i", "-f", "a.yaml", "0"], "empty key group"),
        (&["delete", "-i", "-f", "a.yaml", "7"], "there is no key group 7"),
    ] {
        let outcome = place.lazysops(["groups"].iter().chain(arguments));
        assert_eq!(outcome.code, Some(1), "{arguments:?}");
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
        assert_eq!(place.read("a.yaml"), before);
    }
}
