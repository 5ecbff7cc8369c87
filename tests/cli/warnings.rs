//! What sops does in silence: one line on standard error, or a refusal when strict.

use super::{PLAIN, ok, sealed};
use crate::support::AGE1;
use crate::support::sandbox::Sandbox;
use crate::support::skipped;
use std::os::unix::fs::PermissionsExt as _;

fn with_rules(rules: &str) -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    place.write(".sops.yaml", rules);
    place.write("a.yaml", PLAIN);
    place
}

#[track_caller]
fn warns(place: &Sandbox, arguments: &[&str], expected: &str) {
    let outcome = place.lazysops(arguments);
    let folder = place.path("");
    let stderr = outcome.stderr.replace(folder.to_str().unwrap(), "");
    assert_eq!(
        (outcome.code, stderr.as_str()),
        (Some(0), format!("warning: {expected}\n").as_str())
    );
    let strict: Vec<&str> = arguments.iter().copied().chain(["--strict"]).collect();
    let refused = place.lazysops(&strict);
    let stderr = refused.stderr.replace(folder.to_str().unwrap(), "");
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        stderr,
        format!("Error: {expected}\nhint: this is a warning without --strict\n")
    );
    assert!(refused.stdout.is_empty());
}

#[test]
fn a_key_that_was_given_wins_over_rules_that_do_not_match() {
    let place = with_rules("creation_rules:\n  - path_regex: ^prod/\n    age: age1none\n");
    warns(
        &place,
        &["encrypt", "--age", AGE1, "a.yaml"],
        "a.yaml: no rule of .sops.yaml is for it; the keys that were given are used",
    );
}

#[test]
fn a_misspelt_field_of_a_rule_is_pointed_at() {
    let place = with_rules(&format!(
        "creation_rules:\n  - age: {AGE1}\n    encrypted-suffix: _secret\n"
    ));
    warns(
        &place,
        &["encrypt", "a.yaml"],
        ".sops.yaml, line 3: a field is ignored because it is misspelt; `encrypted_suffix` is meant",
    );
}

#[test]
fn a_name_that_hides_the_format_does_not_hide_the_content() {
    let place = sealed();
    place.write("a.yml.enc", place.read("a.yaml"));
    warns(
        &place,
        &["decrypt", "a.yml.enc"],
        "a.yml.enc: read as yaml, which it is by its content",
    );
}

#[test]
fn a_rule_that_does_not_compile_is_never_written() {
    let place = with_rules("{}\n");
    let outcome = place.lazysops(["encrypt", "--age", AGE1, "--encrypted-regex", "(", "a.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stdout.is_empty());
    assert!(
        outcome.stderr.contains("encrypted_regex does not compile"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn flags_before_a_command_count_and_unknown_ones_are_named() {
    let place = sealed();
    let outcome = place.lazysops(["--output-type", "json", "decrypt", "a.yaml"]);
    ok(&outcome);
    assert!(outcome.stdout.starts_with(b"{"));
    warns(
        &place,
        &["--idempotent", "decrypt", "a.yaml"],
        "--idempotent is ignored: the command has no such flag",
    );
}

#[test]
fn documents_that_json_cannot_hold_are_not_dropped_in_silence() {
    let place = Sandbox::with_key("age1.txt");
    place.write("a.yaml", "a: 1\n---\nb: 2\n");
    ok(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.yaml"]));
    warns(
        &place,
        &["decrypt", "--output-type", "json", "a.yaml"],
        "a.yaml: only the first document is written, json holds no more",
    );
}

#[test]
fn rules_that_somebody_else_may_have_written_are_pointed_at() {
    let rules = format!("creation_rules:\n  - age: {AGE1}\n");
    let place = with_rules(&rules);
    let path = place.path(".sops.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o646)).unwrap();
    warns(
        &place,
        &["encrypt", "a.yaml"],
        ".sops.yaml is used although anybody can change it",
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    ok(&place.lazysops(["encrypt", "--strict", "a.yaml"]));
    if std::os::unix::fs::chown(&path, Some(65534), None).is_ok() {
        warns(
            &place,
            &["encrypt", "a.yaml"],
            ".sops.yaml is used although it belongs to another user",
        );
        std::os::unix::fs::chown(place.path("a.yaml"), Some(65534), None).unwrap();
        ok(&place.lazysops(["encrypt", "--strict", "a.yaml"]));
    } else {
        skipped("rules of another user", "only root can give files away");
    }
    // A rule that was named is meant.
    ok(&place.lazysops(["encrypt", "--strict", "--config", ".sops.yaml", "a.yaml"]));
}

#[test]
fn rules_above_the_repository_are_pointed_at() {
    let place = with_rules(&format!("creation_rules:\n  - age: {AGE1}\n"));
    std::fs::create_dir_all(place.path("repository/.git")).unwrap();
    place.write("repository/b.yaml", PLAIN);
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_lazysops"))
            .args(arguments)
            .env_clear()
            .envs(place.environment())
            .current_dir(place.path("repository"))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, stderr) = run(&["encrypt", "b.yaml"]);
    assert_eq!(code, Some(0));
    assert!(
        stderr.ends_with(".sops.yaml is used although it is outside of this repository\n"),
        "{stderr}"
    );
    assert_eq!(run(&["encrypt", "--strict", "b.yaml"]).0, Some(1));
}
