//! Help with new values: generators, keys of other files, what a text is read as.

use crate::seal::selection::Rule;
use crate::tree::Leaf;
use crate::tui::testing::{Editor, Real, gatus};

fn value(editor: &Editor) -> Leaf {
    let file = editor.model.file.as_ref().unwrap();
    let row = editor.model.tree.selected().unwrap();
    file.tree().node(row.id).leaf().unwrap().clone()
}

fn text(real: &Real) -> String {
    let Leaf::Text(text) = &value(&real.editor) else {
        panic!("a text")
    };
    text.expose_str().unwrap().to_owned()
}

/// An editor on a file of one value, which is selected.
fn real(text: &str) -> Real {
    let mut real = Real::new(80, 24);
    let path = real.seal("values.yaml", text, Some(Rule::EncryptedSuffix("_s".to_owned())));
    real.open(&path);
    real
}

#[test]
fn a_password_is_generated_in_the_field_and_taken_by_enter() {
    let mut real = real("pass_s: old\n");
    real.keys("e ctrl-g");
    let screen = real.editor.text();
    assert!(screen.contains("password    24 characters"), "{screen}");
    assert!(screen.contains("142 bits"), "{screen}");
    real.keys("Enter");
    assert!(
        real.editor
            .text()
            .contains("generated: password, 24 characters, 142 bits"),
        "{}",
        real.editor.text()
    );
    assert!(real.editor.changes().is_empty(), "Enter in the field takes it");
    real.keys("Enter");
    assert_eq!(text(&real).len(), 24);
}

#[test]
fn esc_in_the_generator_goes_back_to_where_it_was_called_from() {
    let mut real = real("pass_s: old\n");
    real.keys("ctrl-g Esc");
    assert!(real.editor.model.overlays.is_empty(), "{}", real.editor.text());
    real.keys("e ctrl-g Esc");
    assert_eq!(real.editor.model.overlays.len(), 1, "{}", real.editor.text());
    real.keys("Esc");
    assert!(real.editor.model.overlays.is_empty() && real.editor.changes().is_empty());
}

#[test]
fn rules_of_a_password_are_kept_for_the_next() {
    let mut real = real("pass_s: old\n");
    real.keys("ctrl-g a A + +");
    assert!(
        real.editor.text().contains("26 characters"),
        "{}",
        real.editor.text()
    );
    real.keys("Enter Enter");
    let first = text(&real);
    assert!(
        first.len() == 26 && first.bytes().all(|byte| byte.is_ascii_digit()),
        "{first}"
    );
    real.keys("ctrl-g");
    assert!(real.editor.text().contains("26 characters"));
    real.keys("Enter Enter");
    assert_ne!(text(&real), first);
}

#[test]
fn every_kind_of_value_is_generated_with_its_entropy() {
    for (down, name, bits, start) in [
        (1, "passphrase", "66 bits", ""),
        (2, "hex", "256 bits", ""),
        (3, "base64", "256 bits", ""),
        (4, "uuid", "122 bits", ""),
        (5, "age key", "256 bits", "# public key: age1"),
        (6, "age key", "256 bits", "# public key: age1pq1"),
        (7, "ssh key", "256 bits", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
    ] {
        let mut real = real("pass_s: old\n");
        real.keys("ctrl-g").keys(&"j ".repeat(down));
        let screen = real.editor.text();
        assert!(screen.contains(name) && screen.contains(bits), "{screen}");
        real.keys("Enter");
        if !start.is_empty() {
            assert!(
                real.editor.text().contains("The public half of the new key"),
                "{name}"
            );
            real.keys("Esc ctrl-s");
        } else {
            real.keys("Enter");
        }
        assert!(text(&real).starts_with(start) && text(&real) != "old", "{name}");
    }
}

#[test]
fn a_generated_value_is_not_on_screen_until_it_is_asked_for() {
    let mut real = real("pass_s: old\n");
    real.keys("ctrl-g Enter Enter");
    let made = text(&real);
    assert!(!real.editor.text().contains(&made));
    real.keys("e ctrl-t");
    assert!(real.editor.text().contains(&made));
}

#[test]
fn only_values_are_generated() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("j ctrl-g");
    assert!(editor.text().contains("only values are generated"));
    editor.keys("c ctrl-g");
    assert!(editor.text().contains("only values are generated"));
}

#[test]
fn a_new_key_is_completed_from_other_files_and_other_items() {
    let mut real = Real::new(80, 24);
    let rule = || Some(Rule::EncryptedSuffix("_s".to_owned()));
    real.seal(
        "staging.yaml",
        "gatus:\n    token_s: a\n    url: b\n    user_s: c\n",
        rule(),
    );
    let path = real.seal(
        "prod.yaml",
        "gatus:\n    user_s: c\nlist:\n    - {a: 1, b: 2}\n    - {a: 1}\n",
        rule(),
    );
    real.scan();
    real.open(&path);
    real.keys("g g j a");
    assert!(
        real.editor.text().contains("Tab: token_s, url"),
        "{}",
        real.editor.text()
    );
    real.keys("t Tab");
    assert!(real.editor.text().contains("token_s"));
    real.keys("Enter x Enter");
    assert_eq!(real.editor.changes(), ["New gatus.token_s"]);
    real.keys("G a");
    assert!(real.editor.text().contains("Tab: b"), "{}", real.editor.text());
}

#[test]
fn the_change_of_a_type_is_in_the_list_before_a_save() {
    let mut real = real("port_s: \"5432\"\n");
    real.keys("T ctrl-s");
    assert!(real.editor.text().contains("str → int"), "{}", real.editor.text());
}

#[test]
fn a_rename_that_was_not_confirmed_cannot_be_redone() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("j j j c ctrl-u x Enter Esc ctrl-r");
    assert!(editor.changes().is_empty());
    assert!(editor.text().contains("nothing to redo"));
}
