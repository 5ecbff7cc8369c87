//! A value, or the whole file, in the user's own editor.

use crate::host::editor::EditorError;
use crate::ops::plain;
use crate::seal::selection::Rule;
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::Real;
use std::path::PathBuf;

const TEXT: &str = "# of the page
gatus:
    pass_s: one # rotated

    user_s: admin
    port: 80
hosts:
    - a
    - b
";

fn open(text: &str) -> (Real, PathBuf) {
    let mut real = Real::new(100, 30);
    let path = real.seal("values.yaml", text, Some(Rule::EncryptedSuffix("_s".to_owned())));
    real.open(&path);
    (real, path)
}

/// What the editor would save.
fn now(real: &Real) -> String {
    let file = real.editor.model.file.as_ref().unwrap();
    let text = plain::text(&file.document, file.tree()).unwrap();
    String::from_utf8(text.to_vec()).unwrap()
}

#[test]
fn the_whole_file_is_handed_out_as_it_looks_and_comes_back_as_edits() {
    let (mut real, path) = open(TEXT);
    real.outside("j E", |text| {
        assert_eq!(text, TEXT);
        text.replace("pass_s: one", "pass_s: two")
            .replace("    port: 80\n", "")
            .replace("    - b\n", "    - b\n    - c\n")
    });
    let mut changes = real.editor.changes();
    changes.sort();
    assert_eq!(
        changes,
        ["Deleted gatus.port", "Edited gatus.pass_s", "New hosts[2]"]
    );
    let expected = TEXT
        .replace("one", "two")
        .replace("    port: 80\n", "")
        .replace("    - b\n", "    - b\n    - c\n");
    assert_eq!(now(&real), expected);
    real.keys("ctrl-s Enter");
    let after = real.read(&path);
    assert_eq!(
        String::from_utf8(plain::text(&after, &after.content).unwrap().to_vec()).unwrap(),
        expected
    );
}

#[test]
fn one_undo_takes_back_all_that_was_changed_outside_and_redo_brings_it_again() {
    let edits: &[fn(&str) -> String] = &[
        |text| text.replace("pass_s: one", "pass_s: two"),
        |text| text.replace("- a\n    - b", "- b\n    - a\n    - c"),
        |text| text.replace("hosts:\n    - a\n    - b\n", "hosts: none\n"),
        |text| text.replace("port: 80", "port:\n        inner: 80\n        more: [1, 2]"),
        |text| text.replace("gatus:", "status:"),
        |text| text.replace("# of the page", "# of another page\n# and more"),
        |text| {
            text.replace(
                "    user_s: admin\n    port: 80\n",
                "    port: 81\n    user_s: admin\n",
            )
        },
        |_| "new_s: x\n".to_owned(),
    ];
    for (number, edit) in edits.iter().enumerate() {
        let (mut real, _) = open(TEXT);
        real.keys("e x Enter");
        let before = now(&real);
        real.outside("g g j E", edit);
        if real.editor.text().contains("This becomes readable in git") {
            real.keys("y");
        }
        let after = now(&real);
        assert_ne!(before, after, "{number}");
        real.keys("u");
        assert_eq!(now(&real), before, "{number}");
        real.keys("ctrl-r");
        assert_eq!(now(&real), after, "{number}");
        real.keys("u u");
        assert_eq!(now(&real), TEXT, "{number}");
        assert!(
            real.editor.changes().is_empty(),
            "{number}: {:?}",
            real.editor.changes()
        );
    }
}

#[test]
fn one_value_is_handed_out_without_its_line_break_being_changed() {
    for (value, typed, expected) in [
        ("one", "two\n", "pass_s: two"),
        ("one", "two", "pass_s: two"),
        ("one", "two\nlines\n", "pass_s: |-\n    two\n    lines"),
    ] {
        let (mut real, _) = open(&format!("pass_s: {value}\n"));
        real.outside("E", |text| {
            assert_eq!(text, format!("{value}\n"));
            typed.to_owned()
        });
        assert_eq!(now(&real).trim_end(), expected);
    }
    let (mut real, _) = open("port_s: 80\n");
    real.outside("E", |_| "81\n".to_owned());
    assert_eq!(now(&real), "port_s: 81\n", "a number stays one");
}

#[test]
fn a_secret_of_kubernetes_is_handed_out_decoded() {
    let mut real = Real::new(100, 30);
    let rule = Some(Rule::EncryptedRegex("^data$".to_owned()));
    let path = real.seal("secret.yaml", "kind: Secret\ndata:\n  a: aHVudGVyMg==\n", rule);
    real.open(&path);
    real.outside("G E", |text| {
        assert_eq!(text, "hunter2\n");
        "n3w\n".to_owned()
    });
    assert!(now(&real).contains("a: bjN3"));
}

#[test]
fn a_text_that_cannot_be_read_goes_back_to_the_editor_or_is_dropped() {
    let (mut real, _) = open(TEXT);
    real.outside("j E", |_| "a: [1, 2\n".to_owned());
    assert!(
        real.editor.text().contains("This cannot be taken"),
        "{}",
        real.editor.text()
    );
    real.outside("Enter", |text| {
        assert_eq!(text, "a: [1, 2\n", "what was typed is not lost");
        TEXT.replace("80", "81")
    });
    assert_eq!(real.editor.changes(), ["Edited gatus.port"]);
    let (mut real, _) = open(TEXT);
    real.outside("j E", |text| format!("{text}sops: {{}}\n"));
    assert!(
        real.editor.text().contains("where the keys of the file stand"),
        "{}",
        real.editor.text()
    );
    real.keys("Esc");
    assert!(real.editor.changes().is_empty());
}

#[test]
fn what_becomes_readable_is_asked_about() {
    for (text, old, new) in [
        ("m:\n    pass_s: hunter2\nb: 2\n", "pass_s", "pass"),
        ("m_s:\n    a: hunter2\n    b: 2\n", "m_s", "m"),
        ("m:\n    a_s: hunter2\nb: x\n", "b: x", "b: hunter2"),
    ] {
        let (mut real, _) = open(text);
        real.outside("E", |text| text.replace(old, new));
        assert!(
            real.editor.text().contains("becomes readable"),
            "{new}: {}",
            real.editor.text()
        );
        real.keys("Esc");
        assert!(real.editor.changes().is_empty(), "{new}");
        real.outside("E", |text| text.replace(old, new));
        real.keys("y");
        assert_eq!(now(&real), text.replace(old, new));
    }
}

#[test]
fn an_unchanged_text_and_an_editor_that_fails_change_nothing() {
    let (mut real, _) = open(TEXT);
    real.outside("j E", str::to_owned);
    assert!(real.editor.text().contains("nothing was changed in the editor"));
    real.editor.keys("E");
    let Some(Effect::Outside(outside)) = real.editor.effects.pop() else {
        panic!()
    };
    real.editor
        .send(Msg::Edited(outside, Err(EditorError::Failed(1))));
    assert!(real.editor.text().contains("the editor ended with exit status 1"));
    assert!(real.editor.changes().is_empty());
}

#[test]
fn nothing_is_handed_out_while_somebody_looks_on() {
    let (mut real, _) = open(TEXT);
    real.outside("S j E", |_| panic!("handed out"));
    assert!(
        real.editor.text().contains("share-safe mode is on"),
        "{}",
        real.editor.text()
    );
}
