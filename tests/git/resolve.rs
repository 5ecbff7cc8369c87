//! Conflicts that are resolved by hand: what git leaves, what is chosen, and what the real sops reads in the end.

use super::conflicts::{CASES, CHANGED, How, TEST, YAML, by, check, clash, environment, told, yaml};
use super::place::{AGE2, Place, Step};
use crate::support::data;
use crate::support::parallel::check_all;
use lazysops::ops::resolve::{self, Choice, Facet, Which};

use Step::{Run, Text};

#[test]
fn what_was_chosen_is_what_the_file_holds_and_git_goes_on() {
    check_all(CASES, check);
}

#[test]
fn sides_are_called_by_their_branches() {
    for (how, ours, theirs) in [
        (How::Merge, "main", "theirs"),
        (How::Rebase, "main", "theirs: "),
        (How::StashPop, "main", "the stash"),
        (How::Markers, "HEAD", "theirs"),
    ] {
        let case = by(how, CHANGED);
        let place = clash(&case);
        let dispute = resolve::open(&place.sandbox.path(YAML), &environment(&place));
        // With markers only, what git mixed may be taken apart otherwise; the names are what counts here.
        let underway = dispute.unwrap().underway;
        assert_eq!(underway.ours, ours, "{how:?}");
        assert!(
            underway.theirs.starts_with(theirs),
            "{how:?}: {}",
            underway.theirs
        );
    }
}

#[test]
fn what_merged_by_itself_is_listed_with_who_changed_it() {
    let place = clash(&CHANGED);
    let dispute = resolve::open(&place.sandbox.path(YAML), &environment(&place)).unwrap();
    let settled: Vec<String> = dispute
        .settled
        .iter()
        .map(|change| format!("{:?} {} {:?}", change.what, change.path, change.by))
        .collect();
    assert_eq!(settled, ["Changed c Ours", "Changed a Theirs"]);
}

