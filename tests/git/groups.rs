//! Merges of files with several key groups: their shares fit each other afterwards, whoever made them.

use super::place::Place;
use crate::support::{four_keys, sops};
use std::path::Path;

const TEST: &str = "somebody who came to a key group on each branch";
const FILE: &str = "a.enc.yaml";

/// A place where everybody who has these keys works.
fn with_keys(mut place: Place, keys: [&str; 2]) -> Place {
    let path = place.sandbox.root().join("home/in-hand.txt");
    std::fs::write(&path, keys.concat()).unwrap();
    place.sandbox = place
        .sandbox
        .variable("SOPS_AGE_KEY_FILE", path.to_str().unwrap());
    place
}

/// Runs lazysops or another program, and commits what it did.
fn run(place: &Place, program: Option<&Path>, words: &[&str]) {
    let done = match program {
        Some(program) => place.sandbox.run(program, words, b""),
        None => place.sandbox.lazysops(words),
    };
    assert_eq!(done.code, Some(0), "{words:?}: {}", done.stderr);
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", "step"]);
}

/// Two groups, both needed. Theirs gets somebody new in the second one by `program`, ours in the first one by lazysops.
fn merge_what_both_sides_added(program: Option<&Path>) {
    let [(a, for_a), (b, for_b), (c, for_c), (d, for_d)] = four_keys();
    let mut place = with_keys(Place::new(FILE, true), [&a, &b]);
    place.sandbox.write(".git/info/exclude", ".sops.yaml\n");
    let rule = |place: &Place, first: &str, second: &str| {
        let groups = format!("key_groups: [{{age: [{first}]}}, {{age: [{second}]}}]");
        let rules = format!("creation_rules:\n  - shamir_threshold: 2\n    {groups}\n");
        place.sandbox.write(".sops.yaml", rules);
    };
    place.sandbox.write(FILE, "a: 1\nb: 2\n");
    rule(&place, &for_a, &for_b);
    run(&place, None, &["encrypt", "-i", FILE]);
    place.git(&["checkout", "-q", "-b", "theirs"]);
    rule(&place, &for_a, &format!("{for_b}, {for_d}"));
    run(&place, program, &["updatekeys", "-y", FILE]);
    run(&place, None, &["set", FILE, "[\"b\"]", "3"]);
    place.git(&["checkout", "-q", "main"]);
    rule(&place, &format!("{for_a}, {for_c}"), &for_b);
    run(&place, None, &["updatekeys", "-y", FILE]);
    run(&place, None, &["set", FILE, "[\"a\"]", "0"]);
    place.git(&["merge", "-q", "-m", "merge", "theirs"]);
    for pair in [[&a, &b], [&a, &d], [&c, &b], [&c, &d]] {
        place = with_keys(place, pair.map(String::as_str));
        assert_eq!(place.decrypted(TEST).as_deref(), Ok("a: 0\nb: 3\n"));
    }
    for pair in [[&a, &c], [&b, &d]] {
        place = with_keys(place, pair.map(String::as_str));
        assert!(place.decrypted(TEST).is_err(), "one group of two opened it");
    }
}

#[test]
fn who_came_to_a_key_group_on_each_branch_opens_the_merged_file_with_anybody_of_the_other_group() {
    merge_what_both_sides_added(None);
}

#[test]
fn shares_that_the_real_sops_made_anew_on_one_branch_are_not_mixed_with_those_of_the_other() {
    if let Some(sops) = sops(TEST) {
        merge_what_both_sides_added(Some(&sops));
    }
}
