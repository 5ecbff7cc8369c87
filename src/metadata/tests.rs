use super::{Group, KeyEntry, Metadata, MetadataError, Recipient, attach, detach, read, reserved, update};
use crate::format::Format;
use crate::seal::selection::Rule;
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Time, Tree};
use std::collections::HashSet;

const ALL: [Format; 5] = [
    Format::Yaml,
    Format::Json,
    Format::Binary,
    Format::Dotenv,
    Format::Ini,
];

fn age(name: &str) -> KeyEntry {
    KeyEntry {
        recipient: Recipient::Age {
            recipient: name.into(),
        },
        enc: "-----BEGIN-----\nx\n-----END-----\n".into(),
        created_at: None,
    }
}

fn kms(arn: &str) -> KeyEntry {
    let recipient = Recipient::Kms {
        arn: arn.into(),
        role: String::new(),
        context: vec![("Zed".into(), "1".into()), ("a".into(), "2".into())],
        aws_profile: String::new(),
    };
    KeyEntry {
        enc: "AQ==".into(),
        ..KeyEntry::new(recipient, &Time::from_unix(0))
    }
}

fn metadata(groups: Vec<Vec<KeyEntry>>) -> Metadata {
    Metadata {
        groups: groups.into_iter().map(|keys| Group { keys }).collect(),
        threshold: None,
        last_modified: Time::from_unix(1_800_000_000),
        mac: Secret::from("ENC[mac]"),
        rule: Some(Rule::EncryptedRegex("^data".into())),
        mac_only_encrypted: true,
        version: "3.13.3".into(),
    }
}

/// A tree of one document (INI: with one section) with two values.
fn content(format: Format) -> Tree {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let parent = match format {
        Format::Ini => tree.push(root, Some("s".into()), Body::Map(Vec::new())),
        _ => root,
    };
    for key in ["a", "b"] {
        tree.push(parent, Some(key.into()), Body::Leaf(Leaf::text(key)));
    }
    tree
}

fn keys(tree: &Tree, id: NodeId) -> Vec<String> {
    let key = |id: &NodeId| {
        tree.node(*id)
            .key
            .as_ref()
            .map_or_else(|| "-".into(), |key| key.display().into_owned())
    };
    tree.children(id).iter().map(key).collect()
}

fn child(tree: &Tree, id: NodeId, key: &str) -> NodeId {
    let key = Key::from(key);
    *tree
        .children(id)
        .iter()
        .find(|id| tree.node(**id).key.as_ref() == Some(&key))
        .unwrap()
}

/// Ids that are linked and whose body is the same in both trees.
fn unchanged(before: &Tree, after: &Tree) -> HashSet<NodeId> {
    let linked = |tree: &Tree| tree.walk().map(|step| step.id()).collect::<HashSet<_>>();
    let both = &linked(before) & &linked(after);
    both.into_iter()
        .filter(|id| before.node(*id).leaf() == after.node(*id).leaf())
        .collect()
}

#[test]
fn what_is_attached_is_read_back_in_every_format() {
    let mut groups = metadata(vec![vec![age("x"), age("y")], vec![kms("arn")]]);
    groups.threshold = Some(2);
    for format in ALL {
        for metadata in [
            metadata(vec![vec![kms("arn"), age("x"), age("y")]]),
            groups.clone(),
        ] {
            let mut tree = content(format);
            let before = tree.clone();
            attach(&mut tree, format, &metadata).unwrap();
            assert_eq!(read(&tree, format, false).unwrap(), metadata, "{format:?}");
            assert_eq!(attach(&mut tree, format, &metadata), Err(MetadataError::Reserved));
            let (found, detached) = detach(&mut tree, format, false).unwrap();
            assert_eq!(found, metadata);
            assert!(tree.same_content(&before, true), "{format:?}");
            update(&mut tree, format, &detached, &found, &found);
            assert_eq!(read(&tree, format, false).unwrap(), metadata, "{format:?}");
        }
    }
}

