use super::patch;
use crate::format::{PatchError, ini};
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Tree};

fn edit(source: &str, change: impl FnOnce(&mut Tree)) -> Result<String, PatchError> {
    let (tree, layout) = ini::load(source.as_bytes()).unwrap();
    let mut edited = tree.clone();
    change(&mut edited);
    patch(source.as_bytes(), &tree, &layout, &edited).map(|text| String::from_utf8(text).unwrap())
}

fn child(tree: &Tree, parent: NodeId, key: &str) -> NodeId {
    let mut children = tree.children(parent).iter().copied();
    children
        .find(|id| tree.node(*id).key == Some(Key::from(key)))
        .unwrap()
}

fn section(tree: &Tree, name: &str) -> NodeId {
    child(tree, tree.documents()[0], name)
}

fn key(tree: &Tree, name: &str, key: &str) -> NodeId {
    child(tree, section(tree, name), key)
}

fn set(tree: &mut Tree, name: &str, entry: &str, value: &str) {
    let id = key(tree, name, entry);
    tree.set_body(id, Body::Leaf(Leaf::text(value)));
}

fn put(tree: &mut Tree, name: &str, entry: &str, value: &str) {
    let id = section(tree, name);
    tree.push(id, Some(entry.into()), Body::Leaf(Leaf::text(value)));
}

fn note(text: &str) -> Body {
    Body::Comment(Comment {
        text: text.into(),
        inline: false,
    })
}

/// The comment that follows a key, or (without a key) opens the section.
fn comment(tree: &Tree, name: &str, entry: Option<&str>) -> NodeId {
    let section = section(tree, name);
    let place = entry.map_or(0, |entry| {
        let id = child(tree, section, entry);
        tree.children(section)
            .iter()
            .position(|other| *other == id)
            .unwrap()
            + 1
    });
    tree.children(section)[place]
}

fn add_metadata(tree: &mut Tree) {
    let id = tree.push(tree.documents()[0], Some("sops".into()), Body::Map(Vec::new()));
    tree.push(id, Some("mac".into()), Body::Leaf(Leaf::text("ENC[x]")));
    tree.push(id, Some("lastmodified".into()), Body::Leaf(Leaf::text("2026")));
}

const HOUSE: &str =
    "; top\r\na=1\r\n\r\n; sec\r\n[ s ]  # inline\r\n  k  =  'v' ; note\r\n\r\n  long = x\r\n[t]\r\nm: n";

#[test]
fn values_change_alone() {
    let text = edit(HOUSE, |tree| {
        set(tree, "DEFAULT", "a", "2");
        set(tree, " s ", "k", "ENC[x]");
        set(tree, "t", "m", " p ");
    });
    assert_eq!(
        text.unwrap(),
        "; top\r\na=2\r\n\r\n; sec\r\n[ s ]  # inline\r\n  k  =  ENC[x] ; note\r\n\r\n  long = x\r\n[t]\r\nm: \" p \""
    );
}

#[test]
fn keys_and_sections_are_renamed_in_place() {
    let text = edit(HOUSE, |tree| {
        let id = key(tree, " s ", "k");
        tree.set_key(id, Some("a=b".into()));
        let id = section(tree, "t");
        tree.set_key(id, Some("u".into()));
    });
    assert_eq!(
        text.unwrap(),
        HOUSE.replace("  k  =", "  `a=b`  =").replace("[t]", "[u]")
    );
}

#[test]
fn comments_change_alone() {
    let text = edit(HOUSE, |tree| {
        for (name, entry) in [("DEFAULT", Some("a")), (" s ", Some("k"))] {
            let id = comment(tree, name, entry);
            tree.set_body(id, note("ENC[c]"));
        }
    });
    assert_eq!(
        text.unwrap(),
        HOUSE.replace("; top", "; ENC[c]").replace("; note", "; ENC[c]")
    );
    let text = edit(HOUSE, |tree| {
        let id = comment(tree, " s ", None);
        tree.set_body(id, note("ENC[c]"));
    });
    assert_eq!(
        text.unwrap(),
        HOUSE.replace("; sec\r\n[ s ]  # inline", "; ENC[c]\r\n[ s ]")
    );
    let text = edit("# a\n# b\nk=1\n", |tree| {
        let id = comment(tree, "DEFAULT", Some("k"));
        tree.set_body(id, note("x\n; y"));
    });
    assert_eq!(text.unwrap(), "# x\n; y\nk=1\n");
}

