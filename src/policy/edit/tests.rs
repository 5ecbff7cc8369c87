use super::{Addition, Change, EditError, edit, select};
use crate::metadata::Recipient;
use crate::seal::selection::Rule;

fn age(recipient: &str) -> Recipient {
    Recipient::Age {
        recipient: recipient.to_owned(),
    }
}

fn edited(text: &str, lines: &[usize], add: &[&str], remove: &[&str]) -> Result<String, EditError> {
    let change = Change {
        lines: lines.to_vec(),
        add: add
            .iter()
            .map(|recipient| Addition {
                recipient: age(recipient),
                name: Some("new".to_owned()),
            })
            .collect(),
        remove: remove.iter().map(|recipient| age(recipient)).collect(),
    };
    let bytes = edit(text.as_bytes(), &change)?;
    Ok(bytes.map_or_else(|| text.to_owned(), |bytes| String::from_utf8(bytes).unwrap()))
}

#[test]
fn comments_quotes_and_order_stay_in_every_way_to_write_keys() {
    for (before, after) in [
        // A list.
        (
            "# top\ncreation_rules:\n  - path_regex: 'a'  # why\n    age:\n      # team\n      - age1a # ops-laptop\n      - \"age1b\"  # old\n    # tail\n",
            "# top\ncreation_rules:\n  - path_regex: 'a'  # why\n    age:\n      # team\n      - age1a # ops-laptop\n      - age1c # new\n    # tail\n",
        ),
        // A text with commas.
        (
            "creation_rules:\n  - path_regex: a\n    age: age1a,age1b # two\n",
            "creation_rules:\n  - path_regex: a\n    age: age1a,age1c # two\n",
        ),
        // A folded text.
        (
            "creation_rules:\n  - path_regex: a\n    age: >-\n      age1a,\n      age1b\n    pgp: AA\n",
            "creation_rules:\n  - path_regex: a\n    age: >-\n      age1a,\n      age1c\n    pgp: AA\n",
        ),
        // A list in brackets.
        (
            "creation_rules:\n  - {path_regex: a, age: [age1a, age1b]}\n",
            "creation_rules:\n  - {path_regex: a, age: [age1a, age1c]}\n",
        ),
        // A list in brackets whose only key is replaced.
        (
            "creation_rules:\n  - path_regex: a\n    age: [ \"age1b\" ] # team\n  - age: [age1b]\n",
            "creation_rules:\n  - path_regex: a\n    age: [ \"age1c\" ] # team\n  - age: [age1b]\n",
        ),
        // Another kind of key only.
        (
            "creation_rules:\n  - path_regex: a\n    pgp: AA\n",
            "creation_rules:\n  - path_regex: a\n    pgp: AA\n    age: age1c\n",
        ),
        // Groups: the new one goes into the first.
        (
            "creation_rules:\n  - key_groups:\n      - age:\n          - age1a\n      - age:\n          - age1b\n          - age1d\n",
            "creation_rules:\n  - key_groups:\n      - age:\n          - age1a\n          - age1c # new\n      - age:\n          - age1d\n",
        ),
    ] {
        assert_eq!(
            edited(before, &[2, 3], &["age1c"], &["age1b"]).unwrap(),
            after,
            "{before}"
        );
        assert_eq!(
            edited(after, &[2, 3], &["age1c"], &["age1b"]).unwrap(),
            after,
            "again"
        );
    }
}

#[test]
fn aliases_of_keys_and_of_whole_lists_stay_aliases() {
    let text = "keys:\n  - &laptop age1a\n  - &old age1b\ncreation_rules:\n  - path_regex: a\n    age:\n      - *laptop\n      - *old\n";
    assert_eq!(
        edited(text, &[5], &[], &["age1b"]).unwrap(),
        text.replace("      - *old\n", "")
    );
    let shared = "team: &team\n  age:\n    - age1a\n    - age1b\ncreation_rules:\n  - path_regex: a\n    key_groups:\n      - *team\n  - \
                  key_groups:\n      - *team\n";
    assert_eq!(
        edited(shared, &[6], &["age1c"], &["age1b"]).unwrap(),
        shared.replace("age1b", "age1c # new")
    );
    let list =
        "all: &all\n  - age1a\n  - age1b\ncreation_rules:\n  - path_regex: a\n    age: *all\n  - age: *all\n";
    assert_eq!(
        edited(list, &[5], &["age1c"], &["age1b"]).unwrap(),
        list.replace("age1b", "age1c # new")
    );
}

