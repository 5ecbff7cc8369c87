//! Documents that come, go or change places, and texts that are not UTF-8.

use super::{at, at_in, edited, try_edited};
use lazysops::format::{self, Format, PatchError, yaml};
use lazysops::tree::{Body, Leaf, NodeId, Tree};

const THREE: &str = "# first\na: 1 # one\n---\n# second\nb:   2\n---\nc: 'three'\n";

/// A new document with one entry.
fn fresh(tree: &mut Tree, key: &str, value: &str) -> NodeId {
    let mut roots = tree.documents().to_vec();
    let root = tree.push_document();
    tree.push(root, Some(key.into()), Body::Leaf(Leaf::text(value)));
    roots.push(root);
    root
}

/// The documents in this order; `n` is a new one.
fn ordered(source: &str, order: &str) -> Result<String, PatchError> {
    try_edited(source, |tree| {
        let old = tree.documents().to_vec();
        let new = fresh(tree, "m", "new");
        let roots = order.chars().map(|sign| match sign {
            'n' => new,
            digit => old[digit.to_digit(10).unwrap() as usize],
        });
        let roots = roots.collect();
        tree.set_documents(roots);
    })
}

#[test]
fn every_document_keeps_its_lines_wherever_others_come_or_go() {
    for (order, expected) in [
        (
            "012n",
            "# first\na: 1 # one\n---\n# second\nb:   2\n---\nc: 'three'\n---\nm: new\n",
        ),
        (
            "01n2",
            "# first\na: 1 # one\n---\n# second\nb:   2\n---\nm: new\n---\nc: 'three'\n",
        ),
        (
            "n012",
            "m: new\n---\n# first\na: 1 # one\n---\n# second\nb:   2\n---\nc: 'three'\n",
        ),
        ("01", "# first\na: 1 # one\n---\n# second\nb:   2\n"),
        ("02", "# first\na: 1 # one\n---\nc: 'three'\n"),
        ("12", "---\n# second\nb:   2\n---\nc: 'three'\n"),
        ("0", "# first\na: 1 # one\n"),
        ("2n", "---\nc: 'three'\n---\nm: new\n"),
        (
            "201",
            "---\nc: 'three'\n---\n# first\na: 1 # one\n---\n# second\nb:   2\n",
        ),
    ] {
        assert_eq!(ordered(THREE, order).unwrap(), expected, "{order}");
    }
}

#[test]
fn other_ends_of_lines_and_of_documents_stay() {
    assert_eq!(
        ordered("a: 1\r\n---\r\nb: 2\r\n", "01n").unwrap(),
        "a: 1\r\n---\r\nb: 2\r\n---\r\nm: new\r\n"
    );
    assert_eq!(ordered("a: 1", "0n").unwrap(), "a: 1\n---\nm: new\n");
    assert_eq!(
        ordered("---\na: 1\n...\n---\nb: 2\n...\n", "0n1").unwrap(),
        "---\na: 1\n...\n---\nm: new\n---\nb: 2\n...\n"
    );
    assert_eq!(
        ordered("a: 1\n---\n---\nb: 2\n", "02").unwrap(),
        "a: 1\n---\nb: 2\n"
    );
}

#[test]
fn values_change_in_the_same_edit() {
    let text = edited(THREE, |tree| {
        tree.set_body(at_in(tree, 1, "b"), Body::Leaf(Leaf::Int(5)));
        tree.set_body(at_in(tree, 2, "c"), Body::Leaf(Leaf::text("four")));
        let roots = [tree.documents()[2], tree.documents()[1]];
        tree.set_documents(roots.to_vec());
    });
    assert_eq!(text, "---\nc: 'four'\n---\n# second\nb:   5\n");
}

#[test]
fn a_document_with_directives_or_none_at_all_is_refused() {
    let directives = ordered("%YAML 1.1\n---\na: 1\n---\nb: 2\n", "1n");
    assert!(
        matches!(directives, Err(PatchError::NoPlace(_))),
        "{directives:?}"
    );
    assert!(matches!(ordered("a: 1\n", ""), Err(PatchError::NoPlace(_))));
}

#[test]
fn a_utf_16_text_stays_one() {
    for unit in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        let encode = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
        let source = encode("\u{feff}a: 1 # für\n\nb:   'x'\n");
        let (tree, layout) = yaml::load(&source).unwrap();
        let mut edited = tree.clone();
        edited.set_body(at(&tree, "b"), Body::Leaf(Leaf::text("Käse")));
        let text = yaml::patch(&source, &tree, &layout, &edited).unwrap();
        assert_eq!(text, encode("\u{feff}a: 1 # für\n\nb:   'Käse'\n"));
    }
}

#[test]
fn an_edit_below_a_document_that_is_an_alias_is_written_or_refused_but_not_passed_over() {
    let source = b"a: &x {b: 1}\n--- *x\n";
    let loaded = format::load(Format::Yaml, source).unwrap();
    let value = loaded.tree.children(loaded.tree.documents()[1])[0];
    let mut edited = loaded.tree.clone();
    edited.set_body(value, Body::Leaf(Leaf::text("new")));
    if let Ok(text) = format::patch(source, &loaded, &edited) {
        let again = format::load(Format::Yaml, &text).unwrap();
        assert!(again.tree.same_content(&edited, true));
    }
}
