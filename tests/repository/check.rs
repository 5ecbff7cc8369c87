//! `check`: leaks are found without a key, and what only looks like one is left alone.

use super::{OTHER, done, json, repository, with_code};
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, installed, skipped};
use std::collections::BTreeSet;
use std::path::Path;

const RULES: &str = "creation_rules:\n  - path_regex: ^secrets/\n    age: {A}\n  - path_regex: ^charts/.*values.*\\.yaml$\n    \
                     encrypted_suffix: _sops\n    age: {A}\n  - path_regex: ^k8s/\n    encrypted_regex: ^(data|stringData)$\n    \
                     age: {A}\n  - path_regex: ^crd/\n    encrypted_suffix: Templates\n    age: {A}\n  - age: {A}\n";

/// What is done to a file after it was written.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Stay,
    Encrypt,
    /// Encrypted, and then this is replaced by that.
    Edit(&'static str, &'static str),
    /// Encrypted and committed, then staged in clear, encrypted on disk.
    StageInClear,
    /// Encrypted and committed, then decrypted on disk.
    Decrypt,
}

/// A file, what it holds, what is done to it, and what is to be found: code and line.
type Case = (
    &'static str,
    &'static str,
    Then,
    &'static [(&'static str, Option<u64>)],
);

const CASES: [Case; 27] = [
    (
        "secrets/a.yaml",
        "x: 1\npassword: hunter2\n",
        Then::Stay,
        &[("plaintext", Some(1))],
    ),
    ("secrets/b.yaml", "x: 1\n", Then::Encrypt, &[]),
    (
        "secrets/key.pem",
        "-----BEGIN\n",
        Then::Stay,
        &[("plaintext", None)],
    ),
    ("secrets/README.md", "how to\n", Then::Stay, &[]),
    (
        "secrets/ref.yaml",
        "a: ref+awssecrets://x/y\nb: \"{{ .Values.x }}\"\nc: ''\n",
        Then::Stay,
        &[],
    ),
    (
        "secrets/external.yaml",
        "kind: ExternalSecret\nspec: {data: [{secretKey: x}]}\n---\nkind: SealedSecret\nspec: {encryptedData: {a: AgB}}\n",
        Then::Stay,
        &[],
    ),
    (
        "secrets/vault.yaml",
        "kind: VaultStaticSecret\nspec: {path: x}\n",
        Then::Stay,
        &[],
    ),
    ("charts/values.yaml", "replicas: 2\n", Then::Stay, &[]),
    (
        "charts/values.prod.yaml",
        "replicas: 2\ndb:\n  pass_sops: hunter2\n",
        Then::Stay,
        &[("plaintext", Some(3))],
    ),
    (
        "charts/values.enc.yaml",
        "a_sops: x\n# b_sops: hunter2\n# note: fine\nc: 1\n",
        Then::Encrypt,
        &[("clear-comment", Some(2))],
    ),
    (
        "charts/values.some.yaml",
        "a_sops: x\nb_sops: y\n",
        Then::Edit("b_sops", "hunter2"),
        &[("clear-value", Some(2))],
    ),
    ("charts/old.yaml.dec", "a: 1\n", Then::Stay, &[("dec-file", None)]),
    ("charts/x.dec.yaml", "a: 1\n", Then::Stay, &[("dec-file", None)]),
    ("ignored/y.yaml.dec", "a: 1\n", Then::Stay, &[]),
    (
        "k8s/app.env",
        "TOKEN=hunter2\n",
        Then::Encrypt,
        &[("nothing-encrypted", None)],
    ),
    (
        "k8s/secret.yaml",
        "kind: Secret\nstringData: {a: b}\n",
        Then::Stay,
        &[("plaintext", Some(2))],
    ),
    (
        "k8s/cm.yaml",
        "kind: ConfigMap\nmetadata: {name: n}\n",
        Then::Stay,
        &[],
    ),
    (
        "crd/good.yaml",
        "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata: {name: n}\nspec: {secretTemplates: [{name: x}]}\n",
        Then::Encrypt,
        &[],
    ),
    (
        "secrets/crd.yaml",
        "kind: SopsSecret\nmetadata: {name: n}\nspec: {secretTemplates: [{name: x}]}\n",
        Then::Encrypt,
        &[
            ("sopssecret-encrypted-field", Some(1)),
            ("sopssecret-encrypted-field", Some(2)),
            ("sopssecret-unknown-metadata", None),
        ],
    ),
    ("plain.yaml", "a: 1\n", Then::Stay, &[]),
    ("db.enc.yaml", "a: 1\n", Then::Stay, &[("plaintext", Some(1))]),
    (
        "keys.txt",
        "# mine\nAGE-SECRET-KEY-1QQQQ\n",
        Then::Stay,
        &[("private-key", Some(2))],
    ),
    (
        "staged.yaml",
        "a: hunter2\n",
        Then::StageInClear,
        &[("decrypted-in-index", None)],
    ),
    (
        "opened.yaml",
        "a: hunter2\n",
        Then::Decrypt,
        &[("decrypted", None)],
    ),
    (
        "sub/.sops.yml",
        "creation_rules: []\n",
        Then::Stay,
        &[("wrong-name", None)],
    ),
    (
        "faulty/.sops.yaml",
        "creation_rules:\n  - age: age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j\n    encrypted-suffix: _s\n",
        Then::Stay,
        &[("unknown-field", Some(3))],
    ),
    (
        "argocd/app.yaml",
        "kind: Application\nspec:\n  helm:\n    valueFiles:\n      - secrets://../charts/values.enc.yaml\n      - secrets://../plain.json\n",
        Then::Stay,
        &[],
    ),
];

