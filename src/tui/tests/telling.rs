//! What the editor says: how far long work is, and for how long something that was said stays.

use crate::tui::effect::Effect;
use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, Real, gatus};
use crate::tui::update::begin_open;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn what_takes_long_says_what_is_done_and_how_far_it_is() {
    let mut editor = Editor::open(gatus(), 100, 24);
    let Effect::Start(id, _) = begin_open(&mut editor.model, PathBuf::from("/repo/big.yaml")) else {
        unreachable!()
    };
    editor.send(Msg::Progress(id, "decrypting, 8192 of 100000 values".to_owned()));
    editor.wait(Duration::from_secs(3));
    let screen = editor.text();
    assert!(screen.contains("big.yaml"), "{screen}");
    assert!(screen.contains("decrypting, 8192 of 100000 values"), "{screen}");
    assert!(screen.contains("3 s"), "{screen}");
    editor.keys("Esc");
    editor.send(Msg::Progress(id, "decrypting, 16384 of 100000 values".to_owned()));
    assert!(!editor.text().contains("16384"), "nobody waits for it any more");
}

#[test]
fn reading_searching_and_saving_tell_how_far_they_are() {
    let mut real = Real::new(100, 30);
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&told);
    real.environment = real.environment.clone().heard_by(move |text| {
        ear.lock().unwrap().push(text.to_owned());
    });
    let mut many = String::new();
    for number in 0..9000 {
        let _ = writeln!(many, "k{number}: v");
    }
    let path = real.seal("many.yaml", &many, None);
    (0..200).for_each(|number| drop(real.write(&format!("notes/{number}.txt"), "x\n")));
    real.scan();
    real.open(&path);
    real.keys("#");
    real.editor.type_text("new");
    real.keys("Enter ctrl-s Enter");
    assert!(!real.editor.model.unsaved(), "{}", real.editor.text());
    let told = told.lock().unwrap().join("\n");
    for expected in [
        "100 of 202 files",
        "200 of 202 files",
        "decrypting, 0 of 9000 values",
        "decrypting, 8192 of 9000 values",
        "step 1 of 2: encrypting and checking",
        "step 2 of 2: writing",
    ] {
        assert!(told.contains(expected), "no {expected}:\n{told}");
    }
}

#[test]
fn a_key_that_does_nothing_says_so_and_is_not_repeated() {
    let mut editor = Editor::open(gatus(), 100, 24);
    for key in ["x", "(", "g x"] {
        editor.model.status = None;
        editor.keys(key);
        let screen = editor.text();
        assert!(
            screen.contains("this key does nothing here; ? shows those that do"),
            "{key}:\n{screen}"
        );
    }
    assert_eq!(editor.model.told.len(), 1, "nobody wants to read that twice");
    editor.model.status = None;
    editor.keys("/ (");
    assert!(!editor.text().contains("does nothing"), "it is text there");
}

#[test]
fn a_file_that_is_gone_is_not_called_changed_and_keeps_its_edits() {
    let mut real = Real::new(100, 30);
    let path = real.seal("a.yaml", "a: b\n", None);
    real.open(&path);
    let sealed = std::fs::read(&path).unwrap();
    real.keys("e");
    real.editor.type_text("c");
    std::fs::remove_file(&path).unwrap();
    real.keys("Enter ctrl-s Enter");
    assert!(
        real.editor.text().contains("The file is gone"),
        "{}",
        real.editor.text()
    );
    assert!(!path.exists());
    std::fs::write(&path, sealed).unwrap();
    real.keys("Esc");
    assert!(real.editor.model.unsaved());
}

#[test]
fn a_command_that_is_not_there_is_told_and_a_long_one_shown_whole() {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys(":").type_text("protect");
    let screen = editor.text();
    assert!(
        screen.contains("change whether it is encrypted: by a rename, or the rule that does it"),
        "{screen}"
    );
    editor.type_text("qqqq");
    assert!(editor.text().contains("nothing matches"), "{}", editor.text());
}

#[test]
fn an_empty_key_is_seen_in_the_tree() {
    let mut real = Real::new(100, 30);
    let path = real.seal("a.yaml", "'': b\n", None);
    real.open(&path);
    assert!(real.editor.text().contains("\"\""), "{}", real.editor.text());
}

#[test]
fn what_was_said_before_a_question_does_not_stand_below_it() {
    for overlay in [":", "?", "ctrl-g", "e", "a"] {
        let mut editor = Editor::open(gatus(), 100, 24);
        editor.keys("G ctrl-r");
        assert!(editor.text().contains("nothing to redo"), "{}", editor.text());
        editor.keys(overlay);
        assert!(!editor.model.overlays.is_empty(), "{overlay}");
        let screen = editor.text();
        assert!(!screen.contains("nothing to redo"), "{overlay}:\n{screen}");
    }
}
