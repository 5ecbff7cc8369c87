//! `set`, `unset` and `--extract`: what a script changes or takes out of a file.

use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::{AGE1, sops};
use std::path::Path;

const FILE: &str = "values.yaml";

const PLAINTEXT: &str = "\
# values of the status page
gatus:
    target_version: 1.2.3
    slack_webhook_sops_cypher: https://hooks.example/T0/B0/x
    username_sops_cypher: admin
    password_sops_cypher: hunter2
hosts_sops_cypher:
    - one
    - two
    - port: 8080
      open: true
ratio: 0.5
nothing: null
text: |
    two
    lines
";

/// `set` and `unset`: the arguments after the file.
const EDITS: &[&[&str]] = &[
    &[
        "set",
        "[\"gatus\"][\"password_sops_cypher\"]",
        "\"correct horse\"",
    ],
    &["set", "[\"gatus\"][\"target_version\"]", "\"1.2.4\""],
    &["set", "[\"gatus\"][\"password_sops_cypher\"]", "\"hunter2\""],
    &["set", "[\"gatus\"][\"token_sops_cypher\"]", "\"new\""],
    &["set", "[\"gatus\"][\"plain\"]", "\"two\\nlines\""],
    &["set", "['gatus']['target_version']", "\"quoted otherwise\""],
    &["set", "[\"fresh\"][\"deep\"][\"key_sops_cypher\"]", "\"made\""],
    &["set", "[\"fresh\"][0]", "\"first of a list\""],
    &["set", "[\"hosts_sops_cypher\"][0]", "\"zero\""],
    &["set", "[\"hosts_sops_cypher\"][9]", "\"appended\""],
    &["set", "[\"hosts_sops_cypher\"][2][\"port\"]", "\"9090\""],
    &["set", "[\"hosts_sops_cypher\"][2][\"open\"]", "false"],
    &[
        "set",
        "[\"gatus\"]",
        "{\"a_sops_cypher\": \"x\", \"b\": [1, 2.5, \"three\"], \"c\": null}",
    ],
    &["set", "[\"nothing\"]", "true"],
    &["set", "[\"ratio\"]", "2.25"],
    &["set", "[\"ratio\"]", "null"],
    &["set", "[\"ratio\"][\"below_a_scalar\"]", "\"x\""],
    &["set", "[\"text\"]", "\"\""],
    &["set", "[\"gatus\"]", "[1, 2]"],
    &["set", "[\"gatus\"]", "no json"],
    &["set", "gatus", "\"x\""],
    &["set", "[\"gatus\"] ", "\"x\""],
    &[
        "set",
        "--idempotent",
        "[\"gatus\"][\"password_sops_cypher\"]",
        "\"hunter2\"",
    ],
    &["unset", "[\"gatus\"][\"password_sops_cypher\"]"],
    &["unset", "[\"gatus\"][\"target_version\"]"],
    &["unset", "[\"gatus\"]"],
    &["unset", "[\"hosts_sops_cypher\"][1]"],
    &["unset", "[\"hosts_sops_cypher\"][2][\"port\"]"],
    &["unset", "[\"hosts_sops_cypher\"][7]"],
    &["unset", "[\"text\"]"],
    &["unset", "[\"not there\"]"],
    &["unset", "--idempotent", "[\"not there\"]"],
    &["unset", "gatus"],
];

/// `decrypt --extract`.
const EXTRACTS: &[&str] = &[
    "[\"gatus\"][\"password_sops_cypher\"]",
    "[\"gatus\"]",
    "[\"hosts_sops_cypher\"]",
    "[\"hosts_sops_cypher\"][0]",
    "[\"hosts_sops_cypher\"][2]",
    "[\"hosts_sops_cypher\"][2][\"port\"]",
    "[\"ratio\"]",
    "[\"nothing\"]",
    "[\"text\"]",
    "['text']",
    "[\"not there\"]",
    "text",
];

#[test]
fn set_and_unset_leave_what_sops_leaves() {
    let Some(sops) = sops("set and unset against the real sops") else {
        return;
    };
    let place = Sandbox::with_key("age1.txt");
    let start = encrypted(&place, &sops);
    let mut wrong = Vec::new();
    for edit in EDITS {
        if let Err(reason) = same_edit(&place, &sops, &start, edit) {
            wrong.push(format!("{edit:?}: {reason}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        EDITS.len(),
        wrong.join("\n")
    );
}

#[test]
fn extract_prints_what_sops_prints() {
    let Some(sops) = sops("extract against the real sops") else {
        return;
    };
    let place = Sandbox::with_key("age1.txt");
    let start = encrypted(&place, &sops);
    place.write(FILE, &start);
    let mut wrong = Vec::new();
    for path in EXTRACTS {
        let arguments = ["decrypt", "--extract", path, FILE];
        let (theirs, ours) = (place.run(&sops, arguments, b""), place.lazysops(arguments));
        if (theirs.code, &theirs.stdout) != (ours.code, &ours.stdout) {
            let stdout = String::from_utf8_lossy(&ours.stdout).into_owned();
            wrong.push(format!(
                "{path}: exit {:?} instead of {:?}, printed {stdout:?}",
                ours.code, theirs.code
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        EXTRACTS.len(),
        wrong.join("\n")
    );
}

/// The plaintext as sops encrypts it.
fn encrypted(place: &Sandbox, sops: &Path) -> Vec<u8> {
    place.write(FILE, PLAINTEXT);
    let arguments = [
        "encrypt",
        "--age",
        AGE1,
        "--encrypted-suffix",
        "_sops_cypher",
        FILE,
    ];
    let outcome = place.run(sops, arguments, b"");
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    outcome.stdout
}

/// Runs one edit with both programs and compares the exit code and what sops decrypts afterwards.
fn same_edit(place: &Sandbox, sops: &Path, start: &[u8], edit: &[&str]) -> Result<(), String> {
    let mut arguments = edit.to_vec();
    let options = edit
        .iter()
        .skip(1)
        .take_while(|text| text.starts_with("--"))
        .count();
    arguments.insert(1 + options, FILE);
    let run = |program: &Path| -> (Outcome, Outcome, bool) {
        place.write(FILE, start);
        let edit = place.run(program, &arguments, b"");
        let untouched = place.read(FILE) == start;
        (edit, place.run(sops, ["decrypt", FILE], b""), untouched)
    };
    let (their_edit, their_text, _) = run(sops);
    let (our_edit, our_text, untouched) = run(Path::new(env!("CARGO_BIN_EXE_lazysops")));
    if our_edit.code != their_edit.code {
        let gist = our_edit.stderr.lines().next().unwrap_or_default();
        return Err(format!(
            "exit {:?} instead of {:?}: {gist}",
            our_edit.code, their_edit.code
        ));
    }
    if our_edit.code != Some(0) && !untouched {
        return Err("refused, but the file was touched".to_owned());
    }
    if our_text != their_text {
        return Err(format!(
            "sops then opens it with exit {:?} and other text",
            our_text.code
        ));
    }
    Ok(())
}