fn git(place: &Sandbox, arguments: &[&str]) {
    let author = ["-c", "user.name=ci", "-c", "user.email=ci@localhost"];
    let all: Vec<&str> = author.iter().chain(arguments).copied().collect();
    let outcome = place.run(Path::new("git"), all, b"");
    assert_eq!(outcome.code, Some(0), "{arguments:?} {}", outcome.stderr);
}

/// The repository of all cases.
fn fixture() -> Sandbox {
    let place = repository(RULES, &[]);
    std::fs::remove_dir(place.path(".git")).unwrap();
    git(&place, &["init", "-q", "-b", "main"]);
    place.write(".gitignore", "ignored/\n");
    place.write("plain.json", "{\"a\": 1}");
    for (name, content, then, _) in CASES {
        std::fs::create_dir_all(place.path(name).parent().unwrap()).unwrap();
        place.write(name, content);
        if then != Then::Stay {
            let sealed = place.lazysops(["--config", ".sops.yaml", "encrypt", "-i", "--keep-layout", name]);
            assert_eq!(sealed.code, Some(0), "{name}: {}", sealed.stderr);
        }
        if let Then::Edit(key, value) = then {
            let text = String::from_utf8(place.read(name)).unwrap();
            let lines = text.lines().map(|line| match line.strip_prefix(key) {
                Some(_) => format!("{key}: {value}\n"),
                None => format!("{line}\n"),
            });
            place.write(name, lines.collect::<String>());
        }
    }
    git(&place, &["add", "staged.yaml", "opened.yaml"]);
    git(&place, &["commit", "-q", "-m", "encrypted"]);
    let sealed = place.read("staged.yaml");
    place.write("staged.yaml", "a: hunter2\n");
    git(&place, &["add", "staged.yaml"]);
    place.write("staged.yaml", sealed);
    assert_eq!(place.lazysops(["decrypt", "-i", "opened.yaml"]).code, Some(0));
    place
}

/// Findings of a report: file, code and line; notes left out.
fn findings(report: &str) -> BTreeSet<(String, String, Option<u64>)> {
    let list = json(report)["findings"].as_array().unwrap().clone();
    let list = list.iter().filter(|finding| finding["severity"] != "note");
    list.map(|finding| {
        (
            finding["path"].as_str().unwrap().to_owned(),
            finding["code"].as_str().unwrap().to_owned(),
            finding["line"].as_u64(),
        )
    })
    .collect()
}

