//! Merges of small YAML texts: base, ours, theirs, and what must come of them.

use super::tree::merge;
use crate::format::{Format, Style, emit, load};
use crate::ops::path::shown;
use proptest::prelude::*;

/// The merged text, and its conflicts as `path: what`.
fn merged(base: &str, ours: &str, theirs: &str) -> (String, Vec<String>) {
    let tree = |text: &str| load(Format::Yaml, text.as_bytes()).unwrap().tree;
    let theirs = tree(theirs);
    let result = merge(&tree(base), &tree(ours), &theirs);
    let conflicts = result.conflicts.iter().map(|conflict| {
        let path = match (conflict.ours, conflict.theirs) {
            (Some(id), _) => shown(&result.tree, id),
            (None, Some(id)) => shown(&theirs, id),
            (None, None) => String::new(),
        };
        format!("{path}: {}", conflict.clash.describe())
    });
    let text = emit(Format::Yaml, &result.tree, Style { indent: Some(2) }).unwrap();
    (String::from_utf8(text).unwrap(), conflicts.collect())
}

#[track_caller]
fn clean(base: &str, ours: &str, theirs: &str, expected: &str) {
    assert_eq!(merged(base, ours, theirs), (expected.to_owned(), Vec::new()));
}

#[test]
fn changes_of_different_keys_both_stay() {
    clean("a: 1\nb: 2\n", "a: 9\nb: 2\n", "a: 1\nb: 8\n", "a: 9\nb: 8\n");
    clean("a: 1\n", "a: 1\nb: 2\n", "a: 1\nc: 3\n", "a: 1\nc: 3\nb: 2\n");
    clean(
        "m:\n  a: 1\n  b: 2\n",
        "m:\n  a: 1\n  b: 2\n  c: 3\n",
        "m:\n  b: 2\nq: x\n",
        "m:\n  b: 2\n  c: 3\nq: x\n",
    );
}

#[test]
fn the_same_change_on_both_sides_is_no_conflict() {
    clean("a: 1\n", "a: 2\n", "a: 2\n", "a: 2\n");
    clean("a: 1\n", "{}\n", "{}\n", "{}\n");
    clean("a: 1\n", "a: 1\nb: 2\n", "a: 1\nb: 2\n", "a: 1\nb: 2\n");
}

#[test]
fn different_changes_of_one_value_are_told_and_ours_stays() {
    for (base, ours, theirs, expected, conflict) in [
        ("a: 1\n", "a: 2\n", "a: 3\n", "a: 2\n", "a: changed on both sides"),
        (
            "x: 1\n",
            "x: 1\na: 2\n",
            "x: 1\na: 3\n",
            "x: 1\na: 2\n",
            "a: added on both sides",
        ),
        (
            "a: 1\nb: 1\n",
            "b: 1\n",
            "a: 3\nb: 1\n",
            "b: 1\n",
            "a: deleted by us, changed by them",
        ),
        (
            "a: 1\nb: 1\n",
            "a: 3\nb: 1\n",
            "b: 1\n",
            "a: 3\nb: 1\n",
            "a: deleted by them, changed by us",
        ),
        (
            "a: secret\n",
            "b: secret\n",
            "c: secret\n",
            "b: secret\n",
            "b: renamed on both sides",
        ),
        (
            "a: 1\n",
            "a: '1'\n",
            "a: true\n",
            "a: \"1\"\n",
            "a: changed on both sides",
        ),
        (
            "m: {a: [1]}\n",
            "m: {a: [2]}\n",
            "m: {a: [3]}\n",
            "m:\n  a:\n    - 2\n",
            "m.a[0]: changed on both sides",
        ),
    ] {
        assert_eq!(
            merged(base, ours, theirs),
            (expected.to_owned(), vec![conflict.to_owned()]),
            "{base}"
        );
    }
}

