//! `check --health`: values that are encrypted, and no good.

use super::{done, json, repository, with_code};
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, data};
use serde_json::Value;

const RULES: &str = "creation_rules:\n    - unencrypted_suffix: _unencrypted\n      age: {A}\n";

/// Key, value, and what is found; `-` for nothing.
const CASES: &[(&str, &str, &str)] = &[
    ("empty_password", "", "empty-value"),
    ("blank", "   ", "empty-value"),
    ("placeholder", "CHANGE-ME", "default-value"),
    ("angled", "<your secret>", "default-value"),
    ("db_user", "change_me", "default-value"),
    ("token_here", "your-token-here", "default-value"),
    ("admin_password", "admin", "default-value"),
    ("root_password", "P@ssw0rd", "default-value"),
    ("note", "letmein", "default-value"),
    ("digits_password", "4815162342", "weak-value"),
    ("shortPassword", "aB3$", "weak-value"),
    ("clientSecret", "abababababababab", "weak-value"),
    ("apiKey", "small", "weak-value"),
    ("first_token", "planted-twice-over-1", "duplicate-value"),
    ("second_token", "planted-twice-over-1", "-"),
    ("username", "admin", "-"),
    ("smtp_user", "postgres", "-"),
    ("password_file", "/run/pw", "-"),
    ("token_url", "https://a.b/c", "-"),
    ("good_password", "correct-horse-battery", "-"),
    ("reference_password", "ref+vault://a#b", "-"),
    ("interpolated_password", "${PASSWORD}", "-"),
    ("region", "eu-west-1", "-"),
    ("plain_password_unencrypted", "admin", "-"),
];

fn file() -> String {
    CASES
        .iter()
        .map(|(key, value, _)| format!("{key}: {value:?}\n"))
        .collect()
}

fn findings(place: &Sandbox, words: &[&str]) -> Vec<Value> {
    let outcome = place.lazysops(["check", "--health", "--json"].iter().chain(words));
    assert!(matches!(outcome.code, Some(0 | 1)), "{}", outcome.stderr);
    let report = json(&String::from_utf8(outcome.stdout).unwrap());
    report["findings"].as_array().unwrap().clone()
}

/// What is found of a key.
fn found(findings: &[Value], key: &str) -> String {
    let of = findings.iter().filter(|finding| {
        let text = finding["text"].as_str().unwrap();
        text.starts_with(&format!("{key}: "))
    });
    let codes: Vec<&str> = of.map(|finding| finding["code"].as_str().unwrap()).collect();
    if codes.is_empty() {
        "-".to_owned()
    } else {
        codes.join(" ")
    }
}

#[test]
fn every_kind_of_bad_value_is_found_and_good_ones_are_left_alone() {
    let place = repository(RULES, &[("a.enc.yaml", &file())]);
    let found_here = findings(&place, &[]);
    for (key, _, expected) in CASES {
        assert_eq!(found(&found_here, key), *expected, "{key}: {found_here:#?}");
    }
    let duplicate = found_here
        .iter()
        .find(|finding| finding["code"] == "duplicate-value");
    let text = duplicate.unwrap()["text"].as_str().unwrap();
    assert!(text.contains("a.enc.yaml: second_token"), "{text}");
    assert_eq!(found_here[0]["line"], 1);
}

#[test]
fn no_format_of_the_findings_has_a_value_in_it() {
    let place = repository(RULES, &[("a.enc.yaml", &file())]);
    for words in [
        &["--format", "text"][..],
        &["--format", "json"],
        &["--format", "sarif"],
    ] {
        let outcome = place.lazysops(["check", "--health"].iter().chain(words));
        let text = format!("{}{}", with_code(&outcome, 1), outcome.stderr);
        assert!(text.contains("weak-value"), "{text}");
        for (_, value, _) in CASES.iter().filter(|(_, value, _)| value.trim().len() > 5) {
            assert!(!text.contains(value), "{value} is in {text}");
        }
    }
    // Without --health no key is used, and no value is looked at.
    let outcome = place.lazysops(["check"]);
    assert!(!with_code(&outcome, 0).contains("-value"));
}

#[test]
fn a_secret_in_two_files_is_found_and_certificates_at_their_end() {
    let read = |name: &str| std::fs::read_to_string(data("certificates").join(name)).unwrap();
    let indented = |pem: &str| {
        pem.lines()
            .map(|line| format!("    {line}\n"))
            .collect::<String>()
    };
    let tls = format!(
        "old: |\n{}good: |\n{}broken: |\n    -----BEGIN CERTIFICATE-----\n    AAAA\n    -----END CERTIFICATE-----\n",
        indented(&read("expired.pem")),
        indented(&read("valid.pem"))
    );
    let secret =
        "kind: Secret\ndata:\n    password: c2hvcnQ=\n    shared: cGxhbnRlZC1pbi10d28tZmlsZXMtMQ==\n";
    let place = repository(
        RULES,
        &[
            ("tls.enc.yaml", &tls),
            ("k8s.enc.yaml", secret),
            ("app.enc.env", "SHARED=planted-in-two-files-1\n"),
        ],
    );
    let all = findings(&place, &[]);
    assert_eq!(found(&all, "old"), "expired-certificate");
    assert_eq!(found(&all, "good"), "-");
    assert_eq!(found(&all, "broken"), "unreadable-certificate");
    // What a manifest holds in base64 is looked at as what it means.
    assert_eq!(found(&all, "data.password"), "weak-value");
    let text = format!("{all:#?}");
    assert!(
        text.contains("the same value stands in k8s.enc.yaml: data.shared"),
        "{text}"
    );
    assert!(!text.contains("planted"), "{text}");
}

