//! Texts of many encrypted values.

use lazysops::format::Format;

/// A kind of text.
pub struct Shape {
    pub format: Format,
    pub name: &'static str,
    /// The text with so many values.
    pub text: fn(usize) -> String,
}

/// The encrypted value that all of them hold.
pub const VALUE: &str = "ENC[AES256_GCM,data:jg7dKfs=,iv:wgba7z5+EkBM0uVBo7HOwxatYoy50AtHicg8TL8JE2k=,tag:+/oj7lNHX5U2NwYUc7Mmkw==,type:str]";

/// How deep the deep texts nest.
const DEPTH: usize = 100;

pub const SHAPES: &[Shape] = &[
    Shape {
        format: Format::Yaml,
        name: "one map",
        text: |count| lines(count, |n| format!("key{n}: {VALUE}\n")),
    },
    Shape {
        format: Format::Yaml,
        name: "lists of maps",
        text: |count| {
            lines(count / 10, |n| {
                let item = |m| format!("{}key{m}: {VALUE}\n", if m == 0 { "    - " } else { "      " });
                format!("list{n}:\n{}", lines(10, item))
            })
        },
    },
    Shape {
        format: Format::Yaml,
        name: "deep",
        text: |count| {
            lines(count / DEPTH, |n| {
                let level = |depth: usize| {
                    let blanks = " ".repeat(depth * 2);
                    format!("{blanks}map{n}:\n{blanks}  key: {VALUE}\n")
                };
                lines(DEPTH, level)
            })
        },
    },
    Shape {
        format: Format::Yaml,
        name: "many documents",
        text: |count| {
            lines(count / 10, |_| {
                format!("---\n{}", lines(10, |m| format!("key{m}: {VALUE}\n")))
            })
        },
    },
    Shape {
        format: Format::Json,
        name: "one map",
        text: |count| {
            format!(
                "{{\n{}\t\"end\": 0\n}}\n",
                lines(count, |n| format!("\t\"key{n}\": \"{VALUE}\",\n"))
            )
        },
    },
    Shape {
        format: Format::Json,
        name: "minified lists",
        text: |count| {
            let list = |n| format!("\"list{n}\":[{}0],", lines(10, |_| format!("\"{VALUE}\",")));
            format!("{{{}\"end\":0}}", lines(count / 10, list))
        },
    },
    Shape {
        format: Format::Json,
        name: "deep",
        text: |count| {
            let nest = |n: usize| {
                let open = lines(DEPTH, |_| format!("\"key\":\"{VALUE}\",\"map\":{{"));
                format!("\"map{n}\":{{{open}{}}},", "}".repeat(DEPTH))
            };
            format!("{{{}\"end\":0}}", lines(count / DEPTH, nest))
        },
    },
    Shape {
        format: Format::Dotenv,
        name: "lines",
        text: |count| lines(count, |n| format!("KEY{n}={VALUE}\n")),
    },
    Shape {
        format: Format::Ini,
        name: "one section",
        text: |count| format!("[s]\n{}", lines(count, |n| format!("key{n} = {VALUE}\n"))),
    },
    Shape {
        format: Format::Ini,
        name: "many sections",
        text: |count| {
            lines(count / 10, |n| {
                format!("[s{n}]\n{}\n", lines(10, |m| format!("key{m} = {VALUE}\n")))
            })
        },
    },
];

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}
