use super::{Levels, Rule, Selection};
use crate::tree::{Body, Comment, Leaf, NodeId, Secret, Step, Tree};

fn comment(text: &str) -> Body {
    Body::Comment(Comment {
        text: Secret::from(text),
        inline: false,
    })
}

/// What a walk decides, as `name: yes/no` in order; comments by their text.
fn walked(tree: &Tree, selection: &Selection) -> Vec<(NodeId, bool)> {
    let mut levels = Levels::new(selection);
    let mut found = Vec::new();
    for step in tree.walk() {
        let node = tree.node(step.id());
        let key = node.key.as_ref().and_then(|key| key.text());
        match step {
            Step::Enter(_) => levels.enter(key),
            Step::Leave(_) => levels.leave(),
            Step::Leaf(id) => found.push((id, levels.value(key))),
            Step::Comment(id) => found.push((id, levels.comment(node.comment().unwrap().text.expose()))),
        }
    }
    found
}

fn name(tree: &Tree, id: NodeId) -> String {
    match &tree.node(id).body {
        Body::Comment(comment) => format!("#{}", comment.text.expose_str().unwrap()),
        _ => tree
            .key_path(id)
            .iter()
            .map(|key| key.display().into_owned())
            .collect::<Vec<_>>()
            .join("."),
    }
}

fn encrypted(tree: &Tree, rule: Option<Rule>) -> Vec<String> {
    let selection = Selection::new(rule, false).unwrap();
    let walked = walked(tree, &selection);
    for (id, encrypted) in &walked {
        let decision = selection.decide(tree, *id);
        assert_eq!(
            decision.encrypted,
            *encrypted,
            "decide() and the walk differ at {}",
            name(tree, *id)
        );
    }
    walked
        .into_iter()
        .filter(|(_, encrypted)| *encrypted)
        .map(|(id, _)| name(tree, id))
        .collect()
}

/// The document of `enc-comment-regex` in the specification's vectors.
fn commented() -> Tree {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let leaf =
        |tree: &mut Tree, parent, key: &str| tree.push(parent, Some(key.into()), Body::Leaf(Leaf::Int(1)));
    tree.push(root, None, comment(" mark"));
    leaf(&mut tree, root, "a");
    leaf(&mut tree, root, "b");
    tree.push(root, None, comment(" other"));
    tree.push(root, None, comment(" mark again"));
    tree.push(root, None, comment(" after"));
    leaf(&mut tree, root, "c");
    let m = tree.push(root, Some("m".into()), Body::Map(Vec::new()));
    tree.push(m, None, comment(" mark in m"));
    leaf(&mut tree, m, "x");
    leaf(&mut tree, m, "y");
    tree.push(root, None, comment(" mark n"));
    let n = tree.push(root, Some("n".into()), Body::Map(Vec::new()));
    tree.push(n, None, comment(" inner"));
    leaf(&mut tree, n, "x");
    tree
}

#[test]
fn a_comment_rule_decides_by_the_comments_directly_above_on_every_level() {
    let tree = commented();
    assert_eq!(
        encrypted(&tree, Some(Rule::EncryptedCommentRegex("mark".into()))),
        ["a", "# after", "c", "m.x", "# inner", "n.x"]
    );
    assert_eq!(
        encrypted(&tree, Some(Rule::UnencryptedCommentRegex("mark".into()))),
        ["b", "# other", "m.y"]
    );
}

fn nested() -> Tree {
    let mut tree = Tree::new();
    let root = tree.push_document();
    tree.push(root, None, comment(" top"));
    let data = tree.push(root, Some("data".into()), Body::Map(Vec::new()));
    tree.push(data, None, comment(" in data"));
    let list = tree.push(data, Some("list_clear".into()), Body::List(Vec::new()));
    tree.push(list, None, Body::Leaf(Leaf::Int(1)));
    tree.push(data, Some("password".into()), Body::Leaf(Leaf::Int(1)));
    tree.push(root, Some("kind".into()), Body::Leaf(Leaf::text("x")));
    tree
}

