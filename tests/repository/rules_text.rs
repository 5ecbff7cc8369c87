//! A `.sops.yaml` is edited in its own text: what is not about who comes and goes stays, byte for byte, and the real sops reads it
//! as it was meant.

use super::OTHER;
use crate::support::sandbox::Sandbox;
use crate::support::{AGE1, sops};
use lazysops::metadata::Recipient;
use lazysops::policy::edit::{Addition, Change, edit};
use lazysops::policy::parse;
use std::collections::BTreeSet;

/// Who comes.
const THIRD: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";

/// The lines of the rules, the text before, and after `{B}` went and `{C}` came.
type Case = (&'static [usize], &'static str, &'static str);

const CASES: &[Case] = &[
    // Lists.
    (
        &[2],
        "creation_rules:\n  - age:\n      - {A}\n      - {B}\n",
        "creation_rules:\n  - age:\n      - {A}\n      - {C} # new\n",
    ),
    (
        &[3],
        "# ours\ncreation_rules:\n  - path_regex: 'a'   # why\n    age:\n    - {A}   # ops-laptop\n    - \"{B}\"  # old\n\n    # tail\n",
        "# ours\ncreation_rules:\n  - path_regex: 'a'   # why\n    age:\n    - {A}   # ops-laptop\n    - {C} # new\n\n    # tail\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age:\n      # ops-laptop\n      - {A}\n      # old-laptop\n      - {B}\n    pgp: []\n",
        "creation_rules:\n  - age:\n      # ops-laptop\n      - {A}\n      - {C} # new\n    pgp: []\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age:\n      # the team\n      - {B}\n      - {A}\n",
        "creation_rules:\n  - age:\n      # the team\n      - {A}\n      - {C} # new\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age: [{A}, {B}] # both\n",
        "creation_rules:\n  - age: [{A}, {C}] # both\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age: ['{A}',\n          '{B}']\n    path_regex: a\n",
        "creation_rules:\n  - age: ['{A}', {C}]\n    path_regex: a\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age:\n      - {A},{B}\n",
        "creation_rules:\n  - age:\n      - {A}\n      - {C} # new\n",
    ),
    // Texts.
    (
        &[2],
        "creation_rules:\n  - age: {A},{B} # two\n",
        "creation_rules:\n  - age: {A},{C} # two\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age: \"{A}, {B}\"\n    path_regex: a\n",
        "creation_rules:\n  - age: \"{A}, {C}\"\n    path_regex: a\n",
    ),
    (
        &[2],
        "creation_rules:\n  - age: '{B}, {A}'\n",
        "creation_rules:\n  - age: '{A}, {C}'\n",
    ),
    (
        &[3],
        "creation_rules:\n  # all\n  - age: >-\n      {A},\n      {B}\n    path_regex: a # mine\n",
        "creation_rules:\n  # all\n  - age: >-\n      {A},\n      {C}\n    path_regex: a # mine\n",
    ),
    (
        &[2],
        "creation_rules:\n  - path_regex: a\n    age: >\n      {B},\n      {A}\n\n  - age: {A}\n",
        "creation_rules:\n  - path_regex: a\n    age: >\n      {A},\n      {C}\n\n  - age: {A}\n",
    ),
    (
        &[2, 6],
        "creation_rules:\n  - path_regex: b\n    age: |\n      {A},\n      {B}\n  - age: |-\n      {A}, {B}\n",
        "creation_rules:\n  - path_regex: b\n    age: |\n      {A},\n      {C}\n  - age: |-\n      {A}, {C}\n",
    ),
    (
        &[2],
        "creation_rules:\r\n  - age: >-\r\n      {A},\r\n      {B}\r\n    path_regex: a\r\n",
        "creation_rules:\r\n  - age: >-\r\n      {A},\r\n      {C}\r\n    path_regex: a\r\n",
    ),
    // Anchors, aliases, merged maps.
    (
        &[5],
        "keys:\n  - &ops {A}\n  - &old {B}\ncreation_rules:\n  - age:\n      - *ops\n      - *old\n",
        "keys:\n  - &ops {A}\n  - &old {B}\ncreation_rules:\n  - age:\n      - *ops\n      - {C} # new\n",
    ),
    (
        &[5],
        "all: &all\n  - {A} # a\n  - {B}\ncreation_rules:\n  - age: *all\n",
        "all: &all\n  - {A} # a\n  - {C} # new\ncreation_rules:\n  - age: *all\n",
    ),
    (
        &[5],
        "all: &all >-\n  {A},\n  {B}\ncreation_rules:\n  - path_regex: a\n    age: *all\n  - age: *all\n",
        "all: &all >-\n  {A},\n  {C}\ncreation_rules:\n  - path_regex: a\n    age: *all\n  - age: *all\n",
    ),
    (
        &[4],
        "base: &base\n  age: {A},{B}\ncreation_rules:\n  - <<: *base\n    path_regex: a\n",
        "base: &base\n  age: {A},{C}\ncreation_rules:\n  - <<: *base\n    path_regex: a\n",
    ),
    // Groups.
    (
        &[2],
        "creation_rules:\n  - key_groups:\n      - age:\n          - {A}\n          - {B} # old\n        pgp: []\n    path_regex: a\n",
        "creation_rules:\n  - key_groups:\n      - age:\n          - {A}\n          - {C} # new\n        pgp: []\n    path_regex: a\n",
    ),
    (
        &[2],
        "creation_rules:\n  - shamir_threshold: 2 # both\n    key_groups:\n      - age: [{A}]\n      - age: [{A}, {B}]\n",
        "creation_rules:\n  - shamir_threshold: 2 # both\n    key_groups:\n      - age: [{A}, {C}]\n      - age: [{A}]\n",
    ),
    (
        &[6],
        "team: &team\n  age:\n    - {A}\n    - {B}\ncreation_rules:\n  - key_groups:\n      - *team\n",
        "team: &team\n  age:\n    - {A}\n    - {C} # new\ncreation_rules:\n  - key_groups:\n      - *team\n",
    ),
    (
        &[6],
        "team: &team\n  age:\n    - {A}\n    - {B}\ncreation_rules:\n  - key_groups:\n      - merge:\n          - *team\n        age:\n          - {A}\n",
        "team: &team\n  age:\n    - {A}\ncreation_rules:\n  - key_groups:\n      - merge:\n          - *team\n        age:\n          - {A}\n          - {C} # new\n",
    ),
    (
        &[2],
        "creation_rules:\n  - key_groups:\n      - merge:\n          - age: [{B}]\n          - age: [{A}]\n        age: [{A}]\n",
        "creation_rules:\n  - key_groups:\n      - merge:\n          - age: []\n          - age: [{A}]\n        age: [{A}, {C}]\n",
    ),
    // Beside other kinds of keys, other rules, and other parts of the file.
    (
        &[4],
        "stores:\n  yaml: {indent: 2} # two\ncreation_rules:\n  - age: {A},{B}\n    encrypted_regex: '^(data|x: y)$'\ndestination_rules:\n  - s3_bucket: b # there\n    recreation_rule: {age: {B}}\n",
        "stores:\n  yaml: {indent: 2} # two\ncreation_rules:\n  - age: {A},{C}\n    encrypted_regex: '^(data|x: y)$'\ndestination_rules:\n  - s3_bucket: b # there\n    recreation_rule: {age: {B}}\n",
    ),
    (
        &[4],
        "creation_rules:\n  - path_regex: ^b/\n    age: {A},{B}\n  - age: {A},{B}\n",
        "creation_rules:\n  - path_regex: ^b/\n    age: {A},{B}\n  - age: {A},{C}\n",
    ),
    (
        &[3],
        "---\ncreation_rules:\n- {path_regex: a, age: [{A}, {B}]} # short\n...\n",
        "---\ncreation_rules:\n- {path_regex: a, age: [{A}, {C}]} # short\n...\n",
    ),
    (
        &[2],
        "creation_rules:\n    - age: {A},{B}",
        "creation_rules:\n    - age: {A},{C}",
    ),
    (
        &[2],
        "creation_rules:\n  - pgp: 94F5D5ABC60CD3A694F5D5ABC60CD3A694F5D5AB\n    age: >-\n      {A},\n      {B},\n",
        "creation_rules:\n  - pgp: 94F5D5ABC60CD3A694F5D5ABC60CD3A694F5D5AB\n    age: >-\n      {A},\n      {C}\n",
    ),
    (
        &[2],
        "creation_rules:\n  - kms: arn:aws:kms:eu-west-1:1:key/a+arn:aws:iam::1:role/r\n    aws_profile: ops\n    age: [{B}]\n",
        "creation_rules:\n  - kms: arn:aws:kms:eu-west-1:1:key/a+arn:aws:iam::1:role/r\n    aws_profile: ops\n    age: [{C}]\n",
    ),
];

fn filled(text: &str) -> String {
    text.replace("{A}", AGE1)
        .replace("{B}", OTHER)
        .replace("{C}", THIRD)
}

fn age(recipient: &str) -> Recipient {
    Recipient::Age {
        recipient: recipient.to_owned(),
    }
}

fn changed(before: &str, lines: &[usize]) -> String {
    let change = Change {
        lines: lines.to_vec(),
        add: vec![Addition {
            recipient: age(THIRD),
            name: Some("new".to_owned()),
        }],
        remove: vec![age(OTHER)],
    };
    match edit(before.as_bytes(), &change) {
        Ok(Some(after)) => String::from_utf8(after).unwrap(),
        Ok(None) => before.to_owned(),
        Err(error) => format!("{error}"),
    }
}

#[test]
fn comments_anchors_quotes_and_order_stay_whatever_way_the_keys_are_written() {
    assert!(CASES.len() >= 25);
    let mut wrong = Vec::new();
    for (lines, before, after) in CASES {
        let (before, after) = (filled(before), filled(after));
        let got = changed(&before, lines);
        if got != after {
            wrong.push(format!("before:\n{before}\nwanted:\n{after}\ngot:\n{got}\n"));
            continue;
        }
        let starts = |text: &str| -> Vec<usize> {
            let rules = parse(text.as_bytes()).unwrap().rules.unwrap();
            rules.iter().map(|rule| rule.line).collect()
        };
        let places = starts(&before).into_iter().zip(starts(&after));
        let now: Vec<usize> = places
            .filter(|(before, _)| lines.contains(before))
            .map(|(_, after)| after)
            .collect();
        assert_eq!(changed(&after, &now), after, "again");
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// The age keys of a text, each once.
fn recipients(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| word.starts_with("age1") && word.len() > 50)
        .collect()
}

#[test]
fn the_real_sops_reads_what_was_written_as_it_was_meant() {
    let Some(sops) = sops("the_real_sops_reads_what_was_written_as_it_was_meant") else {
        return;
    };
    let mut read = 0;
    for (lines, before, _) in CASES {
        let before = filled(before);
        let after = changed(&before, lines);
        let place = Sandbox::without_keys();
        place.write(".sops.yaml", &after);
        place.write("a.yaml", "data: hunter2\n");
        let rules = parse(after.as_bytes()).unwrap();
        let rule = rules.rule_for(b"a.yaml").unwrap().unwrap();
        let groups = rule.groups().unwrap();
        let keys = || groups.iter().flat_map(|group| &group.keys);
        let ages: BTreeSet<&str> = keys()
            .filter_map(|entry| match &entry.recipient {
                Recipient::Age { recipient } => Some(recipient.as_str()),
                _ => None,
            })
            .collect();
        if ages.len() < keys().map(|entry| &entry.recipient).collect::<Vec<_>>().len()
            && keys().any(|entry| !matches!(entry.recipient, Recipient::Age { .. }))
        {
            // Keys of other kinds need their services.
            continue;
        }
        let sealed = place.run(&sops, ["encrypt", "a.yaml"], b"");
        assert_eq!(sealed.code, Some(0), "{after}\n{}", sealed.stderr);
        let sealed = String::from_utf8(sealed.stdout).unwrap();
        assert_eq!(recipients(&sealed), ages, "{after}");
        if lines.contains(&rule.line) {
            assert!(ages.contains(THIRD) && !ages.contains(OTHER), "{after}");
        }
        read += 1;
    }
    assert!(read >= 25, "{read}");
}

#[test]
fn what_would_leave_a_rule_without_a_key_is_refused_also_where_keys_are_shared() {
    let gone = |text: &str, lines: &[usize]| {
        let change = Change {
            lines: lines.to_vec(),
            add: Vec::new(),
            remove: vec![age(OTHER)],
        };
        edit(filled(text).as_bytes(), &change).unwrap_err().to_string()
    };
    for (text, lines, line) in [
        ("creation_rules:\n  - age: {B}\n", &[2][..], 2),
        ("creation_rules:\n  - age: >-\n      {B}\n", &[2], 2),
        (
            "creation_rules:\n  - key_groups:\n      - age: [{A}]\n      - age: [{B}]\n",
            &[2],
            4,
        ),
    ] {
        let told = gone(text, lines);
        assert!(told.starts_with(&format!("line {line}: ")), "{text}: {told}");
    }
    // An anchor that goes leaves what it stood for to the others.
    let shared = filled("creation_rules:\n  - path_regex: a\n    age: [&old {B}, {A}]\n  - age: [*old]\n");
    let change = Change {
        lines: vec![2],
        add: Vec::new(),
        remove: vec![age(OTHER)],
    };
    let after = edit(shared.as_bytes(), &change).unwrap().unwrap();
    assert_eq!(
        String::from_utf8(after).unwrap(),
        filled("creation_rules:\n  - path_regex: a\n    age: [{A}]\n  - age: [{B}]\n")
    );
}
