//! Folders in the list of files: they are rows, and stand for the files in them.

use crate::tui::mouse::{Gesture, Mouse};
use crate::tui::msg::Msg;
use crate::tui::testing::Real;
use ratatui::layout::Position;

fn house() -> Real {
    let mut real = Real::new(80, 24);
    for name in ["a/one.yaml", "a/b/two.yaml", "c/three.yaml"] {
        real.seal(name, "x: y\n", None);
    }
    real.seal("root.yaml", "x: y\n", None);
    real.scan();
    real.keys("1");
    real
}

fn marked(real: &Real) -> Vec<String> {
    let marked = real.editor.model.files.marked.iter();
    let names = marked.map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    names.collect()
}

#[test]
fn space_on_a_folder_marks_all_that_is_in_it_and_takes_the_marks_away_again() {
    let mut real = house();
    assert_eq!(
        real.editor.model.files.selected().map(|file| file.path.clone()),
        Some(real.path("root.yaml")),
        "a file is selected first"
    );
    real.keys("j Space");
    assert_eq!(marked(&real), ["two.yaml", "one.yaml"], "{}", real.editor.text());
    assert!(real.editor.text().contains("2 files are marked"));
    real.keys("Space");
    assert!(marked(&real).is_empty(), "{}", real.editor.text());
    real.keys("j Space Space");
    assert_eq!(
        marked(&real),
        ["two.yaml", "one.yaml"],
        "marking goes on with the next file"
    );
    assert_eq!(
        real.editor.model.files.selected().unwrap().path,
        real.path("c/three.yaml")
    );
}

#[test]
fn what_is_done_on_a_folder_is_done_to_the_files_in_it() {
    let mut real = house();
    real.keys("j R j Enter");
    let screen = real.editor.text();
    assert!(screen.contains("2 with a new data key"), "{screen}");
    real.keys("Esc Esc c");
    assert!(
        real.editor.text().contains("2 files checked"),
        "{}",
        real.editor.text()
    );
}

#[test]
fn a_folder_says_what_its_keys_do_and_stays_selected() {
    let mut real = house();
    real.keys("j");
    assert!(
        real.editor.text().contains("Enter fold"),
        "{}",
        real.editor.text()
    );
    let before = real.editor.model.files.selected_folder();
    assert_eq!(before, Some(real.path("a")));
    real.keys("i");
    let screen = real.editor.text();
    assert!(
        screen.contains("this is a folder; Space marks the files in it"),
        "{screen}"
    );
    for keys in ["r f f", "Enter", "r f f"] {
        real.keys(keys);
        assert_eq!(real.editor.model.files.selected_folder(), before, "{keys}");
    }
    real.editor.model.status = None;
    assert!(
        real.editor.text().contains("Enter unfold"),
        "{}",
        real.editor.text()
    );
    real.keys("a");
    assert!(real.editor.text().contains("Templates") || real.editor.text().contains("New file"));
}

/// The lines of the list of files, without what stands beside it; the key of the test is left out.
fn rows(real: &Real) -> Vec<String> {
    let screen = real.editor.text();
    let rows = screen.lines().skip(1).filter_map(|line| line.split('│').nth(1));
    let rows = rows.filter(|row| !row.contains("key.txt")).map(|row| {
        let (name, tail) = row.split_once("/ ").unwrap_or((row.trim_end(), ""));
        let slash = if name.len() < row.trim_end().len() {
            "/ "
        } else {
            ""
        };
        format!("{name}{slash}{}", tail.trim()).trim_end().to_owned()
    });
    rows.take_while(|row| !row.is_empty()).collect()
}

#[test]
fn enter_h_and_l_fold_a_folder_with_all_below_it() {
    let mut real = house();
    let open = [
        "  root.yaml",
        "▾ a/",
        "  one.yaml",
        "▾ a/b/",
        "  two.yaml",
        "▾ c/",
        "  three.yaml",
    ];
    let folded = ["  root.yaml", "▸ a/ 2", "▾ c/", "  three.yaml"];
    assert_eq!(rows(&real), open);
    for (fold, unfold) in [("j Enter", "Enter"), ("h", "l"), ("j h h", "Enter")] {
        real.keys(fold);
        assert_eq!(rows(&real), folded, "{fold}");
        assert_eq!(real.editor.model.files.selected_folder(), Some(real.path("a")));
        real.keys(unfold);
        assert_eq!(rows(&real), open, "{unfold}");
    }
    real.keys("G z M");
    assert_eq!(rows(&real), ["  root.yaml", "▸ a/ 2", "▸ c/ 1"]);
    assert_eq!(real.editor.model.files.selected_folder(), Some(real.path("c")));
    real.keys("r k l");
    assert_eq!(
        rows(&real),
        ["  root.yaml", "▾ a/", "  one.yaml", "▸ a/b/ 1", "▸ c/ 1"],
        "what is folded stays folded when files are looked for again"
    );
    real.keys("z R");
    assert_eq!(rows(&real), open);
}

#[test]
fn a_folded_folder_sums_the_signs_of_the_files_that_it_hides() {
    let mut real = house();
    real.seal("a/b/leak.yaml", "pass: x\nother: 1\n", None);
    let leak = real.path("a/b/leak.yaml");
    let text = std::fs::read_to_string(&leak).unwrap();
    let first = text.lines().next().unwrap().to_owned();
    std::fs::write(&leak, text.replace(&first, "pass: hand-made")).unwrap();
    real.scan();
    let states = [("a/one.yaml", 'M'), ("a/b/two.yaml", '?'), ("c/three.yaml", 'U')];
    let states = states.map(|(name, state)| (real.path(name), state));
    real.editor.model.files.take_states(states.into());
    real.keys("g g j j Space h");
    assert_eq!(marked(&real).len(), 3, "{}", real.editor.text());
    assert_eq!(rows(&real)[1], "▸*a/ 3 !1 M2 *3");
    real.keys("G k h");
    assert_eq!(rows(&real)[2], "▸ c/ 1 U1");
    real.keys("k R j Enter");
    let screen = real.editor.text();
    assert!(
        screen.contains("3 with a new data key"),
        "marks count where they are hidden: {screen}"
    );
}

#[test]
fn the_file_that_is_opened_is_never_hidden_in_the_list() {
    let mut real = house();
    real.keys("z M");
    let path = real.path("a/b/two.yaml");
    real.open(&path);
    real.keys("1");
    assert_eq!(
        real.editor.model.files.selected().map(|file| file.path.clone()),
        Some(path)
    );
    assert!(rows(&real).contains(&"▸ c/ 1".to_owned()), "others stay folded");
}

#[test]
fn a_press_on_a_folder_selects_and_folds_it() {
    let mut real = house();
    let mouse = Mouse {
        gesture: Gesture::Press,
        at: Position::new(4, 3),
    };
    real.editor.send(Msg::Mouse(mouse));
    assert_eq!(real.editor.model.files.selected_folder(), Some(real.path("a")));
    assert!(rows(&real)[1].starts_with('▸'), "{}", real.editor.text());
    real.editor.send(Msg::Mouse(mouse));
    assert!(
        rows(&real)[1].starts_with('▸'),
        "the second press of two folds nothing"
    );
    real.editor.now += std::time::Duration::from_secs(2);
    real.editor.send(Msg::Mouse(mouse));
    assert!(rows(&real)[1].starts_with('▾'), "{}", real.editor.text());
}
