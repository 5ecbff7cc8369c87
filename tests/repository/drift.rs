//! `drift` and `access`: who can read what, and who should.

use super::{OTHER, done, json, repository, with_code};
use crate::support::AGE1;

const RULES: &str = "keys:\n  - &laptop {A}\n  # build server\n  - {B}\ncreation_rules:\n  - path_regex: ^old/\n    age: {A}\n  \
                     - age: {A},{B}\n";
const PLAIN: &str = "a: 1\n";

#[test]
fn drift_names_who_is_missing_and_who_is_too_many() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN), ("old/b.enc.yaml", PLAIN)]);
    assert_eq!(
        done(&place.lazysops(["drift"])),
        "2 SOPS files, 0 drifted, 0 without a rule\n"
    );
    let rules = String::from_utf8(place.read(".sops.yaml")).unwrap();
    let changed = rules
        .replace(
            &format!("old/\n    age: {AGE1}"),
            &format!("old/\n    age: {OTHER}"),
        )
        .replace(
            &format!("{AGE1},{OTHER}"),
            &format!("{AGE1}\n    encrypted_suffix: _s"),
        );
    place.write(".sops.yaml", changed);
    let place = place.variable("SOPS_AGE_KEY_FILE", "/nowhere");
    assert_eq!(
        with_code(&place.lazysops(["drift"]), 1),
        format!(
            "a.enc.yaml (rule at .sops.yaml:8)\n  - build server (age {OTHER}) can read it and is not in the rule\n  ~ encrypted \
             by unencrypted_suffix _unencrypted, encrypted_suffix _s by the rule\nold/b.enc.yaml (rule at .sops.yaml:6)\n  + build \
             server (age {OTHER}) is in the rule and cannot read it\n  - laptop (age {AGE1}) can read it and is not in the \
             rule\n2 SOPS files, 2 drifted, 0 without a rule\n"
        )
    );
    let report = json(&with_code(&place.lazysops(["drift", "--json", "old"]), 1));
    assert_eq!(report["files"][0]["state"], "drift");
    assert_eq!(report["files"][0]["differences"][0]["kind"], "missing");
}

#[test]
fn what_is_not_scanned_is_told_and_ignored_files_stay_out() {
    let place = repository(
        RULES,
        &[
            ("a.enc.yaml", PLAIN),
            ("out/c.enc.yaml", PLAIN),
            ("plain.yaml", PLAIN),
        ],
    );
    place.write(".gitignore", "out/\n");
    place.write("broken.enc.yaml", "a: 1\nsops:\n    mac: x\n    version: 3.9.0\n");
    std::os::unix::fs::symlink("nowhere", place.path("link.yaml")).unwrap();
    let outcome = place.lazysops(["drift"]);
    // One that may hold recipients was not looked into: that is not "no drift".
    assert_eq!(
        with_code(&outcome, 2),
        "1 SOPS file, 0 drifted, 0 without a rule\n"
    );
    assert!(
        outcome
            .stderr
            .contains("not scanned: broken.enc.yaml: it has a sops block, and is broken"),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome
            .stderr
            .contains("not scanned: link.yaml: a link to nothing")
    );
    let named = place.lazysops(["drift", "plain.yaml"]);
    assert!(
        named.stderr.contains("plain.yaml: it is not a SOPS file"),
        "{}",
        named.stderr
    );
    with_code(&place.lazysops(["drift", "none"]), 2);
}

#[test]
fn the_matrix_says_who_reads_what_and_who_is_me() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN), ("old/b.enc.yaml", PLAIN)]);
    assert_eq!(
        done(&place.lazysops(["access"])),
        format!(
            "1  laptop  age {AGE1}  (you)\n2  build server  age {OTHER}\n\n1 2\nx x  a.enc.yaml\nx .  old/b.enc.yaml\n"
        )
    );
    let nobody = place.variable("SOPS_AGE_KEY_FILE", "/nowhere");
    let matrix = json(&done(&nobody.lazysops(["access", "--json"])));
    assert_eq!(matrix["recipients"][0]["me"], false);
    assert_eq!(matrix["files"][1]["groups"][0][0], AGE1);
}

#[test]
fn the_matrix_says_who_is_to_come_and_to_go_and_who_names_a_file() {
    let place = repository("creation_rules:\n  - age: {A}\n", &[("charts/a.enc.yaml", PLAIN)]);
    place.write(".sops.yaml", format!("creation_rules:\n  - age: {OTHER}\n"));
    std::fs::create_dir(place.path("argo")).unwrap();
    place.write(
        "argo/app.yaml",
        "kind: Application\nspec:\n  valueFiles:\n    - secrets://../charts/a.enc.yaml\n",
    );
    assert_eq!(
        done(&place.lazysops(["access"])),
        format!(
            "1  -  age {AGE1}  (you)\n2  -  age {OTHER}\n\n1 2\nx +  charts/a.enc.yaml\n     named by argo/app.yaml:4\n"
        )
    );
    let matrix = json(&done(&place.lazysops(["access", "--json"])));
    assert_eq!(matrix["files"][0]["ruled"], true);
    assert_eq!(matrix["files"][0]["missing"][0], OTHER);
    assert_eq!(matrix["files"][0]["extra"][0], AGE1);
    assert_eq!(matrix["mentions"][0]["by"], "argo/app.yaml");
}

#[test]
fn groups_of_a_file_are_shown_by_their_numbers() {
    let place = repository(
        "creation_rules:\n  - key_groups:\n      - age: [{A}]\n      - age: [{B}]\n",
        &[("a.enc.yaml", PLAIN)],
    );
    let text = done(&place.lazysops(["access"]));
    assert!(
        text.ends_with("\n1 2\n0 1  a.enc.yaml  (2 of 2 groups)\n"),
        "{text}"
    );
}

#[test]
fn under_the_name_of_sops_these_commands_are_files() {
    let place = repository(RULES, &[]);
    let sops = place.path("sops");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lazysops"), &sops).unwrap();
    assert_ne!(place.run(&sops, ["-d", "drift"], b"").code, Some(0));
    assert!(
        place
            .run(&sops, ["-d", "drift"], b"")
            .stderr
            .contains("non-existent file")
    );
}
