//! Reading and writing the cases of a table.

use crate::seal::selection::Rule;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;

/// One case.
#[derive(Clone, Default)]
pub struct Case {
    pub name: String,
    /// The name of the file, and its rule as the table has it.
    pub about: String,
    pub file: String,
    pub rule: Option<Rule>,
    pub before: String,
    pub after: String,
    /// The lines of keys, as they stand.
    pub written: Vec<String>,
    pub keys: Vec<Press>,
}

/// One thing that is done.
#[derive(Clone, Debug)]
pub enum Press {
    Key(String),
    Type(String),
    Paste(String),
    See(String),
    Not(String),
    Go(String),
    Save,
}

/// The lines before the first case, and the cases.
pub fn read(table: &str) -> (String, Vec<Case>) {
    let mut head = String::new();
    let mut cases: Vec<Case> = Vec::new();
    for line in table.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case {
                name: name.to_owned(),
                ..Case::default()
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            head.extend((!line.is_empty()).then(|| format!("{line}\n")));
            continue;
        };
        if let Some(about) = line.strip_prefix("@ ") {
            let (file, rule) = about.split_once(' ').unwrap_or((about, ""));
            case.about = about.to_owned();
            case.file = file.to_owned();
            case.rule = rule
                .split_once(' ')
                .map(|(field, pattern)| Rule::from_field(field, pattern.to_owned()).expect("a rule"));
        } else if let Some(keys) = line.strip_prefix("keys ") {
            case.written.push(keys.to_owned());
            case.keys.extend(presses(keys));
        } else if let Some(content) = line.strip_prefix('|') {
            let _ = writeln!(case.before, "{content}");
            let _ = writeln!(case.after, "{content}");
        } else if let Some(content) = line.strip_prefix('-') {
            let _ = writeln!(case.before, "{content}");
        } else if let Some(content) = line.strip_prefix('+') {
            let _ = writeln!(case.after, "{content}");
        } else {
            assert!(line.is_empty(), "{}: {line}", case.name);
        }
    }
    (head, cases)
}

/// A case as it stands in the table.
pub fn render(case: &Case) -> String {
    let mut text = format!("== {}\n@ {}\n", case.name, case.about);
    for keys in &case.written {
        let _ = writeln!(text, "keys {keys}");
    }
    for change in TextDiff::from_lines(case.before.as_str(), case.after.as_str()).iter_all_changes() {
        let mark = match change.tag() {
            ChangeTag::Equal => '|',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        let _ = writeln!(text, "{mark}{}", change.value().trim_end_matches('\n'));
    }
    text
}

fn presses(keys: &str) -> Vec<Press> {
    let mut presses = Vec::new();
    let mut rest = keys.trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', '"']).unwrap_or(rest.len());
        let word = &rest[..end];
        rest = &rest[end..];
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').expect("a second quote");
            let text = quoted[..end]
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t");
            presses.push(match word {
                "" => Press::Type(text),
                "paste" => Press::Paste(text),
                "see" => Press::See(text),
                "not" => Press::Not(text),
                "go:" => Press::Go(text),
                _ => panic!("{word}"),
            });
            rest = &quoted[end + 1..];
        } else if let Some(path) = word.strip_prefix("go:") {
            presses.push(Press::Go(path.to_owned()));
        } else if word == "save" {
            presses.push(Press::Save);
        } else {
            presses.push(Press::Key(word.to_owned()));
        }
        rest = rest.trim_start();
    }
    presses
}
