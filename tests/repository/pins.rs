//! A file whose `sops` block somebody without a key changed is stopped or shown before it is written again (security P6).

use super::{OTHER, done, repository, with_code};
use crate::support::installed;
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{Size, Terminal};
use crate::support::{AGE1, skipped};
use std::path::Path;

/// A third key.
const THIRD: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";
/// The key of somebody who can write to the repository.
const ATTACKER: &str = "age1z83k6qzwnx8d5dyuhguc56l9ckm0tcdhxmpffj4cscz4rmelv3nsdd9ceu";
const FLAT: &str = "creation_rules:\n  - encrypted_regex: ^(user|pass)\n    age: {A},{B}\n";
const GROUPS: &str = "creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [{A}]\n      - age: [{A}]\n      - age: [{B}]\n";
const PLAIN: &str = "user: admin\npassword: hunter2\n";

/// What somebody without a key does to the text of a file; the second is what a warning must name.
type Attack = (&'static str, &'static str, fn(&str) -> String, &'static str);

/// Puts a copy of the first age entry for the attacker beside it; they cannot know what it wraps.
fn stanza(text: &str) -> String {
    let start = text[..text.find("- enc: |").unwrap()].rfind('\n').unwrap() + 1;
    let end = text[start..].find("recipient:").unwrap() + start;
    let end = text[end..].find('\n').unwrap() + end + 1;
    let entry = &text[start..end];
    let key = entry.split("recipient: ").nth(1).unwrap().trim();
    format!(
        "{}{}{}",
        &text[..start],
        entry.replace(key, ATTACKER),
        &text[start..]
    )
}

const ATTACKS: [Attack; 12] = [
    ("a recipient is added", FLAT, stanza, ATTACKER),
    (
        "a recipient is swapped",
        FLAT,
        |text| text.replace(OTHER, ATTACKER),
        ATTACKER,
    ),
    (
        "a PGP key is added",
        FLAT,
        |text| {
            text.replace(
                "    lastmodified:",
                "    pgp:\n        - created_at: \"2026-01-01T00:00:00Z\"\n          enc: x\n          fp: 94F5D5ABC60CD3A694F5D5ABC60CD3A694F5D5AB\n    lastmodified:",
            )
        },
        "94F5D5AB",
    ),
    (
        "a KMS key is added",
        FLAT,
        |text| {
            text.replace(
                "    lastmodified:",
                "    kms:\n        - arn: arn:aws:kms:eu-west-1:666:key/x\n          created_at: \"2026-01-01T00:00:00Z\"\n          enc: x\n          aws_profile: \"\"\n    lastmodified:",
            )
        },
        "eu-west-1:666",
    ),
    (
        "a Vault of somebody else is added",
        FLAT,
        |text| {
            text.replace(
                "    lastmodified:",
                "    hc_vault:\n        - created_at: \"2026-01-01T00:00:00Z\"\n          enc: vault:v1:x\n          engine_path: t\n          key_name: k\n          vault_address: http://evil.example\n    lastmodified:",
            )
        },
        "evil.example",
    ),
    (
        "fewer values are encrypted",
        FLAT,
        |text| {
            text.replace(
                "encrypted_regex: ^(user|pass)",
                "encrypted_regex: ^(user|password)$",
            )
        },
        "encrypted_regex",
    ),
    (
        "another selection of values",
        FLAT,
        |text| text.replace("encrypted_regex: ^(user|pass)", "unencrypted_suffix: _never"),
        "unencrypted_suffix",
    ),
    (
        "the MAC is to cover less",
        FLAT,
        |text| text.replace("    version:", "    mac_only_encrypted: true\n    version:"),
        "mac_only_encrypted",
    ),
    ("a recipient is added to a group", GROUPS, stanza, ATTACKER),
    (
        "fewer groups are needed",
        GROUPS,
        |text| text.replace("shamir_threshold: 2", "shamir_threshold: 3"),
        "of 3 groups needed",
    ),
    (
        "a recipient of a group is swapped",
        GROUPS,
        |text| text.replace(OTHER, ATTACKER),
        ATTACKER,
    ),
    (
        "rules and file agree about the new recipient",
        FLAT,
        stanza,
        ATTACKER,
    ),
];

/// A file that its owner wrote, where things are remembered.
fn owned(rules: &str) -> Sandbox {
    let place = repository(rules, &[("a.enc.yaml", PLAIN)]);
    let state = place.path("../state");
    let place = place.variable("LAZYSOPS_CONFIG_DIR", state.to_str().unwrap());
    // A change that is taken back: rekey writes and remembers.
    done(&place.lazysops(["rekey", "--add", THIRD, "--yes"]));
    done(&place.lazysops(["rekey", "--yes"]));
    place
}

#[test]
fn twelve_attacks_on_metadata_are_shown_and_stopped_before_anything_is_written() {
    for (name, rules, attack, named) in ATTACKS {
        let place = owned(rules);
        let sealed = String::from_utf8(place.read("a.enc.yaml")).unwrap();
        let fine = place.lazysops(["rotate", "a.enc.yaml"]);
        assert_eq!(
            (fine.code, fine.stderr.as_str()),
            (Some(0), ""),
            "{name}: nothing to warn of yet"
        );
        let hostile = attack(&sealed);
        assert_ne!(hostile, sealed, "{name}");
        place.write("a.enc.yaml", &hostile);
        if name.starts_with("rules and file") {
            let text = String::from_utf8(place.read(".sops.yaml")).unwrap();
            place.write(".sops.yaml", text.replace(AGE1, &format!("{AGE1},{ATTACKER}")));
        }
        // Drop-in: said in a line; refused when strict.
        for command in [
            &["rotate", "a.enc.yaml"][..],
            &["rotate", "-i", "--strict", "a.enc.yaml"],
            &["set", "--strict", "a.enc.yaml", "[\"passport\"]", "\"hunter3\""],
            &["updatekeys", "--strict", "--yes", "a.enc.yaml"],
        ] {
            let outcome = place.lazysops(command);
            assert!(
                outcome.stderr.contains("changed since you last wrote it") && outcome.stderr.contains(named),
                "{name}: {command:?}: {}",
                outcome.stderr
            );
            if command.contains(&"--strict") {
                assert_ne!(outcome.code, Some(0), "{name}: {command:?}");
            }
        }
        // Own: listed, and refused where nobody can be asked.
        let outcome = place.lazysops(["rekey", "--add", THIRD, "--yes"]);
        with_code(&outcome, 2);
        assert!(
            outcome.stderr.contains("--accept-metadata"),
            "{name}: {}",
            outcome.stderr
        );
        assert_eq!(
            place.read("a.enc.yaml"),
            hostile.as_bytes(),
            "{name}: nothing was written"
        );
    }
}

#[test]
fn twelve_attacks_on_metadata_are_shown_in_the_editor_and_asked_about_before_a_save() {
    let (mut asked, mut stopped) = (0, 0);
    for (name, rules, attack, named) in ATTACKS {
        let place = owned(rules);
        let sealed = String::from_utf8(place.read("a.enc.yaml")).unwrap();
        let hostile = attack(&sealed);
        place.write("a.enc.yaml", &hostile);
        let program = Path::new(env!("CARGO_BIN_EXE_lazysops"));
        let environment = place.environment();
        let mut terminal = Terminal::start(
            program,
            ["a.enc.yaml"],
            environment,
            &place.path(""),
            Size(120, 40),
        );
        terminal.wait_until(name, |terminal| {
            let text = terminal.text();
            ["changed since you last wrote it", "Locked", "Read-only"]
                .iter()
                .any(|words| text.contains(words))
        });
        if terminal.text().contains("changed since you last wrote it") {
            assert!(terminal.text().contains(named), "{name}: {}", terminal.text());
            terminal.send("jje\x15hunter3\r");
            terminal.wait_for("1 change");
            terminal.send("\x13");
            terminal.wait_for("Save 1 change");
            terminal.send("\r");
            terminal.wait_for("Did you change who can read this?");
            assert!(terminal.text().contains(named), "{name}: {}", terminal.text());
            // The safe answer.
            terminal.send("\r");
            terminal.wait_without("Did you change who can read this?");
            asked += 1;
            terminal.send("qy");
        } else {
            // The keys of this user do not open it any more, or the MAC does not hold: nothing can be written.
            stopped += 1;
            terminal.send("q");
            terminal.wait_without("Keys tried");
            terminal.send("q");
        }
        assert_eq!(terminal.wait_for_exit(), 0, "{name}");
        assert_eq!(
            place.read("a.enc.yaml"),
            hostile.as_bytes(),
            "{name}: nothing was written"
        );
    }
    assert_eq!(asked + stopped, 12);
    assert!(asked >= 9, "{asked} asked, {stopped} could not be changed at all");
}

#[test]
fn without_state_the_last_commit_and_the_rule_are_compared() {
    if !installed("git") {
        skipped("metadata beside the last commit", "git is not installed");
        return;
    }
    let place = repository(FLAT, &[("a.enc.yaml", PLAIN)]);
    std::fs::remove_dir(place.path(".git")).unwrap();
    place.commit_all("x");
    let fine = place.lazysops(["rotate", "a.enc.yaml"]);
    assert_eq!((fine.code, fine.stderr.as_str()), (Some(0), ""));
    let sealed = String::from_utf8(place.read("a.enc.yaml")).unwrap();
    place.write("a.enc.yaml", stanza(&sealed));
    let shown = place.lazysops(["rotate", "a.enc.yaml"]);
    assert!(
        shown.stderr.contains("differs from the last commit"),
        "{}",
        shown.stderr
    );
    assert!(shown.stderr.contains("differs from its rule"), "{}", shown.stderr);
    with_code(&place.lazysops(["rotate", "-i", "--strict", "a.enc.yaml"]), 1);
    assert!(
        !place.root().join("home/.local").exists(),
        "drop-in commands leave no state"
    );
}

#[test]
fn what_was_accepted_is_remembered_and_a_forged_pin_is_none() {
    let place = owned(FLAT);
    let sealed = String::from_utf8(place.read("a.enc.yaml")).unwrap();
    place.write("a.enc.yaml", stanza(&sealed));
    done(&place.lazysops(["rekey", "--remove", ATTACKER, "--accept-metadata", "--yes"]));
    let quiet = place.lazysops(["rotate", "-i", "a.enc.yaml"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
    let pins = place.path("../state/pins");
    let pin = std::fs::read_dir(&pins).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&pin).unwrap();
    std::fs::write(&pin, text.replace(OTHER, ATTACKER)).unwrap();
    let outcome = place.lazysops(["rotate", "a.enc.yaml"]);
    assert_eq!(
        (outcome.code, outcome.stderr.as_str()),
        (Some(0), ""),
        "a first use again"
    );
}
