//! Which values keep their ciphertext, where more than one file or many values are at hand.

use super::PIECE;
use crate::seal::testing::Counter;
use crate::seal::tests::{default_rule, key, opened, sealed, text};
use crate::seal::{Stash, open_beside, seal};
use crate::tree::{Body, Leaf, NodeId, Tree};

/// A file with these values, and their nodes.
fn file(values: &[(&str, &str)]) -> (Tree, Vec<NodeId>) {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let ids = values
        .iter()
        .map(|(name, value)| tree.push(root, Some((*name).into()), Body::Leaf(Leaf::text(value))))
        .collect();
    (tree, ids)
}

/// Seals with other nonces than those that [`sealed`] takes.
fn sealed_with(plain: &Tree, stash: &Stash) -> Tree {
    let mut random = Counter::default();
    random.skip(100_000);
    seal(plain, &key(1), &default_rule(), stash, &mut random)
        .unwrap()
        .0
}

#[test]
fn a_merge_keeps_the_ciphertexts_of_both_sides() {
    let (ours, our_ids) = file(&[("a", "1"), ("b", "2")]);
    let (theirs, their_ids) = file(&[("c", "3"), ("d", "4")]);
    let (ours, mut theirs) = (sealed(&ours, &default_rule()), sealed(&theirs, &default_rule()));
    let odd = text(&theirs, their_ids[1]) + " trailing";
    theirs.set_body(their_ids[1], Body::Leaf(Leaf::text(&odd)));

    let mut stash = opened(&ours, &default_rule()).stash;
    stash.forget_nodes();
    let beside = open_beside(&theirs, &key(1), &default_rule(), &stash)
        .unwrap()
        .stash;
    let strange = opened(&theirs, &default_rule()).stash;
    let other_key = Stash::for_key(&key(2));

    let (merged, ids) = file(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]);
    let kept = |stash: &Stash| {
        let again = sealed_with(&merged, stash);
        let before = our_ids.iter().map(|id| text(&ours, *id));
        let before = before.chain(their_ids.iter().map(|id| text(&theirs, *id)));
        let same = ids
            .iter()
            .zip(before)
            .map(|(id, before)| text(&again, *id) == before);
        same.collect::<Vec<bool>>()
    };
    assert_eq!(kept(&stash), [true, true, false, false]);
    for useless in [&strange, &other_key, &Stash::default()] {
        stash.add(useless);
        assert_eq!(kept(&stash), [true, true, false, false]);
    }
    assert_eq!(format!("{stash:?}"), "Stash(2 values)");
    stash.add(&beside);
    assert_eq!(kept(&stash), [true; 4]);
    assert_eq!(format!("{stash:?}"), "Stash(4 values)");
}

#[test]
fn nonces_serve_for_texts_of_their_own_key_only_and_nodes_are_known_until_they_are_forgotten() {
    let (plain, ids) = file(&[("a", "1"), ("b", "2")]);
    let mut stash = opened(&sealed(&plain, &default_rule()), &default_rule()).stash;
    assert!(stash.serves(&key(1)) && !stash.serves(&key(2)));
    assert!(!Stash::for_key(&key(1)).serves(&key(1)), "there is nothing in it");
    assert_eq!([stash.place(ids[0]), stash.place(ids[1])], [Some(0), Some(1)]);
    stash.forget_nodes();
    assert_eq!([stash.place(ids[0]), stash.place(ids[1])], [None; 2]);
    assert!(stash.serves(&key(1)), "they are found by path and content");
}

#[test]
fn of_many_values_each_keeps_its_own_ciphertext() {
    let names: Vec<String> = (0..3 * PIECE + 1).map(|number| format!("n{number}")).collect();
    let values: Vec<_> = names.iter().map(|name| (name.as_str(), "same")).collect();
    let (plain, ids) = file(&values);
    let first = sealed(&plain, &default_rule());
    let mut stash = opened(&first, &default_rule()).stash;
    for _ in 0..2 {
        let second = sealed_with(&plain, &stash);
        assert!(ids.iter().all(|id| text(&first, *id) == text(&second, *id)));
        stash.forget_nodes();
    }
}

#[test]
fn of_equal_values_in_a_list_each_ciphertext_is_given_out_once_and_in_order() {
    let mut plain = Tree::new();
    let root = plain.push_document();
    let list = plain.push(root, Some("l".into()), Body::List(Vec::new()));
    let mut item = || plain.push(list, None, Body::Leaf(Leaf::text("same")));
    let ids = [item(), item(), item()];
    let first = sealed(&plain, &default_rule());
    let opened = opened(&first, &default_rule());

    // The first is taken by its node; what was made anew takes what is left, in order.
    let mut edited = opened.tree.clone();
    edited.unlink(ids[1]);
    edited.unlink(ids[2]);
    let mut fresh = || {
        let id = edited.new_node(None, Body::Leaf(Leaf::text("same")));
        edited.link(list, usize::MAX, id);
        id
    };
    let new = [fresh(), fresh(), fresh()];
    let second = sealed_with(&edited, &opened.stash);
    let kept = [(ids[0], ids[0]), (new[0], ids[1]), (new[1], ids[2])];
    for (now, before) in kept {
        assert_eq!(text(&second, now), text(&first, before));
    }
    assert!(ids.iter().all(|id| text(&first, *id) != text(&second, new[2])));
}

#[test]
fn a_value_typed_anew_in_another_item_takes_the_ciphertext_it_had() {
    let mut plain = Tree::new();
    let root = plain.push_document();
    let list = plain.push(root, Some("l".into()), Body::List(Vec::new()));
    let [one, other] = ["1", "2"].map(|text| plain.push(list, None, Body::Leaf(Leaf::text(text))));
    let first = sealed(&plain, &default_rule());
    let opened = opened(&first, &default_rule());
    let mut edited = opened.tree.clone();
    edited.unlink(other);
    edited.set_body(one, Body::Leaf(Leaf::text("2")));
    let second = sealed_with(&edited, &opened.stash);
    assert_eq!(text(&second, one), text(&first, other));
}
