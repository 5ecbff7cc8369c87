//! The commits in which one value changed.

use super::place::{AGE2, Place, Step};
use crate::support::data;
use crate::support::sandbox::Outcome;
use serde_json::Value;

const FILE: &str = "a.enc.yaml";

fn history(place: &Place, words: &[&str]) -> Outcome {
    place.sandbox.lazysops(["history"].iter().chain(words))
}

fn entries(place: &Place, file: &str, path: &str) -> Vec<Value> {
    let outcome = history(place, &["--json", file, path]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let json: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    json["entries"].as_array().unwrap().clone()
}

/// `change path` of each entry.
fn told(entries: &[Value]) -> Vec<String> {
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|entry| format!("{} {}", word(entry, "change"), word(entry, "path")))
        .collect()
}

fn commit(place: &Place, subject: &str) {
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", subject]);
}

#[test]
fn a_value_is_followed_through_a_new_data_key_another_file_name_and_another_key() {
    let place = Place::new(FILE, false);
    place.step(Step::Text(
        "db:\n    pass: hunter2-first\n    user: app\nother: 1\n",
    ));
    place.step(Step::Text(
        "db:\n    pass: hunter2-second\n    user: app\nother: 1\n",
    ));
    place.step(Step::Run(&["rotate", "-i", "--add-age", AGE2]));
    place.step(Step::Text(
        "db:\n    password: hunter2-second\n    user: app\nother: 1\n",
    ));
    place.git(&["mv", FILE, "b.enc.yaml"]);
    commit(&place, "another name");
    // A file that gets another name and another data key in one commit has no line in common with what it was.
    std::fs::rename(place.sandbox.path("b.enc.yaml"), place.sandbox.path("c.enc.yaml")).unwrap();
    let done = place.sandbox.lazysops(["rotate", "-i", "c.enc.yaml"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    commit(&place, "another name and key");
    let done = place
        .sandbox
        .lazysops(["set", "c.enc.yaml", "[\"db\"][\"password\"]", "\"hunter2-third\""]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    commit(&place, "third");
    let done = place
        .sandbox
        .lazysops(["set", "c.enc.yaml", "[\"db\"][\"password\"]", "4"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);

    let found = entries(&place, "c.enc.yaml", "db.password");
    assert_eq!(
        told(&found),
        [
            "changed db.password",
            "changed db.password",
            "renamed db.password",
            "changed db.pass",
            "added db.pass"
        ]
    );
    assert_eq!(found[0]["commit"], Value::Null);
    assert_eq!(found[0]["new"]["type"], "int");
    assert_eq!(found[1]["commit"]["subject"], "third");
    assert_eq!(found[1]["commit"]["author"], "ops-laptop");
    assert_eq!(found[2]["other_path"], "db.pass");
    assert_eq!(found[2]["file"], FILE);
    assert_eq!(found[1]["readers"].as_array().unwrap().len(), 2);
    assert_eq!(found[3]["readers"].as_array().unwrap().len(), 1);
    assert_eq!(found[2]["new"]["fingerprint"], found[3]["new"]["fingerprint"]);
    assert_ne!(found[3]["new"]["fingerprint"], found[4]["new"]["fingerprint"]);
    let text = history(&place, &["c.enc.yaml", "[\"db\"][\"password\"]"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("→ db.pass → db.password  str •"), "{text}");
    assert!(text.contains("not committed"), "{text}");
    // A key that is gone leads to the commit in which it got another name.
    let old = entries(&place, "c.enc.yaml", "db.pass");
    assert_eq!(
        told(&old),
        ["removed db.pass", "changed db.pass", "added db.pass"]
    );
    assert_eq!(old[0]["other_path"], "db.password");
}

#[test]
fn a_merge_is_no_change_and_what_came_with_it_is_told_of_who_made_it() {
    let place = Place::new(FILE, true);
    place.branches(
        &[Step::Text("a: one\nb: one\n")],
        &[Step::Text("a: one\nb: two\n")],
        &[Step::Text("a: theirs\nb: one\n")],
    );
    place.git(&["merge", "-q", "-m", "merge", "theirs"]);
    let (a, b) = (entries(&place, FILE, "a"), entries(&place, FILE, "b"));
    assert_eq!(told(&a), ["changed a", "added a"]);
    assert_eq!(told(&b), ["changed b", "added b"]);
    assert!(
        a.iter()
            .chain(&b)
            .all(|entry| entry["commit"]["subject"] == "step")
    );
}

#[test]
fn a_value_that_went_and_came_back_has_both_in_its_history() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\nb: one\n"));
    place.step(Step::Text("b: one\n"));
    place.step(Step::Text("a: three\nb: one\n"));
    assert_eq!(
        told(&entries(&place, FILE, "a")),
        ["added a", "removed a", "added a"]
    );
    place.git(&["rm", "-q", FILE]);
    commit(&place, "gone");
    assert_eq!(told(&entries(&place, FILE, "b")), ["removed b", "added b"]);
    assert_eq!(history(&place, &[FILE, "never"]).code, Some(2));
    assert_eq!(history(&place, &[FILE]).code, Some(2));
}

#[test]
fn items_of_lists_are_followed_by_what_they_are() {
    let place = Place::new(FILE, false);
    place.step(Step::Text(
        "l:\n    - name: x\n      v: 1\n    - name: y\n      v: 2\n",
    ));
    place.step(Step::Text(
        "l:\n    - name: y\n      v: 2\n    - name: x\n      v: 1\n",
    ));
    place.step(Step::Text(
        "l:\n    - name: y\n      v: 3\n    - name: x\n      v: 1\n",
    ));
    assert_eq!(told(&entries(&place, FILE, "l.1.v")), ["added l[0].v"]);
    assert_eq!(
        told(&entries(&place, FILE, "l.0.v")),
        ["changed l[0].v", "added l[1].v"]
    );
}

#[test]
fn what_was_readable_and_what_no_key_opens_is_said() {
    let place = Place::new(FILE, false);
    place.sandbox.write(FILE, "a: in-the-open\n");
    commit(&place, "plain");
    place.step(Step::Anew("a: in-the-open\n"));
    place.step(Step::Text("a: other\n"));
    let found = entries(&place, FILE, "a");
    assert_eq!(told(&found), ["changed a", "encrypted a", "added a"]);
    assert_eq!(found[2]["in_clear"], true);
    let stranger = data("keys/age2.txt");
    let place = Place {
        sandbox: place
            .sandbox
            .variable("SOPS_AGE_KEY_FILE", stranger.to_str().unwrap()),
        file: FILE,
    };
    let found = entries(&place, FILE, "a");
    assert_eq!(told(&found), ["locked a", "locked a", "added a"]);
    assert_eq!(found[0]["new"]["fingerprint"], Value::Null);
}

#[test]
fn a_version_that_cannot_be_read_is_passed_over() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: one\n"));
    let good = place.sandbox.read(FILE);
    place.sandbox.write(FILE, "a: [\nsops:\n  mac: ENC[\n");
    commit(&place, "broken");
    std::fs::write(place.sandbox.path(FILE), good).unwrap();
    commit(&place, "whole again");
    place.step(Step::Text("a: two\n"));
    assert_eq!(told(&entries(&place, FILE, "a")), ["changed a", "added a"]);
}
