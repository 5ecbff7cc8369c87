//! Entries that come, go and change places.

use super::{add, at, at_in, comment, edited, remove};
use lazysops::format::{Style, yaml};
use lazysops::tree::{Body, Leaf, Tree};

const LAST: usize = usize::MAX;

#[test]
fn a_new_entry_takes_the_column_of_its_neighbours() {
    let source = "a:\n   b: 1\n\n   # about c\n   c: 2\n\nd: 3\n";
    assert_eq!(
        add(source, "a", 1, Some("new"), "v"),
        source.replace("b: 1\n", "b: 1\n   new: v\n")
    );
    assert_eq!(
        add(source, "a", LAST, Some("new"), "v"),
        source.replace("c: 2\n", "c: 2\n   new: v\n")
    );
    assert_eq!(
        add(source, "a", 0, Some("new"), "v"),
        source.replace("   b: 1", "   new: v\n   b: 1")
    );
    assert_eq!(
        add(source, "", LAST, Some("new"), "v"),
        format!("{source}new: v\n")
    );
    assert_eq!(add(source, "", 0, Some("new"), "v"), format!("new: v\n{source}"));
}

#[test]
fn a_new_item_takes_the_dash_column_of_its_neighbours() {
    let source = "l:\n- a\n- b: 1\n  c: 2\nm:\n    -   x\n";
    assert_eq!(
        add(source, "l", 1, None, "new"),
        source.replace("- a\n", "- a\n- new\n")
    );
    assert_eq!(
        add(source, "l", LAST, None, "new"),
        source.replace("c: 2\n", "c: 2\n- new\n")
    );
    assert_eq!(
        add(source, "m", LAST, None, "new"),
        format!("{source}    - new\n")
    );
    assert_eq!(
        add(source, "l.1", 0, Some("new"), "v"),
        source.replace("- b: 1\n", "- new: v\n  b: 1\n")
    );
    assert_eq!(add("l:\n- - a\n", "l.0", 0, None, "new"), "l:\n- - new\n  - a\n");
}

#[test]
fn braces_open_up_for_the_first_entry() {
    assert_eq!(
        add("a: {}\nb:\n  c: 1\n", "a", 0, Some("new"), "v"),
        "a:\n  new: v\nb:\n  c: 1\n"
    );
    assert_eq!(add("a: []\n", "a", 0, None, "v"), "a:\n    - v\n");
    assert_eq!(add("a: []\nb:\n- 1\n", "a", 0, None, "v"), "a:\n- v\nb:\n- 1\n");
    assert_eq!(add("l:\n- {}\n", "l.0", 0, Some("new"), "v"), "l:\n- new: v\n");
    assert_eq!(add("{}\n", "", 0, Some("new"), "v"), "new: v\n");
    assert_eq!(add("a: [{}]\n", "a.0", 0, Some("new"), "v"), "a: [{new: v}]\n");
}

#[test]
fn flow_collections_stay_flow() {
    assert_eq!(add("a: [x, y]\n", "a", 1, None, "new"), "a: [x, new, y]\n");
    assert_eq!(add("a: [x, y]\n", "a", 0, None, "new"), "a: [new, x, y]\n");
    assert_eq!(
        add("a: {x: 1, }\n", "a", LAST, Some("new"), "v"),
        "a: {x: 1, new: v, }\n"
    );
    assert_eq!(
        add("a: {x: }\n", "a", LAST, Some("new"), "v"),
        "a: {x: , new: v }\n"
    );
    assert_eq!(
        add("{\"a\": \"x\"}\n", "", LAST, Some("new"), "v"),
        "{\"a\": \"x\", \"new\": \"v\"}\n"
    );
    assert_eq!(
        add("{\n  \"a\": 1\n}\n", "", LAST, Some("new"), "v"),
        "{\n  \"a\": 1,\n  \"new\": \"v\"\n}\n"
    );
    assert_eq!(remove("a: [x, y, z]\n", "a.0"), "a: [y, z]\n");
    assert_eq!(remove("a: [x, y, z]\n", "a.1"), "a: [x, z]\n");
    assert_eq!(remove("a: [x, y, z]\n", "a.2"), "a: [x, y]\n");
    assert_eq!(remove("a: [x]\n", "a.0"), "a: []\n");
    assert_eq!(remove("a: [[x], {b: c}]\n", "a.1.b"), "a: [[x], {}]\n");
}

