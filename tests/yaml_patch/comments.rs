//! Comments that come, go and change.

use super::{at, comment, edited};
use lazysops::tree::{Body, NodeId, Tree};

fn nth_comment(tree: &Tree, index: usize) -> NodeId {
    tree.walk()
        .map(|step| step.id())
        .filter(|id| tree.node(*id).comment().is_some())
        .nth(index)
        .unwrap()
}

fn change(source: &str, index: usize, text: &str) -> String {
    edited(source, |tree| {
        let id = nth_comment(tree, index);
        let inline = tree.node(id).comment().unwrap().inline;
        tree.set_body(id, comment(text, inline));
    })
}

fn remove(source: &str, index: usize) -> String {
    edited(source, |tree| {
        let id = nth_comment(tree, index);
        tree.unlink(id);
    })
}

fn insert(source: &str, path: &str, index: usize, body: Body) -> String {
    edited(source, |tree| {
        let parent = at(tree, path);
        let id = tree.new_node(None, body);
        tree.link(parent, index, id);
    })
}

const SOURCE: &str = "# one\n\na:   # two\n  - x   # three\n  # four\n  - y\n# five\nb: {c: 1} # six\n";

#[test]
fn an_encrypted_comment_stays_a_comment_where_it_was() {
    for (index, word) in ["one", "two", "three", "four", "five", "six"]
        .into_iter()
        .enumerate()
    {
        let sealed = change(SOURCE, index, "ENC[AES256_GCM,data:x,type:comment]");
        assert_eq!(
            sealed,
            SOURCE.replace(&format!("# {word}"), "#ENC[AES256_GCM,data:x,type:comment]")
        );
    }
}

#[test]
fn a_removed_comment_takes_its_line_or_nothing_else() {
    assert_eq!(remove(SOURCE, 0), SOURCE.replace("# one\n", ""));
    assert_eq!(remove(SOURCE, 1), SOURCE.replace("   # two", ""));
    assert_eq!(remove(SOURCE, 2), SOURCE.replace("   # three", ""));
    assert_eq!(remove(SOURCE, 3), SOURCE.replace("  # four\n", ""));
    assert_eq!(remove(SOURCE, 5), SOURCE.replace(" # six", ""));
}

#[test]
fn a_new_comment_takes_the_column_of_its_collection() {
    let source = "a:\n  b: 1\n  c: x\nd: 2\n";
    assert_eq!(
        insert(source, "a", 0, comment(" n", false)),
        source.replace("  b", "  # n\n  b")
    );
    assert_eq!(
        insert(source, "a", 1, comment(" n", false)),
        source.replace("  c", "  # n\n  c")
    );
    assert_eq!(
        insert(source, "a", 2, comment(" n", false)),
        source.replace("c: x\n", "c: x\n  # n\n")
    );
    assert_eq!(
        insert(source, "", 0, comment(" n", false)),
        format!("# n\n{source}")
    );
}

#[test]
fn a_new_inline_comment_goes_behind_its_value() {
    let source = "a: 'x'\nb: |\n  text\nc:\n- y\n";
    assert_eq!(
        insert(source, "", 0, comment(" n", true)),
        source.replace("'x'", "'x' # n")
    );
    assert_eq!(
        insert(source, "", 1, comment(" n", true)),
        source.replace("b: |", "b: | # n")
    );
    assert_eq!(
        insert(source, "c", 0, comment(" n", true)),
        source.replace("- y", "- y # n")
    );
}

#[test]
fn the_comment_of_a_removed_value_can_stay() {
    let text = edited("a: 1 # why\nb: 2\n", |tree| {
        let id = at(tree, "a");
        tree.unlink(id);
    });
    assert_eq!(text, "b: 2 # why\n");
    let text = edited("a: 1\nb: 2 # why\n", |tree| {
        let id = at(tree, "b");
        tree.unlink(id);
    });
    assert_eq!(text, "a: 1\n# why\n");
}