#[test]
fn a_value_is_a_fingerprint_until_it_is_asked_for_by_name() {
    let place = clash(&CHANGED);
    let dispute = resolve::open(&place.sandbox.path(YAML), &environment(&place)).unwrap();
    let facets = [Which::Ours, Which::Base, Which::Theirs].map(|which| dispute.facet(0, which));
    for facet in &facets {
        assert!(matches!(facet, Facet::Masked("str", _)), "{facet:?}");
    }
    assert_ne!(facets[0], facets[2]);
    assert_eq!(dispute.reveal(0, Which::Theirs).unwrap().as_slice(), b"theirs");
    let debug = format!("{dispute:?}");
    assert!(!debug.contains("\"theirs\\n"), "{debug}");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason() {
    let place = clash(&CHANGED);
    let environment = environment(&place);
    let dispute = resolve::open(&place.sandbox.path(YAML), &environment).unwrap();
    assert!(dispute.refuses(0, &Choice::Both).unwrap().contains("one value"));
    let undecided = dispute.write(&[None], true, &environment).unwrap_err();
    assert!(undecided.message.contains("not decided"), "{undecided}");
}

#[test]
fn a_side_that_nobody_here_can_read_is_told_and_nothing_is_touched() {
    let place = clash(&yaml(
        "theirs is for somebody else",
        &[Text("a: 1\nb: x\n")],
        &[Text("a: 1\nb: ours\n")],
        &[Run(&[
            "rotate",
            "-i",
            "--add-age",
            AGE2,
            "--rm-age",
            crate::support::AGE1,
        ])],
        &[],
        "",
    ));
    let before = place.sandbox.read(YAML);
    let failure = resolve::open(&place.sandbox.path(YAML), &environment(&place)).unwrap_err();
    let text = failure.to_string();
    assert!(text.contains("(theirs)"), "{text}");
    assert!(text.contains(AGE2) && text.contains("is needed"), "{text}");
    assert_eq!(place.sandbox.read(YAML), before);
}

/// In the middle of a merge: their side deleted the file that ours changed.
fn deleted_by_theirs() -> Place {
    one_deleted("theirs", "main", "theirs")
}

/// In the middle of a merge of `other` into `here`: the branch `deletes` has deleted the file, and the other one has changed it.
fn one_deleted(deletes: &str, here: &str, other: &str) -> Place {
    let place = Place::new(YAML, false);
    place.branches(&[Text("a: 1\nb: x\n")], &[Text("a: 1\nb: ours\n")], &[]);
    place.git(&["checkout", "-q", deletes]);
    place.git(&["rm", "-q", YAML]);
    place.git(&["commit", "-q", "-m", "gone"]);
    place.git(&["checkout", "-q", here]);
    assert_ne!(place.try_git(&["merge", "-q", other]).code, Some(0));
    place
}

#[test]
fn a_file_that_one_side_deleted_is_left_to_two_commands() {
    let place = deleted_by_theirs();
    let failure = resolve::open(&place.sandbox.path(YAML), &environment(&place)).unwrap_err();
    let text = failure.to_string();
    assert!(text.contains("deleted by theirs and changed by main"), "{text}");
    assert!(text.contains("git rm"), "{text}");
}

#[test]
fn a_file_that_one_side_deleted_is_kept_or_goes_by_one_command() {
    for (here, other, rest, stays) in [
        ("main", "theirs", "ours", true),
        ("main", "theirs", "theirs", false),
        ("theirs", "main", "ours", false),
        ("theirs", "main", "theirs", true),
    ] {
        let place = one_deleted("theirs", here, other);
        let resolve = |words: &[&str]| {
            place
                .sandbox
                .lazysops(["resolve"].iter().chain(words).chain([&YAML]))
        };
        assert_eq!(resolve(&[]).code, Some(2));
        assert_eq!(resolve(&["--dry-run", "--rest", rest]).code, Some(0));
        assert_ne!(place.git(&["ls-files", "-u"]).stdout, b"");
        let done = resolve(&["--rest", rest]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        place.git(&["commit", "-q", "--no-edit"]);
        assert_eq!(place.sandbox.path(YAML).exists(), stays);
        if stays {
            assert_eq!(place.decrypted(TEST).unwrap(), "a: 1\nb: ours\n");
        }
    }
}

#[test]
fn conflicts_are_decided_on_the_command_line_and_the_real_sops_opens_the_result() {
    let place = Place::new(YAML, false);
    place.branches(
        &[Text("a: base\nb: base\nc: base\n")],
        &[Text("a: hunter2-a\nb: hunter2-b\nc: base\n")],
        &[Text("a: their-a\nb: their-b\nc: their-c\n")],
    );
    assert_ne!(place.try_git(&["merge", "-q", "theirs"]).code, Some(0));
    let resolve = |words: &[&str]| {
        place
            .sandbox
            .lazysops(["resolve"].iter().chain(words).chain([&YAML]))
    };
    let before = place.sandbox.read(YAML);
    let listed = resolve(&[]);
    let text = String::from_utf8(listed.stdout).unwrap();
    assert_eq!(listed.code, Some(1), "{text}");
    assert!(text.contains("2 conflicts, 2 open"), "{text}");
    assert!(
        text.contains("a: changed on both sides") && text.contains("ours (main)"),
        "{text}"
    );
    assert!(!text.contains("hunter2") && !text.contains("their-a"), "{text}");
    for (words, code) in [
        (&["--ours", "a"][..], 1),
        (&["--ours", "c"], 2),
        (&["--both", "a"], 2),
        (&["--dry-run", "--rest", "ours"], 0),
    ] {
        let outcome = resolve(words);
        assert_eq!(outcome.code, Some(code), "{words:?}: {}", outcome.stderr);
        assert_eq!(place.sandbox.read(YAML), before, "{words:?}");
    }
    let done = resolve(&["--theirs", "a", "--rest", "ours"]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.code, Some(0), "{text}{}", done.stderr);
    assert!(text.contains("git merge --continue"), "{text}");
    place.git(&["commit", "-q", "--no-edit"]);
    assert_eq!(
        place.decrypted(TEST).unwrap(),
        "a: their-a\nb: hunter2-b\nc: their-c\n"
    );
}

#[test]
fn a_file_without_a_conflict_and_a_locked_index_are_told() {
    let place = clash(&CHANGED);
    let environment = environment(&place);
    let dispute = resolve::open(&place.sandbox.path(YAML), &environment).unwrap();
    std::fs::write(place.sandbox.path(".git/index.lock"), "").unwrap();
    let resolved = dispute.write(&[Some(Choice::Ours)], true, &environment).unwrap();
    assert!(!resolved.added);
    assert!(resolved.not_added.unwrap().contains("index.lock"));
    assert!(place.decrypted(TEST).is_ok(), "the file is written all the same");
    std::fs::remove_file(place.sandbox.path(".git/index.lock")).unwrap();
    place.git(&["add", YAML]);
    let failure = resolve::open(&place.sandbox.path(YAML), &environment).unwrap_err();
    assert!(failure.message.contains("no conflict"), "{failure}");
}

#[test]
fn a_change_by_somebody_else_meanwhile_is_not_overwritten() {
    let place = clash(&CHANGED);
    let environment = environment(&place);
    let dispute = resolve::open(&place.sandbox.path(YAML), &environment).unwrap();
    place.sandbox.write(YAML, "a: somebody else\n");
    let failure = dispute
        .write(&[Some(Choice::Ours)], true, &environment)
        .unwrap_err();
    assert!(failure.message.contains("changed by somebody else"), "{failure}");
    assert_eq!(place.sandbox.read(YAML), b"a: somebody else\n");
}

#[test]
fn key_groups_that_both_sides_changed_are_those_of_one_side() {
    let place = clash(&yaml(
        "groups",
        &[Text("a: 1\nb: x\n")],
        &[Run(&["rotate", "-i", "--add-age", AGE2])],
        &[
            Text("a: 2\nb: x\n"),
            Run(&["groups", "add", "--age", AGE2, "-i", "-f"]),
        ],
        &[],
        "",
    ));
    let other = std::fs::read_to_string(data("keys/age2.txt")).unwrap();
    let environment = environment(&place).with("SOPS_AGE_KEY", other);
    let dispute = resolve::open(&place.sandbox.path(YAML), &environment).unwrap();
    let settings: Vec<String> = told(&dispute);
    assert!(
        settings.iter().any(|point| point.starts_with("key groups")),
        "{settings:?}"
    );
    let theirs = vec![Some(Choice::Theirs); dispute.points.len()];
    dispute.write(&theirs, true, &environment).unwrap();
    let text = String::from_utf8(place.sandbox.read(YAML)).unwrap();
    assert!(text.contains("key_groups"), "{text}");
}
