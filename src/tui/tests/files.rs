//! The list of files, new files, and files that may not be changed.

use crate::seal::selection::Rule;
use crate::tui::testing::Real;
use std::collections::HashMap;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

/// A folder with rules, a SOPS file, a plain one that a rule is for, and one that is neither.
fn place(width: u16, height: u16) -> Real {
    let mut real = Real::new(width, height);
    real.write(".git/HEAD", "");
    real.write(".gitignore", "key.txt\n");
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
    real.write("prod/plain.yaml", "pass: x\n");
    real.keys("1 r");
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
    real.keys("1 f g g j Enter");
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
    let states = HashMap::from([state("prod/values.yaml", 'M')]);
    real.editor.model.files.take_states(states);
    assert!(
        real.editor.text().contains("values.yaml  ≠ M│"),
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

#[test]
fn what_is_readable_is_listed_whatever_else_is_and_says_why() {
    let mut real = place(80, 24);
    real.write("c.yaml.dec", "pass_s: x\n");
    let clear = real.seal("prod/clear.yaml", "pass_s: x\nother: 1\n", None);
    let text = std::fs::read_to_string(&clear).unwrap();
    let value = text.lines().next().unwrap().to_owned();
    std::fs::write(&clear, text.replace(&value, "pass_s: hand-made")).unwrap();
    real.keys("1 r");
    let screen = real.editor.text();
    for name in ["! c.yaml.dec", "! clear.yaml", "! plain.yaml", "  values.yaml"] {
        assert!(screen.contains(name), "{name}: {screen}");
    }
    real.keys("g g i");
    let screen = real.editor.text();
    assert!(screen.contains("a decrypted copy of a file"), "{screen}");
    real.keys("Esc I");
    let screen = real.editor.text();
    assert!(
        screen.contains("something in it is readable") && screen.contains(": 3"),
        "{screen}"
    );
    real.keys("Esc j c");
    let screen = real.editor.text();
    assert!(screen.contains("stands in clear"), "{screen}");
    real.keys("Enter");
    assert_eq!(real.editor.model.file.as_ref().unwrap().document.path, clear);
    assert_eq!(real.editor.selected(), "pass_s");
}

#[test]
fn a_file_that_is_not_what_its_rule_says_has_a_mark_and_loses_it_by_a_plan() {
    let mut real = place(120, 30);
    let other = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
    let rules = std::fs::read_to_string(real.path(".sops.yaml")).unwrap();
    let both = rules.replace(&real.recipient, &format!("{},{other}", real.recipient));
    real.write(".sops.yaml", &both);
    std::fs::remove_file(real.path("prod/plain.yaml")).unwrap();
    let suffix = Rule::EncryptedSuffix("_s".to_owned());
    let path = real.seal("prod/values.yaml", "pass_s: x\n", Some(suffix));
    real.open(&path);
    real.keys("1 r");
    let screen = real.editor.text();
    assert!(screen.contains("values.yaml") && screen.contains('≠'), "{screen}");
    real.keys("i");
    assert!(
        real.editor.text().contains("≠ age1lggy"),
        "{}",
        real.editor.text()
    );
    real.keys("Esc R Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains("Recipients by the rule") && screen.contains(other),
        "{screen}"
    );
    real.keys("Enter");
    assert!(
        real.editor.model.overlays.is_empty(),
        "the safe answer is highlighted"
    );
    real.keys("R Enter Tab Enter");
    let screen = real.editor.text();
    assert!(screen.contains("1 written"), "{screen}");
    assert!(std::fs::read_to_string(&path).unwrap().contains(other));
    real.keys("Enter");
    let screen = real.editor.text();
    assert!(!screen.contains('≠'), "{screen}");
    let groups = &real.editor.model.file.as_ref().unwrap().document.metadata.groups;
    assert_eq!(groups[0].keys.len(), 2, "the open file was read again");
}

#[test]
fn marks_decide_what_is_done_to_several_files() {
    let mut real = place(80, 24);
    std::fs::remove_file(real.path("prod/plain.yaml")).unwrap();
    real.seal("prod/more.yaml", "pass_s: y\n", None);
    real.seal("dev/other.yaml", "pass_s: z\n", None);
    real.scan();
    let marked = |real: &Real| real.editor.model.files.marked.len();
    real.keys("1 g g j Space Space");
    assert_eq!(marked(&real), 2);
    assert!(real.editor.text().contains("2 marked"), "{}", real.editor.text());
    real.keys("V");
    assert_eq!(marked(&real), 3);
    real.keys("V");
    assert_eq!(marked(&real), 0);
    real.keys("G v");
    assert_eq!(marked(&real), 2);
    let before = std::fs::read_to_string(real.path("dev/other.yaml")).unwrap();
    let old = std::fs::read_to_string(real.path("prod/more.yaml")).unwrap();
    real.keys("R j Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains("New data keys") && screen.contains("2 with a new data key"),
        "{screen}"
    );
    real.keys("y");
    assert!(real.editor.text().contains("2 written"), "{}", real.editor.text());
    let now = std::fs::read_to_string(real.path("prod/more.yaml")).unwrap();
    assert_ne!(old.lines().next(), now.lines().next());
    assert_eq!(
        std::fs::read_to_string(real.path("dev/other.yaml")).unwrap(),
        before
    );
    let more = real.path("prod/more.yaml");
    real.keys("Esc");
    real.open(&more);
    assert_eq!(real.editor.selected(), "pass_s");
}

#[test]
fn keys_of_a_file_with_unsaved_changes_are_not_changed() {
    let mut real = place(80, 24);
    let path = real.path("prod/values.yaml");
    real.open(&path);
    real.keys("e x Enter R");
    assert!(
        real.editor.text().contains("Save first?"),
        "{}",
        real.editor.text()
    );
    real.keys("y");
    assert!(
        real.editor.text().contains("Save 1 change"),
        "{}",
        real.editor.text()
    );
}

#[test]
fn somebody_who_goes_leaves_a_list_of_what_they_know() {
    let mut real = place(80, 30);
    let other = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
    let path = real.path("prod/values.yaml");
    real.open(&path);
    real.keys("R j j Enter");
    real.editor.type_text("nonsense");
    assert!(
        real.editor.text().contains("not a") || real.editor.text().contains("no public key"),
        "{}",
        real.editor.text()
    );
    real.keys("Enter");
    assert_eq!(real.editor.model.overlays.len(), 1, "it is not taken");
    real.keys("ctrl-u").editor.type_text(other);
    assert!(real.editor.text().contains("age key"), "{}", real.editor.text());
    real.keys("Enter y Esc");
    let rules = std::fs::read_to_string(real.path(".sops.yaml")).unwrap();
    assert!(rules.contains(other), "{rules}");
    real.keys("R j j j Enter").editor.type_text(other);
    real.keys("Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains("Take somebody out") && screen.contains("[ ] [\"pass_s\"]"),
        "{screen}"
    );
    assert!(screen.contains("What they read they know"), "{screen}");
    real.keys("w ctrl-u").editor.type_text("todo.md");
    real.keys("Enter");
    let list = std::fs::read_to_string(real.path("todo.md")).unwrap();
    assert!(
        list.contains(other) && list.contains("- [ ] `[\"pass_s\"]`"),
        "{list}"
    );
    real.keys("w ctrl-u").editor.type_text("todo.md");
    real.keys("Enter");
    assert!(
        real.editor.text().contains("there is a file of this name"),
        "{}",
        real.editor.text()
    );
    real.keys("Esc y Esc");
    let rules = std::fs::read_to_string(real.path(".sops.yaml")).unwrap();
    assert!(!rules.contains(other), "{rules}");
    assert!(!std::fs::read_to_string(&path).unwrap().contains(other));
}

#[test]
fn a_sops_secret_that_its_cluster_would_refuse_says_so_when_it_is_opened() {
    let mut real = place(80, 24);
    let manifest = "kind: SopsSecret\nmetadata: {name: n}\nspec: {secretTemplates: [{name: x}]}\n";
    let path = real.seal("k8s/a.sopssecret.yaml", manifest, None);
    real.open(&path);
    let screen = real.editor.text();
    assert!(screen.contains("`kind` of a SopsSecret is encrypted"), "{screen}");
    assert!(screen.contains("--encrypted-suffix Templates"), "{screen}");
    let suffix = Rule::EncryptedSuffix("Templates".to_owned());
    let fine = real.seal("k8s/b.sopssecret.yaml", manifest, Some(suffix));
    real.keys("Esc");
    real.open(&fine);
    assert!(real.editor.model.overlays.is_empty(), "{}", real.editor.text());
}

#[test]
fn who_names_a_file_and_what_was_not_looked_into_is_told() {
    let mut real = place(80, 24);
    real.write(
        "argo/app.yaml",
        "helm:\n  valueFiles:\n    - secrets://../prod/values.yaml\n",
    );
    std::os::unix::fs::symlink("nowhere", real.path("gone.yaml")).unwrap();
    real.keys("1 r G i");
    let screen = real.editor.text();
    assert!(screen.contains("named by  argo/app.yaml:3"), "{screen}");
    assert!(screen.contains("rule      1, at .sops.yaml:2"), "{screen}");
    real.keys("Esc");
    assert!(
        real.editor.text().contains("1 not looked into"),
        "{}",
        real.editor.text()
    );
    real.keys("I");
    assert!(
        real.editor.text().contains("gone.yaml  a link to nothing"),
        "{}",
        real.editor.text()
    );
}
