//! Changed values and keys.

use super::{at, at_in, edited, set, set_leaf};
use lazysops::tree::{Body, Leaf, Tree};

const ENC: &str = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]";

#[test]
fn only_the_line_of_a_changed_value_changes() {
    let source = "# head\n\na:   1  # one\nb:\n    - 'x'   # two\n\n    - y\nc: {d: 2,  e: 3}\n";
    assert_eq!(set(source, "b.0", "z"), source.replace("'x'", "'z'"));
    assert_eq!(set(source, "a", "z"), source.replace("1  # one", "z  # one"));
    assert_eq!(
        set_leaf(source, "c.d", Leaf::Int(4)),
        source.replace("d: 2", "d: 4")
    );
}

#[test]
fn quotes_stay_where_the_new_value_allows_them() {
    assert_eq!(set("a: 'x'\n", "a", "it's"), "a: 'it''s'\n");
    assert_eq!(set("a: \"x\"\n", "a", "it's"), "a: \"it's\"\n");
    assert_eq!(set("a: \"x\"\n", "a", ENC), format!("a: \"{ENC}\"\n"));
    assert_eq!(set("a: x\n", "a", "yes"), "a: \"yes\"\n");
    assert_eq!(set("a: x\n", "a", "b: c"), "a: 'b: c'\n");
    assert_eq!(set("a: 'x'\n", "a", "a\tb"), "a: \"a\\tb\"\n");
    assert_eq!(set_leaf("a: 'x'\n", "a", Leaf::Int(1)), "a: 1\n");
}

#[test]
fn an_encrypted_value_between_brackets_is_quoted() {
    assert_eq!(
        set("a: [x, {b: c}]\n", "a.0", ENC),
        format!("a: [\"{ENC}\", {{b: c}}]\n")
    );
    assert_eq!(
        set("a: [x, {b: c}]\n", "a.1.b", ENC),
        format!("a: [x, {{b: \"{ENC}\"}}]\n")
    );
    assert_eq!(set("{a: 'x'}\n", "a", ENC), format!("{{a: '{ENC}'}}\n"));
    assert_eq!(set("a: [x]\n", "a.0", "b\nc"), "a: [\"b\\nc\"]\n");
}

#[test]
fn every_type_reads_back_as_that_type() {
    for (leaf, text) in [
        (Leaf::Null, "null"),
        (Leaf::Bool(true), "true"),
        (Leaf::Float(1.0), "1.0"),
        (Leaf::Float(-0.0), "-0.0"),
        (Leaf::Float(1e6), "1e+06"),
        (Leaf::text("1.0"), "\"1.0\""),
        (Leaf::text(""), "\"\""),
        (Leaf::text("<<"), "\"<<\""),
    ] {
        assert_eq!(set_leaf("a: x\n", "a", leaf), format!("a: {text}\n"));
    }
}

#[test]
fn a_literal_block_keeps_its_column_and_its_header_comment() {
    let source = "a: |   # why\n      x\n      y\nb: 1\n";
    assert_eq!(set(source, "a", "1\n2\n"), "a: | # why\n      1\n      2\nb: 1\n");
    assert_eq!(set(source, "a", "one"), "a: one # why\nb: 1\n");
    assert_eq!(set(source, "a", ENC), format!("a: {ENC} # why\nb: 1\n"));
    assert_eq!(set("a: |2-\n   x\n", "a", " p\nq"), "a: |2-\n   p\n  q\n");
    assert_eq!(
        set("l:\n- |\n  x\n- y\n", "l.0", "a\nb\n"),
        "l:\n- |\n  a\n  b\n- y\n"
    );
}

#[test]
fn a_folded_block_becomes_literal_when_its_text_has_lines() {
    assert_eq!(
        set("a: >-\n    x\n    y\nb: 1\n", "a", "p\nq"),
        "a: |-\n    p\n    q\nb: 1\n"
    );
}

#[test]
fn one_line_can_become_a_block() {
    assert_eq!(
        set("a: x # c\nb: 1\n", "a", "p\nq\n"),
        "a: | # c\n    p\n    q\nb: 1\n"
    );
    assert_eq!(
        set("m:\n  a: x\n  b: 1\n", "m.a", "p\nq"),
        "m:\n  a: |-\n    p\n    q\n  b: 1\n"
    );
    assert_eq!(set("l:\n  - x\n", "l.0", "p\nq"), "l:\n  - |-\n    p\n    q\n");
    assert_eq!(set("a: x", "a", "p\nq\n"), "a: |\n    p\n    q\n");
}

#[test]
fn a_block_never_swallows_what_follows() {
    assert_eq!(set("a: x\n\nb: 1\n", "a", "p\n\n"), "a: \"p\\n\\n\"\n\nb: 1\n");
    assert_eq!(
        set("a: x\n     # c\nb: 1\n", "a", "p\nq"),
        "a: \"p\\nq\"\n     # c\nb: 1\n"
    );
}

