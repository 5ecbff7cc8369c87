//! Two writers at the same time, over and over: who is told that it saved has saved (security P3).
//!
//! A few by default. More, with figures: `LAZYSOPS_TEST_RACES=1000 tests/run crashes::races -- --nocapture`.

use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, sops};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_lazysops");

fn count() -> usize {
    let count = std::env::var("LAZYSOPS_TEST_RACES").ok();
    count.and_then(|count| count.parse().ok()).unwrap_or(30)
}

/// A file of each format that holds more than one value, and how its two values are named.
const FILES: [(&str, &str, &str); 4] = [
    ("a.yaml", "ours: start\ntheirs: start\n", ""),
    ("a.json", "{\"ours\": \"start\", \"theirs\": \"start\"}", ""),
    ("a.env", "ours=start\ntheirs=start\n", ""),
    ("a.ini", "[web]\nours = start\ntheirs = start\n", "[\"web\"]"),
];

fn place() -> Sandbox {
    let place = Sandbox::with_key("age1.txt");
    for (file, text, _) in FILES {
        place.write(file, text);
        let outcome = place.lazysops(["encrypt", "-i", "--age", AGE1, file]);
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    place
}

/// What became of one race.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Race {
    /// Both saved, and both values are there.
    Both,
    /// One saved, and the other one was told that it did not.
    OneRefused,
    /// Neither saved.
    BothRefused,
    /// We were told that we saved, and our value is not there.
    OursLost,
    /// The other one was told so, and its value is not there.
    TheirsLost,
}

/// Sets one value by us and the other one by `other`, at the same time, in one file after the other.
fn race(place: &Sandbox, other: &Path, number: usize) -> Race {
    // Two by two, so that either begins with each file.
    let (file, _, section) = FILES[number / 2 % FILES.len()];
    let value = format!("value-{number:06}");
    let text = format!("\"{value}\"");
    let set = |program: &Path, key: &str| {
        Command::new(program)
            .args(["set", file, &format!("{section}[\"{key}\"]"), &text])
            .env_clear()
            .envs(place.environment())
            .current_dir(place.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    // In turn first: who starts later comes later more often than not.
    let (mut ours, mut theirs) = if number.is_multiple_of(2) {
        let ours = set(Path::new(PROGRAM), "ours");
        (ours, set(other, "theirs"))
    } else {
        let theirs = set(other, "theirs");
        (set(Path::new(PROGRAM), "ours"), theirs)
    };
    let saved = [ours.wait().unwrap().success(), theirs.wait().unwrap().success()];
    let after = place.lazysops(["decrypt", file]);
    assert_eq!(after.code, Some(0), "race {number}, {file}: {}", after.stderr);
    // `ours: value`, `"ours": "value"`, `ours=value`, `ours   = value`
    let mut after = String::from_utf8(after.stdout).unwrap();
    after.retain(|sign| !matches!(sign, ' ' | '"'));
    let there = |key: &str| {
        [":", "="]
            .iter()
            .any(|sign| after.contains(&format!("{key}{sign}{value}")))
    };
    match saved {
        [true, _] if !there("ours") => Race::OursLost,
        [_, true] if !there("theirs") => Race::TheirsLost,
        [true, true] => Race::Both,
        [false, false] => Race::BothRefused,
        _ => Race::OneRefused,
    }
}

fn races(place: &Sandbox, other: &Path, count: usize) -> BTreeMap<Race, usize> {
    let mut counts = BTreeMap::new();
    for number in 0..count {
        *counts.entry(race(place, other, number)).or_default() += 1;
    }
    counts
}

#[test]
fn no_update_is_lost_among_writers_that_look_before_they_rename() {
    let counts = races(&place(), Path::new(PROGRAM), count());
    println!("{} races of two lazysops: {counts:?}", count());
    let lost = |race| counts.get(&race).copied().unwrap_or_default();
    assert_eq!(lost(Race::OursLost) + lost(Race::TheirsLost), 0, "{counts:?}");
}

/// sops reads, and some ten milliseconds later writes over whatever is there by then. What it overwrites nobody can keep; what it wrote
/// we overwrite only if it comes between our last look and the rename.
#[test]
fn what_sops_writes_in_place_is_overwritten_by_nobody_who_looks() {
    let Some(sops) = sops("what_sops_writes_in_place_is_overwritten_by_nobody_who_looks") else {
        return;
    };
    let count = count().min(300);
    let counts = races(&place(), &sops, count);
    println!("{count} races with sops: {counts:?}");
    let lost = counts.get(&Race::TheirsLost).copied().unwrap_or_default();
    assert!(lost <= count / 100, "{counts:?}");
}
