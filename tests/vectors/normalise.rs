//! The layout of an encrypted text: what differs from run to run is replaced, all else is kept. The same rules as those the
//! recorded layouts were made with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::bytes::{Captures, Regex};
use std::sync::LazyLock;

static ENC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:([A-Za-z0-9+/=]*),tag:([A-Za-z0-9+/=]*),type:([A-Za-z]+)\]")
        .unwrap()
});
static ARMOUR: LazyLock<[(&str, Regex); 2]> = LazyLock::new(|| {
    ["AGE ENCRYPTED FILE", "PGP MESSAGE"].map(|name| {
        let pattern = format!("(?s-u)-----BEGIN {name}-----(.*?)-----END {name}-----");
        (name, Regex::new(&pattern).unwrap())
    })
});
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?-u)((?:lastmodified|created_at)["']?[ \t]*[:=][ \t]*["']?)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)"#,
    )
    .unwrap()
});
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?-u)(version["']?[ \t]*[:=][ \t]*["']?)\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?"#).unwrap()
});

/// The layout of a text.
pub fn normalise(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    for (name, armour) in &*ARMOUR {
        text = armour
            .replace_all(&text, |found: &Captures<'_>| layout_of_armour(name, &found[1]))
            .into_owned();
    }
    let text = ENC.replace_all(&text, |found: &Captures<'_>| {
        let kind = String::from_utf8_lossy(&found[4]);
        let [data, iv, tag] = [1, 2, 3].map(|field| length(&found[field]));
        format!("ENC[data:{data},iv:{iv},tag:{tag},type:{kind}]").into_bytes()
    });
    let text = TIME.replace_all(&text, &b"${1}<TIME>"[..]);
    VERSION.replace_all(&text, &b"${1}<VERSION>"[..]).into_owned()
}

/// The `ENC[…]` texts of a file, in order.
pub fn tokens(text: &[u8]) -> Vec<Vec<u8>> {
    ENC.find_iter(text)
        .map(|found| found.as_bytes().to_vec())
        .collect()
}

/// The same layout whether numbers are integers or not.
pub fn without_number_types(layout: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(layout).into_owned();
    text.replace("type:int]", "type:float]").into_bytes()
}

fn length(base64: &[u8]) -> String {
    STANDARD
        .decode(base64)
        .map_or("bad-base64".to_owned(), |bytes| bytes.len().to_string())
}

fn layout_of_armour(name: &str, body: &[u8]) -> Vec<u8> {
    let (separator, middle) = match body.iter().rposition(|byte| *byte == b'\n') {
        Some(last) => {
            let indent = &body[last + 1..];
            let lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').collect();
            let inner = &lines[1..lines.len() - 1];
            let even = inner
                .iter()
                .all(|line| line.starts_with(indent) || line.trim_ascii().is_empty());
            let middle = if even {
                "<BODY>"
            } else {
                "<BODY WITH OTHER INDENTATION>"
            };
            ([b"\n", indent].concat(), middle)
        }
        None if body.starts_with(b"\\n") => (b"\\n".to_vec(), "<BODY>"),
        None => (Vec::new(), "<BODY>"),
    };
    [
        format!("-----BEGIN {name}-----").as_bytes(),
        &separator,
        middle.as_bytes(),
        &separator,
        format!("-----END {name}-----").as_bytes(),
    ]
    .concat()
}

/// The recorded samples have the recorded layouts: the rules here are those they were made with.
#[test]
fn the_rules_are_those_of_the_recorded_layouts() {
    let mut compared = 0;
    for case in super::case::Case::all() {
        if case.kind != super::case::Kind::Roundtrip {
            continue;
        }
        let (Some(encrypted), Some(layout)) = (&case.encrypted, case.read("layout.txt")) else {
            continue;
        };
        let sample = case.read(encrypted).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&normalise(&sample)),
            String::from_utf8_lossy(&layout),
            "{}",
            case.name
        );
        compared += 1;
    }
    assert!(compared > 200, "{compared}");
}
