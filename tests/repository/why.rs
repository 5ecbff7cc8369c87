//! `why`: which rule, and what decided.

use super::{done, json, repository, with_code};

const RULES: &str = "creation_rules:\n  - path_regex: ^dev/\n    age: {A}\n  - path_regex: \\.yaml$\n    encrypted_regex: \
                     ^(data|stringData)$\n    age: {A}\n  - age: {A}\n";
const PLAIN: &str = "kind: Secret\ndata:\n  user: YQ==\n  list: [1, 2]\nnote: x\nempty: ''\n";

#[test]
fn rule_selection_and_value_are_told_with_lines_and_without_a_key() {
    let place = repository(RULES, &[("prod/a.enc.yaml", PLAIN)]).variable("SOPS_AGE_KEY_FILE", "/nowhere");
    let text = done(&place.lazysops(["why", "prod/a.enc.yaml", "data.user"]));
    assert_eq!(
        text,
        "prod/a.enc.yaml: yaml, encrypted\n\
         config    .sops.yaml\n\
         rule      2 at line 4: path_regex \\.yaml$: is used\n\
         \u{20}         1 at line 2: path_regex ^dev/: does not match\n\
         \u{20}         3 at line 7: for every file: matches too, but comes later\n\
         selects   encrypted_regex ^(data|stringData)$ (from the sops block of the file)\n\
         value     [\"data\"][\"user\"] is encrypted: the key `data` matches ^(data|stringData)$ (encrypted_regex)\n\
         change    it would be in clear if no key on its path matched ^(data|stringData)$\n\
         \u{20}         or change the rule at line 4 of the .sops.yaml, then encrypt the file anew: its sops block keeps the \
         selection it was encrypted with\n"
    );
}

#[test]
fn a_value_in_clear_an_empty_one_and_a_list_item_are_explained() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN)]);
    let value =
        |path: &str| json(&done(&place.lazysops(["why", "--json", "a.enc.yaml", path])))["value"].clone();
    let note = value("[\"note\"]");
    assert_eq!(
        (&note["encrypted"], &note["stands_encrypted"]),
        (&false.into(), &false.into())
    );
    assert_eq!(
        note["change"][0],
        "it would be encrypted if its key, or one above, matched ^(data|stringData)$"
    );
    assert_eq!(value("empty")["reason"], "an empty text is never encrypted");
    let item = value("data.list.1");
    assert_eq!(
        (&item["path"], &item["encrypted"]),
        (&"[\"data\"][\"list\"][1]".into(), &true.into())
    );
    assert_eq!(with_code(&place.lazysops(["why", "a.enc.yaml", "none"]), 2), "");
    assert_eq!(with_code(&place.lazysops(["why"]), 2), "");
    assert_eq!(with_code(&place.lazysops(["why", "--no-such-flag"]), 2), "");
}

#[test]
fn a_plain_file_and_one_that_is_not_there_get_the_rule_that_would_be_used() {
    let place = repository(RULES, &[("b.yaml", "data: {k: v}\n")]);
    let plain = json(&done(&place.lazysops(["why", "--json", "b.yaml", "data.k"])));
    assert_eq!(plain["selection"]["from"], "rule");
    assert_eq!(plain["value"]["encrypted"], true);
    let none = done(&place.lazysops(["why", "dev/new.env"]));
    assert!(none.starts_with("dev/new.env: dotenv, not there yet\n"), "{none}");
    assert!(none.contains("1 at line 2: path_regex ^dev/: is used"), "{none}");
}

#[test]
fn a_rule_that_changed_since_the_file_was_encrypted_is_pointed_out() {
    let place = repository(RULES, &[("a.enc.yaml", PLAIN)]);
    let rules = String::from_utf8(place.read(".sops.yaml")).unwrap();
    place.write(
        ".sops.yaml",
        rules.replace("encrypted_regex: ^(data|stringData)$", "encrypted-regex: x"),
    );
    let text = done(&place.lazysops(["why", "a.enc.yaml", "data.user"]));
    assert!(
        text.contains("the rule says unencrypted_suffix _unencrypted now"),
        "{text}"
    );
    assert!(text.contains("`encrypted_regex` is meant"), "{text}");
}

#[test]
fn rules_above_the_repository_are_not_believed_without_the_flag() {
    let place = repository(RULES, &[("sub/a.yaml", PLAIN)]);
    std::fs::remove_dir(place.path(".git")).unwrap();
    std::fs::create_dir(place.path("sub/.git")).unwrap();
    let refused = place.lazysops(["why", "sub/a.yaml"]);
    with_code(&refused, 2);
    assert!(
        refused.stderr.contains("it is outside of this repository"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("--trust-config"), "{}", refused.stderr);
    done(&place.lazysops(["why", "--trust-config", "sub/a.yaml"]));
}
