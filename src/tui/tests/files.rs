//! The list of files, new files, and files that may not be changed.

use crate::tui::testing::Real;
use std::collections::HashMap;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

/// A folder with rules, a SOPS file, a plain one that a rule is for, and one that is neither.
fn place(width: u16, height: u16) -> Real {
    let mut real = Real::new(width, height);
    real.write(".git/HEAD", "");
    let rules = "creation_rules:\n  - path_regex: ^prod/.*\\.yaml$\n    encrypted_suffix: _s\n    age: KEY\n";
    real.write(".sops.yaml", &rules.replace("KEY", &real.recipient));
    real.seal("prod/values.yaml", "pass_s: x\n", None);
    real.write("prod/plain.yaml", "pass_s: x\n");
    real.write("notes.yaml", "a: 1\n");
    real.scan();
    real
}

#[test]
fn plain_files_and_all_files_are_listed_on_request() {
    let mut real = place(80, 24);
    real.keys("1");
    let screen = real.editor.text();
    assert!(
        screen.contains("values.yaml") && !screen.contains("plain.yaml"),
        "{screen}"
    );
    real.keys("f");
    let screen = real.editor.text();
    assert!(screen.contains("○ plain.yaml"), "{screen}");
    assert!(!screen.contains("notes.yaml"), "{screen}");
    real.keys("f");
    assert!(real.editor.text().contains("notes.yaml"));
    real.keys("f");
    assert!(!real.editor.text().contains("plain.yaml"));
}

#[test]
fn a_plain_file_of_the_list_is_encrypted_after_a_yes() {
    let mut real = place(80, 24);
    real.keys("1 f g g Enter");
    assert!(
        real.editor.text().contains("Encrypt prod/plain.yaml?"),
        "{}",
        real.editor.text()
    );
    real.keys("y");
    assert!(
        std::fs::read_to_string(real.path("prod/plain.yaml"))
            .unwrap()
            .contains("ENC[")
    );
    assert_eq!(real.editor.selected(), "pass_s");
}

#[test]
fn the_state_in_git_stands_behind_the_name() {
    let mut real = place(80, 24);
    let state = |path: &str, state| (real.path(path), state);
    real.editor.model.files.states = HashMap::from([state("prod/values.yaml", 'M')]);
    assert!(
        real.editor.text().contains("values.yaml    M│"),
        "{}",
        real.editor.text()
    );
}

#[test]
fn a_new_file_is_made_from_a_template_and_opened() {
    for (width, height) in [(80, 24), (120, 30), (60, 20)] {
        let mut real = place(width, height);
        real.keys("1 a");
        assert!(
            real.editor.text().contains("Kubernetes Secret"),
            "{}",
            real.editor.text()
        );
        real.keys("j Enter");
        let screen = real.editor.text();
        assert!(screen.contains("prod/values.sops.yaml"), "{screen}");
        real.keys("Enter");
        assert_eq!(real.editor.selected(), "#");
        assert!(
            real.editor.text().contains("password_s"),
            "{}",
            real.editor.text()
        );
        let text = std::fs::read_to_string(real.path("prod/values.sops.yaml")).unwrap();
        assert!(text.contains("ENC[") && !text.contains("change me"), "{text}");
    }
}

#[test]
fn a_new_file_never_takes_the_place_of_another() {
    let mut real = place(80, 24);
    let before = std::fs::read(real.path("prod/values.yaml")).unwrap();
    real.keys("1 a Enter ctrl-u").editor.type_text("prod/values.yaml");
    real.keys("Enter");
    assert!(
        real.editor.text().contains("it exists already"),
        "{}",
        real.editor.text()
    );
    real.keys("Esc ctrl-u").editor.type_text("elsewhere.yaml");
    real.keys("Enter");
    assert!(
        real.editor.text().contains("no matching creation rules"),
        "{}",
        real.editor.text()
    );
    assert!(!real.path("elsewhere.yaml").exists());
    assert_eq!(std::fs::read(real.path("prod/values.yaml")).unwrap(), before);
}

#[test]
fn every_edit_of_a_file_that_may_not_be_changed_says_why() {
    let mut real = place(80, 24);
    let path = real.path("prod/values.yaml");
    set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    real.open(&path);
    assert!(real.editor.text().contains("read-only"));
    for keys in [
        "e", "a", "A", "d", "c", "C", "T", "t", "#", "J", "K", "ctrl-g", "Enter",
    ] {
        real.keys(keys);
        assert!(
            real.editor.text().contains("write-protected"),
            "{keys}: {}",
            real.editor.text()
        );
        assert!(real.editor.changes().is_empty());
        real.editor.model.status = None;
    }
    let mut real = place(80, 24);
    real.editor.model.read_only = true;
    let path = real.path("prod/values.yaml");
    real.open(&path);
    for keys in ["e", "a", "d", "c", "C", "T", "t", "#", "J", "ctrl-g", "1 a"] {
        real.keys(keys);
        assert!(
            real.editor.text().contains("opened read-only"),
            "{keys}: {}",
            real.editor.text()
        );
        real.editor.model.status = None;
    }
}
