//! Edits that would be lost: the file was deleted meanwhile, or another one is opened.

use crate::tui::testing::Real;

/// A file with one edit, and another file beside it.
fn edited(width: u16, height: u16) -> Real {
    let mut real = Real::new(width, height);
    let path = real.seal("prod/values.yaml", "a: one\nb: two\n", None);
    real.seal("prod/zoo.yaml", "c: three\n", None);
    real.scan();
    real.open(&path);
    real.keys("e ctrl-u").editor.type_text("changed");
    real.keys("Enter");
    assert_eq!(real.editor.changes(), ["Edited a"]);
    real
}

#[test]
fn a_file_that_was_deleted_is_written_again_with_the_edits_after_a_yes() {
    for (width, height) in [(80, 24), (40, 12), (120, 40)] {
        let mut real = edited(width, height);
        let path = real.path("prod/values.yaml");
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
        real.keys("ctrl-s Enter");
        let screen = real.editor.text();
        assert!(screen.contains("The file is gone"), "{screen}");
        assert!(screen.contains("[ Write it again ]"), "{screen}");
        real.keys("Enter");
        assert!(!path.exists(), "the safe answer is highlighted");
        assert_eq!(real.editor.changes().len(), 1, "the edit is still here");
        real.keys("ctrl-s Enter y");
        assert!(real.editor.changes().is_empty(), "{}", real.editor.text());
        assert!(real.editor.text().contains("saved"), "{}", real.editor.text());
        real.open(&path);
        real.keys("g g r");
        assert!(real.editor.text().contains("changed"), "{}", real.editor.text());
        // And it is a file like any other.
        real.keys("e ctrl-u").editor.type_text("again");
        real.keys("Enter ctrl-s Enter");
        assert!(real.editor.changes().is_empty(), "{}", real.editor.text());
    }
}

#[test]
fn a_file_that_came_back_while_it_was_asked_is_not_overwritten() {
    let mut real = edited(80, 24);
    let path = real.path("prod/values.yaml");
    std::fs::remove_file(&path).unwrap();
    real.keys("ctrl-s Enter");
    std::fs::write(&path, "somebody else's").unwrap();
    real.keys("y");
    let screen = real.editor.text();
    assert!(screen.contains("The file changed on disk"), "{screen}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody else's");
    assert_eq!(real.editor.changes().len(), 1);
}

#[test]
fn what_is_not_saved_can_be_saved_on_the_way_to_another_file() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut real = edited(width, height);
        real.keys("1 G Enter");
        let screen = real.editor.text();
        for button in ["[ Save ]", "[ Open without saving ]", "[ Cancel ]"] {
            assert!(screen.contains(button), "{screen}");
        }
        real.keys("y");
        assert!(
            real.editor.text().contains("Save 1 change to"),
            "{}",
            real.editor.text()
        );
        real.keys("Esc");
        assert_eq!(
            real.editor.changes().len(),
            1,
            "nothing is opened without an answer"
        );
        real.keys("1 G Enter y Enter");
        assert_eq!(real.editor.selected(), "c", "{}", real.editor.text());
        assert!(real.editor.text().contains("saved"), "{}", real.editor.text());
        let path = real.path("prod/values.yaml");
        real.open(&path);
        real.keys("g g r");
        assert!(real.editor.text().contains("changed"), "{}", real.editor.text());
    }
}

#[test]
fn the_list_of_changes_stays_when_the_other_file_cannot_be_opened() {
    let mut real = edited(80, 24);
    std::fs::write(real.path("prod/zoo.yaml"), "sops: [").unwrap();
    real.keys("1 G Enter y Enter");
    assert!(
        real.editor.text().contains("Cannot open"),
        "{}",
        real.editor.text()
    );
    real.keys("Esc 2");
    assert!(real.editor.changes().is_empty(), "it was saved before");
    assert_eq!(real.editor.selected(), "a");
}

#[test]
fn rules_are_looked_at_and_never_offered_to_be_encrypted() {
    let mut real = Real::new(80, 24);
    let rules = "creation_rules:\n  - age: KEY\n".replace("KEY", &real.recipient);
    let path = real.write(".sops.yaml", &rules);
    real.scan();
    real.open(&path);
    let screen = real.editor.text();
    assert!(!screen.contains("Encrypt"), "{screen}");
    assert!(
        screen.contains("nothing is wrong") && screen.contains("creation_rules"),
        "{screen}"
    );
}

#[test]
fn where_no_file_could_be_opened_the_list_of_files_has_the_keys() {
    let mut real = Real::new(80, 24);
    let plain = real.write("plain.yaml", "a: 1\n");
    real.seal("sealed.yaml", "b: 2\n", None);
    real.scan();
    real.open(&plain);
    real.keys("Esc");
    assert!(
        real.editor.text().contains("Enter open  "),
        "{}",
        real.editor.text()
    );
    real.keys("G Enter");
    assert_eq!(real.editor.selected(), "b");
}