#[test]
fn other_rules_stay_and_a_rule_never_loses_its_last_key() {
    let text = "creation_rules:\n  - path_regex: a\n    age: age1a\n  - age: age1a,age1b\n";
    assert_eq!(
        edited(text, &[4], &[], &["age1a"]).unwrap(),
        text.replace("age1a,age1b", "age1b")
    );
    assert_eq!(
        edited(text, &[2], &[], &["age1a"]).unwrap_err(),
        EditError::Nobody { line: 2 }
    );
}

#[test]
fn keys_of_services_are_written_as_groups_want_them() {
    let text = "creation_rules:\n  - key_groups:\n      - age:\n          - age1a\n";
    let kms = Recipient::Kms {
        arn: "arn:aws:kms:eu-west-1:1:key/a".to_owned(),
        role: String::new(),
        context: Vec::new(),
        aws_profile: String::new(),
    };
    let add = |text: &str, recipient: &Recipient| {
        let addition = Addition {
            recipient: recipient.clone(),
            name: None,
        };
        let change = Change {
            lines: vec![2],
            add: vec![addition],
            remove: Vec::new(),
        };
        edit(text.as_bytes(), &change)
            .unwrap()
            .map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let with = add(text, &kms).unwrap();
    assert_eq!(
        crate::policy::parse(with.as_bytes()).unwrap().rules.unwrap()[0]
            .groups()
            .unwrap()[0]
            .keys
            .len(),
        2,
        "{with}"
    );
    assert_eq!(add(&with, &kms), None, "it is there");
}

#[test]
fn another_selection_is_written_where_the_old_one_stood_and_other_rules_stay() {
    let wanted = Rule::EncryptedRegex("^(data|note)$".to_owned());
    for (before, after) in [
        (
            "creation_rules:\n  - path_regex: a # why\n    encrypted_regex: ^(data)$ # what\n    age: x\n",
            "creation_rules:\n  - path_regex: a # why\n    encrypted_regex: ^(data|note)$ # what\n    age: x\n",
        ),
        (
            "creation_rules:\n  - encrypted_regex: \"^(data)$\"\n    age: x\n",
            "creation_rules:\n  - encrypted_regex: \"^(data|note)$\"\n    age: x\n",
        ),
        // Another kind of selection makes room.
        (
            "creation_rules:\n  - path_regex: a\n    encrypted_suffix: _s\n    age: x\n",
            "creation_rules:\n  - path_regex: a\n    age: x\n    encrypted_regex: ^(data|note)$\n",
        ),
        // The default.
        (
            "creation_rules:\n  - age: x\n",
            "creation_rules:\n  - age: x\n    encrypted_regex: ^(data|note)$\n",
        ),
        // One that is shared stays with the others.
        (
            "d: &d\n  encrypted_regex: ^(data)$\ncreation_rules:\n  - age: y\n    <<: *d\n  - age: x\n    <<: *d\n",
            "d: &d\n  encrypted_regex: ^(data)$\ncreation_rules:\n  - age: y\n    <<: *d\n    encrypted_regex: ^(data|note)$\n  - age: x\n    <<: *d\n",
        ),
        (
            "creation_rules:\n  - {age: x, encrypted_regex: '^(data)$'}\n",
            "creation_rules:\n  - {age: x, encrypted_regex: '^(data|note)$'}\n",
        ),
    ] {
        let text = before.as_bytes();
        let line = crate::policy::parse(text).unwrap().rules.unwrap()[0].line;
        let done = select(text, line, &wanted).unwrap().unwrap();
        assert_eq!(String::from_utf8(done.clone()).unwrap(), after);
        assert_eq!(select(&done, line, &wanted).unwrap(), None, "again");
    }
    assert_eq!(
        select(b"creation_rules:\n  - age: x\n", 1, &wanted).unwrap_err(),
        EditError::NoRule { line: 1 }
    );
}

#[test]
fn a_selection_that_is_an_alias_gets_a_value_of_its_own() {
    let wanted = Rule::EncryptedSuffix("_new".to_owned());
    let text = "s: &s _old\ncreation_rules:\n  - encrypted_suffix: *s\n    age: x\n  - encrypted_suffix: *s\n    age: y\n";
    let done = select(text.as_bytes(), 3, &wanted).unwrap().unwrap();
    assert_eq!(
        String::from_utf8(done).unwrap(),
        text.replacen("suffix: *s", "suffix: _new", 1)
    );
}
