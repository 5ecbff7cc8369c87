//! `git-setup`: what it writes works in git itself, and is taken back to the byte.

use super::place::{Place, Step};
use crate::support::AGE1;
use crate::support::sandbox::Outcome;
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "a.sops.yaml";

fn setup(place: &Place, words: &[&str]) -> Outcome {
    place.sandbox.lazysops(["git-setup"].iter().chain(words))
}

fn place() -> Place {
    let place = Place::new(FILE, false);
    let rules = format!("creation_rules:\n    - path_regex: sops\\.yaml$\n      age: {AGE1}\n");
    place.sandbox.write(".sops.yaml", rules);
    place.step(Step::Text("a: hunter2-one\nb: hunter2-two\n"));
    place
}

/// Every file below a folder with its content, but for what git keeps of its own work.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let own = ["objects", "logs", "index", "refs", "COMMIT_EDITMSG"];
            if own.iter().any(|own| name.starts_with(&format!(".git/{own}"))) {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn text(outcome: &Outcome) -> String {
    format!("{}{}", String::from_utf8_lossy(&outcome.stdout), outcome.stderr)
}

#[test]
fn diffs_are_masked_merges_resolve_and_readable_secrets_are_refused_until_it_is_undone() {
    let place = place();
    place.sandbox.write(".gitattributes", "*.png binary");
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", "attributes"]);
    let before = files(&place.sandbox.path(""));

    let shown = setup(&place, &["--dry-run"]);
    assert_eq!(shown.code, Some(0), "{}", text(&shown));
    assert!(text(&shown).contains("+ .gitattributes: add `*.sops.yaml diff=lazysops merge=lazysops`"));
    assert_eq!(files(&place.sandbox.path("")), before, "a dry run writes nothing");
    assert_eq!(setup(&place, &[]).code, Some(2), "nobody can be asked");
    assert_eq!(files(&place.sandbox.path("")), before);

    let done = setup(&place, &["--yes"]);
    assert_eq!(done.code, Some(0), "{}", text(&done));
    let after = files(&place.sandbox.path(""));
    let again = setup(&place, &["--yes"]);
    assert!(!text(&again).contains('+'), "{}", text(&again));
    assert_eq!(
        files(&place.sandbox.path("")),
        after,
        "a second time changes nothing"
    );
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", "set up"]);

    // git diff shows masked values.
    let set = |path: &str, value: &str| {
        let done = place.sandbox.lazysops(["set", FILE, path, value]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    };
    set("[\"a\"]", "\"hunter2-new\"");
    let diff = text(&place.git(&["diff"]));
    assert!(
        diff.contains("+a: str ••••••••") && !diff.contains("hunter2"),
        "{diff}"
    );
    place.git(&["commit", "-q", "-am", "ours"]);

    // Two branches that change two values merge.
    place.git(&["checkout", "-q", "-b", "theirs", "HEAD~1"]);
    set("[\"b\"]", "\"hunter2-theirs\"");
    place.git(&["commit", "-q", "-am", "theirs"]);
    place.git(&["checkout", "-q", "main"]);
    place.git(&["merge", "-q", "-m", "merge", "theirs"]);
    let merged = place.decrypted("git-setup").unwrap();
    assert_eq!(merged, "a: hunter2-new\nb: hunter2-theirs\n");

    // A decrypted file does not get into a commit.
    place.sandbox.write("b.sops.yaml", "a: hunter2-readable\n");
    place.git(&["add", "-A"]);
    let refused = place.try_git(&["commit", "-q", "-m", "leak"]);
    assert_ne!(refused.code, Some(0), "the hook refuses it");
    assert!(!text(&refused).contains("hunter2"), "{}", text(&refused));
    place.git(&["rm", "-q", "--cached", "-f", "b.sops.yaml"]);
    std::fs::remove_file(place.sandbox.path("b.sops.yaml")).unwrap();

    let undone = setup(&place, &["--undo", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", text(&undone));
    let mut now = files(&place.sandbox.path(""));
    let mut was = before;
    for files in [&mut now, &mut was] {
        files.remove(FILE);
        files.retain(|name, _| {
            !name.starts_with(".git/")
                || ["config", "hooks", "info"]
                    .iter()
                    .any(|kept| name.starts_with(&format!(".git/{kept}")))
        });
    }
    assert_eq!(now, was);
}

#[test]
fn what_others_set_stays_and_is_told() {
    let place = place();
    place.git(&["config", "merge.lazysops.driver", "my-driver %A"]);
    place.sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\nmine\n");
    place.sandbox.write(".gitattributes", "*.sops.yaml merge=union\n");
    let before = files(&place.sandbox.path(""));
    let done = setup(&place, &["--yes", "--json"]);
    assert_eq!(done.code, Some(1), "{}", text(&done));
    let json: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let left: Vec<&str> = json["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["state"] == "left")
        .map(|step| step["about"].as_str().unwrap())
        .collect();
    assert_eq!(
        left,
        ["merge.lazysops.driver", ".gitattributes", ".git/hooks/pre-commit"]
    );
    assert!(String::from_utf8_lossy(&done.stdout).contains("check --staged || exit 1"));
    let undone = setup(&place, &["--undo", "--yes"]);
    assert_eq!(undone.code, Some(1), "{}", text(&undone));
    assert_eq!(files(&place.sandbox.path("")), before);
    // Where others look after hooks, ours is not written beside theirs.
    std::fs::remove_file(place.sandbox.path(".git/hooks/pre-commit")).unwrap();
    place.git(&["config", "core.hooksPath", ".husky"]);
    assert!(text(&setup(&place, &["--dry-run"])).contains("core.hooksPath is .husky"));
    place.git(&["config", "--unset", "core.hooksPath"]);
    place.sandbox.write(".pre-commit-config.yaml", "repos: []\n");
    assert!(text(&setup(&place, &["--dry-run"])).contains(".pre-commit-config.yaml"));
}

#[test]
fn all_repositories_of_a_user_are_set_up_and_set_back() {
    let place = place();
    let home = place.sandbox.path("home");
    std::fs::create_dir(&home).unwrap();
    let place = Place {
        sandbox: place.sandbox.variable("HOME", home.to_str().unwrap()),
        file: FILE,
    };
    let done = setup(&place, &["--global", "--yes"]);
    assert_eq!(done.code, Some(0), "{}", text(&done));
    let lines = String::from_utf8(place.sandbox.read("home/.config/git/attributes")).unwrap();
    assert!(
        lines.contains("*.sops.yaml diff=lazysops merge=lazysops\n"),
        "{lines}"
    );
    let undone = setup(&place, &["--global", "--undo", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", text(&undone));
    let left = files(&home);
    assert!(left.values().all(Vec::is_empty), "{left:?}");
}