#[test]
fn the_block_is_sorted_as_sops_3_13_does() {
    let mut tree = content(Format::Yaml);
    let mut metadata = metadata(vec![vec![kms("arn"), age("x")]]);
    metadata.threshold = Some(2);
    attach(&mut tree, Format::Yaml, &metadata).unwrap();
    let block = child(&tree, tree.documents()[0], "sops");
    assert_eq!(
        keys(&tree, block),
        [
            "age",
            "encrypted_regex",
            "kms",
            "lastmodified",
            "mac",
            "mac_only_encrypted",
            "shamir_threshold",
            "version"
        ]
    );
    let entry = tree.children(child(&tree, block, "kms"))[0];
    assert_eq!(
        keys(&tree, entry),
        ["arn", "aws_profile", "context", "created_at", "enc"]
    );
    let mut tree = content(Format::Yaml);
    metadata.groups = vec![Group::default(), Group { keys: vec![age("x")] }];
    attach(&mut tree, Format::Yaml, &metadata).unwrap();
    let groups = child(&tree, child(&tree, tree.documents()[0], "sops"), "key_groups");
    assert_eq!(keys(&tree, tree.children(groups)[0]), ["age", "hc_vault"]);
}

#[test]
fn flat_formats_write_the_names_of_sops() {
    let mut tree = content(Format::Dotenv);
    attach(&mut tree, Format::Dotenv, &metadata(vec![vec![age("x")]])).unwrap();
    assert_eq!(
        keys(&tree, tree.documents()[0])[2..],
        [
            "sops_age__list_0__map_enc",
            "sops_age__list_0__map_recipient",
            "sops_encrypted_regex",
            "sops_lastmodified",
            "sops_mac",
            "sops_mac_only_encrypted",
            "sops_version"
        ]
    );
    let mut tree = content(Format::Ini);
    attach(&mut tree, Format::Ini, &metadata(vec![vec![age("x")]])).unwrap();
    let section = child(&tree, tree.documents()[0], "sops");
    let enc = child(&tree, section, "age__list_0__map_enc");
    assert_eq!(
        tree.node(enc).leaf(),
        Some(&Leaf::text("-----BEGIN-----\\nx\\n-----END-----\\n"))
    );
}

#[test]
fn a_save_changes_only_the_time_and_the_mac() {
    for format in ALL {
        let mut tree = content(format);
        attach(&mut tree, format, &metadata(vec![vec![age("x"), age("y")]])).unwrap();
        let before = tree.clone();
        let (old, detached) = detach(&mut tree, format, false).unwrap();
        let mut new = old.clone();
        new.last_modified = Time::from_unix(1_900_000_000);
        new.mac = Secret::from("ENC[other]");
        update(&mut tree, format, &detached, &old, &new);
        assert_eq!(read(&tree, format, false).unwrap(), new);
        assert_eq!(tree.walk().count(), before.walk().count());
        let steps: HashSet<_> = before.walk().map(|step| step.id()).collect();
        assert_eq!(unchanged(&before, &tree).len(), steps.len() - 2, "{format:?}");
    }
}

#[test]
fn entries_of_recipients_that_stay_keep_their_nodes_and_the_order_of_their_fields() {
    let mut tree = content(Format::Yaml);
    let root = tree.documents()[0];
    attach(
        &mut tree,
        Format::Yaml,
        &metadata(vec![vec![age("x"), age("y"), age("z")]]),
    )
    .unwrap();
    let list = child(&tree, child(&tree, root, "sops"), "age");
    for entry in tree.children(list).to_vec() {
        let turned = tree.children(entry).iter().rev().copied().collect();
        tree.set_children(entry, turned);
    }
    let note = tree.new_node(
        None,
        Body::Comment(Comment {
            text: Secret::from(" ops laptop"),
            inline: false,
        }),
    );
    tree.link(list, 2, note);
    let entries: Vec<_> = tree.children(list).to_vec();
    let (old, detached) = detach(&mut tree, Format::Yaml, false).unwrap();
    let mut new = old.clone();
    new.groups = vec![Group {
        keys: vec![age("z"), age("new"), age("x")],
    }];
    new.groups[0].keys[2].enc = "wrapped anew".into();
    update(&mut tree, Format::Yaml, &detached, &old, &new);
    assert_eq!(read(&tree, Format::Yaml, false).unwrap(), new);
    let now = tree.children(list);
    assert_eq!((now[0], now[1], now[3]), (note, entries[3], entries[0]));
    assert_eq!(keys(&tree, entries[0]), ["recipient", "enc"]);
    assert_eq!(keys(&tree, now[2]), ["enc", "recipient"]);
}

