//! Whole documents of a file with several: they come and go like entries do.

use crate::ops::open::Access;
use crate::seal::selection::Rule;
use crate::tui::testing::Real;
use std::path::PathBuf;

const TEXT: &str = "a_sops_cypher: one # why\n---\n# second\nb_sops_cypher:   two\n";

fn opened() -> (Real, PathBuf, String) {
    let mut real = Real::new(80, 30);
    let rule = Rule::EncryptedSuffix("_sops_cypher".to_owned());
    let path = real.seal("values.yaml", TEXT, Some(rule));
    let text = std::fs::read_to_string(&path).unwrap();
    real.open(&path);
    (real, path, text)
}

fn saved(real: &mut Real, path: &PathBuf) -> (String, usize) {
    real.keys("ctrl-s Enter");
    assert!(real.editor.changes().is_empty(), "{}", real.editor.text());
    let document = real.read(path);
    assert!(matches!(document.access, Access::Open(_)));
    let count = document.content.documents().len();
    (std::fs::read_to_string(path).unwrap(), count)
}

/// The first line that begins so.
fn line<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines().find(|line| line.starts_with(start)).unwrap()
}

#[test]
fn a_document_that_is_added_in_the_users_own_editor_is_an_edit_and_the_others_keep_their_text() {
    let (mut real, path, before) = opened();
    real.outside("g g E", |text| format!("{text}---\nc_sops_cypher: three\n"));
    assert_eq!(
        real.editor.changes(),
        ["New document 3"],
        "{}",
        real.editor.text()
    );
    real.keys("u");
    assert!(real.editor.changes().is_empty());
    real.keys("ctrl-r");
    let (after, count) = saved(&mut real, &path);
    assert_eq!(count, 3);
    for start in ["a_sops_cypher", "# second", "b_sops_cypher:   "] {
        assert_eq!(line(&after, start), line(&before, start));
    }
    assert!(line(&after, "c_sops_cypher").contains("ENC["));
}

#[test]
fn a_document_is_added_and_deleted_by_its_row() {
    let (mut real, path, before) = opened();
    real.keys("g g d");
    assert_eq!(
        real.editor.changes(),
        ["Deleted document 1"],
        "{}",
        real.editor.text()
    );
    real.keys("3 u 2");
    assert!(real.editor.changes().is_empty(), "{:?}", real.editor.changes());
    real.keys("g g a");
    assert_eq!(
        real.editor.changes(),
        ["New document 2"],
        "{}",
        real.editor.text()
    );
    real.keys("A");
    real.editor.type_text("new");
    real.keys("Enter");
    real.editor.type_text("value");
    real.keys("Enter g g d");
    let (after, count) = saved(&mut real, &path);
    assert_eq!(count, 2);
    assert!(!after.contains("a_sops_cypher"), "{after}");
    assert!(line(&after, "new").contains("ENC["), "{after}");
    assert_eq!(line(&after, "b_sops_cypher"), line(&before, "b_sops_cypher"));
}
