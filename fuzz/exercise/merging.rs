//! Versions of a file: merged three ways, and compared.

use lazysops::format::{self, Format, Style};
use lazysops::ops::compare::matched;
use lazysops::ops::merge::merge_trees;
use lazysops::tree::Tree;

/// What stands between two versions.
const BETWEEN: &[u8] = b"\n<>\n";

/// Reads versions: the first byte is the format of all. One that is missing is as the last one before it.
fn versions<const N: usize>(bytes: &[u8]) -> Option<(Format, [Tree; N])> {
    let (format, mut rest) = super::format(bytes);
    let mut trees: Vec<Tree> = Vec::with_capacity(N);
    for _ in 0..N {
        let end = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        let (text, after) = match end {
            Some(end) => (&rest[..end], &rest[end + BETWEEN.len()..]),
            None => (rest, &[][..]),
        };
        match trees.last() {
            Some(last) if text.is_empty() => trees.push(last.clone()),
            _ => trees.push(format::load(format, text).ok()?.tree),
        }
        rest = after;
    }
    Some((format, trees.try_into().ok()?))
}

/// Merges; nobody's change is lost where only one side made one.
pub fn merge(bytes: &[u8]) {
    let Some((format, [base, ours, theirs])) = versions(bytes) else {
        return;
    };
    let merged = merge_trees(&base, &ours, &theirs);
    if let Ok(text) = format::emit(format, &merged.tree, Style::default()) {
        let read = format::load(format, &text);
        assert!(
            read.is_ok() || merged.tree.is_empty(),
            "a merged file can be read"
        );
    }
    let same = |tree: &Tree, other: &Tree| tree.same_content(other, false);
    let alone = merge_trees(&base, &ours, &base);
    assert!(
        alone.conflicts.is_empty() && same(&alone.tree, &ours),
        "what only we did stays"
    );
    let agreed = merge_trees(&base, &ours, &ours);
    assert!(
        agreed.conflicts.is_empty() && same(&agreed.tree, &ours),
        "what both did stays"
    );
    let taken = merge_trees(&base, &base, &theirs);
    assert!(taken.conflicts.is_empty(), "nobody is contradicted");
}

/// Compares both ways, and each with itself.
pub fn compare(bytes: &[u8]) {
    let Some((_, [old, new])) = versions(bytes) else {
        return;
    };
    assert!(matched(&old, &old).differences.is_empty(), "a file is as itself");
    let there = matched(&old, &new).differences;
    let back = matched(&new, &old).differences;
    assert_eq!(there.is_empty(), back.is_empty(), "both ways tell of differences");
    if there.is_empty() {
        assert!(old.same_content(&new, false), "what differs is told");
    }
}
