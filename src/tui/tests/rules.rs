//! `t` changes a rule, and the open file with it, after the lines were shown.

use crate::seal::selection::Rule;
use crate::tree::Leaf;
use crate::tui::testing::Real;

const TEXT: &str = "data: one\nnote: two\nmore: three\n";

/// A file by a rule with names.
fn real(rules: &str, rule: &str) -> (Real, std::path::PathBuf) {
    let mut real = Real::new(120, 40);
    let rules = rules.replace("{A}", &real.recipient);
    real.write(".sops.yaml", &rules);
    let path = real.seal("a.yaml", TEXT, Some(Rule::EncryptedRegex(rule.to_owned())));
    real.open(&path);
    (real, path)
}

const RULES: &str = "# top\ncreation_rules:\n  - path_regex: a # mine\n    encrypted_regex: ^(data)$  # names\n    age: {A}\n  - age: {A}\n";

fn rules_of(real: &Real) -> String {
    std::fs::read_to_string(real.path(".sops.yaml")).unwrap()
}

#[test]
fn the_rule_and_the_file_change_together_after_the_lines_were_shown() {
    let (mut real, path) = real(RULES, "^(data)$");
    let before = std::fs::read_to_string(&path).unwrap();
    let rules = rules_of(&real);
    real.keys("j t");
    let screen = real.editor.text();
    assert!(
        screen.contains("would become: encrypted_regex: ^(data|note)$"),
        "{screen}"
    );
    real.keys("y");
    let screen = real.editor.text();
    for words in [
        ".sops.yaml, the rule at line 3:",
        "-     encrypted_regex: ^(data)$  # names",
        "+     encrypted_regex: ^(data|note)$  # names",
        "This file: 1 value becomes encrypted.",
    ] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    assert_eq!(rules_of(&real), rules, "nothing without a yes");
    real.keys("Enter");
    assert_eq!(rules_of(&real), rules, "the safe answer is highlighted");
    // An unsaved edit stays one.
    real.keys("j e ctrl-u");
    real.editor.type_text("edited");
    real.keys("Enter k t y y");
    let screen = real.editor.text();
    assert!(screen.contains("encrypted by the rule; 1 edit kept"), "{screen}");
    assert_eq!(rules_of(&real), rules.replace("^(data)$", "^(data|note)$"));
    let after = std::fs::read_to_string(&path).unwrap();
    let line = |text: &str, key: &str| {
        text.lines()
            .find(|line| line.starts_with(key))
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        line(&before, "data:"),
        line(&after, "data:"),
        "its ciphertext stays"
    );
    assert!(line(&after, "note:").starts_with("note: ENC["), "{after}");
    assert_eq!(line(&after, "more:"), "more: three");
    let document = real.read(&path);
    let root = document.content.documents()[0];
    let note = document.content.children(root)[1];
    assert_eq!(document.content.node(note).leaf(), Some(&Leaf::text("two")));
    assert_eq!(document.metadata.effective_rule().pattern(), "^(data|note)$");
    assert_eq!(real.editor.changes(), ["Edited more"]);
}

#[test]
fn the_rule_alone_can_change_and_the_file_follows_later() {
    let (mut real, path) = real(RULES, "^(data)$");
    let before = std::fs::read(&path).unwrap();
    real.keys("j t y Tab Tab Enter");
    assert!(
        real.editor.text().contains("the rule is changed"),
        "{}",
        real.editor.text()
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    real.keys("t");
    let screen = real.editor.text();
    assert!(
        screen.contains("In .sops.yaml by now: encrypted_regex ^(data|note)$"),
        "{screen}"
    );
    real.keys("y");
    assert!(
        real.editor.text().contains("encrypted by the rule"),
        "{}",
        real.editor.text()
    );
    assert!(std::fs::read_to_string(&path).unwrap().contains("note: ENC["));
}

#[test]
fn values_that_would_become_readable_are_counted_first() {
    let (mut real, path) = real(&RULES.replace("^(data)$", "^(data|note)$"), "^(data|note)$");
    real.keys("t y");
    let screen = real.editor.text();
    assert!(
        screen.contains("This file: 1 value becomes readable in git."),
        "{screen}"
    );
    real.keys("y");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("data: one\n") && text.contains("note: ENC["),
        "{text}"
    );
}

