//! A frame fits any screen, and costs what is on screen.

use crate::tui::msg::Msg;
use crate::tui::panes::tree::DRAWN;
use crate::tui::testing::{Editor, gatus, large, locked};

#[test]
fn no_size_breaks_any_screen() {
    let openings = [
        "",
        "e",
        "a",
        "ctrl-s",
        "q",
        "?",
        ":",
        "/ p",
        "z",
        "4 Enter",
        "1",
        "3",
        "5",
        "4 a",
        "4 m",
        "4 j d ctrl-s",
        "5 j j j m Enter 5",
    ];
    for (number, keys) in openings.iter().enumerate() {
        let mut editor = Editor::open(gatus(), 80, 24);
        editor.keys("j j d j");
        if !keys.is_empty() {
            editor.keys(keys);
        }
        let number = u16::try_from(number).unwrap();
        let small = (1..12).flat_map(|width| (1..8).map(move |height| (width, height)));
        let widths = (12 + number % 7..131).step_by(7);
        let others =
            widths.flat_map(|width| (1 + number % 3..45).step_by(3).map(move |height| (width, height)));
        for (width, height) in small.chain(others) {
            editor.send(Msg::Resize(width, height));
            let buffer = editor.buffer();
            assert_eq!((buffer.area.width, buffer.area.height), (width, height));
        }
    }
    for (width, height) in [(1, 1), (40, 12), (3, 40), (120, 2)] {
        Editor::open(locked(gatus()), width, height)
            .keys("j G g g Esc j j ?")
            .buffer();
    }
}

#[test]
fn the_selected_row_is_on_screen_after_any_key_at_any_size() {
    for (width, height) in [(40, 12), (80, 24), (30, 5), (120, 40)] {
        let mut editor = Editor::open(large(300), width, height);
        for keys in [
            "G",
            "ctrl-u",
            "k k k k",
            "z M",
            "G",
            "z R",
            "g g",
            "ctrl-d ctrl-d ctrl-d",
            "d",
            "J J J",
        ] {
            editor.keys(keys);
            let cursor = editor.model.tree.cursor;
            let page = editor.model.extent(crate::tui::layout::Pane::Tree).1;
            assert!((cursor.top..cursor.top + page).contains(&cursor.at), "{keys}");
        }
    }
}

#[test]
fn a_frame_draws_only_the_rows_on_screen() {
    let mut editor = Editor::open(large(100_000), 80, 24);
    for keys in ["j", "G", "ctrl-u", "/ 9 9", "Enter", "n", "h", "l", "d", "u"] {
        editor.keys(keys);
        DRAWN.with(|drawn| drawn.set(0));
        editor.buffer();
        let drawn = DRAWN.with(std::cell::Cell::get);
        assert!(drawn <= 24, "{keys}: {drawn}");
    }
}

#[test]
fn wide_characters_and_deep_nesting_stay_inside_their_columns() {
    use crate::seal::selection::Rule;
    use crate::tree::{Body, Leaf, Tree};
    let mut tree = Tree::new();
    let mut at = tree.push_document();
    for depth in 0..5000 {
        at = tree.push(at, Some(format!("鍵{depth}").into()), Body::Map(Vec::new()));
    }
    tree.push(
        at,
        Some("日本語".repeat(40).into()),
        Body::Leaf(Leaf::text(&"値".repeat(400))),
    );
    let document = crate::tui::testing::document(tree, Rule::EncryptedSuffix("_x".to_owned()));
    let mut editor = Editor::open(document, 80, 24);
    editor.keys("G");
    for line in editor.text().lines().filter(|line| line.contains('│')) {
        assert!(crate::tui::text::width(line) <= 80, "{line}");
    }
}
