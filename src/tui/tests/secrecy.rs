//! Values are on screen for a time and on request only, and never as anything but text.

use crate::seal::selection::Rule;
use crate::tree::{Body, Leaf, Tree};
use crate::tui::msg::Msg;
use crate::tui::testing::{Editor, SECRET, document, gatus};
use crate::tui::text::is_dangerous;
use std::time::Duration;

fn on_password() -> Editor {
    let mut editor = Editor::open(gatus(), 80, 24);
    editor.keys("/").type_text("password").keys("Enter");
    editor
}

#[test]
fn a_value_is_revealed_alone_and_for_a_time() {
    let mut editor = on_password();
    editor.model.guard.limits.idle = None;
    assert!(!editor.text().contains(SECRET));
    editor.keys("r");
    assert!(editor.text().contains(SECRET));
    let deadline = editor.model.deadline().unwrap();
    assert_eq!(deadline - editor.now, Duration::from_secs(20));
    editor.keys("k r");
    assert!(editor.text().contains("admin") && !editor.text().contains(SECRET));
    editor.wait(Duration::from_secs(19));
    assert!(editor.text().contains("admin"));
    editor.wait(Duration::from_secs(2));
    assert!(!editor.text().contains("admin"));
    assert_eq!(editor.model.deadline(), None);
}

#[test]
fn everything_that_takes_the_eye_away_conceals() {
    for keys in ["r", "X", "1", "Tab", "ctrl-z", "u"] {
        let mut editor = on_password();
        if keys == "u" {
            editor.keys("d u");
        }
        editor.keys("r");
        assert!(editor.text().contains(SECRET), "{keys}");
        editor.keys(keys);
        let concealed = !editor.text().contains(SECRET);
        assert!(concealed || keys == "u", "{keys}");
    }
    let mut editor = on_password();
    editor.keys("r");
    editor.send(Msg::Focus(false));
    assert!(!editor.text().contains(SECRET));
}

#[test]
fn an_edited_value_is_hidden_until_it_is_asked_for() {
    let mut editor = on_password();
    editor.keys("e");
    assert!(!editor.text().contains(SECRET));
    editor.type_text("x");
    assert!(!editor.text().contains(SECRET));
    editor.keys("ctrl-t");
    assert!(editor.text().contains("hunter2x"));
    editor.keys("ctrl-t");
    assert!(!editor.text().contains(SECRET));
    editor.keys("Enter ctrl-s");
    assert!(!editor.text().contains(SECRET));
}

#[test]
fn a_renamed_value_is_hidden_still_although_it_would_be_readable() {
    let mut editor = on_password();
    editor.keys("c ctrl-u").type_text("plain").keys("Enter y");
    assert_eq!(editor.selected(), "gatus.plain");
    assert!(!editor.text().contains(SECRET));
}

#[test]
fn no_character_of_a_file_reaches_the_terminal_raw() {
    let dangerous: Vec<char> = (0..0x1_0000)
        .filter_map(char::from_u32)
        .filter(|c| is_dangerous(*c))
        .collect();
    assert!(dangerous.len() > 83);
    for chunk in dangerous.chunks(5) {
        let bad: String = chunk.iter().collect();
        let mut tree = Tree::new();
        let root = tree.push_document();
        tree.push(root, Some(bad.as_str().into()), Body::Leaf(Leaf::text(&bad)));
        let mut document = document(tree, Rule::EncryptedSuffix("_x".to_owned()));
        document.path.push(&bad);
        document.notices.push(bad.clone());
        let mut editor = Editor::open(document, 200, 20);
        for keys in [
            "ctrl-l", "e", "ctrl-t", "Esc", "c", "Esc", "d", "ctrl-s", "Esc", "4", "Enter",
        ] {
            editor.keys(keys);
            let buffer = editor.buffer();
            let raw = buffer
                .content
                .iter()
                .flat_map(|cell| cell.symbol().chars())
                .find(|c| is_dangerous(*c));
            assert_eq!(raw, None, "{keys}");
        }
    }
}

#[test]
fn masks_have_one_width_whatever_they_hide() {
    let editor = Editor::open(gatus(), 80, 24);
    let text = editor.text();
    let masks: Vec<usize> = text
        .lines()
        .filter(|line| line.contains('•'))
        .map(|line| line.chars().filter(|c| *c == '•').count())
        .collect();
    assert_eq!(masks, [8; 4]);
}