#[test]
fn what_no_key_opens_is_said_to_be_unseen() {
    let place = repository(RULES, &[("a.enc.yaml", "password: admin\n")]);
    let stranger = data("keys/age2.txt");
    let place = place.variable("SOPS_AGE_KEY_FILE", stranger.to_str().unwrap());
    let outcome = place.lazysops(["check", "--health"]);
    assert!(with_code(&outcome, 0).contains("nothing found"));
    assert!(
        outcome.stderr.contains("a.enc.yaml: no key at hand opens it"),
        "{}",
        outcome.stderr
    );
}

/// An empty repository.
fn in_git() -> Sandbox {
    let place = Sandbox::with_key("age1.txt")
        .variable("GIT_CONFIG_NOSYSTEM", "1")
        .variable("GIT_COMMITTER_NAME", "ops")
        .variable("GIT_COMMITTER_EMAIL", "ops@localhost");
    place.git(&["init", "-q", "-b", "main"]);
    place
}

/// Commits all that is there, as if on that day.
fn commit_at(place: &Sandbox, date: &str) {
    let date = format!("--date={date}");
    place.git(&["add", "-A"]);
    place.git(&[
        "commit",
        "-q",
        "--author=ops <ops@localhost>",
        &date,
        "-m",
        "step",
    ]);
}

#[test]
fn each_secret_of_a_file_is_as_old_as_its_own_last_change_through_merges_renames_and_rotations() {
    let place = in_git();
    let git = |words: &[&str]| place.git(words);
    let commit = |year: &str| commit_at(&place, &format!("{year}-01-01T00:00:00Z"));
    let set = |file: &str, key: &str| {
        let path = format!("[\"{key}\"]");
        let value = format!("\"planted-{key}-anew\"");
        done(&place.lazysops(["set", file, &path, &value]));
    };
    let driver = format!("{} merge %O %A %B %P", env!("CARGO_BIN_EXE_lazysops"));
    git(&["config", "merge.lazysops.driver", &driver]);
    place.write(".gitattributes", "*.enc.* merge=lazysops\n");
    place.write(
        "a.enc.yaml",
        "first_token: planted-1\nour_token: planted-2\ntheir_token: planted-3\nlast_token: planted-4\n",
    );
    done(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.enc.yaml"]));
    commit("2010");
    git(&["checkout", "-q", "-b", "theirs"]);
    set("a.enc.yaml", "their_token");
    commit("2012");
    git(&["checkout", "-q", "main"]);
    set("a.enc.yaml", "our_token");
    done(&place.lazysops(["rotate", "-i", "a.enc.yaml"]));
    commit("2014");
    git(&[
        "-c",
        "user.name=ops",
        "-c",
        "user.email=ops@localhost",
        "merge",
        "-q",
        "-m",
        "both",
        "theirs",
    ]);
    done(&place.lazysops(["rotate", "-i", "a.enc.yaml"]));
    git(&["mv", "a.enc.yaml", "b.enc.yaml"]);
    commit("2016");
    set("b.enc.yaml", "last_token");
    commit("2018");
    let all = findings(&place, &["--older-than", "90"]);
    let days = |key: &str| -> i64 {
        let of = |finding: &&Value| {
            finding["code"] == "old-value" && finding["text"].as_str().unwrap().starts_with(key)
        };
        let finding = all.iter().find(of).unwrap_or_else(|| panic!("{key}: {all:?}"));
        let words = finding["text"].as_str().unwrap().split(' ');
        words.filter_map(|word| word.parse().ok()).next().unwrap()
    };
    let years = |key: &str| (days("first_token") - days(key) + 3) / 365;
    assert_eq!(years("their_token"), 2);
    assert_eq!(years("our_token"), 4);
    assert_eq!(years("last_token"), 8);
    // What is not committed yet is not old.
    set("b.enc.yaml", "first_token");
    let all = findings(&place, &["--older-than", "90"]);
    assert!(
        !all.iter().any(|finding| finding["text"]
            .as_str()
            .unwrap()
            .starts_with("first_token: it has")),
        "{all:?}"
    );
}

#[test]
fn secrets_are_old_by_the_commit_in_which_they_changed_last() {
    let place = in_git();
    place.write(
        "a.enc.yaml",
        "old_token: planted-long-ago-1\nnew_token: planted-at-first\n",
    );
    done(&place.lazysops(["encrypt", "-i", "--age", AGE1, "a.enc.yaml"]));
    let commit = |date: &str| commit_at(&place, date);
    commit("2020-01-01T00:00:00Z");
    done(&place.lazysops(["set", "a.enc.yaml", "[\"new_token\"]", "\"planted-yesterday\""]));
    done(&place.lazysops(["rotate", "-i", "a.enc.yaml"]));
    commit("now");
    let all = findings(&place, &["--older-than", "90"]);
    assert_eq!(found(&all, "old_token"), "old-value");
    assert_eq!(found(&all, "new_token"), "-");
    assert_eq!(found(&findings(&place, &[]), "old_token"), "-");
    let alone = place.lazysops(["check", "--older-than", "90"]);
    assert_eq!(alone.code, Some(2));
}
