//! A file whose MAC does not hold: it says why, and is repaired on request only.

use crate::host::git::{self, Past};
use crate::ops::open::Access;
use crate::seal::selection::Rule;
use crate::tui::testing::{Real, SECRET};
use std::path::PathBuf;

const TEXT: &str = "port: 5432\nhost: db-0\npassword_sops_cypher: hunter2\nuser_sops_cypher: admin\n";

/// An editor on a file that was committed, and changed by hand since; and what was committed.
fn edited(width: u16, from: &str, to: &str) -> (Real, PathBuf, String) {
    let mut real = Real::new(width, 30);
    let rule = Rule::EncryptedSuffix("_sops_cypher".to_owned());
    let path = real.seal("repo/values.yaml", TEXT, Some(rule));
    let good = std::fs::read(&path).unwrap();
    let commit = Past {
        branch: "main",
        after: None,
        author: "ops",
        when: 1_700_000_000,
        subject: "Add the database",
        renamed: Vec::new(),
        files: vec![("values.yaml", good)],
    };
    assert!(git::replay(&real.path("repo"), &[commit], &real.environment));
    let good = std::fs::read_to_string(&path).unwrap();
    let hand = good.replacen(from, to, 1);
    assert_ne!(good, hand);
    std::fs::write(&path, &hand).unwrap();
    real.open(&path);
    (real, path, good)
}

fn text(real: &Real) -> String {
    real.editor.text()
}

#[test]
fn the_line_that_was_changed_is_told_and_no_secret_is() {
    for width in [120, 80, 40] {
        let (mut real, ..) = edited(width, "5432", "5433");
        assert!(text(&real).contains("! says"), "{}", text(&real));
        real.keys("Esc !");
        for word in ["line 1: port", "5432 → 5433"] {
            let joined: String = text(&real).replace(['│', '\n'], " ");
            let joined = joined.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(joined.contains(word), "{word}: {}", text(&real));
        }
        assert!(!text(&real).contains(SECRET));
        real.keys("Esc");
        assert!(text(&real).contains("Repair the file?"), "{}", text(&real));
        real.keys("Esc");
        assert!(
            real.editor.changes().is_empty(),
            "nothing happens without an answer"
        );
    }
}

#[test]
fn accepting_is_a_change_like_others_and_saving_makes_the_mac_new() {
    let (mut real, path, _) = edited(80, "5432", "5433");
    let hand = std::fs::read(&path).unwrap();
    real.keys("Esc ! Esc y");
    assert_eq!(real.editor.changes(), ["Edited the MAC is made new"]);
    assert_eq!(
        std::fs::read(&path).unwrap(),
        hand,
        "nothing is written before the save"
    );
    real.keys("ctrl-s");
    assert!(text(&real).contains("the MAC is made new"), "{}", text(&real));
    real.keys("Enter");
    let document = real.read(&path);
    assert!(matches!(document.access, Access::Open(_)));
    let now = std::fs::read_to_string(&path).unwrap();
    assert!(now.starts_with("port: 5433\n"), "{now}");
    assert!(real.editor.changes().is_empty());
}

#[test]
fn an_accepted_file_can_be_edited_and_the_acceptance_taken_back() {
    let (mut real, ..) = edited(80, "5432", "5433");
    real.keys("Esc ! Esc y g g j d");
    assert_eq!(real.editor.changes().len(), 2);
    real.keys("3 g g u");
    assert_eq!(
        real.editor.changes().len(),
        2,
        "other changes go first: {}",
        text(&real)
    );
    real.keys("j u k u");
    assert!(real.editor.changes().is_empty(), "{:?}", real.editor.changes());
    real.keys("2 d");
    assert!(text(&real).contains("read-only"), "{}", text(&real));
    assert!(real.editor.changes().is_empty());
}

#[test]
fn what_was_changed_by_hand_is_taken_back_as_edits() {
    let (mut real, path, good) = edited(80, "host: db-0", "host: db-1\nextra: yes-please");
    real.keys("Esc ! Esc Tab Tab");
    assert!(text(&real).contains("Take back"), "{}", text(&real));
    real.keys("Enter");
    let changes = real.editor.changes();
    for expected in ["Edited the MAC is made new", "Edited host", "Deleted extra"] {
        assert!(changes.iter().any(|change| change == expected), "{changes:?}");
    }
    real.keys("ctrl-s Enter");
    let now = std::fs::read_to_string(&path).unwrap();
    let values = |text: &str| -> Vec<String> {
        let lines = text.lines().take_while(|line| !line.starts_with("sops:"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(values(&now), values(&good));
    assert!(matches!(real.read(&path).access, Access::Open(_)));
}

#[test]
fn an_accepted_file_comes_back_from_a_lock_as_it_was() {
    let (mut real, path, _) = edited(80, "5432", "5433");
    real.keys("Esc ! Esc y j j d L");
    assert!(text(&real).contains("2 unsaved changes"), "{}", text(&real));
    real.keys("Enter");
    assert_eq!(real.editor.changes().len(), 2, "{}", text(&real));
    real.keys("ctrl-s Enter");
    assert!(matches!(real.read(&path).access, Access::Open(_)));
}

#[test]
fn a_file_with_values_that_do_not_decrypt_is_restored_or_left_alone() {
    let (mut real, path, good) = edited(80, "user_sops_cypher", "name_sops_cypher");
    real.keys("Esc !");
    assert!(text(&real).contains("belongs to"), "{}", text(&real));
    real.keys("Esc");
    assert!(text(&real).contains("cannot be accepted"), "{}", text(&real));
    assert!(!text(&real).contains("Accept as it stands"), "{}", text(&real));
    real.keys("y");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), good);
    let file = real.editor.model.file.as_ref().unwrap();
    assert!(matches!(file.document.access, Access::Open(_)));
}

#[test]
fn a_file_without_a_good_version_says_what_to_do() {
    for width in [120, 80, 40] {
        let mut real = Real::new(width, 40);
        let rule = Rule::EncryptedSuffix("_sops_cypher".to_owned());
        let path = real.seal("values.yaml", TEXT, Some(rule));
        let hand = std::fs::read_to_string(&path)
            .unwrap()
            .replacen("5432", "5433", 1);
        std::fs::write(&path, hand).unwrap();
        real.open(&path);
        real.keys("Esc !");
        let joined: String = text(&real).replace(['│', '\n'], " ");
        let joined = joined.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "who sealed it last",
            "a backup",
            "lazysops repair",
            "--ignore-mac",
        ] {
            assert!(joined.contains(words), "{words}: {}", text(&real));
        }
        real.keys("Esc");
        assert!(text(&real).contains("Accept as it stands"), "{}", text(&real));
    }
}