#[test]
fn a_removed_entry_takes_its_lines_and_its_comments() {
    let source = "a: 1\n# about b\nb: # deep\n  # inner\n  c: |\n    x\n\n    y\n  # foot\n\nd: 2\n";
    let removed = edited(source, |tree| {
        let root = tree.documents()[0];
        let kept = tree.children(root).to_vec();
        let kept = kept
            .into_iter()
            .filter(|child| *child == at(tree, "a") || *child == at(tree, "d"));
        tree.set_children(root, kept.collect());
    });
    assert_eq!(removed, "a: 1\n\nd: 2\n");
    assert_eq!(remove("a: 1\nb: 2", "b"), "a: 1\n");
    assert_eq!(remove("a: 1 # one\nb: 2\n", "a"), "b: 2\n");
}

#[test]
fn the_last_entry_leaves_braces() {
    assert_eq!(remove("a:\n  b: 1\nc: 2\n", "a.b"), "a: {}\nc: 2\n");
    assert_eq!(remove("a:\n- 1\nc: 2\n", "a.0"), "a: []\nc: 2\n");
    assert_eq!(remove("l:\n- - a\n- b\n", "l.0.0"), "l:\n- []\n- b\n");
    assert_eq!(remove("# head\na: 1\n", "a"), "# head\n{}\n");
    assert_eq!(remove("{a: 1}\n", "a"), "{}\n");
}

#[test]
fn the_first_entry_behind_a_dash_gives_its_place_to_the_next() {
    let source = "l:\n  - a: 1\n    b: 2\n    c: 3\n  - d\n";
    assert_eq!(remove(source, "l.0.a"), "l:\n  - b: 2\n    c: 3\n  - d\n");
    let reordered = edited(source, |tree| {
        let item = at(tree, "l.0");
        let mut children = tree.children(item).to_vec();
        children.rotate_left(1);
        tree.set_children(item, children);
    });
    assert_eq!(reordered, "l:\n  - b: 2\n    c: 3\n    a: 1\n  - d\n");
}

#[test]
fn moved_entries_keep_their_text() {
    let source = "a:\n  b: 'x'   # why\n  c: {d:  1}\n  e: >\n    folded\n    text\n\nf: 2\n";
    let moved = edited(source, |tree| {
        let map = at(tree, "a");
        let mut children = tree.children(map).to_vec();
        children.rotate_right(1);
        tree.set_children(map, children);
    });
    assert_eq!(
        moved,
        "a:\n  e: >\n    folded\n    text\n  b: 'x'   # why\n  c: {d:  1}\n\nf: 2\n"
    );
    let moved = edited(source, |tree| {
        let (map, root) = (at(tree, "a"), tree.documents()[0]);
        let child = at(tree, "a.e");
        tree.unlink(child);
        tree.link(root, 0, child);
        assert_eq!(tree.node(map).children().len(), 3);
    });
    assert_eq!(
        moved,
        "e: >\n  folded\n  text\na:\n  b: 'x'   # why\n  c: {d:  1}\n\nf: 2\n"
    );
}

#[test]
fn a_moved_entry_can_change_too() {
    let text = edited("a: '1'\nb: 2\n", |tree| {
        let root = tree.documents()[0];
        let mut children = tree.children(root).to_vec();
        tree.set_body(children[0], Body::Leaf(Leaf::text("x")));
        tree.set_body(children[1], Body::Leaf(Leaf::text("z")));
        children.reverse();
        tree.set_children(root, children);
    });
    assert_eq!(text, "b: z\na: 'x'\n");
}

fn metadata(tree: &mut Tree, document: usize) {
    let root = tree.documents()[document];
    let sops = tree.push(root, Some("sops".into()), Body::Map(Vec::new()));
    let age = tree.push(sops, Some("age".into()), Body::List(Vec::new()));
    let entry = tree.push(age, None, Body::Map(Vec::new()));
    tree.push(
        entry,
        Some("enc".into()),
        Body::Leaf(Leaf::text("-----\nAAAA\n-----\n")),
    );
    tree.push(entry, Some("recipient".into()), Body::Leaf(Leaf::text("age1x")));
    tree.push(
        sops,
        Some("lastmodified".into()),
        Body::Leaf(Leaf::text("2026-01-01T00:00:00Z")),
    );
}