#[test]
fn fields_nobody_knows_and_empty_lists_of_old_versions_stay() {
    let mut tree = content(Format::Yaml);
    let root = tree.documents()[0];
    attach(&mut tree, Format::Yaml, &metadata(vec![vec![age("x")]])).unwrap();
    let block = child(&tree, root, "sops");
    let future = tree.push(block, Some("future".into()), Body::Leaf(Leaf::Int(1)));
    let empty = tree.push(block, Some("kms".into()), Body::List(Vec::new()));
    let null = tree.push(block, Some("pgp".into()), Body::Leaf(Leaf::Null));
    let (old, detached) = detach(&mut tree, Format::Yaml, false).unwrap();
    let mut new = old.clone();
    new.mac = Secret::from("ENC[other]");
    new.groups[0].keys.insert(0, kms("arn"));
    update(&mut tree, Format::Yaml, &detached, &old, &new);
    assert_eq!(read(&tree, Format::Yaml, false).unwrap(), new);
    let children = tree.children(block);
    assert!([future, empty, null].iter().all(|id| children.contains(id)));
}

#[test]
fn from_one_group_to_several_and_back() {
    for format in ALL {
        let mut tree = content(format);
        let one = metadata(vec![vec![age("x")]]);
        let mut two = metadata(vec![vec![age("x")], vec![age("y")]]);
        two.threshold = Some(2);
        attach(&mut tree, format, &one).unwrap();
        for new in [&two, &one] {
            let (old, detached) = detach(&mut tree, format, false).unwrap();
            update(&mut tree, format, &detached, &old, new);
            assert_eq!(read(&tree, format, false).unwrap(), *new, "{format:?}");
        }
    }
}

#[test]
fn every_document_gets_the_block_whatever_it_had() {
    let mut tree = content(Format::Yaml);
    attach(&mut tree, Format::Yaml, &metadata(vec![vec![age("x")]])).unwrap();
    let second = tree.push_document();
    tree.push(second, Some("sops".into()), Body::Leaf(Leaf::text("anything")));
    let third = tree.push_document();
    tree.push(third, Some("c".into()), Body::Leaf(Leaf::Null));
    let (old, detached) = detach(&mut tree, Format::Yaml, false).unwrap();
    assert!(tree.children(second).is_empty());
    update(&mut tree, Format::Yaml, &detached, &old, &old);
    for root in tree.documents().to_vec() {
        let mut alone = Tree::new();
        let to = alone.push_document();
        let block = child(&tree, root, "sops");
        super::place::copy(&mut alone, Some(to), Some("sops".into()), &tree, block);
        assert_eq!(read(&alone, Format::Yaml, false).unwrap(), old);
    }
}

#[test]
fn the_block_returns_to_its_place_among_edited_neighbours() {
    let mut tree = content(Format::Yaml);
    let root = tree.documents()[0];
    attach(&mut tree, Format::Yaml, &metadata(vec![vec![age("x")]])).unwrap();
    let block = child(&tree, root, "sops");
    for (index, wanted) in [(0, "sops a b new"), (1, "a sops b new"), (2, "a b new sops")] {
        let mut tree = tree.clone();
        tree.unlink(block);
        tree.link(root, index, block);
        let (old, detached) = detach(&mut tree, Format::Yaml, false).unwrap();
        tree.push(root, Some("new".into()), Body::Leaf(Leaf::Null));
        update(&mut tree, Format::Yaml, &detached, &old, &old);
        assert_eq!(keys(&tree, root).join(" "), wanted);
    }
}

