//! Command lines from `tests/data/differential/commands.txt`, by the real sops and by us: exit code, what is decrypted, what lies in
//! the folder afterwards, kind of error.

use crate::support::parallel::check_all;
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::{AGE1, data, sops};
use lazysops::host::words;
use std::collections::BTreeMap;
use std::path::Path;

const OURS: &str = env!("CARGO_BIN_EXE_lazysops");
/// The public half of `tests/data/keys/age2.txt`, and of `tests/data/spec/age-3.key`.
const OTHERS: [&str; 2] = ["keys/age2.txt", "spec/age-3.key"];
const SIGN: &str = "ENC[AES256_GCM";

/// Errors that sops ends with exit code 1, told apart by what we and sops say.
const KINDS: [(&str, &[&str]); 8] = [
    (
        "flags",
        &[
            "flag provided but not defined",
            "invalid value",
            "unknown flag",
            "has a value it cannot have",
        ],
    ),
    ("not encrypted", &["metadata not found", "there is nothing in it"]),
    ("no rule", &["no matching creation rules"]),
    ("no keys", &["no keys provided"]),
    ("config", &["config file", "loading config", "could not find"]),
    ("user", &["unknown user", "there is no user"]),
    (
        "nothing there",
        &["not found", "there is no such key", "out of bounds"],
    ),
    (
        "arguments",
        &[
            "missing file to decrypt",
            "takes one index",
            "exactly one positional argument",
        ],
    ),
];

/// One line of the table.
struct Line {
    text: String,
    variables: Vec<(String, String)>,
    input: Option<String>,
    arguments: Vec<String>,
    differs: bool,
}

/// The files of every folder.
type Files = BTreeMap<String, Vec<u8>>;

fn recipient(file: &str) -> String {
    let text = std::fs::read_to_string(data(file)).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("# public key: "))
        .unwrap();
    line.trim_start_matches("# public key: ").to_owned()
}

fn lines() -> Vec<Line> {
    let table = std::fs::read_to_string(data("differential/commands.txt")).unwrap();
    let age2 = recipient(OTHERS[0]);
    let is_line = |line: &&str| !line.is_empty() && !line.starts_with('#');
    table
        .lines()
        .filter(is_line)
        .map(|line| read(line, &age2))
        .collect()
}

fn read(text: &str, age2: &str) -> Line {
    let (line, differs) = match text.split_once(" ~ ") {
        Some((line, _)) => (line, true),
        None => (text, false),
    };
    let filled = line.replace("{AGE}", AGE1).replace("{AGE2}", age2);
    let mut words = words::split(&filled).unwrap();
    let mut variables = Vec::new();
    while let Some((name, value)) = words.first().and_then(|word| word.split_once('=')) {
        if !name.chars().all(|it| it.is_ascii_uppercase() || it == '_') {
            break;
        }
        variables.push((name.to_owned(), value.to_owned()));
        words.remove(0);
    }
    let input = (words.get(1).is_some_and(|word| word == "|")).then(|| words.drain(..2).next().unwrap());
    Line {
        text: text.to_owned(),
        variables,
        input,
        arguments: words,
        differs,
    }
}

/// Everything that lies in a folder before a line runs; encrypted by sops.
fn files(sops: &Path) -> Files {
    let place = Sandbox::with_key("age1.txt");
    let yaml = "user: admin\npassword: hunter2\nport: 5432\nflag: true\nname_s: suffixed\nnested:\n    inner: x\n    more: y\n\
                list:\n    - one\n    - two\n# secret\ntoken: t\n";
    let plain = [
        ("p.yaml", yaml),
        (
            "p.json",
            "{\n\t\"user\": \"admin\",\n\t\"nested\": {\n\t\t\"inner\": \"x\"\n\t},\n\t\"port\": 1.5\n}\n",
        ),
        ("p.env", "# note\nUSER=admin\nPASSWORD=hunter2\n"),
        ("p.ini", "[db]\nuser = admin\npassword = hunter2\n"),
        ("p.bin", "admin and other bytes\n"),
        ("n.plain", yaml),
        ("empty.yaml", ""),
        ("broken.yaml", "a: [1\n"),
        ("value.json", "\"from a file\""),
    ];
    for (name, text) in plain {
        place.write(name, text);
    }
    std::fs::create_dir(place.path("rules")).unwrap();
    let (age2, age3) = (recipient(OTHERS[0]), recipient(OTHERS[1]));
    place.write(
        "rules/.sops.yaml",
        format!(
            "creation_rules:\n  - path_regex: ^[^/]*\\.yaml$\n    age: {AGE1}\n    encrypted_regex: ^(user|password|new|inner)$\n"
        ),
    );
    place.write(
        "groups.yaml",
        format!("creation_rules:\n  - key_groups:\n      - age: [{AGE1}]\n      - age: [{AGE1}]\n"),
    );
    let both = format!("{AGE1},{age2}");
    for (from, to, who) in [
        ("p.yaml", "a.yaml", AGE1),
        ("p.json", "a.json", AGE1),
        ("p.env", "a.env", AGE1),
        ("p.ini", "a.ini", AGE1),
        ("p.bin", "a.bin", AGE1),
        ("p.yaml", "o.yaml", age3.as_str()),
        ("p.yaml", "rules/b.yaml", both.as_str()),
    ] {
        let done = place.run(sops, ["encrypt", "--age", who, "--output", to, from], b"");
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    }
    let done = place.run(
        sops,
        [
            "--config",
            "groups.yaml",
            "encrypt",
            "--output",
            "g.yaml",
            "p.yaml",
        ],
        b"",
    );
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    std::fs::copy(place.path("a.yaml"), place.path("n.txt")).unwrap();
    std::fs::copy(place.path("a.yaml"), place.path("rules/a.yaml")).unwrap();
    std::fs::copy(place.path("p.yaml"), place.path("rules/p.yaml")).unwrap();
    std::fs::remove_file(place.path("groups.yaml")).unwrap();
    listed(&place)
}

