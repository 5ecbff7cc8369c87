//! What differs between versions of a SOPS file, without showing a secret.

use super::place::{AGE2, Place, Step};
use crate::support::data;
use crate::support::sandbox::Outcome;

const FILE: &str = "a.enc.yaml";
const BASE: &str = "\
plain_unencrypted: v1
password: hunter2-before
token: keep-me
old_name: moved-secret
list:
    - one
    - two
";

fn diff(place: &Place, words: &[&str]) -> Outcome {
    place.sandbox.lazysops(["diff"].iter().chain(words))
}

fn text(outcome: &Outcome) -> String {
    assert!(matches!(outcome.code, Some(0 | 1)), "{}", outcome.stderr);
    String::from_utf8(outcome.stdout.clone()).unwrap()
}

/// The text with every fingerprint as `#`.
fn without_prints(text: &str) -> String {
    let mut parts = text.split("•••••••• ");
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str("•#");
        clean.push_str(part.get(6..).unwrap_or_default());
    }
    clean
}

#[test]
fn a_review_tells_every_change_by_its_path_and_shows_no_secret() {
    let place = Place::new(FILE, false);
    place.step(Step::Text(BASE));
    assert_eq!(diff(&place, &[]).code, Some(0));
    place.step(Step::Text(
        "plain_unencrypted: v2\npassword: hunter2-after\ntoken: keep-me\nnew_name: moved-secret\nlist:\n    - one\n    \
         - two\n    - three\nadded: 5\n",
    ));
    let shown = text(&diff(&place, &["HEAD~1", "HEAD"]));
    assert_eq!(
        without_prints(&shown),
        "a.enc.yaml
  ~ plain_unencrypted  str v1 → v2
  ~ password  str •# → •#
  → old_name → new_name  str •#
  + list[2]  str •#
  + added  int •#

"
    );
    for secret in ["hunter2", "keep-me", "moved-secret", "three"] {
        assert!(!shown.contains(secret), "{secret} is shown:\n{shown}");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&diff(&place, &["--json", "HEAD~1..HEAD"]).stdout).unwrap();
    assert_eq!(json[0]["values"][1]["path"], "password");
    assert_eq!(json[0]["values"][1]["change"], "changed");
    assert_ne!(
        json[0]["values"][1]["old"]["fingerprint"],
        json[0]["values"][1]["new"]["fingerprint"]
    );
}

#[test]
fn worktree_index_and_commits_are_told_apart() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\n"));
    let set = |value: &str| {
        let done = place.sandbox.lazysops(["set", FILE, "[\"a\"]", value]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    };
    set("\"two\"");
    place.git(&["add", FILE]);
    set("3");
    assert_eq!(
        without_prints(&text(&diff(&place, &[]))),
        "a.enc.yaml\n  ~ a  str •# → int •#\n\n"
    );
    assert_eq!(
        without_prints(&text(&diff(&place, &["--staged"]))),
        "a.enc.yaml\n  ~ a  str •# → •#\n\n"
    );
    assert_eq!(
        without_prints(&text(&diff(&place, &["HEAD", FILE]))),
        "a.enc.yaml\n  ~ a  str •# → int •#\n\n"
    );
    assert_eq!(diff(&place, &["HEAD", "HEAD", "HEAD"]).code, Some(2));
    assert_eq!(diff(&place, &["no-such-thing"]).code, Some(0));
}

#[test]
fn recipients_and_the_data_key_are_part_of_the_review() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\nb: two\n"));
    place.step(Step::Run(&["rotate", "-i", "--add-age", AGE2]));
    let shown = text(&diff(&place, &["HEAD~1", "HEAD"]));
    assert_eq!(
        shown,
        format!("a.enc.yaml\n  recipients +{AGE2}\n  data key rotated\n\n")
    );
}

