use super::patch;
use crate::format::PatchError;
use crate::format::json::load;
use crate::tree::{Body, Key, Leaf, NodeId, Tree};

fn find(tree: &Tree, path: &str) -> NodeId {
    let mut at = tree.documents()[0];
    for part in path.split('.').filter(|part| !part.is_empty()) {
        at = match part.parse::<usize>() {
            Ok(index) => tree.children(at)[index],
            Err(_) => *tree
                .children(at)
                .iter()
                .find(|id| tree.node(**id).key == Some(Key::from(part)))
                .unwrap(),
        };
    }
    at
}

fn edit(source: &str, change: impl FnOnce(&mut Tree)) -> Result<String, PatchError> {
    let (tree, layout) = load(source.as_bytes()).unwrap();
    let mut edited = tree.clone();
    change(&mut edited);
    patch(source.as_bytes(), &tree, &layout, &edited).map(|text| String::from_utf8(text).unwrap())
}

fn add(tree: &mut Tree, path: &str, key: Option<&str>, leaf: Leaf) {
    let parent = find(tree, path);
    tree.push(parent, key.map(Key::from), Body::Leaf(leaf));
}

fn add_metadata(tree: &mut Tree) {
    let sops = tree.push(tree.documents()[0], Some("sops".into()), Body::Map(Vec::new()));
    let age = tree.push(sops, Some("age".into()), Body::List(Vec::new()));
    let entry = tree.push(age, None, Body::Map(Vec::new()));
    tree.push(entry, Some("enc".into()), Body::Leaf(Leaf::text("a\nb\n")));
    tree.push(sops, Some("mac".into()), Body::Leaf(Leaf::text("ENC[x]")));
}

const HOUSE: &str =
    "{\r\n  \"a\" : 1.0,\r\n\r\n  \"b\" : { \"c\": [1,2] },\r\n  \"d\" : [\r\n    true\r\n  ]\r\n}";

#[test]
fn a_value_changes_alone() {
    let text = edit(HOUSE, |tree| {
        let id = find(tree, "b.c.1");
        tree.set_body(id, Body::Leaf(Leaf::text("<é>")));
    });
    assert_eq!(text.unwrap(), HOUSE.replace("[1,2]", "[1,\"\\u003cé\\u003e\"]"));
}

#[test]
fn a_key_is_renamed_in_place() {
    let text = edit(HOUSE, |tree| {
        let id = find(tree, "b");
        tree.set_key(id, Some("x\"".into()));
    });
    assert_eq!(text.unwrap(), HOUSE.replace("\"b\"", "\"x\\\"\""));
}

#[test]
fn new_entries_follow_the_habits_around_them() {
    let text = edit(HOUSE, |tree| {
        add(tree, "b.c", None, Leaf::Int(3));
        add(tree, "d", None, Leaf::Null);
        add(tree, "", Some("e"), Leaf::Float(2.0));
    });
    assert_eq!(
        text.unwrap(),
        "{\r\n  \"a\" : 1.0,\r\n\r\n  \"b\" : { \"c\": [1,2,3] },\r\n  \"d\" : [\r\n    true,\r\n    null\r\n  ],\r\n  \"e\" : 2.0\r\n}"
    );
}

#[test]
fn the_first_and_the_last_entry_can_go() {
    let without = |path: &'static str| {
        edit(HOUSE, |tree| {
            let id = find(tree, path);
            tree.unlink(id);
        })
        .unwrap()
    };
    assert_eq!(without("a"), HOUSE.replace("\"a\" : 1.0,\r\n\r\n  ", ""));
    assert_eq!(
        without("d"),
        "{\r\n  \"a\" : 1.0,\r\n\r\n  \"b\" : { \"c\": [1,2] }\r\n}"
    );
    assert_eq!(without("d.0"), HOUSE.replace("[\r\n    true\r\n  ]", "[]"));
    assert_eq!(without("b.c.0"), HOUSE.replace("[1,2]", "[2]"));
}