#[test]
fn a_new_block_of_metadata_follows_the_indentation_of_the_file() {
    let block = "sops:\n  age:\n    - enc: |\n        -----\n        AAAA\n        -----\n      recipient: age1x\n  lastmodified: \"2026-01-01T00:00:00Z\"\n";
    assert_eq!(
        edited("a:\n  b: 1\n", |tree| metadata(tree, 0)),
        format!("a:\n  b: 1\n{block}")
    );
    assert_eq!(
        edited("a:\n  b: 1", |tree| metadata(tree, 0)),
        format!("a:\n  b: 1\n{block}")
    );
    assert_eq!(
        edited("a: 1\n# end\n", |tree| metadata(tree, 0)),
        "a: 1\n# end\nsops:\n    age:\n        - enc: |\n            -----\n            AAAA\n            -----\n          recipient: age1x\n    lastmodified: \"2026-01-01T00:00:00Z\"\n"
    );
    let text = edited("a:\n  b: 1\n---\n# two\nc: 1\n", |tree| {
        metadata(tree, 0);
        metadata(tree, 1);
    });
    assert_eq!(text, format!("a:\n  b: 1\n{block}---\n# two\nc: 1\n{block}"));
}

#[test]
fn metadata_goes_into_empty_documents() {
    let text = edited("a:\n  b: 1\n---\n---\n", |tree| {
        for document in 0..3 {
            let root = tree.documents()[document];
            tree.push(root, Some("sops".into()), Body::Leaf(Leaf::Int(1)));
        }
    });
    assert_eq!(text, "a:\n  b: 1\nsops: 1\n---\nsops: 1\n---\nsops: 1\n");
}

#[test]
fn an_entry_is_added_to_the_second_document() {
    let text = edited("a: 1\n---\nb: 2\n...\n", |tree| {
        let root = at_in(tree, 1, "");
        tree.push(root, Some("new".into()), Body::Leaf(Leaf::text("v")));
    });
    assert_eq!(text, "a: 1\n---\nb: 2\nnew: v\n...\n");
}

#[test]
fn whole_subtrees_come_in_the_style_of_the_file() {
    let source = "list:\n- a: 1\n  b:\n  - c\n";
    let text = edited(source, |tree| {
        let list = at(tree, "list");
        let item = tree.push(list, None, Body::Map(Vec::new()));
        tree.push(item, None, comment(" why", false));
        tree.push(item, Some("a".into()), Body::Leaf(Leaf::Int(2)));
        let inner = tree.push(item, Some("b".into()), Body::List(Vec::new()));
        tree.push(inner, None, Body::Leaf(Leaf::text("d")));
        tree.push(inner, None, Body::Map(Vec::new()));
    });
    assert_eq!(text, format!("{source}- # why\n  a: 2\n  b:\n  - d\n  - {{}}\n"));
}

#[test]
fn metadata_of_the_first_document_stays_out_of_the_second() {
    let text = edited("a: 1\n---\n# belongs to the first\n\nb: 2\n", |tree| {
        for document in 0..2 {
            let root = tree.documents()[document];
            tree.push(root, Some("sops".into()), Body::Leaf(Leaf::Int(1)));
        }
    });
    assert_eq!(
        text,
        "a: 1\nsops: 1\n---\n# belongs to the first\n\nb: 2\nsops: 1\n"
    );
}

#[test]
fn a_stray_comment_at_the_end_is_aligned_when_something_follows_it() {
    let source = "a:\n  b: 1\n\n  # one\n\n\n  # two\n";
    let (tree, _) = yaml::load(source.as_bytes()).unwrap();
    let strays = tree.children(tree.documents()[0]).len() - 1;
    let text = add(source, "", LAST, Some("new"), "v");
    assert_eq!(text.matches("\n# ").count(), strays);
    assert!(text.ends_with("# two\nnew: v\n"), "{text}");
}

#[test]
fn nesting_costs_no_stack() {
    let depth = 5_000;
    let source = format!("a: {}x{}\n", "[".repeat(depth), "]".repeat(depth));
    let text = edited(&source, |tree| {
        let leaf = tree
            .walk()
            .map(|step| step.id())
            .find(|id| tree.node(*id).leaf().is_some());
        tree.set_body(leaf.unwrap(), Body::Leaf(Leaf::text("z")));
    });
    assert_eq!(text, source.replace('x', "z"));
    let (tree, _) = yaml::load(source.as_bytes()).unwrap();
    let emitted = yaml::emit(&tree, Style::default()).unwrap();
    assert_eq!(emitted.len(), "a:\n    ".len() + 2 * depth + "x\n".len());
}