#[test]
fn rules_that_changed_meanwhile_are_not_overwritten() {
    let (mut real, path) = real(RULES, "^(data)$");
    let before = std::fs::read(&path).unwrap();
    real.keys("j t y");
    let theirs = rules_of(&real).replace("# top", "# theirs");
    real.write(".sops.yaml", &theirs);
    real.keys("y");
    assert!(
        real.editor.text().contains("Not changed"),
        "{}",
        real.editor.text()
    );
    assert_eq!(rules_of(&real), theirs);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn without_a_rule_for_the_file_that_is_said() {
    let (mut real, _) = real("creation_rules: []\n", "^(data)$");
    real.keys("j t y");
    assert!(
        real.editor.text().contains("no matching creation rules"),
        "{}",
        real.editor.text()
    );
}

#[test]
fn the_rules_are_shown_with_what_is_wrong_and_what_to_do() {
    let mut real = Real::new(120, 40);
    let rules = format!(
        "creation_rules:\n  - encrypted-suffix: _s\n    age: {}\n",
        real.recipient
    );
    let path = real.write(".sops.yaml", &rules);
    real.scan();
    real.keys("1 f f");
    let listed = real
        .editor
        .model
        .files
        .files
        .iter()
        .position(|file| file.path == path);
    real.editor.model.files.cursor.at = listed.unwrap();
    real.keys("Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains(".sops.yaml: ") && screen.contains("2   - encrypted-suffix: _s"),
        "{screen}"
    );
    assert!(screen.contains("! unknown-field:"), "{screen}");
    real.keys("Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains(".sops.yaml, line 2") && screen.contains("→ "),
        "{screen}"
    );
    assert!(screen.contains("encrypted_suffix"), "{screen}");
}

#[test]
fn rules_with_a_private_key_in_them_show_no_text() {
    let mut real = Real::new(120, 40);
    let key = std::fs::read_to_string(real.path("key.txt")).unwrap();
    let key = key.lines().find(|line| line.starts_with("AGE-SECRET")).unwrap();
    let rules = format!("creation_rules:\n  - age: {}\n", real.recipient);
    // In a comment, and where the text is no YAML at all.
    real.write(".sops.yaml", &format!("{key}\n{rules}"));
    real.scan();
    real.keys("g r");
    let screen = real.editor.text();
    assert!(
        screen.contains("! not-yaml:") && !screen.contains("AGE-SECRET-KEY"),
        "{screen}"
    );
    real.write(".sops.yaml", &format!("# {key}\n{rules}"));
    real.keys("Esc g r");
    let screen = real.editor.text();
    assert!(screen.contains("! private-key:"), "{screen}");
    assert!(!screen.contains("AGE-SECRET-KEY"), "{screen}");
}

#[test]
fn the_rules_are_edited_as_text_and_what_is_wrong_is_told_before_they_are_written() {
    for (width, height) in [(120, 40), (80, 24), (60, 20)] {
        let (mut real, _) = real(RULES, "^(data)$");
        real.editor.send(crate::tui::msg::Msg::Resize(width, height));
        let rules = rules_of(&real);
        real.keys("g r");
        assert!(real.editor.text().contains("E edit"), "{}", real.editor.text());
        real.outside("E", |_| "creation_rules: [".to_owned());
        let screen = real.editor.text();
        assert!(screen.contains("This cannot be taken"), "{screen}");
        // What was typed is handed out again.
        real.outside("Enter", |text| {
            assert_eq!(text, "creation_rules: [");
            rules.replace("encrypted_regex", "encrypted-regex")
        });
        let screen = real.editor.text();
        for words in [
            "Write .sops.yaml?",
            "+     encrypted-regex: ^(data)$",
            "! line 4:",
        ] {
            assert!(screen.contains(words), "{words}: {screen}");
        }
        real.keys("Enter");
        assert_eq!(rules_of(&real), rules, "the safe answer is highlighted");
        real.outside("E", |text| {
            assert_eq!(text, rules, "what was dropped is gone");
            text.to_owned()
        });
        assert!(
            real.editor.text().contains("nothing was changed"),
            "{}",
            real.editor.text()
        );
        real.outside("E", |text| text.replace("# top", "# changed"));
        assert!(
            real.editor.text().contains("+ # changed"),
            "{}",
            real.editor.text()
        );
        real.keys("y");
        assert_eq!(rules_of(&real), rules.replace("# top", "# changed"));
        let screen = real.editor.text();
        assert!(screen.contains("1 # changed"), "the view is renewed: {screen}");
        assert_eq!(real.editor.model.overlays.len(), 1);
    }
}

#[test]
fn rules_that_somebody_else_changed_meanwhile_are_not_overwritten_and_read_only_edits_nothing() {
    let (mut real, _) = real(RULES, "^(data)$");
    real.keys("g r");
    real.outside("E", |text| text.replace("# top", "# mine"));
    real.write(".sops.yaml", "# theirs\n");
    real.keys("y");
    assert!(
        real.editor.text().contains("Not written"),
        "{}",
        real.editor.text()
    );
    assert_eq!(rules_of(&real), "# theirs\n");
    real.keys("Esc Esc");
    real.editor.model.read_only = true;
    real.keys("g r E");
    assert!(
        real.editor.text().contains("opened read-only"),
        "{}",
        real.editor.text()
    );
}