#[test]
fn entries_move_with_their_spelling() {
    let text = edit(
        "{\n\t\"a\": 1.50,\n\t\"b\": {},\n\t\"c\": \"\\u0041\"\n}\n",
        |tree| {
            let (a, b) = (find(tree, "a"), find(tree, "b"));
            tree.unlink(a);
            tree.link(b, 0, a);
        },
    );
    assert_eq!(
        text.unwrap(),
        "{\n\t\"b\": {\n\t\t\"a\": 1.50\n\t},\n\t\"c\": \"\\u0041\"\n}\n"
    );
    let text = edit(
        "[1,2,3]".replace('[', "{\"l\":[").replace(']', "]}").as_str(),
        |tree| {
            let (list, last) = (find(tree, "l"), find(tree, "l.2"));
            tree.unlink(last);
            tree.link(list, 0, last);
        },
    );
    assert_eq!(text.unwrap(), "{\"l\":[3,1,2]}");
}

#[test]
fn metadata_follows_the_indentation_of_the_file() {
    assert_eq!(
        edit("{\"a\":1}", add_metadata).unwrap(),
        "{\"a\":1,\"sops\":{\"age\":[{\"enc\":\"a\\nb\\n\"}],\"mac\":\"ENC[x]\"}}"
    );
    assert_eq!(
        edit("{ \"a\": 1 }\n", add_metadata).unwrap(),
        "{ \"a\": 1, \"sops\": {\"age\": [{\"enc\": \"a\\nb\\n\"}], \"mac\": \"ENC[x]\"} }\n"
    );
    assert_eq!(
        edit("{\n  \"a\": 1\n}\n", add_metadata).unwrap(),
        "{\n  \"a\": 1,\n  \"sops\": {\n    \"age\": [\n      {\n        \"enc\": \"a\\nb\\n\"\n      }\n    ],\n    \"mac\": \"ENC[x]\"\n  }\n}\n"
    );
    assert_eq!(
        edit("{}", add_metadata).unwrap(),
        "{\n\t\"sops\": {\n\t\t\"age\": [\n\t\t\t{\n\t\t\t\t\"enc\": \"a\\nb\\n\"\n\t\t\t}\n\t\t],\n\t\t\"mac\": \"ENC[x]\"\n\t}\n}"
    );
}

#[test]
fn text_behind_the_object_does_not_stay_readable_in_an_encrypted_file() {
    assert_eq!(
        edit("{\"a\":\"ENC[x]\"} hunter2\n", add_metadata).unwrap(),
        "{\"a\":\"ENC[x]\",\"sops\":{\"age\":[{\"enc\":\"a\\nb\\n\"}],\"mac\":\"ENC[x]\"}}\n"
    );
}

#[test]
fn a_value_becomes_a_map_and_back() {
    let text = edit("{\n  \"a\": 1,\n  \"b\": [1]\n}\n", |tree| {
        let (a, b) = (find(tree, "a"), find(tree, "b"));
        tree.set_body(a, Body::Map(Vec::new()));
        tree.push(a, Some("x".into()), Body::Leaf(Leaf::Int(1)));
        tree.set_body(b, Body::Leaf(Leaf::Null));
    });
    assert_eq!(
        text.unwrap(),
        "{\n  \"a\": {\n    \"x\": 1\n  },\n  \"b\": null\n}\n"
    );
}

#[test]
fn what_would_not_read_back_is_refused() {
    let edited = edit("{\"a\":1}", |tree| {
        add(tree, "", Some("b"), Leaf::Float(f64::INFINITY));
    });
    assert!(matches!(edited, Err(PatchError::Emit(_))));
    let edited = edit("{\"a\":1}", |tree| {
        tree.push_document();
    });
    assert!(matches!(edited, Err(PatchError::NoPlace(_))));
}
