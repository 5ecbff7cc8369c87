//! Histories of many commits: told as they are found, and stopped at once.

use super::{Subject, Told, Value, history};
use crate::host::git::{Past, replay};
use crate::host::{Cancel, Environment};
use crate::ops::path::Step;
use crate::ops::rulebook::{Rulebook, Source};
use std::path::PathBuf;

const COMMITS: usize = 200;

/// A folder whose file changed in each of its commits.
fn place(cancel: &Cancel) -> (tempfile::TempDir, Environment, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let search = std::env::var("PATH").unwrap_or_default();
    let variables = [("PATH", search.as_str()), ("HOME", "/nowhere")];
    let environment = Environment::new(variables, folder.path())
        .with("LAZYSOPS_CONFIG_DIR", folder.path().join("settings"))
        .stopped_by(cancel.clone());
    let text = |number: usize| format!("a: {number}\nb: {}\n", number / 2).into_bytes();
    let past: Vec<Past<'_>> = (1..=COMMITS)
        .map(|number| Past {
            branch: "main",
            after: None,
            author: "ops",
            when: 1_600_000_000 + i64::try_from(number).unwrap(),
            subject: "step",
            renamed: Vec::new(),
            files: vec![("a.yaml", text(number))],
        })
        .collect();
    std::fs::write(folder.path().join("a.yaml"), text(COMMITS)).unwrap();
    assert!(replay(folder.path(), &past, &environment), "git is not installed");
    let path = folder.path().join("a.yaml");
    (folder, environment, path)
}

/// What is told of a key until `go_on` says no, with the times of the commits.
fn told(key: &str, cancel: &Cancel, mut go_on: impl FnMut(usize) -> bool) -> (Told, Vec<i64>) {
    let (_folder, environment, path) = place(cancel);
    let bytes = std::fs::read(&path).unwrap();
    let subject = Subject {
        path: &path,
        bytes: Some(&bytes),
        value: &Value::Path(vec![Step::Key(key.to_owned())]),
    };
    let book = Rulebook::new(Source::default(), &environment);
    let mut times = Vec::new();
    let told = history(&subject, &book, &environment, &mut |entry| {
        times.push(entry.commit.unwrap().when);
        go_on(times.len())
    });
    (told.unwrap(), times)
}

#[test]
fn all_of_200_commits_are_told_the_newest_first() {
    let (all, times) = told("a", &Cancel::default(), |_| true);
    assert_eq!((all.entries, all.stopped), (COMMITS, false));
    assert!(times.is_sorted_by(|newer, older| newer > older));
    let (half, times) = told("b", &Cancel::default(), |_| true);
    assert_eq!(half.entries, COMMITS / 2 + 1);
    assert_eq!(times.len(), half.entries);
}

#[test]
fn what_is_found_is_told_before_the_rest_is_looked_at_and_nothing_after_it_is_stopped() {
    let (first, _) = told("a", &Cancel::default(), |count| count < 3);
    assert!(
        first.stopped && first.entries == 3 && first.versions < 10,
        "{first:?}"
    );
    let cancel = Cancel::default();
    let stopper = cancel.clone();
    let (some, _) = told("a", &cancel, move |count| {
        if count == 3 {
            stopper.cancel();
        }
        true
    });
    assert!(
        some.stopped && some.entries == 3 && some.versions < 10,
        "{some:?}"
    );
}
