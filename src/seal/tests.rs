//! Opening and sealing whole trees.

use super::kind::Kind;
use super::selection::{Rule, Selection};
use super::stash::Entry;
use super::testing::Counter;
use super::{DataKey, ListComments, OpenError, Opened, SealError, Stash, open, seal, seal_as};
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Time, Tree};
use proptest::prelude::*;
use std::collections::HashSet;

pub(super) fn key(number: u8) -> DataKey {
    DataKey::new([number; 32])
}

pub(super) fn default_rule() -> Selection {
    Selection::new(Some(Rule::default_suffix()), false).unwrap()
}

pub(super) fn comment(text: &str, inline: bool) -> Body {
    Body::Comment(Comment {
        text: Secret::from(text),
        inline,
    })
}

pub(super) fn sealed(plain: &Tree, selection: &Selection) -> Tree {
    seal(
        plain,
        &key(1),
        selection,
        &Stash::default(),
        &mut Counter::default(),
    )
    .unwrap()
    .0
}

pub(super) fn opened(sealed: &Tree, selection: &Selection) -> Opened {
    open(sealed, &key(1), selection).unwrap()
}

pub(super) fn text(tree: &Tree, id: NodeId) -> String {
    match &tree.node(id).body {
        Body::Leaf(Leaf::Text(text)) => text.expose_str().unwrap().to_owned(),
        Body::Comment(comment) => comment.text.expose_str().unwrap().to_owned(),
        _ => String::new(),
    }
}

/// `l: [x, x, y]`, `a: 1`, `m: {k: v, _clear: w}`, with comments.
pub(super) fn sample() -> (Tree, Vec<NodeId>) {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let mut ids = vec![tree.push(root, None, comment(" head", false))];
    let list = tree.push(root, Some("l".into()), Body::List(Vec::new()));
    for item in ["x", "x", "y"] {
        ids.push(tree.push(list, None, Body::Leaf(Leaf::text(item))));
    }
    ids.push(tree.push(list, None, comment(" in list", false)));
    ids.push(tree.push(root, None, comment(" inline", true)));
    ids.push(tree.push(root, Some("a".into()), Body::Leaf(Leaf::Int(1))));
    let map = tree.push(root, Some("m".into()), Body::Map(Vec::new()));
    ids.push(tree.push(map, Some("k".into()), Body::Leaf(Leaf::Float(1.5))));
    tree.push(map, Some("x_unencrypted".into()), Body::Leaf(Leaf::text("w")));
    tree.push(map, Some("e".into()), Body::Leaf(Leaf::text("")));
    tree.push(map, Some("n".into()), Body::Leaf(Leaf::Null));
    (tree, ids)
}

#[test]
fn a_sealed_tree_opens_to_what_it_was() {
    let (plain, ids) = sample();
    let sealed = sealed(&plain, &default_rule());
    for id in &ids {
        assert!(
            text(&sealed, *id).starts_with("ENC[AES256_GCM,data:"),
            "{}",
            text(&sealed, *id)
        );
    }
    assert_eq!(sealed.len(), plain.len());
    let opened = opened(&sealed, &default_rule());
    assert!(opened.tree.same_content(&plain, true));
    assert_eq!(opened.warnings, []);
    let (_, mac) = seal(
        &plain,
        &key(1),
        &default_rule(),
        &opened.stash,
        &mut Counter::default(),
    )
    .unwrap();
    assert_eq!(mac, opened.mac);
}

#[test]
fn sealing_again_without_a_change_gives_the_same_text() {
    let (plain, _) = sample();
    let first = sealed(&plain, &default_rule());
    let mut opened = opened(&first, &default_rule());
    let mut random = Counter::default();
    for _ in 0..2 {
        let (second, _) = seal(&opened.tree, &key(1), &default_rule(), &opened.stash, &mut random).unwrap();
        assert!(second.same_content(&first, true));
        opened.stash.forget_nodes();
    }
}

#[test]
fn only_what_changed_gets_a_new_ciphertext() {
    let (plain, ids) = sample();
    let first = sealed(&plain, &default_rule());
    let opened = opened(&first, &default_rule());
    let mut edited = opened.tree.clone();
    edited.set_body(ids[1], Body::Leaf(Leaf::text("z")));
    edited.set_body(ids[6], Body::Leaf(Leaf::text("1")));
    let mut random = Counter::default();
    random.skip(1000);
    let (second, _) = seal(&edited, &key(1), &default_rule(), &opened.stash, &mut random).unwrap();
    for (index, id) in ids.iter().enumerate() {
        let kept = text(&first, *id) == text(&second, *id);
        assert_eq!(kept, index != 1 && index != 6, "leaf {index}");
    }
}

