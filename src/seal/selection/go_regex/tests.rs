use super::compile;

#[test]
fn expressions_match_what_go_matches() {
    for (pattern, yes, no) in [
        (
            "^(data|stringData)$",
            &["data", "stringData"][..],
            &["metadata", "dataX"][..],
        ),
        ("data", &["metadata"], &["DATA"]),
        ("(?i)data", &["METADATA"], &["date"]),
        (r"^\d+$", &["12"], &["١٢", ""]),
        (r"^\w+$", &["a_1"], &["ä"]),
        (r"^\W$", &["ä", "-"], &["a"]),
        (r"^\s$", &[" ", "\t"], &["\u{a0}", "\u{b}"]),
        (r"^[\d-]+$", &["1-2"], &["a"]),
        (r"^[^\s]$", &["\u{a0}"], &[" "]),
        (r"^[\D]$", &["a"], &["1"]),
        (r"\bü", &[], &["ü"]),
        (r"\bu", &["üu"], &["au"]),
        (r"^\Qa.b*\E+$", &["a.b**"], &["axb"]),
        (r"^\Qa.b", &["a.bc"], &["axb"]),
        ("^[a&&b]+$", &["a&b"], &["c"]),
        ("^[a--c]$", &[], &[]),
        ("^[a~~b]+$", &["~ab"], &["c"]),
        ("^[[a]+$", &["[a"], &["b"]),
        ("^[]a]+$", &["]a"], &["b"]),
        ("^[^]a]+$", &["b"], &["]"]),
        ("^[a-]+$", &["a-"], &["b"]),
        ("^[[:alpha:]_]+$", &["a_"], &["ä"]),
        ("^[[:^alpha:]]$", &["1", "ä"], &["a"]),
        ("^[[:]+$", &["[:"], &["a"]),
        ("a{,2}", &["a{,2}"], &["aa"]),
        ("^a{2,3}$", &["aa", "aaa"], &["a"]),
        ("^a{02}$", &["a{02}"], &["aa"]),
        (r"^\101\x42\x{43}\07$", &["ABC\x07"], &["ABC"]),
        (r"^\_\-\<\>\/$", &["_-<>/"], &["_"]),
        (r"^\p{Greek}\pL\P{Greek}\p{^Greek}\p{Lu}$", &["αaaaA"], &["aaaaA"]),
        ("^(?P<a>x)(?<b>y)$", &["xy"], &["x"]),
        ("^(?U)a+$", &["aa"], &["b"]),
        ("(?s:^.$)", &["\n"], &["ab"]),
        ("^.$", &["a", "ä"], &["\n"]),
        ("^a??b$", &["ab", "b"], &["aab"]),
        ("# x", &["# x"], &["#x"]),
        ("", &["", "a"], &[]),
    ] {
        if pattern == "^[a--c]$" {
            assert!(compile(pattern).is_err(), "{pattern}");
            continue;
        }
        let regex = compile(pattern).unwrap_or_else(|problem| panic!("{pattern}: {problem}"));
        for text in yes {
            assert!(regex.is_match(text.as_bytes()), "{pattern} must match {text:?}");
        }
        for text in no {
            assert!(
                !regex.is_match(text.as_bytes()),
                "{pattern} must not match {text:?}"
            );
        }
    }
}

#[test]
fn what_go_refuses_is_refused() {
    for pattern in [
        "(",
        ")",
        "[",
        "a**",
        "a+*",
        "a{2}{3}",
        "*",
        r"\",
        r"\1",
        r"\8",
        r"\E",
        r"\h",
        r"\Z",
        r"\C",
        r"\K",
        "(?x)a",
        "(?u)a",
        "(?R)a",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?#c)",
        "(?P<a>x)(?P<a>y)",
        "(?P<>x)",
        "(?P=a)",
        "(?i-)a",
        "(?)",
        "[b-a]",
        r"[a-\d]",
        "[[:foo:]]",
        r"[\b]",
        "a{1001}",
        "a{3,2}",
        r"\pZZ\p{zz}",
        r"\p{Alphabetic}",
        r"\x{110000}",
        r"\xg0",
        r"\u0041",
    ] {
        assert!(compile(pattern).is_err(), "{pattern}");
    }
}

#[test]
fn keys_need_not_be_utf8() {
    assert!(compile("^..?$").unwrap().is_match("é".as_bytes()));
    assert!(compile("secret").unwrap().is_match(b"\xffsecret"));
}