#[test]
fn key_rules_are_inherited_and_lists_add_no_key() {
    let tree = nested();
    assert_eq!(encrypted(&tree, None).len(), 5);
    assert_eq!(
        encrypted(&tree, Some(Rule::UnencryptedSuffix("_clear".into()))),
        ["# top", "# in data", "data.password", "kind"]
    );
    assert_eq!(
        encrypted(&tree, Some(Rule::EncryptedSuffix("_clear".into()))),
        ["data.list_clear"]
    );
    assert_eq!(
        encrypted(&tree, Some(Rule::EncryptedRegex("^da".into()))),
        ["# in data", "data.list_clear", "data.password"]
    );
    assert_eq!(
        encrypted(&tree, Some(Rule::UnencryptedRegex("data|kind".into()))),
        ["# top"]
    );
}

#[test]
fn the_matched_part_of_the_deciding_key_is_named() {
    let tree = nested();
    let selection = Selection::new(Some(Rule::EncryptedRegex("at".into())), false).unwrap();
    let data = tree.children(tree.documents()[0])[1];
    let password = tree.children(data)[2];
    assert_eq!(selection.decide(&tree, password).matched, Some((data, 1..3)));
    assert_eq!(selection.decide(&tree, data).matched, Some((data, 1..3)));
}

#[test]
fn an_expression_that_does_not_compile_is_an_error_to_write_and_matches_nothing_to_read() {
    let rule = Some(Rule::EncryptedRegex("(".into()));
    assert_eq!(
        Selection::new(rule.clone(), false).unwrap_err().field,
        "encrypted_regex"
    );
    let (selection, bad) = Selection::for_reading(rule, false);
    assert!(bad.is_some());
    assert!(
        walked(&nested(), &selection)
            .iter()
            .all(|(_, encrypted)| !encrypted)
    );
}

#[test]
fn every_option_gives_its_own_rule() {
    for field in Rule::FIELDS {
        let rule = Rule::from_field(field, "pattern".to_owned()).unwrap();
        assert_eq!((rule.field(), rule.pattern()), (field, "pattern"));
        assert_eq!(rule.match_encrypts(), field.starts_with("encrypted"), "{field}");
        assert_eq!(rule.reads_comments(), field.contains("comment"), "{field}");
    }
    assert_eq!(Rule::from_field("encrypted_prefix", "pattern".to_owned()), None);
}

#[test]
fn of_a_key_that_ends_as_the_rule_says_the_end_is_named() {
    let tree = nested();
    let selection = Selection::new(Some(Rule::EncryptedSuffix("_clear".into())), false).unwrap();
    let data = tree.children(tree.documents()[0])[1];
    let list = tree.children(data)[1];
    let item = tree.children(list)[0];
    assert_eq!(selection.decide(&tree, item).matched, Some((list, 4..10)));
    assert_eq!(selection.decide(&tree, data).matched, None);
}

#[test]
fn an_encrypted_comment_that_stands_in_a_list_counts_as_a_comment_and_a_value_like_it_does_not() {
    let token = Leaf::text("ENC[AES256_GCM,data:a,iv:a,tag:a,type:comment]");
    let mut tree = Tree::new();
    let root = tree.push_document();
    let list = tree.push(root, Some("l".into()), Body::List(Vec::new()));
    tree.push(list, None, Body::Leaf(token.clone()));
    tree.push(list, None, Body::Leaf(Leaf::Int(1)));
    let map = tree.push(root, Some("m".into()), Body::Map(Vec::new()));
    tree.push(map, Some("k".into()), Body::Leaf(token));
    tree.push(map, Some("x".into()), Body::Leaf(Leaf::Int(1)));
    let selection = Selection::new(Some(Rule::UnencryptedCommentRegex("AES256".into())), false).unwrap();
    let walked = crate::seal::selected(&tree, &selection, true);
    let encrypted: Vec<bool> = walked.iter().map(|(_, encrypted)| *encrypted).collect();
    assert_eq!(encrypted, [false, false, true, true]);
    for (id, encrypted) in walked {
        assert_eq!(selection.decide(&tree, id).encrypted, encrypted);
    }
}

#[test]
fn a_comment_outside_of_every_document_is_encrypted_unless_the_rule_names_what_is() {
    for (rule, encrypted) in [
        (Rule::default_suffix(), true),
        (Rule::EncryptedSuffix("_secret".into()), false),
    ] {
        let selection = Selection::new(Some(rule), false).unwrap();
        assert_eq!(Levels::new(&selection).comment(b" x"), encrypted);
    }
}
