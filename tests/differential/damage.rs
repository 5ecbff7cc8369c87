//! Damaged files: what sops refuses, we refuse; what both accept says the same (security P4).
//!
//! Some hundred by default. More, with what only we refuse and why:
//! `LAZYSOPS_TEST_DAMAGE=10100 tests/run differential::damage -- --nocapture`.

use crate::support::damage::mutants;
use crate::support::parallel::check_all;
use crate::support::sandbox::{Outcome, Sandbox};
use crate::support::{AGE1, sops};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A file of each format, with whatever it can hold.
const FILES: [(&str, &str); 5] = [
    (
        "a.yaml",
        "# about the database\ndatabase:\n    user: admin\n    port: 5432\n    replicas: [one, two]\nnote_unencrypted: in clear\n",
    ),
    (
        "a.json",
        "{\"database\": {\"user\": \"admin\", \"port\": 5432, \"tls\": true, \"replicas\": [\"one\", 2.5]}, \"note_unencrypted\": \"in clear\"}",
    ),
    (
        "a.env",
        "# about\nUSER=admin\nPORT=5432\nNOTE_unencrypted=in clear\n",
    ),
    (
        "a.ini",
        "; about\n[database]\nuser = admin\nport = 5432\n[notes]\nnote_unencrypted = in clear\n",
    ),
    ("a.txt", "some text\nin lines\n"),
];

/// A damaged copy of one of them.
struct Mutant {
    file: &'static str,
    text: String,
    /// The line that is damaged.
    line: String,
}

/// How many are looked at, and whether those that we refuse are shown to sops, too.
fn extent() -> (usize, bool) {
    let count = std::env::var("LAZYSOPS_TEST_DAMAGE").ok();
    let count = count.and_then(|count| count.parse().ok());
    (count.unwrap_or(300), count.is_some())
}

/// Why we refuse, without what is special about one file.
fn class(outcome: &Outcome) -> String {
    let line = outcome.stderr.lines().next().unwrap_or_default();
    // "Error: FILE: what is wrong"
    let said = line.splitn(3, ": ").last().unwrap_or_default();
    let mut class = String::new();
    for character in said.chars().take(110) {
        class.push(if character.is_ascii_digit() {
            '#'
        } else {
            character
        });
    }
    class
}

#[test]
fn damage_that_sops_notices_is_noticed() {
    let Some(sops) = sops("damaged files against the real sops") else {
        return;
    };
    let (count, all) = extent();
    let mut cases = Vec::new();
    for (file, plaintext) in FILES {
        let place = Sandbox::with_key("age1.txt");
        place.write(file, plaintext);
        let sealed = place.run(&sops, ["encrypt", "--age", AGE1, file], b"");
        let sealed = String::from_utf8(sealed.stdout).unwrap();
        let lines: Vec<&str> = sealed.lines().collect();
        cases.extend(mutants(&sealed, count / FILES.len()).into_iter().map(|text| {
            let line = text.lines().find(|line| !lines.contains(line));
            let line = line.unwrap_or_default().chars().take(60).collect();
            Mutant { file, text, line }
        }));
    }
    let stricter: Mutex<BTreeMap<(&str, String), Vec<String>>> = Mutex::default();
    let same: Mutex<[usize; 2]> = Mutex::default();
    let laxer: Mutex<Vec<String>> = Mutex::default();
    check_all(&cases, |Mutant { file, text, line }| {
        let place = Sandbox::with_key("age1.txt");
        place.write(file, text);
        let ours = place.lazysops(["decrypt", file]);
        if ours.code != Some(0) && !all {
            return Ok(());
        }
        let theirs = place.run(&sops, ["decrypt", file], b"");
        match (ours.code == Some(0), theirs.code == Some(0)) {
            (true, true) if ours.stdout == theirs.stdout => same.lock().unwrap()[0] += 1,
            (true, true) => laxer
                .lock()
                .unwrap()
                .push(format!("{file}: both accept, and differ:\n{text}")),
            (false, false) => same.lock().unwrap()[1] += 1,
            (true, false) => {
                let code = theirs.code;
                laxer
                    .lock()
                    .unwrap()
                    .push(format!("{file}: sops refuses with {code:?}, we accept:\n{text}"));
            }
            (false, true) => {
                let mut stricter = stricter.lock().unwrap();
                stricter
                    .entry((*file, class(&ours)))
                    .or_default()
                    .push(line.clone());
            }
        }
        Ok(())
    });
    let [accepted, refused] = same.into_inner().unwrap();
    println!(
        "{} damaged files: both accept {accepted}, both refuse {refused}",
        cases.len()
    );
    for ((file, class), lines) in stricter.into_inner().unwrap() {
        println!("| {} | {file} | {class} | {} |", lines.len(), lines.join("; "));
    }
    let laxer = laxer.into_inner().unwrap();
    assert!(
        laxer.is_empty(),
        "{} are wrong:\n{}",
        laxer.len(),
        laxer.join("\n")
    );
}