#[test]
fn equal_list_items_keep_their_own_ciphertexts_in_order() {
    let (plain, ids) = sample();
    let first = sealed(&plain, &default_rule());
    let mut opened = opened(&first, &default_rule());
    opened.stash.forget_nodes();
    let mut edited = opened.tree.clone();
    let list = edited.node(ids[1]).parent.unwrap();
    let third = edited.new_node(None, Body::Leaf(Leaf::text("x")));
    edited.link(list, 2, third);
    let mut random = Counter::default();
    random.skip(1000);
    let (second, _) = seal(&edited, &key(1), &default_rule(), &opened.stash, &mut random).unwrap();
    let texts: HashSet<_> = [ids[1], ids[2], third]
        .iter()
        .map(|id| text(&second, *id))
        .collect();
    assert_eq!(texts.len(), 3, "equality of items must not show");
    assert_eq!(text(&second, ids[1]), text(&first, ids[1]));
    assert_eq!(text(&second, ids[2]), text(&first, ids[2]));
}

#[test]
fn a_renamed_or_moved_value_gets_a_fresh_nonce() {
    let (plain, ids) = sample();
    let first = sealed(&plain, &default_rule());
    let opened = opened(&first, &default_rule());
    let mut edited = opened.tree.clone();
    edited.set_key(ids[6], Some("b".into()));
    let mut random = Counter::default();
    random.skip(1000);
    let (second, _) = seal(&edited, &key(1), &default_rule(), &opened.stash, &mut random).unwrap();
    let nonce = |tree: &Tree| text(tree, ids[6]).split(",iv:").nth(1).unwrap()[..44].to_owned();
    assert_ne!(nonce(&first), nonce(&second));
}

#[test]
fn a_fingerprint_alone_never_makes_an_old_nonce_serve_again() {
    let (plain, ids) = sample();
    let mut stash = Stash::for_key(&key(1));
    stash.expect(plain.len());
    let entry = Entry {
        fingerprint: stash.fingerprint(b"a:", Kind::Int, b"1"),
        nonce: [9; 32],
        tag: [9; 16],
        item: false,
    };
    stash.push(ids[6], entry, None);
    let random = &mut Counter::default();
    let (sealed, mac) = seal(&plain, &key(1), &default_rule(), &stash, random).unwrap();
    assert!(!text(&sealed, ids[6]).contains("iv:CQkJ"));
    let opened = opened(&sealed, &default_rule());
    assert!(opened.tree.same_content(&plain, true));
    assert_eq!(opened.mac, mac);
}

#[test]
fn with_a_new_data_key_everything_is_encrypted_anew() {
    let (plain, ids) = sample();
    let first = sealed(&plain, &default_rule());
    let opened = opened(&first, &default_rule());
    let (second, _) = seal(
        &opened.tree,
        &key(2),
        &default_rule(),
        &opened.stash,
        &mut Counter::default(),
    )
    .unwrap();
    assert!(ids.iter().all(|id| text(&first, *id) != text(&second, *id)));
    let again = open(&second, &key(2), &default_rule()).unwrap();
    assert!(again.tree.same_content(&plain, true));
    assert!(open(&second, &key(1), &default_rule()).is_err());
}

#[test]
fn texts_that_other_tools_wrote_differently_are_kept_as_they_are() {
    let (plain, ids) = sample();
    let mut first = sealed(&plain, &default_rule());
    let odd = text(&first, ids[1]).replace("type:str]", "type:bytes] trailing");
    first.set_body(ids[1], Body::Leaf(Leaf::text(&odd)));
    let odd_comment = text(&first, ids[0]) + " trailing";
    first.set_body(ids[0], comment(&odd_comment, false));
    let opened = opened(&first, &default_rule());
    let (second, _) = seal(
        &opened.tree,
        &key(1),
        &default_rule(),
        &opened.stash,
        &mut Counter::default(),
    )
    .unwrap();
    assert_eq!(text(&second, ids[1]), odd);
    assert_eq!(text(&second, ids[0]), odd_comment);
}

#[test]
fn encrypted_comments_in_lists_are_read_in_both_forms_and_keep_theirs() {
    let (plain, ids) = sample();
    let item = |tree: &Tree| tree.node(ids[4]).leaf().is_some();
    let seal_with = |tree: &Tree, stash: &Stash, form| {
        seal_as(
            tree,
            &key(1),
            &default_rule(),
            stash,
            form,
            &mut Counter::default(),
        )
        .unwrap()
        .0
    };
    let as_items = seal_with(&plain, &Stash::default(), ListComments::AsItems);
    let as_comments = seal_with(&plain, &Stash::default(), ListComments::AsComments);
    assert!(item(&as_items) && !item(&as_comments));
    for (sealed, was_item) in [(as_items, true), (as_comments, false)] {
        let opened = opened(&sealed, &default_rule());
        assert!(opened.tree.same_content(&plain, true));
        assert_eq!(opened.decrypted_comments.len(), 3);
        assert_eq!(
            item(&seal_with(&opened.tree, &opened.stash, ListComments::AsComments)),
            was_item
        );
        assert!(item(&seal_with(
            &opened.tree,
            &opened.stash,
            ListComments::AsItems
        )));
    }
}

