//! `w`: which rule decided, for values as they stand, as they are edited, and without a key.

use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, Real, gatus, locked};
use crate::tui::worker::{Job, Outcome};

fn told(real: &Real, words: &[&str]) {
    // Long lines are broken between words.
    let text = real.editor.text();
    let text: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == '│')
        .filter(|word| !word.is_empty())
        .collect();
    let text = text.join(" ");
    for words in words {
        assert!(text.contains(words), "`{words}` in:\n{}", real.editor.text());
    }
}

#[test]
fn config_rule_and_line_and_the_field_that_decided_are_told() {
    let mut real = Real::demo(120, 40);
    real.keys("j j j j w");
    told(
        &real,
        &[
            "Why: gatus.slack_webhook_sops_cypher",
            "config .sops.yaml",
            "rule 1 at line 4: path_regex ^charts/.*/values\\.sops\\.yaml$: is used",
            "4 at line 18: for every file: matches too, but comes later",
            "selects encrypted_suffix _sops_cypher (from the sops block of the file)",
            "is encrypted: the key `slack_webhook_sops_cypher` ends with _sops_cypher (encrypted_suffix)",
            "it would be in clear if no key on its path ended with _sops_cypher",
        ],
    );
    assert!(!real.editor.text().contains("made-up"));
    real.keys("Esc k k w");
    told(
        &real,
        &["stays in clear: no key on its path ends with _sops_cypher"],
    );
    real.keys("Esc g g w");
    told(
        &real,
        &["Why: # above gatus", "value # above gatus stays in clear"],
    );
}

#[test]
fn new_renamed_and_deleted_entries_are_told_as_they_are_and_as_they_were() {
    let mut real = Real::demo(120, 40);
    real.keys("j j j j c ctrl-u");
    real.editor.type_text("webhook");
    real.keys("Enter y w");
    told(
        &real,
        &[
            "Why: gatus.webhook",
            "unsaved it is gatus.slack_webhook_sops_cypher in the file",
            "it is encrypted in the file: the key `slack_webhook_sops_cypher` ends with",
            "[\"gatus\"][\"webhook\"] stays in clear",
        ],
    );
    real.keys("Esc j d w");
    told(
        &real,
        &["it is deleted; this is how it stands in the file", "is encrypted"],
    );
    real.keys("Esc a");
    real.editor.type_text("fresh");
    real.keys("Enter");
    real.editor.type_text("v");
    real.keys("Enter w");
    told(&real, &["it is new: nothing of it is in the file yet"]);
}

#[test]
fn a_rule_that_would_decide_otherwise_is_told() {
    let mut real = Real::new(120, 40);
    let rules = format!(
        "creation_rules:\n  - encrypted_regex: ^token$\n    age: {}\n",
        real.recipient
    );
    real.write(".sops.yaml", &rules);
    let suffix = crate::seal::selection::Rule::EncryptedSuffix("_s".to_owned());
    let path = real.seal("a.yaml", "token: x\nkey_s: y\n", Some(suffix));
    real.open(&path);
    real.keys("w");
    told(
        &real,
        &[
            "[\"token\"] stays in clear",
            "by the rule it would be encrypted: the key `token` matches ^token$ (encrypted_regex)",
            "the rule says encrypted_regex ^token$ now",
        ],
    );
}

#[test]
fn t_changes_it_from_there_and_a_file_without_a_key_is_explained_too() {
    let mut real = Real::demo(120, 40);
    real.keys("j j j j w t");
    told(&real, &["This becomes readable in git"]);
    real.environment = real.environment.clone().with("SOPS_AGE_KEY_FILE", "/nowhere");
    let path = real.path("demo/kubernetes/database-secret.yaml");
    real.keys("Esc");
    real.open(&path);
    real.keys("Esc G w");
    told(
        &real,
        &[
            "the key `stringData` matches ^(data|stringData)$",
            "rule 2 at line 10",
        ],
    );
    real.keys("t");
    assert!(
        real.editor.model.overlays.is_empty(),
        "nothing can be changed there"
    );
}

#[test]
fn an_answer_that_comes_late_is_about_what_was_asked_or_dropped() {
    let mut editor = Editor::open(locked(gatus()), 120, 40);
    editor.keys("Esc G w");
    let (id, job) = editor.job();
    assert!(matches!(job, Job::Rules(..)), "the rules are read by a task");
    editor.keys("L");
    let failure = crate::failure::Failure::new(crate::failure::Kind::Usage, "not believed");
    editor.send(Msg::Done(id, Outcome::Ruled(Err(failure))));
    assert!(editor.model.overlays.is_empty(), "locked meanwhile");
}

#[test]
fn rules_that_are_not_believed_are_named_and_the_file_speaks_for_itself() {
    let mut editor = Editor::open(gatus(), 120, 40);
    editor.keys("j j j w");
    let (id, _) = editor.job();
    let failure = crate::failure::Failure::new(crate::failure::Kind::Usage, "anybody can change it");
    editor.send(Msg::Done(id, Outcome::Ruled(Err(failure))));
    let text = editor.text();
    assert!(text.contains("anybody can change it"), "{text}");
    assert!(text.contains("encrypted_suffix _sops_cypher"), "{text}");
}