#[test]
fn comments_come_and_go() {
    let text = edit("a = 1 ; x\nb = 2\n[s]\nk = 1\n", |tree| {
        let id = comment(tree, "DEFAULT", Some("a"));
        tree.unlink(id);
        let (root, s) = (section(tree, "DEFAULT"), section(tree, "s"));
        tree.push(root, None, note("on b"));
        let id = tree.new_node(None, note("on s"));
        tree.link(s, 0, id);
    });
    assert_eq!(text.unwrap(), "a = 1\n; on b\nb = 2\n; on s\n[s]\nk = 1\n");
}

#[test]
fn a_value_that_needs_the_line_lifts_the_comment_behind_it() {
    let text = edit("[s]\n\tk = v ; note\n", |tree| set(tree, "s", "k", "a;b"));
    assert_eq!(text.unwrap(), "[s]\n\t; note\n\tk = `a;b`\n");
}

#[test]
fn values_appear_and_vanish() {
    let source = "[s]\na =\nb=\nc = \nd = ; x\n";
    let text = edit(source, |tree| {
        for entry in ["a", "b", "c", "d"] {
            set(tree, "s", entry, "v");
        }
    });
    assert_eq!(text.unwrap(), "[s]\na = v\nb=v\nc = v\nd = v ; x\n");
    let text = edit("[s]\na = v\n", |tree| set(tree, "s", "a", ""));
    assert_eq!(text.unwrap(), "[s]\na = \n");
}

#[test]
fn new_keys_follow_the_line_beside_them() {
    let text = edit(HOUSE, |tree| {
        put(tree, "DEFAULT", "b", "2");
        put(tree, " s ", "x", "y");
        put(tree, "t", "o", "p");
    });
    assert_eq!(
        text.unwrap(),
        "; top\r\na=1\r\nb=2\r\n\r\n; sec\r\n[ s ]  # inline\r\n  k  =  'v' ; note\r\n\r\n  long = x\r\n  x    = y\r\n[t]\r\nm: n\r\no: p"
    );
    let text = edit("[s]\nk = v\n", |tree| put(tree, "DEFAULT", "top", "1"));
    assert_eq!(text.unwrap(), "top = 1\n\n[s]\nk = v\n");
    let text = edit("[s]\n\n[t]\n", |tree| put(tree, "s", "top", "1"));
    assert_eq!(text.unwrap(), "[s]\ntop = 1\n\n[t]\n");
}

#[test]
fn keys_and_sections_go_with_their_comments() {
    let text = edit(HOUSE, |tree| {
        for entry in [key(tree, " s ", "k"), comment(tree, " s ", Some("k"))] {
            tree.unlink(entry);
        }
    });
    assert_eq!(text.unwrap(), HOUSE.replace("  k  =  'v' ; note\r\n", ""));
    let without = |name: &'static str| {
        edit(HOUSE, |tree| {
            let id = section(tree, name);
            tree.unlink(id);
        })
        .unwrap()
    };
    assert_eq!(without(" s "), "; top\r\na=1\r\n\r\n[t]\r\nm: n");
    assert_eq!(without("t"), HOUSE.replace("[t]\r\nm: n", ""));
    let both = edit("[a]\nx=1\n\n[b]\nx=1\n\n[c]\nx=1\n", |tree| {
        for name in ["b", "c"] {
            let id = section(tree, name);
            tree.unlink(id);
        }
    });
    assert_eq!(both.unwrap(), "[a]\nx=1\n\n");
}