fn listed(place: &Sandbox) -> Files {
    let mut found = Files::new();
    for folder in ["", "rules"] {
        for entry in std::fs::read_dir(place.path(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path
                    .strip_prefix(place.path(""))
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// What a program did, as far as it is compared.
#[derive(PartialEq)]
struct Did {
    code: Option<i32>,
    kind: &'static str,
    output: String,
    files: BTreeMap<String, String>,
}

fn did(line: &Line, program: &Path, files: &Files, sops: &Path) -> Did {
    let mut place = Sandbox::with_key("age1.txt");
    let editor = place.write("../editor", "sed -i s/admin/root/ \"$1\"");
    place = place.variable("EDITOR", &format!("sh {}", editor.display()));
    for (name, value) in &line.variables {
        place = place.variable(name, value);
    }
    std::fs::create_dir(place.path("rules")).unwrap();
    for (name, bytes) in files {
        place.write(name, bytes);
    }
    let input = line
        .input
        .as_ref()
        .map(|name| files[name].clone())
        .unwrap_or_default();
    // Under the name that it replaces.
    let called = place.path("../sops");
    std::os::unix::fs::symlink(program, &called).unwrap();
    let outcome = place.run(&called, &line.arguments, &input);
    let says_of_itself = ["--help", "--version", "groups"]
        .iter()
        .any(|word| line.arguments == [*word]);
    let output = if outcome.code == Some(0) && !says_of_itself {
        content(&outcome.stdout, sops)
    } else {
        String::new()
    };
    let changed = listed(&place)
        .into_iter()
        .filter(|(name, bytes)| files.get(name) != Some(bytes));
    Did {
        code: outcome.code,
        kind: kind(&outcome),
        output,
        files: changed
            .map(|(name, bytes)| (name, content(&bytes, sops)))
            .collect(),
    }
}

fn kind(outcome: &Outcome) -> &'static str {
    if outcome.code != Some(1) {
        return "";
    }
    let said = outcome.stderr.to_lowercase();
    KINDS
        .iter()
        .find(|(_, marks)| marks.iter().any(|mark| said.contains(mark)))
        .map_or("other", |(kind, _)| kind)
}

/// A text, decrypted if it is not: the same program decrypts what both wrote.
fn content(bytes: &[u8], sops: &Path) -> String {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if !text.contains(SIGN) {
        return text;
    }
    let format = if text.starts_with('{') {
        "json"
    } else if text.contains("\nsops:\n") {
        "yaml"
    } else if text.contains("\n[sops]\n") {
        "ini"
    } else {
        "dotenv"
    };
    let place = Sandbox::with_key("age1.txt");
    place.write("x", bytes);
    let opened = place.run(
        sops,
        ["decrypt", "--input-type", format, "--output-type", format, "x"],
        b"",
    );
    let recipients = text.matches("BEGIN AGE ENCRYPTED FILE").count();
    let opened = String::from_utf8_lossy(&opened.stdout).into_owned();
    format!(
        "for {recipients}, {} values:\n{opened}",
        text.matches(SIGN).count()
    )
}

fn compare(line: &Line, sops: &Path, files: &Files) -> Result<(), String> {
    let theirs = did(line, sops, files, sops);
    let ours = did(line, Path::new(OURS), files, sops);
    let differs = if theirs.code != ours.code {
        Some(format!("exit {:?} instead of {:?}", ours.code, theirs.code))
    } else if theirs.kind != ours.kind {
        Some(format!("error `{}` instead of `{}`", ours.kind, theirs.kind))
    } else if theirs.output != ours.output {
        Some(format!("output\n{}instead of\n{}", ours.output, theirs.output))
    } else if theirs.files != ours.files {
        Some(format!("files {:?} instead of {:?}", ours.files, theirs.files))
    } else {
        None
    };
    match (differs, line.differs) {
        (None, false) | (Some(_), true) => Ok(()),
        (Some(how), false) => Err(format!("{}: {how}", line.text)),
        (None, true) => Err(format!("{}: does not differ any more", line.text)),
    }
}

#[test]
fn command_lines_do_what_they_do_with_sops() {
    let Some(sops) = sops("command lines against the real sops") else {
        return;
    };
    let lines = lines();
    assert!(lines.len() >= 150, "only {} lines", lines.len());
    let files = files(&sops);
    check_all(&lines, |line| compare(line, &sops, &files));
}
