use super::emit;
use crate::format::{EmitError, ini};
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Tree};

fn again(source: &str) -> String {
    let (tree, _) = ini::load(source.as_bytes()).unwrap();
    String::from_utf8(emit(&tree).unwrap()).unwrap()
}

fn section(tree: &mut Tree, name: &str, entries: &[(&str, Leaf)]) -> NodeId {
    let root = match tree.documents() {
        [root] => *root,
        _ => tree.push_document(),
    };
    let id = tree.push(root, Some(Key::from(name)), Body::Map(Vec::new()));
    for (key, leaf) in entries {
        tree.push(id, Some(Key::from(*key)), Body::Leaf(leaf.clone()));
    }
    id
}

fn note(tree: &mut Tree, parent: NodeId, text: &str) {
    let comment = Comment {
        text: text.into(),
        inline: false,
    };
    tree.push(parent, None, Body::Comment(comment));
}

/// All expectations were observed by running sops.
#[test]
fn the_layout_is_that_of_sops() {
    for (source, expected) in [
        ("", ""),
        ("\n\n; only\n", ""),
        ("top=1\nother=2\n[s]\nk=v", "top   = 1\nother = 2\n\n[s]\nk = v\n"),
        ("[a]\n[b]\nk=\n[c]", "[a]\n\n[b]\nk = \n\n[c]\n"),
        ("a=1\n[DEFAULT]\nb=2", "a = 1\n\n[DEFAULT]\nb = 2\n"),
        ("[DEFAULT]\nb=2", "[DEFAULT]\nb = 2\n"),
        ("; b\n[a] x ; c\n; d\nk=1 ; e", "; b\n; c\n[a]\n; d\n; e\nk = 1\n"),
        ("# three\n# four\nk = v\n", "; three\n# four\nk = v\n"),
        (";\tx\nk=1", "; x\nk = 1\n"),
        (
            "`back = tick`=1\nключ=2\n\"\"\"a`b\"\"\"=3",
            "`back = tick` = 1\nключ      = 2\n\"\"\"a`b\"\"\"     = 3\n",
        ),
        (
            "k=`x # y`\nm=\"\"\"x`y\"\"\"\nn=\" z\"",
            "k = `x # y`\nm = \"\"\"x`y\"\"\"\nn = \" z\"\n",
        ),
    ] {
        assert_eq!(again(source), expected, "{source}");
    }
}

#[test]
fn a_comment_without_text_is_kept() {
    assert_eq!(again("k = a;"), ";\nk = a\n");
    assert_eq!(again("; \n;\nk=1"), ";\n; \nk = 1\n");
}

#[test]
fn values_of_other_formats_become_text() {
    let mut tree = Tree::new();
    section(
        &mut tree,
        "sec",
        &[
            ("g", Leaf::Float(1e21)),
            ("b", Leaf::Bool(true)),
            ("n", Leaf::Null),
        ],
    );
    assert_eq!(emit(&tree).unwrap(), b"[sec]\ng = 1E+21\nb = true\nn = <nil>\n");
}

#[test]
fn comments_go_where_sops_puts_them() {
    let mut tree = Tree::new();
    let root = tree.push_document();
    note(&mut tree, root, " top");
    let id = section(&mut tree, "s", &[]);
    note(&mut tree, id, " c1");
    note(&mut tree, id, " c2");
    tree.push(id, Some("a".into()), Body::Leaf(Leaf::Int(1)));
    note(&mut tree, id, " c3");
    note(&mut tree, id, " c4");
    assert_eq!(emit(&tree).unwrap(), b";  c1\n[s]\n; c4\na = 1\n");
}

#[test]
fn what_would_not_read_back_is_refused_and_named() {
    for (key, value) in [
        ("j", "'q'"),
        ("k", "\"q\""),
        ("l", "x\\"),
        ("i", "a\"\"\"b\nc\"\"\"\n"),
        ("h", "\"\"\"a"),
        ("#1", "x"),
        ("-", "x"),
        ("[z", "x"),
        ("a\nb", "x"),
        ("a`\"b", "x"),
        ("", "x"),
    ] {
        let mut tree = Tree::new();
        section(
            &mut tree,
            "s",
            &[("ok", Leaf::text("1")), (key, Leaf::text(value))],
        );
        match emit(&tree) {
            Err(EmitError::Lossy { path } | EmitError::Unrepresentable { path, .. }) => {
                assert_eq!(path, format!("s.{key}"));
            }
            Ok(_) => panic!("{key}"),
        }
    }
    for name in ["", "a\nb"] {
        let mut tree = Tree::new();
        section(&mut tree, name, &[("a", Leaf::text("1"))]);
        assert!(emit(&tree).is_err());
    }
    let mut tree = Tree::new();
    section(&mut tree, "s", &[("a", Leaf::text("1")), ("a", Leaf::text("2"))]);
    assert!(emit(&tree).is_err());
}

#[test]
fn a_tree_without_sections_is_refused() {
    let mut tree = Tree::new();
    let root = tree.push_document();
    tree.push(root, Some("a".into()), Body::Leaf(Leaf::Int(1)));
    assert!(matches!(emit(&tree), Err(EmitError::Unrepresentable { path, .. }) if path == "a"));
    let mut tree = Tree::new();
    let id = section(&mut tree, "s", &[]);
    tree.push(id, Some("l".into()), Body::List(Vec::new()));
    assert!(matches!(emit(&tree), Err(EmitError::Unrepresentable { path, .. }) if path == "s.l"));
}

#[test]
fn an_encrypted_file_never_holds_what_breaks_its_mac() {
    let mut tree = Tree::new();
    section(&mut tree, "s", &[("a", Leaf::Bool(true))]);
    section(&mut tree, "sops", &[("mac_only_encrypted", Leaf::Bool(true))]);
    assert_eq!(emit(&tree), Err(EmitError::Lossy { path: "s.a".into() }));
}

#[test]
fn an_encrypted_ini_file_never_loses_a_comment() {
    let (mut tree, _) = ini::load(b"[s]\na = ENC[x]\n; one\nb = ENC[x]\n[sops]\nmac = ENC[x]\n").unwrap();
    assert!(emit(&tree).is_ok());
    let s = tree.children(tree.documents()[0])[1];
    note(&mut tree, s, "second");
    assert!(matches!(emit(&tree), Err(EmitError::Unrepresentable { path, .. }) if path == "s"));
}
