use super::{Severity, lint};
use proptest::prelude::*;

const A: &str = "age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45j";
const B: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
const FP: &str = "94F5D5ABC60CD3A694F5D5ABC60CD3A694F5D5AB";

/// What is found, as `line code`, worst first on each line.
fn found(text: &str, files: &[&str]) -> Vec<String> {
    let text = text.replace("{A}", A).replace("{B}", B).replace("{FP}", FP);
    let files: Vec<Vec<u8>> = files.iter().map(|file| file.as_bytes().to_vec()).collect();
    lint(text.as_bytes(), &files)
        .into_iter()
        .map(|finding| format!("{} {}", finding.line, finding.code))
        .collect()
}

/// A faulty file, and what is to be found in it.
type Case = (&'static str, &'static [&'static str]);

const CASES: [Case; 35] = [
    // Fields that are ignored.
    (
        "creation_rules:\n  - age: {A}\n    encrypted-suffix: _sops\n",
        &["3 unknown-field"],
    ),
    ("creation_rule:\n  - age: {A}\n", &["1 unknown-field"]),
    (
        "creation_rules:\n  - age: {A}\n    path_regexp: ^prod/\n",
        &["3 unknown-field"],
    ),
    (
        "creation_rules:\n  - hc_vault: https://h/v1/t/keys/k\n    age: {A}\n",
        &["2 unknown-field"],
    ),
    (
        "stores:\n  yml: {indent: 2}\n  yaml: {indent: -2}\n",
        &["2 unknown-field", "3 type"],
    ),
    (
        "creation_rules:\n  - key_groups:\n      - age: [{A}]\n        azure_kv:\n          - vault_url: https://v\n",
        &["4 unknown-field"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    key_groups:\n      - pgp: [{FP}]\n",
        &["2 flat-ignored"],
    ),
    // Rules and their order.
    ("creation_rules: []\n", &["1 no-rules"]),
    (
        "creation_rules:\n  - age: {A}\n  - path_regex: ^prod/\n    age: {B}\n",
        &["3 dead-rule"],
    ),
    (
        "creation_rules:\n  - path_regex: ^a/\n    age: {A}\n  - path_regex: ^a/\n    age: {B}\n",
        &["4 dead-rule"],
    ),
    (
        "creation_rules:\n  - path_regex: .*\n    age: {A}\n  - age: {B}\n",
        &["4 dead-rule"],
    ),
    (
        "creation_rules:\n  - path_regex: \\.yaml$\n    age: {A}\n  - path_regex: ^prod/\n    age: {B}\n  - path_regex: ^old/\n    age: {B}\n",
        &["4 shadowed-rule", "6 matches-no-file"],
    ),
    // Expressions.
    (
        "creation_rules:\n  - path_regex: '*.yaml'\n    age: {A}\n",
        &["2 bad-regex"],
    ),
    (
        "creation_rules:\n  - path_regex: secrets/*.yaml\n    age: {A}\n",
        &["2 glob"],
    ),
    (
        "creation_rules:\n  - path_regex: ^/prod/\n    age: {A}\n",
        &["2 absolute-path"],
    ),
    (
        "creation_rules:\n  - path_regex: prod\\\\secrets\n    age: {A}\n",
        &["2 separator"],
    ),
    (
        "creation_rules:\n  - path_regex: a.yaml,b.yaml\n    age: {A}\n",
        &["2 separator"],
    ),
    (
        "creation_rules:\n  - path_regex: \\.yaml$/prod\n    age: {A}\n",
        &["2 regex-matches-nothing"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    encrypted_regex: '(?!public)data'\n",
        &["3 bad-regex"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    encrypted_regex: data$^\n",
        &["3 encrypts-nothing"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    unencrypted_regex: '^(kind|)'\n",
        &["3 encrypts-nothing"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    encrypted_suffix: _sops$\n",
        &["3 suffix-is-regex"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    encrypted_regex: ^data$\n    encrypted_suffix: _s\n",
        &["4 two-selections"],
    ),
    // Keys.
    (
        "creation_rules:\n  - age: >-\n      {A}\n      {B}\n",
        &["2 separator"],
    ),
    ("creation_rules:\n  - pgp: {FP} {FP}\n", &["2 separator"]),
    (
        "creation_rules:\n  - age: age1vzv9uv3cwy344uuvamd9l9gfuqa328dfdm5sdyu0hrjxftlg3qdqcrl45\n",
        &["2 bad-recipient"],
    ),
    (
        "creation_rules:\n  - pgp: ops@example.invalid\n",
        &["2 bad-recipient"],
    ),
    ("creation_rules:\n  - age: 5\n", &["2 no-keys", "2 type"]),
    ("creation_rules:\n  - encrypted_suffix: _s\n", &["2 no-keys"]),
    (
        "# AGE-SECRET-KEY-1QQQQQQQQQQQQ\ncreation_rules:\n  - age: {A}\n",
        &["1 private-key"],
    ),
    (
        "creation_rules:\n  - age: {A}\n    age: {B}\n",
        &["3 duplicate-field"],
    ),
    // Groups.
    (
        "creation_rules:\n  - key_groups:\n      - age: [{A}]\n      - pgp: [{FP}]\n",
        &["4 stray-dash"],
    ),
    (
        "creation_rules:\n  - shamir_threshold: 3\n    key_groups:\n      - age: [{A}]\n      - age: [{B}]\n",
        &["2 threshold"],
    ),
    (
        "creation_rules:\n  - shamir_threshold: 1\n    key_groups:\n      - age: [{A}]\n      - age: []\n",
        &["2 threshold", "5 empty-group"],
    ),
    (
        "creation_rules:\n  - shamir_threshold: 2\n    key_groups:\n      - age: [{A}]\n      - age: [{A}, {B}, {B}]\n",
        &["5 duplicate-recipient", "5 one-key-is-enough"],
    ),
];

#[test]
fn every_fault_is_found_on_its_line() {
    let files = [
        "prod/a.yaml",
        "b.yaml",
        "test/c.json",
        "a/x.json",
        "secrets/d.yaml",
    ];
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|(text, expected)| {
            let mut found = found(text, &files);
            // What is for no file is a fault of the two cases about that only.
            if !expected.iter().any(|case| case.ends_with("matches-no-file")) {
                found.retain(|case| !case.ends_with("matches-no-file"));
            }
            let mut expected: Vec<&str> = expected.to_vec();
            expected.sort_unstable();
            found.sort_unstable();
            (found != expected).then(|| format!("{text}found {found:?}, expected {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_sound_file_has_no_findings() {
    let text = "shared: &shared\n  age: [{A}]\nx-note: ours\ncreation_rules:\n  - path_regex: ^(charts|k8s)/.*\\.ya?ml$\n    \
                encrypted_regex: ^(data|stringData)$\n    age: >-\n      {A},\n      {B}\n  - path_regex: \\.env$\n    \
                shamir_threshold: 2\n    key_groups:\n      - merge: [*shared]\n      - pgp: ['0x{FP}!']\n  - kms: \
                arn:aws:kms:eu-west-1:1:key/a+arn:aws:iam::1:role/r, arn:aws:kms:eu-west-1:1:key/b\nstores:\n  \
                yaml: {indent: 2}\n  json: {indent: -1}\n";
    assert_eq!(
        found(text, &["charts/a.yaml", "b.env", "c.json"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_misspelt_field_is_told_by_its_right_name() {
    for (written, meant) in [
        ("encrypted-suffix", "encrypted_suffix"),
        ("encryptedRegex", "encrypted_regex"),
        ("unencrypted_sufix", "unencrypted_suffix"),
        ("filename_regex", "path_regex"),
        ("azure_kv", "azure_keyvault"),
        ("shamir-threshold", "shamir_threshold"),
    ] {
        let text = format!("creation_rules:\n  - age: {A}\n    {written}: x\n");
        let list = lint(text.as_bytes(), &[]);
        assert_eq!(list[0].advice, format!("did you mean `{meant}`?"), "{written}");
        assert_eq!(list[0].severity, Severity::Warning);
    }
}

#[test]
fn no_finding_shows_what_the_file_holds() {
    let text = "creation_rules:\n  - age: AGE-SECRET-KEY-1CANARY\n    pgp: CANARY\n    kms: CANARY\n    CANARY: CANARY\n    \
                path_regex: '(CANARY'\n    encrypted_regex: '[CANARY'\n    azure_keyvault: CANARY\n";
    let list = lint(text.as_bytes(), &[]);
    assert!(list.len() >= 6);
    for finding in list {
        assert!(!format!("{finding:?}").contains("CANARY"), "{finding:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        text in "(creation_rules|stores|age|key_groups|merge|path_regex|shamir_threshold|<<|&a|\\*a|[-:\\[\\]{} \n]|[a-c2]|'){0,60}"
    ) {
        let _ = lint(text.as_bytes(), &[b"a".to_vec()]);
    }
}