#[test]
fn inline_comments_move_above_their_value_where_sops_prints() {
    let (plain, ids) = sample();
    let mut opened = opened(&sealed(&plain, &default_rule()), &default_rule());
    assert!(opened.tree.node(ids[5]).comment().unwrap().inline);
    opened.drop_inline();
    assert!(!opened.tree.node(ids[5]).comment().unwrap().inline);
}

fn problem(plain: &Tree, id: NodeId, body: Body) -> (String, String) {
    let mut sealed = sealed(plain, &default_rule());
    sealed.set_body(id, body);
    match open(&sealed, &key(1), &default_rule()).unwrap_err() {
        OpenError::Leaf { problem, path } => (problem.to_owned(), path),
        OpenError::Key { path } => ("key".to_owned(), path),
    }
}

#[test]
fn what_is_not_encrypted_although_it_should_be_is_refused_with_its_path() {
    let (plain, ids) = sample();
    for (leaf, kind) in [
        (Leaf::Int(5), "int"),
        (Leaf::Bool(true), "bool"),
        (Leaf::Float(0.5), "float"),
        (Leaf::Time(Time::from_unix(0)), "time"),
    ] {
        let (said, path) = problem(&plain, ids[7], Body::Leaf(leaf));
        let wanted = format!("expected an encrypted value as a string, but got {kind}");
        assert_eq!((said.as_str(), path.as_str()), (wanted.as_str(), "m.k"));
    }
    let (said, path) = problem(&plain, ids[1], Body::Leaf(Leaf::text("canary-7")));
    assert_eq!(
        (said.as_str(), path.as_str()),
        ("it does not match sops' data format", "l")
    );
}

#[test]
fn keys_that_are_no_text_are_refused_as_sops_does() {
    let mut tree = Tree::new();
    let root = tree.push_document();
    tree.push(root, Some(Leaf::Int(1).into()), Body::Leaf(Leaf::text("x")));
    let selection = default_rule();
    let error = seal(
        &tree,
        &key(1),
        &selection,
        &Stash::default(),
        &mut Counter::default(),
    )
    .unwrap_err();
    assert_eq!(error, SealError::Key { path: "1".into() });
    assert_eq!(
        open(&tree, &key(1), &selection).unwrap_err(),
        OpenError::Key { path: "1".into() }
    );
}

#[test]
fn integers_beyond_the_format_are_refused() {
    let mut tree = Tree::new();
    let root = tree.push_document();
    tree.push(root, Some("n".into()), Body::Leaf(Leaf::Uint(u64::MAX)));
    let error = seal(
        &tree,
        &key(1),
        &default_rule(),
        &Stash::default(),
        &mut Counter::default(),
    )
    .unwrap_err();
    assert!(matches!(error, SealError::Leaf { .. }));
}

#[test]
fn an_encrypted_comment_that_would_read_as_a_marker_is_refused() {
    let mut tree = Tree::new();
    let root = tree.push_document();
    tree.push(root, None, comment(" secret", false));
    for (rule, sealed) in [
        (Rule::UnencryptedCommentRegex("AES".into()), false),
        (Rule::UnencryptedCommentRegex("clear".into()), true),
        (Rule::UnencryptedRegex("AES".into()), true),
    ] {
        let selection = Selection::new(Some(rule), false).unwrap();
        let (stash, random) = (Stash::default(), &mut Counter::default());
        match seal(&tree, &key(1), &selection, &stash, random) {
            Ok(_) => assert!(sealed),
            Err(error) => assert!(!sealed && matches!(error, SealError::Leaf { .. })),
        }
    }
}

#[test]
fn a_clear_item_that_looks_like_an_encrypted_comment_is_refused_under_a_comment_rule_only() {
    let item = |text: &str| {
        let mut tree = Tree::new();
        let root = tree.push_document();
        let list = tree.push(root, Some("l".into()), Body::List(Vec::new()));
        tree.push(list, None, Body::Leaf(Leaf::text(text)));
        tree
    };
    let sealed_by = |text: &str, rule| {
        let selection = Selection::new(Some(rule), false).unwrap();
        let random = &mut Counter::default();
        seal(&item(text), &key(1), &selection, &Stash::default(), random).is_ok()
    };
    let looks_like = "ENC[AES256_GCM,data:a,iv:b,tag:c,type:comment]";
    let by_comment = Rule::EncryptedCommentRegex("secret".into());
    assert!(!sealed_by(looks_like, by_comment.clone()));
    assert!(sealed_by(looks_like, Rule::EncryptedRegex("secret".into())));
    assert!(sealed_by("two", by_comment));
}

