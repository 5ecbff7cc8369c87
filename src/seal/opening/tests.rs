//! Opening trees: comments that wandered, and how far the search for their place goes.

use super::{AT_ONCE, MOST_LEVELS, MOST_ORPHANS, open_in_place};
use crate::seal::selection::{Rule, Selection};
use crate::seal::testing::Counter;
use crate::seal::tests::{comment, default_rule, key, opened, sample, sealed, text};
use crate::seal::{Stash, Warning, seal};
use crate::tree::{Body, Leaf, NodeId, Tree};
use std::cell::RefCell;

/// Maps nested in each other, outermost first.
fn nested(count: usize) -> (Tree, Vec<NodeId>) {
    let mut tree = Tree::new();
    let mut at = tree.push_document();
    let levels = (0..count)
        .map(|_| {
            at = tree.push(at, Some("k".into()), Body::Map(Vec::new()));
            at
        })
        .collect();
    (tree, levels)
}

/// Whether a comment that was sealed in the first of these containers opens at the end of the second.
fn is_found(plain: &Tree, from: NodeId, to: NodeId) -> bool {
    let mut plain = plain.clone();
    let wanderer = plain.push(from, None, comment(" secret", false));
    let mut sealed = sealed(&plain, &default_rule());
    sealed.unlink(wanderer);
    sealed.link(to, usize::MAX, wanderer);
    text(&opened(&sealed, &default_rule()).tree, wanderer) == " secret"
}

#[test]
fn a_comment_that_wandered_to_a_neighbouring_level_is_found() {
    let mut plain = Tree::new();
    let root = plain.push_document();
    let a = plain.push(root, Some("a".into()), Body::Map(Vec::new()));
    let b = plain.push(a, Some("b".into()), Body::Map(Vec::new()));
    plain.push(b, Some("c".into()), Body::Leaf(Leaf::Int(1)));
    let wanderer = plain.push(a, None, comment(" secret", false));
    let mut sealed = sealed(&plain, &default_rule());
    for (level, found) in [(b, true), (root, true), (a, true)] {
        sealed.unlink(wanderer);
        sealed.link(level, usize::MAX, wanderer);
        let opened = opened(&sealed, &default_rule());
        assert_eq!(text(&opened.tree, wanderer) == " secret", found);
        assert_eq!(opened.warnings, []);
    }
    let far = sealed.push(root, Some("far".into()), Body::Map(Vec::new()));
    sealed.push(far, Some("x".into()), Body::Leaf(Leaf::text("")));
    sealed.unlink(wanderer);
    sealed.link(far, 0, wanderer);
    let warnings = opened(&sealed, &default_rule()).warnings;
    assert_eq!(warnings, [Warning::CommentKept(wanderer)]);
}

#[test]
fn a_clear_comment_where_an_encrypted_one_belongs_is_kept_and_named() {
    let (plain, ids) = sample();
    let mut sealed = sealed(&plain, &default_rule());
    let wrong_type = text(&sealed, ids[0]).replace("comment", "str");
    for kept in ["just text", &wrong_type] {
        sealed.set_body(ids[0], comment(kept, false));
        let opened = opened(&sealed, &default_rule());
        assert_eq!(text(&opened.tree, ids[0]), kept);
        assert_eq!(opened.warnings, [Warning::CommentKept(ids[0])]);
    }
}

#[test]
fn a_comment_is_looked_for_so_many_levels_up_and_down_and_no_further() {
    let (plain, levels) = nested(3 * MOST_LEVELS);
    let root = plain.node(levels[0]).parent.unwrap();
    let deepest = levels.len() - 1;
    for (from, to, found) in [
        (levels[deepest - MOST_LEVELS], levels[deepest], true),
        (levels[deepest - MOST_LEVELS - 1], levels[deepest], false),
        (levels[2 * MOST_LEVELS - 1], root, true),
        (levels[2 * MOST_LEVELS], root, false),
    ] {
        assert_eq!(is_found(&plain, from, to), found);
    }
}

#[test]
fn a_comment_below_another_one_still_finds_the_entry_before_both() {
    let (mut plain, levels) = nested(1);
    let root = plain.node(levels[0]).parent.unwrap();
    plain.push(root, None, comment(" between", false));
    assert!(is_found(&plain, levels[0], root));
    plain.push(root, Some("a".into()), Body::Leaf(Leaf::Int(1)));
    assert!(!is_found(&plain, levels[0], root));
}

#[test]
fn of_a_file_full_of_comments_that_wandered_so_many_are_looked_for() {
    let (mut plain, levels) = nested(1);
    let root = plain.node(levels[0]).parent.unwrap();
    let wanderers: Vec<_> = (0..=MOST_ORPHANS)
        .map(|_| plain.push(levels[0], None, comment(" secret", false)))
        .collect();
    let mut sealed = sealed(&plain, &default_rule());
    for wanderer in &wanderers {
        sealed.unlink(*wanderer);
        sealed.link(root, usize::MAX, *wanderer);
    }
    let opened = opened(&sealed, &default_rule());
    assert_eq!(opened.warnings, [Warning::CommentKept(wanderers[MOST_ORPHANS])]);
    assert_eq!(opened.decrypted_comments, wanderers[..MOST_ORPHANS]);
}

#[test]
fn an_empty_comment_is_nothing_odd() {
    let (mut plain, levels) = nested(1);
    plain.push(levels[0], None, comment("", false));
    let sealed = sealed(&plain, &default_rule());
    assert!(sealed.same_content(&plain, true));
    assert_eq!(opened(&sealed, &default_rule()).warnings, []);
}

#[test]
fn whoever_waits_for_a_large_file_hears_how_far_it_is() {
    let selection = Selection::new(Some(Rule::EncryptedSuffix("_secret".into())), false).unwrap();
    let heard = |leaves: usize| {
        let mut tree = Tree::new();
        let root = tree.push_document();
        let list = tree.push(root, Some("l".into()), Body::List(Vec::new()));
        for _ in 0..leaves {
            tree.push(list, None, Body::Leaf(Leaf::Bool(true)));
        }
        let heard = RefCell::new(Vec::new());
        let tell = |done, all| heard.borrow_mut().push((done, all));
        open_in_place(tree, &key(1), &selection, &tell).unwrap();
        heard.into_inner()
    };
    assert_eq!(heard(AT_ONCE), []);
    let all = AT_ONCE + 1;
    assert_eq!(heard(all), [(0, all), (AT_ONCE, all)]);
}

#[test]
fn a_change_of_a_clear_value_is_noticed_unless_the_mac_covers_encrypted_ones_only() {
    let (mut plain, levels) = nested(1);
    plain.push(levels[0], Some("k".into()), Body::Leaf(Leaf::text("v")));
    let clear = plain.push(
        levels[0],
        Some("c_unencrypted".into()),
        Body::Leaf(Leaf::text("a")),
    );
    for only in [false, true] {
        let selection = Selection::new(Some(Rule::default_suffix()), only).unwrap();
        assert_eq!(selection.mac_only_encrypted(), only);
        let (stash, random) = (Stash::default(), &mut Counter::default());
        let (mut sealed, mac) = seal(&plain, &key(1), &selection, &stash, random).unwrap();
        assert_eq!(opened(&sealed, &selection).mac, mac);
        sealed.set_body(clear, Body::Leaf(Leaf::text("b")));
        assert_eq!(opened(&sealed, &selection).mac == mac, only);
    }
}