#[test]
fn metadata_is_appended_in_the_habit_of_the_file() {
    for (source, text) in [
        ("", "[sops]\nmac          = ENC[x]\nlastmodified = 2026\n"),
        (
            "[s]\nk = v",
            "[s]\nk = v\n\n[sops]\nmac          = ENC[x]\nlastmodified = 2026",
        ),
        (
            "a=1\n[s]\nk=v\n",
            "a=1\n[s]\nk=v\n[sops]\nmac=ENC[x]\nlastmodified=2026\n",
        ),
    ] {
        assert_eq!(edit(source, add_metadata).unwrap(), text);
    }
}

#[test]
fn what_sops_would_lose_does_not_stay_readable_in_an_encrypted_file() {
    let source = "; old\nk = hunter2 ; note\nk = ENC[x]\n[s] hunter3 ; c\nm = n\n\n; hunter4\n";
    assert_eq!(
        edit(source, add_metadata).unwrap(),
        "k = ENC[x]\n[s] ; c\nm = n\n[sops]\nmac          = ENC[x]\nlastmodified = 2026\n\n"
    );
    let text = edit("k = 1\nm = 2\nk = 3\n", |tree| set(tree, "DEFAULT", "k", "4"));
    assert_eq!(text.unwrap(), "k = 4\nm = 2\n");
    let text = edit("k = 1\nm = 2\nk = 3\n", |tree| put(tree, "DEFAULT", "z", "4"));
    assert_eq!(text.unwrap(), "k = 1\nm = 2\nz = 4\nk = 3\n");
}

#[test]
fn keys_and_sections_move_with_their_spelling() {
    let text = edit("[s]\na = 'x'\n; note\nb = \"y\"\n[t]\nc=1\n", |tree| {
        let (b, c) = (key(tree, "s", "b"), comment(tree, "s", Some("b")));
        tree.unlink(b);
        tree.unlink(c);
        let t = section(tree, "t");
        tree.link(t, 0, b);
        tree.link(t, 1, c);
    });
    assert_eq!(text.unwrap(), "[s]\na = 'x'\n[t]\n; note\nb = \"y\"\nc=1\n");
    let text = edit("[s]\na = 'x'\n\n[t]\nc=1\n", |tree| {
        let s = section(tree, "s");
        tree.unlink(s);
        let root = tree.documents()[0];
        tree.link(root, usize::MAX, s);
    });
    assert_eq!(text.unwrap(), "[t]\nc=1\n\n[s]\na = 'x'\n");
}

#[test]
fn multi_line_values_are_replaced_whole() {
    let source = "[s]\na = \"\"\"x\ny\"\"\" ; c\nb = one \\\n  two\nc = 3\n";
    let text = edit(source, |tree| {
        set(tree, "s", "a", "1");
        set(tree, "s", "b", "2");
    });
    assert_eq!(text.unwrap(), "[s]\na = 1 ; c\nb = 2\nc = 3\n");
}

#[test]
fn what_has_no_place_is_refused() {
    assert!(edit("a=1\n", |tree| set(tree, "DEFAULT", "a", "'q'")).is_err());
    assert!(edit("a=1\n", |tree| put(tree, "DEFAULT", "#1", "q")).is_err());
    assert!(
        edit("a=1 ; c\n", |tree| {
            let id = section(tree, "DEFAULT");
            tree.push(id, None, note("second"));
        })
        .is_err()
    );
    assert!(
        edit("a=1\n", |tree| {
            let id = section(tree, "DEFAULT");
            tree.set_key(id, Some("x".into()));
        })
        .is_err()
    );
    assert!(
        edit("a=1\n", |tree| {
            let id = key(tree, "DEFAULT", "a");
            tree.set_body(id, Body::List(Vec::new()));
        })
        .is_err()
    );
}

#[test]
fn a_numbered_key_stays_as_it_is_written() {
    let text = edit("- = a\n- = b\n", |tree| set(tree, "DEFAULT", "#2", "c"));
    assert_eq!(text.unwrap(), "- = a\n- = c\n");
}