#[test]
fn several_encrypted_comments_in_a_list_under_a_comment_rule_open_again() {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let list = tree.push(root, Some("l".into()), Body::List(Vec::new()));
    for body in [
        comment(" enc", false),
        comment(" two", false),
        comment(" three", false),
        Body::Leaf(Leaf::text("v")),
    ] {
        tree.push(list, None, body);
    }
    let selection = Selection::new(Some(Rule::EncryptedCommentRegex("enc$".into())), true).unwrap();
    for form in [ListComments::AsItems, ListComments::AsComments] {
        let (sealed, mac) = seal_as(
            &tree,
            &key(1),
            &selection,
            &Stash::default(),
            form,
            &mut Counter::default(),
        )
        .unwrap();
        let opened = opened(&sealed, &selection);
        assert!(opened.tree.same_content(&tree, true));
        assert_eq!(opened.mac, mac);
    }
}

#[test]
fn nothing_of_a_value_shows_in_debug_output_or_errors() {
    let (mut plain, ids) = sample();
    plain.set_body(ids[1], Body::Leaf(Leaf::text("canary-7")));
    let sealed = sealed(&plain, &default_rule());
    let opened = opened(&sealed, &default_rule());
    let shown = format!("{:?} {:?} {:?}", opened.stash, opened.tree, key(7));
    assert!(!shown.contains("canary"));
    let shown = format!("{opened:?}");
    assert!(shown.starts_with("Opened {") && !shown.contains(&opened.mac));
    let (said, path) = problem(&plain, ids[1], Body::Leaf(Leaf::text("canary-7")));
    assert!(!said.contains("canary") && !path.contains("canary"));
}

fn any_leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        Just(Leaf::Null),
        any::<bool>().prop_map(Leaf::Bool),
        any::<i64>().prop_map(Leaf::Int),
        any::<f64>().prop_map(Leaf::Float),
        (
            -60_000_000_000i64..250_000_000_000,
            0u32..1_000_000_000,
            -1000i16..1000
        )
            .prop_map(|(seconds, nanosecond, offset_minutes)| {
                Leaf::Time(Time {
                    nanosecond,
                    offset_minutes,
                    ..Time::from_unix(seconds)
                })
            }),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| Leaf::Text(Secret::new(bytes))),
        "ENC\\[AES256_GCM,data:[a-z]{0,3},iv:a,tag:b,type:(str|comment)\\]"
            .prop_map(|text| Leaf::text(&text)),
    ]
}

/// A tree from a list of steps: what to add, and where among the branches so far.
fn any_tree() -> impl Strategy<Value = Tree> {
    let step = (any::<u8>(), "[ab:]{0,3}|x_unencrypted", any_leaf(), 0u8..6);
    proptest::collection::vec(step, 0..60).prop_map(|steps| {
        let mut tree = Tree::new();
        let mut branches = vec![tree.push_document()];
        for (place, name, leaf, what) in steps {
            let parent = branches[usize::from(place) % branches.len()];
            let key = matches!(tree.node(parent).body, Body::Map(_)).then(|| Key::from(name.as_str()));
            match what {
                0 => branches.push(tree.push(parent, key, Body::Map(Vec::new()))),
                1 => branches.push(tree.push(parent, key, Body::List(Vec::new()))),
                2 => {
                    tree.push(parent, None, comment(&name, place % 2 == 0));
                }
                _ => {
                    tree.push(parent, key, Body::Leaf(leaf));
                }
            }
        }
        tree
    })
}

fn any_rule() -> impl Strategy<Value = Option<Rule>> {
    (0usize..7, proptest::sample::select(vec!["a", "^b", "(a|b)$"])).prop_map(|(kind, pattern)| {
        Rule::FIELDS
            .get(kind)
            .and_then(|field| Rule::from_field(field, pattern.to_owned()))
    })
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens_to_the_same(tree in any_tree(), rule in any_rule(), only: bool) {
        let selection = Selection::new(rule, only).unwrap();
        let mut random = Counter::default();
        match seal(&tree, &key(1), &selection, &Stash::default(), &mut random) {
            Err(SealError::Leaf { .. }) => {}
            Err(error) => prop_assert!(false, "{error}"),
            Ok((sealed, mac)) => {
                let opened = open(&sealed, &key(1), &selection).unwrap();
                prop_assert!(opened.tree.same_content(&tree, true));
                prop_assert_eq!(&opened.mac, &mac);
                let (again, mac) = seal(&opened.tree, &key(1), &selection, &opened.stash, &mut random).unwrap();
                prop_assert!(again.same_content(&sealed, true));
                prop_assert_eq!(mac, opened.mac);
            }
        }
    }
}
