//! Exit codes of what goes wrong: scripts decide by them. Files stay as they were.

use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, sops};
use std::path::Path;

const PLAINTEXT: &str = "user: admin\npassword: hunter2\nport: 5432\n";

/// A file that something is wrong with, made from one that sops encrypted.
struct Broken {
    what: &'static str,
    change: fn(&str) -> String,
    arguments: &'static [&'static str],
}

const DECRYPT: &[&str] = &["decrypt", "a.yaml"];

const BROKEN: &[Broken] = &[
    Broken {
        what: "nothing",
        change: str::to_owned,
        arguments: DECRYPT,
    },
    Broken {
        what: "a value was flipped",
        change: flip_value,
        arguments: DECRYPT,
    },
    Broken {
        what: "a value moved to another key",
        change: |text| text.replace("user:", "owner:"),
        arguments: DECRYPT,
    },
    Broken {
        what: "a line was removed",
        change: |text| without(text, "port:"),
        arguments: DECRYPT,
    },
    Broken {
        what: "a clear value was added",
        change: |text| format!("more: text\n{text}"),
        arguments: DECRYPT,
    },
    Broken {
        what: "the MAC is gone",
        change: |text| without(text, "    mac:"),
        arguments: DECRYPT,
    },
    Broken {
        what: "the time was changed",
        change: other_time,
        arguments: DECRYPT,
    },
    Broken {
        what: "the MAC is ignored",
        change: |text| without(text, "port:"),
        arguments: &["decrypt", "--ignore-mac", "a.yaml"],
    },
    Broken {
        what: "two rules",
        change: |text| format!("{text}    encrypted_suffix: _x\n"),
        arguments: DECRYPT,
    },
    Broken {
        what: "no sops block",
        change: |_| PLAINTEXT.to_owned(),
        arguments: DECRYPT,
    },
    Broken {
        what: "no YAML",
        change: |_| "a: [1\n".to_owned(),
        arguments: DECRYPT,
    },
    Broken {
        what: "an empty file",
        change: |_| String::new(),
        arguments: DECRYPT,
    },
    Broken {
        what: "an empty file to encrypt",
        change: |_| String::new(),
        arguments: &["encrypt", "--age", AGE1, "a.yaml"],
    },
    Broken {
        what: "encrypted twice",
        change: str::to_owned,
        arguments: &["encrypt", "--age", AGE1, "a.yaml"],
    },
    Broken {
        what: "no such file",
        change: str::to_owned,
        arguments: &["decrypt", "not-there.yaml"],
    },
    Broken {
        what: "no file to encrypt",
        change: str::to_owned,
        arguments: &["encrypt", "--age", AGE1, "not-there.yaml"],
    },
    Broken {
        what: "a bad path to set",
        change: str::to_owned,
        arguments: &["set", "a.yaml", "user", "\"x\""],
    },
    Broken {
        what: "a bad value to set",
        change: str::to_owned,
        arguments: &["set", "a.yaml", "[\"user\"]", "{"],
    },
    Broken {
        what: "a bad path to extract",
        change: str::to_owned,
        arguments: &["decrypt", "--extract", "user", "a.yaml"],
    },
    Broken {
        what: "in place and elsewhere",
        change: str::to_owned,
        arguments: &["decrypt", "-i", "--output", "b.yaml", "a.yaml"],
    },
    Broken {
        what: "an unknown flag",
        change: str::to_owned,
        arguments: &["decrypt", "--no-such-flag", "a.yaml"],
    },
    Broken {
        what: "no recipients",
        change: |_| PLAINTEXT.to_owned(),
        arguments: &["encrypt", "a.yaml"],
    },
    Broken {
        what: "a bad recipient",
        change: |_| PLAINTEXT.to_owned(),
        arguments: &["encrypt", "--age", "age1no", "a.yaml"],
    },
    Broken {
        what: "two rules to encrypt with",
        change: |_| PLAINTEXT.to_owned(),
        arguments: &[
            "encrypt",
            "--age",
            AGE1,
            "--encrypted-suffix",
            "_a",
            "--unencrypted-suffix",
            "_b",
            "a.yaml",
        ],
    },
    Broken {
        what: "output in a folder that is not there",
        change: str::to_owned,
        arguments: &["decrypt", "--output", "not/there.yaml", "a.yaml"],
    },
];

#[test]
fn what_goes_wrong_ends_with_sops_exit_code() {
    let Some(sops) = sops("exit codes against the real sops") else {
        return;
    };
    let place = Sandbox::with_key("age1.txt");
    let sealed = sealed(&place, &sops);
    let mut wrong = Vec::new();
    for case in BROKEN {
        let text = (case.change)(&sealed);
        let run = |program: &Path| {
            place.write("a.yaml", &text);
            place.run(program, case.arguments, b"")
        };
        let (theirs, ours) = (run(&sops), run(Path::new(env!("CARGO_BIN_EXE_lazysops"))));
        if theirs.code != ours.code {
            let gist = ours.stderr.lines().next().unwrap_or_default();
            wrong.push(format!(
                "{}: exit {:?} instead of {:?}: {gist}",
                case.what, ours.code, theirs.code
            ));
        }
        if ours.code != Some(0) && place.read("a.yaml") != text.as_bytes() {
            wrong.push(format!("{}: the file was touched", case.what));
        }
        if ours.stderr.contains("hunter2") {
            wrong.push(format!("{}: a secret stands in the message", case.what));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        BROKEN.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_file_for_somebody_else_does_not_open() {
    let Some(sops) = sops("a foreign file against the real sops") else {
        return;
    };
    let sealed = sealed(&Sandbox::with_key("age1.txt"), &sops);
    for place in [Sandbox::with_key("age2.txt"), Sandbox::without_keys()] {
        place.write("a.yaml", &sealed);
        let ours = place.lazysops(DECRYPT);
        assert_eq!(ours.code, place.run(&sops, DECRYPT, b"").code, "{}", ours.stderr);
        assert!(
            ours.stderr.contains(AGE1),
            "the key that was tried is not named: {}",
            ours.stderr
        );
        assert!(ours.stdout.is_empty());
    }
}

fn sealed(place: &Sandbox, sops: &Path) -> String {
    place.write("a.yaml", PLAINTEXT);
    let outcome = place.run(sops, ["encrypt", "--age", AGE1, "a.yaml"], b"");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    String::from_utf8(outcome.stdout).unwrap()
}

fn without(text: &str, start: &str) -> String {
    text.lines()
        .filter(|line| !line.starts_with(start))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The first character of the first ciphertext is another.
fn flip_value(text: &str) -> String {
    let at = text.find("data:").unwrap() + "data:".len();
    let other = if text[at..].starts_with('A') { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

fn other_time(text: &str) -> String {
    let at = text.find("lastmodified: \"").unwrap() + "lastmodified: \"".len();
    format!("{}2001{}", &text[..at], &text[at + 4..])
}
