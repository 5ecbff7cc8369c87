//! Staging by secret: the index gets a whole file with the chosen changes only.

use super::place::{AGE2, Place, Step};
use crate::support::parallel::check_all;
use crate::support::sandbox::Outcome;
use crate::support::{AGE1, data, sops};

const TEST: &str = "staging by secret";

/// A file with values that change, what is staged of it first, and what the commit then holds.
struct Case {
    name: &'static str,
    file: &'static str,
    before: &'static str,
    after: &'static str,
    stage: &'static [&'static str],
    /// What the file decrypts to in the commit.
    committed: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "YAML with comments and layout",
        file: "a.enc.yaml",
        before: "# top\na:   1\n\nb: two # inline\nm: {x: one, z: 'two'}\nlist:\n- 1\n- 2\n",
        after: "# top\na:   5\n\nb: three # inline\nm: {x: one, z: 'other'}\nlist:\n- 1\n- 2\nnew: 9\n",
        stage: &["m.z"],
        committed: "# top\na: 1\n# inline\nb: two\nm:\n    x: one\n    z: other\nlist:\n    - 1\n    - 2\n",
    },
    Case {
        name: "YAML with several documents",
        file: "a.enc.yaml",
        before: "a: 1\nb: 2\n---\na: 3\nb: 4\n",
        after: "a: 9\nb: 2\n---\na: 8\nb: 7\n",
        stage: &["doc 2: a"],
        committed: "a: 1\nb: 2\n---\na: 8\nb: 4\n",
    },
    Case {
        name: "JSON",
        file: "a.enc.json",
        before: "{\"a\": 1, \"b\": {\"c\": \"two\"}, \"d\": [1, 2]}\n",
        after: "{\"a\": 5, \"b\": {\"c\": \"three\", \"n\": true}, \"d\": [1, 2, 3]}\n",
        stage: &["b"],
        committed: "{\n\t\"a\": 1,\n\t\"b\": {\n\t\t\"c\": \"three\",\n\t\t\"n\": true\n\t},\n\t\"d\": [\n\t\t1,\n\t\t2\n\t]\n}\n",
    },
    Case {
        name: "dotenv",
        file: "a.enc.env",
        before: "A=one\nB=two\nC=three\n",
        after: "A=one1\nB=two2\nD=four\n",
        stage: &["B", "D"],
        committed: "A=one\nB=two2\nD=four\nC=three\n",
    },
    Case {
        name: "INI",
        file: "a.enc.ini",
        before: "[one]\na = 1\nb = 2\n\n[two]\nc = 3\n",
        after: "[one]\na = 5\nb = 6\n\n[two]\nc = 7\n",
        stage: &["one.b", "two"],
        committed: "[one]\na = 1\nb = 6\n\n[two]\nc = 7\n",
    },
    Case {
        name: "binary",
        file: "a.enc.bin",
        before: "some bytes\n",
        after: "other bytes\n",
        stage: &[],
        committed: "other bytes\n",
    },
    Case {
        name: "a path with letters and signs of its own, in a folder",
        file: "grün [x] ordner/ä b.enc.yaml",
        before: "a: 1\nb: 2\nc: 3\n",
        after: "a: 4\nb: 5\nc: 6\n",
        stage: &["b"],
        committed: "a: 1\nb: 5\nc: 3\n",
    },
    Case {
        name: "a removed branch, a renamed key and a moved one",
        file: "a.enc.yaml",
        before: "gone:\n    x: 1\n    z: 2\nold: same-value\na: 1\nb: 2\nc: 3\n",
        after: "new: same-value\nc: 3\na: 1\nb: 2\n",
        stage: &["gone", "new"],
        committed: "new: same-value\na: 1\nb: 2\nc: 3\n",
    },
];

fn lazysops(place: &Place, words: &[&str]) -> Outcome {
    place.sandbox.lazysops(words)
}