#[test]
fn a_renamed_key_gets_the_value_that_the_other_side_changed() {
    clean(
        "a: old\nz: 1\n",
        "b: old\nz: 1\n",
        "a: new\nz: 1\n",
        "b: new\nz: 1\n",
    );
    clean(
        "a: old\nz: 1\n",
        "a: new\nz: 1\n",
        "b: old\nz: 1\n",
        "b: new\nz: 1\n",
    );
    clean(
        "a: {x: 1, w: 2}\n",
        "b: {x: 1, w: 2}\n",
        "a: {x: 1, w: 3}\n",
        "b:\n  x: 1\n  w: 3\n",
    );
}

#[test]
fn items_of_lists_are_merged_by_content() {
    clean(
        "l: [a, b]\n",
        "l: [a, x, b]\n",
        "l: [a, b, w]\n",
        "l:\n  - a\n  - x\n  - b\n  - w\n",
    );
    clean("l: [a, b, c]\n", "l: [a, c]\n", "l: [a, b]\n", "l:\n  - a\n");
    clean(
        "l: [a]\n",
        "l: [a, x]\n",
        "l: [a, w]\n",
        "l:\n  - a\n  - x\n  - w\n",
    );
}

#[test]
fn items_that_have_a_name_are_merged_by_it() {
    clean(
        "l:\n  - name: a\n    v: 1\n  - name: b\n    v: 1\n",
        "l:\n  - name: new\n    v: 0\n  - name: a\n    v: 2\n  - name: b\n    v: 1\n",
        "l:\n  - name: a\n    v: 1\n    w: 3\n",
        "l:\n  - name: new\n    v: 0\n  - name: a\n    v: 2\n    w: 3\n",
    );
}

#[test]
fn comments_of_both_sides_stay() {
    clean(
        "# one\na: 1\n",
        "# one\n# ours\na: 1\n",
        "# one\n# theirs\na: 1\n",
        "# one\n# ours\n# theirs\na: 1\n",
    );
    clean("a: 1\n", "a: 2\n", "# why\na: 1\n", "# why\na: 2\n");
    clean("# old\na: 1\n", "# old\na: 2\n", "a: 1\n", "a: 2\n");
    clean("a: 1\n", "a: 1\n", "a: 1\n# end\n", "a: 1\n# end\n");
}

#[test]
fn documents_are_merged_in_their_places() {
    clean(
        "a: 1\n---\nb: 1\n",
        "a: 2\n---\nb: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: 2\n---\nb: 2\n",
    );
    clean("a: 1\n", "a: 1\n---\nb: 1\n", "a: 1\n", "a: 1\n---\nb: 1\n");
    clean("a: 1\n", "a: 1\n", "a: 1\n---\nb: 1\n", "a: 1\n---\nb: 1\n");
}

#[test]
fn an_order_that_one_side_changed_is_taken() {
    clean("a: 1\nb: 2\n", "a: 1\nb: 3\n", "b: 2\na: 1\n", "b: 3\na: 1\n");
    clean("a: 1\nb: 2\n", "b: 2\na: 1\n", "a: 1\nb: 3\n", "b: 3\na: 1\n");
}

fn text() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-c]",
        "[a-c]".prop_map(|x| format!("[{x}, q]")),
        "[a-c]".prop_map(|x| format!("{{k: {x}}}"))
    ];
    proptest::collection::btree_map("[m-p]", value, 1..4).prop_map(|map| {
        map.into_iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect()
    })
}

proptest! {
    #[test]
    fn a_side_that_changed_nothing_never_changes_the_other(base in text(), side in text()) {
        let normal = merged(&side, &side, &side).0;
        prop_assert_eq!(merged(&base, &side, &base), (normal.clone(), Vec::new()));
        let (taken, conflicts) = merged(&base, &base, &side);
        prop_assert_eq!(conflicts, Vec::<String>::new());
        // The order of keys may be that of ours.
        let sorted = |text: &str| { let mut lines: Vec<_> = text.lines().map(str::to_owned).collect(); lines.sort(); lines };
        prop_assert_eq!(sorted(&taken), sorted(&normal));
    }

    #[test]
    fn both_sides_see_the_same_conflicts(base in text(), ours in text(), theirs in text()) {
        prop_assert_eq!(merged(&base, &ours, &theirs).1.len(), merged(&base, &theirs, &ours).1.len());
    }
}