#[test]
fn an_empty_value_can_be_filled() {
    assert_eq!(set("a:\nb:\n", "a", "x"), "a: x\nb:\n");
    assert_eq!(set("l:\n-\n- y\n", "l.0", "x"), "l:\n- x\n- y\n");
    assert_eq!(set("a: {b, c: }\n", "a.b", "x"), "a: {b: x, c: }\n");
    assert_eq!(set("a: {b, c: }\n", "a.c", "x"), "a: {b, c: x }\n");
    assert_eq!(set("a: # c\nb: 1\n", "a", "x"), "# c\na: x\nb: 1\n");
    assert_eq!(set("a: !!str\n", "a", "x"), "a: !!str x\n");
    assert_eq!(set("a: &n\nb: *n\n", "a", "x"), "a: &n x\nb: null\n");
}

#[test]
fn a_tag_goes_when_it_does_not_fit_the_new_value() {
    assert_eq!(set("a: !!int \"1\"\n", "a", "x"), "a: \"x\"\n");
    assert_eq!(set("a: &n !!int 1\n", "a", "x"), "a: &n x\n");
    assert_eq!(set("a: !vault x\n", "a", "z"), "a: !vault z\n");
    assert_eq!(set_leaf("a: !vault x\n", "a", Leaf::Int(1)), "a: 1\n");
}

#[test]
fn what_an_alias_stands_for_is_written_out_only_when_it_differs() {
    let source = "a: &n x\nb: *n\nc: *n\n";
    assert_eq!(set(source, "b", "z"), "a: &n x\nb: z\nc: *n\n");
    assert_eq!(set(source, "a", "z"), "a: &n z\nb: x\nc: x\n");
    let source = "a: &n\n  k: v\nb:\n  <<: *n\n  l: w\n";
    assert_eq!(
        set(source, "b.<<.k", ENC),
        format!("a: &n\n  k: v\nb:\n  <<:\n    k: {ENC}\n  l: w\n")
    );
    assert_eq!(set(source, "b.l", "z"), source.replace('w', "z"));
}

#[test]
fn a_value_can_become_a_map_and_back() {
    let with_map = |tree: &mut Tree| {
        let id = at(tree, "a");
        tree.set_body(id, Body::Map(Vec::new()));
        tree.push(id, Some("k".into()), Body::Leaf(Leaf::text("v")));
    };
    assert_eq!(
        edited("a: x # c\nb:\n  c: 1\n", with_map),
        "# c\na:\n  k: v\nb:\n  c: 1\n"
    );
    assert_eq!(set("a:\n  k: v\n  # c\nb: 1\n", "a", "x"), "a: x\nb: 1\n");
    assert_eq!(set("a: {k: v}\nb: 1\n", "a", "x"), "a: x\nb: 1\n");
}

#[test]
fn files_with_crlf_stay_so() {
    let source = "a: x\r\nb:\r\n  - 1\r\nc: |\r\n  t\r\n";
    assert_eq!(
        set(source, "a", "p\nq\n"),
        "a: |\r\n  p\r\n  q\r\nb:\r\n  - 1\r\nc: |\r\n  t\r\n"
    );
    assert_eq!(
        set(source, "c", "u\nv\n"),
        "a: x\r\nb:\r\n  - 1\r\nc: |\r\n  u\r\n  v\r\n"
    );
    assert_eq!(set(source, "c", "u"), "a: x\r\nb:\r\n  - 1\r\nc: u\r\n");
}

#[test]
fn a_byte_order_mark_and_a_missing_final_newline_stay() {
    assert_eq!(set("\u{feff}a: 1\nb: 2", "b", "x"), "\u{feff}a: 1\nb: x");
}

#[test]
fn a_renamed_key_keeps_its_quotes_and_its_value() {
    let renamed = |source: &str, path: &str, key: &str| {
        edited(source, |tree| tree.set_key(at(tree, path), Some(key.into())))
    };
    assert_eq!(renamed("a:   1 # c\n", "a", "b"), "b:   1 # c\n");
    assert_eq!(renamed("'a': 1\n", "a", "b"), "'b': 1\n");
    assert_eq!(renamed("a: 1\n", "a", "yes"), "\"yes\": 1\n");
    assert_eq!(renamed("a: 1\n", "a", "x: y"), "'x: y': 1\n");
    assert_eq!(renamed("m: {a: 1}\n", "m.a", "x,y"), "m: {\"x,y\": 1}\n");
    assert_eq!(
        renamed("l:\n  - a: 1\n    b: 2\n", "l.0.a", "c"),
        "l:\n  - c: 1\n    b: 2\n"
    );
    assert_eq!(renamed("? a\n: 1\n", "a", "b"), "b: 1\n");
    assert_eq!(
        renamed("m:\n  a:\n    k: 'v'\n", "m.a", "x\ny"),
        "m:\n  ? |-\n    x\n    y\n  : k: v\n"
    );
}

#[test]
fn each_document_is_its_own() {
    let source = "a: 1\n--- # two\na: 1\n...\n---\na: 1\n";
    let text = edited(source, |tree| {
        tree.set_body(at_in(tree, 1, "a"), Body::Leaf(Leaf::Int(2)));
        tree.set_body(at_in(tree, 2, "a"), Body::Leaf(Leaf::Int(3)));
    });
    assert_eq!(text, "a: 1\n--- # two\na: 2\n...\n---\na: 3\n");
}
