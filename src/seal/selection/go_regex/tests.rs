use super::{compile, structure};

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
        ("^(?P<a_1>x)(?<_b>y)$", &["xy"], &["x"]),
        ("^(?U)a+$", &["aa"], &["b"]),
        ("(?s:^.$)", &["\n"], &["ab"]),
        ("^.$", &["a", "ä"], &["\n"]),
        ("^a??b$", &["ab", "b"], &["aab"]),
        ("# x", &["# x"], &["#x"]),
        (r"^\a\f\n\r\t\v$", &["\x07\x0c\n\r\t\x0b"], &["afnrtv"]),
        (r"^\S\D$", &["a-", "\u{a0}ä"], &[" a", "a1"]),
        (r"\Aa\z", &["a"], &["a\n", "ba"]),
        (r"a\Bb", &["ab"], &["a-b"]),
        (r"^\0\12\1012\x414$", &["\0\nA2A4"], &["\0\nAA"]),
        (r"^\777$", &["\u{1ff}"], &["?7"]),
        ("^a{2,}$", &["aa", "aaaaa"], &["a"]),
        ("^a{0}b{1,1}$", &["b"], &["ab"]),
        ("^a{}{x}{1,x}{,}{1$", &["a{}{x}{1,x}{,}{1"], &["a"]),
        (r"^[a-\x63]$", &["b"], &["d", "-"]),
        (r"^[\x61-c]$", &["b"], &["d", "-"]),
        ("^[a-a]$", &["a"], &["b", "-"]),
        (r"^[a-c-e]+$", &["b-e"], &["d"]),
        ("^[é-ü]$", &["ö"], &["e"]),
        ("^[[:digit:]a-c]+$", &["1b"], &["d"]),
        ("(?i:a)b", &["Ab"], &["AB"]),
        ("(?i)a(?-i)b", &["Ab"], &["AB"]),
        ("^(?is-m:a.)$", &["A\n"], &["a"]),
        ("(?m)^b$", &["a\nb"], &["ab"]),
        ("^(?:ab)+$", &["abab"], &["aba"]),
        (r"^\pN\p{Nd}$", &["12", "½1"], &["a1"]),
        (r"^\p{Any}\p{Han}\p{Old_Italic}$", &["a日𐌀"], &["a日b"]),
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
        r"\p{greek}",
        r"\p{lu}",
        r"\p{Gr-eek}",
        r"\p{Script=Greek}",
        r"\x{110000}",
        r"\xg0",
        r"\4",
        r"\xg",
        r"\x{}",
        r"\x{+1}",
        r"\x{41",
        r"\p",
        r"\p{L",
        r"\p{^}",
        "a{1001,}",
        "a{1,1001}",
        "a*{2}",
        "a???",
        "(?",
        "(?i",
        "(?-)",
        "(?-:a)",
        "(?i--s:a)",
        "(?i-:a)",
        "(?Pa)",
        "(?P<a-b>x)",
        "(?P<ax)",
        "(?<a>x)(?<a>y)",
        "[a",
        "[a-",
        r"[a-\",
        r"[\",
        r"[\q]",
        r"[a-\q]",
        "[^]",
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

#[test]
fn what_is_wrong_is_said_in_one_line() {
    for (pattern, problem) in [
        ("(", "unclosed group"),
        (
            "(?=a)",
            "invalid or unsupported group syntax (RE2 has no look-around)",
        ),
        ("a**", "invalid nested repetition operator"),
        ("((a{1000}){1000}){1000}", "it is too large"),
    ] {
        assert_eq!(compile(pattern).unwrap_err(), problem, "{pattern}");
    }
    assert!(
        compile("^a{1000}$")
            .unwrap()
            .is_match("a".repeat(1000).as_bytes())
    );
}

#[test]
fn what_an_expression_is_made_of_is_known_where_it_compiles() {
    assert_eq!(structure("^ab?$").unwrap().properties().maximum_len(), Some(2));
    assert!(structure("(").is_none() && structure("(?=a)").is_none());
}
