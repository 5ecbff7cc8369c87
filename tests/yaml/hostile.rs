//! Texts that were made to hurt: an answer in bounded time and memory, never a crash.

use lazysops::format::{LoadError, yaml};
use proptest::prelude::*;

fn problem(text: &str) -> String {
    yaml::load(text.as_bytes()).unwrap_err().to_string()
}

fn is_limit(text: &str) -> bool {
    matches!(yaml::load(text.as_bytes()), Err(LoadError::Limit { .. }))
}

#[test]
fn nesting_stops_at_ten_thousand_levels() {
    assert!(is_limit(&format!("a: {}", "[".repeat(100_000))));
    assert!(is_limit(&"{a: ".repeat(100_000)));
    assert!(is_limit(&format!("a:\n {}", "- ".repeat(100_000))));
    let deep = format!("a: {}{}", "[".repeat(9_999), "]".repeat(9_999));
    assert!(yaml::load(deep.as_bytes()).is_ok());
    assert!(yaml::load(format!("a:\n{}x", "- ".repeat(9_999)).as_bytes()).is_ok());
}

#[test]
fn alias_bombs_are_refused_in_every_document() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert!(is_limit(&bomb));
    assert!(is_limit(&format!("a: 1\n---\n{bomb}")));
    let long = format!(
        "a: &a {}\n---\nb:\n{}",
        "x".repeat(1 << 20),
        "- *a\n".repeat(2_000)
    );
    assert!(is_limit(&long));
    let keys = format!(
        "a: &a {}\n---\nb:\n{}",
        "x".repeat(1 << 20),
        "- *a : 1\n".repeat(2_000)
    );
    assert!(is_limit(&keys));
    let mut chain = format!("a: 1\n---\nb0: &b0 {}{}\n", "[".repeat(9_000), "]".repeat(9_000));
    for level in 1..5 {
        let nested = format!("{}*b{}{}", "[".repeat(9_000), level - 1, "]".repeat(9_000));
        chain.push_str(&format!("b{level}: &b{level} {nested}\n"));
    }
    assert!(is_limit(&chain));
}

#[test]
fn ordinary_reuse_of_anchors_is_no_bomb() {
    let text = format!("d: &d {{a: 1, b: 2}}\nl:\n{}", "- <<: *d\n  c: 3\n".repeat(2_000));
    assert!(yaml::load(text.as_bytes()).is_ok());
}

#[test]
fn an_anchor_inside_of_itself_is_refused_in_every_document() {
    let problem_of = |text| problem(text);
    assert_eq!(
        problem_of("a: &a [*a]"),
        "line 1: an anchored value contains itself"
    );
    assert_eq!(
        problem_of("a: 1\n---\na: &a\n  b: *a"),
        "line 4: an anchored value contains itself"
    );
    assert_eq!(
        problem_of("a: 1\n--- &a\nb: *a"),
        "line 3: an anchored value contains itself"
    );
}

#[test]
fn a_flow_collection_that_is_never_closed_ends_with_the_text() {
    for text in [
        "[",
        "[a",
        "{a: [b",
        "a: {",
        "{\n",
        "[[[\"x\"",
        "{a: b,",
        "[ # c",
        "{---\n---",
    ] {
        assert!(yaml::load(text.as_bytes()).is_err(), "{text:?}");
    }
}

#[test]
fn errors_name_the_line_and_never_the_content() {
    for (text, expected) in [
        ("a: 1\nb: {c: hunter2", "line 2: did not find expected ',' or '}'"),
        ("a: 1\nhunter2\n", "line 2: could not find expected ':'"),
        (
            "a: 1\n\nb: *hunter2",
            "line 3: found an alias without an anchor before it",
        ),
        (
            "hunter2: 1\nhunter2: 2",
            "line 2: the key is already defined in this map",
        ),
        ("a: 1\nb: !!int hunter2", "line 2: the value does not fit its tag"),
        (
            "a:\n  <<: hunter2",
            "line 2: a merge key (<<) needs a map or a list of maps",
        ),
        ("- hunter2", "line 1: the top level is a list, not a map"),
        ("# c\nhunter2", "line 2: the top level is a value, not a map"),
        (
            "a: 1\nb: \u{7}hunter2",
            "line 2: control characters are not allowed",
        ),
        (
            "a: 1\nb:\n\t- hunter2",
            "line 3: found a character that cannot start any token",
        ),
        (
            "a: \"hunter2",
            "line 1: found unexpected end of stream in a quoted scalar",
        ),
        ("? [hunter2]\n: 1", "line 1: a key is a map or a list"),
    ] {
        assert_eq!(problem(text), expected, "{text:?}");
    }
    assert_eq!(
        yaml::load(b"a: 1\nb: \xffx").unwrap_err().to_string(),
        "line 2: the text is not valid UTF-8"
    );
}

#[test]
fn long_runs_of_anything_take_linear_time() {
    // Each of these is quadratic in some simple reader; a hang here is the failure.
    let many = 40_000;
    let texts = [
        format!("{}a: 1\n", "# c\n".repeat(many)),
        format!("{}a: 1\n", "#\u{85}".repeat(many)),
        format!("a:\n{}x\n{}b: 1\n", "- ".repeat(9_000), " #\u{85}".repeat(many)),
        format!("a: 1\n{}b: 2\n", "\n".repeat(many)),
        format!("a: [{}]\n", "b: c, ".repeat(many)),
        format!("l:\n{}", "- # c\n".repeat(many)),
        format!("l: [\n{}]", "x, # c\n".repeat(many)),
        format!(
            "%TAG !a! !{}\n---\na: [{}]\n",
            "x".repeat(many * 10),
            "!a!b c, ".repeat(many)
        ),
        format!("a: 1\n{}", "---\n".repeat(many)),
        format!("a: \"{}\"\n", "x\\n ".repeat(many)),
        format!("a: |\n{}", "  x\n\n".repeat(many)),
        format!("a: {}\n", "x\n  ".repeat(many)),
        (0..many).fold(String::new(), |text, number| text + &format!("k{number}: 1\n")),
        format!(
            "{}---\na: 1\n",
            (0..many).fold(String::new(), |text, number| text
                + &format!("%TAG !{number}! x\n"))
        ),
    ];
    for text in texts {
        assert!(yaml::load(text.as_bytes()).is_ok(), "{:?}…", &text[..40]);
    }
}

/// Pieces that mean something to a YAML reader, so that random texts reach deep into it.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\n  ",
        "\n    ",
        "\r\n",
        "\t",
        " ",
        "# c",
        "#",
        "&x ",
        "*x",
        "!t ",
        "!!int ",
        "!",
        "|",
        ">-",
        "|2+\n",
        "'",
        "\"",
        "\\",
        "\\x41",
        "%YAML 1.1\n",
        "---",
        "...",
        "<<",
        "~",
        "1",
        "é",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "😀",
        "@",
        "`",
    ];
    proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*|[ -~\\n]*") {
        let _ = yaml::load(text.as_bytes());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = yaml::load(&bytes);
        let _ = yaml::load(&[&[0xff, 0xfe], bytes.as_slice()].concat());
    }

    #[test]
    fn no_mixture_of_yaml_makes_the_reader_panic(pieces in proptest::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        if let Ok((tree, layout)) = yaml::load(text.as_bytes()) {
            prop_assert_eq!(tree.len(), layout.spans.len());
            for span in layout.spans.iter().flatten() {
                prop_assert!(text.get(span.value.clone()).is_some());
                prop_assert!(text.get(span.key.clone()).is_some());
                prop_assert!(text.get(span.properties.clone()).is_some());
            }
        }
    }
}
