//! The commits in which one value changed.

use super::place::{AGE2, Place, Step};
use crate::support::sandbox::Outcome;
use crate::support::{AGE1, data};
use lazysops::host::{Cancel, Environment};
use lazysops::metadata::Recipient;
use lazysops::ops::history::{Since, since};
use lazysops::ops::rulebook::{Rulebook, Source};
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

#[test]
fn another_name_is_followed_out_of_a_version_that_no_key_opens_or_nobody_can_read() {
    let stranger = data("keys/age2.txt");
    let place = Place::new(FILE, false);
    place
        .sandbox
        .write(FILE, "db:\n    pass: hunter2\n    user: app\nother: 1\n");
    let words = ["encrypt", "-i", "--age", AGE2, FILE];
    assert_eq!(place.sandbox.lazysops(words).code, Some(0));
    commit(&place, "for somebody else");
    // The file and the key get other names, and the file is for us from then on: by its keys it is the same one.
    std::fs::remove_file(place.sandbox.path(FILE)).unwrap();
    place.sandbox.write(
        "b.enc.yaml",
        "db:\n    password: hunter2\n    user: app\nother: 1\n",
    );
    let words = ["encrypt", "-i", "--age", AGE1, "b.enc.yaml"];
    assert_eq!(place.sandbox.lazysops(words).code, Some(0));
    commit(&place, "for us");
    let found = entries(&place, "b.enc.yaml", "db.password");
    assert_eq!(told(&found), ["locked db.password", "added db.pass"]);
    assert_eq!(
        (&found[0]["other_path"], &found[1]["file"]),
        (&"db.pass".into(), &FILE.into())
    );
    // A text that nobody can read gets another name, and is made whole under that.
    let whole = place.sandbox.read("b.enc.yaml");
    place
        .sandbox
        .write("b.enc.yaml", [&whole[..], b"<<<<<<< ours\n"].concat());
    commit(&place, "broken");
    place.git(&["mv", "b.enc.yaml", "c.enc.yaml"]);
    commit(&place, "broken, under another name");
    place.sandbox.write("c.enc.yaml", &whole);
    commit(&place, "whole again");
    let found = entries(&place, "c.enc.yaml", "db.password");
    assert_eq!(told(&found), ["locked db.password", "added db.pass"]);
    let place = Place {
        sandbox: place
            .sandbox
            .variable("SOPS_AGE_KEY_FILE", stranger.to_str().unwrap()),
        file: FILE,
    };
    let found = entries(&place, "c.enc.yaml", "db.password");
    assert_eq!(told(&found), ["locked db.password", "added db.pass"]);
}

/// Since when somebody can read the file, as it lies in the work tree.
fn since_when(place: &Place, file: &str, recipient: &str, cancel: Cancel) -> Since {
    let environment =
        Environment::new(place.sandbox.environment(), place.sandbox.path("")).stopped_by(cancel);
    let book = Rulebook::new(Source::default(), &environment);
    let recipient = Recipient::Age {
        recipient: recipient.to_owned(),
    };
    let bytes = place.sandbox.read(file);
    since(&place.sandbox.path(file), &bytes, &recipient, &book, &environment).unwrap()
}

fn subject(since: &Since) -> &str {
    match since {
        Since::Commit(commit) => &commit.subject,
        other => panic!("{other:?}"),
    }
}

#[test]
fn since_when_somebody_can_read_a_file_is_told_through_renames_rotations_and_a_second_coming() {
    let place = Place::new(FILE, false);
    let rotate = |words: &[&str], file: &str| {
        let done = place
            .sandbox
            .lazysops(["rotate", "-i"].iter().chain(words).chain([&file]));
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    };
    let when = |file: &str, recipient: &str| since_when(&place, file, recipient, Cancel::default());
    place.text("a: one\n");
    commit(&place, "first");
    rotate(&["--add-age", AGE2], FILE);
    assert_eq!(when(FILE, AGE2), Since::NotCommitted);
    commit(&place, "let in");
    rotate(&["--rm-age", AGE2], FILE);
    commit(&place, "taken out");
    rotate(&["--add-age", AGE2], FILE);
    commit(&place, "let in again");
    let good = place.sandbox.read(FILE);
    place.sandbox.write(FILE, "a: [\nsops:\n  mac: ENC[\n");
    commit(&place, "broken");
    place.sandbox.write(FILE, good);
    commit(&place, "whole again");
    rotate(&[], FILE);
    place.git(&["mv", FILE, "b.enc.yaml"]);
    commit(&place, "another name and key");
    rotate(&[], "b.enc.yaml");
    commit(&place, "another key");
    assert_eq!(subject(&when("b.enc.yaml", AGE2)), "let in again");
    assert_eq!(subject(&when("b.enc.yaml", AGE1)), "first");
    let cancel = Cancel::default();
    cancel.cancel();
    assert_eq!(since_when(&place, "b.enc.yaml", AGE1, cancel), Since::Stopped);
}

#[test]
fn old_values_are_shown_in_clear_only_where_that_was_asked_for_in_so_many_words() {
    let place = Place::new(FILE, false);
    place.step(Step::Text("a: |\n    hunter2-first\n    line\n"));
    place.step(Step::Text("a: hunter2-second\n"));
    let shown = |words: &[&str]| {
        let outcome = history(&place, words);
        (
            outcome.code,
            String::from_utf8(outcome.stdout).unwrap(),
            outcome.stderr,
        )
    };
    let (code, text, told) = shown(&["--reveal", FILE, "a"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(told.contains("--always") && !text.contains("hunter2"), "{told}");
    let (code, text, _) = shown(&[FILE, "a"]);
    assert!(code == Some(0) && !text.contains("hunter2"), "{text}");
    let (code, text, _) = shown(&["--reveal", "--always", FILE, "a"]);
    assert_eq!(code, Some(0), "{text}");
    for line in ["    | hunter2-second\n", "    | hunter2-first\n    | line\n"] {
        assert!(text.contains(line), "{text}");
    }
    let (_, text, _) = shown(&["--reveal", "--always", "--json", FILE, "a"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["entries"][0]["value"], "hunter2-second");
    let (_, text, _) = shown(&["--json", FILE, "a"]);
    assert!(!text.contains("hunter2") && !text.contains("\"value\""), "{text}");
}