#[test]
fn somebody_who_came_has_the_name_in_the_review_that_people_gave_them() {
    let place = Place::new(FILE, false);
    place
        .sandbox
        .write(".lazysops.toml", format!("[names]\n{AGE2} = \"ci\"\n"));
    place.step(Step::Text("a: one\n"));
    place.step(Step::Run(&["rotate", "-i", "--add-age", AGE2]));
    let shown = text(&diff(&place, &["HEAD~1", "HEAD"]));
    assert!(shown.contains("\n  recipients +ci\n"), "{shown}");
    let json = text(&diff(&place, &["--json", "HEAD~1", "HEAD"]));
    assert!(json.contains(&format!("\"+{AGE2}\"")), "{json}");
}

#[test]
fn a_file_that_is_no_longer_encrypted_is_shouted_about() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\n"));
    place.sandbox.write(FILE, "a: one\n");
    let shown = text(&diff(&place, &[]));
    assert!(shown.contains("! no longer encrypted"), "{shown}");
}

#[test]
fn a_value_that_becomes_readable_is_counted() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\nb: two\n"));
    let done = place
        .sandbox
        .lazysops(["decrypt", FILE, "--output", "plain.yaml"]);
    assert_eq!(done.code, Some(0));
    let done = place.sandbox.lazysops([
        "encrypt",
        "--age",
        crate::support::AGE1,
        "--encrypted-regex",
        "^b$",
        "--filename-override",
        FILE,
        "--output",
        FILE,
        "plain.yaml",
    ]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let shown = text(&diff(&place, &[FILE]));
    assert!(
        shown.contains("rule unencrypted_suffix _unencrypted → encrypted_regex ^b$"),
        "{shown}"
    );
}

#[test]
fn without_a_key_the_structure_is_still_compared() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\nb: two\n"));
    place.step(Step::Text("a: other\nb: two\nc: new\n"));
    let stranger = data("keys/age2.txt");
    let place = Place {
        sandbox: place
            .sandbox
            .variable("SOPS_AGE_KEY_FILE", stranger.to_str().unwrap()),
        file: FILE,
    };
    let shown = text(&diff(&place, &["HEAD~1", "HEAD"]));
    assert!(
        shown.contains("~ a  str •••••••• locked → •••••••• locked"),
        "{shown}"
    );
    assert!(shown.contains("+ c  str •••••••• locked"), "{shown}");
    assert!(!shown.contains(" b "), "{shown}");
    assert!(shown.contains("no key here opens it"), "{shown}");
}

#[test]
fn git_diff_shows_values_masked_through_textconv() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one-secret\nb_unencrypted: readable\n"));
    let driver = format!("{} textconv", env!("CARGO_BIN_EXE_lazysops"));
    place.git(&["config", "diff.lazysops.textconv", &driver]);
    place.sandbox.write(".gitattributes", "*.enc.* diff=lazysops\n");
    let done = place.sandbox.lazysops(["set", FILE, "[\"a\"]", "\"two-secret\""]);
    assert_eq!(done.code, Some(0));
    let shown = String::from_utf8(place.git(&["diff"]).stdout).unwrap();
    let changed: Vec<&str> = shown
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---"))
        .collect();
    assert_eq!(changed.len(), 2, "{shown}");
    assert!(
        changed
            .iter()
            .all(|line| line[1..].starts_with("a: str ••••••••")),
        "{shown}"
    );
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn a_change_by_hand_is_shown_and_said_to_be_one() {
    let place = Place::new(FILE, false);
    place.step(Step::Text(BASE));
    let sealed = String::from_utf8(place.sandbox.read(FILE)).unwrap();
    let forged = sealed.replace("plain_unencrypted: v1", "plain_unencrypted: evil");
    assert_ne!(forged, sealed);
    place.sandbox.write(FILE, forged);
    let said = "the MAC does not hold: the file was changed without sops";
    let shown = text(&diff(&place, &[]));
    assert!(shown.contains("v1 → evil") && shown.contains(said), "{shown}");
    let as_json = text(&diff(&place, &["--json"]));
    assert!(as_json.contains("\"mac_mismatch\": true"), "{as_json}");
    let converted = text(&place.sandbox.lazysops(["textconv", FILE]));
    assert!(converted.contains("the MAC does not hold"), "{converted}");
}
