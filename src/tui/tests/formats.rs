//! What a file's format and kind change in the editor: manifests in base64, binary files.

use crate::format::{self, Format};
use crate::seal::selection::{Rule, Selection};
use crate::tree::Leaf;
use crate::tui::testing::{Editor, document};

fn manifest(data: &str) -> Editor {
    let text = format!("kind: Secret\ndata:\n    password: {data}\n");
    let tree = format::load(Format::Yaml, text.as_bytes()).unwrap().tree;
    let rule = Rule::EncryptedRegex("^data$".to_owned());
    Editor::open(document(tree, rule), 120, 24)
}

fn value(editor: &Editor) -> Leaf {
    let file = editor.model.file.as_ref().unwrap();
    let row = editor.model.tree.selected().unwrap();
    file.tree().node(row.id).leaf().unwrap().clone()
}

#[test]
fn the_data_of_a_kubernetes_secret_is_shown_and_edited_decoded_and_stored_encoded() {
    let mut editor = manifest("aHVudGVyMg==");
    editor.keys("G r");
    assert!(editor.text().contains("hunter2"), "{}", editor.text());
    assert!(editor.text().contains("stored as base64"), "{}", editor.text());
    editor.keys("e ctrl-u").type_text("n3w").keys("Enter");
    assert_eq!(value(&editor), Leaf::text("bjN3"));
    assert_eq!(editor.changes(), ["Edited data.password"]);
}

#[test]
fn an_untouched_secret_is_no_change_and_a_new_one_is_stored_encoded() {
    let mut editor = manifest("aHVudGVyMg==");
    editor.keys("G e Enter");
    assert!(editor.changes().is_empty());
    editor
        .keys("a")
        .type_text("token")
        .keys("Enter")
        .type_text("t0k")
        .keys("Enter");
    assert_eq!(value(&editor), Leaf::text("dDBr"));
}

#[test]
fn a_secret_that_was_encoded_twice_is_pointed_out_and_bytes_are_measured() {
    let mut twice = manifest("YUhWdWRHVnlNbWgxYm5SbGNqST0=");
    twice.keys("G");
    assert!(twice.text().contains("looks encoded twice"), "{}", twice.text());
    let mut bytes = manifest("/wABAg==");
    bytes.keys("G");
    assert!(
        bytes.text().contains("base64 of binary, 4 bytes"),
        "{}",
        bytes.text()
    );
    bytes.keys("e");
    assert!(bytes.text().contains("cannot be edited here"), "{}", bytes.text());
}

#[test]
fn a_binary_file_is_one_value_with_kind_and_size() {
    let tree = format::load(Format::Binary, b"\xff\x00ab").unwrap().tree;
    let mut file = document(tree, Rule::default_suffix());
    file.format = Format::Binary;
    file.selection = Selection::new(None, false).unwrap();
    let mut editor = Editor::open(file, 120, 24);
    assert!(editor.text().contains("binary, 4 bytes"), "{}", editor.text());
    assert!(!editor.text().contains("\\xff"), "{}", editor.text());
    editor.keys("r");
    assert!(editor.text().contains("\\xff\\x00ab"), "{}", editor.text());
}
