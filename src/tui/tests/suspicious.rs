//! A file whose `sops` block somebody else changed is not written before its user was asked; what becomes readable is counted.

use crate::seal::selection::Rule;
use crate::tui::testing::Real;

/// A second age key.
const OTHER: &str = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

fn suffix() -> Rule {
    Rule::EncryptedSuffix("_s".to_owned())
}

/// Puts a copy of the first age entry for somebody else beside it.
fn with_stranger(text: &str) -> String {
    let start = text[..text.find("- enc: |").unwrap()].rfind('\n').unwrap() + 1;
    let end = text[start..].find("recipient:").unwrap() + start;
    let end = text[end..].find('\n').unwrap() + end + 1;
    let entry = &text[start..end];
    let key = entry.split("recipient: ").nth(1).unwrap().trim();
    format!(
        "{}{}{}",
        &text[..start],
        entry.replace(key, OTHER),
        &text[start..]
    )
}

fn change(real: &mut Real, text: &str) {
    real.keys("e ctrl-u");
    real.editor.type_text(text);
    real.keys("Enter ctrl-s Enter");
}

#[test]
fn the_first_save_after_somebody_else_changed_who_can_read_asks_and_what_was_accepted_is_remembered() {
    let mut real = Real::new(120, 40);
    let path = real.seal("a.yaml", "token_s: one\nnote: n\n", Some(suffix()));
    real.open(&path);
    change(&mut real, "two");
    assert!(real.editor.text().contains("saved "), "the first use trusts");
    let text = std::fs::read_to_string(&path).unwrap();
    let hostile = with_stranger(&text);
    std::fs::write(&path, &hostile).unwrap();
    real.open(&path);
    assert!(
        real.editor.text().contains("changed since you last wrote it"),
        "told at once"
    );
    real.keys("Esc");
    change(&mut real, "three");
    let screen = real.editor.text();
    assert!(screen.contains("Did you change who can read this?"), "{screen}");
    assert!(screen.contains(&format!("+ age {OTHER}")), "{screen}");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        hostile,
        "nothing was written"
    );
    real.keys("Enter");
    assert_eq!(
        real.editor.changes(),
        ["Edited token_s"],
        "the safe answer was highlighted"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), hostile);
    real.keys("ctrl-s Enter y");
    assert!(real.editor.text().contains("saved "), "{}", real.editor.text());
    change(&mut real, "four");
    assert!(real.editor.text().contains("saved "), "it was accepted already");
}

#[test]
fn quitting_with_a_save_goes_through_the_question_too() {
    let mut real = Real::new(120, 40);
    let path = real.seal("a.yaml", "token_s: one\n", Some(suffix()));
    real.open(&path);
    change(&mut real, "two");
    let hostile = with_stranger(&std::fs::read_to_string(&path).unwrap());
    std::fs::write(&path, &hostile).unwrap();
    real.open(&path);
    real.keys("Esc e ctrl-u");
    real.editor.type_text("three");
    real.keys("Enter : w q Enter Enter");
    assert!(real.editor.text().contains("Did you change who can read this?"));
    assert!(real.editor.effects.is_empty(), "it has not quit");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), hostile);
}

#[test]
fn where_nothing_is_remembered_the_rule_is_compared() {
    let mut real = Real::new(120, 40);
    let rules = format!(
        "creation_rules:\n  - encrypted_suffix: _s\n    age: {}\n",
        real.recipient
    );
    real.write(".sops.yaml", &rules);
    let path = real.seal("a.yaml", "token_s: one\n", Some(suffix()));
    let hostile = with_stranger(&std::fs::read_to_string(&path).unwrap());
    std::fs::write(&path, &hostile).unwrap();
    real.open(&path);
    change(&mut real, "two");
    let screen = real.editor.text();
    assert!(screen.contains("It differs from its rule:"), "{screen}");
    assert!(screen.contains(OTHER), "{screen}");
}

#[test]
fn values_in_clear_against_the_rule_are_red_and_counted_before_the_save() {
    let mut real = Real::new(120, 40);
    let rules = format!(
        "creation_rules:\n  - encrypted_regex: ^(token|pass.*)$\n    age: {}\n",
        real.recipient
    );
    real.write(".sops.yaml", &rules);
    // What an attacker without a key can do: the block of the file selects less than the rule.
    let text = "token: ''\npass: ''\nnote: n\nold_s: x\n";
    let path = real.seal("a.yaml", text, Some(suffix()));
    real.open(&path);
    for secret in ["hunter2", "hunter3"] {
        real.keys("e ctrl-u");
        real.editor.type_text(secret);
        real.keys("Enter j");
    }
    real.keys("e ctrl-u");
    real.editor.type_text("fine");
    real.keys("Enter ctrl-s");
    let screen = real.editor.text();
    assert!(screen.contains("2 values become readable in git"), "{screen}");
    assert_eq!(screen.matches("becomes readable").count(), 2, "{screen}");
    real.keys("Esc j c ctrl-u");
    real.editor.type_text("open");
    real.keys("Enter y ctrl-s");
    let screen = real.editor.text();
    assert!(screen.contains("3 values become readable in git"), "{screen}");
}

#[test]
fn a_file_that_is_as_its_rule_says_asks_nothing() {
    let mut real = Real::demo(120, 40);
    real.keys("j j j j e ctrl-u");
    real.editor.type_text("new");
    real.keys("Enter ctrl-s");
    assert!(!real.editor.text().contains("readable in git"));
    real.keys("Enter");
    assert!(real.editor.text().contains("saved "), "{}", real.editor.text());
}
