//! A save that is killed, or fails, at each of its system calls: the file is whole, old or new, and "saved" is never a lie.

use super::sealed;
use crate::support::sandbox::Sandbox;
use crate::support::skipped;
use std::collections::BTreeMap;
use std::process::{Command, Output};

const SET: [&str; 4] = ["set", "a.yaml", "[\"user\"]", "\"somebody else\""];

/// The calls that touch files; where an error can be injected, which ones make sense.
const CALLS: [(&str, &[&str]); 12] = [
    ("openat", &["KILL", "ENOSPC", "EIO"]),
    ("read", &["KILL"]),
    ("write", &["KILL", "ENOSPC", "EIO"]),
    ("lseek", &["KILL"]),
    ("flock", &["KILL"]),
    ("fchmod", &["KILL", "EIO"]),
    ("fsync", &["KILL", "ENOSPC", "EIO"]),
    ("rename", &["KILL", "ENOSPC", "EIO"]),
    ("unlink", &["KILL"]),
    ("close", &["KILL"]),
    ("statx", &["KILL"]),
    ("getdents64", &["KILL"]),
];

fn traced(place: &Sandbox, options: &[&str]) -> Option<Output> {
    Command::new("strace")
        .args(["-f", "-qq"])
        .args(options)
        .arg(env!("CARGO_BIN_EXE_lazysops"))
        .args(SET)
        .env_clear()
        .envs(place.environment())
        .current_dir(place.path(""))
        .output()
        .ok()
}

/// How often each call is made.
fn count(trace: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for line in trace.lines() {
        // `1234 openat(…`
        let call = line
            .split_ascii_whitespace()
            .nth(1)
            .and_then(|rest| rest.split_once('('));
        if let Some((name, _)) = call {
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}

#[test]
fn a_save_that_ends_anywhere_leaves_the_old_or_the_new_file() {
    let test = "a_save_that_ends_anywhere_leaves_the_old_or_the_new_file";
    let place = sealed();
    let before = place.read("a.yaml");
    let trace = place.path("../trace");
    let first = traced(&place, &["-o", trace.to_str().unwrap()]);
    if !first.is_some_and(|output| output.status.success()) {
        skipped(test, "strace is not there, or may not trace");
        return;
    }
    let trace = std::fs::read_to_string(trace).unwrap();
    let counts = count(&trace);
    let (mut points, mut old, mut new) = (0, 0, 0);
    for (call, faults) in CALLS {
        for number in 1..=counts.get(call).copied().unwrap_or_default() {
            for fault in faults {
                place.write("a.yaml", &before);
                let kind = if *fault == "KILL" { "signal" } else { "error" };
                let inject = format!("inject={call}:{kind}={fault}:when={number}");
                let output = traced(&place, &["-o", "/dev/null", "-e", &inject]).unwrap();
                points += 1;
                if place.read("a.yaml") == before {
                    old += 1;
                    assert!(!output.status.success(), "{inject}: it said that it saved");
                } else {
                    new += 1;
                    let user = place.lazysops(["decrypt", "--extract", "[\"user\"]", "a.yaml"]);
                    assert_eq!(user.stdout, b"somebody else", "{inject}: {}", user.stderr);
                }
            }
        }
    }
    assert!(
        points > 100 && old > 50 && new > 0,
        "{points} points, {old} old, {new} new"
    );
    place.write("a.yaml", &before);
    super::ok(&place.lazysops(SET));
    let names: Vec<_> = std::fs::read_dir(place.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["a.yaml"], "leftovers are swept");
}