fn done(place: &Place, words: &[&str]) -> Result<(), String> {
    let outcome = lazysops(place, words);
    match outcome.code {
        Some(0) => Ok(()),
        code => Err(format!("{words:?} ended with {code:?}: {}", outcome.stderr)),
    }
}

fn blob(place: &Place, revision: &str) -> Vec<u8> {
    let name = format!("{revision}:{}", place.file);
    place.git(&["cat-file", "blob", &name]).stdout
}

/// What a revision of the file decrypts to, by the real sops where it is installed.
fn decrypted(place: &Place, revision: &str) -> Result<String, String> {
    let extension = place.file.rsplit('.').next().unwrap_or_default();
    let name = format!("copy.{extension}");
    place.sandbox.write(&name, blob(place, revision));
    let words = ["decrypt", &name];
    let outcome = match sops(TEST) {
        Some(sops) => place.sandbox.run(&sops, words, b""),
        None => place.sandbox.lazysops(words),
    };
    std::fs::remove_file(place.sandbox.path(&name)).unwrap();
    match outcome.code {
        Some(0) => Ok(String::from_utf8_lossy(&outcome.stdout).into_owned()),
        _ => Err(outcome.stderr),
    }
}

fn start(case: &Case) -> Place {
    let place = Place::new(case.file, false);
    if let Some((folder, _)) = case.file.rsplit_once('/') {
        std::fs::create_dir_all(place.sandbox.path(folder)).unwrap();
    }
    place.step(Step::Text(case.before));
    place.text(case.after);
    place
}

fn check(case: &Case) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{}: {what}", case.name));
    let place = start(case);
    let (head, worktree) = (blob(&place, "HEAD"), place.sandbox.read(case.file));
    let words: Vec<&str> = ["stage", case.file].iter().chain(case.stage).copied().collect();
    done(&place, &words)?;
    place.git(&["commit", "-q", "-m", "a part"]);
    if place.sandbox.read(case.file) != worktree {
        return wrong("the work tree was touched".to_owned());
    }
    match decrypted(&place, "HEAD") {
        Ok(text) if text == case.committed => {}
        Ok(text) => return wrong(format!("the commit has\n{text}\ninstead of\n{}", case.committed)),
        Err(reason) => return wrong(format!("sops does not open the commit: {reason}")),
    }
    // What is not staged yet is staged value by value; then the index is the work tree, byte for byte.
    loop {
        let shown = lazysops(&place, &["diff", "--json"]);
        let list: serde_json::Value =
            serde_json::from_slice(&shown.stdout).map_err(|error| error.to_string())?;
        let Some(path) = list[0]["values"][0]["path"].as_str() else {
            break;
        };
        done(&place, &["stage", case.file, path])?;
    }
    if blob(&place, "") != worktree {
        return wrong("all changes were staged, and the index is not the work tree".to_owned());
    }
    // Back again: value by value, then as a whole.
    place.git(&["reset", "-q", "--soft", "HEAD~1"]);
    loop {
        let shown = lazysops(&place, &["diff", "--staged", "--json"]);
        let list: serde_json::Value =
            serde_json::from_slice(&shown.stdout).map_err(|error| error.to_string())?;
        let Some(path) = list[0]["values"][0]["path"].as_str() else {
            break;
        };
        done(&place, &["unstage", case.file, path])?;
    }
    if blob(&place, "") != head {
        return wrong("all changes were unstaged, and the index is not HEAD".to_owned());
    }
    done(&place, &["stage", case.file])?;
    if blob(&place, "") != worktree {
        return wrong("the file was staged, and the index is not the work tree".to_owned());
    }
    done(&place, &["unstage", case.file])?;
    if blob(&place, "") != head {
        return wrong("the file was unstaged, and the index is not HEAD".to_owned());
    }
    Ok(())
}

#[test]
fn chosen_secrets_are_committed_and_the_others_stay_in_every_format() {
    check_all(CASES, check);
}

