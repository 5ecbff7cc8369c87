use super::load;
use crate::tree::{Body, Leaf};

/// A tree as text: `[section]`, `key=value`, `#comment`, one a line.
fn outline(source: &str) -> String {
    let (tree, _) = load(source.as_bytes()).unwrap();
    let mut lines = Vec::new();
    for section in tree.children(tree.documents()[0]) {
        let key = |id| {
            let key = tree.node(id).key.clone();
            key.map_or(String::new(), |key| key.display().into_owned())
        };
        lines.push(format!("[{}]", key(*section)));
        for id in tree.children(*section) {
            lines.push(match &tree.node(*id).body {
                Body::Leaf(Leaf::Text(text)) => format!("{}={}", key(*id), text.expose_str().unwrap()),
                Body::Comment(comment) => format!("#{}", comment.text.expose_str().unwrap()),
                _ => panic!("neither value nor comment"),
            });
        }
    }
    lines.join("|")
}

/// All expectations were observed by running sops.
#[test]
fn values_are_read_as_sops_reads_them() {
    for (source, expected) in [
        ("k = v ; after", "k=v|#after"),
        ("k = p;tight", "k=p|#tight"),
        ("c=\"#x\"", "c=\"|#x\""),
        ("k=\"a;b\" ; \"", "k=\"a|#b\" ; \""),
        ("k = \"quoted value\"", "k=quoted value"),
        ("k = 'a' # c", "k=a|#c"),
        ("k = \"with \\\"inner\\\"\"", "k=\"with \\\"inner\\\"\""),
        ("k=\"a'", "k=\"a'"),
        ("k='", "k='"),
        ("k = ''", "k="),
        ("k = '\"a\"'", "k=\"a\""),
        ("k=  \"  a  \"", "k=  a  "),
        ("k =", "k="),
        ("k = ; c", "k=|#c"),
        ("k = a;", "k=a|#"),
        ("k = `a` ; c", "k=a"),
        ("k=`a` `b` ; c\nm=1", "k=a` `b|m=1"),
        ("k = \"\"\"a\"\"\" junk", "k=a"),
        ("k=\"\"\"\"a\"\"\"\"", "k=\"a\""),
        ("k=\"\"\"", "k=\"\"\""),
        ("k = `a\nb` ; c\nm=1", "k=a\nb|#c|m=1"),
        ("k=`a\nb` junk\nm=1", "k=a\nb|m=1"),
        (
            "k=\"\"\"a\nb\"\"\" junk \"\"\" ; c\nm=1",
            "k=a\nb\"\"\" junk |#c|m=1",
        ),
        ("k = one \\\n  two\nm = x", "k=one two|m=x"),
        ("k = a\\\nb\\\nc\nd=1", "k=abc|d=1"),
        ("k = a \\\n\nm=1", "k=a |m=1"),
        ("k=a \\\n; x\n\nz=1", "k=a ; x|z=1"),
        ("k = a # x \\\nb", "k=a # x b"),
        ("k=\\", "k="),
        ("k=\\\nb=c", "k=b=c"),
        ("k: a=b", "k=a=b"),
        ("a=b:c", "a=b:c"),
        ("k = %(other)s", "k=%(other)s"),
        ("\u{a0}k\u{a0}=\u{a0}1\u{a0}", "k=1"),
        ("\u{feff}k=1", "k=1"),
        ("k=a\r\n\r\nm=\"\"\"x\r\ny\"\"\"\r\n", "k=a|m=x\r\ny"),
    ] {
        assert_eq!(outline(source), format!("[DEFAULT]|{expected}"), "{source}");
    }
}

#[test]
fn keys_are_read_as_sops_reads_them() {
    for (source, expected) in [
        ("\"a\" = 1", "a=1"),
        ("\"a\"x = 1", "a=1"),
        ("`a = b`=1", "a = b=1"),
        ("\"\"\"a\"b\"\"\"=1", "a\"b=1"),
        ("\"a=b\"c=d=e", "a=b=d=e"),
        ("\" a \"=1", "a=1"),
        ("\"a\":1=2", "a=1=2"),
        ("`a`b`=1", "a=1"),
        ("- = 1\n-=2", "#1=1|#2=2"),
        ("k=1\nm=2\nk=3", "k=3|m=2"),
        ("; c1\nk=1\n; c2\nk=2", "k=2|#c2"),
        ("; c1\nk=1 ; c\nk=2", "k=2"),
    ] {
        assert_eq!(outline(source), format!("[DEFAULT]|{expected}"), "{source}");
    }
}

#[test]
fn sections_and_their_comments_are_read_as_sops_reads_them() {
    for (source, expected) in [
        ("", "[DEFAULT]"),
        ("[a]\n; only\n", "[DEFAULT]|[a]"),
        ("a=1\n[DEFAULT]\nb=2", "[DEFAULT]|a=1|[DEFAULT]|b=2"),
        ("[a]\n[b]\n[a]\nx=1", "[DEFAULT]|[a]|[b]|[a]|x=1"),
        (" [ a ] \n k=1", "[DEFAULT]|[ a ]|k=1"),
        ("[a]]\nk=1", "[DEFAULT]|[a]]|k=1"),
        ("[a] [b] ; x]\nk=1", "[DEFAULT]|[a] [b] ; x]|k=1"),
        ("[a] x\nk=1", "[DEFAULT]|[a]|k=1"),
        (
            "; b\n[a] x ; c\n; d\nk=1 ; e",
            "[DEFAULT]|[a]|#b\n; c|k=1|#d\n; e",
        ),
        ("; c\n\n[a]", "[DEFAULT]|[a]|#c"),
        ("; one\n\n# two\n[a]", "[DEFAULT]|[a]|#one\n# two"),
        (";;; ##x\nk=1", "[DEFAULT]|k=1|###x"),
        ("#;#x\nk=1", "[DEFAULT]|k=1|#;#x"),
        (";\tx\nk=1", "[DEFAULT]|k=1|#\tx"),
        (";\nk=1", "[DEFAULT]|k=1|#"),
        ("; \n;\nk=1", "[DEFAULT]|k=1|#\n;"),
        ("; a\r\n; b\r\nk=1\r\n", "[DEFAULT]|k=1|#a\r\n; b"),
    ] {
        assert_eq!(outline(source), expected, "{source}");
    }
}

#[test]
fn what_sops_refuses_is_refused_with_its_line() {
    for (source, problem) in [
        (
            "[a]\njust a word\n",
            "line 2: a line that is no comment and no section needs a key and =",
        ),
        ("[a\nk = v", "line 1: the name of a section does not end"),
        ("[]", "line 1: the name of a section is empty"),
        ("=1", "line 1: a key is empty"),
        ("\"  \"=1", "line 1: a key is empty"),
        ("\"a = 1", "line 1: the quotes of a key do not end"),
        ("\"a\"", "line 1: a key in quotes needs = behind it"),
        ("k=\"\"\"\n", "line 1: the quotes of a value do not end"),
        ("k=`", "line 1: the quotes of a value do not end"),
        ("k=`a\nb\nc", "line 3: the quotes of a value do not end"),
    ] {
        assert_eq!(load(source.as_bytes()).unwrap_err().to_string(), problem);
    }
}

#[test]
fn bytes_need_not_be_utf8() {
    let (tree, _) = load(b"k\xff=\xfe\n").unwrap();
    let entry = tree.children(tree.children(tree.documents()[0])[0])[0];
    assert_eq!(
        tree.node(entry).leaf(),
        Some(&Leaf::Text(b"\xfe".as_slice().into()))
    );
}