#[test]
fn twenty_seven_files_leak_or_do_not_and_each_is_told_right() {
    if !installed("git") {
        skipped("check on a repository", "git is not installed");
        return;
    }
    let place = fixture().variable("SOPS_AGE_KEY_FILE", "/nowhere");
    let mut expected: BTreeSet<(String, String, Option<u64>)> = CASES
        .iter()
        .flat_map(|(name, _, _, found)| {
            found
                .iter()
                .map(|(code, line)| ((*name).to_owned(), (*code).to_owned(), *line))
        })
        .collect();
    expected.insert(("plain.json".to_owned(), "secrets-url-plain".to_owned(), None));
    let report = with_code(&place.lazysops(["check", "--json"]), 1);
    assert_eq!(findings(&report), expected);
    assert!(!report.contains("hunter2"), "{report}");
    let mentions = json(&report)["mentions"].clone();
    assert_eq!(mentions[0]["path"], "charts/values.enc.yaml");
    assert_eq!(
        (&mentions[0]["by"], &mentions[0]["line"]),
        (&"argocd/app.yaml".into(), &5.into())
    );
}

#[test]
fn a_commit_with_a_readable_secret_is_stopped_as_it_is_staged() {
    if !installed("git") {
        skipped("check --staged", "git is not installed");
        return;
    }
    let place = fixture();
    let staged = findings(&with_code(&place.lazysops(["check", "--staged", "--json"]), 1));
    let one = ("staged.yaml".to_owned(), "decrypted-in-index".to_owned(), None);
    assert_eq!(staged, BTreeSet::from([one]));
    git(&place, &["add", "staged.yaml", "secrets/b.yaml"]);
    assert_eq!(
        with_code(&place.lazysops(["check", "--staged"]), 0),
        "1 file checked, nothing found\n"
    );
    git(&place, &["add", "-f", "ignored/y.yaml.dec", "secrets/a.yaml"]);
    // What is staged counts, not what is on disk.
    std::fs::remove_file(place.path("secrets/a.yaml")).unwrap();
    let text = with_code(&place.lazysops(["check", "--staged"]), 1);
    assert!(
        text.contains("ignored/y.yaml.dec: error: a decrypted copy of a file (as staged) [dec-file]\n"),
        "{text}"
    );
    assert!(
        text.contains("secrets/a.yaml:1: error: 2 values stand in clear, and the rule at .sops.yaml:2 encrypts (as staged)"),
        "{text}"
    );
    let elsewhere = Sandbox::without_keys();
    with_code(&elsewhere.lazysops(["check", "--staged"]), 2);
}

#[test]
fn stale_recipients_and_ignored_paths_are_honoured_and_sarif_has_the_lines() {
    let place = repository(
        RULES,
        &[("k8s/a.enc.yaml", "data: {a: b}\n"), ("secrets/x.yaml", "a: b\n")],
    );
    place.write(".lazysops.toml", "[check]\nignore = [\"secrets/\"]\n");
    let rules = String::from_utf8(place.read(".sops.yaml")).unwrap();
    place.write(".sops.yaml", rules.replace(AGE1, OTHER));
    let sarif = json(&with_code(
        &place.lazysops(["check", "--format", "sarif", "k8s"]),
        1,
    ));
    let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
    let codes: Vec<&str> = results
        .iter()
        .map(|result| result["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["missing-recipient", "stale-recipient"]);
    let place_of = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place_of["artifactLocation"]["uri"], "k8s/a.enc.yaml");
    let all = findings(&with_code(&place.lazysops(["check", "--json"]), 1));
    assert!(
        !all.iter().any(|(path, ..)| path.starts_with("secrets/")),
        "{all:?}"
    );
}

#[test]
fn a_post_quantum_identity_is_a_private_key_too() {
    let place = repository("creation_rules:\n  - age: {A}\n", &[]);
    done(&place.lazysops(["keygen", "--pq", "--output", "key.txt"]));
    let found = with_code(&place.lazysops(["check"]), 1);
    assert!(
        found.contains("key.txt:") && found.contains("[private-key]"),
        "{found}"
    );
}

#[test]
fn every_finding_says_what_to_do() {
    let place = repository("creation_rules: [\n", &[]);
    place.write("a.yaml", "sops_note: x\n");
    let found = with_code(&place.lazysops(["check"]), 1);
    assert!(found.lines().all(|line| !line.trim().is_empty()), "{found}");
}