#[test]
fn a_staged_secret_has_the_ciphertext_of_the_work_tree_and_no_other_line_changes() {
    let place = Place::new("a.enc.yaml", false);
    place.step(Step::Text("a: 1\nb: two\nc: 3\n"));
    place.text("a: 5\nb: three\nc: 3\nnew: 9\n");
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines = text.lines().filter(|line| !line.contains("lastmodified: "));
        lines.map(str::to_owned).collect()
    };
    let (head, worktree) = (
        lines(&blob(&place, "HEAD")),
        lines(&place.sandbox.read("a.enc.yaml")),
    );
    done(&place, &["stage", "a.enc.yaml", "b", "new"]).unwrap();
    let staged = lines(&blob(&place, ""));
    let new: Vec<&String> = staged.iter().filter(|line| !head.contains(line)).collect();
    assert_eq!(new.len(), 3, "b, new, mac: {new:?}");
    let ours: Vec<&&String> = new.iter().filter(|line| !worktree.contains(line)).collect();
    assert!(ours.iter().all(|line| line.contains("mac: ")), "{ours:?}");
}

#[test]
fn recipients_and_values_are_staged_apart() {
    let place = Place::new("a.enc.yaml", false);
    place.step(Step::Text("a: 1\nb: 2\n"));
    place.text("a: 3\nb: 4\n");
    done(&place, &["rotate", "-i", "--add-age", AGE2, "a.enc.yaml"]).unwrap();
    let worktree = place.sandbox.read("a.enc.yaml");
    let text = || String::from_utf8_lossy(&blob(&place, "")).into_owned();
    // A value without the rotation: under the data key that the index has.
    done(&place, &["stage", "a.enc.yaml", "a"]).unwrap();
    assert_eq!(decrypted(&place, "").unwrap(), "a: 3\nb: 2\n");
    assert!(!text().contains(AGE2));
    // The rotation without the other value.
    done(&place, &["stage", "--settings", "a.enc.yaml"]).unwrap();
    assert_eq!(decrypted(&place, "").unwrap(), "a: 3\nb: 2\n");
    assert!(text().contains(AGE2));
    // What is the same in both has the ciphertext of the work tree.
    let line = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("a: "))
            .map(str::to_owned)
    };
    assert_eq!(line(&text()), line(&String::from_utf8_lossy(&worktree)));
    done(&place, &["stage", "a.enc.yaml", "b"]).unwrap();
    assert_eq!(blob(&place, ""), worktree);
    // And back: the settings alone.
    done(&place, &["unstage", "--settings", "a.enc.yaml"]).unwrap();
    assert!(!text().contains(AGE2));
    assert_eq!(decrypted(&place, "").unwrap(), "a: 3\nb: 4\n");
}

#[test]
fn a_recipient_that_came_without_a_rotation_is_staged_without_any_value() {
    let place = Place::new("a.enc.yaml", false);
    place.step(Step::Text("a: 1\nb: 2\n"));
    place.text("a: 3\nb: 4\n");
    let rules = format!("creation_rules:\n    - age: {AGE1},{AGE2}\n");
    place.sandbox.write(".sops.yaml", rules);
    done(&place, &["updatekeys", "-y", "a.enc.yaml"]).unwrap();
    let worktree = place.sandbox.read("a.enc.yaml");
    done(&place, &["stage", "--settings", "a.enc.yaml"]).unwrap();
    let staged = String::from_utf8_lossy(&blob(&place, "")).into_owned();
    assert!(staged.contains(AGE2));
    assert_eq!(decrypted(&place, "").unwrap(), "a: 1\nb: 2\n");
    done(&place, &["stage", "a.enc.yaml", "a", "b"]).unwrap();
    assert_eq!(blob(&place, ""), worktree);
}

