//! Random texts of each format, in odd layouts that are still well-formed.

use lazysops::format::Format;
use proptest::prelude::*;

/// Words for keys and values that every format can hold.
pub fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_][a-zA-Z0-9_]{0,6}",
        Just("ключ".to_owned()),
        Just("ENC[AES256_GCM,data:x==,iv:y=,tag:z,type:str]".to_owned()),
    ]
}

/// Values with blanks, quotes, line breaks and marks.
pub fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => word(),
        1 => "[ a-z#;=:'\"`,{}\\[\\]\\\\<&\n\t]{0,8}",
        1 => Just(String::new()),
        1 => Just("a\nb".to_owned()),
    ]
}

/// A text of a format.
pub fn text(format: Format) -> BoxedStrategy<String> {
    match format {
        Format::Json => json().boxed(),
        Format::Dotenv => dotenv().boxed(),
        Format::Ini => ini().boxed(),
        Format::Binary => "(?s).{0,40}".boxed(),
        Format::Yaml => unreachable!("the texts of YAML are in yaml_patch"),
    }
}

#[derive(Clone, Debug)]
enum Json {
    Leaf(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        value().prop_map(|text| serde_json::to_string(&text).unwrap()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("1.0".to_owned()),
        Just("1E3".to_owned()),
        Just("\"\\u0041\"".to_owned()),
        Just("true".to_owned()),
        Just("null".to_owned()),
    ]
    .prop_map(Json::Leaf);
    let tree = leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
            prop::collection::vec((word(), inner), 0..4).prop_map(Json::Map),
        ]
    });
    let root = prop::collection::vec((word(), tree), 0..6).prop_map(Json::Map);
    let layout = prop_oneof![
        Just(("", "", ":", ",")),
        Just(("", "", ": ", ", ")),
        Just(("\n", "\t", ": ", ",")),
        Just(("\r\n", "  ", " : ", ",")),
        Just(("\n", "", ":", " ,")),
    ];
    let tail = prop_oneof![Just(""), Just("\n"), Just("\n\n"), Just(" trailing")];
    (root, layout, tail).prop_map(|(root, layout, tail)| {
        let mut out = String::new();
        write_json(&mut out, &root, layout, 0);
        out + tail
    })
}

type Layout = (&'static str, &'static str, &'static str, &'static str);

fn write_json(out: &mut String, value: &Json, layout: Layout, depth: usize) {
    let (newline, unit, colon, comma) = layout;
    let line = |depth: usize| format!("{newline}{}", unit.repeat(depth));
    let (open, close, children): (_, _, Vec<(Option<&String>, &Json)>) = match value {
        Json::Leaf(text) => {
            out.push_str(text);
            return;
        }
        Json::List(items) => ('[', ']', items.iter().map(|item| (None, item)).collect()),
        Json::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (Some(key), value));
            ('{', '}', entries.collect())
        }
    };
    out.push(open);
    for (index, (key, child)) in children.iter().enumerate() {
        out.push_str(if index > 0 { comma } else { "" });
        out.push_str(&line(depth + 1));
        if let Some(key) = key {
            out.push_str(&serde_json::to_string(key).unwrap());
            out.push_str(colon);
        }
        write_json(out, child, layout, depth + 1);
    }
    if !children.is_empty() {
        out.push_str(&line(depth));
    }
    out.push(close);
}

fn dotenv() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => (word(), "[ a-z#='\"\\\\\r]{0,8}").prop_map(|(key, value)| format!("{key}={value}")),
        1 => "[ a-z#=]{0,8}".prop_map(|text| format!("#{text}")),
        1 => Just(String::new()),
    ];
    lines(line, "\n")
}

fn ini() -> impl Strategy<Value = String> {
    let entry = (
        prop_oneof![Just(""), Just("  "), Just("\t")],
        word().prop_filter("starts no section", |word| !word.starts_with("ENC")),
        prop_oneof![Just("="), Just(" = "), Just("   : ")],
        prop_oneof![
            4 => word(),
            1 => "'[a-z ]{0,4}'",
            1 => "\"\"\"[a-z#;]{0,4}\n[a-z=]{0,4}\"\"\"",
            1 => "`[a-z#;]{0,6}`",
            1 => "[a-z]{1,3} \\\\\n +[a-z]{1,3}",
            1 => Just(String::new()),
        ],
        prop_oneof![
            4 => Just(""),
            1 => Just(" ; note"),
            1 => Just("#x"),
        ],
    )
        .prop_map(|(blanks, key, equals, value, comment)| format!("{blanks}{key}{equals}{value}{comment}"));
    let line = prop_oneof![
        6 => entry,
        2 => (word(), prop_oneof![3 => Just(""), 1 => Just("  # about")])
            .prop_map(|(name, comment)| format!("[{name}]{comment}")),
        2 => "[;#] ?[a-z]{1,6}",
        2 => Just(String::new()),
    ];
    prop_oneof![lines(line.clone(), "\n"), lines(line, "\r\n")]
}

fn lines(line: impl Strategy<Value = String>, newline: &'static str) -> impl Strategy<Value = String> {
    (prop::collection::vec(line, 0..10), any::<bool>()).prop_map(move |(lines, ends)| {
        let text = lines.join(newline);
        if ends && !text.is_empty() {
            text + newline
        } else {
            text
        }
    })
}
