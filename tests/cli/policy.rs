//! Which `.sops.yaml` and which rule is in force.

use super::{PLAIN, fails, ok};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;

fn encrypt(rules: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let place = Sandbox::with_key("age1.txt");
    place.write(".sops.yaml", rules);
    place.write("a.yaml", PLAIN);
    let all: Vec<&str> = ["encrypt"]
        .iter()
        .chain(arguments)
        .chain(&["a.yaml"])
        .copied()
        .collect();
    let outcome = place.lazysops(&all);
    let sealed = String::from_utf8(outcome.stdout).unwrap();
    let folder = place.path("");
    let said = outcome.stderr.replace(folder.to_str().unwrap(), "");
    (outcome.code, if sealed.is_empty() { said } else { sealed })
}

#[test]
fn what_is_wrong_with_a_rule_is_told_with_its_line() {
    for (rules, expected) in [
        (
            "creation_rules:\n  - path_regex: '(['\n",
            "Error: error loading config .sops.yaml: line 2: the regular expression of path_regex does not compile: \
             missing closing ]\n",
        ),
        (
            "creation_rules:\n  - age: 5\n",
            "Error: error loading config .sops.yaml: line 2: age must be a text\n",
        ),
        (
            "creation_rules:\n  - shamir_threshold: two\n",
            "Error: error loading config .sops.yaml: line 2: shamir_threshold must be a whole number\n",
        ),
        (
            "creation_rules:\n  - hc_vault_transit_uri: https://h/keys/k\n",
            "Error: error loading config .sops.yaml: line 2: hc_vault_transit_uri: a Vault key is written \
             https://HOST:PORT/v1/ENGINE/keys/NAME\n",
        ),
        (
            "creation_rules:\n  - encrypted_suffix: _s\n",
            "Error: a.yaml: empty key group provided\n",
        ),
        (
            "creation_rules: x\n",
            "Error: error loading config .sops.yaml: line 1: creation_rules must be a list\n",
        ),
        (
            "creation_rules: []\n",
            "Error: error loading config .sops.yaml: no matching creation rules found\n",
        ),
    ] {
        let (code, said) = encrypt(rules, &[]);
        assert_eq!(code, Some(1), "{rules}");
        assert_eq!(said, expected, "{rules}");
    }
}

#[test]
fn flags_go_before_the_rule_and_must_not_contradict_it() {
    let rules = format!("creation_rules:\n  - age: {AGE1}\n    encrypted_suffix: word\n");
    let (code, sealed) = encrypt(&rules, &[]);
    assert_eq!(code, Some(0));
    assert!(sealed.contains("user: admin") && !sealed.contains("hunter2"));
    assert!(sealed.contains("encrypted_suffix: word"));
    let (_, sealed) = encrypt(&rules, &["--encrypted-suffix", "er"]);
    assert!(sealed.contains("password: hunter2") && sealed.contains("encrypted_suffix: er"));
    let (code, said) = encrypt(&rules, &["--unencrypted-suffix", "_u"]);
    assert_eq!(code, Some(8), "{said}");
    let (_, sealed) = encrypt(&rules, &["--mac-only-encrypted"]);
    assert!(sealed.contains("mac_only_encrypted: true"));
}

#[test]
fn merged_key_groups_and_anchors_are_read() {
    let rules = format!(
        "shared: &shared\n  age: [{AGE1}]\ncreation_rules:\n  - key_groups:\n      - merge: [*shared]\n        age: [{AGE1}]\n"
    );
    let (code, sealed) = encrypt(&rules, &[]);
    assert_eq!(code, Some(0), "{sealed}");
    assert_eq!(
        sealed.matches("recipient:").count(),
        1,
        "a key stands once in a group"
    );
}

#[test]
fn a_private_key_given_as_recipient_is_not_shown() {
    let place = Sandbox::without_keys();
    place.write("a.yaml", PLAIN);
    let secret = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ";
    let outcome = place.lazysops(["encrypt", "--age", secret, "a.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(!outcome.stderr.contains("QQQQ"), "{}", outcome.stderr);
}

#[test]
fn a_missing_config_that_was_named_is_an_error_for_every_command() {
    let place = super::sealed();
    let path = place.path("none.yaml");
    let expected = format!(
        "Error: could not read config file {}: No such file or directory (os error 2)\n",
        path.display()
    );
    fails(
        &place.lazysops(["--config", "none.yaml", "decrypt", "a.yaml"]),
        1,
        &expected,
    );
    fails(
        &place.lazysops(["decrypt", "a.yaml", "--config", "none.yaml"]),
        1,
        &expected,
    );
}

#[test]
fn the_rule_is_chosen_from_where_one_stands() {
    let place = Sandbox::with_key("age1.txt");
    std::fs::create_dir(place.path("sub")).unwrap();
    place.write(
        ".sops.yaml",
        format!("creation_rules:\n  - path_regex: ^sub/a\\.yaml$\n    age: {AGE1}\n"),
    );
    place.write("sub/a.yaml", PLAIN);
    ok(&place.lazysops(["encrypt", "-i", "sub/../sub/a.yaml"]));
}