#[test]
fn a_file_with_windows_line_ends_keeps_them() {
    let place = Place::new("a.enc.yaml", false);
    place.step(Step::Text("a: 1\nb: 2\n"));
    let windows = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
    place
        .sandbox
        .write("a.enc.yaml", windows(&place.sandbox.read("a.enc.yaml")));
    place.git(&["commit", "-qam", "other line ends"]);
    for (path, value) in [("[\"a\"]", "3"), ("[\"b\"]", "4")] {
        done(&place, &["set", "a.enc.yaml", path, value]).unwrap();
    }
    let worktree = place.sandbox.read("a.enc.yaml");
    done(&place, &["stage", "a.enc.yaml", "b"]).unwrap();
    let staged = blob(&place, "");
    let count = |byte: u8| staged.iter().filter(|found| **found == byte).count();
    assert_eq!(count(b'\r'), count(b'\n'));
    assert_eq!(decrypted(&place, "").unwrap().replace('\r', ""), "a: 1\nb: 4\n");
    done(&place, &["stage", "a.enc.yaml", "a"]).unwrap();
    assert_eq!(blob(&place, ""), worktree);
}

#[test]
fn new_deleted_and_renamed_files_are_taken_as_a_whole() {
    let place = Place::new("a.enc.yaml", false);
    place.git(&["commit", "-q", "--allow-empty", "-m", "root"]);
    place.text("a: 1\n");
    // New: also before there is anything else.
    let refused = lazysops(&place, &["stage", "a.enc.yaml", "a"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("taken as a whole"), "{}", refused.stderr);
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    assert_eq!(blob(&place, ""), place.sandbox.read("a.enc.yaml"));
    done(&place, &["unstage", "a.enc.yaml"]).unwrap();
    assert!(place.git(&["ls-files"]).stdout.is_empty());
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    place.git(&["commit", "-qm", "new"]);
    // Deleted.
    let before = place.sandbox.read("a.enc.yaml");
    std::fs::remove_file(place.sandbox.path("a.enc.yaml")).unwrap();
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    assert!(place.git(&["ls-files"]).stdout.is_empty());
    done(&place, &["unstage", "a.enc.yaml"]).unwrap();
    assert_eq!(blob(&place, ""), before);
    // May be run: a change of the whole file.
    place.sandbox.write("a.enc.yaml", &before);
    place.git(&["update-index", "--chmod=+x", "a.enc.yaml"]);
    place.git(&["commit", "-qm", "may be run"]);
    place.git(&["checkout", "-q", "HEAD", "--", "a.enc.yaml"]);
    done(&place, &["set", "a.enc.yaml", "[\"a\"]", "2"]).unwrap();
    done(&place, &["stage", "a.enc.yaml", "a"]).unwrap();
    let listed = String::from_utf8(place.git(&["ls-files", "-s"]).stdout).unwrap();
    assert!(listed.starts_with("100755 "), "{listed}");
}

#[test]
fn a_repository_with_long_ids_loses_nothing() {
    let place = Place::new("a.enc.yaml", false);
    if !place.with_long_ids() {
        eprintln!("skipped: this git knows no SHA-256");
        return;
    }
    place.git(&["commit", "-q", "--allow-empty", "-m", "root"]);
    place.text("a: one\nb: two\n");
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    done(&place, &["unstage", "a.enc.yaml"]).unwrap();
    assert!(place.git(&["ls-files"]).stdout.is_empty());
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    place.git(&["commit", "-qm", "first"]);
    place.text("a: three\nb: four\n");
    done(&place, &["stage", "a.enc.yaml", "a"]).unwrap();
    assert_eq!(decrypted(&place, "").unwrap(), "a: three\nb: two\n");
    done(&place, &["unstage", "a.enc.yaml", "a"]).unwrap();
    assert_eq!(decrypted(&place, "").unwrap(), "a: one\nb: two\n");
    let outcome = lazysops(&place, &["diff"]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let outcome = lazysops(&place, &["history", "--json", "a.enc.yaml", "b"]);
    let json: serde_json::Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!(json["entries"].as_array().unwrap().len(), 2);
}

#[test]
fn what_becomes_readable_is_not_staged_by_accident() {
    let place = Place::new("a.enc.yaml", false);
    place.step(Step::Text("a: one\nb: two\n"));
    place.sandbox.write("a.enc.yaml", "a: one\nb: two\n");
    let before = blob(&place, "");
    let refused = lazysops(&place, &["stage", "a.enc.yaml"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--allow-readable"), "{}", refused.stderr);
    assert_eq!(blob(&place, ""), before);
    done(&place, &["stage", "--allow-readable", "a.enc.yaml"]).unwrap();
    assert_eq!(blob(&place, ""), b"a: one\nb: two\n");
}

#[test]
fn a_side_that_no_key_opens_is_staged_as_a_whole_only() {
    let place = Place::new("a.enc.yaml", false);
    place.step(Step::Text("a: one\nb: two\n"));
    place.text("a: other\nb: more\n");
    let stranger = data("keys/age2.txt");
    let place = Place {
        sandbox: place
            .sandbox
            .variable("SOPS_AGE_KEY_FILE", stranger.to_str().unwrap()),
        file: place.file,
    };
    let before = blob(&place, "");
    let refused = lazysops(&place, &["stage", "a.enc.yaml", "a"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("no key here opens"), "{}", refused.stderr);
    assert_eq!(blob(&place, ""), before);
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    assert_eq!(blob(&place, ""), place.sandbox.read("a.enc.yaml"));
}

#[test]
fn nothing_changes_where_another_git_holds_the_index_or_nothing_is_asked_for() {
    let place = start(&CASES[0]);
    let (index, worktree) = (blob(&place, ""), place.sandbox.read("a.enc.yaml"));
    place.sandbox.write(".git/index.lock", "");
    for words in [["stage", "a.enc.yaml", "b"].as_slice(), &["stage", "a.enc.yaml"]] {
        let refused = lazysops(&place, words);
        assert_eq!(refused.code, Some(2));
        assert!(
            refused.stderr.contains("nothing was changed"),
            "{}",
            refused.stderr
        );
        assert!(
            refused.stderr.contains("another git is at work"),
            "{}",
            refused.stderr
        );
    }
    std::fs::remove_file(place.sandbox.path(".git/index.lock")).unwrap();
    let dry = lazysops(&place, &["stage", "--dry-run", "--json", "a.enc.yaml", "b"]);
    let told: serde_json::Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!(told["changes"], serde_json::json!(["b"]));
    let unknown = lazysops(&place, &["stage", "a.enc.yaml", "no.such.path"]);
    assert_eq!(unknown.code, Some(2));
    assert_eq!(blob(&place, ""), index);
    assert_eq!(place.sandbox.read("a.enc.yaml"), worktree);
    done(&place, &["stage", "a.enc.yaml"]).unwrap();
    let again = lazysops(&place, &["stage", "a.enc.yaml"]);
    assert_eq!(
        String::from_utf8_lossy(&again.stdout),
        "a.enc.yaml: nothing to stage\n"
    );
}

#[test]
fn a_repository_inside_another_one_gets_what_is_staged_in_it() {
    let place = Place::new("inner/a.enc.yaml", false);
    std::fs::create_dir(place.sandbox.path("inner")).unwrap();
    place.git(&["-C", "inner", "init", "-q", "-b", "main"]);
    place.text("a: 1\nb: 2\n");
    place.git(&["-C", "inner", "add", "-A"]);
    place.git(&["-C", "inner", "commit", "-qm", "first"]);
    place.text("a: 3\nb: 4\n");
    done(&place, &["stage", "inner/a.enc.yaml", "a"]).unwrap();
    let listed = String::from_utf8(
        place
            .git(&["-C", "inner", "diff", "--cached", "--name-only"])
            .stdout,
    )
    .unwrap();
    assert_eq!(listed, "a.enc.yaml\n");
}
