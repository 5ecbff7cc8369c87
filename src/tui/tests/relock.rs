//! Locking a real file and opening it again: nothing of the unsaved work is lost.

use crate::failure::Failure;
use crate::host::Environment;
use crate::ops::draft::Reopened;
use crate::ops::open;
use crate::tree::Leaf;
use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::Editor;
use crate::tui::worker::{Job, Outcome};

/// The demo, which brings its keys, and an editor on its first file.
fn editor() -> (tempfile::TempDir, Environment, Editor) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap().to_owned();
    let environment = Environment::new(
        [("HOME", home.as_str()), ("PATH", "/usr/bin:/bin")],
        folder.path(),
    );
    let target = folder.path().join("demo");
    crate::ops::demo::write_to(&target, &environment).unwrap();
    let environment = environment.with("SOPS_AGE_KEY_FILE", target.join("key.txt"));
    let file = target.join("charts/status-page/values.sops.yaml");
    let document = open::open(&file, &environment).unwrap();
    (folder, environment, Editor::open(document, 120, 40))
}

/// What the worker does for the job that the editor asked for.
fn unlock(editor: &mut Editor, environment: &Environment) -> Result<(), Failure> {
    editor.keys("Enter");
    let Some(Effect::Start(id, Job::Unlock(kept))) = editor.effects.pop() else {
        panic!("it does not unlock");
    };
    let reopened: Reopened = kept.open(environment)?;
    editor.send(Msg::Done(id, Outcome::Unlocked(Ok(Box::new(reopened)))));
    Ok(())
}

#[test]
fn edits_changes_cursor_folds_and_undo_come_back() {
    let (_folder, environment, mut editor) = editor();
    editor.keys("G e ctrl-u").type_text("first").keys("Enter");
    editor.keys("e ctrl-u").type_text("second").keys("Enter");
    editor
        .keys("g g j d a")
        .type_text("token")
        .keys("Enter")
        .type_text("t0k")
        .keys("Enter");
    editor.keys("# n o t e Enter u ctrl-r u");
    let (changes, selected, screen) = (editor.changes(), editor.selected(), editor.text());
    assert_eq!(changes.len(), 3, "{changes:?}");
    editor.keys("L");
    assert!(editor.model.file.is_none());
    unlock(&mut editor, &environment).unwrap();
    assert_eq!(editor.changes(), changes);
    assert_eq!(editor.selected(), selected);
    assert_eq!(editor.text(), screen);
    // Every step back, and forth again.
    editor.keys("ctrl-r u u u u");
    assert!(
        editor.changes().iter().any(|change| change.starts_with("Edited")),
        "{:?}",
        editor.changes()
    );
    editor.keys("u");
    assert!(editor.changes().is_empty(), "{:?}", editor.changes());
    editor.keys("ctrl-r ctrl-r G");
    let file = editor.model.file.as_ref().unwrap();
    let row = editor.model.tree.selected().unwrap();
    assert_eq!(file.tree().node(row.id).leaf(), Some(&Leaf::text("second")));
}

#[test]
fn without_the_key_it_stays_locked_and_loses_nothing() {
    let (_folder, environment, mut editor) = editor();
    editor.keys("G e ctrl-u").type_text("first").keys("Enter");
    let changes = editor.changes();
    editor.keys("L");
    let nobody = environment.clone().without("SOPS_AGE_KEY_FILE");
    unlock(&mut editor, &nobody).unwrap();
    assert!(editor.model.file.is_none());
    assert!(editor.text().contains("failed"), "{}", editor.text());
    editor.keys("Esc");
    unlock(&mut editor, &environment).unwrap();
    assert_eq!(editor.changes(), changes);
}

#[test]
fn an_unlocked_file_is_saved_as_if_it_had_never_been_locked() {
    let (_folder, environment, mut editor) = editor();
    editor.keys("G e ctrl-u").type_text("first").keys("Enter L");
    unlock(&mut editor, &environment).unwrap();
    let file = editor.model.file.as_ref().unwrap();
    let path = file.document.path.clone();
    let before = std::fs::read_to_string(&path).unwrap();
    crate::ops::save::save(&file.document, file.tree(), &environment).unwrap();
    let after = std::fs::read_to_string(&path).unwrap();
    let pairs = before.lines().zip(after.lines());
    assert!(
        pairs.filter(|(old, new)| old != new).count() <= 3,
        "value, time and MAC"
    );
    assert_ne!(before, after);
}