fn block(fields: &[(&str, Leaf)]) -> Tree {
    let mut tree = Tree::new();
    let root = tree.push_document();
    attach(&mut tree, Format::Yaml, &metadata(vec![vec![age("x")]])).unwrap();
    let block = child(&tree, root, "sops");
    for (key, leaf) in fields {
        let there = tree
            .children(block)
            .iter()
            .copied()
            .find(|id| keys(&tree, *id).is_empty() && tree.node(*id).key == Some((*key).into()));
        match there {
            Some(id) => tree.set_body(id, Body::Leaf(leaf.clone())),
            None => {
                tree.push(block, Some((*key).into()), Body::Leaf(leaf.clone()));
            }
        }
    }
    tree
}

fn said(fields: &[(&str, Leaf)]) -> String {
    read(&block(fields), Format::Yaml, false).unwrap_err().to_string()
}

#[test]
fn broken_blocks_are_refused_with_the_field_to_blame() {
    let time = Leaf::Time(Time::from_unix(0));
    for (fields, wanted) in [
        (
            &[("lastmodified", time.clone())][..],
            "expected type 'string', got unconvertible type 'time.Time'; it must be quoted (sops.lastmodified)",
        ),
        (
            &[("lastmodified", Leaf::text("yesterday"))],
            "the time does not follow RFC 3339 (sops.lastmodified)",
        ),
        (
            &[("version", Leaf::text(""))],
            "Version string empty (sops.version)",
        ),
        (&[("version", Leaf::Null)], "Version string empty (sops.version)"),
        (
            &[("version", Leaf::text("3.0"))],
            "No Major.Minor.Patch elements found (sops.version)",
        ),
        (
            &[("version", Leaf::text("3.x.0"))],
            "Invalid character(s) found in the version (sops.version)",
        ),
        (
            &[("encrypted_suffix", Leaf::text("_s"))],
            "Cannot use more than one of encrypted_regex, encrypted_suffix in the same file",
        ),
        (&[("age", Leaf::Null)], "No keys found in file"),
        (&[("age", Leaf::text("x"))], "expected a list (sops.age)"),
        (
            &[("shamir_threshold", Leaf::text("many"))],
            "expected a number (sops.shamir_threshold)",
        ),
    ] {
        let mut tree = block(&[]);
        if fields[0].0 == "age" {
            let sops = child(&tree, tree.documents()[0], "sops");
            let list = child(&tree, sops, "age");
            tree.set_body(list, Body::Leaf(fields[0].1.clone()));
            assert_eq!(read(&tree, Format::Yaml, false).unwrap_err().to_string(), wanted);
        } else {
            assert_eq!(said(fields), wanted);
        }
    }
    let lenient = block(&[("lastmodified", time), ("version", Leaf::Null)]);
    assert!(read(&lenient, Format::Yaml, true).is_ok());
}

#[test]
fn numbers_and_booleans_may_be_written_as_text() {
    let tree = block(&[
        ("shamir_threshold", Leaf::text("2")),
        ("mac_only_encrypted", Leaf::text("true")),
        ("version", Leaf::text("1.5")),
    ]);
    let found = read(&tree, Format::Yaml, false).unwrap();
    assert_eq!((found.threshold, found.mac_only_encrypted), (Some(2), true));
}

#[test]
fn files_without_a_usable_block_are_told_apart() {
    let mut tree = content(Format::Yaml);
    assert_eq!(read(&tree, Format::Yaml, true), Err(MetadataError::Missing));
    assert_eq!(reserved(&tree, Format::Yaml), None);
    let root = tree.documents()[0];
    let block = tree.push(root, Some("sops".into()), Body::Leaf(Leaf::text("x")));
    assert_eq!(reserved(&tree, Format::Yaml), Some(0));
    let before = tree.clone();
    let error = detach(&mut tree, Format::Yaml, true).unwrap_err();
    assert_eq!(error.to_string(), "Found sops entry that is not a mapping");
    assert!(tree.same_content(&before, true));
    tree.set_body(block, Body::Map(Vec::new()));
    tree.push(root, Some("sops".into()), Body::Map(Vec::new()));
    assert_eq!(
        read(&tree, Format::Json, true).unwrap_err().to_string(),
        "Found duplicate sops entry"
    );
}
