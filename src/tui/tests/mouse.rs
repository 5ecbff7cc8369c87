//! The mouse does what the keys do, where the pointer is.

use crate::tui::effect::Effect;
use crate::tui::layout::Pane;
use crate::tui::mouse::{Gesture, Mouse};
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;
use crate::tui::testing::{Editor, gatus, large};
use crate::tui::widgets::Cursor;
use crate::tui::worker::Job;
use ratatui::layout::Position;
use std::time::Duration;

fn gesture(editor: &mut Editor, gesture: Gesture, x: u16, y: u16) {
    let at = Position::new(x, y);
    editor.send(Msg::Mouse(Mouse { gesture, at }));
}

fn press(editor: &mut Editor, x: u16, y: u16) {
    gesture(editor, Gesture::Press, x, y);
    let effects = std::mem::take(&mut editor.effects);
    gesture(editor, Gesture::Release, x, y);
    editor.effects = effects;
}

/// Where a text stands on the screen.
fn find(editor: &Editor, text: &str) -> (u16, u16) {
    let screen = editor.text();
    for (y, line) in screen.lines().enumerate() {
        if let Some(at) = line.find(text) {
            let x = crate::tui::text::width(&line[..at]);
            return (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
        }
    }
    panic!("`{text}` is not on the screen:\n{screen}");
}

fn press_on(editor: &mut Editor, text: &str) {
    let (x, y) = find(editor, text);
    press(editor, x, y);
}

fn editor() -> Editor {
    Editor::open(gatus(), 120, 30)
}

#[test]
fn a_press_focuses_the_pane_and_selects_the_line() {
    let mut editor = editor();
    press_on(&mut editor, "username_sops_cypher");
    assert_eq!(editor.selected(), "gatus.username_sops_cypher");
    press_on(&mut editor, "db.enc.env");
    assert_eq!(editor.model.focus, Pane::Files);
    assert!(
        editor
            .model
            .files
            .selected()
            .unwrap()
            .path
            .ends_with("db.enc.env")
    );
    assert!(editor.effects.is_empty(), "one press opens nothing");
    press_on(&mut editor, "5 Key groups");
    assert_eq!(editor.model.focus, Pane::Groups);
    press_on(&mut editor, "4 Recipients");
    assert_eq!(editor.model.focus, Pane::Recipients);
}

#[test]
fn a_press_on_the_mark_folds_and_on_the_name_only_selects() {
    let mut editor = editor();
    press_on(&mut editor, "▾ gatus");
    assert!(editor.text().contains("▸ gatus {4}"));
    press_on(&mut editor, "▸ gatus");
    assert!(editor.text().contains("▾ gatus"));
    editor.wait(Duration::from_secs(1));
    press_on(&mut editor, "database");
    assert!(editor.text().contains("▾ database"));
    assert_eq!(editor.selected(), "database");
}

#[test]
fn a_double_click_edits_opens_and_shows() {
    let mut editor = editor();
    press_on(&mut editor, "port");
    press_on(&mut editor, "port");
    assert!(matches!(editor.model.overlays.last(), Some(Overlay::Field(_))));
    editor.keys("Esc");
    for _ in 0..2 {
        press_on(&mut editor, "db.enc.env");
    }
    assert!(matches!(editor.job(), (_, Job::Open(path)) if path.ends_with("db.enc.env")));
    editor.wait(Duration::from_secs(1));
    let mut slow = self::editor();
    press_on(&mut slow, "port");
    slow.wait(Duration::from_secs(1));
    press_on(&mut slow, "port");
    assert!(
        slow.model.overlays.is_empty(),
        "two presses with a pause are two presses"
    );
}

#[test]
fn the_wheel_scrolls_what_lies_under_the_pointer() {
    let mut editor = Editor::open(large(500), 120, 30);
    editor.keys("1");
    gesture(&mut editor, Gesture::WheelDown, 60, 10);
    gesture(&mut editor, Gesture::WheelDown, 60, 10);
    assert_eq!(editor.model.tree.cursor.top, 6);
    assert_eq!(editor.model.focus, Pane::Files, "the focus stays");
    gesture(&mut editor, Gesture::WheelUp, 60, 10);
    assert_eq!(editor.model.tree.cursor.top, 3);
    let tree = editor.model.tree.cursor;
    editor.send(Msg::Resize(120, 9));
    editor.keys("g g");
    assert_eq!(editor.model.files.cursor, Cursor::default());
    gesture(&mut editor, Gesture::WheelDown, 3, 2);
    assert_eq!(
        editor.model.files.cursor.top,
        3,
        "as far as there are files: {}",
        editor.text()
    );
    gesture(&mut editor, Gesture::WheelUp, 3, 2);
    assert_eq!(editor.model.files.cursor.top, 0, "{}", editor.text());
    assert_eq!(editor.model.tree.cursor.at, tree.at, "the tree stays");
    editor.send(Msg::Resize(80, 14));
    editor.keys("2 ?");
    let before = editor.text();
    gesture(&mut editor, Gesture::WheelDown, 2, 2);
    assert_ne!(editor.text(), before);
    let Some(Overlay::Pager(pager)) = editor.model.overlays.last() else {
        panic!("the help stays open");
    };
    assert_eq!(pager.top, 3);
}

#[test]
fn borders_are_dragged() {
    let mut editor = editor();
    let tree = editor.model.layout().pane(Pane::Tree).unwrap();
    gesture(&mut editor, Gesture::Press, tree.x, 10);
    gesture(&mut editor, Gesture::Drag, 39, 12);
    gesture(&mut editor, Gesture::Release, 39, 12);
    gesture(&mut editor, Gesture::Drag, 60, 12);
    let files = editor.model.layout().pane(Pane::Files).unwrap();
    assert_eq!(files.width, 40, "only while the button is down");
    let lower = editor.model.layout().pane(Pane::Changes).unwrap();
    gesture(&mut editor, Gesture::Press, 10, lower.y);
    gesture(&mut editor, Gesture::Drag, 10, 12);
    gesture(&mut editor, Gesture::Release, 10, 12);
    let lower = editor.model.layout().pane(Pane::Changes).unwrap();
    assert_eq!((lower.y, lower.bottom()), (12, 29));
    gesture(&mut editor, Gesture::Drag, 0, 0);
    let mut narrow = Editor::open(gatus(), 90, 30);
    narrow.keys("4");
    let tree = narrow.model.layout().pane(Pane::Tree).unwrap();
    gesture(&mut narrow, Gesture::Press, tree.x, 10);
    gesture(&mut narrow, Gesture::Drag, 33, 12);
    assert_eq!(narrow.model.layout().pane(Pane::Recipients).unwrap().width, 34);
}

#[test]
fn keys_change_sizes_too_and_say_when_there_is_no_room() {
    let mut editor = editor();
    let width = |editor: &Editor, pane| editor.model.layout().pane(pane).unwrap().width;
    let height = |editor: &Editor, pane| editor.model.layout().pane(pane).unwrap().height;
    let before = width(&editor, Pane::Files);
    editor.keys("1 > >");
    assert_eq!(width(&editor, Pane::Files), before + 4);
    editor.keys("2 > >");
    assert_eq!(width(&editor, Pane::Files), before);
    let before = height(&editor, Pane::Groups);
    editor.keys("5 } }");
    assert_eq!(height(&editor, Pane::Groups), before + 2);
    editor.keys("4 }");
    assert_eq!(height(&editor, Pane::Groups), before + 1);
    editor.keys("1 < < < < < < < < < < <");
    assert!(editor.text().contains("no room for that"));
    assert_eq!(width(&editor, Pane::Files), 16);
    editor.keys(">");
    assert_eq!(
        width(&editor, Pane::Files),
        18,
        "the next key does something again"
    );
    let mut one = Editor::open(gatus(), 60, 20);
    one.keys(">");
    assert!(one.text().contains("no room for that"));
}

#[test]
fn what_was_typed_is_not_lost_to_a_press_beside_it() {
    for keys in ["j j e x", "a t o k e n", ": s a", "j d ctrl-s", "j d q"] {
        let mut editor = editor();
        editor.keys(keys);
        let before = editor.model.overlays.len();
        press(&mut editor, 0, 0);
        press(&mut editor, 119, 20);
        assert_eq!(editor.model.overlays.len(), before, "{keys}");
    }
    let mut editor = editor();
    editor.keys("?");
    press(&mut editor, 0, 0);
    assert!(editor.model.overlays.is_empty(), "text to read is closed");
    editor.keys("/ p o o l");
    press_on(&mut editor, "pool_sops_cypher");
    assert!(editor.model.tree.typing(), "the filter stays");
    assert_eq!(editor.selected(), "database.pool_sops_cypher");
}

#[test]
fn buttons_and_lines_of_overlays_are_pressed() {
    let mut editor = editor();
    editor.keys("j j d q");
    press_on(&mut editor, "[ Cancel ]");
    assert!(editor.model.overlays.is_empty() && editor.effects.is_empty());
    editor.keys("q");
    press_on(&mut editor, "[ Save ]");
    assert!(editor.text().contains("Save 1 change"));
    press_on(&mut editor, "[ Cancel ]");
    assert!(editor.model.overlays.is_empty());
    editor.keys("ctrl-s");
    press_on(&mut editor, "[ Save ]");
    assert!(matches!(editor.job(), (_, Job::Save(..))));
    editor.keys(": f o l d");
    press_on(&mut editor, "unfold-all");
    assert!(editor.model.overlays.is_empty());
    for (width, height) in [(40, 12), (30, 8)] {
        let mut small = Editor::open(gatus(), width, height);
        small.keys("j j d q");
        press_on(&mut small, "[ Quit without");
        assert!(
            matches!(small.effects.as_slice(), [Effect::Quit]),
            "{width}x{height}"
        );
    }
}

#[test]
fn a_press_on_a_key_of_the_bottom_line_is_that_key() {
    let mut editor = editor();
    press_on(&mut editor, "? help");
    assert!(matches!(editor.model.overlays.last(), Some(Overlay::Pager(_))));
    editor.keys("Esc j j");
    press_on(&mut editor, "d delete");
    assert_eq!(editor.changes().len(), 1);
    let row = editor.model.layout().bar.y;
    press(&mut editor, 0, row);
    assert_eq!(editor.changes().len(), 1);
}

#[test]
fn no_place_on_any_screen_breaks_anything() {
    for (width, height) in [(1, 1), (10, 4), (40, 12), (80, 24), (130, 30)] {
        for keys in ["", "?", ": s", "j d q", "j d ctrl-s", "j j e", "/ p"] {
            let mut editor = Editor::open(gatus(), width, height);
            if !keys.is_empty() {
                editor.keys(keys);
            }
            for x in (0..width + 2).step_by(7) {
                for y in (0..height + 2).step_by(3) {
                    gesture(&mut editor, Gesture::WheelDown, x, y);
                    gesture(&mut editor, Gesture::Drag, x, y);
                    editor.buffer();
                }
            }
            for (x, y) in [
                (0, 0),
                (width, height),
                (width / 2, height / 2),
                (width - 1, height - 1),
            ] {
                press(&mut editor, x, y);
                editor.buffer();
            }
        }
    }
}
