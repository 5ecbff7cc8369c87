//! Edits by keys, and what they leave in the list of changes.

use crate::tree::Leaf;
use crate::tui::testing::{Editor, gatus, locked};

fn editor() -> Editor {
    Editor::open(gatus(), 80, 24)
}

/// The value of the selected row.
fn value(editor: &Editor) -> Leaf {
    let file = editor.model.file.as_ref().unwrap();
    let row = editor.model.tree.selected().unwrap();
    file.tree().node(row.id).leaf().unwrap().clone()
}

#[test]
fn a_value_is_edited_and_undone_and_redone() {
    let mut editor = editor();
    editor
        .keys("/")
        .type_text("password")
        .keys("Enter e ctrl-u")
        .type_text("n3w")
        .keys("Enter");
    assert_eq!(editor.selected(), "gatus.password_sops_cypher");
    assert_eq!(value(&editor), Leaf::text("n3w"));
    assert_eq!(editor.changes(), ["Edited gatus.password_sops_cypher"]);
    editor.keys("u");
    assert_eq!(value(&editor), Leaf::text("hunter2"));
    assert!(editor.changes().is_empty());
    editor.keys("ctrl-r");
    assert_eq!(value(&editor), Leaf::text("n3w"));
}

#[test]
fn undo_goes_back_to_the_beginning_and_redo_to_the_end() {
    let mut editor = editor();
    editor
        .keys("j d j a")
        .type_text("token")
        .keys("Enter")
        .type_text("t")
        .keys("Enter c Home x Enter J J K");
    editor.wait(std::time::Duration::from_secs(60)).keys("ctrl-l");
    // The last line says what still runs, and for how long.
    let tree = |editor: &Editor| {
        editor
            .text()
            .lines()
            .take(23)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let end = tree(&editor);
    editor.keys("u u u u u u u u u u");
    assert!(editor.changes().is_empty());
    editor.keys("ctrl-r ctrl-r ctrl-r ctrl-r ctrl-r ctrl-r ctrl-r ctrl-r");
    editor.wait(std::time::Duration::from_secs(60)).keys("ctrl-l");
    assert_eq!(tree(&editor), end);
}

#[test]
fn a_value_typed_as_it_was_is_no_change() {
    let mut editor = editor();
    editor.keys("j j j e Enter");
    assert!(editor.changes().is_empty());
}

#[test]
fn a_number_stays_a_number_unless_asked_twice() {
    let mut editor = editor();
    editor
        .keys("/")
        .type_text("port")
        .keys("Enter e ctrl-u")
        .type_text("6543")
        .keys("Enter");
    assert_eq!(value(&editor), Leaf::Int(6543));
    editor.keys("e ctrl-u").type_text("many").keys("Enter");
    assert!(
        editor
            .text()
            .contains("this is no int: Enter again makes it a str")
    );
    assert_eq!(value(&editor), Leaf::Int(6543));
    editor.keys("Enter");
    assert_eq!(value(&editor), Leaf::text("many"));
}

#[test]
fn the_type_of_a_value_is_changed_on_purpose() {
    let mut editor = editor();
    editor.keys("/").type_text("port").keys("Enter T");
    assert_eq!(value(&editor), Leaf::Float(5432.0));
    assert!(editor.text().contains("the type was int and is float now"));
    editor.keys("T");
    assert_eq!(value(&editor), Leaf::text("5432"));
    editor.keys("e Tab Enter");
    assert_eq!(value(&editor), Leaf::Int(5432));
    assert!(editor.changes().is_empty());
}

#[test]
fn a_new_key_proposes_the_suffix_and_its_value_is_hidden() {
    let mut editor = editor();
    editor.keys("j j a").type_text("token");
    assert!(editor.text().contains("token_sops_cypher"));
    assert!(editor.text().contains("encrypted"));
    editor.keys("Enter").type_text("s3cret");
    assert!(!editor.text().contains("s3cret"));
    editor.keys("Enter");
    assert_eq!(editor.selected(), "gatus.token_sops_cypher");
    assert_eq!(editor.changes(), ["New gatus.token_sops_cypher"]);
}

#[test]
fn a_new_key_without_the_suffix_says_that_it_is_readable() {
    let mut editor = editor();
    editor.keys("j j a ctrl-u").type_text("note");
    assert!(editor.text().contains("readable in git"));
}

#[test]
fn a_key_that_is_there_already_is_refused() {
    let mut editor = editor();
    editor
        .keys("j j a ctrl-u")
        .type_text("target_version")
        .keys("Enter");
    assert!(editor.text().contains("this key is there already"));
    editor.keys("ctrl-u").type_text("sops").keys("Esc");
    editor.keys("g g a ctrl-u").type_text("sops").keys("Enter");
    assert!(editor.text().contains("where the keys of the file stand"));
}

#[test]
fn a_child_is_added_inside_a_branch_and_an_item_needs_no_key() {
    let mut editor = editor();
    editor
        .keys("j A")
        .type_text("last")
        .keys("Enter")
        .type_text("v")
        .keys("Enter");
    assert_eq!(editor.selected(), "gatus.last_sops_cypher");
    editor.keys("G a").type_text("db-2.example").keys("Enter");
    assert_eq!(editor.selected(), "database.hosts[2]");
    assert_eq!(value(&editor), Leaf::text("db-2.example"));
}

#[test]
fn a_rename_that_opens_a_value_asks_first() {
    let mut editor = editor();
    editor.keys("j j j c ctrl-u").type_text("webhook").keys("Enter");
    assert!(editor.text().contains("This becomes readable in git"));
    editor.keys("Enter");
    assert!(editor.changes().is_empty(), "the safe answer is highlighted");
    editor.keys("c ctrl-u").type_text("webhook").keys("Enter y");
    assert_eq!(editor.changes(), ["Edited gatus.webhook"]);
}

#[test]
fn a_rename_that_keeps_the_suffix_does_not_ask() {
    let mut editor = editor();
    editor.keys("j j j c Home").type_text("my_").keys("Enter");
    assert_eq!(editor.changes(), ["Edited gatus.my_slack_webhook_sops_cypher"]);
}

#[test]
fn a_deleted_row_stays_until_it_is_saved_and_comes_back() {
    let mut editor = editor();
    editor.keys("j j j d");
    assert_eq!(editor.selected(), "gatus.slack_webhook_sops_cypher");
    assert!(editor.text().contains("-     slack_webhook_sops_cypher"));
    editor.keys("e");
    assert!(editor.text().contains("this entry is deleted"));
    editor.keys("j d u u");
    assert!(editor.changes().is_empty());
    assert_eq!(editor.selected(), "gatus.slack_webhook_sops_cypher");
}

#[test]
fn a_new_row_that_is_deleted_is_gone() {
    let mut editor = editor();
    editor.keys("j j a").type_text("x").keys("Enter v Enter d");
    assert!(editor.changes().is_empty());
    assert!(!editor.text().contains("x_sops_cypher"));
}

#[test]
fn one_change_is_taken_back_without_the_others() {
    let mut editor = editor();
    editor.keys("j j j d j e x Enter j d 3");
    assert_eq!(editor.changes().len(), 3);
    editor.keys("j u");
    assert_eq!(
        editor.changes(),
        [
            "Deleted gatus.slack_webhook_sops_cypher",
            "Deleted gatus.password_sops_cypher"
        ]
    );
    editor.keys("g g u u");
    assert!(editor.changes().is_empty());
    assert_eq!(
        editor.text(),
        Editor::open(gatus(), 80, 24).keys("j j j j j 3").text()
    );
}

#[test]
fn entries_move_among_their_siblings_only() {
    let mut editor = editor();
    editor.keys("j j J");
    assert_eq!(editor.changes(), ["Moved gatus.target_version"]);
    assert!(editor.text().contains("~     target_version"));
    editor.keys("K K");
    assert!(editor.text().contains("it cannot go there"));
    assert!(editor.changes().is_empty());
}

#[test]
fn nothing_is_changed_in_a_locked_file() {
    let mut editor = Editor::open(locked(gatus()), 80, 24);
    editor.keys("Esc j j j");
    for keys in ["e", "d", "a", "A", "c", "T", "J", "u", "r", "Enter"] {
        editor.keys(keys);
        assert!(editor.text().contains("the file is locked"), "{keys}");
        assert!(editor.changes().is_empty());
    }
}

#[test]
fn pasted_lines_are_taken_as_they_are() {
    let mut editor = editor();
    editor
        .keys("j j j e ctrl-u")
        .paste("one\rtwo\t \r\nthree")
        .keys("ctrl-s");
    assert_eq!(value(&editor), Leaf::text("one\ntwo\t \r\nthree"));
}

#[test]
fn many_lines_are_typed_shown_and_kept() {
    let mut editor = editor();
    editor
        .keys("j j j j j e ctrl-u ctrl-e")
        .paste("-----BEGIN-----\nabc  \n")
        .type_text("end")
        .keys("Enter");
    assert!(!editor.text().contains("BEGIN"), "hidden until it is asked for");
    editor.keys("ctrl-t");
    assert!(editor.text().contains("-----BEGIN-----") && editor.text().contains("abc··"));
    editor.keys("ctrl-s");
    assert_eq!(value(&editor), Leaf::text("-----BEGIN-----\nabc  \nend\n"));
    editor.keys("e");
    assert!(
        editor.text().contains("4 lines"),
        "a value of many lines opens as such"
    );
    assert!(!editor.text().contains("BEGIN"));
    editor.keys("Esc");
    assert!(editor.model.overlays.is_empty());
}

#[test]
fn leaving_the_editor_with_a_changed_text_asks() {
    let mut editor = editor();
    editor.keys("j j j j j e ctrl-e x Esc");
    assert!(editor.text().contains("Drop what was typed?"));
    editor.keys("Esc");
    assert_eq!(editor.model.overlays.len(), 1);
    editor.keys("Esc y");
    assert!(editor.model.overlays.is_empty());
    assert!(editor.changes().is_empty());
}

#[test]
fn comments_are_edited_added_and_taken_out() {
    let mut editor = editor();
    editor.keys("e ctrl-u").type_text("hosts and ports").keys("Enter");
    assert!(editor.text().contains("~   # hosts and ports"));
    editor.keys("j j #").type_text("pinned").keys("Enter");
    assert!(editor.text().contains("+     # pinned"));
    editor.keys("j #");
    assert!(editor.text().contains("Comment"), "the one above is edited");
    editor.keys("ctrl-u Enter");
    assert_eq!(editor.changes(), ["Edited # above gatus"]);
    editor.keys("u u u");
    assert!(editor.changes().is_empty());
}

#[test]
fn a_key_that_is_typed_with_the_suffix_that_stands_there_has_it_once() {
    let mut editor = editor();
    editor.keys("j a").type_text("token_sops_cypher").keys("Enter");
    editor.type_text("t").keys("Enter");
    assert_eq!(editor.selected(), "token_sops_cypher", "{}", editor.text());
}

#[test]
fn comments_are_listed_by_where_they_stand() {
    let mut editor = editor();
    editor.keys("d");
    assert_eq!(editor.changes(), ["Deleted # above gatus"]);
    editor.keys("u j j #").type_text("pinned").keys("Enter");
    assert_eq!(editor.changes(), ["New # above gatus.target_version"]);
}

#[test]
fn saving_stands_in_the_bottom_line_as_soon_as_there_is_something_to_save() {
    for (width, height) in [(120, 30), (80, 24), (60, 20)] {
        let mut editor = Editor::open(gatus(), width, height);
        let last = |editor: &Editor| editor.text().lines().last().unwrap_or_default().to_owned();
        assert!(!last(&editor).contains("ctrl-s save"));
        editor.keys("j j d");
        let line = last(&editor);
        assert!(
            line.contains("ctrl-s save") && line.contains("? help"),
            "{width}: {line}"
        );
    }
}

#[test]
fn of_a_value_with_many_lines_the_first_is_revealed_and_the_way_to_the_others_is_told() {
    let mut editor = editor();
    editor
        .keys("j j j e ctrl-u")
        .paste("one\ntwo\nthree\n")
        .keys("ctrl-s");
    editor.keys("r");
    let screen = editor.text();
    assert!(screen.contains("the first of 3 lines is revealed"), "{screen}");
    editor.keys("e ctrl-t");
    assert!(editor.text().contains("two"), "{}", editor.text());
}
